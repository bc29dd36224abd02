/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/rt16/serial_keys_test.c: what terminals send for each key, broken off and continued at every byte, and
 * what is no key.
 * LINK: src/rt16/serial_keys.c src/rt16/key_table.c src/rt16/cp437.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "lib/bits.h"
#include "rt16/serial_keys.h"

static struct serial_keys keys;

static int set_up(void **state)
{
	(void)state;
	memset(&keys, 0, sizeof(keys));
	return 0;
}

/* The word that the last byte brings; none before it brings any. */
static uint16_t type(const char *bytes)
{
	for (; bytes[1]; bytes++)
		assert_int_equal(serial_keys_take(&keys, (uint8_t)*bytes), 0);
	return serial_keys_take(&keys, (uint8_t)*bytes);
}

/* Words as the keyboard's buffer has them (tests/data/keyboard). */
static const struct {
	const char *bytes;
	uint16_t word;
} sent[] = {
	/* xterm, Linux, VT220: the grey keys. */
	{ "\033[A", 0x48e0 }, { "\033[B", 0x50e0 }, { "\033[C", 0x4de0 }, { "\033[D", 0x4be0 },
	{ "\033OA", 0x48e0 }, { "\033OB", 0x50e0 }, { "\033OC", 0x4de0 }, { "\033OD", 0x4be0 },
	{ "\033[H", 0x47e0 }, { "\033[F", 0x4fe0 }, { "\033OH", 0x47e0 }, { "\033OF", 0x4fe0 },
	{ "\033[1~", 0x47e0 }, { "\033[4~", 0x4fe0 }, { "\033[7~", 0x47e0 }, { "\033[8~", 0x4fe0 },
	{ "\033[2~", 0x52e0 }, { "\033[3~", 0x53e0 }, { "\033[5~", 0x49e0 }, { "\033[6~", 0x51e0 },
	/* F1-F12 in their four forms. */
	{ "\033OP", 0x3b00 }, { "\033OQ", 0x3c00 }, { "\033OR", 0x3d00 }, { "\033OS", 0x3e00 },
	{ "\033[P", 0x3b00 }, { "\033[S", 0x3e00 },
	{ "\033[11~", 0x3b00 }, { "\033[12~", 0x3c00 }, { "\033[13~", 0x3d00 }, { "\033[14~", 0x3e00 },
	{ "\033[[A", 0x3b00 }, { "\033[[B", 0x3c00 }, { "\033[[C", 0x3d00 }, { "\033[[D", 0x3e00 },
	{ "\033[[E", 0x3f00 },
	{ "\033[15~", 0x3f00 }, { "\033[17~", 0x4000 }, { "\033[18~", 0x4100 }, { "\033[19~", 0x4200 },
	{ "\033[20~", 0x4300 }, { "\033[21~", 0x4400 }, { "\033[23~", 0x8500 }, { "\033[24~", 0x8600 },
	/* Shift 2, Alt 3, Ctrl 5. */
	{ "\033[1;2P", 0x5400 }, { "\033[1;3Q", 0x6900 }, { "\033[1;5R", 0x6000 }, { "\033O2P", 0x5400 },
	{ "\033O5S", 0x6100 },
	{ "\033[15;2~", 0x5800 }, { "\033[24;5~", 0x8a00 }, { "\033[23;3~", 0x8b00 },
	{ "\033[1;2A", 0x48e0 }, { "\033[1;5A", 0x8de0 }, { "\033[1;3A", 0x9800 }, { "\033[1;5D", 0x73e0 },
	{ "\033[3;3~", 0xa300 }, { "\033[3;7~", SERIAL_KEYS_RESTART }, { "\033[3;8~", SERIAL_KEYS_RESTART },
	{ "\033[5;5~", 0x84e0 }, { "\033[1;1B", 0x50e0 }, { "\033[1;0B", 0x50e0 },
	{ "\033[Z", 0x0f00 }, { "\t", 0x0f09 }, { "\033\t", 0xa5f0 },
	{ "\r", 0x1c0d }, { "\n", 0x1c0a }, { "\033\r", 0x1cf0 }, { "\177", 0x0e08 }, { "\b", 0x0e08 },
	{ "\033\177", 0x0ef0 },
	/* The keypad in application mode. */
	{ "\033OM", 0xe00d }, { "\033Oj", 0x092a }, { "\033Ok", 0x0d2b }, { "\033Om", 0x0c2d }, { "\033On", 0x342e },
	{ "\033Oo", 0x352f }, { "\033Op", 0x0b30 }, { "\033Oy", 0x0a39 },
	{ "a", 0x1e61 }, { "Z", 0x2c5a }, { " ", 0x3920 }, { "1", 0x0231 }, { "!", 0x0221 }, { "~", 0x297e },
	{ "\\", 0x2b5c },
	{ "|", 0x2b7c }, { "+", 0x0d2b }, { "-", 0x0c2d }, { "*", 0x092a }, { "/", 0x352f }, { ".", 0x342e },
	{ "[", 0x1a5b },
	{ "O", 0x184f }, { "\001", 0x1e01 }, { "\003", 0x2e03 }, { "\032", 0x2c1a }, { "\034", 0x2b1c },
	{ "\035", 0x1b1d },
	{ "\036", 0x071e }, { "\037", 0x0c1f },
	{ "\033a", 0x1e00 }, { "\033A", 0x1e00 }, { "\033z", 0x2c00 }, { "\0331", 0x7800 }, { "\033-", 0x8200 },
	{ "\033 ", 0x3920 },
	/* UTF-8 of what code page 437 has. */
	{ "\xc3\xa4", 0x0084 }, { "\xc3\x87", 0x0080 }, { "\xe2\x94\x80", 0x00c4 }, { "\xe2\x82\xa7", 0x009e },
	{ "\xc2\xa0", 0x00ff },
};

