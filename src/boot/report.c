/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/report.c: see report.h.
 */
#include "boot/report.h"
#include "arch/div.h"
#include "fw/fw_cfg.h"
#include "fw/fw_cfg_dir.h"
#include "hw/timer.h"
#include "lib/bits.h"
#include "lib/log.h"
#include "lib/log_ring.h"
#include "post/start.h"
#include "post/timeline.h"
#ifdef CONFIG_ACCOUNTING
#include "arch/account.h"
#endif

static const char *const phase_names[PHASES] = {
	[PHASE_KIND_OF_START] = "kind of start",
	[PHASE_LOG] = "log",
	[PHASE_WORLD] = "world",
	[PHASE_FW_CFG] = "fw_cfg",
	[PHASE_MEMORY] = "memory",
	[PHASE_PLAN] = "plan",
	[PHASE_PCI] = "pci",
	[PHASE_CHIPSET] = "chipset",
	[PHASE_CPUS] = "cpus",
	[PHASE_TABLES] = "tables",
	[PHASE_MAP] = "map",
	[PHASE_LOCK] = "lock",
	[PHASE_DO_BOOT] = "do_boot",
	[PHASE_LAUNCH] = "launch",
	[PHASE_KERNEL] = "kernel",
};

static const char *const path_names[ITEM_PATHS] = {
	[ITEM_DMA] = "DMA",
	[ITEM_PORT_NOT_OFFERED] = "port (the device has no DMA)",
	[ITEM_PORT_TEST_FAILED] = "port (DMA failed its test)",
	[ITEM_PORT_TIMED_OUT] = "port (a DMA transfer never ended)",
	[ITEM_PORT_ERROR] = "port (DMA ended with an error)",
	[ITEM_LOST] = "no way: not read",
};

static const char *const start_names[] = {
	[START_COLD] = "cold",
	[START_RESET] = "reset",
	[START_S3_WAKE] = "S3 wake",
	[START_SHUTDOWN_CODE] = "shutdown code",
};

static const struct report_name key_names[] = {
	{ FW_CFG_KERNEL_DATA, "kernel" },
	{ FW_CFG_INITRD_DATA, "initrd" },
	{ FW_CFG_CMDLINE_DATA, "command line" },
	{ FW_CFG_SETUP_DATA, "kernel setup" },
	{ FW_CFG_ACPI_TABLES, "user ACPI tables" },
	{ FW_CFG_SMBIOS_ENTRIES, "SMBIOS entries" },
	{ FW_CFG_E820_TABLE, "e820 reservations" },
};

const struct report_info report_info = {
	.magic = { REPORT_MAGIC_0, REPORT_MAGIC_1 },
	.timeline = &timeline,
	.phase_names = phase_names,
	.phases = PHASES,
	.path_names = path_names,
	.paths = ITEM_PATHS,
	.start_names = start_names,
	.starts = ARRAY_SIZE(start_names),
	.key_names = key_names,
	.keys = ARRAY_SIZE(key_names),
	.file_names = fw_cfg_known_names,
	.file_name_size = sizeof(fw_cfg_known_names[0]),
	.files = fw_cfg_known,
	.file_count = FW_CFG_FILES,
	.items = TIMELINE_ITEMS,
#ifdef CONFIG_ACCOUNTING
	.accesses = account_count,
	.device_names = account_device_names,
	.devices = ACCOUNT_DEVICES,
#endif
};

static const char *item_name(uint16_t key)
{
	for (uint32_t i = 0; i < ARRAY_SIZE(key_names); i++)
		if (key_names[i].number == key)
			return key_names[i].name;
	for (uint32_t i = 0; i < FW_CFG_FILES; i++)
		if (fw_cfg_known[i].key == key)
			return fw_cfg_known_names[i].text;
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
				log("report: accesses: %s, %s: %u", phase_names[i],
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

	log("report: phase: %-13s at %8u %s, took %8u", phase_names[phase],
	    us(begin - timeline.begin[0]), unit, us(end - begin));
	if (accesses_in(phase))
		log("report: phase: %-13s %u device accesses", phase_names[phase],
		    accesses_in(phase));
}

static void log_items(const char *unit)
{
	for (uint32_t i = 0; i < timeline.items && i < TIMELINE_ITEMS; i++) {
		const struct timeline_item *item = &timeline.item[i];

		log("report: item: %-26s %9u bytes in %8u %s by %s", item_name(item->key_path & 0xffff),
		    item->bytes, us(item->end - item->begin), unit, path_names[item->key_path >> 16]);
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
		log("report: plan: a kernel, %s, menu %s; skipped: display, keyboard, disks, option ROMs",
		    plan & TIMELINE_PLAN_FIRST ? "before any device" : "behind a device",
		    plan & TIMELINE_PLAN_MENU ? "wanted" : "not wanted");
}

void report_log(void)
{
	const char *unit;
	uint64_t end = timeline_now();

	if (timeline.magic[0] != TIMELINE_MAGIC_0)
		return;			/* failed before there was anything to report */
	if (timeline.tsc && !timeline.khz)
		timeline.khz = timer_tsc_khz();
	unit = timeline.khz ? "us" : "ticks";

	log("report: start: %s, TSC at first stamp 0x%llx", start_names[timeline.start],
	    (unsigned long long)timeline.begin[0]);
	log_rate();
	log_plan();
	for (enum phase i = 0; timeline.tsc && i <= timeline.reached && i < PHASES; i++)
		log_phase(i, unit);
	log_items(unit);
	log_accesses();
	if (timeline.tsc && timeline.reached >= PHASE_DO_BOOT)
		log("report: sum: to do_boot %u %s, do_boot until now %u, all %u",
		    us(timeline.begin[PHASE_DO_BOOT] - timeline.begin[0]), unit,
		    us(end - timeline.begin[PHASE_DO_BOOT]), us(end - timeline.begin[0]));
}

void report_if_read(void)
{
	if (log_is_read())
		report_log();
}
