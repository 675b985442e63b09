// SPDX-License-Identifier: GPL-2.0
/*
 * A record that was written as JSON, back to the words it was made of: the
 * reverse of record_output.c, but for what only the parser of records can tell.
 */
#include <json-c/json.h>

#include "engine/history.h"
#include "engine/lex.h"
#include "engine/ruleset.h"
#include "engine/word.h"
#include "json_record.h"
#include "log_json.h"

/**
 * struct writing - a record on its way
 * @object: the record
 * @out: its words
 * @error: the caller's
 */
struct writing {
	struct json_object *object;
	struct kl_buffer *out;
	struct kl_error *error;
};

static __printf(2, 3) int refuse(struct writing *writing, const char *format, ...)
{
	struct kl_error *error = writing->error;
	va_list args;

	error->column = 1;
	va_start(args, format);
	vsnprintf(error->text, sizeof(error->text), format, args);
	va_end(args);
	return -EINVAL;
}

void kl_log_json_init(struct kl_log_json *json)
{
	json->tokener = json_tokener_new();
	if (!json->tokener) {
		fputs("out of memory\n", stderr);
		exit(1);
	}
	json_tokener_set_flags(json->tokener, JSON_TOKENER_STRICT);
}

void kl_log_json_free(struct kl_log_json *json)
{
	json_tokener_free(json->tokener);
}

static struct json_object *find(const struct writing *writing, const char *key)
{
	struct json_object *value;

	if (!json_object_object_get_ex(writing->object, key, &value))
		return NULL;
	return value;
}

static struct kl_text text_of(struct json_object *string)
{
	struct kl_text text = { json_object_get_string(string),
				json_object_get_string_len(string) };

	return text;
}

static bool is_graphic(struct kl_text text)
{
	u32 i;

	for (i = 0; i < text.length; i++)
		if (text.data[i] <= 0x20 || text.data[i] >= 0x7f)
			return false;
	return true;
}

/* Nothing in a value may pass for the next word. */
static int add_text(struct writing *writing, const char *key, struct json_object *value)
{
	struct kl_text text;

	if (!json_object_is_type(value, json_type_string))
		return refuse(writing, "\"%s\" should be a string", key);
	text = text_of(value);
	if (!is_graphic(text))
		return refuse(writing,
			      "\"%s\": blanks and what is not ASCII are written \\ooo",
			      key);
	kl_buffer_add(writing->out, text.data, text.length);
	return 0;
}

static int add_number(struct writing *writing, const char *key, struct json_object *value)
{
	char digits[24];

	if (!json_object_is_type(value, json_type_int) ||
	    (json_object_get_int64(value) < 0))
		return refuse(writing, "\"%s\" should be a number from 0 on", key);
	snprintf(digits, sizeof(digits), "%llu",
		 (unsigned long long)json_object_get_uint64(value));
	kl_buffer_puts(writing->out, digits);
	return 0;
}

/* " word=VALUE" if the record has such a member. */
static int put(struct writing *writing, const char *key, const char *word,
	       int (*add)(struct writing *, const char *, struct json_object *))
{
	struct json_object *value = find(writing, key);

	if (!value)
		return 0;
	kl_buffer_puts(writing->out, " ");
	kl_buffer_puts(writing->out, word);
	kl_buffer_puts(writing->out, "=");
	return add(writing, key, value);
}

static int put_text(struct writing *writing, const char *key, const char *word)
{
	return put(writing, key, word, add_text);
}

static int put_number(struct writing *writing, const char *key, const char *word)
{
	return put(writing, key, word, add_number);
}

/* Is there a member that says so? */
static bool says(const struct writing *writing, const char *key, bool what)
{
	struct json_object *value = find(writing, key);

	return value && json_object_is_type(value, json_type_boolean) &&
	       json_object_get_boolean(value) == what;
}

/* "2026-11-21T19:03:40.123456Z" to "#2026/11/21 19:03:40.123456#" */
static int put_time(struct writing *writing)
{
	struct json_object *value = find(writing, "time");
	struct kl_text text = { "", 0 };
	char time[29];

	if (value && json_object_is_type(value, json_type_string))
		text = text_of(value);
	if (text.length != 27 || text.data[4] != '-' || text.data[7] != '-' ||
	    text.data[10] != 'T' || text.data[26] != 'Z')
		return refuse(writing, "\"time\" should be "
				       "\"YYYY-MM-DDThh:mm:ss.uuuuuuZ\"");
	time[0] = '#';
	memcpy(time + 1, text.data, 26);
	time[5] = time[8] = '/';
	time[11] = ' ';
	time[27] = '#';
	kl_buffer_add(writing->out, time, 28);
	return 0;
}

