// SPDX-License-Identifier: GPL-2.0
/* Users looked up. */
#include <pwd.h>
#include <unistd.h>

#include "clock.h"
#include "job.h"
#include "memory.h"
#include "users.h"

/* Of an entry, and most that is tried. */
#define ENTRY_SIZE 1024u
#define ENTRY_SIZE_MAX (1u << 20)
/* Milliseconds: what is not known then comes from far away. */
#define SOON 300u

/**
 * struct lookup - what a thread has
 * @uid: the user
 * @name: owned; NULL: there is none
 */
struct lookup {
	u32 uid;
	char *name;
};

/**
 * struct user - a user
 * @uid: number
 * @name: owned; NULL: none is known
 * @job: it is looked up; NULL: it was, if @done, or will be
 * @lookup: what @job has
 * @done: it was
 */
struct user {
	u32 uid;
	char *name;
	struct job *job;
	struct lookup *lookup;
	bool done;
};

/**
 * struct users - all that were asked for
 * @list, @count, @room: users
 * @running: jobs
 * @sought: not @done
 * @since: clock_ms() of the last start
 */
struct users {
	struct user *list;
	u32 count, room;
	u32 running, sought;
	u64 since;
};

struct users *users_new(void)
{
	return kl_xalloc(1, sizeof(struct users));
}

static void look_up(void *context)
{
	struct lookup *lookup = context;
	struct passwd entry, *found = NULL;
	size_t size = ENTRY_SIZE;
	char *room = NULL;
	int error;

	do {
		size *= 2;
		room = kl_xrealloc(room, size, 1);
		error = getpwuid_r(lookup->uid, &entry, room, size, &found);
	} while (error == ERANGE && size < ENTRY_SIZE_MAX);
	if (!error && found && *entry.pw_name)
		lookup->name = kl_xstrdup(entry.pw_name);
	free(room);
}

static void forget(void *context)
{
	struct lookup *lookup = context;

	free(lookup->name);
	free(lookup);
}

void users_free(struct users *users)
{
	u32 i;

	if (!users)
		return;
	for (i = 0; i < users->count; i++) {
		job_abandon(users->list[i].job);
		free(users->list[i].name);
	}
	free(users->list);
	free(users);
}

static void start(struct users *users, struct user *user)
{
	user->lookup = kl_xalloc(1, sizeof(*user->lookup));
	user->lookup->uid = user->uid;
	user->job = job_start(false, look_up, user->lookup, forget);
	users->running++;
	users->since = clock_ms();
}

static struct user *find(struct users *users, u32 uid)
{
	u32 i;

	for (i = 0; i < users->count; i++)
		if (users->list[i].uid == uid)
			return &users->list[i];
	return NULL;
}

const char *users_name(struct users *users, u64 uid)
{
	struct user *user = uid < ~0u ? find(users, uid) : NULL;

	if (user)
		return user->name;
	if (uid >= ~0u || users->count == USERS_MAX)
		return NULL;
	KL_GROW(users->list, users->count, users->room);
	user = &users->list[users->count++];
	*user = (struct user){ .uid = uid };
	users->sought++;
	if (users->running < USERS_AT_ONCE)
		start(users, user);
	return NULL;
}

static bool take(struct users *users, struct user *user)
{
	job_end(user->job);
	user->job = NULL;
	user->done = true;
	user->name = user->lookup->name;
	free(user->lookup);
	users->running--;
	users->sought--;
	return user->name;
}

bool users_work(struct users *users, u32 milliseconds)
{
	struct user *user;
	bool known = false;
	u32 i;

	for (i = 0; i < users->count && users->sought; i++) {
		user = &users->list[i];
		if (!user->job)
			continue;
		if (job_wait(user->job, milliseconds))
			known |= take(users, user);
		milliseconds = 0;
	}
	for (i = 0; i < users->count && users->sought; i++)
		if (!users->list[i].done && !users->list[i].job &&
		    users->running < USERS_AT_ONCE)
			start(users, &users->list[i]);
	return known;
}

bool users_are_sought(const struct users *users)
{
	return users->sought;
}

bool users_are_expected(const struct users *users)
{
	return users->sought && clock_ms() - users->since < SOON;
}
