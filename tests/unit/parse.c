// SPDX-License-Identifier: GPL-2.0
/*
 * Text to statements. If these fail, policies for CaitSith no longer load, or a
 * mistake in a policy is accepted, or its author is sent to the wrong place.
 */
#include "text.h"
#include "engine/clause.h"
#include "engine/lex.h"
#include "engine/pattern.h"

/* The conformance table: caitsith-spec section 14.3 first, then more of its rules. */

static const struct {
	const char *context;
	const char *line;
	bool accepted;
} conformance[] = {
	{ "", "100 acl write path=\"/a\\040b\"", true },
	{ "", "100 acl write path=\"/a b\"", false },
	{ "", "100 acl write path=\"/a\\041b\"", false },
	{ "", "100 acl write path=/etc/passwd", false },
	{ "", "100 acl write path=NULL", true },
	{ "", "100 acl write path=@", false },
	{ "", "100 acl create path.uid=0", false },
	{ "", "100 acl create path.parent.uid=0", true },
	{ "", "100 acl read path.parent.type=directory", false },
	{ "", "100 acl read path.type!=directory", true },
	{ "", "100 acl read path.perm=setuid path.perm!=others_write", true },
	{ "", "100 acl read task.uid=path.perm", false },
	{ "", "100 acl read task.uid=-1", false },
	{ "", "100 acl read task.uid=0x0-01777", true },
	{ "", "100 acl read task.uid=9-3", false },
	/* Q11: CaitSith refuses a range of one address. */
	{ "", "100 acl inet_stream_connect ip=1.2.3.4-1.2.3.4", true },
	{ "", "100 acl inet_stream_connect ip=1.2.3.4-::1", false },
	{ "", "100 acl inet_stream_connect ip=1.2.3", false },
	{ "", "100 acl link new_path.uid=0", false },
	{ "", "100 acl link new_path.parent.uid=0", true },
	{ "", "100 acl execute exec.dev_major=1", false },
	{ "", "100 acl execute argv[01]=\"x\"", false },
	{ "", "100 acl read argv[0]=\"x\"", false },
	{ "", "100 acl execute envp[\"LD_\\*\"]!=NULL", true },
	{ "100 acl execute", "10 allow transition=\"d\"", true },
	{ "100 acl execute", "10 allow transition=\"d\" transition=\"e\"", false },
	{ "100 acl execute", "10 allow transition=\"d\\*\"", false },
	{ "100 acl execute", "10 allow transition=@G", false },
	{ "100 acl execute", "10 deny transition=\"d\"", false },
	{ "100 acl read", "10 allow transition=\"d\"", false },
	{ "100 acl auto_domain_transition", "10 allow", true },
	{ "100 acl auto_domain_transition", "10 deny task.uid=0", true },
	{ "", "65535 acl read", true },
	{ "", "acl read", true },
	{ "", "10 acl socket_connect", false },
	{ "", "10 acl read task.exe=\"/bin/\\{x\\}\"", false },
	{ "", "10 acl read path=\"/\\*/\\*/\\*/\\*/\\*/\\*/\\*/\\*/\\*/\\*"
	      "/\\*/\\*/\\*/\\*/\\*/\\*/\\*/\\*/\\*/\\*\"", true },
	{ "", "10 acl read path=\"/\\*/\\*/\\*/\\*/\\*/\\*/\\*/\\*/\\*/\\*"
	      "/\\*/\\*/\\*/\\*/\\*/\\*/\\*/\\*/\\*/\\*/\\*\"", false },
	{ "", "string_group G /a\\ b", false },
	{ "", "ip_group G fe80::-fe80::ffff", true },
	{ "", "quota audit[255] denied=1", true },

	/* Sections 3.1 and 3.5: what may stand on the right. */
	{ "", "acl execute path=exec", true },
	{ "", "acl execute task.exe!=path", true },
	{ "", "acl execute argv[0]=exec", true },
	{ "", "acl execute exec=argv[0]", false },
	{ "", "acl execute exec=envp[\"A\"]", false },
	{ "", "acl execute path.parent.perm=exec.parent.perm", true },
	{ "", "acl execute path.type=exec.type", true },
	{ "", "acl read path.uid=task.uid", true },
	{ "", "acl read path.perm=task.uid", true },
	{ "", "acl read path.perm=0-07777", true },
	{ "", "acl read path.perm=@N", true },
	{ "", "acl read path.perm=directory", false },
	{ "", "acl read path.type=setuid", false },
	{ "", "acl read path.type=0040000", false },
	{ "", "acl read path.type=@N", false },
	{ "", "acl read path=path.uid", false },
	{ "", "acl read path=file", false },
	{ "", "acl read task.uid=sticky", false },
	{ "", "acl read path=exec", false },
	{ "", "acl inet_stream_connect ip=ip", false },
	{ "", "acl inet_stream_connect port=ip", false },
	{ "", "acl inet_stream_connect ip!=@I", true },
	{ "", "acl inet_stream_connect ip=NULL", false },
	{ "", "acl read task.uid=NULL", false },
	{ "", "acl read file=path.type", false },
	{ "", "acl read setuid=1", false },

	/* Sections 3.2, 3.4, 3.6, 3.7. */
	{ "", "acl read task.uid=08", true },
	{ "", "acl read task.uid=018", false },
	{ "", "acl read task.uid=0X1f", true },
	{ "", "acl read task.uid=0x", false },
	{ "", "acl read task.uid=18446744073709551615", true },
	{ "", "acl read task.uid=18446744073709551616", false },
	{ "", "acl read task.uid=7-07", true },
	{ "", "acl read path=\"\"", true },
	{ "", "acl read path=\"a\"b=c\"", true },
	{ "", "acl read path=\"\\000\\377\\134\\040\"", true },
	{ "", "acl read path=\"\\400\"", false },
	{ "", "acl read path=\"\\\"", false },
	{ "", "acl read path='/a'", false },
	{ "", "acl read path=null", false },
	{ "", "acl read path!=@G", true },
	{ "", "acl inet_raw_send ip=::ffff:1.2.3.4", true },
	{ "", "acl inet_raw_send ip=::-ffff::", true },
	{ "", "acl inet_raw_send ip=ffff::-::", false },
	{ "", "acl inet_raw_send ip=10.0.0.0/8", true },
	{ "", "acl inet_raw_send ip=10.0.0.1/8", false },
	{ "", "acl inet_raw_send ip=0.0.0.0/0", true },
	{ "", "acl inet_raw_send ip=::/0", true },
	{ "", "acl inet_raw_send ip=1.2.3.4/32", true },
	{ "", "acl inet_raw_send ip=::1/128", true },
	{ "", "acl inet_raw_send ip=1.2.3.4/-1", false },
	{ "", "acl inet_raw_send ip=1.2.3.4/8-1.2.3.5", false },
	{ "", "acl inet_raw_send ip=1:2:3:4:5:6:7", false },
	{ "", "acl inet_raw_send ip=1:2:3:4:5:6:7:8:9", false },
	{ "", "acl inet_raw_send ip=1:2:3:4:5:6:7::", true },
	{ "", "acl inet_raw_send ip=1:2:3:4:5:6:7:8::", false },
	{ "", "acl inet_raw_send ip=:1::", false },
	{ "", "acl inet_raw_send ip=1:", false },
	{ "", "acl inet_raw_send ip=:::", false },
	{ "", "acl inet_raw_send ip=1:2:3:4:5:6:1.2.3.4", true },
	{ "", "acl inet_raw_send ip=1:2:3:4:5:6:7:1.2.3.4", false },
	{ "", "acl inet_raw_send ip=1.2.3.4::", false },
	{ "", "acl inet_raw_send ip=1.2.3.4.5", false },
	{ "", "acl environ argv[0]=\"x\"", true },
	{ "", "acl environ envp[\"\"]=NULL", true },
	{ "", "acl execute argv[4294967295]!=@G", true },
	{ "", "acl execute argv[0x1]=\"x\"", false },
	{ "", "acl execute argv[-1]=\"x\"", false },

	/* Section 4: lines. */
	{ "", "0 acl read", true },
	{ "", "00065535 acl read", true },
	{ "", "65536 acl read", false },
	{ "", "-1 acl read", false },
	{ "", "acl", false },
	{ "", "ACL read", false },
	{ "", "acl Read", false },
	{ "", "\r\tacl\x0b\x7f\x80read\x1f", true },
	{ "", "acl read # path=", true },
	{ "", "acl read path=\"#\"", true },
	{ "", "acl read #path=\"/a\"", true },
	{ "", "10 deny", false },
	{ "", "audit 1", false },
	{ "acl read", "deny", true },
	{ "acl read", "allow path=\"/a\"", true },
	{ "acl read", "audit 255", true },
	{ "acl read", "audit 256", false },
	{ "acl read", "5 audit 1", true },
	{ "acl read", "audit 1 wait=2000", true },
	{ "acl read", "audit 1 wait=2001", false },
	{ "acl signal", "audit 1 wait=0", true },
	{ "acl signal", "audit 1 wait=1", false },
	{ "acl read\n\n  # note\nstat x", "deny", true },
	{ "acl read\nstring_group G /x", "deny", false },
	{ "acl read\nPOLICY_VERSION=1", "deny", false },
	{ "acl read\nquota audit[1] denied=1", "deny", false },
	{ "acl read\ndelete acl write", "deny", false },
	{ "", "10 string_group G /x", true },
	{ "", "string_group G /home/\\*/#\\*#", true },
	{ "", "string_group G \"/x\"", true },
	{ "", "string_group G #x", false },
	{ "", "string_group G", false },
	{ "", "number_group N 0x11-020", false },
	{ "", "number_group N 020-0x10", true },
	{ "", "number_group N 0", true },
	{ "", "ip_group I 1.2.3.4", true },
	{ "", "ip_group I @G", false },
	{ "", "quota audit[0]", true },
	{ "", "quota audit[256] denied=1", false },
	{ "", "quota audit[1] unmatched=1 allowed=unlimited", true },
	{ "", "quota memory audit 4096 drop-oldest", true },
	{ "", "quota memory query 1", true },
	{ "acl execute", "allow transition=NULL", true },
	{ "acl execute", "allow transition=\"\"", false },
	{ "acl execute", "allow transition!=\"d\"", false },
	{ "acl inet_dgram_send", "allow ip=::1 transition=\"d\"", true },
	{ "acl unix_seqpacket_accept", "allow transition=\"d\"", true },
	{ "acl manual_domain_transition", "allow transition=\"d\"", false },
	{ "", "acl execute transition=\"d\"", false },
	{ "acl read", "label a.b-c_D9", true },
	{ "acl read", "label a:b", false },
	{ "acl read", "deny label=x", true },
	{ "acl read", "deny label=x path=\"/a\"", false },
};

