/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/boot/eltorito_test.c: catalogues as mkisofs makes them, catalogues that lie, and what is loaded where.
 * LINK: src/services/partitions.c
 * LINK: src/services/floppy.c src/hw/block/floppy/floppy.c src/hw/isa_dma.c tests/fake/timer.c
 * LINK: src/hw/block/floppy/fdc.c
 * LINK: src/boot/eltorito.c src/services/emulation.c src/services/disk.c src/services/edd.c src/services/geometry.c
 * LINK: src/services/guest.c src/hw/block/block.c src/hw/block/sectors.c src/dma/dma.c src/dma/sg.c src/mem/alloc.c src/mem/e820.c src/hw/cmos.c
 * LINK: tests/fake/cmos.c tests/fake/io.c tests/fake/ram.c tests/fake/log.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "arch/phys.h"
#include "boot/eltorito.h"
#include "boot/program.h"
#include "fake/log.h"
#include "fake/ram.h"
#include "lib/bits.h"
#include "lib/endian.h"
#include "lib/errno.h"
#include "machine/machine.h"
#include "mem/alloc.h"
#include "std/bda.h"

struct machine machine;
bool program_started;

#define RAM_END		(16u << 20)
#define SECTORS		1500u
#define CATALOGUE	30u
#define IMAGE		40u

static uint8_t disc[SECTORS][CD_SECTOR];
static uint8_t *catalogue = disc[CATALOGUE];

/* A CD drive on that disc. */
static uint32_t requests, fail_at;
static int transfer(struct block *block, struct block_request *r)
{
	const struct dma_list *list = &r->list;
	const uint8_t *from = disc[r->lba];

	assert_false(r->write);
	assert_true(r->lba + r->sectors <= SECTORS);
	assert_int_equal(block->sector_size, CD_SECTOR);
	assert_int_equal(list->bytes, r->sectors * CD_SECTOR);
	if (++requests == fail_at)
		return -EIO;
	for (uint32_t i = 0; i < list->count; i++) {
		memcpy(phys_to_ptr(list->range[i].addr), from, list->range[i].len);
		from += list->range[i].len;
	}
	return 0;
}

static const struct block_driver driver = { .transfer = transfer };
static struct block_controller controller;
static struct block cd_block = { .driver = &driver, .controller = &controller, .sectors = SECTORS, .sector_size = CD_SECTOR,
				 .kind = BLOCK_CD, .bus = BUS_AHCI, .bdf = 0x00fa, .channel = 2, .max_sectors = UINT32_MAX,
				 .description = "fake CD" };
static struct drive *cd;
static uint8_t *sector;

/* What is started, and what it does meanwhile. */
static uint32_t starts;
static uint16_t started_segment, started_offset;
static uint8_t started_drive;
static void (*running)(void);

void program_start(uint16_t segment, uint16_t offset, uint8_t drive)
{
	starts++;
	started_segment = segment;
	started_offset = offset;
	started_drive = drive;
	if (running)
		running();
}

static void fix_checksum(void)
{
	uint16_t sum = 0;

	put_le16(catalogue + 28, 0);
	for (uint32_t i = 0; i < 32; i += 2)
		sum = (uint16_t)(sum + get_le16(catalogue + i));
	put_le16(catalogue + 28, (uint16_t)-sum);
}

static void entry(uint32_t n, uint8_t id, uint8_t media, uint16_t segment, uint16_t count, uint32_t lba)
{
	uint8_t *e = catalogue + 32 * n;

	memset(e, 0, 32);
	e[0] = id;
	e[1] = media;
	put_le16(e + 2, segment);
	put_le16(e + 6, count);
	put_le32(e + 8, lba);
}

static void section(uint32_t n, uint8_t id, uint8_t platform, uint16_t count)
{
	entry(n, id, platform, count, 0, 0);
}

