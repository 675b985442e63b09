#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Usage: tests/editpolicy/golden.sh [--accept] SCREENS
#
# The editor's pictures after the keys in golden/NAME.keys, with the styles, a line of letters below
# each, are those in golden/, at three sizes; and so are those in doc/editor.md and in the manual page,
# each below a line "```text NAME SIZE" or "; picture NAME SIZE". All of golden/ goes through a terminal (tmux), with colours and without: the
# keys come from it, and it shows what the picture says, see attributes.

set -euo pipefail
here=$(dirname "$(realpath "$0")")
sizes='80x24 120x40 200x60'
work=$(mktemp -d)

# of NAME.keys: what is edited, NAME.conf if there is one; "# live" or "# beside" in its first line:
# with a running kernel, played by files, of which NAME.stat may be one; "# decide": likewise, and
# queries wait. Nothing here ever gets at the machine's own.
unset KELLAS_PROC NO_COLOR
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

# take NAME SIZE [styles|OUT]: its picture
take() {
	prepare "$here/golden/$1.keys"
	"$screens" "$edited" "${2#*x}" "${2%x*}" "$here/golden/$1.keys" ${3+"$3"}
}

names() {
	local keys

	for keys in "$here"/golden/*.keys; do
		basename "$keys" .keys
	done
}

# ------------------------------------------------------------------------------- in a terminal

# In a window of that size: all pictures, and as shown in colours, without, and by a terminal that
# has none, nor some of the keys. Results in folders of that name, what goes wrong in .said.
show_all() {
	local out=$1 size=$2 name

	for name in $(names); do
		TERM=screen-256color take "$name" "$size" "$out/yes/$name.$size"
		NO_COLOR=1 TERM=screen take "$name" "$size" "$out/no/$name.$size"
		grep -qE '^(F[5-9]|F10|Home|End|[PN]Page|DC)$' "$here/golden/$name.keys" ||
			TERM=vt100 take "$name" "$size" "$out/vt100/$name.$size"
	done 2>"$out/$size.said"
}

# A window for each size, beside each other.
show_in_windows() {
	local size look

	mkdir "$work"/{yes,no,vt100}
	export LC_ALL=C.UTF-8
	for size in $sizes; do
		tmux -S "$work/tmux" -f /dev/null -u new-session -d -x "${size%x*}" -y "${size#*x}" \
			"$here/golden.sh --window $work $size $screens"
	done
	for size in $sizes; do
		timeout 300 tmux -S "$work/tmux" wait-for "$size"
		cat "$work/$size.said"
	done
}

if [[ ${1-} == --window ]]; then
	trap 'cd /; rm -rf "$work"; tmux wait-for -S "$3"' EXIT
	screens=$4
	cp "$here/sample.log" "$work/kellas.log"
	cd "$work"
	set +e
	show_all "$2" "$3"
	exit
fi

# -------------------------------------------------------------------------------- comparison

accept=
[[ ${1-} != --accept ]] || { accept=1; shift; }
screens=$(realpath "$1")
trap 'tmux -S "$work/tmux" kill-server 2>/dev/null || true; rm -rf "$work"' EXIT
cp "$here/sample.log" "$work/kellas.log"
cd "$work"
passed=0 failed=0
# compare WHAT MADE FILE
compare() {
	if [[ $accept ]]; then
		cmp -s "$2" "$3" || cp "$2" "$3"
	elif cmp -s "$2" "$3"; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "not ok: $1"
		diff -u "$3" "$2" || true
	fi
}

accept_all() {
	local name size

	for name in $(names); do
		for size in $sizes; do
			take "$name" "$size" styles >made
			compare "$name.$size" made "$here/golden/$name.$size"
		done
	done
}

compare_all() {
	local look name size shown

	show_in_windows
	for look in yes no vt100; do
		for shown in "$look"/*.shown; do
			name=$(basename "$shown" .shown)
			compare "$name, colours: $look" "$look/$name" "$here/golden/$name"
		done
		"$here/attributes" "$look" "$here/golden" "$look"/*.shown || failed=$((failed + 1))
	done
}

if [[ $accept ]]; then
	accept_all
else
	compare_all
fi

# illustrate ESCAPES <DOCUMENT: with its pictures as they are now, ESCAPES in them as sed has it
illustrate() {
	local line inside=''

	while IFS= read -r line; do
		[[ $inside && $line != '```' ]] || printf '%s\n' "$line"
		case $line in
		'; picture '*)
			read -r _ _ name size <<<"$line"
			read -r line && echo "$line"
			;;
		'```text '*) read -r _ name size <<<"$line" ;;
		*)
			[[ $line != '```' ]] || inside=''
			continue
			;;
		esac
		take "$name" "$size" | sed -e '/^answers:$/,$d' -e "$1"
		inside=1
	done
}

for document in doc/editor.md doc/kellas-editpolicy.8.scd; do
	escapes=
	[[ $document != *.scd ]] || escapes='s/\\/&&/g'
	illustrate "$escapes" <"$here/../../$document" >made
	compare "$document" made "$here/../../$document"
done
[[ $accept ]] && exit
echo "golden: $passed passed, $failed failed"
((failed == 0 && passed > 6 * $(names | wc -l)))
