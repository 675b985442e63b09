// SPDX-License-Identifier: GPL-2.0
/*
 * The model to text. If these fail, a saved policy is not the policy that was
 * running, or tools that read it no longer can.
 */
#define _GNU_SOURCE /* sigabbrev_np() */
#include "text.h"
#include <arpa/inet.h>
#include <linux/capability.h>
#include <signal.h>
#include <time.h>

#define VERSION "POLICY_VERSION=20120401\n"

/* One condition as it is typed and as it is printed; NULL: the same. */
static const struct {
	const char *op;
	const char *typed;
	const char *printed;
} conditions[] = {
	{ "read", "path=\"/a\"", NULL },
	{ "read", "path!=\"\"", NULL },
	{ "read", "path=\"a\\040\\134\\377\\*\\-b\"", NULL },
	{ "read", "path=NULL", NULL },
	{ "read", "path!=@G", NULL },
	{ "read", "path=task.exe", NULL },
	{ "read", "path.perm!=setuid", NULL },
	{ "read", "path.perm=others_execute", NULL },
	{ "read", "path.perm=task.uid", NULL },
	{ "read", "path.type=char", NULL },
	{ "read", "path.type!=path.type", NULL },
	{ "read", "path.fsmagic=0xef53", "path.fsmagic=0xEF53" },
	{ "read", "path.fsmagic=0X00ab", "path.fsmagic=0xAB" },
	{ "read", "path.uid=00", NULL },
	{ "read", "path.uid=000", "path.uid=00" },
	{ "read", "path.uid=0x0", NULL },
	{ "read", "path.uid=0", NULL },
	{ "read", "path.uid=08", "path.uid=8" },
	{ "read", "path.uid=0777-0xFff", "path.uid=0777-0xFFF" },
	{ "read", "path.uid=7-7", NULL },
	{ "read", "path.uid=18446744073709551615", NULL },
	{ "read", "path.uid=0xffffffffffffffff", "path.uid=0xFFFFFFFFFFFFFFFF" },
	{ "read", "path.uid=01777777777777777777777", NULL },
	{ "execute", "argv[4294967295]!=\"x\"", NULL },
	{ "execute", "argv[0]=NULL", NULL },
	{ "execute", "envp[\"\"]=\"\"", NULL },
	{ "execute", "envp[\"A\\*\\040\"]!=NULL", NULL },
	{ "execute", "exec.parent.perm=path.parent.perm", NULL },
	{ "rename", "new_path.parent.uid=old_path.uid", NULL },
	{ "mount", "target.type=source.type", NULL },
	{ "inet_raw_send", "ip=0.0.0.0", NULL },
	{ "inet_raw_send", "ip=255.255.255.255", NULL },
	{ "inet_raw_send", "ip=10.0.0.0/8", NULL },
	{ "inet_raw_send", "ip=1.2.3.4/32", NULL },
	{ "inet_raw_send", "ip=0.0.0.0/0", NULL },
	{ "inet_raw_send", "ip=1.2.3.4-1.2.3.4", NULL },
	{ "inet_raw_send", "ip=1.2.3.4-2.0.0.0", NULL },
	{ "inet_raw_send", "ip!=@I", NULL },
	{ "inet_raw_send", "ip=::", NULL },
	{ "inet_raw_send", "ip=::/0", NULL },
	{ "inet_raw_send", "ip=0:0:0:0:0:0:0:0", "ip=::" },
	{ "inet_raw_send", "ip=::0001", "ip=::1" },
	{ "inet_raw_send", "ip=FE80::ABCD/128", "ip=fe80::abcd/128" },
	{ "inet_raw_send", "ip=1:0:0:2:0:0:0:3", "ip=1:0:0:2::3" },
	{ "inet_raw_send", "ip=1:0:0:2:3:0:0:4", "ip=1::2:3:0:0:4" },
	{ "inet_raw_send", "ip=1:0:2:3:4:5:6:7", NULL },
	{ "inet_raw_send", "ip=1::3:4:5:6:7:8", "ip=1:0:3:4:5:6:7:8" },
	{ "inet_raw_send", "ip=1:2:3:4:5:6::", NULL },
	{ "inet_raw_send", "ip=1:2:3:4:5:6:7::", "ip=1:2:3:4:5:6:7:0" },
	{ "inet_raw_send", "ip=::2:3:4:5:6:7:8", "ip=0:2:3:4:5:6:7:8" },
	{ "inet_raw_send", "ip=::ffff:102:304", "ip=::ffff:1.2.3.4" },
	{ "inet_raw_send", "ip=::1.2.3.4", "ip=::102:304" },
	{ "inet_raw_send", "ip=64:ff9b::1.2.3.4", "ip=64:ff9b::102:304" },
	{ "inet_raw_send", "ip=fe80::5efe:1.2.3.4", "ip=fe80::5efe:1.2.3.4" },
	{ "inet_raw_send", "ip=fe80::200:5efe:102:304", "ip=fe80::200:5efe:1.2.3.4" },
	{ "inet_raw_send", "ip=ffff:ffff:ffff:ffff:0:5efe:ffff:ffff",
	  "ip=ffff:ffff:ffff:ffff:0:5efe:255.255.255.255" },
	{ "inet_raw_send", "ip=::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", NULL },
	{ "inet_raw_send", "ip=::ffff:0:0/96", "ip=::ffff:0.0.0.0/96" },
	{ "inet_raw_send", "proto=6", NULL },
	{ "inet_stream_bind", "port=1-1023", NULL },
	{ "ioctl", "cmd=0x5401", NULL },
	{ "signal", "sig=SIGKILL", NULL },
	{ "signal", "sig!=SIGSYS", NULL },
	{ "signal", "sig=9", NULL },
	{ "signal", "sig=@N", NULL },
	{ "task_exit", "exit.signal=SIGSEGV", NULL },
	{ "capability", "cap=CAP_CHOWN", NULL },
	{ "capability", "cap=CAP_CHECKPOINT_RESTORE", NULL },
	{ "ptrace", "mode=read", NULL },
	{ "ptrace", "mode=attach", NULL },
	{ "ptrace", "mode=2", NULL },
	{ "read", "task.history=\"...=>~/a(1;2.3)=>\\{\\*\\}=>\\*=>/b\"", NULL },
	{ "read", "task.history=\"\"", NULL },
	{ "read", "task.ancestor!=@S", NULL },
};

