#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Usage: tests/vm/run tests/tools/guest.sh
#
# kellasctl with the module: load, errors at their place, save, monitor, stat,
# unload; and what the module decided must be what explain says of its records,
# although explain is the same engine: the operations are made here, and which
# of them fail is known beforehand.

set -uo pipefail
. tests/tools/in-guest.sh
cd /tmp || exit

found() {
	grep -qE -e "$1" "$2"
}

cat >policy <<'EOF'
string_group FILES /tmp/secret\*
100 acl write path=@FILES
	audit 1
	label secrets
	10 deny task.uid=0 path.perm!=others_write
	20 allow
200 acl write path="/tmp/secret.open"
	audit 1
	10 allow path.uid=0
100 acl unlink path="/tmp/secret\*"
	audit 1
	10 deny
100 acl execute path="/usr/bin/env"
	audit 1
	10 deny envp["LD_\*"]!=NULL
	20 deny argv[1]="-"
	30 allow argc=1-9
EOF
printf '100 acl read\n10 allow\n1 acl inet_dgram_recv\n10 deny\n' >unsupported

is 'load without the module' status_of 4 load policy
insmod "$OLDPWD/build/$(uname -r)/kellas.ko" || exit
is 'load' status_of 0 load policy
is 'the module refuses a line' status_of 3 load policy unsupported
is 'at its place in the second file' found '^unsupported:4:4: inet_dgram_recv can only be' err
is 'with the line and a caret' found '^ +\^$' err
is 'check --kernel finds nothing that it lacks' status_of 0 check --kernel policy
is 'and warns of nothing' [ "$(grep -c warning out)" = 0 ]
"$tool" save | grep -v ^stat >before
is 'the refused policy changed nothing' [ "$(grep -c '^[0-9]* acl' before)" = 4 ]
is 'save to a file' status_of 0 save saved
is 'load what was saved' status_of 0 load saved
is 'it is the same policy' cmp before <("$tool" save | grep -v ^stat)
is 'load --confirm' status_of 0 load --confirm=60 policy
is 'nothing else meanwhile' status_of 1 load policy
is 'confirm' status_of 0 confirm
is 'only once' status_of 1 confirm
is 'and it is said why' found 'confirm' err
is 'revert of what is confirmed' status_of 1 revert
is 'and it is said why' found 'no commit waits' err
printf '100 acl unlink path="/tmp/other"\n\t10 deny\n' >other
is 'load --confirm of another' status_of 0 load --confirm=60 other
is 'revert' status_of 0 revert
is 'and says so' found '^reverted$' out
is 'the policy of before is back' cmp before <("$tool" save | grep -v ^stat)
is 'load --confirm for a second' status_of 0 load --confirm=1 other
sleep 2
is 'revert when its time is over' status_of 1 revert
is 'it has come back by itself' cmp before <("$tool" save | grep -v ^stat)
is 'load --add of nothing' status_of 0 load --add -

touch secret
chmod 600 secret
is 'root cannot write it' [ "$(bash -c ': >secret' 2>&1 | grep -c 'not permitted')" = 1 ]
rm -f secret 2>/dev/null
is 'nor can rm remove it' [ -e secret ]
(
	umask 0
	setpriv --reuid 1000 --clear-groups --regid 1000 touch /tmp/secret.open
)
is 'another user may' [ -e secret.open ]
is 'and root, if others may' bash -c ': >secret.open'
is 'env may be executed' /usr/bin/env true
is 'but not with this environment' \
	[ "$(LD_X=1 bash -c /usr/bin/env 2>&1 | grep -c 'not permitted')" = 1 ]
is 'nor with this argument' [ "$(/usr/bin/env - true 2>&1 | grep -c 'not permitted')" = 1 ]

