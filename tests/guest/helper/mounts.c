// SPDX-License-Identifier: GPL-2.0-only
/*
 * mount, unmount and pivot_root by every way into them: mount(2), the system
 * calls that make a mount in steps, their 32-bit entries, and the programs of
 * util-linux. For each way and verdict: the result, whether the mounts changed,
 * what stat counted, and the record, word by word.
 *
 * Each way is gone in a mount namespace of its own, below a tmpfs that only
 * that one has.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/mount.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>
#include "calls.h"
#include "facts.h"
#include "kellas.h"
#include "parts.h"
#include "place.h"
#include "subject.h"

/* <sys/mount.h> and <linux/mount.h> do not agree with each other. */
int mount(const char *, const char *, const char *, unsigned long, const void *);
int umount(const char *);
int umount2(const char *, int);
#define MNT_DETACH	2

#define HERE	"/tmp/mounts"
#define T	HERE "/t"		/* a folder to mount on */
#define D	HERE "/d"		/* a folder with the file "f" */
#define M	HERE "/m"		/* a mounted tmpfs of 1 MiB */
#define LOOP	"/dev/loop7"		/* with an ext4 on it */
#define MIB	(1l << 20)

static int fd = -1;

/* Getting ready, in the namespace of the way. */

static void nothing(void) { }

static void mount_m(void)
{
	must(mount("m", M, "tmpfs", 0, "size=1M"));
}

static void link_to_loop(void)
{
	must(symlink(LOOP, HERE "/loop"));
}

static void make_shared(void)
{
	mount_m();
	must(mount(NULL, M, NULL, MS_SHARED, NULL));
}

static int open_context(const char *type)
{
	return must(syscall(SYS_fsopen, type, FSOPEN_CLOEXEC));
}

static long configure(int context, unsigned int command, const char *key, const char *value)
{
	return syscall(SYS_fsconfig, context, command, key, value, 0);
}

static void set_string(int context, const char *key, const char *value)
{
	must(configure(context, FSCONFIG_SET_STRING, key, value));
}

/* Creates what has been described, and makes a mount without a place of it. */
static void make_mount(int context, unsigned int attributes)
{
	must(configure(context, FSCONFIG_CMD_CREATE, NULL, NULL));
	fd = must(syscall(SYS_fsmount, context, FSMOUNT_CLOEXEC, attributes));
}

static void new_tmpfs(void)
{
	int context = open_context("tmpfs");

	set_string(context, "size", "1M");
	set_string(context, "mode", "0700");
	make_mount(context, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV);
	close(context);
}

static void new_tmpfs_kept(void)
{
	int context = open_context("tmpfs");

	set_string(context, "size", "1M");
	make_mount(context, MOUNT_ATTR_NOATIME);
}

static void new_tmpfs_plain(void)
{
	int context = open_context("tmpfs");

	make_mount(context, MOUNT_ATTR_STRICTATIME);
	close(context);
}

static int open_device(const char *name)
{
	int context = open_context("ext4");

	set_string(context, "source", name);
	must(configure(context, FSCONFIG_SET_FLAG, "ro", NULL));
	return context;
}

static void new_ext4(void)
{
	int context = open_device(LOOP);

	must(configure(context, FSCONFIG_SET_FLAG, "noload", NULL));
	set_string(context, "errors", "continue");
	make_mount(context, 0);
	close(context);
}

/* The name does not name the device any more when the mount gets its place. */
static void new_ext4_renamed(void)
{
	int context;

	link_to_loop();
	context = open_device(HERE "/loop");
	make_mount(context, 0);
	close(context);
	must(unlink(HERE "/loop"));
	must(symlink("/dev/loop6", HERE "/loop"));
}

/* More data than is remembered: what it is cannot be said. */
static void new_long(void)
{
	int i, context = open_context("tmpfs");

	for (i = 0; i < 2000; i++)
		set_string(context, "size", "1048576");
	make_mount(context, 0);
	close(context);
}

static void copy_d(void)
{
	fd = must(syscall(SYS_open_tree, AT_FDCWD, D, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC));
}