/* What is printed is as specified, and prints as itself when loaded again. */
static void prints_conditions(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(conditions); i++) {
		const char *printed = conditions[i].printed;
		struct text typed = { 0 }, expected = { 0 };
		char *once, *twice;

		printed = printed ? printed : conditions[i].typed;
		text_printf(&typed, "acl %s %s\n", conditions[i].op, conditions[i].typed);
		text_printf(&expected, VERSION "\n1000 acl %s %s\n    audit 0\n\n",
			    conditions[i].op, printed);
		once = canonical(typed.data);
		assert_string_equal(once, expected.data);
		twice = canonical(once);
		assert_string_equal(twice, once);
		free(once);
		free(twice);
		text_free(&typed);
		text_free(&expected);
	}
}

/* Section 4.9: the whole of it, in its order, whatever the order of the input. */
static void prints_in_canonical_order(void **state)
{
	static const char input[] =
		"ip_group L 127.0.0.1\nacl manual_domain_transition domain=\"x\"\n"
		"100 acl write path=\"/etc/shadow\"\n20 deny\n10 allow task.exe=\"/usr/bin/passwd\"\n"
		"audit 1\nlabel shadow\nnumber_group N 1-0xFF\n3 acl execute\nallow label=any\n"
		"string_group SHELLS /usr/bin/bash\nquota audit[1] denied=1024 unmatched=1024\n"
		"ip_group L ::1\nquota memory query 1048576\nstring_group A \\*\n"
		"string_group SHELLS /bin/sh\n100 acl write path=\"/a\"\n99 acl write\n"
		"quota audit[0] allowed=unlimited\nquota memory audit 16777216\n"
		"quota memory policy 268435456\n";
	static const char output[] =
		VERSION
		"quota memory policy 268435456\nquota memory audit 16777216\n"
		"quota memory query 1048576\n"
		"quota audit[0] allowed=unlimited denied=0 unmatched=0\n"
		"quota audit[1] allowed=0 denied=1024 unmatched=1024\n"
		"string_group SHELLS /usr/bin/bash\nstring_group SHELLS /bin/sh\nstring_group A \\*\n"
		"number_group N 1-0xFF\nip_group L 127.0.0.1\nip_group L ::1\n\n"
		"3 acl execute\n    audit 0\n    1000 allow label=any\n\n"
		"99 acl write\n    audit 0\n\n"
		"100 acl write path=\"/etc/shadow\"\n    label shadow\n    audit 1\n"
		"    10 allow task.exe=\"/usr/bin/passwd\"\n    20 deny\n\n"
		"100 acl write path=\"/a\"\n    audit 0\n\n"
		"1000 acl manual_domain_transition domain=\"x\"\n    audit 0\n\n";
	char *printed = canonical(input), *again = canonical(printed);

	(void)state;
	assert_string_equal(printed, output);
	assert_string_equal(again, output);
	free(printed);
	free(again);
}

