/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/boot/media_test.c: what is tried, in which order and with which numbers, the kernel among it, and what is
 * said when nothing is left. What starts programs is replaced; the drives are real ones without devices.
 * LINK: src/services/partitions.c
 * LINK: src/hw/block/fdc.c
 * LINK: src/services/floppy.c src/hw/block/floppy.c src/hw/isa_dma.c tests/fake/timer.c
 * LINK: src/boot/list/describe.c src/lib/format.c
 * LINK: src/boot/media.c src/boot/list/order.c src/boot/list/path.c src/services/disk.c src/services/edd.c src/services/geometry.c
 * LINK: src/services/guest.c src/services/emulation.c src/dma/dma.c src/mem/alloc.c src/mem/e820.c
 * LINK: src/hw/cmos.c tests/fake/cmos.c tests/fake/io.c tests/fake/ram.c tests/fake/log.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "boot/eltorito.h"
#include "boot/fail.h"
#include "boot/kernel/linux.h"
#include "boot/rom/display.h"
#include "boot/media.h"
#include "boot/menu/menu_screen.h"
#include "services/console.h"
#include "services/serial_console.h"
#include "boot/program.h"
#include "fake/cmos.h"
#include "fake/io.h"
#include "fake/log.h"
#include "fake/ram.h"
#include "fw/fw_cfg.h"
#include "fw/memory.h"
void block_init_of_list(void);
#define block_init block_init_of_list	/* devices are in it before media_init() */
#include "hw/block/block.c"
#undef block_init
#include "hw/block/probe.h"
#include "hw/chipset/chipset.h"
#include "hw/pci/program.h"
#include "lib/errno.h"
#include "machine/machine.h"
#include "mem/alloc.h"
#include "services/legacy.h"
#include "services/pmm.h"
#include "services/services.h"
#include "trace/banner.h"

#define RAM_END (16u << 20)

struct machine machine;
bool program_started;

static jmp_buf out;
static const char *failure;
static char said[400];			/* what was tried, word by word */
static const char *order, *geometry;
static uint32_t directories, maps;
static void (*on_next)(void), (*on_again)(void);
static const char *gives_up;		/* the drive's name by whose program one of those is called */
static void (*gives_up_by)(void);
static bool floppy_unsigned, screen;
static char printed[1000];

static void say(const char *word)
{
	strcat(said, word);
	strcat(said, " ");
}

/* What is below media.c and not the matter here. */
void services_init(void) { }
void block_init(void) { }
void block_probe(void) { }
void legacy_init(void) { }
void pmm_open(void) { }
void display_init(void) { }
void pmm_close(void) { }
void pmm_boot(void) { }
bool console_open(void) { return screen; }
void console_print(const char *text) { strcat(printed, text); }
void serial_console_init(void) { console_print("console,"); }
void serial_console_take_back(void) { console_print("back,"); }
const struct banner banner = { "v1", 3, 1, 0 };
void services_on_boot(void (*next)(void), void (*again)(void)) { on_next = next; on_again = again; }
void services_map(void) { say("services_map"); }
void memory_finish(void) { maps++; }
void shadow_open(enum chipset chipset) { (void)chipset; say("open"); }
void shadow_lock(enum chipset chipset) { (void)chipset; say("lock"); }
void pci_program(const struct pci_tree *tree) { (void)tree; }
int fw_cfg_read_directory(void) { directories++; return 0; }
bool plan_is_kernel(const char *line, uint32_t len) { return len == 6 && memcmp(line, "KERNEL", 6) == 0; }

/* The user: is asked, sees the entries, and chooses one. */
static uint32_t asked, chosen;
static bool answers;

bool menu_wanted(bool on, uint32_t entries)
{
	(void)entries;
	return on;
}

uint32_t menu_ask(uint32_t entries, menu_text *text)
{
	char words[32];

	asked++;
	say("menu:");
	for (uint32_t i = 0; i < entries; i++) {
		text(i, words, 5);		/* the first of them do */
		assert_true(strlen(words) < 5);
		text(i, words, sizeof(words));
		words[strcspn(words, ",")] = '\0';
		say(words);
	}
	say("-");
	return answers ? chosen : MENU_NONE;
}

