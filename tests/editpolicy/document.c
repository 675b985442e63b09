// SPDX-License-Identifier: GPL-2.0-only
/* The document: bytes that stay, changes that are taken back and done again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

#include "document.h"

static void assert_text(const struct document *document, const char *text, size_t length)
{
	struct kl_buffer now = { 0 };

	document_text(document, &now);
	assert_int_equal(now.length, length);
	assert_memory_equal(now.length ? now.data : "", text, length);
	kl_buffer_free(&now);
}

static void bytes_stay(void **state)
{
	static const struct kl_text texts[] = {
		{ "", 0 }, { "\n", 1 }, { "\n\n\n", 3 }, { "a", 1 }, { "a\n", 2 },
		{ "a\nb", 3 }, { "a\r\nb\r\n", 6 }, { "\0\xff\n\0", 4 }, { "\n a \n\tb", 7 },
	};
	struct document *document;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		document = document_new(texts[i]);
		assert_text(document, texts[i].data, texts[i].length);
		assert_false(document_changed(document));
		document_free(document);
	}
}

static void replace(struct document *document, u32 at, u32 removed, const char *line)
{
	struct kl_text text = { line, line ? strlen(line) : 0 };

	document_begin(document, "change", at);
	document_replace(document, at, removed, &text, line ? 1 : 0);
	document_end(document);
}

static void steps(void **state)
{
	struct document *document = document_new(kl_text_of("a\nb\nc"));
	u32 place;

	(void)state;
	replace(document, 1, 1, "B");
	replace(document, 3, 0, "d");
	replace(document, 0, 1, NULL);
	assert_text(document, "B\nc\nd", 5);
	assert_true(document_changed(document));
	assert_string_equal(document_undo(document, &place), "change");
	assert_int_equal(place, 0);
	assert_text(document, "a\nB\nc\nd", 7);
	document_saved(document);
	assert_false(document_changed(document));
	assert_non_null(document_undo(document, &place));
	assert_true(document_changed(document));
	assert_non_null(document_redo(document, &place));
	assert_false(document_changed(document));
	assert_non_null(document_undo(document, &place));
	replace(document, 0, 0, "x");
	assert_null(document_redo(document, &place));
	assert_true(document_changed(document));
	assert_non_null(document_undo(document, &place));
	assert_true(document_changed(document)); /* what was saved is not to be had any more */
	assert_non_null(document_undo(document, &place));
	assert_null(document_undo(document, &place));
	assert_text(document, "a\nb\nc", 5);
	document_free(document);
}

static void empty_step(void **state)
{
	struct document *document = document_new(kl_text_of("a\n"));
	u32 place;

	(void)state;
	replace(document, 0, 1, "b");
	assert_non_null(document_undo(document, &place));
	document_begin(document, "nothing", 0);
	document_end(document);
	assert_false(document_changed(document));
	assert_non_null(document_redo(document, &place));
	assert_text(document, "b\n", 2);
	document_free(document);
}

/* A model made of whole copies of the text, compared after each change. */
static void random_steps(void **state)
{
	enum { STEPS = 2000 };
	static struct kl_buffer copies[STEPS + 1];
	struct document *document = document_new(kl_text_of("one\n\ntwo\r\nthree"));
	struct kl_text lines[3] = { { "x", 1 }, { "", 0 }, { "\0y", 2 } };
	u32 i, k, count, place, at;

	(void)state;
	srand(7);
	document_text(document, &copies[0]);
	for (i = 1; i <= STEPS; i++) {
		document_begin(document, "step", 0);
		for (k = rand() % 3 + 1; k; k--) {
			count = document_lines(document);
			at = rand() % (count + 1);
			document_replace(document, at, rand() % (min(count - at, 3u) + 1),
					 lines, rand() % 4);
		}
		document_end(document);
		document_text(document, &copies[i]);
	}
	for (i = STEPS; i > 0; i--) {
		assert_text(document, copies[i].data ?: "", copies[i].length);
		assert_non_null(document_undo(document, &place));
	}
	assert_null(document_undo(document, &place));
	assert_text(document, copies[0].data, copies[0].length);
	assert_false(document_changed(document));
	for (i = 0; i < STEPS; i++) {
		assert_non_null(document_redo(document, &place));
		assert_text(document, copies[i + 1].data ?: "", copies[i + 1].length);
	}
	for (i = 0; i <= STEPS; i++)
		kl_buffer_free(&copies[i]);
	document_free(document);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bytes_stay),
		cmocka_unit_test(steps),
		cmocka_unit_test(empty_step),
		cmocka_unit_test(random_steps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
