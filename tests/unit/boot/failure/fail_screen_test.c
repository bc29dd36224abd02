/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/boot/failure/fail_screen_test.c: which display shows that a boot failed, and what is written to it.
 * LINK: src/boot/failure/fail_screen.c src/fw/ramfb.c tests/fake/own_vga.c
 * LINK: tests/fake/alloc.c tests/fake/fw_cfg_files.c tests/fake/ram.c tests/fake/log.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "arch/phys.h"
#include "boot/failure/fail_screen.h"
#include "boot/rom/policy.h"
#include "fake/alloc.h"
#include "fake/fw_cfg_files.h"
#include "fake/ram.h"
#include "hw/display/card.h"
#include "hw/display/framebuffer.h"
#include "hw/display/screen.h"
#include "hw/pci/tree.h"
#include "lib/bits.h"
#include "lib/endian.h"
#include "lib/errno.h"
#include "machine/machine.h"

#define MIB		0x100000u
#define PICTURE		(20 * MIB)
#define PIXELS		(640 * 400u)
#define STD		0x11111234u

struct machine machine;
extern uint8_t own_vga_font[];
static struct pci_function function[2];
static struct pci_tree tree = { .function = function, .count = 1 };
static enum rom_vga wish;
static bool is_text, takes_text;
static uint32_t tries, scrolls, asked, sets;
static int refuses, shows_another;
static bool too_small;
static uint8_t cell[25][80];

enum rom_vga rom_policy_vga(void) { return wish; }
const struct display_card *display_card_of(const struct pci_function *f) { (void)f; return NULL; }
void screen_text_on(const struct pci_function *vga, const struct display_card *card, bool colours)
{
	(void)card, (void)colours;
	assert_int_equal(vga->class_revision >> 16, PCI_CLASS_VGA);
	tries++;
	is_text = takes_text;
}
bool screen_is_text(void) { return is_text; }
bool screen_answers(const struct pci_function *vga, const struct display_card *card) { (void)card; return vga; }
void screen_write(uint32_t row, uint32_t column, uint8_t character, uint8_t attribute)
{
	assert_true(is_text && row < 25 && column < 80);
	assert_int_equal(attribute, 7);
	cell[row][column] = character;
}
void screen_scroll(void)
{
	scrolls++;
	memmove(cell[0], cell[1], sizeof(cell) - sizeof(cell[0]));
	memset(cell[24], 0, sizeof(cell[0]));
}
int framebuffer_of(const struct pci_function *f, struct framebuffer *fb)
{
	*fb = (struct framebuffer){ .base = f->bar[0].base, .memory_64k = 256 };
	asked++;
	return refuses;
}
bool framebuffer_fits(const struct pixels *p, uint32_t memory_64k)
{
	assert_int_equal(memory_64k, 256);
	assert_int_equal(p->width * p->height, PIXELS);
	assert_int_equal(p->bits, 32);
	return !too_small;
}
int framebuffer_set(const struct framebuffer *fb, const struct pixels *p)
{
	sets++;
	memset(fake_ram + fb->base, 0, p->width * p->height * 4);
	return shows_another;
}

static void add(uint32_t n, uint16_t class)
{
	function[n] = (struct pci_function){ .id = STD, .bdf = (pci_bdf_t)(0x10 + n), .class_revision = (uint32_t)class << 16 };
	function[n].bar[0] = (struct pci_bar){ .base = PICTURE, .size = 16 * MIB, .kind = PCI_PREF };
	tree.count = n + 1;
}

static int set_up(void **state)
{
	(void)state;
	fake_ram_reset(32 * MIB);
	fake_alloc_reset();
	fake_files_reset();
	memset(cell, 0, sizeof(cell));
	memset(fake_ram + PICTURE, 0x55, PIXELS * 4);
	for (uint32_t i = 0; i < 256 * 16; i++)
		own_vga_font[i] = (uint8_t)(i * 7 + i / 16);
	machine.pci = &tree;
	tree.count = 0;
	wish = ROM_VGA_CARD;
	is_text = takes_text = false;
	tries = scrolls = asked = sets = 0;
	refuses = shows_another = 0;
	too_small = false;
	return 0;
}

/* The picture has that character there. */
static void shows(uint32_t picture, uint32_t row, uint32_t column, uint8_t c)
{
	for (uint32_t y = 0; y < 16; y++)
		for (uint32_t x = 0; x < 8; x++) {
			uint32_t pixel = get_le32(fake_ram + picture + (((row * 16 + y) * 640) + column * 8 + x) * 4);

			assert_int_equal(pixel, c && own_vga_font[c * 16 + y] & 0x80 >> x ? 0xaaaaaa : 0);
		}
}

static void print(const char *text)
{
	fail_screen_write(text, (uint32_t)strlen(text));
}

static void without_a_display_there_is_none(void **state)
{
	(void)state;
	assert_false(fail_screen_open());
	machine.pci = NULL;
	assert_false(fail_screen_open());
}

