/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/block/virtio/virtio_pci.c: virtio devices on PCI: the interface of version 1.0 and later [VIRTIO 1.2, 4.1], and at the
 * end which of the two a device is used by.
 */
#include "arch/io.h"
#include "hw/block/virtio/virtio.h"
#include "hw/pci/config.h"
#include "lib/bits.h"
#include "lib/errno.h"
#include "trace/log.h"

#define CAP_VENDOR	0x09
#define CAPS_MAX	48		/* as many as fit; a list that goes in circles ends */

/* Structure types [4.1.4]. */
#define CAP_COMMON	1
#define CAP_NOTIFY	2
#define CAP_DEVICE	4
#define CAP_WINDOW	5		/* 20 bytes */
#define CAP_TYPES	6

#define CONFIG_BYTES	0x24		/* of virtio-scsi; of virtio-blk less is read */

/* Common configuration [4.1.4.3]. */
#define FEATURE_SELECT	0x00
#define FEATURE		0x04
#define DRIVER_SELECT	0x08
#define DRIVER_FEATURE	0x0c
#define STATUS		0x14
#define QUEUE_SELECT	0x16
#define QUEUE_SIZE	0x18
#define QUEUE_ENABLE	0x1c
#define QUEUE_NOTIFY	0x1e
#define QUEUE_DESC	0x20
#define QUEUE_AVAIL	0x28
#define QUEUE_USED	0x30
#define COMMON_BYTES	0x38

/* What the capabilities say. */
struct structures {
	uint32_t at[CAP_TYPES];		/* by type: physical address, or by VIRTIO_WINDOW_BAR; 0: not found, or not inside its BAR */
	uint8_t window;			/* where the window's is, 0: there is none */
	bool high;			/* a BAR lies above 4 GiB: all at[] are by VIRTIO_WINDOW_BAR */
	uint8_t notify;			/* the notifications' capability; */
	uint64_t notify_bytes;		/* from their place to its BAR's end */
};

/*
 * What is needed of it is inside its BAR, and so the device's own. The length that it gives the structure is not asked for:
 * that is an access each, and a device that lies about it harms itself alone. *left: bytes from there to the BAR's end.
 */
static uint32_t place_of(const struct pci_function *f, uint32_t bar, uint32_t offset, uint32_t need, bool high, uint64_t *left)
{
	const struct pci_bar *b;
	uint64_t size;

	if (bar >= 6)
		return 0;
	b = &f->bar[bar];
	size = high ? min_u64(b->size, VIRTIO_WINDOW_BAR) : b->size;
	if (!b->base || b->kind == PCI_IO || !range_inside(offset, need, size))
		return 0;
	*left = size - offset;
	return high ? VIRTIO_WINDOW_PLACE + bar * VIRTIO_WINDOW_BAR + offset : (uint32_t)b->base + offset;
}

/* Does a BAR lie above 4 GiB? A disk's, or a SCSI host's, have nothing but registers. */
static bool is_high(const struct pci_function *f)
{
	uint32_t high = 0;

	for (uint32_t b = 0; b < 6; b++)
		high |= (uint32_t)(f->bar[b].base >> 32);
	return high;
}

static void find_structures(const struct pci_function *f, struct structures *s)
{
	static const uint8_t bytes_of[CAP_TYPES] = { [CAP_COMMON] = COMMON_BYTES, [CAP_NOTIFY] = 2, [CAP_DEVICE] = CONFIG_BYTES };
	uint8_t cap = pci_read8(f->bdf, PCI_CAPABILITIES) & ~3;

	s->high = is_high(f);
	for (uint32_t i = 0; cap >= 0x40 && i < CAPS_MAX; i++) {
		uint32_t head = pci_read32(f->bdf, cap), type = head >> 24;

		if ((head & 0xff) == CAP_VENDOR && cap <= 0xec && type == CAP_WINDOW) {
			s->window = cap;
		} else if ((head & 0xff) == CAP_VENDOR && cap <= 0xf0 && type < CAP_TYPES && bytes_of[type] && !s->at[type]) {
			uint32_t bar = pci_read32(f->bdf, (uint8_t)(cap + 4)) & 0xff;
			uint32_t offset = pci_read32(f->bdf, (uint8_t)(cap + 8));
			uint64_t left = 0;

			s->at[type] = place_of(f, bar, offset, bytes_of[type], s->high, &left);
			if (type == CAP_NOTIFY) {
				s->notify = cap;
				s->notify_bytes = left;
			}
		}
		cap = head >> 8 & 0xfc;
	}
}

