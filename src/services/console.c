/* SPDX-License-Identifier: BSD-2-Clause
 * src/services/console.c: see console.h.
 */
#include "services/console.h"
#include "arch/phys.h"
#include "arch/real_call.h"
#include "arch/vga_rom.h"
#include "hw/display/screen.h"
#include "hw/pci/config.h"
#include "services/guest.h"
#include "services/serial_console.h"
#include "std/bda.h"

#define VECTOR		0x10
#define SET_MODE	0x00
#define SET_SHAPE	0x01
#define SET_CURSOR	0x02
#define SCROLL_UP	0x06
#define WRITE_CELLS	0x09
#define TELETYPE	0x0e
#define TEXT		3		/* 80 columns, 25 lines, colour */
#define GREY		0x07		/* colour in graphics modes */
#define CURSOR_OFF	0x2000		/* of the cursor's shape */
#define COLUMNS		80		/* where nothing sensible is said */
#define ROWS		25
#define ROMS		0xc0000u	/* where option ROMs are */
#define ROMS_END	0xe8000u

static uint32_t handler;		/* segment << 16 | offset; 0: none */

/* What INT 10h leads to now, if that is a ROM or the serial console. */
static uint32_t screen(void)
{
	uint32_t vector = guest_vector(VECTOR);
	uint32_t linear = guest_linear_of(vector);

	return linear >= ROMS && linear < ROMS_END ? vector : serial_console_vector();
}

/* A program that gave up may have left a hook into its own memory: then the ROM's handler is called as it was. */
void console_call(struct regs *r)
{
	uint32_t now = screen();

	r->flags = FLAGS_FIXED | FLAGS_IF;
	real_call(r, now ? now : handler);
	pci_config_forget();
}

static void call_al(uint8_t function, uint8_t al)
{
	struct regs r = { .ah = function, .al = al, .bx = GREY };

	console_call(&r);
}

bool console_open(void)
{
	const struct bda *bda = guest_bda();

	handler = screen();
	if (!handler)
		return false;
	if (bda->video_mode != TEXT)
		call_al(SET_MODE, TEXT);
	return true;
}

void console_text(void)
{
	if (console_is_open())
		call_al(SET_MODE, TEXT);
}

bool console_is_open(void)
{
	return handler != 0;
}

/*
 * Nobody has asked the VGA BIOS for anything: the screen is as POST has set it up, and text costs no access where it is
 * plain memory. A hook in front of it, the serial console's too, is to see what is written.
 */
static bool untouched(void)
{
	return screen_is_text() && screen() == handler && guest_linear_of(handler) < ROMS_END &&
	       *(const uint8_t *)phys_to_ptr(VGA_BDA_INCOMPLETE) && guest_bda()->video_mode == TEXT;
}

/* As AH=0Eh. The VGA BIOS knows the cursor by BIOS data; it is not seen yet. */
static void write_plainly(uint8_t character)
{
	struct bda *bda = guest_bda();
	uint32_t row = bda->cursor[0] >> 8, column = bda->cursor[0] & 0xff;

	if (character == '\n') {
		column = 0;
		row++;
	} else {
		screen_write(row, column++, character, CONSOLE_PLAIN);
	}
	if (column == SCREEN_COLUMNS) {
		column = 0;
		row++;
	}
	if (row == SCREEN_ROWS) {
		row--;
		screen_scroll();
	}
	bda->cursor[0] = (uint16_t)(row << 8 | column);
}

void console_write(const char *text, uint32_t len)
{
	bool plainly = untouched();

	if (!console_is_open())
		return;
	for (; plainly && len && *text; text++, len--)
		write_plainly((uint8_t)*text);
	for (; len && *text; text++, len--) {
		if (*text == '\n')
			call_al(TELETYPE, '\r');
		call_al(TELETYPE, (uint8_t)*text);
	}
}

void console_print(const char *text)
{
	console_write(text, UINT32_MAX);
}

struct console_size console_size(void)
{
	const struct bda *bda = guest_bda();
	uint32_t columns = bda->video_columns, rows = bda->video_rows + 1u;

	if (columns < CONSOLE_COLUMNS_MIN || columns > CONSOLE_COLUMNS_MAX)
		columns = COLUMNS;
	if (rows < CONSOLE_ROWS_MIN || rows > CONSOLE_ROWS_MAX)
		rows = ROWS;
	return (struct console_size){ (uint8_t)columns, (uint8_t)rows };
}

void console_cursor(uint8_t row, uint8_t column)
{
	struct regs r = { .ah = SET_CURSOR, .dh = row, .dl = column };

	if (console_is_open())
		console_call(&r);
}

void console_show_cursor(bool show)
{
	uint16_t shape = guest_bda()->cursor_shape & (uint16_t)~CURSOR_OFF;
	struct regs r = { .ah = SET_SHAPE, .cx = show ? shape : shape | CURSOR_OFF };

	if (console_is_open())
		console_call(&r);
}

void console_clear(void)
{
	struct console_size size = console_size();
	struct regs r = { .ah = SCROLL_UP, .bh = CONSOLE_PLAIN, .dh = size.rows - 1, .dl = size.columns - 1 };

	if (!console_is_open())
		return;
	console_call(&r);
	console_cursor(0, 0);
}

void console_line(uint8_t row, const char *text, uint8_t colours)
{
	uint8_t columns = console_size().columns;

	if (!console_is_open())
		return;
	for (uint8_t column = 0; column < columns; column++) {
		bool end = !text[column];
		struct regs r = {
			.ah = WRITE_CELLS, .al = end ? ' ' : (uint8_t)text[column], .bl = colours,
			.cx = end ? columns - column : 1,
		};

		console_cursor(row, column);
		console_call(&r);
		if (end)
			break;
	}
}
