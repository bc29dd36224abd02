/* SPDX-License-Identifier: BSD-2-Clause
 * vgasrc/ramfb.c: see ramfb.h. The display has no register but a file of fw_cfg that says where the picture is; the device
 * keeps what was written there, and shows what it can.
 * Spec: QEMU docs/specs/fw_cfg.rst, hw/display/ramfb.c (struct RAMFBCfg).
 */
#include "ramfb.h"
#include "arch/io.h"
#include "big_real.h"
#include "dispi.h"
#include "lib/endian.h"
#include "pmm.h"

#define MEMORY		0x400000u
#define PIXEL		4u		/* bytes */
#define FORMAT_XRGB	0x34325258u	/* "XR24" */

/* What is in the file, as dwords: all that fw_cfg has is made of big-endian ones. The rest are 0. */
enum { ADDRESS = 1, FORMAT = 2, WIDTH = 4, HEIGHT = 5, PITCH = 6, DWORDS = 7 };

#define PORT_DMA_LOW	0x518		/* bits 31..0 of the request's address: starts it; the upper half is 0 */
#define DMA_READ	0x02u
#define DMA_SELECT	0x08u		/* bits 31..16: what is read or written */
#define DMA_WRITE	0x10u
#define DIRECTORY	0x19u
#define FILES_MAX	4096u		/* more than any machine has */
#define FILE_DWORDS	16u		/* of the directory: size, key in the upper half, name */
#define FILE_NAME	8u		/* byte */

static void swap(uint32_t *dwords, uint32_t count)
{
	for (; count; count--, dwords++)
		*dwords = be32_to_cpu((be32_t){ *dwords });
}

static uint32_t physical(const void *on_stack)
{
	uint16_t stack;

	__asm__("movw %%ss, %0" : "=r"(stack));
	return ((uint32_t)stack << 4) + (uint32_t)(uintptr_t)on_stack;
}

/* From or to dwords in native order. False: nothing is there that does it, or it must not be asked. It is done at once. */
static int transfer(uint32_t control, uint32_t *dwords, uint32_t count)
{
	uint32_t request[4] = { control, count * 4, 0, physical(dwords) }, at = physical(request);

	if (!big_real_possible())	/* what is physical is not known */
		return 0;
	swap(request, 4);
	swap(dwords, count);
	swap(&at, 1);
	outl(at, PORT_DMA_LOW);
	swap(dwords, count);
	return *(volatile uint32_t *)request == 0;
}

static int is_ramfb(const uint32_t *file)
{
	static const ROM uint32_t name[] = { 0x6574632f, 0x72616d66, 0x62000000 };	/* "etc/ramfb" */

	for (uint32_t i = 0; i < 3; i++)
		if (file[FILE_NAME / 4 + i] != name[i])
			return 0;
	return file[0] == DWORDS * 4;
}

/* 0: there is none. */
static uint16_t find_file(void)
{
	uint32_t file[FILE_DWORDS], count;

	if (!transfer(DIRECTORY << 16 | DMA_SELECT | DMA_READ, &count, 1))
		return 0;
	for (uint32_t n = 0; n < count && n < FILES_MAX; n++)
		if (transfer(DMA_READ, file, FILE_DWORDS) && is_ramfb(file))
			return (uint16_t)(file[1] >> 16);
	return 0;
}

void ramfb_prepare(void)
{
	if (rom_info.framebuffer)
		return;
	rom_info.file = find_file();
	if (rom_info.file)
		rom_info.framebuffer = pmm_allocate_high(MEMORY);
}

static uint32_t memory_64k(void)
{
	return rom_info.framebuffer ? MEMORY >> 16 : 0;
}

static uint32_t framebuffer(void)
{
	return rom_info.framebuffer;
}

static int config(uint32_t direction, uint32_t *file)
{
	return rom_info.framebuffer && transfer((uint32_t)rom_info.file << 16 | DMA_SELECT | direction, file, DWORDS);
}

static int set(const struct shape *s, int clear)
{
	uint32_t file[DWORDS] = { 0, rom_info.framebuffer, FORMAT_XRGB, 0, s->width, s->height, s->width * PIXEL };

	if (clear && rom_info.framebuffer)
		big_fill32(rom_info.framebuffer, 0, (uint32_t)s->width * s->height);
	return config(DMA_WRITE, file);
}

static uint32_t get(enum card_register reg)
{
	uint32_t file[DWORDS];

	if (!config(DMA_READ, file))
		return 0;
	return reg == CARD_PITCH ? file[PITCH] : reg == CARD_START ? file[ADDRESS] - rom_info.framebuffer : 0;
}

/* It has no register for a start, but the picture may be anywhere. */
static int put(enum card_register reg, uint32_t value)
{
	uint32_t file[DWORDS];

	if (reg != CARD_START || !config(DMA_READ, file) || value > MEMORY - file[PITCH] * file[HEIGHT])
		return 0;
	file[ADDRESS] = rom_info.framebuffer + value;
	return config(DMA_WRITE, file);
}

const ROM struct card card_ramfb = {
	.flags = 0,
	.memory_64k = memory_64k,
	.framebuffer = framebuffer,
	.fits = bochs_display_fits,		/* the device takes no less */
	.set = set,
	.leave = card_no_leave,
	.get = get,
	.put = put,
	.edid = card_no_edid,
	.window_open = card_no_window,
	.window_close = card_no_leave,
};
