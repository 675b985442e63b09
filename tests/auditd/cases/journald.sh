# SPDX-License-Identifier: GPL-2.0-only
# Records would reach the journal without the fields that people search by.

cat >journal.py <<'PY'
import array, os, socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind("journal")
while True:
    data, fds, _, _ = s.recvmsg(1 << 20, 64)
    for level, kind, fd in fds:
        fd = array.array("i", fd)[0]
        data = os.pread(fd, 1 << 24, 0)
        os.close(fd)
    with open("entries", "ab") as out:
        out.write(data + b"\n")
PY
configure <<CONF
input kernel
sink journald journal
    socket $PWD/journal
route all
    to journal
CONF
load_module
start_daemon
wait_for said "sink journal is down"
module records 10
wait_for is_stat input kernel seen 10
! acknowledged 10 || fail "acknowledged, although the journal is down"
python3 journal.py &
wait_for test -S journal
wait_for acknowledged 10
[[ $(grep -c '^KELLAS_SEQ=' entries) == 10 ]] || fail "not 10 records"
for line in KELLAS_SOURCE=kernel KELLAS_OP=write KELLAS_RESULT=denied KELLAS_SEQ=10 KELLAS_PRIORITY=100 \
	"KELLAS_PID=$source" PRIORITY=5 KELLAS_INSTANCE=$instance SYSLOG_IDENTIFIER=kellas; do
	grep -qx "$line" entries || fail "no $line"
done
grep -q '^MESSAGE=#.* seq=10 .*path="/record/10"' entries || fail "no text"
grep -q '^MESSAGE=#.*# daemon=sink-up sink=journal' entries || fail "the journal was not told"

# One that no datagram can hold.
module "line #2026/11/21 00:00:00.000000# seq=@SEQ@ global-pid=1 result=allowed priority=1 / write path=\"/$(
	head -c 300000 /dev/zero | tr '\0' x)\""
wait_for acknowledged 11
grep -qx KELLAS_SEQ=11 entries || fail "the long record is missing"
stop_daemon
