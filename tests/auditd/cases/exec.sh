# SPDX-License-Identifier: GPL-2.0-only
# A program would miss records when it ends, or be run by a shell, or without bound.
# shellcheck source=../rsyslog.sh
. "$here/rsyslog.sh"

cat >reader <<SH
#!/bin/sh
echo "\$\$ \$*" >>$PWD/started
env | sort >$PWD/environment
ls /proc/self/fd | xargs >$PWD/descriptors
exec cat >>$PWD/lines
SH
cat >one <<SH
#!/bin/sh
mkdir $PWD/running.\$\$
ls -d $PWD/running.* | wc -l >>$PWD/at-once
cat >>$PWD/each
sleep 0.05
rmdir $PWD/running.\$\$
SH
chmod +x reader one
configure <<CONF
input kernel
sink exec reader
    program $PWD/reader
    arguments "a b" \$HOME ;true
    spool $PWD/spool
sink exec one
    program $PWD/one
    each yes
    processes 3
route all
    continue
    to reader
route tenth
    match result=denied
    to one
CONF
load_module
start_daemon
module records 100
wait_for acknowledged 100
[[ $(cut -d ' ' -f 2- started) == 'a b $HOME ;true' ]] || fail "arguments: $(cat started)"
[[ $(grep -cv '^\(PATH\|LANG\|PWD\|_\|SHLVL\|OLDPWD\)=' environment) == 0 ]] ||
	fail "environment: $(cat environment)"
[[ $(cat descriptors) == '0 1 2 3' ]] || fail "descriptors: $(cat descriptors)"
[[ $(numbers each | wc -l) == 10 ]] || fail "not 10 processes"
sort -n at-once | tail -n 1 | grep -qx 3 || fail "at once: $(sort -n at-once | uniq -c)"

# It ends before it has read everything: another one goes on where it was.
reader=$(cut -d ' ' -f 1 started)
kill -STOP "$reader"
module records 100
sleep 0.3
[[ $(stat_of sink reader queued) != 0 ]] || fail "unread lines count as delivered"
kill -KILL "$reader"
wait_for said 'sink reader is down: .*was killed by signal 9'
wait_for acknowledged 200
wait_for arrived lines 200
wait_for is_stat sink reader queued 0
[[ $(wc -l <started) == 2 ]] || fail "not started again"
stop_daemon
expect_tally lines 200
[[ $lost_ == 0 ]] || fail "lost"
