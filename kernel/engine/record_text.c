// SPDX-License-Identifier: GPL-2.0
/* The text of every kind of record. */
#include "pattern.h"
#include "print.h"
#include "record_layout.h"

/* How an object's attributes print, then its parent's, as offsets of slots. */
static const u8 file_order[] = {
	OWN(UID), OWN(GID), OWN(PERM), OWN(TYPE), OWN(DEV_MAJOR),
	OWN(DEV_MINOR), OWN(INO), OWN(MAJOR), OWN(MINOR), OWN(FSMAGIC),
	PARENT(UID), PARENT(GID), PARENT(PERM), PARENT(INO), PARENT(MAJOR),
	PARENT(MINOR), PARENT(FSMAGIC),
};

static_assert(ARRAY_SIZE(file_order) == KL_OBJECT_SLOTS - 1,
	      "every attribute of an object prints, but its name");

/*
 * What prints first, where that is not "object 0, object 1, parameters in the
 * order of their slots".
 */
#define FIRST_MAX 5
static const struct {
	u8 op;
	u8 count;
	u8 slots[FIRST_MAX];
} first_order[] = {
	{ KL_OP_EXECUTE, 2, { OBJECT1, OBJECT0 } },
	{ KL_OP_MOUNT, 5, { OBJECT0, OBJECT1, KL_SLOT_FSTYPE, KL_SLOT_FLAGS,
			    KL_SLOT_DATA } },
	{ KL_OP_ENVIRON, 4, { KL_SLOT_NAME, KL_SLOT_VALUE, OBJECT1, OBJECT0 } },
	{ KL_OP_SIGNAL, 1, { KL_SLOT_SIG } },
	{ KL_OP_PTRACE, 1, { KL_SLOT_MODE } },
};

