// SPDX-License-Identifier: GPL-2.0
/* Records to conditions. */
#include "engine/lex.h"
#include "engine/parse.h"
#include "engine/print.h"
#include "filter.h"
#include "generalise.h"
#include "observation.h"
#include "proposal.h"

/* Where the users of people usually begin and end. */
#define USERS "1000-65533"

/** enum rank - what comes first */
enum rank {
	RANK_OBJECT,	 /* on what it acted */
	RANK_OTHER_NAME, /* another name of that */
	RANK_EXE,
	RANK_UID,
	RANK_HISTORY,
	RANK_ANCESTOR,
	RANK_TASK, /* of the task */
	RANK_ARGUMENT,
	RANK_ATTRIBUTE, /* of the object */
	RANK_ENVIRONMENT,
	RANK_NEVER,
};

/**
 * struct maker - a record at work
 * @proposals: being filled in
 * @line: the record
 * @learnt: attributes that say on what its operation acts
 * @room: of @proposals->list
 */
struct maker {
	struct proposals *proposals;
	const struct kl_logline *line;
	struct kl_observed learnt;
	u32 room;
};

/* Return: column of a comment, which would hide what comes behind it; 0: there is none. */
static u32 find_comment(struct kl_text text)
{
	struct kl_lexer lexer;
	struct kl_word word;
	const char *end = text.data, *hash;

	kl_lexer_init(&lexer, text);
	while (kl_lexer_next(&lexer, &word))
		end = word.text.data + word.text.length;
	hash = memchr(end, '#', text.data + text.length - end);
	return hash ? hash - text.data + 1 : 0;
}

bool condition_is_wrong(u8 op, struct kl_text text, struct kl_error *error)
{
	struct kl_statement statement = { 0 };
	struct kl_buffer line = { 0 };
	struct kl_strings strings;
	struct kl_parser parser;
	size_t head;
	bool wrong;

	memset(error, 0, sizeof(*error));
	kl_xstrings(&strings);
	kl_parser_init(&parser, &strings);
	kl_buffer_printf(&line, "0 acl %s ", kl_op_table[op].keyword);
	head = line.length;
	kl_buffer_add(&line, text.data, text.length);
	wrong = kl_parse_line(&parser, kl_buffer_text(&line), &statement, error) != 0;
	if (!wrong)
		kl_statement_release(&statement);
	error->column -= min_t(u32, error->column, head);
	kl_buffer_free(&line);
	kl_strings_destroy(&strings);
	if (!wrong && find_comment(text))
		wrong = kl_refuse(error, find_comment(text), "no comment can stand here");
	return wrong;
}

/* ------------------------------------------------------------ one condition */

/* The engine is asked about each; what does not match the record is none. */
static bool matches(const struct maker *maker, const char *word)
{
	struct kl_buffer text = { 0 };
	struct kl_filter *filter;
	struct kl_error error;
	bool found;

	kl_buffer_printf(&text, "%s %s", kl_op_table[maker->proposals->op].keyword, word);
	filter = kl_filter_new(kl_buffer_text(&text), &error);
	found = filter && kl_filter_match(filter, &maker->line->facts);
	kl_filter_free(filter);
	kl_buffer_free(&text);
	return found;
}

static void propose(const struct maker *maker, struct proposal *proposal, const char *word)
{
	u32 i;

	for (i = 0; i < proposal->count; i++)
		if (!strcmp(proposal->words[i], word))
			return;
	if (proposal->count < PROPOSAL_WORDS && matches(maker, word))
		proposal->words[proposal->count++] = kl_xstrdup(word);
}

__printf(3, 4) static void propose_made(const struct maker *maker, struct proposal *proposal,
					const char *format, ...)
{
	va_list arguments;
	char *word;

	va_start(arguments, format);
	if (vasprintf(&word, format, arguments) < 0)
		word = NULL;
	va_end(arguments);
	if (word)
		propose(maker, proposal, word);
	free(word);
}

static void propose_names(const struct maker *maker, struct proposal *proposal,
			  struct kl_text left, struct kl_text raw)
{
	char *words[KL_NAME_PROPOSALS];
	u32 count = kl_name_propose(raw, words), i;

	for (i = 0; i < count; i++) {
		propose_made(maker, proposal, "%.*s=\"%s\"", (int)left.length, left.data,
			     words[i]);
		free(words[i]);
	}
}

static void propose_port(const struct maker *maker, struct proposal *proposal, u64 port)
{
	if (port >= 32768)
		propose(maker, proposal, "port=32768-65535");
	propose(maker, proposal, port < 1024 ? "port=0-1023" : "port=1024-65535");
}

