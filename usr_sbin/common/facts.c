// SPDX-License-Identifier: GPL-2.0
/* A request made of words. */
#include "engine/lex.h"
#include "engine/parse.h"
#include "facts.h"
#include "memo.h"

/**
 * struct kl_facts_chunk - memory that does not move
 * @next: older chunk
 * @used, @room: bytes of @data
 */
struct kl_facts_chunk {
	struct kl_facts_chunk *next;
	size_t used, room;
	char data[];
};

#define CHUNK_SIZE 16384

/* Aligned for whatever a request may point to. */
static void *take(struct kl_facts *facts, size_t size)
{
	struct kl_facts_chunk *chunk = facts->chunks;
	size_t room;

	size = (size + 7) & ~(size_t)7;
	room = max_t(size_t, size, CHUNK_SIZE);

	if (!chunk || chunk->room - chunk->used < size) {
		chunk = kl_xrealloc(NULL, 1, sizeof(*chunk) + room);
		chunk->next = facts->chunks;
		chunk->used = 0;
		chunk->room = room;
		facts->chunks = chunk;
	}
	chunk->used += size;
	return chunk->data + chunk->used - size;
}

/* Give back all chunks, or all but the oldest. */
static void drop_chunks(struct kl_facts *facts, bool all)
{
	struct kl_facts_chunk *chunk;

	while ((chunk = facts->chunks) && (all || chunk->next)) {
		facts->chunks = chunk->next;
		free(chunk);
	}
	if (chunk)
		chunk->used = 0;
}

void kl_facts_init(struct kl_facts *facts, struct kl_strings *strings, enum kl_op op)
{
	memset(facts, 0, sizeof(*facts));
	facts->strings = strings;
	kl_request_init(&facts->request, op);
}

void kl_facts_remember(struct kl_facts *facts)
{
	if (!facts->memo)
		facts->memo = kl_memo_new();
}

void kl_facts_restart(struct kl_facts *facts, enum kl_op op)
{
	drop_chunks(facts, false);
	free((void *)facts->args.text);
	memset(&facts->args, 0, sizeof(facts->args));
	facts->argv_count = 0;
	facts->envp_count = 0;
	facts->holes = 0;
	kl_request_init(&facts->request, op);
}

void kl_facts_free(struct kl_facts *facts)
{
	drop_chunks(facts, true);
	free((void *)facts->args.text);
	free(facts->argv);
	free(facts->envp);
	kl_memo_free(facts->memo);
	memset(facts, 0, sizeof(*facts));
}

/* The bytes that an interned word without wildcards stands for, behind @head. */
static int decode(struct kl_facts *facts, const struct kl_string *head,
		  const struct kl_string *word, struct kl_text *text,
		  struct kl_error *error)
{
	const struct kl_string *parts[] = { head, word };
	size_t size = word->length + (head ? head->length + 1 : 0);
	char *data = take(facts, size);
	ssize_t length = 0, got;
	size_t i;

	for (i = head ? 0 : 1; i < ARRAY_SIZE(parts); i++) {
		struct kl_text part = { parts[i]->text, parts[i]->length };

		got = part.length ? kl_decode(part, data + length) : 0;
		if (got < 0)
			return kl_refuse(error, 1,
					 KL_WORD_FMT " is a pattern; "
						     "a request has plain values",
					 KL_WORD_ARG(part));
		length += got;
		if (!i)
			data[length++] = '=';
	}
	text->data = data;
	text->length = length;
	return 0;
}

static struct kl_fact_string *grow(struct kl_fact_string **array, u32 *count, u32 *room)
{
	if (*count == *room) {
		*room = *room ? 2 * *room : 16;
		*array = kl_xrealloc(*array, *room, sizeof(**array));
	}
	return &(*array)[(*count)++];
}

static int add_argument(struct kl_facts *facts, const struct kl_condition *condition,
			struct kl_error *error)
{
	struct kl_fact_string *string;
	struct kl_text text;

	if (condition->index >= KL_FACTS_ARGS_MAX) {
		kl_refuse(error, 1, "argv[%u] is beyond what a program can get",
			  condition->index);
		return -E2BIG;
	}
	if (decode(facts, NULL, condition->string, &text, error))
		return -EINVAL;
	string = grow(&facts->argv, &facts->argv_count, &facts->argv_room);
	string->index = condition->index;
	string->text = text;
	return 0;
}

static int add_variable(struct kl_facts *facts, const struct kl_condition *condition,
			struct kl_error *error)
{
	struct kl_text text;

	if (facts->envp_count >= KL_FACTS_ARGS_MAX) {
		kl_refuse(error, 1, "more environment than a program can get");
		return -E2BIG;
	}
	if (decode(facts, condition->name, condition->string, &text, error))
		return -EINVAL;
	grow(&facts->envp, &facts->envp_count, &facts->envp_room)->text = text;
	return 0;
}

