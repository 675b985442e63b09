# SPDX-License-Identifier: GPL-2.0-only
# Records that arrived, but whose confirmation did not, would be there twice without a word.
# shellcheck source=../rsyslog.sh
. "$here/rsyslog.sh"

# Between the two sits somebody who lets a number of answers through, then none, then is gone.
cat >between.py <<'PY'
import select, socket, sys
listen = socket.create_server(("127.0.0.1", int(sys.argv[1])))
for answers in 2000, 4000, 1 << 60:
    client, _ = listen.accept()
    server = socket.create_connection(("127.0.0.1", int(sys.argv[2])))
    swallowed = 0
    while True:
        ready, _, _ = select.select([client, server], [], [], 0.3)
        if not ready and swallowed:
            break
        if client in ready:
            data = client.recv(65536)
            if not data:
                break
            server.sendall(data)
        if server in ready:
            data = server.recv(65536)
            if not data:
                break
            if answers > 0:
                client.sendall(data)
            else:
                swallowed += len(data)
            answers -= len(data)
    client.close()
    server.close()
PY
rsyslog_by_relp
front=$(free_port SOCK_STREAM)
configure <<CONF
input kernel
sink relp remote
    server 127.0.0.1:$front
    window 50
route all
    to remote
CONF
load_module
start_rsyslog "$port"
python3 between.py "$front" "$port" &
start_daemon
module records 1000
wait_for acknowledged 1000
stop_daemon
expect_tally remote 1000
((lost_ == 0 && repeated_ > 0)) || fail "$lost_ lost, $repeated_ repeated"
grep -q 'kellas@32473 seq="[0-9]*" instance="1*" repeat="yes"' remote || fail "not marked"
