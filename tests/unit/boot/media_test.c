/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/boot/media_test.c: what is tried one after the other, drives, the kernel and what option ROMs boot, what the
 * user and old ROMs have to say in it, and what is said when nothing is left. What starts programs is replaced; the drives
 * are real ones without devices.
 * LINK: src/hw/block/sectors.c tests/fake/boot_watchdog.c src/services/partitions.c tests/fake/kernel_form.c
 * LINK: src/hw/block/floppy/fdc.c tests/fake/graphics.c
 * LINK: src/services/floppy.c src/hw/block/floppy/floppy.c src/hw/isa_dma.c tests/fake/timer.c
 * LINK: src/boot/list/list.c src/boot/list/describe.c src/lib/format.c tests/fake/roms.c
 * LINK: src/boot/list/order.c src/boot/list/path.c src/services/disk.c src/services/edd.c src/services/geometry.c
 * LINK: src/services/guest.c src/services/emulation.c src/dma/dma.c src/dma/sg.c src/mem/alloc.c src/mem/e820.c
 * LINK: src/fw/knob.c src/hw/cmos.c tests/fake/cmos.c tests/fake/io.c tests/fake/ram.c tests/fake/log.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "boot/eltorito.h"
#include "boot/fail.h"
#include "boot/kernel/linux.h"
#include "arch/real_call.h"
#include "boot/intact/fseg.h"
#include "boot/intact/intact.h"
#include "boot/rom/display.h"
#include "boot/list/list.h"
#include "boot/media.h"
#include "boot/menu/menu_screen.h"
#include "boot/program.h"
#include "fake/boot_watchdog.h"
#include "fake/cmos.h"
#include "fake/io.h"
#include "fake/kernel_form.h"
#include "fake/log.h"
#include "fake/ram.h"
#include "fake/roms.h"
#include "fw/fw_cfg.h"
#include "fw/memory.h"
void block_init_of_list(void);
#define block_init block_init_of_list	/* devices are in it before media_init() */
#include "hw/block/block.c"
#undef block_init
#pragma push_macro("fail")
#undef fail				/* CMocka's */
#include "boot/media.c"		/* what it knows of one boot is made anew by each test */
#pragma pop_macro("fail")
#include "hw/block/probe.h"
#include "fw/virtio_slots.h"
#include "hw/chipset/chipset.h"
#include "hw/pci/program.h"
#include "lib/errno.h"
#include "machine/machine.h"
#include "mem/alloc.h"
#include "services/console.h"
#include "services/guest.h"
#include "services/keyboard.h"
#include "services/legacy.h"
#include "services/pmm.h"
#include "services/serial_console.h"
#include "services/services.h"
#include "trace/banner.h"
#include "trace/stack_mark.h"

#define RAM_END (16u << 20)

struct machine machine;
bool program_started;

static jmp_buf out;
static const char *failure;
static char said[400];			/* what was tried, word by word */
static const char *order, *disk_seconds;	/* files, NULL: not there */
static uint32_t directories, maps;
static void (*on_next)(void), (*on_again)(void);
static const char *gives_up;		/* the drive's name by whose program one of those is called */
static void (*gives_up_by)(void);
static bool floppy_unsigned, screen;
static char printed[4000];
static uint32_t pmm_boots, smm_inits;
static uint32_t asked, menu_entries, choice;	/* of the menu: how often, of how many, what then */
static bool menu_is_wanted, menu_on, images;
static char menu_text_of_last[80];
static void (*hook)(void);		/* what an old option ROM's handler does, NULL: it comes back */

static void say(const char *word)
{
	strcat(said, word);
	strcat(said, " ");
}