static int set_up(void **state)
{
	(void)state;
	fake_log_reset();
	emulation_end();		/* of the test before */
	fake_ram_reset(RAM_END);
	machine.low_ram_end = RAM_END;
	alloc_init(0xf4000, 0xf8000);
	alloc_open_high(RAM_END);
	assert_int_equal(dma_init(), 0);
	assert_int_equal(disk_init(), 0);
	put_le16(phys_to_ptr(BDA_BASE_KIB), 639);
	controller.busy = false;
	cd = disk_add(&cd_block, NULL);
	emulation_init(1);
	sector = emulation_buffer();
	requests = fail_at = starts = 0;
	running = NULL;
	for (uint32_t i = 0; i < SECTORS; i++)
		for (uint32_t j = 0; j < CD_SECTOR; j++)
			disc[i][j] = (uint8_t)(i ^ i >> 8 ^ j ^ j >> 8);
	memset(disc[17], 0, CD_SECTOR);
	memcpy(disc[17], "\0CD001\1EL TORITO SPECIFICATION", 30);
	put_le32(disc[17] + 0x47, CATALOGUE);
	memset(catalogue, 0, CD_SECTOR);
	catalogue[0] = 1;
	put_le16(catalogue + 30, 0xaa55);
	fix_checksum();
	entry(1, 0x88, 0, 0, 4, IMAGE);
	return 0;
}

static const char *boot(void)
{
	return eltorito_boot(cd, sector);
}

static bool is_image(uint32_t linear, uint32_t offset, uint32_t len)
{
	return memcmp(phys_to_ptr(linear), disc[IMAGE] + offset, len) == 0;
}

static struct regs call_4b(uint8_t al, uint8_t drive)
{
	struct regs r = { .ah = 0x4b, .al = al, .dl = drive, .si = 0x600 };

	emulation_service(&r);
	return r;
}

static void without_emulation_the_image_goes_to_its_segment(void **state)
{
	struct cd_packet *p;

	(void)state;
	assert_string_equal(boot(), "its program came back");
	assert_int_equal(starts, 1);
	assert_int_equal(started_segment << 16 | started_offset, 0x7c00);
	assert_int_equal(started_drive, 0xe0);
	assert_true(is_image(0x7c00, 0, 2048));
	assert_int_equal(*(uint8_t *)phys_to_ptr(0x7c00 + 2048), 0);
	assert_int_equal(call_4b(1, 0xe0).flags & FLAGS_CF, 0);
	p = phys_to_ptr(0x600);
	assert_int_equal(p->size, 0x13);
	assert_int_equal(p->media, 0);
	assert_int_equal(p->drive, 0xe0);
	assert_int_equal(p->lba, IMAGE);
	assert_int_equal(p->sectors, 4);
	assert_int_equal(p->controller, 2);
	assert_true(call_4b(0, 0xe0).flags & FLAGS_CF);		/* there is nothing to end */
	assert_false(call_4b(1, 0xe1).flags & FLAGS_CF);	/* one answer for every drive */
	assert_true(call_4b(2, 0xe0).flags & FLAGS_CF);
}

static void segments_and_counts_of_any_size(void **state)
{
	(void)state;
	entry(1, 0x88, 0, 0x1000, 9, IMAGE);
	boot();
	assert_int_equal(started_segment << 16 | started_offset, 0x10000000);
	assert_true(is_image(0x10000, 0, 9 * 512));
	entry(1, 0x88, 0, 0x0200, 0, IMAGE);			/* no count: a sector */
	boot();
	assert_int_equal(started_segment << 16 | started_offset, 0x2000);
	assert_true(is_image(0x2000, 0, 2048));
	assert_int_equal(*(uint8_t *)phys_to_ptr(0x2000 + 2048), 0);
	entry(1, 0x88, 0, 0x7c0, 0xffff, IMAGE);		/* more than there is memory */
	boot();
	assert_int_equal(starts, 3);
	assert_true(is_image(0x7c00, 0, 607 * 1024 - 2048));
	assert_int_equal(*(uint8_t *)phys_to_ptr(639 * 1024), 0);
	assert_true(fake_log_has("fit into conventional memory"));
}

