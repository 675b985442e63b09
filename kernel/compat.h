/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Every difference between kernel versions, and what a kernel must have to
 * build Kellas at all. No other file compares versions.
 */
#ifndef KELLAS_COMPAT_H
#define KELLAS_COMPAT_H

#include <linux/version.h>

#ifndef CONFIG_X86_64
#error "Kellas supports x86-64 only: its trampoline is x86-64 code"
#endif
#ifndef CONFIG_DYNAMIC_FTRACE_WITH_DIRECT_CALLS
#error "Kellas needs CONFIG_DYNAMIC_FTRACE_WITH_DIRECT_CALLS"
#endif
#ifndef CONFIG_KPROBES_ON_FTRACE
#error "Kellas needs CONFIG_KPROBES_ON_FTRACE to find functions"
#endif
#ifndef CONFIG_SECURITY_PATH
#error "Kellas needs CONFIG_SECURITY_PATH for the security_path_*() functions"
#endif
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 1, 0)
#error "Kellas needs Linux 6.1 or later"
#endif

#ifdef __ASSEMBLER__

#include <asm/asm-offsets.h>
#include <asm/nospec-branch.h>

/*
 * From 6.2 an assembler macro, which #ifdef does not see, of
 * <asm/nospec-branch.h>.
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 2, 0)
#define CALL_DEPTH_ACCOUNT
#endif

/*
 * Until 6.14 SYM_FUNC_START() puts one at the start of every function; since
 * "x86/ibt: Make ENDBR explicit" (6.15) each function does it itself.
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 15, 0)
#define KL_ENDBR	ENDBR
#else
#define KL_ENDBR
#endif

#else /* __ASSEMBLER__ */

#include <linux/ftrace.h>

/* Before 6.4 these names belonged to functions for one address at a time. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 4, 0)
static inline int kl_ftrace_register(struct ftrace_ops *ops, unsigned long to)
{
	return register_ftrace_direct(ops, to);
}

static inline int kl_ftrace_unregister(struct ftrace_ops *ops, unsigned long to)
{
	return unregister_ftrace_direct(ops, to, false);
}
#else
static inline int kl_ftrace_register(struct ftrace_ops *ops, unsigned long to)
{
	return register_ftrace_direct_multi(ops, to);
}

static inline int kl_ftrace_unregister(struct ftrace_ops *ops, unsigned long to)
{
	return unregister_ftrace_direct_multi(ops, to);
}
#endif

#include <linux/compiler.h>
#include <linux/dcache.h>
#include <linux/fs.h>
#if __has_include(<linux/io_uring/cmd.h>)
#include <linux/io_uring/cmd.h>
#else
#include <linux/io_uring.h>
#endif
#include <linux/mm.h>
#include <linux/sched.h>

/*
 * A variable on the stack that is not to be zeroed first, where the kernel is
 * built to zero them all: large, and filled in before it is read.
 */
#if __has_attribute(__uninitialized__)
#define kl_uninitialized __attribute__((__uninitialized__))
#else
#define kl_uninitialized
#endif

/*
 * The flags of clone() in security_task_alloc(): 64 bits on all architectures
 * since "copy_process: pass clone_flags as u64 across calltree" (6.18).
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 18, 0)
typedef u64 kl_clone_flags_t;
#else
typedef unsigned long kl_clone_flags_t;
#endif

/*
 * Where a dentry holds a short name: since "dcache: back inline names with a
 * struct-wrapped array of unsigned long" (6.14) in a union, which the old name
 * is a macro for, but not for ever.
 */
static inline const unsigned char *kl_dentry_inline(const struct dentry *dentry)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 14, 0)
	return dentry->d_shortname.string;
#else
	return dentry->d_iname;
#endif
}

/*
 * The program of a process, to be fput(); NULL if it has none. "file: convert
 * to SLAB_TYPESAFE_BY_RCU" (6.7) made get_file_rcu() read the pointer itself.
 */
static inline struct file *kl_mm_exe_file(struct mm_struct *mm)
{
	struct file *file;

	rcu_read_lock();
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 7, 0)
	file = get_file_rcu(&mm->exe_file);
#else
	file = rcu_dereference(mm->exe_file);
	if (file && !get_file_rcu(file))
		file = NULL;
#endif
	rcu_read_unlock();
	return file;
}

