/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/block/block.c: see block.h.
 */
#include <stddef.h>
#include "hw/block/block.h"
#include "lib/bits.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "mem/alloc.h"

struct block *block_first;
static struct block *block_last;

void block_init(void)
{
	block_first = block_last = NULL;
}

struct block *block_add(const struct block *block)
{
	struct block *b = alloc_raw(ZONE_HIGH, sizeof(*b), 8, "block device");

	if (!b)
		return NULL;
	memcpy(b, block, sizeof(*b));
	b->next = NULL;
	if (block_last)
		block_last->next = b;
	else
		block_first = b;
	block_last = b;
	return b;
}

/* One request of the driver, as much as can be mapped. 0 sectors are never asked for. */
static int part(struct block *block, bool write, uint64_t lba, uint32_t count, uint32_t linear, uint32_t *done)
{
	uint32_t size = block->sector_size, bytes = 0;
	struct dma_list list;
	int rc;

	if (block->max_sectors && count > block->max_sectors)
		count = block->max_sectors;
	rc = dma_map(&list, linear, count * size, size, write, &block->driver->limits);
	if (rc)
		return rc;
	if (list.bytes != count * size)
		count = list.bytes / size;
	rc = block->driver->transfer(block, write, lba, count, &list, &bytes);
	if (rc)
		count = bytes / size;
	else
		bytes = list.bytes;
	dma_unmap(&list, bytes);
	*done += count;
	return rc;
}

int block_transfer(struct block *block, bool write, uint64_t lba, uint32_t count, uint32_t linear, uint32_t *done)
{
	struct block_controller *controller = block->controller;
	int rc = 0;

	*done = 0;
	if (!range_inside(lba, count, block->sectors))
		return -ERANGE;
	if (write & block->read_only)
		return -EROFS;
	if (controller->busy)
		return -EBUSY;
	controller->busy = true;
	while (*done != count && rc == 0)
		rc = part(block, write, lba + *done, count - *done, linear + *done * block->sector_size, done);
	controller->busy = false;
	return rc;
}
