/* SPDX-License-Identifier: BSD-2-Clause
 * src/rt16/serial_keys.c: see serial_keys.h.
 */
#include "rt16/serial_keys.h"
#include <stdbool.h>
#include "rt16/cp437.h"
#include "rt16/key_table.h"

enum state {
	GROUND,
	ESCAPE,
	NUMBER,			/* behind ESC [ */
	MODIFIERS,		/* behind its first semicolon */
	FOREIGN,		/* a sequence that is no key's */
	LINUX,			/* behind ESC [ [ */
	SS3,			/* behind ESC O */
	CONTINUED,		/* UTF-8 */
};

#define ESC		0x1b
#define BACKSPACE	0x08
#define DELETE		0x7f		/* what most terminals send for Backspace */
#define WORD_ESC	0x011b
#define WORD_NUL	0x0300		/* Ctrl and 2 */

/* Parameter 2 and behind, less one. */
#define WITH_SHIFT	0x01
#define WITH_ALT	0x02
#define WITH_CTRL	0x04

/* By the last character of a sequence. */
static const struct {
	uint8_t end, code;
} by_letter[] = {
	{ 'A', SCAN_UP }, { 'B', SCAN_DOWN }, { 'C', SCAN_RIGHT }, { 'D', SCAN_LEFT }, { 'F', SCAN_END },
	{ 'H', SCAN_HOME },
	{ 'P', SCAN_F1 }, { 'Q', SCAN_F1 + 1 }, { 'R', SCAN_F1 + 2 }, { 'S', SCAN_F1 + 3 },
};

/* By the number before a tilde: as the VT220 has them, and what others have in the gaps. */
static const uint8_t by_number[] = {
	[1] = SCAN_HOME, SCAN_INSERT, SCAN_DELETE, SCAN_END, SCAN_PAGE_UP, SCAN_PAGE_DOWN, SCAN_HOME, SCAN_END,
	[11] = SCAN_F1, SCAN_F1 + 1, SCAN_F1 + 2, SCAN_F1 + 3, SCAN_F1 + 4,
	[17] = SCAN_F1 + 5, SCAN_F1 + 6, SCAN_F1 + 7, SCAN_F1 + 8, SCAN_F1 + 9,
	[23] = SCAN_F11, SCAN_F12,
};

/* A key of the keyboard by what it types. Its first place is the one beside the keypad. */
static uint16_t of_character(uint8_t c, bool alt)
{
	if (c == 0)
		return WORD_NUL;
	if (c == DELETE)
		c = BACKSPACE;
	for (uint8_t code = 0; code < KEYS; code++) {
		const struct key *key = &key_table[code];
		uint16_t word = (uint8_t)key->plain == c ? key->plain : (uint8_t)key->shift == c ? key->shift :
				(uint8_t)key->ctrl == c ? key->ctrl : 0;

		if (word)
			return alt ? key->alt : word;
	}
	return 0;
}

static uint16_t of_code(const struct serial_keys *k, uint8_t code)
{
	uint8_t with = k->modifiers ? k->modifiers - 1 : 0;

	if (!code)
		return 0;
	if (code == SCAN_DELETE && (with & (WITH_CTRL | WITH_ALT)) == (WITH_CTRL | WITH_ALT))
		return SERIAL_KEYS_RESTART;
	return key_word(code, true, (uint8_t)((with & WITH_SHIFT ? KEY_LEFT_SHIFT : 0) |
					      (with & WITH_ALT ? KEY_ALT : 0) | (with & WITH_CTRL ? KEY_CTRL : 0)));
}

static uint16_t of_letter(const struct serial_keys *k, uint8_t letter)
{
	for (uint8_t i = 0; i < sizeof(by_letter) / sizeof(by_letter[0]); i++)
		if (by_letter[i].end == letter)
			return of_code(k, by_letter[i].code);
	return 0;
}

