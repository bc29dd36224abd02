/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/block/virtio/virtio_blk.c: see virtio_blk.h.
 */
#include "hw/block/virtio/virtio_blk.h"
#include "arch/phys.h"
#include "hw/block/block.h"
#include "hw/block/virtio/virtio.h"
#include "hw/pci/config.h"
#include "lib/errno.h"
#include "mem/alloc.h"
#include "trace/log.h"

/* Features [5.2.3]. */
#define FEATURE_RO		(1u << 5)
#define FEATURE_BLK_SIZE	(1u << 6)

/* Device configuration [5.2.4]. */
#define CONFIG_CAPACITY		0	/* le64, in 512 bytes */
#define CONFIG_BLK_SIZE		20

/* Request [5.2.6]. */
#define STATUS_OK	0
#define STATUS_NONE	0xff	/* not the device's */

struct virtio_disk {
	struct block_controller controller;
	struct virtio v;
	struct block *block;
	uint32_t chained;		/* descriptors of data in the chain */
	struct {
		uint32_t type;		/* 0 read, 1 write */
		uint32_t unused;
		uint64_t sector;	/* of 512 bytes */
	} header;
	volatile uint8_t status;
};

/* Descriptors: what does not change, set once, and then the data's. */
#define DESC_HEADER	0
#define DESC_STATUS	1
#define DESC_DATA	2
_Static_assert(DESC_DATA + DMA_RANGES <= VIRTIO_QUEUE, "a request's descriptors fit the smallest queue we make");

/* Put so many descriptors of data between header and status. Not inlined: most requests have as many as the one before. */
static void __attribute__((noinline)) chain(struct virtio_disk *disk, uint32_t count)
{
	for (uint32_t i = 1; i < count; i++)
		disk->v.desc[DESC_DATA + i - 1].next = (uint16_t)(DESC_DATA + i);
	disk->v.desc[DESC_DATA + count - 1].next = DESC_STATUS;
	disk->chained = count;
}

static int transfer(struct block *block, struct block_request *r)
{
	struct virtio_disk *disk = (struct virtio_disk *)block->controller;
	const struct dma_list *list = &r->list;
	uint64_t lba = r->lba;
	uint16_t flags = r->write ? VIRTIO_DESC_NEXT : VIRTIO_DESC_NEXT | VIRTIO_DESC_WRITE;
	volatile struct virtio_desc *d = disk->v.desc + DESC_DATA;
	int rc;

	if (disk->v.lost)
		return -EALREADY;
	disk->header.type = r->write;
	if (block->sector_size != 512)
		lba *= 4096 / 512;
	disk->header.sector = lba;
	disk->status = STATUS_NONE;
	if (disk->chained != list->count)
		chain(disk, list->count);
	for (uint32_t i = 0; i < list->count; i++, d++) {
		d->addr = list->range[i].addr;
		d->len = list->range[i].len;
		d->flags = flags;
	}
	rc = virtio_request(&disk->v);
	if (rc)
		return rc;
	if (disk->status == STATUS_OK)
		return 0;
	disk->block->status = disk->status;
	return -EIO;
}

/* Programs reset often: one that works is left alone. */
static int reset(struct block *block)
{
	return virtio_restart(&((struct virtio_disk *)block->controller)->v);
}

static const struct block_driver driver = { .transfer = transfer, .reset = reset };

/* disk->v is up. Returns 0 or a negative errno. */
static int add(struct virtio_disk *disk, struct block *block)
{
	const struct virtio *v = &disk->v;
	uint64_t capacity = v->transport->config32(v, CONFIG_CAPACITY);

	capacity |= (uint64_t)v->transport->config32(v, CONFIG_CAPACITY + 4) << 32;
	block->sector_size = v->features & FEATURE_BLK_SIZE ? v->transport->config32(v, CONFIG_BLK_SIZE) : 512;
	if (block->sector_size != 512 && block->sector_size != 4096) {
		log("virtio: disk with sectors of %u bytes, expected 512 or 4096; not used", block->sector_size);
		v->transport->stop(v);
		return -ENODEV;
	}
	if (v->size < DESC_DATA + 2) {
		log("virtio: disk with a queue of %u, expected 4 at least; not used", v->size);
		v->transport->stop(v);
		return -ENODEV;
	}
	block->sectors = block->sector_size == 512 ? capacity : capacity >> 3;
	block->read_only = v->features & FEATURE_RO;
	block->driver = &driver;
	block->kind = BLOCK_DISK;
	block->description = "virtio disk";
	block->controller = &disk->controller;
	if (v->size < DESC_DATA + DMA_RANGES)
		block->max_sectors = 1;		/* a sector is in two ranges at most */
	virtio_describe(v, DESC_HEADER, (uint32_t)ptr_to_phys(&disk->header), sizeof(disk->header), VIRTIO_DESC_NEXT, DESC_DATA);
	virtio_describe(v, DESC_STATUS, (uint32_t)ptr_to_phys((const void *)&disk->status), 1, VIRTIO_DESC_WRITE, 0);
	disk->block = block_add(block);
	if (disk->block)
		return 0;
	v->transport->stop(v);
	return -ENOMEM;
}

static const struct virtio_wish wish = { .features = FEATURE_RO | FEATURE_BLK_SIZE, .entries = VIRTIO_QUEUE };

int virtio_blk_init_pci(const struct pci_function *f)
{
	struct block block = { .bus = BUS_VIRTIO_PCI, .bdf = f->bdf };
	struct virtio_disk *disk = alloc(ZONE_HIGH, sizeof(*disk), 16, "virtio disk");
	int rc = disk ? virtio_pci_init(&disk->v, f, &wish) : -ENOMEM;

	return rc ? rc : add(disk, &block);
}

int virtio_blk_init_mmio(uint32_t base)
{
	struct block block = { .bus = BUS_VIRTIO_MMIO, .bdf = PCI_NONE_BDF, .mmio = base };
	struct virtio_disk *disk = alloc(ZONE_HIGH, sizeof(*disk), 16, "virtio disk");
	int rc = disk ? virtio_mmio_init(&disk->v, base, &wish) : -ENOMEM;

	return rc ? rc : add(disk, &block);
}
