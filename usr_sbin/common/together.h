/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Records of one request: each block that matched may have left one. They stand
 * one after the other, but those of other threads may stand between them.
 */
#ifndef KELLAS_TOGETHER_H
#define KELLAS_TOGETHER_H

#include "logline.h"

/* Requests that may be interleaved in a log: by pid % this. */
#define KL_TOGETHER_MAX 256u

/**
 * struct kl_together - the last record of a request of which another may follow
 * @used: there is one
 * @over: none follows, it is an enforced denial
 * @op, @priority: of it
 * @hash: kl_together_hash() of it
 * @pid, @time: of it
 */
struct kl_together {
	bool used, over;
	u8 op;
	u16 priority;
	u32 hash;
	u64 pid, time;
};

/** kl_together_hash - of what all records of a request say; @line: a REQUEST */
u32 kl_together_hash(const struct kl_logline *line);

/** kl_together_next - is a record the next one of that request? */
bool kl_together_next(const struct kl_together *last, const struct kl_logline *line,
		      u32 hash);

/** kl_together_set - it is the last one now */
void kl_together_set(struct kl_together *last, const struct kl_logline *line, u32 hash);

#endif /* KELLAS_TOGETHER_H */
