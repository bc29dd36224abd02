/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/chipset/chipset.c: the south bridges of pc (PIIX3 or PIIX4, with PIIX4 power management,
 * slot 1) and q35 (ICH9, slot 31). See chipset.h. Interrupt line registers and BARs are the PCI code's.
 * Spec: Intel 82371FB/SB (290550) and 82371AB (290562) data sheets; Intel I/O Controller Hub 9
 * (316972), chapters 13 and 20; QEMU hw/isa/piix3.c, hw/acpi/piix4.c, hw/isa/lpc_ich9.c,
 * hw/acpi/ich9.c, hw/i2c/smbus_ich9.c.
 *
 * No SMI source is enabled here (smi.c). Writes of the ACPI enable command to port 0xb2 work without one, since QEMU
 * sets SCI_EN itself.
 */
#include <stdbool.h>
#include "arch/io.h"
#include "hw/chipset/chipset.h"
#include "hw/pci/tree.h"
#include "lib/bits.h"
#include "machine/machine.h"
#include "trace/log.h"

/* Edge/level control of IRQ 8-15, a bit each, 1 is level; IRQ 0-7 at 0x4d0 [82371AB, 4.2.5]. */
#define ELCR_SLAVE 0x4d1
#define LEVEL (1 << (10 - 8) | 1 << (11 - 8))

/* Route registers of four PIRQs, a byte each: IRQ 10, 10, 11, 11, as pci_pirq_irq() says. */
#define ROUTES 0x0b0b0a0a

#define INTEL(device) ((uint32_t)(device) << 16 | 0x8086)
#define PIIX3_ISA  INTEL(0x7000), PCI_BDF(0, 1, 0)
#define PIIX3_IDE  INTEL(0x7010), PCI_BDF(0, 1, 1)
#define PIIX4_ISA  INTEL(0x7110), PCI_BDF(0, 1, 0)
#define PIIX4_IDE  INTEL(0x7111), PCI_BDF(0, 1, 1)
#define PIIX4_PM   INTEL(0x7113), PCI_BDF(0, 1, 3)
#define ICH9_LPC   INTEL(0x2918), PCI_BDF(0, 31, 0)
#define ICH9_SMBUS INTEL(0x2930), PCI_BDF(0, 31, 3)

#define SMBUS_BASE (PM_BASE + 0x100)

/* Bits of a row: what it is, and when it need not be written. */
#define DECODE	1	/* the OS switches its devices on */
#define ROUTE	2	/* this is the ISA bridge */

/*
 * What is written: dwords, also where a register has eight bits. The others of its dword are then
 * reserved, or have what they are reset to. A function is known by its ids and where it is on bus 0: the same
 * chip elsewhere is left alone.
 */
static const struct row {
	uint32_t id;
	pci_bdf_t bdf;
	uint8_t reg;
	uint8_t bits;
	uint32_t value;
} rows[] = {
#ifdef CONFIG_MACHINE_PC
	{ PIIX3_ISA, 0x60, ROUTE, ROUTES },	/* PIRQ A-D */
	{ PIIX4_ISA, 0x60, ROUTE, ROUTES },
	/* IDE timing, 16 bits for each channel; bit 15: the channel's ports are decoded */
	{ PIIX3_IDE, 0x40, 0, 0x80008000 },
	{ PIIX4_IDE, 0x40, 0, 0x80008000 },
	/* Base before enable: QEMU then changes its memory map once, not twice. */
	{ PIIX4_PM, 0x40, 0, PM_BASE | 1 },
	{ PIIX4_PM, 0x80, 0, 1 },
	{ PIIX4_PM, 0x90, 0, SMBUS_BASE | 1 },
	/* 0xd2, SMBus; bit 0: decoded, bits 3..1: 4, interrupt by IRQ 9. As at power-on, but no reset restores it. */
	{ PIIX4_PM, 0xd0, 0, 0x09 << 16 },
#endif
#ifdef CONFIG_MACHINE_Q35
	{ ICH9_LPC, 0x60, ROUTE, ROUTES },	/* PIRQ A-D */
	{ ICH9_LPC, 0x68, 0, ROUTES },		/* PIRQ E-H */
	{ ICH9_LPC, 0x40, 0, PM_BASE | 1 },
	/* ACPI control: PM base is decoded; bits 2..0: 0, SCI is IRQ 9 */
	{ ICH9_LPC, 0x44, 0, 0x80 },
	/* Root complex registers, which hold the watchdog's NO_REBOOT bit; bit 0: decoded */
	{ ICH9_LPC, 0xf0, 0, RCBA_BASE | 1 },
	{ ICH9_SMBUS, 0x20, 0, SMBUS_BASE | 1 },
	{ ICH9_SMBUS, 0x40, 0, 1 },		/* bit 0: host controller on */
	{ ICH9_SMBUS, PCI_COMMAND, DECODE, PCI_COMMAND_IO },
#endif
};

/* Write the rows of all functions there are. Returns their bits. */
static uint32_t program(const struct pci_tree *tree, uint32_t skip)
{
	const struct pci_function *function = tree->function;
	uint32_t done = 0;

	for (uint32_t left = tree->count; left; left--, function++) {
		for (const struct row *row = rows; row < rows + ARRAY_SIZE(rows); row++) {
			if (row->id != function->id || row->bdf != function->bdf || row->bits & skip)
				continue;
			done |= row->bits;
			pci_write32(row->bdf, row->reg, row->value);
		}
	}
	return done;
}

void chipset_init(uint32_t lock_smram)
{
	const struct pci_tree *tree = machine.pci;
	uint32_t skip;

	smram_close(machine.chipset, lock_smram);
	if (!tree)
		return;
	skip = tree->decode ? 0 : DECODE;
	/*
	 * PCI interrupts, all at IRQ 10 and 11, are level-triggered. A reset leaves every other IRQ
	 * edge-triggered; IRQ 9 (SCI) is set by the OS, which takes its trigger mode from the MADT.
	 */
	if (program(tree, skip) & ROUTE)
		outb(LEVEL, ELCR_SLAVE);
	else
		log("chipset: no %s; PCI interrupts are not routed", machine.chipset == CHIPSET_Q35 ?
		    "LPC bridge in slot 31" : "ISA bridge in slot 1");
}

#define PM1A_CONTROL	(PM_BASE + 4)
#define SCI_EN		0x0001

void chipset_resume(void)
{
	smram_shut(machine.chipset, false, false);
	for (const struct row *row = rows; row < rows + ARRAY_SIZE(rows); row++) {
		if (pci_read32(row->bdf, PCI_VENDOR_ID) != row->id)
			continue;
		pci_write32(row->bdf, row->reg, row->value);
		if (row->bits & ROUTE)
			outb(LEVEL, ELCR_SLAVE);
	}
	outw(inw(PM1A_CONTROL) | SCI_EN, PM1A_CONTROL);
}
