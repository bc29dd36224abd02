/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/hw/display/framebuffer_test.c: which display is the console, where its registers are reached, and what it
 * must answer.
 * LINK: src/hw/display/framebuffer.c src/hw/display/card.c tests/fake/io.c tests/fake/ram.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "fake/io.h"
#include "fake/ram.h"
#include "hw/display/framebuffer.h"
#include "hw/display/screen.h"
#include "hw/pci/tree.h"
#include "lib/errno.h"
#include "machine/machine.h"

#define MIB		0x100000u
#define PIXELS		MIB
#define REGISTERS	0xfebf0000u
#define HIGH		(1ull << 32)
#define QEMU		0x11001af4u

struct machine machine;
static struct pci_tree tree;
static struct pci_function function[4];
static uint32_t subsystem[4], command[4];
static uint16_t dispi[11], at;		/* registers, and the one that the ports lead to */
static uint32_t lost, stuck;		/* calls; the register that keeps what it has, plus 1 */
static bool index_next, on;		/* the attribute port takes an index; the screen is on */

void screen_lost(void)
{
	lost++;
}

static uint32_t nth(pci_bdf_t bdf)
{
	for (uint32_t n = 0; n < tree.count; n++)
		if (function[n].bdf == bdf)
			return n;
	fail_msg("no function %x", bdf);
	return 0;
}

uint32_t pci_read32(pci_bdf_t bdf, uint8_t reg)
{
	assert_true(reg == PCI_SUBSYSTEM || reg == PCI_COMMAND);
	return reg == PCI_COMMAND ? command[nth(bdf)] | 0x02900000 : subsystem[nth(bdf)];
}

void pci_write32(pci_bdf_t bdf, uint8_t reg, uint32_t value)
{
	assert_int_equal(reg, PCI_COMMAND);
	assert_int_equal(value >> 16, 0);		/* status bits are cleared by ones */
	command[nth(bdf)] = value;
}

static void write_register(uint32_t index, uint32_t value)
{
	assert_true(index < 11);
	if (index + 1 != stuck)
		dispi[index] = (uint16_t)value;
}

static void attribute(uint32_t value)
{
	assert_true(index_next);
	on = value == 0x20;
	index_next = false;
}

static void out(void *opaque, uint16_t port, unsigned int width, uint32_t value)
{
	(void)opaque;
	if (port == 0x1ce) {
		assert_int_equal(width, 2);
		at = (uint16_t)value;
	} else if (port == 0x1cf) {
		assert_int_equal(width, 2);
		write_register(at, value);
	} else {
		assert_int_equal(port, 0x3c0);
		attribute(value);
	}
}

static uint32_t in(void *opaque, uint16_t port, unsigned int width)
{
	(void)opaque, (void)width;
	if (port == 0x1cf)
		return dispi[at];
	assert_int_equal(port, 0x3da);
	index_next = true;
	return 0;
}

static void write(void *opaque, uint32_t addr, unsigned int width, uint32_t value)
{
	(void)opaque;
	if (addr == REGISTERS + 0x400) {
		attribute(value);
		return;
	}
	assert_int_equal(width, 2);
	write_register((addr - REGISTERS - 0x500) / 2, value);
}

static uint32_t read(void *opaque, uint32_t addr, unsigned int width)
{
	(void)opaque, (void)width;
	if (addr == REGISTERS + 0x41a) {
		index_next = true;
		return 0;
	}
	return dispi[(addr - REGISTERS - 0x500) / 2];
}

static struct pci_function *add(uint32_t id, uint16_t class)
{
	struct pci_function *f = &function[tree.count];

	*f = (struct pci_function){ .id = id, .bdf = (pci_bdf_t)(8 * tree.count), .class_revision = class << 16, .parent = PCI_NONE };
	f->bar[0] = (struct pci_bar){ .size = 16 * MIB, .base = PIXELS, .kind = PCI_PREF };
	f->bar[2] = (struct pci_bar){ .size = 0x1000, .base = REGISTERS, .kind = PCI_MEM };
	subsystem[tree.count] = QEMU;
	command[tree.count++] = class == PCI_CLASS_VGA ? 3 : 0;
	return f;
}

