/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/boot/rom/display_test.c: the display's ROM is found, put at C0000 while there is RAM, run once with the
 * registers it expects, and kept read-only; whatever is wrong with it costs a line.
 * LINK: src/boot/rom/own_vga.c tests/fake/own_vga.c src/hw/display/card.c tests/fake/screen.c
 * LINK: src/fw/knob.c tests/fake/boot_watchdog.c
 * LINK: src/boot/rom/option_rom.c src/arch/checksum.c src/lib/checksum64.c src/boot/rom/room.c
 * LINK: src/boot/rom/source.c src/lib/format.c src/boot/rom/run.c src/boot/rom/seal.c
 * LINK: src/boot/rom/watch.c src/boot/rom/rom_header.c src/boot/rom/policy.c src/mem/e820.c src/services/console.c
 * LINK: src/hw/chipset/shadow.c src/hw/pic.c
 * LINK: src/trace/stack_mark.c src/trace/timeline.c tests/fake/fw_cfg_files.c tests/fake/alloc.c tests/fake/cpu.c
 * LINK: tests/fake/io.c tests/fake/ram.c tests/fake/log.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
#include "boot/program.h"
#include "boot/rom/own_vga.h"
#include "boot/rom/display.c"		/* what it keeps is in memory that each test makes anew */
#include "boot/rom/guard.c"		/* its copy is in memory that each test makes anew */
#include "boot/rom/policy.h"
#include "boot/rom/room.h"
#include "boot/rom/run.h"
#include "boot/rom/watch.h"
#include "fake/rom_case.h"
#include "services/console.h"
#include "services/serial_console.h"

#include "services/services.h"

void services_hold_boot(bool hold) { (void)hold; }

bool program_started;
void program_begins(void) { program_started = true; }
uint32_t serial_console_vector(void) { return 0; }

void real_start(struct regs *r, uint32_t target) { fail_msg("%p %x", (void *)r, target); }

static struct regs init_regs;
static uint32_t inits, mode_sets, printed;
static bool kept_picture;
static bool takes_int10, takes_fonts, sets_mode;
static int units_after;			/* what init makes of the size byte, -1: nothing */

static void init(const struct regs *r, uint32_t entry)
{
	assert_int_equal(entry, FAR_POINTER(ROM >> 4, 3));
	assert_int_equal(get_le16(fake_ram + ROM), OPTION_ROM_SIGNATURE);
	init_regs = *r;
	inits++;
	if (takes_int10)
		set_vector(0x10, FAR_POINTER(ROM >> 4, 0x100));
	if (takes_fonts)
		set_vector(0x43, FAR_POINTER(ROM >> 4, 0x200));
	if (sets_mode)
		bda()->video_mode = 3;
	if (units_after >= 0)
		fake_ram[ROM + 2] = (uint8_t)units_after;
}

static void int_10(struct regs *r, uint32_t target)
{
	assert_true(r->flags & FLAGS_IF);
	assert_int_equal(target, FAR_POINTER(ROM >> 4, 0x100));
	if (r->ah == 0) {
		assert_int_equal(r->al & 0x7f, 3);
		kept_picture = r->al >> 7;
		mode_sets++;
		return;
	}
	assert_int_equal(r->ah, 0x0e);
	printed++;
}

static int set_up(void **state)
{
	(void)state;
	rom_case_reset(CHIPSET_I440FX);
	before = NULL;
	memset(&display, 0, sizeof(display));
	on_rom = init;
	on_call = int_10;
	inits = mode_sets = printed = 0;
	takes_int10 = true;
	sets_mode = takes_fonts = false;
	console_open();
	units_after = -1;
	return 0;
}

static void run_all(void)
{
	rom_policy_init();
	rom_room_init();
	rom_watch_init(0);
	display_init();
	rom_room_close();
	if (machine.chipset != CHIPSET_NONE)
		shadow_lock(machine.chipset);
	assert_int_equal(decoding, -1);
}

static void assert_dark(uint32_t lines)
{
	assert_false(console_is_open());
	assert_int_equal(rom_room_end(), ROM);
	assert_int_equal(fake_log_lines(), lines);
	assert_int_equal(printed, 0);
	if (n_shadow)
		assert_int_equal(shadow_at(0x58), 0x1000);
	assert_int_not_equal(get_le16(fake_ram + ROM), OPTION_ROM_SIGNATURE);
}

static void without_a_display_nothing_happens(void **state)
{
	(void)state;
	run_all();
	assert_int_equal(inits, 0);
	assert_int_equal(n_shadow, 1);		/* the lock */
	assert_dark(0);
	machine.pci = NULL;
	run_all();
	assert_dark(0);
}

