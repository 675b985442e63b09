// SPDX-License-Identifier: GPL-2.0-only
/*
 * Domains: entered by rules of execute, of sockets, before operations, and by
 * writes to self_domain; left behind by an execve that fails; kept by fork,
 * execve and edits of the policy. Tests 14, 16, 17 and 30 to 32 of the
 * specification are among these, with programs of our own.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include "calls.h"
#include "kellas.h"
#include "parts.h"
#include "place.h"
#include "subject.h"

#define HERE	"/tmp/domains"
#define FILE_A	HERE "/a"

static char *no_words[] = { "x", NULL }, *no_environment[] = { NULL };

/* What the acting process saw, in order. */
static struct text seen_text;

static void note(const char *format, ...) __attribute__((format(printf, 1, 2)));
static void note(const char *format, ...)
{
	char *line;
	va_list args;

	va_start(args, format);
	must(vasprintf(&line, format, args));
	va_end(args);
	text_add(&seen_text, "%s%s", seen_text.length ? " " : "", line);
	free(line);
	subject_expects("%s", seen_text.data);
}

static void note_domain(void)
{
	char name[5000];
	int fd = must(open(KELLAS "self_domain", O_RDONLY | O_CLOEXEC));
	ssize_t length = must(read(fd, name, sizeof(name)));

	close(fd);
	note("%.*s", (int)length, name);
}

/* 0 or an errno. */
static int enter(const char *name, size_t length)
{
	int fd = must(open(KELLAS "self_domain", O_RDWR | O_CLOEXEC));
	ssize_t done = write(fd, name, length);
	int err = done < 0 ? errno : 0;

	close(fd);
	return done < 0 ? err : done == (ssize_t)length ? 0 : -1;
}

static int open_file(const char *name)
{
	int fd = open(name, O_RDONLY | O_CLOEXEC);
	int err = fd < 0 ? errno : 0;

	if (fd >= 0)
		close(fd);
	return err;
}

static const char *error_word(int err)
{
	return err ? strerrorname_np(err) : "ok";
}