static void prints_stat_lines(void **state)
{
	static const struct kl_print_stat stat = {
		.denied = 7,
		.updated_at = 1714532400,
		.denied_at = 951782399,
		.memory = { 8192, 1, ~0ull },
	}, never = { 0 };
	struct text text = { 0 };
	struct kl_printer printer = { text_write, &text };
	struct kl_policy policy;

	(void)state;
	new_policy(&policy);
	must_load(&policy, "acl read\nallow\n");
	assert_int_equal(kl_print_policy(&printer, &policy, &stat), 0);
	assert_string_equal(text.data,
			    VERSION "stat Policy updated: 2 (Last: 2024/05/01 03:00:00)\n"
				    "stat Requests denied: 7 (Last: 2000/02/28 23:59:59)\n"
				    "stat Memory used by policy: 8192\n"
				    "stat Memory used by audit: 1\n"
				    "stat Memory used by query: 18446744073709551615\n\n"
				    "1000 acl read\n    audit 0\n    1000 allow\n\n");
	/* It can be fed back, and is nothing new. */
	must_load(&policy, text.data);
	text_clear(&text);
	assert_int_equal(kl_print_policy(&printer, &policy, &never), 0);
	assert_non_null(strstr(text.data, "stat Policy updated: 6\nstat Requests denied: 0\n"
					  "stat Memory used by policy: 0\n"));
	text_free(&text);
	end_policy(&policy);
}

/* Every attribute of every operation, with everything that may be compared. */

static const char *const keywords[] = {
	"execute", "read", "write", "append", "create", "unlink", "getattr", "mkdir", "rmdir",
	"mkfifo", "mksock", "truncate", "symlink", "mkblock", "mkchar", "link", "rename", "chmod",
	"chown", "chgrp", "ioctl", "chroot", "mount", "unmount", "pivot_root", "inet_stream_bind",
	"inet_stream_listen", "inet_stream_connect", "inet_stream_accept", "inet_dgram_bind",
	"inet_dgram_send", "inet_raw_bind", "inet_raw_send", "unix_stream_bind",
	"unix_stream_listen", "unix_stream_connect", "unix_stream_accept", "unix_dgram_bind",
	"unix_dgram_send", "unix_seqpacket_bind", "unix_seqpacket_listen",
	"unix_seqpacket_connect", "unix_seqpacket_accept", "environ", "modify_policy",
	"use_netlink_socket", "use_packet_socket", "auto_domain_transition",
	"manual_domain_transition",
};

static const char *const rights[KL_HISTORY + 1][7] = {
	[KL_NUMBER] = { "0", "017", "0x1F-4096", "@N", "=" },
	[KL_FILEPERM] = { "0644", "sticky", "group_write", "0-07777", "@N", "task.gid", "=" },
	[KL_FILETYPE] = { "file", "directory", "symlink", "fifo", "socket", "block", "=" },
	[KL_STRING] = { "\"/x\\040\\*\"", "\"\"", "NULL", "@S", "task.domain", "=" },
	[KL_IPADDR] = { "1.2.3.4", "::1-::2", "10.0.0.0/8", "fe80::/10", "@I" },
	[KL_ASSIGN] = { "\"d\"", "NULL" },
	[KL_ANCESTOR] = { "\"/x\\040\\*\"", "NULL", "@S" },
	[KL_HISTORY] = { "\"\\*=>/x\\040\"", "NULL", "@S" },
};

/* The left side as text; false if such a line cannot be made. */
static bool left_of(int op, int slot, char *left, size_t size, bool *args)
{
	char name[KL_SLOT_NAME_MAX];

	if (!kl_slot_exists(op, slot))
		return false;
	if (slot == KL_SLOT_ARGV)
		snprintf(left, size, "argv[%d]", slot);
	else if (slot == KL_SLOT_ENVP)
		snprintf(left, size, "envp[\"LD_\\*\"]");
	else
		snprintf(left, size, "%s", kl_slot_name(op, slot, name));
	*args = slot == KL_SLOT_ARGV || slot == KL_SLOT_ENVP;
	return true;
}

