#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Usage: tests/vm/run tests/tools/query.sh
#
# kellasctl query with the module, by lines through a pipe and by keys on a
# terminal (tmux): each answer, a rule added, time-outs, a program that is gone,
# and a terminal left as it was.

set -uo pipefail
[[ ${KELLAS_VM-} ]] || { echo 'only in a guest: tests/vm/run tests/tools/query.sh' >&2; exit 2; }
. tests/vm/cases.sh
tool=$PWD/build/tools/kellasctl/kellasctl
insmod "build/$(uname -r)/kellas.ko" || exit
mkdir -p /tmp/query
cd /tmp/query || exit
export LC_ALL=C.UTF-8 TERM=screen

# For is(): what helps to understand a failure.
show() {
	tail -n 20 out err screen 2>/dev/null
}

found() {
	grep -qF -e "$1" "$2"
}

gone() {
	[[ ! -e $1 ]]
}

policy() {
	"$tool" load -q - <<-'END'
	100 acl unlink path="/tmp/query/q/file"
		audit 1
		10 deny task.uid=0
	END
}

# Whoever waits holds the folder's lock: nothing else may be done in it.
start_rm() {
	mkdir -p q
	[[ -e q/file ]] || : >q/file
	rm -f q/file 2>rm.err 3>&- &
	rm_pid=$!
}

# rm_ends STATUS: it ends with that status
rm_ends() {
	local status=0

	wait "$rm_pid" || status=$?
	[[ $status == "$1" ]]
}

start_tool() {
	[[ -p in ]] || mkfifo in
	"$tool" query "$@" <in >out 2>err &
	tool_pid=$!
	exec 3>in
	soon found 'observers=1 ' /proc/kellas/stat
}

end_tool() {
	exec 3>&-
	wait "$tool_pid"
}

by_lines() {
	policy
	is 'starts' start_tool
	start_rm
	is 'a query is shown' soon found 'Query 0:' out
	is 'with its operation' found 'unlink' out
	is 'with its path' found '/tmp/query/q/file' out
	echo y >&3
	is 'y permits' rm_ends 0
	is 'y: the file is gone' gone q/file
	is 'y is told' soon found 'Query 0: granted' out
	start_rm
	is 'the next query' soon found 'Query 1:' out
	echo n >&3
	is 'n denies' rm_ends 1
	is 'n: EPERM' found 'not permitted' rm.err
	is 'n is told' soon found 'Query 1: denied' out
	start_rm
	soon found 'Query 2:' out
	echo s >&3
	is 's shows the block' soon found '# Q=2' out
	is 's shows its rule' found '    10 deny task.uid=0' out
	echo 'a 5 allow bogus=1' >&3
	is 'a wrong rule is told' soon found 'bogus' err
	is 'and where' found 'column 9: ' err
	is 'it still waits' kill -0 "$rm_pid"
	echo 'a 5 allow task.uid=0' >&3
	is 'a adds a rule' rm_ends 0
	is 'to the block' found '    5 allow task.uid=0' /proc/kellas/policy
	start_rm
	is 'nobody is asked any more' rm_ends 0
	policy
	start_rm
	soon found 'Query 3:' out
	echo r >&3
	is 'r asks again' soon found 'Query 4, retry 1:' out
	kill "$rm_pid"; kill -9 "$rm_pid"
	is 'a killed program is told' soon found 'Query 4: gone' out
	wait "$rm_pid" 2>/dev/null
	start_rm
	soon found 'Query 5:' out
	echo q >&3
	is 'q denies' rm_ends 1
	is 'and ends it' end_tool
}

longer() {
	local started=$SECONDS

	policy
	start_tool -t 13
	start_rm
	is '--timeout denies' rm_ends 1
	is 'longer than ten seconds, for it says that it is there' \
		test $((SECONDS - started)) -ge 12 -a $((SECONDS - started)) -le 17
	is 'it is told' soon found ': denied' out
	is 'the end of the input' end_tool
	is 'ends it at once' "$tool" query </dev/null >out
	is 'wrong seconds' test "$("$tool" query -t 61 2>&1 >/dev/null | grep -c '1 to 60')" = 1
}

by_json() {
	policy
	: >yes
	for i in 1 2 3; do echo n >>yes; done
	cat yes - <in | "$tool" query -o json >out 2>err &
	tool_pid=$!
	exec 3>in
	soon found 'observers=1 ' /proc/kellas/stat
	start_rm
	is 'answers may be written ahead' rm_ends 1
	exec 3>&-
	sleep 0.3
	is 'JSON' python3 -c '
import json, sys
a, b = [json.loads(line) for line in open("out")]
assert a["type"] == "query" and a["serial"] >= 0 and "unlink path=\"/tmp/query/q/file\"" in a["record"], a
assert b == {"type": "answer", "serial": a["serial"], "answer": "denied"}, b'
	kill "$tool_pid" 2>/dev/null
	wait "$tool_pid"
}

# A server that has been told to end may still answer: each has a name of its own.
server=0

keys() {
	tmux -L "query$server" send-keys -t q "$@"
}

shows() {
	tmux -L "query$server" capture-pane -p -t q >screen
	found "$1" screen
}

start_terminal() {
	server=$((server + 1))
	tmux -L "query$server" -f /dev/null new-session -d -s q -x 120 -y 40 bash --norc
	keys "stty -a >stty.before; $tool query --color=never; echo status=\$?; stty -a >stty.after" Enter
	soon shows 'Waiting for denials'
}

by_keys() {
	policy
	is 'it waits' start_terminal
	start_rm
	is 'the question' soon shows '[y]es [n]o [r]etry'
	keys y
	is 'y permits' rm_ends 0
	is 'y is told' soon shows 'granted'
	start_rm
	soon shows 'Query 8'
	keys s
	is 's shows the block' soon shows '10 deny task.uid=0'
	keys a
	is 'a asks for the rule' soon shows 'A rule for its block'
	keys '5 allow task.gid=0' Enter
	is 'the rule permits' rm_ends 0
	is 'the rule is there' found '    5 allow task.gid=0' /proc/kellas/policy
	policy
	keys q
	is 'q leaves' soon shows 'status=0'
	is 'the terminal is as it was' soon cmp -s stty.before stty.after
	start_terminal
	start_rm
	soon shows '[y]es [n]o [r]etry'
	keys C-c
	is 'Ctrl-C denies' rm_ends 1
	is 'and leaves' soon shows 'status=0'
	is 'the terminal is as it was' soon cmp -s stty.before stty.after
	for ((; server; server--)); do
		tmux -L "query$server" kill-server
	done
}

by_lines
longer
by_json
by_keys
is 'unloads' "$tool" unload -q
echo "$(uname -r): $passed passed, $failed failed"
((!failed))
