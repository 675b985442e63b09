// SPDX-License-Identifier: GPL-2.0
/*
 * Plain syslog over the network: RFC 5424 in datagrams (RFC 5426), or over TCP
 * with octet counting (RFC 6587), as rsyslog's imudp and imtcp take it.
 *
 * Neither protocol confirms anything. A datagram counts as delivered if no
 * error came back for a moment; a message over TCP if the other machine's
 * kernel has acknowledged its last byte. What that machine then does with it
 * is not known: for that there is RELP.
 */
#include <sys/socket.h>

#include "limits.h"
#include "sink.h"
#include "stream.h"
#include "syslog.h"

enum protocol { UDP, TCP };

/**
 * struct syslog - the sink
 * @sink: what all sinks have
 * @server, @protocol, @facility, @message_max: keys
 * @stream: the connection
 * @timer: while something is not confirmed: look whether it arrived
 * @text, @frame: the message at hand
 * @ends: TCP: for each message sent and not confirmed, bytes sent up to its end
 * @first: index in @ends of the oldest
 * @count: messages sent and not confirmed
 * @bytes: TCP: sent since it connected
 * @settled: UDP: messages sent before the last look
 */
struct syslog {
	struct kl_sink sink;
	struct kl_server server;
	u32 protocol;
	u32 facility;
	u64 message_max;
	struct kl_stream *stream;
	struct kl_timer timer;
	struct kl_buffer text, frame;
	u64 ends[KL_TCP_WINDOW];
	u32 first, count;
	u64 bytes;
	u32 settled;
};

#define AT(field) offsetof(struct syslog, field)

static const struct kl_conf_key keys[] = {
	{ "server", KL_CONF_WORD, true, AT(server.name), .help = "HOST[:PORT]; port 514" },
	{ "protocol", KL_CONF_CHOICE, false, AT(protocol), .choices = "udp tcp",
	  .initial = "udp", .help = "udp, or tcp with octet counting" },
	KL_SYSLOG_KEYS(AT(facility), AT(message_max)),
	{ 0 },
};

static struct syslog *of(struct kl_sink *sink)
{
	return (struct syslog *)sink;
}

static int check(struct kl_sink *sink)
{
	return kl_server_check(&of(sink)->server, &sink->place);
}

static void forget_sent(struct syslog *syslog)
{
	syslog->first = syslog->count = syslog->settled = 0;
	syslog->bytes = 0;
	kl_timer_stop(syslog->sink.loop, &syslog->timer);
}

static void failed(void *data, int error, const char *why)
{
	struct syslog *syslog = data;

	forget_sent(syslog);
	kl_sink_down(&syslog->sink, error, "%s", why);
}

static void connected(void *data)
{
	struct syslog *syslog = data;

	forget_sent(syslog);
	kl_sink_up(&syslog->sink);
}

/* Confirm what the other machine's kernel has. */
static void confirm_tcp(struct syslog *syslog)
{
	u64 arrived = syslog->bytes - kl_stream_unacknowledged(syslog->stream);
	u32 count = 0;

	while (count < syslog->count &&
	       syslog->ends[(syslog->first + count) % KL_TCP_WINDOW] <= arrived)
		count++;
	syslog->first = (syslog->first + count) % KL_TCP_WINDOW;
	syslog->count -= count;
	kl_sink_confirm(&syslog->sink, count);
}

/* Datagrams that nothing bad was heard of since before the last look. */
static void confirm_udp(struct syslog *syslog)
{
	u32 settled = syslog->settled;
	char answer[1];

	/* Errors that came back are found by reading; nobody sends us anything. */
	if (kl_stream_read(syslog->stream, answer, sizeof(answer)) != -EAGAIN &&
	    !kl_stream_connected(syslog->stream))
		return;
	syslog->count -= settled;
	syslog->settled = syslog->count;
	kl_sink_confirm(&syslog->sink, settled);
}

