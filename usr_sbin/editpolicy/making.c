// SPDX-License-Identifier: GPL-2.0
/* Records to rules. */
#include "clock.h"
#include "engine/lex.h"
#include "explain.h"
#include "log.h"
#include "making.h"
#include "object.h"
#include "view.h"

/* Number of a new block, and the index that its records count for. */
#define BLOCK_PRIORITY 100
#define BLOCK_AUDIT 1

static void clear_preview(struct making_preview *preview)
{
	u32 i;

	for (i = 0; i < preview->count; i++)
		free(preview->lines[i]);
	for (i = 0; i < preview->pair_count; i++) {
		free(preview->pairs[i].program);
		free(preview->pairs[i].object);
	}
	memset(preview, 0, sizeof(*preview));
}

/* All were asked, or nobody wants it any more. */
static void end_counting(struct making *making)
{
	if (making->tried)
		editor_free(making->tried);
	making->tried = NULL;
}

static void clear(struct making *making)
{
	end_counting(making);
	clear_preview(&making->preview);
	proposals_free(&making->proposals);
	if (making->editor)
		editor_free(making->editor);
	making->editor = NULL;
}

void making_free(struct making *making)
{
	if (!making)
		return;
	clear(making);
	kl_logline_free(&making->line);
	kl_buffer_free(&making->record);
	kl_strings_destroy(&making->strings);
	free(making);
}

/* -------------------------------------------------------------------- lines */

__printf(2, 3) static void add_line(struct making_preview *preview, const char *format, ...)
{
	va_list arguments;
	char *line;

	va_start(arguments, format);
	if (vasprintf(&line, format, arguments) < 0)
		line = kl_xstrdup("");
	va_end(arguments);
	preview->lines[preview->count++] = line;
}

static bool is_blank(const struct editor *editor, u32 line)
{
	struct kl_text text = document_line(editor->document, line);

	return strspn(text.data, " \t\r") >= text.length;
}

/* All of those that are on, each with a blank before it. */
static void put_conditions(const struct making *making, struct kl_buffer *out)
{
	u32 i;

	kl_buffer_add(out, "", 0);
	for (i = 0; i < making->proposals.count; i++)
		if (making->proposals.list[i].on)
			kl_buffer_printf(out, " %s", proposal_word(&making->proposals.list[i]));
}

/* All conditions are in its head: nothing else is asked about, and nothing else recorded. */
static void make_block(struct making *making, const struct editor *editor,
		       const char *conditions)
{
	struct making_preview *preview = &making->preview;
	u32 at = preview->place.at;

	if (at && !is_blank(editor, at - 1))
		add_line(preview, "%s", "");
	add_line(preview, "%u acl %s%s", BLOCK_PRIORITY,
		 kl_op_table[making->line.facts.request.op].keyword, conditions);
	preview->rule = preview->count - 1;
	add_line(preview, "    audit %u", BLOCK_AUDIT);
	if (making->verb != VERB_AUDIT) {
		add_line(preview, "    %u %s", preview->place.priority,
			 making->verb == VERB_ALLOW ? "allow" : "deny");
		preview->rule = preview->count - 1;
	}
	if (at < editor->outline.count && !is_blank(editor, at))
		add_line(preview, "%s", "");
}

static void make_lines(struct making *making, const struct editor *editor)
{
	struct making_preview *preview = &making->preview;
	struct kl_buffer conditions = { 0 };

	put_conditions(making, &conditions);
	if (preview->place.head)
		add_line(preview, "%s%u %s%s", preview->place.indent, preview->place.priority,
			 making->verb == VERB_ALLOW ? "allow" : "deny", conditions.data);
	else
		make_block(making, editor, conditions.data);
	kl_buffer_free(&conditions);
}

const char *making_rule(const struct making *making)
{
	const char *line = making->preview.lines[making->preview.rule];

	return line + strspn(line, " \t");
}

