# SPDX-License-Identifier: GPL-2.0-only
# Rotated files would be missing records, never be removed or compressed, or pile up.

{
	echo "input kernel"
	file_sink main
	printf '    rotate-size 8K\n    compress zstd\n    keep-count 5\nroute all\n    to main\n'
} | configure
others=(main-mine.log other-20200101T000000.log main-20200101T000000.log.bak)
touch -d 2020-01-01 "${others[@]}"
load_module
start_daemon
# More than a file's worth each time, so that each ends a file, however late the daemon comes to read.
for n in 60 120 180 240 300 360 420 480; do
	module records 60
	wait_for acknowledged $n
done
# Six at most for a moment: a new one, and those to be kept.
wait_for eval '[[ $(ls | grep -c "^main-.*T.*zst$") == 5 && $(ls | grep -c "^main-.*T.*[gt]$") == 5 ]]'
zstd -qt main-*.zst
ls "${others[@]}" >/dev/null || fail "files of others were removed"
grep -hq 'daemon=expired files=[0-9]* .* reason=count' main.log <(zstdcat main-*.zst) || fail "it is not told"
cat <(zstdcat main-*T*.zst) main.log >all
expect_records all $((481 - $(numbers all | wc -l))) 480

# A signal ends a file, but not one that somebody else has renamed already.
kill -USR1 "$daemon"
wait_for eval '[[ ! $(numbers main.log) ]]'
module records 5
wait_for acknowledged 485
expect_records main.log 481 485
mv main.log main.log.1
kill -USR1 "$daemon"
module records 5
wait_for acknowledged 490
expect_records main.log.1 481 485
expect_records main.log 486 490
stop_daemon
