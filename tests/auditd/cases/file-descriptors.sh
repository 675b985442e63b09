# SPDX-License-Identifier: GPL-2.0-only
# Without a free descriptor the log would end when a file is rotated or removed.

{ echo "input kernel"; file_sink main; printf '    rotate-size 16K\nroute all\n    to main\n'; } | configure
load_module
start_daemon
module records 20
wait_for acknowledged 20
limit=$(prlimit --pid "$daemon" --nofile --noheadings -o SOFT)
prlimit --pid "$daemon" --nofile=3:
module records 200
wait_for said "sink main is down: .*Too many open files"
prlimit --pid "$daemon" --nofile="$limit:"
wait_for acknowledged 220
numbers <(cat main-*.log main.log) | diff - <(seq 220) >/dev/null || fail "records are missing, or double"
stop_daemon
