/* SPDX-License-Identifier: BSD-2-Clause
 * tests/guests/real/video.c: INT 10h, whoever serves it: the BIOS where there is no display, else the display's ROM.
 */
#include "real/real.h"

#define EQUIPMENT	0x410u
#define EQUIPMENT_VIDEO	0x30u
#define VIDEO		0x449u		/* mode, columns, page length, page, cursors, shape, page, CRTC port, CGA */
#define VIDEO_END	0x467u
#define VIDEO_2		0x484u		/* rows, points, states, index of display combinations */
#define VIDEO_2_END	0x48bu
#define VIDEO_TABLES	0x4a8u		/* segment:offset */

static void put_bytes(uint32_t from, uint32_t end)
{
	for (uint32_t at = from; at < end; at++) {
		put(" ");
		put_hex(peek8(at), 2);
	}
}

static void put_bda(void)
{
	put("bda video ");
	put_hex(peek8(EQUIPMENT) & EQUIPMENT_VIDEO, 2);
	put_bytes(VIDEO, VIDEO_END);
	put_bytes(VIDEO_2, VIDEO_2_END);
	put_bytes(VIDEO_TABLES, VIDEO_TABLES + 4);
	put("\n");
}

/* What lies on the screen, as text. */
static void put_line(uint32_t row)
{
	put("screen \"");
	for (uint32_t i = 0; i < 20; i++) {
		uint8_t c = peek8(0xb8000 + row * 160 + i * 2);
		char text[2] = { c >= ' ' && c < 0x7f ? (char)c : '.', 0 };

		put(text);
	}
	put("\"\n");
}

void video_cases(void)
{
	static const uint16_t last[] = { 0x0f00, 0x0300, 0x1130, 0x1200, 0x1a00, 0x1b00, 0x1c00, 0xff77 };
	bool display = peek8(0x10 * 4 + 3) < 0xe0;	/* its vector leads to a ROM of its own */

	for (uint32_t i = 0; i < 0x100; i++)
		poke8(BUFFER + i, (uint8_t)('a' + i % 26));
	if (display)
		try(0x10, 0x11110003, 0x22220007, 0x33330003, 0x44440505);
	put_bda();
	for (uint32_t f = display ? 1 : 0; f < 0x14; f++)
		try(0x10, 0x11110041 | f << 8, 0x22220007, 0x33330003, 0x44440505);
	for (uint32_t f = 0x14; f < 0x100; f++)
		if (!display || f == 0x4f)
			try(0x10, 0x11110077 | f << 8, 0x2222bbbb, 0x33330003, 0x44440505);
	for (uint32_t i = 0; i < sizeof(last) / sizeof(last[0]); i++)
		try(0x10, 0x11110000 | last[i], 0x22220010, 0x33330003, 0x44440505);
	for (uint32_t f = 0; f < 16; f++)
		try_at(0x10, 0x11114f00 | f, 0x22220010, 0x33330003, 0x44440505, BUFFER, BUFFER + 0x200);
	put_bda();
	if (!display)
		return;
	for (uint32_t at = 0xc0000; at < 0xc8000; at += 0x1ffc) {
		uint8_t was = peek8(at);

		poke8(at, (uint8_t)~was);
		put(peek8(at) == was ? "ROM\n" : "ROM WRITTEN\n");
	}
	try(0x10, 0x11110003, 0x22220007, 0x33330003, 0x44440505);
	for (const char *p = "real-mode text\r\nline 2"; *p; p++)
		try(0x10, 0x11110e00 | (uint8_t)*p, 0x22220007, 0x33330003, 0x44440505);
	put_line(0);
	put_line(1);
	put_bda();
}
