// SPDX-License-Identifier: GPL-2.0-only
/*
 * Lines in words: who reads the sentence must come to know what the engine does with the
 * line. A sentence that means something else than its rule would be worse than none.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <locale.h>
#include <time.h>
#include <cmocka.h>

#include "earlier.h"
#include "engine/lex.h"
#include "engine/parse.h"
#include "engine/pattern.h"
#include "explain.h"
#include "hands.h"
#include "key.h"
#include "phrase.h"
#include "words.h"

/* What is said of a line of a policy; the first sentences, or all of them. */
static char *words_in(const char *text, u32 line, bool all)
{
	struct editor *editor = editor_new(kl_text_of(text), "policy.conf", false);
	struct kl_buffer words = { 0 };
	char *end;

	words_of_line(editor, line - 1, false, &words);
	editor_free(editor);
	kl_buffer_puts(&words, "");
	end = all ? NULL : strchr(words.data, '\n');
	if (end)
		*end = 0;
	return words.data;
}

static void assert_words(const char *text, u32 line, const char *expected)
{
	char *words = words_in(text, line, false);

	if (strcmp(words, expected))
		fail_msg("of line %u of\n%s\nis said\n%s\nand not\n%s", line, text, words,
			 expected);
	free(words);
}

static void assert_more(const char *text, u32 line, const char *expected)
{
	char *words = words_in(text, line, true);

	if (!strstr(words, expected))
		fail_msg("of line %u of\n%s\nis said\n%s\nwithout\n%s", line, text, words,
			 expected);
	free(words);
}

/* ---------------------------------------------------------------- whole sentences */

