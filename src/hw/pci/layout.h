/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/pci/layout.h: lay a tree out once it is decided what goes above 4 GiB and who goes
 * without. place.c decides; init.c names what had no way.
 */
#ifndef HW_PCI_LAYOUT_H
#define HW_PCI_LAYOUT_H

#include <stdbool.h>
#include <stdint.h>
#include "hw/pci/place.h"
#include "hw/pci/tree.h"

/*
 * Where a BAR or a child's window goes: into one of the parent bridge's windows, numbered like
 * enum pci_kind, or on a root bus into one of the three kinds of ranges of the space.
 */
enum pci_way {
	LAYOUT_IO = PCI_IO,
	LAYOUT_LOW = PCI_MEM,
	LAYOUT_HIGH = PCI_PREF,
	LAYOUT_NONE		/* nowhere: no bridge forwards it */
};

/* Smallest piece a bridge window can be. */
uint64_t layout_granularity(uint32_t window);

/*
 * Is this BAR to stay below 4 GiB, as long as there is room: may it be the registers of what a PC is booted from? Behind a
 * bridge whose prefetchable window lies above it goes into the other one, as a prefetchable BAR may [PCI-to-PCI Bridge
 * 1.2, 3.2.5.8].
 */
bool layout_pinned(const struct pci_function *function, const struct pci_bar *bar);

/* The range of the space that the place of a BAR comes from in the end; LAYOUT_NONE: none. */
uint32_t layout_range_of_bar(const struct pci_tree *tree, const struct pci_function *function,
			     const struct pci_bar *bar);

/* Where a BAR of the function goes while nobody has decided otherwise. size 0: nowhere. */
static inline void layout_start(struct pci_function *function, struct pci_bar *bar)
{
	bar->way = bar->kind == PCI_IO ? LAYOUT_IO : LAYOUT_LOW;
	function->aligns |= bar->size;
}

/* Leave a function out of what is laid out from now on. */
void layout_leave_out(struct pci_function *function);

/*
 * Lay out everything that is not lost. Before the first layout of a tree every BAR on a root bus
 * has its way, and every function and the tree their aligns. Returns LAYOUT_NONE when all has its
 * place; otherwise the range that was too small, and how many bytes must at least be given up there
 * in *missing (1 or more); bases are then undefined.
 */
uint32_t layout(struct pci_tree *tree, const struct pci_space *space, uint64_t *missing);

/*
 * The same for what is on root buses alone: all of a tree without bridges. One root bus after the
 * other, so that the addresses of each are in one piece, or all as if they were one bus, which may
 * need less room.
 */
uint32_t layout_roots(struct pci_tree *tree, const struct pci_space *space, bool together,
		      uint64_t *missing);

#endif
