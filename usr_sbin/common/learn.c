// SPDX-License-Identifier: GPL-2.0
/* Records to a policy. */
#include "engine/lex.h"
#include "filter.h"
#include "learn.h"
#include "object.h"
#include "observation.h"
#include "rules.h"

/**
 * struct subject - whom a part of the policy is about
 * @link: in kl_learn.subject_table
 * @value: what it has in common, encoded
 * @list, @count, @room: its observations
 */
struct subject {
	struct kl_link link;
	char *value;
	struct kl_observation **list;
	u32 count, room;
};

/**
 * struct kl_learn - at work
 * @options: the caller's
 * @filters: by operation: do the conditions pick a request? NULL: not met yet
 * @plans: by operation: what is kept of a request
 * @table: observations
 * @subject_table, @subjects, @subject_count, @subject_room: subjects
 * @packed: the request at hand
 * @reopened: one of the requests that kl_learn_counts.reopened counts
 * @counts: results
 * @draft: result
 */
struct kl_learn {
	const struct kl_learn_options *options;
	struct kl_filter *filters[KL_OP_COUNT];
	struct kl_observed plans[KL_OP_COUNT];
	struct kl_table table;
	struct kl_table subject_table;
	struct subject **subjects;
	u32 subject_count, subject_room;
	struct kl_buffer packed;
	struct kl_buffer reopened;
	struct kl_learn_counts counts;
	struct kl_draft draft;
};

static struct kl_filter *make_filter(const struct kl_learn *learn, enum kl_op op,
				     struct kl_error *error)
{
	const char *keyword = kl_op_table[op].keyword;
	struct kl_buffer text = { 0 };
	struct kl_filter *filter;
	u32 length = strlen(keyword) + 1;

	kl_buffer_printf(&text, "%s ", keyword);
	kl_buffer_add(&text, learn->options->conditions.data,
		      learn->options->conditions.length);
	filter = kl_filter_new(kl_buffer_text(&text), error);
	error->column -= min(error->column, length);
	kl_buffer_free(&text);
	return filter;
}

/* What the conditions ask for is kept, so that the proof can ask, too. */
static bool prepare(struct kl_learn *learn, enum kl_op op, struct kl_error *error)
{
	struct kl_observed *plan = &learn->plans[op];
	struct kl_filter *filter;
	u32 slot;

	if (learn->filters[op])
		return true;
	filter = make_filter(learn, op, error);
	if (!filter)
		return false;
	learn->filters[op] = filter;
	kl_observed_plan(plan, op);
	for (slot = KL_SLOT_TASK_PID; slot <= KL_SLOT_TASK_HISTORY; slot++)
		if (kl_ruleset_uses(filter->ruleset, op, slot))
			kl_observed_add(plan, slot);
	kl_observed_add(plan, learn->options->group_by);
	return true;
}

struct kl_learn *kl_learn_new(const struct kl_learn_options *options,
			      struct kl_error *error)
{
	struct kl_learn *learn = kl_xalloc(1, sizeof(*learn));

	memset(error, 0, sizeof(*error));
	learn->options = options;
	kl_draft_init(&learn->draft);
	if (kl_table_init(&learn->table) || kl_table_init(&learn->subject_table))
		snprintf(error->text, sizeof(error->text), "out of memory");
	/* It has no attributes but those of the subject. */
	else if (prepare(learn, KL_OP_USE_NETLINK_SOCKET, error))
		return learn;
	kl_learn_free(learn);
	return NULL;
}

static void free_subject(struct subject *subject)
{
	u32 i;

	for (i = 0; i < subject->count; i++)
		free(subject->list[i]);
	free(subject->list);
	free(subject->value);
	free(subject);
}

void kl_learn_free(struct kl_learn *learn)
{
	u32 i;

	if (!learn)
		return;
	for (i = 0; i < KL_OP_COUNT; i++)
		kl_filter_free(learn->filters[i]);
	for (i = 0; i < learn->subject_count; i++)
		free_subject(learn->subjects[i]);
	free(learn->subjects);
	if (learn->table.buckets)
		kl_table_destroy(&learn->table);
	if (learn->subject_table.buckets)
		kl_table_destroy(&learn->subject_table);
	kl_buffer_free(&learn->packed);
	kl_buffer_free(&learn->reopened);
	kl_draft_free(&learn->draft);
	free(learn);
}

