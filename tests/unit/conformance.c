// SPDX-License-Identifier: GPL-2.0
/*
 * What a policy means: the evaluation cases of CaitSith's semantics, with the
 * corrections Kellas makes, and every comparison of the language. If one of
 * these fails, a policy that worked elsewhere means something else here.
 */
#include "engine.h"

#define STEPS_MAX 24

/**
 * struct step - one request and what must become of it
 * @op, @words: see event_make()
 * @verdict: PERMIT or DENY
 * @blocks: blocks examined, "priority:result, ..."; each one potential record
 * @transition: "-" none, "NULL" stay, a domain; or NULL: not looked at
 */
struct step {
	const char *op;
	const char *words;
	const char *verdict;
	const char *blocks;
	const char *transition;
};

/** struct conformance - a policy and requests under it */
struct conformance {
	const char *name;
	const char *policy;
	struct step steps[STEPS_MAX];
};

static const struct conformance cases[] = {
{ "1: the default is to permit, in silence",
  "100 acl write path=\"/etc/shadow\"\n"
  "    audit 1\n"
  "    10 deny\n", {
	{ "write", "path=/etc/shadow", "DENY", "100:denied" },
	{ "write", "path=/etc/passwd", "PERMIT", "" },
	{ "read", "path=/etc/shadow", "PERMIT", "" },
	{ "append", "path=/etc/shadow", "PERMIT", "" },
} },
{ "2: sub-entries go by their priority, the first match ends the block",
  "100 acl write path=\"/etc/shadow\"\n"
  "    audit 1\n"
  "    20 deny\n"
  "    10 allow task.exe=\"/usr/bin/passwd\"\n", {
	{ "write", "path=/etc/shadow task.exe=/usr/bin/passwd", "PERMIT", "100:allowed" },
	{ "write", "path=/etc/shadow task.exe=/usr/bin/vim", "DENY", "100:denied" },
} },
{ "3: equal priority keeps the order of the text (deny first)",
  "100 acl unlink path=\"/tmp/x\"\n"
  "    50 deny task.uid=1000\n"
  "    50 allow task.uid=1000\n", {
	{ "unlink", "path=/tmp/x task.uid=1000", "DENY", "100:denied" },
	{ "unlink", "path=/tmp/x task.uid=1001", "PERMIT", "100:unmatched" },
} },
{ "3: equal priority keeps the order of the text (allow first)",
  "100 acl unlink path=\"/tmp/x\"\n"
  "    50 allow task.uid=1000\n"
  "    50 deny task.uid=1000\n", {
	{ "unlink", "path=/tmp/x task.uid=1000", "PERMIT", "100:allowed" },
} },
{ "4: a matching block without a matching sub-entry is unmatched and permits",
  "100 acl write path=\"/etc/\\*\"\n"
  "    audit 1\n"
  "    10 allow task.uid=0\n", {
	{ "write", "path=/etc/hosts task.uid=1000", "PERMIT", "100:unmatched" },
	{ "write", "path=/etc/hosts", "PERMIT", "100:allowed" },
	{ "write", "path=/etc/ssh/sshd_config task.uid=1000", "PERMIT", "" },
} },
{ "5: every matching block is examined, allow stops nothing, deny stops",
  "100 acl read path=\"/srv/\\(\\*\\)/\\*\"\n"
  "    10 allow\n"
  "200 acl read task.uid!=0\n"
  "    10 deny path=\"/srv/secret/\\*\"\n"
  "300 acl read path=\"/srv/secret/\\*\"\n"
  "    10 allow\n", {
	{ "read", "path=/srv/secret/k task.uid=1000", "DENY", "100:allowed, 200:denied" },
	{ "read", "path=/srv/pub/a/b task.uid=1000", "PERMIT",
	  "100:allowed, 200:unmatched" },
	{ "read", "path=/srv/secret/k", "PERMIT", "100:allowed, 300:allowed" },
} },
{ "6: groups, with both operators, grown and empty",
  "string_group SHELLS /bin/sh\n"
  "string_group SHELLS /bin/\\*sh\n"
  "number_group USERS 1000-1999\n"
  "number_group USERS 5\n"
  "100 acl execute path=@SHELLS\n"
  "    10 allow task.uid=@USERS\n"
  "    20 deny path!=@NOBODY\n"
  "200 acl execute path!=@SHELLS\n"
  "    10 deny task.uid!=@USERS\n"
  "    20 allow task.uid=@EMPTY\n"
  "    30 deny path=@EMPTY\n", {
	{ "execute", "path=/bin/bash task.uid=1500", "PERMIT", "100:allowed" },
	{ "execute", "path=/bin/sh task.uid=5", "PERMIT", "100:allowed" },
	{ "execute", "path=/bin/sh task.uid=6", "DENY", "100:denied" },
	{ "execute", "path=/bin/cat task.uid=1000", "PERMIT", "200:unmatched" },
	{ "execute", "path=/bin/cat task.uid=2000", "DENY", "200:denied" },
	{ "execute", "!path", "PERMIT", "" },
} },
{ "7: attributes compared with each other, attributes of the directory",
  "100 acl unlink path.parent.perm=sticky\n"
  "    10 allow path.uid=task.fsuid\n"
  "    20 allow path.parent.uid=task.fsuid\n"
  "    30 deny\n", {
	{ "unlink", "path=/tmp/f path.parent.perm=01777 path.parent.uid=0 path.uid=1000 "
	  "task.fsuid=1000", "PERMIT", "100:allowed" },
	{ "unlink", "path=/tmp/f path.parent.perm=01777 path.parent.uid=0 path.uid=1000 "
	  "task.fsuid=1001", "DENY", "100:denied" },
	{ "unlink", "path=/tmp/f path.parent.perm=01777 path.parent.uid=1001 "
	  "path.uid=1000 task.fsuid=1001", "PERMIT", "100:allowed" },
	{ "unlink", "path=/home/f path.parent.perm=0777 path.parent.uid=0 path.uid=1000 "
	  "task.fsuid=1001", "PERMIT", "" },
} },
{ "8: file types and device numbers",
  "100 acl read path.type=block\n"
  "    10 allow path.dev_major=8 path.dev_minor=0-15\n"
  "    20 deny\n", {
	{ "read", "path=/dev/sda1 path.type=block path.dev_major=8 path.dev_minor=1",
	  "PERMIT", "100:allowed" },
	{ "read", "path=/dev/sdb path.type=block path.dev_major=8 path.dev_minor=16",
	  "DENY", "100:denied" },
	{ "read", "path=/dev/null path.type=char path.dev_major=1 path.dev_minor=3",
	  "PERMIT", "" },
} },
{ "9: address ranges, groups and ports",
  "ip_group LOCAL 127.0.0.0-127.255.255.255\n"
  "ip_group LOCAL ::1\n"
  "100 acl inet_stream_connect ip!=@LOCAL\n"
  "    10 allow ip=192.168.0.0-192.168.255.255 port=80\n"
  "    20 allow port=1024-65535\n"
  "    30 deny\n", {
	{ "inet_stream_connect", "ip=127.0.0.1 port=80", "PERMIT", "" },
	{ "inet_stream_connect", "ip=::1 port=80", "PERMIT", "" },
	{ "inet_stream_connect", "ip=192.168.3.4 port=80", "PERMIT", "100:allowed" },
	{ "inet_stream_connect", "ip=192.169.0.0 port=80", "DENY", "100:denied" },
	{ "inet_stream_connect", "ip=::2 port=80", "DENY", "100:denied" },
	{ "inet_stream_connect", "ip=::2 port=8080", "PERMIT", "100:allowed" },
} },
{ "10: exec is the name looked up, path the file that runs",
  "100 acl execute exec=\"/usr/bin/vi\"\n"
  "    10 allow path=\"/usr/bin/vim.basic\"\n"
  "    20 deny\n", {
	{ "execute", "exec=/usr/bin/vi path=/usr/bin/vim.basic", "PERMIT", "100:allowed" },
	{ "execute", "exec=/usr/bin/vi path=/usr/bin/nano", "DENY", "100:denied" },
	{ "execute", "exec=/usr/bin/vim.basic path=/usr/bin/vim.basic", "PERMIT", "" },
} },
{ "11: argv, envp and argc",
  "100 acl execute path=\"/usr/bin/python3\\*\"\n"
  "    audit 1\n"
  "    10 deny envp[\"PYTHONPATH\"]!=NULL\n"
  "    20 deny argv[1]=\"-c\"\n"
  "    30 allow argc=2-9\n"
  "    40 deny\n", {
	{ "execute", "path=/usr/bin/python3.11 argv=python3 argv=x.py envp=HOME=/root",
	  "PERMIT", "100:allowed" },
	{ "execute", "path=/usr/bin/python3 argv=python3 argv=x.py envp=PYTHONPATH=",
	  "DENY", "100:denied" },
	{ "execute", "path=/usr/bin/python3 argv=python3 argv=-c argv=pass",
	  "DENY", "100:denied" },
	{ "execute", "path=/usr/bin/python3 argv=python3", "DENY", "100:denied" },
} },
{ "13: one check for each environment string",
  "100 acl environ name=\"LD_\\*\"\n"
  "    10 allow value=\"\" task.uid=0\n"
  "    20 deny\n", {
	{ "environ", "name=LD_PRELOAD value=/tmp/x.so", "DENY", "100:denied" },
	{ "environ", "name=LD_PRELOAD value=", "PERMIT", "100:allowed" },
	{ "environ", "name=LD_PRELOAD value= task.uid=1", "DENY", "100:denied" },
	{ "environ", "name=PATH value=/bin", "PERMIT", "" },
} },
{ "14: domain transition on execute",
  "100 acl execute path=\"/usr/sbin/httpd\"\n"
  "    10 allow transition=\"httpd\"\n"
  "100 acl execute task.domain=\"httpd\"\n"
  "    10 deny\n"
  "100 acl read task.domain=\"httpd\"\n"
  "    10 allow path=\"/usr/lib\\*/\\(\\*\\)/\\*\"\n"
  "    10 allow path=\"/var/www/\\{\\*\\}/\\*\"\n"
  "    20 deny\n", {
	{ "execute", "path=/usr/sbin/httpd", "PERMIT", "100:allowed", "httpd" },
	{ "read", "path=/usr/lib64/ld-linux-x86-64.so.2 task.domain=httpd", "PERMIT",
	  "100:allowed", "-" },
	{ "read", "path=/var/www/html/i.html task.domain=httpd", "PERMIT",
	  "100:allowed", "-" },
	{ "read", "path=/var/www/i.html task.domain=httpd", "DENY", "100:denied", "-" },
	{ "execute", "path=/bin/sh task.domain=httpd", "DENY", "100:denied", "-" },
	{ "execute", "path=/usr/sbin/httpd task.domain=httpd", "DENY",
	  "100:allowed, 100:denied" },
} },
{ "15: the first transition counts, NULL means stay and is first too",
  "100 acl execute path=\"/a\"\n"
  "    10 allow transition=\"one\"\n"
  "200 acl execute path=\"/\\*\"\n"
  "    5 deny task.uid=7\n"
  "    10 allow path=\"/b\" transition=NULL\n"
  "    20 allow path=\"/c\"\n"
  "    30 allow transition=\"two\"\n"
  "300 acl execute\n"
  "    10 allow path!=\"/u\" transition=\"three\"\n", {
	{ "execute", "path=/a", "PERMIT", "100:allowed, 200:allowed, 300:allowed", "one" },
	{ "execute", "path=/b", "PERMIT", "200:allowed, 300:allowed", "NULL" },
	{ "execute", "path=/c", "PERMIT", "200:allowed, 300:allowed", "three" },
	{ "execute", "path=/d", "PERMIT", "200:allowed, 300:allowed", "two" },
	{ "execute", "path=/x/y", "PERMIT", "300:allowed", "three" },
	{ "execute", "path=/u", "PERMIT", "200:allowed, 300:unmatched", "two" },
	{ "execute", "!path", "PERMIT", "300:unmatched", "-" },
} },
{ "16: auto_domain_transition comes before the check",
  "100 acl auto_domain_transition task.domain=\"<kernel>\"\n"
  "    10 allow task.uid=1000-60000 transition=\"user\"\n"
  "100 acl read task.domain=\"user\"\n"
  "    10 deny path=\"/etc/\\*.secret\"\n", {
	{ "auto_domain_transition", "task.uid=1000", "PERMIT", "100:allowed", "user" },
	{ "read", "task.uid=1000 task.domain=user path=/etc/a.secret", "DENY",
	  "100:denied", "-" },
	{ "auto_domain_transition", "", "PERMIT", "100:unmatched", "-" },
	{ "read", "path=/etc/a.secret", "PERMIT", "" },
} },
{ "17: manual_domain_transition tells allowed from unmatched",
  "100 acl manual_domain_transition\n"
  "    10 allow domain=\"worker\\$\"\n", {
	{ "manual_domain_transition", "domain=worker12", "PERMIT", "100:allowed" },
	{ "manual_domain_transition", "domain=workerX", "PERMIT", "100:unmatched" },
} },
{ "19: unix addresses: by name, abstract, without a name",
  "100 acl unix_stream_connect\n"
  "    10 deny addr=\"\\000\\*\"\n"
  "    20 allow addr=\"/run/\\*\"\n"
  "    30 deny addr!=\"anonymous\"\n", {
	{ "unix_stream_connect", "addr=/run/foo", "PERMIT", "100:allowed" },
	{ "unix_stream_connect", "addr=/run/dbus/socket", "DENY", "100:denied" },
	{ "unix_stream_connect", "addr=\\000bus", "DENY", "100:denied" },
	{ "unix_stream_connect", "addr=anonymous", "PERMIT", "100:unmatched" },
} },
{ "21: creating sees the directory only",
  "100 acl create path.parent.perm=others_write\n"
  "    10 allow path.parent.uid=0 perm=0600-0644\n"
  "    20 deny\n"
  "100 acl mkchar\n"
  "    10 allow dev_major=1 dev_minor=3 perm=0666\n"
  "    20 deny\n"
  "100 acl symlink target=\"/etc/\\(\\*\\)/\\*\"\n"
  "    10 deny\n", {
	{ "create", "path=/tmp/a perm=0600 path.parent.perm=01777 path.parent.uid=0",
	  "PERMIT", "100:allowed" },
	{ "create", "path=/tmp/a perm=0666 path.parent.perm=01777 path.parent.uid=0",
	  "DENY", "100:denied" },
	{ "mkchar", "path=/tmp/n dev_major=1 dev_minor=5 perm=0666", "DENY", "100:denied" },
	{ "mkchar", "path=/tmp/n dev_major=1 dev_minor=3 perm=0666", "PERMIT",
	  "100:allowed" },
	{ "symlink", "path=/tmp/l target=/etc/ssh/x", "DENY", "100:denied" },
	{ "symlink", "path=/tmp/l target=../etc/x", "PERMIT", "" },
} },
{ "23: names of pseudo file systems",
  "100 acl write path=\"proc:/\\(\\*\\)/\\*\"\n"
  "    10 allow path=\"proc:/self/\\(\\*\\)/\\*\"\n"
  "    20 deny\n", {
	{ "write", "path=proc:/self/oom_score_adj", "PERMIT", "100:allowed" },
	{ "write", "path=proc:/self/attr/current", "PERMIT", "100:allowed" },
	{ "write", "path=proc:/1/oom_score_adj", "DENY", "100:denied" },
	{ "write", "path=proc:/sys/kernel/core_pattern", "DENY", "100:denied" },
	{ "write", "path=/proc/self/x", "PERMIT", "" },
} },
{ "24: the gate before the policy itself",
  "0 acl modify_policy\n"
  "    audit 1\n"
  "    1 deny task.uid!=0\n"
  "    1 deny task.euid!=0\n"
  "    100 allow task.exe=\"/usr/sbin/caitsith-loadpolicy\"\n"
  "    100 allow task.exe=\"/usr/sbin/caitsith-queryd\"\n"
  "    10000 deny\n", {
	{ "modify_policy", "", "DENY", "0:denied" },
	{ "modify_policy", "task.exe=/usr/sbin/caitsith-loadpolicy", "PERMIT",
	  "0:allowed" },
	{ "modify_policy", "task.exe=/usr/sbin/caitsith-queryd", "PERMIT", "0:allowed" },
	{ "modify_policy", "task.exe=/usr/sbin/caitsith-loadpolicy task.uid=1000", "DENY",
	  "0:denied" },
	{ "modify_policy", "task.exe=/usr/sbin/caitsith-loadpolicy task.euid=1000",
	  "DENY", "0:denied" },
} },
{ "a rule group is evaluated in place: its first match decides, no match goes on",
  "string_group SHELLS /bin/sh\n"
  "rule_group ROOT\n    20 deny task.uid=1\n    10 allow task.uid=0-1 path=\"/a\"\n"
  "    30 use TOOLS\n    40 deny path.parent.uid=7\n"
  "rule_group TOOLS\n    allow task.exe=@SHELLS\n"
  "100 acl read\n    10 use ROOT\n    20 deny path=\"/b\"\n    5 allow path=\"/c\"\n"
  "    30 use EMPTY\n    40 use TOOLS\n    50 deny\n"
  "rule_group EMPTY\n"
  "100 acl write\n    10 use TOOLS\n    20 use ROOT\n",
  {
	{ "read", "path=/a task.uid=1", "PERMIT", "100:allowed" },
	{ "read", "path=/b task.uid=1", "DENY", "100:denied" },
	{ "read", "path=/c task.uid=1", "PERMIT", "100:allowed" },
	{ "read", "path=/b task.exe=/bin/sh", "PERMIT", "100:allowed" },
	{ "read", "path=/b task.exe=/bin/x", "DENY", "100:denied" },
	{ "read", "path=/d task.exe=/bin/x", "DENY", "100:denied" },
	{ "read", "path=/d path.parent.uid=7 task.exe=/bin/sh", "PERMIT", "100:allowed" },
	{ "write", "path=/d task.uid=1 task.exe=/bin/sh", "PERMIT", "100:allowed" },
	{ "write", "path=/d task.uid=1 task.exe=/bin/x", "DENY", "100:denied" },
	{ "write", "path=/d task.exe=/bin/x", "PERMIT", "100:unmatched" },
	{ "write", "path=/d path.parent.uid=7", "DENY", "100:denied" },
  } },
{ "attributes of a rule group are those of the same name, wherever they are kept",
  "rule_group SAME\n    1 deny target=\"/t\"\n"
  "rule_group OWNER\n    1 deny target.uid=7\n"
  "rule_group LINKS\n    1 deny new_path.parent.uid=old_path.uid\n"
  "rule_group ANY\n    1 allow task.uid=task.euid\n    2 deny path=exec\n"
  "rule_group SELF\n    1 deny task.exe=target\n"
  "1 acl symlink\n    1 use SAME\n    2 use SELF\n"
  "1 acl mount\n    1 use SAME\n    2 use OWNER\n    3 use SELF\n1 acl signal\n    1 use OWNER\n"
  "1 acl link\n    1 use LINKS\n1 acl rename\n    1 use LINKS\n"
  "1 acl execute\n    1 use ANY\n1 acl environ\n    1 use ANY\n",
  {
	{ "symlink", "path=/l target=/t", "DENY", "1:denied" },
	{ "symlink", "path=/t target=/l", "PERMIT", "1:unmatched" },
	{ "mount", "source=/l target=/t", "DENY", "1:denied" },
	{ "mount", "source=/t target=/l", "PERMIT", "1:unmatched" },
	{ "mount", "source=/t target=/l target.uid=7", "DENY", "1:denied" },
	{ "mount", "source=/t target=/bin/bash", "DENY", "1:denied" },
	{ "symlink", "path=/t target=/bin/bash", "DENY", "1:denied" },
	{ "signal", "target.uid=7", "DENY", "1:denied" },
	{ "signal", "target.uid=8", "PERMIT", "1:unmatched" },
	{ "link", "old_path=/a old_path.uid=3 new_path=/b new_path.parent.uid=3", "DENY",
	  "1:denied" },
	{ "link", "old_path=/a old_path.uid=3 new_path=/b new_path.parent.uid=4", "PERMIT",
	  "1:unmatched" },
	{ "rename", "old_path=/a old_path.uid=3 new_path=/b new_path.parent.uid=3", "DENY",
	  "1:denied" },
	{ "execute", "path=/a exec=/a task.uid=1 task.euid=1", "PERMIT", "1:allowed" },
	{ "execute", "path=/a exec=/a task.uid=1", "DENY", "1:denied" },
	{ "environ", "path=/a exec=/b task.uid=1", "PERMIT", "1:unmatched" },
  } },
{ "a permissive block does not enforce the denials of the groups it uses",
  "rule_group G\n    1 deny\n1 acl read\n    permissive\n    1 use G\n2 acl read\n    use G\n",
  {
	{ "read", "path=/a", "DENY", "1:unenforced, 2:denied" },
  } },
{ "permissive: a denial is told and not enforced, and the next block is asked",
  "100 acl read path=\"/a\"\n    permissive\n    10 deny task.uid=1\n    20 allow\n"
  "200 acl read\n    10 deny task.uid=1-2\n    20 allow path=\"/b\"\n"
  "300 acl read\n    permissive\n    10 deny\n",
  {
	{ "read", "path=/a task.uid=1", "DENY", "100:unenforced, 200:denied" },
	{ "read", "path=/a task.uid=2", "DENY", "100:allowed, 200:denied" },
	{ "read", "path=/a task.uid=3", "PERMIT", "100:allowed, 200:unmatched, 300:unenforced" },
	{ "read", "path=/b", "PERMIT", "200:allowed, 300:unenforced" },
  } },
{ "mode permissive: no denial is enforced, but for those that guard the policy itself",
  "mode permissive\n"
  "100 acl read\n    10 deny path=\"/a\"\n200 acl read\n    permissive\n    10 deny\n"
  "100 acl modify_policy\n    10 deny task.uid=1\n"
  "200 acl modify_policy\n    permissive\n    10 deny task.uid=2\n"
  "100 acl manual_domain_transition\n    10 deny task.uid=1\n    20 allow\n"
  "200 acl manual_domain_transition\n    permissive\n    10 deny task.uid=2\n    20 allow\n",
  {
	{ "read", "path=/a", "PERMIT", "100:unenforced, 200:unenforced" },
	{ "read", "path=/b", "PERMIT", "100:unmatched, 200:unenforced" },
	{ "modify_policy", "task.uid=1", "DENY", "100:denied" },
	{ "modify_policy", "task.uid=2", "PERMIT", "100:unmatched, 200:unenforced" },
	{ "manual_domain_transition", "domain=d task.uid=1", "DENY", "100:denied" },
	{ "manual_domain_transition", "domain=d task.uid=2", "PERMIT",
	  "100:allowed, 200:unenforced" },
  } },
{ "mode enforcing: the last word counts, and blocks stay what they are",
  "mode permissive\n100 acl read\n    10 deny path=\"/a\"\n"
  "200 acl read\n    permissive\n    10 deny\nmode enforcing\n",
  {
	{ "read", "path=/a", "DENY", "100:denied" },
	{ "read", "path=/b", "PERMIT", "100:unmatched, 200:unenforced" },
  } },
{ "26: other order or other radix is another block",
  "100 acl read path=\"/a\" path.uid=0\n"
  "    10 deny\n"
  "delete 100 acl read path.uid=0 path=\"/a\"\n"
  "delete 100 acl read path=\"/a\" path.uid=00\n", {
	{ "read", "path=/a path.uid=0", "DENY", "100:denied" },
} },
{ "26: a deleted block comes back without its sub-entries",
  "100 acl read path=\"/a\" path.uid=0\n"
  "    10 deny\n"
  "delete 100 acl read path=\"/a\" path.uid=0\n"
  "100 acl read path=\"/a\" path.uid=0\n", {
	{ "read", "path=/a path.uid=0", "PERMIT", "100:unmatched" },
} },
{ "27: a block opened again, one sub-entry deleted",
  "100 acl read path=\"/a\"\n"
  "    10 deny\n"
  "200 acl read path=\"/b\"\n"
  "    10 deny\n"
  "100 acl read path=\"/a\"\n"
  "    delete 10 deny\n"
  "    10 allow\n", {
	{ "read", "path=/a", "PERMIT", "100:allowed" },
	{ "read", "path=/b", "DENY", "200:denied" },
} },
{ "28: a comment does not end a block (Q5)",
  "100 acl read\n"
  "    10 deny path=\"/a\"\n"
  "    # protect b as well\n"
  "\n"
  "    20 deny path=\"/b\" # and so on\n", {
	{ "read", "path=/a", "DENY", "100:denied" },
	{ "read", "path=/b", "DENY", "100:denied" },
	{ "read", "path=/c", "PERMIT", "100:unmatched" },
} },
{ "blocks go by priority, equal priority by the order of the text",
  "300 acl read\n"
  "    10 allow\n"
  "100 acl read path=\"/x\"\n"
  "    10 allow\n"
  "acl read\n"
  "    10 allow\n"
  "100 acl read path.uid=0\n"
  "    10 deny\n", {
	{ "read", "path=/x path.uid=1", "PERMIT", "100:allowed, 300:allowed, 1000:allowed" },
	{ "read", "path=/x path.uid=0", "DENY", "100:allowed, 100:denied" },
} },
{ "numbers: radix, ranges that touch, the largest number",
  "100 acl read task.uid=0x10-020\n"
  "200 acl read task.uid=010\n"
  "300 acl read task.uid=08-9\n"
  "400 acl read task.uid!=5-7\n"
  "500 acl read task.uid=18446744073709551615\n"
  "600 acl read task.uid=0-0\n"
  "700 acl read task.uid=4294967296-0xFFFFFFFFFFFFFFFF\n", {
	{ "read", "task.uid=16", "PERMIT", "100:unmatched, 400:unmatched" },
	{ "read", "task.uid=17", "PERMIT", "400:unmatched" },
	{ "read", "task.uid=8", "PERMIT", "200:unmatched, 300:unmatched, 400:unmatched" },
	{ "read", "task.uid=10", "PERMIT", "400:unmatched" },
	{ "read", "task.uid=4", "PERMIT", "400:unmatched" },
	{ "read", "task.uid=5", "PERMIT", "" },
	{ "read", "task.uid=7", "PERMIT", "" },
	{ "read", "task.uid=0", "PERMIT", "400:unmatched, 600:unmatched" },
	{ "read", "task.uid=4294967295", "PERMIT", "400:unmatched" },
	{ "read", "task.uid=4294967296", "PERMIT", "400:unmatched, 700:unmatched" },
	{ "read", "task.uid=18446744073709551615", "PERMIT",
	  "400:unmatched, 500:unmatched, 700:unmatched" },
} },
{ "number groups: overlapping members, both operators, permissions too",
  "number_group N 10-20\n"
  "number_group N 15-30\n"
  "number_group N 0644\n"
  "100 acl read task.uid=@N\n"
  "200 acl read task.uid!=@N\n"
  "300 acl read path.perm=@N\n"
  "400 acl read path.perm!=@N\n", {
	{ "read", "task.uid=10 path.perm=0644", "PERMIT", "100:unmatched, 300:unmatched" },
	{ "read", "task.uid=30 path.perm=12", "PERMIT", "100:unmatched, 300:unmatched" },
	{ "read", "task.uid=31 path.perm=0600", "PERMIT", "200:unmatched, 400:unmatched" },
	{ "read", "task.uid=9", "PERMIT", "200:unmatched" },
	{ "read", "task.uid=420", "PERMIT", "100:unmatched" },
} },
{ "permissions: a keyword is one bit, a number the whole",
  "100 acl read path.perm=setuid\n"
  "110 acl read path.perm=setgid\n"
  "120 acl read path.perm=sticky\n"
  "130 acl read path.perm=owner_read\n"
  "140 acl read path.perm=owner_write\n"
  "150 acl read path.perm=owner_execute\n"
  "160 acl read path.perm=group_read\n"
  "170 acl read path.perm=group_write\n"
  "180 acl read path.perm=group_execute\n"
  "190 acl read path.perm=others_read\n"
  "200 acl read path.perm=others_write\n"
  "210 acl read path.perm=others_execute\n"
  "300 acl read path.perm!=setuid\n"
  "400 acl read path.perm=0640\n"
  "410 acl read path.perm!=0640\n"
  "420 acl read path.perm=0600-0700 path.perm!=group_read\n"
  "430 acl read path.perm=path.parent.perm\n"
  "440 acl read path.perm!=path.parent.perm\n"
  "450 acl read path.perm=task.uid\n", {
	{ "read", "path.perm=04000 task.uid=2048", "PERMIT",
	  "100:unmatched, 410:unmatched, 450:unmatched" },
	{ "read", "path.perm=02000", "PERMIT",
	  "110:unmatched, 300:unmatched, 410:unmatched" },
	{ "read", "path.perm=01000", "PERMIT",
	  "120:unmatched, 300:unmatched, 410:unmatched" },
	{ "read", "path.perm=0640", "PERMIT", "130:unmatched, 140:unmatched, "
	  "160:unmatched, 300:unmatched, 400:unmatched" },
	{ "read", "path.perm=0600 path.parent.perm=0600", "PERMIT", "130:unmatched, "
	  "140:unmatched, 300:unmatched, 410:unmatched, 420:unmatched, 430:unmatched" },
	{ "read", "path.perm=0137 path.parent.perm=0600", "PERMIT", "150:unmatched, "
	  "170:unmatched, 180:unmatched, 190:unmatched, 200:unmatched, 210:unmatched, "
	  "300:unmatched, 410:unmatched, 440:unmatched" },
	{ "read", "path.perm=00", "PERMIT", "300:unmatched, 410:unmatched, 450:unmatched" },
	{ "read", "!path.perm", "PERMIT", "" },
} },
{ "file types: every keyword, and one type with another",
  "100 acl rename old_path.type=file\n"
  "110 acl rename old_path.type=directory\n"
  "120 acl rename old_path.type=symlink\n"
  "130 acl rename old_path.type=fifo\n"
  "140 acl rename old_path.type=socket\n"
  "150 acl rename old_path.type=block\n"
  "160 acl rename old_path.type=char\n"
  "200 acl rename old_path.type!=directory\n"
  "300 acl rename old_path.type=new_path.type\n"
  "400 acl rename old_path.type!=new_path.type\n", {
	{ "rename", "old_path.type=file new_path.type=file", "PERMIT",
	  "100:unmatched, 200:unmatched, 300:unmatched" },
	{ "rename", "old_path.type=directory new_path.type=file", "PERMIT",
	  "110:unmatched, 400:unmatched" },
	{ "rename", "old_path.type=symlink", "PERMIT", "120:unmatched, 200:unmatched" },
	{ "rename", "old_path.type=fifo", "PERMIT", "130:unmatched, 200:unmatched" },
	{ "rename", "old_path.type=socket", "PERMIT", "140:unmatched, 200:unmatched" },
	{ "rename", "old_path.type=block", "PERMIT", "150:unmatched, 200:unmatched" },
	{ "rename", "old_path.type=char", "PERMIT", "160:unmatched, 200:unmatched" },
	{ "rename", "new_path.type=char", "PERMIT", "" },
} },
{ "strings: NULL, empty, exact, not equal, any byte",
  "100 acl mount data=NULL\n"
  "110 acl mount data!=NULL\n"
  "120 acl mount data=\"\"\n"
  "130 acl mount data!=\"\"\n"
  "140 acl mount data=\"a\\040b\"\n"
  "150 acl mount data=\"\\303\\251\\*\"\n"
  "160 acl mount data!=\"a\\?\"\n", {
	{ "mount", "data=x", "PERMIT", "110:unmatched, 130:unmatched, 160:unmatched" },
	{ "mount", "data=", "PERMIT", "110:unmatched, 120:unmatched, 160:unmatched" },
	{ "mount", "data=a\\040b", "PERMIT",
	  "110:unmatched, 130:unmatched, 140:unmatched, 160:unmatched" },
	{ "mount", "data=\\303\\251t\\303\\251", "PERMIT",
	  "110:unmatched, 130:unmatched, 150:unmatched, 160:unmatched" },
	{ "mount", "data=ab", "PERMIT", "110:unmatched, 130:unmatched" },
	{ "mount", "!data", "PERMIT", "" },
} },
{ "variables: strings and numbers compared with each other (§3.5)",
  "100 acl execute argv[0]=exec\n"
  "110 acl execute argv[0]!=exec\n"
  "200 acl execute path.uid=task.uid\n"
  "210 acl execute path.uid!=task.uid\n"
  "300 acl execute path.parent.perm=exec.parent.perm\n"
  "400 acl execute path=exec\n"
  "410 acl execute task.exe!=path\n"
  "500 acl execute envp[\"SHELL\"]=task.exe\n", {
	{ "execute", "path=/a exec=/a argv=/a path.uid=0", "PERMIT",
	  "100:unmatched, 200:unmatched, 400:unmatched, 410:unmatched" },
	{ "execute", "path=/bin/bash exec=/bin/sh argv=sh path.uid=1", "PERMIT",
	  "110:unmatched, 210:unmatched" },
	{ "execute", "path=/bin/bash exec=/bin/\\052 path.parent.perm=0755 "
	  "exec.parent.perm=0755", "PERMIT", "300:unmatched" },
	{ "execute", "path=/\\134* exec=/\\134* argv=x", "PERMIT",
	  "110:unmatched, 400:unmatched, 410:unmatched" },
	{ "execute", "path=/a argv=/a envp=SHELL=/bin/bash", "PERMIT",
	  "410:unmatched, 500:unmatched" },
	{ "execute", "exec=/a", "PERMIT", "" },
} },
{ "argv: an index beyond the end is no value, and NULL says so (Q4)",
  "100 acl execute argv[0]=NULL\n"
  "110 acl execute argv[0]!=NULL\n"
  "200 acl execute argv[1]=NULL\n"
  "210 acl execute argv[1]!=NULL\n"
  "220 acl execute argv[1]=\"x\"\n"
  "230 acl execute argv[1]!=\"x\"\n"
  "240 acl execute argv[1]=\"\\*\"\n"
  "250 acl execute argv[1]!=@NOTHING\n"
  "260 acl execute argv[1]=@NOTHING\n"
  "300 acl execute argv[2000000000]=NULL\n"
  "310 acl execute argv[2000000000]!=NULL\n", {
	{ "execute", "envp=x envp=x", "PERMIT",
	  "100:unmatched, 200:unmatched, 300:unmatched" },
	{ "execute", "argv=a envp=x", "PERMIT",
	  "110:unmatched, 200:unmatched, 300:unmatched" },
	{ "execute", "argv=a argv=x", "PERMIT", "110:unmatched, 210:unmatched, "
	  "220:unmatched, 240:unmatched, 250:unmatched, 300:unmatched" },
	{ "execute", "argv=a argv=y/z", "PERMIT", "110:unmatched, 210:unmatched, "
	  "230:unmatched, 250:unmatched, 300:unmatched" },
	{ "environ", "argv=a argv=x", "PERMIT", "" },
} },
{ "envp: every value for =, no value for !=, NULL for absence (§3.7)",
  "string_group V one\n"
  "string_group V tw\\?\n"
  "100 acl execute envp[\"A\"]=\"one\"\n"
  "110 acl execute envp[\"A\"]!=\"one\"\n"
  "120 acl execute envp[\"A\"]=NULL\n"
  "130 acl execute envp[\"A\"]!=NULL\n"
  "140 acl execute envp[\"A\"]=@V\n"
  "150 acl execute envp[\"A\"]!=@V\n"
  "160 acl execute envp[\"A\"]=\"\"\n", {
	{ "execute", "", "PERMIT", "110:unmatched, 120:unmatched, 150:unmatched" },
	{ "execute", "envp=B=one envp=AA=one", "PERMIT",
	  "110:unmatched, 120:unmatched, 150:unmatched" },
	{ "execute", "envp=A=one", "PERMIT", "100:unmatched, 130:unmatched, 140:unmatched" },
	{ "execute", "envp=A=one envp=A=two", "PERMIT", "130:unmatched, 140:unmatched" },
	{ "execute", "envp=A=one envp=A=x", "PERMIT", "130:unmatched" },
	{ "execute", "envp=A=x envp=A=y", "PERMIT",
	  "110:unmatched, 130:unmatched, 150:unmatched" },
	{ "execute", "envp=A", "PERMIT",
	  "110:unmatched, 130:unmatched, 150:unmatched, 160:unmatched" },
	{ "execute", "envp=A=one=two", "PERMIT",
	  "110:unmatched, 130:unmatched, 150:unmatched" },
	{ "execute", "argv=A=one", "PERMIT", "110:unmatched, 120:unmatched, 150:unmatched" },
} },
{ "envp: the name is a pattern and may be empty",
  "100 acl execute envp[\"LD_\\*\"]!=NULL\n"
  "110 acl execute envp[\"LD_\\*\"]=\"x\"\n"
  "120 acl execute envp[\"\"]!=NULL\n", {
	{ "execute", "envp=LD_A=x envp=LD_B=x", "PERMIT", "100:unmatched, 110:unmatched" },
	{ "execute", "envp=LD_A=x envp=LD_B=y", "PERMIT", "100:unmatched" },
	{ "execute", "envp=L=x", "PERMIT", "" },
	{ "execute", "envp==x", "PERMIT", "120:unmatched" },
	{ "execute", "envp=LD_/A=x", "PERMIT", "" },
} },
{ "addresses: an address of the other family is false for both (§3.6, Q10)",
  "ip_group G 10.0.0.0-10.255.255.255\n"
  "ip_group H ::1\n"
  "ip_group I 10.1.1.1\n"
  "ip_group I fe80::-fe80::ffff\n"
  "100 acl inet_dgram_send ip=10.0.0.1\n"
  "110 acl inet_dgram_send ip!=10.0.0.1\n"
  "120 acl inet_dgram_send ip=::1\n"
  "130 acl inet_dgram_send ip!=::1\n"
  "140 acl inet_dgram_send ip=10.0.0.1-10.0.0.9\n"
  "150 acl inet_dgram_send ip!=10.0.0.1-10.0.0.9\n"
  "160 acl inet_dgram_send ip=@G\n"
  "170 acl inet_dgram_send ip!=@G\n"
  "180 acl inet_dgram_send ip=@H\n"
  "190 acl inet_dgram_send ip!=@H\n"
  "200 acl inet_dgram_send ip=@I\n"
  "210 acl inet_dgram_send ip!=@I\n"
  "220 acl inet_dgram_send ip=@NONE\n"
  "230 acl inet_dgram_send ip!=@NONE\n", {
	{ "inet_dgram_send", "ip=10.0.0.1", "PERMIT", "100:unmatched, 140:unmatched, "
	  "160:unmatched, 190:unmatched, 210:unmatched, 230:unmatched" },
	{ "inet_dgram_send", "ip=10.0.0.10", "PERMIT", "110:unmatched, 150:unmatched, "
	  "160:unmatched, 190:unmatched, 210:unmatched, 230:unmatched" },
	{ "inet_dgram_send", "ip=10.0.0.0", "PERMIT", "110:unmatched, 150:unmatched, "
	  "160:unmatched, 190:unmatched, 210:unmatched, 230:unmatched" },
	{ "inet_dgram_send", "ip=10.1.1.1", "PERMIT", "110:unmatched, 150:unmatched, "
	  "160:unmatched, 190:unmatched, 200:unmatched, 230:unmatched" },
	{ "inet_dgram_send", "ip=::1", "PERMIT", "120:unmatched, 170:unmatched, "
	  "180:unmatched, 210:unmatched, 230:unmatched" },
	{ "inet_dgram_send", "ip=fe80::8000", "PERMIT", "130:unmatched, 170:unmatched, "
	  "190:unmatched, 200:unmatched, 230:unmatched" },
	{ "inet_dgram_send", "ip=::ffff:10.0.0.1", "PERMIT", "130:unmatched, "
	  "170:unmatched, 190:unmatched, 210:unmatched, 230:unmatched" },
	{ "inet_dgram_send", "!ip", "PERMIT", "" },
} },
{ "addresses: CIDR, and a range of one address (Q11)",
  "ip_group G 2001:db8::/32\n"
  "ip_group G 172.16.0.0/12\n"
  "100 acl inet_stream_bind ip=10.0.0.0/8\n"
  "110 acl inet_stream_bind ip!=10.0.0.0/8\n"
  "120 acl inet_stream_bind ip=@G\n"
  "130 acl inet_stream_bind ip=1.2.3.4-1.2.3.4\n"
  "140 acl inet_stream_bind ip=0.0.0.0/0\n"
  "150 acl inet_stream_bind ip=1.2.3.4/32\n"
  "160 acl inet_stream_bind ip=::/0\n"
  "170 acl inet_stream_bind ip=2001:db8:8000::/33\n", {
	{ "inet_stream_bind", "ip=10.255.255.255", "PERMIT", "100:unmatched, 140:unmatched" },
	{ "inet_stream_bind", "ip=11.0.0.0", "PERMIT", "110:unmatched, 140:unmatched" },
	{ "inet_stream_bind", "ip=172.31.255.255", "PERMIT",
	  "110:unmatched, 120:unmatched, 140:unmatched" },
	{ "inet_stream_bind", "ip=172.32.0.0", "PERMIT", "110:unmatched, 140:unmatched" },
	{ "inet_stream_bind", "ip=1.2.3.4", "PERMIT",
	  "110:unmatched, 130:unmatched, 140:unmatched, 150:unmatched" },
	{ "inet_stream_bind", "ip=2001:db8:7fff:ffff::", "PERMIT",
	  "120:unmatched, 160:unmatched" },
	{ "inet_stream_bind", "ip=2001:db8:8000::", "PERMIT",
	  "120:unmatched, 160:unmatched, 170:unmatched" },
	{ "inet_stream_bind", "ip=2001:db9::", "PERMIT", "160:unmatched" },
} },
{ "no value: = and != are both false (§3.8, Q3)",
  "100 acl mount source=\"/dev/sda\"\n"
  "110 acl mount source!=\"/dev/sda\"\n"
  "120 acl mount source!=NULL\n"
  "130 acl mount source.uid=0\n"
  "140 acl mount source.uid!=0\n"
  "150 acl mount source.uid=task.uid\n"
  "160 acl mount task.uid!=source.uid\n"
  "170 acl mount source.type!=file\n"
  "180 acl mount source.perm!=setuid\n"
  "190 acl mount source.perm!=@N\n"
  "200 acl mount source!=@S\n"
  "210 acl mount source=target\n"
  "220 acl mount target!=source\n"
  "230 acl mount target=\"/mnt\"\n", {
	{ "mount", "target=/mnt", "PERMIT", "230:unmatched" },
	{ "mount", "target=/x", "PERMIT", "" },
	{ "mount", "target=/dev/sda source=/dev/sda source.uid=0 source.type=block "
	  "source.perm=0600", "PERMIT", "100:unmatched, 120:unmatched, 130:unmatched, "
	  "150:unmatched, 170:unmatched, 180:unmatched, 190:unmatched, 200:unmatched, "
	  "210:unmatched" },
} },
{ "no value: attributes of a name that does not exist yet (Q3)",
  "100 acl rename new_path.uid=0\n"
  "200 acl rename new_path.uid!=0\n"
  "300 acl rename new_path=\"/n\"\n", {
	{ "rename", "old_path=/o new_path=/n", "PERMIT", "300:unmatched" },
	{ "rename", "old_path=/o new_path=/n new_path.uid=0", "PERMIT",
	  "100:unmatched, 300:unmatched" },
} },
{ "unknown: true in a head (Q21)",
  "100 acl read path=\"/a\"\n"
  "110 acl read path!=\"/a\"\n"
  "120 acl read path=\"/a\" task.uid=1\n"
  "130 acl read task.uid=1 path!=\"/\\*\"\n"
  "140 acl read path=@S\n"
  "150 acl read path=task.exe\n"
  "160 acl read task.exe!=path\n"
  "170 acl read path.uid=path.gid\n", {
	{ "read", "?path", "PERMIT", "100:unmatched, 110:unmatched, 140:unmatched, "
	  "150:unmatched, 160:unmatched" },
	{ "read", "?path task.uid=1", "PERMIT", "100:unmatched, 110:unmatched, "
	  "120:unmatched, 130:unmatched, 140:unmatched, 150:unmatched, 160:unmatched" },
	{ "read", "?path.uid path.gid=1", "PERMIT", "170:unmatched" },
	{ "read", "path.uid=1 ?path.gid", "PERMIT", "170:unmatched" },
} },
{ "unknown on one side, no value on the other: no value decides",
  "100 acl read path.uid=path.gid\n"
  "110 acl read path.uid!=path.gid\n"
  "120 acl read path=task.exe\n"
  "200 acl execute argv[0]=exec\n"
  "    10 deny\n"
  "210 acl execute envp[\"A\"]!=exec\n"
  "    10 deny\n"
  "220 acl execute\n"
  "    10 deny argv[0]=exec\n"
  "    20 deny envp[\"A\"]=exec\n"
  "    30 deny envp[\"A\"]!=exec\n", {
	{ "read", "?path.uid !path.gid", "PERMIT", "" },
	{ "read", "!path.uid ?path.gid", "PERMIT", "" },
	{ "read", "?path !task.exe", "PERMIT", "" },
	{ "read", "!path ?task.exe", "PERMIT", "" },
	{ "execute", "!exec argv?", "PERMIT", "220:unmatched" },
	{ "execute", "!exec argv=a envp? envp=A=x", "PERMIT", "220:unmatched" },
	{ "execute", "!exec ?argv ?envp", "PERMIT", "220:unmatched" },
} },
{ "unknown: false in allow, true in deny (Q21)",
  "100 acl read\n"
  "    10 allow path=\"/a\"\n"
  "    11 allow path!=\"/a\"\n"
  "    20 deny task.uid=1 path=\"/a\"\n"
  "    30 deny path!=\"/a\" task.uid=2\n"
  "    40 allow task.uid=3\n"
  "    50 allow path=@S\n"
  "200 acl read path.uid=0-9\n"
  "    10 allow path.uid=0\n"
  "    20 deny path.uid=7\n"
  "300 acl read\n"
  "    10 allow\n", {
	{ "read", "?path", "PERMIT", "100:unmatched, 300:allowed" },
	{ "read", "?path task.uid=1", "DENY", "100:denied" },
	{ "read", "?path task.uid=2", "DENY", "100:denied" },
	{ "read", "?path task.uid=3", "PERMIT", "100:allowed, 300:allowed" },
	{ "read", "path=/a ?path.uid", "DENY", "100:allowed, 200:denied" },
	{ "read", "path=/b ?path.uid", "DENY", "100:allowed, 200:denied" },
} },
{ "unknown: an argument that could not be read (Q21)",
  "100 acl execute path=\"/a\"\n"
  "    10 deny argv[1]=\"-c\"\n"
  "    20 allow argv[0]=\"a\"\n"
  "    30 deny\n"
  "100 acl execute path=\"/e\"\n"
  "    10 allow envp[\"A\"]=\"x\"\n"
  "    20 deny envp[\"B\"]!=\"y\" task.uid=1\n", {
	{ "execute", "path=/a argv=a argv?", "DENY", "100:denied" },
	{ "execute", "path=/a argv?", "DENY", "100:denied" },
	{ "execute", "path=/a argv=a argv=b argv?", "PERMIT", "100:allowed" },
	{ "execute", "path=/a argv=a envp?", "PERMIT", "100:allowed" },
	{ "execute", "path=/a ?argv", "DENY", "100:denied" },
	{ "execute", "path=/e envp?", "PERMIT", "100:unmatched" },
	{ "execute", "path=/e envp? task.uid=1", "DENY", "100:denied" },
	{ "execute", "path=/e envp=A=x", "PERMIT", "100:allowed" },
	{ "execute", "path=/e envp=A=x envp?", "PERMIT", "100:unmatched" },
} },
{ "patterns: \\- takes away whole components only (Q12)",
  "100 acl read path=\"/tmp/foo\\*\\-foobar\"\n"
  "110 acl read path=\"/tmp/\\*\\-foobar\"\n"
  "120 acl read path=\"/\\*/foo\\*\\-foobar\"\n"
  "130 acl read path=\"/tmp/\\*\\-\\*.bak\\-\\*~\"\n", {
	{ "read", "path=/tmp/foobar", "PERMIT", "130:unmatched" },
	{ "read", "path=/tmp/foobaz", "PERMIT",
	  "100:unmatched, 110:unmatched, 120:unmatched, 130:unmatched" },
	{ "read", "path=/tmp/x.bak", "PERMIT", "110:unmatched" },
	{ "read", "path=/tmp/x~", "PERMIT", "110:unmatched" },
} },
{ "patterns: one that begins with a wildcard never matches from the root (Q13)",
  "100 acl read path=\"\\*/x\"\n"
  "110 acl read path=\"\\*/\\*/\\*\"\n"
  "120 acl read path=\"\\*\"\n"
  "130 acl read path!=\"\\*/x\"\n", {
	{ "read", "path=/x", "PERMIT", "130:unmatched" },
	{ "read", "path=/a/b", "PERMIT", "130:unmatched" },
	/* The last \* may match the empty rest behind the last component. */
	{ "read", "path=a/x", "PERMIT", "100:unmatched, 110:unmatched" },
	{ "read", "path=pipe:[1]", "PERMIT", "120:unmatched, 130:unmatched" },
} },
{ "names that end in a slash, and the root",
  "100 acl read path=\"/\"\n"
  "110 acl read path=\"proc:/\"\n"
  "120 acl read path=\"/\\*\"\n"
  "130 acl read path=\"proc:/\\*\"\n"
  "140 acl read path!=\"/\"\n", {
	{ "read", "path=/", "PERMIT", "100:unmatched, 120:unmatched" },
	{ "read", "path=proc:/", "PERMIT", "110:unmatched, 130:unmatched, 140:unmatched" },
	{ "read", "path=proc:/x", "PERMIT", "130:unmatched, 140:unmatched" },
} },
{ "a word in two places of the policy is one rule each",
  "100 acl read path=\"/same\"\n"
  "    10 deny task.uid=1\n"
  "100 acl read path=\"/same\" task.uid=2\n"
  "    10 deny\n"
  "100 acl write path=\"/same\"\n"
  "    10 deny\n", {
	{ "read", "path=/same", "PERMIT", "100:unmatched" },
	{ "read", "path=/same task.uid=1", "DENY", "100:denied" },
	{ "read", "path=/same task.uid=2", "DENY", "100:unmatched, 100:denied" },
	{ "write", "path=/same", "DENY", "100:denied" },
	{ "append", "path=/same", "PERMIT", "" },
} },
{ "a condition twice, and conditions that exclude each other",
  "100 acl read path=\"/\\*\" path=\"/a\\*\" path!=\"/ab\"\n"
  "110 acl read path=\"/a\" path=\"/b\"\n"
  "120 acl read task.uid=1-5 task.uid=4-9\n", {
	{ "read", "path=/a task.uid=4", "PERMIT", "100:unmatched, 120:unmatched" },
	{ "read", "path=/ab task.uid=6", "PERMIT", "" },
	{ "read", "path=/abc task.uid=5", "PERMIT", "100:unmatched, 120:unmatched" },
	{ "read", "path=/b task.uid=9", "PERMIT", "" },
} },
};