static int add_history(struct kl_facts *facts, const struct kl_string *string,
		       struct kl_error *error)
{
	struct kl_history *history;
	struct kl_text text;
	size_t room;
	ssize_t size;

	if (decode(facts, NULL, string, &text, error))
		return -EINVAL;
	/* Nearly always enough, and then it need not be read twice. */
	room = sizeof(*history) + 2 * (size_t)text.length + 64;
	history = take(facts, room);
	size = kl_history_parse(text, history, room);
	if (size < 0) {
		kl_refuse(error, 1, "a history has at most %u programs", KL_PROGRAMS_MAX);
		return size;
	}
	if ((size_t)size > room) {
		history = take(facts, size);
		kl_history_parse(text, history, size);
	}
	facts->request.value[KL_SLOT_TASK_HISTORY].history = history;
	kl_slot_add(facts->request.present, KL_SLOT_TASK_HISTORY);
	return 0;
}

static int add_value(struct kl_facts *facts, const struct kl_condition *condition,
		     struct kl_error *error)
{
	u32 slot = condition->left;

	if (condition->right == KL_RIGHT_KEYWORD && kl_slot_type(slot) == KL_FILEPERM)
		return kl_refuse(error, 1,
				 "a request has all its permission bits: "
				 "write a number such as 0755");
	if (slot == KL_SLOT_TASK_ANCESTOR)
		return kl_refuse(error, 1,
				 "task.ancestor follows from task.history: give that");
	if (slot == KL_SLOT_TASK_HISTORY && condition->right == KL_RIGHT_STRING)
		return add_history(facts, condition->string, error);
	switch (condition->right) {
	case KL_RIGHT_NUMBER:
	case KL_RIGHT_KEYWORD:
		kl_request_number(&facts->request, slot, condition->number.low);
		return 0;
	case KL_RIGHT_STRING:
		if (decode(facts, NULL, condition->string, &facts->texts[slot], error))
			return -EINVAL;
		kl_request_text(&facts->request, slot, &facts->texts[slot]);
		return 0;
	case KL_RIGHT_IP:
		facts->ip = condition->ip->low;
		facts->request.value[slot].ip = &facts->ip;
		kl_slot_add(facts->request.present, slot);
		return 0;
	default:
		return kl_refuse(error, 1, "a request has plain values here");
	}
}

static int refuse_second(const struct kl_facts *facts, u32 slot, struct kl_error *error)
{
	char name[KL_SLOT_NAME_MAX];

	kl_refuse(error, 1, "%s is given twice",
		  kl_slot_name(facts->request.op, slot, name));
	return -EEXIST;
}

static int add_condition(struct kl_facts *facts, const struct kl_condition *condition,
			 struct kl_error *error)
{
	u32 slot = condition->left;
	bool args = slot == KL_SLOT_ARGV || slot == KL_SLOT_ENVP;

	if (condition->negated || slot == KL_SLOT_TRANSITION ||
	    (args && condition->right != KL_RIGHT_STRING))
		return kl_refuse(error, 1, "a request has plain values here");
	if (slot == KL_SLOT_ARGV)
		return add_argument(facts, condition, error);
	if (slot == KL_SLOT_ENVP)
		return add_variable(facts, condition, error);
	if (kl_facts_given(facts, slot))
		return refuse_second(facts, slot, error);
	return add_value(facts, condition, error);
}

/* The slot of "ATTRIBUTE=NULL", whatever its type; -ENOENT for other words. */
static int absent_slot(const struct kl_facts *facts, struct kl_text word)
{
	static const char tail[] = "=NULL";
	u32 length = sizeof(tail) - 1;

	if (word.length <= length ||
	    !kl_text_is(kl_text_from(word, word.length - length), tail))
		return -ENOENT;
	return kl_slot_find(facts->request.op, kl_text_head(word, word.length - length));
}

/* What a word says that was read before. */
static int add_known(struct kl_facts *facts, const struct kl_memo_word *known,
		     struct kl_error *error)
{
	struct kl_text *text = &facts->texts[known->slot];
	char *copy;

	if (kl_facts_given(facts, known->slot))
		return refuse_second(facts, known->slot, error);
	if (!known->text) {
		kl_request_number(&facts->request, known->slot, known->number);
		return 0;
	}
	text->length = known->length - known->text - 1;
	copy = take(facts, text->length);
	memcpy(copy, known->word + known->text, text->length);
	text->data = copy;
	kl_request_text(&facts->request, known->slot, text);
	return 0;
}

