/* SPDX-License-Identifier: BSD-2-Clause
 * vgasrc/cirrus.c: Cirrus Logic's CL-GD5446 (PCI) and CL-GD5430 (ISA) as QEMU has them: a VGA with further registers behind
 * those of the sequencer, the graphics controller and the CRTC, and one behind the DAC's mask.
 * Spec: CL-GD5446 Technical Reference Manual, chapters 4-9. Of a mode's timing the device takes what is seen alone, so the
 * rest stays that of mode 13h.
 */
#include "card.h"
#include "io.h"
#include "pci.h"
#include "segment.h"
#include "vga.h"

/* Sequencer. */
#define UNLOCK		0x06
#define UNLOCK_KEY	0x12
#define PIXELS		0x07		/* bit 0: not a VGA's; bits 3-1: of how many bits */
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

#define PITCH_UNIT	8u		/* bytes */
#define PITCH_MAX	(0x1ffu * PITCH_UNIT)
#define START_UNIT	4u
#define WIDTH_MAX	2048u
#define HEIGHT_MAX	1024u

struct format {
	uint8_t bpp;
	uint8_t pixels;			/* PIXELS */
	uint8_t dac;			/* the register behind the DAC's mask */
};

static const ROM struct format formats[] = {
	{ 8, 0x01, 0x00 }, { 15, 0x07, 0xf0 }, { 16, 0x07, 0xc1 }, { 24, 0x05, 0xc5 }, { 32, 0x09, 0xc5 },
};
#define FORMATS_END	(formats + sizeof(formats) / sizeof(*formats))

