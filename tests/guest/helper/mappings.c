// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory that becomes executable, by every way: mapped, protected, attached,
 * by READ_IMPLIES_EXEC, by the kernel for a new program. For each way and
 * verdict: the result, what /proc/self/maps says, what stat counted, and the
 * records, word by word.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/memfd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/personality.h>
#include <sys/shm.h>
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

#define HERE	"/tmp/mappings"
#define FILE_F	HERE "/f"
#define NOEXEC	HERE "/noexec/f"
#define OVERLAID "/opt/mapped"		/* the guest's root is an overlay */
#define SIZE	8192
#define RX	(PROT_READ | PROT_EXEC)
#define RW	(PROT_READ | PROT_WRITE)

static int fd;
static char *memory;

/* Getting ready. */

static void nothing(void) { }
static void open_f(void) { fd = must(open(FILE_F, O_RDWR)); }
static void open_noexec(void) { fd = must(open(NOEXEC, O_RDWR)); }

static void open_overlaid(void) { fd = must(open(OVERLAID, O_RDWR)); }

static char *map(int protection, int flags)
{
	char *at = mmap(NULL, SIZE, protection, flags, flags & MAP_ANONYMOUS ? -1 : fd, 0);

	if (at == MAP_FAILED)
		die("mmap: %s", strerror(errno));
	return at;
}

static void map_f(void) { open_f(); memory = map(PROT_READ, MAP_PRIVATE); }
static void map_shared_f(void) { open_f(); memory = map(RW, MAP_SHARED); }
static void map_noexec(void) { open_noexec(); memory = map(PROT_READ, MAP_PRIVATE); }
static void map_overlaid(void) { open_overlaid(); memory = map(PROT_READ, MAP_PRIVATE); }
static void map_low(void) { open_f(); memory = map(PROT_READ, MAP_PRIVATE | MAP_32BIT); }
static void map_nothing(void) { memory = map(RW, MAP_PRIVATE | MAP_ANONYMOUS); }
static void map_shared_nothing(void) { memory = map(RW, MAP_SHARED | MAP_ANONYMOUS); }

/* Two areas, of which the second is no file's. */
static void map_both(void)
{
	map_f();
	if (mmap(memory + 4096, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) ==
	    MAP_FAILED)
		die("mmap: %s", strerror(errno));
}

static void make_memfd(void)
{
	fd = must(memfd_create("two words", MFD_CLOEXEC));
	must(ftruncate(fd, SIZE));
}

static void make_segment(void)
{
	fd = must(shmget(IPC_PRIVATE, SIZE, IPC_CREAT | 0700));
}

/* Acts. What fails leaves -1. */

static long mapped(void *at)
{
	return at == MAP_FAILED ? -1 : 0;
}

static long do_map(int protection, int flags)
{
	return mapped(mmap(NULL, SIZE, protection, flags, flags & MAP_ANONYMOUS ? -1 : fd, 0));
}

/* An address beyond 2 GiB looks like an error, but none is that big. */
static long map32(int protection)
{
	return call32_5(192, 0, SIZE, protection, MAP_PRIVATE, fd) == -1 && errno < 4096 ? -1 : 0;
}

/* Only for the one call: libraries map memory, too. */
static long reading_executes(long (*call)(void))
{
	long result;

	must(personality(READ_IMPLIES_EXEC));
	result = call();
	personality(PER_LINUX);
	return result;
}

static long map_readable(void) { return do_map(PROT_READ, MAP_PRIVATE); }
static long map_readable_nothing(void) { return do_map(PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS); }
static long protect_readable(void) { return mprotect(memory, SIZE, PROT_READ); }

static long attach(int flags)
{
	return mapped(shmat(fd, NULL, flags));
}

static long load_library(void)
{
	/* Asked about once for its code; dlopen tells no errno. */
	void *library = dlopen(HERE "/library.so", RTLD_NOW);

	errno = EPERM;
	return library ? 0 : -1;
}

#define F	"path=\"" FILE_F "\""

/**
 * struct way - a way to executable memory
 * @name: of the case
 * @ready: gets ready
 * @run: does it
 * @file: whose the memory is; "": anonymous; NULL: it is not asked about
 * @path: the file's name, if @file is not to be found by one
 * @more: a second request follows, about anonymous memory
 * @error: of the kernel, if we permit it
 */
struct way {
	const char *name;
	void (*ready)(void);
	long (*run)(void);
	const char *file;
	const char *path;
	bool more;
	int error;
};

#define PASTE(a, b)	a##b
#define RUN(line)	PASTE(run_, line)
#define WAY(name, ready, call, ...) \
	static long RUN(__LINE__)(void) { return call; }
#include "mappings.def"
#define WAY(name, ready, call, ...) { name, ready, RUN(__LINE__), __VA_ARGS__ },
static const struct way ways[] = {
#include "mappings.def"
};

static struct {
	bool executable;
} *shared;

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

static void prepare(const void *arg)
{
	const struct way *way = arg;
	const char *path = way->path ? way->path : way->file;
	struct text text = {};

	way->ready();
	if (!way->file)
		return;
	text_add(&text, "mmap_exec");
	if (*way->file)
		text_add_quoted(&text, "path", path, strlen(path));
	if (!way->path)
		add_task(&text);
	if (*way->file && !way->path) {
		object_facts(&text, "path", way->file, true);
		parent_facts(&text, "path", way->file);
	}
	subject_expects("%s", text.data);
	free(text.data);
}

