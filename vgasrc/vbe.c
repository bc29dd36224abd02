/* SPDX-License-Identifier: BSD-2-Clause
 * vgasrc/vbe.c: see vbe.h.
 */
#include "vbe.h"
#include "bda.h"
#include "cirrus.h"
#include "font.h"
#include "io.h"
#include "palette.h"
#include "regs.h"
#include "vbe_modes.h"
#include "vga.h"

#define CELL_WIDTH	8u
#define CELL_HEIGHT	16u
#define CELLS_MAX	255u		/* columns and rows of text are bytes */
#define PAGE_UNIT	0x2000u		/* of 40:4C */
#define MODE_BEYOND	0xff		/* in BIOS data */

bool vbe_mode_find(uint16_t number, uint32_t memory_64k, struct shape *shape)
{
	uint16_t width = 0, height = 0;

	NEAR(shape);
	if (number >= VBE_PREFERRED)
		vbe_preferred(&width, &height);
	if (number < VBE_FIRST)
		number = number == VBE_VGA_800X600 ? 0x102
			 : rom_info.card == VGA_CARD_CIRRUS ? cirrus_vbe_mode((uint8_t)number) : 0;
	return memory_64k && vbe_mode_shape(number, width, height, shape) &&
	       CARD(fits)(shape) && shape_bytes(shape) <= memory_64k << 16;
}

bool vbe_mode_now(struct shape *shape)
{
	return vbe_mode_find(BDA_VBE_MODE & VBE_NUMBER, UINT16_MAX, shape);
}

static uint8_t cells(uint32_t pixels, uint32_t size)
{
	return (uint8_t)(pixels >= CELLS_MAX * size ? CELLS_MAX : pixels / size);
}

static void tell(uint16_t mode, const struct shape *shape)
{
	uint16_t number = mode & VBE_NUMBER;
	struct mode_data data = {
		.number = number < VBE_FIRST ? (uint8_t)number : MODE_BEYOND,
		.columns = cells(shape->width, CELL_WIDTH),
		.rows_less_1 = (uint8_t)(cells(shape->height, CELL_HEIGHT) - 1),
		.character_height = CELL_HEIGHT,
		.page_bytes = (uint16_t)((shape->width / 8u * shape->height + PAGE_UNIT - 1) & ~(PAGE_UNIT - 1)),
		.vbe_mode = mode,
	};

	mode_tell(&data);
}

bool vbe_mode_set(uint16_t mode)
{
	struct shape shape;

	if (!vbe_mode_find(mode & VBE_NUMBER, card_memory_64k(), &shape))
		return 0;
	if (shape.bpp <= 8)
		palette_of_mode(shape.bpp == 8 ? PALETTE_VGA : PALETTE_EGA);
	if (!CARD(set)(&shape, !(mode & VBE_NO_CLEAR)))
		return 0;
	tell(mode, &shape);
	return 1;
}

/* Bit 11, timing of the caller's, is for monitors that have one. */
static enum vbe_answer set_mode(const struct regs *r)
{
	uint16_t number = r->bx & VBE_NUMBER;

	if (vbe_mode_set(r->bx))
		return VBE_DONE;
	if (number > 0x7f || !mode_set((uint8_t)(number | (r->bx & VBE_NO_CLEAR) >> 8)))
		return VBE_FAILED;
	BDA_VBE_MODE = r->bx;
	return VBE_DONE;
}

/* BH=0: set, 1: get; DX: which 64 KiB. There is one window. */
static enum vbe_answer window(struct regs *r)
{
	struct shape shape;
	uint32_t banks;

	if (!vbe_mode_now(&shape) || r->bh > 1 || r->bl)
		return VBE_FAILED;
	if (BDA_VBE_MODE & VBE_LINEAR)
		return VBE_WRONG_MODE;
	if (r->bh) {
		r->dx = (uint16_t)card_get(CARD_BANK);
		return VBE_DONE;
	}
	banks = card_memory_64k();
	if (r->dx >= (shape.bpp == 4 ? banks / 4 : banks) || !card_put(CARD_BANK, r->dx))
		return VBE_FAILED;
	return VBE_DONE;
}

uint32_t vbe_bits(const struct shape *shape)
{
	return shape->bpp == 4 ? 1 : (shape->bpp + 7u) & ~7u;
}

/* The screen's lines, that far from each other, from start on: are they in memory? */
static bool frame_fits(const struct shape *shape, uint32_t pitch, uint32_t start)
{
	uint32_t memory = card_memory_64k() << 16, frame = pitch * shape->height;

	if (shape->bpp == 4)
		memory /= 4;
	return frame <= memory && start <= memory - frame;
}

/* BL=0: CX pixels, 1: get, 2: CX bytes. Answered in BX bytes, CX pixels, DX lines that there is memory for. */
static enum vbe_answer line_length(struct regs *r)
{
	struct shape shape;
	uint32_t bits, unit, pixels, pitch, lines;

