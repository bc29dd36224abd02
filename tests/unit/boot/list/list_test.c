/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/boot/list/list_test.c: what is in the boot list, in which order and with which numbers, which option ROMs are run for
 * it, and what is added later. The drives are real ones without devices.
 * LINK: src/boot/list/list.c src/boot/list/order.c src/boot/list/path.c src/boot/list/describe.c src/lib/format.c
 * LINK: src/services/disk.c src/services/edd.c src/services/geometry.c src/services/guest.c src/services/partitions.c
 * LINK: src/services/floppy.c src/hw/block/block.c src/hw/block/sectors.c src/hw/block/floppy/floppy.c src/hw/block/floppy/fdc.c src/hw/isa_dma.c src/dma/dma.c src/dma/sg.c
 * LINK: src/mem/alloc.c src/mem/e820.c src/hw/cmos.c
 * LINK: tests/fake/roms.c tests/fake/fw_cfg_files.c tests/fake/cmos.c tests/fake/io.c tests/fake/timer.c tests/fake/ram.c
 * LINK: tests/fake/log.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "boot/eltorito.h"
#include "boot/list/list.h"
#include "boot/list/order.h"
#include "fake/cmos.h"
#include "fake/fw_cfg_files.h"
#include "fake/io.h"
#include "fake/log.h"
#include "fake/ram.h"
#include "fake/roms.h"
#include "hw/block/block.h"
#include "hw/pci/tree.h"
#include "lib/bits.h"
#include "machine/machine.h"
#include "mem/alloc.h"
#include "services/guest.h"

#define RAM_END (16u << 20)
#define KERNEL "/rom@genroms/linuxboot_dma.bin"

struct machine machine;

static struct pci_function functions[8];
static struct pci_tree tree = { .function = functions };
static char order[0x20000], geometry[200];
static uint32_t plan_what;
static uint8_t cd_sector[2048];
static uint32_t images, images_of_second;	/* on the first CD, on others */

bool plan_is_kernel(const char *line, uint32_t len)
{
	return len == sizeof(KERNEL) - 1 && memcmp(line, KERNEL, len) == 0;
}

uint32_t eltorito_entries(struct drive *cd, uint8_t *sector, struct eltorito_entry *entry, uint32_t max)
{
	uint32_t n = cd->number == 0xe0 ? images : images_of_second;

	assert_ptr_equal(sector, cd_sector);
	assert_true(n <= max);
	for (uint32_t i = 0; i < n; i++) {
		entry[i] = (struct eltorito_entry){ .form = i ? "1.44 MB floppy" : "no emulation" };
		snprintf(entry[i].name, sizeof(entry[i].name), i ? "image %u" : "", i);
	}
	return n;
}

static void *one(void)
{
	return cd_sector;
}

static void *none(void)
{
	return NULL;
}

static struct block_controller controller;
static const struct block_driver no_driver;

/* A disk or CD at a virtio-mmio slot, or a floppy. */
static void add(enum block_kind kind, uint8_t unit, const char *name)
{
	struct block b = {
		.driver = &no_driver, .controller = &controller, .sectors = 100000, .sector_size = 512, .kind = (uint8_t)kind,
		.bus = kind == BLOCK_FLOPPY ? BUS_FLOPPY : BUS_VIRTIO_MMIO, .bdf = 0xffff, .unit = unit, .mmio = unit,
		.description = name,
	};

	assert_non_null(block_add(&b));
}

static int set_up(void **state)
{
	(void)state;
	fake_log_reset();
	fake_io_reset();
	fake_cmos_add();
	fake_ram_reset(RAM_END);
	fake_files_reset();
	fake_roms_reset();
	memset(&machine, 0, sizeof(machine));
	machine.chipset = CHIPSET_I440FX;
	machine.low_ram_end = RAM_END;
	machine.pci = &tree;
	memset(functions, 0, sizeof(functions));
	tree.count = ARRAY_SIZE(functions);
	for (uint32_t i = 0; i < ARRAY_SIZE(functions); i++) {
		functions[i].bdf = (pci_bdf_t)(i << 3);
		functions[i].parent = PCI_NONE;
	}
	alloc_init(0xf4000, 0xf8000);
	alloc_open_high(RAM_END);
	block_init();
	order[0] = geometry[0] = '\0';
	plan_what = TIMELINE_PLAN_MADE;
	images = images_of_second = 0;
	return 0;
}

