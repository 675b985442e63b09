// SPDX-License-Identifier: GPL-2.0
/*
 * Binding the handlers of hooks/ to tracepoints.
 *
 * The kernel calls a probe with preemption off or within tracepoint_srcu, and
 * no handler sleeps: so tracepoint_synchronize_unregister() waits for all that
 * have begun, and the counter of calls in flight is here for show.
 */
#define pr_fmt(fmt) "kellas: " fmt

#include <linux/module.h>
#include <linux/string.h>
#include <linux/tracepoint.h>
#include <trace/events/sched.h>
#include "compat.h"
#include "hooks/hooks.h"
#include "inflight.h"
#include "tracepoint.h"

/* What the kernel calls. */
#define ARGUMENT(index, type, name)	name
#define KL_TRACEPOINT(name, family, number, ...)			\
	static notrace void probe_##name(void *data,			\
		KL_MAP(number, KL_PARAMETER, __VA_ARGS__))		\
	{								\
		kl_inflight_enter();					\
		kl_probe_##name(KL_MAP(number, ARGUMENT, __VA_ARGS__));	\
		kl_inflight_leave();					\
	}
#include "hooks/tracepoints.def"

/* A line of the table that differs from the kernel's does not compile. */
static inline void check_prototypes(void)
{
#define KL_TRACEPOINT(name, family, number, ...) \
	check_trace_callback_type_##name(probe_##name);
#include "hooks/tracepoints.def"
}

/**
 * struct point - a tracepoint to attach to, from tracepoints.def
 * @name: its name in the kernel
 * @probe: what is attached
 * @family: what it is attached with
 */
struct point {
	const char *name;
	void *probe;
	enum kl_family family;
};

static const struct point points[] = {
#define KL_TRACEPOINT(name, family, number, ...) \
	{ #name, probe_##name, KL_FAMILY_##family },
#include "hooks/tracepoints.def"
};

#define POINTS ARRAY_SIZE(points)

/* Tracepoints of the running kernel, NULL if it has none; read-only. */
static struct tracepoint *found[POINTS] __ro_after_init;

/* Which are attached; under the policy mutex, but may be read without. */
static bool attached[POINTS];

static void __init note(struct tracepoint *tracepoint, void *unused)
{
	unsigned int i;

	for (i = 0; i < POINTS; i++)
		if (!strcmp(tracepoint->name, points[i].name))
			found[i] = tracepoint;
}

void __init kl_tracepoint_init(void)
{
	unsigned int i;

	check_prototypes();
	for_each_kernel_tracepoint(note, NULL);
	for (i = 0; i < POINTS; i++)
		if (!found[i])
			pr_warn("tracepoint %s: not found\n", points[i].name);
}

static int attach(unsigned int index, struct kl_error *error)
{
	const char *name = points[index].name;
	int err;

	if (!found[index]) {
		snprintf(error->text, sizeof(error->text),
			 "this kernel has no tracepoint %s", name);
		return -EOPNOTSUPP;
	}
	err = tracepoint_probe_register(found[index], points[index].probe,
					NULL);
	if (err)
		snprintf(error->text, sizeof(error->text),
			 "tracepoint %s refuses to be attached: error %d",
			 name, err);
	else
		WRITE_ONCE(attached[index], true);
	return err;
}

int kl_tracepoint_attach(enum kl_family family, struct kl_error *error)
{
	unsigned int i;
	int err = 0;

	for (i = 0; i < POINTS && !err; i++)
		if (points[i].family == family)
			err = attach(i, error);
	return err;
}

void kl_tracepoint_detach(u32 families)
{
	bool any = false;
	unsigned int i;

	for (i = 0; i < POINTS; i++) {
		if (!attached[i] || !(families & BIT(points[i].family)))
			continue;
		/* It cannot be gone: only we know of the probe. */
		WARN_ON_ONCE(tracepoint_probe_unregister(found[i],
							 points[i].probe,
							 NULL));
		WRITE_ONCE(attached[i], false);
		any = true;
	}
	if (any)
		tracepoint_synchronize_unregister();
}

bool kl_tracepoint_status(unsigned int index, struct kl_attach_status *status)
{
	if (index >= POINTS)
		return false;
	status->function = points[index].name;
	status->family = kl_family_name(points[index].family);
	status->missing = !found[index];
	status->attached = READ_ONCE(attached[index]);
	status->tracepoint = true;
	return true;
}
