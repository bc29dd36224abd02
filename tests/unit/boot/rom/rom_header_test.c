/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/boot/rom/rom_header_test.c: Plug and Play expansion headers, every way in which they lie, and those of the
 * option ROMs that are installed here.
 * LINK: src/boot/rom/rom_header.c src/boot/rom/option_rom.c src/arch/checksum.c
 */
#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "boot/rom/rom_header.h"
#include "lib/bits.h"
#include "std/option_rom.h"
#include "std/pnp.h"

#define SIZE	1024u
#define AT	0x40u
#define MAKER	0x100u
#define NAME	0x140u

static uint8_t *rom;		/* exactly as long as it may be read */
static uint32_t len;
static struct rom_headers headers;
static struct rom_header header;
static struct option_rom_fault fault;

static struct pnp_header *at(uint32_t offset)
{
	return (struct pnp_header *)(rom + offset);
}

static void sum(uint32_t offset)
{
	uint32_t bytes = at(offset)->units * PNP_HEADER_UNIT;
	uint8_t s = 0;

	at(offset)->checksum = 0;
	for (uint32_t i = 0; i < bytes && offset + i < len; i++)
		s = (uint8_t)(s + rom[offset + i]);
	at(offset)->checksum = (uint8_t)-s;
}

static void put(uint32_t offset, uint16_t next)
{
	*at(offset) = (struct pnp_header){
		.signature = PNP_SIGNATURE, .revision = 1, .units = 2, .next = next, .device = 0x12345678,
		.manufacturer = MAKER, .product = NAME, .type = { 2, 0, 0 }, .indicators = PNP_IPL | PNP_IF_SELECTED,
		.bcv = 0x201, .disconnect = 0x202, .bev = 0x203, .resources = 0x204,
	};
	sum(offset);
}

static void link_to(uint32_t from, uint16_t to)
{
	at(from)->next = to;
	sum(from);
}

static void room(uint32_t bytes)
{
	free(rom);
	rom = calloc(1, bytes);
	len = bytes;
	*(struct option_rom *)rom = (struct option_rom){ .signature = OPTION_ROM_SIGNATURE, .expansion = AT };
}

static int one(void **state)
{
	(void)state;
	room(SIZE);
	put(AT, 0);
	strcpy((char *)rom + MAKER, "Maker");
	strcpy((char *)rom + NAME, "Product 1");
	return 0;
}

static int done(void **state)
{
	(void)state;
	free(rom);
	rom = NULL;
	return 0;
}

static enum rom_headers_result first(void)
{
	fault.what = NULL;
	rom_headers_begin(&headers, rom, len);
	return rom_headers_next(&headers, &header, &fault);
}

static enum rom_headers_result next(void)
{
	return rom_headers_next(&headers, &header, &fault);
}

static void assert_bad(const char *what, uint32_t expected, uint32_t found)
{
	assert_int_equal(first(), ROM_HEADERS_BAD);
	assert_string_equal(fault.what, what);
	assert_int_equal(fault.expected, expected);
	assert_int_equal(fault.found, found);
	assert_int_equal(next(), ROM_HEADERS_END);
}

static void all_that_a_header_says_is_told(void **state)
{
	(void)state;
	assert_int_equal(first(), ROM_HEADERS_ONE);
	assert_int_equal(header.offset, AT);
	assert_int_equal(header.bcv, 0x201);
	assert_int_equal(header.disconnect, 0x202);
	assert_int_equal(header.bev, 0x203);
	assert_int_equal(header.resources, 0x204);
	assert_int_equal(header.device, 0x12345678);
	assert_int_equal(header.type[0], 2);
	assert_int_equal(header.indicators, 0x14);
	assert_string_equal(header.manufacturer, "Maker");
	assert_string_equal(header.product, "Product 1");
	assert_null(header.name_fault.what);
	assert_int_equal(next(), ROM_HEADERS_END);
	assert_int_equal(next(), ROM_HEADERS_END);
}

static void a_rom_without_headers_has_none(void **state)
{
	(void)state;
	((struct option_rom *)rom)->expansion = 0;
	assert_int_equal(first(), ROM_HEADERS_END);
}

