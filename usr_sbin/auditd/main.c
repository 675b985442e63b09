// SPDX-License-Identifier: GPL-2.0
/* kellas-auditd: read this first, then daemon.c, which shows its life. */
#include <getopt.h>
#include <malloc.h>

#include "daemon.h"
#include "options.h"
#include "signals.h"

#define CONFIG "/etc/kellas/kellas-auditd.conf"

enum { CHECK = 256 + 1, KEYS };

static const struct kl_option options[] = {
	{ "config", 'c', "FILE", "@file", "instead of " CONFIG },
	{ "check", CHECK, NULL, NULL, "check the configuration, and do nothing else" },
	{ "keys", KEYS, NULL, NULL, "list the sections of a configuration and their keys" },
	{ "version", 'V', NULL, NULL, "show the version" },
	{ 0 },
};

static const struct kl_command command = {
	.name = "",
	.arguments = "",
	.summary = "Keep the records of the Kellas module",
	.details =
		"Reads records, and console messages of other machines, and brings them to\n"
		"files, the journal, and other hosts, as its configuration says; stays in the\n"
		"foreground. SIGHUP: follow a new configuration; SIGUSR1: rotate files;\n"
		"SIGUSR2: write the counters for 'kellasctl stat' now; SIGTERM: end.\n",
	.options = options,
};

static int check(const char *name)
{
	struct kl_config *config = kl_config_read(name);
	int status = config ? KL_EXIT_OK : KL_EXIT_INVALID;

	if (config && kl_privileges_check(config->settings.user))
		status = KL_EXIT_INVALID;
	kl_config_free(config);
	return status;
}

/* What a read takes is soon free again: let it not be given back and got anew. */
#define HEAP_KEPT (4 << 20)

static int run(const char *name)
{
	struct kl_config *config;

	mallopt(M_TRIM_THRESHOLD, HEAP_KEPT);
	kl_signals_block();
	config = kl_config_read(name);
	if (!config)
		return KL_EXIT_INVALID;
	return kl_daemon_run(name, config) ? KL_EXIT_FAILURE : KL_EXIT_OK;
}

int main(int argc, char **argv)
{
	const char *name = CONFIG;
	struct kl_common common;
	bool check_only = false;
	int option;

	kl_common_init(&common);
	while ((option = kl_option_next(&command, argc, argv, &common)) != -1) {
		switch (option) {
		case 'c':
			name = optarg;
			break;
		case CHECK:
			check_only = true;
			break;
		case KEYS:
			kl_config_help(stdout);
			return kl_common_done(&common, KL_EXIT_OK);
		case 'V':
			puts("kellas-auditd " KELLAS_VERSION);
			return kl_common_done(&common, KL_EXIT_OK);
		default:
			return option == 'h' ? KL_EXIT_OK : KL_EXIT_USAGE;
		}
	}
	if (optind != argc)
		return kl_usage(&command, "no arguments are expected");
	return check_only ? check(name) : run(name);
}
