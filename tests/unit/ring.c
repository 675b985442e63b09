// SPDX-License-Identifier: GPL-2.0
/*
 * The log ring, one thread: what each reader gets, word for word.
 *
 * What a reader got is compared as text: "7" is record 7, "7-9" a loss record
 * without rules, "7-9(a:2,b:1)" one that names rules, "S1:5(a:5)" five requests
 * of audit index 1 suppressed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "engine/policy.h"
#include "engine/ring.h"

#define SECOND	1000000000ull
#define SMALL	KL_AUDIT_MEMORY_MIN
/* With this size, so many records fill a small ring exactly. */
#define BIG	(16384 - 40)
#define BIGS	16

static u64 now = 1000 * SECOND;
static u8 buffer[KL_RECORD_MAX];

static const struct kl_quota *no_quota(void)
{
	static struct kl_quota quota;

	return &quota;
}

static struct kl_quota *quota_of(struct kl_quota *quota, u8 audit, u32 limit)
{
	int i;

	quota->audit[audit].named = true;
	for (i = 0; i < KL_RESULTS; i++)
		quota->audit[audit].limit[i] = limit;
	return quota;
}

static const struct kl_string *label(const char *text)
{
	static struct {
		struct kl_string string;
		char text[KL_LABEL_MAX + 1];
	} labels[64];
	struct kl_string *string;
	size_t i;

	if (!text)
		return NULL;
	for (i = 0; i < ARRAY_SIZE(labels); i++) {
		string = &labels[i].string;
		if (string->length && !strcmp(labels[i].text, text))
			return string;
		if (string->length)
			continue;
		string->length = strlen(text);
		string->hash = kl_hash(0, text, string->length);
		memcpy((char *)string + offsetof(struct kl_string, text), text,
		       string->length);
		strcpy(labels[i].text, text);
		return string;
	}
	abort();
}

static u8 fill_byte(u64 sequence, u32 i)
{
	return sequence * 31 + i * 7 + 1;
}

/* Where the label is; in front of it no slot is said to have a value. */
#define LABEL	(sizeof(struct kl_record) + KL_SLOT_WORDS * sizeof(u64))

static void fill_as(struct kl_ring_slot *slot, const char *rule)
{
	struct kl_record *record = slot->data;
	u8 *data = slot->data;
	u32 i;

	memset(record, 0, LABEL);
	record->kind = KL_RECORD_REQUEST;
	data[LABEL] = rule ? strlen(rule) : 0;
	memcpy(data + LABEL + 1, rule ? rule : "", data[LABEL]);
	for (i = LABEL + 1 + data[LABEL]; i < slot->size; i++)
		data[i] = fill_byte(slot->sequence, i);
}

static void fill(struct kl_ring_slot *slot)
{
	fill_as(slot, NULL);
}

static enum kl_ring_outcome reserve(struct kl_ring *ring, u32 size, const char *rule,
				    struct kl_ring_slot *slot)
{
	struct kl_record_meta meta = {
		.time = now,
		.audit = 1,
		.result = KL_DENIED,
		.label = label(rule),
	};

	return kl_ring_reserve(ring, no_quota(), &meta, NULL, size, slot);
}

static enum kl_ring_outcome write_as(struct kl_ring *ring, const struct kl_quota *quota,
				     u8 audit, u8 result, const char *rule)
{
	struct kl_record_meta meta = {
		.time = now,
		.audit = audit,
		.result = result,
		.label = label(rule),
	};
	enum kl_ring_outcome outcome = kl_ring_admit(ring, quota, &meta);
	struct kl_ring_slot slot;

	if (outcome != KL_RING_RESERVED)
		return outcome;
	outcome = kl_ring_reserve(ring, quota, &meta, NULL, 200, &slot);
	if (outcome != KL_RING_RESERVED)
		return outcome;
	fill_as(&slot, rule);
	kl_ring_commit(ring, &slot);
	return outcome;
}

static enum kl_ring_outcome write_one(struct kl_ring *ring, u32 size, const char *rule)
{
	struct kl_ring_slot slot;
	enum kl_ring_outcome outcome = reserve(ring, size, rule, &slot);

	if (outcome != KL_RING_RESERVED)
		return outcome;
	fill_as(&slot, rule);
	kl_ring_commit(ring, &slot);
	return outcome;
}

static void write_many(struct kl_ring *ring, int count, const char *rule,
		       enum kl_ring_outcome expected)
{
	while (count--)
		assert_int_equal(write_one(ring, BIG, rule), expected);
}

static void describe_tally(char *text, const u8 *data, size_t length)
{
	const char *separator = "(";
	u64 count;

	while (length) {
		assert_true(length > data[0] + sizeof(count));
		memcpy(&count, data + 1 + data[0], sizeof(count));
		text += sprintf(text, "%s%.*s:%llu", separator, data[0], data + 1,
				(unsigned long long)count);
		length -= 1 + data[0] + sizeof(count);
		data += 1 + data[0] + sizeof(count);
		separator = ",";
	}
	if (*separator == ',')
		strcpy(text, ")");
}

