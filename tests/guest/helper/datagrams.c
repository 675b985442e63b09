// SPDX-License-Identifier: GPL-2.0-only
/*
 * Datagrams received: each by every way, waiting or not. The sender's address
 * is what getsockname(2) tells the sender.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>
#include "calls.h"
#include "facts.h"
#include "kellas.h"
#include "metronome.h"
#include "sockets.h"
#include "subject.h"

static char got[100];
static struct iovec got_all = { got, sizeof(got) };

static long by_recv(void) { return recv(my.other, got, sizeof(got), 0); }
static long by_read(void) { return read(my.other, got, sizeof(got)); }
static long by_dontwait(void) { return recv(my.other, got, sizeof(got), MSG_DONTWAIT); }

static long by_recvfrom(void)
{
	struct sockaddr_storage from;
	socklen_t size = sizeof(from);

	return recvfrom(my.other, got, sizeof(got), 0, (struct sockaddr *)&from, &size);
}

static long by_recvmsg(void)
{
	struct msghdr msg = { .msg_iov = &got_all, .msg_iovlen = 1 };

	return recvmsg(my.other, &msg, 0);
}

static long by_recvmmsg(void)
{
	struct mmsghdr msg = { { .msg_iov = &got_all, .msg_iovlen = 1 } };
	int n = recvmmsg(my.other, &msg, 1, 0, NULL);

	return n < 0 ? n : (long)msg.msg_len;
}

static long by_recv_call(void)
{
	char *room = low_room(100);
	long n = socketcall(CALL_RECVFROM, my.other, (uintptr_t)room, 100, 0, 0, 0);

	memcpy(got, room, sizeof(got));
	return n;
}

static long by_recv_ring(void)
{
	struct io_uring_sqe operation = {
		.opcode = IORING_OP_RECV, .fd = my.other, .addr = (uintptr_t)got,
		.len = sizeof(got),
	};

	must(ring_open());
	return ring_submit(&operation);
}

static long by_splice(void)
{
	int through[2];

	must(pipe(through));
	if (splice(my.other, NULL, through[1], NULL, 100, 0) < 0)
		return -1;
	return read(through[0], got, sizeof(got));
}

/* Looking first: of that nothing is told. */
static long by_peek(void)
{
	must(recv(my.other, got, sizeof(got), MSG_PEEK));
	memset(got, 0, sizeof(got));
	return by_recv();
}

static const struct {
	const char *name;
	long (*receive)(void);
} receptions[] = {
	{ "recv", by_recv },
	{ "recvfrom", by_recvfrom },
	{ "recvmsg", by_recvmsg },
	{ "recvmmsg", by_recvmmsg },
	{ "read", by_read },
	{ "recv MSG_DONTWAIT", by_dontwait },
	{ "recv (socketcall)", by_recv_call },
	{ "recv by io_uring", by_recv_ring },
	{ "splice", by_splice },
	{ "MSG_PEEK, then recv", by_peek },
};

static const struct way kinds[] = {
	{ "IPv4", "inet_dgram_recv", V4, SOCK_DGRAM, 0 },
	{ "IPv6", "inet_dgram_recv", V6, SOCK_DGRAM, 0 },
	{ "mapped", "inet_dgram_recv", MAPPED, SOCK_DGRAM, 0 },
	{ "raw", "inet_raw_recv", V4, SOCK_RAW, 251 },
	{ "raw IPv6", "inet_raw_recv", V6, SOCK_RAW, 252 },
	{ "pathname", "unix_dgram_recv", PATHNAME, SOCK_DGRAM, 0 },
	{ "anonymous", "unix_dgram_recv", ANONYMOUS, SOCK_DGRAM, 0 },
};

/**
 * struct reception - a case
 * @kind: of socket
 * @receive: how
 * @delay: milliseconds before the datagram is sent; 0: it is there
 */
struct reception {
	const struct way *kind;
	long (*receive)(void);
	int delay;
};

