/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/menu/menu.h: the boot menu as a state machine: which entries are on the screen, which one is marked, and what a
 * key does. Pure functions; menu_screen.h draws it and has the keys.
 */
#ifndef BOOT_MENU_MENU_H
#define BOOT_MENU_MENU_H

#include <stdbool.h>
#include <stdint.h>

#define MENU_NONE	0xffffffffu	/* no entry: the usual order */

/* Keys as INT 16h AH=10h gives them: scan code << 8 | character, which is 0 or E0 where there is none. */
#define MENU_KEY_ESC	0x01		/* scan codes */
#define MENU_KEY_F12	0x86

struct menu {
	uint32_t count;			/* entries */
	uint32_t lines;			/* how many are on the screen at once, at least one */
	uint32_t marked;		/* entry, below count */
	uint32_t top;			/* the first entry on the screen: marked is among them */
};

enum menu_step {
	MENU_SAME,			/* the key is none of ours, or there is nowhere to go */
	MENU_MOVED,			/* marked has changed, perhaps top */
	MENU_CHOSEN,			/* marked is what the user wants */
	MENU_LEFT,			/* none: the usual order */
};

/* A menu of count entries, at least one, on lines of the screen; 0 lines count as one. The first entry is marked. */
void menu_start(struct menu *menu, uint32_t count, uint32_t lines);

/*
 * Up, Down, Page Up, Page Down, Home and End move the mark and stop at the ends; Enter chooses what is marked, a label
 * its entry, in either case of letters; Escape leaves.
 */
enum menu_step menu_key(struct menu *menu, uint16_t key);

/*
 * The key that chooses an entry directly: 1-9, then letters without t, as people know them from SeaBIOS; 0: the entry
 * has none.
 */
char menu_label(uint32_t entry);

/*
 * Does a key open the menu? F12 always does; wanted is the scan code of the other (etc/boot-menu-key), compared with
 * the upper half of the key.
 */
bool menu_opens(uint16_t key, uint8_t wanted);

#endif
