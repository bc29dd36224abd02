/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/fw/fw_cfg_hostile_test.c: file directories with every field that can lie, by both
 * transports.
 *
 * LINK: src/trace/timeline.c src/fw/fw_cfg.c src/fw/fw_cfg_io.c src/fw/fw_cfg_dir.c src/fw/fw_cfg_port.c tests/fake/fw_cfg.c tests/fake/fw_cfg_case.c tests/fake/io.c tests/fake/timer.c tests/fake/alloc.c tests/fake/ram.c tests/fake/log.c tests/fake/cpu.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "fake/alloc.h"
#include "fake/fw_cfg_case.h"
#include "fake/io.h"
#include "fake/log.h"
#include "fake/ram.h"
#include "lib/bits.h"
#include "lib/errno.h"

/* --- the count ------------------------------------------------------------------------------ */

static void a_directory_without_files_is_a_directory(STATE)
{
	BOTH {
		memset(raw, 0, sizeof(raw));
		assert_int_equal(show(dma, 32), 0);
		assert_int_equal(listed(), 0);
		assert_int_equal(fake_log_lines(), 0);
	}
}

static void a_directory_that_does_not_exist_has_no_files(STATE)
{
	BOTH {
		memset(raw, 0, sizeof(raw));
		show(dma, 32);
		fake_fw_cfg_set_directory("", 0);
		assert_int_equal(fw_cfg_read_directory(), 0);
		assert_int_equal(listed(), 0);
	}
}

static void counts_up_to_4096_are_taken(STATE)
{
	static const uint32_t counts[] = { 1, 31, 32, 33, 34, 4095, 4096 };

	BOTH for (unsigned int c = 0; c < ARRAY_SIZE(counts); c++) {
		uint32_t n = counts[c];
		char name[20];

		memset(raw, 0, sizeof(raw));
		put_be(raw, n, 4);
		for (uint32_t i = 0; i < n; i++) {
			snprintf(name, sizeof(name), "opt/%u", i);
			entry(i, name, i, 0x20 + i % 0x3fe0);
		}
		assert_int_equal(show(dma, n), 0);
		assert_int_equal(since(), dma ? 1 + (n > 32) : 5 + 64 * n);
		assert_int_equal(listed(), n);
		snprintf(name, sizeof(name), "opt/%u", n - 1);
		assert_int_equal(fw_cfg_case_find(name).size, n - 1);
		assert_int_equal(fake_log_lines(), 0);
	}
}

/* The first time it is read there is only what alloc_init() gives: 384 KiB. */
static void the_memory_there_is_before_any_map_is_enough_for_4096(STATE)
{
	BOTH {
		memset(raw, 0, sizeof(raw));
		put_be(raw, 4096, 4);
		for (uint32_t i = 0; i < 4096; i++) {
			char name[20];

			snprintf(name, sizeof(name), "opt/%u", i);
			entry(i, name, i, 0x20 + i);
		}
		fw_cfg_case_setup(NULL);
		fake_ram_reset(1 << 20);
		fake_alloc_reset();
		fake_fw_cfg.dma = dma ? FAKE_DMA_GOOD : FAKE_DMA_ABSENT;
		fake_fw_cfg_set_directory(raw, 4 + 64 * 4096);
		assert_int_equal(fw_cfg_init(), 0);
		assert_int_equal(fw_cfg_read_directory(), 0);
		assert_int_equal(listed(), 4096);
		/* and again: QEMU may have added some that are left for the port */
		assert_int_equal(fw_cfg_read_directory(), 0);
		assert_int_equal(fw_cfg_case_find("opt/4095").size, 4095);
		assert_int_equal(fake_log_lines(), 0);
	}
}

