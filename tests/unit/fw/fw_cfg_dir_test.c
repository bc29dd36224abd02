/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/fw/fw_cfg_dir_test.c: the file directory as QEMU makes it, and reading it again. What
 * must hold for both transports is run on both.
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
#include "lib/bits.h"
#include "lib/errno.h"

/* --- good ones ------------------------------------------------------------------------------ */

struct recorded {
	const char *name;
	uint32_t size;
};

/* QEMU 7.2, -nodefaults -M ...; keys count from 0x20 */
static const struct recorded pc[] = {
	{ "bios-geometry", 0 }, { "bootorder", 0 }, { "etc/acpi/rsdp", 20 },
	{ "etc/acpi/tables", 131072 }, { "etc/boot-fail-wait", 4 }, { "etc/e820", 40 },
	{ "etc/smbios/smbios-anchor", 31 }, { "etc/smbios/smbios-tables", 321 },
	{ "etc/system-states", 6 }, { "etc/table-loader", 4096 }, { "etc/tpm/log", 0 },
	{ "genroms/kvmvapic.bin", 9216 },
};
static const struct recorded q35[] = {	/* -smp 2 -m 512,slots=4,maxmem=4G */
	{ "bios-geometry", 0 }, { "bootorder", 0 }, { "etc/acpi/rsdp", 20 },
	{ "etc/acpi/tables", 131072 }, { "etc/boot-fail-wait", 4 }, { "etc/e820", 40 },
	{ "etc/reserved-memory-end", 8 }, { "etc/smbios/smbios-anchor", 31 },
	{ "etc/smbios/smbios-tables", 309 }, { "etc/smi/features-ok", 1 },
	{ "etc/smi/requested-features", 8 }, { "etc/smi/supported-features", 8 },
	{ "etc/system-states", 6 }, { "etc/table-loader", 4096 }, { "etc/tpm/log", 0 },
	{ "genroms/kvmvapic.bin", 9216 },
};
static const struct recorded microvm[] = {
	{ "bios-geometry", 0 }, { "bootorder", 0 }, { "etc/acpi/rsdp", 36 },
	{ "etc/acpi/tables", 686 }, { "etc/boot-fail-wait", 4 }, { "etc/e820", 20 },
	{ "etc/fdt", 1048576 }, { "etc/table-loader", 1664 },
};
static const struct recorded pc_2_3[] = {	/* not sorted, as up to 2.5 */
	{ "etc/boot-fail-wait", 4 }, { "etc/smbios/smbios-tables", 321 },
	{ "etc/smbios/smbios-anchor", 31 }, { "etc/e820", 20 }, { "genroms/kvmvapic.bin", 9216 },
	{ "etc/system-states", 6 }, { "etc/acpi/tables", 131072 }, { "etc/table-loader", 4096 },
	{ "etc/tpm/log", 0 }, { "etc/acpi/rsdp", 20 }, { "bootorder", 0 },
};

static const struct {
	const struct recorded *files;
	uint32_t count;
	uint32_t known[FW_CFG_FILES];	/* size + 1 of each known file, 0: absent */
} machines[] = {
	{ pc, ARRAY_SIZE(pc), {
		[FW_CFG_E820] = 41, [FW_CFG_BOOTORDER] = 1, [FW_CFG_ACPI_RSDP] = 21,
		[FW_CFG_ACPI_BLOB] = 131073, [FW_CFG_TABLE_LOADER] = 4097,
		[FW_CFG_SMBIOS_ANCHOR] = 32, [FW_CFG_SMBIOS_TABLES] = 322,
		[FW_CFG_BOOT_FAIL_WAIT] = 5, [FW_CFG_SYSTEM_STATES] = 7 } },
	{ q35, ARRAY_SIZE(q35), {
		[FW_CFG_E820] = 41, [FW_CFG_BOOTORDER] = 1, [FW_CFG_ACPI_RSDP] = 21,
		[FW_CFG_ACPI_BLOB] = 131073, [FW_CFG_TABLE_LOADER] = 4097,
		[FW_CFG_SMBIOS_ANCHOR] = 32, [FW_CFG_SMBIOS_TABLES] = 310,
		[FW_CFG_RESERVED_MEMORY_END] = 9, [FW_CFG_BOOT_FAIL_WAIT] = 5,
		[FW_CFG_SYSTEM_STATES] = 7 } },
	{ microvm, ARRAY_SIZE(microvm), {
		[FW_CFG_E820] = 21, [FW_CFG_BOOTORDER] = 1, [FW_CFG_ACPI_RSDP] = 37,
		[FW_CFG_ACPI_BLOB] = 687, [FW_CFG_TABLE_LOADER] = 1665,
		[FW_CFG_BOOT_FAIL_WAIT] = 5 } },
	{ pc_2_3, ARRAY_SIZE(pc_2_3), {
		[FW_CFG_E820] = 21, [FW_CFG_BOOTORDER] = 1, [FW_CFG_ACPI_RSDP] = 21,
		[FW_CFG_ACPI_BLOB] = 131073, [FW_CFG_TABLE_LOADER] = 4097,
		[FW_CFG_SMBIOS_ANCHOR] = 32, [FW_CFG_SMBIOS_TABLES] = 322,
		[FW_CFG_BOOT_FAIL_WAIT] = 5, [FW_CFG_SYSTEM_STATES] = 7 } },
};

