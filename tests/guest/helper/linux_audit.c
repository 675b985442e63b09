// SPDX-License-Identifier: GPL-2.0-only
/*
 * audit=yes: records also reach the Linux audit subsystem, here the real
 * auditd. Lost without this: those who have their audit trail there; or a
 * machine that panics because its audit may lose nothing.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "kellas.h"
#include "metronome.h"
#include "parts.h"
#include "place.h"
#include "test.h"

#define HERE	"/tmp/linux_audit"
#define QUOTA	"quota audit[1] allowed=unlimited denied=unlimited unmatched=unlimited audit=yes\n" \
		"quota audit[2] allowed=unlimited denied=unlimited unmatched=unlimited\n"
#define BLOCKS	"100 acl read path=\"" HERE "/\\*\"\n    audit 1\n    label to.audit\n" \
		"    10 deny path=\"" HERE "/denied\"\n" \
		"200 acl read path=\"" HERE "/\\*\"\n    audit 2\n    label not.to.audit\n"

/* What a command prints. */
static void output_of(const char *command, struct text *text)
{
	FILE *pipe = popen(command, "r");
	char buffer[4096];
	size_t n;

	if (!pipe)
		die("%s: %s", command, strerror(errno));
	text_clear(text);
	while ((n = fread(buffer, 1, sizeof(buffer), pipe)))
		text_add_bytes(text, buffer, n);
	text_add_bytes(text, "", 0);
	pclose(pipe);
}

/* The number behind a word of "auditctl -s"; -1: none. */
static long long audit_state(const char *word)
{
	static struct text text;
	const char *at;

	output_of("auditctl -s", &text);
	at = text.data ? strstr(text.data, word) : NULL;
	return at ? atoll(at + strlen(word)) : -1;
}

static int try_read(const char *name)
{
	char path[200];
	int fd;

	snprintf(path, sizeof(path), HERE "/%s", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return errno;
	close(fd);
	return 0;
}

static void make_file(const char *name)
{
	char path[200];

	snprintf(path, sizeof(path), HERE "/%s", name);
	close(must(open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0644)));
}

/* Until as many have been handed over, refused or lost. */
static bool wait_for(const char *key, long long number)
{
	int i;

	for (i = 0; i < 500 && count_now("linux_audit ", key) < number; i++)
		pause_for(20);
	return count_now("linux_audit ", key) >= number;
}

/* Records of ours in audit's log that contain a word. */
static unsigned int search(const char *word, struct text *text)
{
	char command[200];
	const char *at;
	unsigned int n = 0;

	/* auditd writes a moment later. */
	pause_for(700);
	snprintf(command, sizeof(command),
		 "ausearch -m KERNEL_OTHER --raw --input-logs | grep -F '%s'", word);
	output_of(command, text);
	for (at = text->data; at && *at; at = strchr(at, '\n') + 1)
		n++;
	return n;
}

static pid_t start_auditd(void)
{
	struct text text = {};
	pid_t pid;
	int i;

	shell("mkdir -p /var/log/audit /run && auditd");
	for (i = 0; i < 100 && audit_state("pid ") <= 0; i++)
		pause_for(50);
	pid = audit_state("pid ");
	if (pid <= 0)
		die("auditd does not run");
	shell("auditctl -b 8192 >/dev/null && auditctl -f 1 >/dev/null");
	free(text.data);
	return pid;
}

static void reaches_audit(void)
{
	struct text text = {};
	char **records, want[8192];
	unsigned int i, n, found = 0;
	long long sent = count_now("linux_audit ", "sent");

	begin("records reach ausearch, word for word");
	records_drop();
	expect_error("denied", EPERM, try_read("denied"));
	expect_error("permitted", 0, try_read("one"));
	expect_error("permitted", 0, try_read("two words"));
	n = records_take(&records);
	expect_number("records", 5, n);
	expect(wait_for("sent", sent + 3), "sent: %lld", count_now("linux_audit ", "sent"));
	expect_number("in audit's log", 3, search("kellas #", &text));
	for (i = 0; i < n; i++) {
		if (strcmp(head_field(records[i], "rule"), "to.audit"))
			continue;
		snprintf(want, sizeof(want), "kellas %s", records[i]);
		want[strcspn(want, "\n")] = 0;
		found++;
		expect(strstr(text.data, want) != NULL, "expected '%s' got '%s'", want, text.data);
	}
	expect_number("found", 3, found);
	expect_number("sent", sent + 3, count_now("linux_audit ", "sent"));
	expect_number("refused", 0, count_now("linux_audit ", "refused"));
	expect(!strstr(text.data, "not.to.audit"), "got '%s'", text.data);
	end();
	free(text.data);
}

