/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/boot/menu/menu_screen_test.c: the prompt, the wait and the menu as a user sees them: on a screen that does what
 * INT 10h is told, with keys that INT 16h gives, and with files from a host that may say anything.
 * LINK: tests/fake/screen.c
 * LINK: src/boot/menu/menu_screen.c src/boot/menu/menu.c src/services/console.c src/lib/format.c
 * LINK: tests/fake/fw_cfg_files.c tests/fake/ram.c tests/fake/log.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include "arch/real_call.h"
#include "boot/menu/menu_screen.h"
#include "boot/splash/splash.h"
#include "fake/fw_cfg_files.h"
#include "fake/log.h"
#include "fake/ram.h"
#include "fw/fw_cfg.h"
#include "hw/pci/config.h"
#include "hw/timer.h"
#include "lib/bits.h"
#include "lib/endian.h"
#include "lib/errno.h"
#include "services/console.h"
#include "services/serial_console.h"
#include "services/services.h"
#include "std/bda.h"

#define INT_10	FAR_POINTER(0xc000, 0x8ab)
#define INT_16	FAR_POINTER(0xf000, 0xe82e)
#define ESC	0x011b
#define F12	0x8600
#define DOWN	0x50e0
#define END	0x4fe0
#define ENTER	0x1c0d

uint32_t serial_console_vector(void) { return 0; }

/* The screen: mode 3, or what the BIOS data area is made to say. */
#define ROWS_MAX 100
#define COLUMNS_MAX 160
static struct { char character; uint8_t colours; } cell[ROWS_MAX][COLUMNS_MAX];
static uint8_t rows, columns, at_row, at_column;
static bool hidden;			/* the cursor is */
static uint32_t scrolled, peeks, windows;
static char teletyped[0x10000];
static uint32_t teletyped_len;

/* Keys, and how many milliseconds behind the last one each is pressed. */
static struct { uint16_t word; uint32_t after; } keys[400];
static uint32_t n_keys, next, quiet;	/* quiet: milliseconds since the last one was taken */
static uint32_t waits, expired, last_limit_us;
static jmp_buf halted;

/* A picture, if there is one, hides what was shown. */
static bool picture;
static uint32_t shows, hides, shown_at, shown_for;	/* behind which text, and for how many looks */

bool splash_show(void)
{
	shows++;
	shown_at = teletyped_len;
	return picture;
}

void splash_hide(void)
{
	assert_true(picture && shows == ++hides);
	shown_for = peeks;
}

static void write_teletype(char c)
{
	assert_true(teletyped_len < sizeof(teletyped) - 1);
	teletyped[teletyped_len++] = c;
	if (c == '\r')
		at_column = 0;
	else if (c == '\n')
		at_row++;
	else
		at_column++;
	scrolled += at_row >= rows || at_column >= columns;
}

static void blank(void)
{
	for (uint32_t row = 0; row < ROWS_MAX; row++)
		for (uint32_t column = 0; column < COLUMNS_MAX; column++) {
			cell[row][column].character = ' ';
			cell[row][column].colours = 7;
		}
}

static void int_10(struct regs *r)
{
	switch (r->ah) {
	case 0x01:
		hidden = r->cx & 0x2000;
		break;
	case 0x02:
		assert_int_equal(r->bh, 0);
		assert_true(r->dh < rows && r->dl < columns);
		at_row = r->dh;
		at_column = r->dl;
		break;
	case 0x06:
		assert_int_equal(r->al, 0);
		assert_int_equal(r->bh, 7);
		assert_int_equal(r->cx, 0);
		assert_int_equal(r->dx, (rows - 1) << 8 | (columns - 1));
		blank();
		break;
	case 0x09:
		assert_int_equal(r->bh, 0);
		assert_true(r->cx >= 1 && at_column + r->cx <= columns);
		for (uint32_t i = 0; i < r->cx; i++) {
			cell[at_row][at_column + i].character = (char)r->al;
			cell[at_row][at_column + i].colours = r->bl;
		}
		break;
	case 0x0e:
		write_teletype((char)r->al);
		break;
	default:
		fail_msg("INT 10h AH=%02x", r->ah);
	}
}

