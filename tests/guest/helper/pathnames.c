// SPDX-License-Identifier: GPL-2.0-only
/* What a file is called, for every kind of file and of name. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "kellas.h"
#include "parts.h"
#include "place.h"
#include "subject.h"

#define HERE	"/tmp/names"

/* What is opened before, and the name to open. */
static int fd = -1;
static char name[8192];

static int make(const char *path)
{
	return must(open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644));
}

static void expect_name(const char *path, size_t length)
{
	struct text text = {};

	text_add_quoted(&text, "", path, length);
	subject_expects("%s", text.data + strlen(" ="));
	free(text.data);
}

static void set(const char *to_open, const char *expected)
{
	strcpy(name, to_open);
	expect_name(expected, strlen(expected));
}

/* Acts. */
static long open_it(const void *arg)
{
	(void)arg;
	return open(name, O_RDONLY | O_NONBLOCK);
}
static long chmod_fd(const void *arg) { (void)arg; return fchmod(fd, 0600); }
static long ioctl_fd(const void *arg) { (void)arg; return ioctl(fd, FIOCLEX); }
static long stat_fd(const void *arg) { struct stat s; (void)arg; return fstat(fd, &s); }

static long reopen(const void *arg)
{
	(void)arg;
	sprintf(name, "/proc/self/fd/%d", fd);
	return open(name, O_RDONLY);
}

static long open_relative(const void *arg)
{
	(void)arg;
	return openat(fd, name, O_RDONLY);
}

/* Ordinary names. */

static void a_file(const void *arg) { (void)arg; set(HERE "/d/f", HERE "/d/f"); }
static void dots(const void *arg) { (void)arg; set(HERE "/../names//./d/../d/f", HERE "/d/f"); }
static void a_folder(const void *arg) { (void)arg; set(HERE "/d/", HERE "/d"); }
static void the_root(const void *arg) { (void)arg; set("/", "/"); }

static void a_link(const void *arg)
{
	(void)arg;
	must(symlink("d", HERE "/ld"));
	must(symlink("f", HERE "/d/lf"));
	set(HERE "/ld/lf", HERE "/d/f");
}

static void a_mount(const void *arg) { (void)arg; set(HERE "/m", HERE "/m"); }

static void a_bind_mount(const void *arg)
{
	(void)arg;
	must(mkdir(HERE "/b", 0755));
	must(mount(HERE "/d", HERE "/b", NULL, MS_BIND, NULL));
	set(HERE "/b/f", HERE "/b/f");
}

static void below_bind_mount(const void *arg) { (void)arg; set(HERE "/d/f", HERE "/d/f"); }
static void bound_root(const void *arg) { (void)arg; set(HERE "/b", HERE "/b"); }

static void in_chroot(const void *arg)
{
	(void)arg;
	must(chroot(HERE));
	must(chdir("/"));
	set("/d/f", HERE "/d/f");
}

static void root_of_chroot(const void *arg)
{
	in_chroot(arg);
	set("/", HERE);
}

