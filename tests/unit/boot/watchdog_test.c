/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/boot/watchdog_test.c: when POST is watched and when no more, what is written down meanwhile, and what the
 * next start makes of it, whoever has written it. The devices are models of QEMU's.
 * LINK: src/hw/watchdog/watchdog.c src/hw/watchdog/i6300esb.c src/hw/watchdog/tco.c src/hw/pci/config.c
 * LINK: src/hw/pci/config_alone.c tests/fake/alloc.c src/trace/timeline.c
 * LINK: src/fw/knob.c tests/fake/fw_cfg_files.c tests/fake/watchdog.c tests/fake/io.c tests/fake/ram.c tests/fake/log.c
 * LINK: tests/fake/cpu.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include "boot/rom/watch.c"	/* what they know of one start is made anew by each */
#undef MAGIC
#define record watchdog_record
#define in_ram watchdog_in_ram
#define sum_of watchdog_sum_of
#include "boot/watchdog.c"
#include "fake/alloc.h"
#include "fake/cpu.h"
#include "fake/fw_cfg_files.h"
#include "fake/io.h"
#include "fake/log.h"
#include "fake/ram.h"
#include "fake/watchdog.h"
#include "hw/pci/tree.h"

struct machine machine;
struct rt16_vars rt16_vars;

static const char *const names[PHASES] = {
	[PHASE_PLAN] = "plan", [PHASE_PCI] = "pci", [PHASE_CHIPSET] = "chipset", [PHASE_TABLES] = "tables",
	[PHASE_DO_BOOT] = "do_boot", [PHASE_KERNEL] = "kernel",
};
const struct report_info report_info = { .phase_names = names, .phases = PHASES };

static char seconds_text[16];
static uint32_t fail_allocation;
static struct pci_function functions[1];
static struct pci_tree tree = { .function = functions };

/* A start, up to where the plan asks. */
static void start_machine(void)
{
	watch = NULL;
	fake_alloc_reset();
	fake_alloc_fail_at(fail_allocation);
	memset(&now, 0, sizeof(now));
	memset(&timeline, 0, sizeof(timeline));
	timeline_listen(NULL);
	timeline_init(true, 0);
	timeline.reached = PHASE_PLAN;
	memset(&machine, 0, sizeof(machine));
	machine.chipset = CHIPSET_Q35;
	fake_log_reset();
	boot_watchdog_begin();
}

static void want(const char *seconds)
{
	fake_files_reset();
	if (!seconds)
		return;
	strcpy(seconds_text, seconds);
	fake_files_add("opt/org.slipway/watchdog", seconds_text, (uint32_t)strlen(seconds));
}

static int set_up(void **state)
{
	(void)state;
	fake_cpu_reset();
	fake_ram_reset(4 << 20);
	fail_allocation = 0;
	fake_io_reset();
	fake_watchdog_reset();
	fake_watchdog_add_esb(PCI_BDF(0, 4, 0));
	want("4");
	return 0;
}

/* As POST does it: a phase after the other up to this one. */
static void go_to(enum phase phase)
{
	for (enum phase p = timeline.reached + 1; p <= phase; p++) {
		if (p == PHASE_CHIPSET) {
			machine.pci = &tree;
			functions[0] = (struct pci_function){ .id = 0x25ab8086, .bdf = fake_watchdog.esb.bdf };
			tree.count = fake_watchdog.esb.there;
		}
		if (timeline.tsc == TIMELINE_TSC)
			timeline_stamp_tsc(p);
		else
			timeline_stamp_otherwise(p);
	}
}

static bool runs(void)
{
	return fake_watchdog_runs();
}

/* Nothing comes back, until the machine is reset. */
static void hang(void)
{
	uint32_t resets = fake_watchdog.resets;

	fake_watchdog_pass(6000);
	assert_int_equal(fake_watchdog.resets, resets + 1);
	assert_false(runs());
}

static bool is_left_out(const char *name)
{
	rom_watch_init(60);
	return rom_watch_left_out(name);
}

static void without_the_file_nothing_is_done(void **state)
{
	(void)state;
	want(NULL);
	start_machine();
	assert_int_equal(timeline.tsc, TIMELINE_TSC);
	go_to(PHASE_TABLES);
	boot_watchdog_step("disks");
	boot_watchdog_rom("rom");
	boot_watchdog_rom_end();
	boot_watchdog_pause();
	boot_watchdog_resume();
	boot_watchdog_end();
	assert_int_equal(fake_io_accesses(), 0);
	assert_int_equal(fake_log_lines(), 0);
	for (uint32_t at = 0xf000; at < 0x11000; at++)
		assert_int_equal(fake_ram[at], 0);
}

