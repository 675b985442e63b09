# SPDX-License-Identifier: GPL-2.0-only
# A daemon that was taken over could do anything as root; or, having given up its rights, could not
# open a module that is loaded anew.

chmod 755 .
mkdir log
{
	printf 'daemon\n    user nobody\n    position %s/log/position\n    stat %s/log/stat\n' "$PWD" "$PWD"
	printf 'input kernel\nsink file main\n    path %s/log/main.log\nroute all\n    to main\n' "$PWD"
} >conf
load_module
if (($(id -u))); then
	"$AUDITD" -c conf 2>said && fail "it cannot become nobody, and goes on"
	said "giving up privileges to become nobody: Operation not permitted" || fail "not said"
	exit 0
fi
chown nobody log
"$AUDITD" -c conf 2>>said & daemon=$!
module records 10
wait_for acknowledged 10

# is_status PID KEY VALUE: as /proc has it.
is_status() { grep -q "^$2:[[:space:]]*$3" "/proc/$1/status" || fail "$(grep "^$2" "/proc/$1/status"), not $3"; }
admin=$((1 << 33)) nobody=$(id -u nobody)
own=$((0x$(sed -n 's/^CapPrm:\t//p' /proc/self/status) & admin))
printf -v own %016x $own
opener=$(pgrep -P "$daemon")
for pid in $daemon $opener; do
	for set in CapPrm CapEff; do is_status "$pid" $set "$own"; done
	for set in CapInh CapAmb; do is_status "$pid" $set 0000000000000000; done
	is_status "$pid" NoNewPrivs 1
done
is_status "$daemon" Uid "$nobody	$nobody	$nobody	$nobody"
is_status "$daemon" Groups "$(id -G nobody) *$"
bounding=$((0x$(sed -n 's/^CapBnd:\t//p' "/proc/$daemon/status")))
((!(bounding & ~admin))) || fail "capabilities are left in the bounding set"
is_status "$opener" Uid "0	0	0	0"
[[ $(stat -c %U "/proc/$daemon/environ") == root ]] || fail "it is dumpable"
[[ $(stat -c %U log/main.log) == nobody ]] || fail "the log is not nobody's"
unload_module
wait_for said "not loaded"
load_module 2222222222222222
module records 5
wait_for acknowledged 5
kill_daemon
wait_for eval "! kill -0 $opener"

# With the rights that the unit leaves to root it cannot look into a directory of the user's.
chmod 700 log
! grep -q "Permission denied" said || fail "something was denied"
setpriv --bounding-set=-all,+mac_admin,+setuid,+setgid \
	"$AUDITD" -c conf 2>>said & daemon=$!
module records 5
wait_for acknowledged 10
! grep -q "Permission denied" said || fail "the position cannot be read"
grep -q 'daemon=source-up instance=2222222222222222 behind=5' log/main.log || fail "it does not resume"
stop_daemon
