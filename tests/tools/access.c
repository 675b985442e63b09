// SPDX-License-Identifier: GPL-2.0
/*
 * Accesses that are more than there is memory for: the older ones give way, and are
 * counted. If this fails, kellasctl who takes all memory there is, or passes over
 * records in silence.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "access.h"

#define ACCESSES 10000
#define MEMORY (200u << 10)

static void add(struct kl_accesses *accesses, struct kl_logline *line, u32 number)
{
	char text[256];
	struct kl_error error;
	int length = snprintf(text, sizeof(text),
			      "#2026/11/21 10:00:00.%06u# seq=%u global-pid=7 "
			      "result=allowed priority=1 rule=r%u / write path=\"/%u\" "
			      "task.domain=\"d%u\" task.history=\"/bin/a(7;1.0)\"",
			      number, number, number % 3, number, number % 5);

	assert_int_equal(kl_logline_parse(line, (struct kl_text){ text, length }, &error), 0);
	kl_accesses_add(accesses, line, kl_histree_record(&accesses->tree, line),
			KL_ROLE_OBJECT);
}

static void test_memory(void **state)
{
	struct kl_accesses accesses;
	struct kl_strings strings;
	struct kl_logline line;
	u32 i;

	(void)state;
	kl_xstrings(&strings);
	kl_logline_init(&line, &strings);
	kl_accesses_init(&accesses);
	accesses.memory_max = MEMORY;
	for (i = 1; i <= ACCESSES; i++) {
		add(&accesses, &line, i);
		assert_in_range(accesses.strings.memory, 0, MEMORY + 1000);
		assert_int_equal(accesses.count + accesses.left_out, i);
	}
	assert_in_range(accesses.count, 100, ACCESSES / 2);
	kl_accesses_sort(&accesses);
	for (i = 0; i < accesses.count; i++)
		assert_int_equal(accesses.list[i].sequence, accesses.left_out + i + 1);
	kl_accesses_group(&accesses);
	assert_int_equal(accesses.group_count, accesses.count);
	kl_accesses_free(&accesses);
	kl_logline_free(&line);
	kl_strings_destroy(&strings);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
