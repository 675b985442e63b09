# SPDX-License-Identifier: GPL-2.0-only
# Records would go to whoever answers, or in the clear.
# shellcheck source=../rsyslog.sh
. "$here/rsyslog.sh"

certificate ca ca
certificate other other
certificate server ca logs.test
certificate client ca host.test
certificate wrong other host.test
port=$(free_port SOCK_STREAM)
rsyslog_conf <<CONF
module(load="imrelp")
input(type="imrelp" port="$port" tls="on" tls.cacert="$PWD/ca.pem" tls.mycert="$PWD/server.pem"
	tls.myprivkey="$PWD/server.key" tls.authmode="name" tls.permittedpeer=["host.test"])
CONF
# remote CA PEER CERTIFICATE
remote() {
	configure <<-CONF
	input kernel
	sink relp remote
	    server 127.0.0.1:$port
	    tls yes
	    ca $PWD/$1.pem
	    cert $PWD/$3.pem
	    key $PWD/$3.key
	    peer $2
	    spool $PWD/spool
	route all
	    to remote
	CONF
}
load_module
start_rsyslog "$port"

# Somebody else's certificate, the wrong name, and one of ours that the server does not know.
remote other logs.test client
start_daemon
module records 10
wait_for said 'sink remote is down: .*NOT trusted'
wait_for acknowledged 10
: >said
remote ca impostor.test client
reload_daemon
wait_for said 'sink remote is down: .*does not match'
: >said
remote ca logs.test wrong
reload_daemon
wait_for said 'sink remote is down'
[[ ! -s remote ]] || ! grep -q global-pid remote || fail "records went to the wrong one"

remote ca logs.test client
reload_daemon
wait_for arrived remote 10
module records 1000
wait_for arrived remote 1010
kill_rsyslog
module records 100
wait_for acknowledged 1110
start_rsyslog "$port"
wait_for arrived remote 1110
stop_daemon
expect_tally remote 1110
((lost_ == 0)) || fail "$lost_ lost"
