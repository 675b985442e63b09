// SPDX-License-Identifier: GPL-2.0
/*
 * Console messages of other machines: datagrams of netconsole to whole lines.
 *
 * What the kernel had to drop, since the socket's buffer was full, is told at
 * its place: each datagram brings the count of those dropped before it
 * (SO_RXQ_OVFL), and when none is left the socket itself is asked
 * (SO_MEMINFO). Lines bear the time at which the kernel took their first
 * datagram.
 */
#include <arpa/inet.h>
#include <linux/filter.h>
#include <linux/sock_diag.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>

#include "assembler.h"
#include "engine/lex.h"
#include "figure.h"
#include "input.h"
#include "limits.h"
#include "tell.h"

/* After an error of the socket it is left alone for so long: milliseconds. */
#define ERROR_PAUSE 1000u

/**
 * struct netconsole - the input
 * @input: what all inputs have
 * @listen: "ADDRESS:PORT" of the configuration
 * @senders_max, @line_max, @timeout, @receive_buffer, @gaps: likewise
 * @address, @address_length: @listen
 * @fd: socket, -1: none
 * @watch: of @fd
 * @expiry: the oldest unfinished line is due
 * @pause: an error of the socket is over
 * @rebind: its address is to be tried again
 * @bound: it has its address
 * @assembler: makes the lines
 * @batch: room for one call of recvmmsg()
 * @buffer: bytes that the kernel grants the socket
 * @dropped: count of the socket, as far as it was told
 * @drops: datagrams told as dropped since the start
 * @errors: of the socket
 * @bind_failures: times that it did not get its address
 */
struct netconsole {
	struct kl_input input;
	char *listen;
	u64 senders_max, line_max, timeout, receive_buffer;
	bool gaps;
	struct sockaddr_storage address;
	socklen_t address_length;
	int fd;
	bool bound;
	struct kl_watch watch;
	struct kl_timer expiry, pause, rebind;
	struct kl_assembler *assembler;
	struct batch *batch;
	int buffer;
	u32 dropped;
	u64 drops, errors, bind_failures;
};

/* No UDP datagram is longer. */
#define DATAGRAM_MAX 65536u

/**
 * struct batch - room for one call of recvmmsg()
 * @message, @vector, @sender, @control: what recvmmsg() wants for each datagram
 * @text: its bytes; pages that were never used cost nothing
 */
struct batch {
	struct mmsghdr message[KL_DATAGRAMS];
	struct iovec vector[KL_DATAGRAMS];
	struct sockaddr_storage sender[KL_DATAGRAMS];
	char control[KL_DATAGRAMS][CMSG_SPACE(sizeof(struct timespec)) +
				   CMSG_SPACE(sizeof(u32))]
		__attribute__((aligned(__alignof__(struct cmsghdr))));
	char text[KL_DATAGRAMS][DATAGRAM_MAX];
};

static const struct kl_conf_key keys[] = {
	{ "listen", KL_CONF_WORD, false, offsetof(struct netconsole, listen), 0, 0, NULL,
	  "[::]:6666", "address and UDP port; [::] takes IPv4, too" },
	{ "senders-max", KL_CONF_COUNT, false, offsetof(struct netconsole, senders_max), 1,
	  KL_SENDERS_MAX, NULL, "1024",
	  "senders remembered; beyond, the one silent for longest is forgotten" },
	{ "line-max", KL_CONF_SIZE, false, offsetof(struct netconsole, line_max), 256,
	  KL_LINE_MAX, NULL, "16K", "longer lines are cut, and marked" },
	{ "timeout", KL_CONF_TIME, false, offsetof(struct netconsole, timeout), 100,
	  600000, NULL, "10s", "an unfinished line is given out then, and marked" },
	{ "receive-buffer", KL_CONF_SIZE, false,
	  offsetof(struct netconsole, receive_buffer), 64 << 10, 1 << 30, NULL, "8M",
	  "bytes that may wait in the socket" },
	{ "gaps", KL_CONF_BOOL, false, offsetof(struct netconsole, gaps), 0, 0, NULL,
	  "yes", "tell numbers that an extended sender leaves out as lost" },
	{ 0 },
};

