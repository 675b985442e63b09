// SPDX-License-Identifier: GPL-2.0
/*
 * The truth of single conditions. The engine judges whole lines; so each
 * condition becomes, for a moment, the head of a block of its own in the same
 * policy, where it finds the same groups.
 */
#include "engine/parse.h"
#include "engine/print.h"
#include "probe.h"

/* The lowest precedence: after all blocks but those that use it, too. */
#define PRIORITY KL_PRIORITY_MAX

/**
 * struct answer - a condition and its truth
 * @text: canonical
 */
struct answer {
	char *text;
	enum kl_truth truth;
};

/**
 * struct kl_probe - answers
 * @op: operation of all conditions
 * @answers: sorted by text
 */
struct kl_probe {
	enum kl_op op;
	struct answer *answers;
	u32 count;
};

static int print(enum kl_op op, const struct kl_condition *condition,
		 struct kl_buffer *text)
{
	struct kl_printer printer = { kl_buffer_write, text };

	return kl_print_condition(&printer, op, condition);
}

static void write_heads(enum kl_op op, const struct kl_rule *const *rules, u32 count,
			struct kl_buffer *text)
{
	u32 i, c;

	for (i = 0; i < count; i++)
		for (c = 0; c < rules[i]->count; c++) {
			kl_buffer_printf(text, "%u acl %s ", PRIORITY,
					 kl_op_table[op].keyword);
			print(op, &rules[i]->conditions[c], text);
			kl_buffer_puts(text, "\n");
		}
}

static int compare(const void *a, const void *b)
{
	return strcmp(((const struct answer *)a)->text, ((const struct answer *)b)->text);
}

/* Every block that is a single condition at that priority answers. */
static int collect(struct kl_probe *probe, const struct kl_policy *policy,
		   const struct kl_ruleset *ruleset, const struct kl_request *request)
{
	u32 count = policy->block_count[probe->op], first, i;
	struct kl_rule **heads = kl_policy_sorted(&policy->blocks[probe->op], count);
	struct kl_buffer text = { 0 };

	if (!heads)
		return count ? -ENOMEM : 0;
	kl_ruleset_blocks(ruleset, probe->op, &first);
	probe->answers = kl_xalloc(count, sizeof(*probe->answers));
	for (i = 0; i < count; i++) {
		struct answer *answer = &probe->answers[probe->count];
		int missing = -1;

		if (heads[i]->priority != PRIORITY || heads[i]->count != 1)
			continue;
		kl_buffer_clear(&text);
		print(probe->op, heads[i]->conditions, &text);
		answer->text = kl_xstrdup(text.data);
		answer->truth =
			kl_line_truth(ruleset, first + i, KL_NO_RULE, request, &missing);
		probe->count++;
	}
	kl_sort(probe->answers, probe->count, sizeof(*probe->answers), compare);
	kl_buffer_free(&text);
	kl_free(heads);
	return 0;
}

static int ask_all(struct kl_probe *probe, struct kl_policy *policy, struct kl_text heads,
		   const struct kl_request *request)
{
	struct kl_ruleset *ruleset;
	struct kl_parser parser;
	struct kl_batch batch;
	struct kl_undo *undo;
	struct kl_error error;
	int result;

	kl_parser_init(&parser, &policy->strings);
	kl_batch_init(&batch);
	result = kl_parse_text(&parser, heads, &batch, &error);
	if (!result)
		result = kl_policy_apply(policy, &batch, &undo, &error);
	kl_batch_release(&batch);
	if (result)
		return result;
	result = kl_compile(policy, &ruleset, &error);
	if (!result) {
		result = collect(probe, policy, ruleset, request);
		kl_ruleset_free(ruleset);
	}
	kl_policy_revert(policy, undo);
	return result;
}

struct kl_probe *kl_probe_new(struct kl_policy_file *file, enum kl_op op,
			      const struct kl_rule *const *rules, u32 count,
			      const struct kl_request *request)
{
	struct kl_probe *probe = kl_xalloc(1, sizeof(*probe));
	struct kl_buffer heads = { 0 };
	int result;

	probe->op = op;
	write_heads(op, rules, count, &heads);
	result = ask_all(probe, &file->policy, kl_buffer_text(&heads), request);
	kl_buffer_free(&heads);
	if (!result)
		return probe;
	kl_probe_free(probe);
	return NULL;
}

enum kl_truth kl_probe_ask(const struct kl_probe *probe,
			   const struct kl_condition *condition)
{
	struct kl_buffer text = { 0 };
	struct answer key, *found = NULL;

	if (!print(probe->op, condition, &text)) {
		key.text = text.data;
		if (probe->count)
			found = bsearch(&key, probe->answers, probe->count, sizeof(key),
					compare);
	}
	kl_buffer_free(&text);
	return found ? found->truth : KL_UNKNOWN;
}

void kl_probe_free(struct kl_probe *probe)
{
	u32 i;

	if (!probe)
		return;
	for (i = 0; i < probe->count; i++)
		free(probe->answers[i].text);
	free(probe->answers);
	free(probe);
}
