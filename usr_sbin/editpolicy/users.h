/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Names of users, which may come from far away: each is looked up once, by a thread.
 * Until it is known, and for ever if there is none, the number is all there is.
 */
#ifndef KELLAS_USERS_H
#define KELLAS_USERS_H

#include "engine/port.h"

/* So many are looked up at the same time. */
#define USERS_AT_ONCE 8u
/* So many are kept; the others are numbers. */
#define USERS_MAX 1000u

struct users;

struct users *users_new(void);
void users_free(struct users *users);

/** users_name - a name; NULL: there is none, or it is not known yet. Never waits */
const char *users_name(struct users *users, u64 uid);

/**
 * users_work - take what was found
 * @milliseconds: wait so long for the first answer
 *
 * Return: a name became known.
 */
bool users_work(struct users *users, u32 milliseconds);

/** users_are_sought - is one that was asked for not looked up yet? */
bool users_are_sought(const struct users *users);

/** users_are_expected - likewise, but only as long as an answer may come soon */
bool users_are_expected(const struct users *users);

#endif /* KELLAS_USERS_H */