static char *encoded(struct kl_text raw)
{
	size_t length = kl_encode(raw, NULL, 0);
	char *text = kl_xalloc(length + 1, 1);

	kl_encode(raw, text, length);
	return text;
}

/* What the observation has in common with others of its subject. */
static char *subject_value(const struct kl_learn *learn,
			   const struct kl_observation *observation)
{
	const struct kl_observed *plan = &learn->plans[observation->op];
	struct kl_observed_value values[KL_OBSERVED_MAX];
	u32 i;

	kl_observed_values(plan, observation, values);
	for (i = 0; plan->slots[i] != learn->options->group_by; i++)
		;
	return encoded(values[i].text);
}

static struct subject *find_subject(struct kl_learn *learn, char *value)
{
	u32 hash = kl_hash(0, value, strlen(value));
	struct kl_link *link = kl_table_first(&learn->subject_table, hash);
	struct subject *subject;

	for (; link; link = kl_table_next(link)) {
		subject = container_of(link, struct subject, link);
		if (!strcmp(subject->value, value)) {
			free(value);
			return subject;
		}
	}
	subject = kl_xalloc(1, sizeof(*subject));
	subject->link.hash = hash;
	subject->value = value;
	kl_table_add(&learn->subject_table, &subject->link);
	if (learn->subject_count == learn->subject_room) {
		learn->subject_room = learn->subject_room ? 2 * learn->subject_room : 16;
		learn->subjects = kl_xrealloc(learn->subjects, learn->subject_room,
					      sizeof(*learn->subjects));
	}
	learn->subjects[learn->subject_count++] = subject;
	return subject;
}

static void add_to_subject(struct kl_learn *learn, struct kl_observation *observation)
{
	struct subject *subject = find_subject(learn, subject_value(learn, observation));

	if (subject->count == subject->room) {
		subject->room = subject->room ? 2 * subject->room : 16;
		subject->list = kl_xrealloc(subject->list, subject->room,
					    sizeof(*subject->list));
	}
	subject->list[subject->count++] = observation;
}

/* The observation of what is packed. */
static struct kl_observation *find_observation(struct kl_learn *learn, enum kl_op op)
{
	struct kl_text packed = kl_buffer_text(&learn->packed);
	u32 hash = kl_hash(op, packed.data, packed.length);
	struct kl_link *link = kl_table_first(&learn->table, hash);
	struct kl_observation *found;

	for (; link; link = kl_table_next(link)) {
		found = container_of(link, struct kl_observation, link);
		if (found->op == op && found->size == packed.length &&
		    !memcmp(found->data, packed.data, packed.length))
			return found;
	}
	found = kl_xalloc(1, sizeof(*found) + packed.length);
	found->link.hash = hash;
	found->op = op;
	found->size = packed.length;
	memcpy(found->data, packed.data, packed.length);
	kl_table_add(&learn->table, &found->link);
	add_to_subject(learn, found);
	return found;
}

/* What is known of the attribute by which is grouped? */
static bool has_group(const struct kl_learn *learn, const struct kl_request *request)
{
	return kl_slot_test(request->present, learn->options->group_by);
}

void kl_learn_add(struct kl_learn *learn, const struct kl_logline *line)
{
	const struct kl_request *request = &line->facts.request;
	struct kl_learn_counts *counts = &learn->counts;
	enum kl_op op = request->op;
	struct kl_observation *observation;
	enum kl_truth truth;
	struct kl_error error;
	int missing = -1;

	/* The conditions are good for every operation: new() has tried. */
	if (line->kind != KL_LOGLINE_REQUEST || !prepare(learn, op, &error))
		return;
	truth = kl_line_truth(learn->filters[op]->ruleset, learn->filters[op]->block,
			      KL_NO_RULE, request, &missing);
	if (truth != KL_TRUE) {
		*(truth == KL_FALSE ? &counts->others : &counts->undecided) += 1;
		kl_op_add(counts->elsewhere, op);
	} else if (!has_group(learn, request)) {
		counts->ungrouped++;
	} else if (!kl_observe(&learn->plans[op], request, &learn->packed)) {
		counts->unknowable++;
	} else {
		observation = find_observation(learn, op);
		observation->requests++;
		observation->denied += line->result == KL_DENIED && !line->unenforced;
	}
}

