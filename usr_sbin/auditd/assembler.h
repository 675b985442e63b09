/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Datagrams of netconsole to whole lines, for each sender by itself.
 *
 * The basic form is the text of the console, cut into datagrams of 1000 bytes.
 * The extended form is one record in a datagram,
 *
 *	[RELEASE,]LEVEL,SEQUENCE,MICROSECONDS,FLAGS[,KEY=VALUE]...;TEXT
 *
 * or, if it is longer than that, several with the field ncfrag=OFFSET/TOTAL
 * (drivers/net/netconsole.c, Documentation/networking/netconsole.rst). Further
 * lines of a record begin with a blank and hold its dictionary.
 *
 * Lines are given out as plain ASCII: backslashes, control bytes, and those above
 * 0x7e as \ooo (but \xHH of the extended form, which the sender has written, as
 * it came). So "\(cut: REASON)" at the end of a line and
 * "\(begin lost)" are the assembler's own words.
 */
#ifndef KELLAS_ASSEMBLER_H
#define KELLAS_ASSEMBLER_H

#include <netinet/in.h>

#include "entry.h"

struct kl_assembler;

/**
 * struct kl_assembler_options - what an assembler may do
 * @senders_max: senders remembered; beyond, the one silent for longest is forgotten
 * @line_max: bytes of a line as it came; a longer one is given out in pieces
 * @timeout: milliseconds after which an unfinished line is given out as it is
 * @gaps: numbers left out by an extended sender are told as lost
 * @give: called for each line, and for the daemon's own about what is lost: of each
 *	sender at most one of a kind in KL_NETCONSOLE_TELL, with the sum
 * @data: for @give
 */
struct kl_assembler_options {
	u32 senders_max;
	u32 line_max;
	u64 timeout;
	bool gaps;
	void (*give)(void *data, const struct kl_entry *entry);
	void *data;
};

/**
 * struct kl_datagram - what arrived
 * @sender: address and port; IPv4 as a mapped address
 * @time: when: microseconds since the epoch
 * @now: the same in milliseconds of kl_loop_now()
 * @text: its bytes
 */
struct kl_datagram {
	const struct sockaddr_in6 *sender;
	u64 time;
	u64 now;
	struct kl_text text;
};

/**
 * struct kl_assembler_stat - figures since the start, but for @senders and @pending
 * @datagrams, @bytes: taken
 * @empty: of the datagrams: without a byte
 * @lines: given out
 * @cut: of the lines: not whole, and marked so
 * @missing: sequence numbers that were left out
 * @late: records of numbers passed before, by a datagram that was overtaken
 * @restarts: senders whose numbers began anew
 * @senders: remembered
 * @evicted: senders forgotten for want of room
 * @pending: unfinished lines
 */
struct kl_assembler_stat {
	u64 datagrams, bytes, empty;
	u64 lines, cut;
	u64 missing, late, restarts;
	u64 senders, evicted;
	u64 pending;
};

/**
 * kl_assembler_new - all memory but that of unfinished lines is taken here
 *
 * Return: NULL if there is none. An unfinished line that finds no memory later
 * is given out as it is.
 */
struct kl_assembler *kl_assembler_new(const struct kl_assembler_options *options);

/** kl_assembler_free - unfinished lines are forgotten, see kl_assembler_end() */
void kl_assembler_free(struct kl_assembler *assembler);

/** kl_assembler_take - one datagram, in the order of arrival */
void kl_assembler_take(struct kl_assembler *assembler,
		       const struct kl_datagram *datagram);

/**
 * kl_assembler_dropped - before the next datagram others were dropped, nobody
 * knows whose
 * @count: how many
 *
 * Unfinished lines of the basic form are given out as they are: nothing that
 * comes may be joined to them. The extended form needs no such care.
 */
void kl_assembler_dropped(struct kl_assembler *assembler, u64 count);

/**
 * kl_assembler_expire - give out unfinished lines that are too old, and sums that are due
 * @now: milliseconds of kl_loop_now()
 *
 * Return: milliseconds until it must be called again; 0: nothing waits.
 */
u64 kl_assembler_expire(struct kl_assembler *assembler, u64 now);

/** kl_assembler_end - nothing more will come: give out all that waits */
void kl_assembler_end(struct kl_assembler *assembler);

void kl_assembler_stat(const struct kl_assembler *assembler,
		       struct kl_assembler_stat *stat);

#endif /* KELLAS_ASSEMBLER_H */