static const struct {
	const char *head, *rule, *words;
} sentences[] = {
	/* The one that was asked for. */
	{ "write path=\"/etc/\\(\\*\\)/\\*\"", "deny task.uid!=0",
	  "Denies writing to files below /etc, by anyone except root." },
	{ "write", "deny", "Denies writing to any file, by anyone." },
	{ "write path=\"/etc/shadow\"", "allow task.uid=0",
	  "Allows writing to the file /etc/shadow, by root." },
	{ "read path=\"/etc/\\*\"", "deny task.uid=1000-60000",
	  "Denies reading files and folders directly in /etc, by users 1000 to 60000." },
	{ "write path=\"/etc/\\{\\*\\}/\\*\"", "deny",
	  "Denies writing to files in folders below /etc, by anyone." },
	{ "write path!=\"/etc/\\(\\*\\)/\\*.conf\"", "deny",
	  "Denies writing to any file except those below /etc with names that end in \".conf\", by "
	  "anyone." },
	{ "write path=\"/srv/\\(\\*\\)/.htaccess\"", "deny",
	  "Denies writing to files called \".htaccess\" below /srv, by anyone." },
	{ "write path=\"/a\\*b/\\?\"", "deny",
	  "Denies writing to files with names that match \"/a\\*b/\\?\", by anyone." },
	{ "execute path=@NONE", "deny",
	  "Denies executing one of the files @NONE (no such group: nothing is in it), by anyone." },
	{ "execute path!=@TOOLS", "deny task.exe=@TOOLS",
	  "Denies executing any file except @TOOLS (/bin/a, all directly in /bin, \"/x\\040y\", "
	  "\"/\\$\"), by one of the programs @TOOLS (/bin/a, all directly in /bin, \"/x\\040y\", "
	  "\"/\\$\")." },
	/* Of what is no pathname nobody knows what it means to be in a folder. */
	{ "unix_stream_bind", "deny addr=@TOOLS",
	  "Denies binding UNIX stream sockets to one of the addresses @TOOLS (/bin/a, \"/bin/\\*\", "
	  "\"/x\\040y\", \"/\\$\"), by anyone." },
	{ "write path=\"/a/\\*\" path!=\"/a/b\"",
	  "deny path!=\"/a/c\\*\" task.exe!=\"/x\" task.exe!=\"/y\"",
	  "Denies writing to files directly in /a except /a/b and those directly in /a with names that "
	  "begin with \"c\", by any program except /x and /y." },
	{ "inet_stream_connect port=1-1023 port!=80",
	  "deny port!=443 task.uid=1-9 task.uid!=5",
	  "Denies connecting by TCP or SCTP to ports 1 to 1023 except 80 and 443 of any address, by "
	  "users 1 to 9 except user 5." },
	/* The second one leaves addresses of IPv6 out, which the first does not. */
	{ "inet_stream_connect ip=@NETS", "deny ip!=10.0.0.1",
	  "Denies connecting by TCP or SCTP to one of the addresses @NETS (10.0.0.0/8), by anyone, if "
	  "the address is any IPv4 address except 10.0.0.1." },
	{ "execute", "deny task.uid=0 task.exe!=\"/bin/sh\"",
	  "Denies executing any file, by root using any program except /bin/sh." },
	{ "execute", "deny task.uid=@IDS",
	  "Denies executing any file, by one of the users @IDS (5, 10-20)." },
	{ "execute", "deny task.uid!=@IDS",
	  "Denies executing any file, by anyone except the users @IDS (5, 10-20)." },
	/* All conditions must hold, those of the head as well. */
	{ "read path=\"/a/\\*\" path!=\"/a/b\"",
	  "deny path!=\"/a/c\" task.uid!=0 task.uid!=5",
	  "Denies reading files and folders directly in /a except /a/b and /a/c, by anyone except root "
	  "and user 5." },
	{ "read path=\"/a/\\*\" path=\"/\\*/b\"", "deny path!=task.exe",
	  "Denies reading files and folders directly in /a, by anyone, if the name of what is read "
	  "matches \"/\\*/b\" and the name of what is read is other than task.exe." },
	{ "execute path.perm=others_write",
	  "deny path.parent.perm!=sticky path.uid!=task.uid",
	  "Denies executing any file, by anyone, if the mode of the file gives others write permission "
	  "and the mode of the folder of the file does not have the sticky bit and the owner of the "
	  "file is other than task.uid." },
	{ "read path.type=directory", "deny path.uid=0 path.perm=0755",
	  "Denies reading any file or folder, by anyone, if the type of what is read is folder and the "
	  "owner of what is read is root and the mode of what is read is 0755." },
	{ "rename old_path=\"/a\"", "deny new_path=\"/b/\\*\" new_path.uid=0",
	  "Denies renaming /a to names directly in /b, by anyone, if the owner of what had the new "
	  "name is root." },
	{ "rename", "deny", "Denies renaming any file or folder, by anyone." },
	{ "mount", "deny target=\"/mnt\" fstype=\"--bind\" flags=0x1",
	  "Denies mounting on /mnt, by anyone, if the type of the mount is \"--bind\" and the number "
	  "of all flags together is 0x1." },
	{ "inet_stream_connect ip=10.0.0.0/8", "deny port=1-1023",
	  "Denies connecting by TCP or SCTP to ports 1 to 1023 of addresses in 10.0.0.0/8, by anyone." },
	{ "inet_stream_connect", "deny port!=443 ip!=10.0.0.1",
	  "Denies connecting by TCP or SCTP to any port except 443 of any IPv4 address except "
	  "10.0.0.1, by anyone." },
	{ "inet_dgram_send ip=::1-::9", "deny port=@IDS",
	  "Denies sending UDP or other datagrams to one of the ports @IDS (5, 10-20) of addresses ::1 "
	  "to ::9, by anyone." },
	{ "inet_raw_send", "deny ip!=@NETS proto=1",
	  "Denies sending raw packets to any address except those of @NETS (10.0.0.0/8), by anyone, "
	  "if the number of the protocol is 1." },
	{ "unix_stream_connect", "deny addr=\"\\000x\"",
	  "Denies connecting a UNIX stream socket to the address \"\\000x\", by anyone." },
	{ "signal", "deny sig=SIGKILL target.exe=\"/usr/sbin/sshd\" target.pid!=task.pid",
	  "Denies sending signal SIGKILL to the program /usr/sbin/sshd, by anyone, if the pid of the "
	  "target is other than task.pid." },
	{ "signal", "deny sig=9",
	  "Denies sending signal 9 (SIGKILL) to any process, by anyone." },
	{ "capability", "deny cap=CAP_SYS_ADMIN init_userns=1",
	  "Denies using capability CAP_SYS_ADMIN, by anyone, if it is asked for the initial user "
	  "namespace." },
	{ "ptrace", "deny mode=attach target.uid=0",
	  "Denies tracing or looking into any process, by anyone, if the way (mode) is attach and the "
	  "user of the target is root." },
	{ "environ", "deny name=\"LD_\\*\" path=\"/bin/su\"",
	  "Denies giving environment variables that match \"LD_\\*\" to the program /bin/su, by "
	  "anyone." },
	{ "execute",
	  "deny envp[\"A\"]=\"b\" envp[\"B\"]!=\"c\" envp[\"C\"]=NULL envp[\"\\*\"]!=NULL",
	  "Denies executing any file, by anyone, if there is an environment variable \"A\", and its "
	  "value is \"b\" and no environment variable \"B\" has a value that is \"c\" and there is no "
	  "environment variable \"C\" and there is an environment variable that matches \"\\*\"." },
	{ "execute", "deny argv[1]=\"-c\" argv[2]!=\"x\" argv[3]=NULL argv[4]!=NULL",
	  "Denies executing any file, by anyone, if argument 1 is \"-c\" and argument 2 is other than "
	  "\"x\" and there is no argument 3 and there is an argument 4." },
	{ "setxattr", "deny name=\"security.capability\"",
	  "Denies setting the extended attribute \"security.capability\" of any file or folder, by "
	  "anyone." },
	{ "module_load", "deny name=\"net-pf-38\"",
	  "Denies loading kernel modules asked for as \"net-pf-38\", by anyone." },
	{ "mmap_exec", "deny", "Denies making memory executable, by anyone." },
	{ "mmap_exec", "deny path!=\"/lib/\\(\\*\\)/\\*\"",
	  "Denies making memory executable that maps any file except those below /lib, by anyone." },
	{ "chown", "deny uid=0",
	  "Denies changing the owner of any file or folder, by anyone, if the "
	  "new owner is root." },
	{ "chmod", "deny perm=setuid",
	  "Denies changing the permissions of any file or folder, by anyone, if the new mode has the "
	  "set-user-ID bit." },
	{ "setuid", "deny new_euid=0",
	  "Denies changing its user ids, group ids or capabilities, by anyone, if the new effective "
	  "user is root." },
	{ "read", "deny task.ancestor=\"/usr/sbin/nginx\"",
	  "Denies reading any file or folder, by anyone, if a program in the history of the process is "
	  "/usr/sbin/nginx." },
	{ "read", "deny task.ancestor!=\"/usr/\\(\\*\\)/\\*\"",
	  "Denies reading any file or folder, by anyone, if no program in the history of the process "
	  "is below /usr." },
	{ "read", "deny task.history=\"\\{\\*\\}=>/bin/sh\" task.domain=\"<kernel>\"",
	  "Denies reading any file or folder, by anyone, if the history of the process is "
	  "\"\\{\\*\\}=>/bin/sh\" and the domain of the process is <kernel>." },
	{ "read",
	  "deny task.container=1 task.no_new_privs!=1 task.cgroup!=\"/system.slice/\\*\"",
	  "Denies reading any file or folder, by anyone, if the process is in a container and programs "
	  "may give the process more privileges and the control group of the process is elsewhere than "
	  "directly in /system.slice." },
	{ "read", "deny task.auid=4294967295",
	  "Denies reading any file or folder, by anyone, if the user who logged in is unset." },
	{ "read path=\"/\\*\"", "deny",
	  "Denies reading files and folders directly in /, which itself is among them, by anyone." },
	{ "write path=\"/\\*\"", "deny",
	  "Denies writing to files directly in /, by anyone." },
	{ "write path=\"proc:/sys/\\(\\*\\)/\\*\"", "deny",
	  "Denies writing to files below \"proc:/sys\", by anyone." },
	/* It has the number 4294967295 where nobody logged in, and is compared all the same. */
	{ "read", "deny task.auid!=0 task.auid!=task.uid task.sessionid!=5 task.auid=1-9",
	  "Denies reading any file or folder, by anyone, if the user who logged in is other than root "
	  "(or there is none) and the user who logged in is other than task.uid (or there is none) and "
	  "the number of the login session is other than 5 (or there is none) and the user who logged "
	  "in is one of users 1 to 9." },
	{ "read", "deny task.auid=1000-4294967295 task.auid!=4294967295 task.sessionid=4294967295",
	  "Denies reading any file or folder, by anyone, if the user who logged in is one of users 1000 "
	  "to 4294967295 (or there is none) and the user who logged in is other than unset and the "
	  "number of the login session is unset." },
	{ "read task.uid!=task.auid", "deny task.auid!=@IDS task.auid!=1000-4294967295",
	  "Denies reading any file or folder, by anyone, if the user of the process is other than "
	  "task.auid (or there is none) and the user who logged in is other than the users @IDS (5, "
	  "10-20) (where there is none it counts as 4294967295) and the user who logged in is other "
	  "than users 1000 to 4294967295." },
	/* Who sees 420 of a mode takes it for 0420. */
	{ "chmod path.perm!=0x1A4-0755", "deny perm=420 path.parent.perm=07",
	  "Denies changing the permissions of any file or folder, by anyone, if the mode of what is "
	  "changed is outside of 0x1A4 to 0755 (0644 to 0755) and the new mode is 420 (0644) and the "
	  "mode of the folder of what is changed is 07." },
	/* These are there though nothing had the name. */
	{ "rename new_path=\"/a/\\*\"", "deny new_path!=old_path new_path.parent.uid!=0",
	  "Denies renaming any file or folder to names directly in /a, by anyone, if the new name is "
	  "other than old_path and the owner of the folder of the new name is other than root." },
	{ "write path=\"/a\"\\?\"", "deny",
	  "Denies writing to files with names that match \"/a\\042\\?\", by anyone." },
	/* Nothing in a name is taken for the sentence, nor hidden. */
	{ "write path=\"/a\\040by\\040root\"", "deny",
	  "Denies writing to the file \"/a\\040by\\040root\", by anyone." },
	{ "write path=\"/a,b\"", "deny",
	  "Denies writing to the file \"/a,b\", by anyone." },
	{ "write path=\"/a.\"", "deny",
	  "Denies writing to the file \"/a.\", by anyone." },
	{ "write path=\"/a\"b\"", "deny",
	  "Denies writing to the file \"/a\\042b\", by anyone." },
	{ "write path=\"/a\\134\\012\\177\"", "deny",
	  "Denies writing to the file \"/a\\134\\012\\177\", by anyone." },
	{ "write path=\"/j\\303\\274rgen\"", "deny",
	  "Denies writing to the file \"/j\303\274rgen\", by anyone." },
	{ "write path=\"/\\377\"", "deny",
	  "Denies writing to the file \"/\377\", by anyone." },
	{ "write path=\"\"", "deny", "Denies writing to the file \"\", by anyone." },
	/* Of pipes, sockets and what else has no name to be looked up, too. */
	{ "fd_receive", "deny", "Denies receiving open descriptors, by anyone." },
	{ "ioctl path=\"/dev/\\*\"", "deny cmd=0x5412",
	  "Denies using ioctl on files and folders directly in /dev, by anyone, if the command number "
	  "is 0x5412." },
	{ "read path=\"any\"", "deny", "Denies reading \"any\", by anyone." },
	/* It never is: what has no value is not equal to NULL either. */
	{ "mmap_exec path=NULL", "deny",
	  "Denies making memory executable, by anyone, if the name of the file is NULL, which it never "
	  "is." },
	{ "mmap_exec path!=NULL", "deny",
	  "Denies making memory executable, by anyone, if the name of the file is there." },
	{ "task_exit", "allow exit.signal=SIGSEGV",
	  "Counts as allowed: ending, by anyone, if the signal that killed it (0: none) is SIGSEGV." },
};

