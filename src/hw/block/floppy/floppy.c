/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/block/floppy/floppy.c: see floppy.h.
 *
 * READ and WRITE seek by themselves (implied seek). A command ends with its cylinder: it goes from side 0 to side 1.
 */
#include "hw/block/floppy/floppy.h"
#include <stddef.h>
#include "arch/phys.h"
#include "hw/block/floppy/fdc.h"
#include "hw/cmos.h"
#include "hw/isa_dma.h"
#include "hw/pci/config.h"
#include "lib/bits.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "mem/alloc.h"
#include "trace/log.h"

/* Commands, with MFM (40h), both sides (80h) where they have it. */
#define SENSE_DRIVE	0x04
#define WRITE		0x45
#define READ		0x46
#define BOTH_SIDES	0x80
#define RECALIBRATE	0x07
#define SEEK		0x0f
#define FORMAT		0x4d
#define VERIFY		0x56

#define ST0_ENDED	0xc0	/* 0: as it should */
#define ST3_PROTECTED	0x40

#define SECTOR		512u
#define SIZE_512	2
#define GAP		0x1b
#define GAP_FORMAT	0x6c
#define FILL		0xf6

#define NO_RATE		0xff

/* Rates in the order in which they are tried. */
static const struct {
	struct floppy_geometry geometry;
	uint8_t rates[4];
} types[FLOPPY_TYPES] = {
	[FLOPPY_360K] = { { 40, 9 }, { FLOPPY_250K, NO_RATE, NO_RATE, NO_RATE } },
	[FLOPPY_1200K] = { { 80, 15 }, { FLOPPY_500K, FLOPPY_300K, FLOPPY_250K, NO_RATE } },
	[FLOPPY_720K] = { { 80, 9 }, { FLOPPY_250K, NO_RATE, NO_RATE, NO_RATE } },
	[FLOPPY_1440K] = { { 80, 18 }, { FLOPPY_500K, FLOPPY_250K, FLOPPY_300K, NO_RATE } },
	[FLOPPY_2880K] = { { 80, 36 }, { FLOPPY_1M, FLOPPY_500K, FLOPPY_250K, FLOPPY_300K } },
};

static struct floppy *controller;

/* What FORMAT reads: in the firmware's segment, where DMA reaches it. */
static uint8_t track[FLOPPY_SECTORS_MAX * FLOPPY_FIELD] __attribute__((section(".scratch.floppy")));

struct floppy *floppy_of(const struct block *block)
{
	return (struct floppy *)block->controller;
}

struct floppy_geometry floppy_geometry(enum floppy_type type)
{
	return types[type].geometry;
}

static struct floppy_drive *drive_of(const struct block *block)
{
	return &floppy_of(block)->drive[block->unit];
}

/* A track of a usual medium. */
static uint8_t usual_sectors(enum floppy_type type, uint8_t rate)
{
	if (rate == FLOPPY_1M)
		return 36;
	if (rate != FLOPPY_500K)
		return 9;
	return type == FLOPPY_1200K ? 15 : 18;
}

/* 48 tracks an inch, which drives for 1.2M read as well. */
static uint8_t usual_cylinders(enum floppy_type type, uint8_t rate)
{
	return type == FLOPPY_360K || (type == FLOPPY_1200K && rate == FLOPPY_300K) ? 40 : 80;
}

int floppy_rate_for(enum floppy_type type, uint32_t cylinders, uint32_t sectors)
{
	for (uint32_t i = 0; i < ARRAY_SIZE(types[type].rates); i++) {
		uint8_t rate = types[type].rates[i];

		if (rate != NO_RATE && usual_sectors(type, rate) == sectors && usual_cylinders(type, rate) == cylinders)
			return rate;
	}
	return -EOPNOTSUPP;
}

static int set_up(struct floppy *f)
{
	for (uint32_t i = 0; i < FLOPPY_DRIVES; i++)
		f->drive[i].calibrated = false;
	return fdc_reset(&f->fdc);
}

