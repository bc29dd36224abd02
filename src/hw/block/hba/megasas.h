/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/block/hba/megasas.h: disks and CD drives of MegaRAID SAS controllers (QEMU's megasas and megasas-gen2).
 */
#ifndef HW_BLOCK_HBA_MEGASAS_H
#define HW_BLOCK_HBA_MEGASAS_H

#include "hw/pci/tree.h"

/* Ids on PCI: device << 16 | vendor. */
#define MEGASAS_GEN1	0x00601000u
#define MEGASAS_GEN2	0x00791000u

/*
 * Add the logical drives, or where there are none the physical ones. Returns 0, also when there are none at all; -ENODEV or
 * -EIO, the controller cannot be used; -ETIMEDOUT; -ENOMEM. Each of these but the first is one line in the log.
 */
int megasas_init(const struct pci_function *function);

#endif