/* Accepted means visible in the printed policy; refused, that nothing is. */
static void follows_the_conformance_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(conformance); i++) {
		struct text text = { 0 };
		struct kl_policy policy;
		struct kl_error error;
		char *before, *after;
		int ret;

		new_policy(&policy);
		must_load(&policy, conformance[i].context);
		before = print_policy(&policy);
		text_printf(&text, "%s\n%s", conformance[i].context, conformance[i].line);
		ret = load(&policy, text.data, &error);
		after = print_policy(&policy);
		if ((ret == 0) != conformance[i].accepted)
			fail_msg("%s: %s", text.data, ret ? error.text : "accepted");
		if (!strcmp(before, after) == conformance[i].accepted)
			fail_msg("%s: %s, and the policy is\n%s", text.data,
				 ret ? "refused" : "accepted", after);
		free(before);
		free(after);
		end_policy(&policy);
		text_free(&text);
	}
}

/* Which operation has which attribute: section 2.6, with its classes, and ours. */

#define EXE "execute environ "
#define NEW "create mkdir mkfifo mksock symlink mkblock mkchar "
#define SELF_OURS "fd_receive module_load kexec_load mmap_exec setxattr removexattr "
#define SELF                                                             \
	"execute read write append unlink getattr rmdir truncate chmod " \
	"chown chgrp ioctl chroot unmount environ " SELF_OURS
#define IPPORT                                                          \
	"inet_stream_bind inet_stream_listen inet_stream_connect "      \
	"inet_stream_accept inet_dgram_bind inet_dgram_send "          \
	"inet_dgram_recv "
#define RAW "inet_raw_bind inet_raw_send inet_raw_recv "
#define UNIX                                                            \
	"unix_stream_bind unix_stream_listen unix_stream_connect "      \
	"unix_stream_accept unix_dgram_bind unix_dgram_send "           \
	"unix_seqpacket_bind unix_seqpacket_listen "                    \
	"unix_seqpacket_connect unix_seqpacket_accept unix_dgram_recv "
#define ALL                                                             \
	SELF NEW "link rename mount pivot_root " IPPORT RAW UNIX        \
		 "modify_policy use_netlink_socket use_packet_socket "  \
		 "auto_domain_transition manual_domain_transition "      \
		 "signal ptrace capability setuid bpf set_time "        \
		 "task_exit task_hang "

#define PARENT(x, ops)                                                  \
	{ x ".parent.uid", 'n', ops }, { x ".parent.gid", 'n', ops },   \
		{ x ".parent.ino", 'n', ops },                          \
		{ x ".parent.major", 'n', ops },                        \
		{ x ".parent.minor", 'n', ops },                        \
		{ x ".parent.perm", 'p', ops },                         \
		{ x ".parent.fsmagic", 'n', ops },                      \
		{ x ".parent.type", 't', "" },                          \
		{ x ".parent.dev_major", 'n', "" },                     \
		{ x ".parent.dev_minor", 'n', "" },                     \
		{ x ".parent", 's', "" }

#define TARGET "signal ptrace "
/* But for target.uid, which is another thing elsewhere. */
#define TARGET_FAMILY                                                   \
	{ "target.gid", 'n', "mount " }, { "target.ino", 'n', "mount " }, \
		{ "target.type", 't', "mount " },                       \
		{ "target.major", 'n', "mount " },                      \
		{ "target.minor", 'n', "mount " },                      \
		{ "target.perm", 'p', "mount " },                       \
		{ "target.fsmagic", 'n', "mount " },                    \
		{ "target.dev_major", 'n', "mount " },                  \
		{ "target.dev_minor", 'n', "mount " }

#define FAMILY(x, ops, devices)                                         \
	{ x ".uid", 'n', ops }, { x ".gid", 'n', ops },                 \
		{ x ".ino", 'n', ops }, { x ".type", 't', ops },        \
		{ x ".major", 'n', ops }, { x ".minor", 'n', ops },     \
		{ x ".perm", 'p', ops }, { x ".fsmagic", 'n', ops },    \
		{ x ".dev_major", 'n', devices },                       \
		{ x ".dev_minor", 'n', devices }

static const struct {
	const char *name;
	char type;
	const char *operations;
} attributes[] = {
	{ "task.uid", 'n', ALL }, { "task.euid", 'n', ALL },
	{ "task.suid", 'n', ALL }, { "task.fsuid", 'n', ALL },
	{ "task.gid", 'n', ALL }, { "task.egid", 'n', ALL },
	{ "task.sgid", 'n', ALL }, { "task.fsgid", 'n', ALL },
	{ "task.pid", 'n', ALL }, { "task.ppid", 'n', ALL },
	{ "task.exe", 's', ALL }, { "task.domain", 's', ALL },
	{ "task.comm", 's', ALL }, { "task.cgroup", 's', ALL },
	{ "task.parent.exe", 's', ALL }, { "task.auid", 'n', ALL },
	{ "task.sessionid", 'n', ALL }, { "task.pidns", 'n', ALL },
	{ "task.mntns", 'n', ALL }, { "task.userns", 'n', ALL },
	{ "task.start", 'n', ALL }, { "task.no_new_privs", 'n', ALL },
	{ "task.container", 'n', ALL }, { "task.history", 'h', ALL },
	{ "task.ancestor", 'h', ALL },
	{ "path", 's', SELF NEW },
	FAMILY("path", SELF, SELF), PARENT("path", SELF NEW),
	{ "exec", 's', EXE },
	FAMILY("exec", EXE, ""), PARENT("exec", EXE),
	{ "old_path", 's', "link rename " },
	FAMILY("old_path", "link rename ", "link rename "),
	PARENT("old_path", "link rename "),
	{ "new_path", 's', "link rename " },
	FAMILY("new_path", "rename ", "rename "),
	PARENT("new_path", "link rename "),
	{ "source", 's', "mount " },
	FAMILY("source", "mount ", "mount "), PARENT("source", "mount "),
	{ "target", 's', "symlink mount " },
	TARGET_FAMILY, PARENT("target", "mount "),
	{ "new_root", 's', "pivot_root " },
	FAMILY("new_root", "pivot_root ", "pivot_root "),
	PARENT("new_root", "pivot_root "),
	{ "put_old", 's', "pivot_root " },
	FAMILY("put_old", "pivot_root ", "pivot_root "),
	PARENT("put_old", "pivot_root "),
	{ "addr", 's', UNIX }, { "argc", 'n', EXE }, { "envc", 'n', EXE },
	{ "cmd", 'n', "ioctl bpf " }, { "data", 's', "mount " },
	{ "dev_major", 'n', "mkblock mkchar " },
	{ "dev_minor", 'n', "mkblock mkchar " },
	{ "domain", 's', "manual_domain_transition " },
	{ "flags", 'n', "mount unmount " }, { "fstype", 's', "mount " },
	{ "uid", 'n', "chown " }, { "gid", 'n', "chgrp " },
	{ "ip", 'i', IPPORT RAW }, { "port", 'n', IPPORT }, { "proto", 'n', RAW },
	{ "name", 's', "environ module_load setxattr removexattr " }, { "value", 's', "environ " },
	{ "perm", 'p', "create mkdir mkfifo mksock mkblock mkchar chmod " },
	{ "target.pid", 'n', TARGET }, { "target.uid", 'n', TARGET "mount " },
	{ "target.exe", 's', TARGET }, { "target.domain", 's', TARGET },
	{ "target.comm", 's', TARGET }, { "sig", 'n', "signal " },
	{ "mode", 'n', "ptrace " }, { "cap", 'n', "capability " },
	{ "userns", 'n', "capability " }, { "init_userns", 'n', "capability " },
	{ "new_uid", 'n', "setuid " }, { "new_euid", 'n', "setuid " },
	{ "new_suid", 'n', "setuid " }, { "new_fsuid", 'n', "setuid " },
	{ "new_gid", 'n', "setuid " }, { "new_egid", 'n', "setuid " },
	{ "new_sgid", 'n', "setuid " }, { "new_fsgid", 'n', "setuid " },
	{ "exit.code", 'n', "task_exit " }, { "exit.signal", 'n', "task_exit " },
	{ "task.read_bytes", 'n', "task_exit " },
	{ "task.write_bytes", 'n', "task_exit " },
	{ "argv[0]", 'S', EXE }, { "envp[\"A\"]", 'S', EXE },
	{ "transition", 'a', IPPORT RAW UNIX "execute auto_domain_transition " },
};

static const char *value_of_type(char type)
{
	switch (type) {
	case 'n':
		return "1";
	case 'p':
		return "owner_read";
	case 't':
		return "fifo";
	case 'i':
		return "::1";
	default:
		return "\"x\"";
	}
}

/* Is @line accepted within @op, as a condition of an allow line? */
static bool accepts(struct kl_strings *strings, const char *op, const char *left,
		    const char *right)
{
	struct kl_statement statement;
	struct kl_parser parser;
	struct kl_error error;
	char line[160];
	int ret;

	kl_parser_init(&parser, strings);
	snprintf(line, sizeof(line), "acl %s", op);
	assert_int_equal(kl_parse_line(&parser, as_text(line), &statement, &error), 0);
	kl_statement_release(&statement);
	snprintf(line, sizeof(line), "allow %s=%s", left, right);
	ret = kl_parse_line(&parser, as_text(line), &statement, &error);
	if (!ret)
		assert_int_equal(statement.count, 1);
	kl_statement_release(&statement);
	return !ret;
}

