/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/chipset/shadow.c: the host bridge's SMRAM control, and the lock of the shadow RAM that
 * the start-up code opened (src/arch/start.S). See chipset.h.
 * Spec: Intel 82441FX data sheet (290549), 3.2.18 and 3.2.19; Intel Q35 data sheet (316966), 5.1.
 */
#include "hw/chipset/chipset.h"
#include <stdbool.h>
#include "hw/pci/config.h"

#define HOST_BRIDGE PCI_BDF(0, 0, 0)

/*
 * Two dwords with nibbles, of which bit 0 lets reads go to RAM and bit 1 writes: in the first, reg, the F segment's,
 * and from bit roms of both on one for each block of SHADOW_ROMS; behind the last the blocks of the firmware's RAM.
 * first: the F segment read-only; second: what the start-up code wrote. reg 0: the board has none.
 */
static const struct { uint32_t reg, first, second, roms; } pam[CHIPSET_COUNT] = {
	[CHIPSET_I440FX] = { 0x58, 0x00001000, 0x33000000, 16 },
	[CHIPSET_Q35] = { 0x90, 0x00000010, 0x00330000, 8 },
};
/* Their bits that are shadow registers. */
static const uint32_t pam_bits[CHIPSET_COUNT][2] = {
	[CHIPSET_I440FX] = { 0xffffff00, 0xffffffff },
	[CHIPSET_Q35] = { 0xffffffff, 0x00ffffff },
};
#define READ		1u
#define READ_WRITE	3u

static uint32_t roms_read_only;	/* in the first dword, */
static uint32_t roms_in_second __attribute__((section(".scratch.shadow")));	/* and in the second */
static bool first_open, second_open;	/* to be written to */

#define I440FX_SMRAM	0x72
#define Q35_SMBASE	0x9c	/* dword with the two below; 0: default SMBASE is not protected RAM */

/* A0000-BFFFF is the VGA window. i440FX has no lock: QEMU's does not model D_LCK. */
#define SMRAM_CLOSED	0x02
#define SMRAM_LOCK	0x10u
#define SMRAM_ENABLED	0x08u	/* not without a handler: it also costs a change of QEMU's memory map */
#define SMRAM_OPEN	0x40u
/*
 * q35, as a dword at 0x9c: SMRAM (0x9d) as above, locked until the next reset. ESMRAMC (0x9e): its reset value, no TSEG, no
 * high segment.
 */
#define Q35_SMRAM(bits)	(0x00380000u | (SMRAM_CLOSED | (bits)) << 8)

void smram_close(enum chipset chipset, uint32_t lock)
{
	if (chipset == CHIPSET_I440FX) {
		/*
		 * QEMU resets this register never, so a guest may have left the window open. Any
		 * write rebuilds the memory map, a hundred times the cost of looking.
		 */
		if ((pci_read32(HOST_BRIDGE, I440FX_SMRAM & ~3) >> 16 & 0xff) != SMRAM_CLOSED)
			pci_write8(HOST_BRIDGE, I440FX_SMRAM, SMRAM_CLOSED);
	} else if (chipset == CHIPSET_Q35) {
		pci_write32(HOST_BRIDGE, Q35_SMBASE, Q35_SMRAM(SMRAM_LOCK * lock));
	}
}

static void smram_write(enum chipset chipset, uint32_t bits)
{
	if (chipset == CHIPSET_I440FX)
		pci_write8(HOST_BRIDGE, I440FX_SMRAM, (uint8_t)(SMRAM_CLOSED | bits));
	else if (chipset == CHIPSET_Q35)
		pci_write32(HOST_BRIDGE, Q35_SMBASE, Q35_SMRAM(bits));
}

void smram_open(enum chipset chipset)
{
	smram_write(chipset, SMRAM_ENABLED | SMRAM_OPEN);
}

void smram_shut(enum chipset chipset, bool handler, bool lock)
{
	smram_write(chipset, (handler ? SMRAM_ENABLED : 0) | (lock && chipset == CHIPSET_Q35 ? SMRAM_LOCK : 0));
}

static void write_first(enum chipset chipset, uint32_t more)
{
	if (pam[chipset].reg)
		pci_write32(HOST_BRIDGE, (uint8_t)pam[chipset].reg, pam[chipset].first | more);
}

static void write_second(enum chipset chipset, uint32_t more)
{
	if (pam[chipset].reg)
		pci_write32(HOST_BRIDGE, (uint8_t)pam[chipset].reg + 4, pam[chipset].second | more);
}

/* The nibbles of SHADOW_ROMS up to end, each with this value; the first dword has the lower half. */
static uint64_t blocks(enum chipset chipset, uint32_t end, uint64_t value)
{
	uint64_t nibbles = 0;

	for (uint32_t at = SHADOW_ROMS, bit = pam[chipset].roms; at < end; at += SHADOW_BLOCK, bit += 4)
		nibbles |= value << bit;
	return nibbles;
}

/* Every write that changes one of them rebuilds QEMU's memory map: the second half is left alone while it can be. */
void shadow_open_roms(enum chipset chipset, uint32_t end)
{
	uint64_t all = blocks(chipset, SHADOW_ROMS_END, READ_WRITE);

	if (!first_open)
		write_first(chipset, pam[chipset].first << 1 | (uint32_t)all);
	if (!second_open && blocks(chipset, end, READ) >> 32) {
		write_second(chipset, (uint32_t)(all >> 32));
		second_open = true;
	}
	first_open = true;
}

void shadow_keep_roms(enum chipset chipset, uint32_t end)
{
	uint64_t kept = blocks(chipset, end, READ);

	roms_read_only = (uint32_t)kept;
	roms_in_second = (uint32_t)(kept >> 32);
	if (second_open)
		write_second(chipset, roms_in_second);
	first_open = second_open = false;
}

void shadow_lock(enum chipset chipset)
{
	write_first(chipset, roms_read_only);
}

void shadow_open(enum chipset chipset)
{
	write_first(chipset, pam[chipset].first << 1);
}

bool shadow_is_locked(enum chipset chipset, uint32_t expected[2], uint32_t found[2])
{
	uint8_t reg = (uint8_t)pam[chipset].reg;

	if (!reg)
		return true;
	expected[0] = pam[chipset].first | roms_read_only;
	expected[1] = pam[chipset].second | roms_in_second;
	found[0] = pci_read32(HOST_BRIDGE, reg) & pam_bits[chipset][0];
	found[1] = pci_read32(HOST_BRIDGE, reg + 4) & pam_bits[chipset][1];
	return found[0] == expected[0] && found[1] == expected[1];
}

void shadow_lock_again(enum chipset chipset)
{
	write_first(chipset, roms_read_only);
	write_second(chipset, roms_in_second);
}