/* Make it, and give numbers. */
static void make(void)
{
	struct boot_plan plan = { .what = plan_what };

	if (order[0])
		fake_files_add("bootorder", order, (uint32_t)strlen(order) + 1);
	if (geometry[0])
		fake_files_add("bios-geometry", geometry, (uint32_t)strlen(geometry) + 1);
	assert_int_equal(disk_init(), 0);
	roms_begin();
	boot_list_make(&plan, plan.what & TIMELINE_PLAN_MENU);
	boot_list_number();
	roms_end();
}

/* The list in words: those behind "|" are not tried. */
static const char *listed(void)
{
	static char text[1000];
	const struct boot_entry *e;
	uint32_t i;

	text[0] = '\0';
	for (i = 0; (e = boot_list_nth(i)) != NULL; i++) {
		char *at = text + strlen(text);

		at += sprintf(at, "%s%s", i ? " " : "", i == boot_list_tried() ? "| " : "");
		if (e->kind == BOOT_KERNEL)
			sprintf(at, "kernel");
		else if (e->kind == BOOT_DRIVE)
			sprintf(at, "%s:%02x", e->block->description, e->drive ? e->drive->number : 0xff);
		else if (e->kind == BOOT_IMAGE)
			sprintf(at, "%s#%u", e->block->description, e->entry);
		else if (e->kind == BOOT_ROM_DISKS)
			sprintf(at, "%s/bcv%u:%02x+%u", e->rom->source.name, e->entry, e->first, e->count);
		else if (e->entry == BOOT_EVERY)
			sprintf(at, "%s/*", e->rom->source.name);
		else
			sprintf(at, "%s/%u", e->rom->source.name, e->entry);
	}
	assert_int_equal(boot_list_count(), i);
	return text;
}

static void four_devices(void)
{
	add(BLOCK_DISK, 0, "zero");
	add(BLOCK_DISK, 1, "one");
	add(BLOCK_FLOPPY, 0, "floppy");
	add(BLOCK_CD, 2, "cd");
}

static void nothing_is_an_empty_list(void **state)
{
	(void)state;
	make();
	assert_string_equal(listed(), "");
	assert_int_equal(boot_list_count(), 0);
	assert_int_equal(boot_list_tried(), 0);
	assert_int_equal(boot_list_excluded(), 0);
	assert_null(boot_list_nth(0));
	assert_int_equal(fake_io_accesses(), 0);		/* of CMOS, where there is nothing to choose */
}

static void lines_come_first_then_kinds_as_cmos_has_them(void **state)
{
	(void)state;
	four_devices();
	plan_what |= TIMELINE_PLAN_KERNEL;
	strcpy(order, "/virtio-mmio@1/disk@0,0\n" KERNEL "\n");
	fake_cmos[0x38] = 0x20;		/* CD, floppy, disk */
	fake_cmos[0x3d] = 0x13;
	make();
	assert_string_equal(listed(), "one:80 kernel cd:e0 floppy:00 zero:81");
}

static void the_kernel_is_one_of_them_unless_it_was_tried_or_a_rom_loads_it(void **state)
{
	static const struct { uint32_t what; const char *list; } plans[] = {
		{ 0, "one:80" }, { TIMELINE_PLAN_KERNEL, "kernel one:80" },
		{ TIMELINE_PLAN_KERNEL | TIMELINE_PLAN_FIRST, "one:80" }, { TIMELINE_PLAN_KERNEL | TIMELINE_PLAN_ROM, "one:80" },
		{ TIMELINE_PLAN_FIRST, "one:80" },
	};

	for (uint32_t i = 0; i < ARRAY_SIZE(plans); i++) {
		set_up(state);
		add(BLOCK_DISK, 1, "one");
		plan_what = plans[i].what;
		make();
		assert_string_equal(listed(), plans[i].list);
	}
}

