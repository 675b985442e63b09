#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Usage: tests/vm/run tests/auditd/guest.sh
#
# kellas-auditd with the module, and a policy that records every operation there is: every record is in
# the file once, or is accounted for; across SIGKILL, and a module that is loaded anew. What was done is
# known from the processes that did it.

set -uo pipefail
[[ ${KELLAS_VM-} ]] || { echo 'only in a guest: tests/vm/run tests/auditd/guest.sh' >&2; exit 2; }
. tests/vm/cases.sh
top=$PWD tool=$PWD/build/tools/kellasctl/kellasctl auditd=$PWD/build/tools/auditd/kellas-auditd
mkdir -p /tmp/auditd && cd /tmp/auditd || exit
export KELLAS_AUDITD_STAT=$PWD/stat
daemon=

# For is(): what helps to understand a failure.
show() {
	tail -n 5 said stat
}

# within SECONDS COMMAND…: it succeeds before they are over. Few processes: each makes records.
within() {
	local end=$((SECONDS + $1))

	shift
	until "$@" 2>/dev/null; do
		((SECONDS < end)) || return
		read -rt 0.1 <>pause
	done
	return 0
}

# key FILE SUBJECT KEY: a counter, into $value; without a process.
key() {
	local line

	[[ $1 != stat ]] || { kill -USR2 $daemon; read -rt 0.2 <>pause; }
	while read -r line; do
		[[ $line == "$2 "* && $line =~ \ $3=([^ ]*) ]] && value=${BASH_REMATCH[1]} && return
	done <"$1"
}

start() {
	"$auditd" -c conf 2>>said & daemon=$!
}

# Everything that was written up to now is acknowledged.
caught_up() {
	local next

	key /proc/kellas/stat log next && next=$value
	key stat 'input kernel' acknowledged && ((value + 1 >= next))
}

# check_log FILE PROGRAMS: numbers run from 1 on without a gap, nothing is lost, and /bin/true was run that often.
check_log() {
	python3 - "$@" <<'PY'
import re, sys
expected, programs = 1, 0
for line in open(sys.argv[1], "rb"):
    match = re.match(rb"#[^#]*# seq=(\d+) (lost=)?", line)
    if not match:
        continue
    if int(match[1]) != expected or match[2]:
        sys.exit(f"expected {expected}, found {line[:100]}")
    expected += 1
    programs += b' / execute exec="/usr/bin/true" ' in line
print(f"{expected - 1} records, {programs} programs")
if programs != int(sys.argv[2]):
    sys.exit(f"expected {sys.argv[2]}")
PY
}

mkfifo pause
mkdir log
chown nobody log .
cat >conf <<CONF
daemon
    user nobody
    position $PWD/log/position
    stat $PWD/stat
input kernel
sink file main
    path $PWD/log/main.log
    fsync always
route all
    to main
CONF
start
is 'without a module it waits' within 20 grep -q 'not loaded; waiting' said
insmod "$top/build/$(uname -r)/kellas.ko" || exit
{
	echo 'quota memory audit 67108864'
	# shellcheck disable=SC2013
	for op in $(sed -n 's/^operations[ =]*//p' /proc/kellas/version); do
		printf '100 acl %s\n    audit 1\n' "$op"
	done
	printf '50 acl write path="/tmp/auditd/precious"\n    audit 1 wait=2000\n    10 allow\n'
} >policy
is 'a policy that records everything' "$tool" load -q policy
is 'the daemon finds the module' within 5 grep -q 'reading /proc/kellas/audit' said
is 'its only right is CAP_MAC_ADMIN' grep -q '^CapPrm:.0*200000000$' "/proc/$daemon/status"
is 'and it is nobody' grep -q "^Uid:.$(id -u nobody).$(id -u nobody)" "/proc/$daemon/status"

for _ in {1..20}; do /bin/true; done
before=${EPOCHREALTIME/./}
echo x >precious
took=$((${EPOCHREALTIME/./} - before))
is "a write that waits for the disk goes on ($took us)" [ $took -lt 1900000 ]
is 'acknowledged in time' grep -q ' waited=[1-9][0-9]* unacknowledged=0$' /proc/kellas/stat

read -rt 1 <>pause
key stat 'input kernel' records
before=$value
read -rt 3 <>pause
key stat 'input kernel' records
# This script and the kernel's own threads make some; a daemon that records itself makes thousands.
is "it does not record itself: $((value - before)) records in 3 s" [ $((value - before)) -lt 100 ]

# At any moment, with more to come while it is away.
for _ in 1 2 3; do
	(for _ in {1..10}; do /bin/true; done) & busy=$!
	read -rt 0.2 <>pause
	kill -KILL $daemon
	wait $daemon 2>/dev/null
	start
	wait $busy
done
# What asks it for its counters would end it before it listens.
is 'it is there again' within 20 grep -q "^daemon pid=$daemon " stat
is 'after SIGKILL all is acknowledged' within 10 caught_up
is 'every number is there once, every program was run once' check_log log/main.log 50

is 'kellasctl stat knows' grep -q '^  main .*state up .*dropped 0 ' <("$tool" stat)
kill -TERM $daemon
wait $daemon
is 'SIGTERM ends it in order' [ $? = 0 ]
echo "$passed passed, $failed failed"
[[ $failed == 0 ]]
