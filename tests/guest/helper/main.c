// SPDX-License-Identifier: GPL-2.0-only
/*
 * suite PART [ARGUMENT…]: run cases in a guest. The working folder is the
 * repository's; KELLAS_KO names another module than the one built there.
 */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include "facts.h"
#include "parts.h"
#include "test.h"

static const struct {
	const char *name;
	void (*run)(int argc, char **argv);
} parts[] = {
	{ "operations", part_operations },
	{ "attached", part_attached },
	{ "controls", part_controls },
	{ "pathnames", part_pathnames },
	{ "programs", part_programs },
	{ "policy", part_policy },
	{ "log", part_log },
	{ "language", part_language },
	{ "query", part_query },
	{ "waiting", part_waiting },
	{ "linux_audit", part_linux_audit },
	{ "trial", part_trial },
	{ "lock", part_lock },
	{ "swap", part_swap },
	{ "mounts", part_mounts },
	{ "mappings", part_mappings },
	{ "cycles", part_cycles },
	{ "domains", part_domains },
	{ "task", part_task },
	{ "network", part_network },
	{ "signals", part_signals },
	{ "capabilities", part_capabilities },
	{ "traces", part_traces },
	{ "credentials", part_credentials },
	{ "loads", part_loads },
	{ "ends", part_ends },
	{ "contexts", part_contexts },
};

int main(int argc, char **argv)
{
	unsigned int i;

	umask(0);
	history_learn();
	for (i = 0; argc > 1 && i < ARRAY_SIZE(parts); i++)
		if (!strcmp(parts[i].name, argv[1])) {
			parts[i].run(argc - 2, argv + 2);
			return finish();
		}
	fprintf(stderr, "usage: suite PART [ARGUMENT…]\n");
	return 2;
}