static void in_mount_namespace(const void *arg)
{
	(void)arg;
	must(unshare(CLONE_NEWNS));
	must(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
	must(mount("tmpfs", HERE "/m", "tmpfs", 0, NULL));
	close(make(HERE "/m/inner"));
	set(HERE "/m/inner", HERE "/m/inner");
}

/* A name ends at its own namespace's root, not at ours. */
static void in_pivoted_root(const void *arg)
{
	(void)arg;
	must(unshare(CLONE_NEWNS));
	must(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
	must(mount("tmpfs", HERE "/m", "tmpfs", 0, NULL));
	must(mkdir(HERE "/m/old", 0755));
	close(make(HERE "/m/inner"));
	must(chdir(HERE "/m"));
	must(syscall(155 /* pivot_root */, ".", "old"));
	must(chdir("/"));
	set("/inner", "/inner");
}

/* Odd bytes and lengths. */

static void open_in(const char *leaf, size_t length)
{
	char full[8192];

	memcpy(full, HERE "/d/", strlen(HERE "/d/"));
	memcpy(full + strlen(HERE "/d/"), leaf, length);
	full[strlen(HERE "/d/") + length] = 0;
	close(make(full));
	strcpy(name, full);
	expect_name(full, strlen(full));
}

static void odd_name(const void *arg) { open_in(arg, strlen(arg)); }

static void every_byte(const void *arg)
{
	char leaf[256];
	int byte, n = 0;

	(void)arg;
	for (byte = 1; byte < 256; byte++)
		if (byte != '/')
			leaf[n++] = byte;
	open_in(leaf, n);
}

static void longest_component(const void *arg)
{
	char leaf[256];

	(void)arg;
	memset(leaf, 'x', 255);
	open_in(leaf, 255);
}

/**
 * struct deep - a file far down
 * @length: bytes of its whole name
 * @component: bytes of each folder's name
 * @byte: that the names are made of
 */
struct deep {
	size_t length;
	size_t component;
	char byte;
};

/* The folders are made one in the other: no name of a system call is long. */
static void make_deep(const void *arg)
{
	const struct deep *deep = arg;
	struct text full = {};
	char component[256];
	size_t left, n;
	int next;

	fd = must(open(HERE "/deep", O_PATH | O_DIRECTORY));
	text_add(&full, HERE "/deep");
	while ((left = deep->length - full.length) > deep->component + 3 || left > 256) {
		n = deep->component;
		/* One byte cannot be left for "/" alone. */
		if (left - n - 1 < 2)
			n--;
		memset(component, deep->byte, n);
		component[n] = 0;
		must(mkdirat(fd, component, 0755));
		next = must(openat(fd, component, O_PATH | O_DIRECTORY));
		close(fd);
		fd = next;
		text_add(&full, "/%s", component);
	}
	memset(name, 'f', left - 1);
	name[left - 1] = 0;
	close(must(openat(fd, name, O_RDWR | O_CREAT | O_CLOEXEC, 0644)));
	text_add(&full, "/%s", name);
	if (full.length != deep->length)
		die("made a name of %zu bytes, not %zu", full.length, deep->length);
	expect_name(full.data, full.length);
	free(full.data);
}

/* Files without a name. */

static void deleted(const void *arg)
{
	(void)arg;
	fd = make(HERE "/d/gone");
	must(unlink(HERE "/d/gone"));
	expect_name(HERE "/d/gone", strlen(HERE "/d/gone"));
}

/* A space before, and the kernel's own mark in a name, are as they are. */
static void deleted_mark(const void *arg)
{
	(void)arg;
	set(HERE "/d/x (deleted)", HERE "/d/x (deleted)");
	close(make(name));
}

static void inode_name(const char *kind, int of)
{
	struct stat status;
	char expected[64];

	must(fstat(of, &status));
	sprintf(expected, "%s:[%lu]", kind, status.st_ino);
	expect_name(expected, strlen(expected));
}

static void a_pipe(const void *arg)
{
	int ends[2];

	(void)arg;
	must(pipe(ends));
	fd = ends[0];
	inode_name("pipe", fd);
}

static void a_socket(const void *arg)
{
	(void)arg;
	fd = must(socket(AF_INET, SOCK_STREAM, 0));
	inode_name("socket", fd);
}

static void an_eventfd(const void *arg)
{
	(void)arg;
	fd = must(eventfd(0, 0));
	expect_name("anon_inode:[eventfd]", strlen("anon_inode:[eventfd]"));
}

static void a_memfd(const void *arg)
{
	(void)arg;
	fd = must(memfd_create("a b", 0));
	expect_name("/memfd:a b (deleted)", strlen("/memfd:a b (deleted)"));
}

static void a_tmpfile(const void *arg)
{
	struct stat status;
	char expected[100];

	(void)arg;
	fd = must(open(HERE "/d", O_TMPFILE | O_RDWR, 0600));
	must(fstat(fd, &status));
	sprintf(expected, HERE "/d/#%lu", status.st_ino);
	expect_name(expected, strlen(expected));
}

static void lazily_unmounted(const void *arg)
{
	(void)arg;
	must(mount("tmpfs", HERE "/m", "tmpfs", 0, NULL));
	must(mkdir(HERE "/m/d", 0755));
	fd = make(HERE "/m/d/f");
	must(umount2(HERE "/m", MNT_DETACH));
	expect_name("tmpfs:/d/f", strlen("tmpfs:/d/f"));
}

/* File systems that call their files by names of their own. */

static void own_proc(const void *arg)
{
	(void)arg;
	sprintf(name, "/proc/%d/status", getpid());
	expect_name("proc:/self/status", strlen("proc:/self/status"));
}

static void self_proc(const void *arg) { (void)arg; set("/proc/self/status", "proc:/self/status"); }

static void own_proc_folder(const void *arg)
{
	char expected[64];

	(void)arg;
	sprintf(name, "/proc/%d", getpid());
	sprintf(expected, "proc:/%d", getpid());
	expect_name(expected, strlen(expected));
}

static void own_task(const void *arg)
{
	char expected[64];

	(void)arg;
	sprintf(name, "/proc/thread-self/comm");
	sprintf(expected, "proc:/self/task/%d/comm", getpid());
	expect_name(expected, strlen(expected));
}

static void other_proc(const void *arg) { (void)arg; set("/proc/1/status", "proc:/1/status"); }
static void sysctl(const void *arg) { (void)arg; set("/proc/sys/kernel/ostype", "proc:/sys/kernel/ostype"); }
static void proc_root(const void *arg) { (void)arg; set("/proc", "proc:/"); }
static void sysfs(const void *arg) { (void)arg; set("/sys/kernel/notes", "/sys/kernel/notes"); }
static void devtmpfs(const void *arg) { (void)arg; set("/dev/null", "/dev/null"); }
static void cgroup(const void *arg) { (void)arg; set("/sys/fs/cgroup/cgroup.procs", "/sys/fs/cgroup/cgroup.procs"); }
static void securityfs(const void *arg) { (void)arg; set("/sys/kernel/security/lsm", "securityfs:/lsm"); }

static void devpts(const void *arg)
{
	int master = must(posix_openpt(O_RDWR | O_NOCTTY));
	char expected[64];

	(void)arg;
	must(unlockpt(master));
	strcpy(name, ptsname(master));
	snprintf(expected, sizeof(expected), "devpts:%.40s", name + strlen("/dev/pts"));
	expect_name(expected, strlen(expected));
}

static void ext4(const void *arg) { (void)arg; set("/tmp/ext4/f", "/tmp/ext4/f"); close(make(name)); }

static void ext4_unmounted(const void *arg)
{
	struct stat status;
	char expected[64];

	(void)arg;
	fd = make("/tmp/ext4/g");
	must(fstat(fd, &status));
	must(umount2("/tmp/ext4", MNT_DETACH));
	sprintf(expected, "dev(%u,%u):/g", (unsigned int)(status.st_dev >> 8),
		(unsigned int)(status.st_dev & 0xff));
	expect_name(expected, strlen(expected));
}

static const struct deep deep[] = {
	{ 300, 1, 'a' }, { 4094, 250, 'b' }, { 4095, 250, 'b' }, { 4096, 250, 'b' },
	{ 4097, 250, 'b' }, { 8191, 255, 'c' }, { 9000, 255, ' ' }, { 40000, 255, 'd' },
	{ 522, 1, 'e' },
};

static const struct {
	const char *name;
	const char *op;
	void (*prepare)(const void *arg);
	long (*act)(const void *arg);
	const void *arg;
} cases[] = {
	{ "a file", "read", a_file, open_it },
	{ "dots and slashes", "read", dots, open_it },
	{ "a folder has no slash behind", "read", a_folder, open_it },
	{ "the root", "read", the_root, open_it },
	{ "through links", "read", a_link, open_it },
	{ "an empty mount point", "read", a_mount, open_it },
	{ "a bind mount", "read", a_bind_mount, open_it },
	{ "what is bound, by its first name", "read", below_bind_mount, open_it },
	{ "the root of a bind mount", "read", bound_root, open_it },
	{ "in a chroot", "read", in_chroot, open_it },
	{ "the root of a chroot", "read", root_of_chroot, open_it },
	{ "in a mount namespace", "read", in_mount_namespace, open_it },
	{ "in a pivoted root", "read", in_pivoted_root, open_it },
	{ "a blank", "read", odd_name, open_it, "a b" },
	{ "a newline", "read", odd_name, open_it, "a\nb" },
	{ "a backslash", "read", odd_name, open_it, "a\\b\\052" },
	{ "UTF-8", "read", odd_name, open_it, "h\xc3\xa4user \xe2\x82\xac" },
	{ "quotes and signs", "read", odd_name, open_it, "\"'=#@*?{}()" },
	{ "every byte", "read", every_byte, open_it },
	{ "a component of 255 bytes", "read", longest_component, open_it },
	{ "a name of 300 bytes, each folder one", "read", make_deep, open_relative, &deep[0] },
	{ "a name of 255 components", "read", make_deep, open_relative, &deep[8] },
	{ "a name of 4,094 bytes", "read", make_deep, open_relative, &deep[1] },
	{ "a name of 4,095 bytes", "read", make_deep, open_relative, &deep[2] },
	{ "a name of 4,096 bytes", "read", make_deep, open_relative, &deep[3] },
	{ "a name of 4,097 bytes", "read", make_deep, open_relative, &deep[4] },
	{ "a name of 8,191 bytes", "read", make_deep, open_relative, &deep[5] },
	{ "a name of 9,000 bytes, most of them blanks", "read", make_deep, open_relative, &deep[6] },
	{ "a name of 40,000 bytes", "read", make_deep, open_relative, &deep[7] },
	{ "deleted, opened by /proc/self/fd", "read", deleted, reopen },
	{ "deleted, fchmod", "chmod", deleted, chmod_fd },
	{ "deleted, fstat", "getattr", deleted, stat_fd },
	{ "a name that looks deleted", "read", deleted_mark, open_it },
	{ "a pipe", "ioctl", a_pipe, ioctl_fd },
	{ "a pipe, fchmod", "chmod", a_pipe, chmod_fd },
	{ "a pipe, opened by /proc/self/fd", "read", a_pipe, reopen },
	{ "a socket", "ioctl", a_socket, ioctl_fd },
	{ "a socket, fchmod", "chmod", a_socket, chmod_fd },
	{ "an eventfd", "ioctl", an_eventfd, ioctl_fd },
	{ "a memfd", "ioctl", a_memfd, ioctl_fd },
	{ "a memfd, fchmod", "chmod", a_memfd, chmod_fd },
	{ "a memfd, opened by /proc/self/fd", "read", a_memfd, reopen },
	{ "O_TMPFILE", "chmod", a_tmpfile, chmod_fd },
	{ "lazily unmounted tmpfs", "chmod", lazily_unmounted, chmod_fd },
	{ "lazily unmounted tmpfs, reopened", "read", lazily_unmounted, reopen },
	{ "proc of itself, by number", "read", own_proc, open_it },
	{ "proc of itself", "read", self_proc, open_it },
	{ "proc of itself, the folder", "read", own_proc_folder, open_it },
	{ "proc of its thread", "read", own_task, open_it },
	{ "proc of another", "read", other_proc, open_it },
	{ "sysctl", "read", sysctl, open_it },
	{ "the root of proc", "read", proc_root, open_it },
	{ "sysfs", "read", sysfs, open_it },
	{ "devtmpfs", "read", devtmpfs, open_it },
	{ "cgroup", "read", cgroup, open_it },
	{ "securityfs", "read", securityfs, open_it },
	{ "devpts", "read", devpts, open_it },
	{ "ext4", "read", ext4, open_it },
	{ "lazily unmounted ext4", "chmod", ext4_unmounted, chmod_fd },
};

/* Too deep to be removed by name, so it goes with its file system. */
static void watch(void (*prepare)(const void *arg), long (*act)(const void *arg),
		  const void *arg, struct seen *seen)
{
	must(mount("tmpfs", HERE "/deep", "tmpfs", 0, NULL));
	subject_watch(prepare, act, arg, seen);
	must(umount2(HERE "/deep", MNT_DETACH));
}

static void run_case(unsigned int i)
{
	struct seen seen;

	begin("%s", cases[i].name);
	watch(cases[i].prepare, cases[i].act, cases[i].arg, &seen);
	expect_error("result", 0, seen.error);
	if (expect(seen.count == 1, "records: expected 1 got %u", seen.count)) {
		expect_words("operation", cases[i].op,
			     strtok(strdupa(record_body(seen.records[0])), " "));
		expect_text("path", seen.expected, body_field(seen.records[0], "path"));
	}
	end();
	umount2(HERE "/m", MNT_DETACH);
}

/*
 * Records tell where a name is matched as well; but that all of it is, to the
 * last byte, shows only a rule that names it.
 */
static void run_match(const struct deep *of)
{
	struct text text = {};
	struct seen seen;

	group("pathnames matched");
	begin("%zu bytes", of->length);
	text_add(&text, "100 acl read " SUBJECT_RULE "\n    audit 1\n");
	policy(text.data);
	watch(make_deep, open_relative, of, &seen);
	expect_error("unmatched", 0, seen.error);
	text_add(&text, "    10 deny path=%s\n", seen.expected);
	policy(text.data);
	watch(make_deep, open_relative, of, &seen);
	expect_error("denied by its whole name", EPERM, seen.error);
	/* The same but for the last byte. */
	text.data[text.length - 3]++;
	policy(text.data);
	watch(make_deep, open_relative, of, &seen);
	expect_error("another last byte", 0, seen.error);
	free(text.data);
	end();
}

/* In a PID namespace of its own, process 1 is itself. */
static void run_pid_namespace(void)
{
	struct seen seen;
	int status;
	pid_t child;

	group("pathnames in a PID namespace");
	begin("proc of itself");
	records_drop();
	child = must(fork());
	if (!child) {
		subject_become();
		must(unshare(CLONE_NEWPID | CLONE_NEWNS));
		child = must(fork());
		if (child) {
			waitpid(child, &status, 0);
			_exit(0);
		}
		must(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
		must(mount("proc", "/proc", "proc", 0, NULL));
		subject_mark();
		if (open("/proc/1/status", O_RDONLY) < 0)
			_exit(1);
		_exit(0);
	}
	must(waitpid(child, &status, 0));
	seen.count = records_take(&seen.records);
	if (expect(seen.count == 1, "records: expected 1 got %u", seen.count)) {
		expect_text("path", "\"proc:/self/status\"", body_field(seen.records[0], "path"));
		expect_text("task.pid", "1", body_field(seen.records[0], "task.pid"));
		expect_text("task.ppid", "0", body_field(seen.records[0], "task.ppid"));
		expect(atoi(head_field(seen.records[0], "global-pid")) > child,
		       "global-pid: expected above %d got %s", child,
		       head_field(seen.records[0], "global-pid"));
	}
	end();
}

/*
 * A rule is ruled out by the last component before the name is built; a file
 * that gets another name in between must not slip past it, nor hit another's.
 */
static void run_renamed(void)
{
	int i, refused = 0;
	pid_t mover;

	group("pathnames renamed");
	begin("while they are looked at");
	close(make(HERE "/d/secret"));
	policy("100 acl read path=\"" HERE "/d/secret\"\n    10 deny\n");
	mover = must(fork());
	while (!mover) {
		rename(HERE "/d/secret", HERE "/d/other");
		rename(HERE "/d/other", HERE "/d/secret");
	}
	for (i = 0; i < 2000; i++) {
		int fd = open(HERE "/d/f", O_RDONLY);

		refused += fd < 0;
		close(fd);
		fd = open(HERE "/d/secret", O_RDONLY);
		close(fd);
	}
	must(kill(mover, SIGKILL));
	must(waitpid(mover, NULL, 0));
	expect_number("another file refused", 0, refused);
	rename(HERE "/d/other", HERE "/d/secret");
	expect(open(HERE "/d/secret", O_RDONLY) < 0 && errno == EPERM, "it can be read");
	end();
}

void part_pathnames(int argc, char **argv)
{
	struct place place;
	unsigned int i;

	(void)argc;
	(void)argv;
	kellas_load();
	place_open(&place, "ext4");
	must(mkdir(HERE, 0755));
	must(mkdir(HERE "/d", 0755));
	must(mkdir(HERE "/m", 0755));
	must(mkdir(HERE "/deep", 0755));
	close(make(HERE "/d/f"));
	policy("100 acl read " SUBJECT_RULE "\n    audit 1\n"
	       "100 acl chmod " SUBJECT_RULE "\n    audit 1\n"
	       "100 acl ioctl " SUBJECT_RULE "\n    audit 1\n"
	       "100 acl getattr " SUBJECT_RULE "\n    audit 1\n");
	group("pathnames");
	for (i = 0; i < ARRAY_SIZE(cases); i++)
		run_case(i);
	run_pid_namespace();
	run_match(&deep[0]);
	run_match(&deep[2]);
	run_match(&deep[6]);
	run_renamed();
	group("pathnames");
	begin("unload");
	expect_error("detach and remove", 0, kellas_unload());
	end();
}
