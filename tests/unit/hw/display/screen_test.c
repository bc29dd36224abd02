/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/hw/display/screen_test.c: text on a VGA by few registers and its framebuffer, once, and only on one of QEMU's
 * that a reset has left.
 * LINK: src/hw/display/screen.c src/hw/display/card.c tests/fake/own_vga.c tests/fake/io.c tests/fake/ram.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "fake/io.h"
#include "fake/ram.h"
#include "hw/display/card.h"
#include "hw/display/screen.h"
#include "hw/pci/tree.h"
#include "lib/endian.h"
#include "machine/machine.h"
#include "std/bootparam.h"

#define MIB	0x100000u
#define CELLS	MIB		/* where the framebuffer is */
#define QEMU	0x11001af4u
#define STD	0x11111234u

struct machine machine;
extern uint8_t own_vga_font[];
static uint32_t subsystem;
static struct pci_function vga;
static bool flip_flop;		/* the attribute port takes data next */
static uint8_t attribute[32], index_written, dac[256 * 3];
static uint32_t dac_at, misc;

uint32_t pci_read32(pci_bdf_t bdf, uint8_t reg)
{
	assert_int_equal(bdf, vga.bdf);
	assert_int_equal(reg, PCI_SUBSYSTEM);
	return subsystem;
}

static void out(void *opaque, uint16_t port, unsigned int width, uint32_t value)
{
	(void)opaque;
	if (port == 0x3c0) {
		assert_int_equal(width, 1);
		if (flip_flop)
			attribute[index_written & 31] = (uint8_t)value;
		else
			index_written = (uint8_t)value;
		flip_flop = !flip_flop;
	} else if (port == 0x3c2) {
		misc = value;
	} else if (port == 0x3c8) {
		dac_at = (value & 0xff) * 3;
		if (width == 2)			/* its neighbour is the data port */
			dac[dac_at++] = (uint8_t)(value >> 8);
	} else if (port == 0x3c9) {
		dac[dac_at++] = (uint8_t)value;
	} else if (port == 0x3d4) {
		assert_int_equal(misc & 1, 1);		/* else it is at 3b4 */
	}
}

static uint32_t in(void *opaque, uint16_t port, unsigned int width)
{
	(void)opaque, (void)width;
	assert_int_equal(port, 0x3da);
	flip_flop = false;
	return 0;
}

/* Once: a machine starts once, and the tests are its course. */
static int set_up(void **state)
{
	(void)state;
	fake_ram_reset(2 * MIB);
	memset(fake_ram + CELLS, 0xa5, MIB);		/* an earlier guest's */
	fake_io_reset();
	fake_io_add(0x3c0, 0x3df, in, out, NULL);
	machine = (struct machine){ .start = START_RESET };
	subsystem = QEMU;
	flip_flop = false;
	misc = 0;
	memset(attribute, 0, sizeof(attribute));
	for (uint32_t i = 0; i < 4096; i++)
		own_vga_font[i] = (uint8_t)(i * 7 + 3);
	vga = (struct pci_function){ .id = STD, .bdf = 2 << 3, .class_revision = PCI_CLASS_VGA << 16 };
	vga.bar[0] = (struct pci_bar){ .size = MIB, .base = CELLS, .kind = PCI_PREF };
	return 0;
}

static uint8_t *cell(uint32_t row, uint32_t column)
{
	return fake_ram + CELLS + (row * SCREEN_COLUMNS + column) * 4;
}

static void assert_dark(void)
{
	screen_text_on(&vga, display_card_of(&vga), false);
	assert_false(screen_is_text());
	assert_null(machine.screen);
	assert_int_equal(fake_io_count.out, 0);
}

/* First of all: what a reset has left is there once. */
static void others_stay_dark(void **state)
{
	(void)state;
	subsystem = 0x12345678;			/* passed through */
	assert_dark();
	subsystem = QEMU;
	vga.id++;
	assert_dark();
	vga.id = STD;
	vga.bar[0].base = 1ull << 32;
	assert_dark();
	vga.bar[0].base = 0;
	assert_dark();
	vga.bar[0].base = CELLS;
	machine.start = START_S3_WAKE;
	assert_dark();
	machine.start = START_RESET;
}

/* The framebuffer's first byte, and A0000h: the same if the legacy memory is this one's. */
static bool owner;
static uint8_t other_ones;

static uint32_t read_memory(void *opaque, uint32_t addr, unsigned int width)
{
	(void)opaque;
	assert_int_equal(width, 1);
	return addr == CELLS || owner ? fake_ram[CELLS] : other_ones;
}

