/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fuzz/ide_fuzz.c: whatever drives say of themselves and answer to packets, what comes out is in its bounds.
 * Input: a byte that chooses, 512 bytes of IDENTIFY, then answers to packets, each a length and that many bytes, of
 * which the top bit says CHECK CONDITION.
 * LINK: src/hw/block/model.c src/hw/block/ata/ata.c src/hw/block/scsi/packet.c src/hw/block/scsi/command.c tests/fake/timer.c tests/fake/alloc.c tests/fake/ram.c tests/fake/log.c
 */
#include <stdlib.h>
#include <string.h>
#include "arch/phys.h"
#include "fake/alloc.h"
#include "fake/log.h"
#include "fake/ram.h"
#include "fake/timer.h"
#include "hw/block/ata/ata.h"
#include "hw/block/block.h"
#include "hw/block/scsi/packet.h"
#include "lib/bits.h"
#include "lib/errno.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const uint8_t *input;
static size_t left;

static void must(int true_thing)
{
	if (!true_thing)
		abort();
}

static int packet(struct block *block, const uint8_t command[SCSI_CDB], const struct dma_list *list, uint32_t *done)
{
	uint8_t head = left ? *input : 0;
	uint32_t n = min_u32(head & 0x7f, list->bytes);

	(void)block, (void)command;
	n = min_u32(n, left ? (uint32_t)left - 1 : 0);
	if (n)
		memcpy(phys_to_ptr(list->range[0].addr), input + 1, n);
	input += left ? n + 1 : 0;
	left -= left ? n + 1 : 0;
	*done = n;
	return head & 0x80 ? -EIO : 0;
}

static const struct block_driver driver = { .packet = packet };

static void check_identity(const struct ata_identity *id, bool is_packet)
{
	size_t len = strnlen(id->model, sizeof(id->model));

	must(len <= ATA_MODEL && (!len || (id->model[0] != ' ' && id->model[len - 1] != ' ')));
	for (size_t i = 0; i < len; i++)
		must(id->model[i] >= ' ' && id->model[i] <= '~');
	must(!id->chs_cylinders == !id->chs_heads && !id->chs_heads == !id->chs_sectors);
	must(id->chs_heads <= 16 && id->chs_sectors <= 63);
	if (is_packet)
		must(!id->sectors);
	else
		must(id->sectors && !(id->sectors >> 48) && (id->sector_size == 512 || id->sector_size == 4096) &&
		     (id->lba48 || id->sectors < ATA_LBA28_END));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct dma_list list = { .count = 1, .bytes = 2048, .range = { { 0x8000, 2048 } } };
	uint16_t word[ATA_IDENTIFY_WORDS];
	struct ata_identity id;
	struct block *block;
	bool is_packet;
	struct block_request r;
	int rc;

	if (size < 1 + sizeof(word))
		return 0;
	if (fake_ram_size != 1 << 20)
		fake_ram_reset(1 << 20);
	fake_alloc_reset();
	fake_log_reset();
	fake_timer_reset();
	is_packet = data[0] & 1;
	memcpy(word, data + 1, sizeof(word));
	input = data + 1 + sizeof(word);
	left = size - 1 - sizeof(word);
	block = (struct block *)(fake_ram + 0x1000);
	*block = (struct block){ .driver = &driver };
	rc = ata_identify(&id, word, is_packet);
	must(rc == 0 || rc == -EINVAL);
	if (rc)
		return 0;
	check_identity(&id, is_packet);
	ata_describe(block, &id);
	must(block->description && *block->description);
	rc = packet_media(block);
	must(rc <= 0 && (rc || (block->sectors && block->sectors <= 1ull << 32)));
	r = (struct block_request){ .lba = block->sectors - 1, .sectors = 1, .list = list };
	rc = packet_request(block, &r);
	must(rc <= 0 && (rc == 0 || r.done <= 1));
	must(packet_lock(block, data[0] & 2) <= 0 && packet_eject(block) <= 0);
	return 0;
}
