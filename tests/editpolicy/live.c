// SPDX-License-Identifier: GPL-2.0-only
/*
 * The running policy edited: what becomes of the text, and of what is on trial,
 * whatever the module answers. Its files are ordinary ones, and its answers are made
 * here; the module itself answers in guest.sh.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "changes.h"
#include "hands.h"
#include "key.h"
#include "live.h"
#include "rescue.h"
#include "view.h"

#define RESCUED "proc/.kellas-running-policy.rescued"

#define POLICY "100 acl read\n    audit 1\n    10 allow task.uid=0\n    20 deny\n"

/**
 * module - what plays it
 * @generation, @reverts, @confirm, @locked: of its stat
 * @refusal: NULL, or how it refuses
 * @applied: transactions so far
 * @confirms: seconds of the last one
 * @command: the last one
 * @before: text of the policy that a trial replaced
 */
static struct {
	u64 generation, reverts, confirm;
	bool locked;
	const struct kl_refusal *refusal;
	u32 applied, confirms;
	char command[20];
	char before[1000];
} module;

static void put(const char *name, const char *text, size_t length)
{
	FILE *file = fopen(name, "w");

	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, length, file), length);
	fclose(file);
}

static void put_stat(void)
{
	char text[300];

	snprintf(text, sizeof(text),
		 "policy generation=%llu publications=1 reverts=%llu confirm=%llu locked=%d\n"
		 "block hits=3 denials=0 lost=0 last=1.0 line=1 unenforced=0 / 100 acl read\n",
		 (unsigned long long)module.generation, (unsigned long long)module.reverts,
		 (unsigned long long)module.confirm, module.locked);
	put("proc/stat", text, strlen(text));
}

static void put_policy(const char *text, size_t length)
{
	put("proc/policy", text, length);
	module.generation++;
	put_stat();
}

int __wrap_kl_apply(const struct kl_apply *apply, struct kl_refusal *refusal);
int __wrap_kl_apply_command(const char *line, struct kl_refusal *refusal);

int __wrap_kl_apply(const struct kl_apply *apply, struct kl_refusal *refusal)
{
	struct kl_buffer running = { 0 };

	module.applied++;
	if (module.refusal) {
		*refusal = *module.refusal;
		return refusal->result;
	}
	assert_int_equal(live_read_policy(&running), 0);
	assert_non_null(apply->expected);
	assert_true(kl_apply_same(kl_buffer_text(&running), kl_buffer_text(apply->expected)));
	snprintf(module.before, sizeof(module.before), "%s", running.data);
	kl_buffer_free(&running);
	module.confirm = module.confirms = apply->confirm;
	put_policy(apply->text.data, apply->text.length);
	return 0;
}

static void take_back(void)
{
	module.confirm = 0;
	module.reverts++;
	put_policy(module.before, strlen(module.before));
}

int __wrap_kl_apply_command(const char *line, struct kl_refusal *refusal)
{
	if (module.refusal) {
		*refusal = *module.refusal;
		return refusal->result;
	}
	snprintf(module.command, sizeof(module.command), "%s", line);
	if (!strcmp(line, "revert\n"))
		take_back();
	module.confirm = 0;
	put_stat();
	return 0;
}

/* ------------------------------------------------------------------ the keys */

static void second(void)
{
	editor->live->next = 0;
	press(K_TICK);
}

/* The running policy with one line more, which the last key has not applied yet. */
static int begin(void **state)
{
	struct kl_buffer text = { 0 };

	(void)state;
	memset(&module, 0, sizeof(module));
	put_policy(POLICY, strlen(POLICY));
	assert_int_equal(live_read_policy(&text), 0);
	editor = editor_new(kl_buffer_text(&text), NULL, false);
	kl_buffer_free(&text);
	live_open(editor, true);
	canvas_resize(&canvas, 30, 120);
	press(K_TAB);
	press('G');
	type("a\x15    30 allow task.uid=7\n");
	assert_true(document_changed(editor->document));
	assert_int_equal(document_lines(editor->document), 5);
	return 0;
}

static int end(void **state)
{
	(void)state;
	editor_free(editor);
	unlink(RESCUED);
	return 0;
}

static void apply(void)
{
	press(K_F2);
	press(K_F5);
	assert_true(shows("replace the running policy, 1 difference? y/n"));
	press('y');
}

