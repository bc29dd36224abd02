/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/boot/rom/guard_test.c: every vector and every field that an init can leave wrong, one by one and at random.
 * LINK: src/mem/alloc.c src/mem/e820.c src/hw/chipset/shadow.c tests/fake/fw_cfg_files.c tests/fake/io.c tests/fake/ram.c tests/fake/log.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
#include "boot/rom/guard.c"		/* its copy is in memory that each test makes anew */
#include "fake/rom_case.h"

#define END	0xcb000u		/* of all ROMs */
#define EBDA	(EBDA_BASE >> 4)
#define LOW	(BASE_KIB * 1024u)

void fake_alloc_reset(void) { }		/* the allocator is the real one */

static struct e820_entry rows[] = {
	{ 0, LOW, E820_RAM }, { LOW, 0x400, E820_RESERVED }, { 0x100000, RAM_BYTES - 0x100000, E820_RAM },
};

static int set_up(void **state)
{
	(void)state;
	rom_case_reset(CHIPSET_I440FX);
	alloc_init(0xf4000, 0xf8000);
	alloc_open_high(RAM_BYTES);
	rows[0].length = LOW;
	machine.e820 = (struct e820_map){ rows, ARRAY_SIZE(rows) };
	bda()->video_mode = 3;
	bda()->video_rows = 24;
	bda()->disks = 2;
	bda()->lpt[0] = 0x378;
	bda()->com_timeout[1] = 1;
	before = NULL;
	assert_true(rom_guard_reserve());
	rom_guard_before(false);
	return 0;
}

/* Behind a ROM: so many lines there are then. */
static void after(bool registers, uint32_t lines)
{
	fake_log_reset();
	rom_guard_after("rom", registers, END);
	assert_int_equal(fake_log_lines(), lines);
}

static void assert_vector_is_put_back(uint8_t n, bool registers)
{
	after(registers, 1);
	assert_true(fake_log_has("rom: rom: its init has left 1 interrupt vectors that lead nowhere"));
	assert_int_equal(vector(n), 0xf0008000 + n);
}

static void without_memory_no_rom_is_to_run(void **state)
{
	const struct image *first;

	(void)state;
	alloc_init(0xf4000, 0xf8000);
	before = NULL;
	fake_log_reset();
	assert_false(rom_guard_reserve());
	assert_int_equal(fake_log_lines(), 1);
	alloc_open_high(RAM_BYTES);
	assert_true(rom_guard_reserve());
	first = before;
	assert_true(rom_guard_reserve());
	assert_ptr_equal(before, first);
	assert_int_equal(fake_log_lines(), 1);
}

static void a_rom_that_changes_nothing_costs_no_line(void **state)
{
	uint8_t *was = test_malloc(0xa0000);

	(void)state;
	memcpy(was, fake_ram, 0xa0000);
	after(true, 0);
	assert_memory_equal(fake_ram, was, 0xa0000);
	test_free(was);
}

static void a_wiped_table_is_put_back_with_one_line(void **state)
{
	static const uint32_t wipes[] = { 0, 0xffffffff, 0x5a5a5a5a, 0xc0000000 };	/* the last: where no ROM is */

	for (uint32_t i = 0; i < ARRAY_SIZE(wipes); i++) {
		set_up(state);
		for (uint32_t n = 0; n < 256; n++)
			set_vector((uint8_t)n, i == 3 ? END >> 4 << 16 : wipes[i]);
		after(false, 1);
		assert_true(fake_log_has("rom: rom: its init has left 256 interrupt vectors"));
		assert_true(fake_log_has("the first 00; put back"));
		for (uint32_t n = 0; n < 256; n++)
			assert_int_equal(vector((uint8_t)n), 0xf0008000 + n);
	}
}

static void the_first_of_them_is_told(void **state)
{
	(void)state;
	set_vector(0xa5, 0);
	set_vector(0xb6, 0);
	after(false, 1);
	assert_true(fake_log_has("its init has left 2 interrupt vectors"));
	assert_true(fake_log_has("the first a5; put back"));
}

static void each_vector_alone_is_looked_at(void **state)
{
	for (uint32_t n = 0; n < 256; n++) {
		set_up(state);
		set_vector((uint8_t)n, 0x00001234);
		assert_vector_is_put_back((uint8_t)n, false);
		set_vector((uint8_t)n, FAR_POINTER(ROM >> 4, 0x123));
		after(false, 0);
		assert_int_equal(vector((uint8_t)n), FAR_POINTER(ROM >> 4, 0x123));
	}
}

