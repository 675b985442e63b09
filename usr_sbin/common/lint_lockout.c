// SPDX-License-Identifier: GPL-2.0
/*
 * Denials that would lock the administrator out: things that must go on if
 * somebody is to log in, and to change the policy, are put to the engine.
 *
 * Names are those of Debian. What is not said of a request is not known; what
 * depends on it is not denied for certain, and not told.
 */
#include "engine/lex.h"
#include "explain.h"
#include "lint_inside.h"

#define SYSTEMD "/usr/lib/systemd/systemd"
#define SSHD	"/usr/sbin/sshd"
#define LOGIN	"/usr/bin/login"
#define GETTY	"/usr/sbin/agetty"
#define BASH	"/usr/bin/bash"
#define CTL	"/usr/sbin/kellasctl"
#define AUDITD	"/usr/sbin/kellas-auditd"
#define LIBC	"/usr/lib/x86_64-linux-gnu/libc.so.6"

/**
 * struct need - something that must be permitted
 * @exe: the program that does it
 * @op: what it does
 * @path: with which object; NULL: of this kind there is none
 * @words: more that is known of the request
 */
struct need {
	const char *exe, *op, *path, *words;
};

/* A file that all may read. */
#define PLAIN "path.perm=0644"

static const struct need needs[] = {
	{ SYSTEMD, "execute", GETTY, NULL },
	{ SYSTEMD, "execute", SSHD, NULL },
	{ SYSTEMD, "execute", AUDITD, NULL },
	{ SYSTEMD, "execute", "/usr/lib/systemd/systemd-logind", NULL },
	{ SYSTEMD, "read", "/etc/systemd/system.conf", PLAIN },
	{ SYSTEMD, "read", "/usr/lib/systemd/system/ssh.service", PLAIN },
	{ SYSTEMD, "read", LIBC, NULL },
	{ SYSTEMD, "write", "/dev/console", "path.type=char path.perm=0600" },
	{ SYSTEMD, "write", "/dev/null", "path.type=char path.perm=0666" },
	{ SYSTEMD, "mmap_exec", LIBC, NULL },
	{ SYSTEMD, "signal", NULL, "sig=SIGTERM target.exe=\"" SSHD "\" target.uid=0" },
	{ GETTY, "execute", LOGIN, NULL },
	{ GETTY, "read", LIBC, NULL },
	{ GETTY, "read", "/dev/tty1", "path.type=char path.perm=0620" },
	{ GETTY, "write", "/dev/tty1", "path.type=char path.perm=0620" },
	{ GETTY, "ioctl", "/dev/tty1", "path.type=char path.perm=0620 cmd=0x5401" },
	{ LOGIN, "execute", BASH, NULL },
	{ LOGIN, "read", "/etc/passwd", PLAIN },
	{ LOGIN, "read", "/etc/shadow", "path.perm=0640" },
	{ LOGIN, "read", "/etc/pam.d/login", PLAIN },
	{ LOGIN, "read", LIBC, NULL },
	{ LOGIN, "mmap_exec", LIBC, NULL },
	{ LOGIN, "setuid", NULL,
	  "new_uid=0 new_euid=0 new_suid=0 new_fsuid=0 new_gid=0 new_egid=0 new_sgid=0 "
	  "new_fsgid=0" },
	{ SSHD, "execute", SSHD, NULL },
	{ SSHD, "execute", BASH, NULL },
	{ SSHD, "read", "/etc/ssh/sshd_config", PLAIN },
	{ SSHD, "read", "/etc/ssh/ssh_host_ed25519_key", "path.perm=0600" },
	{ SSHD, "read", "/etc/passwd", PLAIN },
	{ SSHD, "read", "/etc/shadow", "path.perm=0640" },
	{ SSHD, "read", "/etc/pam.d/sshd", PLAIN },
	{ SSHD, "read", "/root/.ssh/authorized_keys", "path.perm=0600" },
	{ SSHD, "read", LIBC, NULL },
	{ SSHD, "mmap_exec", LIBC, NULL },
	{ SSHD, "read", "/dev/ptmx", "path.type=char path.perm=0666" },
	{ SSHD, "write", "/dev/null", "path.type=char path.perm=0666" },
	{ SSHD, "inet_stream_bind", NULL, "ip=0.0.0.0 port=22" },
	{ SSHD, "inet_stream_listen", NULL, "ip=0.0.0.0 port=22" },
	{ SSHD, "inet_stream_accept", NULL, "ip=192.0.2.1 port=50000" },
	{ SSHD, "unix_stream_connect", NULL, "addr=\"/run/dbus/system_bus_socket\"" },
	{ SSHD, "capability", NULL, "cap=CAP_SETUID init_userns=1" },
	{ BASH, "read", "/root/.bashrc", PLAIN },
	{ BASH, "read", LIBC, NULL },
	{ BASH, "mmap_exec", LIBC, NULL },
	{ BASH, "write", "/dev/null", "path.type=char path.perm=0666" },
	{ BASH, "execute", CTL, NULL },
	{ CTL, "read", LIBC, NULL },
	{ CTL, "read", "proc:/kellas/policy", "path.perm=0600" },
	{ CTL, "write", "proc:/kellas/policy", "path.perm=0600" },
	{ CTL, "read", "proc:/kellas/audit", "path.perm=0600" },
	{ CTL, "read", "proc:/kellas/query", "path.perm=0600" },
	{ CTL, "write", "proc:/kellas/query", "path.perm=0600" },
	{ CTL, "read", "proc:/kellas/stat", "path.perm=0400" },
	{ CTL, "capability", NULL, "cap=CAP_MAC_ADMIN init_userns=1" },
	{ CTL, "modify_policy", NULL, NULL },
	{ AUDITD, "read", "proc:/kellas/audit", "path.perm=0600" },
	{ AUDITD, "write", "proc:/kellas/audit", "path.perm=0600" },
	{ AUDITD, "create", "/var/log/kellas/kellas.log", "perm=0600" },
	{ AUDITD, "append", "/var/log/kellas/kellas.log", "path.perm=0600" },
};

