# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# For cases that bring records to a real rsyslog: sourced by them, behind lib.sh.

PATH=$PATH:/usr/sbin:/sbin
rsyslog=''

# A port that nobody uses, for SOCK_STREAM or SOCK_DGRAM.
free_port() {
	python3 -c 'import socket, sys
s = socket.socket(socket.AF_INET, getattr(socket, sys.argv[1]))
s.bind(("127.0.0.1", 0))
print(s.getsockname()[1])' "$1"
}

# rsyslog_conf <<TEXT: modules and inputs. Each message is in the file before the input goes on, so
# that what imrelp confirms is kept even if rsyslog is killed.
rsyslog_conf() {
	mkdir -p rsyslog
	cat >rsyslog.conf <<CONF
global(workDirectory="$PWD/rsyslog" maxMessageSize="1m" net.enableDNS="off")
main_queue(queue.type="direct")
template(name="raw" type="string" string="%rawmsg%\n")
$(cat)
action(type="omfile" file="$PWD/remote" template="raw" asyncWriting="off" flushOnTXEnd="on")
CONF
}

# rsyslog_by_relp: an rsyslog that takes RELP, at $port.
rsyslog_by_relp() {
	port=$(free_port SOCK_STREAM)
	rsyslog_conf <<CONF
module(load="imrelp")
input(type="imrelp" port="$port")
CONF
}

# listening PORT: somebody does, over TCP or UDP.
listening() {
	grep -qE "^ *[0-9]+: [0-9A-F]+:$(printf %04X "$1") [0-9A-F]+:0000 (0A|07) " \
		/proc/net/tcp /proc/net/tcp6 /proc/net/udp /proc/net/udp6
}

# start_rsyslog PORT: until it listens there.
start_rsyslog() {
	rm -f rsyslog.pid
	rsyslogd -n -f "$PWD/rsyslog.conf" -i "$PWD/rsyslog.pid" 2>>rsyslog.said & rsyslog=$!
	wait_for listening "$1"
}

kill_rsyslog() {
	kill "-${1:-KILL}" "$rsyslog"
	wait "$rsyslog" 2>/dev/null || :
	rsyslog=
}

# tally FILE N: go through what arrived, in order. Records 1 to N must all be there or be told as lost
# at their place, none twice but inside of a repeat that was told before. Prints "ARRIVED LOST REPEATED".
tally() {
	python3 - "$@" <<'PY'
import re, sys

arrived = lost = repeated = 0
expected, first, last = 1, 1, 0
for line in open(sys.argv[1], errors="replace"):
    told = re.search(r"# daemon=(\w+) .*?seq=(\d+)-(\d+)", line)
    record = re.search(r" seq=(\d+) global-pid=", line)
    if told and told[1] == "repeat":
        first, last = int(told[2]), int(told[3])
    elif told and told[1] == "lost":
        count = int(re.search(r" count=(\d+)", line)[1])
        low, high = int(told[2]), int(told[3])
        if high < expected and first <= low and high <= last:
            continue
        if low != expected or count != high - low + 1:
            sys.exit(f"expected {expected}: {line}")
        lost += count
        expected = high + 1
    elif record and int(record[1]) == expected:
        arrived += 1
        expected += 1
    elif record and first <= int(record[1]) <= last and int(record[1]) < expected:
        repeated += 1
    elif record:
        sys.exit(f"expected {expected}, repeat {first}-{last}: {line[:200]}")
if expected != int(sys.argv[2]) + 1:
    sys.exit(f"it ends before {expected}")
print(arrived, lost, repeated)
PY
}

# The last record is there (what is told after it may not be).
arrived() { grep -aq " seq=$2 global-pid=" "$1"; }

# expect_tally FILE N: set arrived_, lost_, repeated_.
expect_tally() {
	local line
	line=$(tally "$@") || { tail -n 5 rsyslog.said >&2; fail "records of $1"; }
	read -r arrived_ lost_ repeated_ <<<"$line"
	echo "$1: $arrived_ arrived, $lost_ told lost, $repeated_ repeated"
	((arrived_ + lost_ == $2)) || fail "$arrived_ + $lost_ is not $2"
}

# certificate NAME CA HOST: NAME.pem and NAME.key, signed by CA.pem; certificate CA CA makes a CA.
certificate() {
	local name=$1 ca=$2 host=${3:-$1}
	local -a by=(-CA "$ca.pem" -CAkey "$ca.key" -addext "subjectAltName=DNS:$host")
	[[ $name != "$ca" ]] || by=(-addext "keyUsage=critical,keyCertSign")
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj "/CN=$host" \
		-keyout "$name.key" -out "$name.pem" "${by[@]}" 2>openssl.said ||
		{ cat openssl.said >&2; fail "openssl"; }
}