/* "other" receives from "peer", whose name is what is told. */
static void open_pair(const struct way *kind)
{
	struct way server = *kind;
	struct sockaddr_un own = { AF_UNIX };

	if (kind->where == ANONYMOUS)
		server.where = ABSTRACTED;
	if (kind->where == MAPPED) {
		set_address(V6);
		my.address.v6.sin6_addr = in6addr_any;
		my.other = open_socket(kind);
		must(bind(my.other, &my.address.any, my.length));
		get_name(my.other);
		{
			unsigned int port = ntohs(my.address.v6.sin6_port);

			set_address(V4);
			set_port(port);
		}
		server.where = V4;
	} else {
		bind_other(&server);
	}
	my.peer = open_socket(&server);
	if (kind->where == PATHNAME) {
		sprintf(own.sun_path, HERE "/sender.%d", getpid());
		unlink(own.sun_path);
		must(bind(my.peer, (struct sockaddr *)&own, sizeof(own)));
	}
	must(connect(my.peer, &my.address.any, my.length));
	get_name(my.peer);
	if (kind->where == MAPPED) {
		unsigned int port = port_of();

		set_address(MAPPED);
		set_port(port);
	}
	tell(kind);
}

static void send_word(void)
{
	must(send(my.peer, WORD, strlen(WORD), 0));
}

static void prepare(const void *arg)
{
	const struct reception *reception = arg;
	pid_t sender;

	open_pair(reception->kind);
	if (!reception->delay) {
		send_word();
		return;
	}
	sender = must(fork());
	if (sender)
		return;
	close(my.other);
	pause_for(reception->delay);
	send_word();
	_exit(0);
}

static long receive(const void *arg)
{
	const struct reception *reception = arg;
	struct text text = {};
	long n;

	task_facts(&text);
	subject_expects("%s%s%s", reception->kind->op, my.params, text.data);
	n = reception->receive();
	if (n >= (long)strlen(WORD) && memcmp(got + n - strlen(WORD), WORD, strlen(WORD)))
		errno = EBADMSG, n = -1;
	return n;
}

static void try_reception(const char *name, const struct reception *reception,
			  enum verdict verdict)
{
	static struct counts before, after;
	const struct operation_count *b, *a;
	struct seen seen;

	begin("%s %s%s", reception->kind->name, name, reception->delay ? ", waiting" : "");
	counts_take(&before);
	subject_watch(prepare, receive, reception, &seen);
	counts_take(&after);
	b = counts_operation(&before, reception->kind->op);
	a = counts_operation(&after, reception->kind->op);
	expect_error("result", 0, seen.error);
	expect_number("records", 1, seen.count);
	expect_number("matches", 1, a->matches - b->matches);
	expect_number("hits", 1, a->hits - b->hits);
	expect_number("rule hits", verdict == ALLOWED, a->rule_hits - b->rule_hits);
	if (seen.count)
		expect_words("record", seen.expected, record_body(seen.records[0]));
	if (seen.count)
		expect_text("result", verdict == ALLOWED ? "allowed" : "unmatched",
			    head_field(seen.records[0], "result"));
	end();
}

static void run_verdict(enum verdict verdict)
{
	static const char *const ops[] = { "inet_dgram_recv", "inet_raw_recv",
					   "unix_dgram_recv" };
	struct text text = {};
	unsigned int i, k;

	group("network datagrams %s", verdict == ALLOWED ? "allowed" : "unmatched");
	for (i = 0; i < ARRAY_SIZE(ops); i++)
		text_add(&text, "100 acl %s " SUBJECT_RULE "\n    audit 1\n    10 allow %s\n",
			 ops[i], verdict == ALLOWED ? "task.uid=21" : "task.uid=99");
	policy(text.data);
	free(text.data);
	for (i = 0; i < ARRAY_SIZE(kinds); i++)
		for (k = 0; k < ARRAY_SIZE(receptions); k++) {
			struct reception reception = { &kinds[i],
						       receptions[k].receive, 0 };

			try_reception(receptions[k].name, &reception, verdict);
			reception.delay = 100;
			if (receptions[k].receive != by_dontwait)
				try_reception(receptions[k].name, &reception, verdict);
		}
}

/* Calls that receive nothing. */

static void only_open(const void *arg)
{
	open_pair(arg);
}

static long time_out(const void *arg)
{
	struct timeval limit = { 0, 200000 };
	double from = now(), took;
	long n;

	(void)arg;
	must(setsockopt(my.other, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)));
	n = by_recv();
	took = now() - from;
	if (took < 0.19 || (took > 1 && took > 1 + metronome_late(from)))
		errno = EDOM;
	return n;
}

