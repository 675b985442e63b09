// SPDX-License-Identifier: GPL-2.0
/* Log records: what a request becomes in the log, and that it can be read back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "engine/parse.h"
#include "engine/record.h"

/* 2026-11-21 18:37:48.123456 UTC */
#define TIME	1795286268123456789ull
#define HEAD	"#2026/11/21 18:37:48.123456# "

static struct kl_request request;
static struct kl_text texts[KL_SLOT_COUNT];
static struct kl_ip ip;
static struct kl_text arg_texts[2000];
static struct kl_args args;
static u8 record[2 * KL_RECORD_MAX];
static char line[8 * KL_RECORD_MAX];

static struct kl_record_meta meta = {
	.time = TIME,
	.pid = 3456,
	.audit = 1,
	.result = KL_DENIED,
	.priority = 100,
};

static void set_text(u32 slot, const char *text)
{
	texts[slot] = (struct kl_text){ text, strlen(text) };
	kl_request_text(&request, slot, &texts[slot]);
}

static void set_number(u32 slot, u64 number)
{
	kl_request_number(&request, slot, number);
}

static u64 history_room[2 * KL_RECORD_MAX / sizeof(u64)];

/* A history as raw text, in one of the two slots or in both. */
static void set_history(const char *text, bool history, bool ancestor)
{
	struct kl_text raw = { text, strlen(text) };
	struct kl_history *programs = (void *)history_room;

	assert_in_range(kl_history_parse(raw, programs, sizeof(history_room)), 1,
			sizeof(history_room));
	if (history) {
		request.value[KL_SLOT_TASK_HISTORY].history = programs;
		kl_slot_add(request.present, KL_SLOT_TASK_HISTORY);
	}
	if (ancestor) {
		request.value[KL_SLOT_TASK_ANCESTOR].history = programs;
		kl_slot_add(request.present, KL_SLOT_TASK_ANCESTOR);
	}
}

static void add_arg(bool environment, const char *text)
{
	struct kl_text *next = &arg_texts[args.argc + args.envc];

	*next = (struct kl_text){ text, text ? strlen(text) : 0 };
	if (environment)
		args.envc++;
	else
		args.argc++;
}

static void set_args(void)
{
	args.text = arg_texts;
	set_number(KL_SLOT_ARGC, args.argc);
	set_number(KL_SLOT_ENVC, args.envc);
	request.value[KL_SLOT_ARGV].args = &args;
	request.value[KL_SLOT_ENVP].args = &args;
	kl_slot_add(request.present, KL_SLOT_ARGV);
	kl_slot_add(request.present, KL_SLOT_ENVP);
}

static void begin(enum kl_op op)
{
	kl_request_init(&request, op);
	memset(&args, 0, sizeof(args));
}

/* Everything that is known of an inode; mode says which type. */
static void set_object(u32 base, u32 mode, u64 ino)
{
	set_number(base + KL_SLOT_OBJECT0_UID, 0);
	set_number(base + KL_SLOT_OBJECT0_GID, 0);
	set_number(base + KL_SLOT_OBJECT0_PERM, mode & 07777);
	set_number(base + KL_SLOT_OBJECT0_TYPE, mode & 0170000);
	set_number(base + KL_SLOT_OBJECT0_DEV_MAJOR, 1);
	set_number(base + KL_SLOT_OBJECT0_DEV_MINOR, 3);
	set_number(base + KL_SLOT_OBJECT0_INO, ino);
	set_number(base + KL_SLOT_OBJECT0_MAJOR, 8);
	set_number(base + KL_SLOT_OBJECT0_MINOR, 1);
	set_number(base + KL_SLOT_OBJECT0_FSMAGIC, 0xef53);
}

static void set_parent(u32 base, u32 perm, u64 ino)
{
	set_number(base + KL_SLOT_OBJECT0_PARENT_UID, 0);
	set_number(base + KL_SLOT_OBJECT0_PARENT_GID, 0);
	set_number(base + KL_SLOT_OBJECT0_PARENT_PERM, perm);
	set_number(base + KL_SLOT_OBJECT0_PARENT_INO, ino);
	set_number(base + KL_SLOT_OBJECT0_PARENT_MAJOR, 8);
	set_number(base + KL_SLOT_OBJECT0_PARENT_MINOR, 1);
	set_number(base + KL_SLOT_OBJECT0_PARENT_FSMAGIC, 0xef53);
}

static void set_task(void)
{
	u32 slot;

	set_number(KL_SLOT_TASK_PID, 3456);
	set_number(KL_SLOT_TASK_PPID, 3400);
	for (slot = KL_SLOT_TASK_UID; slot <= KL_SLOT_TASK_FSGID; slot++)
		set_number(slot, 0);
	set_text(KL_SLOT_TASK_EXE, "/usr/bin/bash");
	set_text(KL_SLOT_TASK_DOMAIN, "<kernel>");
}

