/* SPDX-License-Identifier: BSD-2-Clause
 * src/rt16/serial_console.c: see serial_console.h.
 */
#include "rt16/serial_console.h"
#include "arch/far.h"
#include "arch/io.h"
#include "rt16/keyboard.h"
#include "std/bda.h"

#define ROOM_LOOKS	1000000ul	/* 100 ms at least, seconds where a look is a VM exit: hosts may be busy */
#define BYTES_AT_ONCE	16		/* of input */
#define ESC_TICKS	3		/* 110 ms at least, until ESC is a key of its own */
#define ESC_LOOKS	200000ul	/* about the same where no ticks come */

#define TEXT_SEGMENT	0xb800
#define TEXT_MASK	0x7ffe		/* 32 KiB of it */
#define LAST_TEXT_MODE	3
#define KEEP		0x80		/* AL of AH=00h: the screen is not cleared */
#define GREY		0x07
#define BLANK		' '
#define MODE_SET	0x30		/* AL of AH=00h: text */
#define VESA		0x4f
#define VESA_FAILED	0x0100		/* AX */

#define BELL		0x07
#define BACKSPACE	0x08
#define MOVE_CURSOR	0x01		/* AL of AH=13h */
#define WITH_ATTRIBUTES	0x02

struct serial_console serial_console;
static struct serial_console *const sc = &serial_console;

/* The screen in this call, as the BIOS data area has it; nothing comes between. */
static struct {
	uint8_t row, column;		/* of the cursor */
	uint8_t rows, columns;
	uint16_t start;			/* of the page that is shown */
	bool memory;			/* text can be read, */
	bool ours;			/* and has to be written */
	bool shown;			/* on the terminal */
} screen;

static volatile __far struct bda *bda(void)
{
	return far_open(BDA_SEGMENT, 0);
}

/* --- the port --------------------------------------------------------------------------------- */

/* The line's status. 0: there is no port, or it is another's from now on. */
static uint8_t look(void)
{
	uint16_t state;

	if (!sc->port)
		return 0;
	state = inw(sc->port + UART_MODEM_CONTROL);
	if ((uint8_t)state != SERIAL_MCR_OURS)
		sc->port = 0;
	return sc->port ? (uint8_t)(state >> 8 | 0x80) : 0;
}

/* Sending begins. False: nothing is to be sent. */
static bool begin(void)
{
	uint8_t state = look();

	sc->room = state & UART_LSR_ROOM ? sc->fifo : 0;
	if (!state || (sc->stalled && !sc->room))
		return false;
	if (sc->stalled)	/* what was sent last is not there */
		serial_text_forget(&sc->text);
	sc->stalled = false;
	sc->busy = true;
	if (!sc->begun) {
		sc->begun = true;
		serial_text_clear(&sc->text, GREY);
	}
	return true;
}

void serial_send(uint32_t byte)
{
	if (sc->stalled)
		return;
	for (uint32_t i = ROOM_LOOKS; !sc->room && i--;)
		if (inb(sc->port + UART_LINE_STATUS) & UART_LSR_ROOM)
			sc->room = sc->fifo;
	if (sc->room) {
		sc->room--;
		outb((uint8_t)byte, sc->port + UART_DATA);
	} else {
		sc->stalled = true;
	}
}

/* --- the screen ------------------------------------------------------------------------------- */

static uint32_t at_most(uint32_t value, uint32_t most)
{
	return value < most ? value : most;
}

/* Programs write there: what no terminal can be is taken for 80 by 25. */
static void load(void)
{
	volatile __far struct bda *b = bda();
	uint32_t columns = b->video_columns, rows = b->video_rows, page = sc->alone ? 0 : b->video_page & 7;
	uint32_t cursor = b->cursor[page];

	screen.columns = columns - 1 < 132 ? (uint8_t)columns : 80;
	screen.rows = rows - 1 < 99 ? (uint8_t)(rows + 1) : 25;
	screen.start = sc->alone ? 0 : b->video_page_start;
	screen.memory = sc->alone ? sc->memory : b->video_mode <= LAST_TEXT_MODE;
	screen.ours = sc->alone && sc->memory;
	screen.row = at_most(cursor >> 8, screen.rows - 1);
	screen.column = at_most(cursor & 0xff, screen.columns - 1);
}

static volatile __far uint16_t *cell(uint32_t row, uint32_t column)
{
	return far_open(TEXT_SEGMENT, (uint16_t)((screen.start + (row * screen.columns + column) * 2) & TEXT_MASK));
}

static uint32_t cell_at(uint32_t row, uint32_t column)
{
	return screen.memory ? *cell(row, column) : GREY << 8 | BLANK;
}

static uint32_t attribute_at(uint32_t row, uint32_t column)
{
	return cell_at(row, column) >> 8;
}