static void a_vector_leads_to_a_rom_or_the_firmware_or_nowhere(void **state)
{
	static const struct { uint32_t to; bool good; } cases[] = {
		{ 0, false }, { 0x00400000, false }, { 0x7000fc00, false },
		{ FAR_POINTER(0x9fbf, 0xf), false },	/* the last of conventional memory that nobody has */
		{ FAR_POINTER(0x9fc0, 0), false },	/* the EBDA is ours */
		{ FAR_POINTER(0xa000, 0), false }, { FAR_POINTER(0xbfff, 0xf), false },
		{ FAR_POINTER(0xc000, 0), true }, { FAR_POINTER(0xbfff, 0x10), true },
		{ FAR_POINTER(END >> 4, 0), false }, { FAR_POINTER((END >> 4) - 1, 0xf), true },
		{ FAR_POINTER(0xecbf, 0xf), false }, { FAR_POINTER(0xecc0, 0), true },	/* PMM's, to be kept */
		{ FAR_POINTER(0xed3f, 0xf), true }, { FAR_POINTER(0xed40, 0), false },
		{ FAR_POINTER(0xe7ff, 0), false }, { FAR_POINTER(0xe800, 0x10), false }, { FAR_POINTER(0xefff, 0xf), false },
		{ FAR_POINTER(0xefff, 0x10), true }, { FAR_POINTER(0xf000, 0xffff), true }, { FAR_POINTER(0xffff, 0xf), true },
		{ FAR_POINTER(0xffff, 0x10), false }, { FAR_POINTER(0xffff, 0xffff), false },
	};

	for (uint32_t i = 0; i < ARRAY_SIZE(cases); i++) {
		set_up(state);
		set_vector(0x13, cases[i].to);
		if (cases[i].good) {
			after(true, 0);
			assert_int_equal(vector(0x13), cases[i].to);
		} else {
			assert_vector_is_put_back(0x13, true);
		}
	}
}

/* A vector that was so before, a pointer to a table among them, is no ROM's fault. */
static void what_it_has_not_changed_is_left(void **state)
{
	(void)state;
	set_vector(0x1f, 0);
	set_vector(0x41, 0x12345678);
	rom_guard_before(false);
	after(true, 0);
	assert_int_equal(vector(0x41), 0x12345678);
}

static void a_rom_that_registers_what_it_boots_must_not_take_the_boot(void **state)
{
	static const uint8_t boots[] = { 0x18, 0x19 };

	for (uint32_t i = 0; i < ARRAY_SIZE(boots); i++) {
		set_up(state);
		set_vector(boots[i], FAR_POINTER(ROM >> 4, 0x50));
		set_vector(0x13, FAR_POINTER(ROM >> 4, 0x60));
		set_vector(0x1a, FAR_POINTER(ROM >> 4, 0x70));
		assert_vector_is_put_back(boots[i], true);
		assert_int_equal(vector(0x13), FAR_POINTER(ROM >> 4, 0x60));
		assert_int_equal(vector(0x1a), FAR_POINTER(ROM >> 4, 0x70));
		set_vector(boots[i], FAR_POINTER(ROM >> 4, 0x50));
		after(false, 0);		/* without a header that is how it boots */
		assert_int_equal(vector(boots[i]), FAR_POINTER(ROM >> 4, 0x50));
	}
}

static void take(uint16_t kib)
{
	bda()->base_kib = kib;
}

static void memory_that_a_rom_has_taken_is_its_own(void **state)
{
	(void)state;
	take(600);
	set_vector(0x13, FAR_POINTER(600 * 64, 0));
	set_vector(0x15, FAR_POINTER(600 * 64 - 1, 0xf));
	after(false, 2);
	assert_true(fake_log_has("rom: rom: it has taken 39 KiB of conventional memory"));
	assert_int_equal(vector(0x13), FAR_POINTER(600 * 64, 0));
	assert_int_equal(vector(0x15), 0xf0008015);
	assert_int_equal(bda()->base_kib, 600);
	assert_int_equal(alloc_low_bottom(), 600 * 1024);
	assert_int_equal(rows[0].length, 600 * 1024);
	after(false, 0);
}

/* A BCV hooks INT 13h with what its init has set up; another ROM says nothing of it. */
static void and_stays_so_when_another_has_run(void **state)
{
	(void)state;
	take(600);
	after(true, 1);
	rom_guard_before(false);
	set_vector(0x13, FAR_POINTER(610 * 64, 0));
	after(true, 0);
	assert_int_equal(vector(0x13), FAR_POINTER(610 * 64, 0));
	rom_guard_before(false);
	set_vector(0x13, FAR_POINTER(599 * 64, 0));
	after(true, 1);
	assert_int_equal(vector(0x13), FAR_POINTER(610 * 64, 0));
}

