/* SPDX-License-Identifier: BSD-2-Clause
 * tests/guests/real/system.c: INT 15h but for keyboard, mouse and clock.
 */
#include "real/real.h"

#define TABLE	0x600u		/* linear, below what is watched */
#define MIB	0x100000u

static void clear_table(void)
{
	for (uint32_t i = 0; i < 64; i += 4)
		poke32(TABLE + i, 0);
}

static void descriptor(unsigned int n, uint32_t base, uint32_t limit, uint8_t access)
{
	poke32(TABLE + 8 * n, base << 16 | (limit & 0xffff));
	poke32(TABLE + 8 * n + 4, (base & 0xff000000) | (uint32_t)access << 8 | (base >> 16 & 0xff));
}

static void put_table(unsigned int from, unsigned int end)
{
	put("  table");
	for (; from < end; from++) {
		put(" ");
		put_hex(peek32(TABLE + 8 * from + 4), 8);
		put_hex(peek32(TABLE + 8 * from), 8);
	}
	put("\n");
}

static void move(uint32_t to, uint32_t from, uint16_t words, uint32_t limit)
{
	clear_table();
	descriptor(2, from, limit, 0x93);
	descriptor(3, to, limit, 0x93);
	put("move to ");
	put_hex(to, 8);
	put(" from ");
	put_hex(from, 8);
	put(": ");
	try_at(0x15, 0x11118777, 0x2222bbbb, 0x33330000u | words, 0x4444dddd, TABLE, 0);
	put_table(2, 4);
}

static void fill(uint32_t from, uint32_t bytes, uint32_t seed)
{
	for (uint32_t i = 0; i < bytes; i += 4)
		poke32(from + i, (i + seed) * 0x9e3779b1);
}

/* SI of INT 15h AH=87h goes with ES. */
static void move_cases(void)
{
	fill(BUFFER, 0x10000, 1);
	move(BUFFER + 0x10000, BUFFER, 0x8000, 0xffff);
	fill(BUFFER, BUFFER_BYTES, 2);
	move(2 * MIB, BUFFER, 0x8000, 0xffff);
	fill(BUFFER, BUFFER_BYTES, 3);
	move(BUFFER + 0x10000, 2 * MIB, 0x8000, 0xffff);
	move(BUFFER + 0x10001, 2 * MIB + 3, 0x7777, 0xffff);
	move(BUFFER, BUFFER + 0x10000, 0, 0xffff);
	move(BUFFER, BUFFER + 0x10000, 1, 0xffff);
	move(5 * MIB, 2 * MIB, 0x4321, 0xffff);
	move(BUFFER, 5 * MIB, 0x4000, 0xffff);
	move(BUFFER, 0xfe6f5, 5, 0xffff);	/* of the BIOS */
	move(0x2000010, BUFFER, 0x100, 0xffff);	/* above 16 MiB: bits 24-31 of the base are looked at */
	move(BUFFER + 0x100, 0x2000010, 0x100, 0xffff);
	move(BUFFER + 0x100, BUFFER + 0x102, 0x100, 0xffff);
	move(BUFFER + 0x102, BUFFER + 0x100, 0x100, 0xffff);
}

static void a20_cases(void)
{
	static const uint8_t functions[] = { 2, 3, 0, 2, 2, 0, 2, 1, 2, 1, 2, 4, 0xff };

	for (unsigned int i = 0; i < sizeof(functions); i++) {
		try(0x15, 0x11112400u | functions[i], 0x2222bbbb, 0x3333cccc, 0x4444dddd);
		put(a20_is_on() ? "  A20 on\n" : "  A20 off\n");
	}
	a20_set(mode != MODE_A20_OFF);
}