static void propose_networks(const struct maker *maker, struct proposal *proposal,
			     const struct kl_ip *ip)
{
	static const u8 prefixes[2][4] = { { 24, 16, 8 }, { 64, 48, 32 } };
	bool six = ip->family == KL_IPV6;
	char text[KL_IP_TEXT_MAX];
	struct kl_ip network;
	u32 i, k, prefix;

	for (i = 0; (prefix = prefixes[six][i]); i++) {
		network = *ip;
		for (k = prefix / 8; k < sizeof(network.bytes); k++)
			network.bytes[k] = 0;
		kl_format_ip(&network, text);
		propose_made(maker, proposal, "ip=%s/%u", text, prefix);
	}
}

/* ---------------------------------------------------------------- histories */

/* The names of a history, encoded, oldest first. Return: how many. */
static u32 split_history(struct kl_text word, struct kl_text **names, bool *truncated)
{
	struct kl_text rest = word, part;
	struct kl_program program;
	u32 count = 0, room = 0;
	bool more;

	*names = NULL;
	*truncated = false;
	do {
		more = kl_history_split(&rest, &part);
		if (kl_history_is_older(part)) {
			*truncated = true;
			continue;
		}
		kl_history_strip(&part, &program);
		if (count == room) {
			room = room * 2 + 16;
			*names = kl_xrealloc(*names, room, sizeof(**names));
		}
		(*names)[count++] = part;
	} while (more);
	return count;
}

/* All of it, then without the oldest, and so on. */
static void propose_histories(const struct maker *maker, struct proposal *proposal,
			      const struct kl_text *names, u32 count, bool truncated)
{
	struct kl_buffer word = { 0 };
	u32 from, i;

	for (from = 0; from < count; from++) {
		kl_buffer_clear(&word);
		kl_buffer_puts(&word, "task.history=\"");
		if (from || truncated)
			kl_buffer_puts(&word, "\\{\\*\\}=>");
		for (i = from; i < count; i++)
			kl_buffer_printf(&word, "%.*s%s", (int)names[i].length, names[i].data,
					 i + 1 < count ? "=>" : "\"");
		propose(maker, proposal, word.data);
	}
	kl_buffer_free(&word);
}

/* -------------------------------------------------------------------- ranks */

static struct proposal *add(struct maker *maker, u32 rank)
{
	struct proposals *proposals = maker->proposals;

	if (proposals->count == maker->room) {
		maker->room = maker->room * 2 + 32;
		proposals->list =
			kl_xrealloc(proposals->list, maker->room, sizeof(*proposals->list));
	}
	proposals->list[proposals->count] = (struct proposal){ .rank = rank };
	return &proposals->list[proposals->count++];
}

/* One for which nothing was found is none. */
static void drop_empty(struct maker *maker)
{
	struct proposals *proposals = maker->proposals;

	if (!proposals->list[proposals->count - 1].count)
		proposals->count--;
}

static bool is_learnt(const struct maker *maker, u32 slot)
{
	u32 i;

	for (i = 0; i < maker->learnt.learnt; i++)
		if (maker->learnt.slots[i] == slot)
			return true;
	return false;
}

static u32 rank_of(const struct maker *maker, u32 slot)
{
	if (is_learnt(maker, slot))
		return RANK_OBJECT;
	switch (slot) {
	case KL_SLOT_OBJECT1:
		return RANK_OTHER_NAME;
	case KL_SLOT_TASK_EXE:
		return RANK_EXE;
	case KL_SLOT_TASK_UID:
		return RANK_UID;
	case KL_SLOT_TASK_PID:
	case KL_SLOT_TASK_PPID:
	case KL_SLOT_TASK_START:
	case KL_SLOT_TASK_SESSIONID:
	case KL_SLOT_TASK_PIDNS:
	case KL_SLOT_TASK_MNTNS:
	case KL_SLOT_TASK_USERNS:
	case KL_SLOT_TASK_HISTORY:
	case KL_SLOT_TASK_ANCESTOR:
	case KL_SLOT_TARGET_PID:
	case KL_SLOT_ENVC:
	case KL_SLOT_USERNS:
	case KL_SLOT_TRANSITION:
		return RANK_NEVER;
	}
	return slot >= KL_SLOT_TASK_PID && slot <= KL_SLOT_TASK_HISTORY ? RANK_TASK :
									 RANK_ATTRIBUTE;
}

static bool is_inode(struct kl_text name)
{
	return name.length > 4 && kl_text_is(kl_text_from(name, name.length - 4), ".ino");
}

/* Names that may be widened by their components. */
static bool is_name(u32 slot)
{
	return slot == KL_SLOT_OBJECT0 || slot == KL_SLOT_OBJECT1 || slot == KL_SLOT_ADDR ||
	       slot == KL_SLOT_TARGET || slot == KL_SLOT_TARGET_EXE || slot == KL_SLOT_TASK_EXE ||
	       slot == KL_SLOT_TASK_PARENT_EXE || slot == KL_SLOT_TASK_CGROUP;
}

