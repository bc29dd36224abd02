/* SPDX-License-Identifier: BSD-2-Clause
 * src/post/post.c: the order in which the machine comes up. docs/architecture.md has the same list
 * as a table, with the reasons for the order.
 */
#include "arch/cpu.h"
#include "arch/exception.h"
#include "arch/phys.h"
#include "arch/sse.h"
#include "boot/do_boot.h"
#include "boot/fail.h"
#include "boot/media.h"
#include "trace/report.h"
#include "fw/acpi.h"
#include "fw/fpdt.h"
#include "fw/fw_cfg.h"
#include "fw/mptable.h"
#include "fw/pirtable.h"
#include "fw/smbios.h"
#include "hw/chipset/chipset.h"
#include "hw/debug_port.h"
#include "hw/display/several/several.h"
#include "post/pci.h"
#include "trace/log.h"
#include "trace/log_ring.h"
#include "mem/alloc.h"
#include "trace/banner.h"
#include "post/cpus.h"
#include "machine/machine.h"
#include "fw/memory.h"
#include "post/post.h"
#include "post/resume.h"
#include "hw/reset.h"
#include "lib/bits.h"
#include "services/services.h"
#include "trace/timeline.h"
#include "post/start.h"
#include "post/world.h"

#ifdef CONFIG_MACHINE_MICROVM
#define BUILT_NONE	(1u << CHIPSET_NONE)
#else
#define BUILT_NONE	0
#endif
#ifdef CONFIG_MACHINE_PC
#define BUILT_I440FX	(1u << CHIPSET_I440FX)
#else
#define BUILT_I440FX	0
#endif
#ifdef CONFIG_MACHINE_Q35
#define BUILT_Q35	(1u << CHIPSET_Q35)
#else
#define BUILT_Q35	0
#endif
#define BUILT_FOR	(BUILT_NONE | BUILT_I440FX | BUILT_Q35)
#define BUILT_FOR_ALL	((1u << CHIPSET_COUNT) - 1)

static struct boot_plan plan;
static uint8_t shutdown_code;

/*
 * A machine that is not ours, and starts that are not a boot: who can go on has not come here (src/post/resume.c).
 */
static void leave_unless_boot(void)
{
	if (!(BUILT_FOR >> machine.chipset & 1))
		boot_stop("start: this image was built without support for this machine");
	switch (machine.start) {
	case START_S3_WAKE:
		log("start: S3 wake: no POST has come to its end before, or nothing was asleep; the machine is restarted");
		break;
	case START_INIT:
		log("start: INIT without a reset: the machine is restarted");
		break;
	case START_SHUTDOWN_CODE:
		log("start: shutdown code 0x%02x in CMOS: not served; the machine is restarted",
		    shutdown_code);
		break;
	default:
		return;
	}
	hard_reset();
}

static void find_kind(void)
{
	timeline.start = machine.start = start_kind(&shutdown_code);
}

static void start_log(void)
{
	log_init();
#ifdef CONFIG_DEBUG_PORT
	if (debug_port_present())
		log_set_sink(debug_port_write);
#endif
	log("slipway: version %s", banner.version);
	timeline.log = (uint32_t)ptr_to_phys(log_ring());
	if (BUILT_FOR != BUILT_FOR_ALL || machine.start > START_RESET)
		leave_unless_boot();
#ifdef CONFIG_EXCEPTION_TEST
	__builtin_trap();
#endif
}

static void find_fw_cfg(void)
{
	alloc_init(world_fseg_start(), world_fseg_end());
	if (fw_cfg_init() != 0)
		boot_fail("no usable fw_cfg: memory and kernel are not known");
	fw_cfg_read_directory();	/* without files there are CMOS and the numbered items */
}

static void find_memory(void)
{
	if (memory_init() != 0)
		boot_fail("no usable memory map");
}

static void make_plan(void)
{
	plan_make(&plan);
}

/* Linux switches its devices on. What else has a PVH entry need not. */
static void find_pci(void)
{
	pci_init((plan.what & (TIMELINE_PLAN_FIRST | TIMELINE_PLAN_PVH)) != TIMELINE_PLAN_FIRST);
}

static void find_chipset(void)
{
	if (machine.chipset != CHIPSET_NONE)
		chipset_init(plan.what / TIMELINE_PLAN_FIRST & 1);
#ifdef CONFIG_FPDT
	fpdt_begin();
#endif
}

