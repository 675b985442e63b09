/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A policy, loaded, and requests made of words: what every test of decisions
 * needs. A request is decided in several ways (at once, slot by slot, with the
 * last component known beforehand; indexed and linear) that must all agree.
 */
#ifndef TESTS_UNIT_ENGINE_H
#define TESTS_UNIT_ENGINE_H

#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "engine/parse.h"
#include "engine/ruleset.h"

#define EVENT_STRINGS	64
#define EVENT_STORE	4096

/**
 * struct engine - a loaded policy
 */
struct engine {
	struct kl_policy policy;
	struct kl_ruleset *ruleset;
};

/**
 * struct event - everything there is to know about one request
 * @full: every slot that its operation has is present, absent or unknown
 * @args, @args_text: argv[] and envp[]
 * @texts, @ips, @store, @history: what the values point to
 */
struct event {
	struct kl_request full;
	struct kl_args args;
	struct kl_text args_text[EVENT_STRINGS];
	struct kl_text texts[EVENT_STRINGS];
	struct kl_ip ips[4];
	char store[EVENT_STORE];
	u64 history[64];
	size_t text_count, ip_count, store_used;
};

/**
 * struct outcome - what became of an event
 * @blocks: "100:allowed, 150:unenforced, 200:denied"
 * @transition: "-" none, "NULL" stay, or the domain
 * @asked: slots that kl_decide() asked for
 * @overlong: slots whose unknown value mattered
 * @drains: how often KL_DRAIN came
 */
struct outcome {
	enum kl_verdict verdict;
	char blocks[1024];
	char transition[128];
	u64 asked[KL_SLOT_WORDS];
	u64 overlong[KL_SLOT_WORDS];
	int drains;
};

/** enum collecting - how much of an event is known when the decision begins */
enum collecting { WHOLE, STAGED, HINTED, COLLECTINGS };

static inline struct kl_text text_of(const char *string)
{
	return (struct kl_text){ string, strlen(string) };
}

/** engine_try - load a policy; returns 0 or what refused it */
static inline int engine_try(struct engine *engine, const char *text,
			     struct kl_error *error)
{
	struct kl_undo *undo;
	struct kl_parser parser;
	struct kl_batch batch;
	int ret;

	memset(error, 0, sizeof(*error));
	assert_int_equal(kl_policy_init(&engine->policy), 0);
	engine->ruleset = NULL;
	kl_batch_init(&batch);
	kl_parser_init(&parser, &engine->policy.strings);
	ret = kl_parse_text(&parser, text_of(text), &batch, error);
	if (!ret)
		ret = kl_policy_apply(&engine->policy, &batch, &undo, error);
	if (!ret)
		kl_policy_settle(&engine->policy, undo);
	kl_batch_release(&batch);
	if (!ret)
		ret = kl_compile(&engine->policy, &engine->ruleset, error);
	return ret;
}

static inline void engine_unload(struct engine *engine)
{
	if (engine->ruleset)
		kl_ruleset_free(engine->ruleset);
	kl_policy_destroy(&engine->policy);
}

static inline void engine_load(struct engine *engine, const char *text)
{
	struct kl_error error;
	int ret = engine_try(engine, text, &error);

	if (ret)
		fail_msg("refused (%d): %u:%u: %s\n%s", ret, error.line,
			 error.column, error.text, text);
}

/* \ooo is one byte; everything else stands for itself. */
static inline struct kl_text *store_text(struct event *event, const char *word,
					 size_t length)
{
	struct kl_text *text = &event->texts[event->text_count++];
	char *out = event->store + event->store_used;
	size_t i = 0;

	assert_true(event->text_count <= EVENT_STRINGS);
	assert_true(event->store_used + length <= EVENT_STORE);
	text->data = out;
	while (i < length) {
		if (word[i] == '\\') {
			*out++ = (word[i + 1] - '0') * 64 +
				 (word[i + 2] - '0') * 8 + word[i + 3] - '0';
			i += 4;
		} else {
			*out++ = word[i++];
		}
	}
	text->length = out - text->data;
	event->store_used += text->length;
	return text;
}