static void knows_the_attributes_of_operations(void **state)
{
	char all[] = " " ALL, operations[sizeof(all) + 1], *save, *op, key[48];
	struct kl_strings strings;
	size_t count = 0;

	(void)state;
	assert_int_equal(kl_strings_init(&strings), 0);
	for (op = strtok_r(all, " ", &save); op; op = strtok_r(NULL, " ", &save)) {
		count++;
		snprintf(key, sizeof(key), " %s ", op);
		for (size_t i = 0; i < ARRAY_SIZE(attributes); i++) {
			const char *name = attributes[i].name;
			char type = attributes[i].type;
			bool has, may;

			snprintf(operations, sizeof(operations), " %s",
				 attributes[i].operations);
			has = strstr(operations, key);
			may = has && strchr("nspt", type);
			if (accepts(&strings, op, name, value_of_type(type)) != has)
				fail_msg("%s: %s=", op, name);
			if (accepts(&strings, op, name, name) != may)
				fail_msg("%s: %s on the right", op, name);
		}
	}
	assert_int_equal(count, KL_OP_COUNT);
	kl_strings_destroy(&strings);
}

/* Every way to be refused: where, and in which words. */

static const struct {
	const char *text;
	u32 line;
	u32 column;
	const char *message;
} refusals[] = {
	{ "bogus",
	  1, 1, "unknown word \"bogus\"; expected acl, allow, deny or another statement" },
	{ "alow",
	  1, 1, "unknown word \"alow\"; expected acl, allow, deny or another statement; did you mean allow?" },
	{ "\naclx read",
	  2, 1, "unknown word \"aclx\"; expected acl, allow, deny or another statement; did you mean acl?" },
	{ "delete",
	  1, 7, "the line ends here; expected acl, allow, deny or another statement" },
	{ "100",
	  1, 4, "the line ends here; expected acl, allow, deny or another statement" },
	{ "delete 100",
	  1, 11, "the line ends here; expected acl, allow, deny or another statement" },
	{ "delete delete acl read",
	  1, 8, "delete in the middle; expected it once, as the first word of the line" },
	{ "100 delete acl read",
	  1, 5, "delete in the middle; expected it once, as the first word of the line" },
	{ "Q=7",
	  1, 1, "a query is known to the running kernel only; expected the acl line of its block" },
	{ "65536 acl read",
	  1, 1, "priority \"65536\" is out of range; expected 0 to 65535" },
	{ "99999999999999999999 acl read",
	  1, 1, "priority \"99999999999999999999\" is out of range; expected 0 to 65535" },
	{ "50h acl read",
	  1, 3, "\"h\" does not belong to the priority; expected a decimal number" },
	{ "0x10 acl read",
	  1, 2, "\"x\" does not belong to the priority; expected a decimal number" },
	{ "acl",
	  1, 4, "acl without an operation; expected one such as read" },
	{ "100 acl # read",
	  1, 8, "acl without an operation; expected one such as read" },
	{ "acl raed",
	  1, 5, "unknown operation \"raed\"; did you mean read?" },
	{ "acl socket_connect",
	  1, 5, "unknown operation \"socket_connect\"" },
	{ "acl read bogus=1",
	  1, 10, "unknown attribute \"bogus\" for read" },
	{ "acl read path.uidd=1",
	  1, 10, "unknown attribute \"path.uidd\" for read; did you mean path.uid?" },
	{ "acl create path.uid=0",
	  1, 12, "\"path.uid\" is not available for create" },
	{ "acl read argv[0]=\"x\"",
	  1, 10, "\"argv[0]\" is not available for read" },
	{ "acl read envp[\"A\"]=\"x\"",
	  1, 10, "\"envp[\"A\"]\" is not available for read" },
	{ "acl link new_path.uid=0",
	  1, 10, "\"new_path.uid\" is not available for link" },
	{ "acl read path",
	  1, 10, "\"path\" is no condition; expected ATTRIBUTE=VALUE or ATTRIBUTE!=VALUE" },
	{ "acl read path#=x",
	  1, 10, "unknown attribute \"path#\" for read; did you mean path?" },
	{ "acl read =1",
	  1, 10, "nothing before =; expected an attribute" },
	{ "acl read !=1",
	  1, 10, "nothing before !=; expected an attribute" },
	{ "acl read path=",
	  1, 15, "nothing after =; expected a string" },
	{ "acl read path.uid!=",
	  1, 20, "nothing after =; expected a number" },
	{ "acl execute argv[01]=\"x\"",
	  1, 18, "the index has a leading zero; expected a plain decimal number" },
	{ "acl execute argv[0x1]=\"x\"",
	  1, 18, "the index has a leading zero; expected a plain decimal number" },
	{ "acl execute argv[]=\"x\"",
	  1, 18, "\"\" is no index; expected a plain decimal number" },
	{ "acl execute argv[0=\"x\"",
	  1, 19, "argv[ is not closed; expected ] before =" },
	{ "acl execute argv[\"x\"",
	  1, 13, "\"argv[\"x\"\" is no condition; expected ATTRIBUTE=VALUE or ATTRIBUTE!=VALUE" },
	{ "acl execute argv[4294967296]=\"x\"",
	  1, 18, "the index is too great; expected at most 4294967295" },
	{ "acl execute argv=\"x\"",
	  1, 17, "which one is missing; expected argv[INDEX] or envp[\"NAME\"]" },
	{ "acl execute envp!=NULL",
	  1, 17, "which one is missing; expected argv[INDEX] or envp[\"NAME\"]" },
	{ "acl execute envp[A]=\"x\"",
	  1, 18, "expected a name in quotes: envp[\"NAME\"]" },
	{ "acl execute envp[\"A]=\"x\"",
	  1, 21, "envp[\" is not closed; expected \"] before the first =" },
	{ "acl execute envp[\"A=B\"]=\"x\"",
	  1, 20, "envp[\" is not closed; expected \"] before the first =" },
	{ "acl execute envp[\"A\\b\"]=\"x\"",
	  1, 20, "no such escape; expected \\? \\+ \\x \\a \\* \\@ \\$ \\X \\A \\- \\ooo, /\\{dir\\}/ or /\\(dir\\)/; a backslash itself is \\134" },
	{ "acl write path=\"/a b\"",
	  1, 19, "the string is not closed; expected \" (a space inside is written \\040)" },
	{ "acl write path=\"/a\\041b\"",
	  1, 19, "a printable character is written as itself; only bytes up to \\040, from \\177 on, and \\134 are written in octal" },
	{ "acl write path=\"/a\\04\"",
	  1, 19, "a byte is written as \\ and three octal digits, \\000 to \\377" },
	{ "acl write path=\"",
	  1, 17, "the string is not closed; expected \" (a space inside is written \\040)" },
	{ "acl write path=\"/a\303\251\" task.uid=0",
	  1, 19, "this byte cannot stand in a string; expected \\303 in its place" },
	{ "acl write path=\"/a\001\"",
	  1, 19, "this byte cannot stand in a string; expected \\001 in its place" },
	{ "acl write path=\"/a\177",
	  1, 19, "this byte cannot stand in a string; expected \\177 in its place" },
	{ "acl write path=\"/a\tb\"",
	  1, 19, "the string is not closed; expected \" (a space inside is written \\040)" },
	{ "acl write path=/etc/passwd",
	  1, 16, "\"/etc/passwd\" is no string; expected \"...\", @GROUP, NULL or an attribute" },
	{ "acl write path=@",
	  1, 17, "the group has no name; expected @NAME" },
	{ "acl write path=@a\\q",
	  1, 18, "no such escape; expected \\? \\+ \\x \\a \\* \\@ \\$ \\X \\A \\- \\ooo, /\\{dir\\}/ or /\\(dir\\)/; a backslash itself is \\134" },
	{ "acl write path=\"/\\{a\\}\"",
	  1, 23, "a / must directly follow \\} and \\)" },
	{ "acl write path=\"/\\{a\"",
	  1, 18, "\\{ or \\( is never closed: expected /\\{dir\\}/ or /\\(dir\\)/" },
	{ "acl write path=\"/a\\}/\"",
	  1, 19, "a closing bracket without its opening one: expected /\\{dir\\}/ or /\\(dir\\)/" },
	{ "acl write path=\"a\\{b\\}/\"",
	  1, 18, "\\{ and \\( must directly follow a /" },
	{ "acl write path=\"/\\{a/b\\}/\"",
	  1, 21, "\\{dir\\} and \\(dir\\) stand for single components: no / inside" },
	{ "acl read path=task.uid",
	  1, 15, "\"task.uid\" is a number; expected a string" },
	{ "acl read task.uid=path.perm",
	  1, 19, "\"path.perm\" is a permission; expected a number" },
	{ "acl read task.uid=setuid",
	  1, 19, "\"setuid\" is a permission; expected a number" },
	{ "acl read path.perm=file",
	  1, 20, "\"file\" is a file type; expected a permission" },
	{ "acl read path.type=task.exe",
	  1, 20, "\"task.exe\" is a string; expected a file type" },
	{ "acl read path.type=dir",
	  1, 20, "\"dir\" is no file type; expected file, directory, symlink, fifo, socket, block, char or an attribute" },
	{ "acl read path.type=directry",
	  1, 20, "\"directry\" is no file type; expected file, directory, symlink, fifo, socket, block, char or an attribute; did you mean directory?" },
	{ "acl read path.type=@G",
	  1, 20, "\"@G\" is a group; expected a file type" },
	{ "acl read task.uid=-1",
	  1, 19, "\"-1\" is no number; expected a number, A-B, @GROUP or an attribute" },
	{ "acl read task.uid=\"0\"",
	  1, 19, "\"\"0\"\" is no number; expected a number, A-B, @GROUP or an attribute" },
	{ "acl read task.uid=task.udi",
	  1, 19, "\"task.udi\" is no number; expected a number, A-B, @GROUP or an attribute; did you mean task.uid?" },
	{ "acl read path.perm=owner_raed",
	  1, 20, "\"owner_raed\" is no number; expected a number, A-B, @GROUP, a permission or an attribute; did you mean owner_read?" },
	{ "acl signal sig=SIGKIL",
	  1, 16, "\"SIGKIL\" is no number; expected a number, A-B, @GROUP, a signal or an attribute; did you mean SIGKILL?" },
	{ "acl signal sig=CAP_KILL",
	  1, 16, "\"CAP_KILL\" is a capability; expected a signal" },
	{ "acl capability cap=SIGHUP",
	  1, 20, "\"SIGHUP\" is a signal; expected a capability" },
	{ "acl read task.uid=CAP_SETUID",
	  1, 19, "\"CAP_SETUID\" is a capability; expected a number" },
	{ "acl read path=SIGHUP",
	  1, 15, "\"SIGHUP\" is a signal; expected a string" },
	{ "acl ptrace mode=write",
	  1, 17, "\"write\" is no number; expected a number, A-B, @GROUP, a mode or an attribute" },
	{ "acl signal sig=SIGHUP-SIGKILL",
	  1, 16, "\"SIGHUP-SIGKILL\" is no number; expected a number, A-B, @GROUP, a signal or an attribute" },
	{ "acl signal sig=SIGRTMIN+1",
	  1, 16, "\"SIGRTMIN+1\" is no number; expected a number, A-B, @GROUP, a signal or an attribute" },
	{ "number_group S SIGKILL",
	  1, 16, "\"SIGKILL\" is no number; expected decimal, octal (017) or hexadecimal (0x1F) digits" },
	{ "acl read task.history=\"/a=>\\{\\*\\}=>\\(\\*\\)\"",
	  1, 36, "\\{ and \\( must directly follow a /" },
	{ "acl read task.ancestor=\"\\{\\*\\}=>/a\"",
	  1, 25, "\\{ and \\( must directly follow a /" },
	{ "acl read task.history=task.history",
	  1, 23, "\"task.history\" is a history; a history is compared with \"...\", @GROUP or NULL only" },
	{ "acl read task.ancestor=task.exe",
	  1, 24, "\"task.exe\" is a string; expected a history" },
	{ "acl read task.exe=task.ancestor",
	  1, 19, "\"task.ancestor\" is a history; a history is compared with \"...\", @GROUP or NULL only" },
	{ "acl read task.history=7",
	  1, 23, "\"7\" is no string; expected \"...\", @GROUP or NULL" },
	{ "string_group G \\{\\*\\}=>/a\\q",
	  1, 16, "\\{ and \\( must directly follow a /" },
	{ "acl read task.uid=9-3",
	  1, 21, "the range descends; expected A-B with A not above B" },
	{ "acl read task.uid=9-",
	  1, 21, "the range has no end; expected a number after -" },
	{ "acl read task.uid=9-x",
	  1, 21, "\"x\" is no number; expected decimal, octal (017) or hexadecimal (0x1F) digits" },
	{ "acl read task.uid=9x",
	  1, 20, "\"x\" does not belong to the number; expected its end or -" },
	{ "acl read task.uid=9-10x",
	  1, 23, "\"x\" does not belong to the number; expected its end" },
	{ "acl read task.uid=0x",
	  1, 20, "\"x\" does not belong to the number; expected its end or -" },
	{ "acl read task.uid=18446744073709551616",
	  1, 19, "number too great; expected at most 18446744073709551615" },
	{ "acl read task.uid=1-0xFFFFFFFFFFFFFFFFF",
	  1, 21, "number too great; expected at most 18446744073709551615" },
	{ "acl read task.uid=0-02000000000000000000000",
	  1, 21, "number too great; expected at most 18446744073709551615" },
	{ "acl inet_stream_connect ip=1.2.3",
	  1, 28, "\"1.2.3\" is no address; expected IPv4 (four numbers), IPv6, A-B or NETWORK/BITS" },
	{ "acl inet_stream_connect ip=1.2.3.256",
	  1, 28, "\"1.2.3.256\" is no address; expected IPv4 (four numbers), IPv6, A-B or NETWORK/BITS" },
	{ "acl inet_stream_connect ip=1.2.03.4",
	  1, 28, "\"1.2.03.4\" is no address; expected IPv4 (four numbers), IPv6, A-B or NETWORK/BITS" },
	{ "acl inet_stream_connect ip=1.2.3.4-::1",
	  1, 36, "the range mixes IPv4 and IPv6; expected two addresses of one family" },
	{ "acl inet_stream_connect ip=1.2.3.4-1.2.3.3",
	  1, 36, "the range descends; expected A-B with A not above B" },
	{ "acl inet_stream_connect ip=1.2.3.4-",
	  1, 36, "\"\" is no address; expected IPv4 (four numbers), IPv6, A-B or NETWORK/BITS" },
	{ "acl inet_stream_connect ip=1.2.3.4/33",
	  1, 36, "\"33\" is no prefix length; expected 0 to 32" },
	{ "acl inet_stream_connect ip=1.2.3.4/24",
	  1, 28, "the address has bits beyond its prefix; the network is 1.2.3.0/24" },
	{ "acl inet_stream_connect ip=::/129",
	  1, 31, "\"129\" is no prefix length; expected 0 to 128" },
	{ "acl inet_stream_connect ip=fe80::1/10",
	  1, 28, "the address has bits beyond its prefix; the network is fe80::/10" },
	{ "acl inet_stream_connect ip=1::2::3",
	  1, 28, "\"1::2::3\" is no address; expected IPv4 (four numbers), IPv6, A-B or NETWORK/BITS" },
	{ "acl inet_stream_connect ip=ip",
	  1, 28, "\"ip\" is no address; expected IPv4 (four numbers), IPv6, A-B or NETWORK/BITS" },
	{ "acl inet_stream_connect ip=port",
	  1, 28, "\"port\" is a number; expected an address" },
	{ "acl inet_stream_connect ip=12345::",
	  1, 28, "\"12345::\" is no address; expected IPv4 (four numbers), IPv6, A-B or NETWORK/BITS" },
	{ "acl inet_stream_connect ip=\"::1\"",
	  1, 28, "\"\"::1\"\" is no address; expected IPv4 (four numbers), IPv6, A-B or NETWORK/BITS" },
	{ "acl execute transition=\"d\"",
	  1, 13, "transition= is no condition; expected it on an allow line only" },
	{ "acl execute\n\t10 deny transition=\"d\"",
	  2, 10, "transition= is no condition; expected it on an allow line only" },
	{ "acl execute\n\t10 allow transition!=\"d\"",
	  2, 21, "transition is not compared; expected = instead of !=" },
	{ "acl execute\n\t10 allow transition=\"d\" transition=\"e\"",
	  2, 26, "a second transition=; expected at most one in a line" },
	{ "acl execute\n\t10 allow transition=\"\"",
	  2, 23, "the domain has no name; expected \"NAME\" or NULL" },
	{ "acl execute\n\t10 allow transition=\"d\\*\"",
	  2, 23, "a domain to enter cannot have wildcards; expected a plain \"NAME\"" },
	{ "acl execute\n\t10 allow transition=@G",
	  2, 22, "\"@G\" is a group; expected a domain" },
	{ "acl execute\n\t10 allow transition=d",
	  2, 22, "\"d\" is no domain; expected \"NAME\" or NULL" },
	{ "acl execute\n\t10 allow transition=path",
	  2, 22, "\"path\" is a string; expected a domain" },
	{ "acl read\n\t10 allow transition=\"d\"",
	  2, 11, "\"transition\" is not available for read" },
	{ "allow",
	  1, 1, "allow outside a block; expected an acl line before it" },
	{ "\t10 deny",
	  1, 5, "deny outside a block; expected an acl line before it" },
	{ "audit 1",
	  1, 1, "audit outside a block; expected an acl line before it" },
	{ "label x",
	  1, 1, "label outside a block; expected an acl line before it" },
	{ "acl read\n\nnumber_group N 1\n\t10 allow",
	  4, 5, "allow outside a block; expected an acl line before it" },
	{ "acl read bogus=1\n\t10 allow",
	  1, 10, "unknown attribute \"bogus\" for read" },
	{ "acl read\n\tallow\ndelete acl read\n\tdeny",
	  4, 2, "deny outside a block; expected an acl line before it" },
	{ "acl read\n\taudit",
	  2, 7, "audit without an index; expected 0 to 255" },
	{ "acl read\n\taudit 256",
	  2, 8, "\"256\" is no audit index; expected 0 to 255" },
	{ "acl read\n\taudit x",
	  2, 8, "\"x\" is no audit index; expected 0 to 255" },
	{ "acl read\n\taudit 1 2",
	  2, 10, "unknown word \"2\"; expected wait=MS or the end of the line" },
	{ "acl read\n\taudit 1 wait=",
	  2, 15, "\"\" is no time to wait; expected 0 to 2000 milliseconds" },
	{ "acl read\n\taudit 1 wait=2001",
	  2, 15, "\"2001\" is no time to wait; expected 0 to 2000 milliseconds" },
	{ "acl read\n\taudit 1 wait=1s",
	  2, 15, "\"1s\" is no time to wait; expected 0 to 2000 milliseconds" },
	{ "acl read\n\taudit 1 wait=10 wait=20",
	  2, 18, "\"wait=20\" is one word too many; expected the end of the line" },
	{ "acl read\n\taudit wait=10",
	  2, 8, "\"wait=10\" is no audit index; expected 0 to 255" },
	{ "acl signal\n\taudit 1 wait=10",
	  2, 10, "signal happens where nobody may wait; expected no wait=" },
	{ "use G",
	  1, 1, "use outside a block; expected an acl line before it" },
	{ "acl read\n\t10 use",
	  2, 8, "use without a name; expected that of a rule group" },
	{ "acl read\n\t10 use G path=\"/a\"",
	  2, 11, "\"path=\"/a\"\" is one word too many; expected the end of the line" },
	{ "acl read\n\t10 use G label=x",
	  2, 11, "\"label=x\" is one word too many; expected the end of the line" },
	{ "acl read\n\t10 use G\\q",
	  2, 10, "no such escape; expected \\? \\+ \\x \\a \\* \\@ \\$ \\X \\A \\- \\ooo, /\\{dir\\}/ or /\\(dir\\)/; a backslash itself is \\134" },
	{ "acl read\n\t10 use G",
	  2, 9, "there is no rule group \"G\"; expected its rule_group line" },
	{ "rule_group",
	  1, 11, "the rule group has no name; expected \"rule_group NAME\"" },
	{ "10 rule_group G",
	  1, 4, "a rule group has no priority; expected \"rule_group NAME\"" },
	{ "rule_group G H",
	  1, 14, "\"H\" is one word too many; expected the end of the line" },
	{ "rule_group G\n\tlabel x",
	  2, 2, "label in a rule group; expected allow, deny or use" },
	{ "rule_group G\n\taudit 1",
	  2, 2, "audit in a rule group; expected allow, deny or use" },
	{ "rule_group G\n\tpermissive",
	  2, 2, "permissive in a rule group; expected allow, deny or use" },
	{ "rule_group G\ndelete rule_group H\n\tallow",
	  3, 2, "allow outside a block; expected an acl line before it" },
	{ "rule_group G\n\t10 allow task.uid=0 transition=\"d\"",
	  2, 22, "transition= cannot stand in a rule group; expected it on an allow line of a block" },
	{ "rule_group G\n\tdeny transition!=\"d\"",
	  2, 7, "transition= cannot stand in a rule group; expected it on an allow line of a block" },
	{ "rule_group G\n\tdeny path.uidd=1",
	  2, 7, "unknown attribute \"path.uidd\"; did you mean path.uid?" },
	{ "rule_group G\n\tdeny bogus",
	  2, 7, "unknown attribute \"bogus\"" },
	{ "rule_group G\n\tdeny task.uid=0 path=\"/a\" port=1 ip=::1",
	  2, 28, "no operation has \"port=1\" and all that stands before it" },
	{ "rule_group G\n\tdeny path.uid=port",
	  2, 7, "no operation has \"path.uid=port\" and all that stands before it" },
	{ "rule_group G\n\tdeny ip=1.2.3",
	  2, 10, "\"1.2.3\" is no address; expected IPv4 (four numbers), IPv6, A-B or NETWORK/BITS" },
	{ "rule_group G\n\tdeny argv[x]=\"a\"",
	  2, 12, "\"x\" is no index; expected a plain decimal number" },
	{ "acl read\n\tpermissive 1",
	  2, 13, "\"1\" is one word too many; expected the end of the line" },
	{ "acl read\n\t10 permissive",
	  2, 5, "permissive has no priority; expected it alone" },
	{ "permissive",
	  1, 1, "permissive outside a block; expected an acl line before it" },
	{ "mode",
	  1, 5, "unknown mode \"\"; expected enforcing or permissive" },
	{ "mode learning",
	  1, 6, "unknown mode \"learning\"; expected enforcing or permissive" },
	{ "mode permissive now",
	  1, 17, "\"now\" is one word too many; expected the end of the line" },
	{ "delete mode permissive",
	  1, 8, "mode takes neither delete nor a priority; expected it alone" },
	{ "acl read\nmode enforcing\n\tdeny",
	  3, 2, "deny outside a block; expected an acl line before it" },
	{ "acl task_exit\n\tallow\n\t10 deny",
	  3, 5, "task_exit can only be logged, not denied; expected allow" },
	{ "acl inet_dgram_recv\n\t10 deny",
	  2, 5, "inet_dgram_recv can only be logged, not denied; expected allow" },
	{ "acl inet_raw_recv\n\tdeny",
	  2, 2, "inet_raw_recv can only be logged, not denied; expected allow" },
	{ "acl unix_dgram_recv\n\tdeny",
	  2, 2, "unix_dgram_recv can only be logged, not denied; expected allow" },
	{ "acl task_hang\n\tdeny",
	  2, 2, "task_hang can only be logged, not denied; expected allow" },
	{ "acl read\n\tlabel",
	  2, 7, "the label is missing; expected letters, digits, _ . or -" },
	{ "acl read\n\tlabel a/b",
	  2, 9, "\"/\" in a label; expected letters, digits, _ . or -" },
	{ "acl read\n\tlabel a b",
	  2, 10, "\"b\" is one word too many; expected the end of the line" },
	{ "acl read\n\t10 label a",
	  2, 5, "a label has no priority; expected \"label WORD\"" },
	{ "acl read\n\tlabel aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
	  2, 72, "the label is too long; expected at most 64 bytes" },
	{ "acl read\n\tallow label=",
	  2, 14, "the label is missing; expected letters, digits, _ . or -" },
	{ "acl read\n\tallow label=a path=\"/x\"",
	  2, 16, "\"path=\"/x\"\" after label=; expected label= as the last word" },
	{ "acl read\n\tallow label=a label=b",
	  2, 16, "\"label=b\" after label=; expected label= as the last word" },
	{ "acl read label=a",
	  1, 10, "label= stands on allow and deny lines; expected a line \"label WORD\" in the block" },
	{ "string_group",
	  1, 13, "the group has no name; expected NAME and a member" },
	{ "string_group G",
	  1, 15, "the group line has no member; expected one" },
	{ "string_group G #x",
	  1, 16, "a group member cannot begin with #, which begins a comment; write it with a wildcard, such as \\?" },
	{ "string_group G /a\\ b",
	  1, 18, "no such escape; expected \\? \\+ \\x \\a \\* \\@ \\$ \\X \\A \\- \\ooo, /\\{dir\\}/ or /\\(dir\\)/; a backslash itself is \\134" },
	{ "string_group G /a /b",
	  1, 19, "\"/b\" is one word too many; expected the end of the line" },
	{ "string_group G\\ /a",
	  1, 15, "no such escape; expected \\? \\+ \\x \\a \\* \\@ \\$ \\X \\A \\- \\ooo, /\\{dir\\}/ or /\\(dir\\)/; a backslash itself is \\134" },
	{ "string_group #G /a",
	  1, 13, "the group has no name; expected NAME and a member" },
	{ "number_group N x",
	  1, 16, "\"x\" is no number; expected decimal, octal (017) or hexadecimal (0x1F) digits" },
	{ "number_group N 1-2-3",
	  1, 19, "\"-\" does not belong to the number; expected its end" },
	{ "ip_group I 1.2.3.4:5",
	  1, 12, "\"1.2.3.4:5\" is no address; expected IPv4 (four numbers), IPv6, A-B or NETWORK/BITS" },
	{ "ip_group I 1.2.3.4 # fine\nip_group I x",
	  2, 12, "\"x\" is no address; expected IPv4 (four numbers), IPv6, A-B or NETWORK/BITS" },
	{ "quota",
	  1, 6, "unknown quota \"\"; expected memory or audit[INDEX]" },
	{ "quota disk 1",
	  1, 7, "unknown quota \"disk\"; expected memory or audit[INDEX]" },
	{ "quota memory",
	  1, 13, "unknown memory \"\"; expected policy, audit or query" },
	{ "quota memory swap 1",
	  1, 14, "unknown memory \"swap\"; expected policy, audit or query" },
	{ "quota memory audit",
	  1, 19, "\"\" is no size; expected a decimal number of bytes" },
	{ "quota memory audit lots",
	  1, 20, "\"lots\" is no size; expected a decimal number of bytes" },
	{ "quota memory audit 18446744073709551616",
	  1, 20, "\"18446744073709551616\" is no size; expected a decimal number of bytes" },
	{ "quota memory policy 1 drop-oldest",
	  1, 23, "\"drop-oldest\" is one word too many; expected the end of the line" },
	{ "quota memory audit 1 drop",
	  1, 22, "unknown word \"drop\"; expected drop-newest or drop-oldest" },
	{ "quota memory audit 1 drop-oldest x",
	  1, 34, "\"x\" is one word too many; expected the end of the line" },
	{ "delete quota memory audit 1",
	  1, 8, "a memory quota cannot be deleted; set it to 0 for the default" },
	{ "quota audit[1",
	  1, 14, "audit[ is not closed; expected audit[INDEX]" },
	{ "quota audit[",
	  1, 13, "audit[ is not closed; expected audit[INDEX]" },
	{ "quota audit[256] allowed=1",
	  1, 13, "\"256\" is no audit index; expected 0 to 255" },
	{ "quota audit[x] allowed=1",
	  1, 13, "\"x\" is no audit index; expected 0 to 255" },
	{ "quota audit[1] allowd=1",
	  1, 16, "unknown limit \"allowd=1\"; expected allowed=, denied=, unmatched=, rate=, burst= or audit=" },
	{ "quota audit[1] allowed=many",
	  1, 24, "\"many\" is no limit; expected 0 to 4294967295 or unlimited" },
	{ "quota audit[1] denied=4294967296",
	  1, 23, "\"4294967296\" is no limit; expected 0 to 4294967295 or unlimited" },
	{ "quota audit[1] rate=5",
	  1, 21, "\"5\" is no rate; expected 1/s to 1000000/s" },
	{ "quota audit[1] rate=/s",
	  1, 21, "\"/s\" is no rate; expected 1/s to 1000000/s" },
	{ "quota audit[1] rate=0/s",
	  1, 21, "\"0/s\" is no rate; expected 1/s to 1000000/s" },
	{ "quota audit[1] rate=1000001/s",
	  1, 21, "\"1000001/s\" is no rate; expected 1/s to 1000000/s" },
	{ "quota audit[1] rate=5/m",
	  1, 21, "\"5/m\" is no rate; expected 1/s to 1000000/s" },
	{ "quota audit[1] rate=5/s burst=0",
	  1, 31, "\"0\" is no burst; expected 1 to 1000000 records" },
	{ "quota audit[1] burst=x rate=5/s",
	  1, 22, "\"x\" is no burst; expected 1 to 1000000 records" },
	{ "quota audit[1] denied=1 burst=5 allowed=2",
	  1, 25, "burst= without rate=; expected both on one line" },
	{ "quota audit[1] audit=1",
	  1, 22, "\"1\" is neither; expected yes or no" },
	{ "quota audit[1] audit=",
	  1, 22, "\"\" is neither; expected yes or no" },
	{ "delete quota audit[1] allowed=1",
	  1, 23, "\"allowed=1\" is one word too many; expected the end of the line" },
	{ "POLICY_VERSION=",
	  1, 16, "\"\" is no version; expected a decimal number" },
	{ "POLICY_VERSION=x",
	  1, 16, "\"x\" is no version; expected a decimal number" },
	{ "POLICY_VERSION 20120401",
	  1, 1, "unknown word \"POLICY_VERSION\"; expected acl, allow, deny or another statement; did you mean POLICY_VERSION=?" },
	{ "POLICY_VERSION=1 2",
	  1, 18, "\"2\" is one word too many; expected the end of the line" },
	{ "delete stat x",
	  1, 8, "stat takes neither delete nor a priority; expected it alone" },
	{ "10 stat x",
	  1, 4, "stat takes neither delete nor a priority; expected it alone" },
	{ "begin",
	  1, 1, "commands cannot stand here; expected policy lines only" },
	{ "begin replace",
	  1, 1, "commands cannot stand here; expected policy lines only" },
	{ "begin replace replace",
	  1, 15, "unexpected \"replace\" after begin; expected replace, force or the end of the line" },
	{ "begin now",
	  1, 7, "unexpected \"now\" after begin; expected replace, force or the end of the line" },
	{ "commit",
	  1, 1, "commands cannot stand here; expected policy lines only" },
	{ "commit now",
	  1, 8, "unexpected \"now\" after commit; expected confirm=SECONDS or the end of the line" },
	{ "commit confirm",
	  1, 8, "unexpected \"confirm\" after commit; expected confirm=SECONDS or the end of the line" },
	{ "commit confirm=0",
	  1, 16, "\"0\" is no time to confirm in; expected 1 to 86400 seconds" },
	{ "commit confirm=",
	  1, 16, "\"\" is no time to confirm in; expected 1 to 86400 seconds" },
	{ "commit confirm=86401",
	  1, 16, "\"86401\" is no time to confirm in; expected 1 to 86400 seconds" },
	{ "commit confirm=5s",
	  1, 16, "\"5s\" is no time to confirm in; expected 1 to 86400 seconds" },
	{ "commit confirm=5 now",
	  1, 18, "\"now\" is one word too many; expected the end of the line" },
	{ "confirm",
	  1, 1, "commands cannot stand here; expected policy lines only" },
	{ "confirm 5",
	  1, 9, "\"5\" is one word too many; expected the end of the line" },
	{ "revert",
	  1, 1, "commands cannot stand here; expected policy lines only" },
	{ "revert all",
	  1, 8, "\"all\" is one word too many; expected the end of the line" },
	{ "delete confirm",
	  1, 8, "confirm takes neither delete nor a priority; expected it alone" },
	{ "abort",
	  1, 1, "commands cannot stand here; expected policy lines only" },
	{ "10 begin",
	  1, 4, "begin takes neither delete nor a priority; expected it alone" },
	{ "delete commit",
	  1, 8, "commit takes neither delete nor a priority; expected it alone" },
	{ "detach",
	  1, 1, "commands cannot stand here; expected policy lines only" },
	{ "lock",
	  1, 1, "commands cannot stand here; expected policy lines only" },
	{ "lock x",
	  1, 6, "\"x\" is one word too many; expected the end of the line" },
};

