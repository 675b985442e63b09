#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# File operations: each is seen once, can be denied, and its record tells the truth, on tmpfs, on an
# overlay and on ext4.
. "$(dirname "$0")/smoke.bash"

load
op=$work/op
truncate -s 32M /tmp/ext4.img && mkfs.ext4 -q /tmp/ext4.img && mkdir -p /tmp/ext4 &&
	modprobe -a loop ext4 && mount -o loop /tmp/ext4.img /tmp/ext4 || fail 'no ext4'
mkdir -p /tmp/o/{lower,upper,work,all} && echo lower >/tmp/o/lower/lower &&
	mount -t overlay -o lowerdir=/tmp/o/lower,upperdir=/tmp/o/upper,workdir=/tmp/o/work overlay /tmp/o/all ||
	fail 'no overlay'

ops='read write append create unlink getattr mkdir rmdir mkfifo mksock truncate symlink mkblock mkchar
	link rename chmod chown chgrp ioctl chroot'

# rules VERDICT: log each operation of the helper on anything whose name begins with DIR/t_.
rules() {
	local o prefix

	for o in $ops; do
		case $o in
		link|rename) prefix=old_ ;;
		*) prefix= ;;
		esac
		printf '100 acl %s %spath="%s/t_\\*" task.exe="%s"\n    audit 1\n    10 %s\n' \
			"$o" "$prefix" "$dir" "$op" "$1"
	done
}

# seen WHAT EXPECTED COMMAND...: operations recorded, in order, as "read write"
seen() {
	local what=$1 expected=$2 e
	shift 2
	log >/dev/null
	e=$("$@" 2>&1 >$work/out) || fail "$what: $e"
	log >$work/records
	is "$dir $what" "$(sed 's/.* \/ \([a-z]*\) .*/\1/' $work/records | xargs)" "$expected"
}
record() { tail -n 1 $work/records; }

operations() {
	local t=$dir/t_f info

	seen create "create write" $op open wc $t
	has 'create: record' "$(head -n 1 $work/records)" "* result=allowed priority=100 / create path=\"$t\" perm=0600 task.pid=* path.parent.uid=* path.parent.fsmagic=0x*"
	info=$($op describe path.parent "$dir" | sed 's/ path.parent.type=[a-z]*//')
	has "$dir: parent" "$(head -n 1 $work/records)" "*\"<kernel>\"$info"
	seen read read $op open r $t
	# stat(2) of an overlay tells the device of the file below
	info=$($op describe path $t)
	if [[ $dir != */all ]]; then has "$dir: path" "$(record)" "*$info path.parent.*"; else
		has "$dir: path" "$(record)" "*${info%%path.major*}*"; fi
	seen 'read and write' 'read write' $op open rw $t
	seen append append $op open wa $t
	seen 'read and append' 'read append' $op open rwa $t
	seen 'for ioctl' ioctl $op ioctl $t 0x5401
	has 'ioctl: record' "$(record)" '*cmd=0x5401 *'
	seen 'no access' '' $op open p $t
	seen 'set append' 'write append' $op setfl a $t
	seen 'clear append' 'append write' $op setfl - $t
	echo 123456 >$t
	seen O_TRUNC 'write truncate' $op open wt $t
	is 'O_TRUNC' "$(stat -c %s $t)" 0
	seen truncate truncate $op truncate $t
	seen ftruncate 'write truncate' $op ftruncate $t
	seen getattr getattr $op describe x $t
	seen chmod chmod $op chmod 4711 $t
	has 'chmod: record' "$(record)" "* chmod path=\"$t\" perm=04711 *"
	seen chown chown $op chown 5 -1 $t
	has 'chown: record' "$(record)" "* chown path=\"$t\" uid=5 *"
	seen chgrp chgrp $op chown -1 6 $t
	has 'chgrp: record' "$(record)" "* chgrp path=\"$t\" gid=6 *"
	seen both 'chown chgrp' $op chown 7 8 $t
	seen link link $op link $t $dir/t_link
	has 'link: record' "$(record)" "* link old_path=\"$t\" new_path=\"$dir/t_link\" *old_path.uid=7 *new_path.parent.uid=*"
	seen rename rename $op rename $dir/t_link $dir/t_new
	has 'rename: record' "$(record)" "* rename old_path=\"$dir/t_link\" new_path=\"$dir/t_new\" *"
	seen exchange 'rename rename' $op exchange $t $dir/t_new
	has 'exchange: first' "$(head -n 1 $work/records)" "* old_path=\"$dir/t_new\" new_path=\"$t\" *"
	has 'exchange: second' "$(record)" "* old_path=\"$t\" new_path=\"$dir/t_new\" *"
	seen unlink unlink $op unlink $dir/t_new
	seen mkdir mkdir $op mkdir $dir/t_dir
	has 'mkdir: record' "$(record)" '*mkdir * perm=0750 *'
	seen rmdir rmdir $op rmdir $dir/t_dir
	seen symlink symlink $op symlink 'to nowhere' $dir/t_sym
	has 'symlink: record' "$(record)" "* symlink path=\"$dir/t_sym\" target=\"to\\\\040nowhere\" *"
	seen mkfifo mkfifo $op mknod p $dir/t_fifo 0 0
	seen mkblock mkblock $op mknod b $dir/t_block 1 300
	has 'mkblock: record' "$(record)" '*mkblock * perm=0640 dev_major=1 dev_minor=300 *'
	seen mkchar mkchar $op mknod c $dir/t_char 511 1
	seen mksock mksock $op bind $dir/t_sock
	mkdir $dir/t_root
	seen chroot chroot $op chroot $dir/t_root .
}

