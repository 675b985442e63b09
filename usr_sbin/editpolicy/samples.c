// SPDX-License-Identifier: GPL-2.0
/* Which recorded requests the lines decide. */
#include <unistd.h>

#include "clock.h"
#include "explain.h"
#include "job.h"
#include "lenient.h"
#include "live.h"
#include "proc.h"
#include "samples.h"

/* Nobody shall wait longer for his key. */
#define SLICE_MS 30
/* A text that takes longer to compile is compiled again only if somebody asks. */
#define LONG_MS 2000

static struct samples *get(struct editor *editor)
{
	if (!editor->samples)
		editor->samples = kl_xalloc(1, sizeof(*editor->samples));
	return editor->samples;
}

/* ------------------------------------------------------------------ compiling */

/**
 * struct compiling - a text being compiled
 * @text: the text
 * @name: of it
 * @version, @lines: of the document
 * @took: milliseconds that compiling it took
 * @file: what comes of it
 * @made: something does
 */
struct compiling {
	struct kl_buffer text;
	char *name;
	u64 version;
	u32 lines;
	u64 took;
	struct kl_policy_file file;
	bool made;
};

static void compile(void *context)
{
	struct compiling *compiling = context;
	struct kl_policy_file *file = &compiling->file;
	u64 begin = clock_ms();
	struct kl_error error;

	compiling->made = lenient_apply(kl_buffer_text(&compiling->text), compiling->name,
					file, &error) >= 0 &&
			  !kl_compile(&file->policy, &file->ruleset, &error);
	compiling->took = clock_ms() - begin;
}

static void forget_compiling(void *context)
{
	struct compiling *compiling = context;

	kl_policy_file_free(&compiling->file);
	kl_buffer_free(&compiling->text);
	free(compiling->name);
	free(compiling);
}

static void abandon(struct samples *samples)
{
	job_abandon(samples->job);
	samples->job = NULL;
	samples->compiling = NULL;
}

static void start(const struct editor *editor, struct samples *samples)
{
	struct compiling *compiling = kl_xalloc(1, sizeof(*compiling));

	document_text(editor->document, &compiling->text);
	compiling->name = kl_xstrdup(editor->name ?: "policy");
	compiling->version = document_version(editor->document);
	compiling->lines = editor->outline.count;
	samples->compiling = compiling;
	samples->job = job_start(compiling->text.length <= JOB_SHORT, compile, compiling,
				 forget_compiling);
}

static void clear(struct samples *samples)
{
	if (samples->policy)
		forget_compiling(samples->policy);
	samples->policy = NULL;
	free(samples->lines);
	samples->lines = NULL;
	samples->count = 0;
	samples->first = samples->end = samples->begin = 0;
	samples->next = samples->requests = samples->crowded = 0;
	memset(samples->pending, 0, sizeof(samples->pending));
	samples->made = false;
}

void samples_free(struct samples *samples)
{
	if (!samples)
		return;
	abandon(samples);
	clear(samples);
	free(samples->list);
	free(samples);
}

static struct sample *at(const struct samples *samples, u64 number)
{
	return &samples->list[number & (samples->room - 1)];
}

/* ----------------------------------------------------------------- forgetting */

static void uncount(struct samples *samples, const struct sample *sample)
{
	struct sample_line *line = &samples->lines[sample->line - 1];

	if (sample->flags & SAMPLE_OPEN)
		line->counts.open--;
	else
		line->counts.results[sample->what]--;
	if (!(sample->flags & (SAMPLE_OPEN | SAMPLE_FITS)))
		line->counts.otherwise--;
}

static void forget_oldest(struct samples *samples)
{
	samples->first++;
	samples->requests--;
	while (samples->first < samples->end && at(samples, samples->first)->line)
		uncount(samples, at(samples, samples->first++));
}

/* What fell out of the log. */
static void forget_fallen(struct samples *samples, const struct log_list *list)
{
	while (samples->first < samples->end &&
	       at(samples, samples->first)->record < list->first)
		forget_oldest(samples);
	samples->next = max(samples->next, list->first);
}

/* --------------------------------------------------------------- remembering */

static void make_room(struct samples *samples)
{
	struct sample *list;
	u64 i;

	if (samples->end - samples->first < samples->room)
		return;
	if (samples->room == SAMPLES_MAX) {
		forget_oldest(samples);
		samples->crowded++;
		return;
	}
	list = kl_xalloc(max(2 * samples->room, 1024u), sizeof(*list));
	for (i = samples->first; i < samples->end; i++)
		list[i & (max(2 * samples->room, 1024u) - 1)] = *at(samples, i);
	free(samples->list);
	samples->list = list;
	samples->room = max(2 * samples->room, 1024u);
}

