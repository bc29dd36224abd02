/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/pci/irq.c: see irq.h.
 */
#include "hw/pci/irq.h"
#include "hw/pci/tree.h"

#define GSI_PIRQ_A	16	/* ICH9 in APIC mode: PIRQ A-H are pins 16-23 */

uint8_t pci_pirq_irq(uint32_t pirq)
{
	return pirq & 2 ? 11 : 10;
}

uint32_t pci_slot_pirq(enum chipset chipset, uint32_t slot, uint32_t pin)
{
	uint32_t line = pin - 1;

	if (chipset == CHIPSET_I440FX)
		return (slot - 1 + line) & 3;
	/* ICH9: the chipset's own slots have A-D, slot 30 (DMI to PCI) E-H in order. */
	if (slot == 30)
		return 4 + line;
	if (slot >= 25)
		return line;
	return 4 + ((slot + line) & 3);
}

void pci_irq_route(const struct pci_tree *tree, struct pci_function *function, enum chipset chipset)
{
	const struct pci_function *up = function;
	uint32_t line = function->pin - 1, pirq;

	if (line > 3)
		return;
	while (up->parent != PCI_NONE) {
		line = (line + PCI_DEV(up->bdf)) & 3;
		up = &tree->function[up->parent];
	}
	pirq = pci_slot_pirq(chipset, PCI_DEV(up->bdf), line + 1);
	function->line = function->gsi = pci_pirq_irq(pirq);
	/* Behind another root bus the way from pin to PIRQ is not bus 0's, but the IRQ arrives too. */
	if (chipset == CHIPSET_Q35 && PCI_BUS(up->bdf) == 0)
		function->gsi = (uint8_t)(GSI_PIRQ_A + pirq);
}
