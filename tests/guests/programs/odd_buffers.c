/* SPDX-License-Identifier: BSD-2-Clause
 * tests/guests/programs/odd_buffers.c: large reads and writes at odd addresses that cross what controllers do not: 64 KiB, the
 * end of page 0. Dwords of the disks are D1000000h + their offset / 4. One line for each that is not as it should be.
 */
#include "programs/program.h"

#define LBA	64
#define FIRST	0xd1000000u
#define GUARD	0xa5u

static struct { uint8_t size, zero; uint16_t count, offset, segment; uint32_t lba, lba_high; } packet;

static uint8_t transfer(uint8_t function, uint8_t drive, uint32_t at, uint16_t count, uint32_t lba)
{
	struct registers r = { .ah = function, .dl = drive, .si = (uint16_t)(uint32_t)&packet, .flags = CF };

	packet.size = 16;
	packet.count = count;
	packet.segment = (uint16_t)(at >> 4);
	packet.offset = (uint16_t)(at & 15);
	packet.lba = lba;
	call_int(0x13, &r);
	return r.flags & CF ? r.ah : packet.count == count ? 0 : 0xff;
}

static void wrong(const char *what, uint8_t drive, uint32_t at, uint16_t count, uint32_t value)
{
	print(what);
	print(" drive ");
	print_hex(drive, 2);
	print(" at ");
	print_hex(at, 5);
	print(" count ");
	print_hex(count, 3);
	print(": ");
	print_hex(value, 8);
	print("\n");
}

static void read(uint8_t drive, uint32_t at, uint16_t count, uint32_t size)
{
	uint32_t end = at + count * size;
	uint8_t status;

	*mem8(at - 1) = *mem8(end) = GUARD;
	status = transfer(0x42, drive, at, count, LBA);
	if (status) {
		wrong("read", drive, at, count, status);
		return;
	}
	for (uint32_t i = 0; i < count * size; i += 4)
		if (*mem32(at + i) != (FIRST | (LBA * size + i) / 4)) {
			wrong("data", drive, at, count, i);
			break;
		}
	if (*mem8(at - 1) != GUARD || *mem8(end) != GUARD)
		wrong("beside it", drive, at, count, 0);
}

/* The disk gets what it has: where something else is written, the next reads show it. */
static void write(uint32_t at, uint16_t count)
{
	uint8_t status = transfer(0x42, 0x80, at, count, LBA);

	status = status ? status : transfer(0x43, 0x80, at, count, LBA);
	if (status)
		wrong("write", 0x80, at, count, status);
}

void main(void)
{
	static const uint32_t places[] = { 0x1ffff, 0x2fffd, 0x3f001, 0x4fdff, 0x8ffff - 0x10000 };
	static const uint16_t disk_counts[] = { 1, 2, 127, 128 }, cd_counts[] = { 1, 17, 32, 33, 64 };

	for (unsigned int p = 0; p < sizeof(places) / sizeof(places[0]); p++) {
		for (unsigned int c = 0; c < sizeof(disk_counts) / sizeof(disk_counts[0]); c++) {
			write(places[p], disk_counts[c]);
			read(0x80, places[p], disk_counts[c], 512);
		}
		for (unsigned int c = 0; c < sizeof(cd_counts) / sizeof(cd_counts[0]); c++)
			if (p < 2)
				read(0xe0, places[p], cd_counts[c], 2048);
	}
	print("end\n");
}
