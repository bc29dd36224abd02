/* SPDX-License-Identifier: BSD-2-Clause
 * src/services/edd.c: see edd.h.
 */
#include "services/edd.h"
#include "arch/layout.h"
#include "arch/phys.h"
#include "hw/pci/config.h"
#include "lib/bits.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "mem/alloc.h"
#include "services/guest.h"
#include "std/edd.h"

#define SECTORS_MAX	128	/* in one call */
#define NO_ADDRESS	0xffffffffu
#define CHS_LIMIT	(16383ull * 16 * 63)	/* larger disks have no CHS of their own (ATA) */
#define IRQ_PRIMARY	14
#define CHECKSUM_FROM	offsetof(struct edd_parameters, key)

/* What makes the sum of len bytes and itself 0. Not lib/checksum.h: the caller's vector registers are his. */
static uint8_t complement(const void *bytes, uint32_t len)
{
	const uint8_t *p = bytes;
	uint8_t sum = 0;

	while (len--)
		sum -= *p++;
	return sum;
}

/* Where the buffer of a packet with a flat address is; and is it below 4 GiB as a whole? */
static bool flat_buffer(const volatile struct edd_packet *p, uint32_t bytes, uint32_t *linear)
{
	uint64_t flat = p->flat;

	*linear = (uint32_t)flat;
	return flat >> 32 == 0 && bytes <= 0u - *linear - 1;
}

static void put_count(uint32_t packet, uint32_t count)
{
	guest_write16(packet + offsetof(struct edd_packet, count), (uint16_t)count);
}

/*
 * What is not simply inside: the disk ends before the request does, or nothing is to be transferred, or only looked at. A CD drive has 0
 * sectors until it is asked. Not inlined: its variables would cost every request.
 */
static enum disk_status __attribute__((noinline)) transfer_clipped(struct block *block, struct block_request *q,
								   uint32_t at, uint32_t linear,
								   enum edd_access access)
{
	enum disk_status status = DISK_OK;
	uint32_t wanted = q->sectors;

	if (!wanted && block->kind == BLOCK_CD)
		return DISK_OK;		/* nothing of whatever is in the drive */
	if (q->lba >= block->sectors)
		status = disk_status_of(block_media(block));
	if (status != DISK_OK) {
		put_count(at, 0);
		return status;
	}
	if (q->lba >= block->sectors) {
		if (block->kind != BLOCK_CD)
			return DISK_BAD_PARAMETER;	/* and the count stays */
		put_count(at, 0);
		return DISK_BAD_SECTOR;
	}
	q->done = q->sectors = (uint32_t)min_u64(wanted, block->sectors - q->lba);
	if (wanted)
		status = disk_status_of(access == EDD_VERIFY ? disk_verify(block, q) : block_do(block, q, linear));
	if (status == DISK_OK && q->sectors != wanted)
		status = DISK_BAD_SECTOR;
	put_count(at, q->done);
	return status;
}

/* The packet is the guest's memory: each field is read once. */
enum disk_status edd_transfer(struct drive *drive, struct regs *r, enum edd_access access)
{
	uint32_t at = guest_linear(r->ds, r->si);
	const volatile struct edd_packet *p = phys_to_ptr(at);
	struct block *block = drive->block;
	uint32_t buffer = p->buffer, linear;
	int rc = -ERANGE;	/* also where nothing is transferred: transfer_clipped() finds out why */
	struct block_request q;

	q.lba = p->lba;
	q.sectors = p->count;
	q.write = access & EDD_WRITE;
	linear = guest_linear_of(buffer);
	if (q.sectors > SECTORS_MAX ||
	    (buffer == NO_ADDRESS && p->size >= sizeof(*p) &&
	     !flat_buffer(p, q.sectors * block->sector_size, &linear))) {
		put_count(at, 0);
		return DISK_BAD_BUFFER;
	}
	if (access != EDD_VERIFY && q.sectors)
		rc = block_do(block, &q, linear);
	if (rc == -ERANGE)
		return transfer_clipped(block, &q, at, linear, access);
	put_count(at, q.done);
	return rc ? disk_status_of(rc) : DISK_OK;
}

bool edd_inside(const struct drive *drive, const struct regs *r)
{
	uint64_t lba;

	guest_read(&lba, guest_linear(r->ds, r->si) + offsetof(struct edd_packet, lba), sizeof(lba));
	return lba < drive->block->sectors;
}

