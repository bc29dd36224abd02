/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/block/scsi/disk.c: disks: see scsi.h.
 */
#include "hw/block/scsi/command.h"
#include "hw/block/scsi/scsi.h"
#include "lib/endian.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "trace/log.h"

/* Operation codes [SBC-3, 5]. */
#define READ_CAPACITY_10	0x25
#define READ_10			0x28
#define SYNCHRONIZE_CACHE_10	0x35
#define READ_16			0x88
#define SERVICE_ACTION_IN	0x9e
#define TO_WRITE		2	/* what makes a READ the WRITE of as many bytes */
#define READ_CAPACITY_16	0x10	/* its service action, in byte 1 */

#define CAPACITY_10_BYTES	8
#define CAPACITY_16_BYTES	32	/* of which the first 12 are read */

/* A command as its words are in memory. Bytes one by one would cost as much as the rest of it. */
union command {
	uint8_t byte[SCSI_CDB];
	uint32_t word[SCSI_CDB / 4];
};

/* Not inlined: few disks and no requests are so large. */
static void __attribute__((noinline)) command_16(union command *cdb, const struct block_request *r)
{
	uint32_t high = cpu_to_be32((uint32_t)(r->lba >> 32)).raw, lba = cpu_to_be32((uint32_t)r->lba).raw;
	uint32_t count = cpu_to_be32(r->sectors).raw;

	cdb->word[0] = (READ_16 + r->write * TO_WRITE) | high << 16;
	cdb->word[1] = high >> 16 | lba << 16;
	cdb->word[2] = lba >> 16 | count << 16;
	cdb->word[3] = count >> 16;
}

int scsi_disk_request(struct block *block, struct block_request *r)
{
	union command cdb;
	uint32_t done;
	int rc;

	r->list.to_device = r->write;
	if ((uint32_t)(r->lba >> 32) | r->sectors >> 16) {
		command_16(&cdb, r);
	} else {
		uint32_t lba = cpu_to_be32((uint32_t)r->lba).raw;

		cdb.word[0] = (READ_10 + r->write * TO_WRITE) | lba << 16;
		cdb.word[1] = lba >> 16 | r->sectors >> 8 << 24;
		cdb.word[2] = r->sectors & 0xff;
		cdb.word[3] = 0;
	}
	rc = scsi_command(block, cdb.byte, &r->list, &done);
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
		return -EINVAL;
	}
	block->sectors = last + 1;
	block->sector_size = size;
	return 0;
}

int scsi_disk_flush(struct block *block)
{
	return scsi_simple(block, SYNCHRONIZE_CACHE_10, 0);	/* from sector 0 to the end [5.18] */
}