static_assert(ARRAY_SIZE(refusals) >= 60, "the table covers every refusal");

static void says_where_and_why(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(refusals); i++) {
		const char *text = refusals[i].text;
		struct kl_policy policy;
		struct kl_error error;
		int ret;

		new_policy(&policy);
		ret = load(&policy, text, &error);
		if (ret != -EINVAL || error.line != refusals[i].line ||
		    error.column != refusals[i].column ||
		    strcmp(error.text, refusals[i].message))
			fail_msg("%s\n%d %u:%u: %s\ninstead of\n%d %u:%u: %s", text, ret,
				 error.line, error.column, error.text, -EINVAL,
				 refusals[i].line, refusals[i].column,
				 refusals[i].message);
		/* Nothing was cut off, and it ends without a full stop. */
		assert_in_range(strlen(error.text), 1, sizeof(error.text) - 2);
		assert_int_not_equal(error.text[strlen(error.text) - 1], '.');
		assert_printed(&policy, "POLICY_VERSION=20120401\n\n");
		assert_int_equal(policy.strings.count, 0);
		end_policy(&policy);
	}
}

/* A word of any length fits a message: shown in part, and that is said. */
static void shows_long_words_in_part(void **state)
{
	static const char *const before[] = {
		"", "acl ", "acl read ", "acl read path=", "acl read task.uid=",
		"acl read path.perm=", "acl read path.type=", "acl inet_raw_send ip=",
		"number_group N 1", "acl execute argv[", "acl read path.uid=owner_rea",
	};
	char word[201];

	(void)state;
	memset(word, 'z', 200);
	word[200] = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(before); i++) {
		struct text text = { 0 };
		struct kl_policy policy;
		struct kl_error error;

		new_policy(&policy);
		text_printf(&text, "%s%s%s", before[i], word, i == 9 ? "]=\"x\"" : "");
		assert_int_equal(load(&policy, text.data, &error), -EINVAL);
		assert_in_range(strlen(error.text), 1, sizeof(error.text) - 2);
		if (i != 8)
			assert_non_null(strstr(error.text, "zzz...\""));
		end_policy(&policy);
		text_free(&text);
	}
}

