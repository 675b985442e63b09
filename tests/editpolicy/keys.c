// SPDX-License-Identifier: GPL-2.0-only
/*
 * Usage: keys COUNT SEED
 *
 * Random keys for the editor, mixed with sequences that edit. It must not crash
 * (the sanitizers look), the picture must be drawn at any size, every rule must
 * be reachable and shown once; and whatever was done, taking it all back gives
 * the file byte for byte, doing it again what was there before. Fails if too few
 * edits happened to have tested anything.
 */
#include <sys/stat.h>
#include <unistd.h>

#include "editor.h"
#include "key.h"
#include "live.h"
#include "view.h"

static const char policy[] =
	"# A policy with a bit of everything.\r\n"
	"quota memory audit 1048576\n"
	"string_group FILES /etc/passwd\n"
	"string_group FILES /etc/\\303\\244\n"
	"number_group USERS 0-999\n"
	"\n"
	"100 acl write path=@FILES\n"
	"    label files\n"
	"    audit 1\n"
	"    # a comment\n"
	"    10 allow task.uid=@USERS\n"
	"    20 deny path.perm=setuid\n"
	"    this is wrong\n"
	"    30 allow task.exe!=\"/usr/bin/\\*\"\n"
	"100 acl execute\n"
	"    audit 1\n"
	"    permissive\n"
	"    10 deny argv[1]=\"-\\303\\244\"\n"
	"rule_group ADMINS\n"
	"    10 allow task.uid=0\n"
	"100 acl write path=@FILES\n"
	"    5 deny\n"
	"\377\0raw\t\n"
	"100 acl inet_stream_connect ip=10.0.0.0/8 port=1-1023\n"
	"    audit 1\n"
	"    10 allow";

static const char *const typed[] = {
	"a10 allow task.uid=7\n", "a    20 deny path=\"/x\\*\"\n", "a100 acl read\n",
	"aaudit 1\n", "alabel x\n", "awrong\n\n", "e\n\n", "s/allow/deny/\n", "s/0/1/\n",
	"s/(/x/\n", "\\allow\n", "\\\n\n", "/deny\n", "mallow\n", "dy", "dn", "astring_group G /x\n",
	"a\t\n\n", "e \t\t\n\n", "a300 acl \t\n", "qc", "qd", "\\\x15\n",
	"1", "1", "1", "2", "2\\denied\n1", "2\\read path=/etc/\\*\n1", "2\n", "2\n\n", "2/etc\n1",
	"2\\\x15\n1", "2p1",
	"wRq", "wayq", "wt\nyq", "wxq", "1a15 deny\n", "1dy", "1y", "1J",
};

static const int keys[] = {
	K_UP, K_DOWN, K_LEFT, K_RIGHT, K_PAGE_UP, K_PAGE_DOWN, K_HOME, K_END, K_TAB, K_BACK_TAB,
	K_ENTER, K_ESCAPE, K_INSERT, K_DELETE, K_BACKSPACE, K_F1, K_F2, K_F3, K_F4, K_F5, K_F6, K_F7,
	K_F8, K_F9, K_F10, K_TICK, K_RESIZE, K_CTRL('r'), ' ', '*', 'v', 'U', 'u', 'J', 'K', 'y', 'd',
	'#', 'z', 'n', 'N', '!', 'x', '"', '@', '=', 0xe4, 0x1f600, 0x300, 'k', 'j', 'g', 'G', 'h', 'l',
};

/* The files of a module: nothing here ever gets at the machine's own. */
static const struct {
	const char *name, *text;
} kernel[] = {
	{ "version", "version=0.1\nlanguage=1\noperations=read write\n" },
	{ "policy", "POLICY_VERSION=20120401\n\n100 acl write path=@FILES\n    audit 1\n" },
	{ "stat", "policy updates=1 generation=1 publications=1 reverts=0 confirm=7 locked=0\n"
		  "block hits=7 denials=2 lost=0 last=1795287820.0 line=3 unenforced=5 / 100 acl write path=@FILES\n"
		  "rule hits=5 denials=0 lost=0 last=0.0 line=5 unenforced=0 / 10 allow task.uid=@USERS\n" },
};

static void fail(const char *what)
{
	printf("not ok: %s\n", what);
	exit(1);
}

static void put_kernel(void)
{
	char name[40];
	FILE *file;
	size_t i;

	if (mkdir("proc", 0700) || setenv("KELLAS_PROC", "proc", 1))
		fail("no folder for the module's files");
	setenv("HOME", "proc", 1);
	for (i = 0; i < ARRAY_SIZE(kernel); i++) {
		snprintf(name, sizeof(name), "proc/%s", kernel[i].name);
		file = fopen(name, "w");
		if (!file || fputs(kernel[i].text, file) < 0 || fclose(file))
			fail("the module's files cannot be written");
	}
}

static void remove_kernel(void)
{
	char name[40];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(kernel); i++) {
		snprintf(name, sizeof(name), "proc/%s", kernel[i].name);
		unlink(name);
	}
	rmdir("proc");
}

static void take_text(const struct editor *editor, struct kl_buffer *text)
{
	kl_buffer_clear(text);
	document_text(editor->document, text);
}

