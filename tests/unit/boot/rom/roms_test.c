/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/boot/rom/roms_test.c: which option ROMs a machine has, what they register, and how one is run when POST is
 * over.
 * LINK: tests/fake/request.c src/boot/rom/own_vga.c tests/fake/own_vga.c tests/fake/kernel_form.c
 * LINK: src/fw/knob.c tests/fake/boot_watchdog.c
 * LINK: src/boot/rom/roms.c src/boot/rom/run.c src/boot/rom/seal.c src/boot/rom/source.c src/lib/format.c
 * LINK: src/boot/rom/room.c src/boot/rom/policy.c
 * LINK: src/boot/rom/option_rom.c src/arch/checksum.c src/lib/checksum64.c src/boot/rom/rom_header.c src/boot/plan.c
 * LINK: src/trace/timeline.c src/hw/chipset/shadow.c src/mem/e820.c
 * LINK: src/trace/stack_mark.c tests/fake/fw_cfg_files.c tests/fake/alloc.c tests/fake/cpu.c tests/fake/io.c
 * LINK: tests/fake/ram.c tests/fake/log.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>
#include "boot/intact/fseg.h"
#include "boot/rom/guard.c"		/* both keep what they know between the tests */
#undef MAGIC
#include "boot/rom/watch.c"
#include "boot/program.h"
#include "boot/rom/display.h"
#include "boot/rom/policy.h"
#include "boot/rom/room.h"
#include "boot/rom/roms.h"
#include "fake/request.h"
#include "fake/rom_case.h"
#include "hw/block/probe.h"
#include "services/pmm.h"
#include "services/services.h"

#define MANY	300u

bool program_started;
void program_begins(void) { program_started = true; }

uint32_t fw_cfg_le32(uint16_t key) { fail_msg("%x", key); return 0; }
uint16_t fw_cfg_le16(uint16_t key) { fail_msg("%x", key); return 0; }

/* The firmware drives this one. */
static const struct pci_function *ours;
bool block_has_driver(const struct pci_function *function) { return function == ours; }

/* What is done around ROMs, in order. */
static char order[200];
void pmm_open(void) { strcat(order, "open "); }
void pmm_close(void) { strcat(order, "close "); }
static uint32_t foreign;
void services_hold_boot(bool hold) { (void)hold; }
void disk_foreign(void) { foreign++; }
void pmm_boot(void) { }
void display_ready(void) { strcat(order, "display "); }
void display_resume(void) { strcat(order, "again "); }

static int fseg_opened;
void fseg_open(void) { assert_int_equal(fseg_opened++, 0); }
void fseg_close(void) { assert_int_equal(--fseg_opened, 0); }

void services_seal(void)
{
	assert_true(machine.chipset == CHIPSET_NONE || shadow_at(0x58) & 0x2000);
	strcat(order, "seal ");
}

static uint32_t inits, last_entry, bevs;
static int units;

static void init(const struct regs *r, uint32_t entry)
{
	(void)r;
	inits++;
	last_entry = entry;
	strcat(order, "run ");
	if (units >= 0)
		fake_ram[(entry >> 16 << 4) + 2] = (uint8_t)units;
}

void real_start(struct regs *r, uint32_t target)
{
	(void)r;
	bevs++;
	last_entry = target;
}

static void start(enum chipset chipset)
{
	rom_case_reset(chipset);
	before = NULL;
	memset(&now, 0, sizeof(now));
	ours = NULL;
	on_rom = init;
	inits = bevs = last_entry = 0;
	units = -1;
	order[0] = '\0';
	functions[0].bar[6].size = 0;		/* a host bridge has none */
	roms_begin();
	order[0] = '\0';
}

static int set_up(void **state)
{
	(void)state;
	start(CHIPSET_I440FX);
	return 0;
}

/* The names of all that are found, with what is known of each. */
static const char *found(bool native)
{
	static char text[1000];

	text[0] = '\0';
	roms_find(native);
	for (uint32_t n = 0; roms_nth(n); n++) {
		const struct rom *rom = roms_nth(n);

		assert_int_equal(rom->state, ROM_WAITING);
		assert_string_equal(rom->source.module, "rom");
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%s%s%s", n ? " " : "", rom->source.name,
			 rom->network ? "=net" : "", rom->kernel ? "=kernel" : "");
	}
	return text;
}

