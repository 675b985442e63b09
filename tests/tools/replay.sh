#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Usage: replay.sh KELLASCTL
#
# kellasctl replay: requests put together from records, what would change, what
# cannot be told, exit statuses. The policies and the log are small enough that
# what must come out is known beforehand. If one of these fails, somebody
# enforces a policy that denies what they were told it permits.

set -uo pipefail
tool=$(realpath "$1")
here=$(cd "$(dirname "$0")" && pwd) || exit
. "$here/cases.sh"

# replay STATUS ARGUMENT…
replay() {
	local want=$1

	shift
	"$tool" replay "$@" >out 2>err </dev/null
	status=$?
	[[ $status == "$want" ]] || echo "status $status, not $want"
	[[ $status == "$want" ]]
}

# json EXPRESSION: about d, the result; c[KIND]: changes of that kind
json() {
	python3 - "$1" <<'END'
import collections, json, sys
d = json.load(open('out'))
c = collections.defaultdict(list)
for change in d['changes']:
    c[change['change']].append(change)
print(d)
sys.exit(not eval('(' + sys.argv[1] + ')'))
END
}

# What was found of each kind
counts() {
	python3 - "$*" <<'END'
import json, sys
d = json.load(open('out'))
got = ' '.join('%s=%d' % i for i in d['counts'].items() if i[1])
got = (got + ' undecided=%d' % d['undecided'] if d['undecided'] else got).strip()
print(got)
sys.exit(got != sys.argv[1])
END
}

cat >new <<'END'
100 acl read path="/etc/\*"
	audit 1
	10 deny path="/etc/shadow" task.uid!=0
	20 allow
200 acl read path="/etc/quiet"
	10 allow
END
printf '100 acl read\n\t10 nonsense\n' >bad
T='#2026/11/21 19:03:40'
head=
number=0

# record US PID RESULT PRIORITY WORDS…
record() {
	echo "$T.$(printf %06d "$1")# seq=$((++number)) global-pid=$2 result=$3 priority=$4${head:+ $head} / ${*:5}"
}
etc='read path="/etc/shadow" task.uid=1000 task.exe="/bin/cat"'

record 1 7 allowed 100 "$etc" >log
is 'permitted, would be denied' replay 1 -o json -p new log
is 'counted' counts denied=1
is 'with the rule, the program, the object and the place' json '
c["denied"][0]["after"]["line"] == 3 and c["denied"][0]["after"]["file"] == "new" and
c["denied"][0]["after"]["text"] == "10 deny path=\"/etc/shadow\" task.uid!=0" and
c["denied"][0]["before"] == {"result": "allowed", "priority": 100, "logged": True} and
c["denied"][0]["items"] == [{"count": 1, "object": "/etc/shadow", "program": "/bin/cat",
			     "example": {"file": "log", "line": 1}}]'
is 'as text' replay 1 -p new log
is 'says the same' grep -qF 'now denied at priority 100 by new:3: 10 deny path="/etc/shadow" task.uid!=0' out
is 'with its place' grep -qF '1  /etc/shadow  by /bin/cat  (log:1)' out
is 'it is no other change' replay 0 --only=permitted --only=unlogged -p new log
is 'nothing of which is listed' test "$(grep -c denied out)" = 0
is 'but it is this' replay 1 --only=denied -p new log

record 1 7 denied 100 "$etc" >log
is 'denied, still is' replay 0 -o json -p new log
head='enforced=no' record 1 7 denied 100 "$etc" >log
is 'a denial that was not enforced was none' replay 1 -o json -p new log
is 'it is one now' counts denied=1
is 'and is shown as what it was' json 'c["denied"][0]["before"]["enforced"] is False'
record 1 7 denied 100 'read path="/etc/passwd" task.uid=0' >log
is 'denied, would be permitted' replay 1 -o json -p new log
is 'is counted as that' counts permitted=1
is 'without a program' json 'c["permitted"][0]["items"][0]["program"] is None and
	c["permitted"][0]["before"]["result"] == "denied" and
	c["permitted"][0]["after"]["result"] == "allowed"'
