/* SPDX-License-Identifier: BSD-2-Clause
 * tests/guests/vga/vbe.c: VBE: what it tells of itself and of each mode, every mode set, and windows, pitch, start, DAC width,
 * palette, power and EDID in some of them.
 */
#include "vga/vga.h"

#define INFO_BYTES	0x200u
#define CLEARED_AT_MOST	0x100000u	/* larger pictures are kept when their mode is set: SeaVGABIOS takes seconds on some cards */

static void tell_string(const char *name, uint32_t far)
{
	uint32_t at = (far >> 16 << 4) + (far & 0xffff);

	print(name);
	print(at >= BUFFER && at < BUFFER + INFO_BYTES ? "in-block " : "");
	if (!(at >= BUFFER && at < BUFFER + INFO_BYTES)) {
		put_place(at);
		print(" ");
	}
	for (uint32_t i = 0; i < 64 && peek8(at + i) >= ' '; i++)
		outb(peek8(at + i), 0xe9);
	print("\n");
}

static void tell_info(const char *signature)
{
	uint32_t list;

	quietly(0x4f03, 0, 0, 0);
	for (uint32_t i = 0; i < INFO_BYTES; i++)
		poke8(BUFFER + i, i < 4 ? (uint8_t)signature[i] : 0xa5);
	quietly(0x4f00, 0, 0, 0);
	set_scene("info ", signature[3]);
	print("info ");
	print(signature);
	print(": ");
	print_hex(last.eax, 8);
	print(" ");
	print_hex(peek32(BUFFER), 8);
	print(" version ");
	print_hex(peek16(BUFFER + 4), 4);
	print(" capabilities ");
	print_hex(peek32(BUFFER + 10), 8);
	print(" memory ");
	print_hex(peek16(BUFFER + 18), 4);
	print(" software ");
	print_hex(peek16(BUFFER + 20), 4);
	print("\n");
	tell_string(" oem ", peek32(BUFFER + 6));
	if (signature[3] == '2') {
		tell_string(" vendor ", peek32(BUFFER + 22));
		tell_string(" product ", peek32(BUFFER + 26));
		tell_string(" revision ", peek32(BUFFER + 30));
	}
	list = ((uint32_t)peek16(BUFFER + 16) << 4) + peek16(BUFFER + 14);
	print(list >= BUFFER && list < BUFFER + INFO_BYTES ? " list in-block\n" : " list elsewhere\n");
	for (uint32_t i = 0; i < 200 && peek16(list + 2 * i) != 0xffff; i++) {
		print("listed ");
		print_hex(peek16(list + 2 * i), 4);
		print(": ");
		print_hex(i, 2);
		print("\n");
	}
}

/* Of the mode information that the call before has written: where the picture is, up to its end, and of its pixels alone. */
static uint32_t base, bytes, pixels;

static void tell_mode(uint16_t mode)
{
	for (uint32_t i = 0; i < 0x100; i++)
		poke8(BUFFER + i, 0xa5);
	quietly(0x4f01, 0, mode, 0);
	base = peek32(BUFFER + 40);
	bytes = peek16(BUFFER + 16) * peek16(BUFFER + 20);
	if ((uint16_t)last.eax != 0x004f && peek32(BUFFER) == 0xa5a5a5a5)
		return;
	print("mode ");
	print_hex(mode, 4);
	print(": ");
	print_hex(last.eax, 8);
	print("\n");
	for (uint32_t i = 0; i < 0x100; i++) {
		if (i - 12 < 4 || i - 40 < 4 || peek8(BUFFER + i) == 0)
			continue;
		print(" info ");
		print_hex(i, 2);
		print("=");
		print_hex(peek8(BUFFER + i), 2);
		print("\n");
	}
	print(" window-function ");
	put_place(((uint32_t)peek16(BUFFER + 14) << 4) + peek16(BUFFER + 12));
	print("\n base ");
	put_place(base);
	print("\n");
}

