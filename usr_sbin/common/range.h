/* SPDX-License-Identifier: GPL-2.0 */
/* Ports and addresses that were seen, to the ranges and networks they are of. */
#ifndef KELLAS_RANGE_H
#define KELLAS_RANGE_H

#include "engine/policy.h"
#include "generalise.h"

/* Bytes for the text of a range or network, with its NUL. */
#define KL_RANGE_TEXT 64u

/**
 * struct kl_range - what became of a port or address
 * @text: as on the right side of a condition
 * @different: values that it stands for if it was widened; 0 if it was not
 */
struct kl_range {
	char text[KL_RANGE_TEXT];
	u32 different;
};

/* Ports from here on are given by chance, if they are many. */
#define KL_RANGE_CHANCE 32768u
/* Below, the system's own begin. */
#define KL_RANGE_USER 1024u

/**
 * kl_range_ports - what becomes of ports
 * @ports: in ascending order, each once
 * @ranges: filled in, one for each
 *
 * From KL_RANGE_CHANCE on @how->different of them become all of these; from
 * KL_RANGE_USER on @how->entries of them become all from there.
 */
void kl_range_ports(const struct kl_generalise *how, const u64 *ports, u32 count,
		    struct kl_range *ranges);

/**
 * kl_range_addresses - what becomes of addresses
 * @addresses: each once, in any order
 * @ranges: filled in, one for each
 *
 * @how->entries addresses of a network of 24 bits (IPv6: 64) become that
 * network, as many of these and of single addresses one of 16 (48), then 8 (32),
 * then all.
 */
void kl_range_addresses(const struct kl_generalise *how, const struct kl_ip *addresses,
			u32 count, struct kl_range *ranges);

#endif /* KELLAS_RANGE_H */