/* A digit more. What has more of them than a byte holds is no key's. */
static bool add_digit(uint8_t *number, uint8_t digit)
{
	uint16_t sum = (uint16_t)(*number * 10 + digit - '0');

	*number = (uint8_t)sum;
	return sum <= 0xff;
}

/* A byte of a sequence behind ESC [. */
static uint16_t in_sequence(struct serial_keys *k, uint8_t state, uint8_t byte)
{
	if (byte >= 0x40) {
		if (state == FOREIGN)
			return 0;
		if (byte == '~')
			return k->number < sizeof(by_number) ? of_code(k, by_number[k->number]) : 0;
		if (byte == 'Z')
			return key_table[0x0f].shift;
		if (byte == '[' && state == NUMBER && !k->number) {
			k->state = LINUX;
			return 0;
		}
		return k->number <= 1 ? of_letter(k, byte) : 0;	/* a position that is reported has 'R' too */
	}
	k->state = FOREIGN;
	if (byte >= '0' && byte <= '9' && state != FOREIGN) {
		if (add_digit(state == NUMBER ? &k->number : &k->modifiers, byte))
			k->state = state;
	} else if (byte == ';' && state == NUMBER) {
		k->state = MODIFIERS;
	}
	return 0;
}

/* A byte behind ESC O. */
static uint16_t in_ss3(struct serial_keys *k, uint8_t byte)
{
	if (byte >= '1' && byte <= '9') {
		k->modifiers = byte - '0';
		k->state = SS3;
		return 0;
	}
	if (byte == 'M')
		return key_enter_grey.plain;
	if (byte >= 'j' && byte <= 'y')
		return of_character(byte - 0x40, false);	/* the keypad's: * + , - . / and digits */
	return of_letter(k, byte);
}

static uint16_t in_utf8(struct serial_keys *k, uint8_t byte)
{
	uint8_t character;

	k->point = (uint16_t)(k->point << 6 | (byte & 0x3f));
	if (--k->left) {
		k->state = CONTINUED;
		return 0;
	}
	character = cp437_character(k->point);
	return character;	/* as Alt and digits bring it: no key has it */
}

static void begin_utf8(struct serial_keys *k, uint8_t byte)
{
	if (byte < 0xc2 || byte >= 0xf0)
		return;		/* in the middle of one, or none of this code page */
	k->left = byte < 0xe0 ? 1 : 2;
	k->point = byte & (byte < 0xe0 ? 0x1f : 0x0f);
	k->state = CONTINUED;
}

static uint16_t behind_escape(struct serial_keys *k, uint8_t byte)
{
	if (byte == '[')
		k->state = NUMBER;
	else if (byte == 'O')
		k->state = SS3;
	else
		return of_character(byte, true);
	k->number = k->modifiers = 0;
	return 0;
}

uint16_t serial_keys_take(struct serial_keys *k, uint8_t byte)
{
	uint8_t state = k->state;

	k->state = GROUND;
	if (byte == ESC) {
		k->state = ESCAPE;
		return state == ESCAPE ? WORD_ESC : 0;
	}
	if (state == CONTINUED && (byte & 0xc0) == 0x80)
		return in_utf8(k, byte);
	if (byte & 0x80) {
		begin_utf8(k, byte);
		return 0;
	}
	if (byte >= 0x20 && byte != DELETE) {
		if (state == SS3)
			return in_ss3(k, byte);
		if (state == LINUX)
			return byte >= 'A' && byte <= 'E' ? of_code(k, SCAN_F1 + byte - 'A') : 0;
		if (state >= NUMBER && state <= FOREIGN)
			return in_sequence(k, state, byte);
	}
	return state == ESCAPE ? behind_escape(k, byte) : of_character(byte, false);
}

uint16_t serial_keys_end(struct serial_keys *k)
{
	uint8_t state = k->state;

	k->state = GROUND;
	if (state == ESCAPE)
		return WORD_ESC;
	if (state == NUMBER && !k->number)
		return of_character('[', true);
	return state == SS3 && !k->modifiers ? of_character('O', true) : 0;
}
