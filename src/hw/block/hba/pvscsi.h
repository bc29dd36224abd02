/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/block/hba/pvscsi.h: disks and CD drives of VMware's paravirtual SCSI adapter (QEMU's pvscsi).
 */
#ifndef HW_BLOCK_HBA_PVSCSI_H
#define HW_BLOCK_HBA_PVSCSI_H

#include "hw/pci/tree.h"

#define PVSCSI		0x07c015adu	/* id on PCI: device << 16 | vendor */

/*
 * Add the drives of all targets. Returns 0, also when there are none; -ENODEV or -EIO, the adapter cannot be used;
 * -ETIMEDOUT; -ENOMEM. Each of these but the first is one line in the log.
 */
int pvscsi_init(const struct pci_function *function);

#endif
