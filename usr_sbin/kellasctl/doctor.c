// SPDX-License-Identifier: GPL-2.0
/* kellasctl doctor */
#include <getopt.h>

#include "health.h"
#include "kellasctl.h"

static const struct kl_option options[] = { { 0 } };

static enum kl_colour colour_of(enum kl_level level)
{
	static const enum kl_colour colours[KL_LEVELS] = { KL_GOOD, KL_PLAIN, KL_NOTICE,
							   KL_BAD };

	return colours[level];
}

/* Names of files and of functions come from elsewhere. */
static void put_harmless(struct kl_output *output, const char *key, const char *format,
			 const char *text)
{
	struct kl_buffer safe = { 0 };

	for (; text && *text; text++)
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			kl_buffer_printf(&safe, "\\%03o", (unsigned char)*text);
		else
			kl_buffer_add(&safe, text, 1);
	kl_put_string(output, key, format, safe.data);
	kl_buffer_free(&safe);
}

static void put_finding(struct kl_output *output, const struct kl_finding *finding)
{
	kl_open_object(output, NULL);
	kl_put_string(output, "area", "%-7s ", finding->area);
	kl_paint(output, colour_of(finding->level));
	kl_put_string(output, "level", "%-8s", kl_level_name(finding->level));
	kl_paint(output, KL_PLAIN);
	kl_put_string(output, "name", "%-15s", finding->name);
	put_harmless(output, "what", "%s\n", finding->what);
	put_harmless(output, "remedy", "                               -> %s\n",
		     finding->remedy);
	kl_close(output);
}

static void put_sum(struct kl_output *output, const u32 *count)
{
	kl_put_number(output, "errors", NULL, count[KL_ERROR]);
	kl_put_number(output, "warnings", NULL, count[KL_WARNING]);
	kl_put_number(output, "notes", NULL, count[KL_NOTE]);
	kl_say(output, "%u error%s, %u warning%s, %u note%s\n", count[KL_ERROR],
	       count[KL_ERROR] == 1 ? "" : "s", count[KL_WARNING],
	       count[KL_WARNING] == 1 ? "" : "s", count[KL_NOTE],
	       count[KL_NOTE] == 1 ? "" : "s");
}

static int report(struct kl_common *common, const struct kl_health *health)
{
	struct kl_output *output = &common->output;
	u32 count[KL_LEVELS] = { 0 }, i;

	kl_open_object(output, NULL);
	kl_open_array(output, "findings");
	for (i = 0; i < health->count; i++) {
		const struct kl_finding *finding = &health->findings[i];

		count[finding->level]++;
		if (!common->quiet || finding->level >= KL_WARNING)
			put_finding(output, finding);
	}
	kl_close(output);
	if (!common->quiet || output->format == KL_FORMAT_JSON)
		put_sum(output, count);
	kl_close(output);
	return count[KL_WARNING] || count[KL_ERROR] ? KL_EXIT_FAILURE : KL_EXIT_OK;
}

static int run(const struct kl_command *command, int argc, char **argv)
{
	struct kl_health health = { 0 };
	struct kl_common common;
	int status = kl_options_common(command, argc, argv, &common);

	if (status >= 0)
		return status;
	if (optind != argc)
		return kl_usage(command, "no arguments are expected");
	kl_health_examine(&health);
	status = report(&common, &health);
	kl_health_free(&health);
	return kl_common_done(&common, status);
}

const struct kl_command doctor_command = {
	.name = "doctor",
	.arguments = "",
	.words = NULL,
	.summary = "Say what is wrong with this machine's Kellas, and the remedy",
	.details =
		"Looks at the kernel, the module, the policy, the log and the files; with or\n"
		"without the module, as root or not, and says what it could not look at.\n"
		"The exit status is 1 if there are errors or warnings. -q shows only these.\n",
	.options = options,
	.run = run,
};
