# SPDX-License-Identifier: GPL-2.0-only
# Records would be missing on the other machine, or be there twice, after rsyslog was away.
# shellcheck source=../rsyslog.sh
. "$here/rsyslog.sh"

rsyslog_by_relp
configure <<CONF
input kernel
sink relp remote
    server 127.0.0.1:$port
    spool $PWD/spool
    window 16
route all
    to remote
CONF
load_module
start_rsyslog "$port"
start_daemon
module records 1000
wait_for acknowledged 1000
grep -q '^<85>1 20..-..-..T..:..:..\.......Z [^ ]* kellas - record \[kellas@32473 seq="7" instance="1111111111111111"\] #.* seq=7 ' \
	remote || fail "not RFC 5424: $(grep -m 1 'seq=7 ' remote)"

# Killed in the midst of it: what it had not confirmed comes again, behind a word about it.
module records 3000
kill_rsyslog
wait_for said 'sink remote is down'
module records 1000
# Nobody confirms anything, but it is on disk.
wait_for acknowledged 5000
[[ $(stat_of sink remote down) != no ]] || fail "the sink is not down"
start_rsyslog "$port"
wait_for arrived remote 5000
module records 100
wait_for arrived remote 5100
wait_for acknowledged 5100
wait_for eval "[[ -z \$(find spool -name '*.seg') ]]"
stop_daemon
expect_tally remote 5100
((lost_ == 0)) || fail "$lost_ lost"
said 'sink remote works again' || fail "not said"
grep -q 'daemon=sink-up sink=remote' remote || fail "rsyslog was not told"
[[ $(stat -c %a spool) == 700 && $(stat -c %a spool/position) == 600 ]] || fail "modes"
