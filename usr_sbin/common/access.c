// SPDX-License-Identifier: GPL-2.0
/* Who did something to an object. */
#include <pwd.h>

#include "access.h"
#include "engine/lex.h"
#include "engine/print.h"
#include "engine/value.h"
#include "engine/word.h"
#include "record_output.h"

/* ----------------------------------------------------------------- objects */

/**
 * struct making - an object being made
 * @object: it
 * @error: the caller's
 */
struct making {
	struct kl_object *object;
	struct kl_error *error;
};

/* @value: as behind the sign in a condition. Returns false after an error. */
static bool add_filter(struct making *making, enum kl_op op, u32 slot, const char *value,
		       enum kl_role role)
{
	struct kl_object *object = making->object;
	struct kl_buffer text = { 0 };
	char name[KL_SLOT_NAME_MAX];
	struct kl_filter *filter;

	if (object->count == KL_OBJECT_FILTERS_MAX) {
		kl_refuse(making->error, 0, "this needs too many conditions");
		return false;
	}
	kl_buffer_printf(&text, "%s %s=%s", kl_op_table[op].keyword,
			 kl_slot_name(op, slot, name), value);
	filter = kl_filter_new(kl_buffer_text(&text), making->error);
	kl_buffer_free(&text);
	if (!filter)
		return false;
	object->filters[object->count] = filter;
	object->roles[object->count++] = role;
	return true;
}

typedef bool (*maker)(struct making *making, enum kl_op op, const void *context);

static bool make_all(struct making *making, maker make, const void *context)
{
	u32 op;

	for (op = 0; op < KL_OP_COUNT; op++) {
		making->object->first[op] = making->object->count;
		if (!make(making, op, context))
			return false;
	}
	making->object->first[op] = making->object->count;
	return true;
}

static bool make_slots(struct making *making, enum kl_op op, const u32 *slots, u32 count,
		       const char *value, enum kl_role role)
{
	u32 i;

	for (i = 0; i < count; i++)
		if (kl_slot_exists(op, slots[i]) &&
		    !add_filter(making, op, slots[i], value, role))
			return false;
	return true;
}

/* Names of files, and addresses of UNIX sockets, which look like them. */
static bool make_path(struct making *making, enum kl_op op, const void *context)
{
	static const u32 slots[] = { KL_SLOT_OBJECT0, KL_SLOT_OBJECT1, KL_SLOT_ADDR };

	return make_slots(making, op, slots, ARRAY_SIZE(slots), context, KL_ROLE_OBJECT);
}

/* The folder, and all below it */
static bool make_folder(struct making *making, enum kl_op op, const void *context)
{
	const char *quoted = context; /* "/etc/" */
	int length = strlen(quoted) - 2; /* "/etc, with its quote */
	struct kl_buffer text = { 0 };
	bool good;

	kl_buffer_printf(&text, "%.*s/\\(\\*\\)/\\*\"", length, quoted);
	good = make_path(making, op, text.data);
	kl_buffer_clear(&text);
	kl_buffer_printf(&text, "%.*s%s\"", length, quoted, length > 1 ? "" : "/");
	good = good && make_path(making, op, text.data);
	kl_buffer_free(&text);
	return good;
}

/**
 * struct port - which ports
 * @keyword: beginning of the operations that are meant
 * @value: number or range
 */
struct port {
	const char *keyword;
	const char *value;
};

static bool make_port(struct making *making, enum kl_op op, const void *context)
{
	static const u32 slot = KL_SLOT_PORT;
	const struct port *port = context;

	if (!kl_text_begins(kl_text_of(kl_op_table[op].keyword), port->keyword))
		return true;
	return make_slots(making, op, &slot, 1, port->value, KL_ROLE_OBJECT);
}

static bool make_address(struct making *making, enum kl_op op, const void *context)
{
	static const u32 slot = KL_SLOT_IP;

	return make_slots(making, op, &slot, 1, context, KL_ROLE_OBJECT);
}

static bool make_process(struct making *making, enum kl_op op, const void *context)
{
	static const u32 slot = KL_SLOT_TARGET_PID;

	return make_slots(making, op, &slot, 1, context, KL_ROLE_OBJECT);
}

