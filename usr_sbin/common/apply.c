// SPDX-License-Identifier: GPL-2.0
/* Writing to the module's policy, and its answers. */
#include <ctype.h>
#include <fcntl.h>
#include <unistd.h>

#include "apply.h"
#include "engine/lex.h"
#include "proc.h"
#include "stat_line.h"

/* Bytes given to the module at a time; always whole lines. */
#define CHUNK (1u << 20)

/* ------------------------------------------------------------------ answers */

/* "LINE:COLUMN: message"; anything else is no answer to a failed write. */
static bool parse_answer(const char *text, struct kl_error *error)
{
	char *end;

	memset(error, 0, sizeof(*error));
	if (!isdigit((unsigned char)*text))
		return false;
	error->line = strtoul(text, &end, 10);
	if (*end != ':' || !isdigit((unsigned char)end[1]))
		return false;
	error->column = strtoul(end + 1, &end, 10);
	if (strncmp(end, ": ", 2))
		return false;
	snprintf(error->text, sizeof(error->text), "%.*s", (int)strcspn(end + 2, "\n"),
		 end + 2);
	return true;
}

/* It is told on the same open file; @fd is -1 if nothing was asked of it. */
static int refused(int fd, int result, struct kl_refusal *refusal)
{
	char answer[sizeof(refusal->error.text) + 32];
	ssize_t got = fd < 0 ? 0 : read(fd, answer, sizeof(answer) - 1);

	memset(refusal, 0, sizeof(*refusal));
	refusal->result = result;
	refusal->opened = true;
	if (got > 0) {
		answer[got] = '\0';
		refusal->told = parse_answer(answer, &refusal->error);
	}
	return result;
}

static int unopened(int result, struct kl_refusal *refusal)
{
	memset(refusal, 0, sizeof(*refusal));
	refusal->result = result;
	return result;
}

const char *kl_refusal_text(const struct kl_refusal *refusal)
{
	if (refusal->told)
		return refusal->error.text;
	if (refusal->result == -EPERM || refusal->result == -EACCES)
		return "not permitted, by modify_policy of the running policy or for "
		       "want of CAP_MAC_ADMIN";
	if (refusal->result == -ESTALE)
		return "the running policy was changed by somebody else meanwhile";
	return strerror(-refusal->result);
}

/* ------------------------------------------------------------- transactions */

/* Up to the last newline within CHUNK bytes; a longer line goes whole. */
static size_t next_chunk(struct kl_text rest)
{
	const char *newline;

	if (rest.length <= CHUNK)
		return rest.length;
	newline = memrchr(rest.data, '\n', CHUNK);
	if (!newline)
		newline = memchr(rest.data, '\n', rest.length);
	return newline ? (size_t)(newline - rest.data + 1) : rest.length;
}

static int write_line(int fd, const char *line)
{
	return kl_write_fd(fd, line, strlen(line));
}

/* Behind begin: whoever changes the policy from now on makes commit fail. */
static int check_expected(const struct kl_apply *apply)
{
	struct kl_buffer running = { 0 };
	int error;

	if (!apply->expected)
		return 0;
	error = kl_proc_read("policy", &running);
	if (!error && !kl_apply_same(kl_buffer_text(&running),
				      kl_buffer_text(apply->expected)))
		error = -ESTALE;
	kl_buffer_free(&running);
	return error;
}

static int write_text(int fd, const struct kl_apply *apply)
{
	struct kl_text rest = apply->text;
	size_t chunk;
	int error = 0;

	while (!error && rest.length) {
		chunk = next_chunk(rest);
		error = kl_write_fd(fd, rest.data, chunk);
		rest = kl_text_from(rest, chunk);
		if (apply->progress)
			apply->progress(apply->context, apply->text.length - rest.length,
					 apply->text.length);
	}
	if (!error && apply->text.length &&
	    apply->text.data[apply->text.length - 1] != '\n')
		error = write_line(fd, "\n");
	return error;
}

static int write_all(int fd, const struct kl_apply *apply)
{
	char commit[40] = "commit\n";
	int error = write_line(fd, apply->add ? "begin\n" : "begin replace\n");

	if (apply->confirm)
		snprintf(commit, sizeof(commit), "commit confirm=%u\n", apply->confirm);
	if (!error)
		error = check_expected(apply);
	if (!error)
		error = write_text(fd, apply);
	return error ?: write_line(fd, commit);
}

static u32 count_lines(struct kl_text text)
{
	u32 count = 0;

	for (; text.length; count++)
		kl_text_until(&text, '\n');
	return count;
}

int kl_apply(const struct kl_apply *apply, struct kl_refusal *refusal)
{
	int fd = kl_proc_open("policy", O_RDWR), error;

	if (fd < 0)
		return unopened(fd, refusal);
	error = write_all(fd, apply);
	/* What was begun ends with the file; nobody asked the module about -ESTALE. */
	if (error)
		refused(error == -ESTALE ? -1 : fd, error, refusal);
	/* That of commit is none of the text. */
	if (error && refusal->error.line > count_lines(apply->text))
		refusal->error.line = 0;
	close(fd);
	return error;
}

int kl_apply_command(const char *line, struct kl_refusal *refusal)
{
	int fd = kl_proc_open("policy", O_RDWR), error;

	if (fd < 0)
		return unopened(fd, refusal);
	error = write_line(fd, line);
	if (error)
		refused(fd, error, refusal);
	close(fd);
	return error;
}

/* ---------------------------------------------------------------- comparing */

/* Return: false at the end. */
static bool next_that_counts(struct kl_text *rest, struct kl_text *line)
{
	while (rest->length) {
		*line = kl_text_until(rest, '\n');
		if (line->length && line->data[0] != '#' && !kl_text_begins(*line, "stat "))
			return true;
	}
	return false;
}

bool kl_apply_same(struct kl_text a, struct kl_text b)
{
	struct kl_text left, right;
	bool more, other;

	do {
		more = next_that_counts(&a, &left);
		other = next_that_counts(&b, &right);
		if (more != other || (more && !kl_text_equal(left, right)))
			return false;
	} while (more);
	return true;
}