static void notify(const struct virtio *v)
{
	mmio_write16(v->notify_at, v->queue);
}

static void notify_by_window(const struct virtio *v)
{
	virtio_window_write(v, v->notify_at, 2, v->queue);
}

static uint32_t __attribute__((noinline)) get(const struct virtio *v, uint32_t at, uint32_t bytes)
{
	if (v->window)
		return virtio_window_read(v, at, bytes);
	return bytes == 1 ? mmio_read8(at) : bytes == 2 ? mmio_read16(at) : mmio_read32(at);
}

static void __attribute__((noinline)) put(const struct virtio *v, uint32_t reg, uint32_t bytes, uint32_t value)
{
	uint32_t at = v->base + reg;

	if (v->window)
		virtio_window_write(v, at, bytes, value);
	else if (bytes == 1)
		mmio_write8(at, (uint8_t)value);
	else if (bytes == 2)
		mmio_write16(at, (uint16_t)value);
	else
		mmio_write32(at, value);
}

static uint32_t config32(const struct virtio *v, uint32_t offset)
{
	return get(v, v->config + offset, 4);
}

static uint16_t config16(const struct virtio *v, uint32_t offset)
{
	return (uint16_t)get(v, v->config + offset, 2);
}

static void stop(const struct virtio *v)
{
	put(v, STATUS, 1, 0);
}

/* High halves of addresses are 0 after a reset. Returns 0, -ENODEV or -ENOMEM. */
static int make_queue(struct virtio *v)
{
	uint32_t at, most;

	if (v->queue)		/* queue 0 is selected after a reset */
		put(v, QUEUE_SELECT, 2, v->queue);
	most = get(v, v->base + QUEUE_SIZE, 2);
	if (!most)
		return -ENODEV;
	v->size = (uint16_t)min_u32(most, v->room ? v->room : v->size);
	at = virtio_make_queue(v, 4);
	if (!at)
		return -ENOMEM;
	put(v, QUEUE_SIZE, 2, v->size);
	put(v, QUEUE_DESC, 4, at);
	put(v, QUEUE_AVAIL, 4, at + v->size * (uint32_t)sizeof(struct virtio_desc));
	put(v, QUEUE_USED, 4, at + (uint32_t)((uintptr_t)v->used - (uintptr_t)v->desc));
	put(v, QUEUE_ENABLE, 2, 1);
	return 0;
}

/*
 * Ask for these of the features from 32 on, and for those below it that are wished for and offered. The halves are selected
 * anew: a reset of QEMU's device leaves that as whoever had the machine before made it. True: the device agrees.
 */
static bool agree(struct virtio *v, uint64_t high)
{
	stop(v);
	put(v, STATUS, 1, VIRTIO_ACKNOWLEDGE | VIRTIO_DRIVER);
	put(v, FEATURE_SELECT, 4, 0);
	v->features = high | (get(v, v->base + FEATURE, 4) & (uint32_t)v->features);
	put(v, DRIVER_SELECT, 4, 0);
	put(v, DRIVER_FEATURE, 4, (uint32_t)v->features);
	put(v, DRIVER_SELECT, 4, 1);
	put(v, DRIVER_FEATURE, 4, (uint32_t)(high >> 32));
	put(v, STATUS, 1, VIRTIO_ACKNOWLEDGE | VIRTIO_DRIVER | VIRTIO_FEATURES_OK);
	return get(v, v->base + STATUS, 1) & VIRTIO_FEATURES_OK;
}

/* One behind an IOMMU insists on being known to be so; the others are not asked. */
static bool insists_on_platform(const struct virtio *v)
{
	put(v, FEATURE_SELECT, 4, 1);
	return get(v, v->base + FEATURE, 4) & (uint32_t)(VIRTIO_F_ACCESS_PLATFORM >> 32);
}

