/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fake/virtio.c: see virtio.h.
 */
#include <string.h>
#include "arch/phys.h"
#include "fake/block.h"
#include "fake/io.h"
#include "fake/pci.h"
#include "fake/virtio.h"
#include "hw/block/virtio/virtio.h"

struct fake_virtio fake_virtio;
struct pci_function fake_virtio_function;

#define COMMON	0x0000
#define DEVICE	0x2000
#define NOTIFY	0x3000
#define NOTIFY_MULTIPLIER 4
#define NOTIFY_OFFSET	2

struct desc {
	uint64_t addr;
	uint32_t len;
	uint16_t flags, next;
};

static void config_bytes(uint8_t config[64])
{
	memcpy(config, fake_virtio.config, 64);
	if (fake_virtio.type != 2)
		return;
	memcpy(config, &fake_virtio.capacity, 8);
	memcpy(config + 20, &fake_virtio.blk_size, 4);
}

static uint32_t config_read(uint32_t offset, unsigned int width)
{
	uint8_t config[64];
	uint32_t value = 0;

	config_bytes(config);
	if (offset + width <= sizeof(config))
		memcpy(&value, config + offset, width);
	return value;
}

static void set_status(uint32_t value)
{
	if (!value) {
		fake_virtio.resets++;
		fake_virtio.enabled = false;
		fake_virtio.queue_at = 0;
		fake_virtio.queue_select = 0;
		fake_virtio.accepted = 0;
		fake_virtio.queue_size = fake_virtio.queue_max;
	}
	if (fake_virtio.refuses_features || fake_virtio.accepted & ~fake_virtio.offered ||
	    (fake_virtio.offered & ~fake_virtio.accepted & VIRTIO_F_ACCESS_PLATFORM))
		value &= ~(uint32_t)VIRTIO_FEATURES_OK;
	fake_virtio.status = (uint8_t)value;
}

static bool serve(uint16_t head)
{
	const struct desc *d = phys_to_ptr(fake_virtio.queue_at);
	uint32_t type;
	uint64_t at;
	uint16_t i = head;

	fake_virtio.broken_chain |= d[i].len != 16 || d[i].flags & VIRTIO_DESC_WRITE || !(d[i].flags & VIRTIO_DESC_NEXT);
	memcpy(&type, phys_to_ptr((uint32_t)d[i].addr), 4);
	memcpy(&at, (uint8_t *)phys_to_ptr((uint32_t)d[i].addr) + 8, 8);
	at *= 512;
	for (i = d[i].next; d[i].flags & VIRTIO_DESC_NEXT; i = d[i].next) {
		uint8_t *p = phys_to_ptr((uint32_t)d[i].addr);

		fake_virtio.broken_chain |= i >= fake_virtio.queue_size || !(d[i].flags & VIRTIO_DESC_WRITE) != (type == 1);
		for (uint32_t n = 0; n < d[i].len; n++, at++) {
			if (type == 1 && at < FAKE_BLOCK_BYTES)
				fake_block.data[at] = p[n];
			else if (type == 0)
				p[n] = fake_block_pattern(at);
		}
	}
	fake_virtio.broken_chain |= d[i].len != 1 || !(d[i].flags & VIRTIO_DESC_WRITE);
	*(uint8_t *)phys_to_ptr((uint32_t)d[i].addr) = fake_virtio.answer;
	return true;
}

static void serve_all(void)
{
	uint16_t *avail, *used;

	if (!fake_virtio.enabled || !(fake_virtio.status & VIRTIO_DRIVER_OK))
		return;
	avail = phys_to_ptr(fake_virtio.avail_at);
	used = phys_to_ptr(fake_virtio.used_at);
	while (used[1] != avail[1]) {
		if (fake_virtio.requests + 1 == fake_virtio.sleep_at)
			return;
		fake_virtio.requests++;
		if (!fake_virtio.serve(avail[2 + used[1] % fake_virtio.queue_size]))
			return;
		used[1]++;
	}
}

static void notified(uint32_t queue)
{
	fake_virtio.notifications++;
	if (queue == fake_virtio.queue && !fake_virtio.sleeps && !fake_virtio.needs_reset)
		serve_all();
}

void fake_virtio_wake(void)
{
	fake_virtio.sleeps = false;
	serve_all();
}

void fake_virtio_lose_queue(void)
{
	set_status(0);
	fake_virtio.resets--;
}

static uint8_t read_status(void)
{
	return fake_virtio.needs_reset ? fake_virtio.status | VIRTIO_NEEDS_RESET : fake_virtio.status;
}

/* Of the queue that is selected. */
static uint32_t queue_entries(uint32_t entries)
{
	return fake_virtio.queue_select == fake_virtio.queue ? entries : 0;
}

static void place_queue(uint32_t at, uint32_t align)
{
	fake_virtio.queue_at = at;
	fake_virtio.avail_at = at + 16 * fake_virtio.queue_size;
	fake_virtio.used_at = (fake_virtio.avail_at + 6 + 2 * fake_virtio.queue_size + align - 1) / align * align;
	fake_virtio.enabled = true;
}