static void recorded_directories_are_understood(STATE)
{
	for (unsigned int m = 0; m < 2 * ARRAY_SIZE(machines); m++) {
		const struct recorded *files = machines[m / 2].files;
		uint32_t count = machines[m / 2].count;
		struct fw_cfg_item item;
		const char *name;

		memset(raw, 0, sizeof(raw));
		put_be(raw, count, 4);
		for (uint32_t i = 0; i < count; i++)
			entry(i, files[i].name, files[i].size, 0x20 + i);
		assert_int_equal(show(m % 2, 32), 0);
		assert_int_equal(since(), m % 2 ? 1 : 1 + 4 + 64 * count);
		for (uint32_t i = 0; i < count; i++) {
			assert_int_equal(fw_cfg_find(files[i].name, &item), 0);
			assert_int_equal(item.size, files[i].size);
			assert_int_equal(item.key, 0x20 + i);
			assert_int_equal(fw_cfg_nth(i, &name, &item), 0);
			assert_string_equal(name, files[i].name);
			assert_int_equal(item.key, 0x20 + i);
		}
		assert_int_equal(fw_cfg_nth(count, &name, &item), -ENOENT);
		for (unsigned int f = 0; f < FW_CFG_FILES; f++) {
			uint32_t want = machines[m / 2].known[f];

			assert_int_equal(fw_cfg_file(f, &item), want ? 0 : -ENOENT);
			assert_true(!want || item.size == want - 1);
		}
		assert_int_equal(fake_log_lines(), 0);
	}
}

static const char *const known_names[FW_CFG_FILES] = {
	[FW_CFG_E820] = "etc/e820", [FW_CFG_BOOTORDER] = "bootorder",
	[FW_CFG_ACPI_RSDP] = "etc/acpi/rsdp", [FW_CFG_ACPI_BLOB] = "etc/acpi/tables",
	[FW_CFG_TABLE_LOADER] = "etc/table-loader",
	[FW_CFG_SMBIOS_ANCHOR] = "etc/smbios/smbios-anchor",
	[FW_CFG_SMBIOS_TABLES] = "etc/smbios/smbios-tables",
	[FW_CFG_RESERVED_MEMORY_END] = "etc/reserved-memory-end",
	[FW_CFG_EXTRA_PCI_ROOTS] = "etc/extra-pci-roots",
	[FW_CFG_MSR_FEATURE_CONTROL] = "etc/msr_feature_control",
	[FW_CFG_BOOT_FAIL_WAIT] = "etc/boot-fail-wait",
	[FW_CFG_PVPANIC_PORT] = "etc/pvpanic-port",
	[FW_CFG_SYSTEM_STATES] = "etc/system-states",
	[FW_CFG_FPDT] = "opt/org.slipway/fpdt",
	[FW_CFG_NATIVE] = "opt/org.slipway/native",
};

