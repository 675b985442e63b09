// SPDX-License-Identifier: GPL-2.0
/*
 * Log records back to requests: what kl_record_text() writes is what
 * kl_logline_parse() reads, for every operation and attribute; and what is no
 * record is refused. If one of these fails, filters, explain and everything
 * else that reads the log see something that did not happen.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "engine/record.h"
#include "json_record.h"
#include "log_json.h"
#include "logline.h"
#include "record_output.h"

/* A small generator: runs must be repeatable. */
static u64 state = 88172645463325252ull;

static u32 dice(u32 sides)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (u32)(state >> 32) % sides;
}

#define ARGS 40

/* A request and everything that it points to. */
struct sample {
	struct kl_request request;
	struct kl_text texts[KL_SLOT_COUNT];
	struct kl_text args_text[2 * ARGS];
	struct kl_args args;
	struct kl_ip ip;
	u64 history[1024];
	struct kl_record_meta meta;
	char *store;
	size_t used;
};

#define STORE (1u << 20)

static struct kl_text random_text(struct sample *sample, u32 max, bool ends_at_nul)
{
	struct kl_text text = { sample->store + sample->used, dice(max + 1) };
	u32 i;

	assert_true(sample->used + text.length < STORE);
	for (i = 0; i < text.length; i++) {
		char c = dice(2) ? (char)dice(256) : "/a b\\\"=#"[dice(8)];

		sample->store[sample->used++] = c || !ends_at_nul ? c : 'x';
	}
	return text;
}

static u64 random_number(u32 slot)
{
	static const u32 types[] = { 0100000, 0040000, 0120000, 0010000,
				     0140000, 0060000, 0020000 };

	switch (kl_slot_type(slot)) {
	case KL_FILETYPE:
		return types[dice(ARRAY_SIZE(types))];
	case KL_FILEPERM:
		return dice(010000);
	default:
		return dice(3) ? dice(100000) : ((u64)dice(~0u) << 32) | dice(~0u);
	}
}

static void make_ip(struct sample *sample)
{
	u32 i, bytes;

	sample->ip.family = dice(2) ? KL_IPV4 : KL_IPV6;
	bytes = sample->ip.family == KL_IPV4 ? 4 : 16;
	memset(sample->ip.bytes, 0, sizeof(sample->ip.bytes));
	for (i = 0; i < bytes; i++)
		sample->ip.bytes[i] = dice(2) ? dice(256) : 0;
	sample->request.value[KL_SLOT_IP].ip = &sample->ip;
	kl_slot_add(sample->request.present, KL_SLOT_IP);
}

static void make_args(struct sample *sample)
{
	struct kl_request *request = &sample->request;
	u32 i;

	sample->args.argc = dice(ARGS);
	sample->args.envc = dice(ARGS);
	sample->args.text = sample->args_text;
	for (i = 0; i < sample->args.argc + sample->args.envc; i++)
		sample->args_text[i] =
			random_text(sample, dice(10) ? 12 : 3000, i >= sample->args.argc);
	request->value[KL_SLOT_ARGV].args = &sample->args;
	request->value[KL_SLOT_ENVP].args = &sample->args;
	kl_slot_add(request->present, KL_SLOT_ARGV);
	kl_slot_add(request->present, KL_SLOT_ENVP);
	kl_request_number(request, KL_SLOT_ARGC, sample->args.argc);
	kl_request_number(request, KL_SLOT_ENVC, sample->args.envc);
}

/* Grown in turns in two places; the last turn ends in the sample's own. */
static void make_history(struct sample *sample)
{
	struct kl_history *old = NULL, *next = (void *)sample->history;
	static u64 other[ARRAY_SIZE(sample->history)];
	struct kl_request *request = &sample->request;
	struct kl_program program;
	u32 count = 1 + 2 * dice(dice(30) ? 4 : 100);

	while (count--) {
		program.exe = random_text(sample, 60, false);
		program.pid = dice(~0u);
		program.started = (u64)dice(~0u) * 1000;
		program.reconstructed = dice(2);
		assert_in_range(kl_history_grown(old, &program), 1, sizeof(other));
		kl_history_grow(next, old, &program);
		old = next;
		next = (void *)(old == (void *)other ? sample->history : other);
	}
	request->value[KL_SLOT_TASK_HISTORY].history = old;
	request->value[KL_SLOT_TASK_ANCESTOR].history = old;
	kl_slot_add(request->present, KL_SLOT_TASK_HISTORY);
	kl_slot_add(request->present, KL_SLOT_TASK_ANCESTOR);
	/* It says why a condition on it was unknown, which takes nothing away. */
	if (old->truncated && dice(2))
		kl_slot_add(request->overlong, KL_SLOT_TASK_ANCESTOR);
}

