// SPDX-License-Identifier: GPL-2.0
/* Policy files brought all the way to a ruleset. */
#include "engine/parse.h"
#include "policy_file.h"

int kl_policy_file_read(struct kl_policy_file *file, char **names, int count,
			const char **bad)
{
	int i, error;

	for (i = 0; i < count; i++) {
		error = kl_source_add(&file->source, names[i]);
		if (error) {
			*bad = names[i];
			return error;
		}
	}
	return 0;
}

static int apply(struct kl_policy_file *file, struct kl_error *error)
{
	struct kl_parser parser;
	struct kl_batch batch;
	struct kl_undo *undo;
	int result;

	kl_parser_init(&parser, &file->policy.strings);
	kl_batch_init(&batch);
	batch.replace = true;
	result =
		kl_parse_text(&parser, kl_buffer_text(&file->source.text), &batch, error);
	if (!result)
		result = kl_policy_apply(&file->policy, &batch, &undo, error);
	if (!result)
		kl_policy_settle(&file->policy, undo);
	kl_batch_release(&batch);
	return result;
}

int kl_policy_file_apply(struct kl_policy_file *file, struct kl_error *error)
{
	int result;

	memset(error, 0, sizeof(*error));
	result = kl_policy_init(&file->policy);
	if (result) {
		snprintf(error->text, sizeof(error->text), "out of memory");
		return result;
	}
	file->ready = true;
	return apply(file, error);
}

int kl_policy_file_compile(struct kl_policy_file *file, struct kl_error *error)
{
	int result = kl_policy_file_apply(file, error);

	if (!result)
		result = kl_compile(&file->policy, &file->ruleset, error);
	return result;
}

void kl_policy_file_free(struct kl_policy_file *file)
{
	if (file->ruleset)
		kl_ruleset_free(file->ruleset);
	if (file->ready)
		kl_policy_destroy(&file->policy);
	kl_source_free(&file->source);
	memset(file, 0, sizeof(*file));
}