static const char groups[] =
	"string_group TOOLS /bin/a\nstring_group TOOLS /bin/\\*\n"
	"string_group TOOLS /x\\040y\nstring_group TOOLS /\\$\nnumber_group IDS 5\n"
	"number_group IDS 10-20\nip_group NETS 10.0.0.0/8\n";

static void whole_sentences(void **state)
{
	struct kl_buffer text = { 0 };
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(sentences); i++) {
		kl_buffer_clear(&text);
		kl_buffer_printf(&text, "%s100 acl %s\n    10 %s\n", groups,
				 sentences[i].head, sentences[i].rule);
		assert_words(text.data, 9, sentences[i].words);
	}
	kl_buffer_free(&text);
}

/* ------------------------------------------------------- order, and what follows */

static void which_comes_first(void **state)
{
	static const char policy[] =
		"100 acl read\n    30 deny\n    10 allow task.uid=0-9\n"
		"    20 allow task.uid=5\n    20 use G\n    40 deny task.uid=6\n"
		"rule_group G\n    10 deny task.uid=7\n    20 deny\n"
		"100 acl read\n    50 deny task.uid=5\n";

	(void)state;
	assert_words(
		policy, 2,
		"Denies reading any file or folder, by anyone, unless line 3, 4 or 5 "
		"decides first.");
	assert_words(policy, 3, "Allows reading any file or folder, by users 0 to 9.");
	assert_words(
		policy, 4,
		"Allows reading any file or folder, by user 5, unless line 3 decides "
		"first.");
	assert_words(
		policy, 5,
		"Asks the lines of the rule group G about reading any file or folder, "
		"by anyone, unless line 3 or 4 decides first. The first that matches "
		"decides:");
	assert_words(
		policy, 6,
		"Denies reading any file or folder, by user 6, unless line 3, 5 or 2 "
		"decides first.");
	assert_words(
		policy, 11,
		"Denies reading any file or folder, by user 5, unless one of 4 lines "
		"before it decides first.");
	assert_more(policy, 5, "    10 deny task.uid=7\n    20 deny\n");
	assert_words(policy, 7,
		     "2 lines that are asked wherever a block says \"use G\": line 5.");
	assert_words(
		policy, 9,
		"Denies what is asked where the group is used, by anyone, unless line "
		"8 decides first.");
	assert_words(
		"rule_group G\n    1 allow path=\"/etc/\\*\" task.uid!=0\n", 2,
		"Allows what is asked where the group is used, by anyone except root, if path is "
		"directly in /etc.");
	/* Its attributes are those of any operation. */
	assert_words(
		"rule_group G\n    1 deny port=80\n", 2,
		"Denies what is asked where the group is used, by anyone, if port is 80.");
}

/* Groups of different kinds may have the same name. */
static void groups_by_kind(void **state)
{
	(void)state;
	assert_words(
		"number_group A 5\nstring_group A /x\n100 acl write path=@A task.uid=@A\n",
		3,
		"Decides about writing to one of the files @A (/x), by one of the users @A (5). It "
		"has no lines, and denies nothing.");
	assert_words(
		"string_group A /1\nstring_group A /2\nstring_group A /3\nstring_group A /4\n"
		"string_group A /5\nstring_group A /6\nstring_group A /7\nstring_group A /8\n"
		"100 acl write path=@A\n",
		9,
		"Decides about writing to one of the files @A (/1, /2, /3, /4, /5, /6, 2 more), by "
		"anyone. It has no lines, and denies nothing.");
}

static void blocks(void **state)
{
	(void)state;
	assert_words(
		"100 acl read task.uid=0\n    1 deny\n", 1,
		"Decides about reading any file or folder, by root. It has one line.");
	assert_words(
		"# above\n100 acl read\n    1 deny\n    2 allow\n", 2,
		"Decides about reading any file or folder, by anyone. Of its 2 lines the first that "
		"matches decides.");
	assert_words(
		"100 acl read\n    audit 1\n", 1,
		"Decides about reading any file or folder, by anyone. It has no lines, and denies "
		"nothing.");
	assert_more(
		"100 acl read\n    1 deny task.uid=0\n", 1,
		"What no line matches, it does not deny. Nothing is recorded (audit 0).");
	assert_more(
		"100 acl read\n    audit 1\n    1 deny\n# x\n200 acl read\n", 1,
		"it does not deny; the next block is asked. Recorded is what the block allows, denies "
		"or leaves open (audit 1).");
	assert_more("100 acl read\n    1 allow\n# x\n200 acl read\n200 acl write\n", 2,
		    "The next block, line 4, is asked all the same.");
	assert_more("100 acl read\n    1 allow\n200 acl write\n", 2,
		    "\nIt leaves no record");
	/* A comment above it is no head. */
	assert_words("# above\n100 acl read task.uid=0\n    1 deny\n", 3,
		     "Denies reading any file or folder, by root.");
}

static void records(void **state)
{
	(void)state;
	assert_more("100 acl read\n    1 deny\n", 2,
		    "\nIt leaves no record (audit 0).\n");
	assert_more("100 acl read\n    audit 1\n    1 deny\n", 3,
		    "\nIt is recorded (audit 1).\n");
	assert_more("quota audit[1] denied=0\n100 acl read\n    audit 1\n    1 deny\n", 4,
		    "It leaves no record (audit 1).");
	assert_more("quota audit[0] denied=9\n100 acl read\n    1 deny\n    2 allow\n", 3,
		    "It is recorded, within the quota (audit 0).");
	assert_more("quota audit[0] denied=9\n100 acl read\n    1 deny\n    2 allow\n", 4,
		    "It leaves no record (audit 0).");
	assert_more(
		"quota audit[1] denied=unlimited rate=9/s\n100 acl read\n    audit 1\n    1 deny\n",
		4, "It is recorded, within the quota (audit 1).");
	assert_words(
		"quota audit[1] denied=5\n100 acl read\n    audit 1 wait=5\n", 3,
		"Recorded is what the block denies, within the quota (audit 1). The process waits "
		"until the log has it, for 5 ms at most.");
}

