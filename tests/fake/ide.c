/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fake/ide.c: see ide.h.
 */
#include <assert.h>
#include <stdio.h>
#include <string.h>
#include "fake/ide.h"
#include "fake/io.h"
#include "fake/ram.h"
#include "lib/bits.h"
#include "lib/endian.h"

#define ERR	0x01
#define DRQ	0x08
#define DF	0x20
#define READY	0x50
#define BSY	0x80

#define STORED	32
#define DATA	(1 << 20)

enum phase { IDLE, IN, OUT, PACKET, DMA };

struct fake_ide fake_ide;

static struct {
	uint16_t io, control, bus_master;
	uint8_t selected, active;	/* drive: by the device register; that had the last command */
	uint8_t device, status, error, features;
	uint8_t count[2], low[2], mid[2], high[2];	/* as written last, and before */
	uint32_t busy, dma_busy;
	bool hangs, dead;
	enum phase phase;
	bool dma, to_device, is_packet;
	enum fake_ide_fault fault;
	uint8_t data[DATA + 4];
	uint32_t at, part_end, end, part;	/* bytes */
	uint32_t fails_from;			/* bytes before the error, ~0: none */
	uint64_t lba;
	uint8_t bm_status;
	uint32_t table;
	struct { uint64_t lba; uint8_t data[4096]; } stored[STORED];
	uint32_t n_stored;
} s;

static struct fake_ide_drive *drive(void)
{
	return &fake_ide.drive[s.selected];
}

uint8_t fake_ide_byte(uint64_t lba, uint32_t offset)
{
	uint64_t x = lba * 0x9e3779b97f4a7c15ull + offset / 8 * 0xbf58476d1ce4e5b9ull;

	return (uint8_t)((x ^ x >> 31) >> (offset % 8 * 8));
}

uint8_t fake_ide_now(uint64_t lba, uint32_t offset)
{
	for (uint32_t i = 0; i < s.n_stored; i++)
		if (s.stored[i].lba == lba)
			return s.stored[i].data[offset];
	return fake_ide_byte(lba, offset);
}

static void store(uint64_t lba, const uint8_t *data, uint32_t size)
{
	uint32_t i = 0;

	while (i < s.n_stored && s.stored[i].lba != lba)
		i++;
	assert(i < STORED && "more sectors are written than the model keeps");
	s.n_stored = max_u32(s.n_stored, i + 1);
	s.stored[i].lba = lba;
	memcpy(s.stored[i].data, data, size);
}

static void interrupt(void)
{
	fake_ide.interrupts += !(fake_ide.control & 2);
}

static void finish(uint8_t status, uint8_t error)
{
	s.phase = IDLE;
	s.status = READY | status;
	s.error = error;
	interrupt();
}

/* The next part by the data port, or the end. */
static void offer(void)
{
	/* An error comes instead of a sector that is read, behind one that is written. */
	if (s.to_device ? s.at > s.fails_from : s.at == s.fails_from) {
		finish(s.fault == FAULT_DEVICE ? DF : ERR, s.to_device ? 0x10 : 0x40);
		return;
	}
	if (s.at == s.end) {
		finish(0, 0);
		return;
	}
	s.part_end = min_u32(s.end, s.at + s.part);
	s.busy = fake_ide.busy_looks;
	s.status = READY | DRQ;
	if (s.is_packet && s.phase != PACKET) {
		uint32_t n = s.part_end - s.at;

		if (s.fault == FAULT_LENGTH_ZERO)
			n = 0;
		if (s.fault == FAULT_LENGTH_LARGE)
			n = s.end + 2;
		if (s.fault == FAULT_LENGTH_ODD && n > 1)
			n--;
		s.part_end = s.at + n;
		s.mid[0] = (uint8_t)n;
		s.high[0] = (uint8_t)(n >> 8);
	}
	interrupt();
}

static void begin_data(enum phase phase, uint32_t bytes, uint32_t part)
{
	s.phase = phase;
	s.at = 0;
	s.end = bytes;
	s.part = part;
	s.to_device = phase == OUT;
	if (s.fault == FAULT_NO_DATA) {
		finish(0, 0);
		return;
	}
	if (s.dma) {
		s.phase = DMA;
		s.status = READY | DRQ;
		return;
	}
	offer();
}

/* count sectors from lba as bytes, up to a bad one. */
static void load(uint64_t lba, uint32_t count, uint32_t size)
{
	assert(count * size <= DATA);
	s.lba = lba;
	s.fails_from = ~0u;
	for (uint32_t i = 0; i < count; i++) {
		if (lba + i == drive()->bad)
			s.fails_from = min_u32(s.fails_from, i * size);
		for (uint32_t k = 0; k < size; k++)
			s.data[i * size + k] = fake_ide_now(lba + i, k);
	}
}

