// SPDX-License-Identifier: GPL-2.0-only
/*
 * Usage: keys COUNT SEED, in the folder that proc/ and sample.log are in
 *
 * Random keys for the editor, mixed with sequences that edit, with the mouse, other
 * sizes and other views, beside a module that files play. It must not crash (the
 * sanitizers look), the picture must be drawn at any size, every rule must be
 * reachable and shown once; whatever was done, taking it all back gives the file byte
 * for byte, doing it again what was there before; what is saved is what was seen;
 * what is read only stays as it is; and nothing is written anywhere but in a folder
 * made for it. Fails if too few edits happened to have tested anything.
 */
#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <unistd.h>

#include "key.h"
#include "left.h"
#include "live.h"
#include "module.h"
#include "mouse.h"
#include "paste.h"
#include "processes.h"
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
	"    20 allow task.history=\"~/usr/lib/systemd/systemd(1;0.0)=>\\{\\*\\}=>/usr/bin/bash\"\n"
	"    30 allow task.domain=\"<sshd>\" transition=\"<sshd>\\040/usr/bin/bash\"\n"
	"rule_group ADMINS\n"
	"    10 allow task.uid=0\n"
	"100 acl write path=@FILES\n"
	"    5 deny\n"
	"\377\0raw\t\n"
	"100 acl inet_stream_connect ip=10.0.0.0/8 port=1-1023\n"
	"    audit 1\n"
	"    10 allow";

/* What is typed in the view of the policy, whose dialogs are closed before. */
static const char *const edits[] = {
	"a10 allow task.uid=7\n", "a    20 deny path=\"/x\\*\"\n", "a100 acl read\n",
	"aaudit 1\n", "alabel x\n", "awrong\n\n", "e\n\n", "sallow/deny/\n", "s0/1/\n",
	"s(/x/\n", "dy", "dn", "astring_group G /x\n", "a\t\n\n", "e \t\t\n\n", "a300 acl \t\n",
	"a    7 allow task.exe=\"/usr/sbin/sshd\"\n", "a    8 deny task.domain=\"<a>\\040/b\"\n",
	"a# a comment\n", "y", "J", "K", "#", "  #", " jjvK", " jjvy", "m deny\nU", "e\x15\n\n",
	"a    9 use ADMINS\n", "e 1\n\n", "Lx\n", "L\x15\n", "Md", "u", "uu\x12", "u\x12\x12", "v*d y",
};

/* What is pasted, wherever that is. */
static const char *const pastes[] = {
	"    5 deny\n", "300 acl read\r\n    10 allow\r\n", "y", "dyqd", "", "\r\n\r", "\033[A\377\t\n",
	"string_group G /a\nstring_group G /b", "task.uid=0",
};

/* The same, but nothing comes of it. */
static const char *const others[] = {
	"hhh\\deny\njj", "hhh\\sshd|uid\njl",
	"\\allow\n", "\\\n\n", "/deny\n", "mallow\n", "\\\x15\n", "qc", "qd", "t", "thhlz", "gjjjjl",
	"zG\n", "wwq", "wwyq", "wxq", "wayq", "wt\nyq", "wRq", "w\n", "Wother.conf\n",
	"W\x15.hidden\n", "!", "nN", "?jjGgq", "?q", "rjjj\nq", "Grkk/deny\nq", "rjrq", "rl", "jjrvxq",
};