static void not_enforced(void **state)
{
	(void)state;
	assert_words(
		"100 acl read\n    permissive\n    1 deny task.uid=0\n", 3,
		"Would deny reading any file or folder, by root. It happens all the same: the block "
		"is permissive.");
	assert_words(
		"mode permissive\n100 acl read\n    1 deny\n", 3,
		"Would deny reading any file or folder, by anyone. It happens all the same: mode is "
		"permissive.");
	assert_words("mode permissive\nmode enforcing\n100 acl read\n    1 deny\n", 4,
		     "Denies reading any file or folder, by anyone.");
	/* The mode does not concern it. */
	assert_words("mode permissive\n100 acl modify_policy\n    1 deny\n", 3,
		     "Denies changing the policy, by anyone.");
	assert_words(
		"100 acl read\n    permissive\n    audit 1\n", 2,
		"What the block denies happens all the same, and is counted. It is recorded (audit "
		"1).");
	assert_words(
		"100 acl read\n    permissive\n    1 deny task.uid=0\n", 1,
		"Decides about reading any file or folder, by anyone. It has one line. What it denies "
		"happens all the same: the block is permissive.");
	assert_words("100 acl read\n    permissive\n    1 allow\n", 3,
		     "Allows reading any file or folder, by anyone.");
}

static void domains(void **state)
{
	(void)state;
	assert_more(
		"100 acl execute\n    1 allow transition=\"<a>\" label=x\n", 2,
		"\nIf that is permitted, the process enters the domain <a>, unless a block before led "
		"elsewhere. It leaves no record (audit 0). Records name it x.\n");
	assert_words("100 acl execute\n    1 allow task.uid=0 transition=\"<a>\"\n", 2,
		     "Allows executing any file, by root.");
	assert_more("100 acl execute\n    1 allow transition=NULL\n", 2,
		    "The process stays in its domain.");
	assert_more("100 acl auto_domain_transition\n    1 deny\n", 2,
		    "The other operation is not denied by this.");
	assert_more("100 acl manual_domain_transition\n    1 allow domain=\"<a>\"\n", 2,
		    "\nIt takes place only if the last block that matches allows it.");
	assert_more(
		"100 acl manual_domain_transition\n    1 allow domain=\"<a>\"\n", 1,
		"\nIt takes place only if the last block that matches allows it. Nothing");
	/* It is refused, as nothing allows it. */
	assert_words(
		"100 acl manual_domain_transition\n    permissive\n    1 deny\n", 3,
		"Denies entering any domain on its own request, by anyone. Blocks behind it may still "
		"allow it: the block is permissive.");
	assert_words(
		"100 acl manual_domain_transition\n    permissive\n    1 deny\n", 1,
		"Decides about entering any domain on its own request, by anyone. It has one line. "
		"What it denies, blocks behind it may allow: the block is permissive.");
	assert_more(
		"100 acl inet_stream_bind\n    1 allow transition=\"<a>\"\n", 2,
		"\nIf the last block that matches allows it as well, the process enters the domain <a>, "
		"unless a block before led elsewhere.");
}

static void settings(void **state)
{
	(void)state;
	assert_words(
		"quota audit[1] denied=5 rate=9/s\n", 1,
		"Of blocks with \"audit 1\" so many unread records are kept: allowed 0, denied 5, "
		"unmatched 0; at most 9 a second, 9 at once.");
	assert_words(
		"quota memory audit 4096 drop-oldest\n", 1,
		"The buffer of the log has 4096 bytes. When it is full, the oldest record gives "
		"way.");
	assert_words(
		"# Two\nstring_group A /x\nstring_group A /y/\\(\\*\\)/\\*\n", 3,
		"One of 2 members of the group that conditions call @A: all below /y.");
}

static void patterns_explained(void **state)
{
	char *words;

	(void)state;
	assert_more(
		"100 acl read path=\"/\\?/\\*\"\n", 1,
		"In patterns \\* is any text without /; \\? is one character, no /.\n");
	assert_more("string_group A /\\$\n", 1,
		    "call @A: \"/\\$\".\nIn patterns \\$ is digits.\n");
	/* Programs of a history are called with their folders: not all of them are "text without /". */
	assert_more("100 acl read task.history=\"\\{\\*\\}=>\\*=>/bin/sh\"\n", 1,
		    "; as all that is between => of a history \\* is one program, \\{\\*\\} one "
		    "or more.\n");
	words = words_in("100 acl read path=\"/a/\\?\\*\"\n", 1, true);
	assert_null(strstr(words, "=>"));
	free(words);
	words = words_in("100 acl read path=\"/a/\\*\"\n", 1, true);
	assert_null(strstr(words, "In patterns"));
	free(words);
}

/* -------------------------------------------------------------- what comes before */

static void open_policy(const char *text)
{
	if (editor)
		editor_free(editor);
	editor = editor_new(kl_text_of(text), "policy.conf", false);
	canvas_resize(&canvas, 30, 120);
	press(K_TAB);
}

static int begin(void **state)
{
	(void)state;
	open_policy(
		"100 acl read\n    10 allow path=\"/a/\\*\"\n    20 allow path=\"/b/\\*\"\n"
		"    30 deny path=\"/b/x\" task.uid=0\n    40 allow task.uid=5\n"
		"    50 deny path=\"/b/y\"\n    60 deny task.uid=0\n");
	return 0;
}

static int end(void **state)
{
	(void)state;
	editor_free(editor);
	editor = NULL;
	return 0;
}

static void assert_earlier(u32 line, const char *expected)
{
	struct kl_buffer text = { 0 };
	const u32 *lines;
	u32 count = earlier_lines(editor, line - 1, &lines), i;

	for (i = 0; i < count; i++)
		kl_buffer_printf(&text, "%u ", lines[i] + 1);
	kl_buffer_puts(&text, "");
	assert_string_equal(text.data, expected);
	kl_buffer_free(&text);
}

/* Who is told of lines that can have nothing to do with this one learns nothing. */
static void those_that_matter(void **state)
{
	struct kl_text wider = kl_text_of("    10 allow path=\"/b/x\"");
	struct kl_buffer words = { 0 };

	(void)state;
	assert_earlier(6, "3 5 ");
	assert_earlier(2, "");
	assert_earlier(4, "3 ");
	assert_earlier(5, "2 3 ");
	assert_earlier(7, "2 3 4 6 ");
	words_of_line(editor, 3, false, &words);
	assert_non_null(strstr(words.data, ", by root, unless line 3 decides first."));
	kl_buffer_free(&words);
	/* The text is another. */
	document_begin(editor->document, "test", 0);
	document_replace(editor->document, 1, 1, &wider, 1);
	document_end(editor->document);
	editor_refresh(editor, 0);
	assert_earlier(4, "2 3 ");
	/* With what the head asks for they have nothing in common. */
	open_policy(
		"100 acl read task.uid=5-9\n    10 allow task.uid=1-4\n    20 deny task.uid=3-9\n");
	assert_earlier(3, "");
	/* Members count; a rule group may decide anything. */
	open_policy(
		"string_group A /x\n100 acl read\n    10 allow path=@A\n    15 use G\n"
		"    20 deny path=\"/y\"\n    30 deny path=\"/x\"\nrule_group G\n    1 deny\n");
	assert_earlier(5, "4 ");
	assert_earlier(6, "3 4 ");
}

