/* SPDX-License-Identifier: BSD-2-Clause
 * src/post/report_info.c: the names that a report needs, and where a reader of the image finds
 * everything: see trace/report.h. Here, because it names things of every room.
 */
#include "arch/layout.h"
#include "fw/fw_cfg.h"
#include "fw/fw_cfg_dir.h"
#include "lib/bits.h"
#include "machine/machine.h"
#include "trace/report.h"
#include "trace/timeline.h"
#ifdef CONFIG_ACCOUNTING
#include "arch/account.h"
#endif

static const char *const phase_names[PHASES] = {
	[PHASE_KIND_OF_START] = "kind of start",
	[PHASE_LOG] = "log",
	[PHASE_FW_CFG] = "fw_cfg",
	[PHASE_WORLD] = "world",
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
	[START_INIT] = "INIT",
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

/* Files are known by the keys that the directory gave them. */
#define FILE(n) { &fw_cfg_known[n].key, fw_cfg_known_names[n].text }
static const struct report_file files[FW_CFG_FILES] = {
	FILE(FW_CFG_E820), FILE(FW_CFG_BOOTORDER), FILE(FW_CFG_ACPI_RSDP), FILE(FW_CFG_ACPI_BLOB),
	FILE(FW_CFG_TABLE_LOADER), FILE(FW_CFG_SMBIOS_ANCHOR), FILE(FW_CFG_SMBIOS_TABLES),
	FILE(FW_CFG_RESERVED_MEMORY_END), FILE(FW_CFG_EXTRA_PCI_ROOTS),
	FILE(FW_CFG_MSR_FEATURE_CONTROL), FILE(FW_CFG_BOOT_FAIL_WAIT), FILE(FW_CFG_PVPANIC_PORT),
	FILE(FW_CFG_SYSTEM_STATES), FILE(FW_CFG_FPDT), FILE(FW_CFG_NATIVE),
};
_Static_assert(FW_CFG_NATIVE + 1 == FW_CFG_FILES, "every known file is in the list");

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
	.files = files,
	.file_count = FW_CFG_FILES,
	.items = TIMELINE_ITEMS,
	.stack_top = STACK_TOP,
	.stack_size = STACK_SIZE,
	.rom_stack_size = TIMELINE_ROM_STACK,
#ifdef CONFIG_ACCOUNTING
	.accesses = account_count,
	.device_names = account_device_names,
	.devices = ACCOUNT_DEVICES,
#endif
};
