// SPDX-License-Identifier: GPL-2.0
/*
 * A line as one JSON object with the field names of the Elastic Common Schema
 * (ECS 8.11): what ECS has no field for stands under "kellas". Texts keep the
 * encoded form of records (\040 is a space), so that nothing is lost and they
 * can be pasted into a policy.
 *
 * "process" is the subject. For execute it is what the process becomes, as ECS
 * wants it, and the program that it ran before is process.previous.
 */
#include <sys/utsname.h>

#include "ecs.h"
#include "engine/lex.h"
#include "engine/pattern.h"
#include "engine/word.h"
#include "record_output.h"

#define ECS_VERSION "8.11.0"

/**
 * struct ecs - a request on its way into an object
 * @output: where it is printed
 * @line: the record
 * @request: its request
 * @put: slots that have found a field of ECS: not repeated under "kellas"
 */
struct ecs {
	struct kl_output *output;
	const struct kl_logline *line;
	const struct kl_request *request;
	u64 put[KL_SLOT_WORDS];
};

static bool has(const struct ecs *ecs, u32 slot)
{
	return kl_slot_test(ecs->request->present, slot);
}

static u64 number_of(const struct ecs *ecs, u32 slot)
{
	return ecs->request->value[slot].number;
}

/* One attribute as it is; @slot has a value. */
static void put_slot(struct ecs *ecs, const char *key, u32 slot)
{
	kl_put_attribute(ecs->output, key, ecs->request, slot);
	kl_slot_add(ecs->put, slot);
}

static void put_if(struct ecs *ecs, const char *key, u32 slot)
{
	if (has(ecs, slot))
		put_slot(ecs, key, slot);
}

/* ECS keeps identifiers as strings. */
static void put_id(struct ecs *ecs, const char *key, u32 slot)
{
	char digits[24];

	if (!has(ecs, slot))
		return;
	snprintf(digits, sizeof(digits), "%llu",
		 (unsigned long long)number_of(ecs, slot));
	kl_put_string(ecs->output, key, NULL, digits);
	kl_slot_add(ecs->put, slot);
}

static void put_words(struct kl_output *output, const char *key, const char *words)
{
	struct kl_text rest = kl_text_of(words), word;
	const char *space;

	kl_open_array(output, key);
	while (rest.length) {
		space = memchr(rest.data, ' ', rest.length);
		word = space ? kl_text_head(rest, space - rest.data) : rest;
		kl_put_text(output, NULL, NULL, word);
		rest = kl_text_from(rest, word.length + (space ? 1 : 0));
	}
	kl_close(output);
}

static bool is_incoming(enum kl_op op)
{
	return op == KL_OP_INET_STREAM_ACCEPT || op == KL_OP_INET_DGRAM_RECV ||
	       op == KL_OP_INET_RAW_RECV;
}

static bool is_outgoing(enum kl_op op)
{
	return op == KL_OP_INET_STREAM_CONNECT || op == KL_OP_INET_DGRAM_SEND ||
	       op == KL_OP_INET_RAW_SEND;
}

static bool is_socket(enum kl_op op)
{
	return (op >= KL_OP_INET_STREAM_BIND && op <= KL_OP_UNIX_SEQPACKET_ACCEPT) ||
	       (op >= KL_OP_INET_DGRAM_RECV && op <= KL_OP_UNIX_DGRAM_RECV) ||
	       op == KL_OP_USE_NETLINK_SOCKET || op == KL_OP_USE_PACKET_SOCKET;
}

static const char *category_of(enum kl_op op)
{
	if (is_socket(op))
		return "network";
	switch (op) {
	case KL_OP_EXECUTE:
	case KL_OP_ENVIRON:
	case KL_OP_SIGNAL:
	case KL_OP_PTRACE:
	case KL_OP_CAPABILITY:
	case KL_OP_TASK_EXIT:
	case KL_OP_TASK_HANG:
	case KL_OP_AUTO_DOMAIN_TRANSITION:
	case KL_OP_MANUAL_DOMAIN_TRANSITION:
		return "process";
	case KL_OP_SETUID:
		return "iam process";
	case KL_OP_MMAP_EXEC:
		return "library";
	case KL_OP_MODULE_LOAD:
	case KL_OP_KEXEC_LOAD:
		return "driver";
	case KL_OP_BPF:
	case KL_OP_SET_TIME:
	case KL_OP_MODIFY_POLICY:
		return "configuration";
	default:
		return "file";
	}
}

