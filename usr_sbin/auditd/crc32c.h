/* SPDX-License-Identifier: GPL-2.0 */
/* The CRC of what the daemon reads back from its own files. */
#ifndef KELLAS_CRC32C_H
#define KELLAS_CRC32C_H

#include "engine/port.h"

/** kl_crc32c - CRC-32C (RFC 3720 B.4); @crc is 0 or that of what came before */
u32 kl_crc32c(u32 crc, const void *data, size_t length);

#endif /* KELLAS_CRC32C_H */
