/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fuzz/scsi_fuzz.c: a target whose every answer is the input's: lists of units, what they are, their sizes, sense
 * data, lengths, and how each command ends.
 * LINK: src/hw/block/model.c src/hw/block/scsi/target.c src/hw/block/scsi/disk.c src/hw/block/scsi/command.c src/hw/block/scsi/packet.c
 * LINK: src/hw/block/block.c src/hw/block/sectors.c src/dma/dma.c src/dma/sg.c src/mem/alloc.c src/mem/e820.c
 * LINK: tests/fake/ram.c tests/fake/log.c tests/fake/timer.c
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "arch/phys.h"
#include "fake/log.h"
#include "fake/ram.h"
#include "fake/timer.h"
#include "hw/block/block.h"
#include "hw/block/scsi/scsi.h"
#include "lib/errno.h"
#include "machine/machine.h"
#include "mem/alloc.h"

struct machine machine;

#define RAM_END (1u << 21)
#define BUFFER	0x20000u
#define MOST	0x10000u	/* bytes of a request below */

static const uint8_t *input;
static size_t left;

static uint32_t next(unsigned int width)
{
	uint32_t value = 0;

	for (unsigned int i = 0; i < width && left; i++, left--)
		value |= (uint32_t)*input++ << 8 * i;
	return value;
}

/* Fill what the device may, some of it, with the input's bytes. An honest length now and then, so that more is reached. */
static int send(struct block *block, const uint8_t cdb[SCSI_CDB], const struct dma_list *list, uint32_t *done)
{
	static const int ends[] = { 0, 0, 0, 0, 0, -EIO, -EIO, -EIO, -ENODEV, -ETIMEDOUT, -ENOENT, -EINVAL };
	uint32_t how = next(1), sum = 0;

	(void)cdb;
	for (uint32_t i = 0; i < list->count; i++) {
		uint32_t len = list->range[i].len;

		if (len > RAM_END || list->range[i].addr > RAM_END - len || !len)
			abort();
		sum += len;
		for (uint32_t n = 0; !list->to_device && n < len && n < 600 && left; n++)
			((uint8_t *)phys_to_ptr(list->range[i].addr))[n] = (uint8_t)next(1);
	}
	if (sum != list->bytes)
		abort();
	if (block->driver->autosense && left > 18)
		for (uint32_t n = 0; n < 18 && how & 0x80; n++)
			((uint8_t *)block->answer)[n] = (uint8_t)next(1);
	*done = how & 0x40 ? next(4) % (list->bytes + 1) : list->bytes;
	return left ? ends[how % (sizeof(ends) / sizeof(ends[0]))] : -ETIMEDOUT;
}

static const struct block_driver drivers[2][2] = {
	{ SCSI_DISK(send, NULL, { 0 }), SCSI_CD(send, NULL, { 0 }) },
	{ SCSI_DISK(send, NULL, { 0 }, .autosense = true), SCSI_CD(send, NULL, { 0 }, .autosense = true) },
};

static void use(struct block *b)
{
	uint32_t count = 1 + next(1) % (MOST / b->sector_size), size = b->sector_size, at = BUFFER + next(1), done;
	uint64_t lba = next(1) & 1 ? next(2) : next(4) | (uint64_t)next(4) << 32;
	bool write = next(1) & 1;
	uint8_t *behind = phys_to_ptr(at + count * size);

	behind[0] = 0x5a;
	block_transfer(b, write, lba, count, at, &done);
	if (done > count || b->sector_size != size || behind[0] != 0x5a)
		abort();
	block_media(b);
	if (b->kind == BLOCK_CD) {
		block_lock(b, lba & 1);
		block_eject(b);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct block_controller controller = { false };
	struct block template = { .bus = BUS_SCSI, .controller = &controller };
	struct scsi_adapter adapter = { 0 };
	uint32_t which;

	input = data;
	left = size;
	fake_log_reset();
	fake_timer_reset();
	fake_timer_looks = 20;
	fake_ram_reset(RAM_END);
	machine.low_ram_end = RAM_END;
	alloc_init(0xf4000, 0xf8000);
	alloc_open_high(RAM_END);
	block_init();
	if (dma_init())
		abort();
	which = next(1) & 1;
	adapter.disk = &drivers[which][0];
	adapter.cd = &drivers[which][1];
	adapter.max_bytes = next(2);
	template.target = next(1);
	template.lun = next(1) & 1 ? 0 : (uint16_t)next(2);
	scsi_add_target(&template, &adapter, alloc(ZONE_HIGH, sizeof(struct scsi_work), 8, "work"));
	for (struct block *b = block_first; b; b = b->next)
		use(b);
	return 0;
}
