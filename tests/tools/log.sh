#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Usage: log.sh READLOG KELLASCTL
#
# Reading logs back: text and JSON, plain and compressed, several files, and
# what is damaged. If one of these fails, replay, learn and report speak of
# another log than the one that was written.

set -uo pipefail
readlog=$(realpath "$1")
tool=$(realpath "$2")
. "$(dirname "$0")/cases.sh"
shown=5

# try ARGUMENT…: read logs; places apart from what was read
try() {
	"$readlog" "$@" >all 2>err
	status=$?
	sed -n 's/^\([^ ]*:[0-9]*\): {.*/\1/p' all >places
	sed -n 's/^[^ ]*:[0-9]*: \({.*\)/\1/p' all >out
	tail -n 1 all >counts
}

# counts KEY=VALUE…: in the object about the whole log
counts() {
	python3 - "$@" <<'END'
import json, sys
d = json.load(open('counts'))
d.update(d['log'])
wrong = [w for w in sys.argv[1:] if str(d[w.split('=')[0]]) != w.split('=')[1]]
print(d, wrong)
sys.exit(bool(wrong))
END
}

T='#2026/11/21 19:03:40.123456#'
H='global-pid=1 result=denied priority=100'
cat >log <<END
$T seq=1 instance=0123456789abcdef boot_id=01234567-89ab-cdef-0123-456789abcdef $H rule=web enforced=no / read path="/a\040b"" path.type=file path.perm=0644 path.uid=0 path.fsmagic=0xEF53 task.uid=1000 task.history="...=>~/usr/lib/systemd/systemd(1;0.000000)=>/tmp/x=\134076/sbin/init(9;3.500000)"
$T seq=2 global-pid=77 result=allowed priority=7 check=yes omitted=3 / execute path="/bin/true" exec="/bin/true" argc=4 envc=3 argv[0]="a=b" argv[2]="\001" envp["HOME"]="/root" task.pid=77
$T seq=3 global-pid=77 result=unmatched priority=7 overlong=path / write task.exe="/bin/sh"
$T seq=4 global-pid=77 result=allowed priority=7 / signal sig=SIGKILL target.pid=3
$T seq=5 global-pid=77 result=allowed priority=7 / signal sig=40 target.pid=3
$T seq=6 global-pid=77 result=allowed priority=7 / inet_stream_connect ip=2001:db8::1 port=443
$T seq=7-18 lost=12 rule=web:9 other=3
$T suppressed=4 index=3 rule=web:4
$T daemon=started version="0.1" from=seq
$T netconsole=10.0.0.1 / eth0: link up: "x"
END

try log
is 'text is read' counts lines=10 requests=6 others=4 lost=12 suppressed=4 unreadable=0 damaged=0 whole=False
is 'to its last byte' counts 'all bytes=True'
is 'the place of each record' diff places <(seq -f log:%.0f 10)
is 'as it stands in the log' grep -qF '"path":"/a\\040b\"","path.uid":0' out
cp out want

"$tool" monitor -q -o json --file log >json
try json
is 'JSON is the same record' diff want out
is 'and counts the same' counts lines=10 requests=6 others=4 lost=12 suppressed=4 'all bytes=True'

gzip -k log json
zstd -q log json
try log.gz
is 'gzip' diff want out
try json.zst
is 'zstd' diff want out
mv log.gz disguise
try disguise
is 'told by content, not by name' diff want out
mv disguise log.gz

cat log.zst json.zst >two.zst
cat log.gz json.gz >two.gz
cat want want >twice
try two.zst
is 'two frames of zstd' diff twice out
is 'lines count on' diff places <(seq -f two.zst:%.0f 20)
try two.gz
is 'two members of gzip' diff twice out
cat two.gz | "$readlog" log - json.zst >all
sed -n 's/^[^ ]*:[0-9]*: \({.*\)/\1/p' all >out
is 'several files and stdin, in order' diff <(cat twice twice) out
is 'with their places' grep -q '^<stdin>:20: ' all
is 'a pipe' diff <("$readlog" <(zcat log.gz) | grep -c '^/dev/fd/') <(echo 10)

