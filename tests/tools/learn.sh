#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Usage: learn.sh KELLASCTL
#
# Records to a policy: whose records, what is not learnt, how the rules are
# joined, that each widening is told, and that the policy is one that load takes
# and that permits what was seen. If one of these fails, a learnt policy locks a
# service out, or permits what nobody has seen.

set -uo pipefail
tool=$(realpath "$1")
. "$(dirname "$0")/cases.sh"
shown=40

# status_of STATUS ARGUMENT…: run the tool; is that its exit status?
status_of() {
	local want=$1

	shift
	"$tool" "$@" >out 2>err </dev/null
	[[ $? == "$want" ]]
}

has() { grep -qxF -e "$1" out; }
said() { grep -qF -e "$1" err; }
hasnt() { ! grep -qF -e "$1" out; }

# record OP WORDS…: of /usr/sbin/d unless exe= is set
record() {
	printf '#2026/11/22 05:00:00.000001# global-pid=9 result=%s priority=100%s / %s task.uid=%s task.exe="%s" task.domain="%s" task.history="/sbin/init(1;0.0)=>%s(%d;1.0)"\n' \
		"${result-allowed}" "${flags-}" "$*" "${uid-0}" "${exe-/usr/sbin/d}" "${domain-<kernel>}" \
		"${exe-/usr/sbin/d}" $RANDOM
}

for ((i = 0; i < 25; i++)); do
	record read "path=\"/srv/spool/$i.msg\""
	record getattr "path=\"/srv/spool/$i.msg\""
	record inet_stream_accept "ip=10.0.0.$i port=$((40000 + i))"
done >log
{
	record read 'path="/etc/d.conf"'
	record read 'path="/etc/d.conf"'
	record read 'path="/etc/a\040b"'
	record unlink 'path="/run/d.pid"'
	record mmap_exec 'path="/lib/libd.so.1.2"'
	record mmap_exec
	record ioctl 'path="/dev/a" cmd=0x5401'
	record ioctl 'path="/dev/a" cmd=0x5402'
	record ioctl 'path="/dev/b" cmd=0x5401'
	record ioctl 'path="/dev/b" cmd=0x5402'
	record ioctl 'path="/dev/c" cmd=0x5403'
	record signal 'sig=SIGHUP target.exe="/usr/sbin/d"'
	record signal 'sig=SIGTERM target.exe="/usr/sbin/d"'
	record setuid 'new_uid=33 new_euid=33'
	record setuid 'new_gid=34 new_egid=34'
	record set_time
	result=denied record read 'path="/etc/shadow"'
	result=denied flags=' enforced=no' record read 'path="/etc/once"'
	exe=/usr/bin/other record read 'path="/etc/other"'
	exe=/usr/bin/other record write 'path="/etc/other"'
	exe=/usr/bin/other uid=5 record execute 'path="/bin/sh"'
	flags=' overlong=path' record read
	echo '#2026/11/22 05:00:00.000002# seq=5-9 lost=5 rule=a:5'
	echo 'rubbish'
} >>log

grep 'task.exe="/usr/sbin/d"' log | grep -v 'overlong\|/etc/shadow\|set_time' >mine
count=$(wc -l <mine)

#### a policy of one subject

F='task.exe=/usr/sbin/d'
is 'learn' status_of 0 learn --for="$F" log
cp out policy
cp out first
is 'says so' said "$count requests learnt, all of them permitted by the policy"
is 'the policy is valid' status_of 0 check policy
is 'without a warning' hasnt warning
cp first out
is 'literal names with their counts' has '    10 allow path="/etc/d.conf" # 2 requests'
is 'in encoded form' has '    10 allow path="/etc/a\040b" # 1 request'
is 'names of two operations are one pattern, told why' has \
	'    # 25 requests of 25 names, e.g. /srv/spool/0.msg /srv/spool/9.msg; \$ stands for a number because of 25 different ones'
