#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Usage: doctor.sh KELLASCTL
#
# kellasctl doctor in a machine of ordinary files (KELLAS_ROOT) that has nothing wrong: then in one
# that differs in one thing each, which must be found, that alone, and with its remedy. Without this
# doctor sees nothing, or cries wolf. How much room a folder has is tried in a guest (doctor-guest.sh).

set -uo pipefail
tool=$(realpath "$1")
folder=$(mktemp -d) || exit
trap 'rm -rf "$folder"' EXIT
chmod 755 "$folder"
unset KELLAS_PROC KELLAS_AUDITD_STAT
export KELLAS_ROOT=$folder/root
release=6.12.48-amd64
stamp=$(date +%s)
passed=0 failed=0 status=0 full=0
cd "$folder" || exit

ok() {
	passed=$((passed + 1))
	echo "ok $*"
}

not_ok() {
	failed=$((failed + 1))
	echo "not ok $1 (status $status)"
	sed 's/^/    /' out err | head -n 30
}

is() {
	local name=$1

	shift
	if "$@"; then ok "$name"; else not_ok "$name"; fi
}

# put FILE TEXT: a file of the machine
put() {
	mkdir -p "healthy/${1%/*}"
	printf '%b' "$2" >"healthy/$1"
}

make_healthy() {
	put proc/sys/kernel/osrelease "$release\n"
	put proc/sys/kernel/arch 'x86_64\n'
	put proc/sys/kernel/ftrace_enabled '1\n'
	put proc/sys/kernel/tainted '12288\n'
	put "boot/config-$release" '# Linux
CONFIG_MODULES=y\nCONFIG_DYNAMIC_FTRACE_WITH_DIRECT_CALLS=y\nCONFIG_KPROBES_ON_FTRACE=y
CONFIG_SECURITY_PATH=y\nCONFIG_SECURITY_NETWORK=y\nCONFIG_BPF_SYSCALL=y\nCONFIG_CGROUPS=y
CONFIG_AUDIT=y\nCONFIG_MODULE_UNLOAD=y\n'
	put sys/kernel/tracing/enabled_functions 'schedule (1)           D    \tdirect-->x [other]
security_file_open (1)            D    \ttramp: ftrace_regs_caller+0x0/0x60 (call_direct_funcs+0x0/0x20)
\tdirect-->kl_trampoline+0x0/0x80 [kellas]\nsecurity_bprm_check (2) R\n'
	put sys/kernel/security/lockdown '[none] integrity confidentiality\n'
	put sys/module/module/parameters/sig_enforce 'N\n'
	put sys/module/kellas/srcversion '0123456789ABCDEF\n'
	put "lib/modules/$release/modules.dep" 'kernel/fs/ext4/ext4.ko:\nupdates/kellas.ko:\n'
	put "lib/modules/$release/updates/kellas.ko" \
		"\177ELF\0license=GPL\0srcversion=0123456789ABCDEF\0vermagic=$release SMP mod_unload \0end"
	put proc/kellas/version "version=$("$tool" version | sed -n 's/^kellasctl \([^,]*\),.*/\1/p')
language=1\nkernel=$release\noperations=execute read\n"
	put proc/kellas/policy '100 acl modify_policy\n    10 allow\n100 acl read path="/x"\n    10 deny\n'
	put proc/kellas/stat "instance 00ff boot_id=b
policy updates=4 updated_at=$stamp generation=4 publications=1 failures=0 failed_at=0 reverts=0 reverted_at=0 confirm=0 locked=0
memory policy used=900 quota=268435456\nmemory audit used=5 quota=16777216
log written=12 read=12 lost=0 overwritten=0 suppressed=0 next=13 keeper=812 unrecorded=3 probes=0 waited=0 unacknowledged=0
attached functions=1 inflight=0 tracepoints=0
function security_file_open family=open state=attached\nfunction security_bpf family=load state=detached\n"
	put proc/kellas/audit ''
	put proc/812/comm 'kellas-auditd\n'
	put run/kellas/auditd.stat 'daemon pid=812 version=1 state=running notes_lost=0
input kernel seen=12 lost=0 missing=0 unreadable=0
sink main kind=file state=up delivered=12 dropped=0 damaged=0 spooled=0 spooled_bytes=0\n'
	put run/systemd/system/x ''
	put etc/systemd/system/sysinit.target.wants/kellas-auditd.service ''
	put etc/kellas/kellas-auditd.conf 'input kernel\n'
	put etc/passwd "root:x:0:0::/root:/bin/sh\nkellas:x:$EUID:$EUID::/:/bin/false\n"
	put var/log/kellas/kellas.log ''
	put var/lib/kellas/position ''
	put var/spool/kellas/spool ''
	put sys/class/rtc/rtc0/since_epoch "$stamp\n"
	chmod -R u=rwX,go=rX healthy
	chmod -R go= healthy/proc/kellas/* healthy/var/*/kellas
	chmod 644 healthy/proc/kellas/version
}

