/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fuzz/lsi_fuzz.c: an adapter that says anything in its registers and writes anything where its program may: the driver
 * ends, offers drives that make sense, claims no more than was asked for, and lets no program name memory that is not its own.
 * Input: for each command a byte: bits 0-2, which of status, last byte, each range's rest, are written, then those bytes; bit 3,
 * data of the next byte's value; bit 4, an answer that makes sense. For each read of a register a byte, below 80h: all is well,
 * else what it says.
 * LINK: src/hw/block/hba/adapter.c src/hw/block/controller.c src/hw/block/hba/lsi.c src/hw/block/hba/lsi_script.c src/hw/block/model.c src/hw/block/scsi/target.c src/hw/block/scsi/disk.c src/hw/block/scsi/packet.c src/hw/block/scsi/command.c src/dma/dma.c src/dma/sg.c src/hw/block/block.c src/hw/block/sectors.c src/hw/pci/config.c tests/fake/io.c tests/fake/timer.c tests/fake/alloc.c tests/fake/ram.c tests/fake/log.c
 */
#include "fuzz/driver_fuzz.h"
#include "hw/block/hba/lsi.h"
#include "hw/block/hba/lsi_script.h"

#define BASE	0xfebf0000u

uint32_t fake_mmio_read(uint32_t addr, unsigned int width)
{
	uint8_t what = next();

	must(addr - BASE < 0x80);
	if (what & 0x80)
		return width == 4 ? next32() : what | (uint32_t)next() << 8;
	switch (addr - BASE) {
	case 0x0c: return 0x84;
	case 0x42: return 2;
	default:   return 0;
	}
}

/* INQUIRY of a disk, or of a CD drive; a capacity of 1000 sectors; two units. */
static void answer(const uint8_t *cdb, uint8_t *to, uint32_t len)
{
	if (cdb[0] == 0x12 && len >= 36)
		to[0] = next() & 5;
	else if (cdb[0] == 0x25 && len >= 8)
		memcpy(to, (uint8_t[]){ 0, 0, 3, 231, 0, 0, next() & 1 ? 2 : 8, 0 }, 8);
	else if (cdb[0] == 0xa0 && len >= 24)
		memcpy(to, (uint8_t[]){ 0, 0, 0, 16, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, next() }, 18);
}

static void command(uint32_t program)
{
	struct lsi_memory *m = phys_to_ptr(program);
	uint8_t what = next();
	struct lsi_move *moves = m->script.moves;

	must(offsetof(struct lsi_memory, script) == 0 && fake_alloc_owns(program, sizeof(*m)));
	must(m->count <= DMA_RANGES);
	if (what & 1)
		m->status = what & 16 ? 0 : next();
	if (what & 2)
		m->complete = what & 16 ? 0 : next();
	for (uint32_t i = DMA_RANGES - m->count; i < DMA_RANGES; i++) {
		uint32_t len = moves[i].move.what & MOVE_MAX, addr = moves[i].move.where;

		must(len && addr < fake_ram_size && len <= fake_ram_size - addr);
		if (what & 8 && (moves[i].move.what >> 24 & 7) == PHASE_DATA_IN)
			memset(phys_to_ptr(addr), next(), len);
		if (what & 16)
			answer(m->cdb, phys_to_ptr(addr), len);
		if (what & 4)
			moves[i].left = what & 16 ? 0xe0000000 : next32();
	}
}

void fake_mmio_write(uint32_t addr, unsigned int width, uint32_t value)
{
	must(addr - BASE < 0x80);
	(void)width;
	if (addr - BASE != 0x2c)
		return;
	must(value % 4 == 0 && fake_alloc_owns(value, 4));
	if (value % __alignof__(struct lsi_memory) == 0 && fake_alloc_owns(value, sizeof(struct lsi_memory)))
		command(value);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pci_function f = { .bdf = PCI_BDF(0, 4, 0) };

	f.bar[1] = (struct pci_bar){ .size = 0x400, .base = BASE, .kind = PCI_MEM };
	start(data, size);
	lsi_init(&f);
	use_all(3);
	return 0;
}
