// SPDX-License-Identifier: GPL-2.0
/*
 * Binding the handlers of hooks/ to security_*() functions by ftrace direct
 * calls, and letting go of them so that not a task is left behind. Tracepoints
 * of a family are attached and detached with its functions, by tracepoint.c.
 *
 * Rules of ftrace that this file is built around (each was learnt by breaking
 * it): the set of functions of a registered direct ftrace_ops never changes,
 * and an ftrace_ops is registered once and never again. So there is one
 * ftrace_ops per family and attachment, freshly allocated.
 *
 * The way of a call, and what waits for it when it has to be drained:
 *
 *	function's first instruction, kl_trampoline	synchronize_rcu_tasks(),
 *		|					synchronize_rcu()
 *	kl_dispatch(): inflight + 1
 *	handler, which may sleep			inflight == 0
 *	inflight - 1
 *		|
 *	kl_trampoline, function or its caller		both again
 *
 * A task can be preempted anywhere outside the counter (with preempt=full or
 * lazy); it has then not slept of its own will, so synchronize_rcu_tasks()
 * waits for it. That does not look at idle tasks: a softirq on an idle CPU is
 * covered by synchronize_rcu(), as preemption is off there. A task that sleeps
 * in a handler is a quiescent state for both, hence the counter.
 */
#define pr_fmt(fmt) "kellas: " fmt

#include <linux/ftrace.h>
#include <linux/jiffies.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/random.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/security.h>
#include <linux/slab.h>
#include "attach.h"
#include "compat.h"
#include "hooks/hooks.h"
#include "inflight.h"
#include "tracepoint.h"

/* Bytes of the call instruction at a function's __fentry__ site. */
#define CALL_SIZE	5

/* Sleeps of a drain, and the time between two messages about it. */
#define DRAIN_SLEEP_MIN	msecs_to_jiffies(1)
#define DRAIN_SLEEP_MAX	msecs_to_jiffies(250)
#define DRAIN_REPORT	(10 * HZ)

/* kl_detach_wait() waits no longer: a user waits for it. */
#define DRAIN_LIMIT	(20 * HZ)

/* Slots of the table from return address to handler. */
#define SLOT_BITS	9
#define SLOTS		(1u << SLOT_BITS)

/* Multipliers tried for that table: with SLOTS / 5 hooks 1 in 50,000 does. */
#define MULTIPLIER_TRIES	(1u << 18)

/* Every wrapper: hands the arguments to a handler, returns 0 or an errno. */
typedef int call_fn(const unsigned long args[6]);

/*
 * The kernel's prototypes once more, so that a line of table.def that differs
 * from them does not compile. A function that this kernel has not got becomes
 * a declaration that nobody uses.
 */
#define KL_HOOK(result, name, family, need, number, ...) \
	result security_##name(KL_MAP(number, KL_PARAMETER, __VA_ARGS__));
#include "hooks/table.def"
#undef KL_HOOK

/*
 * The wrappers. An argument is read as its own type because the unused upper
 * bytes of its register hold anything; x86-64 is little-endian.
 */
#define ARGUMENT(index, type, name)	(*(type const *)&args[index])
#define CALL_int(call)			return call
#define CALL_void(call)			do { call; return 0; } while (0)
#define KL_HOOK(result, name, family, need, number, ...)		\
	static int call_##name(const unsigned long args[6])		\
	{								\
		CALL_##result(kl_hook_##name(				\
			KL_MAP(number, ARGUMENT, __VA_ARGS__)));	\
	}
#include "hooks/table.def"
#undef KL_HOOK

enum need { REQUIRED, OPTIONAL };

/**
 * struct hook - a function to attach to, from table.def
 * @function: its name in the kernel
 * @call: wrapper of its handler
 * @family: what it is attached with
 * @need: what it means that the kernel has not got it
 */
struct hook {
	const char *function;
	call_fn *call;
	enum kl_family family;
	enum need need;
};

