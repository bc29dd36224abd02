/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/services/disk_test.c: INT 13h on a disk whose every byte is known.
 * LINK: src/services/partitions.c
 * LINK: src/services/disk.c src/services/edd.c src/services/floppy.c src/services/geometry.c src/services/guest.c
 * LINK: src/hw/block/floppy/fdc.c
 * LINK: src/hw/block/block.c src/hw/block/sectors.c src/hw/block/floppy/floppy.c src/hw/isa_dma.c src/dma/dma.c src/dma/sg.c src/mem/alloc.c src/mem/e820.c
 * LINK: src/hw/cmos.c tests/fake/block.c tests/fake/cmos.c tests/fake/io.c tests/fake/timer.c
 * LINK: tests/fake/ram.c tests/fake/log.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "arch/layout.h"
#include "arch/phys.h"
#include "fake/block.h"
#include "fake/log.h"
#include "fake/ram.h"
#include "hw/pci/config.h"
#include "lib/bits.h"
#include "lib/errno.h"
#include "machine/machine.h"
#include "mem/alloc.h"
#include "services/disk.h"
#include "std/mbr.h"
#include "std/bda.h"
#include "std/edd.h"

struct machine machine;

#define RAM_END		(16u << 20)
#define SECTORS		204800u		/* 100 MiB: 203 cylinders of 16 heads and 63 sectors */
#define BUFFER		0x20000u
#define PACKET		0x600u

static struct regs r;

static void with_disk(uint64_t sectors)
{
	fake_log_reset();
	fake_ram_reset(RAM_END);
	machine.low_ram_end = RAM_END;
	alloc_init(0xf4000, 0xf8000);
	alloc_open_high(RAM_END);
	fake_block_reset(sectors);
	assert_int_equal(dma_init(), 0);
	assert_int_equal(disk_init(), 0);
}

static int set_up(void **state)
{
	(void)state;
	with_disk(SECTORS);
	assert_non_null(disk_add(&fake_block.block, NULL));
	disk_find(0x80)->ask_table = false;
	return 0;
}

static struct bda *bda(void)
{
	return phys_to_ptr(0x400);
}

/* AX, CX, DX, and ES:BX the buffer. Returns AH, or 0x100 more with carry. */
static unsigned int call(uint16_t ax, uint16_t cx, uint16_t dx)
{
	r = (struct regs){ .flags = FLAGS_FIXED | FLAGS_CF, .ax = ax, .cx = cx, .dx = dx, .es = BUFFER >> 4, .si = PACKET };
	disk_service(&r);
	return r.ah | (r.flags & FLAGS_CF ? 0x100 : 0);
}

static unsigned int packet_call(uint8_t ah, uint64_t lba, uint16_t count, struct edd_packet *p)
{
	*p = (struct edd_packet){ .size = 16, .count = count, .segment = BUFFER >> 4, .lba = lba };
	memcpy(phys_to_ptr(PACKET), p, sizeof(*p));
	return call((uint16_t)(ah << 8), 0, 0x80);
}

static void assert_read(uint32_t at, uint64_t lba, uint32_t sectors)
{
	const uint8_t *p = phys_to_ptr(at);

	for (uint32_t i = 0; i < sectors * 512; i++)
		assert_int_equal(p[i], fake_block_pattern(lba * 512 + i));
}

static void a_sector_is_read_by_chs(void **state)
{
	(void)state;
	assert_int_equal(call(0x0203, 0x0102, 0x0580), 0);	/* cylinder 1, head 5, sector 2 */
	assert_int_equal(r.al, 3);
	assert_read(BUFFER, (1 * 16 + 5) * 63 + 1, 3);
	assert_int_equal(bda()->disk_status, 0);
}

