// SPDX-License-Identifier: GPL-2.0
/* A connection to a server. */
#include <arpa/inet.h>
#include <gnutls/gnutls.h>
#include <linux/sockios.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "limits.h"
#include "resolve.h"
#include "stream.h"

/** enum stage - how far it is */
enum stage {
	CLOSED,
	RESOLVING,
	CONNECTING,
	SHAKING,	/* TLS handshake */
	CONNECTED,
};

/**
 * struct kl_stream - a connection
 * @loop, @server, @socktype, @user, @data: see kl_stream_new()
 * @host, @service: of the server
 * @stage: enum stage
 * @resolve: RESOLVING
 * @list, @next: addresses, and the one to be tried next
 * @watch: of the socket, fd -1: none
 * @events: that are watched for
 * @timer: until CONNECTED: it takes too long; then: TLS holds bytes that were
 *	not read and that the socket does not tell of
 * @why: how the last address failed
 * @error: errno of that
 * @out: to be sent
 * @done: how many bytes of @out were sent
 * @credentials, @session: TLS, or NULL
 * @repeat: TLS has taken bytes of @out that it could not send
 */
struct kl_stream {
	struct kl_loop *loop;
	const struct kl_server *server;
	int socktype;
	const struct kl_stream_user *user;
	void *data;
	char *host, *service;
	enum stage stage;
	struct kl_resolve *resolve;
	struct addrinfo *list, *next;
	struct kl_watch watch;
	u32 events;
	struct kl_timer timer;
	char why[256];
	int error;
	struct kl_buffer out;
	size_t done;
	gnutls_certificate_credentials_t credentials;
	gnutls_session_t session;
	bool repeat;
};

static void try_next(struct kl_stream *stream);

int kl_server_check(const struct kl_server *server, const struct kl_conf_place *place)
{
	char *host, *service;

	if (kl_resolve_split(server->name, "0", &host, &service))
		return kl_conf_refuse(place, "server: '%s' is not HOST:PORT", server->name);
	free(host);
	free(service);
	if (!server->cert != !server->key)
		return kl_conf_refuse(place, "'cert' and 'key' go together");
	if (!server->tls && (server->ca || server->cert || server->peer))
		return kl_conf_refuse(place,
				      "'ca', 'cert', 'key' and 'peer' need 'tls yes'");
	return 0;
}

/* Closing */

static void close_socket(struct kl_stream *stream)
{
	if (stream->session)
		gnutls_deinit(stream->session);
	if (stream->credentials)
		gnutls_certificate_free_credentials(stream->credentials);
	stream->session = NULL;
	stream->credentials = NULL;
	stream->repeat = false;
	if (stream->watch.fd < 0)
		return;
	kl_loop_remove(stream->loop, &stream->watch);
	close(stream->watch.fd);
	stream->watch.fd = -1;
}

void kl_stream_close(struct kl_stream *stream)
{
	close_socket(stream);
	kl_resolve_stop(stream->resolve);
	stream->resolve = NULL;
	if (stream->list)
		freeaddrinfo(stream->list);
	stream->list = stream->next = NULL;
	kl_timer_stop(stream->loop, &stream->timer);
	kl_buffer_clear(&stream->out);
	stream->done = 0;
	stream->stage = CLOSED;
}

void kl_stream_fail(struct kl_stream *stream, int error, const char *format, ...)
{
	char why[sizeof(stream->why) + 128];
	va_list args;

	va_start(args, format);
	vsnprintf(why, sizeof(why), format, args);
	va_end(args);
	kl_stream_close(stream);
	stream->user->failed(stream->data, error, why);
}

/* This address did not work: the next one, if there is one. */
static __printf(3, 4) void miss(struct kl_stream *stream, int error,
				const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(stream->why, sizeof(stream->why), format, args);
	va_end(args);
	stream->error = error;
	close_socket(stream);
	try_next(stream);
}

static int broken(struct kl_stream *stream, int error)
{
	kl_stream_fail(stream, -error, "%s: %s", stream->server->name, strerror(-error));
	return error;
}

/* Watching */

static void watch_for(struct kl_stream *stream, u32 events)
{
	if (events == stream->events)
		return;
	stream->events = events;
	kl_loop_change(stream->loop, &stream->watch, events);
}

