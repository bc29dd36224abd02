/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/boot/kernel/boot_params_test.c: the page a kernel is started with, byte by byte: offsets are
 * written out here as zero-page.rst and boot.rst have them.
 * LINK: src/boot/kernel/boot_params.c src/boot/kernel/bzimage.c src/mem/e820.c tests/fake/kernel.c tests/fake/log.c
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "boot/kernel/boot_params.h"
#include "fake/kernel.h"
#include "lib/endian.h"

static uint8_t setup[BZIMAGE_SETUP];
static struct boot_params page;
static const uint8_t *const bytes = (const uint8_t *)&page;
static struct bzimage kernel;
static struct e820_entry rows[200];
static struct e820_map map;
static struct boot_facts facts;
static struct placement at;

static int before(void **state)
{
	(void)state;
	fake_kernel_setup(setup);
	memset(rows, 0, sizeof(rows));
	rows[0] = (struct e820_entry){ 0, 0x9fc00, E820_RAM };
	rows[1] = (struct e820_entry){ 0x9fc00, 0x400, E820_RESERVED };
	rows[2] = (struct e820_entry){ 0x100000, 0x1ff00000 - 0x40000, E820_RAM };
	rows[3] = (struct e820_entry){ 0x1ffc0000, 0x40000, E820_ACPI };
	map = (struct e820_map){ .entry = rows, .count = 4 };
	facts = (struct boot_facts){
		.map = &map, .at = &at, .ram_end = 0x1ffc0000, .rsdp = 0xf5aa0,
		.initrd_size = 0x1f00000,
	};
	at = (struct placement){
		.cmdline = 0x20000, .initrd = 0x1e0bf000,
		.node = { 0x20070, 0x20090 },
	};
	memset(&page, 0xa5, sizeof(page));
	return 0;
}

static void fill(void)
{
	assert_int_equal(bzimage_parse(setup, &kernel), 0);
	boot_params_fill(&page, setup, &kernel, &facts);
}

static void assert_zero(uint32_t from, uint32_t to)
{
	for (uint32_t i = from; i < to; i++)
		assert_int_equal(bytes[i], 0);
}

static void every_byte_has_its_value(void **state)
{
	uint8_t header[0x26c - 0x1f1];

	(void)state;
	fill();
	assert_zero(0x000, 0x002);			/* no screen */
	assert_int_equal(get_le16(bytes + 0x002), 0xfc00);	/* ext_mem_k */
	assert_zero(0x004, 0x070);
	assert_int_equal(get_le64(bytes + 0x070), 0xf5aa0);	/* acpi_rsdp_addr */
	assert_zero(0x078, 0x1e0);
	assert_int_equal(get_le32(bytes + 0x1e0), 0x7fb00);	/* alt_mem_k */
	assert_zero(0x1e4, 0x1e8);
	assert_int_equal(bytes[0x1e8], 4);		/* e820_entries */
	assert_zero(0x1e9, 0x1f1);			/* with the sentinel at 0x1ef */

	memcpy(header, setup + 0x1f1, sizeof(header));	/* as in the file, apart from */
	put_le32(header + 0x214 - 0x1f1, 0x100000);	/* code32_start */
	put_le32(header + 0x218 - 0x1f1, 0x1e0bf000);	/* ramdisk_image */
	put_le32(header + 0x21c - 0x1f1, 0x1f00000);	/* ramdisk_size */
	put_le32(header + 0x228 - 0x1f1, 0x20000);	/* cmd_line_ptr */
	put_le64(header + 0x250 - 0x1f1, 0x20070);	/* setup_data */
	assert_memory_equal(bytes + 0x1f1, header, sizeof(header));

	assert_zero(0x26c, 0x2d0);			/* nothing of the code behind the header */
	assert_memory_equal(bytes + 0x2d0, rows, 4 * 20);
	assert_zero(0x2d0 + 4 * 20, 0x1000);
}

static void what_the_loader_decides_is_not_taken_from_the_file(void **state)
{
	struct setup_header *hdr = fake_kernel_header(setup);

	(void)state;
	hdr->type_of_loader = 0xb0;		/* QEMU's, kept */
	hdr->loadflags |= 0x80;
	hdr->vid_mode = 0;
	hdr->code32_start = 0x1234;
	hdr->ramdisk_image = hdr->ramdisk_size = 0xffffffff;
	hdr->hardware_subarch = 2;
	hdr->setup_data = 0x123456789;
	at.initrd = facts.initrd_size = at.node[0] = 0;
	fill();
	assert_int_equal(bytes[0x210], 0xb0);
	assert_int_equal(bytes[0x211], 0x81);
	assert_int_equal(get_le16(bytes + 0x1fa), 0xffff);
	assert_int_equal(get_le32(bytes + 0x214), 0x100000);
	assert_zero(0x218, 0x220);
	assert_zero(0x23c, 0x240);
	assert_zero(0x250, 0x258);
}

static void an_older_header_is_copied_as_far_as_it_goes(void **state)
{
	struct setup_header *hdr = fake_kernel_header(setup);

	(void)state;
	hdr->version = 0x0206;
	hdr->jump_offset = 0x3a;
	at.node[0] = 0;			/* the kernel knows none */
	fill();
	assert_int_equal(get_le32(bytes + 0x238), 2047);
	assert_zero(0x23c, 0x2d0);
}

static void an_initrd_above_4_gib_has_high_halves(void **state)
{
	(void)state;
	at.initrd = 0x123456000;
	facts.initrd_size = 0x234567890;
	fill();
	assert_int_equal(get_le32(bytes + 0x0c0), 1);
	assert_int_equal(get_le32(bytes + 0x0c4), 2);
	assert_zero(0x0c8, 0x0cc);
	assert_int_equal(get_le32(bytes + 0x218), 0x23456000);
	assert_int_equal(get_le32(bytes + 0x21c), 0x34567890);
}

static void the_table_holds_128_rows(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < 200; i++)
		rows[i] = (struct e820_entry){ 0x100000ull * (2 * i + 1), 0x100000, E820_RAM };
	map.count = 128;
	fill();
	assert_int_equal(bytes[0x1e8], 128);
	assert_memory_equal(bytes + 0x2d0, rows, 128 * 20);
	assert_zero(0xcd0, 0x1000);
	map.count = 200;
	fill();
	assert_int_equal(bytes[0x1e8], 128);
	assert_zero(0xcd0, 0x1000);
}

static void memory_sizes_come_from_the_end_of_ram(void **state)
{
	(void)state;
	facts.ram_end = 0x4ff400;		/* 4 MiB less 3 KiB above 1 MiB */
	fill();
	assert_int_equal(get_le16(bytes + 0x002), 0xffd);
	assert_int_equal(get_le32(bytes + 0x1e0), 0xffd);
	facts.ram_end = 0xffffffff;
	fill();
	assert_int_equal(get_le16(bytes + 0x002), 0xfc00);
	assert_int_equal(get_le32(bytes + 0x1e0), 0x3ffbff);
	facts.ram_end = 0x100000;
	fill();
	assert_zero(0x002, 0x004);
	assert_zero(0x1e0, 0x1e4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(every_byte_has_its_value, before),
		cmocka_unit_test_setup(what_the_loader_decides_is_not_taken_from_the_file, before),
		cmocka_unit_test_setup(an_older_header_is_copied_as_far_as_it_goes, before),
		cmocka_unit_test_setup(an_initrd_above_4_gib_has_high_halves, before),
		cmocka_unit_test_setup(the_table_holds_128_rows, before),
		cmocka_unit_test_setup(memory_sizes_come_from_the_end_of_ram, before),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
