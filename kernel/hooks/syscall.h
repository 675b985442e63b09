/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which system call current is in.
 *
 * Some security_*() functions are called on behalf of several system calls
 * that mean different things, and are not told which. The number is the one
 * that was executed: nobody can change it while the task is inside the kernel.
 */
#ifndef KELLAS_SYSCALL_H
#define KELLAS_SYSCALL_H

#include <linux/sched.h>
#include <asm/syscall.h>
#include <asm/unistd.h>
#include <asm/unistd_32_ia32.h>

/* Since 6.17; the same in both tables. */
#ifndef __NR_file_getattr
#define __NR_file_getattr	468
#define __NR_ia32_file_getattr	468
#define __NR_file_setattr	469
#define __NR_ia32_file_setattr	469
#endif

/* Set by programs of the x32 ABI; the numbers used here are the same there. */
#define KL_X32_BIT	0x40000000

/** kl_syscall_has_any - kernel threads have none, workers somebody else's */
static inline bool kl_syscall_has_any(void)
{
	return !(current->flags & (PF_KTHREAD | PF_IO_WORKER));
}

/**
 * kl_syscall_is - is current in this call, by either entry?
 * @number: of it in the 64-bit table
 * @ia32: of it in the 32-bit table
 *
 * Context: any of a process.
 */
static inline bool kl_syscall_is(int number, int ia32)
{
	int executed;

	if (!kl_syscall_has_any())
		return false;
	executed = syscall_get_nr(current, task_pt_regs(current));
	if (in_ia32_syscall())
		return executed == ia32;
	return (executed & ~KL_X32_BIT) == number;
}

#define KL_SYSCALL_IS(name)	kl_syscall_is(__NR_##name, __NR_ia32_##name)

/** kl_syscall_opens - does it open a file for a descriptor? */
static inline bool kl_syscall_opens(void)
{
	return KL_SYSCALL_IS(open) || KL_SYSCALL_IS(creat) ||
	       KL_SYSCALL_IS(openat) || KL_SYSCALL_IS(openat2) ||
	       KL_SYSCALL_IS(open_by_handle_at);
}

/** kl_syscall_mounts - does it make or configure a file system? */
static inline bool kl_syscall_mounts(void)
{
	return KL_SYSCALL_IS(mount) || KL_SYSCALL_IS(fsconfig);
}

/** kl_syscall_argument - first argument of the current system call */
static inline unsigned long kl_syscall_argument(void)
{
	unsigned long arguments[6];

	syscall_get_arguments(current, task_pt_regs(current), arguments);
	return arguments[0];
}

#endif /* KELLAS_SYSCALL_H */
