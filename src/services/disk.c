/* SPDX-License-Identifier: BSD-2-Clause
 * src/services/disk.c: see disk.h.
 */
#include "services/disk.h"
#include <stddef.h>
#include "hw/cmos.h"
#include "lib/bits.h"
#include "lib/errno.h"
#include "mem/alloc.h"
#include "services/edd.h"
#include "services/floppy.h"
#include "services/guest.h"
#include "services/partitions.h"
#include "std/bda.h"
#include "trace/log.h"

#define CHS_MAX		128	/* sectors in one call */
#define EDD_VERSION	0x30	/* 3.0 */
#define EDD_SUPPORT	0x0007	/* packets, lock and eject, parameters */
#define EDD_ANSWER	0xaa55
#define TYPE_CD		0x01	/* AH=15h: removable, and cannot tell a change */
#define TYPE_DISK	0x03	/* fixed */
#define TABLES		8	/* so many drives less one may not answer before others are not asked */

static struct {
	struct drive *drive;	/* DRIVES_MAX, in the order in which they were added */
	uint32_t count;
	/* Memory to read into, NULL: there was none. */
	uint8_t *own;		/* BLOCK_OWN bytes, for what nobody wants to have */
	struct mbr *table;	/* TABLES of them: one that a drive does not fill in time is that drive's from then on */
	bool asking;		/* one of them is being read into */
	bool foreign;		/* an option ROM has disks too */
} disks;

static const uint8_t first_number[] = { [BLOCK_DISK] = DRIVE_DISK, [BLOCK_CD] = DRIVE_CD, [BLOCK_FLOPPY] = DRIVE_FLOPPY };

int disk_init(void)
{
	disks.count = 0;
	disks.asking = disks.foreign = false;
	disks.drive = alloc_raw(ZONE_HIGH, DRIVES_MAX * sizeof(struct drive), 8, "drives");
	disks.own = alloc_raw(ZONE_HIGH, BLOCK_OWN + TABLES * sizeof(*disks.table), BLOCK_OWN, "partition table");
	disks.table = disks.own ? (struct mbr *)(disks.own + BLOCK_OWN) : NULL;
	return disks.drive ? 0 : -ENOMEM;	/* without the table geometry is what it would be on an empty disk */
}

uint32_t disk_count(uint8_t kind)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < disks.count; i++)
		n += disks.drive[i].block->kind == kind;
	return n;
}

struct drive *disk_find(uint8_t number)
{
	for (struct drive *d = disks.drive, *end = d + disks.count; d != end; d++)
		if (d->number == number)
			return d;
	return NULL;
}

/* CMOS has two bits for each drive of the first two IDE channels. */
static enum translation translation_of(const struct drive *d)
{
	const struct block *b = d->block;

	if (b->bus != BUS_IDE || b->channel > 1)
		return geometry_translation(&d->physical);
	return cmos_read(CMOS_TRANSLATION) >> (4 * b->channel + 2 * b->unit) & 3;
}

static void find_geometry(struct drive *d, const struct geometry *wanted)
{
	const struct block *b = d->block;
	uint64_t total = b->sectors;

	d->physical = (struct geometry){ b->chs_cylinders, b->chs_heads, b->chs_sectors };
	if (!b->chs_cylinders || !b->chs_heads || !b->chs_sectors)
		d->physical = geometry_physical(total);
	d->translation = TRANSLATE_NONE;
	if (wanted && geometry_fits(wanted)) {
		d->geometry = *wanted;
		return;
	}
	d->ask_table = b->kind == BLOCK_DISK;
	if (b->kind == BLOCK_DISK)
		d->translation = translation_of(d);
	d->geometry = geometry_translate(&d->physical, total, d->translation);
}

struct drive *disk_add(struct block *block, const struct geometry *geometry)
{
	static const uint8_t most[] = { [BLOCK_DISK] = DRIVE_CD - DRIVE_DISK, [BLOCK_CD] = 0x10, [BLOCK_FLOPPY] = 2 + 1 };	/* a CD's */
	uint32_t n = block->kind == BLOCK_DISK ? guest_bda()->disks : disk_count(block->kind);
	struct drive *d = &disks.drive[disks.count];

