/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/fw/fw_cfg_io_test.c: finding the device and choosing the transport, with DMA that
 * works, is missing, lies, fails, is slow or dead.
 *
 * LINK: src/trace/timeline.c src/fw/fw_cfg.c src/fw/fw_cfg_io.c src/fw/fw_cfg_dir.c src/fw/fw_cfg_port.c tests/fake/fw_cfg.c tests/fake/fw_cfg_case.c tests/fake/io.c tests/fake/timer.c tests/fake/alloc.c tests/fake/ram.c tests/fake/log.c tests/fake/cpu.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "arch/phys.h"
#include "fake/alloc.h"
#include "fake/fw_cfg_case.h"
#include "fake/io.h"
#include "fake/log.h"
#include "fake/ram.h"
#include "fake/timer.h"
#include "fw/fw_cfg_io.h"
#include "lib/bits.h"
#include "lib/errno.h"

/* --- finding the device -------------------------------------------------------------------- */

static void init_takes_seven_accesses_on_a_healthy_qemu(STATE)
{
	mark();
	assert_int_equal(fw_cfg_init(), 0);
	assert_int_equal(since(), 4);
	assert_int_equal(fake_fw_cfg.port_bytes, 1);
	assert_int_equal(fake_fw_cfg.transfers, 1);
	assert_int_equal(fake_fw_cfg.high_writes, 1);
	assert_true(fw_cfg_has_dma());
	assert_string_equal(fw_cfg_transport(), "DMA");
	assert_int_equal(fake_log_lines(), 0);
}

static void without_the_feature_bit_dma_is_not_touched(STATE)
{
	fake_fw_cfg.features = 1;	/* and yet the registers are there, as old QEMUs have it */
	mark();
	assert_int_equal(fw_cfg_init(), 0);
	assert_int_equal(since(), 7);	/* the signature by port comes on top */
	assert_int_equal(fake_fw_cfg.transfers, 0);
	assert_false(fw_cfg_has_dma());
	assert_string_equal(fw_cfg_transport(), "port");
	assert_int_equal(fake_log_lines(), 0);
}

static void it_is_bit_1_that_counts_not_the_number(STATE)
{
	fake_fw_cfg.features = 0x01000000;	/* crosvm: the bytes 00 00 00 01 */
	assert_int_equal(fw_cfg_init(), 0);
	assert_int_equal(fake_fw_cfg.transfers, 0);
	assert_false(fw_cfg_has_dma());
}

static void unknown_feature_bits_do_not_keep_dma_from_being_used(STATE)
{
	fake_fw_cfg.features = 0x87;
	assert_int_equal(fw_cfg_init(), 0);
	assert_true(fw_cfg_has_dma());
}

static void a_machine_without_the_device_is_recognised_in_seven_accesses(STATE)
{
	uint32_t value;

	fake_fw_cfg.absent = true;
	mark();
	assert_int_equal(fw_cfg_init(), -ENODEV);
	assert_int_equal(since(), 7);
	assert_string_equal(fw_cfg_transport(), "none");

	mark();
	assert_int_equal(fw_cfg_read_directory(), -EIO);
	assert_int_equal(fw_cfg_read_key(FW_CFG_NB_CPUS, &value, 2), -EIO);
	assert_int_equal(fw_cfg_le16(FW_CFG_NB_CPUS), 0);
	assert_int_equal(fw_cfg_le32(FW_CFG_KERNEL_SIZE), 0);
	assert_int_equal(fw_cfg_file(FW_CFG_E820, &(struct fw_cfg_item){ 0 }), -ENOENT);
	assert_int_equal(since(), 0);
	assert_int_equal(fw_cfg_select(FW_CFG_NB_CPUS), -EIO);
	assert_int_equal(since(), 1);	/* nobody hears it */
}

static void what_answers_rubbish_is_not_asked_to_write_memory(STATE)
{
	fake_fw_cfg.rubbish = true;	/* bit 1 is set in it */
	assert_int_equal(fw_cfg_init(), -ENODEV);
	assert_int_equal(fake_fw_cfg.transfers, 0);
}

static void another_signature_is_another_device(STATE)
{
	fake_fw_cfg_set(FW_CFG_SIGNATURE, "QEMV", 4);
	assert_int_equal(fw_cfg_init(), -ENODEV);	/* DMA reads it too, and is not believed */
	fake_fw_cfg.dma = FAKE_DMA_ABSENT;
	assert_int_equal(fw_cfg_init(), -ENODEV);
}

