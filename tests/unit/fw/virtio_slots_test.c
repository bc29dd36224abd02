/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/fw/virtio_slots_test.c: slots of virtio-mmio by recorded tables, by command lines, and by both when they lie.
 * LINK: src/fw/virtio_slots.c src/fw/acpi_find.c src/fw/acpi.c src/fw/acpi_check.c src/fw/table_loader.c src/fw/table_loader_script.c
 * LINK: src/arch/checksum.c
 * LINK: tests/fake/acpi_case.c tests/fake/acpi_walk.c tests/fake/alloc.c tests/fake/fw_cfg_files.c
 * LINK: tests/fake/log.c tests/fake/ram.c
 */
#include <sanitizer/asan_interface.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "fake/acpi_case_assert.h"
#include "fake/alloc.h"
#include "fake/fw_cfg_files.h"
#include "fake/log.h"
#include "fake/ram.h"
#include "fw/fw_cfg.h"
#include "fw/virtio_slots.h"
#include "lib/bits.h"
#include "lib/endian.h"
#include "lib/errno.h"
#include "machine/machine.h"

static struct virtio_slots slots;
static const char *cmdline;
static uint32_t cmdline_size;
static int cmdline_rc;

static int on_number(uint16_t key, void *buf, uint32_t len)
{
	assert_int_equal(key, FW_CFG_CMDLINE_DATA);
	memcpy(buf, cmdline, len);
	return cmdline_rc;
}

uint32_t fw_cfg_le32(uint16_t key)
{
	assert_int_equal(key, FW_CFG_CMDLINE_SIZE);
	return cmdline_size;
}

static void kernel(const char *text)
{
	cmdline = text;
	cmdline_size = (uint32_t)strlen(text) + 1;
	cmdline_rc = 0;
	fake_files.on_number = on_number;
}

static void boot(const char *name)
{
	acpi_case_load(&c, name);
	assert_verdict(acpi_case_try(&c), CASE_COMPLETE);
	ASAN_UNPOISON_MEMORY_REGION(fake_ram, fake_ram_size);
	machine.low_ram_end = fake_ram_size;
	fake_log_reset();
}

static void no_acpi(void)
{
	acpi_case_load(&c, "microvm");
	acpi_case_prepare(&c);
	machine.rsdp = 0;
	machine.low_ram_end = 0x8000000;
}

/* Devices are recorded in the order of QEMU's bus, the first on the command line in the highest slot. */
TEST(recorded_tables_tell_the_slots_that_are_taken)
{
	boot("microvm-virtio");
	kernel("virtio_mmio.device=512@0xfeb00000:5");	/* not asked where ACPI says it */
	virtio_slots_find(&slots, true);
	assert_int_equal(slots.count, 3);
	assert_int_equal(slots.at[0], 0xfeb02e00);
	assert_int_equal(slots.at[1], 0xfeb02c00);
	assert_int_equal(slots.at[2], 0xfeb02a00);
	assert_int_equal(fake_log_lines(), 0);
}

TEST(tables_without_slots_leave_it_to_the_command_line)
{
	boot("microvm");
	kernel("console=ttyS0 virtio_mmio.device=512@0xfeb00e00:12 virtio_mmio.device=0x200@4272951296:5:3 root=/dev/vda");
	virtio_slots_find(&slots, false);
	assert_int_equal(slots.count, 0);
	virtio_slots_find(&slots, true);
	assert_int_equal(slots.count, 2);
	assert_int_equal(slots.at[0], 4272951296u);
	assert_int_equal(slots.at[1], 0xfeb00e00);
	assert_int_equal(fake_log_lines(), 0);
}

TEST(other_machines_have_none)
{
	static const char *const machines[] = { "pc", "q35", "vmgenid", "nvdimm", "microvm" };

	for (uint32_t i = 0; i < ARRAY_SIZE(machines); i++) {
		boot(machines[i]);
		virtio_slots_find(&slots, false);
		assert_int_equal(slots.count, 0);
	}
	no_acpi();
	virtio_slots_find(&slots, false);
	assert_int_equal(slots.count, 0);
	assert_int_equal(fake_log_lines(), 0);
}

static void of_cmdline(const char *text, uint32_t len)
{
	char *copy = malloc(len ? len : 1);	/* so that a look behind it is seen */

	memcpy(copy, text, len);
	slots.count = 0;
	fake_log_reset();
	virtio_slots_of_cmdline(&slots, copy, len);
	free(copy);
}

