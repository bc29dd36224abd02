/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/pci/program.h: write a placed tree into the hardware.
 */
#ifndef HW_PCI_PROGRAM_H
#define HW_PCI_PROGRAM_H

struct pci_tree;

/*
 * Bases, bridge windows and decoding of every function, after pci_place(). QEMU builds its memory map
 * anew when a function begins to decode and at each write to a bridge's windows, so windows are
 * written once, and bridges forward last, the innermost first. Lost functions stay off. The way to
 * the first VGA is opened for the legacy ports as well.
 *
 * Where tree->decode is not set only this decodes: bridges, the first VGA, and what QEMU's ACPI tables
 * show only then (BARs above 4 GiB, everything where there are extra roots).
 */
void pci_program(const struct pci_tree *tree);

#endif