static void check_request(const struct kl_record *record, const u8 *data)
{
	u32 i;

	for (i = LABEL + 1 + data[LABEL]; i < record->size; i++)
		if (data[i] != fill_byte(record->sequence, i))
			fail_msg("record %llu is damaged at %u",
				 (unsigned long long)record->sequence, i);
}

static void describe(char *text, const struct kl_record *record, const u8 *data)
{
	if (record->kind == KL_RECORD_REQUEST) {
		check_request(record, data);
		sprintf(text, "%llu", (unsigned long long)record->sequence);
		return;
	}
	if (record->kind == KL_RECORD_LOST) {
		assert_int_equal(record->count, record->last - record->sequence + 1);
		text += sprintf(text, "%llu-%llu", (unsigned long long)record->sequence,
				(unsigned long long)record->last);
	} else {
		assert_int_equal(record->kind, KL_RECORD_SUPPRESSED);
		text += sprintf(text, "S%u:%llu", record->audit,
				(unsigned long long)record->count);
	}
	describe_tally(text, data + sizeof(*record), record->size - sizeof(*record));
}

/* One kl_ring_read(), appended to @text as words; a NUL stands before @text. */
static size_t read_some(struct kl_ring_reader *reader, char *text)
{
	size_t used = kl_ring_read(reader, buffer, sizeof(buffer), now);
	struct kl_record record;
	size_t offset;

	for (offset = 0; offset < used; offset += record.size) {
		memcpy(&record, buffer + offset, sizeof(record));
		assert_in_range(record.size, sizeof(record), used - offset);
		text += strlen(text);
		if (text[-1])
			text += sprintf(text, " ");
		describe(text, &record, buffer + offset);
	}
	return used;
}

/* Everything there is for a reader; kl_ring_ready() must agree each time. */
static const char *got(struct kl_ring_reader *reader)
{
	static char text[1 << 20];

	text[0] = text[1] = '\0';
	for (;;) {
		bool ready = kl_ring_ready(reader, now);
		size_t used = read_some(reader, text + 1);

		assert_int_equal(ready, used > 0);
		if (!used)
			return text + 1;
	}
}

static struct kl_ring_stat stat_of(struct kl_ring *ring)
{
	struct kl_ring_stat stat;

	kl_ring_stat(ring, &stat);
	return stat;
}

static struct kl_ring *new_ring(void)
{
	struct kl_ring *ring = kl_ring_new(SMALL);

	assert_non_null(ring);
	assert_int_equal(stat_of(ring).size, SMALL);
	return ring;
}

/* Lost: the order of events, and their contents where the buffer wraps. */
static void wraps(void **state)
{
	struct kl_ring *ring = new_ring();
	struct kl_ring_reader *reader = kl_ring_open(ring);
	u64 written = 0, expected = 1, bytes = 0;
	struct kl_record record;
	size_t used, offset;
	int i;

	(void)state;
	srand(7);
	for (i = 0; i < 20000; i++) {
		u32 size = LABEL + 2 + rand() % (rand() % 16 ? 500 : 65000);

		if (size > KL_RECORD_MAX)
			size = KL_RECORD_MAX;
		assert_int_equal(write_one(ring, size, "r"), KL_RING_RESERVED);
		written++;
		bytes += size;
		if (rand() % 2 && stat_of(ring).used < SMALL / 3)
			continue;
		while ((used = kl_ring_read(reader, buffer, sizeof(buffer), now)))
			for (offset = 0; offset < used; offset += record.size) {
				memcpy(&record, buffer + offset, sizeof(record));
				assert_int_equal(record.sequence, expected++);
				check_request(&record, buffer + offset);
			}
		assert_int_equal(expected, written + 1);
	}
	assert_true(bytes > 100 * (u64)SMALL);
	assert_int_equal(stat_of(ring).lost, 0);
	assert_int_equal(stat_of(ring).written, written);
	kl_ring_close(reader);
	kl_ring_free(ring);
}

/* Lost: knowing that records had no room while nobody read. */
static void drops_newest(void **state)
{
	struct kl_ring *ring = new_ring();
	struct kl_ring_reader *reader;

	(void)state;
	write_many(ring, BIGS, "a", KL_RING_RESERVED);
	write_many(ring, 2, "a", KL_RING_LOST);
	write_many(ring, 1, "b", KL_RING_LOST);
	write_many(ring, 1, NULL, KL_RING_LOST);
	assert_int_equal(stat_of(ring).lost, 4);
	assert_int_equal(stat_of(ring).used, SMALL);
	reader = kl_ring_open(ring);
	assert_string_equal(got(reader), "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 "
					 "17-20(a:2,b:1)");
	write_many(ring, 1, "a", KL_RING_RESERVED);
	assert_string_equal(got(reader), "21");
	assert_int_equal(stat_of(ring).read, 17);
	assert_int_equal(stat_of(ring).used, 0);
	kl_ring_close(reader);
	kl_ring_free(ring);
}