static const char *type_of(enum kl_op op)
{
	if (is_socket(op))
		return "connection";
	switch (op) {
	case KL_OP_EXECUTE:
	case KL_OP_MMAP_EXEC:
	case KL_OP_MODULE_LOAD:
	case KL_OP_KEXEC_LOAD:
		return "start";
	case KL_OP_TASK_EXIT:
		return "end";
	case KL_OP_CREATE:
	case KL_OP_MKDIR:
	case KL_OP_MKFIFO:
	case KL_OP_MKSOCK:
	case KL_OP_MKBLOCK:
	case KL_OP_MKCHAR:
	case KL_OP_SYMLINK:
	case KL_OP_LINK:
		return "creation";
	case KL_OP_UNLINK:
	case KL_OP_RMDIR:
		return "deletion";
	case KL_OP_READ:
	case KL_OP_GETATTR:
	case KL_OP_FD_RECEIVE:
	case KL_OP_CHROOT:
		return "access";
	case KL_OP_TASK_HANG:
	case KL_OP_SIGNAL:
	case KL_OP_PTRACE:
	case KL_OP_CAPABILITY:
	case KL_OP_ENVIRON:
		return "info";
	default:
		return "change";
	}
}

static void put_head(struct kl_output *output, u64 time)
{
	kl_put_iso_time(output, "@timestamp", time);
	kl_open_object(output, "ecs");
	kl_put_string(output, "version", NULL, ECS_VERSION);
	kl_close(output);
}

static void put_host(struct kl_output *output, const struct kl_logline *line)
{
	struct utsname names;

	kl_open_object(output, "host");
	if (!uname(&names))
		kl_put_string(output, "name", NULL, names.nodename);
	if (line && line->boot.length) {
		kl_open_object(output, "boot");
		kl_put_text(output, "id", NULL, line->boot);
		kl_close(output);
	}
	kl_close(output);
}

/* What was let through succeeded as far as Kellas is concerned. */
static bool is_refused(const struct kl_logline *line)
{
	return line->result == KL_DENIED && !line->unenforced;
}

static void put_request_event(struct ecs *ecs)
{
	const struct kl_logline *line = ecs->line;
	enum kl_op op = ecs->request->op;
	char types[64];

	snprintf(types, sizeof(types), "%s %s", type_of(op),
		 is_refused(line) ? "denied" : "allowed");
	kl_open_object(ecs->output, "event");
	kl_put_string(ecs->output, "kind", NULL, "event");
	put_words(ecs->output, "category", category_of(op));
	put_words(ecs->output, "type", types);
	kl_put_string(ecs->output, "action", NULL, kl_op_table[op].keyword);
	kl_put_string(ecs->output, "outcome", NULL,
		      is_refused(line) ? "failure" : "success");
	if (line->sequence)
		kl_put_number(ecs->output, "sequence", NULL, line->sequence);
	kl_put_string(ecs->output, "provider", NULL, "kellas");
	kl_put_string(ecs->output, "dataset", NULL, "kellas.audit");
	kl_close(ecs->output);
}

static void put_parent(struct ecs *ecs)
{
	/* ECS means the pid as the host sees it; ours is that of the namespace. */
	bool initial = has(ecs, KL_SLOT_TASK_PID) && has(ecs, KL_SLOT_TASK_PPID) &&
		       number_of(ecs, KL_SLOT_TASK_PID) == ecs->line->pid;

	if (!initial && !has(ecs, KL_SLOT_TASK_PARENT_EXE))
		return;
	kl_open_object(ecs->output, "parent");
	if (initial)
		put_slot(ecs, "pid", KL_SLOT_TASK_PPID);
	put_if(ecs, "executable", KL_SLOT_TASK_PARENT_EXE);
	kl_close(ecs->output);
}

static void put_previous(struct ecs *ecs)
{
	if (!has(ecs, KL_SLOT_TASK_EXE))
		return;
	kl_open_array(ecs->output, "previous");
	kl_open_object(ecs->output, NULL);
	put_slot(ecs, "executable", KL_SLOT_TASK_EXE);
	kl_close(ecs->output);
	kl_close(ecs->output);
}

static void put_process(struct ecs *ecs)
{
	enum kl_op op = ecs->request->op;

	kl_open_object(ecs->output, "process");
	kl_put_number(ecs->output, "pid", NULL, ecs->line->pid);
	if (op == KL_OP_EXECUTE) {
		put_if(ecs, "executable", KL_SLOT_OBJECT0);
		if (has(ecs, KL_SLOT_ARGV)) {
			kl_put_argv(ecs->output, "args",
				    ecs->request->value[KL_SLOT_ARGV].args);
			kl_slot_add(ecs->put, KL_SLOT_ARGV);
		}
		put_if(ecs, "args_count", KL_SLOT_ARGC);
		put_previous(ecs);
	} else {
		put_if(ecs, "executable", KL_SLOT_TASK_EXE);
	}
	put_if(ecs, "name", KL_SLOT_TASK_COMM);
	if (op == KL_OP_TASK_EXIT)
		put_if(ecs, "exit_code", KL_SLOT_EXIT_CODE);
	put_parent(ecs);
	kl_close(ecs->output);
}

