// SPDX-License-Identifier: GPL-2.0-only
/*
 * Every operation by every way into it. For each way, on each kind of file
 * system and for each verdict:
 *
 *  - the result of the system call, and what it did to the files;
 *  - what stat counts, of all operations and of each line of the policy;
 *  - the records, word by word, against what stat(2) and others tell.
 *
 * A child does the operation. The policy speaks of processes whose real group
 * is SUBJECT_MARK: the child takes it on just before, so that what it did to get ready
 * does not count.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>
#include "calls.h"
#include "facts.h"
#include "kellas.h"
#include "parts.h"
#include "place.h"
#include "subject.h"

#define DATA	"123456"

#ifndef SYS_fchmodat2
#define SYS_fchmodat2 452
#endif

/* The file or folder that a way works on, opened before. */
static int fd;

/* Getting ready: "f" is a file, "g" another, "d" a folder, "l" a link to "f", "n" is free. */

static void make_nothing(void)
{
}

static void make_named(const char *name)
{
	int file = must(open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640));

	must(write(file, DATA, strlen(DATA)));
	must(fchown(file, 31, 32));
	must(fchmod(file, 0644));
	close(file);
}

static void make_f(void) { make_named("f"); }
static void make_fg(void) { make_named("f"); make_named("g"); }
static void make_d(void) { must(mkdir("d", 0751)); must(chown("d", 33, 34)); }
static void make_device(void) { must(mknod("f", S_IFCHR | 0666, makedev(1, 3))); }
static void make_fifo(void) { must(mknod("f", S_IFIFO | 0604, 0)); }
static void make_link(void) { make_f(); must(symlink("f", "l")); }
static void make_program(void) { copy_file(quick_program(), "f"); }
static void make_program_link(void) { make_program(); must(symlink("f", "l")); }

/* For one more user; the kernel's format. */
static const struct {
	uint32_t version;
	struct { uint16_t tag, perm; uint32_t id; } entry[5];
} acl = { 2, { { 1, 6, -1 }, { 2, 4, 77 }, { 4, 4, -1 }, { 0x10, 4, -1 }, { 0x20, 4, -1 } } };

#define ACL	"system.posix_acl_access"
#define XATTR	"trusted.kellas"


static void make_xattr(void)
{
	make_link();
	must(lsetxattr("f", XATTR, "1", 1, 0));
	must(lsetxattr("l", XATTR, "1", 1, 0));
}

static void make_acl(void) { make_f(); must(setxattr("f", ACL, &acl, sizeof(acl), 0)); }

static void open_r(void) { fd = must(open("f", O_RDONLY)); }
static void open_w(void) { fd = must(open("f", O_WRONLY)); }
static void open_a(void) { fd = must(open("f", O_WRONLY | O_APPEND)); }
static void open_p(void) { fd = must(open("f", O_PATH)); }
static void open_d(void) { fd = must(open("d", O_RDONLY | O_DIRECTORY)); }
static void open_here(void) { fd = must(open(".", O_RDONLY | O_DIRECTORY)); }
static void open_ring(void) { must(ring_open()); }
static void open_r_ring(void) { open_r(); open_ring(); }
static void open_socket(void) { fd = must(socket(AF_UNIX, SOCK_STREAM, 0)); }

/* The 32-bit entry; numbers are those of its own table. */
static long entry32(long number, const char *path, long b, long c)
{
	return call32(number, low(path), b, c, 0);
}

static long ring(int code, const char *path, uint64_t other, unsigned int length,
		 unsigned int flags)
{
	struct io_uring_sqe operation = {
		.opcode = code,
		.fd = AT_FDCWD,
		.addr = (uintptr_t)path,
		.off = other,
		.len = length,
		.open_flags = flags,
	};

	return ring_submit(&operation);
}

static long ring_name(int code, const char *old, const char *new, unsigned int length)
{
	return ring(code, old, (uintptr_t)new, length, 0);
}

