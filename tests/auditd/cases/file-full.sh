# SPDX-License-Identifier: GPL-2.0-only
# While the disk is full records would be torn, lost without a word, or written twice afterwards.

in_namespace file-full
configure <<CONF
input kernel
sink file main
    path $PWD/disk/log/main.log
    queue 64K
route all
    to main
CONF
load_module
start_daemon
module records 20
wait_for acknowledged 20
cat /dev/zero >disk/fill 2>/dev/null || :
module records 300
wait_for said "sink main is down: .*No space left"
wait_for eval '[[ $(stat_of input kernel seen) == 320 ]]'
[[ $(tail -c 1 disk/log/main.log | od -An -c) == *'\n'* ]] || fail "a torn line"
rm disk/fill
wait_for said "sink main works again"
wait_for acknowledged 320
expect_records disk/log/main.log 1 320
! grep -q daemon=repeat disk/log/main.log || fail "what was never written is no repeat"

# More than the queue holds: what is missing stands in its place.
cat /dev/zero >disk/fill 2>/dev/null || :
module records 3000
wait_for said "records are being lost"
rm disk/fill
wait_for acknowledged 3320
numbers disk/log/main.log >have
# daemon=lost sink=main count=N seq=A-B ...
sed -n 's/.*# daemon=lost .* seq=\([0-9]*\)-\([0-9]*\) .*/\1 \2/p' disk/log/main.log | xargs -rn 2 seq >lost
[[ -s lost ]] || fail "the loss is not told"
sort -n have lost | diff - <(seq 3320) >/dev/null || fail "numbers are missing, or double"
[[ $(stat_of sink main dropped) == $(wc -l <lost) ]] || fail "dropped: $(stat_of sink main dropped)"
stop_daemon
