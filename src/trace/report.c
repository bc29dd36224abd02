/* SPDX-License-Identifier: BSD-2-Clause
 * src/trace/report.c: see report.h.
 */
#include "trace/report.h"
#include "arch/div.h"
#include "arch/layout.h"
#include "lib/bits.h"
#include "trace/log.h"
#include "trace/log_ring.h"
#include "trace/stack_mark.h"
#include "trace/timeline.h"
#ifdef CONFIG_ACCOUNTING
#include "arch/account.h"
#endif

static const char *item_name(uint16_t key)
{
	const struct report_info *info = &report_info;

	for (uint32_t i = 0; i < info->keys; i++)
		if (info->key_names[i].number == key)
			return info->key_names[i].name;
	for (uint32_t i = 0; i < info->file_count; i++)
		if (*info->files[i].key == key)
			return info->files[i].name;
	return "another file";
}

/* Microseconds; ticks themselves when the rate is not known. */
static uint32_t us(uint64_t ticks)
{
	if (!timeline.khz)
		return (uint32_t)ticks;
	return (uint32_t)div64_32(ticks * 1000, timeline.khz);
}

#ifdef CONFIG_ACCOUNTING
static uint32_t accesses_in(enum phase phase)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < ACCOUNT_DEVICES; i++)
		n += account_count[phase][i];
	return n;
}

static void log_accesses(void)
{
	for (uint32_t i = 0; i < PHASES; i++)
		for (uint32_t d = 0; d < ACCOUNT_DEVICES; d++)
			if (account_count[i][d])
				log("report: accesses: %s, %s: %u", report_info.phase_names[i],
				    account_device_names[d], account_count[i][d]);
}
#else
static uint32_t accesses_in(enum phase phase)
{
	(void)phase;
	return 0;
}

static void log_accesses(void) {}
#endif

static void log_rate(void)
{
	if (!timeline.tsc)
		log("report: rate: the processor has no TSC, no times were taken");
	else if (!timeline.khz)
		log("report: rate: unknown; all times are TSC ticks");
	else if (timeline.pm_ticks)
		log("report: rate: TSC %u kHz, measured over %u ticks of the PM timer", timeline.khz,
		    timeline.pm_ticks);
	else
		log("report: rate: TSC %u kHz", timeline.khz);
}

static void log_phase(enum phase phase, const char *unit)
{
	uint64_t begin = timeline.begin[phase];
	uint64_t end = phase < timeline.reached ? timeline.begin[phase + 1] : rdtsc();

	log("report: phase: %-13s at %8u %s, took %8u", report_info.phase_names[phase],
	    us(begin - timeline.begin[0]), unit, us(end - begin));
	if (accesses_in(phase))
		log("report: phase: %-13s %u device accesses", report_info.phase_names[phase],
		    accesses_in(phase));
}

static void log_items(const char *unit)
{
	for (uint32_t i = 0; i < timeline.items && i < TIMELINE_ITEMS; i++) {
		const struct timeline_item *item = &timeline.item[i];

		log("report: item: %-26s %9u bytes in %8u %s by %s", item_name(item->key_path & 0xffff),
		    item->bytes, us(item->end - item->begin), unit, report_info.path_names[item->key_path >> 16]);
	}
	if (timeline.items > TIMELINE_ITEMS)
		log("report: item: %u more, not recorded", timeline.items - TIMELINE_ITEMS);
}

static void log_plan(void)
{
	uint32_t plan = timeline.plan;

	if (!(plan & TIMELINE_PLAN_MADE))
		log("report: plan: none was made");
	else if (!(plan & TIMELINE_PLAN_KERNEL))
		log("report: plan: no kernel");
	else
		log("report: plan: a kernel, %s, menu %s%s",
		    plan & TIMELINE_PLAN_FIRST ? "before any device" : plan & TIMELINE_PLAN_ROM ? "by QEMU's option ROM" :
		    plan & (TIMELINE_PLAN_MULTIBOOT | TIMELINE_PLAN_SETUP) ? "in its turn, since it may call services" : "behind a device",
		    plan & TIMELINE_PLAN_MENU ? "wanted" : "not wanted",
		    plan & TIMELINE_PLAN_FIRST ? "; skipped: display, keyboard, disks, option ROMs" : "");
}

static void log_stack(const char *of, uint32_t used, uint32_t size)
{
	if (used)
		log("report: stack: %s: %u of %u bytes used", of, used, size);
}

static void log_stacks(void)
{
	uint32_t used = stack_used(STACK_TOP, STACK_SIZE), post = timeline.stack_post;

	log_stack("POST", post ? post : used, STACK_SIZE);
	log_stack("services", post ? used : 0, STACK_SIZE);
	log_stack("option ROMs", timeline.stack_roms, TIMELINE_ROM_STACK);
}

void report_log(uint32_t (*tsc_khz)(void))
{
	const char *unit;
	uint64_t end = timeline_now();

	if (timeline.magic[0] != TIMELINE_MAGIC_0)
		return;			/* failed before there was anything to report */
	if (timeline.tsc && !timeline.khz)
		timeline.khz = tsc_khz();
	unit = timeline.khz ? "us" : "ticks";

	log("report: start: %s, TSC at first stamp 0x%llx", report_info.start_names[timeline.start],
	    (unsigned long long)timeline.begin[0]);
	log_rate();
	log_plan();
	for (enum phase i = 0; timeline.tsc && i <= timeline.reached && i < PHASES; i++)
		log_phase(i, unit);
	log_items(unit);
	log_accesses();
	log_stacks();
	if (timeline.tsc && timeline.reached >= PHASE_DO_BOOT)
		log("report: sum: to do_boot %u %s, do_boot until now %u, all %u",
		    us(timeline.begin[PHASE_DO_BOOT] - timeline.begin[0]), unit,
		    us(end - timeline.begin[PHASE_DO_BOOT]), us(end - timeline.begin[0]));
}

void report_if_read(uint32_t (*tsc_khz)(void))
{
	if (log_is_read())
		report_log(tsc_khz);
}
