// SPDX-License-Identifier: GPL-2.0
/* kellasctl version */
#include <getopt.h>

#include "engine/lex.h"
#include "kellasctl.h"
#include "proc.h"

#ifndef KELLAS_VERSION
#define KELLAS_VERSION "unknown"
#endif

static const struct kl_option options[] = { { 0 } };

/* "operations=execute read": a list; "language=1": a number; else text. */
static void put_module_pair(struct kl_output *output, struct kl_text key,
			    struct kl_text value)
{
	char name[64];
	u64 number;

	snprintf(name, sizeof(name), "%.*s", (int)min(key.length, 63u), key.data);
	kl_say(output, "  %s=", name);
	if (!memchr(value.data, ' ', value.length)) {
		if (kl_text_decimal(value, ~0ull, &number))
			kl_put_text(output, name, "%s", value);
		else
			kl_put_number(output, name, "%s", number);
		kl_say(output, "\n");
		return;
	}
	kl_open_array(output, name);
	while (value.length) {
		const char *space = memchr(value.data, ' ', value.length);
		u32 length = space ? space - value.data : value.length;

		kl_put_text(output, NULL, "%s", kl_text_head(value, length));
		value = kl_text_from(value, space ? length + 1 : length);
		kl_say(output, value.length ? " " : "\n");
	}
	kl_close(output);
}

/* What the module says of itself: lines of key=value. */
static void put_module(struct kl_output *output)
{
	struct kl_buffer text = { 0 };
	struct kl_text rest, key, value;

	if (kl_proc_read("version", &text)) {
		kl_put_null(output, "module");
		kl_say(output, "module not loaded\n");
		goto out;
	}
	rest = kl_buffer_text(&text);
	kl_open_object(output, "module");
	kl_say(output, "module\n");
	while (kl_pair_next(&rest, '=', &key, &value))
		put_module_pair(output, key, value);
	kl_close(output);
out:
	kl_buffer_free(&text);
}

static int run(const struct kl_command *command, int argc, char **argv)
{
	struct kl_common common;
	int status = kl_options_common(command, argc, argv, &common);

	if (status >= 0)
		return status;
	if (optind != argc)
		return kl_usage(command, "no arguments are expected");
	kl_open_object(&common.output, NULL);
	kl_put_string(&common.output, "version", "kellasctl %s", KELLAS_VERSION);
	kl_put_number(&common.output, "language", ", policy language %s\n",
		      KL_TOOLS_LANGUAGE);
	put_module(&common.output);
	kl_close(&common.output);
	return kl_common_done(&common, KL_EXIT_OK);
}

const struct kl_command version_command = {
	.name = "version",
	.arguments = "",
	.words = NULL,
	.summary = "Print the versions of the tool and of the loaded module",
	.options = options,
	.run = run,
};
