/* SPDX-License-Identifier: BSD-2-Clause
 * vgasrc/pci.c: see pci.h.
 */
#include "pci.h"
#include "arch/io.h"
#include "rom.h"

#define ADDRESS	0xcf8
#define DATA	0xcfc
#define ENABLE	0x80000000u

#define BAR(n)		((uint8_t)(0x10 + 4 * (n)))
#define BAR_IO		0x01
#define BAR_64		0x04		/* the next one is its upper half */
#define BAR_FLAGS	0x0fu
#define BAR_IO_FLAGS	0x03u

uint32_t pci_read32(uint16_t bdf, uint8_t reg)
{
	uint32_t before = inl(ADDRESS), value;

	outl(ENABLE | (uint32_t)bdf << 8 | reg, ADDRESS);
	value = inl(DATA);
	outl(before, ADDRESS);
	return value;
}

uint32_t pci_bar(uint8_t number)
{
	uint32_t low;

	if (!rom_info.on_pci)
		return 0;
	low = pci_read32(rom_info.bdf, BAR(number));
	if ((low & BAR_IO) || ((low & BAR_64) && pci_read32(rom_info.bdf, BAR(number + 1))))
		return 0;
	return low & ~BAR_FLAGS;
}

uint16_t pci_io_bar(uint8_t number)
{
	uint32_t bar = rom_info.on_pci ? pci_read32(rom_info.bdf, BAR(number)) : 0;

	return bar & BAR_IO && bar < 0x10000 ? (uint16_t)(bar & ~BAR_IO_FLAGS) : 0;
}
