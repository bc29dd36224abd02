/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fuzz/table_loader_fuzz.c: the table-loader against any script and any tables. The first
 * byte of the input chooses a recorded machine (bits 0-2), whether fw_cfg has DMA (bit 3), a failing
 * access (bits 4-6), and whether what follows is a raw script (bit 7) or a list of changes:
 *
 *	0x00-0xbf  set the script's byte at a 16-bit offset to a byte
 *	0xc0-0xdf  set the script's 32-bit word at 4 * a 16-bit number to a 32-bit value
 *	0xe0-0xef  set the tables' 32-bit word at a 16-bit offset
 *	0xf0-0xff  copy the script's record of the next byte over that of the byte behind it
 *
 * LINK: src/fw/acpi.c src/fw/acpi_check.c src/fw/table_loader.c src/fw/table_loader_script.c
 * LINK: src/arch/checksum.c
 * LINK: tests/fake/acpi_case.c tests/fake/acpi_walk.c tests/fake/alloc.c tests/fake/fw_cfg_files.c
 * LINK: tests/fake/log.c tests/fake/ram.c
 */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "fake/acpi_case.h"
#include "fake/fw_cfg_files.h"
#include "fake/log.h"
#include "lib/endian.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct acpi_case recorded[5], c;

static void load(void)
{
	static const char *const names[5] = { "pc", "q35", "vmgenid", "nvdimm", "microvm" };

	for (int i = 0; i < 5; i++)
		acpi_case_load(&recorded[i], names[i]);
}

static void change(const uint8_t *p, size_t size)
{
	while (size >= 7) {
		uint32_t where = get_le16(p + 1), value = get_le32(p + 3);

		if (p[0] < 0xc0)
			c.script[where % c.script_size] = value;
		else if (p[0] < 0xe0)
			put_le32(c.script + where % (c.script_size / 4) * 4, value);
		else if (p[0] < 0xf0)
			put_le32(c.tables + where % (c.tables_size - 3), value);
		else
			c.record[p[2] % (c.script_size / 128)] = c.record[p[1] % (c.script_size / 128)];
		p += 7;
		size -= 7;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (!recorded[0].script_size)
		load();
	if (size < 2)
		return -1;
	c = recorded[data[0] % 8 % 5];
	if (data[0] & 0x80) {
		c.script_size = size - 1 < sizeof(c.script) ? size - 1 : sizeof(c.script);
		memcpy(c.script, data + 1, c.script_size);
	} else {
		change(data + 1, size - 1);
	}
	acpi_case_prepare(&c);
	fake_files.no_dma = data[0] & 8;
	fake_files.fail_at = data[0] >> 4 & 7;
	if (acpi_case_run(&c) == CASE_BROKEN) {
		fprintf(stderr, "%s; first line: %s\n", case_complaint, fake_log_line(0));
		abort();
	}
	return 0;
}
