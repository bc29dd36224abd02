/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/boot/kernel/uki_test.c: a UKI's sections are found; every field that can lie is refused with a line; what is no PE file says
 * nothing. The items come from here instead of a device.
 * LINK: src/boot/kernel/uki.c src/boot/kernel/kernel_file.c tests/fake/log.c
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include "boot/kernel/uki.h"
#include "fake/log.h"
#include "fw/fw_cfg.h"
#include "lib/endian.h"
#include "lib/errno.h"
#include "std/pe.h"

#define SETUP		0xa00u
#define SIZE		0x10000u
#define PE_AT		0x80u
#define OPTIONAL	0xf0u
#define TABLE_AT	(PE_AT + 24 + OPTIONAL)
#define OSREL		"NAME=\"Debian GNU/Linux\"\nPRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nID=debian\n"
#define LINE		"root=/dev/vda1 ro"

static uint8_t bytes[SIZE];
static uint32_t file_size, reads, fail_at;
static struct uki uki;

uint32_t fw_cfg_le32(uint16_t key)
{
	assert_int_equal(key, FW_CFG_SETUP_SIZE);
	return SETUP;
}

int fw_cfg_find(const char *name, struct fw_cfg_item *item)
{
	assert_string_equal(name, "etc/boot/kernel");
	(void)item;
	return -ENOENT;
}

int fw_cfg_read(const struct fw_cfg_item *item, uint32_t offset, void *buf, uint32_t len)
{
	uint32_t base = item->key == FW_CFG_SETUP_DATA ? 0 : SETUP;

	assert_true(item->key == FW_CFG_SETUP_DATA || item->key == FW_CFG_KERNEL_DATA);
	assert_true(offset <= item->size && len <= item->size - offset);
	if (++reads == fail_at)
		return -EIO;
	memcpy(buf, bytes + base + offset, len);
	return 0;
}

int fw_cfg_read_phys(const struct fw_cfg_item *item, uint32_t offset, uint64_t phys, uint32_t len)
{
	(void)item, (void)offset, (void)phys, (void)len;
	fail();
	return -EIO;
}

static struct pe_header *header(void)
{
	return (void *)(bytes + get_le32(bytes + DOS_LFANEW));
}

static struct pe_section *section(uint32_t n)
{
	return (struct pe_section *)((uint8_t *)(header() + 1) + header()->optional_size) + n;
}

/* One more; raw sizes are rounded up as linkers do. */
static struct pe_section *add(const char *name, uint32_t at, uint32_t size)
{
	struct pe_section *to = section(header()->sections++);

	memset(to, 0, sizeof(*to));
	memcpy(to->name, name, strnlen(name, 8));
	to->virtual_size = size;
	to->raw_size = (size + 0x1ff) & ~0x1ffu;
	to->raw_at = at;
	return to;
}

static void begin(uint32_t pe_at)
{
	memset(bytes, 0, sizeof(bytes));
	put_le16(bytes, DOS_MAGIC);
	put_le32(bytes + DOS_LFANEW, pe_at);
	*header() = (struct pe_header){ .signature = PE_SIGNATURE, .machine = PE_MACHINE_X64, .optional_size = OPTIONAL };
}

enum { TEXT, OSREL_ROW, CMDLINE_ROW, INITRD_ROW, UCODE_ROW, LINUX_ROW };

/* As ukify makes them. */
static int before(void **state)
{
	(void)state;
	fake_log_reset();
	reads = fail_at = 0;
	file_size = SIZE;
	begin(PE_AT);
	add(".text", 0x600, 0x123);
	add(".osrel", 0x1000, sizeof(OSREL) - 1);
	add(".cmdline", 0x1200, sizeof(LINE));
	add(".initrd", 0x1400, 0x3001);
	add(".ucode", 0x4600, 0x777);
	add(".linux", 0x5000, 0x8123);
	memcpy(bytes + 0x1000, OSREL, sizeof(OSREL) - 1);
	memcpy(bytes + 0x1200, LINE, sizeof(LINE));
	return 0;
}

static int find(void)
{
	memset(&uki, 0x5a, sizeof(uki));
	return uki_find(bytes, file_size - SETUP, &uki);
}