static void a_segment_outside_of_conventional_memory_is_refused(void **state)
{
	static const uint16_t bad[] = { 1, 0x4f, 0x9fc0, 0xa000, 0xf000, 0xffff };

	(void)state;
	for (uint32_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		entry(1, 0x88, 0, bad[i], 4, IMAGE);
		assert_string_equal(boot(), "its image's segment is outside of conventional memory");
	}
	assert_int_equal(starts, 0);
}

static void a_disc_without_a_catalogue_is_not_booted(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < 39; i++) {
		disc[17][i] ^= 0x20;
		assert_string_equal(boot(), "no CD that boots: it has no boot record");
		disc[17][i] ^= 0x20;
	}
	put_le32(disc[17] + 0x47, SECTORS);
	assert_string_equal(boot(), "its catalogue cannot be read");
	put_le32(disc[17] + 0x47, CATALOGUE);
	for (uint32_t i = 0; i < 32; i++) {
		catalogue[i] ^= 0x20;
		assert_non_null(strstr(boot(), "checksum"));
		catalogue[i] ^= 0x20;
	}
	assert_int_equal(starts, 0);
	boot();
	assert_int_equal(starts, 1);
	assert_string_equal(eltorito_boot(cd, NULL), "no memory to read its catalogue");
}

static void every_failed_read_is_told(void **state)
{
	(void)state;
	for (fail_at = 1; fail_at <= 3; fail_at++) {
		requests = starts = 0;
		assert_non_null(strstr(boot(), "read"));
		assert_int_equal(starts, 0);
		assert_int_equal(requests, fail_at);
	}
	requests = 0;
	boot();
	assert_int_equal(starts, 1);
}

static struct eltorito_entry entries[ELTORITO_IMAGES + 1];

/* As many as there are, and not one more is written. */
static uint32_t images(struct cd_image image[ELTORITO_IMAGES])
{
	const char *wrong;
	uint32_t count;

	memset(entries, 0xee, sizeof(entries));
	count = eltorito_catalogue(catalogue, entries, ELTORITO_IMAGES, &wrong);
	assert_true(count <= ELTORITO_IMAGES);
	assert_int_equal(entries[count].name[0], (char)0xee);
	for (uint32_t i = 0; i < count; i++)
		image[i] = entries[i].image;
	return count;
}

static void sections_of_this_platform_follow_the_default(void **state)
{
	struct cd_image image[ELTORITO_IMAGES];

	(void)state;
	section(2, 0x90, 0xef, 1);
	entry(3, 0x88, 0, 0, 0, 50);
	section(4, 0x91, 0, 2);
	entry(5, 0x88, 0x20, 0, 4, 60);		/* extended twice */
	entry(6, 0x44, 0x20, 0, 0, 0);
	entry(7, 0x44, 0, 0, 0, 0);
	entry(8, 0x88, 2, 0, 1, 70);
	entry(9, 0x88, 0, 0, 4, 80);		/* behind the end */
	assert_int_equal(images(image), 3);
	assert_int_equal(image[0].lba, IMAGE);
	assert_int_equal(image[1].lba, 60);
	assert_int_equal(image[2].lba, 70);
	assert_int_equal(image[2].media, 2);
	catalogue[1] = 0xef;			/* a disc for UEFI whose section is for PCs */
	fix_checksum();
	assert_int_equal(images(image), 2);
	assert_int_equal(image[0].lba, 60);
	catalogue[5 * 32] = 0;			/* not bootable */
	assert_int_equal(images(image), 1);
}

static void name_it(uint32_t n, const char *name)
{
	memset(catalogue + 32 * n + 4, ' ', n ? 28 : 24);
	memcpy(catalogue + 32 * n + 4, name, strlen(name));
	fix_checksum();
}

