// SPDX-License-Identifier: GPL-2.0
/*
 * Rule groups beyond what they decide (conformance.c) and how they print
 * (policy.c). If these fail, a policy can hang the machine that loads it, a
 * mistake is told at the wrong place, or hits are counted for the wrong line.
 */
#include "engine.h"
#include "snapshot.h"

/* Allocations left until one fails; negative: none does. */
static long allocations_left = -1;

bool kl_port_fail(void)
{
	return allocations_left >= 0 && !allocations_left--;
}

/* The last step is refused and leaves no trace. */
static const struct {
	const char *steps[4];
	u32 line, column;
	const char *message;
} refusals[] = {
	/* Circles. */
	{ { "rule_group A\n\tuse A\n" },
	  2, 6, "rule group \"A\" uses itself" },
	{ { "rule_group A\n\tuse B\nrule_group B\n\tuse C\n\tallow\nrule_group C\n\t1 use A\n" },
	  7, 8, "rule groups \"C\", \"A\", \"B\" use each other in a circle" },
	{ { "rule_group A\n\tuse B\nrule_group B\n\tuse C\nrule_group C\n",
	    "rule_group C\n\tdeny\n\tuse D\n\nrule_group D\n\t7 use A\n\tdeny\n" },
	  6, 8, "rule groups \"D\", \"A\", \"B\", ... use each other in a circle" },
	{ { "rule_group LEAD\n\tuse A\nacl read\n\tuse LEAD\nrule_group A\n\tuse B\n"
	    "rule_group B\n\tuse A\n" },
	  8, 6, "rule groups \"B\", \"A\" use each other in a circle" },
	/* Depth. */
	{ { "rule_group 1\nuse 2\nrule_group 2\nuse 3\nrule_group 3\nuse 4\nrule_group 4\n"
	    "use 5\nrule_group 5\nuse 6\nrule_group 6\nuse 7\nrule_group 7\nuse 8\n"
	    "rule_group 8\nallow\nacl read\nuse 1\n",
	    "acl read\nallow\nrule_group 8\n\tuse 9\nrule_group 9\n" },
	  4, 6, "rule groups are nested too deep; expected at most 8 within each other" },
	/* Attributes, told of the newest line that has to do with it. */
	{ { "rule_group G\n\tallow\n\tdeny path.uid=0\nacl inet_stream_bind\n\t10 use G\n" },
	  5, 9, "\"path.uid\" in line 3 (rule group \"G\") is not available for "
		"inet_stream_bind, which uses it in line 5" },
	{ { "rule_group G\nacl inet_stream_bind\n\t10 use G\n",
	    "acl write\n\tuse G\nrule_group G\n\t10 deny path.uid=0 task.uid=0\n" },
	  4, 5, "\"path.uid\" in line 4 (rule group \"G\") is not available for "
		"inet_stream_bind, which uses it in line 3" },
	{ { "rule_group G\n\tuse H\nrule_group H\n\tdeny argv[1]=\"x\"\nacl execute\n\tuse G\n",
	    "acl read\n\n\tuse G\n" },
	  3, 6, "\"argv\" in line 4 (rule group \"H\") is not available for read, "
		"which uses it in line 3" },
	{ { "rule_group G\nacl create\n\tuse G\nrule_group H\n\tdeny path.parent.uid=path.uid\n",
	    "rule_group G\n\tallow\n\tuse H\n" },
	  3, 6, "\"path.uid\" in line 5 (rule group \"H\") is not available for create, "
		"which uses it in line 3" },
	{ { "rule_group G\n\tdeny name=\"a\"\nacl bpf\n\tuse G\n" },
	  4, 6, "\"name\" in line 2 (rule group \"G\") is not available for bpf, "
		"which uses it in line 4" },
	/* What cannot be denied. */
	{ { "rule_group G\n\tallow\n\tdeny task.uid=0\nacl task_exit\n\tuse G\n" },
	  5, 6, "the deny in line 3 (rule group \"G\") cannot be used by task_exit, which "
		"cannot be denied, in line 5" },
	{ { "rule_group G\n\tallow\nacl task_hang\n\tuse G\n", "rule_group G\n\tdeny\n" },
	  2, 2, "the deny in line 2 (rule group \"G\") cannot be used by task_hang, which "
		"cannot be denied, in line 4" },
	/* Use and definition. */
	{ { "rule_group G\n\tuse H\nacl read\n\n\t5 use I\n\t6 use I\n\tdelete 5 use I\n"
	    "rule_group H\n" },
	  5, 8, "there is no rule group \"I\"; expected its rule_group line" },
	{ { "rule_group G\nrule_group H\nuse G\n", "\ndelete rule_group G\n" },
	  2, 8, "the rule group is in use, by line 3; expected to find it unused" },
	{ { "rule_group G\nacl read\nuse G\n", "delete rule_group G\nacl read\ndelete use G\n" },
	  1, 8, "the rule group is in use, by line 3; expected to find it unused" },
};

