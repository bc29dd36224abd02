/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fuzz/nvme_fuzz.c: a controller that says anything in its registers and in memory: the driver ends, offers disks
 * that make sense, and reaches no memory but its own and what it was asked for.
 * Input: for each read of a register a byte, below 80h: what a good controller would say, else four bytes that it says;
 * for each command a byte: bit 0: it never ends; bit 1: four bytes that change its completion; bits 7..4: so many changes
 * of what IDENTIFY gives, each of three bytes (where, twice, and what).
 * LINK: src/hw/block/model.c src/hw/block/nvme/nvme.c src/hw/block/nvme/nvme_controller.c src/hw/block/controller.c src/hw/block/block.c src/hw/block/sectors.c src/dma/dma.c src/dma/sg.c src/hw/pci/config.c tests/fake/io.c tests/fake/timer.c tests/fake/alloc.c tests/fake/ram.c tests/fake/log.c
 */
#include "fuzz/driver_fuzz.h"
#include "hw/block/nvme/nvme.h"
#include "hw/block/nvme/nvme_controller.h"
#include "lib/bits.h"
#include "lib/endian.h"

#define BASE	0xfeb00000u
#define BYTES	0x4000u

static uint32_t reg[NVME_DOORBELLS / 4];
static uint32_t stride;
static struct { uint32_t sq, cq, entries, posted, phase; } queue[2];

/* Namespaces as IDENTIFY has told of them, the newest last, and the logarithm of their blocks' sizes. */
static struct { uint32_t nsid, shift; } space[64];
static uint32_t spaces;

uint32_t fake_mmio_read(uint32_t addr, unsigned int width)
{
	uint32_t value;

	must(width == 4 && addr - BASE < sizeof(reg) && !(addr & 3));
	value = next() & 0x80 ? next32() : reg[(addr - BASE) / 4];
	if (addr - BASE == NVME_CAP_HIGH)
		stride = 4u << (value & NVME_CAP_DSTRD);
	return value;
}

/* A controller of 64 KiB a request; a namespace of 1,000 sectors; namespaces 1 and 2. */
static void identify(uint8_t *id, uint32_t cns, uint32_t nsid, uint32_t changes)
{
	memset(id, 0, NVME_PAGE);
	if (cns == NVME_CNS_CONTROLLER) {
		memcpy(id + 24, "Fuzz", 4);
		id[77] = 4;
		id[525] = 1;
	} else if (cns == NVME_CNS_NAMESPACE) {
		put_le64(id, 1000);
		id[130] = 9;
	} else {
		for (uint32_t i = 0; nsid + i < 2; i++)
			put_le32(id + 4 * i, nsid + i + 1);
	}
	while (changes--) {
		uint32_t at = next();

		at = (at << 8 | next()) & (NVME_PAGE - 1);
		id[at] = next();
	}
	if (cns == NVME_CNS_NAMESPACE && spaces < ARRAY_SIZE(space)) {
		uint32_t format = (id[26] & 15) | (id[25] >= 16 ? id[26] >> 1 & 0x30 : 0);

		space[spaces].nsid = nsid;
		space[spaces++].shift = id[130 + 4 * format] & 31;
	}
}

/* Every byte that the command names is in RAM; the pages behind the first are whole. */
static void look(const struct nvme_command *c, uint32_t bytes)
{
	uint32_t first = min_u32(bytes, NVME_PAGE - (c->prp1 & (NVME_PAGE - 1)));

	must(!c->prp1_high && !c->prp2_high && !(c->prp1 & 3) && c->prp1 + first <= fake_ram_size);
	for (uint32_t done = first, i = 0; done < bytes; done += NVME_PAGE, i++) {
		uint64_t at = c->prp2;

		if (bytes - first > NVME_PAGE) {
			must(i < NVME_PRPS && fake_alloc_owns(c->prp2 + 8 * i, 8) && !(c->prp2 & (NVME_PAGE - 1)));
			at = get_le64((uint8_t *)phys_to_ptr(c->prp2) + 8 * i);
		}
		must(!(at & (NVME_PAGE - 1)) && at + min_u32(NVME_PAGE, bytes - done) <= fake_ram_size);
	}
}

