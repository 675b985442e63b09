// SPDX-License-Identifier: GPL-2.0
/* The lines of a policy by the processes that they ask for. */
#include "engine/history.h"
#include "engine/lex.h"
#include "ids.h"
#include "subjects.h"

/* Between the parts of a name; less than all bytes of a word. */
#define SEPARATOR '\1'

/**
 * struct gathering - subjects being found
 * @outline, @document: where
 * @names: all that are met: kind, then its parts with separators between
 * @mentions, @count, @room: lines in the order of evaluation, by number of the name
 * @headed, @headed_count: by name, the last node, from 1, whose head it has
 */
struct gathering {
	const struct outline *outline;
	const struct document *document;
	struct kl_ids names;
	struct subject_mention *mentions;
	u32 count, room;
	u32 *headed, headed_count;
};

/**
 * struct asked - what one line asks for
 * @names: numbers in gathering.names
 * @entries: which of them are entered
 * @count: of @names
 */
#define ASKED_MAX 16
struct asked {
	u32 names[ASKED_MAX];
	bool entries[ASKED_MAX];
	u32 count;
};

/* ------------------------------------------------------------------- names */

static void add_part(struct kl_buffer *name, const char *lead, struct kl_text part)
{
	char separator = SEPARATOR;

	kl_buffer_add(name, &separator, 1);
	kl_buffer_puts(name, lead);
	kl_buffer_add(name, part.data, part.length);
}

static void add_history(struct kl_buffer *name, struct kl_text pattern)
{
	struct kl_program program;
	struct kl_text part;
	bool more;

	do {
		more = kl_history_split(&pattern, &part);
		kl_history_strip(&part, &program);
		add_part(name, "", part);
	} while (more);
}

/* Domains are named in the manner of TOMOYO: <kernel> /sbin/init /bin/sh. */
static void add_domain(struct kl_buffer *name, struct kl_text pattern)
{
	const char *space;

	while ((space = memmem(pattern.data, pattern.length, "\\040", 4))) {
		add_part(name, "", kl_text_head(pattern, space - pattern.data));
		pattern = kl_text_from(pattern, space - pattern.data + 4);
	}
	add_part(name, "", pattern);
}

static void make_name(struct kl_buffer *name, u8 kind, struct kl_text value, bool negated)
{
	char first = 'A' + kind;

	kl_buffer_clear(name);
	kl_buffer_add(name, &first, 1);
	if (value.length < 2 || value.data[0] != '"') {
		add_part(name, negated ? "not " : "", value);
		return;
	}
	value = kl_text_from(kl_text_head(value, value.length - 1), 1);
	if (negated)
		add_part(name, "not ", value);
	else if (kind == SUBJECT_HISTORY)
		add_history(name, value);
	else if (kind == SUBJECT_DOMAIN)
		add_domain(name, value);
	else
		add_part(name, "", value);
}

static void ask(struct gathering *gathering, struct asked *asked, u8 kind, struct kl_text value,
		bool negated, bool entry)
{
	struct kl_buffer name = { 0 };
	u32 number, i;

	make_name(&name, kind, value, negated);
	number = kl_ids_get(&gathering->names, kl_buffer_text(&name));
	kl_buffer_free(&name);
	for (i = 0; i < asked->count; i++)
		if (asked->names[i] == number && asked->entries[i] == entry)
			return;
	if (asked->count == ASKED_MAX)
		return;
	asked->names[asked->count] = number;
	asked->entries[asked->count++] = entry;
}

static void ask_word(struct gathering *gathering, struct asked *asked, struct kl_text word)
{
	static const struct {
		const char *left;
		u8 kind;
		bool entry;
	} conditions[] = {
		{ "task.history", SUBJECT_HISTORY, false },
		{ "task.ancestor", SUBJECT_ANCESTOR, false },
		{ "task.domain", SUBJECT_DOMAIN, false },
		{ "task.exe", SUBJECT_PROGRAM, false },
		{ "transition", SUBJECT_DOMAIN, true },
	};
	const char *equal = memchr(word.data, '=', word.length);
	u32 left = equal ? equal - word.data : 0;
	bool negated;
	size_t i;

	if (!left)
		return;
	negated = equal[-1] == '!';
	for (i = 0; i < ARRAY_SIZE(conditions); i++)
		if (kl_text_is(kl_text_head(word, left - negated), conditions[i].left))
			ask(gathering, asked, conditions[i].kind, kl_text_from(word, left + 1),
			    negated, conditions[i].entry);
}