static void of_the_same_rank_the_first_stays_the_first(void **state)
{
	(void)state;
	add(BLOCK_DISK, 3, "a");
	add(BLOCK_DISK, 1, "b");
	add(BLOCK_DISK, 2, "c");
	make();
	assert_string_equal(listed(), "a:80 b:81 c:82");
}

static void behind_halt_nothing_is_tried_but_all_have_numbers(void **state)
{
	(void)state;
	four_devices();
	strcpy(order, "/virtio-mmio@1/disk@0,0\nHALT");
	make();
	assert_string_equal(listed(), "one:80 | zero:81 floppy:00 cd:e0");
	assert_int_equal(boot_list_tried(), 1);
	assert_int_equal(boot_list_excluded(), 3);
	assert_non_null(disk_find(0x81));
	assert_non_null(disk_find(0xe0));
}

static void a_geometry_from_the_host_is_the_drives(void **state)
{
	(void)state;
	four_devices();
	strcpy(geometry, "/virtio-mmio@1/disk@0,0 100 20 30\n/virtio-mmio@0/disk@0,0 0 0 0\n");
	make();
	for (uint8_t n = 0x80; n < 0x82; n++)
		if (disk_find(n)->block->mmio == 1) {
			assert_int_equal(disk_find(n)->geometry.cylinders, 100);
			assert_int_equal(disk_find(n)->geometry.heads, 20);
			assert_int_equal(disk_find(n)->geometry.sectors, 30);
		} else {
			assert_true(disk_find(n)->geometry.heads > 0);
		}
}

static void a_long_order_is_cut_and_said_to_be(void **state)
{
	(void)state;
	add(BLOCK_DISK, 0, "zero");
	add(BLOCK_DISK, 1, "one");
	memset(order, 'x', sizeof(order) - 1);
	memcpy(order, "/virtio-mmio@1/disk@0,0\n", 24);
	make();
	assert_string_equal(listed(), "one:80 zero:81");
	assert_true(fake_log_has("boot: bootorder: 131072 bytes, the first 65536 are taken"));
	memset(order, 0, sizeof(order));
}

static void without_its_texts_the_list_is_made_all_the_same(void **state)
{
	for (uint32_t n = 1; n <= 2; n++) {
		set_up(state);
		add(BLOCK_DISK, 0, "zero");
		add(BLOCK_DISK, 1, "one");
		strcpy(order, "/virtio-mmio@1/disk@0,0\n");
		strcpy(geometry, "/virtio-mmio@1/disk@0,0 100 20 30\n");
		fake_files.fail_at = n;
		make();
		assert_string_equal(listed(), n == 1 ? "zero:80 one:81" : "one:80 zero:81");
		assert_int_equal(fake_log_lines(), 1);
		assert_true(fake_log_has(n == 1 ? "boot: bootorder: 25 bytes could not be read; done without" :
				"boot: bios-geometry: 35 bytes could not be read; done without"));
	}
}

static void an_order_that_there_is_no_memory_for_is_done_without(void **state)
{
	(void)state;
	add(BLOCK_DISK, 0, "zero");
	add(BLOCK_DISK, 1, "one");
	memset(order, '\n', 0xffff);
	memcpy(order, "/virtio-mmio@1/disk@0,0\n", 24);
	order[0xffff] = '\0';
	assert_non_null(alloc_raw(ZONE_TEMP, 0x58000, 1, "below 1 MiB"));
	assert_non_null(alloc_raw(ZONE_TEMP, alloc_left(ZONE_TEMP) - 0xa000, 1, "above"));
	make();
	assert_string_equal(listed(), "zero:80 one:81");
	assert_true(fake_log_has("boot: bootorder: 65536 bytes could not be read; done without"));
	memset(order, 0, sizeof(order));
}

