/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/boot/rom/run_test.c: an option ROM's init and its other entries: what they are given, what is done around
 * them, and what is kept.
 * LINK: src/boot/rom/own_vga.c tests/fake/own_vga.c
 * LINK: src/fw/knob.c tests/fake/boot_watchdog.c
 * LINK: src/boot/rom/run.c src/boot/rom/seal.c src/boot/rom/source.c src/lib/format.c src/boot/rom/room.c
 * LINK: src/boot/rom/policy.c src/boot/rom/option_rom.c src/arch/checksum.c src/lib/checksum64.c
 * LINK: src/boot/rom/rom_header.c src/hw/chipset/shadow.c src/mem/e820.c
 * LINK: src/trace/stack_mark.c src/trace/timeline.c tests/fake/fw_cfg_files.c tests/fake/alloc.c tests/fake/cpu.c
 * LINK: tests/fake/io.c tests/fake/ram.c tests/fake/log.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
#include "boot/rom/guard.c"		/* both keep what they know between the tests */
#undef MAGIC
#include "boot/rom/watch.c"
#include "boot/program.h"
#include "boot/rom/policy.h"
#include "boot/rom/room.h"
#include "boot/rom/run.h"
#include "fake/boot_watchdog.h"
#include "fake/rom_case.h"

#include "services/services.h"
#include "trace/timeline.h"

void services_hold_boot(bool hold) { (void)hold; }

bool program_started;

void program_begins(void)
{
	program_started = true;
}

static struct rom_source source;
static struct rom_image image;
static uint8_t bytes[BAR_BYTES];
static uint32_t inits, at;
static struct regs given;
static int units;			/* what init makes of the byte of its size, -1: nothing */
static int takes;			/* a vector, -1: none */
static uint32_t takes_to;
static uint32_t pushes;			/* bytes that it uses of its stack */
static bool timed;			/* it was, while it ran */

static void init(const struct regs *r, uint32_t entry)
{
	given = *r;
	at = entry;
	inits++;
	timed = rt16_vars.rom_ticks != 0;
	assert_int_equal(frames, 2);
	assert_int_equal(looks, inits - 1);
	assert_non_null(strstr(fake_boot_watchdog, "rom:"));
	fake_boot_watchdog[0] = '\0';		/* so that what follows is rom_end */
	assert_int_equal(get_le32(fake_ram + ROM_WATCH_AT), MAGIC);
	assert_int_equal(bda()->base_kib, before->bda.base_kib);
	if (pushes)
		fake_ram[0x7000 - pushes] = 1;
	if (units >= 0)
		fake_ram[(entry >> 16 << 4) + 2] = (uint8_t)units;
	if (takes >= 0)
		set_vector((uint8_t)takes, takes_to);
}

static struct regs started;
static uint32_t starts, started_at;

void real_start(struct regs *r, uint32_t target)
{
	started = *r;
	started_at = target;
	starts++;
	assert_true(program_started);
}

static int set_up(void **state)
{
	(void)state;
	rom_case_reset(CHIPSET_I440FX);
	before = NULL;
	memset(&now, 0, sizeof(now));
	rom_policy_init();
	rom_room_init();
	rom_watch_init(60);
	on_rom = init;
	inits = starts = 0;
	fake_boot_watchdog[0] = '\0';
	units = takes = -1;
	pushes = timeline.stack_roms = 0;
	program_started = timed = false;
	make_rom(bytes, SIZE, 0);
	source = (struct rom_source){ .module = "rom", .name = "genroms/a", .bdf = 0x1234 };
	fake_files_add("genroms/a", bytes, SIZE);
	return 0;
}

static bool run(void)
{
	assert_int_equal(fw_cfg_find("genroms/a", &source.file), 0);
	memset(&image, 0xee, sizeof(image));
	return rom_run_init(&source, &image);
}

