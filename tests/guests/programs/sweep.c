/* SPDX-License-Identifier: BSD-2-Clause
 * tests/guests/programs/sweep.c: reads from every drive to every 2 KiB of the memory that a program in real mode can name,
 * but for its own: 500h to 10FFEFh. After each read it looks at the buffer, at what is beside it, at all other RAM, at
 * the firmware's memory. Dwords of the disks are D1000000h + their offset / 4, so that they are known anywhere. One line
 * for each deviation. Floppies, which have no packets, are read by cylinder, head and sector.
 */
#include "programs/program.h"

#define STEP		0x800u
#define OWN_START	0x7000u		/* the stack is below 7C00h */
#define OWN_END		0x10000u
#define LBA		64
#define SECTORS		8
#define EBDA_START	0x9fc00u
#define EBDA_END	0xa0000u
#define FIRMWARE	0xe8000u
#define MIB		0x100000u
#define TOP		0x10fff0u
#define ELSEWHERE	0x50000u
#define SAVED		0x200000u	/* what a buffer held before */
#define RAM_END		0x8000000u
#define FIRST		0xd1000000u

static struct { uint8_t size, zero; uint16_t count, offset, segment; uint32_t lba, lba_high, flat, flat_high; } packet;
static uint32_t sector_size, start;
static uint8_t drive;

/* A test may set others. */
extern const volatile uint8_t numbers[4], isa_dma;
const volatile uint8_t numbers[4] = { 0x80, 0x81, 0x82, 0xe0 };
const volatile uint8_t isa_dma = 0;	/* 1: drive 00h is a floppy drive, which reads by a controller with 16 address bits */

static unsigned int deviations;

/* Dwords of physical memory: limits are 4 GiB after a call of INT 13h, and TCG has none. */
static inline uint32_t get(uint32_t at) { return *mem32(at); }
static inline void put(uint32_t at, uint32_t value) { *mem32(at) = value; }

static uint32_t sum(uint32_t from, uint32_t end)
{
	uint32_t s = 0;

	for (uint32_t at = from; at < end; at += 4)
		s = (s << 5 | s >> 27) + get(at);
	return s;
}

static void say(const char *name, uint32_t value)
{
	print(" ");
	print(name);
	print(" ");
	print_hex(value, 8);
}

static void deviation(const char *what, uint32_t value)
{
	if (++deviations > 100)
		return;
	print("drive");
	say("", drive);
	say("at", start);
	say("sectors", packet.count);
	print(": ");
	print(what);
	say("", value);
	print("\n");
}

#define TRACK		18		/* sectors; of a floppy */
#define DMA_BOUNDARY	0x09

static bool is_floppy(void)
{
	return drive < 0x80;
}

static uint8_t read_by_chs(uint32_t at, uint16_t count, uint32_t lba)
{
	uint16_t segment = (uint16_t)(at < MIB ? at >> 4 : 0xffff);
	struct registers r = { .ax = 0x0200 | count, .bx = (uint16_t)(at - ((uint32_t)segment << 4)), .es = segment,
			       .ch = (uint8_t)(lba / (2 * TRACK)), .cl = (uint8_t)(lba % TRACK + 1), .dl = drive,
			       .dh = lba / TRACK % 2, .flags = CF };

	call_int(0x13, &r);
	packet.count = r.flags & CF ? 0 : r.al;
	return r.flags & CF ? r.ah : 0;
}

static uint8_t read_to(uint32_t at, uint16_t count, uint32_t lba)
{
	struct registers r = { .ah = 0x42, .dl = drive, .flags = CF };

	if (is_floppy())
		return read_by_chs(at, count, lba);

	packet.size = 16;
	packet.count = count;
	packet.segment = (uint16_t)(at < MIB ? at >> 4 : 0xffff);
	packet.offset = (uint16_t)(at - ((uint32_t)packet.segment << 4));
	packet.lba = lba;
	packet.lba_high = 0;
	r.si = (uint16_t)(uint32_t)&packet;
	call_int(0x13, &r);
	return r.flags & CF ? r.ah : 0;
}

static bool writable(uint32_t at)
{
	uint32_t was = get(at);
	bool is;

	put(at, ~was);
	is = get(at) == ~was;
	put(at, was);
	return is;
}

/* RAM that is none of the firmware's, but for what lies between from and end. */
static uint32_t others(uint32_t from, uint32_t end)
{
	static const struct { uint32_t from, end; } ram[] = {
		{ 0x500, OWN_START }, { OWN_END, EBDA_START }, { 0xa0000, 0xe8000 }, { MIB, TOP },
	};
	uint32_t s = 0;

	for (unsigned int i = 0; i < sizeof(ram) / sizeof(ram[0]); i++) {
		uint32_t a = ram[i].from, b = ram[i].end;

		if (from >= b || end <= a) {
			s += sum(a, b);
			continue;
		}
		s += sum(a, from > a ? from : a) + sum(end < b ? end : b, b);
	}
	return s;
}

