#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Usage: tests/vm/run tests/editpolicy/guest.sh
#
# kellas-editpolicy --live with the module, in a real terminal (tmux): what is typed changes nothing
# until it is applied; then a process meets it. Whether it does is known beforehand: tee(1) writes to
# a file that the rule is about. It ends with the policy locked: nothing can be loaded behind it.

set -uo pipefail
. tests/editpolicy/in-terminal.sh
mkdir -p /tmp/live
cd /tmp/live || exit
export LC_ALL=C.UTF-8 HOME=/tmp/live

running() { "$tool" save | grep -v ^stat >now; grep -qE -e "$1" now; }
runs_not() { ! running "$1"; }
writes() { echo x | tee scratch >/dev/null 2>&1; }
is_denied() { ! writes; }

cat >policy <<'END'
100 acl write path="/tmp/live/scratch"
	audit 1
	50 allow task.uid=0
100 acl read path="/tmp/live/nothing"
	audit 1
	10 allow
END
"$tool" load -q policy || exit
"$tool" monitor --raw -q >log 2>/dev/null &
follower=$!
is 'at first it is permitted' writes
is 'and recorded' soon grep -q 'result=allowed.*scratch' log

open --live --log=log
is 'the title says what is edited' shows '^ running policy'
is 'and the hits are beside the line' until_shows ' 1 .*50 allow'
writes
is 'which rise while nothing is typed' until_shows ' 2 .*50 allow'
keys t
is 'and in the tree of those that the policy asks for' until_shows 'any process \(2\) +2'
keys t g Tab '/' '50 allow' Enter
keys a BSpace BSpace BSpace '7 deny task.exe="/usr/bin/tee"' Enter
is 'a line is added' until_shows 'new .*7 deny'
is 'the text has changed' shows '\[changed\]'
is 'the policy has not' runs_not '7 deny'
is 'a process does not notice' writes

keys F2
is 'the changes before they take effect' until_shows '^ \+ +7 deny'
is 'with what would have been otherwise' until_shows 'would be denied: [0-9]+ times write, by 7 deny'
keys F6 Enter y
is 'it asks' until_shows 'for 60 seconds, 1 difference\? y/n'
sleep 1.2
is 'keys typed before that are no answer' shows 'y/n'
is 'nothing happened' runs_not '7 deny'
keys y
is 'on trial' until_shows 'ON TRIAL, taken back in [0-9]+ seconds'
is 'it is the running policy' running '7 deny'
is 'denied' is_denied
left=$(sed -n 's/.*taken back in \([0-9]*\) sec.*/\1/p' picture)
fewer() { screen >picture; (($(sed -n 's/.*taken back in \([0-9]*\) sec.*/\1/p' picture) < left)); }
is 'the seconds go down' soon fewer
keys F5
is 'nothing else meanwhile' until_shows 'on trial: F9 keeps it'
keys F8
is 'taken back' until_shows 'taken back: the running policy is the one before'
is 'permitted again' writes
is 'it is still on the screen, not applied' shows '^ \+ +7 deny'

keys F5
until_shows y/n
keys y
is 'applied' until_shows 'applied: it is the running policy now'
is 'denied again' is_denied
is 'nothing is changed any more' shows_not '\[changed\]'
keys F10
is 'hits of the new line' until_shows ' 1 .*7 deny'
writes
is 'rise on the screen' until_shows ' 2 .*7 deny'

keys u F2
is 'undone on the screen' until_shows '^ - +7 deny'
is 'not yet in the kernel' is_denied
keys F5
until_shows y/n
keys y
until_shows 'applied: it is'
is 'applied: permitted' writes
is 'and no longer there' runs_not '7 deny'

keys F10
keys C-r F2
until_shows '^ \+ +7 deny'
keys F6 BSpace BSpace 2 Enter
until_shows 'for 2 seconds'
keys y
until_shows 'ON TRIAL'
is 'on trial for two seconds' is_denied
is 'the end of which is said' until_shows 'it was not confirmed'
is 'and it is permitted' writes
keys F6 C-u 60 Enter
until_shows 'for 60 seconds'
keys y
until_shows 'ON TRIAL'
keys F9
is 'on trial and kept' until_shows 'kept: it is the running policy'
is 'nothing waits' [ "$("$tool" stat | grep -c 'confirm 0')" = 1 ]
is 'it denies' is_denied

keys F10
keys a BSpace BSpace '20 allow task.uid=7' Enter
printf '100 acl unlink path="/tmp/live/other"\n\t10 allow\n' | "$tool" load -q --add -
keys F2
is 'that somebody else changed it is said' until_shows 'SOMEBODY ELSE has changed'
is 'and what would be lost is shown' until_shows '^ - 100 acl unlink'
keys F5
is 'and asked about' until_shows 'SOMEBODY ELSE changed it since.*y/n'
keys n
is 'no is no' running 'acl unlink'
keys R
is 'the running policy can be taken instead' until_shows 'nothing that the kernel would notice'
keys F10
is 'as a change' until_shows 'acl unlink'

keys End a C-u 'quota memory policy 4096' Enter F2
until_shows '^ \+ quota memory policy'
keys F5
until_shows y/n
keys y
is 'what the kernel refuses is said in its words' until_shows 'nothing was applied: the policy needs'
is 'and has changed nothing' runs_not 'policy 4096'
keys F10 u

"$tool" lock -q --yes
keys End a C-u '    30 allow task.uid=9' Enter F2
is 'locked is said' until_shows 'locked until reboot'
keys F5
is 'and nothing is asked' until_shows 'nothing can be applied'
is 'nor done' runs_not '30 allow'
keys F10 F10
is 'leaving asks' until_shows 'not applied. Show them, Discard them, or Cancel'
keys d
is 'and leaves' until_shows 'status 0'
t kill-server
sleep 0.3

open --readonly --live
keys F2
until_shows 'What differs from'
is 'without a log, the records that the module holds' \
	until_shows ' recorded requests, 0 undecided; the module, since'
keys F5
is 'look only' until_shows 'read only'
keys F10 F10
until_shows 'status 0'
t kill-server

kill "$follower"
echo "$(uname -r): $passed passed, $failed failed"
((failed == 0 && passed > 0))
