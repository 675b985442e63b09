# SPDX-License-Identifier: GPL-2.0-only
# A bad configuration would stop the log, a good one would lose records or repeat them.

sections() {
	echo "input kernel"
	for name; do file_sink "$name"; done
	printf 'route all\n    to %s\n' "$*"
}
sections main | configure
load_module
start_daemon
module records 10
wait_for acknowledged 10

# Bad in itself.
echo "sink file other" >>conf
reload_daemon
said "conf:[0-9]*:1: path is missing" || fail "no error"
said "the new conf is not followed; the old one stays in force" || fail "not said"
module records 10
wait_for acknowledged 20
expect_records main.log 1 20

# Good in itself, but it cannot be opened: a port that somebody else has.
python3 -c '
import socket, time
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("127.0.0.1", 0))
print(s.getsockname()[1], flush=True)
time.sleep(60)' >port &
wait_for test -s port
{ sections main other; printf 'input netconsole\n    listen 127.0.0.1:%s\n' "$(cat port)"; } | configure
reload_daemon
[[ $(grep -c 'is not followed' said) == 2 ]] || fail "followed, although it cannot be opened"
module records 10
wait_for acknowledged 30
expect_records main.log 1 30
[[ $(stat_of sink main delivered) -ge 30 ]] || fail "the sink was closed for a configuration that is not followed"

# Good: main goes on, other begins with what is new, again only main.
sections main other | configure
reload_daemon
said "follows the new conf" || fail "not said"
module records 10
wait_for acknowledged 40
expect_records main.log 1 40
expect_records other.log 31 40
[[ $(grep -c daemon=reloaded main.log) == 1 ]] || fail "not in the log"
sections main | configure
reload_daemon
module records 10
wait_for acknowledged 50
expect_records main.log 1 50
expect_records other.log 31 40

# The module's input goes, and comes back: it goes on where it was.
sections main | sed 's/input kernel/input netconsole\n    listen 127.0.0.1:0/' | configure
reload_daemon
module records 5
sections main | configure
reload_daemon
module records 5
wait_for acknowledged 60
expect_records main.log 1 60

# A section that changes: the sink is closed and opened.
{ echo "input kernel"; file_sink main; printf '    format json\nroute all\n    to main\n'; } | configure
reload_daemon
module records 5
wait_for acknowledged 65
[[ $(grep -c '^{"type":"request"' main.log) == 5 ]] || fail "not in JSON"
! grep -E 'daemon=(changed|removed|replaced)' main.log || fail "it takes itself for somebody else"
stop_daemon
