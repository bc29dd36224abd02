/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/boot/kernel/bzimage_test.c: a setup header, read and refused.
 * LINK: src/boot/kernel/bzimage.c tests/fake/kernel.c tests/fake/log.c
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include "boot/kernel/bzimage.h"
#include "fake/kernel.h"
#include "fake/log.h"
#include "lib/errno.h"

static uint8_t setup[BZIMAGE_SETUP];
static struct setup_header *hdr;
static struct bzimage kernel;

static int before(void **state)
{
	(void)state;
	fake_log_reset();
	fake_kernel_setup(setup);
	hdr = fake_kernel_header(setup);
	memset(&kernel, 0xa5, sizeof(kernel));
	return 0;
}

static int parse(void)
{
	return bzimage_parse(setup, &kernel);
}

/* One line, and these words in it. */
static void assert_refused(int rc, const char *a, const char *b)
{
	assert_int_equal(parse(), rc);
	assert_int_equal(fake_log_lines(), 1);
	assert_true(fake_log_has(a));
	assert_true(fake_log_has(b));
}

static void a_debian_kernel_is_read(void **state)
{
	(void)state;
	assert_int_equal(parse(), 0);
	assert_int_equal(fake_log_lines(), 0);
	assert_int_equal(kernel.version, 0x020f);
	assert_int_equal(kernel.header_end, 0x26c);
	assert_true(kernel.is_64bit);
	assert_int_equal(kernel.syssize, 0xd7e20);
	assert_int_equal(kernel.init_size, 0x3377000);
	assert_int_equal(kernel.runs_at, 0x1000000);
	assert_int_equal(kernel.initrd_addr_max, 0xffffffff);
	assert_int_equal(kernel.cmdline_max, 2047);
	assert_int_equal(kernel.setup_data, 0);
	assert_int_equal(bzimage_setup_size(&kernel), (setup[0x1f1] + 1) * 512);
}

static void no_setup_sectors_are_four(void **state)
{
	(void)state;
	hdr->setup_sects = 0;
	assert_int_equal(parse(), 0);
	assert_int_equal(bzimage_setup_size(&kernel), 5 * 512);
	hdr->setup_sects = 255;
	assert_int_equal(parse(), 0);
	assert_int_equal(bzimage_setup_size(&kernel), 0x20000);
}

static void fields_a_version_lacks_are_not_read(void **state)
{
	(void)state;
	hdr->setup_data = 0x123456;
	hdr->version = 0x020b;		/* no xloadflags */
	assert_int_equal(parse(), 0);
	assert_false(kernel.is_64bit);
	assert_int_equal(kernel.initrd_addr_max, 0x7fffffff);
	hdr->version = 0x0209;		/* no preferred address, no init_size */
	assert_int_equal(parse(), 0);
	assert_int_equal(kernel.init_size, 0);
	assert_int_equal(kernel.runs_at, 0x200000);
	assert_int_equal(kernel.setup_data, 0x123456);
	hdr->version = 0x0208;		/* no setup_data */
	assert_int_equal(parse(), 0);
	assert_int_equal(kernel.setup_data, 0);
	hdr->version = 0x0206;
	assert_int_equal(parse(), 0);
}

static void the_header_ends_where_the_jump_or_the_version_says(void **state)
{
	static const struct { uint16_t version, end; } ends[] = {
		{ 0x0206, 0x23c }, { 0x0207, 0x248 }, { 0x0208, 0x250 }, { 0x0209, 0x258 },
		{ 0x020a, 0x264 }, { 0x020b, 0x268 }, { 0x020e, 0x268 }, { 0x020f, 0x26c },
		{ 0x0300, 0x26c },
	};

	(void)state;
	hdr->jump_offset = 0;
	for (unsigned int i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		hdr->version = ends[i].version;
		assert_int_equal(parse(), 0);
		assert_int_equal(kernel.header_end, ends[i].end);
	}
	hdr->jump_offset = 0x70;
	assert_int_equal(parse(), 0);
	assert_int_equal(kernel.header_end, 0x272);
	hdr->jump_offset = 0x8e;
	assert_int_equal(parse(), 0);
	assert_int_equal(kernel.header_end, 0x290);
	hdr->jump_opcode = 0xe9;	/* a near jump: the byte is no length */
	hdr->jump_offset = 0xff;
	assert_int_equal(parse(), 0);
	assert_int_equal(kernel.header_end, 0x26c);
}

