// SPDX-License-Identifier: GPL-2.0
/*
 * makelog N [SEED]: a log of N requests as a busy host makes it, in records of
 * the length and with the attributes of real ones; the same for the same SEED.
 * One request in 50 has a second record, of another block.
 */
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static uint64_t state = 88172645463325252ull;

static uint32_t dice(uint32_t sides)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (uint32_t)(state >> 32) % sides;
}

static const char *const programs[] = {
	"nginx", "sshd", "bash", "postgres", "cron", "python3.11", "cat", "systemd",
	"php-fpm8.2", "rsyslogd", "dpkg", "apt", "grep", "sed", "perl", "git",
};

static const char *const folders[] = {
	"/etc", "/var/www/html/static/images", "/var/lib/postgresql/15/main/base/16384",
	"/usr/lib/x86_64-linux-gnu", "/home/alice/src/project/module", "/tmp", "/var/log",
	"/usr/share/zoneinfo/Europe",
};

static const char *const reads[] = { "read", "write", "getattr", "unlink" };

/* Few names are used often, many now and then. */
static uint32_t rare(uint32_t sides)
{
	return dice(1 + dice(sides));
}

static void put_subject(uint32_t pid, uint32_t uid, const char *program)
{
	printf(" task.pid=%u task.ppid=%u task.uid=%u task.gid=%u task.euid=%u task.egid=%u"
	       " task.suid=%u task.sgid=%u task.fsuid=%u task.fsgid=%u"
	       " task.exe=\"/usr/bin/%s\" task.domain=\"<kernel>\""
	       " task.history=\"~/usr/lib/systemd/systemd(1;0.652000)=>"
	       "/usr/sbin/sshd(812;341.102233)=>/usr/bin/bash(%u;8355.000120)=>"
	       "/usr/bin/%s(%u;%u.%06u)\"",
	       pid, pid - 1 - pid % 7, uid, uid, uid, uid, uid, uid, uid, uid, program,
	       pid - 1, program, pid, 9000 + pid, dice(1000000));
}

static void put_inode(const char *object, uint32_t uid, uint32_t ino)
{
	printf(" %s.uid=%u %s.gid=%u %s.perm=0644 %s.type=file %s.ino=%u %s.major=8"
	       " %s.minor=1 %s.fsmagic=0xef53 %s.parent.uid=0 %s.parent.gid=0"
	       " %s.parent.perm=0755 %s.parent.ino=%u %s.parent.major=8"
	       " %s.parent.minor=1 %s.parent.fsmagic=0xef53\n",
	       object, uid, object, uid, object, object, object, ino, object, object,
	       object, object, object, object, object, ino / 100, object, object, object);
}

static void put_time(uint64_t time)
{
	time_t seconds = time / 1000000;
	char text[32];

	strftime(text, sizeof(text), "%Y/%m/%d %H:%M:%S", gmtime(&seconds));
	printf("#%s.%06u#", text, (unsigned)(time % 1000000));
}

/* All records of a request but for what stands before the slash. */
static void put_request(uint32_t kind, uint32_t what, uint32_t pid, uint32_t uid,
			const char *program)
{
	const char *folder = folders[what % 8];
	uint32_t file = what / 8;

	if (kind < 85) {
		printf(" / %s path=\"%s/file-%u.dat\"", reads[kind % 4], folder, file);
		put_subject(pid, uid, program);
		put_inode("path", uid, 10000 + what);
	} else if (kind < 95) {
		printf(" / execute argc=3 envc=2 path=\"/usr/bin/%s\" exec=\"/usr/bin/%s\""
		       " argv[0]=\"%s\" argv[1]=\"-c\" argv[2]=\"%s/file-%u\""
		       " envp[\"HOME\"]=\"/root\" envp[\"PATH\"]=\"/usr/bin:/bin\"",
		       program, program, program, folder, file);
		put_subject(pid, uid, "bash");
		put_inode("path", 0, 5000 + what % 16);
	} else {
		printf(" / inet_stream_connect ip=10.%u.%u.%u port=%u", file % 8, what % 256,
		       what % 7, what % 3 ? 443 : 5432);
		put_subject(pid, uid, program);
		putchar('\n');
	}
}

int main(int argc, char **argv)
{
	uint64_t count = argc > 1 ? strtoull(argv[1], NULL, 10) : 1000, i, n = 0;
	uint64_t time = 1795000000000000ull;

	if (argc > 2)
		state += strtoull(argv[2], NULL, 10) * 2654435761u;
	for (i = 0; i < count; i++) {
		uint32_t pid = 1000 + rare(30000), kind = dice(100), what = rare(400000);
		uint32_t uid = pid % 3 ? 1000 + pid % 5 : 0, twice = dice(50) ? 1 : 2, r;
		const char *program = programs[pid % 16];
		uint64_t saved = state;

		time += 1 + dice(2000);
		for (r = 0; r < twice; r++) {
			state = saved;
			put_time(time);
			printf(" seq=%" PRIu64 " global-pid=%u result=%s priority=%u%s%s", ++n,
			       pid, !r && !(pid % 11) ? "denied" : "allowed", 100 + 100 * r,
			       pid % 4 ? " rule=web" : "",
			       !r && !(pid % 11) ? " enforced=no" : "");
			put_request(kind, what, pid, uid, program);
		}
	}
	return ferror(stdout) || fflush(stdout);
}
