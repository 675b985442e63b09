// SPDX-License-Identifier: GPL-2.0
/* Words that are compared with names of files, and look like none. */
#include "engine/model.h"
#include "lint_inside.h"

/**
 * struct flaw - what is wrong with a word
 * @level, @name, @text: for the finding; @name NULL: nothing
 */
struct flaw {
	enum kl_lint_level level;
	const char *name, *text;
};

/* What the names of files look like is said in kellas-policy(5), PATTERNS. */
static const struct flaw empty = { KL_LINT_WARNING, "relative-path",
				   "no path is empty" };
static const struct flaw relative = {
	KL_LINT_WARNING, "relative-path",
	"no path looks like this; expected / at the beginning, or the name of a file "
	"system, as in proc:/self/status or pipe:[\\$]"
};
static const struct flaw wildcard = {
	KL_LINT_HINT, "leading-wildcard",
	"a pattern that begins with a wildcard matches no path that begins with /"
};
static const struct flaw doubled = { KL_LINT_WARNING, "double-slash",
				     "no path has two / in a row" };
static const struct flaw dots = { KL_LINT_WARNING, "dot-component",
				  "no path has . or .. for a component" };
static const struct flaw trailing = {
	KL_LINT_WARNING, "trailing-slash",
	"no path ends in /, folders neither (but for / itself and the like of proc:/)"
};
static const struct flaw pointless = {
	KL_LINT_HINT, "trailing-slash",
	"the / at the end of a pattern changes nothing: folders are named without it"
};
static const struct flaw local = {
	KL_LINT_WARNING, "local-path",
	"this operation knows only names within a file system, such as "
	"dev(8,1):/etc/passwd, overlay:/f: none begins with /"
};

static bool may_be_colon(const struct kl_token *token)
{
	if (token->kind == KL_TOKEN_LITERAL)
		return token->byte == ':';
	return token->kind != KL_TOKEN_MINUS && token->kind != KL_TOKEN_OPEN &&
	       token->class & (KL_CHAR_ANY | KL_CHAR_NO_DOT);
}

/* Is there a file system's name, or "<kernel>", before the first '/'? */
static bool has_prefix(struct kl_text word)
{
	struct kl_token token;
	u32 at;

	if (word.data[0] == '<')
		return true;
	for (at = 0; at < word.length && word.data[at] != '/'; at += token.length) {
		kl_token_read(word.data + at, word.length - at, &token);
		if (may_be_colon(&token))
			return true;
	}
	return false;
}

static struct flaw judge_beginning(struct kl_text word, bool local_names)
{
	struct kl_token token;

	kl_token_read(word.data, word.length, &token);
	if (word.data[0] == '/')
		return local_names ? local : (struct flaw){ 0 };
	if (token.kind != KL_TOKEN_LITERAL)
		return local_names ? (struct flaw){ 0 } : wildcard;
	return has_prefix(word) ? (struct flaw){ 0 } : relative;
}

/* Is this component, in encoded form, one that no path has? */
static const struct flaw *judge_component(struct kl_text part)
{
	if (!part.length)
		return &doubled;
	if ((part.length <= 2 && part.data[0] == '.' && part.data[part.length - 1] == '.'))
		return &dots;
	return NULL;
}

/* Components between two '/', and the last one. */
static struct flaw judge_components(struct kl_text word)
{
	const char *at = memchr(word.data, '/', word.length), *next;
	const char *end = word.data + word.length;
	const struct flaw *flaw = NULL;

	for (; at && at + 1 < end && !flaw; at = next) {
		next = memchr(at + 1, '/', end - at - 1);
		flaw = judge_component((struct kl_text){
			at + 1, (next ? next : end) - at - 1 });
	}
	return flaw ? *flaw : (struct flaw){ 0 };
}

static struct flaw judge_end(struct kl_text word)
{
	char before = word.length > 1 ? word.data[word.length - 2] : 0;

	if (word.data[word.length - 1] != '/' || word.length == 1 || before == ':')
		return (struct flaw){ 0 };
	if (kl_word_is_literal(word) ||
	    (word.length > 2 && word.data[word.length - 3] == '\\' &&
	     (before == '}' || before == ')')))
		return trailing;
	return pointless;
}

