#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Usage: tests/vm/run tests/tools/replay-guest.sh
#
# kellasctl replay against the kernel: work is done under one policy and
# recorded, replay says what another policy would make of it, and then the same
# work is done under that one. What it said must be what happens. The log goes
# to /out, for those who want a real one.

set -uo pipefail
. tests/tools/in-guest.sh
cd /tmp || exit

cat >old <<'END'
100 acl read path="/tmp/data/\*"
	audit 1
	label data
	10 allow
200 acl read path="/tmp/data/s\*"
	audit 1
	permissive
	10 deny
300 acl read path="/tmp/data/other"
	audit 1
	10 deny task.uid=0
100 acl unlink path="/tmp/data/\*"
	audit 1
	10 allow
100 acl execute path="/usr/bin/env"
	audit 1
	10 allow
100 acl inet_stream_connect
	audit 1
	10 allow
END
cat >new <<'END'
100 acl read path="/tmp/data/\*"
	audit 1
	10 deny path="/tmp/data/secret" task.uid=65534
	20 allow
200 acl read path="/tmp/data/s\*"
	audit 1
	10 deny path="/tmp/data/\*2"
	20 allow
100 acl unlink path="/tmp/data/\*"
	audit 1
	10 deny path.uid=65534
	20 allow
100 acl execute path="/usr/bin/env"
	audit 1
	10 deny argv[1]="-"
	20 deny task.ancestor="/usr/bin/setpriv" envp["EVIL"]!=NULL
	30 allow
100 acl inet_stream_connect
	audit 1
	10 deny ip=127.0.0.0/8 port=1-5
	20 allow
1 acl write path="/tmp/data/nothing"
	10 deny
END

nobody() {
	setpriv --reuid=65534 --regid=65534 --clear-groups "$@"
}

# Each as one word that names it; those that fail are printed.
work() {
	local i

	rm -rf data
	mkdir -m 777 data
	touch data/a data/secret data/secret2 data/other data/mine
	touch data/yours
	chown 65534 data/yours
	for i in 1 2 3; do
		cat data/secret || echo root-secret
		nobody cat data/secret || echo nobody-secret
		cat data/a || echo a
	done 2>/dev/null
	cat data/secret2 2>/dev/null || echo secret2
	cat data/other 2>/dev/null || echo other
	nobody rm -f data/mine 2>/dev/null || echo mine
	nobody rm -f data/yours 2>/dev/null || echo yours
	/usr/bin/env - /bin/true 2>/dev/null || echo env-empty
	/usr/bin/env X=1 /bin/true 2>/dev/null || echo env
	EVIL=1 nobody /usr/bin/env /bin/true 2>/dev/null || echo env-evil
	EVIL=1 /usr/bin/env /bin/true 2>/dev/null || echo env-root
	for i in 3 9; do
		[[ $( { : <"/dev/tcp/127.0.0.1/$i"; } 2>&1) == *'not permitted'* ]] && echo "connect-$i"
	done
	:
}

# record POLICY NAME: do the work under a policy; what failed, and the log
record() {
	"$tool" load -q "$1" || exit
	work >"$2.failed"
	"$tool" monitor --raw -q --since=start >"$2.all" & 
	sleep 2
	kill -INT $!
	wait $! || :
	tail -n +"$((seen + 1))" "$2.all" >"$2.log"
	seen=$(wc -l <"$2.all")
}

insmod "$OLDPWD/build/$(uname -r)/kellas.ko" || exit
ip link set lo up
seen=0
record old first
is 'the old policy denies one thing' [ "$(cat first.failed)" = other ]
cp old new /out/
cp first.log /out/replay.log
is 'its own log changes nothing' status_of 0 replay -p old first.log
is 'nor compared with itself' status_of 0 replay -p old --old old first.log
is 'another policy changes something' status_of 1 replay -p new first.log
"$tool" replay -l 0 -o json -p new first.log >said.json
"$tool" replay -l 0 -o json -p new --old old first.log >said2.json
"$tool" monitor -q -o json --file first.log >first.json
"$tool" replay -l 0 -o json -p new first.json >said3.json
is 'the same of JSON' cmp <(sed 's/first.log//' said.json) <(sed 's/first.json//' said3.json)
record new second
diff first.failed second.failed | grep '^[<>]' >difference
is 'the new policy denies what replay said, and permits what it said' python3 -c '
import json, collections
names = {("/tmp/data/secret", "read"): "nobody-secret", ("/tmp/data/secret2", "read"): "secret2",
	 ("/tmp/data/other", "read"): "other", ("/tmp/data/yours", "unlink"): "yours",
	 ("127.0.0.1 port 3", "inet_stream_connect"): "connect-3"}
want = collections.Counter(open("difference").read().splitlines())
for name in "said.json", "said2.json":
	d = json.load(open(name))
	said = collections.Counter()
	for c in d["changes"]:
		if c["change"] in ("denied", "permitted"):
			for i in c["items"]:
				what = names.get((i["object"], c["operation"]))
				if i["object"] == "/usr/bin/env":
					what = "env-evil" if "EVIL" in c["after"]["text"] else "env-empty"
				said["> <"[2 * (c["change"] == "permitted")] + " " + str(what)] += i["count"]
	print(said, want)
	assert said == want, name
	assert sum(want.values()) == 9, want
	assert d["undecided"] == 0 and d["log"]["unreadable"] == 0
	assert [o["operation"] for o in d["not_in_log"]] == ["write"]
assert d["contradicted"]["count"] == 0, d["contradicted"]'
is 'the log of the new policy agrees with it' status_of 0 replay -p new second.log
is 'but not with the old one' status_of 1 replay -p old second.log
is 'which it is told when that is said to have made it' status_of 1 replay -p new --old old second.log
is 'with the first request' grep -q 'the old policy is not what made this log: it decides 9 requests otherwise' out
"$tool" unload
echo "$passed passed, $failed failed"
((failed == 0 && passed > 0))