#define TASK                                                                          \
	" task.pid=3456 task.ppid=3400 task.uid=0 task.gid=0 task.euid=0 task.egid=0" \
	" task.suid=0 task.sgid=0 task.fsuid=0 task.fsgid=0"                          \
	" task.exe=\"/usr/bin/bash\" task.domain=\"<kernel>\""
#define PARENT(x, perm, ino)                                                   \
	" " x ".parent.uid=0 " x ".parent.gid=0 " x ".parent.perm=" perm " " x \
	".parent.ino=" ino " " x ".parent.major=8 " x ".parent.minor=1 " x     \
	".parent.fsmagic=0xEF53"
#define OBJECT(x, perm, type, ino)                                                 \
	" " x ".uid=0 " x ".gid=0 " x ".perm=" perm " " x ".type=" type " " x      \
	".ino=" ino " " x ".major=8 " x ".minor=1 " x ".fsmagic=0xEF53"

/* Encode and print @request as number @sequence; measuring agrees with doing. */
static const char *text_of(u64 sequence, const struct kl_record_origin *origin)
{
	struct kl_record_draft draft;
	size_t size = kl_record_measure(&draft, &request, &meta);
	struct kl_record head;
	ssize_t length;

	assert_in_range(size, sizeof(head), KL_RECORD_MAX);
	memset(record, 0xa5, sizeof(record));
	kl_record_write(&draft, record);
	assert_int_equal(record[size], 0xa5);
	memcpy(&head, record, sizeof(head));
	assert_int_equal(head.size, size);
	head.sequence = sequence;
	memcpy(record, &head, sizeof(head));
	length = kl_record_text(record, size, origin, NULL, 0);
	assert_true(length > 0);
	line[length] = 0x5a;
	assert_int_equal(kl_record_text(record, size, origin, line, length), length);
	assert_int_equal(line[length], 0x5a);
	assert_int_equal(line[length - 1], '\n');
	line[length] = '\0';
	return line;
}

static struct kl_string *new_label(const char *text)
{
	struct kl_string *label = calloc(1, sizeof(*label) + strlen(text) + 1);

	label->length = strlen(text);
	memcpy((char *)label + offsetof(struct kl_string, text), text, label->length);
	return label;
}

/* Lost: all tools that read the log: the layout of a line. */
static void prints_execute(void **state)
{
	(void)state;
	begin(KL_OP_EXECUTE);
	set_text(KL_SLOT_OBJECT0, "/usr/bin/dash");
	set_text(KL_SLOT_OBJECT1, "/usr/bin/sh");
	add_arg(false, "sh");
	add_arg(false, "-c");
	add_arg(false, "echo hi");
	add_arg(true, "PATH=/usr/bin:/bin");
	add_arg(true, "A=b=c");
	add_arg(true, "ALONE");
	set_args();
	set_task();
	set_object(KL_SLOT_OBJECT0, 0100755, 131);
	set_parent(KL_SLOT_OBJECT0, 0755, 12);
	set_object(KL_SLOT_OBJECT1, 0120777, 140);
	set_parent(KL_SLOT_OBJECT1, 0755, 12);
	assert_string_equal(
		text_of(17, NULL),
		HEAD "seq=17 global-pid=3456 result=denied priority=100 / execute "
		     "exec=\"/usr/bin/sh\" path=\"/usr/bin/dash\" argc=3 envc=3 "
		     "argv[0]=\"sh\" argv[1]=\"-c\" argv[2]=\"echo\\040hi\" "
		     "envp[\"PATH\"]=\"/usr/bin:/bin\" envp[\"A\"]=\"b=c\" "
		     "envp[\"ALONE\"]=\"\"" TASK OBJECT("path", "0755", "file", "131")
			     PARENT("path", "0755", "12")
				     OBJECT("exec", "0777", "symlink", "140")
					     PARENT("exec", "0755", "12") "\n");
}

/* Lost: what does not exist must not be logged, nor zeros in its place. */
static void prints_create(void **state)
{
	(void)state;
	begin(KL_OP_CREATE);
	meta.result = KL_ALLOWED;
	set_text(KL_SLOT_OBJECT0, "/tmp/a");
	set_number(KL_SLOT_PERM, 0600);
	set_task();
	/* Present by mistake: create's object has no inode yet. */
	set_object(KL_SLOT_OBJECT0, 0100755, 131);
	set_parent(KL_SLOT_OBJECT0, 01777, 2);
	assert_string_equal(
		text_of(2, NULL),
		HEAD "seq=2 global-pid=3456 result=allowed priority=100 / create "
		     "path=\"/tmp/a\" perm=0600" TASK PARENT("path", "01777", "2") "\n");
	meta.result = KL_DENIED;
}

