// SPDX-License-Identifier: GPL-2.0-only
/*
 * ioctl by the ways that are no ioctl(2): commands of io_uring, file_setattr and
 * file_getattr; and attributes set by the programs that people use. Lost without
 * this: what a rule refuses is done by another call.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "calls.h"
#include "facts.h"
#include "kellas.h"
#include "parts.h"
#include "place.h"
#include "subject.h"

#define HERE	"/tmp/controls"

#ifndef SYS_file_getattr
#define SYS_file_getattr 468
#define SYS_file_setattr 469
#endif

/* SOCKET_URING_OP_SIOCINQ, SOCKET_URING_OP_SIOCOUTQ */
#define URING_SIOCINQ	0
#define URING_SIOCOUTQ	1

/* struct file_attr, which the headers of older systems have not */
struct attr {
	uint64_t xflags;
	uint32_t extsize, nextents, projid, cowextsize;
};

static int fd;

static void expect_file(const char *path, unsigned int cmd)
{
	struct text text = {};

	text_add(&text, "ioctl");
	text_add_quoted(&text, "path", path, strlen(path));
	text_add(&text, " cmd=0x%X", cmd);
	subject_expects("%s", text.data);
	free(text.data);
}

static void open_socket(unsigned int cmd)
{
	struct stat stat;
	char name[60];

	fd = must(socket(AF_INET, SOCK_DGRAM, 0));
	must(ring_open());
	must(fstat(fd, &stat));
	sprintf(name, "socket:[%lu]", (unsigned long)stat.st_ino);
	expect_file(name, cmd);
}

static void open_for_inq(void) { open_socket(URING_SIOCINQ); }
static void open_for_outq(void) { open_socket(URING_SIOCOUTQ); }

/* A ring's command has its number where others have an offset. */
static long ring_command(unsigned int command, unsigned int flags)
{
	struct io_uring_sqe operation = {
		.opcode = IORING_OP_URING_CMD, .fd = fd, .off = command, .flags = flags,
	};

	return ring_submit(&operation);
}

static long by_ring(void) { return ring_command(URING_SIOCINQ, 0); }
static long by_worker(void) { return ring_command(URING_SIOCOUTQ, IOSQE_ASYNC); }

static void expect_set(void)
{
	expect_file("tmpfs:/f", FS_IOC_FSSETXATTR);
}

static void expect_get(void)
{
	expect_file("tmpfs:/f", FS_IOC_FSGETXATTR);
}

static void open_for_get(void)
{
	fd = must(open(HERE "/f", O_RDONLY | O_CLOEXEC));
	expect_file(HERE "/f", FS_IOC_FSGETXATTR);
}

static void open_for_set(void)
{
	fd = must(open(HERE "/f", O_RDWR | O_CLOEXEC));
	expect_file(HERE "/f", FS_IOC_FSSETXATTR);
}

static long set_attr(void)
{
	struct attr attr = { .xflags = FS_XFLAG_NODUMP };

	return syscall(SYS_file_setattr, AT_FDCWD, HERE "/f", &attr, sizeof(attr), 0);
}

static long set_attr32(void)
{
	struct attr *attr = low_room(sizeof(*attr));

	attr->xflags = FS_XFLAG_NODUMP;
	return call32_5(SYS_file_setattr, AT_FDCWD, low(HERE "/f"), (long)attr, sizeof(*attr), 0);
}

static long get_attr(void)
{
	struct attr attr;

	return syscall(SYS_file_getattr, AT_FDCWD, HERE "/f", &attr, sizeof(attr), 0);
}

static long get_attr32(void)
{
	struct attr *attr = low_room(sizeof(*attr));

	return call32_5(SYS_file_getattr, AT_FDCWD, low(HERE "/f"), (long)attr, sizeof(*attr), 0);
}

static long ioctl_get(void)
{
	struct fsxattr attr;

	return ioctl(fd, FS_IOC_FSGETXATTR, &attr);
}

static long ioctl_set(void)
{
	struct fsxattr attr = { .fsx_xflags = FS_XFLAG_NODUMP };

	return ioctl(fd, FS_IOC_FSSETXATTR, &attr);
}

/**
 * struct way - a way into ioctl
 * @name: of the case
 * @ready: opens what it takes, and tells how the record begins
 * @run: does it
 * @sets: the file's attributes are changed by it
 */
struct way {
	const char *name;
	void (*ready)(void);
	long (*run)(void);
	bool sets;
};

static const struct way commands[] = {
	{ "a command of io_uring", open_for_inq, by_ring },
	{ "a command of io_uring by a worker", open_for_outq, by_worker },
};

static const struct way attributes[] = {
	{ "file_setattr", expect_set, set_attr, true },
	{ "file_setattr (32-bit)", expect_set, set_attr32, true },
	{ "file_getattr", expect_get, get_attr },
	{ "file_getattr (32-bit)", expect_get, get_attr32 },
	/* These go through the same functions, and are asked about once. */
	{ "ioctl FS_IOC_FSGETXATTR", open_for_get, ioctl_get },
	{ "ioctl FS_IOC_FSSETXATTR", open_for_set, ioctl_set, true },
};

static void prepare(const void *arg)
{
	((const struct way *)arg)->ready();
}

static long act(const void *arg)
{
	return ((const struct way *)arg)->run();
}