/* What was done to its processes, what became its, and what it did. */
static bool make_user(struct making *making, enum kl_op op, const void *context)
{
	static const u32 objects[] = { KL_SLOT_TARGET_UID, KL_SLOT_UID, KL_SLOT_NEW_UID,
				       KL_SLOT_NEW_EUID };
	static const u32 subject = KL_SLOT_TASK_UID;

	return make_slots(making, op, objects, ARRAY_SIZE(objects), context,
			  KL_ROLE_OBJECT) &&
	       make_slots(making, op, &subject, 1, context, KL_ROLE_SUBJECT);
}

static bool understand_path(struct making *making, const char *word)
{
	struct kl_buffer argument = { 0 }, condition = { 0 };
	const char *value;
	bool folder, good;

	kl_buffer_printf(&argument, "path=%s", word);
	kl_word_from_shell(KL_OP_READ, argument.data, &condition);
	value = strchr(condition.data, '=') + 1;
	folder = *value == '"' && strlen(value) > 2 &&
		 value[strlen(value) - 2] == '/';
	if (*value != '"' || !*word) {
		kl_refuse(making->error, 0, "this is no path");
		good = false;
	} else {
		good = make_all(making, folder ? make_folder : make_path, value);
	}
	kl_buffer_free(&argument);
	kl_buffer_free(&condition);
	return good;
}

static bool understand_port(struct making *making, const char *word)
{
	struct kl_word text = { .text = kl_text_of(word), .column = 1 };
	struct port port = { "inet_", word };
	struct kl_number_range range;

	if (!strncmp(word, "tcp/", 4))
		port = (struct port){ "inet_stream_", word + 4 };
	else if (!strncmp(word, "udp/", 4))
		port = (struct port){ "inet_dgram_", word + 4 };
	text.text = kl_text_of(port.value);
	if (kl_parse_numbers(&text, &range, making->error))
		return false;
	if (range.high > 65535) {
		kl_refuse(making->error, 0, "there is no such port");
		return false;
	}
	return make_all(making, make_port, &port);
}

static bool understand_address(struct making *making, const char *word)
{
	struct kl_word text = { .text = kl_text_of(word), .column = 1 };
	struct kl_ip_range range;

	if (kl_parse_addresses(&text, &range, making->error))
		return false;
	return make_all(making, make_address, word);
}

static bool understand_pid(struct making *making, const char *word)
{
	u64 *pid = &making->object->pid;

	if (kl_text_decimal(kl_text_of(word), ~0u, pid) || !*pid) {
		kl_refuse(making->error, 0, "this is no number of a process");
		return false;
	}
	return make_all(making, make_process, word);
}

static bool understand_user(struct making *making, const char *word)
{
	const struct passwd *user;
	char number[24];
	u64 uid;

	if (kl_text_decimal(kl_text_of(word), ~0u, &uid)) {
		user = getpwnam(word);
		if (!user) {
			kl_refuse(making->error, 0,
				  "there is no such user here; give the number");
			return false;
		}
		uid = user->pw_uid;
	}
	snprintf(number, sizeof(number), "%llu", (unsigned long long)uid);
	return make_all(making, make_user, number);
}

static const struct {
	const char *prefix;
	bool (*understand)(struct making *making, const char *word);
} kinds[] = {
	{ "path=", understand_path },	{ "port=", understand_port },
	{ "ip=", understand_address },	{ "pid=", understand_pid },
	{ "user=", understand_user },
};

static bool is_path(const char *word)
{
	return *word == '/' || strstr(word, ":/") || strstr(word, ":[") ||
	       strchr(word, '\\');
}

static bool is_port(const char *word)
{
	return !strncmp(word, "tcp/", 4) || !strncmp(word, "udp/", 4) ||
	       (*word && strspn(word, "0123456789-") == strlen(word));
}

static bool is_address(const char *word)
{
	struct kl_word text = { .text = kl_text_of(word), .column = 1 };
	struct kl_ip_range range;
	struct kl_error error;

	return !kl_parse_addresses(&text, &range, &error);
}

