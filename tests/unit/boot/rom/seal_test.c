/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/boot/rom/seal_test.c: option ROMs that change after their init are told of once; kvmvapic is not.
 * LINK: src/boot/rom/seal.c src/lib/checksum64.c tests/fake/log.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "boot/rom/seal.h"
#include "fake/log.h"
#include "mem/alloc.h"

static bool no_memory;

void *alloc_raw(enum zone zone, uint32_t size, uint32_t align, const char *what)
{
	static uint64_t memory[200];	/* ROM_SEALS of them */

	(void)what;
	assert_int_equal(zone, ZONE_HIGH);
	assert_true(size <= sizeof(memory) && align <= 8);
	return no_memory ? NULL : memory;
}

static struct { uint8_t before[64], rom[2048], after[64]; } a, b;

static int set_up(void **state)
{
	(void)state;
	memset(&a, 0x11, sizeof(a));
	memset(&b, 0x22, sizeof(b));
	fake_log_reset();
	rom_seal_init();
	return 0;
}

static void what_stays_as_it_was_is_not_told_of(void **state)
{
	(void)state;
	rom_seal_add("a", a.rom, sizeof(a.rom), NULL);
	rom_seal_check("b");
	a.after[0]++;
	a.before[63]++;
	rom_seal_check("b");
	assert_int_equal(fake_log_lines(), 0);
}

static void each_that_has_changed_costs_a_line_once(void **state)
{
	(void)state;
	rom_seal_add("a", a.rom, sizeof(a.rom), NULL);
	rom_seal_add("b", b.rom, sizeof(b.rom), NULL);
	b.rom[2047]++;
	rom_seal_check("who");
	assert_int_equal(fake_log_lines(), 1);
	assert_true(fake_log_has("rom: b: its 0x800 bytes have changed since it has run: sum aaaa680144444401 expected, "
				 "acaa680145444401 found behind who"));
	a.rom[0]++;
	rom_seal_check("who");
	rom_seal_check("who");
	assert_int_equal(fake_log_lines(), 2);
	assert_true(fake_log_has("rom: a: "));
}

/* An exchange too, which a sum of bytes does not show. */
static void words_that_change_their_places_are_a_change(void **state)
{
	(void)state;
	a.rom[100] = 0x12;
	rom_seal_add("a", a.rom, sizeof(a.rom), NULL);
	a.rom[100] = 0x11;
	a.rom[104] = 0x12;
	rom_seal_check("who");
	assert_int_equal(fake_log_lines(), 1);
}

static void one_that_has_run_again_may_have_changed_itself_and_no_other(void **state)
{
	static const char name_a[] = "a", name_b[] = "b";

	(void)state;
	rom_seal_add(name_a, a.rom, sizeof(a.rom), NULL);
	rom_seal_add(name_b, b.rom, sizeof(b.rom), NULL);
	a.rom[0]++;
	b.rom[0]++;
	rom_seal_renew(name_b);
	rom_seal_check(name_b);
	assert_int_equal(fake_log_lines(), 1);
	assert_true(fake_log_has("rom: a: "));
}

static void kvmvapic_may_change_and_what_is_named_alike_not(void **state)
{
	(void)state;
	rom_seal_add("genroms/kvmvapic.bin", a.rom, sizeof(a.rom), NULL);
	rom_seal_add("genroms/kvmvapic.bin2", b.rom, sizeof(b.rom), NULL);
	rom_seal_add("empty", b.rom, 0, NULL);
	a.rom[0]++;
	rom_seal_check("who");
	assert_int_equal(fake_log_lines(), 0);
	b.rom[0]++;
	rom_seal_check("who");
	assert_int_equal(fake_log_lines(), 1);
}

static void more_than_there_is_room_for_are_not_looked_at_and_told_of(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < ROM_SEALS; i++)
		rom_seal_add("a", a.rom, 1, NULL);
	assert_int_equal(fake_log_lines(), 0);
	rom_seal_add("b", b.rom, sizeof(b.rom), NULL);
	assert_true(fake_log_has("rom: b: it is one of more than 24; whether it stays as it is is not looked at"));
	b.rom[0]++;
	rom_seal_check("who");
	assert_int_equal(fake_log_lines(), 1);
	a.rom[0]++;
	rom_seal_check("who");
	assert_int_equal(fake_log_lines(), 1 + ROM_SEALS);
}

static void without_memory_none_is_looked_at(void **state)
{
	(void)state;
	no_memory = true;
	rom_seal_init();
	no_memory = false;
	rom_seal_add("a", a.rom, sizeof(a.rom), NULL);
	a.rom[0]++;
	rom_seal_check("who");
	assert_int_equal(fake_log_lines(), 0);
}

/* One of which bytes are compared with a master has its header summed, and the rest compared. */
static void a_copy_is_compared_with_its_master(void **state)
{
	static uint8_t master[1024], copy[1024];

	(void)state;
	memset(master, 7, sizeof(master));
	memcpy(copy, master, sizeof(copy));
	copy[10] = 1;
	rom_seal_init();
	rom_seal_add("c", copy, sizeof(copy), master);
	rom_seal_check("nobody");
	assert_int_equal(fake_log_lines(), 0);
	copy[sizeof(copy) - 1] ^= 1;
	rom_seal_check("x");
	rom_seal_check("x");
	assert_int_equal(fake_log_lines(), 1);
	copy[20] ^= 1;
	rom_seal_check("x");
	assert_int_equal(fake_log_lines(), 2);
	rom_seal_init();
	rom_seal_add("c", copy, sizeof(copy), copy);
	copy[ROM_SEAL_HEADER - 1] ^= 1;
	rom_seal_check("x");
	assert_int_equal(fake_log_lines(), 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(what_stays_as_it_was_is_not_told_of, set_up),
		cmocka_unit_test_setup(each_that_has_changed_costs_a_line_once, set_up),
		cmocka_unit_test_setup(words_that_change_their_places_are_a_change, set_up),
		cmocka_unit_test_setup(one_that_has_run_again_may_have_changed_itself_and_no_other, set_up),
		cmocka_unit_test_setup(kvmvapic_may_change_and_what_is_named_alike_not, set_up),
		cmocka_unit_test_setup(more_than_there_is_room_for_are_not_looked_at_and_told_of, set_up),
		cmocka_unit_test_setup(a_copy_is_compared_with_its_master, set_up),
		cmocka_unit_test_setup(without_memory_none_is_looked_at, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
