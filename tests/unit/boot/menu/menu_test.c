/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/boot/menu/menu_test.c: every key in every state of small menus, and many keys in large ones, do what a plain
 * model says; the mark never leaves the screen nor the entries.
 * LINK: src/boot/menu/menu.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "boot/menu/menu.h"
#include "lib/bits.h"

#define UP		0x4800
#define DOWN		0x5000
#define PAGE_UP		0x4900
#define PAGE_DOWN	0x5100
#define HOME		0x4700
#define END		0x4f00
#define ENTER		0x1c0d
#define ESCAPE		0x011b
#define LABELS		"123456789abcdefghijklmnopqrsuvwxyz"

/* The state is what was promised, whatever led to it. */
static void check(const struct menu *menu, uint32_t count, uint32_t lines)
{
	assert_int_equal(menu->count, count);
	assert_int_equal(menu->lines, lines);
	assert_true(menu->marked < count);
	assert_true(menu->top <= menu->marked && menu->marked - menu->top < lines);
	assert_true(menu->top == 0 || menu->top + lines <= count);	/* no blank lines while entries are hidden */
}

/* Scroll as little as shows the mark: the screen ends with it at the earliest, and begins with it at the latest. */
static void scroll(struct menu *menu)
{
	int64_t first = (int64_t)menu->marked - menu->lines + 1;

	if (menu->top < first)
		menu->top = (uint32_t)first;
	if (menu->top > menu->marked)
		menu->top = menu->marked;
}

/* Where a key leads, told another way: a signed position that is cut to the entries. */
static enum menu_step model(struct menu *menu, uint16_t key)
{
	static const struct { uint16_t key; int64_t pages, lines; } moves[] = {
		{ UP, 0, -1 }, { DOWN, 0, 1 }, { PAGE_UP, -1, 0 }, { PAGE_DOWN, 1, 0 },
		{ HOME, 0, -(1ll << 40) }, { END, 0, 1ll << 40 },
	};
	uint32_t before = menu->marked;
	char low = (char)key;
	const char *label;

	if (low == '\r')
		return MENU_CHOSEN;
	if (low == 0x1b)
		return MENU_LEFT;
	for (uint32_t i = 0; i < ARRAY_SIZE(moves); i++) {
		int64_t at = menu->marked;

		if (key != moves[i].key && key != (moves[i].key | 0xe0))
			continue;
		at += moves[i].pages * menu->lines + moves[i].lines;
		at = at < 0 ? 0 : at;
		menu->marked = at < menu->count ? (uint32_t)at : menu->count - 1;
		scroll(menu);
		return menu->marked == before ? MENU_SAME : MENU_MOVED;
	}
	label = low > 0 && low < 0x7f ? strchr(LABELS, low >= 'A' && low <= 'Z' ? low + 32 : low) : NULL;
	if (!label || label - LABELS >= menu->count)
		return MENU_SAME;
	menu->marked = (uint32_t)(label - LABELS);
	scroll(menu);
	return MENU_CHOSEN;
}

static void press(struct menu *menu, uint16_t key)
{
	struct menu expected = *menu;
	enum menu_step step = model(&expected, key);

	assert_int_equal(menu_key(menu, key), step);
	assert_memory_equal(menu, &expected, sizeof(expected));
	check(menu, expected.count, expected.lines);
}

static void every_key_in_every_state(void **state)
{
	(void)state;
	for (uint32_t count = 1; count <= 4; count++)
		for (uint32_t lines = 1; lines <= 5; lines++)
			for (uint32_t top = 0; top == 0 || top + lines <= count; top++)
				for (uint32_t marked = top; marked < count && marked - top < lines; marked++)
					for (uint32_t key = 0; key < 0x10000; key++) {
						struct menu menu = { count, lines, marked, top };

						press(&menu, (uint16_t)key);
					}
}

static void random_keys(void **state)
{
	static const uint16_t keys[] = {
		UP, DOWN, PAGE_UP | 0xe0, PAGE_DOWN, HOME, END | 0xe0, UP | 0xe0, DOWN | 0xe0, '5', 'z', 'T', 'M',
	};
	static const uint32_t counts[] = { 1, 2, 21, 22, 34, 35, 300, 70000, UINT32_MAX };
	uint32_t random = 1;

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(counts); i++)
		for (uint32_t lines = 1; lines < 100; lines += 7) {
			struct menu menu;

			menu_start(&menu, counts[i], lines);
			check(&menu, counts[i], lines);
			for (uint32_t n = 0; n < 2000; n++) {
				random = random * 1664525 + 1013904223;
				press(&menu, random >> 31 ? keys[(random >> 8) % ARRAY_SIZE(keys)] :
				      (uint16_t)(random >> 8));
			}
		}
}

static void it_begins_at_its_beginning(void **state)
{
	struct menu menu;

	(void)state;
	menu_start(&menu, 7, 3);
	assert_int_equal(menu.marked + menu.top, 0);
	check(&menu, 7, 3);
	menu_start(&menu, 7, 0);
	check(&menu, 7, 1);
}

static void a_scroll_shows_one_more_entry(void **state)
{
	struct menu menu;

	(void)state;
	menu_start(&menu, 30, 21);
	for (uint32_t n = 0; n < 20; n++)
		menu_key(&menu, DOWN);
	assert_int_equal(menu.top, 0);
	menu_key(&menu, DOWN);
	assert_int_equal(menu.top, 1);
	assert_int_equal(menu_key(&menu, END), MENU_MOVED);
	assert_int_equal(menu.top, 9);
	assert_int_equal(menu_key(&menu, DOWN), MENU_SAME);
	for (uint32_t n = 0; n < 20; n++)
		menu_key(&menu, UP);
	assert_int_equal(menu.top, 9);
	menu_key(&menu, UP);
	assert_int_equal(menu.top, 8);
}

static void labels_are_those_of_seabios(void **state)
{
	struct menu menu;

	(void)state;
	for (uint32_t entry = 0; entry < 40; entry++) {
		char label = menu_label(entry);

		assert_int_equal(label, entry < strlen(LABELS) ? LABELS[entry] : '\0');
		menu_start(&menu, 40, 5);
		if (label) {
			assert_int_equal(menu_key(&menu, (uint8_t)label), MENU_CHOSEN);
			assert_int_equal(menu.marked, entry);
		}
		menu_start(&menu, entry ? entry : 1, 5);
		if (label && entry)
			assert_int_equal(menu_key(&menu, (uint8_t)label), MENU_SAME);
	}
	assert_int_equal(menu_label(UINT32_MAX), '\0');
}

static void f12_and_the_key_that_is_wanted_open_it(void **state)
{
	(void)state;
	for (uint32_t key = 0; key < 0x10000; key++)
		for (uint32_t wanted = 0; wanted < 0x100; wanted += wanted == 1 ? 0x3b : 1) {
			bool opens = key >> 8 == 0x86 || key >> 8 == wanted;

			assert_int_equal(menu_opens((uint16_t)key, (uint8_t)wanted), opens);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_key_in_every_state),
		cmocka_unit_test(random_keys),
		cmocka_unit_test(it_begins_at_its_beginning),
		cmocka_unit_test(a_scroll_shows_one_more_entry),
		cmocka_unit_test(labels_are_those_of_seabios),
		cmocka_unit_test(f12_and_the_key_that_is_wanted_open_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