/* Of every request, where it says nothing else. */
static const char usual[] =
	"task.uid=0 task.gid=0 task.euid=0 task.egid=0 task.suid=0 task.sgid=0 "
	"task.fsuid=0 task.fsgid=0 task.container=0";
static const char usual_file[] =
	"path.uid=0 path.type=file path.perm=0755 path.parent.uid=0";

/* What else is known of a program; the history is that of a login. */
static const struct {
	const char *exe, *comm, *history;
} programs[] = {
	{ SYSTEMD, "systemd", "" },
	{ GETTY, "agetty", "" },
	{ LOGIN, "login", "=>" GETTY "(600;5.0)" },
	{ SSHD, "sshd", "" },
	{ BASH, "bash", "=>" SSHD "(700;5.0)" },
	{ CTL, "kellasctl", "=>" SSHD "(700;5.0)=>" BASH "(900;9.0)" },
	{ AUDITD, "kellas-auditd", "" },
};

/* An attribute that the operation does not have, or that is known already, is no matter. */
static void add_words(struct kl_facts *facts, const char *words)
{
	struct kl_lexer lexer;
	struct kl_error error;
	struct kl_word word;

	kl_lexer_init(&lexer, kl_text_of(words));
	while (kl_lexer_next(&lexer, &word))
		kl_facts_add(facts, word.text, &error);
}

static void add_program(struct kl_facts *facts, const char *exe)
{
	struct kl_buffer words = { 0 };
	u32 i;

	for (i = 0; i < ARRAY_SIZE(programs); i++) {
		if (strcmp(programs[i].exe, exe))
			continue;
		kl_buffer_printf(&words, "task.exe=\"%s\" task.comm=\"%s\" ", exe,
				 programs[i].comm);
		kl_buffer_printf(&words, "task.history=\"" SYSTEMD "(1;1.0)%s",
				 programs[i].history);
		if (strcmp(exe, SYSTEMD))
			kl_buffer_printf(&words, "=>%s(950;10.0)", exe);
		kl_buffer_puts(&words, "\"");
	}
	add_words(facts, words.data);
	kl_buffer_free(&words);
}

static void add_path(struct kl_facts *facts, const char *path)
{
	struct kl_buffer words = { 0 };

	kl_buffer_printf(&words, "path=\"%s\" exec=\"%s\"", path, path);
	add_words(facts, words.data);
	add_words(facts, usual_file);
	kl_buffer_free(&words);
}

/* The rule that denies the request for certain, or NULL. */
static const struct kl_rule *ask(struct linter *linter, struct kl_facts *facts)
{
	const struct kl_rule *rule = NULL;
	struct kl_explanation explanation;
	u32 i;

	if (!kl_explain(linter->file, facts, false, &explanation) &&
	    explanation.answers == KL_ANSWER_DENY)
		for (i = 0; i < explanation.count && !rule; i++)
			if (explanation.blocks[i].outcomes == KL_OUTCOME_DENIED &&
			    !explanation.blocks[i].permissive)
				rule = explanation.blocks[i].rule;
	kl_explanation_free(&explanation);
	return rule;
}

static const struct kl_rule *try(struct linter *linter, const struct need *need)
{
	const struct kl_rule *rule = NULL;
	int op = kl_op_find(kl_text_of(need->op));
	struct kl_error error;
	struct kl_facts facts;

	if (op < 0 || !linter->file->policy.block_count[op])
		return NULL;
	kl_facts_init(&facts, &linter->file->policy.strings, op);
	if (need->words)
		add_words(&facts, need->words);
	add_program(&facts, need->exe);
	if (need->path)
		add_path(&facts, need->path);
	add_words(&facts, usual);
	if (!kl_facts_finish(&facts, &error))
		rule = ask(linter, &facts);
	kl_facts_free(&facts);
	return rule;
}

static void find_lockout(struct linter *linter, const struct kl_rule *rule,
			 const struct need *need, u32 more)
{
	const char *object = need->path ? need->path : need->words ? need->words : "";
	char others[40] = "";

	if (more)
		snprintf(others, sizeof(others), ", and %u more of the kind", more);
	find_rule(linter, KL_LINT_WARNING, "lockout", rule, -1,
		  "this denies what administration needs: %s by %s as root%s%s%s",
		  need->op, need->exe, *object ? ": " : "", object, others);
}

void lint_lockout(struct linter *linter)
{
	const struct kl_rule *rules[ARRAY_SIZE(needs)];
	size_t i, j;
	u32 more;

	for (i = 0; i < ARRAY_SIZE(needs); i++)
		rules[i] = try(linter, &needs[i]);
	/* One finding for each rule and program. */
	for (i = 0; i < ARRAY_SIZE(needs); i++) {
		for (j = 0, more = 0; j < ARRAY_SIZE(needs); j++) {
			if (rules[j] != rules[i] || strcmp(needs[j].exe, needs[i].exe))
				continue;
			if (j < i)
				break;
			more += j > i;
		}
		if (rules[i] && j == ARRAY_SIZE(needs))
			find_lockout(linter, rules[i], &needs[i], more);
	}
}