/* How the device is reached, in the specification's words. */
static void describe_path(struct edd_parameters *p, const struct block *b)
{
	static const struct { char host[5], interface[9]; } names[] = {
		[BUS_IDE] = { "PCI ", "ATA     " },
		[BUS_AHCI] = { "PCI ", "SATA    " },
		[BUS_VIRTIO_PCI] = { "PCI ", "SCSI    " },
		[BUS_VIRTIO_MMIO] = { "ISA ", "SCSI    " },
		[BUS_FLOPPY] = { "ISA ", "FLOPPY  " },
		[BUS_SCSI] = { "PCI ", "SCSI    " },
		[BUS_NVME] = { "PCI ", "NVME    " },
		[BUS_SD] = { "PCI ", "SD      " },
		[BUS_RAM] = { "ISA ", "FLOPPY  " },	/* it stands for one */
		[BUS_EMULATED] = { "PCI ", "ATAPI   " },	/* the CD it is on */
	};
	bool cd_on_ide = b->bus == BUS_IDE && b->kind == BLOCK_CD;

	memcpy(p->host_bus, names[b->bus].host, sizeof(p->host_bus));
	memcpy(p->interface, cd_on_ide ? "ATAPI   " : names[b->bus].interface, sizeof(p->interface));
	if (b->bdf != PCI_NONE_BDF) {
		p->interface_path[0] = PCI_BUS(b->bdf);
		p->interface_path[1] = PCI_DEV(b->bdf);
		p->interface_path[2] = PCI_FN(b->bdf);
		p->interface_path[3] = b->bus == BUS_IDE ? b->channel : 0;
	} else {
		memcpy(p->interface_path, b->io, 2);
		if (b->bus == BUS_IDE || b->bus == BUS_SCSI)
			memcpy(p->host_bus, "ISA ", sizeof(p->host_bus));
	}
	if (b->bus == BUS_IDE)
		p->device_path[0] = b->unit;
	if (b->bus == BUS_AHCI)
		p->device_path[0] = b->channel;
	if (b->bus == BUS_SCSI || b->bus == BUS_NVME) {
		/* target, 16 bits, and LUN, 64; the namespace in place of both */
		memcpy(p->device_path, &b->target, b->bus == BUS_SCSI ? 2 : 4);
		if (b->bus == BUS_SCSI)
			memcpy(p->device_path + 2, &b->lun, sizeof(b->lun));
	}
}

/* EDD 3.0 has 8 bytes for the device's path, EDD-3 has 16; the checksum is in the last byte of either. */
static void add_path(struct edd_parameters *p, const struct block *b, uint16_t size)
{
	uint8_t *bytes = (uint8_t *)p;

	p->key = EDD_KEY;
	p->path_bytes = size == EDD_SIZE_3 ? EDD_PATH_BYTES_3 : EDD_PATH_BYTES_3_LONG;
	describe_path(p, b);
	bytes[size - 1] = complement(bytes + CHECKSUM_FROM, size - 1u - CHECKSUM_FROM);
}

enum disk_status edd_parameters(struct drive *drive, struct regs *r)
{
	uint32_t at = guest_linear(r->ds, r->si);
	const struct block *b = drive->block;
	struct edd_parameters p = { 0 };
	uint16_t room;

	guest_read(&room, at, sizeof(room));
	if (room < EDD_SIZE_1)
		return DISK_BAD_PARAMETER;
	/* A CD drive has 0 sectors until it is asked; it may have none. */
	if (!b->sectors)
		block_media(drive->block);
	p.size = room >= EDD_SIZE_3_LONG ? EDD_SIZE_3_LONG : room >= EDD_SIZE_3 ? EDD_SIZE_3 :
		 room >= EDD_SIZE_2 ? EDD_SIZE_2 : EDD_SIZE_1;
	p.sectors = b->sectors;
	p.sector_size = (uint16_t)b->sector_size;
	p.dpte = drive->dpte;
	if (b->kind == BLOCK_CD) {
		p.flags = EDD_REMOVABLE | EDD_CHANGE_LINE | EDD_LOCKABLE | EDD_GEOMETRY_MAX;
		p.cylinders = p.heads = p.sectors_per_track = NO_ADDRESS;
	} else {
		p.flags = b->sectors <= CHS_LIMIT ? EDD_CHS_VALID : 0;
		p.cylinders = drive->physical.cylinders;
		p.heads = drive->physical.heads;
		p.sectors_per_track = drive->physical.sectors;
	}
	if (p.size >= EDD_SIZE_3)
		add_path(&p, b, p.size);
	guest_write(at, &p, p.size);
	return DISK_OK;
}

uint32_t edd_make_dpte(const struct drive *drive)
{
	const struct block *b = drive->block;
	struct edd_dpte *t;

	if (b->bus != BUS_IDE)
		return NO_ADDRESS;
	t = alloc(ZONE_FSEG, sizeof(*t), 16, "device parameter table extension");
	if (!t)
		return NO_ADDRESS;
	t->io = b->io[0];
	t->control = b->io[1];
	t->head = (uint8_t)(0xe0 | b->unit << 4);
	t->irq = (uint8_t)(IRQ_PRIMARY + b->channel);
	t->block_sectors = 1;
	t->flags = EDD_DPTE_LBA | EDD_DPTE_32BIT;
	if (b->kind == BLOCK_CD)
		t->flags |= EDD_DPTE_REMOVABLE | EDD_DPTE_ATAPI;
	else if (drive->translation != TRANSLATE_NONE)
		t->flags |= (uint16_t)(EDD_DPTE_TRANSLATION | EDD_DPTE_TYPE(drive->translation == TRANSLATE_LBA));
	t->revision = EDD_DPTE_REVISION;
	t->checksum = complement(t, sizeof(*t) - 1);
	return (uint32_t)(FSEG_BASE >> 4) << 16 | ((uint32_t)ptr_to_phys(t) & 0xffff);
}