awk -v head="$T" 'BEGIN {
	srand(1)
	for (i = 0; i < 3000; i++)
		print head, "global-pid=" int(rand() * 1e9), "result=allowed priority=7 / read",
			"path=\"/" rand() rand() rand() rand() "\" task.pid=" int(rand() * 1e9)
}' >long
for compress in 'zstd -q' gzip; do
	rm -f long.*
	$compress -k long
	packed=$(ls long.*)
	head -c $(($(stat -c %s "$packed") / 2)) "$packed" >half
	try half log
	is "$packed cut off: said" grep -q '^[^ ]*readlog: half: .*cut off; what was read of it counts' err
	is "$packed cut off: counted, and the next file read" counts damaged=1 lost=12 whole=False
	is "$packed cut off: what was read counts" test "$(grep -c '^half:' places)" -gt 100
	is "$packed cut off: but that is not all" test "$(grep -c '^half:' places)" -lt 3000
	{ head -c 60 "$packed"; head -c 100 /dev/zero | tr '\0' x; tail -c +161 "$packed"; } >bad
	try bad log
	is "$packed damaged: said and counted" counts damaged=1
	{ cat "$packed"; echo rubbish; } >behind
	try behind
	is "$packed with rubbish behind" counts damaged=1 requests=3000
done
tr -d '\n' <log.zst | head -c 4 >short
try short
is 'a head of zstd and nothing else' counts damaged=1 lines=0

: >empty
printf x >one
printf '\n\n%s seq=1 %s / read path="/a"' "$T" "$H" >open
head -c 100000 /dev/urandom >rubbish
{ head -c 5000000 /dev/zero | tr '\0' a; echo; sed 1q log; } >wide
printf '%s seq=1 %s / read path="/\0"\n' "$T" "$H" >nul
try empty one open
is 'empty, one byte, no newline at the end' counts lines=2 requests=1 unreadable=1
is 'a place of its own' diff places <(echo open:3)
try rubbish log
is 'rubbish is counted' counts requests=6 damaged=0
is 'the first of it is shown, with its place' grep -aq '^[^ ]*: rubbish:1:1: ' err
is 'and no more than that' test "$(grep -ac ': rubbish:' err)" = 5
try wide
is 'a line beyond all bounds is one unreadable line' counts requests=1 unreadable=1
is 'the one behind it has its number' diff places <(echo wide:2)
try nul
is 'a NUL in a record' counts requests=0 unreadable=1

bad_json() {
	printf '%s\n' "$2" >bad
	try bad
	is "JSON: $1" grep -qE "^[^ ]*: bad:1:[0-9]+: .*$3" err
}
J='{"type":"request","time":"2026-11-21T19:03:40.123456Z","global_pid":1,"result":"denied","priority":1,"operation":"read","attributes":'
bad_json 'cut off' '{"type":"requ' 'not a whole JSON object'
bad_json 'something behind it' "$J{}} x" 'not a whole JSON object'
bad_json 'deep' "$J$(printf '[%.0s' {1..100})" 'not a whole JSON object'
bad_json 'no record' '{}' '"type" should be'
bad_json 'an empty one' "$J{}" 'not a whole'
bad_json 'a word smuggled in' "$J"'{"path":"/a task.uid=0"}}' 'blanks and what is not ASCII'
bad_json 'a line smuggled in' "$J"'{"path":"/a\n#2026"}}' 'blanks and what is not ASCII'
bad_json 'an attribute that does not exist' "$J"'{"paht":"/a"}}' 'read has no attribute "paht"'
bad_json 'a pattern' "$J"'{"path":"/\\*"}}' 'a value cannot have wildcards'
bad_json 'a negative number' "$J"'{"path.uid":-1}}' 'a number from 0 on'
bad_json 'a time' "${J/21T19/21 19}{}}" '"time" should be'
bad_json 'a day' "${J/11-21/11-31}{}}" 'no such time'
bad_json 'a history' "$J"'{"task.history":[1]}}' 'should hold programs'
bad_json 'ECS' '{"@timestamp":"x","ecs":{"version":"8.11.0"}}' 'ECS records cannot be read back'
printf '%s\n' "$J"'{"path.uid":18446744073709551615,"task.history":[null,{"program":"/a"}]}}' >good
try good
is 'JSON: the greatest number' grep -q '"path.uid":18446744073709551615' out
is 'JSON: a history' grep -q '"task.history":\[null,{"program":"/a","pid":0' out

try log missing
is 'a file that is not there: nothing is read' test "$status" = 1 -a ! -s all
is 'and said' grep -q ': missing: No such file' err
try .
is 'a directory' grep -q ': \.: Is a directory' err
printf '\xfd7zXZ\0' >log.xz
try log.xz
is 'another compression' grep -q 'compressed by neither zstd nor gzip' err

echo "$passed passed, $failed failed"
((failed == 0 && passed > 50))