static bool is_plain(u32 slot)
{
	return slot != KL_SLOT_TASK_HISTORY && slot != KL_SLOT_TASK_ANCESTOR && slot != KL_SLOT_ARGC && slot != KL_SLOT_ENVC && slot != KL_SLOT_IP &&
	       slot < KL_SLOT_ARGV;
}

static void make_slot(struct sample *sample, u32 slot)
{
	struct kl_request *request = &sample->request;

	if (!dice(8)) {
		if (!dice(4))
			kl_slot_add(request->overlong, slot);
	} else if (kl_slot_type(slot) != KL_STRING) {
		kl_request_number(request, slot, random_number(slot));
	} else {
		sample->texts[slot] = random_text(sample, 60, false);
		kl_request_text(request, slot, &sample->texts[slot]);
	}
}

static void make_sample(struct sample *sample, enum kl_op op, struct kl_string *label)
{
	u32 slot;

	sample->used = 0;
	kl_request_init(&sample->request, op);
	for (slot = 0; slot < KL_SLOT_ARGV; slot++)
		if (kl_slot_exists(op, slot) && is_plain(slot))
			make_slot(sample, slot);
	if (dice(8))
		make_history(sample);
	if (kl_slot_exists(op, KL_SLOT_IP))
		make_ip(sample);
	if (kl_slot_exists(op, KL_SLOT_ARGV))
		make_args(sample);
	sample->meta.time =
		(1500000000ull + dice(900000000)) * 1000000000 + dice(1000000) * 1000ull;
	sample->meta.pid = dice(4194304);
	sample->meta.result = dice(KL_RESULTS);
	sample->meta.priority = dice(KL_PRIORITY_MAX + 1);
	sample->meta.label = dice(2) ? label : NULL;
	sample->meta.flags = dice(4);
}

static char *text_of_record(const void *record, size_t size, u32 *length)
{
	ssize_t measured = kl_record_text(record, size, NULL, NULL, 0), got;
	char *text;

	assert_true(measured > 0);
	text = malloc(measured);
	got = kl_record_text(record, size, NULL, text, measured);
	assert_int_equal(got, measured);
	assert_int_equal(text[got - 1], '\n');
	*length = got - 1;
	return text;
}

static bool is_device(const struct kl_request *request, u32 type)
{
	u64 value = request->value[type].number;

	return kl_slot_test(request->present, type) &&
	       (value == 0060000 || value == 0020000);
}

/* Device numbers are recorded of devices only. */
static bool is_recorded(const struct kl_request *request, u32 slot)
{
	if (!kl_slot_test(request->present, slot))
		return false;
	if (slot == KL_SLOT_OBJECT0_DEV_MAJOR || slot == KL_SLOT_OBJECT0_DEV_MINOR)
		return is_device(request, KL_SLOT_OBJECT0_TYPE);
	if (slot == KL_SLOT_OBJECT1_DEV_MAJOR || slot == KL_SLOT_OBJECT1_DEV_MINOR)
		return is_device(request, KL_SLOT_OBJECT1_TYPE);
	return true;
}

static bool is_derived(u32 slot)
{
	return slot == KL_SLOT_OBJECT0_DEV_MAJOR || slot == KL_SLOT_OBJECT0_DEV_MINOR ||
	       slot == KL_SLOT_OBJECT1_DEV_MAJOR || slot == KL_SLOT_OBJECT1_DEV_MINOR;
}

static void assert_same_history(const struct kl_history *a, const struct kl_history *b)
{
	assert_int_equal(a->truncated, b->truncated);
	assert_int_equal(a->count, b->count);
	assert_int_equal(a->size, b->size);
	assert_memory_equal(a->data, b->data, a->size);
}

