/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/pci/space.h: the addresses a QEMU machine has free for PCI.
 */
#ifndef HW_PCI_SPACE_H
#define HW_PCI_SPACE_H

#include <stdbool.h>
#include <stdint.h>
#include "machine/machine.h"
#include "hw/pci/place.h"

/* I/O and memory below 4 GiB, which starts behind the RAM that ends at low_ram_end. high: empty. */
void pci_space_low(struct pci_space *space, enum chipset chipset, uint32_t low_ram_end);

/*
 * Memory above 4 GiB, from the end of RAM and of what is kept for memory hotplug (0: nothing) up to
 * what the processor can address: two ranges where AMD's HyperTransport hole lies in between. Returns
 * false, ranges empty, when there is none.
 */
bool pci_space_high(struct pci_space *space, uint64_t high_ram_end, uint64_t reserved_end);

#endif
