/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/block/hba/adapter.h: what the drivers of SCSI host adapters have in common, but for what all controllers have
 * (hw/block/controller.h).
 */
#ifndef HW_BLOCK_HBA_ADAPTER_H
#define HW_BLOCK_HBA_ADAPTER_H

#include "hw/block/block.h"
#include "hw/pci/config.h"
#include "lib/endian.h"

/* It cannot be stopped otherwise: it reaches no memory any more, nor answers. One line in the log. Returns -EIO. */
int adapter_disable(pci_bdf_t bdf, const char *who);

/* Sense data that came by itself (block_driver.autosense) to where it is looked for. */
void adapter_give_sense(struct block *block, const volatile uint8_t sense[SCSI_SENSE]);

/* A command into a frame of the adapter's. Word by word: a call of memcpy() would cost more than all else about it. */
static inline void adapter_copy_command(volatile uint32_t to[SCSI_CDB / 4], const uint8_t cdb[SCSI_CDB])
{
	to[0] = get_le32(cdb);
	to[1] = get_le32(cdb + 4);
	to[2] = get_le32(cdb + 8);
	to[3] = get_le32(cdb + 12);
}

#endif