/* Everything that prints of a slot: "prefix.suffix". */
static const char *const suffixes[KL_SLOT_COUNT] = {
#define KL_FAMILY(id, suffix, type) \
	[KL_SLOT_OBJECT0_##id] = "." suffix, [KL_SLOT_OBJECT1_##id] = "." suffix,
#define KL_PARENT(id, suffix, type) \
	[KL_SLOT_OBJECT0_PARENT_##id] = "." suffix, \
	[KL_SLOT_OBJECT1_PARENT_##id] = "." suffix,
#define KL_TASK(id, name, type) [KL_SLOT_TASK_##id] = name,
#define KL_PARAM(id, name, type) [KL_SLOT_##id] = name,
#include "attributes.def"
	[KL_SLOT_OBJECT0] = "", [KL_SLOT_OBJECT1] = "",
	[KL_SLOT_ARGV] = "argv", [KL_SLOT_ENVP] = "envp",
};

/**
 * struct writer - a line being written
 * @out: where
 * @room: bytes there
 * @used: bytes so far, whether they had room or not
 */
struct writer {
	char *out;
	size_t room;
	size_t used;
};

static void write_bytes(struct writer *writer, const char *data, size_t length)
{
	if (writer->used < writer->room &&
	    length <= writer->room - writer->used)
		memcpy(writer->out + writer->used, data, length);
	writer->used += length;
}

static void write_text(struct writer *writer, const char *text)
{
	write_bytes(writer, text, strlen(text));
}

static void write_number(struct writer *writer, u64 number, u32 base)
{
	char buffer[22];
	char *p = buffer + sizeof(buffer);

	do {
		*--p = "0123456789ABCDEF"[number % base];
		number /= base;
	} while (number);
	write_bytes(writer, p, buffer + sizeof(buffer) - p);
}

static void write_decimal(struct writer *writer, const char *name, u64 number)
{
	write_text(writer, name);
	write_number(writer, number, 10);
}

static void write_encoded(struct writer *writer, struct kl_text text)
{
	char *out = NULL;
	size_t room = 0;

	if (writer->used < writer->room) {
		out = writer->out + writer->used;
		room = writer->room - writer->used;
	}
	writer->used += kl_encode(text, out, room);
}

static void write_quoted(struct writer *writer, struct kl_text text)
{
	write_text(writer, "\"");
	write_encoded(writer, text);
	write_text(writer, "\"");
}

/* Lower-case hexadecimal with leading zeros, 16 digits. */
static void write_hex16(struct writer *writer, u64 number)
{
	char buffer[16];
	int i;

	for (i = 15; i >= 0; i--, number >>= 4)
		buffer[i] = "0123456789abcdef"[number & 15];
	write_bytes(writer, buffer, sizeof(buffer));
}

/* "#YYYY/MM/DD hh:mm:ss.uuuuuu#" */
static void write_time(struct writer *writer, u64 time)
{
	u32 micro = time % 1000000000 / 1000;
	char buffer[KL_TIME_TEXT_MAX];
	char fraction[7];
	int i;

	write_text(writer, "#");
	write_bytes(writer, buffer, kl_format_time(time / 1000000000, buffer));
	fraction[0] = '.';
	for (i = 6; i >= 1; i--, micro /= 10)
		fraction[i] = '0' + micro % 10;
	write_bytes(writer, fraction, sizeof(fraction));
	write_text(writer, "#");
}

static void write_origin(struct writer *writer,
			 const struct kl_record_origin *origin, u64 sequence)
{
	if (!origin || sequence != 1)
		return;
	write_text(writer, " instance=");
	write_hex16(writer, origin->instance);
	write_text(writer, " boot_id=");
	write_bytes(writer, origin->boot_id,
		    strnlen(origin->boot_id, sizeof(origin->boot_id)));
}

/**
 * struct cursor - what is left of a record that need not be trusted
 * @data: next byte
 * @left: bytes from there
 */
struct cursor {
	const u8 *data;
	size_t left;
};

static bool take(struct cursor *cursor, void *out, size_t length)
{
	if (length > cursor->left)
		return false;
	memcpy(out, cursor->data, length);
	cursor->data += length;
	cursor->left -= length;
	return true;
}

static bool take_bytes(struct cursor *cursor, struct kl_text *text, u32 length)
{
#ifdef FUZZ_SELFTEST
	/* A planted bug, to see the fuzzer find it. */
	if (length < 256)
		cursor->left = max_t(size_t, cursor->left, length);
#endif
	if (length > cursor->left)
		return false;
	text->data = (const char *)cursor->data;
	text->length = length;
	cursor->data += length;
	cursor->left -= length;
	return true;
}

static bool take_string(struct cursor *cursor, struct kl_text *text)
{
	u32 length;

	return take(cursor, &length, sizeof(length)) &&
	       take_bytes(cursor, text, length);
}

static bool is_label(struct kl_text text)
{
	u32 i;

	for (i = 0; i < text.length; i++) {
		char c = text.data[i];

		if (!(c >= '0' && c <= '9') && !(c >= 'A' && c <= 'Z') &&
		    !(c >= 'a' && c <= 'z') && c != '_' && c != '.' && c != '-')
			return false;
	}
	return true;
}

static bool take_label(struct cursor *cursor, struct kl_text *label)
{
	u8 length;

	return take(cursor, &length, sizeof(length)) &&
	       length <= KL_LABEL_MAX && take_bytes(cursor, label, length) &&
	       is_label(*label);
}

/**
 * struct values - what a record says of its request, found in it and checked
 * @op: the operation
 * @set: slots that have a value
 * @left: those of them that have not been printed
 * @numbers: numbers of the slots in @set that are some, in their order
 * @label: of the rule; may be empty
 * @others: strings, address and history of the slots in @set, in their order
 * @args: items of argv and envp, not checked
 */
struct values {
	u8 op;
	u64 set[KL_SLOT_WORDS];
	u64 left[KL_SLOT_WORDS];
	struct cursor numbers;
	struct kl_text label;
	struct cursor others;
	struct cursor args;
};

static bool skip(struct cursor *cursor, size_t length)
{
	if (length > cursor->left)
		return false;
	cursor->data += length;
	cursor->left -= length;
	return true;
}

/* Is every slot of the set one that the operation has? */
static bool set_is_valid(const struct values *values)
{
	u64 exist[KL_SLOT_WORDS];
	u32 word;

	kl_record_slots(values->op, exist);
	for (word = 0; word < KL_SLOT_WORDS; word++)
		if (values->set[word] & ~exist[word])
			return false;
	return true;
}

/* Step over the value of a slot that is no number. */
static bool skip_other(struct cursor *cursor, u32 slot)
{
	struct kl_text text;

	if (slot == KL_SLOT_IP)
		return skip(cursor, sizeof(struct kl_ip));
	if (slot == KL_SLOT_TASK_HISTORY && !skip(cursor, sizeof(u8)))
		return false;
	return take_string(cursor, &text);
}

static bool find_values(struct values *values, struct cursor cursor)
{
	u32 word;
	u64 bits;

	if (!take(&cursor, values->set, sizeof(values->set)) ||
	    !set_is_valid(values))
		return false;
	memcpy(values->left, values->set, sizeof(values->set));
	values->numbers = cursor;
	if (!skip(&cursor, kl_record_count_numbers(values->set) * sizeof(u64)) ||
	    !take_label(&cursor, &values->label))
		return false;
	values->others = cursor;
	for (word = 0; word < KL_SLOT_WORDS; word++) {
		bits = values->set[word] & kl_record_others(word);
		for (; bits; bits &= bits - 1)
			if (!skip_other(&cursor, word * 64 + __ffs(bits)))
				return false;
	}
	values->args = cursor;
	return true;
}

/* The slots of @set before @slot. */
static void slots_before(const u64 *set, u32 slot, u64 *before)
{
	u32 word;

	for (word = 0; word < KL_SLOT_WORDS; word++) {
		if (word < slot / 64)
			before[word] = set[word];
		else if (word > slot / 64)
			before[word] = 0;
		else
			before[word] = set[word] & (BIT_ULL(slot % 64) - 1);
	}
}

static u64 number_of(const struct values *values, u32 slot)
{
	u64 before[KL_SLOT_WORDS];
	u64 number;

	slots_before(values->set, slot, before);
	memcpy(&number, values->numbers.data + kl_record_count_numbers(before) * 8, 8);
	return number;
}

/* A record has no more than about a dozen of them: find it from the first. */
static struct cursor other_of(const struct values *values, u32 slot)
{
	struct cursor cursor = values->others;
	u64 before[KL_SLOT_WORDS];
	u32 word;
	u64 bits;

	slots_before(values->set, slot, before);
	for (word = 0; word < KL_SLOT_WORDS; word++) {
		bits = before[word] & kl_record_others(word);
		for (; bits; bits &= bits - 1)
			skip_other(&cursor, word * 64 + __ffs(bits));
	}
	return cursor;
}

static void write_name(struct writer *writer, u8 op, u32 slot)
{
	const struct kl_object_info *object = kl_op_table[op].object;

	write_text(writer, " ");
	if (slot < KL_SLOT_TASK_PID)
		write_text(writer, object[slot >= OBJECT1].prefix);
	write_text(writer, suffixes[slot]);
	write_text(writer, "=");
}

static bool is_hex(u32 slot)
{
	return slot == KL_SLOT_CMD || slot == KL_SLOT_FLAGS ||
	       slot == OBJECT0 + OWN(FSMAGIC) ||
	       slot == OBJECT1 + OWN(FSMAGIC) ||
	       slot == OBJECT0 + PARENT(FSMAGIC) ||
	       slot == OBJECT1 + PARENT(FSMAGIC);
}

static int write_value(struct writer *writer, u32 slot, u64 number)
{
	const char *known = kl_number_name(slot, number);
	enum kl_type type = kl_slot_type(slot);

	if (known) {
		write_text(writer, known);
	} else if (type == KL_FILETYPE) {
		const char *name = kl_keyword_name(KL_FILETYPE,
						   number & FILE_TYPE_MASK);

		if (!name)
			return -EINVAL;
		write_text(writer, name);
	} else if (type == KL_FILEPERM) {
		write_text(writer, "0");
		write_number(writer, number, 8);
	} else if (is_hex(slot)) {
		write_text(writer, "0x");
		write_number(writer, number, 16);
	} else {
		write_number(writer, number, 10);
	}
	return 0;
}

static int write_ip(struct writer *writer, struct cursor cursor)
{
	char buffer[KL_IP_TEXT_MAX];
	struct kl_ip ip;

	if (!take(&cursor, &ip, sizeof(ip)) ||
	    (ip.family != KL_IPV4 && ip.family != KL_IPV6))
		return -EINVAL;
	write_bytes(writer, buffer, kl_format_ip(&ip, buffer));
	return 0;
}

static int write_string(struct writer *writer, struct cursor cursor)
{
	struct kl_text text;

	if (!take_string(&cursor, &text))
		return -EINVAL;
	write_quoted(writer, text);
	return 0;
}

static void write_history_piece(void *context, struct kl_text piece)
{
	write_encoded(context, piece);
}

static int write_history(struct writer *writer, struct cursor cursor)
{
	const struct kl_history_writer to = { write_history_piece, writer };
	struct kl_history_cursor programs;
	struct kl_text packed;
	u8 truncated;

	if (!take(&cursor, &truncated, sizeof(truncated)) || truncated > 1 ||
	    !take_string(&cursor, &packed))
		return -EINVAL;
	programs.data = (const u8 *)packed.data;
	programs.left = packed.length;
	write_text(writer, "\"");
	if (!kl_history_write(&to, programs, truncated))
		return -EINVAL;
	write_text(writer, "\"");
	return 0;
}

static int write_slot(struct writer *writer, struct values *values, u32 slot)
{
	if (!kl_slot_test(values->left, slot))
		return 0;
	values->left[slot / 64] &= ~BIT_ULL(slot % 64);
	write_name(writer, values->op, slot);
	if (slot == KL_SLOT_IP)
		return write_ip(writer, other_of(values, slot));
	if (slot == KL_SLOT_TASK_HISTORY)
		return write_history(writer, other_of(values, slot));
	if (kl_slot_test(kl_record_strings, slot))
		return write_string(writer, other_of(values, slot));
	return write_value(writer, slot, number_of(values, slot));
}

static int write_range(struct writer *writer, struct values *values, int from,
		       int to)
{
	int error = 0;
	int slot;

	for (slot = kl_record_next_slot(values->left, from - 1);
	     !error && slot >= 0 && slot < to;
	     slot = kl_record_next_slot(values->left, slot))
		error = write_slot(writer, values, slot);
	return error;
}

static int write_first(struct writer *writer, struct values *values)
{
	int error = 0;
	size_t i;
	u8 k;

	for (i = 0; i < ARRAY_SIZE(first_order); i++) {
		if (first_order[i].op != values->op)
			continue;
		for (k = 0; !error && k < first_order[i].count; k++)
			error = write_slot(writer, values,
					   first_order[i].slots[k]);
	}
	return error;
}

static int write_params(struct writer *writer, struct values *values)
{
	int error = write_first(writer, values);

	if (!error)
		error = write_slot(writer, values, OBJECT0);
	if (!error)
		error = write_slot(writer, values, OBJECT1);
	if (!error)
		error = write_range(writer, values, KL_SLOT_TARGET,
				    KL_SLOT_ARGV);
	return error;
}

static int write_file(struct writer *writer, struct values *values, u32 object)
{
	int error = 0;
	size_t i;

	for (i = 0; !error && i < ARRAY_SIZE(file_order); i++)
		error = write_slot(writer, values, object + file_order[i]);
	return error;
}

static int write_argv(struct writer *writer, struct cursor *cursor)
{
	struct kl_text text;
	u32 index;

	if (!take(cursor, &index, sizeof(index)) || !take_string(cursor, &text))
		return -EINVAL;
	write_decimal(writer, " argv[", index);
	write_text(writer, "]=");
	write_quoted(writer, text);
	return 0;
}

static int write_envp(struct writer *writer, struct cursor *cursor)
{
	struct kl_text name, value;
	const char *equals;

	if (!take_string(cursor, &name))
		return -EINVAL;
	value.data = name.data + name.length;
	value.length = 0;
	equals = memchr(name.data, '=', name.length);
	if (equals) {
		value.length = name.data + name.length - equals - 1;
		value.data = equals + 1;
		name.length = equals - name.data;
	}
	write_text(writer, " envp[");
	write_quoted(writer, name);
	write_text(writer, "]=");
	write_quoted(writer, value);
	return 0;
}

static int write_args(struct writer *writer, struct values *values)
{
	struct cursor *cursor = &values->args;
	int error = 0;
	u8 slot;

	if (cursor->left && !(kl_op_table[values->op].flags & KL_OP_ARGS))
		return -EINVAL;
	while (!error && take(cursor, &slot, sizeof(slot))) {
		if (slot == KL_SLOT_ARGV)
			error = write_argv(writer, cursor);
		else if (slot == KL_SLOT_ENVP)
			error = write_envp(writer, cursor);
		else
			error = -EINVAL;
	}
	return error;
}

static int write_conditions(struct writer *writer, struct values *values)
{
	int error = write_params(writer, values);

	if (!error)
		error = write_args(writer, values);
	if (!error)
		error = write_range(writer, values, KL_SLOT_TASK_PID,
				    KL_SLOT_TARGET);
	if (!error)
		error = write_file(writer, values, OBJECT0);
	if (!error)
		error = write_file(writer, values, OBJECT1);
	return error;
}

static int write_overlong(struct writer *writer, const struct kl_record *head)
{
	const char *separator = " overlong=";
	char name[KL_SLOT_NAME_MAX];
	int slot = -1;

	while ((slot = kl_record_next_slot(head->overlong, slot)) >= 0) {
		if (slot >= KL_SLOT_TRANSITION ||
		    !kl_slot_exists(head->op, slot))
			return -EINVAL;
		write_text(writer, separator);
		write_text(writer, kl_slot_name(head->op, slot, name));
		separator = ",";
	}
	return 0;
}

static int write_request(struct writer *writer, const struct kl_record *head,
			 struct cursor cursor,
			 const struct kl_record_origin *origin)
{
	static const char *const results[KL_RESULTS] = {
		[KL_UNMATCHED] = " result=unmatched",
		[KL_ALLOWED] = " result=allowed",
		[KL_DENIED] = " result=denied",
	};
	struct values values = { .op = head->op };
	int error;

	if (head->op >= KL_OP_COUNT || head->result >= KL_RESULTS ||
	    head->flags & ~(KL_RECORD_UNENFORCED | KL_RECORD_CHECK) ||
	    !find_values(&values, cursor))
		return -EINVAL;
	/* That of a query about a request that was not recorded has none. */
	if (head->sequence)
		write_decimal(writer, " seq=", head->sequence);
	write_origin(writer, origin, head->sequence);
	write_decimal(writer, " global-pid=", head->pid);
	write_text(writer, results[head->result]);
	write_decimal(writer, " priority=", head->priority);
	if (values.label.length) {
		write_text(writer, " rule=");
		write_bytes(writer, values.label.data, values.label.length);
	}
	if (head->flags & KL_RECORD_UNENFORCED)
		write_text(writer, " enforced=no");
	if (head->flags & KL_RECORD_CHECK)
		write_text(writer, " check=yes");
	error = write_overlong(writer, head);
	if (error)
		return error;
	if (head->omitted)
		write_decimal(writer, " omitted=", head->omitted);
	write_text(writer, " / ");
	write_text(writer, kl_op_table[head->op].keyword);
	return write_conditions(writer, &values);
}

/* " rule=LABEL:N ... other=N" */
static int write_tally(struct writer *writer, struct cursor *cursor, u64 other)
{
	struct kl_text label;
	u64 count;
	u32 i;

	for (i = 0; cursor->left; i++) {
		if (i == KL_LOSS_RULES_MAX || !take_label(cursor, &label) ||
		    !label.length || !take(cursor, &count, sizeof(count)) ||
		    count > other)
			return -EINVAL;
		other -= count;
		write_text(writer, " rule=");
		write_bytes(writer, label.data, label.length);
		write_decimal(writer, ":", count);
	}
	if (other)
		write_decimal(writer, " other=", other);
	return 0;
}

static int write_lost(struct writer *writer, const struct kl_record *head,
		      struct cursor *cursor,
		      const struct kl_record_origin *origin)
{
	if (!head->count || head->last < head->sequence ||
	    head->last - head->sequence != head->count - 1)
		return -EINVAL;
	write_decimal(writer, " seq=", head->sequence);
	write_decimal(writer, "-", head->last);
	write_origin(writer, origin, head->sequence);
	write_decimal(writer, " lost=", head->count);
	return write_tally(writer, cursor, head->count);
}

static int write_suppressed(struct writer *writer, const struct kl_record *head,
			    struct cursor *cursor)
{
	if (!head->count)
		return -EINVAL;
	write_decimal(writer, " suppressed=", head->count);
	write_decimal(writer, " index=", head->audit);
	return write_tally(writer, cursor, head->count);
}

ssize_t kl_record_text(const void *record, size_t size,
		       const struct kl_record_origin *origin,
		       char *out, size_t room)
{
	struct writer writer = { .out = out, .room = out ? room : 0 };
	struct cursor cursor = { .data = record, .left = size };
	struct kl_record head;
	int error;

	if (!take(&cursor, &head, sizeof(head)) || head.size < sizeof(head) ||
	    head.size > size || head.size > KL_RECORD_MAX)
		return -EINVAL;
	cursor.left = head.size - sizeof(head);
	write_time(&writer, head.time);
	switch (head.kind) {
	case KL_RECORD_REQUEST:
		error = write_request(&writer, &head, cursor, origin);
		break;
	case KL_RECORD_LOST:
		error = write_lost(&writer, &head, &cursor, origin);
		break;
	case KL_RECORD_SUPPRESSED:
		error = write_suppressed(&writer, &head, &cursor);
		break;
	default:
		error = -EINVAL;
	}
	if (error)
		return error;
	write_text(&writer, "\n");
	return writer.used;
}
