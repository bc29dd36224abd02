/* SPDX-License-Identifier: BSD-2-Clause
 * src/services/console.c: see console.h.
 */
#include "services/console.h"
#include "arch/real_call.h"
#include "hw/pci/config.h"
#include "services/guest.h"
#include "services/serial_console.h"
#include "std/bda.h"

#define VECTOR		0x10
#define TELETYPE	0x0e
#define SET_MODE	0x00
#define TEXT		3		/* 80 columns, 25 lines, colour */
#define GREY		0x07		/* colour in graphics modes */
#define ROMS		0xc0000u	/* where option ROMs are */
#define ROMS_END	0xe8000u

static uint32_t handler;		/* segment << 16 | offset; 0: none */

/* What INT 10h leads to now, if that is a ROM or the serial console. */
static uint32_t screen(void)
{
	uint32_t vector = guest_vector(VECTOR);
	uint32_t linear = (vector >> 16 << 4) + (vector & 0xffff);

	return linear >= ROMS && linear < ROMS_END ? vector : serial_console_vector();
}

/* A program that gave up may have left a hook into its own memory: then the ROM's handler is called as it was. */
static void call(uint8_t function, uint8_t al)
{
	struct regs r = { .flags = FLAGS_FIXED | FLAGS_IF, .ah = function, .al = al, .bx = GREY };
	uint32_t now = screen();

	real_call(&r, now ? now : handler);
	pci_config_forget();
}

bool console_open(void)
{
	const struct bda *bda = guest_bda();

	handler = screen();
	if (!handler)
		return false;
	if (bda->video_mode != TEXT)
		call(SET_MODE, TEXT);
	return true;
}

bool console_is_open(void)
{
	return handler != 0;
}

void console_write(const char *text, uint32_t len)
{
	if (!console_is_open())
		return;
	for (; len && *text; text++, len--) {
		if (*text == '\n')
			call(TELETYPE, '\r');
		call(TELETYPE, (uint8_t)*text);
	}
}

void console_print(const char *text)
{
	console_write(text, UINT32_MAX);
}