/* What is below media.c and not the matter here. */
/* Both before each that is tried. */
static uint32_t forgotten;
void fw_cfg_forget(void) { forgotten++; }
void pci_config_forget(void) { forgotten++; }
static uint32_t keys_forgotten;
void keyboard_forget(void) { keys_forgotten++; }
static uint32_t looked, closed;
static bool begun;
void intact_check(const char *by) { assert_non_null(by); looked++; }
void intact_begin(void) { assert_false(fake_roms.open); begun = true; }
void intact_end(void) { assert_true(begun && !fake_roms.open); begun = false; }
void fseg_close(void) { closed++; }
static uint32_t marks;
void stack_mark_post(void) { marks++; }
void services_init(void) { }
void block_init(void) { }
static uint32_t kept;
static uint32_t slots_asked;
void virtio_slots_find(struct virtio_slots *slots, bool kernel) { slots_asked++; slots->count = kernel ? 2 : 1; }
void block_probe(const uint32_t *slot, uint32_t count)
{
	assert_non_null(slot);
	assert_int_equal(count, machine.chipset == CHIPSET_NONE ? 1 : 0);
}
void ram_floppy_init(void) { }
void smm_init(void) { assert_false(fake_roms.open); smm_inits++; }	/* before anything foreign */
void legacy_init(void) { }
void pmm_boot(void) { pmm_boots++; }
void display_init(void) { assert_true(fake_roms.open); }
bool console_open(void) { return screen; }
bool console_is_open(void) { return screen; }
void console_print(const char *text) { strcat(printed, text); }
void serial_console_init(void) { console_print("console,"); }
void serial_console_take_back(void) { console_print("back,"); }
const struct banner banner = { "v1", 3, 1, 0 };
void services_on_boot(void (*int_18)(void), void (*int_19)(void)) { on_next = int_18; on_again = int_19; }
void services_map(void) { say("services_map"); }
void memory_finish(void) { maps++; }
void shadow_open(enum chipset chipset) { (void)chipset; say("open"); }
void shadow_lock(enum chipset chipset) { (void)chipset; say("lock"); }
void pci_program(const struct pci_tree *tree) { (void)tree; }
void pci_keep(void) { kept++; }
int fw_cfg_read_directory(void) { directories++; return 0; }
bool plan_is_kernel(const char *line, uint32_t len) { return len == 6 && memcmp(line, "KERNEL", 6) == 0; }

static const char *file(uint32_t key)
{
	return key == 1 ? order : disk_seconds;
}

static bool has_kernel_rom;

int fw_cfg_find_n(const char *name, uint32_t len, struct fw_cfg_item *item)
{
	(void)item;
	assert_true(strcmp(name, "genroms/linuxboot") == 0 && len == strlen(name) - 1);
	return has_kernel_rom ? 0 : -ENOENT;
}

int fw_cfg_find(const char *name, struct fw_cfg_item *item)
{
	item->key = strcmp(name, "bootorder") == 0 ? 1 : strcmp(name, "opt/org.slipway/disk-seconds") == 0 ? 2 : 0;
	if (!item->key || !file(item->key))
		return -ENOENT;
	item->size = (uint32_t)strlen(file(item->key)) + 1;
	return 0;
}