int fw_cfg_find(const char *name, struct fw_cfg_item *item)
{
	const char *text = strcmp(name, "bootorder") == 0 ? order : geometry;

	item->key = text == order;
	item->size = text ? (uint32_t)strlen(text) + 1 : 0;
	return text ? 0 : -ENOENT;
}

int fw_cfg_read(const struct fw_cfg_item *item, uint32_t offset, void *buf, uint32_t len)
{
	memcpy(buf, (item->key ? order : geometry) + offset, len);
	return 0;
}

void boot_fail(const char *why)
{
	failure = why;
	longjmp(out, 1);
}

static void start(const struct drive *drive)
{
	static const char digits[] = "0123456789abcdef";
	char number[3] = { digits[drive->number >> 4], digits[drive->number & 15], 0 };

	say(drive->block->description);
	say(number);
	program_started = true;
	if (gives_up && strcmp(gives_up, drive->block->description) == 0) {
		gives_up = NULL;
		gives_up_by();
	}
}

const char *program_boot_sector(const struct drive *drive, bool unsigned_too)
{
	floppy_unsigned |= unsigned_too;
	start(drive);
	return "its program came back";
}

const char *eltorito_boot(struct drive *cd, uint8_t *sector)
{
	assert_non_null(sector);
	start(cd);
	return "its program came back";
}

int linux_boot(uint32_t kernel_size, bool *wrote)
{
	assert_int_equal(kernel_size, 77);
	*wrote = false;
	say("kernel");
	return -EINVAL;
}

static struct block_controller controller;
static const struct block_driver no_driver;

static void add(enum block_kind kind, enum block_bus bus, uint8_t unit, const char *name)
{
	struct block b = { .driver = &no_driver, .controller = &controller, .sectors = 100000, .sector_size = 512,
			   .kind = (uint8_t)kind, .bus = (uint8_t)bus, .bdf = 0xffff, .unit = unit, .mmio = unit,
			   .description = name };

	assert_non_null(block_add(&b));
}

static int set_up(void **state)
{
	(void)state;
	fake_log_reset();
	fake_io_reset();
	fake_cmos_add();
	emulation_end();
	fake_ram_reset(RAM_END);
	memset(&machine, 0, sizeof(machine));
	machine.chipset = CHIPSET_I440FX;
	machine.low_ram_end = RAM_END;
	alloc_init(0xf4000, 0xf8000);
	alloc_open_high(RAM_END);
	block_init_of_list();
	failure = order = geometry = gives_up = NULL;
	said[0] = '\0';
	directories = maps = asked = chosen = 0;
	answers = true;
	program_started = floppy_unsigned = screen = false;
	printed[0] = '\0';
	return 0;
}

static void all(void)
{
	static const struct boot_plan plan = { .kernel_size = 77, .what = TIMELINE_PLAN_MADE | TIMELINE_PLAN_KERNEL };

	if (setjmp(out))
		return;
	media_init(&plan);
	media_boot();
}

static void four_devices(void)
{
	add(BLOCK_DISK, BUS_VIRTIO_MMIO, 0, "zero");
	add(BLOCK_DISK, BUS_VIRTIO_MMIO, 1, "one");
	add(BLOCK_FLOPPY, BUS_FLOPPY, 0, "floppy");
	add(BLOCK_CD, BUS_VIRTIO_MMIO, 2, "cd");
}

static void lines_come_first_then_kinds_as_cmos_has_them(void **state)
{
	(void)state;
	four_devices();
	order = "/virtio-mmio@1/disk@0,0\nKERNEL\n";
	fake_cmos[0x38] = 0x20;		/* CD, floppy, disk */
	fake_cmos[0x3d] = 0x13;
	all();
	assert_string_equal(said, "one 80 kernel cd e0 floppy 00 zero 80 ");
	assert_string_equal(failure, "nothing could be booted");
	assert_true(fake_log_has("boot: tried 2: the kernel of -kernel: it could not be started"));
	assert_true(fake_log_has("boot: tried 5: zero, 48 MiB, at 0x0: its program came back"));
	assert_int_equal(directories, 1);
	assert_false(floppy_unsigned);
	assert_int_equal(disk_find(0x81)->block->description[0], 'o');
}