static void says_where_and_why(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(refusals); i++) {
		const char *const *step = refusals[i].steps;
		struct kl_policy policy;
		struct kl_error error;
		char *before;
		int ret;

		new_policy(&policy);
		while (step[1])
			must_load(&policy, *step++);
		before = snapshot(&policy);
		ret = load(&policy, *step, &error);
		if (ret != -EINVAL || error.line != refusals[i].line ||
		    error.column != refusals[i].column ||
		    strcmp(error.text, refusals[i].message))
			fail_msg("%s\n%d %u:%u: %s\ninstead of\n%u:%u: %s", *step, ret,
				 error.line, error.column, error.text, refusals[i].line,
				 refusals[i].column, refusals[i].message);
		assert_unchanged(&policy, before);
		free(before);
		end_policy(&policy);
	}
}

static void put_names(struct text *text, int count, int first)
{
	text_printf(text, "rule_group ");
	for (int i = 0; i < count; i++)
		text_printf(text, "%c", 'A' + (first + i) % 26);
}

/* Long names are shown in part, and the message is whole. */
static void shows_long_names_in_part(void **state)
{
	struct text text = { 0 };
	struct kl_policy policy;
	struct kl_error error;

	(void)state;
	new_policy(&policy);
	for (int i = 0; i < 5; i++) {
		put_names(&text, 1000, i);
		text_printf(&text, "\n\tuse ");
		for (int j = 0; j < 1000; j++)
			text_printf(&text, "%c", 'A' + ((i + 1) % 5 + j) % 26);
		text_printf(&text, "\n");
	}
	assert_int_equal(load(&policy, text.data, &error), -EINVAL);
	assert_string_equal(error.text,
			    "rule groups \"EFGHIJKLMNOPQRSTUVWXYZABCDEFGHIJKLMNOPQR...\", "
			    "\"ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGHIJKLMN...\", "
			    "\"BCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGHIJKLMNO...\", ... "
			    "use each other in a circle");
	text_free(&text);
	end_policy(&policy);
}

/* "line<outer<outer" of every line that a block expands to. */
static void describe_sites(const struct kl_ruleset *ruleset, struct text *text)
{
	u32 first, rules = 0, count, block, blocks;

	blocks = kl_ruleset_blocks(ruleset, KL_OP_READ, &block);
	for (u32 i = 0; i < blocks; i++) {
		count = kl_ruleset_rules(ruleset, block + i, &first);
		assert_int_equal(first, rules);
		rules += count;
		for (u32 j = 0; j < count; j++) {
			const struct kl_compiled_rule *rule =
				kl_ruleset_rule(ruleset, first + j);
			u32 site = rule->site;

			text_printf(text, "%u", rule->line);
			for (; site != KL_NO_SITE;
			     site = kl_ruleset_site(ruleset, site)->outer)
				text_printf(text, "<%u",
					    kl_ruleset_site(ruleset, site)->line);
			text_printf(text, " ");
		}
		text_printf(text, "/ ");
	}
}

static const char nested[] =
	"rule_group A\n    1 deny path=\"/1\"\n    3 allow path=\"/2\"\n    2 use B\n"
	"rule_group B\n    1 allow path=\"/3\"\n    2 deny path=\"/4\"\n"
	"1 acl read\n    1 use A\n    2 use B\n    3 deny\n"
	"2 acl read\n    2 use A\n    1 allow path=\"/5\"\n";

