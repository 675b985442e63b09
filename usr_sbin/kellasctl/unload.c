// SPDX-License-Identifier: GPL-2.0
/* kellasctl unload */
#include <dirent.h>
#include <fcntl.h>
#include <getopt.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "kellasctl.h"
#include "proc.h"

static const struct kl_option options[] = { { 0 } };

#define MODULE "kellas"

static bool is_ours(const char *link)
{
	const char *directory = kl_proc_directory();
	size_t length = strlen(directory);

	return !strncmp(link, directory, length) && link[length] == '/';
}

static void read_comm(const char *pid, char *comm, size_t size)
{
	char path[300];
	ssize_t got = -1;
	int fd;

	snprintf(path, sizeof(path), "/proc/%s/comm", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0) {
		got = read(fd, comm, size - 1);
		close(fd);
	}
	comm[got > 0 ? got : 0] = '\0';
	comm[strcspn(comm, "\n")] = '\0';
}

static void put_holder(struct kl_output *output, const char *pid, const char *link)
{
	char comm[64];

	read_comm(pid, comm, sizeof(comm));
	kl_open_object(output, NULL);
	kl_put_number(output, "pid", "pid %s", strtoull(pid, NULL, 10));
	kl_put_string(output, "comm", " (%s)", comm);
	kl_put_string(output, "file", " has %s open\n", link);
	kl_close(output);
}

/* Which files of the module does a process have open? */
static u32 put_holders_of(struct kl_output *output, const char *pid)
{
	char path[300], link[PATH_MAX];
	struct dirent *entry;
	ssize_t length;
	u32 found = 0;
	DIR *directory;

	snprintf(path, sizeof(path), "/proc/%s/fd", pid);
	directory = opendir(path);
	if (!directory)
		return 0;
	while ((entry = readdir(directory))) {
		length = readlinkat(dirfd(directory), entry->d_name, link,
				    sizeof(link) - 1);
		if (length < 0)
			continue;
		link[length] = '\0';
		if (!is_ours(link))
			continue;
		put_holder(output, pid, link);
		found++;
	}
	closedir(directory);
	return found;
}

static u32 put_holders(struct kl_output *output)
{
	DIR *proc = opendir("/proc");
	struct dirent *entry;
	u32 found = 0;

	kl_open_array(output, "held_by");
	while (proc && (entry = readdir(proc)))
		if (isdigit((unsigned char)entry->d_name[0]) &&
		    strtol(entry->d_name, NULL, 10) != getpid())
			found += put_holders_of(output, entry->d_name);
	if (proc)
		closedir(proc);
	kl_close(output);
	return found;
}

static int detach(void)
{
	int fd = kl_proc_open("policy", O_WRONLY), error;

	if (fd < 0)
		return fd;
	error = kl_write_fd(fd, "detach\n", strlen("detach\n"));
	close(fd);
	return error;
}

static int complain_detach(int error)
{
	if (!kl_proc_loaded() || error == -EACCES)
		return kl_proc_complain("policy", error);
	if (error == -EPERM)
		kl_complain(
			"the module will not detach: it is locked until reboot, or this "
			"process may not change the policy");
	else if (error == -EBUSY)
		kl_complain("the module will not detach: a commit waits for its "
			    "confirmation");
	else if (error == -EAGAIN || error == -EINTR)
		kl_complain("detached, but calls of the module are still under way: "
			    "unload again later");
	else
		kl_complain("the module will not detach: %s", strerror(-error));
	return KL_EXIT_FAILURE;
}

static int unload(struct kl_common *common)
{
	struct kl_output *output = &common->output;
	int error, status = KL_EXIT_OK;
	u32 holders = 0;

	/* What a shell left open here would hold the module as well. */
	close_range(STDERR_FILENO + 1, ~0u, 0);
	error = detach();
	if (error)
		return complain_detach(error);
	if (syscall(SYS_delete_module, MODULE, O_NONBLOCK))
		error = -errno;
	if (error || !common->quiet) {
		kl_open_object(output, NULL);
		kl_put_bool(output, "detached", NULL, true);
		kl_put_bool(output, "unloaded", common->quiet ? NULL : "unloaded\n",
			    !error);
		if (error == -EBUSY || error == -EAGAIN)
			holders = put_holders(output);
		kl_close(output);
	}
	if (error) {
		kl_complain("detached, but the module stays loaded: %s%s",
			    strerror(-error),
			    holders ? "; close these files and try again" : "");
		status = error == -ENOENT ? KL_EXIT_NOT_LOADED : KL_EXIT_FAILURE;
	}
	return status;
}

static int run(const struct kl_command *command, int argc, char **argv)
{
	struct kl_common common;
	int status = kl_options_common(command, argc, argv, &common);

	if (status >= 0)
		return status;
	if (optind != argc)
		return kl_usage(command, "no arguments are expected");
	return kl_common_done(&common, unload(&common));
}

const struct kl_command unload_command = {
	.name = "unload",
	.arguments = "",
	.words = NULL,
	.summary = "Detach the module from the kernel and remove it",
	.details =
		"From then on nothing is logged or denied. If somebody still holds a file of\n"
		"the module open, it stays loaded but detached, and they are named.\n",
	.options = options,
	.run = run,
};
