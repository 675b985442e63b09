// SPDX-License-Identifier: GPL-2.0-only
/*
 * Saving, and what was rescued: through links, of others, onto disks that fail. What
 * is there afterwards is asked of the file system, never of the editor.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <locale.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

#include "dialog.h"
#include "engine/lex.h"
#include "key.h"
#include "rescue.h"
#include "signals.h"
#include "store.h"
#include "texts.h"
#include "view.h"

#define POLICY "100 acl read\n    10 allow task.uid=0\n    20 deny\n"
#define LESS   "100 acl read\n    10 allow task.uid=0\n"
#define OTHER  "100 acl execute\n"
#define SOMEBODY 1234

/* ---------------------------------------------- the linker leads here */

int __real_fsync(int fd);
int __wrap_fsync(int fd);
int __real_fchown(int fd, uid_t uid, gid_t gid);
int __wrap_fchown(int fd, uid_t uid, gid_t gid);
ssize_t __real_write(int fd, const void *data, size_t length);
ssize_t __wrap_write(int fd, const void *data, size_t length);
int __real_openat(int folder, const char *name, int flags, ...);
int __wrap_openat(int folder, const char *name, int flags, ...);
int __real_fsetxattr(int fd, const char *name, const void *value, size_t size, int flags);
int __wrap_fsetxattr(int fd, const char *name, const void *value, size_t size, int flags);
uid_t __real_geteuid(void);
uid_t __wrap_geteuid(void);

/* What fails, and how: errno, or 0. Of fsync(), the call of that number, from 1. */
static struct {
	int sync, sync_call, own, write, create, attribute;
	void (*at_sync)(void);
	uid_t user;
} fails;
static int syncs;

int __wrap_fsync(int fd)
{
	syncs++;
	if (fails.at_sync && syncs == 1)
		fails.at_sync();
	errno = fails.sync;
	return fails.sync && syncs == fails.sync_call ? -1 : __real_fsync(fd);
}

int __wrap_fchown(int fd, uid_t uid, gid_t gid)
{
	errno = fails.own;
	return fails.own ? -1 : __real_fchown(fd, uid, gid);
}

int __wrap_fsetxattr(int fd, const char *name, const void *value, size_t size, int flags)
{
	errno = fails.attribute;
	return fails.attribute ? -1 : __real_fsetxattr(fd, name, value, size, flags);
}

ssize_t __wrap_write(int fd, const void *data, size_t length)
{
	if (!fails.write)
		return __real_write(fd, data, length);
	/* A bit goes onto a disk that is nearly full. */
	if (length > 10)
		return __real_write(fd, data, 10);
	errno = fails.write;
	return -1;
}

int __wrap_openat(int folder, const char *name, int flags, ...)
{
	va_list arguments;
	mode_t mode;

	va_start(arguments, flags);
	mode = flags & O_CREAT ? va_arg(arguments, mode_t) : 0;
	va_end(arguments);
	errno = fails.create;
	return fails.create && flags & O_CREAT ? -1 : __real_openat(folder, name, flags, mode);
}

uid_t __wrap_geteuid(void)
{
	return fails.user ?: __real_geteuid();
}

/* ------------------------------------------------------------------- hands */

static void assert_link(const char *name, const char *to)
{
	char now[100] = "";

	assert_true(readlink(name, now, sizeof(now) - 1) > 0);
	assert_string_equal(now, to);
}

static struct stat stat_of(const char *name)
{
	struct stat found;

	assert_int_equal(lstat(name, &found), 0);
	return found;
}

/* Files in a folder, hidden ones, too. */
static u32 files_in(const char *folder)
{
	DIR *directory = opendir(folder);
	u32 count = 0;

	assert_non_null(directory);
	while (readdir(directory))
		count++;
	closedir(directory);
	return count - 2;
}

static void open_text(const char *text, const char *name)
{
	if (editor)
		editor_free(editor);
	editor = editor_new(kl_text_of(text), name, false);
	canvas_resize(&canvas, 30, 120);
	editor_draw(editor, &canvas);
	editor->focus = PANE_LINES;
}

static void open_file(const char *name)
{
	struct kl_buffer text = { 0 };

	assert_int_equal(store_read(name, &text), 0);
	open_text(text.length ? text.data : "", name);
	kl_buffer_free(&text);
}