static void put(uint32_t row, uint32_t column, uint32_t attribute, uint32_t character)
{
	if (screen.shown) {
		serial_text_move(&sc->text, row, column);
		serial_text_write(&sc->text, character, attribute, screen.columns);
	}
	if (screen.ours)
		*cell(row, column) = (uint16_t)(attribute << 8 | (character & 0xff));
}

/* Blanks from column to right. */
static void blank(uint32_t row, uint32_t column, uint32_t right, uint32_t attribute)
{
	bool shown = screen.shown;

	if (shown && right == screen.columns - 1u) {
		serial_text_move(&sc->text, row, column);
		serial_text_clear_line(&sc->text, attribute);
		screen.shown = false;
	}
	for (; column <= right; column++)
		put(row, column, attribute, BLANK);
	screen.shown = shown;
}

struct window {
	uint32_t top, left, bottom, right;
};

/* Rows of a window go up or down by a number of lines. What was in them is shown again, where it is known. */
static void shift(const struct window *w, uint32_t lines, bool up, uint32_t attribute)
{
	uint32_t height = w->bottom - w->top + 1;

	for (uint32_t i = 0; i < height; i++) {
		uint32_t row = up ? w->top + i : w->bottom - i, from = up ? row + lines : row - lines;

		if (i >= height - lines)
			blank(row, w->left, w->right, attribute);
		else if (screen.memory)
			for (uint32_t column = w->left; column <= w->right; column++)
				put(row, column, attribute_at(from, column), cell_at(from, column));
	}
}

/*
 * All of the screen up by a number of lines, or all of them: the terminal does that by itself, and what leaves it at
 * the top can be looked at later.
 */
static void scroll_all(uint32_t lines, uint32_t attribute)
{
	struct window all = { 0, 0, screen.rows - 1u, screen.columns - 1u };
	bool shown = screen.shown;

	if (shown && lines == screen.rows)
		serial_text_clear(&sc->text, attribute);
	else if (shown)
		serial_text_scroll(&sc->text, all.bottom, lines, attribute);
	screen.shown = false;
	if (screen.ours)
		shift(&all, lines, true, attribute);
	screen.shown = shown;
}

static void scroll(const struct regs *r)
{
	struct window w = { r->ch, r->cl, at_most(r->dh, screen.rows - 1), at_most(r->dl, screen.columns - 1) };
	uint32_t last = w.bottom - w.top, lines = r->al;
	bool up = r->ah == 0x06;

	if (w.top > w.bottom || w.left > w.right)
		return;
	if (!lines || lines > last) {
		lines = last + 1;
		up = true;
	}
	if (up && last == screen.rows - 1u && w.right - w.left == screen.columns - 1u)
		scroll_all(lines, r->bh);
	else
		shift(&w, lines, up, r->bh);
}

static void feed(void)
{
	/* At once where the terminal's cursor is, so that who takes the port next finds a line of his own. */
	if (screen.shown && sc->text.row == screen.row && !screen.column)
		serial_text_move(&sc->text, screen.row, 0);
	if (screen.row == screen.rows - 1) {
		scroll_all(1, attribute_at(screen.row, screen.column));
		return;
	}
	if (screen.shown && sc->text.row == screen.row)
		serial_text_feed(&sc->text);
	screen.row++;
}

/* As a teletype has it. */
#define AS_IT_IS 0x100		/* for an attribute: what is there stays */
static void type(uint32_t character, uint32_t attribute)
{
	switch (character) {
	case BELL:
		if (screen.shown)
			serial_send(BELL);
		break;
	case BACKSPACE:
		if (screen.column)
			screen.column--;
		break;
	case '\n':
		feed();
		break;
	case '\r':
		screen.column = 0;
		break;
	default:
		if (attribute == AS_IT_IS)
			attribute = attribute_at(screen.row, screen.column);
		put(screen.row, screen.column, attribute, character);
		if (++screen.column == screen.columns) {
			screen.column = 0;
			feed();
		}
		break;
	}
}

/* Characters from the cursor on, over the ends of lines, up to the last. */
static void repeat(const struct regs *r)
{
	uint32_t cells = screen.rows * screen.columns, at = screen.row * screen.columns + screen.column, left = r->cx;
	bool coloured = r->ah == 0x09 && screen.memory, blanks = coloured && (r->al == BLANK || !r->al);

	if (blanks && !at && left >= cells) {
		scroll_all(screen.rows, r->bl);
		return;
	}
	for (uint32_t row = screen.row, column = screen.column; left && row < screen.rows; column = 0, row++) {
		uint32_t end = column + left < screen.columns ? column + left : screen.columns;

		left -= end - column;
		if (blanks && end == screen.columns) {
			blank(row, column, end - 1, r->bl);
			continue;
		}
		for (; column < end; column++)
			put(row, column, coloured ? r->bl : attribute_at(row, column), r->al);
	}
}

