// SPDX-License-Identifier: GPL-2.0
/* From one configuration to another. */
#include <systemd/sd-daemon.h>
#include <time.h>

#include "daemon_inside.h"
#include "tell.h"

static void close_config(struct kl_daemon *daemon, struct kl_config *config, u64 seen)
{
	close_inputs(config, NULL);
	close_sinks(daemon, config, seen, NULL);
	kl_config_free(config);
}

static int open_config(struct kl_daemon *daemon, struct kl_config *config, u64 seen)
{
	int error = 0;
	u32 i;

	for (i = 0; i < config->outlet_count && !error; i++)
		if (!config->outlets[i].open)
			error = open_sink(daemon, &config->outlets[i], seen, 0);
	return error ? error : open_inputs(daemon, config, false);
}

/*
 * A spool and a file have one owner: hand them over. Whoever still had the file would
 * take what the other writes for meddling.
 */
static void hand_over(struct kl_daemon *daemon, struct kl_config *old,
		      const struct kl_config *config, u64 seen)
{
	u32 i, n;

	for (i = 0; i < old->outlet_count; i++)
		for (n = 0; n < config->outlet_count && old->outlets[i].open; n++)
			if (!config->outlets[n].open &&
			    kl_sink_shared(old->outlets[i].sink, config->outlets[n].sink))
				close_sink(daemon, &old->outlets[i], seen, NULL);
}

/* All that is new is opened before the old is closed; if that fails, all is as it was. */
static int follow(struct kl_daemon *daemon, struct kl_config *config)
{
	struct kl_config *old = daemon->config;
	u64 seen = daemon->seen;
	int error;

	if (strcmp(config->settings.user ?: "", old->settings.user ?: ""))
		kl_tell(LOG_WARNING, "the user can only be changed by a restart");
	kl_config_adopt(config, old);
	hand_over(daemon, old, config, seen);
	daemon->config = config;
	error = open_config(daemon, config, seen);
	if (!error) {
		close_config(daemon, old, seen);
		return 0;
	}
	daemon->config = old;
	kl_config_adopt(old, config);
	close_config(daemon, config, seen);
	if (open_config(daemon, old, seen))
		kl_tell(LOG_ERR, "and what was closed for it cannot be opened again");
	return error;
}

static void notify_reloading(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%llu",
		   (unsigned long long)now.tv_sec * 1000000 + now.tv_nsec / 1000);
}

void reload(struct kl_daemon *daemon)
{
	struct kl_config *config;

	notify_reloading();
	config = kl_config_read(daemon->name);
	if (config && !follow(daemon, config)) {
		daemon->reloads++;
		kl_tell(LOG_NOTICE, "follows the new %s", daemon->name);
		NOTE(daemon, "reloaded");
	} else {
		daemon->refused++;
		kl_tell(LOG_ERR, "the new %s is not followed; the old one stays in force",
			daemon->name);
		NOTE(daemon, "reload-refused");
	}
	settle(daemon);
	kl_status_write(daemon, "running");
	sd_notify(0, "READY=1");
}
