# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# For the benchmarks of the log path in a guest: kellas-auditd and auditd, begun and ended.

# shellcheck disable=SC2034
records=$PWD/build/tests/bench/records
ctl=$PWD/build/tools/kellasctl/kellasctl
keeper=$PWD/build/tools/auditd/kellas-auditd
work=/tmp/bench
logs=$work/logs
file=$work/objects/object
other=$work/others/object
# shellcheck disable=SC2034
daemon='' port=5514

mkdir -p $work/objects $work/others $logs
echo >$file
echo >$other
export KELLAS_AUDITD_STAT=$work/stat

fail() {
	echo "bench: $*" >&2
	cat $work/said $work/stat >&2 || :
	exit 1
}

# The machine is not quiet right after boot, or after a daemon has begun.
settle() { sleep 3; }

# shellcheck source=tests/wait.sh
. tests/wait.sh

load_module() {
	[[ -d /proc/kellas ]] || insmod "build/$(uname -r)/kellas.ko"
}

# load_policy LINE…
load_policy() {
	printf '%s\n' "$@" >$work/policy
	"$ctl" load -q $work/policy
}

# start_kellas TYPE KEY…: the daemon begins, all goes to one sink. Its keys are lines.
start_kellas() {
	local type=$1
	shift
	{
		printf 'daemon\n    position %s/position\n    stat %s/stat\n' $work $work
		printf 'input kernel\nsink %s main\n' "$type"
		printf '    %s\n' "$@"
		printf 'route everything\n    to main\n'
	} >$work/conf
	rm -f $work/stat $work/position
	"$keeper" -c $work/conf 2>$work/said & daemon=$!
	wait_for grep -q keeper=yes $work/stat
	settle
}

stop_kellas() {
	kill -TERM "$daemon"
	wait "$daemon" || fail "kellas-auditd ended with status $?"
	daemon=
}

# stat_of SUBJECT KEY: a counter of the daemon, as it is now.
stat_of() {
	kill -USR2 "$daemon"
	sleep 0.1
	sed -n "s/^$1 .*\\b$2=\\([^ ]*\\).*/\\1/p" $work/stat
}

# start_auditd FORMAT: into $logs/audit.log, as fast as it can.
start_auditd() {
	mkdir -p $work/auditd/plugins.d
	cat >$work/auditd/auditd.conf <<-END
		local_events = yes
		write_logs = yes
		log_file = $logs/audit.log
		log_group = root
		log_format = $1
		flush = NONE
		freq = 0
		max_log_file = 99999
		max_log_file_action = IGNORE
		num_logs = 0
		space_left = 2
		admin_space_left = 1
		space_left_action = IGNORE
		admin_space_left_action = IGNORE
		disk_full_action = IGNORE
		disk_error_action = IGNORE
		plugin_dir = $work/auditd/plugins.d
	END
	chmod 640 $work/auditd/auditd.conf
	rm -f $logs/audit.log
	auditd -c $work/auditd
	wait_for audit_runs
	daemon=$(audit_state pid)
	auditctl -D >/dev/null
	auditctl -e 1 >/dev/null
	auditctl -r 0 >/dev/null
	auditctl --reset-lost >/dev/null 2>&1 || :
	settle
}

audit_state() { auditctl -s | sed -n "s/^$1 //p"; }

audit_runs() { (($(audit_state pid) > 0)); }

audit_quiet() { [[ $(audit_state backlog) == 0 ]]; }

stop_auditd() {
	auditctl -D >/dev/null
	auditctl -e 0 >/dev/null
	kill -TERM "$daemon"
	while kill -0 "$daemon" 2>/dev/null; do sleep 0.1; done
	daemon=
}

# Until nothing more comes into a file: half a second.
wait_still() {
	local before='' now
	until now=$(stat -c %s "$1") && [[ $now == "$before" ]]; do
		before=$now
		sleep 0.5
	done
}

# How many lines of a log are opens of a file.
count_records() { grep -F " / read " "$2" | grep -cF "path=\"$1\"" || :; }
count_events() { grep "^type=PATH " "$2" | grep -cF "name=\"$1\"" || :; }