static void those_of_functions_come_before_files(void **state)
{
	static uint8_t rom[512];

	(void)state;
	add_function(0x0200);
	add_function(0x0100);
	add_function(0x0280);
	add_function(0x0c03);
	fake_files_add("genroms/kvmvapic.bin", rom, 512);
	fake_files_add("bootorder", rom, 512);
	fake_files_add("vgaroms/vgabios.bin", rom, 512);
	fake_files_add("genroms/", rom, 512);
	fake_files_add("genroms", rom, 512);
	fake_files_add("genroms/empty", rom, 0);
	fake_files_add("pci1234,1112.rom", rom, 0);
	assert_string_equal(found(true), "00:01.0=net 00:02.0 00:03.0=net 00:04.0 genroms/kvmvapic.bin genroms/");
	assert_int_equal(roms_nth(0)->source.bdf, PCI_BDF(0, 1, 0));
	assert_int_equal(roms_nth(0)->source.id, ID);
	assert_int_equal(roms_nth(4)->source.id, 0);
	assert_int_equal(roms_nth(4)->source.bdf, 0);
	assert_null(roms_nth(6));
	assert_null(roms_nth(UINT32_MAX));
	assert_int_equal(bar_writes, 0);
	assert_int_equal(inits, 0);
	assert_int_equal(fake_log_lines(), 0);
	machine.pci = NULL;
	assert_string_equal(found(true), "genroms/kvmvapic.bin genroms/");
	fake_files.files = 0;
	assert_string_equal(found(true), "");
}

static void what_the_firmware_drives_or_has_lost_is_left_out(void **state)
{
	static uint8_t rom[512];

	(void)state;
	for (uint32_t i = 0; i < 7; i++)
		add_function(0x0100);
	functions[1].bridge = true;
	functions[2].lost = true;
	functions[3].class_revision = 0x03000000;
	functions[4].class_revision = 0x03800000;
	ours = &functions[5];
	functions[6].bar[6].size = 0;
	assert_string_equal(found(true), "00:07.0");
	fake_files_add("pci1234,1112.rom", rom, 512);	/* also with a file for it */
	functions[7].id = ID + 1;
	assert_string_equal(found(true), "00:00.0 00:06.0 00:07.0");
}

static void the_kernels_roms_are_left_to_the_native_launch(void **state)
{
	static uint8_t rom[512];

	(void)state;
	fake_files_add("genroms/linuxboot.bin", rom, 512);
	fake_files_add("genroms/linuxboot_dma.bin", rom, 512);
	fake_files_add("genroms/multiboot.bin", rom, 512);
	fake_files_add("genroms/multiboot_dma.bin", rom, 512);
	fake_files_add("genroms/pvh.bin", rom, 512);
	fake_files_add("genroms/linuxboot_dma.bin.long", rom, 512);
	fake_files_add("genroms/a-name-that-is-longer-than-any-line", rom, 512);
	assert_string_equal(found(true), "genroms/linuxboot_dma.bin.long genroms/a-name-that-is-longer-than-any-line");
	assert_string_equal(found(false), "genroms/linuxboot.bin=kernel genroms/linuxboot_dma.bin=kernel "
			    "genroms/multiboot.bin=kernel genroms/multiboot_dma.bin=kernel genroms/pvh.bin=kernel "
			    "genroms/linuxboot_dma.bin.long genroms/a-name-that-is-longer-than-any-line");
	/* None of them appends or checks anything; who launches natively says so itself. */
	kernel_requests = 1;
	for (uint32_t native = 0; native < 2; native++)
		assert_string_equal(found(native), "genroms/linuxboot_dma.bin.long genroms/a-name-that-is-longer-than-any-line");
	assert_int_equal(fake_request.forbids, 5);
	fake_request_reset();
}

static void all_are_looked_at(void **state)
{
	static struct pci_function many[MANY];
	static struct pci_tree large = { .function = many };
	static uint8_t rom[512];

	(void)state;
	for (uint32_t i = 0; i < MANY; i++) {
		many[i].bdf = (pci_bdf_t)(i << 3);
		many[i].bar[6] = (struct pci_bar){ .size = BAR_BYTES, .base = BAR, .reg = PCI_ROM };
	}
	machine.pci = &large;
	fake_files_add("genroms/a", rom, 512);
	large.count = MANY;
	roms_find(true);
	assert_string_equal(roms_nth(MANY)->source.name, "genroms/a");
	assert_null(roms_nth(MANY + 1));
}