static struct netconsole *of(struct kl_input *input)
{
	return (struct netconsole *)input;
}

/* "192.0.2.1:6666" or "[2001:db8::1]:6666" */
static bool read_address(const char *text, struct sockaddr_storage *address,
			 socklen_t *length)
{
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)address;
	struct sockaddr_in *in = (struct sockaddr_in *)address;
	const char *colon = strrchr(text, ':'), *end = colon;
	char host[INET6_ADDRSTRLEN];
	bool bracket = *text == '[';
	u64 port;

	memset(address, 0, sizeof(*address));
	if (!colon || kl_text_decimal(kl_text_of(colon + 1), 65535, &port) || !port)
		return false;
	if (bracket && *--end != ']')
		return false;
	text += bracket;
	if (end < text || (size_t)(end - text) >= sizeof(host))
		return false;
	memcpy(host, text, end - text);
	host[end - text] = '\0';
	if (bracket) {
		in6->sin6_family = AF_INET6;
		in6->sin6_port = htons(port);
		*length = sizeof(*in6);
		return inet_pton(AF_INET6, host, &in6->sin6_addr) == 1;
	}
	in->sin_family = AF_INET;
	in->sin_port = htons(port);
	*length = sizeof(*in);
	return inet_pton(AF_INET, host, &in->sin_addr) == 1;
}

static int check(struct kl_input *input)
{
	struct netconsole *console = of(input);

	if (!read_address(console->listen, &console->address, &console->address_length))
		return kl_conf_refuse(&input->place,
				      "listen: expected ADDRESS:PORT or [ADDRESS]:PORT");
	if (console->senders_max * console->line_max > KL_NETCONSOLE_MEMORY_MAX)
		return kl_conf_refuse(&input->place,
				      "senders-max times line-max is more than %llu bytes",
				      (unsigned long long)KL_NETCONSOLE_MEMORY_MAX);
	return 0;
}

static void give(void *data, const struct kl_entry *entry)
{
	struct netconsole *console = data;

	console->input.take(&console->input, entry);
}

static u64 microseconds(const struct timespec *time)
{
	return (u64)time->tv_sec * 1000000 + time->tv_nsec / 1000;
}

static u64 wall_clock(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return microseconds(&now);
}

/* Before now the socket had dropped so many. */
static void tell_drops(struct netconsole *console, u32 dropped)
{
	s32 more = dropped - console->dropped;

	/* Datagrams of several processors may have overtaken one another. */
	if (more <= 0)
		return;
	console->dropped = dropped;
	console->drops += more;
	kl_assembler_dropped(console->assembler, more);
}

/* Nothing is left to read: were any dropped behind the last one? */
static void ask_drops(struct netconsole *console)
{
	u32 info[SK_MEMINFO_VARS] = { 0 };
	socklen_t length = sizeof(info);

	if (!getsockopt(console->fd, SOL_SOCKET, SO_MEMINFO, info, &length) &&
	    length > SK_MEMINFO_DROPS * sizeof(*info))
		tell_drops(console, info[SK_MEMINFO_DROPS]);
}

/* The assembler knows addresses of one kind only. */
static void map_address(struct sockaddr_storage *address)
{
	struct sockaddr_in in;
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)address;

	if (address->ss_family == AF_INET6) {
		in6->sin6_flowinfo = 0;
		return;
	}
	memcpy(&in, address, sizeof(in));
	memset(in6, 0, sizeof(*in6));
	in6->sin6_family = AF_INET6;
	in6->sin6_port = in.sin_port;
	in6->sin6_addr.s6_addr[10] = in6->sin6_addr.s6_addr[11] = 0xff;
	memcpy(&in6->sin6_addr.s6_addr[12], &in.sin_addr, sizeof(in.sin_addr));
}

