// SPDX-License-Identifier: GPL-2.0
/* What would have become of recorded requests. */
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "engine/lex.h"
#include "live.h"
#include "preview.h"
#include "records.h"
#include "replay.h"

/* Of each file, its end; and no longer than that. */
#define TAIL_SIZE  (16u << 20)
#define TIME_MAX   10u /* seconds of work */
#define PIECE_TIME 40u /* milliseconds between two looks at the keyboard */
/* Changes that are listed, and programs and objects of each. */
#define CHANGES_SHOWN 40u
#define ITEMS_SHOWN   3u

/**
 * struct preview - records being judged
 * @strings: of the log
 * @log: being read; NULL: there is none, @records are
 * @records: those that the module holds
 * @replay: what came of it so far
 * @name: of the log
 * @from: time of the first record, microseconds since the epoch; 0: none yet
 * @worked: milliseconds so far
 */
struct preview {
	struct kl_strings strings;
	struct kl_log *log;
	struct kl_records *records;
	struct kl_replay *replay;
	const char *name;
	u64 from;
	u64 worked;
};

static bool open_log(struct preview *preview, char **names, int count)
{
	preview->name = count == 1 ? names[0] : "the logs";
	preview->log = kl_log_open(names, count, &preview->strings);
	if (preview->log)
		kl_log_tail(preview->log, TAIL_SIZE);
	return preview->log;
}

/* Without a log there is what the module holds. */
static bool open_records(struct preview *preview, const struct editor *editor)
{
	static char *usual[] = { KL_LOG_DEFAULT };
	int status;

	if (editor->log_count)
		return open_log(preview, editor->logs, editor->log_count);
	if (!access(usual[0], R_OK) || !editor->live || editor->live->error)
		return open_log(preview, usual, 1);
	preview->name = "the module";
	preview->records = kl_records_open_module(&preview->strings, &status);
	return preview->records;
}

static const char *missing_log(const struct editor *editor)
{
	if (editor->log_count)
		return access(editor->logs[0], R_OK) ? editor->logs[0] : NULL;
	return access(KL_LOG_DEFAULT, R_OK) && (!editor->live || editor->live->error) ?
		       KL_LOG_DEFAULT : NULL;
}

struct preview *preview_new(struct editor *editor, struct changes *changes)
{
	const char *missing = missing_log(editor);
	struct preview *preview;

	if (missing) {
		changes_add(changes, STYLE_FAINT, 0,
			    "  nothing: %s cannot be read; --log names another log", missing);
		return NULL;
	}
	preview = kl_xalloc(1, sizeof(*preview));
	kl_xstrings(&preview->strings);
	if (!open_records(preview, editor)) {
		changes_add(changes, STYLE_ERROR, 0, "  nothing: the records cannot be read");
		preview_free(preview);
		return NULL;
	}
	preview->replay = kl_replay_new(changes->after, changes->before, false);
	return preview;
}

void preview_free(struct preview *preview)
{
	if (!preview)
		return;
	if (preview->replay)
		kl_replay_free(preview->replay);
	kl_log_close(preview->log);
	if (preview->records)
		kl_records_close(preview->records);
	kl_strings_destroy(&preview->strings);
	free(preview);
}

u32 preview_percent(const struct preview *preview)
{
	const struct kl_log_counts *counts = preview->log ? kl_log_counts(preview->log) : NULL;

	return counts && counts->size ? min_t(u64, counts->bytes * 100 / counts->size, 100) : 0;
}

/* ------------------------------------------------------------------ results */

static const struct {
	const char *text;
	u8 style;
} kinds[KL_REPLAY_KINDS] = {
	[KL_REPLAY_DENIED] = { "would be denied", STYLE_DENY },
	[KL_REPLAY_PERMITTED] = { "would be permitted", STYLE_ALLOW },
	[KL_REPLAY_RESULT] = { "same verdict, other result of a block", STYLE_PLAIN },
	[KL_REPLAY_TRANSITION] = { "would enter another domain", STYLE_NOTICE },
	[KL_REPLAY_UNLOGGED] = { "no longer recorded", STYLE_NOTICE },
	[KL_REPLAY_LOGGED] = { "recorded in addition", STYLE_PLAIN },
	[KL_REPLAY_PRIORITY] = { "same, by a block of another number", STYLE_FAINT },
};

static void put_time(u64 microseconds, char text[32])
{
	time_t seconds = microseconds / 1000000;
	struct tm tm;

	gmtime_r(&seconds, &tm);
	strftime(text, 32, "%Y-%m-%d %H:%M:%SZ", &tm);
}

