/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/services/system_test.c: INT 15h: A20, sizes, moves of memory, protected mode, tables.
 * LINK: src/services/system.c src/services/guest.c src/dma/dma.c src/dma/sg.c src/mem/alloc.c src/mem/e820.c src/hw/pic.c tests/fake/io.c
 * LINK: tests/fake/ram.c tests/fake/log.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "arch/enter_protected.h"
#include "arch/phys.h"
#include "fake/io.h"
#include "fake/ram.h"
#include "lib/bits.h"
#include "machine/machine.h"
#include "mem/alloc.h"
#include "rt16/shared.h"
#include "services/system.h"
#include "std/bda.h"
#include "std/descriptor.h"

struct machine machine;
struct rt16_vars rt16_vars;

#define RAM_END		(16u << 20)
#define MIB		0x100000u
#define TABLE		0x600u
#define NOTHING		0x5a

static struct regs r;

/* The way out, as far as a host goes it. */
static struct {
	jmp_buf back;
	struct regs regs;
	struct descriptor_table gdt, idt;
} entered;

void enter_protected_mode(const struct regs *regs, const struct descriptor_table *gdt, const struct descriptor_table *idt)
{
	entered.regs = *regs;
	entered.gdt = *gdt;
	entered.idt = *idt;
	longjmp(entered.back, 1);
}

static int set_up(void **state)
{
	(void)state;
	fake_io_reset();
	fake_ram_reset(RAM_END);
	machine.low_ram_end = RAM_END;
	alloc_init(0xf4000, 0xf8000);
	alloc_open_high(RAM_END);
	memset(&rt16_vars, 0, sizeof(rt16_vars));
	memset(&entered, 0, sizeof(entered));
	return 0;
}

/* Returns AX; carry must be as expected. */
static uint16_t call(uint16_t ax, bool carry)
{
	r = (struct regs){ .flags = carry ? FLAGS_FIXED : FLAGS_FIXED | FLAGS_CF, .eax = 0x11110000u | ax, .ebx = 0x2222bbbb,
			   .ecx = 0x3333cccc, .edx = 0x4444dddd };
	system_service(&r);
	assert_int_equal(r.flags, carry ? FLAGS_FIXED | FLAGS_CF : FLAGS_FIXED);
	return r.ax;
}

static void functions_that_are_none(void **state)
{
	static const uint16_t none[] = {
		0x0077, 0x2404, 0x24ff, 0x4100, 0x8000, 0x8100, 0x8200, 0x8400, 0x8a00, 0xc300, 0xc700, 0xda88, 0xe800, 0xe820, 0xe802,
		0xec00, 0xff00,
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(none); i++) {
		assert_int_equal(call(none[i], true), 0x8600 | (none[i] & 0xff));
		assert_int_equal(r.eax >> 16, 0x1111);
		assert_int_equal(r.ebx, 0x2222bbbb);
		assert_int_equal(r.ecx, 0x3333cccc);
		assert_int_equal(r.edx, 0x4444dddd);
	}
	assert_int_equal(fake_io_accesses(), 0);
}

static uint16_t a20(uint16_t ax, uint16_t *off)
{
	r = (struct regs){ .flags = FLAGS_CF, .ax = ax, .a20_off = *off };
	system_service(&r);
	assert_int_equal(r.flags, 0);
	*off = r.a20_off;
	return r.ax;
}

static void a20_is_what_the_caller_is_left_with(void **state)
{
	(void)state;
	for (uint16_t was = 0; was < 2; was++) {
		uint16_t off = was;

		assert_int_equal(a20(0x2402, &off), was ? 0 : 1);
		assert_int_equal(off, was);
		assert_int_equal(a20(0x2403, &off), 0x0003);
		assert_int_equal(r.bx, 3);
		assert_int_equal(off, was);
		assert_int_equal(a20(0x2400, &off), 0x0000);
		assert_int_equal(off, 1);
		assert_int_equal(a20(0x2402, &off), 0x0000);
		assert_int_equal(a20(0x2401, &off), 0x0001);
		assert_int_equal(off, 0);
		assert_int_equal(a20(0x2402, &off), 0x0001);
	}
	assert_int_equal(fake_io_accesses(), 0);
}

