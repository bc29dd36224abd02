/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/pci/scan.h: find the PCI functions of this machine and number its buses.
 */
#ifndef HW_PCI_SCAN_H
#define HW_PCI_SCAN_H

#include <stdint.h>
#include "machine/machine.h"

struct pci_tree;

/*
 * Fill the tree (function and max are set, the rest is not) from the hardware, depth first: bus
 * numbers are given, BARs and windows sized, interrupt lines computed and written. Nothing is
 * placed. extra_roots is how many root buses QEMU says there are besides bus 0; their numbers
 * are fixed, and bridges are numbered round them.
 *
 * Every device must be as a reset leaves it: decoding off, bridges without bus numbers.
 * What does not fit (functions beyond max, bridges beyond the last bus number) is logged.
 */
void pci_scan(struct pci_tree *tree, enum chipset chipset, uint32_t extra_roots);

/* On a wake: what pci_scan() has written that a reset clears, bus numbers, interrupt lines, closed I/O windows. */
void pci_scan_restore(const struct pci_tree *tree);

#endif