static inline u64 number_of(enum kl_type type, const char *word)
{
	static const struct { const char *word; u64 mode; } types[] = {
		{ "file", 0100000 }, { "directory", 040000 }, { "symlink", 0120000 },
		{ "fifo", 010000 }, { "socket", 0140000 }, { "block", 060000 },
		{ "char", 020000 },
	};
	size_t i;
	char *end;
	u64 number;

	for (i = 0; type == KL_FILETYPE && i < ARRAY_SIZE(types); i++)
		if (!strcmp(word, types[i].word))
			return types[i].mode;
	number = strtoull(word, &end, 0);
	assert_true(!*end && end != word);
	return number;
}

static inline struct kl_ip *store_ip(struct event *event, const char *word)
{
	struct kl_ip *ip = &event->ips[event->ip_count++];

	assert_true(event->ip_count <= ARRAY_SIZE(event->ips));
	memset(ip, 0, sizeof(*ip));
	ip->family = strchr(word, ':') ? KL_IPV6 : KL_IPV4;
	assert_int_equal(inet_pton(ip->family == KL_IPV6 ? AF_INET6 : AF_INET, word,
				   ip->bytes), 1);
	return ip;
}

/* task.history and task.ancestor are the same object. */
static inline void store_history(struct event *event, struct kl_text text)
{
	struct kl_history *history = (void *)event->history;
	u32 slot;

	assert_in_range(kl_history_parse(text, history, sizeof(event->history)), 1,
			sizeof(event->history));
	for (slot = KL_SLOT_TASK_ANCESTOR; slot <= KL_SLOT_TASK_HISTORY; slot++) {
		event->full.value[slot].history = history;
		event->full.absent[slot / 64] &= ~BIT_ULL(slot % 64);
		event->full.unknown[slot / 64] &= ~BIT_ULL(slot % 64);
		kl_slot_add(event->full.present, slot);
	}
}

static inline void event_set(struct event *event, u32 slot, const char *word)
{
	enum kl_type type = kl_slot_type(slot);
	u32 bit = slot % 64, i = slot / 64;

	event->full.absent[i] &= ~BIT_ULL(bit);
	event->full.unknown[i] &= ~BIT_ULL(bit);
	switch (type) {
	case KL_STRING:
		kl_request_text(&event->full, slot,
				store_text(event, word, strlen(word)));
		break;
	case KL_IPADDR:
		event->full.value[slot].ip = store_ip(event, word);
		kl_slot_add(event->full.present, slot);
		break;
	case KL_ANCESTOR:
	case KL_HISTORY:
		store_history(event, *store_text(event, word, strlen(word)));
		break;
	default:
		kl_request_number(&event->full, slot, number_of(type, word));
	}
}

static inline void event_unset(struct event *event, u64 *set, u32 slot)
{
	event->full.present[slot / 64] &= ~BIT_ULL(slot % 64);
	event->full.absent[slot / 64] &= ~BIT_ULL(slot % 64);
	kl_slot_add(set, slot);
}

/* What §14 assumes of the task, and "no value" for everything else. */
static inline void event_defaults(struct event *event)
{
	u32 slot;

	for (slot = 0; slot < KL_SLOT_TRANSITION; slot++) {
		if (!kl_slot_exists(event->full.op, slot))
			continue;
		if (slot == KL_SLOT_TASK_EXE)
			event_set(event, slot, "/bin/bash");
		else if (slot == KL_SLOT_TASK_DOMAIN)
			event_set(event, slot, "<kernel>");
		else if (slot == KL_SLOT_TASK_HISTORY)
			event_set(event, slot, "~/sbin/init(1;0.0)=>/bin/bash(9;1.5)");
		else if (slot >= KL_SLOT_TASK_PID && slot < KL_SLOT_TARGET)
			event_set(event, slot, "0");
		else if (slot != KL_SLOT_ARGV && slot != KL_SLOT_ENVP)
			kl_slot_add(event->full.absent, slot);
	}
}

