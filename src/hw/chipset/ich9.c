/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/chipset/ich9.c: see ich9.h. The interrupt line registers are the PCI code's.
 *
 * No SMI source is enabled here: there is no handler. Writes of the ACPI enable command to port
 * 0xb2 work without one, since QEMU's LPC bridge sets SCI_EN itself.
 */
#include "hw/chipset/chipset.h"
#include "hw/chipset/ich9.h"
#include "hw/chipset/isa_irq.h"
#include "hw/pci/tree.h"
#include "trace/log.h"

#define SLOT 31			/* of bus 0 */

/* device << 16 | vendor */
#define ICH9_LPC   0x29188086
#define ICH9_SMBUS 0x29308086

/* LPC bridge */
#define PMBASE		0x40
#define ACPI_CTRL	0x44
#define ACPI_CTRL_ENABLE 0x80	/* PMBASE is decoded; bits 2..0: 0, SCI is IRQ 9 */
#define PIRQ_ROUTE_A	0x60	/* PIRQ A-D */
#define PIRQ_ROUTE_E	0x68	/* PIRQ E-H */
#define RCBA		0xf0	/* root complex registers, bit 0: decoded */
#define RCBA_BASE	0xfed1c000u

/* SMBus */
#define SMBUS_IO_BASE	0x20
#define SMBUS_HOST	0x40	/* bit 0: host controller on */

static void lpc_init(pci_bdf_t bdf)
{
	pci_write32(bdf, PIRQ_ROUTE_A, pirq_routes(0));
	pci_write32(bdf, PIRQ_ROUTE_E, pirq_routes(4));
	elcr_init();
	pci_write32(bdf, PMBASE, PM_BASE | 1);
	pci_write8(bdf, ACPI_CTRL, ACPI_CTRL_ENABLE);
	/* Holds the watchdog's NO_REBOOT bit. */
	pci_write32(bdf, RCBA, RCBA_BASE | 1);
}

static void smbus_init(pci_bdf_t bdf)
{
	pci_write32(bdf, SMBUS_IO_BASE, (PM_BASE + 0x100) | 1);
	pci_write8(bdf, SMBUS_HOST, 1);
	pci_write16(bdf, PCI_COMMAND, PCI_COMMAND_IO);
}

void ich9_init(const struct pci_tree *tree)
{
	bool lpc = false;

	for (uint32_t i = 0; i < tree->count; i++) {
		const struct pci_function *function = &tree->function[i];

		if (function->bdf >> 3 != SLOT)
			continue;
		switch ((uint32_t)function->device << 16 | function->vendor) {
		case ICH9_LPC:
			lpc_init(function->bdf);
			lpc = true;
			break;
		case ICH9_SMBUS:
			smbus_init(function->bdf);
			break;
		}
	}
	if (!lpc)
		log("ich9: no LPC bridge in slot %d; PCI interrupts are not routed", SLOT);
}
