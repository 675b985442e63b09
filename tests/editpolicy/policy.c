// SPDX-License-Identifier: GPL-2.0-only
/*
 * The view of the policy, and its files: what is asked before something is lost, what
 * keys are about, and that the screen does not say what is not so.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <dirent.h>
#include <locale.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

#include "candidates.h"
#include "dialog.h"
#include "engine/lex.h"
#include "find.h"
#include "highlight.h"
#include "key.h"
#include "rescue.h"
#include "store.h"
#include "texts.h"
#include "view.h"
#include "words.h"

#define POLICY "100 acl read\n    audit 1\n    10 allow task.uid=0\n    20 deny\n100 acl write\n    10 deny\n"

static void open_policy(const char *text)
{
	put("policy.conf", text);
	editor = editor_new(kl_text_of(text), "policy.conf", false);
	canvas_resize(&canvas, 30, 120);
	editor_draw(editor, &canvas);
	editor->focus = PANE_LINES;
}

static int begin(void **state)
{
	(void)state;
	unlink(".policy.conf.rescued");
	unlink("other.conf");
	open_policy(POLICY);
	return 0;
}

static int end(void **state)
{
	(void)state;
	editor_free(editor);
	return 0;
}

static void reopen(const char *text)
{
	editor_free(editor);
	open_policy(text);
}

/* ------------------------------------------------------------------- files */

static void changed_by_somebody_else(void **state)
{
	(void)state;
	press('d');
	press('y');
	put("policy.conf", "100 acl execute\n");
	type("ww");
	assert_true(shows("Overwrite it? y/n"));
	press('n');
	assert_file("policy.conf", "100 acl execute\n");
	assert_true(document_changed(editor->document));
	type("wwy");
	assert_file("policy.conf", "100 acl write\n    10 deny\n");
	assert_false(document_changed(editor->document));
}

static void another_file(void **state)
{
	(void)state;
	put("other.conf", "100 acl execute\n");
	type("W\x15other.conf\n");
	assert_true(shows("other.conf holds what was not read or saved here"));
	press('n');
	assert_file("other.conf", "100 acl execute\n");
	assert_string_equal(editor->name, "policy.conf");
	type("W\x15other.conf\ny");
	assert_file("other.conf", POLICY);
	assert_string_equal(editor->name, "other.conf");
	/* It is known now. */
	type("W\n");
	assert_int_equal(editor->dialog.kind, DIALOG_NONE);
}

/* Who does not save after all does not leave with the next saving, either. */
static void saving_without_leaving(void **state)
{
	(void)state;
	type("a\x15nonsense\n\n");
	type("qs");
	assert_true(shows("wrong: it could not be loaded"));
	press('n');
	type("udww");
	assert_false(editor->quit);
	assert_false(document_changed(editor->document));
}

static void rescued_for_later(void **state)
{
	(void)state;
	put(".policy.conf.rescued", "100 acl execute\n");
	rescue_offer(editor);
	editor_key(editor, 'd'); /* typed before it was asked */
	assert_int_equal(access(".policy.conf.rescued", F_OK), 0);
	press(K_TICK);
	press('n');
	press('G');
	type("dww");
	assert_false(document_changed(editor->document));
	assert_int_equal(access(".policy.conf.rescued", F_OK), 0);
}

/* ---------------------------------------------------------------- questions */

static void typed_ahead(void **state)
{
	(void)state;
	press('G');
	press('d');
	assert_true(document_changed(editor->document));
	editor_key(editor, 'q');
	editor_key(editor, 'd');
	assert_false(editor->quit);
	assert_true(shows("s/d/c"));
	editor_shown(editor);
	press('d');
	assert_true(editor->quit);
}

static void long_names(void **state)
{
	char name[200];

	(void)state;
	memset(name, 'n', sizeof(name) - 1);
	name[sizeof(name) - 1] = 0;
	free(editor->name);
	editor->name = strdup(name);
	press('G');
	press('d');
	assert_true(shows("nnn [changed]"));
	press('q');
	assert_true(shows("or Cancel? s/d/c"));
}