static bool exists(uint16_t mode)
{
	for (uint32_t i = 0; i < 0x100; i++)
		poke8(BUFFER + i, 0);
	quietly(0x4f01, 0, mode, 0);
	base = peek32(BUFFER + 40);
	bytes = peek16(BUFFER + 16) * peek16(BUFFER + 20);
	pixels = peek16(BUFFER + 18) * ((peek8(BUFFER + 25) + 7u) / 8) * peek16(BUFFER + 20);
	return (uint16_t)last.eax == 0x004f;
}

static void set_every(void)
{
	for (uint16_t mode = 0x100; mode < 0x1c0; mode++) {
		bool clears;

		if (!exists(mode))
			continue;
		clears = pixels <= CLEARED_AT_MOST;
		set_scene("vbe ", mode);
		screen_is_linear(0, 0);
		has_vga = false;	/* registers of these modes are the ROM's choice, all but the picture */
		call(0x4f02, mode | (clears ? 0x4000 : 0xc000), 0, 0);
		call(0x4f03, 0, 0, 0);
		call(0x0f00, 0, 0, 0);
		if (base && clears) {
			print(" first ");
			print_hex(peek32(base), 8);
			print(" last ");
			print_hex(peek32(base + ((bytes - 4) & ~3u)), 8);
			print("\n");
		}
		if (base) {
			poke32(base, 0x12345678);
			poke32(base + ((bytes - 4) & ~3u), 0x12345678);
		}
		call(0x4f02, mode | 0xc000, 0, 0);
		if (base) {
			print(" kept ");
			print_hex(peek32(base), 8);
			print("\n");
		}
	}
}

static const step controls[] = {
	{ 0x4f05, 0x0000, 0, 0 }, { 0x4f05, 0x0100, 0, 0 }, { 0x4f05, 0x0000, 0, 3 }, { 0x4f05, 0x0100, 0, 0 },
	{ 0x4f05, 0x0000, 0, 0x00ff },
	{ 0x4f05, 0x0000, 0, 0x0100 }, { 0x4f05, 0x0000, 0, 0x03ff }, { 0x4f05, 0x0000, 0, 0xffff },
	{ 0x4f05, 0x0001, 0, 1 }, { 0x4f05, 0x0101, 0, 0 },
	{ 0x4f05, 0x0200, 0, 0 }, { 0x4f05, 0x0002, 0, 0 }, { 0x4f05, 0x0000, 0, 0 },
	{ 0x4f06, 0x0001, 0, 0 }, { 0x4f06, 0x0000, 1024, 0 }, { 0x4f06, 0x0001, 0, 0 }, { 0x4f06, 0x0002, 2048, 0 },
	{ 0x4f06, 0x0001, 0, 0 },
	{ 0x4f06, 0x0000, 100, 0 }, { 0x4f06, 0x0000, 1, 0 }, { 0x4f06, 0x0000, 0, 0 }, { 0x4f06, 0x0002, 1, 0 },
	{ 0x4f06, 0x0002, 0, 0 },
	{ 0x4f06, 0x0000, 1283, 0 }, { 0x4f06, 0x0002, 4093, 0 }, { 0x4f06, 0x0002, 4096, 0 },
	{ 0x4f06, 0x0002, 8192, 0 }, { 0x4f06, 0x0000, 4096, 0 },
	{ 0x4f06, 0x0000, 16384, 0 }, { 0x4f06, 0x0000, 0xffff, 0 }, { 0x4f06, 0x0002, 0xffff, 0 },
	{ 0x4f06, 0x0003, 0, 0 }, { 0x4f06, 0x0004, 0, 0 },
	{ 0x4f06, 0x00ff, 0, 0 }, { 0x4f06, 0x0001, 0, 0 },
};