/* One page of a program that is not running yet. */
static inline long kl_get_user_page(struct mm_struct *mm, unsigned long address,
				    struct page **page)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 5, 0)
	return get_user_pages_remote(mm, address, 1, FOLL_FORCE, page, NULL);
#else
	return get_user_pages_remote(mm, address, 1, FOLL_FORCE, page, NULL,
				     NULL);
#endif
}

/* A file that a stacked file system has opened below its own. */
static inline bool kl_file_is_backing(const struct file *file)
{
#ifdef FMODE_BACKING
	return file->f_mode & FMODE_BACKING;
#else
	return file_inode(file) != d_inode(file->f_path.dentry);
#endif
}

/*
 * Under which name the user knows the file of a mapping. "fs: store real path
 * instead of fake path in backing file f_path" (6.7) turned f_path round, and
 * brought the function.
 */
static inline const struct path *kl_file_user_path(const struct file *file)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 7, 0)
	return file_user_path((struct file *)file);
#else
	return &file->f_path;
#endif
}

/* How a mount maps ids, as xattr functions are told. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 3, 0)
#define kl_idmap mnt_idmap
#else
#define kl_idmap user_namespace
#endif

/*
 * What security_sb_kern_mount() is given: "lsm: constify the 'sb' parameter in
 * security_sb_kern_mount()" went in with 6.7; 6.5 has it without, 6.8 with.
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 7, 0)
typedef const struct super_block kl_mounted_sb;
#else
typedef struct super_block kl_mounted_sb;
#endif

/* Does the process use io_uring, which overrides credentials for it? */
static inline bool kl_uses_io_uring(void)
{
#ifdef CONFIG_IO_URING
	return current->io_uring;
#else
	return false;
#endif
}

/*
 * A thread that works for a process inside the kernel: io_uring's, and vhost's
 * from 6.4 ("vhost_task: Allow vhost layer to use copy_process"), which brought
 * the first of these flags.
 */
#ifdef PF_USER_WORKER
#define KL_PF_WORKER	PF_USER_WORKER
#else
#define KL_PF_WORKER	PF_IO_WORKER
#endif

/* What security_bprm_committed_creds() is given; constified likewise (6.7). */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 7, 0)
typedef const struct linux_binprm kl_committed_bprm_t;
#else
typedef struct linux_binprm kl_committed_bprm_t;
#endif

/*
 * Whom a file sends signals; NULL: nobody so far. Apart from the file since
 * "file: reclaim 24 bytes from f_owner" (6.12).
 */
static inline struct fown_struct *kl_file_owner(struct file *file)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 12, 0)
	return file_f_owner(file);
#else
	return &file->f_owner;
#endif
}

/* What security_bprm_creds_from_file() is given; constified likewise (6.7). */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 7, 0)
typedef const struct file kl_final_file;
#else
typedef struct file kl_final_file;
#endif

/*
 * AT_EXECVE_CHECK: an execve that asks, and executes nothing. "exec: Add a new
 * AT_EXECVE_CHECK flag to execveat(2)" (6.14).
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 14, 0)
#define kl_bprm_is_check(bprm)	((bprm)->is_check)
#else
#define kl_bprm_is_check(bprm)	false
#endif

/* From 6.8 in_execve is set only when the program itself is open already. */
#define KL_PROGRAM_OPENED_IN_EXECVE \
	(LINUX_VERSION_CODE < KERNEL_VERSION(6, 8, 0))

/*
 * From 6.15 ("security: Propagate caller information in bpf hooks")
 * security_bpf() is told whether the kernel asks for itself. For table.def and
 * for the handler.
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 15, 0)
#define KL_BPF_NUMBER		4
#define KL_BPF_KERNEL		, bool, kernel
#define KL_BPF_PARAMETERS \
	int cmd, union bpf_attr *attr, unsigned int size, bool kernel
#else
#define KL_BPF_NUMBER		3
#define KL_BPF_KERNEL
#define KL_BPF_PARAMETERS \
	int cmd, union bpf_attr *attr, unsigned int size
#endif

/*
 * From 6.16 ("exit: move and extend sched_process_exit() tracepoint") it tells
 * whether the process ends with the task.
 */
#define KL_EXIT_TELLS_LAST (LINUX_VERSION_CODE >= KERNEL_VERSION(6, 16, 0))

#endif /* __ASSEMBLER__ */

#endif /* KELLAS_COMPAT_H */
