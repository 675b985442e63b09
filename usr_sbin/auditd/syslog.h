/* SPDX-License-Identifier: GPL-2.0 */
/* A message as RFC 5424 wants it. */
#ifndef KELLAS_SYSLOG_H
#define KELLAS_SYSLOG_H

#include "queue.h"

/** KL_SYSLOG_FACILITIES - for KL_CONF_CHOICE; the index is the number (RFC 5424 6.2.1) */
#define KL_SYSLOG_FACILITIES                                                  \
	"kern user mail daemon auth syslog lpr news uucp cron authpriv ftp "  \
	"ntp audit alert clock local0 local1 local2 local3 local4 local5 "    \
	"local6 local7"

/**
 * KL_SYSLOG_KEYS - rows of a table of keys (conf.h): those of all sinks whose
 * messages these are
 * @facility_at: offset of a u32
 * @message_max_at: offset of a u64
 */
#define KL_SYSLOG_KEYS(facility_at, message_max_at)                           \
	{ "facility", KL_CONF_CHOICE, false, facility_at,                     \
	  .choices = KL_SYSLOG_FACILITIES, .initial = "authpriv",             \
	  .help = "syslog facility" },                                        \
	{ "message-max", KL_CONF_SIZE, false, message_max_at, .min = 480,     \
	  .max = KL_MESSAGE_MAX, .initial = "1M",                             \
	  .help = "what the server takes: longer messages are told as lost" }

/**
 * kl_syslog_format - append the message, without any framing
 *
 * "<PRI>1 TIME HOST kellas - MSGID [kellas@32473 seq="N" instance="HEX"
 * repeat="yes"] TEXT": MSGID is record, daemon or netconsole, severity notice,
 * time UTC with microseconds. 32473 is the enterprise number that RFC 5612
 * reserves for documentation: the project has none of its own.
 */
void kl_syslog_format(const struct kl_message *message, u32 facility,
		      struct kl_buffer *out);

#endif /* KELLAS_SYSLOG_H */
