// SPDX-License-Identifier: GPL-2.0
/* readlog LOG...: what the reader of logs makes of them, for log.sh. */
#include <inttypes.h>

#include "log.h"
#include "progress.h"
#include "record_output.h"

int main(int argc, char **argv)
{
	struct kl_output output = { .stream = stdout, .format = KL_FORMAT_JSON };
	const struct kl_logline *line;
	struct kl_strings strings;
	struct kl_log *log;

	if (kl_strings_init(&strings))
		return 2;
	log = kl_log_open(argv + 1, argc - 1, &strings);
	if (!log) {
		kl_strings_destroy(&strings);
		return 1;
	}
	kl_progress_begin("reading", kl_log_counts(log)->size);
	while (kl_log_next(log, &line)) {
		struct kl_log_place place = kl_log_place(log);

		printf("%s:%" PRIu64 ": ", place.file, place.line);
		kl_put_record(&output, line);
		kl_progress_step(kl_log_counts(log)->bytes);
	}
	kl_progress_end();
	kl_open_object(&output, NULL);
	kl_log_say_missing(&output, log);
	kl_put_bool(&output, "whole", NULL, kl_log_is_whole(log));
	kl_put_bool(&output, "all bytes", NULL,
		    kl_log_counts(log)->bytes == kl_log_counts(log)->size);
	kl_close(&output);
	kl_log_close(log);
	kl_strings_destroy(&strings);
	return 0;
}