/* The last line goes: POLICY becomes LESS. */
static void change(void)
{
	press('G');
	press('d');
	assert_true(document_changed(editor->document));
}

static bool is_root(void)
{
	return !__real_geteuid();
}

static char *start;

static int begin(void **state)
{
	(void)state;
	memset(&fails, 0, sizeof(fails));
	syncs = 0;
	if (mkdir("work", 0700) || chdir("work"))
		return -1;
	put("policy.conf", POLICY);
	open_file("policy.conf");
	return 0;
}

static int end(void **state)
{
	(void)state;
	editor_free(editor);
	editor = NULL;
	return chdir(start) || system("rm -rf work");
}

/* -------------------------------------------------------------------- links */

static void through_a_link(void **state)
{
	(void)state;
	assert_int_equal(mkdir("deep", 0700), 0);
	assert_int_equal(rename("policy.conf", "deep/real.conf"), 0);
	assert_int_equal(chmod("deep/real.conf", 0640), 0);
	assert_int_equal(symlink("real.conf", "deep/second"), 0);
	assert_int_equal(symlink("deep/second", "first"), 0);
	open_file("first");
	change();
	type("ww");
	assert_true(shows("saved 2 lines to deep/real.conf"));
	assert_link("first", "deep/second");
	assert_link("deep/second", "real.conf");
	assert_file("deep/real.conf", LESS);
	assert_int_equal(stat_of("deep/real.conf").st_mode, S_IFREG | 0640);
	assert_int_equal(files_in("."), 2);
	assert_int_equal(files_in("deep"), 2);
	/* It is still edited by that name, and known. */
	assert_string_equal(editor->name, "first");
	type("uww");
	assert_file("deep/real.conf", POLICY);
}

static void to_nothing(void **state)
{
	(void)state;
	assert_int_equal(symlink("new.conf", "first"), 0);
	open_file("first");
	type("a100 acl read\nww");
	assert_link("first", "new.conf");
	assert_file("new.conf", "100 acl read\n");
	assert_int_equal(stat_of("new.conf").st_mode, S_IFREG | 0600);
}

static void in_a_circle(void **state)
{
	(void)state;
	assert_int_equal(symlink("b", "a"), 0);
	assert_int_equal(symlink("a", "b"), 0);
	change();
	type("W\x15" "a\n");
	assert_true(shows("nothing was saved: Too many levels of symbolic links: a"));
	assert_true(document_changed(editor->document));
	assert_int_equal(files_in("."), 3);
}

static void led_elsewhere(void **state)
{
	(void)state;
	assert_int_equal(symlink("policy.conf", "first"), 0);
	put("other.conf", OTHER);
	open_file("first");
	change();
	put("policy.conf", "100 acl write\n");
	type("ww");
	assert_true(shows("Overwrite it? y/n"));
	unlink("first");
	assert_int_equal(symlink("other.conf", "first"), 0);
	press('y');
	assert_true(shows("it was changed just now by somebody else"));
	assert_file("other.conf", OTHER);
	assert_file("policy.conf", "100 acl write\n");
	assert_true(document_changed(editor->document));
}

static void of_others_in_tmp(void **state)
{
	(void)state;
	if (!is_root())
		skip();
	assert_int_equal(mkdir("tmp", 0700), 0);
	assert_int_equal(chmod("tmp", 01777), 0);
	put("target", OTHER);
	assert_int_equal(symlink("../target", "tmp/policy"), 0);
	assert_int_equal(lchown("tmp/policy", SOMEBODY, SOMEBODY), 0);
	type("W\x15" "tmp/policy\n");
	assert_true(shows("nothing was saved: Permission denied"));
	assert_file("target", OTHER);
	/* Our own lead there. */
	assert_int_equal(lchown("tmp/policy", 0, 0), 0);
	type("\x15" "tmp/policy\n");
	assert_true(shows("Overwrite it? y/n"));
	press('y');
	assert_file("target", POLICY);
}

