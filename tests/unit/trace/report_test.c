/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/trace/report_test.c: the report says what the record holds, and with what is missing.
 * LINK: src/trace/report.c src/post/report_info.c src/trace/timeline.c src/trace/stack_mark.c tests/fake/cpu.c tests/fake/ram.c tests/fake/log.c
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "trace/report.h"
#include "fake/cpu.h"
#include "arch/layout.h"
#include "fake/log.h"
#include "fake/ram.h"
#include "fw/fw_cfg.h"
#include "fw/fw_cfg_dir.h"
#include "lib/bits.h"
#include "trace/log_ring.h"
#include "post/start.h"
#include "trace/timeline.h"

struct fw_cfg_item fw_cfg_known[FW_CFG_FILES];
const struct fw_cfg_known_name fw_cfg_known_names[FW_CFG_FILES] = {
	[FW_CFG_E820] = { "etc/e820", 8 },
};

static uint32_t khz, asked;
static bool is_read;

static uint32_t tsc_khz(void)
{
	asked++;
	return khz;
}

bool log_is_read(void)
{
	return is_read;
}

static int setup(void **state)
{
	(void)state;
	fake_cpu_reset();
	fake_log_reset();
	fake_ram_reset(1 << 20);
	memset(&timeline, 0, sizeof(timeline));
	/* no report reads what reached and items do not cover */
	memset(timeline.begin, 0xee, sizeof(timeline.begin));
	memset(timeline.item, 0xee, sizeof(timeline.item));
	memset(fw_cfg_known, 0, sizeof(fw_cfg_known));
	fw_cfg_known[FW_CFG_E820].key = 0x25;
	timeline_init(true, 0x1234);
	timeline.begin[PHASE_KIND_OF_START] = 1000;
	khz = 1000000;
	asked = 0;
	is_read = false;
	return 0;
}

static void stamp(enum phase phase, uint64_t tsc)
{
	timeline_stamp(phase);
	timeline.begin[phase] = tsc;
}

static void item(uint16_t key, enum item_path path, uint32_t bytes, uint32_t ticks)
{
	struct timeline_item *i = timeline_item_begin();

	timeline_item_end(i, key, path, bytes);
	i->end = i->begin + ticks;
}

static void a_new_record_has_nothing_of_the_old(void **state)
{
	(void)state;
	assert_int_equal(timeline.items, 0);
	assert_int_equal(timeline.reached, PHASE_KIND_OF_START);
	assert_int_equal(timeline.info, 0x1234);
	assert_int_equal(timeline.khz | timeline.pm_ticks | timeline.unsure | timeline.plan, 0);
	report_log(tsc_khz);
	assert_true(fake_log_has("report: start: cold, TSC at first stamp 0x3e8"));
	assert_true(fake_log_has("plan: none was made"));
	assert_true(fake_log_has("phase: kind of start"));
	assert_false(fake_log_has("phase: log"));
	assert_false(fake_log_has("report: item"));
	assert_false(fake_log_has("report: sum"));
}

static void phases_items_and_sum_are_told_in_microseconds(void **state)
{
	(void)state;
	timeline.start = START_RESET;
	timeline.plan = TIMELINE_PLAN_MADE | TIMELINE_PLAN_KERNEL | TIMELINE_PLAN_FIRST;
	stamp(PHASE_LOG, 6000);
	for (enum phase p = PHASE_LOG + 1; p <= PHASE_LOCK; p++)
		stamp(p, 11000);
	stamp(PHASE_DO_BOOT, 2001000);
	item(0x25, ITEM_DMA, 40, 3000);
	item(FW_CFG_KERNEL_DATA, ITEM_PORT_ERROR, 8388608, 2000000);
	item(0x3f, ITEM_LOST, 17, 0);
	report_log(tsc_khz);
	assert_int_equal(asked, 1);
	assert_true(fake_log_has("report: start: reset"));
	assert_true(fake_log_has("report: rate: TSC 1000000 kHz"));
	assert_true(fake_log_has("a kernel, before any device, menu not wanted; skipped: display"));
	assert_true(fake_log_has("phase: kind of start at        0 us, took        5"));
	assert_true(fake_log_has("phase: log           at        5 us, took        5"));
	assert_true(fake_log_has("phase: do_boot       at     2000 us"));
	assert_true(fake_log_has("item: etc/e820                          40 bytes in        3 us by DMA"));
	assert_true(fake_log_has("item: kernel                       8388608 bytes in     2000 us by port (DMA ended"));
	assert_true(fake_log_has("item: another file                      17 bytes in        0 us by no way"));
	assert_true(fake_log_has("report: sum: to do_boot 2000 us"));
}

static void the_stack_of_post_is_what_is_not_zero(void **state)
{
	static const struct { uint32_t at; const char *line; } cases[] = {
		{ STACK_TOP - 1, "report: stack: POST: 4 of 6144 bytes used" },
		{ STACK_TOP - 4, "report: stack: POST: 4 of 6144 bytes used" },
		{ STACK_TOP - 1001, "report: stack: POST: 1004 of 6144 bytes used" },
		{ STACK_TOP - STACK_SIZE, "report: stack: POST: 6144 of 6144 bytes used" },
	};

	for (uint32_t i = 0; i < ARRAY_SIZE(cases); i++) {
		setup(state);
		fake_ram[STACK_TOP - STACK_SIZE - 1] = fake_ram[STACK_TOP] = 1;
		fake_ram[cases[i].at] = 1;
		report_log(tsc_khz);
		assert_true(fake_log_has(cases[i].line));
		assert_false(fake_log_has("stack: services"));
		assert_false(fake_log_has("stack: option ROMs"));
	}
}

