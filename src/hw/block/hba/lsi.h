/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/block/hba/lsi.h: disks and CD drives behind a 53C895A, or what QEMU calls a 53C810.
 */
#ifndef HW_BLOCK_HBA_LSI_H
#define HW_BLOCK_HBA_LSI_H

#include "hw/pci/tree.h"

#define LSI_53C810	0x00011000u	/* device and vendor */
#define LSI_53C895A	0x00121000u

/*
 * Add the units of targets 0 to 6. Returns 0, also when there are none; -ENODEV, the adapter cannot be used; -ENOMEM.
 * Each of these but the first is one line in the log.
 */
int lsi_init(const struct pci_function *f);

#endif