/* Lost: device numbers, which only devices have. */
static void prints_device(void **state)
{
	(void)state;
	begin(KL_OP_READ);
	meta.result = KL_UNMATCHED;
	set_text(KL_SLOT_OBJECT0, "/dev/null");
	set_object(KL_SLOT_OBJECT0, 0020666, 4);
	assert_non_null(strstr(text_of(2, NULL),
			       " result=unmatched priority=100 / read path=\"/dev/null\" "
			       "path.uid=0 path.gid=0 path.perm=0666 path.type=char "
			       "path.dev_major=1 path.dev_minor=3 path.ino=4 "));
	set_object(KL_SLOT_OBJECT0, 0000600, 4);
	assert_null(strstr(text_of(2, NULL), "type"));
	meta.result = KL_DENIED;
}

/* Lost: the header words that say which rule it was and what is missing. */
static void prints_header(void **state)
{
	struct kl_record_origin origin = { 0xbeef,
					   "1b4e28ba-2fa1-11d2-883f-0016d3cca427" };
	struct kl_string *label = new_label("no-shadow");
	struct kl_record head;

	(void)state;
	begin(KL_OP_INET_STREAM_CONNECT);
	ip = (struct kl_ip){ KL_IPV4, { 192, 168, 1, 5 } };
	request.value[KL_SLOT_IP].ip = &ip;
	kl_slot_add(request.present, KL_SLOT_IP);
	set_number(KL_SLOT_PORT, 80);
	kl_slot_add(request.overlong, KL_SLOT_TASK_EXE);
	kl_slot_add(request.overlong, KL_SLOT_TASK_DOMAIN);
	/* Of another operation: cannot have mattered. */
	kl_slot_add(request.overlong, KL_SLOT_OBJECT0);
	meta.label = label;
	meta.flags = KL_RECORD_UNENFORCED | KL_RECORD_CHECK;
	assert_non_null(strstr(text_of(2, NULL), " rule=no-shadow enforced=no check=yes "
						 "overlong=task.exe,task.domain / "));
	meta.flags = KL_RECORD_UNENFORCED;
	assert_non_null(strstr(text_of(2, NULL), " rule=no-shadow enforced=no overlong="));
	meta.flags = KL_RECORD_CHECK;
	assert_non_null(strstr(text_of(2, NULL), " rule=no-shadow check=yes overlong="));
	meta.flags = 0;
	assert_string_equal(text_of(1, &origin),
			    HEAD "seq=1 instance=000000000000beef "
				 "boot_id=1b4e28ba-2fa1-11d2-883f-0016d3cca427 "
				 "global-pid=3456 result=denied priority=100 "
				 "rule=no-shadow overlong=task.exe,task.domain / "
				 "inet_stream_connect ip=192.168.1.5 port=80\n");
	memcpy(&head, record, sizeof(head));
	head.omitted = 7;
	memcpy(record, &head, sizeof(head));
	memset(line, 0, 512);
	kl_record_text(record, head.size, NULL, line, sizeof(line));
	assert_non_null(
		strstr(line, " overlong=task.exe,task.domain omitted=7 / inet"));
	assert_null(strstr(text_of(2, &origin), "instance"));
	ip = (struct kl_ip){ KL_IPV6, { 0x20, 1, 0xd, 0xb8, [15] = 1 } };
	assert_non_null(strstr(text_of(2, &origin), " ip=2001:db8::1 port=80\n"));
	meta.label = NULL;
	free(label);
}

#define PATH(id) { KL_OP_##id, "path" }
#define PERM(id) { KL_OP_##id, "path perm" }
#define INET(id, more) { KL_OP_INET_##id, "ip " more }
#define TARGET "target.pid target.uid target.exe target.domain target.comm"
#define UNIX(id) { KL_OP_UNIX_##id, "addr" }