static void chs_that_is_none_is_refused(void **state)
{
	static const struct { uint16_t ax, cx, dx; } bad[] = {
		{ 0x0200, 0x0001, 0x0080 },	/* no sector */
		{ 0x0281, 0x0001, 0x0080 },	/* 129 */
		{ 0x0201, 0x0000, 0x0080 },	/* sector 0 */
		{ 0x0201, 0x0001, 0x1080 },	/* head 16 */
		{ 0x0201, 203 << 8 | 1, 0x0080 },
		{ 0x0201, 0x0001, 0x0081 },	/* another drive */
		{ 0x0201, 0x0001, 0x0000 },
		{ 0x0201, 0x0001, 0x00e0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		assert_int_equal(call(bad[i].ax, bad[i].cx, bad[i].dx), 0x101);
		assert_int_equal(r.al, bad[i].ax & 0xff);
	}
	assert_int_equal(fake_block.requests, 0);
	assert_int_equal(bda()->disk_status, 1);
	assert_int_equal(call(0x0100, 0, 0x80), 0x101);		/* and that is the last status */
}

/* The geometry of 100 MiB covers less than the disk; a disk of 10 MiB covers less than its geometry may say. */
static void chs_beyond_the_disk_is_refused(void **state)
{
	const struct geometry large = { 1024, 16, 63 };

	(void)state;
	with_disk(20480);
	assert_non_null(disk_add(&fake_block.block, &large));
	assert_int_equal(call(0x0201, 100 << 8 | 1, 0x0080), 0x101);
	assert_int_equal(call(0x0401, 100 << 8 | 1, 0x0080), 0x101);
	assert_int_equal(call(0x0401, 1 << 8 | 1, 0x0080), 0);
}

static void geometry_leaves_the_last_cylinder_out(void **state)
{
	(void)state;
	assert_int_equal(call(0x0800, 0, 0x80), 0);
	assert_int_equal(r.cx, 0xc93f);
	assert_int_equal(r.dx, 0x0f01);
	assert_int_equal(call(0x1500, 0, 0x80), 0x03);
	assert_int_equal(r.cx, 0x0003);
	assert_int_equal(r.dx, 0x1b60);
}

static void sectors_are_written_and_read_back(void **state)
{
	struct edd_packet p;

	(void)state;
	memset(phys_to_ptr(BUFFER), 0xc3, 1024);
	assert_int_equal(packet_call(0x43, 100, 2, &p), 0);
	memset(phys_to_ptr(BUFFER), 0, 2048);
	assert_int_equal(packet_call(0x42, 99, 4, &p), 0);
	assert_read(BUFFER, 99, 1);
	for (uint32_t i = 0; i < 1024; i++)
		assert_int_equal(((uint8_t *)phys_to_ptr(BUFFER + 512))[i], 0xc3);
	assert_read(BUFFER + 1536, 102, 1);
}

static uint16_t packet_count(void)
{
	return ((struct edd_packet *)phys_to_ptr(PACKET))->count;
}

static void packets_at_the_end_of_the_disk(void **state)
{
	struct edd_packet p;

	(void)state;
	assert_int_equal(packet_call(0x42, SECTORS - 1, 1, &p), 0);
	assert_int_equal(packet_call(0x42, SECTORS, 1, &p), 0x101);
	assert_int_equal(packet_call(0x42, UINT64_MAX, 1, &p), 0x101);
	assert_int_equal(packet_call(0x42, SECTORS - 2, 4, &p), 0x10c);
	assert_int_equal(packet_count(), 2);
	assert_read(BUFFER, SECTORS - 2, 2);
	assert_int_equal(packet_call(0x42, 5, 0, &p), 0);
	assert_int_equal(packet_call(0x42, 5, 129, &p), 0x109);
	assert_int_equal(packet_call(0x42, 5, 0xffff, &p), 0x109);
	assert_int_equal(packet_call(0x44, SECTORS - 1, 1, &p), 0);
	assert_int_equal(packet_call(0x44, SECTORS - 1, 2, &p), 0x10c);
}

static void flat_addresses_are_taken_where_the_packet_has_one(void **state)
{
	struct edd_packet *p = phys_to_ptr(PACKET);

	(void)state;
	*p = (struct edd_packet){ .size = 24, .count = 2, .buffer = 0xffffffff, .lba = 7, .flat = 0x300000 };
	assert_int_equal(call(0x4200, 0, 0x80), 0);
	assert_read(0x300000, 7, 2);
	*p = (struct edd_packet){ .size = 24, .count = 2, .buffer = 0xffffffff, .lba = 7, .flat = 0x100000000 };
	assert_int_equal(call(0x4200, 0, 0x80), 0x109);
	assert_int_equal(p->count, 0);
	*p = (struct edd_packet){ .size = 24, .count = 2, .buffer = 0xffffffff, .lba = 7, .flat = 0xfffffe00 };
	assert_int_equal(call(0x4200, 0, 0x80), 0x109);
	assert_int_equal(p->count, 0);
}

static void every_error_has_its_status(void **state)
{
	static const struct { int rc; unsigned int status; } errors[] = {
		{ -EIO, 0x10c }, { -ETIMEDOUT, 0x180 }, { -EROFS, 0x103 }, { -ENOMEDIUM, 0x131 }, { -EBUSY, 0x1aa },
	};
	struct edd_packet p;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(errors); i++) {
		fake_block.fail_stays = errors[i].rc == -ETIMEDOUT;	/* else a second try has it */
		fake_block.fail_at = fake_block.requests + 1;
		fake_block.fail_rc = errors[i].rc;
		fake_block.fail_done = 512;
		assert_int_equal(packet_call(0x42, 0, 3, &p), errors[i].status);
		assert_int_equal(packet_count(), 1);
		assert_int_equal(bda()->disk_status, errors[i].status & 0xff);
		if (fake_block.fail_stays) {	/* out of use until a reset */
			assert_int_equal(call(0x0203, 1, 0x80), 0x180);
			assert_int_equal(r.al, 0);
			assert_int_equal(call(0x0000, 0, 0x80), 0);
		}
		fake_block.fail_at = fake_block.requests + 1;
		assert_int_equal(call(0x0203, 1, 0x80), errors[i].status);
		assert_int_equal(r.al, 1);
		assert_int_equal(call(0x0000, 0, 0x80), 0);
	}
}

