# SPDX-License-Identifier: GPL-2.0-only
# A daemon that starts before its file system can be written would end, or lose what came meanwhile.

in_namespace file-readonly
configure <<CONF
input kernel
sink file main
    path $PWD/disk/log/main.log
    fsync always
route all
    to main
CONF
mount -o remount,ro disk
load_module
module records 20
start_daemon
wait_for said "sink main is down: .*Read-only file system"
module records 20
! grep -q '^ack' proc/words || fail "records are acknowledged that are nowhere"
mount -o remount,rw disk
wait_for acknowledged 40
expect_records disk/log/main.log 1 40
stop_daemon
