# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# For the tests of policy/*.conf, which run in a guest: sourced by them, in the repository's folder.

[[ ${KELLAS_VM-} ]] || { echo "only in a guest: tests/guest/policies/run" >&2; exit 2; }
. tests/vm/cases.sh
tool=$PWD/build/tools/kellasctl/kellasctl
policies=$PWD/policy build=$PWD/build/policies
mark=0 said='' attacks_made=() log=()
# Packages and logrotate may tell services what to do, though no init system is running.
printf '#!/bin/sh\nexit 0\n' >/usr/sbin/policy-rc.d
chmod 755 /usr/sbin/policy-rc.d
export DEBIAN_FRONTEND=noninteractive

# For is(): what helps to understand a failure.
show() {
	local line

	snapshot
	for line in "${log[@]}"; do
		[[ $line != *result=denied* ]] || printf '%.300s\n' "${line/task.pid=*task.exe/… task.exe}"
	done | tail -n 3
	printf '%s\n' "$said" | tail -n 5
}

# Sets log to every record since remember(). An open file begins with the oldest record that is left.
# shellcheck disable=SC2034
snapshot() {
	local line

	log=()
	while IFS= read -r line; do
		[[ $line =~ ^#[^#]*#\ seq=([0-9]+) ]] && ((BASH_REMATCH[1] > mark)) && log+=("$line")
	done < <(dd if=/proc/kellas/audit iflag=nonblock bs=1M 2>/dev/null)
}

# From here on.
remember() {
	local line

	read -r line < <(grep -o '^log .*next=[0-9]*' /proc/kellas/stat)
	mark=$((${line##*next=} - 1))
}

# start_module: the first thing that a test does to the kernel; without any policy.
start_module() {
	[[ -e /proc/kellas/policy ]] || insmod "build/$(uname -r)/kellas.ko" || exit
	unprotect
	remember
	started=$mark
}

# protect POLICY…: load it as its header says.
protect() {
	is "$* loads" "$tool" load -q --confirm=60 "${@/#/$policies/}"
	is "$* is kept" "$tool" confirm -q
	remember
}

unprotect() {
	printf 'begin replace\ncommit\n' >/proc/kellas/policy
}

# logged REGEX…: a record of the snapshot matches all of them.
logged() {
	local line regex

	for line in "${log[@]}"; do
		for regex; do
			[[ $line =~ $regex ]] || continue 2
		done
		return
	done
	return 1
}

# recorded REGEX…: the same, of all records up to now.
recorded() {
	snapshot
	logged "$@"
}

not() {
	! "$@"
}

# Nothing at all was denied since remember().
nothing_denied() {
	! recorded result=denied
}

lossless() {
	mark=$started
	! recorded ' (lost|suppressed)='
}

# says REGEX COMMAND…: a line of its output matches.
says() {
	local regex=$1 line

	shift
	said=$("$@" 2>&1)
	while IFS= read -r line; do
		[[ ! $line =~ $regex ]] || return 0
	done <<<"$said"
	return 1
}

# hole PORT ACTION…: what a server with a hole answers; see hole.c.
hole() {
	local port=$1 fd line

	shift
	exec {fd}<>"/dev/tcp/127.0.0.1/$port" || return
	printf 'hole:%s\n' "$*" >&"$fd"
	while IFS= read -rt 10 -u "$fd" line || [[ $line ]]; do
		printf '%s\n' "$line"
		line=
	done
	exec {fd}>&-
}

# attack LABEL ANSWER ACTION [ARGUMENT]: the server at $port is asked to do that. If $expect is "succeeds"
# the answer must match; else it must be EPERM, and is_logged() looks for a record with this label.
attack() {
	local label=$1 answer=$2

	shift 2
	if [[ $expect == succeeds ]]; then
		is "without the policy: $*" says "$answer" hole "$port" "$@"
	else
		is "with the policy: $*" says "$1: Operation not permitted" hole "$port" "$@"
		attacks_made+=("$label")
	fi
}

# is_logged PROGRAM: each of the attacks since remember(), in their order, with this program in its history.
is_logged() {
	local line found='' regex="result=denied.* rule=([^ ]*) .* task.history=[^ ]*$1"
	local expected="${attacks_made[*]}"

	snapshot
	for line in "${log[@]}"; do
		[[ $line =~ $regex ]] && found+=" ${BASH_REMATCH[1]}"
	done
	is "all of that is logged:$found" [ " $expected" = "$found" ]
	attacks_made=()
}

# upgrade -i FILE…: as apt does it in the end; without waiting for disks, and without triggers (manuals).
# invoke-rc.d starts nothing unless it knows the runlevel.
upgrade() {
	RUNLEVEL=5 PREVLEVEL=N dpkg --force-unsafe-io --no-triggers "$@"
}

finish() {
	is 'no record was lost' lossless
	echo "$passed passed, $failed failed"
	[[ $failed == 0 ]]
	exit
}