static void assert_refused(const char *a, const char *b)
{
	fake_log_reset();
	assert_int_equal(find(), -EINVAL);
	assert_int_equal(fake_log_lines(), 1);
	if (!fake_log_has(a) || !fake_log_has(b))
		fail_msg("%s: not %s, %s", fake_log_line(0), a, b);
}

static void assert_part(enum uki_part part, uint32_t offset, uint32_t size)
{
	assert_int_equal(uki.part[part].offset, offset);
	assert_int_equal(uki.part[part].size, size);
}

static void sections_are_found_by_name(void **state)
{
	(void)state;
	assert_int_equal(find(), 0);
	assert_part(UKI_LINUX, 0x5000, 0x8123);
	assert_part(UKI_INITRD, 0x1400, 0x3001);
	assert_part(UKI_CMDLINE, 0x1200, sizeof(LINE) - 1);
	assert_part(UKI_UCODE, 0x4600, 0x777);
	assert_part(UKI_OSREL, 0x1000, sizeof(OSREL) - 1);
	assert_int_equal(uki.file.size, SIZE);
	assert_int_equal(reads, 4);		/* header, table, the line's end, name */
	assert_int_equal(fake_log_lines(), 1);
	assert_string_equal(fake_log_line(0), "boot: kernel: UKI: Debian GNU/Linux 12 (bookworm): .linux has 33059 bytes at 0x5000, "
			    ".initrd 12289 at 0x1400, .ucode 1911, .cmdline 17");
}

static void a_kernel_alone_will_do(void **state)
{
	(void)state;
	begin(PE_AT);
	add(".linux", 0x5000, 0x8123);
	assert_int_equal(find(), 0);
	assert_part(UKI_LINUX, 0x5000, 0x8123);
	for (uint32_t i = UKI_CMDLINE; i < UKI_PARTS; i++)
		assert_int_equal(uki.part[i].size, 0);
	assert_true(fake_log_has("UKI: no name in .osrel: "));
}

static void what_is_no_pe_file_says_nothing(void **state)
{
	static const uint32_t nowhere[] = { SIZE - 23, SIZE, SIZE + 1, 0x7fffffff, 0xffffffe8, UINT32_MAX };

	bytes[0] = 'N';
	assert_int_equal(find(), -ENOENT);
	before(state);
	put_le32(bytes + 0x202, 0x53726448);	/* a bzImage's own headers of this kind */
	assert_int_equal(find(), -ENOENT);
	assert_int_equal(reads, 0);
	before(state);
	header()->signature ^= 1u << 31;
	assert_int_equal(find(), -ENOENT);
	for (uint32_t i = 0; i < sizeof(nowhere) / sizeof(*nowhere); i++) {
		before(state);
		put_le32(bytes + DOS_LFANEW, nowhere[i]);
		assert_int_equal(find(), -ENOENT);
	}
	assert_int_equal(fake_log_lines(), 0);
}

static void the_header_may_be_anywhere(void **state)
{
	static const uint32_t at[] = { 0x40, 0x83, SETUP - 40, SETUP - 1, SETUP, 0x1000 };

	(void)state;
	for (uint32_t i = 0; i < sizeof(at) / sizeof(*at); i++) {
		begin(at[i]);
		add(".linux", 0x5000, 0x8000);
		assert_int_equal(find(), 0);
		assert_part(UKI_LINUX, 0x5000, 0x8000);
	}
	begin(0xf000);
	header()->optional_size = 0;
	for (uint32_t i = 0; i < 15; i++)
		add(".what", 0, 0);
	add(".linux", 0x5000, 0x8000);
	file_size = 0xf000 + 24 + 16 * 40;	/* the table ends with the file */
	assert_int_equal(find(), 0);
	file_size--;
	assert_refused("header of 0x298 bytes at 0xf000 and 16 sections", "0x297 bytes");
}

