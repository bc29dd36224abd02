/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/block/probe.c: see probe.h.
 */
#include "hw/block/probe.h"
#include <stdint.h>
#include "hw/block/ahci.h"
#include "hw/block/floppy.h"
#include "hw/block/ide.h"
#include "hw/block/virtio.h"
#include "hw/block/virtio_blk.h"
#include "hw/pci/tree.h"
#include "machine/machine.h"

/* microvm: slots of 512 bytes, filled from the highest down. Nothing but a device tree or ACPI tells of them. */
#define MMIO_SLOTS	0xfeb00000u
#define MMIO_SLOT	0x200u
#define MMIO_COUNT	24u

static void probe_slots(void)
{
	for (uint32_t i = MMIO_COUNT; i--;) {
		uint32_t base = MMIO_SLOTS + i * MMIO_SLOT;

		if (virtio_mmio_device(base) == VIRTIO_BLK)
			virtio_blk_init_mmio(base);
	}
}

void block_probe(void)
{
	const struct pci_tree *tree = machine.pci;

	for (uint32_t i = 0; tree && i < tree->count; i++) {
		const struct pci_function *f = &tree->function[i];

		if (f->id == VIRTIO_BLK_LEGACY || f->id == VIRTIO_BLK_MODERN)
			virtio_blk_init_pci(f);
		else if (f->class_revision >> 16 == IDE_CLASS)
			ide_init_pci(f);
		else if (f->class_revision >> 8 == PCI_CLASS_AHCI)
			ahci_init(f);
	}
	if (!tree)
		ide_init_isa();
	if (machine.chipset == CHIPSET_NONE)
		probe_slots();
	floppy_init();
}
