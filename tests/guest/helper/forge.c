// SPDX-License-Identifier: GPL-2.0-only
/*
 * forge EXE FILE: pretends to be another program, by PR_SET_MM_MAP, then opens
 * a file. The kernel demands that nothing of the real program is mapped any
 * more: so it runs in a copy of itself, uses no data, and unmaps the rest.
 * Writes to stdout what /proc/self/exe is then; exits with 0, or the number of
 * the step that failed.
 */
#include <fcntl.h>
#include <linux/prctl.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/syscall.h>

extern char __executable_start[], _end[];

static inline __attribute__((always_inline)) long call(long number, long a, long b, long c,
						       long d, long e, long f)
{
	register long r10 asm("r10") = d;
	register long r8 asm("r8") = e;
	register long r9 asm("r9") = f;
	long result;

	asm volatile("syscall" : "=a" (result)
		     : "a" (number), "D" (a), "S" (b), "d" (c), "r" (r10), "r" (r8), "r" (r9)
		     : "rcx", "r11", "memory");
	return result;
}

static inline __attribute__((always_inline, noreturn)) void leave(long status)
{
	for (;;)
		call(SYS_exit_group, status, 0, 0, 0, 0, 0);
}

/* Runs in the copy. */
static __attribute__((noinline, used, noreturn)) void pretend(char **argv, unsigned long start,
							      unsigned long length)
{
	unsigned long self = 0x6f72702f;	/* "/proc/self/exe" in pieces */
	char link[16], text[256];
	struct prctl_mm_map map;
	long fd, done;

	if (call(SYS_munmap, start, length, 0, 0, 0, 0))
		leave(1);
	fd = call(SYS_open, (long)argv[1], O_RDONLY | O_CLOEXEC, 0, 0, 0, 0);
	if (fd < 0)
		leave(2);
	map.start_code = start;
	map.end_code = start + 0x1000;
	map.start_data = start + 0x2000;
	map.end_data = start + 0x3000;
	map.start_brk = start + 0x4000;
	map.brk = start + 0x4000;
	map.start_stack = (unsigned long)argv;
	map.arg_start = (unsigned long)argv;
	map.arg_end = (unsigned long)argv + 8;
	map.env_start = (unsigned long)argv;
	map.env_end = (unsigned long)argv + 8;
	map.auxv = NULL;
	map.auxv_size = 0;
	map.exe_fd = fd;
	if (call(SYS_prctl, PR_SET_MM, PR_SET_MM_MAP, (long)&map, sizeof(map), 0, 0))
		leave(3);
	*(volatile unsigned int *)link = self;
	*(volatile unsigned int *)(link + 4) = 0x65732f63;
	*(volatile unsigned int *)(link + 8) = 0x652f666c;
	*(volatile unsigned int *)(link + 12) = 0x6578;
	done = call(SYS_readlink, (long)link, (long)text, sizeof(text), 0, 0, 0);
	if (done < 0 || call(SYS_write, 1, (long)text, done, 0, 0, 0) != done)
		leave(4);
	if (call(SYS_open, (long)argv[2], O_RDONLY | O_CLOEXEC, 0, 0, 0, 0) < 0)
		leave(5);
	leave(0);
}

__attribute__((used, noreturn)) void start(long *stack);
void start(long *stack)
{
	unsigned long from = (unsigned long)__executable_start & -4096ul;
	unsigned long length = ((unsigned long)_end - from + 4095) & -4096ul;
	void (*copied)(char **argv, unsigned long start, unsigned long length);
	long room = call(SYS_mmap, 0, length, PROT_READ | PROT_WRITE | PROT_EXEC,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	const char *code = (const char *)pretend;
	unsigned long i;

	if (room < 0)
		leave(6);
	for (i = 0; i < 4096; i++)
		((volatile char *)room)[i] = code[i];
	copied = (void *)room;
	copied((char **)(stack + 1), from, length);
	leave(7);
}

asm(".globl _start\n_start:\n\tmov %rsp, %rdi\n\tand $-16, %rsp\n\tcall start\n"
    "\t.fill 4096, 1, 0x90\n");