static void a_busy_controller_says_so(void **state)
{
	struct edd_packet p;

	(void)state;
	fake_block_has_tray();
	fake_block.controller.busy = true;
	assert_int_equal(packet_call(0x42, 0, 1, &p), 0x1aa);
	assert_int_equal(call(0x0000, 0, 0x80), 0x1aa);
	assert_int_equal(call(0x4500, 0, 0x80), 0x1aa);
	assert_int_equal(call(0x4600, 0, 0x80), 0x1aa);
	assert_int_equal(fake_block.resets + fake_block.tray_calls, 0);
	fake_block.controller.busy = false;
	assert_int_equal(packet_call(0x42, 0, 1, &p), 0);
	assert_int_equal(call(0x0000, 0, 0x80), 0);
	assert_int_equal(call(0x4600, 0, 0x80), 0);
	assert_int_equal(fake_block.resets, 1);
	assert_true(fake_block.ejected);
	assert_false(fake_block.controller.busy);
}

static void trays_open_when_every_lock_is_undone(void **state)
{
	(void)state;
	fake_block_has_tray();
	assert_int_equal(call(0x4501, 0, 0x80), 0x1b0);		/* not locked */
	fake_block.tray_rc = -EIO;
	assert_int_equal(call(0x4500, 0, 0x80), 0x10c);
	fake_block.tray_rc = 0;
	assert_int_equal(call(0x4502, 0, 0x80), 0);
	assert_int_equal(r.al, 0);
	for (uint32_t i = 0; i < 0xff; i++)
		assert_int_equal(call(0x4500, 0, 0x80), 0);
	assert_int_equal(call(0x4500, 0, 0x80), 0x1b4);		/* the count is full */
	assert_int_equal(fake_block.tray_calls, 2);		/* the drive knows one lock */
	assert_int_equal(call(0x4600, 0, 0x80), 0x1b1);
	for (uint32_t i = 0; i < 0xff; i++) {
		assert_true(fake_block.locked);
		assert_int_equal(call(0x4501, 0, 0x80), 0);
		assert_int_equal(r.al, i != 0xfe);
	}
	assert_false(fake_block.locked);
	assert_false(fake_block.ejected);
	assert_int_equal(call(0x4600, 0, 0x80), 0);
	assert_true(fake_block.ejected);
	assert_int_equal(call(0x4503, 0, 0x80), 0x101);
}

static void a_disk_that_is_read_only_says_so(void **state)
{
	struct edd_packet p;

	(void)state;
	fake_block.block.read_only = true;
	assert_int_equal(packet_call(0x43, 0, 1, &p), 0x103);
	assert_int_equal(call(0x0301, 1, 0x80), 0x103);
	assert_int_equal(fake_block.requests, 0);
}

static void parameters_are_as_many_as_there_is_room_for(void **state)
{
	static const struct { uint16_t room, size; } sizes[] = {
		{ 26, 26 }, { 29, 26 }, { 30, 30 }, { 65, 30 }, { 66, 66 }, { 73, 66 }, { 74, 74 }, { 0xffff, 74 },
	};
	struct edd_parameters *p = phys_to_ptr(PACKET);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		uint8_t *bytes = phys_to_ptr(PACKET), sum = 0;

		memset(bytes, 0xa5, 100);
		p->size = sizes[i].room;
		assert_int_equal(call(0x4800, 0, 0x80), 0);
		assert_int_equal(p->size, sizes[i].size);
		assert_int_equal(bytes[sizes[i].size], 0xa5);
		assert_int_equal(p->cylinders, 203);
		assert_int_equal(p->sectors, SECTORS);
		assert_int_equal(p->sector_size, 512);
		assert_int_equal(p->flags, EDD_CHS_VALID);
		if (sizes[i].size >= EDD_SIZE_2)
			assert_int_equal(p->dpte, 0xffffffff);
		if (sizes[i].size < EDD_SIZE_3)
			continue;
		assert_int_equal(p->key, EDD_KEY);
		assert_int_equal(p->path_bytes, sizes[i].size - 30);
		assert_memory_equal(p->host_bus, "PCI SCSI    ", 12);
		assert_int_equal(p->interface_path[1], 1);
		for (uint32_t n = 30; n < sizes[i].size; n++)
			sum += bytes[n];
		assert_int_equal(sum, 0);
	}
	p->size = 25;
	assert_int_equal(call(0x4800, 0, 0x80), 0x101);
}

