/* SPDX-License-Identifier: BSD-2-Clause
 * src/services/floppy.c: see floppy.h.
 */
#include "services/floppy.h"
#include <stddef.h>
#include "arch/layout.h"
#include "arch/phys.h"
#include "arch/real_call.h"
#include "hw/block/floppy/floppy.h"
#include "hw/timer.h"
#include "lib/bits.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "mem/alloc.h"
#include "services/edd.h"
#include "services/guest.h"
#include "std/bda.h"
#include "std/floppy.h"

#define COUNT_MAX	128	/* sectors in one call */
#define SECTOR		512u
#define DMA_PAGE	0x10000u

/* AH=15h */
#define TYPE_NO_LINE	0x01
#define TYPE_CHANGE_LINE 0x02

/* bda.floppy_media */
#define MEDIA_RATE(rate) ((uint8_t)((rate) << 6))
#define MEDIA_DOUBLE	0x20	/* its tracks are every second one of the drive's */
#define MEDIA_KNOWN	0x10

#define INFO_DRIVE	0x07	/* bda.floppy_info: there, change line, several rates; drive 1: four bits up */

static const struct floppy_table usual = {
	.specify = { 0xaf, 0x02 }, .motor_ticks = 0x25, .size = 2, .sectors = 18, .gap = 0x1b, .data_length = 0xff,
	.format_gap = 0x6c, .fill = 0xf6, .settle_ms = 15, .start_eighths = 8,
};

/* Other tracks have tables elsewhere in the F segment. */
static const uint8_t other_sectors[] = { 9, 15, 36 };
static uint16_t other_tables;		/* offset of the first, 0: there are none */

static void put_table(void *at, uint8_t sectors)
{
	struct floppy_table table = usual;

	table.sectors = sectors;
	memcpy(at, &table, sizeof(table));
}

void floppy_services_init(void)
{
	uint32_t count = disk_count(BLOCK_FLOPPY);
	uint8_t *others;

	put_table(phys_to_ptr(FSEG_BASE + FLOPPY_TABLE_OFFSET), usual.sectors);
	guest_set_vector(FLOPPY_TABLE_VECTOR, FAR_POINTER(FSEG_BASE >> 4, FLOPPY_TABLE_OFFSET));
	other_tables = 0;
	if (!count)
		return;
	guest_bda()->equipment |= BDA_EQUIP_FLOPPIES(count);
	guest_bda()->floppy_info = count == 1 ? INFO_DRIVE : INFO_DRIVE << 4 | INFO_DRIVE;
	others = alloc_raw(ZONE_FSEG, ARRAY_SIZE(other_sectors) * sizeof(usual), 1, "diskette parameter tables");
	if (!others)
		return;
	other_tables = (uint16_t)(ptr_to_phys(others) - FSEG_BASE);
	for (uint32_t i = 0; i < ARRAY_SIZE(other_sectors); i++)
		put_table(others + i * sizeof(usual), other_sectors[i]);
}

/* ES:DI: the table for a track of so many sectors, the usual one where there is none. */
static void give_table(struct regs *r, uint8_t sectors)
{
	r->es = FSEG_BASE >> 4;
	r->di = FLOPPY_TABLE_OFFSET;
	for (uint32_t i = 0; other_tables && i < ARRAY_SIZE(other_sectors); i++)
		if (other_sectors[i] == sectors)
			r->di = (uint16_t)(other_tables + i * sizeof(usual));
}

static struct floppy_drive *state_of(const struct drive *d)
{
	return &floppy_of(d->block)->drive[d->block->unit];
}

static uint8_t media_state(const struct floppy_drive *f, const struct block *b)
{
	bool narrow = f->type == FLOPPY_1200K && f->rate != FLOPPY_500K;
	uint8_t state = 7;	/* of another kind than the AT knew */

	if (!f->known)
		return 0;
	if (b->chs_sectors == 9 && f->type == FLOPPY_360K)
		state = 3;
	else if (f->type == FLOPPY_1200K && f->rate != FLOPPY_250K)
		state = f->rate == FLOPPY_300K ? 4 : 5;
	return (uint8_t)(MEDIA_RATE(f->rate) | (narrow ? MEDIA_DOUBLE : 0) | MEDIA_KNOWN | state);
}

