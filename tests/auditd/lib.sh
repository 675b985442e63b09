# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# For the cases: a stand-in for the module, the daemon, and what they say. Each case runs in an empty
# folder of its own, with AUDITD, KELLASCTL and SOURCE set.

set -euo pipefail
export KELLAS_PROC=$PWD/proc KELLAS_AUDITD_STAT=$PWD/stat
daemon='' source='' instance=1111111111111111

fail() { echo "FAILED: $*" >&2; exit 1; }

# Whatever the case started ends with it.
tidy() {
	local status=$? pid
	for pid in $daemon $source $(jobs -p); do kill -KILL "$pid" 2>/dev/null || :; done
	[[ $status == 0 ]] || { echo "--- said:"; cat said 2>/dev/null; } >&2
	exit "$status"
}
trap tidy EXIT

# shellcheck source=tests/wait.sh
. "$here/../wait.sh"
wait_seconds=10

# ------------------------------------------------------------ the module

# A module is loaded; a second one after the first has gone: give it another instance.
load_module() {
	instance=${1:-$instance}
	mkdir -p proc
	rm -f proc/*
	# shellcheck disable=SC2153
	"$SOURCE" proc "$instance" & source=$!
	wait_for test -e proc/audit
}

# module COMMAND...: see helper/source.c.
module() {
	local before=0
	[[ ! -e proc/done ]] || before=$(wc -l <proc/done)
	echo "$*" >proc/control
	wait_for eval "[[ \$(wc -l <proc/done) -gt $before ]]"
}

unload_module() {
	module end
	wait "$source" || fail "the stand-in for the module failed"
	source=
}

# acknowledged N: the module was told that all up to N is safe.
acknowledged() { grep -qx "ack $1" proc/words; }

# ------------------------------------------------------------ the daemon

# configure <<TEXT: the sections behind "daemon".
configure() {
	{
		printf 'daemon\n    position %s/position\n    stat %s/stat\n' "$PWD" "$PWD"
		cat
	} >conf
}

# A sink of files is part of most cases: sink file NAME, writing to NAME.log.
file_sink() { printf 'sink file %s\n    path %s/%s.log\n    fsync always\n' "$1" "$PWD" "$1"; }

start_daemon() {
	rm -f stat
	"${WRAP[@]}" "$AUDITD" -c conf 2>>said & daemon=$!
	wait_for test -e stat
}
WRAP=()

# End it in order: it must do so, and find nothing wrong with itself.
stop_daemon() {
	local status=0
	kill -TERM "$daemon"
	wait "$daemon" || status=$?
	daemon=
	[[ $status == 0 ]] || fail "the daemon ended with status $status"
}

kill_daemon() {
	kill -KILL "$daemon"
	wait "$daemon" 2>/dev/null || :
	daemon=
}

reload_daemon() {
	local before
	before=$(grep -c 'follow' said || :)
	kill -HUP "$daemon"
	wait_for eval "[[ \$(grep -c follow said) -gt $before ]]"
}

# stat_of SUBJECT NAME KEY: a counter of the daemon, as it is now: stat_of sink main delivered
stat_of() {
	local before
	before=$(stat -c %i stat)
	kill -USR2 "$daemon"
	# Written only if something has changed.
	for _ in 1 2 3 4 5; do
		[[ $(stat -c %i stat) == "$before" ]] || break
		sleep 0.02
	done
	sed -n "s/^$1 $2 .*\\b$3=\\([^ ]*\\).*/\\1/p" stat
}

is_stat() { [[ $(stat_of "$1" "$2" "$3") == "$4" ]]; }

said() { grep -q -- "$1" said; }

# in_namespace: run the case again as root of a user and mount namespace of its own, with a small file
# system in disk.
in_namespace() {
	if [[ ! ${in_namespace-} ]]; then
		# shellcheck disable=SC2016
		in_namespace=1 unshare -rm bash -c '. "$here/lib.sh"; . "$here/cases/$1.sh"' case "$1"
		exit
	fi
	mkdir disk
	mount -t tmpfs -o size=256k none disk
}

# ------------------------------------------------------------------- logs

# The numbers of the records in a log, one a line.
numbers() { grep -o ' seq=[0-9]* global-pid=' "$1" | tr -dc '0-9\n'; }

# has_records FILE FIRST LAST: exactly these, in order, each once.
has_records() { diff <(numbers "$1") <(seq "$2" "$3") >/dev/null; }

expect_records() {
	has_records "$@" || { diff <(numbers "$1") <(seq "$2" "$3") | head -20; fail "records of $1"; } >&2
}
