// SPDX-License-Identifier: GPL-2.0
/* Is the module there, is it the right one, and may it be loaded? */
#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include "health.h"
#include "log_file.h"
#include "proc.h"
#include "stat_line.h"

/* Larger is no module of ours. */
#define MODULE_MAX (64u << 20)

/* What a signed module ends with. */
#define SIGNATURE "~Module signature appended~\n"

/**
 * struct disk - the module's file for the running kernel
 * @path: without the root of tests; empty: there is none
 * @bytes: what is in it; empty if it could not be read
 */
struct disk {
	char path[PATH_MAX];
	struct kl_buffer bytes;
};

/* "updates/dkms/kellas.ko.xz: ..." of modules.dep */
static bool find_in_dep(const char *release, char *path, size_t size)
{
	struct kl_buffer dep = { 0 };
	struct kl_text rest, line, name;
	const char *slash;
	bool found = false;

	if (!kl_health_read(kl_health_path("/lib/modules/%s/modules.dep", release), &dep))
		for (rest = kl_buffer_text(&dep); rest.length && !found;) {
			line = kl_text_until(&rest, '\n');
			name = kl_text_until(&line, ':');
			slash = memrchr(name.data, '/', name.length);
			line = slash ? kl_text_from(name, slash + 1 - name.data) : name;
			found = kl_text_begins(line, "kellas.ko");
			if (found)
				snprintf(path, size, "/lib/modules/%s/%.*s", release,
					 (int)name.length, name.data);
		}
	kl_buffer_free(&dep);
	return found;
}

static void read_disk(struct disk *disk)
{
	const char *path = kl_health_path("%s", disk->path);
	struct kl_log_file *file;
	size_t length = strlen(path);
	struct stat found;
	ssize_t got;

	/* A pipe would be waited for. */
	if (stat(path, &found) || !S_ISREG(found.st_mode))
		return;
	/* Of the forms that modules come in this one is not understood. */
	if (access(path, R_OK) || (length > 3 && !strcmp(path + length - 3, ".xz")))
		return;
	file = kl_log_file_open(path);
	if (!file)
		return;
	do {
		kl_buffer_room(&disk->bytes, 65536);
		got = kl_log_file_read(file, disk->bytes.data + disk->bytes.length,
				       65536);
		disk->bytes.length += got > 0 ? got : 0;
	} while (got > 0 && disk->bytes.length <= MODULE_MAX);
	if (got)
		kl_buffer_clear(&disk->bytes);
	kl_log_file_close(file);
}

/* A word of its .modinfo: "vermagic" is "6.12.48-amd64 SMP ...". */
static struct kl_text modinfo(const struct disk *disk, const char *key)
{
	char word[32];
	const char *at;
	int length = snprintf(word, sizeof(word), "%c%s=", '\0', key);

	at = disk->bytes.length ?
		     memmem(disk->bytes.data, disk->bytes.length, word, length) :
		     NULL;
	if (!at)
		return kl_text_of("");
	at += length;
	return (struct kl_text){ at, strnlen(at, disk->bytes.data + disk->bytes.length -
							 at) };
}

/* Other kernels that it was built for; NULL if there are none. */
static char *other_kernels(const struct kl_health *health)
{
	DIR *folder = opendir(kl_health_path("/lib/modules"));
	struct kl_buffer names = { 0 };
	struct dirent *entry;
	char path[PATH_MAX];

	while (folder && (entry = readdir(folder)))
		if (*entry->d_name != '.' && strcmp(entry->d_name, health->release) &&
		    find_in_dep(entry->d_name, path, sizeof(path)))
			kl_buffer_printf(&names, "%s%s", names.length ? ", " : "",
					 entry->d_name);
	if (folder)
		closedir(folder);
	return names.data;
}

static void complain_unloaded(struct kl_health *health, const struct disk *disk)
{
	char *others;

	kl_find(health, KL_ERROR, "loaded",
		"the module is not loaded: nothing is logged, nothing denied");
	if (*disk->path) {
		kl_remedy(health, "modprobe kellas");
		return;
	}
	others = other_kernels(health);
	if (others)
		kl_find(health, KL_ERROR, "built",
			"the module is not built for this kernel, only for %s", others);
	else
		kl_find(health, KL_ERROR, "built",
			"the module is not built for this kernel");
	kl_remedy(health,
		  "make -C kernel KDIR=/lib/modules/%s/build all install && depmod "
		  "(with DKMS: dkms autoinstall -k %s)",
		  health->release, health->release);
	free(others);
}

