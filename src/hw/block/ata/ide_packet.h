/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/block/ata/ide_packet.h: packet devices on an IDE channel, CD drives: SCSI commands by the PACKET command.
 * Spec: T13, ATA/ATAPI-7, PACKET Command feature set.
 */
#ifndef HW_BLOCK_ATA_IDE_PACKET_H
#define HW_BLOCK_ATA_IDE_PACKET_H

#include "hw/block/block.h"

/*
 * By the data port. Its first command asks the drive for its name, and changes to DMA where drive and channel have it:
 * block.controller is a struct ide_channel, whose bus master may move data by then.
 */
extern const struct block_driver ide_packet_driver;

#endif