static void without_memory_there_are_none(void **state)
{
	(void)state;
	add_function(0x0200);
	for (uint32_t n = 1; n <= 2; n++) {
		fake_log_reset();
		fake_alloc_fail_at(n);
		assert_string_equal(found(true), "");
		assert_int_equal(fake_log_lines(), 1);
	}
	assert_string_equal(found(true), "00:01.0=net");
}

static void the_user_decides(void **state)
{
	static uint8_t rom[512];

	(void)state;
	add_function(0x0200);
	add_function(0x0100);
	functions[2].id = 0x00020001;
	fake_files_add("pci0001,0002.rom", rom, 512);
	fake_files_add("genroms/a", rom, 512);
	rom_policy.of_functions = false;
	assert_string_equal(found(true), "00:02.0 genroms/a");
	rom_policy.none = true;
	assert_string_equal(found(true), "");
}

static uint8_t *with_rom(void)
{
	uint8_t *bytes = add_function(0x0200);

	roms_find(true);
	return bytes;
}

static void one_is_run_once(void **state)
{
	struct rom *rom;

	(void)state;
	with_rom();
	rom = roms_nth(0);
	assert_true(roms_run(rom));
	assert_int_equal(rom->state, ROM_READY);
	assert_int_equal(rom->segment, 0xc000);
	assert_int_equal(rom->bevs + rom->bcvs, 0);
	assert_null(rom->product[0]);
	assert_int_equal(rom_room_end(), 0xca000);
	assert_int_equal(fake_log_lines(), 1);
	assert_true(fake_log_has("rom: 00:01.0: option ROM, 0x9c00 bytes of 0x9c00 at c0000, 0 boot entries, 0 disk entries"));
	assert_true(roms_run(rom));
	assert_true(roms_run_late(rom));
	assert_int_equal(inits, 1);
	assert_int_equal(n_shadow, 1);
	assert_string_equal(order, "run ");
}

static void one_that_cannot_run_is_tried_once(void **state)
{
	uint8_t *bytes;
	struct rom *rom;

	(void)state;
	bytes = with_rom();
	bytes[0x100] ^= 1;
	rom = roms_nth(0);
	assert_false(roms_run(rom));
	assert_int_equal(rom->state, ROM_LEFT_OUT);
	assert_int_equal(fake_log_lines(), 1);
	assert_int_equal(rom_room_end(), ROM);
	bytes[0x100] ^= 1;
	assert_false(roms_run(rom));
	assert_false(roms_run_late(rom));
	assert_string_equal(order, "");
	assert_int_equal(inits, 0);
	assert_int_equal(fake_log_lines(), 1);
}

static void what_it_registers_is_read_when_it_has_run(void **state)
{
	uint8_t *bytes;
	struct rom *rom;

	(void)state;
	bytes = with_rom();
	memcpy(bytes + 0x800, "iPXE (http://ipxe.org)", 23);
	memcpy(bytes + 0x820, "second", 7);
	add_header(bytes, SIZE, 0x80, 0xa0, 0, 0x100, 0x800);
	add_header(bytes, SIZE, 0xa0, 0xc0, 0x200, 0, 0x820);
	add_header(bytes, SIZE, 0xc0, 0xe0, 0x300, 0x400, 0);	/* a BEV: what the BCV would do, it does itself */
	add_header(bytes, SIZE, 0xe0, 0, 0x500, 0, 0);
	rom = roms_nth(0);
	assert_true(roms_run(rom));
	assert_string_equal(rom->product[0], "iPXE (http://ipxe.org)");
	assert_null(rom->product[1]);	/* the second name is a BCV's */
	assert_int_equal(rom->bevs, 2);
	assert_int_equal(rom->bev[0], 0x100);
	assert_int_equal(rom->bev[1], 0x400);
	assert_int_equal(rom->bcvs, 2);
	assert_int_equal(rom->bcv[0], 0x200);
	assert_int_equal(rom->bcv[1], 0x500);
	assert_true(fake_log_has("2 boot entries, 2 disk entries: iPXE (http://ipxe.org)"));
}

