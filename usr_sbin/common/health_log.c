// SPDX-License-Identifier: GPL-2.0
/* Does what is recorded arrive somewhere, all of it, with the right time? */
#include <fcntl.h>
#include <sys/statvfs.h>
#include <sys/timex.h>
#include <time.h>
#include <unistd.h>

#include "health.h"
#include "stat_line.h"

/* Percent of the kernel's buffer that are worth a word. */
#define BUFFER_WARNING 80

/* So little room in a folder is worth a word: percent, and bytes. */
#define SPACE_PERCENT 5
#define SPACE_BYTES (256ull << 20)

/* Seconds by which clocks may differ. */
#define CLOCK_TOLERANCE 120

static u64 log_count(const struct kl_health *health, const char *key)
{
	u64 count;

	kl_health_count(kl_buffer_text(&health->stat), "log", key, &count);
	return count;
}

static bool is_running(u64 pid, char *comm, size_t size)
{
	struct kl_buffer text = { 0 };
	bool running = !kl_health_read(
		kl_health_path("/proc/%llu/comm", (unsigned long long)pid), &text);

	snprintf(comm, size, "%s", running && text.data ? text.data : "");
	kl_buffer_free(&text);
	return running;
}

static void examine_losses(struct kl_health *health)
{
	static const struct {
		const char *key;
		enum kl_level level;
		const char *what;
		const char *remedy;
	} losses[] = {
		{ "lost", KL_WARNING, "records were lost: the kernel's buffer was full",
		  "kellasctl stat --rules tells of which rules; echo quota memory audit "
		  "67108864 | kellasctl load --add -" },
		{ "overwritten", KL_WARNING,
		  "records were overwritten before anybody had read them",
		  "systemctl enable --now kellas-auditd" },
		{ "unacknowledged", KL_WARNING,
		  "requests waited in vain for their record to be on disk (audit N wait=)",
		  "kellasctl stat; look at the sinks of kellas-auditd" },
		{ "suppressed", KL_NOTE, "requests were not recorded because of quotas",
		  NULL },
	};
	size_t i;
	bool lossless = true;

	for (i = 0; i < ARRAY_SIZE(losses); i++) {
		u64 count = log_count(health, losses[i].key);

		if (!count)
			continue;
		lossless &= losses[i].level == KL_NOTE;
		kl_find(health, losses[i].level, losses[i].key,
			"%llu %s since the module was loaded",
			(unsigned long long)count, losses[i].what);
		if (losses[i].remedy)
			kl_remedy(health, "%s", losses[i].remedy);
	}
	if (lossless)
		kl_find(health, KL_FINE, "lost",
			"the kernel has lost none of %llu records",
			(unsigned long long)log_count(health, "written"));
}

static void examine_buffer(struct kl_health *health)
{
	struct kl_text rest = kl_buffer_text(&health->stat);
	struct kl_stat_line line;
	u64 used, quota;

	while (kl_stat_next(&rest, &line)) {
		if (!kl_text_is(line.subject, "memory") || !line.count ||
		    !kl_text_is(line.pairs[0].key, "audit"))
			continue;
		used = kl_stat_number(kl_stat_value(&line, "used"));
		quota = kl_stat_number(kl_stat_value(&line, "quota"));
		if (!quota || used / 100.0 < quota / 10000.0 * BUFFER_WARNING)
			continue;
		kl_find(health, KL_WARNING, "buffer",
			"the kernel's buffer is nearly full: %llu of %llu bytes",
			(unsigned long long)used, (unsigned long long)quota);
		kl_remedy(health,
			  "kellasctl stat: is the daemon too slow, or not reading? "
			  "echo quota memory audit %llu | kellasctl load --add -",
			  (unsigned long long)quota * 4);
	}
}

/* -------------------------------------------------------------- the daemon */

