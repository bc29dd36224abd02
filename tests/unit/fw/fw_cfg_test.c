/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/fw/fw_cfg_test.c: reading and writing items, and what each costs. How the client finds
 * the device and what it does when DMA fails is in fw_cfg_io_test.c.
 *
 * LINK: src/trace/timeline.c src/fw/fw_cfg.c src/fw/fw_cfg_io.c src/fw/fw_cfg_dir.c src/fw/fw_cfg_port.c tests/fake/fw_cfg.c tests/fake/fw_cfg_case.c tests/fake/io.c tests/fake/timer.c tests/fake/alloc.c tests/fake/ram.c tests/fake/log.c tests/fake/cpu.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "arch/io.h"
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
	item = fw_cfg_case_find("etc/boot-fail-wait");
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

static void the_last_name_is_known_by_its_beginning(STATE)
{
	const char *name = NULL;
	struct fw_cfg_item item;

	assert_int_equal(fw_cfg_init(), 0);
	assert_int_equal(fw_cfg_read_directory(), 0);
	for (uint32_t n = 0; fw_cfg_nth(n, &name, &item) == 0; n++)
		assert_true(n == 0 || name);
	mark();
	assert_true(fw_cfg_last_begins(name));
	assert_false(fw_cfg_last_begins("vg"));
	assert_false(fw_cfg_last_begins((const char[2]){ name[0], (char)(name[1] + 1) }));
	assert_int_equal(since(), 0);
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

	fw_cfg_case_start();
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

	fw_cfg_case_start_by_port();
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
		for (unsigned int between = 0; between < 8; between++) {
			fw_cfg_case_setup(NULL);
			fake_fw_cfg.dma = dma ? FAKE_DMA_GOOD : FAKE_DMA_ABSENT;
			fw_cfg_case_start();
			item = fw_cfg_case_find("etc/acpi/tables");
			other = fw_cfg_case_find("genroms/kvmvapic.bin");
			assert_int_equal(fw_cfg_read(&item, 0, buf, 100), 0);
			switch (between) {
			case 0: assert_int_equal(fw_cfg_select(other.key), 0); break;
			case 1: assert_int_equal(fw_cfg_read(&other, 0, buf, 100), 0); break;
			case 2: assert_int_equal(fw_cfg_read(&item, 50, buf, 10), 0); break;
			case 3: assert_int_equal(fw_cfg_read_directory(), 0); break;
			case 4: assert_int_equal(fw_cfg_select(item.key), 0); break;
			case 5:		/* another item where this one ended */
				assert_int_equal(fw_cfg_read(&other, 100, buf, 100), 0);
				assert_memory_equal(buf, big + 100, 100);
				assert_int_equal(since(), dma ? 3 : 1 + 100 + 1 + 200);
				break;
			case 6:		/* code that is not ours */
				outw(other.key, 0x510);
				inb(0x511);
				fw_cfg_forget();
				break;
			default:
				other = fw_cfg_case_find("etc/boot-fail-wait");
				assert_int_equal(fw_cfg_read_number(&other, &number), 0);
			}
			assert_int_equal(fw_cfg_read(&item, 100, buf, 100), 0);
			assert_memory_equal(buf, big + 100, 100);
		}
	}
}