static long ring_xattr(const char *path, const char *name, const char *value)
{
	struct io_uring_sqe operation = {
		.opcode = path ? IORING_OP_SETXATTR : IORING_OP_FSETXATTR,
		.fd = path ? AT_FDCWD : fd,
		.addr = (uintptr_t)name,
		.addr2 = (uintptr_t)value,
		.addr3 = (uintptr_t)path,
		.len = strlen(value),
	};

	return ring_submit(&operation);
}

static long openat2_how(const char *path, uint64_t flags, uint64_t mode)
{
	struct open_how how = { .flags = flags, .mode = mode };

	return syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof(how));
}

static long bind_to(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	strcpy(address.sun_path, path);
	return bind(fd, (struct sockaddr *)&address, sizeof(address));
}

static long set_flags(long flags)
{
	return fcntl(fd, F_SETFL, flags);
}

static const char *fd_name(void)
{
	static char name[40];

	sprintf(name, "/proc/self/fd/%d", fd);
	return name;
}

static long reopen(int flags)
{
	return open(fd_name(), flags);
}

static char *arguments[] = { "f", "two words", "", NULL };
static char *environment[] = { "A=1", "B=b c=d", "EMPTY=", "NOSIGN", NULL };

static long fd_exec(void)
{
	return execve(fd_name(), arguments, environment);
}

static long exec32(const char *path)
{
	uint32_t *argv = low_room(sizeof(*argv) * ARRAY_SIZE(arguments));
	uint32_t *envp = low_room(sizeof(*envp) * ARRAY_SIZE(environment));
	int i;

	for (i = 0; arguments[i]; i++)
		argv[i] = low(arguments[i]);
	for (i = 0; environment[i]; i++)
		envp[i] = low(environment[i]);
	return call32(11, low(path), (long)argv, (long)envp, 0);
}

/* A function for each way, called by its line in ways.def. */
#define PASTE(a, b)	a##b
#define RUN(line)	PASTE(run_, line)
#define WAY(name, make, open, call, ...) \
	static long RUN(__LINE__)(void) { return call; }
#define WORKER(...)	WAY(__VA_ARGS__)
#define SINCE(since, ...) WAY(__VA_ARGS__)
#define EXEC(name, exec, make, open, call) WAY(name, make, open, call, )
#include "ways.def"

/**
 * struct request - what the module should see
 * @op: operation
 * @object: names, relative to the folder
 * @more: parameters behind the names; for environ, before them
 */
struct request {
	const char *op;
	const char *object[2];
	const char *more;
};

#define REQUESTS 6

/**
 * struct way - a way into operations
 * @name: of the case
 * @make: makes files; in the layer for "lower"
 * @open: gets ready in the process itself
 * @run: does it
 * @request: what this is, in order
 * @exec: for execute: the name that is asked for; "" if by the descriptor
 * @worker: done by another thread of the process
 * @since: not before this kernel: 606 is 6.6
 */
struct way {
	const char *name;
	void (*make)(void);
	void (*open)(void);
	long (*run)(void);
	struct request request[REQUESTS];
	const char *exec;
	bool worker;
	int since;
};

/* An execve is one execute, and one environ for each string. */
#define EXEC_REQUESTS \
	{ "execute", { "f" } }, \
	{ "environ", { "f" }, " name=\"A\" value=\"1\"" }, \
	{ "environ", { "f" }, " name=\"B\" value=\"b\\040c=d\"" }, \
	{ "environ", { "f" }, " name=\"EMPTY\" value=\"\"" }, \
	{ "environ", { "f" }, " name=\"NOSIGN\" value=\"\"" }

#define ENTRY(worker, since, exec, name, make, open, call, ...) \
	{ name, make, open, RUN(__LINE__), { __VA_ARGS__ }, exec, worker, since },
#define WAY(...)		ENTRY(false, 0, NULL, __VA_ARGS__)
#define WORKER(...)		ENTRY(true, 0, NULL, __VA_ARGS__)
#define SINCE(since, ...)	ENTRY(false, since, NULL, __VA_ARGS__)
#define EXEC(name, exec, make, open, call) \
	ENTRY(false, 0, exec, name, make, open, call, EXEC_REQUESTS)
static const struct way ways[] = {
#include "ways.def"
};

