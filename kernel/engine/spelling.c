// SPDX-License-Identifier: GPL-2.0
/*
 * Lines of a rule group name attributes, but no operation: which one are they to
 * be read by?
 */
#include "clause.h"

/* A condition's sides; without '=' the right one is empty. */
static void split_clause(struct kl_text text, struct kl_text *left,
			 struct kl_text *right)
{
	const char *equals = memchr(text.data, '=', text.length);
	u32 split = equals ? equals - text.data : text.length;

	*left = kl_text_head(text, split);
	*right = kl_text_from(text, equals ? split + 1 : split);
	if (equals && split && text.data[split - 1] == '!')
		left->length--;
}

static bool left_suits(enum kl_op op, struct kl_text left)
{
	if (kl_op_table[op].flags & KL_OP_ARGS &&
	    (kl_text_begins(left, "argv") || kl_text_begins(left, "envp")))
		return true;
	return kl_slot_find(op, left) >= 0;
}

/* What names an attribute somewhere must name one here. */
static bool right_suits(enum kl_op op, struct kl_text right)
{
	if (!right.length || right.data[0] < 'a' || right.data[0] > 'z')
		return true;
	return kl_slot_find(op, right) >= 0 || !kl_slot_known(right);
}

static bool clause_suits(enum kl_op op, struct kl_text text)
{
	struct kl_text left, right;

	split_clause(text, &left, &right);
	return left_suits(op, left) && right_suits(op, right);
}

static bool ends_clauses(const struct kl_word *word)
{
	return kl_text_begins(word->text, "label=");
}

static bool line_suits(enum kl_op op, struct kl_lexer words)
{
	struct kl_word word;

	while (kl_lexer_next(&words, &word) && !ends_clauses(&word))
		if (!clause_suits(op, word.text))
			return false;
	return true;
}

static bool same_object(const struct kl_object_info *a,
			const struct kl_object_info *b)
{
	return a->extent == b->extent && !strcmp(a->prefix, b->prefix);
}

/* Is there an operation before it that has the same objects? */
static bool has_known_objects(int op)
{
	const struct kl_object_info *object = kl_op_table[op].object;
	int before;

	for (before = 0; before < op; before++)
		if (same_object(&kl_op_table[before].object[0], &object[0]) &&
		    same_object(&kl_op_table[before].object[1], &object[1]))
			return true;
	return false;
}

/* Every attribute of any operation; those of objects about once. */
static void offer_attributes(struct kl_hint *hint)
{
	char name[KL_SLOT_NAME_MAX];
	int op, slot;

	for (op = 0; op < KL_OP_COUNT; op++) {
		if (has_known_objects(op))
			continue;
		for (slot = 0; slot < KL_SLOT_TASK_PID; slot++)
			if (kl_slot_exists(op, slot))
				kl_hint_offer(hint,
					      kl_slot_name(op, slot, name));
	}
	for (slot = KL_SLOT_TASK_PID; slot < KL_SLOT_ARGV; slot++)
		kl_hint_offer(hint, kl_slot_name(0, slot, name));
}

/* A condition that no operation has, or none together with those before it. */
static int refuse_unsuited(const struct kl_word *word, struct kl_error *error)
{
	struct kl_text left, right;
	struct kl_hint hint;
	int op;

	split_clause(word->text, &left, &right);
	for (op = 0; op < KL_OP_COUNT; op++)
		if (left_suits(op, left))
			return kl_refuse(
				error, word->column,
				"no operation has " KL_WORD_FMT
				" and all that stands before it",
				KL_WORD_ARG(word->text));
	kl_hint_init(&hint, left);
	offer_attributes(&hint);
	return kl_refuse(error, word->column,
			 "unknown attribute " KL_WORD_FMT "%s",
			 KL_WORD_ARG(left), hint.text);
}

/* The first word with which no operation is left. */
static int refuse_line(struct kl_lexer words, struct kl_error *error)
{
	bool out[KL_OP_COUNT] = { false };
	u32 left = KL_OP_COUNT, op;
	struct kl_word word;

	while (kl_lexer_next(&words, &word) && !ends_clauses(&word)) {
		for (op = 0; op < KL_OP_COUNT; op++)
			if (!out[op] && !clause_suits(op, word.text)) {
				out[op] = true;
				left--;
			}
		if (!left)
			break;
	}
	return refuse_unsuited(&word, error);
}

int kl_find_clause_op(struct kl_lexer words, struct kl_error *error)
{
	struct kl_lexer ahead = words;
	struct kl_word word;
	int op;

	while (kl_lexer_next(&ahead, &word) && !ends_clauses(&word))
		if (kl_text_begins(word.text, "transition=") ||
		    kl_text_begins(word.text, "transition!="))
			return kl_refuse(
				error, word.column,
				"transition= cannot stand in a rule group; expected it on an allow line of a block");
	for (op = 0; op < KL_OP_COUNT; op++)
		if (line_suits(op, words))
			return op;
	return refuse_line(words, error);
}
