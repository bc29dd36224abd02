/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/block/virtio/virtio_pci.c: virtio devices on PCI with the interface of version 1.0 and later [VIRTIO 1.2, 4.1].
 */
#include "arch/io.h"
#include "hw/block/virtio/virtio.h"
#include "hw/pci/config.h"
#include "lib/bits.h"
#include "lib/errno.h"
#include "trace/log.h"

#define CAP_VENDOR	0x09
#define CAPS_MAX	48		/* as many as fit; a list that goes in circles ends */

/* Structure types [4.1.4]. */
#define CAP_COMMON	1
#define CAP_NOTIFY	2
#define CAP_DEVICE	4
#define CAP_TYPES	5

#define CONFIG_BYTES	0x24		/* of virtio-scsi; of virtio-blk less is read */

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

/* Where notifications go: queue n's is at its number there times the multiplier [4.1.4.4]. */
struct notifications {
	uint32_t multiplier, length;
};

static void find_structures(const struct pci_function *f, uint32_t at[CAP_TYPES], struct notifications *n)
{
	static const uint8_t bytes_of[CAP_TYPES] = { [CAP_COMMON] = COMMON_BYTES, [CAP_NOTIFY] = 2, [CAP_DEVICE] = CONFIG_BYTES };
	uint8_t cap = pci_read8(f->bdf, PCI_CAPABILITIES) & ~3;

	for (uint32_t i = 0; cap >= 0x40 && i < CAPS_MAX; i++) {
		uint32_t head = pci_read32(f->bdf, cap), type = head >> 24;

		if ((head & 0xff) == CAP_VENDOR && cap <= 0xf0 && type < CAP_TYPES && !at[type]) {
			uint32_t bar = pci_read32(f->bdf, (uint8_t)(cap + 4)) & 0xff;
			uint32_t offset = pci_read32(f->bdf, (uint8_t)(cap + 8));
			uint32_t length = pci_read32(f->bdf, (uint8_t)(cap + 12));

			at[type] = place_of(f, bar, offset, length, bytes_of[type]);
			if (type == CAP_NOTIFY) {
				n->length = length;
				if (cap <= 0xec)
					n->multiplier = pci_read32(f->bdf, (uint8_t)(cap + 16));
			}
		}
		cap = head >> 8 & 0xfc;
	}
}

static void notify(const struct virtio *v)
{
	mmio_write16(v->notify_at, v->queue);
}

static uint32_t config32(const struct virtio *v, uint32_t offset)
{
	return mmio_read32(v->config + offset);
}

static uint16_t config16(const struct virtio *v, uint32_t offset)
{
	return mmio_read16(v->config + offset);
}

static void stop(const struct virtio *v)
{
	mmio_write8(v->base + STATUS, 0);
}

/* High halves of addresses are 0 after a reset. Returns 0, -ENODEV or -ENOMEM. */
static int make_queue(struct virtio *v)
{
	uint32_t base = v->base, at, most;

	if (v->queue)		/* queue 0 is selected after a reset */
		mmio_write16(base + QUEUE_SELECT, v->queue);
	most = mmio_read16(base + QUEUE_SIZE);
	if (!most)
		return -ENODEV;
	v->size = (uint16_t)min_u32(most, v->room ? v->room : v->size);
	at = virtio_make_queue(v, 4);
	if (!at)
		return -ENOMEM;
	mmio_write16(base + QUEUE_SIZE, v->size);
	mmio_write32(base + QUEUE_DESC, at);
	mmio_write32(base + QUEUE_AVAIL, at + v->size * (uint32_t)sizeof(struct virtio_desc));
	mmio_write32(base + QUEUE_USED, at + (uint32_t)((uintptr_t)v->used - (uintptr_t)v->desc));
	mmio_write16(base + QUEUE_ENABLE, 1);
	return 0;
}

/*
 * Ask for these of the features from 32 on, and for those below it that are wished for and offered. The halves are selected
 * anew: a reset of QEMU's device leaves that as whoever had the machine before made it. True: the device agrees.
 */