static void other_names(void **state)
{
	(void)state;
	assert_int_equal(link("policy.conf", "second"), 0);
	change();
	type("ww");
	assert_true(shows("policy.conf has 2 names (hard links): the others keep the old text."));
	press('n');
	assert_file("policy.conf", POLICY);
	type("wwy");
	assert_file("policy.conf", LESS);
	assert_file("second", POLICY);
	assert_int_equal(stat_of("policy.conf").st_nlink, 1);
}

static void no_file(void **state)
{
	(void)state;
	type("W\x15/dev/null\n");
	assert_true(shows("it is no file: /dev/null"));
	type("\x15.\n");
	assert_true(shows("it is no file: ."));
	assert_string_equal(editor->name, "policy.conf");
}

/* ------------------------------------------------------------- what is kept */

static const u8 acl[] = {
	2, 0, 0, 0,				/* version */
	1, 0, 6, 0, 255, 255, 255, 255,		/* user::rw- */
	2, 0, 4, 0, 0xd3, 4, 0, 0,		/* user:1235:r-- */
	4, 0, 4, 0, 255, 255, 255, 255,		/* group::r-- */
	16, 0, 6, 0, 255, 255, 255, 255,	/* mask::rw- */
	32, 0, 0, 0, 255, 255, 255, 255,	/* other::--- */
};

static void attributes_stay(void **state)
{
	u8 now[100];

	(void)state;
	if (setxattr("policy.conf", "user.note", "mine", 4, 0) ||
	    setxattr("policy.conf", "system.posix_acl_access", acl, sizeof(acl), 0))
		skip();
	if (is_root())
		assert_int_equal(chown("policy.conf", SOMEBODY, SOMEBODY + 1), 0);
	change();
	type("ww");
	assert_true(shows("saved 2 lines to policy.conf"));
	assert_false(shows("NOT KEPT"));
	assert_file("policy.conf", LESS);
	assert_int_equal(stat_of("policy.conf").st_mode, S_IFREG | 0660);
	if (is_root()) {
		assert_int_equal(stat_of("policy.conf").st_uid, SOMEBODY);
		assert_int_equal(stat_of("policy.conf").st_gid, SOMEBODY + 1);
	}
	assert_int_equal(getxattr("policy.conf", "user.note", now, sizeof(now)), 4);
	assert_memory_equal(now, "mine", 4);
	assert_int_equal(getxattr("policy.conf", "system.posix_acl_access", now, sizeof(now)),
			 sizeof(acl));
	assert_memory_equal(now, acl, sizeof(acl));
}

/* Who may not give a file away says so; nobody gets more than before. */
static void not_kept(void **state)
{
	(void)state;
	if (!is_root() ||
	    setxattr("policy.conf", "system.posix_acl_access", acl, sizeof(acl), 0))
		skip();
	assert_int_equal(chown("policy.conf", SOMEBODY, SOMEBODY), 0);
	fails.own = EPERM;
	change();
	type("ww");
	assert_true(shows("saved 2 lines to policy.conf; NOT KEPT: owner, group, access control list"));
	assert_int_equal(stat_of("policy.conf").st_mode, S_IFREG | 0600);
	assert_int_equal(getxattr("policy.conf", "system.posix_acl_access", NULL, 0), -1);
}

/*
 * The bits of the group are the mask of an ACL: without it nobody gets them, nor those in
 * the ACL that the folder has for new files.
 */
static void without_its_list(void **state)
{
	(void)state;
	if (setxattr("policy.conf", "system.posix_acl_access", acl, sizeof(acl), 0) ||
	    setxattr(".", "system.posix_acl_default", acl, sizeof(acl), 0))
		skip();
	fails.attribute = ENOSPC;
	change();
	type("ww");
	removexattr(".", "system.posix_acl_default");
	assert_true(shows("saved 2 lines to policy.conf; NOT KEPT: access control list"));
	assert_int_equal(stat_of("policy.conf").st_mode, S_IFREG | 0600);
	assert_int_equal(getxattr("policy.conf", "system.posix_acl_access", NULL, 0), -1);
}

static void wait_for_ever(void)
{
	/* As if time had passed. */
	if (alarm(1) > 1)
		pause();
	_exit(1);
}

/* A crash that the rescue cannot get out of ends all the same. */
static void a_crash_ends(void **state)
{
	pid_t child = fork();
	int status;

	(void)state;
	if (!child) {
		signals_catch(wait_for_ever);
		raise(SIGSEGV);
		_exit(2);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGALRM);
}

