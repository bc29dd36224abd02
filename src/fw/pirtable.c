/* SPDX-License-Identifier: BSD-2-Clause
 * src/fw/pirtable.c: see pirtable.h.
 */
#include "fw/pirtable.h"
#include "hw/pci/irq.h"
#include "hw/pci/tree.h"
#include "lib/checksum.h"
#include "lib/string.h"
#include "mem/alloc.h"
#include "machine/machine.h"
#include "std/pir.h"

/* Device and function of the interrupt router, on bus 0; 0: the board has none. */
static const uint8_t routers[CHIPSET_COUNT] = {
	[CHIPSET_I440FX] = 1 << 3,
	[CHIPSET_Q35] = 31 << 3,
};

/*
 * The 82371FB (PIIX), whose route registers PIIX3 has as well and ICH9 begins with: what guests
 * have a driver for. (Linux knows no ICH9 of QEMU's device id.)
 */
#define PIIX		0x122e8086

/* IRQs the links may be routed to: the ones QEMU's ACPI tables offer. */
#define IRQS		(1u << 5 | 1u << 10 | 1u << 11)

#define DEVICES		32	/* on bus 0; the first is the host bridge, which has no pins */

static const struct pir_header header = {
	.signature = { '$', 'P', 'I', 'R' },
	.version = 0x0100,
	.router_compatible = PIIX,
};

/*
 * A link is named by its route register in the router: PIRQ A-D at 0x60, ICH9's E-H at 0x68. The
 * pins of a slot lead to the four of one group in turn, whichever is the first.
 */
#define LINKS(group) { { (group) + 0, IRQS }, { (group) + 1, IRQS }, { (group) + 2, IRQS }, \
		       { (group) + 3, IRQS }, { (group) + 0, IRQS }, { (group) + 1, IRQS }, \
		       { (group) + 2, IRQS } }
static const struct pir_pin links[2][7] = { LINKS(0x60), LINKS(0x68) };

static void fill_slot(struct pir_slot *slot, uint32_t device, uint32_t router)
{
	uint32_t pirq = pci_slot_pirq(machine.chipset, device, 1);

	slot->bus = 0;
	slot->devfn = (uint8_t)(device << 3);
	memcpy(slot->pin, &links[pirq / 4][pirq % 4], sizeof(slot->pin));
	slot->slot = (uint8_t)(device * (slot->devfn != router));
	slot->reserved = 0;
}

void pirtable_init(void)
{
	const struct pci_tree *tree = machine.pci;
	uint8_t router = routers[machine.chipset];
	struct {
		struct pir_header header;
		struct pir_slot slot[DEVICES - 1];
	} table;
	struct pir_slot *slot = table.slot;
	const struct pci_function *function;
	uint32_t next = 1, size;
	void *memory;

	if (!tree | !router)
		return;
	function = tree->function;
	for (uint32_t left = tree->count; left; left--, function++) {
		uint32_t device = function->bdf >> 3;	/* with the bus in bits 12..5 */

		/* From next to the last one of bus 0: they come in this order, function after function. */
		if (device - next >= DEVICES - next)
			continue;
		next = device + 1;
		fill_slot(slot++, device, router);
	}
	size = (uint32_t)((uint8_t *)slot - (uint8_t *)&table);
	memory = alloc_raw(ZONE_FSEG, size, 16, "PIR table");
	if (!memory)
		return;
	memcpy(&table.header, &header, sizeof(header));
	table.header.size = (uint16_t)size;
	table.header.router_devfn = router;
	table.header.checksum = -checksum8(&table, size);
	memcpy(memory, &table, size);
}
