# SPDX-License-Identifier: GPL-2.0-only
# A daemon that is killed would leave a gap on the other machine, or records twice without a word.
# shellcheck source=../rsyslog.sh
. "$here/rsyslog.sh"

rsyslog_by_relp
configure <<CONF
input kernel
sink relp remote
    server 127.0.0.1:$port
    spool $PWD/spool
    queue 64K
route all
    to remote
CONF
load_module
total=0
for round in 1 2 3 4 5 6; do
	# In every other round rsyslog is there.
	((round % 2)) || start_rsyslog "$port"
	start_daemon
	module records 500
	total=$((total + 500))
	sleep "0.$((RANDOM % 20 + 10))"
	kill_daemon
	# The stand-in has to notice that it is gone.
	sleep 0.1
	((round % 2)) || kill_rsyslog
done
start_rsyslog "$port"
start_daemon
wait_for arrived remote $total
wait_for acknowledged $total
stop_daemon
expect_tally remote $total
((lost_ == 0)) || fail "$lost_ lost"
