/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/cmos.c: see cmos.h.
 */
#include "hw/cmos.h"
#include "arch/io.h"

#define CMOS_INDEX_MASK 0x7f

uint8_t cmos_read(uint8_t index)
{
	outb(index & CMOS_INDEX_MASK, CMOS_PORT_INDEX);
	return inb(CMOS_PORT_DATA);
}

void cmos_write(uint8_t index, uint8_t value)
{
	outb(index & CMOS_INDEX_MASK, CMOS_PORT_INDEX);
	outb(value, CMOS_PORT_DATA);
}

uint16_t cmos_read16(uint8_t index)
{
	uint16_t low = cmos_read(index);

	return low | cmos_read(index + 1) << 8;
}