/* Three for a PC, of a default entry and two sections. */
static void make_three(void)
{
	section(2, 0x90, 0xef, 1);
	name_it(2, "not this one");
	entry(3, 0x88, 0, 0, 0, 50);
	section(4, 0x91, 0, 2);
	name_it(4, "Rescue\1 \xff~");
	entry(5, 0x88, 2, 0, 1, IMAGE + 1);
	entry(6, 0x88, 0, 0x1000, 8, IMAGE + 2);
}

static void a_menu_gets_every_image_with_its_form_and_name(void **state)
{
	struct eltorito_entry e[ELTORITO_IMAGES];

	(void)state;
	make_three();
	name_it(0, "Maker of discs");
	assert_int_equal(eltorito_entries(cd, sector, e, ELTORITO_IMAGES), 3);
	assert_int_equal(starts, 0);
	assert_string_equal(e[0].form, "no emulation");
	assert_string_equal(e[0].name, "Maker of discs");
	assert_string_equal(e[1].form, "1.44 MB floppy");
	assert_string_equal(e[1].name, "Rescue. .~");
	assert_int_equal(e[1].image.lba, IMAGE + 1);
	assert_string_equal(e[2].name, "Rescue. .~");
	assert_int_equal(e[2].image.segment, 0x1000);
	name_it(0, "123456789012345678901234");
	name_it(4, "1234567890123456789012345678");
	memset(e, 0xee, sizeof(e));
	assert_int_equal(eltorito_entries(cd, sector, e, 2), 2);
	assert_string_equal(e[0].name, "123456789012345678901234");
	assert_string_equal(e[1].name, "1234567890123456789012345678");
	assert_null(memchr(e[2].name, 0, sizeof(e[2].name)));
	name_it(0, "");
	assert_int_equal(eltorito_entries(cd, sector, e, 1), 1);
	assert_string_equal(e[0].name, "");
	assert_int_equal(eltorito_entries(cd, sector, NULL, 0), 0);
	entry(1, 0, 0, 0, 4, IMAGE);
	assert_int_equal(eltorito_entries(cd, sector, e, 1), 1);
	assert_int_equal(e[0].image.lba, IMAGE + 1);
}

static void a_menu_gets_nothing_of_a_disc_that_does_not_boot(void **state)
{
	struct eltorito_entry e[ELTORITO_IMAGES];

	(void)state;
	for (fail_at = 1; fail_at <= 2; fail_at++) {
		requests = 0;
		fake_log_reset();
		assert_int_equal(eltorito_entries(cd, sector, e, ELTORITO_IMAGES), 0);
		assert_true(fake_log_has("read"));
	}
	fail_at = 0;
	assert_int_equal(eltorito_entries(cd, NULL, e, ELTORITO_IMAGES), 0);
	assert_int_equal(eltorito_entries(cd, sector, e, ELTORITO_IMAGES), 1);
	catalogue[0] = 2;
	assert_int_equal(eltorito_entries(cd, sector, e, ELTORITO_IMAGES), 0);
	assert_true(fake_log_has("checksum"));
}

static void an_image_that_was_chosen_is_booted_alone(void **state)
{
	(void)state;
	make_three();
	assert_string_equal(eltorito_boot_entry(cd, sector, 2), "its program came back");
	assert_int_equal(starts, 1);
	assert_int_equal(started_segment << 16 | started_offset, 0x10000000);
	assert_true(is_image(0x10000, 2 * 2048, 8 * 512));
	assert_string_equal(eltorito_boot_entry(cd, sector, 1), "its program came back");
	assert_int_equal(starts, 2);
	assert_int_equal(started_drive, 0);
	assert_true(is_image(0x7c00, 2048, 512));
	emulation_end();
	assert_string_equal(eltorito_boot_entry(cd, sector, 0), "its program came back");
	assert_int_equal(starts, 3);
	assert_int_equal(started_drive, 0xe0);
	for (uint32_t n = 3; n < 12; n++)
		assert_string_equal(eltorito_boot_entry(cd, sector, n), "it has not so many images any more");
	assert_string_equal(eltorito_boot_entry(cd, sector, UINT32_MAX), "it has not so many images any more");
	assert_int_equal(starts, 3);
	entry(5, 0x88, 2, 0, 1, SECTORS);	/* one that fails leads to no other */
	assert_string_equal(eltorito_boot_entry(cd, sector, 1), "its image cannot be read");
	assert_int_equal(starts, 3);
	catalogue[0] = 2;			/* another disc by now */
	assert_non_null(strstr(eltorito_boot_entry(cd, sector, 0), "checksum"));
	assert_int_equal(starts, 3);
}