/* Each character of each name changed, cut, and prolonged: only the name itself is the file. */
static void a_known_file_is_known_by_its_whole_name(STATE)
{
	for (unsigned int f = 0; f < FW_CFG_FILES; f++) {
		size_t len = strlen(known_names[f]);

		for (size_t at = 0; at <= 2 * len + 1; at++) {
			struct fw_cfg_item item;
			char name[57] = { 0 };

			strcpy(name, known_names[f]);
			if (at < len)
				name[at] ^= 1;
			else if (at < 2 * len)
				name[at - len] = 0;
			else if (at == 2 * len)
				name[len] = 'x';
			memset(raw, 0, sizeof(raw));
			put_be(raw, 1, 4);
			entry(0, name, 5, 0x20);
			show(true, 32);
			for (unsigned int g = 0; g < FW_CFG_FILES; g++)
				assert_int_equal(fw_cfg_file(g, &item),
						 at == 2 * len + 1 && f == g ? 0 : -ENOENT);
		}
	}
}

/* Whether there is any is the question, not how many. */
static void the_first_of_those_that_begin_alike_is_found(STATE)
{
	static const char ours[] = "opt/org.slipway/";

	BOTH {
		struct fw_cfg_item item;

		memset(raw, 0, sizeof(raw));
		put_be(raw, 2, 4);
		entry(0, "opt/org.slipway", 5, 0x20);
		entry(1, "opt/org.slipwayx/", 6, 0x21);
		assert_int_equal(show(dma, 32), 0);
		assert_int_equal(fw_cfg_find_n(ours, sizeof(ours) - 2, &item), -ENOENT);
		put_be(raw, 4, 4);
		entry(2, "opt/org.slipway/roms", 7, 0x22);
		entry(3, "opt/org.slipway/fpdt", 8, 0x23);
		assert_int_equal(show(dma, 32), 0);
		assert_int_equal(fw_cfg_find_n(ours, sizeof(ours) - 2, &item), 0);
		assert_int_equal(item.size, 7);
		assert_int_equal(item.key, 0x22);
		assert_int_equal(fake_log_lines(), 0);
	}
}

static void what_follows_the_end_of_a_name_does_not_matter(STATE)
{
	BOTH for (unsigned int f = 0; f < FW_CFG_FILES; f++) {
		struct fw_cfg_item item;

		memset(raw, 0, sizeof(raw));
		put_be(raw, 1, 4);
		entry(0, known_names[f], 5, 0x20);
		memset(raw + 4 + 8 + strlen(known_names[f]) + 1, 0xff,
		       55 - strlen(known_names[f]));
		assert_int_equal(show(dma, 32), 0);
		assert_int_equal(fw_cfg_file(f, &item), 0);
		assert_true(has(known_names[f]));
	}
}

static void names_may_have_1_to_55_characters(STATE)
{
	BOTH {
		char name[58];

		memset(raw, 0, sizeof(raw));
		put_be(raw, 55, 4);
		for (uint32_t len = 1; len <= 55; len++) {
			memset(name, 'n', sizeof(name));
			name[len] = 0;
			entry(len - 1, name, len, 0x20 + len);
		}
		assert_int_equal(show(dma, 55), 0);
		for (uint32_t len = 1; len <= 57; len++) {
			struct fw_cfg_item item;
			char *exact = malloc(len + 1);	/* so that a look behind the end is seen */

			memset(exact, 'n', len);
			exact[len] = 0;
			assert_int_equal(fw_cfg_find(exact, &item), len <= 55 ? 0 : -ENOENT);
			assert_true(len > 55 || item.size == len);
			free(exact);
		}
		assert_false(has(""));
	}
}

/* --- reading it again ----------------------------------------------------------------------- */

static void reading_again_sees_new_sizes_in_the_same_memory(STATE)
{
	BOTH {
		uint32_t calls;

		fw_cfg_case_setup(NULL);
		fake_fw_cfg.dma = dma ? FAKE_DMA_GOOD : FAKE_DMA_ABSENT;
		fw_cfg_case_start();
		calls = fake_alloc_calls();
		fake_fw_cfg_claim_size("etc/acpi/tables", 200000);
		for (unsigned int i = 0; i < 50; i++)
			assert_int_equal(fw_cfg_read_directory(), 0);
		assert_int_equal(fw_cfg_case_find("etc/acpi/tables").size, 200000);
		assert_int_equal(fake_alloc_calls(), calls);
	}
}

