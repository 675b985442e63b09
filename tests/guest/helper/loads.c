// SPDX-License-Identifier: GPL-2.0-only
/* module_load, kexec_load, bpf, set_time: what the kernel is given. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/kexec.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timex.h>
#include <time.h>
#include <unistd.h>
#include "acts.h"
#include "calls.h"
#include "kellas.h"
#include "parts.h"
#include "place.h"

#define CALL32_STIME		25
#define CALL32_MOUNT		21
#define CALL32_INIT_MODULE	128
#define CALL32_CLOCK_SETTIME	264
#define CALL32_KEXEC_LOAD	283
#define CALL32_FINIT_MODULE	350
#define CALL32_BPF		357

#define MODULE	"/tmp/loads-dummy.ko"
#define IMAGE	"/tmp/loads-image"

static int fd;
static struct text image;

/* A module of the kernel's that does nothing but add a network device. */
static void copy_module(void)
{
	char name[200];

	snprintf(name, sizeof(name),
		 "/lib/modules/%s/kernel/drivers/net/dummy.ko", release());
	if (!access(name, F_OK)) {
		copy_file(name, MODULE);
		return;
	}
	snprintf(name, sizeof(name),
		 "xz -dc /lib/modules/%s/kernel/drivers/net/dummy.ko.xz >" MODULE, release());
	shell(name);
}

static void get_module(void)
{
	fd = must(open(MODULE, O_RDONLY));
	act_object(MODULE);
}

static void get_memory(void)
{
	void *room;

	read_file(MODULE, &image);
	room = low_room(image.length);
	memcpy(room, image.data, image.length);
	image.data = room;
}

static void loaded(struct text *text)
{
	static const char *const names[] = { "dummy", "af_alg", "minix" };
	struct text modules = {};
	char line[20];
	unsigned int i;

	read_file("/proc/modules", &modules);
	for (i = 0; i < ARRAY_SIZE(names); i++) {
		snprintf(line, sizeof(line), "%s ", names[i]);
		if (strstr(modules.data, line))
			text_add(text, "%s", line);
	}
	free(modules.data);
}

static void no_modules(void)
{
	syscall(SYS_delete_module, "dummy", O_NONBLOCK);
	syscall(SYS_delete_module, "af_alg", O_NONBLOCK);
	syscall(SYS_delete_module, "minix", O_NONBLOCK);
}

static long run_finit(void) { return syscall(SYS_finit_module, fd, "numdummies=0", 0); }
static long run_finit32(void)
{
	return call32(CALL32_FINIT_MODULE, fd, low("numdummies=0"), 0, 0);
}
static long run_init(void)
{
	return syscall(SYS_init_module, image.data, image.length, "numdummies=0");
}
static long run_init32(void)
{
	return call32(CALL32_INIT_MODULE, (long)image.data, image.length,
		      low("numdummies=0"), 0);
}

/* modprobe, which the kernel starts, is no process of the policy's. */
static long run_socket(void) { return socket(AF_ALG, SOCK_SEQPACKET, 0); }
static long run_mount(void) { return mount("/dev/zero", "/mnt", "minix", 0, NULL); }
static long run_mount32(void)
{
	return call32(CALL32_MOUNT, low("/dev/zero"), low("/mnt"), low("minix"), 0);
}

static void get_image(void)
{
	fd = must(open(IMAGE, O_RDONLY));
	act_object(IMAGE);
}

static long run_kexec(void) { return syscall(SYS_kexec_load, 0, 0, NULL, 0); }
static long run_kexec32(void) { return call32(CALL32_KEXEC_LOAD, 0, 0, 0, KEXEC_ARCH_386); }
/* An image that is none: asked about, then refused for what it is. */
static long run_kexec_file(void)
{
	return syscall(SYS_kexec_file_load, fd, -1, 1, "", 4);
}

static long run_map(void)
{
	union bpf_attr attr = {
		.map_type = BPF_MAP_TYPE_ARRAY,
		.key_size = 4,
		.value_size = 8,
		.max_entries = 1,
	};

	return syscall(SYS_bpf, BPF_MAP_CREATE, &attr, sizeof(attr));
}

static long run_next(void)
{
	union bpf_attr attr = {};

	return syscall(SYS_bpf, BPF_PROG_GET_NEXT_ID, &attr, sizeof(attr));
}