static void try(void)
{
	press(K_F2);
	press(K_F6);
	press(K_ENTER);
	assert_true(shows("for 60 seconds"));
	press('y');
	assert_int_equal(module.confirms, 60);
	assert_true(shows("ON TRIAL"));
	assert_true(document_changed(editor->document));
}

/* ----------------------------------------------------------------- the cases */

static void applied(void **state)
{
	(void)state;
	apply();
	assert_int_equal(module.applied, 1);
	assert_int_equal(module.confirms, 0);
	assert_false(document_changed(editor->document));
	assert_true(shows("nothing that the kernel would notice"));
	assert_false(editor->live->foreign);
}

static void no_is_no(void **state)
{
	(void)state;
	press(K_F2);
	press(K_F5);
	press('n');
	press(K_F5);
	press(K_ESCAPE);
	assert_int_equal(module.applied, 0);
}

static void typed_ahead(void **state)
{
	(void)state;
	press(K_F2);
	editor_key(editor, K_F5);
	editor_key(editor, 'y'); /* nobody can have seen the question */
	assert_int_equal(module.applied, 0);
	assert_true(shows("y/n"));
	editor_shown(editor);
	press('y');
	assert_int_equal(module.applied, 1);
}

static void refused_at_its_line(void **state)
{
	static const struct kl_refusal refusal = {
		.result = -EINVAL, .opened = true, .told = true,
		.error = { .line = 3, .column = 8, .text = "not in this build" },
	};

	(void)state;
	module.refusal = &refusal;
	apply();
	assert_true(document_changed(editor->document));
	assert_int_equal(editor_line(editor), 2);
	assert_true(shows("the kernel refuses line 3: not in this build"));
	assert_true(shows("!    10 allow task.uid=0"));
	assert_true(shows("The kernel refuses it: not in this build"));
	press('#');
	assert_false(shows("The kernel refuses it"));
}

static void changed_meanwhile(void **state)
{
	static const struct kl_refusal refusal = { .result = -ESTALE, .opened = true };

	(void)state;
	module.refusal = &refusal;
	apply();
	assert_true(document_changed(editor->document));
	assert_true(shows("nothing was applied: the running policy was changed by somebody else"));
}

static void kept(void **state)
{
	(void)state;
	try();
	press(K_F9);
	assert_string_equal(module.command, "confirm\n");
	assert_false(document_changed(editor->document));
	assert_false(shows("ON TRIAL"));
}

static void taken_back(void **state)
{
	(void)state;
	try();
	press(K_F8);
	assert_string_equal(module.command, "revert\n");
	assert_true(document_changed(editor->document));
	assert_true(shows("+     30 allow task.uid=7"));
	assert_false(editor->live->foreign);
}

static void went_back_by_itself(void **state)
{
	(void)state;
	try();
	take_back();
	second();
	assert_true(shows("it was not confirmed"));
	assert_true(document_changed(editor->document));
	assert_false(editor->live->foreign);
	press('x');
	assert_true(shows("+     30 allow task.uid=7"));
}

static void confirmed_elsewhere(void **state)
{
	(void)state;
	try();
	module.confirm = 0;
	put_stat();
	second();
	assert_true(shows("confirmed by somebody else"));
	assert_false(document_changed(editor->document));
}

/* What is kept is what was tried, not what the text has become since. */
static void edited_on_trial(void **state)
{
	(void)state;
	try();
	press(K_F10);
	press('u');
	press(K_F2);
	press(K_F9);
	assert_true(document_changed(editor->document));
	press(K_F10);
	press(K_CTRL('r'));
	assert_false(document_changed(editor->document));
}

static void undone_and_applied(void **state)
{
	struct kl_buffer running = { 0 };

	(void)state;
	apply();
	press(K_F10);
	press('u');
	assert_true(document_changed(editor->document));
	apply();
	assert_int_equal(module.applied, 2);
	assert_false(document_changed(editor->document));
	assert_int_equal(live_read_policy(&running), 0);
	assert_string_equal(running.data, POLICY);
	kl_buffer_free(&running);
}