static void map(const struct e820_entry *rows, uint16_t count)
{
	rt16_vars.e820_offset = 0x5000;
	rt16_vars.e820_count = count;
	memcpy(phys_to_ptr(0xf5000), rows, count * sizeof(*rows));
}

static void assert_sizes(uint16_t ax88, uint16_t below, uint16_t above)
{
	assert_int_equal(call(0x8800, false), ax88);
	assert_int_equal(r.eax >> 16, 0x1111);
	assert_int_equal(call(0xe801, false), below);
	assert_int_equal(r.eax, 0x11110000u | below);
	assert_int_equal(r.ebx, 0x22220000u | above);
	assert_int_equal(r.ecx, 0x33330000u | below);
	assert_int_equal(r.edx, 0x44440000u | above);
	call(0xe881, false);
	assert_int_equal(r.eax, below);
	assert_int_equal(r.ebx, above);
	assert_int_equal(r.ecx, below);
	assert_int_equal(r.edx, above);
}

static void sizes_follow_the_map(void **state)
{
	struct e820_entry rows[] = {
		{ 0, 0x9fc00, E820_RAM },
		{ 0xe0000, 0x20000, E820_RESERVED },
		{ MIB, 0, E820_RAM },
		{ 0x100000000, 0x100000000, E820_RAM },
	};
	static const struct { uint64_t length; uint16_t ax88, below, above; } cases[] = {
		{ 0x400, 1, 1, 0 },
		{ 0x3ff, 0, 0, 0 },
		{ 14 * MIB, 14 * 1024, 14 * 1024, 0 },
		{ 15 * MIB, 0x3c00, 0x3c00, 0 },
		{ 15 * MIB + 0xffff, 0x3c3f, 0x3c00, 0 },
		{ 15 * MIB + 0x10000, 0x3c40, 0x3c00, 1 },
		{ 62 * MIB, 0xf800, 0x3c00, 47 * 16 },
		{ 63 * MIB, 0xfc00, 0x3c00, 48 * 16 },
		{ 64 * MIB, 0xfc00, 0x3c00, 49 * 16 },
		{ 0xbfe00000, 0xfc00, 0x3c00, 0xbef0 - 0x0000 },
		{ 0xfff00000, 0xfc00, 0x3c00, 0xfeff },	/* ends at 4 GiB: less a byte */
		{ 0x1fff00000, 0xfc00, 0x3c00, 0xfeff },
		{ UINT64_MAX - MIB, 0xfc00, 0x3c00, 0xfeff },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		rows[2].length = cases[i].length;
		map(rows, 4);
		assert_sizes(cases[i].ax88, cases[i].below, cases[i].above);
	}
	rows[2].type = E820_RESERVED;
	map(rows, 4);
	assert_sizes(0, 0, 0);
	rows[2] = (struct e820_entry){ 0x80000, MIB, E820_RAM };	/* 1 MiB is within */
	map(rows, 4);
	assert_sizes(512, 512, 0);
	map(rows, 2);
	assert_sizes(0, 0, 0);
	map(rows, 0);
	assert_sizes(0, 0, 0);
}

static struct descriptor *row(unsigned int n)
{
	return (struct descriptor *)phys_to_ptr(TABLE) + n;
}

static void set_row(unsigned int n, uint32_t base, uint16_t limit, uint8_t access)
{
	*row(n) = (struct descriptor){ .limit = limit, .base = { base & 0xff, base >> 8 & 0xff, base >> 16 & 0xff },
				       .base_high = (uint8_t)(base >> 24), .access = access };
}

/* Returns AX, with carry in bit 16. */
static uint32_t move(uint32_t to, uint32_t from, uint16_t words)
{
	set_row(2, from, 0xffff, 0x93);
	set_row(3, to, 0xffff, 0x93);
	r = (struct regs){ .flags = FLAGS_FIXED, .ax = 0x8777, .cx = words, .es = TABLE >> 4, .si = TABLE & 15 };
	system_service(&r);
	assert_int_equal(r.cx, words);
	return r.ax | (uint32_t)(r.flags & FLAGS_CF) << 16;
}

static void fill(uint32_t from, uint32_t bytes)
{
	for (uint32_t i = 0; i < bytes; i++)
		fake_ram[from + i] = (uint8_t)(i * 7 + (i >> 8) + 1);
}

