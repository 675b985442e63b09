// SPDX-License-Identifier: GPL-2.0
/* Policy text from files. */
#include <fcntl.h>
#include <unistd.h>

#include "limits.h"
#include "proc.h"
#include "source.h"

/* Accepted everywhere, changes nothing, and ends the block before it. */
#define SEPARATOR "POLICY_VERSION=20120401\n"

static void index_lines(struct kl_source *source, size_t from)
{
	const char *data = source->text.data, *newline;
	size_t end = source->text.length;

	while (from < end) {
		if (!(source->line_count & (source->line_count + 1)))
			source->lines = kl_xrealloc(source->lines,
						    2 * (source->line_count + 1),
						    sizeof(*source->lines));
		source->lines[source->line_count++] = from;
		newline = memchr(data + from, '\n', end - from);
		from = newline - data + 1;
	}
}

static void begin_file(struct kl_source *source, const char *name)
{
	struct kl_source_file *file;
	size_t start = source->text.length;

	if (source->count) {
		kl_buffer_puts(&source->text, SEPARATOR);
		index_lines(source, start);
	}
	source->files =
		kl_xrealloc(source->files, source->count + 1, sizeof(*source->files));
	file = &source->files[source->count++];
	file->name = kl_xstrdup(strcmp(name, "-") ? name : "<stdin>");
	file->first = source->line_count + 1;
}

static void end_file(struct kl_source *source, size_t start)
{
	struct kl_buffer *text = &source->text;

	if (text->length > start && text->data[text->length - 1] != '\n')
		kl_buffer_add(text, "\n", 1);
	index_lines(source, start);
}

int kl_source_add_text(struct kl_source *source, const char *name, struct kl_text text)
{
	size_t start;

	begin_file(source, name);
	start = source->text.length;
	kl_buffer_add(&source->text, text.data, text.length);
	end_file(source, start);
	return source->text.length > KL_TRANSACTION_MAX ? -EFBIG : 0;
}

int kl_source_add(struct kl_source *source, const char *name)
{
	bool standard = !strcmp(name, "-");
	int fd = standard ? STDIN_FILENO : open(name, O_RDONLY | O_CLOEXEC);
	size_t start;
	int error;

	if (fd < 0)
		return -errno;
	begin_file(source, name);
	start = source->text.length;
	error = kl_read_fd(fd, &source->text, KL_TRANSACTION_MAX);
	if (!standard)
		close(fd);
	end_file(source, start);
	return error;
}

void kl_source_free(struct kl_source *source)
{
	u32 i;

	for (i = 0; i < source->count; i++)
		free(source->files[i].name);
	free(source->files);
	free(source->lines);
	kl_buffer_free(&source->text);
	memset(source, 0, sizeof(*source));
}

const char *kl_source_locate(const struct kl_source *source, u32 line, u32 *local)
{
	u32 i = source->count;

	while (i--)
		if (source->files[i].first <= line) {
			*local = line - source->files[i].first + 1;
			return source->files[i].name;
		}
	*local = line;
	return "?";
}

struct kl_text kl_source_line(const struct kl_source *source, u32 line)
{
	struct kl_text text = { "", 0 };
	size_t end;

	if (!line || line > source->line_count)
		return text;
	end = line < source->line_count ? source->lines[line] : source->text.length;
	text.data = source->text.data + source->lines[line - 1];
	text.length = end - source->lines[line - 1] - 1;
	return text;
}

/* Bytes shown to either side of the column. */
#define MARGIN 60

static bool continues_character(char c)
{
	return (c & 0xc0) == 0x80;
}

void kl_caret(FILE *stream, struct kl_text line, u32 column)
{
	u32 at = column ? column - 1 : 0;
	u32 from, to, i;

	if (at > line.length)
		at = line.length;
	from = at > MARGIN ? at - MARGIN : 0;
	to = line.length - at > MARGIN ? at + MARGIN : line.length;
	if (line.length <= 2 * MARGIN) {
		from = 0;
		to = line.length;
	}
	fputs(from ? "  ..." : "  ", stream);
	for (i = from; i < to; i++) {
		unsigned char c = line.data[i];

		/* Nothing in a file shall move the cursor of a terminal. */
		fputc((c < 0x20 && c != '\t') || c == 0x7f ? '?' : c, stream);
	}
	fputs(to < line.length ? "...\n" : "\n", stream);
	fputs(from ? "     " : "  ", stream);
	for (i = from; i < at; i++)
		if (line.data[i] == '\t')
			fputc('\t', stream);
		else if (!continues_character(line.data[i]))
			fputc(' ', stream);
	fputs("^\n", stream);
}

void kl_source_complain(FILE *stream, const struct kl_source *source,
			const struct kl_error *error)
{
	const char *name;
	u32 local;

	/* Not about a line of the text, but about the whole of it. */
	if (!error->line || error->line > source->line_count) {
		fprintf(stream, "%s\n", error->text);
		return;
	}
	name = kl_source_locate(source, error->line, &local);
	fprintf(stream, "%s:%u:%u: %s\n", name, local, error->column, error->text);
	kl_caret(stream, kl_source_line(source, error->line), error->column);
}

void kl_source_refuse(struct kl_output *output, const struct kl_source *source,
		      const struct kl_error *error)
{
	const char *name;
	u32 local = 0;

	if (output->format == KL_FORMAT_TEXT) {
		kl_source_complain(stderr, source, error);
		return;
	}
	name = kl_source_locate(source, error->line, &local);
	kl_open_object(output, NULL);
	kl_put_bool(output, "valid", NULL, false);
	kl_put_string(output, "file", NULL, error->line ? name : NULL);
	kl_put_number(output, "line", NULL, local);
	kl_put_number(output, "column", NULL, error->column);
	kl_put_string(output, "message", NULL, error->text);
	kl_close(output);
}
