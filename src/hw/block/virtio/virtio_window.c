/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/block/virtio/virtio_window.c: registers of a virtio device that memory accesses of 32-bit code do not reach, through
 * the window to its BARs in its configuration space [VIRTIO 1.2, 4.1.4.9].
 */
#include "hw/block/virtio/virtio.h"
#include "hw/pci/config.h"

/* The capability: BAR, offset in it and bytes of the access, and what is read or written. */
#define WINDOW_BAR	4
#define WINDOW_OFFSET	8
#define WINDOW_LENGTH	12
#define WINDOW_DATA	16

/* Each time anew: whoever was booted may have used the window, and the register that selects others of PCI's. */
static uint8_t aim(const struct virtio *v, uint32_t at, uint32_t bytes)
{
	pci_config_forget();
	pci_write8(v->bdf, v->window + WINDOW_BAR, (uint8_t)(at / VIRTIO_WINDOW_BAR % 8));
	pci_write32(v->bdf, v->window + WINDOW_OFFSET, at % VIRTIO_WINDOW_BAR);
	pci_write32(v->bdf, v->window + WINDOW_LENGTH, bytes);
	return v->window + WINDOW_DATA;
}

uint32_t virtio_window_read(const struct virtio *v, uint32_t at, uint32_t bytes)
{
	uint32_t value = pci_read32(v->bdf, aim(v, at, bytes));

	return bytes == 4 ? value : value & ((1u << 8 * bytes) - 1);
}

void virtio_window_write(const struct virtio *v, uint32_t at, uint32_t bytes, uint32_t value)
{
	pci_write32(v->bdf, aim(v, at, bytes), value);
}