record 1 7 unmatched 100 'read path="/etc/passwd" task.uid=0' >log
is 'another result of the block' replay 1 -o json -p new log
is 'is counted as that' counts result=1
record 1 7 allowed 100 'read path="/usr/passwd" task.uid=0' >log
is 'no block matches any more' replay 1 -o json -p new log
is 'so no record is made' counts unlogged=1
is 'nor says it which' json 'c["unlogged"][0]["after"] is None'
record 1 7 allowed 200 'read path="/etc/quiet" task.uid=0' >log
is 'a block that logs nothing' replay 1 -o json -p new log
is 'takes its record away' counts unlogged=1
record 1 7 allowed 150 'read path="/etc/x" task.uid=0' >log
is 'the same block with another priority' replay 1 -o json -p new log
is 'is not much' counts priority=1
{ record 1 7 allowed 100 "$etc"; record 1 7 unmatched 300 "$etc"; } >log
is 'two records of one request are one request' replay 1 -o json -p new log
is 'and one change, the greatest' counts denied=1
is 'of two records' json 'd["requests"] == 1 and d["records"] == 2'
{ record 1 7 allowed 50 "$etc"; record 1 8 allowed 50 "$etc"; record 1 7 denied 100 "$etc"
  record 1 8 denied 100 "$etc"; } >log
is 'records of two requests, mixed' replay 1 -o json -p new log
is 'are two, of which one record goes' json 'd["requests"] == 2 and d["counts"]["unlogged"] == 2'
{ record 1 7 denied 100 "$etc"; record 1 7 denied 100 "$etc"; } >log
is 'behind a denial there are no more blocks' replay 0 -o json -p new log
is 'so it is another request' json 'd["requests"] == 2'
{ record 1 7 allowed 100 "$etc"; record 2 7 allowed 200 "$etc"
  record 2 7 allowed 200 "$etc task.gid=0"; record 2 7 allowed 100 "$etc task.gid=0"; } >log
is 'other times, other words, lower priorities' replay 1 -o json -p new log
is 'are other requests' json 'd["requests"] == 4'
{ echo "$T# global-pid=7 result=denied priority=100 / $etc"; } >log
sed p log | sed 's/denied/allowed/' >twice
is 'the same twice in a second, as CaitSith records it' replay 1 -o json -p new twice
is 'happened twice' json 'd["requests"] == 2 and c["denied"][0]["count"] == 2'
for i in 1 2 3; do record $i 7 allowed 100 "$etc"; done >log
for i in 4 5 6 7; do record $i 7 allowed 100 'read path="/etc/shadow" task.uid=5 task.exe="/bin/a\040b"'; done >>log
for i in 8 9; do record $i 7 allowed 100 'read path="/etc/shadow" task.uid=5'; done >>log
is 'items' replay 1 -o json -p new log
is 'the most frequent first, with the first example' json '[(i["count"], i["program"], i["example"]["line"])
	for i in c["denied"][0]["items"]] == [(4, "/bin/a\\040b", 4), (3, "/bin/cat", 1), (2, None, 8)]'
is 'a limit' replay 1 -o json -l 1 -p new log
is 'says how many are not listed' json 'c["denied"][0]["not_listed"] == 5 and
	len(c["denied"][0]["items"]) == 1'

#### what cannot be told

cat >open <<'END'
100 acl read path="/etc/\*"
	audit 1
	10 deny task.comm="vi" path="/etc/a"
	15 allow task.comm="vi" path="/etc/b"
	20 allow
100 acl execute
	audit 1
	10 deny argv[1]="-x"
	20 allow
100 acl unlink
	10 deny
END
record 1 7 allowed 100 'read path="/etc/a"' >log
is 'undecided' replay 5 -o json -p open log
is 'is counted' counts undecided=1
is 'by attribute, with the block that asks and the place' json 'd["undecided_for"] == [{"count": 1,
	"operation": "read", "attribute": "task.comm", "verdict": True, "block": {"file": "open", "line": 1,
	"text": "100 acl read path=\"/etc/\\*\""}, "example": {"file": "log", "line": 1}}]'
