/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The only door between the engine and the world it is built in: the kernel
 * module, the user-space tools, the fuzzers and the benchmarks.
 */
#ifndef KELLAS_PORT_H
#define KELLAS_PORT_H

#ifdef __KERNEL__

#include <linux/atomic.h>
#include <linux/bitops.h>
#include <linux/bug.h>
#include <linux/build_bug.h>
#include <linux/ctype.h>
#include <linux/delay.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/limits.h>
#include <linux/list.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <linux/spinlock.h>
#include <linux/stddef.h>
#include <linux/string.h>
#include <linux/types.h>
#include <linux/vmalloc.h>
#include <linux/stdarg.h>

/**
 * kl_alloc - allocate zeroed memory
 * @size: bytes, may be large
 *
 * Context: may sleep.
 * Return: the memory, or NULL.
 */
static inline void *kl_alloc(size_t size)
{
	return kvzalloc(size, GFP_KERNEL_ACCOUNT);
}

static inline void kl_free(const void *memory)
{
	kvfree(memory);
}

static inline void kl_sort(void *base, size_t n, size_t size,
			   int (*cmp)(const void *a, const void *b))
{
	sort(base, n, size, cmp, NULL);
}

/* A lock that may be taken in any context, interrupts included. */
typedef raw_spinlock_t kl_lock_t;
#define kl_lock_init(l)			raw_spin_lock_init(l)
#define kl_lock(l, flags)		raw_spin_lock_irqsave(l, flags)
#define kl_unlock(l, flags)		raw_spin_unlock_irqrestore(l, flags)

/* Event counters: never lost, may be read at any time. */
typedef atomic64_t kl_counter_t;
#define kl_counter_add(c, n)		atomic64_add(n, c)
#define kl_counter_sub(c, n)		atomic64_sub(n, c)
#define kl_counter_read(c)		((u64)atomic64_read(c))
#define kl_counter_set(c, n)		atomic64_set(c, n)
#define kl_counter_dec_and_test(c)	atomic64_dec_and_test(c)

/* Fully ordered; a kl_load() behind it cannot be done before it. */
#define kl_exchange(p, v)		xchg(p, v)
#define kl_load(p)			smp_load_acquire(p)

#define kl_cond_resched()		cond_resched()
/* Let whoever we wait for run; may sleep. */
#define kl_pause()			msleep(1)

#else /* user space */

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int16_t s16;
typedef int32_t s32;
typedef int64_t s64;

#define ARRAY_SIZE(a)		(sizeof(a) / sizeof((a)[0]))
#define BIT(n)			(1ul << (n))
#define BIT_ULL(n)		(1ull << (n))
#define likely(x)		__builtin_expect(!!(x), 1)
#define unlikely(x)		__builtin_expect(!!(x), 0)
#define __maybe_unused		__attribute__((unused))
#define __printf(f, a)		__attribute__((format(printf, f, a)))
#define fallthrough		__attribute__((fallthrough))
#define noinline		__attribute__((noinline))
#ifndef __always_inline
#define __always_inline		inline __attribute__((always_inline))
#endif
#define static_assert		_Static_assert
#define container_of(p, type, member) \
	((type *)((char *)(p) - offsetof(type, member)))
#define min(a, b)		({ __typeof__(a) a_ = (a); \
				   __typeof__(b) b_ = (b); a_ < b_ ? a_ : b_; })
#define max(a, b)		({ __typeof__(a) a_ = (a); \
				   __typeof__(b) b_ = (b); a_ > b_ ? a_ : b_; })
#define min_t(type, a, b)	min((type)(a), (type)(b))
#define max_t(type, a, b)	max((type)(a), (type)(b))
#define READ_ONCE(x)		(*(const volatile __typeof__(x) *)&(x))
#define WRITE_ONCE(x, v)	(*(volatile __typeof__(x) *)&(x) = (v))
#define smp_load_acquire(p)	__atomic_load_n(p, __ATOMIC_ACQUIRE)
#define smp_store_release(p, v)	__atomic_store_n(p, v, __ATOMIC_RELEASE)
#define hweight64(x)		((unsigned int)__builtin_popcountll(x))
#define __ffs(x)		((unsigned long)__builtin_ctzl(x))
#define WARN_ON_ONCE(c)		({ bool c_ = !!(c); \
				   if (c_) { \
					kl_port_warn(__FILE__, __LINE__, #c); \
				   } \
				   c_; })

void kl_port_warn(const char *file, int line, const char *what);

/* The subset of <linux/list.h> that the engine uses. */
struct list_head {
	struct list_head *next, *prev;
};

#define LIST_HEAD_INIT(name)	{ &(name), &(name) }