static void disk_command(uint8_t opcode)
{
	bool extended = opcode == 0x24 || opcode == 0x25 || opcode == 0x34 || opcode == 0x35;
	bool write = opcode == 0x30 || opcode == 0x34 || opcode == 0xca || opcode == 0x35;
	struct fake_ide_drive *d = drive();
	uint64_t lba = s.low[0] | s.mid[0] << 8 | s.high[0] << 16;
	uint32_t count = s.count[0];

	if (extended) {
		lba |= (uint64_t)s.low[1] << 24 | (uint64_t)s.mid[1] << 32 | (uint64_t)s.high[1] << 40;
		count |= (uint32_t)s.count[1] << 8;
		count = count ? count : 65536;
	} else {
		lba |= (uint64_t)(s.device & 15) << 24;
		count = count ? count : 256;
	}
	fake_ide.lba = lba;
	fake_ide.count = count;
	s.dma = opcode == 0xc8 || opcode == 0xca || opcode == 0x25 || opcode == 0x35;
	if (d->kind != FAKE_IDE_DISK) {
		finish(ERR, 4);
		return;
	}
	if (!range_inside(lba, count, d->sectors)) {
		finish(ERR, 0x10);
		return;
	}
	if (write && d->write_protected) {
		finish(ERR, 0x44);
		return;
	}
	load(lba, count, d->sector_size);
	begin_data(write ? OUT : IN, count * d->sector_size, d->sector_size);
}

static void identify(bool packet)
{
	struct fake_ide_drive *d = drive();

	s.dma = false;
	if (d->kind != (packet ? FAKE_IDE_CD : FAKE_IDE_DISK)) {
		bool cd = d->kind == FAKE_IDE_CD;

		s.mid[0] = cd ? 0x14 : 0;
		s.high[0] = cd ? 0xeb : 0;
		finish(ERR, 4);
		return;
	}
	memcpy(s.data, d->identify, 512);
	s.fails_from = ~0u;
	begin_data(IN, 512, 512);
}

static void check_condition(uint8_t key, uint8_t code, uint8_t qualifier)
{
	drive()->now = (struct fake_ide_sense){ key, code, qualifier };
	finish(ERR, (uint8_t)(key << 4));
}

static void answer(uint32_t have, uint32_t room)
{
	uint32_t limit = s.mid[0] | (uint32_t)s.high[0] << 8;

	s.fails_from = ~0u;
	if (!s.dma && !limit) {
		finish(ERR, 4);
		return;
	}
	have = min_u32(have, room);
	if (s.fault == FAULT_SHORT && !s.dma)
		have = align_down(have / 2, 2);
	begin_data(IN, have, limit & ~1u);
}

static void sense(const uint8_t *packet)
{
	struct fake_ide_drive *d = drive();

	memset(s.data, 0, 18);
	if (d->sense_by_descriptor)
		memcpy(s.data, (uint8_t[]){ 0x72, d->now.key, d->now.code, d->now.qualifier }, 4);
	else
		memcpy(s.data, (uint8_t[]){ 0xf0, 0, d->now.key, 0, 0, 0, 0, 10, 0, 0, 0, 0, d->now.code,
					    d->now.qualifier }, 14);
	d->now = (struct fake_ide_sense){ 0, 0, 0 };
	answer(18, packet[4]);
}

static void read_cd(const uint8_t *packet)
{
	uint32_t lba = be32_to_cpu((be32_t){ get_le32(packet + 2) });
	uint32_t count = packet[0] == 0x28 ? (uint32_t)packet[7] << 8 | packet[8] :
						   be32_to_cpu((be32_t){ get_le32(packet + 6) });

	fake_ide.lba = lba;
	fake_ide.count = count;
	if (!range_inside(lba, count, drive()->sectors)) {
		check_condition(5, 0x21, 0);
		return;
	}
	if (drive()->bad >= lba && drive()->bad < lba + count) {
		check_condition(3, 0x11, 0);
		return;
	}
	load(lba, count, 2048);
	answer(count * 2048, ~0u);
}