/* While connected: always for reading, for writing if something waits. */
static void watch_out(struct kl_stream *stream, bool waiting)
{
	watch_for(stream, EPOLLIN | (waiting ? EPOLLOUT : 0));
}

/* TLS */

static int tls_error(int code)
{
	switch (code) {
	case GNUTLS_E_AGAIN:
	case GNUTLS_E_INTERRUPTED:
		return -EAGAIN;
	case GNUTLS_E_PREMATURE_TERMINATION:
	case GNUTLS_E_PUSH_ERROR:
	case GNUTLS_E_PULL_ERROR:
		return -ECONNRESET;
	default:
		return -EPROTO;
	}
}

static bool is_address(const char *host)
{
	struct in6_addr address;

	return inet_pton(AF_INET, host, &address) == 1 ||
	       inet_pton(AF_INET6, host, &address) == 1;
}

/* The files are read each time: a renewed certificate is taken without a reload. */
static int load_credentials(struct kl_stream *stream)
{
	const struct kl_server *server = stream->server;
	int code = gnutls_certificate_allocate_credentials(&stream->credentials);

	if (code < 0)
		return code;
	code = server->ca ? gnutls_certificate_set_x509_trust_file(stream->credentials,
								   server->ca,
								   GNUTLS_X509_FMT_PEM) :
			    gnutls_certificate_set_x509_system_trust(stream->credentials);
	if (code >= 0 && server->cert)
		code = gnutls_certificate_set_x509_key_file(stream->credentials,
							    server->cert, server->key,
							    GNUTLS_X509_FMT_PEM);
	return code;
}

static int begin_tls(struct kl_stream *stream)
{
	const struct kl_server *server = stream->server;
	int code = load_credentials(stream);

	if (code < 0)
		return code;
	code = gnutls_init(&stream->session,
			   GNUTLS_CLIENT | GNUTLS_NONBLOCK | GNUTLS_NO_SIGNAL);
	if (code < 0)
		return code;
	code = gnutls_set_default_priority(stream->session);
	if (code < 0)
		return code;
	code = gnutls_credentials_set(stream->session, GNUTLS_CRD_CERTIFICATE,
				      stream->credentials);
	if (code < 0)
		return code;
	gnutls_session_set_verify_cert(stream->session,
				       server->peer ? server->peer : stream->host, 0);
	if (!is_address(stream->host))
		gnutls_server_name_set(stream->session, GNUTLS_NAME_DNS, stream->host,
				       strlen(stream->host));
	gnutls_transport_set_int(stream->session, stream->watch.fd);
	return 0;
}

static void miss_handshake(struct kl_stream *stream, int code)
{
	gnutls_datum_t text = { 0 };

	if (code == GNUTLS_E_CERTIFICATE_VERIFICATION_ERROR &&
	    !gnutls_certificate_verification_status_print(
		    gnutls_session_get_verify_cert_status(stream->session),
		    GNUTLS_CRT_X509, &text, 0)) {
		miss(stream, EACCES, "%s: %s", stream->server->name, text.data);
		gnutls_free(text.data);
		return;
	}
	miss(stream, EPROTO, "%s: TLS: %s", stream->server->name, gnutls_strerror(code));
}

/* Connecting */

static void set_connected(struct kl_stream *stream)
{
	kl_timer_stop(stream->loop, &stream->timer);
	freeaddrinfo(stream->list);
	stream->list = stream->next = NULL;
	stream->stage = CONNECTED;
	watch_out(stream, false);
	stream->user->connected(stream->data);
}

static void shake_hands(struct kl_stream *stream)
{
	int code = gnutls_handshake(stream->session);

	if (code == GNUTLS_E_SUCCESS)
		set_connected(stream);
	else if (gnutls_error_is_fatal(code))
		miss_handshake(stream, code);
	else
		watch_for(stream, gnutls_record_get_direction(stream->session) ?
					  EPOLLOUT :
					  EPOLLIN);
}

static void set_attached(struct kl_stream *stream)
{
	int code;

	if (!stream->server->tls) {
		set_connected(stream);
		return;
	}
	code = begin_tls(stream);
	if (code < 0) {
		miss(stream, EPROTO, "TLS: %s", gnutls_strerror(code));
		return;
	}
	stream->stage = SHAKING;
	shake_hands(stream);
}