/* ---------------------------------------------------------------------- keys */

static void filter_as_it_was(void **state)
{
	(void)state;
	type("\\deny\n");
	assert_int_equal(editor->right_rows.count, 2);
	type("\\ nothing");
	assert_int_equal(editor->right_rows.count, 0);
	press(K_ESCAPE);
	assert_int_equal(editor->right_rows.count, 2);
	assert_string_equal(editor->filter.pattern.data, "deny");
}

/* Below what, if nothing is shown? */
static void nothing_to_add_to(void **state)
{
	(void)state;
	type("\\nothing\n");
	type("a");
	assert_int_equal(editor->dialog.kind, DIALOG_NONE);
	assert_true(shows("no line is shown"));
}

static void marks_move(void **state)
{
	(void)state;
	type("jj kJ");
	assert_true(kl_text_begins(document_line(editor->document, 3), "    20 allow"));
	assert_true(editor->marked[3]);
	assert_false(editor->marked[2]);
}

#define HEAD    "100 acl read\n    audit 1\n"
#define COMMENTED HEAD "    # why\n\t# so\r\n    10 allow task.uid=0\r\n    #2\n    20 deny\n    30 allow"

/* What is said of a rule stays above it. */
static void comments_move(void **state)
{
	(void)state;
	reopen(COMMENTED);
	type("jjjj");
	press('J');
	assert_text(HEAD "    #2\n    10 deny\n    # why\n\t# so\r\n    20 allow task.uid=0\r\n    30 allow");
	assert_int_equal(editor_line(editor), 6);
	press('J');
	assert_text(HEAD "    #2\n    10 deny\n    20 allow\n    # why\n\t# so\r\n    30 allow task.uid=0\r");
	assert_int_equal(editor_line(editor), 7);
	type("KK");
	assert_text(COMMENTED);
	assert_int_equal(editor_line(editor), 4);
	type("jjK");
	assert_text(HEAD "    #2\n    10 deny\n    # why\n\t# so\r\n    20 allow task.uid=0\r\n    30 allow");
	assert_int_equal(editor_line(editor), 3);
	type("uuuuu");
	assert_text(COMMENTED);
}

static void comments_apart(void **state)
{
	(void)state;
	reopen(HEAD "    # of all\n\n    10 allow\n    # of it\n  \n    20 deny\n");
	type("GK");
	assert_text(HEAD "    # of all\n\n    10 deny\n    # of it\n  \n    20 allow\n");
}

static void marks_move_far(void **state)
{
	(void)state;
	reopen(HEAD "    # a\n    10 allow\n    30 allow task.uid=0\n    # b\n    # c\n    20 deny\n");
	editor->marked[3] = editor->marked[4] = editor->marked[6] = true;
	type("jjj");
	press('J');
	assert_text(HEAD "    # b\n    # c\n    10 deny\n    30 allow task.uid=0\n    # a\n    20 allow\n");
	assert_false(editor->marked[2]);
	assert_true(editor->marked[3]);
	assert_false(editor->marked[4]);
	assert_true(editor->marked[5]);
	assert_false(editor->marked[6]);
	assert_true(editor->marked[7]);
}

/* It may be a rule that is commented out: that is not lost with another one. */
static void comments_stay(void **state)
{
	(void)state;
	reopen(COMMENTED);
	type("jjjjd");
	assert_text(HEAD "    # why\n\t# so\r\n    #2\n    20 deny\n    30 allow");
	assert_true(shows("1 line deleted; u brings it back; the comment above stays"));
	type("jy");
	assert_text(HEAD "    # why\n\t# so\r\n    #2\n    20 deny\n    20 deny\n    30 allow");
	type("uuGd");
	assert_false(shows("stays"));
	editor->marked[2] = editor->marked[3] = editor->marked[4] = true;
	press('d');
	assert_true(shows("3 lines deleted; u brings them back"));
	assert_false(shows("stays"));
}

