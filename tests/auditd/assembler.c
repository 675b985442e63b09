// SPDX-License-Identifier: GPL-2.0
/*
 * Datagrams of netconsole to lines. Broken, the last words of a machine that
 * crashed are torn, mixed with another's, or gone without a trace.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <arpa/inet.h>
#include <cmocka.h>

#include "assembler.h"

static struct kl_assembler *assembler;
static struct kl_buffer out;
static u64 now;

/* "ORIGIN SECONDS LINE", or the daemon's line without its time. */
static void note(void *data, const struct kl_entry *entry)
{
	const char *line = entry->line.data;

	(void)data;
	if (entry->source == KL_ENTRY_DAEMON) {
		assert_int_equal(line[27], '#');
		kl_buffer_printf(&out, "%.*s\n", (int)entry->line.length - 29, line + 29);
		return;
	}
	assert_int_equal(entry->source, KL_ENTRY_NETCONSOLE);
	kl_buffer_printf(&out, "%.*s %llu %.*s\n", (int)entry->origin.length,
			 entry->origin.data, (unsigned long long)entry->time / 1000000,
			 (int)entry->line.length, line);
}

static void begin(u32 senders, u32 line, bool gaps)
{
	struct kl_assembler_options options = {
		.senders_max = senders,
		.line_max = line,
		.timeout = 10000,
		.gaps = gaps,
		.give = note,
	};

	assembler = kl_assembler_new(&options);
	assert_non_null(assembler);
	now = 1000;
}

static int set_up(void **state)
{
	(void)state;
	begin(8, 4096, true);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	kl_assembler_free(assembler);
	kl_buffer_free(&out);
	return 0;
}

static void take(const char *host, u16 port, const char *data, size_t length)
{
	struct sockaddr_in6 address = { .sin6_family = AF_INET6,
					.sin6_port = htons(port) };
	struct kl_datagram datagram = {
		.sender = &address,
		.time = now * 1000,
		.now = now,
		.text = { data, length },
	};

	assert_int_equal(inet_pton(AF_INET6, host, &address.sin6_addr), 1);
	kl_assembler_take(assembler, &datagram);
}

/* From the usual sender. */
static void say(const char *text)
{
	take("::ffff:192.0.2.1", 6665, text, strlen(text));
}

static void say_from(u16 port, const char *text)
{
	take("2001:db8::1", port, text, strlen(text));
}

static struct kl_assembler_stat figures(void)
{
	struct kl_assembler_stat stat;

	kl_assembler_stat(assembler, &stat);
	return stat;
}

#define WHO "192.0.2.1:6665 1 "

static void expect(const char *text)
{
	kl_buffer_add(&out, "", 0);
	assert_string_equal(out.data, text);
	kl_buffer_clear(&out);
}

static void lines_of_text(void **state)
{
	(void)state;
	say("one\ntwo\n\nthr");
	expect(WHO "one\n" WHO "two\n" WHO "\n");
	say("ee");
	say(" and more");
	expect("");
	assert_int_equal(figures().pending, 1);
	now = 5000;
	say("\nfour\n");
	/* Three has the time of its first byte. */
	expect(WHO "three and more\n192.0.2.1:6665 5 four\n");
	assert_int_equal(figures().pending, 0);
	assert_int_equal(figures().lines, 5);
	assert_int_equal(figures().cut, 0);
}

static void senders_apart(void **state)
{
	(void)state;
	say("al");
	say_from(6665, "be");
	say_from(6666, "ga");
	say("pha\n");
	say_from(6666, "mma\n");
	say_from(6665, "ta\n");
	expect(WHO "alpha\n[2001:db8::1]:6666 1 gamma\n[2001:db8::1]:6665 1 beta\n");
	assert_int_equal(figures().senders, 3);
}

static void harmless(void **state)
{
	(void)state;
	take("::ffff:192.0.2.1", 6665, "a\0b\033[2J\r\x9b\xc3\xa4\\(cut: loss)\n", 24);
	expect(WHO "a\\000b\\033[2J\\015\\233\\303\\244\\134(cut: loss)\n");
	say("6,1,2,-;a\\x1bb\\(begin\001\n");
	expect(WHO "6,1,2,-;a\\x1bb\\134(begin\\001\n");
}

