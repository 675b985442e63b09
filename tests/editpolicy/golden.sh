#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Usage: tests/editpolicy/golden.sh [--accept] SCREENS
#
# The editor's pictures after the keys in golden/NAME.keys, at three sizes, compared with those in
# golden/; of 80x24 with the styles, a letter for each below the line. They are documentation, too.

set -euo pipefail
accept=
[[ ${1-} != --accept ]] || { accept=1; shift; }
screens=$(realpath "$1")
here=$(dirname "$(realpath "$0")")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$here/sample.log" "$work/kellas.log"
cd "$work"

# of NAME.keys: what is edited, NAME.conf if there is one; "# live" or "# beside" in its first line: with a running kernel, played
# by files; "# decide": likewise, and queries wait. Nothing here ever gets at the machine's own.
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
	if [[ $what == '# decide' ]]; then
		cp "$here/queries" "$here/queries-later" proc/
		: >proc/none
		cp "$here/queries-policy" proc/policy
	fi
	export KELLAS_PROC=proc
	[[ $what != '# live' ]] || edited=--live
}

passed=0 failed=0
for keys in "$here"/golden/*.keys; do
	name=$(basename "$keys" .keys)
	for size in 80x24 120x40 200x60; do
		styles=$([[ $size != 80x24 ]] || echo styles)
		# shellcheck disable=SC2086
		prepare "$keys"
		"$screens" "$edited" "${size#*x}" "${size%x*}" "$keys" $styles >picture
		golden=$here/golden/$name.$size
		if [[ $accept ]]; then
			cp picture "$golden"
		elif cmp -s picture "$golden"; then
			passed=$((passed + 1))
		else
			failed=$((failed + 1))
			echo "not ok: $name at $size"
			diff -u "$golden" picture || true
		fi
	done
done
[[ $accept ]] && exit
echo "golden: $passed passed, $failed failed"
((failed == 0 && passed >= 30))
