// SPDX-License-Identifier: GPL-2.0
/*
 * The log ring under threads. Usage: ring_stress [SECONDS per variant, 1]
 *
 * Producers write bursts of records at random speeds; readers sleep and are
 * woken as in the kernel, by nothing but what kl_ring_commit() and
 * kl_ring_wake() return. After each burst every reader must come to the last
 * number by itself: otherwise a wake-up was lost. Every reader must be told of
 * every number exactly once, in order, as a record or as lost; the producers
 * know what they wrote and lost, and the keeper must be told exactly that.
 *
 * Built with -DRING_SELFTEST the ring forgets a loss now and then, and this
 * program must fail.
 */
#include <sched.h>
#include <time.h>

#include "engine/ring.h"

#define PRODUCERS_MAX 4
#define READERS 3
#define LIMITED 2 /* audit index with a quota */
#define LIMIT 20
#define BURST 37
#define SECOND 1000000000ull

#define check(condition, ...) \
	((condition) ? (void)0 : fail(__LINE__, #condition, __VA_ARGS__))

/**
 * struct variant - what is done
 * @name: for people
 * @producers: threads that write
 * @keeper: the first reader is the keeper
 * @drop_oldest, @resize: the ring drops the oldest; its size changes all the time
 */
static const struct variant {
	const char *name;
	int producers;
	bool keeper;
	bool drop_oldest;
	bool resize;
} variants[] = {
	{ "1 producer, keeper", 1, true, false, false },
	{ "2 producers, keeper", 2, true, false, false },
	{ "4 producers, keeper", 4, true, false, false },
	{ "4 producers, keeper, drop-oldest", 4, true, true, false },
	{ "2 producers, drop-newest", 2, false, false, false },
	{ "4 producers, drop-oldest", 4, false, true, false },
	{ "2 producers, keeper, resize", 2, true, false, true },
};

/**
 * struct payload - what a record holds behind its header: first, that no slot
 * has a value, and the label
 */
struct payload {
	u64 set[KL_SLOT_WORDS];
	u8 length;
	char label[2];
	u64 serial;
	u32 producer;
	u32 seed;
};

struct producer {
	pthread_t thread;
	unsigned int random;
	u32 number;
	u64 serial;
	u64 written, lost, suppressed;
	struct kl_string *label;
	struct kl_hits hits;
};

/**
 * struct reader - one reader and what it was told
 * @next: number it must be told next; atomic, for the main thread
 * @delivered: records by producer
 * @serial: last serial by producer
 * @named: lost records by producer, as the loss records said
 * @lost, @own: numbers lost: in all, and in records that name no rule: it was
 *	overtaken, or told of the beginning of that loss before
 * @suppressed: as told
 * @sleeps: how often it waited
 */
struct reader {
	pthread_t thread;
	struct kl_ring_reader *ring;
	unsigned int random;
	bool slow;
	u64 next;
	u64 delivered[PRODUCERS_MAX], serial[PRODUCERS_MAX], named[PRODUCERS_MAX];
	u64 lost, own, suppressed, sleeps;
	u8 buffer[KL_RECORD_MAX];
};

static const struct variant *variant;
static struct kl_ring *ring;
static struct kl_quota quota;
static struct producer producers[PRODUCERS_MAX];
static struct reader readers[READERS];
static u64 clock_offset;
static u32 stop;
static u32 burst;
static pthread_barrier_t begin, end;
static pthread_mutex_t queue_mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t queue = PTHREAD_COND_INITIALIZER;

static void __printf(3, 4) fail(int line, const char *what, const char *format, ...)
{
	va_list args;

	fprintf(stderr, "%s: line %d: %s: ", variant ? variant->name : "", line, what);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fprintf(stderr, "\n");
	_exit(1);
}

/* Instead of port.c's: here what cannot happen is a failure. */
void kl_port_warn(const char *file, int line, const char *what)
{
	fail(line, what, "%s", file);
}

static u64 clock_now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_REALTIME, &time);
	return time.tv_sec * SECOND + time.tv_nsec + kl_load(&clock_offset);
}

static void wake_readers(void)
{
	pthread_mutex_lock(&queue_mutex);
	pthread_cond_broadcast(&queue);
	pthread_mutex_unlock(&queue_mutex);
}

static struct kl_string *new_label(u32 number)
{
	struct kl_string *label = calloc(1, sizeof(*label) + 8);

