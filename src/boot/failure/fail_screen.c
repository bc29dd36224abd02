/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/failure/fail_screen.c: see fail_screen.h.
 */
#include "boot/failure/fail_screen.h"
#include <stddef.h>
#include "arch/fill.h"
#include "arch/phys.h"
#include "boot/rom/policy.h"
#include "fw/fw_cfg.h"
#include "fw/ramfb.h"
#include "hw/display/card.h"
#include "hw/display/framebuffer.h"
#include "hw/display/screen.h"
#include "hw/pci/tree.h"
#include "machine/machine.h"
#include "mem/alloc.h"

#define CELL_WIDTH	8u
#define CELL_HEIGHT	16u
#define WIDTH		(SCREEN_COLUMNS * CELL_WIDTH)	/* pixels of 32 bits */
#define HEIGHT		(SCREEN_ROWS * CELL_HEIGHT)
#define PICTURE		(WIDTH * HEIGHT * 4)		/* bytes */
#define GREY		0x00aaaaaau
#define GREY_ON_BLACK	0x07

extern const uint8_t own_vga_font[];	/* 8x16, in the VGA BIOS (own_vga_image.S) */

static struct {
	uint32_t *picture;		/* NULL: a VGA's text */
	uint32_t row, column;		/* of the next character; the column may be behind the last */
} at __attribute__((section(".scratch.fail_screen")));

/* Those of the class, until one is taken. */
static bool any(uint16_t class, bool (*take)(const struct pci_function *f))
{
	for (uint32_t n = 0; machine.pci && n < machine.pci->count; n++)
		if (pci_serves_as(&machine.pci->function[n], class) && take(&machine.pci->function[n]))
			return true;
	return false;
}

static bool open_flat(const struct pci_function *f)
{
	static const struct pixels pixels = { WIDTH, HEIGHT, 32 };
	struct framebuffer fb;

	if (framebuffer_of(f, &fb) != 0 || fb.base >> 32 || !framebuffer_fits(&pixels, fb.memory_64k) ||
	    framebuffer_set(&fb, &pixels) != 0)
		return false;
	at.picture = phys_to_ptr((uint32_t)fb.base);
	return true;
}

static bool open_ramfb(void)
{
	struct fw_cfg_item item;
	uint32_t *memory;

	if (!ramfb_find(&item) || !fw_cfg_has_dma())
		return false;
	memory = alloc_raw(ZONE_TEMP, PICTURE, 4096, "the picture of a boot that failed");
	if (!memory)
		return false;
	fill32(memory, 0, WIDTH * HEIGHT);
	at.picture = memory;
	return ramfb_show(&item, ptr_to_phys(memory), WIDTH, HEIGHT) == 0;
}

static bool open_vga(const struct pci_function *vga)
{
	const struct display_card *card = display_card_of(vga);

	if (screen_answers(vga, card))
		screen_text_on(vga, card, true);
	return screen_is_text();
}

bool fail_screen_open(void)
{
	at.picture = NULL;
	at.row = at.column = 0;
	if (rom_policy_vga() == ROM_VGA_OFF)
		return false;
	return screen_is_text() || any(PCI_CLASS_VGA, open_vga) || any(PCI_CLASS_OTHER_DISPLAY, open_flat) || open_ramfb();
}

static void draw(uint8_t character)
{
	const uint8_t *shape = own_vga_font + character * CELL_HEIGHT;
	uint32_t *line = at.picture + at.row * CELL_HEIGHT * WIDTH + at.column * CELL_WIDTH;

	for (uint32_t y = 0; y < CELL_HEIGHT; y++, line += WIDTH)
		for (uint32_t x = 0; x < CELL_WIDTH; x++)
			line[x] = shape[y] & 0x80 >> x ? GREY : 0;
}

static void next_row(void)
{
	const uint32_t row = CELL_HEIGHT * WIDTH;

	at.column = 0;
	if (++at.row < SCREEN_ROWS)
		return;
	at.row--;
	if (!at.picture) {
		screen_scroll();
		return;
	}
	for (uint32_t i = 0; i < at.row * row; i++)
		at.picture[i] = at.picture[i + row];
	fill32(at.picture + at.row * row, 0, row);
}

/* A row that is full ends when more comes: a line of 80 characters leaves no blank one. */
void fail_screen_write(const char *text, uint32_t len)
{
	for (; len; text++, len--) {
		if (*text == '\n' || at.column == SCREEN_COLUMNS)
			next_row();
		if (*text == '\n')
			continue;
		if (at.picture)
			draw((uint8_t)*text);
		else
			screen_write(at.row, at.column, (uint8_t)*text, GREY_ON_BLACK);
		at.column++;
	}
}
