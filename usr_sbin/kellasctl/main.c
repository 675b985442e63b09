// SPDX-License-Identifier: GPL-2.0
/* kellasctl: read this first, it shows the tool. */
#include <getopt.h>

#include "engine/lex.h"
#include "kellasctl.h"
#include "memory.h"

const struct kl_command *const commands[] = {
	&load_command,	     &confirm_command, &save_command,	 &check_command,
	&stat_command,	     &monitor_command, &query_command,	 &explain_command,
	&ops_command,	     &lock_command,    &unload_command,	 &completion_command,
	&version_command,    &help_command,    NULL,
};

const struct kl_command *find_command(const char *name)
{
	int i;

	for (i = 0; commands[i]; i++)
		if (!strcmp(commands[i]->name, name))
			return commands[i];
	return NULL;
}

int complain_unknown(const char *name)
{
	struct kl_hint hint;
	int i;

	kl_hint_init(&hint, kl_text_of(name));
	for (i = 0; commands[i]; i++)
		kl_hint_offer(&hint, commands[i]->name);
	kl_complain("there is no subcommand '%s'%s", name, hint.text);
	fputs("Try 'kellasctl help'.\n", stderr);
	return KL_EXIT_USAGE;
}

void show_overview(FILE *stream)
{
	int i;

	fputs("Usage: kellasctl SUBCOMMAND [OPTION]... [ARGUMENT]...\n\n"
	      "Control the Kellas access logging and control module.\n\n"
	      "Subcommands:\n",
	      stream);
	for (i = 0; commands[i]; i++)
		fprintf(stream, "  %-12s %s\n", commands[i]->name, commands[i]->summary);
	fputs("\nEach has a --help of its own. See kellasctl(8) and kellas-policy(5).\n",
	      stream);
}

static bool is_one_of(const char *word, const char *a, const char *b)
{
	return !strcmp(word, a) || !strcmp(word, b);
}

int main(int argc, char **argv)
{
	const struct kl_command *command;

	if (argc < 2) {
		show_overview(stderr);
		return KL_EXIT_USAGE;
	}
	if (is_one_of(argv[1], "--help", "-h"))
		argv[1] = "help";
	if (is_one_of(argv[1], "--version", "-V"))
		argv[1] = "version";
	command = find_command(argv[1]);
	if (!command)
		return complain_unknown(argv[1]);
	return command->run(command, argc - 1, argv + 1);
}
