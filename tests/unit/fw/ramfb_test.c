/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/fw/ramfb_test.c: ramfb's file is found by name and size, and names a picture as QEMU reads it.
 * LINK: src/fw/ramfb.c tests/fake/fw_cfg_files.c tests/fake/ram.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "fake/fw_cfg_files.h"
#include "fw/fw_cfg.h"
#include "fw/ramfb.h"

#define BYTES	28u		/* QEMU hw/display/ramfb.c: struct RAMFBCfg */

static int set_up(void **state)
{
	(void)state;
	fake_files_reset();
	return 0;
}

static void the_file_has_one_size(void **state)
{
	uint8_t file[BYTES + 1] = { 0 };
	struct fw_cfg_item item = { .size = 1 };

	(void)state;
	assert_false(ramfb_find(&item));
	assert_int_equal(item.size, 0);
	for (uint32_t size = BYTES - 1; size <= BYTES + 1; size++) {
		fake_files_reset();
		fake_files_add("etc/ramfb", file, size);
		assert_int_equal(ramfb_find(&item), size == BYTES);
		assert_int_equal(item.size, size == BYTES ? BYTES : 0);
	}
}

static void all_numbers_are_big_endian(void **state)
{
	static const uint8_t wanted[BYTES] = { 1, 2, 3, 4, 5, 6, 7, 8, 0x34, 0x32, 0x52, 0x58, 0, 0, 0, 0,
					       0, 0, 0x05, 0x00, 0, 0, 0x02, 0xd0, 0, 0, 0x14, 0x00 };
	uint8_t file[BYTES] = { 0 };
	struct fw_cfg_item item;

	(void)state;
	fake_files_add("etc/ramfb", file, sizeof(file))->writable = true;
	assert_true(ramfb_find(&item));
	assert_int_equal(ramfb_show(&item, 0x0102030405060708, 1280, 720), 0);
	assert_memory_equal(file, wanted, BYTES);
}

static void a_file_that_cannot_be_written_is_told(void **state)
{
	uint8_t file[BYTES] = { 0 };
	struct fw_cfg_item item;

	(void)state;
	fake_files_add("etc/ramfb", file, sizeof(file));
	assert_true(ramfb_find(&item));
	assert_int_not_equal(ramfb_show(&item, 0x100000, 64, 64), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(the_file_has_one_size, set_up),
		cmocka_unit_test_setup(all_numbers_are_big_endian, set_up),
		cmocka_unit_test_setup(a_file_that_cannot_be_written_is_told, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
