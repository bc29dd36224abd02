/* SPDX-License-Identifier: BSD-2-Clause
 * src/fw/fpdt.h: the Firmware Performance Data Table, by which an OS shows how long the firmware took.
 * Spec: ACPI 6.5, 5.2.24.
 *
 * The record counts nanoseconds from the first stamp of trace/timeline.h. Where the rate of the TSC is
 * neither told nor measurable without waiting there is no table: a wrong one would be worse.
 * Switched off by CONFIG_FPDT, or for one boot by
 * -fw_cfg name=opt/org.slipway/fpdt,string=off ("0" and "no" do as well).
 */
#ifndef FW_FPDT_H
#define FW_FPDT_H

/* After chipset_init(): begin to find the rate, if there will be a table. */
void fpdt_begin(void);

/*
 * After acpi_init(): make the table and link it into copies of RSDT and XSDT. The RSDP, still
 * writable, is turned to them last; until then, and when anything is wrong, ACPI is as it was.
 */
void fpdt_init(void);

/* When nothing but the kernel's entry is left: fill the record from the timeline. Memory only. */
void fpdt_finish(void);

/* The same for kernels of other forms than Linux's. */
void fpdt_finish_form(void);

#endif
