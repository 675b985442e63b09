// SPDX-License-Identifier: GPL-2.0
/*
 * Random policies and what random edits make of them: the patch between the two
 * must turn one into the other. If this fails, somebody loads a patch and gets
 * another policy than was shown.
 *
 * usage: diff [PAIRS [SEED]]
 */
#include <time.h>

#include "engine/parse.h"
#include "engine/print.h"
#include "oracle/generate.h"
#include "oracle/require.h"
#include "oracle/text.h"
#include "policy_diff.h"
#include "policy_file.h"

static u64 same, different, spelled, sections[KL_SECTION_BLOCK + 1], changes[KL_MOVED + 1];

/* A text as lines that can be edited. */
struct lines {
	char **at;
	u32 count;
};

static void split(struct lines *lines, const char *text)
{
	const char *end;

	memset(lines, 0, sizeof(*lines));
	lines->at = kl_xalloc(strlen(text) + 100, sizeof(*lines->at));
	for (; *text; text = end + 1) {
		end = strchrnul(text, '\n');
		lines->at[lines->count++] = strndup(text, end - text);
		if (!*end)
			break;
	}
}

static void drop(struct lines *lines)
{
	while (lines->count)
		free(lines->at[--lines->count]);
	free(lines->at);
}

static void join(const struct lines *lines, struct kl_buffer *text)
{
	u32 i;

	kl_buffer_clear(text);
	kl_buffer_puts(text, "\n");
	for (i = 0; i < lines->count; i++)
		kl_buffer_printf(text, "%s\n", lines->at[i]);
}

static void insert(struct lines *lines, u32 at, char *line)
{
	memmove(&lines->at[at + 1], &lines->at[at],
		(lines->count - at) * sizeof(*lines->at));
	lines->at[at] = line;
	lines->count++;
}

static char *take(struct lines *lines, u32 at)
{
	char *line = lines->at[at];

	lines->count--;
	memmove(&lines->at[at], &lines->at[at + 1],
		(lines->count - at) * sizeof(*lines->at));
	return line;
}

/* With another number in front, or with a label, or without its last word. */
static char *alter(const char *line, u64 *random)
{
	char *space = strrchr(line, ' '), *result = NULL;
	int length;

	switch (random_below(random, 3)) {
	case 0:
		length = asprintf(&result, "%u %s", random_below(random, 30),
				  line + strspn(line, "0123456789 \t"));
		break;
	case 1:
		length = asprintf(&result, "%s label=l%u", line, random_below(random, 3));
		break;
	default:
		length = asprintf(&result, "%.*s", space ? (int)(space - line) : 0, line);
	}
	if (length < 0)
		abort();
	return result;
}

static const char *const extras[] = {
	"permissive", "delete permissive", "audit 3", "audit 4 wait=5", "label x", "label y",
	"quota audit[3] denied=5", "quota audit[3] allowed=unlimited rate=5/s burst=9",
	"quota audit[4] audit=yes", "quota memory audit 1048576 drop-oldest",
	"quota memory audit 1048576", "quota memory query 9999999", "mode permissive",
	"number_group G1 0x7", "number_group G1 7", "number_group G1 7-7",
	"ip_group G2 10.0.0.0/8", "ip_group G2 10.0.0.0-10.255.255.255",
	"string_group G0 /new/\\*", "10 deny task.uid=01", "10 deny task.uid=1",
	"10 deny task.uid=1 task.gid=2", "10 deny task.gid=2 task.uid=1", "11 allow",
	"1 acl read", "1 acl read task.uid=1 task.gid=2", "1 acl read task.gid=02 task.uid=1",
	"rule_group NEW", "10 use NEW", "rule_group NEWER", "9 use NEWER", "10 allow task.pid=1",
};