timeout -s INT 2 "$tool" monitor --raw >log 2>err
# shellcheck disable=SC2094
timeout -s INT 2 "$tool" monitor -o json >json 2>err
is 'monitor read them all' [ "$(wc -l <log)" -ge 8 ]
is 'twice the same' [ "$(wc -l <log)" = "$(wc -l <json)" ]
is 'SIGINT ends it with counts' found '[0-9]+ records shown; .* 0 lost, 0 suppressed, 0 unreadable' err
is 'every record has a number' [ "$(grep -c 'seq=[0-9]' log)" = "$(wc -l <log)" ]
timeout -s INT 2 "$tool" monitor -- unlink task.exe='/usr/bin/rm' >out 2>err
is 'a filter' [ "$(wc -l <out)" = 1 ]
"$tool" explain -o json -p policy - <log >explained 2>err
is 'explain of the log' [ $? = 0 ]
is 'explain says what the module did, block by block' python3 -c '
import json
said = [json.loads(line) for line in open("explained")]
done = [json.loads(line) for line in open("json")]
assert len(said) == len(done) >= 8
results = set()
for s, d in zip(said, done):
    assert s["operation"] == d["operation"], (s, d)
    blocks = {b["priority"]: b["result"] for b in s["blocks"]}
    assert blocks[d["priority"]] == d["result"], (s, d)
    results.add((d["operation"], d["result"]))
assert {("write", "denied"), ("write", "allowed"), ("unlink", "denied"), ("execute", "denied"),
        ("execute", "allowed")} <= results, results'

is 'stat' status_of 0 stat --rules -o json
is 'its hits are the records' python3 -c '
import json
stat = json.load(open("out"))
done = [json.loads(line) for line in open("json")]
denied = sum(r["result"] == "denied" for r in done)
assert stat["requests"]["denied"] == denied > 0, stat["requests"]
assert stat["log"]["written"] == len(done), stat["log"]
blocks = [r for r in stat["rules"] if r["kind"] == "block"]
assert sum(b["hits"] for b in blocks) == len(done)
assert sum(b["denials"] for b in blocks) == denied
assert all((b["last"] == "never") == (b["hits"] == 0) for b in blocks)'
is 'stat as text' status_of 0 stat --rules --functions
is 'with functions' found 'security_file_open +family [a-z]+  state attached' out

timeout -s INT 3 "$tool" monitor --since=now -q >out 2>err &
sleep 1
rm -f secret 2>/dev/null
wait
is '--since=now shows what comes, and only that' [ "$(wc -l <out)" = 1 ]

is 'top finds a block and its rules by its label' \
	[ "$("$tool" top -b -n 1 -f secrets | grep -c 'label secrets$')" = 3 ]

# Differences from the running policy, and a patch that leads from one to the other.
is 'diff kernel: the running policy is what was loaded' status_of 0 diff kernel policy
sed -e 's/^200 acl write.*/300 acl write path="\/tmp\/secret.open"/' -e 's/argc=1-9/argc=1-8/' policy >changed
printf 'rule_group NEW\n\t10 allow task.uid=5\n100 acl chmod\n\taudit 0\n\t10 use NEW\n' >>changed
is 'another one differs' status_of 1 diff kernel changed
is 'a patch' status_of 1 diff --patch kernel changed
cp out patch
unlinked=$("$tool" stat --rules | grep 'acl unlink')
is 'it loads' status_of 0 load --add patch
is 'and leads from one to the other' status_of 0 diff kernel changed
is 'what is in both keeps its counters' \
	[ "$unlinked" = "$("$tool" stat --rules | grep 'acl unlink')" ]
"$tool" diff --patch changed policy >patch
is 'and back' status_of 0 load --add patch
is 'to the same' status_of 0 diff kernel policy

