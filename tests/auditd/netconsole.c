// SPDX-License-Identifier: GPL-2.0
/*
 * The netconsole input on real sockets. Broken, console messages are lost, and
 * nobody is told.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "engine/lex.h"
#include "input.h"

#define BURST 100000

static struct kl_loop *loop;
static struct kl_input *input;
static struct kl_timer end;
static u16 port;
static struct kl_buffer out;
static struct kl_input *take_from;
static u64 wanted;
static u64 patience = 200;
static useconds_t slow;

/* When so many lines came, this is sent. */
static u64 send_at;
static int send_fd;

/* What came. */
static u64 lines, dropped, batches;
static u64 newest;

static const char *refused;

int kl_conf_refuse(const struct kl_conf_place *place, const char *format, ...)
{
	(void)place;
	refused = format;
	return -EINVAL;
}

static void take(struct kl_input *from, const struct kl_entry *entry)
{
	static const char told[] = "daemon=lost input=netconsole count=";
	static const char why[] = " reason=socket-full";
	u64 count;

	assert_true(from == input || from == take_from);
	if (entry->source == KL_ENTRY_DAEMON) {
		struct kl_text line = kl_text_from(entry->line, 29);

		assert_true(kl_text_begins(line, told));
		line = kl_text_from(line, strlen(told));
		assert_true(line.length > strlen(why));
		line.length -= strlen(why);
		assert_memory_equal(line.data + line.length, why, strlen(why));
		assert_int_equal(kl_text_decimal(line, ~0u, &count), 0);
		dropped += count;
		return;
	}
	lines++;
	if (lines == send_at)
		assert_int_equal(send(send_fd, "after", 5, 0), 5);
	if (lines <= 20)
		kl_buffer_printf(&out, "%.*s %.*s\n",
				 (int)entry->origin.length, entry->origin.data,
				 (int)entry->line.length, entry->line.data);
	newest = entry->time;
	if (slow && lines % 1000 == 1)
		usleep(slow);
}

static void batch(struct kl_input *from)
{
	(void)from;
	batches++;
	if (wanted && lines + dropped >= wanted)
		kl_loop_stop(loop);
}

static void stop(struct kl_timer *timer)
{
	(void)timer;
	kl_loop_stop(loop);
}

/* Run until so many lines came, or were told as dropped, or time is over. */
static void run(u64 count, u64 most)
{
	wanted = count;
	end.expired = stop;
	kl_timer_set(loop, &end, most);
	assert_int_equal(kl_loop_run(loop), 0);
	kl_timer_stop(loop, &end);
}

static void put(const char *name, const void *value, size_t size)
{
	const struct kl_conf_key *key;

	for (key = kl_input_netconsole.keys; key->name; key++)
		if (!strcmp(key->name, name)) {
			memcpy((char *)input + key->offset, value, size);
			return;
		}
	fail_msg("there is no key %s", name);
}

static void put_number(const char *name, u64 number)
{
	put(name, &number, sizeof(number));
}

static void configure(const char *listen, u64 buffer)
{
	bool gaps = true;

	input = kl_xalloc(1, kl_input_netconsole.size);
	input->type = &kl_input_netconsole;
	input->loop = loop;
	input->take = take;
	input->batch = batch;
	put("listen", &listen, sizeof(listen));
	put_number("senders-max", 1000);
	put_number("line-max", 4096);
	put_number("timeout", patience);
	put_number("receive-buffer", buffer);
	put("gaps", &gaps, sizeof(gaps));
}

static u64 figure(const char *name)
{
	struct kl_buffer stat = { 0 };
	char word[64];
	char *found;
	u64 number;

	snprintf(word, sizeof(word), " %s=", name);
	input->type->stat(input, &stat);
	found = strstr(stat.data, word);
	assert_non_null(found);
	number = strtoull(found + strlen(word), NULL, 10);
	kl_buffer_free(&stat);
	return number;
}

/* Some free port; another process might take it meanwhile: try again. */
static void open_input(const char *host, u64 buffer)
{
	static char listen[64];
	int i, error = -EADDRINUSE;

	loop = kl_loop_new();
	for (i = 0; i < 50 && error == -EADDRINUSE; i++) {
		port = 20000 + (getpid() * 31 + i * 977) % 12000;
		snprintf(listen, sizeof(listen), "%s:%u", host, port);
		free(input);
		configure(listen, buffer);
		assert_int_equal(input->type->check(input), 0);
		error = input->type->open(input);
	}
	assert_int_equal(error, 0);
	lines = dropped = batches = newest = slow = 0;
	kl_buffer_add(&out, "", 0);
	kl_buffer_clear(&out);
}

