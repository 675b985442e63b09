// SPDX-License-Identifier: GPL-2.0
/* What a report shows of a log. */
#include "engine/lex.h"
#include "engine/print.h"
#include "record_output.h"
#include "report_model.h"

static struct kl_text text_of_memory(const void *memory, size_t size)
{
	struct kl_text text = { memory, size };

	return text;
}

void report_init(struct report *report, u32 shown_max)
{
	memset(report, 0, sizeof(*report));
	report->shown_max = shown_max;
	report->shown = kl_xalloc(shown_max, sizeof(*report->shown));
	report->spare = kl_xalloc(shown_max, sizeof(*report->spare));
	kl_histree_init(&report->tree);
	/* See enum report_name; no encoded name has a space. */
	kl_ids_get(&report->names, kl_text_of(""));
	kl_ids_get(&report->names, kl_text_of("other names"));
	kl_ids_get(&report->instances, kl_text_of(""));
}

void report_free(struct report *report)
{
	kl_ids_free(&report->names);
	kl_ids_free(&report->rules);
	kl_ids_free(&report->users);
	kl_ids_free(&report->deeds);
	kl_ids_free(&report->texts);
	kl_ids_free(&report->instances);
	kl_ids_free(&report->boots);
	kl_histree_free(&report->tree);
	kl_ids_free(&report->pending);
	kl_buffer_free(&report->notes);
	kl_buffer_free(&report->scratch);
	free(report->processes);
	free(report->pending_argv);
	free(report->times);
	free(report->which);
	free(report->shown);
	free(report->spare);
}

/* ---------------------------------------------------------- names */

static u32 get_name(struct report *report, struct kl_text encoded)
{
	u32 id = kl_ids_find(&report->names, encoded);

	if (id != KL_NO_ID)
		return id;
	if (report->names.count < REPORT_NAMES_MAX)
		return kl_ids_get(&report->names, encoded);
	report->names_folded++;
	return REPORT_NAME_OTHER;
}

u32 report_name(struct report *report, struct kl_text raw)
{
	kl_buffer_clear(&report->scratch);
	kl_buffer_encode(&report->scratch, raw);
	return get_name(report, kl_buffer_text(&report->scratch));
}

static u32 name_in(struct report *report, const struct kl_request *request, u32 slot)
{
	char address[KL_IP_TEXT_MAX];

	if (!kl_slot_test(request->present, slot))
		return REPORT_NAME_NONE;
	if (kl_slot_type(slot) == KL_STRING)
		return report_name(report, *request->value[slot].text);
	kl_format_ip(request->value[slot].ip, address);
	return get_name(report, kl_text_of(address));
}

/* ---------------------------------------------------------- details */

/* What a deed is done to; where there is no object, the parameter that says it. */
static const u32 main_slots[] = {
	KL_SLOT_OBJECT0, KL_SLOT_IP, KL_SLOT_ADDR, KL_SLOT_DOMAIN, KL_SLOT_TARGET_EXE,
};

static u32 main_slot(const struct kl_request *request)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(main_slots); i++)
		if (kl_slot_test(request->present, main_slots[i]))
			return main_slots[i];
	return KL_SLOT_OBJECT0;
}

/* Numbers that differ from time to time would make every deed another one. */
static bool is_detail(u32 slot, u32 named)
{
	switch (slot) {
	case KL_SLOT_ARGC:
	case KL_SLOT_ENVC:
	case KL_SLOT_TARGET_PID:
	case KL_SLOT_TARGET_UID:
	case KL_SLOT_TARGET_DOMAIN:
	case KL_SLOT_TARGET_COMM:
	case KL_SLOT_READ_BYTES:
	case KL_SLOT_WRITE_BYTES:
		return false;
	default:
		return slot != named;
	}
}

static void add_number(struct kl_buffer *out, u32 slot, u64 number)
{
	const char *known = kl_number_name(slot, number);

	if (known)
		kl_buffer_puts(out, known);
	else if (kl_slot_type(slot) == KL_FILEPERM)
		kl_buffer_printf(out, "0%llo", (unsigned long long)number);
	else if (slot == KL_SLOT_CMD || slot == KL_SLOT_FLAGS)
		kl_buffer_printf(out, "0x%llX", (unsigned long long)number);
	else
		kl_buffer_printf(out, "%llu", (unsigned long long)number);
}

