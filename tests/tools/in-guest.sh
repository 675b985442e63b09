# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# For the tests of the tools in a guest: sourced by them, in the repository's folder.

[[ ${KELLAS_VM-} ]] || { echo "only in a guest: tests/vm/run $0" >&2; exit 2; }
. tests/vm/cases.sh
tool=$PWD/build/tools/kellasctl/kellasctl

# For is(): what helps to understand a failure.
show() {
	tail -n 30 out err 2>/dev/null
}

# status_of STATUS ARGUMENT…: run the tool; is that its exit status?
status_of() {
	local want=$1

	shift
	"$tool" "$@" >out 2>err </dev/null
	[[ $? == "$want" ]]
}