/* Controller and drive are ready for a command; the motor runs. */
static int select(struct block *block)
{
	struct floppy *f = floppy_of(block);
	struct floppy_drive *d = drive_of(block);
	const uint8_t recalibrate[] = { RECALIBRATE, block->unit };
	int rc = f->fdc.up ? 0 : set_up(f);

	if (rc) {
		if (!f->silent)
			log("floppy: drive %u: the controller does not answer (%d)", block->unit, rc);
		f->silent = true;
		return rc;
	}
	fdc_select(block->unit);
	if (!d->calibrated) {
		rc = fdc_seek(&f->fdc, recalibrate, sizeof(recalibrate));
		d->calibrated = !rc;
	}
	return rc;
}

static int status_of(const uint8_t *result)
{
	if (!(result[0] & ST0_ENDED))
		return 0;
	return result[1] & FLOPPY_ST1_PROTECTED ? -EROFS : -EIO;
}

/* Look at some sectors of a track. */
static int verify_track(struct block *block, uint8_t cylinder, uint8_t head, uint8_t first, uint8_t last, uint8_t *result)
{
	const uint8_t verify[] = { VERIFY, (uint8_t)(head << 2 | block->unit), cylinder, head, first, SIZE_512, last, GAP, 0xff };
	int rc = fdc_command(&floppy_of(block)->fdc, verify, sizeof(verify), result, FLOPPY_RESULT);

	return rc ? rc : status_of(result);
}

/* Has cylinder 0 this sector, also if it cannot be read well? Returns 0; -ENOENT; or why that is not known. */
static int find_sector(struct block *block, uint8_t head, uint8_t sector)
{
	uint8_t result[FLOPPY_RESULT];
	int rc = verify_track(block, 0, head, sector, sector, result);

	if (rc != -EIO)
		return rc;
	return result[1] & (FLOPPY_ST1_CRC | FLOPPY_ST1_OVERRUN) ? 0 : -ENOENT;
}

/* The last sector of side 0, which has a first. */
static int find_last_sector(struct block *block, uint8_t usual, uint16_t *last)
{
	int rc = find_sector(block, 0, usual + 1);
	uint8_t n;

	if (rc == -ENOENT) {
		for (n = usual; rc == -ENOENT && n; n--)
			rc = find_sector(block, 0, n);
		*last = n + 1;
	} else {
		for (n = usual + 1; rc == 0 && n < FLOPPY_SECTORS_MAX; n++)
			rc = find_sector(block, 0, n + 1);
		*last = rc ? n - 1 : n;
	}
	return rc == -ENOENT ? 0 : rc;
}

static int find_rate(struct block *block)
{
	struct floppy_drive *d = drive_of(block);
	const uint8_t *rates = types[d->type].rates;
	int rc = -ENOENT;

	for (uint32_t i = 0; rc == -ENOENT && i < ARRAY_SIZE(types[0].rates) && rates[i] != NO_RATE; i++) {
		d->rate = rates[i];
		fdc_set_rate(d->rate);
		rc = find_sector(block, 0, 1);
	}
	return rc == -ENOENT ? -EIO : rc;
}

static int find_geometry(struct block *block)
{
	struct floppy_drive *d = drive_of(block);
	uint16_t sectors;
	int rc = find_rate(block);

	if (!rc)
		rc = find_last_sector(block, usual_sectors(d->type, d->rate), &sectors);
	if (rc)
		return rc;
	rc = find_sector(block, 1, 1);
	if (rc && rc != -ENOENT)
		return rc;
	block->chs_heads = rc ? 1 : 2;
	block->chs_sectors = sectors;
	block->chs_cylinders = usual_cylinders(d->type, d->rate);
	block->sectors = (uint32_t)block->chs_cylinders * block->chs_heads * sectors;
	return 0;
}