TEST(command_lines_are_read_as_the_kernel_does)
{
	static const struct { const char *text; uint32_t count, lines, first; } lines[] = {
		{ "", 0, 0, 0 }, { "virtio_mmio.device=", 0, 1, 0 }, { "virtio_mmio.device", 0, 0, 0 },
		{ "virtio_mmio.device=512@0xd0000000:5", 1, 0, 0xd0000000 }, { "virtio_mmio.device=1K@0xD0000000:5", 1, 0, 0xd0000000 },
		{ "virtio_mmio.device=1m@0XD0000000:5", 1, 0, 0xd0000000 }, { "virtio_mmio.device=0x1000@3489660928:5", 1, 0, 0xd0000000 },
		{ "a virtio_mmio.device=512@0xd0000000:5 b", 1, 0, 0xd0000000 }, { "avirtio_mmio.device=512@0xd0000000:5", 0, 0, 0 },
		{ "virtio_mmio.device=512@0xd0000000", 0, 1, 0 }, { "virtio_mmio.device=512:5", 0, 1, 0 }, { "virtio_mmio.device=@0xd0000000:5", 0, 1, 0 },
		{ "virtio_mmio.device=512@:5", 0, 1, 0 }, { "virtio_mmio.device=512@0x:5", 0, 1, 0 }, { "virtio_mmio.device=512@-1:5", 0, 1, 0 },
		{ "virtio_mmio.device=511@0xd0000000:5", 0, 1, 0 }, { "virtio_mmio.device=0@0xd0000000:5", 0, 1, 0 },
		{ "virtio_mmio.device=512@0:5", 0, 1, 0 }, { "virtio_mmio.device=512@0xa0000:5", 0, 1, 0 }, { "virtio_mmio.device=512@0x1000000:5", 0, 1, 0 },
		{ "virtio_mmio.device=512@0xd0000001:5", 0, 1, 0 }, { "virtio_mmio.device=512@0xd0000002:5", 0, 1, 0 },
		{ "virtio_mmio.device=512@0xfefffe00:5", 1, 0, 0xfefffe00 }, { "virtio_mmio.device=512@0xfefffe04:5", 0, 1, 0 },
		{ "virtio_mmio.device=512@0xffff0000:5", 0, 1, 0 }, { "virtio_mmio.device=512@0xfffffffffffffe00:5", 0, 1, 0 },
		{ "virtio_mmio.device=512@0x1d0000000:5", 0, 1, 0 }, { "virtio_mmio.device=512@0x100000000000000d0000000:5", 0, 1, 0 },
		{ "virtio_mmio.device=512@0x400000k:5", 0, 1, 0 }, { "virtio_mmio.device=512@0x3fac00K:5", 1, 0, 0xfeb00000 },
		{ "virtio_mmio.device=512@0xd0000000:5 virtio_mmio.device=512@0xd0000000:6", 1, 0, 0xd0000000 },
		{ "virtio_mmio.device=512@0xd0000000:5 virtio_mmio.device=512@0xd0000200:6", 2, 0, 0xd0000200 },
	};

	no_acpi();
	for (uint32_t i = 0; i < ARRAY_SIZE(lines); i++) {
		of_cmdline(lines[i].text, (uint32_t)strlen(lines[i].text));
		if (slots.count != lines[i].count || fake_log_lines() != lines[i].lines)
			fail_msg("%s: %u slots, %u lines", lines[i].text, slots.count, fake_log_lines());
		if (slots.count)
			assert_int_equal(slots.at[0], lines[i].first);
	}
	of_cmdline("virtio_mmio.device=512@0xd0000000:5", 20);		/* ends in the middle, without a NUL */
	assert_int_equal(slots.count, 0);
	of_cmdline("a\0virtio_mmio.device=512@0xd0000000:5", 37);	/* behind the end */
	assert_int_equal(slots.count, 0);
}

TEST(no_more_slots_than_there_is_room_for)
{
	static char text[50 * 40];
	uint32_t len = 0;

	no_acpi();
	for (uint32_t i = 0; i < 40; i++)
		len += (uint32_t)snprintf(text + len, sizeof(text) - len, "virtio_mmio.device=512@0x%x:5 ", 0xd0000000 + i * 0x200);
	of_cmdline(text, len);
	assert_int_equal(slots.count, VIRTIO_SLOTS);
	assert_int_equal(slots.at[0], 0xd0000000 + (VIRTIO_SLOTS - 1) * 0x200);
	assert_int_equal(slots.at[VIRTIO_SLOTS - 1], 0xd0000000);
	assert_int_equal(fake_log_lines(), 40 - VIRTIO_SLOTS);
}

TEST(a_command_line_that_cannot_be_had_is_none)
{
	no_acpi();
	kernel("virtio_mmio.device=512@0xd0000000:5");
	cmdline_rc = -EIO;
	virtio_slots_find(&slots, true);
	assert_int_equal(slots.count, 0);
	cmdline_size = 0x10001;
	cmdline_rc = 0;
	virtio_slots_find(&slots, true);
	assert_int_equal(slots.count, 0);
	assert_true(fake_log_has("65537 bytes, expected 65536"));
	cmdline_size = 0;
	virtio_slots_find(&slots, true);
	assert_int_equal(slots.count, 0);
}

