/* SPDX-License-Identifier: BSD-2-Clause
 * src/fw/fw_cfg_dir.c: see fw_cfg_dir.h.
 */
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
};

/* What is wrong with an entry, NULL if nothing. */
static const char *fault(const struct fw_cfg_wire_file *file)
{
	uint32_t key = be16_to_cpu(file->key);

	if (key < FW_CFG_FILE_FIRST || key > FW_CFG_FILE_LAST)
		return "not a file's key";
	if (!file->name[0])
		return "no name";
	/* QEMU ends each name here at the latest; only others need to be searched. */
	if (file->name[FW_CFG_NAME_BYTES - 1] &&
	    strnlen(file->name, FW_CFG_NAME_BYTES) == FW_CFG_NAME_BYTES)
		return "name without end";
	return NULL;
}

uint32_t fw_cfg_dir_keep_good(struct fw_cfg_wire_file *files, uint32_t count)
{
	uint32_t good = 0, bad = 0;

	for (uint32_t i = 0; i < count; i++) {
		const char *what = fault(&files[i]);

		if (what) {
			if (bad++ < BAD_LINES)
				log("fw_cfg: directory: entry %u, %s, key 0x%x: %s; left out", i,
				    log_text_n(files[i].name, FW_CFG_NAME_BYTES),
				    be16_to_cpu(files[i].key), what);
			continue;
		}
		if (bad)
			memcpy(&files[good], &files[i], sizeof(files[i]));
		good++;
	}
	if (bad > BAD_LINES)
		log("fw_cfg: directory: %u of %u entries are bad; the others are used", bad, count);
	return good;
}

void fw_cfg_dir_find(const struct fw_cfg_wire_file *files, uint32_t count, const char *name,
		     uint32_t len, struct fw_cfg_item *item)
{
	/* Most names begin alike, so their last characters are looked at first. */
	const char *at = (const char *)files + offsetof(struct fw_cfg_wire_file, name) + len - 1;
	const char *end = at + count * sizeof(*files);
	char last = name[len - 1];

	*item = (struct fw_cfg_item){ 0 };
	for (; at != end; at += sizeof(*files)) {
		if (*at != last || memcmp(at + 1 - len, name, len + 1) != 0)
			continue;
		files = (const void *)(at + 1 - len - offsetof(struct fw_cfg_wire_file, name));
		if (item->key) {
			log("fw_cfg: %s: listed twice, keys 0x%x and 0x%x; the first is used",
			    log_text(name), item->key, be16_to_cpu(files->key));
			break;
		}
		*item = fw_cfg_dir_item(files);
	}
}
