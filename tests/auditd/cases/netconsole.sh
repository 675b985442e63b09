# SPDX-License-Identifier: GPL-2.0-only
# The end of the daemon would be a crash, and what other machines sent last would be missing; or whoever
# has the port would keep the daemon from starting.

# send TEXT...: one datagram each, always from the same port.
send() {
	python3 - "$port" "$@" <<-'END'
	import socket, sys
	s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
	s.bind(("127.0.0.1", 0))
	for text in sys.argv[2:]:
	    s.sendto(text.encode(), ("127.0.0.1", int(sys.argv[1])))
	END
}
port=$((20000 + $$ % 10000))
{
	printf 'input kernel\ninput netconsole\n    listen 127.0.0.1:%s\n' "$port"
	file_sink main
	file_sink denied
	printf 'route denials\n    match result=denied\n    to denied\n    continue\nroute all\n    to main\n'
} | configure
load_module
start_daemon
module records 5
wait_for acknowledged 5
send 'an unfinished line'
wait_for is_stat input netconsole lines_pending 1
stop_daemon
grep -q 'netconsole=127.0.0.1:[0-9]* / an unfinished line \\(cut: end of the input)$' main.log ||
	fail "the unfinished line: $(tail -n 2 main.log)"
[[ $(tail -n 1 main.log) == *daemon=stopped ]] || fail "stopped is not the last line"
grep -qx 'sink main 5' position || fail "position: $(cat position)"

# Anybody can cause what is said of senders: it must not come into a log of something else.
start_daemon
send $'6,1,1000000,-;a\n' $'6,9,2000000,-;b\n'
wait_for grep -q 'daemon=lost input=netconsole .* count=7 numbers=2-8 reason=gap' main.log
stop_daemon
grep -q daemon=stopped denied.log || fail "a line of the daemon's own is missing"
! grep input=netconsole denied.log || fail "what is said of senders is in a log of denials"

# Somebody has the port when it starts, and gives it back.
python3 -c '
import socket, sys, time
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("127.0.0.1", int(sys.argv[1])))
print("has it", flush=True)
time.sleep(60)' "$port" >taken & thief=$!
wait_for test -s taken
start_daemon
module records 5
wait_for acknowledged 10
wait_for eval '[[ $(stat_of input netconsole bind_failures) -ge 2 ]]'
[[ $(stat_of input netconsole listening) == no ]] || fail "it listens to a port that another has"
[[ $(grep -c 'Address already in use: nothing is received; trying again' said) == 1 ]] || fail "not said once"
kill "$thief"
wait_for is_stat input netconsole listening yes
send $'a whole line\n'
wait_for grep -q ' / a whole line$' main.log
stop_daemon
