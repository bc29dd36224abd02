/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/menu/menu_screen.c: see menu_screen.h.
 */
#include "boot/menu/menu_screen.h"
#include <stddef.h>
#include "arch/real_call.h"
#include "boot/splash/splash.h"
#include "fw/fw_cfg.h"
#include "hw/timer.h"
#include "lib/bits.h"
#include "lib/format.h"
#include "lib/string.h"
#include "services/console.h"
#include "services/guest.h"
#include "services/services.h"
#include "trace/log.h"

#define VECTOR_KEYBOARD	0x16
#define TAKE_KEY	0x10
#define PEEK_KEY	0x11

#define WAIT_MS		2500		/* where nobody says how long */
#define WAIT_MS_MAX	0xffff		/* QEMU's -boot splash-time= goes that far */
#define NO_KEY		0xffffffffu	/* a negative number of 4 or 8 bytes: the menu comes by itself */
#define SCAN_CODE_MAX	0xff

#define MESSAGE_BYTES	1024u		/* of etc/boot-menu-message; what is behind is not looked at */
#define CHUNK		64u

/* Behind a key held down: repeats come 30 ms apart, the first after half a second. */
#define RELEASED_MS	750
#define REPEATS		100

#define TITLE_ROWS	2		/* the title and a blank row, and the same below the entries */
#define OTHER_ROWS	(2 * TITLE_ROWS)

static bool key_waits(void)
{
	struct regs r = { .flags = FLAGS_FIXED | FLAGS_IF, .ah = PEEK_KEY };

	real_call(&r, guest_vector(VECTOR_KEYBOARD));
	return !(r.flags & FLAGS_ZF);
}

/* The processor halts until there is one. */
static uint16_t take_key(void)
{
	struct regs r = { .flags = FLAGS_FIXED | FLAGS_IF, .ah = TAKE_KEY };

	real_call(&r, guest_vector(VECTOR_KEYBOARD));
	return r.ax;
}

static bool key_within(uint32_t ms, uint16_t *key)
{
	struct wait wait = wait_start(ms * 1000, NULL);

	services_window();	/* the interrupt of a key that was pressed before */
	while (!key_waits())
		if (!ms || wait_expired(&wait))
			return false;
	*key = take_key();
	return true;
}

/* A file's number up to max, or what is taken without one. */
static uint32_t number(const char *name, uint32_t max, uint32_t otherwise)
{
	struct fw_cfg_item item;
	uint64_t value;
	int rc;

	if (fw_cfg_find(name, &item) != 0)
		return otherwise;
	rc = fw_cfg_read_number(&item, &value);
	if (rc == 0 && value <= max)
		return (uint32_t)value;
	if (rc == 0 && max == WAIT_MS_MAX && item.size >= 4 && value >> (8 * item.size - 1))
		return NO_KEY;
	if (rc == 0)
		log("menu: %s: 0x%llx is more than 0x%x; taken as %u", name, (unsigned long long)value, max, otherwise);
	else
		log("menu: %s: a number in %u bytes could not be read (%d); taken as %u", name, item.size, rc,
		    otherwise);
	return otherwise;
}

bool menu_wanted(bool on, uint32_t entries)
{
	uint32_t show = number("etc/show-boot-menu", 2, on);

	return show == 2 ? entries > 1 : show;
}

/* Control characters would do something else than be shown. Returns false at the end. */
static bool print_chunk(char *text, uint32_t len)
{
	uint32_t n = (uint32_t)strnlen(text, len);

	for (uint32_t i = 0; i < n; i++)
		if ((uint8_t)text[i] < ' ' && text[i] != '\n')
			text[i] = ' ';
	console_write(text, n);
	return n == len;
}

static bool print_message(void)
{
	static const char name[] = "etc/boot-menu-message";
	static char chunk[CHUNK];	/* a device writes here: not on the stack */
	struct fw_cfg_item item;
	uint32_t size;

	if (fw_cfg_find(name, &item) != 0)
		return false;
	size = min_u32(item.size, MESSAGE_BYTES);
	if (size != item.size)
		log("menu: %s: %u bytes, the first %u are shown", name, item.size, size);
	for (uint32_t at = 0; at < size; at += CHUNK) {
		uint32_t len = min_u32(size - at, CHUNK);

		if (fw_cfg_read(&item, at, chunk, len) != 0) {
			log("menu: %s: its byte %u could not be read; shown up to there", name, at);
			break;
		}
		if (!print_chunk(chunk, len))
			break;
	}
	return true;
}

static void print_prompt(uint8_t key)
{
	if (!print_message())
		console_print(key == MENU_KEY_ESC ? "Press ESC or F12 for the boot menu." :
			      "Press F12 for the boot menu.");
	console_print("\n\n");
}

