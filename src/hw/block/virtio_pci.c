/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/block/virtio_pci.c: virtio devices on PCI with the interface of version 1.0 and later [4.1].
 */
#include "arch/io.h"
#include "arch/phys.h"
#include "hw/block/virtio.h"
#include "hw/pci/config.h"
#include "hw/timer.h"
#include "lib/bits.h"
#include "lib/errno.h"
#include "mem/alloc.h"
#include "trace/log.h"

#define CAP_VENDOR	0x09
#define CAPS_MAX	48		/* as many as fit; a list that goes in circles ends */

/* Structure types [4.1.4]. */
#define CAP_COMMON	1
#define CAP_NOTIFY	2
#define CAP_DEVICE	4
#define CAP_TYPES	5

/* Common configuration [4.1.4.3]. */
#define FEATURE_SELECT	0x00
#define FEATURE		0x04
#define DRIVER_SELECT	0x08
#define DRIVER_FEATURE	0x0c
#define STATUS		0x14
#define QUEUE_SELECT	0x16
#define QUEUE_SIZE	0x18
#define QUEUE_ENABLE	0x1c
#define QUEUE_NOTIFY	0x1e
#define QUEUE_DESC	0x20
#define QUEUE_AVAIL	0x28
#define QUEUE_USED	0x30
#define COMMON_BYTES	0x38

#define STATUS_ACKNOWLEDGE	1
#define STATUS_DRIVER		2
#define STATUS_DRIVER_OK	4
#define STATUS_FEATURES_OK	8

#define FEATURE_VERSION_1	(1ull << 32)
#define AVAIL_NO_INTERRUPT	1

/* Where a structure is: physical address, 0: not found, or not inside its BAR. */
static uint32_t place_of(const struct pci_function *f, uint32_t bar, uint32_t offset, uint32_t length, uint32_t need)
{
	const struct pci_bar *b;

	if (bar >= 6)
		return 0;
	b = &f->bar[bar];
	if (!b->base || b->kind == PCI_IO || b->base >> 32 || !range_inside(offset, length, b->size) || length < need)
		return 0;
	return (uint32_t)b->base + offset;
}

static void find_structures(const struct pci_function *f, uint32_t at[CAP_TYPES], uint32_t *multiplier)
{
	uint8_t cap = pci_read8(f->bdf, PCI_CAPABILITIES) & ~3;

	for (uint32_t n = 0; cap >= 0x40 && n < CAPS_MAX; n++) {
		uint32_t head = pci_read32(f->bdf, cap), type = head >> 24;

		if ((head & 0xff) == CAP_VENDOR && cap <= 0xf0 && type < CAP_TYPES && !at[type]) {
			uint32_t bar = pci_read32(f->bdf, (uint8_t)(cap + 4)) & 0xff;
			uint32_t offset = pci_read32(f->bdf, (uint8_t)(cap + 8));
			uint32_t length = pci_read32(f->bdf, (uint8_t)(cap + 12));

			at[type] = place_of(f, bar, offset, length, type == CAP_COMMON ? COMMON_BYTES : 4);
			if (type == CAP_NOTIFY && cap <= 0xec)
				*multiplier = pci_read32(f->bdf, (uint8_t)(cap + 16));
		}
		cap = head >> 8 & 0xfc;
	}
}

static void notify(struct virtio *v)
{
	mmio_write16(v->notify_at, 0);
}

static uint32_t config32(struct virtio *v, uint32_t offset)
{
	return mmio_read32(v->config + offset);
}

static const struct virtio_transport transport = { notify, config32 };

static int make_queue(struct virtio *v)
{
	uint32_t common = v->common, bytes, base;
	uint8_t *memory;

	mmio_write16(common + QUEUE_SELECT, 0);
	v->size = mmio_read16(common + QUEUE_SIZE);
	if (!v->size)
		return -ENODEV;
	if (v->size > VIRTIO_QUEUE)
		v->size = VIRTIO_QUEUE;
	bytes = v->size * (16 + 2 + 8) + 6 + 2 + 6 + 2;
	memory = alloc(ZONE_HIGH, bytes, 16, "virtio queue");
	if (!memory)
		return -ENOMEM;
	base = (uint32_t)ptr_to_phys(memory);
	v->desc = (volatile struct virtio_desc *)memory;
	v->avail = (volatile uint16_t *)(memory + v->size * 16);
	v->used = (volatile uint16_t *)(memory + align_up(v->size * 18 + 6, 4));
	v->avail[0] = AVAIL_NO_INTERRUPT;
	mmio_write16(common + QUEUE_SIZE, v->size);
	mmio_write32(common + QUEUE_DESC, base);
	mmio_write32(common + QUEUE_AVAIL, base + v->size * 16);
	mmio_write32(common + QUEUE_USED, base + align_up(v->size * 18 + 6, 4));
	mmio_write16(common + QUEUE_ENABLE, 1);
	return 0;
}

int virtio_pci_init(struct virtio *v, const struct pci_function *f, uint64_t wanted)
{
	uint32_t at[CAP_TYPES] = { 0 }, multiplier = 0, common;
	int rc;

	find_structures(f, at, &multiplier);
	common = at[CAP_COMMON];
	if (!common || !at[CAP_NOTIFY] || !at[CAP_DEVICE]) {
		log("virtio: %02x:%02x.%u: common configuration at %x, notification at %x, device's at %x: one is missing; "
		    "not used", PCI_BUS(f->bdf), PCI_DEV(f->bdf), PCI_FN(f->bdf), common, at[CAP_NOTIFY], at[CAP_DEVICE]);
		return -ENODEV;
	}
	*v = (struct virtio){ .transport = &transport, .common = common, .config = at[CAP_DEVICE], .name = "virtio: request" };
	pci_write16(f->bdf, PCI_COMMAND, PCI_COMMAND_IO | PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
	mmio_write8(common + STATUS, 0);
	mmio_write8(common + STATUS, STATUS_ACKNOWLEDGE | STATUS_DRIVER);
	v->features = FEATURE_VERSION_1;
	mmio_write32(common + FEATURE_SELECT, 0);
	v->features |= mmio_read32(common + FEATURE) & wanted;
	mmio_write32(common + DRIVER_SELECT, 0);
	mmio_write32(common + DRIVER_FEATURE, (uint32_t)v->features);
	mmio_write32(common + DRIVER_SELECT, 1);
	mmio_write32(common + DRIVER_FEATURE, (uint32_t)(v->features >> 32));
	mmio_write8(common + STATUS, STATUS_ACKNOWLEDGE | STATUS_DRIVER | STATUS_FEATURES_OK);
	if (!(mmio_read8(common + STATUS) & STATUS_FEATURES_OK)) {
		log("virtio: %02x:%02x.%u: does not accept features %llx; not used", PCI_BUS(f->bdf), PCI_DEV(f->bdf),
		    PCI_FN(f->bdf), (unsigned long long)v->features);
		return -ENODEV;
	}
	rc = make_queue(v);
	if (rc)
		return rc;
	v->notify_at = at[CAP_NOTIFY] + mmio_read16(common + QUEUE_NOTIFY) * multiplier;
	mmio_write8(common + STATUS, STATUS_ACKNOWLEDGE | STATUS_DRIVER | STATUS_FEATURES_OK | STATUS_DRIVER_OK);
	return 0;
}