/* Drives as their drivers and the emulation add them, and what AH=48h calls them. */
static const struct path_case {
	struct block block;
	char names[13];			/* host bus and interface */
	uint8_t interface_path[8], device_path[8];
	uint8_t number;
} path_cases[] = {
	{ { .bus = BUS_IDE, .bdf = PCI_BDF(0, 1, 1), .channel = 1, .unit = 1, .io = { 0x170, 0x376 } },
	  "PCI ATA     ", { 0, 1, 1, 1 }, { 1 }, 0x80 },
	{ { .bus = BUS_IDE, .bdf = PCI_BDF(3, 31, 7), .channel = 0, .unit = 0, .io = { 0xc000, 0xc012 }, .kind = BLOCK_CD },
	  "PCI ATAPI   ", { 3, 31, 7, 0 }, { 0 }, 0xe0 },
	{ { .bus = BUS_IDE, .bdf = PCI_NONE_BDF, .channel = 1, .unit = 0, .io = { 0x170, 0x376 } },
	  "ISA ATA     ", { 0x70, 0x01 }, { 0 }, 0x80 },
	{ { .bus = BUS_IDE, .bdf = PCI_NONE_BDF, .channel = 0, .unit = 1, .io = { 0x1f0, 0x3f6 }, .kind = BLOCK_CD },
	  "ISA ATAPI   ", { 0xf0, 0x01 }, { 1 }, 0xe0 },
	{ { .bus = BUS_AHCI, .bdf = PCI_BDF(0, 31, 2), .channel = 5 }, "PCI SATA    ", { 0, 31, 2 }, { 5 }, 0x80 },
	{ { .bus = BUS_AHCI, .bdf = PCI_BDF(2, 3, 4), .channel = 31, .kind = BLOCK_CD }, "PCI SATA    ", { 2, 3, 4 }, { 31 }, 0xe0 },
	{ { .bus = BUS_VIRTIO_PCI, .bdf = PCI_BDF(1, 2, 3) }, "PCI SCSI    ", { 1, 2, 3 }, { 0 }, 0x80 },
	{ { .bus = BUS_VIRTIO_MMIO, .bdf = PCI_NONE_BDF, .mmio = 0xfeb00e00 }, "ISA SCSI    ", { 0 }, { 0 }, 0x80 },
	{ { .bus = BUS_EMULATED, .bdf = PCI_BDF(0, 1, 1) }, "PCI ATAPI   ", { 0, 1, 1 }, { 0 }, 0x80 },
};

/* The drive's number as AH=48h describes it in 74 bytes. */
static const struct edd_parameters *described(uint8_t number)
{
	struct edd_parameters *p = phys_to_ptr(PACKET);
	const uint8_t *bytes = (const uint8_t *)p;
	uint8_t sum = 0;

	memset(p, 0xa5, sizeof(*p));
	p->size = sizeof(*p);
	assert_int_equal(call(0x4800, 0, number), 0);
	assert_int_equal(p->size, sizeof(*p));
	assert_int_equal(p->key, EDD_KEY);
	assert_int_equal(p->path_bytes, 44);
	for (uint32_t i = 30; i < sizeof(*p); i++)
		sum += bytes[i];
	assert_int_equal(sum, 0);
	return p;
}

static void every_kind_of_drive_has_a_path_of_its_own(void **state)
{
	static const uint8_t nothing[16];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(path_cases); i++) {
		const struct path_case *c = &path_cases[i];
		const struct edd_parameters *p;
		struct block b = c->block;

		with_disk(SECTORS);
		b.driver = fake_block.block.driver;
		b.controller = fake_block.block.controller;
		b.sectors = SECTORS;
		b.sector_size = b.kind == BLOCK_CD ? 2048 : 512;
		assert_non_null(disk_add(&b, NULL));
		p = described(c->number);
		assert_memory_equal(p->host_bus, c->names, 12);
		assert_memory_equal(p->interface_path, c->interface_path, 8);
		assert_memory_equal(p->device_path, c->device_path, 8);
		assert_memory_equal(p->device_path + 8, nothing, 8);
		assert_memory_equal(p->reserved, nothing, sizeof(p->reserved));
		assert_int_equal(p->reserved2, 0);
		assert_int_equal(p->dpte != 0xffffffff, b.bus == BUS_IDE);
		assert_int_equal(p->sector_size, b.sector_size);
		assert_int_equal(p->flags & EDD_REMOVABLE, b.kind == BLOCK_CD ? EDD_REMOVABLE : 0);
	}
}