static void check_case(void **state)
{
	const struct conformance *test = *state;
	struct engine engine;
	size_t i;

	engine_load(&engine, test->policy);
	assert_non_null(test->steps[0].op);
	for (i = 0; i < STEPS_MAX && test->steps[i].op; i++)
		event_check(&engine, test->steps[i].op, test->steps[i].words,
			    test->steps[i].verdict, test->steps[i].blocks,
			    test->steps[i].transition);
	engine_unload(&engine);
}

/* The table of section 5.5: string, pattern, does it match. */
static const struct { const char *string, *pattern; bool match; } patterns[] = {
	{ "/bin/true", "/bin/\\*", true },
	{ "/bin/sub/true", "/bin/\\*", false },
	{ "/bin", "/bin/\\*", false },
	{ "/bin", "/bin\\*", true },
	{ "/a", "/\\(\\*\\)/\\*", true },
	{ "/a/b/c", "/\\(\\*\\)/\\*", true },
	{ "/etc/passwd", "/\\{\\*\\}/\\*", true },
	{ "/etc/passwd", "/etc/\\{\\*\\}/\\*", false },
	{ "/tmp/a.b.txt", "/tmp/\\@.txt", false },
	{ "/tmp/a.b.txt", "/tmp/\\*.txt", true },
	{ "/tmp/.hidden", "/tmp/\\*", true },
	{ "/tmp/.hidden", "/tmp/\\@", false },
	{ "/tmp/a\\040b", "/tmp/a\\?\\?\\?\\?b", false },
	{ "/dev/tty12", "/dev/tty\\$", true },
	{ "/dev/tty", "/dev/tty\\$", false },
	{ "/dev/tty12", "/dev/tty\\+", false },
	{ "/v/123", "/v/\\$3", true },
	{ "/d/fg", "/d/\\X", false },
	{ "/home/bob/x.tmp", "/home/bob/\\*\\-\\*.tmp", false },
	{ "/home/bob/x", "/home/bob/\\*\\-x\\-y", false },
	{ "/home/a/b/x", "/home/\\{\\*\\-.git\\}/\\*", true },
	{ "/home/a/.git/x", "/home/\\{\\*\\-.git\\}/\\*", false },
	{ "/tmp/foo/foo/foo", "/tmp/\\{foo\\}/foo", true },
	{ "/tmp/foo/foo/boo/foo", "/tmp/\\{foo\\}/foo", false },
	{ "/srv/a/a/b/x", "/srv/\\{a\\}/\\{b\\}/\\*", true },
	{ "/srv/b/x", "/srv/\\(a\\)/\\{b\\}/\\*", true },
	{ "proc:/self/status", "/\\(\\*\\)/\\*", false },
	{ "proc:/self/status", "proc:/\\(\\*\\)/\\*", true },
	{ "pipe:[12345]", "pipe:[\\$]", true },
	{ "\\000foo", "\\000\\*", true },
	{ "/a/b", "\\*/\\*/\\*", false },
	{ "/tmp/foobar", "/tmp/\\*\\-foobar", false },
};

