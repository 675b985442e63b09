// SPDX-License-Identifier: GPL-2.0
/* Files of what was not saved. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "dialog.h"
#include "edit.h"
#include "engine/lex.h"
#include "limits.h"
#include "live.h"
#include "proc.h"
#include "rescue.h"
#include "save_file.h"
#include "stat_line.h"

/* So many there may be in either place. */
#define FILES 9u
/* The first line: what the text was made of. */
#define HEADER "# rescued by kellas-editpolicy from a text with the hash "

static u64 hash_text(struct kl_text text)
{
	u64 hash = 14695981039346656037ull;
	size_t i;

	for (i = 0; i < text.length; i++)
		hash = (hash ^ (u8)text.data[i]) * 1099511628211ull;
	return hash;
}

/* What the changes are changes of. */
static struct kl_text base_text(const struct editor *editor)
{
	return kl_buffer_text(live_is_document(editor) ? &editor->live->policy :
							 &editor->saved);
}

/* -------------------------------------------------------------------- names */

static char *folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *folder = kl_xstrdup(slash ? path : ".");

	if (slash)
		folder[max_t(size_t, slash - path, 1)] = '\0';
	return folder;
}

static void name_running(struct kl_buffer *path)
{
	const char *home = getenv("HOME");

	kl_buffer_printf(path, "%s/.kellas-running-policy.rescued", home && *home ? home : ".");
}

static void name_beside(const struct editor *editor, struct kl_buffer *path)
{
	const char *name = editor->name ?: "kellas-policy", *slash = strrchr(name, '/');
	int folder = slash ? slash + 1 - name : 0;

	kl_buffer_printf(path, "%.*s.%s.rescued", folder, name, name + folder);
}

/* Files of the same name in different folders have different ones there. */
static bool name_home(const struct editor *editor, struct kl_buffer *path)
{
	const char *name = editor->name ?: "kellas-policy", *slash = strrchr(name, '/');
	const char *home = getenv("HOME");
	char *folder, *whole;

	if (!home || !*home)
		return false;
	folder = folder_of(name);
	whole = realpath(folder, NULL);
	kl_buffer_printf(path, "%s/.kellas-%s-%08x.rescued", home, slash ? slash + 1 : name,
			 (u32)hash_text(kl_text_of(whole ?: folder)));
	free(folder);
	free(whole);
	return true;
}

/* The names in turn, from 0. Return: false behind the last one. */
static bool name_of(const struct editor *editor, u32 number, struct kl_buffer *path)
{
	kl_buffer_clear(path);
	if (live_is_document(editor)) {
		if (number >= FILES)
			return false;
		name_running(path);
	} else if (number < FILES) {
		name_beside(editor, path);
	} else if (number >= 2 * FILES || !name_home(editor, path)) {
		return false;
	}
	if (number % FILES)
		kl_buffer_printf(path, ".%u", number % FILES + 1);
	return true;
}

/* ------------------------------------------------------------------ keeping */

static bool is_taken(const struct editor *editor, const struct stat *there)
{
	const struct rescue *rescue = editor->rescue;

	return rescue && rescue->taken && rescue->device == there->st_dev &&
	       rescue->inode == there->st_ino;
}

/* What was not taken over may be wanted yet, whoever's it is. */
static bool is_free(const struct editor *editor, const char *path)
{
	struct stat there;

	return lstat(path, &there) ? errno == ENOENT : is_taken(editor, &there);
}

static int write_to(const char *path, const struct kl_buffer *text)
{
	const char *slash = strrchr(path, '/');
	char *folder = folder_of(path);
	int fd = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
	int error = fd < 0 ? -errno : kl_write_beside(fd, slash ? slash + 1 : path, text);
	if (fd >= 0)
		close(fd);
	free(folder);
	return error;
}

int rescue_keep(struct editor *editor, struct kl_buffer *where)
{
	struct kl_buffer text = { 0 };
	int error = -EEXIST;
	u32 i;

	kl_buffer_printf(&text, HEADER "%016llx\n",
			 (unsigned long long)hash_text(base_text(editor)));
	document_text(editor->document, &text);
	for (i = 0; error && name_of(editor, i, where); i++)
		if (is_free(editor, where->data))
			error = write_to(where->data, &text);
	kl_buffer_free(&text);
	return error;
}

