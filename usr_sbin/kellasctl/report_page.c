// SPDX-License-Identifier: GPL-2.0
/*
 * A report as one HTML page: the skeleton report.html with style, script and
 * data in their places. All that comes from a log is data: JSON in ASCII, with
 * nothing in it that HTML could take for a tag.
 */
#include <pwd.h>
#include <sys/utsname.h>
#include <time.h>

#include "engine/lex.h"
#include "report_page.h"

/* report_files.S */
extern const char report_html[], report_html_end[];
extern const char report_css[], report_css_end[];
extern const char report_js[], report_js_end[];
extern const char report_css_hash[], report_css_hash_end[];
extern const char report_js_hash[], report_js_hash_end[];

/* ---------------------------------------------------------- JSON */

static void put_key(struct kl_buffer *out, const char *key)
{
	char last = out->length ? out->data[out->length - 1] : '{';

	kl_buffer_printf(out, "%s\"%s\":", strchr("{[:", last) ? "" : ",\n", key);
}

/* '<' begins tags and comments, '&' and '>' may end or be something. */
static bool is_plain(unsigned char c)
{
	return c >= 0x20 && c < 0x7f && !strchr("\"\\<>&'", c);
}

static void put_text(struct kl_buffer *out, struct kl_text text)
{
	u32 start = 0, i;

	kl_buffer_puts(out, "\"");
	for (i = 0; i < text.length; i++) {
		unsigned char c = text.data[i];

		if (is_plain(c))
			continue;
		kl_buffer_add(out, text.data + start, i - start);
		start = i + 1;
		/* Names are encoded long since; this is for what a user typed. */
		if (c < 0x80)
			kl_buffer_printf(out, "\\u%04x", c);
		else
			kl_buffer_add(out, text.data + i, 1);
	}
	kl_buffer_add(out, text.data + start, text.length - start);
	kl_buffer_puts(out, "\"");
}

/* JSON that json-c wrote: '<' stands only in strings. */
static void put_fragment(struct kl_buffer *out, struct kl_text text)
{
	u32 start = 0, i;

	for (i = 0; i < text.length; i++) {
		if (!strchr("<>&", text.data[i]))
			continue;
		kl_buffer_add(out, text.data + start, i - start);
		kl_buffer_printf(out, "\\u%04x", text.data[i]);
		start = i + 1;
	}
	kl_buffer_add(out, text.data + start, text.length - start);
}

/* There are millions of them: not by printf(). */
static void put_number(struct kl_buffer *out, u64 number)
{
	char digits[24];
	int i = sizeof(digits);

	do
		digits[--i] = '0' + number % 10;
	while (number /= 10);
	kl_buffer_add(out, digits + i, sizeof(digits) - i);
}

static void put_signed(struct kl_buffer *out, s64 number)
{
	if (number < 0)
		kl_buffer_add(out, "-", 1);
	put_number(out, number < 0 ? -(u64)number : (u64)number);
}

/* The script knows -1 as "none". */
static void put_id(struct kl_buffer *out, u32 id)
{
	put_signed(out, id == KL_NO_ID ? -1 : (s64)id);
}

static void put_named_number(struct kl_buffer *out, const char *key, u64 number)
{
	put_key(out, key);
	put_number(out, number);
}

static void put_named_text(struct kl_buffer *out, const char *key, struct kl_text text)
{
	put_key(out, key);
	put_text(out, text);
}

static void put_comma(struct kl_buffer *out, bool more)
{
	if (more)
		kl_buffer_add(out, ",", 1);
}

/* ---------------------------------------------------------- tables */

static void put_names(struct kl_buffer *out, const char *key, const struct kl_ids *ids)
{
	u32 i;

	put_key(out, key);
	kl_buffer_puts(out, "[");
	for (i = 0; i < ids->count; i++) {
		put_comma(out, i);
		put_text(out, kl_ids_text(ids, i));
	}
	kl_buffer_puts(out, "]");
}

