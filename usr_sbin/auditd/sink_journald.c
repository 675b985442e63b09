// SPDX-License-Identifier: GPL-2.0
/*
 * To the journal, in its native protocol: one datagram of KEY=VALUE lines, or
 * what is too long for that in a sealed memfd. sd_journal_sendv() does the
 * same, but waits while the journal does not read.
 *
 * Source: systemd, doc "Native Journal Protocol".
 */
#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <syslog.h>

#include "engine/lex.h"
#include "proc.h"
#include "sink.h"

/**
 * struct journald - the sink
 * @sink: what all sinks have
 * @path: of the journal's socket
 * @identifier: SYSLOG_IDENTIFIER
 * @watch: of our socket, -1: none; watched only while it is full
 * @waiting: it is
 * @strings, @line: for taking a record apart
 * @fields: the datagram
 */
struct journald {
	struct kl_sink sink;
	char *path;
	char *identifier;
	struct kl_watch watch;
	bool waiting;
	struct kl_strings strings;
	struct kl_logline line;
	struct kl_buffer fields;
};

#define FIELD(member) .offset = offsetof(struct journald, member)

static const struct kl_conf_key keys[] = {
	{ "socket", KL_CONF_PATH, FIELD(path), .initial = "/run/systemd/journal/socket",
	  .help = "where the journal listens" },
	{ "identifier", KL_CONF_WORD, FIELD(identifier), .initial = "kellas",
	  .help = "SYSLOG_IDENTIFIER: journalctl -t" },
	{ 0 },
};

static void add_text(struct kl_buffer *out, const char *key, struct kl_text value)
{
	kl_buffer_printf(out, "%s=%.*s\n", key, (int)value.length, value.data);
}

static void add_number(struct kl_buffer *out, const char *key, u64 value)
{
	kl_buffer_printf(out, "%s=%llu\n", key, (unsigned long long)value);
}

static int priority_of(const struct kl_logline *line)
{
	if (line->kind != KL_LOGLINE_REQUEST)
		return LOG_WARNING;
	return line->result == KL_DENIED ? LOG_NOTICE : LOG_INFO;
}

static void add_record(struct journald *journald, const struct kl_logline *line)
{
	struct kl_buffer *out = &journald->fields;

	add_number(out, "PRIORITY", priority_of(line));
	switch (line->kind) {
	case KL_LOGLINE_REQUEST:
		add_text(out, "KELLAS_OP",
			 kl_text_of(kl_op_table[line->facts.request.op].keyword));
		add_text(out, "KELLAS_RESULT",
			 kl_text_of(kl_result_name(line->result)));
		add_number(out, "KELLAS_PRIORITY", line->priority);
		add_number(out, "KELLAS_PID", line->pid);
		if (line->label.length)
			add_text(out, "KELLAS_RULE", line->label);
		break;
	case KL_LOGLINE_LOST:
		add_number(out, "KELLAS_LOST", line->count);
		break;
	default:
		add_number(out, "KELLAS_SUPPRESSED", line->count);
	}
}

static void make_fields(struct journald *journald, const struct kl_message *message)
{
	static const char *const sources[] = {
		[KL_ENTRY_KERNEL] = "kernel",
		[KL_ENTRY_DAEMON] = "daemon",
		[KL_ENTRY_NETCONSOLE] = "netconsole",
	};
	struct kl_buffer *out = &journald->fields;
	struct kl_error error;

	kl_buffer_clear(out);
	add_text(out, "MESSAGE", message->text);
	add_text(out, "SYSLOG_IDENTIFIER", kl_text_of(journald->identifier));
	add_text(out, "KELLAS_SOURCE", kl_text_of(sources[message->source]));
	add_number(out, "KELLAS_TIME", message->time);
	if (message->sequence)
		add_number(out, "KELLAS_SEQ", message->sequence);
	if (message->instance)
		kl_buffer_printf(out, "KELLAS_INSTANCE=%016llx\n",
				 (unsigned long long)message->instance);
	if (message->source == KL_ENTRY_KERNEL && journald->sink.format == KL_ENTRY_TEXT &&
	    !kl_logline_parse(&journald->line, message->text, &error))
		add_record(journald, &journald->line);
	else
		add_number(out, "PRIORITY",
			   message->source == KL_ENTRY_DAEMON ? LOG_NOTICE : LOG_INFO);
}