static void add_parameter(struct kl_buffer *out, const struct kl_request *request,
			  u32 slot)
{
	char name[KL_SLOT_NAME_MAX];

	kl_buffer_printf(out, "%s%s=", out->length ? " " : "",
			 kl_slot_name(request->op, slot, name));
	if (kl_slot_type(slot) == KL_STRING) {
		kl_buffer_puts(out, "\"");
		kl_buffer_encode(out, *request->value[slot].text);
		kl_buffer_puts(out, "\"");
	} else {
		add_number(out, slot, request->value[slot].number);
	}
}

/* As in a shell but for \040: in no argument is a space. */
static void add_arguments(struct kl_buffer *out, const struct kl_args *args)
{
	u32 i;

	for (i = 0; i < args->argc && out->length <= REPORT_DETAIL_MAX; i++) {
		kl_buffer_puts(out, i ? " " : "");
		if (args->text[i].data && args->text[i].length)
			kl_buffer_encode(out, args->text[i]);
		else
			kl_buffer_puts(out, args->text[i].data ? "\"\"" : "...");
	}
}

static u32 detail_of(struct report *report, const struct kl_request *request, u32 named)
{
	struct kl_buffer *out = &report->scratch;
	u32 slot;

	kl_buffer_clear(out);
	if (request->op == KL_OP_EXECUTE && kl_slot_test(request->present, KL_SLOT_ARGV))
		add_arguments(out, request->value[KL_SLOT_ARGV].args);
	else
		for (slot = KL_SLOT_TARGET; slot < KL_SLOT_ARGV; slot++)
			if (kl_slot_test(request->present, slot) &&
			    is_detail(slot, named))
				add_parameter(out, request, slot);
	if (out->length > REPORT_DETAIL_MAX) {
		report->details_cut++;
		out->length = REPORT_DETAIL_MAX;
		kl_buffer_puts(out, "...");
	}
	return get_name(report, kl_buffer_text(out));
}

/* ---------------------------------------------------------- deeds */

static u32 rule_of(struct report *report, const struct kl_logline *line)
{
	kl_buffer_clear(&report->scratch);
	kl_buffer_add(&report->scratch, line->label.data, line->label.length);
	kl_buffer_printf(&report->scratch, " %u", line->priority);
	return kl_ids_get(&report->rules, kl_buffer_text(&report->scratch));
}

static u32 user_of(struct report *report, const struct kl_request *request)
{
	u64 user;

	if (!kl_slot_test(request->present, KL_SLOT_TASK_UID))
		return KL_NO_ID;
	user = request->value[KL_SLOT_TASK_UID].number;
	return kl_ids_get(&report->users, text_of_memory(&user, sizeof(user)));
}

static u32 deed_of(struct report *report, const struct kl_logline *line)
{
	const struct kl_request *request = &line->facts.request;
	u32 named = main_slot(request);
	struct report_deed deed = {
		.process = report_process_of(report, line),
		.op = request->op,
		.result = line->result | (line->unenforced ? REPORT_UNENFORCED : 0) |
			  (line->check ? REPORT_CHECK : 0),
		.rule = rule_of(report, line),
		.user = user_of(report, request),
		.name = name_in(report, request, named),
		.other = name_in(report, request, KL_SLOT_OBJECT1),
		.detail = detail_of(report, request, named),
	};

	/* The file that is executed is told by path; exec is the same one, resolved. */
	if (request->op == KL_OP_EXECUTE || request->op == KL_OP_ENVIRON)
		deed.other = REPORT_NAME_NONE;
	if (request->op == KL_OP_EXECUTE && !line->check && deed.process != KL_NO_ID)
		report_note_execution(report, deed.process, line->pid, deed.detail);
	return kl_ids_get(&report->deeds, text_of_memory(&deed, sizeof(deed)));
}

/* ---------------------------------------------------------- records in full */

enum part { WHAT, SUBJECT, OBJECT };

static enum part part_of(u32 slot)
{
	if (slot >= KL_SLOT_TASK_PID && slot <= KL_SLOT_TASK_HISTORY)
		return SUBJECT;
	return slot == KL_SLOT_OBJECT0 || slot == KL_SLOT_OBJECT1 ||
			       slot > KL_SLOT_TASK_HISTORY ?
		       WHAT :
		       OBJECT;
}

