/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/boot/rom/display_test.c: the display's ROM is found, put at C0000 while there is RAM, run once with the
 * registers it expects, and kept read-only; whatever is wrong with it costs a line.
 * LINK: src/boot/rom/display.c src/boot/rom/option_rom.c src/services/console.c src/hw/chipset/shadow.c tests/fake/ram.c tests/fake/log.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "arch/layout.h"
#include "arch/real_call.h"
#include "boot/rom/display.h"
#include "fake/log.h"
#include "fake/ram.h"
#include "fw/fw_cfg.h"
#include "hw/chipset/chipset.h"
#include "hw/pci/tree.h"
#include "lib/bits.h"
#include "lib/endian.h"
#include "lib/errno.h"
#include "machine/machine.h"
#include "services/console.h"
#include "services/pnp.h"
#include "services/serial_console.h"
#include "std/bda.h"
#include "std/option_rom.h"

#define RAM_BYTES	(4u << 20)
#define BAR		0x200000u	/* where ROMs decode */
#define BAR_BYTES	0x40000u
#define ROM		0xc0000u
#define SIZE		0x9c00u
#define ID		0x11111234u
#define PCIR_AT		0x40u

struct machine machine;
extern char rt16_rom_call[];
char rt16_rom_call[1];
uint32_t serial_console_vector(void) { return 0; }

/* PCI: what is written, and a ROM that decodes only while its BAR says so. */
static struct pci_function functions[8];
static struct pci_tree tree = { .function = functions };
static uint8_t roms[8][BAR_BYTES];
static uint32_t shadow[8], n_shadow, bar_writes;
static int decoding;			/* index of the function, -1: none */

void pci_write8(pci_bdf_t bdf, uint8_t reg, uint8_t value) { fail_msg("%x %x %x", bdf, reg, value); }
static uint32_t forgotten;
void pci_config_forget(void) { forgotten++; }
uint32_t pci_read32(pci_bdf_t bdf, uint8_t reg) { fail_msg("%x %x", bdf, reg); return 0; }

void pci_write32(pci_bdf_t bdf, uint8_t reg, uint32_t value)
{
	if (bdf == 0) {
		assert_true(n_shadow < ARRAY_SIZE(shadow));
		assert_int_equal(reg, machine.chipset == CHIPSET_Q35 ? 0x90 : 0x58);
		shadow[n_shadow++] = value;
		return;
	}
	assert_int_equal(reg, PCI_ROM);
	assert_int_equal(value & ~1u, BAR);
	bar_writes++;
	decoding = -1;
	memset(fake_ram + BAR, 0xff, BAR_BYTES);
	if (value & 1) {
		decoding = bdf >> 3;
		memcpy(fake_ram + BAR, roms[decoding], BAR_BYTES);
	}
}

/* fw_cfg: files by name. */
static struct { const char *name; const uint8_t *data; uint32_t size; int result; } file[4];
static uint32_t files;

int fw_cfg_nth(uint32_t n, const char **name, struct fw_cfg_item *item)
{
	if (n >= files)
		return -ENOENT;
	*name = file[n].name;
	*item = (struct fw_cfg_item){ file[n].size, (uint16_t)n };
	return 0;
}

int fw_cfg_read(const struct fw_cfg_item *item, uint32_t offset, void *buf, uint32_t len)
{
	assert_int_equal(offset, 0);
	assert_true(len <= item->size);
	memcpy(buf, file[item->key].data, len);
	return file[item->key].result;
}

/* What runs in real mode. */
static struct regs init_regs;
static uint32_t inits, mode_sets, printed;
static char screen[256];
static bool takes_int10, sets_mode;
static int units_after;			/* what init makes of the size byte, -1: nothing */

static void run_init(const struct regs *r)
{
	assert_int_equal(r->ebp, FAR_POINTER(ROM >> 4, 3));
	assert_true(r->si >= 0x2000 && r->si <= 0x7c00);
	assert_true(n_shadow || machine.chipset == CHIPSET_NONE);
	assert_int_equal(get_le16(fake_ram + ROM), OPTION_ROM_SIGNATURE);
	init_regs = *r;
	inits++;
	if (takes_int10)
		put_le32(fake_ram + 4 * 0x10, FAR_POINTER(ROM >> 4, 0x100));
	if (sets_mode)
		((struct bda *)(fake_ram + 0x400))->video_mode = 3;
	if (units_after >= 0)
		fake_ram[ROM + 2] = (uint8_t)units_after;
}