/* They may be anywhere, and 'd' deletes them. */
static void marks_are_counted(void **state)
{
	(void)state;
	press('G');
	press(' ');
	type("\\allow\n");
	assert_true(shows(" 1 marked  filtered "));
}

static void commands(void **state)
{
	(void)state;
	type("a\x15" "delete 100 acl write\n");
	assert_int_equal(editor->dialog.kind, DIALOG_PROMPT);
	assert_true(shows("this is for changing a policy"));
}

/* -------------------------------------------------------------------- labels */

static void label_of_a_rule(void **state)
{
	(void)state;
	reopen("100 acl read\n    10 allow task.uid=0 \t # why\n    20 deny label=old\n");
	type("jLfirst\n");
	assert_text("100 acl read\n    10 allow task.uid=0 label=first \t # why\n"
		    "    20 deny label=old\n");
	type("jL");
	assert_string_equal(editor->dialog.prompt.text.data, "old");
	type("\x15new\n");
	assert_text("100 acl read\n    10 allow task.uid=0 label=first \t # why\n"
		    "    20 deny label=new\n");
	type("kL\x15\n");
	assert_text("100 acl read\n    10 allow task.uid=0 \t # why\n    20 deny label=new\n");
	type("uuu");
	assert_false(document_changed(editor->document));
}

static void label_of_a_block(void **state)
{
	(void)state;
	reopen("# x\n  100 acl read\n    audit 1\n    20 deny\n100 acl write\n\t100 acl read\n");
	type("jjLsecrets\n");
	assert_text("# x\n  100 acl read\n      label secrets\n    audit 1\n    20 deny\n"
		    "100 acl write\n\t100 acl read\n");
	/* The cursor stays on the line that it was on. */
	assert_int_equal(editor_line(editor), 3);
	type("L\x15more\n");
	assert_text("# x\n  100 acl read\n      label more\n    audit 1\n    20 deny\n"
		    "100 acl write\n\t100 acl read\n");
	type("L\x15\n");
	assert_int_equal(editor_line(editor), 2);
	type("uuu");
	assert_false(document_changed(editor->document));
}

/* Of two the last one counts, as the kernel has it; one is left. */
static void label_twice(void **state)
{
	(void)state;
	reopen("100 acl read\n    label a\n    audit 1\n100 acl write\n100 acl read\n  label b\n");
	type("L");
	assert_string_equal(editor->dialog.prompt.text.data, "b");
	type("c\n");
	assert_text("100 acl read\n    audit 1\n100 acl write\n100 acl read\n  label bc\n");
	type("L\x15\n");
	assert_text("100 acl read\n    audit 1\n100 acl write\n100 acl read\n");
}

/* What stands behind a label is not its own. */
static void label_with_comment(void **state)
{
	(void)state;
	reopen("100 acl read\n    label a # one\n    label  b \t# two\n    10 deny\n");
	editor_stand_on(editor, 0);
	type("L\x15" "c\n");
	assert_text("100 acl read\n    # one\n    label c \t# two\n    10 deny\n");
	type("L\x15\n");
	assert_text("100 acl read\n    # one\n    # two\n    10 deny\n");
	type("uu");
	assert_text("100 acl read\n    label a # one\n    label  b \t# two\n    10 deny\n");
}

static void label_of_many(void **state)
{
	(void)state;
	reopen("100 acl read\n    label a\n    10 use g\n    20 deny\n100 acl write\n    10 deny\n");
	type("mdeny|acl|use\nL");
	assert_true(shows("label of 2 rules and 2 blocks"));
	type("\x15x\n");
	assert_text("100 acl read\n    label x\n    10 use g\n    20 deny label=x\n"
		    "100 acl write\n    label x\n    10 deny label=x\n");
	press('u');
	assert_false(document_changed(editor->document));
	/* In the left pane a block is meant, and not its rules. */
	press('U');
	editor->focus = PANE_NODES;
	type("gjjL");
	assert_true(shows("label of the block"));
	type("b\n");
	assert_text("100 acl read\n    label ab\n    10 use g\n    20 deny\n"
		    "100 acl write\n    10 deny\n");
}

