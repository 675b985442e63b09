// SPDX-License-Identifier: GPL-2.0
/* kellasctl completion: scripts for shells, made of the tables. */
#include <getopt.h>
#include <sys/stat.h>

#include "engine/attribute.h"
#include "kellasctl.h"
#include "memory.h"

static const struct kl_option options[] = { { 0 } };

typedef void (*visitor)(const struct kl_option *option, void *context);

static void each_option(const struct kl_command *command, visitor visit, void *context)
{
	const struct kl_option *option;

	for (option = command->options; option->name; option++)
		visit(option, context);
	for (option = kl_common_options; option->name; option++)
		visit(option, context);
}

static void print_commands(void)
{
	const struct kl_command *command;
	int i;

	for (i = 0; (command = command_at(i)); i++)
		printf("%s%s", i ? " " : "", command->name);
}

static void print_operations(void)
{
	int op;

	for (op = 0; op < KL_OP_COUNT; op++)
		printf("%s%s", op ? " " : "", kl_op_table[op].keyword);
}

static bool same_attributes(enum kl_op a, enum kl_op b)
{
	char one[KL_SLOT_NAME_MAX], other[KL_SLOT_NAME_MAX];
	u32 slot;

	for (slot = 0; slot < KL_SLOT_TRANSITION; slot++)
		if (kl_slot_exists(a, slot) != kl_slot_exists(b, slot) ||
		    (kl_slot_exists(a, slot) &&
		     strcmp(kl_slot_name(a, slot, one), kl_slot_name(b, slot, other))))
			return false;
	return true;
}

static void print_attributes(enum kl_op op, u32 first, u32 end)
{
	char name[KL_SLOT_NAME_MAX];
	u32 slot;

	for (slot = first; slot < end; slot++)
		if (kl_slot_exists(op, slot))
			printf("%s%s ", kl_slot_name(op, slot, name),
			       slot == KL_SLOT_ARGV || slot == KL_SLOT_ENVP ? "[" : "=");
}

/* One branch for all operations that have the same attributes. */
static void print_attribute_cases(void)
{
	bool done[KL_OP_COUNT] = { false };
	int op, other;

	for (op = 0; op < KL_OP_COUNT; op++) {
		if (done[op])
			continue;
		printf("\t%s", kl_op_table[op].keyword);
		for (other = op + 1; other < KL_OP_COUNT; other++)
			if (same_attributes(op, other)) {
				printf("|%s", kl_op_table[other].keyword);
				done[other] = true;
			}
		printf(") echo \"");
		print_attributes(op, 0, KL_SLOT_TASK_PID);
		print_attributes(op, KL_SLOT_TARGET, KL_SLOT_TRANSITION);
		printf("$task\" ;;\n");
	}
}

/* The same function serves both shells. */
static void print_attribute_function(void)
{
	printf("_kellasctl_attributes() {\n\tlocal task=\"");
	print_attributes(0, KL_SLOT_TASK_PID, KL_SLOT_TARGET);
	printf("\"\n\tcase $1 in\n");
	print_attribute_cases();
	printf("\tesac\n}\n\n");
}

static void print_keywords(const char *pattern, enum kl_type type, u32 first, u32 last)
{
	u32 bits;

	printf("\t%s) echo \"", pattern);
	for (bits = first; bits <= last; bits += type == KL_FILETYPE ? first : bits)
		if (kl_keyword_name(type, bits))
			printf("%s ", kl_keyword_name(type, bits));
	printf("\" ;;\n");
}

/* Names of numbers, by the attribute that has them. */
static void print_names_function(void)
{
	u32 slot, number;

	printf("_kellasctl_names() {\n\tcase $1 in\n");
	for (slot = KL_SLOT_TARGET; slot < KL_SLOT_ARGV; slot++) {
		char name[KL_SLOT_NAME_MAX];

		if (!kl_number_names(slot))
			continue;
		printf("\t%s) echo \"", kl_slot_name(0, slot, name));
		for (number = 0; number < KL_NAMED_MAX; number++)
			if (kl_number_name(slot, number))
				printf("%s ", kl_number_name(slot, number));
		printf("\" ;;\n");
	}
	print_keywords("*.type", KL_FILETYPE, S_IFIFO, S_IFMT);
	print_keywords("*.perm", KL_FILEPERM, 01, 04000);
	printf("\tesac\n}\n\n");
}

