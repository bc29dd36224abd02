/* SPDX-License-Identifier: BSD-2-Clause
 * vgasrc/ati.c: ATI's Rage 128 Pro and RV100 as QEMU has them: a VGA whose CRTC has registers of its own, behind an I/O
 * BAR. What they set the device does by its DISPI registers, which are there too. No bridge passes DISPI's ports on, but
 * the BAR: so modes are set by the CRTC, and what else can be changed is DISPI's.
 * Spec: ATI Rage 128 Pro Register Reference Guide, RRG-G04500-C, 3; QEMU hw/display/ati_regs.h.
 */
#include "ati.h"
#include "bda.h"
#include "big_real.h"
#include "dispi.h"
#include "io.h"
#include "pci.h"
#include "vbe.h"
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

static bool ati_fits(const struct shape *shape)
{
	return (shape->bpp != 4 || dispi_memory_64k()) && shape->height <= HEIGHT_MAX && dispi_fits(shape);
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

/* By DISPI, which does so as it sets a mode, or where no bridge lets it through, by the framebuffer. */
static void clear_memory(const struct shape *shape)
{
	uint32_t flags;

	if (dispi_memory_64k()) {
		dispi_set(shape, 1);
		return;
	}
	flags = big_real_begin();
	if (flags) {
		big_fill32(pci_bar(0), 0, shape_bytes(shape) / 4);
		big_real_end(flags);
	}
}

static bool ati_set(const struct shape *shape, bool clear)
{
	uint32_t width = shape->width / UNIT, format = (shape->bpp + 1u) / 8 + 2;
	uint16_t io = pci_io_bar(1);

	if (clear)
		clear_memory(shape);
	ati_leave();
	if (shape->bpp == 4)		/* the VGA's registers, and DISPI keeps their shape */
		return dispi_set(shape, clear);
	put(io, HORIZONTAL, (width - 1) << 16);
	put(io, VERTICAL, (shape->height - 1u) << 16);
	put(io, OFFSET, 0);
	put(io, PITCH, width);
	if (shape->bpp < 16)
		format--;		/* 2: 8 bits, 3: 15, 4: 16, 5: 24, 6: 32 */
	outl(CONTROL_CRTC | format << 8, (uint16_t)(io + CRTC_CONTROL));
	inb(vga_status_port());
	vga_screen_on();
	return 1;
}

/*
 * Without DISPI all stays as it has been set. Where the screen starts cannot be told then, not even to be where it is: a program
 * that learns it from its first call does not draw into a page that is never shown.
 */
static uint32_t ati_get(enum card_register reg)
{
	struct shape shape;

	if (dispi_memory_64k())
		return dispi_get(reg);
	return reg == CARD_DAC_BITS ? 6 : reg == CARD_PITCH && vbe_mode_now(&shape) ? shape_pitch(&shape) : 0;
}

static bool ati_put(enum card_register reg, uint32_t value)
{
	return dispi_memory_64k() ? dispi_put(reg, value) : reg != CARD_START && value == ati_get(reg);
}

/*
 * The monitor's wires, of a clock and of data, which rest high. A register has bits for both: which is driven low, and
 * what is there; on the Rage also that they are meant. bus: its port, and from bit 16 on by how much its bits are shifted.
 */
#define WIRE_DATA	0x01u
#define WIRE_CLOCK	0x02u
#define WIRES_THERE	8
#define WIRES_LOW	16
#define WIRES_MEANT	0x03000000u

static uint32_t set_wires(uint32_t bus, uint32_t low)
{
	uint32_t shift = bus >> 16;

	outl((low << WIRES_LOW | WIRES_MEANT) << shift, (uint16_t)bus);
	return inl((uint16_t)bus) >> WIRES_THERE >> shift & WIRE_DATA;
}

/* Eight bits and the acknowledgement, which is low; after a start, which also ends what was before. */
#define START		0x200u

static uint32_t exchange(uint32_t bus, uint32_t out)
{
	uint32_t in = 0;

	if (out & START) {
		set_wires(bus, WIRE_CLOCK);
		set_wires(bus, 0);
		set_wires(bus, WIRE_DATA);
	}
	for (uint32_t bit = 0x100; bit; bit >>= 1) {
		uint32_t low = out & bit ? 0 : WIRE_DATA;

		set_wires(bus, low | WIRE_CLOCK);
		in = in << 1 | set_wires(bus, low);
		set_wires(bus, low | WIRE_CLOCK);
	}
	return in;
}

#define BYTE(value)	((value) << 1 | 1)	/* the other side acknowledges */
#define DESCRIPTION	0xa0u
#define READ		0x01u
#define MORE		0x1feu
#define LAST		0x1ffu

uint16_t ati_edid16(uint32_t offset)
{
	uint32_t bus = pci_io_bar(1), word;

	bus += pci_read32(rom_info.bdf, 0) >> 16 == ID_RV100 ? DDC_RV100 : DDC_RAGE | 1 << 16;
	exchange(bus, START | BYTE(DESCRIPTION));
	exchange(bus, BYTE(offset));
	exchange(bus, START | BYTE(DESCRIPTION | READ));
	word = exchange(bus, MORE) >> 1;
	word |= exchange(bus, LAST) >> 1 << 8;
	set_wires(bus, 0);
	return (uint16_t)word;
}

static uint32_t ati_edid(void)
{
	return pci_io_bar(1) ? CARD_EDID_WIRES : 0;
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
	.edid = ati_edid,
	.window_open = vga_window_open,
	.window_close = vga_window_close,
};