static void keys_become_the_words_of_a_keyboard(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(sent); i++) {
		uint16_t word = type(sent[i].bytes);

		if (word != sent[i].word)
			print_error("%s: %04x\n", sent[i].bytes + (sent[i].bytes[0] == '\033'), word);
		assert_int_equal(word, sent[i].word);
		assert_int_equal(serial_keys_end(&keys), 0);
	}
}

static void every_character_has_its_key(void **state)
{
	(void)state;
	for (char c = 0x20; c < 0x7f; c++) {
		const char bytes[] = { c, 0 }, alt[] = { '\033', c, 0 };

		assert_int_equal(type(bytes) & 0xff, c);
		if (c != '[' && c != 'O') {
			uint16_t word = type(alt);

			assert_true(word && ((word & 0xff) == 0 || (word & 0xff) == 0xf0 || c == ' '));
		}
	}
	assert_int_equal(serial_keys_take(&keys, 0), 0x0300);
}

static void esc_is_a_key_when_nothing_follows(void **state)
{
	(void)state;
	assert_int_equal(type("\033"), 0);
	assert_int_equal(serial_keys_end(&keys), 0x011b);
	assert_int_equal(serial_keys_end(&keys), 0);
	assert_int_equal(type("\033\033"), 0x011b);
	assert_int_equal(serial_keys_end(&keys), 0x011b);
	assert_int_equal(type("\033["), 0);
	assert_int_equal(serial_keys_end(&keys), 0x1af0);	/* Alt and the bracket */
	assert_int_equal(type("\033O"), 0);
	assert_int_equal(serial_keys_end(&keys), 0x1800);
	assert_int_equal(type("\033O5"), 0);
	assert_int_equal(serial_keys_end(&keys), 0);
	assert_int_equal(type("\033[\177"), 0x0e08);
	assert_int_equal(type("\033\033"), 0x011b);
	assert_int_equal(type("[A"), 0x48e0);
}

/* The rest of a sequence that was broken off is what it would be by itself, and the next key is itself. */
static void a_sequence_may_break_off_anywhere(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(sent); i++)
		for (uint32_t n = 1; n < strlen(sent[i].bytes); n++) {
			for (uint32_t at = 0; at < n; at++)
				assert_int_equal(serial_keys_take(&keys, (uint8_t)sent[i].bytes[at]), 0);
			serial_keys_end(&keys);
			assert_int_equal(type("x"), 0x2d78);
			for (uint32_t at = 0; at < n; at++)
				serial_keys_take(&keys, (uint8_t)sent[i].bytes[at]);
			serial_keys_take(&keys, '\033');	/* begins anew at once */
			assert_int_equal(type("[A"), 0x48e0);
			for (uint32_t at = 0; at < n; at++)
				serial_keys_take(&keys, (uint8_t)sent[i].bytes[at]);
			if (sent[i].bytes[0] != '\033' || n > 1)
				assert_int_equal(type("\r"), 0x1c0d);
			serial_keys_end(&keys);
		}
}

static void what_is_no_key_is_dropped(void **state)
{
	static const char *const foreign[] = {
		"\033[24;80R", "\033[?1;2c", "\033[>0;276;0c", "\033[<0;10;10M", "\033[1;1;1A", "\033[300~",
		"\033[257A", "\033[0~",
		"\033[9~", "\033[10~", "\033[16~", "\033[22~", "\033[25~", "\033[200~", "\033[E", "\033[1 q",
		"\033[[F", "\033[1[", "\033OX",
		"\xc3\x90", "\xe2\x98\x83", "\x80", "\xbf", "\xc0", "\xc1", "\xf0", "\xff",
	};

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(foreign); i++) {
		assert_int_equal(type(foreign[i]), 0);
		assert_int_equal(keys.state, 0);
		assert_int_equal(type("x"), 0x2d78);
	}
	assert_int_equal(type("\xe2\x94x"), 0x2d78);	/* cut off */
	assert_int_equal(type("\xf0\x9f\x98\x80x"), 0x2d78);
}

#define TEST(name) cmocka_unit_test_setup(name, set_up)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(keys_become_the_words_of_a_keyboard),
		TEST(every_character_has_its_key),
		TEST(esc_is_a_key_when_nothing_follows),
		TEST(a_sequence_may_break_off_anywhere),
		TEST(what_is_no_key_is_dropped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
