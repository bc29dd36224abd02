/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/block/hba/mptsas.h: disks and CD drives of LSI's SAS 1068 (QEMU's mptsas1068).
 */
#ifndef HW_BLOCK_HBA_MPTSAS_H
#define HW_BLOCK_HBA_MPTSAS_H

#include "hw/pci/tree.h"

#define MPTSAS1068	0x00541000u	/* id on PCI: device << 16 | vendor */

/*
 * Add the drives of all ports. Returns 0, also when there are none; -ENODEV or -EIO, the adapter cannot be used;
 * -ENOMEM. Each of these but the first is one line in the log.
 */
int mptsas_init(const struct pci_function *function);

#endif