static void an_ide_drive_has_a_table_that_says_where_it_is(void **state)
{
	static const struct {
		struct block block;
		uint8_t head, irq;
		uint16_t flags;
	} cases[] = {
		{ { .bus = BUS_IDE, .io = { 0x1f0, 0x3f6 }, .chs_cylinders = 203, .chs_heads = 16, .chs_sectors = 63 }, 0xe0, 14, 0x0090 },
		{ { .bus = BUS_IDE, .io = { 0x170, 0x376 }, .channel = 1, .unit = 1, .kind = BLOCK_CD }, 0xf0, 15, 0x00f0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		uint8_t sum = 0;
		const struct edd_parameters *p;
		const struct edd_dpte *t;
		struct block b = cases[i].block;

		with_disk(SECTORS);
		b.driver = fake_block.block.driver;
		b.controller = fake_block.block.controller;
		b.sectors = SECTORS;
		b.sector_size = b.kind == BLOCK_CD ? 2048 : 512;
		b.bdf = PCI_BDF(0, 1, 1);
		assert_non_null(disk_add(&b, NULL));
		p = described(b.kind == BLOCK_CD ? 0xe0 : 0x80);
		assert_int_equal(p->dpte >> 16, 0xf000);
		assert_in_range(p->dpte & 0xffff, 0x4000, 0x7ff0);	/* of the F segment, in what alloc has there */
		t = phys_to_ptr(0xf0000 + (p->dpte & 0xffff));
		assert_int_equal(t->io, b.io[0]);
		assert_int_equal(t->control, b.io[1]);
		assert_int_equal(t->head, cases[i].head);
		assert_int_equal(t->irq, cases[i].irq);
		assert_int_equal(t->block_sectors, 1);
		assert_int_equal(t->flags & ~(EDD_DPTE_TRANSLATION | EDD_DPTE_TYPE(3)), cases[i].flags);
		assert_int_equal(t->revision, 0x11);
		for (uint32_t n = 0; n < sizeof(*t); n++)
			sum += ((const uint8_t *)t)[n];
		assert_int_equal(sum, 0);
	}
}

static void a_floppy_drive_has_no_parameters_of_that_kind(void **state)
{
	struct edd_parameters *p;

	(void)state;
	with_disk(2880);
	p = phys_to_ptr(PACKET);
	fake_block.block.bus = BUS_FLOPPY;
	fake_block.block.kind = BLOCK_FLOPPY;
	assert_non_null(disk_add(&fake_block.block, NULL));
	p->size = sizeof(*p);
	assert_int_equal(call(0x4800, 0, 0), 0x101);
	assert_int_equal(call(0x4100, 0, 0), 0x101);
	assert_int_equal(p->size, sizeof(*p));
}

static void extensions_are_told_of_whatever_is_asked(void **state)
{
	(void)state;
	assert_int_equal(call(0x4142, 0, 0x80), 0x30);
	assert_int_equal(r.bx, 0xaa55);
	assert_int_equal(r.cx, 7);
	assert_int_equal(r.al, 0x42);
	assert_int_equal(call(0x4100, 0, 0x81), 0x101);
}

static void what_a_disk_can_do_succeeds(void **state)
{
	static const uint8_t fine[] = { 0x00, 0x09, 0x0c, 0x0d, 0x10, 0x11, 0x14, 0x47, 0x49 };
	static const uint8_t unknown[] = { 0x06, 0x0a, 0x0b, 0x0e, 0x16, 0x17, 0x18, 0x40, 0x4a, 0x4f, 0x50, 0xff };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(fine); i++)
		assert_int_equal(call((uint16_t)(fine[i] << 8), 0, 0x80), 0);
	for (size_t i = 0; i < ARRAY_SIZE(unknown); i++)
		assert_int_equal(call((uint16_t)(unknown[i] << 8), 0, 0x80), 0x101);
	assert_int_equal(call(0x4500, 0, 0x80), 0);		/* nothing to lock */
	assert_int_equal(call(0x4600, 0, 0x80), 0x1b2);		/* nor to eject */
	assert_int_equal(call(0x0501, 0x0000, 0x80), 0);	/* a track that there is, an interleave that it could have */
	assert_int_equal(call(0x0500, 0x0000, 0x80), 0x101);
	assert_int_equal(call(0x0540, 0x0000, 0x80), 0x101);
	assert_int_equal(fake_block.resets, 2);			/* AH=00h and 0Dh */
}

/* What fails is what the device says, of whatever is asked. */
static void verify_seek_and_ready_ask_the_device(void **state)
{
	static const struct { uint16_t ax, cx; } asks[] = {
		{ 0x0401, 0x0101 }, { 0x0c00, 0x0101 }, { 0x1000, 0 }, { 0x1100, 0 }, { 0x1400, 0 }, { 0x4400, 0 }, { 0x4700, 0 },
	};
	struct edd_packet p = { .size = 16, .count = 1, .segment = BUFFER >> 4, .lba = 5 };

	(void)state;
	memset(phys_to_ptr(BUFFER), 0xa5, 512);
	for (size_t i = 0; i < ARRAY_SIZE(asks); i++) {
		memcpy(phys_to_ptr(PACKET), &p, sizeof(p));
		fake_block.requests = 0;
		fake_block.fail_at = 2;
		fake_block.fail_rc = -EIO;
		assert_int_equal(call(asks[i].ax, asks[i].cx, 0x80), 0);
		assert_int_equal(call(asks[i].ax, asks[i].cx, 0x80), 0x10c);
		assert_int_equal(fake_block.requests, 2);
		fake_block.controller.busy = true;
		memcpy(phys_to_ptr(PACKET), &p, sizeof(p));
		assert_int_equal(call(asks[i].ax, asks[i].cx, 0x80), 0x1aa);
		fake_block.controller.busy = false;
		assert_int_equal(fake_block.requests, 2);
	}
	for (uint32_t i = 0; i < 512; i++)
		assert_int_equal(((const uint8_t *)phys_to_ptr(BUFFER))[i], 0xa5);
}