denials() {
	local t=$dir/t_f

	echo 123456 >$t; mkdir -p $dir/t_dir
	refused $op open r $t
	refused $op open w $t
	refused $op open wa $t
	refused $op open rw $t
	is "$dir: O_RDWR ends at read" "$(log | tail -n 1 | sed 's/.* \/ \([a-z]*\) .*/\1/')" read
	refused $op open wc $dir/t_created
	refused $op truncate $t
	refused $op ioctl $t 0x5401
	refused $op describe x $t
	refused $op chmod 777 $t
	refused $op chown 1 -1 $t
	refused $op chown -1 1 $t
	refused $op link $t $dir/t_link
	refused $op rename $t $dir/t_new
	refused $op unlink $t
	refused $op mkdir $dir/t_dir2
	refused $op rmdir $dir/t_dir
	refused $op symlink x $dir/t_sym2
	refused $op mknod p $dir/t_fifo2 0 0
	refused $op mknod b $dir/t_block2 1 3
	refused $op mknod c $dir/t_char2 1 3
	refused $op bind $dir/t_sock2
	refused $op chroot $dir/t_dir .
	is "$dir: nothing was done" "$(ls "$dir" | grep -c 't_created\|t_link\|t_new\|2$')/$(cat $t)" 0/123456
}

for dir in /tmp/plain /tmp/ext4 /tmp/o/all; do
	mkdir -p $dir
	policy "$(rules allow)"
	open_log
	operations
	log >/dev/null
	policy "$(rules deny)"
	denials
	exec {log_fd}<&-
	policy ''
	rm -rf $dir/t_*
done

# One operation on an overlay is one record even if it copies the file up, or lists a directory.
policy 'acl read task.exe="'$op'"
 audit 1
acl getattr task.exe="'$op'"
 audit 1
acl write task.exe="'$op'"
 audit 1'
open_log
$op open w /tmp/o/all/lower
is 'copy up' "$(log | grep -c ' / [a-z]* path=.*lower')" 1
$op open r /tmp/o/all/lower
is 'read after copy up' "$(log | grep -c ' / read path=.*/all/lower')" 1
echo x >/tmp/o/lower/second
log >/dev/null
$op describe x /tmp/o/all/second >/dev/null
is 'getattr on overlay' "$(log | grep -c ' / getattr path=.*second')" 1
policy 'acl read task.exe="'"$(readlink -f /bin/ls)"'" path="/tmp/o/\(\*\)/\*"
 audit 1
acl read task.exe="'"$(readlink -f /bin/ls)"'" path="\*:/\(\*\)/\*" path!="proc:/\(\*\)/\*"
 audit 1'
log >/dev/null
ls /tmp/o/all >/dev/null
is 'listing an overlay' "$(log | sed 's/.*path="\([^"]*\)".*/\1/' | xargs)" '/tmp/o/all'
exec {log_fd}<&-
unload
umount /tmp/o/all /tmp/ext4
finish
