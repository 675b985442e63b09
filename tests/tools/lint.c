// SPDX-License-Identifier: GPL-2.0
/*
 * What the linter says of random policies, against what random requests do: a
 * rule that is never the first to match must decide nothing, a block that is
 * never reached or contradicts itself must not match. The oracle decides. If
 * this fails, somebody deletes a rule that was needed.
 *
 * usage: lint [REQUESTS [SEED]]
 */
#include <time.h>

#include "lint.h"
#include "oracle/generate.h"
#include "oracle/require.h"
#include "oracle/text.h"
#include "oracle/vocabulary.h"

/**
 * struct claims - what is said of each line of the policy
 * @said: by line: the finding, or NULL
 * @count: of these
 */
struct claims {
	const struct kl_finding **said;
	u32 count;
};

/* How often something was said, and how often a request could have shown it wrong. */
static u64 covered, together, contradictions, unreachable, if_known, requests, decided;

static bool is_claim(const struct kl_finding *finding)
{
	return !strcmp(finding->name, "covered") ||
	       !strcmp(finding->name, "contradiction") ||
	       !strcmp(finding->name, "unreachable");
}

static void count_claim(const struct kl_finding *finding)
{
	covered += !strcmp(finding->name, "covered") && finding->other_count == 1;
	together += !strcmp(finding->name, "covered") && finding->other_count > 1;
	contradictions += !strcmp(finding->name, "contradiction");
	unreachable += !strcmp(finding->name, "unreachable");
	if_known += finding->if_known;
}

/*
 * Random policies seldom have rules that say nearly the same; so some are made
 * of others: with a condition more or less, or one that is a little different.
 */
static void change_condition(struct generator *generator,
			     struct oracle_condition *condition)
{
	u64 *random = &generator->random;

	switch (condition->right) {
	case RIGHT_NUMBER:
	case RIGHT_RANGE:
		if (condition->span.radix[0] == KL_NAMED)
			return;
		condition->right = RIGHT_RANGE;
		condition->span.single = false;
		condition->span.low -= min(condition->span.low,
					   (u64)random_below(random, 3));
		if (condition->span.high < ~0ull - 3)
			condition->span.high += random_below(random, 3);
		return;
	case RIGHT_LITERAL:
	case RIGHT_PATTERN:
		if (oracle_left_type(condition->left) == LEFT_HISTORY)
			return;
		condition->word = make_word(generator,
					    (struct kl_text){ condition->word->raw,
							      condition->word->length },
					    random_chance(random, 30));
		condition->right = condition->word->literal ? RIGHT_LITERAL :
							      RIGHT_PATTERN;
		return;
	default:
		condition->negated ^= random_chance(random, 30);
	}
}

static void imitate(struct generator *generator, struct oracle_rule *rule,
		    const struct oracle_rule *model)
{
	u64 *random = &generator->random;
	u32 i, count = model->count;

	if (rule->kind == KL_RULE_USE || model->kind == KL_RULE_USE || !count ||
	    rule->op != model->op)
		return;
	rule->conditions = arena_get(&generator->memory,
				     count * sizeof(*rule->conditions));
	memcpy(rule->conditions, model->conditions, count * sizeof(*rule->conditions));
	rule->count = count;
	/* Both may stay as they are, but not for two lines in one place. */
	rule->priority = model->priority + random_between(random, 0, 2) * 7 + 1;
	for (i = 0; i < count; i++)
		if (random_chance(random, 40))
			change_condition(generator, &rule->conditions[i]);
	if (random_chance(random, 30))
		rule->conditions[random_below(random, count)] =
			rule->conditions[--rule->count];
}

/* Two blocks with the same head would be one. */
static void drop_twins(struct oracle_policy *policy)
{
	struct text *heads = kl_xalloc(policy->block_count + 1, sizeof(*heads));
	u32 i, j;

	for (i = 0; i < policy->block_count; i++) {
		text_rule(&heads[i], &policy->blocks[i].head);
		for (j = 0; j < i; j++)
			if (policy->blocks[i].op == policy->blocks[j].op &&
			    !strcmp(heads[i].data, heads[j].data))
				policy->blocks[i].head.dead = true;
	}
	for (i = 0; i < policy->block_count; i++)
		text_free(&heads[i]);
	free(heads);
}

static void make_similar(struct generator *generator, struct oracle_policy *policy)
{
	u64 *random = &generator->random;
	u32 i, j;

	for (i = 0; i < policy->block_count; i++) {
		struct oracle_list *list = &policy->blocks[i].list;

		for (j = 1; j < list->count; j++)
			if (random_chance(random, 40))
				imitate(generator, &list->rules[j],
					&list->rules[random_below(random, j)]);
		if (list->count && random_chance(random, 20))
			imitate(generator, &list->rules[0], &policy->blocks[i].head);
		if (i && random_chance(random, 30) &&
		    policy->blocks[i].op == policy->blocks[i - 1].op)
			imitate(generator, &policy->blocks[i].head,
				&policy->blocks[i - 1].head);
	}
	drop_twins(policy);
	oracle_sort(policy);
}