	label->length = 2;
	label->hash = number;
	label->text[0] = 'p';
	label->text[1] = '0' + number;
	return label;
}

static u8 pattern(const struct payload *payload, u32 i)
{
	return payload->seed + i * 13;
}

static void fill(struct producer *producer, struct kl_ring_slot *slot)
{
	struct kl_record *record = slot->data;
	struct payload payload = {
		.serial = producer->serial,
		.producer = producer->number,
		.seed = rand_r(&producer->random),
		.length = 2,
		.label = { 'p', '0' + producer->number },
	};
	u8 *data = (u8 *)(record + 1);
	u32 i;

	memset(record, 0, sizeof(*record));
	record->kind = KL_RECORD_REQUEST;
	memcpy(data, &payload, sizeof(payload));
	for (i = sizeof(payload); i < slot->size - sizeof(*record); i++) {
		data[i] = pattern(&payload, i);
		if (i % 1024 == 0 && rand_r(&producer->random) % 64 == 0)
			sched_yield();
	}
}

static u32 record_size(struct producer *producer)
{
	u32 least = sizeof(struct kl_record) + sizeof(struct payload);
	u32 kind = rand_r(&producer->random) % 100;

	if (kind == 0)
		return KL_RECORD_MAX - rand_r(&producer->random) % 1000;
	return least + rand_r(&producer->random) % (kind < 5 ? 9000 : 600);
}

static void produce(struct producer *producer)
{
	struct kl_record_meta meta = {
		.time = clock_now(),
		.audit = rand_r(&producer->random) % 8 ? 1 : LIMITED,
		.result = KL_DENIED,
		.label = producer->label,
	};
	struct kl_ring_slot slot;
	enum kl_ring_outcome outcome;
	bool wake;

	producer->serial++;
	outcome = kl_ring_admit(ring, &quota, &meta);
	if (outcome == KL_RING_RESERVED)
		outcome = kl_ring_reserve(ring, &quota, &meta, &producer->hits,
					  record_size(producer), &slot);
	check(outcome != KL_RING_UNWANTED, "every quota is above 0");
	if (outcome == KL_RING_RESERVED) {
		producer->written++;
		fill(producer, &slot);
		wake = kl_ring_commit(ring, &slot);
	} else {
		producer->lost += outcome == KL_RING_LOST;
		producer->suppressed += outcome == KL_RING_SUPPRESSED;
		wake = kl_ring_wake(ring);
	}
	if (wake)
		wake_readers();
}

static void *producer_main(void *argument)
{
	struct producer *producer = argument;
	u32 i;

	for (;;) {
		pthread_barrier_wait(&begin);
		if (kl_load(&stop))
			return NULL;
		for (i = kl_load(&burst); i; i--) {
			produce(producer);
			if (rand_r(&producer->random) % 2000 == 0)
				usleep(rand_r(&producer->random) % 300);
		}
		pthread_barrier_wait(&end);
	}
}

static void told_record(struct reader *reader, const struct kl_record *record,
			const u8 *data)
{
	struct payload payload;
	u32 i;

	check(record->sequence == reader->next, "%llu instead of %llu",
	      (unsigned long long)record->sequence, (unsigned long long)reader->next);
	memcpy(&payload, data, sizeof(payload));
	check(payload.producer < PRODUCERS_MAX, "%u", payload.producer);
	check(payload.serial > reader->serial[payload.producer], "order of a producer");
	for (i = sizeof(payload); i < record->size - sizeof(*record); i++)
		check(data[i] == pattern(&payload, i), "damaged at %u", i);
	reader->serial[payload.producer] = payload.serial;
	reader->delivered[payload.producer]++;
	kl_exchange(&reader->next, record->sequence + 1);
}

static void told_lost(struct reader *reader, const struct kl_record *record,
		      const u8 *data)
{
	const u8 *stop_at = data + record->size - sizeof(*record);
	u64 count, left = record->count;

	check(record->sequence == reader->next, "%llu instead of %llu",
	      (unsigned long long)record->sequence, (unsigned long long)reader->next);
	check(record->count == record->last - record->sequence + 1, "%llu",
	      (unsigned long long)record->count);
	while (data < stop_at) {
		check(data[0] == 2 && data[1] == 'p', "label");
		memcpy(&count, data + 3, sizeof(count));
		check(count && count <= left, "count");
		left -= count;
		reader->named[data[2] - '0'] += count;
		data += 3 + sizeof(count);
	}
	/* Every request has a label: only what others have had is not named. */
	check(left == 0 || left == record->count || !variant->keeper || variant->resize,
	      "a loss that names some");
	reader->own += left;
	reader->lost += record->count;
	kl_exchange(&reader->next, record->last + 1);
}