static void without_memory_there_is_no_list(void **state)
{
	uint32_t was;

	(void)state;
	four_devices();
	fake_roms_card(3, false)->bevs = 1;
	assert_int_equal(disk_init(), 0);
	alloc_raw(ZONE_HIGH, alloc_left(ZONE_HIGH), 1, "all");
	while (alloc_raw(ZONE_HIGH, 1, 1, "the rest"))
		;
	was = fake_log_lines();
	roms_begin();
	boot_list_make(&(struct boot_plan){ .what = TIMELINE_PLAN_KERNEL }, false);
	boot_list_number();
	roms_end();
	assert_string_equal(listed(), "");
	assert_int_equal(boot_list_tried(), 0);
	assert_true(fake_log_lines() > was);
	boot_list_add_images(one);
	assert_int_equal(boot_list_excluded(), 0);
}

/* --- option ROMs --------------------------------------------------------------------------- */

static void what_others_boot_is_in_the_list_once_they_have_run(void **state)
{
	struct fake_rom *scsi;

	(void)state;
	four_devices();
	scsi = fake_roms_card(3, false);
	scsi->bevs = 2;
	scsi->bcvs = 1;
	scsi->disks = 2;
	fake_roms_file("genroms/a")->bevs = 1;
	fake_roms_file("genroms/kvmvapic.bin");
	strcpy(order, "/rom@genroms/a\n/virtio-mmio@1/disk@0,0\n/pci@i0cf8/scsi@3/disk@0,0\n");
	make();
	assert_string_equal(fake_roms_said(), "run:00:03.0 run:genroms/a run:genroms/kvmvapic.bin connect:00:03.0/0 ");
	assert_string_equal(listed(), "genroms/a/0 one:80 00:03.0/0 00:03.0/1 00:03.0/bcv0:81+2 floppy:00 zero:83 cd:e0");
	assert_true(fake_log_has("rom: 00:03.0: disks 81 to 82 are its own"));
	disk_move_first(disk_find(0x83));			/* and they keep their numbers now */
	assert_string_equal(disk_find(0x80)->block->description, "one");
}

static void each_bcv_is_connected_in_its_turn(void **state)
{
	struct fake_rom *a, *b;

	(void)state;
	add(BLOCK_DISK, 1, "one");
	a = fake_roms_card(3, false);
	b = fake_roms_card(4, false);
	a->bcvs = 2;
	a->disks = 1;
	b->bcvs = 1;
	b->disks = 3;
	strcpy(order, "/pci@i0cf8/scsi@4/disk@0,0\n/virtio-mmio@1/disk@0,0\n/pci@i0cf8/scsi@3/disk@0,0\n");
	make();
	assert_string_equal(fake_roms_said(), "run:00:03.0 run:00:04.0 connect:00:04.0/0 connect:00:03.0/0 connect:00:03.0/1 ");
	assert_string_equal(listed(), "00:04.0/bcv0:80+3 one:83 00:03.0/bcv0:84+1 00:03.0/bcv1:85+1");
	assert_int_equal(guest_bda()->disks, 6);
}

static void a_bcv_that_adds_no_disk_is_told_as_that(void **state)
{
	(void)state;
	four_devices();
	fake_roms_card(3, false)->bcvs = 1;
	strcpy(order, "/pci@i0cf8/scsi@3/disk@0,0\n");
	make();
	assert_string_equal(listed(), "00:03.0/bcv0:80+0 floppy:00 zero:80 one:81 cd:e0");
	assert_int_equal(fake_log_lines(), 1);
	assert_true(fake_log_has("rom: 00:03.0: it has added no disk"));
	disk_move_first(disk_find(0x81));			/* the numbers are ours to give */
	assert_string_equal(disk_find(0x80)->block->description, "one");
}

static void one_that_cannot_run_boots_nothing(void **state)
{
	struct fake_rom *rom;

	(void)state;
	add(BLOCK_DISK, 1, "one");
	rom = fake_roms_card(3, false);
	rom->fails = true;
	rom->bevs = 1;
	make();
	assert_string_equal(fake_roms_said(), "run:00:03.0 ");
	assert_string_equal(listed(), "one:80");
}

static struct fake_rom *network(uint8_t slot)
{
	struct fake_rom *rom = fake_roms_card(slot, true);

	rom->bevs = 1;
	return rom;
}

