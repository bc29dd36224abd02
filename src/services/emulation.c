/* SPDX-License-Identifier: BSD-2-Clause
 * src/services/emulation.c: see emulation.h.
 */
#include "services/emulation.h"
#include <stddef.h>
#include "arch/phys.h"
#include "lib/bits.h"
#include "lib/endian.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "mem/alloc.h"
#include "services/guest.h"
#include "services/partitions.h"
#include "std/bda.h"

#define BUFFER_SECTORS	8u	/* of the CD, read by one request */
#define BUFFER_BYTES	(BUFFER_SECTORS * CD_SECTOR)
#define SECTOR		512u
#define IN_CD_SECTOR	(CD_SECTOR / SECTOR)

#define PACKET_END	0x00
#define PACKET_TELL	0x01

static struct {
	struct cd_packet packet;
	struct block *cd;
	struct block image;
	struct block_controller controller;
	struct drive *drive;		/* NULL: nothing is emulated */
	uint8_t *buffers;		/* BUFFER_BYTES, and CD_SECTOR for each drive that does not answer */
	uint32_t drives;
	uint8_t *buffer;		/* of these, in use */
	uint32_t sectors;		/* that it takes */
	uint32_t lba;			/* of the image on the CD */
} emulation;

void emulation_init(uint32_t drives)
{
	emulation.drives = drives;
	emulation.buffers = NULL;
	if (drives)	/* aligned: each within any boundary */
		emulation.buffers = alloc_raw(ZONE_HIGH, BUFFER_BYTES + drives * CD_SECTOR, BUFFER_BYTES, "CD sectors");
}

void *emulation_buffer(void)
{
	emulation.buffer = emulation.buffers;
	emulation.sectors = BUFFER_SECTORS;
	for (uint32_t i = 0; i < emulation.drives && emulation.buffer && block_holds(emulation.buffer); i++) {
		emulation.buffer = emulation.buffers + BUFFER_BYTES + i * CD_SECTOR;
		emulation.sectors = 1;
	}
	return emulation.buffer;
}

/* Copy to the list from offset bytes on, which it has. */
static void scatter(const struct dma_list *list, uint32_t offset, const uint8_t *from, uint32_t len)
{
	for (uint32_t i = 0; i < list->count && len; i++) {
		const struct dma_range *range = &list->range[i];
		uint32_t n;

		if (offset >= range->len) {
			offset -= range->len;
			continue;
		}
		n = min_u32(range->len - offset, len);
		memcpy(phys_to_ptr(range->addr + offset), from, n);
		from += n;
		len -= n;
		offset = 0;
	}
}

/* It is read-only. */
static int transfer(struct block *block, struct block_request *r)
{
	uint32_t skip = (uint32_t)r->lba % IN_CD_SECTOR;
	uint64_t at = emulation.lba + r->lba / IN_CD_SECTOR;

	(void)block;
	while (r->done != r->sectors) {
		uint32_t left = r->sectors - r->done;
		uint32_t n = min_u32((skip + left + IN_CD_SECTOR - 1) / IN_CD_SECTOR, emulation.sectors);
		uint32_t take = min_u32(left, n * IN_CD_SECTOR - skip);
		int rc = block_read_own(emulation.cd, at, n, emulation.buffer);

		if (rc)		/* the CD drive was asked as often as makes sense */
			return rc == -ETIMEDOUT ? -EALREADY : rc;
		scatter(&r->list, r->done * SECTOR, emulation.buffer + skip * SECTOR, take * SECTOR);
		r->done += take;
		at += n;
		skip = 0;
	}
	return 0;
}

static int reset(struct block *block __attribute__((unused)))
{
	return block_reset(emulation.cd);
}

static const struct block_driver driver = { .transfer = transfer, .reset = reset };

