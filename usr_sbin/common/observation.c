// SPDX-License-Identifier: GPL-2.0
/* Requests of a log without what does not matter for a rule. */
#include "engine/lex.h"
#include "observation.h"

#define P(id) BIT_ULL(KL_PARAM_##id)

/*
 * Parameters that say on what a request acts. Not how: modes, flags, data,
 * values; nor what is another way to say the same: of a change of ids, the real
 * and the effective one tell enough.
 */
static const u64 learnt_params =
	P(TARGET) | P(FSTYPE) | P(ADDR) | P(NAME) | P(DOMAIN) | P(IP) | P(PORT) | P(PROTO) |
	P(DEV_MAJOR) | P(DEV_MINOR) | P(UID) | P(GID) | P(CMD) | P(TARGET_EXE) | P(SIG) |
	P(MODE) | P(CAP) | P(NEW_UID) | P(NEW_EUID) | P(NEW_GID) | P(NEW_EGID);

/* Where the slots of parameters begin. */
static const u8 param_slots[KL_PARAM_COUNT] = {
#define KL_PARAM(id, name, type) [KL_PARAM_##id] = KL_SLOT_##id,
#include "engine/attributes.def"
};

static void learn_slot(struct kl_observed *plan, u32 slot)
{
	if (plan->count == KL_LEARNT_MAX) {
		fprintf(stderr, "more than %u attributes are learnt\n", KL_LEARNT_MAX);
		abort();
	}
	plan->slots[plan->count++] = slot;
}

void kl_observed_plan(struct kl_observed *plan, enum kl_op op)
{
	const struct kl_op_info *info = &kl_op_table[op];
	u64 params = info->params & learnt_params;
	u32 i;

	memset(plan, 0, sizeof(*plan));
	/* What chmod sets is what it does; others may give a mode to what is new. */
	if (op == KL_OP_CHMOD)
		params |= P(PERM);
	if (info->object[0].extent != KL_EXTENT_ABSENT)
		learn_slot(plan, KL_SLOT_OBJECT0);
	/* "exec" is the same program by the name that was used. */
	if (info->object[1].extent != KL_EXTENT_ABSENT && !(info->flags & KL_OP_ARGS))
		learn_slot(plan, KL_SLOT_OBJECT1);
	for (i = 0; i < KL_PARAM_COUNT; i++)
		if (params & BIT_ULL(i))
			learn_slot(plan, param_slots[i]);
	plan->learnt = plan->count;
}

void kl_observed_add(struct kl_observed *plan, u32 slot)
{
	u32 i;

	if (slot == KL_SLOT_TASK_ANCESTOR)
		slot = KL_SLOT_TASK_HISTORY;
	for (i = 0; i < plan->count; i++)
		if (plan->slots[i] == slot)
			return;
	plan->slots[plan->count++] = slot;
}

/* Pids and times differ in every process. */
static void add_history(struct kl_buffer *data, const struct kl_history *history)
{
	size_t length = kl_history_text(history, NULL, 0), start;
	char *text = kl_xalloc(length + 1, 1);
	struct kl_text rest = { text, length }, part;
	struct kl_program program;
	const char *arrow = "";
	u32 stripped;
	bool more;

	kl_history_text(history, text, length);
	start = data->length;
	kl_buffer_add(data, (const char *)&(u32){ 0 }, sizeof(u32));
	do {
		more = kl_history_split(&rest, &part);
		kl_history_strip(&part, &program);
		kl_buffer_puts(data, arrow);
		kl_buffer_add(data, part.data, part.length);
		arrow = "=>";
	} while (more);
	stripped = data->length - start - sizeof(u32);
	memcpy(data->data + start, &stripped, sizeof(u32));
	free(text);
}

static void add_text(struct kl_buffer *data, struct kl_text text)
{
	kl_buffer_add(data, (const char *)&text.length, sizeof(text.length));
	kl_buffer_add(data, text.data, text.length);
}

static void add_value(struct kl_buffer *data, const struct kl_request *request, u32 slot)
{
	const union kl_value *value = &request->value[slot];

	switch (kl_slot_type(slot)) {
	case KL_STRING:
		add_text(data, *value->text);
		break;
	case KL_IPADDR:
		kl_buffer_add(data, (const char *)value->ip, sizeof(*value->ip));
		break;
	case KL_HISTORY:
		add_history(data, value->history);
		break;
	default:
		kl_buffer_add(data, (const char *)&value->number, sizeof(value->number));
	}
}

bool kl_observe(const struct kl_observed *plan, const struct kl_request *request,
		struct kl_buffer *data)
{
	u32 i;

	kl_buffer_clear(data);
	for (i = 0; i < plan->count; i++) {
		u32 slot = plan->slots[i];
		bool present = kl_slot_test(request->present, slot);

		if (kl_slot_test(request->unknown, slot))
			return false;
		kl_buffer_add(data, present ? "\1" : "\0", 1);
		if (present)
			add_value(data, request, slot);
	}
	return true;
}

static void take(const u8 **at, void *out, size_t size)
{
	memcpy(out, *at, size);
	*at += size;
}

void kl_observed_values(const struct kl_observed *plan,
			const struct kl_observation *observation,
			struct kl_observed_value *values)
{
	const u8 *at = observation->data;
	u32 i;

	for (i = 0; i < plan->count; i++) {
		struct kl_observed_value *value = &values[i];

		memset(value, 0, sizeof(*value));
		value->present = *at++;
		if (!value->present)
			continue;
		switch (kl_slot_type(plan->slots[i])) {
		case KL_STRING:
		case KL_HISTORY:
			take(&at, &value->text.length, sizeof(value->text.length));
			value->text.data = (const char *)at;
			at += value->text.length;
			break;
		case KL_IPADDR:
			take(&at, &value->ip, sizeof(value->ip));
			break;
		default:
			take(&at, &value->number, sizeof(value->number));
		}
	}
}

static void ask_history(struct kl_observed_request *out, struct kl_text text)
{
	ssize_t size = kl_history_parse(text, NULL, 0);

	if (size < 0)
		return;
	out->history = kl_xalloc(size, 1);
	kl_history_parse(text, out->history, size);
	out->request.value[KL_SLOT_TASK_HISTORY].history = out->history;
	out->request.value[KL_SLOT_TASK_ANCESTOR].history = out->history;
	kl_slot_add(out->request.present, KL_SLOT_TASK_HISTORY);
	kl_slot_add(out->request.present, KL_SLOT_TASK_ANCESTOR);
}

void kl_observed_ask(const struct kl_observed *plan,
		     const struct kl_observation *observation,
		     struct kl_observed_request *out)
{
	struct kl_observed_value values[KL_OBSERVED_MAX];
	struct kl_request *request = &out->request;
	u32 i;

	kl_request_init(request, observation->op);
	out->history = NULL;
	kl_observed_values(plan, observation, values);
	for (i = 0; i < plan->count; i++) {
		u32 slot = plan->slots[i];

		if (!values[i].present) {
			kl_slot_add(request->absent, slot);
			continue;
		}
		switch (kl_slot_type(slot)) {
		case KL_STRING:
			out->texts[i] = values[i].text;
			kl_request_text(request, slot, &out->texts[i]);
			break;
		case KL_HISTORY:
			ask_history(out, values[i].text);
			break;
		case KL_IPADDR:
			out->ip = values[i].ip;
			request->value[slot].ip = &out->ip;
			kl_slot_add(request->present, slot);
			break;
		default:
			kl_request_number(request, slot, values[i].number);
		}
	}
}

void kl_observed_free(struct kl_observed_request *request)
{
	free(request->history);
}
