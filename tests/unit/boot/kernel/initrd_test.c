/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/boot/kernel/initrd_test.c: an initrd joined from parts: which there are, where each goes, what is between them, and
 * every read that fails.
 * LINK: src/boot/kernel/initrd.c tests/fake/uki.c tests/fake/request.c tests/fake/fw_cfg_files.c tests/fake/ram.c tests/fake/log.c
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include "boot/kernel/initrd.h"
#include "fake/fw_cfg_files.h"
#include "fake/log.h"
#include "fake/ram.h"
#include "fake/request.h"
#include "fake/uki.h"
#include "fw/fw_cfg.h"
#include "lib/bits.h"
#include "lib/errno.h"

#define RAM	0x10000u
#define FAR	0x100000000ull
#define KEY	0x20
#define UCODE	"opt/org.slipway/initrd.ucode"

static struct initrd all;

/* What was asked of the device. */
static struct { uint16_t key; uint32_t offset, len; uint64_t at; } reads[24];
static uint32_t count, fail_at;

static void add(const char *name, uint32_t size)
{
	fake_files_add(name, NULL, size);
}

static int join(uint32_t own)
{
	return initrd_join(&all, own, NULL);
}

/* Below 4 GiB to RAM: the low byte of the key, as if the item were of these. */
int fw_cfg_read_phys(const struct fw_cfg_item *item, uint32_t offset, uint64_t phys, uint32_t len)
{
	assert_true(len && offset <= item->size && len <= item->size - offset);
	assert_true(count < ARRAY_SIZE(reads));
	reads[count].key = item->key;
	reads[count].offset = offset;
	reads[count].len = len;
	reads[count].at = phys;
	if (++count == fail_at)
		return -EIO;
	if (phys < RAM) {
		assert_true(len <= RAM - phys);
		memset(fake_ram + phys, item->key & 0xff, len);
	}
	return 0;
}

static int before(void **state)
{
	(void)state;
	fake_ram_reset(RAM);
	memset(fake_ram, 0x5a, RAM);
	fake_log_reset();
	memset(&all, 0, sizeof(all));
	memset(&fake_uki, 0, sizeof(fake_uki));
	fake_files_reset();
	fake_request_reset();
	kernel_requests = REQUEST_INITRD_FILES;
	count = fail_at = 0;
	return 0;
}

/* As initrd_join() does it, of any part. */
static void put(struct initrd_part part)
{
	all.size = align_up64(all.size, INITRD_ALIGN) + part.size;
	all.part[all.count++] = part;
}

static void add_part(const char *name, uint16_t key, uint32_t offset, uint32_t size, bool whole)
{
	put((struct initrd_part){ .name = name, .key = key, .offset = offset, .size = size, .whole = whole });
}

static void assert_read(uint32_t n, uint16_t key, uint32_t offset, uint64_t at, uint32_t len)
{
	assert_int_equal(reads[n].key, key);
	assert_int_equal(reads[n].offset, offset);
	assert_true(reads[n].at == at);
	assert_int_equal(reads[n].len, len);
}

static void files_come_by_their_numbers(void **state)
{
	char name[56];

	(void)state;
	add("etc/e820", 20);
	for (uint32_t i = 16; i--;) {
		snprintf(name, sizeof(name), "opt/org.slipway/initrd.%u", i);
		add(name, 100 + i);
	}
	add("opt/org.slipway/initrd", 3);
	add("opt/org.slipway/initrdx", 3);
	add(UCODE, 7);
	assert_int_equal(join(50), 0);
	assert_int_equal(all.count, 18);
	assert_string_equal(all.part[0].name, UCODE);
	assert_int_equal(all.part[0].size, 7);
	assert_int_equal(all.part[1].key, FW_CFG_INITRD_DATA);
	assert_int_equal(all.part[1].size, 50);
	for (uint32_t i = 0; i < 16; i++) {
		assert_int_equal(all.part[2 + i].size, 100 + i);
		assert_int_equal(all.part[2 + i].key, KEY + 1 + (15 - i));
		assert_true(all.part[2 + i].whole);
	}
	/* 7 and 50 bytes take 16 and 64; of 100 to 115 the first 13 take 112 and others 128, but for the last. */
	assert_int_equal(all.size, 16 + 64 + 13 * 112 + 2 * 128 + 115);
	assert_int_equal(fake_log_lines(), 0);
}

static void without_files_there_is_nothing(void **state)
{
	(void)state;
	add("etc/e820", 20);
	assert_int_equal(join(0), -EIO);	/* there were some */
	assert_int_equal(all.count, 0);
	assert_true(all.size == 0);
	assert_int_equal(fake_log_lines(), 1);
	assert_true(fake_log_has("boot: initrd: opt/org.slipway/initrd.0 and all others of its parts are gone; not started"));
	add(UCODE, 0);
	assert_int_equal(join(0), 0);
	assert_int_equal(initrd_read(&all, 0x1000), 0);
	assert_int_equal(count, 0);
}

