/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/pci/program.h: write a placed tree into the hardware.
 */
#ifndef HW_PCI_PROGRAM_H
#define HW_PCI_PROGRAM_H

struct pci_tree;

/*
 * Bases, bridge windows and decoding of every function, after pci_place(). Only what differs from
 * the state pci_scan() left is written, and decoding last: QEMU changes its memory map when a
 * function begins to decode, not for each base. Lost functions stay off. The way to the first
 * VGA is opened for the legacy ports as well.
 */
void pci_program(const struct pci_tree *tree);

#endif