static void seconds_have_bounds(void **state)
{
	static const struct { const char *text; bool good; } texts[] = {
		{ "3", true }, { "4\n", true }, { "1200", true }, { "00000010", true },
		{ "2", false }, { "1201", false }, { "", false }, { "x", false }, { "10s", false }, { "-5", false },
		{ " 5", false }, { "000000010", false }, { "4294967300", false },
	};

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(texts); i++) {
		set_up(state);
		want(texts[i].text);
		start_machine();
		assert_int_equal(runs(), texts[i].good);
		assert_int_equal(fake_log_lines(), 1);
		assert_true(texts[i].good || fake_log_has("0 or a number from 3 to 1200 expected, "));
		assert_int_equal(timeline.tsc == TIMELINE_TSC, !texts[i].good);
	}
	want("0");
	start_machine();
	assert_int_equal(fake_log_lines(), 0);
}

static void it_is_set_back_by_each_phase_and_step(void **state)
{
	(void)state;
	start_machine();
	assert_true(fake_log_has("watchdog: i6300esb: runs, 4 s for each step of POST"));
	for (enum phase phase = PHASE_PCI; phase < PHASE_KERNEL; phase++) {
		fake_watchdog_pass(3500);
		go_to(phase);
	}
	for (uint32_t n = 0; n < 5; n++) {
		fake_watchdog_pass(3500);
		boot_watchdog_step("disks");
		fake_watchdog_pass(3500);
		boot_watchdog_rom("rom");
		fake_watchdog_pass(3500);
		boot_watchdog_rom_end();
	}
	assert_int_equal(fake_watchdog.resets, 0);
	assert_true(runs());
	go_to(PHASE_KERNEL);
	assert_false(runs());
	assert_int_equal(timeline.tsc, TIMELINE_TSC);
	assert_int_equal(get_le32(fake_ram + RECORD_AT), 0);
	assert_int_equal(fake_log_lines(), 1);
	boot_watchdog_step("disks");			/* it is over for good */
	assert_false(runs());
}

static void the_phase_that_hung_is_told(void **state)
{
	char expected[160];

	(void)state;
	start_machine();
	for (uint32_t time = 1; time <= 3; time++) {
		go_to(PHASE_TABLES);
		hang();
		start_machine();
		snprintf(expected, sizeof(expected), "watchdog: i6300esb: it has reset the machine: the last start "
			 "hung for 4 s in phase tables (%u in a row); all is tried again", time);
		assert_true(fake_log_has(expected));
	}
	go_to(PHASE_DO_BOOT);				/* another: counted anew */
	hang();
	start_machine();
	assert_true(fake_log_has("in phase do_boot (1 in a row); all"));
	go_to(PHASE_KERNEL);				/* and when all was well, nothing is left of it */
	start_machine();
	assert_int_equal(fake_log_lines(), 1);
	go_to(PHASE_CHIPSET);
	assert_int_equal(fake_log_lines(), 1);
}

static void the_step_that_hung_is_told(void **state)
{
	(void)state;
	start_machine();
	go_to(PHASE_TABLES);
	boot_watchdog_step("disks");
	hang();
	start_machine();
	assert_true(fake_log_has("in phase tables, disks (1 in a row); all is tried again"));
	assert_false(is_left_out("disks"));
}

static void a_rom_that_hung_is_told_and_left_out(void **state)
{
	(void)state;
	start_machine();
	go_to(PHASE_TABLES);
	rom_watch_init(60);
	rom_watch_begin("genroms/a.rom");
	boot_watchdog_rom("genroms/a.rom");
	hang();
	start_machine();
	assert_true(fake_log_has("in phase tables, the init of option ROM genroms/a.rom (1 in a row); that ROM is left "
				 "out"));
	go_to(PHASE_TABLES);
	assert_true(is_left_out("genroms/a.rom"));
	assert_false(rom_watch_left_out("genroms/b.rom"));
	boot_watchdog_rom("genroms/b.rom");		/* what the device knew of the first is not this one's */
	fake_watchdog_machine_reset();
	start_machine();
	go_to(PHASE_TABLES);
	assert_true(fake_log_has("the init of option ROM genroms/b.rom, but not by the watchdog"));
	assert_false(is_left_out("genroms/b.rom"));
}

/* It has come back: what hangs behind it is not it. */
static void a_rom_that_has_come_back_is_not_blamed(void **state)
{
	(void)state;
	start_machine();
	go_to(PHASE_TABLES);
	rom_watch_init(60);
	rom_watch_begin("a");
	boot_watchdog_rom("a");
	rom_watch_end();
	boot_watchdog_rom_end();
	hang();
	start_machine();
	assert_true(fake_log_has("in phase tables, behind an option ROM (1 in a row); all is tried again"));
	assert_false(is_left_out("a"));
}