int fw_cfg_read(const struct fw_cfg_item *item, uint32_t offset, void *buf, uint32_t len)
{
	assert_true(item->key);
	memcpy(buf, file(item->key) + offset, len);
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

const char *eltorito_boot_entry(struct drive *cd, uint8_t *sector, uint32_t n)
{
	assert_non_null(sector);
	assert_int_equal(n, 1);
	say("image");
	start(cd);
	return "its program came back";
}

uint32_t eltorito_entries(struct drive *cd, uint8_t *sector, struct eltorito_entry *entry, uint32_t max)
{
	assert_non_null(sector);
	assert_int_equal(cd->number, 0xe0);
	assert_true(max >= 2);
	entry[0] = entry[1] = (struct eltorito_entry){ .form = "no emulation" };
	return images ? 2 : 1;
}

const char *program_boot_number(uint8_t number, const char *name)
{
	char text[8];

	snprintf(text, sizeof(text), "%02x", number);
	say(name);
	say(text);
	return "no boot sector";
}

void program_start_hook(uint32_t handler)
{
	char text[16];

	snprintf(text, sizeof(text), "hook:%08x", handler);
	say(text);
	if (hook)
		hook();
}

static uint32_t menu_looks;

/* Before the list is made, for what is to be run for it; and when it is known how many there are. */
bool menu_wanted(bool on, uint32_t entries)
{
	if (menu_looks++ == 0) {
		menu_on = on;
		assert_int_equal(entries, 2);
	} else {
		assert_int_equal(on, menu_is_wanted);
		assert_int_equal(entries, boot_list_count());
	}
	return menu_is_wanted;
}

uint32_t menu_ask(uint32_t entries, menu_text *text)
{
	asked++;
	assert_non_null(strstr(fake_boot_watchdog, "list pause "));	/* as long as the user likes */
	menu_entries = entries;
	text(entries - 1, menu_text_of_last, sizeof(menu_text_of_last));
	return choice;
}

static void on_rom_boot(struct rom *rom)
{
	say(rom->source.name);
	program_started = true;
}

static int kernel_result = -EINVAL;

const char *setup16_boot(uint32_t kernel_size)
{
	assert_int_equal(kernel_size, 77);
	assert_true(keys_forgotten);
	say("setup16");
	return "its setup code came back";
}

int linux_boot(uint32_t kernel_size)
{
	assert_int_equal(kernel_size, 77);
	assert_true(keys_forgotten);
	say("kernel");
	return kernel_result;
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
	failure = order = gives_up = disk_seconds = NULL;
	said[0] = '\0';
	fake_boot_watchdog[0] = '\0';
	directories = maps = pmm_boots = smm_inits = asked = menu_entries = 0;
	choice = MENU_NONE;
	menu_looks = 0;
	menu_is_wanted = images = has_kernel_rom = false;
	hook = NULL;
	fake_roms_reset();
	fake_roms.on_boot = on_rom_boot;
	memset(&boot, 0, sizeof(boot));
	roms_begin();
	boot_list_make(&(struct boot_plan){ 0, 0 }, false);	/* an empty one, instead of the last test's */
	roms_end();
	program_started = floppy_unsigned = screen = false;
	keys_forgotten = 0;
	memset(&fake_kernel_form, 0, sizeof(fake_kernel_form));
	fake_kernel_form.rc = -EINVAL;
	printed[0] = '\0';
	return 0;
}

static void boot_by(const struct boot_plan *plan)
{
	if (setjmp(out))
		return;
	media_init(plan);
	assert_int_equal(smm_inits, 1);
	media_boot();
}

static void all(void)
{
	static const struct boot_plan plan = { .kernel_size = 77, .what = TIMELINE_PLAN_MADE | TIMELINE_PLAN_KERNEL };

	boot_by(&plan);
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
	forgotten = looked = 0;
	all();
	assert_string_equal(said, "zero 80 one 80 zero 80 one 80 kernel ");
	assert_int_equal(forgotten, 2 * 5);
	assert_int_equal(looked, 5);	/* nothing had run before the first; and at the end */
}

/* And of no machine that has PCI. */
static void a_machine_without_pci_is_asked_for_slots(void **state)
{
	const struct boot_plan plan = { .what = TIMELINE_PLAN_MADE };

	(void)state;
	slots_asked = 0;
	media_init(&plan);
	assert_int_equal(slots_asked, 0);
	set_up(NULL);
	machine.chipset = CHIPSET_NONE;
	media_init(&plan);
	assert_int_equal(slots_asked, 1);
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
	assert_string_equal(printed, "console,Slipway v1\n\nback,Booting from zero, 48 MiB, at 0x0...\nback,Booting from one, 48 MiB, at 0x1...\n"
			    "back,Booting from the kernel of -kernel...\n");
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
	assert_int_equal(smm_inits, 0);		/* SMRAM is locked */
}

static void nothing_at_all_is_told_as_that(void **state)
{
	static const struct boot_plan plan = { .what = TIMELINE_PLAN_MADE };

	(void)state;
	menu_is_wanted = true;		/* a menu of nothing is not shown */
	boot_by(&plan);
	assert_int_equal(asked, 0);
	assert_non_null(strstr(failure, "no disk, CD or floppy"));
	assert_int_equal(directories, 0);
}

static void without_ram_at_1_mib_that_is_why(void **state)
{
	static const struct boot_plan plan = { .what = TIMELINE_PLAN_MADE };

	(void)state;
	machine.low_ram_end = 0;
	boot_by(&plan);
	assert_non_null(strstr(failure, "need a machine of 2 MiB"));
}

static void what_the_user_chooses_comes_first(void **state)
{
	static const struct { uint32_t choice; const char *said; } choices[] = {
		{ 0, "zero 80 one 80 kernel " }, { 1, "one 80 zero 80 kernel " }, { 2, "kernel zero 80 one 80 " },
		{ MENU_NONE, "zero 80 one 80 kernel " },
	};

	for (uint32_t i = 0; i < 4; i++) {
		set_up(state);
		two_disks();
		menu_is_wanted = true;
		choice = choices[i].choice;
		guest_set_vector(0x19, FAR_POINTER(0xc800, 0x123));
		all();
		assert_int_equal(asked, 1);
		assert_non_null(strstr(fake_boot_watchdog, "display disks option ROMs boot list pause resume "
				       "trying a device trying a device "));
		assert_int_equal(menu_entries, 3);
		assert_string_equal(menu_text_of_last, "the kernel of -kernel");
		if (choice == MENU_NONE) {
			assert_int_equal(strncmp(said, "hook:c8000123 ", 14), 0);
			assert_string_equal(said + 14, choices[i].said);
		} else {
			assert_string_equal(said, choices[i].said);	/* he has decided: no ROM comes before */
		}
	}
	set_up(state);
	all();
	assert_int_equal(asked, 0);
}

/* And not again when a program has called INT 19h. */
static void the_user_is_asked_once(void **state)
{
	(void)state;
	two_disks();
	menu_is_wanted = true;
	choice = 1;
	gives_up = "zero";
	gives_up_by = call_again;
	all();
	assert_int_equal(asked, 1);
	assert_string_equal(said, "one 80 zero 80 one 80 zero 80 kernel ");
	assert_int_equal(pmm_boots, 2);
}

static void who_is_to_be_asked_is_what_the_plan_says(void **state)
{
	for (uint32_t on = 0; on < 2; on++) {
		struct boot_plan plan = { .what = TIMELINE_PLAN_MADE | TIMELINE_PLAN_MENU * on };

		set_up(state);
		two_disks();
		boot_by(&plan);
		assert_int_equal(menu_on, on);
	}
}

static void one_image_of_a_cd_can_be_chosen(void **state)
{
	(void)state;
	four_devices();
	menu_is_wanted = images = true;
	choice = 6;
	all();
	assert_int_equal(menu_entries, 7);
	assert_string_equal(menu_text_of_last, "cd, no emulation");
	assert_int_equal(strncmp(said, "image cd e0 ", 12), 0);
	assert_false(fake_log_has("not tried"));
	assert_true(fake_log_has("boot: tried 6: "));
	assert_false(fake_log_has("boot: tried 7: "));
}

static void what_option_roms_boot_is_tried_in_its_turn(void **state)
{
	struct fake_rom *rom;

	(void)state;
	add(BLOCK_DISK, BUS_VIRTIO_MMIO, 0, "zero");
	rom = fake_roms_file("A");
	rom->bevs = 2;
	rom->product = "iPXE";
	rom = fake_roms_file("B");
	rom->bcvs = 1;
	rom->disks = 2;
	fake_roms_file("C")->bcvs = 1;
	order = "/rom@A\n/virtio-mmio@0/disk@0,0\n/rom@B\n/rom@C\n";
	all();
	assert_string_equal(said, "A A zero 80 B 81 kernel ");
	assert_string_equal(fake_roms_said(), "run:A run:B run:C connect:B/0 connect:C/0 boot:A/0 boot:A/1 ");
	assert_true(fake_log_has("boot: tried 1: iPXE: it came back"));
	assert_true(fake_log_has("boot: tried 4: option ROM (B): no boot sector"));
	assert_true(fake_log_has("boot: tried 5: option ROM (C): it has no disk"));
	assert_false(fake_roms.open);
}

static void a_network_cards_rom_is_run_when_its_turn_has_come(void **state)
{
	static struct pci_function card = { .bdf = 3 << 3, .parent = PCI_NONE }, other = { .bdf = 4 << 3, .parent = PCI_NONE };
	static struct pci_function functions[2];
	static struct pci_tree tree = { .function = functions, .count = 2 };

	(void)state;
	functions[0] = card;
	functions[1] = other;
	machine.pci = &tree;
	add(BLOCK_DISK, BUS_VIRTIO_MMIO, 0, "zero");
	fake_roms_card(3, true)->bevs = 2;
	fake_roms_card(4, true)->fails = true;
	order = "/virtio-mmio@0/disk@0,0\n";
	all();
	assert_string_equal(said, "zero 80 kernel 00:03.0 00:03.0 ");
	assert_string_equal(fake_roms_said(), "late:00:03.0 boot:00:03.0/0 boot:00:03.0/1 late:00:04.0 ");
	assert_true(fake_log_has("boot: tried 3: network card (00:03.0): it came back"));
	assert_true(fake_log_has("boot: tried 4: network card (00:03.0): it came back"));
	assert_true(fake_log_has("boot: tried 5: network card (00:04.0): its option ROM boots nothing"));
}

static void the_kernels_roms_are_told_who_loads_it(void **state)
{
	for (uint32_t by_rom = 0; by_rom < 2; by_rom++) {
		struct boot_plan plan = { .kernel_size = 77, .what = TIMELINE_PLAN_KERNEL | TIMELINE_PLAN_ROM * by_rom };

		set_up(state);
		boot_by(&plan);
		assert_int_equal(fake_roms.native, !by_rom);
		assert_string_equal(said, by_rom ? "" : "kernel ");
	}
}

/* One that the 32-bit launch leaves to the 16-bit one, or that is to be entered so from the start. */
static void the_16_bit_entry_is_taken_where_it_is_needed(void **state)
{
	struct boot_plan plan = { .kernel_size = 77, .what = TIMELINE_PLAN_MADE | TIMELINE_PLAN_KERNEL };

	boot_by(&plan);
	assert_string_equal(said, "kernel ");		/* refused for good */
	assert_true(fake_log_has("tried 1: the kernel of -kernel: it could not be started"));
	set_up(state);
	kernel_result = -EOPNOTSUPP;
	boot_by(&plan);
	assert_string_equal(said, "kernel setup16 ");
	assert_true(fake_log_has("tried 1: the kernel of -kernel: its setup code came back"));
	kernel_result = -EINVAL;
	set_up(state);
	two_disks();
	plan.what |= TIMELINE_PLAN_SETUP;
	boot_by(&plan);
	assert_string_equal(said, "zero 80 one 80 setup16 ");	/* in its turn, and without a 32-bit entry */
}

/* Not as the first of all, and without the keys that led to it. What follows a refusal is booted. */
static void a_kernel_of_another_form_is_one_of_what_is_booted(void **state)
{
	for (uint32_t n = 0; n < 4; n++) {
		const uint32_t form = n & 1 ? TIMELINE_PLAN_PVH : TIMELINE_PLAN_MULTIBOOT;
		const struct boot_plan plan = { .kernel_size = 77, .what = TIMELINE_PLAN_MADE | TIMELINE_PLAN_KERNEL | form };

		set_up(state);
		fake_kernel_form.wrote = n & 2;
		boot_by(&plan);
		assert_int_equal(fake_kernel_form.boots, 1);
		assert_int_equal(fake_kernel_form.what, form);
		assert_false(fake_kernel_form.first);
		assert_true(keys_forgotten);
		assert_int_equal(program_started, fake_kernel_form.wrote);	/* what lay in memory may be lost */
		set_up(state);
		two_disks();
		order = "KERNEL\n/virtio-mmio@1/disk@0,0\n";
		boot_by(&plan);
		assert_int_equal(fake_kernel_form.boots, 1);
		assert_string_equal(said, "one 80 zero 80 ");			/* and Linux's launch is not asked */
		assert_true(fake_log_has("boot: tried 1: the kernel of -kernel: it could not be started"));
		assert_true(fake_log_has("boot: tried 3: zero"));
	}
}

/* QEMU puts one's segments into RAM once, those of the other are read when they are wanted. */
static void a_pvh_kernel_is_not_started_behind_a_program(void **state)
{
	for (uint32_t pvh = 0; pvh < 2; pvh++) {
		const struct boot_plan plan = { .kernel_size = 77, .what = TIMELINE_PLAN_MADE | TIMELINE_PLAN_KERNEL |
						(pvh ? TIMELINE_PLAN_PVH : TIMELINE_PLAN_MULTIBOOT) };

		set_up(state);
		two_disks();
		boot_by(&plan);
		assert_string_equal(said, "zero 80 one 80 ");
		assert_int_equal(fake_kernel_form.boots, !pvh);
		assert_true(fake_log_has(pvh ? "kernel of -kernel: it lay in memory that programs may have used since"
					     : "kernel of -kernel: it could not be started"));
	}
}

static void old_roms_boot_before_all_else_or_at_the_end(void **state)
{
	(void)state;
	two_disks();
	guest_set_vector(0x19, FAR_POINTER(0xc800, 0x10));
	guest_set_vector(0x18, FAR_POINTER(0xe7ff, 0xf));
	all();
	assert_string_equal(said, "hook:c8000010 zero 80 one 80 kernel hook:e7ff000f ");
	assert_true(fake_log_has("boot: an option ROM at c8010 has taken INT 19h"));
	assert_true(fake_log_has("boot: an option ROM at e7fff has taken INT 18h"));
	assert_string_equal(failure, "nothing could be booted");
}

/* What was there before them is the firmware, whom they may go on to. */
static void they_are_called_once_each(void **state)
{
	(void)state;
	two_disks();
	guest_set_vector(0x19, FAR_POINTER(0xc800, 0x10));
	guest_set_vector(0x18, FAR_POINTER(0xc800, 0x20));
	hook = call_again;
	all();
	assert_string_equal(said, "hook:c8000010 zero 80 one 80 kernel hook:c8000020 zero 80 one 80 kernel ");
	set_up(state);
	two_disks();
	guest_set_vector(0x18, FAR_POINTER(0xc800, 0x20));
	hook = call_next;
	all();
	assert_string_equal(said, "zero 80 one 80 kernel hook:c8000020 ");
}

static void vectors_that_lead_elsewhere_are_no_old_roms(void **state)
{
	static const uint32_t elsewhere[] = {
		0, FAR_POINTER(0xf000, 0xe6f2), FAR_POINTER(0xbfff, 0xf), FAR_POINTER(0xe800, 0), FAR_POINTER(0x9000, 0),
		FAR_POINTER(0xffff, 0xffff),
	};

	for (uint32_t i = 0; i < sizeof(elsewhere) / sizeof(elsewhere[0]); i++) {
		set_up(state);
		two_disks();
		guest_set_vector(0x18, elsewhere[i]);
		guest_set_vector(0x19, elsewhere[i]);
		all();
		assert_string_equal(said, "zero 80 one 80 kernel ");
	}
}

static void what_has_no_number_is_told_as_that(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < 17; i++)
		add(BLOCK_CD, BUS_VIRTIO_MMIO, (uint8_t)i, "cd");
	all();
	assert_non_null(disk_find(0xef));
	assert_true(fake_log_has("boot: tried 18: cd, CD, at 0x10: it has no drive number"));
	assert_null(strstr(said, " f0"));
}