/* Each pattern with its string, where all patterns are blocks of one policy. */
static void check_patterns(void **state)
{
	static char policy[ARRAY_SIZE(patterns) * 64], words[128], number[16];
	static struct event event;
	struct outcome indexed, linear;
	struct engine engine;
	size_t i, used = 0;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(patterns); i++)
		used += snprintf(policy + used, sizeof(policy) - used,
				 "%zu acl read path=\"%s\"\n", 100 + i,
				 patterns[i].pattern);
	engine_load(&engine, policy);
	for (i = 0; i < ARRAY_SIZE(patterns); i++) {
		snprintf(words, sizeof(words), "path=%s", patterns[i].string);
		snprintf(number, sizeof(number), "%zu:", 100 + i);
		event_make(&event, "read", words);
		event_run(engine.ruleset, &event, false, HINTED, &indexed);
		event_run(engine.ruleset, &event, true, WHOLE, &linear);
		if (!!strstr(indexed.blocks, number) != patterns[i].match)
			fail_msg("%s against %s: %d", patterns[i].string,
				 patterns[i].pattern, !patterns[i].match);
		if (strcmp(indexed.blocks, linear.blocks))
			fail_msg("%s: indexed [%s], linear [%s]", patterns[i].string,
				 indexed.blocks, linear.blocks);
	}
	engine_unload(&engine);
}