# What the linter takes for needed must be what programs ask for: each of these must be hit.
mkdir -p /var/log/kellas
rm -f /var/log/kellas/kellas.log
cp "$tool" /usr/sbin/kellasctl
cp "${tool%/kellasctl/kellasctl}/auditd/kellas-auditd" /usr/sbin/
python3 - "$OLDPWD/usr_sbin/common/lint_lockout.c" >needs <<'END'
import os, re, sys
source = open(sys.argv[1]).read()
names = dict(re.findall(r'#define (\w+)\s+"(/[^"]*)"', source))
plain = re.search(r'#define PLAIN\s+"(.*)"', source)[1]
usual = dict(word.split('=') for word in 'path.uid=0 path.type=file path.perm=0755 path.parent.uid=0'.split())
for exe, op, path, words in sorted(set(re.findall(r'\t\{ (\w+), "(read|write|append|create|execute|mmap_exec)", '
                                                  r'("[^"]*"|\w+),\s*(NULL|PLAIN|"[^"]*") \}', source))):
    path = names.get(path, path.strip('"'))
    there = path.replace('proc:', '/proc')
    if op not in ('create', 'append') and (not os.path.exists(there) or '/query' in there):
        continue
    words = words.replace('PLAIN', plain)
    given = {} if words == 'NULL' else dict(word.split('=') for word in words.strip('"').split())
    all_of = given if op == 'create' else {**usual, **given}
    if path == '/dev/tty1':
        os.chmod(path, 0o620)
    if path == '/dev/console':
        os.chmod(path, 0o600)
    if exe == 'CTL':
        all_of['task.exe'] = '"%s"' % names[exe]
    print('1 acl %s path="%s" task.uid=0 task.euid=0 task.fsuid=0 task.container=0 %s\n\taudit 0\n\t10 allow' %
          (op, path, ' '.join('='.join(word) for word in all_of.items())))
END
is 'what administration needs' [ "$(grep -c acl needs)" -ge 20 ]
is 'as a policy' status_of 0 load needs
umask 077
sed -n 's/^1 acl \([a-z_]*\) path="\([^"]*\)".*/\1 \2/p' needs | sort -u | while read -r op path; do
	path=${path/#proc:/\/proc}
	case $op in
	read) : <"$path" ;;
	write) : >"$path" ;;
	# As the daemon opens it.
	create) python3 -c 'import os, sys; os.open(sys.argv[1], os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)' "$path" ;;
	execute) timeout 5 "$path" --version </dev/null ;;
	esac
done >/dev/null 2>&1
/usr/sbin/kellasctl save >/dev/null
/usr/sbin/kellasctl load needs >/dev/null
timeout -s INT 1 /usr/sbin/kellasctl monitor -q
/usr/sbin/kellasctl stat --rules -o json >out
is 'is asked for like that: the table of lockouts is true' python3 -c '
import json
missed = [r["text"] for r in json.load(open("out"))["rules"] if r["kind"] == "block" and not r["hits"]]
assert not missed, missed'
# Later tests in this guest look for files that are for others.
rm -f /var/log/kellas/kellas.log /usr/sbin/kellasctl /usr/sbin/kellas-auditd
rmdir /var/log/kellas
umask 022
printf '1 acl write path="proc:/kellas/policy"\n\taudit 0\n\t10 deny task.uid=0\n' >locking
is 'check warns of a policy that locks out' bash -c "\"$tool\" check locking | grep -q 'warning.*kellasctl.*lockout'"
is 'it is loaded on trial' status_of 0 load --confirm=2 locking
is 'and locks out' status_of 1 load policy
sleep 3
is 'for as long as it was given' status_of 0 load policy

exec 7</proc/kellas/stat
is 'unload while somebody has a file open' status_of 1 unload
is 'names them' found "^pid $$ \(.*\) has /proc/kellas/stat open\$" out
is 'and nobody else' [ "$(wc -l <out)" = 1 ]
exec 7<&-
rm -f secret
is 'nothing is denied then' [ ! -e secret ]
is 'unload' status_of 0 unload
is 'it is gone' [ ! -e /proc/kellas ]
echo "$passed passed, $failed failed"
((failed == 0 && passed > 0))
