// SPDX-License-Identifier: GPL-2.0
/* The kinds of sinks. */
#include "sink.h"

const struct kl_sink_type *const kl_sink_types[] = {
	&kl_sink_file,
	&kl_sink_journald,
	&kl_sink_syslog,
	&kl_sink_relp,
	&kl_sink_exec,
	NULL,
};