static void a_network_cards_rom_waits_for_its_turn(void **state)
{
	(void)state;
	four_devices();
	network(3);
	network(4);
	make();
	assert_string_equal(fake_roms_said(), "");
	assert_string_equal(listed(), "floppy:00 zero:80 one:81 cd:e0 00:03.0/* 00:04.0/*");
}

static void the_first_in_the_order_is_run_in_post(void **state)
{
	(void)state;
	four_devices();
	network(3);
	network(4);
	strcpy(order, "/pci@i0cf8/ethernet@4/ethernet-phy@0\n/virtio-mmio@1/disk@0,0\n/pci@i0cf8/ethernet@3/ethernet-phy@0\n");
	make();
	assert_string_equal(fake_roms_said(), "run:00:04.0 ");
	assert_string_equal(listed(), "00:04.0/0 one:80 00:03.0/* floppy:00 zero:81 cd:e0");
}

/* A ROM of another kind is run anyway: that it comes later in the order does not make the network wait. */
static void the_first_is_run_whatever_is_found_before_it(void **state)
{
	struct fake_rom *scsi;

	(void)state;
	four_devices();
	scsi = fake_roms_card(2, false);
	scsi->bcvs = 1;
	scsi->disks = 1;
	network(3);
	network(4);
	strcpy(order, "/pci@i0cf8/ethernet@3/ethernet-phy@0\n/pci@i0cf8/scsi@2/disk@0,0\n");
	make();
	assert_string_equal(fake_roms_said(), "run:00:02.0 run:00:03.0 connect:00:02.0/0 ");
	assert_string_equal(listed(), "00:03.0/0 00:02.0/bcv0:80+1 floppy:00 zero:81 one:82 cd:e0 00:04.0/*");
}

static void cmos_may_have_the_network_before_a_disk(void **state)
{
	(void)state;
	add(BLOCK_DISK, 1, "one");
	network(3);
	fake_cmos[0x3d] = 0x24;
	make();
	assert_string_equal(listed(), "00:03.0/0 one:80");
}

static void a_kernels_rom_that_comes_first_lets_the_network_wait(void **state)
{
	struct fake_rom *kernel;

	(void)state;
	network(3);
	kernel = fake_roms_file("genroms/linuxboot_dma.bin");
	kernel->rom.kernel = true;
	kernel->bevs = 1;
	strcpy(order, KERNEL "\n/pci@i0cf8/ethernet@3/ethernet-phy@0\n");
	make();
	assert_string_equal(fake_roms_said(), "run:genroms/linuxboot_dma.bin ");
	assert_string_equal(listed(), "genroms/linuxboot_dma.bin/0 00:03.0/*");
}

static void where_nothing_else_is_there_all_of_the_network_is_run(void **state)
{
	(void)state;
	network(3);
	network(4)->fails = true;
	network(5);
	make();
	assert_string_equal(fake_roms_said(), "run:00:03.0 run:00:04.0 run:00:05.0 ");
	assert_string_equal(listed(), "00:03.0/0 00:05.0/0");
}

static void what_the_order_excludes_is_not_run(void **state)
{
	(void)state;
	network(3);
	strcpy(order, "HALT");
	make();
	assert_string_equal(fake_roms_said(), "");
	assert_string_equal(listed(), "| 00:03.0/*");
	assert_int_equal(boot_list_tried(), 0);
	assert_int_equal(boot_list_excluded(), 1);
}

static void with_a_menu_or_a_users_wish_all_are_run(void **state)
{
	for (uint32_t i = 0; i < 2; i++) {
		set_up(state);
		four_devices();
		network(3)->bevs = 2;
		network(4);
		if (i)
			rom_policy.all = true;
		else
			plan_what |= TIMELINE_PLAN_MENU;
		make();
		assert_string_equal(fake_roms_said(), "run:00:03.0 run:00:04.0 ");
		assert_string_equal(listed(), "floppy:00 zero:80 one:81 cd:e0 00:03.0/0 00:03.0/1 00:04.0/0");
	}
}

