# SPDX-License-Identifier: GPL-2.0-only
# Records would go to the wrong sink, twice to one, or nowhere; what says that some are missing would
# be filtered away with them.

{
	echo "input kernel"
	for name in denied tens never everything; do file_sink "$name"; done
	cat <<'CONF'
route denials
    match result=denied
    match priority=999
    unless write path="/record/30"
    to denied denied
    continue
route tens
    match write path="/record/\$0"
    to tens
    stop
route none
    match rule=nobody read
    unless source=kernel
    to never
route quiet
    match write path="/record/5"
    to none
route everything
    to everything
CONF
} | configure
load_module
start_daemon
module records 40
module 'line #2026/11/21 00:00:00.000000# seq=41-43 lost=3 other=3'
module skip 3
module 'line #2026/11/21 00:00:00.000000# this is seq=44 no record'
wait_for eval '[[ $(stat_of input kernel seen) == 44 ]]'
wait_for grep -q 'no record' everything.log

check_records() {
	diff <(numbers "$1.log") <(printf '%s\n' "${@:2}") || fail "records of $1.log"
}
check_records denied 10 20 40
check_records tens 10 20 30 40
mapfile -t rest < <(seq 40 | grep -vx '5\|.0')
check_records everything "${rest[@]}"
for name in denied tens never everything; do
	count=$(grep -c 'lost=3' $name.log || :)
	[[ $count == $([[ $name == never ]] && echo 0 || echo 1) ]] || fail "loss record $count times in $name.log"
done
[[ $(stat_of route denials taken) -ge 3 ]] || fail "no count"
[[ $(stat_of input kernel unreadable) == 1 ]] || fail "unreadable"
[[ $(stat_of input kernel missing) == 0 ]] || fail "missing"
stop_daemon