/* Lost: the place of a loss; a range that spans records which exist is a lie. */
static void ranges_end(void **state)
{
	struct kl_ring *ring = new_ring();
	struct kl_ring_reader *reader = kl_ring_open(ring);
	char text[1024] = "";

	(void)state;
	write_many(ring, BIGS, "a", KL_RING_RESERVED);
	write_many(ring, 3, "a", KL_RING_LOST);
	read_some(reader, text + 1);
	assert_string_equal(text + 1, "1 2 3 4");
	write_many(ring, 3, "a", KL_RING_RESERVED);
	/* Room for a small one, but not for the big one. */
	write_many(ring, 1, "b", KL_RING_LOST);
	assert_int_equal(write_one(ring, 200, "a"), KL_RING_RESERVED);
	write_many(ring, 1, "c", KL_RING_LOST);
	assert_string_equal(got(reader),
			    "5 6 7 8 9 10 11 12 13 14 15 16 17-19(a:3) 20 21 22 "
			    "23-23(b:1) 24 25-25(c:1)");
	kl_ring_close(reader);
	kl_ring_free(ring);
}

/* Lost: the count of rules beyond those that a loss record can name. */
static void names_rules(void **state)
{
	struct kl_ring *ring = new_ring();
	struct kl_ring_reader *reader = kl_ring_open(ring);
	char rule[16], expected[1024] = "17-54(";
	int i;

	(void)state;
	write_many(ring, BIGS, NULL, KL_RING_RESERVED);
	for (i = 0; i < 38; i++) {
		sprintf(rule, "rule%d", i % 19);
		assert_int_equal(write_one(ring, BIG, rule), KL_RING_LOST);
		if (i < (int)KL_LOSS_RULES_MAX)
			sprintf(expected + strlen(expected), "%s%s:2", i ? "," : "",
				rule);
	}
	strcat(expected, ")");
	assert_non_null(strstr(got(reader), expected));
	kl_ring_close(reader);
	kl_ring_free(ring);
}

/* Lost: which rule lost records, in "stat". */
static void counts_hits(void **state)
{
	struct kl_record_meta meta = { .time = now, .audit = 1 };
	struct kl_ring *ring = new_ring();
	struct kl_ring_slot slot;
	struct kl_hits hits = { .refs = 1 };

	(void)state;
	write_many(ring, BIGS, NULL, KL_RING_RESERVED);
	assert_int_equal(kl_ring_reserve(ring, no_quota(), &meta, &hits, 200, &slot),
			 KL_RING_LOST);
	assert_int_equal(kl_counter_read(&hits.lost), 1);
	kl_ring_free(ring);
}

static struct kl_hits *new_hits(void)
{
	struct kl_hits *hits = kl_alloc(sizeof(*hits));

	kl_counter_add(&hits->refs, 1);
	return hits;
}

static void write_counted(struct kl_ring *ring, int count, const char *rule,
			  struct kl_hits *hits)
{
	struct kl_record_meta meta = { .time = now, .audit = 1, .label = label(rule) };
	struct kl_ring_slot slot;

	while (count--) {
		assert_int_equal(kl_ring_reserve(ring, no_quota(), &meta, hits, BIG,
						 &slot), KL_RING_RESERVED);
		fill_as(&slot, rule);
		kl_ring_commit(ring, &slot);
	}
}

/* Lost: which rule's records drop-oldest overwrote; or memory of a rule that is gone. */
static void counts_overwritten(void **state)
{
	struct kl_ring *ring = new_ring();
	struct kl_ring_reader *reader = kl_ring_open(ring);
	struct kl_hits *kept = new_hits(), *gone = new_hits();

	(void)state;
	kl_ring_drop_oldest(ring, true);
	write_counted(ring, 2, "a", kept);
	assert_string_equal(got(reader), "1 2");
	write_counted(ring, 3, "a", kept);
	write_counted(ring, 2, "b", gone);
	assert_int_equal(kl_counter_read(&kept->refs), 4);
	kl_hits_put(gone);
	/* Those that were had are not lost. */
	write_counted(ring, BIGS - 5, NULL, NULL);
	assert_int_equal(kl_counter_read(&kept->lost), 0);
	assert_int_equal(kl_counter_read(&kept->refs), 4);
	write_counted(ring, 4, "c", kept);
	assert_int_equal(kl_counter_read(&kept->lost), 3);
	assert_int_equal(kl_counter_read(&kept->refs), 5);
	write_counted(ring, 1, NULL, NULL);
	assert_int_equal(stat_of(ring).overwritten, 5);
	assert_string_equal(got(reader), "3-7(a:3,b:2) 8 9 10 11 12 13 14 15 16 17 18 "
					 "19 20 21 22 23");
	assert_int_equal(kl_counter_read(&kept->refs), 1);
	/* Nobody reads these; the ring ends with them. */
	write_counted(ring, 2, "a", kept);
	kl_ring_close(reader);
	kl_ring_free(ring);
	assert_int_equal(kl_counter_read(&kept->refs), 1);
	kl_hits_put(kept);
}