static int send_memfd(struct journald *journald)
{
	const struct kl_buffer *fields = &journald->fields;
	char control[CMSG_SPACE(sizeof(int))] = { 0 };
	struct msghdr message = { .msg_control = control,
				  .msg_controllen = sizeof(control) };
	struct cmsghdr *header;
	int fd, error;

	fd = memfd_create("kellas-record", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (fd < 0)
		return -errno;
	error = kl_write_fd(fd, fields->data, fields->length);
	if (!error && fcntl(fd, F_ADD_SEALS,
			    F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL))
		error = -errno;
	header = CMSG_FIRSTHDR(&message);
	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(sizeof(fd));
	memcpy(CMSG_DATA(header), &fd, sizeof(fd));
	if (!error && sendmsg(journald->watch.fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
		error = -errno;
	close(fd);
	return error;
}

static int send_fields(struct journald *journald)
{
	const struct kl_buffer *fields = &journald->fields;

	if (send(journald->watch.fd, fields->data, fields->length,
		 MSG_NOSIGNAL | MSG_DONTWAIT) >= 0)
		return 0;
	if (errno == EMSGSIZE || errno == ENOBUFS)
		return send_memfd(journald);
	return -errno;
}

static void disconnect(struct journald *journald)
{
	if (journald->watch.fd < 0)
		return;
	if (journald->waiting)
		kl_loop_remove(journald->sink.loop, &journald->watch);
	journald->waiting = false;
	close(journald->watch.fd);
	journald->watch.fd = -1;
}

static void fail(struct journald *journald, int error)
{
	disconnect(journald);
	kl_sink_down(&journald->sink, -error, "%s: %s", journald->path,
		     strerror(-error));
}

/* The journal does not read at the moment: go on when it does. */
static void wait_for_room(struct journald *journald)
{
	int error;

	if (journald->waiting)
		return;
	error = kl_loop_add(journald->sink.loop, &journald->watch, EPOLLOUT);
	if (error)
		fail(journald, error);
	else
		journald->waiting = true;
}

static void deliver(struct kl_sink *sink)
{
	struct journald *journald = (struct journald *)sink;
	struct kl_message message;
	int error = 0;

	while (journald->watch.fd >= 0 && kl_queue_next(sink->queue, &message)) {
		make_fields(journald, &message);
		error = send_fields(journald);
		if (error)
			break;
		kl_queue_sent(sink->queue);
		kl_sink_confirm(sink, 1);
	}
	if (error == -EAGAIN)
		wait_for_room(journald);
	else if (error)
		fail(journald, error);
}

static void has_room(struct kl_watch *watch, u32 events)
{
	struct journald *journald = watch->data;

	(void)events;
	kl_loop_remove(journald->sink.loop, watch);
	journald->waiting = false;
	kl_sink_deliver(&journald->sink);
}

static int connect_to(struct journald *journald)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd;

	memcpy(address.sun_path, journald->path, strlen(journald->path));
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -errno;
	journald->watch.fd = fd;
	return connect(fd, (struct sockaddr *)&address, sizeof(address)) ? -errno : 0;
}

static void retry(struct kl_sink *sink)
{
	struct journald *journald = (struct journald *)sink;
	int error = connect_to(journald);

	if (error)
		fail(journald, error);
	else
		kl_sink_up(sink);
}

static int check_journald(struct kl_sink *sink)
{
	struct journald *journald = (struct journald *)sink;

	if (strlen(journald->path) < sizeof(((struct sockaddr_un *)0)->sun_path))
		return 0;
	return kl_conf_refuse(&sink->place, "the name of the socket is too long");
}

static int open_journald(struct kl_sink *sink)
{
	struct journald *journald = (struct journald *)sink;

	if (kl_strings_init(&journald->strings))
		return -ENOMEM;
	kl_logline_init(&journald->line, &journald->strings);
	journald->watch = (struct kl_watch){ -1, has_room, journald };
	retry(sink);
	return 0;
}

static void close_journald(struct kl_sink *sink)
{
	struct journald *journald = (struct journald *)sink;

	disconnect(journald);
	kl_logline_free(&journald->line);
	kl_strings_destroy(&journald->strings);
	kl_buffer_free(&journald->fields);
}

const struct kl_sink_type kl_sink_journald = {
	.name = "journald",
	.help = "the journal, with KELLAS_SEQ, KELLAS_OP, KELLAS_RESULT ... as fields",
	.keys = keys,
	.size = sizeof(struct journald),
	.check = check_journald,
	.open = open_journald,
	.deliver = deliver,
	.retry = retry,
	.close = close_journald,
};
