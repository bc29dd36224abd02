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
#define REGISTERS	0x18	/* and what of the device's is read at least */
#define QUEUE_ALIGN	4096

static void notify(const struct virtio *v)
{
	outw(0, (uint16_t)(v->base + QUEUE_NOTIFY));
}

static uint32_t config32(const struct virtio *v, uint32_t offset)
{
	return inl((uint16_t)(v->base + CONFIG + offset));
}

static void stop(const struct virtio *v)
{
	outb(0, (uint16_t)(v->base + STATUS));
}

static const struct virtio_transport transport = { notify, config32, stop };

int virtio_legacy_init(struct virtio *v, const struct pci_function *f, uint64_t wanted)
{
	const struct pci_bar *bar = &f->bar[0];
	uint32_t at;
	uint16_t port;

	if (bar->kind != PCI_IO || !bar->base || bar->size < REGISTERS) {
		log("virtio: %02x:%02x.%u: no registers in I/O BAR 0; not used", PCI_BUS(f->bdf), PCI_DEV(f->bdf),
		    PCI_FN(f->bdf));
		return -ENODEV;
	}
	port = (uint16_t)bar->base;
	*v = (struct virtio){ .transport = &transport, .base = port };
	pci_write16(f->bdf, PCI_COMMAND, PCI_COMMAND_IO | PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
	stop(v);
	outb(VIRTIO_ACKNOWLEDGE | VIRTIO_DRIVER, port + STATUS);
	v->features = inl(port + HOST_FEATURES) & (uint32_t)wanted;
	outl((uint32_t)v->features, port + GUEST_FEATURES);
	/* queue 0 is selected after a reset; its size is the device's */
	v->size = inw(port + QUEUE_SIZE);
	if (!v->size || v->size > VIRTIO_QUEUE_MAX || v->size & (v->size - 1)) {
		log("virtio: %02x:%02x.%u: queue of %u entries, expected a power of two up to %u; not used",
		    PCI_BUS(f->bdf), PCI_DEV(f->bdf), PCI_FN(f->bdf), v->size, VIRTIO_QUEUE_MAX);
		return -ENODEV;
	}
	at = virtio_make_queue(v, QUEUE_ALIGN);
	if (!at)
		return -ENOMEM;
	outl(at / QUEUE_ALIGN, port + QUEUE_PFN);
	outb(VIRTIO_ACKNOWLEDGE | VIRTIO_DRIVER | VIRTIO_DRIVER_OK, port + STATUS);
	return 0;
}
