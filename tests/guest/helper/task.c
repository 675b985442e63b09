// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who does it: every attribute of the subject against what /proc and the like
 * tell of it; histories as programs make them; nothing left of tasks that are
 * gone; containers told apart from the host.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "facts.h"
#include "kellas.h"
#include "parts.h"
#include "place.h"
#include "subject.h"

#define HERE	"/tmp/task"
#define FILE_A	HERE "/a"
#define GROUPS	"/tmp/task/groups"
#define BLOCK	"100 acl read path=\"" FILE_A "\" " SUBJECT_RULE "\n    audit 1\n"

/* Nobody is like this, but a rule asks, and so all is recorded. */
#define ASK_ALL \
	"    10 deny task.comm=\"no\\040one\" task.auid=1 task.sessionid=1 task.cgroup=\"no\"" \
	" task.pidns=1 task.mntns=1 task.userns=1 task.start=1 task.parent.exe=\"no\"" \
	" task.no_new_privs=7 task.container=7 task.ancestor=\"no\"\n"

/* Attributes */

static void first_line(const char *name, char *line, size_t size)
{
	int fd = must(open(name, O_RDONLY | O_CLOEXEC));
	ssize_t length = must(read(fd, line, size - 1));

	close(fd);
	line[length] = 0;
	line[strcspn(line, "\n")] = 0;
}

static void add_file_number(struct text *text, const char *key, const char *name)
{
	char line[100];

	first_line(name, line, sizeof(line));
	text_add(text, " %s=%s", key, line);
}

static void add_namespace(struct text *text, const char *key, const char *name)
{
	struct stat file;

	must(stat(name, &file));
	text_add(text, " %s=%lu", key, file.st_ino);
}

/* Here its parent runs the same program. That one may be out of its sight. */
static void add_parent(struct text *text)
{
	char exe[4096];
	ssize_t length = must(readlink("/proc/self/exe", exe, sizeof(exe)));

	text_add_quoted(text, "task.parent.exe", exe, length);
}

static void add_cgroup(struct text *text)
{
	struct text file = {};
	char *line;

	read_file("/proc/self/cgroup", &file);
	line = strstr(file.data, "0::");
	if (line)
		text_add_quoted(text, "task.cgroup", line + 3, strcspn(line + 3, "\n"));
	free(file.data);
}

/* The attributes that CaitSith has not, of the calling process. */
static void attribute_facts(struct text *text, int container)
{
	char comm[17] = "";

	must(prctl(PR_GET_NAME, comm));
	text_add_quoted(text, "task.comm", comm, strlen(comm));
	add_file_number(text, "task.auid", "/proc/self/loginuid");
	add_file_number(text, "task.sessionid", "/proc/self/sessionid");
	add_cgroup(text);
	add_namespace(text, "task.pidns", "/proc/self/ns/pid");
	add_namespace(text, "task.mntns", "/proc/self/ns/mnt");
	add_namespace(text, "task.userns", "/proc/self/ns/user");
	add_parent(text);
	text_add(text, " task.no_new_privs=%d task.container=%d",
		 prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), container);
}

static void change_comm(void)
{
	must(prctl(PR_SET_NAME, "\"x\\ =>\n\377"));
}

static void write_file(const char *name, const char *text)
{
	int fd = must(open(name, O_WRONLY | O_CLOEXEC));

	must(write(fd, text, strlen(text)));
	close(fd);
}

static void change_login(void)
{
	write_file("/proc/self/loginuid", "42");
}

static void change_cgroup(void)
{
	char text[20];
	int fd = must(open(GROUPS "/a b/c/cgroup.procs", O_WRONLY | O_CLOEXEC));

	must(write(fd, text, sprintf(text, "%d", getpid())));
	close(fd);
}