static void find_asked(struct gathering *gathering, u32 line, struct asked *asked)
{
	struct kl_lexer lexer;
	struct kl_word word;

	asked->count = 0;
	kl_lexer_init(&lexer, document_line(gathering->document, line));
	while (kl_lexer_next(&lexer, &word))
		ask_word(gathering, asked, word.text);
}

/* ------------------------------------------------------------------- lines */

static void mention(struct gathering *gathering, u32 name, u32 line, bool context, bool entry)
{
	if (gathering->count == gathering->room) {
		gathering->room = gathering->room * 2 + 64;
		gathering->mentions = kl_xrealloc(gathering->mentions, gathering->room,
						  sizeof(*gathering->mentions));
	}
	gathering->mentions[gathering->count++] =
		(struct subject_mention){ name, { line, context }, entry };
}

static bool is_head(const struct outline_line *line)
{
	return line->kind == KL_STATEMENT_ACL || line->kind == KL_STATEMENT_RULE_GROUP;
}

static void mention_all(struct gathering *gathering, const struct asked *asked, u32 line)
{
	u32 i;

	for (i = 0; i < asked->count; i++)
		mention(gathering, asked->names[i], line, false, asked->entries[i]);
}

/* The head of the block before its first rule that asks for this name. */
static void mention_head(struct gathering *gathering, u32 number, u32 name)
{
	const struct outline_node *node = &gathering->outline->nodes[number];
	const struct outline_line *line;
	u32 i;

	if (name >= gathering->headed_count) {
		gathering->headed = kl_xrealloc(gathering->headed, name * 2 + 64, sizeof(u32));
		memset(gathering->headed + gathering->headed_count, 0,
		       (name * 2 + 64 - gathering->headed_count) * sizeof(u32));
		gathering->headed_count = name * 2 + 64;
	}
	if (gathering->headed[name] == number + 1)
		return;
	gathering->headed[name] = number + 1;
	/* Behind the heads there may be very many rules. */
	for (i = 0; i < node->count; i++) {
		line = &gathering->outline->lines[node->lines[i]];
		if (line->kind == KL_STATEMENT_RULE)
			break;
		if (is_head(line))
			mention(gathering, name, node->lines[i], true, false);
	}
}

/* A rule that asks itself, with its comments, below the head of its block. */
static void mention_rule(struct gathering *gathering, u32 number, const struct asked *asked,
			 u32 place, u32 comments)
{
	const struct outline_node *node = &gathering->outline->nodes[number];
	u32 i, k;

	for (i = 0; i < asked->count; i++) {
		mention_head(gathering, number, asked->names[i]);
		for (k = place - comments; k <= place; k++)
			mention(gathering, asked->names[i], node->lines[k], false,
				asked->entries[i]);
	}
}

/* A name that the head asks for already has all of the block. */
static void leave_out(struct asked *own, const struct asked *head)
{
	u32 i, k, kept = 0;

	for (i = 0; i < own->count; i++) {
		for (k = 0; k < head->count && head->names[k] != own->names[i]; k++)
			;
		if (k < head->count)
			continue;
		own->names[kept] = own->names[i];
		own->entries[kept++] = own->entries[i];
	}
	own->count = kept;
}

/* Is there anything but ways into a domain? */
static bool asks(const struct asked *asked)
{
	u32 i;

	for (i = 0; i < asked->count; i++)
		if (!asked->entries[i])
			return true;
	return false;
}