static void what_cannot_be_booted_is_passed_over(void **state)
{
	struct cd_image image[ELTORITO_IMAGES];

	(void)state;
	entry(1, 0, 0, 0, 4, IMAGE);
	assert_int_equal(images(image), 0);
	assert_string_equal(boot(), "its catalogue has nothing that a PC boots");
	entry(1, 0x88, 5, 0, 4, IMAGE);
	assert_int_equal(images(image), 0);
	section(2, 0x90, 0, 0xffff);		/* more than the sector has */
	for (uint32_t n = 3; n < 64; n++)
		entry(n, 0x88, 0, 0, 4, n);
	assert_int_equal(images(image), ELTORITO_IMAGES);
	assert_int_equal(image[7].lba, 10);
	assert_int_equal(eltorito_entries(cd, sector, entries, ELTORITO_IMAGES + 1), ELTORITO_IMAGES);
	for (uint32_t n = 2; n < 64; n++)	/* nothing but sections without entries */
		section(n, 0x90, 0, 0);
	assert_int_equal(images(image), 0);
}

static void the_next_image_is_tried_when_one_cannot_be_loaded(void **state)
{
	(void)state;
	entry(1, 0x88, 0, 0, 4, SECTORS);
	section(2, 0x91, 0, 1);
	entry(3, 0x88, 0, 0, 4, IMAGE);
	boot();
	assert_int_equal(starts, 1);
	assert_true(is_image(0x7c00, 0, 2048));
}

/* A floppy image: some sectors by INT 13h, as a program would. */
static uint32_t track;
static void read_floppy(void)
{
	struct regs r = { .ax = 0x0202, .cx = (uint16_t)(3 << 8 | (track - 1)), .dx = 0x0100, .es = 0x3000 };
	uint32_t lba = (3 * 2 + 1) * track + track - 2;

	disk_service(&r);
	assert_int_equal(r.flags & FLAGS_CF, 0);
	assert_true(is_image(0x30000, lba * 512, 1024));
	r = (struct regs){ .ax = 0x0301, .cx = 1, .es = 0x3000 };
	disk_service(&r);
	assert_true(r.flags & FLAGS_CF);
	assert_int_equal(r.ah, 0x03);
	r = (struct regs){ .ah = 0x08 };
	disk_service(&r);
	assert_int_equal(r.cx, 79 << 8 | track);
	assert_int_equal(r.dh, 1);
	assert_int_equal(((struct bda *)phys_to_ptr(0x400))->equipment & 0xc1, 1);
}

static void floppies_of_three_sizes_are_emulated(void **state)
{
	static const uint8_t tracks[] = { 15, 18, 36 };

	(void)state;
	running = read_floppy;
	for (uint8_t media = 1; media <= 3; media++) {
		track = tracks[media - 1];
		entry(1, 0x88, media, 0, 1, IMAGE);
		boot();
		assert_int_equal(started_drive, 0);
		assert_int_equal(started_segment << 16 | started_offset, 0x7c00);
		assert_int_equal(starts, media);
		assert_int_equal(disk_find(0)->block->sectors, 160 * track);
		assert_int_equal(call_4b(0, 0x7f).flags & FLAGS_CF, 0);
		assert_int_equal(((struct cd_packet *)phys_to_ptr(0x600))->media, media);
		assert_int_equal(((struct cd_packet *)phys_to_ptr(0x600))->cl, track);
		assert_null(disk_find(0));
		assert_ptr_equal(disk_find(0xe0), cd);
		assert_int_equal(((struct bda *)phys_to_ptr(0x400))->equipment & 0xc1, 0);
	}
}

