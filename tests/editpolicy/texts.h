/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Texts of a test: files, in a folder of its own, and that of the editor in hands.h.
 * Behind cmocka.h.
 */
#ifndef TESTS_TEXTS_H
#define TESTS_TEXTS_H

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "hands.h"
#include "store.h"

static inline void put(const char *name, const char *text)
{
	FILE *file = fopen(name, "w");

	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static inline void assert_file(const char *name, const char *text)
{
	struct kl_buffer now = { 0 };

	assert_int_equal(store_read(name, &now), 0);
	assert_string_equal(now.data, text);
	kl_buffer_free(&now);
}

static inline void assert_text(const char *text)
{
	struct kl_buffer now = { 0 };

	document_text(editor->document, &now);
	assert_string_equal(now.data, text);
	kl_buffer_free(&now);
}

/* @folder: made from it as by mkdtemp(). There is no kernel there. */
static inline bool enter_folder(char *folder)
{
	setlocale(LC_ALL, "C.UTF-8");
	return mkdtemp(folder) && !chdir(folder) && !setenv("KELLAS_PROC", "none", 1);
}

/* Return: whether nothing was left in it. */
static inline bool leave_folder(const char *folder)
{
	canvas_free(&canvas);
	return !chdir("/") && !rmdir(folder);
}

#endif /* TESTS_TEXTS_H */