static void label_refused(void **state)
{
	(void)state;
	type("jjLa b\n");
	assert_int_equal(editor->dialog.kind, DIALOG_PROMPT);
	assert_true(shows("\"b\""));
	type("\x15" "a;b");
	assert_true(shows("\";\" in a label"));
	type("\n");
	assert_int_equal(editor->dialog.kind, DIALOG_PROMPT);
	press(K_ESCAPE);
	assert_false(document_changed(editor->document));
	reopen("string_group a /b\n\n100 acl read\n    use g\n");
	press('L');
	assert_true(shows("only blocks, and rules"));
	type("jjjL");
	assert_true(shows("only blocks, and rules"));
	assert_int_equal(editor->dialog.kind, DIALOG_NONE);
}

/* ---------------------------------------------------------------- completion */

#define COMPLETED "100 acl chmod\n    10 deny\n100 acl signal\n    10 deny\n" \
	"string_group NAMES /a\nnumber_group NUMBERS 1\nip_group NETS ::1\n" \
	"rule_group RULES\n    allow\nrule_group RUNS\n    allow\n"

/* What Tab makes of what is typed below line @below, and which words it shows. */
static void assert_tab(u32 below, const char *typed, const char *line, const char *shown)
{
	reopen(COMPLETED);
	editor_stand_on(editor, below);
	type("a\x15");
	type(typed);
	press(K_TAB);
	assert_string_equal(editor->dialog.prompt.text.data, line);
	assert_string_equal(editor->dialog.candidates.length ?
			    editor->dialog.candidates.data : "", shown);
}

static void completed_words(void **state)
{
	(void)state;
	assert_tab(3, "al", "allow ", "");
	assert_tab(3, "a", "a", "allow audit");
	assert_tab(3, "200 acl inet_stream_c", "200 acl inet_stream_connect ", "");
	assert_tab(0, "10 deny path.ty", "10 deny path.type=", "");
	/* Above the line, and gone with the next key. */
	assert_tab(0, "deny path.par", "deny path.parent.", "");
	press(K_TAB);
	assert_true(shows("path.parent.uid= path.parent.gid="));
	type("u");
	assert_false(shows("path.parent.gid="));
}

static void completed_groups(void **state)
{
	(void)state;
	assert_tab(0, "deny path=@", "deny path=@NAMES ", "");
	assert_tab(0, "deny path.uid!=@N", "deny path.uid!=@NUMBERS ", "");
	assert_tab(0, "300 acl inet_stream_connect ip=@", "300 acl inet_stream_connect ip=@NETS ",
		   "");
	assert_tab(0, "20 use ", "20 use RU", "");
	assert_tab(0, "20 use RU", "20 use RU", "RULES RUNS");
	assert_tab(3, "string_group ", "string_group NAMES ", "");
}

static void completed_values(void **state)
{
	(void)state;
	assert_tab(0, "deny path.type=dir", "deny path.type=directory ", "");
	assert_tab(0, "deny path.perm=owner_", "deny path.perm=owner_",
		   "owner_execute owner_write owner_read");
	assert_tab(2, "deny sig=SIGKI", "deny sig=SIGKILL ", "");
	/* Names of users are typed, numbers are meant; only the whole name tells one. */
	assert_tab(0, "deny task.uid=roo", "deny task.uid=0 ", "");
	assert_tab(0, "deny task.euid!=daemon", "deny task.euid!=1 ", "");
	assert_tab(0, "deny path.gid=shado", "deny path.gid=42 ", "");
	assert_tab(0, "deny task.uid=nosuch", "deny task.uid=nosuch", "");
	assert_true(shows("nothing to complete here"));
}

