/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/block/hba/am53c974.h: disks and CD drives behind an Am53C974, alone or on a Tekram DC-390.
 */
#ifndef HW_BLOCK_HBA_AM53C974_H
#define HW_BLOCK_HBA_AM53C974_H

#include "hw/pci/tree.h"

#define AM53C974	0x20201022u	/* device and vendor */

/*
 * Add the units of targets 0 to 6. Returns 0, also when there are none; -ENODEV, the adapter cannot be used; -ENOMEM.
 * Each of these but the first is one line in the log.
 */
int am53c974_init(const struct pci_function *f);

#endif