static void a_header_beyond_its_room_is_refused(void **state)
{
	(void)state;
	hdr->jump_offset = 0x8f;
	assert_refused(-EINVAL, "0x291", "0x290");
}

static void the_run_address_follows_the_kernels_own_rule(void **state)
{
	(void)state;
	hdr->kernel_alignment = 0x2000000;	/* above the preferred address */
	assert_int_equal(parse(), 0);
	assert_int_equal(kernel.runs_at, 0x2000000);
	hdr->kernel_alignment = 0x1000;
	hdr->pref_address = 0x100000;
	assert_int_equal(parse(), 0);
	assert_int_equal(kernel.runs_at, 0x100000);
	hdr->pref_address = 0;
	assert_int_equal(parse(), 0);
	assert_int_equal(kernel.runs_at, 0x100000);
	hdr->kernel_alignment = 0;
	assert_int_equal(parse(), 0);
	assert_int_equal(kernel.runs_at, 0x100000);
	hdr->kernel_alignment = 0x80000000;
	assert_int_equal(parse(), 0);
	assert_true(kernel.runs_at == 0x80000000);
}

static void a_kernel_that_is_not_relocatable_runs_where_it_prefers(void **state)
{
	(void)state;
	hdr->relocatable_kernel = 0;
	hdr->kernel_alignment = 3;	/* not used then */
	assert_int_equal(parse(), 0);
	assert_int_equal(kernel.runs_at, 0x1000000);
	hdr->pref_address = 0x400000;
	assert_int_equal(parse(), 0);
	assert_int_equal(kernel.runs_at, 0x400000);
	hdr->version = 0x0209;
	assert_int_equal(parse(), 0);
	assert_int_equal(kernel.runs_at, 0x100000);
}

static void an_alignment_that_is_no_power_of_two_is_refused(void **state)
{
	(void)state;
	hdr->kernel_alignment = 0x300000;
	assert_refused(-EINVAL, "0x300000", "power of two");
}

static void a_preferred_address_beyond_32_bits_is_refused(void **state)
{
	(void)state;
	hdr->pref_address = 0xffffffff;
	assert_int_equal(parse(), 0);
	assert_int_equal(kernel.runs_at, 0xffffffff);
	hdr->pref_address++;
	assert_refused(-EINVAL, "prefers 0x100000000", "4 GiB");
}

static void the_initrd_limit_is_the_last_byte(void **state)
{
	(void)state;
	hdr->xloadflags &= ~XLF_CAN_BE_LOADED_ABOVE_4G;
	hdr->initrd_addr_max = 0x37ffffff;
	assert_int_equal(parse(), 0);
	assert_int_equal(kernel.initrd_addr_max, 0x37ffffff);
	hdr->initrd_addr_max = 0xffffffff;
	assert_int_equal(parse(), 0);
	assert_int_equal(kernel.initrd_addr_max, 0xffffffff);
	hdr->initrd_addr_max = 0;
	assert_int_equal(parse(), 0);
	assert_int_equal(kernel.initrd_addr_max, 0);
}

static void huge_fields_are_bounded(void **state)
{
	(void)state;
	hdr->cmdline_size = 0xffffffff;
	hdr->syssize = 0xffffffff;
	assert_int_equal(parse(), 0);
	assert_int_equal(kernel.cmdline_max, 0xffff);
	assert_int_equal(kernel.syssize, 0xffffffff);
}

static void an_old_protocol_is_refused(void **state)
{
	(void)state;
	hdr->version = 0x0205;
	assert_refused(-EOPNOTSUPP, "2.05", "2.06");
}

static void a_zimage_is_refused(void **state)
{
	(void)state;
	hdr->loadflags &= ~LOADED_HIGH;
	assert_refused(-EOPNOTSUPP, "zImage", "16-bit entry");
}

static void a_header_without_a_32_bit_entry_is_refused(void **state)
{
	(void)state;
	hdr->version = 0x0207;		/* as iPXE's lkrn */
	assert_int_equal(parse(), 0);
	hdr->code32_start = 0;
	assert_refused(-EOPNOTSUPP, "code32_start is 0", "16-bit entry");
}

