/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/media.c: see media.h.
 */
#include "boot/media.h"
#include <stddef.h>
#include "arch/phys.h"
#include "arch/real_call.h"
#include "dma/dma.h"
#include "hw/block/ahci.h"
#include "hw/block/block.h"
#include "hw/block/ide.h"
#include "hw/block/virtio.h"
#include "hw/block/virtio_blk.h"
#include "hw/pci/tree.h"
#include "lib/endian.h"
#include "machine/machine.h"
#include "services/disk.h"
#include "services/legacy.h"
#include "services/services.h"
#include "trace/log.h"

#define BOOT_ADDRESS	0x7c00
#define BOOT_SIGNATURE	0xaa55
#define VECTOR_DISK	0x13

static uint32_t vector(uint32_t n)
{
	return get_le32((uint8_t *)phys_to_ptr(0) + 4 * n);
}

/* microvm: slots of 512 bytes, filled from the highest down. Nothing but a device tree or ACPI tells of them. */
#define MMIO_SLOTS	0xfeb00000u
#define MMIO_SLOT	0x200u
#define MMIO_COUNT	24u

static void find_slots(void)
{
	for (uint32_t i = MMIO_COUNT; i--;) {
		uint32_t base = MMIO_SLOTS + i * MMIO_SLOT;

		if (virtio_mmio_device(base) == VIRTIO_BLK)
			virtio_blk_init_mmio(base);
	}
}

void media_init(void)
{
	const struct pci_tree *tree = machine.pci;

	services_init();
	legacy_init();
	block_init();
	if (dma_init() != 0 || disk_init() != 0)
		return;
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
		find_slots();
	for (struct block *b = block_first; b; b = b->next)
		disk_add(b, NULL);
}

/* By INT 13h, since a hook of it counts. */
static void boot_disk(struct drive *d)
{
	struct regs r = { .flags = FLAGS_FIXED, .ax = 0x0201, .cx = 1, .bx = BOOT_ADDRESS, .dl = d->number };

	real_call(&r, vector(VECTOR_DISK));
	if (r.flags & FLAGS_CF) {
		log("boot: drive %02x: %s: first sector: INT 13h says %02x", d->number, d->block->description, r.ah);
		return;
	}
	if (get_le16(phys_to_ptr(BOOT_ADDRESS + 510)) != BOOT_SIGNATURE) {
		log("boot: drive %02x: %s: signature is %04x, not aa55", d->number, d->block->description,
		    get_le16(phys_to_ptr(BOOT_ADDRESS + 510)));
		return;
	}
	log("boot: drive %02x: %s", d->number, d->block->description);
	r = (struct regs){ .flags = FLAGS_FIXED | FLAGS_IF, .ax = BOOT_SIGNATURE, .dl = d->number };
	real_call(&r, FAR_POINTER(0, BOOT_ADDRESS));
}

void media_boot(void)
{
	struct drive *d = disk_find(0x80);

	if (d)
		boot_disk(d);
}
