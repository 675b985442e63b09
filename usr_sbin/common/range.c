// SPDX-License-Identifier: GPL-2.0
/* Ports and addresses to ranges and networks. */
#include "engine/print.h"
#include "memory.h"
#include "range.h"

#define PORT_MAX 65535u

void kl_range_ports(const struct kl_generalise *how, const u64 *ports, u32 count,
		    struct kl_range *ranges)
{
	u32 i, chance = 0, user = 0;
	u64 from = ~0ull;

	for (i = 0; i < count; i++) {
		chance += ports[i] >= KL_RANGE_CHANCE && ports[i] <= PORT_MAX;
		user += ports[i] >= KL_RANGE_USER && ports[i] <= PORT_MAX;
	}
	if (how->level >= KL_GENERALISE_NUMBERS && chance >= how->different)
		from = KL_RANGE_CHANCE;
	if (how->level >= KL_GENERALISE_ALL && user - chance >= how->entries)
		from = KL_RANGE_USER;
	for (i = 0; i < count; i++) {
		bool wide = ports[i] >= from && ports[i] <= PORT_MAX;

		ranges[i].different = !wide			? 0 :
				      from == KL_RANGE_USER ? user :
								chance;
		if (wide)
			snprintf(ranges[i].text, KL_RANGE_TEXT, "%u-%u", (u32)from,
				 PORT_MAX);
		else
			snprintf(ranges[i].text, KL_RANGE_TEXT, "%llu",
				 (unsigned long long)ports[i]);
	}
}

/**
 * struct entry - an address on its way to a network
 * @network: with the bits behind @prefix cleared
 * @prefix: its length so far
 * @number: of the address
 */
struct entry {
	struct kl_ip network;
	u32 prefix;
	u32 number;
};

static struct kl_ip masked(const struct kl_ip *ip, u32 prefix)
{
	struct kl_ip network = *ip;
	u32 i;

	for (i = 0; i < sizeof(network.bytes); i++)
		if (i * 8 >= prefix)
			network.bytes[i] = 0;
		else if (i * 8 + 8 > prefix)
			network.bytes[i] &= 0xff << (8 - prefix % 8);
	return network;
}

static u32 full_prefix(const struct kl_ip *ip)
{
	return ip->family == KL_IPV4 ? 32 : 128;
}

static int compare(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	int order = memcmp(&x->network, &y->network, sizeof(x->network));

	if (order)
		return order;
	return (x->prefix > y->prefix) - (x->prefix < y->prefix);
}

static bool same_network(const struct entry *a, const struct entry *b, u32 prefix)
{
	struct kl_ip x = masked(&a->network, prefix), y = masked(&b->network, prefix);

	return !memcmp(&x, &y, sizeof(x));
}

/* Sorted entries of one network become it, if they are enough. */
static void join(struct entry *entries, u32 count, u32 prefix, u32 enough)
{
	u32 i, different = 0;

	for (i = 0; i < count; i++)
		different += !i || compare(&entries[i], &entries[i - 1]);
	if (different < enough)
		return;
	for (i = 0; i < count; i++) {
		entries[i].network = masked(&entries[i].network, prefix);
		entries[i].prefix = prefix;
	}
}

static void join_level(struct entry *entries, u32 count, u32 level, u32 enough)
{
	static const u8 prefixes[][2] = { { 24, 64 }, { 16, 48 }, { 8, 32 }, { 0, 0 } };
	u32 from, to, prefix;

	qsort(entries, count, sizeof(*entries), compare);
	for (from = 0; from < count; from = to) {
		prefix = prefixes[level][entries[from].network.family != KL_IPV4];
		for (to = from + 1; to < count; to++)
			if (!same_network(&entries[from], &entries[to], prefix))
				break;
		join(entries + from, to - from, prefix, enough);
	}
}

/* Sorted entries: how many stand for the same as each. */
static void say(const struct entry *entries, u32 count, struct kl_range *ranges)
{
	u32 from, to, i, length;
	struct kl_range range;

	for (from = 0; from < count; from = to) {
		for (to = from + 1; to < count; to++)
			if (compare(&entries[from], &entries[to]))
				break;
		length = kl_format_ip(&entries[from].network, range.text);
		range.different = 0;
		if (entries[from].prefix < full_prefix(&entries[from].network)) {
			range.different = to - from;
			snprintf(range.text + length, KL_RANGE_TEXT - length, "/%u",
				 entries[from].prefix);
		}
		for (i = from; i < to; i++)
			ranges[entries[i].number] = range;
	}
}

void kl_range_addresses(const struct kl_generalise *how, const struct kl_ip *addresses,
			u32 count, struct kl_range *ranges)
{
	struct entry *entries = kl_xalloc(count + 1, sizeof(*entries));
	u32 i, level;

	for (i = 0; i < count; i++) {
		entries[i].network = addresses[i];
		entries[i].prefix = full_prefix(&addresses[i]);
		entries[i].number = i;
	}
	for (level = 0; level < 4 && how->level >= KL_GENERALISE_ALL; level++)
		join_level(entries, count, level, how->entries);
	qsort(entries, count, sizeof(*entries), compare);
	say(entries, count, ranges);
	free(entries);
}
