// SPDX-License-Identifier: GPL-2.0
/* May others read or change what is Kellas's? */
#include <dirent.h>
#include <sys/stat.h>

#include "health.h"
#include "stat_line.h"

/* The user that kellas-auditd is shipped to run as. */
#define DAEMON_USER "kellas"

/* Files looked at in one folder; what is beyond is told. */
#define FILES_MAX 1000

/** enum secrecy - whom a file is not for */
enum secrecy {
	WRITE = 022, /* may be read by all */
	READ = 077, /* is the owner's alone */
};

/* Its id in the machine's own list; -1 if there is no such user. */
static s64 find_user(const char *name)
{
	struct kl_buffer text = { 0 };
	struct kl_text rest, line;
	s64 id = -1;

	if (!kl_health_read(kl_health_path("/etc/passwd"), &text))
		for (rest = kl_buffer_text(&text); rest.length && id < 0;) {
			line = kl_text_until(&rest, '\n');
			if (!kl_text_is(kl_text_until(&line, ':'), name))
				continue;
			kl_text_until(&line, ':');
			id = kl_stat_number(kl_text_until(&line, ':'));
		}
	kl_buffer_free(&text);
	return id;
}

/* The daemon makes files, too: not all of their names are for a shell. */
static void advise(struct kl_health *health, const char *command, const char *path)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789/._+,:@%=-";
	const char *slash = strrchr(path, '/');

	if (strspn(path, plain) == strlen(path))
		kl_remedy(health, "%s %s", command, path);
	else
		kl_remedy(health, "ls -lab %.*s shows a name that nobody should type",
			  (int)(slash - path), path);
}

/* Return: is it as it shall be? @path is without the root of tests. */
static bool examine(struct kl_health *health, const char *path, enum secrecy secrecy)
{
	struct stat stat;
	bool fine = true;

	if (lstat(kl_health_path("%s", path), &stat) || S_ISLNK(stat.st_mode))
		return true;
	if (stat.st_mode & secrecy) {
		kl_find(health, stat.st_mode & 022 ? KL_ERROR : KL_WARNING, "permissions",
			"%s may be %s by others (mode %04o)", path,
			stat.st_mode & 022 ? "changed" : "read", stat.st_mode & 07777);
		advise(health, secrecy == READ ? "chmod go-rwx" : "chmod go-w", path);
		fine = false;
	}
	if (stat.st_uid && stat.st_uid != find_user(DAEMON_USER)) {
		kl_find(health, KL_ERROR, "owner", "%s belongs to user %u", path,
			stat.st_uid);
		advise(health, "chown root:", path);
		fine = false;
	}
	return fine;
}

/* A folder and what is in it, not deeper. */
static bool examine_folder(struct kl_health *health, const char *path,
			   enum secrecy secrecy)
{
	DIR *folder = opendir(kl_health_path("%s", path));
	bool fine = examine(health, path, secrecy);
	struct dirent *entry;
	char name[PATH_MAX];
	u32 seen = 0;

	while (folder && (entry = readdir(folder))) {
		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
			continue;
		if (seen++ == FILES_MAX) {
			kl_find(health, KL_NOTE, "permissions",
				"%s has more than %u files: the others were not looked at",
				path, FILES_MAX);
			break;
		}
		snprintf(name, sizeof(name), "%s/%s", path, entry->d_name);
		fine &= examine(health, name, secrecy);
	}
	if (folder)
		closedir(folder);
	return fine;
}

/* As the module makes them. */
static bool examine_interface(struct kl_health *health)
{
	static const char *const names[] = { "policy", "audit",	    "query",
					     "stat",   "processes", "process_status" };
	char path[64];
	bool fine = true;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		snprintf(path, sizeof(path), "/proc/kellas/%s", names[i]);
		fine &= examine(health, path, READ);
	}
	return fine;
}

void kl_examine_files(struct kl_health *health)
{
	bool fine = examine_interface(health);

	fine &= examine_folder(health, "/etc/kellas", WRITE);
	fine &= examine_folder(health, "/var/log/kellas", READ);
	fine &= examine_folder(health, "/var/lib/kellas", READ);
	fine &= examine_folder(health, "/var/spool/kellas", READ);
	if (fine)
		kl_find(health, KL_FINE, "permissions",
			"files of Kellas are nobody else's business");
}