static void finish_connecting(struct kl_stream *stream)
{
	socklen_t size = sizeof(int);
	int error = 0;

	if (getsockopt(stream->watch.fd, SOL_SOCKET, SO_ERROR, &error, &size))
		error = errno;
	if (error)
		miss(stream, error, "%s: %s", stream->server->name, strerror(error));
	else
		set_attached(stream);
}

/* The user may have left something: of what TLS has got, epoll knows nothing. */
static void go_on(struct kl_stream *stream)
{
	stream->user->ready(stream->data);
	if (stream->session && gnutls_record_check_pending(stream->session))
		kl_timer_set(stream->loop, &stream->timer, 0);
}

static void is_ready(struct kl_watch *watch, u32 events)
{
	struct kl_stream *stream = watch->data;

	(void)events;
	switch (stream->stage) {
	case CONNECTING:
		finish_connecting(stream);
		break;
	case SHAKING:
		shake_hands(stream);
		break;
	default:
		if (!kl_stream_flush(stream))
			go_on(stream);
	}
}

/* A peer that is gone without a word is noticed in about 30 seconds. */
static void set_options(const struct kl_stream *stream)
{
	int fd = stream->watch.fd, on = 1, idle = 10, interval = 5, count = 4;
	unsigned int timeout = 30000;

	if (stream->socktype != SOCK_STREAM)
		return;
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
	setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &idle, sizeof(idle));
	setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &interval, sizeof(interval));
	setsockopt(fd, IPPROTO_TCP, TCP_KEEPCNT, &count, sizeof(count));
	setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &timeout, sizeof(timeout));
}

static int open_socket(struct kl_stream *stream, const struct addrinfo *address)
{
	int fd = socket(address->ai_family,
			address->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC,
			address->ai_protocol);
	int error;

	if (fd < 0)
		return -errno;
	stream->watch.fd = fd;
	set_options(stream);
	if (connect(fd, address->ai_addr, address->ai_addrlen) && errno != EINPROGRESS) {
		error = -errno;
		goto err_close;
	}
	stream->events = EPOLLOUT;
	error = kl_loop_add(stream->loop, &stream->watch, EPOLLOUT);
	if (!error)
		return 0;
err_close:
	close(fd);
	stream->watch.fd = -1;
	return error;
}

static void try_next(struct kl_stream *stream)
{
	struct addrinfo *address;
	int error;

	while ((address = stream->next)) {
		stream->next = address->ai_next;
		error = open_socket(stream, address);
		if (!error) {
			stream->stage = CONNECTING;
			return;
		}
		stream->error = -error;
		snprintf(stream->why, sizeof(stream->why), "%s: %s", stream->server->name,
			 strerror(-error));
	}
	kl_stream_fail(stream, stream->error, "%s", stream->why);
}

static void resolved(void *data, int error, struct addrinfo *list)
{
	struct kl_stream *stream = data;

	stream->resolve = NULL;
	if (error) {
		kl_stream_fail(stream, error == EAI_SYSTEM ? EIO : EHOSTUNREACH, "%s: %s",
			       stream->host, gai_strerror(error));
		return;
	}
	stream->list = stream->next = list;
	try_next(stream);
}

static void is_due(struct kl_timer *timer)
{
	struct kl_stream *stream = timer->data;
	static const char *const what[] = {
		[RESOLVING] = "the name is not resolved",
		[CONNECTING] = "no answer",
		[SHAKING] = "the TLS handshake does not end",
	};

	if (stream->stage == CONNECTED)
		go_on(stream);
	else
		kl_stream_fail(stream, ETIMEDOUT, "%s: %s in time", stream->server->name,
			       what[stream->stage]);
}

void kl_stream_connect(struct kl_stream *stream)
{
	int error;

	kl_stream_close(stream);
	stream->stage = RESOLVING;
	stream->error = EHOSTUNREACH;
	kl_timer_set(stream->loop, &stream->timer, KL_CONNECT_TIMEOUT);
	stream->resolve = kl_resolve_start(stream->loop, stream->host, stream->service,
					   stream->socktype, resolved, stream);
	if (stream->resolve)
		return;
	error = errno;
	kl_stream_fail(stream, error, "%s: %s", stream->host, strerror(error));
}

bool kl_stream_connected(const struct kl_stream *stream)
{
	return stream->stage == CONNECTED;
}

