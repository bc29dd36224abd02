/* SPDX-License-Identifier: BSD-2-Clause
 * tests/guests/real/misc.c: memory sizes, equipment, what the machine says it is, and the functions that are none.
 */
#include "real/real.h"

#define SMAP 0x534d4150u
#define UNTOUCHED 0xa5a5a5a5u

/*
 * The memory map, with room for so many bytes at an address: a line for each row with what is written there (dots: not
 * touched) and the registers behind it.
 */
static void map_with_room(const char *name, uint32_t room, uint32_t at)
{
	uint32_t next = 0;

	for (unsigned int n = 0; n < 32; n++) {
		struct call c = { .eax = 0xe820, .ebx = next, .ecx = room, .edx = SMAP, .edi = at & 15, .es = (uint16_t)(at >> 4),
				  .flags = 0x203, .vector = 0x15 };

		for (unsigned int i = 0; i < 32; i += 4)
			poke32(at + i, UNTOUCHED);
		call_vector(&c);
		put(name);
		put(c.flags & 1 ? " C" : " -");
		for (unsigned int i = 0; i < 32 && !(c.flags & 1); i += 4) {
			uint32_t word = peek32(at + i);

			put(" ");
			if (i >= 20 && word == UNTOUCHED)
				put("........");
			else
				put_hex(word, 8);
		}
		put(" eax ");
		put_hex(c.eax, 8);
		put(" ecx ");
		put_hex(c.ecx, 8);
		put(c.ebx ? "\n" : " last\n");
		next = c.ebx;
		if (!next || c.flags & 1)
			break;
	}
}

void memory_cases(void)
{
	try(0x11, 0x1111aaaa, 0x2222bbbb, 0x3333cccc, 0x4444dddd);
	try(0x12, 0x1111aaaa, 0x2222bbbb, 0x3333cccc, 0x4444dddd);
	try(0x15, 0x1111e820, 0, 19, SMAP);
	try(0x15, 0x1111e820, 0, 20, 0x12345678);
	try(0x15, 0x0000e820, 1000, 20, SMAP);
	try(0x15, 0x1111e801, 0x2222bbbb, 0x3333cccc, 0x4444dddd);
	try(0x15, 0x11118800, 0x2222bbbb, 0x3333cccc, 0x4444dddd);
	map_with_room("e820", 20, BUFFER);
	map_with_room("e820/23", 23, BUFFER + 3);
	map_with_room("e820/24", 24, BUFFER + 0xfffb);
	map_with_room("e820/64", 64, BUFFER);
}

/* What tells programs what this machine is, and what they may have. Vectors: only which of them are zero. */
void identity_cases(void)
{
	uint8_t sum = 0;

	put("vectors that are zero:");
	for (unsigned int v = 0x20; v < 256; v++)
		if (!peek32(4 * v)) {
			put(" ");
			put_hex(v, 2);
		}
	put("\nat E8000: ");
	put_hex(peek32(0xe8000) & 0xffffff, 6);
	put("\nmodel: ");
	put_hex(peek8(0xffffe), 2);
	for (uint32_t at = 0xf0000; at < 0x100000; at++)
		sum += peek8(at);
	put("\nsum of F0000: ");
	put_hex(sum, 2);
	put("\n");
}

void misc_cases(void)
{
	static const uint8_t vectors[] = { 0x14, 0x15, 0x16, 0x17, 0x1a };
	/* Functions that wait, change the machine, or are asked with care elsewhere. */
	static const struct { uint8_t vector, function; } skip[] = {
		{ 0x15, 0x53 }, { 0x15, 0x83 }, { 0x15, 0x86 }, { 0x15, 0x87 }, { 0x15, 0x89 }, { 0x15, 0xc2 },
		{ 0x16, 0x00 }, { 0x16, 0x10 }, { 0x16, 0x05 },
		{ 0x1a, 0x00 }, { 0x1a, 0x01 }, { 0x1a, 0x02 }, { 0x1a, 0x03 }, { 0x1a, 0x04 }, { 0x1a, 0x05 }, { 0x1a, 0x06 },
		{ 0x1a, 0x07 }, { 0x1a, 0xb1 }, { 0x1a, 0xbb },
	};

	for (unsigned int v = 0; v < sizeof(vectors); v++)
		for (unsigned int f = 0; f < 256; f++) {
			bool skipped = false;

			for (unsigned int i = 0; i < sizeof(skip) / sizeof(skip[0]); i++)
				skipped |= skip[i].vector == vectors[v] && skip[i].function == f;
			if (!skipped)
				try(vectors[v], 0x11110000u | f << 8 | 0x77, 0x2222bbbb, 0x3333cccc, 0x44440003);
		}
}