static void an_init_is_called_as_the_specification_has_it(void **state)
{
	(void)state;
	assert_true(run());
	assert_int_equal(inits, 1);
	assert_int_equal(at, FAR_POINTER(0xc000, 3));
	assert_int_equal(given.ax, 0x1234);
	assert_int_equal(given.bx, 0xffff);
	assert_int_equal(given.dx, 0xffff);
	assert_int_equal(given.es, 0xf000);
	assert_int_equal(given.di, 0x1230);
	assert_int_equal(given.si, 0x7000);
	assert_true(timed);
	assert_ptr_equal(image.at, fake_ram + ROM);
	assert_int_equal(image.len, SIZE);
	assert_int_equal(image.size, SIZE);
	assert_int_equal(rt16_vars.rom_ticks, 0);
	assert_int_equal(get_le32(fake_ram + ROM_WATCH_AT + 4), 0);	/* none runs */
	assert_string_equal(fake_boot_watchdog, "rom_end ");
	assert_int_equal(forgotten, 1);
	assert_int_equal(fake_files.forgotten, 1);
	assert_false(program_started);
	assert_string_equal(looked_behind, "genroms/a");
	assert_int_equal(looks, 1);
	assert_int_equal(frames, 0);
	assert_int_equal(fake_log_lines(), 0);
	rom_run_keep(&image, true);
	assert_int_equal(rom_room_end(), ROM + 0xa000);
	assert_memory_equal(fake_ram + ROM, bytes, SIZE);
}

static void one_behind_it_is_called_where_it_lies(void **state)
{
	(void)state;
	assert_true(run());
	rom_run_keep(&image, true);
	assert_true(run());
	assert_int_equal(at, FAR_POINTER(0xca00, 3));
	rom_run_keep(&image, false);
	assert_true(run());
	assert_int_equal(at, FAR_POINTER(0xca00, 3));
	assert_ptr_equal(image.at, fake_ram + 0xca000);
}

static void what_is_kept_is_what_it_says_afterwards(void **state)
{
	static const struct { int units; uint32_t size, end; } sizes[] = {
		{ -1, SIZE, 0xca000 }, { 1, 512, 0xc0800 }, { 4, 2048, 0xc0800 }, { 5, 2560, 0xc1000 },
		{ 0x4d, 0x9a00, 0xca000 }, { 0xff, SIZE, 0xca000 }, { 0, 0, 0xc0000 },
	};

	for (uint32_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		set_up(state);
		units = sizes[i].units;
		assert_true(run());
		assert_int_equal(image.size, sizes[i].size);
		rom_run_keep(&image, true);
		assert_int_equal(rom_room_end(), sizes[i].end);
		assert_bytes(ROM + sizes[i].size, ROM + SIZE, 0);
	}
}

/* And is led to all the same. */
static void one_that_gives_all_back_stays_whole_where_a_vector_leads_there(void **state)
{
	static const struct { uint32_t to, size; } cases[] = {
		{ FAR_POINTER(0xc000, 0), SIZE }, { FAR_POINTER(0xc000, SIZE - 1), SIZE }, { FAR_POINTER(0xc000, SIZE), 0 },
	};

	for (uint32_t i = 0; i < ARRAY_SIZE(cases); i++) {
		set_up(state);
		units = 0;
		takes = 0x10;
		takes_to = cases[i].to;
		assert_true(run());
		assert_int_equal(image.size, cases[i].size);
		assert_int_equal(vector(0x10), cases[i].size ? takes_to : 0xf0008010);
	}
}

static void vectors_into_what_it_gave_back_are_put_back(void **state)
{
	(void)state;
	units = 4;
	takes = 0x10;
	takes_to = FAR_POINTER(0xc000, 2047);
	assert_true(run());
	assert_int_equal(vector(0x10), takes_to);
	rom_run_keep(&image, true);
	takes_to = FAR_POINTER(0xc080, 2048);
	assert_true(run());
	assert_int_equal(vector(0x10), FAR_POINTER(0xc000, 2047));
}

