/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Every limit of Kellas, in one place. What happens beyond each one is said
 * beside it; nothing is cut or dropped without an error or a counter.
 */
#ifndef KELLAS_LIMITS_H
#define KELLAS_LIMITS_H

/* Policy text: beyond these a line or transaction is refused (E2BIG). */
#define KL_LINE_MAX		(1u << 20)	/* bytes in one line */
#define KL_TRANSACTION_MAX	(64u << 20)	/* bytes in one transaction */
#define KL_STATEMENTS_MAX	(1u << 22)	/* lines with an effect in one */

/* Policy model: beyond these a commit is refused (E2BIG). */
#define KL_RULES_MAX		1000000u	/* blocks and sub-entries, expanded */
#define KL_GROUPS_MAX		65536u		/* groups of all kinds */
#define KL_GROUP_DEPTH		8u		/* rule groups within each other */
#define KL_CONDITIONS_MAX	256u		/* conditions in one line */
#define KL_PRIORITY_MAX		65535u
#define KL_PRIORITY_DEFAULT	1000u
#define KL_LABEL_MAX		64u		/* bytes of a label */
#define KL_AUDIT_INDEXES	256u		/* audit 0 ... 255 */
#define KL_RATE_MAX		1000000u	/* records per second of an index */
#define KL_WAIT_MAX		2000u		/* milliseconds of "audit N wait=" */
#define KL_CONFIRM_MAX		86400u		/* seconds of "commit confirm=" */

/* Default of "quota memory policy", bytes; beyond it ENOMEM on commit. */
#define KL_POLICY_MEMORY	(256ul << 20)
/* Default of "quota memory audit", bytes of the log ring. */
#define KL_AUDIT_MEMORY		(16ul << 20)
#define KL_AUDIT_MEMORY_MIN	(256ul << 10)
#define KL_AUDIT_MEMORY_MAX	(1ul << 30)
/*
 * Bytes of records on their way to the Linux audit subsystem; more than it
 * takes are not handed over, which is counted.
 */
#define KL_LINUX_AUDIT_MEMORY	(1ul << 20)

/* Wildcard patterns: beyond these a pattern is refused (E2BIG). */
#define KL_WILDCARDS_MAX	20u	/* \* \@ \$ \X \A \{ \} \( \) in a pattern */
#define KL_COMPONENTS_MAX	1024u	/* components of a pattern with wildcards */
#define KL_TOKENS_MAX		1024u	/* characters of such a component */

/*
 * Strings of a request: matched whole up to this many bytes, the kernel's own
 * limit for one argument. A longer one makes its conditions unknown, counted.
 */
#define KL_STRING_MAX		(128u << 10)

/* History of a process: beyond this the oldest programs are shown as "...=>". */
#define KL_HISTORY_MAX		4096u		/* bytes of its text */
/* Programs in a pattern of histories, or in one typed as text (E2BIG). */
#define KL_PROGRAMS_MAX		1024u

/*
 * New file systems on their way from fsopen() to move_mount(). Beyond these:
 * the source has no value; the data is unknown; any mount of that superblock
 * which has no place counts as a new one, with unknown data.
 */
#define KL_FSCONTEXT_SOURCE_MAX	4096u		/* bytes of the source, with NUL */
#define KL_FSCONTEXT_DATA_MAX	(16u << 10)	/* bytes of all parameters */
#define KL_FSCONTEXTS_PER_SB	16u		/* remembered of a superblock */
/*
 * What all parameters of all of them take together, bytes; half of it at most
 * is for user namespaces but the first one. What does not fit is counted
 * ("mounts left_out="). Of the contexts themselves and of superblocks there are
 * as many as the kernel has.
 */
#define KL_FSCONTEXT_MEMORY	(16u << 20)

/* Log records: arguments that do not fit are counted as omitted=N. */
#define KL_RECORD_MAX		(64u << 10)	/* binary record */
#define KL_EXECINFO_MAX		8192u		/* argv and envp text in one record */
#define KL_LOSS_RULES_MAX	16u		/* rules named in one loss record */

/*
 * Queries: beyond KL_QUERIES_MAX, and beyond "quota memory query", a denial is
 * not asked about. One that nobody answers is denied after KL_QUERY_SECONDS
 * without a sign of life, and in any case KL_QUERY_SECONDS_MAX after its
 * request was first asked about.
 */
#define KL_QUERIES_MAX		1024u		/* waiting at the same time */
#define KL_QUERY_SECONDS	10u
#define KL_QUERY_SECONDS_MAX	60u

/*
 * Processes of several threads that are ending at the same time: beyond these
 * one may be told twice by task_exit.
 */
#define KL_EXITS_MAX		128u

#endif /* KELLAS_LIMITS_H */