/* The parameters of every operation, in the order in which they print. */
static const struct {
	enum kl_op op;
	const char *params;
} orders[] = {
	{ KL_OP_EXECUTE, "exec path argc envc" },
	PATH(READ),
	PATH(WRITE),
	PATH(APPEND),
	PATH(UNLINK),
	PATH(GETATTR),
	PATH(RMDIR),
	PATH(TRUNCATE),
	PATH(CHROOT),
	PERM(CREATE),
	PERM(MKDIR),
	PERM(MKFIFO),
	PERM(MKSOCK),
	PERM(CHMOD),
	{ KL_OP_SYMLINK, "path target" },
	{ KL_OP_MKBLOCK, "path perm dev_major dev_minor" },
	{ KL_OP_MKCHAR, "path perm dev_major dev_minor" },
	{ KL_OP_LINK, "old_path new_path" },
	{ KL_OP_RENAME, "old_path new_path" },
	{ KL_OP_CHOWN, "path uid" },
	{ KL_OP_CHGRP, "path gid" },
	{ KL_OP_IOCTL, "path cmd" },
	{ KL_OP_MOUNT, "source target fstype flags data" },
	{ KL_OP_UNMOUNT, "path flags" },
	{ KL_OP_PIVOT_ROOT, "new_root put_old" },
	{ KL_OP_ENVIRON, "name value exec path argc envc" },
	INET(STREAM_BIND, "port"),
	INET(STREAM_LISTEN, "port"),
	INET(STREAM_CONNECT, "port"),
	INET(STREAM_ACCEPT, "port"),
	INET(DGRAM_BIND, "port"),
	INET(DGRAM_SEND, "port"),
	INET(RAW_BIND, "proto"),
	INET(RAW_SEND, "proto"),
	UNIX(STREAM_BIND),
	UNIX(STREAM_LISTEN),
	UNIX(STREAM_CONNECT),
	UNIX(STREAM_ACCEPT),
	UNIX(DGRAM_BIND),
	UNIX(DGRAM_SEND),
	UNIX(SEQPACKET_BIND),
	UNIX(SEQPACKET_LISTEN),
	UNIX(SEQPACKET_CONNECT),
	UNIX(SEQPACKET_ACCEPT),
	{ KL_OP_MODIFY_POLICY, "" },
	{ KL_OP_USE_NETLINK_SOCKET, "" },
	{ KL_OP_USE_PACKET_SOCKET, "" },
	{ KL_OP_AUTO_DOMAIN_TRANSITION, "" },
	{ KL_OP_MANUAL_DOMAIN_TRANSITION, "domain" },
	INET(DGRAM_RECV, "port"),
	INET(RAW_RECV, "proto"),
	UNIX(DGRAM_RECV),
	PATH(FD_RECEIVE),
	{ KL_OP_SIGNAL, "sig " TARGET },
	{ KL_OP_PTRACE, "mode " TARGET },
	{ KL_OP_CAPABILITY, "cap userns init_userns" },
	{ KL_OP_SETUID, "new_uid new_euid new_suid new_fsuid "
			"new_gid new_egid new_sgid new_fsgid" },
	{ KL_OP_MODULE_LOAD, "path name" },
	PATH(KEXEC_LOAD),
	{ KL_OP_BPF, "cmd" },
	{ KL_OP_SET_TIME, "" },
	PATH(MMAP_EXEC),
	{ KL_OP_SETXATTR, "path name" },
	{ KL_OP_REMOVEXATTR, "path name" },
	{ KL_OP_TASK_EXIT, "exit.code exit.signal task.read_bytes task.write_bytes" },
	{ KL_OP_TASK_HANG, "" },
};

/* Programs that want to be more than one, as a history writes them. */
#define HOSTILE                                                              \
	"...=>~/sbin/init(1;0.000001)=>/tmp/x=\\076/usr/sbin/sshd(2;3.000000)" \
	"=>(1;2.0)(3;4.000000)=>\\176\"a b\"=\\134\x80\n(5;6.000000)=>(7;8.000000)"

/* Every slot has a value, those that the operation does not have, too. */
static void set_everything(enum kl_op op)
{
	u32 slot;

	begin(op);
	ip = (struct kl_ip){ KL_IPV4, { 10, 0, 0, 1 } };
	for (slot = 0; slot < KL_SLOT_ARGV; slot++) {
		switch (kl_slot_type(slot)) {
		case KL_STRING:
			set_text(slot, "a b\\\"=\x80\n");
			break;
		case KL_IPADDR:
			request.value[slot].ip = &ip;
			kl_slot_add(request.present, slot);
			break;
		case KL_FILETYPE:
			set_number(slot, 0060000);
			break;
		case KL_FILEPERM:
			set_number(slot, 04755);
			break;
		case KL_ANCESTOR:
		case KL_HISTORY:
			set_history(HOSTILE, true, true);
			break;
		default:
			set_number(slot, 0xabc0 + slot);
		}
	}
	add_arg(false, "x\"y");
	add_arg(true, "N\"]A=v\"]=\"");
	set_args();
}

/* Names of attributes of a line, from @text to @end, joined by blanks. */
static void names(char *out, const char *text, const char *end)
{
	const char *equals;

	out[0] = '\0';
	while (text < end && (text = memchr(text, ' ', end - text))) {
		text++;
		equals = strchr(text, '=');
		sprintf(out + strlen(out), "%s%.*s", *out ? " " : "",
			(int)(equals - text), text);
	}
}

/* Lost: the order in which tools and people find a record's parameters. */
static void orders_parameters(void **state)
{
	bool seen[KL_OP_COUNT] = {};
	char found[1024];
	const char *text, *end;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(orders); i++) {
		seen[orders[i].op] = true;
		set_everything(orders[i].op);
		text = strstr(text_of(5, NULL), " / ") + 3;
		text = strpbrk(text, " \n");
		end = strstr(text, " argv[");
		if (!end)
			end = strstr(text, " task.pid=");
		names(found, text, end);
		assert_string_equal(found, orders[i].params);
	}
	for (i = 0; i < KL_OP_COUNT; i++)
		assert_true(seen[i]);
}

