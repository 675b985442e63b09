// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rule groups, permissive blocks and mode, rates: what requests meet, what is
 * recorded and counted, and how lines that come write by write are read.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "kellas.h"
#include "parts.h"
#include "place.h"

#define HERE	"/tmp/language"
#define PLACE	"path=\"" HERE "/\\*\""

static int open_one(const char *name)
{
	long fd = syscall(SYS_open, name, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return errno;
	close(fd);
	return 0;
}

static int openat_one(const char *name)
{
	long fd = syscall(SYS_openat, AT_FDCWD, name, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return errno;
	close(fd);
	return 0;
}

static int unlink_one(const char *name)
{
	return syscall(SYS_unlink, name) ? errno : 0;
}

static int unlinkat_one(const char *name)
{
	return syscall(SYS_unlinkat, AT_FDCWD, name, 0) ? errno : 0;
}

/* KEY's number in the @which-th line of stat whose policy text is @text; -1: none. */
static long long count_line(const struct counts *counts, const char *text, int which,
			    const char *key)
{
	struct text copy = {};
	char **lines = NULL, *body, *at;
	char word[32];
	long long number = -1;
	unsigned int i, n;

	text_add(&copy, "%s", counts->text.data);
	n = split_lines(&copy, &lines);
	snprintf(word, sizeof(word), " %s=", key);
	for (i = 0; i < n && number < 0; i++) {
		body = strstr(lines[i], " / ");
		if (!body || strcmp(body + 3, text) || which--)
			continue;
		*body = 0;
		at = strstr(lines[i], word);
		number = at ? atoll(at + strlen(word)) : -1;
	}
	free(lines);
	free(copy.data);
	return number;
}

/** struct expected_count - hits and denials of one line of stat */
struct expected_count {
	const char *text;
	int which;
	long long hits, denials, unenforced;
};

static void expect_counts(const struct expected_count *expected, size_t n)
{
	static struct counts counts;
	size_t i;

	counts_take(&counts);
	for (i = 0; i < n; i++) {
		const struct expected_count *e = &expected[i];

		expect(count_line(&counts, e->text, e->which, "hits") == e->hits &&
		       count_line(&counts, e->text, e->which, "denials") == e->denials &&
		       count_line(&counts, e->text, e->which, "unenforced") == e->unenforced,
		       "%s (%d): expected %lld %lld %lld got %lld %lld %lld", e->text,
		       e->which, e->hits, e->denials, e->unenforced,
		       count_line(&counts, e->text, e->which, "hits"),
		       count_line(&counts, e->text, e->which, "denials"),
		       count_line(&counts, e->text, e->which, "unenforced"));
	}
}

/* "read:own:allowed unlink:more:denied ": what has been recorded. */
static const char *recorded(void)
{
	static struct text text;
	unsigned int i, n;
	char **lines;

	text_clear(&text);
	n = records_take(&lines);
	for (i = 0; i < n; i++)
		text_add(&text, "%.*s:%s:%s%s ",
			 (int)strcspn(record_body(lines[i]), " "), record_body(lines[i]),
			 head_field(lines[i], "rule"), head_field(lines[i], "result"),
			 strcmp(head_field(lines[i], "enforced"), "no") ? "" : ":unenforced");
	return text.data;
}

static const char grouped[] =
	"rule_group OWN\n    10 allow path=\"" HERE "/a\" label=own\n    20 use MORE\n"
	"rule_group MORE\n    10 deny path=\"" HERE "/b\" label=more\n"
	"    20 deny path.uid=4711 label=uid\n"
	"100 acl read " PLACE "\n    audit 1\n    label reading\n    10 use OWN\n    20 allow\n"
	"100 acl unlink " PLACE "\n    audit 1\n    label removing\n    10 use MORE\n";

static void groups(void)
{
	static const struct expected_count first[] = {
		{ "100 acl read " PLACE, 0, 6, 3, 0 },
		{ "10 use OWN", 0, 5, 3, 0 },
		{ "20 use MORE", 0, 3, 3, 0 },
		{ "10 use MORE", 0, 3, 3, 0 },
		{ "10 allow path=\"" HERE "/a\" label=own", 0, 2, 0, 0 },
		{ "10 deny path=\"" HERE "/b\" label=more", 0, 4, 4, 0 },
		{ "20 deny path.uid=4711 label=uid", 0, 2, 2, 0 },
		{ "20 allow", 0, 1, 0, 0 },
		{ "rule_group MORE", 0, 0, 0, 0 },
	};

	group("language groups");
	policy(grouped);
	records_drop();
	begin("lines of a group decide where it is used");
	expect_error("open a", 0, open_one(HERE "/a"));
	expect_error("openat a", 0, openat_one(HERE "/a"));
	expect_error("open b", EPERM, open_one(HERE "/b"));
	expect_error("openat b", EPERM, openat_one(HERE "/b"));
	expect_error("open u", EPERM, open_one(HERE "/u"));
	expect_error("open c", 0, open_one(HERE "/c"));
	expect_error("unlink b", EPERM, unlink_one(HERE "/b"));
	expect_error("unlinkat b", EPERM, unlinkat_one(HERE "/b"));
	expect_error("unlink u", EPERM, unlink_one(HERE "/u"));
	expect_error("unlink c", 0, unlink_one(HERE "/c"));
	expect_text("records",
		    "read:own:allowed read:own:allowed read:more:denied read:more:denied "
		    "read:uid:denied read:reading:allowed unlink:more:denied "
		    "unlink:more:denied unlink:uid:denied unlink:removing:unmatched ",
		    recorded());
	end();
	begin("counted by line, and by place");
	expect_counts(first, ARRAY_SIZE(first));
	end();
}

/* Each piece is a write of its own. */
static void put_pieces(int fd, const char *const *pieces, const int *errors)
{
	for (; *pieces; pieces++, errors++)
		expect_error(*pieces, *errors, write_all(fd, *pieces, strlen(*pieces)));
}

static void edit_group(void)
{
	static const char *const pieces[] = {
		"rule_group MORE\n", "    5 allow path=\"" HERE "/b\" la", "bel=less\n",
		"    audit 1\n", NULL,
	};
	static const int errors[] = { 0, 0, 0, EINVAL };
	static const struct expected_count after[] = {
		{ "10 use OWN", 0, 6, 3, 0 },
		{ "20 use MORE", 0, 4, 3, 0 },
		{ "10 use MORE", 0, 3, 3, 0 },
		{ "10 deny path=\"" HERE "/b\" label=more", 0, 4, 4, 0 },
		{ "5 allow path=\"" HERE "/b\" label=less", 0, 1, 0, 0 },
	};
	struct text message = {};
	int fd = must(open(KELLAS "policy", O_RDWR | O_CLOEXEC));

	group("language groups");
	begin("a group goes on in the next write");
	put_pieces(fd, pieces, errors);
	read_all(fd, &message);
	expect_text("message", "3:5: audit in a rule group; expected allow, deny or use\n",
		    message.data);
	close(fd);
	end();
	begin("counters outlive the edit of a group");
	expect_error("open b", 0, open_one(HERE "/b"));
	expect_counts(after, ARRAY_SIZE(after));
	end();
	begin("what a use asks for must be there");
	text_clear(&message);
	expect_error("misfit", EINVAL,
		     policy_try("rule_group G\n    deny path.uid=0\n"
				"acl modify_policy\n    10 use G\n", &message));
	expect_text("message",
		    "4:12: \"path.uid\" in line 2 (rule group \"G\") is not available for "
		    "modify_policy, which uses it in line 4\n", message.data);
	end();
	free(message.data);
}

/*
 * modify_policy is denied to this group, so that root may still end the test. The
 * mark that this program has, since it was permitted, ends with an execve.
 */
static int write_as_group(const char *text)
{
	pid_t child = must(fork());
	int status;

	if (!child) {
		int fd = open(KELLAS "policy", O_WRONLY);

		if (fd < 0 || dup2(fd, 1) < 0 || setegid(4711))
			_exit(255);
		/* printf(1) ends with 1 if it cannot write. */
		execl("/usr/bin/printf", "printf", text, NULL);
		_exit(255);
	}
	must(waitpid(child, &status, 0));
	return WIFEXITED(status) && WEXITSTATUS(status) == 1 ? EPERM : 0;
}

static void permissive(void)
{
	static const struct expected_count block[] = {
		{ "100 acl read " PLACE, 0, 7 + 3, 3, 3 },
		{ "10 use ALL", 0, 3, 0, 3 },
		{ "10 deny label=all", 0, 3, 0, 3 },
		{ "200 acl read path=\"" HERE "/b\"", 0, 2, 2, 0 },
		{ "10 deny label=b", 0, 2, 2, 0 },
	/* Blocks of equal identity keep what they had. */
	}, mode[] = {
		{ "100 acl read " PLACE, 0, 7 + 3 + 2, 3, 3 + 2 },
		{ "200 acl read path=\"" HERE "/b\"", 0, 2 + 1, 2, 1 },
		{ "100 acl unlink " PLACE, 0, 2, 0, 2 },
		{ "100 acl modify_policy task.egid=4711", 0, 1, 1, 0 },
	};
	long long unenforced, denied;

	group("language permissive");
	policy("rule_group ALL\n    10 deny label=all\n"
	       "100 acl read " PLACE "\n    permissive\n    audit 1\n    10 use ALL\n"
	       "200 acl read path=\"" HERE "/b\"\n    audit 1\n    10 deny label=b\n");
	records_drop();
	unenforced = count_now("requests ", "unenforced");
	denied = count_now("requests ", "denied");
	begin("a permissive block denies nothing, and the next one is asked");
	expect_error("open a", 0, open_one(HERE "/a"));
	expect_error("open b", EPERM, open_one(HERE "/b"));
	expect_error("openat b", EPERM, openat_one(HERE "/b"));
	expect_text("records", "read:all:denied:unenforced "
		    "read:all:denied:unenforced read:b:denied "
		    "read:all:denied:unenforced read:b:denied ", recorded());
	expect_counts(block, ARRAY_SIZE(block));
	expect_number("unenforced", unenforced + 3, count_now("requests ", "unenforced"));
	expect_number("denied", denied + 2, count_now("requests ", "denied"));
	end();
	begin("permissive mode denies nothing but changes of the policy");
	policy("mode permissive\n"
	       "100 acl read " PLACE "\n    audit 1\n    10 deny label=all\n"
	       "200 acl read path=\"" HERE "/b\"\n    audit 1\n    10 deny label=b\n"
	       "100 acl unlink " PLACE "\n    audit 1\n    10 deny\n    label gone\n"
	       "100 acl modify_policy task.egid=4711\n    audit 1\n    label guard\n    10 deny\n");
	records_drop();
	expect_error("open a", 0, open_one(HERE "/a"));
	expect_error("openat b", 0, openat_one(HERE "/b"));
	expect_error("unlink a", 0, unlink_one(HERE "/a"));
	expect_error("unlinkat b", 0, unlinkat_one(HERE "/b"));
	expect_error("modify_policy", EPERM, write_as_group("acl write\n"));
	expect_text("records", "read:all:denied:unenforced read:all:denied:unenforced "
		    "read:b:denied:unenforced unlink:gone:denied:unenforced "
		    "unlink:gone:denied:unenforced modify_policy:guard:denied ", recorded());
	expect_counts(mode, ARRAY_SIZE(mode));
	end();
	begin("begin replace is enforcing again");
	policy("100 acl read " PLACE "\n    10 deny\n");
	expect_error("open u", EPERM, open_one(HERE "/u"));
	expect_error("mode", 0, policy_try("mode permissive\n100 acl read " PLACE
					   "\n    10 deny\n", NULL));
	expect_error("open u", 0, openat_one(HERE "/u"));
	end();
}

#define BURST	5

static void rates(void)
{
	struct text text = {};
	long long written, suppressed;
	int i;

	records_drop();
	records_stop(true);
	group("language rates");
	text_add(&text, "quota audit[1] unmatched=unlimited rate=1/s burst=%d\n"
		 "100 acl read " PLACE "\n    audit 1\n", BURST);
	policy(text.data);
	begin("a burst, and the rest is told");
	written = count_now("log ", "written");
	suppressed = count_now("log ", "suppressed");
	for (i = 0; i < 50; i++)
		expect_error("open", 0, i & 1 ? open_one(HERE "/u") : openat_one(HERE "/u"));
	written = count_now("log ", "written") - written;
	suppressed = count_now("log ", "suppressed") - suppressed;
	/* Should it have taken a second, there is one more. */
	expect(written >= BURST && written <= BURST + 2, "%lld written", written);
	expect_number("suppressed", 50 - written, suppressed);
	end();
	begin("one more a second");
	pause_for(3200);
	written = count_now("log ", "written");
	for (i = 0; i < 50; i++)
		openat_one(HERE "/u");
	written = count_now("log ", "written") - written;
	expect(written >= 3 && written <= 5, "%lld written", written);
	end();
	begin("without a rate all of them");
	policy("quota audit[1] unmatched=unlimited\n100 acl read " PLACE "\n    audit 1\n");
	written = count_now("log ", "written");
	for (i = 0; i < 50; i++)
		openat_one(HERE "/u");
	expect_number("written", 50, count_now("log ", "written") - written);
	end();
	records_stop(false);
	free(text.data);
}

void part_language(int argc, char **argv)
{
	static const char names[] = "abcu";
	char name[sizeof(HERE) + 2];
	const char *at;

	(void)argc;
	(void)argv;
	kellas_load();
	must(mkdir(HERE, 0755));
	for (at = names; *at; at++) {
		snprintf(name, sizeof(name), HERE "/%c", *at);
		close(must(open(name, O_CREAT | O_WRONLY, 0644)));
	}
	must(chown(HERE "/u", 4711, 0));
	groups();
	edit_group();
	permissive();
	rates();
	group("language");
	begin("unload");
	expect_error("detach and remove", 0, kellas_unload());
	end();
}
