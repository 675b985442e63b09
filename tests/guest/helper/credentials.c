// SPDX-License-Identifier: GPL-2.0-only
/* setuid: ids, groups and capabilities that a process gives itself. */
#define _GNU_SOURCE
#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <stdint.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "acts.h"
#include "calls.h"
#include "parts.h"
#include "place.h"

/* 32-bit calls that take 32-bit ids. */
#define CALL32_CAPSET		185
#define CALL32_SETREUID		203
#define CALL32_SETGROUPS	206
#define CALL32_SETRESUID	208
#define CALL32_SETUID		213
#define CALL32_SETGID		214

#define PROGRAM "/tmp/credentials-program"

/* The subject has the user ids 21, 0, 23, group ids 11, 12, 13, and 0 and 14. */
static void ids(struct text *text)
{
	uid_t uid[3];
	gid_t gid[3], groups[32];
	int i, n;

	must(getresuid(&uid[0], &uid[1], &uid[2]));
	must(getresgid(&gid[0], &gid[1], &gid[2]));
	text_add(text, "%u %u %u %u %u %u", uid[0], uid[1], uid[2], gid[0], gid[1], gid[2]);
	text_add(text, " %d %d", setfsuid(-1), setfsgid(-1));
	n = must(getgroups(32, groups));
	for (i = 0; i < n; i++)
		text_add(text, " +%u", groups[i]);
}

static long run_setuid(void) { return setuid(31); }
static long run_setuid32(void) { return call32(CALL32_SETUID, 31, 0, 0, 0); }
static long run_setreuid(void) { return setreuid(-1, 32); }
static long run_setreuid32(void) { return call32(CALL32_SETREUID, 33, -1, 0, 0); }
static long run_setresuid(void) { return setresuid(-1, 23, 34); }
static long run_setresuid32(void) { return call32(CALL32_SETRESUID, 35, 36, 37, 0); }
static long run_setfsuid(void) { setfsuid(38); return 0; }
static long run_setgid(void) { return setgid(41); }
static long run_setgid32(void) { return call32(CALL32_SETGID, 41, 0, 0, 0); }
static long run_setregid(void) { return setregid(42, 43); }
static long run_setresgid(void) { return setresgid(-1, 44, -1); }
static long run_setfsgid(void) { setfsgid(45); return 0; }

static long run_setgroups(void)
{
	gid_t groups[] = { 51, 52 };

	return setgroups(2, groups);
}

static long run_setgroups32(void)
{
	gid_t *groups = low_room(sizeof(*groups));

	*groups = 53;
	return call32(CALL32_SETGROUPS, 1, (long)groups, 0, 0);
}

static struct __user_cap_header_struct *header;
static struct __user_cap_data_struct *data;

static void get_capabilities(void)
{
	header = low_room(sizeof(*header));
	data = low_room(2 * sizeof(*data));
	header->version = _LINUX_CAPABILITY_VERSION_3;
	must(syscall(SYS_capget, header, data));
	data[0].effective &= ~(1u << CAP_SYS_NICE);
}

static long run_capset(void) { return syscall(SYS_capset, header, data); }
static long run_capset32(void)
{
	return call32(CALL32_CAPSET, (long)header, (long)data, 0, 0);
}

static void capabilities(struct text *text) { status_line(text, getpid(), "CapEff:"); }

/* A set-user-ID program gets its ids by execve. */
static void get_program(void)
{
	copy_file(quick_program(), PROGRAM);
	must(chown(PROGRAM, 61, 62));
	must(chmod(PROGRAM, 06755));
}

static long run_program(void)
{
	char *arguments[] = { "program", NULL };
	int status;
	pid_t pid = must(fork());

	if (!pid) {
		execve(PROGRAM, arguments, arguments + 1);
		_exit(1);
	}
	must(waitpid(pid, &status, 0));
	return WEXITSTATUS(status) == QUICK_STATUS ? 0 : -1;
}

#define UIDS(u, e, s, f) "new_uid=" u " new_euid=" e " new_suid=" s " new_fsuid=" f
#define GIDS(u, e, s, f) "new_gid=" u " new_egid=" e " new_sgid=" s " new_fsgid=" f
/* How the subject takes its mark is over when it has this one, too. */
#define READY "task.fsgid=14"
#define ACT(name, words, run) { name, "setuid", READY, words, NULL, run, ids }

static const struct act acts[] = {
	ACT("setuid", UIDS("31", "31", "31", "31"), run_setuid),
	ACT("setuid, 32 bit", UIDS("31", "31", "31", "31"), run_setuid32),
	ACT("setreuid", UIDS("21", "32", "32", "32"), run_setreuid),
	ACT("setreuid, 32 bit", UIDS("33", "0", "0", "0"), run_setreuid32),
	ACT("setresuid", UIDS("21", "23", "34", "23"), run_setresuid),
	ACT("setresuid, 32 bit", UIDS("35", "36", "37", "36"), run_setresuid32),
	{ "setfsuid", "setuid", READY, UIDS("21", "0", "23", "38"), NULL, run_setfsuid, ids,
	  .denied = -1 },
	ACT("setgid", GIDS("41", "41", "41", "41"), run_setgid),
	ACT("setgid, 32 bit", GIDS("41", "41", "41", "41"), run_setgid32),
	ACT("setregid", GIDS("42", "43", "43", "43"), run_setregid),
	ACT("setresgid", GIDS("11", "44", "13", "44"), run_setresgid),
	{ "setfsgid", "setuid", READY, GIDS("11", "12", "13", "45"), NULL, run_setfsgid, ids,
	  .denied = -1 },
	ACT("setgroups", NULL, run_setgroups),
	ACT("setgroups, 32 bit", NULL, run_setgroups32),
	{ "capset", "setuid", READY, NULL, get_capabilities, run_capset, capabilities },
	{ "capset, 32 bit", "setuid", READY, NULL, get_capabilities, run_capset32,
	  capabilities },
	{ "execve of a set-user-ID program", "setuid", READY, NULL, get_program, run_program,
	  .none = true },
	/* What is not set has no value: neither equal nor unequal. */
	{ "new_uid!=0 of setuid", "setuid", READY " new_uid!=0", UIDS("31", "31", "31", "31"), NULL,
	  run_setuid, ids },
	{ "new_uid!=0 of setgid", "setuid", READY " new_uid!=0", NULL, NULL, run_setgid, ids,
	  .none = true },
	{ "new_gid!=0 of setgroups", "setuid", READY " new_gid!=0", NULL, NULL, run_setgroups, ids,
	  .none = true },
};

void part_credentials(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	acts_run("credentials", acts, ARRAY_SIZE(acts));
	acts_end("credentials");
}
