/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/block/scsi/command.c: see command.h.
 */
#include "hw/block/scsi/command.h"
#include "arch/phys.h"
#include "hw/block/block.h"
#include "hw/timer.h"
#include "lib/bits.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "trace/log.h"

#define REQUEST_SENSE	0x03	/* [6.39] */

/* Sense data [4.5]. */
#define SENSE_FIXED		0x70	/* response code; 71h: of an earlier command */
#define SENSE_DESCRIPTOR	0x72	/* 73h likewise */
#define RECOVERED		1
#define NOT_READY		2
#define ILLEGAL_REQUEST		5
#define UNIT_ATTENTION		6
#define DATA_PROTECT		7
#define ABORTED			0xb
#define NO_SUCH_UNIT		0x25	/* additional code */
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
	{ ILLEGAL_REQUEST, NO_SUCH_UNIT, -ENOENT },
	{ UNIT_ATTENTION, ANY, AGAIN_CHANGED },
	{ DATA_PROTECT, ANY, -EROFS },
	{ ABORTED, ANY, AGAIN },
	{ RECOVERED, ANY, AGAIN },		/* done, with some trouble: how much of the data has come is not known */
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

struct dma_list scsi_answer(struct block *block, uint32_t bytes)
{
	struct dma_list list = { .count = bytes != 0, .bytes = bytes };

	list.range[0] = (struct dma_range){ (uint32_t)ptr_to_phys(block->answer), bytes };
	memset(block->answer, 0, sizeof(block->answer));
	return list;
}

/* Why the last command failed. */
static int request_sense(struct block *block, struct sense *sense)
{
	const uint8_t command[SCSI_CDB] = { REQUEST_SENSE, [4] = SCSI_SENSE };
	uint32_t done = SCSI_SENSE;
	int rc = 0;

	if (!block->driver->autosense) {
		struct dma_list list = scsi_answer(block, SCSI_SENSE);

		done = 0;
		rc = block->driver->packet(block, command, &list, &done);
	}
	*sense = parse_sense((const uint8_t *)block->answer, done);
	/* QEMU's targets say this to the question, of any unit but 0 and whatever is the matter; after a reset just once. */
	if (!block->driver->autosense && block->lun && sense->key == ILLEGAL_REQUEST && sense->code == NO_SUCH_UNIT)
		sense->key = UNIT_ATTENTION;
	return rc;
}

/* The drive has not done it. Send it again as long as it says that this may help. Not inlined: most commands succeed. */
static int __attribute__((noinline)) retry(struct block *block, const uint8_t cdb[SCSI_CDB], const struct dma_list *list,
					   uint32_t *done)
{
	struct wait ready = wait_start(READY_US, "scsi: drive becoming ready");
	struct sense sense;
	bool absent = false;
	int rc, what;

	for (uint32_t attempt = 0; attempt < ATTEMPTS;) {
		*done = 0;	/* QEMU's drives fill the block in which they fail with anything */
		rc = request_sense(block, &sense);
		if (rc)
			return rc;
		what = verdict_of(sense);
		block->status = (uint32_t)sense.key << 16 | (uint32_t)sense.code << 8 | sense.qualifier;
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
				log("scsi: %s: command %02x: sense %x/%02x/%02x", block->description, cdb[0], sense.key,
				    sense.code, sense.qualifier);
			return what;
		}
		if (attempt == ATTEMPTS)
			break;
		rc = block->driver->packet(block, cdb, list, done);
		if (rc != -EIO)
			return rc;
	}
	log("scsi: %s: command %02x: sense %x/%02x/%02x, %u times", block->description, cdb[0], sense.key, sense.code,
	    sense.qualifier, ATTEMPTS);
	return -EIO;
}

int scsi_command(struct block *block, const uint8_t cdb[SCSI_CDB], const struct dma_list *list, uint32_t *done)
{
	int rc;

	*done = 0;
	rc = block->driver->packet(block, cdb, list, done);
	return rc == -EIO ? retry(block, cdb, list, done) : rc;
}

int scsi_simple(struct block *block, uint8_t operation, uint8_t parameter)
{
	const uint8_t bytes[SCSI_CDB] = { operation, [4] = parameter };
	const struct dma_list none = { .count = 0 };
	uint32_t done;

	return scsi_command(block, bytes, &none, &done);
}