/* Each line knows the uses that led to it, and shares counters with its source. */
static void knows_who_used_it(void **state)
{
	struct text text = { 0 };
	struct engine engine;
	const struct kl_compiled_rule *one, *other;
	u32 block, first, second;

	(void)state;
	engine_load(&engine, nested);
	describe_sites(engine.ruleset, &text);
	assert_string_equal(text.data, "2<9 6<4<9 7<4<9 3<9 6<10 7<10 11 / "
				       "14 2<13 6<4<13 7<4<13 3<13 / ");
	kl_ruleset_blocks(engine.ruleset, KL_OP_READ, &block);
	kl_ruleset_rules(engine.ruleset, block, &first);
	kl_ruleset_rules(engine.ruleset, block + 1, &second);
	one = kl_ruleset_rule(engine.ruleset, first + 1);
	other = kl_ruleset_rule(engine.ruleset, second + 2);
	/* The line itself and the use in its group count for both blocks, */
	assert_ptr_equal(one->hits, other->hits);
	assert_ptr_equal(kl_ruleset_site(engine.ruleset, one->site)->hits,
			 kl_ruleset_site(engine.ruleset, other->site)->hits);
	/* the uses in the blocks each for its own. */
	one = kl_ruleset_rule(engine.ruleset, first);
	other = kl_ruleset_rule(engine.ruleset, second + 1);
	assert_ptr_not_equal(kl_ruleset_site(engine.ruleset, one->site)->hits,
			     kl_ruleset_site(engine.ruleset, other->site)->hits);
	text_free(&text);
	engine_unload(&engine);
}

static void give_hits(void *context, struct kl_rule *rule)
{
	u64 *serial = context;

	rule->hits->hits = ++*serial;
}

static void list_hits(void *context, struct kl_rule *rule)
{
	text_printf(context, "%llu ", (unsigned long long)rule->hits->hits);
}

/* Counters stay with their lines, through edits and replacements. */
static void keeps_hits(void **state)
{
	struct text hits = { 0 }, all = { 0 };
	struct kl_policy policy;
	struct kl_error error;
	u64 serial = 0;

	(void)state;
	new_policy(&policy);
	must_load(&policy, nested);
	visit_lines(&policy, give_hits, &serial);
	visit_lines(&policy, list_hits, &hits);
	must_load(&policy, "rule_group A\n    9 deny\nrule_group C\n    1 use A\n"
			   "1 acl read\n    7 use C\n    8 deny label=x\n");
	must_load(&policy, "rule_group A\n    delete 9 deny\n1 acl read\n    delete 7 use C\n"
			   "    delete 8 deny\ndelete rule_group C\n");
	visit_lines(&policy, list_hits, &all);
	assert_string_equal(all.data, hits.data);
	text_clear(&all);
	assert_int_equal(load_raw(&policy, as_text(nested), true, &error), 0);
	visit_lines(&policy, list_hits, &all);
	assert_string_equal(all.data, hits.data);
	text_free(&all);
	text_free(&hits);
	end_policy(&policy);
}