/* Without memory for DMA or drives there is nothing to try, and POST goes on. */
static void without_memory_nothing_is_tried(void **state)
{
	static const struct boot_plan plan = { .what = TIMELINE_PLAN_MADE };

	(void)state;
	two_disks();
	alloc_init(0xf4000, 0xf8000);
	boot_by(&plan);
	assert_false(fake_roms.open);
	assert_string_equal(said, "");
	assert_non_null(strstr(failure, "there was no memory for what could be booted"));
}

/* QEMU tells of a kernel with no bytes behind its setup part by its option ROM alone. */
static void a_kernel_of_no_size_is_told_of(void **state)
{
	static const struct boot_plan none = { .what = TIMELINE_PLAN_MADE };
	static const char said_so[] = "boot: kernel: the file of -kernel is no longer than its setup part";

	(void)state;
	for (uint32_t i = 0; i < 2; i++) {
		set_up(state);
		has_kernel_rom = i;
		boot_by(&none);
		assert_int_equal(fake_log_has(said_so), i);
		assert_int_equal(strstr(failure, "the kernel could not be started") != NULL, i);
	}
	set_up(state);
	has_kernel_rom = true;
	all();
	assert_false(fake_log_has(said_so));
}

static void a_kernel_that_failed_before_is_told_of(void **state)
{
	static const struct boot_plan plan = { .kernel_size = 77, .what = TIMELINE_PLAN_MADE | TIMELINE_PLAN_KERNEL |
									 TIMELINE_PLAN_FIRST };

	(void)state;
	if (!setjmp(out)) {
		media_init_late(&plan);
		media_boot();
	}
	assert_string_equal(failure, "the kernel could not be started, and there is nothing else to boot");
}