static void count(struct samples *samples, const struct sample *sample, u8 op)
{
	struct sample_counts *counts = &samples->lines[sample->line - 1].counts;

	if (sample->flags & SAMPLE_OPEN) {
		counts->open++;
		counts->op = op;
		counts->slot = sample->what;
	} else {
		counts->results[sample->what]++;
		counts->otherwise++;
	}
}

/* Of a line that stands in a group there may be one from another block. */
static bool is_there(struct samples *samples, const struct sample *sample, u8 op)
{
	u64 newest = samples->lines[sample->line - 1].newest;
	struct sample *there;

	if (newest <= samples->begin)
		return false;
	there = at(samples, newest - 1);
	if ((there->flags & SAMPLE_OPEN) && !(sample->flags & SAMPLE_OPEN)) {
		uncount(samples, there);
		there->priority = sample->priority;
		there->what = sample->what;
		there->flags = sample->flags;
		count(samples, there, op);
	}
	return true;
}

static void add(struct samples *samples, struct sample sample, u8 op)
{
	struct sample_line *line;

	if (!sample.line || sample.line > samples->count ||
	    is_there(samples, &sample, op))
		return;
	if (samples->end - samples->first == SAMPLES_MAX &&
	    samples->first + 1 == samples->begin) {
		samples->crowded++;
		return;
	}
	make_room(samples);
	line = &samples->lines[sample.line - 1];
	sample.older = line->newest;
	*at(samples, samples->end++) = sample;
	line->newest = samples->end;
	count(samples, &sample, op);
}

/* ------------------------------------------------------------------- judging */

/**
 * struct judging - a request being judged
 * @samples: of its lines are added to
 * @ruleset: that judges
 * @sample: what its next one will be
 * @op: of the request
 * @doubt: a block before may have denied it
 */
struct judging {
	struct samples *samples;
	const struct kl_ruleset *ruleset;
	struct sample sample;
	u8 op;
	bool doubt;
};

static void add_line(struct judging *judging, u32 line)
{
	judging->sample.line = line;
	add(judging->samples, judging->sample, judging->op);
}

static void set_block(struct judging *judging, u16 priority, u8 audit, u8 result,
		      bool unenforced)
{
	judging->sample.priority = priority;
	judging->sample.what = result;
	judging->sample.flags = unenforced ? SAMPLE_UNENFORCED : 0;
	if (!kl_quota_limit(kl_ruleset_quota(judging->ruleset), audit, result))
		judging->sample.flags |= SAMPLE_SILENT;
}

static void take_match(void *context, const struct kl_match *match)
{
	struct judging *judging = context;
	const struct kl_ruleset *ruleset = judging->ruleset;
	const struct kl_compiled_block *block = kl_ruleset_block(ruleset, match->block);
	const struct kl_compiled_rule *rule;
	u32 site;

	set_block(judging, block->priority, block->audit, match->result,
		  match->unenforced);
	add_line(judging, block->line);
	if (match->rule == KL_NO_RULE)
		return;
	rule = kl_ruleset_rule(ruleset, match->rule);
	add_line(judging, rule->line);
	for (site = rule->site; site != KL_NO_SITE;
	     site = kl_ruleset_site(ruleset, site)->outer)
		add_line(judging, kl_ruleset_site(ruleset, site)->line);
}

static const u32 outcomes[KL_RESULTS] = {
	[KL_UNMATCHED] = KL_OUTCOME_UNMATCHED,
	[KL_ALLOWED] = KL_OUTCOME_ALLOWED,
	[KL_DENIED] = KL_OUTCOME_DENIED,
};

static bool is_certain(const struct judging *judging,
		       const struct kl_explained_block *block)
{
	return !judging->doubt && !(block->outcomes & (block->outcomes - 1));
}

static void add_certain(struct judging *judging, const struct kl_explained_block *block,
			u8 result)
{
	u32 i;

	set_block(judging, block->head->rule.priority, block->head->audit, result,
		  block->permissive && result == KL_DENIED);
	add_line(judging, block->head->rule.line);
	if (!block->rule)
		return;
	add_line(judging, block->rule->line);
	for (i = 0; i < block->use_count; i++)
		add_line(judging, block->uses[i]->line);
}

