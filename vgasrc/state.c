/* SPDX-License-Identifier: BSD-2-Clause
 * vgasrc/state.c: see state.h.
 */
#include "state.h"
#include "bda.h"
#include "flat.h"
#include "io.h"
#include "modes.h"
#include "palette.h"
#include "regs.h"
#include "vbe.h"
#include "vga.h"

/* AH=1Bh: what there is. */
static const ROM struct functionality {
	uint8_t modes[3], reserved[4], lines, font_blocks, font_blocks_shown, functions[2], reserved2[2], save_pointers, reserved3;
} vga = { { 0xff, 0xe0, 0x0f }, { 0 }, 0x07, 2, 8, { 0xe7, 0x0c }, { 0 }, 0, 0 },
  flat = { { 0x8f, 0x00, 0x00 }, { 0 }, 0x04, 1, 1, { 0x01, 0x08 }, { 0 }, 0, 0 };	/* text, in the ROM's shapes */
_Static_assert(sizeof(struct functionality) == 16, "static functionality table");

/* And how it is now. */
#define BIOS_DATA	0x449		/* mode to the CGA's palette register */
#define BIOS_ROWS	0x484		/* rows and characters' height */

struct information {
	struct far functionality;
	uint8_t bios[30], rows[3];
	uint8_t combination, combination_other;
	uint16_t colours;
	uint8_t pages;
	uint8_t lines;			/* 200, 350, 400, 480 */
	uint8_t font_first, font_second;
	uint8_t flags;
	uint8_t reserved[3];
	uint8_t memory;			/* 64, 128, 192, 256 KiB */
	uint8_t save_pointers;
	uint8_t reserved2[13];
} __attribute__((packed));
_Static_assert(sizeof(struct information) == 64, "state information");

#define FLAG_ANY_DISPLAY	0x01	/* all modes can be had on it */
#define FLAGS_AS_STORED		0x0e	/* 40:89: grey, monochrome, no default palette */
#define FLAG_EMULATION		0x10	/* of the cursor's shape */
#define FLAG_BLINK		0x20	/* as in 40:65 */
#define MEMORY_256K		3
#define LINES_480		3

static uint16_t colours(const ROM struct mode *m)
{
	struct shape shape = { .bpp = 4 };

	if (m && m->palette == PALETTE_MONO)
		return 0;
	if (m && m->bpp)
		shape.bpp = m->bpp;
	else if (!m)
		vbe_mode_now(&shape);
	return (uint16_t)(shape.bpp > 15 ? UINT16_MAX : 1 << shape.bpp);
}

void state_information(struct regs *r)
{
	const ROM struct mode *m = mode_now();
	uint32_t polarity = m ? video_parameters[m->row].misc >> 6 : 3;		/* which tells a monitor the lines */
	struct information now = {
		.functionality = { rom_offset(flat_display() ? &flat : &vga), rom_segment() },
		.combination = BDA_VIDEO->combination,
		.colours = colours(m),
		.pages = m ? m->pages : 1,
		.lines = (uint8_t)((polarity & 1) << 1 | polarity >> 1),
		.flags = (uint8_t)(FLAG_ANY_DISPLAY | (BDA_VIDEO->flags & FLAGS_AS_STORED) |
				   (BDA_VIDEO->control & BDA_CONTROL_NO_EMULATION ? 0 : FLAG_EMULATION) |
				   (BDA->video_control & FLAG_BLINK)),
		.memory = MEMORY_256K,
	};

	far_copy(far_of(now.bios), far_at(0, BIOS_DATA), sizeof(now.bios));
	far_copy(far_of(now.rows), far_at(0, BIOS_ROWS), sizeof(now.rows));
	far_copy(far_at(r->es, r->di), far_of(&now), sizeof(now));
	r->al = 0x1b;
}

/* The registers as a row of the video parameter table, which vga_program() takes, with two more where it has the text's size. */
#define ROW_SELECT(row)	((row).columns)		/* VGA_ATTRIBUTE_SELECT */
#define ROW_SHOWN(row)	((row).rows_less_1)	/* of the attribute controller: whether the screen is on */

