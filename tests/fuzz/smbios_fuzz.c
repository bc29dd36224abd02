/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fuzz/smbios_fuzz.c: the SMBIOS items with any contents. Byte 0 chooses: bit 0 item 0x8001 of
 * old machine types in place of the two files, bit 1 the 64-bit anchor; then the anchor (31 or 24
 * bytes), the rest is the structures or the item.
 *
 * LINK: src/trace/timeline.c src/fw/smbios.c src/fw/smbios_table.c src/fw/smbios_bios.c src/fw/smbios_entry.c src/fw/table_room.c src/fw/smbios_legacy.c src/fw/smbios_builders.c src/fw/smbios_records.c src/arch/checksum.c src/fw/fw_cfg.c src/fw/fw_cfg_io.c src/fw/fw_cfg_dir.c src/fw/fw_cfg_port.c tests/fake/smbios_case.c tests/fake/fw_cfg.c tests/fake/io.c tests/fake/timer.c tests/fake/cpu.c tests/fake/alloc.c tests/fake/ram.c tests/fake/log.c
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include "fake/alloc.h"
#include "fake/fw_cfg.h"
#include "fake/log.h"
#include "fake/smbios_case.h"
#include "fw/fw_cfg.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct smbios_found found;
	uint32_t anchor;

	if (size < 1)
		return 0;
	smbios_case_reset();
	anchor = data[0] & 2 ? 24 : 31;
	if (data[0] & 1)
		fake_fw_cfg_set(FW_CFG_SMBIOS_ENTRIES, data + 1, size - 1);
	else if (size < 1 + anchor)
		return 0;
	else
		smbios_case_items(data + 1, anchor, data + 1 + anchor, size - 1 - anchor);
	smbios_case_run();
	/* Either a good table, whose form is asserted, or a line and no memory kept. */
	if (!smbios_case_find(&found) &&
	    (fake_log_lines() == 0 || fake_alloc_live(ZONE_FSEG) || fake_alloc_live(ZONE_HIGH)))
		abort();
	return 0;
}