static uint32_t sector_size(uint32_t nsid)
{
	for (uint32_t i = spaces; i--;)
		if (space[i].nsid == nsid)
			return 1u << space[i].shift;
	return 512;	/* of more than are kept */
}

/* The command in this place of the queue. */
static void command(uint32_t n, uint32_t place)
{
	const struct nvme_command *c = phys_to_ptr(queue[n].sq);
	struct nvme_completion *completion;
	uint8_t what = next();
	uint32_t opcode;

	must(fake_alloc_owns(queue[n].sq, 2 * sizeof(*c)));
	c += place;
	opcode = c->opcode & 0xff;
	if (n == 0 && opcode == NVME_IDENTIFY) {
		must(fake_alloc_owns(c->prp1, NVME_PAGE));
		identify(phys_to_ptr(c->prp1), c->dw10, c->nsid, what >> 4);
	} else if (n == 0) {
		if (opcode == NVME_CREATE_CQ) {
			queue[1].cq = c->prp1;
			queue[1].entries = (c->dw10 >> 16) + 1;
			queue[1].posted = 0;
			queue[1].phase = NVME_PHASE;
		} else {
			queue[1].sq = c->prp1;
		}
	} else if (opcode != NVME_FLUSH) {
		look(c, (c->dw12 + 1) * sector_size(c->nsid));
	}
	if (what & 1)
		return;
	must(fake_alloc_owns(queue[n].cq, queue[n].entries * (uint32_t)sizeof(*completion)));
	completion = (struct nvme_completion *)phys_to_ptr(queue[n].cq) + queue[n].posted;
	completion->status = queue[n].phase | c->opcode >> 16;
	if (what & 2)
		completion->status ^= next32();
	if (++queue[n].posted == queue[n].entries) {
		queue[n].posted = 0;
		queue[n].phase ^= NVME_PHASE;
	}
}

void fake_mmio_write(uint32_t addr, unsigned int width, uint32_t value)
{
	uint32_t offset = addr - BASE;

	must(width == 4 && offset < BYTES && !(addr & 3));
	if (offset >= NVME_DOORBELLS) {
		uint32_t n = (offset - NVME_DOORBELLS) / stride;

		must(n < 4 && (offset - NVME_DOORBELLS) % stride == 0);
		if (n & 1)
			return;
		must(value < NVME_COMMANDS);
		command(n / 2, value ^ 1);
		return;
	}
	if (offset != NVME_CC) {
		if (offset != NVME_INTMS && offset != NVME_INTMC)
			reg[offset / 4] = value;
		return;
	}
	reg[NVME_CC / 4] = value;
	reg[NVME_CSTS / 4] = value & NVME_CC_EN ? NVME_CSTS_RDY : 0;
	queue[0].sq = reg[NVME_ASQ / 4];
	queue[0].cq = reg[NVME_ACQ / 4];
	queue[0].entries = (reg[NVME_AQA / 4] >> 16) + 1;
	queue[0].posted = 0;
	queue[0].phase = NVME_PHASE;
}

static void use(struct block *b)
{
	uint32_t done;

	must((b->sector_size == 512 || b->sector_size == 4096) && b->sectors && b->max_sectors && b->description);
	must(strlen(b->description) <= NVME_MODEL && !(b->max_sectors > 2 * MIB / b->sector_size));
	for (uint32_t i = 0; i < 6; i++) {
		uint32_t count = i < 4 ? 3 : 60;
		int rc = block_transfer(b, i & 1, 0, count, 0x20000 + i, &done);

		must(rc ? done <= count : done == count);
	}
	must(!b->controller->busy);
	b->driver->reset(b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pci_function f = { .bdf = PCI_BDF(0, 4, 0) };

	f.bar[0] = (struct pci_bar){ .size = BYTES, .base = BASE, .kind = PCI_MEM };
	start(data, size);
	memset(reg, 0, sizeof(reg));
	memset(queue, 0, sizeof(queue));
	stride = 4;
	spaces = 0;
	reg[NVME_CAP / 4] = 0x010107ff;
	reg[NVME_CAP_HIGH / 4] = 0x00401820;
	nvme_init(&f);
	for (struct block *b = block_first; b; b = b->next)
		use(b);
	return 0;
}