/* Return: false if there is nothing to edit. */
static bool edit(struct lines *lines, u64 *random)
{
	u32 at, to;

	if (!lines->count)
		return false;
	at = random_below(random, lines->count);
	to = random_below(random, lines->count);
	switch (random_below(random, 8)) {
	case 0:
		free(take(lines, at));
		break;
	case 1:
		insert(lines, to, kl_xstrdup(lines->at[at]));
		break;
	case 2:
	case 3:
		to = min(at + random_below(random, 3), lines->count - 1);
		insert(lines, to, take(lines, at));
		break;
	case 4:
		insert(lines, at, alter(lines->at[at], random));
		free(take(lines, at + 1));
		break;
	default:
		insert(lines, to,
		       kl_xstrdup(extras[random_below(random, ARRAY_SIZE(extras))]));
	}
	return true;
}

static bool compile(struct kl_policy_file *file, struct kl_text text)
{
	struct kl_error error;

	memset(file, 0, sizeof(*file));
	kl_source_add_text(&file->source, "random", text);
	return !kl_policy_file_compile(file, &error);
}

/* Edits that leave a valid policy. */
static void mutate(const struct lines *from, struct kl_policy_file *file, u64 *random)
{
	u32 count = random_between(random, 0, 6), i, tries;
	struct kl_buffer text = { 0 }, next = { 0 };
	struct lines lines;

	join(from, &text);
	for (i = 0, tries = 0; i < count && tries < 40; tries++) {
		struct kl_policy_file changed;

		split(&lines, text.data);
		edit(&lines, random);
		join(&lines, &next);
		drop(&lines);
		if (compile(&changed, kl_buffer_text(&next))) {
			kl_buffer_clear(&text);
			kl_buffer_add(&text, next.data, next.length);
			i++;
		}
		kl_policy_file_free(&changed);
	}
	if (!compile(file, kl_buffer_text(&text)))
		abort();
	kl_buffer_free(&text);
	kl_buffer_free(&next);
}

/* Blocks and settings as printed; rule groups and groups have no order. */
static char *print(const struct kl_policy *policy)
{
	struct kl_buffer text = { 0 }, blocks = { 0 };
	struct kl_printer printer = { kl_buffer_write, &text };
	struct lines lines;
	bool block = false;
	u32 i;

	kl_print_policy(&printer, policy, NULL);
	split(&lines, text.data);
	kl_buffer_puts(&blocks, "");
	for (i = 0; i < lines.count; i++) {
		if (!*lines.at[i])
			block = false;
		if (strstr(lines.at[i], " acl ") && *lines.at[i] != ' ')
			block = true;
		if (block || !strncmp(lines.at[i], "quota", 5) ||
		    !strncmp(lines.at[i], "mode", 4))
			kl_buffer_printf(&blocks, "%s\n", lines.at[i]);
	}
	drop(&lines);
	kl_buffer_free(&text);
	return blocks.data ? blocks.data : kl_xstrdup("");
}

static int apply(struct kl_policy *policy, struct kl_text text, struct kl_error *error)
{
	struct kl_parser parser;
	struct kl_batch batch;
	struct kl_undo *undo;
	int result;

	kl_parser_init(&parser, &policy->strings);
	kl_batch_init(&batch);
	result = kl_parse_text(&parser, text, &batch, error);
	if (!result)
		result = kl_policy_apply(policy, &batch, &undo, error);
	if (!result)
		kl_policy_settle(policy, undo);
	kl_batch_release(&batch);
	return result;
}

static bool fail(const char *what, const char *detail, const struct kl_policy_file *old,
		 const struct kl_policy_file *new, const char *patch, u64 seed)
{
	printf("seed %llu: %s: %s\nold:\n%s\nnew:\n%s\npatch:\n%s\n",
	       (unsigned long long)seed, what, detail, old->source.text.data,
	       new->source.text.data, patch ? patch : "");
	return false;
}

static void count_diff(const struct kl_policy_diff *diff)
{
	u32 i, j;

	for (i = 0; i < diff->count; i++) {
		sections[diff->sections[i].kind]++;
		changes[diff->sections[i].change]++;
		for (j = 0; j < diff->sections[i].count; j++)
			changes[diff->sections[i].lines[j].change]++;
	}
	same += !diff->count;
	different += diff->count > 0;
}

