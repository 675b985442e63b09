#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Usage: tests/vm/run tests/tools/who-guest.sh
#
# kellasctl who, pstree, explain --seq and top with the module: who did it is
# known beforehand, as this script has it done, and so are the pids.

set -uo pipefail
. tests/tools/in-guest.sh
insmod "build/$(uname -r)/kellas.ko" || exit
mkdir -p /tmp/who
cd /tmp/who || exit
export LC_ALL=C

"$tool" load -q - <<'END'
100 acl write path="/tmp/who/kept" task.history!="/never" task.cgroup!="/never"
	audit 1
	10 deny task.uid!=0
	20 allow
END
touch kept
chmod 666 kept
cat >script <<'END'
#!/bin/sh
echo $$ >>pids
: >kept
sleep 100 &
echo $! >sleeper
END
chmod 755 script
for i in 1 2 3; do ./script; kill "$(<sleeper)"; done
setpriv --reuid 1000 --clear-groups --regid 1000 bash -c 'echo $$; : >kept' >denied 2>/dev/null
sleep 100 &
sleeping=$!

"$tool" who -q --all -o json /tmp/who/ >out 2>err
is 'who: each access, by the process that did it, through what it executed' python3 -c '
import json, os
found = [json.loads(line) for line in open("out")][:-1]
last = [(d["result"], d["history"][-1]["program"], d["history"][-1]["pid"], d["uid"]) for d in found]
shell = os.path.realpath("/bin/sh")
wanted = [("allowed", shell, int(pid), 0) for pid in open("pids")]
wanted.append(("denied", os.path.realpath("/bin/bash"), int(open("denied").read()), 1000))
assert last[-len(wanted):] == wanted, (last, wanted)
assert all(d["history"][-2]["pid"] == '$$' for d in found if d["uid"] == 0), found
assert [p["program"] for p in found[-1]["history"][-2:]] == ["/usr/bin/setpriv", "/usr/bin/bash"], found[-1]'
"$tool" who -q /tmp/who/kept >out 2>err
is 'who: repeats are one line' [ "$(grep -c '3 times since' out)" = 1 ]
is 'and the denial is the last' grep -q ' denied .*write path="/tmp/who/kept"' <(tail -n 2 out)
"$tool" who -q /tmp/who/kept >again 2>err
is 'reading takes nothing away' cmp out again
"$tool" who -q --result=denied user=1000 >out 2>err
is 'who of a user' [ "$(grep -c ' denied ' out)" = 1 ]

all_there() {
	[[ $(grep -c . log) -ge 4 ]]
}

"$tool" monitor --raw -q >log 2>err &
soon all_there
kill -INT $!
wait $!
seq=$(sed -n 's/.* seq=\([0-9]*\) .*result=denied.*/\1/p' log)
"$tool" explain --seq="$seq" >out 2>err
is 'explain --seq of the module, by its policy' grep -q '^verdict: deny$' out
is 'with the rule that decides' grep -q 'denied by 10 deny task.uid!=0 ' out
"$tool" who --all --log=log /tmp/who/kept -o json >out 2>err
is 'who of a log' [ "$(grep -c '"type":"access"' out)" = "$(grep -c . log)" ]
"$tool" pstree log >out 2>err
is 'pstree of a log: the script beside its shell, merged' grep -qE '[|`]- [^ ]*/(dash|bash) x3 .*  3 records' out

"$tool" pstree --all -o json >out 2>err
is 'pstree of the running kernel: every process is in it' python3 -c '
import json, os
nodes = {d["id"]: d for d in map(json.loads, open("out")) if d["type"] != "summary"}
me = [d for d in nodes.values() if d.get("pid") == '$$' and d["reconstructed"]]
assert me, "this script is missing"
sleeping = [d for d in nodes.values() if d.get("program", "").endswith("/sleep") and d.get("processes")]
assert [nodes[d["parent"]]["pid"] for d in sleeping if d["pid"] == '$sleeping'] == ['$$'], sleeping
running = sum(p.isdigit() for p in os.listdir("/proc"))
counted = sum(d.get("processes", 0) for d in nodes.values())
assert abs(running - counted) <= 3, (running, counted)'
"$tool" top -b -n 1 >out 2>err
is 'top has the hits' grep -qE "^ +[0-9]+ +1 .* 100 acl write" out

kill $sleeping
wait
"$tool" unload -q
rm -rf /tmp/who
echo "$(uname -r): $passed passed, $failed failed"
((failed == 0 && passed > 0))