static void one_that_is_not_kept_has_no_vector(void **state)
{
	(void)state;
	takes = 0x43;
	takes_to = FAR_POINTER(0xc000, 0x200);
	assert_true(run());
	assert_int_equal(vector(0x43), takes_to);
	rom_run_keep(&image, false);
	assert_int_equal(vector(0x43), 0xf0008043);
	assert_int_equal(rom_room_end(), ROM);
	assert_bytes(ROM, ROM + SIZE, 0);
	assert_int_equal(fake_log_lines(), 1);
}

static void one_with_a_header_must_not_take_the_boot(void **state)
{
	for (uint32_t header = 0; header < 2; header++) {
		set_up(state);
		if (header)
			add_header(bytes, SIZE, PNP_AT, 0, 0, 0x100, 0);
		takes = 0x19;
		takes_to = FAR_POINTER(0xc000, 0x123);
		assert_true(run());
		assert_int_equal(vector(0x19), header ? 0xf0008019 : takes_to);
	}
}

static void one_that_cannot_run_costs_a_line_and_no_room(void **state)
{
	static const struct { uint32_t at, size; uint8_t byte; const char *line; } faults[] = {
		{ 0, SIZE, 0, "rom: genroms/a: option ROM: signature: 0xaa55 expected, 0xaa00 found; not run" },
		{ 0x1234, SIZE, 0x5b, "option ROM: sum of bytes: 0x0 expected, 0x1 found; not run" },
		{ 2, SIZE, 0, "option ROM: bytes, at most: 0x9c00 expected, 0x0 found" },
		{ 2, SIZE, 0x4f, "option ROM: bytes, at most: 0x9c00 expected, 0x9e00 found" },
		{ 0, SIZE - 1, 0x55, "option ROM: bytes, at most: 0x9bff expected, 0x9c00 found" },
		{ 0, 1, 0x55, "option ROM: end of an image's header, at most: 0x1 expected" },
	};

	for (uint32_t i = 0; i < ARRAY_SIZE(faults); i++) {
		set_up(state);
		fake_files.file[0].size = faults[i].size;
		bytes[faults[i].at] = faults[i].byte;
		assert_false(run());
		assert_int_equal(inits, 0);
		assert_int_equal(fake_log_lines(), 1);
		assert_true(fake_log_has(faults[i].line));
		assert_int_equal(rom_room_end(), ROM);
		assert_bytes(ROM, ROM + faults[i].size, 0);
	}
}

static void sums_do_not_matter_where_the_user_says_so(void **state)
{
	static uint64_t no;

	(void)state;
	fake_files_add("etc/optionroms-checksum", &no, 8);
	rom_policy_init();
	bytes[0x1234] = 0x5b;
	assert_true(run());
	bytes[0] = 0;
	assert_false(run());
	assert_true(fake_log_has("signature"));
}

static void without_memory_for_a_guard_nothing_runs(void **state)
{
	(void)state;
	fake_alloc_fail_at(1);
	assert_false(run());
	assert_int_equal(inits, 0);
	assert_int_equal(n_shadow, 0);
	assert_true(run());
	assert_int_equal(inits, 1);
}

static void one_that_did_not_come_back_is_left_out(void **state)
{
	(void)state;
	rom_watch_begin("genroms/a");
	put_le32(fake_ram + ROM_WATCH_EXPIRED_AT, ROM_WATCH_EXPIRED);
	rom_watch_init(60);
	assert_false(run());
	assert_int_equal(inits, 0);
	assert_int_equal(n_shadow, 0);
	assert_int_equal(fake_files.accesses, 0);
	source.name = "another";
	assert_true(run());
}