static inline void INIT_LIST_HEAD(struct list_head *list)
{
	list->next = list->prev = list;
}

static inline void list_add_tail(struct list_head *item, struct list_head *head)
{
	item->prev = head->prev;
	item->next = head;
	head->prev->next = item;
	head->prev = item;
}

static inline void list_add(struct list_head *item, struct list_head *head)
{
	list_add_tail(item, head->next);
}

static inline void list_del(struct list_head *item)
{
	item->prev->next = item->next;
	item->next->prev = item->prev;
	item->next = item->prev = NULL;
}

static inline void list_del_init(struct list_head *item)
{
	item->prev->next = item->next;
	item->next->prev = item->prev;
	INIT_LIST_HEAD(item);
}

static inline int list_empty(const struct list_head *head)
{
	return head->next == head;
}

#define list_entry(p, type, member)	container_of(p, type, member)
#define list_first_entry(head, type, member) \
	list_entry((head)->next, type, member)
#define list_last_entry(head, type, member) \
	list_entry((head)->prev, type, member)
#define list_next_entry(pos, member) \
	list_entry((pos)->member.next, __typeof__(*(pos)), member)
#define list_for_each_entry(pos, head, member) \
	for (pos = list_first_entry(head, __typeof__(*pos), member); \
	     &pos->member != (head); pos = list_next_entry(pos, member))
#define list_for_each_entry_reverse(pos, head, member) \
	for (pos = list_last_entry(head, __typeof__(*pos), member); \
	     &pos->member != (head); \
	     pos = list_entry((pos)->member.prev, __typeof__(*pos), member))
#define list_for_each_entry_safe(pos, n, head, member) \
	for (pos = list_first_entry(head, __typeof__(*pos), member), \
	     n = list_next_entry(pos, member); &pos->member != (head); \
	     pos = n, n = list_next_entry(n, member))

/*
 * Tests of running out of memory define this: when it returns true, the
 * allocation that was about to be made fails.
 */
__attribute__((weak)) bool kl_port_fail(void);

static inline void *kl_alloc(size_t size)
{
	if (kl_port_fail && kl_port_fail())
		return NULL;
	return calloc(1, size ? size : 1);
}

static inline void kl_free(const void *memory)
{
	free((void *)memory);
}

static inline void kl_sort(void *base, size_t n, size_t size,
			   int (*cmp)(const void *a, const void *b))
{
	if (n)
		qsort(base, n, size, cmp);
}

typedef pthread_spinlock_t kl_lock_t;
#define kl_lock_init(l)			pthread_spin_init(l, 0)
#define kl_lock(l, flags)		((void)(flags), pthread_spin_lock(l))
#define kl_unlock(l, flags)		((void)(flags), pthread_spin_unlock(l))

typedef u64 kl_counter_t;
#define kl_counter_add(c, n)		__atomic_fetch_add(c, n, __ATOMIC_RELAXED)
#define kl_counter_sub(c, n)		__atomic_fetch_sub(c, n, __ATOMIC_RELAXED)
#define kl_counter_read(c)		__atomic_load_n(c, __ATOMIC_RELAXED)
#define kl_counter_set(c, n)		__atomic_store_n(c, n, __ATOMIC_RELAXED)
#define kl_counter_dec_and_test(c)	(__atomic_sub_fetch(c, 1, __ATOMIC_ACQ_REL) == 0)

#define kl_exchange(p, v)	__atomic_exchange_n(p, v, __ATOMIC_SEQ_CST)
#define kl_load(p)		__atomic_load_n(p, __ATOMIC_SEQ_CST)

#define kl_cond_resched()		do { } while (0)
#define kl_pause()			((void)usleep(1000))

#endif

/**
 * struct kl_text - bytes that need not end in NUL and may contain it
 * @data: the raw, unencoded bytes; owned by whoever filled the text in
 * @length: bytes in @data
 */
struct kl_text {
	const char *data;
	u32 length;
};

static inline bool kl_text_equal(struct kl_text a, struct kl_text b)
{
	return a.length == b.length && !memcmp(a.data, b.data, a.length);
}

/** kl_load64 - eight bytes from anywhere; the first is the least significant */
static inline u64 kl_load64(const char *data)
{
	u64 word;

	memcpy(&word, data, sizeof(word));
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	word = __builtin_bswap64(word);
#endif
	return word;
}

/**
 * struct kl_error - why a text that somebody typed was refused
 * @line: line, from 1, counted since the transaction or file began
 * @column: byte column, from 1, in that line as it was written
 * @text: what is wrong and what was expected, without a final full stop
 */
struct kl_error {
	u32 line;
	u32 column;
	char text[232];
};

#endif /* KELLAS_PORT_H */