/* In the others. */
static const struct {
	u8 view;
	const char *keys;
} elsewhere[] = {
	{ VIEW_PROCESSES, "jjj\njj\n" }, { VIEW_PROCESSES, "z" }, { VIEW_PROCESSES, "Gh hz" },
	{ VIEW_PROCESSES, "/sshd\nnN" }, { VIEW_PROCESSES, "\\passwd\nG\n" },
	{ VIEW_PROCESSES, "m" },	 { VIEW_PROCESSES, "jjjo" },
	{ VIEW_LOG, "kkt" },		 { VIEW_LOG, "gjjthh" },
	{ VIEW_PROCESSES, "\\\x15\n" },	 { VIEW_PROCESSES, "j\nG\n" },
	{ VIEW_LOG, "\\denied\n" },	 { VIEW_LOG, "\\read path=/etc/\\*\n" },
	{ VIEW_LOG, "\n" },		 { VIEW_LOG, "\n\n" },
	{ VIEW_LOG, "/etc\n" },		 { VIEW_LOG, "\\\x15\n" },
	{ VIEW_LOG, "p" },		 { VIEW_LOG, "r\n" },
	{ VIEW_LOG, "kkrjl jl \n" },	 { VIEW_LOG, "gjrdlo\n" },
	{ VIEW_LOG, "Gkre\x15path=\"/x\"\n\n" }, { VIEW_LOG, "kkkrallljjhq" },
	{ VIEW_LOG, "Gna\n\n" },	 { VIEW_DECISIONS, "ynras" },
	{ VIEW_DECISIONS, "jjyq" },
	{ VIEW_DECISIONS, "\n" },	 { VIEW_DECISIONS, "dj y" },
};

static const int keys[] = {
	K_UP, K_DOWN, K_LEFT, K_RIGHT, K_PAGE_UP, K_PAGE_DOWN, K_HOME, K_END, K_TAB, K_BACK_TAB,
	K_ENTER, K_ESCAPE, K_INSERT, K_DELETE, K_BACKSPACE, K_F1, K_F2, K_F3, K_F4, K_F5, K_F6, K_F7,
	K_F8, K_F9, K_F10, K_TICK, K_RESIZE, K_CTRL('r'), ' ', '*', 'v', 'U', 'u', 'J', 'K', 'y', 'd',
	'#', 'z', 'n', 'N', '!', 'x', '"', '@', '=', 0xe4, 0x1f600, 0x300, 'k', 'j', 'g', 'G', 'h', 'l',
	't', 'i', 'r', 'W', 'w', '1', '2', '3', '4', K_CTRL('c'), K_CTRL('u'), K_ALT + 'x', 0, -5,
};

static char start_folder[4096], folder[] = "/tmp/keys.XXXXXX";
static u32 pressed, limit;
/* How many times a filter on the left was looked through. */
static u32 filtered;
static char *log_name = "sample.log";

static void fail(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	printf("not ok: after %u keys: ", pressed);
	vprintf(format, arguments);
	printf("\n");
	va_end(arguments);
	exit(1);
}

/* ------------------------------------------- writing: the linker leads here */

int __real_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...);
int __real_openat(int folder, const char *path, int flags, ...);
int __wrap_openat(int folder, const char *path, int flags, ...);
int __real_renameat(int from_folder, const char *from, int to_folder, const char *to);
int __wrap_renameat(int from_folder, const char *from, int to_folder, const char *to);
int __real_unlink(const char *path);
int __wrap_unlink(const char *path);
int __real_unlinkat(int folder, const char *path, int flags);
int __wrap_unlinkat(int folder, const char *path, int flags);
int __wrap_fsync(int fd);

static u32 writes;

static void check_inside(const char *path)
{
	writes++;
	if (path[0] == '/' || strstr(path, "../"))
		fail("%s would be written", path);
}

/* A folder is here, if it leads nowhere else. */
static void check_inside_of(int folder, const char *path)
{
	char link[40], place[4096] = "", here[4096];

	check_inside(path);
	snprintf(link, sizeof(link), "/proc/self/fd/%d", folder);
	if (folder != AT_FDCWD && (readlink(link, place, sizeof(place) - 1) < 0 ||
				   !getcwd(here, sizeof(here)) || strcmp(place, here)))
		fail("%s would be written in %s", path, place);
}

int __wrap_open(const char *path, int flags, ...)
{
	va_list arguments;
	mode_t mode;

	va_start(arguments, flags);
	mode = flags & O_CREAT ? va_arg(arguments, mode_t) : 0;
	va_end(arguments);
	if ((flags & O_ACCMODE) != O_RDONLY || flags & (O_CREAT | O_TRUNC))
		check_inside(path);
	return __real_open(path, flags, mode);
}