static void a_bus_that_floats_low_is_no_device(STATE)
{
	fake_fw_cfg.features = 0;
	fake_fw_cfg_set(FW_CFG_SIGNATURE, "\0\0\0\0", 4);
	assert_int_equal(fw_cfg_init(), -ENODEV);
}

/* --- DMA that lies ------------------------------------------------------------------------- */

static void broken_dma_makes_a_port_client_that_says_so_once(STATE)
{
	static const enum fake_fw_cfg_dma kinds[] = {
		FAKE_DMA_IGNORES_SELECTOR, FAKE_DMA_SELECTS_ONE, FAKE_DMA_SHIFTED,
		FAKE_DMA_NO_ERROR_BIT,
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(kinds); i++) {
		fw_cfg_case_setup(NULL);
		fake_fw_cfg.dma = kinds[i];
		assert_int_equal(fw_cfg_init(), 0);
		assert_false(fw_cfg_has_dma());
		assert_string_equal(fw_cfg_transport(), "port");
		assert_int_equal(fake_log_lines(), 1);
		assert_true(fake_log_has("everything by port"));
		assert_int_equal(fw_cfg_read_directory(), 0);
		assert_int_equal(fw_cfg_le16(FW_CFG_NB_CPUS), 0x1234);
		assert_int_equal(fake_fw_cfg.transfers, 1);
		assert_int_equal(fake_log_lines(), 1);
	}
}

/* The signature alone would not show it: the test goes on with the directory. */
static void a_host_that_always_gives_key_0_is_seen_through(STATE)
{
	fake_fw_cfg.dma = FAKE_DMA_KEY_0;
	fw_cfg_case_start();
	assert_false(fw_cfg_has_dma());
	assert_string_equal(fw_cfg_transport(), "port");
	assert_int_equal(fake_log_lines(), 1);
	assert_true(fake_log_has("everything by port"));
	assert_int_equal(fw_cfg_case_find("etc/e820").size, 40);
	assert_int_equal(fake_fw_cfg.transfers, 2);
	assert_int_equal(fw_cfg_le16(FW_CFG_NB_CPUS), 0x1234);
	assert_int_equal(fake_fw_cfg.transfers, 2);
}

static void a_host_that_leaves_the_key_in_control_is_done_all_the_same(STATE)
{
	struct fw_cfg_item item;
	uint32_t len;

	fake_fw_cfg.dma = FAKE_DMA_BOCHS;
	fw_cfg_case_start();
	item = fw_cfg_case_find("etc/acpi/tables");
	assert_int_equal(fw_cfg_read_phys(&item, 0, 0x400000, BIG), 0);
	assert_memory_equal(fake_ram + 0x400000, big, BIG);
	assert_int_equal(fw_cfg_read(&item, 333, buf, 333), 0);
	assert_memory_equal(buf, big + 333, 333);
	assert_int_equal(fw_cfg_le16(FW_CFG_NB_CPUS), 0x1234);
	assert_int_equal(fw_cfg_select(item.key), 0);
	item = fw_cfg_case_find("opt/scratch");
	assert_int_equal(fw_cfg_write(&item, 2, "AB", 2), 0);
	assert_memory_equal(fake_fw_cfg_bytes(item.key, &len), "01AB456789abcdef", 16);
	assert_true(fw_cfg_has_dma());
	assert_int_equal(fake_timer_expired, 0);
	assert_int_equal(fake_log_lines(), 0);

	/* its error bit is one, though other bits are set beside it */
	assert_int_equal(fw_cfg_le32(FW_CFG_INITRD_SIZE), 0);
	assert_true(fake_log_has("item 0xb: DMA of 4 bytes"));
	assert_true(fw_cfg_has_dma());
	assert_int_equal(fake_timer_expired, 0);
}

/* There what is behind the end of an item stays as it was. */
static void a_number_that_a_host_does_not_pad_is_right_all_the_same(STATE)
{
	fake_fw_cfg.dma = FAKE_DMA_BOCHS;
	fw_cfg_case_start();
	assert_int_equal(fw_cfg_le32(FW_CFG_KERNEL_SIZE), 0xdeadbeef);
	assert_int_equal(fw_cfg_le32(FW_CFG_NB_CPUS), 0x1234);
	assert_true(fw_cfg_has_dma());
}