static void to_those_before(void **state)
{
	(void)state;
	type("G");
	press('k');
	assert_int_equal(editor_line(editor), 5);
	press('b');
	assert_int_equal(editor_line(editor), 2);
	assert_true(shows("before line 6, 1 of 2; b goes on"));
	press('b');
	assert_int_equal(editor_line(editor), 4);
	press('b');
	assert_int_equal(editor_line(editor), 5);
	assert_true(shows("back on line 6"));
	/* Who leaves the way begins a new one. */
	type("bb");
	press('k');
	assert_int_equal(editor_line(editor), 3);
	press('b');
	assert_int_equal(editor_line(editor), 2);
	assert_true(shows("before line 4, 1 of 1"));
	type("gjb");
	assert_true(shows("nothing comes before this line"));
	/* Lines have other numbers now. */
	type("jjjjb");
	assert_int_equal(editor_line(editor), 2);
	type("#b");
	assert_true(shows("nothing comes before this line"));
}

static void to_what_covers_it(void **state)
{
	(void)state;
	open_policy(
		"100 acl read\n    10 deny task.uid=5\n    20 deny task.uid=1000-2000\n"
		"    30 deny task.uid=1500\n");
	type("i");
	assert_int_equal(editor_line(editor), 3);
	assert_true(shows("line 3 matches all that it matches [covered]; b goes there"));
	press('b');
	assert_int_equal(editor_line(editor), 2);
	press('b');
	assert_int_equal(editor_line(editor), 3);
	/* A block that another one leaves nothing to. */
	open_policy(
		"100 acl read path=\"/x\"\n    10 deny\n200 acl read path=\"/x\"\n    10 deny\n");
	type("i");
	assert_int_equal(editor_line(editor), 2);
	press('b');
	assert_int_equal(editor_line(editor), 1);
}

/* What decides nothing is deleted at once; what may decide where a value is missing stays. */
static void all_that_is_covered(void **state)
{
	struct kl_buffer text = { 0 };

	(void)state;
	open_policy("100 acl read\n    10 deny task.uid=0-9\n    20 deny task.uid=5\n"
		    "    30 allow path.uid=0-100\n    50 deny path.uid=7 task.uid=20\n"
		    "    60 allow task.uid=7 task.gid=1\n");
	type(" M");
	assert_true(shows("marked: 2 rules that others cover; d deletes them"));
	press('d');
	document_text(editor->document, &text);
	assert_string_equal(text.data, "100 acl read\n    10 deny task.uid=0-9\n"
			    "    30 allow path.uid=0-100\n    50 deny path.uid=7 task.uid=20\n");
	kl_buffer_free(&text);
	press('M');
	assert_true(shows("others cover no rule"));
	press('u');
	assert_false(document_changed(editor->document));
}

static void out_of_sight(void **state)
{
	(void)state;
	type("\\50 deny\n");
	press('b');
	assert_true(shows("the filter hides it"));
	assert_int_equal(editor_line(editor), 5);
}

/* ------------------------------------------------------- every attribute, every way */

/**
 * struct parsed - a line that was read by itself
 * @strings: words
 * @statement: a head
 */
struct parsed {
	struct kl_strings strings;
	struct kl_statement statement;
};

/* Return: whether it is valid. */
static bool parse_head(const char *line, struct parsed *parsed)
{
	struct kl_parser parser;
	struct kl_error error;

	memset(parsed, 0, sizeof(*parsed));
	kl_xstrings(&parsed->strings);
	kl_parser_init(&parser, &parsed->strings);
	if (!kl_parse_line(&parser, kl_text_of(line), &parsed->statement, &error))
		return true;
	kl_strings_destroy(&parsed->strings);
	return false;
}

static void free_parsed(struct parsed *parsed)
{
	kl_statement_release(&parsed->statement);
	kl_strings_destroy(&parsed->strings);
}

static void put_nobody(void *context, enum kl_group_kind kind, struct kl_text name,
		       bool path, struct kl_buffer *out)
{
	(void)context;
	(void)path;
	(void)name;
	kl_buffer_printf(out, " [%d]", kind);
}

static char *phrase_of(const struct parsed *parsed)
{
	const struct kl_condition *conditions[8];
	struct kl_phrase phrase = {
		.op = parsed->statement.op,
		.conditions = conditions,
		.count = parsed->statement.count,
		.group = put_nobody,
	};
	struct kl_buffer out = { 0 };
	u32 i;

	for (i = 0; i < phrase.count; i++)
		conditions[i] = &parsed->statement.conditions[i];
	kl_phrase_put(&phrase, &out);
	return out.data;
}

static char *phrase_of_head(const char *line)
{
	struct parsed parsed;
	char *phrase = NULL;

	if (parse_head(line, &parsed)) {
		phrase = phrase_of(&parsed);
		free_parsed(&parsed);
	}
	return phrase;
}

/* A value that is seen again in the phrase, and how it is seen there. */
static const struct {
	const char *value, *seen;
} values[] = {
	{ "4711", "4711" },
	{ "4711-4712", "4711 to 4712" },
	{ "@NOBODY", "@NOBODY" },
	{ "\"/un/likely\"", "/un/likely" },
	{ "\"/un/li\\?ly\"", "\"/un/li\\?ly\"" },
	{ "\"/un/\\(\\*\\)/\\*\"", "/un" },
	{ "NULL", "" },
	{ "10.1.2.3", "10.1.2.3" },
	{ "10.1.0.0/16", "10.1.0.0/16" },
	{ "10.1.2.3-10.1.2.9", "10.1.2.3 to 10.1.2.9" },
	{ "others_write", "write permission" },
	{ "setuid", "set-user-ID" },
	{ "socket", "socket" },
	{ "SIGUSR2", "SIGUSR2" },
	{ "CAP_LEASE", "CAP_LEASE" },
	{ "attach", "attach" },
	{ "task.uid", "task.uid" },
	{ "task.comm", "task.comm" },
};

/* The attributes of an operation, as they are typed. */
static u32 list_attributes(enum kl_op op, char names[][KL_SLOT_NAME_MAX + 8])
{
	char name[KL_SLOT_NAME_MAX];
	u32 slot, count = 0;

	for (slot = 0; slot < KL_SLOT_TRANSITION; slot++) {
		if (!kl_slot_exists(op, slot))
			continue;
		kl_slot_name(op, slot, name);
		sprintf(names[count++],
			slot == KL_SLOT_ARGV ? "%s[1]" :
			slot == KL_SLOT_ENVP ? "%s[\"V\"]" :
					       "%s",
			name);
	}
	return count;
}

static void assert_looks_right(const char *line, const char *phrase, const char *seen)
{
	static const char *const wrong[] = { "(null)", "%", "  ", " ,",
					     "is is",  "{", " .", "[ " };
	size_t i;

	if (!strstr(phrase, seen))
		fail_msg("%s: %s", line, phrase);
	for (i = 0; i < ARRAY_SIZE(wrong); i++)
		if (strstr(phrase, wrong[i]))
			fail_msg("%s: \"%s\" in: %s", line, wrong[i], phrase);
}

