# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# For scripts that wait for what others do. They define fail(), and may set wait_seconds.

wait_seconds=30

# wait_for COMMAND…: until it succeeds; what it says on stderr until then is nothing new.
wait_for() {
	local end=$((SECONDS + wait_seconds))

	until "$@" 2>/dev/null; do
		((SECONDS < end)) || fail "waited in vain for: $*"
		sleep 0.05
	done
}