/* The last component alone rules every block out: the name is never built. */
static void check_hint(void **state)
{
	struct engine engine;

	(void)state;
	engine_load(&engine,
		    "string_group G /usr/bin/passwd2\n"
		    "string_group G /opt/\\*/vipw\n"
		    "100 acl write path=\"/etc/shadow\"\n"
		    "    10 deny\n"
		    "200 acl write path=\"/srv/\\{\\*\\}/config\"\n"
		    "    10 deny\n"
		    "300 acl write path=\"/var/lib/\\*\\-x/secret\"\n"
		    "    10 deny\n"
		    "400 acl write path=@G\n"
		    "    10 deny\n");
	assert_false(engine_has_asked(&engine, "write", "path=/etc/passwd", HINTED, "path"));
	assert_false(engine_has_asked(&engine, "write", "path=/etc/shadow2", HINTED,
				      "path"));
	assert_false(engine_has_asked(&engine, "write", "path=shado", HINTED, "path"));
	assert_true(engine_has_asked(&engine, "write", "path=/tmp/shadow", HINTED, "path"));
	assert_true(engine_has_asked(&engine, "write", "path=/tmp/config", HINTED, "path"));
	assert_true(engine_has_asked(&engine, "write", "path=/tmp/vipw", HINTED, "path"));
	assert_true(engine_has_asked(&engine, "write", "path=/etc/passwd", STAGED, "path"));
	event_check(&engine, "write", "path=/tmp/shadow", "PERMIT", "", "-");
	event_check(&engine, "write", "path=/etc/shadow", "DENY", "100:denied", "-");
	event_check(&engine, "write", "path=/srv/a/b/config", "DENY", "200:denied", "-");
	event_check(&engine, "write", "path=/opt/x/vipw", "DENY", "400:denied", "-");
	engine_unload(&engine);
}

