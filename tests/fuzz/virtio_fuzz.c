/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fuzz/virtio_fuzz.c: a virtio disk or SCSI host of any layout whose registers, capabilities, rings, responses and data
 * are the input's.
 * LINK: src/hw/block/virtio/virtio.c src/hw/block/virtio/virtio_pci.c src/hw/block/virtio/virtio_window.c src/hw/block/virtio/virtio_legacy.c src/hw/block/virtio/virtio_mmio.c
 * LINK: src/hw/block/virtio/virtio_scsi.c src/hw/block/model.c src/hw/block/scsi/target.c src/hw/block/scsi/disk.c src/hw/block/scsi/command.c
 * LINK: src/hw/block/scsi/packet.c src/hw/block/virtio/virtio_blk.c src/hw/block/block.c src/hw/block/sectors.c src/dma/dma.c src/dma/sg.c src/hw/pci/config.c src/mem/alloc.c src/mem/e820.c
 * LINK: tests/fake/io.c tests/fake/ram.c tests/fake/log.c tests/fake/timer.c
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "fake/io.h"
#include "fake/log.h"
#include "fake/ram.h"
#include "fake/timer.h"
#include "hw/block/block.h"
#include "hw/block/virtio/virtio.h"
#include "hw/block/virtio/virtio_blk.h"
#include "hw/block/virtio/virtio_scsi.h"
#include "machine/machine.h"
#include "mem/alloc.h"

struct machine machine;

#define RAM_END (1u << 21)

static const uint8_t *input;
static size_t left;

static uint32_t next(unsigned int width)
{
	uint32_t value = 0;

	for (unsigned int i = 0; i < width && left; i++, left--)
		value |= (uint32_t)*input++ << 8 * i;
	return value;
}

uint32_t fake_io_in(uint16_t port, unsigned int width)
{
	(void)port;
	return next(width);
}

uint32_t fake_mmio_read(uint32_t addr, unsigned int width)
{
	(void)addr;
	return next(width);
}

/* The device writes what it likes into its memory, which is all at the top of RAM, and into what it was asked to write. */
static void scribble(void)
{
	uint32_t at = RAM_END - next(2) % 0x8000 - 8;

	for (unsigned int i = 0; i < 8; i++)
		fake_ram[at + i] = (uint8_t)next(1);
}

/* The same at a notification, and now and then all is done: of legacy and small queues, wherever their rings are. */
static uint32_t rings[4], ring_count;

static void serve(void)
{
	uint32_t writes = next(1) % 8;

	while (writes--)
		scribble();
	for (uint32_t i = 0; i < ring_count; i++)
		if (rings[i] < RAM_END - 4 && next(1) & 3)
			memcpy(fake_ram + rings[i] + 2, fake_ram + rings[(i + 1) % ring_count] + 2, 2);
}

void fake_mmio_write(uint32_t addr, unsigned int width, uint32_t value)
{
	/* addresses of rings, in the interface of version 1 */
	if (width == 4 && value > RAM_END / 2 && value < RAM_END - 4)
		rings[ring_count++ % 4] = value;
	ring_count = ring_count > 4 ? 4 : ring_count;
	if (width == 2 || (addr & 0xfff) == 0x50)
		serve();
}

void fake_io_out(uint16_t port, unsigned int width, uint32_t value)
{
	(void)port;
	(void)value;
	if (width == 2)
		serve();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pci_function f = { .bdf = 0x10 };
	uint32_t done;

	input = data;
	left = size;
	ring_count = 0;
	fake_log_reset();
	fake_timer_reset();
	fake_timer_looks = 3;
	fake_timer_tick = scribble;
	fake_ram_reset(RAM_END);
	fake_io_reset();
	machine.low_ram_end = RAM_END;
	alloc_init(0xf4000, 0xf8000);
	alloc_open_high(RAM_END);
	block_init();
	if (dma_init())
		abort();
	f.bar[0] = (struct pci_bar){ .size = 1u << next(1) % 16, .base = next(2), .kind = (uint8_t)(next(1) % PCI_KINDS) };
	f.id = f.bar[0].kind == PCI_IO ? 0x10011af4 : 0x10421af4;	/* with ports, and perhaps with both */
	f.bar[4] = (struct pci_bar){ .size = 1u << next(1) % 24, .base = next(4) & ~0xffffffu, .kind = (uint8_t)(next(1) % PCI_KINDS) };
	f.bar[4].base |= (uint64_t)(next(1) & 1) << 32;
	switch (next(1) % 4) {
	case 0:
		virtio_blk_init_pci(&f);
		break;
	case 1:
		virtio_scsi_init_pci(&f);
		break;
	case 2:
		if (virtio_mmio_device(0xfeb00000) == VIRTIO_BLK)
			virtio_blk_init_mmio(0xfeb00000);
		break;
	default:
		if (virtio_mmio_device(0xfeb00000) == VIRTIO_SCSI)
			virtio_scsi_init_mmio(0xfeb00000);
	}
	for (unsigned int i = 0; block_first && i < 6; i++) {
		block_transfer(block_first, i & 1, next(2), next(1) % 5, 0x20000 + next(1), &done);
		if (i & 2)
			block_reset(block_first);
	}
	return 0;
}
