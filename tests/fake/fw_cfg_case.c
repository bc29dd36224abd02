/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fake/fw_cfg_case.c: see fw_cfg_case.h.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>
#include "fake/alloc.h"
#include "fake/fw_cfg_case.h"
#include "fake/io.h"
#include "fake/log.h"
#include "fake/ram.h"

uint8_t big[BIG];
uint8_t buf[BIG + 16];
static uint64_t before;

int fw_cfg_case_setup(STATE)
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
	fake_fw_cfg_writable(fake_fw_cfg_file("opt/scratch", "0123456789abcdef", 16));
	fake_fw_cfg_set_le16(FW_CFG_NB_CPUS, 0x1234);
	fake_fw_cfg_set_le32(FW_CFG_KERNEL_SIZE, 0xdeadbeef);
	fake_fw_cfg_set(FW_CFG_KERNEL_DATA, big, BIG);
	return 0;
}

void fw_cfg_case_start(void)
{
	assert_int_equal(fw_cfg_init(), 0);
	assert_int_equal(fw_cfg_read_directory(), 0);
	mark();
}

void fw_cfg_case_start_by_port(void)
{
	fake_fw_cfg.dma = FAKE_DMA_ABSENT;
	fw_cfg_case_start();
	assert_false(fw_cfg_has_dma());
}

struct fw_cfg_item fw_cfg_case_find(const char *name)
{
	struct fw_cfg_item item = { 0 };

	assert_int_equal(fw_cfg_find(name, &item), 0);
	return item;
}

void mark(void)
{
	before = fake_io_accesses();
}

uint64_t since(void)
{
	return fake_io_accesses() - before;
}

uint8_t raw[4 + 64 * RAW_ENTRIES];

void put_be(uint8_t *to, uint32_t value, unsigned int bytes)
{
	while (bytes--) {
		to[bytes] = value;
		value >>= 8;
	}
}

void entry(uint32_t i, const char *name, uint32_t size, uint16_t key)
{
	uint8_t *to = raw + 4 + 64 * i;

	memset(to, 0, 64);
	put_be(to, size, 4);
	put_be(to + 4, key, 2);
	memcpy(to + 8, name, strnlen(name, 56));
}

void good_directory(void)
{
	memset(raw, 0, sizeof(raw));
	put_be(raw, 4, 4);
	entry(0, "bootorder", 10, 0x20);
	entry(1, "etc/e820", 40, 0x21);
	entry(2, "opt/a", 1, 0x22);
	entry(3, "opt/ab", 2, 0x23);
}

int show(bool dma, uint32_t entries)
{
	fw_cfg_case_setup(NULL);
	fake_fw_cfg.dma = dma ? FAKE_DMA_GOOD : FAKE_DMA_ABSENT;
	fake_fw_cfg_set_directory(raw, 4 + 64 * entries);
	assert_int_equal(fw_cfg_init(), 0);
	mark();
	return fw_cfg_read_directory();
}

bool has(const char *name)
{
	struct fw_cfg_item item;

	return !fw_cfg_find(name, &item);
}

uint32_t listed(void)
{
	struct fw_cfg_item item;
	const char *name;
	uint32_t n = 0;

	while (!fw_cfg_nth(n, &name, &item))
		n++;
	return n;
}