static void look(struct kl_timer *timer)
{
	struct syslog *syslog = timer->data;

	if (!kl_stream_connected(syslog->stream))
		return;
	if (syslog->protocol == TCP)
		confirm_tcp(syslog);
	else
		confirm_udp(syslog);
	if (kl_stream_connected(syslog->stream) && syslog->count)
		kl_timer_set(syslog->sink.loop, &syslog->timer, KL_TCP_POLL);
	if (kl_stream_connected(syslog->stream))
		kl_sink_wake(&syslog->sink);
}

/* The connection takes no more, or is gone: false. */
static bool send_one(struct syslog *syslog, const struct kl_message *message)
{
	struct kl_buffer *text = &syslog->text, *frame = &syslog->frame;
	int error;

	kl_buffer_clear(text);
	kl_syslog_format(message, syslog->facility, text);
	/* What tells of a loss is sent even if it is too long itself. */
	if (text->length > syslog->message_max && kl_queue_drop(syslog->sink.queue))
		return true;
	if (syslog->protocol == UDP) {
		error = kl_stream_datagram(syslog->stream, text->data, text->length);
		if (error == -EMSGSIZE && kl_queue_drop(syslog->sink.queue))
			return true;
		if (error == -EMSGSIZE)
			kl_stream_fail(syslog->stream, EMSGSIZE, "%s: %s",
				       syslog->server.name, strerror(EMSGSIZE));
		if (error)
			return false;
	} else {
		kl_buffer_clear(frame);
		kl_buffer_printf(frame, "%zu ", text->length);
		kl_buffer_add(frame, text->data, text->length);
		kl_stream_send(syslog->stream, frame->data, frame->length);
		syslog->bytes += frame->length;
		syslog->ends[(syslog->first + syslog->count) % KL_TCP_WINDOW] =
			syslog->bytes;
	}
	syslog->count++;
	kl_queue_sent(syslog->sink.queue);
	return true;
}

static void deliver(struct kl_sink *sink)
{
	struct syslog *syslog = of(sink);
	struct kl_message message;

	if (!kl_stream_connected(syslog->stream))
		return;
	while (syslog->count < KL_TCP_WINDOW && kl_stream_room(syslog->stream) &&
	       kl_queue_next(sink->queue, &message))
		if (!send_one(syslog, &message))
			break;
	if (!kl_stream_connected(syslog->stream) || kl_stream_flush(syslog->stream))
		return;
	if (syslog->count && !syslog->timer.due)
		kl_timer_set(sink->loop, &syslog->timer, KL_TCP_POLL);
}

static void ready(void *data)
{
	struct syslog *syslog = data;
	char answer[512];
	u32 reads = KL_STREAM_READS;

	while (reads-- &&
	       kl_stream_read(syslog->stream, answer, sizeof(answer)) > 0)
		;
	if (kl_stream_connected(syslog->stream))
		deliver(&syslog->sink);
}

static void retry(struct kl_sink *sink)
{
	kl_stream_connect(of(sink)->stream);
}

static int open_sink(struct kl_sink *sink)
{
	static const struct kl_stream_user user = { connected, ready, failed };
	struct syslog *syslog = of(sink);

	syslog->timer.expired = look;
	syslog->timer.data = syslog;
	syslog->stream = kl_stream_new(sink->loop, &syslog->server,
				       syslog->protocol == TCP ? SOCK_STREAM : SOCK_DGRAM,
				       "514", &user, syslog);
	kl_stream_connect(syslog->stream);
	return 0;
}

static void close_sink(struct kl_sink *sink)
{
	struct syslog *syslog = of(sink);

	if (syslog->protocol == TCP && kl_stream_connected(syslog->stream))
		confirm_tcp(syslog);
	kl_timer_stop(sink->loop, &syslog->timer);
	kl_stream_free(syslog->stream);
	kl_buffer_free(&syslog->text);
	kl_buffer_free(&syslog->frame);
}

const struct kl_sink_type kl_sink_syslog = {
	.name = "syslog",
	.help = "a syslog server, over UDP or TCP, without confirmation",
	.keys = keys,
	.size = sizeof(struct syslog),
	.check = check,
	.open = open_sink,
	.deliver = deliver,
	.retry = retry,
	.close = close_sink,
};
