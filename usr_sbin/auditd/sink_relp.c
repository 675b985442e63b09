// SPDX-License-Identifier: GPL-2.0
/*
 * RELP: syslog messages that the server confirms one by one, with TLS; the way
 * to rsyslog (imrelp) that loses nothing.
 *
 * The client is our own, not librelp's: that one keeps to itself which messages
 * were confirmed and blocks while it waits (relpCltSendSyslog() returns before
 * the confirmation, and nothing tells when it came), so that nothing could be
 * acknowledged to the kernel; and its licence, GPL 3 or later, does not go with
 * ours, GPL 2. Here everything happens in the loop.
 *
 * Source of the protocol: librelp's doc/relp.html: frames are "TXNR COMMAND
 * LENGTH[ DATA]\n"; the server answers each with "TXNR rsp LENGTH CODE TEXT\n".
 */
#include <sys/socket.h>

#include "engine/lex.h"
#include "limits.h"
#include "sink.h"
#include "stream.h"
#include "syslog.h"

/* The protocol allows 999999999; so numbers modulo the largest window go on evenly. */
#define TXNR_MAX (976562u * KL_RELP_WINDOW_MAX)

/**
 * struct relp - the sink
 * @sink: what all sinks have
 * @server, @window, @facility, @message_max: keys
 * @stream: the connection
 * @open: the server has answered "open"
 * @timer: until the next answer must be there
 * @text, @frame: the message at hand
 * @answers: what was read and is no whole frame yet
 * @txnr: of the next frame
 * @oldest: of the oldest message not confirmed
 * @count: messages sent and not confirmed
 * @confirmed: by TXNR modulo the window: confirmed before an older one was
 */
struct relp {
	struct kl_sink sink;
	struct kl_server server;
	u64 window;
	u32 facility;
	u64 message_max;
	struct kl_stream *stream;
	bool open;
	struct kl_timer timer;
	struct kl_buffer text, frame;
	struct kl_buffer answers;
	u32 txnr, oldest, count;
	bool confirmed[KL_RELP_WINDOW_MAX];
};

#define AT(field) offsetof(struct relp, field)

static const struct kl_conf_key keys[] = {
	{ "server", KL_CONF_WORD, true, AT(server.name), .help = "HOST[:PORT]; port 2514" },
	{ "tls", KL_CONF_BOOL, false, AT(server.tls), .initial = "no",
	  .help = "encrypted, the server's certificate is checked" },
	{ "ca", KL_CONF_PATH, false, AT(server.ca),
	  .help = "certificates that vouch for the server (PEM); else the system's" },
	{ "cert", KL_CONF_PATH, false, AT(server.cert), .help = "our own certificate (PEM)" },
	{ "key", KL_CONF_PATH, false, AT(server.key), .help = "and its key (PEM)" },
	{ "peer", KL_CONF_WORD, false, AT(server.peer),
	  .help = "name in the server's certificate, if it is not HOST" },
	{ "window", KL_CONF_COUNT, false, AT(window), .min = 1, .max = KL_RELP_WINDOW_MAX,
	  .initial = "128", .help = "messages sent before the first is confirmed" },
	KL_SYSLOG_KEYS(AT(facility), AT(message_max)),
	{ 0 },
};

static struct relp *of(struct kl_sink *sink)
{
	return (struct relp *)sink;
}

static int check(struct kl_sink *sink)
{
	return kl_server_check(&of(sink)->server, &sink->place);
}

static void forget(struct relp *relp)
{
	relp->open = false;
	relp->txnr = relp->oldest = 1;
	relp->count = 0;
	memset(relp->confirmed, 0, sizeof(relp->confirmed));
	kl_buffer_clear(&relp->answers);
	kl_timer_stop(relp->sink.loop, &relp->timer);
}

static void failed(void *data, int error, const char *why)
{
	struct relp *relp = data;

	forget(relp);
	kl_sink_down(&relp->sink, error, "%s", why);
}

static u32 following(u32 txnr)
{
	return txnr == TXNR_MAX ? 1 : txnr + 1;
}

