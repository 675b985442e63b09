/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A request made of words: left=value, as in log records and on command lines.
 */
#ifndef KELLAS_FACTS_H
#define KELLAS_FACTS_H

#include "engine/ruleset.h"
#include "memory.h"

/* argv[] and envp[] together; more than any execve() can pass. */
#define KL_FACTS_ARGS_MAX (1u << 20)

struct kl_facts_chunk;
struct kl_memo;

/**
 * struct kl_fact_string - an argument or environment string that was given
 * @index: argv[index]; unused for the environment
 * @text: raw bytes; for the environment NAME=VALUE
 */
struct kl_fact_string {
	u32 index;
	struct kl_text text;
};

/**
 * struct kl_facts - a request and the memory behind its values
 * @request: what the words said so far; argv and envp only after
 *	kl_facts_finish()
 * @strings: table for interning, given by the caller
 * @texts: values of string slots
 * @ip: value of KL_SLOT_IP
 * @args: value of KL_SLOT_ARGV and KL_SLOT_ENVP
 * @argv, @envp: strings given, in order of appearance
 * @argv_count, @argv_room, @envp_count, @envp_room: of these
 * @holes: after kl_facts_finish(): strings that exist according to argc and
 *	envc but were not given (data NULL in @args)
 * @chunks: memory that the texts point into, newest first
 * @memo: words that were read before, see kl_facts_remember(), or NULL
 */
struct kl_facts {
	struct kl_request request;
	struct kl_strings *strings;
	struct kl_text texts[KL_SLOT_COUNT];
	struct kl_ip ip;
	struct kl_args args;
	struct kl_fact_string *argv;
	u32 argv_count, argv_room;
	struct kl_fact_string *envp;
	u32 envp_count, envp_room;
	u32 holes;
	struct kl_facts_chunk *chunks;
	struct kl_memo *memo;
};

/** kl_facts_init - no facts yet, about operation @op; may be used again */
void kl_facts_init(struct kl_facts *facts, struct kl_strings *strings, enum kl_op op);
void kl_facts_free(struct kl_facts *facts);

/** kl_facts_remember - many requests will follow: do not parse a word twice */
void kl_facts_remember(struct kl_facts *facts);

/** kl_facts_restart - forget everything, keep the memory for the next request */
void kl_facts_restart(struct kl_facts *facts, enum kl_op op);

/**
 * kl_facts_add - add one word
 * @word: as in a record: path="/etc/shadow"; left=NULL says that the attribute
 *	has no value
 *
 * Return: 0; -EEXIST if the attribute was given before; -EINVAL, -E2BIG,
 * -ENOMEM; with @error filled in, its column within @word.
 */
int kl_facts_add(struct kl_facts *facts, struct kl_text word, struct kl_error *error);

/**
 * kl_facts_finish - all words were added: say what follows from them
 *
 * argc and envc, if not given, follow from the highest argv[N] and the number
 * of envp[] given. Without any of these argv or envp stays not collected. What
 * has a type and is no device has the device numbers 0. task.ancestor is
 * task.history.
 *
 * Return: 0; -EINVAL, -E2BIG with @error filled in.
 */
int kl_facts_finish(struct kl_facts *facts, struct kl_error *error);

/** kl_facts_assume_absent - what was not given has no value */
void kl_facts_assume_absent(struct kl_facts *facts);

/** kl_facts_given - was something said about a slot? */
static inline bool kl_facts_given(const struct kl_facts *facts, u32 slot)
{
	return kl_slot_test(facts->request.present, slot) ||
	       kl_slot_test(facts->request.absent, slot) ||
	       kl_slot_test(facts->request.unknown, slot);
}

/**
 * kl_word_from_shell - a condition or fact as it arrives from a shell, which
 * has eaten the quotes, to the word that the language wants
 * @argument: such as path=/etc/passwd or envp[HOME]=/root
 * @out: cleared, then filled in
 *
 * The value of a string attribute gets quotes unless it has them, is NULL,
 * begins with '@' or is the name of an attribute of @op. Bytes that cannot
 * stand in a word are encoded; a backslash is left alone, it may begin a
 * wildcard or \ooo. Everything else is passed on for the engine to judge.
 */
void kl_word_from_shell(enum kl_op op, const char *argument, struct kl_buffer *out);

#endif /* KELLAS_FACTS_H */