static unsigned int add_lines(struct text *text, int op, int slot)
{
	const char *const *right = rights[kl_slot_type(slot)];
	unsigned int lines = 0;
	char left[64];
	bool args, assigns = slot == KL_SLOT_TRANSITION;
	bool allow = assigns || kl_op_table[op].flags & KL_OP_LOG_ONLY;

	if (!left_of(op, slot, left, sizeof(left), &args))
		return 0;
	for (int i = 0; i < 7 && right[i]; i++) {
		bool self = !strcmp(right[i], "=");

		/* What is compared with itself comes last. */
		if ((self && args) || !strcmp(right[i], left))
			continue;
		text_printf(text, "    %u %s %s%s%s\n", op, allow || i & 1 ? "allow" : "deny",
			    left, !assigns && i & 2 ? "!=" : "=", self ? left : right[i]);
		lines++;
	}
	return lines;
}

static void prints_everything_as_it_was_typed(void **state)
{
	struct text text = { 0 };
	unsigned int lines = 0;
	char *printed;

	(void)state;
	assert_in_range(KL_OP_COUNT, ARRAY_SIZE(keywords), 256);
	text_printf(&text, VERSION "string_group S /s\nnumber_group N 7\nip_group I ::1\n\n");
	for (size_t op = 0; op < KL_OP_COUNT; op++) {
		/* The first 49 are printed in CaitSith's order. */
		if (op < ARRAY_SIZE(keywords))
			assert_string_equal(kl_op_table[op].keyword, keywords[op]);
		text_printf(&text, "%zu acl %s task.uid!=%zu\n    label op%zu\n    audit %zu\n",
			    op, kl_op_table[op].keyword, op, op, op);
		for (int slot = 0; slot < KL_SLOT_COUNT; slot++)
			lines += add_lines(&text, op, slot);
		text_printf(&text, "\n");
	}
	assert_in_range(lines, 4000, 100000);
	printed = canonical(text.data);
	assert_string_equal(printed, text.data);
	free(printed);
	text_free(&text);
}

static void prints_single_lines(void **state)
{
	struct text text = { 0 };
	struct kl_printer printer = { text_write, &text };
	struct kl_policy policy;
	struct kl_block *block;
	struct kl_rule *rule;

	(void)state;
	new_policy(&policy);
	must_load(&policy, "5 acl mount source=@G flags=0x1\nlabel head\n"
			   "7 deny fstype!=\"nfs\" target=source label=tail\n");
	block = list_first_entry(&policy.blocks[KL_OP_MOUNT], struct kl_block, rule.list);
	rule = list_first_entry(&block->rules, struct kl_rule, list);
	assert_int_equal(kl_print_rule(&printer, &block->rule), 0);
	assert_string_equal(text.data, "5 acl mount source=@G flags=0x1");
	text_clear(&text);
	assert_int_equal(kl_print_rule(&printer, rule), 0);
	assert_string_equal(text.data, "7 deny fstype!=\"nfs\" target=source label=tail");
	text_clear(&text);
	assert_int_equal(kl_print_condition(&printer, KL_OP_MOUNT, &rule->conditions[1]),
			 0);
	assert_string_equal(text.data, "target=source");
	text_free(&text);
	end_policy(&policy);
}

/* A writer that takes some pieces and then refuses. */
struct writer {
	struct text text;
	int takes;
	int after;
};

static int write_some(void *context, const char *data, size_t length)
{
	struct writer *writer = context;

	assert_in_range(length, 1, 1u << 20);
	if (!writer->takes) {
		writer->after++;
		return -ENOSPC;
	}
	writer->takes--;
	return text_write(&writer->text, data, length);
}