static inline void event_args(struct event *event)
{
	event->args.text = event->args_text;
	if (!(kl_op_table[event->full.op].flags & KL_OP_ARGS))
		return;
	event->full.value[KL_SLOT_ARGV].args = &event->args;
	event->full.value[KL_SLOT_ENVP].args = &event->args;
	if (!kl_slot_test(event->full.unknown, KL_SLOT_ARGV))
		kl_slot_add(event->full.present, KL_SLOT_ARGV);
	if (!kl_slot_test(event->full.unknown, KL_SLOT_ENVP))
		kl_slot_add(event->full.present, KL_SLOT_ENVP);
	if (kl_slot_test(event->full.absent, KL_SLOT_ARGC)) {
		char text[16];

		snprintf(text, sizeof(text), "%u", event->args.argc);
		event_set(event, KL_SLOT_ARGC, text);
		snprintf(text, sizeof(text), "%u", event->args.envc);
		event_set(event, KL_SLOT_ENVC, text);
	}
}

static inline void event_word(struct event *event, char *word)
{
	struct kl_request *full = &event->full;
	char *value = strchr(word, '=');
	bool argv = !strncmp(word, "argv", 4), envp = !strncmp(word, "envp", 4);
	int slot;

	if (argv || envp) {
		u32 i = event->args.argc + event->args.envc;

		assert_true(i < EVENT_STRINGS && !(argv && event->args.envc));
		if (word[4] == '=')
			event->args_text[i] = *store_text(event, word + 5,
							  strlen(word + 5));
		*(argv ? &event->args.argc : &event->args.envc) += 1;
		return;
	}
	if (value)
		*value = 0;
	slot = strcmp(word + 1, "argv") ? kl_slot_find(full->op,
		text_of(value ? word : word + 1)) : KL_SLOT_ARGV;
	if (!strcmp(word + 1, "envp"))
		slot = KL_SLOT_ENVP;
	if (slot < 0)
		fail_msg("no attribute %s of %s", word, kl_op_table[full->op].keyword);
	if (value)
		event_set(event, slot, value + 1);
	else
		event_unset(event, *word == '?' ? full->unknown : full->absent, slot);
}

/**
 * event_make - make an event of words
 * @words: separated by one space: path=/etc/shadow (\ooo is a byte), ?path
 *	(unknown), !path (no value), argv=X and envp=N=V (append, argv first),
 *	"argv?" and "envp?" (append one that could not be read)
 */
static inline void event_make(struct event *event, const char *op, const char *words)
{
	char *copy = strdup(words), *word, *next = copy;
	int found = kl_op_find(text_of(op));

	memset(event, 0, sizeof(*event));
	assert_true(found >= 0);
	kl_request_init(&event->full, found);
	event_defaults(event);
	while ((word = strsep(&next, " ")))
		if (*word)
			event_word(event, word);
	event_args(event);
	free(copy);
}

static inline void give(const struct event *event, struct kl_request *request, u32 slot)
{
	const struct kl_request *full = &event->full;

	if (kl_slot_test(full->present, slot))
		kl_slot_add(request->present, slot);
	if (kl_slot_test(full->absent, slot))
		kl_slot_add(request->absent, slot);
	if (kl_slot_test(full->unknown, slot))
		kl_slot_add(request->unknown, slot);
	request->value[slot] = full->value[slot];
}

static inline void give_hints(const struct event *event, struct kl_request *request)
{
	int object;

	for (object = 0; object < 2; object++) {
		u32 slot = object ? KL_SLOT_OBJECT1 : KL_SLOT_OBJECT0, i;
		struct kl_text whole;

		if (!kl_slot_test(event->full.present, slot))
			continue;
		whole = *event->full.value[slot].text;
		for (i = whole.length; i && whole.data[i - 1] != '/';)
			i--;
		request->last[object].data = whole.data + i;
		request->last[object].length = whole.length - i;
	}
}

static inline void note_matches(const struct kl_ruleset *ruleset,
				const struct kl_request *request,
				struct outcome *outcome)
{
	static const char * const results[] = { "unmatched", "allowed", "denied" };
	size_t used = strlen(outcome->blocks);
	int i;

