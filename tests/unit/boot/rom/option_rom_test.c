/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/boot/rom/option_rom_test.c: which bytes are an option ROM that can run, and every way in which they are not.
 * LINK: src/boot/rom/option_rom.c src/arch/checksum.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "boot/rom/option_rom.h"
#include "std/option_rom.h"

#define ID	0x11111234u
#define PCIR_AT	0x40u
#define SIZE	2048u		/* of the image for x86 */
#define FIRST	1024u		/* of another in front of it */

static uint8_t *rom;		/* exactly as long as it may be read */
static uint32_t len;
static struct option_rom_image image;
static struct option_rom_fault fault;

static struct pcir *pcir_of(uint32_t offset)
{
	return (struct pcir *)(rom + offset + PCIR_AT);
}

static struct option_rom *header_of(uint32_t offset)
{
	return (struct option_rom *)(rom + offset);
}

static void make_image(uint32_t offset, uint32_t size, uint8_t type, uint32_t id, bool last)
{
	uint8_t sum = 0;

	*header_of(offset) = (struct option_rom){
		.signature = OPTION_ROM_SIGNATURE, .units = (uint8_t)(size / OPTION_ROM_UNIT), .pcir = PCIR_AT,
	};
	*pcir_of(offset) = (struct pcir){
		.signature = PCIR_SIGNATURE, .vendor = (uint16_t)id, .device = (uint16_t)(id >> 16), .length = 24,
		.units = (uint16_t)(size / OPTION_ROM_UNIT), .code_type = type, .indicator = last ? PCIR_LAST : 0,
	};
	for (uint32_t i = 0; i < size - 1; i++)
		sum = (uint8_t)(sum + rom[offset + i]);
	rom[offset + size - 1] = (uint8_t)-sum;
}

static void make_room(uint32_t bytes)
{
	free(rom);
	rom = calloc(1, bytes);
	len = bytes;
	fault = (struct option_rom_fault){ 0 };
	image = (struct option_rom_image){ 0 };
}

static int one_image(void **state)
{
	(void)state;
	make_room(SIZE);
	make_image(0, SIZE, PCIR_X86, ID, true);
	return 0;
}

static void two_images(void)
{
	make_room(FIRST + SIZE);
	make_image(0, FIRST, 3, ID, false);		/* EFI */
	make_image(FIRST, SIZE, PCIR_X86, ID, true);
}

static int done(void **state)
{
	(void)state;
	free(rom);
	rom = NULL;
	return 0;
}

static bool found(void)
{
	return option_rom_find(rom, len, ID, &image, &fault);
}

static void assert_refused(const char *what, uint32_t expected, uint32_t is)
{
	assert_false(found());
	assert_string_equal(fault.what, what);
	assert_int_equal(fault.expected, expected);
	assert_int_equal(fault.found, is);
}

static void the_only_image_is_found(void **state)
{
	(void)state;
	assert_true(found());
	assert_int_equal(image.offset, 0);
	assert_int_equal(image.size, SIZE);
	assert_int_equal(option_rom_size(rom, len, &fault), SIZE);
}

static void the_image_for_x86_is_found_behind_others(void **state)
{
	(void)state;
	two_images();
	assert_true(found());
	assert_int_equal(image.offset, FIRST);
	assert_int_equal(image.size, SIZE);
}

static void code_of_another_device_is_not_run(void **state)
{
	(void)state;
	pcir_of(0)->device ^= 1;
	assert_refused("device and vendor of x86 code", ID, ID ^ 0x10000);
	one_image(state);
	pcir_of(0)->vendor ^= 1;
	assert_refused("device and vendor of x86 code", ID, ID ^ 1);
	one_image(state);
	pcir_of(0)->code_type = 1;
	assert_refused("device and vendor of x86 code", ID, 0);
}

static void a_device_in_the_list_is_meant_too(void **state)
{
	uint16_t list[] = { 0x9999, ID >> 16, 0 };

	(void)state;
	pcir_of(0)->device = 0x7777;
	pcir_of(0)->more_devices = 0x100;
	memcpy(rom + PCIR_AT + 0x100, list, sizeof(list));
	assert_false(found());			/* such a list comes with revision 3 */
	pcir_of(0)->revision = 3;
	assert_true(found());
	pcir_of(0)->vendor ^= 1;
	assert_false(found());
	pcir_of(0)->vendor ^= 1;
	list[1] = 0;				/* ends before it */
	list[2] = ID >> 16;
	memcpy(rom + PCIR_AT + 0x100, list, sizeof(list));
	assert_false(found());
	memset(rom + PCIR_AT + 0x100, 0xee, len - PCIR_AT - 0x100);	/* does not end */
	assert_false(found());
	pcir_of(0)->more_devices = 0xffff;	/* lies outside */
	assert_false(found());
}

static void what_is_no_header_ends_the_search(void **state)
{
	(void)state;
	header_of(0)->signature = 0xaa54;
	assert_refused("signature", 0xaa55, 0xaa54);
	two_images();
	header_of(FIRST)->signature = 0;
	assert_refused("signature", 0xaa55, 0);
	one_image(state);
	len = sizeof(struct option_rom) - 1;
	assert_refused("end of an image's header, at most", len, sizeof(struct option_rom));
	len = 0;
	assert_refused("end of an image's header, at most", 0, sizeof(struct option_rom));
	make_room(SIZE);
	make_image(0, SIZE, 3, ID, false);	/* and then nothing */
	assert_refused("end of an image's header, at most", SIZE, SIZE + sizeof(struct option_rom));
}