static void string(const struct regs *r)
{
	uint16_t at = r->bp;
	uint8_t row = screen.row, column = screen.column, attribute = r->bl;

	screen.row = at_most(r->dh, screen.rows - 1);
	screen.column = at_most(r->dl, screen.columns - 1);
	for (uint32_t left = r->cx; left--;) {
		uint8_t character = *(volatile __far uint8_t *)far_open(r->es, at++);

		if (r->al & WITH_ATTRIBUTES)
			attribute = *(volatile __far uint8_t *)far_open(r->es, at++);
		type(character, attribute);
	}
	if (!(r->al & MOVE_CURSOR)) {
		screen.row = row;
		screen.column = column;
	}
}

/* --- calls ------------------------------------------------------------------------------------ */

/* What a call shows. False: it shows nothing. */
static bool show(const struct regs *r)
{
	switch (r->ah) {
	case 0x00:
		screen.row = screen.column = 0;
		if (!(r->al & KEEP))
			scroll_all(screen.rows, GREY);
		return true;
	case 0x06:
	case 0x07:
		scroll(r);
		return true;
	case 0x09:
	case 0x0a:
		repeat(r);
		return true;
	case 0x0e:
		type(r->al, AS_IT_IS);
		return true;
	case 0x13:
		string(r);
		return true;
	default:
		return false;
	}
}

void serial_console_mirror(const struct regs *r)
{
	if (!begin())
		return;
	load();
	screen.shown = true;
	show(r);
}

/* AH=00h. Text of 40 or 80 columns is all there is. False: another mode. */
static bool set_mode(uint8_t mode)
{
	volatile __far struct bda *b = bda();

	mode &= ~KEEP;
	if (mode > LAST_TEXT_MODE)
		return false;
	b->video_mode = mode;
	b->video_columns = mode < 2 ? 40 : 80;
	b->video_rows = 24;
	b->cursor_shape = 0x0607;
	return true;
}

/* The others, which send nothing. */
static void answer(struct regs *r)
{
	volatile __far struct bda *b = bda();

	switch (r->ah) {
	case 0x01:
		b->cursor_shape = r->cx;
		break;
	case 0x02:
		b->cursor[0] = r->dx;
		break;
	case 0x03:
		r->cx = b->cursor_shape;
		r->dx = b->cursor[0];
		break;
	case 0x08:
		r->ax = (uint16_t)cell_at(screen.row, screen.column);
		break;
	case 0x0f:
		r->al = b->video_mode;
		r->ah = (uint8_t)b->video_columns;
		r->bh = 0;
		break;
	case VESA:
		r->ax = VESA_FAILED;
		break;
	default:
		break;
	}
}

void serial_console_service(struct regs *r)
{
	if (!sc->alone || (!r->ah && !set_mode(r->al)))
		return;
	load();
	screen.shown = begin();
	if (!show(r)) {
		answer(r);
		return;
	}
	bda()->cursor[0] = (uint16_t)(screen.row << 8 | screen.column);
	if (!r->ah)
		r->al = MODE_SET;
}

/* --- keys ------------------------------------------------------------------------------------- */

static void bring(uint16_t word)
{
	if (word == SERIAL_KEYS_RESTART)
		keyboard_restart();
	if (word)
		keyboard_put(word);
}

/* Bytes that have come. Returns whether any have. */
static bool take_bytes(uint8_t state)
{
	uint8_t n;

	for (n = 0; n < BYTES_AT_ONCE && state & UART_LSR_RECEIVED; n++) {
		uint8_t byte;

		if (keyboard_full())	/* the rest waits in the port, and with QEMU beyond it */
			break;
		byte = inb(sc->port + UART_DATA);
		bring(state & UART_LSR_BAD ? 0 : serial_keys_take(&sc->keys, byte));
		state = inb(sc->port + UART_LINE_STATUS);
	}
	return n;
}

static bool ticks_come(void)
{
	return bda()->ticks != sc->ticks;
}

/* No byte has come. */
static void be_patient(bool tick)
{
	if (!sc->keys.state)
		return;
	if (tick)
		sc->quiet++;
	else if (!ticks_come())
		sc->looks++;
	if (sc->quiet < ESC_TICKS && sc->looks < ESC_LOOKS)
		return;
	bring(serial_keys_end(&sc->keys));
}

static void show_cursor(void)
{
	uint16_t cursor;

	load();
	cursor = bda()->cursor[sc->alone ? 0 : bda()->video_page & 7];
	if (cursor == (uint16_t)(screen.row << 8 | screen.column) &&	/* else it is hidden there */
	    (screen.row != sc->text.row || screen.column != sc->text.column) && begin())
		serial_text_move(&sc->text, screen.row, screen.column);
}

void serial_console_poll(bool tick)
{
	uint8_t state = look();

	if (!state)
		return;
	if (take_bytes(state)) {
		sc->quiet = 0;
		sc->looks = 0;
		return;
	}
	be_patient(tick);
	if (!tick || !sc->busy)
		show_cursor();
	if (tick)
		sc->busy = false;
}

bool serial_console_is_alone(void)
{
	return sc->port && !ticks_come();
}
