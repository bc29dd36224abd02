/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/block/ata/ide_packet.c: see ide_packet.h.
 */
#include "hw/block/ata/ide_packet.h"
#include "arch/io.h"
#include "hw/block/ata/ata.h"
#include "hw/block/ata/ide_channel.h"
#include "hw/block/scsi/packet.h"
#include "lib/bits.h"
#include "lib/errno.h"
#include "lib/string.h"

#define FEATURES_DMA	0x01	/* of PACKET: its data by DMA */

#define DMA_LEAST	512		/* bytes: less is an answer, not worth a table */
#define PACKET_PART	0xf000		/* bytes that a packet device may offer at once, even */

static const struct block_driver by_dma;

/* Data of a packet by the data port, in parts as the drive offers them. */
static int packet_by_port(struct block *block, const struct dma_list *list, uint32_t *done)
{
	struct ide_channel *c = ide_channel_of(block);
	struct ide_cursor at = { list->range, 0 };
	uint8_t status;

	*done = 0;
	/* Each round takes bytes, and there are no more than the list has. */
	for (uint32_t n = 0; n <= list->bytes; n++) {
		uint32_t offered;

		if (ide_await(c, &status) != 0)
			return ide_give_up(block, "no data", status, -ETIMEDOUT);
		if (status & ATA_STATUS_ERR)
			return -EIO;
		if (!(status & ATA_STATUS_DRQ))
			return 0;
		offered = inb(c->io + IDE_LBA_MID) | (uint32_t)inb(c->io + IDE_LBA_HIGH) << 8;
		if (!offered || offered > list->bytes - *done)
			break;
		ide_move(c->io + IDE_DATA, &at, offered, list->to_device);
		*done += offered;
	}
	return ide_give_up(block, "data of another length", status, -ENODEV);
}

static int packet_once(struct block *block, const uint8_t command[SCSI_CDB], const struct dma_list *list,
		       bool dma, uint32_t *done)
{
	struct ide_channel *c = ide_channel_of(block);
	uint32_t part = min_u32(list->bytes, PACKET_PART);
	uint8_t status;
	int rc;

	rc = ide_select(c, IDE_DEVICE_ALWAYS | IDE_DEVICE_UNIT(block->unit));
	if (rc)
		return rc;
	if (dma)
		ide_make_table(c, list);
	outb(dma ? FEATURES_DMA : 0, c->io + IDE_FEATURES);
	if (!dma) {
		outb((uint8_t)part, c->io + IDE_LBA_MID);
		outb((uint8_t)(part >> 8), c->io + IDE_LBA_HIGH);
	}
	outb(ATA_PACKET, c->io + IDE_COMMAND);
	if (ide_await(c, &status) != 0)
		return ide_give_up(block, "takes no packet", status, -ETIMEDOUT);
	if ((status & (ATA_STATUS_DRQ | ATA_STATUS_ERR)) != ATA_STATUS_DRQ)
		return ide_give_up(block, "takes no packet", status, -ENODEV);
	outsl(command, PACKET_BYTES / 4, c->io + IDE_DATA);
	if (!dma)
		return packet_by_port(block, list, done);
	rc = ide_run_dma(block, list->to_device);
	if (!rc)
		*done = list->bytes;
	return rc;
}

/*
 * Each double word of IDENTIFY's data is an access, and a boot from a disk has no use for a CD drive's: its type is known
 * since POST, its name and whether it knows DMA when the first command comes. One that does not tell is used by the data port.
 */
static int __attribute__((noinline)) introduce(struct block *block)
{
	struct ide_channel *c = ide_channel_of(block);
	uint16_t word[ATA_IDENTIFY_WORDS] = { 0 };
	struct ata_identity id;
	uint8_t status;
	int rc = ide_select(c, IDE_DEVICE_ALWAYS | IDE_DEVICE_UNIT(block->unit));

	if (rc)
		return rc;
	c->told[block->unit] = true;
	outb(ATA_IDENTIFY_PACKET, c->io + IDE_COMMAND);
	if (ide_await(c, &status) != 0)
		return ide_give_up(block, "does not tell what it is", status, -ETIMEDOUT);
	if ((status & (ATA_STATUS_DRQ | ATA_STATUS_ERR)) != ATA_STATUS_DRQ)
		return 0;
	insl(word, ATA_PACKET_WORDS / 2, c->io + IDE_DATA);
	outb(ATA_DEVICE_RESET, c->io + IDE_COMMAND);
	if (ata_identify(&id, word, true) != 0)
		return 0;
	if (id.model[0] && c->name[block->unit])
		block->description = memcpy(c->name[block->unit], id.model, sizeof(id.model));
	if (id.dma && c->bus_master)
		block->driver = &by_dma;
	return 0;
}

static int packet(struct block *block, const uint8_t command[SCSI_CDB], const struct dma_list *list, uint32_t *done)
{
	struct ide_channel *c = ide_channel_of(block);
	int rc;

	ide_begin(c);
	rc = c->told[block->unit] ? 0 : introduce(block);
	if (rc == 0) {
		bool dma = block->driver == &by_dma && list->bytes >= DMA_LEAST;

		rc = packet_once(block, command, list, dma, done);
		if (rc == -ENODEV && dma) {
			ide_leave_dma(block, &ide_packet_driver);
			rc = packet_once(block, command, list, false, done);
		}
	}
	return ide_end_of(c, rc);
}

static const struct block_driver by_dma = { .transfer = packet_request, .reset = ide_reset_drive, .media = packet_media,
					    .lock = packet_lock, .eject = packet_eject, .packet = packet,
					    .limits = IDE_DMA_LIMITS };
const struct block_driver ide_packet_driver = { .transfer = packet_request, .reset = ide_reset_drive, .media = packet_media,
						.lock = packet_lock, .eject = packet_eject, .packet = packet };
