# SPDX-License-Identifier: GPL-2.0-only
# Datagrams would be sent to nobody in silence, and long ones be dropped in silence.
# shellcheck source=../rsyslog.sh
. "$here/rsyslog.sh"

port=$(free_port SOCK_DGRAM)
rsyslog_conf <<CONF
module(load="imudp")
input(type="imudp" address="127.0.0.1" port="$port" rcvbufSize="4m")
CONF
configure <<CONF
input kernel
sink syslog remote
    server localhost:$port
    format json
    spool $PWD/spool
route all
    to remote
CONF
load_module
start_daemon
# Nobody is there: the other machine says so, and what was sent meanwhile is sent again.
module records 20
wait_for said 'sink remote is down: .*refused'
start_rsyslog "$port"
wait_for grep -aq '"sequence":20\b\|"seq":20\b' remote
module records 200
wait_for acknowledged 220
module "line #2026/11/21 00:00:00.000000# seq=@SEQ@ global-pid=1 result=allowed priority=1 / write path=\"/$(
	head -c 100000 /dev/zero | tr '\0' x)\""
module records 1
wait_for grep -aq '"sequence":222\b\|"seq":222\b' remote
wait_for acknowledged 222
[[ $(stat_of sink remote dropped) == 1 ]] || fail "not counted"
grep -aq 'seq=221-221\|221' remote || fail "not told"
grep -aq '"repeat"' remote || fail "the repeat was not told"
for seq in $(seq 1 220); do
	grep -aqE "\"seq(uence)?\":$seq\b" remote || fail "record $seq is missing"
done
stop_daemon