static void assert_same_value(const struct kl_request *a, const struct kl_request *b,
			      u32 slot)
{
	switch (kl_slot_type(slot)) {
	case KL_STRING:
		assert_true(kl_text_equal(*a->value[slot].text, *b->value[slot].text));
		break;
	case KL_IPADDR:
		assert_memory_equal(a->value[slot].ip, b->value[slot].ip,
				    sizeof(struct kl_ip));
		break;
	case KL_ANCESTOR:
	case KL_HISTORY:
		assert_same_history(a->value[slot].history, b->value[slot].history);
		break;
	default:
		assert_int_equal(a->value[slot].number, b->value[slot].number);
	}
}

/* NAME without '=' reads as NAME with an empty value. */
static bool same_variable(struct kl_text want, struct kl_text got)
{
	if (!memchr(want.data, '=', want.length) && got.length == want.length + 1)
		got.length--;
	return kl_text_equal(want, got);
}

/* In order, each is there whole or left out; as many are missing as are said to be. */
static void assert_same_args(const struct kl_args *a, const struct kl_logline *line)
{
	const struct kl_args *b = &line->facts.args;
	u32 i, next = b->argc, found = 0;

	assert_int_equal(a->argc, b->argc);
	assert_int_equal(a->envc, b->envc);
	for (i = 0; i < a->argc; i++)
		if (b->text[i].data) {
			assert_true(kl_text_equal(a->text[i], b->text[i]));
			found++;
		}
	for (i = a->argc; i < a->argc + a->envc; i++)
		if (next < b->argc + b->envc && b->text[next].data &&
		    same_variable(a->text[i], b->text[next])) {
			found++;
			next++;
		}
	assert_int_equal(found + line->omitted, a->argc + a->envc);
	assert_int_equal(line->facts.holes, line->omitted);
}

static void assert_same(const struct sample *sample, const struct kl_logline *line,
			u32 *compared)
{
	const struct kl_request *a = &sample->request, *b = &line->facts.request;
	u32 slot;

	assert_int_equal(line->kind, KL_LOGLINE_REQUEST);
	assert_int_equal(line->unknown_fields, 0);
	assert_int_equal(a->op, b->op);
	assert_int_equal(line->time, sample->meta.time / 1000);
	assert_int_equal(line->pid, sample->meta.pid);
	assert_int_equal(line->result, sample->meta.result);
	assert_int_equal(line->priority, sample->meta.priority);
	assert_int_equal(line->unenforced, sample->meta.flags & KL_RECORD_UNENFORCED);
	assert_int_equal(line->check, sample->meta.flags / KL_RECORD_CHECK);
	assert_int_equal(line->label.length,
			 sample->meta.label ? sample->meta.label->length : 0);
	for (slot = 0; slot < KL_SLOT_ARGV; slot++) {
		assert_int_equal(kl_slot_test(a->overlong, slot),
				 kl_slot_test(b->overlong, slot));
		if (!is_recorded(a, slot)) {
			assert_true(is_derived(slot) || !kl_slot_test(b->present, slot));
			continue;
		}
		assert_true(kl_slot_test(b->present, slot));
		assert_same_value(a, b, slot);
		compared[slot]++;
	}
	if (kl_slot_exists(a->op, KL_SLOT_ARGV))
		assert_same_args(&sample->args, line);
}

/* How many records the short way could read, and of how many. */
static u32 by_short_way, of_records;

/* A space that we would not write: json-c must find the same words. */
static void assert_same_words(const struct kl_buffer *printed, const struct kl_buffer *words)
{
	struct kl_buffer spaced = { 0 }, others = { 0 };
	struct kl_log_json json;
	struct kl_error error;

	of_records++;
	by_short_way += kl_json_record_words(kl_buffer_text(printed), &others);
	kl_buffer_puts(&spaced, "{ ");
	kl_buffer_puts(&spaced, printed->data + 1);
	assert_false(kl_json_record_words(kl_buffer_text(&spaced), &others));
	kl_log_json_init(&json);
	assert_int_equal(kl_log_json_words(&json, kl_buffer_text(&spaced), &others, &error), 0);
	assert_string_equal(words->data, others.data);
	kl_log_json_free(&json);
	kl_buffer_free(&spaced);
	kl_buffer_free(&others);
}