/* --------------------------------------------------------------- forgetting */

void rescue_free(struct rescue *rescue)
{
	if (!rescue)
		return;
	if (rescue->lock >= 0)
		close(rescue->lock);
	free(rescue->path);
	free(rescue);
}

/* Not what somebody may have put in its place. */
static int remove_it(const struct rescue *rescue)
{
	struct stat there;

	if (lstat(rescue->path, &there))
		return -errno;
	if (there.st_dev != rescue->device || there.st_ino != rescue->inode)
		return -ESTALE;
	return unlink(rescue->path) ? -errno : 0;
}

void rescue_forget(struct editor *editor)
{
	if (!editor->rescue || !editor->rescue->taken)
		return;
	remove_it(editor->rescue);
	rescue_free(editor->rescue);
	editor->rescue = NULL;
}

/* --------------------------------------------------------------- keeping up */

static struct rescue *new_rescue(const char *path)
{
	struct rescue *rescue = kl_xalloc(1, sizeof(*rescue));

	rescue->path = kl_xstrdup(path);
	rescue->lock = -1;
	return rescue;
}

/* What was just written. */
static struct rescue *lock_it(const char *path)
{
	struct rescue *rescue = new_rescue(path);
	struct stat there;

	rescue->taken = true;
	rescue->lock = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (rescue->lock < 0 || fstat(rescue->lock, &there))
		return rescue;
	rescue->device = there.st_dev;
	rescue->inode = there.st_ino;
	flock(rescue->lock, LOCK_EX | LOCK_NB);
	return rescue;
}

static int keep_again(struct editor *editor)
{
	struct rescue *before = editor->rescue;
	struct kl_buffer where = { 0 };
	int error = rescue_keep(editor, &where);

	if (!error) {
		editor->rescue = lock_it(where.data);
		editor->rescue->version = document_version(editor->document);
		editor->rescue->made = !before || !before->taken || before->made;
		if (before && before->taken && strcmp(before->path, where.data))
			remove_it(before);
		rescue_free(before);
	}
	kl_buffer_free(&where);
	return error;
}

int rescue_keep_up(struct editor *editor)
{
	const struct rescue *rescue = editor->rescue;

	if (!document_changed(editor->document)) {
		/* What was taken from an earlier one may be undone by mistake. */
		if (rescue && rescue->made)
			rescue_forget(editor);
		return 0;
	}
	if (rescue && rescue->lock >= 0 &&
	    rescue->version == document_version(editor->document))
		return 0;
	return keep_again(editor);
}

/* ----------------------------------------------------------------- offering */

/* Return: NULL, or why it is not to be trusted. */
static const char *distrust(const struct stat *there)
{
	if (!S_ISREG(there->st_mode))
		return "it is no regular file";
	if (there->st_uid != geteuid() && there->st_uid)
		return "it belongs to somebody else";
	if (there->st_mode & (S_IWGRP | S_IWOTH))
		return "others can write to it";
	if (there->st_nlink != 1)
		return "it is a file of another name, too";
	return NULL;
}

/**
 * open_rescued - open one, if it is there and to be trusted
 * @why: set to why it is not; NULL: it is not there
 *
 * Return: descriptor; -1: see @why.
 */
static int open_rescued(const char *path, struct stat *there, const char **why)
{
	/* It never waits, as for a pipe, and never leads elsewhere. */
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

	*why = NULL;
	if (fd < 0) {
		if (errno != ENOENT)
			*why = errno == ELOOP ? "it is a symbolic link" : strerror(errno);
		return -1;
	}
	*why = fstat(fd, there) ? strerror(errno) : distrust(there);
	if (!*why && flock(fd, LOCK_SH | LOCK_NB))
		*why = "its editor is still open, and holds what is not saved there";
	if (!*why)
		return fd;
	close(fd);
	return -1;
}

/* Return: the text behind the first line, if that is ours; its hash in @hash. */
static struct kl_text behind_header(struct kl_text text, u64 *hash, bool *known)
{
	struct kl_text line, rest = text;

	*known = kl_text_begins(text, HEADER);
	if (!*known)
		return text;
	line = kl_text_until(&rest, '\n');
	*hash = strtoull(line.data + strlen(HEADER), NULL, 16);
	return rest;
}

