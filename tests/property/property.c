// SPDX-License-Identifier: GPL-2.0
/*
 * Random policies, random requests: the indexed engine, the linear one and the
 * oracle must agree on the verdict, on every block and rule that matched, and
 * on the domain to enter. If this fails, some policy means something else than
 * it says; the smallest such policy found is printed.
 *
 * usage: property [--seed N] [--count N] [--quiet]
 */
#include <getopt.h>
#include <time.h>

#include "compare.h"
#include "oracle/generate.h"
#include "oracle/require.h"
#include "oracle/text.h"

/* At most this many requests of one policy, and this many rule evaluations. */
#define REQUESTS_MAX	400
#define COST_MAX	60000

static const char * const left_names[] = {
	"number", "permission", "file type", "string", "argv", "envp", "address",
	"ancestor", "history",
};

static const char * const right_names[] = {
	"number", "range", "keyword", "literal", "pattern", "NULL", "address",
	"addresses", "CIDR", "group", "empty group", "attribute",
};

static const char * const differences[] = {
	"none", "policy refused", "order of rules", "slots in use", "decision",
	"truth of a line", "overlong values", "protocol of kl_decide()",
};

static void show(struct oracle_policy *policy, const struct oracle_request *request,
		 enum difference difference, u64 seed)
{
	static char what[65536];
	struct text text = { 0 };
	struct loaded loaded;

	fprintf(stderr, "\ndifference: %s (--seed %llu --count 1 repeats it); shrinking\n",
		differences[difference], (unsigned long long)seed);
	shrink(policy, request, difference);
	text_policy(&text, policy);
	fprintf(stderr, "policy:\n%s", text.data ? text.data : "");
	text_free(&text);
	if (request) {
		text_request(&text, request);
		fprintf(stderr, "request:\n%s", text.data);
		text_free(&text);
	}
	difference = load(policy, &loaded, what, sizeof(what));
	if (difference == SAME)
		difference = compare_policy(policy, &loaded, what, sizeof(what));
	if (difference == SAME && request)
		difference = compare_request(policy, &loaded, request, NULL, what,
					     sizeof(what));
	unload(&loaded);
	fprintf(stderr, "%s\n", what);
}

static void count_lines(const struct oracle_policy *policy, struct tally *tally)
{
	u32 lines = policy->block_count, i;

	for (i = 0; i < policy->block_count; i++)
		lines += policy->blocks[i].list.count;
	tally->lines[lines <= 12 ? 0 : lines <= 60 ? 1 : lines <= 300 ? 2 : 3]++;
	tally->policies++;
}

/* One policy and its requests. Return: false on a difference. */
static bool try_policy(struct generator *generator, struct tally *tally, u64 seed)
{
	struct oracle_policy policy;
	struct oracle_request request;
	struct loaded loaded;
	enum difference difference;
	char what[4096];
	u32 i, requests;

	generator->random = seed;
	generate_policy(generator, &policy);
	difference = load(&policy, &loaded, what, sizeof(what));
	if (difference == SAME)
		difference = compare_policy(&policy, &loaded, what, sizeof(what));
	if (difference != SAME) {
		show(&policy, NULL, difference, seed);
		return false;
	}
	count_lines(&policy, tally);
	requests = min(REQUESTS_MAX, 20 + COST_MAX / (int)generator->cost);
	for (i = 0; i < requests; i++) {
		generate_request(generator, &policy, &request);
		difference = compare_request(&policy, &loaded, &request, tally, what,
					     sizeof(what));
		if (difference == SAME)
			continue;
		show(&policy, &request, difference, seed);
		return false;
	}
	unload(&loaded);
	return true;
}

/* Can such a condition come out that way at all? */
static bool possible(u32 negated, u32 left, u32 right, u32 truth)
{
	bool never = right == RIGHT_NULL || right == RIGHT_EMPTY_GROUP;

	if (right == RIGHT_NULL && (left == LEFT_ARGV || left == LEFT_ENVP))
		return true;
	/* Nothing is in an empty group; an environment always has a value. */
	if (never && !negated && truth == KL_TRUE)
		return false;
	return !(right == RIGHT_EMPTY_GROUP && left == LEFT_ENVP && negated &&
		 truth == KL_FALSE);
}

