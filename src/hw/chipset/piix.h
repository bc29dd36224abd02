/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/chipset/piix.h: the south bridge of pc: PIIX3 (or PIIX4) ISA bridge and IDE, PIIX4
 * power management, all in slot 1 of bus 0.
 * Spec: Intel 82371FB/SB (290550) and 82371AB (290562) data sheets; QEMU hw/isa/piix3.c,
 * hw/acpi/piix4.c.
 */
#ifndef HW_CHIPSET_PIIX_H
#define HW_CHIPSET_PIIX_H

struct pci_tree;

/* Program what the tree has; a machine without ACPI, for one, has no power management function. */
void piix_init(const struct pci_tree *tree);

#endif
