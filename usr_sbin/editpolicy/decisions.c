// SPDX-License-Identifier: GPL-2.0
/* Queries of the running kernel. */
#include "decisions.h"
#include "engine/lex.h"
#include "folds.h"
#include "limits.h"
#include "live.h"
#include "log.h"
#include "making.h"
#include "object.h"
#include "view.h"

#define SECOND 1000000ull

struct decisions *decisions_of(struct editor *editor)
{
	struct decisions *decisions = editor->decisions;

	if (decisions)
		return decisions;
	decisions = editor->decisions = kl_xalloc(1, sizeof(*decisions));
	decisions->queries = (struct kl_queries)KL_QUERIES_CLOSED;
	kl_xstrings(&decisions->strings);
	kl_logline_init(&decisions->line, &decisions->strings);
	return decisions;
}

static void forget_groups(struct decisions *decisions)
{
	u32 i;

	for (i = 0; i < decisions->group_count; i++) {
		free(decisions->groups[i].key);
		free(decisions->groups[i].list);
	}
	free(decisions->groups);
	decisions->groups = NULL;
	decisions->group_count = 0;
}

static void forget(struct waiting *waiting)
{
	free(waiting->record);
	kl_buffer_free(&waiting->key);
}

static void forget_all(struct decisions *decisions)
{
	u32 i;

	forget_groups(decisions);
	for (i = 0; i < decisions->count; i++)
		forget(&decisions->list[i]);
	free(decisions->list);
	decisions->list = NULL;
	decisions->count = 0;
	rows_set(&decisions->rows, 0);
}

void decisions_close(struct decisions *decisions)
{
	if (kl_queries_are_open(&decisions->queries))
		kl_queries_close(&decisions->queries);
	forget_all(decisions);
}

void decisions_free(struct decisions *decisions)
{
	if (!decisions)
		return;
	decisions_close(decisions);
	free(decisions->again);
	kl_logline_free(&decisions->line);
	kl_strings_destroy(&decisions->strings);
	free(decisions);
}

static void fail(struct decisions *decisions, const char *which, int error)
{
	snprintf(decisions->failure, sizeof(decisions->failure), "%s: %s", which,
		 error == -ENOENT ? "the module is not loaded" : strerror(-error));
	decisions_close(decisions);
}

void decisions_open(struct editor *editor)
{
	struct decisions *decisions = decisions_of(editor);
	const char *which;
	int error;

	decisions->stopped = false;
	decisions->failure[0] = 0;
	if (editor->readonly) {
		snprintf(decisions->failure, sizeof(decisions->failure),
			 "read only: nothing is decided here");
		return;
	}
	error = kl_queries_open(&decisions->queries, &which);
	if (error)
		fail(decisions, which, error);
	decisions->alive = editor_now(editor);
}

const struct kl_logline *decisions_parse(struct decisions *decisions, const char *record)
{
	struct kl_error error;

	if (kl_logline_parse(&decisions->line, kl_text_of(record), &error) ||
	    decisions->line.kind != KL_LOGLINE_REQUEST)
		return NULL;
	return &decisions->line;
}

/* ---------------------------------------------------------- which are alike */

static void add_history(const struct kl_request *request, struct kl_buffer *key)
{
	struct kl_history_cursor cursor;
	struct kl_program program;

	if (!kl_slot_test(request->present, KL_SLOT_TASK_HISTORY))
		return;
	if (request->value[KL_SLOT_TASK_HISTORY].history->truncated)
		kl_buffer_puts(key, "...");
	cursor = kl_history_walk(request->value[KL_SLOT_TASK_HISTORY].history);
	while (kl_history_next(&cursor, &program)) {
		kl_buffer_puts(key, "=>");
		kl_buffer_encode(key, program.exe);
	}
}

/* What the same program has anew in each process; of its history the names count. */
static bool is_of_process(struct kl_text word)
{
	static const char *const begins[] = { "task.pid=", "task.ppid=", "task.start=",
					      "task.history=" };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(begins); i++)
		if (kl_text_begins(word, begins[i]))
			return true;
	return false;
}

/* What was left out may be what two differ in. */
static bool is_whole(const struct kl_logline *line)
{
	const struct kl_request *request = &line->facts.request;
	bool whole = !line->omitted;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(request->overlong); i++)
		whole &= !request->overlong[i];
	return whole;
}

/* All that the record tells: who permits one request must not permit another with it. */
static void make_key(struct decisions *decisions, const struct waiting *waiting,
		     struct kl_buffer *key)
{
	const struct kl_logline *line = decisions_parse(decisions, waiting->record);
	const struct kl_request *request;
	struct kl_lexer lexer;
	struct kl_word word;