static int bring_up(struct virtio *v)
{
	bool agreed = agree(v, VIRTIO_F_VERSION_1);
	int rc;

	if (!agreed && insists_on_platform(v))
		agreed = agree(v, VIRTIO_F_VERSION_1 | VIRTIO_F_ACCESS_PLATFORM);
	if (!agreed)
		return -ENODEV;
	rc = make_queue(v);
	if (rc)
		return rc;
	put(v, STATUS, 1, VIRTIO_ACKNOWLEDGE | VIRTIO_DRIVER | VIRTIO_FEATURES_OK | VIRTIO_DRIVER_OK);
	return 0;
}

static int start(struct virtio *v)
{
	int rc = bring_up(v);

	if (rc == -ENODEV) {
		stop(v);
		log("virtio: device at %x: features %llx are not accepted, or it has no queue %u; not used", v->base,
		    (unsigned long long)v->features, v->queue);
	}
	return rc;
}

static bool runs(const struct virtio *v)
{
	return (get(v, v->base + STATUS, 1) & (VIRTIO_DRIVER_OK | VIRTIO_NEEDS_RESET)) == VIRTIO_DRIVER_OK;
}

static const struct virtio_transport transport = { start, notify, config32, config16, stop, runs };
static const struct virtio_transport by_window = { start, notify_by_window, config32, config16, stop, runs };

/* ports: it has the other interface, of which there is a line why it is not used. */
static bool usable(const struct pci_function *f, const struct structures *s, bool ports)
{
	if (!s->at[CAP_COMMON] || !s->at[CAP_NOTIFY] || !s->at[CAP_DEVICE]) {
		if (ports)
			return false;
		log("virtio: %02x:%02x.%u: no registers of version 1 that can be reached; not used", PCI_BUS(f->bdf),
		    PCI_DEV(f->bdf), PCI_FN(f->bdf));
		return false;
	}
	if (!s->high || s->window)
		return true;
	log("virtio: %02x:%02x.%u: registers lie above 4 GiB, with no window to them in configuration space; not used",
	    PCI_BUS(f->bdf), PCI_DEV(f->bdf), PCI_FN(f->bdf));
	return false;
}

/* Queue n's notifications go to its number there times a multiplier [4.1.4.4], which does not matter where that is 0. */
static uint64_t notify_offset(const struct virtio *v, const struct structures *s)
{
	uint32_t number = get(v, v->base + QUEUE_NOTIFY, 2);

	return number && s->notify <= 0xec ? (uint64_t)number * pci_read32(v->bdf, (uint8_t)(s->notify + 16)) : 0;
}

static int modern_init(struct virtio *v, const struct pci_function *f, const struct virtio_wish *wish, const struct structures *s)
{
	uint64_t offset;
	int rc;

	*v = (struct virtio){ .transport = s->high ? &by_window : &transport, .bdf = f->bdf, .window = s->high ? s->window : 0,
			      .base = s->at[CAP_COMMON], .notify_at = s->at[CAP_NOTIFY], .config = s->at[CAP_DEVICE],
			      .features = wish->features, .queue = wish->queue, .size = wish->entries };
	pci_write16(f->bdf, PCI_COMMAND, PCI_COMMAND_IO | PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
	rc = start(v);
	if (rc)
		return rc;
	offset = notify_offset(v, s);
	if (!range_inside(offset, 2, s->notify_bytes)) {
		stop(v);
		log("virtio: %02x:%02x.%u: notifications at %llx of %llx bytes; not used", PCI_BUS(f->bdf), PCI_DEV(f->bdf),
		    PCI_FN(f->bdf), (unsigned long long)offset, (unsigned long long)s->notify_bytes);
		return -ENODEV;
	}
	v->notify_at += (uint32_t)offset;
	return 0;
}

/*
 * Of two interfaces the older is taken: its registers are ports, which cost a hypervisor less than memory, and no list in
 * configuration space leads to them: 24 accesses less until a disk can be read on q35, 37 on pc. Its queue takes 12 KiB
 * instead of 512 bytes.
 */
int virtio_pci_init(struct virtio *v, const struct pci_function *f, const struct virtio_wish *wish)
{
	struct structures s = { .high = false };
	bool ports = virtio_legacy_is_there(f);
	int rc = ports ? virtio_legacy_init(v, f, wish) : -ENODEV;

	if (rc == 0)
		return 0;
	find_structures(f, &s);
	return usable(f, &s, ports) ? modern_init(v, f, wish, &s) : rc;
}