static void put_fragments(struct kl_buffer *out, const char *key,
			  const struct kl_ids *ids)
{
	u32 i;

	put_key(out, key);
	kl_buffer_puts(out, "[");
	for (i = 0; i < ids->count; i++) {
		put_comma(out, i);
		put_fragment(out, kl_ids_text(ids, i));
	}
	kl_buffer_puts(out, "]");
}

/* What a user calls it: executed, read, wrote, spoke to, waits for, or else. */
static const char *kind_of(enum kl_op op)
{
	switch (op) {
	case KL_OP_EXECUTE:
		return "execute";
	case KL_OP_READ:
		return "read";
	case KL_OP_WRITE ... KL_OP_UNLINK:
	case KL_OP_MKDIR ... KL_OP_CHGRP:
	case KL_OP_SETXATTR:
	case KL_OP_REMOVEXATTR:
		return "write";
	case KL_OP_INET_STREAM_CONNECT:
	case KL_OP_INET_STREAM_ACCEPT:
	case KL_OP_INET_DGRAM_SEND:
	case KL_OP_INET_DGRAM_RECV:
	case KL_OP_INET_RAW_SEND:
	case KL_OP_INET_RAW_RECV:
	case KL_OP_UNIX_STREAM_CONNECT:
	case KL_OP_UNIX_STREAM_ACCEPT:
	case KL_OP_UNIX_DGRAM_SEND:
	case KL_OP_UNIX_DGRAM_RECV:
	case KL_OP_UNIX_SEQPACKET_CONNECT:
	case KL_OP_UNIX_SEQPACKET_ACCEPT:
		return "connect";
	default:
		return "other";
	}
}

/* Keyword, kind, and what its name is: a file, an address, or neither. */
static void put_operations(struct kl_buffer *out)
{
	const struct kl_op_info *info;
	u32 op;

	put_key(out, "operations");
	kl_buffer_puts(out, "[");
	for (op = 0; op < KL_OP_COUNT; op++) {
		info = &kl_op_table[op];
		kl_buffer_printf(out, "%s[\"%s\",\"%s\",\"%s\"]", op ? "," : "",
				 info->keyword, kind_of(op),
				 info->object[0].extent != KL_EXTENT_ABSENT ? "file" :
				 kl_slot_exists(op, KL_SLOT_IP)		    ? "address" :
									      "");
	}
	kl_buffer_puts(out, "]");
}

static void put_rules(struct kl_buffer *out, const struct kl_ids *rules)
{
	struct kl_text rule;
	const char *space;
	u32 i;

	put_key(out, "rules");
	kl_buffer_puts(out, "[");
	for (i = 0; i < rules->count; i++) {
		rule = kl_ids_text(rules, i);
		space = memrchr(rule.data, ' ', rule.length);
		put_comma(out, i);
		kl_buffer_puts(out, "[");
		put_text(out, kl_text_head(rule, space - rule.data));
		kl_buffer_puts(out, ",");
		kl_buffer_add(out, space + 1, rule.data + rule.length - space - 1);
		kl_buffer_puts(out, "]");
	}
	kl_buffer_puts(out, "]");
}

/* A name service may take its time; of more users only the numbers are told. */
#define USERS_NAMED_MAX 1000u

/* As this machine knows it; empty: it does not, or nobody could read it. */
static struct kl_text name_of_user(u64 user)
{
	const struct passwd *known = user < ~0u ? getpwuid(user) : NULL;
	const char *at = known ? known->pw_name : "";

	for (; *at; at++)
		if (*at <= ' ' || *at >= 0x7f)
			return kl_text_of("");
	return kl_text_of(known ? known->pw_name : "");
}

static void put_user_names(struct kl_buffer *out, const struct kl_ids *users)
{
	u64 user;
	u32 i;

	put_key(out, "user_names");
	kl_buffer_puts(out, "[");
	for (i = 0; i < min(users->count, USERS_NAMED_MAX); i++) {
		memcpy(&user, kl_ids_text(users, i).data, sizeof(user));
		put_comma(out, i);
		put_text(out, name_of_user(user));
	}
	kl_buffer_puts(out, "]");
}