static void send_frame(struct relp *relp, const char *command, struct kl_text data)
{
	struct kl_buffer *frame = &relp->frame;

	kl_buffer_clear(frame);
	kl_buffer_printf(frame, "%u %s %u", relp->txnr, command, data.length);
	if (data.length)
		kl_buffer_puts(frame, " ");
	kl_buffer_add(frame, data.data, data.length);
	kl_buffer_puts(frame, "\n");
	kl_stream_send(relp->stream, frame->data, frame->length);
	relp->txnr = following(relp->txnr);
	if (!relp->timer.due)
		kl_timer_set(relp->sink.loop, &relp->timer, KL_RELP_TIMEOUT);
}

static void connected(void *data)
{
	struct relp *relp = data;

	forget(relp);
	send_frame(relp, "open",
		   kl_text_of("relp_version=0\nrelp_software=kellas-auditd," KELLAS_VERSION
			      "\ncommands=syslog"));
	kl_stream_flush(relp->stream);
}

/* Sending */

static void send_message(struct relp *relp, const struct kl_message *message)
{
	kl_buffer_clear(&relp->text);
	kl_syslog_format(message, relp->facility, &relp->text);
	/* What tells of a loss is sent even if it is too long itself. */
	if (relp->text.length > relp->message_max && kl_queue_drop(relp->sink.queue))
		return;
	if (!relp->count)
		relp->oldest = relp->txnr;
	send_frame(relp, "syslog", kl_buffer_text(&relp->text));
	relp->count++;
	kl_queue_sent(relp->sink.queue);
}

static void deliver(struct kl_sink *sink)
{
	struct relp *relp = of(sink);
	struct kl_message message;

	if (!relp->open)
		return;
	while (relp->count < relp->window && kl_stream_room(relp->stream) &&
	       kl_queue_next(sink->queue, &message))
		send_message(relp, &message);
	kl_stream_flush(relp->stream);
}

/* Answers */

/* A decimal number up to a byte; false if there is none, or it is too large. */
static bool read_number(struct kl_text *rest, u32 max, u32 *number)
{
	u32 i, value = 0;

	for (i = 0; i < rest->length && i < 9; i++) {
		if (rest->data[i] < '0' || rest->data[i] > '9')
			break;
		value = value * 10 + rest->data[i] - '0';
	}
	rest->data += i;
	rest->length -= i;
	*number = value;
	return i && value <= max;
}

static bool skip(struct kl_text *rest, const char *word)
{
	u32 length = strlen(word);

	if (rest->length < length || memcmp(rest->data, word, length))
		return false;
	rest->data += length;
	rest->length -= length;
	return true;
}

static void confirm(struct relp *relp, u32 txnr)
{
	u32 ahead = (txnr + TXNR_MAX - relp->oldest) % TXNR_MAX, count = 0;
	bool *oldest;

	/* Once each: a server that repeats itself would never be found silent. */
	if (ahead >= relp->count || relp->confirmed[txnr % KL_RELP_WINDOW_MAX]) {
		kl_stream_fail(relp->stream, EPROTO, "%s: answers what was not asked",
			       relp->server.name);
		return;
	}
	relp->confirmed[txnr % KL_RELP_WINDOW_MAX] = true;
	while (relp->count && *(oldest = &relp->confirmed[relp->oldest %
							  KL_RELP_WINDOW_MAX])) {
		*oldest = false;
		relp->oldest = following(relp->oldest);
		relp->count--;
		count++;
	}
	if (relp->count && count)
		kl_timer_set(relp->sink.loop, &relp->timer, KL_RELP_TIMEOUT);
	else if (!relp->count)
		kl_timer_stop(relp->sink.loop, &relp->timer);
	kl_sink_confirm(&relp->sink, count);
}

static void take_answer(struct relp *relp, u32 txnr, struct kl_text data)
{
	if (data.length < 3 || memcmp(data.data, "200", 3)) {
		data = kl_text_head(data, strcspn(data.data, "\n"));
		kl_stream_fail(relp->stream, EPROTO, "%s: the server says: %.*s",
			       relp->server.name,
			       data.length > 100 ? 100 : (int)data.length, data.data);
	} else if (relp->open) {
		confirm(relp, txnr);
	} else {
		relp->open = true;
		kl_timer_stop(relp->sink.loop, &relp->timer);
		kl_sink_up(&relp->sink);
	}
}