static void gather_block(struct gathering *gathering, u32 number, u32 any)
{
	const struct outline_node *node = &gathering->outline->nodes[number];
	struct asked head = { .count = 0 }, own;
	u32 comments = 0, i;
	const struct outline_line *line;
	bool elsewhere;

	for (i = 0; i < node->count && !head.count; i++)
		if (is_head(&gathering->outline->lines[node->lines[i]]))
			find_asked(gathering, node->lines[i], &head);
	if (!head.count)
		head = (struct asked){ .names = { any }, .count = 1 };
	for (i = 0; i < node->count; i++) {
		line = &gathering->outline->lines[node->lines[i]];
		if (line->kind == KL_STATEMENT_EMPTY && !line->wrong) {
			comments++;
			continue;
		}
		own.count = 0;
		if (line->kind == KL_STATEMENT_RULE && !line->wrong)
			find_asked(gathering, node->lines[i], &own);
		/* A block of any process has no rule that asks for some. */
		elsewhere = asks(&own) && head.names[0] == any;
		leave_out(&own, &head);
		mention_rule(gathering, number, &own, i, comments);
		for (comments++; comments && !elsewhere; comments--)
			mention_all(gathering, &head, node->lines[i - comments + 1]);
		comments = 0;
	}
	for (; comments; comments--)
		mention_all(gathering, &head, node->lines[node->count - comments]);
}

static void gather(struct gathering *gathering)
{
	char any = 'A' + SUBJECT_ANY;
	u32 name = kl_ids_get(&gathering->names, (struct kl_text){ &any, 1 }), i;

	for (i = 0; i < gathering->outline->node_count; i++)
		if (gathering->outline->nodes[i].kind <= OUTLINE_RULE_GROUP)
			gather_block(gathering, i, name);
}

/* ---------------------------------------------------------------- the tree */

/* What a name is below is a name as well. */
static void complete_names(struct gathering *gathering)
{
	struct kl_text name;
	struct kl_buffer copy = { 0 };
	u32 i;

	for (i = 0; i < gathering->names.count; i++) {
		name = kl_ids_text(&gathering->names, i);
		while (name.length && name.data[name.length - 1] != SEPARATOR)
			name.length--;
		if (!name.length)
			continue;
		kl_buffer_clear(&copy);
		kl_buffer_add(&copy, name.data, name.length - 1);
		kl_ids_get(&gathering->names, kl_buffer_text(&copy));
	}
	kl_buffer_free(&copy);
}

static int compare_names(const void *a, const void *b, void *context)
{
	struct kl_text x = kl_ids_text(context, *(const u32 *)a);
	struct kl_text y = kl_ids_text(context, *(const u32 *)b);
	int order = memcmp(x.data, y.data, min(x.length, y.length));

	return order ? order : (x.length > y.length) - (x.length < y.length);
}

static const char *const kinds[] = {
	[SUBJECT_ANY] = "any process",	    [SUBJECT_HISTORY] = "by history",
	[SUBJECT_ANCESTOR] = "by ancestor", [SUBJECT_DOMAIN] = "by domain",
	[SUBJECT_PROGRAM] = "by program",
};

/* Sorted as they are, all that is below a name stands behind it. */
static void put_subject(struct subjects *subjects, struct kl_text name)
{
	struct subject *subject = &subjects->list[subjects->count];
	struct kl_text last = name;
	u32 above = subjects->count ? subjects->count - 1 : NO_NODE, i;

	for (i = 0; i < name.length; i++)
		if (name.data[i] == SEPARATOR) {
			subject->depth++;
			last = kl_text_from(name, i + 1);
		}
	subject->kind = name.data[0] - 'A';
	if (subject->depth && asprintf(&subject->name, "%.*s", (int)last.length, last.data) < 0)
		kl_xalloc(SIZE_MAX, 1);
	if (!subject->depth)
		subject->name = kl_xstrdup(kinds[subject->kind]);
	subject->key = folds_key(0, name.data, name.length);
	subject->folded = folds_has(&subjects->folds, subject->key);
	subject->passes = true;
	while (above != NO_NODE && subjects->list[above].depth >= subject->depth)
		above = subjects->list[above].parent;
	subject->parent = above;
	subject->behind = ++subjects->count;
}

