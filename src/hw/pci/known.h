/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/pci/known.h: the functions QEMU builds into its boards, whose answers need not be asked
 * for: each question to a device is a VM exit.
 */
#ifndef HW_PCI_KNOWN_H
#define HW_PCI_KNOWN_H

#include <stdbool.h>
#include <stdint.h>

struct pci_function;

/*
 * Fill in class, header type, pin and BARs of a function on bus 0 whose bdf and id are set. Returns
 * false, function untouched, when it is not known: then ask the hardware. Where the board's wiring fixes
 * the IRQ, line and gsi as well.
 */
bool pci_known(struct pci_function *function);

#endif
