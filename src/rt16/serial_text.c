/* SPDX-License-Identifier: BSD-2-Clause
 * src/rt16/serial_text.c: see serial_text.h.
 */
#include "rt16/serial_text.h"
#include "rt16/cp437.h"

#define ESCAPE		0x1b
/* Of an attribute. */
#define BRIGHT		0x08
#define BLINKING	0x80
#define FOREGROUND(a)	((a) & 7)
#define BACKGROUND(a)	((a) >> 4 & 7)
#define WHITE		7		/* the terminal's own, as its black is the background */

static void sequence(void)
{
	serial_send(ESCAPE);
	serial_send('[');
}

static void number(uint32_t n)
{
	if (n >= 100)
		serial_send('0' + n / 100);
	if (n >= 10)
		serial_send('0' + n / 10 % 10);
	serial_send('0' + n % 10);
}

/* Another parameter of SGR: one digit, or two. */
static void choose(uint32_t what)
{
	serial_send(';');
	number(what);
}

static void set_attribute(struct serial_text *t, uint32_t attribute)
{
	/* Red and blue are the other way round. */
	static const uint8_t colour[] = { 0, 4, 2, 6, 1, 5, 3, 7 };

	if (t->coloured && t->attribute == attribute)
		return;
	t->coloured = true;
	t->attribute = (uint8_t)attribute;
	sequence();
	serial_send('0');
	if (attribute & BRIGHT)
		choose(1);
	if (attribute & BLINKING)
		choose(5);
	if (FOREGROUND(attribute) != WHITE)
		choose(30 + colour[FOREGROUND(attribute)]);
	if (BACKGROUND(attribute))
		choose(40 + colour[BACKGROUND(attribute)]);
	serial_send('m');
}

void serial_text_forget(struct serial_text *t)
{
	t->row = t->column = SERIAL_TEXT_UNKNOWN;
	t->coloured = false;
}

void serial_text_move(struct serial_text *t, uint32_t row, uint32_t column)
{
	uint32_t down = row - t->row;

	if (!down && column == t->column)
		return;
	if (!column && down <= 1) {
		serial_send('\r');
		if (down)
			serial_send('\n');
	} else if (!down && t->column - 1u == column) {
		serial_send('\b');
	} else {
		sequence();
		number(row + 1);
		serial_send(';');
		number(column + 1);
		serial_send('H');
	}
	t->row = (uint8_t)row;
	t->column = (uint8_t)column;
}

static void send_point(uint32_t point)
{
	if (point < 0x80) {
		serial_send(point);
		return;
	}
	if (point < 0x800) {
		serial_send(0xc0 | point >> 6);
	} else {
		serial_send(0xe0 | point >> 12);
		serial_send(0x80 | (point >> 6 & 0x3f));
	}
	serial_send(0x80 | (point & 0x3f));
}

void serial_text_write(struct serial_text *t, uint32_t character, uint32_t attribute, uint32_t columns)
{
	set_attribute(t, attribute);
	send_point(cp437_point((uint8_t)character));
	if (t->column != SERIAL_TEXT_UNKNOWN && ++t->column >= columns)
		t->column = SERIAL_TEXT_UNKNOWN;
}

void serial_text_clear_line(struct serial_text *t, uint32_t attribute)
{
	set_attribute(t, attribute);
	sequence();
	serial_send('K');
}

void serial_text_clear(struct serial_text *t, uint32_t attribute)
{
	set_attribute(t, attribute);
	sequence();
	serial_send('H');
	sequence();
	serial_send('2');
	serial_send('J');
	t->row = t->column = 0;
}

void serial_text_feed(struct serial_text *t)
{
	serial_send('\n');
	t->row++;
}

void serial_text_scroll(struct serial_text *t, uint32_t bottom, uint32_t rows, uint32_t attribute)
{
	if (t->row != bottom)
		serial_text_move(t, bottom, 0);
	set_attribute(t, attribute);
	while (rows--)
		serial_send('\n');
}
