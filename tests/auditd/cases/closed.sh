# SPDX-License-Identifier: GPL-2.0-only
# What a sink had not delivered when it was closed would be missing without a word in any log.

# A port where nobody listens.
sections() {
	echo "input kernel"
	file_sink main
	printf 'sink relp remote\n    server 127.0.0.1:1\n    window %s\nroute all\n    to main remote\n' "$1"
}
sections 128 | configure
load_module
start_daemon
module records 10
wait_for has_records main.log 1 10
sections 64 | configure
reload_daemon
wait_for grep -q 'daemon=lost sink=remote seq=1-10 messages=[1-9][0-9]* reason=closed$' main.log
[[ $(stat_of daemon 'pid=[0-9]*' closed_lost) -ge 10 ]] || fail "not counted"
module records 5
wait_for has_records main.log 1 15
stop_daemon
grep -q 'daemon=undelivered sink=remote seq=11-15$' main.log || fail "undelivered is not told: $(tail -n 3 main.log)"
[[ $(tail -n 1 main.log) == *daemon=stopped ]] || fail "stopped is not the last line"
[[ $(grep -c 'reason=closed' main.log) == 1 ]] || fail "a sink that was not closed, or not by a reload"
