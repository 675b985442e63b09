#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Usage: tests/vm/run tests/tools/learn-guest.sh
#
# A web server under a policy that was learnt from its own records, enforcing:
# it starts and serves, also what it was not seen to serve but what looks the
# same; and it cannot give away a file that it was not seen to read, which it
# does without Kellas, nor under another name.

set -uo pipefail
. tests/tools/in-guest.sh
module=$PWD/build/$(uname -r)/kellas.ko
cd /tmp || exit

# get NAME: what the server says, its last line
get() {
	local answer

	exec 5<>/dev/tcp/127.0.0.1/8080 || return
	printf 'GET /%s HTTP/1.0\r\n\r\n' "$1" >&5
	answer=$(cat <&5)
	exec 5<&-
	printf '%s\n' "${answer##*$'\n'}"
} 2>/dev/null

gets() {
	[[ $(get "$1") == "$2" ]]
}

refused() {
	! gets "$1" "$2"
}

serve() {
	/tmp/httpd -f -p 127.0.0.1:8080 -h /tmp/www &
	server=$!
	soon gets page1.html 'page 1'
}

stop() {
	kill "$server"
	wait "$server" 2>/dev/null
}

cp "$(command -v busybox)" httpd
mkdir www secret
for i in 1 2 3 4 5 6; do
	echo "page $i" >www/page$i.html
done
echo hidden >secret/key
echo hidden >www/notes.txt
ln -s /tmp/secret/key www/leak

#### without Kellas

is 'the server serves' serve
is 'and gives the secret away' gets leak hidden
stop

#### a policy that only logs

insmod "$module" || exit
for op in execute read write append create unlink getattr truncate rename chmod ioctl chroot \
	inet_stream_bind inet_stream_listen inet_stream_connect inet_stream_accept \
	inet_dgram_send unix_stream_connect unix_dgram_send mmap_exec capability setuid signal; do
	printf '100 acl %s task.exe="/tmp/httpd"\n    audit 1\n    10 allow\n' $op
done >logging
is 'load what only logs' status_of 0 load logging
is 'the server serves' serve
for i in 2 3 4 5; do
	is "page $i" gets page$i.html "page $i"
done
stop
dd if=/proc/kellas/audit of=log bs=512k iflag=nonblock 2>/dev/null
is 'there are records' [ "$(grep -c 'task.exe="/tmp/httpd"' log)" -gt 20 ]

#### learnt, enforcing

is 'learn' status_of 0 learn --for=task.exe=/tmp/httpd --enforce --deny=execute log
cp out learnt
is 'names are a pattern' [ "$(grep -c '/tmp/www/page\\\$\.html' learnt)" -gt 0 ]
is 'the policy is valid' status_of 0 check learnt
is 'replay permits what was seen, too' status_of 0 replay --only=denied --policy learnt log
is 'load it' status_of 0 load learnt
dd if=/proc/kellas/audit of=/dev/null bs=512k iflag=nonblock 2>/dev/null
is 'the server starts and serves' serve
for i in 2 3 4 5; do
	is "page $i" gets page$i.html "page $i"
done
is 'and a page that it was not seen to serve' gets page6.html 'page 6'
dd if=/proc/kellas/audit of=denied bs=512k iflag=nonblock 2>/dev/null
is 'without a denial' [ "$(grep -c result=denied denied)" = 0 ]
is 'the secret stays one' refused leak hidden
is 'as does what has another name' refused notes.txt hidden
is 'the server still serves' gets page1.html 'page 1'
dd if=/proc/kellas/audit of=denied bs=512k iflag=nonblock 2>/dev/null
is 'both were denied' [ "$(grep -c 'result=denied .* path="/tmp/secret/key"' denied)" -gt 0 ]
is 'and logged' [ "$(grep -c 'result=denied .* path="/tmp/www/notes.txt"' denied)" -gt 0 ]
stop
is 'others are not concerned' [ "$(cat www/leak)" = hidden ]
is 'unload' status_of 0 unload
echo "$passed passed, $failed failed"
((failed == 0 && passed > 0))