/* The line stays active until the head has moved with a medium in the drive. */
static int look_at_change_line(struct block *block)
{
	static const uint8_t cylinder_1 = 1;
	struct floppy_drive *d = drive_of(block);
	const uint8_t there[] = { SEEK, block->unit, cylinder_1 }, back[] = { RECALIBRATE, block->unit };
	int rc;

	if (!fdc_changed())
		return 0;
	d->changed |= d->known;
	d->known = false;
	d->format_rate = FLOPPY_RATE_OF_MEDIUM;
	rc = fdc_seek(&floppy_of(block)->fdc, there, sizeof(there));
	if (!rc)
		rc = fdc_seek(&floppy_of(block)->fdc, back, sizeof(back));
	if (rc)
		return rc;
	return fdc_changed() ? -ENOMEDIUM : 0;
}

static int media(struct block *block)
{
	struct floppy_drive *d = drive_of(block);
	int rc = select(block);

	if (!rc)
		rc = look_at_change_line(block);
	if (rc)
		return rc;
	if (d->known) {
		fdc_set_rate(d->rate);
		return 0;
	}
	rc = find_geometry(block);
	d->known = !rc;
	return rc;
}

static int reset(struct block *block)
{
	struct floppy *f = floppy_of(block);

	for (uint32_t i = 0; i < FLOPPY_DRIVES; i++)
		f->drive[i].known = false;
	return set_up(f);
}

/*
 * Sectors of one cylinder, to or from one piece of memory. last: behind this sector it goes on on the other side; no
 * more than what is wanted where that is one track's.
 */
static int transfer_cylinder(struct block *block, bool write, uint32_t lba, uint32_t sectors, uint32_t addr, uint8_t last)
{
	struct floppy *f = floppy_of(block);
	uint32_t side = lba / block->chs_sectors, first = lba % block->chs_sectors + 1;
	uint8_t cylinder = (uint8_t)(side / block->chs_heads), head = (uint8_t)(side % block->chs_heads);
	const uint8_t bytes[] = { (uint8_t)((write ? WRITE : READ) | (block->chs_heads == 2 ? BOTH_SIDES : 0)),
				  (uint8_t)(head << 2 | block->unit), cylinder, head, (uint8_t)first, SIZE_512, last, GAP, 0xff };
	int rc;

	isa_dma_start(write, addr, sectors * SECTOR);
	rc = fdc_command(&f->fdc, bytes, sizeof(bytes), f->result, sizeof(f->result));
	if (rc)
		isa_dma_stop();		/* and nothing comes late */
	return rc ? rc : status_of(f->result);
}

static int transfer(struct block *block, struct block_request *r)
{
	const struct dma_list *list = &r->list;
	int rc = floppy_of(block)->fdc.up && drive_of(block)->known ? 0 : media(block);
	uint32_t at = (uint32_t)r->lba, per_cylinder = (uint32_t)block->chs_heads * block->chs_sectors;
	uint8_t last = (uint8_t)min_u32(at % block->chs_sectors + r->sectors, block->chs_sectors);

	if (rc)
		return rc;
	for (uint32_t i = 0; i < list->count; i++)
		for (uint32_t n, offset = 0; offset != list->range[i].len; offset += n * SECTOR) {
			n = min_u32((list->range[i].len - offset) / SECTOR, per_cylinder - at % per_cylinder);
			rc = transfer_cylinder(block, r->write, at, n, list->range[i].addr + offset, last);
			if (rc)
				return rc;
			at += n;
			r->done += n;
			last = (uint8_t)block->chs_sectors;
		}
	return 0;
}

