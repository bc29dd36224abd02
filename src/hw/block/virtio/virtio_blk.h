/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/block/virtio/virtio_blk.h: disks of virtio. Spec: VIRTIO 1.2, 5.2.
 */
#ifndef HW_BLOCK_VIRTIO_VIRTIO_BLK_H
#define HW_BLOCK_VIRTIO_VIRTIO_BLK_H

#include <stdint.h>

struct pci_function;

/* Ids on PCI: device << 16 | vendor. */
#define VIRTIO_BLK_LEGACY	0x10011af4u	/* transitional device */
#define VIRTIO_BLK_MODERN	0x10421af4u

/* Bring up a disk and add it (block_add()). Returns 0 or a negative errno after one line in the log. */
int virtio_blk_init_pci(const struct pci_function *function);

/* The same for a memory-mapped slot that holds a device of type VIRTIO_BLK. */
#define VIRTIO_BLK	2
int virtio_blk_init_mmio(uint32_t base);

#endif
