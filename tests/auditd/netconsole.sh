#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Usage: tests/vm/run tests/auditd/netconsole.sh
#
# The kernel's own netconsole, basic, extended, and extended over IPv6, to kellas-auditd:
#
#     this kernel -- kellas0 === relay === kellas1, in the network namespace "far" -- kellas-auditd
#      10.9.8.1, fd00:9::1                10.9.8.2, fd00:9::2
#
# A veth would do without the relay, but netconsole refuses it.

set -uo pipefail
[[ ${KELLAS_VM-} ]] || { echo 'only in a guest: tests/vm/run tests/auditd/netconsole.sh' >&2; exit 2; }
. tests/vm/cases.sh
daemon=$PWD/build/tools/auditd/kellas-auditd
dir=/tmp/netconsole
log=$dir/log
basic='10.9.8.1:6665' extended='10.9.8.1:6670' six='[fd00:9::1]:6671'

# For is(): what helps to understand a failure.
show() {
	cut -c 1-300 $log | tail -n 12
	cat $dir/err
}

# A cable between two taps.
relay() {
	exec python3 - <<-'END'
	import fcntl, os, select, struct
	def tap(name):
	    fd = os.open("/dev/net/tun", os.O_RDWR)
	    fcntl.ioctl(fd, 0x400454ca, struct.pack("16sH", name, 0x1002))
	    return fd
	a, b = tap(b"kellas0"), tap(b"kellas1")
	while True:
	    for fd in select.select([a, b], [], [])[0]:
	        try:
	            os.write(b if fd == a else a, os.read(fd, 65536))
	        except OSError:
	            pass
	END
}

set_up() {
	local mac peer

	mkdir -p $dir
	modprobe tun && ip netns add far || return
	relay &
	relay=$!
	soon ip link show kellas1 &>/dev/null || return
	ip link set kellas0 txqueuelen 20000 && ip link set kellas1 netns far &&
		ip address add 10.9.8.1/24 dev kellas0 &&
		ip address add fd00:9::1/64 dev kellas0 nodad && ip link set kellas0 up &&
		ip -n far address add 10.9.8.2/24 dev kellas1 &&
		ip -n far address add fd00:9::2/64 dev kellas1 nodad &&
		ip -n far link set kellas1 up || return
	# At first the whole kernel log comes.
	sysctl -qw net.core.rmem_max=8388608
	cat >$dir/conf <<-END
		daemon
		    position $dir/position
		    stat $dir/stat
		input netconsole
		    receive-buffer 8M
		sink file main
		    path $log
		route all
		    to main
	END
	ip netns exec far "$daemon" -c $dir/conf 2>$dir/err &
	soon test -s $log || return
	pid=$(pgrep -x kellas-auditd)
	mac=$(ip -n far -o link show kellas1 | grep -o 'link/ether [^ ]*')
	mac=${mac#* }
	peer="kellas0,6666@10.9.8.2/$mac"
	dmesg -n 8
	modprobe netconsole "netconsole=6665@10.9.8.1/$peer;+6670@10.9.8.1/$peer;+6671@fd00:9::1/kellas0,6666@fd00:9::2/$mac"
}

say() {
	printf '<6>%s\n' "$1" >/dev/kmsg
}

# from SENDER: its lines
from() {
	grep -F " netconsole=$1 / " $log
}

# said SENDER TEXT: did the sender's line come?
said() {
	from "$1" | grep -F -- "$2" >/dev/null
}

everybody_said() {
	said $basic "$1" && said $extended "$1" && said "$six" "$1"
}

each_once() {
	local sender

	for sender in $basic $extended "$six"; do
		diff <(from "$sender" | grep -o 'number [0-9]* of' | sort -V) \
			<(for ((i = 1; i <= 100; i++)); do echo "number $i of"; done) || return
	done
}

all_whole() {
	! grep -E 'daemon=lost|\\\((cut|begin)' $log
}

# flood: the log from then on
flood() {
	awk '/ before the flood$|;before the flood$/ { n++; next } n == 3' $log
}

# sum REGEX: of the counts in the daemon's lines that match
sum() {
	flood | grep -E "daemon=lost .*$1" | grep -o 'count=[0-9]*' |
		awk -F = '{ n += $2 } END { print n + 0 }'
}

# number TEXT: the kernel's number of that message
number() {
	from $extended | grep -F -- "$1" | sed -n 's/^.* \/ [0-9]*,\([0-9]*\),.*/\1/p'
}

# came SENDER: lines since
came() {
	flood | grep -cF " netconsole=$1 / "
}

# The daemon sleeps while much more comes than its socket holds: what is not in the log is told, to
# the last datagram, by socket and by sender.
losses() {
	local i sent lines

	sed -i 's/receive-buffer .*/receive-buffer 64K/' $dir/conf
	kill -HUP "$pid"
	soon grep -q daemon=reloaded $log && say 'before the flood' &&
		soon everybody_said 'before the flood' || return
	kill -STOP "$pid"
	for ((i = 1; i <= 300; i++)); do
		say "flood $i"
	done
	kill -CONT "$pid"
	soon grep -q reason=socket-full $log && say 'after the flood' &&
		soon everybody_said 'after the flood' || return
	sent=$(($(number 'after the flood') - $(number 'before the flood')))
	lines=$(flood | grep -cF ' netconsole=')
	echo "$lines lines of $((3 * sent)) sent, $(sum socket-full) told as dropped;" \
		"extended: $(sum "sender=$extended") and $(sum 'sender=.fd00') missing"
	(($(sum socket-full) > 150)) && ((lines + $(sum socket-full) == 3 * sent)) &&
		(($(came $extended) + $(sum "sender=$extended") == sent)) &&
		(($(came "$six") + $(sum 'sender=.fd00') == sent))
}

# The figures of the daemon are those of its log.
figures() {
	local stat

	kill -USR2 "$pid"
	soon grep -qF " dropped=$(sum socket-full) " $dir/stat && stat=$(grep '^input netconsole' $dir/stat) &&
		[[ $stat == *" senders=3 "* && $stat == *" lines_cut=0 "* ]] &&
		[[ $stat == *" records_missing=$(($(sum "sender=$extended") + $(sum "sender=.fd00"))) "* ]]
}

ends() {
	kill "$pid" && soon grep -q 'daemon=stopped$' $log
}

is 'netconsole to a namespace' set_up
for ((i = 1; i <= 100; i++)); do
	say "number $i of 100"
done
is 'basic, extended and IPv6' soon everybody_said 'number 100 of'
is 'every message, once' each_once
is 'nothing lost or cut' all_whole
is 'losses are told exactly' losses
is 'counters' figures
is 'an orderly end' ends
modprobe -r netconsole
kill "$relay"
echo "$(uname -r): netconsole: $passed passed, $failed failed"
((failed == 0))
