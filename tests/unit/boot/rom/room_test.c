/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/boot/rom/room_test.c: where option ROMs lie: every step of their room to its last byte, what is zero behind
 * them, and how often the shadow is written.
 * LINK: src/boot/rom/room.c src/hw/chipset/shadow.c tests/fake/fw_cfg_files.c tests/fake/alloc.c tests/fake/ram.c tests/fake/log.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
#include "arch/phys.h"
#include "boot/rom/room.h"
#include "fake/rom_case.h"

#define END	SHADOW_ROMS_END

static void start(enum chipset chipset)
{
	rom_case_reset(chipset);
	rom_room_init();
}

static int set_up(void **state)
{
	(void)state;
	start(CHIPSET_I440FX);
	return 0;
}

/* Where room for len bytes is; 0: there is none. What is there is written to. */
static uint32_t take(uint32_t len)
{
	uint8_t *p = rom_room_take(len);

	if (!p)
		return 0;
	for (uint32_t i = 0; i < len; i += 512)
		assert_int_equal(shadow_of((uint32_t)ptr_to_phys(p + i)), 3);
	memset(p, 0x77, len);
	return (uint32_t)ptr_to_phys(p);
}

static void at_first_nothing_is_there(void **state)
{
	(void)state;
	assert_int_equal(rom_room_end(), ROM);
	assert_int_equal(rom_room_left(), ROMS);
	rom_room_close();
	assert_int_equal(n_shadow, 0);
}

static void each_begins_at_2_kib_behind_what_is_kept(void **state)
{
	static const struct { uint32_t size, step; } kept[] = {
		{ 512, 2048 }, { 2048, 2048 }, { 2049, 4096 }, { 3584, 4096 }, { 0, 0 }, { 1, 2048 }, { SIZE, 0xa000 },
	};
	uint32_t at = ROM;

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(kept); i++) {
		assert_int_equal(take(SIZE), at);
		rom_room_keep(kept[i].size, SIZE);
		assert_bytes(at, at + kept[i].size, 0x77);
		at += kept[i].step;
		assert_int_equal(rom_room_end(), at);
		assert_int_equal(rom_room_left(), END - at);
	}
	assert_int_equal(fake_ram[ROM - 1], 0xee);
}

/* An earlier guest's bytes are in no block that is shown, and nothing of a ROM that gave its room back. */
static void what_is_behind_is_zero_to_the_end_of_its_block(void **state)
{
	static const struct { uint32_t len, size, zero; } kept[] = {
		{ 512, 512, 0x4000 }, { 0x4000, 0x4000, 0x4000 }, { 0x4200, 0x4200, 0x8000 }, { 0x9c00, 0x200, 0x9c00 },
		{ 0x9c00, 0, 0x9c00 }, { 0x200, 0, 0x200 }, { 0x9c00, 0x9c00, 0xc000 }, { 0xc000, 0x9c00, 0xc000 },
	};

	for (uint32_t i = 0; i < ARRAY_SIZE(kept); i++) {
		set_up(state);
		assert_int_equal(take(kept[i].len), ROM);
		rom_room_keep(kept[i].size, kept[i].len);
		assert_bytes(ROM, ROM + kept[i].size, 0x77);
		assert_bytes(ROM + kept[i].size, ROM + kept[i].zero, 0);
		assert_bytes(ROM + 0xc000, 0x100000, 0xee);
		assert_bytes(0xa0000, ROM, 0xee);
	}
}

static void a_rom_does_not_change_the_ones_before(void **state)
{
	(void)state;
	take(0x2c00);
	rom_room_keep(0x2c00, 0x2c00);
	take(0x9000);
	memset(fake_ram + ROM + 0x3000, 0x55, 0x9000);
	rom_room_keep(0x1000, 0x9000);
	assert_bytes(ROM, ROM + 0x2c00, 0x77);
	assert_bytes(ROM + 0x2c00, ROM + 0x3000, 0);
	assert_bytes(ROM + 0x3000, ROM + 0x4000, 0x55);
	assert_bytes(ROM + 0x4000, ROM + 0xc000, 0);
}

