// SPDX-License-Identifier: GPL-2.0
/* What a policy says of a request, printed. */
#include "engine/print.h"
#include "explanation.h"

static void put_rule_text(struct kl_output *output, const char *key, const char *format,
			  const struct kl_rule *rule)
{
	struct kl_buffer text = { 0 };
	struct kl_printer printer = { kl_buffer_write, &text };

	kl_print_rule(&printer, rule);
	kl_put_text(output, key, format, kl_text_of(text.data + strspn(text.data, " ")));
	kl_buffer_free(&text);
}

static void say_place(struct kl_output *output, const struct kl_policy_file *file,
		      const struct kl_rule *rule)
{
	u32 local;
	const char *name = kl_source_locate(&file->source, rule->line, &local);

	kl_paint(output, KL_FAINT);
	kl_say(output, "  (%s:%u)", name, local);
	kl_paint(output, KL_PLAIN);
}

static void put_rule(struct kl_output *output, const struct kl_policy_file *file, const char *key,
		     const char *format, const struct kl_rule *rule)
{
	const char *name;
	u32 local;

	if (!rule) {
		kl_put_null(output, key);
		return;
	}
	name = kl_source_locate(&file->source, rule->line, &local);
	kl_open_object(output, key);
	kl_put_number(output, "line", NULL, local);
	kl_put_string(output, "file", NULL, name);
	put_rule_text(output, "text", format, rule);
	kl_close(output);
	if (output->format == KL_FORMAT_TEXT)
		say_place(output, file, rule);
}

/* The line that decides, and the use lines that led to it, innermost last. */
static void put_deciding(struct kl_output *output, const struct kl_policy_file *file,
			 const struct kl_explained_block *block)
{
	u32 i;

	put_rule(output, file, "rule", " by %s", block->rule);
	if (!block->use_count)
		return;
	kl_open_array(output, "uses");
	for (i = 0; i < block->use_count; i++)
		put_rule(output, file, NULL, "\n        through %s", block->uses[i]);
	kl_close(output);
}

static const struct {
	u32 outcome;
	const char *name;
	enum kl_colour colour;
} outcomes[] = {
	{ KL_OUTCOME_ALLOWED, "allowed", KL_GOOD },
	{ KL_OUTCOME_DENIED, "denied", KL_BAD },
	{ KL_OUTCOME_UNMATCHED, "unmatched", KL_BOLD },
	{ KL_OUTCOME_SKIPPED, "skipped", KL_FAINT },
	{ KL_OUTCOME_UNREACHED, "unreached", KL_FAINT },
};

static void put_missing(struct kl_output *output, enum kl_op op, int slot)
{
	char name[KL_SLOT_NAME_MAX];

	kl_put_string(output, "missing", " for want of %s",
		      slot < 0 ? NULL : kl_slot_name(op, slot, name));
}

/* Several things may happen: name them all. */
static void put_open_result(struct kl_output *output, enum kl_op op,
			    const struct kl_explained_block *block)
{
	const char *format = "%s";
	size_t i;

	kl_paint(output, KL_NOTICE);
	kl_put_string(output, "result", "%s", "undecided");
	kl_paint(output, KL_PLAIN);
	put_missing(output, op, block->missing);
	kl_say(output, ": ");
	kl_open_array(output, "possible");
	for (i = 0; i < ARRAY_SIZE(outcomes); i++)
		if (block->outcomes & outcomes[i].outcome) {
			kl_put_string(output, NULL, format, outcomes[i].name);
			format = " or %s";
		}
	kl_close(output);
}

static void put_result(struct kl_output *output, enum kl_op op,
		       const struct kl_explained_block *block)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(outcomes); i++)
		if (block->outcomes == outcomes[i].outcome) {
			kl_paint(output, outcomes[i].colour);
			kl_put_string(output, "result", "%s", outcomes[i].name);
			kl_paint(output, KL_PLAIN);
			return;
		}
	put_open_result(output, op, block);
}

static void put_failed(struct kl_output *output, enum kl_op op,
		       const struct kl_condition *failed)
{
	struct kl_buffer text = { 0 };
	struct kl_printer printer = { kl_buffer_write, &text };

	if (!failed)
		return;
	kl_print_condition(&printer, op, failed);
	kl_put_text(output, "failed", ": %s is false", kl_buffer_text(&text));
	kl_buffer_free(&text);
}