static int parse_one(struct kl_parser *parser, const char *line, size_t length,
		     struct kl_statement *statement, struct kl_error *error)
{
	struct kl_text text = copy_text(line, length);
	int ret = kl_parse_line(parser, text, statement, error);

	free((void *)text.data);
	return ret;
}

/* Commands are for the caller, which is told what was typed. */
static void reads_commands(void **state)
{
	static const struct {
		const char *line;
		u8 kind;
		bool replace, force;
		u32 confirm;
	} commands[] = {
		{ "begin", KL_STATEMENT_BEGIN, false, false, 0 },
		{ "begin replace", KL_STATEMENT_BEGIN, true, false, 0 },
		{ "  begin\tforce # now", KL_STATEMENT_BEGIN, false, true, 0 },
		{ "begin force replace", KL_STATEMENT_BEGIN, true, true, 0 },
		{ "begin replace force", KL_STATEMENT_BEGIN, true, true, 0 },
		{ "commit", KL_STATEMENT_COMMIT, false, false, 0 },
		{ "commit confirm=1", KL_STATEMENT_COMMIT, false, false, 1 },
		{ "commit confirm=86400 # a day", KL_STATEMENT_COMMIT, false, false, 86400 },
		{ "abort", KL_STATEMENT_ABORT, false, false, 0 },
		{ "confirm", KL_STATEMENT_CONFIRM, false, false, 0 },
		{ "detach", KL_STATEMENT_DETACH, false, false, 0 },
		{ "lock", KL_STATEMENT_LOCK, false, false, 0 },
		{ "revert # now", KL_STATEMENT_REVERT, false, false, 0 },
	};
	struct kl_statement statement;
	struct kl_strings strings;
	struct kl_parser parser;
	struct kl_error error;

	(void)state;
	assert_int_equal(kl_strings_init(&strings), 0);
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		kl_parser_init(&parser, &strings);
		/* A command ends a block. */
		assert_int_equal(parse_one(&parser, "acl read", 8, &statement, &error), 0);
		assert_true(parser.in_block);
		kl_statement_release(&statement);
		assert_int_equal(parse_one(&parser, commands[i].line,
					   strlen(commands[i].line), &statement, &error),
				 0);
		assert_int_equal(statement.kind, commands[i].kind);
		assert_int_equal(statement.replace, commands[i].replace);
		assert_int_equal(statement.force, commands[i].force);
		assert_int_equal(statement.line, 2);
		assert_false(parser.in_block);
		assert_int_equal(statement.confirm, commands[i].confirm);
		assert_null(statement.name);
		kl_statement_release(&statement);
		assert_int_equal(statement.kind, KL_STATEMENT_EMPTY);
	}
	kl_strings_destroy(&strings);
}