static void add_summary(struct preview *preview, struct changes *changes,
			const struct kl_replay_result *result, bool late)
{
	static const struct kl_log_counts none;
	const struct kl_log_counts *counts = preview->log ? kl_log_counts(preview->log) : &none;
	char from[32] = "";
	u64 changed = 0;
	u32 kind;

	for (kind = 0; kind < KL_REPLAY_KINDS; kind++)
		changed += result->kinds[kind];
	put_time(preview->from, from);
	if (!result->requests) {
		changes_add(changes, STYLE_FAINT, 0, "  nothing: no request is recorded in %s",
			    preview->name);
		return;
	}
	changes_add(changes, changed ? STYLE_TITLE : STYLE_PLAIN, 0,
		    "  %llu of %llu recorded requests, %llu undecided; %s, since %s",
		    (unsigned long long)changed, (unsigned long long)result->requests,
		    (unsigned long long)result->undecided, preview->name, from);
	if (counts->left_out)
		changes_add(changes, STYLE_NOTICE, 0, "  only the last %u MiB of the log were read",
			    TAIL_SIZE >> 20);
	if (late)
		changes_add(changes, STYLE_NOTICE, 0,
			    "  stopped after %u seconds: what came later is not judged", TIME_MAX);
	if (preview->records && !kl_records_is_whole(preview->records))
		changes_add(changes, STYLE_NOTICE, 0,
			    "  some records are missing: they were lost, or kept out by a quota");
	if (counts->lost + counts->suppressed)
		changes_add(changes, STYLE_NOTICE, 0, "  %llu records are missing, the log says",
			    (unsigned long long)(counts->lost + counts->suppressed));
}

static void add_items(struct changes *changes, const struct kl_replay_change *change)
{
	u64 rest = change->unlisted;
	u32 i;

	for (i = 0; i < change->item_count; i++) {
		const struct kl_replay_item *item = change->items[i];

		if (i < ITEMS_SHOWN)
			changes_add(changes, STYLE_PLAIN, 0, "      %llu times %s%s%s",
				    (unsigned long long)item->example.count,
				    *item->object ? item->object : "something",
				    *item->program ? " by " : "", item->program);
		else
			rest += item->example.count;
	}
	if (rest)
		changes_add(changes, STYLE_FAINT, 0, "      %llu times others",
			    (unsigned long long)rest);
}

static void add_change(struct changes *changes, const struct kl_replay_change *change)
{
	u32 line = change->after.rule ?: change->after.block;
	struct kl_text text = line ? kl_source_line(&changes->after->source, line) :
				     kl_text_of("no block matches");

	text = kl_text_from(text, strspn(text.data, " \t"));
	changes_add(changes, kinds[change->kind].style, line, "  %s: %llu times %s, %s%.*s",
		    kinds[change->kind].text, (unsigned long long)change->example.count,
		    kl_op_table[change->op].keyword, line ? "by " : "", (int)text.length,
		    text.data);
	add_items(changes, change);
}

static void add_open(struct changes *changes, const struct kl_replay_open *open)
{
	char name[KL_SLOT_NAME_MAX];

	changes_add(changes, STYLE_NOTICE, open->old ? 0 : open->block,
		    "  undecided: %llu times %s: the records lack %s, which is asked for",
		    (unsigned long long)open->example.count, kl_op_table[open->op].keyword,
		    kl_slot_name(open->op, open->slot, name));
}

static void add_result(struct preview *preview, struct changes *changes, bool late)
{
	const struct kl_replay_result *result = kl_replay_result(preview->replay);
	u32 i;

	add_summary(preview, changes, result, late);
	for (i = 0; i < result->change_count && i < CHANGES_SHOWN; i++)
		add_change(changes, result->changes[i]);
	if (result->change_count > CHANGES_SHOWN)
		changes_add(changes, STYLE_FAINT, 0, "  and %u more; kellasctl replay lists all",
			    result->change_count - CHANGES_SHOWN);
	for (i = 0; i < result->open_count && i < CHANGES_SHOWN; i++)
		if (result->opens[i]->verdict)
			add_open(changes, result->opens[i]);
	if (result->contradicted.count)
		changes_add(changes, STYLE_NOTICE, 0,
			    "  %llu of them were decided by yet another policy than the one compared with",
			    (unsigned long long)result->contradicted.count);
	if (result->bugs)
		changes_add(changes, STYLE_ERROR, 0,
			    "  NOT TO BE TRUSTED: the engine disagrees with itself about %llu requests; please report it",
			    (unsigned long long)result->bugs);
}

static bool next_record(struct preview *preview, const struct kl_logline **line,
			struct kl_log_place *place)
{
	if (preview->log) {
		if (!kl_log_next(preview->log, line))
			return false;
		*place = kl_log_place(preview->log);
		return true;
	}
	*place = (struct kl_log_place){ .file = preview->name };
	return kl_records_next(preview->records, line) > 0;
}

bool preview_work(struct preview *preview, struct changes *changes)
{
	u64 begin = clock_ms(), passed = 0;
	const struct kl_logline *line;
	struct kl_log_place place;
	u32 count = 0;

	while (passed < PIECE_TIME && preview->worked + passed < TIME_MAX * 1000) {
		if (!next_record(preview, &line, &place)) {
			add_result(preview, changes, false);
			return false;
		}
		if (!preview->from && line->kind == KL_LOGLINE_REQUEST)
			preview->from = line->time;
		kl_replay_add(preview->replay, line, place);
		if (++count % 32 == 0)
			passed = clock_ms() - begin;
	}
	preview->worked += passed;
	if (preview->worked < TIME_MAX * 1000)
		return true;
	add_result(preview, changes, true);
	return false;
}
