/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/pci/irq.h: which IRQ of the 8259 pair, and pin of the I/O APIC, an interrupt
 * pin arrives at.
 *
 * The ways from slot and pin to PIRQ are QEMU's wiring (hw/i386/pc_piix.c, hw/isa/lpc_ich9.c) and
 * repeated in its ACPI tables; the way from PIRQ to IRQ is ours: the chipset code programs the
 * ISA bridge's route registers from pci_pirq_irq().
 */
#ifndef HW_PCI_IRQ_H
#define HW_PCI_IRQ_H

#include <stdint.h>
#include "machine/machine.h"

struct pci_function;
struct pci_tree;

/* IRQ of PIRQ 0 (A) to 7 (H); PIIX has the first four. */
uint8_t pci_pirq_irq(uint32_t pirq);

/*
 * PIRQ 0..7 that pin 1 (INTA) to 4 (INTD) of a slot 0..31 on a root bus is wired to.
 */
uint32_t pci_slot_pirq(enum chipset chipset, uint32_t slot, uint32_t pin);

/*
 * Fill in line and gsi of a function of the tree, if it has a pin (1 to 4): the pin goes up through the
 * bridges, rotated by the slot at each [PCI-to-PCI Bridge 1.2, table 9-1]. The lines of PIIX reach the
 * I/O APIC as the IRQs they are routed to; ICH9's PIRQs have pins of their own there beside that.
 */
void pci_irq_route(const struct pci_tree *tree, struct pci_function *function,
		   enum chipset chipset);

#endif