/* Which block is selected behind a line; Q5 and Q7 of the specification. */
static void keeps_or_ends_the_block(void **state)
{
	static const struct {
		const char *line;
		bool refused;
		bool selected;
	} lines[] = {
		{ "", false, true },
		{ "   \t ", false, true },
		{ "# note", false, true },
		{ "    # note", false, true },
		{ "stat Policy updated: 1", false, true },
		{ "10 deny", false, true },
		{ "delete 10 deny", false, true },
		{ "audit 1", false, true },
		{ "label x", false, true },
		{ "delete label", false, true },
		{ "15 deny bogus=1", true, true },
		{ "audit 256", true, true },
		{ "label a/b", true, true },
		{ "acl write", false, true },
		{ "100 acl read bogus=1", true, false },
		{ "65536 acl write", true, false },
		{ "65536 deny", true, false },
		{ "5x deny", true, false },
		{ "delete acl read", false, false },
		{ "string_group G /x", false, false },
		{ "number_group N 1", false, false },
		{ "ip_group I ::", false, false },
		{ "quota audit[1]", false, false },
		{ "quota memory audit 1", false, false },
		{ "POLICY_VERSION=20120401", false, false },
		{ "bogus", true, false },
		{ "delete", true, false },
		{ "Q=1", true, false },
	};
	struct kl_statement statement;
	struct kl_strings strings;
	struct kl_parser parser;
	struct kl_error error;
	int ret;

	(void)state;
	assert_int_equal(kl_strings_init(&strings), 0);
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		kl_parser_init(&parser, &strings);
		assert_int_equal(parse_one(&parser, "acl read", 8, &statement, &error), 0);
		kl_statement_release(&statement);
		ret = parse_one(&parser, lines[i].line, strlen(lines[i].line), &statement,
				&error);
		if (!!ret != lines[i].refused || parser.in_block != lines[i].selected)
			fail_msg("%s: %d, block %sselected", lines[i].line, ret,
				 parser.in_block ? "" : "not ");
		kl_statement_release(&statement);
	}
	kl_strings_destroy(&strings);
}

/* A NUL ends the text of its line, and of its line only. */
static void ends_lines_at_nul(void **state)
{
	static const char text[] = "acl read\0 bogus=1\n\0bogus\n\tdeny path=\"/a\"\0\"\n"
				   "\tallow\0";
	struct kl_policy policy;
	struct kl_error error;
	struct kl_text copy = copy_text(text, sizeof(text) - 1);

	(void)state;
	new_policy(&policy);
	assert_int_equal(load_raw(&policy, copy, false, &error), 0);
	assert_printed(&policy, "POLICY_VERSION=20120401\n\n"
				"1000 acl read\n    audit 0\n    1000 deny path=\"/a\"\n"
				"    1000 allow\n\n");
	free((void *)copy.data);
	end_policy(&policy);
}