uint32_t pnp_structure(void) { return 0xf0001230; }
void real_call(struct regs *r, uint32_t target)
{
	assert_true(r->flags & FLAGS_IF);
	assert_int_equal(decoding, -1);
	if (target == FAR_POINTER(FSEG_BASE >> 4, (uint32_t)(uintptr_t)rt16_rom_call)) {
		run_init(r);
		return;
	}
	assert_int_equal(target, FAR_POINTER(ROM >> 4, 0x100));
	if (r->ah == 0) {
		assert_int_equal(r->al, 3);
		mode_sets++;
		return;
	}
	assert_int_equal(r->ah, 0x0e);
	assert_true(printed < sizeof(screen) - 1);
	screen[printed++] = (char)r->al;
}

static void make_rom(uint8_t *to, uint32_t size, uint32_t id)
{
	struct option_rom header = { .signature = OPTION_ROM_SIGNATURE, .units = (uint8_t)(size / 512), .pcir = PCIR_AT };
	struct pcir pcir = {
		.signature = PCIR_SIGNATURE, .vendor = (uint16_t)id, .device = (uint16_t)(id >> 16), .length = 24,
		.units = (uint16_t)(size / 512), .indicator = PCIR_LAST,
	};
	uint8_t sum = 0;

	memset(to, 0x5a, size);
	memcpy(to, &header, sizeof(header));
	memcpy(to + PCIR_AT, &pcir, sizeof(pcir));
	for (uint32_t i = 0; i < size - 1; i++)
		sum = (uint8_t)(sum + to[i]);
	to[size - 1] = (uint8_t)-sum;
}

static void add(uint16_t class)
{
	struct pci_function *f = &functions[tree.count];

	*f = (struct pci_function){ .id = ID, .bdf = (pci_bdf_t)(tree.count << 3), .class_revision = (uint32_t)class << 16 };
	f->bar[6] = (struct pci_bar){ .size = BAR_BYTES, .base = BAR, .reg = PCI_ROM, .rom = true };
	make_rom(roms[tree.count++], SIZE, ID);
}

static int set_up(void **state)
{
	(void)state;
	fake_log_reset();
	fake_ram_reset(RAM_BYTES);
	memset(fake_ram + 0xa0000, 0xee, 0x40000);	/* an earlier guest's */
	memset(roms, 0xff, sizeof(roms));
	machine.chipset = CHIPSET_I440FX;
	machine.pci = &tree;
	tree.count = 0;
	add(0x0600);
	forgotten = n_shadow = bar_writes = files = inits = mode_sets = printed = 0;
	memset(screen, 0, sizeof(screen));
	takes_int10 = true;
	sets_mode = false;
	console_open();
	units_after = decoding = -1;
	return 0;
}

static void run(void)
{
	display_init();
	if (machine.chipset != CHIPSET_NONE)
		shadow_lock(machine.chipset);
	assert_int_equal(decoding, -1);
}

static void assert_dark(uint32_t lines)
{
	assert_false(console_is_open());
	assert_int_equal(display_rom_end(), ROM);
	assert_int_equal(fake_log_lines(), lines);
	assert_int_equal(printed, 0);
	if (n_shadow)
		assert_int_equal(shadow[n_shadow - 1], 0x1000);
	assert_int_not_equal(get_le16(fake_ram + ROM), OPTION_ROM_SIGNATURE);
}

static void without_a_display_nothing_happens(void **state)
{
	(void)state;
	run();
	assert_int_equal(inits, 0);
	assert_int_equal(n_shadow, 1);		/* the lock */
	assert_dark(0);
	machine.pci = NULL;
	run();
	assert_dark(0);
}