static void any_part_of_an_image_reads_as_it_is(void **state)
{
	struct drive *d;

	(void)state;
	entry(1, 0x88, 2, 0, 1, IMAGE);
	boot();
	d = disk_find(0);
	for (uint32_t lba = 0; lba < 9; lba++)
		for (uint32_t count = 1; count <= 70; count++) {
			uint32_t done;

			memset(phys_to_ptr(0x20000), 0xee, 0x10000);
			assert_int_equal(block_transfer(d->block, false, lba, count, 0x20000, &done), 0);
			assert_int_equal(done, count);
			assert_true(is_image(0x20000, lba * 512, count * 512));
			assert_int_equal(*(uint8_t *)phys_to_ptr(0x20000 + count * 512), 0xee);
		}
	requests = 0;
	fail_at = 2;
	{
		uint32_t done;

		assert_int_equal(block_transfer(d->block, false, 3, 60, 0x20000, &done), -EIO);
		assert_int_equal(done, 29);	/* one request of eight CD sectors, less three at its start */
	}
}

static struct block disk_block = { .driver = &driver, .controller = &controller, .sectors = 1000, .sector_size = 512,
				   .kind = BLOCK_DISK, .bus = BUS_IDE, .bdf = 0x0009, .description = "fake disk" };

static void make_disk_image(void)
{
	uint8_t *p = disc[IMAGE] + 0x1be;

	memset(p, 0, 64);
	p[4] = 6;
	p[5] = 15;		/* 16 heads, 63 sectors, 3 cylinders */
	p[6] = 63;
	p[7] = 2;
	put_le32(p + 8, 63);
	put_le32(p + 12, 3 * 16 * 63 - 63);
	put_le16(disc[IMAGE] + 510, 0xaa55);
	entry(1, 0x88, 4, 0, 1, IMAGE);
}

static void a_disk_image_becomes_the_first_disk(void **state)
{
	struct drive *disk = disk_add(&disk_block, NULL);

	(void)state;
	make_disk_image();
	assert_int_equal(disk->number, 0x80);
	boot();
	assert_int_equal(started_drive, 0x80);
	assert_int_equal(disk->number, 0x81);
	assert_int_equal(((struct bda *)phys_to_ptr(0x400))->disks, 2);
	assert_int_equal(disk_find(0x80)->geometry.heads, 16);
	assert_int_equal(disk_find(0x80)->geometry.sectors, 63);
	assert_int_equal(disk_find(0x80)->block->sectors, 3 * 16 * 63);
	emulation_end();
	assert_int_equal(disk->number, 0x80);
	assert_int_equal(((struct bda *)phys_to_ptr(0x400))->disks, 1);
}

static void a_disk_image_that_is_none_is_refused(void **state)
{
	uint8_t *p = disc[IMAGE] + 0x1be;

	(void)state;
	make_disk_image();
	p[4] = 0;
	assert_non_null(strstr(boot(), "no partition"));
	p[4] = 6;
	p[6] = 0xc0;		/* no sectors on a track */
	assert_non_null(strstr(boot(), "no partition"));
	p[6] = 63;
	p[5] = 255;		/* 256 heads */
	assert_non_null(strstr(boot(), "no partition"));
	p[5] = 15;
	put_le32(p + 12, 0xffffffff);
	assert_non_null(strstr(boot(), "no partition"));
	put_le32(p + 12, 100);
	disc[IMAGE][510] = 0;
	assert_non_null(strstr(boot(), "no boot sector"));
	assert_null(disk_find(0x80));
	assert_int_equal(((struct bda *)phys_to_ptr(0x400))->disks, 0);
	assert_int_equal(starts, 0);
}

