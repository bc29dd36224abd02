/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/chipset/chipset.c: the south bridges of pc (PIIX3 or PIIX4, with PIIX4 power management,
 * slot 1) and q35 (ICH9, slot 31). See chipset.h. Interrupt line registers and BARs are the PCI code's.
 * Spec: Intel 82371FB/SB (290550) and 82371AB (290562) data sheets; Intel I/O Controller Hub 9
 * (316972), chapters 13 and 20; QEMU hw/isa/piix3.c, hw/acpi/piix4.c, hw/isa/lpc_ich9.c,
 * hw/acpi/ich9.c, hw/i2c/smbus_ich9.c.
 *
 * No SMI source is enabled: there is no handler. Writes of the ACPI enable command to port 0xb2
 * work without one, since QEMU sets SCI_EN itself.
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

/* Route registers of four PIRQs, a byte each: IRQ 10, 10, 11, 11, as pci_pirq_irq() says. */
#define ROUTES 0x0b0b0a0a

/* A function by its device id and where it is on bus 0: the same chip elsewhere is left alone. */
#define FUNCTION(device, slot, fn) ((uint32_t)(device) << 16 | PCI_BDF(0, slot, fn))
#define PIIX3_ISA  FUNCTION(0x7000, 1, 0)
#define PIIX3_IDE  FUNCTION(0x7010, 1, 1)
#define PIIX4_ISA  FUNCTION(0x7110, 1, 0)
#define PIIX4_IDE  FUNCTION(0x7111, 1, 1)
#define PIIX4_PM   FUNCTION(0x7113, 1, 3)
#define ICH9_LPC   FUNCTION(0x2918, 31, 0)
#define ICH9_SMBUS FUNCTION(0x2930, 31, 3)

#define VENDOR_INTEL 0x8086

#define SMBUS_BASE (PM_BASE + 0x100)

/* Bits of a row: what it is, and when it need not be written. */
#define BYTE	1	/* 8 bits wide, else 32 */
#define DECODE	2	/* the OS switches its devices on */
#define ROUTE	4	/* this is the ISA bridge */

static const struct row {
	uint32_t function;
	uint8_t reg;
	uint8_t bits;
	uint32_t value;
} rows[] = {
#ifdef CONFIG_MACHINE_PC
	{ PIIX3_ISA, 0x60, ROUTE, ROUTES },		/* PIRQ A-D */
	{ PIIX4_ISA, 0x60, ROUTE, ROUTES },
	/* IDE timing, 16 bits for each channel; bit 15: the channel's ports are decoded */
	{ PIIX3_IDE, 0x40, 0, 0x80008000 },
	{ PIIX4_IDE, 0x40, 0, 0x80008000 },
	/* Base before enable: QEMU then changes its memory map once, not twice. */
	{ PIIX4_PM, 0x40, 0, PM_BASE | 1 },
	{ PIIX4_PM, 0x80, BYTE, 1 },
	{ PIIX4_PM, 0x90, 0, SMBUS_BASE | 1 },
	/* SMBus; bit 0: decoded, bits 3..1: 4, interrupt by IRQ 9. As at power-on, but no reset restores it. */
	{ PIIX4_PM, 0xd2, BYTE, 0x09 },
#endif
#ifdef CONFIG_MACHINE_Q35
	{ ICH9_LPC, 0x60, ROUTE, ROUTES },		/* PIRQ A-D */
	{ ICH9_LPC, 0x68, 0, ROUTES },		/* PIRQ E-H */
	{ ICH9_LPC, 0x40, 0, PM_BASE | 1 },
	/* ACPI control: PM base is decoded; bits 2..0: 0, SCI is IRQ 9 */
	{ ICH9_LPC, 0x44, BYTE, 0x80 },
	/* Root complex registers, which hold the watchdog's NO_REBOOT bit; bit 0: decoded */
	{ ICH9_LPC, 0xf0, 0, 0xfed1c001 },
	{ ICH9_SMBUS, 0x20, 0, SMBUS_BASE | 1 },
	{ ICH9_SMBUS, 0x40, BYTE, 1 },		/* bit 0: host controller on */
	{ ICH9_SMBUS, PCI_COMMAND, DECODE, PCI_COMMAND_IO },
#endif
};

/* Returns the bits of all rows that were the function's. */
static uint32_t program(const struct pci_function *function, uint32_t skip)
{
	uint32_t wanted = (uint32_t)function->device << 16 | function->bdf, done = 0;

	if (function->vendor != VENDOR_INTEL)
		return 0;
	for (const struct row *row = rows; row < rows + ARRAY_SIZE(rows); row++) {
		if (row->function != wanted || row->bits & skip)
			continue;
		done |= row->bits;
		if (row->bits & BYTE)
			pci_write8(function->bdf, row->reg, (uint8_t)row->value);
		else
			pci_write32(function->bdf, row->reg, row->value);
	}
	return done;
}

void chipset_init(void)
{
	const struct pci_tree *tree = machine.pci;
	const struct pci_function *function;
	uint32_t done = 0, skip;

	smram_close(machine.chipset);
	if (!tree)
		return;
	skip = tree->decode ? 0 : DECODE;
	function = tree->function;
	for (uint32_t left = tree->count; left; left--)
		done |= program(function++, skip);
	/*
	 * PCI interrupts, all at IRQ 10 and 11, are level-triggered. A reset leaves every other IRQ
	 * edge-triggered; IRQ 9 (SCI) is set by the OS, which takes its trigger mode from the MADT.
	 */
	if (done & ROUTE)
		outb(1 << (10 - 8) | 1 << (11 - 8), ELCR_SLAVE);
	else
		log("chipset: no %s; PCI interrupts are not routed", machine.chipset == CHIPSET_Q35 ?
		    "LPC bridge in slot 31" : "ISA bridge in slot 1");
}