/* The last name in what a subject has in common, for people. */
static char *short_name(const char *value)
{
	struct kl_buffer name = { 0 };
	const char *from = value, *p;

	for (p = value; *p; p++)
		if ((*p == '/' || *p == ' ' || *p == '>') && p[1])
			from = p + 1;
	for (p = from; *p && *p != '.' && p - from < 32; p++) {
		char c = isalnum((unsigned char)*p) ? toupper((unsigned char)*p) : '_';

		kl_buffer_add(&name, &c, 1);
	}
	if (!name.length)
		kl_buffer_puts(&name, "LEARNT");
	return name.data;
}

/* "task.exe=..." if the conditions do not say so already. */
static char *head_conditions(const struct kl_learn *learn, const struct subject *subject)
{
	struct kl_buffer head = { 0 }, own = { 0 };
	struct kl_text rest = learn->options->conditions;
	char name[KL_SLOT_NAME_MAX];
	const char *space;

	kl_buffer_add(&head, rest.data, rest.length);
	kl_buffer_printf(&own, "%s=\"%s\"",
			 kl_slot_name(KL_OP_USE_NETLINK_SOCKET, learn->options->group_by,
				      name),
			 subject->value);
	while (rest.length) {
		space = memchr(rest.data, ' ', rest.length);
		if (kl_text_is(kl_text_head(rest, space ? space - rest.data : rest.length),
			       own.data))
			break;
		rest = kl_text_from(rest, space ? space - rest.data + 1 : rest.length);
	}
	if (!rest.length) {
		kl_buffer_puts(&head, head.length ? " " : "");
		kl_buffer_puts(&head, own.data);
	}
	kl_buffer_free(&own);
	return head.data;
}

static bool is_denied(const struct kl_learn *learn,
		      const struct kl_observation *observation)
{
	return observation->denied && !learn->options->denied;
}

/*
 * What is not to be learnt goes to the end; returns how many are left. @deny:
 * operations of what had been denied are added
 */
static u32 choose(struct kl_learn *learn, struct subject *subject, u64 *deny)
{
	struct kl_learn_counts *counts = &learn->counts;
	u32 i = 0, left = subject->count;

	while (i < left) {
		struct kl_observation *observation = subject->list[i];

		kl_op_add(counts->seen, observation->op);
		if (!kl_rules_possible(observation->op)) {
			counts->unrestrictable += observation->requests;
			kl_op_add(counts->free, observation->op);
		} else if (is_denied(learn, observation)) {
			kl_op_add(deny, observation->op);
		} else {
			counts->learnt += observation->requests;
			counts->observations++;
			i++;
			continue;
		}
		subject->list[i] = subject->list[--left];
		subject->list[left] = observation;
	}
	return left;
}

static int compare_subjects(const void *a, const void *b)
{
	const struct subject *x = *(struct subject *const *)a;
	const struct subject *y = *(struct subject *const *)b;

	return strcmp(x->value, y->value);
}

/* Returns how many observations at the beginning of its list were learnt. */
static u32 write_subject(struct kl_learn *learn, struct subject *subject,
			 struct kl_strings *taken)
{
	char *conditions = head_conditions(learn, subject);
	char *name = short_name(subject->value);
	struct kl_rules_of rules = {
		.options = learn->options,
		.plans = learn->plans,
		.conditions = conditions,
		.name = name,
		.list = subject->list,
		.taken = taken,
	};

	memcpy(rules.deny, learn->options->deny, sizeof(rules.deny));
	rules.count = choose(learn, subject, rules.deny);
	rules.denied = subject->list + rules.count;
	rules.denied_count = subject->count - rules.count;
	kl_rules_write(&rules, &learn->draft);
	free(conditions);
	free(name);
	return rules.count;
}

/* Is the request denied, or would it be, if blocks were enforced? */
static bool is_refused(const struct kl_ruleset *ruleset, struct kl_request *request)
{
	enum kl_verdict verdict;
	u32 i;

	do {
		verdict = kl_decide(ruleset, request);
		for (i = 0; i < request->match_count; i++)
			if (request->matches[i].result != KL_ALLOWED)
				return true;
		request->match_count = 0;
	} while (verdict == KL_DRAIN);
	return verdict != KL_PERMIT;
}