static void the_first_vga_is_run_as_a_rom_expects(void **state)
{
	(void)state;
	add_function(0x0380);
	add_function(0x0300);
	add_function(0x0300);
	run_all();
	assert_int_equal(inits, 1);
	assert_int_equal(init_regs.ax, 2 << 3);
	assert_int_equal(init_regs.bx, 0xffff);
	assert_int_equal(init_regs.dx, 0xffff);
	assert_int_equal(bar_writes, 2);
	assert_memory_equal(fake_ram + ROM, bars[2], SIZE);
	assert_int_equal(fake_ram[ROM - 1], 0xee);
	for (uint32_t i = SIZE; i < 0xc000; i++)
		assert_int_equal(fake_ram[ROM + i], 0);
	assert_int_equal(rom_room_end(), ROM + 0xa000);
	assert_int_equal(n_shadow, 2);
	assert_int_equal(shadow[0].value, 0x33333000);
	assert_int_equal(shadow[1].value, 0x01111000);	/* 48 KiB */
	assert_int_equal(mode_sets, 1);
	assert_int_equal(forgotten, 1 + mode_sets + printed);
	assert_int_equal(printed, 0);
	assert_true(fake_log_has("display: 00:02.0: option ROM, 0x9c00 bytes"));
}

static void q35_has_the_same_blocks(void **state)
{
	(void)state;
	machine.chipset = CHIPSET_Q35;
	add_function(0x0300);
	run_all();
	assert_int_equal(shadow[0].value, 0x33333330);
	assert_int_equal(shadow[1].value, 0x00011110);
}

static void a_mode_that_init_has_set_is_not_set_again(void **state)
{
	(void)state;
	sets_mode = true;
	add_function(0x0300);
	run_all();
	assert_int_equal(mode_sets, 0);
}

static void what_init_gives_back_is_not_kept(void **state)
{
	static const struct { int units; uint32_t end, last; } shrunk[] = {
		{ 7, 0x1000, 0x00011000 },		/* 3.5 KiB: one block, and the next ROM behind 4 */
		{ 0x4e, 0xa000, 0x01111000 },
		{ 0xff, 0xa000, 0x01111000 },		/* it cannot have more */
		{ 0, 0xa000, 0x01111000 },		/* INT 10h leads there all the same */
	};

	for (uint32_t i = 0; i < ARRAY_SIZE(shrunk); i++) {
		set_up(state);
		add_function(0x0300);
		units_after = shrunk[i].units;
		run_all();
		assert_int_equal(rom_room_end(), ROM + shrunk[i].end);
		assert_int_equal(shadow[1].value, shrunk[i].last);
		if (i == 0)
			for (uint32_t at = 7 * 512; at < SIZE; at++)
				assert_int_equal(fake_ram[ROM + at], 0);
	}
}

static void a_rom_in_fw_cfg_comes_first(void **state)
{
	static uint8_t bytes[SIZE];

	(void)state;
	make_rom(bytes, SIZE, 0);
	add_function(0x0300);
	fake_files_add("bootorder", NULL, 0);
	fake_files_add("vgaroms/mine.bin", bytes, SIZE);
	run_all();
	assert_int_equal(inits, 1);
	assert_int_equal(init_regs.ax, 0);
	assert_int_equal(bar_writes, 0);
	assert_memory_equal(fake_ram + ROM, bytes, SIZE);
	assert_true(fake_log_has("display: vgaroms/mine.bin: option ROM"));
}

static void boards_without_shadow_registers_have_ram_there(void **state)
{
	static uint8_t bytes[SIZE + 100];	/* a file longer than its ROM */

	(void)state;
	machine.chipset = CHIPSET_NONE;
	machine.pci = NULL;
	make_rom(bytes, SIZE, 0);
	fake_files_add("vgaroms/mine.bin", bytes, sizeof(bytes));
	run_all();
	assert_int_equal(n_shadow, 0);
	assert_memory_equal(fake_ram + ROM, bytes, SIZE);
	assert_true(console_is_open());
}

