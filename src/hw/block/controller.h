/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/block/controller.h: the PCI function of a storage controller, as drivers of all kinds look at it and switch it.
 */
#ifndef HW_BLOCK_CONTROLLER_H
#define HW_BLOCK_CONTROLLER_H

#include <stdint.h>
#include "hw/pci/tree.h"

/*
 * Physical address of the function's registers, which are in memory, in this BAR (0 to 5), and take bytes at least. 0 after
 * one line in the log: they are not there, or not below 4 GiB. who: the driver, for the log.
 */
uint32_t controller_registers(const struct pci_function *f, uint32_t bar, uint32_t bytes, const char *who);

/* In POST, from now on: the function answers, and reaches memory. */
void controller_enable(const struct pci_function *f);

#endif
