# SPDX-License-Identifier: GPL-2.0-only
# After an end, orderly or not, records would be missing, or there twice; after another module was
# loaded its first records would be taken for known ones.

{ echo "input kernel"; file_sink main; printf 'route all\n    to main\n'; } | configure
load_module
start_daemon
module records 100
wait_for acknowledged 100
stop_daemon
expect_records main.log 1 100
grep -qx 'clean yes' position || fail "position: $(cat position)"
grep -qx 'sink main 100' position || fail "position: $(cat position)"
module records 50
start_daemon
wait_for acknowledged 150
expect_records main.log 1 150

# Killed before the position is written again; what the file has is not written twice.
module records 50
wait_for acknowledged 200
kill_daemon
module records 50
start_daemon
wait_for acknowledged 250
expect_records main.log 1 250

# Numbers that nobody accounts for.
kill_daemon
module skip 7
module records 3
start_daemon
wait_for acknowledged 260
grep -q 'daemon=lost seq=251-257 count=7 reason=gap' main.log || fail "the gap is not told"
[[ $(stat_of input kernel missing) == 7 ]] || fail "the gap is not counted"

# The module goes and another one comes; its numbers begin again.
unload_module
wait_for said "not loaded"
load_module 2222222222222222
module records 20
wait_for acknowledged 20
[[ $(numbers main.log | tail -n 20 | head -n 1) == 1 ]] || fail "records of the second module"
grep -q 'daemon=source-up instance=2222222222222222 behind=0' main.log || fail "it is not told"

# And while the daemon does not run.
kill_daemon
unload_module
load_module 3333333333333333
module records 5
start_daemon
wait_for acknowledged 5
[[ $(numbers main.log | tail -n 5 | head -n 1) == 1 ]] || fail "records of the third module"
[[ $(numbers main.log | wc -l) == 278 ]] || fail "$(numbers main.log | wc -l) records"
stop_daemon
