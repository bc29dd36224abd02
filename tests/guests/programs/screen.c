/* SPDX-License-Identifier: BSD-2-Clause
 * tests/guests/programs/screen.c: what INT 10h answers, and what it shows: calls of one scene, each with its
 * registers and the cursor afterwards. A test chooses the scene by its number.
 */
#include "programs/program.h"

extern volatile uint16_t scene;
volatile uint16_t scene __attribute__((section(".data"))) = 0;	/* its number */

static void call(uint16_t ax, uint16_t bx, uint16_t cx, uint16_t dx)
{
	struct registers r = { .eax = 0x11110000u | ax, .ebx = 0x22220000u | bx, .ecx = 0x33330000u | cx,
			       .edx = 0x44440000u | dx, .esi = 0x55556666, .edi = 0x77778888 };

	print_hex(ax, 4);
	call_int(0x10, &r);
	print(": ");
	print_hex(r.eax, 8);
	print(" ");
	print_hex(r.ebx, 8);
	print(" ");
	print_hex(r.ecx, 8);
	print(" ");
	print_hex(r.edx, 8);
	print(" ");
	print_hex(r.esi, 8);
	print(" ");
	print_hex(r.edi, 8);
	print(r.flags & CF ? " CF " : " - ");
	print_hex(*mem16(0x450), 4);
	print("\n");
}

/* As most programs write. */
static void type(const char *text)
{
	struct registers r = { 0 };

	while (*text) {
		r.ax = 0x0e00 | (uint8_t)*text++;
		r.bx = 0x0007;
		call_int(0x10, &r);
	}
}

static void at(uint8_t row, uint8_t column)
{
	struct registers r = { .ax = 0x0200, .dx = (uint16_t)(row << 8 | column) };

	call_int(0x10, &r);
}

static void write(uint8_t character, uint8_t attribute, uint16_t count)
{
	struct registers r = { .ax = (uint16_t)(0x0900 | character), .bx = attribute, .cx = count };

	call_int(0x10, &r);
}

static void window(uint16_t ax, uint8_t attribute, uint16_t from, uint16_t to)
{
	call(ax, (uint16_t)(attribute << 8), from, to);
}

static void fill(void)
{
	for (uint8_t row = 0; row < 25; row++) {
		at(row, 0);
		write((uint8_t)('a' + row), (uint8_t)(0x10 * (row % 7) + 7), 40);
		at(row, 40);
		write((uint8_t)('A' + row), (uint8_t)(row % 15 + 1), 40);
	}
}

static void string(uint8_t mode, uint8_t attribute, uint16_t count, uint16_t where, const void *text)
{
	struct registers r = { .ax = 0x1300 | mode, .bx = attribute, .cx = count, .dx = where };
	uint32_t bytes = (uint32_t)text;

	/* BP is not among struct registers. */
	__asm__ volatile("pushl %%ebp; movl %1, %%ebp; movl 0(%0), %%eax; movl 4(%0), %%ebx; movl 8(%0), %%ecx;"
			 "movl 12(%0), %%edx; int $0x10; popl %%ebp"
			 : : "S"(&r), "D"(bytes) : "eax", "ebx", "ecx", "edx", "memory", "cc");
}

static void bios_data(void)
{
	static const uint16_t words[] = { 0x410, 0x449, 0x44a, 0x44c, 0x44e, 0x460, 0x462, 0x463, 0x465, 0x484, 0x485,
		0x487, 0x489, 0x4a8 };

	for (uint8_t i = 0; i < sizeof(words) / 2; i++) {
		print_hex(words[i], 4);
		print("=");
		print_hex(*mem16(words[i]), 4);
		print(" ");
	}
	print("\n");
}

static void answers(void)
{
	static const uint16_t unknown[] = { 0x0400, 0x0b00, 0x0c00, 0x0d00, 0x1000, 0x1130, 0x1201, 0x1a00, 0x1b00,
		0x1c00, 0x4f00, 0x4f03,
					    0xff00, 0x1112, 0x1400, 0x1500, 0x5000, 0xfe00 };

	bios_data();
	call(0x0f00, 0xffff, 0, 0);
	call(0x0300, 0, 0xffff, 0xffff);
	call(0x0100, 0, 0x0d0e, 0);
	call(0x0200, 0, 0, 0x0305);
	call(0x0300, 0, 0xffff, 0xffff);
	call(0x0300, 0x0100, 0xffff, 0xffff);
	call(0x0200, 0x0100, 0, 0x0708);
	call(0x0300, 0x0100, 0xffff, 0xffff);
	call(0x0941, 0x001e, 3, 0);
	call(0x0800, 0, 0, 0);
	call(0x0200, 0, 0, 0x0307);
	call(0x0800, 0, 0, 0);
	call(0x0200, 0, 0, 0x0308);
	call(0x0800, 0, 0, 0);
	call(0x0200, 0, 0, 0x0305);
	call(0x0a42, 0x001e, 2, 0);
	call(0x0800, 0, 0, 0);
	call(0x0e43, 0x0007, 0, 0);
	call(0x0200, 0, 0, 0x0305);
	call(0x0800, 0, 0, 0);
	call(0x0501, 0, 0, 0);
	call(0x0f00, 0, 0, 0);
	call(0x0500, 0, 0, 0);
	call(0x0600, 0x1700, 0, 0x184f);
	call(0x0800, 0, 0, 0);
	call(0x0200, 0, 0, 0x1850);
	call(0x0e44, 0, 0, 0);
	call(0x0003, 0, 0, 0);
	call(0x0f00, 0, 0, 0);
	call(0x0083, 0, 0, 0);
	call(0x0f00, 0, 0, 0);
	call(0x0001, 0, 0, 0);
	call(0x0f00, 0, 0, 0);
	call(0x0013, 0, 0, 0);
	call(0x0f00, 0, 0, 0);
	call(0x0003, 0, 0, 0);
	for (uint8_t i = 0; i < sizeof(unknown) / 2; i++)
		call(unknown[i], 0, 0, 0);
	bios_data();
}

