/* SPDX-License-Identifier: BSD-2-Clause
 * vgasrc/int10.c: see int10.h.
 * Spec: IBM PS/2 and PC BIOS Interface Technical Reference, INT 10h; VESA BIOS Extension 3.0 for AH=4Fh.
 */
#include "int10.h"
#include "bda.h"
#include "big_real.h"
#include "card.h"
#include "cirrus.h"
#include "flat.h"
#include "font.h"
#include "graphics.h"
#include "io.h"
#include "modes.h"
#include "palette.h"
#include "segment.h"
#include "state.h"
#include "text.h"
#include "vbe.h"
#include "vga.h"

static struct place place_of(uint16_t position)
{
	return (struct place){ (uint8_t)position, (uint8_t)(position >> 8) };
}

/* AL: what the text screens of the CGA have told, which some programs look at. */
static void set_mode(struct regs *r)
{
	uint8_t number = r->al & 0x7f;

	if (!mode_set(r->al))
		vbe_mode_set((uint16_t)(number | (r->al & 0x80) << 8));
	r->al = number > 7 ? 0x20 : number == 6 ? 0x3f : 0x30;
}

static void read_cursor(struct regs *r)
{
	struct place at = cursor_of(r->bh);

	r->dl = at.column;
	r->dh = at.row;
	r->cx = BDA->cursor_shape;
}

static void scroll(const struct regs *r, bool up)
{
	NEAR(r);
	text_scroll(BDA->video_page, (struct area){ place_of(r->cx), place_of(r->dx) }, up ? r->al : -r->al, r->bh);
}

static void write_characters(const struct regs *r, uint32_t attribute)
{
	NEAR(r);
	text_write(r->bh, cursor_of(r->bh), r->al, attribute, r->cx);
}

/* BH page, CX, DX where; AL the colour, or where it is put. */
static void pixel(struct regs *r, bool write)
{
	struct surface s;

	surface_now(&s, r->bh);
	if (s.memory == MEMORY_TEXT)
		return;
	if (write)
		pixel_write(&s, r->cx, r->dx, r->al);
	else
		r->al = pixel_read(&s, r->cx, r->dx);
	surface_done(&s);
}

/* AL bit 0: the cursor moves with it; bit 1: each character has its attribute behind it. Controls act as in AH=0Eh. */
static void write_string(struct regs *r)
{
	struct place place = place_of(r->dx);
	uint16_t at = r->bp;

	for (uint16_t count = r->cx; count; count--) {
		uint8_t character = far_read8(r->es, at++);
		uint32_t attribute = r->bl;

		if (r->al & 2)
			attribute = far_read8(r->es, at++);
		place = text_put(r->bh, place, character, attribute);
	}
	if (r->al & 1)
		cursor_move(r->bh, place);
}

static void read_mode(struct regs *r)
{
	r->al = (uint8_t)(BDA->video_mode | (BDA_VIDEO->control & BDA_CONTROL_NO_CLEAR));
	r->ah = (uint8_t)BDA->video_columns;
	r->bh = BDA->video_page;
}

/* BL=10h: EGA information; BL=30h-36h: switches, of which BIOS data keeps what programs read. */
static void alternate_select(struct regs *r)
{
	static const ROM uint8_t lines[] = { 0x80, 0x00, 0x10 };	/* 200, 350, 400: bits 7 and 4 of 40:89 */
	uint32_t bit = r->al & 1;

	switch (r->bl) {
	case 0x10:
		r->bh = BDA->crtc_port == VGA_CRTC_MONO;
		r->bl = 3;		/* 256 KiB */
		r->ch = 0;
		r->cl = BDA_VIDEO->switches & 0x0f;
		return;
	case 0x30:
		if (r->al < sizeof(lines)) {
			BDA_VIDEO->flags = (uint8_t)((BDA_VIDEO->flags & ~0x90) | lines[r->al]);
			BDA_VIDEO->switches = r->al ? SWITCHES_EGA : SWITCHES_EGA - 1;
		}
		break;
	case 0x31:
		BDA_VIDEO->flags = (uint8_t)((BDA_VIDEO->flags & ~BDA_FLAG_NO_PALETTE) | bit << 3);
		break;
	case 0x33:
		BDA_VIDEO->flags = (uint8_t)((BDA_VIDEO->flags & ~BDA_FLAG_GREY) | (bit ^ 1) << 1);
		break;
	case 0x34:
		BDA_VIDEO->control = (uint8_t)((BDA_VIDEO->control & ~BDA_CONTROL_NO_EMULATION) | bit);
		break;
	case 0x32:			/* whether the processor reaches the screen's memory */
		if (flat_display())
			return;
		outb((uint8_t)((inb(VGA_MISC_READ) & ~2) | (bit ^ 1) << 1), VGA_MISC_WRITE);
		break;
	case 0x35:
	case 0x36:
		break;
	default:
		if (rom_info.card == VGA_CARD_CIRRUS)
			cirrus_select(r);
		return;
	}
	r->al = 0x12;
}

#define COMBINATION_VGA_COLOUR	0x08

/* AL=0: which displays there are; 1: set. */
static void display_combination(struct regs *r)
{
	if (r->al == 0) {
		r->bl = BDA_VIDEO->combination;
		r->bh = 0;
	} else if (r->al == 1) {
		BDA_VIDEO->combination = r->bl;
	} else {
		return;
	}
	r->al = 0x1a;
}

static void serve(struct regs *r)
{
	if (BDA_INCOMPLETE && r->ah)	/* setting a mode does it anyway */
		mode_complete();
	switch (r->ah) {
	case 0x00:
		set_mode(r);
		break;
	case 0x01:
		cursor_shape(r->cx);
		break;
	case 0x02:
		cursor_move(r->bh, place_of(r->dx));
		break;
	case 0x03:
		read_cursor(r);
		break;
	case 0x04:
		r->ax = 0;		/* no light pen */
		break;
	case 0x05:
		page_show(r->al);
		break;
	case 0x06:
		scroll(r, 1);
		break;
	case 0x07:
		scroll(r, 0);
		break;
	case 0x08:
		r->ax = text_read(r->bh, cursor_of(r->bh));
		break;
	case 0x09:
		write_characters(r, r->bl);
		break;
	case 0x0a:
		write_characters(r, KEEP_ATTRIBUTE | r->bl);
		break;
	case 0x0b:
		palette_cga(r);
		break;
	case 0x0c:
		pixel(r, 1);
		break;
	case 0x0d:
		pixel(r, 0);
		break;
	case 0x0e:
		text_teletype(r->al, KEEP_ATTRIBUTE | r->bl);
		break;
	case 0x0f:
		read_mode(r);
		break;
	case 0x10:
		palette_service(r);
		break;
	case 0x11:
		font_service(r);
		break;
	case 0x12:
		alternate_select(r);
		break;
	case 0x13:
		write_string(r);
		break;
	case 0x1a:
		display_combination(r);
		break;
	case 0x1b:
		state_information(r);
		break;
	case 0x1c:
		state_service(r);
		break;
	case 0x4f:
		vbe_service(r);
		break;
	}
}

/* Displays without the VGA's registers have no palette, no fonts in memory, and no state that could be saved. */
static bool flat_has(const struct regs *r)
{
	return r->ah == 0x11 ? r->al >= 0x20 : r->ah != 0x0b && r->ah != 0x10 && r->ah != 0x1c;
}

void int10(struct regs *r)
{
	uint32_t flags;

	if (!flat_display()) {
		serve(r);
	} else if (flat_has(r)) {
		flags = big_real_begin();
		serve(r);
		if (flags)
			big_real_end(flags);
	}
}