static void memory_is_moved(void **state)
{
	static const uint16_t words[] = { 0, 1, 2, 255, 0x7fff, 0x8000, 0xffff };

	(void)state;
	fill(0x20000, 0x20000);
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		memset(fake_ram + 2 * MIB, NOTHING, 0x20002);
		assert_int_equal(move(2 * MIB + 1, 0x20000, words[i]), 0x0077);
		assert_memory_equal(fake_ram + 2 * MIB + 1, fake_ram + 0x20000, words[i] * 2u);
		assert_int_equal(fake_ram[2 * MIB], NOTHING);
		assert_int_equal(fake_ram[2 * MIB + 1 + words[i] * 2u], NOTHING);
	}
	assert_int_equal(move(0x80000, 2 * MIB, 100), 0x0077);
	assert_memory_equal(fake_ram + 0x80000, fake_ram + 2 * MIB, 200);
}

static void a_move_leaves_the_firmware_as_it_is(void **state)
{
	uint8_t *table = alloc(ZONE_HIGH, 16, 16, "a table");
	uint32_t at = (uint32_t)ptr_to_phys(table);

	(void)state;
	fill(0x20000, 0x20000);
	memset(fake_ram + 0xe7ff0, NOTHING, 0x18020);
	assert_int_equal(move(0xe7ff0, 0x20000, 0x10), 0x0077);
	assert_memory_equal(fake_ram + 0xe7ff0, fake_ram + 0x20000, 0x10);
	assert_int_equal(fake_ram[0xe8000], NOTHING);
	assert_int_equal(move(0xffff0, 0x20000, 0x10), 0x0077);
	assert_int_equal(fake_ram[0xfffff], NOTHING);
	assert_int_equal(fake_ram[0x100000], fake_ram[0x20010]);
	memset(table, NOTHING, 16);
	assert_int_equal(move(at, 0x20000, 8), 0x0077);
	assert_int_equal(table[0], NOTHING);
	assert_int_equal(table[15], NOTHING);
}

static void a_move_beyond_4_gib_is_refused(void **state)
{
	(void)state;
	assert_int_equal(move(0x20000, 0xffffff00, 0x81), 0x10277);
	assert_int_equal(move(0xffffff00, 0x20000, 0x81), 0x10277);
	assert_int_equal(move(0xffffffff, 0x20000, 1), 0x10277);
	assert_int_equal(move(0xffffffff, 0xffffffff, 0), 0x0077);
}

#define ES_AT		0x30000u
#define STACK		0x41230u	/* 4000:1230 */

static struct { uint16_t port; uint8_t value; } outs[16];
static uint32_t out_count;

static void pic_out(void *opaque, uint16_t port, unsigned int width, uint32_t value)
{
	(void)opaque;
	assert_int_equal(width, 1);
	assert_true(out_count < 16);
	outs[out_count].port = port;
	outs[out_count++].value = (uint8_t)value;
}

static void protected_rows(void)
{
	out_count = 0;
	fake_io_add(0x20, 0x21, NULL, pic_out, NULL);
	fake_io_add(0xa0, 0xa1, NULL, pic_out, NULL);
	memset(row(0), 0, 64);
	set_row(1, 0x12345678, 63, 0x93);
	set_row(2, 0x89abcdef, 0x7ff, 0x93);
	set_row(3, 0x10000, 0xffff, 0x93);
	set_row(4, ES_AT, 0xffff, 0x93);
	set_row(5, 0x40000, 0xffff, 0x93);
	set_row(6, 0x10000, 0xffff, 0x9b);
	memset(fake_ram + STACK, NOTHING, 16);
}

/* True: entered. */
static bool enter(void)
{
	if (setjmp(entered.back))
		return true;
	r = (struct regs){ .flags = FLAGS_FIXED, .eax = 0x11118977, .ebx = 0x22225058, .ecx = 0x3333cccc, .es = TABLE >> 4,
			   .si = TABLE & 15, .ss = STACK >> 4 & 0xf000, .esp = 0xabcd1230 - REGS_ON_CALLERS_STACK };
	system_service(&r);
	return false;
}