static int set_up(void **state)
{
	(void)state;
	fake_ram_reset(8 * MIB);
	memset(fake_ram, 0xa5, 8 * MIB);
	fake_io_reset();
	fake_io_add(0x1ce, 0x1cf, in, out, NULL);
	fake_io_add(0x3c0, 0x3df, in, out, NULL);
	fake_mmio_add(REGISTERS, REGISTERS + 0xfff, read, write, NULL);
	memset(dispi, 0x77, sizeof(dispi));		/* a guest's */
	dispi[0] = 0xb0c5;
	dispi[10] = 256;
	lost = stuck = 0;
	index_next = on = false;
	tree = (struct pci_tree){ .function = function };
	machine = (struct machine){ .pci = &tree };
	return 0;
}

#define STD	0x11111234u
#define VGA	PCI_CLASS_VGA
#define OTHER	PCI_CLASS_OTHER_DISPLAY

static struct framebuffer fb;

static void every_display_is_found(void **state)
{
	static const struct { uint32_t id, subsystem; uint16_t class; int rc; bool ports; } known[] = {
		{ STD, QEMU, VGA, 0, false }, { STD, QEMU, OTHER, 0, false }, { 0x10501af4, QEMU, VGA, 0, false },
		{ 0x01001b36, QEMU, VGA, 0, true }, { 0x040515ad, 0x040515ad, VGA, 0, true },
		{ 0x00b81013, QEMU, VGA, -EOPNOTSUPP, false }, { 0x51591002, QEMU, VGA, -EOPNOTSUPP, false },
		{ 0x12345678, QEMU, VGA, -EOPNOTSUPP, false }, { STD, 0x12345678, VGA, -EOPNOTSUPP, false },
		{ 0x10501af4, QEMU, OTHER, -ENODEV, false }, { 0x01001b36, QEMU, OTHER, -ENODEV, false },
		{ STD, 0x12345678, OTHER, -ENODEV, false },
	};

	for (uint32_t i = 0; i < sizeof(known) / sizeof(*known); i++) {
		struct pci_function *f;

		set_up(state);
		f = add(known[i].id, known[i].class);
		f->bar[1] = (struct pci_bar){ .size = 16 * MIB, .base = 3 * MIB, .kind = PCI_PREF };	/* vmware-svga's */
		subsystem[0] = known[i].subsystem;
		assert_int_equal(framebuffer_find(&fb), known[i].rc);
		if (known[i].rc)
			continue;
		assert_int_equal(fb.registers, known[i].ports ? 0 : REGISTERS);
		assert_int_equal(fb.base, known[i].subsystem == QEMU ? PIXELS : 3 * MIB);
		assert_int_equal(fb.memory_64k, 256);
		assert_int_equal(fb.vga, known[i].class == VGA);
		assert_true(command[0] & PCI_COMMAND_MEMORY);
		assert_int_equal(lost, 0);
	}
}

static void the_first_vga_is_the_console(void **state)
{
	(void)state;
	machine.pci = NULL;
	assert_int_equal(framebuffer_find(&fb), -ENODEV);
	machine.pci = &tree;
	assert_int_equal(framebuffer_find(&fb), -ENODEV);
	add(STD, OTHER)->bar[0].base = 2 * MIB;
	add(STD, OTHER)->bar[0].base = 3 * MIB;
	assert_int_equal(framebuffer_find(&fb), 0);
	assert_int_equal(fb.base, 2 * MIB);
	assert_int_equal(command[1], 0);
	add(STD, VGA)->lost = true;
	assert_int_equal(framebuffer_find(&fb), 0);
	assert_int_equal(fb.base, 2 * MIB);
	add(0x00b81013, VGA);
	assert_int_equal(framebuffer_find(&fb), -EOPNOTSUPP);	/* what is seen is on that one */
}

static void what_is_out_of_reach_is_left_alone(void **state)
{
	struct pci_function *f = add(STD, VGA);

	(void)state;
	f->parent = 0;
	assert_int_equal(framebuffer_find(&fb), 0);
	f->bar[2].base = HIGH;
	assert_int_equal(framebuffer_find(&fb), -ENXIO);
	f->parent = PCI_NONE;
	assert_int_equal(framebuffer_find(&fb), 0);
	assert_int_equal(fb.registers, 0);
	f->bar[0].base = 0;
	assert_int_equal(framebuffer_find(&fb), -ENXIO);
	f->bar[0].base = 3 * HIGH;
	assert_int_equal(framebuffer_find(&fb), 0);
	assert_true(fb.base == 3 * HIGH);
	f->bar[2].base = 0;
	f->class_revision = OTHER << 16;
	assert_int_equal(framebuffer_find(&fb), -ENXIO);		/* no ports of its own */
	f->bar[2].base = REGISTERS;
	for (uint32_t id = 0; id <= 0xffff; id += id >= 0xb0c0 && id < 0xb0d0 ? 1 : 16) {
		dispi[0] = (uint16_t)id;
		assert_int_equal(framebuffer_find(&fb), id >= 0xb0c4 && id <= 0xb0cf ? 0 : -ENXIO);
	}
	dispi[0] = 0xb0c5;
	dispi[10] = 0xffff;
	assert_int_equal(framebuffer_find(&fb), 0);
	assert_int_equal(fb.memory_64k, 256);			/* as large as its BAR, whatever it says */
}

