// SPDX-License-Identifier: GPL-2.0
/* A message as RFC 5424 wants it. */
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "entry.h"
#include "syslog.h"

static void put_time(struct kl_buffer *out, u64 microseconds)
{
	time_t seconds = microseconds / 1000000;
	char text[32];
	struct tm tm;

	gmtime_r(&seconds, &tm);
	strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm);
	kl_buffer_printf(out, "%s.%06uZ", text, (unsigned int)(microseconds % 1000000));
}

/* Printable ASCII without blanks, or "-" (NILVALUE). */
static void put_host(struct kl_buffer *out)
{
	char name[256] = "";
	size_t i;

	gethostname(name, sizeof(name) - 1);
	for (i = 0; name[i] > ' ' && name[i] < 0x7f; i++)
		;
	kl_buffer_puts(out, i && !name[i] ? name : "-");
}

static void put_data(struct kl_buffer *out, const struct kl_message *message)
{
	if (!message->sequence && !message->repeat) {
		kl_buffer_puts(out, "-");
		return;
	}
	kl_buffer_puts(out, "[kellas@32473");
	if (message->sequence)
		kl_buffer_printf(out, " seq=\"%llu\"",
				 (unsigned long long)message->sequence);
	if (message->instance)
		kl_buffer_printf(out, " instance=\"%016llx\"",
				 (unsigned long long)message->instance);
	kl_buffer_puts(out, message->repeat ? " repeat=\"yes\"]" : "]");
}

void kl_syslog_format(const struct kl_message *message, u32 facility,
		      struct kl_buffer *out)
{
	static const char *const ids[] = {
		[KL_ENTRY_KERNEL] = "record",
		[KL_ENTRY_DAEMON] = "daemon",
		[KL_ENTRY_NETCONSOLE] = "netconsole",
	};
	const char *id = message->source < ARRAY_SIZE(ids) ? ids[message->source] : "-";

	kl_buffer_printf(out, "<%u>1 ", facility * 8 + LOG_NOTICE);
	put_time(out, message->time);
	kl_buffer_puts(out, " ");
	put_host(out);
	kl_buffer_printf(out, " kellas - %s ", id);
	put_data(out, message);
	kl_buffer_puts(out, " ");
	kl_buffer_add(out, message->text.data, message->text.length);
}