static void protected_mode_is_entered_with_the_callers_rows(void **state)
{
	static const struct { uint16_t port; uint8_t value; } words[] = {
		{ 0x20, 0x11 }, { 0x21, 0x50 }, { 0x21, 0x04 }, { 0x21, 0x01 }, { 0x21, 0xfb },
		{ 0xa0, 0x11 }, { 0xa1, 0x58 }, { 0xa1, 0x02 }, { 0xa1, 0x01 }, { 0xa1, 0xff },
	};
	static const uint8_t bios[] = { 0xff, 0xff, 0x00, 0x00, 0x0f, 0x9b, 0x00, 0x00 };

	(void)state;
	protected_rows();
	assert_true(enter());
	assert_int_equal(entered.gdt.base, 0x12345678);
	assert_int_equal(entered.gdt.limit, 63);
	assert_int_equal(entered.idt.base, 0x89abcdef);
	assert_int_equal(entered.idt.limit, 0x7ff);
	assert_int_equal(entered.regs.ss, 0x28);
	assert_int_equal(entered.regs.esp, 0x1230);
	assert_int_equal(entered.regs.eax, 0x11110077);
	assert_int_equal(entered.regs.ebx, 0x22225058);
	assert_int_equal(entered.regs.ecx, 0x3333cccc);
	assert_memory_equal(row(7), bios, sizeof(bios));
	/* Only the segment in INT's frame has changed. */
	assert_int_equal(fake_ram[STACK + 1], NOTHING);
	assert_int_equal(fake_ram[STACK + 2], 0x30);
	assert_int_equal(fake_ram[STACK + 3], 0x00);
	assert_int_equal(fake_ram[STACK + 4], NOTHING);
	assert_int_equal(out_count, ARRAY_SIZE(words));
	assert_memory_equal(outs, words, sizeof(words));
}

static void rows_that_cannot_be_are_refused(void **state)
{
	static const struct { uint8_t row, limit, access; } bad[] = {
		{ 1, 62, 0x93 }, { 1, 0, 0x93 }, { 6, 0xff, 0x00 }, { 6, 0xff, 0x1b }, { 6, 0xff, 0x93 }, { 6, 0xff, 0x8b }, { 5, 0xff, 0x00 },
		{ 5, 0xff, 0x13 }, { 5, 0xff, 0x91 }, { 5, 0xff, 0x82 }, { 5, 0xff, 0x9b },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		protected_rows();
		row(bad[i].row)->limit = bad[i].limit;
		row(bad[i].row)->access = bad[i].access;
		assert_false(enter());
		assert_int_equal(r.eax, 0x1111ff77);
		assert_int_equal(r.flags, FLAGS_FIXED | FLAGS_CF);
		assert_int_equal(out_count, 0);
		assert_int_equal(fake_ram[STACK + 2], NOTHING);
	}
}

static void a_medium_may_be_ejected(void **state)
{
	(void)state;
	assert_int_equal(call(0x5277, false), 0x0077);
}

static void tables_are_where_they_are(void **state)
{
	static const uint8_t table[] = { 0x08, 0x00, 0xfc, 0x00, 0x01, 0x74, 0x40, 0x00, 0x00, 0x00, 0x00 };

	(void)state;
	system_init();
	assert_memory_equal(fake_ram + 0xfe6f5, table, sizeof(table));
	assert_int_equal(call(0xc077, false), 0x0077);
	assert_int_equal(r.es, 0xf000);
	assert_int_equal(r.ebx, 0x2222e6f5);
	((struct bda *)phys_to_ptr(0x400))->ebda_segment = 0x9fc0;
	assert_int_equal(call(0xc177, false), 0xc177);
	assert_int_equal(r.es, 0x9fc0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(functions_that_are_none, set_up),
		cmocka_unit_test_setup(a20_is_what_the_caller_is_left_with, set_up),
		cmocka_unit_test_setup(sizes_follow_the_map, set_up),
		cmocka_unit_test_setup(memory_is_moved, set_up),
		cmocka_unit_test_setup(a_move_leaves_the_firmware_as_it_is, set_up),
		cmocka_unit_test_setup(a_move_beyond_4_gib_is_refused, set_up),
		cmocka_unit_test_setup(protected_mode_is_entered_with_the_callers_rows, set_up),
		cmocka_unit_test_setup(rows_that_cannot_be_are_refused, set_up),
		cmocka_unit_test_setup(a_medium_may_be_ejected, set_up),
		cmocka_unit_test_setup(tables_are_where_they_are, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
