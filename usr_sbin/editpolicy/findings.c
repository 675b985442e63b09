// SPDX-License-Identifier: GPL-2.0
/* The linter on the lines. */
#include "clock.h"
#include "findings.h"
#include "job.h"
#include "lenient.h"
#include "view.h"

/* What takes longer is not done again by itself: at all, or at each change at once. */
#define LONG 2000u /* milliseconds */
#define QUICK 50u

/**
 * struct finding - the linter looking at a text
 * @text: the text
 * @name: of it
 * @version, @lines: of the document
 * @milliseconds: that it took
 * @file: the policy
 * @error: why nothing can be made of it
 * @left_out: wrong lines; -1: nothing can be made of it
 * @lint: what was found
 * @watch: how far it is
 */
struct finding {
	struct kl_buffer text;
	char *name;
	u64 version;
	u32 lines;
	u64 milliseconds;
	struct kl_policy_file file;
	struct kl_error error;
	int left_out;
	struct kl_lint lint;
	struct kl_lint_watch watch;
};

static void forget_finding(void *context)
{
	struct finding *finding = context;

	kl_lint_free(&finding->lint);
	kl_policy_file_free(&finding->file);
	kl_buffer_free(&finding->text);
	free(finding->name);
	free(finding);
}

static void run(void *context)
{
	struct finding *finding = context;
	struct kl_policy_file *file = &finding->file;
	u64 begin = clock_ms();

	finding->left_out = lenient_apply(kl_buffer_text(&finding->text), finding->name,
					  file, &finding->error);
	if (finding->left_out >= 0 &&
	    kl_compile(&file->policy, &file->ruleset, &finding->error))
		finding->left_out = -1;
	if (finding->left_out >= 0)
		kl_lint_watched(file, NULL, &finding->lint, &finding->watch);
	finding->milliseconds = clock_ms() - begin;
}

static void clear(struct findings *findings)
{
	if (findings->made)
		kl_lint_free(&findings->lint);
	free(findings->first);
	findings->first = NULL;
	findings->made = false;
}

static void abandon(struct findings *findings)
{
	if (findings->job)
		atomic_store(&findings->finding->watch.stop, true);
	job_abandon(findings->job);
	findings->job = NULL;
	findings->finding = NULL;
}

void findings_free(struct findings *findings)
{
	if (findings) {
		abandon(findings);
		clear(findings);
	}
	free(findings);
}

/* It is looking at the text as it is now. */
static bool is_looking(const struct editor *editor)
{
	const struct findings *findings = editor->findings;

	return findings && findings->job &&
	       findings->finding->version == document_version(editor->document);
}

static void look(struct editor *editor)
{
	struct findings *findings = editor->findings;
	struct finding *finding;

	if (is_looking(editor))
		return;
	abandon(findings);
	finding = findings->finding = kl_xalloc(1, sizeof(*finding));
	document_text(editor->document, &finding->text);
	finding->name = kl_xstrdup(editor->name ?: "policy");
	finding->version = document_version(editor->document);
	finding->lines = editor->outline.count;
	findings->job = job_start(finding->text.length <= JOB_SHORT, run, finding,
				  forget_finding);
	if (finding->text.length <= JOB_SHORT)
		findings_work(editor, 0);
}

static void index_lines(struct findings *findings)
{
	u32 i, line;

	findings->first = kl_xalloc(findings->lines + 1, sizeof(*findings->first));
	for (i = findings->lint.count; i; i--) {
		line = findings->lint.findings[i - 1].line;
		if (line && line <= findings->lines)
			findings->first[line - 1] = i;
	}
}

/* What was found out is what is shown now. */
static void take(struct editor *editor)
{
	struct findings *findings = editor->findings;
	struct finding *finding = findings->finding;

	clear(findings);
	findings->milliseconds = finding->milliseconds;
	findings->version = finding->version;
	findings->tried = true;
	if (finding->left_out < 0) {
		if (findings->keys)
			editor_say(editor, STYLE_ERROR, "line %u: %s",
				   finding->error.line, finding->error.text);
	} else {
		findings->lint = finding->lint;
		memset(&finding->lint, 0, sizeof(finding->lint));
		findings->left_out = finding->left_out;
		findings->lines = finding->lines;
		findings->made = true;
		index_lines(findings);
	}
	job_end(findings->job);
	findings->job = NULL;
	findings->finding = NULL;
	forget_finding(finding);
}

int findings_percent(const struct editor *editor)
{
	return is_looking(editor) ?
		       (int)atomic_load(&editor->findings->finding->watch.percent) :
		       -1;
}

