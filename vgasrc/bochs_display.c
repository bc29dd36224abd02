/* SPDX-License-Identifier: BSD-2-Clause
 * vgasrc/bochs_display.c: QEMU's bochs-display and secondary-vga: the DISPI registers in memory alone, and of the VGA nothing
 * that ports reach. What the registers do is dispi.c's. Pixels have 32 bits.
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

/* In that BAR, behind the monitor's description: secondary-vga's ports from 3c0 on, where bochs-display has nothing. */
#define PORTS		0x400u
#define ATTRIBUTE	(PORTS + VGA_ATTRIBUTE - 0x3c0)
#define MISC		(PORTS + VGA_MISC_WRITE - 0x3c0)
#define STATUS		(PORTS + 0x3da - 0x3c0)

static uint32_t dispi_at(uint32_t registers, uint16_t index)
{
	return registers + DISPI_MMIO + index * 2u;
}

/* Of the standard VGA and of virtio-vga, too; others have something else there, or nothing. */
static uint32_t registers_bar(void)
{
	int there = rom_info.card == VGA_CARD_BOCHS_DISPLAY || rom_info.card == VGA_CARD_STD || rom_info.card == VGA_CARD_VIRTIO;

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

static uint32_t framebuffer(void)
{
	return pci_bar(FRAMEBUFFER_BAR);
}

static int fits(const struct shape *s)
{
	return s->bpp == 32 && s->width >= SIDE_MIN && s->height >= SIDE_MIN && dispi_fits(s);
}

/*
 * A status read, at the port of colour displays, makes the next write to the attribute port an index, whose bit 5 takes the
 * blank away. Each goes to the port behind it, too, where nothing takes it.
 */
static void unblank(uint32_t registers)
{
	big_write16(registers + MISC, VGA_MISC_COLOUR);
	big_read16(registers + STATUS);
	big_write16(registers + ATTRIBUTE, VGA_ATTRIBUTE_ON);
}

static void write_mode(uint32_t registers, const struct shape *s)
{
	big_write16(dispi_at(registers, DISPI_ENABLE), 0);
	big_write16(dispi_at(registers, DISPI_XRES), s->width);
	big_write16(dispi_at(registers, DISPI_YRES), s->height);
	big_write16(dispi_at(registers, DISPI_BPP), 32);
	big_write16(dispi_at(registers, DISPI_VIRT_WIDTH), s->width);
	big_write16(dispi_at(registers, DISPI_X_OFFSET), 0);
	big_write16(dispi_at(registers, DISPI_Y_OFFSET), 0);
	big_write16(dispi_at(registers, DISPI_ENABLE), DISPI_ENABLED | DISPI_LFB_ENABLED | DISPI_NO_CLEAR);
}

static int set(const struct shape *s, int clear)
{
	uint32_t memory = framebuffer(), registers = pci_bar(REGISTERS_BAR);
	uint32_t flags = memory && registers ? big_real_begin() : 0;

	if (!flags)
		return 0;
	if (clear)
		big_fill32(memory, 0, (uint32_t)s->width * s->height);
	write_mode(registers, s);
	unblank(registers);
	big_real_end(flags);
	return 1;
}

static uint32_t edid(void)
{
	return pci_bar(REGISTERS_BAR);
}

const ROM struct card card_bochs_display = {
	.flags = 0,
	.memory_64k = dispi_memory_64k,
	.framebuffer = framebuffer,
	.fits = fits,
	.set = set,
	.leave = card_no_leave,
	.get = dispi_get,
	.put = dispi_put,
	.edid = edid,
	.window_open = card_no_window,
	.window_close = card_no_leave,
};