static void print_task_attributes(void)
{
	char name[KL_SLOT_NAME_MAX];
	u32 slot;

	for (slot = KL_SLOT_TASK_PID; slot < KL_SLOT_TARGET; slot++)
		printf("%s= ", kl_slot_name(0, slot, name) + strlen("task."));
}

/* kl_command.words with what stands for others expanded; "@file" stays. */
static void print_words(const char *words)
{
	char *copy = kl_xstrdup(words ? words : ""), *rest = copy, *word;

	while ((word = strsep(&rest, " "))) {
		if (!strcmp(word, "@task"))
			print_task_attributes();
		else if (!strcmp(word, "@command"))
			print_commands();
		else if (!strcmp(word, "@operation"))
			print_operations();
		else if (strcmp(word, "@op"))
			printf("%s", word);
		if (rest)
			putchar(' ');
	}
	free(copy);
}

/* enum request - where a subcommand takes an operation and its attributes */
enum request { NOWHERE, BEHIND_DASHES, ANYWHERE };

static enum request request_of(const struct kl_command *command)
{
	const char *op = command->words ? strstr(command->words, "@op") : NULL;

	if (!op || op[strlen("@op")])
		return NOWHERE;
	return op == command->words ? ANYWHERE : BEHIND_DASHES;
}

static void bash_option(const struct kl_option *option, void *context)
{
	(void)context;
	printf("--%s%s ", option->name, option->argument ? "=" : "");
	if (option->letter < 256)
		printf("-%c ", option->letter);
}

static void bash_argument(const struct kl_option *option, void *context)
{
	const struct kl_command *command = context;

	if (!option->argument)
		return;
	printf("\t%s:--%s", command->name, option->name);
	if (option->letter < 256)
		printf("|%s:-%c", command->name, option->letter);
	printf(") _kellasctl_offer '");
	print_words(option->words);
	printf("'; return ;;\n");
}

static void bash_arguments(const struct kl_command *command)
{
	printf("\t%s) ", command->name);
	if (request_of(command) == ANYWHERE) {
		printf("_kellasctl_request 2 ;;\n");
		return;
	}
	printf("_kellasctl_offer '");
	print_words(command->words);
	printf("' ;;\n");
}

/* Subcommands that take a request behind "--". */
static void print_requesters(void)
{
	const struct kl_command *command;
	const char *separator = "";
	int i;

	for (i = 0; (command = command_at(i)); i++)
		if (request_of(command) != NOWHERE) {
			printf("%s%s", separator, command->name);
			separator = "|";
		}
}

static void print_bash_helpers(void)
{
	printf("_kellasctl_files() {\n"
	       "\tlocal word\n"
	       "\twhile IFS= read -r word; do COMPREPLY+=(\"$word\"); done "
	       "< <(compgen -f -- \"$cur\")\n"
	       "\tcompopt -o filenames 2>/dev/null\n"
	       "}\n\n"
	       "# Offer the words of $1 that begin with what was typed; @file: files.\n"
	       "_kellasctl_offer() {\n"
	       "\tlocal word\n"
	       "\tfor word in $1; do\n"
	       "\t\tcase $word in\n"
	       "\t\t@file) _kellasctl_files ;;\n"
	       "\t\t\"$cur\"*) COMPREPLY+=(\"$word\") ;;\n"
	       "\t\tesac\n"
	       "\tdone\n"
	       "\tcase ${COMPREPLY[0]-} in *[=[]) compopt -o nospace 2>/dev/null ;; esac\n"
	       "}\n\n"
	       "# From word $1 on: an operation, then its attributes, then names of numbers.\n"
	       "_kellasctl_request() {\n"
	       "\tlocal i names\n"
	       "\tnames=$(_kellasctl_names \"$prev\")\n"
	       "\tfor ((i = $1; i < COMP_CWORD; i++)); do\n"
	       "\t\tcase \" $operations \" in\n"
	       "\t\t*\" ${COMP_WORDS[i]} \"*)\n"
	       "\t\t\t_kellasctl_offer \"${names:-$(_kellasctl_attributes"
	       " \"${COMP_WORDS[i]}\")}\"\n"
	       "\t\t\treturn ;;\n"
	       "\t\tesac\n"
	       "\tdone\n"
	       "\t_kellasctl_offer \"$operations\"\n"
	       "}\n\n");
}

