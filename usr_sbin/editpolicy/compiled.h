/* SPDX-License-Identifier: GPL-2.0 */
/* The document as the engine would have it. */
#ifndef KELLAS_COMPILED_H
#define KELLAS_COMPILED_H

#include "editor.h"
#include "policy_file.h"

/**
 * struct compiled - the document compiled
 * @file: the policy; its lines have the numbers of the document's
 * @version: document_version() that it was made of
 * @made: it was
 * @left_out: lines without which it was made, as the engine refuses them
 */
struct compiled {
	struct kl_policy_file file;
	u64 version;
	bool made;
	u32 left_out;
};

/**
 * editor_compiled - the document compiled, as it is now
 *
 * Lines that are wrong, by themselves or with the others, are left out.
 *
 * Return: NULL if nothing can be made of it; a reason was said.
 */
struct compiled *editor_compiled(struct editor *editor);

void compiled_free(struct compiled *compiled);

#endif /* KELLAS_COMPILED_H */