static void insert(struct editor *editor, const struct making_preview *preview)
{
	struct kl_text lines[ARRAY_SIZE(preview->lines)];
	u32 i;

	for (i = 0; i < preview->count; i++)
		lines[i] = kl_text_of(preview->lines[i]);
	document_begin(editor->document, "make a rule of a record", preview->place.at);
	document_replace(editor->document, preview->place.at, 0, lines, preview->count);
	document_end(editor->document);
	editor_refresh(editor, preview->place.at + preview->rule);
}

/* ------------------------------------------------------------- the request */

/* Of the policy with the new lines: number in the document, from 1, to what it was before. */
static u32 before_insert(const struct making_preview *preview, u32 line)
{
	return line > preview->place.at + preview->count ? line - preview->count :
	       line > preview->place.at			  ? 0 :
							    line;
}

static u32 after_insert(const struct making_preview *preview, u32 line)
{
	return line > preview->place.at ? line + preview->count : line;
}

static u32 rule_line(const struct making_preview *preview)
{
	return preview->place.at + preview->rule + 1;
}

/* Does the new line decide in its block, and what becomes of all? */
static void judge(struct making *making, struct compiled *compiled)
{
	struct making_preview *preview = &making->preview;
	const struct kl_explained_block *block;
	struct kl_explanation explanation;
	u32 i, line;

	if (kl_explain(&compiled->file, &making->line.facts, false, &explanation))
		return;
	preview->answers = explanation.answers;
	for (i = 0; i < explanation.count; i++) {
		block = &explanation.blocks[i];
		line = block->rule ? block->rule->line : 0;
		preview->decides |= line == rule_line(preview) ||
				    block->head->rule.line == rule_line(preview);
		if (line && line != rule_line(preview) &&
		    (block->outcomes == KL_OUTCOME_DENIED ||
		     block->head->rule.line == after_insert(preview, preview->place.head)))
			preview->decides_instead = before_insert(preview, line);
	}
	kl_explanation_free(&explanation);
}

/* ------------------------------------------------------- the other records */

static bool find_rule(struct making *making, const struct compiled *compiled,
		      struct target_rule *target)
{
	const struct making_preview *preview = &making->preview;
	const struct kl_ruleset *ruleset = compiled->file.ruleset;
	u32 line = rule_line(preview), count, rules, i, k, rule;

	target->ruleset = ruleset;
	count = kl_ruleset_blocks(ruleset, making->line.facts.request.op, &target->block);
	for (i = 0; i < count; i++, target->block++) {
		target->rule = KL_NO_RULE;
		if (kl_ruleset_block(ruleset, target->block)->line == line)
			return true;
		rules = kl_ruleset_rules(ruleset, target->block, &rule);
		for (k = 0; k < rules; k++)
			if (kl_ruleset_rule(ruleset, rule + k)->line == line) {
				target->rule = rule + k;
				return true;
			}
	}
	return false;
}

static enum kl_truth ask(const struct target_rule *target, const struct kl_request *request)
{
	enum kl_truth head, rule = KL_TRUE;
	int missing;

	head = kl_line_truth(target->ruleset, target->block, KL_NO_RULE, request, &missing);
	if (target->rule != KL_NO_RULE)
		rule = kl_line_truth(target->ruleset, target->block, target->rule, request,
				     &missing);
	if (head == KL_FALSE || rule == KL_FALSE)
		return KL_FALSE;
	return head == KL_TRUE && rule == KL_TRUE ? KL_TRUE : KL_UNKNOWN;
}

static void add_pair(struct making_preview *preview, const struct kl_request *request)
{
	struct kl_buffer program = { 0 }, object = { 0 };
	struct preview_pair *pair;
	u32 i;

	kl_buffer_add(&program, "", 0);
	kl_buffer_add(&object, "", 0);
	kl_program_text(request, &program);
	kl_object_text(request, &object);
	for (i = 0; i < preview->pair_count; i++) {
		pair = &preview->pairs[i];
		if (!strcmp(pair->program, program.data) && !strcmp(pair->object, object.data))
			break;
	}
	if (i == PREVIEW_PAIRS) {
		preview->unlisted++;
	} else {
		pair = &preview->pairs[i];
		if (i == preview->pair_count) {
			pair->program = kl_xstrdup(program.data);
			pair->object = kl_xstrdup(object.data);
			preview->pair_count++;
		}
		pair->count++;
	}
	kl_buffer_free(&program);
	kl_buffer_free(&object);
}

