/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Values to numbers: which of many literals, patterns, ranges or addresses
 * may match a value? Used to find the lines of a list that may match, and to
 * tell whether a value is in a group.
 *
 * Every key files its id under a node: literals under a node of their own,
 * found through a hash table; patterns under their literal directory; numbers
 * and addresses under the segments that they cover; whatever fits nowhere
 * under the root. A look-up ends at one node, and the ids that may match are
 * those of the node and of its ancestors. Each node's ids are ascending, so
 * that callers get candidates in order.
 */
#ifndef KELLAS_MAP_H
#define KELLAS_MAP_H

#include "pattern.h"
#include "policy.h"

/**
 * struct kl_point - a number or an address on one line of numbers
 * @high: upper 64 bits of an IPv6 address; 0 for numbers and IPv4
 * @low: the number, or the lower bits of the address
 */
struct kl_point {
	u64 high;
	u64 low;
};

/** kl_point_compare - negative, 0 or positive like memcmp() */
static inline int kl_point_compare(struct kl_point a, struct kl_point b)
{
	if (a.high != b.high)
		return a.high < b.high ? -1 : 1;
	if (a.low != b.low)
		return a.low < b.low ? -1 : 1;
	return 0;
}

struct kl_point kl_ip_point(const struct kl_ip *ip);

/**
 * struct kl_key - something to be filed
 * @pattern: strings: the literal or pattern; NULL: numbers and addresses
 * @low, @high: numbers and addresses, both ends included
 * @family: 0 for numbers and IPv4, 1 for IPv6
 * @id: what a look-up yields
 */
struct kl_key {
	const struct kl_pattern *pattern;
	struct kl_point low, high;
	u8 family;
	u32 id;
};

/**
 * struct kl_node - ids filed under one value
 * @pattern: strings: literal or pattern whose bytes or directory lead here
 * @hash: of those bytes
 * @parent: number of the next wider node; the root's is its own
 * @first: first of its ids in kl_map.ids
 * @count: number of its ids
 */
struct kl_node {
	const struct kl_pattern *pattern;
	u32 hash;
	u32 parent;
	u32 first;
	u32 count;
};

/**
 * struct kl_segments - numbers of one family, cut where a key begins or ends
 * @starts: first number of each segment, ascending; the last segment is open
 * @count: number of segments; segment i is node @base + i
 * @base: first node of these segments
 */
struct kl_segments {
	struct kl_point *starts;
	u32 count;
	u32 base;
};

/**
 * struct kl_map - see above; immutable once built
 * @nodes: nodes; 0 is the root, 1 is the node of all ids, which no look-up of
 *	a known value leads to
 * @node_count: number of @nodes
 * @ids: ids of all nodes
 * @literals: open-addressed hash table of node numbers, 0 free
 * @literal_mask: its size - 1
 * @directories, @directory_mask: the same for directories
 * @directory_lengths: bit (length % 64) set for each directory's length
 * @tails: open-addressed hash table of hashes of last components, 0 free
 * @tail_mask: its size - 1; valid only if @tails
 * @segments: numbers or IPv4; IPv6
 * @memory: bytes held
 *
 * @tails is NULL unless every key is a string with a literal last component.
 */
struct kl_map {
	struct kl_node *nodes;
	u32 node_count;
	u32 *ids;
	u32 *literals;
	u32 literal_mask;
	u32 *directories;
	u32 directory_mask;
	u64 directory_lengths;
	u32 *tails;
	u32 tail_mask;
	struct kl_segments segments[2];
	size_t memory;
};

#define KL_MAP_ROOT	0
#define KL_MAP_ALL	1
#define KL_MAP_END	((u32)~0)

/**
 * kl_map_build - build a map
 * @keys: reordered by this; several keys may have the same id
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM (then @map is empty).
 */
int kl_map_build(struct kl_map *map, struct kl_key *keys, u32 count);
void kl_map_destroy(struct kl_map *map);

/** kl_map_find_text - node of a string. Context: any. */
u32 kl_map_find_text(const struct kl_map *map, struct kl_text text);

/** kl_map_find_point - node of a number or address. Context: any. */
u32 kl_map_find_point(const struct kl_map *map, u32 family,
		      struct kl_point point);

/**
 * kl_ends_literally - does a pattern match only strings that end in its tail,
 * of those that have a last component at all (do not end in '/')?
 */
static inline bool kl_ends_literally(const struct kl_pattern *pattern)
{
	return pattern->tail_literal || pattern->leaf_literal;
}

/**
 * kl_map_may_end_in - may any key match a string with this last component?
 * @last: not empty, without '/'
 * Context: any. Return: false only if certainly none does.
 */
bool kl_map_may_end_in(const struct kl_map *map, struct kl_text last);

/**
 * kl_map_next - smallest id of at least @from under a node or its ancestors
 * Context: any. Return: the id or KL_MAP_END.
 */
u32 kl_map_next(const struct kl_map *map, u32 node, u32 from);

/** kl_ids_next - smallest of ascending @ids that is at least @from */
u32 kl_ids_next(const u32 *ids, u32 count, u32 from);

#endif /* KELLAS_MAP_H */