static void print_bash(void)
{
	const struct kl_command *command;
	int i;

	printf("# bash completion for kellasctl, made by 'kellasctl completion bash'\n"
	       "# SPDX-License-Identifier: GPL-2.0\n\n");
	print_attribute_function();
	print_names_function();
	print_bash_helpers();
	printf("_kellasctl() {\n\tlocal i cur=${COMP_WORDS[COMP_CWORD]} "
	       "prev=${COMP_WORDS[COMP_CWORD - 1]}\n"
	       "\tlocal command=${COMP_WORDS[1]-} commands operations\n"
	       "\tcommands='");
	print_commands();
	printf("'\n\toperations='");
	print_operations();
	/* bash makes '=' a word of its own. */
	printf("'\n\tCOMPREPLY=()\n"
	       "\tif ((COMP_CWORD == 1)); then\n"
	       "\t\t_kellasctl_offer \"$commands --help --version\"\n\t\treturn\n\tfi\n"
	       "\tif [[ $cur == '=' ]]; then cur=\n"
	       "\telif [[ $prev == '=' ]]; then prev=${COMP_WORDS[COMP_CWORD - 2]}\n\tfi\n"
	       "\tprev=${prev%%!}\n"
	       "\tfor ((i = 2; i < COMP_CWORD; i++)); do\n"
	       "\t\t[[ ${COMP_WORDS[i]} == -- ]] || continue\n"
	       "\t\tcase $command in ");
	print_requesters();
	printf(") _kellasctl_request $((i + 1)) ;; esac\n"
	       "\t\treturn\n"
	       "\tdone\n"
	       "\tcase $command:$prev in\n");
	for (i = 0; (command = command_at(i)); i++)
		each_option(command, bash_argument, (void *)command);
	printf("\tesac\n"
	       "\tif [[ $cur == -* ]]; then\n\t\tcase $command in\n");
	for (i = 0; (command = command_at(i)); i++) {
		printf("\t\t%s) _kellasctl_offer '", command->name);
		each_option(command, bash_option, NULL);
		printf("' ;;\n");
	}
	printf("\t\tesac\n\t\treturn\n\tfi\n\tcase $command in\n");
	for (i = 0; (command = command_at(i)); i++)
		bash_arguments(command);
	printf("\tesac\n}\n\ncomplete -F _kellasctl kellasctl\n");
}

/* Inside single quotes, and for _arguments: brackets and colons mean something. */
static void print_zsh_text(const char *text)
{
	for (; *text; text++)
		if (*text == '\'')
			printf("'\\''");
		else if (strchr("[]:", *text))
			printf("\\%c", *text);
		else
			putchar(*text);
}

static void zsh_words(const char *words)
{
	printf(" _kellasctl_words ");
	print_words(words);
}

static void zsh_option(const struct kl_option *option, void *context)
{
	int form;

	(void)context;
	for (form = 0; form < 2; form++) {
		if (form && option->letter > 255)
			return;
		printf(" \\\n\t\t\t'*");
		if (form)
			printf("-%c", option->letter);
		else
			printf("--%s%s", option->name, option->argument ? "=" : "");
		printf("[");
		print_zsh_text(option->help);
		printf("]");
		if (option->argument) {
			printf(":%s:", option->argument);
			zsh_words(option->words);
		}
		printf("'");
	}
}