static void put_users(struct kl_buffer *out, const struct kl_ids *users)
{
	u64 user;
	u32 i;

	put_key(out, "users");
	kl_buffer_puts(out, "[");
	for (i = 0; i < users->count; i++) {
		memcpy(&user, kl_ids_text(users, i).data, sizeof(user));
		put_comma(out, i);
		put_number(out, user);
	}
	kl_buffer_puts(out, "]");
}

static u32 instance_of(const struct report *report, const struct kl_histree_node *node)
{
	const struct kl_string *name = node->origin->name;

	return kl_ids_find(&report->instances,
			   (struct kl_text){ name->text, name->length });
}

static void put_processes(struct kl_buffer *out, const struct report *report)
{
	const struct report_process *process = report->processes;
	u32 i;

	put_key(out, "processes");
	kl_buffer_puts(out, "[");
	for (i = 0; i < report->process_count; i++, process++) {
		put_comma(out, i);
		kl_buffer_puts(out, "[");
		put_id(out, report_parent_of(report, i));
		kl_buffer_printf(out, ",%u,%u,%u,%u,%u,%llu]", process->exe, process->argv,
				 instance_of(report, process->node),
				 report_origin_of(report, i), process->node->pid,
				 (unsigned long long)process->node->started / 1000);
	}
	kl_buffer_puts(out, "]");
}

static void put_deeds(struct kl_buffer *out, const struct kl_ids *deeds)
{
	struct report_deed deed;
	u32 i;

	put_key(out, "deeds");
	kl_buffer_puts(out, "[");
	for (i = 0; i < deeds->count; i++) {
		memcpy(&deed, kl_ids_text(deeds, i).data, sizeof(deed));
		put_comma(out, i);
		put_id(out, deed.process);
		kl_buffer_printf(out, ",%u,%u,%u,", deed.op, deed.result, deed.rule);
		put_id(out, deed.user);
		kl_buffer_printf(out, ",%u,%u,%u", deed.name, deed.other, deed.detail);
	}
	kl_buffer_puts(out, "]");
}

/* Times as differences: most are small. */
static void put_stream(struct kl_buffer *out, const struct report *report)
{
	u64 last = report->count ? report->times[0] : 0;
	u32 i;

	put_named_number(out, "first", last);
	put_key(out, "times");
	kl_buffer_puts(out, "[");
	for (i = 0; i < report->count; i++) {
		put_comma(out, i);
		put_signed(out, report->times[i] - last);
		last = report->times[i];
	}
	kl_buffer_puts(out, "]");
	put_key(out, "which");
	kl_buffer_puts(out, "[");
	for (i = 0; i < report->count; i++) {
		put_comma(out, i);
		put_number(out, report->which[i]);
	}
	kl_buffer_puts(out, "]");
}

static int by_index(const void *a, const void *b)
{
	u32 left = ((const struct report_record *)a)->index;
	u32 right = ((const struct report_record *)b)->index;

	return left < right ? -1 : left > right;
}

static void put_records(struct kl_buffer *out, const struct report *report)
{
	const struct report_record *record = report->shown;
	u32 i;

	qsort(report->shown, report->shown_count, sizeof(*record), by_index);
	put_key(out, "records");
	kl_buffer_puts(out, "[");
	for (i = 0; i < report->shown_count; i++, record++)
		kl_buffer_printf(out, "%s[%u,\"%llu\",%llu,%u,%u,%u,%llu]",
				 i ? ",\n" : "", record->index,
				 (unsigned long long)record->sequence,
				 (unsigned long long)record->pid, record->what,
				 record->subject, record->object,
				 (unsigned long long)record->omitted);
	kl_buffer_puts(out, "]");
}

/* ---------------------------------------------------------- about */

/*
 * A log does not name its machine. If it is of this boot of the machine that makes
 * the report, that one is it.
 */
static bool is_of_this_boot(const struct report *report)
{
	char id[64] = "";
	FILE *file = fopen("/proc/sys/kernel/random/boot_id", "re");
	bool same;

	if (!file)
		return false;
	same = fgets(id, sizeof(id), file);
	fclose(file);
	id[strcspn(id, "\n")] = '\0';
	return same && report->boots.count == 1 &&
	       kl_text_is(kl_ids_text(&report->boots, 0), id);
}