/* The writer's error is returned, and nothing more is written to it. */
static void stops_when_the_writer_does(void **state)
{
	struct kl_policy policy;
	struct text big = { 0 };
	char *whole;
	int ret, takes;

	(void)state;
	new_policy(&policy);
	text_printf(&big, "string_group G /");
	for (int i = 0; i < 50; i++)
		text_printf(&big, "0123456789"); /* longer than the printer's buffer */
	text_printf(&big, "\n");
	for (int i = 0; i < 20; i++)
		text_printf(&big, "%d acl read path=\"/some/where\"\nallow task.uid=%d\n", i, i);
	must_load(&policy, big.data);
	whole = print_policy(&policy);
	for (takes = 0;; takes++) {
		struct writer writer = { .takes = takes };
		struct kl_printer printer = { write_some, &writer };

		ret = kl_print_policy(&printer, &policy, NULL);
		assert_memory_equal(writer.text.data ? writer.text.data : "", whole,
				    writer.text.length);
		if (!ret)
			assert_int_equal(writer.text.length, strlen(whole));
		else
			assert_int_equal(writer.after, 1);
		text_free(&writer.text);
		if (!ret)
			break;
		assert_int_equal(ret, -ENOSPC);
	}
	assert_in_range(takes, 5, 50);
	free(whole);
	text_free(&big);
	end_policy(&policy);
}

static const struct { const char *name; int number; } capabilities[] = {
#define CAP(name) { #name, name }
	CAP(CAP_CHOWN), CAP(CAP_DAC_OVERRIDE), CAP(CAP_DAC_READ_SEARCH),
	CAP(CAP_FOWNER), CAP(CAP_FSETID), CAP(CAP_KILL), CAP(CAP_SETGID),
	CAP(CAP_SETUID), CAP(CAP_SETPCAP), CAP(CAP_LINUX_IMMUTABLE),
	CAP(CAP_NET_BIND_SERVICE), CAP(CAP_NET_BROADCAST), CAP(CAP_NET_ADMIN),
	CAP(CAP_NET_RAW), CAP(CAP_IPC_LOCK), CAP(CAP_IPC_OWNER), CAP(CAP_SYS_MODULE),
	CAP(CAP_SYS_RAWIO), CAP(CAP_SYS_CHROOT), CAP(CAP_SYS_PTRACE),
	CAP(CAP_SYS_PACCT), CAP(CAP_SYS_ADMIN), CAP(CAP_SYS_BOOT), CAP(CAP_SYS_NICE),
	CAP(CAP_SYS_RESOURCE), CAP(CAP_SYS_TIME), CAP(CAP_SYS_TTY_CONFIG),
	CAP(CAP_MKNOD), CAP(CAP_LEASE), CAP(CAP_AUDIT_WRITE), CAP(CAP_AUDIT_CONTROL),
	CAP(CAP_SETFCAP), CAP(CAP_MAC_OVERRIDE), CAP(CAP_MAC_ADMIN), CAP(CAP_SYSLOG),
	CAP(CAP_WAKE_ALARM), CAP(CAP_BLOCK_SUSPEND), CAP(CAP_AUDIT_READ),
	CAP(CAP_PERFMON), CAP(CAP_BPF), CAP(CAP_CHECKPOINT_RESTORE),
#undef CAP
};

static struct kl_text word_of(const char *word)
{
	return (struct kl_text){ word, strlen(word) };
}

/* Two spellings are two rules, as everywhere; both match. */
static void tells_names_from_numbers(void **state)
{
	char *printed = canonical("acl signal\ndeny sig=SIGKILL\ndeny sig=9\n"
				  "deny sig=SIGKILL\ndelete deny sig=0x9\n");

	(void)state;
	assert_string_equal(printed, VERSION "\n1000 acl signal\n    audit 0\n"
			    "    1000 deny sig=SIGKILL\n    1000 deny sig=9\n\n");
	free(printed);
}

/* The kernel's own names and numbers, as <signal.h> and <linux/capability.h> have them. */
static void names_numbers_like_others(void **state)
{
	char text[64];
	int number;

	(void)state;
	for (number = 1; number < 32; number++) {
		snprintf(text, sizeof(text), "SIG%s", sigabbrev_np(number));
		if (number == SIGIO) /* glibc says POLL */
			strcpy(text, "SIGIO");
		assert_string_equal(kl_number_name(KL_SLOT_SIG, number), text);
		assert_int_equal(kl_number_find(KL_SLOT_SIG, word_of(text)), number);
		assert_int_equal(kl_number_find(KL_SLOT_EXIT_SIGNAL, word_of(text)), number);
	}
	for (number = 0; number < (int)ARRAY_SIZE(capabilities); number++) {
		assert_string_equal(kl_number_name(KL_SLOT_CAP, capabilities[number].number),
				    capabilities[number].name);
		assert_null(kl_number_name(KL_SLOT_SIG, 32 + number));
	}
	assert_int_equal(number, CAP_LAST_CAP + 1);
	assert_null(kl_number_name(KL_SLOT_CAP, CAP_LAST_CAP + 1));
	assert_null(kl_number_name(KL_SLOT_SIG, 0));
	assert_null(kl_number_name(KL_SLOT_TASK_UID, 1));
	assert_int_equal(kl_number_find(KL_SLOT_MODE, word_of("read")), KL_PTRACE_READ);
	assert_int_equal(kl_number_find(KL_SLOT_MODE, word_of("attach")), KL_PTRACE_ATTACH);
	assert_int_equal(kl_number_find(KL_SLOT_CAP, word_of("SIGKILL")), -ENOENT);
}