/* A copy of a mount that was made in steps itself, and has its place. */
static void copy_new(void)
{
	new_tmpfs();
	must(syscall(SYS_move_mount, fd, "", AT_FDCWD, M, MOVE_MOUNT_F_EMPTY_PATH));
	close(fd);
	fd = must(syscall(SYS_open_tree, AT_FDCWD, M, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC));
}

/* As many mounts of one file system as it takes to forget the first. */
static void new_many(void)
{
	int i, first = -1, context;

	for (i = 0; i < 20; i++) {
		context = open_device(LOOP);
		make_mount(context, 0);
		close(context);
		if (!i)
			first = fd;
	}
	/* What is remembered is used up by all but the first. */
	for (i = 1; i < 20; i++)
		must(syscall(SYS_move_mount, first + i, "", AT_FDCWD, D,
			     MOVE_MOUNT_F_EMPTY_PATH));
	fd = first;
}

/* The first attempt fails behind us; the second one is no less what it was. */
static void tried_before(void)
{
	new_tmpfs();
	if (syscall(SYS_move_mount, fd, "", AT_FDCWD, D "/f", MOVE_MOUNT_F_EMPTY_PATH) >= 0)
		die("a folder was mounted on a file");
}

static void pick_m(void)
{
	mount_m();
	fd = must(syscall(SYS_fspick, AT_FDCWD, M, FSPICK_CLOEXEC));
	set_string(fd, "size", "2M");
}

static void pick_m_readonly(void)
{
	mount_m();
	fd = must(syscall(SYS_fspick, AT_FDCWD, M, FSPICK_CLOEXEC));
	must(configure(fd, FSCONFIG_SET_FLAG, "ro", NULL));
}

/* mount(2) of an overlay, whose own doings in the upper layer are no requests. */
static void overlay_folders(void)
{
	mount_m();
	must(mkdir(M "/up", 0755));
	must(mkdir(M "/work", 0755));
}

static void drop_admin(void)
{
	struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct data[2];

	must(syscall(SYS_capget, &header, data));
	data[0].effective &= ~(1u << CAP_SYS_ADMIN);
	must(syscall(SYS_capset, &header, data));
}

static void new_root(void)
{
	mount_m();
	must(mkdir(M "/old", 0755));
}

/* Acts. */

static long mount32(const char *source, const char *target, const char *type, long flags,
		    const char *data)
{
	return call32_5(21, low(source), low(target), low(type), flags, low(data));
}

static long move(const char *to)
{
	return syscall(SYS_move_mount, fd, "", AT_FDCWD, to, MOVE_MOUNT_F_EMPTY_PATH);
}

static long reconfigure(void)
{
	return configure(fd, FSCONFIG_CMD_RECONFIGURE, NULL, NULL);
}

/* A program of util-linux, by a user whom it trusts. */
static long program(const char *command)
{
	int status;

	must(setresuid(0, 0, 0));
	status = system(command);
	errno = EPERM;
	return status ? -1 : 0;
}

#define PASTE(a, b)	a##b
#define RUN(line)	PASTE(run_, line)
#define WAY(name, ready, call, ...) \
	static long RUN(__LINE__)(void) { return call; }
#include "mounts.def"

/**
 * struct object - what the module should see of a file
 * @prefix: of its attributes; NULL: there is none
 * @name: pathname; NULL: @at
 * @at: where the test finds it; ends in "/." if it is the root of a mount
 */
struct object {
	const char *prefix;
	const char *name;
	const char *at;
};

/**
 * struct way - a way into an operation
 * @name: of the case
 * @ready: gets ready
 * @run: does it
 * @op: what this is; NULL: nothing that is asked about
 * @object: files
 * @params: behind them
 * @rule: conditions that are true
 * @error: of the kernel, if we permit it
 * @other_subject: done by a program: nothing is said of the task
 */
struct way {
	const char *name;
	void (*ready)(void);
	long (*run)(void);
	const char *op;
	struct object object[2];
	const char *params;
	const char *rule;
	int error;
	bool other_subject;
};

#define WAY(name, ready, call, ...) { name, ready, RUN(__LINE__), __VA_ARGS__ },
static const struct way ways[] = {
#include "mounts.def"
};

/* What the acting process found out about the mounts. */
static struct {
	bool changed;
} *shared;