/* A name that others begin with is meant once it is whole. */
static void completed_exactly(void **state)
{
	struct candidates candidates = { .typed = kl_text_of("uid=man") };
	struct kl_text before = kl_text_of("uid=");

	(void)state;
	candidates_offer_value(&candidates, before, "manager", "7");
	candidates_offer_value(&candidates, before, "man", "6");
	candidates_offer_value(&candidates, before, "mail", "8");
	assert_int_equal(candidates.found, 2);
	assert_true(candidates_settled(&candidates));
	assert_string_equal(candidates.meant.data, "uid=6");
	candidates_free(&candidates);
	memset(&candidates, 0, sizeof(candidates));
	candidates.typed = kl_text_of("uid=ma");
	candidates_offer_value(&candidates, before, "manager", "7");
	candidates_offer_value(&candidates, before, "mail", "8");
	assert_false(candidates_settled(&candidates));
	assert_string_equal(candidates.common.data, "uid=ma");
	assert_string_equal(candidates.list.data, "manager mail ");
	candidates_free(&candidates);
}

static bool folder_is_endless, folder_is_silent;

struct dirent *__real_readdir(DIR *directory);
struct dirent *__wrap_readdir(DIR *directory);

struct dirent *__wrap_readdir(DIR *directory)
{
	static struct dirent entry = { .d_type = DT_REG };
	static u32 count;
	struct dirent *found;

	if (folder_is_endless) {
		snprintf(entry.d_name, sizeof(entry.d_name), "one%u", count++);
		return &entry;
	}
	found = __real_readdir(directory);
	if (found && folder_is_silent)
		found->d_type = DT_UNKNOWN;
	return found;
}

/* The editor comes back from a folder that has no end; no half of it is taken for all. */
static void completed_in_time(void **state)
{
	(void)state;
	folder_is_endless = true;
	assert_tab(0, "deny path=\"./o", "deny path=\"./o", "");
	folder_is_endless = false;
	assert_true(shows("this folder has too many names"));
}

static void completed_paths(void **state)
{
	(void)state;
	assert_int_equal(mkdir("a b", 0700), 0);
	put("a b/one", "");
	assert_tab(0, "deny path=\"./a\\", "deny path=\"./a\\040b/", "");
	press(K_TAB);
	assert_string_equal(editor->dialog.prompt.text.data, "deny path=\"./a\\040b/one\" ");
	/* Some file systems do not say what is a folder. */
	folder_is_silent = true;
	assert_tab(0, "deny path=\"./a\\", "deny path=\"./a\\040b/", "");
	press(K_TAB);
	folder_is_silent = false;
	assert_string_equal(editor->dialog.prompt.text.data, "deny path=\"./a\\040b/one\" ");
	assert_tab(0, "deny path=\"./\\*/", "deny path=\"./\\*/", "");
	unlink("a b/one");
	rmdir("a b");
}

/* --------------------------------------------------------------------- words */

static void decoded(void **state)
{
	struct kl_buffer text = { 0 };

	(void)state;
	assert_true(words_decoded(kl_text_of("/a\\012\\303\\274\\177"), &text));
	assert_string_equal(text.data, "/a\\012\xc3\xbc\\177");
	kl_buffer_free(&text);
}

/* A name with a character that takes no place is another one than that without. */
static void nothing_unseen(void **state)
{
	struct kl_text text = kl_text_of("/bin/a\xcd\x8f");

	(void)state;
	assert_int_equal(canvas_width(text), 14);
	canvas_text(&canvas, 0, 0, 120, STYLE_PLAIN, text);
	assert_int_equal(canvas.cells[6].character, '\\');
}

static u32 character_at(int row, int column)
{
	return canvas.cells[row * canvas.columns + column].character;
}

