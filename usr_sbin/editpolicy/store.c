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
#include "rescue.h"
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

static void refuse(struct editor *editor, const char *name, int error)
{
	const char *why = error == -ESTALE ? "it was changed just now by somebody else" :
					     strerror(-error);

	editor_say(editor, STYLE_ERROR, "nothing was saved: %s: %s", why, name);
}

/* What a file that is there whole could not keep of the one before. */
static void add_lost(u32 lost, struct kl_buffer *out)
{
	static const struct {
		u32 bit;
		const char *text;
	} losses[] = {
		{ KL_SAVE_OWNER, "owner" },
		{ KL_SAVE_GROUP, "group" },
		{ KL_SAVE_ACL, "access control list" },
		{ KL_SAVE_ATTRIBUTES, "extended attributes" },
	};
	const char *between = "; NOT KEPT: ";
	size_t i;

	for (i = 0; i < ARRAY_SIZE(losses); i++)
		if (lost & losses[i].bit) {
			kl_buffer_printf(out, "%s%s", between, losses[i].text);
			between = ", ";
		}
}

/* A copy of the running policy has not been applied yet. */
static void keep_saved(struct editor *editor, struct kl_buffer *text)
{
	kl_buffer_free(&editor->saved);
	editor->saved = *text;
	if (live_is_document(editor))
		return;
	document_saved(editor->document);
	rescue_forget(editor);
	view_back(editor);
}

static void say_saved(struct editor *editor, const struct kl_save *save)
{
	struct kl_buffer words = { 0 };

	kl_buffer_printf(&words, "saved %u lines to %s", document_lines(editor->document),
			 save->path);
	add_lost(save->lost, &words);
	editor_say(editor, save->lost ? STYLE_NOTICE : STYLE_PLAIN, "%s", words.data);
	kl_buffer_free(&words);
}

/* Return: false if it is not on disk, which was said. */
static bool save_to(struct editor *editor, struct kl_save *save)
{
	struct kl_buffer text = { 0 };
	int error;

	document_text(editor->document, &text);
	error = kl_save_finish(save, &text);
	if (error) {
		kl_buffer_free(&text);
		refuse(editor, save->path, error);
		return false;
	}
	if (save->unsynced) {
		kl_buffer_free(&editor->saved);
		editor->saved = text;
		editor_say(editor, STYLE_ERROR,
			   "written, but perhaps not on disk: %s: save %s again",
			   strerror(-save->unsynced), save->path);
		return false;
	}
	keep_saved(editor, &text);
	say_saved(editor, save);
	return true;
}

static bool finish(struct editor *editor)
{
	struct kl_save *save = editor->saving;
	char *before = editor->name;

	if (!save_to(editor, save))
		return false;
	if (live_is_document(editor))
		return true;
	if (!before || strcmp(before, save->given)) {
		editor->name = kl_xstrdup(save->given);
		free(before);
	}
	editor->quit |= editor->quitting;
	return true;
}

static void overwrite_answered(struct editor *editor, int key)
{
	if (key != 'y' || !finish(editor))
		editor->quitting = false;
}

/* Is there anything but what was read, or saved here? */
static bool holds_other(const struct editor *editor, const struct kl_save *save)
{
	struct kl_buffer text = { 0 };
	bool other;
	int fd;

	if (!save->exists)
		return false;
	fd = openat(save->folder, save->name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	other = fd < 0 || kl_read_fd(fd, &text, 2 * KL_TRANSACTION_MAX) ||
		!kl_text_equal(kl_buffer_text(&text), kl_buffer_text(&editor->saved));
	if (fd >= 0)
		close(fd);
	kl_buffer_free(&text);
	return other;
}

/* What would be lost by a new file in the place of the old one. */
static void add_reasons(const struct editor *editor, const struct kl_save *save,
			struct kl_buffer *out)
{
	const char *between = "";

	if (holds_other(editor, save)) {
		kl_buffer_puts(out, " holds what was not read or saved here");
		between = ";";
	}
	if (save->exists && save->old.st_nlink > 1) {
		kl_buffer_printf(out, "%s has %lu names (hard links): the others keep the old text",
				 between, (unsigned long)save->old.st_nlink);
		between = ";";
	}
	if (save->exists && save->old.st_uid != geteuid() && geteuid())
		kl_buffer_printf(out, "%s belongs to user %u and becomes yours", between,
				 save->old.st_uid);
}

/* What somebody else has is not lost without a question. Return: false after a failure. */
static bool finish_or_ask(struct editor *editor)
{
	struct kl_buffer reasons = { 0 };
	bool done = true;

	add_reasons(editor, editor->saving, &reasons);
	if (reasons.length)
		dialog_question(editor, "yes no", overwrite_answered, "%.200s%s. Overwrite it? y/n",
				editor->saving->path, reasons.data);
	else
		done = finish(editor);
	kl_buffer_free(&reasons);
	return done;
}

/* Return: false after a failure, which was said. */
static bool save_or_ask(struct editor *editor, const char *name)
{
	int error;

	if (editor->saving)
		kl_save_free(editor->saving);
	else
		editor->saving = kl_xalloc(1, sizeof(*editor->saving));
	error = kl_save_begin(editor->saving, name);
	if (error) {
		refuse(editor, name, error);
		return false;
	}
	if (editor->saving->exists && !S_ISREG(editor->saving->old.st_mode)) {
		editor_say(editor, STYLE_ERROR, "nothing was saved: it is no file: %s", name);
		return false;
	}
	return finish_or_ask(editor);
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
		rescue_forget(editor);
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

	if (lost) {
		quit_changed(editor);
		return;
	}
	/* It goes back if nobody keeps it, but shall not be lost by that. */
	if (live_is_document(editor))
		rescue_keep_up(editor);
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