static void zsh_arguments(const struct kl_command *command)
{
	if (!command->words)
		return;
	printf(" \\\n\t\t\t'*:: :");
	if (request_of(command) == ANYWHERE)
		printf("_kellasctl_request");
	else
		zsh_words(command->words);
	printf("'");
}

static void print_zsh(void)
{
	const struct kl_command *command;
	int i;

	printf("#compdef kellasctl\n"
	       "# zsh completion for kellasctl, made by 'kellasctl completion zsh'\n"
	       "# SPDX-License-Identifier: GPL-2.0\n\n");
	print_attribute_function();
	print_names_function();
	printf("# Offer words; @file: files, also behind a word that ends in =.\n"
	       "_kellasctl_words() {\n"
	       "\tlocal word\n"
	       "\tif [[ ${argv[(r)@file]} == @file ]]; then\n"
	       "\t\tcompset -P '*='\n"
	       "\t\t_files\n"
	       "\t\t[[ -z $IPREFIX || $IPREFIX == -* ]] || return\n"
	       "\tfi\n"
	       "\tfor word in ${argv:#@file}; do\n"
	       "\t\tcase $word in\n"
	       "\t\t*=) compadd -S '' -- $word ;;\n"
	       "\t\t*) compadd -- $word ;;\n"
	       "\t\tesac\n"
	       "\tdone\n"
	       "}\n\n"
	       "# An operation, then its attributes; words are those behind the options.\n"
	       "_kellasctl_request() {\n"
	       "\tif ((CURRENT == 1)); then\n\t\tcompadd -- ");
	print_operations();
	printf("\n\telif compset -P '*='; then\n"
	       "\t\tcompadd -- ${=\"$(_kellasctl_names ${${IPREFIX%%=}%%!})\"}\n"
	       "\telse\n"
	       "\t\tcompadd -S '' -- ${=\"$(_kellasctl_attributes $words[1])\"}\n"
	       "\tfi\n}\n\n"
	       "_kellasctl() {\n\tif ((CURRENT == 2)); then\n\t\tlocal -a list=(");
	for (i = 0; (command = command_at(i)); i++) {
		printf("\n\t\t\t'%s:", command->name);
		print_zsh_text(command->summary);
		printf("'");
	}
	printf("\n\t\t)\n\t\t_describe subcommand list\n\t\treturn\n\tfi\n"
	       "\tlocal command=$words[2] dashes\n\tshift words\n\t((CURRENT--))\n"
	       "\tdashes=$words[(i)--]\n"
	       "\tif ((dashes < CURRENT)); then\n"
	       "\t\tshift $dashes words\n"
	       "\t\t((CURRENT -= dashes))\n"
	       "\t\tcase $command in\n\t\t");
	print_requesters();
	printf(") _kellasctl_request ;;\n"
	       "\t\tesac\n"
	       "\t\treturn\n"
	       "\tfi\n"
	       "\tcase $command in\n");
	for (i = 0; (command = command_at(i)); i++) {
		printf("\t%s)\n\t\t_arguments -s", command->name);
		each_option(command, zsh_option, NULL);
		zsh_arguments(command);
		printf(" ;;\n");
	}
	printf("\tesac\n}\n\n_kellasctl \"$@\"\n");
}

static int run(const struct kl_command *command, int argc, char **argv)
{
	struct kl_common common;
	int status = kl_options_common(command, argc, argv, &common);

	if (status >= 0)
		return status;
	if (argc - optind != 1)
		return kl_usage(command, "for which shell? bash or zsh");
	if (!strcmp(argv[optind], "bash"))
		print_bash();
	else if (!strcmp(argv[optind], "zsh"))
		print_zsh();
	else
		return kl_usage(command, "'%s' is neither bash nor zsh", argv[optind]);
	return kl_common_done(&common, KL_EXIT_OK);
}

const struct kl_command completion_command = {
	.name = "completion",
	.arguments = "{ bash | zsh }",
	.words = "bash zsh",
	.summary = "Print a completion script for a shell",
	.options = options,
	.run = run,
};
