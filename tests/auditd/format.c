// SPDX-License-Identifier: GPL-2.0
/*
 * Lines in the formats of sinks. Broken, searches of those who collect them
 * find nothing, or what they find says something else.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <json-c/json.h>
#include <sys/utsname.h>

#include "engine/lex.h"
#include "entry.h"

#define HEAD "#2026/11/22 01:30:00.000001#"
#define TIME "2026-11-22T01:30:00.000001Z"
#define MICRO 1795311000000001ull

static struct kl_strings strings;
static struct kl_logline record;

/**
 * struct row - one line, and what of it has to be where
 * @source, @line, @origin: of the entry
 * @format: of the sink
 * @expected: "PATH=VALUE", the path with dots; VALUE as JSON; "!PATH": not there
 */
struct row {
	enum kl_entry_source source;
	const char *line, *origin;
	enum kl_entry_format format;
	const char *expected[32];
};

static const struct row rows[] = {
	{ KL_ENTRY_KERNEL,
	  HEAD " seq=40 instance=0123456789abcdef boot_id=b-1 global-pid=7 result=denied "
	       "priority=10 rule=no.shadow / read task.pid=7 task.ppid=3 task.uid=1000 "
	       "task.euid=0 task.gid=100 task.exe=\"/bin/\\303\\244\\040b\" task.comm=\"cat\" "
	       "path=\"/etc/shadow\" path.uid=0 path.gid=42 path.ino=99 path.type=file "
	       "path.perm=0640 path.major=8",
	  NULL, KL_ENTRY_ECS,
	  { "@timestamp=\"" TIME "\"", "ecs.version=\"8.11.0\"", "event.kind=\"event\"",
	    "event.category=[\"file\"]", "event.type=[\"access\",\"denied\"]",
	    "event.action=\"read\"", "event.outcome=\"failure\"", "event.sequence=40",
	    "event.provider=\"kellas\"", "host.boot.id=\"b-1\"", "process.pid=7",
	    "process.parent.pid=3", "process.name=\"cat\"", "user.id=\"1000\"",
	    "user.effective.id=\"0\"", "user.group.id=\"100\"",
	    "file.path=\"/etc/shadow\"", "file.uid=\"0\"", "file.gid=\"42\"",
	    "file.inode=\"99\"", "file.type=\"file\"", "file.mode=\"0640\"",
	    "rule.name=\"no.shadow\"", "kellas.type=\"request\"",
	    "kellas.result=\"denied\"", "kellas.priority=10",
	    "kellas.instance=\"0123456789abcdef\"", "kellas.attributes.path.major=8",
	    "!kellas.attributes.path", "!kellas.enforced" } },
	{ KL_ENTRY_KERNEL,
	  HEAD " seq=41 global-pid=7 result=denied priority=10 enforced=no / execute "
	       "task.pid=2 task.ppid=1 task.exe=\"/bin/sh\" task.parent.exe=\"/sbin/init\" "
	       "path=\"/bin/ls\" argc=2 envc=0 argv[0]=\"ls\" argv[1]=\"-l\"",
	  NULL, KL_ENTRY_ECS,
	  { "event.category=[\"process\"]", "event.type=[\"start\",\"allowed\"]",
	    "event.outcome=\"success\"", "process.pid=7",
	    "process.executable=\"/bin/ls\"", "process.args=[\"ls\",\"-l\"]",
	    "process.args_count=2", "process.previous=[{\"executable\":\"/bin/sh\"}]",
	    "process.parent.executable=\"/sbin/init\"", "!process.parent.pid",
	    "kellas.enforced=false", "kellas.attributes.task.ppid=1",
	    "!kellas.attributes.argv", "kellas.attributes.envc=0" } },
	{ KL_ENTRY_KERNEL,
	  HEAD " seq=42 global-pid=7 result=allowed priority=10 / inet_stream_connect "
	       "task.exe=\"/bin/nc\" ip=2001:db8::1 port=80",
	  NULL, KL_ENTRY_ECS,
	  { "event.category=[\"network\"]", "event.type=[\"connection\",\"allowed\"]",
	    "process.executable=\"/bin/nc\"", "destination.ip=\"2001:db8::1\"",
	    "destination.port=80", "network.type=\"ipv6\"", "!user",
	    "network.direction=\"egress\"", "!source.ip", "!rule.name" } },
	{ KL_ENTRY_KERNEL,
	  HEAD " seq=43 global-pid=7 result=unmatched priority=10 / inet_stream_accept "
	       "ip=10.0.0.1 port=80",
	  NULL, KL_ENTRY_ECS,
	  { "source.ip=\"10.0.0.1\"", "source.port=80", "network.direction=\"ingress\"",
	    "event.outcome=\"success\"", "kellas.result=\"unmatched\"",
	    "!destination.ip" } },
	{ KL_ENTRY_KERNEL,
	  HEAD " seq=43 global-pid=7 result=allowed priority=10 / inet_dgram_bind "
	       "ip=0.0.0.0 port=53",
	  NULL, KL_ENTRY_ECS,
	  { "server.ip=\"0.0.0.0\"", "server.port=53", "!network.direction" } },
	{ KL_ENTRY_KERNEL, HEAD " seq=44-51 lost=8 rule=a:5 other=3", NULL, KL_ENTRY_ECS,
	  { "event.kind=\"pipeline_error\"", "event.action=\"lost\"",
	    "event.sequence=51", "kellas.first=44", "kellas.last=51", "kellas.count=8",
	    "kellas.rules=[{\"rule\":\"a\",\"count\":5},{\"rule\":\"other\",\"count\":3}]" } },
	{ KL_ENTRY_KERNEL, HEAD " suppressed=8 index=3 rule=a:8", NULL, KL_ENTRY_ECS,
	  { "event.action=\"suppressed\"", "!event.sequence", "kellas.index=3",
	    "kellas.count=8" } },
	{ KL_ENTRY_KERNEL, "no record at all", NULL, KL_ENTRY_ECS,
	  { "@timestamp=\"" TIME "\"", "message=\"no record at all\"",
	    "event.kind=\"pipeline_error\"", "event.sequence=77",
	    "kellas.type=\"unreadable\"" } },
	{ KL_ENTRY_KERNEL, "no record at all", NULL, KL_ENTRY_JSON,
	  { "type=\"unreadable\"", "seq=77", "line=\"no record at all\"" } },
	{ KL_ENTRY_KERNEL, "no record at all", NULL, KL_ENTRY_TEXT,
	  { "no record at all" } },
	{ KL_ENTRY_DAEMON, HEAD " daemon=lost sink=main seq=1-7 why=\"a\\040b=c\"", NULL,
	  KL_ENTRY_ECS,
	  { "event.kind=\"pipeline_error\"", "event.action=\"lost\"", "!event.sequence",
	    "event.provider=\"kellas-auditd\"", "kellas.type=\"daemon\"",
	    "kellas.sink=\"main\"", "kellas.seq=\"1-7\"", "kellas.why=\"a\\\\040b=c\"" } },
	{ KL_ENTRY_DAEMON, HEAD " daemon=lost sink=main seq=1-7", NULL, KL_ENTRY_JSON,
	  { "type=\"daemon\"", "time=\"" TIME "\"", "event=\"lost\"", "sink=\"main\"",
	    "seq=\"1-7\"" } },
	{ KL_ENTRY_DAEMON, HEAD " daemon=stopped", NULL, KL_ENTRY_TEXT,
	  { HEAD " daemon=stopped" } },
	{ KL_ENTRY_NETCONSOLE, "gone \xc3\xa4", "[::1]:6666", KL_ENTRY_TEXT,
	  { HEAD " netconsole=[::1]:6666 / gone \xc3\xa4" } },
	{ KL_ENTRY_NETCONSOLE, "\001\xc3\xa4\xff", "[::1]:6666", KL_ENTRY_JSON,
	  { "type=\"netconsole\"", "origin=\"[::1]:6666\"",
	    "text=\"\\u0001\xc3\xa4\\\\377\"" } },
	{ KL_ENTRY_NETCONSOLE, "gone", "10.0.0.1:6666", KL_ENTRY_ECS,
	  { "message=\"gone\"", "event.provider=\"netconsole\"",
	    "kellas.origin=\"10.0.0.1:6666\"", "!host.name" } },
};