static void write_memory(void *opaque, uint32_t addr, unsigned int width, uint32_t value)
{
	(void)opaque;
	assert_true(addr == CELLS && width == 1);
	fake_ram[CELLS] = (uint8_t)value;
}

/* Whatever is in the other's memory, and the framebuffer is what it was. */
static void of_several_the_one_that_answers_is_known(void **state)
{
	(void)state;
	fake_mmio_add(CELLS, CELLS, read_memory, write_memory, NULL);
	fake_mmio_add(0xa0000, 0xa0000, read_memory, write_memory, NULL);
	for (uint32_t n = 0; n < 0x10000; n++) {
		fake_ram[CELLS] = (uint8_t)n;
		other_ones = (uint8_t)(n >> 8);
		owner = false;
		assert_false(screen_answers(&vga, display_card_of(&vga)));
		owner = true;
		assert_true(screen_answers(&vga, display_card_of(&vga)));
		assert_int_equal(fake_ram[CELLS], n & 0xff);
	}
	vga.bar[0].base = 0;
	assert_false(screen_answers(&vga, display_card_of(&vga)));
	vga.bar[0].base = CELLS;
	machine.start = START_S3_WAKE;
	assert_false(screen_answers(&vga, display_card_of(&vga)));
	machine.start = START_RESET;
	assert_int_equal(fake_io_count.out, 0);
	fake_io_count.mmio_read = fake_io_count.mmio_write = 0;
}

static void seventeen_registers_and_plain_memory(void **state)
{
	const uint8_t blank[2] = { 0x20, 0x07 };

	(void)state;
	screen_text_on(&vga, display_card_of(&vga), false);
	assert_true(screen_is_text_of(vga.bdf));
	assert_false(screen_is_text_of(3 << 3));
	assert_int_equal(fake_io_accesses(), 17);
	assert_int_equal(attribute[7], 7);
	assert_int_equal(index_written, 0x20);
	for (uint32_t row = 0; row < SCREEN_ROWS; row++)
		for (uint32_t column = 0; column < SCREEN_COLUMNS; column++)
			assert_memory_equal(cell(row, column), blank, 2);
	for (uint32_t c = 0; c < 256; c++)
		for (uint32_t row = 0; row < 16; row++)
			assert_int_equal(fake_ram[CELLS + (32 * c + row) * 4 + 2], own_vga_font[16 * c + row]);
	assert_non_null(machine.screen);
	assert_int_equal(machine.screen->is_vga, SCREEN_INFO_VGA);
	assert_int_equal(machine.screen->mode, 3);
	assert_int_equal(machine.screen->columns, 80);
	assert_int_equal(machine.screen->rows, 25);
	assert_int_equal(machine.screen->points, 16);

	screen_text_on(&vga, display_card_of(&vga), false);			/* registers are not what a reset leaves any more */
	assert_int_equal(fake_io_accesses(), 17);
	screen_write(24, 79, 'x', 0x1f);
	screen_scroll();
	assert_int_equal(get_le16(cell(23, 79)), 0x1f78);
	assert_int_equal(get_le16(cell(24, 79)), 0x0720);
	assert_int_equal(fake_io_accesses(), 17);
}

static void a_program_finds_sixteen_colours(void **state)
{
	static const uint8_t palette[16] = { 0, 1, 2, 3, 4, 5, 0x14, 7, 0x38, 0x39, 0x3a, 0x3b, 0x3c, 0x3d, 0x3e, 0x3f };

	(void)state;
	assert_true(screen_is_text());		/* from the test before: it is there once */
	attribute[7] = 7;
	flip_flop = true;			/* as it was left */
	screen_hand_over();
	assert_false(screen_is_text());
	assert_null(machine.screen);
	assert_memory_equal(attribute, palette, 16);
	assert_int_equal(index_written, 0x20);
	for (uint32_t i = 0; i < 16; i++) {
		static const uint8_t dim[] = { 0, 0x2a }, bright[] = { 0x15, 0x3f };

		for (uint32_t part = 0; part < 3 && i && i != 7; part++) {
			uint8_t wanted = (i & 8 ? bright : dim)[i >> (2 - part) & 1];

			if (i == 6 && part == 1)
				wanted = 0x15;
			assert_int_equal(dac[palette[i] * 3 + part], wanted);
		}
	}
	fake_io_reset();
	screen_hand_over();
	assert_int_equal(fake_io_accesses(), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(others_stay_dark),
		cmocka_unit_test(of_several_the_one_that_answers_is_known),
		cmocka_unit_test(seventeen_registers_and_plain_memory),
		cmocka_unit_test(a_program_finds_sixteen_colours),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