static const step starts[] = {
	{ 0x4f07, 0x0001, 0, 0 }, { 0x4f07, 0x0000, 0, 16 }, { 0x4f07, 0x0001, 0, 0 }, { 0x4f07, 0x0080, 16, 32 },
	{ 0x4f07, 0x0001, 0, 0 },
	{ 0x4f07, 0x0000, 3, 1 }, { 0x4f07, 0x0001, 0, 0 }, { 0x4f07, 0x0000, 0, 0xffff },
	{ 0x4f07, 0x0000, 0xffff, 0 }, { 0x4f07, 0x0000, 0x2000, 0x2000 },
	{ 0x4f07, 0x0001, 0, 0 }, { 0x4f07, 0x0002, 0, 0 }, { 0x4f07, 0x0004, 0, 0 }, { 0x4f07, 0x0081, 0, 0 },
	{ 0x4f07, 0x00ff, 0, 0 },
	{ 0x4f07, 0x0000, 0, 0 }, { 0x4f07, 0x0001, 0, 0 },
	{ 0x4f08, 0x0001, 0, 0 }, { 0x4f08, 0x0800, 0, 0 }, { 0x4f08, 0x0001, 0, 0 }, { 0x4f09, 0x0000, 4, 2 },
	{ 0x4f09, 0x0001, 4, 2 },
	{ 0x1010, 0x0009, 0xf0e1, 0xd200 }, { 0x1015, 0x0009, 0, 0 },
	{ 0x4f08, 0x0600, 0, 0 }, { 0x4f08, 0x0700, 0, 0 }, { 0x4f08, 0x0000, 0, 0 }, { 0x4f08, 0x0900, 0, 0 },
	{ 0x4f08, 0xff00, 0, 0 },
	{ 0x4f08, 0x0002, 0, 0 }, { 0x4f08, 0x0600, 0, 0 },
	{ 0x4f09, 0x0000, 8, 0 }, { 0x4f09, 0x0001, 8, 0 }, { 0x4f09, 0x0080, 8, 0x10 }, { 0x4f09, 0x0000, 0, 0 },
	{ 0x4f09, 0x0000, 8, 0xfc },
	{ 0x4f09, 0x0000, 0x101, 0 }, { 0x4f09, 0x0001, 0x100, 1 }, { 0x4f09, 0x0000, 1, 0x100 },
	{ 0x4f09, 0x0002, 8, 0 }, { 0x4f09, 0x0003, 8, 0 },
	{ 0x4f09, 0x0004, 8, 0 }, { 0x4f09, 0x00ff, 8, 0 },
};

static const step drawn[] = {
	{ 0x0200, 0x0000, 0, 0x0203 }, { 0x0e41, 0x0007, 0, 0 }, { 0x0942, 0x000e, 3, 0 }, { 0x0c05, 0x0000, 100, 50 },
	{ 0x0d00, 0x0000, 100, 50 },
	{ 0x0c85, 0x0000, 100, 50 }, { 0x0601, 0x0300, 0x0000, 0x184f }, { 0x0600, 0x0200, 0x0305, 0x0509 },
	{ 0x1301, 0x0007, 12, 0x0405 },
	{ 0x0800, 0x0000, 0, 0 }, { 0x0d00, 0x0000, 0xffff, 0xffff },
};

