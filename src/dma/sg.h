/* SPDX-License-Identifier: BSD-2-Clause
 * src/dma/sg.h: scatter/gather lists: the memory of one request, however it lies. Plain arithmetic and copies; what of
 * it a device can reach, and how, is dma.h's.
 *
 * Entries are a caller's memory (by linear address) or the firmware's own, in the order in which the request's bytes go.
 * So a disk whose sectors are larger than what is asked for reads the sectors' ends into memory of the firmware's, and
 * the rest where the caller wants it, by one command.
 */
#ifndef DMA_SG_H
#define DMA_SG_H

#include <stdbool.h>
#include <stdint.h>

#define SG_ENTRIES	4	/* more than any request has: what is before, what is asked for, what is behind */

struct sg_entry {
	uint32_t addr;		/* linear; own: physical. addr + len does not wrap */
	uint32_t len;		/* bytes, never 0 */
	bool own;		/* the firmware's, which no caller's rights are asked for */
};

struct sg_list {
	struct sg_entry entry[SG_ENTRIES];
	uint32_t count;
	uint32_t bytes;		/* the sum of all lengths */
};

static inline void sg_init(struct sg_list *sg)
{
	sg->count = sg->bytes = 0;
}

/* A list of one entry: len bytes of a caller's. len 0: an empty list. */
void sg_single(struct sg_list *sg, uint32_t linear, uint32_t len);

/*
 * Put len bytes behind what is there; 0 is nothing. What goes on where the last entry ends becomes part of it. Returns 0;
 * -ENOSPC, all entries are in use; -EOVERFLOW, addr + len or the list's length would wrap. Then nothing has changed.
 */
int sg_append(struct sg_list *sg, uint32_t addr, uint32_t len, bool own);

/* Make *part the len bytes from offset on, or as many as there are. part may not be sg. Returns how many. */
uint32_t sg_slice(struct sg_list *part, const struct sg_list *sg, uint32_t offset, uint32_t len);

/* Of the byte at offset: the entry it is in, and *at, its place there. NULL: the list ends before. */
const struct sg_entry *sg_find(const struct sg_list *sg, uint32_t offset, uint32_t *at);

/*
 * Copy len bytes from offset on to a buffer (flatten), or from it (unflatten): by the processor, as the caller reads and
 * writes (dma_read_guest(), dma_write_guest()). Returns how many there were.
 */
uint32_t sg_flatten(const struct sg_list *sg, uint32_t offset, void *to, uint32_t len);
uint32_t sg_unflatten(const struct sg_list *sg, uint32_t offset, const void *from, uint32_t len);

#endif