static long no_wait(const void *arg)
{
	(void)arg;
	return by_dontwait();
}

static void ring_bell(int signal)
{
	(void)signal;
}

static long interrupted(const void *arg)
{
	struct sigaction action = { .sa_handler = ring_bell };
	struct itimerval soon = { { 0, 0 }, { 0, 200000 } };

	(void)arg;
	must(sigaction(SIGALRM, &action, NULL));
	must(setitimer(ITIMER_REAL, &soon, NULL));
	return by_recv();
}

/* The sender's end is gone: nobody listens there. */
static long refused(const void *arg)
{
	struct sockaddr_in nobody = { AF_INET, htons(9), { htonl(INADDR_LOOPBACK) } };

	(void)arg;
	my.other = must(socket(AF_INET, SOCK_DGRAM, 0));
	must(connect(my.other, (struct sockaddr *)&nobody, sizeof(nobody)));
	must(send(my.other, WORD, strlen(WORD), 0));
	return by_recv();
}

static long shut(const void *arg)
{
	(void)arg;
	must(shutdown(my.other, SHUT_RD));
	return by_recv() == 0 ? 0 : -1;
}

static long look(const void *arg)
{
	(void)arg;
	send_word();
	return recv(my.other, got, sizeof(got), MSG_PEEK);
}

static long errors(const void *arg)
{
	(void)arg;
	send_word();
	return recv(my.other, got, sizeof(got), MSG_ERRQUEUE | MSG_DONTWAIT);
}

static void run_nothing(void)
{
	static const struct {
		const char *name;
		long (*act)(const void *arg);
		int error, kind;
	} cases[] = {
		{ "SO_RCVTIMEO", time_out, EAGAIN, 0 },
		{ "SO_RCVTIMEO of UNIX", time_out, EAGAIN, 5 },
		{ "MSG_DONTWAIT", no_wait, EAGAIN, 0 },
		{ "MSG_DONTWAIT of UNIX", no_wait, EAGAIN, 5 },
		{ "a signal", interrupted, EINTR, 0 },
		{ "a signal, UNIX", interrupted, EINTR, 5 },
		{ "an error", refused, ECONNREFUSED, 0 },
		{ "the end, UNIX", shut, 0, 5 },
		{ "MSG_PEEK", look, 0, 0 },
		{ "MSG_ERRQUEUE", errors, EAGAIN, 0 },
	};
	struct seen seen;
	unsigned int i;

	group("network datagrams nothing");
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		begin("%s", cases[i].name);
		subject_watch(only_open, cases[i].act, &kinds[cases[i].kind], &seen);
		expect_error("result", cases[i].error, seen.error);
		expect_number("records", 0, seen.count);
		end();
	}
}

static void run_deny(void)
{
	static const char *const ops[] = { "inet_dgram_recv", "inet_raw_recv",
					   "unix_dgram_recv" };
	struct text message = {};
	char text[100];
	unsigned int i;

	group("network datagrams");
	for (i = 0; i < ARRAY_SIZE(ops); i++) {
		begin("deny %s", ops[i]);
		sprintf(text, "100 acl %s\n    10 deny\n", ops[i]);
		expect_error("result", EINVAL, policy_try(text, &message));
		expect(message.data && strstr(message.data, "only be logged"),
		       "message: %s", message.data);
		end();
	}
	free(message.data);
}

static pid_t receiver;

/* Somebody waits while the module goes; what comes then he gets. */
static void run_unload(void)
{
	struct way kind = kinds[0];
	int status;
	double from;

	group("network datagrams");
	begin("unload while a receiver waits");
	open_pair(&kind);
	receiver = must(fork());
	if (!receiver) {
		kellas_close();
		subject_mark();
		_exit(by_recv() == (long)strlen(WORD) ? 0 : 1);
	}
	pause_for(500);
	from = now();
	expect_error("detach and remove", 0, kellas_unload());
	expect_took(from, now() - from, 0, 5);
	send_word();
	must(waitpid(receiver, &status, 0));
	expect_number("exit status of the receiver", 0, status);
	end();
	kellas_load();
}

void run_datagrams(void)
{
	run_verdict(UNMATCHED);
	run_verdict(ALLOWED);
	run_nothing();
	run_deny();
	run_unload();
}
