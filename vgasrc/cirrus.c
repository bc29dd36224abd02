/* SPDX-License-Identifier: BSD-2-Clause
 * vgasrc/cirrus.c: Cirrus Logic's CL-GD5446 (PCI) and CL-GD5430 (ISA) as QEMU has them: a VGA with further registers
 * behind those of the sequencer, the graphics controller and the CRTC, and one behind the DAC's mask.
 * Spec: CL-GD5446 Technical Reference Manual, chapters 4-9; QEMU hw/display/cirrus_vga.c. Of a mode's timing the device
 * takes what is seen alone, so the rest stays that of the VGA's mode.
 */
#include "card.h"
#include "bda.h"
#include "io.h"
#include "pci.h"
#include "segment.h"
#include "vga.h"

/* Sequencer. */
#define UNLOCK		0x06
#define UNLOCK_KEY	0x12
#define PIXELS		0x07		/* bit 0: not a VGA's; bits 3-1: of how many bits */
#define PIXELS_24	0x05
#define DRAM		0x0f
#define CURSOR		0x12
#define CONTROL		0x17

/* Graphics controller. */
#define BANK		0x09
#define BANK_MODE	0x0b
#define BANK_16K	0x20		/* BANK in units of 16 KiB; one bank of 64 KiB */
#define BLIT		0x31
#define BLIT_RESET	0x04

/* CRTC. */
#define INTERLACE	0x1a
#define EXTENDED	0x1b		/* bits 0, 2, 3: of the start; bit 4: of the pitch */
#define OVERLAY		0x1d		/* bit 7: of the start */

/* As the device has them: of a line, and of the first byte shown. */
#define PITCH_UNIT	8u		/* bytes */
#define PITCH_MAX	(0x1ffu * PITCH_UNIT)
#define START_UNIT	4u
/* Of modes 12h and 13h, less what is in it of the height. */
#define OVERFLOW_REST	0x1du

#define WIDTH_MAX	2048u
#define HEIGHT_MAX	1024u
#define PLANE		0x10000u	/* no bank reaches what is behind it */

struct format {
	uint8_t bpp, planes;
	uint8_t mode;			/* of the VGA, whose registers it has else */
	uint8_t pixels;			/* PIXELS */
	uint8_t dac;			/* the register behind the DAC's mask */
};

static const ROM struct format formats[] = {
	{ 4, 4, 0x12, 0x00, 0x00 }, { 8, 1, 0x13, 0x01, 0x00 }, { 15, 1, 0x13, 0x07, 0xf0 }, { 16, 1, 0x13, 0x07, 0xc1 },
	{ 24, 1, 0x13, PIXELS_24, 0xc5 }, { 32, 1, 0x13, 0x09, 0xc5 },
};

static void write_words(uint16_t port, const ROM uint16_t *words, uint32_t count)
{
	while (count--)
		outw(*words++, port);
}

static __attribute__((noinline)) uint32_t crtc(uint32_t index)
{
	return read_index(VGA_CRTC, (uint8_t)index);
}

static void put_crtc(uint32_t index, uint32_t value)
{
	outw(VGA_PAIR(index, value), VGA_CRTC);
}

static uint32_t cirrus_memory_64k(void)
{
	uint32_t dram = read_index(VGA_SEQUENCER, DRAM);

	/* Data bus: 8, 16, 32, 64 bits wide; bit 7: two banks. */
	return 4u << (dram >> 3 & 3) << (dram >> 7);
}

static uint32_t cirrus_framebuffer(void)
{
	return pci_bar(0);
}

static bool cirrus_fits(const struct shape *shape)
{
	uint32_t pitch = shape_pitch(shape);

	return shape->width <= WIDTH_MAX && shape->width % 8 == 0 && shape->height <= HEIGHT_MAX && pitch <= PITCH_MAX &&
	       (shape->bpp > 4 || pitch * shape->height <= PLANE);
}

/* The fourth read of the mask opens what is behind it for one write. */
static void write_dac(uint8_t value)
{
	inb(VGA_DAC_WRITE);
	for (uint32_t i = 0; i < 4; i++)
		inb(VGA_DAC_MASK);
	outb(value, VGA_DAC_MASK);
}

/* PIXELS before BANK_MODE, at which the device takes its map of memory from them. The CRTC is at either of two ports. */
static void cirrus_leave(void)
{
	static const ROM uint16_t sequencer[] = {
		VGA_PAIR(UNLOCK, UNLOCK_KEY), VGA_PAIR(CURSOR, 0), VGA_PAIR(CONTROL, 0), VGA_PAIR(PIXELS, 0) };
	static const ROM uint16_t graphics[] = {
		VGA_PAIR(BLIT, BLIT_RESET), VGA_PAIR(BLIT, 0), VGA_PAIR(BANK, 0), VGA_PAIR(BANK_MODE, 0) };
	static const ROM uint16_t display[] = { VGA_PAIR(INTERLACE, 0), VGA_PAIR(EXTENDED, 0), VGA_PAIR(OVERLAY, 0) };

	write_words(VGA_SEQUENCER, sequencer, 4);
	write_words(VGA_GRAPHICS, graphics, 4);
	write_words(inb(VGA_MISC_READ) & VGA_MISC_COLOUR ? VGA_CRTC : VGA_CRTC_MONO, display, 3);
	write_dac(0);
}

