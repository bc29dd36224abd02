/* SPDX-License-Identifier: BSD-2-Clause
 * src/fw/pirtable.h: the PCI interrupt routing table ($PIR), for guests without ACPI and APIC.
 * Spec: Microsoft PCI IRQ Routing Table Specification 1.0.
 */
#ifndef FW_PIRTABLE_H
#define FW_PIRTABLE_H

/*
 * One entry for every slot of bus 0 that holds a device. Needs machine.pci; nothing without it.
 * No device access.
 */
void pirtable_init(void);

#endif
