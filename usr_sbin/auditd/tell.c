// SPDX-License-Identifier: GPL-2.0
/* What the daemon says about itself. */
#include <errno.h>
#include <sys/stat.h>

#include "tell.h"

/* systemd says which stream the journal reads: "DEVICE:INODE". */
static bool is_journal(void)
{
	const char *stream = getenv("JOURNAL_STREAM");
	unsigned long long device, inode;
	struct stat stat;

	return stream && sscanf(stream, "%llu:%llu", &device, &inode) == 2 &&
	       !fstat(STDERR_FILENO, &stat) && stat.st_dev == device &&
	       stat.st_ino == inode;
}

static void write_lines(int priority, const char *line, bool named)
{
	struct kl_buffer out = { 0 };
	bool journal = is_journal();
	int saved = errno, length;

	for (; *line; line += length + !!line[length]) {
		length = strcspn(line, "\n");
		if (journal)
			kl_buffer_printf(&out, "<%d>", priority);
		else if (named)
			kl_buffer_printf(&out, "%s: ", program_invocation_short_name);
		kl_buffer_printf(&out, "%.*s\n", length, line);
	}
	/* One write, so that lines of threads do not mix; if it fails, whom to tell? */
	if (out.length && write(STDERR_FILENO, out.data, out.length) < 0)
		errno = saved;
	kl_buffer_free(&out);
	errno = saved;
}

void kl_tell_text(int priority, const char *text)
{
	write_lines(priority, text, false);
}

void kl_tell(int priority, const char *format, ...)
{
	va_list args;
	char *copy;

	va_start(args, format);
	if (vasprintf(&copy, format, args) >= 0) {
		write_lines(priority, copy, true);
		free(copy);
	}
	va_end(args);
}
