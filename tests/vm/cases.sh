# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# For scripts in a guest that count their cases: sourced by them, in the repository's folder. They
# define show(), which prints what helps to understand a failure.

# shellcheck disable=SC2034
passed=0 failed=0

# is NAME COMMAND…: the command must succeed
is() {
	local name=$1

	shift
	if "$@"; then
		passed=$((passed + 1))
		echo "ok $name"
	else
		failed=$((failed + 1))
		echo "not ok $name"
		show
	fi
}

# soon COMMAND…: it must succeed within eight seconds
soon() {
	local i

	for ((i = 0; i < 80; i++)); do
		"$@" && return
		sleep 0.1
	done
	return 1
}