static int set_up(void **state)
{
	(void)state;
	open_input("[::]", 4 << 20);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	if (input->type)
		input->type->close(input);
	free(input);
	input = NULL;
	kl_loop_free(loop);
	kl_buffer_free(&out);
	return 0;
}

static int sender(int family)
{
	struct sockaddr_in6 to6 = { .sin6_family = AF_INET6, .sin6_port = htons(port),
				    .sin6_addr = IN6ADDR_LOOPBACK_INIT };
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(port),
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	bool six = family == AF_INET6;
	int fd = socket(family, SOCK_DGRAM, 0);

	assert_true(fd >= 0);
	assert_int_equal(six ? connect(fd, (struct sockaddr *)&to6, sizeof(to6)) :
			       connect(fd, (struct sockaddr *)&to, sizeof(to)),
			 0);
	return fd;
}

static u16 port_of(int fd)
{
	struct sockaddr_in6 address;
	socklen_t length = sizeof(address);

	getsockname(fd, (struct sockaddr *)&address, &length);
	return ntohs(address.sin6_port);
}

static void say(int fd, const char *text)
{
	assert_int_equal(send(fd, text, strlen(text), 0), strlen(text));
}

static u64 wall_clock(void)
{
	struct timeval now;

	gettimeofday(&now, NULL);
	return (u64)now.tv_sec * 1000000 + now.tv_usec;
}

static void both_families(void **state)
{
	int four = sender(AF_INET), six = sender(AF_INET6);
	char text[256];

	(void)state;
	say(four, "fo");
	say(six, "6,1,1,-,ncfrag=0/6;si");
	say(four, "ur\n");
	say(six, "6,1,1,-,ncfrag=2/6;x mo");
	run(2, 5000);
	snprintf(text, sizeof(text), "127.0.0.1:%u four\n[::1]:%u 6,1,1,-;six mo\n",
		 port_of(four), port_of(six));
	assert_string_equal(out.data, text);
	assert_int_equal(figure("datagrams"), 4);
	assert_int_equal(figure("dropped"), 0);
	assert_int_equal(figure("senders"), 2);
	close(four);
	close(six);
}

/* The time is that of arrival, not of reading; the kernel needs a moment to begin so. */
static void arrival(void **state)
{
	int fd = sender(AF_INET), i;
	u64 before, sent;

	(void)state;
	for (i = 1; i <= 50; i++) {
		before = wall_clock();
		say(fd, "x\n");
		sent = wall_clock();
		usleep(20000);
		run(i, 5000);
		assert_true(newest >= before);
		if (newest <= sent)
			break;
	}
	assert_in_range(i, 1, 50);
	close(fd);
}

static void four_only(void **state)
{
	char text[64];
	int fd;

	(void)state;
	open_input("127.0.0.1", 1 << 20);
	fd = sender(AF_INET);
	say(fd, "four\n");
	run(1, 5000);
	snprintf(text, sizeof(text), "127.0.0.1:%u four\n", port_of(fd));
	assert_string_equal(out.data, text);
	close(fd);
	tear_down(state);
	/* An address that this machine does not have yet. */
	open_input("192.0.2.77", 1 << 20);
}

static void timeout(void **state)
{
	int fd = sender(AF_INET6);
	char text[64];
	u64 before = kl_loop_now();

	(void)state;
	say(fd, "unfinished");
	run(1, 5000);
	assert_in_range(kl_loop_now() - before, 199, 2000);
	snprintf(text, sizeof(text), "[::1]:%u unfinished \\(cut: timeout)\n", port_of(fd));
	assert_string_equal(out.data, text);
	say(fd, "again");
	run(2, 5000);
	assert_int_equal(lines, 2);
	close(fd);
}

/* What was begun, and what waits in the socket, is not lost at the end. */
static void closing(void **state)
{
	int fd = sender(AF_INET6);
	char text[64];
	u32 i;

	(void)state;
	say(fd, "begun");
	run(0, 20);
	assert_int_equal(figure("lines_pending"), 1);
	say(fd, ", ended\n");
	for (i = 0; i < 300; i++)
		say(fd, "x\n");
	input->type->close(input);
	input->type = NULL;
	assert_int_equal(lines, 301);
	snprintf(text, sizeof(text), "[::1]:%u begun, ended\n", port_of(fd));
	assert_memory_equal(out.data, text, strlen(text));
	close(fd);
}