/* Of a denial, or what may be one: does it count? */
static void put_enforced(struct kl_output *output, const struct kl_explained_block *block)
{
	if (!block->permissive || !(block->outcomes & KL_OUTCOME_DENIED))
		return;
	kl_put_bool(output, "enforced", NULL, false);
	kl_say(output, ", not enforced");
}

static void put_block(struct kl_output *output, const struct kl_policy_file *file,
		      const struct kl_explained_block *block)
{
	enum kl_op op = block->head->op;

	kl_open_object(output, NULL);
	kl_put_number(output, "priority", NULL, block->head->rule.priority);
	put_rule_text(output, "", "%s", &block->head->rule);
	if (output->format == KL_FORMAT_TEXT)
		say_place(output, file, &block->head->rule);
	kl_say(output, "\n    ");
	put_result(output, op, block);
	put_failed(output, op, block->failed);
	put_enforced(output, block);
	put_deciding(output, file, block);
	kl_say(output, "\n");
	kl_close(output);
}

static void put_transition(struct kl_output *output,
			   const struct kl_explanation *explanation)
{
	kl_put_string(output, "transition", "transition: %s\n",
		      explanation->transition ? explanation->transition->text : NULL);
	if (explanation->transition_open) {
		kl_put_bool(output, "transition_undecided", NULL, true);
		kl_say(output, "transition: undecided\n");
	}
}

static void put_verdict(struct kl_output *output, enum kl_op op,
			const struct kl_explanation *explanation)
{
	static const char *const words[] = {
		[KL_ANSWER_PERMIT] = "permit",
		[KL_ANSWER_DENY] = "deny",
		[KL_ANSWER_PERMIT | KL_ANSWER_DENY] = "undecided",
	};
	static const enum kl_colour colours[] = { KL_PLAIN, KL_GOOD, KL_BAD, KL_NOTICE };
	u32 answers = explanation->answers;

	kl_say(output, "verdict: ");
	kl_paint(output, colours[answers]);
	kl_put_string(output, "verdict", "%s", words[answers]);
	kl_paint(output, KL_PLAIN);
	if (answers == (KL_ANSWER_PERMIT | KL_ANSWER_DENY)) {
		put_missing(output, op, explanation->missing);
		kl_open_array(output, "possible");
		kl_put_string(output, NULL, ": %s", words[KL_ANSWER_PERMIT]);
		kl_put_string(output, NULL, " or %s", words[KL_ANSWER_DENY]);
		kl_close(output);
	}
	kl_say(output, "\n");
}

/* Operations whose verdict is not what their blocks make one think. */
static void say_why(struct kl_output *output, enum kl_op op,
		    const struct kl_explanation *explanation)
{
	if (op == KL_OP_MANUAL_DOMAIN_TRANSITION && explanation->answers & KL_ANSWER_DENY)
		kl_say(output,
		       "(%s is denied unless the last block that matches allows "
		       "it)\n",
		       kl_op_table[op].keyword);
	if (op == KL_OP_AUTO_DOMAIN_TRANSITION)
		kl_say(output, "(%s by itself never refuses anything)\n",
		       kl_op_table[op].keyword);
	if (!explanation->count && op != KL_OP_MANUAL_DOMAIN_TRANSITION)
		kl_say(output, "(no block matches)\n");
}

void explanation_put(struct kl_output *output, const struct kl_policy_file *file, enum kl_op op,
		     const struct kl_explanation *explanation)
{
	u32 i;

	kl_open_object(output, NULL);
	kl_put_string(output, "operation", NULL, kl_op_table[op].keyword);
	if (output->format == KL_FORMAT_JSON) {
		put_verdict(output, op, explanation);
		put_transition(output, explanation);
	}
	kl_open_array(output, "blocks");
	for (i = 0; i < explanation->count; i++)
		put_block(output, file, &explanation->blocks[i]);
	kl_close(output);
	if (output->format == KL_FORMAT_TEXT) {
		put_verdict(output, op, explanation);
		say_why(output, op, explanation);
		put_transition(output, explanation);
	}
	kl_close(output);
}
