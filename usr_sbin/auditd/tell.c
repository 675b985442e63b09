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

static void add_line(struct kl_buffer *out, int priority, const char *line, int length)
{
	if (is_journal())
		kl_buffer_printf(out, "<%d>%.*s\n", priority, length, line);
	else
		kl_buffer_printf(out, "%s: %.*s\n", program_invocation_short_name,
				 length, line);
}

void kl_tell(int priority, const char *format, ...)
{
	struct kl_buffer out = { 0 };
	int saved = errno;
	char *text, *line;
	va_list args;

	va_start(args, format);
	if (vasprintf(&text, format, args) < 0)
		text = NULL;
	va_end(args);
	for (line = text; line && *line; line += strcspn(line, "\n"), line += !!*line)
		add_line(&out, priority, line, strcspn(line, "\n"));
	/* One write, so that lines of threads do not mix; if it fails, who to tell? */
	if (out.length && write(STDERR_FILENO, out.data, out.length) < 0)
		errno = saved;
	kl_buffer_free(&out);
	free(text);
	errno = saved;
}