static void what_is_verified_is_counted(void **state)
{
	struct edd_packet p;

	(void)state;
	assert_int_equal(packet_call(0x44, 100, 128, &p), 0);
	assert_int_equal(packet_count(), 128);
	assert_int_equal(fake_block.requests, 3);		/* 24 KiB each */
	fake_block.fail_at = 6;
	fake_block.fail_rc = -EIO;
	fake_block.fail_done = 3 * 512;
	assert_int_equal(packet_call(0x44, 100, 128, &p), 0x10c);
	assert_int_equal(packet_count(), 96 + 3);
	fake_block.fail_at = 8;
	assert_int_equal(call(0x0440, 0x0001, 0x80), 0x10c);
	assert_int_equal(r.al, 48 + 3);
	assert_int_equal(call(0x0440, 0x0001, 0x80), 0);
	assert_int_equal(r.al, 64);
	assert_int_equal(packet_call(0x44, SECTORS - 3, 5, &p), 0x10c);
	assert_int_equal(packet_count(), 3);
	assert_int_equal(fake_block.requests, 11);
}

static void nobody_seeks_where_nothing_is(void **state)
{
	struct edd_packet p;

	(void)state;
	assert_int_equal(call(0x0c00, 202 << 8, 0x0f80), 0);	/* whatever the sector */
	assert_int_equal(call(0x0c00, 203 << 8 | 1, 0x0080), 0x101);
	assert_int_equal(call(0x0c00, 0x0041, 0x0080), 0x101);	/* cylinder 256 */
	assert_int_equal(call(0x0c00, 0x0001, 0x1080), 0x101);
	assert_int_equal(fake_block.requests, 1);
	assert_int_equal(packet_call(0x47, SECTORS - 1, 5, &p), 0);
	assert_int_equal(packet_count(), 5);
	assert_int_equal(packet_call(0x47, SECTORS, 1, &p), 0x101);
	assert_int_equal(packet_call(0x47, UINT64_MAX, 1, &p), 0x101);
}

/* A disk of 255 heads by its table, which is asked when somebody needs cylinders, and once. */
static void add_with_table(void)
{
	struct mbr *mbr = (struct mbr *)fake_block.data;

	fake_block.written = true;
	*mbr = (struct mbr){ .signature = MBR_SIGNATURE };
	mbr->partition[0] = (struct mbr_partition){ 0x80, { 32, 33, 0 }, 6, { 190, 50, 12 }, { 2048, 0 },
						    { (uint16_t)(204800 - 2048), (204800 - 2048) >> 16 } };
	assert_non_null(disk_add(&fake_block.block, NULL));
}

static void with_table(void)
{
	with_disk(204800);
	add_with_table();
}

static void the_partition_table_tells_the_geometry(void **state)
{
	(void)state;
	with_table();
	assert_int_equal(call(0x0201, 0x0001, 0x80), 0);	/* the boot sector */
	assert_int_equal(fake_block.requests, 1);
	assert_int_equal(call(0x0800, 0, 0x80), 0);
	assert_int_equal(r.dh, 254);
	assert_int_equal(r.cl & 63, 63);
	assert_int_equal(r.ch, 204800 / (255 * 63) - 1);
	assert_int_equal(fake_block.requests, 2);
	assert_int_equal(call(0x0201, 0x0101, 0x80), 0);	/* cylinder 1 */
	assert_read(BUFFER, 255 * 63, 1);
	assert_int_equal(fake_block.requests, 3);
	assert_int_equal(fake_log_lines(), 1);
	with_table();
	assert_int_equal(call(0x0c00, 0x0101, 0xc880), 0);	/* head 200 */
}

static void without_memory_for_the_table_disks_are_as_empty_ones(void **state)
{
	static const uint16_t verifies[] = { 0x0401, 0x0c00, 0x1000, 0x1100, 0x1400 };
	int rc = -ENOMEM;

	(void)state;
	with_disk(204800);
	for (uint32_t pages = 0; rc != 0; pages++) {		/* until there are enough for the drives, which are more than one */
		assert_true(pages < 100);
		fake_log_reset();
		alloc_init(0xf4000, 0xf8000);
		alloc_open_high(0x100000 + pages * 4096);
		rc = disk_init();
		assert_int_equal(rc, fake_log_has("alloc: drives: ") ? -ENOMEM : 0);
	}
	assert_true(fake_log_has("alloc: partition table: "));
	add_with_table();
	for (size_t i = 0; i < ARRAY_SIZE(verifies); i++)
		assert_int_equal(call(verifies[i], 0x0001, 0x80), 0x120);
	assert_int_equal(fake_block.requests, 0);
	assert_int_equal(call(0x0800, 0, 0x80), 0);
	assert_int_equal(r.dh, 15);
	assert_int_equal(call(0x0201, 0x0101, 0x80), 0);
	assert_int_equal(fake_block.requests, 1);
}