static uint32_t data_in(uint32_t from, uint32_t end)
{
	for (uint32_t at = from; at < end; at += 4)
		if (get(at) - (FIRST | LBA * sector_size / 4) < SECTORS * sector_size / 4)
			return at;
	return 0;
}

#define BOUNCE_BYTES	512u

/*
 * Data in the firmware's memory but for the place where an ISA controller's sectors go that do not reach their buffer: it
 * is found once, and is the only one.
 */
static uint32_t stray_data(void)
{
	static uint32_t bounce;
	uint32_t found = data_in(FIRMWARE, MIB);

	if (!found || !isa_dma || !is_floppy())
		return found;
	if (!bounce)
		bounce = found;
	return found == bounce ? data_in(bounce + BOUNCE_BYTES, MIB) : found;
}

static uint32_t f_sum;

static void check_buffer(uint32_t from, uint32_t end, uint8_t status)
{
	for (uint32_t at = from; at < end; at += 4) {
		uint32_t is = get(at), want = FIRST | (LBA * sector_size + at - from) / 4;
		uint32_t was = get(SAVED + at - from);

		if (at >= FIRMWARE && at < MIB)
			continue;	/* looked at as a whole */
		if (status || !writable(at) ? is != was : is != want) {
			deviation(status || !writable(at) ? "must not change at" : "has no data at", at);
			return;
		}
	}
}

static void sweep_one(uint32_t at, uint16_t count)
{
	uint32_t end = at + count * sector_size, before, found;
	uint8_t status;

	if ((at < OWN_END && end > OWN_START) || end > TOP)
		return;
	start = at;
	for (uint32_t i = 0; i < (end - at) / 4; i++)
		put(SAVED + 4 * i, get(at + 4 * i));
	before = others(at, end);
	status = read_to(at, count, LBA);
	if (isa_dma && is_floppy() && (at ^ (end - 1)) >> 16) {
		if (status != DMA_BOUNDARY)
			deviation("is read across 64 KiB", status);
	} else if (status || packet.count != count)
		deviation("status", (uint32_t)packet.count << 16 | status);
	check_buffer(at, end, status);
	if (others(at, end) != before)
		deviation("other memory has changed", 0);
	if (sum(0xf0000, MIB) != f_sum)
		deviation("the F segment has changed", 0);
	found = stray_data();
	if (found)
		deviation("the firmware's memory has data at", found);
	for (uint32_t i = 0; i < (end - at) / 4; i++)
		if (at + 4 * i < FIRMWARE || at + 4 * i >= MIB)
			put(at + 4 * i, get(SAVED + 4 * i));
}

/* The same by flat addresses, to where the firmware has its tables: the end of RAM. */
static void sweep_flat(void)
{
	struct registers r;

	for (uint32_t at = RAM_END - 0x100000; at < RAM_END; at += 0x1000) {
		r = (struct registers){ .ah = 0x42, .dl = drive, .flags = CF };
		start = at;
		packet.size = 24;
		packet.count = 2;
		packet.segment = packet.offset = 0xffff;
		packet.lba = LBA;
		packet.flat = at;
		packet.flat_high = 0;
		r.si = (uint16_t)(uint32_t)&packet;
		call_int(0x13, &r);
		if (r.flags & CF)
			deviation("status of a flat buffer", r.ah);
	}
}

static bool find_size(void)
{
	static uint16_t answer[15];
	struct registers r = { .ah = 0x48, .dl = drive, .si = (uint16_t)(uint32_t)answer, .flags = CF };

	if (is_floppy()) {
		sector_size = 512;
		return read_to(ELSEWHERE, 1, 0) == 0;
	}
	answer[0] = 30;
	call_int(0x13, &r);
	sector_size = answer[12];
	return !(r.flags & CF) && (sector_size == 512 || sector_size == 2048);
}

static void services_work(void)
{
	uint32_t size = sector_size;

	for (uint32_t i = 0; i < 8 * size; i += 4)
		put(ELSEWHERE + i, 0);
	start = ELSEWHERE;
	if (read_to(ELSEWHERE, 8, LBA + 5))
		deviation("no read any more", 0);
	for (uint32_t i = 0; i < 8 * size / 4; i++)
		if (get(ELSEWHERE + 4 * i) != (FIRST | ((LBA + 5) * size / 4 + i))) {
			deviation("wrong data after all", i);
			break;
		}
	if (!find_size() || sector_size != size)
		deviation("other parameters", sector_size);
}

void main(void)
{
	__asm__ volatile("cli");
	f_sum = sum(0xf0000, MIB);
	for (unsigned int n = 0; n < sizeof(numbers); n++) {
		drive = numbers[n];
		if (!find_size())
			continue;
		for (uint32_t at = STEP; at < TOP; at += STEP) {
			sweep_one(at, 1);
			sweep_one(at, SECTORS);
		}
		sweep_one(0x500, 1);
		sweep_one(0x500, 8);
		if (!is_floppy())
			sweep_flat();
		services_work();
		print("swept");
		say("drive", drive);
		say("size", sector_size);
		print("\n");
	}
	print("end\n");
}