static void there_is_room_for_all_that_roms_register(void **state)
{
	struct fake_rom *rom;

	(void)state;
	for (uint8_t i = 0; i < FAKE_ROMS; i++) {
		rom = fake_roms_card(i, i & 1);
		rom->bevs = rom->bcvs = ROM_ENTRIES;
	}
	add(BLOCK_DISK, 1, "one");
	add(BLOCK_CD, 2, "cd");
	plan_what |= TIMELINE_PLAN_KERNEL;
	rom_policy.all = true;
	make();
	images = ELTORITO_IMAGES;
	boot_list_add_images(one);
	assert_int_equal(boot_list_count(), FAKE_ROMS * 2 * ROM_ENTRIES + 3 + ELTORITO_IMAGES);
	assert_false(fake_log_has("left out"));
}

static void when_its_turn_comes_what_it_boots_takes_the_place(void **state)
{
	(void)state;
	four_devices();
	network(3)->bevs = 4;
	network(4)->bevs = 1;
	strcpy(order, "/virtio-mmio@1/disk@0,0\n/pci@i0cf8/ethernet@3/ethernet-phy@0\n/virtio-mmio@0/disk@0,0\nHALT\n");
	make();
	assert_string_equal(listed(), "one:80 00:03.0/* zero:81 | floppy:00 cd:e0 00:04.0/*");
	assert_true(boot_list_run_rom(1));
	assert_string_equal(fake_roms_said(), "late:00:03.0 ");
	assert_string_equal(listed(), "one:80 00:03.0/0 00:03.0/1 00:03.0/2 00:03.0/3 zero:81 | floppy:00 cd:e0 00:04.0/*");
	assert_int_equal(boot_list_tried(), 6);
	assert_int_equal(boot_list_excluded(), 3);
	for (uint32_t n = 1; n <= 4; n++)
		assert_true(boot_list_run_rom(n));
	assert_string_equal(fake_roms_said(), "");
}

/* Others of the same rank, found behind it, follow what it boots. */
static void all_that_it_boots_comes_before_the_next_card(void **state)
{
	(void)state;
	add(BLOCK_DISK, 1, "one");
	network(3)->bevs = 3;
	network(4)->bevs = 2;
	make();
	assert_string_equal(listed(), "one:80 00:03.0/* 00:04.0/*");
	assert_true(boot_list_run_rom(1));
	assert_string_equal(listed(), "one:80 00:03.0/0 00:03.0/1 00:03.0/2 00:04.0/*");
	assert_true(boot_list_run_rom(4));
	assert_string_equal(listed(), "one:80 00:03.0/0 00:03.0/1 00:03.0/2 00:04.0/0 00:04.0/1");
}

/* BEVs first, then all disks of its BCVs as one entry, in the place that the card had. */
static void a_late_one_boots_by_all_that_it_registers(void **state)
{
	for (uint32_t bevs = 0; bevs < 3; bevs++) {
		set_up(state);
		add(BLOCK_DISK, 1, "one");
		network(3)->bevs = (uint8_t)bevs;
		fake_roms.of[0].bcvs = 2;
		fake_roms.of[0].disks = 2;
		make();
		assert_true(boot_list_run_rom(1));
		assert_int_equal(boot_list_count(), 1 + max_u32(bevs, 1) + (bevs != 0));
		for (uint32_t i = 0; i < bevs; i++) {
			assert_int_equal(boot_list_nth(1 + i)->kind, BOOT_ROM);
			assert_int_equal(boot_list_nth(1 + i)->entry, i);
		}
		assert_int_equal(boot_list_nth(1 + bevs)->kind, BOOT_ROM_DISKS);
		assert_int_equal(boot_list_nth(1 + bevs)->first, 0x81);
		assert_int_equal(boot_list_nth(1 + bevs)->count, 4);
	}
}

static void one_that_boots_nothing_stays_what_it_is(void **state)
{
	for (uint32_t fails = 0; fails < 2; fails++) {
		set_up(state);
		add(BLOCK_DISK, 1, "one");
		network(3)->bevs = 0;
		fake_roms.of[0].fails = fails;
		make();
		assert_false(boot_list_run_rom(1));
		assert_false(boot_list_run_rom(1));
		assert_string_equal(listed(), "one:80 00:03.0/*");
	}
}

/* --- choices ------------------------------------------------------------------------------- */

