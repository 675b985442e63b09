# SPDX-License-Identifier: GPL-2.0-only
# A process that cannot be started would make those that run be forgotten, with the end of their time.

printf '#!/bin/sh\ncat >%s/runs.$$\nexec sleep 100\n' "$PWD" >one
chmod +x one
configure <<CONF
input kernel
sink exec one
    program $PWD/one
    each yes
    processes 8
    timeout 1s
route all
    to one
CONF
load_module
start_daemon
module records 1
wait_for eval 'grep -q " seq=1 " runs.*'
mv one gone
module records 1
wait_for said 'sink one: .*/one takes too long and is killed'
# Now that none runs: down, and the second is given when it can be.
wait_for said 'sink one is down: .*/one: No such file'
wait_for acknowledged 1
rm runs.*
mv gone one
wait_for eval 'grep -q " seq=2 " runs.*'
pid=$(grep -l ' seq=2 ' runs.*)
stop_daemon
has_ended() { ! kill -0 "${pid#runs.}"; }
wait_for has_ended