/* Of the one that was offered. */
static int read_rescued(const struct rescue *rescue, struct kl_buffer *text)
{
	struct stat there;
	const char *why;
	int fd = open_rescued(rescue->path, &there, &why), error = -ESTALE;

	if (fd < 0)
		return error;
	if (there.st_dev == rescue->device && there.st_ino == rescue->inode)
		error = kl_read_fd(fd, text, 2 * KL_TRANSACTION_MAX);
	close(fd);
	return error;
}

/* What was rescued comes in as one change, that undo takes back. */
static void take_rescued(struct editor *editor)
{
	struct rescue *rescue = editor->rescue;
	struct kl_buffer text = { 0 };
	int error = read_rescued(rescue, &text);
	bool known;
	u64 hash;

	if (error) {
		editor_say(editor, STYLE_ERROR, "%s cannot be read: %s", rescue->path,
			   strerror(-error));
	} else {
		rescue->taken = true;
		edit_replace_all(editor, "take what was rescued",
				 behind_header(kl_buffer_text(&text), &hash, &known));
	}
	kl_buffer_free(&text);
}

static void offer_answered(struct editor *editor, int key)
{
	int error;

	if (key == 'y') {
		take_rescued(editor);
	} else if (key == 'd') {
		error = remove_it(editor->rescue);
		if (error)
			editor_say(editor, STYLE_ERROR, "%s cannot be removed: %s",
				   editor->rescue->path, strerror(-error));
		else
			rescue_offer(editor);
	}
}

/* Has the file become another one since? In words, or "". */
static const char *compare_age(const struct editor *editor, const struct stat *rescued,
			       u64 hash, bool known)
{
	struct stat now;

	if (known ? hash == hash_text(base_text(editor)) :
		    live_is_document(editor) || !editor->name || stat(editor->name, &now) ||
			    now.st_mtime <= rescued->st_mtime)
		return "";
	return live_is_document(editor) ?
		       " They were made in ANOTHER running policy than the one now:"
		       " with them all of that comes back." :
		       " They were made in an OLDER text of the file:"
		       " with them all of that comes back.";
}

static void ask(struct editor *editor, const struct stat *there, const char *age)
{
	struct tm tm;
	char when[40];

	gmtime_r(&there->st_mtime, &tm);
	strftime(when, sizeof(when), "%Y-%m-%d %H:%M:%SZ", &tm);
	dialog_question(editor, "yes not-now delete", offer_answered,
			"Changes were rescued on %s.%s Go on with them? Yes, Not now, "
			"Delete them. y/n/d", when, age);
}

/* Return: false if there is nothing in it that is not there already. */
static bool offer(struct editor *editor, const char *path, int fd, const struct stat *there)
{
	struct kl_buffer text = { 0 }, now = { 0 };
	struct kl_text rescued;
	bool known, other;
	u64 hash = 0;
	int error = kl_read_fd(fd, &text, 2 * KL_TRANSACTION_MAX);

	rescued = behind_header(kl_buffer_text(&text), &hash, &known);
	document_text(editor->document, &now);
	other = !error && !kl_text_equal(rescued, kl_buffer_text(&now));
	rescue_free(editor->rescue);
	editor->rescue = new_rescue(path);
	editor->rescue->device = there->st_dev;
	editor->rescue->inode = there->st_ino;
	if (error)
		editor_say(editor, STYLE_ERROR, "%s cannot be read: %s", path, strerror(-error));
	else if (other)
		ask(editor, there, compare_age(editor, there, hash, known));
	else if (!live_left(editor)) /* otherwise it may run, but for a time */
		remove_it(editor->rescue);
	kl_buffer_free(&text);
	kl_buffer_free(&now);
	return other;
}

void rescue_offer(struct editor *editor)
{
	struct kl_buffer path = { 0 };
	struct stat there;
	bool asked = false;
	const char *why;
	u32 i;
	int fd;

	for (i = 0; !asked && !editor->readonly && name_of(editor, i, &path); i++) {
		fd = open_rescued(path.data, &there, &why);
		if (why)
			editor_say(editor, STYLE_NOTICE, "%s is passed over: %s", path.data, why);
		if (fd < 0)
			continue;
		asked = offer(editor, path.data, fd, &there);
		close(fd);
	}
	kl_buffer_free(&path);
}
