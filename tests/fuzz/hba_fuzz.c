/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fuzz/hba_fuzz.c: SCSI host adapters that say anything, in their registers and in memory: drivers end, offer drives
 * that make sense, and claim no more than was asked for.
 * Input: a byte for the kind; for each read of a register, and each word that the adapter has to say in memory, a byte: below
 * c0h what a good one would say, else four bytes that it says; a command's data is made of the bytes that follow.
 * LINK: src/hw/block/hba/megasas.c src/hw/block/hba/pvscsi.c src/hw/block/hba/mptsas.c src/hw/block/hba/adapter.c src/hw/block/controller.c
 * LINK: src/hw/block/model.c src/hw/block/scsi/target.c src/hw/block/scsi/disk.c src/hw/block/scsi/command.c src/hw/block/scsi/packet.c
 * LINK: src/hw/block/block.c src/hw/block/sectors.c src/dma/dma.c src/dma/sg.c src/hw/pci/config.c tests/fake/io.c tests/fake/timer.c tests/fake/alloc.c
 * LINK: tests/fake/ram.c tests/fake/log.c
 */
#include "hw/block/hba/megasas.h"
#include "hw/block/hba/mptsas.h"
#include "hw/block/hba/pvscsi.h"
#include "fuzz/driver_fuzz.h"
#include "lib/endian.h"

#define BASE	0xfebf0000u
#define BYTES	0x8000u
#define NONE	0xffffffffu

static enum { MEGASAS, SECOND, VMWARE, SAS, KINDS } kind;
static uint32_t rings[132], ring_words, made;	/* PVSCSI: what SETUP_RINGS was told, completions */
static uint32_t reply, frame, wanted, taken, to_say;	/* SAS 1068: reply FIFO, frame for one, doorbell */

static uint32_t said(uint32_t good)
{
	return next() >= 0xc0 ? next32() : good;
}

static uint8_t *at(uint32_t addr, uint32_t len)
{
	must(addr < fake_ram_size && len <= fake_ram_size - addr);
	return phys_to_ptr(addr);
}

/* Data of a command: what makes a disk or a CD of it, or the input's bytes. */
static void answer(uint32_t addr, uint32_t len, const uint8_t *cdb)
{
	static const uint8_t capacity[8] = { 0, 0, 3, 231, 0, 0, 2, 0 };
	uint8_t how = next(), *to = at(addr, len);

	memset(to, 0, len);
	if (how < 0x80 && cdb[0] == 0x12 && len >= 5)
		to[0] = how & 1 ? 5 : 0;
	else if (how < 0x80 && cdb[0] == 0x25 && len >= 8)
		memcpy(to, capacity, 8);
	else
		for (uint32_t i = 0; i < len && i < 40; i++)
			to[i] = next();
}

static void megasas_frame(uint32_t addr)
{
	uint8_t *f = at(addr & ~31u, 2048);
	bool direct = f[0] == 5;

	must(fake_alloc_owns(addr & ~31u, 2048));
	if (f[0] == 6) {	/* abort: is it there? */
		f[2] = (uint8_t)said(next() & 1 ? 5 : 0);
		return;
	}
	must(f[7] >= 1 && f[7] <= DMA_RANGES);
	for (uint32_t i = 0; i < f[7]; i++) {
		uint32_t to = get_le32(f + (direct ? 40 : 48) + 8 * i), len = get_le32(f + (direct ? 44 : 52) + 8 * i);

		at(to, len);
		if (direct) {
			memset(at(to, len), 0, len);
			for (uint32_t n = 0; n < 8; n++)
				at(to, len)[n] = next();
			for (uint32_t n = 0; n < 3; n++)
				at(to, len)[8 + 24 * n + (next() & 15)] = next();
		} else if (f[16] & 0x10) {
			answer(to, len, f + 32);
		}
	}
	f[3] = (uint8_t)said(0);
	f[2] = (uint8_t)said(0);
}