static void a_table_that_cannot_be_read_yet_is_asked_again(void **state)
{
	(void)state;
	with_table();
	fake_block.controller.busy = true;
	assert_int_equal(call(0x0800, 0, 0x80), 0x1aa);
	assert_int_equal(call(0x1500, 0, 0x80), 0x1aa);
	fake_block.controller.busy = false;
	assert_int_equal(call(0x0800, 0, 0x80), 0);
	assert_int_equal(r.dh, 254);
	with_table();
	fake_block.fail_at = 1;
	fake_block.fail_rc = -EIO;
	assert_int_equal(call(0x1500, 0, 0x80), 3);		/* once, and then as if there were none */
	assert_int_equal(call(0x0800, 0, 0x80), 0);
	assert_int_equal(r.dh, 15);
	assert_int_equal(fake_block.requests, 1);
}

static void nobody_asks_the_table_of_a_disk_whose_geometry_the_host_tells(void **state)
{
	(void)state;
	with_table();
	disk_remove_last();
	assert_non_null(disk_add(&fake_block.block, &(struct geometry){ 100, 32, 63 }));
	assert_int_equal(call(0x0800, 0, 0x80), 0);
	assert_int_equal(r.dh, 31);
	assert_int_equal(fake_block.requests, 0);
}

/* Whatever registers say: our variables, ROM and tables stay, and the drive comes to no harm. */
static void no_call_changes_the_firmware(void **state)
{
	static const uint8_t functions[] = { 0x02, 0x42, 0x48, 0x08, 0x15, 0x41, 0x44, 0x4e };
	uint8_t *before = test_malloc(FSEG_END - FW_RAM_BASE);

	(void)state;
	memset(phys_to_ptr(FW_RAM_BASE), 0x77, FSEG_END - FW_RAM_BASE);
	memcpy(before, phys_to_ptr(FW_RAM_BASE), FSEG_END - FW_RAM_BASE);
	for (uint32_t at = FW_RAM_BASE - 0x1000; at < FSEG_END; at += 0x190)
		for (size_t f = 0; f < ARRAY_SIZE(functions); f++) {
			struct edd_packet p = { .size = 16, .count = 3, .segment = (uint16_t)(at >> 4), .lba = 1 };

			memcpy(phys_to_ptr(PACKET), &p, sizeof(p));
			r = (struct regs){ .ax = (uint16_t)(functions[f] << 8 | 3), .cx = 1, .dx = 0x80, .es = (uint16_t)(at >> 4),
					   .si = PACKET };
			if (functions[f] == 0x48)
				r.ds = r.es;
			disk_service(&r);
			assert_memory_equal(phys_to_ptr(FW_RAM_BASE), before, FSEG_END - FW_RAM_BASE);
		}
	test_free(before);
}

static void drives_are_numbered_by_kind(void **state)
{
	static struct block cd, floppy, second;

	(void)state;
	second = cd = floppy = fake_block.block;
	cd.kind = BLOCK_CD;
	cd.sector_size = 2048;
	floppy.kind = BLOCK_FLOPPY;
	assert_int_equal(disk_add(&cd, NULL)->number, 0xe0);
	assert_int_equal(disk_add(&floppy, NULL)->number, 0x00);
	assert_int_equal(disk_add(&second, NULL)->number, 0x81);
	assert_int_equal(bda()->disks, 2);
	assert_ptr_equal(disk_find(0xe0)->block, &cd);
	assert_null(disk_find(0xe1));
	assert_int_equal(call(0x0800, 0, 0x81), 0);
	assert_int_equal(r.dl, 2);
	assert_int_equal(call(0x0800, 0, 0xe0), 0x101);
	assert_int_equal(call(0x1500, 0, 0xe0), 1);		/* a type: removable, and cannot tell a change */
}

static void there_are_no_more_numbers_than_fit(void **state)
{
	static struct block b;

	(void)state;
	b = fake_block.block;
	for (uint32_t n = 1; n < DRIVES_MAX; n++)
		assert_non_null(disk_add(&b, NULL));
	assert_null(disk_add(&b, NULL));
	assert_int_equal(bda()->disks, DRIVES_MAX);
}