static void plain(void)
{
	type("Hello\r\nsecond\x08\x08NE line\rFirst\n\n  here\r\n");
	for (int row = 0; row < 30; row++) {
		type("line ");
		type((char [2]){ (char)('A' + row % 26), 0 });
		type("\r\n");
	}
	for (int i = 0; i < 170; i++)
		type((char [2]){ (char)('0' + i % 10), 0 });
	type("\r\nlast");
}

static void all_characters(void)
{
	for (int c = 0; c < 256; c++) {
		at((uint8_t)(c / 32), (uint8_t)(c % 32 * 2));
		write((uint8_t)c, 7, 1);
	}
	at(10, 0);
	for (int c = 1; c < 256; c++)
		if (c != 7 && c != 8 && c != 10 && c != 13)
			type((char [2]){ (char)c, 0 });
}

static void all_attributes(void)
{
	for (int a = 0; a < 256; a++) {
		at((uint8_t)(a / 16), (uint8_t)(a % 16 * 4));
		write('x', (uint8_t)a, 2);
	}
	at(20, 5);
	type("grey again");
	at(20, 0);
	write('#', 0x1f, 4);
	at(20, 1);
	type("TT");	/* in the colours that are there */
	at(22, 0);
	write(' ', 0x2f, 80);
	at(22, 3);
	type("on green");
	at(23, 70);
	write('=', 0x70, 30);
}

static void strings(void)
{
	static const char text[] = "plain\r\nnext\x08T\x07!", cells[] = "r\x04g\x02" "b\x01";

	string(0, 0x1e, sizeof(text) - 1, 0x0203, text);
	type("0");
	string(1, 0x2e, sizeof(text) - 1, 0x0503, text);
	type("1");
	string(2, 0, 3, 0x0a10, cells);
	type("2");
	string(3, 0, 3, 0x0c10, cells);
	type("3");
	string(1, 0x4f, 12, 0x184a, "over the end");
	type("4");
	string(1, 0x4f, 0, 0x0101, text);
}

static void windows(void)
{
	fill();
	window(0x0601, 0x1f, 0x0000, 0x184f);
	window(0x0702, 0x2f, 0x0000, 0x184f);
	window(0x0603, 0x3f, 0x0510, 0x0a2f);
	window(0x0701, 0x4f, 0x0c10, 0x0e4f);
	window(0x0600, 0x5f, 0x1002, 0x1205);
	window(0x06ff, 0x6f, 0x1400, 0x144f);
	window(0x0701, 0x70, 0x16ff, 0xffff);
	at(12, 20);
}

static uint32_t seed = 1;

static uint32_t any(uint32_t below)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 16) % below;
}

/* Whatever shows something or moves the cursor. */
static void anything(void)
{
	static const uint8_t functions[] = { 0x02, 0x02, 0x06, 0x07, 0x09, 0x09, 0x0a, 0x0e, 0x0e, 0x0e, 0x13 };
	static uint8_t text[64];

	fill();
	for (int i = 0; i < 400; i++) {
		struct registers r = { .ah = functions[any(sizeof(functions))], .al = (uint8_t)(0x20 + any(0x60)) };

		r.bx = r.ah == 0x09 ? (uint16_t)any(256) : (uint16_t)(any(256) << 8);
		r.cx = (uint16_t)any(90);
		r.dx = (uint16_t)(any(25) << 8 | any(80));
		if (r.ah == 0x06 || r.ah == 0x07) {
			r.al = (uint8_t)any(6);
			r.cx = any(2) ? 0 : (uint16_t)(any(25) << 8 | any(80));
			r.dx = r.cx ? (uint16_t)(any(25) << 8 | any(80)) : 0x184f;
			if (r.dh < r.ch || r.dl < r.cl)
				continue;
		} else if (r.ah == 0x0a || r.ah == 0x0e) {
			r.bx = 7;
			if (!any(4))
				r.al = r.ah == 0x0e ? "\r\n\b "[any(4)] : ' ';
		} else if (r.ah == 0x13) {
			uint16_t cells = (uint16_t)any(30);

			for (uint32_t at = 0; at < sizeof(text); at++)
				text[at] = (uint8_t)(0x20 + any(0xe0));
			string((uint8_t)any(4), (uint8_t)any(256), cells, r.dx, text);
			continue;
		}
		call_int(0x10, &r);
	}
	at((uint8_t)any(25), (uint8_t)any(80));
}

/* More than a terminal's line holds that nobody reads. */
static void much(void)
{
	for (int i = 0; i < 150; i++)
		fill();
}

/* Until 'q', every key is told. */
static void wait_for_end(void)
{
	struct registers r;

	print("shown\n");
	do {
		r = (struct registers){ .ax = 0x1000 };
		call_int(0x16, &r);
		print("key ");
		print_hex(r.ax, 4);
		print("\n");
	} while (r.al != 'q');
}

void main(void)
{
	static void (*const scenes[])(void) = {
		answers, plain, all_characters, all_attributes, strings, windows, anything, much
	};
	struct registers r = { .ax = 0x0003 };

	print("ready\n");
	call_int(0x10, &r);
	scenes[scene & 0xff]();
	wait_for_end();
	print("end\n");
}