static const step elsewhere[] = {
	{ 0x4f0a, 0x0000, 0, 0 }, { 0x4f0a, 0x0001, 0, 0 }, { 0x4f0b, 0x0000, 0, 0 }, { 0x4f0c, 0, 0, 0 },
	{ 0x4f0f, 0, 0, 0 },
	{ 0x4f10, 0x0000, 0, 0 }, { 0x4f10, 0x0001, 0, 0 }, { 0x4f10, 0x0101, 0, 0 }, { 0x4f10, 0x0002, 0, 0 },
	{ 0x4f10, 0x0201, 0, 0 },
	{ 0x4f10, 0x0401, 0, 0 }, { 0x4f10, 0x0801, 0, 0 }, { 0x4f10, 0x0002, 0, 0 }, { 0x4f10, 0x0301, 0, 0 },
	{ 0x4f10, 0x1001, 0, 0 },
	{ 0x4f10, 0xff01, 0, 0 }, { 0x4f10, 0x0001, 0, 0 }, { 0x4f10, 0x0003, 0, 0 }, { 0x4f10, 0x00ff, 0, 0 },
	{ 0x4f11, 0, 0, 0 }, { 0x4f12, 0, 0, 0 }, { 0x4f13, 0, 0, 0 }, { 0x4f14, 0, 0, 0 },
	{ 0x4f15, 0x0000, 0, 0 }, { 0x4f15, 0x0000, 1, 0 }, { 0x4f15, 0x0001, 0, 0 }, { 0x4f15, 0x0001, 0, 1 },
	{ 0x4f15, 0x0001, 0, 2 },
	{ 0x4f15, 0x0001, 0, 0xffff }, { 0x4f15, 0x0001, 1, 0 }, { 0x4f15, 0x0002, 0, 0 }, { 0x4f15, 0x00ff, 0, 0 },
	{ 0x4f16, 0, 0, 0 }, { 0x4f80, 0, 0, 0 }, { 0x4fff, 0, 0, 0 },
	{ 0x4f02, 0x0000, 0, 0 }, { 0x4f03, 0, 0, 0 }, { 0x4f02, 0x0003, 0, 0 }, { 0x4f03, 0, 0, 0 },
	{ 0x4f02, 0x8003, 0, 0 }, { 0x4f02, 0x4003, 0, 0 },
	{ 0x4f02, 0x0083, 0, 0 }, { 0x4f02, 0x0013, 0, 0 }, { 0x4f03, 0, 0, 0 }, { 0x4f02, 0x4013, 0, 0 },
	{ 0x4f02, 0x006a, 0, 0 }, { 0x4f03, 0, 0, 0 },
	{ 0x4f02, 0x0008, 0, 0 }, { 0x4f02, 0x0077, 0, 0 }, { 0x4f02, 0x0108, 0, 0 }, { 0x4f02, 0x01ff, 0, 0 },
	{ 0x4f02, 0x3fff, 0, 0 },
	{ 0x4f02, 0xffff, 0, 0 }, { 0x4f02, 0x81ff, 0, 0 }, { 0x4f02, 0x1101, 0, 0 }, { 0x4f03, 0, 0, 0 },
	{ 0x4f02, 0x0901, 0, 0 }, { 0x4f03, 0, 0, 0 },
	{ 0x4f02, 0x0101, 0, 0 }, { 0x4f03, 0, 0, 0 }, { 0x0f00, 0, 0, 0 }, { 0x0003, 0, 0, 0 }, { 0x4f03, 0, 0, 0 },
	{ 0x4f05, 0x0100, 0, 0 }, { 0x4f06, 0x0001, 0, 0 }, { 0x4f07, 0x0001, 0, 0 }, { 0x4f08, 0x0001, 0, 0 },
};

static void in_one(uint16_t mode)
{
	if (!exists(mode))
		return;
	set_scene("vbe-calls ", mode);
	screen_is_linear(base, bytes);
	has_vga = false;
	call(0x4f02, mode | (base ? 0x4000 : 0), 0, 0);
	CALL_ALL(controls);
	quietly(0x4f02, mode | (base ? 0x4000 : 0), 0, 0);
	CALL_ALL(starts);
	quietly(0x4f02, mode | (base ? 0x4000 : 0), 0, 0);
	registers_changes();
	call_with(0x1120, 0, 0, 0, FONT >> 4, 128 * 8);
	call_with(0x1121, 0x0002, *mem16(0x485), 0, FONT >> 4, 0);
	CALL_ALL(drawn);
	screen_is_linear(0, 0);
}

void vbe_scene(void)
{
	static const uint16_t modes[] = { 0x101, 0x102, 0x103, 0x10d, 0x110, 0x111, 0x112, 0x140, 0x142 };
	bool vga = has_vga;

	tell_info("VESA");
	tell_info("VBE2");
	for (uint16_t mode = 0; mode < 0x200; mode++)
		tell_mode(mode);
	tell_mode(0x4118);
	tell_mode(0xc118);
	tell_mode(0x8118);
	tell_mode(0xffff);
	set_every();
	for (unsigned int i = 0; i < sizeof(modes) / sizeof(modes[0]); i++)
		in_one(modes[i]);
	has_vga = false;
	set_scene("vbe-other", 0);
	quietly(0x0003, 0, 0, 0);
	registers_changes();
	CALL_ALL(elsewhere);
	has_vga = vga;
}