/* Lost: whose a loss was, once the notice of it is overwritten itself. */
static void repeats_losses(void **state)
{
	struct kl_ring *ring = new_ring();
	struct kl_ring_reader *reader;
	struct kl_ring_slot slow;

	(void)state;
	kl_ring_drop_oldest(ring, true);
	assert_int_equal(reserve(ring, BIG, "s", &slow), KL_RING_RESERVED);
	write_many(ring, BIGS - 1, "a", KL_RING_RESERVED);
	write_many(ring, 2, "b", KL_RING_LOST);
	fill_as(&slow, "s");
	kl_ring_commit(ring, &slow);
	write_many(ring, 2 * BIGS, "c", KL_RING_RESERVED);
	assert_int_equal(stat_of(ring).lost, 2);
	assert_int_equal(stat_of(ring).overwritten, 2 * BIGS);
	reader = kl_ring_open(ring);
	assert_string_equal(got(reader), "1-34(s:1,a:15,b:2,c:16) 35 36 37 38 39 40 41 42 "
					 "43 44 45 46 47 48 49 50");
	kl_ring_close(reader);
	kl_ring_free(ring);
}

/* Lost: with drop-oldest and no reader, that anything was overwritten. */
static void drops_oldest(void **state)
{
	struct kl_ring *ring = new_ring();
	struct kl_ring_reader *reader;

	(void)state;
	kl_ring_drop_oldest(ring, true);
	write_many(ring, BIGS + 5, "a", KL_RING_RESERVED);
	assert_int_equal(stat_of(ring).lost, 0);
	assert_int_equal(stat_of(ring).overwritten, 5);
	reader = kl_ring_open(ring);
	assert_string_equal(got(reader),
			    "1-5(a:5) 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21");
	/* Told once, and those that are held have been read. */
	kl_ring_close(reader);
	write_many(ring, 2, "a", KL_RING_RESERVED);
	assert_int_equal(stat_of(ring).overwritten, 5);
	reader = kl_ring_open(ring);
	assert_string_equal(got(reader),
			    "8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23");
	kl_ring_close(reader);
	kl_ring_free(ring);
}

/* Lost: a slow reader's knowledge of what it missed. */
static void overtakes(void **state)
{
	struct kl_ring *ring = new_ring();
	struct kl_ring_reader *fast = kl_ring_open(ring);
	struct kl_ring_reader *slow = kl_ring_open(ring);
	char text[1024] = "";

	(void)state;
	write_many(ring, 6, "a", KL_RING_RESERVED);
	assert_string_equal(got(fast), "1 2 3 4 5 6");
	read_some(slow, text + 1);
	assert_string_equal(text + 1, "1 2 3 4");
	write_many(ring, BIGS, "a", KL_RING_RESERVED);
	write_many(ring, 1, "a", KL_RING_LOST);
	assert_string_equal(got(slow),
			    "5-6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 "
			    "23-23(a:1)");
	/* The slow one was first this time: 23-23 took the room of 7. */
	assert_string_equal(got(fast),
			    "7-7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 "
			    "23-23(a:1)");
	kl_ring_close(slow);
	kl_ring_close(fast);
	kl_ring_free(ring);
}

/* Lost: records that the daemon had not stored yet. */
static void keeps(void **state)
{
	struct kl_ring *ring = new_ring();
	struct kl_ring_reader *keeper = kl_ring_open(ring);
	struct kl_ring_reader *other = kl_ring_open(ring);

	(void)state;
	assert_int_equal(kl_ring_keep(keeper), 0);
	assert_int_equal(kl_ring_keep(keeper), 0);
	assert_int_equal(kl_ring_keep(other), -EBUSY);
	kl_ring_drop_oldest(ring, true);
	write_many(ring, BIGS, "a", KL_RING_RESERVED);
	assert_string_equal(got(other), "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16");
	assert_int_equal(stat_of(ring).used, SMALL);
	/* That the other has them all does not help, nor does drop-oldest. */
	write_many(ring, 2, "a", KL_RING_LOST);
	assert_string_equal(got(keeper),
			    "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17-18(a:2)");
	write_many(ring, BIGS - 1, "a", KL_RING_RESERVED);
	assert_string_equal(got(keeper),
			    "19 20 21 22 23 24 25 26 27 28 29 30 31 32 33");
	write_many(ring, 1, "a", KL_RING_RESERVED);
	assert_string_equal(got(keeper), "34");
	/* The other is overtaken, and gets what is missing as its own loss. */
	assert_string_equal(got(other),
			    "17-19 20 21 22 23 24 25 26 27 28 29 30 31 32 33 34");
	kl_ring_close(keeper);
	assert_int_equal(kl_ring_keep(other), 0);
	kl_ring_close(other);
	kl_ring_free(ring);
}

/* Lost: word of a loss that is going on, while the daemon hangs. */
static void tells_pending(void **state)
{
	struct kl_ring *ring = new_ring();
	struct kl_ring_reader *keeper = kl_ring_open(ring);
	struct kl_ring_reader *other = kl_ring_open(ring);

	(void)state;
	kl_ring_keep(keeper);
	write_many(ring, BIGS, "a", KL_RING_RESERVED);
	write_many(ring, 2, "a", KL_RING_LOST);
	assert_string_equal(got(other),
			    "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17-18(a:2)");
	write_many(ring, 3, "b", KL_RING_LOST);
	assert_string_equal(got(other), "19-21");
	write_many(ring, 1, "b", KL_RING_LOST);
	assert_string_equal(got(keeper),
			    "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17-22(a:2,b:4)");
	write_many(ring, 1, "b", KL_RING_RESERVED);
	assert_string_equal(got(other), "22-22 23");
	assert_string_equal(got(keeper), "23");
	kl_ring_close(other);
	kl_ring_close(keeper);
	kl_ring_free(ring);
}