static void widen(const struct maker *maker, struct proposal *proposal, u32 slot,
		  struct kl_text left)
{
	const struct kl_request *request = &maker->line->facts.request;
	const union kl_value *value = &request->value[slot];

	if (!kl_slot_test(request->present, slot))
		return;
	if (is_name(slot))
		propose_names(maker, proposal, left, *value->text);
	else if (slot == KL_SLOT_PORT)
		propose_port(maker, proposal, value->number);
	else if (slot == KL_SLOT_IP)
		propose_networks(maker, proposal, value->ip);
	else if (slot == KL_SLOT_TASK_UID)
		propose(maker, proposal, "task.uid=" USERS);
}

static void propose_attribute(struct maker *maker, u32 slot, struct kl_text left,
			      struct kl_text word)
{
	u32 rank = is_inode(left) ? RANK_NEVER : rank_of(maker, slot);
	struct proposal *proposal;

	if (rank == RANK_NEVER)
		return;
	proposal = add(maker, rank);
	propose_made(maker, proposal, "%.*s", (int)word.length, word.data);
	widen(maker, proposal, slot, left);
	proposal->on = rank == RANK_OBJECT || rank == RANK_EXE;
	drop_empty(maker);
}

static void propose_words(struct maker *maker, u32 rank, struct kl_text word)
{
	struct proposal *proposal = add(maker, rank);

	propose_made(maker, proposal, "%.*s", (int)word.length, word.data);
	drop_empty(maker);
}

/* @value: with its quotes */
static void propose_history(struct maker *maker, struct kl_text value)
{
	struct kl_text *names;
	bool truncated;
	u32 count, i;

	if (value.length < 3)
		return;
	value = kl_text_head(kl_text_from(value, 1), value.length - 2);
	count = split_history(value, &names, &truncated);
	propose_histories(maker, add(maker, RANK_HISTORY), names, count, truncated);
	drop_empty(maker);
	add(maker, RANK_ANCESTOR);
	for (i = count - 1; count && i--;)
		propose_made(maker, &maker->proposals->list[maker->proposals->count - 1],
			     "task.ancestor=\"%.*s\"", (int)names[i].length, names[i].data);
	drop_empty(maker);
	free(names);
}

static void propose_word(struct maker *maker, struct kl_text word)
{
	const char *equal = memchr(word.data, '=', word.length);
	struct kl_text left;
	int slot;

	if (!equal)
		return;
	left = kl_text_head(word, equal - word.data);
	if (kl_text_begins(word, "argv[") || kl_text_begins(word, "envp[")) {
		propose_words(maker, *word.data == 'a' ? RANK_ARGUMENT : RANK_ENVIRONMENT, word);
	} else if (kl_text_is(left, "task.history")) {
		propose_history(maker, kl_text_from(word, left.length + 1));
	} else {
		slot = kl_slot_find(maker->proposals->op, left);
		if (slot >= 0)
			propose_attribute(maker, slot, left, word);
	}
}

/* By rank; the order of the record otherwise. There are few. */
static void sort(struct proposals *proposals)
{
	struct proposal moved;
	u32 i, k;

	for (i = 1; i < proposals->count; i++) {
		moved = proposals->list[i];
		for (k = i; k && proposals->list[k - 1].rank > moved.rank; k--)
			proposals->list[k] = proposals->list[k - 1];
		proposals->list[k] = moved;
	}
}

void proposals_make(struct proposals *proposals, const struct kl_logline *line)
{
	struct maker maker = { .proposals = proposals, .line = line };
	struct kl_lexer lexer;
	struct kl_word word;

	memset(proposals, 0, sizeof(*proposals));
	proposals->op = line->facts.request.op;
	kl_observed_plan(&maker.learnt, proposals->op);
	kl_lexer_init(&lexer, line->words);
	while (kl_lexer_next(&lexer, &word))
		propose_word(&maker, word.text);
	sort(proposals);
}

void proposals_free(struct proposals *proposals)
{
	u32 i, k;

	for (i = 0; i < proposals->count; i++)
		for (k = 0; k < proposals->list[i].count; k++)
			free(proposals->list[i].words[k]);
	free(proposals->list);
	memset(proposals, 0, sizeof(*proposals));
}

const char *proposal_word(const struct proposal *proposal)
{
	return proposal->words[proposal->chosen];
}

bool proposal_is_subject(const struct proposal *proposal)
{
	return proposal->rank >= RANK_EXE && proposal->rank <= RANK_TASK;
}

void proposal_type(struct proposal *proposal, struct kl_text word)
{
	if (proposal->count == PROPOSAL_WORDS)
		free(proposal->words[--proposal->count]);
	proposal->words[proposal->count] = kl_xalloc(word.length + 1, 1);
	memcpy(proposal->words[proposal->count], word.data, word.length);
	proposal->chosen = proposal->count++;
	proposal->on = true;
}
