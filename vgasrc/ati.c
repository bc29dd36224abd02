/* SPDX-License-Identifier: BSD-2-Clause
 * vgasrc/ati.c: ATI's Rage 128 Pro and RV100 as QEMU has them: a VGA whose CRTC has registers of its own, behind an I/O BAR.
 * The device has no bank register that is ATI's; it has DISPI's, at ports that no bridge passes on (dispi.h).
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

#define CONTROL_CRTC	0x03000000u	/* shown is what these registers say, not the VGA's; and it runs */
#define CONTROL_BPP	0x00000700u	/* 2: 8; 3: 15; 4: 16; 5: 24; 6: 32 bits */
#define EXTENDED_ON	0x00008000u	/* with the bit of "off" 0. Writing it makes the device look at all registers */
#define DAC_8BIT	0x00000100u

#define UNIT		8u		/* pixels */
#define WIDTH_MAX	16000u
#define HEIGHT_MAX	0x1000u
#define OFFSET_UNIT	8u		/* bytes */

static uint16_t port_of(uint32_t reg)
{
	uint16_t io = pci_io_bar(1);

	if (reg < 0x100)
		return (uint16_t)(io + reg);
	outl(reg, (uint16_t)(io + REG_INDEX));
	return (uint16_t)(io + REG_DATA);
}

static uint32_t ati_read(uint32_t reg)
{
	return inl(port_of(reg));
}

static void ati_write(uint32_t reg, uint32_t value)
{
	outl(value, port_of(reg));
}

static uint32_t ati_memory_64k(void)
{
	return pci_io_bar(1) ? ati_read(MEMORY_BYTES) >> 16 : 0;
}

static uint32_t ati_framebuffer(void)
{
	return pci_bar(0);
}

static int ati_fits(const struct shape *shape)
{
	return shape->bpp >= 8 && shape->width <= WIDTH_MAX && shape->width % UNIT == 0 && shape->height <= HEIGHT_MAX;
}

#define MEMORY_PLANES	0x06		/* VGA_SEQUENCER_MEMORY: as in dispi.c */

static void ati_leave(void)
{
	if (!pci_io_bar(1))
		return;
	outw(VGA_PAIR(VGA_SEQUENCER_MEMORY, MEMORY_PLANES), VGA_SEQUENCER);
	ati_write(DAC_CONTROL, ati_read(DAC_CONTROL) & ~DAC_8BIT);
	ati_write(CRTC_CONTROL, 0);
	ati_write(CRTC_EXTENDED, EXTENDED_ON);
}

/* In one go where there is DISPI. */
static void clear_memory(const struct shape *shape)
{
	uint32_t bytes = shape_pitch(shape) * shape->height;

	if (dispi_there()) {
		dispi_write(DISPI_XRES, shape->width);
		dispi_write(DISPI_YRES, shape->height);
		dispi_write(DISPI_BPP, shape->bpp);
		dispi_write(DISPI_ENABLE, DISPI_ENABLED | DISPI_LFB_ENABLED);
		return;
	}
	for (uint32_t at = 0; at < bytes; at += 4)
		ati_write(0x80000000u | at, 0);
}

static uint32_t width_now(void)
{
	return ((ati_read(HORIZONTAL) >> 16) + 1) * UNIT;
}

/* Bytes of a pixel. */
static uint32_t pixel_now(void)
{
	uint32_t bpp = (ati_read(CRTC_CONTROL) & CONTROL_BPP) >> 8;

	return bpp >= 5 ? bpp - 2 : bpp == 2 ? 1 : 2;
}

static uint32_t pitch_now(void)
{
	return ati_read(PITCH) * UNIT * pixel_now();
}

static int frame_fits(uint32_t start, uint32_t pitch)
{
	uint32_t memory = ati_read(MEMORY_BYTES), frame = pitch * ((ati_read(VERTICAL) >> 16) + 1);

	return frame <= memory && start <= memory - frame;
}

/* Have the device look at what has been written, which takes the bank away. */
static void apply(void)
{
	uint16_t bank = dispi_read(DISPI_BANK);

	ati_write(CRTC_EXTENDED, EXTENDED_ON);
	dispi_write(DISPI_BANK, bank);
}

static int ati_set(const struct shape *shape, int clear)
{
	uint32_t bpp = shape->bpp == 15 ? 3 : shape->bpp == 16 ? 4 : shape->bpp == 8 ? 2 : shape->bpp / 8u + 2;

	if (!pci_io_bar(1))
		return 0;
	ati_leave();
	if (clear)
		clear_memory(shape);
	ati_write(HORIZONTAL, (shape->width / UNIT - 1) << 16 | (shape->width / UNIT + 15));
	ati_write(VERTICAL, (shape->height - 1u) << 16 | (shape->height + 31u));
	ati_write(OFFSET, 0);
	ati_write(PITCH, shape->width / UNIT);
	ati_write(CRTC_CONTROL, CONTROL_CRTC | bpp << 8);
	inb(vga_status_port());
	vga_screen_on();
	return 1;
}