static void pcir_lies_in_the_rom(void **state)
{
	(void)state;
	header_of(0)->pcir = SIZE - sizeof(struct pcir) + 1;
	assert_refused("end of PCIR, at most", SIZE, SIZE + 1);
	header_of(0)->pcir = 0xffff;
	assert_refused("end of PCIR, at most", SIZE, 0xffff + sizeof(struct pcir));
	header_of(0)->pcir = SIZE - sizeof(struct pcir);
	memcpy(rom + SIZE - sizeof(struct pcir), rom + PCIR_AT, sizeof(struct pcir));
	assert_true(found());
	header_of(0)->pcir = 0;
	assert_false(found());
	assert_string_equal(fault.what, "PCIR's signature");
}

static void lengths_that_lie_are_refused(void **state)
{
	(void)state;
	pcir_of(0)->units = 0;
	assert_refused("bytes of an image, at most", SIZE, 0);
	pcir_of(0)->units = SIZE / OPTION_ROM_UNIT + 1;
	assert_refused("bytes of an image, at most", SIZE, SIZE + OPTION_ROM_UNIT);
	pcir_of(0)->units = 0xffff;
	assert_refused("bytes of an image, at most", SIZE, 0xffff * OPTION_ROM_UNIT);
	one_image(state);
	header_of(0)->units = 0;
	assert_refused("bytes of the image, at most", SIZE, 0);
	header_of(0)->units = SIZE / OPTION_ROM_UNIT + 1;
	assert_refused("bytes of the image, at most", SIZE, SIZE + OPTION_ROM_UNIT);
	two_images();
	header_of(FIRST)->units = SIZE / OPTION_ROM_UNIT + 1;	/* counted from the beginning it would fit */
	assert_refused("bytes of the image, at most", SIZE, SIZE + OPTION_ROM_UNIT);
	two_images();
	pcir_of(0)->units = 1;			/* too short: no header there */
	assert_false(found());
}

static void bytes_add_up_to_nothing(void **state)
{
	(void)state;
	rom[SIZE - 1]++;
	assert_int_equal(option_rom_size(rom, len, &fault), 0);
	assert_string_equal(fault.what, "sum of bytes");
	assert_int_equal(fault.found, 1);
	rom[SIZE - 1]--;
	assert_int_equal(option_rom_size(rom, len - 1, &fault), 0);
	assert_string_equal(fault.what, "bytes, at most");
	assert_int_equal(fault.expected, len - 1);
	assert_int_equal(fault.found, SIZE);
	header_of(0)->units = 0;
	fault.what = "";
	assert_int_equal(option_rom_size(rom, len, &fault), 0);
	assert_string_equal(fault.what, "bytes, at most");
	header_of(0)->signature = 0;
	assert_int_equal(option_rom_size(rom, len, &fault), 0);
	assert_string_equal(fault.what, "signature");
	assert_int_equal(option_rom_size(rom, 2, &fault), 0);
}

static void init_can_only_give_back(void **state)
{
	(void)state;
	assert_int_equal(option_rom_shrunk(0x9c00, 0x4e), 0x9c00);
	assert_int_equal(option_rom_shrunk(0x9c00, 7), 0xe00);
	assert_int_equal(option_rom_shrunk(0x9c00, 0), 0);
	assert_int_equal(option_rom_shrunk(0x9c00, 0xff), 0x9c00);
}

/* Wherever it lies, and whatever begins as it does. */
static void a_text_is_found_at_any_place(void **state)
{
	static const char text[] = "SeaBIOS VBE";
	const uint32_t size = sizeof(text) - 1;

	(void)state;
	for (uint32_t bytes = size; bytes < size + 9; bytes++)
		for (uint32_t at = 0; at <= bytes - size; at++) {
			make_room(bytes);
			memset(rom, 'S', bytes);
			assert_false(option_rom_says(rom, bytes, text));
			memcpy(rom + at, text, size);
			assert_true(option_rom_says(rom, bytes, text));
			rom[at + size - 1] = 'e';
			assert_false(option_rom_says(rom, bytes, text));
		}
	make_room(size);
	memcpy(rom, text, size);
	for (uint32_t bytes = 0; bytes < size; bytes++)		/* the end of the image is that of the text */
		assert_false(option_rom_says(rom, bytes, text));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(the_only_image_is_found, one_image),
		cmocka_unit_test(the_image_for_x86_is_found_behind_others),
		cmocka_unit_test_setup(code_of_another_device_is_not_run, one_image),
		cmocka_unit_test_setup(a_device_in_the_list_is_meant_too, one_image),
		cmocka_unit_test_setup(what_is_no_header_ends_the_search, one_image),
		cmocka_unit_test_setup(pcir_lies_in_the_rom, one_image),
		cmocka_unit_test_setup(lengths_that_lie_are_refused, one_image),
		cmocka_unit_test_setup(bytes_add_up_to_nothing, one_image),
		cmocka_unit_test(a_text_is_found_at_any_place),
		cmocka_unit_test(init_can_only_give_back),
	};

	return cmocka_run_group_tests(tests, NULL, done);
}