/* True: the menu is to be shown; *opener is the key that has opened it, 0 for none. */
static bool is_asked_for(uint16_t *opener)
{
	uint8_t wanted = (uint8_t)number("etc/boot-menu-key", SCAN_CODE_MAX, MENU_KEY_ESC);
	uint32_t ms = number("etc/boot-menu-wait", WAIT_MS_MAX, WAIT_MS);
	bool shown, opens;

	*opener = 0;
	if (ms == NO_KEY)
		return true;
	print_prompt(wanted);
	log("menu: %u ms for F12 or the key of scan code %02x", ms, wanted);
	shown = ms && splash_show();	/* nobody would see it otherwise */
	opens = key_within(ms, opener) && menu_opens(*opener, wanted);
	if (shown)
		splash_hide();
	return opens;
}

static void draw_entry(const struct menu *menu, uint32_t entry, menu_text *text)
{
	char line[CONSOLE_COLUMNS_MAX + 1] = "     ";
	char label = menu_label(entry);
	bool marked = entry == menu->marked;

	if (marked)
		line[0] = '>';
	if (label) {
		line[2] = label;
		line[3] = '.';
	}
	text(entry, line + 5, sizeof(line) - 5);
	for (char *c = line; *c; c++)
		if ((uint8_t)*c < ' ')
			*c = '?';
	console_line((uint8_t)(TITLE_ROWS + entry - menu->top), line, marked ? CONSOLE_REVERSE : CONSOLE_PLAIN);
}

static uint32_t end_of_screen(const struct menu *menu)
{
	return menu->top + min_u32(menu->lines, menu->count - menu->top);
}

static void draw_entries(const struct menu *menu, menu_text *text)
{
	const uint32_t words[] = { menu->top + 1, end_of_screen(menu), menu->count };
	char line[CONSOLE_COLUMNS_MAX + 1];

	for (uint32_t entry = menu->top; entry < end_of_screen(menu); entry++)
		draw_entry(menu, entry, text);
	format_words(line, sizeof(line), "%u-%u of %u; arrow keys and Enter, or a label; ESC: usual order", words,
		     ARRAY_SIZE(words), NULL);
	console_line((uint8_t)(TITLE_ROWS + min_u32(menu->lines, menu->count) + 1), line, CONSOLE_PLAIN);
}

/* What has changed since before, and the cursor at the mark. */
static void draw_move(const struct menu *menu, const struct menu *before, menu_text *text)
{
	if (menu->top != before->top) {
		draw_entries(menu, text);
	} else {
		draw_entry(menu, before->marked, text);
		draw_entry(menu, menu->marked, text);
	}
	console_cursor((uint8_t)(TITLE_ROWS + menu->marked - menu->top), 0);
}

/* The next key that is meant for the menu: opener is the one that has opened it, and may be held down still. */
static uint16_t next_key(uint16_t opener, uint32_t *repeats)
{
	uint16_t key;

	while (*repeats && key_within(RELEASED_MS, &key)) {
		*repeats = key == opener ? *repeats - 1 : 0;
		if (!*repeats)
			return key;
	}
	*repeats = 0;
	return take_key();
}

static uint32_t choose(uint16_t opener, uint32_t entries, menu_text *text)
{
	uint32_t repeats = REPEATS;
	struct menu menu, before;
	enum menu_step step;

	menu_start(&menu, entries, console_size().rows - OTHER_ROWS);
	console_clear();
	console_show_cursor(false);	/* the mark is enough, and some ROMs draw it into what is written meanwhile */
	console_line(0, "Slipway: what is to be booted?", CONSOLE_PLAIN);
	draw_entries(&menu, text);
	console_cursor(TITLE_ROWS, 0);
	do {
		before = menu;
		step = menu_key(&menu, next_key(opener, &repeats));
		if (step == MENU_MOVED)
			draw_move(&menu, &before, text);
	} while (step != MENU_CHOSEN && step != MENU_LEFT);
	console_clear();
	console_show_cursor(true);
	return step == MENU_CHOSEN ? menu.marked : MENU_NONE;
}

uint32_t menu_ask(uint32_t entries, menu_text *text)
{
	uint16_t opener;
	uint32_t entry;

	if (!entries)
		return MENU_NONE;
	if (!console_is_open()) {
		log("menu: it is wanted, and there is neither display nor serial console; done without");
		return MENU_NONE;
	}
	if (!is_asked_for(&opener))
		return MENU_NONE;
	entry = choose(opener, entries, text);
	if (entry == MENU_NONE)
		log("menu: left without a choice among %u", entries);
	else
		log("menu: entry %u of %u is chosen", entry + 1, entries);
	return entry;
}