static void it_takes_what_it_can_get_and_no_more(void **state)
{
	static const struct { uint16_t kib; bool good; } cases[] = {
		{ 638, true }, { 576, true }, { 575, false }, { 512, false }, { 0, false }, { 640, false }, { 0xffff, false },
	};

	for (uint32_t i = 0; i < ARRAY_SIZE(cases); i++) {
		set_up(state);
		take(cases[i].kib);
		after(true, 1);
		assert_int_equal(bda()->base_kib, cases[i].good ? cases[i].kib : BASE_KIB);
		assert_int_equal(rows[0].length, (cases[i].good ? cases[i].kib : BASE_KIB) * 1024u);
		if (!cases[i].good)
			assert_true(fake_log_has("rom: rom: its init has left 1 fields of the BIOS data area that cannot be so"));
	}
	set_up(state);
	take(400);				/* a program's, from before */
	rom_guard_before(false);
	after(true, 0);
	assert_int_equal(bda()->base_kib, 400);
}

static void the_firmwares_own_low_memory_goes_on_below(void **state)
{
	uint32_t at;

	(void)state;
	take(630);
	after(true, 1);
	at = (uint32_t)ptr_to_phys(alloc_raw(ZONE_LOW, 1024, 1, "low"));
	assert_int_equal(at, 629 * 1024);
	assert_int_equal(bda()->base_kib, 629);
}

static void move_ebda(uint16_t segment, uint8_t kib)
{
	bda()->ebda_segment = segment;
	if ((uint32_t)segment << 4 < 0x100000)
		fake_ram[(uint32_t)segment << 4] = kib;
}

static void the_ebda_may_move_into_what_is_taken(void **state)
{
	static const struct { uint16_t base, segment; uint8_t kib; bool good; } cases[] = {
		{ 630, 630 * 64, 1, true }, { 630, 630 * 64, 10, true }, { 630, 630 * 64, 11, false },
		{ 630, 630 * 64, 0, false }, { 630, 630 * 64 - 1, 1, false }, { 630, 0x9fc0, 1, true },
		{ 630, 0x9fc1, 1, false }, { 639, 630 * 64, 1, false }, { 630, 0xa000, 1, false }, { 630, 0, 1, false },
		{ 630, 0xc000, 1, false }, { 630, 0xffff, 1, false }, { 630, 0x9fc0, 2, false }, { 639, 0x9fc0, 0, false },
		{ 639, 0x9fc0, 0xff, false },
	};

	for (uint32_t i = 0; i < ARRAY_SIZE(cases); i++) {
		set_up(state);
		take(cases[i].base);
		move_ebda(cases[i].segment, cases[i].kib);
		after(true, (cases[i].base != BASE_KIB) + !cases[i].good);
		assert_int_equal(bda()->ebda_segment, cases[i].good ? cases[i].segment : EBDA);
		assert_int_equal(fake_ram[bda()->ebda_segment << 4], cases[i].good ? cases[i].kib : 1);
		assert_int_equal(bda()->base_kib, cases[i].base);
	}
}

/* One that is where a program has put it, before, is left there. */
static void an_ebda_that_was_there_before_stays(void **state)
{
	(void)state;
	move_ebda(0x8000, 4);
	rom_guard_before(false);
	after(true, 0);
	assert_int_equal(bda()->ebda_segment, 0x8000);
	move_ebda(0x7000, 4);
	after(true, 1);
	assert_int_equal(bda()->ebda_segment, 0x8000);
}

