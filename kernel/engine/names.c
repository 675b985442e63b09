// SPDX-License-Identifier: GPL-2.0
/*
 * Names of numbers: signals, capabilities, what ptrace is used for.
 *
 * Signals are those of x86-64 (signal(7)), capabilities those of
 * capabilities(7). Real-time signals have no names: the kernel's SIGRTMIN is
 * 32, but programs see that of their C library, which is 34 or 35.
 */
#include "attribute.h"

static const char *const signals[] = {
	[1] = "SIGHUP",	    [2] = "SIGINT",	[3] = "SIGQUIT",
	[4] = "SIGILL",	    [5] = "SIGTRAP",	[6] = "SIGABRT",
	[7] = "SIGBUS",	    [8] = "SIGFPE",	[9] = "SIGKILL",
	[10] = "SIGUSR1",   [11] = "SIGSEGV",	[12] = "SIGUSR2",
	[13] = "SIGPIPE",   [14] = "SIGALRM",	[15] = "SIGTERM",
	[16] = "SIGSTKFLT", [17] = "SIGCHLD",	[18] = "SIGCONT",
	[19] = "SIGSTOP",   [20] = "SIGTSTP",	[21] = "SIGTTIN",
	[22] = "SIGTTOU",   [23] = "SIGURG",	[24] = "SIGXCPU",
	[25] = "SIGXFSZ",   [26] = "SIGVTALRM", [27] = "SIGPROF",
	[28] = "SIGWINCH",  [29] = "SIGIO",	[30] = "SIGPWR",
	[31] = "SIGSYS",
};

static const char *const capabilities[] = {
	"CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_DAC_READ_SEARCH", "CAP_FOWNER",
	"CAP_FSETID", "CAP_KILL", "CAP_SETGID", "CAP_SETUID", "CAP_SETPCAP",
	"CAP_LINUX_IMMUTABLE", "CAP_NET_BIND_SERVICE", "CAP_NET_BROADCAST",
	"CAP_NET_ADMIN", "CAP_NET_RAW", "CAP_IPC_LOCK", "CAP_IPC_OWNER",
	"CAP_SYS_MODULE", "CAP_SYS_RAWIO", "CAP_SYS_CHROOT", "CAP_SYS_PTRACE",
	"CAP_SYS_PACCT", "CAP_SYS_ADMIN", "CAP_SYS_BOOT", "CAP_SYS_NICE",
	"CAP_SYS_RESOURCE", "CAP_SYS_TIME", "CAP_SYS_TTY_CONFIG", "CAP_MKNOD",
	"CAP_LEASE", "CAP_AUDIT_WRITE", "CAP_AUDIT_CONTROL", "CAP_SETFCAP",
	"CAP_MAC_OVERRIDE", "CAP_MAC_ADMIN", "CAP_SYSLOG", "CAP_WAKE_ALARM",
	"CAP_BLOCK_SUSPEND", "CAP_AUDIT_READ", "CAP_PERFMON", "CAP_BPF",
	"CAP_CHECKPOINT_RESTORE",
};

static const char *const modes[] = {
	[KL_PTRACE_READ] = "read",
	[KL_PTRACE_ATTACH] = "attach",
};

static_assert(ARRAY_SIZE(signals) <= KL_NAMED_MAX &&
		      ARRAY_SIZE(capabilities) <= KL_NAMED_MAX,
	      "attribute.h says so");

/**
 * struct names - a table of names
 * @what: what they are
 * @count: of @names
 * @names: by number; NULL: it has none
 */
struct names {
	const char *what;
	u32 count;
	const char *const *names;
};

#define NAMES(what, array) { what, ARRAY_SIZE(array), array }

static const struct names signal_names = NAMES("a signal", signals);
static const struct names capability_names = NAMES("a capability",
						   capabilities);
static const struct names mode_names = NAMES("a mode", modes);

static const struct names *names_of(enum kl_slot slot)
{
	switch (slot) {
	case KL_SLOT_SIG:
	case KL_SLOT_EXIT_SIGNAL:
		return &signal_names;
	case KL_SLOT_CAP:
		return &capability_names;
	case KL_SLOT_MODE:
		return &mode_names;
	default:
		return NULL;
	}
}

const char *kl_number_name(enum kl_slot slot, u64 number)
{
	const struct names *names = names_of(slot);

	return names && number < names->count ? names->names[number] : NULL;
}

int kl_number_find(enum kl_slot slot, struct kl_text word)
{
	const struct names *names = names_of(slot);
	const char *name;
	u32 number;

	/* Names begin with a letter; most words are numbers or strings. */
	if (!names || !word.length || (*word.data | 0x20) < 'a' ||
	    (*word.data | 0x20) > 'z')
		return -ENOENT;
	for (number = 0; number < names->count; number++) {
		name = names->names[number];
		if (name && *name == *word.data && strlen(name) == word.length &&
		    !memcmp(name, word.data, word.length))
			return number;
	}
	return -ENOENT;
}

const char *kl_number_names(enum kl_slot slot)
{
	const struct names *names = names_of(slot);

	return names ? names->what : NULL;
}