is 'which is a rule' has '    10 allow path="/srv/spool/\$.msg"'
is 'a library' has '    10 allow path="/lib/libd.so.\$.\$"'
is 'ports by chance, networks' has '    10 allow ip=10.0.0.0/24 port=32768-65535'
is 'told, too' grep -qF '10.0.0.0/24 stands for any address in it because of 25 different ones' out
is 'memory without a file is allowed' has '    30 allow # without path: 1 request'
is 'only that' has '    20 deny path!=NULL'
is 'pairs that were seen, joined' has '    10 allow path="/dev/c" cmd=0x5403 # 1 request'
is 'of two and two' [ "$(grep -c '10 allow path=@D_IOCTL cmd=@D_IOCTL_2 # 4 requests' out)" = 1 ]
is 'whose members were seen' [ "$(grep -c '^string_group D_IOCTL /dev/[ab] # 2 requests$' out)" = 2 ]
is 'signals by name' has '    10 allow target.exe="/usr/sbin/d" sig=SIGHUP # 1 request'
is 'what an attribute is missing from' has \
	'    10 allow new_gid=34 new_egid=34 # without new_uid, new_euid, which is not looked at: 1 request'
is 'blocks are permissive' [ "$(grep -c ' acl ' out)" = "$(grep -c '^    permissive$' out)" ]
is 'and end in deny' [ "$(grep -cx '    20 deny' out)" = 7 ]
is 'what was denied is not learnt' hasnt /etc/shadow
is 'but counted' has '# Requests that had been denied, not permitted here: 1'
is 'not enforced is not denied' has '    10 allow path="/etc/once" # 1 request'
is 'others' hasnt /etc/other
is 'counted' has '# Requests of others, not looked at: 3'
is 'their operations' has '# The log has these of others only; they stay permitted unless denied by --deny: execute write'
is 'overlong' has '# Requests with an attribute too long or unreadable, not permitted here: 1'
is 'lost' has '# Records lost, of which nothing is permitted: 5'
is 'unreadable' has '# Lines of the log that could not be read: 1'
is 'what has no attribute' has '# These have no block and stay permitted: set_time'
is 'the proof' has "# Proved by asking the policy again: all $count requests are permitted."

#### the same engine, asked by another way: explain over the records

sed 's/^    permissive$//' policy >enforced
is 'explain' status_of 0 explain -o json --assume-absent -p enforced - <mine
"$tool" explain -o json --assume-absent -p enforced - <mine >out 2>err
is 'permits them all' [ "$(grep -c '"verdict":"permit"' out)" = "$(wc -l <mine)" ]
is 'so does replay' status_of 0 replay --only=denied --only=undecided --assume-absent -p enforced mine
# verdict WORD REQUEST…
verdict() {
	[[ $("$tool" explain -o json --assume-absent -p enforced -- "${@:2}" task.exe=/usr/sbin/d) \
		== *"\"verdict\": \"$1\""* ]]
}
is 'another number is permitted' verdict permit read path=/srv/spool/26.msg
is 'another folder is not' verdict deny read path=/srv/spoot/1.msg
is 'another kind is not' verdict deny read path=/srv/spool/1.msx
is 'nor what another operation did' verdict deny unlink path=/etc/d.conf
is 'nor a pair that was not seen' verdict deny ioctl path=/dev/c cmd=0x5401
is 'nor another network' verdict deny inet_stream_accept ip=10.0.1.1 port=40000
is 'nor a port that is not given by chance' verdict deny inet_stream_accept ip=10.0.0.1 port=80
is 'nor memory of a file' verdict deny mmap_exec path=/tmp/x.so
is 'nor another signal' verdict deny signal sig=SIGKILL target.exe=/usr/sbin/d
is 'nor to be root' verdict deny setuid new_uid=0 new_euid=0

#### options

is 'enforce' status_of 0 learn --for="$F" --enforce log
is 'nothing is permissive' hasnt '    permissive'
is 'deny' status_of 0 learn --for="$F" --deny=execute --deny=read log
is 'a block for what was not seen' grep -qxF '100 acl execute task.exe="/usr/sbin/d"' out
is 'and it is not said to be permitted' has \
	'# The log has these of others only; they stay permitted unless denied by --deny: write'