	if (!line) {
		kl_buffer_puts(key, waiting->record);
		return;
	}
	request = &line->facts.request;
	kl_buffer_printf(key, "%u %u %.*s", request->op, line->priority,
			 (int)line->label.length, line->label.data);
	if (!is_whole(line))
		kl_buffer_printf(key, " query %u", waiting->serial);
	kl_lexer_init(&lexer, line->words);
	while (kl_lexer_next(&lexer, &word))
		if (!is_of_process(word.text))
			kl_buffer_printf(key, " %.*s", (int)word.text.length, word.text.data);
	kl_buffer_puts(key, " ");
	add_history(request, key);
}

/* ---------------------------------------------------------------- what waits */

static struct waiting *find(struct decisions *decisions, u32 serial)
{
	u32 i;

	for (i = 0; i < decisions->count; i++)
		if (decisions->list[i].serial == serial)
			return &decisions->list[i];
	return NULL;
}

/* Answers that ask again are few, and what is asked again comes at once. */
static void remember_again(struct decisions *decisions, const struct waiting *waiting)
{
	KL_GROW(decisions->again, decisions->again_count, decisions->again_room);
	decisions->again[decisions->again_count++] =
		(struct again){ waiting->pid, waiting->retry, waiting->first };
}

/* A request that is retried is a new query, but its time as a whole goes on. */
static u64 find_first(struct decisions *decisions, const struct waiting *waiting)
{
	struct again *again = decisions->again;
	u32 i;
	u64 first;

	if (!waiting->retry)
		return waiting->asked;
	for (i = 0; i < decisions->again_count; i++)
		if (again[i].pid == waiting->pid && again[i].retry + 1 == waiting->retry) {
			first = again[i].first;
			again[i] = again[--decisions->again_count];
			return first;
		}
	return 0;
}

/* What did not come again was decided by the policy. */
static void forget_again(struct decisions *decisions, u64 now)
{
	u32 i, kept = 0;

	for (i = 0; i < decisions->again_count; i++)
		if (decisions->again[i].first + KL_QUERY_SECONDS_MAX * SECOND > now)
			decisions->again[kept++] = decisions->again[i];
	decisions->again_count = kept;
}

static void add(struct editor *editor, const struct kl_queries *queries)
{
	struct decisions *decisions = editor->decisions;
	const struct kl_logline *line;
	struct waiting *waiting;

	decisions->list = kl_xrealloc(decisions->list, decisions->count + 1,
				      sizeof(*decisions->list));
	waiting = &decisions->list[decisions->count++];
	waiting->serial = queries->serial;
	waiting->retry = queries->retry;
	waiting->record = kl_xalloc(queries->record.length + 1, 1);
	memcpy(waiting->record, queries->record.data, queries->record.length);
	waiting->there = true;
	line = decisions_parse(decisions, waiting->record);
	waiting->asked = line ? line->time : editor_now(editor);
	waiting->pid = line ? line->pid : 0;
	waiting->first = find_first(decisions, waiting);
	waiting->key = (struct kl_buffer){ 0 };
	make_key(decisions, waiting, &waiting->key);
	waiting->hash = folds_key(0, waiting->key.data, waiting->key.length);
}

/* Return: 0 or a negative errno. */
static int read_all(struct editor *editor)
{
	struct decisions *decisions = editor->decisions;
	struct kl_queries *queries = &decisions->queries;
	struct waiting *waiting;
	u32 i;
	int result;

	for (i = 0; i < decisions->count; i++)
		decisions->list[i].there = false;
	while ((result = kl_queries_next(queries)) > 0) {
		waiting = find(decisions, queries->serial);
		if (waiting)
			waiting->there = true;
		else
			add(editor, queries);
	}
	return result;
}

static void drop_gone(struct decisions *decisions)
{
	u32 i, kept = 0;

	for (i = 0; i < decisions->count; i++)
		if (decisions->list[i].there)
			decisions->list[kept++] = decisions->list[i];
		else
			forget(&decisions->list[i]);
	decisions->count = kept;
}

/* ------------------------------------------------------------------- groups */

static struct alike *find_group(struct decisions *decisions, const char *key, u64 hash)
{
	struct alike *group;
	u32 i;

	for (i = 0; i < decisions->group_count; i++)
		if (decisions->groups[i].hash == hash && !strcmp(decisions->groups[i].key, key))
			return &decisions->groups[i];
	decisions->groups = kl_xrealloc(decisions->groups, decisions->group_count + 1,
					sizeof(*decisions->groups));
	group = &decisions->groups[decisions->group_count++];
	*group = (struct alike){ .key = kl_xstrdup(key), .hash = hash };
	return group;
}