static void a_chain_is_followed_over_other_kinds_and_backwards(void **state)
{
	(void)state;
	put(0x81, 0);				/* an odd offset */
	put(0x61, 0x81);
	at(0x61)->signature = 0x12345678;
	at(0x61)->units = 1;
	sum(0x61);
	link_to(AT, 0x61);
	put(0xc0, 0);
	link_to(0x81, 0xc0);
	assert_int_equal(first(), ROM_HEADERS_ONE);
	assert_int_equal(next(), ROM_HEADERS_ONE);
	assert_int_equal(header.offset, 0x81);
	assert_int_equal(next(), ROM_HEADERS_ONE);
	assert_int_equal(header.offset, 0xc0);
	assert_int_equal(next(), ROM_HEADERS_END);
	((struct option_rom *)rom)->expansion = 0xc0;
	link_to(0xc0, AT);
	link_to(AT, 0);
	assert_int_equal(first(), ROM_HEADERS_ONE);
	assert_int_equal(next(), ROM_HEADERS_ONE);
	assert_int_equal(header.offset, AT);
	assert_int_equal(next(), ROM_HEADERS_END);
}

static void headers_lie_in_the_image(void **state)
{
	static const struct { uint16_t at; const char *what; uint32_t expected, found; } bad[] = {
		{ SIZE - 9, "end of an expansion header, at most", SIZE, SIZE + 1 },
		{ 0xffff, "end of an expansion header, at most", SIZE, 0xffff + 10 },
		{ 1, "offset of an expansion header, at least", 28, 1 },
		{ 27, "offset of an expansion header, at least", 28, 27 },
	};

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(bad); i++) {
		((struct option_rom *)rom)->expansion = bad[i].at;	/* an older ROM */
		assert_int_equal(first(), ROM_HEADERS_END);
		((struct option_rom *)rom)->expansion = AT;
		link_to(AT, bad[i].at);
		assert_int_equal(first(), ROM_HEADERS_ONE);
		assert_int_equal(next(), ROM_HEADERS_BAD);
		assert_string_equal(fault.what, bad[i].what);
		assert_int_equal(fault.expected, bad[i].expected);
		assert_int_equal(fault.found, bad[i].found);
		assert_int_equal(next(), ROM_HEADERS_END);
	}
	((struct option_rom *)rom)->expansion = SIZE - 31;
	memcpy(rom + SIZE - 31, rom + AT, 31);
	assert_bad("end of an expansion header, at most", SIZE, SIZE + 1);
	((struct option_rom *)rom)->expansion = SIZE - 32;
	memcpy(rom + SIZE - 32, rom + AT, 32);
	((struct pnp_header *)(rom + SIZE - 32))->next = 0;
	assert_int_equal(first(), ROM_HEADERS_ONE);
}

static void lengths_and_sums_are_checked(void **state)
{
	(void)state;
	at(AT)->units = 0;
	sum(AT);
	assert_bad("bytes of an expansion header, at least", 32, 0);
	at(AT)->units = 1;
	sum(AT);
	assert_bad("bytes of an expansion header, at least", 32, 16);
	at(AT)->units = 255;
	sum(AT);
	assert_bad("end of an expansion header, at most", SIZE, AT + 255 * 16);
	put(AT, 0);
	at(AT)->checksum++;
	assert_int_equal(first(), ROM_HEADERS_ONE);
	assert_int_equal(header.sum, 1);
	put(AT, 0);
	at(AT)->units = 4;			/* more than we know of is there */
	rom[AT + 50] = 7;
	sum(AT);
	assert_int_equal(first(), ROM_HEADERS_ONE);
	assert_int_equal(header.sum, 0);
}

static void others_are_headers_if_they_add_up(void **state)
{
	(void)state;
	at(AT)->signature ^= 1;
	assert_int_equal(first(), ROM_HEADERS_END);	/* an older ROM */
	put(AT, 0x80);
	put(0x80, 0);
	at(0x80)->signature ^= 1;
	assert_int_equal(first(), ROM_HEADERS_ONE);
	assert_int_equal(next(), ROM_HEADERS_BAD);
	assert_string_equal(fault.what, "sum of an expansion header's bytes");
	sum(0x80);
	assert_int_equal(first(), ROM_HEADERS_ONE);
	assert_int_equal(next(), ROM_HEADERS_END);
	at(0x80)->units = 0;
	assert_int_equal(first(), ROM_HEADERS_ONE);
	assert_int_equal(next(), ROM_HEADERS_BAD);
	assert_string_equal(fault.what, "bytes of an expansion header, at least");
	assert_int_equal(fault.expected, 16);
}