/* Lost: "copy a record into the policy": every record must be a condition list. */
static void reads_back(void **state)
{
	static char typed[KL_RECORD_MAX];
	struct kl_statement statement;
	struct kl_strings strings;
	struct kl_parser parser;
	struct kl_error error;
	struct kl_text text;
	u32 op, slot, expected;
	const char *body;

	(void)state;
	assert_int_equal(kl_strings_init(&strings), 0);
	for (op = 0; op < KL_OP_COUNT; op++) {
		set_everything(op);
		body = strstr(text_of(5, NULL), " / ") + 3;
		text.length = snprintf(typed, sizeof(typed), "100 acl %.*s",
				       (int)strlen(body) - 1, body);
		text.data = typed;
		kl_parser_init(&parser, &strings);
		if (kl_parse_line(&parser, text, &statement, &error))
			fail_msg("%u: %s in %s", error.column, error.text, typed);
		assert_int_equal(statement.op, op);
		/* Each slot once; argv and envp have one item each. */
		for (expected = 0, slot = 0; slot < KL_SLOT_TRANSITION; slot++)
			expected += kl_slot_exists(op, slot) &&
				    slot != KL_SLOT_TASK_ANCESTOR;
		assert_int_equal(statement.count, expected);
		kl_statement_release(&statement);
	}
	kl_strings_destroy(&strings);
}

/* Lost: whose child it was. */
static void prints_histories(void **state)
{
	u8 slots;

	(void)state;
	for (slots = 1; slots < 4; slots++) {
		begin(KL_OP_READ);
		set_text(KL_SLOT_TASK_EXE, "/x");
		set_number(KL_SLOT_TASK_CONTAINER, 1);
		set_history(HOSTILE, slots & 1, slots & 2);
		set_number(KL_SLOT_OBJECT0_UID, 7);
		assert_string_equal(
			text_of(2, NULL),
			HEAD "seq=2 global-pid=3456 result=denied priority=100 / read "
			     "task.exe=\"/x\" task.container=1 "
			     "task.history=\"...=>~/sbin/init(1;0.000001)"
			     "=>/tmp/x=\\134076/usr/sbin/sshd(2;3.000000)"
			     "=>(1;2.0)(3;4.000000)=>\\134176\"a\\040b\"=\\134134\\200\\012"
			     "(5;6.000000)=>(7;8.000000)\" path.uid=7\n");
	}
	/* Unlike no history, one of nothing. */
	begin(KL_OP_READ);
	set_history("", true, false);
	assert_non_null(strstr(text_of(2, NULL), " / read task.history=\"\"\n"));
}

/* Lost: one whose only name is longer than a record is not recorded, and said to be. */
static void leaves_long_histories_out(void **state)
{
	static char name[KL_RECORD_MAX];

	(void)state;
	memset(name, 'x', sizeof(name) - 1);
	begin(KL_OP_READ);
	set_text(KL_SLOT_TASK_EXE, "/x");
	set_history(name, true, true);
	assert_string_equal(text_of(2, NULL),
			    HEAD "seq=2 global-pid=3456 result=denied priority=100 "
				 "overlong=task.history / read task.exe=\"/x\"\n");
}

/* Lost: people would have to know numbers by heart. */
static void prints_names(void **state)
{
	(void)state;
	begin(KL_OP_SIGNAL);
	set_number(KL_SLOT_SIG, 9);
	assert_non_null(strstr(text_of(2, NULL), " / signal sig=SIGKILL\n"));
	set_number(KL_SLOT_SIG, 34);
	assert_non_null(strstr(text_of(2, NULL), " / signal sig=34\n"));
	set_number(KL_SLOT_SIG, 1ull << 32 | 9);
	assert_non_null(strstr(text_of(2, NULL), " / signal sig=4294967305\n"));
	begin(KL_OP_CAPABILITY);
	set_number(KL_SLOT_CAP, 13);
	assert_non_null(strstr(text_of(2, NULL), " / capability cap=CAP_NET_RAW\n"));
	set_number(KL_SLOT_CAP, 63);
	assert_non_null(strstr(text_of(2, NULL), " / capability cap=63\n"));
	begin(KL_OP_PTRACE);
	set_number(KL_SLOT_MODE, KL_PTRACE_ATTACH);
	assert_non_null(strstr(text_of(2, NULL), " / ptrace mode=attach\n"));
	set_number(KL_SLOT_MODE, 0);
	assert_non_null(strstr(text_of(2, NULL), " / ptrace mode=0\n"));
	begin(KL_OP_TASK_EXIT);
	set_number(KL_SLOT_EXIT_CODE, 9);
	set_number(KL_SLOT_EXIT_SIGNAL, 11);
	assert_non_null(strstr(text_of(2, NULL),
			       " / task_exit exit.code=9 exit.signal=SIGSEGV\n"));
}