/* The C library reads every address as what was printed, and writes the same. */
static void formats_addresses_like_others(void **state)
{
	unsigned int seed = 5;
	char text[KL_IP_TEXT_MAX + 1], theirs[INET6_ADDRSTRLEN];
	u8 bytes[16];

	(void)state;
	for (int i = 0; i < 20000; i++) {
		struct kl_ip ip = { .family = i & 1 ? KL_IPV6 : KL_IPV4 };
		size_t count = i & 1 ? 16 : 4, length;

		for (size_t j = 0; j < count; j++)
			ip.bytes[j] = rand_r(&seed) % 3 ? 0 : rand_r(&seed) >> 8;
		text[KL_IP_TEXT_MAX] = 'x';
		length = kl_format_ip(&ip, text);
		assert_int_equal(text[KL_IP_TEXT_MAX], 'x');
		assert_int_equal(length, strlen(text));
		assert_int_equal(inet_pton(i & 1 ? AF_INET6 : AF_INET, text, bytes), 1);
		assert_memory_equal(bytes, ip.bytes, count);
		/* They write dots where the kernel does not: in ::1.2.3.4. */
		inet_ntop(i & 1 ? AF_INET6 : AF_INET, ip.bytes, theirs, sizeof(theirs));
		if (!(i & 1) || (!strchr(theirs, '.') && !strchr(text, '.')))
			assert_string_equal(text, theirs);
	}
}

static void formats_times_like_others(void **state)
{
	static const struct {
		u64 seconds;
		const char *text;
	} times[] = {
		{ 0, "1970/01/01 00:00:00" },
		{ 951827696, "2000/02/29 12:34:56" },
		{ 4107542399, "2100/02/28 23:59:59" },
		{ 4107542400, "2100/03/01 00:00:00" },
		{ 253402300799, "9999/12/31 23:59:59" },
	};
	unsigned int seed = 9;
	char text[KL_TIME_TEXT_MAX + 1], theirs[40];
	time_t seconds;
	struct tm tm;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(times); i++) {
		assert_int_equal(kl_format_time(times[i].seconds, text), 19);
		assert_string_equal(text, times[i].text);
	}
	for (int i = 0; i < 50000; i++) {
		seconds = ((u64)rand_r(&seed) << 8 ^ rand_r(&seed)) % 253402300800;
		if (i & 1) /* around midnight of each day since the epoch */
			seconds = (i / 2) * 86400ll - (i & 2);
		gmtime_r(&seconds, &tm);
		strftime(theirs, sizeof(theirs), "%Y/%m/%d %H:%M:%S", &tm);
		if (seconds < 0)
			continue;
		kl_format_time(seconds, text);
		if (strlen(theirs) == 19)
			assert_string_equal(text, theirs);
	}
	text[KL_TIME_TEXT_MAX] = 'x';
	assert_in_range(kl_format_time(~0ull, text), 20, KL_TIME_TEXT_MAX - 1);
	assert_int_equal(text[KL_TIME_TEXT_MAX], 'x');
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(prints_conditions),
		cmocka_unit_test(prints_in_canonical_order),
		cmocka_unit_test(prints_stat_lines),
		cmocka_unit_test(prints_everything_as_it_was_typed),
		cmocka_unit_test(prints_single_lines),
		cmocka_unit_test(stops_when_the_writer_does),
		cmocka_unit_test(tells_names_from_numbers),
		cmocka_unit_test(names_numbers_like_others),
		cmocka_unit_test(formats_addresses_like_others),
		cmocka_unit_test(formats_times_like_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
