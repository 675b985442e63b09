// SPDX-License-Identifier: GPL-2.0
/* The linter: what its parts find, put in order. */
#include "engine/lex.h"
#include "engine/parse.h"
#include "lint_inside.h"

static struct kl_finding *add(struct linter *linter, enum kl_lint_level level,
			      const char *name, u32 line, u32 column, const char *format,
			      va_list args)
{
	struct kl_lint *lint = linter->lint;
	struct kl_finding *finding;

	if (!(lint->count & (lint->count - 1)))
		lint->findings = kl_xrealloc(lint->findings, 2 * lint->count + 1,
					     sizeof(*lint->findings));
	finding = &lint->findings[lint->count++];
	memset(finding, 0, sizeof(*finding));
	finding->level = level;
	finding->name = name;
	finding->line = line;
	finding->column = column;
	if (vasprintf(&finding->text, format, args) < 0)
		abort();
	lint->levels[level]++;
	return finding;
}

struct kl_finding *find_at(struct linter *linter, enum kl_lint_level level,
			   const char *name, u32 line, u32 column, const char *format,
			   ...)
{
	struct kl_finding *finding;
	va_list args;

	va_start(args, format);
	finding = add(linter, level, name, line, column, format, args);
	va_end(args);
	return finding;
}

/* Column of a condition, or of the first word. */
static u32 find_column(struct linter *linter, u32 line, int condition)
{
	struct kl_lexer lexer;
	struct kl_word word;
	u32 first = 0;

	kl_lexer_init(&lexer, kl_source_line(&linter->file->source, line));
	while (kl_lexer_next(&lexer, &word)) {
		if (!first)
			first = word.column;
		if (memchr(word.text.data, '=', word.text.length) && !condition--)
			return word.column;
	}
	return first ? first : 1;
}

struct kl_finding *find_rule(struct linter *linter, enum kl_lint_level level,
			     const char *name, const struct kl_rule *rule, int condition,
			     const char *format, ...)
{
	struct kl_finding *finding;
	va_list args;

	va_start(args, format);
	finding = add(linter, level, name, rule->line,
		      find_column(linter, rule->line, condition < 0 ? INT_MAX : condition),
		      format, args);
	va_end(args);
	finding->rule = rule;
	return finding;
}

void add_other(struct kl_finding *finding, u32 line)
{
	finding->others = kl_xrealloc(finding->others, finding->other_count + 1,
				      sizeof(*finding->others));
	finding->others[finding->other_count++] = line;
}

void name_place(struct linter *linter, u32 from, u32 line, struct kl_buffer *out)
{
	u32 local, there;
	const char *name = kl_source_locate(&linter->file->source, line, &local);

	if (name == kl_source_locate(&linter->file->source, from, &there))
		kl_buffer_printf(out, "line %u", local);
	else
		kl_buffer_printf(out, "%s:%u", name, local);
}

void each_block(struct linter *linter,
		void (*look)(struct linter *linter, const struct kl_block *block))
{
	struct kl_policy *policy = &linter->file->policy;
	const struct kl_block *block;
	int op;

	for (op = 0; op < KL_OP_COUNT; op++)
		list_for_each_entry(block, &policy->blocks[op], rule.list)
			look(linter, block);
	list_for_each_entry(block, &policy->rule_groups, rule.list)
		look(linter, block);
}

static void find_unsupported(struct linter *linter, const bool *unsupported)
{
	struct kl_policy *policy = &linter->file->policy;
	const struct kl_rule *head, *first;
	int op;

	for (op = 0; op < KL_OP_COUNT; op++) {
		if (!unsupported[op] || !policy->block_count[op])
			continue;
		first = NULL;
		list_for_each_entry(head, &policy->blocks[op], list)
			if (!first || head->line < first->line)
				first = head;
		find_rule(linter, KL_LINT_ERROR, "unsupported", first, -1,
			  "the loaded module cannot check %s and will refuse this policy",
			  kl_op_table[op].keyword);
	}
}

static int compare(const void *a, const void *b)
{
	const struct kl_finding *left = a, *right = b;

	if (left->line != right->line)
		return left->line < right->line ? -1 : 1;
	if (left->column != right->column)
		return left->column < right->column ? -1 : 1;
	return strcmp(left->name, right->name);
}

void kl_lint(struct kl_policy_file *file, const bool *unsupported, struct kl_lint *lint)
{
	kl_lint_watched(file, unsupported, lint, NULL);
}

void kl_lint_watched(struct kl_policy_file *file, const bool *unsupported,
		     struct kl_lint *lint, struct kl_lint_watch *watch)
{
	struct linter linter = { file, lint, watch };

	memset(lint, 0, sizeof(*lint));
	lint_rules(&linter);
	lint_paths(&linter);
	lint_groups(&linter);
	lint_lockout(&linter);
	if (unsupported)
		find_unsupported(&linter, unsupported);
	if (lint->count)
		qsort(lint->findings, lint->count, sizeof(*lint->findings), compare);
}

void kl_lint_free(struct kl_lint *lint)
{
	u32 i;

	for (i = 0; i < lint->count; i++) {
		free(lint->findings[i].text);
		free(lint->findings[i].others);
	}
	free(lint->findings);
	memset(lint, 0, sizeof(*lint));
}

const char *kl_lint_level_name(u8 level)
{
	static const char *const names[] = {
		[KL_LINT_HINT] = "hint",
		[KL_LINT_WARNING] = "warning",
		[KL_LINT_ERROR] = "error",
	};

	return names[level];
}