# The room on the disk of whoever runs this is left out.
doctor() {
	"$tool" doctor --color=never "$@" >out 2>err
	status=$?
	! grep -qE '^log +(warning|error) +space ' out || full=1
	sed -Ei '/^log +(warning|error) +space /,+1d' out
}

# What is not as it should be
bad() {
	awk '/^[a-z]+ +(note|warning|error) / { print $2, $3 }' out | xargs
}

# sick NAME 'LEVEL NAME[ LEVEL NAME]…' WHAT REMEDY COMMAND: after the command, run in the machine,
# exactly that is found; patterns of grep -E for the words and the remedy ('' for none).
sick() {
	rm -rf root
	cp -a healthy root
	(cd root && eval "$5") || { not_ok "$1: $5"; return; }
	doctor
	[[ $2 == *warning* || $2 == *error* ]]
	want=$((full ? 1 : !$?))
	if [[ $(bad) != "$2" || -s err || $status != "$want" ]] || ! grep -qE -e "$3" out ||
		{ [[ $4 ]] && ! grep -qE -e "^ +-> .*$4" out; } ||
		{ [[ ! $4 ]] && grep -q '^ *->' out; }; then
		not_ok "$1"
		echo "    found: $(bad)"
	else
		ok "$1"
	fi
}

# change FILE SED…: edit a file of the machine; to change nothing is an error
change() {
	local file=$1 before

	shift
	before=$(cksum <"$file")
	sed -i "$@" "$file" && [[ $(cksum <"$file") != "$before" ]]
}

stat=proc/kellas/stat config=boot/config-$release ko=lib/modules/$release/updates/kellas.ko
make_healthy
sick 'nothing is wrong' '' 'Linux 6.12.48-amd64' '' :
is 'every area was looked at' \
	[ "$(cut -d ' ' -f 1 out | sort -u | xargs)" = '0 files kernel log module policy' ]
is 'policy in figures' grep -qE '^policy +ok +rules +2 blocks, 2 rules, generation 4 of 20' out

