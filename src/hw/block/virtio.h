/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/block/virtio.h: one request queue of a virtio device, whatever bus it is on.
 * Spec: OASIS Virtual I/O Device (VIRTIO) 1.2; sections are given in [brackets].
 */
#ifndef HW_BLOCK_VIRTIO_H
#define HW_BLOCK_VIRTIO_H

#include <stdint.h>
#include "hw/pci/tree.h"

#define VIRTIO_QUEUE	8	/* entries; a device whose queue cannot be made smaller has its own number */

struct virtio_range {
	uint32_t addr, len;	/* physical, bytes */
};

struct virtio;

struct virtio_transport {
	void (*notify)(struct virtio *v);
	uint32_t (*config32)(struct virtio *v, uint32_t offset);	/* offset: a multiple of 4 */
};

struct virtio {
	const struct virtio_transport *transport;
	uint32_t common, notify_at, config;	/* physical addresses, or I/O ports (legacy) */
	volatile struct virtio_desc *desc;
	volatile uint16_t *avail;		/* flags, idx, ring */
	volatile uint16_t *used;		/* flags, idx, ring of id and len */
	uint16_t size;				/* entries of the queue */
	uint16_t next;				/* requests made so far: idx of avail */
	uint64_t features;			/* accepted */
	const char *name;			/* for the log */
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
 * Bring up a device on PCI: reset, features (of wanted, what it offers), queue 0 in ZONE_HIGH. Returns 0; -ENODEV,
 * nothing of it can be used (one line in the log); -ENOMEM.
 */
int virtio_pci_init(struct virtio *v, const struct pci_function *function, uint64_t wanted);

/*
 * One request: the first readable ranges are for the device to read, the others to write. At most v->size ranges.
 * Waits for its end. Returns 0 or -ETIMEDOUT, after which the device may write at any time: reset it.
 */
int virtio_request(struct virtio *v, const struct virtio_range *range, uint32_t readable, uint32_t count);

#endif
