/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/boot/rom/source_test.c: where the bytes of option ROMs come from, and each way in which they do not.
 * LINK: src/boot/rom/own_vga.c tests/fake/own_vga.c
 * LINK: src/boot/rom/source.c src/lib/format.c src/boot/rom/room.c src/boot/rom/option_rom.c src/arch/checksum.c src/hw/chipset/shadow.c
 * LINK: tests/fake/fw_cfg_files.c tests/fake/alloc.c tests/fake/ram.c tests/fake/log.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
#include "arch/phys.h"
#include "boot/rom/option_rom.h"
#include "boot/rom/room.h"
#include "boot/rom/source.h"
#include "fake/rom_case.h"

static struct rom_source source;
static uint8_t bytes[BAR_BYTES];
static uint32_t len;

static int set_up(void **state)
{
	(void)state;
	rom_case_reset(CHIPSET_I440FX);
	rom_room_init();
	memset(&source, 0xee, sizeof(source));
	len = 0xeeeeeeee;
	add_function(0x0200);
	return 0;
}

/* The second function's. */
static uint8_t *read_own(void)
{
	assert_true(rom_source_of_function(&functions[1], &source, true));
	source.module = "module";
	source.name = "name";
	return rom_source_read(&source, &len);
}

static uint8_t *read_file(uint32_t size)
{
	fake_files_add("genroms/a", bytes, size);
	source = (struct rom_source){ .module = "module", .name = "name" };
	assert_int_equal(fw_cfg_find("genroms/a", &source.file), 0);
	return rom_source_read(&source, &len);
}

static void functions_are_called_as_people_do(void **state)
{
	(void)state;
	assert_string_equal(rom_source_name(PCI_BDF(0, 3, 0)), "00:03.0");
	assert_string_equal(rom_source_name(PCI_BDF(0xa5, 0x1f, 7)), "a5:1f.7");
	assert_string_equal(rom_source_name(PCI_BDF(0xff, 0x10, 1)), "ff:10.1");
}

static void a_functions_own_rom_is_copied_while_it_decodes(void **state)
{
	(void)state;
	make_rom(bars[1] + 0x2000, SIZE, ID);		/* behind one for another machine */
	make_rom(bars[1], 0x2000, ID);
	bars[1][PCIR_AT + 0x14] = 3;
	bars[1][PCIR_AT + 0x15] = 0;
	assert_ptr_equal(read_own(), phys_to_ptr(ROM));
	assert_int_equal(source.id, ID);
	assert_int_equal(source.bdf, PCI_BDF(0, 1, 0));
	assert_int_equal(source.file.size, 0);
	assert_int_equal(len, SIZE);
	assert_memory_equal(fake_ram + ROM, bars[1] + 0x2000, SIZE);
	assert_bytes(ROM + SIZE, ROM + 0xc000, 0xee);
	assert_int_equal(bar_writes, 2);
	assert_int_equal(decoding, -1);
	assert_int_equal(fake_log_lines(), 0);
	assert_int_equal(fake_files.accesses, 0);
}

/* One that has only I/O ports, or was switched off: its command register is what it was afterwards. */
static void it_decodes_where_the_function_decodes_no_memory(void **state)
{
	static const uint16_t commands[] = { 0x0101, 0x0000, 0x0002, 0xffff, 0xfffd };

	for (uint32_t i = 0; i < ARRAY_SIZE(commands); i++) {
		set_up(state);
		command[1] = commands[i];
		assert_non_null(read_own());
		assert_memory_equal(fake_ram + ROM, bars[1], SIZE);
		assert_int_equal(command[1], commands[i]);
		assert_int_equal(decoding, -1);
		set_up(state);
		command[1] = commands[i];
		bars[1][0] = 0;
		assert_null(read_own());
		assert_int_equal(command[1], commands[i]);
		assert_int_equal(decoding, -1);
	}
}

static void a_function_without_a_rom_that_can_be_read_has_none(void **state)
{
	for (uint32_t i = 0; i < 4; i++) {
		struct pci_bar *bar = &functions[1].bar[6];

		set_up(state);
		if (i == 0)
			bar->size = 0;
		else if (i == 1)
			bar->base = 0;
		else if (i == 2)
			bar->base = 1ull << 32 | BAR;
		assert_int_equal(rom_source_of_function(&functions[1], &source, true), i == 3);
		assert_false(rom_source_of_function(&functions[1], &source, false));	/* not wanted */
		assert_int_equal(bar_writes, 0);
	}
	set_up(state);
	functions[1].bar[6].base = 0xfffff000;		/* and nothing behind the 4th GiB is looked at */
	functions[1].bar[6].size = 1ull << 20;
	assert_true(rom_source_of_function(&functions[1], &source, true));
	assert_int_equal(source.size, 0xfff);
	functions[1].bar[6].base = 0x80000000;
	functions[1].bar[6].size = 1ull << 36;
	assert_true(rom_source_of_function(&functions[1], &source, true));
	assert_int_equal(source.size, 0x7fffffff);
}