/* Sending and reading */

bool kl_stream_room(const struct kl_stream *stream)
{
	return stream->out.length - stream->done < KL_STREAM_OUT;
}

void kl_stream_send(struct kl_stream *stream, const char *data, size_t length)
{
	if (stream->done && stream->done == stream->out.length) {
		kl_buffer_clear(&stream->out);
		stream->done = 0;
	} else if (stream->done > KL_STREAM_OUT) {
		stream->out.length -= stream->done;
		memmove(stream->out.data, stream->out.data + stream->done,
			stream->out.length);
		stream->done = 0;
	}
	kl_buffer_add(&stream->out, data, length);
}

/* Bytes sent, or a negative errno. */
static ssize_t send_some(struct kl_stream *stream, const char *data, size_t length)
{
	ssize_t sent;

	if (stream->session) {
		/* What it has taken before it wants to be asked for, not given again. */
		sent = gnutls_record_send(stream->session, stream->repeat ? NULL : data,
					  stream->repeat ? 0 : length);
		stream->repeat = sent == GNUTLS_E_AGAIN || sent == GNUTLS_E_INTERRUPTED;
		return sent < 0 ? tls_error(sent) : sent;
	}
	sent = send(stream->watch.fd, data, length, MSG_NOSIGNAL);
	return sent < 0 ? -errno : sent;
}

int kl_stream_flush(struct kl_stream *stream)
{
	ssize_t sent;

	while (stream->done < stream->out.length) {
		sent = send_some(stream, stream->out.data + stream->done,
				 stream->out.length - stream->done);
		if (sent == -EAGAIN)
			break;
		if (sent == -EINTR)
			continue;
		if (sent < 0)
			return broken(stream, sent);
		stream->done += sent;
	}
	watch_out(stream, stream->done < stream->out.length);
	return 0;
}

int kl_stream_datagram(struct kl_stream *stream, const char *data, size_t length)
{
	int error;

	if (send(stream->watch.fd, data, length, MSG_NOSIGNAL) >= 0)
		return 0;
	error = -errno;
	if (error == -EMSGSIZE)
		return error;
	if (error == -EAGAIN || error == -ENOBUFS) {
		watch_out(stream, true);
		return -EAGAIN;
	}
	return broken(stream, error);
}

ssize_t kl_stream_read(struct kl_stream *stream, char *data, size_t room)
{
	ssize_t got;

	do {
		if (stream->session) {
			got = gnutls_record_recv(stream->session, data, room);
			if (got < 0)
				got = tls_error(got);
		} else {
			got = recv(stream->watch.fd, data, room, 0);
			if (got < 0)
				got = -errno;
		}
	} while (got == -EINTR);
	if (got > 0 || got == -EAGAIN)
		return got;
	if (got < 0)
		return broken(stream, got);
	/* A datagram without a byte ends nothing, and anybody can send one. */
	if (stream->socktype == SOCK_DGRAM)
		return -EAGAIN;
	kl_stream_fail(stream, EPIPE, "%s: the server closed the connection",
		       stream->server->name);
	return -EPIPE;
}

u64 kl_stream_unacknowledged(const struct kl_stream *stream)
{
	int queued = 0;

	if (ioctl(stream->watch.fd, SIOCOUTQ, &queued))
		queued = 0;
	return stream->out.length - stream->done + queued;
}

/* Life */

struct kl_stream *kl_stream_new(struct kl_loop *loop, const struct kl_server *server,
				int socktype, const char *port,
				const struct kl_stream_user *user, void *data)
{
	struct kl_stream *stream = kl_xalloc(1, sizeof(*stream));

	stream->loop = loop;
	stream->server = server;
	stream->socktype = socktype;
	stream->user = user;
	stream->data = data;
	stream->watch = (struct kl_watch){ -1, is_ready, stream };
	stream->timer.expired = is_due;
	stream->timer.data = stream;
	/* kl_server_check() has seen it. */
	kl_resolve_split(server->name, port, &stream->host, &stream->service);
	return stream;
}

void kl_stream_free(struct kl_stream *stream)
{
	if (!stream)
		return;
	kl_stream_close(stream);
	kl_buffer_free(&stream->out);
	free(stream->host);
	free(stream->service);
	free(stream);
}