static bool key_is_there(void)
{
	return next < n_keys && quiet >= keys[next].after;
}

static void int_16(struct regs *r)
{
	switch (r->ah) {
	case 0x11:
		peeks++;
		if (key_is_there()) {
			r->ax = keys[next].word;
			r->flags &= (uint16_t)~FLAGS_ZF;
		} else {
			r->flags |= FLAGS_ZF;
		}
		break;
	case 0x10:
		if (next >= n_keys)
			longjmp(halted, 1);	/* nobody presses any more */
		quiet = 0;
		r->ax = keys[next++].word;
		break;
	default:
		fail_msg("INT 16h AH=%02x", r->ah);
	}
}

void real_call(struct regs *r, uint32_t target)
{
	assert_true(r->flags & FLAGS_IF);
	assert_true(target == INT_10 || target == INT_16);
	if (target == INT_10)
		int_10(r);
	else
		int_16(r);
	r->ebx = r->ecx = r->edx = r->esi = r->edi = r->ebp = 0xffffffff;
}

void pci_config_forget(void) {}
void services_window(void) { windows++; }

/* A look takes a millisecond. */
struct wait wait_start(uint32_t limit_us, const char *what)
{
	assert_null(what);
	waits++;
	last_limit_us = limit_us;
	return (struct wait){ .limit_us = limit_us };
}

bool wait_expired(struct wait *wait)
{
	quiet++;
	if (++wait->spins * 1000 < wait->limit_us)
		return false;
	expired++;
	return true;
}

int fw_cfg_read_number(const struct fw_cfg_item *item, uint64_t *value)
{
	uint8_t bytes[8] = { 0 };
	int rc;

	if (item->size > sizeof(bytes) || !is_power_of_two(item->size))
		return -EINVAL;
	rc = fw_cfg_read(item, 0, bytes, item->size);
	if (!rc)
		*value = get_le64(bytes);
	return rc;
}

static void file(const char *name, const void *data, uint32_t size)
{
	static uint8_t bytes[8][0x10000];

	assert_true(fake_files.files < ARRAY_SIZE(bytes));
	memcpy(bytes[fake_files.files], data, size);
	fake_files_add(name, bytes[fake_files.files], size);
}

static void text(uint32_t entry, char *buf, uint32_t size)
{
	snprintf(buf, size, "entry %u", entry);
}

static void hostile_text(uint32_t entry, char *buf, uint32_t size)
{
	memset(buf, 1 + entry % 31, size - 1);	/* as long as there is room, and not to be printed */
	buf[size - 1] = '\0';
}

static void has_display(bool is)
{
	put_le32(fake_ram + 4 * 0x10, is ? INT_10 : FAR_POINTER(0xf000, 0xf065));
	console_open();
}

static void set_size(uint8_t to_rows, uint8_t to_columns)
{
	struct bda *bda = (struct bda *)(fake_ram + 0x400);

	rows = to_rows;
	columns = to_columns;
	bda->video_columns = columns;
	bda->video_rows = rows - 1;
}

static int set_up(void **state)
{
	(void)state;
	fake_ram_reset(0x1000);
	fake_log_reset();
	fake_files_reset();
	put_le32(fake_ram + 4 * 0x16, INT_16);
	((struct bda *)(fake_ram + 0x400))->video_mode = 3;
	set_size(25, 80);
	has_display(true);
	at_row = at_column = 0;
	scrolled = peeks = windows = waits = expired = last_limit_us = n_keys = next = quiet = teletyped_len = 0;
	shows = hides = shown_at = shown_for = 0;
	picture = false;
	memset(teletyped, 0, sizeof(teletyped));
	blank();
	return 0;
}