static void a_bad_file_costs_a_line_and_the_next_is_tried(void **state)
{
	static uint8_t bad[SIZE], good[SIZE], large[0x20000];

	(void)state;
	make_rom(bad, SIZE, 0);
	bad[0x1000] ^= 1;
	make_rom(good, SIZE, 0);
	make_rom(large, 0x10200, 0);			/* and the file ends before */
	fake_files_add("vgaroms/a", bad, SIZE);
	fake_files_add("vgaroms/b", good, SIZE - 1);
	fake_files_add("vgaroms/c", large, 0x10000);
	fake_files_add("vgaroms/d", good, SIZE);
	fake_files_add("vgaroms/e", good, 0);
	fake_files.fail_at = 4;
	run_all();
	assert_true(fake_log_has("display: vgaroms/a: option ROM: sum of bytes: 0x0 expected, 0x1 found; not run"));
	assert_true(fake_log_has("vgaroms/b: option ROM: bytes, at most: 0x9bff expected, 0x9c00 found"));
	assert_true(fake_log_has("vgaroms/c: option ROM: bytes, at most: 0x10000 expected, 0x10200 found"));
	assert_true(fake_log_has("vgaroms/d: 0x9c00 bytes could not be read"));
	assert_dark(4);
	assert_int_equal(inits, 0);
	add_function(0x0300);
	fake_files.fail_at = fake_files.accesses + 4;
	run_all();
	assert_int_equal(inits, 1);
	assert_int_equal(init_regs.ax, 1 << 3);
}

static void a_vga_with_a_bad_rom_stays_dark(void **state)
{
	(void)state;
	add_function(0x0300);
	bars[1][0x2000] ^= 1;
	run_all();
	assert_true(fake_log_has("display: 00:01.0: option ROM: sum of bytes"));
	assert_dark(1);
	set_up(state);
	add_function(0x0300);
	functions[1].id = ID ^ 0x10000;
	add_function(0x0300);				/* gets no legacy cycles */
	run_all();
	assert_true(fake_log_has("display: 00:01.0: option ROM: device and vendor of x86 code"));
	assert_dark(1);
	set_up(state);
	add_function(0x0300);
	functions[1].bar[6].size = 0;
	run_all();
	assert_true(fake_log_has("display: 00:01.0: it has no option ROM"));
	assert_dark(1);
	assert_int_equal(n_shadow, 1);
	for (uint32_t i = 0; i < 3; i++) {
		set_up(state);
		add_function(0x0300);
		if (i == 0)
			functions[1].bar[6].base = 0;
		else if (i == 1)
			functions[1].bar[6].base = 1ull << 32;
		else
			functions[1].lost = true;
		run_all();
		assert_int_equal(bar_writes, 0);
		assert_dark(i != 2);
	}
}

static void a_rom_may_be_larger_than_64_kib(void **state)
{
	(void)state;
	add_function(0x0300);
	make_rom(bars[1], 0x1fe00, ID);
	run_all();
	assert_true(console_is_open());
	assert_memory_equal(fake_ram + ROM, bars[1], 0x1fe00);
	assert_int_equal(rom_room_end(), ROM + 0x20000);
	assert_int_equal(n_shadow, 4);
	assert_int_equal(shadow_at(0x58), 0x11111000);
	assert_int_equal(shadow_at(0x5c), 0x33001111);
}

static void another_display_is_tried_where_no_vga_answers(void **state)
{
	(void)state;
	add_function(0x0380);
	functions[1].bar[6].size = 0;
	add_function(0x0380);
	run_all();
	assert_int_equal(inits, 1);
	assert_int_equal(init_regs.ax, 2 << 3);
	assert_true(console_is_open());
}

static void a_rom_that_gives_up_is_not_kept(void **state)
{
	(void)state;
	takes_int10 = false;
	add_function(0x0300);
	run_all();
	assert_int_equal(inits, 1);
	assert_true(fake_log_has("display: 00:01.0: option ROM has run (0x9c00 bytes), and INT 10h is not its own"));
	assert_dark(1);
}

/* A guest that sleeps: all below the ROM's stack is its own, and stays. */
static void wake(uint8_t mode)
{
	static uint8_t guests[ROM_STACK];

	for (uint32_t i = 0; i < ROM_STACK; i++)
		fake_ram[i] = (uint8_t)(i * 7 + i / 256);
	bda()->video_mode = mode;
	memcpy(guests, fake_ram, ROM_STACK);
	inits = mode_sets = 0;
	fake_log_reset();
	rom_room_open();
	display_resume();
	rom_room_close();
	assert_memory_equal(fake_ram, guests, ROM_STACK);
}

