// SPDX-License-Identifier: GPL-2.0
/* Reading, saving, leaving. */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "changes.h"
#include "dialog.h"
#include "edit.h"
#include "engine/lex.h"
#include "live.h"
#include "proc.h"
#include "save_file.h"
#include "store.h"
#include "view.h"

int store_read(const char *name, struct kl_buffer *text)
{
	int fd = open(name, O_RDONLY | O_CLOEXEC), error;

	if (fd < 0)
		return errno == ENOENT ? 0 : -errno;
	error = kl_read_fd(fd, text, KL_TRANSACTION_MAX);
	close(fd);
	return error;
}

/* ------------------------------------------------------------------- saving */

/* A copy of the running policy has not been applied yet. */
static void keep_saved(struct editor *editor, struct kl_buffer *text)
{
	kl_buffer_free(&editor->saved);
	editor->saved = *text;
	if (live_is_document(editor))
		return;
	document_saved(editor->document);
	store_forget(editor);
	view_back(editor);
}

static bool save_to(struct editor *editor, const char *name)
{
	struct kl_buffer text = { 0 };
	int error;

	document_text(editor->document, &text);
	error = kl_save_file(name, &text);
	if (error) {
		kl_buffer_free(&text);
		editor_say(editor, STYLE_ERROR, "nothing was saved: %s: %s",
			   strerror(-error), name);
		return false;
	}
	keep_saved(editor, &text);
	editor_say(editor, STYLE_PLAIN, "saved %u lines to %s",
		   document_lines(editor->document), name);
	return true;
}

static bool finish(struct editor *editor, const char *name)
{
	char *before = editor->name;

	if (!save_to(editor, name))
		return false;
	if (live_is_document(editor))
		return true;
	if (name != before) {
		editor->name = kl_xstrdup(name);
		free(before);
	}
	editor->quit |= editor->quitting;
	return true;
}

static void overwrite_answered(struct editor *editor, int key)
{
	if (key != 'y' || !finish(editor, editor->saving))
		editor->quitting = false;
}

/* Is there anything but what was read, or saved here? */
static bool holds_other(const struct editor *editor, const char *name)
{
	struct kl_buffer text = { 0 };
	struct stat there;
	bool other;

	if (stat(name, &there) || !S_ISREG(there.st_mode))
		return false;
	other = store_read(name, &text) ||
		!kl_text_equal(kl_buffer_text(&text), kl_buffer_text(&editor->saved));
	kl_buffer_free(&text);
	return other;
}

/* What somebody else has written is not lost without a question. Return: false after a failure. */
static bool save_or_ask(struct editor *editor, const char *name)
{
	if (!holds_other(editor, name))
		return finish(editor, name);
	free(editor->saving);
	editor->saving = kl_xstrdup(name);
	dialog_question(editor, "yes no", overwrite_answered,
			"%.300s holds what was not read or saved here. Overwrite it? y/n", name);
	return true;
}

static bool accept_name(struct editor *editor, struct kl_text name)
{
	char *copy = strndup(name.data, name.length);
	bool accepted = copy && *copy && save_or_ask(editor, copy);

	free(copy);
	return accepted;
}

static void stay(struct editor *editor)
{
	editor->quitting = false;
}

static void ask_name(struct editor *editor)
{
	dialog_prompt(editor, "save as",
		      editor->name ? kl_text_of(editor->name) : (struct kl_text){ "", 0 },
		      accept_name);
	editor->dialog.cancel = stay;
}

static void save_answered(struct editor *editor, int key)
{
	if (key != 'y' || !save_or_ask(editor, editor->name))
		editor->quitting = false;
}

static void save(struct editor *editor)
{
	if (!editor->name)
		ask_name(editor);
	else if (editor->outline.error_count)
		dialog_question(editor, "yes no", save_answered,
				"%u %s wrong: it could not be loaded. Save it all the same? y/n",
				editor->outline.error_count,
				editor->outline.error_count == 1 ? "line is" : "lines are");
	else
		save_answered(editor, 'y');
}

void store_save_as(struct editor *editor)
{
	editor->quitting = false;
	ask_name(editor);
}

