/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/pci_init.h: bring the PCI buses up.
 */
#ifndef HW_PCI_INIT_H
#define HW_PCI_INIT_H

/*
 * Scan, place, program. On q35 the start-up code has put MMCONFIG at Q35_MMCONFIG_BASE, and all
 * configuration accesses go there from now on. Sets machine.pci; the tree is in ZONE_TEMP.
 * Needs fw_cfg and the memory map. Every device that got no resources has its line in the log.
 * Returns 0, also on a machine without PCI; -ENOMEM, PCI is untouched.
 */
int pci_init(void);

#endif
