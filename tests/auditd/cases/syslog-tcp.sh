# SPDX-License-Identifier: GPL-2.0-only
# Plain syslog over TCP would lose what was sent to nobody, or cut long records.
# shellcheck source=../rsyslog.sh
. "$here/rsyslog.sh"

port=$(free_port SOCK_STREAM)
rsyslog_conf <<CONF
module(load="imtcp" maxFrameSize="1000000")
input(type="imtcp" address="::1" port="$port")
CONF
configure <<CONF
input kernel
sink syslog remote
    server [::1]:$port
    protocol tcp
    facility local6
    message-max 200K
    spool $PWD/spool
route all
    to remote
CONF
load_module
start_rsyslog "$port"
start_daemon
module records 2000
wait_for acknowledged 2000
wait_for arrived remote 2000
kill_rsyslog
wait_for said 'sink remote is down'
module records 1000
wait_for acknowledged 3000
start_rsyslog "$port"
wait_for arrived remote 3000
# Long ones go whole, too long ones are told.
for size in 150000 250000; do
	module "line #2026/11/21 00:00:00.000000# seq=@SEQ@ global-pid=1 result=allowed priority=1 / write path=\"/$(
		head -c $size /dev/zero | tr '\0' x)\""
done
module records 10
wait_for arrived remote 3012
stop_daemon
expect_tally remote 3012
((lost_ == 1)) || fail "$lost_ lost"
grep -q '^<181>1 ' remote || fail "facility"
(($(grep ' seq=3001 global-pid' remote | wc -c) > 150000)) || fail "cut"
