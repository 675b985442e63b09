/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Is this machine fit for Kellas, and does Kellas do its work? What is found,
 * good or bad, with what to do about it. Nothing is changed, and no program is
 * run: everything is read from files.
 */
#ifndef KELLAS_HEALTH_H
#define KELLAS_HEALTH_H

#include <linux/limits.h>

#include "engine/lex.h"
#include "memory.h"

/** enum kl_level - how much a finding matters */
enum kl_level { KL_FINE, KL_NOTE, KL_WARNING, KL_ERROR, KL_LEVELS };

/**
 * struct kl_finding - one thing that was looked at
 * @area: what it belongs to: "kernel", "module", "policy", "log" or "files"
 * @name: one word that programs may rely on
 * @level: enum kl_level
 * @what: a sentence without a full stop
 * @remedy: command or advice; NULL: none is needed
 */
struct kl_finding {
	const char *area;
	const char *name;
	enum kl_level level;
	char *what;
	char *remedy;
};

/**
 * struct kl_health - all that was found, and what several parts look at
 * @findings, @count: in the order in which they were found
 * @area: of the findings that follow
 * @release: of the running kernel, "6.12.48-amd64"
 * @stat: the module's counters; empty if they could not be read
 * @loaded: the module is there
 */
struct kl_health {
	struct kl_finding *findings;
	u32 count;
	const char *area;
	char release[65];
	struct kl_buffer stat;
	bool loaded;
};

/** kl_level_name - "ok", "note", "warning", "error" */
const char *kl_level_name(enum kl_level level);

/** kl_health_examine - look at everything; @health was zeroed */
void kl_health_examine(struct kl_health *health);

void kl_health_free(struct kl_health *health);

/* What its parts share. */

/** kl_find - add a finding without a remedy */
void kl_find(struct kl_health *health, enum kl_level level, const char *name,
	     const char *format, ...) __printf(4, 5);

/** kl_remedy - what to do about the last finding */
void kl_remedy(struct kl_health *health, const char *format, ...) __printf(2, 3);

/**
 * kl_health_path - where a file is
 *
 * $KELLAS_ROOT, for tests, stands in front of it; $KELLAS_PROC in place of
 * /proc/kellas, $KELLAS_AUDITD_STAT of /run/kellas/auditd.stat.
 *
 * Return: valid until the next call.
 */
const char *kl_health_path(const char *format, ...) __printf(1, 2);

/**
 * kl_health_read - read a file of up to 1 GiB
 * @path: as kl_health_path() returned it
 * @text: emptied first; not terminated by a newline
 *
 * Return: 0 or a negative errno.
 */
int kl_health_read(const char *path, struct kl_buffer *text);

/** kl_health_number - the number that a file begins with; -1 if there is none */
s64 kl_health_number(const char *path);

/** kl_health_unseen - a note that something could not be looked at, and why */
void kl_health_unseen(struct kl_health *health, const char *name, const char *path,
		      int error);

/**
 * kl_health_count - a counter of the first line with a subject
 * @text: all lines
 * @subject: the first word of the line
 * @key: of the counter
 * @count: set to it; 0 if it is missing
 *
 * Return: false if there is no such line.
 */
bool kl_health_count(struct kl_text text, const char *subject, const char *key,
		     u64 *count);

/** kl_examine_kernel - version, configuration, lockdown, ftrace, who else is attached */
void kl_examine_kernel(struct kl_health *health);

/** kl_examine_module - loaded, of which version, signed, what it lacks */
void kl_examine_module(struct kl_health *health);

/** kl_examine_policy - loaded, enforced, waiting to be confirmed, locked */
void kl_examine_policy(struct kl_health *health);

/** kl_examine_log - the daemon, what was lost, room, the clock */
void kl_examine_log(struct kl_health *health);

/** kl_examine_files - owners and permissions */
void kl_examine_files(struct kl_health *health);

#endif /* KELLAS_HEALTH_H */