static bool show_hit(u32 left, u32 right, u32 negated, u64 wanted)
{
	const u64 *hits = oracle_hits[negated][left][right];
	bool few = hits[KL_UNKNOWN] < wanted / 10;
	u32 truth;

	for (truth = KL_FALSE; truth <= KL_TRUE; truth++)
		few |= possible(negated, left, right, truth) && hits[truth] < wanted;
	printf("%-10s %-11s %2s %10llu %10llu %10llu%s\n", left_names[left],
	       right_names[right], negated ? "!=" : "=", (unsigned long long)hits[KL_FALSE],
	       (unsigned long long)hits[KL_TRUE], (unsigned long long)hits[KL_UNKNOWN],
	       few ? "  TOO FEW" : "");
	return !few;
}

/* Every kind of condition, true and false. Return: were all seen often? */
static bool show_hits(u64 wanted)
{
	u32 left, right, kinds = 0;
	bool good = true;

	printf("%-10s %-11s %2s %10s %10s %10s\n", "left", "right", "", "false", "true",
	       "unknown");
	for (left = 0; left < LEFT_COUNT; left++)
		for (right = 0; right < RIGHT_COUNT; right++) {
			const u64 *hits = oracle_hits[0][left][right];

			if (!hits[0] && !hits[1] && !hits[2])
				continue;
			good &= show_hit(left, right, 0, wanted);
			good &= show_hit(left, right, 1, wanted);
			kinds++;
		}
	if (kinds == 46)
		return good;
	printf("%u kinds of conditions instead of 46\n", kinds);
	return false;
}

/* Did the run test anything? */
static bool judge(const struct tally *tally, u64 wanted)
{
	static const bool indexable[LEFT_COUNT] = {
		[LEFT_NUMBER] = true, [LEFT_PERM] = true, [LEFT_STRING] = true,
		[LEFT_IP] = true,
	};
	char name[64];
	bool good = show_hits(wanted);
	u32 i;

	good &= require("policies of up to 12 lines", tally->lines[0], 1);
	good &= require("policies of up to 60 lines", tally->lines[1], 1);
	good &= require("policies of up to 300 lines", tally->lines[2], 1);
	good &= require("policies of more lines", tally->lines[3], 1);
	good &= require("requests denied", tally->denied, tally->requests * 3 / 10);
	good &= require("requests allowed by some rule", tally->allowed,
			tally->requests * 3 / 10);
	good &= require("requests matched by blocks only", tally->unmatched, wanted);
	good &= require("requests that nothing matched", tally->silent, wanted);
	good &= require("requests matched by a rule group", tally->used, wanted);
	good &= require("requests with a denial not enforced", tally->unenforced, wanted);
	good &= require("requests with a transition", tally->transitions, wanted);
	good &= require("requests with a decisive unknown value", tally->doubts, wanted);
	good &= require("attributes collected when asked for", tally->needs, wanted);
	good &= require("drains of more than 8 matches", tally->drains, wanted);
	good &= require("names never built thanks to the hint", tally->spared, wanted);
	for (i = 0; i < LEFT_COUNT; i++) {
		if (!indexable[i])
			continue;
		snprintf(name, sizeof(name), "look-ups in an index by %s", left_names[i]);
		good &= require(name, tally->indexed[i], wanted);
	}
	good &= require("lists with unindexed lines beside", tally->always, wanted);
	return good;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "seed", required_argument, NULL, 's' },
		{ "count", required_argument, NULL, 'c' },
		{ "quiet", no_argument, NULL, 'q' },
		{ 0 },
	};
	static struct generator generator;
	static struct tally tally;
	u64 seed = time(NULL), count = 1000000, first;
	bool quiet = false;
	int option;

	while ((option = getopt_long(argc, argv, "s:c:q", options, NULL)) >= 0) {
		if (option == 's')
			seed = strtoull(optarg, NULL, 0);
		else if (option == 'c')
			count = strtoull(optarg, NULL, 0);
		else if (option == 'q')
			quiet = true;
		else
			return 2;
	}
	printf("SEED=%llu COUNT=%llu\n", (unsigned long long)seed, (unsigned long long)count);
	fflush(stdout);
	/* Each policy has its own seed, so that it can be repeated alone. */
	for (first = seed; tally.requests < count; seed++)
		if (!try_policy(&generator, &tally, seed))
			return 1;
	oracle_forget();
	arena_free(&generator.memory);
	arena_free(&generator.passing);
	printf("%llu policies, %llu requests, %llu comparisons, %llu lines: no difference "
	       "(first seed %llu)\n", (unsigned long long)tally.policies,
	       (unsigned long long)tally.requests, (unsigned long long)tally.comparisons,
	       (unsigned long long)tally.truths, (unsigned long long)first);
	if (quiet)
		return 0;
	return judge(&tally, count >= 1000000 ? 1000 : count / 1000) ? 0 : 1;
}