/* How many areas of the process are executable. */
static unsigned int count_executable(int maps)
{
	struct text text = {};
	unsigned int n = 0;
	char *line, *rest;

	must(lseek(maps, 0, SEEK_SET));
	read_all(maps, &text);
	for (line = strtok_r(text.data, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
		n += strchr(line, ' ')[3] == 'x';
	free(text.data);
	return n;
}

static long act(const void *arg)
{
	const struct way *way = arg;
	int maps = must(open("/proc/self/maps", O_RDONLY | O_CLOEXEC));
	unsigned int before = count_executable(maps);
	long result = way->run();
	int error = errno;

	shared->executable = count_executable(maps) > before;
	errno = error;
	return result;
}

/**
 * struct phase - what the policy says
 * @name: of the group
 * @rule: of the block
 * @result: of the records
 * @condition: of the block
 */
struct phase {
	const char *name;
	const char *rule;
	const char *result;
	const char *condition;
};

static const struct phase phases[] = {
	{ "unmatched", "deny task.uid=99", "unmatched", SUBJECT_RULE },
	{ "allow", "allow", "allowed", SUBJECT_RULE },
	{ "deny", "deny", "denied", SUBJECT_RULE },
	/* Anonymous memory has no path that could be another one than this. */
	{ "elsewhere", "deny", NULL, SUBJECT_RULE " path=\"/nowhere\"" },
};

static void expect_records(const struct way *way, const struct phase *phase,
			   const struct seen *seen, unsigned int expected)
{
	unsigned int i;

	expect_number("records", expected, seen->count);
	for (i = 0; i < seen->count; i++)
		expect_text("result", phase->result, head_field(seen->records[i], "result"));
	if (!seen->count)
		return;
	/* What is in no folder of ours is told by its name alone. */
	if (way->path)
		expect(!strncmp(record_body(seen->records[0]), seen->expected,
				strlen(seen->expected)), "record: expected '%s' got '%s'",
		       seen->expected, record_body(seen->records[0]));
	else
		expect_words("record", seen->expected, record_body(seen->records[0]));
	if (way->more && seen->count > 1)
		expect_text("path", "", body_field(seen->records[1], "path"));
}

static void run_way(const struct way *way, const struct phase *phase)
{
	static struct counts before, after;
	const struct operation_count *b, *a;
	bool denied = way->file && phase->result && !strcmp(phase->result, "denied");
	unsigned int expected = !way->file || !phase->result ? 0 : way->more && !denied ? 2 : 1;
	struct text text = {};
	struct seen seen;

	text_add(&text, "100 acl mmap_exec %s\n    audit 1\n    10 %s\n", phase->condition,
		 phase->rule);
	policy(text.data);
	free(text.data);
	shared->executable = false;
	counts_take(&before);
	subject_watch(prepare, act, way, &seen);
	counts_take(&after);
	b = counts_operation(&before, "mmap_exec");
	a = counts_operation(&after, "mmap_exec");

	begin("%s", way->name);
	expect_number("exit status", 0, seen.status);
	expect_error("result", denied ? EPERM : way->error, seen.error);
	if (way->file)
		expect(shared->executable == !seen.error, "memory is %sexecutable",
		       shared->executable ? "" : "not ");
	else
		expect(!shared->executable, "memory is executable");
	expect_number("block hits", expected, a->hits - b->hits);
	expect_number("block denials", denied, a->denials - b->denials);
	expect_records(way, phase, &seen, expected);
	end();
}

/* A program that maps nothing by itself. */
static long execute(const void *arg)
{
	(void)arg;
	return execl(HERE "/quick", "quick", NULL);
}

/* The kernel maps a program's code when there is no way back any more. */
static void run_program(const char *rule, int status, const char *result)
{
	char text[200];
	struct seen seen;

	sprintf(text, "100 acl mmap_exec " SUBJECT_RULE "\n    audit 1\n    10 %s\n", rule);
	policy(text);
	subject_watch(NULL, execute, NULL, &seen);
	begin("execve, %s", result);
	expect_number("exit status", status, seen.status);
	expect_number("records", 1, seen.count);
	if (seen.count) {
		expect_text("result", result, head_field(seen.records[0], "result"));
		expect_text("path", "\"" HERE "/quick\"", body_field(seen.records[0], "path"));
		expect_text("task.exe", "\"" HERE "/quick\"",
			    body_field(seen.records[0], "task.exe"));
	}
	end();
}

static void make_file(const char *name)
{
	int file = must(open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0755));

	must(ftruncate(file, SIZE));
	close(file);
}

/* mappings: mmap_exec */
void part_mappings(int argc, char **argv)
{
	struct statfs system;
	unsigned int i, k;

	(void)argc;
	(void)argv;
	shared = mmap(NULL, sizeof(*shared), RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		die("mmap: %s", strerror(errno));
	shell("mkdir -p " HERE "/noexec && mount -t tmpfs -o noexec noexec " HERE "/noexec &&"
	      " cp $(ldconfig -p | sed -n 's/.*libm.so.6 .*=> //p' | head -n 1) " HERE "/library.so");
	make_file(FILE_F);
	make_file(NOEXEC);
	make_file(OVERLAID);
	must(statfs(OVERLAID, &system));
	if (system.f_type != OVERLAYFS_SUPER_MAGIC)
		die("%s is on no overlay", OVERLAID);
	copy_file(quick_program(), HERE "/quick");
	kellas_load();
	for (i = 0; i < ARRAY_SIZE(phases); i++) {
		group("mappings %s", phases[i].name);
		for (k = 0; k < ARRAY_SIZE(ways); k++)
			run_way(&ways[k], &phases[i]);
	}
	group("mappings");
	run_program("deny task.uid=99", QUICK_STATUS, "unmatched");
	run_program("allow path=\"" HERE "/quick\"", QUICK_STATUS, "allowed");
	run_program("deny path=\"" HERE "/quick\"", -1, "denied");
	begin("unload");
	expect_error("detach and remove", 0, kellas_unload());
	end();
}
