/* SPDX-License-Identifier: BSD-2-Clause
 * src/fw/table_loader.h: etc/table-loader, the script by which QEMU has its ACPI tables allocated,
 * linked and summed. Spec: QEMU hw/acpi/bios-linker-loader.c.
 *
 * The script is run all or nothing: record by record checked and carried out, in memory that no OS has seen
 * yet, then verified as a whole, and QEMU is told what it wants to know last. A failure clears and frees what
 * was allocated, takes back what was written to QEMU, and is one line in the log.
 */
#ifndef FW_TABLE_LOADER_H
#define FW_TABLE_LOADER_H

#include <stdint.h>
#include "fw/fw_cfg.h"

/* What the script has left behind. */
struct table_loader_result {
	uint32_t rsdp;		/* physical address of the RSDP, in the F segment */
	uint32_t tables;	/* RSDT or XSDT entries */
};

/*
 * Run the script. The ACPI items must have been selected once and the directory read after that,
 * so that item and the directory have the final sizes.
 * Returns 0 with *result filled; a negative errno, logged, with nothing published or allocated.
 */
int table_loader_run(const struct fw_cfg_item *item, struct table_loader_result *result);

/*
 * On a wake: QEMU has forgotten what it was told by WRITE_POINTER records, and is told it again. A pointer that it refuses
 * now costs a line.
 */
void table_loader_resume(void);

#endif