static void the_self_test_also_sees_through_unknown_feature_bits(STATE)
{
	fake_fw_cfg.features = 0x83;	/* the signature was selected in between */
	fake_fw_cfg.dma = FAKE_DMA_IGNORES_SELECTOR;
	assert_int_equal(fw_cfg_init(), 0);
	assert_false(fw_cfg_has_dma());
}

static void dma_that_never_answers_is_tried_once(STATE)
{
	fake_fw_cfg.dma = FAKE_DMA_SILENT;
	fw_cfg_case_start();
	assert_false(fw_cfg_has_dma());
	assert_int_equal(fake_timer_expired, 1);
	assert_int_equal(fake_fw_cfg.transfers, 1);
	assert_int_equal(fw_cfg_le32(FW_CFG_KERNEL_SIZE), 0xdeadbeef);
	assert_int_equal(fake_fw_cfg.transfers, 1);
}

static void a_first_transfer_with_the_error_bit_makes_a_port_client(STATE)
{
	fake_fw_cfg.fail_at = 1;
	fw_cfg_case_start();
	assert_false(fw_cfg_has_dma());
	assert_int_equal(fake_log_lines(), 1);
}

/* --- the DMA register ---------------------------------------------------------------------- */

static void what_a_guest_left_in_the_high_half_does_not_matter(STATE)
{
	fake_fw_cfg.latch_high = 0xdeadbeef;	/* not cleared by a reset */
	fw_cfg_case_start();
	assert_true(fw_cfg_has_dma());
	assert_int_equal(fake_fw_cfg.bad_requests, 0);

	/* A guest does it again and resets: the machine comes up the same way. */
	fake_fw_cfg.latch_high = 0x12345678;
	fake_fw_cfg_machine_reset();
	fw_cfg_case_start();
	assert_true(fw_cfg_has_dma());
	assert_int_equal(fake_fw_cfg.bad_requests, 0);
	assert_int_equal(fw_cfg_le16(FW_CFG_NB_CPUS), 0x1234);
}

static void the_high_half_is_written_once(STATE)
{
	fw_cfg_case_start();
	for (unsigned int i = 0; i < 5; i++)
		assert_int_equal(fw_cfg_le16(FW_CFG_NB_CPUS), 0x1234);
	assert_int_equal(fake_fw_cfg.high_writes, 1);
}

static void a_request_above_4_gib_has_its_high_half_written_each_time(STATE)
{
	fake_ram_map_statics(0);	/* the request now has its 64-bit host address */
	fw_cfg_case_start();
	assert_int_equal(fw_cfg_le16(FW_CFG_NB_CPUS), 0x1234);
	/* and once for what a guest may have left there */
	assert_int_equal(fake_fw_cfg.high_writes, fake_fw_cfg.transfers + 1);
	assert_int_equal(fake_fw_cfg.bad_requests, 0);
}

/* --- every transfer fails once ------------------------------------------------------------- */

/* What POST does, roughly; all of it must come out right whatever fails on the way. */
static void everything_comes_out_right(void)
{
	struct fw_cfg_item item;
	uint64_t number;

	assert_int_equal(fw_cfg_init(), 0);
	assert_int_equal(fw_cfg_read_directory(), 0);
	assert_int_equal(fw_cfg_file(FW_CFG_E820, &item), 0);
	memset(buf, 0xcc, sizeof(buf));
	assert_int_equal(fw_cfg_read(&item, 0, buf, 40), 0);
	assert_int_equal(buf[39], 40);
	assert_int_equal(buf[40], 0xcc);
	assert_int_equal(fw_cfg_le16(FW_CFG_NB_CPUS), 0x1234);
	assert_int_equal(fw_cfg_file(FW_CFG_ACPI_BLOB, &item), 0);
	assert_int_equal(fw_cfg_select(item.key), 0);
	assert_int_equal(fw_cfg_read_directory(), 0);
	assert_int_equal(fw_cfg_file(FW_CFG_ACPI_BLOB, &item), 0);
	assert_int_equal(item.size, BIG);
	assert_int_equal(fw_cfg_read_phys(&item, 0, 0x400000, BIG), 0);
	assert_memory_equal(fake_ram + 0x400000, big, BIG);
	assert_int_equal(fw_cfg_read(&item, 333, buf, 333), 0);
	assert_memory_equal(buf, big + 333, 333);
	assert_int_equal(fw_cfg_read(&item, 666, buf, 100), 0);
	assert_memory_equal(buf, big + 666, 100);
	item = fw_cfg_case_find("etc/boot-fail-wait");
	assert_int_equal(fw_cfg_read_number(&item, &number), 0);
	assert_int_equal(number, 0xffffffff);
}