/* What is printed as JSON reads back as the same record, nothing less. */
static void round_trip_json(struct sample *sample, struct kl_logline *line, u32 *compared)
{
	struct kl_buffer printed = { 0 }, words = { 0 };
	struct kl_output output = { .format = KL_FORMAT_JSON, .into = &printed };
	struct kl_log_json json;
	struct kl_error error;

	kl_put_record(&output, line);
	kl_log_json_init(&json);
	if (kl_log_json_words(&json, kl_buffer_text(&printed), &words, &error) ||
	    kl_logline_parse(line, kl_buffer_text(&words), &error))
		fail_msg("%s, column %u: %s: %s", error.text, error.column, printed.data,
			 words.data);
	assert_same(sample, line, compared);
	assert_same_words(&printed, &words);
	kl_log_json_free(&json);
	kl_buffer_free(&printed);
	kl_buffer_free(&words);
}

static void round_trip(struct sample *sample, struct kl_logline *line, u32 *compared,
		       u32 *compared_json)
{
	void *record = malloc(KL_RECORD_MAX);
	struct kl_record_draft draft;
	struct kl_error error;
	struct kl_text whole;
	char *text;
	size_t size;

	size = kl_record_measure(&draft, &sample->request, &sample->meta);
	assert_true(size <= KL_RECORD_MAX);
	kl_record_write(&draft, record);
	text = text_of_record(record, size, &whole.length);
	whole.data = text;
	if (kl_logline_parse(line, whole, &error))
		fail_msg("%s, column %u: %.*s", error.text, error.column,
			 (int)whole.length, text);
	assert_same(sample, line, compared);
	if (!dice(4))
		round_trip_json(sample, line, compared_json);
	free(text);
	free(record);
}

static void test_round_trip(void **unused)
{
	u32 compared[KL_SLOT_COUNT] = { 0 }, compared_json[KL_SLOT_COUNT] = { 0 };
	struct sample *sample = calloc(1, sizeof(*sample));
	u32 omitted = 0, round, slot;
	struct kl_strings strings;
	struct kl_logline line;
	struct kl_string *label;

	(void)unused;
	sample->store = malloc(STORE);
	assert_int_equal(kl_strings_init(&strings), 0);
	label = kl_string_get(&strings, kl_text_of("web-1.x_Y"));
	kl_logline_init(&line, &strings);
	/* What reads back from JSON has been read before, word for word. */
	kl_facts_remember(&line.facts);
	for (round = 0; round < 200 * KL_OP_COUNT; round++) {
		make_sample(sample, round % KL_OP_COUNT, label);
		round_trip(sample, &line, compared, compared_json);
		omitted += line.omitted;
	}
	/* A test that compared nothing would pass as well. */
	for (slot = 0; slot < KL_SLOT_ARGV; slot++)
		if (compared[slot] < 100 || compared_json[slot] < 20)
			fail_msg("slot %u was compared only %u times, as JSON %u", slot,
				 compared[slot], compared_json[slot]);
	assert_true(omitted > 100);
	assert_in_range(by_short_way, of_records / 3, of_records - 1);
	/* Every word was given back. */
	assert_int_equal(strings.count, 1);
	kl_logline_free(&line);
	kl_string_put(label);
	kl_strings_destroy(&strings);
	free(sample->store);
	free(sample);
}

struct parsed {
	struct kl_strings strings;
	struct kl_logline line;
	struct kl_error error;
};

static int setup(void **state)
{
	struct parsed *parsed = calloc(1, sizeof(*parsed));

	assert_int_equal(kl_strings_init(&parsed->strings), 0);
	kl_logline_init(&parsed->line, &parsed->strings);
	kl_facts_remember(&parsed->line.facts);
	*state = parsed;
	return 0;
}

static int teardown(void **state)
{
	struct parsed *parsed = *state;

	kl_logline_free(&parsed->line);
	assert_int_equal(parsed->strings.count, 0);
	kl_strings_destroy(&parsed->strings);
	free(parsed);
	return 0;
}

static int parse(struct parsed *parsed, const char *text)
{
	return kl_logline_parse(&parsed->line, kl_text_of(text), &parsed->error);
}

#define T "#2026/11/21 19:03:40.123456# "
#define H "global-pid=1 result=allowed priority=1 "