is 'denied' status_of 0 learn --for="$F" --denied log
is 'learns what was' has '    10 allow path="/etc/shadow" # 1 request'
is 'generalise nothing' status_of 0 learn --for="$F" --generalise=none log
is 'names stay' has 'string_group D_READ_GETATTR /srv/spool/24.msg # 2 requests'
is 'not one wildcard' [ "$(grep -v '^#' out | grep -c '[\\][$*X?+]')" = 0 ]
is 'all is still permitted' said "$count requests learnt, all of them permitted"
is 'different' status_of 0 learn --for="$F" --different=26 log
is '25 are not 26' [ "$(grep -c '^string_group .*/srv/spool/[0-9]*.msg' out)" = 0 ]
is 'the folder is' has '    10 allow path="/srv/spool/\*.msg"'
is 'entries' status_of 0 learn --for="$F" --different=26 --directory-entries=26 log
is 'neither' has 'string_group D_READ_GETATTR /srv/spool/24.msg # 2 requests'
is 'all subjects' status_of 0 learn log
is 'two' grep -qF 'of 2 subjects told apart by task.exe' out
is 'each with its own' grep -qxF '100 acl read task.exe="/usr/bin/other"' out
is 'by domain' status_of 0 learn --group-by=domain --for="$F" log
is 'both conditions' has '100 acl read task.exe="/usr/sbin/d" task.domain="<kernel>"'
is 'by history' status_of 0 learn --group-by=history --for="$F" log
is 'without pids' has '100 acl read task.exe="/usr/sbin/d" task.history="/sbin/init=>/usr/sbin/d"'
is 'for a history' status_of 0 learn --for='task.history=/sbin/init=>\{\*\}' --for=task.uid=5 log
is 'execute' has '100 acl execute task.history="/sbin/init=>\{\*\}" task.uid=5 task.exe="/usr/bin/other"'
is 'by cgroup' status_of 1 learn --group-by=cgroup log
is 'is in no record' said 'only if the policy that logged it asks for'
is 'JSON' status_of 0 learn --for="$F" -o json log
is 'holds the same policy' cmp <(python3 -c '
import json, sys
d = json.load(open("out"))
assert d["requests"] == int(sys.argv[1]) == d["permitted"]
assert d["log"]["lost"] == 5 and d["elsewhere"] == ["execute", "write"], d
for l in d["policy"]:
    pad = "    " if l["line"].startswith(" ") else ""
    for c in l["above"]: print(f"{pad}# {c}")
    print(l["line"] + (" # " + l["beside"] if l["beside"] else ""))' "$count") \
	<(grep -v '^# ' first)
grep -v '^# ' first >out
is 'stdin' cmp <("$tool" learn --for="$F" - <log 2>err) first

#### what had been denied

for name in {a..v}; do record read "path=\"/srv/data/$name\""; done >open
{
	cat open
	result=denied record read 'path="/srv/data/secret"'
	result=denied record unlink 'path="/srv/data/secret"'
	result=denied record use_netlink_socket
	for ((i = 0; i < 25; i++)); do
		record rename "old_path=\"/srv/data/$i\" new_path=\"/srv/old/$i\""
		record inet_stream_connect "ip=10.0.0.$i port=443"
	done
	result=denied record rename 'old_path="/srv/data/99" new_path="/srv/old/99"'
	result=denied record rename 'old_path="/srv/data/99" new_path="/etc/99"'
	result=denied record inet_stream_connect 'ip=10.0.0.77 port=443'
	exe=/tmp/evil result=denied record read 'path="/srv/data/a"'
} >attack
is 'what had been denied' status_of 0 learn --enforce attack
is 'stands ahead of the wildcard that would permit it' \
	[ "$(grep -A2 '^100 acl read task.exe="/usr/sbin/d"' out | sed -n 3p)" = \
	'    5 deny path="/srv/data/secret" # had been denied: 1 request' ]
is 'by all its names' has '    5 deny old_path="/srv/data/99" new_path="/srv/old/99" # had been denied: 1 request'
is 'an address, too' has '    5 deny ip=10.0.0.77 port=443 # had been denied: 1 request'
is 'that is all' [ "$(grep -c '^    5 deny' out)" = 3 ]
is 'nothing of it is permitted' has '# Requests that had been denied, not permitted here: 6'
is 'nor said to be' hasnt 'REQUESTS THAT'
is 'nor is what was nothing but denied' grep -qxF '100 acl unlink task.exe="/usr/sbin/d"' out
is 'of whomever' grep -qxF '100 acl read task.exe="/tmp/evil"' out
is 'where that is possible' has '# These have no block and stay permitted: use_netlink_socket'
cp out attacked
is 'replay says the same' status_of 1 replay -o json --only=permitted -p attacked attack
is 'of which' python3 -c '
import json
d = json.load(open("out"))
assert [(c["operation"], c["count"]) for c in d["changes"]] == [("use_netlink_socket", 1)], d'
{
	cat attack
	record setuid 'new_uid=3'
	result=denied record setuid 'new_uid=3 new_gid=0'
} >left
is 'what no line can say' status_of 0 learn left
is 'is said' has '# REQUESTS THAT HAD BEEN DENIED, BUT ARE PERMITTED HERE by what is wider than what was seen: 1, such as setuid'
is 'twice' said '1 requests that had been denied are permitted, too'
is 'JSON' status_of 0 learn -o json left
is 'says it, too' python3 -c '
import json
d = json.load(open("out"))
assert (d["denied"], d["reopened"], d["reopened_example"]) == (6, 1, "setuid"), d'
is 'without wildcards' status_of 0 learn --generalise=none --directory-entries=30 attack
is 'nothing of it is permitted' has '# Requests that had been denied, not permitted here: 6'
is 'and nothing needs to stand ahead' hasnt '    5 deny'
is 'nor said to be' hasnt 'REQUESTS THAT'

#### what is wrong

is 'a condition that is not on the subject' status_of 2 learn --for=path=/x log
is 'is shown' said '--for: '
is 'a group' status_of 2 learn --for=task.exe=@G log
is 'a bad option' status_of 2 learn --generalise=much log
is 'zero' status_of 2 learn --different=0 log
is 'what cannot be denied' status_of 2 learn --deny=task_exit log
is 'no file' status_of 1 learn nowhere
is 'an empty log' status_of 1 learn /dev/null
is 'is said to be' said 'there is no request in the log'
is 'nobody there' status_of 1 learn --for=task.exe=/nobody log
is 'is told how many were' said 'of others'
head -c 20000 /dev/urandom >noise
is 'noise' status_of 1 learn noise
printf x >one
is 'one byte' status_of 1 learn one
is 'a full disk' [ "$("$tool" learn log 2>&1 >/dev/full | grep -c 'No space left')" = 1 ]

# What a wider pattern replaces may itself have replaced another.
for name in /usr/lib/a/libc.so.6 /usr/lib/p3 /usr/lib/p3/c/d.pyc /usr/lib/p3/c/s.pyc; do
	record read "path=\"$name\""
	record getattr "path=\"$name\""
done >nested
is 'patterns within patterns' status_of 0 learn --different=1 --directory-entries=1 nested
is 'with a few names each' status_of 0 learn --different=2 --directory-entries=2 nested
is 'a policy of wildcards' status_of 0 learn --different=1 --directory-entries=1 log

# Names with every byte, that begin like comments, or hold nothing.
for ((i = 1; i < 256; i++)); do
	c=$(printf '\\%03o' $i)
	((i > 32 && i < 127 && i != 92)) && c=$(printf "\\x$(printf %x $i)")
	record read "path=\"/b/$c/x\""
	record getattr "path=\"/b/$c/x\""
	record symlink "path=\"/s\" target=\"$c\""
done >bytes
{ record unix_stream_connect 'addr="\000abstract"'; record create 'path="#x"'
	record unlink 'path="#x"'; record mkdir 'path="#y"'; record rmdir 'path="#y"'; } >>bytes
is 'every byte' status_of 0 learn --generalise=none bytes
cp out policy
is 'is a policy' status_of 0 check policy
is 'generalised, too' status_of 0 learn --enforce bytes

echo "$passed passed, $failed failed"
((failed == 0 && passed > 0))
