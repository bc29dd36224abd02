/* SPDX-License-Identifier: BSD-2-Clause
 * src/fw/fw_cfg_dir.c: see fw_cfg_dir.h.
 */
#include <stdbool.h>
#include "fw/fw_cfg_dir.h"
#include "trace/log.h"
#include "lib/string.h"

#define BAD_LINES 4	/* bad entries that get a line of their own */

#define NAME(s) { s, sizeof(s) - 1 }
const struct fw_cfg_known_name fw_cfg_known_names[FW_CFG_FILES] = {
	[FW_CFG_E820]			= NAME("etc/e820"),
	[FW_CFG_BOOTORDER]		= NAME("bootorder"),
	[FW_CFG_ACPI_RSDP]		= NAME("etc/acpi/rsdp"),
	[FW_CFG_ACPI_BLOB]		= NAME("etc/acpi/tables"),
	[FW_CFG_TABLE_LOADER]		= NAME("etc/table-loader"),
	[FW_CFG_SMBIOS_ANCHOR]		= NAME("etc/smbios/smbios-anchor"),
	[FW_CFG_SMBIOS_TABLES]		= NAME("etc/smbios/smbios-tables"),
	[FW_CFG_RESERVED_MEMORY_END]	= NAME("etc/reserved-memory-end"),
	[FW_CFG_EXTRA_PCI_ROOTS]	= NAME("etc/extra-pci-roots"),
	[FW_CFG_MSR_FEATURE_CONTROL]	= NAME("etc/msr_feature_control"),
	[FW_CFG_BOOT_FAIL_WAIT]		= NAME("etc/boot-fail-wait"),
	[FW_CFG_PVPANIC_PORT]		= NAME("etc/pvpanic-port"),
	[FW_CFG_SYSTEM_STATES]		= NAME("etc/system-states"),
	[FW_CFG_FPDT]			= NAME("opt/org.slipway/fpdt"),
	[FW_CFG_NATIVE]			= NAME("opt/org.slipway/native"),
};

static bool has_end(const char *name)
{
	return strnlen(name, FW_CFG_NAME_BYTES) < FW_CFG_NAME_BYTES;
}

static bool is_files(uint16_t key)
{
	return key >= FW_CFG_FILE_FIRST && key <= FW_CFG_FILE_LAST;
}

static bool is_good(const struct fw_cfg_wire_file *file)
{
	return is_files(be16_to_cpu(file->key)) && file->name[0] && has_end(file->name);
}

static void tell_bad(const struct fw_cfg_wire_file *file, uint32_t n)
{
	log("fw_cfg: directory: entry %u, %s, key 0x%x: %s; left out", n,
	    log_text_n(file->name, FW_CFG_NAME_BYTES), be16_to_cpu(file->key),
	    !is_files(be16_to_cpu(file->key)) ? "not a file's key" :
	    !file->name[0] ? "no name" : "name without end");
}

/* From the first on that may be bad. */
static struct fw_cfg_wire_file *leave_bad_out(struct fw_cfg_wire_file *files, struct fw_cfg_wire_file *end,
					      uint32_t count)
{
	uint32_t bad = 0;

	for (; files < end; files++) {
		if (is_good(files))
			memmove(files - bad, files, sizeof(*files));
		else if (bad++ < BAD_LINES)
			tell_bad(files, count - (uint32_t)(end - files));
	}
	if (bad > BAD_LINES)
		log("fw_cfg: directory: %u of %u entries are bad; the others are used", bad, count);
	return end - bad;
}

struct fw_cfg_wire_file *fw_cfg_dir_keep_good(struct fw_cfg_wire_file *files, uint32_t count)
{
	struct fw_cfg_wire_file *end = files + count;

	/* QEMU ends each name at its last byte or before it; only those of others need to be searched. */
	for (; files < end; files++)
		if (!is_files(be16_to_cpu(files->key)) | !files->name[0] | files->name[FW_CFG_NAME_BYTES - 1])
			return leave_bad_out(files, end, count);
	return end;
}
