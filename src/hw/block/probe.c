/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/block/probe.c: see probe.h.
 */
#include "hw/block/probe.h"
#include <stdint.h>
#include "hw/block/ata/ahci.h"
#include "hw/block/floppy/floppy.h"
#include "hw/block/ata/ide.h"
#include "hw/block/hba/am53c974.h"
#include "hw/block/hba/lsi.h"
#include "hw/block/hba/megasas.h"
#include "hw/block/hba/mptsas.h"
#include "hw/block/hba/pvscsi.h"
#include "hw/block/nvme/nvme.h"
#include "hw/block/sd/sd.h"
#include "hw/block/virtio/virtio.h"
#include "hw/block/virtio/virtio_blk.h"
#include "hw/block/virtio/virtio_scsi.h"
#include "hw/pci/tree.h"
#include "lib/bits.h"
#include "machine/machine.h"

/* microvm: where its slots are, if nobody says so: of 512 bytes, filled from the highest down. */
#define MMIO_SLOTS	0xfeb00000u
#define MMIO_SLOT	0x200u
#define MMIO_COUNT	24u

static void probe_slot(uint32_t base)
{
	uint32_t type = virtio_mmio_device(base);

	if (type == VIRTIO_BLK)
		virtio_blk_init_mmio(base);
	else if (type == VIRTIO_SCSI)
		virtio_scsi_init_mmio(base);
}

static void probe_slots(const uint32_t *slot, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		probe_slot(slot[i]);
	for (uint32_t i = count ? 0 : MMIO_COUNT; i--;)
		probe_slot(MMIO_SLOTS + i * MMIO_SLOT);
}

/* A function is taken by its id, or by its class (with the interface or without), as a row says. */
static const struct controller {
	uint32_t id[2];			/* 0: none */
	uint32_t class_code, shift;	/* class_revision >> shift; shift 0: none */
	int (*init)(const struct pci_function *f);
} controllers[] = {
	/*
	 * One kind after the other, not as they come on the bus: where nobody says in which order disks are numbered and
	 * booted, they are so under SeaBIOS.
	 */
	{ .class_code = IDE_CLASS, .shift = 16, .init = ide_init_pci },
	{ .class_code = PCI_CLASS_AHCI, .shift = 8, .init = ahci_init },
	{ .id = { VIRTIO_BLK_LEGACY, VIRTIO_BLK_MODERN }, .init = virtio_blk_init_pci },
	{ .id = { VIRTIO_SCSI_LEGACY, VIRTIO_SCSI_MODERN }, .init = virtio_scsi_init_pci },
	{ .id = { LSI_53C895A, LSI_53C810 }, .init = lsi_init },
	{ .id = { AM53C974, AM53C974 }, .init = am53c974_init },
	{ .id = { MEGASAS_GEN1, MEGASAS_GEN2 }, .init = megasas_init },
	{ .id = { PVSCSI }, .init = pvscsi_init },
	{ .id = { MPTSAS1068 }, .init = mptsas_init },
	{ .class_code = PCI_CLASS_SDHCI, .shift = 16, .init = sd_init },
	{ .class_code = PCI_CLASS_NVME, .shift = 8, .init = nvme_init },
};

static bool takes(const struct controller *c, const struct pci_function *f)
{
	if (c->shift)
		return f->class_revision >> c->shift == c->class_code;
	return f->id == c->id[0] || f->id == c->id[1];
}

bool block_has_driver(const struct pci_function *function)
{
	for (uint32_t i = 0; i < ARRAY_SIZE(controllers); i++)
		if (takes(&controllers[i], function))
			return true;
	return false;
}

void block_probe(const uint32_t *slot, uint32_t count)
{
	const struct pci_tree *tree = machine.pci;

	for (const struct controller *c = controllers; tree && c < controllers + ARRAY_SIZE(controllers); c++)
		for (uint32_t i = 0; i < tree->count; i++)
			if (takes(c, &tree->function[i]))
				c->init(&tree->function[i]);
	if (!tree)
		ide_init_isa();
	if (machine.chipset == CHIPSET_NONE)
		probe_slots(slot, count);
	floppy_init();
}
