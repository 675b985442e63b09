#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What a pathname looks like, for every kind of object.
. "$(dirname "$0")/smoke.bash"

load
op=$work/op
policy "acl read task.exe=\"$op\"
 audit 1
acl read task.exe=\"$(readlink -f /bin/cat)\" path!=\"/usr/\\(\\*\\)/\\*\" path!=\"/etc/\\*\"
 audit 1"
open_log
path() { log | sed -n 's/.* \/ read path="\([^"]*\)".*/\1/p' | tail -n 1; }
# named WHAT EXPECTED COMMAND...
named() {
	local what=$1 expected=$2 e
	shift 2
	e=$("$@" 2>&1 >$work/out) || fail "$what: $e"
	has "$what" "$(path)" "$expected"
}

mkdir -p $work/d $work/root/in
echo x >$work/d/file
ln -sf file $work/d/sym
named 'a file' $work/d/file $op open r $work/d/file
named 'dots and slashes' $work/d/file $op open r $work/../smoke//d/./file
named 'a link' $work/d/file $op open r $work/d/sym
named 'a folder' $work/d $op open r $work/d/
named 'the root' / $op open r /
named 'odd bytes' $work/d/'a\\040b\\303\\251\\134\\012' $op open rc "$work/d/a b"$'\xc3\xa9\\\n'
named 'deleted' $work/d/gone $op gone $work/d/gone
named 'memfd' '/memfd:x\\040(deleted)' $op memfd
named 'pipe' 'pipe:\[[0-9]*\]' $op pipe
named 'self' proc:/self/status cat /proc/self/status
named 'own pid' proc:/self/status bash -c 'exec cat /proc/$$/status'
named 'another pid' proc:/1/status cat /proc/1/status
named 'a folder of proc' 'proc:/[0-9]*' bash -c "exec $op open r /proc/\$\$"
named 'sysctl' proc:/sys/kernel/ostype cat /proc/sys/kernel/ostype
named 'sysfs' /sys/kernel/notes cat /sys/kernel/notes
named 'devtmpfs' /dev/null cat /dev/null
named 'devpts' devpts:/ptmx $op open r /dev/pts/ptmx
mkdir -p $work/bound; mount --bind $work/d $work/bound
named 'bind mount' $work/bound/file $op open r $work/bound/file
named 'root of a mount' $work/bound $op open r $work/bound
umount $work/bound
echo in >$work/root/in/file
named 'chroot' $work/root/in/file $op chroot $work/root /in/file
mkdir -p $work/point
named 'lazily unmounted' tmpfs:/file $op detached $work/point
named 'mount namespace' $work/point/inner unshare -m bash -c "mount -t tmpfs x $work/point && echo >$work/point/inner && cat $work/point/inner"
named 'pid namespace' proc:/self/status unshare -fp --mount-proc cat /proc/self/status

# Names of any length are there to the last byte, and matched to it.
for n in 200 4000 4095 4096 4097 9000 60000; do
	rm -rf $work/deep; mkdir $work/deep
	full=$($op deep $work/deep $n 250)
	is "$n bytes" "$(path)" "$full"
	is "$n bytes, the length" ${#full} $n
done
rm -rf $work/deep; mkdir $work/deep
policy "acl read task.exe=\"$op\"
 audit 1"
log >/dev/null
full=$($op deep $work/deep 2100 1)
is '1000 components' "$(path)" "$full"
rm -rf $work/deep; mkdir $work/deep
full=$($op deep $work/deep 5000 250)
policy "acl read path=\"$full\"
 10 deny"
is 'matched to the end' "$($op deep $work/deep 5000 250 2>&1)" 'open: Operation not permitted'
is 'not a byte less' "$($op deep $work/deep 4999 250 2>&1)" "${full%f}"
exec {log_fd}<&-

# A rule that the last component excludes, and files that are renamed all the time.
policy "acl read path=\"$work/d/secret\"
 10 deny"
echo x >$work/d/secret
(while :; do mv $work/d/secret $work/d/other; mv $work/d/other $work/d/secret; done) 2>/dev/null & mover=$!
for ((i = 0; i < 50; i++)); do $op open r $work/d/file 2>/dev/null || { fail 'another file refused'; break; }; done
kill $mover; wait $mover 2>/dev/null
mv $work/d/other $work/d/secret 2>/dev/null
refused $op open r $work/d/secret
unload
finish
