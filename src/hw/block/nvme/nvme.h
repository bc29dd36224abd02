/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/block/nvme/nvme.h: disks that are namespaces of an NVMe controller.
 */
#ifndef HW_BLOCK_NVME_NVME_H
#define HW_BLOCK_NVME_NVME_H

#include "hw/pci/tree.h"

#define PCI_CLASS_NVME	0x010802	/* class, subclass, programming interface */

/*
 * Add a disk for every active namespace that has blocks of 512 or 4096 bytes and no metadata between them. Returns 0,
 * also when there are none; -ENODEV or another, the controller cannot be used, and is switched off; -ENOMEM. Each of
 * these but the first is one line in the log, and so is a namespace that is not used.
 */
int nvme_init(const struct pci_function *f);

#endif
