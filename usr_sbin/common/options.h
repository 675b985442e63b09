/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Option tables: what getopt_long() accepts, what help prints and what the
 * shells complete all come from the same rows.
 */
#ifndef KELLAS_OPTIONS_H
#define KELLAS_OPTIONS_H

#include "engine/port.h"
#include "output.h"

/** Exit statuses, documented in kellasctl(8). */
enum kl_exit {
	KL_EXIT_OK = 0,
	KL_EXIT_FAILURE = 1,
	KL_EXIT_USAGE = 2,
	KL_EXIT_INVALID = 3,
	KL_EXIT_NOT_LOADED = 4,
	KL_EXIT_UNDECIDED = 5,
};

/**
 * struct kl_option - one option
 * @name: long name
 * @letter: short name; also what kl_option_next() returns. Without a short
 *	name any number above 255
 * @argument: what the argument is called in help; NULL: it takes none
 * @words: what completion offers for the argument: words separated by spaces,
 *	or NULL for nothing. "@file" stands for files, "@task" for attributes of
 *	the subject, "@operation" for operations, "@command" for subcommands
 * @help: one line
 */
struct kl_option {
	const char *name;
	int letter;
	const char *argument;
	const char *words;
	const char *help;
};

/**
 * struct kl_common - what every subcommand understands
 * @output: where results go; the format comes from -o
 * @quiet: -q: say nothing about success
 * @colour: --color
 */
struct kl_common {
	struct kl_output output;
	bool quiet;
	enum kl_when colour;
};

/**
 * struct kl_command - one subcommand
 * @name: what is typed; empty: a program without subcommands, which has of the
 *	common options only --help
 * @arguments: behind the options, for help
 * @words: what completion offers for arguments, as in kl_option; "@op" at the
 *	end is an operation and its attributes, behind "--" if there are other
 *	words
 * @summary: one line
 * @details: further paragraphs of help, each line ended by a newline; or NULL
 * @options: its own options, ended by a row without name
 * @run: gets the options still unread, see kl_option_next(); returns an exit
 *	status
 */
struct kl_command {
	const char *name;
	const char *arguments;
	const char *words;
	const char *summary;
	const char *details;
	const struct kl_option *options;
	int (*run)(const struct kl_command *command, int argc, char **argv);
};

/** The options that every subcommand has, ended by a row without name. */
extern const struct kl_option kl_common_options[];

/**
 * kl_option_next - the next option of a subcommand
 * @argc, @argv: @argv[0] is the subcommand; reordered as by getopt_long()
 * @common: the common options are stored here and not returned
 *
 * Return: kl_option.letter, its argument in optarg; -1 when there are none
 * left, the arguments then begin at @argv[optind]; '?' after a message about
 * wrong usage; 'h' when help was asked for and printed.
 */
int kl_option_next(const struct kl_command *command, int argc, char **argv,
		   struct kl_common *common);

/**
 * kl_options_common - for a subcommand without options of its own: read them all
 * @common: set, as by kl_common_init() and kl_option_next()
 *
 * Return: -1: go on, the arguments begin at @argv[optind]; otherwise the exit
 * status to end with.
 */
int kl_options_common(const struct kl_command *command, int argc, char **argv,
		      struct kl_common *common);

/** kl_common_init - results as text on stdout */
void kl_common_init(struct kl_common *common);

/** kl_common_done - close stdout: KL_EXIT_FAILURE if @status was OK but writing failed */
int kl_common_done(struct kl_common *common, int status);

/** kl_command_help - print the help of a subcommand */
void kl_command_help(FILE *stream, const struct kl_command *command);

/** kl_usage - say what is wrong with the arguments; returns KL_EXIT_USAGE */
int kl_usage(const struct kl_command *command, const char *format, ...) __printf(2, 3);

/** kl_complain - "PROGRAM: message" on stderr */
void kl_complain(const char *format, ...) __printf(1, 2);

/** kl_parse_number - a decimal number of an option; -EINVAL or -ERANGE */
int kl_parse_number(const char *text, u64 max, u64 *number);

#endif /* KELLAS_OPTIONS_H */