static void a_file_named_by_its_ids_comes_before_its_own(void **state)
{
	(void)state;
	functions[1].id = 0xabcd12f4;
	make_rom(bytes, SIZE, 0);
	fake_files_add("pci12f4,abcd.rom", bytes, SIZE);
	for (uint32_t own = 0; own < 2; own++) {
		assert_true(rom_source_of_function(&functions[1], &source, own));
		assert_int_equal(source.file.size, SIZE);
		assert_int_equal(source.bdf, PCI_BDF(0, 1, 0));
		assert_int_equal(source.id, 0xabcd12f4);
	}
	assert_ptr_equal(rom_source_read(&source, &len), phys_to_ptr(ROM));
	assert_memory_equal(fake_ram + ROM, bytes, SIZE);
	assert_int_equal(bar_writes, 0);
	functions[1].bar[6].size = 0;			/* also where it has none */
	assert_true(rom_source_of_function(&functions[1], &source, true));
	functions[1].id = 0xabcd12f5;
	assert_false(rom_source_of_function(&functions[1], &source, true));
	fake_files.file[0].size = 0;			/* an empty one is none */
	functions[1].id = 0xabcd12f4;
	assert_false(rom_source_of_function(&functions[1], &source, true));
}

static void each_fault_of_an_own_rom_costs_a_line(void **state)
{
	static const struct { uint32_t at; uint8_t byte; const char *line; } faults[] = {
		{ 0, 0, "module: name: option ROM: signature: 0xaa55 expected, 0xaa00 found; not run" },
		{ PCIR_AT, 0, "option ROM: PCIR's signature: 0x52494350 expected" },
		{ PCIR_AT + 4, 0, "option ROM: device and vendor of x86 code: 0x11121234 expected, 0x11121200 found" },
		{ PCIR_AT + 0x11, 0xff, "option ROM: bytes of an image, at most: 0x40000 expected" },
		{ 2, 0, "option ROM: bytes of the image, at most: 0x40000 expected, 0x0 found" },
	};

	for (uint32_t i = 0; i < ARRAY_SIZE(faults); i++) {
		set_up(state);
		bars[1][faults[i].at] = faults[i].byte;
		assert_null(read_own());
		assert_int_equal(fake_log_lines(), 1);
		assert_true(fake_log_has(faults[i].line));
		assert_int_equal(bar_writes, 2);
		assert_int_equal(decoding, -1);
		assert_int_equal(n_shadow, 0);
		assert_bytes(ROM, 0x100000, 0xee);
	}
}

static void what_is_larger_than_the_room_is_not_taken(void **state)
{
	(void)state;
	assert_non_null(rom_room_take(ROMS - 0x9800));
	rom_room_keep(ROMS - 0x9800, ROMS - 0x9800);
	assert_null(read_own());
	assert_true(fake_log_has("module: name: option ROM: bytes, at most: 0x9800 expected, 0x9c00 found; not run"));
	assert_int_equal(fake_log_lines(), 1);
	assert_int_equal(bar_writes, 2);
	assert_int_equal(rom_room_left(), 0x9800);
	make_rom(bars[1], 0x9800, ID);
	assert_ptr_equal(read_own(), phys_to_ptr(SHADOW_ROMS_END - 0x9800));
}

static void a_file_is_read_as_far_as_there_is_room(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < BAR_BYTES; i++)
		bytes[i] = (uint8_t)(i * 7 + (i >> 8));
	assert_ptr_equal(read_file(SIZE), phys_to_ptr(ROM));
	assert_int_equal(len, SIZE);
	assert_memory_equal(fake_ram + ROM, bytes, SIZE);
	set_up(state);
	assert_ptr_equal(read_file(BAR_BYTES), phys_to_ptr(ROM));
	assert_int_equal(len, ROMS);
	assert_memory_equal(fake_ram + ROM, bytes, ROMS);
	assert_bytes(SHADOW_ROMS_END, 0x100000, 0xee);
	set_up(state);
	assert_ptr_equal(read_file(1), phys_to_ptr(ROM));
	assert_int_equal(len, 1);
	assert_int_equal(fake_log_lines(), 0);
}

/* Nothing of it is left then. */
static void a_file_that_cannot_be_read_costs_a_line(void **state)
{
	(void)state;
	fake_files.fail_at = 1;
	assert_null(read_file(SIZE));
	assert_int_equal(fake_log_lines(), 1);
	assert_true(fake_log_has("module: name: 0x9c00 bytes could not be read; not run"));
	assert_int_equal(rom_room_end(), ROM);
	assert_bytes(ROM, ROM + SIZE, 0);
	assert_non_null(rom_source_read(&source, &len));
}

static void without_room_a_file_is_no_rom(void **state)
{
	struct option_rom_fault fault;
	uint8_t *rom;

	(void)state;
	assert_non_null(rom_room_take(ROMS));
	rom_room_keep(ROMS, ROMS);
	rom = read_file(SIZE);
	assert_int_equal(len, 0);
	assert_int_equal(rom ? option_rom_size(rom, len, &fault) : 0, 0);
	assert_bytes(SHADOW_ROMS_END, 0x100000, 0xee);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup(f, set_up)
	const struct CMUnitTest tests[] = {
		TEST(functions_are_called_as_people_do),
		TEST(a_functions_own_rom_is_copied_while_it_decodes),
		TEST(it_decodes_where_the_function_decodes_no_memory),
		TEST(a_function_without_a_rom_that_can_be_read_has_none),
		TEST(a_file_named_by_its_ids_comes_before_its_own),
		TEST(each_fault_of_an_own_rom_costs_a_line),
		TEST(what_is_larger_than_the_room_is_not_taken),
		TEST(a_file_is_read_as_far_as_there_is_room),
		TEST(a_file_that_cannot_be_read_costs_a_line),
		TEST(without_room_a_file_is_no_rom),
	};

	return cmocka_run_group_tests(tests, NULL, rom_case_done);
}