/* What is the same must look the same, but for the spelling of a line. */
static bool compare_looks(const struct kl_policy *a, const struct kl_policy *b)
{
	char *left = print(a), *right = print(b);
	bool equal = !strcmp(left, right);

	spelled += !equal;
	equal |= strlen(left) < strlen(right) + 200 && strlen(right) < strlen(left) + 200;
	free(left);
	free(right);
	return equal;
}

static bool try_pair(struct kl_policy_file *old, struct kl_policy_file *new, u64 seed)
{
	struct kl_policy_diff diff, rest;
	struct kl_policy_file alone;
	struct kl_buffer patch = { 0 };
	struct kl_error error = { 0 };
	bool good = true;

	kl_policy_compare(&old->policy, &new->policy, &diff, &patch);
	count_diff(&diff);
	if (!diff.count && patch.length)
		good = fail("nothing differs, but the patch is not empty", "", old, new,
			    patch.data, seed);
	/* kellasctl load looks at the lines alone before it asks the kernel. */
	if (good && !compile(&alone, kl_buffer_text(&patch)))
		good = fail("the patch alone is refused", "", old, new, patch.data, seed);
	if (good)
		kl_policy_file_free(&alone);
	if (good && apply(&old->policy, kl_buffer_text(&patch), &error))
		good = fail("the patch is refused", error.text, old, new, patch.data, seed);
	kl_policy_compare(&old->policy, &new->policy, &rest, NULL);
	if (good && rest.count)
		good = fail("the patch leaves a difference", rest.sections->title, old, new,
			    patch.data, seed);
	if (good && !compare_looks(&old->policy, &new->policy))
		good = fail("the patch leaves other blocks", "", old, new, patch.data, seed);
	kl_policy_diff_free(&diff);
	kl_policy_diff_free(&rest);
	kl_buffer_free(&patch);
	return good;
}

static bool try_seed(struct generator *generator, u64 seed)
{
	struct kl_policy_file old, new;
	struct oracle_policy policy;
	struct text text = { 0 };
	struct lines lines;
	bool good;

	generator->random = seed;
	generate_policy(generator, &policy);
	if (generator->cost > 60)
		return true;
	text_policy(&text, &policy);
	split(&lines, text.data ? text.data : "");
	mutate(&lines, &old, &generator->random);
	mutate(&lines, &new, &generator->random);
	good = try_pair(&old, &new, seed);
	kl_policy_file_free(&old);
	kl_policy_file_free(&new);
	drop(&lines);
	text_free(&text);
	return good;
}

int main(int argc, char **argv)
{
	u64 pairs = argc > 1 ? strtoull(argv[1], NULL, 0) : 80;
	u64 seed = argc > 2 ? strtoull(argv[2], NULL, 0) : (u64)time(NULL);
	static struct generator generator;
	const struct requirement met[] = {
		{ "pairs without a difference", &same, 1 },
		{ "pairs with one", &different, pairs / 2 },
		{ "settings", &sections[KL_SECTION_SETTINGS], pairs / 20 },
		{ "groups", &sections[KL_SECTION_GROUP], pairs / 20 },
		{ "rule groups", &sections[KL_SECTION_RULE_GROUP], pairs / 20 },
		{ "blocks", &sections[KL_SECTION_BLOCK], pairs / 3 },
		{ "added", &changes[KL_ADDED], pairs },
		{ "removed", &changes[KL_REMOVED], pairs },
		{ "moved", &changes[KL_MOVED], max(pairs / 150, (u64)1) },
	};
	bool good;

	printf("SEED=%llu\n", (unsigned long long)seed);
	/* Some things are rare: then go on, but not for ever. */
	for (; same + different < pairs || (!is_enough(met, ARRAY_SIZE(met)) &&
					    same + different < 20 * pairs); seed++)
		if (!try_seed(&generator, seed))
			return 1;
	oracle_forget();
	arena_free(&generator.memory);
	arena_free(&generator.passing);
	good = require_all(met, ARRAY_SIZE(met));
	printf("%-40s %10llu\n", "the same in other words", (unsigned long long)spelled);
	return !(good && spelled <= different / 4 + 5);
}