static void all_of_it_can_be_had_and_no_more(void **state)
{
	static const struct { enum chipset chipset; uint32_t bytes; } boards[] = {
		{ CHIPSET_I440FX, ROMS }, { CHIPSET_Q35, ROMS }, { CHIPSET_NONE, 0x20000 },
	};

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(boards); i++) {
		start(boards[i].chipset);
		assert_int_equal(rom_room_left(), boards[i].bytes);
		assert_int_equal(take(boards[i].bytes + 1), 0);
		assert_int_equal(take(UINT32_MAX), 0);
		assert_int_equal(take(0x80000000), 0);
		assert_int_equal(n_shadow, 0);
		assert_int_equal(take(boards[i].bytes), ROM);
		rom_room_keep(0, boards[i].bytes);
		assert_bytes(ROM, ROM + boards[i].bytes, 0);
		assert_int_equal(take(boards[i].bytes), ROM);
		rom_room_keep(boards[i].bytes, boards[i].bytes);
		assert_int_equal(rom_room_left(), 0);
		assert_int_equal(take(1), 0);
		assert_bytes(ROM, ROM + boards[i].bytes, 0x77);
		assert_bytes(ROM + boards[i].bytes, 0x100000, 0xee);
		rom_room_close();
	}
}

/* The last ROM may end anywhere in the last block; what is beyond the room is the firmware's. */
static void the_end_of_the_room_is_kept(void **state)
{
	for (uint32_t last = 512; last <= 2048; last += 512) {
		set_up(state);
		take(ROMS - 2048);
		rom_room_keep(ROMS - 2048, ROMS - 2048);
		assert_int_equal(take(last), END - 2048);
		rom_room_keep(last, last);
		assert_bytes(END - 2048, END - 2048 + last, 0x77);
		assert_bytes(END - 2048 + last, END, 0);
		assert_bytes(END, 0x100000, 0xee);
		assert_int_equal(rom_room_end(), END);
	}
}

static void seven_network_cards_have_room(void **state)
{
	(void)state;
	take(SIZE);
	rom_room_keep(SIZE, SIZE);
	for (uint32_t i = 0; i < 7; i++) {
		assert_int_not_equal(take(0x13000), 0);
		rom_room_keep(0x1000, 0x13000);
	}
	assert_int_equal(rom_room_end(), ROM + 0xa000 + 7 * 0x1000);
}

/* What is written to the registers of a board, in order: 0 ends a row. */
struct writes {
	enum chipset chipset;
	struct { uint8_t reg; uint32_t value; } write[6];
};

static void assert_writes(const struct writes *w)
{
	for (uint32_t i = 0; i < n_shadow; i++) {
		assert_int_equal(shadow[i].reg, w->write[i].reg);
		assert_int_equal(shadow[i].value, w->write[i].value);
	}
	assert_int_equal(w->write[n_shadow].reg, 0);
}

static void the_shadow_is_opened_once_and_closed_once(void **state)
{
	static const struct writes boards[] = {
		{ CHIPSET_I440FX, { { 0x58, 0x33333000 }, { 0x58, 0x01111000 } } },
		{ CHIPSET_Q35, { { 0x90, 0x33333330 }, { 0x90, 0x00011110 } } },
		{ CHIPSET_NONE, { { 0, 0 } } },
	};

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(boards); i++) {
		start(boards[i].chipset);
		for (uint32_t n = 0; n < 18; n++) {	/* from one block to the next */
			assert_int_not_equal(take(0x2000), 0);
			rom_room_keep(0x800, 0x2000);
		}
		rom_room_close();
		shadow_lock(machine.chipset);
		assert_int_equal(rom_room_end(), ROM + 18 * 0x800);
		assert_writes(&boards[i]);
	}
}

