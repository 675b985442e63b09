// SPDX-License-Identifier: GPL-2.0
/* The running kernel beside the document. */
#include <errno.h>

#include "clock.h"
#include "engine/lex.h"
#include "live.h"
#include "proc.h"
#include "stat_line.h"

#define SECOND 1000u /* milliseconds */
/* Of the time, reading counters takes at most a twentieth. */
#define REST 20u

/* -------------------------------------------------------------- the policy */

/* Figures are no policy, and would never be the same. */
static void without_stat(struct kl_text text, struct kl_buffer *out)
{
	struct kl_text line;

	while (text.length) {
		line = kl_text_until(&text, '\n');
		if (kl_text_begins(line, "stat "))
			continue;
		kl_buffer_add(out, line.data, line.length);
		kl_buffer_puts(out, "\n");
	}
}

int live_read_policy(struct kl_buffer *text)
{
	struct kl_buffer all = { 0 };
	int error = kl_proc_read("policy", &all);

	if (!error)
		without_stat(kl_buffer_text(&all), text);
	kl_buffer_free(&all);
	return error;
}

/* As it is now it is known, whoever made it so. */
static void take_policy(struct live *live)
{
	kl_buffer_clear(&live->policy);
	live->error = live_read_policy(&live->policy);
	live->seen = live->hits.tally.policy;
	live->foreign = false;
}

/* Somebody else's policy is what would be replaced: it must be seen before. */
static void see_policy(struct live *live)
{
	const struct kl_tally_policy *is = &live->hits.tally.policy;
	struct kl_buffer policy = { 0 };

	if (kl_tally_same_policy(is, &live->seen))
		return;
	if (live_read_policy(&policy)) {
		kl_buffer_free(&policy);
		return;
	}
	live->seen = *is;
	if (kl_apply_same(kl_buffer_text(&policy), kl_buffer_text(&live->policy))) {
		kl_buffer_free(&policy);
		return;
	}
	kl_buffer_free(&live->policy);
	live->policy = policy;
	live->foreign = true;
}

/* ------------------------------------------------------------- the counters */

static void settle(struct editor *editor, bool kept)
{
	struct live *live = editor->live;

	if (live->document && live->trial)
		document_settle(editor->document, kept);
	live->trial = false;
	take_policy(live);
}

static void see_trial(struct editor *editor)
{
	struct live *live = editor->live;
	const struct kl_tally_policy *policy = &live->hits.tally.policy;
	bool kept = policy->reverts == live->seen.reverts;

	if (!live->trial || policy->confirm)
		return;
	settle(editor, kept);
	if (kept)
		editor_say(editor, STYLE_NOTICE, "confirmed by somebody else: it stays");
	else
		editor_say(editor, STYLE_ERROR,
			   "it was not confirmed: the running policy is the one before it again");
}

void live_read(struct editor *editor)
{
	struct live *live = editor->live;
	u64 begin = clock_ms(), end;

	live->error = kl_tally_read(&live->hits.tally, NULL);
	end = clock_ms();
	live->next = end + max_t(u64, (end - begin) * REST, SECOND * 9 / 10);
	if (live->error)
		return;
	see_trial(editor);
	see_policy(live);
}

/* Seconds since they were read. */
static u64 age(const struct live *live)
{
	return (clock_ms() - live->hits.tally.when / 1000000) / SECOND;
}

/* The end of a trial is looked at when it comes. */
void live_tick(struct editor *editor)
{
	const struct live *live = editor->live;

	if (live && (clock_ms() >= live->next || live_left(editor) == 1))
		live_read(editor);
}

void live_open(struct editor *editor, bool document)
{
	struct live *live;

	if (!kl_proc_loaded())
		return;
	live = kl_xalloc(1, sizeof(*live));
	live->document = document;
	live->error = kl_tally_read(&live->hits.tally, NULL);
	if (!live->error)
		take_policy(live);
	editor->live = live;
	if (live->error)
		editor_say(editor, STYLE_NOTICE, "no counters: %s/stat: %s", kl_proc_directory(),
			   strerror(-live->error));
}

