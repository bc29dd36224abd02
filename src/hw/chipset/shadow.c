/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/chipset/shadow.c: the host bridge's SMRAM control, and the lock of the shadow RAM that
 * the start-up code opened (src/arch/start.S). See chipset.h.
 * Spec: Intel 82441FX data sheet (290549), 3.2.18 and 3.2.19; Intel Q35 data sheet (316966), 5.1.
 */
#include "hw/chipset/chipset.h"
#include "hw/pci/config.h"

#define HOST_BRIDGE PCI_BDF(0, 0, 0)

/*
 * The dword with PAM0, the F segment, whose bits 5 and 4 are: writes, reads go to RAM. Here reads only; behind
 * it, from bit roms on, 4 bits of the same kind for each block of SHADOW_ROMS; the rest is what the
 * start-up code wrote. 0: the board has none.
 */
static const struct { uint32_t reg, value, roms; } f_read_only[CHIPSET_COUNT] = {
	[CHIPSET_I440FX] = { 0x58, 0x00001000, 16 },
	[CHIPSET_Q35] = { 0x90, 0x00000010, 8 },
};
#define ROM_BLOCKS	((SHADOW_ROMS_END - SHADOW_ROMS) / SHADOW_BLOCK)
#define READ		0x1111u	/* of all blocks */
#define WRITE		0x2222u
_Static_assert(ROM_BLOCKS == 4, "a nibble each");

static uint32_t roms_read_only;	/* in that dword */

#define I440FX_SMRAM	0x72
#define Q35_SMBASE	0x9c	/* dword with the two below; 0: default SMBASE is not protected RAM */

/* A0000-BFFFF is the VGA window. i440FX has no lock: QEMU's does not model D_LCK. */
#define SMRAM_CLOSED 0x02
/*
 * q35, as a dword at 0x9c. SMRAM (0x9d): closed, and locked until the next reset; not enabled, since
 * there is no SMM handler (enabling it also costs a change of QEMU's memory map). ESMRAMC (0x9e):
 * its reset value, no TSEG, no high segment.
 */
#define Q35_SMRAM_LOCKED 0x00381200

void smram_close(enum chipset chipset)
{
	if (chipset == CHIPSET_I440FX) {
		/*
		 * QEMU resets this register never, so a guest may have left the window open. Any
		 * write rebuilds the memory map, a hundred times the cost of looking.
		 */
		if ((pci_read32(HOST_BRIDGE, I440FX_SMRAM & ~3) >> 16 & 0xff) != SMRAM_CLOSED)
			pci_write8(HOST_BRIDGE, I440FX_SMRAM, SMRAM_CLOSED);
	} else if (chipset == CHIPSET_Q35) {
		pci_write32(HOST_BRIDGE, Q35_SMBASE, Q35_SMRAM_LOCKED);
	}
}

static void write_pam0(enum chipset chipset, uint32_t more)
{
	if (f_read_only[chipset].reg)
		pci_write32(HOST_BRIDGE, (uint8_t)f_read_only[chipset].reg, f_read_only[chipset].value | more);
}

void shadow_open_roms(enum chipset chipset)
{
	write_pam0(chipset, f_read_only[chipset].value << 1 | (READ | WRITE) << f_read_only[chipset].roms);
	roms_read_only = 0;
}

void shadow_keep_roms(enum chipset chipset, uint32_t end)
{
	uint32_t blocks = (end - SHADOW_ROMS + SHADOW_BLOCK - 1) / SHADOW_BLOCK;

	roms_read_only = (READ & ((1u << 4 * blocks) - 1)) << f_read_only[chipset].roms;
}

void shadow_lock(enum chipset chipset)
{
	write_pam0(chipset, roms_read_only);
}

void shadow_open(enum chipset chipset)
{
	write_pam0(chipset, f_read_only[chipset].value << 1);
}
