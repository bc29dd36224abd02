/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/chipset/isa_irq.h: what the ISA bridges of both chipsets have in common: how PCI interrupts
 * reach the 8259 pair.
 * Spec: Intel 82371AB data sheet, 4.1.10 (PIRQ route control) and 4.2.5 (edge/level control).
 */
#ifndef HW_CHIPSET_ISA_IRQ_H
#define HW_CHIPSET_ISA_IRQ_H

#include <stdint.h>
#include "arch/io.h"
#include "hw/pci/irq.h"

/* Edge/level control of IRQ 8-15, a bit each, 1 is level; IRQ 0-7 at 0x4d0. */
#define ELCR_SLAVE 0x4d1

/*
 * PCI interrupts, all at IRQ 10 and 11, are level-triggered. A reset leaves every other IRQ edge-
 * triggered; IRQ 9 (SCI) is set by the OS, which takes its trigger mode from the MADT.
 */
static inline void elcr_init(void)
{
	outb(1 << (10 - 8) | 1 << (11 - 8), ELCR_SLAVE);
}

/* Route registers of four PIRQs as one dword: a byte each, the IRQ; bit 7 would be "not routed". */
static inline uint32_t pirq_routes(uint32_t first)
{
	uint32_t value = 0;

	for (uint32_t pirq = first + 4; pirq-- > first;)
		value = value << 8 | pci_pirq_irq(pirq);
	return value;
}

#endif
