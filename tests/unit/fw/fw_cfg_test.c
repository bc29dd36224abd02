/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/fw/fw_cfg_test.c: the fw_cfg client against a device that does what QEMU does, and
 * one whose DMA is missing, broken, slow or dead. Bad contents are in fw_cfg_hostile_test.c.
 *
 * LINK: src/fw/fw_cfg.c src/fw/fw_cfg_io.c src/fw/fw_cfg_dir.c src/fw/fw_cfg_port.c src/fw/fw_cfg_mmio.c tests/fake/fw_cfg.c tests/fake/io.c tests/fake/timer.c tests/fake/alloc.c tests/fake/ram.c tests/fake/log.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "arch/phys.h"
#include "fake/alloc.h"
#include "fake/fw_cfg.h"
#include "fake/io.h"
#include "fake/log.h"
#include "fake/ram.h"
#include "fake/timer.h"
#include "fw/fw_cfg.h"
#include "fw/fw_cfg_io.h"
#include "lib/bits.h"
#include "lib/errno.h"

#define STATE void **state __attribute__((unused))
#define BIG 70001	/* bytes; not a multiple of anything */
#define MMIO 0xfe000000u

static uint8_t big[BIG];
static uint8_t buf[BIG + 16];
static uint16_t scratch_key;

/* A directory as QEMU 7.2 makes it for -M pc -nodefaults, and one file that may be written. */
static int setup(STATE)
{
	static const uint8_t e820[40] = { 1, 2, 3, 4, 5, 6, 7, 8, [39] = 40 };

	for (unsigned int i = 0; i < BIG; i++)
		big[i] = i * 7 + i / 251;
	memset(buf, 0xcc, sizeof(buf));
	fake_log_reset();
	fake_ram_reset(8 << 20);
	fake_alloc_reset();
	fake_fw_cfg_reset();
	fake_fw_cfg_file("bios-geometry", "", 0);
	fake_fw_cfg_file("bootorder", "", 0);
	fake_fw_cfg_file("etc/acpi/rsdp", "RSD PTR .BOCHS ....", 20);
	fake_fw_cfg_file("etc/acpi/tables", big, BIG);
	fake_fw_cfg_file("etc/boot-fail-wait", "\xff\xff\xff\xff", 4);
	fake_fw_cfg_file("etc/e820", e820, sizeof(e820));
	fake_fw_cfg_file("etc/smbios/smbios-anchor", big, 31);
	fake_fw_cfg_file("etc/smbios/smbios-tables", big, 321);
	fake_fw_cfg_file("etc/system-states", "\x80\0\0\x81\x82\x80", 6);
	fake_fw_cfg_file("etc/table-loader", big, 4096);
	fake_fw_cfg_file("etc/tpm/log", "", 0);
	fake_fw_cfg_file("genroms/kvmvapic.bin", big, 9216);
	scratch_key = fake_fw_cfg_file("opt/scratch", "0123456789abcdef", 16);
	fake_fw_cfg_writable(scratch_key);
	fake_fw_cfg_set_le16(FW_CFG_NB_CPUS, 0x1234);
	fake_fw_cfg_set_le32(FW_CFG_KERNEL_SIZE, 0xdeadbeef);
	fake_fw_cfg_set(FW_CFG_KERNEL_DATA, big, BIG);
	return 0;
}

static uint64_t before;

static void mark(void)
{
	before = fake_io_accesses();
}

static uint64_t since(void)
{
	return fake_io_accesses() - before;
}

static void start(void)
{
	assert_int_equal(fw_cfg_init(), 0);
	assert_int_equal(fw_cfg_read_directory(), 0);
	mark();
}

static void start_by_port(void)
{
	fake_fw_cfg.dma = FAKE_DMA_ABSENT;
	start();
	assert_false(fw_cfg_has_dma());
}

static struct fw_cfg_item find(const char *name)
{
	struct fw_cfg_item item = { 0 };

	assert_int_equal(fw_cfg_find(name, &item), 0);
	return item;
}

/* --- finding the device -------------------------------------------------------------------- */

