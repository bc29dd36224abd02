/* SPDX-License-Identifier: BSD-2-Clause
 * vgasrc/dispi.c: see dispi.h. Displays with the DISPI registers at ports: QEMU's VGA, isa-vga, qxl-vga, vmware-svga,
 * virtio-vga. The device sets the VGA's registers itself when DISPI is switched on; those that say nothing then are left alone.
 * Spec: QEMU docs/specs/standard-vga.rst.
 */
#include "dispi.h"
#include "bda.h"
#include "io.h"
#include "pci.h"
#include "vbe.h"
#include "vbe_modes.h"
#include "vga.h"

#define DISPI_ID_FIRST	0xb0c0
#define DISPI_ID_LAST	0xb0c5
#define WIDTH_MAX	16000u
#define HEIGHT_MAX	12000u
#define WIDTH_UNIT	8u		/* pixels; also of virtual width */
#define PLANES_UNIT	16u
#define PLANES_WIDTH_MAX	2048u	/* eight bits of characters */
#define PLANES_HEIGHT_MAX	1024u
#define ISA_FRAMEBUFFER	0xe0000000u

/* Behind a bridge too, where legacy ports lead to the VGA's registers, but not to these: two displays have them in memory. */
static bool in_memory(void)
{
	return rom_info.card == VGA_CARD_BOCHS_DISPLAY || (rom_info.on_pci && rom_info.bdf >> 8);
}

static uint16_t dispi_read(uint16_t index)
{
	if (in_memory())
		return bochs_display_read(index);
	outw(index, DISPI_INDEX);
	return inw(DISPI_DATA);
}

static void dispi_write(uint16_t index, uint16_t value)
{
	if (in_memory()) {
		bochs_display_write(index, value);
		return;
	}
	outw(index, DISPI_INDEX);
	outw(value, DISPI_DATA);
}

uint32_t dispi_memory_64k(void)
{
	uint16_t id = dispi_read(DISPI_ID);

	if (id < DISPI_ID_FIRST || id > DISPI_ID_LAST)
		return 0;
	return dispi_read(DISPI_VIDEO_MEMORY_64K);
}

static uint32_t dispi_framebuffer(void)
{
	if (rom_info.card == VGA_CARD_ISA)
		return ISA_FRAMEBUFFER;
	return pci_bar(rom_info.card == VGA_CARD_VMWARE ? 1 : 0);
}

bool dispi_fits(const struct shape *shape)
{
	NEAR(shape);
	if (shape->bpp == 4)
		return shape->width <= PLANES_WIDTH_MAX && shape->width % PLANES_UNIT == 0 && shape->height <= PLANES_HEIGHT_MAX;
	return shape->width <= WIDTH_MAX && shape->width % WIDTH_UNIT == 0 && shape->height <= HEIGHT_MAX;
}

#define MEMORY_PLANES	0x06		/* VGA_SEQUENCER_MEMORY: not chain 4 */

/* The map of memory changes once so: while DISPI is on, each write to the sequencer takes chain 4 away and puts it back. */
static void dispi_leave(void)
{
	if ((BDA_VBE_MODE & VBE_NUMBER) < VBE_FIRST)
		outw(VGA_PAIR(VGA_SEQUENCER_MEMORY, MEMORY_PLANES), VGA_SEQUENCER);
	dispi_write(DISPI_ENABLE, 0);
}

/*
 * With DISPI on, the device has sequencer registers of its own, which no port writes, and planes cannot be chosen. So modes
 * of planes are mode 12h with more of everything; DISPI, which has been on and has cleared them, keeps their shape, and its
 * bank is the window's.
 */
static void set_planes(const struct shape *shape)
{
	dispi_write(DISPI_ENABLE, 0);
	vga_program_frame(0x12, shape, 0x3c);
	outw(VGA_PAIR(VGA_CRTC_OFFSET, shape->width / PLANES_UNIT), VGA_CRTC);
}