static void becomes_mine(void **state)
{
	(void)state;
	fails.user = SOMEBODY;
	change();
	type("ww");
	if (is_root())
		assert_true(shows("policy.conf belongs to user 0 and becomes yours. Overwrite it?"));
	press('n');
	assert_file("policy.conf", POLICY);
}

/* -------------------------------------------------------------- what fails */

static void assert_as_it_was(const char *why)
{
	assert_true(shows(why));
	assert_file("policy.conf", POLICY);
	assert_int_equal(files_in("."), 1);
	assert_true(document_changed(editor->document));
}

static void disk_full(void **state)
{
	(void)state;
	change();
	fails.write = ENOSPC;
	type("ww");
	assert_as_it_was("nothing was saved: No space left on device: policy.conf");
	fails.write = 0;
	type("w");
	assert_file("policy.conf", LESS);
}

static void disk_broken(void **state)
{
	(void)state;
	change();
	fails.sync = EIO;
	fails.sync_call = 1;
	type("ww");
	assert_as_it_was("nothing was saved: Input/output error: policy.conf");
}

/* The text is there, but that it stays there is not known: it is not called saved. */
static void name_not_on_disk(void **state)
{
	(void)state;
	change();
	fails.sync = EIO;
	fails.sync_call = 2;
	type("qs");
	assert_true(shows("written, but perhaps not on disk: Input/output error"));
	assert_file("policy.conf", LESS);
	assert_true(document_changed(editor->document));
	assert_false(editor->quit);
	fails.sync = 0;
	type("ww");
	assert_true(shows("saved 2 lines"));
	assert_false(document_changed(editor->document));
}

static void folder_read_only(void **state)
{
	(void)state;
	change();
	fails.create = EROFS;
	type("ww");
	assert_as_it_was("nothing was saved: Read-only file system: policy.conf");
}

static void write_other(void)
{
	put("policy.conf", OTHER);
}

static void changed_while_saving(void **state)
{
	(void)state;
	change();
	fails.at_sync = write_other;
	type("ww");
	assert_true(shows("it was changed just now by somebody else: policy.conf"));
	assert_file("policy.conf", OTHER);
	assert_int_equal(files_in("."), 1);
	assert_true(document_changed(editor->document));
}

/* ------------------------------------------------------------------- rescue */

/* Return: where. */
static const char *rescue(void)
{
	static struct kl_buffer where;

	if (rescue_keep(editor, &where))
		fail_msg("%s", where.data);
	return where.data;
}

/* The program ends, and begins again. */
static void start_again(void)
{
	open_file("policy.conf");
	rescue_offer(editor);
	editor_draw(editor, &canvas);
	editor_shown(editor);
}

static void rescued(void **state)
{
	(void)state;
	change();
	assert_string_equal(rescue(), ".policy.conf.rescued");
	assert_int_equal(stat_of(".policy.conf.rescued").st_mode, S_IFREG | 0600);
	start_again();
	assert_true(shows("Changes were rescued on 20"));
	assert_false(shows("OLDER"));
	press('y');
	assert_true(document_changed(editor->document));
	assert_int_equal(access(".policy.conf.rescued", F_OK), 0);
	type("ww");
	assert_file("policy.conf", LESS);
	assert_int_equal(access(".policy.conf.rescued", F_OK), -1);
}

static void rescued_of_an_older_text(void **state)
{
	(void)state;
	change();
	rescue();
	put("policy.conf", OTHER);
	start_again();
	assert_true(shows("OLDER text of the file"));
	press('d');
	assert_int_equal(access(".policy.conf.rescued", F_OK), -1);
	assert_file("policy.conf", OTHER);
}

static void rescued_nothing_new(void **state)
{
	(void)state;
	change();
	rescue();
	put("policy.conf", LESS);
	start_again();
	assert_int_equal(editor->dialog.kind, DIALOG_NONE);
	assert_int_equal(access(".policy.conf.rescued", F_OK), -1);
}