static void services_and_option_roms_have_marks_of_their_own(void **state)
{
	(void)state;
	fake_ram[STACK_TOP - 500] = 1;
	timeline.stack_post = 1168;
	timeline.stack_roms = 644;
	report_log(tsc_khz);
	assert_true(fake_log_has("report: stack: POST: 1168 of 6144 bytes used"));
	assert_true(fake_log_has("report: stack: services: 500 of 6144 bytes used"));
	assert_true(fake_log_has("report: stack: option ROMs: 644 of 4096 bytes used"));
}

static void a_rate_that_is_known_is_not_asked_for(void **state)
{
	(void)state;
	timeline.khz = 2000000;
	timeline.pm_ticks = 1234;
	report_log(tsc_khz);
	assert_int_equal(asked, 0);
	assert_true(fake_log_has("TSC 2000000 kHz, measured over 1234 ticks of the PM timer"));
}

static void without_a_rate_times_are_ticks(void **state)
{
	(void)state;
	khz = 0;
	stamp(PHASE_LOG, 6000);
	report_log(tsc_khz);
	assert_true(fake_log_has("rate: unknown; all times are TSC ticks"));
	assert_true(fake_log_has("phase: kind of start at        0 ticks, took     5000"));
}

static void without_a_tsc_items_are_told_all_the_same(void **state)
{
	(void)state;
	fake_cpu.is_486 = true;
	memset(&timeline, 0, sizeof(timeline));
	timeline_init(false, 0);
	timeline_stamp(PHASE_DO_BOOT);		/* no RDTSC: it would be an invalid opcode */
	item(0x25, ITEM_DMA, 40, 0);
	report_log(tsc_khz);
	assert_int_equal(fake_cpu.rdtscs, 0);
	assert_true(fake_log_has("the processor has no TSC"));
	assert_true(fake_log_has("item: etc/e820"));
	assert_false(fake_log_has("report: phase"));
	assert_false(fake_log_has("report: sum"));
}

static void items_beyond_the_room_are_counted(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < TIMELINE_ITEMS + 3; i++)
		item(0x25, ITEM_DMA, 100 + i, 0);
	report_log(tsc_khz);
	assert_true(fake_log_has("      123 bytes"));
	assert_false(fake_log_has("      124 bytes"));
	assert_true(fake_log_has("report: item: 3 more, not recorded"));
}

static void every_plan_has_its_line(void **state)
{
	(void)state;
	timeline.plan = TIMELINE_PLAN_MADE;
	report_log(tsc_khz);
	assert_true(fake_log_has("plan: no kernel"));
	timeline.plan |= TIMELINE_PLAN_KERNEL | TIMELINE_PLAN_MENU;
	report_log(tsc_khz);
	assert_true(fake_log_has("plan: a kernel, behind a device, menu wanted"));
}

static void it_is_written_only_when_somebody_reads(void **state)
{
	(void)state;
	report_if_read(tsc_khz);
	assert_int_equal(fake_log_lines(), 0);
	is_read = true;
	report_if_read(tsc_khz);
	assert_true(fake_log_lines() > 3);
}

static void without_a_record_there_is_no_report(void **state)
{
	(void)state;
	timeline.magic[0] = 0;
	report_log(tsc_khz);
	assert_int_equal(fake_log_lines(), 0);
}

/* A reader of the image walks these tables by their counts. */
static void the_image_names_everything(void **state)
{
	(void)state;
	assert_memory_equal(report_info.magic, "SlipwayI", 8);
	assert_memory_equal(timeline.magic, "SlipwayT", 8);
	assert_ptr_equal(report_info.timeline, &timeline);
	assert_int_equal(report_info.phases, PHASES);
	for (uint32_t i = 0; i < report_info.phases; i++)
		assert_true(report_info.phase_names[i] && *report_info.phase_names[i]);
	for (uint32_t i = 0; i < report_info.paths; i++)
		assert_true(report_info.path_names[i] && *report_info.path_names[i]);
	for (uint32_t i = 0; i < report_info.starts; i++)
		assert_true(report_info.start_names[i] && *report_info.start_names[i]);
	for (uint32_t i = 0; i < report_info.keys; i++)
		assert_non_null(report_info.key_names[i].name);
	assert_int_equal(report_info.file_count, FW_CFG_FILES);
	assert_int_equal(report_info.items, TIMELINE_ITEMS);
}

static void nanoseconds_do_not_overflow(void **state)
{
	(void)state;
	assert_true(timeline_ns(0, 1) == 0);
	assert_true(timeline_ns(2300000, 2300000) == 1000000);
	assert_true(timeline_ns(1ull << 44, 4000000) == 4398046511104);
	assert_true(timeline_ns(999, 10000) == 99900);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_new_record_has_nothing_of_the_old, setup),
		cmocka_unit_test_setup(phases_items_and_sum_are_told_in_microseconds, setup),
		cmocka_unit_test_setup(the_stack_of_post_is_what_is_not_zero, setup),
		cmocka_unit_test_setup(services_and_option_roms_have_marks_of_their_own, setup),
		cmocka_unit_test_setup(a_rate_that_is_known_is_not_asked_for, setup),
		cmocka_unit_test_setup(without_a_rate_times_are_ticks, setup),
		cmocka_unit_test_setup(without_a_tsc_items_are_told_all_the_same, setup),
		cmocka_unit_test_setup(items_beyond_the_room_are_counted, setup),
		cmocka_unit_test_setup(every_plan_has_its_line, setup),
		cmocka_unit_test_setup(it_is_written_only_when_somebody_reads, setup),
		cmocka_unit_test_setup(without_a_record_there_is_no_report, setup),
		cmocka_unit_test_setup(the_image_names_everything, setup),
		cmocka_unit_test_setup(nanoseconds_do_not_overflow, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
