/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/block/virtio/virtio_mmio.c: virtio devices in memory-mapped slots [VIRTIO 1.2, 4.2]: version 1 (legacy, QEMU's
 * default) and version 2 of the registers.
 */
#include "arch/io.h"
#include "hw/block/virtio/virtio.h"
#include "lib/bits.h"
#include "lib/errno.h"
#include "trace/log.h"

#define MAGIC		0x000
#define MAGIC_VALUE	0x74726976
#define VERSION		0x004
#define DEVICE_ID	0x008
#define FEATURES	0x010
#define FEATURES_SELECT	0x014
#define DRIVER_FEATURES	0x020
#define DRIVER_SELECT	0x024
#define PAGE_SIZE_V1	0x028
#define QUEUE_SELECT	0x030
#define QUEUE_MAX	0x034
#define QUEUE_SIZE	0x038
#define QUEUE_PFN_V1	0x040
#define QUEUE_READY	0x044
#define QUEUE_NOTIFY	0x050
#define STATUS		0x070
#define QUEUE_DESC	0x080
#define QUEUE_AVAIL	0x090
#define QUEUE_USED	0x0a0
#define CONFIG		0x100
#define PAGE		4096

static void notify(const struct virtio *v)
{
	mmio_write32(v->base + QUEUE_NOTIFY, v->queue);
}

static uint32_t config32(const struct virtio *v, uint32_t offset)
{
	return mmio_read32(v->base + CONFIG + offset);
}

static uint16_t config16(const struct virtio *v, uint32_t offset)
{
	return mmio_read16(v->base + CONFIG + offset);
}

static void stop(const struct virtio *v)
{
	mmio_write32(v->base + STATUS, 0);
}

uint32_t virtio_mmio_device(uint32_t base)
{
	return mmio_read32(base + MAGIC) == MAGIC_VALUE ? mmio_read32(base + DEVICE_ID) : 0;
}

/* Returns 0, -ENODEV or -ENOMEM. */
static int make_queue(struct virtio *v, bool legacy)
{
	uint32_t base = v->base, at, most;

	if (v->queue)		/* queue 0 is selected after a reset */
		mmio_write32(base + QUEUE_SELECT, v->queue);
	most = mmio_read32(base + QUEUE_MAX);
	if (!most) {
		log("virtio: slot %x: no queue; not used", base);
		return -ENODEV;
	}
	v->size = (uint16_t)min_u32(most, v->room ? v->room : v->size);
	at = virtio_make_queue(v, legacy ? PAGE : 4);
	if (!at)
		return -ENOMEM;
	mmio_write32(base + QUEUE_SIZE, v->size);
	if (legacy) {
		mmio_write32(base + QUEUE_PFN_V1, at / PAGE);
		return 0;
	}
	mmio_write32(base + QUEUE_DESC, at);
	mmio_write32(base + QUEUE_AVAIL, at + v->size * (uint32_t)sizeof(struct virtio_desc));
	mmio_write32(base + QUEUE_USED, at + (uint32_t)((uintptr_t)v->used - (uintptr_t)v->desc));
	mmio_write32(base + QUEUE_READY, 1);
	return 0;
}

/*
 * Version 2: features from 32 on are accepted too. The halves are selected anew: a reset by the status register leaves that
 * as it is. True: the device agrees.
 */
static bool agree(struct virtio *v, uint64_t high)
{
	uint32_t base = v->base;

	stop(v);
	mmio_write32(base + STATUS, VIRTIO_ACKNOWLEDGE | VIRTIO_DRIVER);
	mmio_write32(base + FEATURES_SELECT, 0);
	v->features = high | (mmio_read32(base + FEATURES) & (uint32_t)v->features);
	mmio_write32(base + DRIVER_SELECT, 0);
	mmio_write32(base + DRIVER_FEATURES, (uint32_t)v->features);
	mmio_write32(base + DRIVER_SELECT, 1);
	mmio_write32(base + DRIVER_FEATURES, (uint32_t)(high >> 32));
	mmio_write32(base + STATUS, VIRTIO_ACKNOWLEDGE | VIRTIO_DRIVER | VIRTIO_FEATURES_OK);
	return mmio_read32(base + STATUS) & VIRTIO_FEATURES_OK;
}

/* One behind an IOMMU insists on being known to be so; the others are not asked. */
static bool insists_on_platform(const struct virtio *v)
{
	mmio_write32(v->base + FEATURES_SELECT, 1);
	return mmio_read32(v->base + FEATURES) & (uint32_t)(VIRTIO_F_ACCESS_PLATFORM >> 32);
}

/* Returns 0 or -ENODEV. */
static int begin(struct virtio *v)
{
	bool agreed = agree(v, VIRTIO_F_VERSION_1);

	if (!agreed && insists_on_platform(v))
		agreed = agree(v, VIRTIO_F_VERSION_1 | VIRTIO_F_ACCESS_PLATFORM);
	if (agreed)
		return 0;
	log("virtio: slot %x: does not accept features %llx; not used", v->base, (unsigned long long)v->features);
	return -ENODEV;
}

static void begin_legacy(struct virtio *v)
{
	uint32_t base = v->base;

	stop(v);
	mmio_write32(base + STATUS, VIRTIO_ACKNOWLEDGE | VIRTIO_DRIVER);
	/* the first 32 features are selected by the machine's reset, and there are no others */
	v->features &= mmio_read32(base + FEATURES);
	mmio_write32(base + DRIVER_FEATURES, (uint32_t)v->features);
	mmio_write32(base + PAGE_SIZE_V1, PAGE);
}

static int start(struct virtio *v)
{
	uint32_t version = mmio_read32(v->base + VERSION), status = VIRTIO_ACKNOWLEDGE | VIRTIO_DRIVER;
	bool legacy = version == 1;
	int rc = 0;

	if (!legacy && version != 2) {
		log("virtio: slot %x: version %u of the registers, expected 1 or 2; not used", v->base, version);
		return -ENODEV;
	}
	if (legacy) {
		begin_legacy(v);
	} else {
		rc = begin(v);
		status |= VIRTIO_FEATURES_OK;
	}
	if (!rc)
		rc = make_queue(v, legacy);
	if (!rc)
		mmio_write32(v->base + STATUS, status | VIRTIO_DRIVER_OK);
	return rc;
}

static bool runs(const struct virtio *v)
{
	return (mmio_read32(v->base + STATUS) & (VIRTIO_DRIVER_OK | VIRTIO_NEEDS_RESET)) == VIRTIO_DRIVER_OK;
}

static const struct virtio_transport transport = { start, notify, config32, config16, stop, runs };

int virtio_mmio_init(struct virtio *v, uint32_t base, const struct virtio_wish *wish)
{
	*v = (struct virtio){ .transport = &transport, .base = base, .features = wish->features, .queue = wish->queue,
			      .size = wish->entries };
	return start(v);
}