static bool understand(struct making *making, const char *word)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(kinds); i++)
		if (!strncmp(word, kinds[i].prefix, strlen(kinds[i].prefix)))
			return kinds[i].understand(making,
						   word + strlen(kinds[i].prefix));
	if (is_path(word))
		return understand_path(making, word);
	if (is_port(word))
		return understand_port(making, word);
	if (is_address(word))
		return understand_address(making, word);
	if (getpwnam(word))
		return understand_user(making, word);
	kl_refuse(making->error, 0, "neither path, port, address nor user of this machine");
	return false;
}

struct kl_object *kl_object_new(const char *word, struct kl_error *error)
{
	struct making making = { .object = kl_xalloc(1, sizeof(*making.object)),
				 .error = error };

	memset(error, 0, sizeof(*error));
	if (understand(&making, word))
		return making.object;
	kl_object_free(making.object);
	return NULL;
}

void kl_object_free(struct kl_object *object)
{
	u32 i;

	if (!object)
		return;
	for (i = 0; i < object->count; i++)
		kl_filter_free(object->filters[i]);
	free(object);
}

enum kl_role kl_object_role(const struct kl_object *object,
			    const struct kl_logline *line)
{
	u32 op = line->facts.request.op, i;

	for (i = object->first[op]; i < object->first[op + 1]; i++)
		if (kl_filter_match(object->filters[i], &line->facts))
			return object->roles[i];
	return object->pid && object->pid == line->pid ? KL_ROLE_SUBJECT : KL_ROLE_NONE;
}

/* ---------------------------------------------------------------- accesses */

void kl_accesses_init(struct kl_accesses *accesses)
{
	memset(accesses, 0, sizeof(*accesses));
	accesses->memory_max = KL_ACCESSES_MEMORY_MAX;
	kl_histree_init(&accesses->tree);
	kl_histree_init(&accesses->names);
	kl_xstrings(&accesses->strings);
}

static void put_words(struct kl_accesses *accesses, u32 count)
{
	u32 i;

	for (i = 0; i < count; i++) {
		kl_string_put(accesses->list[i].what);
		kl_string_put(accesses->list[i].domain);
		kl_string_put(accesses->list[i].label);
	}
}

void kl_accesses_free(struct kl_accesses *accesses)
{
	put_words(accesses, accesses->count);
	free(accesses->list);
	free(accesses->groups);
	kl_histree_free(&accesses->tree);
	kl_histree_free(&accesses->names);
	kl_strings_destroy(&accesses->strings);
	memset(accesses, 0, sizeof(*accesses));
}

/* With the group that it may make one day. */
static size_t memory_of(const struct kl_accesses *accesses)
{
	return accesses->count * (sizeof(struct kl_access) +
				  sizeof(struct kl_access_group)) +
	       accesses->strings.memory;
}

static void forget_older_half(struct kl_accesses *accesses)
{
	u32 half = (accesses->count + 1) / 2;

	put_words(accesses, half);
	accesses->count -= half;
	accesses->left_out += half;
	memmove(accesses->list, accesses->list + half,
		accesses->count * sizeof(*accesses->list));
}

static struct kl_access *one_more(struct kl_accesses *accesses)
{
	struct kl_access *access;

	if (accesses->count && memory_of(accesses) > accesses->memory_max)
		forget_older_half(accesses);
	if (accesses->count == accesses->room) {
		accesses->room = accesses->room ? 2 * accesses->room : 256;
		accesses->list = kl_xrealloc(accesses->list, accesses->room,
					     sizeof(*accesses->list));
	}
	access = &accesses->list[accesses->count];
	memset(access, 0, sizeof(*access));
	access->order = accesses->left_out + accesses->count++;
	return access;
}

void kl_accesses_add(struct kl_accesses *accesses, const struct kl_logline *line,
		     struct kl_histree_node *node, enum kl_role role)
{
	const struct kl_request *request = &line->facts.request;
	struct kl_access *access = one_more(accesses);