static void read_registers(uint16_t port, uint8_t first, uint8_t *to, uint32_t count)
{
	for (; count; count--)
		*to++ = read_index(port, first++);
}

static void hardware_save(struct far to)
{
	struct video_parameters row;

	inb(vga_status_port());
	ROW_SHOWN(row) = inb(VGA_ATTRIBUTE);
	ROW_SELECT(row) = attribute_read(VGA_ATTRIBUTE_SELECT);
	row.misc = inb(VGA_MISC_READ);
	read_registers(VGA_SEQUENCER, 1, row.sequencer, sizeof(row.sequencer));
	read_registers(BDA->crtc_port, 0, row.crtc, sizeof(row.crtc));
	read_registers(VGA_GRAPHICS, 0, row.graphics, sizeof(row.graphics));
	for (uint8_t i = 0; i < sizeof(row.attribute); i++)
		row.attribute[i] = attribute_read(i);
	far_copy(to, far_of(&row), sizeof(row));
}

/* vga_program() reads from GS, in which the row is meanwhile. */
static void hardware_restore(struct far from)
{
	struct video_parameters row;
	struct far copy = far_of(&row);

	far_copy(copy, from, sizeof(row));
	__asm__ volatile("movw %0, %%gs" : : "r"(copy.segment) : "memory");
	vga_program((const ROM struct video_parameters *)(uintptr_t)copy.offset);
	__asm__ volatile("movw %0, %%gs" : : "r"(rom_segment()) : "memory");
	attribute_change(VGA_ATTRIBUTE_SELECT, 0, ROW_SELECT(row));
	outb(ROW_SHOWN(row), VGA_ATTRIBUTE);
	inb(vga_status_port());		/* the next byte is an index again */
}

static void bios_transfer(struct far at, bool restore)
{
	static const ROM struct { uint16_t at; uint8_t count; } parts[] = {
		{ BIOS_DATA, 30 }, { BIOS_ROWS, 7 }, { 0x4a8, 4 }, { 0x4ba, 4 }, { 0x1f * 4, 4 }, { 0x43 * 4, 4 } };

	for (uint32_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		struct far part = { parts[i].at, 0 };

		if (restore)
			far_copy(part, at, parts[i].count);
		else
			far_copy(at, part, parts[i].count);
		at.offset = (uint16_t)(at.offset + parts[i].count);
	}
	if (restore && BDA->crtc_port != VGA_CRTC_MONO)	/* a port of somebody else's is not written to */
		BDA->crtc_port = VGA_CRTC;
}

#define DAC_COLOURS	256u
#define DAC_BLOCKS	13u		/* the mask is behind the colours */

static void dac_transfer(struct far at, bool restore)
{
	uint16_t mask = (uint16_t)(at.offset + DAC_COLOURS * 3);

	if (restore) {
		dac_write(at, 0, DAC_COLOURS);
		outb(far_read8(at.segment, mask), VGA_DAC_MASK);
	} else {
		dac_read(at, 0, DAC_COLOURS);
		far_write8(at.segment, mask, inb(VGA_DAC_MASK));
	}
}

uint32_t state_blocks(uint32_t states)
{
	return (states & STATE_HARDWARE) + (states >> 1 & 1) + (states & STATE_DAC ? DAC_BLOCKS : 0);
}

void state_transfer(struct far at, uint32_t states, bool restore)
{
	if (states & STATE_HARDWARE) {
		if (restore)
			hardware_restore(at);
		else
			hardware_save(at);
		at.offset = (uint16_t)(at.offset + STATE_BLOCK);
	}
	if (states & STATE_BIOS) {
		bios_transfer(at, restore);
		at.offset = (uint16_t)(at.offset + STATE_BLOCK);
	}
	if (states & STATE_DAC)
		dac_transfer(at, restore);
}

/* CX: which states; AL=0: how large are they, 1: save to ES:BX, 2: restore. */
void state_service(struct regs *r)
{
	if (r->al > 2 || (r->cx & ~STATE_VGA))
		return;
	if (r->al == 0)
		r->bx = (uint16_t)state_blocks(r->cx);
	else
		state_transfer(far_at(r->es, r->bx), r->cx, r->al == 2);
	r->al = 0x1c;
}