/* What was put off, or is of another editor of the file, is not written over. */
static void rescued_twice(void **state)
{
	(void)state;
	change();
	rescue();
	start_again();
	press('n');
	type("a100 acl write\n");
	assert_string_equal(rescue(), ".policy.conf.rescued.2");
	start_again();
	press('d');
	assert_true(shows("Changes were rescued"));
	press('y');
	assert_int_equal(document_lines(editor->document), 4);
	assert_int_equal(access(".policy.conf.rescued", F_OK), -1);
	/* It falls again: what was taken over is in the newer one. */
	type("a100 acl write\n");
	unlink(".policy.conf.rescued");
	assert_string_equal(rescue(), ".policy.conf.rescued");
}

static struct stat kept(void)
{
	assert_int_equal(rescue_keep_up(editor), 0);
	return stat_of(".policy.conf.rescued");
}

/* An end without a warning: what was kept shortly before is there, and only that. */
static void kept_up(void **state)
{
	struct stat first, same;

	(void)state;
	assert_int_equal(rescue_keep_up(editor), 0);
	assert_int_equal(access(".policy.conf.rescued", F_OK), -1);
	change();
	first = kept();
	same = kept();
	assert_int_equal(first.st_ino, same.st_ino);
	change();
	assert_int_not_equal(first.st_ino, kept().st_ino);
	press('u');
	press('u');
	assert_int_equal(rescue_keep_up(editor), 0);
	assert_int_equal(access(".policy.conf.rescued", F_OK), -1);
	press(K_CTRL('r'));
	kept();
	press(K_F2);
	press(K_F2);
	assert_int_equal(access(".policy.conf.rescued", F_OK), -1);
	change();
	kept();
	/* As after a kill: nobody removes it. */
	start_again();
	assert_true(shows("Changes were rescued"));
	press('y');
	assert_true(document_changed(editor->document));
	kept();
	press('u');
	assert_int_equal(rescue_keep_up(editor), 0);
	assert_int_equal(access(".policy.conf.rescued", F_OK), 0);
	press(K_CTRL('r'));
	kept();
	press(K_F10);
	press('d');
	assert_int_equal(access(".policy.conf.rescued", F_OK), -1);
}

/* The other one is not ended: what it has not saved is its own. */
static void kept_by_another(void **state)
{
	struct editor *other;

	(void)state;
	change();
	kept();
	other = editor;
	editor = NULL;
	start_again();
	assert_true(shows("its editor is still open"));
	change();
	assert_int_equal(rescue_keep_up(editor), 0);
	assert_int_equal(access(".policy.conf.rescued.2", F_OK), 0);
	press('u');
	assert_int_equal(rescue_keep_up(editor), 0);
	assert_int_equal(access(".policy.conf.rescued.2", F_OK), -1);
	assert_int_equal(access(".policy.conf.rescued", F_OK), 0);
	editor_free(other);
}

static void rescued_by_another(void **state)
{
	(void)state;
	change();
	rescue();
	/* This one was open all the time. */
	type("ww");
	assert_int_equal(access(".policy.conf.rescued", F_OK), 0);
}

static void rescued_elsewhere(void **state)
{
	const char *name;

	(void)state;
	open_text(POLICY, "nowhere/policy.conf");
	assert_int_equal(setenv("HOME", "home", 1), 0);
	assert_int_equal(mkdir("home", 0700), 0);
	change();
	name = rescue();
	assert_true(!strncmp(name, "home/.kellas-policy.conf-", 25));
	open_text(POLICY, "nowhere/policy.conf");
	rescue_offer(editor);
	assert_true(shows("Changes were rescued"));
	open_text(POLICY, "elsewhere/policy.conf");
	rescue_offer(editor);
	assert_int_equal(editor->dialog.kind, DIALOG_NONE);
}

static void assert_passed_over(const char *why)
{
	struct stat before = stat_of(".policy.conf.rescued"), after;

	start_again();
	assert_int_equal(editor->dialog.kind, DIALOG_NONE);
	assert_true(shows(".policy.conf.rescued is passed over: "));
	assert_true(shows(why));
	/* Nor is it written to, or removed. */
	change();
	assert_string_equal(rescue(), ".policy.conf.rescued.2");
	type("ww");
	after = stat_of(".policy.conf.rescued");
	assert_int_equal(before.st_ino, after.st_ino);
	assert_int_equal(before.st_mtime, after.st_mtime);
}