static uint32_t ati_get(enum card_register reg)
{
	switch (reg) {
	case CARD_BANK:
		return dispi_there() ? dispi_read(DISPI_BANK) : 0;
	case CARD_PITCH:
		return pitch_now();
	case CARD_START:
		return ati_read(OFFSET);
	default:
		return ati_read(DAC_CONTROL) & DAC_8BIT ? 8 : 6;
	}
}

static int put_bank(uint32_t bank)
{
	if (bank >= ati_memory_64k())
		return 0;
	if (!dispi_there())
		return !bank;
	dispi_write(DISPI_BANK, (uint16_t)bank);
	return 1;
}

static int put_pitch(uint32_t pitch)
{
	uint32_t bytes = pixel_now() * UNIT, units, least = width_now() / UNIT;

	if (pitch > WIDTH_MAX * 4)
		return 0;
	units = (pitch + bytes - 1) / bytes;
	if (units < least)
		units = least;
	if (units > WIDTH_MAX / UNIT || !frame_fits(0, units * bytes))
		return 0;
	ati_write(PITCH, units);
	apply();
	return 1;
}

/* On the screen a line begins with a whole pixel, at a whole unit. */
static int put_start(uint32_t start)
{
	uint32_t pitch = pitch_now();

	if (!pitch || !frame_fits(start, pitch))
		return 0;
	ati_write(OFFSET, start - start % pitch % (pixel_now() == 3 ? 3 * OFFSET_UNIT : OFFSET_UNIT));
	apply();
	return 1;
}

static int ati_put(enum card_register reg, uint32_t value)
{
	switch (reg) {
	case CARD_BANK:
		return put_bank(value);
	case CARD_PITCH:
		return put_pitch(value);
	case CARD_START:
		return put_start(value);
	default:
		if (value != 6 && value != 8)
			return 0;
		ati_write(DAC_CONTROL, (ati_read(DAC_CONTROL) & ~DAC_8BIT) | (value == 8 ? DAC_8BIT : 0));
		return 1;
	}
}

/*
 * The monitor's wires: a register has bits for both at each of: what is driven (0 always), what is there, whether it is
 * driven, and, on the Rage, whether it is these that matter.
 */
struct wires {
	uint32_t reg;
	uint32_t shift;			/* to the bit of data; that of the clock is above */
};
#define WIRES_THERE	8
#define WIRES_DRIVEN	16
#define WIRES_MASK	24

/* Set both; the data that is there then. */
static uint32_t set_wires(const struct wires *w, uint32_t clock, uint32_t data)
{
	uint32_t low = (clock ? 0u : 2u) | (data ? 0u : 1u);

	ati_write(w->reg, (low << WIRES_DRIVEN | 3u << WIRES_MASK) << w->shift);
	return ati_read(w->reg) >> WIRES_THERE >> w->shift & 1;
}

/* From the most significant bit on: eight and the acknowledgement, which is low. */
static uint32_t exchange(const struct wires *w, uint32_t out)
{
	uint32_t in = 0;

	for (uint32_t bit = 0x100; bit; bit >>= 1) {
		set_wires(w, 0, out & bit);
		in = in << 1 | set_wires(w, 1, out & bit);
		set_wires(w, 0, out & bit);
	}
	return in;
}

/* Also in the middle of a transfer. The address is that of descriptions, with bit 0 for reading. False: nobody is there. */
static int begin(const struct wires *w, uint32_t address)
{
	set_wires(w, 0, 1);
	set_wires(w, 1, 1);
	set_wires(w, 1, 0);
	set_wires(w, 0, 0);
	return !(exchange(w, address << 1 | 1) & 1);
}

#define DESCRIPTION	0xa0u
#define BLOCK		128u

static int read_block(const struct wires *w, uint8_t block, uint8_t *buffer)
{
	int there = begin(w, DESCRIPTION);

	if (there) {
		exchange(w, block * BLOCK << 1 | 1);
		begin(w, DESCRIPTION | 1);
		for (uint32_t left = BLOCK; left; left--)
			*buffer++ = (uint8_t)(exchange(w, 0x1fe | (left == 1)) >> 1);
	}
	set_wires(w, 0, 0);
	set_wires(w, 1, 0);
	set_wires(w, 1, 1);
	return there;
}

/* Byte 7eh of block 0: how many there are beyond it. QEMU's monitor has what is there again beyond its end. */
static int ati_edid(uint8_t block, uint8_t *buffer)
{
	struct wires w = { DDC_RAGE, 1 };

	if (!pci_io_bar(1) || block > 1)
		return 0;
	if (pci_read32(rom_info.bdf, 0) >> 16 == 0x5159) {
		w.reg = DDC_RV100;
		w.shift = 0;
	}
	return read_block(&w, 0, buffer) && (!block || (buffer[0x7e] && read_block(&w, block, buffer)));
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