static void a_header_that_lies_is_refused(void **state)
{
	header()->machine = 0xaa64;
	assert_refused("machine 0xaa64", "0x8664");
	before(state);
	header()->machine = 0x14c;
	assert_refused("machine 0x014c", "not started");
	before(state);
	header()->optional_size = 0xffff;
	assert_refused("header of 0x10107 bytes at 0x80", "0xff80 bytes");
	before(state);
	header()->sections = 97;
	assert_refused("97 sections", "96 expected at most");
	before(state);
	header()->sections = 0xffff;
	assert_refused("65535 sections", "not started");
	before(state);
	header()->sections = 0;
	assert_refused("PE file without a section .linux", "not started");
}

static void many_sections_are_walked(void **state)
{
	static const uint32_t counts[] = { 15, 16, 17, 32, 33, 96 };

	(void)state;
	for (uint32_t i = 0; i < 6; i++) {
		begin(PE_AT);
		for (uint32_t k = 1; k < counts[i]; k++)
			add(".what", 0, 0x20);
		add(".linux", 0x5000, 0x8000);
		reads = 0;
		assert_int_equal(find(), 0);
		assert_part(UKI_LINUX, 0x5000, 0x8000);
		assert_true(reads <= 2 + (counts[i] + 15) / 16);	/* one falls on both parts */
	}
}

static void a_section_that_is_not_in_the_file_is_refused(void **state)
{
	static const struct { uint32_t at, size; } bad[] = {
		{ SIZE - 0x8000 + 1, 0x8000 }, { SIZE, 1 }, { UINT32_MAX, 0x8000 }, { UINT32_MAX - 0x7fff, 0x8000 }, { 0xd000, UINT32_MAX },
		{ 0x5000, SIZE - 0x5000 + 1 }, { 0x80000000, 0x80000000 },
	};
	char text[64];

	(void)state;
	for (uint32_t row = OSREL_ROW; row <= LINUX_ROW; row++)
		for (uint32_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
			before(state);
			section(row)->raw_at = bad[i].at;
			section(row)->raw_size = section(row)->virtual_size = bad[i].size;
			snprintf(text, sizeof(text), "%.8s: 0x%x bytes at 0x%x, the file has 0x10000", section(row)->name, bad[i].size,
				 bad[i].at);
			assert_refused(text, "not started");
		}
	before(state);
	section(LINUX_ROW)->raw_at = SIZE - 0x8000;	/* the last that fits */
	section(LINUX_ROW)->virtual_size = 0x8000;
	assert_int_equal(find(), 0);
}

static void of_two_sizes_the_smaller_counts(void **state)
{
	(void)state;
	section(INITRD_ROW)->virtual_size = UINT32_MAX;
	assert_int_equal(find(), 0);
	assert_part(UKI_INITRD, 0x1400, 0x3200);
	section(INITRD_ROW)->virtual_size = 5;
	section(INITRD_ROW)->raw_size = UINT32_MAX;
	assert_int_equal(find(), 0);
	assert_part(UKI_INITRD, 0x1400, 5);
	section(INITRD_ROW)->virtual_size = 0;
	section(INITRD_ROW)->raw_at = 0xdeadbeef;	/* none of it is read */
	assert_int_equal(find(), 0);
	assert_int_equal(uki.part[UKI_INITRD].size, 0);
}