static int compare_phrases(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Two conditions that differ must not be told alike. */
static u32 look_at_operation(enum kl_op op)
{
	static char names[KL_SLOT_COUNT][KL_SLOT_NAME_MAX + 8];
	static char *phrases[KL_SLOT_COUNT * ARRAY_SIZE(values) * 2];
	u32 attributes = list_attributes(op, names), count = 0, i, k, before;
	char line[200];

	for (i = 0; i < attributes; i++) {
		before = count;
		for (k = 0; k < 2 * ARRAY_SIZE(values); k++) {
			snprintf(line, sizeof(line), "100 acl %s %s%s=%s",
				 kl_op_table[op].keyword, names[i], k & 1 ? "!" : "",
				 values[k / 2].value);
			if (!strcmp(names[i], values[k / 2].value))
				continue;
			phrases[count] = phrase_of_head(line);
			if (!phrases[count])
				continue;
			assert_looks_right(line, phrases[count++],
					   strstr(values[k / 2].value, "li\\?") &&
							   strstr(line, "history") ?
						   "" :
						   values[k / 2].seen);
		}
		if (count - before < 2)
			fail_msg("%s has but %u phrases", names[i], count - before);
	}
	qsort(phrases, count, sizeof(*phrases), compare_phrases);
	for (i = 0; i < count; i++) {
		if (i && !strcmp(phrases[i - 1], phrases[i]))
			fail_msg("%s: twice: %s", kl_op_table[op].keyword, phrases[i]);
	}
	for (i = 0; i < count; i++)
		free(phrases[i]);
	return count;
}

static void every_attribute(void **state)
{
	u32 op, count = 0;

	(void)state;
	for (op = 0; op < KL_OP_COUNT; op++)
		count += look_at_operation(op);
	print_message("%u conditions told\n", count);
	assert_true(count > 10000);
}

/* "others_write" and the like are told with both of their words. */
static void every_permission(void **state)
{
	char line[60], *phrase, first[20], second[20];
	const char *keyword;
	u32 bit;

	(void)state;
	for (bit = 1; bit < 010000; bit <<= 1) {
		keyword = kl_keyword_name(KL_FILEPERM, bit);
		snprintf(line, sizeof(line), "100 acl read path.perm=%s", keyword);
		phrase = phrase_of_head(line);
		if (sscanf(keyword, "%19[^_]_%19s", first, second) == 2) {
			assert_non_null(strstr(phrase, first));
			assert_non_null(strstr(phrase, second));
		} else {
			assert_non_null(strstr(phrase, bit == 04000 ? "set-user-ID" :
						       bit == 02000 ? "set-group-ID" :
								      "sticky"));
		}
		free(phrase);
	}
}

static void every_operation(void **state)
{
	char *phrases[KL_OP_COUNT], line[60];
	u32 op, i;

	(void)state;
	for (op = 0; op < KL_OP_COUNT; op++) {
		snprintf(line, sizeof(line), "100 acl %s", kl_op_table[op].keyword);
		phrases[op] = phrase_of_head(line);
		assert_looks_right(line, phrases[op], "ing");
		assert_non_null(strstr(phrases[op], ", by anyone"));
		/* What is made, and what is appended to, in words of their own. */
		for (i = 0; i < op; i++)
			if (!strcmp(phrases[i], phrases[op]))
				fail_msg("%s is told as %s is: %s", line,
					 kl_op_table[i].keyword, phrases[op]);
	}
	for (op = 0; op < KL_OP_COUNT; op++)
		free(phrases[op]);
}

/* ------------------------------------------------ what it says, against the engine */

static u32 number_below(u32 limit)
{
	return (u32)random() % limit;
}

/* Reads "files directly in X ..." as somebody does who knows nothing of patterns. */
struct claim {
	char folder[200], begins[60], ends[60], called[60];
	enum { DIRECTLY, BELOW, DEEP } where;
	bool itself, exact;
};

static void read_word(const char **at, char *word, size_t size)
{
	bool quoted = **at == '"';
	size_t length;

	*at += quoted;
	length = strcspn(*at, quoted ? "\"" : ", ");
	assert_true(length < size);
	memcpy(word, *at, length);
	word[length] = 0;
	*at += length + quoted;
}

static bool eat(const char **at, const char *text)
{
	if (strncmp(*at, text, strlen(text)))
		return false;
	*at += strlen(text);
	return true;
}

/* Return: whether it claims anything. */
static bool read_claim(const char *at, struct claim *claim)
{
	memset(claim, 0, sizeof(*claim));
	if (!eat(&at, "reading "))
		return false;
	if (!eat(&at, "files and folders ")) {
		if (!strncmp(at, "any ", 4))
			return false;
		claim->exact = true;
		read_word(&at, claim->folder, sizeof(claim->folder));
		return eat(&at, ", by anyone") && !*at;
	}
	if (eat(&at, "called ")) {
		read_word(&at, claim->called, sizeof(claim->called));
		eat(&at, " ");
	}
	if (eat(&at, "directly in "))
		claim->where = DIRECTLY;
	else if (eat(&at, "below "))
		claim->where = BELOW;
	else if (eat(&at, "in folders below "))
		claim->where = DEEP;
	else
		return false;
	read_word(&at, claim->folder, sizeof(claim->folder));
	if (eat(&at, " with names that begin with "))
		read_word(&at, claim->begins, sizeof(claim->begins));
	if (eat(&at, " with names that end in "))
		read_word(&at, claim->ends, sizeof(claim->ends));
	claim->itself = eat(&at, ", which itself is among them");
	if (!eat(&at, ", by anyone") || *at)
		fail_msg("what is \"%s\"?", at);
	return true;
}

static bool ends_in(const char *text, const char *end)
{
	size_t length = strlen(text), tail = strlen(end);

	return length >= tail && !strcmp(text + length - tail, end);
}

static bool claim_holds(const struct claim *claim, const char *path)
{
	size_t length = strlen(claim->folder);
	const char *last = strrchr(path, '/');
	bool root = length && claim->folder[length - 1] == '/';

	if (claim->exact)
		return !strcmp(path, claim->folder);
	if (!strcmp(path, claim->folder))
		return claim->itself;
	if (strncmp(path, claim->folder, length))
		return false;
	path += length;
	if (!root && *path++ != '/')
		return false;
	if (claim->where == DIRECTLY && strchr(path, '/'))
		return false;
	if (claim->where == DEEP && !strchr(path, '/'))
		return false;
	last = last >= path ? last + 1 : path;
	if (*claim->called && strcmp(last, claim->called))
		return false;
	return !strncmp(last, claim->begins, strlen(claim->begins)) &&
	       ends_in(last, claim->ends);
}

static void put_random(char *out, const char *const *parts, u32 count)
{
	u32 components = 1 + number_below(4), i, pieces;

	*out = 0;
	if (!number_below(8))
		strcat(out, "proc:");
	for (i = 0; i < components; i++) {
		strcat(out, "/");
		for (pieces = 1 + !number_below(3) + !number_below(3); pieces; pieces--)
			strcat(out, parts[number_below(count)]);
	}
}

/* Names that requests have: no empty component, unless it is the root. */
static void put_path(char *out)
{
	static const char *const parts[] = { "a", "b", "ab", ".x", "a.x" };

	if (!number_below(20))
		strcpy(out, number_below(3) ? "/" : "proc:/");
	else
		put_random(out, parts, ARRAY_SIZE(parts));
}

static void put_pattern(char *out)
{
	static const char *const parts[] = { "a",   "b",   "ab",  ".x", "\\*",
					     "\\*", "\\@", "\\?", "\\-" };
	static const char *const folders[] = { "\\(\\*\\)", "\\{\\*\\}", "\\(a\\*\\)" };
	char last[200];

	put_random(out, parts, number_below(2) ? 4 : ARRAY_SIZE(parts));
	if (number_below(3)) {
		put_random(last, parts, 6);
		sprintf(strrchr(out, '/'), "/%s%s",
			folders[number_below(ARRAY_SIZE(folders))], strrchr(last, '/'));
	} else if (number_below(2)) {
		strcpy(strrchr(out, '/'), "/\\*");
	}
}

static void paths_as_told(void **state)
{
	static char paths[1500][300];
	u32 counts[4] = { 0 }, hits[4] = { 0 }, i, k, kind;
	char pattern[300], line[340], *phrase;
	struct kl_pattern *matcher;
	struct claim claim;

	(void)state;
	for (k = 0; k < ARRAY_SIZE(paths); k++)
		put_path(paths[k]);
	for (i = 0; i < 6000; i++) {
		put_pattern(pattern);
		snprintf(line, sizeof(line), "100 acl read path=\"%s\"", pattern);
		phrase = phrase_of_head(line);
		if (!phrase || !read_claim(phrase, &claim)) {
			free(phrase);
			continue;
		}
		matcher = kl_pattern_new(kl_text_of(pattern));
		kind = claim.exact ? 3 : claim.where;
		counts[kind]++;
		for (k = 0; k < ARRAY_SIZE(paths); k++) {
			hits[kind] += claim_holds(&claim, paths[k]);
			if (claim_holds(&claim, paths[k]) !=
			    kl_pattern_match(matcher, kl_text_of(paths[k])))
				fail_msg("%s and %s, but: %s", pattern, paths[k], phrase);
		}
		kl_pattern_free(matcher);
		free(phrase);
	}
	print_message(
		"claims: %u in, %u below, %u deep, %u a name; held by %u, %u, %u, %u\n",
		counts[0], counts[1], counts[2], counts[3], hits[0], hits[1], hits[2],
		hits[3]);
	for (i = 0; i < 4; i++)
		assert_true(counts[i] > 100 && hits[i] > 100);
}

/* Does the engine match these conditions with that request? */
static bool engine_matches(const char *head, const char *const *words)
{
	struct kl_explanation explanation;
	struct kl_policy_file file = { 0 };
	struct kl_strings strings;
	struct kl_facts facts;
	struct kl_error error;
	bool matches;

	kl_source_add_text(&file.source, "policy", kl_text_of(head));
	assert_int_equal(kl_policy_file_compile(&file, &error), 0);
	kl_xstrings(&strings);
	kl_facts_init(&facts, &strings, kl_op_find(kl_text_of("inet_stream_connect")));
	for (; *words; words++)
		assert_int_equal(kl_facts_add(&facts, kl_text_of(*words), &error), 0);
	assert_int_equal(kl_facts_finish(&facts, &error), 0);
	kl_facts_assume_absent(&facts);
	assert_int_equal(kl_explain(&file, &facts, true, &explanation), 0);
	assert_int_equal(explanation.count, 1);
	matches = !(explanation.blocks[0].outcomes & KL_OUTCOME_SKIPPED);
	kl_explanation_free(&explanation);
	kl_facts_free(&facts);
	kl_policy_file_free(&file);
	kl_strings_destroy(&strings);
	return matches;
}

/* "user 5", "root", "users 3 to 9", "5", "3 to 9" */
static bool number_is(const char **at, u32 number)
{
	u32 low, high;
	int used;

	if (eat(at, "root"))
		return !number;
	if (!eat(at, "users ") && !eat(at, "user ") && !eat(at, "ports "))
		eat(at, "port ");
	assert_int_equal(sscanf(*at, "%u%n", &low, &used), 1);
	*at += used;
	high = low;
	if (sscanf(*at, " to %u%n", &high, &used) == 1)
		*at += used;
	return low <= number && number <= high;
}

/* " except 5 and 7 to 9" */
static bool is_excepted(const char **at, u32 number)
{
	bool found = false;

	if (!eat(at, " except "))
		return false;
	do
		found |= number_is(at, number);
	while (eat(at, " and "));
	return found;
}

static bool address_is(const char **at, u32 address)
{
	u32 a, b, c, d, low, high, bits;
	int used;

	eat(at, "those in ");
	if (!eat(at, "addresses in ") && !eat(at, "addresses "))
		eat(at, "the address ");
	assert_int_equal(sscanf(*at, "%u.%u.%u.%u%n", &a, &b, &c, &d, &used), 4);
	*at += used;
	low = high = a << 24 | b << 16 | c << 8 | d;
	if (sscanf(*at, "/%u%n", &bits, &used) == 1)
		high = low | (bits ? (1u << (32 - bits)) - 1 : ~0u);
	else if (sscanf(*at, " to %u.%u.%u.%u%n", &a, &b, &c, &d, &used) == 4)
		high = a << 24 | b << 16 | c << 8 | d;
	else
		return low == address;
	*at += used;
	return low <= address && address <= high;
}

/* What somebody takes the phrase for; @address 0: the request has one of IPv6. */
static bool reader_matches(const char *phrase, u32 uid, u32 port, u32 address)
{
	const char *at = phrase;
	bool holds = true;

	assert_true(eat(&at, "connecting by TCP or SCTP to "));
	if (!strncmp(at, "port", 4) || !strncmp(at, "any port", 8)) {
		holds &= eat(&at, "any port") || number_is(&at, port);
		holds &= !is_excepted(&at, port);
		assert_true(eat(&at, " of "));
	}
	if (eat(&at, "any IPv4 address except "))
		holds &= !address_is(&at, address) && address;
	else if (!eat(&at, "any address"))
		holds &= address_is(&at, address) && address;
	assert_true(eat(&at, ", by "));
	holds &= eat(&at, "anyone") || number_is(&at, uid);
	holds &= !is_excepted(&at, uid);
	assert_string_equal(at, "");
	return holds;
}

/* At most one of them says what it is: others would be sentences of their own. */
static void put_numbers(struct kl_buffer *out, const char *name, u32 limit)
{
	u32 count = number_below(4), equal = number_below(5), i, low, high;

	for (i = 0; i < count; i++) {
		low = number_below(limit);
		high = low + number_below(limit - low);
		kl_buffer_printf(out, " %s%s%u", name, i == equal ? "=" : "!=", low);
		if (number_below(2))
			kl_buffer_printf(out, "-%u", high);
	}
}

static void put_addresses(struct kl_buffer *out)
{
	u32 low = number_below(4), bits = 30 + number_below(3);

	if (!number_below(4))
		return;
	kl_buffer_printf(out, " ip%s10.0.0.", number_below(2) ? "=" : "!=");
	switch (number_below(3)) {
	case 0:
		kl_buffer_printf(out, "%u", low);
		break;
	case 1:
		kl_buffer_printf(out, "%u-10.0.0.%u", low, low + number_below(4));
		break;
	default:
		kl_buffer_printf(out, "%u/%u", low & ~0u << (32 - bits), bits);
	}
}

static void numbers_as_told(void **state)
{
	char words[3][40], *phrase;
	const char *const request[] = { words[0], words[1], words[2], NULL };
	u32 i, uid, port, host, count[2] = { 0 };
	struct kl_buffer head = { 0 };
	bool engine, v6;

	(void)state;
	for (i = 0; i < 20000; i++) {
		kl_buffer_clear(&head);
		kl_buffer_puts(&head, "100 acl inet_stream_connect");
		put_numbers(&head, "task.uid", 6);
		put_numbers(&head, "port", 6);
		put_addresses(&head);
		uid = number_below(6);
		port = number_below(6);
		host = number_below(6);
		v6 = !number_below(8);
		sprintf(words[0], "task.uid=%u", uid);
		sprintf(words[1], "port=%u", port);
		sprintf(words[2], v6 ? "ip=::%u" : "ip=10.0.0.%u", host);
		phrase = phrase_of_head(head.data);
		assert_non_null(phrase);
		engine = engine_matches(head.data, request);
		count[engine]++;
		if (reader_matches(phrase, uid, port, v6 ? 0 : (10u << 24) + host) !=
		    engine)
			fail_msg("%s\n%s\n%s %s %s: %d", head.data, phrase, words[0],
				 words[1], words[2], engine);
		free(phrase);
	}
	print_message("%u match, %u do not\n", count[1], count[0]);
	assert_true(count[0] > 5000 && count[1] > 3000);
	kl_buffer_free(&head);
}

/* ------------------------------------------------ who decides, against the engine */

#define RULES 6

static void put_condition(struct kl_buffer *out)
{
	static const char *const paths[] = {
		"=\"/a/\\*\"", "=\"/\\*/b\"",	       "=\"/a/b\"", "!=\"/a/b\"", "=@A",
		"!=@A",	       "=\"/c/\\(\\*\\)/\\*\""
	};
	u32 low = number_below(5);

	if (number_below(2))
		kl_buffer_printf(out, " path%s", paths[number_below(ARRAY_SIZE(paths))]);
	if (number_below(2))
		kl_buffer_printf(out, " task.uid%s%u-%u",
				 number_below(3) ? "=" : "!=", low,
				 low + number_below(3));
}

/* A block, and each of its rules in a block by itself. */
static void put_policies(struct kl_buffer *all, struct kl_buffer *each)
{
	static const char groups[] =
		"string_group A /a/b\nstring_group A /c/\\*\n100 acl read";
	struct kl_buffer head = { 0 }, rule = { 0 };
	u32 i;

	kl_buffer_puts(&head, groups);
	put_condition(&head);
	kl_buffer_printf(all, "%s\n", head.data);
	for (i = 0; i < RULES; i++) {
		kl_buffer_clear(&rule);
		kl_buffer_printf(&rule, "    %u %s", number_below(9),
				 number_below(2) ? "deny" : "allow");
		put_condition(&rule);
		kl_buffer_printf(all, "%s\n", rule.data);
		kl_buffer_clear(&each[i]);
		kl_buffer_printf(&each[i], "%s\n%s\n", head.data, rule.data);
	}
	kl_buffer_free(&head);
	kl_buffer_free(&rule);
}

static void compile(struct kl_policy_file *file, const char *text)
{
	struct kl_error error;

	memset(file, 0, sizeof(*file));
	kl_source_add_text(&file->source, "policy", kl_text_of(text));
	assert_int_equal(kl_policy_file_compile(file, &error), 0);
}

/* Return: line of the rule that decides a request; 0: none does. */
static u32 decides(struct kl_policy_file *file, u32 path, u32 uid)
{
	static const char *const paths[] = { "/a/b", "/a/c", "/c/b", "/c/d/e", "/d" };
	struct kl_explanation explanation;
	struct kl_strings strings;
	struct kl_facts facts;
	struct kl_error error;
	char word[40];
	u32 line = 0;

	kl_xstrings(&strings);
	kl_facts_init(&facts, &strings, KL_OP_READ);
	sprintf(word, "path=\"%s\"", paths[path]);
	kl_facts_add(&facts, kl_text_of(word), &error);
	sprintf(word, "task.uid=%u", uid);
	kl_facts_add(&facts, kl_text_of(word), &error);
	assert_int_equal(kl_facts_finish(&facts, &error), 0);
	assert_int_equal(kl_explain(file, &facts, false, &explanation), 0);
	if (explanation.count && explanation.blocks[0].rule)
		line = explanation.blocks[0].rule->line;
	kl_explanation_free(&explanation);
	kl_facts_free(&facts);
	kl_strings_destroy(&strings);
	return line;
}

static bool is_earlier(u32 line, u32 other)
{
	const u32 *lines;
	u32 count = earlier_lines(editor, line - 1, &lines);

	while (count)
		if (lines[--count] == other - 1)
			return true;
	return false;
}

/* Whoever decides in the place of a rule that matches, too, is said to be before it. */
static void earlier_as_told(void **state)
{
	struct kl_buffer all = { 0 }, each[RULES] = { 0 };
	u32 i, k, request, decider, beaten = 0, left_out = 0;
	struct kl_policy_file whole, single;
	const u32 *lines;

	(void)state;
	for (i = 0; i < 120; i++) {
		kl_buffer_clear(&all);
		put_policies(&all, each);
		open_policy(all.data);
		compile(&whole, all.data);
		for (k = 0; k < RULES; k++) {
			compile(&single, each[k].data);
			for (request = 0; request < 40; request++) {
				decider = decides(&whole, request % 5, request / 5);
				if (!decides(&single, request % 5, request / 5) ||
				    decider == k + 4)
					continue;
				beaten++;
				if (!is_earlier(k + 4, decider))
					fail_msg(
						"%s\nline %u is not said to be before %u",
						all.data, decider, k + 4);
			}
			kl_policy_file_free(&single);
			left_out += RULES - 1 - earlier_lines(editor, k + 3, &lines);
		}
		kl_policy_file_free(&whole);
	}
	print_message("%u requests taken by a line before, %u lines left out\n", beaten,
		      left_out);
	assert_true(beaten > 1000 && left_out > 120 * RULES * (RULES - 1) / 2 + 200);
	for (k = 0; k < RULES; k++)
		kl_buffer_free(&each[k]);
	kl_buffer_free(&all);
}

/* What is "other than" something has a value; "=NULL" never is. */
static void without_a_value(void **state)
{
	static const char *const none[] = { NULL }, *const some[] = {
		"task.cgroup=\"/a\"", NULL
	};

	(void)state;
	assert_false(
		engine_matches("100 acl inet_stream_connect task.cgroup!=\"/b\"", none));
	assert_true(
		engine_matches("100 acl inet_stream_connect task.cgroup!=\"/b\"", some));
	assert_false(
		engine_matches("100 acl inet_stream_connect task.cgroup=NULL", none));
	assert_false(
		engine_matches("100 acl inet_stream_connect task.cgroup=NULL", some));
	assert_true(
		engine_matches("100 acl inet_stream_connect task.cgroup!=NULL", some));
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_sentences),
		cmocka_unit_test(which_comes_first),
		cmocka_unit_test(groups_by_kind),
		cmocka_unit_test(blocks),
		cmocka_unit_test(records),
		cmocka_unit_test(not_enforced),
		cmocka_unit_test(domains),
		cmocka_unit_test(settings),
		CASE(those_that_matter),
		CASE(to_those_before),
		CASE(to_what_covers_it), CASE(all_that_is_covered),
		CASE(out_of_sight),
		cmocka_unit_test(patterns_explained),
		cmocka_unit_test(every_attribute),
		cmocka_unit_test(every_operation),
		cmocka_unit_test(every_permission),
		cmocka_unit_test(paths_as_told),
		cmocka_unit_test(numbers_as_told),
		CASE(earlier_as_told),
		cmocka_unit_test(without_a_value),
	};
	u32 seed = time(NULL);
	int failed;

	setlocale(LC_ALL, "C.UTF-8");
	print_message("seed %u\n", seed);
	srandom(seed);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	canvas_free(&canvas);
	return failed;
}
