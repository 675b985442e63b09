# SPDX-License-Identifier: GPL-2.0-only
# A daemon that is there before the module would never see a record.

{ echo "input kernel"; file_sink main; printf 'route all\n    to main\n'; } | configure
start_daemon
wait_for said "the module kellas is not loaded; waiting for it"
[[ $(stat_of input kernel connected) == no ]] || fail "connected to what?"
load_module
module records 3
wait_for acknowledged 3
said "reading /proc/kellas/audit" || fail "it does not say that it found the module"
[[ $(grep -c "not loaded" said) == 1 ]] || fail "said more than once"
expect_records main.log 1 3
stop_daemon
