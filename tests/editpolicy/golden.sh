#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Usage: tests/editpolicy/golden.sh [--accept] SCREENS
#
# The editor's pictures after the keys in golden/NAME.keys, at three sizes, compared with those in
# golden/; of 80x24 with the styles, a letter for each below the line. So are those in doc/editor.md,
# each below a line "```text NAME SIZE".

set -euo pipefail
accept=
[[ ${1-} != --accept ]] || { accept=1; shift; }
screens=$(realpath "$1")
here=$(dirname "$(realpath "$0")")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$here/sample.log" "$work/kellas.log"
cd "$work"

# of NAME.keys: what is edited, NAME.conf if there is one; "# live" or "# beside" in its first line:
# with a running kernel, played by files, of which NAME.stat may be one; "# decide": likewise, and
# queries wait. Nothing here ever gets at the machine's own.
unset KELLAS_PROC
prepare() {
	local what

	edited=policy.conf
	cp "$here/sample.conf" policy.conf
	[[ ! -e ${1%.keys}.conf ]] || cp "${1%.keys}.conf" policy.conf
	rm -rf proc
	unset KELLAS_PROC
	read -r what <"$1"
	[[ $what == '# live' || $what == '# beside' || $what == '# decide' ]] || return 0
	cp -r "$here/proc" proc
	[[ ! -e ${1%.keys}.stat ]] || cp "${1%.keys}.stat" proc/stat
	if [[ $what == '# decide' ]]; then
		cp "$here/queries" "$here/queries-later" proc/
		: >proc/none
		cp "$here/queries-policy" proc/policy
	fi
	export KELLAS_PROC=proc
	[[ $what != '# live' ]] || edited=--live
}

# take NAME SIZE [styles]: its picture
take() {
	prepare "$here/golden/$1.keys"
	"$screens" "$edited" "${2#*x}" "${2%x*}" "$here/golden/$1.keys" ${3+"$3"}
}

passed=0 failed=0
# compare WHAT FILE: with the one that was just made
compare() {
	if [[ $accept ]]; then
		cmp -s made "$2" || cp made "$2"
	elif cmp -s made "$2"; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "not ok: $1"
		diff -u "$2" made || true
	fi
}

for keys in "$here"/golden/*.keys; do
	name=$(basename "$keys" .keys)
	for size in 80x24 120x40 200x60; do
		# shellcheck disable=SC2046
		take "$name" $size $([[ $size != 80x24 ]] || echo styles) >made
		compare "$name at $size" "$here/golden/$name.$size"
	done
done

tour=$here/../../doc/editor.md
inside=''
while IFS= read -r line; do
	[[ $inside && $line != '```' ]] || printf '%s\n' "$line"
	if [[ $line == '```text '* ]]; then
		read -r _ name size <<<"$line"
		take "$name" "$size" | sed '/^answers:$/,$d'
		inside=1
	elif [[ $line == '```' ]]; then
		inside=''
	fi
done <"$tour" >made
compare doc/editor.md "$tour"
[[ $accept ]] && exit
echo "golden: $passed passed, $failed failed"
((failed == 0 && passed >= 30))
