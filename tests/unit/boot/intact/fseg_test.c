/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/boot/intact/fseg_test.c: what has changed in the F segment is told of once, and its code is put right.
 * LINK: src/lib/checksum64.c tests/fake/ram.c tests/fake/log.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "arch/layout.h"
#include "fake/log.h"
#include "fake/ram.h"
#undef ROM16_BASE
#define ROM16_BASE 0x200000u		/* within the RAM that there is */
#define CODE_END 0xf3380u
#include "boot/intact/fseg.c"

struct machine machine;
static uint32_t tables_from;
static bool no_memory, open, as_they_were;
static uint32_t opened, locked, again;

uint32_t services_code_end(void)
{
	return CODE_END;
}

#define PM_START 0xf0800u
#define PM_END 0xf0c00u

uint32_t services_pm_start(void)
{
	return PM_START;
}

uint32_t services_pm_end(void)
{
	return PM_END;
}

uint32_t services_tables(void)
{
	return tables_from;
}

void *alloc_raw(enum zone zone, uint32_t size, uint32_t align, const char *what)
{
	static uint32_t memory[0x4000];

	(void)what;
	assert_int_equal(zone, ZONE_HIGH);
	assert_true(size <= sizeof(memory) && align == 4);
	memset(memory, 0xee, sizeof(memory));
	return no_memory ? NULL : memory;
}

void *alloc(enum zone zone, uint32_t size, uint32_t align, const char *what)
{
	static uint64_t memory[32];

	(void)what;
	assert_int_equal(zone, ZONE_HIGH);
	assert_true(size <= sizeof(memory) && align == 8);
	return no_memory ? NULL : memset(memory, 0, size);
}

void shadow_open(enum chipset chipset)
{
	(void)chipset;
	assert_false(open);
	open = true;
	opened++;
}

void shadow_lock(enum chipset chipset)
{
	(void)chipset;
	assert_true(open);
	open = false;
	locked++;
}

bool shadow_is_locked(enum chipset chipset, uint32_t expected[2], uint32_t found[2])
{
	(void)chipset;
	expected[0] = 0x11;
	expected[1] = 0x22;
	found[0] = 0x33;
	found[1] = 0x44;
	return as_they_were;
}

void shadow_lock_again(enum chipset chipset)
{
	(void)chipset;
	as_they_were = true;
	again++;
}

static jmp_buf restarted;

void hard_reset(void)
{
	longjmp(restarted, 1);
}

static int set_up(void **state)
{
	(void)state;
	fake_ram_reset(4 << 20);
	fake_log_reset();
	for (uint32_t at = 0; at < CODE_END - FSEG_BASE; at++)
		fake_ram[FSEG_BASE + at] = fake_ram[ROM16_BASE + at] = (uint8_t)(at * 7 + 1);
	tables_from = 0xfd800;
	memset(fake_ram + tables_from, 0x5a, FSEG_END - tables_from);
	no_memory = open = false;
	as_they_were = true;
	machine.chipset = CHIPSET_Q35;
	opened = locked = again = 0;
	fseg_begin();
	fseg_reserve();
	return 0;
}

static void as_it_was_it_costs_no_line(void **state)
{
	(void)state;
	fseg_check("a");
	tables_from -= 0x100;
	memset(fake_ram + tables_from, 0x5b, 0x100);	/* more tables */
	fseg_check("a");
	fseg_close();
	fseg_check("a");
	fseg_open();
	memset(fake_ram + tables_from, 0x5c, 0x100);
	fseg_check("a");
	fseg_close();
	fseg_check("a");
	assert_int_equal(fake_log_lines(), 0);
	assert_int_equal(opened + locked + again, 0);
}

static const uint32_t in_code[] = { FSEG_BASE, FSEG_BASE + 3, FSEG_BASE + 0x1234, CODE_END - 1 };

static void code_is_put_right_while_it_is_open(void **state)
{
	for (uint32_t i = 0; i < 4; i++) {
		set_up(state);
		fake_ram[in_code[i]] ^= 0x80;
		fseg_check("a ROM");
		assert_int_equal(fake_log_lines(), 1);
		assert_true(fake_log_has("found behind a ROM; mended"));
		assert_memory_equal(fake_ram + FSEG_BASE, fake_ram + ROM16_BASE, CODE_END - FSEG_BASE);
		assert_int_equal(opened + locked, 0);
		fseg_check("a ROM");
		assert_int_equal(fake_log_lines(), 1);
	}
}