/* Lost: the radix of numbers: a pasted condition would mean another number. */
static void prints_numbers(void **state)
{
	(void)state;
	begin(KL_OP_IOCTL);
	set_number(KL_SLOT_CMD, 0x5401);
	assert_non_null(strstr(text_of(2, NULL), " / ioctl cmd=0x5401\n"));
	begin(KL_OP_UNMOUNT);
	set_number(KL_SLOT_FLAGS, 0);
	assert_non_null(strstr(text_of(2, NULL), " / unmount flags=0x0\n"));
	begin(KL_OP_MOUNT);
	set_number(KL_SLOT_FLAGS, 0xc0ed0000ull);
	set_number(KL_SLOT_OBJECT1_FSMAGIC, ~0ull);
	set_number(KL_SLOT_OBJECT1_PERM, 0);
	set_number(KL_SLOT_OBJECT1_UID, ~0ull);
	assert_non_null(strstr(text_of(~0ull, NULL),
			       "seq=18446744073709551615 global-pid=3456 result=denied "
			       "priority=100 / mount flags=0xC0ED0000 "
			       "target.uid=18446744073709551615 target.perm=00 "
			       "target.fsmagic=0xFFFFFFFFFFFFFFFF\n"));
}

static size_t execinfo_length(const char *text)
{
	const char *first = strstr(text, " argc=");
	const char *last = strstr(text, " task.");

	return last - first;
}

/* Lost: arguments at the edge of the budget, or the word that some are missing. */
static void limits_arguments(void **state)
{
	static char big[KL_EXECINFO_MAX + 1];
	size_t fixed = strlen(" argc=4 envc=1 argv[0]=\"\"");
	const char *text;

	(void)state;
	memset(big, 'x', sizeof(big));
	begin(KL_OP_EXECUTE);
	/* 33 bytes are left: just enough. */
	big[KL_EXECINFO_MAX - 33 - fixed] = '\0';
	add_arg(false, big);
	add_arg(false, "");
	add_arg(false, NULL);
	add_arg(false, "");
	add_arg(true, "A=b");
	set_args();
	set_text(KL_SLOT_TASK_EXE, "/x");
	text = text_of(3, NULL);
	assert_int_equal(execinfo_length(text), KL_EXECINFO_MAX - 33);
	assert_non_null(strstr(text, " priority=100 omitted=4 / execute argc=4"));
	/* One byte more: it is left out whole, the shorter ones follow. */
	big[KL_EXECINFO_MAX - 33 - fixed] = 'x';
	arg_texts[0].length++;
	text = text_of(3, NULL);
	assert_non_null(strstr(text, " omitted=2 / execute argc=4 envc=1 argv[1]=\"\" "
				     "argv[3]=\"\" envp[\"A\"]=\"b\" task"));
	/* Encoded bytes count, four for one. */
	memset(big, ' ', sizeof(big));
	arg_texts[0].length = (KL_EXECINFO_MAX - 33 - fixed) / 4;
	assert_non_null(strstr(text_of(3, NULL), " omitted=4 / "));
	arg_texts[0].length++;
	assert_non_null(strstr(text_of(3, NULL), " omitted=2 / "));
}

/* Lost: the same at the edge for the environment, whose '=' prints as "]=". */
static void limits_environment(void **state)
{
	static char big[KL_EXECINFO_MAX + 1];
	size_t fixed = strlen(" argc=0 envc=1 envp[\"\"]=\"\"");

	(void)state;
	begin(KL_OP_EXECUTE);
	memset(big, 'x', sizeof(big) - 1);
	big[1] = '=';
	add_arg(true, big);
	set_args();
	set_text(KL_SLOT_TASK_EXE, "/x");
	arg_texts[0].length = KL_EXECINFO_MAX - 33 - fixed + 1;
	assert_int_equal(execinfo_length(text_of(3, NULL)), KL_EXECINFO_MAX - 33);
	arg_texts[0].length++;
	assert_non_null(strstr(text_of(3, NULL), " omitted=1 / "));
}

/* Lost: a record, when a program has very many arguments. */
static void takes_many_arguments(void **state)
{
	char expected[64];
	unsigned int i, kept;

	(void)state;
	begin(KL_OP_EXECUTE);
	for (i = 0; i < ARRAY_SIZE(arg_texts); i++)
		add_arg(i >= 1500, "");
	set_args();
	text_of(3, NULL);
	for (kept = 0, i = 0; line[i]; i++)
		kept += !strncmp(line + i, " argv[", 6);
	assert_in_range(kept, 500, 1000);
	sprintf(expected, " omitted=%u / ", (unsigned int)ARRAY_SIZE(arg_texts) - kept);
	assert_non_null(strstr(line, expected));
}

/* Lost: the rest of a record, when one of its strings is too long for it. */
static void leaves_long_strings_out(void **state)
{
	static char big[KL_STRING_MAX];
	struct kl_text text = { big, sizeof(big) };
	const char *printed;

	(void)state;
	memset(big, 'y', sizeof(big));
	begin(KL_OP_SYMLINK);
	set_text(KL_SLOT_OBJECT0, "/tmp/link");
	kl_request_text(&request, KL_SLOT_TARGET, &text);
	set_task();
	printed = text_of(3, NULL);
	assert_non_null(strstr(
		printed, " overlong=target / symlink path=\"/tmp/link\" task.pid=3456 "));
	assert_non_null(strstr(printed, " task.domain=\"<kernel>\"\n"));
	/* The longest that fits; every byte of it is four in the text. */
	memset(big, 0, sizeof(big));
	for (text.length = KL_RECORD_MAX; text.length; text.length--)
		if (!strstr(text_of(3, NULL), " overlong="))
			break;
	assert_in_range(text.length, KL_RECORD_MAX - 1000, KL_RECORD_MAX - 1);
	assert_true(strlen(line) > 4 * text.length);
}

