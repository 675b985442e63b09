// SPDX-License-Identifier: GPL-2.0
/* Differences and findings, a row each. */
#include "changes.h"
#include "engine/lex.h"
#include "job.h"
#include "lenient.h"
#include "lint.h"
#include "live.h"
#include "policy_diff.h"
#include "preview.h"

/* Findings that are listed. */
#define FINDINGS_SHOWN 100u

/**
 * struct comparing - two texts being compared
 * @old, @new: the texts
 * @versus: what @old is, in words
 * @changed: the text is not the one of the file
 * @into: what came of it: rows, differences, policies
 */
struct comparing {
	struct kl_buffer old, new;
	const char *versus;
	bool changed;
	struct changes into;
};

/**
 * struct linting - the linter looking
 * @file: the policy that it looks at
 * @lint: what it says
 * @watch: how far it is
 */
struct linting {
	struct kl_policy_file *file;
	struct kl_lint lint;
	struct kl_lint_watch watch;
};

void changes_add(struct changes *changes, u8 style, u32 line, const char *format, ...)
{
	u32 count = changes->position.count++;
	struct changes_row *row;
	va_list args;

	if (!(count & (count - 1)))
		changes->rows = kl_xrealloc(changes->rows, 2 * count + 1, sizeof(*row));
	row = &changes->rows[count];
	row->style = style;
	row->line = line;
	va_start(args, format);
	if (vasprintf(&row->text, format, args) < 0)
		kl_xalloc(SIZE_MAX, 1);
	va_end(args);
}

static void free_policy(struct kl_policy_file *file)
{
	if (file)
		kl_policy_file_free(file);
	free(file);
}

static void forget_rows(struct changes *changes)
{
	u32 i;

	for (i = 0; i < changes->position.count; i++)
		free(changes->rows[i].text);
	free(changes->rows);
	changes->rows = NULL;
	changes->position.count = 0;
}

static void clear(struct changes *changes)
{
	if (changes->linting)
		atomic_store(&changes->linting->watch.stop, true);
	job_abandon(changes->job);
	changes->job = NULL;
	changes->comparing = NULL;
	changes->linting = NULL;
	preview_free(changes->preview);
	changes->preview = NULL;
	forget_rows(changes);
	changes->whole = false;
	free_policy(changes->before);
	free_policy(changes->after);
	changes->before = changes->after = NULL;
}

void changes_free(struct changes *changes)
{
	if (!changes)
		return;
	clear(changes);
	free(changes);
}

/* -------------------------------------------------------------- differences */

static const struct {
	char sign;
	u8 style;
} marks[] = {
	[KL_CHANGED] = { ' ', STYLE_TITLE },
	[KL_ADDED] = { '+', STYLE_ALLOW },
	[KL_REMOVED] = { '-', STYLE_DENY },
	[KL_MOVED] = { '>', STYLE_NOTICE },
};

static void add_section(struct changes *changes, const struct kl_diff_section *section)
{
	bool within = *section->title && section->kind != KL_SECTION_GROUP;
	const struct kl_diff_line *line;
	u32 i;

	if (within)
		changes_add(changes, marks[section->change].style,
			    section->new ? section->new->rule.line : 0, "%c %s",
			    marks[section->change].sign, section->title);
	for (i = 0; i < section->count; i++) {
		line = &section->lines[i];
		changes_add(changes, marks[line->change].style,
			    line->rule && line->change != KL_REMOVED ? line->rule->line :
								       0,
			    "%c %s%s", marks[line->change].sign, within ? "    " : "",
			    line->text);
		changes->differences++;
	}
	if (!section->count)
		changes->differences++;
}

static void add_left_out(struct changes *changes, int count, const struct kl_error *error,
			 const char *text, bool after)
{
	if (count == 1)
		changes_add(changes, STYLE_ERROR, after ? error->line : 0,
			    "  left out of %s: line %u: %s", text, error->line,
			    error->text);
	else if (count > 1)
		changes_add(changes, STYLE_ERROR, after ? error->line : 0,
			    "  left out of %s: %u wrong lines: line %u: %s", text, count,
			    error->line, error->text);
}

static bool same_error(const struct kl_error *a, const struct kl_error *b)
{
	return a->line == b->line && !strcmp(a->text, b->text);
}

static void compare_policies(struct comparing *comparing,
			     const struct kl_policy_file *before,
			     const struct kl_policy_file *after)
{
	struct changes *changes = &comparing->into;
	struct kl_policy_diff diff;
	u32 i;

	kl_policy_compare(&before->policy, &after->policy, &diff, NULL);
	for (i = 0; i < diff.count; i++)
		add_section(changes, &diff.sections[i]);
	if (!diff.count)
		changes_add(changes, STYLE_PLAIN, 0,
			    "  nothing that the kernel would notice%s",
			    comparing->changed ?
				    ": comments, labels, or how it is written" :
				    "");
	kl_policy_diff_free(&diff);
}