	if (r->bl > 2)
		return VBE_FAILED;
	if (!vbe_mode_now(&shape))
		return VBE_WRONG_MODE;
	bits = vbe_bits(&shape);
	pixels = r->bl ? (r->cx * 8 + bits - 1) / bits : r->cx;
	if (pixels < shape.width)
		pixels = shape.width;
	unit = bits == 1 ? 16 : 8;
	pitch = (pixels + unit - 1) / unit * unit * bits / 8;
	if (r->bl != 1 && !(frame_fits(&shape, pitch, 0) && card_put(CARD_PITCH, pitch)))
		return VBE_NOT_HERE;
	pitch = card_get(CARD_PITCH);
	if (!pitch)
		return VBE_FAILED;
	lines = (card_memory_64k() << 16) / (shape.bpp == 4 ? pitch * 4 : pitch);
	r->bx = (uint16_t)pitch;
	r->cx = (uint16_t)(pitch * 8 / bits);
	r->dx = (uint16_t)(lines > UINT16_MAX ? UINT16_MAX : lines);
	return VBE_DONE;
}

/* BL=0, 80h: CX, DX are shown first; QEMU takes the screen at times of its own, so no retrace is waited for. 1: get. */
static enum vbe_answer display_start(struct regs *r)
{
	struct shape shape;
	uint32_t bits, pitch, start;

	if ((r->bl & 0x7f) > 1 || r->bl == 0x81)
		return VBE_FAILED;
	if (!vbe_mode_now(&shape))
		return VBE_WRONG_MODE;
	bits = vbe_bits(&shape);
	pitch = card_get(CARD_PITCH);
	if (!pitch)
		return VBE_FAILED;
	start = r->dx * pitch + (r->cx * bits + 7) / 8;
	if (r->bl != 1)
		return frame_fits(&shape, pitch, start) && card_put(CARD_START, start) ? VBE_DONE : VBE_FAILED;
	start = card_get(CARD_START);
	r->cx = (uint16_t)(start % pitch * 8 / bits);
	r->dx = (uint16_t)(start / pitch);
	return VBE_DONE;
}

/* BL=0: BH bits, 1: get. */
static enum vbe_answer dac_width(struct regs *r)
{
	struct shape shape;

	if (r->bl > 1 || !vbe_mode_now(&shape))
		return VBE_FAILED;
	if (shape.bpp > 8)
		return VBE_WRONG_MODE;
	if (!(card_now()->flags & CARD_DAC))
		return VBE_FAILED;
	if (r->bl)
		r->bh = (uint8_t)card_get(CARD_DAC_BITS);
	else if (!card_put(CARD_DAC_BITS, r->bh))
		return VBE_FAILED;
	return VBE_DONE;
}

#define COLOURS	256u

/* BL=0, 80h: set CX colours from DX on, 1: get; ES:DI four bytes of each: blue, green, red, none. There is one palette. */
static enum vbe_answer palette(const struct regs *r)
{
	uint16_t at = r->di;

	if ((r->bl & 0x7f) > 1 || r->bl == 0x81)
		return (r->bl & 0x7f) > 3 ? VBE_FAILED : VBE_NOT_HERE;
	if (r->dx >= COLOURS || r->cx > COLOURS - r->dx || !(card_now()->flags & CARD_VGA))
		return VBE_FAILED;
	outb((uint8_t)r->dx, r->bl == 1 ? VGA_DAC_READ : VGA_DAC_WRITE);
	for (uint32_t n = r->cx; n; n--, at += 4)
		for (uint16_t part = 3; part--;)
			if (r->bl == 1)
				far_write8(r->es, (uint16_t)(at + part), inb(VGA_DAC_DATA));
			else
				outb(far_read8(r->es, (uint16_t)(at + part)), VGA_DAC_DATA);
	return VBE_DONE;
}

/* BL=0: version and what there is, 1: BH: on, standby (1), suspend (2), off (4), 2: get. All but on are a dark screen. */
static enum vbe_answer power(struct regs *r)
{
	if (r->bl > 2 || !(card_now()->flags & CARD_VGA))
		return VBE_FAILED;
	if (r->bl == 0)
		r->bx = 0x0f30;
	else if (r->bl == 2)
		r->bh = BDA_VBE_POWER;
	else {
		BDA_VBE_POWER = r->bh;
		inb(vga_status_port());
		outb(r->bh ? 0 : VGA_ATTRIBUTE_ON, VGA_ATTRIBUTE);
		inb(vga_status_port());
	}
	return VBE_DONE;
}

static enum vbe_answer call(struct regs *r)
{
	switch (r->al) {
	case 0x00:
		return vbe_controller_info(r);
	case 0x01:
		return vbe_mode_info(r);
	case 0x02:
		return set_mode(r);
	case 0x03:
		r->bx = BDA_VBE_MODE;
		return VBE_DONE;
	case 0x04:
		return vbe_state(r);
	case 0x05:
		return window(r);
	case 0x06:
		return line_length(r);
	case 0x07:
		return display_start(r);
	case 0x08:
		return dac_width(r);
	case 0x09:
		return palette(r);
	case 0x10:
		return power(r);
	case 0x15:
		return vbe_edid(r);
	default:
		return VBE_UNKNOWN;
	}
}

void vbe_service(struct regs *r)
{
	r->ax = (uint16_t)call(r);
}