static size_t read_once(struct reader *reader)
{
	size_t used, offset;
	struct kl_record record;
	u8 *data = reader->buffer;

	used = kl_ring_read(reader->ring, data, sizeof(reader->buffer), clock_now());
	for (offset = 0; offset < used; offset += record.size) {
		memcpy(&record, data + offset, sizeof(record));
		check(record.size >= sizeof(record) && record.size <= used - offset,
		      "size %u", record.size);
		if (record.kind == KL_RECORD_REQUEST)
			told_record(reader, &record, data + offset + sizeof(record));
		else if (record.kind == KL_RECORD_LOST)
			told_lost(reader, &record, data + offset + sizeof(record));
		else
			reader->suppressed += record.count;
	}
	if (kl_ring_wake(ring))
		wake_readers();
	return used;
}

static void wait_for_news(struct reader *reader)
{
	pthread_mutex_lock(&queue_mutex);
	while (!kl_load(&stop) && !kl_ring_ready(reader->ring, clock_now())) {
		reader->sleeps++;
		pthread_cond_wait(&queue, &queue_mutex);
	}
	pthread_mutex_unlock(&queue_mutex);
}

static void *reader_main(void *argument)
{
	struct reader *reader = argument;

	while (!kl_load(&stop)) {
		read_once(reader);
		if (reader->slow && rand_r(&reader->random) % 4 == 0)
			usleep(rand_r(&reader->random) % 3000);
		if (rand_r(&reader->random) % 2)
			wait_for_news(reader);
	}
	return NULL;
}

/* The first read says where a visitor is; it begins there anew. */
static void find_place(struct reader *reader)
{
	struct kl_record record;

	if (!kl_ring_read(reader->ring, reader->buffer, sizeof(reader->buffer),
			  clock_now()))
		return;
	memcpy(&record, reader->buffer, sizeof(record));
	if (record.kind == KL_RECORD_SUPPRESSED)
		return;
	reader->next = record.sequence;
	kl_ring_seek(reader->ring, reader->next);
}

/* Readers that come and go; theirs must be in order from where they begin. */
static void *visitor_main(void *argument)
{
	struct reader *reader = argument;
	int reads;

	while (!kl_load(&stop)) {
		reader->ring = kl_ring_open(ring);
		memset(reader->serial, 0, sizeof(reader->serial));
		if (rand_r(&reader->random) % 4 == 0)
			kl_ring_seek(reader->ring,
				     rand_r(&reader->random) % 2 ? ~0ull : 0);
		reader->next = 0;
		for (reads = rand_r(&reader->random) % 8; reads; reads--) {
			if (reader->next)
				read_once(reader);
			else
				find_place(reader);
			if (kl_ring_wake(ring))
				wake_readers();
			usleep(rand_r(&reader->random) % 500);
		}
		kl_ring_close(reader->ring);
	}
	return NULL;
}

static u64 next_number(void)
{
	struct kl_ring_stat stat;

	kl_ring_stat(ring, &stat);
	return stat.next;
}

/* Nobody but the producers and readers themselves wakes anybody. */
static void wait_until_told(void)
{
	u64 next = next_number();
	int i, ms;

	for (i = 0; i < READERS; i++) {
		for (ms = 0; kl_load(&readers[i].next) != next && ms < 10000; ms++)
			usleep(1000);
		check(kl_load(&readers[i].next) == next,
		      "reader %d sleeps at %llu, should have come to %llu", i,
		      (unsigned long long)kl_load(&readers[i].next),
		      (unsigned long long)next);
	}
}

static void run_bursts(u64 until)
{
	unsigned int random = 1;
	size_t size;

	while (clock_now() < until) {
		kl_exchange(&burst, rand_r(&random) % 3 ? 1 + rand_r(&random) % 3 :
							  rand_r(&random) % 3000);
		pthread_barrier_wait(&begin);
		size = KL_AUDIT_MEMORY_MIN << rand_r(&random) % 3;
		if (variant->resize && rand_r(&random) % 4 == 0)
			check(!kl_ring_resize(ring, size), "resize");
		pthread_barrier_wait(&end);
		wait_until_told();
	}
}