static void a_bcv_is_guarded_and_timed_like_an_init(void **state)
{
	(void)state;
	assert_true(run());
	rom_run_keep(&image, true);
	takes = 0x13;
	takes_to = FAR_POINTER(0xc9ff, 0xf);
	rom_run_bcv(&source, 0xc000, 0x456);
	assert_int_equal(at, FAR_POINTER(0xc000, 0x456));
	assert_int_equal(given.ax, 0x1234);
	assert_int_equal(given.es, 0xf000);
	assert_int_equal(given.di, 0x1230);
	assert_true(timed);
	assert_int_equal(vector(0x13), takes_to);
	takes_to = FAR_POINTER(0xca00, 0);		/* behind all ROMs */
	rom_run_bcv(&source, 0xc000, 0x456);
	assert_int_equal(vector(0x13), FAR_POINTER(0xc9ff, 0xf));
	takes = 0x18;
	takes_to = FAR_POINTER(0xc000, 0);		/* it is registered, so it need not hook the boot */
	rom_run_bcv(&source, 0xc000, 0x456);
	assert_int_equal(vector(0x18), 0xf0008018);
	assert_int_equal(inits, 4);
	assert_int_equal(looks, 4);
	assert_int_equal(frames, 0);
	assert_int_equal(forgotten, 4);
	assert_int_equal(fake_files.forgotten, 4);
}

static void the_deepest_stack_of_all_counts_while_no_program_has_run(void **state)
{
	static const struct { uint32_t pushes, mark; } inits_of[] = {
		{ 0, 0 }, { 100, 100 }, { 40, 100 }, { 0xffe, 0x1000 }, { 0x1001, 0x1000 },
	};

	(void)state;
	memset(fake_ram + 0x4000, 0xee, 0x3000);	/* an earlier guest's */
	for (uint32_t i = 0; i < ARRAY_SIZE(inits_of); i++) {
		pushes = inits_of[i].pushes;
		assert_true(run());
		rom_run_keep(&image, false);
		assert_int_equal(timeline.stack_roms, inits_of[i].mark);
	}
	assert_int_equal(fake_ram[0x5ffe], 0xee);	/* below what is looked at nothing is cleared */
	timeline.stack_roms = 0;
	program_started = true;
	fake_ram[0x6100] = 0xdd;			/* what a program has left */
	pushes = 100;
	assert_true(run());
	assert_int_equal(fake_ram[0x6100], 0xdd);
	assert_int_equal(timeline.stack_roms, 0);
}

static void a_bev_is_a_program(void **state)
{
	(void)state;
	rom_run_bev(&source, 0xc123, 0x456);
	assert_int_equal(starts, 1);
	assert_int_equal(started_at, FAR_POINTER(0xc123, 0x456));
	assert_int_equal(started.ax, 0x1234);
	assert_int_equal(started.bx, 0xffff);
	assert_int_equal(started.dx, 0xffff);
	assert_int_equal(started.es, 0xf000);
	assert_int_equal(started.di, 0x1230);
	assert_true(started.flags & FLAGS_IF);
	assert_true(started.esp >= 0x2000 && started.esp <= 0x7c00);
	assert_int_equal(started.ss, 0);
	assert_int_equal(get_le32(fake_ram + ROM_WATCH_AT + 4), 0);	/* none runs */
	assert_int_equal(rt16_vars.rom_ticks, 0);
	assert_int_equal(forgotten, 1);
	assert_int_equal(fake_files.forgotten, 1);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup(f, set_up)
	const struct CMUnitTest tests[] = {
		TEST(an_init_is_called_as_the_specification_has_it),
		TEST(one_behind_it_is_called_where_it_lies),
		TEST(what_is_kept_is_what_it_says_afterwards),
		TEST(one_that_gives_all_back_stays_whole_where_a_vector_leads_there),
		TEST(vectors_into_what_it_gave_back_are_put_back),
		TEST(one_that_is_not_kept_has_no_vector),
		TEST(one_with_a_header_must_not_take_the_boot),
		TEST(one_that_cannot_run_costs_a_line_and_no_room),
		TEST(sums_do_not_matter_where_the_user_says_so),
		TEST(without_memory_for_a_guard_nothing_runs),
		TEST(one_that_did_not_come_back_is_left_out),
		TEST(a_bcv_is_guarded_and_timed_like_an_init),
		TEST(the_deepest_stack_of_all_counts_while_no_program_has_run),
		TEST(a_bev_is_a_program),
	};

	return cmocka_run_group_tests(tests, NULL, rom_case_done);
}