static void a_vga_is_written_as_text(void **state)
{
	char line[82];

	(void)state;
	add(0, PCI_CLASS_VGA);
	takes_text = true;
	assert_true(fail_screen_open());
	assert_int_equal(tries, 1);
	memset(line, 'x', 80);
	line[80] = '\n';
	line[81] = '\0';
	print(line);
	print("ab\n");
	assert_int_equal(cell[0][79], 'x');
	assert_int_equal(cell[1][1], 'b');	/* no row is left out behind a full one */
	for (uint32_t i = 0; i < 22; i++)
		print("\n");
	print("last");
	assert_int_equal(cell[24][3], 't');
	assert_int_equal(scrolls, 0);
	print("\nnew");
	assert_int_equal(scrolls, 1);
	assert_int_equal(cell[23][3], 't');
	assert_int_equal(cell[24][0], 'n');
	print(line);
	memset(line, 'y', sizeof(line));
	fail_screen_write(line, 81);
	assert_int_equal(cell[23][79], 'y');
	assert_int_equal(cell[24][0], 'y');
	set_up(NULL);
	is_text = true;			/* since POST */
	add(0, PCI_CLASS_VGA);
	assert_true(fail_screen_open());
	assert_int_equal(tries, 0);
}

static void a_flat_display_is_painted(void **state)
{
	(void)state;
	add(0, PCI_CLASS_OTHER_DISPLAY);
	assert_true(fail_screen_open());
	assert_int_equal(sets, 1);
	print("A\xb3\nB");
	shows(PICTURE, 0, 0, 'A');
	shows(PICTURE, 0, 1, 0xb3);
	shows(PICTURE, 1, 0, 'B');
	shows(PICTURE, 24, 79, 0);
	assert_int_equal(fake_ram[PICTURE + PIXELS * 4], 0);
	for (uint32_t i = 0; i < 24; i++)
		print("\n");
	print("C");
	shows(PICTURE, 0, 0, 'B');
	shows(PICTURE, 0, 1, 0);
	shows(PICTURE, 24, 0, 'C');
	shows(PICTURE, 23, 0, 0);
	assert_int_equal(fake_ram[PICTURE + PIXELS * 4], 0);
}

static void another_display_shows_it_where_a_vga_is_not_as_a_reset_leaves_it(void **state)
{
	(void)state;
	add(0, PCI_CLASS_OTHER_DISPLAY);
	add(1, PCI_CLASS_VGA);
	assert_true(fail_screen_open());
	assert_int_equal(tries, 1);
	print("A");
	shows(PICTURE, 0, 0, 'A');
}

static void a_flat_display_that_is_not_reached(void **state)
{
	(void)state;
	for (uint32_t n = 0; n < 7; n++) {
		set_up(NULL);
		add(0, n == 6 ? PCI_CLASS_VGA : PCI_CLASS_OTHER_DISPLAY);
		switch (n) {
		case 0: function[0].bar[0].base = 1ull << 32; break;
		case 1: refuses = -EOPNOTSUPP; break;
		case 2: too_small = true; break;
		case 3: shows_another = -EIO; break;
		case 4: function[0].lost = true; break;
		case 5: wish = ROM_VGA_OFF; break;
		default: break;			/* a VGA that somebody has touched */
		}
		assert_false(fail_screen_open());
		assert_int_equal(sets, n == 3);
		assert_int_equal(asked, n < 4);
	}
}

static void ramfb_has_a_picture_in_ram(void **state)
{
	uint8_t file[28] = { 0 };
	uint32_t at;

	(void)state;
	fake_files_add("etc/ramfb", file, sizeof(file))->writable = true;
	assert_true(fail_screen_open());
	at = (uint32_t)file[4] << 24 | file[5] << 16 | file[6] << 8 | file[7];
	assert_true(fake_alloc_owns(at, PIXELS * 4));
	assert_int_equal(get_le32(file), 0);
	assert_memory_equal(file + 8, "\x34\x32\x52\x58" "\0\0\0\0" "\0\0\2\x80" "\0\0\1\x90" "\0\0\x0a\0", 20);
	print("R");
	shows(at, 0, 0, 'R');
	set_up(NULL);
	fake_files_add("etc/ramfb", file, sizeof(file));		/* not to be written */
	assert_false(fail_screen_open());
	set_up(NULL);
	fake_files_add("etc/ramfb", file, 27)->writable = true;
	assert_false(fail_screen_open());
	set_up(NULL);
	fake_files_add("etc/ramfb", file, sizeof(file))->writable = true;
	fake_files.no_dma = true;
	assert_false(fail_screen_open());
	assert_int_equal(fake_alloc_calls(), 0);
	fake_files.no_dma = false;
	fake_alloc_fail_at(1);
	assert_false(fail_screen_open());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(without_a_display_there_is_none, set_up),
		cmocka_unit_test_setup(a_vga_is_written_as_text, set_up),
		cmocka_unit_test_setup(a_flat_display_is_painted, set_up),
		cmocka_unit_test_setup(another_display_shows_it_where_a_vga_is_not_as_a_reset_leaves_it, set_up),
		cmocka_unit_test_setup(a_flat_display_that_is_not_reached, set_up),
		cmocka_unit_test_setup(ramfb_has_a_picture_in_ram, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
