/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/display/screen.c: see screen.h.
 * Spec: IBM PS/2 Hardware Interface Technical Reference, Video Subsystems; QEMU hw/display/vga.c for what a reset leaves.
 */
#include "hw/display/screen.h"
#include <stddef.h>
#include "arch/fill.h"
#include "arch/io.h"
#include "arch/phys.h"
#include "hw/display/card.h"
#include "hw/pci/tree.h"
#include "lib/bits.h"
#include "machine/machine.h"
#include "std/bootparam.h"
#include "std/vga.h"

/* In the framebuffer a cell is a double word: character, attribute, and a row of a character's shape, 32 for each. */
#define CELL_BLANK	0x00000720u
#define SHAPES		256u
#define SHAPE_ROWS	32u
#define FONT_ROWS	16u
#define CELL_BYTES	4u

extern const uint8_t own_vga_font[];	/* 8x16, in the VGA BIOS (own_vga_image.S) */

static struct {
	pci_bdf_t bdf;
	uint8_t *cells;
	bool text;
	bool colours;			/* all sixteen are there */
	bool touched;			/* its registers are not those that a reset leaves */
	struct screen_info info;
} screen __attribute__((section(".scratch.screen")));

/* B8000h is the same memory, characters and attributes side by side: kernels write there, and fonts to A0000h. */
static void open_text_memory(void)
{
	outw(VGA_PAIR(VGA_SEQUENCER_MASK, 0x03), VGA_SEQUENCER);
	outw(VGA_PAIR(VGA_GRAPHICS_MODE, 0x10), VGA_GRAPHICS);
	outw(VGA_PAIR(VGA_GRAPHICS_MISC, 0x0e), VGA_GRAPHICS);
	outw(VGA_PAIR(VGA_GRAPHICS_BITS, 0xff), VGA_GRAPHICS);
}

#define GREY		0x07		/* a palette register, the DAC's entry that it leads to, */
#define GREY_LEVEL	0x2a		/* and that entry's red, green and blue */

/* The first byte goes with the index by one word: their ports are neighbours. */
static void set_grey(void)
{
	outw(VGA_PAIR(GREY, GREY_LEVEL), VGA_DAC_WRITE);
	outb(GREY_LEVEL, VGA_DAC_DATA);
	outb(GREY_LEVEL, VGA_DAC_DATA);
	outb(GREY, VGA_ATTRIBUTE);
	outb(GREY, VGA_ATTRIBUTE);
}

/* Palette registers beside that, index and data; 6 is brown; then the mode: blinking, nine dots for lines; screen on. */
static const uint8_t attributes[] = {
	1, 0x01, 2, 0x02, 3, 0x03, 4, 0x04, 5, 0x05, 6, 0x14, 8, 0x38, 9, 0x39, 10, 0x3a, 11, 0x3b, 12, 0x3c, 13, 0x3d,
	14, 0x3e, 15, 0x3f, VGA_ATTRIBUTE_MODE, 0x0c, 0x12, 0x0f, VGA_ATTRIBUTE_ON };

/* Where they lead: the DAC's entries from first on. */
#define DAC_LOW		0x01
#define DAC_BROWN	0x14
#define DAC_BRIGHT	0x38
static const uint8_t low[] = { 0, 0, 0x2a, 0, 0x2a, 0, 0, 0x2a, 0x2a, 0x2a, 0, 0, 0x2a, 0, 0x2a };
static const uint8_t brown[] = { 0x2a, 0x15, 0 };
static const uint8_t bright[] = { 0x15, 0x15, 0x15, 0x15, 0x15, 0x3f, 0x15, 0x3f, 0x15, 0x15, 0x3f, 0x3f,
				  0x3f, 0x15, 0x15, 0x3f, 0x15, 0x3f, 0x3f, 0x3f, 0x15, 0x3f, 0x3f, 0x3f };

static void set_entries(uint8_t first, const uint8_t *rgb, uint32_t bytes)
{
	outw(VGA_PAIR(first, rgb[0]), VGA_DAC_WRITE);
	outsb(rgb + 1, bytes - 1, VGA_DAC_DATA);
}

/* Beside grey; the attribute port takes an index next. Not inlined: launches have no use for it. */
static void __attribute__((noinline)) set_colours(void)
{
	set_entries(DAC_LOW, low, sizeof(low));
	set_entries(DAC_BROWN, brown, sizeof(brown));
	set_entries(DAC_BRIGHT, bright, sizeof(bright));
	outsb(attributes, sizeof(attributes), VGA_ATTRIBUTE);
}

#define MISC_TEXT	0x67