static void what_is_chosen_comes_first_and_the_others_follow(void **state)
{
	static const char *const lists[] = {
		"one:80 zero:81 | floppy:00 cd:e0", "zero:81 one:80 | floppy:00 cd:e0", "floppy:00 one:80 zero:81 | cd:e0",
		"cd:e0 one:80 zero:81 | floppy:00",
	};

	for (uint32_t n = 0; n < 4; n++) {
		set_up(state);
		four_devices();
		strcpy(order, "/virtio-mmio@1/disk@0,0\n/virtio-mmio@0/disk@0,0\nHALT");
		make();
		boot_list_choose(n);
		assert_string_equal(listed(), lists[n]);
		assert_int_equal(boot_list_excluded(), n < 2 ? 2 : 1);
	}
}

static void a_card_that_is_chosen_keeps_what_it_boots_together(void **state)
{
	(void)state;
	add(BLOCK_DISK, 1, "one");
	network(3)->bevs = 2;
	make();
	boot_list_choose(1);
	assert_true(boot_list_run_rom(0));
	assert_string_equal(listed(), "00:03.0/0 00:03.0/1 one:80");
}

static void so_does_one_that_the_order_excludes(void **state)
{
	(void)state;
	add(BLOCK_DISK, 1, "one");
	network(3)->bevs = 2;
	strcpy(order, "HALT");
	make();
	assert_string_equal(listed(), "| one:80 00:03.0/*");
	boot_list_choose(1);
	assert_true(boot_list_run_rom(0));
	assert_string_equal(listed(), "00:03.0/0 00:03.0/1 | one:80");
}

static void a_cd_without_a_number_has_no_images(void **state)
{
	(void)state;
	for (uint8_t i = 0; i < 17; i++)
		add(BLOCK_CD, i, "cd");
	images_of_second = 2;
	make();
	assert_null(boot_list_nth(16)->drive);
	boot_list_add_images(one);
	assert_int_equal(boot_list_count(), 17 + 15 * 2);
}

static void images_of_a_cd_are_behind_all_others(void **state)
{
	(void)state;
	four_devices();
	add(BLOCK_CD, 3, "second");
	make();
	images = 3;
	images_of_second = 1;			/* that is the CD itself */
	boot_list_add_images(none);
	assert_string_equal(listed(), "floppy:00 zero:80 one:81 cd:e0 second:e1");
	boot_list_add_images(one);
	assert_string_equal(listed(), "floppy:00 zero:80 one:81 cd:e0 second:e1 | cd#0 cd#1 cd#2");
	assert_int_equal(boot_list_excluded(), 0);
	boot_list_choose(6);
	assert_string_equal(listed(), "cd#1 floppy:00 zero:80 one:81 cd:e0 second:e1 | cd#0 cd#2");
	assert_int_equal(boot_list_excluded(), 0);
	assert_int_equal(boot_list_tried(), 6);
}

/* --- in words ------------------------------------------------------------------------------ */

static const char *text_of(uint32_t n)
{
	static char text[80];

	boot_list_text(n, text, sizeof(text));
	return text;
}

static void every_entry_is_told_in_words(void **state)
{
	struct fake_rom *rom;

	(void)state;
	add(BLOCK_CD, 2, "cd");
	rom = fake_roms_card(5, false);
	rom->bevs = 1;
	rom->product = "iPXE (PCI 00:05.0)";
	fake_roms_file("genroms/a")->bevs = 1;
	network(6);
	plan_what |= TIMELINE_PLAN_KERNEL;
	images = 2;
	make();
	boot_list_add_images(one);
	assert_string_equal(listed(), "kernel cd:e0 00:05.0/0 genroms/a/0 00:06.0/* | cd#0 cd#1");
	assert_string_equal(text_of(0), "the kernel of -kernel");
	assert_int_equal(strncmp(text_of(1), "cd, ", 4), 0);
	assert_string_equal(text_of(2), "iPXE (PCI 00:05.0)");
	assert_string_equal(text_of(3), "option ROM (genroms/a)");
	assert_string_equal(text_of(4), "network card (00:06.0)");
	assert_string_equal(text_of(5), "cd, no emulation");
	assert_string_equal(text_of(6), "cd, 1.44 MB floppy: image 1");
}