/* task.uid=1 for task.uid=1000 would be another rule. */
static void cut_is_seen(void **state)
{
	(void)state;
	canvas_clear(&canvas);
	assert_int_equal(canvas_text(&canvas, 0, 0, 4, STYLE_PLAIN, kl_text_of("abcd  \t")), 4);
	assert_int_equal(character_at(0, 3), 'd');
	assert_int_equal(canvas_text(&canvas, 0, 0, 4, STYLE_PLAIN, kl_text_of("abcde")), 4);
	assert_int_equal(character_at(0, 3), 0x2026);
	assert_int_equal(character_at(0, 4), ' ');
	/* Of a wide one the second half is not left alone. */
	canvas_text(&canvas, 1, 0, 4, STYLE_PLAIN, kl_text_of("ab\xe4\xb8\xad" "c"));
	assert_int_equal(character_at(1, 2), ' ');
	assert_int_equal(character_at(1, 3), 0x2026);
	canvas_text(&canvas, 2, 118, 9, STYLE_PLAIN, kl_text_of("abc"));
	assert_int_equal(character_at(2, 119), 0x2026);
	highlight_line(&canvas, 3, 10, 8, kl_text_of("task.uid=1000"), 0, 0);
	assert_int_equal(character_at(3, 17), 0x2026);
	highlight_line(&canvas, 4, 10, 9, kl_text_of("task.uid=1000"), 0, 0);
	assert_int_equal(character_at(4, 18), 0x2026);
	highlight_line(&canvas, 5, 10, 20, kl_text_of("task.uid=1000"), 3, 0);
	assert_int_equal(character_at(5, 10), 0x2026);
	assert_int_equal(character_at(5, 11), '.');
	assert_int_equal(canvas_wrap(&canvas, 6, 7, STYLE_PLAIN, kl_text_of("a\nb\n")), 7);
	assert_int_equal(character_at(6, 119), 0x2026);
	assert_int_equal(canvas_wrap(&canvas, 7, 9, STYLE_PLAIN, kl_text_of("a\nb\n")), 9);
	assert_int_equal(character_at(8, 119), ' ');
}

static void long_message(void **state)
{
	char name[300];

	(void)state;
	memset(name, 'n', sizeof(name) - 1);
	name[sizeof(name) - 1] = 0;
	canvas_resize(&canvas, 30, 250);
	editor_say(editor, STYLE_PLAIN, "%s", name);
	assert_true(shows("nnn\u2026"));
	canvas_resize(&canvas, 30, 120);
}

static void tabs(void **state)
{
	(void)state;
	reopen("100 acl read\n\t10 deny\n#\tnote\n");
	assert_true(shows("    10 deny\n"));
	assert_true(shows("#    note\n"));
}

/* What was typed comes back, also what Escape threw away, and what is typed now stays. */
static void typed_before(void **state)
{
	(void)state;
	reopen("100 acl read\n\t10 deny\n");
	press('G');
	type("a\x15" "first one");
	press(K_ESCAPE);
	type("a\x15" "    20 allow\n");
	type("/pattern\n");
	type("a\x15now");
	press(K_DOWN);
	assert_true(shows("\nnow"));
	press(K_UP);
	assert_true(shows("\n    20 allow\n"));
	press(K_UP);
	assert_true(shows("\nfirst one\n"));
	press(K_UP);
	assert_true(shows("\nfirst one\n"));
	press(K_DOWN);
	press(K_DOWN);
	assert_true(shows("\nnow"));
	press(K_DOWN);
	assert_true(shows("\nnow"));
	press(K_ESCAPE);
	press('/');
	press(K_UP);
	assert_true(shows("\npattern\n"));
}

/* Where little fits, what matters is seen: that it is changed, and the end of questions. */
static void narrow(void **state)
{
	(void)state;
	reopen("100 acl read\n\t10 deny\n");
	press('G');
	press('d');
	canvas_resize(&canvas, 12, 40);
	assert_true(shows("[changed]"));
	assert_true(shows(" 1  2  3  4"));
	press(K_F10);
	canvas_resize(&canvas, 5, 20);
	assert_true(shows("or"));
	assert_true(shows("Cancel? s/d/c"));
	assert_true(shows("Discard"));
	press('c');
	press('W');
	type("a-name-that-is-longer-than-twenty");
	shows("");
	canvas_resize(&canvas, 30, 120);
	assert_true(shows("\npolicy.confa-name-that-is-longer-than-twenty"));
	press(K_ESCAPE);
}

