/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fake/terminal.c: see terminal.h.
 */
#include "fake/terminal.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct fake_terminal fake_terminal;
static struct fake_terminal *const t = &fake_terminal;

static void erase(uint32_t row, uint32_t column, uint32_t end)
{
	/* The background that was chosen, and nothing else of it. */
	for (; column < end; column++)
		t->cell[row][column] = (struct fake_cell){ ' ', (uint8_t)((t->attribute & 0x70) | 7) };
}

void fake_terminal_reset(void)
{
	memset(t, 0, sizeof(*t));
	t->attribute = 7;
	for (uint32_t row = 0; row < FAKE_ROWS; row++)
		erase(row, 0, FAKE_COLUMNS);
}

static void line_feed(void)
{
	if (t->row < FAKE_ROWS - 1) {
		t->row++;
		return;
	}
	memmove(t->cell[0], t->cell[1], sizeof(t->cell) - sizeof(t->cell[0]));
	erase(FAKE_ROWS - 1, 0, FAKE_COLUMNS);
	t->scrolled++;
}

static void show(uint32_t point)
{
	if (t->wraps) {
		t->column = 0;
		line_feed();
		t->wraps = false;
	}
	t->cell[t->row][t->column] = (struct fake_cell){ (uint16_t)point, t->attribute };
	if (t->column == FAKE_COLUMNS - 1)
		t->wraps = true;
	else
		t->column++;
}

static uint32_t swap(uint32_t colour)
{
	return (colour & 2) | (colour & 1) << 2 | (colour >> 2 & 1);
}

static void choose(uint32_t what)
{
	switch (what) {
	case 0:
		t->attribute = 7;
		break;
	case 1:
		t->attribute |= 8;
		break;
	case 5:
		t->attribute |= 0x80;
		break;
	default:
		assert((what >= 30 && what < 38) || (what >= 40 && what < 48));
		if (what < 40)
			t->attribute = (uint8_t)((t->attribute & 0xf8) | swap(what - 30));
		else
			t->attribute = (uint8_t)((t->attribute & 0x8f) | swap(what - 40) << 4);
		break;
	}
}

/* ESC [ parameters and a letter are complete. */
static void sequence(char letter)
{
	uint32_t parameter[8] = { 0 }, n = 0;
	char *at = t->pending + 2;

	t->pending[t->length - 1] = '\0';
	for (;; n++, at++) {
		assert(n < 8);
		parameter[n] = (uint32_t)strtoul(at, &at, 10);
		if (*at != ';')
			break;
	}
	assert(!*at);
	switch (letter) {
	case 'H':
		assert(parameter[0] <= FAKE_ROWS && parameter[1] <= FAKE_COLUMNS);
		t->row = (uint8_t)(parameter[0] ? parameter[0] - 1 : 0);
		t->column = (uint8_t)(parameter[1] ? parameter[1] - 1 : 0);
		t->wraps = false;
		break;
	case 'J':
		assert(parameter[0] == 2);
		for (uint32_t row = 0; row < FAKE_ROWS; row++)
			erase(row, 0, FAKE_COLUMNS);
		break;
	case 'K':
		assert(parameter[0] == 0);
		erase(t->row, t->column, FAKE_COLUMNS);
		break;
	case 'm':
		for (uint32_t i = 0; i <= n; i++)
			choose(parameter[i]);
		break;
	default:
		assert(false);
	}
}

static void control(uint8_t byte)
{
	switch (byte) {
	case '\a':
		t->bells++;
		break;
	case '\b':
		assert(t->column && !t->wraps);		/* terminals differ there */
		t->column--;
		break;
	case '\n':
		line_feed();
		break;
	case '\r':
		t->column = 0;
		t->wraps = false;
		break;
	default:
		assert(false);
	}
}

static uint32_t needed(uint8_t first)
{
	assert(first >= 0xc2 && first < 0xf0);
	return first < 0xe0 ? 2 : 3;
}

static void in_utf8(void)
{
	const uint8_t *p = (const uint8_t *)t->pending;

	if (t->length < needed(p[0]))
		return;
	for (uint32_t i = 1; i < t->length; i++)
		assert((p[i] & 0xc0) == 0x80);
	if (t->length == 2)
		show((p[0] & 0x1fu) << 6 | (p[1] & 0x3fu));
	else
		show((p[0] & 0xfu) << 12 | (p[1] & 0x3fu) << 6 | (p[2] & 0x3fu));
	t->length = 0;
}

void fake_terminal_take(uint8_t byte)
{
	t->bytes++;
	if (!t->length && byte != 0x1b && byte < 0x80) {
		if (byte < 0x20)
			control(byte);
		else
			show(byte);
		return;
	}
	assert(t->length < sizeof(t->pending));
	t->pending[t->length++] = (char)byte;
	if (t->pending[0] != 0x1b) {
		in_utf8();
	} else if (t->length == 2) {
		assert(byte == '[');
	} else if (t->length > 2 && byte >= 0x40) {
		sequence((char)byte);
		t->length = 0;
	}
}

const char *fake_terminal_row(uint32_t row)
{
	static char text[FAKE_COLUMNS + 1];
	uint32_t end = 0;

	for (uint32_t i = 0; i < FAKE_COLUMNS; i++) {
		uint16_t point = t->cell[row][i].point;

		text[i] = point < 0x80 ? (char)point : '?';
		if (text[i] != ' ')
			end = i + 1;
	}
	text[end] = '\0';
	return text;
}