static void test_losses(void **state)
{
	struct parsed *p = *state;
	struct kl_logline *line = &p->line;

	assert_int_equal(parse(p, T "seq=40-351 lost=312 rule=a:300 rule=b.c:7 other=5"),
			 0);
	assert_int_equal(line->kind, KL_LOGLINE_LOST);
	assert_int_equal(line->sequence, 40);
	assert_int_equal(line->last, 351);
	assert_int_equal(line->count, 312);
	assert_int_equal(line->loss_count, 3);
	assert_int_equal(line->losses[0].count, 300);
	assert_true(kl_text_equal(line->losses[1].label, kl_text_of("b.c")));
	assert_true(kl_text_equal(line->losses[2].label, kl_text_of("other")));
	assert_int_equal(line->losses[2].count, 5);
	assert_int_equal(parse(p, T "suppressed=9 index=3 rule=a:9"), 0);
	assert_int_equal(line->kind, KL_LOGLINE_SUPPRESSED);
	assert_int_equal(line->count, 9);
	assert_int_equal(line->index, 3);
	assert_int_equal(line->loss_count, 1);
}

/* What kellas-auditd puts between the records would be taken for damage. */
static void test_daemon_lines(void **state)
{
	struct parsed *p = *state;
	struct kl_logline *line = &p->line;
	struct kl_text key, value;

	assert_int_equal(parse(p, T "daemon=lost seq=4-9 why=\"a\\040b\""), 0);
	assert_int_equal(line->kind, KL_LOGLINE_DAEMON);
	assert_int_equal(line->time, 1795287820123456ull);
	assert_true(kl_logline_pair(&line->words, &key, &value));
	assert_true(kl_text_equal(key, kl_text_of("daemon")));
	assert_true(kl_text_equal(value, kl_text_of("lost")));
	assert_true(kl_logline_pair(&line->words, &key, &value));
	assert_true(kl_logline_pair(&line->words, &key, &value));
	assert_true(kl_text_equal(key, kl_text_of("why")));
	assert_true(kl_text_equal(value, kl_text_of("a\\040b")));
	assert_false(kl_logline_pair(&line->words, &key, &value));
	assert_int_equal(parse(p, T "netconsole=[::1]:7 / oops / here"), 0);
	assert_int_equal(line->kind, KL_LOGLINE_CONSOLE);
	assert_true(kl_text_equal(line->origin, kl_text_of("[::1]:7")));
	assert_true(kl_text_equal(line->words, kl_text_of("oops / here")));
	assert_int_not_equal(parse(p, T "netconsole=[::1]:7"), 0);
	/* What comes behind them is parsed as if they had not been there. */
	assert_int_equal(parse(p, T H "/ read"), 0);
	assert_int_equal(line->kind, KL_LOGLINE_REQUEST);
}

static void test_fields(void **state)
{
	struct parsed *p = *state;
	struct kl_logline *line = &p->line;

	assert_int_equal(parse(p, T "seq=1 instance=00ff boot_id=x-y " H
				    "rule=web enforced=no check=yes newer=7 "
				    "overlong=path,argv omitted=2 / execute argc=3 "
				    "argv[1]=\"-c\" task.uid=0"),
			 0);
	assert_int_equal(line->time, 1795287820123456ull);
	assert_true(kl_text_equal(line->instance, kl_text_of("00ff")));
	assert_true(kl_text_equal(line->boot, kl_text_of("x-y")));
	assert_true(kl_text_equal(line->label, kl_text_of("web")));
	assert_true(line->unenforced);
	assert_true(line->check);
	assert_int_equal(line->unknown_fields, 1);
	assert_true(kl_slot_test(line->facts.request.unknown, KL_SLOT_OBJECT0));
	assert_false(kl_slot_test(line->facts.request.unknown, KL_SLOT_ARGV));
	assert_true(kl_slot_test(line->facts.request.present, KL_SLOT_ARGV));
	assert_false(kl_slot_test(line->facts.request.present, KL_SLOT_ENVP));
	assert_int_equal(line->facts.holes, 2);
	assert_null(line->facts.args.text[0].data);
	assert_true(kl_text_equal(line->facts.args.text[1], kl_text_of("-c")));
	/* What is known of a truncated history stays, whatever was unknown. */
	assert_int_equal(parse(p, T H "overlong=task.ancestor / signal sig=SIGTERM "
				      "task.history=\"...=>/a(3;4.500000)\""), 0);
	assert_int_equal(line->facts.request.value[KL_SLOT_SIG].number, 15);
	assert_true(kl_slot_test(line->facts.request.present, KL_SLOT_TASK_ANCESTOR));
	assert_true(kl_slot_test(line->facts.request.present, KL_SLOT_TASK_HISTORY));
	assert_false(kl_slot_test(line->facts.request.unknown, KL_SLOT_TASK_ANCESTOR));
	/* One that did not fit is unknown, both ways. */
	assert_int_equal(parse(p, T H "overlong=task.history / set_time"), 0);
	assert_true(kl_slot_test(line->facts.request.unknown, KL_SLOT_TASK_ANCESTOR));
	assert_true(kl_slot_test(line->facts.request.unknown, KL_SLOT_TASK_HISTORY));
	/* CaitSith's own. */
	assert_int_equal(parse(p, "#2024/05/01 03:04:06# global-pid=3460 "
				  "result=unmatched priority=100 / write "
				  "path=\"/etc/hosts\" path.type=file"),
			 0);
	assert_int_equal(line->sequence, 0);
	assert_int_equal(line->unknown_fields, 0);
	/* What is no device has device numbers, too: 0. */
	assert_true(kl_slot_test(line->facts.request.present, KL_SLOT_OBJECT0_DEV_MAJOR));
	assert_int_equal(line->facts.request.value[KL_SLOT_OBJECT0_DEV_MAJOR].number, 0);
}

