/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fuzz/ahci_fuzz.c: a controller that says anything in its registers and in memory: the driver ends, offers
 * drives that make sense, and claims no more than was asked for.
 * Input: for each read of a register a byte, below 80h: what a good controller would say, else four bytes that it says;
 * for each command three bytes, what it sends (bits 0 and 1: register FIS, PIO setup FIS; bit 2: the data; bit 3: a
 * wrong count, of four bytes more), status and error.
 * LINK: src/hw/block/ata/ahci.c src/hw/block/controller.c src/hw/block/ata/ahci_port.c src/hw/block/model.c src/hw/block/ata/ata.c src/hw/block/scsi/packet.c src/hw/block/scsi/command.c src/hw/block/block.c src/hw/block/sectors.c src/dma/dma.c src/dma/sg.c src/hw/pci/config.c tests/fake/io.c tests/fake/timer.c tests/fake/alloc.c tests/fake/ram.c tests/fake/log.c
 */
#include "fuzz/driver_fuzz.h"
#include "hw/block/ata/ahci.h"
#include "hw/block/ata/ahci_port.h"
#include "hw/block/ata/ata.h"
#include "lib/endian.h"

#define BASE	0xfebff000u

static uint32_t reg[0x1000 / 4];

uint32_t fake_mmio_read(uint32_t addr, unsigned int width)
{
	must(width == 4 && addr - BASE < sizeof(reg) && !(addr & 3));
	return next() & 0x80 ? next32() : reg[(addr - BASE) / 4];
}

/* A disk of 1,000 sectors, or a CD drive. */
static void identity(uint16_t *word, bool packet)
{
	memset(word, 0, 512);
	word[0] = packet ? 0x8580 : 0x0040;
	word[49] = 0x0300;
	word[60] = packet ? 0 : 1000;
	word[83] = 0x4000 | (next() & 4 ? 0x0400 : 0);
	word[100] = word[60];
	for (uint32_t n = next() & 3; n--;)
		word[next()] = (uint16_t)next32();
}

static void command(const uint32_t *port)
{
	struct ahci_header *header = phys_to_ptr(port[AHCI_CLB / 4]);
	struct ahci_table *table = phys_to_ptr(header->table);
	uint8_t *received = phys_to_ptr(port[AHCI_FB / 4]), what = next(), status = next(), error = next();
	uint32_t ranges = header->options >> 16, bytes = 0;
	uint8_t what_for = (uint8_t)(table->fis[0] >> 16);

	must(fake_alloc_owns(port[AHCI_CLB / 4], 32) && fake_alloc_owns(port[AHCI_FB / 4], 256));
	must(ranges <= DMA_RANGES && fake_alloc_owns(header->table, 0x80 + 16 * ranges));
	for (uint32_t i = 0; i < ranges && what & 4; i++) {
		struct ahci_prd *prd = &table->prd[i];

		must(prd->addr + prd->last < fake_ram_size && prd->last < AHCI_PRD_BYTES && !(prd->addr & 1) && prd->last & 1);
		if (what_for == ATA_IDENTIFY || what_for == ATA_IDENTIFY_PACKET)
			identity(phys_to_ptr(prd->addr), what_for == ATA_IDENTIFY_PACKET);
		else if (prd->last == 7)	/* READ CAPACITY: 1000 blocks of 2048 bytes */
			memcpy(phys_to_ptr(prd->addr), (uint8_t[]){ 0, 0, 3, 231, 0, 0, 8, 0 }, 8);
		else if (!(header->options & AHCI_WRITE))
			memset(phys_to_ptr(prd->addr), next(), prd->last + 1);
		bytes += prd->last + 1;
	}
	header->bytes = what & 8 ? next32() : bytes;
	if (what & 2)
		received[AHCI_RECEIVED_PIO] = AHCI_FIS_PIO;
	if (what & 1) {
		received[AHCI_RECEIVED_D2H] = AHCI_FIS_D2H;
		received[AHCI_RECEIVED_D2H + 2] = status;
		received[AHCI_RECEIVED_D2H + 3] = error;
	}
}

void fake_mmio_write(uint32_t addr, unsigned int width, uint32_t value)
{
	uint32_t offset = addr - BASE;

	must(width == 4 && offset < sizeof(reg) && !(addr & 3));
	if (offset >= AHCI_PORT_BASE && offset % AHCI_PORT_BYTES == AHCI_CI)
		command(&reg[(offset - AHCI_CI) / 4]);
	else if (offset != AHCI_GHC && offset % AHCI_PORT_BYTES != AHCI_IS && offset % AHCI_PORT_BYTES != AHCI_SERR)
		reg[offset / 4] = value;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pci_function f = { .bdf = PCI_BDF(0, 31, 2) };

	f.bar[5] = (struct pci_bar){ .size = 0x1000, .base = BASE, .kind = PCI_MEM };
	start(data, size);
	memset(reg, 0, sizeof(reg));
	reg[AHCI_PI / 4] = 3;
	for (uint32_t n = 0; n < 2; n++) {
		uint32_t *port = &reg[(AHCI_PORT_BASE + n * AHCI_PORT_BYTES) / 4];

		port[AHCI_SSTS / 4] = 0x113;
		port[AHCI_SIG / 4] = n ? AHCI_SIG_PACKET : AHCI_SIG_DISK;
	}
	ahci_init(&f);
	use_all(2);
	return 0;
}
