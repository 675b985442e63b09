# SPDX-License-Identifier: GPL-2.0-only
# A mistake in the configuration would be accepted, or not be found again by its message.

# refuses LINE:COLUMN: MESSAGE: that conf has this error, and --check says so.
refuses() {
	local status=0
	"$AUDITD" --check -c conf >out 2>&1 || status=$?
	[[ $status == 3 ]] || { cat conf out; fail "status $status"; }
	grep -qF -- "conf:$1" out || { cat conf out; fail "expected conf:$1"; }
}

good='input kernel
sink journald j
route all
    to j'

# bad MESSAGE <<CONF
bad() { cat >conf; refuses "$1"; }

echo "$good" >conf
"$AUDITD" --check -c conf || fail "a good one is refused"
# Its user is made when it is installed.
sed 's/user kellas$/user nobody/' "$here/../../usr_sbin/auditd/kellas-auditd.conf" >conf
"$AUDITD" --check -c conf || fail "the one we ship is refused"
printf 'daemon\n  user nosuchuser\n%s' "$good" >conf
"$AUDITD" --check -c conf 2>out && fail "a user that does not exist"
grep -q 'user nosuchuser: there is none' out || fail "no message"

bad '1:1: "imput" begins no section; daemon input sink route do; did you mean input?' <<<'imput kernel'
bad '2:3: daemon has no key "positon"; did you mean position?' <<<$'daemon\n  positon /x\n'"$good"
bad '2:12: expected a pathname that begins with /' <<<$'daemon\n  position x\n'"$good"
bad '2:11: the value of position is missing' <<<$'daemon\n  position # none\n'"$good"
bad '2:15: position takes one value; if this belongs to it, use quotes' <<<$'daemon\n  position /a b\n'"$good"
bad '3:3: position was given before, in line 2' <<<$'daemon\n  position /a\n  position /a\n'"$good"
bad '2:12: the closing quote is missing' <<<$'daemon\n  position "/a b\n'"$good"
bad '2:14: expected \\ or \ooo' <<<$'daemon\n  position "/\\8"\n'"$good"
bad '2:13: a word with anything but ASCII' <<<$'daemon\n  position /\303\244\n'"$good"
bad '5:1: section daemon comes first' <<<"$good"$'\ndaemon'
bad '1:7: there is no kind of input "kernal"; did you mean kernel?' <<<'input kernal'
bad '1:5: the kind of sink is missing' <<<'sink'
bad '1:14: expected: sink KIND NAME' <<<'sink journald'
bad '1:15: a name has letters' <<<'sink journald a/b'
bad '1:15: no sink is called none' <<<'sink journald none'
bad '5:15: there is a sink j already, in line 2' <<<"$good"$'\nsink journald j'
bad '4:8: there is no sink jj; did you mean j?' <<<"${good}j"
bad '3:1: to is missing' <<<"${good%%to j}"
bad '5:11: source= is one of' <<<"$good"$'\n    match source=moon'
bad '5:25: result= is one of' <<<"$good"$'\n    match source=kernel result=no'
bad '5:11: priority= is a number up to 65535' <<<"$good"$'\n    match priority=65536'
bad '5:17: ' <<<"$good"$'\n    match write pat="/x"'
bad '5:12: ' <<<"$good"$'\n    unless wrte path="/x"'
bad '3:1: stop and continue exclude each other' <<<"$good"$'\n    stop\n    continue'
bad '3:1: there is no section route' <<<$'input kernel\nsink journald j\n#'
bad '3:10: format is one of: text json ecs; did you mean json?' <<<$'input kernel\nsink journald j\n  format jsn\n'
bad '3:9: queue is at least' <<<$'input kernel\nsink journald j\n  queue 1\n'
bad '3:9: expected a number of bytes' <<<$'input kernel\nsink journald j\n  queue 1X\n'

bad '5:1: there is an input kernel already, in line 1' <<<"$good"$'\ninput kernel'
bad '7:1: /a is that of sink f, in line 5' <<<"$good"$'\nsink file f\n  path /a\nsink file g\n  path /a'
# The same by other names, whether it exists or not.
mkdir real real/spool
ln -s real link
two() { printf '%s\nsink file f\n  path %s\nsink file g\n  path %s' "$good" "$1" "$2"; }
for other in "$PWD//real/./new/x" "$PWD/link/new/x" "$PWD/link/../real//new/x"; do
	bad "7:1: $other is that of sink f, in line 5" < <(two "$PWD/real/new/x" "$other")
done
echo >real/log
ln real/log real/hard
bad "7:1: $PWD/real/hard is that of sink f" < <(two "$PWD/link/log" "$PWD/real/hard")
for other in "$PWD/real/new/y" "$PWD/real/newx" "$PWD/new/x" "$PWD/real/new/x/z" "$PWD/real/other"; do
	two "$PWD/link/new/x" "$other" >conf
	"$AUDITD" --check -c conf || fail "$other is another"
done
bad '8:1: /s is that of sink f, in line 5' \
	<<<"$good"$'\nsink file f\n  path /a\n  spool /s\nsink journald g\n  spool /s'

# All of them at once, and where they are.
bad '3:3: ' <<<$'input kernel\nsink journald j\n  formt text\n  queue 1X\nroute all\n  to j\n'
[[ $(grep -c '^conf:' out) == 2 ]] || fail "not all errors at once"
grep -qF $'conf:3:3: sink journald has no key "formt"; did you mean format?\n    formt text\n    ^' out ||
	diff <(head -n 3 out) - <<<'conf:3:3: sink journald has no key "formt"; did you mean format?
    formt text
    ^' || fail "the place is not shown"

# What is quoted, and what a comment is.
printf 'daemon\n position "/a\\040\303\244 #b" # c\n%s\n   match write path="/a#b" #x\n' "$good" >conf
"$AUDITD" --check -c conf || fail "quotes or comments"

# Every key of every section is listed.
"$AUDITD" --keys >keys
for word in 'input kernel' 'sink file NAME' 'sink journald NAME' 'route NAME' 'every sink'; do
	grep -qx "$word" keys || fail "--keys does not know '$word'"
done