/* Lost: trust in the counts: a loss that was told is not told again. */
static void tells_once(void **state)
{
	struct kl_ring *ring = new_ring();
	struct kl_ring_reader *keeper = kl_ring_open(ring);
	struct kl_ring_reader *other = kl_ring_open(ring);

	(void)state;
	kl_ring_keep(keeper);
	write_many(ring, BIGS, "a", KL_RING_RESERVED);
	write_many(ring, 2, "a", KL_RING_LOST);
	got(other);
	assert_string_equal(got(keeper),
			    "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17-18(a:2)");
	assert_string_equal(got(other), "");
	write_many(ring, 1, "b", KL_RING_RESERVED);
	assert_string_equal(got(other), "19");
	kl_ring_close(other);
	kl_ring_close(keeper);
	kl_ring_free(ring);
}

/* Lost: memory safety: a writer fills what has become somebody else's. */
static void protects_reserved(void **state)
{
	struct kl_ring *ring = new_ring();
	struct kl_ring_reader *reader = kl_ring_open(ring);
	struct kl_ring_slot slow, quick;

	(void)state;
	kl_ring_drop_oldest(ring, true);
	write_many(ring, 1, "a", KL_RING_RESERVED);
	assert_int_equal(reserve(ring, BIG, "a", &slow), KL_RING_RESERVED);
	assert_int_equal(reserve(ring, BIG, "a", &quick), KL_RING_RESERVED);
	assert_int_equal(slow.sequence, 2);
	fill(&quick);
	kl_ring_commit(ring, &quick);
	assert_string_equal(got(reader), "1");
	/* Even drop-oldest stops at number 2, and the reader with it. */
	write_many(ring, BIGS - 2, "a", KL_RING_RESERVED);
	write_many(ring, 1, "a", KL_RING_LOST);
	assert_false(kl_ring_ready(reader, now));
	fill(&slow);
	assert_true(kl_ring_commit(ring, &slow));
	assert_string_equal(got(reader),
			    "2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18-18(a:1)");
	kl_ring_close(reader);
	kl_ring_free(ring);
}

/* Lost: quotas as they are written: index 0 floods the log, or 1 is silent. */
static void applies_quotas(void **state)
{
	struct kl_ring *ring = new_ring();
	struct kl_ring_reader *first = kl_ring_open(ring);
	struct kl_ring_reader *second = kl_ring_open(ring);
	struct kl_quota q = {};

	(void)state;
	q.audit[3].named = true;
	q.audit[3].limit[KL_DENIED] = 2;
	q.audit[3].limit[KL_UNMATCHED] = 1;
	q.audit[4].named = true;
	q.audit[4].limit[KL_DENIED] = KL_UNLIMITED;
	assert_int_equal(write_as(ring, &q, 0, KL_DENIED, NULL), KL_RING_UNWANTED);
	assert_int_equal(write_as(ring, &q, 3, KL_ALLOWED, NULL), KL_RING_UNWANTED);
	assert_int_equal(write_as(ring, &q, 7, KL_ALLOWED, NULL), KL_RING_RESERVED);
	assert_int_equal(write_as(ring, &q, 4, KL_DENIED, NULL), KL_RING_RESERVED);
	assert_int_equal(write_as(ring, &q, 3, KL_DENIED, NULL), KL_RING_RESERVED);
	assert_int_equal(write_as(ring, &q, 3, KL_DENIED, NULL), KL_RING_RESERVED);
	assert_int_equal(write_as(ring, &q, 3, KL_DENIED, NULL), KL_RING_SUPPRESSED);
	/* Another result and another index have their own count. */
	assert_int_equal(write_as(ring, &q, 3, KL_UNMATCHED, NULL), KL_RING_RESERVED);
	assert_int_equal(write_as(ring, &q, 3, KL_UNMATCHED, NULL), KL_RING_SUPPRESSED);
	assert_int_equal(write_as(ring, &q, 4, KL_DENIED, NULL), KL_RING_RESERVED);
	assert_int_equal(stat_of(ring).suppressed, 2);
	/* The first reader makes room in the quota, the second does not again. */
	assert_string_equal(got(first), "1 2 3 4 S3:1 5 6");
	assert_int_equal(write_as(ring, &q, 3, KL_DENIED, NULL), KL_RING_RESERVED);
	assert_string_equal(got(second), "1 2 3 4 S3:1 5 6 7");
	assert_int_equal(write_as(ring, &q, 3, KL_DENIED, NULL), KL_RING_RESERVED);
	assert_int_equal(write_as(ring, &q, 3, KL_DENIED, NULL), KL_RING_RESERVED);
	assert_int_equal(write_as(ring, &q, 3, KL_DENIED, NULL), KL_RING_SUPPRESSED);
	kl_ring_close(second);
	kl_ring_close(first);
	kl_ring_free(ring);
}

