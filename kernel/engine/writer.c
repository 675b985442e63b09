// SPDX-License-Identifier: GPL-2.0
/* Numbers to text. A record has dozens: snprintf() would take most of it. */
#include "writer.h"

void kl_write_number(struct kl_writer *writer, u64 number)
{
	char digits[20];
	char *at = digits + sizeof(digits);

	if (number < 10 && writer->used < writer->room) {
		writer->out[writer->used++] = '0' + number;
		return;
	}
	do {
		*--at = '0' + number % 10;
		number /= 10;
	} while (number);
	kl_write_bytes(writer, at, digits + sizeof(digits) - at);
}

void kl_write_bits(struct kl_writer *writer, u64 number, u32 shift)
{
	char digits[22];
	char *at = digits + sizeof(digits);

	do {
		*--at = "0123456789ABCDEF"[number & ((1u << shift) - 1)];
		number >>= shift;
	} while (number);
	kl_write_bytes(writer, at, digits + sizeof(digits) - at);
}

void kl_write_micro(struct kl_writer *writer, u32 nanoseconds)
{
	u32 micro = nanoseconds / 1000;
	char text[7] = ".";
	int i;

	for (i = 6; i >= 1; i--, micro /= 10)
		text[i] = '0' + micro % 10;
	kl_write_bytes(writer, text, sizeof(text));
}