static void every_failed_transfer_is_repeated_by_port(STATE)
{
	uint32_t n;

	for (n = 1;; n++) {
		fw_cfg_case_setup(NULL);
		fake_fw_cfg.fail_at = n;
		everything_comes_out_right();
		if (fake_fw_cfg.transfers < n)
			break;
		assert_int_equal(fake_log_lines(), 1);
		assert_true(n == 1 || fw_cfg_has_dma());
	}
	assert_int_equal(n, 11);	/* 10 transfers: the loop has seen each */
}

static void all_transfers_may_fail_from_any_one_on(STATE)
{
	for (uint32_t n = 1; n <= 11; n++) {
		fw_cfg_case_setup(NULL);
		fake_fw_cfg.fail_at = n;
		fake_fw_cfg.fail_always = true;
		everything_comes_out_right();
	}
}

static void after_a_time_out_dma_is_off_and_a_late_device_hits_nothing(STATE)
{
	static const struct fw_cfg_item kernel = { BIG, FW_CFG_KERNEL_DATA };
	uint8_t small[60];
	uint32_t n;

	for (n = 1;; n++) {
		static uint8_t ram_before[8 << 20];

		fw_cfg_case_setup(NULL);
		fake_fw_cfg.hang_at = n;
		everything_comes_out_right();
		if (fake_fw_cfg.transfers < n)
			break;
		assert_int_equal(fake_fw_cfg.transfers, n);	/* none after it */
		assert_int_equal(fake_timer_expired, 1);
		assert_false(fw_cfg_has_dma());
		assert_string_equal(fw_cfg_transport(), "port");

		memset(buf, 0xee, sizeof(buf));
		memset(fake_ram + 0x400000, 0xee, BIG);
		memcpy(ram_before, fake_ram + 0x100000, 6 << 20);
		assert_int_equal(fw_cfg_read_key(FW_CFG_KERNEL_DATA, small, 30), 0);
		fake_fw_cfg_catch_up();
		assert_int_equal(fw_cfg_read(&kernel, 30, small + 30, 30), 0);
		assert_memory_equal(small, big, 60);	/* the port's place was not lost either */
		assert_memory_equal(fake_ram + 0x100000, ram_before, 6 << 20);
		for (unsigned int i = 0; i < sizeof(buf); i++)
			assert_int_equal(buf[i], 0xee);
		assert_int_equal(fw_cfg_read_directory(), 0);
		assert_int_equal(fw_cfg_le16(FW_CFG_NB_CPUS), 0x1234);
	}
	assert_int_equal(n, 11);
}

/* The worst one: it has taken the request, and what it has read comes when nobody waits any more. */
static void a_device_that_is_late_with_its_data_hits_no_stack(STATE)
{
	static const uint32_t sizes[] = { 1, 2, 4, 16, 17, 24, 31, 40, 324, 656, 1024 };

	for (unsigned int i = 0; i < ARRAY_SIZE(sizes); i++) {
		for (unsigned int offset = 0; offset <= 8; offset += 8) {
			static const struct fw_cfg_item kernel = { BIG, FW_CFG_KERNEL_DATA };
			uint8_t on_stack[1024];

			fw_cfg_case_setup(NULL);
			fake_fw_cfg.takes_at_once = true;
			fw_cfg_case_start();
			fake_fw_cfg.hang_at = fake_fw_cfg.transfers + 1 + !!offset;
			assert_int_equal(fw_cfg_read(&kernel, offset, on_stack, sizes[i]), 0);
			assert_memory_equal(on_stack, big + offset, sizes[i]);
			assert_false(fw_cfg_has_dma());
			memset(on_stack, 0xee, sizeof(on_stack));
			fake_fw_cfg_catch_up();
			for (unsigned int k = 0; k < sizeof(on_stack); k++)
				assert_int_equal(on_stack[k], 0xee);
			/* nor what is read after it */
			assert_int_equal(fw_cfg_le16(FW_CFG_NB_CPUS), 0x1234);
		}
	}
}