static bool same(const struct kl_buffer *a, const struct kl_buffer *b)
{
	return a->length == b->length && !memcmp(a->data, b->data, a->length);
}

/* Each line that is part of a policy stands in one node, and nowhere twice. */
static void check_reachable(const struct editor *editor)
{
	const struct outline *outline = &editor->outline;
	u32 *seen = kl_xalloc(outline->count + 1, sizeof(*seen)), i, k;

	for (i = 0; i < outline->node_count; i++)
		for (k = 0; k < outline->nodes[i].count; k++)
			seen[outline->nodes[i].lines[k]]++;
	for (i = 0; i < outline->count; i++)
		if (seen[i] != (outline->lines[i].node != NO_NODE))
			fail("a line is not shown once");
	for (i = 0; i < outline->count; i++)
		if (outline->lines[i].kind == KL_STATEMENT_RULE && !seen[i] &&
		    !outline->lines[i].wrong)
			fail("a rule is out of reach");
	free(seen);
}

static void check_folded_nothing(struct editor *editor)
{
	u32 i, nodes = 0;

	if (editor->by_subject)
		return;
	for (i = 0; i < HEADINGS; i++)
		editor->folded[i] = false;
	editor_fold(editor);
	for (i = 0; i < editor->left_rows.count; i++)
		nodes += editor->left[i].kind == ROW_NODE;
	if (nodes != editor->outline.node_count)
		fail("a block is not shown");
}

static void draw(struct editor *editor, struct canvas *canvas)
{
	struct kl_buffer text = { 0 };

	if (rand() % 10 == 0)
		canvas_resize(canvas, rand() % 60 + 1, rand() % 210 + 1);
	editor_draw(editor, canvas);
	editor_shown(editor);
	view_work(editor);
	if (rand() % 50 == 0)
		canvas_dump(canvas, true, &text);
	kl_buffer_free(&text);
}

static u32 undo_all(struct editor *editor)
{
	u32 place, count = 0;

	while (document_undo(editor->document, &place))
		count++;
	editor_refresh(editor, 0);
	return count;
}

static void redo_all(struct editor *editor)
{
	u32 place;

	while (document_redo(editor->document, &place))
		;
	editor_refresh(editor, 0);
}

static void press(struct editor *editor, int key)
{
	editor_key(editor, key);
	editor->quit = false;
}

static void press_some(struct editor *editor)
{
	const char *at;

	if (rand() % 4) {
		press(editor, keys[rand() % ARRAY_SIZE(keys)]);
		return;
	}
	for (at = typed[rand() % ARRAY_SIZE(typed)]; *at; at++)
		press(editor, *at);
}

int main(int argc, char **argv)
{
	struct kl_text start = { policy, sizeof(policy) - 1 };
	u32 count = argc > 1 ? atoi(argv[1]) : 20000, i, done = 0, least, steps;
	unsigned int seed = argc > 2 ? strtoul(argv[2], NULL, 10) : 1;
	struct kl_buffer first = { 0 }, now = { 0 }, again = { 0 };
	struct canvas canvas = { 0 };
	char folder[] = "/tmp/keys.XXXXXX", *logs[] = { realpath("sample.log", NULL) };
	struct editor *editor;

	srand(seed);
	if (!logs[0] || !mkdtemp(folder) || chdir(folder))
		fail("no folder for files, or no sample.log in this one");
	put_kernel();
	editor = editor_new(start, "policy.conf", false);
	editor->logs = logs;
	editor->log_count = 1;
	live_open(editor, seed % 2);
	canvas_resize(&canvas, 24, 80);
	take_text(editor, &first);
	for (i = 0; i < count; i++) {
		press_some(editor);
		draw(editor, &canvas);
		if (i % 64)
			continue;
		check_reachable(editor);
		/* Nothing is left to edit, or far too much. */
		if (editor->outline.count > 400 || i % 4096 == 4032) {
			while (editor->dialog.kind)
				press(editor, K_ESCAPE);
			check_folded_nothing(editor);
			redo_all(editor);
			take_text(editor, &now);
			steps = undo_all(editor);
			done += steps;
			take_text(editor, &again);
			if (!same(&first, &again))
				fail("undo does not give the file back");
			redo_all(editor);
			take_text(editor, &again);
			if (!same(&now, &again))
				fail("redo does not give the change back");
			undo_all(editor);
		}
	}
	while (editor->dialog.kind)
		press(editor, K_ESCAPE);
	done += undo_all(editor);
	take_text(editor, &again);
	if (!same(&first, &again))
		fail("undo does not give the file back");
	least = count / 50;
	printf("%s: %u keys or sequences, %u changes, seed %u\n",
	       done < least ? "not ok: too few changes" : "ok", count, done, seed);
	kl_buffer_free(&first);
	kl_buffer_free(&now);
	kl_buffer_free(&again);
	canvas_free(&canvas);
	editor_free(editor);
	free(logs[0]);
	unlink("policy.conf");
	unlink(".policy.conf.rescued");
	remove_kernel();
	if (rmdir(folder))
		fail("files were left behind");
	return done < least;
}