static void pvscsi_kick(void)
{
	uint32_t state = rings[2] * 4096, requests = rings[4] * 4096, completions = rings[68] * 4096;

	must(fake_alloc_owns(state, 4096) && fake_alloc_owns(requests, 4096) && fake_alloc_owns(completions, 4096));
	for (uint32_t n = get_le32(at(state, 4)); made != n; made++) {
		uint8_t *r = at(requests + made % 32 * 128, 128), *c = at(completions + made % 128 * 32, 32);

		must(n - made <= 32);
		if (get_le32(r + 16) && r[36] & 8 && !(r[36] & 1))
			answer(get_le32(r + 8), get_le32(r + 16), r + 40);
		put_le32(c, said(get_le32(r)));
		put_le32(c + 8, said(0));
		put_le32(c + 20, said(r[67] ? 0x11 : 0));	/* target 0 is there */
	}
	put_le32(at(state + 12, 4), said(made));
}

static void sas_request(uint32_t addr)
{
	uint8_t *r = at(addr, 80);

	must(fake_alloc_owns(addr, 80));
	if (r[23] & 2)
		answer(get_le32(r + 52), get_le32(r + 48) & 0xffffff, r + 24);
	reply = said(get_le32(r + 8));
	if (!frame || next() < 0x80)
		return;
	for (uint32_t i = 0; i < 32; i++)
		at(frame, 64)[i] = next();
	if (next() & 1)
		put_le32(at(frame + 8, 4), get_le32(r + 8));
	reply = 0x80000000u | frame >> 1;
}

uint32_t fake_mmio_read(uint32_t addr, unsigned int width)
{
	uint32_t reg = addr - BASE, good = 0;

	must(width == 4 && reg < BYTES);
	if (kind == MEGASAS || kind == SECOND) {
		good = 0xb0000000;
	} else if (kind == VMWARE) {
		good = 0;
	} else if (reg == 0x44) {
		good = reply;
		reply = NONE;
	} else if (reg == 0x30) {
		good = 1;
	} else if (to_say) {
		good = to_say-- == 9 ? 5 : 0;
	} else {
		good = frame || taken ? 0x20000000 : 0x10000000;
	}
	return said(good);
}

void fake_mmio_write(uint32_t addr, unsigned int width, uint32_t value)
{
	uint32_t reg = addr - BASE;

	must(width == 4 && reg < BYTES);
	if (kind == MEGASAS || kind == SECOND) {
		if (reg == 0x40)
			megasas_frame(value);
	} else if (kind == VMWARE) {
		if (reg == 0)
			ring_words = 0;
		if (reg == 4) {
			must(ring_words < 132);
			rings[ring_words++] = value;
			if (ring_words == 132) {
				made = 0;
				memset(at(rings[2] * 4096, 24), 0, 24);
				put_le32(at(rings[2] * 4096 + 8, 4), said(5));
				put_le32(at(rings[2] * 4096 + 20, 4), said(7));
			}
		}
		if (reg == 0x3014)
			pvscsi_kick();
	} else if (reg == 0x40) {
		sas_request(value);
	} else if (reg == 0x44) {
		must(fake_alloc_owns(value, 64));
		frame = value;
	} else if (reg == 0 && wanted) {
		if (--wanted == 0) {
			taken = 1;
			to_say = 10;
		}
	} else if (reg == 0 && value >> 24 == 0x42) {
		wanted = value >> 16 & 0xff;
	} else if (reg == 0) {
		frame = taken = 0;
		reply = NONE;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pci_function f = { .bdf = PCI_BDF(0, 4, 0) };

	start(data, size);
	kind = next() % KINDS;
	ring_words = made = frame = wanted = taken = to_say = 0;
	memset(rings, 0, sizeof(rings));
	reply = NONE;
	f.id = kind == SECOND ? MEGASAS_GEN2 : 0;
	f.bar[kind == SECOND || kind == SAS] = (struct pci_bar){ .size = BYTES, .base = BASE, .kind = PCI_MEM };
	(kind == SAS ? mptsas_init : kind == VMWARE ? pvscsi_init : megasas_init)(&f);
	use_all(3);
	return 0;
}
