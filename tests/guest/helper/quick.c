// SPDX-License-Identifier: GPL-2.0-only
/* A program that needs no interpreter and no library: exits with 77. */
void _start(void);
void _start(void)
{
	asm volatile("syscall" : : "a" (231), "D" (77));
	__builtin_unreachable();
}