static void put_line(struct subjects *subjects, const struct subject_mention *mention)
{
	struct subject *subject = &subjects->list[mention->subject];

	KL_GROW(subject->lines, subject->count, subject->room);
	subject->lines[subject->count++] = mention->line;
	subject->named = true;
	subject->entered |= mention->entry;
}

static void find_below(struct subjects *subjects)
{
	struct subject *subject;
	u32 i;

	for (i = subjects->count; i--;) {
		subject = &subjects->list[i];
		/* Where nothing is left below, nothing is hidden. */
		subject->folded &= subject->behind > i + 1;
		if (subject->parent != NO_NODE)
			subjects->list[subject->parent].behind =
				max(subjects->list[subject->parent].behind, subject->behind);
	}
}

/*
 * A subject, and all above: which of them have a line for the first time? Whoever has
 * it already, all above have it, too. @seen: by subject, the last line from 1.
 */
static u32 not_seen(u32 *seen, u32 subject, u32 line)
{
	if (subject == NO_NODE || seen[subject] == line + 1)
		return NO_NODE;
	seen[subject] = line + 1;
	return subject;
}

void subjects_count(struct subjects *subjects, const struct outline *outline)
{
	u32 *seen = kl_xalloc(subjects->count + 1, sizeof(*seen));
	u32 *own = kl_xalloc(subjects->count + 1, sizeof(*own));
	const struct subject_mention *mention;
	u32 i, at, line;

	for (i = 0; i < subjects->count; i++)
		subjects->list[i].rules = subjects->list[i].below = 0;
	for (i = 0; i < subjects->mention_count; i++) {
		mention = &subjects->mentions[i];
		line = mention->line.line;
		if (mention->line.context || outline->lines[line].kind != KL_STATEMENT_RULE)
			continue;
		if (own[mention->subject] != line + 1)
			subjects->list[mention->subject].rules++;
		own[mention->subject] = line + 1;
		at = subjects->list[mention->subject].passes ? mention->subject : NO_NODE;
		for (;
		     (at = not_seen(seen, at, line)) != NO_NODE;
		     at = subjects->list[at].parent)
			subjects->list[at].below++;
	}
	free(seen);
	free(own);
}

static void forget(struct subjects *subjects)
{
	u32 i;

	for (i = 0; i < subjects->count; i++) {
		free(subjects->list[i].name);
		free(subjects->list[i].lines);
	}
	free(subjects->list);
	free(subjects->mentions);
	subjects->list = NULL;
	subjects->mentions = NULL;
	subjects->count = subjects->mention_count = 0;
}

void subjects_make(struct subjects *subjects, const struct outline *outline,
		   const struct document *document)
{
	struct gathering gathering = { .outline = outline, .document = document };
	u32 *order, *place, i;

	forget(subjects);
	gather(&gathering);
	complete_names(&gathering);
	order = kl_xalloc(gathering.names.count + 1, sizeof(*order));
	place = kl_xalloc(gathering.names.count + 1, sizeof(*place));
	subjects->list = kl_xalloc(gathering.names.count + 1, sizeof(*subjects->list));
	for (i = 0; i < gathering.names.count; i++)
		order[i] = i;
	qsort_r(order, gathering.names.count, sizeof(*order), compare_names, &gathering.names);
	for (i = 0; i < gathering.names.count; i++) {
		place[order[i]] = i;
		put_subject(subjects, kl_ids_text(&gathering.names, order[i]));
	}
	subjects->mentions = gathering.mentions;
	subjects->mention_count = gathering.count;
	for (i = 0; i < gathering.count; i++) {
		gathering.mentions[i].subject = place[gathering.mentions[i].subject];
		put_line(subjects, &gathering.mentions[i]);
	}
	find_below(subjects);
	subjects_count(subjects, outline);
	free(order);
	free(place);
	free(gathering.headed);
	kl_ids_free(&gathering.names);
}

/* -------------------------------------------------------------------- hits */

/**
 * struct adding - hits being added up
 * @subjects, @outline, @hits: of what
 * @seen: by subject, the last line from 1 that it, or something below, has
 * @headed: likewise the last node whose head it has: what its rules count, that counts
 * @own_seen, @own_headed: the same without what is below
 */