/* Lost: the log, to a flood that its rate should have held back; or the rate's worth. */
static void applies_rates(void **state)
{
	struct kl_ring *ring = new_ring();
	struct kl_ring_reader *reader = kl_ring_open(ring);
	struct kl_quota q = {};
	int i, kept = 0;

	(void)state;
	quota_of(&q, 3, KL_UNLIMITED);
	q.audit[3].rate = 4;
	q.audit[3].burst = 3;
	quota_of(&q, 5, KL_UNLIMITED);
	now += 10 * SECOND;
	for (i = 0; i < 10; i++)
		kept += write_as(ring, &q, 3, i % KL_RESULTS, "a") == KL_RING_RESERVED;
	assert_int_equal(kept, 3);
	/* Another index has no rate. */
	assert_int_equal(write_as(ring, &q, 5, KL_DENIED, NULL), KL_RING_RESERVED);
	assert_string_equal(got(reader), "1 2 3 S3:1(a:1) 4");
	/* One more for each quarter of a second, not a moment earlier. */
	now += SECOND / 4 - 1;
	assert_int_equal(write_as(ring, &q, 3, KL_DENIED, "a"), KL_RING_SUPPRESSED);
	now += 1;
	assert_int_equal(write_as(ring, &q, 3, KL_DENIED, "a"), KL_RING_RESERVED);
	assert_int_equal(write_as(ring, &q, 3, KL_DENIED, "a"), KL_RING_SUPPRESSED);
	/* What is saved is at most the burst. */
	now += 100 * SECOND;
	for (i = kept = 0; i < 10; i++)
		kept += write_as(ring, &q, 3, KL_DENIED, "a") == KL_RING_RESERVED;
	assert_int_equal(kept, 3);
	assert_int_equal(stat_of(ring).suppressed, 16);
	/* A writer with an older time gets nothing by it. */
	now -= SECOND / 2;
	assert_int_equal(write_as(ring, &q, 3, KL_DENIED, "a"), KL_RING_SUPPRESSED);
	/* A clock that is set back silences nobody. */
	now -= 50 * SECOND;
	for (i = kept = 0; i < 10; i++)
		kept += write_as(ring, &q, 3, KL_DENIED, "a") == KL_RING_RESERVED;
	assert_int_equal(kept, 3);
	/* The number of unread records counts beside. */
	now += 100 * SECOND;
	q.audit[3].limit[KL_DENIED] = 1;
	assert_int_equal(write_as(ring, &q, 3, KL_DENIED, "a"), KL_RING_SUPPRESSED);
	/* A rate of many: 1000 in a second, beside the burst. */
	q.audit[3].limit[KL_DENIED] = KL_UNLIMITED;
	q.audit[3].rate = 1000;
	q.audit[3].burst = 1;
	for (i = kept = 0; i < 100000; i++) {
		kept += write_as(ring, &q, 3, KL_DENIED, NULL) == KL_RING_RESERVED;
		now += SECOND / 100000;
		if (i % 1000 == 0)
			got(reader);
	}
	assert_int_equal(kept, 1000);
	kl_ring_close(reader);
	kl_ring_free(ring);
}

/* Lost: with drop-oldest, the quota: what is overwritten is unread for ever. */
static void gives_quota_back(void **state)
{
	struct kl_ring *ring = new_ring();
	struct kl_quota q = {};
	int i;

	(void)state;
	kl_ring_drop_oldest(ring, true);
	quota_of(&q, 3, 1);
	assert_int_equal(write_as(ring, &q, 3, KL_DENIED, NULL), KL_RING_RESERVED);
	assert_int_equal(write_as(ring, &q, 3, KL_DENIED, NULL), KL_RING_SUPPRESSED);
	for (i = 0; i < BIGS; i++)
		write_one(ring, BIG, NULL);
	assert_int_equal(write_as(ring, &q, 3, KL_DENIED, NULL), KL_RING_RESERVED);
	kl_ring_free(ring);
}

/* Lost: how much a quota kept out, or the log itself to a flood of notices. */
static void tells_suppressed(void **state)
{
	struct kl_ring *ring = new_ring();
	struct kl_ring_reader *reader = kl_ring_open(ring);
	struct kl_quota q = {};
	int i;

	(void)state;
	now += 10 * SECOND;
	quota_of(&q, 3, 1);
	quota_of(&q, 5, 1);
	write_as(ring, &q, 3, KL_DENIED, "a");
	write_as(ring, &q, 5, KL_DENIED, "b");
	for (i = 0; i < 10; i++) {
		write_as(ring, &q, 3, KL_DENIED, i % 2 ? "a" : "c");
		write_as(ring, &q, 5, KL_DENIED, "b");
	}
	/* The first of each at once, the rest a second later. */
	assert_string_equal(got(reader), "1 2 S3:1(c:1) S5:1(b:1)");
	/* A writer that looked at its clock a little earlier than the last. */
	now -= 1000;
	assert_string_equal(got(reader), "");
	now += 1000;
	now += SECOND / 2;
	assert_string_equal(got(reader), "");
	now += SECOND / 2;
	/* Nothing is written any more, and still they are told. */
	assert_string_equal(got(reader), "S3:9(a:5,c:4) S5:9(b:9)");
	now += 2 * SECOND;
	assert_string_equal(got(reader), "");
	/* Another index's record tells them as well. */
	write_as(ring, &q, 3, KL_DENIED, "a");
	write_as(ring, &q, 3, KL_DENIED, "a");
	write_as(ring, &q, 3, KL_DENIED, "a");
	now += SECOND;
	write_as(ring, &q, 5, KL_DENIED, "a");
	assert_string_equal(got(reader), "3 S3:1(a:1) S3:1(a:1) 4");
	assert_int_equal(stat_of(ring).suppressed, 22);
	kl_ring_close(reader);
	kl_ring_free(ring);
}