static uint32_t pci(uint8_t function, uint16_t bdf, uint16_t reg, uint32_t value)
{
	struct call c = { .eax = 0xb100u | function, .ebx = bdf, .ecx = value, .edi = reg, .flags = 0x202, .vector = 0x1a };

	call_vector(&c);
	return c.ecx;
}

/*
 * The sizes of memory BARs, which some programs find with the function's decoder on: while all ones are in a BAR of
 * 64 bits, the device answers up to the end of 4 GiB, where the ROM was, and calls are served all the same.
 */
static void bar_sizes(void)
{
	for (uint16_t bdf = 0; bdf < 0x100; bdf++) {
		uint32_t id = pci(0x0a, bdf, 0, 0), header = pci(0x0a, bdf, 0x0c, 0) >> 16 & 0xff;

		if (id == 0xffffffff || header & 0x7f || !(pci(0x0a, bdf, 4, 0) & 2))
			continue;
		for (uint16_t reg = 0x10; reg < 0x28; reg += 4) {
			uint32_t was = pci(0x0a, bdf, reg, 0);

			if (was == 0 || was & 1)
				continue;
			pci(0x0d, bdf, reg, 0xffffffff);
			try_at(0x1a, 0x1111b10a, 0x22220000u | bdf, 0x3333cccc, 0x4444dddd, BUFFER, 0x20000 | reg);
			try(0x1a, 0x1111b101, 0x2222bbbb, 0x3333cccc, 0x4444dddd);
			pci(0x0d, bdf, reg, was);
			if ((was & 6) == 4)
				reg += 4;
		}
	}
}

/* PCI BIOS: everything but writes of registers that matter, and of BARs. */
void pci_cases(void)
{
	static const uint16_t registers[] = { 0, 1, 2, 3, 4, 8, 0x0e, 0x3c, 0xfe, 0xff, 0x100, 0xffff };

	try(0x1a, 0x1111b101, 0x2222bbbb, 0x3333cccc, 0x4444dddd);
	for (unsigned int n = 0; n < 4; n++) {
		try_at(0x1a, 0x1111b102, 0x2222bbbb, 0x33337000, 0x44448086, n, BUFFER);
		try_at(0x1a, 0x1111b102, 0x2222bbbb, 0x33332918, 0x44448086, n, BUFFER);
		try_at(0x1a, 0x1111b102, 0x2222bbbb, 0x3333cccc, 0x4444ffff, n, BUFFER);
		try_at(0x1a, 0x1111b102, 0x2222bbbb, 0x3333cccc, 0x44441234, n, BUFFER);
		try_at(0x1a, 0x1111b103, 0x2222bbbb, 0x00060000, 0x4444dddd, n, BUFFER);
		try_at(0x1a, 0x1111b103, 0x2222bbbb, 0x00060100, 0x4444dddd, n, BUFFER);
		try_at(0x1a, 0x1111b103, 0x2222bbbb, 0x00010000, 0x4444dddd, n, BUFFER);
	}
	for (unsigned int n = 0; n < sizeof(registers) / sizeof(registers[0]); n++)
		for (unsigned int f = 8; f <= 10; f++) {
			if (f == 10 && registers[n] % 4)
				continue;
			try_at(0x1a, 0x1111b100 | f, 0x22220000, 0x3333cccc, 0x4444dddd, BUFFER, 0x20000 | registers[n]);
			try_at(0x1a, 0x1111b100 | f, 0x222200f8, 0x3333cccc, 0x4444dddd, BUFFER, 0x20000 | registers[n]);
			try_at(0x1a, 0x1111b100 | f, 0x22220700, 0x3333cccc, 0x4444dddd, BUFFER, 0x20000 | registers[n]);
		}
	for (unsigned int f = 0x10; f < 256; f++)
		try(0x1a, 0x1111b100 | f, 0x2222bbbb, 0x3333cccc, 0x4444dddd);
	bar_sizes();
}