/* The log keeps where they are. */
static void words_of_an_entry_stay(void **state)
{
	const char *words[3];

	(void)state;
	add(BLOCK_DISK, 1, "one");
	add(BLOCK_DISK, 2, "a description that is much longer than all that a line of the log has room for");
	plan_what |= TIMELINE_PLAN_KERNEL;
	make();
	for (uint32_t n = 0; n < 3; n++)
		words[n] = boot_list_words(n);
	for (uint32_t n = 0; n < 3; n++) {
		assert_int_equal(strncmp(words[n], text_of(n), 63), 0);
		assert_true(strlen(words[n]) < 64);
	}
	assert_int_equal(strlen(words[2]), 63);
}

static void texts_are_cut_to_what_there_is_room_for(void **state)
{
	struct fake_rom *rom;

	(void)state;
	add(BLOCK_CD, 2, "cd");
	rom = fake_roms_card(5, false);
	rom->bevs = 1;
	rom->product = "a product with a long name";
	fake_roms_file("genroms/a")->bevs = 1;
	plan_what |= TIMELINE_PLAN_KERNEL;
	images = 2;
	make();
	boot_list_add_images(one);
	for (uint32_t n = 0; n < boot_list_count(); n++)
		for (uint32_t size = 1; size < 60; size++) {
			char *text = malloc(size);		/* the address sanitizer guards its end */
			const char *whole = text_of(n);

			memset(text, 0x55, size);
			boot_list_text(n, text, size);
			assert_int_equal(strlen(text), strlen(whole) < size ? strlen(whole) : size - 1);
			assert_int_equal(strncmp(text, whole, strlen(text)), 0);
			free(text);
		}
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, set_up)
	const struct CMUnitTest tests[] = {
		TEST(nothing_is_an_empty_list),
		TEST(lines_come_first_then_kinds_as_cmos_has_them),
		TEST(the_kernel_is_one_of_them_unless_it_was_tried_or_a_rom_loads_it),
		TEST(of_the_same_rank_the_first_stays_the_first),
		TEST(behind_halt_nothing_is_tried_but_all_have_numbers),
		TEST(a_geometry_from_the_host_is_the_drives),
		TEST(a_long_order_is_cut_and_said_to_be),
		TEST(without_its_texts_the_list_is_made_all_the_same),
		TEST(an_order_that_there_is_no_memory_for_is_done_without),
		TEST(without_memory_there_is_no_list),
		TEST(what_others_boot_is_in_the_list_once_they_have_run),
		TEST(each_bcv_is_connected_in_its_turn),
		TEST(a_bcv_that_adds_no_disk_is_told_as_that),
		TEST(one_that_cannot_run_boots_nothing),
		TEST(a_network_cards_rom_waits_for_its_turn),
		TEST(the_first_in_the_order_is_run_in_post),
		TEST(the_first_is_run_whatever_is_found_before_it),
		TEST(cmos_may_have_the_network_before_a_disk),
		TEST(a_kernels_rom_that_comes_first_lets_the_network_wait),
		TEST(where_nothing_else_is_there_all_of_the_network_is_run),
		TEST(what_the_order_excludes_is_not_run),
		TEST(with_a_menu_or_a_users_wish_all_are_run),
		TEST(there_is_room_for_all_that_roms_register),
		TEST(when_its_turn_comes_what_it_boots_takes_the_place),
		TEST(all_that_it_boots_comes_before_the_next_card),
		TEST(a_late_one_boots_by_all_that_it_registers),
		TEST(one_that_boots_nothing_stays_what_it_is),
		TEST(what_is_chosen_comes_first_and_the_others_follow),
		TEST(a_card_that_is_chosen_keeps_what_it_boots_together),
		TEST(so_does_one_that_the_order_excludes),
		TEST(a_cd_without_a_number_has_no_images),
		TEST(images_of_a_cd_are_behind_all_others),
		TEST(every_entry_is_told_in_words),
		TEST(words_of_an_entry_stay),
		TEST(texts_are_cut_to_what_there_is_room_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