sick 'an old kernel' 'error version' 'Linux 5.10.0-amd64 is older' '6.1 or later' \
	"sed -i s/6.12.48/5.10.0/ proc/sys/kernel/osrelease; mv boot/config-* boot/config-5.10.0-amd64
	mv lib/modules/* lib/modules/5.10.0-amd64; sed -i s/$release/5.10.0-amd64/ lib/modules/*/updates/*"
sick 'the oldest kernel' '' 'Linux 6.1.0-amd64' '' \
	"sed -i s/6.12.48/6.1.0/ proc/sys/kernel/osrelease; mv boot/config-* boot/config-6.1.0-amd64
	mv lib/modules/* lib/modules/6.1.0-amd64; sed -i s/$release/6.1.0-amd64/ lib/modules/*/updates/*"
sick 'another architecture' 'error architecture' 'aarch64' 'x86-64' \
	'echo aarch64 >proc/sys/kernel/arch'
for option in MODULES DYNAMIC_FTRACE_WITH_DIRECT_CALLS KPROBES_ON_FTRACE SECURITY_PATH; do
	sick "no $option" 'error config' "without CONFIG_$option:" "CONFIG_$option=y" \
		"change $config 's/^CONFIG_$option=y/# CONFIG_$option is not set/'"
done
sick 'no SECURITY_NETWORK' 'warning config' 'sockets' 'CONFIG_SECURITY_NETWORK=y' \
	"change $config /CONFIG_SECURITY_NETWORK/d"
for option in BPF_SYSCALL CGROUPS AUDIT MODULE_UNLOAD; do
	sick "no $option" 'note config' "without CONFIG_$option:" '' "change $config /CONFIG_$option=/d"
done
sick 'a compressed configuration' 'error config' 'CONFIG_SECURITY_PATH' . \
	"grep -v SECURITY_PATH $config | gzip >proc/config.gz"
sick 'no configuration' 'note config' "nor /boot/config-$release" '' "rm $config"
sick 'ftrace off' 'error ftrace' 'ftrace_enabled=0' 'sysctl kernel.ftrace_enabled=1' \
	'echo 0 >proc/sys/kernel/ftrace_enabled'
sick 'no ftrace' 'error ftrace' 'no ftrace' FUNCTION_TRACER 'rm proc/sys/kernel/ftrace_enabled'
sick 'a function taken by BPF' 'warning conflict' \
	'security_path_mkdir is taken by another direct caller, bpf_trampoline_1\+0x0/0x1000:' 'bpftool' \
	"printf 'security_path_mkdir (1)            D    \tx\n\tdirect-->bpf_trampoline_1+0x0/0x1000\n' \
	>>sys/kernel/tracing/enabled_functions"
sick 'a function taken by a livepatch' 'warning conflict' 'security_bprm_check is taken by a livepatch' \
	'livepatch' "change sys/kernel/tracing/enabled_functions 's/(2) R/(2) R I/'"
sick 'attached by name only' 'error attached' 'security_file_open counts as attached' 'kellasctl unload' \
	"change sys/kernel/tracing/enabled_functions '/^security_file_open/,/kl_trampoline/d'"
sick 'tracefs in its old place' 'warning conflict' 'security_x' bpftool \
	"mkdir -p sys/kernel/debug; mv sys/kernel/tracing sys/kernel/debug
	echo 'security_x (1) D' >>sys/kernel/debug/tracing/enabled_functions"
sick 'no tracefs' 'note conflict' 'not mounted' 'mount -t tracefs' 'rm -r sys/kernel/tracing'
sick 'a kernel that has oopsed' 'warning taint' '\(12416\): it has oopsed' 'dmesg' \
	'echo 12416 >proc/sys/kernel/tainted'

sick 'not loaded' 'error loaded' 'nothing is logged' 'modprobe kellas' 'rm -r proc/kellas'
sick 'not built' 'error loaded error built' 'not built for this kernel$' "depmod" \
	"rm -r proc/kellas; change lib/modules/$release/modules.dep /kellas/d"
sick 'built for another kernel' 'error loaded error built' 'only for 6.1.0$' 'depmod' \
	"rm -r proc/kellas; change lib/modules/$release/modules.dep /kellas/d; mkdir lib/modules/6.1.0
	echo 'extra/kellas.ko.xz:' >lib/modules/6.1.0/modules.dep"
sick 'built for another one, but here' 'error built' 'was built for 6.12.47-amd64' depmod \
	"sed -i s/6.12.48/6.12.47/ $ko"
sick 'another version' 'warning version' 'the module is version 0.0.9, the tools are' 'modprobe' \
	'change proc/kellas/version s/^version=.*/version=0.0.9/'
sick 'a newer language' 'error language' 'version 2 of the language' 'update the tools' \
	'change proc/kellas/version s/language=1/language=2/'
sick 'another module on disk' 'note built' 'another one than is loaded' 'unload' \
	"sed -i s/CDEF/CDEE/ $ko"
sick 'unsigned, and lockdown' 'error loaded error signature' 'lockdown: integrity\), and .*kellas.ko is not' \
	'sign-file' "rm -r proc/kellas; echo 'none [integrity] confidentiality' >sys/kernel/security/lockdown"
sick 'unsigned, and enforcement' 'error loaded error signature' 'only signed' 'mokutil' \
	'rm -r proc/kellas; echo Y >sys/module/module/parameters/sig_enforce'
sick 'unsigned, Secure Boot' 'error loaded error signature' 'Secure Boot on' 'mokutil' \
	"rm -r proc/kellas; mkdir -p sys/firmware/efi/efivars
	printf '\6\0\0\0\1' >sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c
	echo 'none [integrity] confidentiality' >sys/kernel/security/lockdown"
sick 'signed' 'error loaded' 'this one is signed' modprobe \
	"rm -r proc/kellas; echo Y >sys/module/module/parameters/sig_enforce
	echo '~Module signature appended~' >>$ko"
sick 'compressed and signed' 'error loaded' 'this one is signed' modprobe \
	"rm -r proc/kellas; echo Y >sys/module/module/parameters/sig_enforce
	echo '~Module signature appended~' >>$ko; gzip $ko; sed -i s/kellas.ko/kellas.ko.gz/ lib/modules/*/*.dep"
sick 'a pipe in its place' '' 'Linux' '' "rm $ko; mkfifo $ko"
sick 'compressed with xz' 'error loaded note signature' 'was not looked at' 'modinfo' \
	"rm -r proc/kellas; echo Y >sys/module/module/parameters/sig_enforce
	mv $ko $ko.xz; sed -i s/kellas.ko/kellas.ko.xz/ lib/modules/*/*.dep"
sick 'a function that newer kernels have' '' 'Linux' '' \
	"change $stat '/security_bpf/s/.*/function security_inode_file_setattr family=ioctl state=missing/'"
