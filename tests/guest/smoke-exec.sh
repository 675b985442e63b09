#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# execve: what is checked, in which order, with which values; that a refusal leaves no trace.
. "$(dirname "$0")/smoke.bash"

load
op=$work/op
echo 'int main(void) { return 0; }' | gcc -static -x c -o $work/true -
echo '#include <unistd.h>
int main(int argc, char **argv)
{ return argc > 1 && argv[1][0] == 47 ? execv(argv[1], argv + 1) : 0; }' | gcc -x c -o $work/env -
ln -sf true $work/link
printf '#!%s/env %s/true\n' $work $work >$work/script
printf '#!%s/nothere\n' $work >$work/broken
chmod +x $work/script $work/broken
loader=$(readlink -f "$(ldd $work/env | grep -o '/[^ ]*ld-linux[^ ]*')")
names() { sed 's/.* \/ \([a-z]*\) \(exec="[^"]*" \)\?path="\([^"]*\)".*/\1 \3/' | tr '\n' ';'; }

# The record of an execve.
policy "acl execute path=\"$work/true\" task.exe=\"$op\"
 audit 1
 10 allow argc=3 argv[0]=\"$work/link\" argv[2]=\"two\\040words\" argv[3]=NULL envp[\"A\"]=\"x\\*\" exec.type=symlink
 20 deny"
open_log
works $op env $work/link A=xyz 'B=b c' PATH
has record "$(log)" "*result=allowed priority=1000 / execute exec=\"$work/link\" path=\"$work/true\" argc=3 envc=3 argv\[0\]=\"$work/link\" argv\[1\]=\"one\" argv\[2\]=\"two\\\\040words\" envp\[\"A\"\]=\"xyz\" envp\[\"B\"\]=\"b\\\\040c\" envp\[\"PATH\"\]=\"\" task.pid=*task.exe=\"$op\" * path.type=file *path.parent.uid=0 * exec.type=symlink *exec.parent.perm=*"
refused $op env $work/link A=no
refused $op env $work/true A=xyz
is 'denied twice' "$(log | grep -c result=denied)" 2
works $op env $work/link A=xyz

# environ: each string in order, up to the first that is refused.
policy "acl environ path=\"$work/true\"
 audit 1
 10 deny name=\"LD_\\*\" value!=\"/ok/\\*\"
 20 allow"
log >/dev/null
works $op env $work/true A=1 LD_PRELOAD=/ok/x.so B
is 'environ names' "$(log | sed 's/.*environ \(name=.*\) exec=.*/\1/' | tr '\n' ';')" 'name="A" value="1";name="LD_PRELOAD" value="/ok/x.so";name="B" value="";'
refused $op env $work/true A=1 LD_PRELOAD=/tmp/x.so B
is 'environ stops' "$(log | sed 's/.*result=\([a-z]*\) .*name="\([^"]*\)".*/\2 \1/' | tr '\n' ';')" 'A allowed;LD_PRELOAD denied;'
works $op env $work/true

# Programs are executed, interpreters are read; once each.
policy "acl execute path=\"$work/\\*\" path!=\"$work/op\" path!=\"$work/reader\"
 audit 1
acl read path=\"$work/\\*\" task.exe=\"$work/\\*\"
 audit 1
acl read path=\"$loader\" task.exe=\"$work/\\*\"
 audit 1"
log >/dev/null
works $op env $work/true
is 'a program' "$(log | names)" "execute $work/true;"
works $op env $work/env
has 'a dynamic program' "$(log | names)" "execute $work/env;read $loader;*"
works $op env $work/script
has 'a script' "$(log | names)" "execute $work/script;read $work/env;read $loader;*execute $work/true;"
$op failexec $work/broken $work/true 2>/dev/null
is 'after a failed one' "$(log | names)" "execute $work/broken;execute $work/true;"
has 'fexecve' "$($op fexec $work/true; log)" "* / execute exec=\"proc:/self/fd/3\" path=\"$work/true\" *exec.type=symlink*"

# A refused interpreter, and a refused program: nothing of them remains.
policy "acl read path=\"$work/env\"
 audit 1
 10 deny"
log >/dev/null
refused $op env $work/script
works $op env $work/env
is 'refused interpreter' "$(log | names)" "read $work/env;"
refused $op open r $work/env
policy "acl execute path=\"$work/true\"
 audit 1
 10 deny
acl read path=\"$work/true\"
 audit 1"
log >/dev/null
$op failexec $work/true $work/env 2>/dev/null
is 'refused, then another' "$(log | names)" "execute $work/true;"
refused $op failexec $work/true $work/true
is 'twice' "$(log | grep -c ' / execute ')" 2

# Many and long arguments.
policy "acl execute path=\"$work/true\"
 audit 1
 10 allow argv[30000]=\"30000\" argv[30001]=NULL
 20 deny argc=3-99999"
log >/dev/null
$work/true $(seq 30000) 2>$work/e; is 'many arguments' "$(grep -c 'not permitted' $work/e)" 0
has 'omitted' "$(log)" '*result=allowed *omitted=2[0-9]*argc=30001 *'
long=$(printf 'x%.0s' $(seq 100000))
policy "acl execute path=\"$work/true\"
 10 deny argv[1]=\"x\\*y\""
refused $work/true ${long}y
works $op env $work/true
$work/true ${long}z 2>$work/e; is 'long, not the same' "$(grep -c 'not permitted' $work/e)" 0
exec {log_fd}<&-
unload
finish
