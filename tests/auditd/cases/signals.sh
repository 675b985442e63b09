# SPDX-License-Identifier: GPL-2.0-only
# A daemon that is told to end while it begins would be killed by that, and its end be nowhere told;
# systemd would say that it failed. One that is told to reload would end.

{ echo "input kernel"; file_sink main; printf 'route all\n    to main\n'; } | configure
load_module
module records 10
mkfifo slow

# begins SIGNAL...: they come while it reads its configuration.
begins() {
	local signal

	rm -f stat
	"$AUDITD" -c slow 2>>said & daemon=$!
	exec {feed}>slow # returns once it has opened it
	for signal; do kill "-$signal" "$daemon"; done
	cat conf >&"$feed"
	exec {feed}>&-
}

begins TERM
wait "$daemon" || fail "SIGTERM ended it with status $?"
expect_records main.log 1 10
[[ $(grep -c 'daemon=started' main.log) == 1 ]] || fail "the beginning is not told"
[[ $(tail -n 1 main.log) == *daemon=stopped ]] || fail "the end is not told"

begins USR1 USR2
wait_for test -e stat
wait_for eval '[[ $(ls main-*.log | wc -l) == 1 ]]'
stop_daemon
