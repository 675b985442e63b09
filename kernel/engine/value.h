/* SPDX-License-Identifier: GPL-2.0 */
/* Numbers and addresses: text to value. */
#ifndef KELLAS_VALUE_H
#define KELLAS_VALUE_H

#include "lex.h"
#include "policy.h"

/**
 * kl_parse_numbers - a number or a range A-B
 * @word: all of it; @word->column is where errors are counted from
 * @range: filled in
 *
 * Return: 0 or -EINVAL with @error filled in.
 */
int kl_parse_numbers(const struct kl_word *word, struct kl_number_range *range,
		     struct kl_error *error);

/**
 * kl_parse_addresses - an address, a range A-B or a network A/PREFIX
 *
 * As kl_parse_numbers().
 */
int kl_parse_addresses(const struct kl_word *word, struct kl_ip_range *range,
		       struct kl_error *error);

#endif /* KELLAS_VALUE_H */
