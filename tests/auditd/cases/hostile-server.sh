# SPDX-License-Identifier: GPL-2.0-only
# A server would hold the whole daemon by talking, keep its own silence from being noticed, or end a
# sink by a datagram without a byte.
# shellcheck source=../rsyslog.sh
. "$here/rsyslog.sh"

# Over UDP it answers each datagram with empty ones; over RELP it confirms the second message, for ever.
cat >server.py <<'PY'
import socket, sys, threading

def udp(port):
    served = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    served.bind(("127.0.0.1", port))
    print("bound", flush=True)
    while True:
        data, sender = served.recvfrom(1 << 16)
        for _ in range(40):
            served.sendto(b"", sender)
        open("datagrams", "ab").write(data + b"\n")

def relp(client):
    try:
        client.recv(1 << 16)
        client.sendall(b"1 rsp 6 200 OK\n")
        client.recv(1 << 16)
        while True:
            client.sendall(b"3 rsp 6 200 OK\n" * 1000)
    except OSError:
        pass

threading.Thread(target=udp, args=(int(sys.argv[1]),), daemon=True).start()
listen = socket.create_server(("127.0.0.1", int(sys.argv[2])))
while True:
    relp(listen.accept()[0])
PY
udp=$(free_port SOCK_DGRAM) relp=$(free_port SOCK_STREAM)
{
	printf 'input kernel\n'
	file_sink main
	printf 'sink syslog udp\n    server 127.0.0.1:%s\n' "$udp"
	printf 'sink relp relp\n    server 127.0.0.1:%s\n' "$relp"
	printf 'route all\n    to main udp relp\n'
} | configure
python3 server.py "$udp" "$relp" >bound &
wait_for grep -q bound bound
load_module
start_daemon
module records 20
wait_for said 'sink relp is down: .*answers what was not asked'
module records 20
wait_for has_records main.log 1 40
wait_for eval '[[ $(grep -ac " seq=[0-9]* global-pid=" datagrams) == 40 ]]'
wait_for is_stat sink udp queued 0
! said 'sink udp is down' || fail "empty datagrams end the sink"
stop_daemon