static void start_readers(void)
{
	int i;

	memset(readers, 0, sizeof(readers));
	for (i = 0; i < READERS; i++) {
		readers[i].ring = kl_ring_open(ring);
		readers[i].next = 1;
		readers[i].random = i;
		readers[i].slow = i != 1;
	}
	if (variant->keeper)
		check(!kl_ring_keep(readers[0].ring), "keep");
	for (i = 0; i < READERS; i++)
		pthread_create(&readers[i].thread, NULL, reader_main, &readers[i]);
}

static void start_producers(void)
{
	int i;

	memset(producers, 0, sizeof(producers));
	for (i = 0; i < variant->producers; i++) {
		producers[i].number = i;
		producers[i].random = 1000 + i;
		producers[i].label = new_label(i);
		producers[i].hits.refs = 1;
		pthread_create(&producers[i].thread, NULL, producer_main, &producers[i]);
	}
}

static void run_threads(u32 seconds)
{
	static struct reader visitor;
	int i;

	kl_exchange(&stop, 0);
	pthread_barrier_init(&begin, NULL, variant->producers + 1);
	pthread_barrier_init(&end, NULL, variant->producers + 1);
	start_readers();
	start_producers();
	visitor.random = 99;
	pthread_create(&visitor.thread, NULL, visitor_main, &visitor);
	run_bursts(clock_now() + seconds * SECOND);
	kl_exchange(&stop, 1);
	wake_readers();
	pthread_barrier_wait(&begin);
	for (i = 0; i < variant->producers; i++)
		pthread_join(producers[i].thread, NULL);
	for (i = 0; i < READERS; i++)
		pthread_join(readers[i].thread, NULL);
	pthread_join(visitor.thread, NULL);
	pthread_barrier_destroy(&begin);
	pthread_barrier_destroy(&end);
}

/* What the keeper was told is what the producers know. */
static void check_keeper(const struct kl_ring_stat *stat)
{
	const struct reader *keeper = &readers[0];
	int i;

	check(keeper->lost == stat->lost, "%llu told, %llu lost",
	      (unsigned long long)keeper->lost, (unsigned long long)stat->lost);
	check(keeper->suppressed == stat->suppressed, "%llu told, %llu suppressed",
	      (unsigned long long)keeper->suppressed,
	      (unsigned long long)stat->suppressed);
	for (i = 0; i < variant->producers; i++) {
		/* It was never overtaken: it has every record. */
		check(keeper->delivered[i] == producers[i].written, "producer %d", i);
		check(keeper->named[i] == producers[i].lost, "producer %d", i);
	}
}

static void check_reader(const struct reader *reader, u64 numbers)
{
	int number = reader - readers;
	u64 delivered = 0;
	int p;

	for (p = 0; p < variant->producers; p++)
		delivered += reader->delivered[p];
	check(delivered + reader->lost == numbers, "reader %d", number);
	check(reader->sleeps, "reader %d never slept", number);
	printf("    reader %d: %llu records, %llu lost (%llu without names), slept %llu "
	       "times\n",
	       number, (unsigned long long)delivered, (unsigned long long)reader->lost,
	       (unsigned long long)reader->own, (unsigned long long)reader->sleeps);
}

static void check_all(void)
{
	u64 written = 0, lost = 0, suppressed = 0, counted = 0, named;
	struct kl_ring_stat stat;
	int i, p;

	/* What was suppressed in the last second is due now. */
	kl_exchange(&clock_offset, kl_load(&clock_offset) + 2 * SECOND);
	for (i = 0; i < READERS; i++)
		while (read_once(&readers[i]))
			;
	kl_ring_stat(ring, &stat);
	for (p = 0; p < variant->producers; p++) {
		written += producers[p].written;
		lost += producers[p].lost;
		suppressed += producers[p].suppressed;
		named = kl_counter_read(&producers[p].hits.lost);
		check(stat.overwritten || named == producers[p].lost,
		      "hits of producer %d", p);
		check(kl_counter_read(&producers[p].hits.refs) == 1, "references");
		counted += named;
	}
	check(counted == lost + stat.overwritten, "hits");
	check(stat.written == written, "written");
	check(stat.lost == lost, "lost");
	check(stat.suppressed == suppressed, "suppressed");
	check(stat.next == written + lost + 1, "next");
	check(stat.used == 0, "%llu bytes used", (unsigned long long)stat.used);
	check(stat.read + stat.overwritten == written, "read");
	for (i = 0; i < READERS; i++)
		check_reader(&readers[i], written + lost);
	if (variant->keeper && !variant->resize)
		check_keeper(&stat);
	check(lost || suppressed, "the ring was never full");
	printf("    written %llu, lost %llu, overwritten %llu, suppressed %llu\n",
	       (unsigned long long)stat.written, (unsigned long long)stat.lost,
	       (unsigned long long)stat.overwritten, (unsigned long long)stat.suppressed);
}