static void code_is_put_right_when_it_was_closed(void **state)
{
	(void)state;
	fseg_close();
	fake_ram[FSEG_BASE + 0x1001] = 0;
	fseg_check("a program");
	assert_true(fake_log_has("guard: F segment: its code is not the ROM's from f1000 on: 160f0801 expected, 160f0001 found "
				 "behind a program; mended"));
	assert_memory_equal(fake_ram + FSEG_BASE, fake_ram + ROM16_BASE, CODE_END - FSEG_BASE);
	assert_int_equal(opened, 1);
	assert_int_equal(locked, 1);
	fseg_check("a program");
	assert_int_equal(fake_log_lines(), 1);
}

/* Variables that the firmware has set are expected there, and there again when the code is put right. */
static void variables_among_the_code_are_as_they_were_set(void **state)
{
	for (uint32_t at = PM_START; at < PM_END; at += PM_END - 4 - PM_START) {
		set_up(state);
		put_le32(fake_ram + at, 0x12345678);
		put_le32(fake_ram + PM_START + 0x40, 0x12345678);
		put_le32(fake_ram + PM_START + 0x44, 0x9abcdef0);
		fseg_begin();
		fseg_reserve();
		fseg_check("a ROM");
		assert_int_equal(fake_log_lines(), 0);
		put_le32(fake_ram + PM_START + 0x44, 0x12345678);
		fseg_check("a ROM");
		assert_true(fake_log_has("from f0844 on"));
		assert_true(fake_log_has("mended"));
		assert_int_equal(get_le32(fake_ram + at), 0x12345678);
		assert_int_equal(get_le32(fake_ram + PM_START + 0x44), 0x9abcdef0);
		fseg_close();
		fake_ram[FSEG_BASE] ^= 1;
		fseg_check("a program");
		assert_int_equal(fake_log_lines(), 2);
		assert_int_equal(get_le32(fake_ram + at), 0x12345678);
	}
}

static void more_variables_than_there_are_are_told_of(void **state)
{
	(void)state;
	for (uint32_t i = 0; i <= PATCHES; i++)
		put_le32(fake_ram + PM_START + 8 * i, 0x12345678);
	fseg_begin();
	assert_int_equal(fake_log_lines(), 1);
	assert_true(fake_log_has("guard: F segment: more than 8 variables among its code, the next at f0840"));
	fseg_check("a ROM");
	assert_true(fake_log_has("not the ROM's from f0840 on"));
}

static void where_there_is_no_other_copy_the_code_has_a_sum(void **state)
{
	for (uint32_t i = 0; i < 4; i++) {
		set_up(state);
		machine.chipset = CHIPSET_NONE;
		memset(fake_ram + ROM16_BASE, 0xee, 0x10000);	/* is not looked at */
		fseg_begin();
		fseg_check("a ROM");
		assert_int_equal(fake_log_lines(), 0);
		fake_ram[in_code[i]] ^= 0x80;
		fseg_check("a ROM");
		fseg_check("a ROM");
		assert_int_equal(fake_log_lines(), 1);
		assert_true(fake_log_has("guard: F segment: its code has changed: sum "));
		assert_true(fake_log_has("found behind a ROM; there is no other copy"));
		assert_int_equal(opened, 0);
	}
}

static void tables_are_told_of_once_and_stay(void **state)
{
	static const uint32_t at[] = { 0xfd800, 0xfd803, 0xfe05b, FSEG_END - 1 };

	for (uint32_t i = 0; i < 4; i++) {
		set_up(state);
		fseg_close();
		fake_ram[at[i]] = 0x12;
		fseg_check("a program");
		assert_int_equal(fake_log_lines(), 1);
		assert_true(fake_log_has("guard: F segment: tables have changed from f"));
		assert_true(fake_log_has("5a5a5a5a expected"));
		fseg_check("a program");
		assert_int_equal(fake_log_lines(), 1);
		assert_int_equal(fake_ram[at[i]], 0x12);
	}
}