static void a_users_word_says_that_something_is_not_wanted(STATE)
{
	static const struct { const char *text; bool off, bad; } words[] = {
		{ "off", true, false }, { "off\n", true, false }, { "0", true, false }, { "no", true, false },
		{ "no\n", true, false }, { "on", false, false }, { "1", false, false }, { "yes\n", false, false },
		{ "", false, true }, { "of", false, true }, { "n", false, true }, { "banana", false, true },
	};
	struct fw_cfg_item item;

	for (unsigned int i = 0; i < ARRAY_SIZE(words); i++) {
		fw_cfg_case_setup(NULL);
		fake_fw_cfg_file("opt/org.slipway/native", words[i].text, (uint32_t)strlen(words[i].text));
		fw_cfg_case_start();
		item = fw_cfg_case_find("opt/org.slipway/native");
		assert_int_equal(fw_cfg_says_off(FW_CFG_NATIVE, &item), words[i].off);
		assert_int_equal(fake_log_has("fw_cfg: opt/org.slipway/native: neither on nor off"), words[i].bad);
		assert_int_equal(fw_cfg_is_off(FW_CFG_NATIVE), words[i].off);
		assert_false(fw_cfg_is_off(FW_CFG_FPDT));
	}
	fw_cfg_case_setup(NULL);		/* by port */
	fake_fw_cfg_file("opt/org.slipway/native", "off", 3);
	fake_fw_cfg.features = 1;
	fw_cfg_case_start();
	item = fw_cfg_case_find("opt/org.slipway/native");
	assert_true(fw_cfg_says_off(FW_CFG_NATIVE, &item));
	fw_cfg_case_setup(NULL);
	fake_fw_cfg_file("opt/org.slipway/native", "off", 3);
	fw_cfg_case_start();
	item = fw_cfg_case_find("opt/org.slipway/native");
	item.key = 0x3fff;			/* no such item: it reads as 0 */
	assert_false(fw_cfg_says_off(FW_CFG_NATIVE, &item));
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
			fw_cfg_case_start();
		item = fw_cfg_case_find(files[round % ARRAY_SIZE(files)]);
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
		fw_cfg_case_setup(NULL);
		fake_fw_cfg.dma = dma ? FAKE_DMA_GOOD : FAKE_DMA_ABSENT;
		fw_cfg_case_start();
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

	fw_cfg_case_start();
	item = fw_cfg_case_find("etc/tpm/log");
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
	static const uint8_t bytes[64] = { 0x81, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89 };

	for (unsigned int dma = 0; dma < 2; dma++) {
		for (uint32_t size = 0; size <= 64; size++) {
			struct fw_cfg_item item;
			bool good = size == 1 || size == 2 || size == 4 || size == 8;
			uint64_t value = 77, wanted = 77;

			fw_cfg_case_setup(NULL);
			fake_fw_cfg_file("opt/number", bytes, size);
			fake_fw_cfg.dma = dma ? FAKE_DMA_GOOD : FAKE_DMA_ABSENT;
			fw_cfg_case_start();
			item = fw_cfg_case_find("opt/number");
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
		fw_cfg_case_setup(NULL);
		fake_fw_cfg.dma = dma ? FAKE_DMA_GOOD : FAKE_DMA_ABSENT;
		fw_cfg_case_start();
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

static void a_select_is_one_access_with_dma_and_without(STATE)
{
	for (unsigned int dma = 0; dma < 2; dma++) {
		fw_cfg_case_setup(NULL);
		fake_fw_cfg.dma = dma ? FAKE_DMA_GOOD : FAKE_DMA_ABSENT;
		fw_cfg_case_start();
		selected_0x16 = 0;
		fake_fw_cfg.on_select = count_setup_addr;
		assert_int_equal(fw_cfg_select(FW_CFG_SETUP_ADDR), 0);
		assert_int_equal(since(), 1);
		assert_int_equal(selected_0x16, 1);
		assert_int_equal(fake_fw_cfg.transfers, dma ? 2 : 0);
	}
}

static void a_select_does_not_depend_on_dma(STATE)
{
	fw_cfg_case_start();
	selected_0x16 = 0;
	fake_fw_cfg.on_select = count_setup_addr;
	fake_fw_cfg.dma = FAKE_DMA_SILENT;
	assert_int_equal(fw_cfg_select(FW_CFG_SETUP_ADDR), 0);
	assert_int_equal(selected_0x16, 1);
	assert_int_equal(since(), 1);
	assert_int_equal(fake_timer_waits, 0);
}

/* --- addresses ----------------------------------------------------------------------------- */

static void memory_above_4_gib_is_reached_by_dma_alone(STATE)
{
	struct fw_cfg_item item;
	uint8_t *far = malloc(BIG);	/* a host address stands for a guest's above 4 GiB */

	fw_cfg_case_start();
	item = fw_cfg_case_find("etc/acpi/tables");
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
	fw_cfg_case_start();
	assert_int_equal(fw_cfg_read_phys(&item, 0, (uintptr_t)far, BIG), -EIO);
	assert_int_equal(since(), 0);
	assert_true(fake_log_has("need DMA"));
	free(far);
}

static void a_range_that_crosses_4_gib_is_not_given_to_the_port(STATE)
{
	struct fw_cfg_item item;

	fw_cfg_case_start_by_port();
	item = fw_cfg_case_find("etc/e820");
	assert_int_equal(fw_cfg_read_phys(&item, 0, 0xfffffff0, 40), -EIO);
	assert_int_equal(fw_cfg_read_phys(&item, 0, 0xffffffff, 2), -EIO);
	assert_int_equal(fw_cfg_read_phys(&item, 0, 0x100000000, 1), -EIO);
	assert_int_equal(since(), 0);
}

static void a_range_that_ends_at_4_gib_is(STATE)
{
	struct fw_cfg_item item;

	/* put buf there: 40 bytes of it are below 4 GiB */
	fake_ram_map_statics(0xf0000000);
	fake_ram_map_statics(0x1f0000000 - ptr_to_phys(buf + 40));
	assert_int_equal(ptr_to_phys(buf), 0xffffffd8);
	fw_cfg_case_start_by_port();
	item = fw_cfg_case_find("etc/e820");
	assert_int_equal(fw_cfg_read_phys(&item, 0, 0xffffffd8, 40), 0);
	assert_int_equal(buf[39], 40);
	assert_int_equal(buf[40], 0xcc);
}

static void memory_that_dma_cannot_reach_is_written_by_the_cpu(STATE)
{
	struct fw_cfg_item item;
	void *p;

	fake_ram_map_statics(0xf0000000);
	fw_cfg_case_start();
	item = fw_cfg_case_find("etc/e820");
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

	fw_cfg_case_start();
	item = fw_cfg_case_find("opt/scratch");
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

	fw_cfg_case_start();
	item = fw_cfg_case_find("etc/e820");	/* read-only */
	assert_int_equal(fw_cfg_write(&item, 0, "AB", 2), -EIO);
	assert_int_equal(fake_fw_cfg.refused, 1);
	item = fw_cfg_case_find("opt/scratch");
	item.size = 17;			/* a size that is no longer true */
	assert_int_equal(fw_cfg_write(&item, 16, "A", 1), -EIO);
	assert_int_equal(fake_fw_cfg.refused, 2);
}

static void a_failed_write_is_not_repeated(STATE)
{
	struct fw_cfg_item item;
	uint32_t len;

	for (uint32_t n = 1; n <= 2; n++) {	/* the skip, the write itself */
		fw_cfg_case_setup(NULL);
		fw_cfg_case_start();
		item = fw_cfg_case_find("opt/scratch");
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

	fw_cfg_case_start_by_port();
	item = fw_cfg_case_find("opt/scratch");
	assert_int_equal(fw_cfg_write(&item, 0, "AB", 2), -EOPNOTSUPP);
	assert_int_equal(since(), 0);
}

/* --- clearing memory ----------------------------------------------------------------------- */

static bool zero_100000(uint32_t len)
{
	memset(fake_ram + 0x100000, 0x5a, 0x10010);
	return fw_cfg_zero(0x100000, len);
}

static void memory_is_cleared_in_one_access_and_nothing_beside_it(STATE)
{
	assert_int_equal(fw_cfg_init(), 0);
	mark();
	assert_true(zero_100000(0x10000));
	assert_int_equal(since(), 1);
	for (uint32_t i = 0; i < 0x10000; i++)
		assert_int_equal(fake_ram[0x100000 + i], 0);
	assert_int_equal(fake_ram[0x100000 + 0x10000], 0x5a);
	assert_int_equal(fake_ram[0xfffff], 0);
	assert_int_equal(fake_log_lines(), 0);
}

static void memory_that_was_not_cleared_is_told(STATE)
{
	assert_int_equal(fw_cfg_init(), 0);
	fake_fw_cfg.fail_at = fake_fw_cfg.transfers + 1;
	assert_false(zero_100000(64));
	fake_fw_cfg.fail_at = 0;
	fake_fw_cfg.dma = FAKE_DMA_NO_ERROR_BIT;	/* success, and nothing written */
	assert_false(zero_100000(64));
	fake_fw_cfg_reset();
	fake_fw_cfg.dma = FAKE_DMA_ABSENT;
	fake_fw_cfg.features = 1;
	assert_int_equal(fw_cfg_init(), 0);
	mark();
	assert_false(zero_100000(64));
	assert_int_equal(since(), 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		T(each_thing_is_one_access_by_dma),
		T(the_last_name_is_known_by_its_beginning),
		T(by_port_no_byte_is_read_that_is_not_needed),
		T(an_offset_costs_one_access_more_and_reading_on_costs_none),
		T(by_port_a_stream_does_not_start_over),
		T(a_stream_is_not_continued_after_something_else),
		T(a_users_word_says_that_something_is_not_wanted),
		T(both_transports_give_the_same_bytes),
		T(the_range_is_checked_before_any_access),
		T(nothing_is_done_for_no_bytes),
		T(numbers_have_1_2_4_or_8_bytes),
		T(items_that_do_not_exist_are_zero),
		T(a_select_is_one_access_with_dma_and_without),
		T(a_select_does_not_depend_on_dma),
		T(memory_above_4_gib_is_reached_by_dma_alone),
		T(a_range_that_crosses_4_gib_is_not_given_to_the_port),
		T(a_range_that_ends_at_4_gib_is),
		T(memory_that_dma_cannot_reach_is_written_by_the_cpu),
		T(a_writable_file_takes_what_is_written),
		T(a_write_that_the_device_refuses_is_an_error),
		T(a_failed_write_is_not_repeated),
		T(writing_needs_dma),
		T(memory_is_cleared_in_one_access_and_nothing_beside_it),
		T(memory_that_was_not_cleared_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