static void the_first_vga_is_run_as_a_rom_expects(void **state)
{
	(void)state;
	add(0x0380);
	add(0x0300);
	add(0x0300);
	run();
	assert_int_equal(inits, 1);
	assert_int_equal(init_regs.ax, 2 << 3);
	assert_int_equal(init_regs.bx, 0xffff);
	assert_int_equal(init_regs.dx, 0xffff);
	assert_int_equal(bar_writes, 2);
	assert_memory_equal(fake_ram + ROM, roms[2], SIZE);
	assert_int_equal(fake_ram[ROM - 1], 0xee);
	for (uint32_t i = SIZE; i < 0xc000; i++)
		assert_int_equal(fake_ram[ROM + i], 0);
	assert_int_equal(display_rom_end(), ROM + 0xa000);
	assert_int_equal(n_shadow, 2);
	assert_int_equal(shadow[0], 0x33333000);
	assert_int_equal(shadow[1], 0x01111000);	/* 48 KiB */
	assert_int_equal(mode_sets, 1);
	assert_int_equal(forgotten, 1 + mode_sets + printed);
	assert_int_equal(printed, 0);
	assert_true(fake_log_has("display: 00:02.0: option ROM, 0x9c00 bytes"));
}

static void q35_has_the_same_blocks(void **state)
{
	(void)state;
	machine.chipset = CHIPSET_Q35;
	add(0x0300);
	run();
	assert_int_equal(shadow[0], 0x00333330);
	assert_int_equal(shadow[1], 0x00011110);
}

static void a_mode_that_init_has_set_is_not_set_again(void **state)
{
	(void)state;
	sets_mode = true;
	add(0x0300);
	run();
	assert_int_equal(mode_sets, 0);
}

static void what_init_gives_back_is_not_kept(void **state)
{
	static const struct { int units; uint32_t end, last; } shrunk[] = {
		{ 7, 0x1000, 0x00011000 },		/* 3.5 KiB: one block, and the next ROM behind 4 */
		{ 0x4e, 0xa000, 0x01111000 },
		{ 0xff, 0xa000, 0x01111000 },		/* it cannot have more */
		{ 0, 0xa000, 0x01111000 },		/* INT 10h leads there all the same */
	};

	for (uint32_t i = 0; i < ARRAY_SIZE(shrunk); i++) {
		set_up(state);
		add(0x0300);
		units_after = shrunk[i].units;
		run();
		assert_int_equal(display_rom_end(), ROM + shrunk[i].end);
		assert_int_equal(shadow[1], shrunk[i].last);
		if (i == 0)
			for (uint32_t at = 7 * 512; at < SIZE; at++)
				assert_int_equal(fake_ram[ROM + at], 0);
	}
}

static void a_rom_in_fw_cfg_comes_first(void **state)
{
	static uint8_t bytes[SIZE];

	(void)state;
	make_rom(bytes, SIZE, 0);
	add(0x0300);
	file[files++] = (typeof(*file)){ "bootorder", NULL, 0, 0 };
	file[files++] = (typeof(*file)){ "vgaroms/vgabios-stdvga.bin", bytes, SIZE, 0 };
	run();
	assert_int_equal(inits, 1);
	assert_int_equal(init_regs.ax, 0);
	assert_int_equal(bar_writes, 0);
	assert_memory_equal(fake_ram + ROM, bytes, SIZE);
	assert_true(fake_log_has("display: vgaroms/vgabios-stdvga.bin: option ROM"));
}

static void boards_without_shadow_registers_have_ram_there(void **state)
{
	static uint8_t bytes[SIZE + 100];	/* a file longer than its ROM */

	(void)state;
	machine.chipset = CHIPSET_NONE;
	machine.pci = NULL;
	make_rom(bytes, SIZE, 0);
	file[files++] = (typeof(*file)){ "vgaroms/vgabios.bin", bytes, sizeof(bytes), 0 };
	run();
	assert_int_equal(n_shadow, 0);
	assert_memory_equal(fake_ram + ROM, bytes, SIZE);
	assert_true(console_is_open());
}

