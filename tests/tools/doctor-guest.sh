#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Usage: tests/vm/run tests/tools/doctor-guest.sh
#
# kellasctl doctor in a real kernel: without the module, with it, with ftrace switched off, on trial,
# with a full disk. That each file is read as kernels write it is what doctor.sh cannot show.

set -uo pipefail
. tests/tools/in-guest.sh
module=$PWD/build/$(uname -r)/kellas.ko
tracing=/sys/kernel/tracing
cd /tmp || exit

# For is(): what helps to understand a failure.
show() {
	cat out err 2>/dev/null
}

doctor() {
	"$tool" doctor --color=never >out 2>err
}

# finds LEVEL NAME [WHAT]: this finding, and with these words
finds() {
	grep -qE "^[a-z]+ +$1 +$2 +.*${3-}" out
}

finds_not() {
	! finds "$@"
}

mount -t tracefs tracefs $tracing 2>/dev/null
doctor
is 'it fails without the module' [ $? = 1 ]
is 'and says so' finds error loaded 'nothing is logged'
is 'the kernel is fit' finds ok version 'Linux [67]\.'
is 'ftrace is on' finds ok ftrace
is 'nobody else is attached' finds ok conflict 'nobody else'
echo 0 >/proc/sys/kernel/ftrace_enabled 2>/dev/null
doctor
# Newer kernels do not let it be switched off at all.
[[ $(</proc/sys/kernel/ftrace_enabled) != 0 ]] ||
	is 'ftrace is off' finds error ftrace 'the module will not load'
echo 1 >/proc/sys/kernel/ftrace_enabled 2>/dev/null

insmod "$module" || exit
doctor
is 'the module is there' finds ok loaded
is 'all functions are there' finds ok functions
is 'of the same version' finds ok version 'module and tools'
is 'the policy is empty' finds warning rules empty
is 'nobody keeps the log' finds warning keeper 'systemctl|nobody'
printf '100 acl unlink path="/tmp/never"\n\t10 deny\n' >policy
"$tool" load -q --confirm=60 policy
echo 0 2>/dev/null >/proc/sys/kernel/ftrace_enabled
doctor
is 'ftrace cannot be switched off now' finds ok ftrace
is 'its calls are seen' grep -q 'direct-->kl_trampoline.*\[kellas\]' $tracing/enabled_functions
is 'and are ours' finds ok conflict
is 'what counts as attached is' finds_not error attached
is 'a policy is loaded' finds ok rules '1 block, 1 rule,'
is 'on trial' finds warning confirm 'taken back in [0-9]+ seconds'
is 'anybody may change it' finds note modify_policy
is 'no file of ours is for others' finds ok permissions
chmod 666 /proc/kellas/policy
doctor
is 'but now' finds error permissions '/proc/kellas/policy may be changed'
"$tool" revert -q
doctor
is 'taken back' finds note reverts '1 policy on trial was'
is 'on trial no more' finds_not warning confirm
setpriv --reuid 65534 --regid 65534 --clear-groups "$tool" doctor >out 2>err
is 'another user sees less' finds note counters 'Permission denied'
is 'and knows why' grep -q -- '-> sudo kellasctl doctor' out

mkdir -p /var/log/kellas
mount -t tmpfs -o size=64k tmpfs /var/log/kellas
head -c 100000 /dev/zero >/var/log/kellas/log 2>/dev/null
doctor
is 'no room for the log' finds error space '/var/log/kellas has 0 MiB left of 0'
umount /var/log/kellas
"$tool" unload -q
doctor
is 'unloaded' finds error loaded
echo "$passed passed, $failed failed"
((failed == 0 && passed > 0))