static void enter_namespace(void)
{
	must(unshare(CLONE_NEWNS));
	must(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
	must(mount("here", HERE, "tmpfs", 0, NULL));
	must(mkdir(T, 0751));
	must(chown(T, 61, 62));
	must(mkdir(D, 0755));
	must(mkdir(M, 0755));
	close(must(open(D "/f", O_WRONLY | O_CREAT | O_CLOEXEC, 0644)));
}

static void add_file(struct text *text, const struct object *object)
{
	object_facts(text, object->prefix, object->at, true);
	parent_facts(text, object->prefix, object->at);
}

static void add_name(struct text *text, const struct object *object)
{
	const char *name = object->name ? object->name : object->at;
	size_t length = strlen(name);

	if (!object->name && length > 2 && !strcmp(name + length - 2, "/."))
		length -= 2;
	text_add_quoted(text, object->prefix, name, length);
}

/* The subject's real group is not yet what it will be. */
static void add_task(struct text *text)
{
	struct text task = {};
	char *gid;

	task_facts(&task);
	gid = strstr(task.data, " task.gid=10 ");
	if (!gid)
		die("the subject has another group");
	text_add(text, "%.*s task.gid=%d %s", (int)(gid - task.data), task.data, SUBJECT_MARK,
		 gid + strlen(" task.gid=10 "));
	free(task.data);
}

static void describe(const struct way *way)
{
	struct text text = {};
	int i;

	text_add(&text, "%s", way->op);
	for (i = 0; i < 2; i++)
		if (way->object[i].prefix)
			add_name(&text, &way->object[i]);
	text_add(&text, "%s", way->params);
	if (!way->other_subject) {
		add_task(&text);
		for (i = 0; i < 2; i++)
			if (way->object[i].prefix)
				add_file(&text, &way->object[i]);
	}
	subject_expects("%s", text.data);
	free(text.data);
}

static void prepare(const void *arg)
{
	const struct way *way = arg;

	enter_namespace();
	way->ready();
	if (way->op)
		describe(way);
}

/* Mounts, and what remounting may change of them. */
static void add_mounts(struct text *text, int mountinfo)
{
	struct statfs system;

	must(lseek(mountinfo, 0, SEEK_SET));
	read_all(mountinfo, text);
	if (statfs(M, &system))
		text_add(text, "gone");
	else
		text_add(text, "%lu %lx", (unsigned long)system.f_blocks,
			 (unsigned long)system.f_flags);
}

static long act(const void *arg)
{
	const struct way *way = arg;
	int mountinfo = must(open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC));
	struct text before = {}, after = {};
	int error;
	long result;

	add_mounts(&before, mountinfo);
	result = way->run();
	error = errno;
	add_mounts(&after, mountinfo);
	shared->changed = strcmp(before.data, after.data);
	errno = error;
	return result;
}

/**
 * struct phase - what the policy says
 * @name: of the group
 * @rule: of each block; NULL: the blocks match nothing
 * @result: of the records
 */
struct phase {
	const char *name;
	const char *rule;
	const char *result;
};

static const struct phase phases[] = {
	{ "unmatched", "deny task.uid=99", "unmatched" },
	{ "allow", "allow", "allowed" },
	{ "deny", "deny", "denied" },
	{ "elsewhere", NULL, NULL },
};

static void set_policy(const struct way *way, const struct phase *phase)
{
	static const char *const operations[] = { "mount", "unmount", "pivot_root" };
	struct text text = {};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(operations); i++) {
		const char *op = operations[i];
		bool same = way->op && !strcmp(op, way->op);

		text_add(&text, "100 acl %s task.gid=%d\n    audit 1\n", op,
			 phase->rule ? SUBJECT_MARK : 99);
		text_add(&text, "    10 %s%s%s\n", phase->rule ? phase->rule : "deny",
			 same ? " " : "", same ? way->rule : "");
	}
	policy(text.data);
	free(text.data);
}

static void expect_record(const struct way *way, const struct phase *phase,
			  const struct seen *seen)
{
	const char *body = seen->count ? record_body(seen->records[0]) : "";

	expect_number("records", way->op && phase->rule, seen->count);
	if (!seen->count)
		return;
	expect_text("result", phase->result, head_field(seen->records[0], "result"));
	if (way->other_subject)
		expect(!strncmp(body, seen->expected, strlen(seen->expected)) &&
		       body[strlen(seen->expected)] == ' ', "record: expected '%s' got '%s'",
		       seen->expected, body);
	else
		expect_words("record", seen->expected, body);
}