static void run_packet(void)
{
	struct fake_ide_drive *d = drive();
	uint8_t packet[12];

	memcpy(packet, s.data, 12);
	s.phase = IDLE;
	if (packet[0] == 0x03) {
		sense(packet);
		return;
	}
	memcpy(d->last, packet, 12);
	if (d->senses) {
		struct fake_ide_sense now = d->sense[0];

		if (!d->sense_for_ever)
			memmove(d->sense, d->sense + 1, --d->senses * sizeof(d->sense[0]));
		check_condition(now.key, now.code, now.qualifier);
		return;
	}
	if (!d->sectors && packet[0] != 0x1e && packet[0] != 0x1b) {
		check_condition(2, 0x3a, 0);
		return;
	}
	switch (packet[0]) {
	case 0x00:
		finish(0, 0);
		return;
	case 0x1b:
		if (d->locked) {
			check_condition(5, 0x53, 2);
			return;
		}
		d->ejected = (packet[4] & 3) == 2;
		finish(0, 0);
		return;
	case 0x1e:
		d->locked = packet[4] & 1;
		finish(0, 0);
		return;
	case 0x25:
		memcpy(s.data, &(be32_t){ cpu_to_be32((uint32_t)(d->sectors - 1)).raw }, 4);
		memcpy(s.data + 4, &(be32_t){ cpu_to_be32(d->sector_size).raw }, 4);
		answer(8, ~0u);
		return;
	case 0x28:
	case 0xa8:
		read_cd(packet);
		return;
	default:
		check_condition(5, 0x20, 0);
	}
}

static void soft_reset(void)
{
	fake_ide.resets++;
	s.hangs = false;
	s.phase = IDLE;
	s.status = READY;
	s.error = 1;
	s.busy = fake_ide.busy_looks;
	s.selected = s.active = s.device = 0;
	for (int i = 0; i < 2; i++) {
		bool cd = fake_ide.drive[0].kind == FAKE_IDE_CD;

		s.mid[i] = cd ? 0x14 : 0;
		s.high[i] = cd ? 0xeb : 0;
	}
}

static bool channel_empty(void)
{
	return !fake_ide.drive[0].kind && !fake_ide.drive[1].kind;
}

/* Without taking time. */
static uint8_t status_now(void)
{
	if (channel_empty() || (s.selected && !drive()->kind))
		return 0;
	if (s.selected != s.active)
		return READY;
	return s.busy || s.hangs || s.dead ? BSY | READY : s.status;
}

static uint8_t status(void)
{
	uint8_t now = status_now();

	if (s.busy && now)
		s.busy--;
	return now;
}

static void command(uint8_t opcode)
{
	if (channel_empty() || (s.selected && !drive()->kind))
		return;
	assert(!(status_now() & BSY) && "a command while the drive is busy");
	assert((!(status_now() & DRQ) || (opcode == 0x08 && drive()->kind == FAKE_IDE_CD)) &&
	       "a command in the middle of a transfer");
	s.active = s.selected;
	if (opcode != 0x08)
		fake_ide.commands++;
	fake_ide.before = fake_ide.opcode;
	fake_ide.opcode = opcode;
	s.fault = FAULT_NONE;
	if (fake_ide.fault_at && (fake_ide.commands == fake_ide.fault_at ||
				  (fake_ide.fault_stays && fake_ide.commands > fake_ide.fault_at)))
		s.fault = fake_ide.fault;
	s.status = READY;
	s.busy = fake_ide.busy_looks;
	s.is_packet = false;
	if (s.fault == FAULT_HANG || s.fault == FAULT_DEAD) {
		s.hangs = true;
		s.dead = s.fault == FAULT_DEAD;
		return;
	}
	if (s.fault == FAULT_REFUSE || s.fault == FAULT_DEVICE) {
		finish(s.fault == FAULT_REFUSE ? ERR : DF, 4);
		return;
	}
	switch (opcode) {
	case 0x08:				/* DEVICE RESET */
		if (drive()->kind != FAKE_IDE_CD) {
			finish(ERR, 4);
			break;
		}
		finish(0, 1);
		s.status = 0;
		break;
	case 0x20: case 0x24: case 0x25: case 0x30: case 0x34: case 0x35: case 0xc8: case 0xca:
		disk_command(opcode);
		break;
	case 0xa0:
		if (drive()->kind != FAKE_IDE_CD) {
			finish(ERR, 4);
			break;
		}
		s.is_packet = true;
		s.dma = s.features & 1;
		s.at = 0;
		s.end = s.part = s.part_end = 12;
		s.fails_from = ~0u;
		s.phase = PACKET;
		if (s.fault == FAULT_NO_DATA)
			finish(0, 0);
		else
			s.status = READY | DRQ;
		break;
	case 0xa1:
	case 0xec:
		identify(opcode == 0xa1);
		break;
	case 0xe5: case 0xe7: case 0xea:
		fake_ide.flushes += opcode != 0xe5;
		fake_ide.asked += opcode == 0xe5;
		finish(drive()->kind == FAKE_IDE_DISK ? 0 : ERR, 4);
		break;
	default:
		finish(ERR, 4);
	}
	fake_ide.dma_commands += s.phase == DMA;
}