static void examine_version(struct kl_health *health)
{
	struct kl_buffer text = { 0 };
	struct kl_text rest, key, value;
	u64 language = 0;

	if (kl_health_read(kl_health_path("/proc/kellas/version"), &text)) {
		kl_find(health, KL_ERROR, "version",
			"the module does not tell its version");
		goto out;
	}
	rest = kl_buffer_text(&text);
	while (kl_pair_next(&rest, '=', &key, &value)) {
		if (kl_text_is(key, "language"))
			language = kl_stat_number(value);
		if (!kl_text_is(key, "version"))
			continue;
		if (kl_text_is(value, KELLAS_VERSION)) {
			kl_find(health, KL_FINE, "version", "module and tools are %s",
				KELLAS_VERSION);
			continue;
		}
		kl_find(health, KL_WARNING, "version",
			"the module is version %.*s, the tools are %s", (int)value.length,
			value.data, KELLAS_VERSION);
		kl_remedy(health, "install both of one release, then: kellasctl save "
				  "POLICY; kellasctl unload; modprobe kellas; kellasctl "
				  "load POLICY");
	}
	if (language > KL_TOOLS_LANGUAGE) {
		kl_find(health, KL_ERROR, "language",
			"the module speaks version %llu of the language, the tools %u",
			(unsigned long long)language, KL_TOOLS_LANGUAGE);
		kl_remedy(health, "update the tools");
	}
out:
	kl_buffer_free(&text);
}

/* Is what will be loaded next time what is loaded now? */
static void examine_disk(struct kl_health *health, const struct disk *disk)
{
	struct kl_text magic = modinfo(disk, "vermagic"),
		       next = modinfo(disk, "srcversion");
	struct kl_buffer now = { 0 };
	struct kl_text release;

	release = kl_text_until(&magic, ' ');
	if (release.length && !kl_text_is(release, health->release)) {
		kl_find(health, KL_ERROR, "built",
			"%s was built for %.*s: this kernel will not load it", disk->path,
			(int)release.length, release.data);
		kl_remedy(health,
			  "make -C kernel KDIR=/lib/modules/%s/build all install && "
			  "depmod",
			  health->release);
	}
	if (health->loaded && next.length &&
	    !kl_health_read(kl_health_path("/sys/module/kellas/srcversion"), &now) &&
	    !kl_text_is(next, now.data)) {
		kl_find(health, KL_NOTE, "built",
			"%s is another one than is loaded: it will be used from the "
			"next load",
			disk->path);
		kl_remedy(health, "kellasctl save POLICY; kellasctl unload; modprobe "
				  "kellas; kellasctl load POLICY");
	}
	kl_buffer_free(&now);
}

static bool is_signed(const struct disk *disk)
{
	const size_t length = strlen(SIGNATURE);

	return disk->bytes.length >= length &&
	       !memcmp(disk->bytes.data + disk->bytes.length - length, SIGNATURE, length);
}

/* "none [integrity] confidentiality": what stands in brackets. */
static void read_lockdown(char *mode, size_t size)
{
	struct kl_buffer text = { 0 };
	const char *open = NULL;

	if (!kl_health_read(kl_health_path("/sys/kernel/security/lockdown"), &text))
		open = strchr(text.data ? text.data : "", '[');
	snprintf(mode, size, "%.*s", open ? (int)strcspn(open + 1, "]") : 4,
		 open ? open + 1 : "none");
	kl_buffer_free(&text);
}

static bool is_secure_boot(void)
{
	struct kl_buffer text = { 0 };
	bool secure;

	/* Four bytes of attributes, one of value. */
	secure = !kl_health_read(kl_health_path("/sys/firmware/efi/efivars/SecureBoot-"
						"8be4df61-93ca-11d2-aa0d-00e098032b8c"),
				 &text) &&
		 text.length == 5 && text.data[4] == 1;
	kl_buffer_free(&text);
	return secure;
}