static void chains_end(void **state)
{
	uint32_t n = 1;

	(void)state;
	link_to(AT, AT);
	assert_int_equal(first(), ROM_HEADERS_ONE);
	assert_int_equal(next(), ROM_HEADERS_BAD);
	assert_string_equal(fault.what, "offset behind the last expansion header");
	assert_int_equal(fault.found, AT);
	put(0x60, AT);
	at(0x60)->signature = 1;
	sum(0x60);
	link_to(AT, 0x60);
	assert_int_equal(first(), ROM_HEADERS_ONE);
	assert_int_equal(next(), ROM_HEADERS_BAD);
	assert_int_equal(fault.found, AT);
	room(2 * SIZE);
	for (uint16_t i = 0; i < ROM_HEADERS_MAX + 1; i++)
		put(AT + 32u * i, i < ROM_HEADERS_MAX ? (uint16_t)(AT + 32 * i + 32) : 0);
	for (assert_int_equal(first(), ROM_HEADERS_ONE); next() == ROM_HEADERS_ONE; n++)
		;
	assert_int_equal(n, ROM_HEADERS_MAX);
	assert_string_equal(fault.what, "expansion headers, at most");
	link_to(AT + 32 * (ROM_HEADERS_MAX - 1), 0);
	fault.what = NULL;
	for (n = 1, first(); next() == ROM_HEADERS_ONE; n++)
		;
	assert_int_equal(n, ROM_HEADERS_MAX);
	assert_null(fault.what);
}

static void code_lies_in_the_image(void **state)
{
	static const uint32_t field[] = { 0x16, 0x18, 0x1a, 0x1e };

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(field); i++) {
		uint16_t value = SIZE;

		put(AT, 0);
		memcpy(rom + AT + field[i], &value, 2);
		sum(AT);
		assert_bad("offset of code, below", SIZE, SIZE);
		value = 0xffff;
		memcpy(rom + AT + field[i], &value, 2);
		sum(AT);
		assert_bad("offset of code, below", SIZE, 0xffff);
		value = SIZE - 1;
		memcpy(rom + AT + field[i], &value, 2);
		sum(AT);
		assert_int_equal(first(), ROM_HEADERS_ONE);
	}
}

static void a_name_that_lies_costs_itself(void **state)
{
	(void)state;
	at(AT)->manufacturer = 0;
	at(AT)->product = SIZE;
	sum(AT);
	assert_int_equal(first(), ROM_HEADERS_ONE);
	assert_string_equal(header.manufacturer, "");
	assert_string_equal(header.product, "");
	assert_string_equal(header.name_fault.what, "end of a name, below");
	assert_int_equal(header.name_fault.found, SIZE);
	at(AT)->product = 0xffff;
	sum(AT);
	assert_int_equal(first(), ROM_HEADERS_ONE);
	assert_int_equal(header.name_fault.found, 0xffff);
	at(AT)->product = SIZE - 8;
	sum(AT);
	memset(rom + SIZE - 8, 'x', 8);		/* no end */
	assert_int_equal(first(), ROM_HEADERS_ONE);
	assert_string_equal(header.product, "");
	assert_int_equal(header.name_fault.found, SIZE);
	rom[SIZE - 1] = 0;
	assert_int_equal(first(), ROM_HEADERS_ONE);
	assert_string_equal(header.product, "xxxxxxx");
	assert_null(header.name_fault.what);
	at(AT)->product = SIZE - 1;
	sum(AT);
	assert_int_equal(first(), ROM_HEADERS_ONE);
	assert_string_equal(header.product, "");
	assert_null(header.name_fault.what);
}

static void names_are_cut_and_printable(void **state)
{
	(void)state;
	memset(rom + NAME, 'a', 300);
	memcpy(rom + NAME, "\x1b\x7f\xff\n ~", 6);
	assert_int_equal(first(), ROM_HEADERS_ONE);
	assert_int_equal(strlen(header.product), ROM_NAME_BYTES - 1);
	assert_memory_equal(header.product, "???? ~aaa", 9);
	rom[NAME + ROM_NAME_BYTES - 1] = 0;
	assert_int_equal(first(), ROM_HEADERS_ONE);
	assert_int_equal(strlen(header.product), ROM_NAME_BYTES - 1);
	assert_null(header.name_fault.what);
}

/* What the ROMs of others say: they are installed or not. */

static bool load(const char *path)
{
	FILE *f = fopen(path, "rb");
	long bytes;

	if (!f)
		return false;
	fseek(f, 0, SEEK_END);
	bytes = ftell(f);
	rewind(f);
	free(rom);
	rom = malloc((size_t)bytes);
	len = (uint32_t)fread(rom, 1, (size_t)bytes, f);
	fclose(f);
	return true;
}