/* What is left out is right after a reset. The CRTC's port is 3b4 until the first is written. */
static void set_registers(bool colours)
{
	outb(MISC_TEXT, VGA_MISC_WRITE);
	outw(VGA_PAIR(0x01, 0x4f), VGA_CRTC);
	outw(VGA_PAIR(0x07, 0x1f), VGA_CRTC);
	outw(VGA_PAIR(VGA_CRTC_MAX_SCAN, 0x4f), VGA_CRTC);
	outw(VGA_PAIR(VGA_CRTC_CURSOR_START, 0x20), VGA_CRTC);
	outw(VGA_PAIR(VGA_CRTC_DISPLAY_END, 0x8f), VGA_CRTC);
	outw(VGA_PAIR(VGA_CRTC_OFFSET, 0x28), VGA_CRTC);
	open_text_memory();
	set_grey();
	if (colours)
		set_colours();
	else
		outb(VGA_ATTRIBUTE_ON, VGA_ATTRIBUTE);
}

/* Screen memory survives a reset: what is seen is blank before the screen goes on. */
static void set_memory(uint8_t *cells)
{
	const uint16_t *font = (const uint16_t *)own_vga_font;
	uint8_t *row = cells + 2;

	fill32(cells, CELL_BLANK, SCREEN_ROWS * SCREEN_COLUMNS);
	for (uint32_t c = 0; c < SHAPES; c++, row += (SHAPE_ROWS - FONT_ROWS) * CELL_BYTES)
		for (uint32_t i = 0; i < FONT_ROWS / 2; i++, row += 2 * CELL_BYTES) {
			uint32_t rows = *font++;

			row[0 * CELL_BYTES] = (uint8_t)rows;
			row[1 * CELL_BYTES] = (uint8_t)(rows >> 8);
		}
}

bool screen_untouched(void)
{
	return !(screen.touched | (machine.start > START_RESET));
}

void screen_show(uint8_t *cells, bool colours)
{
	screen.touched = true;
	set_memory(cells);
	set_registers(colours);
	screen.info.mode = 3;
	screen.info.columns = SCREEN_COLUMNS;
	screen.info.rows = SCREEN_ROWS;
	screen.info.is_vga = SCREEN_INFO_VGA;
	screen.info.points = FONT_ROWS;
	machine.screen = &screen.info;
}

/* Its framebuffer, where its text is to be written; 0: that is not to be done. */
static uint32_t cells_of(const struct pci_function *vga, const struct display_card *card)
{
	const struct pci_bar *bar;

	if (!card || !screen_untouched())
		return 0;
	bar = &vga->bar[card->framebuffer];
	return bar->base >> 32 || bar->kind == PCI_IO ? 0 : (uint32_t)bar->base;
}

#define LEGACY_MEMORY	0xa0000u

/* A reset leaves the first byte of the first plane at A0000h, which is the framebuffer's. */
bool screen_answers(const struct pci_function *vga, const struct display_card *card)
{
	uint32_t cells = cells_of(vga, card);
	uint8_t kept, other;
	bool same;

	if (!cells)
		return false;
	kept = mmio_read8(cells);
	other = mmio_read8(LEGACY_MEMORY) ^ 0xff;
	mmio_write8(cells, other);
	same = mmio_read8(LEGACY_MEMORY) == other;
	mmio_write8(cells, kept);
	return same;
}

void screen_text_on(const struct pci_function *vga, const struct display_card *card, bool colours)
{
	uint32_t cells = cells_of(vga, card);

	if (!cells)
		return;
	screen.bdf = vga->bdf;
	screen.cells = phys_to_ptr(cells);
	screen.text = true;
	screen.colours = colours;
	screen_show(screen.cells, colours);
}

bool screen_is_text(void)
{
	return screen.text;
}

void screen_lost(void)
{
	screen.touched = true;
	screen.text = false;
	machine.screen = NULL;
}

bool screen_is_text_of(pci_bdf_t bdf)
{
	return screen.text && screen.bdf == bdf;
}

void screen_hand_over(void)
{
	if (!screen.text)
		return;
	screen_lost();
	if (screen.colours)
		return;
	inb(VGA_STATUS);		/* what comes next is an index */
	set_colours();
}

void screen_write(uint32_t row, uint32_t column, uint8_t character, uint8_t attribute)
{
	uint8_t *cell = screen.cells + (row * SCREEN_COLUMNS + column) * CELL_BYTES;

	cell[0] = character;
	cell[1] = attribute;
}

void screen_scroll(void)
{
	const uint32_t last = (SCREEN_ROWS - 1) * SCREEN_COLUMNS;

	for (uint32_t i = 0; i < SCREEN_ROWS * SCREEN_COLUMNS; i++) {
		uint16_t *cell = (uint16_t *)(screen.cells + i * CELL_BYTES);

		*cell = i < last ? cell[SCREEN_COLUMNS * CELL_BYTES / sizeof(*cell)] : (uint16_t)CELL_BLANK;
	}
}