static const struct hook hooks[] = {
#define KL_HOOK(result, name, family, need, number, ...) \
	{ "security_" #name, call_##name, KL_FAMILY_##family, need },
#include "hooks/table.def"
#undef KL_HOOK
};

#define HOOKS ARRAY_SIZE(hooks)

static_assert(HOOKS <= SLOTS / 5, "slot_hooks() would search too long");

static const char * const family_names[] = {
#define KL_FAMILY(id, name) [KL_FAMILY_##id] = name,
#include "hooks/families.def"
};

/**
 * struct slot - how the dispatcher finds a handler
 * @from: return address into the attached function's body, 0 if unused
 * @call: wrapper of its handler
 */
struct slot {
	unsigned long from;
	call_fn *call;
};

/**
 * struct found - the functions of the running kernel, read-only after init
 * @multiplier: of slot_of(), so that no two functions share a slot
 * @slots: the functions of @sites by slot_of()
 * @sites: address of each hook's __fentry__ site, 0 if missing
 */
static struct found {
	u32 multiplier;
	struct slot slots[SLOTS];
	unsigned long sites[HOOKS];
} found __ro_after_init;

/**
 * struct attach - what is attached; under the policy mutex
 * @ops: of each attached family; NULL if it is not attached, or has no
 *	functions but only tracepoints
 * @attached: bit N: family N is attached; may be read without the mutex
 * @generation: of each family; likewise
 * @pinned: the module's reference on itself is held
 * @stuck: ftrace has not let go of a function, and never will
 */
static struct attach {
	struct ftrace_ops *ops[KL_FAMILIES];
	u32 attached;
	u32 generation[KL_FAMILIES];
	bool pinned;
	bool stuck;
} attach;

DEFINE_PER_CPU(long, kl_inflight);

void kl_trampoline(void);
asmlinkage int kl_dispatch(const unsigned long args[6], unsigned long from);

static u32 slot_of(unsigned long from, u32 multiplier)
{
	return (u32)from * multiplier >> (32 - SLOT_BITS);
}

/**
 * kl_dispatch - call the handler of an attached function
 * @args: the function's six argument registers
 * @from: return address into the function's body
 *
 * Nothing may precede the raise or follow the drop of the counter. Not traced:
 * a tracer's code would.
 *
 * Context: any, that of the attached function; called by kl_trampoline.
 * Return: 0 to run the function, else what its caller shall get instead of it.
 */
asmlinkage __visible notrace int kl_dispatch(const unsigned long args[6],
					     unsigned long from)
{
	const struct slot *slot;
	int result = 0;

	kl_inflight_enter();
	slot = &found.slots[slot_of(from, found.multiplier)];
	if (!WARN_ON_ONCE(slot->from != from))
		result = slot->call(args);
	kl_inflight_leave();
	return result;
}

/*
 * The guard is an ftrace_ops that may not be switched off: while one exists,
 * kernel.ftrace_enabled=0 is refused; and it cannot be registered while ftrace
 * is off. The flag cannot be given to the direct ones, ftrace overwrites it.
 * It traces a function that nobody calls.
 */
static noinline void guard_site(void)
{
	barrier();
}

static notrace void guard_callback(unsigned long ip, unsigned long parent_ip,
				   struct ftrace_ops *ops,
				   struct ftrace_regs *regs)
{
}

static struct ftrace_ops guard = {
	.func = guard_callback,
	.flags = FTRACE_OPS_FL_PERMANENT,
};

static int __init guard_start(void)
{
	int err;

	err = ftrace_set_filter_ip(&guard, (unsigned long)guard_site, 0, 1);
	if (err) {
		pr_err("cannot guard ftrace: error %d\n", err);
		return err;
	}
	err = register_ftrace_function(&guard);
	if (err == -EBUSY)
		pr_err("kernel.ftrace_enabled is 0: set it to 1\n");
	else if (err)
		pr_err("cannot guard ftrace: error %d\n", err);
	if (err)
		ftrace_free_filter(&guard);
	return err;
}

static void guard_stop(void)
{
	if (!WARN_ON_ONCE(unregister_ftrace_function(&guard)))
		ftrace_free_filter(&guard);
}

/*
 * A kprobe that is never armed patches nothing, but finds a function by name
 * and tells whether its address is an __fentry__ site.
 */
static int __init find_sites(void)
{
	struct kprobe *probes, **registered;
	unsigned int i, n = 0;
	int err = 0;

	probes = kcalloc(HOOKS, sizeof(*probes), GFP_KERNEL);
	registered = kcalloc(HOOKS, sizeof(*registered), GFP_KERNEL);
	if (!probes || !registered) {
		err = -ENOMEM;
		goto out;
	}
	for (i = 0; i < HOOKS; i++) {
		struct kprobe *probe = &probes[i];

		probe->symbol_name = hooks[i].function;
		probe->flags = KPROBE_FLAG_DISABLED;
		err = register_kprobe(probe);
		if (!err) {
			registered[n++] = probe;
			if (kprobe_ftrace(probe))
				found.sites[i] = (unsigned long)probe->addr;
		}
		if (!found.sites[i] && hooks[i].need == REQUIRED)
			pr_warn("%s: not found, or not traceable (%d)\n",
				hooks[i].function, err);
	}
	err = 0;
	unregister_kprobes(registered, n);
out:
	kfree(registered);
	kfree(probes);
	return err;
}

static bool __init fill_slots(u32 multiplier)
{
	unsigned int i;

	memset(found.slots, 0, sizeof(found.slots));
	for (i = 0; i < HOOKS; i++) {
		unsigned long from = found.sites[i] + CALL_SIZE;
		struct slot *slot = &found.slots[slot_of(from, multiplier)];

		if (!found.sites[i])
			continue;
		if (slot->from)
			return false;
		slot->from = from;
		slot->call = hooks[i].call;
	}
	found.multiplier = multiplier;
	return true;
}

/* All its functions are attached, or none is. */
static void next_generation(enum kl_family family)
{
	WRITE_ONCE(attach.generation[family], attach.generation[family] + 1);
}

u32 kl_attach_generation(enum kl_family family)
{
	return READ_ONCE(attach.generation[family]);
}

/* Finds a hash without collisions, so that the dispatcher looks once. */
static int __init slot_hooks(void)
{
	unsigned int i;

	for (i = 0; i < MULTIPLIER_TRIES; i++)
		if (fill_slots(get_random_u32() | 1))
			return 0;
	pr_err("cannot tell the functions apart\n");
	return -EAGAIN;
}

/* No task that had not raised the counter before is on its way to it. */
static void wait_outside_counter(void)
{
	synchronize_rcu_tasks();
	synchronize_rcu();
}

static struct ftrace_ops *register_ops(unsigned long *sites, unsigned int n)
{
	struct ftrace_ops *ops;
	int err;

	ops = kzalloc(sizeof(*ops), GFP_KERNEL);
	if (!ops)
		return ERR_PTR(-ENOMEM);
	err = ftrace_set_filter_ips(ops, sites, n, 0, 1);
	if (!err)
		err = kl_ftrace_register(ops, (unsigned long)kl_trampoline);
	if (!err)
		return ops;

	/* Tracers may have met it on ftrace's list for a moment. */
	wait_outside_counter();
	ftrace_free_filter(ops);
	kfree(ops);
	return ERR_PTR(err);
}

static int unregister_ops(struct ftrace_ops *ops)
{
	int err = kl_ftrace_unregister(ops, (unsigned long)kl_trampoline);

	if (err) {
		pr_err("ftrace does not let go of a function: error %d\n", err);
		attach.stuck = true;
	}
	return err;
}

/* Frees unregistered ones; when it returns no call is on its way to them. */
static void free_ops(struct ftrace_ops **ops, unsigned int n)
{
	if (!n)
		return;
	wait_outside_counter();
	while (n--) {
		ftrace_free_filter(ops[n]);
		kfree(ops[n]);
	}
}

static int pin(void)
{
	if (!attach.pinned && !try_module_get(THIS_MODULE))
		return -ENODEV;
	attach.pinned = true;
	return 0;
}

static void unpin_if_detached(void)
{
	if (attach.attached || attach.stuck || !attach.pinned)
		return;
	attach.pinned = false;
	module_put(THIS_MODULE);
}

static void detach(u32 families)
{
	struct ftrace_ops *dead[KL_FAMILIES];
	unsigned int family, n = 0;

	kl_tracepoint_detach(families);
	/* Backwards: the families have an order (hooks/families.def). */
	for (family = KL_FAMILIES; family--;) {
		struct ftrace_ops *ops = attach.ops[family];

		if (!(families & attach.attached & BIT(family)))
			continue;
		if (ops && unregister_ops(ops))
			continue;
		if (ops)
			dead[n++] = ops;
		attach.ops[family] = NULL;
		WRITE_ONCE(attach.attached, attach.attached & ~BIT(family));
		next_generation(family);
	}
	free_ops(dead, n);
}

/*
 * ftrace says EBUSY for a whole set. Tries its functions alone, and returns
 * the name of the first that is taken, or NULL.
 */
static const char *find_taken(enum kl_family family)
{
	struct ftrace_ops *dead[HOOKS], *ops;
	const char *taken = NULL;
	unsigned int i, n = 0;

	for (i = 0; i < HOOKS && !taken; i++) {
		if (hooks[i].family != family || !found.sites[i])
			continue;
		ops = register_ops(&found.sites[i], 1);
		if (ops == ERR_PTR(-EBUSY))
			taken = hooks[i].function;
		else if (!IS_ERR(ops) && !unregister_ops(ops))
			dead[n++] = ops;
	}
	free_ops(dead, n);
	return taken;
}

static void explain(struct kl_error *error, enum kl_family family, int err)
{
	const char *taken = NULL;

	if (err == -EBUSY)
		taken = find_taken(family);
	if (taken)
		snprintf(error->text, sizeof(error->text),
			 "%s is already taken by another direct caller %s",
			 taken, "(BPF fentry or livepatch)");
	else
		snprintf(error->text, sizeof(error->text),
			 "ftrace refuses to attach the %s functions: error %d",
			 family_names[family], err);
}

static int attach_functions(enum kl_family family, struct kl_error *error)
{
	unsigned long sites[HOOKS];
	struct ftrace_ops *ops;
	unsigned int i, n = 0;

	for (i = 0; i < HOOKS; i++) {
		if (hooks[i].family != family)
			continue;
		if (found.sites[i]) {
			sites[n++] = found.sites[i];
		} else if (hooks[i].need == REQUIRED) {
			snprintf(error->text, sizeof(error->text),
				 "this kernel has no %s to be attached to",
				 hooks[i].function);
			return -EOPNOTSUPP;
		}
	}
	if (!n)
		return 0;
	ops = register_ops(sites, n);
	if (IS_ERR(ops)) {
		explain(error, family, PTR_ERR(ops));
		return PTR_ERR(ops);
	}
	attach.ops[family] = ops;
	return 0;
}

/* After an error of a tracepoint the family is left to kl_attach_release(). */
static int attach_family(enum kl_family family, struct kl_error *error)
{
	int err = attach_functions(family, error);

	if (err)
		return err;
	WRITE_ONCE(attach.attached, attach.attached | BIT(family));
	next_generation(family);
	return kl_tracepoint_attach(family, error);
}

int kl_attach_prepare(u32 families, struct kl_error *error)
{
	u32 missing = families & ~attach.attached;
	unsigned int family;
	int err;

	if (!missing)
		return 0;
	*error = (struct kl_error){};
	err = pin();
	if (err) {
		strscpy(error->text, "the module is being unloaded",
			sizeof(error->text));
		return err;
	}
	for (family = 0; family < KL_FAMILIES && !err; family++)
		if (missing & BIT(family))
			err = attach_family(family, error);
	if (err)
		kl_attach_release(missing);
	return err;
}

/*
 * Does not wait for the counter: other families keep it busy for ever. It need
 * not: what a straggler runs in, the trampoline, the slots and the handlers,
 * stays as long as the module; its ftrace_ops is not looked at any more once
 * free_ops() has waited; and its ruleset is the policy's to keep. The reference
 * may be dropped, too, with stragglers inside: module_exit waits for them.
 */
void kl_attach_release(u32 families)
{
	detach(families);
	unpin_if_detached();
}

long kl_attach_inflight(void)
{
	long sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += READ_ONCE(*per_cpu_ptr(&kl_inflight, cpu));
	return sum;
}

u32 kl_attached(void)
{
	return READ_ONCE(attach.attached);
}

/*
 * Waits until no task is in the dispatcher or on its way out of it, once
 * nothing is attached. If something is attached again meanwhile, a bounded wait
 * ends: the counter may then never be 0.
 *
 * After the first pair of grace periods every call has raised the counter, and
 * its raise is visible here; no handler calls an attached function. So from
 * then on the counters only go down, on whichever CPU their task has come to,
 * and each one read is at least what it will be when the last has been read.
 * Hence the sum read is at least the number of calls inside at that moment,
 * which cannot be negative: a sum of 0, read once, is the truth. The second
 * pair waits for what follows the counter.
 *
 * If ftrace has not let go of a function, which it does after a failure of its
 * own, this never ends in module_exit (rmmod -f): better than to free code that
 * will be called.
 */
static int drain(bool bounded)
{
	unsigned long started = jiffies;
	unsigned long reported = started;
	long sleep = DRAIN_SLEEP_MIN;
	long inside;

	wait_outside_counter();
	while ((inside = kl_attach_inflight()) || READ_ONCE(attach.stuck)) {
		if (bounded && kl_attached())
			return -ECANCELED;
		if (bounded && fatal_signal_pending(current))
			return -EINTR;
		if (bounded && time_after(jiffies, started + DRAIN_LIMIT))
			return -EAGAIN;
		if (time_after(jiffies, reported + DRAIN_REPORT)) {
			pr_info("waiting for %ld calls to end%s\n", inside,
				attach.stuck ? ", for ever: ftrace is broken" :
					       "");
			reported = jiffies;
		}
		schedule_timeout_idle(sleep);
		sleep = min(2 * sleep, DRAIN_SLEEP_MAX);
	}
	wait_outside_counter();
	rcu_barrier();
	return 0;
}

int kl_detach_all(void)
{
	detach(KL_FAMILY_ALL);
	return attach.stuck ? -EBUSY : 0;
}

int kl_detach_wait(void)
{
	return drain(true);
}

void kl_detach_done(void)
{
	unpin_if_detached();
}

const char *kl_family_name(enum kl_family family)
{
	return family_names[family];
}

bool kl_attach_status(unsigned int index, struct kl_attach_status *status)
{
	const struct hook *hook;

	if (index >= HOOKS)
		return kl_tracepoint_status(index - HOOKS, status);
	hook = &hooks[index];
	status->function = hook->function;
	status->family = family_names[hook->family];
	status->tracepoint = false;
	status->missing = !found.sites[index];
	status->attached = !status->missing &&
			   kl_attached() & BIT(hook->family);
	return true;
}

int __init kl_attach_init(void)
{
	int err;

	err = guard_start();
	if (err)
		return err;
	err = find_sites();
	if (err)
		goto stop_guard;
	err = slot_hooks();
	if (err)
		goto stop_guard;
	kl_tracepoint_init();
	return 0;

stop_guard:
	guard_stop();
	return err;
}

void kl_attach_exit(void)
{
	detach(KL_FAMILY_ALL);
	drain(false);
	guard_stop();
}