/* Is anything of the request unknown, or in doubt? */
static bool all_known(const struct oracle_request *request)
{
	u32 slot, i;

	for (slot = 0; slot < KL_SLOT_TRANSITION; slot++)
		if (kl_slot_exists(request->op, slot) &&
		    request->state[slot] == STATE_UNKNOWN)
			return false;
	for (i = 0; i < request->args.argc + request->args.envc; i++)
		if (!request->strings[i].data)
			return false;
	return !request->history.truncated;
}

static bool is_refuted(const struct claims *claims, u32 line, bool known)
{
	const struct kl_finding *finding =
		line < claims->count ? claims->said[line] : NULL;

	return finding && (known || !finding->if_known);
}

static void show(const struct kl_policy_file *file, const struct claims *claims, u32 line,
		 const struct oracle_request *request, u64 seed)
{
	struct text text = { 0 };
	u32 i;

	text_request(&text, request);
	printf("seed %llu: line %u is reached after all, but \"%s\"\n",
	       (unsigned long long)seed, line, claims->said[line]->text);
	for (i = 0; i < claims->said[line]->other_count; i++)
		printf("%u: %.*s\n", claims->said[line]->others[i],
		       (int)kl_source_line(&file->source, claims->said[line]->others[i]).length,
		       kl_source_line(&file->source, claims->said[line]->others[i]).data);
	printf("%u: %.*s\nrequest:\n%s", line,
	       (int)kl_source_line(&file->source, line).length,
	       kl_source_line(&file->source, line).data, text.data);
	text_free(&text);
	printf("policy:\n%s", file->source.text.data);
}

/* Return: false if some match was said to be impossible. */
static bool try_request(const struct kl_policy_file *file, const struct claims *claims,
			const struct oracle_policy *policy,
			const struct oracle_request *request, u64 seed)
{
	static struct oracle_outcome outcome;
	bool known = all_known(request);
	u32 i;

	oracle_decide(policy, request, &outcome);
	requests++;
	for (i = 0; i < outcome.count; i++) {
		const struct oracle_match *match = &outcome.matches[i];
		u32 line = match->block->head.line;

		decided += match->rule != NULL;
		if (!is_refuted(claims, line, known)) {
			if (!match->rule)
				continue;
			line = match->rule->line;
			if (!is_refuted(claims, line, known))
				continue;
		}
		show(file, claims, line, request, seed);
		return false;
	}
	return true;
}

static bool read_policy(struct kl_policy_file *file, struct oracle_policy *policy)
{
	struct kl_error error;
	struct text text = { 0 };
	int result;

	text_policy(&text, policy);
	kl_source_add_text(&file->source, "random",
			   (struct kl_text){ text.data, text.length });
	text_free(&text);
	result = kl_policy_file_compile(file, &error);
	if (result)
		printf("%u:%u: %s\n%.*s\n", error.line, error.column, error.text,
		       (int)kl_source_line(&file->source, error.line).length,
		       kl_source_line(&file->source, error.line).data);
	return !result;
}

static bool try_policy(struct generator *generator, u64 seed, u32 most)
{
	struct kl_policy_file file = { 0 };
	struct claims claims = { 0 };
	struct oracle_request request;
	struct oracle_policy policy;
	struct kl_lint lint;
	bool good = true;
	u32 i;

	generator->random = seed;
	generate_policy(generator, &policy);
	make_similar(generator, &policy);
	if (generator->cost > 300)
		return true;
	if (!read_policy(&file, &policy)) {
		kl_policy_file_free(&file);
		return false;
	}
	kl_lint(&file, NULL, &lint);
	claims.count = file.source.line_count + 1;
	claims.said = kl_xalloc(claims.count, sizeof(*claims.said));
	for (i = 0; i < lint.count; i++)
		if (is_claim(&lint.findings[i])) {
			claims.said[lint.findings[i].line] = &lint.findings[i];
			count_claim(&lint.findings[i]);
		}
	for (i = 0; i < most && good; i++) {
		generate_request(generator, &policy, &request);
		good = try_request(&file, &claims, &policy, &request, seed);
	}
	free(claims.said);
	kl_lint_free(&lint);
	kl_policy_file_free(&file);
	return good;
}

int main(int argc, char **argv)
{
	u64 count = argc > 1 ? strtoull(argv[1], NULL, 0) : 10000;
	u64 seed = argc > 2 ? strtoull(argv[2], NULL, 0) : (u64)time(NULL);
	static struct generator generator;
	const struct requirement met[] = {
		{ "rules covered by one", &covered, count / 20 },
		{ "rules covered by several", &together, max(count / 10000, (u64)1) },
		{ "contradictions", &contradictions, count / 60 },
		{ "blocks never reached", &unreachable, count / 100 },
		{ "proofs that want all known", &if_known, count / 60 },
	};

	printf("SEED=%llu\n", (unsigned long long)seed);
	/* Some things are rare: then go on, but not for ever. */
	for (; requests < count || (!is_enough(met, ARRAY_SIZE(met)) &&
				    requests < 20 * count); seed++)
		if (!try_policy(&generator, seed, 100))
			return 1;
	oracle_forget();
	arena_free(&generator.memory);
	arena_free(&generator.passing);
	printf("%llu requests, %llu decided by rules\n", (unsigned long long)requests,
	       (unsigned long long)decided);
	return !require_all(met, ARRAY_SIZE(met));
}