static void a_directory_that_grew_gets_new_memory(STATE)
{
	BOTH {
		struct fw_cfg_item item;
		char name[20];

		fw_cfg_case_setup(NULL);
		fake_fw_cfg.dma = dma ? FAKE_DMA_GOOD : FAKE_DMA_ABSENT;
		fw_cfg_case_start();
		for (unsigned int i = 0; i < 100; i++) {
			snprintf(name, sizeof(name), "opt/new%u", i);
			fake_fw_cfg_file(name, "x", 1);
		}
		assert_int_equal(fw_cfg_read_directory(), 0);
		assert_int_equal(fw_cfg_find("opt/new99", &item), 0);
		assert_int_equal(listed(), 113);
		assert_int_equal(fake_alloc_calls(), 1);
	}
}

static void files_that_went_are_gone(STATE)
{
	BOTH {
		good_directory();
		show(dma, 32);
		put_be(raw, 1, 4);
		fake_fw_cfg_set_directory(raw, 4 + 64 * 32);
		assert_int_equal(fw_cfg_read_directory(), 0);
		assert_true(has("bootorder"));
		assert_false(has("etc/e820"));
		assert_int_equal(fw_cfg_file(FW_CFG_E820, &(struct fw_cfg_item){ 0 }), -ENOENT);
	}
}

static void a_directory_that_turns_bad_leaves_no_files_behind(STATE)
{
	BOTH {
		good_directory();
		show(dma, 32);
		put_be(raw, 0xffffffff, 4);
		fake_fw_cfg_set_directory(raw, 4 + 64 * 32);
		assert_int_equal(fw_cfg_read_directory(), -EINVAL);
		assert_false(has("bootorder"));
		assert_int_equal(fw_cfg_file(FW_CFG_E820, &(struct fw_cfg_item){ 0 }), -ENOENT);
	}
}

static uint32_t growth;

static void grow(uint32_t n)
{
	(void)n;
	growth *= 2;
	put_be(raw, growth, 4);
	fake_fw_cfg_set_directory(raw, 4 + 64 * 4096);
}

static void a_directory_that_grows_at_each_read_is_read_twice(STATE)
{
	good_directory();
	for (uint32_t i = 0; i < 4096; i++)
		entry(i, "opt/x", i, 0x20);
	show(true, 4096);
	fw_cfg_case_setup(NULL);
	assert_int_equal(fw_cfg_init(), 0);
	growth = 50;
	fake_fw_cfg.on_transfer = grow;
	mark();
	assert_int_equal(fw_cfg_read_directory(), 0);
	assert_int_equal(since(), 2);
	assert_int_equal(listed(), 100);
	assert_true(fake_log_has("grew from 100 to 200"));

	growth = 1025;		/* 2050, then 4100: more than there can be */
	assert_int_equal(fw_cfg_read_directory(), -EINVAL);
	assert_int_equal(listed(), 0);
}

static void without_memory_there_are_no_files(STATE)
{
	BOTH {
		fw_cfg_case_setup(NULL);
		fake_fw_cfg.dma = dma ? FAKE_DMA_GOOD : FAKE_DMA_ABSENT;
		good_directory();
		put_be(raw, 70, 4);
		fake_fw_cfg_set_directory(raw, 4 + 64 * 70);
		assert_int_equal(fw_cfg_init(), 0);
		fake_alloc_fail_at(1);
		assert_int_equal(fw_cfg_read_directory(), -ENOMEM);
		assert_false(has("bootorder"));
		assert_int_equal(listed(), 0);
		fake_alloc_fail_at(0);
		good_directory();	/* and later there may be some */
		fake_fw_cfg_set_directory(raw, 4 + 64 * 32);
		assert_int_equal(fw_cfg_read_directory(), 0);
		assert_true(has("bootorder"));
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		T(recorded_directories_are_understood),
		T(a_known_file_is_known_by_its_whole_name),
		T(the_first_of_those_that_begin_alike_is_found),
		T(what_follows_the_end_of_a_name_does_not_matter),
		T(names_may_have_1_to_55_characters),
		T(reading_again_sees_new_sizes_in_the_same_memory),
		T(a_directory_that_grew_gets_new_memory),
		T(files_that_went_are_gone),
		T(a_directory_that_turns_bad_leaves_no_files_behind),
		T(a_directory_that_grows_at_each_read_is_read_twice),
		T(without_memory_there_are_no_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
