/* SPDX-License-Identifier: BSD-2-Clause
 * src/fw/fw_cfg_dir.c: see fw_cfg_dir.h. The pass over the directory is on the path of every boot:
 * names are told apart by one word before they are compared.
 */
#include <stdbool.h>
#include "fw/fw_cfg_dir.h"
#include "lib/bits.h"
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

/* Which known file is it? FW_CFG_FILES: none. Bytes 4 to 7 leave at most two candidates. */
static enum fw_cfg_file recognise(const char *name)
{
	enum fw_cfg_file file, last;

#define WORD(a, b, c, d) ((uint32_t)(a) | (b) << 8 | (c) << 16 | (uint32_t)(d) << 24)
	switch (get_le32(name + 4)) {
	case WORD('e', '8', '2', '0'): file = last = FW_CFG_E820; break;
	case WORD('o', 'r', 'd', 'e'): file = last = FW_CFG_BOOTORDER; break;
	case WORD('a', 'c', 'p', 'i'): file = FW_CFG_ACPI_RSDP; last = FW_CFG_ACPI_BLOB; break;
	case WORD('t', 'a', 'b', 'l'): file = last = FW_CFG_TABLE_LOADER; break;
	case WORD('s', 'm', 'b', 'i'): file = FW_CFG_SMBIOS_ANCHOR; last = FW_CFG_SMBIOS_TABLES; break;
	case WORD('r', 'e', 's', 'e'): file = last = FW_CFG_RESERVED_MEMORY_END; break;
	case WORD('e', 'x', 't', 'r'): file = last = FW_CFG_EXTRA_PCI_ROOTS; break;
	case WORD('m', 's', 'r', '_'): file = last = FW_CFG_MSR_FEATURE_CONTROL; break;
	case WORD('b', 'o', 'o', 't'): file = last = FW_CFG_BOOT_FAIL_WAIT; break;
	case WORD('p', 'v', 'p', 'a'): file = last = FW_CFG_PVPANIC_PORT; break;
	case WORD('s', 'y', 's', 't'): file = last = FW_CFG_SYSTEM_STATES; break;
	case WORD('o', 'r', 'g', '.'): file = last = FW_CFG_FPDT; break;
	default: return FW_CFG_FILES;
	}
#undef WORD
	for (; file <= last; file++)
		if (memcmp(name, fw_cfg_known_names[file].text,
			   fw_cfg_known_names[file].len + 1u) == 0)
			return file;
	return FW_CFG_FILES;
}

/* What is wrong with an entry, NULL if nothing. */
static const char *fault(const struct fw_cfg_wire_file *wire)
{
	uint32_t key = be16_to_cpu(wire->key);

	if (key < FW_CFG_FILE_FIRST || key > FW_CFG_FILE_LAST)
		return "not a file's key";
	if (!wire->name[0])
		return "no name";
	/* QEMU ends each name here at the latest; only others need to be searched. */
	if (wire->name[FW_CFG_NAME_BYTES - 1] &&
	    strnlen(wire->name, FW_CFG_NAME_BYTES) == FW_CFG_NAME_BYTES)
		return "name without end";
	return NULL;
}

uint32_t fw_cfg_dir_parse(const struct fw_cfg_wire_file *wire, uint32_t count,
			  struct fw_cfg_entry *entries, struct fw_cfg_item *known)
{
	uint32_t good = 0, bad = 0;

	memset(known, 0, FW_CFG_FILES * sizeof(*known));
	for (uint32_t i = 0; i < count; i++, wire++) {
		const char *what = fault(wire);
		enum fw_cfg_file file;
		struct fw_cfg_item *item;

		if (what) {
			if (bad++ < BAD_LINES)
				log("fw_cfg: directory: entry %u, %s, key 0x%x: %s; left out", i,
				    log_text_n(wire->name, FW_CFG_NAME_BYTES),
				    be16_to_cpu(wire->key), what);
			continue;
		}
		item = &entries[good].item;
		item->size = be32_to_cpu(wire->size);
		item->key = be16_to_cpu(wire->key);
		entries[good++].name = wire->name;

		file = recognise(wire->name);
		if (file == FW_CFG_FILES)
			continue;
		if (known[file].key)
			log("fw_cfg: %s: listed twice, keys 0x%x and 0x%x; the first is used",
			    &fw_cfg_known_names[file].text[0], known[file].key, item->key);
		else
			known[file] = *item;
	}
	if (bad > BAD_LINES)
		log("fw_cfg: directory: %u of %u entries are bad; the others are used", bad, count);
	return good;
}

const struct fw_cfg_entry *fw_cfg_dir_find(const struct fw_cfg_entry *entries, uint32_t count,
					   const char *name)
{
	const struct fw_cfg_entry *found = NULL;
	uint32_t len = strnlen(name, FW_CFG_NAME_BYTES);
	uint32_t second, mask;

	if (!len || len == FW_CFG_NAME_BYTES)
		return NULL;
	/* Nearly all begin with "etc/": what follows rules most of them out. */
	mask = len >= 8 ? 0xffffffff : 0;
	second = mask ? get_le32(name + 4) : 0;
	for (; count--; entries++) {
		if ((get_le32(entries->name + 4) ^ second) & mask ||
		    memcmp(entries->name, name, len + 1) != 0)
			continue;
		if (found) {
			log("fw_cfg: %s: listed twice, keys 0x%x and 0x%x; the first is used",
			    log_text(name), found->item.key, entries->item.key);
			break;
		}
		found = entries;
	}
	return found;
}
