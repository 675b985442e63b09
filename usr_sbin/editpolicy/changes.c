// SPDX-License-Identifier: GPL-2.0
/* Differences and findings, a row each. */
#include "changes.h"
#include "engine/lex.h"
#include "lenient.h"
#include "lint.h"
#include "live.h"
#include "policy_diff.h"
#include "preview.h"

/* Findings that are listed. */
#define FINDINGS_SHOWN 100u

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

static void clear(struct changes *changes)
{
	u32 i;

	preview_free(changes->preview);
	changes->preview = NULL;
	for (i = 0; i < changes->position.count; i++)
		free(changes->rows[i].text);
	free(changes->rows);
	changes->rows = NULL;
	changes->position.count = 0;
	kl_policy_file_free(&changes->before);
	kl_policy_file_free(&changes->after);
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
			    line->rule && line->change != KL_REMOVED ? line->rule->line : 0,
			    "%c %s%s", marks[line->change].sign, within ? "    " : "", line->text);
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
			    "  left out of %s: line %u: %s", text, error->line, error->text);
	else if (count > 1)
		changes_add(changes, STYLE_ERROR, after ? error->line : 0,
			    "  left out of %s: %u wrong lines: line %u: %s", text, count,
			    error->line, error->text);
}

static bool same_error(const struct kl_error *a, const struct kl_error *b)
{
	return a->line == b->line && !strcmp(a->text, b->text);
}

static void add_differences(struct editor *editor, struct kl_text old, struct kl_text new)
{
	struct changes *changes = editor->changes;
	struct kl_policy_file before = { 0 }, after = { 0 };
	struct kl_error old_error = { 0 }, new_error = { 0 };
	struct kl_policy_diff diff;
	int old_wrong, new_wrong;
	u32 i;

	changes->differences = 0;
	old_wrong = lenient_apply(old, "before", &before, &old_error);
	new_wrong = lenient_apply(new, "after", &after, &new_error);
	changes_add(changes, STYLE_TITLE, 0, "What differs from %s",
		    changes->running	? "the running policy" :
		    editor->name	? "the file" :
					  "what it was at first");
	if (old_wrong == new_wrong && same_error(&old_error, &new_error)) {
		add_left_out(changes, new_wrong, &new_error, "both", true);
	} else {
		add_left_out(changes, old_wrong, &old_error, "the old text", false);
		add_left_out(changes, new_wrong, &new_error, "the new text", true);
	}
	if (old_wrong < 0 || new_wrong < 0) {
		changes_add(changes, STYLE_ERROR, 0, "  too much is wrong to be compared");
	} else {
		kl_policy_compare(&before.policy, &after.policy, &diff, NULL);
		for (i = 0; i < diff.count; i++)
			add_section(changes, &diff.sections[i]);
		if (!diff.count)
			changes_add(changes, STYLE_PLAIN, 0, "  nothing that the kernel would notice%s",
				    !changes->running && document_changed(editor->document) ?
					    ": comments, labels, or how it is written" : "");
		kl_policy_diff_free(&diff);
	}
	kl_policy_file_free(&before);
	kl_policy_file_free(&after);
}

/* As a whole, with everything that must fit together. */
static bool compile(struct kl_policy_file *file, const char *name, struct kl_text text,
		    struct kl_error *error)
{
	kl_source_add_text(&file->source, name, text);
	if (!kl_policy_file_compile(file, error))
		return true;
	kl_policy_file_free(file);
	return false;
}

static void compile_both(struct editor *editor, struct kl_text old, struct kl_text new)
{
	struct changes *changes = editor->changes;
	struct kl_error error;

	compile(&changes->before, "before", old, &error);
	changes->step = CHANGES_LINT;
	if (compile(&changes->after, "after", new, &error))
		return;
	changes->step = CHANGES_DONE;
	changes_add(changes, STYLE_PLAIN, 0, "%s", "");
	changes_add(changes, STYLE_ERROR, error.line,
		    "It cannot be applied, nor tried on records: line %u: %s", error.line,
		    error.text);
}

/* ----------------------------------------------------------------- findings */

static void add_finding(struct changes *changes, const struct kl_finding *finding)
{
	static const u8 styles[] = { STYLE_PLAIN, STYLE_NOTICE, STYLE_ERROR };

	changes_add(changes, styles[finding->level], finding->line, "  %s: line %u: %s [%s]",
		    kl_lint_level_name(finding->level), finding->line, finding->text,
		    finding->name);
}

static void add_findings(struct changes *changes)
{
	struct kl_lint lint;
	u32 i;

	kl_lint(&changes->after, NULL, &lint);
	changes_add(changes, STYLE_PLAIN, 0, "%s", "");
	changes_add(changes, STYLE_TITLE, 0, "What the linter says");
	for (i = 0; i < lint.count && i < FINDINGS_SHOWN; i++)
		add_finding(changes, &lint.findings[i]);
	if (lint.count > FINDINGS_SHOWN)
		changes_add(changes, STYLE_FAINT, 0, "  and %u more; kellasctl check lists all",
			    lint.count - FINDINGS_SHOWN);
	if (!lint.count)
		changes_add(changes, STYLE_PLAIN, 0, "  nothing");
	kl_lint_free(&lint);
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

bool changes_work(struct editor *editor)
{
	struct changes *changes = editor->changes;

	if (!changes || changes->step == CHANGES_DONE)
		return false;
	if (changes->step == CHANGES_LINT) {
		add_findings(changes);
		begin_replay(editor);
	} else if (!preview_work(changes->preview, changes)) {
		preview_free(changes->preview);
		changes->preview = NULL;
		changes->step = CHANGES_DONE;
	}
	return changes->step != CHANGES_DONE;
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
	struct kl_buffer text = { 0 };
	struct kl_text old;

	if (!changes)
		changes = editor->changes = kl_xalloc(1, sizeof(*changes));
	clear(changes);
	changes->running = running;
	changes->version = document_version(editor->document);
	changes->running_seen = running_seen(editor);
	document_text(editor->document, &text);
	old = kl_buffer_text(running ? &editor->live->policy : &editor->saved);
	add_differences(editor, old, kl_buffer_text(&text));
	compile_both(editor, old, kl_buffer_text(&text));
	kl_buffer_free(&text);
	rows_go(&changes->position, changes->position.cursor);
}