static void without_a_line_the_kernel_comes_before_the_kinds(void **state)
{
	(void)state;
	four_devices();
	order = "/virtio-mmio@0/disk@0,0";
	fake_cmos[0x38] = 0x31;		/* disk, floppy, CD; no signature needed */
	fake_cmos[0x3d] = 0x12;
	all();
	assert_string_equal(said, "zero 80 kernel one 80 floppy 00 cd e0 ");
	assert_true(floppy_unsigned);
}

static void behind_halt_nothing_is_tried_but_all_have_numbers(void **state)
{
	(void)state;
	four_devices();
	order = "/virtio-mmio@1/disk@0,0\nHALT";
	all();
	assert_string_equal(said, "one 80 kernel ");
	assert_non_null(disk_find(0x81));
	assert_non_null(disk_find(0xe0));
	assert_true(fake_log_has("not tried: 3 devices"));
	assert_false(fake_log_has("floppy"));
}

static void two_disks(void)
{
	add(BLOCK_DISK, BUS_VIRTIO_MMIO, 0, "zero");
	add(BLOCK_DISK, BUS_VIRTIO_MMIO, 1, "one");
	order = "/virtio-mmio@0/disk@0,0\n/virtio-mmio@1/disk@0,0\nKERNEL";
}

static void call_next(void) { on_next(); }
static void call_again(void) { on_again(); }

static void int_18h_goes_on_and_int_19h_begins_again(void **state)
{
	(void)state;
	two_disks();
	gives_up = "zero";
	gives_up_by = call_next;
	all();
	assert_string_equal(said, "zero 80 one 80 kernel ");
	assert_true(fake_log_has("tried 1: zero, 48 MiB, at 0x0: its program gave up"));
	set_up(NULL);
	two_disks();
	gives_up = "one";
	gives_up_by = call_again;
	all();
	assert_string_equal(said, "zero 80 one 80 zero 80 one 80 kernel ");
}

static void a_screen_is_told_who_this_is_and_what_is_tried(void **state)
{
	(void)state;
	two_disks();
	all();
	assert_null(strstr(printed, "Slipway"));
	set_up(NULL);
	screen = true;
	two_disks();
	all();
	assert_string_equal(printed, "console,Slipway v1\n\nback,Booting from zero...\nback,Booting from one...\n"
			    "back,Booting from the kernel of -kernel...\n");
}

static void a_geometry_from_the_host_is_the_drives(void **state)
{
	(void)state;
	four_devices();
	geometry = "/virtio-mmio@1/disk@0,0 100 20 30\n/virtio-mmio@0/disk@0,0 0 0 0\n";
	all();
	for (uint8_t n = 0x80; n < 0x82; n++)
		if (disk_find(n)->block->mmio == 1) {
			assert_int_equal(disk_find(n)->geometry.cylinders, 100);
			assert_int_equal(disk_find(n)->geometry.heads, 20);
			assert_int_equal(disk_find(n)->geometry.sectors, 30);
		} else {
			assert_true(disk_find(n)->geometry.heads > 0);
		}
}

static void a_long_order_is_cut_and_said_to_be(void **state)
{
	static char text[0x20000];

	(void)state;
	add(BLOCK_DISK, BUS_VIRTIO_MMIO, 1, "one");
	memset(text, 'x', sizeof(text) - 1);
	memcpy(text, "/virtio-mmio@1/disk@0,0\n", 24);
	order = text;
	all();
	assert_string_equal(said, "one 80 kernel ");
	assert_true(fake_log_has("bootorder: 131072 bytes, the first 65536 are taken"));
}

static void a_late_start_opens_the_shadow_and_makes_the_map_anew(void **state)
{
	static const struct boot_plan plan = { .kernel_size = 77, .what = TIMELINE_PLAN_MADE | TIMELINE_PLAN_KERNEL |
									 TIMELINE_PLAN_FIRST };
	struct e820_layer layer[ALLOC_LAYERS];

	(void)state;
	add(BLOCK_DISK, BUS_VIRTIO_MMIO, 1, "one");
	alloc_layers(layer);		/* POST is over: what the zones have by now would be all they get */
	if (!setjmp(out)) {
		media_init_late(&plan);
		media_boot();
	}
	assert_string_equal(said, "open services_map lock one 80 ");
	assert_int_equal(maps, 1);
}

