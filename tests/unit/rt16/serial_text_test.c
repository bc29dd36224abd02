/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/rt16/serial_text_test.c: characters, attributes and cursor on a terminal, and what is not sent.
 * LINK: src/rt16/serial_text.c src/rt16/cp437.c tests/fake/terminal.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "fake/terminal.h"
#include "rt16/cp437.h"
#include "rt16/serial_text.h"

static struct serial_text text;
static char sent[4096];
static uint32_t count;

void serial_send(uint32_t byte)
{
	assert_true(count < sizeof(sent) - 1);
	sent[count++] = (char)byte;
	sent[count] = '\0';
	fake_terminal_take((uint8_t)byte);
}

static int set_up(void **state)
{
	(void)state;
	fake_terminal_reset();
	serial_text_forget(&text);
	count = 0;
	sent[0] = '\0';
	return 0;
}

static const char *since(uint32_t *from)
{
	const char *at = sent + *from;

	*from = count;
	return at;
}

static void write_text(const char *what, uint8_t attribute)
{
	for (; *what; what++)
		serial_text_write(&text, (uint8_t)*what, attribute, FAKE_COLUMNS);
}

static void every_character_is_the_one_of_code_page_437(void **state)
{
	static const char all[] =
		" ☺☻♥♦♣♠•◘○◙♂♀♪♫☼►◄↕‼¶§▬↨↑↓→←∟↔▲▼"
		" !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~⌂"
		"ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐"
		"└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00a0";
	uint32_t from = 0;

	(void)state;
	serial_text_move(&text, 0, 0);
	serial_text_write(&text, 'x', 7, FAKE_COLUMNS);
	since(&from);
	for (uint32_t c = 0; c < 256; c++) {
		if (c % 64 == 0)
			serial_text_move(&text, 1 + c / 64, 0);
		if (c % 64 == 0)
			since(&from);
		serial_text_write(&text, c, 7, FAKE_COLUMNS);
		assert_int_equal(fake_terminal.cell[1 + c / 64][c % 64].point, cp437_point((uint8_t)c));
	}
	for (uint32_t c = 0, at = 0; c < 256; c++) {
		uint8_t first = (uint8_t)all[at];
		uint32_t bytes = first < 0x80 ? 1 : first < 0xe0 ? 2 : 3, point = first;

		if (bytes == 2)
			point = (first & 0x1fu) << 6 | ((uint8_t)all[at + 1] & 0x3f);
		else if (bytes == 3)
			point = (first & 0xfu) << 12 | ((uint8_t)all[at + 1] & 0x3fu) << 6 | ((uint8_t)all[at +
				2] & 0x3f);
		assert_int_equal(cp437_point((uint8_t)c), point);
		assert_int_equal(cp437_character((uint16_t)point), c >= 0x80 ? c : 0);
		at += bytes;
		assert_true(c < 255 ? at < sizeof(all) - 1 : at == sizeof(all) - 1);
	}
}

static void every_attribute_is_one_of_ansi(void **state)
{
	uint32_t from = 0;

	(void)state;
	for (uint32_t a = 0; a < 256; a++) {
		serial_text_move(&text, a / 16, a % 16);
		serial_text_write(&text, 'x', a, FAKE_COLUMNS);
		assert_int_equal(fake_terminal.cell[a / 16][a % 16].attribute, a);
	}
	since(&from);
	write_text("a", 0x1e);
	assert_string_equal(since(&from), "\033[0;1;33;44ma");
	write_text("bc", 0x1e);
	assert_string_equal(since(&from), "bc");
	write_text("d", 7);
	assert_string_equal(since(&from), "\033[0md");
	write_text("e", 0x84);
	assert_string_equal(since(&from), "\033[0;5;31me");
}