static void run_way(const struct way *way, const struct phase *phase)
{
	static struct counts before, after;
	const struct operation_count *b, *a;
	const char *op = way->op ? way->op : "mount";
	bool denied = way->op && phase->rule && !strcmp(phase->result, "denied");
	struct seen seen;

	set_policy(way, phase);
	shared->changed = false;
	counts_take(&before);
	subject_watch(prepare, act, way, &seen);
	counts_take(&after);
	b = counts_operation(&before, op);
	a = counts_operation(&after, op);

	begin("%s", way->name);
	expect_number("exit status", 0, seen.status);
	expect_error("result", denied ? EPERM : way->error, seen.error);
	expect(shared->changed == (!seen.error), "the mounts %s",
	       shared->changed ? "changed" : "did not change");
	expect_number("block hits", seen.count, a->hits - b->hits);
	expect_number("block denials", denied, a->denials - b->denials);
	expect_record(way, phase, &seen);
	end();
}

static void init(void)
{
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		die("mmap: %s", strerror(errno));
	shell("mkdir -p " HERE " && modprobe -a loop ext4 overlay && truncate -s 16M /tmp/loop.img &&"
	      " mkfs.ext4 -q -O ^has_journal /tmp/loop.img && losetup " LOOP " /tmp/loop.img");
	kellas_load();
}

/* An attempt by somebody who may not mount makes the kernel load no module. */
static long try_minix(const void *arg)
{
	(void)arg;
	drop_admin();
	return mount(LOOP, T, "minix", 0, NULL);
}

static void prepare_unprivileged(const void *arg)
{
	(void)arg;
	enter_namespace();
}

static void run_unprivileged(void)
{
	struct text types = {};
	struct seen seen;

	policy("100 acl mount task.gid=11\n    audit 1\n    10 allow fstype=\"minix\"\n");
	subject_watch(prepare_unprivileged, try_minix, NULL, &seen);
	begin("a type that is not loaded, without CAP_SYS_ADMIN");
	expect_error("result", EPERM, seen.error);
	expect_number("records", 1, seen.count);
	if (seen.count)
		expect_text("result", "allowed", head_field(seen.records[0], "result"));
	read_file("/proc/filesystems", &types);
	expect(!strstr(types.data, "minix"), "the module has been loaded");
	end();
	free(types.data);
}

static void prepare_long(const void *arg)
{
	(void)arg;
	enter_namespace();
	new_long();
}

static long move_it(const void *arg)
{
	(void)arg;
	return move(T);
}

/* What is not known counts as true in deny, as false in allow, and is said. */
static void run_unknown(void)
{
	struct seen seen;

	policy("100 acl mount task.gid=11\n    audit 1\n"
	       "    10 allow data=\"nothing\"\n    20 deny data=\"nothing\"\n");
	subject_watch(prepare_long, move_it, NULL, &seen);
	begin("more data than is remembered");
	expect_error("result", EPERM, seen.error);
	expect_number("records", 1, seen.count);
	if (seen.count) {
		expect_text("result", "denied", head_field(seen.records[0], "result"));
		expect_text("overlong", "data", head_field(seen.records[0], "overlong"));
	}
	end();
}

#ifndef OPEN_TREE_NAMESPACE
#define OPEN_TREE_NAMESPACE	2
#define FSMOUNT_NAMESPACE	2
#endif

/* Whether the namespace is there is seen by being in it: "f" lies in its root. */
static long enter_new_namespace(int number)
{
	if (number < 0)
		return -1;
	must(setns(number, CLONE_NEWNS));
	must(chdir("/"));
	return 0;
}

static long tree_namespace(const void *arg)
{
	(void)arg;
	if (enter_new_namespace(syscall(SYS_open_tree, AT_FDCWD, D,
					OPEN_TREE_NAMESPACE | OPEN_TREE_CLOEXEC)))
		return -1;
	return access("/f", F_OK);
}

