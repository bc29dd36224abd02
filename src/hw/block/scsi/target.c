/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/block/scsi/target.c: which logical units a target has: see scsi.h.
 */
#include <stddef.h>
#include "hw/block/model.h"
#include "hw/block/scsi/command.h"
#include "hw/block/scsi/scsi.h"
#include "lib/bits.h"
#include "lib/endian.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "mem/alloc.h"
#include "trace/log.h"

#define INQUIRY			0x12	/* [6.4] */
#define INQUIRY_BYTES		36
#define INQUIRY_NEEDED		5	/* what is said of those that say less is a lie */
#define TYPE_DISK		0
#define TYPE_CD			5
#define TYPE_NONE		0x1f
#define QUALIFIER		0xe0	/* byte 0: 0, the unit is there */
#define REMOVABLE		0x80	/* byte 1 */
#define PRODUCT			16	/* where its name is, and how long */

#define REPORT_LUNS		0xa0	/* [6.33] */
#define LIST_HEAD		8
#define LIST_ENTRY		8
#define LIST_BYTES		((uint32_t)sizeof(((struct scsi_work *)0)->list))

/* The product's name, in memory that stays; a word for one that has none. */
static const char *name_of(const uint8_t *inquiry, const char *none)
{
	char name[PRODUCT + 1];
	uint32_t len = model_copy(name, inquiry + 16, PRODUCT, 0);
	char *copy = len ? alloc_raw(ZONE_HIGH, len + 1, 1, "drive's model") : NULL;

	return copy ? memcpy(copy, name, len + 1) : none;
}

/* Returns 0; -ENOENT, no such unit; or as scsi_command(). */
static int inquire(struct block *block)
{
	const uint8_t cdb[SCSI_CDB] = { INQUIRY, [4] = INQUIRY_BYTES };
	const struct dma_list list = scsi_answer(block, INQUIRY_BYTES);
	const uint8_t *answer = (const uint8_t *)block->answer;
	uint32_t done;
	int rc = scsi_command(block, cdb, &list, &done);

	if (rc)
		return rc;
	if (done < INQUIRY_NEEDED || answer[0] & QUALIFIER || (answer[0] & 0x1f) == TYPE_NONE)
		return -ENOENT;
	return 0;
}

/* Add the unit, if it is one to boot from: 1. 0: it is none. -ENODEV: nobody answers. */
static int add_unit(struct scsi_work *work, const struct block *template, uint16_t lun, const struct scsi_adapter *adapter)
{
	struct block *try = &work->try;
	const uint8_t *answer = (const uint8_t *)try->answer;
	uint8_t type;
	int rc;

	*try = *template;
	try->lun = lun;
	try->driver = adapter->disk;
	try->description = "SCSI device";
	rc = inquire(try);
	if (rc)
		return rc == -ENODEV ? rc : 0;
	type = answer[0] & 0x1f;
	if (type != TYPE_DISK && type != TYPE_CD) {
		log("scsi: target %u LUN %u is of type %x, neither disk nor CD drive; not used", try->target, try->lun, type);
		return 0;
	}
	try->kind = type == TYPE_CD ? BLOCK_CD : BLOCK_DISK;
	try->driver = type == TYPE_CD ? adapter->cd : adapter->disk;
	try->read_only = type == TYPE_CD;
	try->removable = answer[1] & REMOVABLE;
	try->sector_size = PACKET_SECTOR;
	try->description = name_of(answer, type == TYPE_CD ? "SCSI CD drive" : "SCSI disk");
	if (type == TYPE_DISK) {
		rc = scsi_disk_media(try);
		/* A drive without a medium is there nevertheless. */
		if (rc == -ENOMEDIUM)
			try->sector_size = 512;
		else if (rc)
			return 0;
	}
	if (adapter->max_bytes)
		try->max_sectors = max_u32(adapter->max_bytes / try->sector_size, 1);
	return block_add(try) != NULL;
}

static bool is_listed(const struct scsi_work *work, uint32_t count, uint16_t lun)
{
	while (count--)
		if (work->lun[count] == lun)
			return true;
	return false;
}

/* The numbers of the units that there are besides LUN 0, each once. Returns how many. */
static uint32_t other_luns(struct scsi_work *work)
{
	struct block *try = &work->try;
	uint8_t cdb[SCSI_CDB] = { REPORT_LUNS };
	const be32_t room = cpu_to_be32(LIST_BYTES);
	struct dma_list list;
	uint32_t done, end, count = 0, skipped = 0;

	memcpy(cdb + 6, &room, sizeof(room));
	dma_own(&list, work->list, LIST_BYTES);
	if (scsi_command(try, cdb, &list, &done) != 0 || done < LIST_HEAD)
		return 0;	/* older than the command: it has one */
	end = be32_to_cpu(*(const be32_t *)work->list);
	if (end > LIST_BYTES - LIST_HEAD)
		log("scsi: target %u: a list of %u units; the first %u are looked at", try->target, end / LIST_ENTRY, SCSI_LUNS_MAX);
	end = min_u32(end, min_u32(done, LIST_BYTES) - LIST_HEAD);
	for (uint32_t at = LIST_HEAD; at + LIST_ENTRY <= LIST_HEAD + end; at += LIST_ENTRY) {
		const uint8_t *entry = work->list + at;
		uint16_t n = (uint16_t)((entry[0] & 0x3f) << 8 | entry[1]);

		/* one level, by number (method 0) or flat (1) [SAM-3, 4.9] */
		if (entry[0] >> 6 > 1 || (entry[0] < 0x40 && entry[0]) || entry[2] | entry[3] | entry[4] | entry[5] | entry[6] | entry[7])
			skipped++;
		else if (n && !is_listed(work, count, n))
			work->lun[count++] = n;
	}
	if (skipped)
		log("scsi: target %u: %u units have numbers of more levels than one; not used", try->target, skipped);
	return count;
}

int scsi_add_target(const struct block *template, const struct scsi_adapter *adapter, struct scsi_work *work)
{
	int added = add_unit(work, template, template->lun, adapter);
	uint32_t others = added < 0 || template->lun ? 0 : other_luns(work);

	for (uint32_t i = 0; i < others; i++)
		added += add_unit(work, template, work->lun[i], adapter) > 0;
	return added;
}