static void add_title(struct changes *changes, const char *versus)
{
	changes_add(changes, STYLE_TITLE, 0, "What differs from %s", versus);
}

static void add_differences(struct comparing *comparing)
{
	struct changes *changes = &comparing->into;
	struct kl_policy_file before = { 0 }, after = { 0 };
	struct kl_error old_error = { 0 }, new_error = { 0 };
	int old_wrong, new_wrong;

	old_wrong = lenient_apply(kl_buffer_text(&comparing->old), "before", &before,
				  &old_error);
	new_wrong = lenient_apply(kl_buffer_text(&comparing->new), "after", &after,
				  &new_error);
	add_title(changes, comparing->versus);
	if (old_wrong == new_wrong && same_error(&old_error, &new_error)) {
		add_left_out(changes, new_wrong, &new_error, "both", true);
	} else {
		add_left_out(changes, old_wrong, &old_error, "the old text", false);
		add_left_out(changes, new_wrong, &new_error, "the new text", true);
	}
	if (old_wrong < 0 || new_wrong < 0)
		changes_add(changes, STYLE_ERROR, 0,
			    "  too much is wrong to be compared");
	else
		compare_policies(comparing, &before, &after);
	kl_policy_file_free(&before);
	kl_policy_file_free(&after);
}

/* As a whole, with everything that must fit together. Return: NULL: it does not. */
static struct kl_policy_file *compile(const char *name, const struct kl_buffer *text,
				      struct kl_error *error)
{
	struct kl_policy_file *file = kl_xalloc(1, sizeof(*file));

	kl_source_add_text(&file->source, name, kl_buffer_text(text));
	if (!kl_policy_file_compile(file, error))
		return file;
	free_policy(file);
	return NULL;
}

static void compile_both(struct comparing *comparing)
{
	struct changes *changes = &comparing->into;
	struct kl_error error;

	changes->before = compile("before", &comparing->old, &error);
	changes->after = compile("after", &comparing->new, &error);
	changes->whole = changes->after;
	if (changes->whole)
		return;
	changes_add(changes, STYLE_PLAIN, 0, "%s", "");
	changes_add(changes, STYLE_ERROR, error.line,
		    "It cannot be applied, nor tried on records: line %u: %s", error.line,
		    error.text);
}

static void compare_texts(void *context)
{
	add_differences(context);
	compile_both(context);
}

static void forget_comparing(void *context)
{
	struct comparing *comparing = context;

	clear(&comparing->into);
	kl_buffer_free(&comparing->old);
	kl_buffer_free(&comparing->new);
	free(comparing);
}

/* What was found out is what is shown now. */
static void take_comparison(struct changes *changes)
{
	struct changes *from = &changes->comparing->into;
	u32 count = from->position.count;

	forget_rows(changes);
	changes->rows = from->rows;
	changes->position.count = count;
	changes->differences = from->differences;
	changes->before = from->before;
	changes->after = from->after;
	changes->whole = from->whole;
	memset(from, 0, sizeof(*from));
	forget_comparing(changes->comparing);
	changes->comparing = NULL;
	rows_go(&changes->position, changes->cursor);
	changes->step = changes->whole ? CHANGES_LINT : CHANGES_DONE;
}

/* Return: is there more to do? */
static bool wait_for_comparison(struct changes *changes, u32 milliseconds)
{
	if (!job_wait(changes->job, milliseconds))
		return true;
	job_end(changes->job);
	changes->job = NULL;
	take_comparison(changes);
	return changes->step != CHANGES_DONE;
}

/* ----------------------------------------------------------------- findings */

static void add_finding(struct changes *changes, const struct kl_finding *finding)
{
	static const u8 styles[] = { STYLE_PLAIN, STYLE_NOTICE, STYLE_ERROR };

	changes_add(changes, styles[finding->level], finding->line,
		    "  %s: line %u: %s [%s]", kl_lint_level_name(finding->level),
		    finding->line, finding->text, finding->name);
}

