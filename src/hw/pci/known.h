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
 * false, function untouched, when it is not known: then ask the hardware. A fixed line is given in
 * *line, 0: none.
 */
bool pci_known(struct pci_function *function, uint8_t *line);

#endif