/* Fill in what the image is like. Returns NULL, or what is wrong with it. */
static const char *describe(struct block *b, uint8_t media, struct geometry *geometry)
{
	static const uint8_t track[] = { [EMULATE_1_2] = 15, [EMULATE_1_44] = 18, [EMULATE_2_88] = 36 };
	uint32_t sectors;

	if (media < EMULATE_DISK) {
		b->kind = BLOCK_FLOPPY;
		*geometry = (struct geometry){ 80, 2, track[media] };
		b->sectors = 80 * 2 * track[media];
		return NULL;
	}
	b->kind = BLOCK_DISK;
	if (block_read_own(emulation.cd, emulation.lba, 1, emulation.buffer))
		return "its first sector cannot be read";
	if (!partitions_image((const struct mbr *)emulation.buffer, geometry, &sectors))
		return "no partition in its first sector tells the geometry";
	b->sectors = sectors;
	return NULL;
}

static struct drive *add(uint8_t media, const char **wrong)
{
	struct geometry geometry;

	emulation.controller.busy = false;
	emulation.image = (struct block){ .driver = &driver, .controller = &emulation.controller, .sector_size = SECTOR,
					  .bus = BUS_EMULATED, .bdf = emulation.cd->bdf, .read_only = true, .max_sectors = UINT32_MAX,
					  .description = "image on CD" };
	*wrong = describe(&emulation.image, media, &geometry);
	if (*wrong)
		return NULL;
	emulation.image.chs_cylinders = (uint16_t)geometry.cylinders;
	emulation.image.chs_heads = geometry.heads;
	emulation.image.chs_sectors = geometry.sectors;
	emulation.drive = disk_add(&emulation.image, &geometry);
	if (!emulation.drive) {
		*wrong = "no drive number is left";
		return NULL;
	}
	disk_move_first(emulation.drive);
	emulation.packet.ch = (uint8_t)(geometry.cylinders - 1);
	emulation.packet.cl = (uint8_t)((geometry.cylinders - 1) >> 8 << 6 | geometry.sectors);
	emulation.packet.dh = (uint8_t)(geometry.heads - 1);
	return emulation.drive;
}

/* The count of floppies in the equipment word includes the image. */
static void count_floppies(int more)
{
	struct bda *bda = guest_bda();
	uint32_t n = bda->equipment & BDA_EQUIP_FLOPPY ? (bda->equipment >> 6 & 3) + 1u : 0;

	n = (uint32_t)((int)n + more);
	bda->equipment = (uint16_t)((bda->equipment & ~(BDA_EQUIP_FLOPPY | 0xc0)) | BDA_EQUIP_FLOPPIES(n));
}

struct drive *emulation_start(struct drive *cd, const struct cd_image *image, const char **wrong)
{
	struct drive *d = cd;

	emulation_end();
	*wrong = NULL;
	emulation.cd = cd->block;
	emulation.lba = image->lba;
	emulation.packet = (struct cd_packet){ .media = image->media, .controller = cd->block->channel, .lba = image->lba,
					       .unit = cd->block->unit, .load_segment = image->segment,
					       .sectors = image->sectors };
	if (image->media & EMULATE_MASK)
		d = add(image->media & EMULATE_MASK, wrong);
	if (!d)
		return NULL;
	if (d->block->kind == BLOCK_FLOPPY)
		count_floppies(1);
	emulation.packet.drive = d->number;
	return d;
}

void emulation_end(void)
{
	if (!emulation.drive)
		return;
	if (emulation.image.kind == BLOCK_FLOPPY)
		count_floppies(-1);
	disk_remove_last();
	emulation.drive = NULL;
}

void emulation_service(struct regs *r)
{
	struct bda *bda = guest_bda();
	uint8_t *status = r->dl < DRIVE_DISK ? &bda->floppy_status : &bda->disk_status;
	bool end = r->al == PACKET_END;

	/* Whatever drive is asked for: there is one packet. */
	if (r->al > PACKET_TELL || (end && !emulation.drive)) {
		r->ah = *status = DISK_BAD_PARAMETER;
		r->flags |= FLAGS_CF;
		return;
	}
	emulation.packet.size = sizeof(emulation.packet);
	guest_write(guest_linear(r->ds, r->si), &emulation.packet, sizeof(emulation.packet));
	if (end)
		emulation_end();
	r->ah = *status = DISK_OK;
	r->flags &= ~FLAGS_CF;
}