/* Text is for the kernel's setup code; what else keeps the kernel from being entered at 32 bits is said first. */
static void a_text_mode_is_refused_and_graphics_are_told(void **state)
{
	static const uint16_t text[] = { 0xfffd, 0xfffe, 0x0f00, 0x0f04, 0x0001, 0x0100, 0x01ff, 0x0900, 0x8317 };
	char number[8];

	(void)state;
	for (uint32_t i = 0; i < sizeof(text) / sizeof(*text); i++) {
		fake_log_reset();
		hdr->vid_mode = text[i];
		snprintf(number, sizeof(number), "0x%04x", text[i]);
		assert_refused(-EOPNOTSUPP, number, "vga=");
	}
	fake_log_reset();
	for (hdr->vid_mode = 0x200; hdr->vid_mode < 0x900; hdr->vid_mode++)
		assert_int_equal(parse(), BZIMAGE_GRAPHICS);
	assert_int_equal(fake_log_lines(), 0);
	hdr->vid_mode = 0x317;
	hdr->code32_start = 0;
	assert_refused(-EOPNOTSUPP, "code32_start is 0", "16-bit entry");
	hdr->code32_start = BZIMAGE_LOAD;
	hdr->vid_mode = 0;
	assert_int_equal(parse(), 0);
}

static void other_forms_are_named(void **state)
{
	(void)state;
	memset(setup, 0, sizeof(setup));
	assert_refused(-EINVAL, "multiboot", "2.06");
	fake_log_reset();
	memcpy(setup, "\x7f" "ELF", 4);
	assert_refused(-EINVAL, "PVH", "2.06");
	fake_log_reset();
	memset(setup, 0xcc, sizeof(setup));
	assert_refused(-EINVAL, "0xcccccccc", "0x53726448");
	fake_log_reset();
	memcpy(setup, "MZ", 2);
	assert_int_equal(parse(), BZIMAGE_PROGRAM);
	assert_int_equal(fake_log_lines(), 0);
}

/* Before protocol 2.00: no header, but what the build of a kernel writes into the first sector. */
static void a_kernel_without_header_is_for_its_setup_code(void **state)
{
	(void)state;
	memset(setup, 0xcc, sizeof(setup));
	memcpy(setup + 0x1fe, "\x55\xaa", 2);
	assert_refused(-EOPNOTSUPP, "0xcccccccc", "16-bit entry");
	memcpy(setup, "MZ", 2);
	assert_int_equal(parse(), BZIMAGE_PROGRAM);
	memcpy(setup, "\x7f" "ELF", 4);
	fake_log_reset();
	assert_refused(-EINVAL, "PVH", "ELF");
	memset(setup, 0xcc, 4);
	memset(setup + 0x1f4, 0, 2);	/* of no size */
	fake_log_reset();
	assert_refused(-EINVAL, "not a kernel", "0xaa55");
	memset(setup + 0x1f4, 1, 2);
	setup[0x1ff] = 0xab;
	fake_log_reset();
	assert_refused(-EINVAL, "not a kernel", "0xab55");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_debian_kernel_is_read, before),
		cmocka_unit_test_setup(no_setup_sectors_are_four, before),
		cmocka_unit_test_setup(fields_a_version_lacks_are_not_read, before),
		cmocka_unit_test_setup(the_header_ends_where_the_jump_or_the_version_says, before),
		cmocka_unit_test_setup(a_header_beyond_its_room_is_refused, before),
		cmocka_unit_test_setup(the_run_address_follows_the_kernels_own_rule, before),
		cmocka_unit_test_setup(a_kernel_that_is_not_relocatable_runs_where_it_prefers, before),
		cmocka_unit_test_setup(an_alignment_that_is_no_power_of_two_is_refused, before),
		cmocka_unit_test_setup(a_preferred_address_beyond_32_bits_is_refused, before),
		cmocka_unit_test_setup(the_initrd_limit_is_the_last_byte, before),
		cmocka_unit_test_setup(huge_fields_are_bounded, before),
		cmocka_unit_test_setup(an_old_protocol_is_refused, before),
		cmocka_unit_test_setup(a_zimage_is_refused, before),
		cmocka_unit_test_setup(a_header_without_a_32_bit_entry_is_refused, before),
		cmocka_unit_test_setup(a_text_mode_is_refused_and_graphics_are_told, before),
		cmocka_unit_test_setup(other_forms_are_named, before),
		cmocka_unit_test_setup(a_kernel_without_header_is_for_its_setup_code, before),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