is 'operations of which nothing is known' json '[o["operation"] for o in d["not_in_log"]] == ["execute", "unlink"]'
is 'as text' replay 5 -p open log
is 'the attribute' grep -qF 'read: no task.comm, which open:1: 100 acl read path="/etc/\*" asks for  (log:1)' out
is 'the operations' grep -qx ' *unlink' out
is 'not listed, not in the status' replay 0 --only=denied -p open log
is 'unless no value is assumed' replay 0 -o json --assume-absent -p open log
record 1 7 allowed 100 'read path="/etc/b"' >log
is 'whatever it is, the verdict is the same' replay 0 -o json -p open log
is 'and so is the result of the block' json 'd["undecided_blocks"] == 0 and not d["undecided_for"]'
record 1 7 allowed 100 'read path="/etc/c"' >log
is 'where it does not matter all is decided' replay 0 -o json -p open log
record 1 7 allowed 100 'execute argc=3 envc=0 argv[0]="a"' >log
is 'arguments that the record leaves out' replay 5 -o json -p open log
is 'are said to be missing' json 'd["undecided_for"][0]["attribute"] == "argv"'
record 1 7 allowed 100 'execute argc=2 envc=0 argv[0]="a" argv[1]="b"' >log
is 'all there' replay 0 -p open log
sed 's/^\(\t10 deny\) argv/\t5 deny task.comm="x"\n\1 argv/' open >holes
record 1 7 allowed 100 'execute argc=2 envc=0 argv[0]="a"' >log
is 'arguments are left out, other things have no value' replay 5 -o json --assume-absent -p holes log
is 'so it is the arguments' json '[o["attribute"] for o in d["undecided_for"]] == ["argv"]'
head='overlong=path' record 1 7 allowed 100 'read task.uid=5' >log
is 'what was too long for the kernel is too long here' replay 1 -o json -p new log
is 'and denied where it asks' counts denied=1
cat >mixed <<'END'
100 acl read
	audit 1
	10 allow task.comm="vi"
END
record 1 7 allowed 100 'read path="/etc/b"' >log
is 'the same verdict, a result that is not known' replay 5 -o json -p mixed log
is 'is told apart' json 'd["undecided_blocks"] == 1 and d["undecided_for"][0]["verdict"] is False'

#### two policies

cat >old <<'END'
100 acl read path="/etc/\*"
	audit 1
	20 allow
200 acl read path="/etc/quiet"
	10 allow
100 acl execute
	10 allow transition="a"
END
sed 's/"a"/"b"/; s/^\(200.*\)/\1\n\taudit 2/' old >next
{ record 1 7 allowed 100 "$etc"; record 2 7 allowed 100 'read path="/etc/quiet"'
  record 3 7 allowed 100 'execute path="/bin/sh" exec="/bin/sh"'; } >log
is 'against itself nothing changes' replay 0 -o json -p old --old old log
is 'and nothing contradicts' json 'd["contradicted"]["count"] == 0'
is 'against another' replay 1 -o json -p next --old old log
is 'a domain, and a record more' counts transition=1 logged=1
is 'another order' replay 1 -o json -p old --old next log
is 'a domain, and a record less' counts transition=1 unlogged=1
record 1 7 denied 100 "$etc" >log
is 'a log that the old policy did not make' replay 0 -o json -p old --old old log
is 'is told' json 'd["contradicted"] == {"count": 1, "example": {"file": "log", "line": 1}}'
record 1 7 allowed 100 'execute path="/bin/sh" exec="/bin/sh"' >shell
printf '100 acl execute\n\t10 allow task.comm="x" transition="a"\n\t20 allow transition="b"\n' >maybe
sed 's/"b"/"c"/' maybe >maybe2
is 'a domain that nobody knows' replay 5 -o json -p maybe2 --old maybe shell
is 'is not the same' json 'd["undecided_for"][0]["attribute"] == "task.comm" and
	d["undecided_for"][0]["verdict"] is False and d["undecided_blocks"] == 1'