static void an_image_of_more_than_the_disc_fails_where_it_ends(void **state)
{
	uint32_t done;

	(void)state;
	entry(1, 0x88, 2, 0, 1, SECTORS - 2);
	boot();
	assert_int_equal(block_transfer(disk_find(0)->block, false, 4, 8, 0x20000, &done), -ERANGE);
	assert_int_equal(block_transfer(disk_find(0)->block, false, 4, 4, 0x20000, &done), 0);
}

static void a_nested_call_finds_the_drive_busy(void **state)
{
	uint32_t done;

	(void)state;
	entry(1, 0x88, 2, 0, 1, IMAGE);
	boot();
	controller.busy = true;		/* the CD's, by a request that waits */
	assert_int_equal(block_transfer(disk_find(0)->block, false, 0, 1, 0x20000, &done), -EBUSY);
	controller.busy = false;
	assert_int_equal(block_transfer(disk_find(0)->block, false, 0, 1, 0x20000, &done), 0);
}

static int never(struct block *block __attribute__((unused)), struct block_request *r __attribute__((unused)))
{
	return -EINPROGRESS;
}

static int at_it(struct block *block __attribute__((unused)))
{
	return -EALREADY;
}

/* Each of a dozen drives keeps what its boot record was to be read to, and the one behind them boots all the same. */
static void drives_that_do_not_answer_cost_no_other_one_its_boot(void **state)
{
	static const struct block_driver silent = { .transfer = never, .reset = at_it };
	static struct block_controller own[12];
	struct block b = cd_block;
	const uint8_t *was = sector;

	(void)state;
	block_init();
	b.driver = &silent;
	emulation_init(ARRAY_SIZE(own));
	for (uint32_t i = 0; i < ARRAY_SIZE(own); i++) {
		struct drive d = { .number = 0xe1 };

		b.controller = &own[i];
		d.block = block_add(&b);
		assert_non_null(d.block);
		for (uint32_t again = 0; again < 2; again++) {
			sector = emulation_buffer();
			assert_true(sector != was);
			assert_string_equal(eltorito_boot(&d, sector), "no CD, or it cannot be read");
			was = again ? was : sector;
		}
	}
	sector = emulation_buffer();
	entry(1, 0x88, 2, 0, 1, IMAGE);
	assert_string_equal(boot(), "its program came back");
	assert_true(is_image(0x7c00, 0, 512));
	for (uint32_t n = 1; n < 30; n++) {
		uint32_t done;

		assert_int_equal(block_transfer(disk_find(0)->block, false, n, n, 0x20000, &done), 0);
		assert_true(is_image(0x20000, n * 512, n * 512));
	}
	emulation_init(0);
	assert_null(emulation_buffer());
}

#define TEST(name) cmocka_unit_test_setup(name, set_up)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(without_emulation_the_image_goes_to_its_segment),
		TEST(segments_and_counts_of_any_size),
		TEST(a_segment_outside_of_conventional_memory_is_refused),
		TEST(a_disc_without_a_catalogue_is_not_booted),
		TEST(every_failed_read_is_told),
		TEST(sections_of_this_platform_follow_the_default),
		TEST(a_menu_gets_every_image_with_its_form_and_name),
		TEST(a_menu_gets_nothing_of_a_disc_that_does_not_boot),
		TEST(an_image_that_was_chosen_is_booted_alone),
		TEST(what_cannot_be_booted_is_passed_over),
		TEST(the_next_image_is_tried_when_one_cannot_be_loaded),
		TEST(floppies_of_three_sizes_are_emulated),
		TEST(any_part_of_an_image_reads_as_it_is),
		TEST(a_disk_image_becomes_the_first_disk),
		TEST(a_disk_image_that_is_none_is_refused),
		TEST(an_image_of_more_than_the_disc_fails_where_it_ends),
		TEST(a_nested_call_finds_the_drive_busy),
		TEST(drives_that_do_not_answer_cost_no_other_one_its_boot),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