#define LABELS4 "rule=a:1 rule=a:1 rule=a:1 rule=a:1 "

/* What is no record, and the column that says so. */
static const struct {
	const char *text;
	u32 column;
} refused[] = {
	{ "", 1 },
	{ "hello", 1 },
	{ "#2026/13/21 19:03:40.123456# " H "/ read", 1 },
	{ "#2026/02/30 19:03:40.123456# " H "/ read", 1 },
	{ "#2026/11/21 24:03:40.123456# " H "/ read", 1 },
	{ "#2026/11/21 19:03:40.12345# " H "/ read", 1 },
	{ "#1969/11/21 19:03:40.123456# " H "/ read", 1 },
	{ T, 30 },
	{ T H "read", 68 },
	{ T H "/", 69 },
	{ T H "/ raed", 70 },
	{ T "result=allowed priority=1 / read", 62 },
	{ T "global-pid=x result=allowed priority=1 / read", 30 },
	{ T "global-pid=4294967296 result=allowed priority=1 / read", 30 },
	{ T "global-pid=1 result=allow priority=1 / read", 43 },
	{ T "global-pid=1 result=allowed priority=65536 / read", 58 },
	{ T "seq=5-4 " H "/ read", 30 },
	{ T "lost=1 / read", 43 },
	{ T H "/ read path=\"/a", 80 },
	{ T H "/ read path=/a", 75 },
	{ T H "/ read path=\"/a\\*\"", 75 },
	{ T H "/ read path!=\"/a\"", 75 },
	{ T H "/ read path=\"/a\" path=\"/a\"", 85 },
	{ T H "/ read port=1", 75 },
	{ T H "/ read path.uid=1-2", 75 },
	{ T H "/ read path.perm=setuid", 75 },
	{ T H "/ read path=@G", 75 },
	{ T H "/ read task.ancestor=\"/a\"", 75 },
	{ T H "/ read task.ancestor=NULL", 80 },
	{ T H "/ read task.history=\"/a=>\\*\"", 80 },
	{ T H "/ read task.history=@G", 80 },
	{ T H "/ signal sig=SIGKILLED", 75 },
	{ T H "/ execute argv[0]=\"a\" argv[0]=\"b\"", 77 },
	{ T H "/ execute argc=1 argv[1]=\"b\"", 77 },
	{ T H "/ execute argc=1048577", 77 },
	{ T H "/ execute argv[1048576]=\"\"", 78 },
	{ T H "/ execute transition=\"x\"", 78 },
	{ T "suppressed=1 index=256", 43 },
	{ T "lost=99 " LABELS4 LABELS4 LABELS4 LABELS4 "other=1 rule=a:1", 190 },
};

