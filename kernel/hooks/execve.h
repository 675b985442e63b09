/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How far the current task's execve has come.
 *
 * While an execve opens files it opens first its program, then, once the
 * program has been checked, interpreters. The kernel does not tell one from
 * the other: before 6.8 in_execve is set for both. There, what bprm_check has
 * seen is remembered here, until task state can hold it: the task and the
 * address space it is about to get. That is valid as long as the space has
 * users and is not yet the task's own, for a failed execve drops its only
 * user, and a successful one opens no interpreter afterwards.
 */
#ifndef KELLAS_EXECVE_H
#define KELLAS_EXECVE_H

#include <linux/sched.h>
#include "../compat.h"

struct linux_binprm;

#if KL_PROGRAM_OPENED_IN_EXECVE

/** kl_execve_opens_interpreter - or does it open its program? */
bool kl_execve_opens_interpreter(void);

/**
 * kl_execve_checked - the program of current's execve has been opened
 * Return: 0, -ENOMEM.
 */
int kl_execve_checked(const struct linux_binprm *bprm);

/** kl_execve_exit - forget everything. Context: module_exit. */
void kl_execve_exit(void);

#else

static inline bool kl_execve_opens_interpreter(void)
{
	return current->in_execve;
}

static inline int kl_execve_checked(const struct linux_binprm *bprm)
{
	return 0;
}

static inline void kl_execve_exit(void)
{
}

#endif

#endif /* KELLAS_EXECVE_H */