static void larger_counts_are_refused_before_memory_is_asked_for(STATE)
{
	static const uint32_t counts[] = {
		4097, 0x10000, 0x03ffffff, 0x04000000, 0x04000001,	/* x 64 wraps */
		0x7fffffff, 0x80000000, 0xffffffff,
	};

	BOTH for (unsigned int c = 0; c < ARRAY_SIZE(counts); c++) {
		good_directory();
		put_be(raw, counts[c], 4);
		assert_int_equal(show(dma, 32), -EINVAL);
		/* DMA alone is not believed such a thing: the port is asked as well */
		assert_int_equal(since(), dma ? 1 + 5 : 5);
		assert_int_equal(fw_cfg_has_dma(), dma);
		assert_int_equal(listed(), 0);
		assert_false(has("etc/e820"));
		assert_int_equal(fw_cfg_file(FW_CFG_E820, &(struct fw_cfg_item){ 0 }), -ENOENT);
		assert_int_equal(fake_log_lines(), 1);
		assert_int_equal(fake_alloc_calls(), 0);
	}
}

static void a_truncated_directory_gives_the_whole_entries(STATE)
{
	BOTH for (uint32_t bytes = 1; bytes <= 4 + 64 * 4; bytes++) {
		uint32_t whole = bytes < 4 ? 0 : (bytes - 4) / 64;

		good_directory();
		fw_cfg_case_setup(NULL);
		fake_fw_cfg.dma = dma ? FAKE_DMA_GOOD : FAKE_DMA_ABSENT;
		fake_fw_cfg_set_directory(raw, 4 + 64 * 4);
		fake_fw_cfg.directory_bytes = bytes;
		assert_int_equal(fw_cfg_init(), 0);
		assert_int_equal(fw_cfg_read_directory(), 0);
		/* of the last one the name may be cut short, or end where it does anyway */
		assert_in_range(listed(), whole, whole + 1);
		if (whole > 1)
			assert_int_equal(fw_cfg_case_find("etc/e820").size, 40);
	}
}

/* --- entries -------------------------------------------------------------------------------- */

static void keys_that_are_no_files_are_left_out(STATE)
{
	static const uint16_t bad[] = { 0, 1, 0x19, 0x1f, 0x4000, 0x4020, 0x8000, 0x8020, 0xffff };
	static const uint16_t fine[] = { 0x20, 0x3f, 0x40, 0x3fff };

	BOTH for (unsigned int k = 0; k < ARRAY_SIZE(bad) + ARRAY_SIZE(fine); k++) {
		bool good = k >= ARRAY_SIZE(bad);

		good_directory();
		entry(1, "etc/e820", 40, good ? fine[k - ARRAY_SIZE(bad)] : bad[k]);
		assert_int_equal(show(dma, 32), 0);
		assert_int_equal(has("etc/e820"), good);
		assert_int_equal(fw_cfg_file(FW_CFG_E820, &(struct fw_cfg_item){ 0 }),
				 good ? 0 : -ENOENT);
		assert_true(has("bootorder") && has("opt/a") && has("opt/ab"));
		assert_int_equal(fake_log_lines(), !good);
		assert_int_equal(listed(), 3 + good);
	}
}

static void a_name_without_end_is_left_out(STATE)
{
	static const char names[][57] = {
		"01234567890123456789012345678901234567890123456789012345",
		"etc/e820////////////////////////////////////////////////",
	};

	BOTH for (unsigned int i = 0; i < ARRAY_SIZE(names); i++) {
		good_directory();
		entry(1, names[i], 40, 0x21);
		assert_int_equal(show(dma, 32), 0);
		assert_int_equal(listed(), 3);
		assert_false(has(names[i]));
		assert_int_equal(fake_log_lines(), 1);
		assert_true(fake_log_has("name without end"));
	}
}

static void an_empty_name_is_left_out(STATE)
{
	BOTH {
		good_directory();
		entry(2, "", 1, 0x22);
		assert_int_equal(show(dma, 32), 0);
		assert_int_equal(listed(), 3);
		assert_false(has(""));
		assert_int_equal(fake_log_lines(), 1);
	}
}

