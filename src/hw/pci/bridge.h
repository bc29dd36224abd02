/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/pci/bridge.h: what a PCI-to-PCI bridge can forward and what it wants kept free.
 */
#ifndef HW_PCI_BRIDGE_H
#define HW_PCI_BRIDGE_H

#include "hw/pci/config.h"

struct pci_function;

/* Room kept behind a slot that can be filled later: what a device with one small BAR each needs. */
#define PCI_HOTPLUG_IO     0x1000u
#define PCI_HOTPLUG_MEMORY 0x200000u

/*
 * Close the bridge's windows, find out which it has, and read its capabilities into the
 * function: kind of port, hotplug, reservations. bdf, id and bridge are set.
 */
void pci_bridge_probe(struct pci_function *function);

/* Its I/O window forwards nothing. */
void pci_bridge_close_io(pci_bdf_t bdf);

#endif