/* Nothing is asked of the directory where nobody has said that there are any. */
static void files_are_looked_for_where_there_are_some(void **state)
{
	(void)state;
	add(UCODE, 5);
	add("opt/org.slipway/initrd.7", 5);
	kernel_requests = 0;
	assert_int_equal(join(50), 0);
	assert_int_equal(all.count, 1);
	assert_string_equal(all.part[0].name, "-initrd");
	kernel_requests = REQUEST_INITRD_FILES;
	assert_int_equal(join(50), 0);
	assert_int_equal(all.count, 3);
}

/* Microcode before the initrd, the user's around both. */
static void sections_of_a_uki_come_beside_the_others(void **state)
{
	static const char *const names[] = { UCODE, ".ucode", "-initrd", ".initrd", "opt/org.slipway/initrd.7" };
	struct uki uki = { .part = { [UKI_INITRD] = { 0x5000, 20 }, [UKI_UCODE] = { 0x300, 10 }, [UKI_LINUX] = { 1, 1 } } };

	(void)state;
	add("opt/org.slipway/initrd.7", 5);
	add(UCODE, 5);
	assert_int_equal(initrd_join(&all, 1, &uki), 0);
	assert_int_equal(all.count, ARRAY_SIZE(names));
	for (uint32_t i = 0; i < all.count; i++) {
		assert_string_equal(all.part[i].name, names[i]);
		assert_true(all.part[i].whole == !(i & 1));
		assert_ptr_equal(all.part[i].file, i & 1 ? &uki.file : NULL);
	}
	assert_int_equal(all.part[1].offset, 0x300);
	assert_int_equal(all.part[1].size, 10);
	assert_int_equal(all.part[3].offset, 0x5000);
	assert_int_equal(all.part[3].size, 20);
}

static void what_is_empty_is_no_part(void **state)
{
	(void)state;
	add(UCODE, 0);
	add("opt/org.slipway/initrd.3", 0);
	add("opt/org.slipway/initrd.4", 1);
	assert_int_equal(join(0), 0);
	assert_int_equal(all.count, 1);
	assert_true(all.size == 1);
}

static void of_two_with_one_name_the_first_is_taken(void **state)
{
	(void)state;
	add("opt/org.slipway/initrd.0", 10);
	add("opt/org.slipway/initrd.0", 20);
	assert_int_equal(join(0), 0);
	assert_int_equal(all.count, 1);
	assert_int_equal(all.part[0].size, 10);
}

static void other_names_are_refused(void **state)
{
	static const char *const names[] = {
		"", "16", "20", "99", "00", "01", "1a", "a", "-1", "15x", "150", "1/", "1:", "ucode2", "ucod", " 1", "100",
	};

	char name[56];

	for (uint32_t i = 0; i < ARRAY_SIZE(names); i++) {
		before(state);
		snprintf(name, sizeof(name), "opt/org.slipway/initrd.%s", names[i]);
		add(name, 5);
		assert_int_equal(join(0), -EINVAL);
		assert_int_equal(fake_log_lines(), 1);
		assert_true(fake_log_has(name));
		assert_true(fake_log_has("parts are opt/org.slipway/initrd.0 to 15, and " UCODE "; not started"));
	}
}

static void there_are_zeros_up_to_16_bytes_and_none_behind_the_last(void **state)
{
	for (uint32_t size = 1; size <= 33; size++) {
		const uint32_t end = align_up(size, 16);

		before(state);
		add_part("one", 0x11, 0, size, true);
		add_part("two", 0x22, 0, 5, true);
		assert_true(all.size == end + 5);
		assert_int_equal(initrd_read(&all, 0x1000), 0);
		assert_int_equal(count, 2);
		assert_read(0, 0x11, 0, 0x1000, size);
		assert_read(1, 0x22, 0, 0x1000 + end, 5);
		for (uint32_t i = 0; i < end; i++)
			assert_int_equal(fake_ram[0x1000 + i], i < size ? 0x11 : 0);
		assert_int_equal(fake_ram[0x1000 + end + 4], 0x22);
		assert_int_equal(fake_ram[0x1000 + end + 5], 0x5a);
		assert_int_equal(fake_ram[0xfff], 0x5a);
	}
}

/* The device gives them behind the end of an item; behind bytes in the middle of one it takes a transfer more. */
static void above_4_gib_the_device_writes_the_zeros(void **state)
{
	(void)state;
	add_part("one", 0x11, 0, 17, true);
	add_part("two", 0x22, 100, 3, false);
	add_part("three", 0x33, 0, 16, true);
	add_part("four", 0x44, 0, 1, true);
	assert_int_equal(initrd_read(&all, FAR), 0);
	assert_int_equal(count, 5);
	assert_read(0, 0x11, 0, FAR, 32);
	assert_read(1, 0x22, 100, FAR + 32, 3);
	assert_read(2, FW_CFG_NO_ITEM, 0, FAR + 35, 13);
	assert_read(3, 0x33, 0, FAR + 48, 16);
	assert_read(4, 0x44, 0, FAR + 64, 1);
}