/* Between the child that does it and the parent that looks on. */
static struct {
	int error;
	bool existed[REQUESTS][2];
	char object[REQUESTS][2][2048];
	char task[4096];
	char exec[2048];
	char exec_name[300];
} *shared;

static const char *const operations[] = {
	"execute", "read", "write", "append", "create", "unlink", "getattr", "mkdir", "rmdir",
	"mkfifo", "mksock", "truncate", "symlink", "mkblock", "mkchar", "link", "rename", "chmod",
	"chown", "chgrp", "ioctl", "chroot", "environ", "setxattr", "removexattr",
};

static bool is_among(const char *word, const char *words)
{
	char spaced[60];

	snprintf(spaced, sizeof(spaced), " %s ", word);
	return strstr(words, spaced);
}

static bool is_exec(const char *op)
{
	return is_among(op, " execute environ ");
}

/* Its object is what will be made: it has no attributes, but its folder has. */
static bool is_new(const char *op, int object)
{
	return is_among(op, object ? " link " : " create mkdir mkfifo mksock symlink mkblock mkchar ");
}

static const char *prefix_of(const char *op, int object)
{
	if (is_among(op, " link rename "))
		return object ? "new_path" : "old_path";
	return "path";
}

/**
 * struct phase - what the policy says
 * @name: of the group
 * @denied: operations between blanks; "*": all
 * @allow: the others are allowed, or else unmatched
 */
struct phase {
	const char *name;
	const char *denied;
	bool allow;
};

static const struct phase phases[] = {
	{ "unmatched", "", false },
	{ "allow", "", true },
	{ "deny", "*", false },
	/* Of several requests a later one: what comes behind must not be done. */
	{ "deny last", " write append truncate chgrp environ ", true },
};

enum verdict { ALLOWED, DENIED, UNMATCHED };

static enum verdict verdict_of(const struct phase *phase, const char *op)
{
	if (*phase->denied == '*' || is_among(op, phase->denied))
		return DENIED;
	return phase->allow ? ALLOWED : UNMATCHED;
}

/* The folder as the operation's paths begin; some are told no mount. */
static const char *folder_of(const struct place *place, const char *op)
{
	return is_among(op, " setxattr removexattr ") ? place->local : place->folder;
}

static void add_block(struct text *text, const struct phase *phase, const char *op,
		      const struct place *place)
{
	text_add(text, "100 acl %s %s=\"%s/\\*\" task.gid=%d\n    label block-%s\n    audit 1\n", op,
		 prefix_of(op, 0), folder_of(place, op), SUBJECT_MARK, op);
	switch (verdict_of(phase, op)) {
	case ALLOWED:
		text_add(text, "    10 allow task.uid=21 label=allow-%s\n", op);
		break;
	case DENIED:
		text_add(text, "    10 deny task.uid=21 label=deny-%s\n", op);
		break;
	case UNMATCHED:
		text_add(text, "    10 deny task.uid=99\n");
		break;
	}
}

static void set_phase(const struct phase *phase, const struct place *place)
{
	struct text text = {};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(operations); i++)
		add_block(&text, phase, operations[i], place);
	policy(text.data);
	free(text.data);
}

static void set_elsewhere(void)
{
	struct text text = {};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(operations); i++)
		text_add(&text, "100 acl %s %s=\"/nowhere/\\*\"\n    audit 1\n    10 deny\n",
			 operations[i], prefix_of(operations[i], 0));
	policy(text.data);
	free(text.data);
}

static void put_fact(char *room, size_t size, struct text *text)
{
	if (text->length >= size)
		die("no room for a fact");
	strcpy(room, text->data ? text->data : "");
	free(text->data);
	*text = (struct text){};
}

static void note_exec(const struct way *way)
{
	struct text text = {};

	strcpy(shared->exec_name, *way->exec ? way->exec : fd_name());
	object_facts(&text, "exec", shared->exec_name, false);
	parent_facts(&text, "exec", shared->exec_name);
	put_fact(shared->exec, sizeof(shared->exec), &text);
}