static void press(uint16_t word, uint32_t after)
{
	keys[n_keys].word = word;
	keys[n_keys++].after = after;
}

/* One row as text without what is blank at its end. */
static const char *row(uint32_t n)
{
	static char line[COLUMNS_MAX + 1];
	uint32_t len = columns;

	for (uint32_t i = 0; i < columns; i++)
		line[i] = cell[n][i].character;
	while (len && line[len - 1] == ' ')
		len--;
	line[len] = '\0';
	return line;
}

/* Ask, and stay where the user stops pressing keys. False: the menu still waits. */
static bool ask(uint32_t entries, menu_text *texts, uint32_t *entry)
{
	if (setjmp(halted))
		return false;
	*entry = menu_ask(entries, texts);
	return true;
}

static void answer_is(uint32_t entries, uint32_t expected)
{
	uint32_t entry = 12345;

	assert_true(ask(entries, text, &entry));
	assert_int_equal(entry, expected);
	assert_int_equal(next, n_keys);
}

static void prompt_is(const char *expected)
{
	assert_string_equal(teletyped, expected);
}

static void without_a_key_it_is_the_usual_order(void **state)
{
	(void)state;
	answer_is(3, MENU_NONE);
	prompt_is("Press ESC or F12 for the boot menu.\r\n\r\n");
	assert_int_equal(waits, 1);
	assert_int_equal(last_limit_us, 2500000);
	assert_int_equal(expired, 1);
	assert_int_equal(fake_log_lines(), 1);
	assert_string_equal(fake_log_line(0), "menu: 2500 ms for F12 or the key of scan code 01");
}

static void a_picture_is_shown_while_the_key_is_waited_for(void **state)
{
	(void)state;
	picture = true;
	answer_is(3, MENU_NONE);
	assert_int_equal(hides, 1);
	assert_int_equal(shown_at, teletyped_len);	/* the prompt is in front */
	assert_true(shown_for > 1000);
	set_up(NULL);
	picture = true;
	press(F12, 20);
	press(ENTER, 1000);
	answer_is(3, 0);
	assert_int_equal(hides, 1);
	assert_true(shown_for < 30 && peeks > shown_for);
}

static void nothing_is_shown_where_nobody_waits(void **state)
{
	static const uint8_t never[4] = { 0xff, 0xff, 0xff, 0xff }, none[2];

	(void)state;
	picture = true;
	file("etc/boot-menu-wait", never, sizeof(never));
	press(ENTER, 1);
	answer_is(3, 0);
	assert_int_equal(shows + hides, 0);
	set_up(NULL);
	picture = true;
	file("etc/boot-menu-wait", none, sizeof(none));
	answer_is(3, MENU_NONE);
	assert_int_equal(shows + hides, 0);
	set_up(NULL);
	picture = true;
	answer_is(0, MENU_NONE);
	assert_int_equal(shows + hides, 0);
}

static void another_key_ends_the_wait_at_once(void **state)
{
	(void)state;
	press('a', 5);
	answer_is(3, MENU_NONE);
	assert_int_equal(expired, 0);
}

static void esc_or_f12_opens_and_enter_chooses(void **state)
{
	static const uint16_t opener[] = { ESC, F12 };

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(opener); i++) {
		set_up(NULL);
		press(opener[i], 5);
		press(DOWN, 3);
		press(ENTER, 3);
		answer_is(3, 1);
		assert_true(fake_log_has("menu: entry 2 of 3 is chosen"));
		assert_string_equal(row(2), "");	/* blanked, so that messages that follow can be read */
		assert_int_equal(at_row + at_column, 0);
		assert_false(hidden);
	}
}

static void a_label_chooses_at_once_and_escape_leaves(void **state)
{
	(void)state;
	press(F12, 5);
	press('C', 3);
	answer_is(30, 11);
	set_up(NULL);
	press(F12, 5);
	press(ESC, 3);
	answer_is(30, MENU_NONE);
	assert_true(fake_log_has("menu: left without a choice among 30"));
}

