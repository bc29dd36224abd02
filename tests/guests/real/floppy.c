/* SPDX-License-Identifier: BSD-2-Clause
 * tests/guests/real/floppy.c: INT 13h and INT 40h on a floppy drive. The drive that was booted from is read and written:
 * what is behind the program's 65 sectors is ours.
 */
#include "real/real.h"

#define VECTOR_1E	(0x1e * 4)
#define BDA		0x400u

static void fill_buffer(void)
{
	for (uint32_t i = 0; i < BUFFER_BYTES; i += 4)
		poke32(BUFFER + i, i * 0x01010101u ^ 0x5a5a5a5a);
}

static void put_bytes(uint32_t at, unsigned int count)
{
	while (count--)
		put_hex(peek8(at++), 2);
}

/* What the BIOS data area says of floppies. */
static void state(void)
{
	put("  bda 3e ");
	put_bytes(BDA + 0x3e, 1);
	put(peek8(BDA + 0x40) ? " motor" : " still");
	put(" 41 ");
	put_bytes(BDA + 0x41, 1);
	put_hex(peek8(BDA + 0x42) & ~0x20, 2);	/* did the head move: by what came before, too */
	put_bytes(BDA + 0x43, 6);
	put(" 8b ");
	put_bytes(BDA + 0x8b, 1);
	put(" 8f ");
	put_bytes(BDA + 0x8f, 7);
	put("\n");
}

/* What the firmwares may answer differently, and leave differently in the BIOS data area. */
static void ask(uint8_t vector, uint8_t function, uint8_t al, uint16_t cx, uint8_t head, uint8_t drive, uint32_t at)
{
	try_at(vector, 0x11110000u | (uint32_t)function << 8 | al, 0x22220000u | (at & 0xffff), 0x33330000u | cx,
	       0x44440000u | (uint32_t)head << 8 | drive, BUFFER, at);
}

static void call(uint8_t vector, uint8_t function, uint8_t al, uint16_t cx, uint8_t head, uint8_t drive, uint32_t at)
{
	ask(vector, function, al, cx, head, drive, at);
	state();
}

static void chs(uint8_t function, uint8_t drive, uint8_t count, uint16_t cx, uint8_t head, uint32_t at)
{
	fill_buffer();
	call(0x13, function, count, cx, head, drive, at);
}

/* A track's fields for AH=05h: cylinder, head, sector, size. */
static void format(uint8_t drive, uint8_t count, uint8_t cylinder, uint8_t head)
{
	for (uint32_t i = 0; i < 64; i++) {
		poke8(BUFFER + 4 * i, cylinder);
		poke8(BUFFER + 4 * i + 1, head);
		poke8(BUFFER + 4 * i + 2, (uint8_t)(i + 1));
		poke8(BUFFER + 4 * i + 3, 2);
	}
	ask(0x13, 0x05, count, (uint16_t)(cylinder << 8 | 1), head, drive, BUFFER);
}

static void put_table(uint16_t segment, uint16_t offset)
{
	put(segment == 0xf000 ? " table in F segment: " : " table elsewhere: ");
	put_bytes(segment * 16u + offset, segment == 0xf000 ? 11 : 0);
	put("\n");
}

/* AH=08h, wherever the firmware has its table. */
static void parameters(uint8_t drive)
{
	struct call c = { .eax = 0x11110877, .ebx = 0x2222bbbb, .ecx = 0x3333cccc, .edx = 0x44440000 | drive, .es = 0x1234,
			  .edi = 0xd1d15678, .flags = 0x202, .vector = 0x13 };

	call_vector(&c);
	put("parameters of ");
	put_hex(drive, 2);
	put(c.flags & 1 ? ": C" : ": -");
	put_hex(c.eax, 8);
	put_hex(c.ebx, 8);
	put_hex(c.ecx, 8);
	put_hex(c.edx, 8);
	put_table(c.es, (uint16_t)c.edi);
}

static void vector_1e(void)
{
	uint32_t at = peek32(VECTOR_1E);

	put("int 1e:");
	put_table((uint16_t)(at >> 16), (uint16_t)at);
	state();
}

