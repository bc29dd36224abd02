/* SPDX-License-Identifier: BSD-2-Clause
 * vgasrc/pci.h: the display's configuration space, by the ports that every PC with PCI has. It is read only.
 * Spec: PCI Local Bus 3.0, 3.2.2.3.2.
 */
#ifndef VGA_PCI_H
#define VGA_PCI_H

#include <stdint.h>

/* A double word; what the address port held is put back, since programs may be in the middle of an access. */
uint32_t pci_read32(uint16_t bdf, uint8_t reg);

/*
 * A memory BAR (0-5) of the display's: its address below 4 GiB; 0: the display is no PCI function whose ids are known, it
 * is an I/O BAR, nothing is in it, or it is above.
 */
uint32_t pci_bar(uint8_t number);

/* The same of an I/O BAR: its port. */
uint16_t pci_io_bar(uint8_t number);

#endif