static uint32_t crtc(uint8_t index)
{
	return read_index(VGA_CRTC, index);
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

static int cirrus_fits(const struct shape *shape)
{
	return shape->bpp >= 8 && shape->width <= WIDTH_MAX && shape->height <= HEIGHT_MAX &&
	       shape_pitch(shape) <= PITCH_MAX && shape->width % PITCH_UNIT == 0;
}

/* The fourth read of the mask opens what is behind it for one write. */
static void write_dac(uint8_t value)
{
	inb(VGA_DAC_WRITE);
	for (uint32_t i = 0; i < 4; i++)
		inb(VGA_DAC_MASK);
	outb(value, VGA_DAC_MASK);
}

struct setting { uint16_t port, pair; };

/* PIXELS before BANK_MODE, at which the device takes its map of memory from them. The CRTC is at either of two ports. */
static void cirrus_leave(void)
{
	static const ROM struct setting settings[] = {
		{ VGA_SEQUENCER, VGA_PAIR(UNLOCK, UNLOCK_KEY) },
		{ VGA_SEQUENCER, VGA_PAIR(CURSOR, 0) },
		{ VGA_SEQUENCER, VGA_PAIR(CONTROL, 0) },
		{ VGA_SEQUENCER, VGA_PAIR(PIXELS, 0) },
		{ VGA_GRAPHICS, VGA_PAIR(BLIT, BLIT_RESET) },
		{ VGA_GRAPHICS, VGA_PAIR(BLIT, 0) },
		{ VGA_GRAPHICS, VGA_PAIR(BANK, 0) },
		{ VGA_GRAPHICS, VGA_PAIR(BANK_MODE, 0) },
		{ VGA_CRTC, VGA_PAIR(INTERLACE, 0) },
		{ VGA_CRTC, VGA_PAIR(EXTENDED, 0) },
		{ VGA_CRTC, VGA_PAIR(OVERLAY, 0) },
	};
	uint16_t mono = inb(VGA_MISC_READ) & VGA_MISC_COLOUR ? 0 : VGA_CRTC - VGA_CRTC_MONO;

	for (const ROM struct setting *s = settings; s < settings + sizeof(settings) / sizeof(*settings); s++)
		outw(s->pair, s->port == VGA_CRTC ? (uint16_t)(VGA_CRTC - mono) : s->port);
	write_dac(0);
}

static void put_bank(uint32_t bank)
{
	outw(VGA_PAIR(BANK, bank << 2), VGA_GRAPHICS);
}

static void put_pitch(uint32_t pitch)
{
	uint32_t units = pitch / PITCH_UNIT;

	outw(VGA_PAIR(VGA_CRTC_OFFSET, units & 0xff), VGA_CRTC);
	outw(VGA_PAIR(EXTENDED, (crtc(EXTENDED) & ~0x10u) | (units & 0x100) >> 4), VGA_CRTC);
}

static int cirrus_set(const struct shape *shape, int clear)
{
	const ROM struct format *f = formats;
	uint32_t last = shape->height - 1u, pitch = shape_pitch(shape), overflow;

	while (f->bpp != shape->bpp)
		if (++f == FORMATS_END)
			return 0;
	cirrus_leave();
	vga_program(&video_parameters[mode_find(0x13)->row]);
	overflow = (crtc(VGA_CRTC_OVERFLOW) & ~0x42u) | (last & 0x100) >> 7 | (last & 0x200) >> 3;
	outw(VGA_PAIR(VGA_CRTC_OVERFLOW, overflow), VGA_CRTC);
	outw(VGA_PAIR(VGA_CRTC_WIDTH, shape->width / 8 - 1), VGA_CRTC);
	outw(VGA_PAIR(VGA_CRTC_MAX_SCAN, 0x40), VGA_CRTC);
	outw(VGA_PAIR(VGA_CRTC_DISPLAY_END, last & 0xff), VGA_CRTC);
	put_pitch(pitch);
	write_dac(f->dac);
	outw(VGA_PAIR(PIXELS, f->pixels), VGA_SEQUENCER);
	outw(VGA_PAIR(BANK_MODE, BANK_16K), VGA_GRAPHICS);
	if (clear) {
		for (uint32_t bank = pitch * last >> 16; bank; bank--) {
			put_bank(bank);
			far_fill16(0xa000, 0, 0, 0x8000);
		}
		put_bank(0);
		far_fill16(0xa000, 0, 0, 0x8000);
	}
	vga_screen_on();
	return 1;
}

/* Bytes of a pixel. */
static uint32_t pixel_now(void)
{
	uint8_t pixels = read_index(VGA_SEQUENCER, PIXELS);

	return pixels == 0x09 ? 4 : pixels == 0x05 ? 3 : pixels == 0x07 ? 2 : 1;
}

static uint32_t pitch_now(void)
{
	return (crtc(VGA_CRTC_OFFSET) | (crtc(EXTENDED) & 0x10) << 4) * PITCH_UNIT;
}

static uint32_t start_now(void)
{
	uint32_t extended = crtc(EXTENDED);

	return (crtc(VGA_CRTC_START_HIGH) << 8 | crtc(VGA_CRTC_START_HIGH + 1) | (extended & 0x01) << 16 | (extended & 0x0c) << 15 |
		(crtc(OVERLAY) & 0x80) << 12) * START_UNIT;
}

static uint32_t cirrus_get(enum card_register reg)
{
	switch (reg) {
	case CARD_BANK:
		return read_index(VGA_GRAPHICS, BANK) >> 2;
	case CARD_PITCH:
		return pitch_now();
	case CARD_START:
		return start_now();
	default:
		return 6;
	}
}

static int frame_fits(uint32_t start, uint32_t pitch)
{
	uint32_t memory = cirrus_memory_64k() << 16, overflow = crtc(VGA_CRTC_OVERFLOW);
	uint32_t height = (crtc(VGA_CRTC_DISPLAY_END) | (overflow & 0x02) << 7 | (overflow & 0x40) << 3) + 1, frame = pitch * height;

	return frame <= memory && start <= memory - frame;
}

static int change_pitch(uint32_t pitch)
{
	uint32_t least = (crtc(VGA_CRTC_WIDTH) + 1) * 8 * pixel_now();

	if (pitch < least)
		pitch = least;
	if (pitch > PITCH_MAX)
		return 0;
	pitch = (pitch + PITCH_UNIT - 1) & ~(PITCH_UNIT - 1);
	if (!frame_fits(0, pitch))
		return 0;
	put_pitch(pitch);
	return 1;
}

/* On the screen a line begins with a whole pixel, at a whole unit. */
static int change_start(uint32_t start)
{
	uint32_t pitch = pitch_now(), units, extended;

	if (!pitch || !frame_fits(start, pitch))
		return 0;
	units = (start - start % pitch % (pixel_now() == 3 ? 3 * START_UNIT : START_UNIT)) / START_UNIT;
	extended = (crtc(EXTENDED) & ~0x0du) | (units >> 16 & 0x01) | (units >> 15 & 0x0c);
	outw(VGA_PAIR(VGA_CRTC_START_HIGH, units >> 8 & 0xff), VGA_CRTC);
	outw(VGA_PAIR(VGA_CRTC_START_HIGH + 1, units & 0xff), VGA_CRTC);
	outw(VGA_PAIR(EXTENDED, extended), VGA_CRTC);
	outw(VGA_PAIR(OVERLAY, (crtc(OVERLAY) & ~0x80u) | (units >> 12 & 0x80)), VGA_CRTC);
	return 1;
}

static int cirrus_put(enum card_register reg, uint32_t value)
{
	switch (reg) {
	case CARD_BANK:
		if (value >= cirrus_memory_64k())
			return 0;
		put_bank(value);
		return 1;
	case CARD_PITCH:
		return change_pitch(value);
	case CARD_START:
		return change_start(value);
	default:
		return value == 6;
	}
}

/* Memory as it is in the first bank. The device changes its map before it takes the value: so twice. */
static void map(uint8_t pixels)
{
	outw(VGA_PAIR(PIXELS, pixels), VGA_SEQUENCER);
	outw(VGA_PAIR(PIXELS, pixels), VGA_SEQUENCER);
}

static int cirrus_window_open(void)
{
	map(1);
	return 1;
}

static void cirrus_window_close(void)
{
	map(0);
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
	.edid = card_no_edid,
	.window_open = cirrus_window_open,
	.window_close = cirrus_window_close,
};