static void sort_pairs(struct making_preview *preview)
{
	struct preview_pair moved;
	u32 i, k;

	for (i = 1; i < preview->pair_count; i++) {
		moved = preview->pairs[i];
		for (k = i; k && preview->pairs[k - 1].count < moved.count; k--)
			preview->pairs[k] = preview->pairs[k - 1];
		preview->pairs[k] = moved;
	}
}

static void count_one(struct making *making, const struct target_rule *target,
		      const struct kl_logline *line)
{
	struct making_preview *preview = &making->preview;
	enum kl_truth truth = ask(target, &line->facts.request);

	preview->looked++;
	preview->unknown += truth == KL_UNKNOWN;
	if (truth != KL_TRUE)
		return;
	preview->matched++;
	preview->denied += line->result == KL_DENIED && !line->unenforced;
	add_pair(preview, &line->facts.request);
}

static bool is_asked(const struct making *making, const struct log_record *record, u64 number)
{
	return record->kind == KL_LOGLINE_REQUEST && number != making->number &&
	       record->op == making->line.facts.request.op;
}

static void begin_counting(struct making *making, struct editor *tried, struct log_view *log)
{
	u64 number;

	making->tried = tried;
	making->log = log->opened;
	making->next = log->list.next;
	for (number = log->list.first; number < log->list.next; number++)
		making->preview.records +=
			is_asked(making, log_list_get(&log->list, number), number);
}

/* The newest ones first. Return: there are more. */
static bool count_records(struct making *making, struct log_view *log)
{
	struct making_preview *preview = &making->preview;
	u64 until = clock_ms() + PREVIEW_MS;
	const struct log_record *record;
	const struct kl_logline *line;
	bool late = false;

	while (!late && making->log == log->opened && making->next > log->list.first) {
		record = log_list_get(&log->list, --making->next);
		if (!is_asked(making, record, making->next))
			continue;
		line = log_parse(log, record);
		if (line)
			count_one(making, &making->target, line);
		late = preview->looked % 64 == 0 && clock_ms() > until;
	}
	sort_pairs(preview);
	return late;
}

bool making_work(struct editor *editor)
{
	struct making *making = editor->making;

	if (!making || !making->tried)
		return false;
	if (editor->log && count_records(making, editor->log))
		return true;
	end_counting(making);
	return false;
}

/* ------------------------------------------------------------------- preview */

/* The policy as it would be, in an editor of its own. */
static struct editor *try(struct making *making, struct editor *on)
{
	struct kl_buffer text = { 0 };
	struct editor *tried;

	document_text(on->document, &text);
	tried = editor_new(kl_buffer_text(&text), on->name, true);
	kl_buffer_free(&text);
	insert(tried, &making->preview);
	return tried;
}

static void refuse(struct making_preview *preview, const char *why)
{
	snprintf(preview->why_not, sizeof(preview->why_not), "%s", why);
	preview->possible = false;
}

/* Return: @tried is still needed, and will be freed by whoever asks records. */
static bool look(struct editor *editor, struct making *making, struct editor *tried)
{
	u32 wrong = tried->outline.lines[rule_line(&making->preview) - 1].wrong;
	struct compiled *compiled = editor_compiled(tried);

	if (wrong || !compiled) {
		refuse(&making->preview,
		       wrong ? tried->outline.errors[wrong - 1].text : tried->message);
		return false;
	}
	judge(making, compiled);
	if (!find_rule(making, compiled, &making->target)) {
		refuse(&making->preview, "the policy has this rule already");
		return false;
	}
	if (!editor->log)
		return false;
	begin_counting(making, tried, editor->log);
	making_work(editor);
	return true;
}