/* After a call that has used the drive: its motor runs, and where what stands. */
static void tell(const struct drive *d)
{
	const struct block *b = d->block;
	struct bda *a = guest_bda();

	a->floppy_recalibrate &= ~(1 << b->unit);
	a->floppy_recalibrate |= (uint8_t)(state_of(d)->calibrated << b->unit);
	a->floppy_motor = (uint8_t)((a->floppy_motor & 0xf0) | 1 << b->unit);
	a->floppy_motor_ticks = usual.motor_ticks;
	a->floppy_rate = MEDIA_RATE(state_of(d)->rate);
	a->floppy_media[b->unit] = media_state(state_of(d), b);
}

/*
 * The interrupt that came with the command may be taken, by whoever has its vector, and is over: programs that wait
 * for one of theirs find no old one.
 */
static void end_interrupt(void)
{
	timer_let_idle();
	guest_bda()->floppy_recalibrate &= ~BDA_FLOPPY_INTERRUPT;
}

/* What the controller said of the last transfer. */
static enum disk_status failure(const struct drive *d, int rc)
{
	static const struct { uint8_t st1; enum disk_status status; } causes[] = {
		{ FLOPPY_ST1_CRC, DISK_CRC }, { FLOPPY_ST1_OVERRUN, DISK_OVERRUN },
		{ FLOPPY_ST1_END | FLOPPY_ST1_NO_DATA, DISK_NO_SECTOR }, { FLOPPY_ST1_MARK, DISK_NO_MARK },
	};

	if (rc == -ENOMEDIUM)
		return DISK_TIMEOUT;	/* not ready: there is no other number for it on floppies */
	if (rc != -EIO)
		return rc == -ENODEV ? DISK_CONTROLLER : disk_status_of(rc);
	for (uint32_t i = 0; i < ARRAY_SIZE(causes); i++)
		if (floppy_of(d->block)->result[1] & causes[i].st1)
			return causes[i].status;
	return DISK_CONTROLLER;
}

/* Find out what is in the drive, and begin a call that uses it. */
static int begin(struct drive *d)
{
	struct floppy *f = floppy_of(d->block);
	int rc;

	if (f->controller.busy)		/* the results are those of the call that waits */
		return -EBUSY;
	if (!(guest_bda()->floppy_recalibrate & 1 << d->block->unit))		/* programs ask for it so */
		state_of(d)->calibrated = false;
	memset(f->result, 0, sizeof(f->result));
	rc = block_media(d->block);
	tell(d);
	return rc;
}

static void end(struct drive *d, bool results)
{
	if (results)
		memcpy(guest_bda()->floppy_result, floppy_of(d->block)->result, FLOPPY_RESULT);
	tell(d);
	end_interrupt();
}

static bool crosses(uint32_t linear, uint32_t len)
{
	return len > DMA_PAGE - linear % DMA_PAGE;
}

static int access(struct drive *d, enum edd_access how, uint32_t lba, uint32_t count, uint32_t linear, uint32_t *done)
{
	int rc;

	if (how != EDD_VERIFY)
		return block_transfer(d->block, how == EDD_WRITE, lba, count, linear, done);
	rc = floppy_verify(d->block, lba, count);
	*done = rc ? 0 : count;
	return rc;
}

/* AH=02h, 03h, 04h: AL sectors from CH, CL, DH on, at ES:BX. AL becomes what was done. */
static enum disk_status transfer(struct drive *d, struct regs *r, enum edd_access how)
{
	uint32_t sector = r->cl & 63, cylinder = r->ch | (r->cl & 0xc0u) << 2, count = r->al, done = 0;
	uint32_t linear = guest_buffer(r->es, r->bx);
	const struct geometry *most = &d->geometry;
	const struct block *b = d->block;
	bool usual_place = sector <= most->sectors && cylinder < most->cylinders;
	int rc;