/* Cheap conditions come first: a name that cannot matter is not asked for. */
static void check_cheap_first(void **state)
{
	struct engine engine;

	(void)state;
	engine_load(&engine,
		    "100 acl write path=\"/etc/\\*\" task.uid=0\n"
		    "    10 deny\n");
	assert_false(engine_has_asked(&engine, "write", "path=/etc/x task.uid=1", STAGED,
				      "path"));
	assert_false(engine_has_asked(&engine, "read", "path=/etc/x", STAGED, "path"));
	assert_true(engine_has_asked(&engine, "write", "path=/etc/x", STAGED, "path"));
	event_check(&engine, "write", "path=/etc/x task.uid=1", "PERMIT", "", "-");
	event_check(&engine, "write", "path=/etc/x", "DENY", "100:denied", "-");
	engine_unload(&engine);
}

/* Nothing is asked for that no condition of the operation names. */
static void check_unasked(void **state)
{
	static struct event event;
	struct outcome outcome;
	struct engine engine;
	u32 slot;

	(void)state;
	engine_load(&engine,
		    "100 acl rename old_path=\"/a\" new_path.parent.uid=0\n"
		    "    10 allow task.uid=0\n"
		    "    20 deny task.gid=0\n"
		    "200 acl read path.ino=1\n");
	event_make(&event, "rename", "old_path=/a new_path=/b new_path.parent.uid=0 "
		   "task.uid=1 old_path.ino=1");
	event_run(engine.ruleset, &event, false, STAGED, &outcome);
	assert_int_equal(outcome.verdict, KL_DENY);
	for (slot = 0; slot < KL_SLOT_COUNT; slot++)
		assert_int_equal(kl_slot_test(outcome.asked, slot),
				 slot == KL_SLOT_OBJECT0 ||
				 slot == KL_SLOT_OBJECT1_PARENT_UID ||
				 slot == KL_SLOT_TASK_UID || slot == KL_SLOT_TASK_GID);
	engine_unload(&engine);
}