static void only_what_the_memory_holds_fits(void **state)
{
	static const struct { struct pixels p; uint32_t units; bool fits; } cases[] = {
		{ { 1024, 768, 32 }, 48, true }, { { 1024, 768, 32 }, 47, false }, { { 1024, 768, 15 }, 24, true },
		{ { 1024, 768, 16 }, 23, false }, { { 1024, 768, 24 }, 36, true }, { { 1024, 768, 8 }, 12, true },
		{ { 64, 64, 8 }, 1, true }, { { 64, 64, 8 }, 0, false }, { { 56, 64, 8 }, 1, false }, { { 64, 63, 8 }, 1, false },
		{ { 1366, 768, 32 }, 256, false }, { { 16000, 12000, 32 }, 0x10000, true }, { { 16008, 12000, 32 }, 0x10000, false },
		{ { 16000, 12001, 32 }, 0x10000, false }, { { 65535, 65535, 32 }, 0x10000, false }, { { 0, 0, 32 }, 0x10000, false },
		{ { 0xffffffff, 0xffffffff, 32 }, 0xffffffff, false }, { { 0xfffffff8, 1, 32 }, 0xffffffff, false },
	};

	(void)state;
	for (uint32_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		if (framebuffer_fits(&cases[i].p, cases[i].units) != cases[i].fits)
			fail_msg("%ux%ux%u in %u", cases[i].p.width, cases[i].p.height, cases[i].p.bits, cases[i].units);
}

static void assert_set(const struct pixels *p)
{
	assert_int_equal(framebuffer_set(&fb, p), 0);
	assert_int_equal(dispi[1], p->width);
	assert_int_equal(dispi[2], p->height);
	assert_int_equal(dispi[3], p->bits);
	assert_int_equal(dispi[4], 0x41);
	assert_int_equal(dispi[6], p->width);
	assert_int_equal(dispi[8] + dispi[9], 0);
	assert_true(on);
	assert_int_equal(lost, 1);
}

static void a_mode_is_set_by_ports_and_in_memory(void **state)
{
	static const struct pixels p = { 640, 480, 32 };
	const uint32_t bytes = 640 * 480 * 4;

	add(0x01001b36, VGA);
	assert_int_equal(framebuffer_find(&fb), 0);
	assert_set(&p);
	assert_int_equal(fake_ram[PIXELS], 0xa5);		/* the device clears it */
	assert_int_equal(fake_io_count.mmio_write, 0);

	set_up(state);
	add(STD, OTHER);
	assert_int_equal(framebuffer_find(&fb), 0);
	assert_set(&p);
	assert_int_equal(fake_io_count.out, 0);
	assert_int_equal(fake_ram[PIXELS - 1], 0xa5);
	for (uint32_t i = 0; i < bytes; i++)
		assert_int_equal(fake_ram[PIXELS + i], 0);
	assert_int_equal(fake_ram[PIXELS + bytes], 0xa5);
}

static void a_device_that_shows_something_else_is_noticed(void **state)
{
	static const struct pixels p = { 640, 480, 16 };
	static const uint16_t registers[] = { 1, 2, 3, 4, 6, 8, 9 };

	for (uint32_t i = 0; i < sizeof(registers) / sizeof(*registers); i++) {
		set_up(state);
		add(STD, VGA);
		assert_int_equal(framebuffer_find(&fb), 0);
		stuck = registers[i] + 1u;
		assert_int_equal(framebuffer_set(&fb, &p), -EIO);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(every_display_is_found, set_up),
		cmocka_unit_test_setup(the_first_vga_is_the_console, set_up),
		cmocka_unit_test_setup(what_is_out_of_reach_is_left_alone, set_up),
		cmocka_unit_test(only_what_the_memory_holds_fits),
		cmocka_unit_test_setup(a_mode_is_set_by_ports_and_in_memory, set_up),
		cmocka_unit_test_setup(a_device_that_shows_something_else_is_noticed, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