#define TEST(name) cmocka_unit_test_setup(name, set_up)

static void a_user_may_say_how_long_a_drive_may_take(void **state)
{
	static const struct { const char *text; uint32_t seconds; } said_is[] = {
		{ "1", 1 }, { "2", 2 }, { "3600", 3600 }, { NULL, BLOCK_SECONDS }, { "0", 0 }, { "3601", 0 }, { "99999999", 0 },
		{ "", 0 }, { "-1", 0 }, { "5s", 0 },
	};

	for (uint32_t i = 0; i < ARRAY_SIZE(said_is); i++) {
		set_up(state);
		disk_seconds = said_is[i].text;
		all();
		assert_int_equal(block_timeout_us(), (said_is[i].seconds ? said_is[i].seconds : BLOCK_SECONDS) * 1000000);
		assert_int_equal(fake_log_has("boot: opt/org.slipway/disk-seconds: a number from 1 to 3600 expected"),
				 !said_is[i].seconds);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_user_may_say_how_long_a_drive_may_take, set_up),
		TEST(nothing_at_all_is_told_as_that),
		TEST(without_ram_at_1_mib_that_is_why),
		TEST(lines_come_first_then_kinds_as_cmos_has_them),
		TEST(without_a_line_the_kernel_comes_before_the_kinds),
		TEST(behind_halt_nothing_is_tried_but_all_have_numbers),
		TEST(int_18h_goes_on_and_int_19h_begins_again),
		TEST(a_machine_without_pci_is_asked_for_slots),
		TEST(a_screen_is_told_who_this_is_and_what_is_tried),
		TEST(what_the_user_chooses_comes_first),
		TEST(the_user_is_asked_once),
		TEST(who_is_to_be_asked_is_what_the_plan_says),
		TEST(one_image_of_a_cd_can_be_chosen),
		TEST(what_option_roms_boot_is_tried_in_its_turn),
		TEST(a_network_cards_rom_is_run_when_its_turn_has_come),
		TEST(the_kernels_roms_are_told_who_loads_it),
		TEST(the_16_bit_entry_is_taken_where_it_is_needed),
		TEST(a_kernel_of_another_form_is_one_of_what_is_booted),
		TEST(a_pvh_kernel_is_not_started_behind_a_program),
		TEST(old_roms_boot_before_all_else_or_at_the_end),
		TEST(they_are_called_once_each),
		TEST(vectors_that_lead_elsewhere_are_no_old_roms),
		TEST(what_has_no_number_is_told_as_that),
		TEST(without_memory_nothing_is_tried),
		TEST(a_kernel_of_no_size_is_told_of),
		TEST(a_kernel_that_failed_before_is_told_of),
		TEST(a_late_start_opens_the_shadow_and_makes_the_map_anew),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