void store_save(struct editor *editor)
{
	editor->quitting = false;
	save(editor);
}

static void quit_answered(struct editor *editor, int key)
{
	if (key == 's' && live_is_document(editor)) {
		changes_show(editor);
	} else if (key == 's') {
		editor->quitting = true;
		save(editor);
	} else if (key == 'd') {
		store_forget(editor);
		editor->quit = true;
	}
}

static void quit_changed(struct editor *editor)
{
	if (live_is_document(editor))
		dialog_question(editor, "show discard cancel", quit_answered,
				"the changes are not applied. Show them, Discard them, or Cancel? s/d/c");
	else
		dialog_question(editor, "save discard cancel", quit_answered,
				"%.300s is changed. Save, Discard the changes, or Cancel? s/d/c",
				editor->name ?: "the policy");
}

/* What is on trial ends without us; what the text has become since is no part of it. */
static void leave_trial(struct editor *editor)
{
	bool lost = live_is_document(editor) ? !document_is_tried(editor->document) :
					       document_changed(editor->document);

	if (lost)
		quit_changed(editor);
	else
		editor->quit = true;
}

static void trial_answered(struct editor *editor, int key)
{
	if (key == 'l')
		leave_trial(editor);
	if (key == 'k')
		live_keep(editor);
	else if (key == 't')
		live_take_back(editor);
	else
		return;
	/* It may have failed, which was said. */
	if (!editor->live->trial && !document_changed(editor->document))
		editor->quit = true;
}

void store_quit(struct editor *editor)
{
	editor->quitting = false;
	if (live_left(editor) && editor->live->trial)
		dialog_question(editor, "keep take-back leave cancel", trial_answered,
				"a policy is on trial. Keep it, Take it back, Leave it to its time, or Cancel? k/t/l/c");
	else if (document_changed(editor->document))
		quit_changed(editor);
	else
		editor->quit = true;
}

/* ----------------------------------------------------------------- recovery */

/* The running policy has no folder: what is left of it goes to the user's own. */
char *store_recovery(const struct editor *editor)
{
	const char *name = editor->name ?: "kellas-policy", *home = getenv("HOME"), *slash;
	char *recovery;
	int folder;

	if (live_is_document(editor) && home &&
	    asprintf(&recovery, "%s/.kellas-running-policy.rescued", home) >= 0)
		return recovery;
	slash = strrchr(name, '/');
	folder = slash ? slash + 1 - name : 0;
	if (asprintf(&recovery, "%.*s.%s.rescued", folder, name, name + folder) < 0)
		return NULL;
	return recovery;
}

int store_rescue(struct editor *editor)
{
	char *recovery = store_recovery(editor);
	struct kl_buffer text = { 0 };
	int error;

	if (!recovery)
		return -ENOMEM;
	document_text(editor->document, &text);
	error = kl_save_file(recovery, &text);
	kl_buffer_free(&text);
	free(recovery);
	return error;
}

void store_forget(struct editor *editor)
{
	char *recovery = editor->put_off ? NULL : store_recovery(editor);

	if (recovery)
		unlink(recovery);
	free(recovery);
}

/* What was rescued comes in as one change, that undo takes back. */
static void take_rescued(struct editor *editor)
{
	char *recovery = store_recovery(editor);
	struct kl_buffer text = { 0 };

	if (!recovery || store_read(recovery, &text))
		editor_say(editor, STYLE_ERROR, "%s cannot be read", recovery ?: "it");
	else
		edit_replace_all(editor, "take what was rescued", kl_buffer_text(&text));
	kl_buffer_free(&text);
	free(recovery);
}

static void offer_answered(struct editor *editor, int key)
{
	if (key == 'y')
		take_rescued(editor);
	else if (key == 'd')
		store_forget(editor);
	else
		editor->put_off = true;
}

void store_offer(struct editor *editor)
{
	char *recovery = store_recovery(editor);

	if (recovery && !access(recovery, R_OK) && !editor->readonly)
		dialog_question(editor, "yes not-now delete", offer_answered,
				"changes were rescued: go on with them? Yes, Not now, Delete them. y/n/d");
	free(recovery);
}
