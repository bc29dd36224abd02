/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fake/block.c: see block.h.
 */
#include <stddef.h>
#include <string.h>
#include "arch/phys.h"
#include "fake/block.h"
#include "hw/pci/config.h"

struct fake_block fake_block;

uint8_t fake_block_pattern(uint64_t offset)
{
	return (uint8_t)(offset ^ offset >> 9 ^ offset >> 20 ^ 0x5a);
}

static uint8_t byte_at(uint64_t offset)
{
	return fake_block.written && offset < FAKE_BLOCK_BYTES ? fake_block.data[offset] : fake_block_pattern(offset);
}

static void move(bool write, uint64_t offset, uint32_t addr, uint32_t len)
{
	uint8_t *p = phys_to_ptr(addr);

	for (uint32_t i = 0; i < len; i++) {
		if (write && offset + i < FAKE_BLOCK_BYTES)
			fake_block.data[offset + i] = p[i];
		else if (!write)
			p[i] = byte_at(offset + i);
	}
}

static int transfer(struct block *block, struct block_request *r)
{
	const struct dma_list *list = &r->list;
	uint64_t offset = r->lba * block->sector_size;
	uint32_t left = r->sectors * block->sector_size;
	int rc = 0;

	if (++fake_block.requests == fake_block.fail_at ||
	    (fake_block.fail_stays && fake_block.requests > fake_block.fail_at)) {
		rc = fake_block.fail_rc;
		left = fake_block.fail_done;
	}
	r->done = left / block->sector_size;
	if (r->write && !fake_block.written) {
		for (uint32_t i = 0; i < FAKE_BLOCK_BYTES; i++)
			fake_block.data[i] = fake_block_pattern(i);
		fake_block.written = true;
	}
	for (uint32_t i = 0; i < list->count; i++)
		fake_block.torn += block->driver->limits.whole && list->range[i].len % block->sector_size;
	for (uint32_t i = 0; i < list->count && left; i++) {
		uint32_t len = list->range[i].len < left ? list->range[i].len : left;

		move(r->write, offset, list->range[i].addr, len);
		offset += len;
		left -= len;
	}
	return rc;
}

static int reset(struct block *block)
{
	(void)block;
	fake_block.resets++;
	return fake_block.reset_rc;
}

static int lock(struct block *block, bool lock)
{
	(void)block;
	fake_block.tray_calls++;
	fake_block.locked = lock;
	return fake_block.tray_rc;
}

static int eject(struct block *block)
{
	(void)block;
	fake_block.tray_calls++;
	fake_block.ejected = true;
	return fake_block.tray_rc;
}

void fake_block_has_tray(void)
{
	fake_block.driver.lock = lock;
	fake_block.driver.eject = eject;
}

void fake_block_reset(uint64_t sectors)
{
	memset(&fake_block, 0, offsetof(struct fake_block, data));
	fake_block.driver.transfer = transfer;
	fake_block.driver.reset = reset;
	fake_block.block = (struct block){ .driver = &fake_block.driver, .controller = &fake_block.controller,
					   .sectors = sectors, .sector_size = 512, .bus = BUS_VIRTIO_PCI, .bdf = 0x0008,
					   .max_sectors = UINT32_MAX, .description = "fake disk" };
}
