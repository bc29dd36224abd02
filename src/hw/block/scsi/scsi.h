/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/block/scsi/scsi.h: the disks and CD drives behind a SCSI host adapter, whichever it is.
 * Spec: T10, SCSI Primary Commands 3 (SPC) and Block Commands 3 (SBC); sections are given in [brackets].
 *
 * A driver of an adapter writes one function, which sends a command to block->channel, target and lun and waits for its end
 * (block_driver.packet), and names it in two drivers:
 *
 *	static const struct block_driver disk = SCSI_DISK(send, reset, LIMITS), cd = SCSI_CD(send, reset, LIMITS);
 *	static const struct scsi_adapter adapter = { .disk = &disk, .cd = &cd, .max_bytes = 65536 };
 *
 * and calls scsi_add_target() for each target that may be there.
 */
#ifndef HW_BLOCK_SCSI_SCSI_H
#define HW_BLOCK_SCSI_SCSI_H

#include <stdint.h>
#include "hw/block/block.h"
#include "hw/block/scsi/packet.h"

#define SCSI_LUNS_MAX	64	/* of one target that are looked at */

/* What drives are asked into. It is the adapter's for good: one that does not answer in time may write it later. */
struct scsi_work {
	struct block try;
	uint8_t list[8 + 8 * SCSI_LUNS_MAX];
	uint16_t lun[SCSI_LUNS_MAX];
};

struct scsi_adapter {
	const struct block_driver *disk, *cd;
	uint32_t max_bytes;		/* in one command, 0: no limit; less than a sector: a sector at a time */
};

/* A driver of each kind. limits: an initialiser of struct dma_limits. */
#define SCSI_DISK(send, put_back, ...) { \
	.packet = send, .reset = put_back, .transfer = scsi_disk_request, .media = scsi_disk_media, .flush = scsi_disk_flush, \
	.limits = __VA_ARGS__ }
#define SCSI_CD(send, put_back, ...) { \
	.packet = send, .reset = put_back, .transfer = packet_request, .media = packet_media, .lock = packet_lock, \
	.eject = packet_eject, .limits = __VA_ARGS__ }

/*
 * Ask the target that template names (controller, bus, bdf or mmio, channel, target) which logical units it has, and add
 * each that is a disk or a CD drive; of a template with a lun other than 0, that one alone. The others cost a line in the
 * log. work: alloc(ZONE_HIGH)ed, of the adapter's own. Returns how many were added, or -ENODEV: nobody answers there (no line).
 */
int scsi_add_target(const struct block *template, const struct scsi_adapter *adapter, struct scsi_work *work);

/* As block_driver's functions, for disks. media(): the sector size is what it was, unless that is PACKET_SECTOR: not known yet. */
int scsi_disk_request(struct block *block, struct block_request *request);
int scsi_disk_media(struct block *block);
int scsi_disk_flush(struct block *block);

#endif