static uint32_t legacy_in(void *opaque, uint16_t port, unsigned int width)
{
	uint32_t reg = port - FAKE_VIRTIO_PORT;

	(void)opaque;
	switch (reg) {
	case 0x00:
		return (uint32_t)fake_virtio.offered;
	case 0x0c:
		return queue_entries(fake_virtio.queue_max);
	case 0x12:
		return read_status();
	default:
		return reg >= 0x14 ? config_read(reg - 0x14, width) : 0;
	}
}

static void legacy_out(void *opaque, uint16_t port, unsigned int width, uint32_t value)
{
	(void)opaque;
	(void)width;
	switch (port - FAKE_VIRTIO_PORT) {
	case 0x04:
		fake_virtio.accepted = value;
		break;
	case 0x08:
		place_queue(value * 4096, 4096);
		break;
	case 0x0e:
		fake_virtio.queue_select = value;
		break;
	case 0x10:
		notified(value);
		break;
	case 0x12:
		set_status(value);
		break;
	}
}

static uint32_t features_word(uint64_t features, uint32_t select)
{
	return select == 0 ? (uint32_t)features : select == 1 ? (uint32_t)(features >> 32) : 0;
}

static void accept_word(uint32_t value)
{
	if (fake_virtio.driver_select == 0)
		fake_virtio.accepted = (fake_virtio.accepted & ~0xffffffffull) | value;
	else if (fake_virtio.driver_select == 1)
		fake_virtio.accepted = (fake_virtio.accepted & 0xffffffff) | (uint64_t)value << 32;
}

static uint32_t modern_read(void *opaque, uint32_t addr, unsigned int width)
{
	uint32_t reg = addr - FAKE_VIRTIO_BAR;

	(void)opaque;
	switch (reg) {
	case 0x04:
		return features_word(fake_virtio.offered, fake_virtio.feature_select);
	case 0x14:
		return read_status();
	case 0x18:
		return queue_entries(fake_virtio.queue_size);
	case 0x1e:
		return fake_virtio.notify_offset;
	default:
		return reg >= DEVICE && reg < NOTIFY ? config_read(reg - DEVICE, width) : 0;
	}
}

static void modern_write(void *opaque, uint32_t addr, unsigned int width, uint32_t value)
{
	(void)opaque;
	(void)width;
	switch (addr - FAKE_VIRTIO_BAR) {
	case 0x00:
		fake_virtio.feature_select = value;
		break;
	case 0x08:
		fake_virtio.driver_select = value;
		break;
	case 0x0c:
		accept_word(value);
		break;
	case 0x14:
		set_status(value);
		break;
	case 0x16:
		fake_virtio.queue_select = value;
		break;
	case 0x18:
		fake_virtio.queue_size = value;
		break;
	case 0x1c:
		fake_virtio.enabled = value;
		break;
	case 0x20:
		fake_virtio.queue_at = value;
		break;
	case 0x28:
		fake_virtio.avail_at = value;
		break;
	case 0x30:
		fake_virtio.used_at = value;
		break;
	case NOTIFY + NOTIFY_OFFSET * NOTIFY_MULTIPLIER:
		notified(value);
		break;
	}
}

static uint32_t slot_read(void *opaque, uint32_t addr, unsigned int width)
{
	uint32_t reg = addr - FAKE_VIRTIO_SLOT;

	(void)opaque;
	switch (reg) {
	case 0x000:
		return 0x74726976;
	case 0x004:
		return fake_virtio.kind == FAKE_VIRTIO_MMIO_1 ? 1 : fake_virtio.kind == FAKE_VIRTIO_MMIO_2 ? 2 : 3;
	case 0x008:
		return fake_virtio.type;
	case 0x010:
		return features_word(fake_virtio.offered, fake_virtio.feature_select);
	case 0x034:
		return queue_entries(fake_virtio.queue_max);
	case 0x070:
		return read_status();
	default:
		return reg >= 0x100 ? config_read(reg - 0x100, width) : 0;
	}
}

static void slot_write(void *opaque, uint32_t addr, unsigned int width, uint32_t value)
{
	(void)opaque;
	(void)width;
	switch (addr - FAKE_VIRTIO_SLOT) {
	case 0x014:
		fake_virtio.feature_select = value;
		break;
	case 0x020:
		accept_word(value);
		break;
	case 0x024:
		fake_virtio.driver_select = value;
		break;
	case 0x030:
		fake_virtio.queue_select = value;
		break;
	case 0x038:
		fake_virtio.queue_size = value;
		break;
	case 0x040:
		place_queue(value * 4096, 4096);
		break;
	case 0x044:
		fake_virtio.enabled = value;
		break;
	case 0x050:
		notified(value);
		break;
	case 0x070:
		set_status(value);
		break;
	case 0x080:
		fake_virtio.queue_at = value;
		break;
	case 0x090:
		fake_virtio.avail_at = value;
		break;
	case 0x0a0:
		fake_virtio.used_at = value;
		break;
	}
}

