/* SPDX-License-Identifier: BSD-2-Clause
 * src/dma/dma.h: how a device reaches a caller's memory. A driver never sees the caller's address: it gets a
 * list of ranges that its device may use, made by dma_map(). What the device cannot reach, or must not, goes
 * through a bounce buffer and is copied by the processor: read-only memory then stays what it is.
 *
 * There are several such buffers, since a device that does not answer keeps the one that it was given.
 */
#ifndef DMA_DMA_H
#define DMA_DMA_H

#include <stdbool.h>
#include <stdint.h>
#include "dma/sg.h"
#include "mem/pool.h"

#define DMA_RANGES	6	/* more than one request makes: direct, bounced, direct, and some to spare */
#define DMA_BOUNCE	0x8000	/* bytes; a request that needs more is done in parts */
#define DMA_SPARES	8	/* more buffers, for when the large one is a device's that does not answer, ... */
#define DMA_SPARE	0x1000	/* ... of so many bytes each */
#define DMA_BOUNCE_LOW	512	/* as DMA_BOUNCE where the buffer must be below some top: in the firmware's segment */

/* What a device can do. All zero: anything below 4 GiB. */
struct dma_limits {
	uint32_t align_mask;	/* bits, below a sector's size, that neither address nor length of a range has: 1, both are even */
	uint32_t boundary;	/* a power of two from 32 KiB on, of whose multiples no range lies on both sides; 0: none */
	uint32_t max_range;	/* bytes in a range, a multiple of sectors and of the alignment; 0: no limit */
	uint32_t max_ranges;	/* in a request; 0: DMA_RANGES, which is the most */
	/* For the DMA controller of ISA: granules of up to DMA_BOUNCE_LOW bytes. */
	uint32_t top;		/* above what it reaches, 0: 4 GiB */
	bool whole;		/* each range is a command of its own: it holds whole granules */
};

struct dma_range {
	uint32_t addr;		/* physical */
	uint32_t len;		/* bytes, never 0 */
};

/* A mapped request. */
struct dma_list {
	struct dma_range range[DMA_RANGES];
	uint32_t count;
	uint32_t bytes;		/* of the request that are mapped: the sum of all lengths */
	/* What dma_unmap() needs to know. */
	const struct sg_list *sg;
	uint32_t offset;		/* where the request begins in sg */
	uint32_t bounced_at, bounced;	/* where what is bounced begins in the request: in sg, offset + bounced_at; and bytes of it */
	void *buffer;			/* that they go through; NULL: none is bounced */
	bool to_device;
};

/* Get the bounce buffers, in memory that stays the firmware's. Before memory_finish(). Returns 0 or -ENOMEM. */
int dma_init(void);

/*
 * Map len bytes of sg, from offset on, for a device that reads them (to_device) or writes them. granule: the parts that a
 * request may be cut into, in bytes (a sector). list->bytes is a multiple of it and may be less than len: do that, unmap, go
 * on. sg stays as it is until dma_unmap(). Returns 0; -EBUSY, each bounce buffer is in use by a request that is not done;
 * -EINVAL, sg is shorter, or no granule could be mapped. After 0 call dma_unmap() in any case.
 */
int dma_map(struct dma_list *list, const struct sg_list *sg, uint32_t offset, uint32_t len, uint32_t granule, bool to_device,
	    const struct dma_limits *limits);

/*
 * The same for len bytes at the linear address linear where the device can have all of it in one range: what most requests
 * are, and cheap; for limits without top and max_range. False: it cannot, and dma_map() is the way. Fills range, count and bytes: dma_unmap() is not called.
 */
bool dma_map_whole(struct dma_list *list, uint32_t linear, uint32_t len, const struct dma_limits *limits);

/* The device is done, or will never touch the ranges again. done: bytes from the start that it has transferred. */
void dma_unmap(struct dma_list *list, uint32_t done);

/* A list of one range for len bytes at p, which are the firmware's own. No dma_unmap(). */
void dma_own(struct dma_list *list, void *p, uint32_t len);

/* Instead of dma_unmap(), much later: the device has ended, and will not touch this bounce buffer any more. */
void dma_release(const void *buffer);

/*
 * Whoever has a bounce buffer will not give it back, and no device touches it any more; but for those that dma_keep() is
 * told of then. What is no bounce buffer, or NULL, is none of its business.
 */
void dma_abandon(void);
void dma_keep(const void *buffer);

/* Copy from or to the caller's memory by the processor. What of it is the firmware's keeps its value, as a ROM would. */
void dma_read_guest(void *to, uint32_t from, uint32_t len);
void dma_write_guest(uint32_t to, const void *data, uint32_t len);

/* The same by physical addresses, whoever is served. */
void dma_write_physical(uint32_t to, const void *data, uint32_t len);

/*
 * A caller whose addresses are not physical ones: paged, or by descriptors of his own. While real_call_remote
 * (arch/real_call.h) names one, the functions above copy by this, and buffers that a device could reach have DMA_REMOTE in
 * their addresses, so that none is taken for memory: all of a request goes through the bounce buffer. What is not there
 * reads as it was, and takes no write.
 */
struct dma_remote {
	void (*copy)(uint32_t linear, void *own, uint32_t len, bool write);	/* with or without DMA_REMOTE */
};
#define DMA_REMOTE	0xf0000000u	/* up to 4 GiB there is no RAM */

/*
 * What of the firmware's memory is somebody else's, and written for him as a guest's is: an option ROM's. The list
 * stays where it is; it replaces the one before.
 */
void dma_give(const struct pool_range *range, uint32_t count);

/* May a device use [addr, addr + len) directly: is it RAM that is the guest's, and not nothing? */
bool dma_direct(uint32_t addr, uint32_t len);

/* May it be written at all: is nothing of it the firmware's, its image in flash included? */
bool dma_foreign(uint32_t addr, uint32_t len);

#endif
