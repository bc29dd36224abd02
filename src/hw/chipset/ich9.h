/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/chipset/ich9.h: the south bridge of q35: ICH9 LPC bridge and SMBus in slot 31 of bus 0.
 * Spec: Intel I/O Controller Hub 9 data sheet (316972), chapters 13 and 20; QEMU
 * hw/isa/lpc_ich9.c, hw/acpi/ich9.c, hw/i2c/smbus_ich9.c.
 */
#ifndef HW_CHIPSET_ICH9_H
#define HW_CHIPSET_ICH9_H

struct pci_tree;

/* Program what the tree has. */
void ich9_init(const struct pci_tree *tree);

#endif
