/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Every limit of kellas-auditd, in one place, with what happens beyond it.
 * Those of records (KL_RECORD_MAX ...) are the kernel's, in kernel/limits.h.
 */
#ifndef KELLAS_AUDITD_LIMITS_H
#define KELLAS_AUDITD_LIMITS_H

/* Connections: a name resolved, connected and encrypted within this, or it failed. */
#define KL_CONNECT_TIMEOUT	10000u		/* milliseconds */
/* Connections: what the kernel does not take waits; beyond this nothing is added. */
#define KL_STREAM_OUT		(256u << 10)	/* bytes */
/* Connections: reads in one round of the loop; the rest waits, so that no server holds it. */
#define KL_STREAM_READS		16u
/* Sent and not confirmed: more have to wait. */
#define KL_TCP_WINDOW		4096u		/* syslog messages */
#define KL_RELP_WINDOW_MAX	1024u		/* greatest RELP window */
/* Syslog over TCP: how often to look whether the other machine has got it. */
#define KL_TCP_POLL		20u		/* milliseconds */
/* RELP: the server answers within this, or the connection is broken. */
#define KL_RELP_TIMEOUT		30000u		/* milliseconds */
/* RELP: an answer longer than this is nonsense: the connection is broken. */
#define KL_RELP_ANSWER_MAX	(64u << 10)	/* bytes */

/* exec: lines that a program was given and has not read; processes at the same time. */
#define KL_EXEC_WINDOW		1024u
#define KL_EXEC_PROCESSES	64u

/* Event loop: more than these wait for the next round. */
#define KL_LOOP_EVENTS		64u	/* descriptors or timers in one round */

/* A line of a log file, any format; a "torn line" beyond it was not ours and is left alone. */
#define KL_FILE_LINE_MAX	(4u << 20)	/* bytes */
/* What is handed to one writev(): whole lines, at least one. */
#define KL_FILE_BATCH_LINES	500u
#define KL_FILE_BATCH_BYTES	(256u << 10)
/* Batches in one round of the loop, each perhaps with a sync; the rest waits. */
#define KL_FILE_BATCHES		32u
/* Of a torn line that is cut off this much is kept in the line that says so. */
#define KL_FILE_TORN_SHOWN	512u		/* bytes */
/* At least this often a file says which kernel's numbers it holds: bounds the way back to it. */
#define KL_FILE_MARK		(64u << 20)	/* bytes */
/* Lines about the file itself that wait to be written into it; more are counted. */
#define KL_FILE_NOTES		(64u << 10)	/* bytes */

/* Rotated files of one sink that retention and compression look at; more are said. */
#define KL_ROTATED_MAX		65536u

/* Compression: this much of the source at a time, then a pause for everything else. */
#define KL_COMPRESS_STEP	(128u << 10)	/* bytes */
#define KL_COMPRESS_PAUSE	5u		/* milliseconds */

/* Kernel: any record fits what is read at once. A line beyond it is thrown away, counted and said. */
#define KL_KERNEL_READ		(512u << 10)	/* bytes */
#define KL_KERNEL_RETRY		500u		/* milliseconds until the module is looked for again */

/* Position: a file with more cannot be understood, which is said. */
#define KL_POSITION_MAX		(256u << 10)	/* bytes */
#define KL_POSITION_SINKS	1024u
#define KL_POSITION_INTERVAL	1000u		/* milliseconds until a change is on disk */

/* The daemon's own lines that wait for the routes; beyond it: counted. */
#define KL_NOTES_MAX		(256u << 10)	/* bytes */

/* Counters are written this often, if anything has changed. */
#define KL_STAT_INTERVAL	2000u		/* milliseconds */

/* At the end: what is read from the kernel at most before the daemon stops. */
#define KL_DRAIN_READS		256u
#define KL_DRAIN_WAIT		20		/* milliseconds without a record end it, too */

/* Configuration. Beyond these: an error; a table of keys: a bug (WARN). */
#define KL_NAME_MAX		64u	/* bytes of the name of a sink or route */
#define KL_CONF_KEYS		48u	/* keys of one kind of section */

/* Netconsole. */
#define KL_DATAGRAMS		32u	/* of one system call */
#define KL_DATAGRAM_ROUNDS	8u	/* calls in one round of the loop; the rest waits */
#define KL_SENDERS_MAX		65536u	/* greatest senders-max */
#define KL_LINE_MAX		(1u << 20) /* greatest line-max */
#define KL_NETCONSOLE_RETRY	1000u	/* milliseconds until a taken port is tried again */
#define KL_NETCONSOLE_TELL	1000u	/* milliseconds between lines about one sender's losses */
#define KL_NETCONSOLE_MEMORY_MAX (1ull << 30) /* senders-max times line-max: refused */

/* Sinks: a formatted line beyond it is dropped and told as lost. */
#define KL_MESSAGE_MAX		(4u << 20)	/* bytes */

/* Sinks: what "queue" and "spool-max" may be. */
#define KL_QUEUE_MIN		(64u << 10)	/* bytes */
#define KL_QUEUE_MAX		(1ull << 30)	/* bytes */
#define KL_SPOOL_MIN		(256u << 10)	/* bytes */

/* A sink that does not work is tried again after this, doubled up to that. */
#define KL_RETRY_FIRST		1000u		/* milliseconds */
#define KL_RETRY_LAST		30000u		/* milliseconds */

/* Spool: a segment is begun anew beyond max / 8, but within these. */
#define KL_SEGMENT_MIN		(64u << 10)	/* bytes */
#define KL_SEGMENT_MAX		(4u << 20)	/* bytes */
/* Spool: what is read at a time. */
#define KL_SPOOL_READ		(256u << 10)	/* bytes */
/* Spool: while its directory cannot be opened it is tried again this often. */
#define KL_SPOOL_RETRY		1000u		/* milliseconds */

#endif /* KELLAS_AUDITD_LIMITS_H */