static void prepare_context(const void *arg)
{
	(void)arg;
	enter_namespace();
	fd = open_context("tmpfs");
	set_string(fd, "size", "1M");
	must(configure(fd, FSCONFIG_CMD_CREATE, NULL, NULL));
}

static long mount_namespace(const void *arg)
{
	struct statfs system;

	(void)arg;
	if (enter_new_namespace(syscall(SYS_fsmount, fd, FSMOUNT_NAMESPACE | FSMOUNT_CLOEXEC, 0)))
		return -1;
	must(statfs("/", &system));
	errno = ENOTSUP;
	return (long)(system.f_blocks * system.f_bsize) == MIB ? 0 : -1;
}

static void expect_namespace(const char *name, void (*ready)(const void *arg),
			     long (*make)(const void *arg))
{
	static struct counts before, after;
	struct seen seen;
	unsigned int i;

	policy("100 acl mount " SUBJECT_RULE "\n    audit 1\n    10 deny\n"
	       "100 acl capability cap=CAP_SYS_ADMIN " SUBJECT_RULE "\n    audit 1\n    10 allow\n");
	counts_take(&before);
	subject_watch(ready, make, NULL, &seen);
	counts_take(&after);
	begin("%s is no mount, but capability sees it", name);
	expect_error("result", 0, seen.error);
	expect_number("hits of mount", 0, counts_operation(&after, "mount")->hits -
					  counts_operation(&before, "mount")->hits);
	expect(seen.count > 0, "no records of capability");
	for (i = 0; i < seen.count; i++)
		expect_text("cap", "CAP_SYS_ADMIN", body_field(seen.records[i], "cap"));
	end();
	policy("100 acl capability cap=CAP_SYS_ADMIN " SUBJECT_RULE "\n    audit 1\n    10 deny\n");
	subject_watch(ready, make, NULL, &seen);
	begin("%s, refused by capability", name);
	expect_error("result", EPERM, seen.error);
	end();
}

static void run_namespaces(void)
{
	if (skips("OPEN_TREE_NAMESPACE and FSMOUNT_NAMESPACE"))
		return;
	expect_namespace("OPEN_TREE_NAMESPACE", prepare_unprivileged, tree_namespace);
	expect_namespace("FSMOUNT_NAMESPACE", prepare_context, mount_namespace);
}

#define NOTED_MEMORY	(16 << 20)	/* KL_FSCONTEXT_MEMORY */
#define NOTED_EACH	(16 << 10)	/* KL_FSCONTEXT_DATA_MAX */

/* So many contexts, each with as much data as is remembered of one. */
static void prepare_crowd(const void *arg)
{
	struct rlimit limit = { 4096, 4096 };
	char size[256];
	int i, k, context;

	(void)arg;
	enter_namespace();
	must(setrlimit(RLIMIT_NOFILE, &limit));
	memset(size, '0', sizeof(size) - 1);
	size[sizeof(size) - 2] = '1';
	size[sizeof(size) - 1] = 0;
	for (i = 0; i < NOTED_MEMORY / NOTED_EACH + 20; i++) {
		context = open_context("tmpfs");
		for (k = 0; k < NOTED_EACH / 261; k++)
			set_string(context, "size", size);
	}
	/* And the rest, by what is as short as the new mount's own. */
	context = open_context("tmpfs");
	for (i = 0; i < (int)sizeof(size); i++)
		set_string(context, "size", "1");
	new_tmpfs();
}

static void prepare_new(const void *arg)
{
	(void)arg;
	enter_namespace();
	new_tmpfs();
}

/* What there is no room for is unknown, counted, and hurts nobody later. */
static void run_crowd(void)
{
	long long before = count_now("mounts ", "left_out");
	struct seen seen;

	policy("100 acl mount " SUBJECT_RULE "\n    audit 1\n    10 deny data=\"nothing\"\n");
	begin("more data of others than is remembered");
	subject_watch(prepare_crowd, move_it, NULL, &seen);
	expect_error("result", EPERM, seen.error);
	expect(count_now("mounts ", "left_out") > before, "nothing was left out");
	if (expect_number("records", 1, seen.count))
		expect_text("overlong", "data", head_field(seen.records[0], "overlong"));
	subject_watch(prepare_new, move_it, NULL, &seen);
	expect_error("result when they are gone", 0, seen.error);
	end();
}

