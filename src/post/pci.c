/* SPDX-License-Identifier: BSD-2-Clause
 * src/post/pci.c: see pci.h.
 */
#include "post/pci.h"
#include "fw/fw_cfg.h"
#include "fw/fw_cfg_dir.h"
#include "hw/pci/init.h"
#include "lib/bits.h"
#include "machine/machine.h"
#include "trace/log.h"

#define ROOTS_MAX 255

static void __attribute__((cold, noinline)) tell_unreadable(enum fw_cfg_file file, int rc)
{
	log("pci: %s: unreadable, error %d; ignored", fw_cfg_known_names[file].text, rc);
}

/* A number from a file that need not exist, 0 then; otherwise when it cannot be read. In line: the launch translates less so. */
static inline __attribute__((always_inline)) uint64_t optional(enum fw_cfg_file file, uint64_t otherwise)
{
	struct fw_cfg_item item;
	uint64_t value = 0;
	int rc;

	if (fw_cfg_file(file, &item))
		return 0;
	rc = fw_cfg_read_number(&item, &value);
	if (!rc)
		return value;
	tell_unreadable(file, rc);
	return otherwise;
}

int pci_init(bool decode)
{
	uint64_t roots, reserved_end;

	roots = optional(FW_CFG_EXTRA_PCI_ROOTS, 0);
	/* Unreadable, memory hotplug may be anywhere: then there is no safe place above RAM. */
	reserved_end = optional(FW_CFG_RESERVED_MEMORY_END, UINT64_MAX);
	machine.isa_display = fw_cfg_last_begins(DISPLAY_FILES);
	return pci_bring_up((uint32_t)min_u64(roots, ROOTS_MAX), reserved_end, decode);
}