void live_free(struct live *live)
{
	if (!live)
		return;
	hits_free(&live->hits);
	kl_buffer_free(&live->policy);
	free(live);
}

void live_expect(struct editor *editor, struct kl_text before, struct kl_text after)
{
	struct live *live = editor->live;

	if (!live || !kl_apply_same(before, kl_buffer_text(&live->policy)))
		return;
	kl_buffer_clear(&live->policy);
	kl_buffer_add(&live->policy, after.data, after.length);
}

bool live_is_document(const struct editor *editor)
{
	return editor->live && editor->live->document;
}

const struct hits *live_hits(struct editor *editor)
{
	struct live *live = editor->live;

	if (!live || live->error || !live->hits.tally.count)
		return NULL;
	hits_find(&live->hits, editor->document, &editor->outline);
	return &live->hits;
}

u64 live_left(const struct editor *editor)
{
	const struct live *live = editor->live;
	u64 left = live && !live->error ? live->hits.tally.policy.confirm : 0;

	return left ? max_t(s64, left - age(live), 1) : 0;
}

const struct kl_error *live_refused(const struct editor *editor, u32 line)
{
	const struct live *live = editor->live;

	return live && live->refused.line == line + 1 &&
			       live->refused_at == document_version(editor->document) ?
		       &live->refused : NULL;
}

/* ------------------------------------------------------------------ changing */

static void refuse(struct editor *editor, const struct kl_refusal *refusal)
{
	struct live *live = editor->live;
	const struct kl_error *error = &refusal->error;

	if (refusal->told && error->line && error->line <= editor->outline.count) {
		live->refused = *error;
		live->refused_at = document_version(editor->document);
		editor_say(editor, STYLE_ERROR, "the kernel refuses line %u: %s", error->line,
			   error->text);
	} else {
		editor_say(editor, STYLE_ERROR, "nothing was applied: %s",
			   kl_refusal_text(refusal));
	}
}

bool live_apply(struct editor *editor, u32 confirm)
{
	struct live *live = editor->live;
	struct kl_buffer text = { 0 };
	struct kl_apply change = {
		.confirm = confirm,
		.expected = &live->policy,
	};
	struct kl_refusal refusal;
	int error;

	document_text(editor->document, &text);
	change.text = kl_buffer_text(&text);
	error = kl_apply(&change, &refusal);
	kl_buffer_free(&text);
	live->refused.line = 0;
	if (error) {
		refuse(editor, &refusal);
		return false;
	}
	live->trial = confirm;
	if (live->document)
		document_tried(editor->document);
	if (live->document && !confirm)
		document_settle(editor->document, true);
	live->error = kl_tally_read(&live->hits.tally, NULL);
	take_policy(live);
	if (confirm)
		editor_say(editor, STYLE_NOTICE,
			   "applied for %u seconds: F9 keeps it, F8 takes it back", confirm);
	else
		editor_say(editor, STYLE_PLAIN, "applied: it is the running policy now");
	return true;
}

static void end_trial(struct editor *editor, const char *command, bool kept, const char *done)
{
	struct live *live = editor->live;
	bool foreign = live->foreign && !live->trial;
	struct kl_refusal refusal;

	if (kl_apply_command(command, &refusal)) {
		editor_say(editor, STYLE_ERROR, "%s", kl_refusal_text(&refusal));
		return;
	}
	live->error = kl_tally_read(&live->hits.tally, NULL);
	settle(editor, kept);
	live->foreign = foreign;
	editor_say(editor, STYLE_PLAIN, "%s", done);
}

void live_keep(struct editor *editor)
{
	end_trial(editor, "confirm\n", true, "kept: it is the running policy now");
}

void live_take_back(struct editor *editor)
{
	end_trial(editor, "revert\n", false,
		  "taken back: the running policy is the one before it again");
}
