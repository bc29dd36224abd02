/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/menu/menu.c: see menu.h.
 */
#include "boot/menu/menu.h"
#include "lib/bits.h"

#define SCAN_HOME	0x47
#define SCAN_UP		0x48
#define SCAN_PAGE_UP	0x49
#define SCAN_END	0x4f
#define SCAN_DOWN	0x50
#define SCAN_PAGE_DOWN	0x51
#define GREY		0xe0		/* the character of the keys between letters and keypad */

#define ENTER		'\r'
#define ESCAPE		0x1b

static const char labels[] = "123456789abcdefghijklmnopqrsuvwxyz";
#define LABELS (sizeof(labels) - 1)

void menu_start(struct menu *menu, uint32_t count, uint32_t lines)
{
	*menu = (struct menu){ .count = count, .lines = max_u32(lines, 1) };
}

char menu_label(uint32_t entry)
{
	return entry < LABELS ? labels[entry] : '\0';
}

bool menu_opens(uint16_t key, uint8_t wanted)
{
	return key >> 8 == MENU_KEY_F12 || key >> 8 == wanted;
}

/* Bring the mark to an entry, and the screen to the mark. */
static enum menu_step go_to(struct menu *menu, uint32_t entry)
{
	if (entry == menu->marked)
		return MENU_SAME;
	menu->marked = entry;
	if (entry < menu->top)
		menu->top = entry;
	else if (entry - menu->top >= menu->lines)
		menu->top = entry - (menu->lines - 1);
	return MENU_MOVED;
}

static enum menu_step up(struct menu *menu, uint32_t by)
{
	return go_to(menu, menu->marked - min_u32(by, menu->marked));
}

static enum menu_step down(struct menu *menu, uint32_t by)
{
	return go_to(menu, menu->marked + min_u32(by, menu->count - 1 - menu->marked));
}

static enum menu_step move(struct menu *menu, uint8_t scan)
{
	switch (scan) {
	case SCAN_UP:
		return up(menu, 1);
	case SCAN_DOWN:
		return down(menu, 1);
	case SCAN_PAGE_UP:
		return up(menu, menu->lines);
	case SCAN_PAGE_DOWN:
		return down(menu, menu->lines);
	case SCAN_HOME:
		return up(menu, menu->count);
	case SCAN_END:
		return down(menu, menu->count);
	default:
		return MENU_SAME;
	}
}

static enum menu_step choose(struct menu *menu, uint8_t character)
{
	if (character >= 'A' && character <= 'Z')
		character |= 'a' - 'A';
	for (uint32_t entry = 0; entry < min_u32(menu->count, LABELS); entry++)
		if ((uint8_t)labels[entry] == character) {
			go_to(menu, entry);
			return MENU_CHOSEN;
		}
	return MENU_SAME;
}

enum menu_step menu_key(struct menu *menu, uint16_t key)
{
	uint8_t character = (uint8_t)key;

	if (character == 0 || character == GREY)
		return move(menu, key >> 8);
	if (character == ENTER)
		return MENU_CHOSEN;
	if (character == ESCAPE)
		return MENU_LEFT;
	return choose(menu, character);
}
