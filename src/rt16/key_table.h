/* SPDX-License-Identifier: BSD-2-Clause
 * src/rt16/key_table.h: what each key is, by its scan code (set 1).
 * Spec: IBM PS/2 and PC BIOS Interface Technical Reference, "Keyboard", character codes of INT 16h.
 */
#ifndef RT16_KEY_TABLE_H
#define RT16_KEY_TABLE_H

#include <stdbool.h>
#include <stdint.h>

/* Words of the buffer, scan code above character, 0: nothing. Low byte KEY_NEW: not known to the oldest programs. */
struct key {
	uint16_t plain, shift, ctrl, alt;
};

#define KEY_NEW		0xf0
#define KEY_GREY	0xe0	/* low byte of the keys beside the keypad; high byte of its Enter and slash */

#define KEYS 0x59
extern const struct key key_table[KEYS];

/* Behind E0. Others are as without, but for the keypad's codes, which become those of the grey keys. */
extern const struct key key_enter_grey, key_slash_grey;

/* What is in force while a key goes down: bits of bda.kbd_flags[0]. */
#define KEY_RIGHT_SHIFT	0x01
#define KEY_LEFT_SHIFT	0x02
#define KEY_CTRL	0x04
#define KEY_ALT		0x08
#define KEY_NUM		0x20
#define KEY_CAPS	0x40

/* The word for a key (e0: behind E0) that is no modifier and no lock, 0: none. */
uint16_t key_word(uint8_t code, bool e0, uint8_t flags);

/* Scan codes. */
#define SCAN_ENTER	0x1c
#define SCAN_CTRL	0x1d
#define SCAN_LEFT_SHIFT	0x2a
#define SCAN_SLASH	0x35
#define SCAN_RIGHT_SHIFT 0x36
#define SCAN_PRINT	0x37	/* behind E0; else the keypad's asterisk */
#define SCAN_ALT	0x38
#define SCAN_CAPS	0x3a
#define SCAN_NUM	0x45
#define SCAN_SCROLL	0x46
#define SCAN_F1		0x3b	/* to F10 */
#define SCAN_KEYPAD	0x47	/* the first of the keypad's, Home and 7 */
#define SCAN_HOME	0x47
#define SCAN_UP		0x48
#define SCAN_PAGE_UP	0x49
#define SCAN_LEFT	0x4b
#define SCAN_RIGHT	0x4d
#define SCAN_END	0x4f
#define SCAN_DOWN	0x50
#define SCAN_PAGE_DOWN	0x51
#define SCAN_INSERT	0x52
#define SCAN_DELETE	0x53	/* the last */
#define SCAN_SYSRQ	0x54
#define SCAN_F11	0x57
#define SCAN_F12	0x58

#endif
