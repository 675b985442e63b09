# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Where all is kept as text, only the head of a record is read; as soon as a route wants to know
# more, after a reload, all of it.
bad='#2026/11/21 19:03:40.123456# seq=@SEQ@ global-pid=7 result=allowed priority=100 / no-operation a=b'
load_module
configure <<END
input kernel
$(file_sink main)
route all
    to main
END
start_daemon
module records 2
module line "$bad"
wait_for acknowledged 3
grep -q 'seq=3 .*no-operation' main.log || fail "it is not in the file"
is_stat input kernel unreadable 0 || fail "the operation was looked at"

configure <<END
input kernel
$(file_sink main)
$(file_sink json)
    format json
route all
    to main json
END
reload_daemon
module records 1
module line "$bad"
wait_for acknowledged 5
is_stat input kernel unreadable 1 || fail "the operation was not looked at"
grep -q '"type":"unreadable".*no-operation' json.log || fail "json: not told"
grep -q '"path":"/record/4"' json.log || fail "json: no facts"
expect_records main.log 1 5
stop_daemon
