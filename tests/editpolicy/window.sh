# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# For tests of the editor in a real terminal (tmux): sourced by them. $1 is the editor.

set -uo pipefail
editor=$(realpath "$1")
here=$(dirname "$(realpath "$0")")
. "$here/../vm/cases.sh"
work=$(mktemp -d)
trap 't kill-server 2>/dev/null; rm -rf "$work"' EXIT
cd "$work" || exit
export KELLAS_PROC=$work/none LC_ALL=C.UTF-8 ASAN_OPTIONS=detect_leaks=0

# Each window is of a server of its own: one that ends takes its time.
windows=0
t() { tmux -S "$work/tmux$windows" "$@"; }
show() { t capture-pane -p 2>/dev/null; }
# open SIZE [VARIABLE=VALUE…]: the editor on a fresh copy, in a window of that size.
open() {
	local size=$1
	shift
	t kill-server 2>/dev/null
	soon gone
	windows=$((windows + 1))
	[[ -e policy.conf ]] || cp "$here/sample.conf" policy.conf
	tmux -S "$work/tmux$windows" -f /dev/null -u new-session -d -x "${size%x*}" -y "${size#*x}" \
		"env $* $editor policy.conf; echo \"status \$?\"; sleep 100"
	until_shows 'F10\|rescued\|^status'
}
# Nothing is left of what was edited before.
afresh() {
	t kill-server 2>/dev/null
	soon gone
	rm -f policy.conf .policy.conf.rescued
}
gone() { ! pgrep -f "^$editor policy.conf" >/dev/null; }
keys() { t send-keys "$@"; }
# Until the screen shows that, ten seconds at most.
until_shows() {
	local i

	for i in {1..100}; do
		show | grep -q -- "$1" && return
		sleep 0.1
	done
	return 1
}
# put BYTES: as a terminal sends them
put() { t send-keys -l "$(printf %b "$1")"; }