static size_t notice(u8 kind, u64 count, const char *labels)
{
	struct kl_record head = {
		.kind = kind,
		.audit = 3,
		.sequence = 1,
		.time = TIME,
		.count = count,
		.last = count,
	};
	size_t size = sizeof(head);
	u64 n = 2;

	for (; *labels; labels++) {
		record[size++] = 1;
		record[size++] = *labels;
		memcpy(record + size, &n, sizeof(n));
		size += sizeof(n);
	}
	head.size = size;
	memcpy(record, &head, sizeof(head));
	return size;
}

static ssize_t print_record(size_t size, const struct kl_record_origin *origin)
{
	memset(line, 0, 4096);
	return kl_record_text(record, size, origin, line, sizeof(line));
}

/* Lost: how much was lost, and whose it was. */
static void prints_notices(void **state)
{
	struct kl_record_origin origin = { 1, "id" };

	(void)state;
	assert_true(print_record(notice(KL_RECORD_LOST, 9, "ab"), NULL) > 0);
	assert_string_equal(line, HEAD "seq=1-9 lost=9 rule=a:2 rule=b:2 other=5\n");
	assert_true(print_record(notice(KL_RECORD_LOST, 4, "ab"), &origin) > 0);
	assert_string_equal(line, HEAD "seq=1-4 instance=0000000000000001 boot_id=id "
				       "lost=4 rule=a:2 rule=b:2\n");
	assert_true(print_record(notice(KL_RECORD_LOST, 1, ""), NULL) > 0);
	assert_string_equal(line, HEAD "seq=1-1 lost=1 other=1\n");
	assert_true(print_record(notice(KL_RECORD_SUPPRESSED, 5, "c"), &origin) > 0);
	assert_string_equal(line, HEAD "suppressed=5 index=3 rule=c:2 other=3\n");
	assert_true(
		print_record(notice(KL_RECORD_LOST, 99, "abcdefghijklmnop"), NULL) > 0);
}

/* Lost: trust in the counts: a notice that cannot be true must not print. */
static void refuses_notices(void **state)
{
	static const struct {
		u8 kind;
		u64 count;
		const char *labels;
	} wrong[] = {
		{ KL_RECORD_LOST, 3, "ab" },
		{ KL_RECORD_LOST, 0, "" },
		{ KL_RECORD_LOST, 9, " " },
		{ KL_RECORD_LOST, 99, "abcdefghijklmnopq" },
		{ KL_RECORD_SUPPRESSED, 0, "" },
		{ KL_RECORD_SUPPRESSED, 1, "a" },
		{ 4, 9, "" },
		{ 0, 9, "" },
	};
	struct kl_record head;
	size_t size, i;
	int longer;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		size = notice(wrong[i].kind, wrong[i].count, wrong[i].labels);
		assert_int_equal(print_record(size, NULL), -EINVAL);
	}
	size = notice(KL_RECORD_LOST, 9, "ab");
	record[offsetof(struct kl_record, last)]++;
	assert_int_equal(print_record(size, NULL), -EINVAL);
	/* A label as long as labels are, and one longer. */
	for (longer = 0; longer < 2; longer++) {
		notice(KL_RECORD_LOST, 9, "a");
		size = sizeof(head) + 1 + KL_LABEL_MAX + longer;
		record[sizeof(head)] = KL_LABEL_MAX + longer;
		memset(record + sizeof(head) + 1, 'a', KL_LABEL_MAX + longer);
		memset(record + size, 0, sizeof(u64));
		size += sizeof(u64);
		memcpy(&head, record, sizeof(head));
		head.size = size;
		memcpy(record, &head, sizeof(head));
		assert_int_equal(print_record(size, NULL) > 0, !longer);
	}
}

static ssize_t print_head(const struct kl_record *head)
{
	memcpy(record, head, sizeof(*head));
	return print_record(head->size, NULL);
}

