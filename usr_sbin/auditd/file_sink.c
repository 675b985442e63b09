// SPDX-License-Identifier: GPL-2.0
/* What the parts of a file sink have in common: clocks, paths, lines about the file. */
#include <time.h>

#include "file_sink.h"
#include "limits.h"

u64 kl_wall_clock(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return now.tv_sec;
}

s64 kl_clock_lead(void)
{
	return (s64)kl_wall_clock() - (s64)(kl_loop_now() / 1000);
}

char *kl_file_sink_path(const struct kl_file_sink *file, const char *name)
{
	const char *directory = file->names.directory;
	char *path = kl_xalloc(strlen(directory) + strlen(name) + 2, 1);

	sprintf(path, "%s/%s", strcmp(directory, "/") ? directory : "", name);
	return path;
}

void kl_file_sink_add(struct kl_file_sink *file, const struct kl_entry *entry)
{
	if (file->notes.length > KL_FILE_NOTES) {
		file->notes_lost++;
		return;
	}
	kl_entry_format(entry, file->sink.format, &file->notes);
	kl_buffer_add(&file->notes, "\n", 1);
}

char *kl_quoted(const char *text)
{
	struct kl_buffer out = { 0 };

	kl_entry_quote(&out, kl_text_of(text));
	return out.data;
}