static bool is_fresh(const struct editor *editor)
{
	const struct findings *findings = editor->findings;

	return findings && findings->made &&
	       findings->version == document_version(editor->document);
}

/* Nor is there anything new to be found out where nothing can be made of it. */
static bool is_tried(const struct editor *editor)
{
	const struct findings *findings = editor->findings;

	return is_looking(editor) ||
	       (findings->tried &&
		findings->version == document_version(editor->document));
}

void findings_refresh(struct editor *editor)
{
	struct findings *findings = editor->findings;

	if (findings && findings->wanted && findings->milliseconds < QUICK &&
	    !is_tried(editor))
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

	return finding + 1 < lint->findings + lint->count &&
	       finding[1].line == finding->line;
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
		kl_buffer_printf(out, "Linter, %s: %s [%s]%s\n",
				 kl_lint_level_name(finding->level), finding->text,
				 finding->name,
				 finding->other_count ? "; b goes there" : "");
	return any;
}

u32 findings_others(const struct editor *editor, u32 line, const u32 **others)
{
	const struct kl_finding *finding = finding_of(editor, line);

	while (finding && !finding->other_count)
		finding = is_more(editor, finding) ? finding + 1 : NULL;
	if (!finding)
		return 0;
	*others = finding->others;
	return finding->other_count;
}

static void say_count(struct editor *editor, u32 number)
{
	const struct kl_lint *lint = &editor->findings->lint;
	u32 left_out = editor->findings->left_out;
	char without[60] = "";

	if (left_out)
		snprintf(without, sizeof(without), "; %u wrong %s left out", left_out,
			 left_out == 1 ? "line" : "lines");
	if (!lint->count)
		editor_say(editor, STYLE_PLAIN, "the linter finds nothing%s", without);
	else
		editor_say(editor, STYLE_PLAIN, "finding %u of %u%s", number, lint->count,
			   without);
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
	const struct findings *findings = want(editor);

	if (findings->milliseconds < LONG && !is_tried(editor))
		look(editor);
}

static void go_on(struct editor *editor)
{
	const struct findings *findings = editor->findings;
	const struct kl_finding *finding =
		next_behind(&findings->lint, editor_line(editor));

	say_count(editor, finding ? finding - findings->lint.findings + 1 : 0);
	if (!finding || finding->line > editor->outline.count)
		return;
	editor->focus = PANE_LINES;
	editor_stand_on(editor, finding->line - 1);
}

void findings_next(struct editor *editor)
{
	struct findings *findings = want(editor);

	findings->keys = editor->keys;
	if (!is_fresh(editor))
		look(editor);
	if (is_fresh(editor))
		go_on(editor);
	else if (is_looking(editor))
		editor_say(editor, STYLE_NOTICE, "the linter is looking ...");
}

static bool is_covered(const struct kl_finding *finding)
{
	return !strcmp(finding->name, "covered") && !finding->if_known;
}

void findings_mark(struct editor *editor)
{
	const struct kl_lint *lint;
	u32 i, marked = 0;

	want(editor);
	if (!is_fresh(editor))
		look(editor);
	if (!is_fresh(editor)) {
		editor_say(editor, STYLE_NOTICE, "the linter is looking: press it again");
		return;
	}
	lint = &editor->findings->lint;
	memset(editor->marked, 0, editor->outline.count);
	for (i = 0; i < lint->count; i++) {
		if (!is_covered(&lint->findings[i]) ||
		    lint->findings[i].line - 1 >= editor->outline.count)
			continue;
		editor->marked[lint->findings[i].line - 1] = true;
		marked++;
	}
	if (marked)
		editor_say(editor, STYLE_PLAIN, "marked: %u %s; d deletes %s", marked,
			   marked == 1 ? "rule that others cover" : "rules that others cover",
			   marked == 1 ? "it" : "them");
	else
		editor_say(editor, STYLE_PLAIN, "others cover no rule%s",
			   editor->findings->left_out ? "; wrong lines were left out" : "");
}

/* Whoever has pressed another key since does not wait for it any more. */
bool findings_work(struct editor *editor, u32 milliseconds)
{
	struct findings *findings = editor->findings;

	if (!findings || !findings->job)
		return false;
	if (!job_wait(findings->job, milliseconds))
		return true;
	take(editor);
	if (findings->keys == editor->keys && is_fresh(editor) &&
	    editor->view == VIEW_POLICY && !editor->front && !editor->dialog.kind)
		go_on(editor);
	findings->keys = 0;
	return false;
}