	if (!count || count > COUNT_MAX || !sector || r->dh > 1 || cylinder > 0xff)
		return DISK_BAD_PARAMETER;
	rc = begin(d);
	if (rc) {
		r->al = 0;
		end_interrupt();
		return failure(d, rc);
	}
	if (how == EDD_WRITE && state_of(d)->changed) {
		state_of(d)->changed = false;
		r->al = 0;
		end_interrupt();
		return DISK_CHANGED;	/* not the medium that the caller thinks of */
	}
	if (sector > b->chs_sectors || cylinder >= b->chs_cylinders || r->dh >= b->chs_heads) {
		r->al = usual_place ? 0 : r->al;
		end_interrupt();
		return usual_place ? DISK_NO_SECTOR : DISK_BAD_PARAMETER;
	}
	guest_bda()->floppy_cylinder[b->unit] = (uint8_t)cylinder;
	if (how != EDD_VERIFY && crosses(linear, count * SECTOR)) {
		r->al = 0;
		end_interrupt();
		return DISK_BAD_BUFFER;
	}
	rc = access(d, how, (cylinder * b->chs_heads + r->dh) * b->chs_sectors + sector - 1, count, linear, &done);
	end(d, how != EDD_VERIFY && rc != -ERANGE);
	if (!rc)
		return DISK_OK;
	r->al = (uint8_t)done;
	return rc == -ERANGE ? DISK_NO_SECTOR : failure(d, rc);
}

/* AH=05h: a track of AL sectors, whose fields are at ES:BX. */
static enum disk_status format(struct drive *d, struct regs *r)
{
	uint32_t linear = guest_linear(r->es, r->bx);
	uint8_t fields[FLOPPY_SECTORS_MAX * FLOPPY_FIELD];
	int rc;

	if (r->al - 1u >= FLOPPY_SECTORS_MAX || r->dh > 1 || r->ch >= d->geometry.cylinders)
		return DISK_BAD_PARAMETER;
	if (crosses(linear, r->al * FLOPPY_FIELD))
		return DISK_BAD_BUFFER;
	rc = begin(d);
	if (rc && rc != -EIO) {		/* one that cannot be read can be formatted */
		end_interrupt();
		return failure(d, rc);
	}
	guest_read(fields, linear, r->al * FLOPPY_FIELD);
	rc = floppy_format(d->block, r->ch, r->dh, r->al, fields);
	guest_bda()->floppy_cylinder[d->block->unit] = r->ch;
	end(d, true);
	return rc ? failure(d, rc) : DISK_OK;
}

/* AH=00h */
static enum disk_status reset(struct drive *d)
{
	struct bda *a = guest_bda();
	int rc = block_reset(d->block);

	if (rc == -EBUSY)
		return DISK_BUSY;
	a->floppy_recalibrate = 0;
	a->floppy_motor &= 0xf0;
	a->floppy_rate = 0;
	for (uint32_t i = 0; i < FLOPPY_DRIVES; i++)
		a->floppy_media[i] = a->floppy_cylinder[i] = 0;
	end_interrupt();
	return failure(d, rc);
}

/*
 * AH=08h: of the medium, where it is known, as the AT's BIOS does: loaders count its sectors by this. Else what the drive
 * is made for.
 */
static enum disk_status get_geometry(const struct drive *d, struct regs *r)
{
	struct floppy_geometry g = floppy_geometry(state_of(d)->type);
	const struct block *b = d->block;
	uint8_t heads = 2;

	if (state_of(d)->known) {
		g = (struct floppy_geometry){ (uint8_t)b->chs_cylinders, (uint8_t)b->chs_sectors };
		heads = (uint8_t)b->chs_heads;
	}
	r->ax = 0;
	r->bx = state_of(d)->type;
	r->cx = (uint16_t)((g.cylinders - 1) << 8 | g.sectors);
	r->dh = heads - 1;
	r->dl = (uint8_t)disk_count(BLOCK_FLOPPY);
	give_table(r, g.sectors);
	return DISK_OK;
}

