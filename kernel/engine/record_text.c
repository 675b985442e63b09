// SPDX-License-Identifier: GPL-2.0
/* The text of every kind of record. */
#include "pattern.h"
#include "print.h"
#include "record_values.h"
#include "writer.h"

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

/**
 * struct lead - what prints in front of a value
 * @text: " task.uid="; of an object's attribute what follows the object's name,
 *	".uid="
 * @length: of it
 * @type: enum kl_type of the value
 * @hex: a number that prints in hexadecimal
 */
struct lead {
	char text[21];
	u8 length;
	u8 type;
	bool hex;
};

#define LEAD(text, type, hex) { text, sizeof(text) - 1, type, hex }

#define IS_HEX(slot) \
	((slot) == KL_SLOT_CMD || (slot) == KL_SLOT_FLAGS || \
	 (slot) == OBJECT0 + OWN(FSMAGIC) || \
	 (slot) == OBJECT1 + OWN(FSMAGIC) || \
	 (slot) == OBJECT0 + PARENT(FSMAGIC) || \
	 (slot) == OBJECT1 + PARENT(FSMAGIC))

#define SLOT_LEAD(slot, text, type) \
	[slot] = LEAD(text, KL_##type, IS_HEX(slot))

static const struct lead leads[KL_SLOT_COUNT] = {
#define KL_FAMILY(id, suffix, type) \
	SLOT_LEAD(KL_SLOT_OBJECT0_##id, "." suffix "=", type), \
	SLOT_LEAD(KL_SLOT_OBJECT1_##id, "." suffix "=", type),
#define KL_PARENT(id, suffix, type) \
	SLOT_LEAD(KL_SLOT_OBJECT0_PARENT_##id, "." suffix "=", type), \
	SLOT_LEAD(KL_SLOT_OBJECT1_PARENT_##id, "." suffix "=", type),
#define KL_TASK(id, name, type) \
	SLOT_LEAD(KL_SLOT_TASK_##id, " " name "=", type),
#define KL_PARAM(id, name, type) \
	SLOT_LEAD(KL_SLOT_##id, " " name "=", type),
#include "attributes.def"
	SLOT_LEAD(KL_SLOT_OBJECT0, "=", STRING),
	SLOT_LEAD(KL_SLOT_OBJECT1, "=", STRING),
};

/* Names of the objects of each operation. */
static const struct lead objects[KL_OP_COUNT][2] = {
#define OBJ(prefix, extent) LEAD(" " prefix, KL_STRING, false)
#define KL_OPERATION(id, keyword, object0, object1, params, flags) \
	[KL_OP_##id] = { object0, object1 },
#include "operations.def"
};

/**
 * struct line - the text of a request's record
 * @writer: where it goes
 * @values: what the record says
 * @left: slots with a value that has not been printed
 */
struct line {
	struct kl_writer *writer;
	struct kl_record_values values;
	u64 left[KL_SLOT_WORDS];
};

/* Where there is room it is copied whole: that is quicker than to be exact. */
static void write_lead(struct kl_writer *writer, const struct lead *lead)
{
	if (writer->used + sizeof(*lead) <= writer->room) {
		memcpy(writer->out + writer->used, lead, sizeof(*lead));
		writer->used += lead->length;
	} else {
		kl_write_bytes(writer, lead->text, lead->length);
	}
}

static __always_inline void write_decimal(struct kl_writer *writer,
					  const char *name, u64 number)
{
	kl_write_text(writer, name);
	kl_write_number(writer, number);
}

static void write_quoted(struct kl_writer *writer, struct kl_text text)
{
	kl_write_text(writer, "\"");
	kl_write_encoded(writer, text);
	kl_write_text(writer, "\"");
}

/* Lower-case hexadecimal with leading zeros, 16 digits. */
static void write_hex16(struct kl_writer *writer, u64 number)
{
	char buffer[16];
	int i;

	for (i = 15; i >= 0; i--, number >>= 4)
		buffer[i] = "0123456789abcdef"[number & 15];
	kl_write_bytes(writer, buffer, sizeof(buffer));
}

/* "#YYYY/MM/DD hh:mm:ss.uuuuuu#" */
static void write_time(struct kl_writer *writer, u64 time)
{
	char buffer[KL_TIME_TEXT_MAX];

	kl_write_text(writer, "#");
	kl_write_bytes(writer, buffer,
		       kl_format_time(time / 1000000000, buffer));
	kl_write_micro(writer, time % 1000000000);
	kl_write_text(writer, "#");
}

static void write_origin(struct kl_writer *writer,
			 const struct kl_record_origin *origin, u64 sequence)
{
	if (!origin || sequence != 1)
		return;
	kl_write_text(writer, " instance=");
	write_hex16(writer, origin->instance);
	kl_write_text(writer, " boot_id=");
	kl_write_bytes(writer, origin->boot_id,
		       strnlen(origin->boot_id, sizeof(origin->boot_id)));
}

static int write_number(struct kl_writer *writer, u32 slot, u64 number)
{
	const struct lead *lead = &leads[slot];
	/* Those of tasks and objects have none. */
	const char *name = slot >= KL_SLOT_TARGET ?
			   kl_number_name(slot, number) : NULL;

	if (lead->type == KL_FILETYPE) {
		name = kl_keyword_name(KL_FILETYPE, number & FILE_TYPE_MASK);
		if (!name)
			return -EINVAL;
	}
	if (name) {
		kl_write_text(writer, name);
	} else if (lead->type == KL_FILEPERM) {
		kl_write_text(writer, "0");
		kl_write_bits(writer, number, 3);
	} else if (lead->hex) {
		kl_write_text(writer, "0x");
		kl_write_bits(writer, number, 4);
	} else {
		kl_write_number(writer, number);
	}
	return 0;
}

static int write_ip(struct kl_writer *writer, struct kl_cursor cursor)
{
	char buffer[KL_IP_TEXT_MAX];
	struct kl_ip ip;

	if (!kl_take(&cursor, &ip, sizeof(ip)) ||
	    (ip.family != KL_IPV4 && ip.family != KL_IPV6))
		return -EINVAL;
	kl_write_bytes(writer, buffer, kl_format_ip(&ip, buffer));
	return 0;
}

static int write_string(struct kl_writer *writer, struct kl_cursor cursor)
{
	struct kl_text text;

	if (!kl_take_string(&cursor, &text))
		return -EINVAL;
	write_quoted(writer, text);
	return 0;
}

static int write_history(struct kl_writer *writer, struct kl_cursor cursor)
{
	struct kl_history_cursor programs;
	struct kl_text packed;
	u8 truncated;

	if (!kl_take(&cursor, &truncated, sizeof(truncated)) || truncated > 1 ||
	    !kl_take_string(&cursor, &packed))
		return -EINVAL;
	programs.data = (const u8 *)packed.data;
	programs.left = packed.length;
	kl_write_text(writer, "\"");
	if (!kl_history_write(writer, programs, truncated, true))
		return -EINVAL;
	kl_write_text(writer, "\"");
	return 0;
}

static int write_slot(struct line *line, u32 slot)
{
	const struct kl_record_values *values = &line->values;
	struct kl_writer *writer = line->writer;

	if (!kl_slot_test(line->left, slot))
		return 0;
	line->left[slot / 64] &= ~BIT_ULL(slot % 64);
	if (slot < KL_SLOT_TASK_PID)
		write_lead(writer, &objects[values->op][slot >= OBJECT1]);
	write_lead(writer, &leads[slot]);
	switch (leads[slot].type) {
	case KL_IPADDR:
		return write_ip(writer, kl_record_other(values, slot));
	case KL_HISTORY:
		return write_history(writer, kl_record_other(values, slot));
	case KL_STRING:
		return write_string(writer, kl_record_other(values, slot));
	default:
		return write_number(writer, slot,
				    kl_record_number(values, slot));
	}
}

static int write_range(struct line *line, u32 from, u32 to)
{
	u32 word, low, high;
	int error = 0;
	u64 bits;

	for (word = from / 64; word * 64 < to; word++) {
		low = max(from, word * 64) - word * 64;
		high = min(to - word * 64, 64u);
		bits = line->left[word] & ~0ull >> (64 - high) & ~0ull << low;
		for (; !error && bits; bits &= bits - 1)
			error = write_slot(line, word * 64 + __ffs(bits));
	}
	return error;
}

static int write_first(struct line *line)
{
	int error = 0;
	size_t i;
	u8 k;

	for (i = 0; i < ARRAY_SIZE(first_order); i++) {
		if (first_order[i].op != line->values.op)
			continue;
		for (k = 0; !error && k < first_order[i].count; k++)
			error = write_slot(line, first_order[i].slots[k]);
	}
	return error;
}

static int write_params(struct line *line)
{
	int error = write_first(line);

	if (!error)
		error = write_slot(line, OBJECT0);
	if (!error)
		error = write_slot(line, OBJECT1);
	if (!error)
		error = write_range(line, KL_SLOT_TARGET, KL_SLOT_ARGV);
	return error;
}

static int write_file(struct line *line, u32 object)
{
	int error = 0;
	size_t i;

	for (i = 0; !error && i < ARRAY_SIZE(file_order); i++)
		error = write_slot(line, object + file_order[i]);
	return error;
}

static int write_argv(struct kl_writer *writer, struct kl_cursor *cursor)
{
	struct kl_text text;
	u32 index;

	if (!kl_take(cursor, &index, sizeof(index)) ||
	    !kl_take_string(cursor, &text))
		return -EINVAL;
	write_decimal(writer, " argv[", index);
	kl_write_text(writer, "]=");
	write_quoted(writer, text);
	return 0;
}

static int write_envp(struct kl_writer *writer, struct kl_cursor *cursor)
{
	struct kl_text name, value;
	const char *equals;

	if (!kl_take_string(cursor, &name))
		return -EINVAL;
	value.data = name.data + name.length;
	value.length = 0;
	equals = memchr(name.data, '=', name.length);
	if (equals) {
		value.length = name.data + name.length - equals - 1;
		value.data = equals + 1;
		name.length = equals - name.data;
	}
	kl_write_text(writer, " envp[");
	write_quoted(writer, name);
	kl_write_text(writer, "]=");
	write_quoted(writer, value);
	return 0;
}

static int write_args(struct line *line)
{
	struct kl_cursor *cursor = &line->values.args;
	int error = 0;
	u8 slot;

	if (cursor->left && !(kl_op_table[line->values.op].flags & KL_OP_ARGS))
		return -EINVAL;
	while (!error && kl_take(cursor, &slot, sizeof(slot))) {
		if (slot == KL_SLOT_ARGV)
			error = write_argv(line->writer, cursor);
		else if (slot == KL_SLOT_ENVP)
			error = write_envp(line->writer, cursor);
		else
			error = -EINVAL;
	}
	return error;
}

static int write_conditions(struct line *line)
{
	int error = write_params(line);

	if (!error)
		error = write_args(line);
	if (!error)
		error = write_range(line, KL_SLOT_TASK_PID, KL_SLOT_TARGET);
	if (!error)
		error = write_file(line, OBJECT0);
	if (!error)
		error = write_file(line, OBJECT1);
	return error;
}

static int write_overlong(struct kl_writer *writer,
			  const struct kl_record *head)
{
	const char *separator = " overlong=";
	char name[KL_SLOT_NAME_MAX];
	int slot = -1;

	while ((slot = kl_record_next_slot(head->overlong, slot)) >= 0) {
		if (slot >= KL_SLOT_TRANSITION ||
		    !kl_slot_exists(head->op, slot))
			return -EINVAL;
		kl_write_text(writer, separator);
		kl_write_text(writer, kl_slot_name(head->op, slot, name));
		separator = ",";
	}
	return 0;
}

/* What stands in front of " / ". */
static int write_head(struct kl_writer *writer, const struct kl_record *head,
		      struct kl_text label,
		      const struct kl_record_origin *origin)
{
	static const char *const results[KL_RESULTS] = {
		[KL_UNMATCHED] = " result=unmatched",
		[KL_ALLOWED] = " result=allowed",
		[KL_DENIED] = " result=denied",
	};
	int error;

	/* That of a query about a request that was not recorded has none. */
	if (head->sequence)
		write_decimal(writer, " seq=", head->sequence);
	write_origin(writer, origin, head->sequence);
	write_decimal(writer, " global-pid=", head->pid);
	kl_write_text(writer, results[head->result]);
	write_decimal(writer, " priority=", head->priority);
	if (label.length) {
		kl_write_text(writer, " rule=");
		kl_write_bytes(writer, label.data, label.length);
	}
	if (head->flags & KL_RECORD_UNENFORCED)
		kl_write_text(writer, " enforced=no");
	if (head->flags & KL_RECORD_CHECK)
		kl_write_text(writer, " check=yes");
	error = write_overlong(writer, head);
	if (!error && head->omitted)
		write_decimal(writer, " omitted=", head->omitted);
	return error;
}

static int write_request(struct kl_writer *writer, const void *record,
			 const struct kl_record *head,
			 const struct kl_record_origin *origin)
{
	struct line line;
	int error;

	line.writer = writer;
	line.values.record = record;
	line.values.size = head->size;
	line.values.op = head->op;
	if (head->op >= KL_OP_COUNT || head->result >= KL_RESULTS ||
	    head->flags & ~(KL_RECORD_UNENFORCED | KL_RECORD_CHECK) ||
	    !kl_record_find(&line.values))
		return -EINVAL;
	memcpy(line.left, line.values.set, sizeof(line.left));
	error = write_head(writer, head, line.values.label, origin);
	if (error)
		return error;
	kl_write_text(writer, " / ");
	kl_write_text(writer, kl_op_table[head->op].keyword);
	return write_conditions(&line);
}

/* " rule=LABEL:N ... other=N" */
static int write_tally(struct kl_writer *writer, struct kl_cursor *cursor,
		       u64 other)
{
	struct kl_text label;
	u64 count;
	u32 i;

	for (i = 0; cursor->left; i++) {
		if (i == KL_LOSS_RULES_MAX || !kl_take_label(cursor, &label) ||
		    !label.length || !kl_take(cursor, &count, sizeof(count)) ||
		    count > other)
			return -EINVAL;
		other -= count;
		kl_write_text(writer, " rule=");
		kl_write_bytes(writer, label.data, label.length);
		write_decimal(writer, ":", count);
	}
	if (other)
		write_decimal(writer, " other=", other);
	return 0;
}

static int write_lost(struct kl_writer *writer, const struct kl_record *head,
		      struct kl_cursor *cursor,
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

static int write_suppressed(struct kl_writer *writer,
			    const struct kl_record *head,
			    struct kl_cursor *cursor)
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
	struct kl_writer writer = { .out = out, .room = out ? room : 0 };
	struct kl_cursor cursor = { .data = record, .left = size };
	struct kl_record head;
	int error;

	if (!kl_take(&cursor, &head, sizeof(head)) || head.size < sizeof(head) ||
	    head.size > size || head.size > KL_RECORD_MAX)
		return -EINVAL;
	cursor.left = head.size - sizeof(head);
	write_time(&writer, head.time);
	switch (head.kind) {
	case KL_RECORD_REQUEST:
		error = write_request(&writer, record, &head, origin);
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
	kl_write_text(&writer, "\n");
	return writer.used;
}
