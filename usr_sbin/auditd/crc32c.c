// SPDX-License-Identifier: GPL-2.0
/* CRC-32C, a byte at a time. */
#include "crc32c.h"

#define POLYNOMIAL 0x82f63b78u /* reflected */

static u32 table[256];

static void fill_table(void)
{
	u32 i, bit, value;

	for (i = 0; i < 256; i++) {
		value = i;
		for (bit = 0; bit < 8; bit++)
			value = value >> 1 ^ (value & 1 ? POLYNOMIAL : 0);
		table[i] = value;
	}
}

u32 kl_crc32c(u32 crc, const void *data, size_t length)
{
	const u8 *byte = data;

	if (!table[1])
		fill_table();
	crc = ~crc;
	while (length--)
		crc = crc >> 8 ^ table[(crc ^ *byte++) & 255];
	return ~crc;
}