/* Whole sectors that have come. */
static void keep_written(void)
{
	uint32_t size = drive()->sector_size;

	for (uint32_t i = 0; (i + 1) * size <= min_u32(s.at, s.fails_from); i++)
		store(s.lba + i, s.data + i * size, size);
}

static void port_end(void)
{
	if (s.at < s.part_end)
		return;
	if (s.phase == PACKET) {
		run_packet();
		fake_ide.dma_commands += s.phase == DMA;
		return;
	}
	if (s.to_device)
		keep_written();
	offer();
}

static uint32_t data_in(unsigned int width)
{
	uint32_t value = 0;

	assert(s.phase == IN && s.status & DRQ && !s.busy && "data that nobody offered");
	assert(width > 1 && s.at < s.part_end && s.at + width <= s.part_end + 1);
	memcpy(&value, s.data + s.at, width);
	s.at = min_u32(s.at + width, s.part_end);
	port_end();
	return value;
}

static void data_out(uint32_t value, unsigned int width)
{
	assert((s.phase == OUT || s.phase == PACKET) && s.status & DRQ && !s.busy && "data that nobody asked for");
	assert(width > 1 && s.at + width <= s.part_end);
	memcpy(s.data + s.at, &value, width);
	s.at += width;
	port_end();
}

static uint32_t in(void *opaque, uint16_t port, unsigned int width)
{
	(void)opaque;
	if (fake_ide.floating)
		return ~0u;
	if (port == s.io)
		return data_in(width);
	assert(width == 1);
	switch (port - s.io) {
	case 1:
		return s.error;
	case 2:
		return s.count[0];
	case 3:
		return s.low[0];
	case 4:
		return s.mid[0];
	case 5:
		return s.high[0];
	case 6:
		return 0xa0 | s.selected << 4;
	default:
		return status();
	}
}

static void push(uint8_t reg[2], uint32_t value)
{
	reg[1] = reg[0];
	reg[0] = (uint8_t)value;
}

static void out(void *opaque, uint16_t port, unsigned int width, uint32_t value)
{
	(void)opaque;
	if (fake_ide.floating)
		return;
	if (port == s.io) {
		data_out(value, width);
		return;
	}
	assert(width == 1);
	if (port - s.io != 7 && status_now() & (BSY | DRQ))
		return;
	switch (port - s.io) {
	case 1:
		s.features = (uint8_t)value;
		break;
	case 2:
		push(s.count, value);
		break;
	case 3:
		push(s.low, value);
		break;
	case 4:
		push(s.mid, value);
		break;
	case 5:
		push(s.high, value);
		break;
	case 6:
		s.selected = value >> 4 & 1;
		s.device = (uint8_t)value;
		break;
	default:
		command((uint8_t)value);
	}
}

static uint32_t control_in(void *opaque, uint16_t port, unsigned int width)
{
	(void)opaque, (void)port, (void)width;
	return fake_ide.floating ? 0xff : status();
}

static void control_out(void *opaque, uint16_t port, unsigned int width, uint32_t value)
{
	(void)opaque, (void)port, (void)width;
	if (value & 4 && !(fake_ide.control & 4))
		soft_reset();
	fake_ide.control = (uint8_t)value;
}

/* All of the transfer by the table. */
static void run_table(void)
{
	uint32_t prd = s.table, last = 0;

	fake_ide.prds = 0;
	assert(!(s.table & 3));
	for (; !last && s.at < s.end; prd += 8) {
		const uint8_t *entry = fake_dma_target(prd, 8);
		uint32_t addr, len;
		uint8_t *p;

		assert(entry && prd >> 16 == s.table >> 16 && "the table crosses 64 KiB");
		addr = get_le32(entry);
		len = get_le32(entry + 4) & 0xffff;
		last = get_le32(entry + 4) >> 31;
		len = len ? len : 0x10000;
		assert(!((addr | len) & 1) && (addr & 0xffff) + len <= 0x10000 && "a region crosses 64 KiB");
		p = fake_dma_target(addr, len);
		assert(p && len <= s.end - s.at && "the table has more than the request");
		for (uint32_t i = 0; i < len && s.at + i < s.fails_from; i++) {
			if (s.to_device)
				s.data[s.at + i] = p[i];
			else
				p[i] = s.data[s.at + i];
		}
		s.at += len;
		fake_ide.prds++;
	}
	assert(last && s.at == s.end && "the table is not the request's");
	if (s.to_device)
		keep_written();
}