static void change_privileges(void)
{
	must(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
}

static void change_mounts(void)
{
	must(unshare(CLONE_NEWNS));
}

static void change_user(void)
{
	must(unshare(CLONE_NEWUSER));
	write_file("/proc/self/uid_map", "0 0 1");
	write_file("/proc/self/setgroups", "deny");
	write_file("/proc/self/gid_map", "0 12 1");
}

/* Only children are in it: the rest is done by one. */
static void change_pids(void)
{
	pid_t pid;

	must(unshare(CLONE_NEWPID));
	pid = must(fork());
	if (pid) {
		must(waitpid(pid, NULL, 0));
		_exit(0);
	}
}

static const struct change {
	const char *name;
	void (*change)(void);
	int container;
	bool fresh_namespaces;
} changes[] = {
	{ "as it comes", NULL, 0 },
	{ "a hostile name", change_comm, 0 },
	{ "a login", change_login, 0 },
	{ "a control group", change_cgroup, 0 },
	{ "no new privileges", change_privileges, 0 },
	{ "a mount namespace", change_mounts, 1, true },
	{ "a user namespace", change_user, 0, true },
	{ "a pid namespace", change_pids, 1, true },
};

static long change_and_open(const void *arg)
{
	const struct change *change = arg;
	struct text text = {};

	if (change->change)
		change->change();
	attribute_facts(&text, change->container);
	subject_expects("%s", text.data);
	free(text.data);
	return open(FILE_A, O_RDONLY | O_CLOEXEC);
}

/* Each word of what is expected is a field of the record. */
static void expect_fields(const char *expected, const char *record)
{
	char *text = strdup(expected), *word, *rest, *sign;
	unsigned int n = 0;

	for (word = strtok_r(text, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
		sign = strchr(word, '=');
		*sign = 0;
		expect_text(word, sign + 1, body_field(record, word));
		n++;
	}
	expect_number("attributes", 10, n);
	free(text);
}

/* And as a condition it is true, and not otherwise. */
static void expect_condition(const struct change *change, const char *word)
{
	size_t key = strcspn(word, "="), length = strcspn(word, " ");
	struct text text = {};
	struct seen seen;

	text_add(&text, BLOCK "    10 deny %.*s\n", (int)length, word);
	policy(text.data);
	subject_watch(NULL, change_and_open, change, &seen);
	expect(seen.error == EPERM, "%.*s does not match", (int)length, word);
	text_clear(&text);
	text_add(&text, BLOCK "    10 deny %.*s!%.*s\n", (int)key, word, (int)(length - key),
		 word + key);
	policy(text.data);
	subject_watch(NULL, change_and_open, change, &seen);
	expect(!seen.error, "%.*s!%.*s matches", (int)key, word, (int)(length - key), word + key);
	free(text.data);
}

/* Of a new namespace no number can be known before; nor sessions of new logins. */
static void expect_conditions(const struct change *change, const char *expected)
{
	const char *word;

	for (word = expected + 1; *word; word += strcspn(word, " "), word += !!*word) {
		if (change->fresh_namespaces && strstr(word, "ns=") &&
		    strstr(word, "ns=") < word + strcspn(word, "="))
			continue;
		if (change->change == change_login && !strncmp(word, "task.sessionid", 14))
			continue;
		expect_condition(change, word);
	}
}

static void attributes(void)
{
	const char *record;
	struct seen seen;
	unsigned int i;
	char *expected;

	group("task attributes");
	shell("mkdir -p " GROUPS " && mount -t cgroup2 cgroup2 " GROUPS " && mkdir -p '" GROUPS
	      "/a b/c'");
	for (i = 0; i < ARRAY_SIZE(changes); i++) {
		begin("%s", changes[i].name);
		policy(BLOCK ASK_ALL);
		subject_watch(NULL, change_and_open, &changes[i], &seen);
		if (expect(seen.count == 1, "records: expected 1 got %u", seen.count)) {
			record = seen.records[0];
			expect_fields(seen.expected, record);
			expect_text("result", "unmatched", head_field(record, "result"));
		}
		expected = strdup(seen.expected);
		expect_conditions(&changes[i], expected);
		free(expected);
		end();
	}
	begin("what no rule asks for is not recorded");
	policy(BLOCK);
	subject_watch(NULL, change_and_open, &changes[0], &seen);
	if (expect(seen.count == 1, "records: expected 1 got %u", seen.count)) {
		expect_text("task.comm", "", body_field(seen.records[0], "task.comm"));
		expect_text("task.container", "", body_field(seen.records[0], "task.container"));
	}
	end();
	must(umount2(GROUPS, MNT_DETACH));
}

static long tell_start(const void *arg)
{
	char line[1000], *word;
	int i;

	(void)arg;
	first_line("/proc/self/stat", line, sizeof(line));
	word = strrchr(line, ')') + 1;
	for (i = 0; i < 19; i++)
		word = strchr(word + 1, ' ');
	subject_expects("%lld", atoll(word));
	return open(FILE_A, O_RDONLY | O_CLOEXEC);
}

static void start(void)
{
	struct seen seen;

	group("task attributes");
	begin("task.start is that of /proc, in nanoseconds");
	policy(BLOCK ASK_ALL);
	subject_watch(NULL, tell_start, NULL, &seen);
	expect_number("records", 1, seen.count);
	if (seen.count)
		expect_number("hundredths of a second", atoll(seen.expected),
			      atoll(body_field(seen.records[0], "task.start")) / 10000000);
	end();
}

/* On a host without the unified hierarchy. */
static void without_cgroups(void)
{
	struct seen seen;

	group("task attributes");
	begin("without the unified hierarchy task.cgroup has no value");
	shell("if mountpoint -q /sys/fs/cgroup; then umount /sys/fs/cgroup; fi");
	policy(BLOCK "    10 deny task.cgroup=\"\\*\"\n    20 deny task.cgroup!=\"\\*\"\n"
	       "    30 deny task.cgroup=\"/\"\n    40 deny task.cgroup!=\"/\"\n");
	subject_watch(NULL, change_and_open, &changes[0], &seen);
	expect_error("open", 0, seen.error);
	if (expect(seen.count == 1, "records: expected 1 got %u", seen.count))
		expect_text("task.cgroup", "", body_field(seen.records[0], "task.cgroup"));
	end();
}

/* Histories */

static double boot_time(void)
{
	struct timespec time;

	clock_gettime(CLOCK_BOOTTIME, &time);
	return time.tv_sec + time.tv_nsec / 1e9;
}

/** struct chain - what the subject executes, and the history that follows */
struct chain {
	const char *path;
	const char *argument[4];
	const char *environment[2];
};

static long execute(const void *arg)
{
	const struct chain *chain = arg;
	int null = must(open("/dev/null", O_RDWR));

	must(dup2(null, 1));
	must(dup2(null, 2));
	return execve(chain->path, (char **)chain->argument, (char **)chain->environment);
}

/* The suite's own history and then @rest, whose times are "T"; @from: 0 for any. */
static void expect_history(const struct seen *seen, const char *rest, double from)
{
	double to = boot_time(), time;
	struct text text = {};
	const char *got, *at;

	if (!expect(seen->count == 1, "records: expected 1 got %u", seen->count))
		return;
	history_facts(&text);
	text.data[--text.length] = 0;
	text_add(&text, "%s\"", rest);
	got = body_field(seen->records[0], "task.history");
	expect_words("history", strchr(text.data, '=') + 1, got);
	for (at = got; from > 0 && (at = strstr(at, "=>/")); at++) {
		time = atof(strchr(at, ';') + 1);
		expect(time > from - 1e-6 && time < to + 1e-6,
		       "time: expected %.6f to %.6f got %.6f", from, to, time);
	}
	free(text.data);
}

static void watch_chain(const char *path, const char *option, const char *script,
			struct seen *seen)
{
	const struct chain chain = { path, { "x", option, script }, { "PATH=/usr/bin:/bin" } };

	subject_watch(NULL, execute, &chain, seen);
}

static void expect_denied(const char *condition, bool denied, const char *script)
{
	struct text text = {};
	struct seen seen;

	text_add(&text, BLOCK "    10 deny %s\n", condition);
	policy(text.data);
	watch_chain(HERE "/sh", "-c", script, &seen);
	expect(seen.count == 1 &&
	       !strcmp(head_field(seen.records[0], "result"), denied ? "denied" : "unmatched"),
	       "%s: expected %s", condition, denied ? "denied" : "unmatched");
	free(text.data);
}

#define HOSTILE		"x=>/sbin/init(1;0.5)\n~"
#define HOSTILE_SHOWN	"x=\\134076/sbin/init(1;0.5)\\012~"

static void chains(void)
{
	struct seen seen;
	char rest[400];
	double from;

	group("task history");
	policy(BLOCK);
	begin("a program and its child");
	from = boot_time();
	watch_chain(HERE "/sh", "-c", HERE "/cat " FILE_A "; true", &seen);
	snprintf(rest, sizeof(rest), "=>" HERE "/sh(%d;T)=>" HERE "/cat(%s;T)", seen.pid,
		 seen.count ? head_field(seen.records[0], "global-pid") : "?");
	expect_history(&seen, rest, from);
	end();
	begin("a script is its interpreter");
	from = boot_time();
	watch_chain(HERE "/script", NULL, NULL, &seen);
	snprintf(rest, sizeof(rest), "=>" HERE "/cat(%d;T)", seen.pid);
	expect_history(&seen, rest, from);
	end();
	begin("who executes again and again");
	from = boot_time();
	watch_chain(HERE "/sh", "-c", "exec " HERE "/sh -c 'exec " HERE "/cat " FILE_A "'", &seen);
	snprintf(rest, sizeof(rest),
		 "=>" HERE "/sh(%1$d;T)=>" HERE "/sh(%1$d;T)=>" HERE "/cat(%1$d;T)", seen.pid);
	expect_history(&seen, rest, from);
	end();
	begin("a failed execve is none");
	from = boot_time();
	watch_chain(HERE "/sh", "-c", HERE "/broken; ls/; read x <" FILE_A, &seen);
	snprintf(rest, sizeof(rest), "=>" HERE "/sh(%d;T)", seen.pid);
	expect_history(&seen, rest, from);
	end();
	begin("a denied execve is none");
	policy(BLOCK "100 acl execute path=\"" HERE "/cat\" " SUBJECT_RULE "\n    10 deny\n");
	from = boot_time();
	watch_chain(HERE "/sh", "-c", HERE "/cat; read x <" FILE_A, &seen);
	snprintf(rest, sizeof(rest), "=>" HERE "/sh(%d;T)", seen.pid);
	expect_history(&seen, rest, from);
	end();
	begin("the name is that of the execve, whatever becomes of the file");
	policy(BLOCK);
	from = boot_time();
	watch_chain(HERE "/mover", "-c", "mv " HERE "/mover " HERE "/moved; read x <" FILE_A, &seen);
	snprintf(rest, sizeof(rest), "=>" HERE "/mover(%d;T)", seen.pid);
	expect_history(&seen, rest, from);
	expect_text("task.exe", "\"" HERE "/mover\"",
		    seen.count ? body_field(seen.records[0], "task.exe") : "");
	end();
}

static void hostile(void)
{
	struct seen seen;
	char rest[400];

	group("task history");
	begin("no name feigns an ancestor");
	policy(BLOCK);
	watch_chain(HERE "/" HOSTILE, "-c", HERE "/cat " FILE_A "; true", &seen);
	snprintf(rest, sizeof(rest), "=>" HERE "/" HOSTILE_SHOWN "(%d;T)=>" HERE "/cat(%s;T)",
		 seen.pid, seen.count ? head_field(seen.records[0], "global-pid") : "?");
	expect_history(&seen, rest, 0);
	policy(BLOCK "    10 deny task.ancestor=\"/sbin/init\"\n"
	       "    20 deny task.history=\"\\{\\*\\}=>/sbin/init=>\\{\\*\\}\"\n"
	       "    30 deny task.history=\"\\{\\*\\}=>/sbin/init=>\\*\"\n");
	watch_chain(HERE "/" HOSTILE, "-c", HERE "/cat " FILE_A "; true", &seen);
	expect_text("result", "unmatched",
		    seen.count ? head_field(seen.records[0], "result") : "none");
	end();
	begin("task.ancestor and task.history are conditions");
	expect_denied("task.ancestor=\"" HERE "/sh\"", true, HERE "/cat " FILE_A "; true");
	expect_denied("task.ancestor!=\"" HERE "/sh\"", false, HERE "/cat " FILE_A "; true");
	expect_denied("task.ancestor=\"" HERE "/no\"", false, HERE "/cat " FILE_A "; true");
	expect_denied("task.ancestor!=\"" HERE "/no\"", true, HERE "/cat " FILE_A "; true");
	expect_denied("task.history=\"\\{\\*\\}=>" HERE "/sh=>" HERE "/cat\"", true,
		      HERE "/cat " FILE_A "; true");
	expect_denied("task.history=\"\\{\\*\\}=>" HERE "/sh\"", false, HERE "/cat " FILE_A "; true");
	expect_denied("task.parent.exe=\"" HERE "/sh\"", true, HERE "/cat " FILE_A "; true");
	end();
}

/* The program pretends to be another one, as root of its own user namespace. */
static long forge(const void *arg)
{
	int pipe_end = *(const int *)arg;

	change_user();
	must(dup2(pipe_end, 1));
	return execl(HERE "/forge", "forge", "/usr/bin/true", FILE_A, NULL);
}

static void forgery(void)
{
	unsigned int size;
	char told[300] = "";
	struct seen seen;
	int ends[2];

	group("task history");
	/* Without CONFIG_CHECKPOINT_RESTORE nobody could. Debian's kernels have it. */
	if (prctl(PR_SET_MM, PR_SET_MM_MAP_SIZE, &size, 0, 0) && errno == EINVAL)
		die("not to be tried without CONFIG_CHECKPOINT_RESTORE");
	begin("no process changes its task.exe");
	policy(BLOCK);
	must(pipe(ends));
	subject_watch(NULL, forge, &ends[1], &seen);
	expect_number("exit status", 0, seen.status);
	close(ends[1]);
	must(read(ends[0], told, sizeof(told) - 1));
	close(ends[0]);
	/* It did change what /proc tells. */
	expect_text("/proc/self/exe", "/usr/bin/true", told);
	if (expect(seen.count == 1, "records: expected 1 got %u", seen.count))
		expect_text("task.exe", "\"" HERE "/forge\"",
			    body_field(seen.records[0], "task.exe"));
	end();
}

/* Beyond its limit the oldest programs go; the record says so. */
static void deep(void)
{
	char script[200], rest[100];
	struct seen seen;
	const char *got;
	size_t length;

	group("task history");
	begin("a long one loses its oldest programs");
	policy(BLOCK);
	/* Each shell executes the next one. */
	snprintf(script, sizeof(script),
		 "n=$1; if [ $n -gt 0 ]; then exec " HERE "/sh " HERE "/deep $((n-1)); fi;"
		 " exec " HERE "/cat " FILE_A "\n");
	write_file(HERE "/deep", script);
	watch_chain(HERE "/sh", HERE "/deep", "300", &seen);
	if (expect(seen.count == 1, "records: expected 1 got %u", seen.count)) {
		got = body_field(seen.records[0], "task.history");
		length = strlen(got);
		expect(!strncmp(got, "\"...=>" HERE "/sh(", strlen("\"...=>" HERE "/sh(")),
		       "it begins with %.60s", got);
		expect(length > 3900 && length < 4100, "it has %zu bytes", length);
		snprintf(rest, sizeof(rest), "=>" HERE "/cat(%d;", seen.pid);
		expect(strstr(got, rest), "it ends with %s", got + length - 60);
	}
	end();
}

/* Figures */

static unsigned int threads_alive(void)
{
	struct dirent *process, *thread;
	DIR *all = opendir("/proc"), *threads;
	unsigned int n = 0;
	char name[300];

	while ((process = readdir(all))) {
		snprintf(name, sizeof(name), "/proc/%s/task", process->d_name);
		if (process->d_name[0] < '0' || process->d_name[0] > '9' ||
		    !(threads = opendir(name)))
			continue;
		while ((thread = readdir(threads)))
			n += thread->d_name[0] != '.';
		closedir(threads);
	}
	closedir(all);
	return n;
}

/* Kernel threads come and go, RCU takes its time: at some moment it is true. */
static void expect_states(void)
{
	unsigned int expected;
	long long states;
	int i;

	for (i = 0; i < 200; i++) {
		expected = threads_alive();
		states = count_now("tasks ", "states");
		if (states == expected && threads_alive() == expected)
			break;
		pause_for(30);
	}
	expect_number("states", expected, states);
}

static void *open_quickly(void *arg)
{
	close(open(FILE_A, O_RDONLY | O_CLOEXEC));
	return arg;
}

static void live_shortly(int i)
{
	pthread_t thread;

	if (i % 3 == 0)
		execl(HERE "/quick", "quick", NULL);
	if (i % 3 == 1 && !pthread_create(&thread, NULL, open_quickly, NULL))
		pthread_join(thread, NULL);
	if (i % 7 == 0)
		execl(HERE "/broken", "broken", NULL);
	_exit(0);
}

static pid_t start_by_vfork(void)
{
	pid_t pid = vfork();

	if (!pid) {
		execl(HERE "/quick", "quick", NULL);
		_exit(1);
	}
	return must(pid);
}

static void load(int rounds)
{
	pid_t pid;
	int i;

	for (i = 0; i < rounds; i++) {
		pid = i % 5 ? must(fork()) : start_by_vfork();
		if (!pid)
			live_shortly(i);
		must(waitpid(pid, NULL, 0));
	}
}

static void figures(int rounds)
{
	long long histories, bytes;
	int i;

	group("task figures");
	policy(BLOCK "100 acl execute task.gid=12345\n    10 allow transition=\"d\"\n");
	begin("every thread has a state, and only they");
	expect_states();
	end();
	histories = count_now("tasks ", "histories");
	begin("none is left of %d processes", 4 * rounds);
	for (i = 0; i < 4; i++)
		if (!must(fork())) {
			load(rounds);
			_exit(0);
		}
	while (wait(NULL) > 0)
		;
	expect_states();
	for (i = 0; i < 100 && count_now("tasks ", "histories") > histories; i++)
		pause_for(30);
	expect_number("histories", histories, count_now("tasks ", "histories"));
	end();
	begin("they are kept when the policy is emptied");
	policy("");
	expect_states();
	end();
	begin("after detach there is none");
	kellas_close();
	shell("echo detach >" KELLAS "policy");
	kellas_open();
	expect_number("states", 0, count_now("tasks ", "states"));
	expect_number("domains", 1, count_now("tasks ", "domains"));
	for (i = 0; i < 100 && count_now("tasks ", "histories"); i++)
		pause_for(30);
	expect_number("histories", 0, count_now("tasks ", "histories"));
	bytes = count_now("tasks ", "bytes");
	expect_number("bytes", 0, bytes);
	end();
}

/* processes */

static void processes(void)
{
	struct text text = {}, expected = {}, history = {}, place = {};
	char start[60], *line;
	int pid = getpid();

	group("task processes");
	policy(BLOCK);
	begin("a line for this process");
	read_file(KELLAS "processes", &text);
	snprintf(start, sizeof(start), "pid=%d ", pid);
	for (line = text.data; line && strncmp(line, start, strlen(start)); )
		line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL;
	if (expect(line, "it is missing")) {
		line[strcspn(line, "\n")] = 0;
		snprintf(start, sizeof(start), "pid=%d nspid=%d start=", pid, pid);
		expect(!strncmp(line, start, strlen(start)), "it begins with %.60s", line);
		text_add(&expected, "domain=\"<kernel>\" uid=0 exe=\"%s\" ",
			 realpath("/proc/self/exe", NULL));
		history_facts(&history);
		text_add(&expected, "%s", history.data + strlen(" task."));
		add_cgroup(&place);
		if (expect(place.data, "there is no control group"))
			text_add(&expected, " %s", place.data + strlen(" task."));
		expect_words("line", expected.data, strstr(line, "domain="));
	}
	end();
	free(text.data);
	free(history.data);
	free(expected.data);
	free(place.data);
}

/* Containers of Debian's packages */

#define TELL "stat -L -c %i /proc/self/ns/pid /proc/self/ns/mnt | tr '\\n' ' ' >&9; read x <" FILE_A

/* With a real uid that is not the effective one they take themselves for set-uid. */
static long contain(const void *arg)
{
	must(setresgid(SUBJECT_MARK, SUBJECT_MARK, SUBJECT_MARK));
	must(setresuid(0, 0, 0));
	return execl("/bin/sh", "sh", "-pc", arg, NULL);
}

static void expect_container(const char *name, const char *command)
{
	char told[100] = "", numbers[100];
	struct seen seen;
	int ends[2];

	begin("%s", name);
	policy(BLOCK ASK_ALL "    20 deny task.container=1\n");
	must(pipe(ends));
	must(dup2(ends[1], 9));
	subject_watch(NULL, contain, command, &seen);
	close(ends[1]);
	close(9);
	must(read(ends[0], told, sizeof(told) - 1));
	close(ends[0]);
	if (expect(seen.count == 1, "records: expected 1 got %u", seen.count)) {
		snprintf(numbers, sizeof(numbers), "%s %s ",
			 body_field(seen.records[0], "task.pidns"),
			 body_field(seen.records[0], "task.mntns"));
		expect_text("namespaces", told, numbers);
		expect_text("task.container", "1",
			    body_field(seen.records[0], "task.container"));
		expect_text("result", "denied", head_field(seen.records[0], "result"));
	}
	end();
}

static void append_file(const char *name, const char *text)
{
	int fd = must(open(name, O_WRONLY | O_APPEND | O_CLOEXEC));

	must(write(fd, text, strlen(text)));
	close(fd);
}

#define BUNDLE HERE "/bundle"

/* A container that sees all of the host's files and is nobody's init system. */
static void make_bundle(void)
{
	shell("printf '%s\\n' '#!/bin/sh' >" HERE "/tell; chmod 755 " HERE "/tell");
	append_file(HERE "/tell", TELL "\n");
	shell("mkdir -p " BUNDLE "/root && mount --rbind / " BUNDLE "/root && cd " BUNDLE
	      " && crun spec && python3 - <<'END'\n"
	      "import json\n"
	      "spec = json.load(open('config.json'))\n"
	      "spec.pop('hostname', None)\n"
	      "spec['root'] = {'path': 'root', 'readonly': False}\n"
	      "spec['process'].update(terminal=False, args=['" HERE "/tell'],\n"
	      "                       user={'uid': 0, 'gid': 11})\n"
	      "spec['mounts'] = [m for m in spec['mounts'] if m['destination'] == '/proc']\n"
	      "spec['linux'] = {'namespaces': [{'type': 'pid'}, {'type': 'mount'}]}\n"
	      "json.dump(spec, open('config.json', 'w'))\n"
	      "END\n");
}

/* Any user may put a program of his own where another one was, for himself. */
static long disguise(const void *arg)
{
	(void)arg;
	must(setresgid(SUBJECT_MARK, SUBJECT_MARK, SUBJECT_MARK));
	must(setresuid(21, 21, 21));
	must(unshare(CLONE_NEWUSER | CLONE_NEWNS));
	must(mount(HERE "/sh", HERE "/cat", NULL, MS_BIND, NULL));
	return execl(HERE "/cat", "cat", "-c", "read x <" FILE_A, NULL);
}

static long undisguised(const void *arg)
{
	(void)arg;
	must(setresuid(21, 21, 21));
	return execl(HERE "/cat", "cat", FILE_A, NULL);
}

static void expect_trusted(const char *what, long (*act)(const void *arg), const char *rule,
			   const char *result, const char *container)
{
	struct text text = {};
	struct seen seen;

	text_add(&text, BLOCK "    10 allow task.exe=\"" HERE "/cat\"%s\n    20 deny task.container=9\n"
		 "    30 deny\n", rule);
	policy(text.data);
	free(text.data);
	subject_watch(NULL, act, NULL, &seen);
	if (!expect(seen.count == 1, "%s: expected 1 record got %u", what, seen.count))
		return;
	expect_text("task.exe", "\"" HERE "/cat\"", body_field(seen.records[0], "task.exe"));
	expect_text("task.container", container, body_field(seen.records[0], "task.container"));
	expect_text(what, result, head_field(seen.records[0], "result"));
}

static void disguises(void)
{
	begin("a program bind-mounted over another in a user namespace");
	expect_trusted("the program itself", undisguised, " task.container=0", "allowed", "0");
	expect_trusted("the other one by its name alone", disguise, "", "allowed", "1");
	expect_trusted("the other one", disguise, " task.container=0", "denied", "1");
	end();
}

static void containers(void)
{
	group("task containers");
	disguises();
	expect_container("unshare", "exec unshare -mp --fork --mount-proc sh -c \"" TELL "\"");
	expect_container("bubblewrap", "exec bwrap --bind / / --dev /dev --proc /proc --unshare-all"
			 " sh -c \"" TELL "\"");
	make_bundle();
	expect_container("crun", "exec crun --cgroup-manager=disabled run --preserve-fds=7 -b "
			 BUNDLE " kellas");
	shell("umount -l " BUNDLE "/root");
}

static void make_files(void)
{
	shell("rm -rf " HERE "; mkdir -p '" HERE "/x=>/sbin'; echo a >" FILE_A);
	copy_file("/bin/cat", HERE "/cat");
	copy_file("/bin/dash", HERE "/sh");
	copy_file("/bin/dash", HERE "/mover");
	copy_file("/bin/dash", HERE "/" HOSTILE);
	copy_file("build/guest/forge", HERE "/forge");
	copy_file(quick_program(), HERE "/quick");
	shell("printf 'no program' >" HERE "/broken; chmod 755 " HERE "/broken;"
	      "printf '#!" HERE "/cat " FILE_A "\n' >" HERE "/script; chmod 755 " HERE "/script;"
	      ": >" HERE "/deep");
}

/* task: attributes, histories, figures, containers */
void part_task(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	kellas_load();
	make_files();
	attributes();
	start();
	chains();
	hostile();
	forgery();
	deep();
	processes();
	containers();
	without_cgroups();
	figures(100);
	group("task");
	begin("unload");
	expect_error("remove", 0, (kellas_close(), kellas_remove()));
	end();
}
