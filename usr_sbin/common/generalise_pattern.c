// SPDX-License-Identifier: GPL-2.0
/* What names become. */
#include "generalise_inside.h"
#include "limits.h"

int compare_text(struct kl_text a, struct kl_text b)
{
	u32 common = min(a.length, b.length);
	int order = common ? memcmp(a.data, b.data, common) : 0;

	return order ? order : (a.length > b.length) - (a.length < b.length);
}

int compare_raw(const void *a, const void *b)
{
	const struct name *x = *(struct name *const *)a, *y = *(struct name *const *)b;

	return compare_text(x->raw, y->raw);
}

char *encoded(struct kl_text raw)
{
	struct kl_buffer out = { 0 };

	kl_buffer_encode(&out, raw);
	return out.data;
}

static struct kl_name_pattern *new_pattern(struct kl_names *names, char *word)
{
	struct kl_name_pattern *pattern = kl_xalloc(1, sizeof(*pattern));

	pattern->word = word;
	KL_GROW(names->patterns, names->pattern_count, names->pattern_room);
	names->patterns[names->pattern_count++] = pattern;
	return pattern;
}

/* @run: names in order of their bytes that became this pattern */
static void finish_pattern(struct kl_name_pattern *pattern, struct name **run, u32 count)
{
	u32 i;

	for (i = 0; i < count; i++) {
		run[i]->pattern = pattern;
		pattern->requests += run[i]->count;
		if (!i || !kl_text_equal(run[i]->raw, run[i - 1]->raw))
			pattern->names++;
	}
	pattern->examples[0] = run[0]->raw;
	if (pattern->names > 1)
		pattern->examples[1] = run[count - 1]->raw;
}

/* As they are, each for itself. */
void keep_literal(struct kl_names *names, struct name **run, u32 count)
{
	u32 from, to;

	for (from = 0; from < count; from = to) {
		for (to = from + 1; to < count; to++)
			if (!kl_text_equal(run[to]->raw, run[from]->raw))
				break;
		finish_pattern(new_pattern(names, encoded(run[from]->raw)), run + from,
			       to - from);
	}
}

struct kl_pattern *matcher_of(const char *word)
{
	struct kl_pattern *matcher;
	const char *why;
	u32 position;

	if (kl_word_check(kl_text_of(word), &position, &why))
		return NULL;
	matcher = kl_pattern_new(kl_text_of(word));
	if (!matcher) {
		fputs("out of memory\n", stderr);
		exit(EXIT_FAILURE);
	}
	return matcher;
}

/* Does a pattern do what it is made for? Then it is set. */
static struct kl_pattern *verified(const char *word, struct name **run, u32 count)
{
	struct kl_pattern *matcher = matcher_of(word);
	u32 i;

	for (i = 0; matcher && i < count; i++)
		if (!kl_pattern_match(matcher, run[i]->raw)) {
			kl_pattern_free(matcher);
			matcher = NULL;
		}
	return matcher;
}

/* Names that have no further component. */
void finish_names(struct kl_names *names, const struct task *task)
{
	struct name **run = names->order + task->from;
	u32 count = task->to - task->from;
	struct kl_name_pattern *pattern;
	struct kl_pattern *matcher;
	struct why why = { 0 };

	qsort(run, count, sizeof(*run), compare_raw);
	matcher = why_any(&task->why) ? verified(task->prefix, run, count) : NULL;
	if (!matcher) {
		keep_literal(names, run, count);
		return;
	}
	pattern = new_pattern(names, kl_xstrdup(task->prefix));
	pattern->matcher = matcher;
	why_merge(&why, &task->why);
	memcpy(pattern->different, why.different, sizeof(why.different));
	memcpy(pattern->shown, why.shown, sizeof(why.shown));
	finish_pattern(pattern, run, count);
}
