/* SPDX-License-Identifier: BSD-2-Clause
 * vgasrc/vga.c: see vga.h.
 */
#include "vga.h"
#include "bda.h"
#include "card.h"
#include "io.h"

#define WINDOW_PACKED	0x05	/* VGA_GRAPHICS_MISC: a0000, 64 KiB, graphics */
#define WINDOW_CHAIN4	0x0a	/* VGA_SEQUENCER_MEMORY */

void vga_write_pairs(uint16_t port, const uint16_t *pairs, uint16_t count)
{
	__asm__ volatile("pushw %%ss; popw %%es; rep outsw" : "+S"(pairs), "+c"(count) : "d"(port) : "memory");
}

uint16_t vga_status_port(void)
{
	return (uint16_t)(BDA->crtc_port + 6);
}

/* Registers first, first + 1, ... */
static void write_indexed(uint16_t port, uint8_t first, const ROM uint8_t *values, uint16_t count)
{
	uint16_t pairs[VGA_CRTC_REGS];

	for (uint16_t i = 0; i < count; i++)
		pairs[i] = VGA_PAIR(first + i, values[i]);
	vga_write_pairs(port, pairs, count);
}

static void write_attributes(const ROM struct video_parameters *p)
{
	uint8_t bytes[2 * VGA_ATTRIBUTES];

	for (uint16_t i = 0; i < VGA_ATTRIBUTES; i++) {
		bytes[2 * i] = (uint8_t)i;
		bytes[2 * i + 1] = i < sizeof(p->attribute) ? p->attribute[i] : 0;
	}
	inb(vga_status_port());
	write_bytes(bytes, sizeof(bytes), VGA_ATTRIBUTE);
}

/*
 * QEMU makes the map of memory anew at each register of graphics and sequencer while dwords lie across the planes (chain 4):
 * that is switched off before the others are written, and on behind them.
 */
void vga_program(const ROM struct video_parameters *p)
{
	uint16_t crtc = p->misc & VGA_MISC_COLOUR ? VGA_CRTC : VGA_CRTC_MONO;

	BDA->crtc_port = crtc;
	outb(p->misc, VGA_MISC_WRITE);
	write_attributes(p);
	outw(VGA_PAIR(VGA_SEQUENCER_MEMORY, 0x06), VGA_SEQUENCER);
	write_indexed(VGA_GRAPHICS, 0, p->graphics, sizeof(p->graphics));
	outw(VGA_PAIR(0, 3), VGA_SEQUENCER);
	write_indexed(VGA_SEQUENCER, 1, p->sequencer, sizeof(p->sequencer));
	outw(VGA_PAIR(VGA_CRTC_RETRACE_END, 0), crtc);
	write_indexed(crtc, 0, p->crtc, sizeof(p->crtc));
}

void vga_program_frame(uint8_t number, const struct shape *shape, uint8_t overflow)
{
	uint16_t last = shape->height - 1u;
	const uint16_t pairs[] = {
		VGA_PAIR(VGA_CRTC_RETRACE_END, 0x0c), VGA_PAIR(VGA_CRTC_WIDTH, shape->width / 8 - 1),
		VGA_PAIR(VGA_CRTC_OVERFLOW, overflow | (last >> 7 & 2) | (last >> 3 & 0x40)),
		VGA_PAIR(VGA_CRTC_DISPLAY_END, last & 0xff),
	};

	vga_program(&video_parameters[mode_find(number)->row]);
	vga_write_pairs(VGA_CRTC, pairs, sizeof(pairs) / sizeof(*pairs));
}

void vga_screen_on(void)
{
	outb(VGA_ATTRIBUTE_ON, VGA_ATTRIBUTE);
	inb(vga_status_port());		/* the next byte is an index again */
}

/* The EGA's 64 colours: bits 2-0 are the stronger share of red, green, blue, bits 5-3 the weaker. */
static void ega_colour(uint16_t n, uint8_t rgb[3])
{
	for (uint16_t i = 0; i < 3; i++, n = (uint16_t)(n << 1))
		rgb[i] = (uint8_t)((n & 0x04 ? 0x2a : 0) + (n & 0x20 ? 0x15 : 0));
}

#define BROWN		0x14		/* of the EGA's: what the CGA makes of dark yellow */
#define BRIGHT		0x38

/* The CGA's sixteen; entry 10h and on are the bright ones. */
static void cga_colour(uint16_t n, uint8_t rgb[3])
{
	n &= 0x17;
	ega_colour(n == 6 ? BROWN : n & 0x10 ? n | BRIGHT : n, rgb);
}

void vga_cga_colour(uint16_t colour, uint8_t rgb[3])
{
	cga_colour((colour & 8) << 1 | (colour & 7), rgb);
}

static void mono_colour(uint16_t n, uint8_t rgb[3])
{
	static const ROM uint8_t level[] = { 0x00, 0x2a, 0x2a, 0x3f };

	rgb[0] = rgb[1] = rgb[2] = level[n >> 3 & 3];
}

