// SPDX-License-Identifier: GPL-2.0
/* The document compiled. */
#include "compiled.h"
#include "lenient.h"

/* Where no line is wrong by itself, none need be looked for: that takes half of the time. */
static int read_policy(const struct editor *editor, struct kl_text text,
		       struct kl_policy_file *file, struct kl_error *error)
{
	const char *name = editor->name ?: "policy";

	if (editor->seen == document_version(editor->document) && !editor->outline.error_count) {
		memset(file, 0, sizeof(*file));
		kl_source_add_text(&file->source, name, text);
		if (!kl_policy_file_apply(file, error))
			return 0;
		kl_policy_file_free(file);
	}
	return lenient_apply(text, name, file, error);
}

static bool make(struct compiled *compiled, struct editor *editor)
{
	struct kl_buffer text = { 0 };
	struct kl_error error = { 0 };
	int left_out;
	bool made;

	document_text(editor->document, &text);
	left_out = read_policy(editor, kl_buffer_text(&text), &compiled->file, &error);
	kl_buffer_free(&text);
	compiled->left_out = max(left_out, 0);
	made = left_out >= 0 &&
	       !kl_compile(&compiled->file.policy, &compiled->file.ruleset, &error);
	if (!made) {
		editor_say(editor, STYLE_ERROR, "line %u: %s", error.line, error.text);
		kl_policy_file_free(&compiled->file);
	}
	return made;
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
