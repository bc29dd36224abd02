/* SPDX-License-Identifier: BSD-2-Clause
 * src/fw/acpi.c: the order of things round the table-loader.
 */
#include "fw/acpi.h"
#include "fw/fw_cfg.h"
#include "fw/table_loader.h"
#include "trace/log.h"
#include "machine/machine.h"

_Static_assert(FW_CFG_ACPI_RSDP + 1 == FW_CFG_ACPI_BLOB && FW_CFG_ACPI_BLOB + 1 == FW_CFG_TABLE_LOADER,
	       "acpi_init() counts from one to the other");

void acpi_init(void)
{
	struct table_loader_result result;
	struct fw_cfg_item item;
	int rc, missing;

	machine.rsdp = 0;
	/* Reports get to know the first two here: the loader finds them by the names in its script. */
	for (uint32_t file = FW_CFG_ACPI_RSDP; file <= FW_CFG_TABLE_LOADER; file++)
		missing = fw_cfg_file(file, &item);
	if (missing | !item.size)
		return;		/* QEMU has no ACPI for this machine */
	/* The select may change the sizes of the items; only the directory read after it is right. */
	rc = fw_cfg_select(item.key);
	rc |= fw_cfg_read_directory();
	rc |= fw_cfg_file(FW_CFG_TABLE_LOADER, &item);
	if (rc) {
		log("acpi: etc/table-loader: selecting it, or reading the directory again, failed; no ACPI");
		return;
	}
	if (table_loader_run(&item, &result) != 0)
		return;
	machine.rsdp = result.rsdp;
	log("acpi: %u tables, RSDP at 0x%x", result.tables, result.rsdp);
}