static void as_many_of_each_kind_as_there_is_room_for(void **state)
{
	uint8_t *bytes;
	struct rom *rom;

	(void)state;
	bytes = with_rom();
	memcpy(bytes + 0x800, "port 0", 7);
	memcpy(bytes + 0x820, "port 1", 7);
	for (uint16_t i = 0; i < 16; i++)
		add_header(bytes, SIZE, (uint16_t)(0x80 + i * 32), i == 15 ? 0 : (uint16_t)(0xa0 + i * 32),
			   i < 9 ? 0 : (uint16_t)(0x2000 + i), i < 9 ? (uint16_t)(0x1000 + i) : 0, i < 2 ? 0x800 + 0x20 * i : 0);
	rom = roms_nth(0);
	assert_true(roms_run(rom));
	assert_int_equal(rom->bevs, ROM_ENTRIES);
	assert_int_equal(rom->bcvs, 7);
	for (uint16_t i = 0; i < ROM_ENTRIES; i++)
		assert_int_equal(rom->bev[i], 0x1000 + i);
	for (uint16_t i = 0; i < 7; i++)
		assert_int_equal(rom->bcv[i], 0x2009 + i);
	assert_true(fake_log_has("more than 8 entries; the one at 1008 is not looked at"));
	assert_string_equal(rom->product[0], "port 0");
	assert_string_equal(rom->product[1], "port 1");
}

static void a_chain_without_end_costs_a_line(void **state)
{
	uint8_t *bytes;

	(void)state;
	bytes = with_rom();
	add_header(bytes, SIZE, 0x80, 0xa0, 0, 0x100, 0);
	add_header(bytes, SIZE, 0xa0, 0x80, 0, 0, 0);
	assert_true(roms_run(roms_nth(0)));
	assert_int_equal(roms_nth(0)->bevs, 1);
	assert_int_equal(fake_log_lines(), 2);
	assert_true(fake_log_has("rom: 00:01.0: Plug and Play header: "));
}

static void headers_that_it_gave_back_are_not_there(void **state)
{
	static const struct { int units; uint8_t bevs; } cases[] = { { 4, 0 }, { 5, 1 }, { 0, 0 } };

	for (uint32_t i = 0; i < ARRAY_SIZE(cases); i++) {
		uint8_t *bytes;

		set_up(state);
		bytes = with_rom();
		add_header(bytes, SIZE, 0x800, 0, 0, 0x100, 0);
		put_le16(bytes + 0x1a, 0x800);
		make_sum(bytes, SIZE);
		units = cases[i].units;
		assert_true(roms_run(roms_nth(0)));
		assert_int_equal(roms_nth(0)->bevs, cases[i].bevs);
		assert_int_equal(rom_room_end(), cases[i].units ? cases[i].units == 4 ? 0xc0800 : 0xc1000 : 0xc0000);
	}
}

static void disks_are_connected_and_what_boots_is_booted(void **state)
{
	uint8_t *bytes;
	struct rom *rom;

	(void)state;
	bytes = with_rom();
	memcpy(bytes + 0x800, "product", 8);
	add_header(bytes, SIZE, 0x80, 0xa0, 0x300, 0, 0);
	add_header(bytes, SIZE, 0xa0, 0xc0, 0x400, 0, 0);
	add_header(bytes, SIZE, 0xc0, 0xe0, 0, 0x500, 0);
	add_header(bytes, SIZE, 0xe0, 0, 0, 0x600, 0x800);
	rom = roms_nth(0);
	assert_true(roms_run(rom));
	roms_connect(rom, 0);
	assert_int_equal(last_entry, FAR_POINTER(0xc000, 0x300));
	roms_connect(rom, 1);
	assert_int_equal(last_entry, FAR_POINTER(0xc000, 0x400));
	assert_int_equal(inits, 3);
	assert_string_equal(roms_boot(rom, 1), "it came back");
	assert_int_equal(last_entry, FAR_POINTER(0xc000, 0x600));
	assert_string_equal(roms_boot(rom, 0), "it came back");
	assert_int_equal(last_entry, FAR_POINTER(0xc000, 0x500));
	assert_int_equal(bevs, 2);
	assert_true(fake_log_has("boot: 00:01.0: product"));
	rom->product[0] = NULL;
	roms_boot(rom, 0);
	assert_true(fake_log_has("boot: 00:01.0: option ROM"));
}

