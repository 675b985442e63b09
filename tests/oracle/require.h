/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a run with random data must have met: a test that came across none of it has
 * tested nothing, and fails.
 */
#ifndef TESTS_REQUIRE_H
#define TESTS_REQUIRE_H

#include <stdio.h>

#include "engine/port.h"

/**
 * struct requirement - something to be met
 * @what: for people
 * @is: how often it was
 * @wanted: at least so often
 */
struct requirement {
	const char *what;
	const u64 *is;
	u64 wanted;
};

static inline bool require(const char *what, u64 is, u64 wanted)
{
	printf("%-40s %10llu (at least %llu)%s\n", what, (unsigned long long)is,
	       (unsigned long long)wanted, is < wanted ? "  TOO FEW" : "");
	return is >= wanted;
}

static inline bool is_enough(const struct requirement *list, size_t count)
{
	size_t i;

	for (i = 0; i < count && *list[i].is >= list[i].wanted; i++)
		;
	return i == count;
}

static inline bool require_all(const struct requirement *list, size_t count)
{
	bool good = true;
	size_t i;

	for (i = 0; i < count; i++)
		good &= require(list[i].what, *list[i].is, list[i].wanted);
	return good;
}

#endif /* TESTS_REQUIRE_H */
