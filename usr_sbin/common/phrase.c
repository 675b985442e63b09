// SPDX-License-Identifier: GPL-2.0
/* Conditions in words. */
#include "engine/word.h"
#include "phrase_inside.h"

static void put_subject(struct telling *telling)
{
	bool user = has_condition(telling, KL_SLOT_TASK_UID);
	bool program = has_condition(telling, KL_SLOT_TASK_EXE);

	kl_buffer_puts(telling->out, ", by ");
	if (user)
		put_users(telling, KL_SLOT_TASK_UID);
	if (user && program)
		kl_buffer_puts(telling->out, " using ");
	if (program)
		put_names(telling, KL_SLOT_TASK_EXE, NOUN_PROGRAM);
	if (!user && !program)
		kl_buffer_puts(telling->out, "anyone");
}

static void put_facts(struct telling *telling)
{
	const char *lead = ", if ";
	u32 i;

	for (i = 0; i < telling->phrase->count; i++) {
		if (telling->told[i])
			continue;
		kl_buffer_puts(telling->out, lead);
		put_fact(telling, telling->phrase->conditions[i]);
		lead = " and ";
	}
}

void kl_phrase_put(const struct kl_phrase *phrase, struct kl_buffer *out)
{
	struct telling telling = { .phrase = phrase, .out = out };
	u32 i;

	telling.told = kl_xalloc(phrase->count + 1, sizeof(*telling.told));
	for (i = 0; i < phrase->count; i++)
		telling.told[i] = phrase->conditions[i]->left == KL_SLOT_TRANSITION;
	if (phrase->any_op)
		kl_buffer_puts(out, "what is asked where the group is used");
	else
		put_deed(&telling);
	put_subject(&telling);
	put_facts(&telling);
	free(telling.told);
}

/* ----------------------------------------------------------------- wildcards */

static const struct {
	const char *escape;
	const char *meaning;
} wildcards[] = {
	{ "\\*", "any text without /" },
	{ "\\@", "any text without / or ." },
	{ "\\?", "one character, no /" },
	{ "\\$", "digits" },
	{ "\\+", "a digit" },
	{ "\\X", "hexadecimal digits" },
	{ "\\x", "a hexadecimal digit" },
	{ "\\A", "letters" },
	{ "\\a", "a letter" },
	{ "\\-", "what is before it, but not what is behind" },
	{ "\\{...\\}", "one or more folders that match what is between" },
	{ "\\(...\\)", "folders that match what is between, or none" },
};

static u32 wildcards_in(struct kl_text text)
{
	u32 found = 0, i;
	size_t at;

	for (at = 0; at + 1 < text.length; at++) {
		if (text.data[at] != '\\')
			continue;
		for (i = 0; i < ARRAY_SIZE(wildcards); i++)
			if (wildcards[i].escape[1] == text.data[at + 1])
				found |= 1u << i;
		at++;
	}
	return found;
}

static bool is_history(struct kl_text told)
{
	static const char history[] = "the history of the process is ";

	return memmem(told.data, told.length, history, strlen(history)) ||
	       memmem(told.data, told.length, "=>", 2);
}

bool kl_phrase_wildcards(struct kl_text told, struct kl_buffer *out)
{
	u32 found = wildcards_in(told), i, count = 0;

	for (i = 0; i < ARRAY_SIZE(wildcards); i++)
		if (found >> i & 1)
			kl_buffer_printf(out, "%s%s is %s", count++ ? "; " : "",
					 wildcards[i].escape, wildcards[i].meaning);
	/* There it stands for a program with all its folders. */
	if (found & 1 && is_history(told))
		kl_buffer_puts(out, "; as all that is between => of a history \\* is one "
				    "program, \\{\\*\\} one or more");
	return count;
}