/* What a policy expands to is bounded before anything is expanded. */
static void limits_what_it_expands_to(void **state)
{
	struct text text = { 0 };
	struct kl_policy policy;
	struct kl_error error;
	char *before;

	(void)state;
	new_policy(&policy);
	text_printf(&text, "rule_group A\n");
	for (int i = 0; i < 1000; i++)
		text_printf(&text, "    allow task.pid=%d\n", i);
	text_printf(&text, "rule_group B\n");
	for (int i = 0; i < 100; i++)
		text_printf(&text, "    %d use A\n", i);
	/* 100102 lines each time, and those of the policy itself. */
	text_printf(&text, "acl read\n");
	for (int i = 0; i < 9; i++)
		text_printf(&text, "    %d use B\n", i);
	must_load(&policy, text.data);
	before = snapshot(&policy);
	assert_int_equal(load(&policy, "acl write\n    7 use B\n", &error), -E2BIG);
	assert_int_equal(error.line, 2);
	assert_int_equal(error.column, 11);
	assert_string_equal(error.text,
			    "with its rule groups in their places the policy has too many "
			    "rules; expected at most 1000000");
	assert_unchanged(&policy, before);
	/* A line in the innermost group counts 900 times. */
	text_clear(&text);
	text_printf(&text, "rule_group A\n");
	for (int i = 1000; i < 1110; i++)
		text_printf(&text, "    allow task.pid=%d\n", i);
	assert_int_equal(load(&policy, text.data, &error), -E2BIG);
	assert_unchanged(&policy, before);
	/* Lines elsewhere count as well; what makes room is noticed. */
	text_clear(&text);
	text_printf(&text, "acl write\n");
	for (int i = 0; i < 98000; i++)
		text_printf(&text, "allow task.pid=%d\n", i);
	assert_int_equal(load(&policy, text.data, &error), -E2BIG);
	assert_unchanged(&policy, before);
	must_load(&policy, "acl read\n    delete 3 use B\n");
	must_load(&policy, text.data);
	/* Depth alone cannot make it expensive: each level ten times the last. */
	text_clear(&text);
	for (int level = 1; level < 8; level++) {
		text_printf(&text, "rule_group %d\n", level);
		for (int i = 0; i < 1000; i++)
			text_printf(&text, "%d use %d\n", i, level + 1);
	}
	text_printf(&text, "rule_group 8\nacl append\nuse 1\n");
	assert_int_equal(load(&policy, text.data, &error), -E2BIG);
	free(before);
	text_free(&text);
	end_policy(&policy);
}

/* Every allocation that fails on the way to a ruleset is told, and leaks nothing. */
static void compiles_nothing_without_memory(void **state)
{
	struct kl_ruleset *ruleset = NULL;
	struct text text = { 0 };
	struct kl_policy policy;
	struct kl_error error;
	char *before;
	int points;

	(void)state;
	new_policy(&policy);
	must_load(&policy, nested);
	must_load(&policy, "string_group S /x\nrule_group B\n 9 allow path=@S\n 8 allow path=\"/\\*\"\n");
	/* Patterns are made once and stay with their words. */
	assert_int_equal(kl_compile(&policy, &ruleset, &error), 0);
	kl_ruleset_free(ruleset);
	before = snapshot(&policy);
	for (points = 0;; points++) {
		allocations_left = points;
		if (!kl_compile(&policy, &ruleset, &error))
			break;
		assert_string_equal(error.text + strlen(error.text) - 6, " lines");
		assert_unchanged(&policy, before);
	}
	allocations_left = -1;
	assert_in_range(points, 30, 100);
	describe_sites(ruleset, &text);
	assert_non_null(strstr(text.data, "<4<9"));
	kl_ruleset_free(ruleset);
	text_free(&text);
	free(before);
	end_policy(&policy);
}

/* Eight within each other are allowed, and decide. */
static void reaches_the_deepest(void **state)
{
	struct text text = { 0 };
	struct engine engine;

	(void)state;
	text_printf(&text, "1 acl read\n    1 use G1\n");
	for (u32 i = 1; i < KL_GROUP_DEPTH; i++)
		text_printf(&text, "rule_group G%u\n    2 use G%u\n    3 deny task.uid=%u\n", i,
			    i + 1, i);
	text_printf(&text, "rule_group G%u\n    1 allow task.gid=1\n", KL_GROUP_DEPTH);
	engine_load(&engine, text.data);
	event_check(&engine, "read", "task.uid=3 task.gid=1", "PERMIT", "1:allowed", NULL);
	event_check(&engine, "read", "task.uid=3", "DENY", "1:denied", NULL);
	event_check(&engine, "read", "task.uid=8", "PERMIT", "1:unmatched", NULL);
	engine_unload(&engine);
	text_free(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(says_where_and_why),
		cmocka_unit_test(shows_long_names_in_part),
		cmocka_unit_test(knows_who_used_it),
		cmocka_unit_test(keeps_hits),
		cmocka_unit_test(limits_what_it_expands_to),
		cmocka_unit_test(compiles_nothing_without_memory),
		cmocka_unit_test(reaches_the_deepest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