/* Keys of attributes have dots of their own: the longest key that fits is taken. */
static struct json_object *find(struct json_object *object, const char *path)
{
	struct json_object *value;
	const char *dot;
	char key[128];

	if (json_object_object_get_ex(object, path, &value))
		return value;
	for (dot = strchr(path, '.'); dot; dot = strchr(dot + 1, '.')) {
		snprintf(key, sizeof(key), "%.*s", (int)(dot - path), path);
		if (json_object_object_get_ex(object, key, &value))
			return find(value, dot + 1);
	}
	return NULL;
}

static void expect(struct json_object *object, const char *expected)
{
	const char *equals = strchr(expected, '=');
	struct json_object *value;
	char path[128];

	if (*expected == '!') {
		assert_null(find(object, expected + 1));
		return;
	}
	snprintf(path, sizeof(path), "%.*s", (int)(equals - expected), expected);
	value = find(object, path);
	if (!value)
		print_message("%s is missing\n", path);
	assert_non_null(value);
	assert_string_equal(json_object_to_json_string_ext(
				    value, JSON_C_TO_STRING_PLAIN |
						   JSON_C_TO_STRING_NOSLASHESCAPE),
			    equals + 1);
}

static void try(const struct row *row)
{
	struct kl_entry entry = {
		.source = row->source,
		.time = MICRO,
		.line = kl_text_of(row->line),
		.origin = kl_text_of(row->origin ? row->origin : ""),
	};
	struct json_object *object;
	struct kl_buffer out = { 0 };
	struct kl_error error;
	u32 i;

	if (row->source == KL_ENTRY_KERNEL) {
		if (!kl_logline_parse(&record, entry.line, &error))
			entry.record = &record;
		else
			assert_string_equal(row->line, "no record at all");
		entry.sequence = 77;
	}
	kl_entry_format(&entry, row->format, &out);
	assert_null(memchr(out.data, '\n', out.length));
	if (row->format == KL_ENTRY_TEXT) {
		assert_string_equal(out.data, row->expected[0]);
	} else {
		object = json_tokener_parse(out.data);
		assert_non_null(object);
		for (i = 0; row->expected[i]; i++)
			expect(object, row->expected[i]);
		json_object_put(object);
	}
	kl_buffer_free(&out);
}