/* The drive that a PC had for a medium like this. */
static uint8_t type_of(const struct block *b)
{
	uint8_t type = FLOPPY_360K;	/* and all smaller ones */

	for (uint8_t t = FLOPPY_1200K; t < FLOPPY_TYPES; t++)
		if (floppy_geometry(t).cylinders == b->chs_cylinders && floppy_geometry(t).sectors == b->chs_sectors)
			type = t;
	return type;
}

enum disk_status floppy_ram_call(struct drive *d, struct regs *r)
{
	const struct block *b = d->block;

	switch (r->ah) {
	case 0x08:
		r->ax = 0;
		r->bx = type_of(b);
		r->cx = (uint16_t)((b->chs_cylinders - 1) << 8 | b->chs_sectors);
		r->dh = (uint8_t)(b->chs_heads - 1);
		r->dl = (uint8_t)disk_count(BLOCK_FLOPPY);
		give_table(r, (uint8_t)b->chs_sectors);
		return DISK_OK;
	case 0x15:
		r->ah = TYPE_NO_LINE;
		return DISK_OK;
	case 0x16:
		return DISK_CHANGED;	/* nobody knows */
	default:
		return DISK_BAD_PARAMETER;
	}
}

/* AH=16h */
static enum disk_status change_line(struct drive *d)
{
	bool changed;
	int rc = begin(d);

	end_interrupt();
	if (rc && rc != -EIO)
		return failure(d, rc);
	changed = state_of(d)->changed;
	state_of(d)->changed = false;
	return changed ? DISK_CHANGED : DISK_OK;
}

/* The rate at which AH=05h goes on. The medium may have none yet. */
static enum disk_status set_rate(struct drive *d, int rate)
{
	int rc;

	if (rate < 0)
		return DISK_BAD_SECTOR;		/* 0Ch: this drive cannot have such a medium */
	rc = begin(d);
	if (!rc || rc == -EIO) {
		state_of(d)->format_rate = (uint8_t)rate;
		rc = 0;
	}
	end_interrupt();
	return failure(d, rc);
}

/* AH=17h: AL what is to be formatted: 1 320K/360K in its drive, 2 that in a 1.2M drive, 3 1.2M, 4 720K. */
static enum disk_status set_type(struct drive *d, const struct regs *r)
{
	static const struct floppy_geometry media[] = { { 40, 9 }, { 40, 9 }, { 80, 15 }, { 80, 9 } };
	const struct floppy_geometry *g = &media[(r->al - 1) & 3];

	if (r->al - 1u >= ARRAY_SIZE(media))
		return DISK_BAD_PARAMETER;
	return set_rate(d, floppy_rate_for(state_of(d)->type, g->cylinders, g->sectors));
}

/* AH=18h: CH last cylinder, CL sectors. ES:DI becomes the table for them. */
static enum disk_status set_media(struct drive *d, struct regs *r)
{
	uint32_t sectors = r->cl & 63, cylinders = (r->ch | (r->cl & 0xc0u) << 2) + 1;
	enum disk_status status = set_rate(d, floppy_rate_for(state_of(d)->type, cylinders, sectors));

	if (status == DISK_OK)
		give_table(r, (uint8_t)sectors);
	return status;
}

enum disk_status floppy_call(struct drive *d, struct regs *r)
{
	switch (r->ah) {
	case 0x00:
		return reset(d);
	case 0x01:
		return guest_bda()->floppy_status;
	case 0x02:
		return transfer(d, r, EDD_READ);
	case 0x03:
		return transfer(d, r, EDD_WRITE);
	case 0x04:
		return transfer(d, r, EDD_VERIFY);
	case 0x05:
		return format(d, r);
	case 0x08:
		return get_geometry(d, r);
	case 0x15:
		r->ah = state_of(d)->type == FLOPPY_360K ? TYPE_NO_LINE : TYPE_CHANGE_LINE;
		return DISK_OK;
	case 0x16:
		return change_line(d);
	case 0x17:
		return set_type(d, r);
	case 0x18:
		return set_media(d, r);
	default:
		return DISK_BAD_PARAMETER;
	}
}
