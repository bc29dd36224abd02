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
	if (block_first)
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

/* What is beyond the end may have been inside since the medium was changed: then the drive is asked. */
static int check_range(struct block *block, uint64_t lba, uint32_t count)
{
	int rc;

	if (range_inside(lba, count, block->sectors))
		return 0;
	if (!block->driver->media)
		return -ERANGE;
	rc = block->driver->media(block);
	if (rc)
		return rc;
	return range_inside(lba, count, block->sectors) ? 0 : -ERANGE;
}

int block_media(struct block *block)
{
	int rc;

	if (!block->driver->media)
		return 0;
	if (block->controller->busy)
		return -EBUSY;
	block->controller->busy = true;
	rc = block->driver->media(block);
	block->controller->busy = false;
	return rc;
}

int block_transfer(struct block *block, bool write, uint64_t lba, uint32_t count, uint32_t linear, uint32_t *done)
{
	struct block_controller *controller = block->controller;
	int rc;

	*done = 0;
	if (write & block->read_only)
		return -EROFS;
	if (controller->busy)
		return -EBUSY;
	controller->busy = true;
	rc = check_range(block, lba, count);
	while (*done != count && rc == 0)
		rc = part(block, write, lba + *done, count - *done, linear + *done * block->sector_size, done);
	controller->busy = false;
	return rc;
}

int block_read_own(struct block *block, uint64_t lba, uint32_t count, void *buffer)
{
	uint32_t bytes = count * block->sector_size, done = 0;
	struct dma_list list;
	int rc;

	if (block->controller->busy)
		return -EBUSY;
	block->controller->busy = true;
	rc = check_range(block, lba, count);
	if (rc == 0) {
		dma_own(&list, buffer, bytes);
		rc = block->driver->transfer(block, false, lba, count, &list, &done);
	}
	if (rc == 0 && done != bytes)
		rc = -EIO;
	block->controller->busy = false;
	return rc;
}

void block_abandon(void)
{
	dma_abandon();
	for (struct block *b = block_first; b; b = b->next) {
		if (!b->controller->busy)
			continue;
		if (b->driver->reset)
			b->driver->reset(b);
		b->controller->busy = false;
	}
}
