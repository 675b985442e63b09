// SPDX-License-Identifier: GPL-2.0
/* Standard error, kept. */
#include <sys/mman.h>
#include <unistd.h>

#include "complaints.h"
#include "proc.h"
#include "stat_line.h"

/* Longer ones are cut. */
#define READ_SIZE 4096

static int kept = -1, before = -1;
static off_t taken;

void complaints_open(void)
{
	kept = memfd_create("stderr", MFD_CLOEXEC);
	before = dup(STDERR_FILENO);
	if (kept >= 0 && before >= 0)
		dup2(kept, STDERR_FILENO);
}

/* The last one; below it may stand the line it is about, further in. */
static struct kl_text last_of(struct kl_text text)
{
	struct kl_text last = { "", 0 }, line;

	while (text.length) {
		line = kl_text_until(&text, '\n');
		if (line.length && line.data[0] != ' ' && line.data[0] != '\t')
			last = line;
	}
	return last;
}

bool complaints_take(struct kl_buffer *line)
{
	char text[READ_SIZE];
	struct kl_text last;
	bool any = false;
	ssize_t got;

	while (kept >= 0 && (got = pread(kept, text, sizeof(text), taken)) > 0) {
		taken += got;
		last = last_of((struct kl_text){ text, got });
		if (!last.length)
			continue;
		kl_buffer_clear(line);
		kl_buffer_add(line, last.data, last.length);
		any = true;
	}
	return any;
}

void complaints_close(void)
{
	char text[READ_SIZE];
	off_t at = 0;
	ssize_t got;

	if (kept < 0 || before < 0)
		return;
	dup2(before, STDERR_FILENO);
	while ((got = pread(kept, text, sizeof(text), at)) > 0) {
		if (kl_write_fd(STDERR_FILENO, text, got))
			break;
		at += got;
	}
	close(kept);
	close(before);
	kept = before = -1;
}