/* More blocks match than a request holds: every one is told, in order. */
static void check_drain(void **state)
{
	static const int counts[] = { 7, 8, 9, 15, 16, 17, 40 };
	static char policy[4096], expected[1024];
	static struct event event;
	struct outcome outcome;
	struct engine engine;
	size_t i, used, said;
	int block, linear;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(counts); i++) {
		for (block = 0, used = 0, said = 0; block < counts[i]; block++) {
			bool last = block == counts[i] - 1;

			used += snprintf(policy + used, sizeof(policy) - used,
					 "%d acl read path=\"/\\*\"\n    10 %s task.uid=1\n",
					 100 + block, last ? "deny" : "allow");
			said += snprintf(expected + said, sizeof(expected) - said,
					 "%s%d:%s", block ? ", " : "", 100 + block,
					 last ? "denied" : "allowed");
		}
		engine_load(&engine, policy);
		event_check(&engine, "read", "path=/x task.uid=1", "DENY", expected, "-");
		for (linear = 0; linear < 2; linear++) {
			event_make(&event, "read", "path=/x");
			event_run(engine.ruleset, &event, linear, STAGED, &outcome);
			assert_int_equal(outcome.verdict, KL_PERMIT);
			assert_true(outcome.drains >= (counts[i] - 1) / KL_MATCHES);
		}
		engine_unload(&engine);
	}
}