int __wrap_openat(int folder, const char *path, int flags, ...)
{
	va_list arguments;
	mode_t mode;

	va_start(arguments, flags);
	mode = flags & O_CREAT ? va_arg(arguments, mode_t) : 0;
	va_end(arguments);
	if (!(flags & O_PATH) && ((flags & O_ACCMODE) != O_RDONLY || flags & (O_CREAT | O_TRUNC)))
		check_inside_of(folder, path);
	return __real_openat(folder, path, flags, mode);
}

int __wrap_renameat(int from_folder, const char *from, int to_folder, const char *to)
{
	check_inside_of(from_folder, from);
	check_inside_of(to_folder, to);
	return __real_renameat(from_folder, from, to_folder, to);
}

int __wrap_unlink(const char *path)
{
	check_inside(path);
	return __real_unlink(path);
}

int __wrap_unlinkat(int folder, const char *path, int flags)
{
	check_inside_of(folder, path);
	return __real_unlinkat(folder, path, flags);
}

/* Nobody pulls the plug here. */
int __wrap_fsync(int fd)
{
	(void)fd;
	return 0;
}

static void put_file(const char *name, const char *data, size_t length)
{
	FILE *file = fopen(name, "w");

	if (!file || fwrite(data, 1, length, file) != length || fclose(file))
		fail("%s cannot be written", name);
}

static void take_file(const char *name, struct kl_buffer *text)
{
	int fd = open(name, O_RDONLY), got;

	if (fd < 0)
		fail("%s cannot be read", name);
	kl_buffer_clear(text);
	do {
		kl_buffer_room(text, 4096);
		got = read(fd, text->data + text->length, 4096);
		text->length += max(got, 0);
	} while (got > 0);
	text->data[text->length] = 0;
	close(fd);
}

/* ---------------------------------------------------------------- the module */

static struct kl_buffer processes, records;

static void put_kernel(void)
{
	char from[sizeof(start_folder) + 300], to[300];
	struct kl_buffer text = { 0 };
	struct dirent *entry;
	DIR *directory;

	snprintf(from, sizeof(from), "%s/proc", start_folder);
	directory = opendir(from);
	if (!directory || mkdir("proc", 0700))
		fail("no folder proc");
	while ((entry = readdir(directory))) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(from, sizeof(from), "%s/proc/%s", start_folder, entry->d_name);
		snprintf(to, sizeof(to), "proc/%s", entry->d_name);
		take_file(from, &text);
		put_file(to, text.data, text.length);
		if (!strcmp(entry->d_name, "processes"))
			kl_buffer_add(&processes, text.data, text.length);
	}
	closedir(directory);
	snprintf(from, sizeof(from), "%s/sample.log", start_folder);
	take_file(from, &records);
	put_file("sample.log", records.data, records.length);
	snprintf(from, sizeof(from), "%s/queries", start_folder);
	take_file(from, &text);
	put_file("proc/queries", text.data, text.length);
	snprintf(from, sizeof(from), "%s/queries-later", start_folder);
	take_file(from, &text);
	put_file("proc/queries-later", text.data, text.length);
	module_play();
	kl_buffer_free(&text);
	setenv("KELLAS_PROC", "proc", 1);
	setenv("HOME", ".", 1);
}

/* Some processes end, others come again; now and then the module is gone. */
static void change_processes(void)
{
	struct kl_buffer text = { 0 };
	const char *at = processes.data, *newline;

	if (rand() % 10 == 0) {
		__real_unlink("proc/processes");
		return;
	}
	for (; (newline = strchr(at, '\n')); at = newline + 1)
		if (rand() % 4)
			kl_buffer_add(&text, at, newline + 1 - at);
	if (rand() % 10 == 0)
		kl_buffer_puts(&text, "pid=7 history=\"nonsense\\\n\377\n");
	put_file("proc/processes", text.length ? text.data : "", text.length);
	kl_buffer_free(&text);
}

