/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Binding the handlers of hooks/ to the kernel's security_*() functions, and
 * to tracepoints where it calls none.
 *
 * Both are attached by family. A policy commit calls
 *
 *	kl_attach_prepare(families of the old and the new ruleset)
 *	publish the new ruleset, wait for its grace period
 *	kl_attach_release(families that the new ruleset does not use)
 *
 * so that a rule never waits for its functions, and a family that no ruleset
 * uses costs nothing: not a byte of the kernel's code differs.
 *
 * While a family is attached the module holds a reference on itself, and rmmod
 * says that it is in use. The call that lets go of the last family drops it, so
 * who makes that call needs a reference of its own (an open file), or
 * module_exit must wait for it (a workqueue that it destroys).
 *
 * Serialisation: everything here except kl_attached(), kl_attach_status(),
 * kl_attach_inflight() and kl_detach_wait() needs the policy mutex, or is called by module_init and
 * module_exit, when nobody else can. No handler takes that mutex.
 */
#ifndef KELLAS_ATTACH_H
#define KELLAS_ATTACH_H

#include <linux/bits.h>
#include <linux/init.h>
#include <linux/types.h>
#include "engine/port.h"

/** enum kl_family - functions, tracepoints: attached and detached together */
enum kl_family {
#define KL_FAMILY(id, name) KL_FAMILY_##id,
#include "hooks/families.def"
	KL_FAMILIES
};

/* KL_FAMILY_BIT(OPEN) | KL_FAMILY_BIT(EXEC): a set of families. */
#define KL_FAMILY_BIT(name)	BIT(KL_FAMILY_##name)
#define KL_FAMILY_ALL		(BIT(KL_FAMILIES) - 1)

/**
 * struct kl_attach_status - what is known of one function or tracepoint
 * @function: its name, "security_file_open", "sched_process_exit"; static
 * @family: its family's name, "open"; static
 * @tracepoint: it is a tracepoint
 * @missing: the running kernel has no such function, or not one that can be
 *           attached to; never changes
 * @attached: it is attached now
 */
struct kl_attach_status {
	const char *function;
	const char *family;
	bool tracepoint;
	bool missing;
	bool attached;
};

/**
 * kl_attach_init - find the functions, and keep ftrace switched on
 *
 * Nothing is attached by this. From now to kl_attach_exit()
 * kernel.ftrace_enabled cannot be set to 0: that would switch every rule off
 * in silence.
 *
 * Context: module_init; sleeps.
 * Return: 0; -EBUSY if kernel.ftrace_enabled is 0; another negative errno.
 *	   Errors are in the kernel log, too.
 */
int __init kl_attach_init(void);

/**
 * kl_attach_exit - detach what is attached, wait until no task is inside
 *
 * Sleeps as long as a handler sleeps, says so every ten seconds, and gives up
 * never: the module's code goes when this has returned.
 *
 * Context: module_exit, or the undo of module_init; policy mutex if anybody may
 *	    still call kl_attach_release(), which rmmod -f makes possible.
 *	    Sleeps.
 */
void kl_attach_exit(void);

/**
 * kl_attach_prepare - attach what is missing of some families
 * @families: set of KL_FAMILY_BIT() to be attached; others stay as they are
 * @error: why not, if not; its line and column are 0
 *
 * All or nothing: after an error the families attached are those of before.
 *
 * Context: policy mutex; module_exit cannot overtake the caller (see above).
 *	    Sleeps, for up to a few hundred milliseconds.
 * Return: 0; -EBUSY if somebody else is attached to a function, named in
 *	   @error; -EOPNOTSUPP if the kernel has not got one, named;
 *	   -ENODEV if the module is about to go; another errno of ftrace.
 */
int kl_attach_prepare(u32 families, struct kl_error *error);

/**
 * kl_attach_release - detach some families
 * @families: set of KL_FAMILY_BIT(); those not attached are ignored
 *
 * On return no new call reaches a handler of them, and only those tasks may
 * still be inside one that sleep there: what these use must be counted or be
 * freed by RCU, as any ruleset is.
 *
 * Context: policy mutex; module_exit cannot overtake the caller. Sleeps.
 */
void kl_attach_release(u32 families);

/**
 * kl_detach_all - detach everything
 *
 * The module remains in use until kl_detach_wait() and kl_detach_done().
 *
 * Context: policy mutex; module_exit cannot overtake the caller. Sleeps.
 * Return: 0; -EBUSY if ftrace did not let go of a family, after which the
 *	   module can never be unloaded.
 */
int kl_detach_all(void);

/**
 * kl_detach_wait - wait until no task is inside
 *
 * After success rmmod need not wait for anything. The wait ends early if the
 * caller is killed, or after 20 seconds, since a handler may wait for a file
 * system of some user's: then nothing is attached, but the module remains in
 * use until this is called again or a family is attached and released.
 *
 * Context: no policy mutex; module_exit cannot overtake the caller. Sleeps as
 *	    long as a handler does.
 * Return: 0; -EINTR if the caller was killed; -EAGAIN if time was up;
 *	   -ECANCELED if a family was attached meanwhile.
 */
int kl_detach_wait(void);

/**
 * kl_detach_done - nobody was inside: the module is not in use any more
 *
 * Nothing happens if a family has been attached since.
 *
 * Context: policy mutex; module_exit cannot overtake the caller.
 */
void kl_detach_done(void);

/** kl_attached - the set of KL_FAMILY_BIT() that is attached. Context: any. */
u32 kl_attached(void);

/** kl_family_name - "open"; static. Context: any. */
const char *kl_family_name(enum kl_family family);

/**
 * kl_attach_generation - changes when a family has been attached or detached
 *
 * What handlers remember of one attachment means nothing in another.
 *
 * Context: any.
 */
u32 kl_attach_generation(enum kl_family family);

/**
 * kl_attach_status - describe one function or tracepoint
 * @index: 0, 1, 2, ...: in the order of hooks/table.def, then tracepoints.def
 * @status: filled in
 *
 * Context: any.
 * Return: false if there are no more.
 */
bool kl_attach_status(unsigned int index, struct kl_attach_status *status);

/**
 * kl_attach_inflight - calls of handlers that have not returned yet
 *
 * While something is attached this is a figure to look at, not to rely on.
 *
 * Context: any.
 */
long kl_attach_inflight(void);

#endif /* KELLAS_ATTACH_H */
