/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/pci/irq.c: see irq.h.
 */
#include "hw/pci/irq.h"
#include "hw/pci/tree.h"

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

uint8_t pci_irq_of(const struct pci_tree *tree, const struct pci_function *function,
		   enum chipset chipset)
{
	uint32_t pin = function->pin;

	if (pin < 1 || pin > 4 || chipset == CHIPSET_NONE)
		return 0;
	while (function->parent != PCI_NONE) {
		pin = ((pin - 1 + PCI_DEV(function->bdf)) & 3) + 1;
		function = &tree->function[function->parent];
	}
	return pci_pirq_irq(pci_slot_pirq(chipset, PCI_DEV(function->bdf), pin));
}