static void judge_sink(struct kl_health *health, const struct kl_stat_line *line)
{
	struct kl_text name = line->pairs[0].key;
	struct kl_text why = kl_stat_value(line, "why");
	u64 dropped = kl_stat_number(kl_stat_value(line, "dropped"));
	u64 damaged = kl_stat_number(kl_stat_value(line, "damaged"));
	u64 spooled = kl_stat_number(kl_stat_value(line, "spooled"));
	u64 bytes = kl_stat_number(kl_stat_value(line, "spooled_bytes"));

	if (kl_text_is(kl_stat_value(line, "state"), "down")) {
		kl_find(health, KL_ERROR, "sink", "sink %.*s is down: %.*s",
			(int)name.length, name.data, (int)why.length, why.data);
		kl_remedy(health, "journalctl -u kellas-auditd; kellas-auditd --check");
	}
	if (dropped || damaged) {
		kl_find(health, KL_WARNING, "sink",
			"sink %.*s has lost %llu records and found %llu damaged",
			(int)name.length, name.data, (unsigned long long)dropped,
			(unsigned long long)damaged);
		kl_remedy(health,
			  "give it a spool or a larger one: kellas-auditd.conf(5)");
	}
	if (spooled)
		kl_find(health, KL_NOTE, "spool",
			"sink %.*s has %llu records (%llu bytes) in its spool, not yet "
			"delivered",
			(int)name.length, name.data, (unsigned long long)spooled,
			(unsigned long long)bytes);
}

static void judge_parts(struct kl_health *health, struct kl_text rest)
{
	struct kl_stat_line line;
	u32 sinks = 0, before = health->count;

	while (kl_stat_next(&rest, &line)) {
		u64 lost;

		if (kl_text_is(line.subject, "sink") && line.count) {
			sinks++;
			judge_sink(health, &line);
		}
		if (!kl_text_is(line.subject, "input"))
			continue;
		lost = kl_stat_number(kl_stat_value(&line, "missing")) +
		       kl_stat_number(kl_stat_value(&line, "unreadable")) +
		       kl_stat_number(kl_stat_value(&line, "dropped"));
		if (lost) {
			kl_find(health, KL_WARNING, "input",
				"kellas-auditd has missed %llu records of its input %.*s",
				(unsigned long long)lost,
				line.count ? (int)line.pairs[0].key.length : 0,
				line.count ? line.pairs[0].key.data : "");
			kl_remedy(health,
				  "kellasctl stat; see COUNTERS of kellas-auditd(8)");
		}
	}
	if (before == health->count)
		kl_find(health, KL_FINE, "sink", "%u sink%s of kellas-auditd, none down",
			sinks, sinks == 1 ? "" : "s");
}

static bool examine_daemon(struct kl_health *health)
{
	const char *path = "/run/kellas/auditd.stat";
	struct kl_buffer text = { 0 };
	int error = kl_health_read(kl_health_path("%s", path), &text);
	bool running = false;
	u64 pid = 0, lost;
	char comm[32];

	if (error && error != -ENOENT)
		kl_health_unseen(health, "daemon", path, error);
	if (!error && kl_health_count(kl_buffer_text(&text), "daemon", "pid", &pid))
		/* Its number may be another's by now. */
		running = pid && is_running(pid, comm, sizeof(comm)) &&
			  !strcmp(comm, "kellas-auditd");
	if (running) {
		kl_find(health, KL_FINE, "daemon", "kellas-auditd runs (pid %llu)",
			(unsigned long long)pid);
		kl_health_count(kl_buffer_text(&text), "daemon", "notes_lost", &lost);
		if (lost) {
			kl_find(health, KL_WARNING, "notes",
				"kellas-auditd had no room for %llu notes of its own",
				(unsigned long long)lost);
			kl_remedy(health, "journalctl -u kellas-auditd");
		}
		judge_parts(health, kl_buffer_text(&text));
	} else if (pid) {
		kl_find(health, KL_NOTE, "daemon",
			"kellas-auditd (pid %llu) has ended, and left its counters",
			(unsigned long long)pid);
		kl_remedy(health, "systemctl status kellas-auditd");
	}
	kl_buffer_free(&text);
	return running;
}

