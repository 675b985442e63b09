# SPDX-License-Identifier: GPL-2.0-only
#
# Shared by the smoke tests of the module, which run in a guest:
#
#	tests/vm/run tests/guest/smoke-policy.sh
#
# KELLAS_KO names the module; by default the one that "make module" built.
# shellcheck shell=bash

set -u
ko=${KELLAS_KO:-build/$(uname -r)/kellas.ko}
k=/proc/kellas
bad=0 done_checks=0
work=/tmp/smoke
mkdir -p $work

ok() { done_checks=$((done_checks + 1)); }
fail() { done_checks=$((done_checks + 1)); bad=$((bad + 1)); echo "FAIL $*"; }
is() { if [[ $2 == "$3" ]]; then ok; else fail "$1: '$2', expected '$3'"; fi; }
# has WHAT TEXT PATTERN: a glob
# shellcheck disable=SC2053
has() { if [[ $2 == $3 ]]; then ok; else fail "$1: '$2' does not look like '$3'"; fi; }
works() { local e; if e=$("$@" 2>&1 >/dev/null); then ok; else fail "should work: $* ($e)"; fi; }
refused() {
	local e

	if e=$("$@" 2>&1 >/dev/null); then fail "should be refused: $*"; return; fi
	has "$*" "$e" '*Operation not permitted*'
}

load() { insmod "$ko" || { echo "FAIL insmod $ko"; exit 1; }; }
unload() { echo detach >$k/policy && rmmod kellas || fail 'detach and rmmod'; }

# policy TEXT: replace the policy by it, at once.
policy() { { echo 'begin replace'; printf '%s\n' "$1"; echo commit; } >$k/policy || fail "policy: $1"; }
blocks() { sed -n '/^$/,$p' $k/policy | sed '/^$/d'; }
stat_of() { sed -n "s/^$1 //p" $k/stat; }
number() { sed -n "s/^$1 .*\b$2=\([0-9]*\).*/\1/p" $k/stat; }

# log: what has been recorded since the last call of it.
open_log() { exec {log_fd}<$k/audit; "$work/reader" drain <&$log_fd; }
log() { "$work/reader" read <&$log_fd; }

finish() {
	echo "$(basename "$0"): $(uname -r): $done_checks checks, $bad failed"
	[[ $bad == 0 ]]
	exit
}

# Static, so that it reads no libraries; and once more for what shall not be logged.
gcc -static -O1 -Wall -o $work/op "$(dirname "${BASH_SOURCE[0]}")/smoke-op.c" && cp $work/op $work/reader ||
	exit 1
