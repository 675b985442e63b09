# SPDX-License-Identifier: GPL-2.0-only
# systemd would take the daemon for started too early or for dead, or not let it end; kellasctl stat
# would know nothing of it.

cat >notify.py <<'PY'
import os, socket
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind("notify")
while True:
    text = s.recv(65536).decode()
    with open("notified", "a") as out:
        out.write(text + "\n")
PY
python3 notify.py &
wait_for test -S notify
export NOTIFY_SOCKET=$PWD/notify
{ echo "input kernel"; file_sink main; printf 'route all\n    to main\n'; } | configure
load_module
WATCHDOG_USEC=200000 start_daemon
wait_for grep -qx READY=1 notified
module records 10
wait_for acknowledged 10
wait_for grep -qx WATCHDOG=1 notified
kill -USR2 "$daemon"
wait_for grep -q '^STATUS=.* lines routed' notified

reload_daemon
wait_for grep -qx RELOADING=1 notified
grep -q '^MONOTONIC_USEC=[0-9]' notified || fail "no MONOTONIC_USEC"
wait_for eval '[[ $(grep -cx READY=1 notified) == 2 ]]'

wait_for is_stat input kernel acknowledged 10
"$KELLASCTL" stat -o json >json || fail "kellasctl stat"
python3 - "$daemon" <<'PY' || fail "kellasctl stat -o json: $(cat json)"
import json, sys
d = json.load(open("json"))["daemon"]
assert d["pid"] == int(sys.argv[1]) and d["running"] is True and d["state"] == "running"
assert d["inputs"][0]["kind"] == "kernel" and d["inputs"][0]["seen"] == 10
assert d["inputs"][0]["keeper"] == "yes"
assert d["sinks"][0]["name"] == "main" and d["sinks"][0]["safe"] == 10
assert d["sinks"][0]["dropped"] == 0 and d["sinks"][0]["state"] == "up"
assert d["routes"][0]["name"] == "all" and d["routes"][0]["taken"] >= 10
PY
"$KELLASCTL" stat | grep -q '^  main .*safe 10' || fail "kellasctl stat"

kill -USR1 "$daemon"
wait_for eval '[[ $(ls main*.log | wc -l) == 2 ]]'

# What the module still has when the end comes is not left there.
kill -STOP "$daemon"
kill -TERM "$daemon"
module records 120
kill -CONT "$daemon"
wait "$daemon" || fail "status $?"
daemon=
wait_for acknowledged 130
[[ $(cat main*.log | grep -c ' seq=.* global-pid=') == 130 ]] || fail "records were left behind"
grep -q 'daemon=stopped' main*.log || fail "the end is not told"
wait_for grep -qx STOPPING=1 notified
"$KELLASCTL" stat | grep -q 'does not run' || fail "it still runs?"
