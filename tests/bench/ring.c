// SPDX-License-Identifier: GPL-2.0
/*
 * How fast the log ring takes records of an open(): 1, 2, 4, 8 threads, with and
 * without a keeper that reads in batches; records are encoded for each request
 * (as in the kernel), or copied ready-made (the ring alone).
 *
 * Usage: ring [SECONDS per line, 1]
 *
 * Prints tables with the ratio to one thread. A record that found no room is
 * not counted; its producer yields ("full"). The producers' CPU time for each
 * record says more than the rate where the machine has other work to do, or
 * fewer processors than there are threads: "speed-up" is the ratio that it
 * amounts to if each thread has a processor.
 */
#include <sched.h>
#include <time.h>

#include "engine/history.h"
#include "engine/ring.h"

#define THREADS_MAX 8

struct producer {
	pthread_t thread;
	u64 done;
	u64 full;
	double cpu;
};

static struct kl_ring *ring;
static struct kl_request request;
static struct kl_text texts[2] = { { "/etc/ssl/certs/ca-certificates.crt", 34 },
				   { "/usr/sbin/nginx", 15 } };
static struct kl_text domain = { "<kernel>", 8 };
static struct kl_history *history;
static struct kl_quota quota;
static u32 stop, go;
static u8 ready_made[KL_RECORD_MAX];
static size_t record_size;
static bool encode;

static double seconds_of(clockid_t clock)
{
	struct timespec time;

	clock_gettime(clock, &time);
	return time.tv_sec + time.tv_nsec / 1e9;
}

static void add_program(const char *exe, u32 pid)
{
	struct kl_program program = { .exe = { exe, strlen(exe) }, .pid = pid };
	struct kl_history *longer = kl_alloc(kl_history_grown(history, &program));

	kl_history_grow(longer, history, &program);
	kl_free(history);
	history = longer;
}

/* A "read" with what the kernel collects for its record. */
static void make_request(void)
{
	u32 slot;

	kl_request_init(&request, KL_OP_READ);
	for (slot = 0; slot <= KL_SLOT_TASK_FSGID; slot++)
		if (kl_slot_exists(KL_OP_READ, slot) && kl_slot_type(slot) != KL_STRING)
			kl_request_number(&request, slot, 0100000 + slot);
	kl_request_text(&request, KL_SLOT_OBJECT0, &texts[0]);
	kl_request_text(&request, KL_SLOT_TASK_EXE, &texts[1]);
	kl_request_text(&request, KL_SLOT_TASK_DOMAIN, &domain);
	add_program("/usr/lib/systemd/systemd", 1);
	add_program("/usr/sbin/nginx", 977);
	request.value[KL_SLOT_TASK_HISTORY].history = history;
	kl_slot_add(request.present, KL_SLOT_TASK_HISTORY);
}

static bool log_one(struct kl_record_meta *meta)
{
	struct kl_record_draft draft;
	struct kl_ring_slot slot;
	size_t size;

	meta->time += 1000;
	if (kl_ring_admit(ring, &quota, meta) != KL_RING_RESERVED)
		return false;
	size = encode ? kl_record_measure(&draft, &request, meta) : record_size;
	if (kl_ring_reserve(ring, &quota, meta, NULL, size, &slot) != KL_RING_RESERVED)
		return false;
	if (encode)
		kl_record_write(&draft, slot.data);
	else
		memcpy(slot.data, ready_made, size);
	kl_ring_commit(ring, &slot);
	return true;
}

static void *producer_main(void *argument)
{
	struct kl_record_meta meta = { .time = 1, .audit = 1, .result = KL_ALLOWED };
	struct producer *producer = argument;

	while (!kl_load(&go))
		sched_yield();
	while (!kl_load(&stop)) {
		if (log_one(&meta)) {
			producer->done++;
			continue;
		}
		producer->full++;
		sched_yield();
	}
	producer->cpu = seconds_of(CLOCK_THREAD_CPUTIME_ID);
	return NULL;
}

static void *keeper_main(void *argument)
{
	static u8 buffer[4 * KL_RECORD_MAX];
	struct kl_ring_reader *reader = argument;

	while (!kl_load(&stop))
		if (!kl_ring_read(reader, buffer, sizeof(buffer), 1))
			sched_yield();
	return NULL;
}

static double measure(int threads, bool read, double seconds, u64 *full, double *cpu)
{
	struct producer producers[THREADS_MAX] = {};
	struct kl_ring_reader *reader = NULL;
	pthread_t keeper;
	double begin, end;
	u64 done = 0;
	int i;

	ring = kl_ring_new(KL_AUDIT_MEMORY);
	kl_ring_drop_oldest(ring, !read);
	kl_exchange(&stop, 0);
	kl_exchange(&go, 0);
	if (read) {
		reader = kl_ring_open(ring);
		kl_ring_keep(reader);
		pthread_create(&keeper, NULL, keeper_main, reader);
	}
	for (i = 0; i < threads; i++)
		pthread_create(&producers[i].thread, NULL, producer_main, &producers[i]);
	begin = seconds_of(CLOCK_MONOTONIC);
	kl_exchange(&go, 1);
	usleep(seconds * 1e6);
	kl_exchange(&stop, 1);
	end = seconds_of(CLOCK_MONOTONIC);
	for (*full = 0, *cpu = 0, i = 0; i < threads; i++) {
		pthread_join(producers[i].thread, NULL);
		done += producers[i].done;
		*cpu += producers[i].cpu;
		*full += producers[i].full;
	}
	if (read) {
		pthread_join(keeper, NULL);
		kl_ring_close(reader);
	}
	kl_ring_free(ring);
	*cpu = *cpu * 1e9 / done;
	return done / (end - begin);
}

static void table(const char *title, bool read, double seconds)
{
	double one = 0, cpu_one = 0, rate, cpu;
	int threads;
	u64 full;

	printf("\n%s\n%8s %12s %8s %8s %14s %9s\n", title, "threads", "records/s", "ratio",
	       "full", "CPU ns/record", "speed-up");
	for (threads = 1; threads <= THREADS_MAX; threads *= 2) {
		rate = measure(threads, read, seconds, &full, &cpu);
		if (threads == 1) {
			one = rate;
			cpu_one = cpu;
		}
		printf("%8d %12.0f %8.2f %8llu %14.0f %9.2f%s\n", threads, rate, rate / one,
		       (unsigned long long)full, cpu, threads * cpu_one / cpu,
		       threads != 2 || !read ? "" :
		       2 * cpu_one / cpu >= 1.5 && rate >= 1e6 ? "  met" : "  MISSED");
	}
}

int main(int argc, char **argv)
{
	double seconds = argc > 1 ? atof(argv[1]) : 1;
	struct kl_record_meta meta = {};
	struct kl_record_draft draft;

	make_request();
	record_size = kl_record_measure(&draft, &request, &meta);
	kl_record_write(&draft, ready_made);
	printf("record of %zu bytes, %ld processors\n", record_size,
	       sysconf(_SC_NPROCESSORS_ONLN));
	table("ready-made, a keeper that reads", true, seconds);
	table("ready-made, no reader, drop-oldest", false, seconds);
	encode = true;
	table("encoded, a keeper that reads", true, seconds);
	table("encoded, no reader, drop-oldest", false, seconds);
	return 0;
}
