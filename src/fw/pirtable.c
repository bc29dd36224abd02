/* SPDX-License-Identifier: BSD-2-Clause
 * src/fw/pirtable.c: see pirtable.h.
 */
#include "fw/pirtable.h"
#include "hw/pci/irq.h"
#include "hw/pci/tree.h"
#include "lib/checksum.h"
#include "mem/alloc.h"
#include "machine/machine.h"
#include "std/pir.h"

#define ROUTER_I440FX	PCI_BDF(0, 1, 0)
#define ROUTER_Q35	PCI_BDF(0, 31, 0)
/*
 * The 82371FB (PIIX), whose route registers PIIX3 has as well and ICH9 begins with: what guests
 * have a driver for. (Linux knows no ICH9 of QEMU's device id.)
 */
#define PIIX		0x122e8086

/* IRQs the links may be routed to: the ones QEMU's ACPI tables offer. */
#define IRQS		(1u << 5 | 1u << 10 | 1u << 11)

/* A link is named by its route register in the router: A-D at 0x60, ICH9's E-H at 0x68. */
static uint8_t link(uint32_t pirq)
{
	return (pirq < 4 ? 0x60 : 0x64) + pirq;
}

void pirtable_init(void)
{
	const struct pci_tree *tree = machine.pci;
	pci_bdf_t router = machine.chipset == CHIPSET_Q35 ? ROUTER_Q35 : ROUTER_I440FX;
	struct pir_header *table;
	struct pir_slot *slot;
	uint32_t slots = 0, count = 0, size;

	if (!tree || machine.chipset == CHIPSET_NONE)
		return;
	for (uint32_t n = 0; n < tree->count; n++)
		if (PCI_BUS(tree->function[n].bdf) == 0)
			slots |= 1u << PCI_DEV(tree->function[n].bdf);
	slots &= ~1u;		/* the host bridge has no pins */
	for (uint32_t left = slots; left; left &= left - 1)
		count++;
	size = sizeof(*table) + count * sizeof(*slot);
	table = alloc_raw(ZONE_FSEG, size, 16, "PIR table");
	if (!table)
		return;
	*table = (struct pir_header){
		.signature = { '$', 'P', 'I', 'R' },
		.version = 0x0100,
		.size = size,
		.router_bus = PCI_BUS(router),
		.router_devfn = router & 0xff,
		.router_compatible = PIIX,
	};
	slot = (struct pir_slot *)(table + 1);
	for (; slots; slots &= slots - 1, slot++) {
		uint32_t device = __builtin_ctz(slots);

		slot->bus = 0;
		slot->devfn = device << 3;
		for (uint32_t pin = 0; pin < 4; pin++) {
			slot->pin[pin].link = link(pci_slot_pirq(machine.chipset, device, pin + 1));
			slot->pin[pin].irqs = IRQS;
		}
		slot->slot = device == PCI_DEV(router) ? 0 : device;
		slot->reserved = 0;
	}
	table->checksum = -checksum8(table, size);
}