static void a_part_that_ends_at_4_gib_is_filled_above(void **state)
{
	(void)state;
	add_part("one", 0x11, 0, 0x1000, true);
	add_part("two", 0x22, 0, 17, true);
	add_part("three", 0x33, 0, 1, true);
	assert_int_equal(initrd_read(&all, FAR - 0x1000), 0);
	assert_int_equal(count, 3);
	assert_read(0, 0x11, 0, FAR - 0x1000, 0x1000);
	assert_read(1, 0x22, 0, FAR, 32);
	assert_read(2, 0x33, 0, FAR + 32, 1);
}

static void the_largest_parts_do_not_wrap(void **state)
{
	(void)state;
	add_part("one", 0x11, 0, 0xffffffff, true);
	add_part("two", 0x22, 0, 0xffffffff, true);
	add_part("three", 0x33, 0, 1, true);
	assert_true(all.size == 0x200000001ull);
	assert_int_equal(initrd_read(&all, FAR), 0);
	assert_int_equal(count, 5);
	assert_read(0, 0x11, 0, FAR, 0xffffffff);
	assert_read(1, FW_CFG_NO_ITEM, 0, FAR + 0xffffffff, 1);
	assert_read(4, 0x33, 0, FAR + 0x200000000ull, 1);
}

static void every_read_that_fails_is_told_and_ends_it(void **state)
{
	static const char *const says[] = {
		"boot: initrd: one: 17 bytes could not be read to 0x100000000; not started",
		"boot: initrd: two: 3 bytes could not be read to 0x100000020; not started",
		"boot: initrd: two: 3 bytes could not be read to 0x100000020; not started",	/* its zeros */
		"boot: initrd: three: 1 bytes could not be read to 0x100000030; not started",
	};

	for (uint32_t n = 1; n <= ARRAY_SIZE(says); n++) {
		before(state);
		add_part("one", 0x11, 0, 17, true);
		add_part("two", 0x22, 100, 3, false);
		add_part("three", 0x33, 0, 1, true);
		fail_at = n;
		assert_int_equal(initrd_read(&all, FAR), -EIO);
		assert_int_equal(count, n);
		assert_int_equal(fake_log_lines(), 1);
		assert_true(fake_log_has(says[n - 1]));
	}
}

/* Out of the middle of the file of -kernel, where nobody has zeros behind it. */
static void a_part_may_lie_in_the_kernels_file(void **state)
{
	const struct kernel_file kernel = { .size = 77 };

	(void)state;
	for (uint64_t at = 0x1000; at <= FAR + 0x1000; at += FAR) {
		before(NULL);
		put((struct initrd_part){ .name = ".ucode", .offset = 0x500, .size = 0x21, .file = &kernel });
		add_part("-initrd", 9, 0, 50, true);
		assert_int_equal(initrd_read(&all, at), 0);
		assert_int_equal(fake_uki.loads, 1);
		assert_int_equal(fake_uki.load[0].offset, 0x500);
		assert_int_equal(fake_uki.load[0].size, 0x21);
		assert_true(fake_uki.load[0].phys == at);
		assert_int_equal(count, at < FAR ? 1 : 2);
		if (at > FAR)
			assert_read(0, FW_CFG_NO_ITEM, 0, at + 0x21, 15);
		assert_read(count - 1, 9, 0, at + 0x30, 50);
	}
	before(NULL);
	put((struct initrd_part){ .name = ".initrd", .offset = 0x500, .size = 0x21, .file = &kernel });
	fake_uki.fail_at = 1;
	assert_int_equal(initrd_read(&all, 0x1000), -EIO);
	assert_true(fake_log_has("boot: initrd: .initrd: 33 bytes could not be read to 0x1000; not started"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(files_come_by_their_numbers, before),
		cmocka_unit_test_setup(without_files_there_is_nothing, before),
		cmocka_unit_test_setup(files_are_looked_for_where_there_are_some, before),
		cmocka_unit_test_setup(sections_of_a_uki_come_beside_the_others, before),
		cmocka_unit_test_setup(what_is_empty_is_no_part, before),
		cmocka_unit_test_setup(of_two_with_one_name_the_first_is_taken, before),
		cmocka_unit_test_setup(other_names_are_refused, before),
		cmocka_unit_test_setup(there_are_zeros_up_to_16_bytes_and_none_behind_the_last, before),
		cmocka_unit_test_setup(above_4_gib_the_device_writes_the_zeros, before),
		cmocka_unit_test_setup(a_part_that_ends_at_4_gib_is_filled_above, before),
		cmocka_unit_test_setup(the_largest_parts_do_not_wrap, before),
		cmocka_unit_test_setup(every_read_that_fails_is_told_and_ends_it, before),
		cmocka_unit_test_setup(a_part_may_lie_in_the_kernels_file, before),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