static void ask(uint32_t choice, bool answer)
{
	static const struct boot_plan plan = { .kernel_size = 77, .what = TIMELINE_PLAN_MADE | TIMELINE_PLAN_KERNEL |
									 TIMELINE_PLAN_MENU };

	chosen = choice;
	answers = answer;
	if (setjmp(out))
		return;
	media_init(&plan);
	media_boot();
}

static void what_the_user_chooses_comes_first(void **state)
{
	(void)state;
	four_devices();
	order = "/virtio-mmio@1/disk@0,0\n/virtio-mmio@0/disk@0,0\nKERNEL";
	ask(1, true);
	assert_string_equal(said, "menu: one zero the kernel of -kernel floppy A cd - "
			    "zero 80 one 80 kernel floppy 00 cd e0 ");
	assert_true(fake_log_has("boot: tried 1: zero"));
	set_up(NULL);
	two_disks();
	ask(2, true);
	assert_string_equal(said, "menu: zero one the kernel of -kernel - kernel zero 80 one 80 ");
	set_up(NULL);
	two_disks();
	ask(0, true);
	assert_string_equal(said, "menu: zero one the kernel of -kernel - zero 80 one 80 kernel ");
}

static void without_a_choice_the_order_stays(void **state)
{
	(void)state;
	two_disks();
	ask(1, false);
	assert_string_equal(said, "menu: zero one the kernel of -kernel - zero 80 one 80 kernel ");
}

static void the_user_may_choose_what_the_order_excludes(void **state)
{
	(void)state;
	four_devices();
	order = "/virtio-mmio@1/disk@0,0\nHALT";
	ask(3, true);
	assert_string_equal(said, "menu: one the kernel of -kernel zero floppy A cd - floppy 00 one 80 kernel ");
	assert_true(fake_log_has("not tried: 2 devices"));
}

static void he_is_asked_once(void **state)
{
	(void)state;
	two_disks();
	gives_up = "zero";
	gives_up_by = call_again;
	ask(1, true);
	assert_string_equal(said, "menu: zero one the kernel of -kernel - one 80 zero 80 one 80 zero 80 kernel ");
	assert_int_equal(asked, 1);
}

static void nobody_is_asked_about_nothing(void **state)
{
	static const struct boot_plan plan = { .what = TIMELINE_PLAN_MADE | TIMELINE_PLAN_MENU };

	(void)state;
	if (!setjmp(out)) {
		media_init(&plan);
		media_boot();
	}
	assert_int_equal(asked, 0);
	assert_non_null(strstr(failure, "no disk, CD or floppy"));
}

static void nothing_at_all_is_told_as_that(void **state)
{
	static const struct boot_plan plan = { .what = TIMELINE_PLAN_MADE };

	(void)state;
	if (!setjmp(out)) {
		media_init(&plan);
		media_boot();
	}
	assert_non_null(strstr(failure, "no disk, CD or floppy"));
	assert_int_equal(directories, 0);
}

#define TEST(name) cmocka_unit_test_setup(name, set_up)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(nothing_at_all_is_told_as_that),
		TEST(lines_come_first_then_kinds_as_cmos_has_them),
		TEST(without_a_line_the_kernel_comes_before_the_kinds),
		TEST(behind_halt_nothing_is_tried_but_all_have_numbers),
		TEST(int_18h_goes_on_and_int_19h_begins_again),
		TEST(a_screen_is_told_who_this_is_and_what_is_tried),
		TEST(a_geometry_from_the_host_is_the_drives),
		TEST(a_long_order_is_cut_and_said_to_be),
		TEST(what_the_user_chooses_comes_first),
		TEST(without_a_choice_the_order_stays),
		TEST(the_user_may_choose_what_the_order_excludes),
		TEST(he_is_asked_once),
		TEST(nobody_is_asked_about_nothing),
		TEST(a_late_start_opens_the_shadow_and_makes_the_map_anew),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
