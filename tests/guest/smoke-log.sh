#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The audit file: readers wait and wake, see whole records, and losses; the keeper is not recorded.
. "$(dirname "$0")/smoke.bash"

load
op=$work/op
echo x >$work/file
policy "acl read path=\"$work/file\"
 audit 1"
hit() { $op opens $work/file "$1"; }
seqs() { sed -n 's/^#[^#]*# seq=\([0-9]*\) .*/\1/p' | tr '\n' ' '; }

is 'empty' "$($op raw $k/audit 4096 2>&1)" 'read: Resource temporarily unavailable'
hit 3
is 'all' "$($op raw $k/audit 100000 | seqs)" '1 2 3 '
is 'each open begins at the oldest' "$($op raw $k/audit 100000 | seqs)" '1 2 3 '
is 'whole records' "$($op raw $k/audit 1500 | seqs)" '1 2 '
is 'too small' "$($op raw $k/audit 100 2>&1)" 'read: Invalid argument'
exec 3<$k/audit
head -c 10 <&3 2>/dev/null >/dev/null
is 'and it stays' "$($op read <&3 | seqs)" '1 2 3 '
is 'seek to 3' "$($op seek $k/audit 3 | seqs)" '3 '
is 'seek to the end' "$($op seek $k/audit end 2>&1)" 'read: Resource temporarily unavailable'
exec 3<&-

# A reader that waits is woken soon.
$op wait $k/audit >$work/waited & waiter=$!
until grep -q ready $work/waited; do sleep 0.1; done
sleep 0.3
start=${EPOCHREALTIME/./}
hit 1
wait $waiter
took=$((${EPOCHREALTIME/./} - start))
is 'woken' "$(seqs <$work/waited)" '4 '
[[ $took -lt 2000000 ]] && ok || fail "woken after $took us"
timeout -s INT 1 $op wait $k/audit >/dev/null; is 'a waiter can be interrupted' $? 124

# The keeper.
mkfifo $work/hold
$op keep $k/audit $work/file <$work/hold >$work/kept & keeper=$!
exec 4>$work/hold
until grep -q kept $work/kept; do sleep 0.1; done
is 'keeper' "$(number log keeper)" "$keeper"
is 'not recorded' "$(number log unrecorded)/$(number log next)" 1/5
has 'one only' "$($op keep $k/audit $work/file </dev/null 2>&1)" '*resource busy*'
rmmod kellas 2>/dev/null && fail 'rmmod with a reader'
exec 4>&-; wait $keeper
is 'no keeper' "$(number log keeper)" 0
is 'unknown word' "$(echo nonsense 2>&1 >$k/audit | grep -c 'Invalid argument')" 1

# Quotas and losses are said.
policy "quota audit[2] allowed=0 denied=0 unmatched=2
acl read path=\"$work/file\"
 audit 2
 label files"
hit 5
is 'quota' "$($op raw $k/audit 100000 | seqs)" '1 2 3 4 5 6 '
is 'suppressed' "$(number log suppressed)" 3
sleep 1.2
is 'in the stream' "$($op raw $k/audit 100000 | sed -n 's/.*# suppressed=\([0-9]*\) index=2 rule=files:\1$/\1/p' | awk '{ n += $1 } END { print n }')" 3
policy "quota memory audit 262144
acl read path=\"$work/file\"
 audit 1"
before=$(number log next)
hit 3000
lost=$(number log lost) next=$(number log next)
is 'all numbered' "$((next - before))" 3000
[[ $lost -gt 0 ]] && ok || fail 'nothing was lost'
is 'lost of the rule' "$(sed -n 's/^block .*lost=\([0-9]*\).*/\1/p' $k/stat)" "$lost"
timeout 5 cat $k/audit >$work/all
records=$(seqs <$work/all | wc -w)
told=$(sed -n 's/.*# seq=[0-9-]* lost=\([0-9]*\).*/\1/p' $work/all | awk '{ n += $1 } END { print n + 0 }')
is 'records and losses' "$((records + told))" "$((next - before))"
unload
finish
