/* SPDX-License-Identifier: BSD-2-Clause
 * vgasrc/palette.c: see palette.h.
 * Spec: IBM PS/2 and PC BIOS Interface Technical Reference, INT 10h.
 */
#include "palette.h"
#include "bda.h"
#include "io.h"
#include "regs.h"
#include "vga.h"

#define MODE_BLINK	0x08		/* VGA_ATTRIBUTE_MODE: bit 7 of a character's attribute */
#define MODE_GROUPS_16	0x80		/* VGA_ATTRIBUTE_SELECT has four bits, for 16 groups of 16 colours; 0: 4 of 64 */

#define COLOURS		256u

uint8_t attribute_change(uint8_t index, uint8_t keep, uint8_t value)
{
	uint16_t status = vga_status_port();
	uint8_t shown, was;

	inb(status);
	shown = inb(VGA_ATTRIBUTE);
	outb(index, VGA_ATTRIBUTE);
	was = inb(VGA_ATTRIBUTE_READ);
	outb((uint8_t)((was & keep) | value), VGA_ATTRIBUTE);
	outb(shown, VGA_ATTRIBUTE);
	inb(status);			/* the next byte is an index again */
	return was;
}

uint8_t attribute_read(uint8_t index)
{
	return attribute_change(index, 0xff, 0);
}

void dac_read(struct far to, uint8_t first, uint16_t count)
{
	uint16_t at = to.offset, bytes = count * 3;

	outb(first, VGA_DAC_READ);
	__asm__ volatile("movw %w2, %%es; rep insb"
			 : "+D"(at), "+c"(bytes) : "r"(to.segment), "d"((uint16_t)VGA_DAC_DATA) : "memory");
}

/* Emulators that are made after x86emu read what goes out from ES. */
void dac_write(struct far from, uint8_t first, uint16_t count)
{
	uint16_t at = from.offset, bytes = count * 3;

	outb(first, VGA_DAC_WRITE);
	__asm__ volatile("pushw %%ds; movw %w2, %%ds; movw %w2, %%es; rep outsb; popw %%ds"
			 : "+S"(at), "+c"(bytes) : "r"(from.segment), "d"((uint16_t)VGA_DAC_DATA) : "memory");
}

/* BH=0: BL bits 0-3: colour 0, bit 4: the others are bright; 1: BL bit 0: which set of three colours. */
void palette_cga(const struct regs *r)
{
	uint8_t bit = r->bh ? 0x01 : 0x10;

	if (r->bh > 1)
		return;
	if (!r->bh)
		attribute_change(0, 0, (uint8_t)((r->bl & 0x0f) + (r->bl & 0x08)));
	for (uint8_t i = 1; i <= 3; i++)
		attribute_change(i, (uint8_t)~bit, r->bl & bit);
}

/* AL=02h, 09h: ES:DX the 16 palette registers and the overscan's. */
static void all_registers(const struct regs *r, bool write)
{
	uint16_t at = r->dx;

	for (uint8_t i = 0; i <= VGA_ATTRIBUTE_MODE; i++, at++) {
		uint8_t index = i == VGA_ATTRIBUTE_MODE ? VGA_ATTRIBUTE_OVERSCAN : i;

		if (write)
			attribute_change(index, 0, far_read8(r->es, at));
		else
			far_write8(r->es, at, attribute_read(index));
	}
}

/* AL=13h: BL=0: BH: 4 groups of 64 colours or 16 of 16; 1: BH: which of them. */
static void set_group(const struct regs *r)
{
	uint8_t sixteen = attribute_read(VGA_ATTRIBUTE_MODE) & MODE_GROUPS_16;

	if (!(r->bl & 1))
		attribute_change(VGA_ATTRIBUTE_MODE, (uint8_t)~MODE_GROUPS_16, (uint8_t)(r->bh << 7));
	else
		attribute_change(VGA_ATTRIBUTE_SELECT, 0, sixteen ? r->bh & 0x0f : (r->bh & 3) << 2);
}

static void get_group(struct regs *r)
{
	uint8_t group = attribute_read(VGA_ATTRIBUTE_SELECT) & 0x0f;

	r->bl = attribute_read(VGA_ATTRIBUTE_MODE) >> 7;
	r->bh = r->bl ? group : group >> 2;
}

/* What an eye sees of each of count colours from n on: 30 % of red, 59 % of green, 11 % of blue. */
static void grey(uint8_t n, uint16_t count)
{
	for (; count; count--, n++) {
		uint8_t rgb[3];
		uint16_t level;

		dac_read(far_of(rgb), n, 1);
		level = (rgb[0] * 77 + rgb[1] * 151 + rgb[2] * 28 + 128) >> 8;
		rgb[0] = rgb[1] = rgb[2] = (uint8_t)(level > 0x3f ? 0x3f : level);
		dac_write(far_of(rgb), n, 1);
	}
}

void palette_of_mode(enum palette palette)
{
	if (BDA_VIDEO->flags & BDA_FLAG_NO_PALETTE)
		return;
	vga_palette(palette);
	if (BDA_VIDEO->flags & BDA_FLAG_GREY)
		grey(0, COLOURS);
}

/* One colour: DH, CH, CL red, green, blue. */
static void colour(struct regs *r, bool write)
{
	uint8_t rgb[] = { r->dh, r->ch, r->cl };

	if (write) {
		dac_write(far_of(rgb), r->bl, 1);
		return;
	}
	dac_read(far_of(rgb), r->bl, 1);
	r->dh = rgb[0];
	r->ch = rgb[1];
	r->cl = rgb[2];
}

void palette_service(struct regs *r)
{
	uint16_t count = r->cx > COLOURS ? COLOURS : r->cx;
	struct far table = { r->dx, r->es };

	switch (r->al) {
	case 0x00:
		if (r->bl < VGA_ATTRIBUTES)
			attribute_change(r->bl, 0, r->bh);
		break;
	case 0x01:
		attribute_change(VGA_ATTRIBUTE_OVERSCAN, 0, r->bh);
		break;
	case 0x02:
		all_registers(r, 1);
		break;
	case 0x03:
		attribute_change(VGA_ATTRIBUTE_MODE, (uint8_t)~MODE_BLINK, (uint8_t)((r->bl & 1) << 3));
		break;
	case 0x07:
		if (r->bl < VGA_ATTRIBUTES)
			r->bh = attribute_read(r->bl);
		break;
	case 0x08:
		r->bh = attribute_read(VGA_ATTRIBUTE_OVERSCAN);
		break;
	case 0x09:
		all_registers(r, 0);
		break;
	case 0x10:
		colour(r, 1);
		break;
	case 0x12:
		dac_write(table, r->bl, count);
		break;
	case 0x13:
		set_group(r);
		break;
	case 0x15:
		colour(r, 0);
		break;
	case 0x17:
		dac_read(table, r->bl, count);
		break;
	case 0x18:
		outb(r->bl, VGA_DAC_MASK);
		break;
	case 0x19:
		r->bl = inb(VGA_DAC_MASK);
		break;
	case 0x1a:
		get_group(r);
		break;
	case 0x1b:
		grey(r->bl, count);
		break;
	}
}