static void of_two_files_of_one_name_the_first_is_used(STATE)
{
	BOTH {
		struct fw_cfg_item item;

		good_directory();
		entry(2, "etc/e820", 60, 0x22);
		entry(3, "bootorder", 70, 0x23);
		assert_int_equal(show(dma, 32), 0);
		assert_int_equal(fw_cfg_file(FW_CFG_E820, &item), 0);
		assert_int_equal(item.size, 40);
		assert_int_equal(fw_cfg_file(FW_CFG_BOOTORDER, &item), 0);
		assert_int_equal(item.size, 10);
		assert_int_equal(fake_log_lines(), 2);
		assert_true(fake_log_has("etc/e820: listed twice, keys 0x21 and 0x22"));
		assert_true(fake_log_has("bootorder: listed twice, keys 0x20 and 0x23"));
		assert_int_equal(fw_cfg_case_find("etc/e820").size, 40);
		assert_int_equal(fw_cfg_case_find("bootorder").size, 10);

		good_directory();
		entry(3, "opt/a", 9, 0x23);
		assert_int_equal(show(dma, 32), 0);
		assert_int_equal(fw_cfg_case_find("opt/a").size, 1);
		assert_int_equal(fake_log_lines(), 1);
		assert_true(fake_log_has("opt/a: listed twice, keys 0x22 and 0x23"));
	}
}

static void many_bad_entries_do_not_flood_the_log(STATE)
{
	BOTH {
		good_directory();
		put_be(raw, 4096, 4);
		assert_int_equal(show(dma, 4096), 0);
		assert_int_equal(listed(), 4);
		assert_int_equal(fake_log_lines(), 5);
		assert_true(fake_log_has("4092 of 4096 entries are bad"));
	}
}

static void a_size_is_only_a_number_until_it_is_read(STATE)
{
	BOTH {
		struct fw_cfg_item item;

		good_directory();
		entry(1, "etc/e820", 0xffffffff, 0x3fff);	/* huge, and no such item */
		assert_int_equal(show(dma, 32), 0);
		assert_int_equal(fw_cfg_file(FW_CFG_E820, &item), 0);
		assert_int_equal(item.size, 0xffffffff);
		assert_int_equal(fw_cfg_read(&item, 0, buf, 100), 0);
		assert_int_equal(buf[0] | buf[99], 0);		/* as QEMU pads it */
		assert_int_equal(buf[100], 0xcc);
		assert_int_equal(fw_cfg_read(&item, 0xffffffff, buf, 1), -ERANGE);
		if (dma)	/* by port it would take a while */
			assert_int_equal(fw_cfg_read(&item, 0xfffffffe, buf, 1), 0);
	}
}

static void no_single_byte_can_break_the_rest(STATE)
{
	static const uint8_t values[] = { 0, 1, 0x20, 0x3f, 0x40, 0x7f, 0x80, 0xff };

	for (uint32_t at = 4; at < 4 + 64 * 4; at++) {
		for (unsigned int v = 0; v < ARRAY_SIZE(values); v++) {
			uint32_t hit = (at - 4) / 64;

			good_directory();
			raw[at] = values[v];
			assert_int_equal(show(true, 32), 0);
			assert_true(hit == 0 || fw_cfg_case_find("bootorder").size == 10);
			assert_true(hit == 1 || fw_cfg_case_find("etc/e820").key == 0x21);
			assert_true(hit == 2 || fw_cfg_case_find("opt/a").key == 0x22);
			assert_true(hit == 3 || hit == 2 || fw_cfg_case_find("opt/ab").size == 2);
		}
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		T(a_directory_without_files_is_a_directory),
		T(a_directory_that_does_not_exist_has_no_files),
		T(counts_up_to_4096_are_taken),
		T(the_memory_there_is_before_any_map_is_enough_for_4096),
		T(larger_counts_are_refused_before_memory_is_asked_for),
		T(a_truncated_directory_gives_the_whole_entries),
		T(keys_that_are_no_files_are_left_out),
		T(a_name_without_end_is_left_out),
		T(an_empty_name_is_left_out),
		T(of_two_files_of_one_name_the_first_is_used),
		T(many_bad_entries_do_not_flood_the_log),
		T(a_size_is_only_a_number_until_it_is_read),
		T(no_single_byte_can_break_the_rest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