/* The history is left out: the tree shows it. */
static void choose_slots(enum part part, u64 *without)
{
	u32 slot;

	memset(without, 0, KL_SLOT_WORDS * sizeof(*without));
	for (slot = 0; slot < KL_SLOT_COUNT; slot++)
		if (part_of(slot) != part || slot == KL_SLOT_TASK_HISTORY)
			kl_slot_add(without, slot);
}

/* Many records share what is said of their process, and of their object. */
static u32 attributes_of(struct report *report, const struct kl_request *request,
			 enum part part)
{
	struct kl_output output = { .into = &report->scratch, .format = KL_FORMAT_JSON };
	u64 without[KL_SLOT_WORDS];

	choose_slots(part, without);
	kl_buffer_clear(&report->scratch);
	kl_put_attributes(&output, request, without);
	return kl_ids_get(&report->texts, kl_buffer_text(&report->scratch));
}

/*
 * Where a record in full goes: behind the others; once all room is taken, a denial in
 * the place of the last one that is none. NULL: it is only summed up.
 */
static struct report_record *find_place(struct report *report, bool denied)
{
	if (report->shown_count < report->shown_max) {
		if (!denied)
			report->spare[report->spare_count++] = report->shown_count;
		return &report->shown[report->shown_count++];
	}
	if (!denied || !report->spare_count)
		return NULL;
	return &report->shown[report->spare[--report->spare_count]];
}

static void show_record(struct report *report, const struct kl_logline *line)
{
	const struct kl_request *request = &line->facts.request;
	struct report_record *record = find_place(report, line->result == KL_DENIED);

	if (!record)
		return;
	record->index = report->count;
	record->sequence = line->sequence;
	record->pid = line->pid;
	record->omitted = line->omitted;
	record->what = attributes_of(report, request, WHAT);
	record->subject = attributes_of(report, request, SUBJECT);
	record->object = attributes_of(report, request, OBJECT);
}

static void note_instance(struct report *report, struct kl_text instance)
{
	kl_ids_get(&report->instances, instance);
	kl_histree_origin(&report->tree, instance);
}

void report_note_instance(struct report *report, const struct kl_logline *line)
{
	struct kl_text rest = line->words, key, value;

	if (line->boot.length)
		kl_ids_get(&report->boots, line->boot);
	if (line->instance.length)
		note_instance(report, line->instance);
	if (line->kind != KL_LOGLINE_DAEMON)
		return;
	while (kl_logline_pair(&rest, &key, &value))
		if (kl_text_is(key, "instance") && value.length)
			note_instance(report, value);
}

bool report_add(struct report *report, const struct kl_logline *line)
{
	if (report->count == REPORT_RECORDS_MAX)
		return false;
	if (report->count == report->room) {
		report->room = report->room ? 2 * report->room : 1024;
		report->times = kl_xrealloc(report->times, report->room, sizeof(u64));
		report->which = kl_xrealloc(report->which, report->room, sizeof(u32));
	}
	report->times[report->count] = line->time;
	report->which[report->count] = deed_of(report, line);
	show_record(report, line);
	report->count++;
	return true;
}

/* kellas-auditd tells of records that the kernel gave it, and that it has not got. */
static bool is_daemon_loss(const struct kl_logline *line)
{
	struct kl_text rest = line->words, key, value;

	return line->kind == KL_LOGLINE_DAEMON && kl_logline_pair(&rest, &key, &value) &&
	       kl_text_is(value, "lost");
}

void report_add_note(struct report *report, const struct kl_logline *line)
{
	struct kl_output output = { .into = &report->notes, .format = KL_FORMAT_JSON };

	if (line->kind == KL_LOGLINE_LOST)
		report->lost += line->count;
	if (line->kind == KL_LOGLINE_SUPPRESSED)
		report->suppressed += line->count;
	if (is_daemon_loss(line))
		report->daemon_losses++;
	report->note_count++;
	if (report->note_count > REPORT_NOTES_MAX)
		return;
	if (report->notes.length)
		kl_buffer_puts(&report->notes, ",\n");
	kl_put_record(&output, line);
}
