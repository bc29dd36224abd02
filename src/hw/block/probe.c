/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/block/probe.c: see probe.h.
 */
#include "hw/block/probe.h"
#include <stdint.h>
#include "hw/block/ata/ahci.h"
#include "hw/block/floppy/floppy.h"
#include "hw/block/ata/ide.h"
#include "hw/block/virtio/virtio.h"
#include "hw/block/virtio/virtio_blk.h"
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

/*
 * One kind after the other, not as they come on the bus: where nobody says in which order disks are numbered and
 * booted, they are so under SeaBIOS.
 */
enum kind { IDE, AHCI, VIRTIO, KINDS };

static enum kind kind_of(const struct pci_function *f)
{
	if (f->id == VIRTIO_BLK_LEGACY || f->id == VIRTIO_BLK_MODERN)
		return VIRTIO;
	if (f->class_revision >> 16 == IDE_CLASS)
		return IDE;
	return f->class_revision >> 8 == PCI_CLASS_AHCI ? AHCI : KINDS;
}

bool block_has_driver(const struct pci_function *function)
{
	return kind_of(function) != KINDS;
}

static void init(const struct pci_function *f, enum kind kind)
{
	if (kind == IDE)
		ide_init_pci(f);
	else if (kind == AHCI)
		ahci_init(f);
	else
		virtio_blk_init_pci(f);
}

void block_probe(void)
{
	const struct pci_tree *tree = machine.pci;

	for (enum kind kind = IDE; tree && kind < KINDS; kind++)
		for (uint32_t i = 0; i < tree->count; i++)
			if (kind_of(&tree->function[i]) == kind)
				init(&tree->function[i], kind);
	if (!tree)
		ide_init_isa();
	if (machine.chipset == CHIPSET_NONE)
		probe_slots();
	floppy_init();
}