static void what_is_shown(void **state)
{
	uint32_t entry;

	(void)state;
	press(ESC, 0);
	press(DOWN, 0);
	assert_false(ask(3, text, &entry));
	assert_string_equal(row(0), "Slipway: what is to be booted?");
	assert_string_equal(row(1), "");
	assert_string_equal(row(2), "  1. entry 0");
	assert_string_equal(row(3), "> 2. entry 1");
	assert_string_equal(row(4), "  3. entry 2");
	assert_string_equal(row(5), "");
	assert_string_equal(row(6), "1-3 of 3; arrow keys and Enter, or a label; ESC: usual order");
	for (uint32_t column = 0; column < columns; column++)
		assert_int_equal(cell[3][column].colours, CONSOLE_REVERSE);
	assert_int_equal(cell[2][0].colours, CONSOLE_PLAIN);
	assert_int_equal(at_row, 3);
	assert_int_equal(at_column, 0);
	assert_true(hidden);
}

/* However many entries and rows: nothing scrolls by itself, and what is marked is to be seen. */
static void every_size_of_screen(void **state)
{
	static const uint8_t sizes[][2] = { { 8, 40 }, { 25, 80 }, { 50, 80 }, { 100, 160 } };
	uint32_t entry;

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(sizes); i++)
		for (uint32_t entries = 1; entries < 130; entries += 8)
			for (uint32_t downs = 0; downs < entries + 2; downs += 5) {
				char expected[32];
				uint32_t marked = min_u32(downs, entries - 1), found = 0;

				set_up(NULL);
				set_size(sizes[i][0], sizes[i][1]);
				press(F12, 0);
				for (uint32_t n = 0; n < downs; n++)
					press(DOWN, 0);
				assert_false(ask(entries, text, &entry));
				snprintf(expected, sizeof(expected), "entry %u", marked);
				for (uint32_t n = 0; n < rows; n++)
					if (cell[n][0].character == '>') {
						found++;
						assert_string_equal(row(n) + 5, expected);
						assert_int_equal(at_row, n);
					}
				assert_int_equal(found, 1);
				assert_int_equal(scrolled, 0);
			}
}

static void entries_are_cut_to_the_screen_and_made_readable(void **state)
{
	uint32_t entry;

	(void)state;
	press(F12, 0);
	assert_false(ask(40, hostile_text, &entry));
	for (uint32_t n = 2; n < 23; n++) {
		assert_int_equal(strlen(row(n)), 80);
		assert_int_equal(strspn(row(n) + 5, "?"), 75);
	}
	set_up(NULL);
	set_size(25, 160);
	press(F12, 0);
	assert_false(ask(40, hostile_text, &entry));
	assert_int_equal(strlen(row(2)), 160);
}

/* Held down, the key that has opened the menu does not leave it; pressed again after a while it does. */
static void a_key_held_down_opens_only(void **state)
{
	uint32_t entry;

	(void)state;
	for (uint32_t n = 0; n < 50; n++)
		press(ESC, n == 1 ? 500 : 30);
	press(DOWN, 300);
	press(ENTER, 10);
	answer_is(3, 1);
	set_up(NULL);
	press(ESC, 0);
	press(ESC, 0);
	press(ESC, 0);
	assert_false(ask(3, text, &entry));
	set_up(NULL);
	press(ESC, 0);
	press(ESC, 751);
	answer_is(3, MENU_NONE);
	set_up(NULL);
	press(ESC, 0);
	press(ESC, 749);
	press(ENTER, 0);
	answer_is(3, 0);
	set_up(NULL);
	for (uint32_t n = 0; n < 101; n++)	/* a hundred repeats are enough */
		press(ESC, 30);
	answer_is(3, MENU_NONE);
}

