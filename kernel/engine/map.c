// SPDX-License-Identifier: GPL-2.0
/* Values to numbers: see map.h. */
#include "intern.h"
#include "map.h"

/* A range that covers more segments than this is filed under the root. */
#define SEGMENTS_PER_KEY 16

struct kl_point kl_ip_point(const struct kl_ip *ip)
{
	struct kl_point point = { 0, 0 };
	int i;

	if (ip->family == KL_IPV4) {
		for (i = 0; i < 4; i++)
			point.low = point.low << 8 | ip->bytes[i];
		return point;
	}
	for (i = 0; i < 8; i++) {
		point.high = point.high << 8 | ip->bytes[i];
		point.low = point.low << 8 | ip->bytes[i + 8];
	}
	return point;
}

/* Hash of a directory, extended byte by byte while a string is walked. */
#define DIRECTORY_SEED	2166136261u

static inline u32 directory_step(u32 hash, char c)
{
	return (hash ^ (u8)c) * 16777619u;
}

static u32 directory_hash(const char *data, u32 length)
{
	u32 hash = DIRECTORY_SEED;
	u32 i;

	for (i = 0; i < length; i++)
		hash = directory_step(hash, data[i]);
	return hash;
}

static struct kl_text directory_of(const struct kl_pattern *pattern)
{
	return (struct kl_text){ pattern->head.data, pattern->directory };
}

/* Hash tables hold node numbers; 0, the root, is in none and means free. */
static u32 table_size(u32 entries)
{
	u32 size = 4;

	while (size < entries * 2)
		size *= 2;
	return size;
}

static void table_add(u32 *table, u32 mask, u32 hash, u32 value)
{
	u32 i = hash & mask;

	while (table[i])
		i = (i + 1) & mask;
	table[i] = value;
}

static u32 find_directory(const struct kl_map *map, struct kl_text directory,
			  u32 hash)
{
	u32 i, n;

	for (i = hash & map->directory_mask; (n = map->directories[i]) != 0;
	     i = (i + 1) & map->directory_mask)
		if (map->nodes[n].hash == hash &&
		    kl_text_equal(directory_of(map->nodes[n].pattern),
				  directory))
			return n;
	return 0;
}

/* The deepest directory node that is an ancestor of @text. */
static u32 deepest_directory(const struct kl_map *map, struct kl_text text)
{
	u32 hash = DIRECTORY_SEED;
	u32 best = KL_MAP_ROOT;
	u32 i, n;

	if (!map->directories)
		return best;
	for (i = 0; i < text.length; i++) {
		hash = directory_step(hash, text.data[i]);
		if (text.data[i] != '/' ||
		    !(map->directory_lengths >> ((i + 1) % 64) & 1))
			continue;
		n = find_directory(map, (struct kl_text){ text.data, i + 1 },
				   hash);
		if (n)
			best = n;
	}
	return best;
}

static u32 find_literal(const struct kl_map *map, struct kl_text text)
{
	u32 hash = kl_hash(0, text.data, text.length);
	u32 i, n;

	for (i = hash & map->literal_mask; (n = map->literals[i]) != 0;
	     i = (i + 1) & map->literal_mask)
		if (map->nodes[n].hash == hash &&
		    kl_text_equal(map->nodes[n].pattern->head, text))
			return n;
	return 0;
}

u32 kl_map_find_text(const struct kl_map *map, struct kl_text text)
{
	u32 node = map->literals ? find_literal(map, text) : 0;

	return node ? node : deepest_directory(map, text);
}

/* Index of the last start that is not above @point, or -1. */
static s64 find_segment(const struct kl_segments *segments,
			struct kl_point point)
{
	u32 low = 0, high = segments->count;