/* One frame off the front: its bytes, 0: not all there yet, -1: none that we know. */
static long take_frame(struct relp *relp, struct kl_text rest)
{
	struct kl_text data, all = rest;
	u32 txnr, length;
	bool hint;

	if (!memchr(rest.data, '\n', rest.length))
		return rest.length > KL_RELP_ANSWER_MAX ? -1 : 0;
	if (!read_number(&rest, TXNR_MAX, &txnr))
		return -1;
	hint = skip(&rest, " serverclose ");
	if ((!hint && !skip(&rest, " rsp ")) ||
	    !read_number(&rest, KL_RELP_ANSWER_MAX, &length))
		return -1;
	if (length && !skip(&rest, " "))
		return -1;
	if (rest.length < length + 1)
		return 0;
	if (rest.data[length] != '\n')
		return -1;
	data = kl_text_head(rest, length);
	if (hint)
		kl_stream_fail(relp->stream, EPIPE, "%s: the server closes",
			       relp->server.name);
	else
		take_answer(relp, txnr, data);
	return rest.data + length + 1 - all.data;
}

/* Returns false if the connection is gone. */
static bool take_answers(struct relp *relp)
{
	struct kl_buffer *answers = &relp->answers;
	size_t used = 0;
	long taken;

	do {
		taken = take_frame(relp, kl_text_from(kl_buffer_text(answers), used));
		if (!kl_stream_connected(relp->stream))
			return false;
		used += taken > 0 ? taken : 0;
	} while (taken > 0 && used < answers->length);
	if (taken < 0) {
		kl_stream_fail(relp->stream, EPROTO, "%s: does not speak RELP",
			       relp->server.name);
		return false;
	}
	answers->length -= used;
	memmove(answers->data, answers->data + used, answers->length);
	return true;
}

static void ready(void *data)
{
	struct relp *relp = data;
	char answer[16384];
	u32 reads = KL_STREAM_READS;
	ssize_t got = 1;

	while (got > 0 && reads--) {
		got = kl_stream_read(relp->stream, answer, sizeof(answer));
		if (got <= 0)
			break;
		kl_buffer_add(&relp->answers, answer, got);
		if (!take_answers(relp))
			return;
	}
	if (got > 0 || got == -EAGAIN)
		deliver(&relp->sink);
}

static void no_answer(struct kl_timer *timer)
{
	struct relp *relp = timer->data;

	kl_stream_fail(relp->stream, ETIMEDOUT, "%s: the server does not answer",
		       relp->server.name);
}

/* Life */

static void retry(struct kl_sink *sink)
{
	kl_stream_connect(of(sink)->stream);
}

static int open_sink(struct kl_sink *sink)
{
	static const struct kl_stream_user user = { connected, ready, failed };
	struct relp *relp = of(sink);

	relp->timer.expired = no_answer;
	relp->timer.data = relp;
	relp->stream = kl_stream_new(sink->loop, &relp->server, SOCK_STREAM, "2514", &user,
				     relp);
	kl_stream_connect(relp->stream);
	return 0;
}

static void close_sink(struct kl_sink *sink)
{
	struct relp *relp = of(sink);

	kl_timer_stop(sink->loop, &relp->timer);
	if (relp->open) {
		send_frame(relp, "close", kl_text_of(""));
		kl_timer_stop(sink->loop, &relp->timer);
		kl_stream_flush(relp->stream);
	}
	kl_stream_free(relp->stream);
	kl_buffer_free(&relp->text);
	kl_buffer_free(&relp->frame);
	kl_buffer_free(&relp->answers);
}

const struct kl_sink_type kl_sink_relp = {
	.name = "relp",
	.help = "rsyslog's RELP: every message is confirmed; TLS",
	.keys = keys,
	.size = sizeof(struct relp),
	.check = check,
	.open = open_sink,
	.deliver = deliver,
	.retry = retry,
	.close = close_sink,
};
