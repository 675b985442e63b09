// SPDX-License-Identifier: GPL-2.0
/* What a request is about, in a few words. */
#include "engine/print.h"
#include "object.h"

/* In the order in which they are named. */
static const struct {
	u8 slot;
	const char *before;
} parts[] = {
	{ KL_SLOT_OBJECT0, "" },	 { KL_SLOT_OBJECT1, "" },
	{ KL_SLOT_TARGET, "" },		 { KL_SLOT_FSTYPE, "" },
	{ KL_SLOT_ADDR, "" },		 { KL_SLOT_IP, "" },
	{ KL_SLOT_PORT, "port " },	 { KL_SLOT_PROTO, "protocol " },
	{ KL_SLOT_NAME, "" },		 { KL_SLOT_DOMAIN, "" },
	{ KL_SLOT_SIG, "" },		 { KL_SLOT_CAP, "" },
	{ KL_SLOT_MODE, "" },		 { KL_SLOT_TARGET_EXE, "" },
	{ KL_SLOT_NEW_EUID, "euid " },	 { KL_SLOT_NEW_EGID, "egid " },
	{ KL_SLOT_EXIT_SIGNAL, "signal " },
};

static void add_value(const struct kl_request *request, u32 slot, struct kl_buffer *out)
{
	const union kl_value *value = &request->value[slot];
	char address[KL_IP_TEXT_MAX];
	const char *known;

	switch (kl_slot_type(slot)) {
	case KL_STRING:
		kl_buffer_encode(out, *value->text);
		break;
	case KL_IPADDR:
		kl_format_ip(value->ip, address);
		kl_buffer_puts(out, address);
		break;
	default:
		known = kl_number_name(slot, value->number);
		if (known)
			kl_buffer_puts(out, known);
		else
			kl_buffer_printf(out, "%llu", (unsigned long long)value->number);
	}
}

/* A program that is executed by itself, not by an interpreter. */
static bool is_same_name(const struct kl_request *request)
{
	return kl_slot_test(request->present, KL_SLOT_OBJECT0) &&
	       kl_text_equal(*request->value[KL_SLOT_OBJECT0].text,
			     *request->value[KL_SLOT_OBJECT1].text);
}

void kl_object_text(const struct kl_request *request, struct kl_buffer *out)
{
	bool any = false;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(parts); i++) {
		if (!kl_slot_test(request->present, parts[i].slot) ||
		    (parts[i].slot == KL_SLOT_OBJECT1 && is_same_name(request)))
			continue;
		kl_buffer_puts(out, any ? " " : "");
		kl_buffer_puts(out, parts[i].before);
		add_value(request, parts[i].slot, out);
		any = true;
	}
}

void kl_program_text(const struct kl_request *request, struct kl_buffer *out)
{
	if (kl_slot_test(request->present, KL_SLOT_TASK_EXE))
		kl_buffer_encode(out, *request->value[KL_SLOT_TASK_EXE].text);
}
