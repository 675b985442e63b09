/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Requests of a log without what does not matter for a rule, each kept once.
 */
#ifndef KELLAS_OBSERVATION_H
#define KELLAS_OBSERVATION_H

#include "engine/ruleset.h"
#include "engine/table.h"
#include "memory.h"

/* Attributes of one operation that are learnt at most. */
#define KL_LEARNT_MAX 4u
/* With those of the subject. */
#define KL_OBSERVED_MAX (KL_LEARNT_MAX + KL_SLOT_TASK_HISTORY - KL_SLOT_TASK_PID + 1)

/**
 * struct kl_observed - what is kept of an operation's requests
 * @slots: attributes; those that are learnt come first
 * @learnt: how many of these
 * @count: of @slots
 */
struct kl_observed {
	u8 slots[KL_OBSERVED_MAX];
	u32 learnt, count;
};

/**
 * struct kl_observation - requests of which all that is kept is equal
 * @link: in a table
 * @op: operation
 * @requests: how many
 * @denied: of these
 * @reopened: they had been denied, but what was learnt of others permits them
 * @size: bytes of @data
 * @data: packed values
 */
struct kl_observation {
	struct kl_link link;
	u8 op;
	u64 requests;
	u64 denied;
	bool reopened;
	u32 size;
	u8 data[];
};

/**
 * struct kl_observed_value - one attribute
 * @present: there is a value
 * @number, @text, @ip: it, depending on the type of the slot; a history is its
 *	text without pids and times
 */
struct kl_observed_value {
	bool present;
	u64 number;
	struct kl_text text;
	struct kl_ip ip;
};

/** kl_observed_plan - the attributes of an operation that are learnt */
void kl_observed_plan(struct kl_observed *plan, enum kl_op op);

/** kl_observed_add - keep one more attribute, once */
void kl_observed_add(struct kl_observed *plan, u32 slot);

/**
 * kl_observe - pack what is kept of a request
 * @data: cleared, then filled in
 *
 * Return: false if a value is not known.
 */
bool kl_observe(const struct kl_observed *plan, const struct kl_request *request,
		struct kl_buffer *data);

/** kl_observed_values - unpack; texts point into @observation */
void kl_observed_values(const struct kl_observed *plan,
			const struct kl_observation *observation,
			struct kl_observed_value *values);

/**
 * struct kl_observed_request - a request made of an observation
 * @request: what was not kept is not known, what had no value is absent
 * @texts, @ip, @history: values that it points to
 */
struct kl_observed_request {
	struct kl_request request;
	struct kl_text texts[KL_OBSERVED_MAX];
	struct kl_ip ip;
	struct kl_history *history;
};

/** kl_observed_ask - make the request again; to be freed by kl_observed_free() */
void kl_observed_ask(const struct kl_observed *plan,
		     const struct kl_observation *observation,
		     struct kl_observed_request *out);
void kl_observed_free(struct kl_observed_request *request);

#endif /* KELLAS_OBSERVATION_H */
