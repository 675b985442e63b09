// SPDX-License-Identifier: GPL-2.0
/* kellasctl: read this first, it shows the tool. */
#include <getopt.h>

#include "engine/lex.h"
#include "kellasctl.h"
#include "memory.h"

/* clang-format off */
const struct subject subjects[] = {
	{ "The module", NULL, {
		&load_command,
		&confirm_command,
		&revert_command,
		&save_command,
		&stat_command,
		&top_command,
		&query_command,
		&lock_command,
		&unload_command,
		&doctor_command,
	} },
	{ "Policies", "kellasctl-policy", {
		&check_command,
		&diff_command,
		&explain_command,
		&learn_command,
		&ops_command,
		&replay_command,
	} },
	{ "The log", "kellasctl-log", {
		&monitor_command,
		&pstree_command,
		&report_command,
		&who_command,
	} },
	{ "The tool itself", NULL, {
		&completion_command,
		&version_command,
		&help_command,
	} },
	{ 0 },
};
/* clang-format on */

const struct kl_command *command_at(int number)
{
	const struct subject *subject;
	int i;

	for (subject = subjects; subject->title; subject++)
		for (i = 0; i < SUBJECT_MAX && subject->commands[i]; i++)
			if (!number--)
				return subject->commands[i];
	return NULL;
}

const struct kl_command *find_command(const char *name)
{
	const struct kl_command *command;
	int i;

	for (i = 0; (command = command_at(i)); i++)
		if (!strcmp(command->name, name))
			break;
	return command;
}

int complain_unknown(const char *name)
{
	const struct kl_command *command;
	struct kl_hint hint;
	int i;

	kl_hint_init(&hint, kl_text_of(name));
	for (i = 0; (command = command_at(i)); i++)
		kl_hint_offer(&hint, command->name);
	kl_complain("there is no subcommand '%s'%s", name, hint.text);
	fputs("Try 'kellasctl help'.\n", stderr);
	return KL_EXIT_USAGE;
}

static void show_subject(FILE *stream, const struct subject *subject)
{
	int i;

	fputs(subject->title, stream);
	if (subject->page)
		fprintf(stream, ": %s(8)", subject->page);
	fputc('\n', stream);
	for (i = 0; i < SUBJECT_MAX && subject->commands[i]; i++)
		fprintf(stream, "  %-12s %s\n", subject->commands[i]->name,
			subject->commands[i]->summary);
	fputc('\n', stream);
}

void show_overview(FILE *stream)
{
	const struct subject *subject;

	fputs("Usage: kellasctl SUBCOMMAND [OPTION]... [ARGUMENT]...\n\n"
	      "Control the Kellas access logging and control module.\n\n",
	      stream);
	for (subject = subjects; subject->title; subject++)
		show_subject(stream, subject);
	fputs("Each has a --help of its own. See kellasctl(8) and kellas-policy(5).\n",
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