/* A slot as QEMU describes it. */
static const uint8_t device[] = {
	0x5b, 0x82, 0x3a, 'V', 'R', '0', '0', 8, '_', 'H', 'I', 'D', 0x0d, 'L', 'N', 'R', 'O', '0', '0', '0', '5', 0,
	8, '_', 'U', 'I', 'D', 0, 8, '_', 'C', 'R', 'S', 0x11, 0x1a, 0x0a, 0x17,
	0x86, 9, 0, 1, 0, 0, 0, 0xd0, 0, 2, 0, 0, 0x89, 6, 0, 1, 1, 24, 0, 0, 0, 0x79, 0,
};
#define SIZE	45		/* of the slot in it */
#define PACKAGE	34		/* the buffer's length */
#define RESOURCE 37
#define NO_RESOURCES 28		/* bytes in front of _CRS */

static void of_aml(const uint8_t *aml, uint32_t len)
{
	uint8_t *copy = malloc(len ? len : 1);

	memcpy(copy, aml, len);
	slots.count = 0;
	fake_log_reset();
	virtio_slots_of_aml(&slots, copy, len);
	free(copy);
}

TEST(every_beginning_of_a_device_is_looked_at_within_its_bounds)
{
	no_acpi();
	for (uint32_t len = 0; len <= sizeof(device); len++) {
		of_aml(device, len);
		assert_int_equal(slots.count, len == sizeof(device));
		assert_int_equal(fake_log_lines(), 0);
	}
	assert_int_equal(slots.at[0], 0xd0000000);
}

TEST(every_byte_of_a_device_may_lie)
{
	uint8_t aml[sizeof(device)];

	no_acpi();
	for (uint32_t at = 0; at < sizeof(aml); at++)
		for (uint32_t value = 0; value < 256; value++) {
			memcpy(aml, device, sizeof(aml));
			aml[at] = (uint8_t)value;
			of_aml(aml, sizeof(aml));
			assert_true(slots.count <= 1);
			if (slots.count) {
				assert_true(slots.at[0] >= machine.low_ram_end && slots.at[0] <= 0xff000000 - 0x200);
				assert_int_equal(slots.at[0] & 3, 0);
			}
		}
}

TEST(resources_are_read_one_after_the_other)
{
	uint8_t aml[sizeof(device)];

	no_acpi();
	memcpy(aml, device, sizeof(aml));
	of_aml(aml, sizeof(aml));
	assert_int_equal(slots.count, 1);
	assert_int_equal(slots.at[0], 0xd0000000);
	aml[SIZE] = 0xff;			/* 2ffh bytes */
	of_aml(aml, sizeof(aml));
	assert_int_equal(slots.count, 1);
	aml[SIZE + 1] = 1;			/* 1ffh */
	of_aml(aml, sizeof(aml));
	assert_int_equal(slots.count, 0);
	assert_int_equal(fake_log_lines(), 1);
	memcpy(aml, device, sizeof(aml));
	aml[RESOURCE] = 0x79;			/* an end tag in front */
	of_aml(aml, sizeof(aml));
	assert_int_equal(slots.count, 0);
	aml[RESOURCE] = 0x85;			/* another kind of memory */
	of_aml(aml, sizeof(aml));
	assert_int_equal(slots.count, 0);
	aml[RESOURCE] = 0x86;
	aml[RESOURCE + 1] = 8;			/* too short for what it is */
	of_aml(aml, sizeof(aml));
	assert_int_equal(slots.count, 0);
	aml[RESOURCE + 1] = 9;
	aml[PACKAGE] = 0x3f;			/* a buffer that goes on behind the end */
	of_aml(aml, sizeof(aml));
	assert_int_equal(slots.count, 0);
}

/* What a device without resources has behind it is the next device's. */
TEST(resources_are_the_devices_own)
{
	uint8_t aml[NO_RESOURCES + sizeof(device)];

	no_acpi();
	memcpy(aml, device, sizeof(device));
	memcpy(aml + NO_RESOURCES, device, sizeof(device));
	of_aml(aml, sizeof(aml));
	assert_int_equal(slots.count, 1);
	aml[NO_RESOURCES + 15] = 'X';		/* it is of another kind */
	of_aml(aml, sizeof(aml));
	assert_int_equal(slots.count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(recorded_tables_tell_the_slots_that_are_taken),
		cmocka_unit_test(tables_without_slots_leave_it_to_the_command_line),
		cmocka_unit_test(other_machines_have_none),
		cmocka_unit_test(command_lines_are_read_as_the_kernel_does),
		cmocka_unit_test(no_more_slots_than_there_is_room_for),
		cmocka_unit_test(a_command_line_that_cannot_be_had_is_none),
		cmocka_unit_test(every_beginning_of_a_device_is_looked_at_within_its_bounds),
		cmocka_unit_test(every_byte_of_a_device_may_lie),
		cmocka_unit_test(resources_are_read_one_after_the_other),
		cmocka_unit_test(resources_are_the_devices_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
