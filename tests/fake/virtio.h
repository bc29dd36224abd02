/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fake/virtio.h: a virtio device with each of the register layouts: a disk, in front of the pattern of
 * tests/fake/block.h, or what a test makes of it.
 */
#ifndef FAKE_VIRTIO_H
#define FAKE_VIRTIO_H

#include <stdbool.h>
#include <stdint.h>
#include "hw/pci/tree.h"

enum fake_virtio_kind {
	FAKE_VIRTIO_LEGACY, FAKE_VIRTIO_MODERN,
	FAKE_VIRTIO_BOTH,		/* PCI too: a transitional device has either layout */
	FAKE_VIRTIO_MMIO_1, FAKE_VIRTIO_MMIO_2, FAKE_VIRTIO_KINDS
};

struct fake_virtio {
	enum fake_virtio_kind kind;
	uint64_t offered, accepted;	/* features */
	uint64_t capacity;		/* in 512 bytes */
	uint32_t blk_size;
	uint32_t queue_max;
	bool refuses_features;		/* FEATURES_OK does not stay */
	bool sleeps;			/* answers no request before fake_virtio_wake() */
	bool needs_reset;		/* says so whatever is done to it, and answers no request */
	uint32_t sleep_at;		/* the n-th request (from 1) and those behind it are not answered */
	uint8_t answer;			/* status of each request */
	uint8_t status;			/* device status */
	uint32_t resets, requests, notifications;
	uint32_t queue_size, queue_at, avail_at, used_at;
	bool enabled;
	bool broken_chain;		/* a request did not look as the specification has it */
	uint32_t feature_select, driver_select, queue_select;
	/* For another device than a disk: */
	uint32_t type;			/* 2 */
	uint32_t queue;			/* the one that is served; others have no entries. 0 */
	uint8_t config[64];		/* of the device; a disk's is made of capacity and blk_size */
	bool (*serve)(uint16_t head);	/* a request: the chain that begins at this descriptor of queue_at. False: it stays undone */
	uint32_t notify_offset;		/* modern: where the queue's notifications go, in units of 4. 2 */
};
extern struct fake_virtio fake_virtio;

#define FAKE_VIRTIO_PORT	0xc000
#define FAKE_VIRTIO_BAR		0xfe000000u	/* modern: common 0, device 0x2000, notify 0x3000 */
#define FAKE_VIRTIO_SLOT	0xfeb02e00u

/* Register the device: after fake_io_reset(), fake_pci_reset(), fake_block_reset(). */
void fake_virtio_add(enum fake_virtio_kind kind, uint64_t capacity);

/*
 * The modern device's BAR is above 4 GiB now: it is reached by the window in its configuration space alone. Accesses by
 * it are counted, and those that the specification does not allow.
 */
#define FAKE_VIRTIO_HIGH	0x100000000ull
void fake_virtio_hide(void);
extern uint32_t fake_virtio_window_accesses, fake_virtio_window_errors;

/* Requests that the device has got are answered now, and those that follow at once. */
void fake_virtio_wake(void);

/* A reset by somebody else: the device serves no queue any more. */
void fake_virtio_lose_queue(void);

/* The function as the scan would have it, for the kinds on PCI. */
extern struct pci_function fake_virtio_function;

#endif