printf '100 acl execute\n\t10 deny\n\tpermissive\n' >lenient
is 'another domain and another result' replay 1 -o json -p lenient --old next shell
is 'is first of all another result' counts result=1
is 'an old policy that is invalid' replay 3 -p old --old bad log
printf '100 acl write\n\t10 deny\n' >further
is 'an operation of the new one alone' replay 0 -o json -p old -p further --old old log
is 'is told' json '{"operation": "write", "old_policy_has_blocks": False} in d["not_in_log"] and
	{"operation": "execute", "old_policy_has_blocks": True} in d["not_in_log"]'

#### special operations, losses, quotas

cat >domains <<'END'
100 acl manual_domain_transition
	audit 1
	10 allow domain="a"
100 acl auto_domain_transition
	audit 1
	10 deny task.uid=0
	20 allow
END
{ record 1 7 unmatched 100 'manual_domain_transition domain="b"'
  record 2 7 allowed 100 'manual_domain_transition domain="a"'
  record 3 7 denied 100 'auto_domain_transition task.uid=0'; } >log
is 'domains entered by hand need to be allowed' replay 0 -o json -p domains log
sed 's/unmatched/allowed/' log >other
is 'or they are denied' replay 1 -o json -p domains other
is 'as counted' counts denied=1
{ cat new; echo 'quota audit[1] denied=10'; } >quota
record 1 7 allowed 100 'read path="/etc/x" task.uid=0' >log
is 'a quota that admits none' replay 1 -o json -p quota log
is 'makes no record' counts unlogged=1
{ echo "$T.000001# seq=7-18 lost=12 rule=web:9 other=3"; echo rubbish; cat log; } >holes
is 'what is missing is said' replay 0 -p new holes
is 'lost' grep -qF 'missing: 12 records were lost, the log says' out
is 'and unreadable, at its place' grep -qF 'holes:2:1: not a record' err
zstd -q log && head -c 20 log.zst >cut.zst
is 'a log that is cut off, without a change' replay 2 -p new cut.zst
is 'with one' replay 1 -p quota log cut.zst

#### the bar

for ((i = 0; i < 200; i++)); do record $i 7 allowed 100 "$etc"; done >part
mkfifo pipe
{ cat part; sleep .5; cat part; sleep 3; } >pipe &
TERM=xterm script -qec "timeout --foreground -s INT 2 $tool replay -p new pipe" typescript \
	</dev/null >/dev/null
is 'is shown on a terminal' grep -qF 'replay: 0 MiB' typescript
is 'and gone when it is interrupted' python3 -c '
assert b"MiB \x1b[K\r\x1b[K" in open("typescript", "rb").read()'

#### usage

is 'no policy' replay 2 log
is 'no log' replay 2 -p new missing
is 'a policy that is not there' replay 2 -p missing log
is 'invalid' replay 3 -p bad log
is 'with its place' grep -q '^bad:2:5:' err
echo x >rubbish
is 'a log without a single record' replay 2 -p new rubbish
is 'an empty log' replay 0 -o json -p new /dev/null
is 'nothing in it' json 'd["requests"] == 0 and len(d["not_in_log"]) == 1'
is 'what is no kind' replay 2 --only=nothing -p new log
is 'a full disk' bash -c '! "$0" replay -p new log >/dev/full' "$tool"
[ -e "$here/logs/replay.log" ] && {
	is 'a real log against the policy that made it' replay 0 -p "$here/logs/replay.old" "$here/logs/replay.log"
	is 'and another' replay 1 -o json -p "$here/logs/replay.new" "$here/logs/replay.log"
	is 'denies what was denied' json '{(i["object"], x["operation"]): i["count"] for x in c["denied"] for i in x["items"]} ==
		{("/tmp/data/secret", "read"): 3, ("/tmp/data/secret2", "read"): 1, ("/tmp/data/yours", "unlink"): 1,
		 ("/usr/bin/env", "execute"): 1, ("127.0.0.1 port 3", "inet_stream_connect"): 1} and
		len(c["denied"]) == 6'
}

echo "$passed passed, $failed failed"
((failed == 0 && passed > 90))