static void put_origin(struct kl_buffer *out, const struct report *report)
{
	struct utsname host;

	if (uname(&host))
		memset(&host, 0, sizeof(host));
	put_named_text(out, "made_by", kl_text_of("kellasctl " KELLAS_VERSION));
	put_named_number(out, "made_at", (u64)time(NULL) * 1000000);
	put_named_text(out, "made_on", kl_text_of(host.nodename));
	put_key(out, "same_boot");
	kl_buffer_puts(out, is_of_this_boot(report) ? "true" : "false");
	put_named_text(out, "kernel", kl_text_of(host.release));
}

static void put_read(struct kl_buffer *out, const struct report_about *about)
{
	struct kl_ids names = { 0 };
	struct kl_buffer name = { 0 };
	int i;

	put_named_text(out, "title", kl_text_of(about->title));
	put_named_text(out, "condition", about->condition);
	put_named_number(out, "since", about->since);
	put_named_number(out, "until", about->until);
	for (i = 0; i < about->name_count; i++) {
		kl_buffer_clear(&name);
		kl_buffer_encode(&name, kl_text_of(about->names[i]));
		kl_ids_get(&names, kl_buffer_text(&name));
	}
	put_names(out, "logs", &names);
	kl_ids_free(&names);
	kl_buffer_free(&name);
}

static void put_counts(struct kl_buffer *out, const struct report *report,
		       const struct report_about *about)
{
	const struct kl_log_counts *counts = about->counts;

	put_named_number(out, "requests", counts->requests);
	put_named_number(out, "unreadable", counts->unreadable);
	put_named_number(out, "damaged", counts->damaged);
	put_named_number(out, "lost", report->lost);
	put_named_number(out, "suppressed", report->suppressed);
	put_named_number(out, "daemon_losses", report->daemon_losses);
	put_named_number(out, "note_count", report->note_count);
	put_named_number(out, "names_folded", report->names_folded);
	put_named_number(out, "processes_folded", report->processes_folded);
	put_named_number(out, "details_cut", report->details_cut);
	put_named_number(out, "detail_max", REPORT_DETAIL_MAX);
}

static void put_data(struct kl_buffer *out, const struct report *report,
		     const struct report_about *about)
{
	kl_buffer_puts(out, "{");
	put_origin(out, report);
	put_read(out, about);
	put_counts(out, report, about);
	put_names(out, "instances", &report->instances);
	put_names(out, "boots", &report->boots);
	put_operations(out);
	put_names(out, "names", &report->names);
	put_rules(out, &report->rules);
	put_users(out, &report->users);
	put_user_names(out, &report->users);
	put_processes(out, report);
	put_deeds(out, &report->deeds);
	put_stream(out, report);
	put_fragments(out, "texts", &report->texts);
	put_records(out, report);
	put_key(out, "notes");
	kl_buffer_puts(out, "[");
	put_fragment(out, kl_buffer_text(&report->notes));
	kl_buffer_puts(out, "]}");
}

/* ---------------------------------------------------------- the page */

/* The skeleton up to a place for something, which is "@name@". */
static void put_until(struct kl_buffer *page, const char **at, const char *place)
{
	const char *found = memmem(*at, report_html_end - *at, place, strlen(place));

	if (WARN_ON_ONCE(!found))
		abort();
	kl_buffer_add(page, *at, found - *at);
	*at = found + strlen(place);
}

void report_page(struct kl_buffer *page, const struct report *report,
		 const struct report_about *about)
{
	const char *at = report_html;

	put_until(page, &at, "@report.js.hash@");
	kl_buffer_add(page, report_js_hash, report_js_hash_end - report_js_hash);
	put_until(page, &at, "@report.css.hash@");
	kl_buffer_add(page, report_css_hash, report_css_hash_end - report_css_hash);
	put_until(page, &at, "@report.css@");
	kl_buffer_add(page, report_css, report_css_end - report_css);
	put_until(page, &at, "@data@");
	put_data(page, report, about);
	put_until(page, &at, "@report.js@");
	kl_buffer_add(page, report_js, report_js_end - report_js);
	kl_buffer_add(page, at, report_html_end - at);
}