/* The cursor of somebody who types stands where the character is. */
static void scrolled(void **state)
{
	(void)state;
	canvas_clear(&canvas);
	highlight_line(&canvas, 0, 0, 80, kl_text_of("\xff\xff" "ab"), 2, 0);
	assert_int_equal(canvas.cells[6].character, 'a');
}

/* ---------------------------------------------------------------------- size */

static double seconds(void)
{
	return (double)clock() / CLOCKS_PER_SEC;
}

static void many_blocks(void **state)
{
	struct kl_buffer text = { 0 };
	struct document *document;
	struct outline outline;
	double begin;
	u32 i;

	(void)state;
	for (i = 0; i < 100000; i++)
		kl_buffer_printf(&text, "100 acl read path=\"/%u\"\n", i);
	document = document_new(kl_buffer_text(&text));
	begin = seconds();
	outline_make(&outline, document);
	assert_int_equal(outline.node_count, 100000);
	assert_true(seconds() - begin < 5);
	outline_free(&outline);
	document_free(document);
	kl_buffer_free(&text);
}

static void long_line(void **state)
{
	struct kl_buffer text = { 0 };
	double begin;
	u32 i;

	(void)state;
	for (i = 0; i < 60000; i++)
		kl_buffer_puts(&text, "x");
	type("/[xa]\n");
	begin = seconds();
	find_matches(editor, &canvas, 1, 0, 80, kl_buffer_text(&text), 0);
	assert_true(seconds() - begin < 5);
	assert_int_equal(canvas.cells[canvas.columns + 79].style, STYLE_FOUND);
	kl_buffer_free(&text);
}

static void many_deleted(void **state)
{
	struct kl_buffer text = { 0 };
	double begin;
	u32 i;

	(void)state;
	for (i = 0; i < 200000; i++)
		kl_buffer_puts(&text, i < 100000 ? "#a\n" : "#b\n");
	reopen(text.data);
	type("m#a\n");
	begin = seconds();
	press('d');
	assert_int_equal(document_lines(editor->document), 100000);
	assert_true(seconds() - begin < 5);
	kl_buffer_free(&text);
}

/* Behind F1 all of it can be read on 80 columns, and in the manual, too. */
static void help_fits(void **state)
{
	struct kl_buffer text = { 0 };
	char *line, *rest;

	(void)state;
	action_help(&policy_view, &text);
	assert_true(text.length > 1000);
	for (rest = text.data; (line = strsep(&rest, "\n"));)
		if (canvas_width(kl_text_of(line)) > 78)
			fail_msg("too long: %s", line);
	kl_buffer_free(&text);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		CASE(changed_by_somebody_else), CASE(another_file), CASE(saving_without_leaving),
		CASE(rescued_for_later), CASE(typed_ahead), CASE(long_names),
		CASE(filter_as_it_was), CASE(nothing_to_add_to), CASE(marks_move),
		CASE(comments_move), CASE(comments_apart), CASE(marks_move_far), CASE(comments_stay),
		CASE(marks_are_counted), CASE(commands),
		CASE(completed_words), CASE(completed_groups), CASE(completed_values),
		CASE(completed_exactly), CASE(completed_paths), CASE(completed_in_time),
		CASE(label_of_a_rule), CASE(label_of_a_block), CASE(label_twice), CASE(label_with_comment),
		CASE(label_of_many), CASE(label_refused),
		CASE(decoded), CASE(nothing_unseen), CASE(cut_is_seen),
		CASE(long_message), CASE(typed_before), CASE(narrow), CASE(tabs), CASE(scrolled),
		CASE(many_blocks), CASE(help_fits),
		CASE(long_line), CASE(many_deleted),
	};
	char folder[] = "/tmp/policy.XXXXXX";
	int failed;

	if (!enter_folder(folder))
		return 2;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	unlink("policy.conf");
	unlink("other.conf");
	unlink(".policy.conf.rescued");
	return leave_folder(folder) ? failed : 2;
}
