/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fuzz/sd_fuzz.c: a controller and a card that say anything in their registers: the driver ends, offers a card that
 * makes sense, gives the controller no memory but what was asked for, and claims no more than was done.
 * Input: a CSD (16 bytes, and 1: addresses are blocks) for sd_read_csd() by itself; a byte for the slots and for each of both
 * slots one for its capabilities; for each read of a register a byte, below 80h: what a good one would say, else four bytes
 * that it says.
 * LINK: src/hw/block/sd/sd.c src/hw/block/controller.c src/hw/block/sd/sdhci.c src/hw/block/sectors.c src/dma/dma.c src/dma/sg.c src/hw/pci/config.c tests/fake/io.c tests/fake/timer.c tests/fake/alloc.c tests/fake/ram.c tests/fake/log.c
 */
#include <stdlib.h>
#include <string.h>
#include "fake/alloc.h"
#include "fake/io.h"
#include "fake/log.h"
#include "fake/ram.h"
#include "fake/timer.h"
#include "hw/block/block.c"	/* for its list */
#include "hw/block/sd/sd.h"
#include "hw/block/sd/sdhci.h"
#include "machine/machine.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define BASE	0xfebfe000u
#define BYTES	0x100u
#define SLOTS	2
#define MIB	0x100000u

struct machine machine;
static const uint8_t *input;
static size_t left;
static uint32_t reg[SLOTS][BYTES / 4];
static uint8_t slots;

static void must(int true_thing)
{
	if (!true_thing)
		abort();
}

static uint8_t next(void)
{
	return left ? left--, *input++ : 0;
}

static uint32_t next32(void)
{
	uint32_t v = next();

	for (uint32_t i = 8; i < 32; i += 8)
		v |= (uint32_t)next() << i;
	return v;
}

uint32_t fake_io_in(uint16_t port, unsigned int width)
{
	(void)width;
	return port >= 0xcfc ? slots : 0;
}

uint32_t fake_mmio_read(uint32_t addr, unsigned int width)
{
	uint32_t offset = addr - BASE, at = offset % BYTES;

	must(offset < SLOTS * BYTES && width == (at == SDHCI_RESET ? 1 : 4));
	return next() & 0x80 ? next32() : at == SDHCI_RESET ? 0 : reg[offset / BYTES][at / 4];
}

/* Whatever it is told, it is done. */
static void obey(uint32_t *r, uint32_t command)
{
	uint32_t count = r[SDHCI_BLOCK / 4] >> 16, number = command >> 24;

	r[SDHCI_STATUS / 4] = SDHCI_STATUS_COMMAND | SDHCI_STATUS_TRANSFER | SDHCI_STATUS_WRITE | SDHCI_STATUS_READ;
	r[SDHCI_RESPONSE / 4] = number == 41 ? 0xc0ff8000 : number == 8 ? 0x1aa : 0x900;
	if (number == 9) {
		r[SDHCI_RESPONSE / 4] = 0;
		r[SDHCI_RESPONSE / 4 + 1] = 15 << 8;
		r[SDHCI_RESPONSE / 4 + 2] = 0x005b5900;
		r[SDHCI_RESPONSE / 4 + 3] = 1 << 22;
	}
	if (!(command >> 16 & SDHCI_DATA))
		return;
	r[SDHCI_RESPONSE / 4 + 3] = 0x900;
	must(count && (r[SDHCI_BLOCK / 4] & 0xfff) == SDHCI_SECTOR);
	if (command & SDHCI_MODE_DMA)
		must(r[SDHCI_DMA / 4] < fake_ram_size && count * SDHCI_SECTOR <= fake_ram_size - r[SDHCI_DMA / 4]);
}

void fake_mmio_write(uint32_t addr, unsigned int width, uint32_t value)
{
	uint32_t offset = addr - BASE, at = offset % BYTES;
	uint32_t *r = reg[offset / BYTES % SLOTS];

	must(offset < SLOTS * BYTES && width == (at == SDHCI_RESET ? 1 : 4));
	if (at == SDHCI_RESET || at == SDHCI_STATUS)
		return;
	must(at != SDHCI_SIGNAL_ENABLE || !value);
	must(at != SDHCI_DMA || value < fake_ram_size);
	r[at / 4] = at == SDHCI_CLOCK ? value | SDHCI_CLOCK_STABLE : value;
	if (at == SDHCI_COMMAND)
		obey(r, value);
}

static void use(struct block *b)
{
	uint32_t done;

	must(b->sector_size == 512 && b->sectors && b->sectors <= 1ull << 32 && b->max_sectors && b->description);
	for (uint32_t i = 0; i < 4; i++) {
		int rc = block_transfer(b, i == 1, b->sectors - 3, 3, i == 3 ? 0x7fe01 : 0x20000 + i, &done);

		must(rc ? done < 3 : done == 3);
	}
	must(!b->controller->busy);
	b->driver->reset(b);
}

static void parse(void)
{
	uint32_t response[4] = { next32(), next32(), next32(), next32() };
	bool blocks = next() & 1;
	struct sd_csd csd;

	if (sd_read_csd(&csd, response, blocks) != 0)
		return;
	must(csd.sectors && csd.sectors <= 1ull << 32);
	must(blocks || (csd.sectors - 1) * 512 <= UINT32_MAX - 511);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pci_function f = { .bdf = PCI_BDF(0, 4, 0), .class_revision = 0x08050100 };

	if (fake_ram_size != 4 * MIB)
		fake_ram_reset(4 * MIB);
	fake_alloc_reset();
	fake_io_reset();
	fake_log_reset();
	fake_timer_reset();
	fake_timer_looks = 20;
	pci_config_forget();
	memset(reg, 0, sizeof(reg));
	block_init();
	machine = (struct machine){ .low_ram_end = 4 * MIB };
	input = data;
	left = size;
	parse();
	slots = next();
	for (uint32_t i = 0; i < SLOTS; i++) {
		f.bar[i] = (struct pci_bar){ .size = BYTES, .base = BASE + i * BYTES, .kind = PCI_MEM };
		reg[i][SDHCI_PRESENT / 4] = SDHCI_PRESENT_CARD | SDHCI_PRESENT_WRITE;
		reg[i][SDHCI_CAPABILITIES / 4] = 0x057834b4 ^ (uint32_t)next() << 20;
	}
	if (dma_init() != 0)
		return 0;
	sd_init(&f);
	for (struct block *b = block_first; b; b = b->next)
		use(b);
	return 0;
}