bool dispi_set(const struct shape *shape, bool clear)
{
	dispi_leave();
	dispi_write(DISPI_XRES, shape->width);
	dispi_write(DISPI_YRES, shape->height);
	dispi_write(DISPI_BPP, shape->bpp);
	dispi_write(DISPI_BANK, 0);
	dispi_write(DISPI_ENABLE, DISPI_ENABLED | DISPI_LFB_ENABLED | (clear ? 0 : DISPI_NO_CLEAR));
	if (shape->bpp == 4)
		set_planes(shape);
	inb(vga_status_port());
	vga_screen_on();
	return 1;
}

/* Of a pixel in memory; planes are counted each by itself. */
static uint32_t bits_now(void)
{
	uint16_t bpp = dispi_read(DISPI_BPP);

	return bpp == 4 ? 1 : (bpp + 7u) & ~7u;
}

static uint32_t pitch_now(void)
{
	return dispi_read(DISPI_VIRT_WIDTH) * bits_now() / 8;
}

uint32_t dispi_get(enum card_register reg)
{
	switch (reg) {
	case CARD_BANK:
		return dispi_read(DISPI_BANK);
	case CARD_PITCH:
		return pitch_now();
	case CARD_START:
		return dispi_read(DISPI_Y_OFFSET) * pitch_now() + dispi_read(DISPI_X_OFFSET) * bits_now() / 8;
	default:
		return dispi_read(DISPI_ENABLE) & DISPI_8BIT_DAC ? 8 : 6;
	}
}

/* The standard VGA alone has it, in the second memory BAR. */
static uint32_t dispi_edid(void)
{
	return rom_info.card == VGA_CARD_STD ? pci_bar(2) : 0;
}

static bool put_pitch(uint32_t pitch)
{
	uint32_t bits = bits_now(), pixels = bits ? pitch * 8 / bits : 0;

	if (!pixels || pixels > (bits == 1 ? PLANES_WIDTH_MAX : WIDTH_MAX))
		return 0;
	dispi_write(DISPI_VIRT_WIDTH, (uint16_t)pixels);
	if (bits == 1)
		outw(VGA_PAIR(VGA_CRTC_OFFSET, pixels / PLANES_UNIT), VGA_CRTC);
	return 1;
}

/* x first: if it takes the frame beyond memory with the old y, the device makes that 0. */
static bool put_start(uint32_t start)
{
	uint32_t pitch = pitch_now(), bits = bits_now();

	if (!pitch || (bits == 1 && start > UINT16_MAX))
		return 0;
	dispi_write(DISPI_X_OFFSET, (uint16_t)(start % pitch * 8 / bits));
	dispi_write(DISPI_Y_OFFSET, (uint16_t)(start / pitch));
	if (bits == 1) {
		outw(VGA_PAIR(VGA_CRTC_START_HIGH, start >> 8), VGA_CRTC);
		outw(VGA_PAIR(VGA_CRTC_START_HIGH + 1, start & 0xff), VGA_CRTC);
	}
	return 1;
}

/* Written while it is on, the register also takes the bank away. */
static bool put_dac_bits(uint32_t bits)
{
	uint16_t enable = (uint16_t)(dispi_read(DISPI_ENABLE) & ~DISPI_8BIT_DAC), bank = dispi_read(DISPI_BANK);

	if (bits != 6 && bits != 8)
		return 0;
	dispi_write(DISPI_ENABLE, enable | (bits == 8 ? DISPI_8BIT_DAC : 0));
	dispi_write(DISPI_BANK, bank);
	return 1;
}

bool dispi_put(enum card_register reg, uint32_t value)
{
	switch (reg) {
	case CARD_BANK:
		if (rom_info.card == VGA_CARD_BOCHS_DISPLAY)
			return 0;
		dispi_write(DISPI_BANK, (uint16_t)value);
		return 1;
	case CARD_PITCH:
		return put_pitch(value);
	case CARD_START:
		return put_start(value);
	default:
		return put_dac_bits(value);
	}
}

const ROM struct card card_dispi = {
	.flags = CARD_VGA | CARD_DAC,
	.memory_64k = dispi_memory_64k,
	.framebuffer = dispi_framebuffer,
	.fits = dispi_fits,
	.set = dispi_set,
	.leave = dispi_leave,
	.get = dispi_get,
	.put = dispi_put,
	.edid = dispi_edid,
	.window_open = vga_window_open,
	.window_close = vga_window_close,
};