static void traps(void **state)
{
	(void)state;
	put("secret", OTHER);
	assert_int_equal(symlink("secret", ".policy.conf.rescued"), 0);
	assert_passed_over("it is a symbolic link");
	assert_file("secret", OTHER);
}

static void trap_pipe(void **state)
{
	(void)state;
	assert_int_equal(mkfifo(".policy.conf.rescued", 0600), 0);
	assert_passed_over("it is no regular file");
}

static void trap_writable(void **state)
{
	(void)state;
	put(".policy.conf.rescued", OTHER);
	assert_int_equal(chmod(".policy.conf.rescued", 0620), 0);
	assert_passed_over("others can write to it");
}

static void trap_second_name(void **state)
{
	(void)state;
	put("secret", OTHER);
	assert_int_equal(link("secret", ".policy.conf.rescued"), 0);
	assert_passed_over("it is a file of another name, too");
	assert_file("secret", OTHER);
}

static void trap_of_another(void **state)
{
	(void)state;
	put(".policy.conf.rescued", OTHER);
	if (is_root())
		assert_int_equal(chown(".policy.conf.rescued", SOMEBODY, SOMEBODY), 0);
	else
		fails.user = SOMEBODY;
	start_again();
	assert_int_equal(editor->dialog.kind, DIALOG_NONE);
	assert_true(shows("is passed over: it belongs to somebody else"));
	change();
	assert_string_equal(rescue(), ".policy.conf.rescued.2");
	assert_file(".policy.conf.rescued", OTHER);
}

/* Between the question and the answer. */
static void trap_later(void **state)
{
	(void)state;
	change();
	rescue();
	start_again();
	put("secret", OTHER);
	unlink(".policy.conf.rescued");
	assert_int_equal(symlink("secret", ".policy.conf.rescued"), 0);
	press('y');
	assert_true(shows(".policy.conf.rescued cannot be read"));
	assert_false(document_changed(editor->document));
	assert_link(".policy.conf.rescued", "secret");
}

/* Made by hand, or by an older version: then the times tell. */
static void without_header(void **state)
{
	struct timespec times[2] = { { .tv_sec = 1000000000 }, { .tv_sec = 1000000000 } };

	(void)state;
	put(".policy.conf.rescued", OTHER);
	assert_int_equal(utimensat(AT_FDCWD, ".policy.conf.rescued", times, 0), 0);
	start_again();
	assert_true(shows("rescued on 2001-09-09 01:46:40Z"));
	assert_true(shows("OLDER text of the file"));
	press('y');
	type("ww");
	assert_file("policy.conf", OTHER);
}

/* --------------------------------------------------------------- odd files */

static void put_bytes(const char *name, const char *bytes, size_t length)
{
	FILE *file = fopen(name, "w");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, length, file), length);
	fclose(file);
}

static void assert_bytes(const char *name, const char *bytes, size_t length)
{
	struct kl_buffer now = { 0 };

	assert_int_equal(store_read(name, &now), 0);
	assert_int_equal(now.length, length);
	assert_memory_equal(now.length ? now.data : "", bytes, length);
	kl_buffer_free(&now);
}

/* All that only looks, and a change that is taken back. */
static void look_around(void)
{
	static const int keys[] = { 'j', 'G', K_TAB, 'j', 'z', 't', 't', K_TAB, 'i', '!', ' ', 'U',
				    K_F2, 'j', K_ENTER, 'q', '2', '3', 'q', '4', '1', 'y', 'u' };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(keys); i++) {
		press(keys[i]);
		while (view_work(editor))
			;
		if (editor->dialog.kind)
			press(K_ESCAPE);
		editor->quit = false;
	}
	view_turn(editor, VIEW_POLICY);
	view_back(editor);
}

