# SPDX-License-Identifier: GPL-2.0-only
# What found no room would be missing without a word, or the count would be wrong.
# shellcheck source=../rsyslog.sh
. "$here/rsyslog.sh"

rsyslog_by_relp
configure <<CONF
input kernel
sink relp remote
    server 127.0.0.1:$port
    queue 64K
    spool $PWD/spool
    spool-max 256K
route all
    to remote
CONF
load_module
start_daemon
module records 4000
# Also of what was lost the kernel need not keep anything: that is noted.
wait_for acknowledged 4000
dropped=$(stat_of sink remote dropped)
((dropped > 1000 && dropped < 3900)) || fail "$dropped dropped"
said 'sink remote: no room: records are being lost' || fail "not said"
(($(du -bs spool | cut -f 1) < 300000)) || fail "the spool is too large"
# The loss outlives the daemon.
kill_daemon
sleep 0.1
start_daemon
start_rsyslog "$port"
wait_for grep -q 'daemon=lost' remote
module records 10
wait_for arrived remote 4010
stop_daemon
expect_tally remote 4010
# Lines of the daemon's own found no room either.
others=$(grep -o "daemon=lost .*" remote | sed -n "s/.* others=\([0-9]*\).*/\1/p" | paste -sd + -)
((lost_ <= dropped && lost_ + ${others:-0} >= dropped)) ||
	fail "told $lost_ + ${others:-0}, counted $dropped"