/* Lost: the number suppressed, when drop-oldest overwrites the notice. */
static void repeats_notices(void **state)
{
	struct kl_ring *ring = new_ring();
	struct kl_ring_reader *reader;
	struct kl_quota q = {};

	(void)state;
	kl_ring_drop_oldest(ring, true);
	quota_of(&q, 3, 1);
	write_as(ring, &q, 3, KL_DENIED, "a");
	write_as(ring, &q, 3, KL_DENIED, "a");
	write_many(ring, BIGS, NULL, KL_RING_RESERVED);
	now += SECOND;
	reader = kl_ring_open(ring);
	/* 2 had to go, too: the notice needs room again. */
	assert_string_equal(got(reader),
			    "1-2(a:1) 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 S3:1");
	kl_ring_close(reader);
	kl_ring_free(ring);
}

/* Lost: the place where a daemon that was restarted goes on. */
static void seeks(void **state)
{
	struct kl_ring *ring = new_ring();
	struct kl_ring_reader *reader = kl_ring_open(ring);

	(void)state;
	kl_ring_drop_oldest(ring, true);
	write_many(ring, BIGS + 4, "a", KL_RING_RESERVED);
	assert_int_equal(kl_ring_seek(reader, 18), 0);
	assert_string_equal(got(reader), "18 19 20");
	assert_int_equal(kl_ring_seek(reader, ~0ull), 0);
	assert_string_equal(got(reader), "");
	write_many(ring, 1, "a", KL_RING_RESERVED);
	assert_string_equal(got(reader), "21");
	assert_int_equal(kl_ring_seek(reader, 0), 0);
	assert_string_equal(got(reader),
			    "6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21");
	assert_int_equal(kl_ring_seek(reader, 4), 0);
	assert_string_equal(got(reader),
			    "4-5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21");
	assert_int_equal(kl_ring_keep(reader), 0);
	assert_int_equal(kl_ring_seek(reader, 0), -EPERM);
	/* Into the middle of a loss. */
	write_many(ring, BIGS, "a", KL_RING_RESERVED);
	write_many(ring, 4, "a", KL_RING_LOST);
	kl_ring_close(reader);
	write_many(ring, 2, "a", KL_RING_RESERVED);
	reader = kl_ring_open(ring);
	assert_int_equal(kl_ring_seek(reader, 40), 0);
	assert_string_equal(got(reader), "40-41 42 43");
	kl_ring_close(reader);
	kl_ring_free(ring);
}

/* Lost: a wake-up (the log stands still), or the host to needless ones. */
static void wakes(void **state)
{
	struct kl_ring *ring = new_ring();
	struct kl_ring_reader *reader = kl_ring_open(ring);
	struct kl_ring_slot one, two;

	(void)state;
	reserve(ring, 200, NULL, &one);
	fill(&one);
	assert_false(kl_ring_commit(ring, &one));
	assert_true(kl_ring_read(reader, buffer, sizeof(buffer), now));
	reserve(ring, 200, NULL, &one);
	fill(&one);
	assert_false(kl_ring_commit(ring, &one));
	assert_true(kl_ring_read(reader, buffer, sizeof(buffer), now));
	/* A read that finds nothing waits, even if nobody asked kl_ring_ready(). */
	assert_false(kl_ring_read(reader, buffer, sizeof(buffer), now));
	reserve(ring, 200, NULL, &one);
	fill(&one);
	assert_true(kl_ring_commit(ring, &one));
	assert_string_equal(got(reader), "3");
	reserve(ring, 200, NULL, &one);
	reserve(ring, 200, NULL, &two);
	fill(&one);
	fill(&two);
	assert_true(kl_ring_commit(ring, &one));
	assert_false(kl_ring_commit(ring, &two));
	assert_true(kl_ring_ready(reader, now));
	assert_string_equal(got(reader), "4 5");
	assert_false(kl_ring_wake(ring));
	kl_ring_close(reader);
	kl_ring_free(ring);
}

/* Lost: the wake-up for what is no record: readers sleep while requests vanish. */
static void wakes_for_notices(void **state)
{
	struct kl_ring *ring = new_ring();
	struct kl_ring_reader *reader = kl_ring_open(ring);
	struct kl_ring_slot slot;
	struct kl_quota q = {};

	(void)state;
	now += 10 * SECOND;
	quota_of(&q, 4, 1);
	assert_string_equal(got(reader), "");
	reserve(ring, 200, NULL, &slot);
	/* A notice behind a record that is not filled yet. */
	write_as(ring, &q, 4, KL_DENIED, NULL);
	assert_false(kl_ring_ready(reader, now));
	write_as(ring, &q, 4, KL_DENIED, NULL);
	assert_true(kl_ring_wake(ring));
	assert_false(kl_ring_wake(ring));
	assert_false(kl_ring_ready(reader, now));
	fill(&slot);
	assert_true(kl_ring_commit(ring, &slot));
	assert_string_equal(got(reader), "1 2 S4:1");
	kl_ring_close(reader);
	kl_ring_free(ring);
}

