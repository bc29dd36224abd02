/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/pci/bar.c: see bar.h.
 */
#include "hw/pci/bar.h"
#include "hw/pci/layout.h"
#include "hw/pci/tree.h"
#include "lib/bits.h"
#include "trace/log.h"

#define BAR_IO		0x1u	/* I/O space; bit 1 is then reserved, 0 */
#define BAR_IO_RESERVED	0x2u
#define BAR_TYPE	0x6u	/* memory: how wide */
#define BAR_TYPE_32	0x0u
#define BAR_TYPE_64	0x4u
/* Reserved; but less than 16 bytes leave address bits there, as QEMU's pvpanic-pci has them. */
#define BAR_TYPE_TINY	0x6u
#define BAR_PREFETCH	0x8u
#define ROM_ENABLE	0x1u
#define ROM_ADDRESS	0xfffff800u

/* What memory takes at least: no two BARs share a page, so that each can be mapped on its own. */
#define PAGE		0x1000u

/* Write ones, read which of them stay. */
static uint32_t ask(pci_bdf_t bdf, uint16_t reg, uint32_t ones)
{
	pci_write32(bdf, reg, ones);
	return pci_read32(bdf, reg);
}

/*
 * The bits that stay are the address's: a contiguous run up to the top. Returns 0 if not, and at least
 * least, a power of two.
 */
static uint64_t size_of(uint64_t mask, uint32_t least)
{
	uint64_t size = ~mask + 1;

	return is_power_of_two(size) && size <= PCI_BAR_MAX ? max_u64(size, least) : 0;
}

static void refuse(const struct pci_function *function, uint32_t n, uint32_t answer)
{
	log("pci: %02x:%02x.%u: BAR %u: 0x%08x in answer to all ones is no size; not used",
	    PCI_BUS(function->bdf), PCI_DEV(function->bdf), PCI_FN(function->bdf), n, answer);
}

/* BAR n of count. Returns how many registers it takes: 1 or 2. */
static uint32_t size_one(struct pci_function *function, uint32_t n, uint32_t count)
{
	struct pci_bar *bar = &function->bar[n];
	uint16_t reg = PCI_BAR0 + 4 * n;
	uint32_t answer = ask(function->bdf, reg, 0xffffffff);
	uint32_t taken = 1;

	if (!answer)
		return 1;
	bar->reg = reg;
	if (answer & BAR_IO) {
		uint32_t mask = answer & ~3u;

		/* A function that decodes 16 bits of I/O address leaves the upper half 0. */
		if (mask <= 0xffff)
			mask |= 0xffff0000;
		bar->kind = PCI_IO;
		if (!(answer & BAR_IO_RESERVED))
			bar->size = (uint32_t)size_of(0xffffffff00000000ull | mask, 1);
		if (bar->size > 0x8000)
			bar->size = 0;
	} else {
		uint64_t mask = 0xffffffff00000000ull | (answer & ~0xfu);

		bar->kind = answer & BAR_PREFETCH && (answer & BAR_TYPE) != BAR_TYPE_TINY ? PCI_PREF :
											    PCI_MEM;
		if ((answer & BAR_TYPE) == BAR_TYPE_64 && n + 1 < count) {
			/* Bits below 4 GiB tell the size, and all above stay: that need not be asked. */
			uint32_t high = (uint32_t)mask ? 0xffffffff : ask(function->bdf, reg + 4, 0xffffffff);

			pci_write32(function->bdf, reg + 4, 0);
			mask = (uint64_t)high << 32 | (uint32_t)mask;
			bar->wide = true;
			taken = 2;
		}
		if (bar->wide || (answer & BAR_TYPE) == BAR_TYPE_32 ||
		    (answer & BAR_TYPE) == BAR_TYPE_TINY)
			bar->size = size_of(mask, PAGE);
		/* 32 bits of which none is an address: 4 GiB, which no 32-bit BAR can be. */
		if (!bar->wide && !(uint32_t)mask)
			bar->size = 0;
	}
	if (!bar->size) {
		refuse(function, n, answer);
		pci_write32(function->bdf, reg, 0);
	}
	layout_start(function, bar);
	return taken;
}

static void size_rom(struct pci_function *function)
{
	struct pci_bar *bar = &function->bar[PCI_BARS - 1];
	uint16_t reg = function->bridge ? PCI_ROM_BRIDGE : PCI_ROM;
	uint32_t answer = ask(function->bdf, reg, ROM_ADDRESS);

	if (!(answer & ROM_ADDRESS))
		return;
	bar->reg = reg;
	bar->kind = PCI_MEM;
	bar->rom = true;
	bar->size = size_of(0xffffffff00000000ull | (answer & ROM_ADDRESS), PAGE);
	if (!bar->size || answer & ROM_ENABLE) {
		refuse(function, PCI_BARS - 1, answer);
		bar->size = 0;
		pci_write32(function->bdf, reg, 0);
	}
	layout_start(function, bar);
}

/*
 * The display that QEMU's machines have by themselves, and its sisters: ids that only emulators have, and never another
 * BAR (QEMU docs/specs/standard-vga.rst). Asking for one is three accesses.
 */
#define BOCHS_VGA	0x11111234u
#define BOCHS_BARS	(1u << 0 | 1u << 2)
#define ALL_BARS	0xffu

void pci_bar_size(struct pci_function *function)
{
	uint32_t count = function->bridge ? 2 : PCI_BARS - 1;
	uint32_t wanted = function->id == BOCHS_VGA ? BOCHS_BARS : ALL_BARS;

	for (uint32_t n = 0; n < count;)
		n += wanted >> n & 1 ? size_one(function, n, count) : 1;
	size_rom(function);
}
