// SPDX-License-Identifier: GPL-2.0
/* Options from tables. */
#include <getopt.h>

#include "memory.h"
#include "options.h"

const struct kl_option kl_common_options[] = {
	{ "output", 'o', "FORMAT", "text json", "print results as text or json" },
	{ "quiet", 'q', NULL, NULL, "say nothing about success" },
	{ "color", 256, "WHEN", "auto always never", "colour the text (default: auto)" },
	{ "help", 'h', NULL, NULL, "show this help" },
	{ 0 },
};

static const struct kl_option help_only[] = {
	{ "help", 'h', NULL, NULL, "show this help" },
	{ 0 },
};

/* The options beside a command's own. */
static const struct kl_option *common_of(const struct kl_command *command)
{
	return *command->name ? kl_common_options : help_only;
}

void kl_complain(const char *format, ...)
{
	va_list args;

	fflush(stdout);
	fprintf(stderr, "%s: ", program_invocation_short_name);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
}

int kl_usage(const struct kl_command *command, const char *format, ...)
{
	va_list args;

	fflush(stdout);
	fprintf(stderr, "%s%s%s: ", program_invocation_short_name,
		*command->name ? " " : "", command->name);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fprintf(stderr, "\nTry '%s %s%s'.\n", program_invocation_short_name,
		*command->name ? "help " : "--help", command->name);
	return KL_EXIT_USAGE;
}

int kl_parse_number(const char *text, u64 max, u64 *number)
{
	char *end;

	if (!isdigit((unsigned char)*text))
		return -EINVAL;
	errno = 0;
	*number = strtoull(text, &end, 10);
	if (*end)
		return -EINVAL;
	return errno || *number > max ? -ERANGE : 0;
}

static void help_option(FILE *stream, const struct kl_option *option)
{
	char left[48];
	int used;

	if (option->letter < 256)
		used = snprintf(left, sizeof(left), "-%c, --%s", option->letter,
				option->name);
	else
		used = snprintf(left, sizeof(left), "    --%s", option->name);
	if (option->argument)
		snprintf(left + used, sizeof(left) - used, "=%s", option->argument);
	fprintf(stream, "  %-24s %s\n", left, option->help);
}

void kl_command_help(FILE *stream, const struct kl_command *command)
{
	const struct kl_option *option;

	fprintf(stream, "Usage: %s%s%s [OPTION]...%s%s\n\n%s.\n",
		program_invocation_short_name, *command->name ? " " : "", command->name,
		*command->arguments ? " " : "", command->arguments, command->summary);
	if (command->details)
		fprintf(stream, "\n%s", command->details);
	fputs("\nOptions:\n", stream);
	for (option = command->options; option->name; option++)
		help_option(stream, option);
	for (option = common_of(command); option->name; option++)
		help_option(stream, option);
}

#define OPTIONS_MAX 32

/* The two tables as getopt_long() wants them. */
static void make_getopt(const struct kl_command *command, struct option *longs,
			char *shorts)
{
	const struct kl_option *tables[] = { command->options, common_of(command) };
	const struct kl_option *option;
	size_t table, n = 0;

	*shorts++ = ':';
	for (table = 0; table < ARRAY_SIZE(tables); table++)
		for (option = tables[table]; option->name; option++) {
			if (WARN_ON_ONCE(n == OPTIONS_MAX))
				abort();
			longs[n].name = option->name;
			longs[n].has_arg = option->argument ? required_argument :
							      no_argument;
			longs[n].flag = NULL;
			longs[n++].val = option->letter;
			if (option->letter > 255)
				continue;
			*shorts++ = option->letter;
			if (option->argument)
				*shorts++ = ':';
		}
	memset(&longs[n], 0, sizeof(longs[n]));
	*shorts = '\0';
}

static int set_format(const struct kl_command *command, struct kl_common *common)
{
	if (!strcmp(optarg, "json"))
		common->output.format = KL_FORMAT_JSON;
	else if (!strcmp(optarg, "text"))
		common->output.format = KL_FORMAT_TEXT;
	else {
		kl_usage(command, "'%s' is no output format; text and json are", optarg);
		return '?';
	}
	return 0;
}

static int set_colour(const struct kl_command *command, struct kl_common *common)
{
	int when = kl_when_find(optarg);

	if (when < 0) {
		kl_usage(command, "--color takes auto, always or never, not '%s'",
			 optarg);
		return '?';
	}
	common->colour = when;
	return 0;
}

static int bad_option(const struct kl_command *command, int letter, char **argv)
{
	const char *what = letter == ':' ? "needs an argument" : "is no option here";

	if (optopt > 0 && optopt < 256)
		kl_usage(command, "-%c %s", optopt, what);
	else
		kl_usage(command, "%s %s", argv[optind - 1], what);
	return '?';
}

int kl_option_next(const struct kl_command *command, int argc, char **argv,
		   struct kl_common *common)
{
	struct option longs[OPTIONS_MAX + 1];
	char shorts[2 * OPTIONS_MAX + 2];
	int letter;

	make_getopt(command, longs, shorts);
	for (;;) {
		int error = 0;

		letter = getopt_long(argc, argv, shorts, longs, NULL);
		switch (letter) {
		case 'o':
			error = set_format(command, common);
			break;
		case 256:
			error = set_colour(command, common);
			break;
		case 'q':
			common->quiet = true;
			break;
		case 'h':
			kl_command_help(stdout, command);
			if (kl_common_done(common, KL_EXIT_OK))
				exit(KL_EXIT_FAILURE);
			return 'h';
		case '?':
		case ':':
			return bad_option(command, letter, argv);
		case -1:
			common->output.colour = kl_may_colour(stdout, common->colour);
			return -1;
		default:
			return letter;
		}
		if (error)
			return error;
	}
}

int kl_options_common(const struct kl_command *command, int argc, char **argv,
		      struct kl_common *common)
{
	int option;

	kl_common_init(common);
	option = kl_option_next(command, argc, argv, common);
	if (option == -1)
		return -1;
	return option == 'h' ? KL_EXIT_OK : KL_EXIT_USAGE;
}

void kl_common_init(struct kl_common *common)
{
	memset(common, 0, sizeof(*common));
	common->output.stream = stdout;
	common->output.pretty = true;
}

int kl_common_done(struct kl_common *common, int status)
{
	int error = kl_finish(&common->output);

	/* A reader that had enough (head, less) is no failure. */
	if (error && error != -EPIPE) {
		kl_complain("writing the results failed: %s", strerror(-error));
		return status == KL_EXIT_OK ? KL_EXIT_FAILURE : status;
	}
	return status;
}
