#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Usage: report.sh KELLASCTL
#
# kellasctl report from outside: arguments, which records it takes, where the
# page goes, and what cannot be read or written. What the page shows is for
# report-page.

set -uo pipefail
tool=$(realpath "$1")
here=$(realpath "$(dirname "$0")")
folder=$(mktemp -d) || exit
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit
passed=0 failed=0 status=0

ok() {
	passed=$((passed + 1))
	echo "ok $*"
}

not_ok() {
	failed=$((failed + 1))
	echo "not ok $1"
	echo "    status $status"
	head -qn 5 err "${page:-out}" | cut -c -160 | sed 's/^/    /'
}

# is NAME COMMAND…: the command must succeed
is() {
	local name=$1

	shift
	if "$@"; then ok "$name"; else not_ok "$name"; fi
}

# try STATUS NAME ARGUMENT…: with this exit status
try() {
	local want=$1 name=$2

	shift 2
	"$tool" report "$@" >out 2>err </dev/null
	status=$?
	is "$name" [ $status = "$want" ]
}

says() { grep -qE -e "$1" err; }

# data EXPRESSION: d is what the page $page holds
data() {
	python3 - "$page" "$1" <<'END'
import json, re, sys
text = open(sys.argv[1], encoding='utf-8', errors='replace').read()
d = json.loads(re.search(r'id="data">(.*?)</script>', text, re.S)[1])
sys.exit(not eval(sys.argv[2]))
END
}

H='global-pid=5 result=allowed priority=100'
for i in 1 2 3 4 5; do
	echo "#2026/11/21 19:00:0$i.500000# seq=$i $H / read path=\"/etc/f$i\" task.uid=$((i % 2))"
done >log
echo '#2026/11/21 19:00:06.000000# seq=6-8 lost=3 other=3' >>log
page=out

try 0 'a page on standard output' log
is 'has the records' data 'd["times"] == [0] + 4 * [1000000] and d["lost"] == 3'
is 'and nothing else is said' [ ! -s err ]
try 0 'since' --since='2026-11-21 19:00:02.5' log
is 'is included' data 'len(d["times"]) == 4 and d["since"] == 1795287602500000 and d["lost"] == 3'
try 0 'until' --until=2026/11/21T19:00:02.5Z log
is 'is not' data 'len(d["times"]) == 1 and d["lost"] == 0 and d["requests"] == 5'
try 0 'conditions' log -- read task.uid=1 path!=/etc/f5
is 'choose' data 'len(d["times"]) == 2 and d["condition"] == "read task.uid=1 path!=\"/etc/f5\""'
try 0 'conditions without a match' log -- write
is 'leave nothing' data 'len(d["times"]) == 0 and d["requests"] == 5'
is 'users have their names beside the numbers' data 'd["users"] == [] == d["user_names"]'
try 0 'two users' log
is 'as this machine knows them' data 'sorted(zip(d["users"], d["user_names"])) == [(0, "root"), (1, __import__("pwd").getpwuid(1)[0])]'
sed 's/task.uid=[01]/task.uid=4294967294/' log >nobody
try 0 'a user that has none' nobody
is 'is a number' data 'd["users"] == [4294967294] and d["user_names"] == [""]'
zstd -q log
gzip -k log
try 0 'compressed files, several' log.zst log.gz
is 'are one log' data 'len(d["times"]) == 10 and d["logs"] == ["log.zst", "log.gz"]'
"$tool" monitor -q -o json --file log >json
try 0 'JSON' json
is 'is read back' data 'len(d["times"]) == 5 and "/etc/f5" in d["names"] and d["lost"] == 3'
"$tool" report - <log >out 2>err
is 'standard input' data 'len(d["times"]) == 5'

