/* SPDX-License-Identifier: BSD-2-Clause
 * vgasrc/ati.c: ATI's Rage 128 Pro and RV100 as QEMU has them: a VGA whose CRTC has registers of its own, behind an I/O BAR.
 * What they set the device does by its DISPI registers, which are there too; no bridge passes their ports on, but the BAR.
 * So modes are set by the CRTC, and what else can be changed is DISPI's.
 * Spec: ATI Rage 128 Pro Register Reference Guide, RRG-G04500-C, 3; QEMU hw/display/ati_regs.h.
 */
#include "card.h"
#include "bda.h"
#include "dispi.h"
#include "io.h"
#include "pci.h"
#include "vga.h"

/* Registers; those from 100h on by index. */
#define REG_INDEX	0x00
#define REG_DATA	0x04
#define CRTC_CONTROL	0x50
#define CRTC_EXTENDED	0x54
#define DAC_CONTROL	0x58
#define DDC_RV100	0x64
#define DDC_RAGE	0x68
#define MEMORY_BYTES	0xf8
#define HORIZONTAL	0x200		/* bits 26-16: shown, in units of 8 pixels, less 1 */
#define VERTICAL	0x208		/* bits 27-16: lines shown, less 1 */
#define OFFSET		0x224		/* bytes */
#define PITCH		0x22c		/* units of 8 pixels */

#define CONTROL_CRTC	0x03000000u	/* what these registers say is shown, not the VGA; and it runs */
#define EXTENDED_ON	0x00008000u	/* the bit of "off" is 0. Writing it makes the device look at all registers */

#define UNIT		8u		/* pixels */
#define HEIGHT_MAX	0x1000u
#define ID_RV100	0x5159

static uint32_t ati_memory_64k(void)
{
	uint16_t io = pci_io_bar(1);

	return io ? inl((uint16_t)(io + MEMORY_BYTES)) >> 16 : 0;
}

static uint32_t ati_framebuffer(void)
{
	return pci_bar(0);
}

static int ati_fits(const struct shape *shape)
{
	return shape->bpp >= 8 && shape->height <= HEIGHT_MAX && dispi_fits(shape);
}

#define MEMORY_PLANES	0x06		/* VGA_SEQUENCER_MEMORY: as in dispi.c */

/* The device switches DISPI off then. */
static void ati_leave(void)
{
	uint16_t io = pci_io_bar(1);

	if (!io)
		return;
	outw(VGA_PAIR(VGA_SEQUENCER_MEMORY, MEMORY_PLANES), VGA_SEQUENCER);
	outl(0, (uint16_t)(io + DAC_CONTROL));
	outl(0, (uint16_t)(io + CRTC_CONTROL));
	outl(EXTENDED_ON, (uint16_t)(io + CRTC_EXTENDED));
}

static void put(uint16_t io, uint32_t reg, uint32_t value)
{
	outl(reg, (uint16_t)(io + REG_INDEX));
	outl(value, (uint16_t)(io + REG_DATA));
}

/* DISPI clears memory by itself. */
static int ati_set(const struct shape *shape, int clear)
{
	uint32_t width = shape->width / UNIT, bpp = shape->bpp;
	uint16_t io = pci_io_bar(1);

	if (clear && dispi_memory_64k())
		dispi_set(shape, 1);
	ati_leave();
	put(io, HORIZONTAL, (width - 1) << 16);
	put(io, VERTICAL, (shape->height - 1u) << 16);
	put(io, OFFSET, 0);
	put(io, PITCH, width);
	/* 2: 8 bits, 3: 15, 4: 16, 5: 24, 6: 32. */
	outl(CONTROL_CRTC | ((bpp + 1) / 8 + (bpp == 15 ? 1 : bpp == 8 ? 1 : 2)) << 8, (uint16_t)(io + CRTC_CONTROL));
	inb(vga_status_port());
	vga_screen_on();
	return 1;
}

static uint32_t ati_get(enum card_register reg)
{
	return dispi_memory_64k() ? dispi_get(reg) : 0;
}

static int ati_put(enum card_register reg, uint32_t value)
{
	return dispi_memory_64k() ? dispi_put(reg, value) : 0;
}

const ROM struct card card_ati = {
	.flags = CARD_VGA | CARD_DAC,
	.memory_64k = ati_memory_64k,
	.framebuffer = ati_framebuffer,
	.fits = ati_fits,
	.set = ati_set,
	.leave = ati_leave,
	.get = ati_get,
	.put = ati_put,
	.edid = card_none,
	.window_open = vga_window_open,
	.window_close = vga_window_close,
};
