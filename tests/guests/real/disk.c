/* SPDX-License-Identifier: BSD-2-Clause
 * tests/guests/real/disk.c: INT 13h. The drive that was booted from is read and written; its last MiB is ours.
 */
#include "real/real.h"


static void fill_buffer(void)
{
	for (uint32_t i = 0; i < BUFFER_BYTES; i += 4)
		poke32(BUFFER + i, i * 0x01010101u ^ 0x5a5a5a5a);
}

static void packet(uint8_t size, uint16_t count, uint32_t address, uint32_t lba, uint32_t lba_high)
{
	poke8(PACKET, size);
	poke8(PACKET + 1, 0);
	poke16(PACKET + 2, count);
	poke32(PACKET + 4, address);
	poke32(PACKET + 8, lba);
	poke32(PACKET + 12, lba_high);
	poke32(PACKET + 16, 0);
	poke32(PACKET + 20, 0);
}

static void try_packet(uint8_t function, uint8_t drive, uint8_t size, uint16_t count, uint32_t address, uint32_t lba,
		       uint32_t lba_high)
{
	fill_buffer();
	packet(size, count, address, lba, lba_high);
	put("packet ");
	put_hex(size, 2);
	put(" count ");
	put_hex(count, 4);
	put(" at ");
	put_hex(address, 8);
	put(" lba ");
	put_hex(lba_high, 8);
	put_hex(lba, 8);
	put(": ");
	try_at(0x13, 0x11110000u | (uint32_t)function << 8 | 0x77, 0x2222bbbb, 0x3333cccc, 0x44440000u | drive, PACKET, BUFFER);
	put("  count ");
	put_hex(peek32(PACKET) >> 16, 4);
	put("\n");
}

static void parameters(uint8_t drive, uint16_t size)
{
	fill_buffer();
	poke16(BUFFER, size);
	try_at(0x13, 0x11114877, 0x2222bbbb, 0x3333cccc, 0x44440000u | drive, BUFFER, BUFFER + 0x1000);
	put("  parameters ");
	for (uint32_t i = 0; i < 76; i++) {
		put_hex(peek8(BUFFER + i), 2);
		put(i % 2 ? " " : "");
	}
	put("\n");
	if (size >= 30 && peek32(BUFFER + 26) + 1 > 1) {
		/* A far pointer to the device parameter table extension, when there is one. */
		uint32_t table = (peek32(BUFFER + 26) >> 16 << 4) + (peek32(BUFFER + 26) & 0xffff);

		put("  table ");
		for (uint32_t i = 0; i < 16; i++)
			put_hex(peek8(table + i), 2);
		put("\n");
	}
}

/* Cylinder, head and sector packed as the registers have them: CX, DH. */
static void chs(uint8_t function, uint8_t drive, uint8_t count, uint16_t cx, uint8_t head, uint32_t at)
{
	fill_buffer();
	try_at(0x13, 0x11110000u | (uint32_t)function << 8 | count, 0x22220000u | (at & 15), 0x33330000u | cx,
	       0x44440000u | (uint32_t)head << 8 | drive, PACKET, at);
}

