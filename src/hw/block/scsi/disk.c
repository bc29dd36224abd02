/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/block/scsi/disk.c: disks: see scsi.h.
 */
#include "hw/block/scsi/command.h"
#include "hw/block/scsi/scsi.h"
#include "lib/endian.h"
#include "lib/errno.h"
#include "trace/log.h"

/* Operation codes [SBC-3, 5]. */
#define READ_CAPACITY_10	0x25
#define READ_10			0x28
#define WRITE_10		0x2a
#define SYNCHRONIZE_CACHE_10	0x35
#define READ_16			0x88
#define WRITE_16		0x8a
#define SERVICE_ACTION_IN	0x9e
#define READ_CAPACITY_16	0x10	/* its service action, in byte 1 */

#define CAPACITY_10_BYTES	8
#define CAPACITY_16_BYTES	32	/* of which the first 12 are read */

static void put_be32(uint8_t *to, uint32_t value)
{
	put_le32(to, cpu_to_be32(value).raw);
}

/* Not inlined: few requests are so far or so long. */
static void __attribute__((noinline)) set_cdb_16(uint8_t *cdb, const struct block_request *r)
{
	cdb[0] = r->write ? WRITE_16 : READ_16;
	put_be32(cdb + 2, (uint32_t)(r->lba >> 32));
	put_be32(cdb + 6, (uint32_t)r->lba);
	put_be32(cdb + 10, r->sectors);
}

int scsi_disk_request(struct block *block, struct block_request *r)
{
	uint8_t cdb[SCSI_CDB];
	uint32_t done;
	int rc;

	r->list.to_device = r->write;
	put_le32(cdb, r->write ? WRITE_10 : READ_10);
	put_be32(cdb + 2, (uint32_t)r->lba);
	put_be32(cdb + 6, r->sectors << 8);	/* 0, two bytes, 0 */
	put_le32(cdb + 10, 0);
	put_le32(cdb + 12, 0);
	if ((uint32_t)(r->lba >> 32) | r->sectors >> 16)
		set_cdb_16(cdb, r);
	rc = scsi_command(block, cdb, &r->list, &done);
	if (rc == 0 && done == r->list.bytes)
		return 0;
	r->done = done / block->sector_size;
	if (rc)
		return rc;
	log("scsi: %s: %u of %u bytes at sector %llx, and no error", block->description, done, r->list.bytes,
	    (unsigned long long)r->lba);
	return -EIO;
}

/* What READ CAPACITY says: the last sector and its size. Returns 0, or as scsi_command(). */
static int capacity(struct block *block, const uint8_t cdb[SCSI_CDB], uint32_t bytes, uint32_t needed)
{
	struct dma_list list = scsi_answer(block, bytes);
	uint32_t done;
	int rc = scsi_command(block, cdb, &list, &done);

	if (rc == 0 && done < needed) {
		log("scsi: %s: capacity in %u bytes, expected %u", block->description, done, needed);
		rc = -EIO;
	}
	return rc;
}

int scsi_disk_media(struct block *block)
{
	static const uint8_t ten[SCSI_CDB] = { READ_CAPACITY_10 };
	static const uint8_t sixteen[SCSI_CDB] = { SERVICE_ACTION_IN, READ_CAPACITY_16, [13] = CAPACITY_16_BYTES };
	const be32_t *answer = (const be32_t *)block->answer;
	uint64_t last;
	uint32_t size;
	int rc = capacity(block, ten, CAPACITY_10_BYTES, CAPACITY_10_BYTES);

	if (rc)
		return rc;
	last = be32_to_cpu(answer[0]);
	size = be32_to_cpu(answer[1]);
	if (last == UINT32_MAX) {
		rc = capacity(block, sixteen, CAPACITY_16_BYTES, 12);
		if (rc)
			return rc;
		last = (uint64_t)be32_to_cpu(answer[0]) << 32 | be32_to_cpu(answer[1]);
		size = be32_to_cpu(answer[2]);
	}
	if ((size != 512 && size != 4096) || last == UINT64_MAX) {
		log("scsi: %s: last sector %llx, of %u bytes, expected 512 or 4096; not used", block->description,
		    (unsigned long long)last, size);
		return -EIO;
	}
	/* Somebody's buffer may be waiting for sectors of the size that they had. */
	if (block->sector_size != PACKET_SECTOR && size != block->sector_size) {
		log("scsi: %s: sectors of %u bytes now, expected %u as before; not used", block->description, size,
		    block->sector_size);
		return -EIO;
	}
	block->sectors = last + 1;
	block->sector_size = size;
	return 0;
}

int scsi_disk_flush(struct block *block)
{
	return scsi_simple(block, SYNCHRONIZE_CACHE_10, 0);	/* from sector 0 to the end [5.18] */
}