static void a_wait_of_0_looks_once(void **state)
{
	(void)state;
	file("etc/boot-menu-wait", "\0", 2);
	answer_is(3, MENU_NONE);
	assert_int_equal(peeks, 1);
	assert_int_equal(windows, 1);	/* a key's interrupt has come before that look */
	assert_int_equal(expired, 0);
	set_up(NULL);
	file("etc/boot-menu-wait", "\0", 2);
	press(F12, 0);
	press('2', 0);
	answer_is(3, 1);
}

static void the_other_key_is_the_hosts(void **state)
{
	uint32_t entry;

	(void)state;
	file("etc/boot-menu-key", "\x3c", 1);		/* F2 */
	press(0x3c00, 4);
	assert_false(ask(3, text, &entry));
	prompt_is("Press F12 for the boot menu.\r\n\r\n");
	set_up(NULL);
	file("etc/boot-menu-key", "\x3c", 1);
	press(F12, 4);
	assert_false(ask(3, text, &entry));
	set_up(NULL);
	file("etc/boot-menu-key", "\x3c", 1);
	press(ESC, 4);
	answer_is(3, MENU_NONE);
}

static void numbers_that_are_none_cost_a_line(void **state)
{
	static const char three[3], big[4] = { 0, 0, 1, 0 }, huge[8] = { -1, -1, -1, -1, -1, -1, -1, 0x7f };

	(void)state;
	file("etc/boot-menu-wait", big, 4);
	file("etc/boot-menu-key", three, 3);
	press(ESC, 4);
	press('1', 4);
	answer_is(3, 0);
	assert_true(fake_log_has("menu: etc/boot-menu-wait: 0x10000 is more than 0xffff; taken as 2500"));
	assert_true(fake_log_has("menu: etc/boot-menu-key: a number in 3 bytes could not be read (-22); taken as 1"));
	set_up(NULL);
	file("etc/boot-menu-wait", huge, 8);
	answer_is(3, MENU_NONE);
	assert_true(fake_log_has("menu: etc/boot-menu-wait: 0x7fffffffffffffff is more than 0xffff; taken as 2500"));
	set_up(NULL);
	file("etc/boot-menu-key", "\xff\xff\xff\xff", 4);
	answer_is(3, MENU_NONE);
	assert_true(fake_log_has("menu: etc/boot-menu-key: 0xffffffff is more than 0xff; taken as 1"));
}

static void with_a_negative_wait_the_menu_comes_by_itself(void **state)
{
	static const uint8_t ones[8] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };

	(void)state;
	for (uint32_t size = 1; size <= 8; size *= 2) {
		set_up(NULL);
		file("etc/boot-menu-wait", ones, size);
		if (size < 4) {		/* QEMU's longest wait is no negative number */
			answer_is(3, MENU_NONE);
			continue;
		}
		press(DOWN, 0);
		press(ENTER, 0);
		answer_is(3, 1);
		assert_int_equal(teletyped_len, 0);
	}
}

static void the_message_is_the_hosts(void **state)
{
	static const char message[] = "Hello\a\x1b[2J\tyou\nthere\xf6";

	(void)state;
	file("etc/boot-menu-message", message, sizeof(message) - 1);	/* no NUL */
	answer_is(3, MENU_NONE);
	prompt_is("Hello  [2J you\r\nthere\xf6\r\n\r\n");
	set_up(NULL);
	file("etc/boot-menu-message", "seen\0not seen", 13);
	answer_is(3, MENU_NONE);
	prompt_is("seen\r\n\r\n");
	set_up(NULL);
	file("etc/boot-menu-message", "", 0);
	answer_is(3, MENU_NONE);
	prompt_is("\r\n\r\n");
}