static void make_groups(struct decisions *decisions)
{
	const struct waiting *waiting;
	struct alike *group;
	u32 i;

	forget_groups(decisions);
	for (i = 0; i < decisions->count; i++) {
		waiting = &decisions->list[i];
		group = find_group(decisions, waiting->key.data, waiting->hash);
		group->list = kl_xrealloc(group->list, group->count + 1, sizeof(*group->list));
		group->list[group->count++] = i;
	}
}

static const char *key_here(const struct decisions *decisions)
{
	return decisions->group_count ? decisions->groups[decisions->rows.cursor].key : "";
}

/*
 * The cursor stays on its group. If that has gone, another one is below it now,
 * for which nobody has pressed a key yet.
 */
static void regroup(struct editor *editor)
{
	struct decisions *decisions = editor->decisions;
	char *before = kl_xstrdup(key_here(decisions));
	u32 i;

	make_groups(decisions);
	rows_set(&decisions->rows, decisions->group_count);
	for (i = 0; i < decisions->group_count; i++)
		if (!strcmp(decisions->groups[i].key, before))
			rows_go(&decisions->rows, i);
	if (decisions->group_count && strcmp(key_here(decisions), before) &&
	    editor_view(editor) == &decisions_view)
		editor->fresh = true;
	free(before);
}

/* Somebody is there if a key was pressed here since. */
static int show_life(struct editor *editor)
{
	struct decisions *decisions = editor->decisions;
	bool here = editor_view(editor) == &decisions_view ||
		    (editor_view(editor) == &making_view && editor->making->editor);
	bool pressed = editor->keys != decisions->keys;

	decisions->keys = editor->keys;
	if (!here || !pressed || !decisions->count)
		return 0;
	decisions->alive = editor_now(editor);
	return kl_queries_alive(&decisions->queries);
}

void decisions_read(struct editor *editor)
{
	struct decisions *decisions = editor->decisions;
	int error;

	if (!decisions || !kl_queries_are_open(&decisions->queries))
		return;
	error = read_all(editor);
	forget_again(decisions, editor_now(editor));
	drop_gone(decisions);
	regroup(editor);
	error = error ?: show_life(editor);
	if (error)
		fail(decisions, "query", error);
}

u32 decisions_left(const struct editor *editor, const struct waiting *waiting)
{
	const struct decisions *decisions = editor->decisions;
	u64 end = max(waiting->asked, decisions->alive) + KL_QUERY_SECONDS * SECOND;
	u64 now = editor_now(editor);

	end = min(end, (waiting->first ?: waiting->asked) + KL_QUERY_SECONDS_MAX * SECOND);
	return end > now ? (end - now + SECOND - 1) / SECOND : 0;
}

u32 decisions_group_left(const struct editor *editor, const struct alike *group, bool *known)
{
	const struct waiting *list = editor->decisions->list;
	u32 left = ~0u, i;

	*known = true;
	for (i = 0; i < group->count; i++) {
		left = min(left, decisions_left(editor, &list[group->list[i]]));
		*known &= list[group->list[i]].first != 0;
	}
	return left;
}

void decisions_draw_left(const struct editor *editor, struct canvas *canvas, int column,
			 u32 serial)
{
	const struct waiting *waiting = find(editor->decisions, serial);
	int width = canvas->columns - column;

	if (waiting)
		canvas_print(canvas, 0, column, width, STYLE_NOTICE, "%s%u s left",
			     waiting->first ? "" : "<", decisions_left(editor, waiting));
	else
		canvas_print(canvas, 0, column, width, STYLE_ERROR, "it waits no more");
}

/* ------------------------------------------------------------------ answers */

static const struct alike *group_of(const struct decisions *decisions, u32 serial)
{
	u32 i, k;

	for (i = 0; i < decisions->group_count; i++)
		for (k = 0; k < decisions->groups[i].count; k++)
			if (decisions->list[decisions->groups[i].list[k]].serial == serial)
				return &decisions->groups[i];
	return NULL;
}

static u32 reply_group(struct editor *editor, const struct alike *group, enum kl_reply reply)
{
	struct decisions *decisions = editor->decisions;
	int error = 0;
	u32 i;

	for (i = 0; i < group->count && !error; i++) {
		error = kl_queries_reply(&decisions->queries,
					 decisions->list[group->list[i]].serial, reply);
		decisions->list[group->list[i]].there = false;
		if (reply == KL_REPLY_RETRY)
			remember_again(decisions, &decisions->list[group->list[i]]);
	}
	/* To the kernel, whatever is written is a sign of life for all that waits. */
	decisions->alive = editor_now(editor);
	if (error) {
		fail(decisions, "query", error);
		return 0;
	}
	drop_gone(decisions);
	regroup(editor);
	return i;
}