void disk_cases(uint8_t drive)
{
	static const uint8_t counts[] = { 0, 1, 2, 17, 63, 64, 127, 128, 129, 255 };
	static const uint8_t sizes[] = { 0, 8, 15, 16, 17, 24, 255 };
	uint32_t buffer = (uint32_t)(BUFFER >> 4) << 16;

	try(0x13, 0x11110000, 0x2222bbbb, 0x3333cccc, 0x44440000u | drive);
	try(0x13, 0x11110177, 0x2222bbbb, 0x3333cccc, 0x44440000u | drive);
	try(0x13, 0x11110877, 0x2222bbbb, 0x3333cccc, 0x44440000u | drive);
	try(0x13, 0x11111577, 0x2222bbbb, 0x3333cccc, 0x44440000u | drive);
	try(0x13, 0x11111677, 0x2222bbbb, 0x3333cccc, 0x44440000u | drive);
	try(0x13, 0x11114177, 0x222255aa, 0x3333cccc, 0x44440000u | drive);
	try(0x13, 0x11114177, 0x2222bbbb, 0x3333cccc, 0x44440000u | drive);
	for (unsigned int i = 0; i < sizeof(counts); i++) {
		chs(0x02, drive, counts[i], 0x0001, 0, BUFFER);
		chs(0x04, drive, counts[i], 0x0001, 0, BUFFER);
	}
	chs(0x02, drive, 1, 0x0000, 0, BUFFER);
	chs(0x02, drive, 1, 0x003f, 0, BUFFER);
	chs(0x02, drive, 3, 0x003f, 1, BUFFER);		/* over a head */
	chs(0x02, drive, 3, 0x003f, 15, BUFFER);	/* over a cylinder */
	chs(0x02, drive, 1, 0x0001, 16, BUFFER);
	chs(0x02, drive, 1, 0x0001, 255, BUFFER);
	chs(0x02, drive, 1, 0xffff, 15, BUFFER);
	chs(0x02, drive, 2, 0x0001, 0, BUFFER + 1);
	chs(0x02, drive, 2, 0x0001, 0, BUFFER + 0xff80);	/* over 64 KiB */
	chs(0x01, drive, 0, 0, 0, BUFFER);
	for (unsigned int i = 0; i < sizeof(sizes); i++)
		try_packet(0x42, drive, sizes[i], 2, buffer, 3, 0);
	for (unsigned int i = 0; i < sizeof(counts); i++)
		try_packet(0x42, drive, 16, counts[i], buffer, 1, 0);
	try_packet(0x42, drive, 16, 2, buffer | 1, 1, 0);
	try_packet(0x42, drive, 16, 2, buffer | 0xff80, 1, 0);
	try_packet(0x42, drive, 16, 1, buffer, 8191, 0);	/* the last sector of 4 MiB */
	try_packet(0x42, drive, 16, 1, buffer, 8192, 0);
	try_packet(0x42, drive, 16, 4, buffer, 8190, 0);
	try_packet(0x42, drive, 16, 1, buffer, 0, 1);
	try_packet(0x42, drive, 16, 1, buffer, 0xffffffff, 0xffffffff);
	try_packet(0x44, drive, 16, 1, buffer, 1, 0);
	try_packet(0x44, drive, 16, 1, buffer, 8192, 0);
	try_packet(0x47, drive, 16, 1, buffer, 1, 0);
	for (unsigned int f = 0x42; f < 0x45; f++) {
		try_packet((uint8_t)f, drive, 16, 0, buffer, 8191, 0);
		try_packet((uint8_t)f, drive, 16, 0, buffer, 8192, 0);
		try_packet((uint8_t)f, drive, 16, 0, buffer, 0, 1);
	}
	/* Disks are not formatted, but asked to be. */
	for (unsigned int i = 0; i < sizeof(counts); i++)
		chs(0x05, drive, counts[i], 0x0001, 0, BUFFER);
	chs(0x05, drive, 1, 0x0000, 0, BUFFER);
	chs(0x05, drive, 1, 0x003f, 15, BUFFER);
	chs(0x05, drive, 1, 0x0001, 16, BUFFER);
	chs(0x05, drive, 1, 0xffff, 15, BUFFER);
	for (unsigned int al = 0; al < 4; al++)
		try(0x13, 0x11114500u | al, 0x2222bbbb, 0x3333cccc, 0x44440000u | drive);
	try(0x13, 0x11114577, 0x2222bbbb, 0x3333cccc, 0x44440000u | drive);
	try(0x13, 0x11114677, 0x2222bbbb, 0x3333cccc, 0x44440000u | drive);
	/* Written and read back: the last MiB is nobody's. */
	try_packet(0x43, drive, 16, 3, buffer, 7000, 0);
	try_packet(0x42, drive, 16, 5, buffer, 6999, 0);
	try_packet(0x43, drive, 16, 1, buffer, 8192, 0);
	chs(0x03, drive, 2, 0x0601, 15, BUFFER + 1);
	chs(0x02, drive, 4, 0x0601, 15, BUFFER + 1);
	for (uint16_t size = 24; size < 80; size++)
		if (size < 32 || (size > 64 && size < 68) || size > 72)
			parameters(drive, size);
	parameters(drive, 0xffff);
}

/* Functions that do nothing or are none, and drives that are none. */
void disk_absent_cases(void)
{
	static const uint8_t drives[] = { 0x00, 0x01, 0x02, 0x7f, 0x80, 0x81, 0x8f, 0xdf, 0xe0, 0xe1, 0xff };
	static const uint8_t skip[] = { 0x02, 0x03, 0x04, 0x05, 0x42, 0x43, 0x44, 0x45, 0x46, 0x47, 0x48, 0x4b };

	fill_buffer();		/* what is in it since AH=48h is each firmware's own */
	for (unsigned int i = 1; i < sizeof(drives); i++) {
		for (unsigned int f = 0; f < 0x18; f++)
			if (drives[i] != 0x80)
				try(0x13, 0x11110001u | f << 8, 0x2222bbbb, 0x3333cc01, 0x44440000u | drives[i]);
		for (unsigned int f = 0x40; f < 0x50; f++)
			if (drives[i] != 0x80)
				try(0x13, 0x11110001u | f << 8, 0x2222bbbb, 0x3333cc01, 0x44440000u | drives[i]);
	}
	for (unsigned int f = 0; f < 256; f++) {
		bool skipped = false;

		for (unsigned int i = 0; i < sizeof(skip); i++)
			skipped |= skip[i] == f;
		if (!skipped)
			try(0x13, 0x11110000u | f << 8, 0x2222bbbb, 0x3333cccc, 0x44440080);
	}
	for (unsigned int f = 0; f < 8; f++)
		try(0x13, 0x11114e00u | f, 0x2222bbbb, 0x3333cccc, 0x44440080);
}