static void somebody_else(void **state)
{
	static const char other[] = "100 acl read\n    audit 1\n    20 deny\n";

	(void)state;
	press(K_F2);
	put_policy(other, strlen(other));
	second();
	assert_true(shows("SOMEBODY ELSE has changed the running policy"));
	assert_true(shows("+     10 allow task.uid=0"));
	press(K_F5);
	assert_true(shows("SOMEBODY ELSE changed it since"));
	press('n');
	assert_int_equal(module.applied, 0);
	press('R');
	assert_false(document_changed(editor->document));
	assert_true(shows("nothing that the kernel would notice"));
}

/* Before the screen has shown their change, one more key is wanted. */
static void somebody_else_just_now(void **state)
{
	static const char other[] = "100 acl read\n    audit 1\n    20 deny\n";

	(void)state;
	press(K_F2);
	put_policy(other, strlen(other));
	press(K_F5);
	assert_false(shows("y/n"));
	assert_true(shows("SOMEBODY ELSE has changed"));
	press(K_F5);
	assert_true(shows("SOMEBODY ELSE changed it since"));
}

static void locked(void **state)
{
	(void)state;
	module.locked = true;
	put_stat();
	press(K_F2);
	press(K_F5);
	assert_true(shows("locked until reboot: nothing can be applied"));
	press(K_F6);
	assert_int_equal(editor->dialog.kind, DIALOG_NONE);
	assert_int_equal(module.applied, 0);
}

static void wrong(void **state)
{
	(void)state;
	type("a\x15nonsense\n\n");
	press(K_F2);
	press(K_F5);
	assert_true(shows("it is wrong"));
	assert_int_equal(module.applied, 0);
}

static void unloaded(void **state)
{
	(void)state;
	rename("proc/stat", "proc/gone");
	press(K_F2);
	press(K_F5);
	rename("proc/gone", "proc/stat");
	assert_true(shows("the module cannot be reached"));
	assert_int_equal(module.applied, 0);
}

static void readonly(void **state)
{
	(void)state;
	editor->readonly = true;
	press(K_F2);
	press(K_F5);
	press(K_F6);
	press('R');
	assert_true(shows("read only"));
	assert_int_equal(module.applied, 0);
}

static void leaving_a_trial(void **state)
{
	(void)state;
	try();
	press(K_F10);
	press(K_F10);
	assert_true(shows("Keep it, Take it back, Leave it"));
	press('c');
	assert_false(editor->quit);
	press(K_F10);
	press('k');
	assert_string_equal(module.command, "confirm\n");
	assert_true(editor->quit);
}

/* What the text has become since is no part of what is on trial. */
static void leaving_what_was_not_tried(void **state)
{
	(void)state;
	try();
	press(K_F10);
	press(K_F10);
	press('c');
	type("a\x15    40 allow task.uid=8\n");
	press(K_F10);
	press('l');
	assert_false(editor->quit);
	assert_true(shows("the changes are not applied"));
	press('c');
	press('u');
	press(K_F10);
	press('l');
	assert_true(editor->quit);
}

/* Of a file, too, that was saved nowhere. */
static void leaving_a_file(void **state)
{
	static const struct kl_refusal refusal = { .result = -EPERM, .opened = true };

	(void)state;
	try();
	editor->live->document = false;
	press(K_F10);
	press(K_F10);
	press('l');
	assert_false(editor->quit);
	press('c');
	document_saved(editor->document);
	module.refusal = &refusal;
	press(K_F10);
	press('k');
	assert_true(shows("not permitted"));
	assert_false(editor->quit);
}

static void somebody_else_while_asked(void **state)
{
	static const char other[] = "100 acl read\n    audit 1\n    20 deny\n";

	(void)state;
	press(K_F2);
	press(K_F5);
	assert_true(shows("replace the running policy, 1 difference? y/n"));
	put_policy(other, strlen(other));
	second();
	press('y');
	assert_int_equal(module.applied, 0);
	assert_true(shows("SOMEBODY ELSE changed it since"));
	press('y');
	assert_int_equal(module.applied, 1);
}

/* The kernel would take it, and do what no picture has shown. */
static void commands(void **state)
{
	(void)state;
	type("a\x15" "delete 100 acl read\n\n");
	press(K_F2);
	assert_true(shows("this is for changing a policy"));
	press(K_F5);
	assert_true(shows("it is wrong"));
	press('y');
	assert_int_equal(module.applied, 0);
}

