#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Usage: tests/vm/run tests/editpolicy/guest-log.sh
#
# The log and the decisions of kellas-editpolicy with the module, in a real terminal (tmux): records as
# they come, of which nobody else misses one; a record becomes a rule that denies what it says; what
# waits is answered, and whether it happened is asked of the files, not of the editor.

set -uo pipefail
. tests/editpolicy/in-terminal.sh
mkdir -p /tmp/log/q
cd /tmp/log || exit
export LC_ALL=C.UTF-8 HOME=/tmp

found() { grep -qE -e "$1" "$2"; }
observers() { [[ $(sed -n 's/.*observers=\([0-9]*\) .*/\1/p' /proc/kellas/stat) == "$1" ]]; }
ended() { ! kill -0 "$1" 2>/dev/null; }
gone() { [[ ! -e $1 ]]; }
reads() { cat kept >/dev/null 2>&1; }
is_denied() { ! reads; }
# Whoever waits holds the folder's lock: nothing else may be done in it. It is a process of its own.
start_rm() {
	[[ -e q/file ]] || : >q/file
	rm -f q/file 2>rm.err &
	rm_pid=$!
}
rm_ends() {
	local status=0

	soon ended "$rm_pid"
	wait "$rm_pid" || status=$?
	[[ $status == "$1" ]]
}

cat >policy <<'END'
100 acl read path="/tmp/log/kept"
    audit 1
    50 allow task.uid=0
100 acl unlink path="/tmp/log/q/\*"
    audit 1
    10 deny task.uid=0
END
echo x >kept
"$tool" load -q policy || exit
"$tool" monitor --raw -q >seen 2>/dev/null &
follower=$!

open policy
keys 2
is 'nothing yet' until_shows 'daemon=source-up'
reads
is 'a record, as it comes' until_shows 'allowed read .*/cat +/tmp/log/kept'
is 'with its history' shows '\(1\) > .*/cat\([0-9]+\)'
keys F9
is 'its process, as the log tells it' until_shows 'from the log, 1 record '
is 'below what executed it' shows '[─└├]/usr/bin/cat +[0-9]+ 0 +1 '
reads
is 'others as they come' until_shows 'from the log, 2 records'
keys F2
is 'and those that run' until_shows '[0-9]+ running processes'
is 'with their control groups' shows 'control group: /'
keys F2
until_shows 'from the log'
keys F9
is 'from a process to its records' until_shows 'only /usr/bin/cat'
keys Escape
is 'and to all' until_shows 'daemon=source-up'
lines() { screen >picture; [[ $(grep -c 'allowed read ' picture) == "$1" ]]; }
is 'another one' soon lines 2
keys p
reads
is 'none while it pauses' until_shows 'paused, 1 new'
is 'none indeed' lines 2
keys p
is 'and all of them behind it' soon lines 3
keys F4 'denied' Enter
is 'a filter' soon lines 0
keys F4 C-u 'read task.uid=0' Enter
is 'another filter' soon lines 3
keys F4 C-u Enter
numbers() { grep -c ' / read path="/tmp/log/kept"' seen; }
is 'a second reader has them all' [ "$(numbers)" = 3 ]
is 'and misses none' [ "$(grep -c 'lost=' seen)" = 0 ]

keys Enter
is 'why it was permitted' until_shows 'allowed, by'
is 'the rule' shows '50 allow task.uid=0 +\(line 3\)'
keys Enter
is 'the rule in the policy' until_shows '── line 3 '
keys 2
until_shows OBJECT
keys r
is 'a rule of the record' until_shows '25 deny task.exe="/(usr/)?bin/cat"'
is 'what its head asks for is left to it' shows '\[ \] path="/tmp/log/kept"'
is 'what it does' shows 'This request is then denied'
is 'which others it matches' shows 'Besides it matches 2 of 2 other records of read'
keys Enter
is 'it is in the policy' until_shows '25 deny task.exe='
is 'before what decided' shows 'before "50 allow task.uid=0"'
keys F2
until_shows 'What differs'
keys F2
is 'saved' soon found '25 deny' policy
is 'not loaded yet' reads
"$tool" load -q policy
is 'loaded: it denies what the record says' is_denied
is 'and nothing else' head -c 1 kept >out
keys 2
is 'the denial is there' until_shows 'DENIED +read .*/tmp/log/kept'
keys 1 / '25 deny' Enter
is 'the rule has it as a sample, and those it would have denied' \
	until_shows '5 of 6 in the log; 4 recorded otherwise'