/* One field: what it may become, and what not. */
static void every_field_is_judged(void **state)
{
	static const struct { uint8_t at, bytes; uint32_t value; bool good; } cases[] = {
		{ 0x00, 2, 0x2f8, false }, { 0x00, 2, 0, false }, { 0x06, 2, 0x2e8, false }, { 0x08, 2, 0x278, false },
		{ 0x0c, 2, 0x3bc, false },
		{ 0x10, 2, 0x0226 ^ 0x30, true }, { 0x10, 2, 0x0226 ^ 0x01, false }, { 0x10, 2, 0, false },
		{ 0x10, 2, 0x0226 ^ 0x8000, false },
		{ 0x17, 2, 0x0120, true }, { 0x19, 1, 5, true },
		{ 0x1a, 2, 0x20, true }, { 0x1a, 2, 0x3c, true }, { 0x1a, 2, 0x3e, false }, { 0x1a, 2, 0x1d, false },
		{ 0x1a, 2, 0x1f, false }, { 0x1a, 2, 0, false }, { 0x1a, 2, 0xffff, false },
		{ 0x1c, 2, 0x20, true }, { 0x1c, 2, 0x3e, false }, { 0x1c, 2, 0x1c, false }, { 0x1c, 2, 0x21, false },
		{ 0x1e, 4, 0x12345678, true },
		{ 0x49, 1, 0x12, true }, { 0x49, 1, 0, false }, { 0x84, 1, 49, true },
		{ 0x6c, 4, 1000, true }, { 0x6c, 4, 1001, true }, { 0x6c, 4, 999, false }, { 0x6c, 4, 0, false },
		{ 0x70, 1, 1, true }, { 0x71, 1, 0x80, true }, { 0x72, 2, 0x1234, true }, { 0x74, 1, 4, true },
		{ 0x75, 1, 3, true }, { 0x75, 1, 0x60, true }, { 0x75, 1, 0x61, false }, { 0x75, 1, 0xff, false },
		{ 0x75, 1, 1, false }, { 0x75, 1, 0, false },
		{ 0x78, 1, 9, false }, { 0x7b, 1, 9, false }, { 0x7c, 1, 9, false }, { 0x7f, 1, 9, false },
		{ 0x80, 2, 0x20, false }, { 0x80, 2, 0, false }, { 0x82, 2, 0x3c, false }, { 0x82, 2, 0xffff, false },
		{ 0x96, 1, 0x10, true }, { 0xf0, 4, 0xffffffff, true },
	};

	for (uint32_t i = 0; i < ARRAY_SIZE(cases); i++) {
		uint8_t was[256], made[256];

		set_up(state);
		memcpy(was, bda(), 256);
		memcpy((uint8_t *)bda() + cases[i].at, &cases[i].value, cases[i].bytes);
		memcpy(made, bda(), 256);
		after(true, !cases[i].good);
		if (!cases[i].good)
			assert_true(fake_log_has("rom: rom: its init has left 1 fields of the BIOS data area"));
		if (memcmp(bda(), cases[i].good ? made : was, 256) != 0)
			fail_msg("%02x: %x", cases[i].at, cases[i].value);
	}
}

/* A clock that goes back has passed midnight; a display's fields can be zero that were. */
static void what_explains_a_field_makes_it_good(void **state)
{
	(void)state;
	bda()->ticks = 3;
	bda()->midnight = 1;
	after(true, 0);
	assert_int_equal(bda()->ticks, 3);
	bda()->video_mode = 0;
	rom_guard_before(false);
	after(true, 0);
	bda()->kbd_head = 0x22;			/* keys are waiting, over the end of the buffer */
	bda()->kbd_tail = 0x20;
	after(true, 0);
	assert_int_equal(bda()->kbd_head, 0x22);
	bda()->kbd_tail = 0x40;
	after(true, 1);				/* then no key is waiting */
	assert_int_equal(bda()->kbd_head, 0x1e);
	assert_int_equal(bda()->kbd_tail, 0x1e);
}

static void a_wiped_data_area_is_put_back_with_one_line(void **state)
{
	static const uint8_t wipes[] = { 0, 0xff, 0x5a };

	for (uint32_t i = 0; i < ARRAY_SIZE(wipes); i++) {
		uint8_t was[256];

		set_up(state);
		memcpy(was, bda(), 256);
		memset(bda(), wipes[i], 256);
		after(true, 1);
		assert_true(fake_log_has("fields of the BIOS data area that cannot be so; put back"));
		assert_memory_equal(bda(), was, 14);
		assert_int_equal(bda()->base_kib, BASE_KIB);
		assert_int_equal(bda()->ebda_segment, EBDA);
		assert_int_equal(bda()->equipment, 0x0226);
		assert_int_equal(bda()->kbd_start, 0x1e);
		assert_int_equal(bda()->kbd_end, 0x3e);
		assert_int_equal(bda()->kbd_head, 0x1e);
		assert_int_equal(fake_ram[EBDA_BASE], 1);
		if (wipes[i] == 0) {
			assert_int_equal(bda()->video_mode, 3);
			assert_int_equal(bda()->video_rows, 24);
			assert_int_equal(bda()->disks, 2);
		}
	}
}

