/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fuzz/am53c974_fuzz.c: an adapter that says anything in its registers: the driver ends, offers drives that make sense,
 * claims no more than was asked for, and gives the DMA engine no memory that is not its own.
 * Input: for each read of a register a byte, below 80h: what a good adapter would say, else what it says; for each transfer of
 * data a byte that is the data, or when it is 0 an answer that makes sense.
 * LINK: src/hw/block/hba/am53c974.c src/hw/block/model.c src/hw/block/scsi/target.c src/hw/block/scsi/disk.c src/hw/block/scsi/packet.c src/hw/block/scsi/command.c src/dma/dma.c src/dma/sg.c src/hw/block/block.c src/hw/block/sectors.c src/hw/pci/config.c tests/fake/io.c tests/fake/timer.c tests/fake/alloc.c tests/fake/ram.c tests/fake/log.c
 */
#include "fuzz/driver_fuzz.h"
#include "hw/block/hba/am53c974.h"

#define IO	0xc000u

static uint32_t reg[32];
static uint8_t cdb[16], phase, interrupt, fifo;

uint32_t fake_io_in(uint16_t port, unsigned int width)
{
	if (port >= 0xcf8 && port <= 0xcff)
		return 0;
	must(port - IO < 0x80 && width == 4);
	if (next() & 0x80)
		return next32();
	switch (port - IO) {
	case 0x08: return fifo;
	case 0x10: return phase | 0x80;
	case 0x14: return interrupt;
	default:   return 0;
	}
}

/* INQUIRY of a disk, or of a CD drive; a capacity of 1000 sectors; two units. */
static void answer(uint8_t *to, uint32_t len)
{
	if (cdb[0] == 0x12 && len >= 36)
		to[0] = next() & 5;
	else if (cdb[0] == 0x25 && len >= 8)
		memcpy(to, (uint8_t[]){ 0, 0, 3, 231, 0, 0, next() & 1 ? 2 : 8, 0 }, 8);
	else if (cdb[0] == 0xa0 && len >= 24)
		memcpy(to, (uint8_t[]){ 0, 0, 0, 16, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, next() }, 18);
}

static void transfer(bool selection)
{
	uint32_t addr = reg[0x48 / 4], len = reg[0x44 / 4];
	uint8_t fill = next();

	must(len && len <= 0x10000 && addr < fake_ram_size && len <= fake_ram_size - addr);
	must((len & 0xff) == (reg[0] & 0xff) && (len >> 8 & 0xff) == (reg[1] & 0xff));
	if (selection) {
		must(len <= 17);
		memcpy(cdb, (uint8_t *)phys_to_ptr(addr) + 1, len - 1);
		phase = cdb[0] == 0x2a || cdb[0] == 0x8a ? 0 : cdb[0] == 0x35 || cdb[0] == 0x1b || cdb[0] == 0x1e ? 3 : 1;
		interrupt = 0x18;
		return;
	}
	if (reg[0x40 / 4] & 0x80 && fill)
		memset(phys_to_ptr(addr), fill, len);
	else if (reg[0x40 / 4] & 0x80)
		answer(phys_to_ptr(addr), len);
	phase = 3;
	interrupt = 0x10;
}

void fake_io_out(uint16_t port, unsigned int width, uint32_t value)
{
	if (port >= 0xcf8 && port <= 0xcff)
		return;
	must(port - IO < 0x80 && width == 4);
	reg[(port - IO) / 4] = value;
	if (port - IO != 0x0c)
		return;
	fifo = 0;
	interrupt = value == 0x12 ? 0x20 : 0x08;
	if (value & 0x80)
		transfer(value == 0xc2);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pci_function f = { .bdf = PCI_BDF(0, 5, 0) };

	f.bar[0] = (struct pci_bar){ .size = 0x80, .base = IO, .kind = PCI_IO };
	start(data, size);
	memset(reg, 0, sizeof(reg));
	am53c974_init(&f);
	use_all(3);
	return 0;
}
