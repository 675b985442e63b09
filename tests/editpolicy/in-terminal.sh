# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# For the tests of the editor in a guest: a real terminal (tmux), with the module loaded. Sourced by
# them, in the repository's folder.

. tests/tools/in-guest.sh
editor=$PWD/build/tools/editpolicy/kellas-editpolicy
insmod "build/$(uname -r)/kellas.ko" || exit

# Each window is of a server of its own: one that ends takes its time.
windows=0
t() { tmux -L "window$windows" "$@"; }
screen() { t capture-pane -p -t e 2>/dev/null; }
show() { screen; tail -n 3 out err 2>/dev/null; }
keys() { t send-keys -t e "$@"; }
shows() { screen >picture; grep -qE -e "$1" picture; }
shows_not() { ! shows "$1"; }
until_shows() { soon shows "$1"; }

# open ARGUMENT…: the editor, in a window of $size columns
open() {
	windows=$((windows + 1))
	t -f /dev/null new-session -d -s e -x "${size:-100}" -y 30 "$editor $*; echo \"status \$?\"; sleep 100"
	until_shows F10
}