struct adding {
	struct subjects *subjects;
	const struct outline *outline;
	const struct hits *hits;
	u32 *seen, *headed, *own_seen, *own_headed;
};

static void add_line(struct adding *adding, u32 number, u32 line)
{
	const struct outline_line *what = &adding->outline->lines[line];
	bool head = what->kind == KL_STATEMENT_ACL;
	struct subject *subject = &adding->subjects->list[number];
	u32 at;

	if (adding->own_seen[number] != line + 1) {
		adding->own_seen[number] = line + 1;
		if (head || adding->own_headed[number] != what->node + 1)
			hits_add(adding->hits, line, &subject->own);
		if (head)
			adding->own_headed[number] = what->node + 1;
	}
	at = subject->passes ? number : NO_NODE;
	for (; (at = not_seen(adding->seen, at, line)) != NO_NODE; at = subject->parent) {
		subject = &adding->subjects->list[at];
		if (head || adding->headed[at] != what->node + 1)
			hits_add(adding->hits, line, &subject->all);
		if (head)
			adding->headed[at] = what->node + 1;
	}
}

void subjects_add_up(struct subjects *subjects, const struct outline *outline,
		     const struct hits *hits)
{
	struct adding adding = { .subjects = subjects, .outline = outline, .hits = hits };
	u32 *stamps = kl_xalloc(4 * ((size_t)subjects->count + 1), sizeof(*stamps)), i;
	const struct subject_line *line;
	u8 kind;

	adding.seen = stamps;
	adding.headed = stamps + subjects->count;
	adding.own_seen = adding.headed + subjects->count;
	adding.own_headed = adding.own_seen + subjects->count;
	for (i = 0; i < subjects->count; i++) {
		memset(&subjects->list[i].own, 0, sizeof(subjects->list[i].own));
		memset(&subjects->list[i].all, 0, sizeof(subjects->list[i].all));
	}
	for (i = 0; i < subjects->mention_count; i++) {
		line = &subjects->mentions[i].line;
		kind = outline->lines[line->line].kind;
		if (!line->context && (kind == KL_STATEMENT_ACL || kind == KL_STATEMENT_RULE))
			add_line(&adding, subjects->mentions[i].subject, line->line);
	}
	free(stamps);
}

/* ------------------------------------------------------------------ the rest */

void subjects_fold(struct subjects *subjects, u32 number, bool folded)
{
	struct subject *subject = &subjects->list[number];

	if (subject->behind == number + 1)
		return;
	subject->folded = folded;
	folds_set(&subjects->folds, subject->key, folded);
}

u32 subjects_find(const struct subjects *subjects, u32 line)
{
	const struct subject *subject;
	u32 i, k;

	for (i = 0; i < subjects->count; i++) {
		subject = &subjects->list[i];
		for (k = 0; k < subject->count; k++)
			if (subject->lines[k].line == line && !subject->lines[k].context)
				return i;
	}
	return NO_NODE;
}

static const char *between(u8 kind)
{
	return kind == SUBJECT_HISTORY ? "=>" : " ";
}

void subject_pattern(const struct subjects *subjects, u32 number, struct kl_buffer *out)
{
	const struct subject *subject = &subjects->list[number];
	static const char *const lefts[] = {
		"", "task.history: ", "task.ancestor: ", "task.domain: ", "task.exe: "
	};
	u32 *path = kl_xalloc(subject->depth + 1, sizeof(*path)), depth, i;

	for (depth = subject->depth; depth; depth--) {
		path[depth] = number;
		number = subjects->list[number].parent;
	}
	kl_buffer_puts(out, subject->depth ? lefts[subject->kind] : "");
	for (i = 1; i <= subject->depth; i++)
		kl_buffer_printf(out, "%s%s", i > 1 ? between(subject->kind) : "",
				 subjects->list[path[i]].name);
	if (!subject->depth)
		kl_buffer_puts(out, subject->name);
	free(path);
}

void subjects_free(struct subjects *subjects)
{
	forget(subjects);
	folds_free(&subjects->folds);
}