	if (disks.count == DRIVES_MAX || n >= most[block->kind])
		return NULL;
	*d = (struct drive){ .block = block, .number = (uint8_t)(first_number[block->kind] + n) };
	find_geometry(d, geometry);
	d->dpte = edd_make_dpte(d);
	disks.count++;
	if (block->kind == BLOCK_DISK)
		guest_bda()->disks++;
	return d;
}

enum disk_status disk_status_of(int rc)
{
	switch (rc) {
	case 0:			return DISK_OK;
	case -EBUSY:		return DISK_BUSY;
	case -EROFS:		return DISK_WRITE_PROTECTED;
	case -ERANGE:		return DISK_BAD_PARAMETER;
	case -EINVAL:		return DISK_BAD_BUFFER;
	case -ENOMEDIUM:	return DISK_NO_MEDIUM;
	case -ETIMEDOUT:	return DISK_TIMEOUT;
	case -ENOMEM:		return DISK_CONTROLLER;
	default:		return DISK_BAD_SECTOR;
	}
}

/*
 * Before the drive's geometry matters: is the one that its partition table was made with another? Read once, then kept.
 * Returns 0; -EBUSY, it cannot be read now, since somebody waits for the controller, or for another drive's table.
 */
static int ask_table(struct drive *d)
{
	struct mbr *table = disks.table, *last = table + TABLES - 1;
	struct geometry g;
	int rc = -EBUSY;

	if (!table) {
		d->ask_table = false;
		return 0;
	}
	if (!disks.asking) {
		disks.asking = true;
		while (table != last && block_holds(table))
			table++;
		rc = block_read_own(d->block, 0, 1, table);
		disks.asking = false;
	}
	if (rc == -EBUSY)
		return rc;
	d->ask_table = false;
	if (rc || !partitions_geometry(table, d->block->sectors, &g))
		return 0;
	if (g.heads != d->geometry.heads || g.sectors != d->geometry.sectors)
		log("disk: drive %02x: %u heads and %u sectors of a track, as in its partition table", d->number, g.heads, g.sectors);
	d->geometry = g;
	return 0;
}

void disk_abandon(void)
{
	block_abandon();
	disks.asking = false;
}

int disk_verify(struct block *block, struct block_request *r)
{
	r->done = 0;
	return disks.own ? block_verify(block, r, disks.own) : -ENOMEM;
}

/* AH=02h, 03h, 04h: AL sectors from CH, CL, DH on, at ES:BX. AL becomes what was done. */
static enum disk_status transfer_chs(struct drive *d, struct regs *r, enum edd_access access)
{
	uint32_t sector = r->cl & 63, cylinder = r->ch | (r->cl & 0xc0u) << 2, count = r->al, done = count;
	const struct geometry *g = &d->geometry;
	uint32_t lba = (cylinder * g->heads + r->dh) * g->sectors + sector - 1;
	struct block_request verify = { .lba = lba, .sectors = count };
	int rc;

	if (!count || count > CHS_MAX || !sector || sector > g->sectors || r->dh >= g->heads || cylinder >= g->cylinders)
		return DISK_BAD_PARAMETER;
	if (access != EDD_VERIFY) {
		rc = block_transfer(d->block, access == EDD_WRITE, lba, count, guest_buffer(r->es, r->bx), &done);
	} else {
		rc = disk_verify(d->block, &verify);
		done = verify.done;
	}
	r->al = rc ? (uint8_t)done : r->al;
	return disk_status_of(rc);
}

/* AH=08h. The last cylinder is left out, as programs have found it since there were diagnostics on it. */
static enum disk_status get_geometry(const struct drive *d, struct regs *r)
{
	uint32_t last = max_u32(d->geometry.cylinders, 2) - 2;

	if (d->block->kind == BLOCK_FLOPPY)
		last = d->geometry.cylinders - 1;
	r->al = 0;
	r->ch = (uint8_t)last;
	r->cl = (uint8_t)(last >> 8 << 6 | d->geometry.sectors);
	r->dh = (uint8_t)(d->geometry.heads - 1);
	r->dl = (uint8_t)disk_count(d->block->kind);
	return DISK_OK;
}

