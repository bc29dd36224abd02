/* SPDX-License-Identifier: BSD-2-Clause
 * src/lib/checksum.h: the checksum of ACPI, SMBIOS, MP and option ROM structures: their bytes
 * add up to 0 modulo 256. Made in src/arch/checksum.c. And one that tells whether bytes are still what they were.
 */
#ifndef LIB_CHECKSUM_H
#define LIB_CHECKSUM_H

#include <stdint.h>

/*
 * Sum of len bytes modulo 256; any alignment; 0 for len 0. After machine_init(). A fifth of an instruction per
 * byte with SSE2, about 1.3 without. There must be memory also in the CHECKSUM_BEFORE bytes in front of p, which
 * may be read, whatever is in them.
 */
#define CHECKSUM_BEFORE 32
uint8_t checksum8(const void *p, uint32_t len);

/*
 * The sum of len bytes as words of 32 bits, in little-endian order, and in the upper half the sum of all sums on the way
 * (Fletcher's method): what is changed, moved, exchanged, longer or shorter shows. No protection against who makes bytes
 * for a sum. Any alignment; a last word that is not whole has zeros behind it. 1.5 instructions per byte, none of SSE: it
 * may be asked when a guest has run.
 */
uint64_t checksum64(const void *p, uint32_t len);

#endif