/* Numbers, and strings that are written as they are: no byte of them encoded. */
static void remember(struct kl_facts *facts, struct kl_text word,
		     const struct kl_condition *condition)
{
	bool number = condition->right == KL_RIGHT_NUMBER ||
		      condition->right == KL_RIGHT_KEYWORD;
	struct kl_memo_word *place;
	u8 slot = condition->left;

	if (slot == KL_SLOT_ARGV || slot == KL_SLOT_ENVP || slot == KL_SLOT_TASK_HISTORY)
		return;
	if (!number && (condition->right != KL_RIGHT_STRING ||
			memchr(word.data, '\\', word.length)))
		return;
	place = kl_memo_place(facts->memo, facts->request.op, word);
	if (!place)
		return;
	place->slot = slot;
	if (number)
		place->number = condition->number.low;
	else
		place->text = word.length - condition->string->length - 1;
}

/* A word that the parser is to read. */
static int parse_word(struct kl_facts *facts, struct kl_text word, struct kl_error *error)
{
	struct kl_condition condition;
	int result = kl_parse_request_word(facts->strings, facts->request.op, word,
					   &condition, error);

	if (result)
		return result;
	result = add_condition(facts, &condition, error);
	if (!result && facts->memo)
		remember(facts, word, &condition);
	kl_condition_release(&condition);
	return result;
}

int kl_facts_add(struct kl_facts *facts, struct kl_text word, struct kl_error *error)
{
	const struct kl_memo_word *known = NULL;
	int slot;

	if (facts->memo)
		known = kl_memo_find(facts->memo, facts->request.op, word);
	if (known)
		return add_known(facts, known, error);
	slot = absent_slot(facts, word);

	if (slot >= 0 && slot != KL_SLOT_TRANSITION && slot != KL_SLOT_TASK_ANCESTOR) {
		if (kl_facts_given(facts, slot))
			return refuse_second(facts, slot, error);
		kl_slot_add(facts->request.absent, slot);
		return 0;
	}
	return parse_word(facts, word, error);
}

/* How many strings there are: as said, or as many as were given. */
static int count_strings(struct kl_facts *facts, u32 slot, u32 given, u32 *count,
			 struct kl_error *error)
{
	char name[KL_SLOT_NAME_MAX];
	u64 said = facts->request.value[slot].number;

	*count = given;
	if (!kl_slot_test(facts->request.present, slot))
		return 0;
	kl_slot_name(facts->request.op, slot, name);
	if (said < given)
		return kl_refuse(error, 1, "%s=%llu, but there are at least %u", name,
				 (unsigned long long)said, given);
	if (said > KL_FACTS_ARGS_MAX) {
		kl_refuse(error, 1, "%s=%llu is beyond what a program can get", name,
			  (unsigned long long)said);
		return -E2BIG;
	}
	*count = said;
	return 0;
}

static int place_arguments(struct kl_facts *facts, struct kl_text *text,
			   struct kl_error *error)
{
	u32 i;

	for (i = 0; i < facts->argv_count; i++) {
		struct kl_fact_string *string = &facts->argv[i];

		if (text[string->index].data) {
			kl_refuse(error, 1, "argv[%u] is given twice", string->index);
			return -EEXIST;
		}
		text[string->index] = string->text;
	}
	return 0;
}

static void derive(struct kl_facts *facts, u32 slot, u32 args, u32 count, u32 given)
{
	struct kl_request *request = &facts->request;

	if (!kl_slot_test(request->present, slot) && !given)
		return;
	if (!kl_facts_given(facts, slot))
		kl_request_number(request, slot, count);
	if (kl_facts_given(facts, args))
		return;
	request->value[args].args = &facts->args;
	kl_slot_add(request->present, args);
}

static bool is_device(u64 type)
{
	return type == 0060000 || type == 0020000;
}

/* Records leave out device numbers of what is no device: they are 0. */
static void derive_device(struct kl_request *request, u32 object)
{
	u32 type = object + KL_SLOT_OBJECT0_TYPE - KL_SLOT_OBJECT0;
	u32 major = object + KL_SLOT_OBJECT0_DEV_MAJOR - KL_SLOT_OBJECT0;
	u32 minor = object + KL_SLOT_OBJECT0_DEV_MINOR - KL_SLOT_OBJECT0;

	if (!kl_slot_test(request->present, type) ||
	    !kl_slot_exists(request->op, major) ||
	    is_device(request->value[type].number) ||
	    kl_slot_test(request->present, major) ||
	    kl_slot_test(request->absent, major) ||
	    kl_slot_test(request->present, minor) || kl_slot_test(request->absent, minor))
		return;
	kl_request_number(request, major, 0);
	kl_request_number(request, minor, 0);
}