static void records(void **state)
{
	(void)state;
	say("6,416,1000,-;plain\n");
	say("6.12.0-rc1+,6,417,1001,c,caller=T1;with a release\n");
	say("6,418,1002,-;dictionary\n SUBSYSTEM=pci\n DEVICE=+pci:0000\n");
	say("no,6,419,1002,-;not it\n");
	say("6,x,1002,-;nor this\n");
	say("6,419,1002,-,ncfrag=3/3;nor\n");
	expect(WHO "6,416,1000,-;plain\n"
	       WHO "6.12.0-rc1+,6,417,1001,c,caller=T1;with a release\n"
	       WHO "6,418,1002,-;dictionary SUBSYSTEM=pci DEVICE=+pci:0000\n"
	       WHO "no,6,419,1002,-;not it\n"
	       WHO "6,x,1002,-;nor this\n"
	       WHO "6,419,1002,-,ncfrag=3/3;nor\n");
	assert_int_equal(figures().missing, 0);
}

static void fragments(void **state)
{
	(void)state;
	say("6,7,10,-,ncfrag=0/31;the first chunk,");
	say_from(1, "6,900,10,-,ncfrag=0/5;in\n");
	say("6,7,10,-,ncfrag=16/31; the 2nd chunk.");
	expect(WHO "6,7,10,-;the first chunk, the 2nd chunk.\n");
	say_from(1, "6,900,10,-,ncfrag=3/5;x\n");
	expect("[2001:db8::1]:1 1 6,900,10,-;in\\012x\n");
	say("6,8,10,-,caller=C1,ncfrag=0/4,cpu=2;ab");
	say("6,8,10,-,caller=C1,ncfrag=2/4,cpu=2;cd");
	expect(WHO "6,8,10,-,caller=C1,cpu=2;abcd\n");
	assert_int_equal(figures().cut, 0);
	assert_int_equal(figures().pending, 0);
}

/* Two halves of different records must never look like one. */
static void lost_fragments(void **state)
{
	(void)state;
	say("6,7,10,-,ncfrag=0/9;aaa");
	say("6,7,10,-,ncfrag=6/9;ccc");
	expect(WHO "6,7,10,-;aaa \\(cut: loss)\n" WHO "\\(begin lost) 6,7,10,-;ccc\n");
	say("6,8,10,-,ncfrag=0/9;aaa");
	say("6,9,10,-;next\n");
	expect(WHO "6,8,10,-;aaa \\(cut: loss)\n" WHO "6,9,10,-;next\n");
	say("6,10,10,-,ncfrag=0/9;aaa");
	say("6,12,10,-,ncfrag=3/9;bbb");
	say("6,12,10,-,ncfrag=6/9;ccc");
	expect(WHO "6,10,10,-;aaa \\(cut: loss)\n"
	       "daemon=lost input=netconsole sender=192.0.2.1:6665 "
	       "count=1 numbers=11-11 reason=gap\n"
	       WHO "\\(begin lost) 6,12,10,-;bbbccc\n");
	say("6,13,10,-,ncfrag=0/9;aaa");
	say("basic\n");
	expect(WHO "6,13,10,-;aaa \\(cut: loss)\n" WHO "basic\n");
	say("basic begun, ");
	say("6,14,10,-;extended\n");
	expect(WHO "basic begun,  \\(cut: loss)\n" WHO "6,14,10,-;extended\n");
	assert_int_equal(figures().pending, 0);
}