void floppy_cases(uint8_t drive, uint8_t sectors)
{
	static const uint8_t counts[] = { 0, 1, 2, 9, 10, 15, 16, 18, 19, 36, 37, 127, 128, 129, 255 };

	vector_1e();
	call(0x13, 0x00, 0, 0xcccc, 0, drive, BUFFER);
	call(0x13, 0x01, 0x77, 0xcccc, 0, drive, BUFFER);
	parameters(drive);
	ask(0x13, 0x15, 0x77, 0xcccc, 0, drive, BUFFER);
	for (unsigned int i = 0; i < sizeof(counts); i++) {
		chs(0x02, drive, counts[i], 0x0001, 0, BUFFER);
		chs(0x04, drive, counts[i], 0x0001, 0, BUFFER);
	}
	parameters(drive);
	chs(0x02, drive, 1, 0x0000, 0, BUFFER);
	for (uint8_t n = 8; n < 50; n++)
		chs(0x02, drive, 1, n, 0, BUFFER);
	chs(0x02, drive, 3, 0x0005, 0, BUFFER);
	chs(0x04, drive, 2, 0x0305, 1, BUFFER);
	chs(0x04, drive, 2, 0x031e, 1, BUFFER);
	chs(0x02, drive, 3, 0x0007, 1, BUFFER);
	chs(0x02, drive, 3, 0x0009, 0, BUFFER);
	chs(0x02, drive, 3, 0x0009, 1, BUFFER);
	chs(0x02, drive, 3, 0x0011, 0, BUFFER);
	chs(0x02, drive, 4, 0x0011, 1, BUFFER);
	chs(0x02, drive, 1, 0x0001, 2, BUFFER);
	chs(0x02, drive, 1, 0x0001, 255, BUFFER);
	chs(0x02, drive, 1, 0x2701, 0, BUFFER);
	chs(0x02, drive, 1, 0x2801, 0, BUFFER);
	chs(0x02, drive, 1, 0x4f01, 1, BUFFER);
	chs(0x02, drive, 1, 0x5001, 1, BUFFER);
	chs(0x02, drive, 1, 0x5101, 1, BUFFER);
	chs(0x02, drive, 1, 0x5801, 1, BUFFER);
	chs(0x02, drive, 1, 0xff01, 0, BUFFER);
	chs(0x02, drive, 1, 0x00c1, 0, BUFFER);
	chs(0x04, drive, 1, 0x5801, 1, BUFFER);
	chs(0x02, drive, 2, 0x0001, 0, BUFFER + 1);
	chs(0x02, drive, 2, 0x0001, 0, BUFFER + 0xfc00);
	chs(0x02, drive, 2, 0x0001, 0, BUFFER + 0xff80);	/* over 64 KiB */
	chs(0x04, drive, 2, 0x0001, 0, BUFFER + 0xff80);
	chs(0x03, drive, 2, 0x0801, 0, BUFFER + 0xff80);
	chs(0x01, drive, 0, 0, 0, BUFFER);
	chs(0x03, drive, 1, 0x0801, 0, BUFFER + 5);
	chs(0x02, drive, 1, 0x0801, 0, BUFFER);
	chs(0x03, drive, 9, 0x0901, 1, BUFFER + 16);
	chs(0x02, drive, 9, 0x0901, 1, BUFFER);
	chs(0x03, drive, 0, 0x0901, 1, BUFFER);
	chs(0x03, drive, 1, 0x5801, 1, BUFFER);
	for (uint8_t f = 0x40; f < 0x50; f++)	/* no extensions; the packet is none */
		call(0x13, f, 1, 0x0002, 0, drive, BUFFER);
	call(0x40, 0x02, 2, 0x0002, 0, drive, BUFFER);
	call(0x40, 0x00, 0, 0x0002, 0, drive, BUFFER);
	format(drive, sectors, 10, 1);
	chs(0x02, drive, 2, 0x0a01, 1, BUFFER);
	call(0x13, 0x05, 0x00, 0x0a01, 1, drive, BUFFER);
	call(0x13, 0x05, 0x12, 0x0a01, 2, drive, BUFFER);
	call(0x13, 0x05, 0x12, 0xff01, 1, drive, BUFFER);
	for (unsigned int type = 0; type < 8; type++)
		ask(0x13, 0x17, (uint8_t)type, 0xcccc, 0, drive, BUFFER);
	ask(0x13, 0x18, 0x77, 0x4f12, 0, drive, BUFFER);
	ask(0x13, 0x18, 0x77, 0x4f09, 0, drive, BUFFER);
	ask(0x13, 0x18, 0x77, 0x270f, 0, drive, BUFFER);
	ask(0x13, 0x16, 0x77, 0xcccc, 0, drive, BUFFER);
	chs(0x02, drive, 1, 0x0001, 0, BUFFER);
	for (unsigned int f = 0x06; f < 256; f++)
		if (f < 0x15 || f > 0x18)
			if (f != 0x08 && f != 0x4b)
				call(0x13, (uint8_t)f, 0x01, 0xcccc, 0, drive, BUFFER);
}

/* A drive whose medium is missing, or that is none. */
void floppy_empty_cases(uint8_t drive)
{
	ask(0x13, 0x00, 0, 0xcccc, 0, drive, BUFFER);
	ask(0x13, 0x01, 0, 0xcccc, 0, drive, BUFFER);
	ask(0x13, 0x02, 1, 0x0001, 0, drive, BUFFER);
	ask(0x13, 0x03, 1, 0x0001, 0, drive, BUFFER);
	ask(0x13, 0x04, 1, 0x0001, 0, drive, BUFFER);
	format(drive, 18, 0, 0);
	parameters(drive);
	ask(0x13, 0x15, 0x77, 0xcccc, 0, drive, BUFFER);
	ask(0x13, 0x16, 0x77, 0xcccc, 0, drive, BUFFER);
	ask(0x13, 0x17, 3, 0xcccc, 0, drive, BUFFER);
	ask(0x13, 0x18, 0x77, 0x4f12, 0, drive, BUFFER);
	ask(0x13, 0x02, 1, 0x0001, 0, drive, BUFFER);
	ask(0x13, 0x41, 0x77, 0xcccc, 0, drive, BUFFER);
}
