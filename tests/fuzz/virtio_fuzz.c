/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fuzz/virtio_fuzz.c: a virtio disk of any layout whose registers, capabilities and used ring are the input's.
 * LINK: src/hw/block/virtio/virtio.c src/hw/block/virtio/virtio_pci.c src/hw/block/virtio/virtio_legacy.c src/hw/block/virtio/virtio_mmio.c
 * LINK: src/hw/block/virtio/virtio_blk.c src/hw/block/block.c src/hw/block/sectors.c src/dma/dma.c src/hw/pci/config.c src/mem/alloc.c src/mem/e820.c
 * LINK: tests/fake/io.c tests/fake/ram.c tests/fake/log.c tests/fake/timer.c
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include "fake/io.h"
#include "fake/log.h"
#include "fake/ram.h"
#include "fake/timer.h"
#include "hw/block/block.h"
#include "hw/block/virtio/virtio.h"
#include "hw/block/virtio/virtio_blk.h"
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

/* The device writes what it likes into its memory, which is all at the top of RAM. */
static void scribble(void)
{
	uint32_t at = RAM_END - next(2) % 0x3000 - 8;

	for (unsigned int i = 0; i < 8; i++)
		fake_ram[at + i] = (uint8_t)next(1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pci_function f = { .bdf = 0x10 };
	uint32_t done;

	input = data;
	left = size;
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
	f.bar[4] = (struct pci_bar){ .size = 1u << next(1) % 24, .base = next(4) & ~0xffffffu, .kind = (uint8_t)(next(1) % PCI_KINDS) };
	if (next(1) & 1)
		virtio_blk_init_pci(&f);
	else if (virtio_mmio_device(0xfeb00000) == VIRTIO_BLK)
		virtio_blk_init_mmio(0xfeb00000);
	for (unsigned int i = 0; block_first && i < 4; i++)
		block_transfer(block_first, i & 1, next(2), next(1) % 5, 0x20000 + next(1), &done);
	return 0;
}
