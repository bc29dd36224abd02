/* SPDX-License-Identifier: BSD-2-Clause
 * src/post/pci.c: see pci.h.
 */
#include "post/pci.h"
#include "fw/fw_cfg.h"
#include "hw/pci/init.h"
#include "lib/bits.h"
#include "machine/machine.h"
#include "trace/log.h"

#define ROOTS_MAX 255

/* A number from a file that need not exist, 0 then; otherwise when it cannot be read. */
static uint64_t optional(enum fw_cfg_file file, const char *name, uint64_t otherwise)
{
	struct fw_cfg_item item;
	uint64_t value = 0;
	int rc;

	if (fw_cfg_file(file, &item))
		return 0;
	rc = fw_cfg_read_number(&item, &value);
	if (!rc)
		return value;
	log("pci: %s: unreadable, error %d; ignored", name, rc);
	return otherwise;
}

int pci_init(bool decode)
{
	uint64_t roots, reserved_end;

	if (machine.chipset == CHIPSET_NONE)
		return 0;
	roots = optional(FW_CFG_EXTRA_PCI_ROOTS, "etc/extra-pci-roots", 0);
	/* Unreadable, memory hotplug may be anywhere: then there is no safe place above RAM. */
	reserved_end = optional(FW_CFG_RESERVED_MEMORY_END, "etc/reserved-memory-end", UINT64_MAX);
	return pci_bring_up((uint32_t)min_u64(roots, ROOTS_MAX), reserved_end, decode);
}