	while (low < high) {
		u32 middle = low + (high - low) / 2;

		if (kl_point_compare(segments->starts[middle], point) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	return (s64)low - 1;
}

u32 kl_map_find_point(const struct kl_map *map, u32 family,
		      struct kl_point point)
{
	s64 segment = find_segment(&map->segments[family], point);

	if (segment < 0)
		return KL_MAP_ROOT;
	return map->segments[family].base + segment;
}

/* Never 0, which marks a free place in the table of tails. */
static u32 tail_hash(struct kl_text tail)
{
	return kl_hash(0, tail.data, tail.length) | 1;
}

bool kl_map_may_end_in(const struct kl_map *map, struct kl_text last)
{
	u32 hash, i;

	if (!map->tails)
		return true;
	hash = tail_hash(last);
	for (i = hash >> 1 & map->tail_mask; map->tails[i];
	     i = (i + 1) & map->tail_mask)
		if (map->tails[i] == hash)
			return true;
	return false;
}

u32 kl_ids_next(const u32 *ids, u32 count, u32 from)
{
	u32 low = 0, high = count;

	while (low < high) {
		u32 middle = low + (high - low) / 2;

		if (ids[middle] < from)
			low = middle + 1;
		else
			high = middle;
	}
	return low < count ? ids[low] : KL_MAP_END;
}

u32 kl_map_next(const struct kl_map *map, u32 node, u32 from)
{
	u32 best = KL_MAP_END;

	for (;;) {
		const struct kl_node *n = &map->nodes[node];

		best = min(best, kl_ids_next(map->ids + n->first, n->count,
					     from));
		if (node == n->parent)
			return best;
		node = n->parent;
	}
}

/*
 * Building. Each key becomes one or more filings: (node, id) pairs that are
 * sorted and laid out at the end.
 */
struct filing {
	u32 node;
	u32 id;
};

struct builder {
	struct kl_map *map;
	struct filing *filings;
	u32 count;
	u32 room;
};

static int file_id(struct builder *b, u32 node, u32 id)
{
	struct filing *more;

	if (b->count == b->room) {
		u32 room = b->room ? b->room * 2 : 64;

		more = kl_alloc(room * sizeof(*more));
		if (!more)
			return -ENOMEM;
		if (b->count)
			memcpy(more, b->filings, b->count * sizeof(*more));
		kl_free(b->filings);
		b->filings = more;
		b->room = room;
	}
	b->filings[b->count++] = (struct filing){ node, id };
	return 0;
}

static void *map_alloc(struct kl_map *map, size_t size)
{
	void *memory = kl_alloc(size);

	if (memory)
		map->memory += size;
	return memory;
}

/* Where a string key belongs. */
enum place { LITERAL, DIRECTORY, ROOT };

static enum place place_of(const struct kl_pattern *pattern)
{
	if (pattern->literal)
		return LITERAL;
	return pattern->directory ? DIRECTORY : ROOT;
}

static int compare_text(struct kl_text a, struct kl_text b)
{
	if (a.length != b.length)
		return a.length < b.length ? -1 : 1;
	return memcmp(a.data, b.data, a.length);
}

static struct kl_text filed_under(const struct kl_pattern *pattern)
{
	return pattern->literal ? pattern->head : directory_of(pattern);
}

/* Groups equal literals and equal directories; shorter directories first. */
static int compare_strings(const void *a, const void *b)
{
	const struct kl_pattern *p = ((const struct kl_key *)a)->pattern;
	const struct kl_pattern *q = ((const struct kl_key *)b)->pattern;
	int diff = (int)place_of(p) - (int)place_of(q);

	return diff ? diff : compare_text(filed_under(p), filed_under(q));
}

static int alloc_tables(struct kl_map *map, u32 literals, u32 directories)
{
	u32 size;

	if (literals) {
		size = table_size(literals);
		map->literals = map_alloc(map, size * sizeof(u32));
		if (!map->literals)
			return -ENOMEM;
		map->literal_mask = size - 1;
	}
	if (directories) {
		size = table_size(directories);
		map->directories = map_alloc(map, size * sizeof(u32));
		if (!map->directories)
			return -ENOMEM;
		map->directory_mask = size - 1;
	}
	return 0;
}

static u32 add_node(struct kl_map *map, const struct kl_pattern *pattern,
		    u32 parent)
{
	u32 n = map->node_count++;

	map->nodes[n].pattern = pattern;
	map->nodes[n].parent = parent;
	return n;
}

static void add_directory(struct kl_map *map, const struct kl_pattern *pattern)
{
	struct kl_text directory = directory_of(pattern);
	struct kl_text above = { directory.data, directory.length - 1 };
	u32 n = add_node(map, pattern, deepest_directory(map, above));

	map->nodes[n].hash = directory_hash(directory.data, directory.length);
	map->directory_lengths |= BIT_ULL(directory.length % 64);
	table_add(map->directories, map->directory_mask, map->nodes[n].hash, n);
}

static void add_literal(struct kl_map *map, const struct kl_pattern *pattern)
{
	u32 n = add_node(map, pattern, deepest_directory(map, pattern->head));

	map->nodes[n].hash = kl_hash(0, pattern->head.data,
				     pattern->head.length);
	table_add(map->literals, map->literal_mask, map->nodes[n].hash, n);
}

static bool starts_node(const struct kl_key *keys, u32 i)
{
	return !i || compare_strings(&keys[i - 1], &keys[i]);
}

/*
 * Directories are added first, shorter ones before longer ones, so that each
 * finds its parent; literals then find theirs.
 */
static int build_strings(struct builder *b, struct kl_key *keys, u32 count)
{
	struct kl_map *map = b->map;
	u32 literals = 0, directories = 0;
	u32 i, node = 0;
	int error = 0;

	for (i = 0; i < count; i++) {
		if (!starts_node(keys, i))
			continue;
		literals += place_of(keys[i].pattern) == LITERAL;
		directories += place_of(keys[i].pattern) == DIRECTORY;
	}
	error = alloc_tables(map, literals, directories);
	for (i = 0; i < count && !error; i++) {
		if (place_of(keys[i].pattern) != DIRECTORY)
			continue;
		if (starts_node(keys, i))
			add_directory(map, keys[i].pattern);
		error = file_id(b, map->node_count - 1, keys[i].id);
	}
	for (i = 0; i < count && !error; i++) {
		enum place place = place_of(keys[i].pattern);

		if (place == DIRECTORY)
			continue;
		if (place == LITERAL && starts_node(keys, i))
			add_literal(map, keys[i].pattern);
		node = place == LITERAL ? map->node_count - 1 : KL_MAP_ROOT;
		error = file_id(b, node, keys[i].id);
	}
	return error;
}

static int build_tails(struct kl_map *map, const struct kl_key *keys, u32 count)
{
	u32 size = table_size(count);
	u32 i;

	for (i = 0; i < count; i++)
		if (!keys[i].pattern || !kl_ends_literally(keys[i].pattern))
			return 0;
	map->tails = map_alloc(map, size * sizeof(u32));
	if (!map->tails)
		return -ENOMEM;
	map->tail_mask = size - 1;
	for (i = 0; i < count; i++) {
		struct kl_text tail = keys[i].pattern->tail;
		u32 hash = tail_hash(tail);

		if (i && kl_map_may_end_in(map, tail))
			continue;
		table_add(map->tails, map->tail_mask, hash >> 1, hash);
	}
	return 0;
}

static int compare_points(const void *a, const void *b)
{
	return kl_point_compare(*(const struct kl_point *)a,
				*(const struct kl_point *)b);
}

static bool point_after(struct kl_point *point)
{
	point->low++;
	if (!point->low)
		point->high++;
	return point->low || point->high;
}

/* Cut the line of one family where its keys begin and behind where they end. */
static int cut_segments(struct kl_map *map, const struct kl_key *keys,
			u32 count, u8 family)
{
	struct kl_segments *segments = &map->segments[family];
	struct kl_point *points;
	u32 i, n = 0, kept = 0;

	for (i = 0; i < count; i++)
		n += keys[i].family == family;
	if (!n)
		return 0;
	points = map_alloc(map, 2 * n * sizeof(*points));
	if (!points)
		return -ENOMEM;
	for (i = 0, n = 0; i < count; i++) {
		struct kl_point end = keys[i].high;

		if (keys[i].family != family)
			continue;
		points[n++] = keys[i].low;
		if (point_after(&end))
			points[n++] = end;
	}
	kl_sort(points, n, sizeof(*points), compare_points);
	for (i = 0; i < n; i++)
		if (!i || kl_point_compare(points[i], points[kept - 1]))
			points[kept++] = points[i];
	segments->starts = points;
	segments->count = kept;
	segments->base = map->node_count;
	map->node_count += kept;
	return 0;
}

static int build_points(struct builder *b, const struct kl_key *keys, u32 count)
{
	struct kl_map *map = b->map;
	int error = cut_segments(map, keys, count, 0);
	u32 i;

	if (!error)
		error = cut_segments(map, keys, count, 1);
	for (i = 0; i < count && !error; i++) {
		const struct kl_segments *segments =
			&map->segments[keys[i].family];
		s64 first = find_segment(segments, keys[i].low);
		s64 last = find_segment(segments, keys[i].high);

		if (last - first >= SEGMENTS_PER_KEY) {
			error = file_id(b, KL_MAP_ROOT, keys[i].id);
			continue;
		}
		for (; first <= last && !error; first++)
			error = file_id(b, segments->base + first, keys[i].id);
	}
	return error;
}

static int compare_filings(const void *a, const void *b)
{
	const struct filing *f = a, *g = b;

	if (f->node != g->node)
		return f->node < g->node ? -1 : 1;
	return f->id < g->id ? -1 : f->id > g->id;
}

static int lay_out(struct builder *b)
{
	struct kl_map *map = b->map;
	u32 i;

	map->ids = map_alloc(map, b->count * sizeof(u32));
	if (!map->ids)
		return -ENOMEM;
	kl_sort(b->filings, b->count, sizeof(*b->filings), compare_filings);
	for (i = 0; i < b->count; i++) {
		struct kl_node *node = &map->nodes[b->filings[i].node];

		if (!node->count)
			node->first = i;
		node->count++;
		map->ids[i] = b->filings[i].id;
	}
	return 0;
}

int kl_map_build(struct kl_map *map, struct kl_key *keys, u32 count)
{
	struct builder b = { .map = map };
	bool strings = count && keys[0].pattern;
	size_t nodes = 2 + (size_t)count * (strings ? 1 : 2);
	int error = -ENOMEM;
	u32 i;

	memset(map, 0, sizeof(*map));
	map->nodes = map_alloc(map, nodes * sizeof(*map->nodes));
	if (!map->nodes)
		goto fail;
	map->node_count = 2;
	map->nodes[KL_MAP_ALL].parent = KL_MAP_ALL;
	if (strings) {
		kl_sort(keys, count, sizeof(*keys), compare_strings);
		error = build_strings(&b, keys, count);
		if (!error)
			error = build_tails(map, keys, count);
	} else {
		error = build_points(&b, keys, count);
	}
	for (i = 0; i < count && !error; i++)
		error = file_id(&b, KL_MAP_ALL, keys[i].id);
	if (!error)
		error = lay_out(&b);
fail:
	kl_free(b.filings);
	if (error)
		kl_map_destroy(map);
	return error;
}

void kl_map_destroy(struct kl_map *map)
{
	kl_free(map->nodes);
	kl_free(map->ids);
	kl_free(map->literals);
	kl_free(map->directories);
	kl_free(map->tails);
	kl_free(map->segments[0].starts);
	kl_free(map->segments[1].starts);
	memset(map, 0, sizeof(*map));
}
