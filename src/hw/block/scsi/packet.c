/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/block/scsi/packet.c: see packet.h.
 */
#include "hw/block/scsi/packet.h"
#include "arch/phys.h"
#include "hw/block/block.h"
#include "hw/timer.h"
#include "lib/bits.h"
#include "lib/endian.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "trace/log.h"

/* Operation codes [MMC-5, 6; SPC-3, 6]. */
#define REQUEST_SENSE		0x03
#define START_STOP_UNIT		0x1b
#define PREVENT_ALLOW_REMOVAL	0x1e
#define READ_CAPACITY		0x25
#define READ_10			0x28
#define READ_12			0xa8

#define START_STOP_EJECT	0x02	/* byte 4: LoEj without Start */
#define CAPACITY_BYTES		8
#define SENSE_BYTES		18

/* Sense data [SPC-3, 4.5]. */
#define SENSE_FIXED		0x70	/* response code; 71h: of an earlier command */
#define SENSE_DESCRIPTOR	0x72	/* 73h likewise */
#define NOT_READY		2
#define ILLEGAL_REQUEST		5
#define UNIT_ATTENTION		6
#define DATA_PROTECT		7
#define ABORTED			0xb
#define ANY			0xff

#define ATTEMPTS	8
#define READY_US	(10 * 1000 * 1000)

/* What to do, beside ending with a negative errno. */
enum { AGAIN = 1, AGAIN_CHANGED, PERHAPS_ABSENT, AWAIT };

/* The first row that fits decides. */
static const struct verdict {
	uint8_t key, code;
	int8_t what;
} verdicts[] = {
	{ NOT_READY, 0x04, AWAIT },		/* becoming ready */
	{ NOT_READY, 0x3a, PERHAPS_ABSENT },
	{ NOT_READY, ANY, -EBUSY },
	{ ILLEGAL_REQUEST, 0x53, -EBUSY },	/* removal is prevented */
	{ UNIT_ATTENTION, ANY, AGAIN_CHANGED },
	{ DATA_PROTECT, ANY, -EROFS },
	{ ABORTED, ANY, AGAIN },
};

struct sense {
	uint8_t key, code, qualifier;
};

/* All 0, no sense, when it is not understood. */
static struct sense parse_sense(const uint8_t *answer, uint32_t len)
{
	struct sense s = { 0, 0, 0 };
	uint8_t format = answer[0] & 0x7e;

	if (format == SENSE_FIXED && len >= 14)
		s = (struct sense){ answer[2] & 15, answer[12], answer[13] };
	else if (format == SENSE_DESCRIPTOR && len >= 4)
		s = (struct sense){ answer[1] & 15, answer[2], answer[3] };
	return s;
}

static int verdict_of(struct sense s)
{
	for (uint32_t i = 0; i < ARRAY_SIZE(verdicts); i++)
		if (verdicts[i].key == s.key && (verdicts[i].code == s.code || verdicts[i].code == ANY))
			return verdicts[i].what;
	return -EIO;
}

/* The list that makes the drive's answer arrive in block.answer; 0 bytes: no data. */
static struct dma_list answer_list(struct block *block, uint32_t bytes)
{
	struct dma_list list = { .count = bytes != 0, .bytes = bytes };

	list.range[0] = (struct dma_range){ (uint32_t)ptr_to_phys(block->answer), bytes };
	memset(block->answer, 0, sizeof(block->answer));
	return list;
}

static int request_sense(struct block *block, struct sense *sense)
{
	const uint8_t command[PACKET_BYTES] = { REQUEST_SENSE, [4] = SENSE_BYTES };
	struct dma_list list = answer_list(block, SENSE_BYTES);
	uint32_t done = 0;
	int rc = block->driver->packet(block, command, &list, &done);

	*sense = parse_sense((const uint8_t *)block->answer, done);
	return rc;
}

/* Send a command until the drive has an answer to it. */
static int command(struct block *block, const uint8_t bytes[PACKET_BYTES], const struct dma_list *list, uint32_t *done)
{
	struct wait ready = wait_start(READY_US, "packet: drive becoming ready");
	struct sense sense;
	bool absent = false;
	int rc, what;

	for (uint32_t attempt = 0; attempt < ATTEMPTS;) {
		*done = 0;
		rc = block->driver->packet(block, bytes, list, done);
		if (rc != -EIO)
			return rc;
		*done = 0;	/* QEMU's drives fill the block in which they fail with anything */
		rc = request_sense(block, &sense);
		if (rc)
			return rc;
		what = verdict_of(sense);
		switch (what) {
		case PERHAPS_ABSENT:
			/* QEMU's drive shows one empty tray first when the medium was changed. */
			block->sectors = 0;
			if (absent)
				return -ENOMEDIUM;
			absent = true;
			attempt++;
			break;
		case AWAIT:
			if (wait_expired(&ready))
				return -EBUSY;
			break;
		case AGAIN_CHANGED:
			block->sectors = 0;
			attempt++;
			break;
		case AGAIN:
			attempt++;
			break;
		default:
			if (what == -EIO)
				log("packet: %s: command %02x: sense %x/%02x/%02x", block->description, bytes[0],
				    sense.key, sense.code, sense.qualifier);
			return what;
		}
	}
	log("packet: %s: command %02x: sense %x/%02x/%02x, %u times", block->description, bytes[0], sense.key,
	    sense.code, sense.qualifier, ATTEMPTS);
	return -EIO;
}

/* A command with its only parameter in byte 4, and no data. */
static int simple(struct block *block, uint8_t operation, uint8_t parameter)
{
	const uint8_t bytes[PACKET_BYTES] = { operation, [4] = parameter };
	const struct dma_list none = { .count = 0 };
	uint32_t done;

	return command(block, bytes, &none, &done);
}

int packet_media(struct block *block)
{
	const uint8_t bytes[PACKET_BYTES] = { READ_CAPACITY };
	struct dma_list list = answer_list(block, CAPACITY_BYTES);
	const be32_t *answer = (const be32_t *)block->answer;	/* last block, bytes of a block */
	uint32_t done;
	int rc = command(block, bytes, &list, &done);

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
	uint8_t bytes[PACKET_BYTES] = { READ_10 };
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
	rc = command(block, bytes, &r->list, &done);
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
	return simple(block, PREVENT_ALLOW_REMOVAL, lock);
}

int packet_eject(struct block *block)
{
	int rc = simple(block, START_STOP_UNIT, START_STOP_EJECT);

	if (!rc)
		block->sectors = 0;
	return rc;
}
