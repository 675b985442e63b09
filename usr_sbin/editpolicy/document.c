// SPDX-License-Identifier: GPL-2.0
/* Lines, and the steps that changed them. */
#include "document.h"

/**
 * struct line - a line
 * @data: its bytes, owned
 * @length: how many
 */
struct line {
	char *data;
	size_t length;
};

/**
 * struct edit - lines that are there, in the place of lines that are not
 * @at: where
 * @there: number of lines in the document
 * @kept: the others
 * @kept_count: number of @kept
 *
 * Taking it back and doing it again are the same: both swap the two.
 */
struct edit {
	u32 at;
	u32 there;
	struct line *kept;
	u32 kept_count;
};

/**
 * struct step - edits that belong together
 * @what: name
 * @place: where the cursor was
 * @edits, @count: in the order of the first time
 */
struct step {
	const char *what;
	u32 place;
	struct edit *edits;
	u32 count;
};

/**
 * struct document - see document.h
 * @lines, @count, @room: the text
 * @ended: a newline stands behind the last line
 * @steps, @step_count: all that is remembered
 * @done: how many of them are in effect, the first ones
 * @saved: value of @done that is kept elsewhere; -1: none of those remembered
 * @tried: likewise, for what may be kept
 * @open: a step has begun; it is @pending
 * @version: of the text
 */
struct document {
	struct line *lines;
	u32 count, room;
	bool ended;
	struct step *steps;
	u32 step_count;
	u32 done;
	s64 saved, tried;
	bool open;
	struct step pending;
	u64 version;
};

static struct line copy_line(struct kl_text text)
{
	struct line line = { kl_xalloc(text.length + 1, 1), text.length };

	memcpy(line.data, text.data, text.length);
	return line;
}

static void make_room(struct document *document, u32 count)
{
	if (count <= document->room)
		return;
	document->room = max(count, document->room * 2);
	document->lines =
		kl_xrealloc(document->lines, document->room, sizeof(*document->lines));
}

struct document *document_new(struct kl_text text)
{
	struct document *document = kl_xalloc(1, sizeof(*document));
	const char *at = text.data, *end = text.data + text.length, *newline;

	document->ended = !text.length || end[-1] == '\n';
	for (; at < end; at = newline + 1) {
		newline = memchr(at, '\n', end - at) ?: end;
		make_room(document, document->count + 1);
		document->lines[document->count++] =
			copy_line((struct kl_text){ at, newline - at });
	}
	return document;
}

static void free_lines(struct line *lines, u32 count)
{
	u32 i;

	for (i = 0; i < count; i++)
		free(lines[i].data);
	free(lines);
}

static void free_step(struct step *step)
{
	u32 i;

	for (i = 0; i < step->count; i++)
		free_lines(step->edits[i].kept, step->edits[i].kept_count);
	free(step->edits);
}

/* What was undone is no future any more. */
static void forget_undone(struct document *document)
{
	while (document->step_count > document->done)
		free_step(&document->steps[--document->step_count]);
	if (document->saved > document->done)
		document->saved = -1;
	if (document->tried > document->done)
		document->tried = -1;
}

void document_free(struct document *document)
{
	if (!document)
		return;
	document->done = 0;
	forget_undone(document);
	free(document->steps);
	free_lines(document->lines, document->count);
	free(document);
}

u32 document_lines(const struct document *document)
{
	return document->count;
}

struct kl_text document_line(const struct document *document, u32 line)
{
	return (struct kl_text){ document->lines[line].data, document->lines[line].length };
}

void document_text(const struct document *document, struct kl_buffer *out)
{
	u32 i;

	for (i = 0; i < document->count; i++) {
		kl_buffer_add(out, document->lines[i].data, document->lines[i].length);
		if (i + 1 < document->count || document->ended)
			kl_buffer_add(out, "\n", 1);
	}
}

/* Put @count of @lines in the place of @removed ones, which are returned. */
static struct line *splice(struct document *document, u32 at, u32 removed,
			   const struct line *lines, u32 count)
{
	struct line *out = kl_xalloc(removed + 1, sizeof(*out)), *place;
	u32 behind = document->count - at - removed;

	/* One more: there are lines even where there is none. */
	make_room(document, document->count - removed + count + 1);
	place = document->lines + at;
	memcpy(out, place, removed * sizeof(*out));
	if (count != removed)
		memmove(place + count, place + removed, behind * sizeof(*out));
	memcpy(place, lines, count * sizeof(*out));
	document->count += count - removed;
	document->version++;
	return out;
}

static void swap_edit(struct document *document, struct edit *edit)
{
	struct line *kept = edit->kept;
	u32 there = edit->there;

	edit->kept = splice(document, edit->at, there, kept, edit->kept_count);
	edit->there = edit->kept_count;
	edit->kept_count = there;
	free(kept);
}

void document_begin(struct document *document, const char *what, u32 place)
{
	document->pending = (struct step){ .what = what, .place = place };
	document->open = true;
}

void document_replace(struct document *document, u32 at, u32 removed,
		      const struct kl_text *lines, u32 count)
{
	struct step *step = &document->pending;
	struct line *copies = kl_xalloc(count + 1, sizeof(*copies));
	struct edit *edit;
	u32 i;

	for (i = 0; i < count; i++)
		copies[i] = copy_line(lines[i]);
	step->edits = kl_xrealloc(step->edits, step->count + 1, sizeof(*edit));
	edit = &step->edits[step->count++];
	edit->at = at;
	edit->there = count;
	edit->kept = splice(document, at, removed, copies, count);
	edit->kept_count = removed;
	free(copies);
}

void document_end(struct document *document)
{
	document->open = false;
	if (!document->pending.count)
		return;
	forget_undone(document);
	document->steps = kl_xrealloc(document->steps, document->step_count + 1,
				      sizeof(*document->steps));
	document->steps[document->step_count] = document->pending;
	document->done = ++document->step_count;
}

const char *document_undo(struct document *document, u32 *place)
{
	struct step *step;
	u32 i;

	if (!document->done || document->open)
		return NULL;
	step = &document->steps[--document->done];
	for (i = step->count; i; i--)
		swap_edit(document, &step->edits[i - 1]);
	*place = step->place;
	return step->what;
}

const char *document_redo(struct document *document, u32 *place)
{
	struct step *step;
	u32 i;

	if (document->done == document->step_count || document->open)
		return NULL;
	step = &document->steps[document->done++];
	for (i = 0; i < step->count; i++)
		swap_edit(document, &step->edits[i]);
	*place = step->place;
	return step->what;
}

bool document_changed(const struct document *document)
{
	return document->saved != document->done;
}

void document_saved(struct document *document)
{
	document->saved = document->done;
}

void document_tried(struct document *document)
{
	document->tried = document->done;
}

bool document_is_tried(const struct document *document)
{
	return document->tried == document->done;
}

void document_settle(struct document *document, bool kept)
{
	if (kept)
		document->saved = document->tried;
}

u64 document_version(const struct document *document)
{
	return document->version;
}
