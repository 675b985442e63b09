/* SPDX-License-Identifier: GPL-2.0 */
/* The model back to text, in canonical form. */
#ifndef KELLAS_PRINT_H
#define KELLAS_PRINT_H

#include "policy.h"

/**
 * struct kl_printer - where text goes
 * @write: receives each piece; returns 0 or a negative errno that ends it all
 * @context: for @write
 */
struct kl_printer {
	int (*write)(void *context, const char *data, size_t length);
	void *context;
};

/**
 * struct kl_print_stat - figures of the five stat lines
 * @denied: requests denied
 * @updated_at, @denied_at: seconds since the epoch, 0 never
 * @memory: bytes in use by enum kl_memory_kind
 */
struct kl_print_stat {
	u64 denied;
	u64 updated_at;
	u64 denied_at;
	u64 memory[KL_MEMORY_KINDS];
};

/**
 * kl_print_policy - print a policy in canonical form
 * @stat: NULL leaves the stat lines out
 *
 * Return: 0, -ENOMEM, or what @printer->write returned.
 */
int kl_print_policy(const struct kl_printer *printer,
		    const struct kl_policy *policy,
		    const struct kl_print_stat *stat);

/** kl_print_block - print a block with its sub-entries and the line behind it */
int kl_print_block(const struct kl_printer *printer,
		   const struct kl_block *block);

/** kl_print_rule - print one head or sub-entry without newline */
int kl_print_rule(const struct kl_printer *printer, const struct kl_rule *rule);

/** kl_print_condition - print one condition of operation @op */
int kl_print_condition(const struct kl_printer *printer, enum kl_op op,
		       const struct kl_condition *condition);

/**
 * kl_format_ip - text of an address, compressed as in RFC 5952
 * @buffer: at least KL_IP_TEXT_MAX bytes
 *
 * Return: length without the final NUL.
 */
size_t kl_format_ip(const struct kl_ip *ip, char *buffer);
#define KL_IP_TEXT_MAX 46

/**
 * kl_format_time - "YYYY/MM/DD hh:mm:ss", UTC
 * @seconds: since the epoch
 * @buffer: at least KL_TIME_TEXT_MAX bytes
 */
size_t kl_format_time(u64 seconds, char *buffer);
#define KL_TIME_TEXT_MAX 32

#endif /* KELLAS_PRINT_H */