static void note_objects(const struct way *way)
{
	struct text text = {};
	unsigned int i, k;

	for (i = 0; i < REQUESTS && way->request[i].op; i++) {
		const struct request *request = &way->request[i];

		for (k = 0; k < 2 && request->object[k]; k++) {
			shared->existed[i][k] = exists(request->object[k]);
			if (shared->existed[i][k])
				object_facts(&text, prefix_of(request->op, k),
					     request->object[k], true);
			put_fact(shared->object[i][k], sizeof(shared->object[i][k]),
				 &text);
		}
	}
	if (way->exec)
		note_exec(way);
}

/* The child: gets ready, says so, waits, does it. */
static void be_subject(const struct way *way, const char *folder, int ready, int go)
{
	struct text text = {};
	char byte = 0;

	must(chdir(folder));
	subject_become();
	if (way->open)
		way->open();
	note_objects(way);
	must(write(ready, &byte, 1));
	if (must(read(go, &byte, 1)) != 1)
		_exit(1);
	subject_mark();
	task_facts(&text);
	put_fact(shared->task, sizeof(shared->task), &text);
	shared->error = way->run() < 0 ? errno : 0;
	_exit(0);
}

static void add_exec_info(struct text *text)
{
	char name[40];
	unsigned int i;

	text_add(text, " argc=%zu envc=%zu", ARRAY_SIZE(arguments) - 1,
		 ARRAY_SIZE(environment) - 1);
	for (i = 0; arguments[i]; i++) {
		sprintf(name, "argv[%u]", i);
		text_add_quoted(text, name, arguments[i], strlen(arguments[i]));
	}
	for (i = 0; environment[i]; i++) {
		size_t length = strcspn(environment[i], "=");
		const char *value = environment[i] + length;

		snprintf(name, sizeof(name), "envp[\"%.*s\"]", (int)length, environment[i]);
		value += *value == '=';
		text_add_quoted(text, name, value, strlen(value));
	}
}

static void add_exec_name(struct text *text, const char *folder)
{
	char name[400];

	if (shared->exec_name[0] == '/')
		sprintf(name, "proc:%s", shared->exec_name + strlen("/proc"));
	else
		sprintf(name, "%s/%s", folder, shared->exec_name);
	text_add_quoted(text, "exec", name, strlen(name));
}

/* What a request has of its files: as they were before, if they were. */
static void add_files(struct text *text, const struct request *request,
		      unsigned int index, const char *folder)
{
	char name[400];
	int k;

	for (k = 0; k < 2 && request->object[k]; k++) {
		const char *prefix = prefix_of(request->op, k);

		sprintf(name, "%s/%s", folder, request->object[k]);
		if (is_new(request->op, k))
			;
		else if (shared->existed[index][k])
			text_add(text, "%s", shared->object[index][k]);
		else if (strcmp(request->op, "rename"))
			object_facts(text, prefix, name, true);
		parent_facts(text, prefix, name);
	}
}

/* The text behind " / " of the record of a request. */
static void add_expected(struct text *text, const struct way *way, unsigned int index,
			 const struct place *place)
{
	const struct request *request = &way->request[index];
	const char *op = request->op, *more = request->more ? request->more : "";
	char name[400];
	int k;

	text_add(text, "%s", op);
	if (is_exec(op)) {
		text_add(text, "%s", more);
		add_exec_name(text, place->folder);
	}
	for (k = 0; k < 2 && request->object[k]; k++) {
		sprintf(name, "%s/%s", folder_of(place, op), request->object[k]);
		text_add_quoted(text, prefix_of(op, k), name, strlen(name));
	}
	if (is_exec(op))
		add_exec_info(text);
	else
		text_add(text, "%s", more);
	text_add(text, "%s", shared->task);
	add_files(text, request, index, place->folder);
	if (is_exec(op))
		text_add(text, "%s", shared->exec);
}

static void expect_head(const char *record, const struct phase *phase, const char *op,
			pid_t child, bool worker)
{
	static const char *const results[] = { "allowed", "denied", "unmatched" };
	static const char *const labels[] = { "allow", "deny", "block" };
	enum verdict verdict = verdict_of(phase, op);
	char label[60];

	expect_text("result", results[verdict], head_field(record, "result"));
	expect_text("priority", "100", head_field(record, "priority"));
	sprintf(label, "%s-%s", labels[verdict], op);
	expect_text("rule", label, head_field(record, "rule"));
	if (worker)
		expect(atoi(head_field(record, "global-pid")) > 0, "global-pid: none");
	else
		expect_number("global-pid", child, atoll(head_field(record, "global-pid")));
}