static long run_map32(void)
{
	union bpf_attr *attr = low_room(sizeof(*attr));

	attr->map_type = BPF_MAP_TYPE_HASH;
	attr->key_size = 4;
	attr->value_size = 8;
	attr->max_entries = 1;
	return call32(CALL32_BPF, BPF_MAP_CREATE, (long)attr, sizeof(*attr), 0);
}

/* Hours ahead: it did change, or did not. */
static void hour(struct text *text)
{
	struct timespec wall, since;

	must(clock_gettime(CLOCK_REALTIME, &wall));
	must(clock_gettime(CLOCK_BOOTTIME, &since));
	text_add(text, "%ld", (wall.tv_sec - since.tv_sec + 900) / 1800);
}

#define AHEAD 3600

static long run_clock(void)
{
	struct timespec then = { time(NULL) + AHEAD, 0 };

	return clock_settime(CLOCK_REALTIME, &then);
}

static long run_day(void)
{
	struct timeval then = { time(NULL) + AHEAD, 0 };

	return settimeofday(&then, NULL);
}

static long run_clock32(void)
{
	int32_t *then = low_room(8);

	then[0] = time(NULL) + AHEAD;
	return call32(CALL32_CLOCK_SETTIME, CLOCK_REALTIME, (long)then, 0, 0);
}

static long run_stime32(void)
{
	int32_t *then = low_room(4);

	*then = time(NULL) + AHEAD;
	return call32(CALL32_STIME, (long)then, 0, 0, 0);
}

/* Slews the clock, and is not asked about. */
static long run_adjust(void)
{
	struct timex adjust = { .modes = ADJ_MAXERROR, .maxerror = 1000 };

	return adjtimex(&adjust);
}

#define MODULE_ACT(name, prepare, run, ...) \
	{ name, "module_load", NULL, NULL, prepare, run, loaded, no_modules, __VA_ARGS__ }
#define REQUEST(title, words, run, ...) \
	{ title, "module_load", NULL, words, NULL, run, loaded, no_modules, __VA_ARGS__ }
#define KEXEC(name, prepare, run, ...) \
	{ name, "kexec_load", NULL, NULL, prepare, run, __VA_ARGS__ }
#define BPF(name, words, run, ...) { name, "bpf", NULL, words, NULL, run, __VA_ARGS__ }
#define TIME(name, run, ...) { name, "set_time", NULL, NULL, NULL, run, hour, __VA_ARGS__ }

static const struct act acts[] = {
	MODULE_ACT("finit_module", get_module, run_finit),
	MODULE_ACT("finit_module, 32 bit", get_module, run_finit32),
	MODULE_ACT("init_module", get_memory, run_init),
	MODULE_ACT("init_module, 32 bit", get_memory, run_init32),
	REQUEST("a protocol family", "name=\"net-pf-38\"", run_socket, .denied = EAFNOSUPPORT),
	REQUEST("a file system", "name=\"fs-minix\"", run_mount, .error = ENOTBLK,
		.denied = ENODEV),
	REQUEST("a file system, 32 bit", "name=\"fs-minix\"", run_mount32, .error = ENOTBLK,
		.denied = ENODEV),
	{ "a file, by name", "module_load", "path=\"" MODULE "\"", NULL, get_module, run_finit,
	  loaded, no_modules },
	{ "memory has no path", "module_load", "path!=\"/nowhere\"", NULL, get_memory, run_init,
	  loaded, no_modules, .none = true },
	{ "memory has no owner", "module_load", "path.uid=0-4294967295", NULL, get_memory,
	  run_init, loaded, no_modules, .none = true },
	KEXEC("kexec_load", NULL, run_kexec),
	KEXEC("kexec_load, 32 bit", NULL, run_kexec32),
	KEXEC("kexec_file_load", get_image, run_kexec_file, .error = ENOEXEC),
	BPF("map", "cmd=0x0", run_map),
	BPF("map, 32 bit", "cmd=0x0", run_map32),
	BPF("next program", "cmd=0xB", run_next, .error = ENOENT),
	{ "another command", "bpf", "cmd=1", NULL, NULL, run_map, .none = true },
	TIME("clock_settime", run_clock),
	TIME("settimeofday", run_day),
	TIME("clock_settime, 32 bit", run_clock32),
	TIME("stime, 32 bit", run_stime32),
	{ "adjtimex", "set_time", NULL, NULL, NULL, run_adjust, .none = true },
};

void part_loads(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	copy_module();
	copy_file("/bin/true", IMAGE);
	no_modules();
	acts_run("loads", acts, ARRAY_SIZE(acts));
	acts_end("loads");
}