/* No bus has it where there is no PCI. What is booted from media has a program for the display, which sets it up. */
static void __attribute__((cold)) find_isa_display(void)
{
	if (plan.what & TIMELINE_PLAN_FIRST)
		isa_text_on();
}

/* After PCI and chipset: QEMU builds its ACPI tables from live registers. */
static void make_tables(void)
{
	acpi_init();
#ifdef CONFIG_FPDT
	fpdt_init();
#endif
	smbios_init();		/* QEMU has none for microvm; a user may give one */
	mptable_init();
	if (machine.chipset != CHIPSET_NONE)
		pirtable_init();
	else if (fw_cfg_last_begins(DISPLAY_FILES))
		find_isa_display();
	/* Whatever a boot from media needs, before the memory map is made. */
	if (!(plan.what & TIMELINE_PLAN_FIRST))
		media_init(&plan);
}

static void make_map(void)
{
	memory_finish();
	if (!(plan.what & TIMELINE_PLAN_FIRST))
		services_map();
}

static void lock_firmware(void)
{
	shadow_lock(machine.chipset);
}

static void boot_by_plan(void)
{
	if (nmi_count)
		log("start: NMI: %u came during POST; ignored", nmi_count);
	resume_ready();
	do_boot(&plan);
}

/*
 * Machines, as bits of enum chipset, and one more: what has no chipset has no clock but a hypervisor's, and TCG, which
 * is where SSE2 is used, has none.
 */
#define PCI		(1u << CHIPSET_I440FX | 1u << CHIPSET_Q35)
#define CLOCK		(PCI | 1u << CHIPSET_NONE)
#define NO_CLOCK	CHIPSET_COUNT
#define ALL		(CLOCK | 1u << NO_CLOCK)

/* A row for each phase, which begins on all machines. */
static const struct step {
	void (*run)(void);
	uint32_t machines;
} steps[PHASE_DO_BOOT + 1] = {
	[PHASE_KIND_OF_START]	= { find_kind,		ALL },
	[PHASE_LOG]		= { start_log,		ALL },
	[PHASE_FW_CFG]		= { find_fw_cfg,	ALL },
	[PHASE_WORLD]		= { world_init,		ALL },
	[PHASE_MEMORY]		= { find_memory,	ALL },
	[PHASE_PLAN]		= { make_plan,		ALL },
	[PHASE_PCI]		= { find_pci,		PCI },
	[PHASE_CHIPSET]		= { find_chipset,	CLOCK },
	[PHASE_CPUS]		= { cpus_init,		ALL },
	[PHASE_TABLES]		= { make_tables,	ALL },
	[PHASE_MAP]		= { make_map,		ALL },
	[PHASE_LOCK]		= { lock_firmware,	PCI },
	[PHASE_DO_BOOT]		= { boot_by_plan,	ALL },
};

/* The processor has no TSC, or somebody listens to the stamps. */
static void __attribute__((cold, noinline, noreturn)) go_on_otherwise(uint32_t phase, uint32_t kind)
{
	for (; phase < ARRAY_SIZE(steps); phase++) {
		timeline_stamp_otherwise(phase);
		if (CONFIG_HANG_TEST && phase == CONFIG_HANG_TEST)
			cpu_halt();
		if (steps[phase].machines >> kind & 1)
			steps[phase].run();
	}
	cpu_halt();	/* not reached */
}

void post(uint32_t host_bridge)
{
	uint32_t kind;

	machine_init(host_bridge);
	kind = machine.chipset + NO_CLOCK * (sse2_works & (machine.chipset == CHIPSET_NONE));
	timeline_init(machine.cpu_features & CPUID_1_EDX_TSC, (uint32_t)ptr_to_phys(&report_info));
#ifdef CONFIG_ACCOUNTING
	account_start(host_bridge);
#endif
	for (uint32_t phase = 0; phase < ARRAY_SIZE(steps); phase++) {
		if (timeline.tsc != TIMELINE_TSC)
			go_on_otherwise(phase, kind);
		timeline_stamp_tsc(phase);
		if (steps[phase].machines >> kind & 1)
			steps[phase].run();
	}
	cpu_halt();	/* not reached: the last step boots or fails */
}