static void test_refused(void **state)
{
	struct parsed *p = *state;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(refused); i++) {
		if (!parse(p, refused[i].text))
			fail_msg("accepted: %s", refused[i].text);
		if (!*p->error.text)
			fail_msg("no reason: %s", refused[i].text);
		/* The word, if not the very byte. */
		if (p->error.column < refused[i].column ||
		    p->error.column > refused[i].column + 12)
			fail_msg("column %u, not about %u (%s): %s", p->error.column,
				 refused[i].column, p->error.text, refused[i].text);
		assert_int_equal(p->strings.count, 0);
	}
}

/* A good record with bytes changed and cut must never do harm. */
static void test_damage(void **state)
{
	static const char good[] = T
		"seq=9 " H "rule=a overlong=exec omitted=1 / execute "
		"path=\"/bin/a\\040b\" argc=2 envc=1 argv[0]=\"a\" envp[\"A\"]=\"b\" "
		"task.uid=0 path.type=file path.perm=0755 path.parent.ino=7";
	struct parsed *p = *state;
	u32 accepted = 0, round, i;
	char *text;

	for (round = 0; round < 100000; round++) {
		struct kl_text line = { NULL, sizeof(good) - 1 };

		/* Of exactly this size, and gone at the next one. */
		text = malloc(line.length);
		memcpy(text, good, line.length);
		for (i = dice(4); i; i--)
			text[dice(line.length)] = dice(3) ? " =\"/[]0-#:\\"[dice(11)] :
							    (char)dice(256);
		if (!dice(4))
			line.length = dice(line.length + 1);
		line.data = text;
		accepted += !kl_logline_parse(&p->line, line, &p->error);
		free(text);
		assert_int_equal(p->strings.count, 0);
	}
	assert_in_range(accepted, 1000, 90000);
}

/*
 * Likewise as JSON: whatever the short way reads, json-c reads as the same words,
 * and neither goes beyond the end.
 */
static void test_damaged_json(void **unused)
{
	static const char good[] =
		"{\"type\":\"request\",\"time\":\"2026-11-21T19:03:40.123456Z\",\"seq\":9,"
		"\"global_pid\":7,\"result\":\"denied\",\"operation\":\"execute\","
		"\"priority\":10,\"rule\":\"a\",\"check\":true,\"omitted\":1,"
		"\"overlong\":[\"exec\"],\"attributes\":{\"path\":\"/a\\\\040b\\\"\","
		"\"path.type\":\"file\",\"path.perm\":\"0755\",\"task.uid\":10,"
		"\"task.history\":[null,{\"program\":\"/b\",\"pid\":7,\"started\":10000,"
		"\"reconstructed\":false}],\"argc\":2,\"argv\":[\"a\",null],"
		"\"envp\":[\"A=b\"]}}";
	struct kl_buffer words = { 0 }, others = { 0 }, spaced = { 0 };
	u32 accepted = 0, round, i;
	struct kl_log_json json;
	struct kl_error error;
	char *text;

	(void)unused;
	kl_log_json_init(&json);
	for (round = 0; round < 100000; round++) {
		u32 length = sizeof(good) - 1;

		text = malloc(length);
		memcpy(text, good, length);
		for (i = dice(3); i; i--)
			text[dice(length)] = dice(3) ? "09,{}[]\":~\\"[dice(11)] :
						       (char)dice(256);
		if (!dice(4))
			length = dice(length + 1);
		if (kl_json_record_words((struct kl_text){ text, length }, &words)) {
			kl_buffer_clear(&spaced);
			kl_buffer_puts(&spaced, "{ ");
			kl_buffer_add(&spaced, text + 1, length - 1);
			if (kl_log_json_words(&json, kl_buffer_text(&spaced), &others,
					      &error))
				fail_msg("%s: %s", error.text, spaced.data);
			assert_string_equal(words.data, others.data);
			accepted++;
		}
		free(text);
	}
	assert_in_range(accepted, 10000, 90000);
	kl_log_json_free(&json);
	kl_buffer_free(&words);
	kl_buffer_free(&others);
	kl_buffer_free(&spaced);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test_setup_teardown(test_losses, setup, teardown),
		cmocka_unit_test_setup_teardown(test_daemon_lines, setup, teardown),
		cmocka_unit_test_setup_teardown(test_fields, setup, teardown),
		cmocka_unit_test_setup_teardown(test_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(test_damage, setup, teardown),
		cmocka_unit_test(test_damaged_json),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
