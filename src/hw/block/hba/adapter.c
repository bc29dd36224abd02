/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/block/hba/adapter.c: see adapter.h.
 */
#include "hw/block/hba/adapter.h"
#include "hw/pci/config.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "trace/log.h"

int adapter_disable(pci_bdf_t bdf, const char *who)
{
	pci_config_forget();	/* what was booted may have selected another register */
	pci_write16(bdf, PCI_COMMAND, 0);
	log("%s: %02x:%02x.%u: cannot be reset; switched off", who, PCI_BUS(bdf), PCI_DEV(bdf), PCI_FN(bdf));
	return -EIO;
}

void adapter_give_sense(struct block *block, const volatile uint8_t sense[SCSI_SENSE])
{
	memcpy(block->answer, (const void *)sense, SCSI_SENSE);
}