static void put_identity(struct ecs *ecs, const char *key, u32 slot)
{
	if (!has(ecs, slot))
		return;
	kl_open_object(ecs->output, key);
	put_id(ecs, "id", slot);
	kl_close(ecs->output);
}

static void put_user(struct ecs *ecs)
{
	if (!has(ecs, KL_SLOT_TASK_UID) && !has(ecs, KL_SLOT_TASK_EUID) &&
	    !has(ecs, KL_SLOT_TASK_GID))
		return;
	kl_open_object(ecs->output, "user");
	put_id(ecs, "id", KL_SLOT_TASK_UID);
	put_identity(ecs, "effective", KL_SLOT_TASK_EUID);
	put_identity(ecs, "group", KL_SLOT_TASK_GID);
	kl_close(ecs->output);
}

static void put_file_type(struct ecs *ecs)
{
	u32 slot = KL_SLOT_OBJECT0_TYPE;

	/* ECS knows three; the others stay under "kellas". */
	if (!has(ecs, slot))
		return;
	switch (number_of(ecs, slot) & 0170000) {
	case 0100000:
		kl_put_string(ecs->output, "type", NULL, "file");
		break;
	case 0040000:
		kl_put_string(ecs->output, "type", NULL, "dir");
		break;
	case 0120000:
		kl_put_string(ecs->output, "type", NULL, "symlink");
		break;
	default:
		return;
	}
	kl_slot_add(ecs->put, slot);
}

static void put_file(struct ecs *ecs)
{
	if (!kl_slot_exists(ecs->request->op, KL_SLOT_OBJECT0) ||
	    !has(ecs, KL_SLOT_OBJECT0))
		return;
	kl_open_object(ecs->output, "file");
	put_slot(ecs, "path", KL_SLOT_OBJECT0);
	put_file_type(ecs);
	put_id(ecs, "inode", KL_SLOT_OBJECT0_INO);
	put_id(ecs, "uid", KL_SLOT_OBJECT0_UID);
	put_id(ecs, "gid", KL_SLOT_OBJECT0_GID);
	put_if(ecs, "mode", KL_SLOT_OBJECT0_PERM);
	if (ecs->request->op == KL_OP_SYMLINK)
		put_if(ecs, "target_path", KL_SLOT_TARGET);
	kl_close(ecs->output);
}

/* Of a socket that is bound, or listens, the address is our own. */
static void put_network(struct ecs *ecs)
{
	enum kl_op op = ecs->request->op;
	const struct kl_ip *ip;

	if (!has(ecs, KL_SLOT_IP))
		return;
	ip = ecs->request->value[KL_SLOT_IP].ip;
	kl_open_object(ecs->output, is_incoming(op) ? "source" :
				    is_outgoing(op) ? "destination" :
						      "server");
	put_slot(ecs, "ip", KL_SLOT_IP);
	put_if(ecs, "port", KL_SLOT_PORT);
	kl_close(ecs->output);
	kl_open_object(ecs->output, "network");
	kl_put_string(ecs->output, "type", NULL, ip->family == KL_IPV4 ? "ipv4" : "ipv6");
	put_id(ecs, "iana_number", KL_SLOT_PROTO);
	if (is_incoming(op) || is_outgoing(op))
		kl_put_string(ecs->output, "direction", NULL,
			      is_incoming(op) ? "ingress" : "egress");
	kl_close(ecs->output);
}

static void put_rule(struct ecs *ecs)
{
	if (!ecs->line->label.length)
		return;
	kl_open_object(ecs->output, "rule");
	kl_put_text(ecs->output, "name", NULL, ecs->line->label);
	kl_close(ecs->output);
}

static void put_rest(struct ecs *ecs)
{
	const struct kl_logline *line = ecs->line;

	kl_open_object(ecs->output, "kellas");
	kl_put_string(ecs->output, "type", NULL, "request");
	kl_put_string(ecs->output, "result", NULL, kl_result_name(line->result));
	kl_put_number(ecs->output, "priority", NULL, line->priority);
	if (line->instance.length)
		kl_put_text(ecs->output, "instance", NULL, line->instance);
	if (line->unenforced)
		kl_put_bool(ecs->output, "enforced", NULL, false);
	if (line->check)
		kl_put_bool(ecs->output, "check", NULL, true);
	if (line->omitted)
		kl_put_number(ecs->output, "omitted", NULL, line->omitted);
	kl_put_overlong(ecs->output, ecs->request);
	kl_put_attributes(ecs->output, ecs->request, ecs->put);
	kl_close(ecs->output);
}