static void the_cursor_gets_from_anywhere_to_anywhere(void **state)
{
	static const uint8_t rows[] = { 0, 1, 9, 10, 23, 24 }, columns[] = { 0, 1, 8, 9, 78, 79 };

	(void)state;
	for (uint32_t i = 0; i < 36 * 36; i++) {
		uint8_t row = rows[i % 6], column = columns[i / 6 % 6], to_row = rows[i / 36 % 6],
			to_column = columns[i / 216];

		serial_text_move(&text, row, column);
		assert_true(fake_terminal.row == row && fake_terminal.column == column);
		if (i & 1)
			serial_text_write(&text, '.', 7, FAKE_COLUMNS);
		serial_text_move(&text, to_row, to_column);
		assert_true(fake_terminal.row == to_row && fake_terminal.column == to_column && !fake_terminal.wraps);
		count = 0;
	}
	assert_int_equal(fake_terminal.scrolled, 0);
}

static void a_move_sends_no_more_than_it_takes(void **state)
{
	uint32_t from = 0;

	(void)state;
	serial_text_move(&text, 3, 0);		/* from nowhere that is known */
	assert_string_equal(since(&from), "\033[4;1H");
	serial_text_move(&text, 3, 0);
	assert_string_equal(since(&from), "");
	write_text("abc", 7);
	since(&from);
	serial_text_move(&text, 3, 3);
	assert_string_equal(since(&from), "");
	serial_text_move(&text, 3, 2);
	assert_string_equal(since(&from), "\b");
	serial_text_move(&text, 3, 0);
	assert_string_equal(since(&from), "\r");
	write_text("x", 7);
	since(&from);
	serial_text_move(&text, 4, 0);
	assert_string_equal(since(&from), "\r\n");
	serial_text_move(&text, 3, 0);
	assert_string_equal(since(&from), "\033[4;1H");
	serial_text_move(&text, 3, 79);
	write_text("x", 7);
	since(&from);
	serial_text_move(&text, 4, 0);		/* behind the last column as well */
	assert_string_equal(since(&from), "\r\n");
	serial_text_move(&text, 3, 79);
	write_text("x", 7);
	since(&from);
	serial_text_move(&text, 3, 78);
	assert_string_equal(since(&from), "\033[4;79H");
}

static void areas_are_cleared_in_their_colour(void **state)
{
	uint32_t from = 0;

	(void)state;
	serial_text_move(&text, 5, 10);
	write_text("abcdef", 7);
	serial_text_move(&text, 5, 12);
	serial_text_clear_line(&text, 0x27);
	assert_string_equal(fake_terminal_row(5), "          ab");
	assert_int_equal(fake_terminal.cell[5][11].attribute, 7);
	assert_int_equal(fake_terminal.cell[5][12].attribute, 0x27);
	assert_int_equal(fake_terminal.cell[5][79].attribute, 0x27);
	serial_text_clear(&text, 0x47);
	assert_string_equal(fake_terminal_row(5), "");
	assert_int_equal(fake_terminal.cell[24][79].attribute, 0x47);
	since(&from);
	serial_text_move(&text, 0, 0);
	assert_string_equal(since(&from), "");
	assert_true(fake_terminal.row == 0 && fake_terminal.column == 0);
}

static void lines_go_up_at_the_bottom(void **state)
{
	(void)state;
	serial_text_move(&text, 0, 0);
	write_text("gone", 7);
	serial_text_move(&text, 2, 0);
	write_text("first", 7);
	serial_text_scroll(&text, 24, 2, 0x17);
	assert_string_equal(fake_terminal_row(0), "first");
	assert_int_equal(fake_terminal.scrolled, 2);
	assert_int_equal(fake_terminal.cell[24][0].attribute, 0x17);
	assert_int_equal(fake_terminal.cell[22][0].attribute, 7);
	serial_text_move(&text, 24, 5);
	assert_true(fake_terminal.row == 24 && fake_terminal.column == 5);
	serial_text_move(&text, 4, 5);
	serial_text_feed(&text);
	write_text("x", 7);
	assert_string_equal(fake_terminal_row(5), "     x");
}

#define TEST(name) cmocka_unit_test_setup(name, set_up)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_character_is_the_one_of_code_page_437),
		TEST(every_attribute_is_one_of_ansi),
		TEST(the_cursor_gets_from_anywhere_to_anywhere),
		TEST(a_move_sends_no_more_than_it_takes),
		TEST(areas_are_cleared_in_their_colour),
		TEST(lines_go_up_at_the_bottom),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
