/* SPDX-License-Identifier: BSD-2-Clause
 * src/rt16/serial_keys.h: what a terminal sends for its keys, made into the words that a PC's keyboard would bring.
 * Spec: ECMA-48, fifth edition, 5.4 (control sequences); xterm, "Control Sequences", PC-style function keys; Linux,
 * console_codes(4); RFC 3629 (UTF-8).
 */
#ifndef RT16_SERIAL_KEYS_H
#define RT16_SERIAL_KEYS_H

#include <stdint.h>

/* How far a key is that takes several bytes. All 0: none is under way. */
struct serial_keys {
	uint8_t state;
	uint8_t left;		/* bytes of a UTF-8 sequence */
	uint8_t number, modifiers;	/* parameters of a control sequence */
	uint16_t point;
};

#define SERIAL_KEYS_RESTART	0xffff	/* for a word, which no key has: Ctrl-Alt-Del, ESC [3;7~ as xterm sends it */

/*
 * The next byte. Returns the word of the key that it ends, as in the keyboard's buffer, 0: there is none. What is no
 * key's sequence is dropped up to its end.
 */
uint16_t serial_keys_take(struct serial_keys *k, uint8_t byte);

/* Nothing has followed for a while: ESC was a key of its own. Returns its word, 0: what is under way is none. */
uint16_t serial_keys_end(struct serial_keys *k);

#endif