static void disks_come_behind_those_of_an_option_rom_and_keep_their_numbers(void **state)
{
	static struct block second, third, cd;
	struct drive *moved;

	(void)state;
	second = third = cd = fake_block.block;
	cd.kind = BLOCK_CD;
	bda()->disks = 3;			/* 81h and 82h are the ROM's */
	disk_foreign();
	moved = disk_add(&second, NULL);
	assert_int_equal(moved->number, 0x83);
	assert_int_equal(disk_add(&third, NULL)->number, 0x84);
	assert_int_equal(bda()->disks, 5);
	disk_move_first(moved);
	assert_ptr_equal(disk_find(0x80)->block, &fake_block.block);
	assert_ptr_equal(disk_find(0x83)->block, &second);
	assert_null(disk_find(0x81));
	disk_add(&cd, NULL);
	moved = disk_add(&cd, NULL);		/* CDs are ours alone */
	assert_int_equal(moved->number, 0xe1);
	disk_move_first(moved);
	assert_int_equal(moved->number, 0xe0);
	assert_int_equal(disk_init(), 0);	/* a new start knows nothing of them */
	bda()->disks = 0;
	disk_add(&second, NULL);
	moved = disk_add(&third, NULL);
	disk_move_first(moved);
	assert_int_equal(moved->number, 0x80);
}

static void a_rom_with_all_the_numbers_leaves_none(void **state)
{
	static struct block second;

	(void)state;
	second = fake_block.block;
	bda()->disks = 0x5f;
	disk_foreign();
	assert_int_equal(disk_add(&second, NULL)->number, 0xdf);
	assert_null(disk_add(&second, NULL));
	for (unsigned int disks = 0x60; disks <= 0xff; disks++) {
		bda()->disks = (uint8_t)disks;
		assert_null(disk_add(&second, NULL));
		assert_int_equal(bda()->disks, disks);
	}
}

static uint32_t asked;

static int ask(struct block *block)
{
	asked++;
	block->sectors = 1234;
	return 0;
}

static void parameters_of_a_cd_that_nobody_has_read_ask_it(void **state)
{
	static const struct block_driver driver = { .media = ask };
	struct edd_parameters *p = phys_to_ptr(PACKET);
	static struct block cd;

	(void)state;
	cd = fake_block.block;
	cd.driver = &driver;
	cd.kind = BLOCK_CD;
	cd.sector_size = 2048;
	cd.sectors = 0;
	asked = 0;
	assert_non_null(disk_add(&cd, NULL));
	for (uint32_t i = 0; i < 2; i++) {
		p->size = 26;
		assert_int_equal(call(0x4800, 0, 0xe0), 0);
		assert_int_equal(p->sectors, 1234);
		assert_int_equal(asked, 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_sector_is_read_by_chs, set_up),
		cmocka_unit_test_setup(chs_that_is_none_is_refused, set_up),
		cmocka_unit_test_setup(chs_beyond_the_disk_is_refused, set_up),
		cmocka_unit_test_setup(geometry_leaves_the_last_cylinder_out, set_up),
		cmocka_unit_test_setup(sectors_are_written_and_read_back, set_up),
		cmocka_unit_test_setup(packets_at_the_end_of_the_disk, set_up),
		cmocka_unit_test_setup(flat_addresses_are_taken_where_the_packet_has_one, set_up),
		cmocka_unit_test_setup(every_error_has_its_status, set_up),
		cmocka_unit_test_setup(a_busy_controller_says_so, set_up),
		cmocka_unit_test_setup(trays_open_when_every_lock_is_undone, set_up),
		cmocka_unit_test_setup(a_disk_that_is_read_only_says_so, set_up),
		cmocka_unit_test_setup(parameters_are_as_many_as_there_is_room_for, set_up),
		cmocka_unit_test_setup(every_kind_of_drive_has_a_path_of_its_own, set_up),
		cmocka_unit_test_setup(an_ide_drive_has_a_table_that_says_where_it_is, set_up),
		cmocka_unit_test_setup(a_floppy_drive_has_no_parameters_of_that_kind, set_up),
		cmocka_unit_test_setup(extensions_are_told_of_whatever_is_asked, set_up),
		cmocka_unit_test_setup(what_a_disk_can_do_succeeds, set_up),
		cmocka_unit_test_setup(verify_seek_and_ready_ask_the_device, set_up),
		cmocka_unit_test_setup(what_is_verified_is_counted, set_up),
		cmocka_unit_test_setup(nobody_seeks_where_nothing_is, set_up),
		cmocka_unit_test_setup(the_partition_table_tells_the_geometry, set_up),
		cmocka_unit_test_setup(without_memory_for_the_table_disks_are_as_empty_ones, set_up),
		cmocka_unit_test_setup(a_table_that_cannot_be_read_yet_is_asked_again, set_up),
		cmocka_unit_test_setup(nobody_asks_the_table_of_a_disk_whose_geometry_the_host_tells, set_up),
		cmocka_unit_test_setup(no_call_changes_the_firmware, set_up),
		cmocka_unit_test_setup(drives_are_numbered_by_kind, set_up),
		cmocka_unit_test_setup(there_are_no_more_numbers_than_fit, set_up),
		cmocka_unit_test_setup(disks_come_behind_those_of_an_option_rom_and_keep_their_numbers, set_up),
		cmocka_unit_test_setup(a_rom_with_all_the_numbers_leaves_none, set_up),
		cmocka_unit_test_setup(parameters_of_a_cd_that_nobody_has_read_ask_it, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