/* Between what came before and what came after. */
static void place(void **state)
{
	u64 sent;

	(void)state;
	tear_down(state);
	patience = 60000;
	open_input("[::]", 64 << 10);
	patience = 200;
	send_fd = sender(AF_INET6);
	for (sent = 0; sent < 2000; sent++)
		say(send_fd, "x\n");
	/* There is room again, but not all has been read. */
	send_at = 50;
	run(2000, 5000);
	send_at = 0;
	assert_int_equal(lines, 2000 - dropped);
	assert_int_equal(figure("lines_pending"), 1);
	/* Had it been told later, the line would have been cut. */
	say(send_fd, "wards\n");
	run(2001, 5000);
	assert_int_equal(lines + dropped, 2001);
	assert_int_equal(figure("lines_cut"), 0);
	close(send_fd);
}

/* With a new configuration: first the new socket is opened, then the old one closed. */
static void successor(void **state)
{
	struct kl_input *old;
	static char listen[64];
	int fd, i;

	(void)state;
	fd = sender(AF_INET6);
	for (i = 0; i < 50; i++)
		say(fd, "old\n");
	old = input;
	snprintf(listen, sizeof(listen), "[::]:%u", port);
	configure(listen, 1 << 20);
	assert_int_equal(input->type->check(input), 0);
	assert_int_equal(input->type->open(input), 0);
	i = lines;
	take_from = old;
	old->type->close(old);
	free(old);
	assert_int_equal(lines, i + 50);
	for (i = 0; i < 50; i++)
		say(fd, "new\n");
	run(100, 5000);
	assert_int_equal(lines, 100);
	assert_int_equal(dropped, 0);
	close(fd);
}

static void *flood(void *data)
{
	int fd = sender(AF_INET6), i, length;
	char text[64];

	(void)data;
	for (i = 1; i <= BURST; i++) {
		length = snprintf(text, sizeof(text), "[%d] a line of the console\n", i);
		if (send(fd, text, length, 0) != length)
			abort();
	}
	close(fd);
	return NULL;
}

/* A reader that cannot keep up: sent = lines + told as dropped, exactly. */
static void burst(void **state)
{
	pthread_t thread;

	(void)state;
	tear_down(state);
	open_input("[::]", 64 << 10);
	slow = 20000;
	assert_int_equal(pthread_create(&thread, NULL, flood, NULL), 0);
	run(BURST, 20000);
	pthread_join(thread, NULL);
	run(BURST, 2000);
	print_message("%llu lines, %llu told as dropped\n", (unsigned long long)lines,
		      (unsigned long long)dropped);
	assert_int_equal(lines + dropped, BURST);
	assert_in_range(lines, 1000, BURST - 1);
	assert_in_range(dropped, 1000, BURST - 1);
	assert_int_equal(figure("dropped"), dropped);
	assert_int_equal(figure("datagrams"), lines);
	/* Others had their turn. */
	assert_in_range(batches, 20, BURST);
}

static void buffer_is_told(void **state)
{
	(void)state;
	assert_in_range(figure("receive_buffer"), 100000, 4 << 20);
}

static void refusals(void **state)
{
	static const char *const bad[] = { "", ":", "6666", "::", ":6666", "127.0.0.1",
		"127.0.0.1:", "127.0.0.1:0", "127.0.0.1:65536", "127.0.0.1:x", "[::]", "[::]:",
		"[]:1", "[:1", "]:1", "[::1]1", "::1:6666", "[127.0.0.1]:1", "localhost:1",
		"[1111:2222:3333:4444:5555:6666:7777:8888:9999:1111:2222:3333]:1" };
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		configure(bad[i], 1 << 20);
		refused = NULL;
		if (input->type->check(input) != -EINVAL || !refused)
			fail_msg("'%s' was accepted", bad[i]);
		free(input);
	}
	configure("[::]:1", 1 << 20);
	put_number("senders-max", 65536);
	put_number("line-max", 1 << 20);
	assert_int_equal(input->type->check(input), -EINVAL);
	free(input);
	input = NULL;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(both_families, set_up, tear_down),
		cmocka_unit_test_setup_teardown(arrival, set_up, tear_down),
		cmocka_unit_test_teardown(four_only, tear_down),
		cmocka_unit_test_setup_teardown(timeout, set_up, tear_down),
		cmocka_unit_test_setup_teardown(closing, set_up, tear_down),
		cmocka_unit_test_setup_teardown(successor, set_up, tear_down),
		cmocka_unit_test_setup_teardown(place, set_up, tear_down),
		cmocka_unit_test_setup_teardown(burst, set_up, tear_down),
		cmocka_unit_test_setup_teardown(buffer_is_told, set_up, tear_down),
		cmocka_unit_test(refusals),
	};

	return cmocka_run_group_tests_name("netconsole", tests, NULL, NULL);
}
