/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/block/virtio/virtio.h: one request queue of a virtio device, whatever bus it is on.
 * Spec: OASIS Virtual I/O Device (VIRTIO) 1.2; sections are given in [brackets].
 */
#ifndef HW_BLOCK_VIRTIO_VIRTIO_H
#define HW_BLOCK_VIRTIO_VIRTIO_H

#include <stdbool.h>
#include <stdint.h>
#include "arch/io.h"
#include "hw/pci/tree.h"
#include "lib/errno.h"

#define VIRTIO_QUEUE	8	/* entries that suffice for one request at a time */
#define VIRTIO_QUEUE_MAX 1024	/* largest of QEMU's; a legacy queue of that size takes 28 KiB */

/* Device status [2.1]. */
#define VIRTIO_ACKNOWLEDGE	1
#define VIRTIO_DRIVER		2
#define VIRTIO_DRIVER_OK	4
#define VIRTIO_FEATURES_OK	8
#define VIRTIO_NEEDS_RESET	64

#define VIRTIO_F_VERSION_1	(1ull << 32)
/*
 * What the device is told are addresses of the platform's, which an IOMMU may translate. Until an operating system switches
 * one on they are physical ones [6].
 */
#define VIRTIO_F_ACCESS_PLATFORM (1ull << 33)

struct virtio;

/* What differs from bus to bus. */
struct virtio_transport {
	/*
	 * From the reset to a device that works: of features those that it offers, and the queue, with memory for it the
	 * first time. Returns 0; -ENODEV after one line in the log; -ENOMEM.
	 */
	int (*start)(struct virtio *v);
	void (*notify)(const struct virtio *v);
	/* Fields of the device's configuration by their widths [4.1.3.1]; offset: a multiple of that. */
	uint32_t (*config32)(const struct virtio *v, uint32_t offset);
	uint16_t (*config16)(const struct virtio *v, uint32_t offset);
	void (*stop)(const struct virtio *v);	/* reset: the device touches no memory from then on */
	bool (*runs)(const struct virtio *v);	/* does it serve the queue, as far as its status tells? */
};

/* What a driver asks for. */
struct virtio_wish {
	uint64_t features;
	uint16_t queue;		/* its number */
	uint16_t entries;	/* of the queue: no more than so many; a device whose queue cannot be made smaller has its own number */
};

struct virtio {
	const struct virtio_transport *transport;
	uint32_t base;			/* registers: physical address or, legacy, I/O port; with a window VIRTIO_WINDOW_BAR's */
	uint32_t notify_at, config;	/* likewise */
	uint16_t bdf;			/* of one with a window */
	uint8_t window;			/* PCI: where it is in configuration space, for registers above 4 GiB; 0: not needed */
	volatile struct virtio_desc *desc;
	volatile uint16_t *avail;	/* flags, idx, ring */
	volatile uint16_t *used;	/* flags, idx, ring of id and len */
	uint16_t queue;			/* its number */
	uint16_t size;			/* entries of it */
	uint16_t room;			/* entries that there is memory for, 0: none yet */
	uint16_t next;			/* requests made so far: idx of avail */
	/*
	 * To be looked at before anything is written that a request consists of: no request may be made before
	 * virtio_restart(), since nobody waits any more for one that had not ended ...
	 */
	bool lost;
	bool at_it;			/* ... in its time, since the device is at it: else the device was stopped then */
	uint64_t features;		/* accepted; before the start: wished for */
};

/* Descriptor [2.7.5]. */
struct virtio_desc {
	uint32_t addr, addr_high;	/* of a 64-bit address: all memory we name is below 4 GiB, so the upper half stays 0 */
	uint32_t len;
	uint16_t flags, next;
};
#define VIRTIO_DESC_NEXT	1
#define VIRTIO_DESC_WRITE	2	/* the device writes */

/*
 * Memory for the queue of v, whose size is set: the used ring begins at the next multiple of align. At a later start it is
 * the same memory, descriptors and all, with empty rings. Returns its physical address (a multiple of align), or 0:
 * without memory, or when the device has another size than before.
 */
uint32_t virtio_make_queue(struct virtio *v, uint32_t align);

/*
 * Bring up a device: reset, features (of those wished for, what it offers), one queue in memory that stays. PCI: the
 * legacy interface where there is one and it works, else that of version 1. Returns 0; -ENODEV, it cannot be used (one
 * line in the log); -ENOMEM.
 */
int virtio_pci_init(struct virtio *v, const struct pci_function *function, const struct virtio_wish *wish);
int virtio_mmio_init(struct virtio *v, uint32_t base, const struct virtio_wish *wish);

/*
 * As block_driver's reset(): the same once more with the memory that it has, if a request was lost that does not end now.
 * Returns 0; -EINPROGRESS, -EALREADY; or as the functions above.
 */
int virtio_restart(struct virtio *v);

/*
 * Where something is in the BARs of a device whose registers lie above 4 GiB: the number of the BAR times this, the
 * offset, which is less, and a bit that tells it from nothing. One access, of 1, 2 or 4 bytes, at a multiple of that. Only
 * for a v with a window.
 */
#define VIRTIO_WINDOW_BAR	0x10000000u
#define VIRTIO_WINDOW_PLACE	0x80000000u
uint32_t virtio_window_read(const struct virtio *v, uint32_t at, uint32_t bytes);
void virtio_window_write(const struct virtio *v, uint32_t at, uint32_t bytes, uint32_t value);

/* The legacy interface of a PCI device: has it got one that can be reached? If so virtio_legacy_init() does as above. */
bool virtio_legacy_is_there(const struct pci_function *function);
int virtio_legacy_init(struct virtio *v, const struct pci_function *function, const struct virtio_wish *wish);

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

/* Words of the rings [2.7.6, 2.7.8]. */
#define VIRTIO_RING_INDEX	1	/* behind the flags */

/* What has been handed to the device is not done yet: wait for it. */
int virtio_await(struct virtio *v);

/*
 * When it is not lost: hand chains of descriptors to the device, all at once, and wait for the end of the last: count of them, at most the
 * entries of the queue. Where each begins is in the ring from entry virtio_slot(v, 0) on: virtio_request() has one, which
 * begins at 0, as every entry of the ring says unless it was written. Returns 0; -EINPROGRESS, -ETIMEDOUT as block_driver's
 * functions: with the latter the device has been stopped.
 */
int virtio_requests(struct virtio *v, uint32_t count);

static inline __attribute__((always_inline)) int virtio_request(struct virtio *v)
{
	io_barrier();
	v->avail[VIRTIO_RING_INDEX] = ++v->next;
	io_barrier();
	v->transport->notify(v);
	return v->used[VIRTIO_RING_INDEX] == v->next ? 0 : virtio_await(v);
}

/* Entry of the ring, in words from avail on, that the n-th request from now on has. */
static inline uint32_t virtio_slot(const struct virtio *v, uint32_t n)
{
	return 2 + (v->next + n) % v->size;
}

#endif
