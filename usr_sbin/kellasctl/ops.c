// SPDX-License-Identifier: GPL-2.0
/* kellasctl ops */
#include <getopt.h>

#include "engine/attribute.h"
#include "engine/lex.h"
#include "kellasctl.h"
#include "memory.h"

static const struct kl_option options[] = { { 0 } };

static const char *const types[] = {
	[KL_NUMBER] = "number",	     [KL_FILEPERM] = "permissions",
	[KL_FILETYPE] = "file type", [KL_STRING] = "string",
	[KL_IPADDR] = "address",     [KL_ASSIGN] = "assignment",
	[KL_ANCESTOR] = "program",   [KL_HISTORY] = "history",
};

static void put_attribute(struct kl_output *output, enum kl_op op, u32 slot)
{
	char name[KL_SLOT_NAME_MAX], shown[KL_SLOT_NAME_MAX + 8];

	kl_slot_name(op, slot, name);
	snprintf(shown, sizeof(shown), "%s%s", name,
		 slot == KL_SLOT_ARGV ? "[N]" :
		 slot == KL_SLOT_ENVP ? "[\"NAME\"]" :
					"");
	kl_open_object(output, NULL);
	kl_put_string(output, "name", "    %-24s", shown);
	kl_put_string(output, "type", " %s", types[kl_slot_type(slot)]);
	if (kl_number_names(slot))
		kl_put_string(output, "names", " or %s", kl_number_names(slot));
	kl_say(output, "\n");
	kl_close(output);
}

static void put_operation(struct kl_output *output, enum kl_op op, bool subject)
{
	u32 slot;

	kl_open_object(output, NULL);
	kl_paint(output, KL_BOLD);
	kl_put_string(output, "operation", "%s", kl_op_table[op].keyword);
	kl_paint(output, KL_PLAIN);
	kl_put_bool(output, "auto_domain_transition", " (auto_domain_transition first)",
		    kl_op_table[op].flags & KL_OP_AUTO);
	kl_say(output, "\n");
	kl_open_array(output, "attributes");
	for (slot = 0; slot < KL_SLOT_COUNT; slot++) {
		bool of_task = slot >= KL_SLOT_TASK_PID && slot < KL_SLOT_TARGET;

		if (kl_slot_exists(op, slot) && (subject || !of_task))
			put_attribute(output, op, slot);
	}
	kl_close(output);
	kl_close(output);
}

static void put_names(struct kl_output *output)
{
	int op;

	kl_open_array(output, NULL);
	for (op = 0; op < KL_OP_COUNT; op++)
		put_operation(output, op, output->format == KL_FORMAT_JSON);
	kl_close(output);
	kl_say(output, "\nEvery operation has the attributes task.*, see 'kellasctl ops "
		       "OPERATION'.\n");
}

static int put_one(const struct kl_command *command, struct kl_output *output,
		   const char *name)
{
	struct kl_hint hint;
	int op = kl_op_find(kl_text_of(name));

	if (op >= 0) {
		put_operation(output, op, true);
		return KL_EXIT_OK;
	}
	kl_hint_init(&hint, kl_text_of(name));
	for (op = 0; op < KL_OP_COUNT; op++)
		kl_hint_offer(&hint, kl_op_table[op].keyword);
	return kl_usage(command, "'%s' is no operation%s", name, hint.text);
}

static int run(const struct kl_command *command, int argc, char **argv)
{
	struct kl_common common;
	int option, status = KL_EXIT_OK;

	kl_common_init(&common);
	option = kl_option_next(command, argc, argv, &common);
	if (option != -1)
		return option == 'h' ? KL_EXIT_OK : KL_EXIT_USAGE;
	if (optind == argc)
		put_names(&common.output);
	for (; optind < argc && status == KL_EXIT_OK; optind++)
		status = put_one(command, &common.output, argv[optind]);
	return kl_common_done(&common, status);
}

const struct kl_command ops_command = {
	.name = "ops",
	.arguments = "[OPERATION]...",
	.words = "@operation",
	.summary = "List the operations and the attributes that conditions may name",
	.options = options,
	.run = run,
};