/* What was drained is not evaluated again, and a new need may follow it. */
static void check_need_after_drain(void **state)
{
	static char policy[4096];
	struct engine engine;
	size_t used = 0;
	int block;

	(void)state;
	for (block = 0; block < 10; block++)
		used += snprintf(policy + used, sizeof(policy) - used,
				 "%d acl read\n    10 allow\n", 100 + block);
	snprintf(policy + used, sizeof(policy) - used,
		 "200 acl read path.ino=5\n    10 deny path=\"/x\"\n"
		 "300 acl read\n    10 allow\n");
	engine_load(&engine, policy);
	event_check(&engine, "read", "path=/x path.ino=5", "DENY",
		    "100:allowed, 101:allowed, 102:allowed, 103:allowed, 104:allowed, "
		    "105:allowed, 106:allowed, 107:allowed, 108:allowed, 109:allowed, "
		    "200:denied", "-");
	event_check(&engine, "read", "path=/x path.ino=6", "PERMIT",
		    "100:allowed, 101:allowed, 102:allowed, 103:allowed, 104:allowed, "
		    "105:allowed, 106:allowed, 107:allowed, 108:allowed, 109:allowed, "
		    "300:allowed", "-");
	engine_unload(&engine);
}

/* The log says which over-long value mattered, and none that did not. */
static void check_overlong(void **state)
{
	static struct event event;
	struct outcome outcome;
	struct engine engine;
	int linear;

	(void)state;
	engine_load(&engine,
		    "100 acl read task.uid=1\n"
		    "    10 deny path=\"/a\"\n");
	for (linear = 0; linear < 2; linear++) {
		event_make(&event, "read", "?path task.uid=1");
		event_run(engine.ruleset, &event, linear, WHOLE, &outcome);
		assert_int_equal(outcome.verdict, KL_DENY);
		assert_true(kl_slot_test(outcome.overlong, KL_SLOT_OBJECT0));
		event_make(&event, "read", "?path task.uid=2");
		event_run(engine.ruleset, &event, linear, WHOLE, &outcome);
		assert_int_equal(outcome.verdict, KL_PERMIT);
		assert_false(kl_slot_test(outcome.overlong, KL_SLOT_OBJECT0));
	}
	engine_unload(&engine);
}

