/* SPDX-License-Identifier: BSD-2-Clause
 * src/fw/mptable.h: the MP configuration table, for guests that find processors and interrupt
 * wiring without ACPI. Spec: Intel MultiProcessor Specification 1.4.
 */
#ifndef FW_MPTABLE_H
#define FW_MPTABLE_H

/*
 * Needs the processors to be counted and PCI interrupt lines to be given; machine.pci may be
 * NULL. No device access on machine types with fw_cfg DMA and a PCI host bridge, or with etc/fdt
 * (microvm); a few elsewhere. No table, and one line, when a processor's APIC id does not fit a
 * byte; no table at all on a processor without APIC or a board without I/O APIC.
 */
void mptable_init(void);

#endif