/* Lost: memory safety, if a record's header is ever damaged. */
static void refuses_headers(void **state)
{
	struct kl_record head, good;
	ssize_t length;

	(void)state;
	set_everything(KL_OP_EXECUTE);
	length = strlen(text_of(5, NULL));
	memcpy(&good, record, sizeof(good));
	head = good;
	head.op = KL_OP_COUNT;
	assert_int_equal(print_head(&head), -EINVAL);
	head.op = KL_OP_READ;
	assert_int_equal(print_head(&head), -EINVAL);
	head = good;
	head.result = KL_RESULTS;
	assert_int_equal(print_head(&head), -EINVAL);
	head = good;
	head.overlong[KL_SLOT_WORDS - 1] = BIT_ULL(63);
	assert_int_equal(print_head(&head), -EINVAL);
	head = good;
	head.flags = KL_RECORD_CHECK << 1;
	assert_int_equal(print_head(&head), -EINVAL);
	head = good;
	head.size = sizeof(head) - 1;
	assert_int_equal(print_head(&head), -EINVAL);
	assert_int_equal(print_head(&good), length);
	/* A slot that no operation has, and one that only another has. */
	record[sizeof(head) + KL_SLOT_TRANSITION / 8] |= 1 << KL_SLOT_TRANSITION % 8;
	assert_int_equal(print_record(good.size, NULL), -EINVAL);
	begin(KL_OP_CREATE);
	set_number(KL_SLOT_PERM, 0600);
	assert_non_null(strstr(text_of(5, NULL), " / create perm=0600\n"));
	record[offsetof(struct kl_record, op)] = KL_OP_READ;
	assert_int_equal(print_record(sizeof(record), NULL), -EINVAL);
}

/* Lost: the same within a history. */
static void refuses_histories(void **state)
{
	struct kl_record head;
	size_t at;

	(void)state;
	begin(KL_OP_SET_TIME);
	set_history("/a", true, false);
	text_of(5, NULL);
	memcpy(&head, record, sizeof(head));
	/* Set of slots, no label, then: truncated, length, one program. */
	at = sizeof(head) + KL_SLOT_WORDS * sizeof(u64) + 1;
	assert_int_equal(head.size, at + 1 + 4 + 17 + 2);
	assert_true(print_record(head.size, NULL) > 0);
	record[at] = 2;
	assert_int_equal(print_record(head.size, NULL), -EINVAL);
	record[at] = 1;
	assert_true(print_record(head.size, NULL) > 0);
	record[at + 5] = 2;
	assert_int_equal(print_record(head.size, NULL), -EINVAL);
	record[at + 5] = 0;
	record[at + 1 + 4 + 13] = 3;
	assert_int_equal(print_record(head.size, NULL), -EINVAL);
	record[at + 1 + 4 + 13] = 1;
	assert_int_equal(print_record(head.size, NULL), -EINVAL);
	/* task.ancestor is in no record. */
	text_of(5, NULL);
	record[sizeof(head) + KL_SLOT_TASK_ANCESTOR / 8] |=
		1 << KL_SLOT_TASK_ANCESTOR % 8;
	assert_int_equal(print_record(head.size, NULL), -EINVAL);
}

/* Lost: memory safety at odd addresses, and if a record is ever cut short. */
static void refuses_damage(void **state)
{
	struct kl_record head;
	size_t size, cut, refused = 0;
	ssize_t length;
	u8 *copy;
	int odd;

	(void)state;
	set_everything(KL_OP_EXECUTE);
	length = strlen(text_of(5, NULL));
	memcpy(&head, record, sizeof(head));
	size = head.size;
	for (odd = 0; odd < 8; odd++) {
		copy = malloc(size + odd);
		memcpy(copy + odd, record, size);
		assert_int_equal(kl_record_text(copy + odd, size, NULL, NULL, 0), length);
		free(copy);
	}
	/* Less than its size says; and cut short, so that values are missing. */
	for (cut = 0; cut < size; cut++) {
		copy = malloc(cut ? cut : 1);
		memcpy(copy, record, cut);
		assert_int_equal(kl_record_text(copy, cut, NULL, NULL, 0), -EINVAL);
		if (cut >= sizeof(head)) {
			head.size = cut;
			memcpy(copy, &head, sizeof(head));
			refused += kl_record_text(copy, cut, NULL, NULL, 0) == -EINVAL;
		}
		free(copy);
	}
	assert_true(refused > (size - sizeof(head)) * 8 / 10);
}

/* Lost: memory safety of readers whose buffer is too small. */
static void respects_room(void **state)
{
	size_t length, room;
	ssize_t result;
	char *out;

	(void)state;
	set_everything(KL_OP_ENVIRON);
	length = strlen(text_of(5, NULL));
	for (room = 0; room < length; room++) {
		out = malloc(room ? room : 1);
		result = kl_record_text(record, sizeof(record), NULL, out, room);
		assert_int_equal(result, length);
		free(out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(prints_execute),
		cmocka_unit_test(prints_create),
		cmocka_unit_test(prints_device),
		cmocka_unit_test(prints_header),
		cmocka_unit_test(orders_parameters),
		cmocka_unit_test(reads_back),
		cmocka_unit_test(prints_numbers),
		cmocka_unit_test(prints_names),
		cmocka_unit_test(prints_histories),
		cmocka_unit_test(leaves_long_histories_out),
		cmocka_unit_test(limits_arguments),
		cmocka_unit_test(limits_environment),
		cmocka_unit_test(takes_many_arguments),
		cmocka_unit_test(leaves_long_strings_out),
		cmocka_unit_test(prints_notices),
		cmocka_unit_test(refuses_notices),
		cmocka_unit_test(refuses_headers),
		cmocka_unit_test(refuses_histories),
		cmocka_unit_test(refuses_damage),
		cmocka_unit_test(respects_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