/* A string of 128 KiB is matched to its last byte. */
static void check_long(void **state)
{
	static char name[KL_STRING_MAX];
	static struct event event;
	struct kl_text text = { name, sizeof(name) };
	struct outcome outcome;
	struct engine engine;
	int linear;

	(void)state;
	engine_load(&engine, "100 acl environ value=\"a\\*z\"\n    10 deny\n");
	memset(name, 'a', sizeof(name));
	event_make(&event, "environ", "name=N value=x");
	event.full.value[KL_SLOT_VALUE].text = &text;
	for (linear = 0; linear < 2; linear++) {
		name[sizeof(name) - 1] = 'z';
		event_run(engine.ruleset, &event, linear, WHOLE, &outcome);
		assert_int_equal(outcome.verdict, KL_DENY);
		name[sizeof(name) - 1] = 'y';
		event_run(engine.ruleset, &event, linear, WHOLE, &outcome);
		assert_int_equal(outcome.verdict, KL_PERMIT);
	}
	engine_unload(&engine);
}

/* What hooks, the log and the tools ask a ruleset about. */
static void check_ruleset(void **state)
{
	const struct kl_compiled_block *block;
	struct engine engine;
	u32 first, rule;

	(void)state;
	engine_load(&engine,
		    "200 acl read path=\"/b\"\n"
		    "    audit 7\n"
		    "    label second\n"
		    "    20 deny\n"
		    "    10 allow task.uid=0 label=ok\n"
		    "100 acl read path.uid=path.gid\n");
	assert_true(kl_ruleset_has(engine.ruleset, KL_OP_READ));
	assert_false(kl_ruleset_has(engine.ruleset, KL_OP_WRITE));
	assert_true(kl_ruleset_uses(engine.ruleset, KL_OP_READ, KL_SLOT_OBJECT0));
	assert_true(kl_ruleset_uses(engine.ruleset, KL_OP_READ, KL_SLOT_TASK_UID));
	assert_true(kl_ruleset_uses(engine.ruleset, KL_OP_READ, KL_SLOT_OBJECT0_GID));
	assert_false(kl_ruleset_uses(engine.ruleset, KL_OP_READ, KL_SLOT_TASK_GID));
	assert_false(kl_ruleset_uses(engine.ruleset, KL_OP_WRITE, KL_SLOT_OBJECT0));
	assert_int_equal(kl_ruleset_blocks(engine.ruleset, KL_OP_READ, &first), 2);
	block = kl_ruleset_block(engine.ruleset, first + 1);
	assert_int_equal(block->priority, 200);
	assert_int_equal(block->audit, 7);
	assert_int_equal(block->op, KL_OP_READ);
	assert_int_equal(block->line, 1);
	assert_string_equal(block->label->text, "second");
	assert_int_equal(kl_ruleset_block(engine.ruleset, first)->line, 6);
	assert_int_equal(kl_ruleset_rules(engine.ruleset, first, &rule), 0);
	assert_int_equal(kl_ruleset_rules(engine.ruleset, first + 1, &rule), 2);
	assert_int_equal(kl_ruleset_rule(engine.ruleset, rule)->line, 5);
	assert_int_equal(kl_ruleset_rule(engine.ruleset, rule)->kind, KL_RULE_ALLOW);
	assert_string_equal(kl_ruleset_rule(engine.ruleset, rule)->label->text, "ok");
	assert_int_equal(kl_ruleset_rule(engine.ruleset, rule + 1)->line, 4);
	assert_int_equal(kl_ruleset_rule(engine.ruleset, rule + 1)->kind, KL_RULE_DENY);
	assert_true(kl_ruleset_memory(engine.ruleset) > 0);
	engine_unload(&engine);
}

/* A ruleset stays what it was while the policy changes. */
static void check_immutable(void **state)
{
	struct kl_ruleset *old;
	struct kl_undo *undo;
	struct kl_parser parser;
	struct kl_batch batch;
	struct kl_error error;
	struct engine engine;

	(void)state;
	engine_load(&engine, "string_group G /a\n100 acl read path=@G\n    10 deny\n");
	old = engine.ruleset;
	kl_batch_init(&batch);
	kl_parser_init(&parser, &engine.policy.strings);
	assert_int_equal(kl_parse_text(&parser, text_of("delete string_group G /a\n"
		"string_group G /b\ndelete 100 acl read path=@G\n"
		"100 acl read path=@G\n    10 deny\n"), &batch, &error), 0);
	assert_int_equal(kl_policy_apply(&engine.policy, &batch, &undo, &error), 0);
	kl_policy_settle(&engine.policy, undo);
	kl_batch_release(&batch);
	event_check(&engine, "read", "path=/a", "DENY", "100:denied", "-");
	event_check(&engine, "read", "path=/b", "PERMIT", "", "-");
	assert_int_equal(kl_compile(&engine.policy, &engine.ruleset, &error), 0);
	kl_ruleset_free(old);
	event_check(&engine, "read", "path=/a", "PERMIT", "", "-");
	event_check(&engine, "read", "path=/b", "DENY", "100:denied", "-");
	engine_unload(&engine);
}

/* An empty policy permits everything. */
static void check_empty(void **state)
{
	struct engine engine;
	int op;

	(void)state;
	engine_load(&engine, "");
	for (op = 0; op < KL_OP_COUNT; op++)
		event_check(&engine, kl_op_table[op].keyword, "", "PERMIT", "", "-");
	engine_unload(&engine);
}

static const struct CMUnitTest others[] = {
	cmocka_unit_test(check_patterns),
	cmocka_unit_test(check_hint),
	cmocka_unit_test(check_cheap_first),
	cmocka_unit_test(check_unasked),
	cmocka_unit_test(check_drain),
	cmocka_unit_test(check_need_after_drain),
	cmocka_unit_test(check_overlong),
	cmocka_unit_test(check_long),
	cmocka_unit_test(check_ruleset),
	cmocka_unit_test(check_immutable),
	cmocka_unit_test(check_empty),
};

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(cases) + ARRAY_SIZE(others)] = { 0 };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		tests[i].name = cases[i].name;
		tests[i].test_func = check_case;
		tests[i].initial_state = (void *)&cases[i];
	}
	memcpy(&tests[i], others, sizeof(others));
	return _cmocka_run_group_tests("conformance", tests, ARRAY_SIZE(tests), NULL, NULL);
}
