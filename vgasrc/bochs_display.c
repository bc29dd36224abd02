/* SPDX-License-Identifier: BSD-2-Clause
 * vgasrc/bochs_display.c: QEMU's bochs-display and secondary-vga: the DISPI registers in memory alone, and of the VGA
 * nothing that ports reach. What the registers do is dispi.c's. Pixels have 32 bits.
 * Spec: QEMU docs/specs/standard-vga.rst.
 */
#include "big_real.h"
#include "card.h"
#include "dispi.h"
#include "pci.h"
#include "std/vga.h"

#define FRAMEBUFFER_BAR	0
#define REGISTERS_BAR	2
#define SIDE_MIN	64u		/* pixels each way */

/*
 * In that BAR, behind the monitor's description: a port of the VGA's, which secondary-vga has and bochs-display has
 * not.
 */
#define ATTRIBUTE	0x400

static uint32_t dispi_at(uint32_t registers, uint32_t index)
{
	return registers + DISPI_MMIO + index * 2;
}

/* Of the standard VGA and of virtio-vga, too; others have something else there, or nothing. */
static uint32_t registers_bar(void)
{
	bool there = rom_info.card == VGA_CARD_BOCHS_DISPLAY || rom_info.card == VGA_CARD_STD ||
		    rom_info.card == VGA_CARD_VIRTIO;

	return there ? pci_bar(REGISTERS_BAR) : 0;
}

uint16_t bochs_display_read(uint16_t index)
{
	uint32_t registers = registers_bar(), flags = registers ? big_real_begin() : 0;
	uint16_t value;

	if (!flags)
		return 0;
	value = big_read16(dispi_at(registers, index));
	big_real_end(flags);
	return value;
}

void bochs_display_write(uint16_t index, uint16_t value)
{
	uint32_t registers = registers_bar(), flags = registers ? big_real_begin() : 0;

	if (!flags)
		return;
	big_write16(dispi_at(registers, index), value);
	big_real_end(flags);
}

void bochs_display_prepare(void)
{
	rom_info.framebuffer = pci_bar(FRAMEBUFFER_BAR);
}

uint32_t bochs_display_framebuffer(void)
{
	return rom_info.framebuffer;
}

bool bochs_display_fits(const struct shape *s)
{
	NEAR(s);
	return s->bpp == 32 && s->width >= SIDE_MIN && s->height >= SIDE_MIN && dispi_fits(s);
}

#define WIDTH		0xfffe		/* in the place of a value */
#define HEIGHT		0xffff

/*
 * Where what is written for a mode. Off before anything else, since the device looks at what is written while it is
 * on. The attribute port takes index and data in turn: one of two writes is an index, whose bit 5 takes the blank
 * away.
 */
static const ROM struct { uint16_t at, value; } mode_writes[] = {
	{ DISPI_MMIO + 2 * DISPI_ENABLE, 0 },
	{ DISPI_MMIO + 2 * DISPI_XRES, WIDTH },
	{ DISPI_MMIO + 2 * DISPI_YRES, HEIGHT },
	{ DISPI_MMIO + 2 * DISPI_BPP, 32 },
	{ DISPI_MMIO + 2 * DISPI_VIRT_WIDTH, WIDTH },
	{ DISPI_MMIO + 2 * DISPI_X_OFFSET, 0 },
	{ DISPI_MMIO + 2 * DISPI_Y_OFFSET, 0 },
	{ DISPI_MMIO + 2 * DISPI_ENABLE, DISPI_ENABLED | DISPI_LFB_ENABLED | DISPI_NO_CLEAR },
	{ ATTRIBUTE, VGA_ATTRIBUTE_ON },
	{ ATTRIBUTE, VGA_ATTRIBUTE_ON },
};

static bool set(const struct shape *s, bool clear)
{
	uint32_t memory = rom_info.framebuffer, registers = pci_bar(REGISTERS_BAR);

	if (!memory || memory != pci_bar(FRAMEBUFFER_BAR) || !registers || !big_real_possible())
		return 0;
	if (clear)
		big_fill32(memory, 0, (uint32_t)s->width * s->height);
	for (uint32_t n = 0; n < sizeof(mode_writes) / sizeof(mode_writes[0]); n++) {
		uint16_t value = mode_writes[n].value;

		value = value == WIDTH ? s->width : value == HEIGHT ? s->height : value;
		big_write16(registers + mode_writes[n].at, value);
	}
	return 1;
}

static uint32_t edid(void)
{
	return pci_bar(REGISTERS_BAR);
}

const ROM struct card card_bochs_display = {
	.flags = 0,
	.memory_64k = dispi_memory_64k,
	.framebuffer = bochs_display_framebuffer,
	.fits = bochs_display_fits,
	.set = set,
	.leave = card_no_leave,
	.get = dispi_get,
	.put = dispi_put,
	.edid = edid,
	.window_open = card_no_window,
	.window_close = card_no_leave,
};