static void on_a_wake_it_runs_again_in_the_world_of_post(void **state)
{
	(void)state;
	add_function(0x0380);
	add_function(0x0300);
	run_all();
	display_ready();
	assert_int_equal(fake_alloc_live(ZONE_NVS), 1);
	for (uint32_t times = 0; times < 3; times++) {
		memset(&init_regs, 0, sizeof(init_regs));
		wake(3);
		assert_int_equal(inits, 1);
		assert_int_equal(init_regs.ax, 2 << 3);
		assert_int_equal(mode_sets, 1);
		assert_true(kept_picture);
		assert_int_equal(rt16_vars.rom_ticks, 0);
		assert_true(fake_log_has("resume: display: 00:02.0: its option ROM has run again"));
		wake(0x13);
		assert_int_equal(inits, 1);
		assert_int_equal(mode_sets, 0);
	}
	display_ready();		/* a late ROM's end: no second copy */
	assert_int_equal(fake_alloc_live(ZONE_NVS), 1);
}

static void on_a_wake_it_does_not_run_if_the_user_says_so(void **state)
{
	uint8_t zero = 0;

	(void)state;
	fake_files_add("etc/s3-resume-vga-init", &zero, 1);
	add_function(0x0300);
	run_all();
	display_ready();
	assert_int_equal(fake_alloc_live(ZONE_NVS), 0);
	wake(3);
	assert_int_equal(inits, 0);
}

static void on_a_wake_it_does_not_run_without_memory_or_without_a_display(void **state)
{
	(void)state;
	display_ready();
	assert_int_equal(fake_alloc_live(ZONE_NVS), 0);
	add_function(0x0300);
	run_all();
	fake_alloc_fail_at(1);
	display_ready();
	wake(3);
	assert_int_equal(inits, 0);
}

static void one_that_is_not_kept_leaves_no_vector(void **state)
{
	(void)state;
	takes_int10 = false;
	takes_fonts = true;
	add_function(0x0300);
	run_all();
	assert_int_equal(vector(0x43), 0xf0008043);
	assert_dark(2);
	set_up(state);
	takes_fonts = true;
	add_function(0x0300);
	run_all();
	assert_int_equal(vector(0x43), FAR_POINTER(ROM >> 4, 0x200));
	assert_int_equal(fake_log_lines(), 1);
}

#define STD_VGA	0x11111234u
#define QEMU	0x11001af4u

/* The machine's own display, whose ROM has been given a text. */
static uint8_t *add_std_vga(const char *says)
{
	uint8_t *rom = add_function(0x0300);

	tree.function[tree.count - 1].id = STD_VGA;
	make_rom(rom, SIZE, STD_VGA);
	memcpy(rom + SIZE / 2 + 1, says, strlen(says));
	make_sum(rom, SIZE);
	subsystem = QEMU;
	return rom;
}

static const struct vga_rom_info *info(void)
{
	return (const struct vga_rom_info *)(fake_ram + ROM + VGA_ROM_INFO);
}

static void assert_ours(uint8_t kind, uint32_t id)
{
	uint8_t sum = 0;

	assert_int_equal(inits, 1);
	assert_memory_equal(info()->magic, VGA_ROM_MAGIC, 4);
	assert_int_equal(info()->card, kind);
	assert_int_equal(info()->text_on, 0);
	assert_int_equal(get_le32(fake_ram + ROM + 0x44), id);
	for (uint32_t i = 0; i < own_vga_size(); i++)
		sum = (uint8_t)(sum + fake_ram[ROM + i]);
	assert_int_equal(sum, 0);
}

static void one_of_qemus_runs_ours(void **state)
{
	(void)state;
	add_std_vga("SeaBIOS VBE(C) 2011");
	run_all();
	assert_ours(VGA_CARD_STD, STD_VGA);
	assert_int_equal(init_regs.ax, 1 << 3);
	assert_true(fake_log_has("display: 00:01.0: option ROM, 0x400 bytes"));
	assert_int_equal(rom_room_end(), ROM + OPTION_ROM_ALIGN);
}

static void where_the_text_is_does_not_matter(void **state)
{
	uint8_t *rom;

	for (uint32_t k = 0; k < 4; k++) {
		set_up(state);
		rom = add_std_vga("");
		memcpy(rom + 0x200 + k, "SeaBIOS VBE(C) 2011", 19);	/* in the first half */
		run_all();
		assert_ours(VGA_CARD_STD, STD_VGA);
	}
}

static void what_the_user_has_given_it_is_run(void **state)
{
	(void)state;
	add_std_vga("another VGA BIOS");
	run_all();
	assert_int_equal(inits, 1);
	assert_memory_equal(fake_ram + ROM, bars[1], SIZE);
}