static void dma_done(void)
{
	s.bm_status &= (uint8_t)~1;
	switch (s.fault) {
	case FAULT_DMA_ERROR:
		s.bm_status |= 2;
		finish(0, 0);
		return;
	case FAULT_DMA_SHORT:
		s.status = READY | DRQ;
		return;
	default:
		run_table();
		if (s.fails_from != ~0u)
			finish(ERR, s.to_device ? 0x10 : 0x40);
		else
			finish(0, 0);
	}
}

bool fake_ide_let_end(void)
{
	bool late = s.phase == DMA && s.bm_status & 1 && s.fault == FAULT_DMA_STUCK;
	bool hung = s.hangs;

	if (!late && !hung)
		return false;
	s.hangs = false;
	s.bm_status &= (uint8_t)~1;
	s.fault = FAULT_NONE;
	if (late)
		dma_done();
	else
		finish(0, 0);
	return true;
}

static uint32_t bm_in(void *opaque, uint16_t port, unsigned int width)
{
	(void)opaque;
	assert(width == 1);
	if (port - s.bus_master == 0)
		return fake_ide.bm_command;
	assert(port - s.bus_master == 2);
	if (s.bm_status & 1 && s.phase == DMA && s.fault != FAULT_DMA_STUCK) {
		if (s.dma_busy)
			s.dma_busy--;
		else
			dma_done();
	}
	return s.bm_status;
}

static void bm_out(void *opaque, uint16_t port, unsigned int width, uint32_t value)
{
	(void)opaque;
	switch (port - s.bus_master) {
	case 0:
		assert(width == 1);
		if (value & 1 && !(fake_ide.bm_command & 1)) {
			/* Nothing ends before a drive has a command that transfers. */
			s.bm_status |= 1;
			s.dma_busy = fake_ide.busy_looks;
			assert(s.phase != DMA || (!!(value & 8) == !s.to_device && "the other direction"));
		}
		if (!(value & 1)) {
			assert(s.phase != DMA || !(s.bm_status & 1) || s.hangs || s.fault == FAULT_DMA_STUCK);
			s.bm_status &= (uint8_t)~1;
		}
		fake_ide.bm_command = (uint8_t)value;
		return;
	case 2:
		assert(width == 1);
		s.bm_status &= (uint8_t)~(value & 6);
		return;
	case 4:
		assert(width == 4);
		s.table = value;
		return;
	default:
		assert(!"no such register of the bus master");
	}
}

void fake_ide_reset(uint16_t io, uint16_t control, uint16_t bus_master)
{
	memset(&fake_ide, 0, sizeof(fake_ide));
	memset(&s, 0, sizeof(s));
	s.io = io;
	s.control = control;
	s.bus_master = bus_master;
	s.status = READY;
	fake_io_add(io, io + 7, in, out, NULL);
	fake_io_add(control, control, control_in, control_out, NULL);
	if (bus_master)
		fake_io_add(bus_master, bus_master + 7, bm_in, bm_out, NULL);
}

void fake_ide_add(uint32_t unit, enum fake_ide_kind kind, uint64_t sectors)
{
	struct fake_ide_drive *d = &fake_ide.drive[unit];
	const char *name = kind == FAKE_IDE_CD ? "tests/data/ata/qemu-7.2-cd.bin" :
						 "tests/data/ata/qemu-7.2-disk-100m.bin";
	FILE *f = fopen(name, "rb");
	size_t n = f ? fread(d->identify, 1, 512, f) : 0;

	assert(n == 512 && "run from the top of the tree");
	fclose(f);
	d->kind = kind;
	d->sectors = sectors;
	d->bad = ~0ull;
	d->sector_size = kind == FAKE_IDE_CD ? 2048 : 512;
	if (kind == FAKE_IDE_CD)
		return;
	put_le32(&d->identify[60], (uint32_t)min_u64(sectors, 0xfffffff));
	put_le64(&d->identify[100], sectors);
}

void fake_ide_leave_data(uint8_t unit)
{
	s.active = unit;
	s.phase = IN;
	s.status = READY | DRQ;
	s.at = 0;
	s.end = s.part_end = 512;
	s.fails_from = ~0u;
}
