// SPDX-License-Identifier: GPL-2.0
/* Denials that wait for an answer. */
#include <fcntl.h>
#include <unistd.h>

#include "engine/lex.h"
#include "proc.h"
#include "queries.h"

#define READ_SIZE (1u << 20) /* any query fits */

static int open_file(const char *name, int *fd, const char **which)
{
	*which = name;
	*fd = kl_proc_open(name, O_RDWR | O_NONBLOCK);
	return *fd < 0 ? *fd : 0;
}

int kl_queries_open(struct kl_queries *queries, const char **which)
{
	int error = open_file("query", &queries->query, which);

	if (!error)
		error = open_file("policy", &queries->policy, which);
	if (!error) {
		*which = "query";
		error = kl_queries_alive(queries);
	}
	if (error)
		kl_queries_close(queries);
	return error;
}

void kl_queries_close(struct kl_queries *queries)
{
	if (queries->query >= 0)
		close(queries->query);
	if (queries->policy >= 0)
		close(queries->policy);
	kl_buffer_free(&queries->text);
	*queries = (struct kl_queries)KL_QUERIES_CLOSED;
}

/* Return: bytes; 0: behind the last one; a negative errno. */
static ssize_t read_more(struct kl_queries *queries)
{
	ssize_t got;

	kl_buffer_clear(&queries->text);
	kl_buffer_room(&queries->text, READ_SIZE);
	queries->at = 0;
	got = read(queries->query, queries->text.data, READ_SIZE);
	if (got < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -errno;
	queries->text.length = got;
	queries->text.data[got] = '\0';
	return got;
}

/* Each ends with a NUL; one read may give several. */
int kl_queries_next(struct kl_queries *queries)
{
	ssize_t got;
	char *from;
	int head = 0;

	if (queries->at >= queries->text.length) {
		got = read_more(queries);
		if (got <= 0)
			return got;
	}
	from = queries->text.data + queries->at;
	queries->at += strlen(from) + 1;
	if (sscanf(from, "Q%u-%u\n%n", &queries->serial, &queries->retry, &head) != 2 ||
	    !head)
		return -EPROTO;
	queries->record = kl_text_of(from + head);
	if (queries->record.length && from[head + queries->record.length - 1] == '\n')
		queries->record.length--;
	return 1;
}

int kl_queries_alive(struct kl_queries *queries)
{
	return kl_write_fd(queries->query, "\n", 1);
}

int kl_queries_reply(struct kl_queries *queries, u32 serial, enum kl_reply reply)
{
	char line[40];
	int length = snprintf(line, sizeof(line), "A%u=%d\n", serial, reply);

	return kl_write_fd(queries->query, line, length);
}

/* Selects the block, adds @rule if there is one, and gives what can be read. */
int kl_queries_block(struct kl_queries *queries, u32 serial, const char *rule,
		     struct kl_buffer *answer)
{
	struct kl_buffer text = { 0 };
	int error, failed;

	kl_buffer_printf(&text, "Q=%u\n", serial);
	if (rule)
		kl_buffer_printf(&text, "%s\n", rule);
	error = kl_write_fd(queries->policy, text.data, text.length);
	kl_buffer_free(&text);
	failed = kl_read_fd(queries->policy, answer, SIZE_MAX);
	return error ? error : failed;
}

/* LINE:COLUMN: WORDS; the line counts what was written before. */
bool kl_queries_refusal(const struct kl_buffer *answer, struct kl_error *error)
{
	struct kl_text rest = kl_buffer_text(answer), line, column;
	u64 number;

	line = kl_text_head(rest, strcspn(rest.data, ":\n"));
	if (line.length == rest.length || kl_text_decimal(line, ~0u, &number))
		return false;
	rest = kl_text_from(rest, line.length + 1);
	column = kl_text_head(rest, strcspn(rest.data, ":\n"));
	if (column.length == rest.length || kl_text_decimal(column, ~0u, &number))
		return false;
	rest = kl_text_from(rest, column.length + 1);
	rest = kl_text_head(rest, strcspn(rest.data, "\n"));
	if (rest.length && rest.data[0] == ' ')
		rest = kl_text_from(rest, 1);
	memset(error, 0, sizeof(*error));
	error->column = number;
	snprintf(error->text, sizeof(error->text), "%.*s", (int)rest.length, rest.data);
	return true;
}
