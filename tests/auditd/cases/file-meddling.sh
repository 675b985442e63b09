# SPDX-License-Identifier: GPL-2.0-only
# Who removes or replaces the file would stop the log, or lead it elsewhere, unseen.

{ echo "input kernel"; file_sink main; printf 'route all\n    to main\n'; } | configure
load_module
start_daemon
module records 5
wait_for acknowledged 5
rm main.log
module records 5
wait_for acknowledged 10
expect_records main.log 6 10
grep -q 'daemon=removed file="main.log" bytes=[0-9]* seq=1-5$' main.log || fail "it is not told"

mv main.log mine
: >main.log
module records 5
wait_for acknowledged 15
expect_records main.log 11 15
expect_records mine 6 10
grep -q 'daemon=replaced file="main.log" .* seq=6-10$' main.log || fail "it is not told"

: >main.log
module records 5
wait_for acknowledged 20
expect_records main.log 16 20
grep -q 'daemon=changed file="main.log" .* seq=11-15$' main.log || fail "it is not told"

mv main.log mine
ln -s mine main.log
module records 5
wait_for said "sink main is down: .*symbolic link"
expect_records mine 16 20
rm main.log
wait_for acknowledged 25
expect_records main.log 21 25
[[ $(stat -c %a main.log) == 600 ]] || fail "mode $(stat -c %a main.log)"
stop_daemon
