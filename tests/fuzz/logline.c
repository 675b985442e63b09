// SPDX-License-Identifier: GPL-2.0
/*
 * Log records of any bytes: whatever a log file holds, it is parsed or refused,
 * and what was parsed can be written again and reads the same.
 *
 * With -DFUZZ_SELFTEST a bug is planted: a record with enforced=no but without
 * check=yes, which no seed is. A fuzzer that does not find it is not looking.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "engine/record.h"

/* The parser is a part of the tools, not of the engine: bring it along. */
#include "../../usr_sbin/common/facts.c"
#include "../../usr_sbin/common/logline.c"
#include "../../usr_sbin/common/memo.c"
#include "../../usr_sbin/common/memory.c"

static struct kl_strings strings;
static struct kl_logline line, again;

static void insist_that(bool right, const char *what, const uint8_t *data, size_t size)
{
	if (right)
		return;
	fprintf(stderr, "%s: %.*s\n", what, (int)size, (const char *)data);
	abort();
}

/* Back to text by way of a binary record, as the kernel does it. */
static char *write_record(size_t *length)
{
	struct kl_record_meta meta = {
		.time = line.time * 1000,
		.pid = line.pid,
		.result = line.result,
		.priority = line.priority,
	};
	struct kl_record_draft draft;
	char *binary, *text;
	ssize_t got;
	size_t size;

	size = kl_record_measure(&draft, &line.facts.request, &meta);
	binary = kl_xalloc(size, 1);
	kl_record_write(&draft, binary);
	got = kl_record_text(binary, size, NULL, NULL, 0);
	text = kl_xalloc(got > 0 ? got : 1, 1);
	if (got > 0)
		kl_record_text(binary, size, NULL, text, got);
	free(binary);
	*length = got > 0 ? got - 1 : 0;
	return text;
}

static void check_again(const uint8_t *data, size_t size)
{
	struct kl_request *a = &line.facts.request, *b = &again.facts.request;
	struct kl_text text;
	struct kl_error error;
	size_t length;
	char *copy;
	u32 slot;

	copy = write_record(&length);
	text.data = copy;
	text.length = length;
	insist_that(length, "cannot be written", data, size);
	insist_that(!kl_logline_parse(&again, text, &error), error.text, data, size);
	insist_that(a->op == b->op, "another operation", data, size);
	for (slot = 0; slot < KL_SLOT_ARGV; slot++)
		if (kl_slot_test(b->present, slot))
			insist_that(kl_slot_test(a->present, slot), "a new attribute",
				    data, size);
	free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct kl_error error;
	struct kl_text text;
	char *copy;

	if (!strings.buckets) {
		insist_that(!kl_strings_init(&strings), "no memory", data, 0);
		kl_logline_init(&line, &strings);
		kl_logline_init(&again, &strings);
	}
	/* A copy of exactly this size, so that a byte too far is seen. */
	copy = kl_xalloc(size, 1);
	memcpy(copy, data, size);
	text.data = copy;
	text.length = size;
	if (!kl_logline_parse(&line, text, &error) && line.kind == KL_LOGLINE_REQUEST) {
#ifdef FUZZ_SELFTEST
		insist_that(!line.unenforced || line.check, "planted", data, size);
#endif
		check_again(data, size);
	}
	insist_that(!strings.count, "words were kept", data, size);
	free(copy);
	return 0;
}