/* Whatever is in it stays, if nobody touches it, and what is wrong is said. */
static void odd_files(void **state)
{
	static const struct {
		const char *bytes;
		size_t length;
		const char *shown;
	} files[] = {
#define BYTES(text) text, sizeof(text) - 1
		{ BYTES(""), "empty; a adds a line" },
		{ BYTES("x"), "1 wrong" },
		{ BYTES("\n"), "whole text (1)" },
		{ BYTES("\n\n\n"), "whole text (3)" },
		{ BYTES("\r"), "whole text (1)" },
		{ BYTES("\0"), "whole text (1)" },
		{ BYTES("100 acl read\n    10 allow"), "1 rule" },
		{ BYTES("100 acl read\r\n    10 allow\r\n"), "1 rule" },
		{ BYTES("100 acl read\r\n    10 allow\n\r"), "1 rule" },
		{ BYTES("100 acl read\n    10 al\0low\n\0\0\n\0"), "al\\000low" },
		{ BYTES("100 acl read\n    10 allow path=\"\xff\xfe\"\n# \xc3"), "\\377\\376" },
		{ BYTES("\xef\xbb\xbf" "100 acl read\n"), "\\357\\273\\277100 acl read" },
		{ BYTES("100 acl read\n    10 allow path=\"/\xe2\x80\xae/x\"\n"), "\\342\\200\\256" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(files); i++) {
		put_bytes("policy.conf", files[i].bytes, files[i].length);
		struct kl_buffer text = { 0 };

		assert_int_equal(store_read("policy.conf", &text), 0);
		editor_free(editor);
		editor = editor_new(kl_buffer_text(&text), "policy.conf", false);
		kl_buffer_free(&text);
		editor_draw(editor, &canvas);
		if (!shows(files[i].shown))
			fail_msg("file %zu does not show %s", i, files[i].shown);
		look_around();
		unlink("other.conf");
		type("W\x15other.conf\ny");
		assert_bytes("other.conf", files[i].bytes, files[i].length);
		assert_bytes("policy.conf", files[i].bytes, files[i].length);
	}
}

/* A line that is typed ends as it did, a new one as the one above. */
static void line_ends(void **state)
{
	(void)state;
	open_text("100 acl read\r\n    10 allow\r\n    20 deny\n", "policy.conf");
	type("je task.uid=0\n");
	assert_string_equal(document_line(editor->document, 1).data, "    10 allow task.uid=0\r");
	type("a\x15    15 deny task.uid=1\n");
	assert_int_equal(document_line(editor->document, 2).length, 23);
	assert_memory_equal(document_line(editor->document, 2).data, "    15 deny task.uid=1\r", 23);
	type("Ga\x15    30 deny\n");
	assert_int_equal(document_line(editor->document, 4).length, 11);
	/* Nothing was changed: that is no change. */
	type("gje\n");
	assert_string_equal(document_undo(editor->document, &(u32){ 0 }), "add a line");
}

static void too_large(void **state)
{
	struct kl_buffer text = { 0 };

	(void)state;
	assert_int_equal(truncate("policy.conf", (64 << 20) + 1), 0);
	assert_int_equal(store_read("policy.conf", &text), -EFBIG);
	kl_buffer_free(&text);
	/* A part of it cannot be read. */
	assert_int_equal(store_read("/proc/self/mem", &text), -EIO);
	kl_buffer_free(&text);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		CASE(through_a_link), CASE(to_nothing), CASE(in_a_circle), CASE(led_elsewhere),
		CASE(of_others_in_tmp), CASE(other_names), CASE(no_file),
		CASE(attributes_stay), CASE(not_kept), CASE(without_its_list),
		CASE(a_crash_ends), CASE(becomes_mine),
		CASE(disk_full), CASE(disk_broken), CASE(name_not_on_disk),
		CASE(folder_read_only), CASE(changed_while_saving),
		CASE(rescued), CASE(rescued_of_an_older_text), CASE(rescued_nothing_new),
		CASE(rescued_twice), CASE(kept_up), CASE(kept_by_another), CASE(rescued_by_another), CASE(rescued_elsewhere),
		CASE(traps), CASE(trap_pipe), CASE(trap_writable), CASE(trap_second_name),
		CASE(odd_files), CASE(line_ends), CASE(too_large),
		CASE(trap_of_another), CASE(trap_later), CASE(without_header),
	};
	char folder[] = "/tmp/files.XXXXXX";
	int failed;

	setlocale(LC_ALL, "C.UTF-8");
	unsetenv("HOME");
	if (!mkdtemp(folder) || chdir(folder) || setenv("KELLAS_PROC", "none", 1))
		return 2;
	start = folder;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	canvas_free(&canvas);
	if (chdir("/") || rmdir(folder))
		return 2;
	return failed;
}