/* A display's ROM is there already, and POST is over. */
static void after_post(void)
{
	uint8_t *p = rom_room_take(0x8000);

	memset(p, 0x77, 0x8000);
	rom_room_keep(0x8000, 0x8000);
	roms_end();
	shadow_lock(machine.chipset);
	order[0] = '\0';
	n_shadow = 0;
}

static void when_post_is_over_one_is_run_between_opening_and_locking(void **state)
{
	(void)state;
	with_rom();
	after_post();
	assert_true(roms_run_late(roms_nth(0)));
	assert_string_equal(order, "open run display close seal ");
	assert_int_equal(last_entry, FAR_POINTER(0xc800, 3));
	assert_int_equal(n_shadow, 4);
	assert_int_equal(shadow_at(0x58), 0x11111000);
	assert_int_equal(shadow_at(0x5c), 0x33000001);
	assert_bytes(ROM, ROM + 0x8000, 0x77);
	assert_true(roms_run_late(roms_nth(0)));
	assert_int_equal(n_shadow, 4);
}

static void one_that_cannot_run_then_costs_those_before_it_nothing(void **state)
{
	static const char *const lines[] = { "signature", "bytes of the image", "sum of bytes", "left out" };

	for (uint32_t i = 0; i < ARRAY_SIZE(lines); i++) {
		uint8_t *bytes;

		set_up(state);
		bytes = with_rom();
		if (i == 3) {
			rom_watch_begin("00:01.0");
			put_le32(fake_ram + ROM_WATCH_EXPIRED_AT, ROM_WATCH_EXPIRED);
			rom_watch_init(60);
		} else {
			bytes[i == 2 ? 0x100 : 2 * i] ^= i == 1 ? bytes[2] : 1;
		}
		after_post();
		assert_false(roms_run_late(roms_nth(0)));
		assert_true(fake_log_has(lines[i]));
		assert_string_equal(order, "open display close seal ");
		assert_int_equal(shadow_at(0x58), 0x00111000);
		assert_int_equal(shadow_of(0xc4000), 1);
		assert_bytes(ROM, ROM + 0x8000, 0x77);
	}
}

static void boards_without_shadow_registers_need_no_opening(void **state)
{
	(void)state;
	start(CHIPSET_NONE);
	with_rom();
	after_post();
	assert_true(roms_run_late(roms_nth(0)));
	assert_int_equal(n_shadow, 0);
	assert_string_equal(order, "open run display close seal ");
}

static void the_beginning_is_the_beginning(void **state)
{
	static const uint8_t seconds[] = "30";

	(void)state;
	rom_room_take(0x8000);
	rom_room_keep(0x8000, 0x8000);
	fake_files_add("opt/org.slipway/rom-seconds", (void *)seconds, 2);
	order[0] = '\0';
	roms_begin();
	assert_string_equal(order, "open ");
	assert_int_equal(rom_room_end(), ROM);
	assert_int_equal(rt16_vars.rom_ticks_given, 546);
	roms_end();
	assert_string_equal(order, "open display close ");
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup(f, set_up)
	const struct CMUnitTest tests[] = {
		TEST(those_of_functions_come_before_files),
		TEST(what_the_firmware_drives_or_has_lost_is_left_out),
		TEST(the_kernels_roms_are_left_to_the_native_launch),
		TEST(all_are_looked_at),
		TEST(without_memory_there_are_none),
		TEST(the_user_decides),
		TEST(one_is_run_once),
		TEST(one_that_cannot_run_is_tried_once),
		TEST(what_it_registers_is_read_when_it_has_run),
		TEST(as_many_of_each_kind_as_there_is_room_for),
		TEST(a_chain_without_end_costs_a_line),
		TEST(headers_that_it_gave_back_are_not_there),
		TEST(disks_are_connected_and_what_boots_is_booted),
		TEST(when_post_is_over_one_is_run_between_opening_and_locking),
		TEST(one_that_cannot_run_then_costs_those_before_it_nothing),
		TEST(boards_without_shadow_registers_need_no_opening),
		TEST(the_beginning_is_the_beginning),
	};

	return cmocka_run_group_tests(tests, NULL, rom_case_done);
}