static int add_quoted(struct writing *writing, const char *key, struct json_object *value)
{
	int error;

	kl_buffer_puts(writing->out, "\"");
	error = add_text(writing, key, value);
	kl_buffer_puts(writing->out, "\"");
	return error;
}

/* What was left out stands as null. */
static int add_argv(struct writing *writing, struct json_object *array)
{
	size_t i, count = json_object_array_length(array);
	char word[32];
	int error = 0;

	for (i = 0; !error && i < count; i++) {
		struct json_object *value = json_object_array_get_idx(array, i);

		if (!value)
			continue;
		snprintf(word, sizeof(word), " argv[%zu]=", i);
		kl_buffer_puts(writing->out, word);
		error = add_quoted(writing, "argv", value);
	}
	return error;
}

static int add_variable(struct writing *writing, struct json_object *value)
{
	struct kl_text text;
	const char *equals;
	u32 length;

	if (!json_object_is_type(value, json_type_string) ||
	    !is_graphic(text = text_of(value)))
		return refuse(writing, "\"envp\" should hold encoded strings");
	equals = memchr(text.data, '=', text.length);
	length = equals ? equals - text.data : text.length;
	kl_buffer_puts(writing->out, " envp[\"");
	kl_buffer_add(writing->out, text.data, length);
	kl_buffer_puts(writing->out, "\"]=\"");
	text = kl_text_from(text, equals ? length + 1 : length);
	kl_buffer_add(writing->out, text.data, text.length);
	kl_buffer_puts(writing->out, "\"");
	return 0;
}

static int add_envp(struct writing *writing, struct json_object *array)
{
	size_t i, count = json_object_array_length(array);
	int error = 0;

	for (i = 0; !error && i < count; i++)
		error = add_variable(writing, json_object_array_get_idx(array, i));
	return error;
}

/* The text of one program, raw: the engine knows how, of a history of one. */
static void add_program(struct kl_buffer *text, const struct kl_program *program)
{
	struct kl_history *history = kl_xalloc(kl_history_grown(NULL, program), 1);
	size_t length;

	kl_history_grow(history, NULL, program);
	length = kl_history_text(history, NULL, 0);
	kl_buffer_room(text, length);
	kl_history_text(history, text->data + text->length, length);
	text->length += length;
	free(history);
}

/* One that is missing is 0, as in text. */
static bool read_member(struct json_object *object, const char *key, u64 max, u64 *number)
{
	struct json_object *value;

	*number = 0;
	if (!json_object_object_get_ex(object, key, &value))
		return true;
	*number = json_object_get_uint64(value);
	return json_object_is_type(value, json_type_int) &&
	       json_object_get_int64(value) >= 0 && *number <= max;
}

static int put_program(struct writing *writing, struct json_object *object,
		       struct kl_buffer *raw)
{
	struct kl_program program = { 0 };
	struct json_object *name, *reconstructed;
	ssize_t length;
	char *exe;
	u64 pid;

	if (!json_object_is_type(object, json_type_object) ||
	    !json_object_object_get_ex(object, "program", &name) ||
	    !json_object_is_type(name, json_type_string) ||
	    !read_member(object, "pid", ~0u, &pid) ||
	    !read_member(object, "started", ~0ull, &program.started))
		return refuse(writing, "\"task.history\" should hold programs");
	exe = kl_xalloc(json_object_get_string_len(name) + 1, 1);
	length = kl_decode(text_of(name), exe);
	if (length < 0) {
		free(exe);
		return refuse(writing, "a program of \"task.history\" is no name");
	}
	program.exe = (struct kl_text){ exe, length };
	program.pid = pid;
	program.reconstructed =
		json_object_object_get_ex(object, "reconstructed", &reconstructed) &&
		json_object_get_boolean(reconstructed);
	add_program(raw, &program);
	free(exe);
	return 0;
}

static void add_encoded(struct kl_buffer *out, struct kl_text raw)
{
	size_t length = kl_encode(raw, NULL, 0);

	kl_buffer_room(out, length);
	kl_encode(raw, out->data + out->length, length);
	out->length += length;
}