/* What must hold behind every ROM. */
static void assert_good_state(bool registers)
{
	const struct bda *b = bda();
	uint32_t ebda = (uint32_t)b->ebda_segment << 4, base = b->base_kib * 1024u, kib;

	assert_true(b->base_kib >= 576 && b->base_kib <= BASE_KIB);
	assert_true(ebda >= base && ebda < 0xa0000);
	kib = fake_ram[ebda];
	assert_true(kib && ebda + kib * 1024 <= 0xa0000);
	assert_int_equal(alloc_low_bottom(), base < EBDA_BASE ? base : EBDA_BASE);
	assert_int_equal(rows[0].length, base);
	assert_int_equal(b->com[0], 0x3f8);
	assert_int_equal(b->kbd_start, 0x1e);
	assert_int_equal(b->kbd_end, 0x3e);
	assert_true(b->kbd_head >= 0x1e && b->kbd_head < 0x3e && !(b->kbd_head & 1));
	assert_true(b->kbd_tail >= 0x1e && b->kbd_tail < 0x3e && !(b->kbd_tail & 1));
	assert_true(b->disks >= 2 && b->disks <= 0x60);
	assert_true(b->ticks >= 1000 || b->midnight);
	for (uint32_t n = 0; n < 256; n++) {
		uint32_t v = vector((uint8_t)n), at = (v >> 16 << 4) + (uint16_t)v;

		assert_true((at >= base && at < 0xa0000) || (at >= ROM && at < END) || (at >= 0xf0000 && at < 0x100000) ||
			    (at >= ROM_RAM_BASE && at < ROM_RAM_END));
		if (registers && (n == 0x18 || n == 0x19))
			assert_int_equal(v, 0xf0008000 + n);
	}
}

static uint32_t number(void)
{
	static uint32_t seed = 1;

	seed = seed * 1664525 + 1013904223;
	return seed >> 8 ^ seed << 16;
}

static void garbage_never_leaves_a_bad_state(void **state)
{
	for (uint32_t i = 0; i < 3000; i++) {
		bool registers = i & 1;

		set_up(state);
		for (uint32_t n = number() % 300; n; n--)
			set_vector((uint8_t)number(), number());
		for (uint32_t n = number() % (i % 3 ? 8 : 600); n; n--)
			fake_ram[0x400 + (uint8_t)number()] = (uint8_t)number();
		if (i % 4 == 0)
			take((uint16_t)(560 + number() % 90));
		if (i % 8 == 0)
			bda()->ebda_segment = (uint16_t)(0x9000 + number() % 0x1000);
		if (bda()->ebda_segment << 4 < 0x100000 && (bda()->ebda_segment << 4) + 1 > 0x500)
			fake_ram[bda()->ebda_segment << 4] = (uint8_t)(number() % 20);
		fake_log_reset();
		rom_guard_after("rom", registers, END);
		assert_true(fake_log_lines() <= 3);
		assert_good_state(registers);
		after(registers, 0);
	}
}

static void vectors_that_lead_to_a_place_are_seen(void **state)
{
	(void)state;
	assert_false(rom_guard_leads_to(ROM, ROM + 0x1000));
	assert_true(rom_guard_leads_to(0xf80ff, 0xf8100));
	assert_false(rom_guard_leads_to(0xf8100, 0xf8200));
	for (uint32_t n = 0; n < 256; n++) {
		set_up(state);
		set_vector((uint8_t)n, FAR_POINTER(ROM >> 4, 0xfff));
		assert_true(rom_guard_leads_to(ROM, ROM + 0x1000));
		assert_false(rom_guard_leads_to(ROM, ROM + 0xfff));
		assert_false(rom_guard_leads_to(ROM + 0x1000, END));
	}
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup(f, set_up)
	const struct CMUnitTest tests[] = {
		TEST(without_memory_no_rom_is_to_run),
		TEST(a_rom_that_changes_nothing_costs_no_line),
		TEST(a_wiped_table_is_put_back_with_one_line),
		TEST(the_first_of_them_is_told),
		TEST(each_vector_alone_is_looked_at),
		TEST(a_vector_leads_to_a_rom_or_the_firmware_or_nowhere),
		TEST(what_it_has_not_changed_is_left),
		TEST(a_rom_that_registers_what_it_boots_must_not_take_the_boot),
		TEST(memory_that_a_rom_has_taken_is_its_own),
		TEST(and_stays_so_when_another_has_run),
		TEST(it_takes_what_it_can_get_and_no_more),
		TEST(the_firmwares_own_low_memory_goes_on_below),
		TEST(the_ebda_may_move_into_what_is_taken),
		TEST(an_ebda_that_was_there_before_stays),
		TEST(every_field_is_judged),
		TEST(what_explains_a_field_makes_it_good),
		TEST(a_wiped_data_area_is_put_back_with_one_line),
		TEST(garbage_never_leaves_a_bad_state),
		TEST(vectors_that_lead_to_a_place_are_seen),
	};

	return cmocka_run_group_tests(tests, NULL, rom_case_done);
}