	assert_true(request->match_count <= KL_MATCHES);
	for (i = 0; i < request->match_count; i++) {
		const struct kl_match *match = &request->matches[i];

		assert_true(match->result < KL_RESULTS);
		assert_int_equal(match->result == KL_UNMATCHED,
				 match->rule == KL_NO_RULE);
		used += snprintf(outcome->blocks + used,
				 sizeof(outcome->blocks) - used, "%s%u:%s",
				 used ? ", " : "",
				 kl_ruleset_block(ruleset, match->block)->priority,
				 match->unenforced ? "unenforced" :
						     results[match->result]);
		assert_true(!match->unenforced || match->result == KL_DENIED);
		assert_true(used < sizeof(outcome->blocks));
	}
}

/** event_run - decide an event in one way */
static inline void event_run(const struct kl_ruleset *ruleset, const struct event *event,
			     bool linear, enum collecting how, struct outcome *outcome)
{
	struct kl_request request;
	int calls = 0;
	u32 slot;

	memset(outcome, 0, sizeof(*outcome));
	kl_request_init(&request, event->full.op);
	memset(request.matches, 0xa5, sizeof(request.matches));
	memset(request.value, 0xa5, sizeof(request.value));
	for (slot = 0; how == WHOLE && slot < KL_SLOT_TRANSITION; slot++)
		if (kl_slot_exists(request.op, slot))
			give(event, &request, slot);
	if (how == HINTED)
		give_hints(event, &request);
	do {
		assert_true(++calls < 1000);
		outcome->verdict = linear ? kl_decide_linear(ruleset, &request) :
					    kl_decide(ruleset, &request);
		switch (outcome->verdict) {
		case KL_NEED:
			slot = request.need;
			assert_true(slot < KL_SLOT_TRANSITION);
			assert_true(kl_slot_exists(request.op, slot));
			assert_false(kl_slot_test(request.present, slot) ||
				     kl_slot_test(request.absent, slot) ||
				     kl_slot_test(request.unknown, slot));
			kl_slot_add(outcome->asked, slot);
			give(event, &request, slot);
			break;
		case KL_DRAIN:
			assert_int_equal(request.match_count, KL_MATCHES);
			note_matches(ruleset, &request, outcome);
			request.match_count = 0;
			outcome->drains++;
			break;
		default:
			note_matches(ruleset, &request, outcome);
		}
	} while (outcome->verdict == KL_NEED || outcome->verdict == KL_DRAIN);
	memcpy(outcome->overlong, request.overlong, sizeof(request.overlong));
	if (!request.has_transition)
		strcpy(outcome->transition, "-");
	else
		snprintf(outcome->transition, sizeof(outcome->transition), "%s",
			 request.transition && request.transition->length ?
			 request.transition->text : "NULL");
}

/**
 * event_check - decide an event in every way and compare
 * @transition: NULL: whatever it is
 */
static inline void event_check(const struct engine *engine, const char *op,
			       const char *words, const char *verdict,
			       const char *blocks, const char *transition)
{
	static const char * const hows[] = { "whole", "staged", "hinted" };
	static struct event event;
	struct outcome outcome;
	int how, linear;

	event_make(&event, op, words);
	for (how = 0; how < COLLECTINGS; how++) {
		for (linear = 0; linear < 2; linear++) {
			const char *got;

			event_run(engine->ruleset, &event, linear, how, &outcome);
			got = outcome.verdict == KL_DENY ? "DENY" : "PERMIT";
			if (!strcmp(got, verdict) && !strcmp(outcome.blocks, blocks) &&
			    (!transition || !strcmp(outcome.transition, transition)))
				continue;
			fail_msg("%s %s (%s, %s)\n  expected %s [%s] transition %s\n"
				 "  got      %s [%s] transition %s", op, words,
				 hows[how], linear ? "linear" : "indexed", verdict,
				 blocks, transition ? transition : "any", got,
				 outcome.blocks, outcome.transition);
		}
	}
}

/** engine_has_asked - does a decision ask for this attribute? */
static inline bool engine_has_asked(const struct engine *engine, const char *op,
				    const char *words, enum collecting how,
				    const char *attribute)
{
	static struct event event;
	struct outcome outcome;
	int slot;

	event_make(&event, op, words);
	slot = kl_slot_find(event.full.op, text_of(attribute));
	assert_true(slot >= 0);
	event_run(engine->ruleset, &event, false, how, &outcome);
	return kl_slot_test(outcome.asked, slot);
}

#endif /* TESTS_UNIT_ENGINE_H */