static void formats(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++)
		try(&rows[i]);
}

/* Of another host nobody could tell whose record it is. */
static void host_name(void **state)
{
	struct kl_entry entry = { .source = KL_ENTRY_DAEMON, .time = MICRO,
				  .line = kl_text_of(HEAD " daemon=started") };
	struct kl_buffer out = { 0 };
	struct json_object *object;
	struct utsname names;

	(void)state;
	assert_int_equal(uname(&names), 0);
	kl_entry_format(&entry, KL_ENTRY_ECS, &out);
	object = json_tokener_parse(out.data);
	assert_string_equal(json_object_get_string(find(object, "host.name")),
			    names.nodename);
	json_object_put(object);
	kl_buffer_free(&out);
}

/* The daemon's own lines would be taken for requests, or not be understood. */
static void own_lines(void **state)
{
	struct kl_buffer line = { 0 }, value = { 0 };
	struct kl_text rest, key, text;
	struct kl_entry entry;

	(void)state;
	kl_entry_quote(&value, kl_text_of("a b=\"\n"));
	kl_entry_say(&entry, &line, "torn bytes=%d text=%s", 7, value.data);
	assert_int_equal(entry.source, KL_ENTRY_DAEMON);
	rest = entry.line;
	assert_int_equal(rest.data[0], '#');
	assert_int_equal(rest.data[27], '#');
	assert_true(kl_logline_pair(&rest, &key, &text));
	assert_true(kl_text_is(key, "daemon") && kl_text_is(text, "torn"));
	assert_true(kl_logline_pair(&rest, &key, &text));
	assert_true(kl_text_is(key, "bytes") && kl_text_is(text, "7"));
	assert_true(kl_logline_pair(&rest, &key, &text));
	assert_true(kl_text_is(key, "text"));
	assert_true(kl_text_is(text, "a\\040b=\"\\012"));
	assert_false(kl_logline_pair(&rest, &key, &text));
	kl_buffer_free(&line);
	kl_buffer_free(&value);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(formats),
		cmocka_unit_test(host_name),
		cmocka_unit_test(own_lines),
	};
	int failed;

	if (kl_strings_init(&strings))
		return 1;
	kl_logline_init(&record, &strings);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	kl_logline_free(&record);
	kl_strings_destroy(&strings);
	return failed;
}
