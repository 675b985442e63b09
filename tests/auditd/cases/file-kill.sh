# SPDX-License-Identifier: GPL-2.0-only
# SIGKILL would leave torn lines, and records missing or double after the next start. That a write is
# cut short anywhere is tested in ../file.c; here is the daemon as a whole, killed at any time.

{
	echo "input kernel"
	file_sink main
	printf '    rotate-size 24K\n    compress zstd\nroute all\n    to main\n'
} | configure
load_module
last=0
for round in {1..12}; do
	"$AUDITD" -c conf 2>>said & daemon=$!
	for _ in 1 2 3; do
		count=$((RANDOM % 60 + 1)) last=$((last + count))
		module records $count
	done
	sleep "0.0$((RANDOM % 9))"
	kill_daemon
	# The stand-in is to notice that nobody reads any more.
	module skip 0
done
before=$(sed -n 's/^ack //p' proc/words | tail -n 1)
((before > 50)) || fail "only $before acknowledged in $round rounds"
start_daemon
module records 1
wait_for acknowledged $((++last))
stop_daemon
for file in main-*; do
	case $file in
	*.zst) zstdcat "$file" ;;
	*.part) ;;
	*) cat "$file" ;;
	esac
done >all
cat main.log >>all
expect_records all 1 "$last"
! grep -nv "^#[0-9/]* [0-9:.]*# " all || fail "a torn line"