/* AH=15h: not a status in AH but a type; CX:DX sectors of a disk by the geometry, less the last cylinder. */
static void get_type(const struct drive *d, struct regs *r)
{
	uint32_t sectors = (d->geometry.cylinders - 1) * d->geometry.heads * d->geometry.sectors;

	if (d->block->kind == BLOCK_CD) {
		r->ah = TYPE_CD;
		return;
	}
	r->cx = (uint16_t)(sectors >> 16);
	r->dx = (uint16_t)sectors;
	r->ah = TYPE_DISK;
}

/* AH=05h: a disk is not formatted, but whoever asks for a track of it with an interleave that it could have hears no error. */
static enum disk_status format(const struct drive *d, const struct regs *r)
{
	const struct geometry *g = &d->geometry;
	uint32_t cylinder = r->ch | (r->cl & 0xc0u) << 2;

	return r->al - 1u < g->sectors && r->dh < g->heads && cylinder < g->cylinders ? DISK_OK : DISK_BAD_PARAMETER;
}

/* AH=45h: AL 0 lock, 1 unlock, 2 is it locked. AL: 1, it is. Fixed disks have nothing to lock. */
static enum disk_status lock(struct drive *d, struct regs *r)
{
	uint32_t locks = d->locks;

	if (!d->block->driver->lock)
		return DISK_OK;
	switch (r->al) {
	case 0:
		r->al = 1;
		if (locks == 0xff)
			return DISK_LOCK_COUNT;
		locks++;
		break;
	case 1:
		r->al = locks > 1;
		if (!locks)
			return DISK_NOT_LOCKED;
		locks--;
		break;
	case 2:
		r->al = locks != 0;
		return DISK_OK;
	default:
		return DISK_BAD_PARAMETER;
	}
	if (!locks != !d->locks) {
		int rc = block_lock(d->block, locks);

		if (rc)
			return disk_status_of(rc);
	}
	d->locks = (uint8_t)locks;
	r->al = locks != 0;
	return DISK_OK;
}

static enum disk_status eject(struct drive *d)
{
	if (!d->block->driver->eject)
		return DISK_NOT_REMOVABLE;
	return d->locks ? DISK_LOCKED : disk_status_of(block_eject(d->block));
}

static enum disk_status ready(struct drive *d)
{
	return disk_status_of(disks.own ? block_ready(d->block, disks.own) : -ENOMEM);
}

/* AH=0Ch: nothing moves that could be seen, but is the cylinder there (a CD has none), and the drive? */
static enum disk_status seek(struct drive *d, const struct regs *r)
{
	uint32_t cylinder = r->ch | (r->cl & 0xc0u) << 2;

	if (d->block->kind != BLOCK_CD && (cylinder >= d->geometry.cylinders || r->dh >= d->geometry.heads))
		return DISK_BAD_PARAMETER;
	return ready(d);
}

/* AH=47h. A CD drive has 0 sectors until it is asked whether it is ready. */
static enum disk_status seek_packet(struct drive *d, const struct regs *r)
{
	enum disk_status status = ready(d);

	if (status != DISK_OK)
		return status;
	return edd_inside(d, r) ? DISK_OK : DISK_BAD_PARAMETER;
}

/* AH=14h: from the controller to the medium and back. */
static enum disk_status diagnose(struct drive *d)
{
	struct block_request first = { .sectors = 1 };

	return disk_status_of(disk_verify(d->block, &first));
}

static enum disk_status reset(struct drive *d)
{
	return disk_status_of(block_reset(d->block));
}

/* Floppies and disks have a byte each in the BIOS data area. */
static uint8_t *last_status(uint8_t drive)
{
	return drive < DRIVE_DISK ? &guest_bda()->floppy_status : &guest_bda()->disk_status;
}

/* Functions of fixed disks that mean nothing to these: a table of parameters, which they have from nobody; DMA modes. */
static bool is_nothing(const struct regs *r)
{
	/* AH=4Eh: prefetch off, PIO mode 0, default mode, DMA off: as they are */
	return r->ah == 0x09 || (r->ah == 0x4e && r->al < 7 && (1 << r->al & 0x5a));
}