u32 decisions_reply(struct editor *editor, enum kl_reply reply)
{
	struct decisions *decisions = editor->decisions;

	if (!decisions->group_count)
		return 0;
	return reply_group(editor, &decisions->groups[decisions->rows.cursor], reply);
}

/* Is the block of the kernel the one that the rule was made for? */
static bool is_same_block(const struct kl_buffer *answer, const struct making *making)
{
	struct kl_text rest = kl_buffer_text(answer), line, head;
	u32 number = making->preview.place.head;

	if (!number)
		return false;
	head = document_line(making->editor->document, number - 1);
	while (rest.length) {
		line = kl_text_head(rest, strcspn(rest.data, "\n"));
		rest = kl_text_from(rest, min(line.length + 1, rest.length));
		if (line.length && line.data[0] != '#')
			return line.length == head.length &&
			       !memcmp(line.data, head.data, head.length);
	}
	return false;
}

void decisions_rule(struct editor *editor)
{
	struct decisions *decisions = editor->decisions;
	struct kl_buffer text = { 0 }, answer = { 0 };
	const struct waiting *waiting;
	struct editor *running;
	int error;

	if (!decisions->group_count)
		return;
	waiting = &decisions->list[decisions->groups[decisions->rows.cursor].list[0]];
	error = live_read_policy(&text);
	error = error ?: kl_queries_block(&decisions->queries, waiting->serial, NULL, &answer);
	if (error) {
		editor_say(editor, STYLE_ERROR, "policy: %s", strerror(-error));
	} else {
		/* What else a rule matches can be told then. */
		log_read(log_open(editor));
		running = editor_new(kl_buffer_text(&text), "the running policy", true);
		making_for_query(editor, kl_text_of(waiting->record), running, waiting->serial);
		if (!is_same_block(&answer, editor->making)) {
			view_back(editor);
			editor_say(editor, STYLE_ERROR,
				   "the kernel says that another block denied; r asks again");
		}
	}
	kl_buffer_free(&text);
	kl_buffer_free(&answer);
}

/* The same rule for the document, where it has a block that denies the same. */
static bool add_to_document(struct editor *editor, u32 *line)
{
	struct making *making = editor->making;

	editor_free(making->editor);
	making->editor = NULL;
	making_preview(editor);
	*line = making->preview.place.at + making->preview.rule + 1;
	if (editor->readonly || !making->preview.possible || !making->preview.place.denies ||
	    !making->preview.decides)
		return false;
	making_put(making, editor);
	return true;
}

/* The running policy has the rule now, which is no surprise. */
static void expect_rule(struct editor *editor)
{
	struct making *making = editor->making;
	struct kl_buffer before = { 0 }, after = { 0 };

	document_text(making->editor->document, &before);
	making_put(making, making->editor);
	document_text(making->editor->document, &after);
	live_expect(editor, kl_buffer_text(&before), kl_buffer_text(&after));
	kl_buffer_free(&before);
	kl_buffer_free(&after);
}

static void say_added(struct editor *editor, u32 replied)
{
	u32 line;

	if (add_to_document(editor, &line))
		editor_say(editor, STYLE_PLAIN,
			   "%u asked again; the rule is in the running kernel, and line %u here",
			   replied, line);
	else
		editor_say(editor, STYLE_NOTICE,
			   "%u asked again; the rule is in the running kernel, not in the document",
			   replied);
}

void decisions_add_rule(struct editor *editor)
{
	struct decisions *decisions = decisions_of(editor);
	struct making *making = editor->making;
	const struct alike *group = group_of(decisions, making->serial);
	struct kl_buffer answer = { 0 };
	struct kl_error refusal;
	int error;

	if (!making->preview.possible || !group) {
		editor_say(editor, STYLE_ERROR, "%s",
			   group ? making->preview.why_not :
				   "it waits no more; make a rule of its record in the log");
		return;
	}
	error = kl_queries_block(&decisions->queries, making->serial, making_rule(making),
				 &answer);
	if (error) {
		editor_say(editor, STYLE_ERROR, "the kernel refuses it: %s",
			   kl_queries_refusal(&answer, &refusal) ? refusal.text :
								   strerror(-error));
	} else {
		view_back(editor);
		expect_rule(editor);
		say_added(editor, reply_group(editor, group, KL_REPLY_RETRY));
	}
	kl_buffer_free(&answer);
}
