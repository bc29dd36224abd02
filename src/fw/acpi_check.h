/* SPDX-License-Identifier: BSD-2-Clause
 * src/fw/acpi_check.h: is what a table-loader script has made complete ACPI? From the RSDP to the
 * DSDT and FACS every structure must lie inside the script's files, be as long as it says, and
 * have its checksum. AML is not looked into.
 */
#ifndef FW_ACPI_CHECK_H
#define FW_ACPI_CHECK_H

#include "fw/table_loader.h"
#include "fw/table_loader_script.h"

/*
 * The files are loaded and linked. Returns 0 and fills result->rsdp and ->tables; -EINVAL, logged.
 */
int acpi_check(const struct loader_script *script, struct table_loader_result *result);

#endif
