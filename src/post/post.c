/* SPDX-License-Identifier: BSD-2-Clause
 * src/post/post.c: the order in which the machine comes up. docs/architecture.md has the same list
 * as a table, with the reasons for the order.
 */
#include "arch/cpu.h"
#include "arch/phys.h"
#include "boot/do_boot.h"
#include "boot/fail.h"
#include "trace/report.h"
#include "fw/acpi.h"
#include "fw/fpdt.h"
#include "fw/fw_cfg.h"
#include "fw/mptable.h"
#include "fw/pirtable.h"
#include "fw/smbios.h"
#include "hw/chipset/chipset.h"
#include "hw/debug_port.h"
#include "post/pci.h"
#include "trace/log.h"
#include "trace/log_ring.h"
#include "lib/string.h"
#include "mem/alloc.h"
#include "trace/banner.h"
#include "post/cpus.h"
#include "machine/machine.h"
#include "fw/memory.h"
#include "post/post.h"
#include "hw/reset.h"
#include "trace/timeline.h"
#include "post/start.h"
#include "post/world.h"

/* What is left of its pages is used by what comes next. */
#define RING_WORDS 2048
_Static_assert(RING_WORDS >= LOG_FIRST_WORDS && !(RING_WORDS & (RING_WORDS - 1)), "log_move() wants it so");

extern char bss_start[], bss_end[];

static void stop_unless_built_for(enum chipset chipset)
{
	static const bool built[] = {
#ifdef CONFIG_MACHINE_MICROVM
		[CHIPSET_NONE] = true,
#endif
#ifdef CONFIG_MACHINE_PC
		[CHIPSET_I440FX] = true,
#endif
#ifdef CONFIG_MACHINE_Q35
		[CHIPSET_Q35] = true,
#endif
		[CHIPSET_COUNT] = false,
	};

	if (!built[chipset])
		boot_stop("start: this image was built without support for this machine");
}

static void start_log(void)
{
	log_init();
#ifdef CONFIG_DEBUG_PORT
	if (debug_port_present())
		log_set_sink(debug_port_write);
#endif
	log("slipway: version %s", banner.version);
}

/* Starts that are not a boot: this version has no resume, and says so instead of losing the guest. */
static void leave_unless_boot(enum start_kind kind, uint8_t code)
{
	if (kind == START_S3_WAKE)
		log("start: S3 wake: this version cannot resume; the machine is restarted");
	else if (kind == START_SHUTDOWN_CODE)
		log("start: shutdown code 0x%02x in CMOS: not served; the machine is restarted", code);
	else
		return;
	hard_reset();
}

/* Tables after PCI and chipset: QEMU builds its ACPI tables from live registers. */
static void make_tables(void)
{
	acpi_init();
#ifdef CONFIG_FPDT
	fpdt_init();
#endif
	smbios_init();
	mptable_init();
	pirtable_init();
}

/* Beside the ACPI tables, of their type: one row of the memory map for all that is kept there. */
static void move_log(void)
{
	void *memory = alloc_raw(ZONE_NVS, LOG_RING_BYTES(RING_WORDS), 16, "log");

	if (memory)
		log_move(memory, RING_WORDS);
	timeline.log = (uint32_t)ptr_to_phys(log_ring());
}

void post(uint32_t host_bridge)
{
	struct boot_plan plan;
	uint8_t shutdown_code;
	bool has_tsc;
	uint64_t first;

	machine_init(host_bridge);
	has_tsc = machine.cpu_features & CPUID_1_EDX_TSC;
	first = has_tsc ? rdtsc() : 0;
	machine.start = start_kind(&shutdown_code);

	memset(bss_start, 0, (uint32_t)(bss_end - bss_start));
	timeline_init(first, has_tsc, (uint32_t)ptr_to_phys(&report_info));
#ifdef CONFIG_ACCOUNTING
	account_start(host_bridge);
#endif
	timeline_stamp(PHASE_LOG);
	timeline.start = machine.start;
	start_log();
	timeline.log = (uint32_t)ptr_to_phys(log_ring());
	stop_unless_built_for(machine.chipset);
	leave_unless_boot(machine.start, shutdown_code);
#ifdef CONFIG_EXCEPTION_TEST
	__builtin_trap();
#endif

	timeline_stamp(PHASE_WORLD);
	alloc_init(world_init(), world_fseg_end());
	timeline_stamp(PHASE_FW_CFG);
	if (fw_cfg_init() != 0)
		boot_fail("no usable fw_cfg: memory and kernel are not known");
	fw_cfg_read_directory();	/* without files there are CMOS and the numbered items */
	timeline_stamp(PHASE_MEMORY);
	if (memory_init() != 0)
		boot_fail("no usable memory map");
	move_log();
	timeline_stamp(PHASE_PLAN);
	plan_make(&plan);
	timeline_stamp(PHASE_PCI);
	pci_init();
	timeline_stamp(PHASE_CHIPSET);
	chipset_init();
#ifdef CONFIG_FPDT
	fpdt_begin();
#endif
	timeline_stamp(PHASE_CPUS);
	cpus_init();
	timeline_stamp(PHASE_TABLES);
	make_tables();
	timeline_stamp(PHASE_MAP);
	if (memory_finish() != 0)
		boot_fail("the memory map has no room for what the firmware keeps");
	timeline_stamp(PHASE_LOCK);
	shadow_lock(machine.chipset);
	do_boot(&plan);
}
