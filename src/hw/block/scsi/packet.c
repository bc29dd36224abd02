/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/block/scsi/packet.c: see packet.h.
 */
#include "hw/block/scsi/packet.h"
#include "hw/block/block.h"
#include "hw/block/scsi/command.h"
#include "lib/endian.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "trace/log.h"

/* Operation codes [MMC-5, 6; SPC-3, 6]. */
#define START_STOP_UNIT		0x1b
#define PREVENT_ALLOW_REMOVAL	0x1e
#define READ_CAPACITY		0x25
#define READ_10			0x28
#define READ_12			0xa8

#define START_STOP_EJECT	0x02	/* byte 4: LoEj without Start */
#define CAPACITY_BYTES		8

int packet_media(struct block *block)
{
	const uint8_t bytes[SCSI_CDB] = { READ_CAPACITY };
	struct dma_list list = scsi_answer(block, CAPACITY_BYTES);
	const be32_t *answer = (const be32_t *)block->answer;	/* last block, bytes of a block */
	uint32_t done;
	int rc = scsi_command(block, bytes, &list, &done);

	if (rc)
		return rc;
	if (done < CAPACITY_BYTES || be32_to_cpu(answer[1]) != PACKET_SECTOR) {
		log("packet: %s: capacity in %u bytes with blocks of %u, not %u; the medium is not used",
		    block->description, done, be32_to_cpu(answer[1]), PACKET_SECTOR);
		return -EIO;
	}
	block->sectors = (uint64_t)be32_to_cpu(answer[0]) + 1;
	return 0;
}

int packet_request(struct block *block, struct block_request *r)
{
	uint8_t bytes[SCSI_CDB] = { READ_10 };
	const be32_t at = cpu_to_be32((uint32_t)r->lba), count = cpu_to_be32(r->sectors);
	uint32_t done;
	int rc;

	if (r->write)
		return -EROFS;
	if (r->lba >> 32)
		return -ERANGE;
	memcpy(bytes + 2, &at, 4);
	if (r->sectors >> 16) {
		bytes[0] = READ_12;
		memcpy(bytes + 6, &count, 4);
	} else {
		memcpy(bytes + 7, (const uint8_t *)&count + 2, 2);
	}
	r->list.to_device = false;
	rc = scsi_command(block, bytes, &r->list, &done);
	if (rc == 0 && done == r->list.bytes)
		return 0;
	r->done = done / PACKET_SECTOR;
	if (rc)
		return rc;
	log("packet: %s: %u of %u bytes at sector %u, and no error", block->description, done, r->list.bytes,
	    (uint32_t)r->lba);
	return -EIO;
}

int packet_lock(struct block *block, bool lock)
{
	return scsi_simple(block, PREVENT_ALLOW_REMOVAL, lock);
}

int packet_eject(struct block *block)
{
	int rc = scsi_simple(block, START_STOP_UNIT, START_STOP_EJECT);

	if (!rc)
		block->sectors = 0;
	return rc;
}