/* Had been denied: does a wildcard that was learnt of others stand for it, too? */
static void note_denied(struct kl_learn *learn, struct kl_observation *observation,
			const struct kl_request *request, bool refused)
{
	observation->reopened |= !refused;
	if (refused) {
		learn->counts.denied += observation->requests;
		return;
	}
	learn->counts.reopened += observation->requests;
	if (learn->reopened.length)
		return;
	kl_buffer_printf(&learn->reopened, "%s ", kl_op_table[request->op].keyword);
	kl_object_text(request, &learn->reopened);
	/* Of some operations there is no object. */
	if (learn->reopened.data[learn->reopened.length - 1] == ' ')
		learn->reopened.data[--learn->reopened.length] = '\0';
}

static void prove(struct kl_learn *learn, const struct kl_ruleset *ruleset,
		  const struct subject *subject, u32 learnt)
{
	struct kl_observed_request again;
	bool refused;
	u32 i;

	for (i = 0; i < subject->count; i++) {
		struct kl_observation *observation = subject->list[i];

		if (!kl_rules_possible(observation->op))
			continue;
		kl_observed_ask(&learn->plans[observation->op], observation, &again);
		refused = is_refused(ruleset, &again.request);
		if (i >= learnt)
			note_denied(learn, observation, &again.request, refused);
		else if (refused)
			learn->counts.refused += observation->requests;
		kl_observed_free(&again);
	}
}

static int compile_and_prove(struct kl_learn *learn, const u32 *learnt,
			     struct kl_error *error)
{
	struct kl_policy_file file = { 0 };
	int result = kl_draft_compile(&learn->draft, &file, error);
	u32 i;

	for (i = 0; !result && i < learn->subject_count; i++)
		prove(learn, file.ruleset, learn->subjects[i], learnt[i]);
	if (!result && learn->counts.refused) {
		snprintf(error->text, sizeof(error->text),
			 "a bug: the policy would deny %llu of the requests that it was "
			 "learnt from",
			 (unsigned long long)learn->counts.refused);
		result = -EINVAL;
	}
	kl_policy_file_free(&file);
	return result;
}

static void add_quota(struct kl_learn *learn)
{
	char line[80];

	snprintf(line, sizeof(line),
		 "quota audit[%u] allowed=0 denied=unlimited unmatched=unlimited",
		 KL_LEARN_AUDIT);
	kl_draft_add(&learn->draft, KL_DRAFT_HEAD, line, NULL, NULL);
}

static void drop_strings(struct kl_strings *strings)
{
	u32 i;

	for (i = 0; i < strings->size; i++)
		while (strings->buckets[i])
			kl_string_put(strings->buckets[i]);
	kl_strings_destroy(strings);
}

static int write_and_prove(struct kl_learn *learn, struct kl_error *error)
{
	u32 *learnt = kl_xalloc(learn->subject_count + 1, sizeof(*learnt)), i;
	struct kl_strings taken;
	int result;

	memset(error, 0, sizeof(*error));
	if (kl_strings_init(&taken)) {
		free(learnt);
		snprintf(error->text, sizeof(error->text), "out of memory");
		return -ENOMEM;
	}
	add_quota(learn);
	for (i = 0; i < learn->subject_count; i++)
		learnt[i] = write_subject(learn, learn->subjects[i], &taken);
	learn->counts.subjects = learn->subject_count;
	result = compile_and_prove(learn, learnt, error);
	drop_strings(&taken);
	free(learnt);
	return result;
}

int kl_learn_finish(struct kl_learn *learn, struct kl_error *error)
{
	struct kl_learn_counts added = learn->counts;
	int result;

	if (learn->subject_count)
		qsort(learn->subjects, learn->subject_count, sizeof(*learn->subjects),
		      compare_subjects);
	result = write_and_prove(learn, error);
	if (result || !learn->counts.reopened)
		return result;
	/* Once more, now that it is known what needs a deny line of its own. */
	learn->counts = added;
	kl_buffer_clear(&learn->reopened);
	kl_draft_free(&learn->draft);
	kl_draft_init(&learn->draft);
	return write_and_prove(learn, error);
}

const struct kl_learn_counts *kl_learn_counts(const struct kl_learn *learn)
{
	return &learn->counts;
}

struct kl_text kl_learn_reopened(const struct kl_learn *learn)
{
	return kl_buffer_text(&learn->reopened);
}

const struct kl_draft *kl_learn_draft(const struct kl_learn *learn)
{
	return &learn->draft;
}