static int verify(struct block *block, uint32_t lba, uint32_t sectors)
{
	if (!range_inside(lba, sectors, block->sectors))
		return -ERANGE;
	for (uint32_t n; sectors; sectors -= n) {
		uint32_t side = lba / block->chs_sectors, first = lba % block->chs_sectors + 1;
		int rc;

		n = min_u32(sectors, block->chs_sectors - first + 1);
		rc = verify_track(block, (uint8_t)(side / block->chs_heads), (uint8_t)(side % block->chs_heads), (uint8_t)first,
				  (uint8_t)(first + n - 1), floppy_of(block)->result);
		if (rc)
			return rc;
		lba += n;
	}
	return 0;
}

int floppy_verify(struct block *block, uint32_t lba, uint32_t sectors)
{
	if (block_controller_take(block->controller))
		return -EBUSY;
	return block_controller_free(block->controller, verify(block, lba, sectors));
}

static int format_track(struct block *block, uint8_t cylinder, uint8_t head, uint8_t sectors, const void *fields)
{
	struct floppy *f = floppy_of(block);
	struct floppy_drive *d = drive_of(block);
	const uint8_t where = (uint8_t)(head << 2 | block->unit);
	const uint8_t sense[] = { SENSE_DRIVE, where }, go[] = { SEEK, where, cylinder };
	const uint8_t format[] = { FORMAT, where, SIZE_512, sectors, GAP_FORMAT, FILL };
	uint8_t st3;
	int rc = select(block);

	if (!rc)
		rc = look_at_change_line(block);
	if (!rc)
		rc = fdc_command(&f->fdc, sense, sizeof(sense), &st3, 1);
	if (!rc && st3 & ST3_PROTECTED)
		rc = -EROFS;
	if (rc)
		return rc;
	fdc_set_rate(d->format_rate == FLOPPY_RATE_OF_MEDIUM ? d->rate : d->format_rate);
	rc = fdc_seek(&f->fdc, go, sizeof(go));
	if (rc)
		return rc;
	d->known = false;
	memcpy(track, fields, sectors * FLOPPY_FIELD);
	isa_dma_start(true, (uint32_t)ptr_to_phys(track), sectors * FLOPPY_FIELD);
	rc = fdc_command(&f->fdc, format, sizeof(format), f->result, sizeof(f->result));
	isa_dma_stop();
	return rc ? rc : status_of(f->result);
}

int floppy_format(struct block *block, uint8_t cylinder, uint8_t head, uint8_t sectors, const void *fields)
{
	if (block_controller_take(block->controller))
		return -EBUSY;
	return block_controller_free(block->controller, format_track(block, cylinder, head, sectors, fields));
}

static const struct block_driver driver = {
	.transfer = transfer,
	.reset = reset,
	.media = media,
	.limits = { .top = ISA_DMA_TOP, .boundary = ISA_DMA_BOUNDARY, .whole = true },
};

void floppy_init(void)
{
	uint8_t cmos = cmos_read(CMOS_FLOPPIES);

	controller = NULL;
	for (uint8_t unit = 0; unit < FLOPPY_DRIVES; unit++) {
		uint8_t type = unit ? cmos & 15 : cmos >> 4;
		struct floppy_geometry g;
		struct block block = { .driver = &driver, .sector_size = SECTOR, .kind = BLOCK_FLOPPY, .bus = BUS_FLOPPY,
				       .removable = true, .bdf = PCI_NONE_BDF, .unit = unit, .description = "floppy drive" };

		if (type == FLOPPY_NONE || type >= FLOPPY_TYPES)
			continue;
		if (!controller)
			controller = alloc(ZONE_HIGH, sizeof(*controller), 8, "floppy controller");
		if (!controller)
			return;
		controller->drive[unit].type = type;
		controller->drive[unit].rate = types[type].rates[0];
		controller->drive[unit].format_rate = FLOPPY_RATE_OF_MEDIUM;
		g = floppy_geometry(type);
		block.controller = &controller->controller;
		block.chs_cylinders = g.cylinders;
		block.chs_heads = 2;
		block.chs_sectors = g.sectors;
		block.sectors = 2u * g.cylinders * g.sectors;
		block_add(&block);
	}
}