sick 'a function that the kernel lacks' 'note functions' 'has not got security_bpf:' '' \
	"change $stat s/state=detached/state=missing/"

sick 'no policy' 'warning rules' 'the policy is empty' 'kellasctl load' ': >proc/kellas/policy'
sick 'a policy that nobody understands' 'warning rules' 'line 1: ' '' 'echo nonsense >proc/kellas/policy'
sick 'permissive' 'warning mode' 'nothing is denied' 'mode enforcing' \
	'echo mode permissive >>proc/kellas/policy'
sick 'a permissive block' 'note mode' '1 block is permissive' 'permissive' \
	"printf '\tpermissive\n' >>proc/kellas/policy"
sick 'nobody guards the policy' 'note modify_policy' 'CAP_MAC_ADMIN may change' 'kellas-policy\(5\)' \
	'change proc/kellas/policy 1,2d'
sick 'on trial' 'warning confirm' 'taken back in 55 seconds' 'kellasctl confirm.*kellasctl revert' \
	"change $stat s/confirm=0/confirm=55/"
sick 'taken back' 'note reverts' '2 policies .*2027-01-15T08:00:00Z' '' \
	"change $stat 's/reverts=0 reverted_at=0/reverts=2 reverted_at=1800000000/'"
sick 'failed later' 'warning failures' '1 change of the policy .* and was taken back' 'dmesg' \
	"change $stat s/failures=0/failures=1/"
sick 'locked' 'note locked' 'until reboot' '' "change $stat s/locked=0/locked=1/"
sick 'no memory for the policy' 'warning memory' '90 of 100 bytes' 'quota memory policy 200' \
	"change $stat 's/policy used=900 quota=268435456/policy used=90 quota=100/'"
sick 'enough of it' '' 'Linux' '' "change $stat 's/policy used=900 quota=268435456/policy used=89 quota=100/'"

sick 'no daemon' 'warning keeper' 'nobody keeps the log: ' 'systemctl enable --now kellas-auditd' \
	"rm run/kellas/auditd.stat; change $stat s/keeper=812/keeper=0/"
sick 'a daemon that has died' 'note daemon warning keeper' 'has ended' 'systemctl status' \
	"rm -r proc/812; change $stat s/keeper=812/keeper=0/"
sick 'a daemon whose number another process has by now' 'note daemon' 'has ended' 'systemctl status' \
	'change proc/812/comm s/kellas-auditd/bash/'
sick 'notes that the daemon lost' 'warning notes' 'no room for 3 notes' 'journalctl' \
	'change run/kellas/auditd.stat s/notes_lost=0/notes_lost=3/'
sick 'a daemon that does not read' 'warning keeper' 'although kellas-auditd runs' 'systemctl restart' \
	"change $stat s/keeper=812/keeper=0/"
sick 'a daemon that nobody starts' 'note unit' 'when the machine boots' 'systemctl enable kellas-auditd' \
	'rm etc/systemd/system/sysinit.target.wants/*'
sick 'a sink that is down' 'error sink' 'sink main is down: ' 'journalctl' \
	'change run/kellas/auditd.stat s/state=up/state=down/'
sick 'a sink that drops' 'warning sink' 'has lost 3 records' 'spool' \
	'change run/kellas/auditd.stat s/dropped=0/dropped=3/'
sick 'a spool' 'note spool' '7 records \(99 bytes\)' '' \
	"change run/kellas/auditd.stat 's/spooled=0 spooled_bytes=0/spooled=7 spooled_bytes=99/'"
sick 'records that the daemon missed' 'warning input' 'missed 4 records of its input kernel' 'kellasctl stat' \
	'change run/kellas/auditd.stat s/missing=0/missing=4/'
sick 'losses' 'warning lost' '5 records were lost' 'quota memory audit' "change $stat s/lost=0/lost=5/"
sick 'overwritten' 'warning overwritten' '5 records' 'systemctl' "change $stat s/overwritten=0/overwritten=5/"
sick 'waits in vain' 'warning unacknowledged' '5 requests waited in vain' 'kellasctl stat' \
	"change $stat s/unacknowledged=0/unacknowledged=5/"
sick 'suppressed' 'note suppressed' '5 requests were not recorded' '' "change $stat s/suppressed=0/suppressed=5/"
sick 'a full buffer' 'warning buffer' '80 of 100 bytes' 'quota memory audit 400' \
	"change $stat 's/audit used=5 quota=16777216/audit used=80 quota=100/'"
sick 'a name that is no name' 'warning permissions' 'kellas/a.*\[2J;reboot may be read by others' \
	'ls -lab /var/log/kellas shows' 'touch "var/log/kellas/a"$'"'\\033[2J;reboot'"
