/* SPDX-License-Identifier: GPL-2.0 */
/* Random numbers that a seed repeats, and memory that is dropped at once. */
#ifndef TESTS_RANDOM_H
#define TESTS_RANDOM_H

#include "engine/port.h"

/** random_next - the next 64 bits */
static inline u64 random_next(u64 *state)
{
	u64 z = *state += 0x9e3779b97f4a7c15ull;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ z >> 27) * 0x94d049bb133111ebull;
	return z ^ z >> 31;
}

/** random_below - 0 to n - 1 */
static inline u32 random_below(u64 *state, u32 n)
{
	return (random_next(state) >> 32) * n >> 32;
}

static inline u32 random_between(u64 *state, u32 low, u32 high)
{
	return low + random_below(state, high - low + 1);
}

/** random_chance - true in @percent of all calls */
static inline bool random_chance(u64 *state, u32 percent)
{
	return random_below(state, 100) < percent;
}

/** random_weighted - an index of @weights, as often as it weighs */
static inline u32 random_weighted(u64 *state, const u8 *weights, u32 count)
{
	u32 sum = 0, i, pick;

	for (i = 0; i < count; i++)
		sum += weights[i];
	pick = random_below(state, sum);
	for (i = 0; pick >= weights[i]; i++)
		pick -= weights[i];
	return i;
}

/**
 * struct arena - memory that is dropped at once
 * @chunks: each begins with a pointer to the one before
 * @used: bytes of the last one
 */
struct arena {
	void **chunks;
	size_t used;
};

#define ARENA_CHUNK (64u << 10)

/** arena_get - some memory, zeroed */
static inline void *arena_get(struct arena *arena, size_t size)
{
	size = (size + 15) & ~(size_t)15;
	if (!arena->chunks || arena->used + size > ARENA_CHUNK) {
		void **chunk = malloc(max((size_t)ARENA_CHUNK, size + 16));

		*chunk = arena->chunks;
		arena->chunks = chunk;
		arena->used = 16;
	}
	arena->used += size;
	return memset((char *)arena->chunks + arena->used - size, 0, size);
}

/** arena_drop - forget everything; the first chunk is kept for the next time */
static inline void arena_drop(struct arena *arena)
{
	void **chunk = arena->chunks, **before;

	for (; chunk && *chunk; chunk = before) {
		before = *chunk;
		free(chunk);
	}
	arena->chunks = chunk;
	arena->used = 16;
}

/** arena_free - forget everything and keep nothing */
static inline void arena_free(struct arena *arena)
{
	arena_drop(arena);
	free(arena->chunks);
	memset(arena, 0, sizeof(*arena));
}

#endif /* TESTS_RANDOM_H */
