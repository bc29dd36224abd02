/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/pci/layout.h: lay a tree out once it is decided what goes above 4 GiB and who goes
 * without. Only pci_place.c, which decides, uses it.
 */
#ifndef HW_PCI_LAYOUT_H
#define HW_PCI_LAYOUT_H

#include <stdbool.h>
#include <stdint.h>
#include "hw/pci/place.h"
#include "hw/pci/tree.h"

/*
 * Where a BAR or a child's window goes: into one of the parent bridge's windows, numbered like
 * enum pci_kind, or on a root bus into one of the three ranges of the space.
 */
enum {
	LAYOUT_IO = PCI_IO,
	LAYOUT_LOW = PCI_MEM,
	LAYOUT_HIGH = PCI_PREF,
	LAYOUT_NONE
};

/* Smallest piece a bridge window can be. */
uint64_t layout_granularity(uint32_t window);

/* Must this function's BARs stay below 4 GiB? */
bool layout_pinned(const struct pci_function *function, const struct pci_bar *bar);

/* The window or range of a BAR, LAYOUT_NONE when it has no size or no bridge forwards it. */
uint32_t layout_of_bar(const struct pci_tree *tree, const struct pci_function *function,
		       const struct pci_bar *bar);

/* The range of the space its place comes from in the end. */
uint32_t layout_range_of_bar(const struct pci_tree *tree, const struct pci_function *function,
			     const struct pci_bar *bar);

/*
 * Lay out everything that is not lost. Returns LAYOUT_NONE when all has its place; otherwise the
 * range that was too small, and bases are undefined.
 */
uint32_t layout(struct pci_tree *tree, const struct pci_space *space);

#endif