	access->time = line->time;
	access->sequence = line->sequence;
	access->pid = line->pid;
	access->op = request->op;
	access->result = line->result;
	access->unenforced = line->unenforced;
	access->role = role;
	access->priority = line->priority;
	access->uid = kl_slot_test(request->present, KL_SLOT_TASK_UID) ?
			      request->value[KL_SLOT_TASK_UID].number :
			      ~0ull;
	access->what = kl_xintern(&accesses->strings, kl_record_what(line));
	if (kl_slot_test(request->present, KL_SLOT_TASK_DOMAIN))
		access->domain = kl_xintern(&accesses->strings,
					*request->value[KL_SLOT_TASK_DOMAIN].text);
	if (line->label.length)
		access->label = kl_xintern(&accesses->strings, line->label);
	access->node = node;
	access->alike = kl_histree_alike(&accesses->names, node);
}

#define ORDER(a, b) ((a) < (b) ? -1 : (a) > (b))

static int by_time(const void *a, const void *b)
{
	const struct kl_access *x = a, *y = b;

	return x->time != y->time ? ORDER(x->time, y->time) : ORDER(x->order, y->order);
}

void kl_accesses_sort(struct kl_accesses *accesses)
{
	if (accesses->count)
		qsort(accesses->list, accesses->count, sizeof(*accesses->list), by_time);
}

/* Pointers to interned words and to nodes of one tree are equal if these are. */
static int by_likeness(const struct kl_access *x, const struct kl_access *y)
{
	if (x->what != y->what)
		return ORDER(x->what, y->what);
	if (x->alike != y->alike)
		return ORDER(x->alike, y->alike);
	if (x->op != y->op)
		return ORDER(x->op, y->op);
	if (x->result != y->result)
		return ORDER(x->result, y->result);
	if (x->unenforced != y->unenforced)
		return ORDER(x->unenforced, y->unenforced);
	if (x->role != y->role)
		return ORDER(x->role, y->role);
	if (x->uid != y->uid)
		return ORDER(x->uid, y->uid);
	if (x->domain != y->domain)
		return ORDER(x->domain, y->domain);
	if (x->priority != y->priority)
		return ORDER(x->priority, y->priority);
	return ORDER(x->label, y->label);
}

static int by_group(const void *a, const void *b)
{
	const struct kl_access *x = a, *y = b;
	int order = by_likeness(x, y);

	if (order)
		return order;
	if (x->pid != y->pid)
		return ORDER(x->pid, y->pid);
	return x->node != y->node ? ORDER(x->node, y->node) : by_time(a, b);
}

static const struct kl_histree_node *common(const struct kl_histree_node *a,
					    const struct kl_histree_node *b)
{
	while (a != b) {
		if (a->depth >= b->depth)
			a = a->parent;
		else
			b = b->parent;
	}
	return a;
}

/* Returns how many from @first on belong together. */
static u32 make_group(const struct kl_access *first, u32 left,
		      struct kl_access_group *group)
{
	const struct kl_access *at = first;

	*group = (struct kl_access_group){ first, first->time, 0, 0, first->node, true };
	for (; left-- && !by_likeness(first, at); at++) {
		group->processes += at == first || at->pid != at[-1].pid ||
				    at->node != at[-1].node;
		group->single &= at->node == first->node && at->pid == first->pid;
		group->common = common(group->common, at->node);
		group->first_time = min(group->first_time, at->time);
		if (by_time(group->newest, at) < 0)
			group->newest = at;
		group->count++;
	}
	return at - first;
}

static int by_newest(const void *a, const void *b)
{
	const struct kl_access_group *x = a, *y = b;

	return by_time(x->newest, y->newest);
}

void kl_accesses_group(struct kl_accesses *accesses)
{
	u32 at = 0;

	if (!accesses->count)
		return;
	qsort(accesses->list, accesses->count, sizeof(*accesses->list), by_group);
	accesses->groups = kl_xalloc(accesses->count, sizeof(*accesses->groups));
	while (at < accesses->count)
		at += make_group(&accesses->list[at], accesses->count - at,
				 &accesses->groups[accesses->group_count++]);
	qsort(accesses->groups, accesses->group_count, sizeof(*accesses->groups),
	      by_newest);
}