static void what_is_empty_is_told_of_once(void **state)
{
	static const uint32_t at[] = { CODE_END, CODE_END + 7, 0xf8000, 0xfd7ff };

	for (uint32_t i = 0; i < 4; i++) {
		set_up(state);
		fake_ram[at[i]] = 0x12;
		fseg_check("a ROM");		/* is looked at when all have run */
		assert_int_equal(fake_log_lines(), 0);
		fseg_close();
		fseg_check("a program");
		fseg_check("a program");
		assert_int_equal(fake_log_lines(), 1);
		assert_true(fake_log_has("guard: F segment: it is not empty at f"));
	}
}

static void registers_that_were_changed_are_written_again(void **state)
{
	(void)state;
	as_they_were = false;
	fseg_check("a ROM");			/* open: they are what they are */
	assert_int_equal(again, 0);
	fseg_close();
	fseg_check("a program");
	assert_int_equal(again, 1);
	assert_int_equal(fake_log_lines(), 1);
	assert_true(fake_log_has("guard: shadow: registers 00000011 00000022 expected, 00000033 00000044 found behind a program; "
				 "written again"));
}

static void without_memory_code_and_registers_are_looked_at_all_the_same(void **state)
{
	(void)state;
	no_memory = true;
	fseg_reserve();
	fseg_close();
	fake_ram[0xfe05b] = 0x12;
	fseg_check("a program");
	assert_int_equal(fake_log_lines(), 0);
	fake_ram[FSEG_BASE + 5] = 0x12;
	fseg_check("a program");
	assert_int_equal(fake_log_lines(), 1);
	assert_int_equal(opened, 1);
}

static void without_any_memory_nothing_is_looked_at(void **state)
{
	(void)state;
	no_memory = true;
	fseg_begin();
	fseg_reserve();
	fseg_close();
	fake_ram[FSEG_BASE + 5] = 0x12;
	as_they_were = false;
	fseg_open();
	fseg_check("a program");
	assert_int_equal(fake_log_lines(), 0);
}

/* The memory map has more rows than there is room for: what does not fit is not looked at, and nothing overrun. */
static void tables_that_have_grown_too_much_are_looked_at_in_part(void **state)
{
	(void)state;
	tables_from -= MAP_ROOM;
	fseg_close();
	assert_int_equal(fake_log_lines(), 0);
	tables_from -= 4;
	fseg_close();
	assert_int_equal(fake_log_lines(), 1);
	assert_true(fake_log_has("guard: F segment: 0x3004 bytes of tables, 0x3000 expected at most"));
	fake_ram[tables_from] ^= 1;
	fseg_check("a");
	assert_int_equal(fake_log_lines(), 1);
	fake_ram[tables_from + 4] ^= 1;
	fseg_check("a");
	assert_int_equal(fake_log_lines(), 2);
}

/* Nothing of the chipset that is not known any more is touched, and nothing of the code is taken for wrong. */
static void variables_that_are_lost_are_a_restart(void **state)
{
	(void)state;
	fseg_close();
	as_they_were = false;
	machine.chipset = CHIPSET_NONE;
	if (!setjmp(restarted)) {
		fseg_check("a");
		fail();
	}
	assert_int_equal(fake_log_lines(), 1);
	assert_true(fake_log_has("guard: the firmware's variables: chipset 2 expected, 0 found behind a: restarting"));
	assert_int_equal(opened + again, 0);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup(f, set_up)
	const struct CMUnitTest tests[] = {
		TEST(as_it_was_it_costs_no_line),
		TEST(code_is_put_right_while_it_is_open),
		TEST(code_is_put_right_when_it_was_closed),
		TEST(variables_among_the_code_are_as_they_were_set),
		TEST(more_variables_than_there_are_are_told_of),
		TEST(where_there_is_no_other_copy_the_code_has_a_sum),
		TEST(tables_are_told_of_once_and_stay),
		TEST(what_is_empty_is_told_of_once),
		TEST(registers_that_were_changed_are_written_again),
		TEST(without_memory_code_and_registers_are_looked_at_all_the_same),
		TEST(without_any_memory_nothing_is_looked_at),
		TEST(variables_that_are_lost_are_a_restart),
		TEST(tables_that_have_grown_too_much_are_looked_at_in_part),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