static struct flaw judge(const struct kl_string *string, bool local_names)
{
	struct kl_text word = { string->text, string->length };
	const char *why;
	struct flaw flaw;
	u32 at;

	if (!word.length)
		return empty;
	/* A pattern of histories among the members of a group. */
	if (kl_word_check(word, &at, &why))
		return (struct flaw){ 0 };
	flaw = judge_beginning(word, local_names);
	if (!flaw.name)
		flaw = judge_components(word);
	if (!flaw.name)
		flaw = judge_end(word);
	return flaw;
}

/* Is an attribute the name of a file? What symlink points to, is not. */
static bool is_path(u8 slot)
{
	return slot == KL_SLOT_OBJECT0 || slot == KL_SLOT_OBJECT1 ||
	       slot == KL_SLOT_TASK_EXE || slot == KL_SLOT_TASK_PARENT_EXE ||
	       slot == KL_SLOT_TASK_ANCESTOR || slot == KL_SLOT_TARGET_EXE;
}

static bool is_local(const struct kl_rule *rule, u8 slot)
{
	return slot == KL_SLOT_OBJECT0 &&
	       (rule->op == KL_OP_SETXATTR || rule->op == KL_OP_REMOVEXATTR);
}

static void look_at_rule(struct linter *linter, const struct kl_rule *rule)
{
	const struct kl_condition *c;
	struct flaw flaw;
	u32 i;

	for (i = 0; i < rule->count; i++) {
		c = &rule->conditions[i];
		if (c->right != KL_RIGHT_STRING || !is_path(c->left))
			continue;
		flaw = judge(c->string, is_local(rule, c->left));
		if (flaw.name)
			find_rule(linter, flaw.level, flaw.name, rule, i, "%s",
				  flaw.text);
	}
}

static void look_at_block(struct linter *linter, const struct kl_block *block)
{
	const struct kl_rule *rule;

	look_at_rule(linter, &block->rule);
	list_for_each_entry(rule, &block->rules, list)
		look_at_rule(linter, rule);
}

/*
 * Groups: their members are names of files if nothing but names of files is
 * compared with them.
 */
/* While the groups are looked at, kl_group.id is one of these. */
enum uses { UNUSED, ONLY_PATHS, OTHERS };

static void count_uses(struct linter *linter __maybe_unused, const struct kl_rule *rule)
{
	const struct kl_condition *c;
	u32 i;

	for (i = 0; i < rule->count; i++) {
		c = &rule->conditions[i];
		if (c->right != KL_RIGHT_GROUP || c->group->kind != KL_STRING_GROUP)
			continue;
		if (!is_path(c->left) || is_local(rule, c->left))
			c->group->id = OTHERS;
		else if (c->group->id == UNUSED)
			c->group->id = ONLY_PATHS;
	}
}

static void count_in_block(struct linter *linter, const struct kl_block *block)
{
	const struct kl_rule *rule;

	count_uses(linter, &block->rule);
	list_for_each_entry(rule, &block->rules, list)
		count_uses(linter, rule);
}

static void look_at_members(struct linter *linter)
{
	const struct kl_group *group;
	struct group_line *lines;
	struct flaw flaw;
	u32 i, count;

	lines = group_lines(linter, &count);
	for (i = 0; i < count; i++) {
		if (lines[i].kind != KL_STRING_GROUP)
			continue;
		group = kl_group_find(&linter->file->policy, lines[i].kind, lines[i].name);
		if (!group || group->id != ONLY_PATHS)
			continue;
		flaw = judge(lines[i].string, false);
		if (flaw.name)
			find_at(linter, flaw.level, flaw.name, lines[i].line,
				lines[i].column, "%s", flaw.text);
	}
	free(lines);
}

void lint_paths(struct linter *linter)
{
	struct kl_policy *policy = &linter->file->policy;
	struct kl_group *group;

	each_block(linter, look_at_block);
	if (list_empty(&policy->groups[KL_STRING_GROUP]))
		return;
	list_for_each_entry(group, &policy->groups[KL_STRING_GROUP], list)
		group->id = UNUSED;
	each_block(linter, count_in_block);
	look_at_members(linter);
}