static void gaps(void **state)
{
	(void)state;
	say("6,5,1000000,-;a\n");
	say("6,9,2000000,-;b\n");
	expect(WHO "6,5,1000000,-;a\n"
	       "daemon=lost input=netconsole sender=192.0.2.1:6665 "
	       "count=3 numbers=6-8 reason=gap\n"
	       WHO "6,9,2000000,-;b\n");
	/* Overtaken, not lost after all. */
	say("6,7,1500000,-;late\n");
	say("6,10,3000000,-;c\n");
	expect(WHO "6,7,1500000,-;late\n" WHO "6,10,3000000,-;c\n");
	assert_int_equal(figures().missing, 3);
	assert_int_equal(figures().late, 1);
	/* Another sender has numbers of its own. */
	say_from(1, "6,900,100,-;d\n");
	expect("[2001:db8::1]:1 1 6,900,100,-;d\n");
	/* After an hour the machine boots anew. */
	say("6,11,3600000000,-;e\n");
	say("6,2,90,-;f\n");
	say("6,3,91,-;g\n");
	expect(WHO "6,11,3600000000,-;e\n"
	       WHO "6,2,90,-;f\n" WHO "6,3,91,-;g\n");
	assert_int_equal(figures().restarts, 1);
	/* Not more often than each second; then with the sum. */
	say("6,5,92,-;h\n");
	say("6,9,93,-;i\n");
	assert_int_equal(kl_assembler_expire(assembler, now + 400), 600);
	expect(WHO "6,5,92,-;h\n" WHO "6,9,93,-;i\n");
	assert_int_equal(kl_assembler_expire(assembler, now + 1000), 0);
	expect("daemon=sender-restarted input=netconsole sender=192.0.2.1:6665 "
	       "number=2 count=1\n"
	       "daemon=lost input=netconsole sender=192.0.2.1:6665 "
	       "count=4 numbers=4-8 reason=gap\n");
	say("6,18446744073709551615,92,-;h\n");
	say("6,18446744073709551615,93,-;h\n");
	assert_int_equal(figures().late, 2);
}

static void gaps_untold(void **state)
{
	(void)state;
	kl_assembler_free(assembler);
	begin(8, 4096, false);
	say("6,5,1000000,-;a\n");
	say("6,9,2000000,-;b\n");
	expect(WHO "6,5,1000000,-;a\n" WHO "6,9,2000000,-;b\n");
	assert_int_equal(figures().missing, 3);
}

static void dropped(void **state)
{
	(void)state;
	say("half a li");
	say_from(1, "6,7,10,-,ncfrag=0/4;ab");
	kl_assembler_dropped(assembler, 3);
	say("ne\n");
	say_from(1, "6,7,10,-,ncfrag=2/4;cd");
	expect(WHO "half a li \\(cut: loss)\n"
	       "daemon=lost input=netconsole count=3 reason=socket-full\n"
	       WHO "ne\n"
	       "[2001:db8::1]:1 1 6,7,10,-;abcd\n");
}

static void timeouts(void **state)
{
	(void)state;
	assert_int_equal(kl_assembler_expire(assembler, now), 0);
	say("first");
	now = 4000;
	say_from(1, "second");
	now = 6000;
	say(", goes on");
	assert_int_equal(kl_assembler_expire(assembler, 10999), 1);
	expect("");
	assert_int_equal(kl_assembler_expire(assembler, 11000), 3000);
	expect(WHO "first, goes on \\(cut: timeout)\n");
	assert_int_equal(kl_assembler_expire(assembler, 14000), 0);
	expect("[2001:db8::1]:1 4 second \\(cut: timeout)\n");
	now = 15000;
	say("begin");
	kl_assembler_end(assembler);
	expect("192.0.2.1:6665 15 begin \\(cut: end of the input)\n");
	assert_int_equal(figures().cut, 3);
}

/* More senders than there is room for: the most silent one makes room. */
static void eviction(void **state)
{
	u32 port;

	(void)state;
	for (port = 1; port <= 8; port++)
		say_from(port, "x");
	say_from(1, "y");
	expect("");
	say_from(9, "z");
	expect("[2001:db8::1]:2 1 x \\(cut: too many senders)\n");
	assert_int_equal(figures().evicted, 1);
	assert_int_equal(figures().senders, 8);
	say_from(1, "\n");
	say_from(2, "\n");
	expect("[2001:db8::1]:1 1 xy\n"
	       "[2001:db8::1]:3 1 x \\(cut: too many senders)\n"
	       "[2001:db8::1]:2 1 \n");
	for (port = 100; port < 50000; port++)
		say_from(port, "");
	assert_int_equal(figures().senders, 8);
	assert_int_equal(figures().empty, 49900);
	for (port = 100; port < 50000; port++)
		say_from(port, "q");
	assert_int_equal(figures().senders, 8);
	assert_int_equal(figures().pending, 8);
	assert_int_equal(figures().evicted, 2 + 49900);
	assert_int_equal(figures().lines, 4 + 6 + 49892);
}