static void examine_keeper(struct kl_health *health, bool daemon)
{
	u64 keeper = log_count(health, "keeper");
	char comm[32];

	if (keeper) {
		is_running(keeper, comm, sizeof(comm));
		kl_find(health, KL_FINE, "keeper", "%s (pid %llu) keeps the log",
			*comm ? comm : "somebody", (unsigned long long)keeper);
		return;
	}
	kl_find(health, KL_WARNING, "keeper",
		"nobody keeps the log%s: records stay in memory until it is full, and are "
		"gone after a reboot",
		daemon ? ", although kellas-auditd runs" : "");
	kl_remedy(health, daemon ? "systemctl restart kellas-auditd" :
				   "systemctl enable --now kellas-auditd");
}

/* Is the unit wanted by a target? */
static void examine_unit(struct kl_health *health)
{
	static const char *const targets[] = { "sysinit", "multi-user" };
	size_t i;

	if (access(kl_health_path("/run/systemd/system"), F_OK))
		return;
	for (i = 0; i < ARRAY_SIZE(targets); i++)
		if (!faccessat(AT_FDCWD,
			       kl_health_path("/etc/systemd/system/%s.target.wants/"
					      "kellas-auditd.service",
					      targets[i]),
			       F_OK, AT_SYMLINK_NOFOLLOW))
			return;
	kl_find(health, KL_NOTE, "unit",
		"kellas-auditd is not started when the machine boots");
	kl_remedy(health, "systemctl enable kellas-auditd");
}

/* -------------------------------------------------------- room and the time */

static void examine_space(struct kl_health *health, const char *folder)
{
	struct statvfs room;
	u64 free, all;

	if (statvfs(kl_health_path("%s", folder), &room))
		return;
	free = (u64)room.f_bavail * room.f_frsize;
	all = (u64)room.f_blocks * room.f_frsize;
	/* Some network file systems and those of FUSE do not tell. */
	if (!all) {
		kl_find(health, KL_NOTE, "space",
			"the file system of %s does not tell how much room it has", folder);
		return;
	}
	if (free < SPACE_BYTES || free / (double)all * 100 < SPACE_PERCENT) {
		kl_find(health, free ? KL_WARNING : KL_ERROR, "space",
			"%s has %llu MiB left of %llu", folder,
			(unsigned long long)free >> 20, (unsigned long long)all >> 20);
		kl_remedy(health, "make room, or let kellas-auditd keep less: keep-bytes "
				  "and keep-age in /etc/kellas/kellas-auditd.conf");
	} else {
		kl_find(health, KL_FINE, "space", "%s has %llu MiB left", folder,
			(unsigned long long)free >> 20);
	}
}

static bool is_rtc_local(void)
{
	struct kl_buffer text = { 0 };
	bool local = !kl_health_read(kl_health_path("/etc/adjtime"), &text) &&
		     text.length && strstr(text.data, "LOCAL");

	kl_buffer_free(&text);
	return local;
}

static void examine_clock(struct kl_health *health)
{
	s64 now = time(NULL);
	s64 rtc = kl_health_number(kl_health_path("/sys/class/rtc/rtc0/since_epoch"));
	u64 changed;

	if (rtc >= 0 && !is_rtc_local() && llabs(now - rtc) > CLOCK_TOLERANCE) {
		kl_find(health, KL_WARNING, "clock",
			"the clock is %lld seconds %s the hardware's: records may carry the "
			"wrong time",
			(long long)llabs(now - rtc), now > rtc ? "before" : "behind");
		kl_remedy(health, "timedatectl set-ntp true; then: hwclock --systohc");
		return;
	}
	kl_health_count(kl_buffer_text(&health->stat), "policy", "updated_at", &changed);
	if ((s64)changed > now + CLOCK_TOLERANCE) {
		kl_find(health, KL_WARNING, "clock",
			"the clock was set back: the policy was changed %lld seconds in the "
			"future",
			(long long)changed - now);
		kl_remedy(health, "timedatectl set-ntp true");
		return;
	}
	kl_find(health, KL_FINE, "clock", "the clock agrees with what else is known");
}

void kl_examine_log(struct kl_health *health)
{
	bool daemon = examine_daemon(health);

	if (health->stat.length) {
		examine_keeper(health, daemon);
		examine_losses(health);
		examine_buffer(health);
	}
	examine_unit(health);
	examine_space(health, "/var/log/kellas");
	examine_space(health, "/var/spool/kellas");
	examine_clock(health);
}
