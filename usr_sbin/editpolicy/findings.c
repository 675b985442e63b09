// SPDX-License-Identifier: GPL-2.0
/* The linter on the lines. */
#include "clock.h"
#include "compiled.h"
#include "findings.h"

/* What takes longer is done again only when asked for. */
#define QUICK 50u   /* milliseconds */
#define SHORT 3000u /* lines */

static void clear(struct findings *findings)
{
	if (findings->made)
		kl_lint_free(&findings->lint);
	free(findings->first);
	findings->first = NULL;
	findings->made = false;
}

void findings_free(struct findings *findings)
{
	if (findings)
		clear(findings);
	free(findings);
}

static void look(struct editor *editor)
{
	struct findings *findings = editor->findings;
	u64 begin = clock_ms();
	struct compiled *compiled;
	u32 i, line;

	clear(findings);
	compiled = editor_compiled(editor);
	if (!compiled)
		return;
	kl_lint(&compiled->file, NULL, &findings->lint);
	findings->made = true;
	findings->version = document_version(editor->document);
	findings->lines = editor->outline.count;
	findings->first = kl_xalloc(findings->lines + 1, sizeof(*findings->first));
	for (i = findings->lint.count; i; i--) {
		line = findings->lint.findings[i - 1].line;
		if (line && line <= findings->lines)
			findings->first[line - 1] = i;
	}
	findings->milliseconds = clock_ms() - begin;
}

static bool is_fresh(const struct editor *editor)
{
	const struct findings *findings = editor->findings;

	return findings && findings->made &&
	       findings->version == document_version(editor->document);
}

void findings_refresh(struct editor *editor)
{
	struct findings *findings = editor->findings;

	if (findings && findings->wanted && findings->milliseconds < QUICK && !is_fresh(editor))
		look(editor);
}

static const struct kl_finding *finding_of(const struct editor *editor, u32 line)
{
	const struct findings *findings = editor->findings;

	if (!is_fresh(editor) || line >= findings->lines || !findings->first[line])
		return NULL;
	return &findings->lint.findings[findings->first[line] - 1];
}

/* Of one line they stand one behind the other. */
static bool is_more(const struct editor *editor, const struct kl_finding *finding)
{
	const struct kl_lint *lint = &editor->findings->lint;

	return finding + 1 < lint->findings + lint->count && finding[1].line == finding->line;
}

int findings_level(const struct editor *editor, u32 line)
{
	const struct kl_finding *finding = finding_of(editor, line);
	int level = -1;

	for (; finding; finding = is_more(editor, finding) ? finding + 1 : NULL)
		level = max(level, (int)finding->level);
	return level;
}

bool findings_of_line(const struct editor *editor, u32 line, struct kl_buffer *out)
{
	const struct kl_finding *finding = finding_of(editor, line);
	bool any = finding;

	for (; finding; finding = is_more(editor, finding) ? finding + 1 : NULL)
		kl_buffer_printf(out, "Linter, %s: %s [%s]\n", kl_lint_level_name(finding->level),
				 finding->text, finding->name);
	return any;
}

static void say_count(struct editor *editor, u32 number)
{
	const struct compiled *compiled = editor->compiled;
	const struct kl_lint *lint = &editor->findings->lint;
	char without[60] = "";

	if (compiled->left_out)
		snprintf(without, sizeof(without), "; %u wrong %s left out", compiled->left_out,
			 compiled->left_out == 1 ? "line" : "lines");
	if (!lint->count)
		editor_say(editor, STYLE_PLAIN, "the linter finds nothing%s", without);
	else
		editor_say(editor, STYLE_PLAIN, "finding %u of %u%s", number, lint->count, without);
}

/* The first behind the cursor, round the end; those of no line are left out. */
static const struct kl_finding *next_behind(const struct kl_lint *lint, s64 here)
{
	const struct kl_finding *first = NULL;
	u32 i;

	for (i = 0; i < lint->count; i++) {
		if (!lint->findings[i].line)
			continue;
		if ((s64)lint->findings[i].line - 1 > here)
			return &lint->findings[i];
		first = first ?: &lint->findings[i];
	}
	return first;
}

static struct findings *want(struct editor *editor)
{
	if (!editor->findings)
		editor->findings = kl_xalloc(1, sizeof(*editor->findings));
	editor->findings->wanted = true;
	return editor->findings;
}

void findings_tick(struct editor *editor)
{
	if (!editor->findings && editor->outline.count < SHORT)
		want(editor);
}

void findings_next(struct editor *editor)
{
	struct findings *findings = want(editor);
	const struct kl_finding *finding;

	if (!is_fresh(editor))
		look(editor);
	if (!findings->made)
		return;
	finding = next_behind(&findings->lint, editor_line(editor));
	say_count(editor, finding ? finding - findings->lint.findings + 1 : 0);
	if (!finding || finding->line > editor->outline.count)
		return;
	editor->focus = PANE_LINES;
	editor_stand_on(editor, finding->line - 1);
}