static void take(struct netconsole *console, u32 i)
{
	struct batch *batch = console->batch;
	struct msghdr *header = &batch->message[i].msg_hdr;
	struct kl_datagram datagram = {
		.sender = (struct sockaddr_in6 *)&batch->sender[i],
		.time = wall_clock(),
		.now = kl_loop_now(),
		.text = { batch->text[i], batch->message[i].msg_len },
	};
	u32 dropped = console->dropped;
	struct timespec stamp;
	struct cmsghdr *control;

	for (control = CMSG_FIRSTHDR(header); control;
	     control = CMSG_NXTHDR(header, control)) {
		if (control->cmsg_level != SOL_SOCKET)
			continue;
		if (control->cmsg_type == SO_RXQ_OVFL) {
			memcpy(&dropped, CMSG_DATA(control), sizeof(dropped));
		} else if (control->cmsg_type == SO_TIMESTAMPNS) {
			memcpy(&stamp, CMSG_DATA(control), sizeof(stamp));
			datagram.time = microseconds(&stamp);
		}
	}
	tell_drops(console, dropped);
	map_address(&batch->sender[i]);
	kl_assembler_take(console->assembler, &datagram);
}

/* Returns the number of datagrams, 0 if there are none, or a negative errno. */
static int receive(struct netconsole *console)
{
	struct batch *batch = console->batch;
	int i, count;

	for (i = 0; i < (int)KL_DATAGRAMS; i++) {
		struct msghdr *header = &batch->message[i].msg_hdr;

		batch->vector[i].iov_base = batch->text[i];
		batch->vector[i].iov_len = DATAGRAM_MAX;
		header->msg_name = &batch->sender[i];
		header->msg_namelen = sizeof(batch->sender[i]);
		header->msg_iov = &batch->vector[i];
		header->msg_iovlen = 1;
		header->msg_control = batch->control[i];
		header->msg_controllen = sizeof(batch->control[i]);
	}
	count = recvmmsg(console->fd, batch->message, KL_DATAGRAMS, MSG_DONTWAIT, NULL);
	if (count < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -errno;
	for (i = 0; i < count; i++)
		take(console, i);
	return count;
}

static void set_expiry(struct netconsole *console)
{
	u64 wait = kl_assembler_expire(console->assembler, kl_loop_now());

	if (wait)
		kl_timer_set(console->input.loop, &console->expiry, wait);
	else
		kl_timer_stop(console->input.loop, &console->expiry);
}

static void expire(struct kl_timer *timer)
{
	struct netconsole *console = timer->data;

	set_expiry(console);
	console->input.batch(&console->input);
}

static void resume(struct kl_timer *timer)
{
	struct netconsole *console = timer->data;

	kl_loop_add(console->input.loop, &console->watch, EPOLLIN);
}

/* An error that lasts must not keep the loop busy. */
static void pause_input(struct netconsole *console, int error)
{
	if (!console->errors++)
		kl_tell(LOG_ERR, "netconsole: %s", strerror(error));
	kl_loop_remove(console->input.loop, &console->watch);
	kl_timer_set(console->input.loop, &console->pause, ERROR_PAUSE);
}

/* Some batches, then others have their turn. */
static void ready(struct kl_watch *watch, u32 events)
{
	struct netconsole *console = watch->data;
	u32 round;
	int count = 0;

	(void)events;
	for (round = 0; round < KL_DATAGRAM_ROUNDS; round++) {
		count = receive(console);
		if (count < (int)KL_DATAGRAMS)
			break;
	}
	if (count < 0)
		pause_input(console, -count);
	else if (count < (int)KL_DATAGRAMS)
		ask_drops(console);
	set_expiry(console);
	console->input.batch(&console->input);
}

/* A socket with a peer gets nothing from others. */
static bool turn_away(struct netconsole *console)
{
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6, .sin6_port = htons(9),
				    .sin6_addr = IN6ADDR_LOOPBACK_INIT };
	struct sockaddr_in in = { .sin_family = AF_INET, .sin_port = htons(9),
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	bool six = console->address.ss_family == AF_INET6;

	return !(six ? connect(console->fd, (struct sockaddr *)&in6, sizeof(in6)) :
		       connect(console->fd, (struct sockaddr *)&in, sizeof(in)));
}

/*
 * What waits in the socket is taken. What comes from now on goes to the socket of
 * the new configuration, if there is one; if that cannot be, it counts as dropped.
 */
static void drain(struct netconsole *console)
{
	struct sock_filter nothing = { .code = BPF_RET | BPF_K, .k = 0 };
	struct sock_fprog filter = { 1, &nothing };

	if (turn_away(console) || !setsockopt(console->fd, SOL_SOCKET, SO_ATTACH_FILTER,
					      &filter, sizeof(filter)))
		while (receive(console) > 0)
			;
	ask_drops(console);
	kl_assembler_end(console->assembler);
}

static void set(int fd, int level, int option, int value)
{
	setsockopt(fd, level, option, &value, sizeof(value));
}

/* The kernel grants more than is asked for, or less: it counts its own overhead. */
static void set_buffer(struct netconsole *console)
{
	int wanted = min_t(u64, console->receive_buffer, INT_MAX / 2);
	socklen_t length = sizeof(console->buffer);

	if (setsockopt(console->fd, SOL_SOCKET, SO_RCVBUFFORCE, &wanted, sizeof(wanted)))
		set(console->fd, SOL_SOCKET, SO_RCVBUF, wanted);
	getsockopt(console->fd, SOL_SOCKET, SO_RCVBUF, &console->buffer, &length);
	console->buffer /= 2;
	if (console->buffer < wanted)
		kl_tell(LOG_WARNING,
		    "netconsole: receive buffer of %d bytes instead of %d: raise net.core.rmem_max",
		    console->buffer, wanted);
	else
		kl_tell(LOG_INFO, "netconsole: receive buffer of %d bytes", console->buffer);
}

/* Without IPv6 in the kernel, any address is any IPv4 address. */
static int make_socket(struct netconsole *console)
{
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&console->address;
	struct sockaddr_in any = { .sin_family = AF_INET, .sin_port = in6->sin6_port };
	int type = SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK;

	console->fd = socket(console->address.ss_family, type, 0);
	if (console->fd >= 0 || errno != EAFNOSUPPORT || in6->sin6_family != AF_INET6 ||
	    !IN6_IS_ADDR_UNSPECIFIED(&in6->sin6_addr))
		return console->fd < 0 ? -errno : 0;
	kl_tell(LOG_NOTICE, "netconsole: this kernel has no IPv6: listening on IPv4 only");
	memset(&console->address, 0, sizeof(console->address));
	memcpy(&console->address, &any, sizeof(any));
	console->address_length = sizeof(any);
	console->fd = socket(AF_INET, type, 0);
	return console->fd < 0 ? -errno : 0;
}

static int open_socket(struct netconsole *console)
{
	int error = make_socket(console);

	if (error)
		return error;
	if (console->address.ss_family == AF_INET6) {
		set(console->fd, IPPROTO_IPV6, IPV6_V6ONLY, 0);
		set(console->fd, IPPROTO_IPV6, IPV6_FREEBIND, 1);
	} else {
		/* The address may come up later than the daemon. */
		set(console->fd, IPPROTO_IP, IP_FREEBIND, 1);
	}
	/* With a new configuration the old socket is there for a moment longer. */
	set(console->fd, SOL_SOCKET, SO_REUSEPORT, 1);
	set(console->fd, SOL_SOCKET, SO_RXQ_OVFL, 1);
	set(console->fd, SOL_SOCKET, SO_TIMESTAMPNS, 1);
	set_buffer(console);
	return 0;
}

static int listen_to(struct netconsole *console)
{
	if (bind(console->fd, (struct sockaddr *)&console->address,
		 console->address_length)) {
		console->bind_failures++;
		return -errno;
	}
	console->bound = true;
	console->watch = (struct kl_watch){ console->fd, ready, console };
	return kl_loop_add(console->input.loop, &console->watch, EPOLLIN);
}

static void listen_again(struct kl_timer *timer)
{
	struct netconsole *console = timer->data;
	int error = listen_to(console);

	if (!console->bound)
		kl_timer_set(console->input.loop, timer, KL_NETCONSOLE_RETRY);
	else if (error)
		pause_input(console, -error);
	else
		kl_tell(LOG_NOTICE, "netconsole: %s: listening now", console->listen);
}

/*
 * Whoever took the port first must not keep the daemon, and with it the log of the
 * kernel, from starting.
 */
static int listen_or_wait(struct netconsole *console)
{
	int error = listen_to(console);

	if (!error || console->bound || !console->input.patient)
		return error;
	kl_tell(LOG_ERR, "netconsole: %s: %s: nothing is received; trying again",
		console->listen, strerror(-error));
	kl_timer_set(console->input.loop, &console->rebind, KL_NETCONSOLE_RETRY);
	return 0;
}

static int make_assembler(struct netconsole *console)
{
	struct kl_assembler_options options = {
		.senders_max = console->senders_max,
		.line_max = console->line_max,
		.timeout = console->timeout,
		.gaps = console->gaps,
		.give = give,
		.data = console,
	};

	console->assembler = kl_assembler_new(&options);
	console->batch = malloc(sizeof(*console->batch));
	return console->assembler && console->batch ? 0 : -ENOMEM;
}

static void free_input(struct netconsole *console)
{
	kl_assembler_free(console->assembler);
	free(console->batch);
	if (console->fd >= 0)
		close(console->fd);
}

static void close_input(struct kl_input *input)
{
	struct netconsole *console = of(input);

	if (console->bound)
		kl_loop_remove(input->loop, &console->watch);
	kl_timer_stop(input->loop, &console->expiry);
	kl_timer_stop(input->loop, &console->pause);
	kl_timer_stop(input->loop, &console->rebind);
	drain(console);
	free_input(console);
}

static int open_input(struct kl_input *input)
{
	struct netconsole *console = of(input);
	int error;

	console->fd = -1;
	console->expiry.expired = expire;
	console->expiry.data = console;
	console->pause.expired = resume;
	console->pause.data = console;
	console->rebind.expired = listen_again;
	console->rebind.data = console;
	error = make_assembler(console);
	if (!error)
		error = open_socket(console);
	if (!error)
		error = listen_or_wait(console);
	if (error) {
		kl_tell(LOG_ERR, "netconsole: %s: %s", console->listen, strerror(-error));
		free_input(console);
	}
	return error;
}

static void put_stat(struct kl_input *input, struct kl_buffer *out)
{
	struct netconsole *console = of(input);
	struct kl_assembler_stat stat;

	kl_assembler_stat(console->assembler, &stat);
	kl_buffer_printf(out, " listen=%s listening=%s", console->listen,
			 console->bound ? "yes" : "no");
	kl_figure(out, "bind_failures", console->bind_failures);
	kl_figure(out, "receive_buffer", console->buffer);
	kl_figure(out, "datagrams", stat.datagrams);
	kl_figure(out, "bytes", stat.bytes);
	kl_figure(out, "empty", stat.empty);
	kl_figure(out, "dropped", console->drops);
	kl_figure(out, "lines", stat.lines);
	kl_figure(out, "lines_cut", stat.cut);
	kl_figure(out, "lines_pending", stat.pending);
	kl_figure(out, "records_missing", stat.missing);
	kl_figure(out, "records_late", stat.late);
	kl_figure(out, "senders", stat.senders);
	kl_figure(out, "senders_forgotten", stat.evicted);
	kl_figure(out, "senders_restarted", stat.restarts);
	kl_figure(out, "errors", console->errors);
}

const struct kl_input_type kl_input_netconsole = {
	.name = "netconsole",
	.help = "console messages of other machines, over UDP",
	.keys = keys,
	.size = sizeof(struct netconsole),
	.check = check,
	.open = open_input,
	.stat = put_stat,
	.close = close_input,
};