static void add_findings(struct changes *changes, const struct kl_lint *lint)
{
	u32 i;

	changes_add(changes, STYLE_PLAIN, 0, "%s", "");
	changes_add(changes, STYLE_TITLE, 0, "What the linter says");
	for (i = 0; i < lint->count && i < FINDINGS_SHOWN; i++)
		add_finding(changes, &lint->findings[i]);
	if (lint->count > FINDINGS_SHOWN)
		changes_add(changes, STYLE_FAINT, 0,
			    "  and %u more; kellasctl check lists all",
			    lint->count - FINDINGS_SHOWN);
	if (!lint->count)
		changes_add(changes, STYLE_PLAIN, 0, "  nothing");
}

static void run_linter(void *context)
{
	struct linting *linting = context;

	kl_lint_watched(linting->file, NULL, &linting->lint, &linting->watch);
}

static void forget_linting(void *context)
{
	struct linting *linting = context;

	kl_lint_free(&linting->lint);
	free_policy(linting->file);
	free(linting);
}

/* It changes the policy while it looks: nobody else has it then. */
static void begin_linting(struct changes *changes)
{
	struct linting *linting = changes->linting = kl_xalloc(1, sizeof(*linting));

	linting->file = changes->after;
	changes->after = NULL;
	changes->job = job_start(linting->file->source.text.length <= JOB_SHORT,
				 run_linter, linting, forget_linting);
}

u32 changes_percent(const struct changes *changes)
{
	return changes->linting ? atomic_load(&changes->linting->watch.percent) : 0;
}

static void take_findings(struct changes *changes)
{
	struct linting *linting = changes->linting;

	job_end(changes->job);
	changes->job = NULL;
	changes->linting = NULL;
	add_findings(changes, &linting->lint);
	changes->after = linting->file;
	linting->file = NULL;
	forget_linting(linting);
}

/* --------------------------------------------------------------------- work */

static void begin_replay(struct editor *editor)
{
	struct changes *changes = editor->changes;

	changes_add(changes, STYLE_PLAIN, 0, "%s", "");
	changes_add(changes, STYLE_TITLE, 0, "What would have been otherwise");
	changes->preview = preview_new(editor, changes);
	changes->step = changes->preview ? CHANGES_REPLAY : CHANGES_DONE;
}

static bool lint(struct editor *editor)
{
	struct changes *changes = editor->changes;

	if (!changes->job)
		begin_linting(changes);
	if (!job_wait(changes->job, JOB_WAIT))
		return true;
	take_findings(changes);
	begin_replay(editor);
	return changes->step != CHANGES_DONE;
}

static bool replay(struct changes *changes)
{
	if (preview_work(changes->preview, changes))
		return true;
	preview_free(changes->preview);
	changes->preview = NULL;
	changes->step = CHANGES_DONE;
	return false;
}

bool changes_work(struct editor *editor)
{
	struct changes *changes = editor->changes;

	if (!changes || changes->step == CHANGES_DONE)
		return false;
	if (changes->step == CHANGES_COMPARE)
		return wait_for_comparison(changes, JOB_WAIT);
	return changes->step == CHANGES_LINT ? lint(editor) : replay(changes);
}

static struct kl_tally_policy running_seen(const struct editor *editor)
{
	return editor->live ? editor->live->seen : (struct kl_tally_policy){ 0 };
}

bool changes_are_old(const struct editor *editor)
{
	const struct changes *changes = editor->changes;
	struct kl_tally_policy seen = running_seen(editor);

	return changes->version != document_version(editor->document) ||
	       (changes->running && !kl_tally_same_policy(&changes->running_seen, &seen));
}

void changes_make(struct editor *editor, bool running)
{
	struct changes *changes = editor->changes;
	struct comparing *comparing = kl_xalloc(1, sizeof(*comparing));
	struct kl_text old =
		kl_buffer_text(running ? &editor->live->policy : &editor->saved);
	bool seen = changes && changes->step != CHANGES_COMPARE;

	if (!changes)
		changes = editor->changes = kl_xalloc(1, sizeof(*changes));
	if (seen)
		changes->cursor = changes->position.cursor;
	clear(changes);
	changes->running = running;
	changes->version = document_version(editor->document);
	changes->running_seen = running_seen(editor);
	changes->step = CHANGES_COMPARE;
	comparing->versus = running	 ? "the running policy" :
			    editor->name ? "the file" :
					   "what it was at first";
	comparing->changed = !running && document_changed(editor->document);
	document_text(editor->document, &comparing->new);
	kl_buffer_add(&comparing->old, old.data, old.length);
	add_title(changes, comparing->versus);
	changes_add(changes, STYLE_FAINT, 0, "  looking ...");
	rows_go(&changes->position, 0);
	changes->comparing = comparing;
	changes->job = job_start(old.length + comparing->new.length <= JOB_SHORT,
				 compare_texts, comparing, forget_comparing);
	wait_for_comparison(changes, 0);
}