/* Its image for x86, whatever device it is for. False: it has none, or is none. */
static bool image(uint32_t *offset, uint32_t *size)
{
	const struct option_rom *r = (const struct option_rom *)rom;
	struct option_rom_image found;
	struct pcir p;

	if (len < sizeof(*r) || r->signature != OPTION_ROM_SIGNATURE)
		return false;
	*offset = 0;
	*size = option_rom_size(rom, len, &fault);
	if (!r->pcir || r->pcir > len - sizeof(p))
		return *size != 0;
	memcpy(&p, rom + r->pcir, sizeof(p));
	if (p.signature != PCIR_SIGNATURE)
		return *size != 0;
	if (!option_rom_find(rom, len, (uint32_t)p.device << 16 | p.vendor, &found, &fault))
		return false;
	*offset = found.offset;
	*size = option_rom_size(rom + found.offset, found.size, &fault);
	return *size != 0;
}

static uint32_t walk(const char *path, bool *boots)
{
	uint32_t offset, size, n = 0;
	struct rom_headers way;

	*boots = false;
	if (!load(path) || !image(&offset, &size))
		return 0;
	rom_headers_begin(&way, rom + offset, size);
	for (;;) {
		enum rom_headers_result result = rom_headers_next(&way, &header, &fault);

		if (result == ROM_HEADERS_END)
			return n;
		if (result == ROM_HEADERS_BAD)
			fail_msg("%s: %s: %x, %x", path, fault.what, fault.expected, fault.found);
		assert_null(header.name_fault.what);
		*boots |= header.bev != 0;
		n++;
	}
}

static void the_roms_of_network_cards_can_be_booted_from(void **state)
{
	static const char *const patterns[] = {
		"/usr/lib/ipxe/qemu/*.rom", "/usr/share/qemu/pxe-*.rom", "/usr/share/qemu/efi-*.rom",
	};
	uint32_t seen = 0;

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(patterns); i++) {
		glob_t g;

		if (glob(patterns[i], 0, NULL, &g) == 0)
			for (size_t k = 0; k < g.gl_pathc; k++) {
				bool boots;

				assert_int_equal(walk(g.gl_pathv[k], &boots), 1);
				assert_true(boots);
				assert_non_null(strstr(header.product, "iPXE"));
				assert_int_equal(header.indicators & PNP_IPL, PNP_IPL);
				assert_int_equal(header.type[0], 2);
				seen++;
			}
		globfree(&g);
	}
	if (!seen)
		skip();
}

static void qemu_s_own_roms_are_read(void **state)
{
	static const struct { const char *name; uint32_t headers; } qemu[] = {
		{ "linuxboot.bin", 1 }, { "linuxboot_dma.bin", 1 }, { "multiboot.bin", 1 }, { "multiboot_dma.bin", 1 },
		{ "pvh.bin", 1 }, { "kvmvapic.bin", 0 },
	};
	uint32_t seen = 0;

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(qemu); i++) {
		char path[80];
		bool boots;

		snprintf(path, sizeof(path), "/usr/share/qemu/%s", qemu[i].name);
		if (!load(path))
			continue;
		seen++;
		assert_int_equal(walk(path, &boots), qemu[i].headers);
		assert_int_equal(boots, qemu[i].headers != 0);
	}
	if (!seen)
		skip();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(all_that_a_header_says_is_told, one),
		cmocka_unit_test_setup(a_rom_without_headers_has_none, one),
		cmocka_unit_test_setup(a_chain_is_followed_over_other_kinds_and_backwards, one),
		cmocka_unit_test_setup(headers_lie_in_the_image, one),
		cmocka_unit_test_setup(lengths_and_sums_are_checked, one),
		cmocka_unit_test_setup(others_are_headers_if_they_add_up, one),
		cmocka_unit_test_setup(chains_end, one),
		cmocka_unit_test_setup(code_lies_in_the_image, one),
		cmocka_unit_test_setup(a_name_that_lies_costs_itself, one),
		cmocka_unit_test_setup(names_are_cut_and_printable, one),
		cmocka_unit_test(the_roms_of_network_cards_can_be_booted_from),
		cmocka_unit_test(qemu_s_own_roms_are_read),
	};

	return cmocka_run_group_tests(tests, NULL, done);
}
