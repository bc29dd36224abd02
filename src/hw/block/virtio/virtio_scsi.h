/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/block/virtio/virtio_scsi.h: disks and CD drives behind the SCSI host of virtio. Spec: VIRTIO 1.2, 5.6.
 */
#ifndef HW_BLOCK_VIRTIO_VIRTIO_SCSI_H
#define HW_BLOCK_VIRTIO_VIRTIO_SCSI_H

#include <stdint.h>

struct pci_function;

/* Ids on PCI: device << 16 | vendor. */
#define VIRTIO_SCSI_LEGACY	0x10041af4u	/* transitional device */
#define VIRTIO_SCSI_MODERN	0x10481af4u

/*
 * Bring up a host and add what is behind its channel 0 (block_add()): up to 256 targets, which are asked all at once.
 * Returns 0, also where there is no drive; or a negative errno after one line in the log.
 */
int virtio_scsi_init_pci(const struct pci_function *function);

/* The same for a memory-mapped slot that holds a device of type VIRTIO_SCSI. */
#define VIRTIO_SCSI	8
int virtio_scsi_init_mmio(uint32_t base);

#endif
