// SPDX-License-Identifier: GPL-2.0
/* The document compiled. */
#include "compiled.h"
#include "engine/lex.h"

/* Lines that are refused only together with others, before it is given up. */
#define REFUSED_MAX 100

/* The lines that are not left out; the others are empty, so that numbers stay. */
static void put_lines(const struct editor *editor, const bool *left_out,
		      struct kl_buffer *text)
{
	struct kl_text line;
	u32 i;

	for (i = 0; i < editor->outline.count; i++) {
		line = document_line(editor->document, i);
		if (!left_out[i])
			kl_buffer_add(text, line.data, line.length);
		kl_buffer_add(text, "\n", 1);
	}
}

static int try(struct compiled *compiled, const struct editor *editor, const bool *left_out,
	       struct kl_error *error)
{
	struct kl_buffer text = { 0 };
	int result;

	put_lines(editor, left_out, &text);
	result = kl_source_add_text(&compiled->file.source, editor->name ?: "policy",
				    kl_buffer_text(&text));
	kl_buffer_free(&text);
	if (result)
		kl_refuse(error, 1, "it is too large");
	else
		result = kl_policy_file_compile(&compiled->file, error);
	if (result)
		kl_policy_file_free(&compiled->file);
	return result;
}

/* What the parser takes may still be refused by the policy, such as a cycle of groups. */
static bool make(struct compiled *compiled, struct editor *editor)
{
	const struct outline *outline = &editor->outline;
	bool *left_out = kl_xalloc(outline->count + 1, sizeof(*left_out));
	struct kl_error error = { 0 };
	int result = -EINVAL, tries;
	u32 i;

	compiled->left_out = 0;
	for (i = 0; i < outline->count; i++) {
		left_out[i] = outline->lines[i].wrong;
		compiled->left_out += left_out[i];
	}
	for (tries = 0; result && tries < REFUSED_MAX; tries++) {
		memset(&error, 0, sizeof(error));
		result = try(compiled, editor, left_out, &error);
		if (!result || !error.line || error.line > outline->count ||
		    left_out[error.line - 1])
			break;
		left_out[error.line - 1] = true;
		compiled->left_out++;
	}
	free(left_out);
	if (result)
		editor_say(editor, STYLE_ERROR, "line %u: %s", error.line, error.text);
	return !result;
}

struct compiled *editor_compiled(struct editor *editor)
{
	struct compiled *compiled = editor->compiled;

	if (!compiled)
		compiled = editor->compiled = kl_xalloc(1, sizeof(*compiled));
	if (compiled->made && compiled->version == document_version(editor->document))
		return compiled;
	if (compiled->made)
		kl_policy_file_free(&compiled->file);
	compiled->made = make(compiled, editor);
	compiled->version = document_version(editor->document);
	return compiled->made ? compiled : NULL;
}

void compiled_free(struct compiled *compiled)
{
	if (compiled && compiled->made)
		kl_policy_file_free(&compiled->file);
	free(compiled);
}