/* The log grows; now and then it begins anew. */
static void add_record(void)
{
	const char *line = records.data + rand() % records.length, *end;
	FILE *file = fopen("sample.log", rand() % 10 ? "a" : "w");

	while (line > records.data && line[-1] != '\n')
		line--;
	end = memchr(line, '\n', records.data + records.length - line) ?:
		      records.data + records.length - 1;
	if (!file || !fwrite(line, end + 1 - line, 1, file) || fclose(file))
		fail("the log cannot be written");
}

/* Some wait for a decision, then others, or nobody; what was answered is of no matter. */
static void ask(void)
{
	static const char *const names[] = { "proc/queries", "proc/queries-later", "proc/nothing" };
	char heard[2000];

	snprintf(module.name, sizeof(module.name), "%s", names[rand() % ARRAY_SIZE(names)]);
	while (read(module.master, heard, sizeof(heard)) > 0)
		;
	module_asks();
}

/* ------------------------------------------------------------------- checks */

static void take_text(const struct editor *editor, struct kl_buffer *text)
{
	kl_buffer_clear(text);
	document_text(editor->document, text);
}

static bool same(const struct kl_buffer *a, const struct kl_buffer *b)
{
	return a->length == b->length && (!a->length || !memcmp(a->data, b->data, a->length));
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
			fail("line %u is shown %u times", i, seen[i]);
	for (i = 0; i < outline->count; i++)
		if (outline->lines[i].kind == KL_STATEMENT_RULE && !seen[i] &&
		    !outline->lines[i].wrong)
			fail("the rule in line %u is out of reach", i);
	free(seen);
}

/* By history, too; and a row that shows nothing would be a riddle. */
static void check_subjects(const struct editor *editor)
{
	const struct outline *outline = &editor->outline;
	struct subjects subjects = { 0 };
	bool *seen = kl_xalloc(outline->count + 1, sizeof(*seen));
	u32 i, k;

	subjects_make(&subjects, outline, editor->document);
	for (i = 0; i < subjects.count; i++) {
		for (k = 0; k < subjects.list[i].count; k++)
			seen[subjects.list[i].lines[k].line] |=
				!subjects.list[i].lines[k].context;
		if (!subjects.list[i].count && subjects.list[i].behind == i + 1 &&
		    subjects.list[i].depth)
			fail("nothing asks for %s", subjects.list[i].name);
	}
	for (i = 0; i < outline->count; i++)
		if (!seen[i] && (outline->lines[i].kind == KL_STATEMENT_RULE ||
				 outline->lines[i].kind == KL_STATEMENT_ACL))
			fail("line %u is out of reach by history", i);
	free(seen);
	subjects_free(&subjects);
}

static bool asked_for(const struct editor *editor, u32 line)
{
	return match_found(&editor->left_filter, document_line(editor->document, line));
}

/* A filter on the left hides nothing that it asks for, whatever was changed meanwhile. */
static void check_left(const struct editor *editor)
{
	const struct outline *outline = &editor->outline;
	const struct subject *subject;
	u32 i, k;

	if (!match_is_set(&editor->left_filter))
		return;
	for (i = 0; !editor->by_subject && i < outline->node_count; i++)
		for (k = 0; k < outline->nodes[i].count; k++)
			if (asked_for(editor, outline->nodes[i].lines[k]) &&
			    left_find(editor, ROW_NODE, i) < 0)
				fail("the filter hides line %u", outline->nodes[i].lines[k]);
	for (i = 0; editor->by_subject && i < editor->subjects.count; i++)
		for (subject = &editor->subjects.list[i], k = 0; k < subject->count; k++)
			if (!subject->lines[k].context &&
			    asked_for(editor, subject->lines[k].line) &&
			    left_find(editor, ROW_SUBJECT, i) < 0)
				fail("the filter hides %s", subject->name);
	filtered++;
}

static void check_folded_nothing(struct editor *editor)
{
	u32 i, nodes = 0;

	match_free(&editor->left_filter);
	if (editor->by_subject)
		editor_turn(editor);
	for (i = 0; i < HEADINGS; i++)
		editor->folded[i] = false;
	editor_fold(editor);
	for (i = 0; i < editor->left_rows.count; i++)
		nodes += editor->left[i].kind == ROW_NODE;
	if (nodes != editor->outline.node_count)
		fail("a block is not shown");
}