/* Separators are exactly the bytes that are not printable ASCII. */
static void separates_words(void **state)
{
	struct kl_lexer lexer;
	struct kl_word word;
	char line[3] = "a?b";

	(void)state;
	for (int byte = 1; byte < 256; byte++) {
		bool separates = byte <= 0x20 || byte >= 0x7f;

		line[1] = byte;
		kl_lexer_init(&lexer, (struct kl_text){ line, 3 });
		assert_int_equal(kl_lexer_count(&lexer), separates ? 2 : 1);
		assert_true(kl_lexer_next(&lexer, &word));
		assert_int_equal(word.column, 1);
		assert_int_equal(word.text.length, separates ? 1 : 3);
		assert_int_equal(kl_lexer_next(&lexer, &word), separates);
		assert_int_equal(word.column, separates ? 3 : 4);
		assert_int_equal(lexer.comment, 0);
	}
	kl_lexer_init(&lexer, as_text("a b# #c d"));
	assert_int_equal(kl_lexer_count(&lexer), 2);
	while (kl_lexer_next(&lexer, &word))
		;
	assert_int_equal(lexer.comment, 6);
	assert_int_equal(word.column, 5);
}

static void counts_decimals(void **state)
{
	static const struct {
		const char *text;
		u64 max;
		int result;
		u64 value;
	} numbers[] = {
		{ "0", 0, 0, 0 },
		{ "1", 0, -ERANGE, 0 },
		{ "9", 5, -ERANGE, 0 },
		{ "255", 255, 0, 255 },
		{ "256", 255, -ERANGE, 0 },
		{ "00000000000000000000255", 255, 0, 255 },
		{ "18446744073709551615", ~0ull, 0, ~0ull },
		{ "18446744073709551616", ~0ull, -ERANGE, 0 },
		{ "", 1, -EINVAL, 0 },
		{ "1a", 10, -EINVAL, 0 },
		{ "99999a", 10, -EINVAL, 0 },
		{ "-1", 10, -EINVAL, 0 },
	};
	u64 value;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
		assert_int_equal(kl_text_decimal(as_text(numbers[i].text), numbers[i].max,
						 &value),
				 numbers[i].result);
		if (!numbers[i].result)
			assert_int_equal(value, numbers[i].value);
	}
}

/* A hint needs few edits, and letters that mostly agree. */
static void hints_at_what_was_meant(void **state)
{
	static const struct {
		const char *word, *hint;
	} hints[] = {
		{ "denyxx", "deny" }, { "dny", "deny" }, { "allw", "allow" },
		{ "xallow", "allow" }, { "alolw", "allow" }, { "dxxy", "deny" },
		{ "ip", NULL }, { "d", NULL }, { "unrelated", NULL }, { "xxxx", NULL },
	};
	char expected[64];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(hints); i++) {
		struct kl_hint hint;

		kl_hint_init(&hint, as_text(hints[i].word));
		kl_hint_offer(&hint, "allow");
		kl_hint_offer(&hint, "deny");
		snprintf(expected, sizeof(expected), "; did you mean %s?", hints[i].hint);
		assert_string_equal(hint.text, hints[i].hint ? expected : "");
	}
}

/* Limits: each is allowed, one more is refused, and the message says which. */

static void limits_lines(void **state)
{
	struct kl_statement statement;
	struct kl_strings strings;
	struct kl_parser parser;
	struct kl_error error;
	char *line = malloc(KL_LINE_MAX + 1);

	(void)state;
	assert_non_null(line);
	memset(line, ' ', KL_LINE_MAX + 1);
	memcpy(line, "acl read", 8);
	assert_int_equal(kl_strings_init(&strings), 0);
	kl_parser_init(&parser, &strings);
	assert_int_equal(parse_one(&parser, line, KL_LINE_MAX, &statement, &error), 0);
	assert_int_equal(statement.kind, KL_STATEMENT_ACL);
	kl_statement_release(&statement);
	assert_int_equal(parse_one(&parser, line, KL_LINE_MAX + 1, &statement, &error),
			 -E2BIG);
	assert_int_equal(error.line, 2);
	assert_int_equal(error.column, KL_LINE_MAX + 1);
	assert_string_equal(error.text,
			    "the line is too long; expected at most 1048576 bytes");
	assert_false(parser.in_block);
	/* One word that fills a line is a word like any other. */
	memset(line, 'a', KL_LINE_MAX);
	memcpy(line, "string_group G ", 15);
	assert_int_equal(parse_one(&parser, line, KL_LINE_MAX, &statement, &error), 0);
	assert_int_equal(statement.member.string->length, KL_LINE_MAX - 15);
	kl_statement_release(&statement);
	kl_strings_destroy(&strings);
	free(line);
}

static void limits_transactions(void **state)
{
	struct kl_statement statement;
	struct kl_strings strings;
	struct kl_parser parser;
	struct kl_batch batch;
	struct kl_error error;

	(void)state;
	assert_int_equal(kl_strings_init(&strings), 0);
	kl_parser_init(&parser, &strings);
	kl_batch_init(&batch);
	/* Its length alone is looked at. */
	assert_int_equal(kl_parse_text(&parser,
				       (struct kl_text){ "x", KL_TRANSACTION_MAX + 1 },
				       &batch, &error),
			 -E2BIG);
	assert_int_equal(error.line, 1);
	assert_string_equal(error.text,
			    "the text is too long; expected at most 67108864 bytes");
	batch.count = KL_STATEMENTS_MAX;
	assert_int_equal(kl_parse_text(&parser, as_text("\nstat x\nquota audit[1]"), &batch,
				       &error),
			 -E2BIG);
	assert_int_equal(error.line, 3);
	assert_int_equal(error.column, 1);
	assert_string_equal(
		error.text,
		"too many statements; expected at most 4194304 in a transaction");
	assert_int_equal(kl_parse_line(&parser, as_text("string_group G x"), &statement,
				       &error),
			 0);
	assert_int_equal(kl_batch_add(&batch, &statement), -E2BIG);
	assert_int_equal(statement.kind, KL_STATEMENT_GROUP);
	kl_statement_release(&statement);
	batch.count = 0;
	kl_batch_release(&batch);
	kl_strings_destroy(&strings);
}

static void limits_conditions(void **state)
{
	struct text text = { 0 };
	struct kl_policy policy;
	struct kl_error error;
	int ret;

	(void)state;
	for (unsigned int i = 0; i < 4; i++) {
		text_clear(&text);
		text_printf(&text, "acl read\nallow");
		for (unsigned int n = 0; n < KL_CONDITIONS_MAX + (i & 1); n++)
			text_printf(&text, " task.uid=%u", n);
		if (i & 2)
			text_printf(&text, " label=x");
		new_policy(&policy);
		ret = load(&policy, text.data, &error);
		assert_int_equal(ret, i & 1 ? -E2BIG : 0);
		if (ret) {
			assert_int_equal(error.line, 2);
			assert_int_equal(error.column,
					 6 + 10 * 11 + 90 * 12 + 156 * 13 + 1);
			assert_string_equal(
				error.text,
				"too many conditions; expected at most 256 in a line");
		}
		end_policy(&policy);
	}
	text_free(&text);
}

static void limits_wildcards(void **state)
{
	struct text text = { 0 };
	struct kl_policy policy;
	struct kl_error error;

	(void)state;
	new_policy(&policy);
	text_printf(&text, "string_group G ");
	for (unsigned int i = 0; i < KL_WILDCARDS_MAX; i++)
		text_printf(&text, "\\*");
	assert_int_equal(load(&policy, text.data, &error), 0);
	text_printf(&text, "/\\$");
	assert_int_equal(load(&policy, text.data, &error), -E2BIG);
	assert_int_equal(error.column, 16 + 2 * KL_WILDCARDS_MAX + 1);
	assert_string_equal(error.text,
			    "more than 20 of \\* \\@ \\$ \\X \\A \\{ \\} \\( \\) in a pattern");
	end_policy(&policy);
	text_free(&text);
}

static void limits_labels(void **state)
{
	struct text text = { 0 };
	char label[KL_LABEL_MAX + 2] = { 0 };
	struct kl_policy policy;
	struct kl_error error;

	(void)state;
	memset(label, 'x', KL_LABEL_MAX);
	for (int own = 0; own < 2; own++) {
		new_policy(&policy);
		label[KL_LABEL_MAX] = '\0';
		text_clear(&text);
		text_printf(&text, "acl read\n%s%s", own ? "deny label=" : "label ", label);
		assert_int_equal(load(&policy, text.data, &error), 0);
		label[KL_LABEL_MAX] = 'x';
		text_clear(&text);
		text_printf(&text, "acl read\n%s%s", own ? "deny label=" : "label ", label);
		assert_int_equal(load(&policy, text.data, &error), -EINVAL);
		assert_string_equal(error.text,
				    "the label is too long; expected at most 64 bytes");
		end_policy(&policy);
	}
	text_free(&text);
}

/* Values of a request, as in log records and explain. */

static const struct {
	const char *op;
	const char *word;
	u8 right;
	u64 low;
	const char *string; /* or the printed address */
} values[] = {
	{ "read", "path=\"/etc/shadow\"", KL_RIGHT_STRING, 0, "/etc/shadow" },
	{ "read", "path=\"\"", KL_RIGHT_STRING, 0, "" },
	{ "read", "  path=\"a\\040b\\134\"  ", KL_RIGHT_STRING, 0, "a\\040b\\134" },
	{ "read", "task.uid=0", KL_RIGHT_NUMBER, 0, NULL },
	{ "read", "path.fsmagic=0xEF53", KL_RIGHT_NUMBER, 0xef53, NULL },
	{ "read", "path.perm=0644", KL_RIGHT_NUMBER, 0644, NULL },
	{ "read", "path.type=file", KL_RIGHT_KEYWORD, 0100000, NULL },
	{ "execute", "argv[1]=\"-c\"", KL_RIGHT_STRING, 0, "-c" },
	{ "execute", "envp[\"A\"]=\"b\"", KL_RIGHT_STRING, 0, "b" },
	{ "execute", "envp[\"\"]=\"b=c\"", KL_RIGHT_STRING, 0, "b=c" },
	{ "inet_stream_connect", "ip=10.0.0.1", KL_RIGHT_IP, 0, "10.0.0.1" },
	{ "inet_stream_connect", "ip=::ffff:10.0.0.1", KL_RIGHT_IP, 0, "::ffff:10.0.0.1" },
};

