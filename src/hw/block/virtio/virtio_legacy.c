/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/block/virtio/virtio_legacy.c: virtio devices on PCI with the interface from before version 1.0: registers in I/O
 * BAR 0 [VIRTIO 1.2, 4.1.4.10; Virtio PCI Card Specification 0.9.5].
 */
#include "arch/io.h"
#include "hw/block/virtio/virtio.h"
#include "hw/pci/config.h"
#include "lib/errno.h"
#include "trace/log.h"

#define HOST_FEATURES	0x00
#define GUEST_FEATURES	0x04
#define QUEUE_PFN	0x08	/* address / 4096 */
#define QUEUE_SIZE	0x0c
#define QUEUE_SELECT	0x0e
#define QUEUE_NOTIFY	0x10
#define STATUS		0x12
#define CONFIG		0x14	/* without MSI-X */
#define REGISTERS	0x40	/* with what of the device's is read: up to 34 bytes behind that, of virtio-scsi */
#define QUEUE_ALIGN	4096

static void notify(const struct virtio *v)
{
	outw(v->queue, (uint16_t)(v->base + QUEUE_NOTIFY));
}

static uint32_t config32(const struct virtio *v, uint32_t offset)
{
	return inl((uint16_t)(v->base + CONFIG + offset));
}

static uint16_t config16(const struct virtio *v, uint32_t offset)
{
	return inw((uint16_t)(v->base + CONFIG + offset));
}

static void stop(const struct virtio *v)
{
	outb(0, (uint16_t)(v->base + STATUS));
}

static int start(struct virtio *v)
{
	uint16_t port = (uint16_t)v->base;
	uint32_t at;

	stop(v);
	outb(VIRTIO_ACKNOWLEDGE | VIRTIO_DRIVER, port + STATUS);
	v->features &= inl(port + HOST_FEATURES);
	outl((uint32_t)v->features, port + GUEST_FEATURES);
	if (v->queue)		/* queue 0 is selected after a reset */
		outw(v->queue, port + QUEUE_SELECT);
	/* its size is the device's */
	v->size = inw(port + QUEUE_SIZE);
	if (!v->size || v->size > VIRTIO_QUEUE_MAX || v->size & (v->size - 1)) {
		log("virtio: device at port %x: queue of %u entries, expected a power of two up to %u; not used by ports", port, v->size,
		    VIRTIO_QUEUE_MAX);
		return -ENODEV;
	}
	at = virtio_make_queue(v, QUEUE_ALIGN);
	if (!at)
		return -ENOMEM;
	outl(at / QUEUE_ALIGN, port + QUEUE_PFN);
	outb(VIRTIO_ACKNOWLEDGE | VIRTIO_DRIVER | VIRTIO_DRIVER_OK, port + STATUS);
	return 0;
}

static bool runs(const struct virtio *v)
{
	return (inb((uint16_t)(v->base + STATUS)) & (VIRTIO_DRIVER_OK | VIRTIO_NEEDS_RESET)) == VIRTIO_DRIVER_OK;
}

static const struct virtio_transport transport = { start, notify, config32, config16, stop, runs };

#define TRANSITIONAL(id) ((id) >> 16 >= 0x1000 && (id) >> 16 < 0x1040)	/* device ids of those that may have both interfaces [4.1.2] */

bool virtio_legacy_is_there(const struct pci_function *f)
{
	const struct pci_bar *bar = &f->bar[0];

	return TRANSITIONAL(f->id) && bar->kind == PCI_IO && bar->base && bar->size >= REGISTERS;
}

int virtio_legacy_init(struct virtio *v, const struct pci_function *f, const struct virtio_wish *wish)
{
	*v = (struct virtio){ .transport = &transport, .base = (uint16_t)f->bar[0].base, .features = wish->features,
			      .queue = wish->queue };
	pci_write16(f->bdf, PCI_COMMAND, PCI_COMMAND_IO | PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
	return start(v);
}