/* What it is to write to QEMU is a copy as well: the caller's may be gone. */
static void a_write_that_comes_late_writes_what_it_should(STATE)
{
	struct fw_cfg_item item;
	char two[2] = { 'A', 'B' };
	uint32_t len;

	fake_fw_cfg.takes_at_once = true;
	fw_cfg_case_start();
	item = fw_cfg_case_find("opt/scratch");
	fake_fw_cfg.hang_at = 3;
	assert_int_equal(fw_cfg_write(&item, 0, two, 2), -EIO);
	memset(two, 0, sizeof(two));
	assert_int_equal(fw_cfg_le16(FW_CFG_NB_CPUS), 0x1234);
	fake_fw_cfg_catch_up();
	assert_memory_equal(fake_fw_cfg_bytes(item.key, &len), "AB23456789abcdef", 16);
}

static void a_write_that_times_out_is_an_error_and_turns_dma_off(STATE)
{
	struct fw_cfg_item item;
	uint32_t len;

	fw_cfg_case_start();
	item = fw_cfg_case_find("opt/scratch");
	fake_fw_cfg.hang_at = 3;
	assert_int_equal(fw_cfg_write(&item, 0, "AB", 2), -EIO);
	assert_false(fw_cfg_has_dma());
	fake_fw_cfg_catch_up();
	assert_memory_equal(fake_fw_cfg_bytes(item.key, &len), "0123456789abcdef", 16);
}

static void after_a_time_out_the_directory_lies_in_other_memory(STATE)
{
	uint32_t calls;

	assert_int_equal(fw_cfg_init(), 0);
	fake_fw_cfg.hang_at = 2;
	calls = fake_alloc_calls();
	assert_int_equal(fw_cfg_read_directory(), 0);
	assert_int_equal(fake_alloc_calls(), calls + 1);
	assert_int_equal(fw_cfg_case_find("etc/e820").size, 40);
}

static void a_device_that_takes_its_time_is_waited_for(STATE)
{
	fake_fw_cfg.slow_looks = 300;
	everything_comes_out_right();
	assert_true(fw_cfg_has_dma());
	assert_int_equal(fake_timer_expired, 0);
	assert_int_equal(fake_timer_waits, 10);
	assert_int_equal(fake_log_lines(), 0);
}

static void every_slow_transfer_may_fail_as_well(STATE)
{
	for (uint32_t n = 1; n <= 10; n++) {
		fw_cfg_case_setup(NULL);
		fake_fw_cfg.slow_looks = 3;
		fake_fw_cfg.fail_at = n;
		everything_comes_out_right();
		assert_int_equal(fake_timer_expired, 0);
	}
}

static void a_device_that_is_done_at_once_is_not_waited_for(STATE)
{
	everything_comes_out_right();
	assert_int_equal(fake_timer_waits, 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		T(init_takes_seven_accesses_on_a_healthy_qemu),
		T(without_the_feature_bit_dma_is_not_touched),
		T(it_is_bit_1_that_counts_not_the_number),
		T(unknown_feature_bits_do_not_keep_dma_from_being_used),
		T(a_machine_without_the_device_is_recognised_in_seven_accesses),
		T(what_answers_rubbish_is_not_asked_to_write_memory),
		T(another_signature_is_another_device),
		T(a_bus_that_floats_low_is_no_device),
		T(broken_dma_makes_a_port_client_that_says_so_once),
		T(a_host_that_always_gives_key_0_is_seen_through),
		T(a_host_that_leaves_the_key_in_control_is_done_all_the_same),
		T(a_number_that_a_host_does_not_pad_is_right_all_the_same),
		T(the_self_test_also_sees_through_unknown_feature_bits),
		T(dma_that_never_answers_is_tried_once),
		T(a_first_transfer_with_the_error_bit_makes_a_port_client),
		T(what_a_guest_left_in_the_high_half_does_not_matter),
		T(the_high_half_is_written_once),
		T(a_request_above_4_gib_has_its_high_half_written_each_time),
		T(every_failed_transfer_is_repeated_by_port),
		T(all_transfers_may_fail_from_any_one_on),
		T(after_a_time_out_dma_is_off_and_a_late_device_hits_nothing),
		T(a_device_that_is_late_with_its_data_hits_no_stack),
		T(a_write_that_comes_late_writes_what_it_should),
		T(a_write_that_times_out_is_an_error_and_turns_dma_off),
		T(after_a_time_out_the_directory_lies_in_other_memory),
		T(a_device_that_takes_its_time_is_waited_for),
		T(every_slow_transfer_may_fail_as_well),
		T(a_device_that_is_done_at_once_is_not_waited_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
