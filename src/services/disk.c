/* SPDX-License-Identifier: BSD-2-Clause
 * src/services/disk.c: see disk.h.
 */
#include "services/disk.h"
#include "arch/phys.h"
#include "lib/bits.h"
#include "lib/endian.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "std/bda.h"

/* What INT 13h answers in AH. */
#define DISK_OK			0x00
#define DISK_BAD_PARAMETER	0x01
#define DISK_NOT_FOUND		0x04
#define DISK_READ_ONLY		0x03
#define DISK_DMA_BOUNDARY	0x09
#define DISK_BAD_MEDIA		0x0c
#define DISK_CONTROLLER		0x20
#define DISK_NO_MEDIUM		0x31
#define DISK_NOT_READY		0xaa
#define DISK_TIMEOUT		0x80

#define DRIVES 32
static struct drive drives[DRIVES];
static uint8_t drive_count;

static struct bda *bda(void)
{
	return phys_to_ptr(BDA_SEGMENT << 4);
}

struct drive *disk_add(struct block *block)
{
	static const uint8_t first[] = { [BLOCK_DISK] = DRIVE_DISK, [BLOCK_CD] = DRIVE_CD, [BLOCK_FLOPPY] = DRIVE_FLOPPY };
	struct drive *d = &drives[drive_count];
	uint8_t n = first[block->kind];

	if (drive_count == DRIVES)
		return NULL;
	for (uint32_t i = 0; i < drive_count; i++)
		n += drives[i].block->kind == block->kind;
	*d = (struct drive){ .block = block, .number = n, .heads = 255, .sectors = 63 };
	d->cylinders = block->sectors < 1024 * 255 * 63 ? (uint32_t)block->sectors / (255 * 63) + 1 : 1024;
	drive_count++;
	bda()->disks += block->kind == BLOCK_DISK;
	return d;
}

struct drive *disk_find(uint8_t number)
{
	for (uint32_t i = 0; i < drive_count; i++)
		if (drives[i].number == number)
			return &drives[i];
	return NULL;
}

static uint8_t status_of(int rc)
{
	switch (rc) {
	case 0:			return DISK_OK;
	case -EBUSY:		return DISK_NOT_READY;
	case -EROFS:		return DISK_READ_ONLY;
	case -ERANGE:		return DISK_BAD_PARAMETER;
	case -ENOMEDIUM:	return DISK_NO_MEDIUM;
	case -ETIMEDOUT:	return DISK_TIMEOUT;
	case -EINVAL:		return DISK_DMA_BOUNDARY;
	default:		return DISK_BAD_MEDIA;
	}
}

static uint8_t chs(struct drive *d, struct regs *r, bool write)
{
	uint32_t count = r->al, sector = r->cl & 63, cylinder = r->ch | (r->cl & 0xc0u) << 2, done;
	int rc;

	if (!count || count > 128 || !sector || sector > d->sectors || r->dh >= d->heads || cylinder >= d->cylinders)
		return DISK_BAD_PARAMETER;
	rc = block_transfer(d->block, write, (cylinder * d->heads + r->dh) * d->sectors + sector - 1, count,
			    ((uint32_t)r->es << 4) + r->bx, &done);
	r->al = (uint8_t)done;
	return status_of(rc);
}

struct packet {
	uint8_t size, zero;
	uint16_t count;
	uint16_t offset, segment;
	uint64_t lba;
	uint64_t flat;
} __attribute__((packed));

static uint8_t packet_transfer(struct drive *d, struct regs *r, bool write)
{
	struct packet *p = phys_to_ptr(((uint32_t)r->ds << 4) + r->si);
	uint32_t done;
	int rc = block_transfer(d->block, write, p->lba, p->count, ((uint32_t)p->segment << 4) + p->offset, &done);

	p->count = (uint16_t)done;
	return status_of(rc);
}

static uint8_t geometry(struct drive *d, struct regs *r)
{
	uint32_t last = d->cylinders - 1;

	r->al = 0;
	r->ch = (uint8_t)last;
	r->cl = (uint8_t)(last >> 8 << 6 | d->sectors);
	r->dh = (uint8_t)(d->heads - 1);
	r->dl = bda()->disks;
	return DISK_OK;
}

struct parameters {
	uint16_t size, flags;
	uint32_t cylinders, heads, sectors_per_track;
	uint64_t sectors;
	uint16_t sector_size;
} __attribute__((packed));

static uint8_t parameters(struct drive *d, struct regs *r)
{
	struct parameters *p = phys_to_ptr(((uint32_t)r->ds << 4) + r->si);

	if (p->size < 26)
		return DISK_BAD_PARAMETER;
	*p = (struct parameters){ 26, 2, d->cylinders, d->heads, d->sectors, d->block->sectors,
				  (uint16_t)d->block->sector_size };
	return DISK_OK;
}

static uint8_t call(struct regs *r)
{
	struct drive *d = disk_find(r->dl);

	if (!d)
		return DISK_BAD_PARAMETER;
	switch (r->ah) {
	case 0x00:
		return DISK_OK;
	case 0x02:
		return chs(d, r, false);
	case 0x03:
		return chs(d, r, true);
	case 0x08:
		return geometry(d, r);
	case 0x41:
		r->bx = 0xaa55;
		r->cx = 7;
		r->ah = 0x30;
		r->flags &= ~FLAGS_CF;
		return 0xff;
	case 0x42:
		return packet_transfer(d, r, false);
	case 0x43:
		return packet_transfer(d, r, true);
	case 0x48:
		return parameters(d, r);
	default:
		return DISK_BAD_PARAMETER;
	}
}

void disk_service(struct regs *r)
{
	uint8_t status = call(r);

	if (status == 0xff)
		return;
	r->ah = status;
	bda()->disk_status = status;
	if (status)
		r->flags |= FLAGS_CF;
	else
		r->flags &= ~FLAGS_CF;
}
