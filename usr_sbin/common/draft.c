// SPDX-License-Identifier: GPL-2.0
/* A policy being written by a tool. */
#include "draft.h"
#include "engine/print.h"

void kl_draft_init(struct kl_draft *draft)
{
	memset(draft, 0, sizeof(*draft));
	kl_draft_add(draft, KL_DRAFT_HEAD, "POLICY_VERSION=20120401", NULL, NULL);
	kl_draft_add(draft, KL_DRAFT_BLANK, "", NULL, NULL);
}

void kl_draft_free(struct kl_draft *draft)
{
	u32 part, i;

	for (part = 0; part < KL_DRAFT_PARTS; part++) {
		for (i = 0; i < draft->parts[part].count; i++) {
			free(draft->parts[part].lines[i].text);
			free(draft->parts[part].lines[i].above);
			free(draft->parts[part].lines[i].beside);
		}
		free(draft->parts[part].lines);
	}
	memset(draft, 0, sizeof(*draft));
}

static char *copy(const char *text)
{
	return text && *text ? kl_xstrdup(text) : NULL;
}

void kl_draft_add(struct kl_draft *draft, u32 part, const char *text, const char *above,
		  const char *beside)
{
	struct kl_draft_line *line;
	u32 *count = &draft->parts[part].count, *room = &draft->parts[part].room;

	if (*count == *room) {
		*room = *room ? 2 * *room : 8;
		draft->parts[part].lines =
			kl_xrealloc(draft->parts[part].lines, *room, sizeof(*line));
	}
	line = &draft->parts[part].lines[(*count)++];
	line->text = kl_xstrdup(text);
	line->above = copy(above);
	line->beside = copy(beside);
}

static int is_canonical(const struct kl_policy_file *file, struct kl_error *error)
{
	struct kl_buffer text = { 0 };
	struct kl_printer printer = { kl_buffer_write, &text };
	const struct kl_buffer *typed = &file->source.text;
	int result = kl_print_policy(&printer, &file->policy, NULL);
	u32 line = 1;
	size_t i = 0;

	while (!result && i < text.length && i < typed->length &&
	       text.data[i] == typed->data[i])
		line += text.data[i++] == '\n';
	if (!result && (i < text.length || i < typed->length)) {
		error->line = line;
		error->column = 1;
		snprintf(error->text, sizeof(error->text),
			 "this line is not as it would be printed");
		result = -EINVAL;
	}
	kl_buffer_free(&text);
	return result;
}

int kl_draft_compile(const struct kl_draft *draft, struct kl_policy_file *file,
		     struct kl_error *error)
{
	struct kl_buffer text = { 0 };
	u32 part, i;
	int result;

	for (part = 0; part < KL_DRAFT_PARTS; part++)
		for (i = 0; i < draft->parts[part].count; i++) {
			kl_buffer_puts(&text, draft->parts[part].lines[i].text);
			kl_buffer_add(&text, "\n", 1);
		}
	memset(error, 0, sizeof(*error));
	result = kl_source_add_text(&file->source, "learnt policy", kl_buffer_text(&text));
	kl_buffer_free(&text);
	if (result) {
		snprintf(error->text, sizeof(error->text),
			 "the policy is larger than a transaction may be");
		return -E2BIG;
	}
	result = kl_policy_file_compile(file, error);
	return result ? result : is_canonical(file, error);
}