static void run(const struct variant *which, u32 seconds)
{
	int i;

	variant = which;
	printf("%s\n", variant->name);
	ring = kl_ring_new(KL_AUDIT_MEMORY_MIN);
	kl_ring_drop_oldest(ring, variant->drop_oldest);
	run_threads(seconds);
	check_all();
	for (i = 0; i < READERS; i++)
		kl_ring_close(readers[i].ring);
	for (i = 0; i < variant->producers; i++)
		free(producers[i].label);
	kl_ring_free(ring);
}

/* The time at which all race; 0: as it passes. */
static u64 frozen;

static void *race_main(void *argument)
{
	struct kl_record_meta meta = { .audit = LIMITED, .result = KL_DENIED };
	struct producer *producer = argument;
	struct kl_ring_slot slot;
	int i;

	for (i = 0; i < 2000; i++) {
		meta.time = frozen ? frozen : clock_now();
		producer->serial++;
		if (kl_ring_reserve(ring, &quota, &meta, NULL,
				    sizeof(struct kl_record) + sizeof(struct payload),
				    &slot) != KL_RING_RESERVED)
			continue;
		fill(producer, &slot);
		kl_ring_commit(ring, &slot);
	}
	return NULL;
}

/* A quota is never exceeded, however many ask at once. */
static void race_for_quota(void)
{
	struct kl_ring_stat stat;
	int i;

	ring = kl_ring_new(KL_AUDIT_MEMORY_MIN);
	for (i = 0; i < PRODUCERS_MAX; i++)
		pthread_create(&producers[i].thread, NULL, race_main, &producers[i]);
	for (i = 0; i < PRODUCERS_MAX; i++)
		pthread_join(producers[i].thread, NULL);
	kl_ring_stat(ring, &stat);
	check(stat.written == LIMIT, "%llu", (unsigned long long)stat.written);
	check(stat.suppressed == PRODUCERS_MAX * 2000 - LIMIT, "%llu",
	      (unsigned long long)stat.suppressed);
	kl_ring_free(ring);
}

/* Neither is a rate: no more than its burst at one and the same time. */
static void race_for_rate(void)
{
	struct kl_ring_stat stat;
	int i;

	frozen = clock_now();
	quota.audit[LIMITED].limit[KL_DENIED] = KL_UNLIMITED;
	quota.audit[LIMITED].rate = 1000000;
	quota.audit[LIMITED].burst = BURST;
	ring = kl_ring_new(KL_AUDIT_MEMORY_MIN);
	for (i = 0; i < PRODUCERS_MAX; i++)
		pthread_create(&producers[i].thread, NULL, race_main, &producers[i]);
	for (i = 0; i < PRODUCERS_MAX; i++)
		pthread_join(producers[i].thread, NULL);
	kl_ring_stat(ring, &stat);
	check(stat.written == BURST, "%llu", (unsigned long long)stat.written);
	check(stat.suppressed == PRODUCERS_MAX * 2000 - BURST, "%llu",
	      (unsigned long long)stat.suppressed);
	kl_ring_free(ring);
	frozen = 0;
	quota.audit[LIMITED].limit[KL_DENIED] = LIMIT;
	quota.audit[LIMITED].rate = 0;
}

int main(int argc, char **argv)
{
	u32 seconds = argc > 1 ? atoi(argv[1]) : 1;
	size_t i;

	setvbuf(stdout, NULL, _IOLBF, 0);
	quota.audit[LIMITED].named = true;
	quota.audit[LIMITED].limit[KL_DENIED] = LIMIT;
	race_for_quota();
	race_for_rate();
	for (i = 0; i < ARRAY_SIZE(variants); i++)
		run(&variants[i], seconds);
	printf("ok\n");
	return 0;
}
