// SPDX-License-Identifier: GPL-2.0
/* A policy without its wrong lines. */
#include "lenient.h"
#include "outline.h"

/* So often it is begun anew because of a line that cannot be with the others. */
#define TRIES 20

static void blank(struct kl_source *source, u32 line)
{
	struct kl_text text = kl_source_line(source, line);

	memset(source->text.data + (text.data - source->text.data), ' ', text.length);
}

static void remember(struct kl_error *first, int count, const struct kl_error *error)
{
	if (!count)
		*first = *error;
}

/* What makes no sense by itself. */
static int blank_wrong(struct kl_source *source, struct kl_error *first)
{
	struct kl_statement statement;
	struct kl_strings strings;
	struct kl_parser parser;
	struct kl_error error;
	int count = 0;
	u32 i;

	kl_xstrings(&strings);
	kl_parser_init(&parser, &strings);
	for (i = 1; i <= source->line_count; i++) {
		if (!outline_parse(&parser, kl_source_line(source, i), &statement, &error)) {
			kl_statement_release(&statement);
			continue;
		}
		error.line = i;
		remember(first, count++, &error);
		blank(source, i);
	}
	kl_strings_destroy(&strings);
	return count;
}

static void begin_anew(struct kl_policy_file *file)
{
	if (file->ready)
		kl_policy_destroy(&file->policy);
	file->ready = false;
}

int lenient_apply(struct kl_text text, const char *name, struct kl_policy_file *file,
		  struct kl_error *first)
{
	struct kl_error error;
	int count, tries;

	memset(file, 0, sizeof(*file));
	kl_source_add_text(&file->source, name, text);
	count = blank_wrong(&file->source, first);
	for (tries = 0; tries < TRIES; tries++) {
		if (!kl_policy_file_apply(file, &error))
			return count;
		begin_anew(file);
		remember(first, count++, &error);
		if (!error.line || error.line > file->source.line_count)
			return -1;
		blank(&file->source, error.line);
	}
	return -1;
}
