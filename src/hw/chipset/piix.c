/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/chipset/piix.c: see piix.h. The interrupt line registers are the PCI code's.
 */
#include "hw/chipset/chipset.h"
#include "hw/chipset/isa_irq.h"
#include "hw/chipset/piix.h"
#include "hw/pci/tree.h"
#include "trace/log.h"
#include "machine/machine.h"

#define SLOT 1			/* of bus 0 */

/* device << 16 | vendor */
#define PIIX3_ISA 0x70008086
#define PIIX3_IDE 0x70108086
#define PIIX4_ISA 0x71108086
#define PIIX4_IDE 0x71118086
#define PIIX4_PM  0x71138086

/* ISA bridge */
#define PIRQ_ROUTE 0x60		/* PIRQ A-D */

/* IDE */
#define IDE_TIMING 0x40		/* 16 bits for each channel */
#define IDE_DECODE_BOTH 0x80008000u	/* bit 15: the channel's ports are decoded */

/* Power management */
#define PM_IO_BASE	0x40
#define PM_REG_MISC	0x80	/* bit 0: the block at PM_IO_BASE is decoded */
#define SMBUS_BASE	0x90
#define SMBUS_HOST	0xd2	/* bit 0: SMBus is decoded; bits 3..1: 4, interrupt by IRQ 9 */
#define SMBUS_ENABLE_IRQ9 0x09

static void isa_init(pci_bdf_t bdf)
{
	pci_write32(bdf, PIRQ_ROUTE, pirq_routes(0));
	elcr_init();
}

static void pm_init(pci_bdf_t bdf)
{
	/* Base before enable: QEMU then changes its memory map once, not twice. */
	pci_write32(bdf, PM_IO_BASE, PM_BASE | 1);
	pci_write8(bdf, PM_REG_MISC, 1);
	pci_write32(bdf, SMBUS_BASE, (PM_BASE + 0x100) | 1);
	/* QEMU powers up with SMBus on, and no reset undoes what a guest has written since. */
	if (machine.start != START_COLD)
		pci_write8(bdf, SMBUS_HOST, SMBUS_ENABLE_IRQ9);
}

void piix_init(const struct pci_tree *tree)
{
	bool isa = false;

	for (uint32_t i = 0; i < tree->count; i++) {
		const struct pci_function *function = &tree->function[i];

		if (function->bdf >> 3 != SLOT)
			continue;
		switch ((uint32_t)function->device << 16 | function->vendor) {
		case PIIX3_ISA:
		case PIIX4_ISA:
			isa_init(function->bdf);
			isa = true;
			break;
		case PIIX3_IDE:
		case PIIX4_IDE:
			pci_write32(function->bdf, IDE_TIMING, IDE_DECODE_BOTH);
			break;
		case PIIX4_PM:
			pm_init(function->bdf);
			break;
		}
	}
	if (!isa)
		log("piix: no ISA bridge in slot %d; PCI interrupts are not routed", SLOT);
}
