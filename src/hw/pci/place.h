/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/pci/place.h: give every BAR and every bridge window of a tree its place. Pure functions:
 * no hardware is touched and nothing is logged.
 */
#ifndef HW_PCI_PLACE_H
#define HW_PCI_PLACE_H

#include <stdint.h>

struct pci_tree;

/* Bytes or ports [base, end); empty when both are equal. */
struct pci_range {
	uint64_t base, end;
};

#define PCI_RANGES 4

/*
 * What the host bridge forwards to PCI and nobody else decodes, by enum pci_way. Ranges are taken
 * in their order, and unused ones are empty. Below 4 GiB there is one, the first; nowhere there is none.
 */
struct pci_space {
	struct pci_range range[4][PCI_RANGES];
};

/*
 * Fill in base, window and lost of all functions. Memory goes below 4 GiB, to the top of that
 * range, so that a guest without 64-bit addressing reaches all of it. When the range is too small
 * what can go above 4 GiB does, the largest first: 64-bit BARs on root buses, and prefetchable
 * windows of bridges. Storage, network and USB stay below, for 32-bit drivers and for the firmware's. What
 * nothing else helps is given up in this order: reservations for hotplug; that those stay below, the largest
 * BAR first, which is memory of a controller's rather than its registers; the largest device.
 *
 * May be called again with another space. Returns how many functions and reservations were given
 * up; 0: everything has its place, but for I/O that no bridge forwards.
 */
uint32_t pci_place(struct pci_tree *tree, const struct pci_space *space);

#endif