/* Between two readings the seconds go on. */
static void seconds_left(void **state)
{
	(void)state;
	try();
	editor->live->hits.tally.when -= 20 * 1000000000ull;
	assert_true(live_left(editor) <= 40);
	editor->live->hits.tally.when -= 60 * 1000000000ull;
	editor->live->next = ~0ull;
	take_back();
	press(K_TICK);
	assert_true(shows("it was not confirmed"));
}

/* A policy that could not be read is read again. */
static void read_again(void **state)
{
	static const char other[] = "100 acl read\n    audit 1\n    20 deny\n";

	(void)state;
	press(K_F2);
	put_policy(other, strlen(other));
	rename("proc/policy", "proc/gone");
	second();
	rename("proc/gone", "proc/policy");
	second();
	assert_true(shows("SOMEBODY ELSE has changed the running policy"));
}

/* What somebody else tries is neither kept nor taken back by one key. */
static void trial_of_somebody_else(void **state)
{
	static const char other[] = "100 acl read\n    audit 1\n    20 deny\n";

	(void)state;
	press(K_F2);
	module.confirm = 30;
	put_policy(other, strlen(other));
	second();
	assert_true(shows("ON TRIAL by SOMEBODY ELSE"));
	/* In every view. */
	assert_true(shows("[not what runs]"));
	press(K_F9);
	assert_true(shows("SOMEBODY ELSE tries that policy"));
	press('n');
	assert_string_equal(module.command, "");
	press(K_F8);
	assert_true(shows("Take it back? y/n"));
	press('n');
	assert_string_equal(module.command, "");
	press(K_F9);
	press('y');
	assert_string_equal(module.command, "confirm\n");
	assert_true(shows("SOMEBODY ELSE has changed the running policy"));
	assert_true(document_changed(editor->document));
}

/* What is left to its time is offered if that has passed, and forgotten if it was kept. */
static void left_to_its_time(void **state)
{
	struct kl_buffer text = { 0 };

	(void)state;
	try();
	press(K_F10);
	press(K_F10);
	press('l');
	assert_true(editor->quit);
	assert_int_equal(access(RESCUED, F_OK), 0);
	editor_free(editor);
	assert_int_equal(live_read_policy(&text), 0);
	editor = editor_new(kl_buffer_text(&text), NULL, false);
	kl_buffer_free(&text);
	live_open(editor, true);
	rescue_offer(editor);
	assert_int_equal(editor->dialog.kind, DIALOG_NONE);
	assert_int_equal(access(RESCUED, F_OK), 0);
	editor_free(editor);
	take_back();
	assert_int_equal(live_read_policy(&text), 0);
	editor = editor_new(kl_buffer_text(&text), NULL, false);
	kl_buffer_free(&text);
	live_open(editor, true);
	rescue_offer(editor);
	editor_draw(editor, &canvas);
	editor_shown(editor);
	assert_true(shows("Changes were rescued"));
	press('y');
	assert_true(shows("30 allow task.uid=7"));
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		CASE(applied), CASE(no_is_no), CASE(typed_ahead), CASE(refused_at_its_line),
		CASE(changed_meanwhile), CASE(kept), CASE(taken_back), CASE(went_back_by_itself),
		CASE(confirmed_elsewhere), CASE(edited_on_trial), CASE(undone_and_applied),
		CASE(somebody_else), CASE(somebody_else_just_now), CASE(locked), CASE(wrong),
		CASE(unloaded), CASE(readonly), CASE(leaving_a_trial),
		CASE(leaving_what_was_not_tried), CASE(leaving_a_file),
		CASE(somebody_else_while_asked), CASE(commands), CASE(seconds_left),
		CASE(read_again), CASE(trial_of_somebody_else), CASE(left_to_its_time),
	};
	char folder[] = "/tmp/live.XXXXXX";
	int failed;

	if (!mkdtemp(folder) || chdir(folder) || mkdir("proc", 0700) ||
	    setenv("KELLAS_PROC", "proc", 1) || setenv("HOME", "proc", 1))
		return 2;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	canvas_free(&canvas);
	unlink("proc/stat");
	unlink("proc/policy");
	if (rmdir("proc") || chdir("/") || rmdir(folder))
		return 2;
	return failed;
}