try 0 'into a file' -w page log
is 'and it is said' grep -qE '^page: 5 records, 5 of them in full, [0-9]+ bytes$' out
is 'with what is missing' grep -q '3 records were lost' out
is 'only its owner may read' [ "$(stat -c %a page)" = 600 ]
try 0 'as JSON' -o json -w page --max-records=2 log
is 'likewise' python3 -c 'import json; d = json.load(open("out")); assert (d["records"], d["shown"], d["log"]["lost"]) == (5, 2, 3)'
try 0 'quietly' -q -w page log
is 'is quiet' [ ! -s out ]
chmod 640 page
"$tool" report -w - log >other 2>err
is '- is standard output' [ -s other ]
try 0 'over an old page' -q -w page log
is 'keeps its mode' [ "$(stat -c %a page)" = 640 ]

for wrong in --since=yesterday --until=2026-02-31 '--since=2026-11-21 24:00' --until=2026-11-21x \
	--max-records=-1 --max-records=9999999; do
	try 2 "$wrong is wrong" "$wrong" log
	is 'and it is named' says "${wrong#*=}"
done
try 2 'no condition of that name' log -- read paht=/etc
is 'is shown at its place' says '^ +\^'
try 2 'no operation of that name' log -- raed
cp page old
try 1 'no such log' -w page nonexistent
is 'is named' says nonexistent
is 'and the old page stays' cmp -s page old
try 1 'no such folder' -w none/page log
is 'is named, too' says 'none/page: No such'
try 1 'a full disk' -w /dev/full log
is 'is said' says '/dev/full: No space'
is 'and stays what it is' [ -c /dev/full ]
"$tool" report log >/dev/full 2>err
is 'standard output, too' says 'No space'
script -qec "$tool report log" /dev/null >err 2>&1 </dev/null
is 'a terminal gets no page' says '--write='

: >empty
printf x >byte
head -c 100000 /dev/urandom >rubbish
printf '#9999/12/31 23:59:59.999999# seq=18446744073709551615 global-pid=4294967295 result=denied priority=65535 / task_hang\n' >huge
{ tac log; echo "#2026/11/21 19:00:00.000000# seq=9 instance=0123456789abcdef $H / read path=\"/x\" task.history=\"...=>/a(1;0.000001)=>/b(2;0.000002)\""
	echo "#2026/11/21 19:00:00.000001# seq=10 $H / read path=\"/x\" task.history=\"...=>/b(2;0.000002)=>/a(1;0.000001)\""; } >mixed
for one in empty byte rubbish huge mixed; do
	try 0 "$one" $one
	cp out "$one.html"
done
page=empty.html
is 'nothing' data 'd["times"] == [] and d["unreadable"] == 0'
page=byte.html
is 'one byte is one bad line' data 'd["unreadable"] == 1'
page=rubbish.html
is 'rubbish is bad lines' data 'd["unreadable"] > 50 and d["times"] == []'
page=huge.html
is 'large numbers stay' data 'd["records"][0][1] == "18446744073709551615"'
page=mixed.html
is 'times may go back' data 'min(d["times"]) == -1500000'
is 'nobody is an ancestor of itself' data \
	'all(p[0] < i for i, p in enumerate(d["processes"])) and len(d["processes"]) == 4'

# All bytes that a name can have, and a title of them.
python3 - <<'END'
encode = lambda c: chr(c) if 0x21 <= c < 0x7f and c != 0x5c else '\\%03o' % c
with open('bytes', 'w') as file:
    print('#2026/11/21 19:00:00.000000# seq=1 global-pid=5 result=denied priority=1 / unlink path="/'
          + ''.join(encode(c) for c in range(1, 256) if c != 0x2f) + '"', file=file)
END
page=out
try 0 'a name of all bytes' --title="$(printf '\302\251 </title> \377')" bytes
is 'is in the page as it is in the record' data \
	'any(name.startswith("/\\001") and len(name) > 500 and "<" in name for name in d["names"])'
is 'and no tag is' data '"<" not in text[text.index("id=\"data\">") + 10:].split("</script>")[0]'

"$here/report-page" "$tool"
status=$?
is 'the page in a browser' [ $status = 0 ]

echo "# $passed passed, $failed failed"
((failed == 0))
