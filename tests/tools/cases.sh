# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# For tests of the tools that work in a folder of their own: sourced by them, enters it.

folder=$(mktemp -d) || exit
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit
# shellcheck disable=SC2034
passed=0 failed=0

# is NAME COMMAND…: the command must succeed; otherwise what it and the tool said is shown
is() {
	local name=$1

	shift
	if "$@" >said 2>&1; then
		passed=$((passed + 1))
		echo "ok $name"
	else
		failed=$((failed + 1))
		echo "not ok $name"
		head -qn "${shown:-12}" said out err 2>/dev/null | cut -c -200 | sed 's/^/    /'
	fi
}