/* In a child; waits for it. */
static int run(const char *path, char **envp)
{
	int status;
	pid_t pid = must(fork());

	if (!pid) {
		execve(path, no_words, envp ? envp : no_environment);
		_exit(errno);
	}
	must(waitpid(pid, &status, 0));
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* Results of all records, "operation:result". */
static void add_results(struct text *text, const struct seen *seen)
{
	unsigned int i;

	text_clear(text);
	for (i = 0; i < seen->count; i++)
		text_add(text, "%s%.*s:%s", i ? " " : "",
			 (int)strcspn(record_body(seen->records[i]), " "),
			 record_body(seen->records[i]), head_field(seen->records[i], "result"));
}

/* What the process notes and what is recorded, both as the case says. */
static void expect_act(const char *what, long (*act)(const void *arg), const void *arg,
		       const char *noted, const char *results)
{
	struct text text = {};
	struct seen seen;

	subject_watch(NULL, act, arg, &seen);
	expect(!strcmp(noted, seen.expected), "%s: expected '%s' got '%s'", what, noted,
	       seen.expected);
	if (results) {
		add_results(&text, &seen);
		expect(!strcmp(results, text.data), "%s: records: expected '%s' got '%s'", what,
		       results, text.data);
	}
	free(text.data);
}

static void make_files(void)
{
	shell("rm -rf " HERE "; mkdir -p " HERE "; echo a >" FILE_A "; echo b >" HERE "/b");
	copy_file("/bin/cat", HERE "/cat");
	copy_file("/bin/dash", HERE "/sh");
	copy_file(quick_program(), HERE "/quick");
	copy_file(quick_program(), HERE "/other");
	shell("printf 'no program' >" HERE "/broken; chmod 755 " HERE "/broken;"
	      "printf '#!" HERE "/quick\n' >" HERE "/script; chmod 755 " HERE "/script");
}

/* execute */

/* A program that says which domain it is in: cat of self_domain. */
static long cat_domain(const void *arg)
{
	char text[5000] = "";
	int ends[2];
	pid_t pid;

	must(pipe(ends));
	pid = must(fork());
	if (!pid) {
		must(dup2(ends[1], 1));
		execl(arg, "cat", KELLAS "self_domain", NULL);
		_exit(errno);
	}
	close(ends[1]);
	must(read(ends[0], text, sizeof(text) - 1));
	must(waitpid(pid, NULL, 0));
	note("%s", text);
	note_domain();
	return 0;
}

static long cat_files(const void *arg)
{
	char *const a[] = { "cat", FILE_A, NULL }, *const b[] = { "cat", HERE "/b", NULL };
	int status, null = must(open("/dev/null", O_RDWR));
	pid_t pid;
	int i;

	(void)arg;
	for (i = 0; i < 2; i++) {
		pid = must(fork());
		if (!pid) {
			must(dup2(null, 1));
			must(dup2(null, 2));
			execv(HERE "/cat", i ? b : a);
			_exit(errno);
		}
		must(waitpid(pid, &status, 0));
		note("%d", WEXITSTATUS(status));
	}
	return 0;
}

static long run_twice(const void *arg)
{
	(void)arg;
	note_domain();
	note("%s", error_word(execve(HERE "/cat", no_words, no_environment) ? errno : 0));
	note_domain();
	return 0;
}

static long fail_then_run(const void *arg)
{
	execve(arg, no_words, no_environment);
	note("%s", error_word(errno));
	note_domain();
	note("%d", run(HERE "/other", NULL));
	return 0;
}

#define TO_D "100 acl execute path=\"" HERE "/\\*\" " SUBJECT_RULE "\n    audit 1\n"

static void execute(void)
{
	group("domains execute");
	begin("a program runs in its new domain, the parent stays");
	policy(TO_D "    10 allow path=\"" HERE "/cat\" transition=\"d\\040\\377\"\n");
	expect_act("cat", cat_domain, HERE "/cat", "d\\040\\377 <kernel>", "execute:allowed");
	end();
	begin("the domain is in force for the reads of interpreters (test 14)");
	policy(TO_D "    10 allow path=\"" HERE "/cat\" transition=\"httpd\"\n"
	       "100 acl read task.domain=\"httpd\" path=\"" HERE "/\\*\"\n    audit 1\n"
	       "    10 allow path=\"" FILE_A "\"\n    20 deny\n"
	       "100 acl read task.domain=\"httpd\" path=\"/usr/lib\\*/\\{\\*\\}/ld-\\*\"\n"
	       "    audit 1\n    10 allow\n");
	expect_act("cat", cat_files, NULL, "0 1",
		   "execute:allowed read:allowed read:allowed "
		   "execute:allowed read:allowed read:denied");
	end();
	begin("a refused interpreter undoes it");
	policy(TO_D "    10 allow path=\"" HERE "/cat\" transition=\"httpd\"\n"
	       "100 acl read task.domain=\"httpd\"\n    10 deny\n");
	expect_act("twice", run_twice, NULL, "<kernel> EPERM <kernel>", "execute:allowed");
	end();
	begin("two blocks match and the second denies: no transition");
	policy(TO_D "    10 allow transition=\"d\"\n200 acl execute path=\"" HERE "/cat\" "
	       SUBJECT_RULE "\n    audit 1\n    10 deny\n");
	expect_act("denied", run_twice, NULL, "<kernel> EPERM <kernel>",
		   "execute:allowed execute:denied");
	end();
	begin("a later block without a match does not undo it");
	policy(TO_D "    10 allow transition=\"d\"\n200 acl execute " SUBJECT_RULE "\n    audit 1\n");
	expect_act("cat", cat_domain, HERE "/cat", "d <kernel>",
		   "execute:allowed execute:unmatched");
	end();
	begin("of two transitions the first counts");
	policy(TO_D "    10 allow transition=\"first\"\n200 acl execute " SUBJECT_RULE
	       "\n    10 allow transition=\"second\"\n");
	expect_act("cat", cat_domain, HERE "/cat", "first <kernel>", NULL);
	end();
	begin("transition=NULL is one: stay");
	policy(TO_D "    10 allow transition=NULL\n200 acl execute " SUBJECT_RULE
	       "\n    10 allow transition=\"second\"\n");
	expect_act("cat", cat_domain, HERE "/cat", "<kernel> <kernel>", NULL);
	end();
	begin("a script");
	policy(TO_D "    10 allow path=\"" HERE "/script\" transition=\"s\"\n"
	       "100 acl read task.domain=\"s\" path=\"" HERE "/quick\"\n    10 deny\n");
	expect_act("interpreter refused in the script's domain", fail_then_run, HERE "/script",
		   "EPERM <kernel> 77", "execute:allowed execute:unmatched");
	end();
	begin("no program: it fails after it was allowed");
	policy(TO_D "    10 allow path=\"" HERE "/broken\" transition=\"d\"\n"
	       "    20 deny task.domain=\"d\"\n");
	expect_act("broken", fail_then_run, HERE "/broken", "ENOEXEC <kernel> 77",
		   "execute:allowed execute:unmatched");
	end();
}

static long try_environment(const void *arg)
{
	char *bad[] = { "BAD=1", NULL };

	(void)arg;
	execve(HERE "/cat", no_words, bad);
	note("%s", error_word(errno));
	note_domain();
	return cat_domain(HERE "/cat");
}

static long refused_twice(const void *arg)
{
	int i;

	(void)arg;
	for (i = 0; i < 2; i++) {
		execve(HERE "/quick", no_words, no_environment);
		note("%s", error_word(errno));
	}
	note_domain();
	return 0;
}

static void refusals(void)
{
	group("domains refusals");
	begin("environment and transition are undone on failure (test 32)");
	policy(TO_D "    10 allow transition=\"d\"\n"
	       "100 acl environ task.domain=\"d\" name=\"BAD\"\n    audit 1\n    10 deny\n");
	expect_act("BAD=1", try_environment, NULL, "EPERM <kernel> d <kernel>",
		   "execute:allowed environ:denied execute:allowed");
	end();
	begin("a denial does not leak into the next execve (test 31)");
	policy(TO_D "    10 deny path=\"" HERE "/quick\"\n    20 allow transition=\"d\"\n");
	expect_act("twice", refused_twice, NULL, "EPERM EPERM <kernel>",
		   "execute:denied execute:denied");
	end();
}

/* auto_domain_transition */

static long read_both(const void *arg)
{
	(void)arg;
	note("%s", error_word(open_file(FILE_A)));
	note_domain();
	note("%s", error_word(open_file(HERE "/b")));
	return 0;
}

static long execute_only(const void *arg)
{
	(void)arg;
	note("%d", run(HERE "/quick", NULL));
	return 0;
}

/* The first operation of the subject is setfsgid(), once it has the mark. */
static void automatic(void)
{
	group("domains auto_domain_transition");
	begin("it runs before the check (test 16)");
	policy("100 acl auto_domain_transition task.domain=\"<kernel>\" " SUBJECT_RULE
	       "\n    audit 1\n    10 allow task.uid=21 transition=\"user\"\n"
	       "100 acl read task.domain=\"user\"\n    audit 1\n    10 deny path=\"" FILE_A "\"\n");
	expect_act("uid 21", read_both, NULL, "EPERM user ok",
		   "auto_domain_transition:allowed read:denied read:unmatched read:unmatched");
	end();
	begin("others are asked, and stay");
	policy("100 acl auto_domain_transition task.domain=\"<kernel>\" " SUBJECT_RULE
	       "\n    audit 1\n    10 allow task.uid=22 transition=\"user\"\n"
	       "100 acl read task.domain=\"user\"\n    audit 1\n    10 deny\n");
	expect_act("uid 21", read_both, NULL, "ok <kernel> ok",
		   "auto_domain_transition:unmatched auto_domain_transition:unmatched "
		   "auto_domain_transition:unmatched auto_domain_transition:unmatched");
	end();
	begin("a denial refuses nothing");
	policy("100 acl auto_domain_transition " SUBJECT_RULE "\n    audit 1\n    10 deny\n");
	expect_act("denied", read_both, NULL, "ok <kernel> ok",
		   "auto_domain_transition:denied auto_domain_transition:denied "
		   "auto_domain_transition:denied auto_domain_transition:denied");
	end();
	begin("it alone changes the domain");
	policy("100 acl auto_domain_transition task.domain=\"<kernel>\" " SUBJECT_RULE
	       "\n    10 allow transition=\"user\"\n");
	expect_act("alone", read_both, NULL, "ok user ok", "");
	end();
	begin("a later block without a match cancels it (Q9)");
	policy("100 acl auto_domain_transition task.domain=\"<kernel>\" " SUBJECT_RULE
	       "\n    10 allow transition=\"user\"\n"
	       "200 acl auto_domain_transition " SUBJECT_RULE "\n    10 deny task.uid=22\n");
	expect_act("Q9", read_both, NULL, "ok <kernel> ok", "");
	end();
	begin("not for execute, nor within it");
	policy("100 acl auto_domain_transition " SUBJECT_RULE "\n    audit 1\n"
	       "    10 allow transition=\"user\"\n"
	       "100 acl execute " SUBJECT_RULE "\n    audit 1\n");
	expect_act("execve", execute_only, NULL, "77",
		   "auto_domain_transition:allowed execute:unmatched");
	end();
}

/* manual_domain_transition */

static long enter_some(const void *arg)
{
	static const char *const names[] = {
		"worker12\n", "workerX", " worker3 ", "worker\\377", "a b", "worker\\*", "\n", "worker9",
	};
	static char large[5000];
	unsigned int i;

	(void)arg;
	for (i = 0; i < ARRAY_SIZE(names); i++)
		note("%s", error_word(enter(names[i], strlen(names[i]))));
	note("%s", error_word(enter("", 0)));
	memset(large, 'w', sizeof(large));
	note("%s", error_word(enter(large, 4085)));
	note("%s", error_word(enter(large, 4086)));
	note_domain();
	return 0;
}

static long enter_one(const void *arg)
{
	note("%s", error_word(enter(arg, strlen(arg))));
	note_domain();
	return 0;
}

/* The children have it, and keep it when they execute. */
static long enter_and_go(const void *arg)
{
	int status;
	pid_t pid;

	note("%s", error_word(enter(arg, strlen(arg))));
	pid = must(fork());
	if (!pid) {
		cat_domain(HERE "/cat");
		_exit(0);
	}
	must(waitpid(pid, &status, 0));
	return 0;
}

/* An open file tells its reader's domain, whoever opened it. */
static long read_by_offset(const void *arg)
{
	int fd = must(open(KELLAS "self_domain", O_RDONLY));
	char text[20] = "";

	must(enter(arg, strlen(arg)) ? -1 : 0);
	must(pread(fd, text, 3, 2));
	note("%s", text);
	return 0;
}

static void manual(void)
{
	group("domains manual_domain_transition");
	begin("names that rules allow, others, and none (test 17)");
	policy("100 acl manual_domain_transition " SUBJECT_RULE "\n    audit 1\n"
	       "    10 allow domain=\"worker\\$\"\n");
	expect_act("names", enter_some, NULL,
		   "ok EPERM ok EPERM EINVAL EINVAL EINVAL ok ENOMEM EPERM ENOMEM worker9",
		   "manual_domain_transition:allowed manual_domain_transition:unmatched "
		   "manual_domain_transition:allowed manual_domain_transition:unmatched "
		   "manual_domain_transition:allowed manual_domain_transition:unmatched");
	end();
	begin("nobody may without a rule");
	policy("100 acl manual_domain_transition task.gid=12345\n    10 allow\n");
	expect_act("no rule", enter_one, "worker1", "EPERM <kernel>", "");
	policy("100 acl read path=\"/nowhere\"\n");
	expect_act("no block", enter_one, "worker1", "EPERM <kernel>", "");
	end();
	begin("a later block without a match cancels it (Q9)");
	policy("100 acl manual_domain_transition " SUBJECT_RULE "\n    10 allow\n"
	       "200 acl manual_domain_transition " SUBJECT_RULE "\n    10 deny domain=\"no\"\n");
	expect_act("Q9", enter_one, "worker1", "EPERM <kernel>", "");
	end();
	begin("children inherit it, execve keeps it (test 30)");
	policy("100 acl manual_domain_transition " SUBJECT_RULE "\n    10 allow\n");
	expect_act("worker7", enter_and_go, "worker7", "ok worker7 worker7", "");
	expect_act("back", enter_one, "<kernel>", "ok <kernel>", "");
	expect_act("offset", read_by_offset, "worker7", "rke", "");
	end();
}

/* Threads */

static void *thread_enters(void *arg)
{
	note("%s", error_word(enter(arg, strlen(arg))));
	note_domain();
	return NULL;
}

static void *thread_executes(void *arg)
{
	must(enter("thread", 6));
	execl(HERE "/cat", "cat", KELLAS "self_domain", NULL);
	return arg;
}

static long with_thread(const void *arg)
{
	pthread_t thread;

	(void)arg;
	pthread_create(&thread, NULL, thread_enters, "thread");
	pthread_join(thread, NULL);
	note_domain();
	return 0;
}

/* The thread's state is the process's after that. */
static long thread_takes_over(const void *arg)
{
	char text[100] = "";
	pthread_t thread;
	int ends[2];
	pid_t pid;

	(void)arg;
	must(pipe(ends));
	pid = must(fork());
	if (!pid) {
		must(dup2(ends[1], 1));
		must(enter("leader", 6));
		pthread_create(&thread, NULL, thread_executes, NULL);
		pause();
		_exit(1);
	}
	close(ends[1]);
	must(read(ends[0], text, sizeof(text) - 1));
	must(waitpid(pid, NULL, 0));
	note("%s", text);
	return 0;
}

static void threads(void)
{
	group("domains threads");
	policy("100 acl manual_domain_transition " SUBJECT_RULE "\n    10 allow\n");
	begin("each has its own");
	expect_act("thread", with_thread, NULL, "ok thread <kernel>", NULL);
	end();
	begin("a thread that executes takes its own along");
	expect_act("execve", thread_takes_over, NULL, "thread", NULL);
	end();
}

static struct sockaddr_un address_of(const char *name)
{
	struct sockaddr_un address = { AF_UNIX };

	snprintf(address.sun_path, sizeof(address.sun_path), "%s", name);
	return address;
}

/* Workers of io_uring: threads that the kernel makes for the process. */

static long submit(struct io_uring_sqe operation)
{
	operation.flags |= IOSQE_ASYNC;
	return ring_submit(&operation);
}

static void note_open(bool polled)
{
	struct io_uring_sqe operation = {
		.opcode = IORING_OP_OPENAT,
		.fd = AT_FDCWD,
		.addr = (uintptr_t)FILE_A,
		.open_flags = O_RDONLY | O_CLOEXEC,
	};
	long fd = polled ? ring_submit(&operation) : submit(operation);

	note("%s", error_word(fd < 0 ? errno : 0));
	if (fd >= 0)
		close(fd);
}

static void open_enter_open(bool polled)
{
	note_open(polled);
	note("%s", error_word(enter("moved", 5)));
	note_open(polled);
}

static long with_worker(const void *arg)
{
	(void)arg;
	must(ring_open());
	open_enter_open(false);
	return 0;
}

/* Made by a thread in a domain of its own, which ends; its files are opened by io-wq. */
static void *make_poller(void *arg)
{
	must(ring_open_polled());
	open_enter_open(true);
	return arg;
}

static long with_orphan(const void *arg)
{
	pthread_t thread;

	(void)arg;
	pthread_create(&thread, NULL, make_poller, NULL);
	pthread_join(thread, NULL);
	note_domain();
	note_open(true);
	return 0;
}

static long worker_enters(const void *arg)
{
	struct io_uring_sqe operation = {
		.opcode = IORING_OP_WRITE,
		.fd = must(open(KELLAS "self_domain", O_RDWR)),
		.addr = (uintptr_t)"moved",
		.len = 5,
	};

	(void)arg;
	must(ring_open());
	note("%s", error_word(submit(operation) < 0 ? errno : 0));
	note_domain();
	return 0;
}

static void note_connect(const char *name, bool polled)
{
	struct sockaddr_un address = address_of(name);
	struct io_uring_sqe operation = {
		.opcode = IORING_OP_CONNECT,
		.fd = must(socket(AF_UNIX, SOCK_DGRAM, 0)),
		.addr = (uintptr_t)&address,
		.off = sizeof(address),
	};

	note("%s", error_word((polled ? ring_submit(&operation) : submit(operation)) < 0 ?
				      errno :
				      0));
}

static void connect_enter_connect(const char *name, bool polled)
{
	struct sockaddr_un address = address_of(name);

	unlink(name);
	must(bind(must(socket(AF_UNIX, SOCK_DGRAM, 0)), (void *)&address,
		  sizeof(address)));
	note_connect(name, polled);
	note_domain();
	must(enter("moved", 5) ? -1 : 0);
	note_connect(name, polled);
}

static long worker_connects(const void *arg)
{
	must(ring_open());
	connect_enter_connect(arg, false);
	return 0;
}

static long poller_connects(const void *arg)
{
	must(ring_open_polled());
	connect_enter_connect(arg, true);
	return 0;
}

#define MAY_ENTER	"100 acl manual_domain_transition " SUBJECT_RULE "\n    10 allow\n"
#define BUT_MOVED(comm) \
	" task.comm=\"" comm "\\*\" " SUBJECT_RULE \
	"\n    audit 1\n    10 deny task.domain=\"moved\"\n"
#define READ_BUT_MOVED	MAY_ENTER "100 acl read path=\"" FILE_A "\"" BUT_MOVED("iou-wrk-")
#define UNMATCHED_DENIED	"read:unmatched read:denied"

static void workers(void)
{
	group("domains workers");
	begin("io-wq: the domain of who submits, as it is now");
	policy(READ_BUT_MOVED);
	expect_act("read", with_worker, NULL, "ok ok EPERM", UNMATCHED_DENIED);
	end();
	begin("SQPOLL: that of who made the ring, as it is now");
	policy(MAY_ENTER "100 acl unix_dgram_send" BUT_MOVED("iou-sqp-"));
	expect_act("connect", poller_connects, HERE "/s", "ok <kernel> EPERM",
		   "unix_dgram_send:unmatched unix_dgram_send:denied");
	end();
	begin("SQPOLL: who made it ends; and its own workers");
	policy(READ_BUT_MOVED);
	expect_act("read", with_orphan, NULL, "ok ok EPERM <kernel> EPERM",
		   UNMATCHED_DENIED " read:denied");
	end();
	begin("none enters a domain by self_domain");
	policy(MAY_ENTER);
	expect_act("self_domain", worker_enters, NULL, "EPERM <kernel>", "");
	end();
	begin("nor by a rule, unless it is there");
	policy(MAY_ENTER "100 acl unix_dgram_send " SUBJECT_RULE "\n    audit 1\n"
	       "    10 allow transition=\"moved\"\n");
	expect_act("connect", worker_connects, HERE "/s", "EPERM <kernel> ok",
		   "unix_dgram_send:allowed unix_dgram_send:allowed");
	end();
	begin("nor before an operation, which is refused then");
	policy(MAY_ENTER "100 acl auto_domain_transition task.comm=\"iou-wrk-\\*\" "
	       SUBJECT_RULE "\n    audit 1\n    10 allow transition=\"moved\"\n"
	       "100 acl read path=\"" FILE_A "\" " SUBJECT_RULE "\n    audit 1\n");
	expect_act("read", with_worker, NULL, "EPERM ok ok",
		   "auto_domain_transition:allowed auto_domain_transition:allowed "
		   "read:unmatched");
	end();
}

static void be_older(int go, int done)
{
	char byte;

	must(ring_open_polled());
	note_open(true);
	must(write(done, "", 1));
	must(read(go, &byte, 1));
	text_clear(&seen_text);
	open_enter_open(true);
	must(write(done, seen_text.data, seen_text.length + 1));
	_exit(0);
}

/* Who made it is not known any more. */
static void older(void)
{
	char text[100] = "";
	int go[2], done[2];
	pid_t pid;

	must(pipe(go));
	must(pipe(done));
	pid = must(fork());
	if (!pid)
		be_older(go[0], done[1]);
	must(read(done[0], text, 1));
	kellas_load();
	begin("one that is older than the policy goes by its process");
	policy("100 acl manual_domain_transition\n    10 allow\n"
	       "100 acl read path=\"" FILE_A "\" task.comm=\"iou-\\*\"\n"
	       "    10 deny task.domain=\"moved\"\n");
	must(write(go[1], "", 1));
	must(read(done[0], text, sizeof(text) - 1));
	must(waitpid(pid, NULL, 0));
	expect_text("read", "ok ok EPERM", text);
	end();
}

/* Sockets */

static long bind_socket(const void *arg)
{
	struct sockaddr_un address = address_of(arg);
	int fd = must(socket(AF_UNIX, SOCK_DGRAM, 0));

	unlink(arg);
	note("%s", error_word(bind(fd, (void *)&address, sizeof(address)) ? errno : 0));
	note_domain();
	return 0;
}

static long accept_socket(const void *arg)
{
	struct sockaddr_un address = address_of(arg);
	int listener = must(socket(AF_UNIX, SOCK_STREAM, 0));
	int fd = must(socket(AF_UNIX, SOCK_STREAM, 0));

	unlink(arg);
	must(bind(listener, (void *)&address, sizeof(address)));
	must(listen(listener, 1));
	must(connect(fd, (void *)&address, sizeof(address)));
	note_domain();
	must(accept(listener, NULL, NULL));
	note_domain();
	return 0;
}

static void sockets(void)
{
	group("domains sockets");
	begin("bind");
	policy("100 acl unix_dgram_bind " SUBJECT_RULE "\n    audit 1\n"
	       "    10 allow addr=\"" HERE "/s\" transition=\"bound\"\n    20 deny\n");
	expect_act("allowed", bind_socket, HERE "/s", "ok bound", "unix_dgram_bind:allowed");
	expect_act("denied", bind_socket, HERE "/t", "EPERM <kernel>", "unix_dgram_bind:denied");
	end();
	begin("accept, where nobody can sleep");
	policy("100 acl unix_stream_accept " SUBJECT_RULE "\n    audit 1\n"
	       "    10 allow transition=\"accepted\"\n");
	expect_act("accept", accept_socket, HERE "/s", "<kernel> accepted",
		   "unix_stream_accept:allowed");
	end();
	begin("before it auto_domain_transition");
	policy("100 acl auto_domain_transition task.domain=\"<kernel>\" " SUBJECT_RULE
	       "\n    audit 1\n    10 allow transition=\"auto\"\n"
	       "100 acl unix_dgram_bind task.domain=\"auto\"\n    audit 1\n"
	       "    10 allow transition=\"bound\"\n");
	/* The unlink is what comes first. */
	expect_act("bind", bind_socket, HERE "/s", "ok bound",
		   "auto_domain_transition:allowed unix_dgram_bind:allowed");
	end();
}

/* process_status and the figures */

static void expect_status(const char *question, const char *answer)
{
	int fd = must(open(KELLAS "process_status", O_RDWR | O_CLOEXEC));
	struct text text = {};
	int err = write_all(fd, question, strlen(question));

	text_clear(&text);
	read_all(fd, &text);
	expect(!err && !strcmp(text.data, answer), "'%.*s': expected '%s' got '%s' (%s)",
	       (int)strcspn(question, "\n"), question, answer, text.data, error_word(err));
	close(fd);
	free(text.data);
}

/* A process in the domain "waiting", until it is told to end. */
static pid_t start_waiting(int *end)
{
	int ends[2], ready[2];
	char byte;
	pid_t pid;

	must(pipe(ends));
	must(pipe(ready));
	pid = must(fork());
	if (!pid) {
		must(enter("waiting", 7) ? -1 : 0);
		must(write(ready[1], "", 1));
		close(ends[1]);
		must(read(ends[0], &byte, 1));
		_exit(0);
	}
	close(ends[0]);
	must(read(ready[0], &byte, 1));
	close(ready[0]);
	close(ready[1]);
	*end = ends[1];
	return pid;
}

/* Tasks and rulesets are gone a moment later. */
static void expect_domains(const char *when, int expected)
{
	int i;

	for (i = 0; i < 100 && count_now("tasks ", "domains") != expected; i++)
		pause_for(30);
	expect_number(when, expected, count_now("tasks ", "domains"));
}

static void ask_about(pid_t pid)
{
	char question[60], answer[60];

	snprintf(answer, sizeof(answer), "%d waiting", pid);
	snprintf(question, sizeof(question), "%d\n", pid);
	expect_status(question, answer);
	snprintf(question, sizeof(question), "global-pid %d", pid);
	expect_status(question, answer);
	snprintf(question, sizeof(question), "1\n%d\n", pid);
	expect_status(question, answer);
	snprintf(question, sizeof(question), "info %d\n", pid);
	snprintf(answer, sizeof(answer), "%d manager=yes ", pid);
	expect_status(question, answer);
	snprintf(question, sizeof(question), "info global-pid %d\n", pid);
	expect_status(question, answer);
}

static void status(void)
{
	int end_of;
	pid_t pid;

	group("domains process_status");
	policy("100 acl manual_domain_transition\n    10 allow\n");
	begin("domains that nobody is in are gone");
	expect_domains("domains", 1);
	end();
	pid = start_waiting(&end_of);
	begin("questions and answers");
	ask_about(pid);
	expect_status("2\n", "2 <kernel>");
	expect_status("info 2\n", "2 manager=no ");
	expect_status("99999999\n", "");
	expect_status("nonsense\n", "");
	end();
	begin("a domain lives as long as somebody is in it, whatever the policy says");
	policy("100 acl read path=\"/nowhere\"\n");
	policy("");
	ask_about(pid);
	expect_domains("meanwhile", 2);
	close(end_of);
	must(waitpid(pid, NULL, 0));
	expect_domains("afterwards", 1);
	end();
	begin("domains of a policy go with it");
	policy("100 acl execute task.gid=12345\n    10 allow transition=\"x\"\n"
	       "    20 allow transition=\"y\"\n    30 allow transition=\"x\"\n");
	expect_domains("with it", 3);
	policy("");
	expect_domains("without it", 1);
	end();
}

/* domains: whatever leads into them, and out */
void part_domains(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	kellas_load();
	make_files();
	execute();
	refusals();
	automatic();
	manual();
	threads();
	workers();
	sockets();
	status();
	group("domains");
	begin("unload");
	expect_error("detach and remove", 0, kellas_unload());
	end();
	older();
	begin("unload once more");
	expect_error("detach and remove", 0, kellas_unload());
	end();
}