static void sections_that_meet_others_are_refused(void **state)
{
	static const struct { uint32_t row, at; const char *a, *b; } bad[] = {
		{ INITRD_ROW, 0x1211, ".initrd: 0x3001 bytes at 0x1211, over the .cmdline: 0x12 at 0x1200", "" },
		{ CMDLINE_ROW, 0x4400, ".initrd: 0x3001 bytes at 0x1400, over the .cmdline: 0x12 at 0x4400", "" },
		{ UCODE_ROW, 0xd122, ".ucode: 0x777 bytes at 0xd122, over the .linux", "" },
		{ UCODE_ROW, 0x6000, ".ucode", "over the .linux: 0x8123 at 0x5000" }, { OSREL_ROW, 0x1200, ".osrel", "over the .cmdline" },
		{ LINUX_ROW, 0x4d76, ".ucode", "over the .linux" }, { CMDLINE_ROW, 0, ".cmdline", "over the headers: 0x40 at 0x0" },
		{ CMDLINE_ROW, 0x3f, ".cmdline", "over the headers: 0x40 at 0x0" },
		{ CMDLINE_ROW, PE_AT - 17, ".cmdline", "over the headers: 0x1f8 at 0x80" },
		{ CMDLINE_ROW, TABLE_AT + 6 * 40 - 1, ".cmdline", "over the headers" }, { LINUX_ROW, 0x7f, ".linux", "over the headers" },
	};
	static const struct { uint32_t row, at; } good[] = {
		{ CMDLINE_ROW, 0x40 }, { CMDLINE_ROW, PE_AT - 18 }, { CMDLINE_ROW, TABLE_AT + 6 * 40 }, { INITRD_ROW, 0x1212 },
		{ UCODE_ROW, 0xd123 }, { UCODE_ROW, 0x5000 - 0x777 },
	};

	for (uint32_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		before(state);
		section(bad[i].row)->raw_at = bad[i].at;
		assert_refused(bad[i].a, bad[i].b);
	}
	for (uint32_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		before(state);
		section(good[i].row)->raw_at = good[i].at;
		assert_int_equal(find(), 0);
	}
	before(state);
	section(TEXT)->raw_at = UINT32_MAX;		/* whose place nobody asks for */
	assert_int_equal(find(), 0);
}

static void names_are_whole(void **state)
{
	static const char *const other[] = { ".linu", ".linux2", "linux", ".LINUX", ".linux.a", "/1" };

	(void)state;
	for (uint32_t i = 0; i < sizeof(other) / sizeof(*other); i++) {
		before(state);
		memset(section(LINUX_ROW)->name, 0, 8);
		memcpy(section(LINUX_ROW)->name, other[i], strlen(other[i]));
		assert_refused("PE file without a section .linux", "EFI program");
	}
}

static void a_doubled_section_is_refused(void **state)
{
	static const char *const names[] = { ".linux", ".cmdline", ".initrd", ".ucode", ".osrel" };

	for (uint32_t i = 0; i < 5; i++) {
		before(state);
		add(names[i], 0xe000, 0x400);
		assert_refused(names[i], "is there twice");
	}
	before(state);
	add(".text", 0xe000, 0x400);
	assert_int_equal(find(), 0);
}

static void of_profiles_the_first_is_taken(void **state)
{
	(void)state;
	add(".profile", 0xe000, 10);
	add(".cmdline", 0xe200, 20);
	memset(bytes + 0xe200, 'p', 20);
	add(".initrd", 0xe400, 30);
	add(".profile", 0xe600, 10);
	add(".cmdline", 0xe800, 21);
	add(".ucode", 0xea00, 31);
	add(".cmdline", 0xec00, 22);
	assert_int_equal(find(), 0);
	assert_part(UKI_CMDLINE, 0xe200, 20);
	assert_part(UKI_INITRD, 0xe400, 30);
	assert_part(UKI_UCODE, 0x4600, 0x777);
	assert_part(UKI_LINUX, 0x5000, 0x8123);
	before(state);
	add(".profile", 0xe000, 10);
	add(".cmdline", 0xe200, 20);
	add(".cmdline", 0xe400, 20);
	assert_refused(".cmdline is there twice, at 0xe200 and 0xe400", "not started");
}

static void a_kernel_has_a_header(void **state)
{
	(void)state;
	section(LINUX_ROW)->virtual_size = BZIMAGE_SETUP;
	assert_refused(".linux: 656 bytes, a bzImage has more than 656", "not started");
	section(LINUX_ROW)->virtual_size++;
	assert_int_equal(find(), 0);
	section(LINUX_ROW)->virtual_size = 0;
	assert_refused("without a section .linux", "not started");
}

static void set_osrel(const char *text)
{
	before(NULL);
	memset(bytes + 0x1000, 'x', 0x200);
	memcpy(bytes + 0x1000, text, strlen(text));
	section(OSREL_ROW)->virtual_size = (uint32_t)strlen(text);
	assert_int_equal(find(), 0);
}

