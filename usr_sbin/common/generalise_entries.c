// SPDX-License-Identifier: GPL-2.0
/* Folders with many entries. */
#include "generalise_inside.h"
#include "limits.h"

const char *const kl_generalise_kept[] = {
	"/", "/boot/", "/dev/", "/etc/", "/home/", "/root/", "/proc/", "proc:/", "sysfs:/",
	"/sys/", NULL,
};

static bool is_kept(const char *folder)
{
	u32 i;

	for (i = 0; kl_generalise_kept[i]; i++)
		if (!strcmp(kl_generalise_kept[i], folder))
			return true;
	return !*folder;
}

/* The part of a piece's word from its last dot on, if it looks like a kind of file. */
const char *extension_of(const char *word)
{
	const char *dot = strrchr(word, '.'), *p;
	bool letter = false;

	if (!dot || dot == word || strlen(dot) < 2 || strlen(dot) > 9)
		return "";
	for (p = dot + 1; *p; p++) {
		if (!isalnum((unsigned char)*p))
			return "";
		letter |= !!isalpha((unsigned char)*p);
	}
	return letter ? dot : "";
}

static int compare_entry(const void *a, const void *b, void *names)
{
	const struct name *x = *(struct name *const *)a, *y = *(struct name *const *)b;
	const struct piece *pieces = ((const struct kl_names *)names)->pieces;
	const char *s, *t;
	int order;

	if (is_last(x) != is_last(y))
		return is_last(x) - is_last(y);
	if (x->tag != y->tag)
		return x->tag < y->tag ? -1 : 1;
	s = pieces[x->piece].word;
	t = pieces[y->piece].word;
	if (is_last(x) && (order = strcmp(extension_of(s), extension_of(t))))
		return order;
	return (x->piece > y->piece) - (x->piece < y->piece);
}

static u32 count_pieces(struct name **run, u32 count)
{
	u32 i, pieces = 0;

	for (i = 0; i < count; i++)
		pieces += !i || run[i]->piece != run[i - 1]->piece;
	return pieces;
}

static void widen(struct kl_names *names, struct name **run, u32 count, u32 different,
		  const char *extension)
{
	struct kl_buffer word = { 0 };
	struct why why = { 0 };
	u32 i, piece;

	kl_buffer_printf(&word, "\\*%s", extension);
	why_add(&why, KL_REASON_ENTRIES, different, word.data);
	piece = find_piece(names, 0, word.data, 1, &why);
	for (i = 0; i < count; i++)
		run[i]->piece = piece;
	why_free(&why);
	kl_buffer_free(&word);
}

/* Files of one kind; afterwards their pieces are one. */
static void widen_kinds(struct kl_names *names, struct name **run, u32 count)
{
	u32 from, to, pieces;

	for (from = 0; from < count; from = to) {
		const char *extension =
			extension_of(names->pieces[run[from]->piece].word);
		char *copy;

		for (to = from + 1; to < count; to++)
			if (strcmp(extension,
				   extension_of(names->pieces[run[to]->piece].word)))
				break;
		pieces = count_pieces(run + from, to - from);
		if (!*extension || pieces < names->how.entries)
			continue;
		copy = kl_xstrdup(extension);
		widen(names, run + from, to - from, pieces, copy);
		free(copy);
	}
}

/* Files, or folders, that one operation met in the folder at hand. */
static void widen_entries(struct kl_names *names, struct name **run, u32 count)
{
	u32 pieces;

	if (count_pieces(run, count) < names->how.entries)
		return;
	if (is_last(run[0])) {
		widen_kinds(names, run, count);
		qsort_r(run, count, sizeof(*run), compare_entry, names);
	}
	pieces = count_pieces(run, count);
	if (pieces >= names->how.entries)
		widen(names, run, count, pieces, "");
}

void join_entries(struct kl_names *names, const struct task *task)
{
	struct name **run = names->order + task->from;
	u32 from, to, count = task->to - task->from;

	if (names->how.level < KL_GENERALISE_ALL || is_kept(task->prefix) ||
	    names->piece_count < names->how.entries ||
	    task->wildcards >= KL_WILDCARDS_MAX)
		return;
	qsort_r(run, count, sizeof(*run), compare_entry, names);
	for (from = 0; from < count; from = to) {
		for (to = from + 1; to < count; to++)
			if (run[to]->tag != run[from]->tag ||
			    is_last(run[to]) != is_last(run[from]))
				break;
		widen_entries(names, run + from, to - from);
	}
}
