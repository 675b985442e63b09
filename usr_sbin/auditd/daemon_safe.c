// SPDX-License-Identifier: GPL-2.0
/* What is safe, and what is acknowledged and saved of it. */
#include "daemon_inside.h"
#include "input_kernel.h"
#include "limits.h"
#include "tell.h"

static void collect_position(struct kl_daemon *daemon, struct kl_position *position)
{
	struct kl_outlet *outlet;

	memset(position, 0, sizeof(*position));
	position->instance = daemon->instance;
	position->seen = daemon->seen;
	for_each_outlet(daemon, outlet)
		kl_position_add(position, outlet->sink->name,
				kl_outlet_safe(outlet, daemon->seen, daemon->instance));
}

void save(struct kl_daemon *daemon, struct kl_position *position)
{
	const char *path = daemon->config->settings.position;
	int error = 0;

	if (!kl_position_equal(position, &daemon->written))
		error = kl_position_write(path, position);
	if (error && error != daemon->save_failed)
		kl_tell(LOG_ERR, "%s: %s: after a restart records may be repeated", path,
			strerror(-error));
	if (error) {
		kl_position_free(position);
	} else {
		kl_position_free(&daemon->written);
		daemon->written = *position;
	}
	daemon->save_failed = error;
}

void save_due(struct kl_timer *timer)
{
	struct kl_daemon *daemon = timer->data;
	struct kl_position position;

	collect_position(daemon, &position);
	save(daemon, &position);
	if (daemon->save_failed)
		kl_timer_set(daemon->loop, timer, KL_POSITION_INTERVAL);
}

static u64 safe_everywhere(struct kl_daemon *daemon)
{
	struct kl_outlet *outlet;
	u64 safe = daemon->seen;

	for_each_outlet(daemon, outlet)
		safe = min(safe, kl_outlet_safe(outlet, daemon->seen, daemon->instance));
	return safe;
}

void settle(struct kl_daemon *daemon)
{
	struct kl_kernel *kernel = kl_daemon_kernel(daemon);

	kl_timer_stop(daemon->loop, &daemon->settle);
	if (kernel && daemon->instance == kernel->instance)
		kl_kernel_acknowledge(kernel, safe_everywhere(daemon));
	if (!daemon->save.due)
		kl_timer_set(daemon->loop, &daemon->save, KL_POSITION_INTERVAL);
}

void settle_due(struct kl_timer *timer)
{
	settle(timer->data);
}

/* From inside of a sink, perhaps while a line is on its way to the next one. */
void advanced(struct kl_sink *sink)
{
	struct kl_daemon *daemon = sink->data;

	if (!daemon->settle.due)
		kl_timer_set(daemon->loop, &daemon->settle, 0);
}