static int finish_args(struct kl_facts *facts, struct kl_error *error)
{
	struct kl_args *args = &facts->args;
	struct kl_text *text;
	u32 i, highest = 0;
	int result;

	for (i = 0; i < facts->argv_count; i++)
		highest = max(highest, facts->argv[i].index + 1);
	result = count_strings(facts, KL_SLOT_ARGC, highest, &args->argc, error);
	if (result)
		return result;
	result =
		count_strings(facts, KL_SLOT_ENVC, facts->envp_count, &args->envc, error);
	if (result)
		return result;
	text = kl_xalloc((size_t)args->argc + args->envc, sizeof(*text));
	args->text = text;
	result = place_arguments(facts, text, error);
	if (result)
		return result;
	for (i = 0; i < facts->envp_count; i++)
		text[args->argc + i] = facts->envp[i].text;
	facts->holes = args->argc - facts->argv_count + args->envc - facts->envp_count;
	derive(facts, KL_SLOT_ARGC, KL_SLOT_ARGV, args->argc, facts->argv_count);
	derive(facts, KL_SLOT_ENVC, KL_SLOT_ENVP, args->envc, facts->envp_count);
	return 0;
}

/* The same object, two ways to look at it. */
static void derive_ancestor(struct kl_request *request)
{
	if (kl_slot_test(request->present, KL_SLOT_TASK_HISTORY)) {
		request->value[KL_SLOT_TASK_ANCESTOR] =
			request->value[KL_SLOT_TASK_HISTORY];
		kl_slot_add(request->present, KL_SLOT_TASK_ANCESTOR);
	} else if (kl_slot_test(request->absent, KL_SLOT_TASK_HISTORY)) {
		kl_slot_add(request->absent, KL_SLOT_TASK_ANCESTOR);
	}
}

int kl_facts_finish(struct kl_facts *facts, struct kl_error *error)
{
	derive_ancestor(&facts->request);
	derive_device(&facts->request, KL_SLOT_OBJECT0);
	derive_device(&facts->request, KL_SLOT_OBJECT1);
	if (!(kl_op_table[facts->request.op].flags & KL_OP_ARGS))
		return 0;
	return finish_args(facts, error);
}

void kl_facts_assume_absent(struct kl_facts *facts)
{
	u32 slot;

	for (slot = 0; slot < KL_SLOT_COUNT; slot++)
		if (!kl_facts_given(facts, slot))
			kl_slot_add(facts->request.absent, slot);
}

static bool wants_quotes(enum kl_op op, struct kl_text left, const char *right)
{
	int slot;

	if (*right == '"' || *right == '@' || !strcmp(right, "NULL"))
		return false;
	if (kl_text_begins(left, "argv[") || kl_text_begins(left, "envp["))
		return true;
	slot = kl_slot_find(op, left);
	if (slot < 0)
		return false;
	switch (kl_slot_type(slot)) {
	case KL_STRING:
		return kl_slot_find(op, kl_text_of(right)) < 0;
	case KL_ASSIGN:
	case KL_ANCESTOR:
	case KL_HISTORY:
		return true;
	default:
		return false;
	}
}

static void add_encoded(struct kl_buffer *out, const char *text)
{
	for (; *text; text++) {
		unsigned char c = *text;

		if (c <= 0x20 || c >= 0x7f)
			kl_buffer_printf(out, "\\%03o", c);
		else
			kl_buffer_add(out, text, 1);
	}
}

/* envp[HOME] becomes envp["HOME"]; @left ends before the operator. */
static void add_left(struct kl_buffer *out, struct kl_text left)
{
	if (!kl_text_begins(left, "envp[") || left.length < 7 || left.data[5] == '"' ||
	    left.data[left.length - 1] != ']') {
		kl_buffer_add(out, left.data, left.length);
		return;
	}
	kl_buffer_printf(out, "envp[\"%.*s\"]", (int)left.length - 6, left.data + 5);
}

void kl_word_from_shell(enum kl_op op, const char *argument, struct kl_buffer *out)
{
	const char *equals = strchr(argument, '=');
	struct kl_text left = { argument, 0 };
	const char *right;

	kl_buffer_clear(out);
	/* Even of nothing there shall be a text. */
	kl_buffer_puts(out, "");
	if (!equals || equals == argument) {
		add_encoded(out, argument);
		return;
	}
	right = equals + 1;
	left.length = equals - argument;
	if (left.data[left.length - 1] == '!')
		left.length--;
	add_left(out, left);
	kl_buffer_add(out, left.data + left.length, right - left.data - left.length);
	if (wants_quotes(op, left, right)) {
		kl_buffer_puts(out, "\"");
		add_encoded(out, right);
		kl_buffer_puts(out, "\"");
	} else {
		add_encoded(out, right);
	}
}
