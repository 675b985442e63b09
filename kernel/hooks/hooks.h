/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The handlers: one kl_hook_NAME() for each security_NAME() of table.def and
 * one kl_probe_NAME() for each tracepoint of tracepoints.def, with the same
 * arguments.
 *
 * A handler runs in place of the function's first instruction, in the context
 * of the function's caller: it may sleep only where that may. It stands before
 * the function's test for IS_PRIVATE() inodes and before the LSMs. It must not
 * call any security_*() function, directly or through a function of the kernel
 * that does: it would be asked about itself, without end.
 */
#ifndef KELLAS_HOOKS_H
#define KELLAS_HOOKS_H

#include <linux/capability.h>
#include <linux/kernel_read_file.h>
#include <linux/security.h>
#include <linux/types.h>
#include <linux/uidgid.h>
#include "../compat.h"

struct cred;
struct dentry;
struct file;
struct file_kattr;
struct fs_context;
struct fs_parameter;
struct io_uring_cmd;
struct kernel_siginfo;
struct linux_binprm;
struct msghdr;
struct path;
struct posix_acl;
struct sock;
struct sockaddr;
struct socket;
struct super_block;
struct vfsmount;
struct vm_area_struct;
struct task_struct;
struct timespec64;
struct timezone;
union bpf_attr;
struct user_namespace;

/* KL_MAP(number, m, type, name, ...) is m(0, type, name), m(1, ...), ... */
#define KL_MAP(n, m, ...)	KL_MAP_##n(m, __VA_ARGS__)
#define KL_MAP_1(m, t, a) \
	m(0, t, a)
#define KL_MAP_2(m, t, a, t1, a1) \
	m(0, t, a), m(1, t1, a1)
#define KL_MAP_3(m, t, a, t1, a1, t2, a2) \
	m(0, t, a), m(1, t1, a1), m(2, t2, a2)
#define KL_MAP_4(m, t, a, t1, a1, t2, a2, t3, a3) \
	m(0, t, a), m(1, t1, a1), m(2, t2, a2), m(3, t3, a3)
#define KL_MAP_5(m, t, a, t1, a1, t2, a2, t3, a3, t4, a4) \
	m(0, t, a), m(1, t1, a1), m(2, t2, a2), m(3, t3, a3), m(4, t4, a4)
#define KL_MAP_6(m, t, a, t1, a1, t2, a2, t3, a3, t4, a4, t5, a5) \
	m(0, t, a), m(1, t1, a1), m(2, t2, a2), m(3, t3, a3), m(4, t4, a4), \
	m(5, t5, a5)

/* A parameter, for KL_MAP(). */
#define KL_PARAMETER(index, type, name)	type name

#define KL_HOOK(result, name, family, need, number, ...) \
	result kl_hook_##name(KL_MAP(number, KL_PARAMETER, __VA_ARGS__));
#include "table.def"
#undef KL_HOOK

#define KL_TRACEPOINT(name, family, number, ...) \
	void kl_probe_##name(KL_MAP(number, KL_PARAMETER, __VA_ARGS__));
#include "tracepoints.def"

#endif /* KELLAS_HOOKS_H */