static bool agree(struct virtio *v, uint64_t high)
{
	uint32_t base = v->base;

	stop(v);
	mmio_write8(base + STATUS, VIRTIO_ACKNOWLEDGE | VIRTIO_DRIVER);
	mmio_write32(base + FEATURE_SELECT, 0);
	v->features = high | (mmio_read32(base + FEATURE) & (uint32_t)v->features);
	mmio_write32(base + DRIVER_SELECT, 0);
	mmio_write32(base + DRIVER_FEATURE, (uint32_t)v->features);
	mmio_write32(base + DRIVER_SELECT, 1);
	mmio_write32(base + DRIVER_FEATURE, (uint32_t)(high >> 32));
	mmio_write8(base + STATUS, VIRTIO_ACKNOWLEDGE | VIRTIO_DRIVER | VIRTIO_FEATURES_OK);
	return mmio_read8(base + STATUS) & VIRTIO_FEATURES_OK;
}

/* One behind an IOMMU insists on being known to be so; the others are not asked. */
static bool insists_on_platform(const struct virtio *v)
{
	mmio_write32(v->base + FEATURE_SELECT, 1);
	return mmio_read32(v->base + FEATURE) & (uint32_t)(VIRTIO_F_ACCESS_PLATFORM >> 32);
}

static int bring_up(struct virtio *v)
{
	bool agreed = agree(v, VIRTIO_F_VERSION_1);
	int rc;

	if (!agreed && insists_on_platform(v))
		agreed = agree(v, VIRTIO_F_VERSION_1 | VIRTIO_F_ACCESS_PLATFORM);
	if (!agreed)
		return -ENODEV;
	rc = make_queue(v);
	if (rc)
		return rc;
	mmio_write8(v->base + STATUS, VIRTIO_ACKNOWLEDGE | VIRTIO_DRIVER | VIRTIO_FEATURES_OK | VIRTIO_DRIVER_OK);
	return 0;
}

static int start(struct virtio *v)
{
	int rc = bring_up(v);

	if (rc == -ENODEV) {
		stop(v);
		log("virtio: device at %x: features %llx are not accepted, or it has no queue %u; not used", v->base,
		    (unsigned long long)v->features, v->queue);
	}
	return rc;
}

static bool runs(const struct virtio *v)
{
	return (mmio_read8(v->base + STATUS) & (VIRTIO_DRIVER_OK | VIRTIO_NEEDS_RESET)) == VIRTIO_DRIVER_OK;
}

static const struct virtio_transport transport = { start, notify, config32, config16, stop, runs };

int virtio_pci_init(struct virtio *v, const struct pci_function *f, const struct virtio_wish *wish)
{
	struct notifications n = { 0, 0 };
	uint32_t at[CAP_TYPES] = { 0 };
	uint64_t number;
	int rc;

	find_structures(f, at, &n);
	if (!at[CAP_COMMON] || !at[CAP_NOTIFY] || !at[CAP_DEVICE])
		return virtio_legacy_init(v, f, wish);
	*v = (struct virtio){ .transport = &transport, .base = at[CAP_COMMON], .notify_at = at[CAP_NOTIFY],
			      .config = at[CAP_DEVICE], .features = wish->features, .queue = wish->queue,
			      .size = wish->entries };
	pci_write16(f->bdf, PCI_COMMAND, PCI_COMMAND_IO | PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
	rc = start(v);
	if (rc)
		return rc;
	number = (uint64_t)mmio_read16(v->base + QUEUE_NOTIFY) * n.multiplier;
	if (!range_inside(number, 2, n.length)) {
		stop(v);
		log("virtio: %02x:%02x.%u: notifications at %llx of %x bytes; not used", PCI_BUS(f->bdf), PCI_DEV(f->bdf),
		    PCI_FN(f->bdf), (unsigned long long)number, n.length);
		return -ENODEV;
	}
	v->notify_at += (uint32_t)number;
	return 0;
}