/* It begins with null where older programs were dropped. */
static int add_history(struct writing *writing, struct json_object *array)
{
	size_t i, count = json_object_array_length(array);
	struct kl_buffer raw = { 0 };
	int error = 0;

	for (i = 0; !error && i < count; i++) {
		struct json_object *program = json_object_array_get_idx(array, i);

		if (i)
			kl_buffer_puts(&raw, "=>");
		if (!program && !i)
			kl_buffer_puts(&raw, "...");
		else
			error = put_program(writing, program, &raw);
	}
	kl_buffer_puts(writing->out, " task.history=\"");
	add_encoded(writing->out, kl_buffer_text(&raw));
	kl_buffer_puts(writing->out, "\"");
	kl_buffer_free(&raw);
	return error;
}

static int add_array(struct writing *writing, const char *name, struct json_object *array)
{
	if (!strcmp(name, "argv"))
		return add_argv(writing, array);
	if (!strcmp(name, "envp"))
		return add_envp(writing, array);
	if (!strcmp(name, "task.history"))
		return add_history(writing, array);
	return refuse(writing, "\"%.64s\" should not be an array", name);
}

/* A string is quoted if the attribute is one, otherwise it is a keyword. */
static int add_attribute(struct writing *writing, int op, const char *name,
			 struct json_object *value)
{
	int slot = kl_slot_find(op, kl_text_of(name));

	if (json_object_is_type(value, json_type_array))
		return add_array(writing, name, value);
	if (slot < 0 || slot == KL_SLOT_TASK_HISTORY)
		return refuse(writing, "%s has no attribute \"%.64s\" of this form",
			      kl_op_table[op].keyword, name);
	kl_buffer_puts(writing->out, " ");
	kl_buffer_puts(writing->out, name);
	kl_buffer_puts(writing->out, "=");
	if (json_object_is_type(value, json_type_int))
		return add_number(writing, name, value);
	return (kl_slot_type(slot) == KL_STRING ? add_quoted : add_text)(writing, name,
									 value);
}

static int put_attributes(struct writing *writing, int op)
{
	struct json_object *attributes = find(writing, "attributes");
	struct json_object_iterator at, end;
	int error = 0;

	if (!attributes || !json_object_is_type(attributes, json_type_object))
		return refuse(writing, "\"attributes\" should be an object");
	at = json_object_iter_begin(attributes);
	end = json_object_iter_end(attributes);
	for (; !error && !json_object_iter_equal(&at, &end); json_object_iter_next(&at))
		error = add_attribute(writing, op, json_object_iter_peek_name(&at),
				      json_object_iter_peek_value(&at));
	return error;
}

static int put_overlong(struct writing *writing)
{
	struct json_object *array = find(writing, "overlong");
	size_t i;
	int error = 0;

	if (!array)
		return 0;
	if (!json_object_is_type(array, json_type_array))
		return refuse(writing, "\"overlong\" should be an array");
	for (i = 0; !error && i < json_object_array_length(array); i++) {
		kl_buffer_puts(writing->out, i ? "," : " overlong=");
		error = add_text(writing, "overlong",
				 json_object_array_get_idx(array, i));
	}
	return error;
}

static int find_operation(struct writing *writing)
{
	struct json_object *value = find(writing, "operation");
	struct kl_text name = { "", 0 };
	int op;

	if (value && json_object_is_type(value, json_type_string))
		name = text_of(value);
	op = kl_op_find(name);
	if (op < 0)
		refuse(writing, KL_WORD_FMT " is no operation", KL_WORD_ARG(name));
	return op;
}

static int put_request(struct writing *writing)
{
	int error, op = find_operation(writing);

	if (op < 0)
		return -EINVAL;
	error = put_number(writing, "seq", "seq") ?:
		put_text(writing, "instance", "instance") ?:
		put_text(writing, "boot_id", "boot_id") ?:
		put_number(writing, "global_pid", "global-pid") ?:
		put_text(writing, "result", "result") ?:
		put_number(writing, "priority", "priority") ?:
		put_text(writing, "rule", "rule");
	if (error)
		return error;
	kl_buffer_puts(writing->out, says(writing, "enforced", false) ? " enforced=no" : "");
	kl_buffer_puts(writing->out, says(writing, "check", true) ? " check=yes" : "");
	error = put_number(writing, "omitted", "omitted") ?: put_overlong(writing);
	if (error)
		return error;
	kl_buffer_puts(writing->out, " / ");
	kl_buffer_puts(writing->out, kl_op_table[op].keyword);
	return put_attributes(writing, op);
}

