// SPDX-License-Identifier: GPL-2.0
/* The picture of samples. */
#include "log_draw.h"
#include "object.h"
#include "samples_draw.h"
#include "words.h"

#define DAY (86400ull * 1000000) /* microseconds */

static bool is_head(const struct editor *editor, u32 line)
{
	return editor->outline.lines[line].kind == KL_STATEMENT_ACL;
}

/* ------------------------------------------------------------------ how many */

/* Of a head, what became of them; a line of a block does always the same, but use. */
static void say_results(const struct sample_counts *counts, struct kl_buffer *out)
{
	static const struct {
		u8 result;
		const char *name;
	} names[] = {
		{ KL_DENIED, "denied" }, { KL_ALLOWED, "allowed" }, { KL_UNMATCHED, "no rule" },
	};
	const char *before = ": ";
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++)
		if (counts->results[names[i].result]) {
			kl_buffer_printf(out, "%s%u %s", before, counts->results[names[i].result],
					 names[i].name);
			before = ", ";
		}
}

void samples_say(const struct editor *editor, u32 line,
		 const struct sample_answer *answer, struct kl_buffer *out)
{
	const struct sample_counts *counts = &answer->counts;
	u32 decided = samples_decided(counts);
	char name[KL_SLOT_NAME_MAX];

	if (decided)
		kl_buffer_printf(out, "%u", decided);
	else
		kl_buffer_puts(out, "none");
	kl_buffer_printf(out, " of %s%llu in the log%s", answer->newest_only ? "the newest " : "",
			 (unsigned long long)answer->requests, answer->going_on ? " so far" : "");
	if (is_head(editor, line) && decided)
		say_results(counts, out);
	if (counts->otherwise)
		kl_buffer_printf(out, "; %u recorded otherwise", counts->otherwise);
	if (counts->open)
		kl_buffer_printf(out, "; %u cannot be told without %s", counts->open,
				 (kl_slot_name(counts->op, counts->slot, name), name));
}

/* --------------------------------------------------------------- one of them */

/* Return: columns. */
static int put_name(struct canvas *canvas, int row, int column, int width, u8 style,
		    const struct kl_buffer *coded)
{
	struct kl_buffer text = { 0 };

	words_decoded(kl_buffer_text(coded), &text);
	width = canvas_end(canvas, row, column, width, style, kl_buffer_text(&text));
	kl_buffer_free(&text);
	return width;
}

/* The day as well, if it is another one. */
static int put_time(const struct editor *editor, struct canvas *canvas, int row,
		    int column, u64 time, u8 added)
{
	bool today = time / DAY == editor_now(editor) / DAY;
	char moment[64];

	record_moment(time, today ? "%H:%M:%S" : "%Y-%m-%d %H:%M:%S", 0, moment, sizeof(moment));
	return canvas_print(canvas, row, column, canvas->columns - column, STYLE_FAINT | added, "%s ",
			    moment);
}

/* What the record says if that is not what the line does. */
static int put_result(struct canvas *canvas, int row, int column,
		      const struct sample *sample, const struct log_record *record,
		      int before, u8 added)
{
	bool fits = sample->flags & SAMPLE_FITS, open = sample->flags & SAMPLE_OPEN;
	u8 result = fits ? sample->what : record->result;
	bool unenforced = fits ? sample->flags & SAMPLE_UNENFORCED : record->unenforced;
	u8 style = open ? STYLE_NOTICE : result_style(result, unenforced);

	return canvas_print(canvas, row, column, canvas->columns - column,
			    style | added, "%*s%-7s ", before,
			    open ? "?   " : fits ? "" : "was ",
			    result_name(result, unenforced));
}

/* Of a group, requests of any operation may be decided. */
static bool is_of_group(const struct editor *editor, const struct sample *sample)
{
	u32 node = editor->outline.lines[sample->line - 1].node;

	return node != NO_NODE && editor->outline.nodes[node].kind == OUTLINE_RULE_GROUP;
}

void sample_draw(const struct editor *editor, struct canvas *canvas, int row, int column,
		 const struct sample *sample, const struct sample_counts *all, u8 added)
{
	struct log_view *log = editor->log;
	const struct log_record *record = log_list_get(&log->list, sample->record);
	const struct kl_logline *line = log_parse(log, record);
	struct kl_buffer name = { 0 };
	int width = max(19, canvas->columns / 4), end = canvas->columns, used;

	column += put_time(editor, canvas, row, column, record->time, added);
	column += put_result(canvas, row, column, sample, record,
			     all && (all->otherwise || all->open) ? 4 : 0, added);
	if (!line)
		return;
	if (is_of_group(editor, sample))
		column += canvas_print(canvas, row, column, end - column,
				       STYLE_KEYWORD | added, "%s ",
				       kl_op_table[record->op].keyword);
	kl_program_text(&line->facts.request, &name);
	used = put_name(canvas, row, column, min(width, end - column),
			STYLE_PLAIN | added, &name);
	column += all ? width + 1 : used ? used + 2 : 0;
	kl_buffer_clear(&name);
	kl_object_text(&line->facts.request, &name);
	put_name(canvas, row, column, end - column, STYLE_PLAIN | added, &name);
	kl_buffer_free(&name);
}

/* ----------------------------------------------------------------- the detail */

/* Only what is certain: whoever wants the others asks for all. */
static const struct sample *next_certain(const struct editor *editor, u64 *at)
{
	const struct sample *sample;

	do
		sample = samples_next(editor, at);
	while (sample && sample->flags & SAMPLE_OPEN);
	return sample;
}

/* Numbers that need a row of their own. */
static bool is_wordy(const struct editor *editor, u32 line,
		     const struct sample_counts *counts)
{
	return is_head(editor, line) || counts->otherwise || counts->open;
}

/* How many, and the newest. */
int samples_rows(struct editor *editor, u32 line)
{
	struct sample_answer answer;

	if (!samples_of(editor, line, &answer))
		return 0;
	return 1 + (samples_decided(&answer.counts) &&
		    is_wordy(editor, line, &answer.counts));
}

void samples_draw(struct editor *editor, struct canvas *canvas, int row, int end,
		  u32 line)
{
	const struct sample *sample;
	struct kl_buffer text = { 0 };
	struct sample_answer answer;
	int column = 1;
	bool wordy;

	if (row >= end || !samples_of(editor, line, &answer))
		return;
	wordy = is_wordy(editor, line, &answer.counts);
	samples_say(editor, line, &answer, &text);
	if (samples_decided(&answer.counts) && row + wordy < end)
		kl_buffer_puts(&text, ": ");
	column += canvas_text(canvas, row, column, canvas->columns - column,
			      STYLE_ATTRIBUTE, kl_buffer_text(&text));
	kl_buffer_free(&text);
	if (wordy) {
		row++;
		column = 3;
	}
	for (; row < end && (sample = next_certain(editor, &answer.newest)); row++)
		sample_draw(editor, canvas, row, column, sample,
			    wordy ? &answer.counts : NULL, 0);
}