/* May an unsigned module be loaded? */
static void examine_signature(struct kl_health *health, const struct disk *disk)
{
	struct kl_buffer enforce = { 0 };
	bool enforced, secure = is_secure_boot();
	char lockdown[32];

	read_lockdown(lockdown, sizeof(lockdown));
	kl_health_read(kl_health_path("/sys/module/module/parameters/sig_enforce"),
		       &enforce);
	enforced = strcmp(lockdown, "none") || (enforce.length && *enforce.data == 'Y');
	kl_buffer_free(&enforce);
	if (!enforced) {
		kl_find(health, KL_FINE, "signature",
			"unsigned modules may be loaded (lockdown: %s%s)", lockdown,
			secure ? ", Secure Boot on" : "");
	} else if (health->loaded || is_signed(disk)) {
		kl_find(health, KL_FINE, "signature",
			"only signed modules may be loaded (lockdown: %s), and this one "
			"is%s",
			lockdown, health->loaded ? " loaded" : " signed");
	} else if (!disk->bytes.length) {
		kl_find(health, KL_NOTE, "signature",
			"only signed modules may be loaded (lockdown: %s); whether the "
			"module is signed was not looked at",
			lockdown);
		kl_remedy(health, "modinfo -F signer kellas");
	} else {
		kl_find(health, KL_ERROR, "signature",
			"only signed modules may be loaded (lockdown: %s%s), and %s is "
			"not",
			lockdown, secure ? ", Secure Boot on" : "", disk->path);
		kl_remedy(
			health,
			"/lib/modules/%s/build/scripts/sign-file sha256 KEY CERTIFICATE "
			"%s; mokutil --import CERTIFICATE; reboot and enroll it",
			health->release, disk->path);
	}
}

static bool read_stat(struct kl_health *health)
{
	const char *path = "/proc/kellas/stat";
	struct kl_buffer text = { 0 };
	int error;

	if (health->stat.length)
		return true;
	error = kl_health_read(kl_health_path("%s", path), &text);
	kl_buffer_free(&text);
	kl_health_unseen(health, "counters", path, error ? error : -ENODATA);
	return false;
}

enum need { REQUIRED, OPTIONAL };

/* The functions that the module knows, of whatever kernel. */
static const struct hook {
	const char *function;
	enum need need;
} hooks[] = {
#define KL_HOOK(result, name, family, need, ...) { "security_" #name, need },
#include "hooks/table.def"
};

/* Without it a kernel does the same work through another one. */
static bool is_optional(struct kl_text function)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(hooks); i++)
		if (kl_text_is(function, hooks[i].function))
			return hooks[i].need == OPTIONAL;
	return false;
}

/* Functions that this kernel has not got, or will not let be attached to. */
static void examine_functions(struct kl_health *health)
{
	struct kl_text rest = kl_buffer_text(&health->stat);
	struct kl_buffer missing = { 0 };
	struct kl_stat_line line;
	u32 functions = 0;

	while (kl_stat_next(&rest, &line)) {
		if (!kl_text_is(line.subject, "function") || !line.count)
			continue;
		if (!kl_text_is(kl_stat_value(&line, "state"), "missing"))
			functions++;
		else if (!is_optional(line.pairs[0].key))
			kl_buffer_printf(&missing, "%s%.*s", missing.length ? ", " : "",
					 (int)line.pairs[0].key.length,
					 line.pairs[0].key.data);
	}
	if (missing.length)
		kl_find(health, KL_NOTE, "functions",
			"this kernel has not got %s: what needs them is refused when a "
			"policy is loaded",
			missing.data);
	else if (functions)
		kl_find(health, KL_FINE, "functions",
			"all that are needed were found, %u functions of the kernel",
			functions);
	kl_buffer_free(&missing);
}

void kl_examine_module(struct kl_health *health)
{
	struct disk disk = { 0 };

	if (find_in_dep(health->release, disk.path, sizeof(disk.path)))
		read_disk(&disk);
	if (health->loaded) {
		kl_find(health, KL_FINE, "loaded", "the module is loaded");
		examine_version(health);
		if (read_stat(health))
			examine_functions(health);
	} else {
		complain_unloaded(health, &disk);
	}
	if (*disk.path)
		examine_disk(health, &disk);
	if (*disk.path || health->loaded)
		examine_signature(health, &disk);
	kl_buffer_free(&disk.bytes);
}
