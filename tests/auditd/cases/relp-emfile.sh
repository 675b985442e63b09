# SPDX-License-Identifier: GPL-2.0-only
# A daemon that runs out of descriptors would lose records, or end.
# shellcheck source=../rsyslog.sh
. "$here/rsyslog.sh"

rsyslog_by_relp
configure <<CONF
input kernel
sink relp remote
    server 127.0.0.1:$port
    spool $PWD/spool
route all
    to remote
CONF
load_module
start_rsyslog "$port"
start_daemon
module records 10
wait_for arrived remote 10
wait_for is_stat sink remote spooled 0
prlimit --pid "$daemon" --nofile=3:1024
kill_rsyslog
wait_for said 'sink remote is down'
# Neither a segment nor a connection can be opened: memory has to do.
module records 100
wait_for said 'spool .*: Too many open files'
start_rsyslog "$port"
# The first try to connect.
sleep 1.3
[[ $(numbers remote | wc -l) == 10 ]] || fail "descriptors were left"
prlimit --pid "$daemon" --nofile=1024:1024
wait_for arrived remote 110
wait_for acknowledged 110
stop_daemon
expect_tally remote 110
((lost_ == 0)) || fail "$lost_ lost"
