/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/failure/fail_screen.c: see fail_screen.h.
 * Spec: QEMU docs/specs/standard-vga.rst; hw/display/ramfb.c for etc/ramfb.
 */
#include "boot/failure/fail_screen.h"
#include <stddef.h>
#include "arch/fill.h"
#include "arch/io.h"
#include "arch/phys.h"
#include "boot/rom/policy.h"
#include "fw/fw_cfg.h"
#include "hw/display/card.h"
#include "hw/display/screen.h"
#include "hw/pci/config.h"
#include "hw/pci/tree.h"
#include "lib/bits.h"
#include "lib/endian.h"
#include "machine/machine.h"
#include "mem/alloc.h"
#include "std/vga.h"

#define CELL_WIDTH	8u
#define CELL_HEIGHT	16u
#define WIDTH		(SCREEN_COLUMNS * CELL_WIDTH)	/* pixels of 32 bits */
#define HEIGHT		(SCREEN_ROWS * CELL_HEIGHT)
#define PICTURE		(WIDTH * HEIGHT * 4)		/* bytes */
#define GREY		0x00aaaaaau
#define GREY_ON_BLACK	0x07

#define REGISTERS_BAR	2
#define ATTRIBUTE	0x400		/* in it, secondary-vga's: index and data in turn, either shows the picture */

#define FORMAT_XRGB	0x34325258u	/* "XR24" */

struct ramfb {
	be64_t address;
	be32_t format, flags, width, height, pitch;
} __attribute__((packed));
_Static_assert(sizeof(struct ramfb) == 28, "QEMU's struct RAMFBCfg");

extern const uint8_t own_vga_font[];	/* 8x16, in the VGA BIOS (own_vga_image.S) */

static struct {
	uint32_t *picture;		/* NULL: a VGA's text */
	uint32_t row, column;		/* of the next character; the column may be behind the last */
} at __attribute__((section(".scratch.fail_screen")));

static const struct pci_function *first(uint16_t class)
{
	for (uint32_t n = 0; machine.pci && n < machine.pci->count; n++)
		if (machine.pci->function[n].class_revision >> 16 == class && !machine.pci->function[n].lost)
			return &machine.pci->function[n];
	return NULL;
}

static void clear(uint32_t picture)
{
	at.picture = phys_to_ptr(picture);
	fill32(at.picture, 0, WIDTH * HEIGHT);
}

static bool is_reached(const struct pci_bar *bar, uint32_t size)
{
	return bar->base && !(bar->base >> 32) && bar->kind != PCI_IO && bar->size >= size;
}

/* Off before anything else: what is written while it is on is looked at. */
static bool open_flat(const struct pci_function *f)
{
	static const uint16_t dispi[][2] = {
		{ DISPI_ENABLE, 0 }, { DISPI_XRES, WIDTH }, { DISPI_YRES, HEIGHT }, { DISPI_BPP, 32 },
		{ DISPI_VIRT_WIDTH, WIDTH }, { DISPI_X_OFFSET, 0 }, { DISPI_Y_OFFSET, 0 },
		{ DISPI_ENABLE, DISPI_ENABLED | DISPI_LFB_ENABLED | DISPI_NO_CLEAR },
	};
	const struct display_card *card = f ? display_card_of(f) : NULL;
	uint32_t registers;

	if (!card || !is_reached(&f->bar[card->framebuffer], PICTURE) || !is_reached(&f->bar[REGISTERS_BAR], 0x1000))
		return false;
	pci_write16(f->bdf, PCI_COMMAND, pci_read16(f->bdf, PCI_COMMAND) | PCI_COMMAND_MEMORY);
	clear((uint32_t)f->bar[card->framebuffer].base);
	registers = (uint32_t)f->bar[REGISTERS_BAR].base;
	for (uint32_t i = 0; i < ARRAY_SIZE(dispi); i++)
		mmio_write16(registers + DISPI_MMIO + 2u * dispi[i][0], dispi[i][1]);
	mmio_write16(registers + ATTRIBUTE, VGA_ATTRIBUTE_ON);
	mmio_write16(registers + ATTRIBUTE, VGA_ATTRIBUTE_ON);
	return true;
}

static bool open_ramfb(void)
{
	struct ramfb file = {
		.format = cpu_to_be32(FORMAT_XRGB), .width = cpu_to_be32(WIDTH), .height = cpu_to_be32(HEIGHT),
		.pitch = cpu_to_be32(WIDTH * 4),
	};
	struct fw_cfg_item item;
	uint8_t *memory;

	if (fw_cfg_find("etc/ramfb", &item) != 0 || item.size != sizeof(file) || !fw_cfg_has_dma())
		return false;
	memory = alloc_raw(ZONE_TEMP, PICTURE, 4096, "the picture of a boot that failed");
	if (!memory)
		return false;
	clear((uint32_t)ptr_to_phys(memory));
	file.address = cpu_to_be64(ptr_to_phys(memory));
	return fw_cfg_write(&item, 0, &file, sizeof(file)) == 0;
}

static bool open_vga(const struct pci_function *vga)
{
	if (!screen_is_text() && vga)
		screen_text_on(vga, true);
	return screen_is_text();
}

bool fail_screen_open(void)
{
	const struct pci_function *vga = first(PCI_CLASS_VGA);

	at.picture = NULL;
	at.row = at.column = 0;
	if (rom_policy_vga() == ROM_VGA_OFF)
		return false;
	return open_vga(vga) || open_flat(first(PCI_CLASS_OTHER_DISPLAY)) || open_ramfb();
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