static unsigned long long xflags(void)
{
	int file = must(open(HERE "/f", O_RDONLY | O_CLOEXEC));
	struct fsxattr attr = {};

	must(ioctl(file, FS_IOC_FSGETXATTR, &attr));
	close(file);
	return attr.fsx_xflags;
}

static void fresh(void)
{
	unlink(HERE "/f");
	close(must(open(HERE "/f", O_WRONLY | O_CREAT | O_CLOEXEC, 0644)));
}

static void run_way(const struct way *way, const char *rule, const char *result)
{
	static struct counts before, after;
	bool denied = !strcmp(result, "denied");
	struct text text = {};
	const char *body;
	struct seen seen;

	text_add(&text, "100 acl ioctl " SUBJECT_RULE "\n    audit 1\n    10 %s\n", rule);
	policy(text.data);
	free(text.data);
	fresh();
	counts_take(&before);
	subject_watch(prepare, act, way, &seen);
	counts_take(&after);
	begin("%s", way->name);
	expect_error("result", denied ? EPERM : 0, seen.error);
	expect_number("block hits", 1, counts_operation(&after, "ioctl")->hits -
				       counts_operation(&before, "ioctl")->hits);
	expect_number("block denials", denied, counts_operation(&after, "ioctl")->denials -
					       counts_operation(&before, "ioctl")->denials);
	if (expect_number("records", 1, seen.count)) {
		body = record_body(seen.records[0]);
		expect_text("result", result, head_field(seen.records[0], "result"));
		expect(!strncmp(body, seen.expected, strlen(seen.expected)) &&
		       body[strlen(seen.expected)] == ' ', "record: expected '%s' got '%s'",
		       seen.expected, body);
	}
	expect_number("attributes of the file", !denied && way->sets ? FS_XFLAG_NODUMP : 0, xflags());
	end();
}

static void run_ways(const char *name, const struct way *ways, unsigned int count)
{
	static const char *const rules[][2] = {
		{ "deny task.uid=99", "unmatched" }, { "allow", "allowed" }, { "deny", "denied" },
	};
	unsigned int i, k;

	if (skips(name))
		return;
	for (i = 0; i < ARRAY_SIZE(rules); i++) {
		group("controls %s", rules[i][1]);
		for (k = 0; k < count; k++)
			run_way(&ways[k], rules[i][0], rules[i][1]);
	}
}

/**
 * struct use - of a program of Debian's packages attr and acl
 * @command: what the subject does to "f"
 * @op: what this is
 * @name: the attribute
 * @there: tells whether it was done
 */
struct use {
	const char *command;
	const char *op;
	const char *name;
	const char *there;
};

static const struct use uses[] = {
	{ "setfattr -n trusted.kellas -v 1 " HERE "/f", "setxattr", "trusted.kellas",
	  "getfattr --only-values -n trusted.kellas " HERE "/f | grep -q 1" },
	{ "setfattr -x trusted.before " HERE "/f", "removexattr", "trusted.before",
	  "! getfattr -n trusted.before " HERE "/f" },
	{ "setfacl -m u:77:r " HERE "/f", "setxattr", "system.posix_acl_access",
	  "getfacl -n " HERE "/f | grep -q ^user:77:r" },
};

static long run_program(const void *arg)
{
	int status;

	must(setresuid(0, 0, 0));
	status = system(((const struct use *)arg)->command);
	errno = EPERM;
	return status ? -1 : 0;
}

static bool is_done(const struct use *use)
{
	char command[200];

	snprintf(command, sizeof(command), "(%s) >/dev/null 2>&1", use->there);
	return !system(command);
}

static void use_program(const struct use *use, bool denied)
{
	char expected[200];
	struct text text = {};
	struct seen seen;

	fresh();
	shell("setfattr -n trusted.before -v 1 " HERE "/f");
	text_add(&text, "100 acl %s " SUBJECT_RULE "\n    audit 1\n    10 %s name=\"%s\"\n", use->op,
		 denied ? "deny" : "allow", use->name);
	policy(text.data);
	free(text.data);
	subject_watch(NULL, run_program, use, &seen);
	begin("%s", use->command);
	expect_error("result", denied ? EPERM : 0, seen.error);
	expect(is_done(use) == !denied, "it was %s", denied ? "done" : "not done");
	snprintf(expected, sizeof(expected), "%s path=\"tmpfs:/f\" name=\"%s\" ", use->op,
		 use->name);
	if (expect_number("records", 1, seen.count)) {
		expect_text("result", denied ? "denied" : "allowed",
			    head_field(seen.records[0], "result"));
		expect(!strncmp(record_body(seen.records[0]), expected, strlen(expected)),
		       "record: %s", record_body(seen.records[0]));
	}
	end();
}

static void use_programs(void)
{
	unsigned int i;

	group("controls programs");
	for (i = 0; i < 2 * ARRAY_SIZE(uses); i++)
		use_program(&uses[i / 2], i % 2);
}

/* controls: ioctl without ioctl(2), programs that set attributes */
void part_controls(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	must(mkdir(HERE, 0755));
	must(mount("tmpfs", HERE, "tmpfs", 0, NULL));
	kellas_load();
	run_ways("commands of io_uring", commands, ARRAY_SIZE(commands));
	run_ways("file_setattr and file_getattr", attributes, ARRAY_SIZE(attributes));
	use_programs();
	group("controls");
	begin("unload");
	expect_error("detach and remove", 0, kellas_unload());
	end();
}