void making_preview(struct editor *editor)
{
	struct making *making = editor->making;
	struct editor *on = making->editor ?: editor, *tried;
	struct making_preview *preview = &making->preview;

	end_counting(making);
	clear_preview(preview);
	if (!place_find(on, &making->line, making->verb, &preview->place)) {
		refuse(preview, on->message);
		return;
	}
	preview->possible = true;
	make_lines(making, on);
	tried = try(making, on);
	if (!look(editor, making, tried))
		editor_free(tried);
	if (making->editor && preview->possible && preview->place.tight)
		refuse(preview, "no number is free before what denies: the kernel puts lines "
				"of the same number behind each other");
}

/* -------------------------------------------------------------------- begin */

static bool has_word(struct kl_text line, const char *word)
{
	struct kl_lexer lexer;
	struct kl_word found;

	kl_lexer_init(&lexer, line);
	while (kl_lexer_next(&lexer, &found))
		if (kl_text_is(found.text, word))
			return true;
	return false;
}

/* What the head of the block asks for need not be asked for again. */
static void leave_to_head(struct making *making, struct editor *on)
{
	struct proposal *proposal;
	struct place place;
	u32 i;

	if (!place_find(on, &making->line, making->verb, &place) || !place.head)
		return;
	for (i = 0; i < making->proposals.count; i++) {
		proposal = &making->proposals.list[i];
		if (proposal->on && has_word(document_line(on->document, place.head - 1),
					     proposal_word(proposal)))
			proposal->on = false;
	}
}

static struct making *making_new(void)
{
	struct making *making = kl_xalloc(1, sizeof(*making));

	kl_xstrings(&making->strings);
	kl_logline_init(&making->line, &making->strings);
	return making;
}

static void begin(struct editor *editor, struct kl_text record, u64 number,
		  struct editor *running, u32 serial)
{
	struct making *making = editor->making = editor->making ?: making_new();
	struct kl_error error;

	clear(making);
	making->editor = running;
	making->serial = serial;
	making->number = number;
	kl_buffer_clear(&making->record);
	kl_buffer_add(&making->record, record.data, record.length);
	if (kl_logline_parse(&making->line, kl_buffer_text(&making->record), &error) ||
	    making->line.kind != KL_LOGLINE_REQUEST) {
		editor_say(editor, STYLE_NOTICE, "no rule can be made of this: it is no request");
		return;
	}
	making->verb = making->line.result == KL_DENIED ? VERB_ALLOW : VERB_DENY;
	proposals_make(&making->proposals, &making->line);
	making->rows = (struct rows){ .count = making->proposals.count };
	leave_to_head(making, running ?: editor);
	making_preview(editor);
	view_front(editor, &making_view);
}

void making_begin(struct editor *editor, struct kl_text record, u64 number)
{
	begin(editor, record, number, NULL, 0);
}

void making_for_query(struct editor *editor, struct kl_text record, struct editor *running,
		      u32 serial)
{
	begin(editor, record, ~0ull, running, serial);
	/* Where it takes effect at once it must be seen before. */
	editor->fresh = true;
}

void making_put(const struct making *making, struct editor *into)
{
	insert(into, &making->preview);
}

bool making_insert(struct editor *editor)
{
	struct making *making = editor->making;
	const struct making_preview *preview = &making->preview;
	struct kl_buffer where = { 0 };

	if (!preview->possible) {
		editor_say(editor, STYLE_ERROR, "%s", preview->why_not);
		return false;
	}
	place_says(editor, &preview->place, making->line.facts.request.op, &where);
	making_put(making, editor);
	view_turn(editor, VIEW_POLICY);
	editor->focus = PANE_LINES;
	editor_stand_on(editor, preview->place.at + preview->rule);
	editor_say(editor, STYLE_PLAIN, "u takes it back: %s", where.data);
	kl_buffer_free(&where);
	return true;
}