/* "saved N lines to NAME" */
static void check_saved(const struct editor *editor)
{
	struct kl_buffer saved = { 0 }, text = { 0 };
	const char *name = strstr(editor->message, " lines to ");

	/* A name that is too long for a message ends with dots, which no other does. */
	if (strncmp(editor->message, "saved ", 6) || !name || strstr(name, "\xe2\x80\xa6"))
		return;
	take_file(name + strlen(" lines to "), &saved);
	take_text(editor, &text);
	if (!same(&saved, &text))
		fail("%s does not hold what was saved", name);
	kl_buffer_free(&saved);
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

/* ---------------------------------------------------------------------- keys */

static void draw(struct editor *editor, struct canvas *canvas)
{
	struct kl_buffer text = { 0 };

	if (rand() % 50 == 0)
		canvas_resize(canvas, rand() % 60 + 1, rand() % 210 + 1);
	editor_draw(editor, canvas);
	editor_shown(editor);
	view_work(editor);
	if (rand() % 50 == 0)
		canvas_dump(canvas, true, &text);
	kl_buffer_free(&text);
}

/* A name that leads elsewhere is not what is tested here. */
static bool leads_elsewhere(const struct editor *editor)
{
	const struct kl_buffer *name = &editor->dialog.prompt.text;

	return editor->dialog.kind == DIALOG_PROMPT && !strncmp(editor->dialog.title, "save", 4) &&
	       name->length && (memchr(name->data, '/', name->length) || strstr(name->data, ".."));
}

static void press(struct editor *editor, struct canvas *canvas, int key)
{
	if (leads_elsewhere(editor))
		key = K_ESCAPE;
	editor_key(editor, key);
	editor->quit = editor->quitting = false;
	check_saved(editor);
	draw(editor, canvas);
	pressed++;
}

static void type(struct editor *editor, struct canvas *canvas, const char *text)
{
	for (; *text; text++)
		press(editor, canvas, *text);
}

static void close_dialogs(struct editor *editor)
{
	while (editor->dialog.kind) {
		editor_shown(editor);
		editor_key(editor, K_ESCAPE);
	}
}

static void use_mouse(struct editor *editor, const struct canvas *canvas)
{
	struct mouse mouse = {
		.kind = rand() % 4,
		.row = rand() % (canvas->rows + 2) - 1,
		.column = rand() % (canvas->columns + 2) - 1,
	};

	editor_mouse(editor, &mouse);
	editor->quit = editor->quitting = false;
	pressed++;
}

static void paste(struct editor *editor)
{
	editor_paste(editor, kl_text_of(pastes[rand() % ARRAY_SIZE(pastes)]));
	check_saved(editor);
	pressed++;
}

static void press_some(struct editor *editor, struct canvas *canvas)
{
	u32 what = rand() % 100, i;

	if (what < 60) {
		press(editor, canvas, keys[rand() % ARRAY_SIZE(keys)]);
	} else if (what < 65) {
		draw(editor, canvas);
		use_mouse(editor, canvas);
	} else if (what < 66) {
		paste(editor);
		press(editor, canvas, rand() % 4 ? 'y' : K_ENTER);
	} else if (what < 67) {
		change_processes();
		add_record();
		ask();
		editor_key(editor, K_TICK);
		pressed++;
	} else if (what < 70) {
		close_dialogs(editor);
		i = rand() % ARRAY_SIZE(elsewhere);
		view_turn(editor, elsewhere[i].view);
		type(editor, canvas, elsewhere[i].keys);
	} else {
		close_dialogs(editor);
		view_turn(editor, VIEW_POLICY);
		editor->focus = rand() % 8 ? PANE_LINES : PANE_NODES;
		if (editor->focus == PANE_LINES && editor->right_rows.count)
			rows_go(&editor->right_rows, rand() % editor->right_rows.count);
		/* What is filtered out cannot be changed. */
		if (rand() % 4)
			type(editor, canvas, "\\\x15\n");
		type(editor, canvas,
		     what < 75 ? others[rand() % ARRAY_SIZE(others)] :
				 edits[rand() % ARRAY_SIZE(edits)]);
	}
}

/* All back, and all again. Return: steps that there were. */
static u32 check_undo(struct editor *editor, const struct kl_buffer *first)
{
	struct kl_buffer now = { 0 }, again = { 0 };
	u32 steps;

	redo_all(editor);
	take_text(editor, &now);
	steps = undo_all(editor);
	take_text(editor, &again);
	if (!same(first, &again))
		fail("undo does not give the file back");
	redo_all(editor);
	take_text(editor, &again);
	if (!same(&now, &again))
		fail("redo does not give the change back");
	kl_buffer_free(&now);
	kl_buffer_free(&again);
	return steps;
}

/* Return: changes that were made, and taken back. */
static u32 edit(struct kl_text start, struct canvas *canvas, bool live)
{
	struct editor *editor = editor_new(start, "policy.conf", false);
	struct kl_buffer first = { 0 };
	u32 rounds, done = 0;

	kl_buffer_add(&first, start.data, start.length);
	editor->logs = &log_name;
	editor->log_count = 1;
	live_open(editor, live);
	draw(editor, canvas);
	for (rounds = 1; pressed < limit; rounds++) {
		press_some(editor, canvas);
		check_left(editor);
		if (rounds % 32)
			continue;
		check_reachable(editor);
		check_subjects(editor);
		/* Nothing is left to edit, or far too much. */
		if (editor->outline.count > 300 || rounds % 1024 == 0) {
			close_dialogs(editor);
			check_folded_nothing(editor);
			done += check_undo(editor, &first);
			undo_all(editor);
		}
	}
	close_dialogs(editor);
	done += check_undo(editor, &first);
	editor_free(editor);
	kl_buffer_free(&first);
	return done;
}

static void look(struct kl_text start, struct canvas *canvas)
{
	struct editor *editor = editor_new(start, "policy.conf", true);
	struct kl_buffer first = { 0 }, now = { 0 };

	editor->logs = &log_name;
	editor->log_count = 1;
	kl_buffer_add(&first, start.data, start.length);
	for (limit += limit / 20; pressed < limit;)
		press_some(editor, canvas);
	take_text(editor, &now);
	if (!same(&first, &now) || document_changed(editor->document))
		fail("what is read only was changed");
	editor_free(editor);
	kl_buffer_free(&first);
	kl_buffer_free(&now);
}

static int remove_one(const char *path, const struct stat *what, int kind, struct FTW *place)
{
	(void)what;
	(void)kind;
	(void)place;
	return remove(path);
}

int main(int argc, char **argv)
{
	struct kl_text start = { policy, sizeof(policy) - 1 };
	unsigned int seed = argc > 2 ? strtoul(argv[2], NULL, 10) : 1;
	u32 count = argc > 1 ? atoi(argv[1]) : 20000, done, least = count / 100;
	struct canvas canvas = { 0 };

	srand(seed);
	if (!getcwd(start_folder, sizeof(start_folder)) || !mkdtemp(folder) || chdir(folder))
		fail("no folder for files");
	put_kernel();
	canvas_resize(&canvas, 24, 80);
	limit = count;
	done = edit(start, &canvas, seed % 2);
	look(start, &canvas);
	printf("%s: %u keys, %u changes, %u writes, %u with a filter on the left, seed %u\n",
	       done < least || !writes || !filtered ? "not ok: too few changes" : "ok", pressed,
	       done, writes, filtered, seed);
	kl_buffer_free(&processes);
	kl_buffer_free(&records);
	canvas_free(&canvas);
	if (chdir("/") || nftw(folder, remove_one, 10, FTW_DEPTH | FTW_PHYS))
		fail("%s cannot be removed", folder);
	return done < least || !writes || !filtered;
}