/* What may be so of a block; if all but which line decides is certain, that only. */
static void add_open(struct judging *judging, const struct kl_explained_block *block,
		     const struct kl_explanation *explanation)
{
	u32 i;

	judging->sample.flags = SAMPLE_OPEN;
	judging->sample.what = block->missing >= 0 ? block->missing :
						     explanation->missing;
	if (!is_certain(judging, block))
		add_line(judging, block->head->rule.line);
	if (block->rule)
		add_line(judging, block->rule->line);
	for (i = 0; block->rule && i < block->use_count; i++)
		add_line(judging, block->uses[i]->line);
	for (i = 0; i < block->candidate_count; i++)
		add_line(judging, block->candidates[i]->line);
}

static void take_explained(struct judging *judging,
			   const struct kl_explained_block *block,
			   const struct kl_explanation *explanation)
{
	u32 i;

	for (i = 0; i < KL_RESULTS; i++)
		if (block->outcomes == outcomes[i] && !judging->doubt)
			add_certain(judging, block, i);
	if (!is_certain(judging, block) || block->candidate_count)
		add_open(judging, block, explanation);
	if (!block->permissive && block->outcomes & KL_OUTCOME_DENIED &&
	    block->outcomes != KL_OUTCOME_DENIED)
		judging->doubt = true;
}

static void explain(struct judging *judging, struct kl_policy_file *file,
		    struct kl_facts *facts)
{
	struct kl_explanation explanation;
	u32 i;

	if (!kl_explain(file, facts, false, &explanation))
		for (i = 0; i < explanation.count; i++)
			take_explained(judging, &explanation.blocks[i], &explanation);
	kl_explanation_free(&explanation);
}

static void judge(struct samples *samples, struct kl_policy_file *file,
		  struct kl_facts *facts, u64 number)
{
	struct judging judging = {
		.samples = samples,
		.ruleset = file->ruleset,
		.sample = { .record = number },
		.op = facts->request.op,
	};
	struct kl_request request;

	make_room(samples);
	*at(samples, samples->end++) = judging.sample;
	samples->begin = samples->end;
	samples->requests++;
	/* What is certain of the first blocks stays so, and is not added twice. */
	if (kl_decided(file->ruleset, facts, false, &request, take_match, &judging) < 0)
		explain(&judging, file, facts);
}

/* ------------------------------------------------------------------- records */

static bool says(const struct kl_logline *line, const struct sample *sample)
{
	return !(sample->flags & SAMPLE_OPEN) && sample->priority == line->priority &&
	       sample->what == line->result &&
	       !(sample->flags & SAMPLE_UNENFORCED) == !line->unenforced;
}

static void fit(struct samples *samples, struct sample *sample, u64 number)
{
	if (sample->flags & (SAMPLE_FITS | SAMPLE_OPEN))
		return;
	sample->flags |= SAMPLE_FITS;
	sample->record = number;
	samples->lines[sample->line - 1].counts.otherwise--;
}

/*
 * A record says what one block made of the request. Where this policy makes the same
 * of it, blocks that leave no records are believed, too.
 */
static void compare(struct samples *samples, u64 begin, const struct kl_logline *line,
		    u64 number)
{
	bool same = false;
	u64 i;

	for (i = begin; i < samples->end && at(samples, i)->line; i++)
		if (says(line, at(samples, i))) {
			fit(samples, at(samples, i), number);
			same = true;
		}
	for (i = begin; same && i < samples->end && at(samples, i)->line; i++)
		if (at(samples, i)->flags & SAMPLE_SILENT)
			fit(samples, at(samples, i), number);
}

static void look_at(struct editor *editor, struct samples *samples, u64 number)
{
	struct log_view *log = editor->log;
	const struct log_record *record = log_list_get(&log->list, number);
	struct sample_pending *pending;
	u32 hash;

	if (record->kind != KL_LOGLINE_REQUEST || !log_parse(log, record))
		return;
	hash = kl_together_hash(&log->line);
	pending = &samples->pending[log->line.pid % KL_TOGETHER_MAX];
	if (!kl_together_next(&pending->last, &log->line, hash) ||
	    pending->begin <= samples->first) {
		judge(samples, &samples->policy->file, &log->line.facts, number);
		pending->begin = samples->begin;
	}
	kl_together_set(&pending->last, &log->line, hash);
	compare(samples, pending->begin, &log->line, number);
}

/* --------------------------------------------------------------------- steps */

static bool is_fresh(const struct editor *editor)
{
	const struct samples *samples = editor->samples;

	return samples && samples->made && editor->log &&
	       samples->version == document_version(editor->document) &&
	       samples->opened == editor->log->opened;
}