/* How many of the way's requests come to pass; the last one may be refused. */
static unsigned int count_requests(const struct way *way, const struct phase *phase,
				   bool *refused)
{
	unsigned int n = 0;

	*refused = false;
	while (n < REQUESTS && way->request[n].op && !*refused)
		*refused = verdict_of(phase, way->request[n++].op) == DENIED;
	return n;
}

static unsigned int times(const struct way *way, unsigned int n, const char *op)
{
	unsigned int count = 0;

	while (n--)
		count += !strcmp(way->request[n].op, op);
	return count;
}

static void expect_more(const char *what, const char *op, long long expected,
			long long before, long long after)
{
	if (after - before != expected)
		expect(false, "%s of %s: expected %lld got %lld", what, op, expected,
		       after - before);
}

/* What stat counted, of every operation; @phase NULL: nothing matches. */
static void expect_counts(const struct way *way, const struct phase *phase,
			  unsigned int n, const struct counts *before,
			  const struct counts *after, bool exact)
{
	unsigned int i, expected;

	expect(after->operations > 20 && before->operations == after->operations,
	       "operations: expected as before got %u", after->operations);
	for (i = 0; i < after->operations; i++) {
		const struct operation_count *b = &before->operation[i],
					     *a = &after->operation[i];
		const char *op = a->name;
		enum verdict verdict = phase ? verdict_of(phase, op) : UNMATCHED;

		expected = times(way, n, op);
		if (exact)
			expect_more("checks", op, expected, b->checks, a->checks);
		if (!phase)
			expected = 0;
		expect_more("matches", op, expected, b->matches, a->matches);
		expect_more("block hits", op, expected, b->hits, a->hits);
		expect_more("block denials", op, verdict == DENIED ? expected : 0, b->denials,
			    a->denials);
		expect_more("rule hits", op, verdict == UNMATCHED ? 0 : expected, b->rule_hits,
			    a->rule_hits);
		expect_more("rule denials", op, verdict == DENIED ? expected : 0, b->rule_denials,
			    a->rule_denials);
	}
}

/** struct observation - what was seen while a way was gone */
struct observation {
	struct counts before, after;
	struct text tree_before, tree_after;
	pid_t child;
	int status;
	char **records;
	unsigned int count;
	double from, to;
};

static void observe(const struct way *way, const struct place *place,
		    struct observation *seen)
{
	int ready[2], go[2];
	char byte = 0;

	place_fresh(place, way->make);
	memset(shared, 0, sizeof(*shared));
	shared->error = -1;
	must(pipe2(ready, O_CLOEXEC));
	must(pipe2(go, O_CLOEXEC));
	seen->child = must(fork());
	if (!seen->child)
		be_subject(way, place->folder, ready[1], go[0]);
	close(ready[1]);
	if (must(read(ready[0], &byte, 1)) != 1)
		die("the child did not get ready");
	text_clear(&seen->tree_before);
	tree_facts(&seen->tree_before, place->folder);
	records_drop();
	counts_take(&seen->before);
	seen->from = wall_time();
	must(write(go[1], &byte, 1));
	must(waitpid(seen->child, &seen->status, 0));
	seen->to = wall_time();
	counts_take(&seen->after);
	seen->count = records_take(&seen->records);
	text_clear(&seen->tree_after);
	tree_facts(&seen->tree_after, place->folder);
	close(ready[0]);
	close(go[0]);
	close(go[1]);
}

