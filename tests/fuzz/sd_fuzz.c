/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fuzz/sd_fuzz.c: a controller and a card that say anything in their registers: the driver ends, offers a card that
 * makes sense, gives the controller no memory but what was asked for, and claims no more than was done.
 * Input: a CSD (16 bytes, and 1: addresses are blocks) for sd_read_csd() by itself; a byte for the slots and for each of both
 * slots one for its capabilities; for each read of a register a byte, below 80h: what a good one would say, else four bytes
 * that it says.
 * LINK: src/hw/block/sd/sd.c src/hw/block/controller.c src/hw/block/sd/sdhci.c src/hw/block/block.c src/hw/block/sectors.c src/dma/dma.c src/dma/sg.c src/hw/pci/config.c tests/fake/io.c tests/fake/timer.c tests/fake/alloc.c tests/fake/ram.c tests/fake/log.c
 */
#include "fuzz/driver_fuzz.h"
#include "hw/block/sd/sd.h"
#include "hw/block/sd/sdhci.h"

#define BASE	0xfebfe000u
#define BYTES	0x100u
#define SLOTS	2

static uint32_t reg[SLOTS][BYTES / 4];
static uint8_t slots;

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

	start(data, size);
	pci_config_forget();
	memset(reg, 0, sizeof(reg));
	parse();
	slots = next();
	for (uint32_t i = 0; i < SLOTS; i++) {
		f.bar[i] = (struct pci_bar){ .size = BYTES, .base = BASE + i * BYTES, .kind = PCI_MEM };
		reg[i][SDHCI_PRESENT / 4] = SDHCI_PRESENT_CARD | SDHCI_PRESENT_WRITE;
		reg[i][SDHCI_CAPABILITIES / 4] = 0x057834b4 ^ (uint32_t)next() << 20;
	}
	sd_init(&f);
	for (struct block *b = block_first; b; b = b->next)
		use(b);
	return 0;
}