static void init_takes_seven_accesses_on_a_healthy_qemu(STATE)
{
	mark();
	assert_int_equal(fw_cfg_init(), 0);
	assert_int_equal(since(), 7);
	assert_int_equal(fake_fw_cfg.port_bytes, 4);
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
	assert_int_equal(since(), 10);	/* the signature by port comes on top */
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
	fake_fw_cfg.features = 0x80000007;
	assert_int_equal(fw_cfg_init(), 0);
	assert_true(fw_cfg_has_dma());
}

static void a_machine_without_the_device_is_recognised_in_five_accesses(STATE)
{
	uint32_t value;

	fake_fw_cfg.absent = true;
	mark();
	assert_int_equal(fw_cfg_init(), -ENODEV);
	assert_int_equal(since(), 5);
	assert_string_equal(fw_cfg_transport(), "none");

	mark();
	assert_int_equal(fw_cfg_read_directory(), -EIO);
	assert_int_equal(fw_cfg_read_key(FW_CFG_NB_CPUS, &value, 2), -EIO);
	assert_int_equal(fw_cfg_le16(FW_CFG_NB_CPUS), 0);
	assert_int_equal(fw_cfg_le32(FW_CFG_KERNEL_SIZE), 0);
	assert_int_equal(fw_cfg_select(FW_CFG_NB_CPUS), -EIO);
	assert_int_equal(fw_cfg_file(FW_CFG_E820, &(struct fw_cfg_item){ 0 }), -ENOENT);
	assert_int_equal(since(), 0);
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
		setup(NULL);
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

static void the_self_test_also_sees_through_unknown_feature_bits(STATE)
{
	fake_fw_cfg.features = 0x80000003;	/* the signature was selected in between */
	fake_fw_cfg.dma = FAKE_DMA_IGNORES_SELECTOR;
	assert_int_equal(fw_cfg_init(), 0);
	assert_false(fw_cfg_has_dma());
}

static void dma_that_never_answers_is_tried_once(STATE)
{
	fake_fw_cfg.dma = FAKE_DMA_SILENT;
	start();
	assert_false(fw_cfg_has_dma());
	assert_int_equal(fake_timer_expired, 1);
	assert_int_equal(fake_fw_cfg.transfers, 1);
	assert_int_equal(fw_cfg_le32(FW_CFG_KERNEL_SIZE), 0xdeadbeef);
	assert_int_equal(fake_fw_cfg.transfers, 1);
}

static void a_first_transfer_with_the_error_bit_makes_a_port_client(STATE)
{
	fake_fw_cfg.fail_at = 1;
	start();
	assert_false(fw_cfg_has_dma());
	assert_int_equal(fake_log_lines(), 1);
}

/* --- the DMA register ---------------------------------------------------------------------- */

static void what_a_guest_left_in_the_high_half_does_not_matter(STATE)
{
	fake_fw_cfg.latch_high = 0xdeadbeef;	/* not cleared by a reset */
	start();
	assert_true(fw_cfg_has_dma());
	assert_int_equal(fake_fw_cfg.bad_requests, 0);

	/* A guest does it again and resets: the machine comes up the same way. */
	fake_fw_cfg.latch_high = 0x12345678;
	fake_fw_cfg_machine_reset();
	start();
	assert_true(fw_cfg_has_dma());
	assert_int_equal(fake_fw_cfg.bad_requests, 0);
	assert_int_equal(fw_cfg_le16(FW_CFG_NB_CPUS), 0x1234);
}

static void the_high_half_is_written_once(STATE)
{
	start();
	for (unsigned int i = 0; i < 5; i++)
		assert_int_equal(fw_cfg_le16(FW_CFG_NB_CPUS), 0x1234);
	assert_int_equal(fake_fw_cfg.high_writes, 1);
}

static void a_request_above_4_gib_has_its_high_half_written_each_time(STATE)
{
	fake_ram_map_statics(0);	/* the request now has its 64-bit host address */
	start();
	assert_int_equal(fw_cfg_le16(FW_CFG_NB_CPUS), 0x1234);
	assert_int_equal(fake_fw_cfg.high_writes, fake_fw_cfg.transfers);
	assert_int_equal(fake_fw_cfg.bad_requests, 0);
}

/* --- reading ------------------------------------------------------------------------------- */

static void each_thing_is_one_access_by_dma(STATE)
{
	struct fw_cfg_item item;
	uint64_t number;

	assert_int_equal(fw_cfg_init(), 0);
	mark();
	assert_int_equal(fw_cfg_read_directory(), 0);
	assert_int_equal(since(), 1);

	mark();
	assert_int_equal(fw_cfg_file(FW_CFG_ACPI_BLOB, &item), 0);
	assert_int_equal(since(), 0);
	assert_int_equal(fw_cfg_read_phys(&item, 0, 0x100000, item.size), 0);
	assert_int_equal(since(), 1);
	assert_memory_equal(fake_ram + 0x100000, big, BIG);

	mark();
	assert_int_equal(fw_cfg_le16(FW_CFG_NB_CPUS), 0x1234);
	assert_int_equal(since(), 1);
	assert_int_equal(fw_cfg_le32(FW_CFG_KERNEL_SIZE), 0xdeadbeef);
	assert_int_equal(since(), 2);
	item = find("etc/boot-fail-wait");
	assert_int_equal(fw_cfg_read_number(&item, &number), 0);
	assert_int_equal(number, 0xffffffff);
	assert_int_equal(since(), 3);
	assert_int_equal(fw_cfg_read_key(FW_CFG_KERNEL_DATA, buf, BIG), 0);
	assert_memory_equal(buf, big, BIG);
	assert_int_equal(since(), 4);
	assert_int_equal(fw_cfg_select(FW_CFG_SETUP_ADDR), 0);
	assert_int_equal(since(), 5);
	assert_int_equal(fake_log_lines(), 0);
}

static void by_port_no_byte_is_read_that_is_not_needed(STATE)
{
	struct fw_cfg_item item;

	fake_fw_cfg.dma = FAKE_DMA_ABSENT;
	assert_int_equal(fw_cfg_init(), 0);
	mark();
	assert_int_equal(fw_cfg_read_directory(), 0);
	assert_int_equal(since(), 1 + 4 + 13 * 64);

	mark();
	assert_int_equal(fw_cfg_file(FW_CFG_E820, &item), 0);
	assert_int_equal(fw_cfg_read(&item, 0, buf, 40), 0);
	assert_int_equal(since(), 41);
	assert_int_equal(fw_cfg_le16(FW_CFG_NB_CPUS), 0x1234);
	assert_int_equal(since(), 44);
	assert_int_equal(fw_cfg_select(FW_CFG_SETUP_ADDR), 0);
	assert_int_equal(since(), 45);
}

static void an_offset_costs_one_access_more_and_reading_on_costs_none(STATE)
{
	struct fw_cfg_item item;

	start();
	assert_int_equal(fw_cfg_file(FW_CFG_ACPI_BLOB, &item), 0);
	assert_int_equal(fw_cfg_read(&item, 1000, buf, 200), 0);
	assert_int_equal(since(), 2);
	assert_memory_equal(buf, big + 1000, 200);
	assert_int_equal(fw_cfg_read(&item, 1200, buf, 100), 0);
	assert_int_equal(since(), 3);
	assert_memory_equal(buf, big + 1200, 100);
}

static void by_port_a_stream_does_not_start_over(STATE)
{
	struct fw_cfg_item item;

	start_by_port();
	assert_int_equal(fw_cfg_file(FW_CFG_ACPI_BLOB, &item), 0);
	assert_int_equal(fw_cfg_read(&item, 0, buf, 1000), 0);
	assert_int_equal(since(), 1001);
	assert_int_equal(fw_cfg_read(&item, 1000, buf + 1000, 1000), 0);
	assert_int_equal(since(), 2001);
	assert_memory_equal(buf, big, 2000);
}

/* Whatever comes between two reads, the second must find its place. */
static void a_stream_is_not_continued_after_something_else(STATE)
{
	struct fw_cfg_item item, other;
	uint64_t number;

	for (unsigned int dma = 0; dma < 2; dma++) {
		for (unsigned int between = 0; between < 6; between++) {
			setup(NULL);
			fake_fw_cfg.dma = dma ? FAKE_DMA_GOOD : FAKE_DMA_ABSENT;
			start();
			item = find("etc/acpi/tables");
			other = find("genroms/kvmvapic.bin");
			assert_int_equal(fw_cfg_read(&item, 0, buf, 100), 0);
			switch (between) {
			case 0: assert_int_equal(fw_cfg_select(other.key), 0); break;
			case 1: assert_int_equal(fw_cfg_read(&other, 0, buf, 100), 0); break;
			case 2: assert_int_equal(fw_cfg_read(&item, 50, buf, 10), 0); break;
			case 3: assert_int_equal(fw_cfg_read_directory(), 0); break;
			case 4: assert_int_equal(fw_cfg_select(item.key), 0); break;
			default:
				other = find("etc/boot-fail-wait");
				assert_int_equal(fw_cfg_read_number(&other, &number), 0);
			}
			assert_int_equal(fw_cfg_read(&item, 100, buf, 100), 0);
			assert_memory_equal(buf, big + 100, 100);
		}
	}
}

static void both_transports_give_the_same_bytes(STATE)
{
	static const char *const files[] = {
		"etc/acpi/tables", "etc/e820", "etc/smbios/smbios-anchor", "opt/scratch",
	};
	static uint8_t by_dma[BIG];
	uint32_t seed = 1;

	for (unsigned int round = 0; round < 400; round++) {
		struct fw_cfg_item item;
		uint32_t offset, len;

		if (round == 0)
			start();
		item = find(files[round % ARRAY_SIZE(files)]);
		seed = seed * 1103515245 + 12345;
		offset = (seed >> 8) % (item.size + 1);
		seed = seed * 1103515245 + 12345;
		len = (seed >> 8) % (min_u32(item.size - offset, 3000) + 1);

		memset(by_dma, 0x11, sizeof(by_dma));
		memset(buf, 0x11, sizeof(buf));
		fake_fw_cfg.dma = FAKE_DMA_GOOD;
		assert_int_equal(fw_cfg_init(), 0);
		assert_int_equal(fw_cfg_read(&item, offset, by_dma, len), 0);
		fake_fw_cfg.dma = FAKE_DMA_ABSENT;
		assert_int_equal(fw_cfg_init(), 0);
		assert_int_equal(fw_cfg_read(&item, offset, buf, len), 0);
		assert_memory_equal(by_dma, buf, min_u32(len + 16, BIG));

		assert_int_equal(fw_cfg_read_phys(&item, offset, 0x200000, len), 0);
		assert_memory_equal(fake_ram + 0x200000, buf, len);
		/* the directory went with fw_cfg_init() */
		assert_int_equal(fw_cfg_read_directory(), 0);
	}
}

static void the_range_is_checked_before_any_access(STATE)
{
	static const uint32_t bad[][2] = {	/* offset, length; the item has 40 bytes */
		{ 0, 41 }, { 40, 1 }, { 41, 0 }, { 39, 2 }, { 1, 0xffffffff }, { 0xffffffff, 1 },
		{ 0xffffffff, 0xffffffff }, { 0xfffffff0, 0x20 }, { 0x80000000, 0x80000000 },
	};
	struct fw_cfg_item item;

	for (unsigned int dma = 0; dma < 2; dma++) {
		setup(NULL);
		fake_fw_cfg.dma = dma ? FAKE_DMA_GOOD : FAKE_DMA_ABSENT;
		start();
		assert_int_equal(fw_cfg_file(FW_CFG_E820, &item), 0);
		for (unsigned int i = 0; i < ARRAY_SIZE(bad); i++) {
			assert_int_equal(fw_cfg_read(&item, bad[i][0], buf, bad[i][1]), -ERANGE);
			assert_int_equal(fw_cfg_read_phys(&item, bad[i][0], 0x1000, bad[i][1]),
					 -ERANGE);
			assert_int_equal(fw_cfg_write(&item, bad[i][0], buf, bad[i][1]), -ERANGE);
		}
		assert_int_equal(fw_cfg_read_phys(&item, 0, ~0ull, 2), -ERANGE);
		assert_int_equal(since(), 0);
		for (unsigned int i = 0; i < 64; i++)
			assert_int_equal(buf[i], 0xcc);

		/* the limits themselves are fine */
		assert_int_equal(fw_cfg_read(&item, 0, buf, 40), 0);
		assert_int_equal(fw_cfg_read(&item, 39, buf, 1), 0);
		assert_int_equal(buf[0], 40);
	}
}

static void nothing_is_done_for_no_bytes(STATE)
{
	struct fw_cfg_item item;

	start();
	item = find("etc/tpm/log");
	assert_int_equal(item.size, 0);
	assert_int_equal(fw_cfg_read(&item, 0, buf, 0), 0);
	assert_int_equal(fw_cfg_read_phys(&item, 0, 0, 0), 0);
	assert_int_equal(fw_cfg_read_key(FW_CFG_KERNEL_DATA, buf, 0), 0);
	assert_int_equal(fw_cfg_write(&item, 0, buf, 0), 0);
	assert_int_equal(since(), 0);
	assert_int_equal(fw_cfg_read(&item, 0, buf, 1), -ERANGE);
}

static void numbers_have_1_2_4_or_8_bytes(STATE)
{
	static const uint8_t bytes[9] = { 0x81, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89 };

	for (unsigned int dma = 0; dma < 2; dma++) {
		for (uint32_t size = 0; size <= 9; size++) {
			struct fw_cfg_item item;
			bool good = size == 1 || size == 2 || size == 4 || size == 8;
			uint64_t value = 77, wanted = 77;

			setup(NULL);
			fake_fw_cfg_file("opt/number", bytes, size);
			fake_fw_cfg.dma = dma ? FAKE_DMA_GOOD : FAKE_DMA_ABSENT;
			start();
			item = find("opt/number");
			assert_int_equal(fw_cfg_read_number(&item, &value), good ? 0 : -EINVAL);
			if (good)
				wanted = 0;
			for (uint32_t i = 0; good && i < size; i++)
				wanted |= (uint64_t)bytes[i] << (8 * i);
			assert_true(value == wanted);
			assert_true(good || since() == 0);
		}
	}
}

static void items_that_do_not_exist_are_zero(STATE)
{
	for (unsigned int dma = 0; dma < 2; dma++) {
		setup(NULL);
		fake_fw_cfg.dma = dma ? FAKE_DMA_GOOD : FAKE_DMA_ABSENT;
		start();
		assert_int_equal(fw_cfg_le16(FW_CFG_BOOT_MENU), 0);
		assert_int_equal(fw_cfg_le32(FW_CFG_INITRD_SIZE), 0);
		assert_int_equal(fw_cfg_le32(0xffff), 0);
		assert_int_equal(fw_cfg_le32(FW_CFG_IRQ0_OVERRIDE), 0);
	}
}

static uint32_t selected_0x16;

static void count_setup_addr(uint16_t key)
{
	selected_0x16 += key == FW_CFG_SETUP_ADDR;
}

static void selecting_reaches_the_device_by_either_transport(STATE)
{
	for (unsigned int dma = 0; dma < 2; dma++) {
		setup(NULL);
		fake_fw_cfg.dma = dma ? FAKE_DMA_GOOD : FAKE_DMA_ABSENT;
		start();
		selected_0x16 = 0;
		fake_fw_cfg.on_select = count_setup_addr;
		assert_int_equal(fw_cfg_select(FW_CFG_SETUP_ADDR), 0);
		assert_int_equal(since(), 1);
		assert_int_equal(selected_0x16, 1);
		assert_int_equal(fake_fw_cfg.transfers, dma ? 3 : 0);
	}
}

static void a_select_that_fails_by_dma_is_made_by_port(STATE)
{
	start();
	selected_0x16 = 0;
	fake_fw_cfg.on_select = count_setup_addr;
	fake_fw_cfg.fail_at = 3;
	assert_int_equal(fw_cfg_select(FW_CFG_SETUP_ADDR), 0);
	assert_int_equal(selected_0x16, 1);
}

/* --- addresses ----------------------------------------------------------------------------- */

static void memory_above_4_gib_is_reached_by_dma_alone(STATE)
{
	struct fw_cfg_item item;
	uint8_t *far = malloc(BIG);	/* a host address stands for a guest's above 4 GiB */

	start();
	item = find("etc/acpi/tables");
	assert_true((uintptr_t)far >> 32);
	assert_int_equal(fw_cfg_read_phys(&item, 0, (uintptr_t)far, BIG), 0);
	assert_memory_equal(far, big, BIG);
	memset(far, 0xcc, BIG);
	assert_int_equal(fw_cfg_read_phys(&item, 5, (uintptr_t)far, 3), 0);	/* a small one too */
	assert_memory_equal(far, big + 5, 3);
	assert_int_equal(far[3], 0xcc);

	fake_fw_cfg.fail_at = fake_fw_cfg.transfers + 1;
	assert_int_equal(fw_cfg_read_phys(&item, 0, (uintptr_t)far, BIG), -EIO);
	assert_true(fake_log_has("not read"));

	fake_fw_cfg.dma = FAKE_DMA_ABSENT;
	start();
	assert_int_equal(fw_cfg_read_phys(&item, 0, (uintptr_t)far, BIG), -EIO);
	assert_int_equal(since(), 0);
	assert_true(fake_log_has("need DMA"));
	free(far);
}

static void a_range_that_crosses_4_gib_is_not_given_to_the_port(STATE)
{
	struct fw_cfg_item item;

	start_by_port();
	item = find("etc/e820");
	assert_int_equal(fw_cfg_read_phys(&item, 0, 0xfffffff0, 40), -EIO);
	assert_int_equal(fw_cfg_read_phys(&item, 0, 0xffffffff, 2), -EIO);
	assert_int_equal(fw_cfg_read_phys(&item, 0, 0x100000000, 1), -EIO);
	assert_int_equal(since(), 0);
}

static void memory_that_dma_cannot_reach_is_written_by_the_cpu(STATE)
{
	struct fw_cfg_item item;
	void *p;

	fake_ram_map_statics(0xf0000000);
	start();
	item = find("etc/e820");
	fake_fw_cfg.fail_at = 3;
	assert_int_equal(fw_cfg_read_phys(&item, 0, 0x1000, 40), 0);
	p = phys_to_ptr(0x1000);
	assert_int_equal(((uint8_t *)p)[39], 40);
	assert_int_equal(fake_log_lines(), 1);
	assert_true(fake_log_has("read by port"));
	assert_true(fw_cfg_has_dma());	/* one error is that transfer's */
}

/* --- writing ------------------------------------------------------------------------------- */

static void a_writable_file_takes_what_is_written(STATE)
{
	struct fw_cfg_item item;
	uint32_t len;

	start();
	item = find("opt/scratch");
	assert_int_equal(fw_cfg_write(&item, 0, "AB", 2), 0);
	assert_int_equal(since(), 1);
	assert_memory_equal(fake_fw_cfg_bytes(item.key, &len), "AB23456789abcdef", 16);
	assert_int_equal(fw_cfg_write(&item, 12, "WXYZ", 4), 0);
	assert_int_equal(since(), 3);
	assert_memory_equal(fake_fw_cfg_bytes(item.key, &len), "AB23456789abWXYZ", 16);
}

static void a_write_that_the_device_refuses_is_an_error(STATE)
{
	struct fw_cfg_item item;

	start();
	item = find("etc/e820");	/* read-only */
	assert_int_equal(fw_cfg_write(&item, 0, "AB", 2), -EIO);
	assert_int_equal(fake_fw_cfg.refused, 1);
	item = find("opt/scratch");
	item.size = 17;			/* a size that is no longer true */
	assert_int_equal(fw_cfg_write(&item, 16, "A", 1), -EIO);
	assert_int_equal(fake_fw_cfg.refused, 2);
}

static void a_failed_write_is_not_repeated(STATE)
{
	struct fw_cfg_item item;
	uint32_t len;

	for (uint32_t n = 1; n <= 2; n++) {	/* the skip, the write itself */
		setup(NULL);
		start();
		item = find("opt/scratch");
		fake_fw_cfg.fail_at = fake_fw_cfg.transfers + n;
		assert_int_equal(fw_cfg_write(&item, 3, "AB", 2), -EIO);
		assert_int_equal(fake_fw_cfg.transfers, fake_fw_cfg.fail_at);
		assert_int_equal(since(), n);
		assert_memory_equal(fake_fw_cfg_bytes(item.key, &len), "0123456789abcdef", 16);
	}
}

static void writing_needs_dma(STATE)
{
	struct fw_cfg_item item;

	start_by_port();
	item = find("opt/scratch");
	assert_int_equal(fw_cfg_write(&item, 0, "AB", 2), -EOPNOTSUPP);
	assert_int_equal(since(), 0);
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
	item = find("etc/boot-fail-wait");
	assert_int_equal(fw_cfg_read_number(&item, &number), 0);
	assert_int_equal(number, 0xffffffff);
}

static void every_failed_transfer_is_repeated_by_port(STATE)
{
	uint32_t n;

	for (n = 1;; n++) {
		setup(NULL);
		fake_fw_cfg.fail_at = n;
		everything_comes_out_right();
		if (fake_fw_cfg.transfers < n)
			break;
		/* the select needs no line: it has no path worth telling */
		assert_true(fake_log_lines() == 1 || (fake_log_lines() == 0 && n == 5));
		assert_true(n == 1 || fw_cfg_has_dma());
	}
	assert_int_equal(n, 12);	/* 11 transfers: the loop has seen each */
}

static void all_transfers_may_fail_from_any_one_on(STATE)
{
	for (uint32_t n = 1; n <= 12; n++) {
		setup(NULL);
		fake_fw_cfg.fail_at = n;
		fake_fw_cfg.fail_always = true;
		everything_comes_out_right();
	}
}

static void after_a_time_out_dma_is_off_and_a_late_device_hits_nothing(STATE)
{
	uint32_t n;

	for (n = 1;; n++) {
		static uint8_t ram_before[8 << 20];

		setup(NULL);
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
		fake_fw_cfg_catch_up();
		assert_memory_equal(fake_ram + 0x100000, ram_before, 6 << 20);
		for (unsigned int i = 0; i < sizeof(buf); i++)
			assert_int_equal(buf[i], 0xee);
		assert_int_equal(fw_cfg_read_directory(), 0);
		assert_int_equal(fw_cfg_le16(FW_CFG_NB_CPUS), 0x1234);
	}
	assert_int_equal(n, 12);
}

static void a_write_that_times_out_is_an_error_and_turns_dma_off(STATE)
{
	struct fw_cfg_item item;
	uint32_t len;

	start();
	item = find("opt/scratch");
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
	assert_int_equal(fake_alloc_calls(), calls + 2);
	assert_int_equal(find("etc/e820").size, 40);
}

static void a_device_that_takes_its_time_is_waited_for(STATE)
{
	fake_fw_cfg.slow_looks = 300;
	everything_comes_out_right();
	assert_true(fw_cfg_has_dma());
	assert_int_equal(fake_timer_expired, 0);
	assert_int_equal(fake_timer_waits, 11);
	assert_int_equal(fake_log_lines(), 0);
}

static void a_device_that_is_done_at_once_is_not_waited_for(STATE)
{
	everything_comes_out_right();
	assert_int_equal(fake_timer_waits, 0);
}

/* --- the layout of other boards ------------------------------------------------------------ */

static void the_memory_mapped_layout_works_by_dma(STATE)
{
	fake_fw_cfg_map(MMIO);
	fake_fw_cfg.latch_high = 0x55aa;
	mark();
	assert_int_equal(fw_cfg_init_mmio(MMIO), 0);
	assert_int_equal(since(), 4);	/* selector, 4 bytes at once, two halves */
	assert_true(fw_cfg_has_dma());
	assert_int_equal(fw_cfg_read_directory(), 0);
	assert_int_equal(find("etc/e820").size, 40);
	assert_int_equal(fw_cfg_le16(FW_CFG_NB_CPUS), 0x1234);
	assert_int_equal(fake_io_count.in + fake_io_count.out, 0);
}

static void the_memory_mapped_layout_works_by_its_data_register(STATE)
{
	struct fw_cfg_item item;

	fake_fw_cfg_map(MMIO);
	fake_fw_cfg.features = 1;
	assert_int_equal(fw_cfg_init_mmio(MMIO), 0);
	assert_string_equal(fw_cfg_transport(), "memory");
	assert_int_equal(fw_cfg_read_directory(), 0);
	item = find("etc/acpi/tables");
	for (uint32_t len = 0; len < 70; len++) {
		memset(buf, 0xcc, sizeof(buf));
		assert_int_equal(fw_cfg_read(&item, len, buf, len), 0);
		assert_memory_equal(buf, big + len, len);
		assert_int_equal(buf[len], 0xcc);
	}
	assert_int_equal(fw_cfg_le32(FW_CFG_KERNEL_SIZE), 0xdeadbeef);
	assert_int_equal(fake_fw_cfg.transfers, 0);
	assert_int_equal(fake_io_count.in + fake_io_count.out, 0);
}

static void nothing_at_the_memory_mapped_address_is_no_device(STATE)
{
	assert_int_equal(fw_cfg_init_mmio(MMIO), -ENODEV);
}

#define T(name) cmocka_unit_test_setup(name, setup)
int main(void)
{
	static const struct CMUnitTest tests[] = {
		T(init_takes_seven_accesses_on_a_healthy_qemu),
		T(without_the_feature_bit_dma_is_not_touched),
		T(it_is_bit_1_that_counts_not_the_number),
		T(unknown_feature_bits_do_not_keep_dma_from_being_used),
		T(a_machine_without_the_device_is_recognised_in_five_accesses),
		T(what_answers_rubbish_is_not_asked_to_write_memory),
		T(another_signature_is_another_device),
		T(a_bus_that_floats_low_is_no_device),
		T(broken_dma_makes_a_port_client_that_says_so_once),
		T(the_self_test_also_sees_through_unknown_feature_bits),
		T(dma_that_never_answers_is_tried_once),
		T(a_first_transfer_with_the_error_bit_makes_a_port_client),
		T(what_a_guest_left_in_the_high_half_does_not_matter),
		T(the_high_half_is_written_once),
		T(a_request_above_4_gib_has_its_high_half_written_each_time),
		T(each_thing_is_one_access_by_dma),
		T(by_port_no_byte_is_read_that_is_not_needed),
		T(an_offset_costs_one_access_more_and_reading_on_costs_none),
		T(by_port_a_stream_does_not_start_over),
		T(a_stream_is_not_continued_after_something_else),
		T(both_transports_give_the_same_bytes),
		T(the_range_is_checked_before_any_access),
		T(nothing_is_done_for_no_bytes),
		T(numbers_have_1_2_4_or_8_bytes),
		T(items_that_do_not_exist_are_zero),
		T(selecting_reaches_the_device_by_either_transport),
		T(a_select_that_fails_by_dma_is_made_by_port),
		T(memory_above_4_gib_is_reached_by_dma_alone),
		T(a_range_that_crosses_4_gib_is_not_given_to_the_port),
		T(memory_that_dma_cannot_reach_is_written_by_the_cpu),
		T(a_writable_file_takes_what_is_written),
		T(a_write_that_the_device_refuses_is_an_error),
		T(a_failed_write_is_not_repeated),
		T(writing_needs_dma),
		T(every_failed_transfer_is_repeated_by_port),
		T(all_transfers_may_fail_from_any_one_on),
		T(after_a_time_out_dma_is_off_and_a_late_device_hits_nothing),
		T(a_write_that_times_out_is_an_error_and_turns_dma_off),
		T(after_a_time_out_the_directory_lies_in_other_memory),
		T(a_device_that_takes_its_time_is_waited_for),
		T(a_device_that_is_done_at_once_is_not_waited_for),
		T(the_memory_mapped_layout_works_by_dma),
		T(the_memory_mapped_layout_works_by_its_data_register),
		T(nothing_at_the_memory_mapped_address_is_no_device),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
