// SPDX-License-Identifier: GPL-2.0
/* kellasctl diff */
#include <getopt.h>

#include "kellasctl.h"
#include "policy_diff.h"
#include "policy_file.h"
#include "proc.h"

enum { PATCH = 256 + 1 };

/* As diff(1) has it: anything but "same" and "different" is trouble. */
enum { SAME = KL_EXIT_OK, DIFFERENT = 1 };

static const struct kl_option options[] = {
	{ "patch", PATCH, NULL, NULL, "print lines for load --add that make NEW of OLD" },
	{ 0 },
};

static const char *const kinds[] = {
	[KL_SECTION_SETTINGS] = "settings",
	[KL_SECTION_GROUP] = "group",
	[KL_SECTION_RULE_GROUP] = "rule_group",
	[KL_SECTION_BLOCK] = "block",
};

static const struct {
	const char *name, *sign;
	enum kl_colour colour;
} changes[] = {
	[KL_CHANGED] = { "changed", "  ", KL_BOLD },
	[KL_ADDED] = { "added", "+ ", KL_GOOD },
	[KL_REMOVED] = { "removed", "- ", KL_BAD },
	[KL_MOVED] = { "moved", "> ", KL_NOTICE },
};

static void put_line(struct kl_output *output, const struct kl_diff_section *section,
		     const struct kl_diff_line *line)
{
	bool within = *section->title && section->kind != KL_SECTION_GROUP;

	kl_open_object(output, NULL);
	kl_paint(output, changes[line->change].colour);
	kl_say(output, "%s%s", changes[line->change].sign, within ? "    " : "");
	kl_put_string(output, "change", NULL, changes[line->change].name);
	kl_put_string(output, "text", "%s\n", line->text);
	kl_paint(output, KL_PLAIN);
	kl_close(output);
}

static void put_section(struct kl_output *output, const struct kl_diff_section *section)
{
	u32 i;

	kl_open_object(output, NULL);
	kl_put_string(output, "kind", NULL, kinds[section->kind]);
	kl_put_string(output, "change", NULL, changes[section->change].name);
	kl_put_string(output, "title", NULL, section->title);
	if (*section->title && section->kind != KL_SECTION_GROUP) {
		kl_paint(output, changes[section->change].colour);
		kl_say(output, "%s%s\n", changes[section->change].sign, section->title);
		kl_paint(output, KL_PLAIN);
	}
	kl_open_array(output, "lines");
	for (i = 0; i < section->count; i++)
		put_line(output, section, &section->lines[i]);
	kl_close(output);
	kl_close(output);
}

static void put_diff(struct kl_output *output, const struct kl_policy_diff *diff)
{
	u32 i;

	kl_open_object(output, NULL);
	kl_put_bool(output, "same", NULL, !diff->count);
	kl_open_array(output, "sections");
	for (i = 0; i < diff->count; i++)
		put_section(output, &diff->sections[i]);
	kl_close(output);
	kl_close(output);
}

static int read_kernel(struct kl_policy_file *file)
{
	struct kl_buffer text = { 0 };
	int status = kl_proc_check(), error;

	if (status)
		return status == KL_EXIT_FAILURE ? KL_EXIT_USAGE : status;
	error = kl_proc_read("policy", &text);
	if (error)
		kl_proc_complain("policy", error);
	else
		kl_source_add_text(&file->source, "kernel", kl_buffer_text(&text));
	kl_buffer_free(&text);
	return error ? KL_EXIT_USAGE : KL_EXIT_OK;
}

static int read_policy(struct kl_policy_file *file, const char *name)
{
	struct kl_error error;
	int status = KL_EXIT_OK, result;

	if (!strcmp(name, "kernel")) {
		status = read_kernel(file);
	} else {
		result = kl_source_add(&file->source, name);
		if (result) {
			kl_complain("%s: %s", name, strerror(-result));
			status = KL_EXIT_USAGE;
		}
	}
	if (!status && kl_policy_file_compile(file, &error)) {
		kl_source_complain(stderr, &file->source, &error);
		status = KL_EXIT_INVALID;
	}
	return status;
}

static int compare(struct kl_common *common, const struct kl_policy *old,
		   const struct kl_policy *new, bool patch)
{
	struct kl_buffer lines = { 0 };
	struct kl_policy_diff diff;
	int status;

	kl_policy_compare(old, new, &diff, patch ? &lines : NULL);
	/* Policy lines are text whatever -o says. */
	if (patch && lines.length)
		fwrite(lines.data, 1, lines.length, stdout);
	else if (!patch && !common->quiet)
		put_diff(&common->output, &diff);
	status = diff.count ? DIFFERENT : SAME;
	kl_policy_diff_free(&diff);
	kl_buffer_free(&lines);
	return status;
}

static int run(const struct kl_command *command, int argc, char **argv)
{
	struct kl_policy_file old = { 0 }, new = { 0 };
	struct kl_common common;
	bool patch = false;
	int option, status;

	kl_common_init(&common);
	while ((option = kl_option_next(command, argc, argv, &common)) != -1) {
		if (option != PATCH)
			return option == 'h' ? KL_EXIT_OK : KL_EXIT_USAGE;
		patch = true;
	}
	if (argc - optind != 2)
		return kl_usage(command, "which two policies? (- is standard input, "
					 "kernel the running one)");
	if (!strcmp(argv[optind], "-") && !strcmp(argv[optind + 1], "-"))
		return kl_usage(command, "standard input can only be one of the two");
	status = read_policy(&old, argv[optind]);
	if (!status)
		status = read_policy(&new, argv[optind + 1]);
	if (!status)
		status = compare(&common, &old.policy, &new.policy, patch);
	/* Results that could not be written are no difference. */
	if (kl_common_done(&common, KL_EXIT_OK))
		status = KL_EXIT_USAGE;
	kl_policy_file_free(&old);
	kl_policy_file_free(&new);
	return status;
}

const struct kl_command diff_command = {
	.name = "diff",
	.arguments = "OLD NEW",
	.words = "@file",
	.summary = "Show what two policies differ in",
	.details =
		"Lines that mean the same are the same, whatever they look like. Either policy\n"
		"is a file, '-' (standard input) or 'kernel' (the running one). The status is 0\n"
		"if they are the same, 1 if not, and another one on trouble.\n",
	.options = options,
	.run = run,
};
