#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The policy file: what is applied, what is refused, and that a refusal changes nothing.
. "$(dirname "$0")/smoke.bash"

load
bytes() { printf '%b' "$1" | "$work/op" bytes $k/policy; }
body() { blocks | tr '\n' ';' | sed 's/; */;/g'; }
empty=$(body)

# All or nothing, with a position.
is 'one write' "$(bytes '100 acl read path="/a"\n audit 1\n 10 deny\n')" '41 of 41; policy'
is 'its policy' "$(body)" '100 acl read path="/a";audit 1;10 deny;'
has 'bad second line' "$(bytes '100 acl write path="/b"\n 10 dney\n')" 'EINVAL; 2:5: *dney*deny*'
is 'nothing of it' "$(body)" '100 acl read path="/a";audit 1;10 deny;'
has 'unsupported operation' "$(bytes '100 acl mount\n')" 'EINVAL; 1:*: operation "mount" is not attached in this build'
has 'transition' "$(bytes 'acl execute\n 10 allow transition="<x>"\n')" 'EINVAL; 2:*: "transition=" is not attached in this build'
is 'fed back' "$(cat $k/policy | "$work/op" bytes $k/policy | sed 's/.*; //')" policy

# Sub-entries of a block in writes of their own, and a line in two halves.
exec 3<>$k/policy
for line in '200 acl write path="/b"' ' 10 allow task.uid=0' ' 20 deny' ' audit 3'; do echo "$line" >&3; done
printf '300 acl app' >&3
printf 'end path="/c"\n 10 deny\n' >&3
is 'line by line' "$(cat <&3 | sed '1,/^200/{/^200/!d};/^$/d' | tr '\n' ';' | sed 's/; */;/g')" \
	'200 acl write path="/b";audit 3;10 allow task.uid=0;20 deny;300 acl append path="/c";audit 0;10 deny;'
exec 3>&-
printf '400 acl read path="/d"' >$k/policy
is 'a half line is dropped' "$(body | grep -c /d)" 0

# Transactions.
policy '100 acl read path="/a"'
exec 3<>$k/policy
printf 'begin\n100 acl write path="/t"\n' >&3
is 'not before commit' "$(body | grep -c /t)" 0
echo commit >&3
is 'after commit' "$(body | grep -c /t)" 1
printf 'begin replace\n100 acl write path="/r"\nabort\n' >&3
is 'abort' "$(body | grep -c /r)" 0
printf 'begin\n1 acl read path="/x"\nnonsense\n' 2>/dev/null >&3 && fail 'nonsense was taken'
has 'poisoned: position' "$(cat <&3)" '2:1: unknown word*'
echo '1 acl read path="/x"' 2>$work/e >&3 && fail 'poisoned: a line was taken'
has 'poisoned: line' "$(cat $work/e)" '*Operation canceled*'
echo commit 2>$work/e >&3 && fail 'poisoned: commit'
has 'poisoned: commit' "$(cat $work/e)" '*Operation canceled*'
is 'poisoned: nothing' "$(body | grep -c /x)" 0
echo '1 acl read path="/y"' >&3 || fail 'after the poisoned one'
is 'after the poisoned one' "$(body | grep -c /y)" 1
echo begin >&3; echo '1 acl read path="/z"' >&3
echo '100 acl write path="/other"' >$k/policy
echo commit 2>$work/e >&3 && fail 'changed meanwhile'
has 'changed meanwhile' "$(cat $work/e)" '*temporarily unavailable*'
is 'the other one stays' "$(body | grep -c 'other.*')/$(body | grep -c /z)" 1/0
echo 'begin force' >&3; echo '1 acl read path="/z"' >&3
echo '100 acl write path="/other2"' >$k/policy
echo commit >&3 || fail 'begin force'
is 'both' "$(body | grep -c 'other2.*/z\|/z.*other2')" 1
echo begin >&3; echo '1 acl read path="/closed"' >&3
exec 3>&-
is 'close drops it' "$(body | grep -c /closed)" 0
is 'short after commit' "$(bytes 'begin\nacl read path="/s"\ncommit\nacl read path="/s2"\n')" '32 of 52; policy'
is 'short before begin' "$(bytes 'acl read path="/s3"\nbegin\nacl read path="/s4"\ncommit\n')" '20 of 53; policy'
for w in confirm lock commit abort; do
	has "$w" "$(bytes "$w\n")" 'EINVAL; 1:1: *'
done

# Who may.
has 'no root' "$(setpriv --reuid 1000 --clear-groups cat $k/stat 2>&1)" '*Permission denied'
refused setpriv --bounding-set -mac_admin --inh-caps -mac_admin -- cat $k/policy
refused "$work/op" userns cat $k/audit
refused "$work/op" userns cat $k/policy
works setpriv --reuid 1000 --clear-groups cat $k/version
policy '10 acl modify_policy
 audit 0
 10 allow task.exe="'"$(readlink -f /bin/bash)"'"
 20 deny'
is 'modify_policy' "$(echo 'acl read' | "$work/op" bytes $k/policy | cut -c1-5)" EPERM
echo '100 acl read path="/m"' >$k/policy || fail 'modify_policy: allowed'
is 'modify_policy counted' "$(stat_of 'operation modify_policy')" 'checks=2 matches=2'
policy ''
is 'emptied' "$(body)" "$empty"
sleep 1
is 'detached' "$(number attached functions)" 0

# The quota says how much is needed, and nothing changes.
policy '100 acl read path="/q"'
has 'memory' "$(bytes 'quota memory policy 300\n')" 'ENOMEM; 1:1: the policy needs at least [0-9]* bytes of memory; *300'
is 'memory: as before' "$(body)" '100 acl read path="/q";audit 0;'

# Ten thousand single lines cost little more than one transaction.
for ((i = 0; i < 5000; i++)); do printf '100 acl read path="/many/%d"\n    10 deny\n' $i; done >$work/many
start=${EPOCHREALTIME/./}
{ echo 'begin replace'; cat $work/many; echo commit; } >$k/policy
once=$((${EPOCHREALTIME/./} - start))
body | md5sum >$work/sum1
policy ''
start=${EPOCHREALTIME/./}
"$work/op" lines $k/policy <$work/many
lines=$((${EPOCHREALTIME/./} - start))
is 'the same policy' "$(body | md5sum)" "$(cat $work/sum1)"
echo "one transaction $once us, 10,000 writes $lines us, $(stat_of policy)"
[[ $lines -lt $((once * 20)) ]] && ok || fail "10,000 writes: $lines us, one transaction: $once us"

# detach lets go of everything.
exec 3<$k/version
echo detach >$k/policy
is 'detached: empty' "$(body)" "$empty"
is 'detached: nothing attached' "$(number attached functions)" 0
rmmod kellas 2>/dev/null && fail 'rmmod with an open file'
exec 3<&-
works rmmod kellas
finish