static const struct {
	const char *op;
	const char *word;
	u32 column;
	const char *message;
} vague[] = {
	{ "read", "", 1, "nothing here; expected ATTRIBUTE=VALUE" },
	{ "read", "#path=\"/\"", 1, "nothing here; expected ATTRIBUTE=VALUE" },
	{ "read", "path=\"/a\" task.uid=0", 11,
	  "more than one word; expected one ATTRIBUTE=VALUE" },
	{ "read", "path!=\"/a\"", 5, "a value is given with =, not !=" },
	{ "read", "path=\"/\\*\"", 7,
	  "a value cannot have wildcards; expected plain text (a backslash is written \\134)" },
	{ "read", "path=@G", 6, "\"@G\" is no single value; expected one value" },
	{ "read", "path=NULL", 6, "\"NULL\" is no single value; expected one value" },
	{ "read", "path=task.exe", 6, "\"task.exe\" is no single value; expected one value" },
	{ "read", "task.uid=1-2", 10, "\"1-2\" is no single value; expected one value" },
	{ "read", "task.uid=1-1", 10, "\"1-1\" is no single value; expected one value" },
	{ "read", "path.perm=setuid", 11,
	  "\"setuid\" is no single value; expected one permission number" },
	{ "inet_stream_connect", "ip=::1-::2", 4,
	  "\"::1-::2\" is no single value; expected one value" },
	{ "inet_stream_connect", "ip=10.0.0.0/8", 4,
	  "\"10.0.0.0/8\" is no single value; expected one value" },
	{ "execute", "envp[\"A\\*\"]=\"b\"", 7,
	  "a variable's name cannot have wildcards here; expected one name" },
	{ "execute", "transition=\"d\"", 1,
	  "transition= is no condition; expected it on an allow line only" },
	{ "read", "path=\"/a", 9,
	  "the string is not closed; expected \" (a space inside is written \\040)" },
	{ "read", " bogus=1", 2, "unknown attribute \"bogus\" for read" },
	{ "read", "path", 1,
	  "\"path\" is no condition; expected ATTRIBUTE=VALUE or ATTRIBUTE!=VALUE" },
};

static void check_value(const struct kl_condition *condition, size_t i)
{
	char ip[KL_IP_TEXT_MAX];

	assert_int_equal(condition->right, values[i].right);
	assert_false(condition->negated);
	switch (condition->right) {
	case KL_RIGHT_STRING:
		assert_string_equal(condition->string->text, values[i].string);
		break;
	case KL_RIGHT_IP:
		kl_format_ip(&condition->ip->low, ip);
		assert_string_equal(ip, values[i].string);
		break;
	default:
		assert_int_equal(condition->number.low, values[i].low);
		assert_int_equal(condition->number.high, values[i].low);
	}
}

static void reads_values_of_requests(void **state)
{
	static const struct kl_condition nothing;
	struct kl_condition condition;
	struct kl_strings strings;
	struct kl_error error;
	struct kl_text word;

	(void)state;
	assert_int_equal(kl_strings_init(&strings), 0);
	for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
		word = copy_text(values[i].word, strlen(values[i].word));
		assert_int_equal(kl_parse_request_word(&strings,
						       kl_op_find(as_text(values[i].op)),
						       word, &condition, &error),
				 0);
		check_value(&condition, i);
		kl_condition_release(&condition);
		free((void *)word.data);
	}
	for (size_t i = 0; i < ARRAY_SIZE(vague); i++) {
		memset(&condition, 0xa5, sizeof(condition));
		word = copy_text(vague[i].word, strlen(vague[i].word));
		assert_int_equal(kl_parse_request_word(&strings,
						       kl_op_find(as_text(vague[i].op)),
						       word, &condition, &error),
				 -EINVAL);
		assert_string_equal(error.text, vague[i].message);
		assert_int_equal(error.column, vague[i].column);
		assert_int_equal(error.line, 1);
		/* What was refused owns nothing: nobody will release it. */
		assert_memory_equal(&condition, &nothing, sizeof(nothing));
		free((void *)word.data);
	}
	assert_int_equal(strings.count, 0);
	kl_strings_destroy(&strings);
}

/* argv and envp keep what they index; group names keep no more than the name. */
static void fills_in_conditions(void **state)
{
	static const char line[] =
		"5 acl execute argv[7]!=\"-x\" envp[\"A\\*\"]=@G path.perm=0x1F-0777 exec!=path";
	struct kl_statement s;
	struct kl_strings strings;
	struct kl_parser parser;
	struct kl_error error;

	(void)state;
	assert_int_equal(kl_strings_init(&strings), 0);
	kl_parser_init(&parser, &strings);
	assert_int_equal(parse_one(&parser, line, strlen(line), &s, &error), 0);
	assert_int_equal(s.op, KL_OP_EXECUTE);
	assert_int_equal(s.rule_kind, KL_RULE_BLOCK);
	assert_int_equal(s.priority, 5);
	assert_int_equal(s.column, 7);
	assert_int_equal(s.count, 4);
	assert_int_equal(s.conditions[0].left, KL_SLOT_ARGV);
	assert_int_equal(s.conditions[0].index, 7);
	assert_true(s.conditions[0].negated);
	assert_string_equal(s.conditions[0].string->text, "-x");
	assert_int_equal(s.conditions[1].left, KL_SLOT_ENVP);
	assert_string_equal(s.conditions[1].name->text, "A\\*");
	assert_int_equal(s.conditions[1].right, KL_RIGHT_GROUP);
	assert_string_equal(s.conditions[1].group_name->text, "G");
	assert_false(s.conditions[1].negated);
	assert_int_equal(s.conditions[2].left, KL_SLOT_OBJECT0_PERM);
	assert_int_equal(s.conditions[2].number.low, 0x1f);
	assert_int_equal(s.conditions[2].number.high, 0777);
	assert_int_equal(s.conditions[2].number.radix[0], KL_HEXADECIMAL);
	assert_int_equal(s.conditions[2].number.radix[1], KL_OCTAL);
	assert_false(s.conditions[2].number.single);
	assert_int_equal(s.conditions[3].left, KL_SLOT_OBJECT1);
	assert_int_equal(s.conditions[3].right, KL_RIGHT_SLOT);
	assert_int_equal(s.conditions[3].right_slot, KL_SLOT_OBJECT0);
	kl_statement_release(&s);
	assert_int_equal(strings.count, 0);
	kl_strings_destroy(&strings);
}

static void fills_in_quotas(void **state)
{
	struct kl_statement s;
	struct kl_strings strings;
	struct kl_parser parser;
	struct kl_error error;

	(void)state;
	assert_int_equal(kl_strings_init(&strings), 0);
	kl_parser_init(&parser, &strings);
	assert_int_equal(parse_one(&parser, "quota audit[9] denied=unlimited allowed=3", 41, &s,
				   &error),
			 0);
	assert_int_equal(s.index, 9);
	assert_true(s.limit_given[KL_DENIED] && s.limit_given[KL_ALLOWED]);
	assert_false(s.limit_given[KL_UNMATCHED]);
	assert_int_equal(s.limit[KL_DENIED], KL_UNLIMITED);
	assert_int_equal(s.limit[KL_ALLOWED], 3);
	kl_statement_release(&s);
	assert_int_equal(parse_one(&parser, "quota memory audit 7 drop-newest", 32, &s, &error),
			 0);
	assert_int_equal(s.index, KL_MEMORY_AUDIT);
	assert_int_equal(s.memory, 7);
	assert_true(s.has_drop);
	assert_false(s.drop_oldest);
	kl_statement_release(&s);
	assert_int_equal(parse_one(&parser, "quota memory query 8", 20, &s, &error), 0);
	assert_int_equal(s.index, KL_MEMORY_QUERY);
	assert_false(s.has_drop);
	kl_statement_release(&s);
	kl_strings_destroy(&strings);
}

/* Random bytes: no crash, and every refusal points into the line. */
static void survives_noise(void **state)
{
	static const char *const pieces[] = {
		"acl ", "execute ", "inet_raw_send ", "deny ", "allow ", "path", "=", "!=", "\"",
		"\\*", "/", "argv[", "envp[\"", "]", "@", "1", "-", "0x", "::", ".", "audit ",
		"quota ", "memory ", "string_group ", "delete ", "label=", " ", "#", "\n", "\0x",
		"transition", "ip", "task.uid", "\\{", "\\}/", "NULL", "\377",
	};
	struct kl_strings strings;
	struct kl_statement statement;
	struct kl_parser parser;
	struct kl_error error;
	struct text text = { 0 };
	size_t accepted = 0;
	unsigned int seed = 1;

	(void)state;
	assert_int_equal(kl_strings_init(&strings), 0);
	kl_parser_init(&parser, &strings);
	for (int round = 0; round < 20000; round++) {
		text_clear(&text);
		for (int n = rand_r(&seed) % 12 + 1; n; n--) {
			size_t i = rand_r(&seed) % ARRAY_SIZE(pieces);

			text_write(&text, pieces[i],
				   pieces[i][0] ? strlen(pieces[i]) : 2);
		}
		if (!parse_one(&parser, text.data, text.length, &statement, &error)) {
			accepted++;
			assert_int_equal(error.text[0], '\0');
		} else {
			assert_in_range(error.column, 1, text.length + 1);
			assert_in_range(strlen(error.text), 1, sizeof(error.text) - 2);
			assert_int_equal(error.line, parser.line);
		}
		kl_statement_release(&statement);
	}
	assert_in_range(accepted, 500, 19500);
	assert_int_equal(strings.count, 0);
	kl_strings_destroy(&strings);
	text_free(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(follows_the_conformance_table),
		cmocka_unit_test(knows_the_attributes_of_operations),
		cmocka_unit_test(says_where_and_why),
		cmocka_unit_test(shows_long_words_in_part),
		cmocka_unit_test(reads_commands),
		cmocka_unit_test(keeps_or_ends_the_block),
		cmocka_unit_test(ends_lines_at_nul),
		cmocka_unit_test(separates_words),
		cmocka_unit_test(counts_decimals),
		cmocka_unit_test(hints_at_what_was_meant),
		cmocka_unit_test(limits_lines),
		cmocka_unit_test(limits_transactions),
		cmocka_unit_test(limits_conditions),
		cmocka_unit_test(limits_wildcards),
		cmocka_unit_test(limits_labels),
		cmocka_unit_test(reads_values_of_requests),
		cmocka_unit_test(fills_in_conditions),
		cmocka_unit_test(fills_in_quotas),
		cmocka_unit_test(survives_noise),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