/* Lost: what is in the log when "quota memory audit" changes. */
static void resizes(void **state)
{
	struct kl_ring *ring = new_ring();
	struct kl_ring_reader *reader = kl_ring_open(ring);
	struct kl_ring_slot slow;

	(void)state;
	write_many(ring, 3, "a", KL_RING_RESERVED);
	assert_string_equal(got(reader), "1 2 3");
	write_many(ring, 2, "a", KL_RING_RESERVED);
	assert_int_equal(reserve(ring, BIG, "a", &slow), KL_RING_RESERVED);
	assert_int_equal(kl_ring_resize(ring, 3 * SMALL), 0);
	assert_int_equal(stat_of(ring).size, 2 * SMALL);
	write_many(ring, 2 * BIGS, "a", KL_RING_RESERVED);
	write_many(ring, 1, "a", KL_RING_LOST);
	fill(&slow);
	kl_ring_commit(ring, &slow);
	assert_string_equal(got(reader),
			    "4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 "
			    "26 27 28 29 30 31 32 33 34 35 36 37 38 39-39(a:1)");
	/* Smaller, twice: what is in the buffer before the last is given up. */
	write_many(ring, 3, "a", KL_RING_RESERVED);
	assert_int_equal(kl_ring_resize(ring, SMALL), 0);
	write_many(ring, 2, "a", KL_RING_RESERVED);
	assert_int_equal(kl_ring_resize(ring, 4 * SMALL), 0);
	write_many(ring, 2, "a", KL_RING_RESERVED);
	assert_string_equal(got(reader), "40-42(a:3) 43 44 45 46");
	assert_int_equal(stat_of(ring).overwritten, 3);
	assert_int_equal(kl_ring_resize(ring, 4 * SMALL), 0);
	kl_ring_close(reader);
	kl_ring_free(ring);
}

/* Lost: what nobody has read, if a change of size obeyed drop-oldest. */
static void resizes_unread(void **state)
{
	struct kl_ring *ring = new_ring();
	struct kl_ring_reader *reader;

	(void)state;
	kl_ring_drop_oldest(ring, true);
	write_many(ring, 3, "a", KL_RING_RESERVED);
	assert_int_equal(kl_ring_resize(ring, 2 * SMALL), 0);
	write_many(ring, 1, "a", KL_RING_RESERVED);
	reader = kl_ring_open(ring);
	assert_string_equal(got(reader), "1 2 3 4");
	kl_ring_close(reader);
	kl_ring_free(ring);
}

static bool no_memory;

bool kl_port_fail(void)
{
	return no_memory;
}

/* Lost: the log, to want of memory for another one. */
static void goes_without_memory(void **state)
{
	struct kl_ring *ring = new_ring();
	struct kl_ring_reader *reader = kl_ring_open(ring);

	(void)state;
	write_many(ring, BIGS, "a", KL_RING_RESERVED);
	write_many(ring, 1, "a", KL_RING_LOST);
	no_memory = true;
	assert_null(kl_ring_new(SMALL));
	assert_null(kl_ring_open(ring));
	assert_int_equal(kl_ring_resize(ring, 4 * SMALL), -ENOMEM);
	/* Neither writing nor reading wants any. */
	write_many(ring, 1, "b", KL_RING_LOST);
	assert_string_equal(got(reader), "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 "
					 "17-18(a:1,b:1)");
	write_many(ring, 2, "a", KL_RING_RESERVED);
	assert_string_equal(got(reader), "19 20");
	no_memory = false;
	kl_ring_close(reader);
	kl_ring_free(ring);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(wraps),
		cmocka_unit_test(drops_newest),
		cmocka_unit_test(ranges_end),
		cmocka_unit_test(names_rules),
		cmocka_unit_test(counts_hits),
		cmocka_unit_test(counts_overwritten),
		cmocka_unit_test(repeats_losses),
		cmocka_unit_test(drops_oldest),
		cmocka_unit_test(overtakes),
		cmocka_unit_test(keeps),
		cmocka_unit_test(tells_pending),
		cmocka_unit_test(tells_once),
		cmocka_unit_test(protects_reserved),
		cmocka_unit_test(applies_quotas),
		cmocka_unit_test(applies_rates),
		cmocka_unit_test(gives_quota_back),
		cmocka_unit_test(tells_suppressed),
		cmocka_unit_test(repeats_notices),
		cmocka_unit_test(seeks),
		cmocka_unit_test(wakes),
		cmocka_unit_test(wakes_for_notices),
		cmocka_unit_test(resizes),
		cmocka_unit_test(resizes_unread),
		cmocka_unit_test(goes_without_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