static void put_request(struct kl_output *output, const struct kl_logline *line)
{
	struct ecs ecs = {
		.output = output,
		.line = line,
		.request = &line->facts.request,
	};

	put_request_event(&ecs);
	put_host(output, line);
	put_process(&ecs);
	put_user(&ecs);
	put_file(&ecs);
	put_network(&ecs);
	put_rule(&ecs);
	put_rest(&ecs);
}

/* Events that are no request; @trouble: something may be missing. */
static void put_plain_event(struct kl_output *output, const char *provider,
			    struct kl_text action, bool trouble, u64 sequence)
{
	kl_open_object(output, "event");
	kl_put_string(output, "kind", NULL, trouble ? "pipeline_error" : "event");
	kl_put_text(output, "action", NULL, action);
	if (sequence)
		kl_put_number(output, "sequence", NULL, sequence);
	kl_put_string(output, "provider", NULL, provider);
	kl_put_string(output, "dataset", NULL, "kellas.audit");
	kl_close(output);
}

/* event.sequence of a loss is the last number lost: what has been accounted for. */
static void put_loss(struct kl_output *output, const struct kl_logline *line)
{
	bool lost = line->kind == KL_LOGLINE_LOST;

	put_plain_event(output, "kellas", kl_text_of(lost ? "lost" : "suppressed"), true,
			lost ? line->last : 0);
	put_host(output, line);
	kl_open_object(output, "kellas");
	kl_put_string(output, "type", NULL, lost ? "lost" : "suppressed");
	kl_put_number(output, "count", NULL, line->count);
	if (lost) {
		kl_put_number(output, "first", NULL, line->sequence);
		kl_put_number(output, "last", NULL, line->last);
	} else {
		kl_put_number(output, "index", NULL, line->index);
	}
	kl_put_losses(output, line);
	kl_close(output);
}

static bool is_trouble(struct kl_text event)
{
	static const char *const troubles[] = { "lost",	   "sink-down", "torn",
						"unsynced", "removed",	"replaced" };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(troubles); i++)
		if (kl_text_is(event, troubles[i]))
			return true;
	return false;
}

static void put_daemon(struct kl_output *output, const struct kl_entry *entry)
{
	struct kl_text rest = entry->line, key, value;
	struct kl_buffer name = { 0 };

	if (!kl_logline_pair(&rest, &key, &value))
		value = kl_text_of("unknown");
	put_plain_event(output, "kellas-auditd", value, is_trouble(value), 0);
	put_host(output, NULL);
	kl_open_object(output, "kellas");
	kl_put_string(output, "type", NULL, "daemon");
	while (kl_logline_pair(&rest, &key, &value)) {
		kl_buffer_clear(&name);
		kl_buffer_add(&name, key.data, key.length);
		kl_put_text(output, name.data, NULL, value);
	}
	kl_close(output);
	kl_buffer_free(&name);
}

/* The host is another one: all that is known of it is its address. */
static void put_console(struct kl_output *output, const struct kl_entry *entry)
{
	kl_put_text(output, "message", NULL, entry->line);
	put_plain_event(output, "netconsole", kl_text_of("console"), false, 0);
	kl_open_object(output, "kellas");
	kl_put_string(output, "type", NULL, "netconsole");
	kl_put_text(output, "origin", NULL, entry->origin);
	kl_close(output);
}

static void put_unreadable(struct kl_output *output, const struct kl_entry *entry)
{
	kl_put_text(output, "message", NULL, entry->line);
	put_plain_event(output, "kellas", kl_text_of("unreadable"), true,
			entry->sequence);
	put_host(output, NULL);
	kl_open_object(output, "kellas");
	kl_put_string(output, "type", NULL, "unreadable");
	kl_close(output);
}

void kl_ecs_put(struct kl_output *output, const struct kl_entry *entry)
{
	const struct kl_logline *line = entry->record;

	kl_open_object(output, NULL);
	put_head(output, line ? line->time : entry->time);
	if (entry->source == KL_ENTRY_DAEMON)
		put_daemon(output, entry);
	else if (entry->source == KL_ENTRY_NETCONSOLE)
		put_console(output, entry);
	else if (!line)
		put_unreadable(output, entry);
	else if (line->kind == KL_LOGLINE_REQUEST)
		put_request(output, line);
	else
		put_loss(output, line);
	kl_close(output);
}