/* A source that the file system refuses, because it is no string, is none. */
static void prepare_refused_source(const void *arg)
{
	int context;

	(void)arg;
	enter_namespace();
	context = open_context("ext4");
	if (!syscall(SYS_fsconfig, context, FSCONFIG_SET_PATH, "source", "/dev/null", AT_FDCWD))
		die("a path was taken for the source");
	set_string(context, "source", LOOP);
	must(configure(context, FSCONFIG_SET_FLAG, "ro", NULL));
	make_mount(context, 0);
	close(context);
}

static void run_refused_source(void)
{
	struct seen seen;

	policy("100 acl mount " SUBJECT_RULE "\n    audit 1\n    10 deny source=\"" LOOP "\"\n");
	subject_watch(prepare_refused_source, move_it, NULL, &seen);
	begin("a source that was refused before the real one");
	expect_error("result", EPERM, seen.error);
	if (expect_number("records", 1, seen.count))
		expect_text("source", "\"" LOOP "\"", body_field(seen.records[0], "source"));
	end();
}

#define LOG_MOUNTS "100 acl mount task.gid=11\n    audit 1\n    10 allow fstype=\"--bind\"\n"

static bool is_attached(void)
{
	static struct counts counts;

	counts_take(&counts);
	return strstr(counts.text.data, "function security_move_mount family=fscontext state=attached");
}

static void prepare_reattached(const void *arg)
{
	int i;

	(void)arg;
	enter_namespace();
	new_tmpfs();
	policy("");
	for (i = 0; i < 100 && is_attached(); i++)
		pause_for(30);
	if (i == 100)
		die("it does not detach");
	policy(LOG_MOUNTS);
}

/* What was remembered before nothing was attached counts no more. */
static void run_reattached(void)
{
	struct seen seen;

	policy(LOG_MOUNTS);
	subject_watch(prepare_reattached, move_it, NULL, &seen);
	begin("detached and attached between fsmount and move_mount");
	expect_error("result", 0, seen.error);
	expect_number("records", 1, seen.count);
	if (seen.count)
		expect_text("result", "allowed", head_field(seen.records[0], "result"));
	end();
}

static long slab_kib(void)
{
	struct text text = {};
	const char *line;
	long size;

	read_file("/proc/meminfo", &text);
	line = strstr(text.data, "\nSlab:");
	if (!line || sscanf(line, "\nSlab: %ld", &size) != 1)
		die("no Slab in /proc/meminfo");
	free(text.data);
	return size;
}

static void use_contexts(int times, bool create)
{
	int context;

	while (times--) {
		context = open_context("tmpfs");
		set_string(context, "size", "1M");
		set_string(context, "mode", "0700");
		if (create)
			make_mount(context, 0);
		close(context);
		if (create)
			close(fd);
	}
}

/*
 * A note is about 200 bytes with its parameters. A kernel for debugging keeps
 * freed memory for a while, and looks for leaks by itself.
 */
static void run_memory(bool create, int times)
{
	long before, grown;

	if (kernel_is_slow())
		times /= 20;
	policy(LOG_MOUNTS);
	use_contexts(times / 10, create);
	before = slab_kib();
	use_contexts(times, create);
	pause_for(500);
	grown = slab_kib() - before;
	begin("memory after %d contexts%s", times, create ? " and mounts" : "");
	expect(kernel_is_slow() || grown < times / 10, "%ld KiB more than before", grown);
	end();
}

/* mounts: mount, unmount, pivot_root */
void part_mounts(int argc, char **argv)
{
	unsigned int i, k;

	(void)argc;
	(void)argv;
	init();
	for (i = 0; i < ARRAY_SIZE(phases); i++) {
		group("mounts %s", phases[i].name);
		for (k = 0; k < ARRAY_SIZE(ways); k++)
			run_way(&ways[k], &phases[i]);
	}
	group("mounts");
	run_unprivileged();
	run_unknown();
	run_namespaces();
	run_refused_source();
	run_crowd();
	run_reattached();
	run_memory(false, 20000);
	run_memory(true, 5000);
	begin("unload");
	expect_error("detach and remove", 0, kellas_unload());
	end();
}