/* The records' times are not before and not after, and their numbers in order. */
static void expect_order(const struct observation *seen)
{
	unsigned long long last = 0, seq;
	unsigned int i;
	double time;

	for (i = 0; i < seen->count; i++) {
		time = record_time(seen->records[i]);
		/* Records cut to microseconds. */
		expect(time >= seen->from - 2e-6 && time <= seen->to + 2e-6,
		       "time: expected %.6f to %.6f got %.6f", seen->from, seen->to, time);
		seq = strtoull(head_field(seen->records[i], "seq"), NULL, 10);
		expect(!i || seq == last + 1, "seq: %llu behind %llu", seq, last);
		last = seq;
	}
}

static void expect_result(const struct way *way, const struct observation *seen,
			  bool refused)
{
	bool executed = way->exec && !refused;

	expect_number("exit status", executed ? QUICK_STATUS : 0, WEXITSTATUS(seen->status));
	if (!executed)
		expect_error("result", refused ? EPERM : 0, shared->error);
}

/*
 * On an overlay what a process does by io_uring may be asked about once more
 * for the layer's file. That matches nothing, but stat counts a request.
 */
static bool is_exact(const struct way *way, const struct place *place)
{
	return !way->worker || !strstr("overlay lower", place->name);
}

static void expect_records(const struct way *way, const struct phase *phase,
			   const struct place *place, const struct observation *seen,
			   unsigned int n)
{
	struct text expected = {};
	unsigned int i;

	expect_number("records", n, seen->count);
	expect_order(seen);
	for (i = 0; i < n && i < seen->count; i++) {
		text_clear(&expected);
		add_expected(&expected, way, i, place);
		expect_words("record", expected.data, record_body(seen->records[i]));
		expect_head(seen->records[i], phase, way->request[i].op, seen->child,
			    way->worker);
	}
	free(expected.data);
}

/* A way is gone under a policy. */
static void run_way(const struct way *way, const struct phase *phase,
		    const struct place *place)
{
	static struct observation seen;
	bool refused;
	unsigned int n = count_requests(way, phase, &refused);

	observe(way, place, &seen);
	begin("%s", way->name);
	expect_result(way, &seen, refused);
	expect_counts(way, phase, n, &seen.before, &seen.after, is_exact(way, place));
	expect_number("requests denied", refused, count_of(&seen.after, "requests ", "denied") -
						  count_of(&seen.before, "requests ", "denied"));
	expect_records(way, phase, place, &seen, n);
	/* A file whose opening is refused has been created all the same. */
	if (refused && !(n > 1 && !strcmp(way->request[0].op, "create")))
		expect(!strcmp(seen.tree_before.data, seen.tree_after.data),
		       "though refused it changed %s to %s", seen.tree_before.data,
		       seen.tree_after.data);
	end();
}

/* A way is gone of which no block speaks, or nothing is attached. */
static void run_unseen(const struct way *way, const struct place *place, bool attached)
{
	static struct observation seen;
	bool refused;
	unsigned int n = attached ? count_requests(way, &phases[0], &refused) : 0;

	observe(way, place, &seen);
	begin("%s", way->name);
	expect_result(way, &seen, false);
	expect_number("records", 0, seen.count);
	expect_counts(way, NULL, n, &seen.before, &seen.after, is_exact(way, place));
	end();
}

/* Files of the lower layer are not there if the way makes its own. */
static bool is_possible(const struct way *way, const struct place *place)
{
	if (way->since && !kernel_at_least(way->since / 100, way->since % 100))
		return false;
	return strcmp(place->name, "lower") || way->make != make_nothing;
}

static void init(void)
{
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		die("mmap: %s", strerror(errno));
	kellas_load();
}

static void run_place(const char *name)
{
	struct place place;
	unsigned int i, k;

	place_open(&place, name);
	for (i = 0; i < ARRAY_SIZE(phases); i++) {
		group("operations %s %s", name, phases[i].name);
		set_phase(&phases[i], &place);
		for (k = 0; k < ARRAY_SIZE(ways); k++)
			if (is_possible(&ways[k], &place))
				run_way(&ways[k], &phases[i], &place);
	}
	/* These do not depend on the kind of file system. */
	if (strcmp(name, "tmpfs"))
		return;
	group("operations %s elsewhere", name);
	set_elsewhere();
	for (k = 0; k < ARRAY_SIZE(ways); k++)
		if (is_possible(&ways[k], &place))
			run_unseen(&ways[k], &place, true);
	group("operations %s not attached", name);
	policy("");
	for (k = 0; k < ARRAY_SIZE(ways); k++)
		if (is_possible(&ways[k], &place))
			run_unseen(&ways[k], &place, false);
}