is 'the newest one' until_shows '^ +[0-9]+:[0-9:]+ +DENIED +/(usr/)?bin/cat +/tmp/log/kept'
keys / '50 allow' Enter
is 'the one that was permitted is of the other rule' \
	until_shows '1 of 6 in the log: [0-9:]+ allowed +/(usr/)?bin/head +/tmp/log/kept'
keys / '25 deny' Enter
is 'another one' is_denied
is 'is counted as it comes' until_shows '6 of 7 in the log; 4 recorded otherwise'
keys r
is 'all of them' until_shows 'was allowed +/(usr/)?bin/cat +/tmp/log/kept'
is 'the newest in full' shows 'denied by block 100'
keys Enter
is 'why' until_shows 'DENIED, by'
keys q
until_shows 'recorded otherwise'
keys q

# Which policy is running has changed beside the editor; it shall not have.
keys F10
is 'nothing is left to be saved' until_shows 'status 0'
t kill-server
open policy

is 'nobody answers yet' observers 0
start_rm
is 'so it is denied at once' rm_ends 1
keys 3
is 'turning to it: somebody answers' soon observers 1
is 'which it says' until_shows 'waits up to 10 s'
start_rm
is 'a query' until_shows '1x unlink .*/tmp/log/q/file'
keys 1
is 'the other views say so' until_shows '3decisions 1 waiting'
keys 3
until_shows '1x unlink'
keys y
is 'permitted' rm_ends 0
is 'it is gone' gone q/file
start_rm
until_shows '1x unlink'
keys n
is 'denied' rm_ends 1
is 'it is there' [ -e q/file ]
start_rm
until_shows '1x unlink'
is 'the seconds go down' until_shows ' [1-7] s +1x unlink'
keys Down
is 'any key gives more' until_shows ' (9|10) s +1x unlink'
is 'it still waits' kill -0 "$rm_pid"
keys a
is 'a rule for it' until_shows '5 allow task.exe="/(usr/)?bin/rm"|5 allow path='
keys Enter
is 'it is retried' rm_ends 0
is 'by the rule in the kernel' found '^    5 allow .*rm"' /proc/kellas/policy
is 'and in the document' until_shows 'and line [0-9]+ here'
keys 1 F2
is 'the editor knows what it did itself' until_shows 'What differs from the running policy|What differs from the file'
sleep 1.5
is 'nobody else was it' shows_not 'SOMEBODY ELSE'
keys F10 3
start_rm
is 'nobody is asked any more' rm_ends 0
"$tool" load -q policy
start_rm
until_shows '1x unlink'
keys F7
is 'nobody answers any more: denied' rm_ends 1
is 'it is said' until_shows 'denied at once. F7'
is 'indeed nobody' observers 0
keys F10
until_shows 'Discard'
keys d
until_shows 'status 0'
t kill-server

open --readonly policy
keys 3
is 'read only decides nothing' until_shows 'read only: nothing is decided'
is 'and lets nobody wait' observers 0
t kill-server
open --decide policy
is '--decide' soon observers 1
t kill-server
is 'a terminal that goes takes its answers along' soon observers 0

kill -INT $follower
wait
"$tool" unload -q
rm -rf /tmp/log
echo "$(uname -r): $passed passed, $failed failed"
((failed == 0 && passed > 0))
