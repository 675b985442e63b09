/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A connection to a server: name, address, TCP (or UDP), TLS; nothing in it
 * waits. Used by the syslog and RELP sinks.
 */
#ifndef KELLAS_STREAM_H
#define KELLAS_STREAM_H

#include "conf.h"
#include "loop.h"

/**
 * struct kl_server - whom to connect to; values of keys
 * @name: HOST:PORT
 * @tls: encrypted
 * @ca: file of certificates that vouch for the server; NULL: those of the system
 * @cert, @key: files of our own, or both NULL
 * @peer: name that the server's certificate must bear; NULL: the host in @name
 */
struct kl_server {
	char *name;
	bool tls;
	char *ca, *cert, *key;
	char *peer;
};

struct kl_stream;

/**
 * struct kl_stream_user - who is told
 * @connected: it works now
 * @ready: there is something to read, or room to send
 * @failed: it broke, or could not be made, and is closed. @why: in words
 */
struct kl_stream_user {
	void (*connected)(void *data);
	void (*ready)(void *data);
	void (*failed)(void *data, int error, const char *why);
};

/**
 * kl_server_check - what the table of keys cannot say
 * Return: 0 or kl_conf_refuse().
 */
int kl_server_check(const struct kl_server *server, const struct kl_conf_place *place);

/**
 * kl_stream_new - a connection, not begun
 * @socktype: SOCK_STREAM or SOCK_DGRAM
 * @port: if @server tells none
 */
struct kl_stream *kl_stream_new(struct kl_loop *loop, const struct kl_server *server,
				int socktype, const char *port,
				const struct kl_stream_user *user, void *data);
void kl_stream_free(struct kl_stream *stream);

/** kl_stream_connect - begin (anew); @user->connected or @user->failed follows */
void kl_stream_connect(struct kl_stream *stream);

/** kl_stream_close - nobody is told */
void kl_stream_close(struct kl_stream *stream);

bool kl_stream_connected(const struct kl_stream *stream);

/** kl_stream_room - may more be given to kl_stream_send()? @user->ready tells when */
bool kl_stream_room(const struct kl_stream *stream);

/** kl_stream_send - append to what is to be sent; kl_stream_flush() sends it */
void kl_stream_send(struct kl_stream *stream, const char *data, size_t length);

/**
 * kl_stream_flush - send as much as the kernel takes
 * Return: 0; a negative errno: @user->failed was called.
 */
int kl_stream_flush(struct kl_stream *stream);

/**
 * kl_stream_datagram - send one datagram
 * Return: 0; -EAGAIN: no room, @user->ready tells when; -EMSGSIZE: it is too
 * long; another negative errno: @user->failed was called.
 */
int kl_stream_datagram(struct kl_stream *stream, const char *data, size_t length);

/**
 * kl_stream_read - read what there is; not more than KL_STREAM_READS times in one
 * @user->ready, which is called again if something is left
 * Return: bytes; -EAGAIN: nothing at the moment; another negative errno:
 * @user->failed was called.
 */
ssize_t kl_stream_read(struct kl_stream *stream, char *data, size_t room);

/** kl_stream_unacknowledged - bytes sent that the other machine has not got */
u64 kl_stream_unacknowledged(const struct kl_stream *stream);

/** kl_stream_fail - the user has found it broken */
void kl_stream_fail(struct kl_stream *stream, int error, const char *format, ...)
	__printf(3, 4);

#endif /* KELLAS_STREAM_H */