static void put_bank(uint32_t bank)
{
	outw(VGA_PAIR(BANK, bank << 2), VGA_GRAPHICS);
}

/* What the pitch and the start share. */
static void put_frame(uint32_t pitch, uint32_t start)
{
	uint32_t line = pitch / PITCH_UNIT, first = start / START_UNIT;

	put_crtc(VGA_CRTC_OFFSET, line);
	put_crtc(VGA_CRTC_START_HIGH, first >> 8);
	put_crtc(VGA_CRTC_START_HIGH + 1, first);
	put_crtc(EXTENDED, (line & 0x100) >> 4 | (first >> 16 & 0x01) | (first >> 15 & 0x0c));
	put_crtc(OVERLAY, first >> 12 & 0x80);
}

static bool cirrus_set(const struct shape *shape, bool clear)
{
	const ROM struct format *f = formats;
	uint32_t pitch = shape_pitch(shape);

	while (f->bpp != shape->bpp)
		f++;
	cirrus_leave();
	vga_program_frame(f->mode, shape, OVERFLOW_REST);
	put_crtc(VGA_CRTC_MAX_SCAN, 0x40);
	put_frame(pitch * f->planes, 0);
	write_dac(f->dac);
	outw((uint16_t)VGA_PAIR(PIXELS, f->pixels), VGA_SEQUENCER);
	outw(VGA_PAIR(BANK_MODE, BANK_16K), VGA_GRAPHICS);
	for (uint32_t bank = clear ? (pitch * shape->height + 0xffff) >> 16 : 0; bank--;) {
		put_bank(bank);
		far_fill16(0xa000, 0, 0, 0x8000);
	}
	vga_screen_on();
	return 1;
}

/* Planes lie beside each other in memory, byte by byte. */
static uint32_t planes_now(void)
{
	return read_index(VGA_SEQUENCER, PIXELS) ? 1 : 4;
}

static uint32_t cirrus_get(enum card_register reg)
{
	uint32_t extended = crtc(EXTENDED), value;

	switch (reg) {
	case CARD_BANK:
		return read_index(VGA_GRAPHICS, BANK) >> 2;
	case CARD_PITCH:
		value = (crtc(VGA_CRTC_OFFSET) | (extended & 0x10) << 4) * PITCH_UNIT;
		break;
	case CARD_START:
		value = (crtc(VGA_CRTC_START_HIGH) << 8 | crtc(VGA_CRTC_START_HIGH + 1) | (extended & 0x01) << 16 |
			 (extended & 0x0c) << 15 | (crtc(OVERLAY) & 0x80) << 12) * START_UNIT;
		break;
	default:
		return 6;
	}
	return value / planes_now();
}

static bool cirrus_put(enum card_register reg, uint32_t value)
{
	uint32_t planes = planes_now(), pitch = cirrus_get(CARD_PITCH) * planes, start = cirrus_get(CARD_START) * planes;

	switch (reg) {
	case CARD_BANK:
		if (value >= cirrus_memory_64k())
			return 0;
		put_bank(value);
		return 1;
	case CARD_PITCH:
		pitch = value * planes;
		if (pitch > PITCH_MAX)
			return 0;
		break;
	case CARD_START:
		if (!pitch)
			return 0;
		start = value * planes;
		start -= start % pitch % (read_index(VGA_SEQUENCER, PIXELS) == PIXELS_24 ? 3 * START_UNIT : START_UNIT);
		break;
	default:
		return value == 6;
	}
	put_frame(pitch, start);
	return 1;
}

/* Memory as it is in the first bank. The device changes its map before it takes the value: so twice. */
static void map(uint32_t pixels)
{
	outw((uint16_t)pixels, VGA_SEQUENCER);
	outw((uint16_t)pixels, VGA_SEQUENCER);
}

static bool cirrus_window_open(void)
{
	map(VGA_PAIR(PIXELS, 1));
	return 1;
}

/* The device has not seen what changed there: it looks at shapes again when plane 2 is written by itself. */
static void cirrus_window_close(void)
{
	uint16_t screen = BDA->crtc_port == VGA_CRTC_MONO ? 0xb000 : 0xb800;

	map(VGA_PAIR(PIXELS, 0));
	outw(VGA_PAIR(VGA_GRAPHICS_READ_PLANE, 2), VGA_GRAPHICS);
	outw(VGA_PAIR(VGA_SEQUENCER_MASK, 0x04), VGA_SEQUENCER);
	far_write8(screen, 0, far_read8(screen, 0));
	outw(VGA_PAIR(VGA_SEQUENCER_MASK, 0x03), VGA_SEQUENCER);
	outw(VGA_PAIR(VGA_GRAPHICS_READ_PLANE, 0), VGA_GRAPHICS);
}

const ROM struct card card_cirrus = {
	.flags = CARD_VGA,
	.memory_64k = cirrus_memory_64k,
	.framebuffer = cirrus_framebuffer,
	.fits = cirrus_fits,
	.set = cirrus_set,
	.leave = cirrus_leave,
	.get = cirrus_get,
	.put = cirrus_put,
	.edid = card_none,
	.window_open = cirrus_window_open,
	.window_close = cirrus_window_close,
};