static void the_name_is_the_pretty_one(void **state)
{
	static const struct { const char *text, *name; } cases[] = {
		{ "PRETTY_NAME=Fedora\n", "UKI: Fedora: .linux" }, { "NAME='Arch Linux'\nID=arch", "UKI: Arch Linux: .linux" },
		{ "ID=x\nNAME=a\nPRETTY_NAME=\"b c\"", "UKI: b c: .linux" }, { "PRETTY_NAME=\"not ended\nID=5", "UKI: not ended: .linux" },
		{ "PRETTY_NAME=\"it's\"", "UKI: it's: .linux" }, { "PRETTY_NAME=", "UKI: no name in .osrel" }, { "PRETTY_NAME=\"\"\n", "UKI: no name" },
		{ "XPRETTY_NAME=a\n", "UKI: no name" }, { "\n\n", "UKI: no name" }, { "", "UKI: no name" }, { "PRETTY_NAM", "UKI: no name" },
		{ "NAME=\x1b[31m", "UKI: ?[31m: .linux" }, { "# a\nNAME=b", "UKI: b: .linux" },
	};

	(void)state;
	for (uint32_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		set_osrel(cases[i].text);
		if (!fake_log_has(cases[i].name))
			fail_msg("%s: not %s", fake_log_line(0), cases[i].name);
	}
	before(state);
	memset(bytes + 0x1000, 0, 10);		/* bytes that are no text at all */
	assert_int_equal(find(), 0);
	assert_true(fake_log_has("UKI: no name"));
}

/* Only the beginning is read of a long one. */
static void a_long_name_is_cut(void **state)
{
	(void)state;
	memset(bytes + 0x2000, 'n', 0x1000);
	memcpy(bytes + 0x2000, "NAME=", 5);
	begin(PE_AT);
	memset(bytes + 0x2000, 'n', 0x1000);
	memcpy(bytes + 0x2000, "NAME=", 5);
	add(".osrel", 0x2000, 0x1000);
	add(".linux", 0x5000, 0x8000);
	assert_int_equal(find(), 0);
	assert_true(fake_log_has("UKI: nnnnnnnnnnnnnnnnnnnn"));
}

static void a_read_that_fails_costs_what_is_read(void **state)
{
	fail_at = 1;
	assert_int_equal(find(), -EIO);
	assert_true(fake_log_has("header: 0x18 bytes at 0x80 could not be read"));
	before(state);
	fail_at = 2;
	assert_int_equal(find(), -EIO);
	assert_true(fake_log_has("section table: 0xf0 bytes at 0x188 could not be read"));
	assert_int_equal(fake_log_lines(), 1);
	before(state);
	fail_at = 3;
	assert_int_equal(find(), -EIO);
	assert_true(fake_log_has(".cmdline: 0x12 bytes at 0x1200 could not be read"));
	before(state);
	fail_at = 4;
	assert_int_equal(find(), 0);
	assert_true(fake_log_has("UKI: no name"));
}

/* What a kernel is asked to take is what is text. */
static void blanks_at_the_end_of_a_line_do_not_count(void **state)
{
	static const struct { const char *text; uint32_t size, left; } cases[] = {
		{ "a b", 3, 3 }, { "a b\n", 4, 3 }, { "a b\n\0", 5, 3 }, { "a b \t\r\n", 7, 3 }, { "a\0b", 3, 3 }, { "\n", 1, 0 }, { "", 1, 0 },
		{ "\xff", 1, 1 }, { "!", 1, 1 },
	};

	for (uint32_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		before(state);
		memset(bytes + 0x1200, 'x', 0x100);
		memcpy(bytes + 0x1200, cases[i].text, cases[i].size);
		section(CMDLINE_ROW)->virtual_size = cases[i].size;
		assert_int_equal(find(), 0);
		assert_part(UKI_CMDLINE, 0x1200, cases[i].left);
	}
	section(CMDLINE_ROW)->virtual_size = 0;
	section(CMDLINE_ROW)->raw_at = 0xdeadbeef;
	assert_int_equal(find(), 0);
	section(CMDLINE_ROW)->raw_at = 0x1200;
	memset(bytes + 0x1200, 0, 0x200);		/* of many only the last 64 */
	section(CMDLINE_ROW)->virtual_size = 0x150;
	assert_int_equal(find(), 0);
	assert_part(UKI_CMDLINE, 0x1200, 0x150 - 64);
}