static void unload(const char *part)
{
	group("%s", part);
	begin("unload");
	expect_error("detach and remove", 0, kellas_unload());
	end();
}

/* operations PLACE… */
void part_operations(int argc, char **argv)
{
	int i;

	init();
	for (i = 0; i < argc; i++)
		run_place(argv[i]);
	unload("operations");
}

/* What follows tasks is attached with the first policy, and stays. */
#define TASKS " task_free task "

/* Which functions an operation needs, by family. */
static const char *families_of(const char *op)
{
	if (!strcmp(op, "read"))
		return TASKS "open ";
	if (is_among(op, " write append "))
		return TASKS "open fcntl ";
	if (!strcmp(op, "truncate"))
		return TASKS "attributes open ";
	if (is_among(op, " chmod chown chgrp "))
		return TASKS "attributes ";
	if (is_exec(op))
		return TASKS;
	if (!strcmp(op, "chroot"))
		return TASKS "mount ";
	if (!strcmp(op, "getattr"))
		return TASKS "getattr ";
	if (is_among(op, " setxattr removexattr "))
		return TASKS "xattr ";
	return !strcmp(op, "ioctl") ? TASKS "ioctl " : TASKS "names ";
}

/* Returns how many functions are in another state than they should be. */
static unsigned int count_wrong(const char *families, struct text *wrong)
{
	static struct counts counts;
	char *line, *rest, family[40], state[40], function[60];
	unsigned int n = 0, attached = 0;
	const char *expected;
	long long told;

	counts_take(&counts);
	told = count_of(&counts, "attached ", "functions");
	text_clear(wrong);
	for (line = strtok_r(counts.text.data, "\n", &rest); line;
	     line = strtok_r(NULL, "\n", &rest)) {
		if (sscanf(line, "function %59s family=%39s state=%39s", function, family,
			   state) != 3 || !strcmp(state, "missing"))
			continue;
		expected = is_among(family, families) ? "attached" : "detached";
		attached += !strcmp(state, "attached");
		if (!strcmp(expected, state))
			continue;
		text_add(wrong, " %s is %s", function, state);
		n++;
	}
	if (told != attached)
		text_add(wrong, " stat tells %lld functions, %u are", told, attached);
	return n + (told != attached);
}

/* What is no longer needed is let go of when the last request has left. */
static void expect_functions(const char *families)
{
	struct text wrong = {};
	int i;

	begin("functions");
	for (i = 0; i < 100 && count_wrong(families, &wrong); i++)
		pause_for(30);
	expect(!count_wrong(families, &wrong), "expected families%s:%s", families, wrong.data);
	free(wrong.data);
	end();
}

static void run_alone(const char *op, const struct place *place)
{
	const struct phase phase = { op, "*", false };
	struct text text = {};
	struct way way;
	unsigned int k;

	group("attached %s", op);
	add_block(&text, &phase, op, place);
	policy(text.data);
	free(text.data);
	expect_functions(families_of(op));
	for (k = 0; k < ARRAY_SIZE(ways); k++) {
		way = ways[k];
		if (way.exec && !strcmp(op, "environ"))
			memmove(way.request, way.request + 1,
				sizeof(way.request) - sizeof(way.request[0]));
		if (way.request[0].op && !strcmp(way.request[0].op, op))
			break;
	}
	if (k == ARRAY_SIZE(ways))
		die("no way for %s", op);
	run_way(&way, &phase, place);
}

/* attached: a policy of one operation attaches what it needs, and no more */
void part_attached(int argc, char **argv)
{
	struct place place;
	unsigned int i;

	(void)argc;
	(void)argv;
	init();
	place_open(&place, "tmpfs");
	for (i = 0; i < ARRAY_SIZE(operations); i++)
		run_alone(operations[i], &place);
	group("attached nothing");
	policy("");
	expect_functions(TASKS);
	unload("attached");
}