static void protected_case(void)
{
	static const struct { uint32_t base; uint8_t access; } row[] = {
		{ 0, 0 }, { TABLE, 0x93 }, { 0, 0x93 }, { PROGRAM_SEGMENT << 4, 0x93 }, { BUFFER, 0x93 },
		{ PROGRAM_SEGMENT << 4, 0x93 }, { PROGRAM_SEGMENT << 4, 0x9b }, { 0, 0 },
	};
	uint32_t pnp = find_pnp();
	struct entered e;

	pnp_protected = FAR_POINTER(0x38, pnp ? peek16(pnp + 17) : 0);
	poke32(BUFFER + 0x10, 0xa5a5a5a5);
	for (unsigned int i = 0; i < 8; i++)
		descriptor(i, row[i].base, i == 1 ? 63 : i == 2 ? 0x3ff : 0xffff, row[i].access);
	fill(BUFFER, 4, 7);
	enter_protected(&e, TABLE);
	put("int 15 ah 89: ");
	put(e.entered ? "protected eax " : "refused eax ");
	put_hex(e.eax, 8);
	put(" ebx ");
	put_hex(e.ebx, 8);
	put(" ecx ");
	put_hex(e.ecx, 8);
	put(" edx ");
	put_hex(e.edx, 8);
	put(" esi ");
	put_hex(e.esi, 8);
	put(" edi ");
	put_hex(e.edi, 8);
	put(" ds ");
	put_hex(e.ds, 4);
	put(" es ");
	put_hex(e.es, 4);
	put(" ss ");
	put_hex(e.ss, 4);
	put(" cs ");
	put_hex(e.cs, 4);
	put(" flags ");
	put_hex(e.flags & 0x201, 4);
	put(" sp off ");
	put_hex(e.sp_off, 4);
	put(" gdt ");
	put_hex(e.gdt_base, 8);
	put(" ");
	put_hex(e.gdt_limit, 4);
	put(" idt ");
	put_hex(e.idt_base, 8);
	put(" ");
	put_hex(e.idt_limit, 4);
	put(" es:0 ");
	put_hex(e.probe, 8);
	put(" pnp ");
	put_hex(e.pnp, 4);
	put(" version ");
	put_hex(peek32(BUFFER + 0x10), 8);
	put(" masks ");
	put_hex(e.masks, 4);
	put(a20_is_on() ? " A20 on\n" : " A20 off\n");
	put_table(0, 8);
	a20_set(mode != MODE_A20_OFF);
}

/* Advanced power management (APM 1.2), but for what switches the machine off. */
static void power_cases(void)
{
	static const struct { uint16_t ax, bx, cx; } call[] = {
		{ 0x5300, 0, 0 }, { 0x5300, 1, 0 }, { 0x5301, 0, 0 }, { 0x5301, 0, 0 }, { 0x530e, 0, 0x0100 }, { 0x530e, 0, 0x0101 }, { 0x530e, 0, 0x0102 },
		{ 0x530e, 0, 0x0103 }, { 0x530e, 1, 0x0102 }, { 0x5300, 0, 0 }, { 0x5305, 0, 0 }, { 0x5306, 0, 0 }, { 0x5307, 0, 3 }, { 0x5307, 1, 0 },
		{ 0x5307, 0x0100, 3 }, { 0x5307, 1, 1 }, { 0x5307, 1, 4 }, { 0x5308, 1, 1 }, { 0x5308, 1, 0 }, { 0x5308, 0xffff, 1 },
		{ 0x5309, 1, 0 }, { 0x530a, 1, 0 }, { 0x530a, 0x8001, 0 }, { 0x530b, 0, 0 }, { 0x530c, 1, 0 }, { 0x530d, 1, 1 }, { 0x530f, 1, 1 },
		{ 0x530f, 1, 0 }, { 0x5310, 0, 0 }, { 0x5311, 0, 0 }, { 0x5380, 0, 0 }, { 0x5304, 1, 0 }, { 0x5304, 0, 0 }, { 0x5304, 0, 0 },
		{ 0x5307, 1, 4 },
	};

	for (unsigned int i = 0; i < sizeof(call) / sizeof(call[0]); i++)
		try(0x15, 0x11110000u | call[i].ax, 0x22220000u | call[i].bx, 0x33330000u | call[i].cx, 0x4444dddd);
}

void system_cases(void)
{
	static const uint16_t functions[] = {
		0x4100, 0x5200, 0x5201, 0x8800, 0x9000, 0x9080, 0x90ff, 0x9100, 0x9180, 0xc000, 0xc100, 0xe801, 0xe802, 0xe881,
		0xe800, 0xe8ff, 0xda88, 0x8a00, 0xc700, 0xc900, 0xec00, 0xe980,
	};

	for (unsigned int i = 0; i < sizeof(functions) / 2; i++)
		try(0x15, 0x11110000u | functions[i], 0x2222bbbb, 0x3333cccc, 0x4444dddd);
	for (unsigned int i = 0; i < sizeof(functions) / 2; i++) {
		put("C: ");
		try_with(0x15, 0x11110000u | functions[i], 0x2222bbbb, 0x3333cccc, 0x4444dddd, BUFFER, BUFFER, 0x0203);
	}
	put("  table of C0 at f000:e6f5:");
	for (uint32_t i = 0; i < 10; i++) {
		put(" ");
		put_hex(peek8(0xfe6f5 + i), 2);
	}
	put("\n");
	power_cases();
	a20_cases();
	move_cases();
	if (mode < MODE_V86)
		protected_case();
}