static void a_long_message_is_cut(void **state)
{
	static char message[0x10000];

	(void)state;
	for (uint32_t len = 1023; len <= 1025; len++) {
		set_up(NULL);
		memset(message, 'm', sizeof(message));
		file("etc/boot-menu-message", message, len);
		answer_is(3, MENU_NONE);
		assert_int_equal(strspn(teletyped, "m"), min_u32(len, 1024));
		assert_int_equal(fake_log_lines(), 1 + (len > 1024));
	}
	set_up(NULL);
	file("etc/boot-menu-message", message, sizeof(message));
	answer_is(3, MENU_NONE);
	assert_true(fake_log_has("etc/boot-menu-message: 65536 bytes, the first 1024 are shown"));
}

static void every_failed_read_is_told_and_the_menu_comes_all_the_same(void **state)
{
	uint32_t failed = 0;

	(void)state;
	for (uint32_t n = 1; failed == n - 1; n++) {
		static char message[200];

		memset(message, 'm', sizeof(message));
		set_up(NULL);
		file("etc/boot-menu-wait", "\x9\0", 2);
		file("etc/boot-menu-key", "\1", 1);
		file("etc/boot-menu-message", message, sizeof(message));
		fake_files.fail_at = n;
		press(F12, 1);
		press('3', 1);
		answer_is(3, 2);
		failed += fake_files.accesses >= n;
		assert_int_equal(fake_log_has("could not be read"), failed == n);
	}
	assert_int_equal(failed, 2 + 4);	/* two numbers and four pieces of the message */
}

static void the_longest_wait(void **state)
{
	(void)state;
	file("etc/boot-menu-wait", "\xff\xff", 2);
	answer_is(3, MENU_NONE);
	assert_int_equal(last_limit_us, 65535000);
}

static void without_display_and_serial_console_there_is_a_line(void **state)
{
	(void)state;
	has_display(false);
	answer_is(3, MENU_NONE);
	assert_true(fake_log_has("neither display nor serial console"));
	assert_int_equal(peeks + windows + waits, 0);
}

static void without_entries_nobody_is_asked(void **state)
{
	(void)state;
	answer_is(0, MENU_NONE);
	assert_int_equal(peeks + teletyped_len, 0);
}

static void who_wants_it(void **state)
{
	(void)state;
	for (uint32_t entries = 0; entries < 4; entries++) {
		set_up(NULL);
		assert_false(menu_wanted(false, entries));
		assert_true(menu_wanted(true, entries));
		for (uint8_t show = 0; show < 5; show++)
			for (int on = 0; on <= 1; on++) {
				set_up(NULL);
				file("etc/show-boot-menu", &show, 1);
				assert_int_equal(menu_wanted(on, entries),
						 show == 0 ? 0 : show == 1 ? 1 : show == 2 ? entries > 1 : on);
				assert_int_equal(fake_log_lines(), show > 2);
			}
	}
}

static int done(void **state)
{
	(void)state;
	fake_ram_reset(0);
	return 0;
}

#define TEST(name) cmocka_unit_test_setup(name, set_up)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(without_a_key_it_is_the_usual_order),
		TEST(a_picture_is_shown_while_the_key_is_waited_for),
		TEST(nothing_is_shown_where_nobody_waits),
		TEST(another_key_ends_the_wait_at_once),
		TEST(esc_or_f12_opens_and_enter_chooses),
		TEST(a_label_chooses_at_once_and_escape_leaves),
		TEST(what_is_shown),
		TEST(every_size_of_screen),
		TEST(entries_are_cut_to_the_screen_and_made_readable),
		TEST(a_key_held_down_opens_only),
		TEST(a_wait_of_0_looks_once),
		TEST(the_other_key_is_the_hosts),
		TEST(numbers_that_are_none_cost_a_line),
		TEST(with_a_negative_wait_the_menu_comes_by_itself),
		TEST(the_message_is_the_hosts),
		TEST(a_long_message_is_cut),
		TEST(every_failed_read_is_told_and_the_menu_comes_all_the_same),
		TEST(the_longest_wait),
		TEST(without_display_and_serial_console_there_is_a_line),
		TEST(without_entries_nobody_is_asked),
		TEST(who_wants_it),
	};

	return cmocka_run_group_tests(tests, NULL, done);
}
