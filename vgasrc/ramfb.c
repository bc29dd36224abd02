/* SPDX-License-Identifier: BSD-2-Clause
 * vgasrc/ramfb.c: see ramfb.h. The display has no register but a file of fw_cfg that says where the picture is; the
 * device keeps what was written there, and shows what it can.
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

/*
 * A request to fw_cfg and, behind it, what it moves, in dwords: all is made of big-endian ones. Of the file's, the
 * others are 0; of the directory's entries, the key is in the upper half, and the name follows.
 */
enum { CONTROL, LENGTH, TO = 3, DATA };
enum { ADDRESS = DATA + 1, FORMAT, WIDTH = DATA + 4, HEIGHT, PITCH, CONFIG_END };
enum { ENTRY_SIZE = DATA, ENTRY_KEY, ENTRY_NAME, ENTRY_END = DATA + 16 };

#define PORT_DMA_LOW	0x518		/* bits 31..0 of the request's address: starts it; the upper half is 0 */
#define DMA_READ	0x02u
#define DMA_SELECT	0x08u		/* bits 31..16: what is read or written */
#define DMA_WRITE	0x10u
#define DIRECTORY	0x19u
#define FILES_MAX	4096u		/* more than any machine has */

static void swap(uint32_t *dwords, uint32_t count)
{
	NEAR(dwords);
	for (; count; count--, dwords++)
		*dwords = be32_to_cpu((be32_t){ *dwords });
}

/* All up to end in native order. False: nothing is there that does it, or it must not be asked. It is done at once. */
static bool transfer(uint32_t *request, uint32_t control, uint32_t end)
{
	uint32_t at;
	uint16_t stack;

	if (!big_real_possible())	/* what is physical is not known */
		return 0;
	__asm__("movw %%ss, %0" : "=r"(stack));
	at = ((uint32_t)stack << 4) + (uint32_t)(uintptr_t)request;
	request[CONTROL] = control;
	request[LENGTH] = (end - DATA) * 4;
	request[TO - 1] = 0;
	request[TO] = at + DATA * 4;
	swap(request, end);
	outl(cpu_to_be32(at).raw, PORT_DMA_LOW);
	swap(request, end);
	return request[CONTROL] == 0;
}

static bool is_ramfb(const uint32_t *entry)
{
	static const ROM uint32_t name[] = { 0x6574632f, 0x72616d66, 0x62000000 };	/* "etc/ramfb" */

	for (uint32_t i = 0; i < 3; i++)
		if (entry[ENTRY_NAME + i] != name[i])
			return 0;
	return entry[ENTRY_SIZE] == (CONFIG_END - DATA) * 4;
}

/* 0: there is none. */
static uint16_t find_file(void)
{
	uint32_t entry[ENTRY_END], count;

	if (!transfer(entry, DIRECTORY << 16 | DMA_SELECT | DMA_READ, DATA + 1))
		return 0;
	for (count = entry[DATA]; count && count < FILES_MAX; count--)
		if (transfer(entry, DMA_READ, ENTRY_END) && is_ramfb(entry))
			return (uint16_t)(entry[ENTRY_KEY] >> 16);
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
	return rom_info.framebuffer && big_real_possible() ? MEMORY >> 16 : 0;
}

static bool config(uint32_t direction, uint32_t *file)
{
	uint32_t control = (uint32_t)rom_info.file << 16 | DMA_SELECT | direction;

	return rom_info.framebuffer && transfer(file, control, CONFIG_END);
}

static bool set(const struct shape *s, bool clear)
{
	uint32_t file[CONFIG_END] = { [ADDRESS] = rom_info.framebuffer, FORMAT_XRGB, 0, s->width, s->height,
				      s->width * PIXEL };

	if (clear && rom_info.framebuffer)
		big_fill32(rom_info.framebuffer, 0, (uint32_t)s->width * s->height);
	return config(DMA_WRITE, file);
}

static uint32_t get(enum card_register reg)
{
	uint32_t file[CONFIG_END];

	if (!config(DMA_READ, file))
		return 0;
	return reg == CARD_PITCH ? file[PITCH] : reg == CARD_START ? file[ADDRESS] - rom_info.framebuffer : 0;
}

/* It has no register for a start, but the picture may be anywhere. */
static bool put(enum card_register reg, uint32_t value)
{
	uint32_t file[CONFIG_END];

	if (reg != CARD_START || !config(DMA_READ, file) || value > MEMORY - file[PITCH] * file[HEIGHT])
		return 0;
	file[ADDRESS] = rom_info.framebuffer + value;
	return config(DMA_WRITE, file);
}

const ROM struct card card_ramfb = {
	.flags = 0,
	.memory_64k = memory_64k,
	.framebuffer = bochs_display_framebuffer,
	.fits = bochs_display_fits,		/* the device takes no less */
	.set = set,
	.leave = card_no_leave,
	.get = get,
	.put = put,
	.edid = card_none,
	.window_open = card_no_window,
	.window_close = card_no_leave,
};