static struct setup_header *inner(void)
{
	return (void *)(bytes + 0x5000 + SETUP_HEADER_AT);
}

static void the_kernel_inside_is_taken_apart(void **state)
{
	uint8_t setup[BZIMAGE_SETUP];
	struct setup_header *hdr = (void *)(setup + SETUP_HEADER_AT);

	(void)state;
	memset(bytes + 0x5000, 'k', 0x8123);
	*inner() = (struct setup_header){ .setup_sects = 3, .header = SETUP_MAGIC, .version = 0x20f, .setup_data = 0x12345678 };
	assert_int_equal(find(), 0);
	assert_int_equal(uki_take_setup(&uki, setup), 0);
	assert_part(UKI_LINUX, 0x5000 + 4 * 512, 0x8123 - 4 * 512);
	assert_int_equal(setup[0], 'k');
	assert_int_equal(hdr->type_of_loader, 0xb0);
	assert_int_equal(hdr->setup_data, 0);
	assert_int_equal(hdr->version, 0x20f);

	inner()->setup_sects = 0;		/* four */
	assert_int_equal(find(), 0);
	assert_int_equal(uki_take_setup(&uki, setup), 0);
	assert_part(UKI_LINUX, 0x5000 + 5 * 512, 0x8123 - 5 * 512);

	for (uint32_t more = 0; more < 2; more++) {	/* a byte behind the setup part is the least */
		inner()->setup_sects = 1;
		section(LINUX_ROW)->virtual_size = 0x400 + more;
		assert_int_equal(find(), 0);
		fake_log_reset();
		assert_int_equal(uki_take_setup(&uki, setup), more ? 0 : -EINVAL);
		assert_int_equal(fake_log_has(".linux has 1024 bytes, its setup part 1024; not started"), !more);
	}
}

static void what_is_no_kernel_inside_is_refused(void **state)
{
	uint8_t setup[BZIMAGE_SETUP];

	(void)state;
	inner()->header = SETUP_MAGIC ^ 0x100;
	assert_int_equal(find(), 0);
	assert_int_equal(uki_take_setup(&uki, setup), -EINVAL);
	assert_true(fake_log_has(".linux has 0x53726548 where a setup header has 0x53726448: not a bzImage"));
	fail_at = reads + 1;
	assert_int_equal(uki_take_setup(&uki, setup), -EIO);
	assert_true(fake_log_has(".linux: 0x290 bytes at 0x5000 could not be read"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(sections_are_found_by_name, before),
		cmocka_unit_test_setup(a_kernel_alone_will_do, before),
		cmocka_unit_test_setup(what_is_no_pe_file_says_nothing, before),
		cmocka_unit_test_setup(the_header_may_be_anywhere, before),
		cmocka_unit_test_setup(a_header_that_lies_is_refused, before),
		cmocka_unit_test_setup(many_sections_are_walked, before),
		cmocka_unit_test_setup(a_section_that_is_not_in_the_file_is_refused, before),
		cmocka_unit_test_setup(of_two_sizes_the_smaller_counts, before),
		cmocka_unit_test_setup(sections_that_meet_others_are_refused, before),
		cmocka_unit_test_setup(names_are_whole, before),
		cmocka_unit_test_setup(a_doubled_section_is_refused, before),
		cmocka_unit_test_setup(of_profiles_the_first_is_taken, before),
		cmocka_unit_test_setup(a_kernel_has_a_header, before),
		cmocka_unit_test_setup(the_name_is_the_pretty_one, before),
		cmocka_unit_test_setup(a_long_name_is_cut, before),
		cmocka_unit_test_setup(a_read_that_fails_costs_what_is_read, before),
		cmocka_unit_test_setup(blanks_at_the_end_of_a_line_do_not_count, before),
		cmocka_unit_test_setup(the_kernel_inside_is_taken_apart, before),
		cmocka_unit_test_setup(what_is_no_kernel_inside_is_refused, before),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