/* What was compiled is what records are looked at with from now on. */
static void take(const struct editor *editor, struct samples *samples)
{
	struct compiling *compiling = samples->compiling;

	clear(samples);
	samples->version = compiling->version;
	samples->opened = editor->log->opened;
	samples->made = true;
	samples->took = compiling->took;
	job_end(samples->job);
	samples->job = NULL;
	samples->compiling = NULL;
	if (!compiling->made) {
		forget_compiling(compiling);
		return;
	}
	samples->policy = compiling;
	samples->count = compiling->lines;
	samples->lines = kl_xalloc(samples->count + 1, sizeof(*samples->lines));
}

/* Return: there is more to do. */
static bool begin(struct editor *editor, struct samples *samples)
{
	if (samples->job &&
	    samples->compiling->version != document_version(editor->document))
		abandon(samples);
	if (!samples->job && samples->took > LONG_MS && !samples->wanted)
		return false;
	if (!samples->job)
		start(editor, samples);
	samples->wanted = false;
	if (job_wait(samples->job, JOB_WAIT))
		take(editor, samples);
	return true;
}

bool samples_work(struct editor *editor)
{
	u64 until = clock_ms() + SLICE_MS;
	struct samples *samples;
	const struct log_list *list;

	if (!editor->log || editor->view != VIEW_POLICY)
		return false;
	samples = get(editor);
	if (!is_fresh(editor))
		return begin(editor, samples);
	if (!samples->lines)
		return false;
	list = &editor->log->list;
	forget_fallen(samples, list);
	while (samples->next < list->next && clock_ms() < until)
		look_at(editor, samples, samples->next++);
	return samples->next < list->next;
}

void samples_want(struct editor *editor)
{
	get(editor)->wanted = true;
}

/* It need not be there, and nobody is to be bothered: nobody asked for it. */
static bool has_log(const struct editor *editor)
{
	char module[256];

	if (editor->log_count)
		return !access(editor->logs[0], R_OK);
	snprintf(module, sizeof(module), "%s/audit", kl_proc_directory());
	return !access(KL_LOG_DEFAULT, R_OK) ||
	       (editor->live && !editor->live->error && !access(module, R_OK));
}

void samples_tick(struct editor *editor)
{
	if (!editor->log && has_log(editor))
		log_open(editor);
}

/* -------------------------------------------------------------------- asking */

static bool decides(const struct outline_line *line)
{
	return !line->wrong &&
	       (line->kind == KL_STATEMENT_ACL || line->kind == KL_STATEMENT_RULE);
}

/* Heads that say the same are one block, which stands at the first. */
static u32 line_of_block(const struct outline *outline, u32 line)
{
	const struct outline_line *what = &outline->lines[line];

	if (what->kind != KL_STATEMENT_ACL || what->node == NO_NODE)
		return line;
	return outline->nodes[what->node].lines[0];
}

bool samples_of(struct editor *editor, u32 line, struct sample_answer *answer)
{
	struct samples *samples = editor->samples;
	const struct sample_line *known;

	if (!is_fresh(editor) || line >= samples->count || !samples->lines ||
	    !decides(&editor->outline.lines[line]))
		return false;
	forget_fallen(samples, &editor->log->list);
	known = &samples->lines[line_of_block(&editor->outline, line)];
	*answer = (struct sample_answer){
		.counts = known->counts,
		.requests = samples->requests,
		.newest_only = samples->crowded || editor->log->list.first,
		.going_on = editor->log->reading ||
			    samples->next < editor->log->list.next,
		.newest = known->newest,
	};
	return true;
}

const char *samples_missing(const struct editor *editor, u32 line)
{
	if (!decides(&editor->outline.lines[line]))
		return NULL;
	if (!editor->log)
		return "Which recorded requests it decides is not known: there is no log; --log names one.";
	if (is_fresh(editor) && !editor->samples->lines)
		return "Which recorded requests it decides is not known: the policy cannot be compiled.";
	return "Which recorded requests it decides is not known yet.";
}

u32 samples_decided(const struct sample_counts *counts)
{
	u32 i, sum = 0;

	for (i = 0; i < KL_RESULTS; i++)
		sum += counts->results[i];
	return sum;
}

const struct sample *samples_next(const struct editor *editor, u64 *number)
{
	const struct samples *samples = editor->samples;
	const struct sample *sample;

	if (*number <= samples->first)
		return NULL;
	sample = at(samples, *number - 1);
	*number = sample->older;
	return sample;
}
