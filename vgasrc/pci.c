/* SPDX-License-Identifier: BSD-2-Clause
 * vgasrc/pci.c: see pci.h.
 */
#include "pci.h"
#include "arch/io.h"

#define ADDRESS	0xcf8
#define DATA	0xcfc
#define ENABLE	0x80000000u

uint32_t pci_read32(uint16_t bdf, uint8_t reg)
{
	uint32_t before = inl(ADDRESS), value;

	outl(ENABLE | (uint32_t)bdf << 8 | reg, ADDRESS);
	value = inl(DATA);
	outl(before, ADDRESS);
	return value;
}