/* Nobody is blamed for a reset by somebody else. */
static void another_reset_is_told_and_has_no_consequence(void **state)
{
	(void)state;
	start_machine();
	go_to(PHASE_TABLES);
	boot_watchdog_rom("a");
	fake_watchdog_machine_reset();
	start_machine();
	assert_int_equal(fake_log_lines(), 1);
	go_to(PHASE_CHIPSET);				/* when no other device can have done it */
	assert_true(fake_log_has("watchdog: the last start has ended in phase tables, the init of option ROM a, but "
				 "not by the watchdog"));
	assert_false(is_left_out("a"));
}

static void behind_a_bridge_it_begins_with_the_chipsets_phase(void **state)
{
	(void)state;
	fake_watchdog.esb.bdf = PCI_BDF(1, 4, 0);
	start_machine();
	assert_int_equal(fake_log_lines(), 0);
	assert_false(runs());
	go_to(PHASE_PCI);
	fake_watchdog.esb.bar = 0xfea00000;
	assert_int_equal(get_le32(fake_ram + RECORD_AT), 0);
	go_to(PHASE_TABLES);
	assert_true(runs());
	hang();
	start_machine();
	go_to(PHASE_PCI);
	assert_int_equal(fake_log_lines(), 0);
	fake_watchdog.esb.bar = 0xfea00000;
	go_to(PHASE_CHIPSET);
	assert_true(fake_log_has("in phase tables (1 in a row)"));
}

/* TCO is there at once and was not it: the other is still to be asked, and names the ROM. */
static void the_one_that_comes_later_is_believed(void **state)
{
	(void)state;
	fake_watchdog_add_tco();
	fake_watchdog.tco.strapped = true;
	fake_watchdog.esb.bdf = PCI_BDF(1, 4, 0);
	for (uint32_t time = 0; time < 2; time++) {
		start_machine();
		assert_string_equal(watchdog_name(&watch->device), "ICH9 TCO");
		go_to(PHASE_PCI);
		assert_false(fake_log_has("the last start"));
		fake_watchdog.esb.bar = 0xfea00000;
		go_to(PHASE_TABLES);
		assert_string_equal(watchdog_name(&watch->device), "i6300esb");
		assert_int_equal(fake_log_has("the init of option ROM a (1 in a row); that ROM is left out"), time);
		if (!time) {
			boot_watchdog_rom("a");
			hang();
		}
	}
	assert_true(is_left_out("a"));
}

static void where_there_is_none_that_is_one_line(void **state)
{
	(void)state;
	fake_watchdog.esb.there = false;
	start_machine();
	assert_int_equal(fake_log_lines(), 0);
	go_to(PHASE_CHIPSET);
	assert_int_equal(fake_log_lines(), 1);
	assert_true(fake_log_has("watchdog: wanted, and this machine has none"));
	assert_int_equal(timeline.tsc, TIMELINE_TSC);
	boot_watchdog_step("disks");
	go_to(PHASE_KERNEL);
	assert_int_equal(fake_log_lines(), 1);
	assert_int_equal(get_le32(fake_ram + RECORD_AT), 0);
	set_up(state);
	fake_watchdog.esb.lock = 3;			/* why is told by who knows */
	start_machine();
	assert_int_equal(fake_log_lines(), 1);
	assert_true(fake_log_has("locked by somebody else"));
	assert_int_equal(timeline.tsc, TIMELINE_TSC);
}

static void without_memory_it_is_not_watched(void **state)
{
	(void)state;
	fail_allocation = 1;
	start_machine();
	assert_false(runs());
	assert_int_equal(timeline.tsc, TIMELINE_TSC);
	go_to(PHASE_KERNEL);
	assert_false(runs());
	fail_allocation = 2;				/* there is one */
	start_machine();
	assert_true(runs());
	assert_int_equal(fake_alloc_calls(), 1);
	want(NULL);					/* and none where it is not wanted */
	fail_allocation = 0;
	start_machine();
	assert_int_equal(fake_alloc_calls(), 0);
}

static void a_user_may_take_his_time(void **state)
{
	(void)state;
	start_machine();
	go_to(PHASE_DO_BOOT);
	boot_watchdog_pause();
	assert_false(runs());
	assert_int_equal(get_le32(fake_ram + RECORD_AT), 0);
	fake_watchdog_pass(20000);
	boot_watchdog_step("trying a device");		/* it would not be a pause */
	boot_watchdog_rom("a");
	assert_false(runs());
	assert_int_equal(get_le32(fake_ram + RECORD_AT), 0);
	boot_watchdog_resume();
	assert_true(runs());
	hang();
	start_machine();
	assert_true(fake_log_has("in phase do_boot (1 in a row)"));
	go_to(PHASE_DO_BOOT);
	boot_watchdog_pause();
	boot_watchdog_end();
	boot_watchdog_resume();
	assert_false(runs());
}