static int put_loss(struct writing *writing, struct json_object *loss)
{
	struct writing inner = { loss, writing->out, writing->error };
	struct json_object *rule;
	bool other;

	if (!json_object_is_type(loss, json_type_object) ||
	    !json_object_object_get_ex(loss, "rule", &rule))
		return refuse(writing, "\"rules\" should hold objects with \"rule\"");
	other = json_object_is_type(rule, json_type_string) &&
		kl_text_is(text_of(rule), "other");
	if (other)
		return put_number(&inner, "count", "other");
	return put_text(&inner, "rule", "rule") ?:
	       (kl_buffer_puts(writing->out, ":"), 0) ?:
	       add_number(&inner, "count", find(&inner, "count"));
}

static int put_losses(struct writing *writing)
{
	struct json_object *array = find(writing, "rules");
	size_t i;
	int error = 0;

	if (!array || !json_object_is_type(array, json_type_array))
		return array ? refuse(writing, "\"rules\" should be an array") : 0;
	for (i = 0; !error && i < json_object_array_length(array); i++)
		error = put_loss(writing, json_object_array_get_idx(array, i));
	return error;
}

static int put_lost(struct writing *writing)
{
	int error = put_number(writing, "first", "seq");

	if (error)
		return error;
	kl_buffer_puts(writing->out, "-");
	error = add_number(writing, "last", find(writing, "last"));
	return error ? error :
		       put_number(writing, "count", "lost") ?: put_losses(writing);
}

static int put_suppressed(struct writing *writing)
{
	return put_number(writing, "count", "suppressed") ?:
	       put_number(writing, "index", "index") ?: put_losses(writing);
}

/* Its words are what is left of the object. */
static int put_daemon(struct writing *writing)
{
	struct json_object_iterator at, end;
	int error = put_text(writing, "event", "daemon");

	at = json_object_iter_begin(writing->object);
	end = json_object_iter_end(writing->object);
	for (; !error && !json_object_iter_equal(&at, &end); json_object_iter_next(&at)) {
		const char *key = json_object_iter_peek_name(&at);

		if (strcmp(key, "type") && strcmp(key, "time") && strcmp(key, "event") &&
		    is_graphic(kl_text_of(key)))
			error = put_text(writing, key, key);
	}
	return error;
}

static int put_console(struct writing *writing)
{
	struct json_object *text = find(writing, "text");
	int error = put_text(writing, "origin", "netconsole");
	struct kl_text said;
	u32 i;

	if (error || !text || !json_object_is_type(text, json_type_string))
		return error ? error : refuse(writing, "\"text\" should be a string");
	kl_buffer_puts(writing->out, " / ");
	said = text_of(text);
	for (i = 0; i < said.length; i++)
		if (said.data[i] != ' ' && !is_graphic(kl_text_head(kl_text_from(said, i), 1)))
			kl_buffer_printf(writing->out, "\\%03o", (u8)said.data[i]);
		else
			kl_buffer_add(writing->out, said.data + i, 1);
	return 0;
}

static const struct {
	const char *type;
	int (*put)(struct writing *writing);
} types[] = {
	{ "request", put_request },	{ "lost", put_lost },
	{ "suppressed", put_suppressed }, { "daemon", put_daemon },
	{ "netconsole", put_console },
};

static int put_record(struct writing *writing)
{
	struct json_object *type = find(writing, "type");
	struct kl_text name = { "", 0 };
	size_t i;

	if (find(writing, "ecs"))
		return refuse(writing, "ECS records cannot be read back: they do not say "
				       "all; let kellas-auditd write format text or json");
	if (type && json_object_is_type(type, json_type_string))
		name = text_of(type);
	if (kl_text_is(name, "unreadable"))
		return refuse(writing, "it was unreadable when it was written");
	for (i = 0; i < ARRAY_SIZE(types); i++)
		if (kl_text_is(name, types[i].type))
			return put_time(writing) ?: types[i].put(writing);
	return refuse(writing, "not a record: \"type\" should be \"request\" or such");
}

int kl_log_json_words(struct kl_log_json *json, struct kl_text line,
		      struct kl_buffer *out, struct kl_error *error)
{
	struct writing writing = { .out = out, .error = error };
	int result;

	memset(error, 0, sizeof(*error));
	if (kl_json_record_words(line, out))
		return 0;
	kl_buffer_clear(out);
	json_tokener_reset(json->tokener);
	writing.object = json_tokener_parse_ex(json->tokener, line.data, line.length);
	if (!writing.object ||
	    !json_object_is_type(writing.object, json_type_object)) {
		result = refuse(&writing, "not a whole JSON object");
		error->column = json_tokener_get_parse_end(json->tokener) + 1;
	} else {
		result = put_record(&writing);
	}
	json_object_put(writing.object);
	return result;
}