/* The user sees why it is not his, and something at all. */
static void ours_runs_where_the_users_cannot(void **state)
{
	(void)state;
	add_std_vga("another VGA BIOS")[0x200] ^= 1;
	run_all();
	assert_true(fake_log_has("display: 00:01.0: option ROM: sum of bytes"));
	assert_ours(VGA_CARD_STD, STD_VGA);
	assert_int_equal(inits, 1);

	set_up(state);
	add_std_vga("another VGA BIOS");
	takes_int10 = false;				/* nor does ours here */
	run_all();
	assert_int_equal(inits, 2);
}

static void one_that_hung_does_not_keep_ours_from_running(void **state)
{
	(void)state;
	add_std_vga("another VGA BIOS");
	rom_watch_hung(rom_watch_number("00:01.0"));
	run_all();
	assert_true(fake_log_has("rom: 00:01.0: its init has not come back"));
	assert_ours(VGA_CARD_STD, STD_VGA);
	assert_int_equal(inits, 1);
}

static void one_without_a_rom_runs_ours_too(void **state)
{
	(void)state;
	add_std_vga("");
	tree.function[1].bar[PCI_BARS - 1].size = 0;
	run_all();
	assert_ours(VGA_CARD_STD, STD_VGA);
}

static void one_that_is_passed_through_runs_its_own(void **state)
{
	(void)state;
	add_std_vga("SeaBIOS VBE(C) 2011");
	subsystem = 0x12345678;
	run_all();
	assert_memory_equal(fake_ram + ROM, bars[1], SIZE);
}

static void the_user_may_ask_for_the_cards_or_for_none(void **state)
{
	(void)state;
	add_std_vga("SeaBIOS VBE(C) 2011");
	fake_files_reset();
	run_all();
	assert_ours(VGA_CARD_STD, STD_VGA);		/* who says nothing has this image's */
	set_up(state);
	add_std_vga("SeaBIOS VBE(C) 2011");
	fake_files_reset();
	fake_files_add("opt/org.slipway/vga", (void *)"card", 4);
	run_all();
	assert_memory_equal(fake_ram + ROM, bars[1], SIZE);
	set_up(state);
	add_std_vga("SeaBIOS VBE(C) 2011");
	fake_files_reset();
	fake_files_add("opt/org.slipway/vga", (void *)"off", 3);
	run_all();
	assert_int_equal(inits, 0);
	assert_dark(1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(without_a_display_nothing_happens, set_up),
		cmocka_unit_test_setup(the_first_vga_is_run_as_a_rom_expects, set_up),
		cmocka_unit_test_setup(q35_has_the_same_blocks, set_up),
		cmocka_unit_test_setup(a_mode_that_init_has_set_is_not_set_again, set_up),
		cmocka_unit_test_setup(what_init_gives_back_is_not_kept, set_up),
		cmocka_unit_test_setup(a_rom_in_fw_cfg_comes_first, set_up),
		cmocka_unit_test_setup(boards_without_shadow_registers_have_ram_there, set_up),
		cmocka_unit_test_setup(a_bad_file_costs_a_line_and_the_next_is_tried, set_up),
		cmocka_unit_test_setup(a_vga_with_a_bad_rom_stays_dark, set_up),
		cmocka_unit_test_setup(a_rom_may_be_larger_than_64_kib, set_up),
		cmocka_unit_test_setup(another_display_is_tried_where_no_vga_answers, set_up),
		cmocka_unit_test_setup(a_rom_that_gives_up_is_not_kept, set_up),
		cmocka_unit_test_setup(on_a_wake_it_runs_again_in_the_world_of_post, set_up),
		cmocka_unit_test_setup(on_a_wake_it_does_not_run_if_the_user_says_so, set_up),
		cmocka_unit_test_setup(on_a_wake_it_does_not_run_without_memory_or_without_a_display, set_up),
		cmocka_unit_test_setup(one_that_is_not_kept_leaves_no_vector, set_up),
		cmocka_unit_test_setup(one_of_qemus_runs_ours, set_up),
		cmocka_unit_test_setup(where_the_text_is_does_not_matter, set_up),
		cmocka_unit_test_setup(what_the_user_has_given_it_is_run, set_up),
		cmocka_unit_test_setup(ours_runs_where_the_users_cannot, set_up),
		cmocka_unit_test_setup(one_that_hung_does_not_keep_ours_from_running, set_up),
		cmocka_unit_test_setup(one_without_a_rom_runs_ours_too, set_up),
		cmocka_unit_test_setup(one_that_is_passed_through_runs_its_own, set_up),
		cmocka_unit_test_setup(the_user_may_ask_for_the_cards_or_for_none, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, rom_case_done);
}
