/* SPDX-License-Identifier: BSD-2-Clause
 * src/fw/acpi.h: the ACPI tables, as QEMU makes them.
 */
#ifndef FW_ACPI_H
#define FW_ACPI_H

/*
 * Put QEMU's tables in place and set machine.rsdp; 0 when there is no ACPI, which is silent where
 * QEMU has none and one line where something is wrong with it.
 *
 * QEMU builds the tables at the first select of one of their items after a reset, from live
 * registers: PCI numbering, windows, MMCONFIG and the power-management base must be programmed, and
 * none of the items selected, before this runs.
 */
void acpi_init(void);

#endif