/* One capability of the list: id, next, length, type, BAR, offset, length. */
static void capability(int f, uint8_t at, uint8_t next, uint8_t type, uint32_t offset, uint32_t length)
{
	fake_pci_set32(f, at, 0x09u | (uint32_t)next << 8 | 20u << 16 | (uint32_t)type << 24, 0);
	fake_pci_set32(f, at + 4, 4, 0);
	fake_pci_set32(f, at + 8, offset, 0);
	fake_pci_set32(f, at + 12, length, 0);
	fake_pci_set32(f, at + 16, NOTIFY_MULTIPLIER, 0);
}

static void add_legacy(void)
{
	fake_virtio_function.bar[0] = (struct pci_bar){ .size = 128, .base = FAKE_VIRTIO_PORT, .kind = PCI_IO };
	fake_io_add(FAKE_VIRTIO_PORT, FAKE_VIRTIO_PORT + 127, legacy_in, legacy_out, NULL);
}

static void add_modern(int f)
{
	fake_virtio_function.bar[4] = (struct pci_bar){ .size = 0x4000, .base = FAKE_VIRTIO_BAR, .kind = PCI_PREF };
	fake_pci_set32(f, PCI_CAPABILITIES, 0x40, 0);
	capability(f, 0x40, 0x54, 5, 0, 0);		/* access through configuration space: not used */
	capability(f, 0x54, 0x68, 4, DEVICE, 0x1000);
	capability(f, 0x68, 0x7c, 2, NOTIFY, 0x1000);
	capability(f, 0x7c, 0, 1, COMMON, 0x1000);
	fake_mmio_add(FAKE_VIRTIO_BAR, FAKE_VIRTIO_BAR + 0x3fff, modern_read, modern_write, NULL);
}

void fake_virtio_add(enum fake_virtio_kind kind, uint64_t capacity)
{
	uint32_t id;
	int f;

	fake_virtio = (struct fake_virtio){ .kind = kind, .offered = VIRTIO_F_VERSION_1 | 0xdf, .capacity = capacity,
					    .blk_size = 512, .queue_max = 256, .queue_size = 256, .type = 2, .serve = serve,
					    .notify_offset = NOTIFY_OFFSET };
	id = kind == FAKE_VIRTIO_MODERN ? 0x10421af4 : 0x10011af4;
	fake_virtio_function = (struct pci_function){ .bdf = PCI_BDF(0, 2, 0), .id = id };
	f = fake_pci_add(-1, 0, 2, 0, id, 0x01000000, 0);
	if (kind >= FAKE_VIRTIO_MMIO_1)
		fake_mmio_add(FAKE_VIRTIO_SLOT, FAKE_VIRTIO_SLOT + 511, slot_read, slot_write, NULL);
	else if (kind != FAKE_VIRTIO_MODERN)
		add_legacy();
	if (kind == FAKE_VIRTIO_MODERN || kind == FAKE_VIRTIO_BOTH)
		add_modern(f);
}

uint32_t fake_virtio_window_accesses, fake_virtio_window_errors;

#define WINDOW		0x40	/* its capability */
#define WINDOW_DATA	(WINDOW + 16)

/* Where the window is at, and how many bytes of it. */
static uint32_t window_at(const struct fake_pci_function *f, uint32_t *bytes)
{
	uint32_t offset;

	memcpy(&offset, &f->config[WINDOW + 8], 4);
	memcpy(bytes, &f->config[WINDOW + 12], 4);
	fake_virtio_window_accesses++;
	if (f->config[WINDOW + 4] == 4 && (*bytes == 1 || *bytes == 2 || *bytes == 4) && !(offset % *bytes) && offset < 0x4000)
		return FAKE_VIRTIO_BAR + offset;
	fake_virtio_window_errors++;
	*bytes = 0;
	return 0;
}

static void window_read(struct fake_pci_function *f, uint32_t reg)
{
	uint32_t bytes, at, value;

	if (reg != WINDOW_DATA)
		return;
	at = window_at(f, &bytes);
	value = bytes ? modern_read(NULL, at, bytes) : 0xffffffff;
	memcpy(&f->config[WINDOW_DATA], &value, bytes);
}

static void window_write(struct fake_pci_function *f, uint32_t reg)
{
	uint32_t bytes, at, value = 0;

	if (reg != WINDOW_DATA)
		return;
	at = window_at(f, &bytes);
	memcpy(&value, &f->config[WINDOW_DATA], bytes);
	if (bytes)
		modern_write(NULL, at, bytes, value);
}

void fake_virtio_hide(void)
{
	fake_virtio_function.bar[4].base = FAKE_VIRTIO_HIGH;
	fake_pci_set32(0, WINDOW + 4, 0, 0xff);
	fake_pci_set32(0, WINDOW + 8, 0, 0xffffffff);
	fake_pci_set32(0, WINDOW + 12, 0, 0xffffffff);
	fake_pci_set32(0, WINDOW_DATA, 0xa5a5a5a5, 0xffffffff);
	fake_pci.function[0].before_read = window_read;
	fake_pci.function[0].after_write = window_write;
	fake_virtio_window_accesses = fake_virtio_window_errors = 0;
}