static void its_second_half_is_opened_once_when_it_is_needed(void **state)
{
	static const struct writes boards[] = {
		{ CHIPSET_I440FX, { { 0x58, 0x33333000 }, { 0x5c, 0x33333333 }, { 0x5c, 0x33000111 }, { 0x58, 0x11111000 } } },
		{ CHIPSET_Q35, { { 0x90, 0x33333330 }, { 0x94, 0x00333333 }, { 0x94, 0x00330001 }, { 0x90, 0x11111110 } } },
	};

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(boards); i++) {
		start(boards[i].chipset);
		for (uint32_t n = 0; n < 50; n++) {
			assert_int_not_equal(take(0x1000), 0);
			rom_room_keep(0x800, 0x1000);
		}
		rom_room_close();
		shadow_lock(machine.chipset);
		assert_int_equal(rom_room_end(), 0xd9000);
		assert_writes(&boards[i]);
	}
}

/* A network card's ROM that was there for its init alone. */
static void a_second_half_that_nothing_is_kept_in_is_closed(void **state)
{
	static const struct writes pc = {
		CHIPSET_I440FX, { { 0x58, 0x33333000 }, { 0x5c, 0x33333333 }, { 0x5c, 0x33000000 }, { 0x58, 0x00011000 } },
	};

	(void)state;
	take(0x14000);
	rom_room_keep(0x800, 0x14000);
	rom_room_close();
	shadow_lock(machine.chipset);
	assert_writes(&pc);
}

static void what_is_closed_can_be_opened_again(void **state)
{
	static const struct writes pc = {
		CHIPSET_I440FX, { { 0x58, 0x33333000 }, { 0x58, 0x00011000 }, { 0x58, 0x33333000 }, { 0x58, 0x00011000 } },
	};
	static const struct writes both = {
		CHIPSET_I440FX, { { 0x58, 0x33333000 }, { 0x5c, 0x33333333 }, { 0x5c, 0x33000001 }, { 0x58, 0x11111000 } },
	};

	(void)state;
	take(0x1000);
	rom_room_keep(0x1000, 0x1000);
	rom_room_close();
	shadow_lock(machine.chipset);
	rom_room_open();		/* for one that is not run in the end */
	rom_room_close();
	shadow_lock(machine.chipset);
	assert_writes(&pc);
	assert_int_equal(rom_room_end(), ROM + 0x1000);
	rom_room_open();
	assert_int_equal(take(0x1000), ROM + 0x1000);
	rom_room_keep(0x1000, 0x1000);
	rom_room_close();
	assert_bytes(ROM, ROM + 0x2000, 0x77);
	start(CHIPSET_I440FX);
	take(0x10800);
	rom_room_keep(0x10800, 0x10800);
	rom_room_close();
	shadow_lock(machine.chipset);
	assert_writes(&both);
	n_shadow = 0;
	rom_room_open();
	rom_room_close();
	shadow_lock(machine.chipset);
	assert_writes(&both);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup(f, set_up)
	const struct CMUnitTest tests[] = {
		TEST(at_first_nothing_is_there),
		TEST(each_begins_at_2_kib_behind_what_is_kept),
		TEST(what_is_behind_is_zero_to_the_end_of_its_block),
		TEST(a_rom_does_not_change_the_ones_before),
		TEST(all_of_it_can_be_had_and_no_more),
		TEST(the_end_of_the_room_is_kept),
		TEST(seven_network_cards_have_room),
		TEST(the_shadow_is_opened_once_and_closed_once),
		TEST(its_second_half_is_opened_once_when_it_is_needed),
		TEST(a_second_half_that_nothing_is_kept_in_is_closed),
		TEST(what_is_closed_can_be_opened_again),
	};

	return cmocka_run_group_tests(tests, NULL, rom_case_done);
}
