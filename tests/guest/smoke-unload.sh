#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Loading, changing policies, detaching and unloading while every hook is busy. CYCLES=5.
. "$(dirname "$0")/smoke.bash"

op=$work/op
echo x >$work/file
pids=
spin() { renice -n 19 -p $BASHPID >/dev/null; while :; do "$@" >/dev/null 2>&1; done; }
spin $op opens $work/file 100 & pids+=" $!"
spin sh -c "mkdir $work/dir; rmdir $work/dir" & pids+=" $!"
spin $op env $op A=1 & pids+=" $!"
rules='acl read
 audit 1
acl getattr path!="/x"
 audit 1
acl mkdir path!="/x"
 audit 1
acl rmdir path!="/x"
 audit 1
acl execute path!="/x" argv[0]!="x"
 audit 1
acl environ path!="/x" name!="x"
 audit 1'

for ((c = 0; c < ${CYCLES:-5}; c++)); do
	load
	policy "$rules"
	sleep 1
	$op raw $k/audit 100000 >/dev/null & reader=$!
	for ((j = 0; j < 2; j++)); do
		policy 'acl read task.uid=5'
		policy "$rules"
		echo "acl write path=\"/w$j\"" >$k/policy
	done
	for ((j = 0; j < 40; j++)); do
		hits=$(awk '$1 == "operation" && /matches=[1-9]/' $k/stat | wc -l)
		[[ $hits -lt 6 ]] || break
		sleep 0.5
	done
	[[ $hits -ge 6 ]] && ok || fail "cycle $c: only $hits operations matched"
	wait $reader
	if ((c % 2)); then unload; else
		works sh -c "echo detach >$k/policy"
		works rmmod kellas
	fi
done
kill $pids; wait $pids 2>/dev/null
finish