sick 'a file system that does not count' 'note space' 'spool/kellas does not tell how much room' '' \
	'rm -r var/spool/kellas; ln -s /proc/tty/ldisc var/spool/kellas'
sick 'another clock' 'warning clock' 'behind the hardware' 'timedatectl' \
	"echo $((stamp + 3600)) >sys/class/rtc/rtc0/since_epoch"
sick 'a hardware clock in local time' '' 'Linux' '' \
	"echo $((stamp + 3600)) >sys/class/rtc/rtc0/since_epoch; printf '0\n0\nLOCAL\n' >etc/adjtime"
sick 'a clock set back' 'warning clock' 'set back' 'timedatectl' \
	"change $stat s/updated_at=$stamp/updated_at=$((stamp + 86400))/"

sick 'a policy file that others may write' 'error permissions' \
	'/etc/kellas/kellas-auditd.conf may be changed by others \(mode 0646\)' \
	'chmod go-w /etc/kellas/kellas-auditd.conf' 'chmod 646 etc/kellas/*'
sick 'a folder that others may write' 'error permissions' '/etc/kellas may be changed' 'chmod go-w /etc/kellas' \
	'chmod 777 etc/kellas'
sick 'a log that others may read' 'warning permissions' '/var/log/kellas/kellas.log may be read' \
	'chmod go-rwx /var/log/kellas/kellas.log' 'chmod 644 var/log/kellas/*'
for place in proc/kellas/policy var/lib/kellas var/spool/kellas/spool; do
	sick "$place for all" 'error permissions' "/$place may be changed by others \(mode 0777\)" \
		"chmod go-rwx /$place" "chmod 777 $place"
done
if ((!EUID)); then
	sick 'the log of somebody else' 'error owner' '/var/log/kellas belongs to user 1234' \
		'chown root: /var/log/kellas' 'chown 1234 var/log/kellas'
	sick 'the log of the daemon' '' 'Linux' '' \
		"chown 1234 var/log/kellas var/log/kellas/*; change etc/passwd s/kellas:x:0:/kellas:x:1234:/"
fi

#### what cannot be looked at, and other forms

rm -rf root
cp -a healthy root
chmod 000 root/proc/kellas/stat root/proc/kellas/policy root/sys/kernel/tracing/enabled_functions
as=()
((EUID)) || as=(setpriv --reuid 65534 --regid 65534 --clear-groups)
((EUID)) || cp "$tool" kellasctl
((EUID)) || tool=./kellasctl
"${as[@]}" "$tool" doctor --color=never >out 2>err
status=$?
is 'without leave' [ "$((status - full)) $(grep -cE '^[a-z]+ +note .*could not be looked at: Permission denied$' out)" = '0 3' ]
is 'and the remedy is said' [ "$(grep -c -- '-> sudo kellasctl doctor' out)" = 3 ]
rm -rf root
mkdir root
doctor
is 'an empty machine' [ "$status $(bad)" = \
	'1 note version note config error ftrace note conflict error loaded error built' ]
cp -a healthy/. root
for file in proc/kellas/{stat,policy,version} run/kellas/auditd.stat sys/kernel/tracing/enabled_functions \
	"lib/modules/$release/modules.dep" "$ko" "$config" etc/passwd; do
	head -c 4000 /dev/urandom >"root/$file"
done
doctor
is 'rubbish in every file' [ "$status" = 1 ]
is 'breaks no terminal' [ "$(tr -d '\n -~' <out | LC_ALL=C tr -d '\200-\377' | wc -c)" = 0 ]
rm -rf root
cp -a healthy root
sed -i s/lost=0/lost=5/ root/$stat
sed -i s/suppressed=0/suppressed=6/ root/$stat
doctor -q
is '-q shows warnings and errors only' [ "$(wc -l <out) $(bad)" = '2 warning lost' ]
doctor -o json
is 'JSON' python3 -c '
import json
d = json.load(open("out"))
found = [f for f in d["findings"] if f["level"] != "ok" and f["name"] != "space"]
assert [(f["area"], f["level"], f["name"]) for f in found] == [
	("log", "warning", "lost"), ("log", "note", "suppressed")], found
assert "quota memory audit" in found[0]["remedy"] and found[1]["remedy"] is None
assert found[0]["what"].startswith("5 records were lost")
assert d["warnings"] >= 1 and d["notes"] >= 1 and len(d["findings"]) > 12'
"$tool" doctor >/dev/full 2>err
status=$?
is 'results that cannot be written' grep -q 'No space left' err
echo "doctor: $passed passed, $failed failed"
((failed == 0 && passed > 0))
