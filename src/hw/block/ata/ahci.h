/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/block/ata/ahci.h: disks and CD drives of an AHCI controller.
 */
#ifndef HW_BLOCK_ATA_AHCI_H
#define HW_BLOCK_ATA_AHCI_H

#include "hw/pci/tree.h"

#define PCI_CLASS_AHCI	0x010601	/* class, subclass, programming interface */

/*
 * Add the drives of every port. Returns 0, also when there are none; -ENODEV, the controller cannot be used;
 * -ENOMEM. A drive that fails costs itself. Each of these but the first is one line in the log.
 */
int ahci_init(const struct pci_function *f);

#endif