/* 16 of the CGA, 16 greys, then 24 hues, in three saturations each of three intensities. */
static void vga_colour(uint16_t n, uint8_t rgb[3])
{
	static const ROM uint8_t grey[16] = {
		0x00, 0x05, 0x08, 0x0b, 0x0e, 0x11, 0x14, 0x18, 0x1c, 0x20, 0x24, 0x28, 0x2d, 0x32, 0x38, 0x3f };
	static const ROM uint8_t level[9][5] = {
		{ 0x00, 0x10, 0x1f, 0x2f, 0x3f }, { 0x1f, 0x27, 0x2f, 0x37, 0x3f }, { 0x2d, 0x31, 0x36, 0x3a, 0x3f },
		{ 0x00, 0x07, 0x0e, 0x15, 0x1c }, { 0x0e, 0x11, 0x15, 0x18, 0x1c }, { 0x14, 0x16, 0x18, 0x1a, 0x1c },
		{ 0x00, 0x04, 0x08, 0x0c, 0x10 }, { 0x08, 0x0a, 0x0c, 0x0e, 0x10 }, { 0x0b, 0x0c, 0x0d, 0x0f, 0x10 } };
	uint16_t hue, set;

	if (n < 16) {
		vga_cga_colour(n, rgb);
		return;
	}
	if (n < 32) {
		rgb[0] = rgb[1] = rgb[2] = grey[n - 16];
		return;
	}
	n = (uint16_t)(n - 32);
	set = n / 24u;
	hue = n % 24u;
	/* From blue by red and green back: each part stays low for eight, rises for four, stays high for eight, falls. */
	for (uint16_t i = 0; i < 3; i++) {
		static const ROM uint8_t first[] = { 8, 16, 0 };	/* where a part has been at its height for four */
		uint16_t at = (uint16_t)(hue + 28 - first[i]) % 24u, height;

		height = at <= 8 ? 4 : at < 12 ? 12 - at : at <= 20 ? 0 : at - 20;
		rgb[i] = set < 9 ? level[set][height] : 0;
	}
}

#define CHUNK	8u

void vga_palette(enum palette palette)
{
	uint16_t count = palette == PALETTE_VGA ? 256 : 64;

	outb(0xff, VGA_DAC_MASK);
	outb(0, VGA_DAC_WRITE);
	for (uint16_t n = 0; n < count; n += CHUNK) {
		uint8_t rgb[CHUNK][3];

		for (uint16_t i = 0; i < CHUNK; i++)
			switch (palette) {
			case PALETTE_EGA:
				ega_colour(n + i, rgb[i]);
				break;
			case PALETTE_CGA:
				cga_colour(n + i, rgb[i]);
				break;
			case PALETTE_MONO:
				mono_colour(n + i, rgb[i]);
				break;
			default:
				vga_colour(n + i, rgb[i]);
				break;
			}
		write_bytes(rgb, sizeof(rgb), VGA_DAC_DATA);
	}
}

/* In this order the display's map of memory changes once. */
bool vga_window_open(void)
{
	outw(VGA_PAIR(VGA_GRAPHICS_MISC, WINDOW_PACKED), VGA_GRAPHICS);
	outw(VGA_PAIR(VGA_SEQUENCER_MASK, 0x0f), VGA_SEQUENCER);
	outw(VGA_PAIR(VGA_SEQUENCER_MEMORY, WINDOW_CHAIN4), VGA_SEQUENCER);
	return 1;
}

void vga_window_close(void)
{
	outw(VGA_PAIR(VGA_SEQUENCER_MEMORY, 0x02), VGA_SEQUENCER);
	outw(VGA_PAIR(VGA_SEQUENCER_MASK, 0x03), VGA_SEQUENCER);
	outw(VGA_PAIR(VGA_GRAPHICS_MISC, BDA->crtc_port == VGA_CRTC_MONO ? 0x0a : 0x0e), VGA_GRAPHICS);
}

void vga_plane2_open(void)
{
	outw(VGA_PAIR(VGA_GRAPHICS_MODE, 0x00), VGA_GRAPHICS);
	outw(VGA_PAIR(VGA_GRAPHICS_READ_PLANE, 2), VGA_GRAPHICS);
	outw(VGA_PAIR(VGA_GRAPHICS_MISC, WINDOW_PACKED), VGA_GRAPHICS);
	outw(VGA_PAIR(VGA_SEQUENCER_MASK, 0x04), VGA_SEQUENCER);
	outw(VGA_PAIR(VGA_SEQUENCER_MEMORY, 0x06), VGA_SEQUENCER);
}

void vga_plane2_close(void)
{
	outw(VGA_PAIR(VGA_GRAPHICS_MODE, 0x10), VGA_GRAPHICS);
	outw(VGA_PAIR(VGA_GRAPHICS_READ_PLANE, 0), VGA_GRAPHICS);
	vga_window_close();
}
