/* SPDX-License-Identifier: BSD-2-Clause
 * src/fw/acpi.c: the order of things round the table-loader.
 */
#include "fw/acpi.h"
#include "fw/fw_cfg.h"
#include "fw/table_loader.h"
#include "lib/errno.h"
#include "trace/log.h"
#include "machine/machine.h"

/* 0 with *result filled; -ENOENT, QEMU has no ACPI for this machine; another errno, logged. */
static int run_loader(struct table_loader_result *result)
{
	struct fw_cfg_item item;
	int rc = fw_cfg_file(FW_CFG_TABLE_LOADER, &item);

	if (rc || !item.size)
		return -ENOENT;
	/* The select may change the sizes of the items; only the directory read after it is right. */
	rc = fw_cfg_select(item.key);
	if (!rc)
		rc = fw_cfg_read_directory();
	if (!rc)
		rc = fw_cfg_file(FW_CFG_TABLE_LOADER, &item);
	if (rc) {
		log("acpi: etc/table-loader: selecting it, or reading the directory again, failed (%d); no ACPI",
		    rc);
		return rc;
	}
	return table_loader_run(&item, result);
}

void acpi_init(void)
{
	struct table_loader_result result;

	machine.rsdp = 0;
	if (run_loader(&result))
		return;
	machine.rsdp = result.rsdp;
	log("acpi: %u tables, %u bytes at 0x%x, RSDP at 0x%x", result.tables, result.bytes, result.base,
	    result.rsdp);
}
