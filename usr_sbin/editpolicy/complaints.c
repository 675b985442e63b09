// SPDX-License-Identifier: GPL-2.0
/* Standard error, kept. */
#include <sys/mman.h>
#include <unistd.h>

#include "complaints.h"
#include "proc.h"

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

bool complaints_take(struct kl_buffer *line)
{
	char text[READ_SIZE];
	ssize_t got, from;
	bool any = false;

	while (kept >= 0 && (got = pread(kept, text, sizeof(text), taken)) > 0) {
		taken += got;
		while (got && text[got - 1] == '\n')
			got--;
		for (from = got; from && text[from - 1] != '\n';)
			from--;
		kl_buffer_clear(line);
		kl_buffer_add(line, text + from, got - from);
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
