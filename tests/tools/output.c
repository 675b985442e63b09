// SPDX-License-Identifier: GPL-2.0
/*
 * JSON as the tools print it: the same trees by kl_output and by json-c, which is an
 * independent judge of what JSON looks like. If this fails, other programs cannot read
 * what the tools and the log daemon write, or read something else.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <iconv.h>
#include <json-c/json.h>

#include "engine/word.h"
#include "output.h"

#define ROUNDS 20000

/**
 * struct seen - that the trees were worth comparing
 * @values: of all kinds
 * @escaped, @foreign: strings with bytes that JSON escapes; that are no UTF-8
 * @empty: objects and arrays with nothing in them
 * @deepest: levels
 */
static struct seen {
	u32 values, escaped, foreign, empty;
	int deepest;
} seen;

static u32 state = 1;

static u32 any(u32 below)
{
	state = state * 1664525u + 1013904223u;
	return (state >> 8) % below;
}

/* Bytes of the kinds that matter, NUL apart. */
static void fill(char *text, size_t length)
{
	static const char some[] = "az/ \"\\\b\f\n\r\t\x01\x1f\x7f{}[],:";
	static const char *const characters[] = { "\xc3\xa4", "\xe2\x82\xac", "\xf0\x9f\x90\xa7" };
	size_t i = 0, n;

	while (i < length) {
		const char *character = characters[any(3)];
		u32 kind = any(8);

		n = strlen(character);
		if (!kind && i + n <= length) {
			memcpy(text + i, character, n);
			i += n;
		} else if (kind == 1) {
			text[i++] = 0x80 + any(0x80);
		} else {
			text[i++] = some[any(sizeof(some) - 1)];
		}
	}
	text[length] = '\0';
}

/* One character of UTF-8, as the C library sees it. */
static bool is_valid(const char *text, size_t length)
{
	static iconv_t converter;
	char *in = (char *)text, wide[8], *out = wide;
	size_t room = sizeof(wide);

	if (!converter)
		converter = iconv_open("UTF-32LE", "UTF-8");
	iconv(converter, NULL, NULL, NULL, NULL);
	return !iconv(converter, &in, &length, &out, &room) && room == 4;
}

static size_t valid_length(const char *at)
{
	size_t length;

	if (!((unsigned char)*at & 0x80))
		return 1;
	for (length = 2; length <= 4 && strlen(at) >= length; length++)
		if (is_valid(at, length))
			return length;
	return 0;
}

static struct json_object *string_of(const char *text)
{
	struct json_object *object;
	struct kl_buffer out = { 0 };
	size_t length;

	kl_buffer_puts(&out, "");
	for (; *text; text += length ? length : 1) {
		length = valid_length(text);
		kl_buffer_add(&out, text, length);
		if (!length)
			kl_buffer_printf(&out, "\\%03o", (unsigned char)*text);
		seen.foreign += !length;
	}
	object = json_object_new_string(out.data);
	seen.escaped += strpbrk(out.data, "\"\\\n\x01") != NULL;
	kl_buffer_free(&out);
	return object;
}

static struct json_object *encoded_of(const char *raw, size_t length)
{
	struct kl_text text = { raw, length };
	char word[256];

	word[kl_encode(text, word, sizeof(word))] = '\0';
	return json_object_new_string(word);
}

static struct json_object *put_value(struct kl_output *output, const char *key);

static struct json_object *put_level(struct kl_output *output, const char *key,
				     bool array)
{
	struct json_object *around =
		array ? json_object_new_array() : json_object_new_object();
	u32 count = any(4), i;
	char name[8];

	(array ? kl_open_array : kl_open_object)(output, key);
	if (output->depth > seen.deepest)
		seen.deepest = output->depth;
	seen.empty += !count;
	for (i = 0; i < count; i++) {
		/* No key twice; and nothing but ASCII. */
		snprintf(name, sizeof(name), "%c%.*s", 'a' + i, any(4), "\"/\n" + any(3));
		if (array)
			json_object_array_add(around, put_value(output, NULL));
		else
			json_object_object_add(around, name, put_value(output, name));
	}
	kl_close(output);
	return around;
}

static struct json_object *put_value(struct kl_output *output, const char *key)
{
	char text[64];
	size_t length = any(40);
	u64 number = ((u64)any(1 << 20) << 44 | any(1 << 20)) >> any(64);

	seen.values++;
	fill(text, length);
	switch (any(output->depth < KL_OUTPUT_DEPTH ? 8 : 6)) {
	case 0:
		kl_put_number(output, key, NULL, number);
		return json_object_new_uint64(number);
	case 1:
		kl_put_bool(output, key, NULL, number & 1);
		return json_object_new_boolean(number & 1);
	case 2:
		kl_put_null(output, key);
		return NULL;
	case 3:
		if (length)
			text[any(length)] = '\0' + any(2);
		kl_put_encoded(output, key, NULL, (struct kl_text){ text, length });
		return encoded_of(text, length);
	case 4:
		/* Behind its end stands more of it. */
		kl_put_text(output, key, NULL, (struct kl_text){ text, length / 2 });
		text[length / 2] = '\0';
		return string_of(text);
	case 5:
		kl_put_string(output, key, NULL, text);
		return string_of(text);
	case 6:
		return put_level(output, key, false);
	default:
		return put_level(output, key, true);
	}
}

static void compare(bool pretty, bool into)
{
	int flags = JSON_C_TO_STRING_NOSLASHESCAPE |
		    (pretty ? JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED : 0);
	struct kl_output output = { .format = KL_FORMAT_JSON, .pretty = pretty };
	struct json_object *expected;
	struct kl_buffer out = { 0 };
	char *printed = NULL;
	size_t size;

	output.stream = open_memstream(&printed, &size);
	output.into = into ? &out : NULL;
	expected = put_level(&output, NULL, any(2));
	assert_int_equal(output.depth, 0);
	assert_int_equal(kl_finish(&output), 0);
	fclose(output.stream);
	if (!into) {
		assert_int_equal(printed[size - 1], '\n');
		printed[size - 1] = '\0';
	}
	assert_string_equal(into ? out.data : printed,
			    json_object_to_json_string_ext(expected, flags));
	json_object_put(expected);
	kl_buffer_free(&out);
	free(printed);
}

static void test_trees(void **unused)
{
	u32 i;

	(void)unused;
	for (i = 0; i < ROUNDS; i++)
		compare(i & 1, i & 2);
	print_message("%u values, %u strings to escape, %u bytes that are no UTF-8, %u empty, "
		      "%d levels\n",
		      seen.values, seen.escaped, seen.foreign, seen.empty, seen.deepest);
	assert_true(seen.values > ROUNDS && seen.escaped > ROUNDS / 10 &&
		    seen.foreign > ROUNDS / 10 && seen.empty > ROUNDS / 10 &&
		    seen.deepest == KL_OUTPUT_DEPTH);
}

/* Several values, and a stream that takes nothing. */
static void test_failure(void **unused)
{
	struct kl_output output = { .format = KL_FORMAT_JSON, .stream = fopen("/dev/full", "w") };
	u32 i;

	(void)unused;
	for (i = 0; i < 10000; i++)
		kl_put_number(&output, NULL, NULL, i);
	assert_int_equal(kl_finish(&output), -ENOSPC);
	fclose(output.stream);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_trees),
		cmocka_unit_test(test_failure),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