static void a_bad_file_costs_a_line_and_the_next_is_tried(void **state)
{
	static uint8_t bad[SIZE], good[SIZE], large[0x20000];

	(void)state;
	make_rom(bad, SIZE, 0);
	bad[0x1000] ^= 1;
	make_rom(good, SIZE, 0);
	make_rom(large, 0x10200, 0);
	file[files++] = (typeof(*file)){ "vgaroms/a", bad, SIZE, 0 };
	file[files++] = (typeof(*file)){ "vgaroms/b", good, SIZE - 1, 0 };
	file[files++] = (typeof(*file)){ "vgaroms/c", large, sizeof(large), 0 };
	file[files++] = (typeof(*file)){ "vgaroms/d", good, SIZE, -EIO };
	run();
	assert_true(fake_log_has("display: vgaroms/a: option ROM: sum of bytes: 0x0 expected, 0x1 found; not run"));
	assert_true(fake_log_has("vgaroms/b: option ROM: bytes, at most: 0x9bff expected, 0x9c00 found"));
	assert_true(fake_log_has("vgaroms/c: option ROM: bytes, at most: 0x10000 expected, 0x10200 found"));
	assert_true(fake_log_has("vgaroms/d: 0x9c00 bytes could not be read"));
	assert_dark(4);
	assert_int_equal(inits, 0);
	add(0x0300);
	run();
	assert_int_equal(inits, 1);
	assert_int_equal(init_regs.ax, 1 << 3);
}

static void a_vga_with_a_bad_rom_stays_dark(void **state)
{
	(void)state;
	add(0x0300);
	roms[1][0x2000] ^= 1;
	run();
	assert_true(fake_log_has("display: 00:01.0: option ROM: sum of bytes"));
	assert_dark(1);
	set_up(state);
	add(0x0300);
	make_rom(roms[1], 0x10200, ID);
	run();
	assert_true(fake_log_has("display: 00:01.0: option ROM: bytes, at most: 0x10000 expected, 0x10200 found"));
	assert_dark(1);
	set_up(state);
	add(0x0300);
	functions[1].id = ID ^ 0x10000;
	add(0x0300);				/* gets no legacy cycles */
	run();
	assert_true(fake_log_has("display: 00:01.0: option ROM: device and vendor of x86 code"));
	assert_dark(1);
	set_up(state);
	add(0x0300);
	functions[1].bar[6].size = 0;
	run();
	assert_true(fake_log_has("display: 00:01.0: it has no option ROM"));
	assert_dark(1);
	assert_int_equal(n_shadow, 1);
	for (uint32_t i = 0; i < 3; i++) {
		set_up(state);
		add(0x0300);
		if (i == 0)
			functions[1].bar[6].base = 0;
		else if (i == 1)
			functions[1].bar[6].base = 1ull << 32;
		else
			functions[1].lost = true;
		run();
		assert_int_equal(bar_writes, 0);
		assert_dark(i != 2);
	}
}

static void another_display_is_tried_where_no_vga_answers(void **state)
{
	(void)state;
	add(0x0380);
	functions[1].bar[6].size = 0;
	add(0x0380);
	run();
	assert_int_equal(inits, 1);
	assert_int_equal(init_regs.ax, 2 << 3);
	assert_true(console_is_open());
}

static void a_rom_that_gives_up_is_not_kept(void **state)
{
	(void)state;
	takes_int10 = false;
	add(0x0300);
	run();
	assert_int_equal(inits, 1);
	assert_true(fake_log_has("display: 00:01.0: option ROM has run (0x9c00 bytes), and INT 10h is not its own"));
	assert_dark(1);
}

static int done(void **state)
{
	(void)state;
	fake_ram_reset(0);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(without_a_display_nothing_happens, set_up),
		cmocka_unit_test_setup(the_first_vga_is_run_as_a_rom_expects, set_up),
		cmocka_unit_test_setup(q35_has_the_same_blocks, set_up),
		cmocka_unit_test_setup(a_mode_that_init_has_set_is_not_set_again, set_up),
		cmocka_unit_test_setup(what_init_gives_back_is_not_kept, set_up),
		cmocka_unit_test_setup(a_rom_in_fw_cfg_comes_first, set_up),
		cmocka_unit_test_setup(boards_without_shadow_registers_have_ram_there, set_up),
		cmocka_unit_test_setup(a_bad_file_costs_a_line_and_the_next_is_tried, set_up),
		cmocka_unit_test_setup(a_vga_with_a_bad_rom_stays_dark, set_up),
		cmocka_unit_test_setup(another_display_is_tried_where_no_vga_answers, set_up),
		cmocka_unit_test_setup(a_rom_that_gives_up_is_not_kept, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, done);
}
