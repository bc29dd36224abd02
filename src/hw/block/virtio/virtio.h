/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/block/virtio/virtio.h: one request queue of a virtio device, whatever bus it is on.
 * Spec: OASIS Virtual I/O Device (VIRTIO) 1.2; sections are given in [brackets].
 */
#ifndef HW_BLOCK_VIRTIO_VIRTIO_H
#define HW_BLOCK_VIRTIO_VIRTIO_H

#include <stdbool.h>
#include <stdint.h>
#include "hw/pci/tree.h"

#define VIRTIO_QUEUE	8	/* entries; a device whose queue cannot be made smaller has its own number */
#define VIRTIO_QUEUE_MAX 1024	/* largest of QEMU's; a legacy queue of that size takes 28 KiB */

/* Device status [2.1]. */
#define VIRTIO_ACKNOWLEDGE	1
#define VIRTIO_DRIVER		2
#define VIRTIO_DRIVER_OK	4
#define VIRTIO_FEATURES_OK	8

#define VIRTIO_F_VERSION_1	(1ull << 32)

struct virtio;

/* What differs from bus to bus. */
struct virtio_transport {
	void (*notify)(const struct virtio *v);
	uint32_t (*config32)(const struct virtio *v, uint32_t offset);	/* offset: a multiple of 4 */
	void (*stop)(const struct virtio *v);	/* reset: the device touches no memory from then on */
};

struct virtio {
	const struct virtio_transport *transport;
	uint32_t base;			/* registers: physical address or, legacy, I/O port */
	uint32_t notify_at, config;
	volatile struct virtio_desc *desc;
	volatile uint16_t *avail;	/* flags, idx, ring */
	volatile uint16_t *used;	/* flags, idx, ring of id and len */
	uint16_t size;			/* entries of the queue */
	uint16_t next;			/* requests made so far: idx of avail */
	bool lost;			/* stopped after a request that did not end */
	uint64_t features;		/* accepted */
};

/* Descriptor [2.7.5]. */
struct virtio_desc {
	uint64_t addr;
	uint32_t len;
	uint16_t flags, next;
};
#define VIRTIO_DESC_NEXT	1
#define VIRTIO_DESC_WRITE	2	/* the device writes */

/*
 * Memory for the queue of v, whose size is set: the used ring begins at the next multiple of align. Returns its
 * physical address (a multiple of align), or 0 without memory.
 */
uint32_t virtio_make_queue(struct virtio *v, uint32_t align);

/*
 * Bring up a device: reset, features (of wanted, what it offers), queue 0 in memory that stays. PCI: the interface of
 * version 1 where it is whole, else the legacy one. Returns 0; -ENODEV, it cannot be used (one line in the log);
 * -ENOMEM. name: for the log, a string constant.
 */
int virtio_pci_init(struct virtio *v, const struct pci_function *function, uint64_t wanted);
int virtio_legacy_init(struct virtio *v, const struct pci_function *function, uint64_t wanted);
int virtio_mmio_init(struct virtio *v, uint32_t base, uint64_t wanted);

/* Device type in the slot of virtio-mmio registers at base, 0: none. */
uint32_t virtio_mmio_device(uint32_t base);

/* Descriptor n of the queue, for a chain that begins at number 0: flags of the device's side, next if there is one. */
static inline void virtio_describe(const struct virtio *v, uint32_t n, uint32_t addr, uint32_t len, uint16_t flags,
				   uint16_t next)
{
	volatile struct virtio_desc *d = &v->desc[n];

	d->addr = addr;
	d->len = len;
	d->flags = flags;
	d->next = next;
}

/*
 * Hand the chain of descriptors from 0 on to the device and wait for its end. Returns 0; -EIO, the queue had stopped;
 * -ETIMEDOUT: the device has been stopped, since it might write later.
 */
int virtio_request(struct virtio *v);

#endif