static void one_that_does_not_stop_is_told(void **state)
{
	(void)state;
	start_machine();
	go_to(PHASE_DO_BOOT);
	fake_watchdog.esb.lock |= 1;
	boot_watchdog_end();
	assert_true(fake_log_has("watchdog: i6300esb: it was stopped and runs on: it will reset the machine"));
}

static void a_processor_without_a_time_stamp_is_watched_too(void **state)
{
	(void)state;
	for (uint32_t on = 0; on < 2; on++) {
		want(on ? "4" : NULL);
		start_machine();
		timeline.tsc = 0;
		go_to(PHASE_TABLES);
		assert_int_equal(runs(), on);
		assert_int_equal(timeline.begin[PHASE_TABLES], 0);
		go_to(PHASE_KERNEL);
		assert_int_equal(timeline.tsc, 0);
	}
}

/* Each field that can lie, with a sum that is right; and each bit of a good one. */
static void what_ram_has_is_checked(void **state)
{
	struct watchdog_record good, bad;

	(void)state;
	start_machine();
	go_to(PHASE_TABLES);
	boot_watchdog_rom("a");
	memcpy(&good, watchdog_in_ram(), sizeof(good));
	hang();
	fake_watchdog.esb.timed_out = true;
	for (uint32_t bit = 0; bit < sizeof(good) * 8; bit++) {
		memcpy(watchdog_in_ram(), &good, sizeof(good));
		fake_ram[RECORD_AT + bit / 8] ^= (uint8_t)(1u << bit % 8);
		start_machine();
		assert_false(fake_log_has("the last start"));
		assert_false(is_left_out("a"));
	}
	for (uint32_t field = 0; field < 8; field++) {
		bad = good;
		switch (field) {
		case 0: bad.phase = PHASES; break;
		case 1: bad.phase = UINT32_MAX; break;
		case 2: bad.kind = KINDS; break;
		case 3: bad.times = 0; break;
		case 4: bad.times = TIMES_MAX + 1; break;
		case 5: memset(bad.what, 'a', sizeof(bad.what)); break;
		case 6: bad.what[0] = 0; break;
		case 7: bad.magic++; break;
		}
		bad.sum = 0;
		bad.sum = -watchdog_sum_of(&bad);
		memcpy(watchdog_in_ram(), &bad, sizeof(bad));
		start_machine();
		assert_false(fake_log_has("the last start"));
		go_to(PHASE_CHIPSET);
		assert_false(fake_log_has("the last start"));
	}
	bad = good;					/* the largest that may be, and a name that is none */
	bad.times = TIMES_MAX;
	bad.seconds = UINT32_MAX;
	bad.phase = PHASES - 1;
	memset(bad.what, '\x1b', sizeof(bad.what) - 1);
	bad.sum = 0;
	bad.sum = -watchdog_sum_of(&bad);
	memcpy(watchdog_in_ram(), &bad, sizeof(bad));
	fake_watchdog.esb.timed_out = true;
	start_machine();
	assert_true(fake_log_has("(9999 in a row); that ROM is left out"));
	timeline.reached = PHASES - 1;
	boot_watchdog_rom(bad.what);
	hang();
	start_machine();
	assert_true(fake_log_has("(9999 in a row); that ROM is left out"));
}

static void a_name_that_is_too_long_is_cut(void **state)
{
	char name[200];

	(void)state;
	memset(name, 'n', sizeof(name));
	name[sizeof(name) - 1] = '\0';
	start_machine();
	go_to(PHASE_TABLES);
	fake_ram[RECORD_AT + sizeof(struct watchdog_record)] = 0x5a;
	boot_watchdog_rom(name);
	assert_int_equal(fake_ram[RECORD_AT + sizeof(struct watchdog_record)], 0x5a);
	hang();
	start_machine();
	assert_true(fake_log_has("nnn (1 in a row)"));
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup(f, set_up)
	const struct CMUnitTest tests[] = {
		TEST(without_the_file_nothing_is_done),
		TEST(seconds_have_bounds),
		TEST(it_is_set_back_by_each_phase_and_step),
		TEST(the_phase_that_hung_is_told),
		TEST(the_step_that_hung_is_told),
		TEST(a_rom_that_hung_is_told_and_left_out),
		TEST(a_rom_that_has_come_back_is_not_blamed),
		TEST(another_reset_is_told_and_has_no_consequence),
		TEST(behind_a_bridge_it_begins_with_the_chipsets_phase),
		TEST(the_one_that_comes_later_is_believed),
		TEST(where_there_is_none_that_is_one_line),
		TEST(without_memory_it_is_not_watched),
		TEST(a_user_may_take_his_time),
		TEST(one_that_does_not_stop_is_told),
		TEST(a_processor_without_a_time_stamp_is_watched_too),
		TEST(what_ram_has_is_checked),
		TEST(a_name_that_is_too_long_is_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