static void long_lines(void **state)
{
	char text[1000], *line;
	u32 i;

	(void)state;
	kl_assembler_free(assembler);
	begin(8, 256, true);
	memset(text, 'a', sizeof(text));
	text[999] = '\n';
	take("::1", 1, text, 1000);
	text[999] = 'a';
	take("::1", 1, text, 1000);
	take("::1", 1, "\n", 1);
	assert_int_equal(figures().lines, 8);
	assert_int_equal(figures().cut, 6);
	line = strtok(out.data, "\n");
	for (i = 0; i < 8; i++, line = strtok(NULL, "\n")) {
		size_t most = i == 3 ? 231 : i == 7 ? 232 : 256;

		assert_int_equal(strspn(line + strlen("[::1]:1 1 "), "a"), most);
		assert_string_equal(line + strlen("[::1]:1 1 ") + most,
				    i % 4 == 3 ? "" : " \\(cut: length)");
	}
	assert_null(line);
	kl_buffer_clear(&out);
	/* Exactly full is not too long. */
	take("::1", 1, text, 256);
	take("::1", 1, "\n", 1);
	assert_null(strstr(out.data, "cut"));
}

/* What nobody sends must do no harm: sanitizers look. */
static void rubbish(void **state)
{
	static const char *const texts[] = {
		";", ",;", "6;", "6,;", "6,1;", "6,1,1;", "6,1,1,;", "6,1,1,-", "6,1,1,--;x",
		"6,1,1,-,;x", "6,1,1,-,ncfrag=;", "6,1,1,-,ncfrag=/;", "6,1,1,-,ncfrag=1/;",
		"6,1,1,-,ncfrag=2/1;", "6,1,1,-,ncfrag=0/0;", "6,1,1,-,ncfrag=0/9,ncfrag=0/9;",
		"6,1,1,-,ncfrag=0/4294967295;x", "6,1,1,-,ncfrag=0/4294967296;x",
		"6,1,1,-,ncfrag=1/4294967295;", "6,1,1,-,ncfrag=1/4294967295;y",
		"6,1,1,-,ncfrag=0/1;longer than it says", ",,,,,;", "a,b,c,d;", "6,1,1,-;", "\n",
		"6,1,1,-,x=y,ncfrag=0/2;", "6,1,1,-,x=y,ncfrag=0/2;\n", "\\", "6,1,1,-;\\",
	};
	unsigned int seed = 7;
	u32 i, j;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(texts); i++) {
		char *copy = kl_xalloc(1, strlen(texts[i]));

		/* Without the NUL: reading behind the end shows. */
		memcpy(copy, texts[i], strlen(texts[i]));
		take("::1", i % 2, copy, strlen(texts[i]));
		free(copy);
	}
	for (i = 0; i < 20000; i++) {
		static const char letters[] = "0123456789,,,--;;=/\n\\x ncfrag=";
		u32 length = rand_r(&seed) % 40;
		char *text = kl_xalloc(1, length);

		for (j = 0; j < length; j++)
			text[j] = letters[rand_r(&seed) % (sizeof(letters) - 1)];
		take("::1", rand_r(&seed) % 12, text, length);
		free(text);
		kl_assembler_expire(assembler, now += rand_r(&seed) % 3000);
	}
	kl_assembler_end(assembler);
	assert_int_equal(figures().pending, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(lines_of_text, set_up, tear_down),
		cmocka_unit_test_setup_teardown(senders_apart, set_up, tear_down),
		cmocka_unit_test_setup_teardown(harmless, set_up, tear_down),
		cmocka_unit_test_setup_teardown(records, set_up, tear_down),
		cmocka_unit_test_setup_teardown(fragments, set_up, tear_down),
		cmocka_unit_test_setup_teardown(lost_fragments, set_up, tear_down),
		cmocka_unit_test_setup_teardown(gaps, set_up, tear_down),
		cmocka_unit_test_setup_teardown(gaps_untold, set_up, tear_down),
		cmocka_unit_test_setup_teardown(dropped, set_up, tear_down),
		cmocka_unit_test_setup_teardown(timeouts, set_up, tear_down),
		cmocka_unit_test_setup_teardown(eviction, set_up, tear_down),
		cmocka_unit_test_setup_teardown(long_lines, set_up, tear_down),
		cmocka_unit_test_setup_teardown(rubbish, set_up, tear_down),
	};

	return cmocka_run_group_tests_name("assembler", tests, NULL, NULL);
}