/* Has the answer to do with the drive's geometry? The first sector has the same address in all, and is read to boot. */
static bool needs_geometry(const struct regs *r)
{
	if (r->ah >= 0x02 && r->ah <= 0x04)
		return r->cx != 0x0001 || r->dh || r->al != 1;
	return r->ah == 0x05 || r->ah == 0x08 || r->ah == 0x0c || r->ah == 0x15;
}

static enum disk_status __attribute__((noinline)) call(struct drive *d, struct regs *r)
{
	if (d->block->bus == BUS_FLOPPY)
		return floppy_call(d, r);
	if (d->block->bus == BUS_RAM && r->ah > 0x05)
		return floppy_ram_call(d, r);
	if (d->ask_table && needs_geometry(r) && ask_table(d) != 0)
		return DISK_BUSY;
	if (d->block->kind == BLOCK_CD && (r->ah == 0x05 || r->ah == 0x08))
		return DISK_BAD_PARAMETER;
	switch (r->ah) {
	case 0x00:
	case 0x0d:
		return reset(d);
	case 0x01:
		return *last_status(r->dl);
	case 0x02:
		return transfer_chs(d, r, EDD_READ);
	case 0x03:
		return transfer_chs(d, r, EDD_WRITE);
	case 0x04:
		return transfer_chs(d, r, EDD_VERIFY);
	case 0x05:
		return format(d, r);
	case 0x08:
		return get_geometry(d, r);
	case 0x0c:
		return seek(d, r);
	case 0x10:
	case 0x11:		/* to cylinder 0, where any drive's heads have been since there are none */
		return ready(d);
	case 0x14:
		return diagnose(d);
	case 0x15:
		get_type(d, r);
		return DISK_OK;
	case 0x41:
		r->bx = EDD_ANSWER;
		r->cx = EDD_SUPPORT;
		r->ah = EDD_VERSION;
		return DISK_OK;
	case 0x45:
		return lock(d, r);
	case 0x46:
		return eject(d);
	case 0x47:
		return seek_packet(d, r);
	case 0x48:
		return edd_parameters(d, r);
	case 0x49:
		return d->block->removable ? DISK_CHANGED : DISK_OK;
	default:
		return is_nothing(r) ? DISK_OK : DISK_BAD_PARAMETER;
	}
}

void disk_service(struct regs *r)
{
	struct drive *d = disk_find(r->dl);
	uint8_t *last = last_status(r->dl);
	bool keeps_ah = r->ah == 0x15 || r->ah == 0x41;	/* AH is a result of its own */
	enum disk_status status = DISK_BAD_PARAMETER;
	uint32_t access = r->ah - 0x42u;	/* AH=42h, 43h, 44h: most calls by far */

	if (d)	/* floppies have no packets */
		status = access <= EDD_VERIFY && d->block->bus < BUS_FLOPPY ? edd_transfer(d, r, access) : call(d, r);
	*last = (uint8_t)status;
	if (status != DISK_OK) {
		r->ah = (uint8_t)status;
		r->flags |= FLAGS_CF;
		return;
	}
	if (!keeps_ah)
		r->ah = 0;
	r->flags &= ~FLAGS_CF;
}

void disk_foreign(void)
{
	disks.foreign = true;
}

void disk_move_first(struct drive *drive)
{
	if (disks.foreign && drive->block->kind == BLOCK_DISK)
		return;
	for (uint32_t i = 0; i < disks.count; i++) {
		struct drive *d = &disks.drive[i];

		if (d->block->kind == drive->block->kind && d->number < drive->number)
			d->number++;
	}
	drive->number = first_number[drive->block->kind];
}

void disk_remove_last(void)
{
	const struct drive *gone = &disks.drive[--disks.count];
	uint8_t kind = gone->block->kind;

	for (uint32_t i = 0; i < disks.count; i++)
		if (disks.drive[i].block->kind == kind && disks.drive[i].number > gone->number)
			disks.drive[i].number--;
	if (kind == BLOCK_DISK)
		guest_bda()->disks--;
}