static void long_record(void)
{
	struct text text = {};
	char *argv[202], word[101];
	pid_t child;
	int i, status;

	begin("a long record keeps its task");
	memset(word, 'w', 100);
	word[100] = 0;
	argv[0] = "true";
	for (i = 1; i < 201; i++)
		argv[i] = word;
	argv[201] = NULL;
	policy(QUOTA "100 acl execute argc=201\n    audit 1\n    label long.one\n");
	child = must(fork());
	if (!child) {
		execv("/bin/true", argv);
		_exit(99);
	}
	must(waitpid(child, &status, 0));
	expect_number("status", 0, status);
	pause_for(300);
	expect_number("in audit's log", 1, search("rule=long.one", &text));
	expect(strstr(text.data, " cut=") && strstr(text.data, " task.pid=") &&
	       strstr(text.data, " path.fsmagic="), "got '%s'", text.data);
	expect_number("cut", 1, count_now("linux_audit ", "cut"));
	policy(QUOTA BLOCKS);
	end();
	free(text.data);
}

static void never_panics(void)
{
	long long sent, refused;
	int i;

	begin("auditctl -f 2");
	sent = count_now("linux_audit ", "sent");
	refused = count_now("linux_audit ", "refused");
	shell("auditctl -f 2 >/dev/null && auditctl -b 16 >/dev/null");
	for (i = 0; i < 500; i++)
		try_read("one");
	expect(wait_for("refused", refused + 500), "refused: %lld",
	       count_now("linux_audit ", "refused") - refused);
	expect_number("sent", sent, count_now("linux_audit ", "sent"));
	shell("auditctl -f 1 >/dev/null && auditctl -b 8192 >/dev/null");
	expect_error("and then", 0, try_read("one"));
	expect(wait_for("sent", sent + 1), "nothing is sent");
	end();

	begin("audit is off");
	sent = count_now("linux_audit ", "sent");
	refused = count_now("linux_audit ", "refused");
	shell("auditctl -e 0 >/dev/null");
	expect_error("read", 0, try_read("one"));
	expect(wait_for("refused", refused + 1), "it is not refused");
	expect_number("sent", sent, count_now("linux_audit ", "sent"));
	shell("auditctl -e 1 >/dev/null");
	end();
}

#define MANY 3000
static void queue_full(pid_t auditd)
{
	long long sent = count_now("linux_audit ", "sent"), lost, lost_there;
	struct text text = {};
	double start, took;
	int i;

	begin("audit's queue is full");
	shell("auditctl -b 64 >/dev/null");
	lost_there = audit_state("lost ");
	must(kill(auditd, SIGSTOP));
	/* Nobody waits for audit. */
	start = now();
	for (i = 0; i < MANY; i++)
		try_read("one");
	took = now() - start;
	expect_took(start, took, 0, 10);
	pause_for(500);
	expect(count_now("linux_audit ", "sent") - sent < MANY, "all were sent");
	must(kill(auditd, SIGCONT));
	for (i = 0; i < 300 && count_now("linux_audit ", "sent") +
	     count_now("linux_audit ", "lost") < sent + MANY; i++)
		pause_for(50);
	lost = count_now("linux_audit ", "lost");
	printf("# %lld sent, %lld lost\n", count_now("linux_audit ", "sent") - sent, lost);
	expect_number("sent or lost", sent + MANY, count_now("linux_audit ", "sent") + lost);
	expect_number("lost by audit", lost_there, audit_state("lost "));
	if (lost)
		expect(search("kellas lost=", &text) >= 1, "audit is not told of the loss");
	shell("auditctl -b 8192 >/dev/null");
	end();
	free(text.data);
}

void part_linux_audit(int argc, char **argv)
{
	pid_t auditd;

	(void)argc;
	(void)argv;
	metronome_start();
	kellas_load();
	must(mkdir(HERE, 0755));
	must(mount("tmpfs", HERE, "tmpfs", 0, NULL));
	make_file("denied");
	make_file("one");
	make_file("two words");
	group("linux_audit");
	auditd = start_auditd();
	policy(QUOTA BLOCKS);
	reaches_audit();
	long_record();
	never_panics();
	queue_full(auditd);
	begin("unload with records on their way");
	must(kill(auditd, SIGSTOP));
	shell("auditctl -b 64 >/dev/null");
	for (int i = 0; i < 500; i++)
		try_read("one");
	expect_error("detach and remove", 0, kellas_unload());
	must(kill(auditd, SIGCONT));
	end();
	shell("auditctl -e 0 >/dev/null");
	must(kill(auditd, SIGTERM));
}
