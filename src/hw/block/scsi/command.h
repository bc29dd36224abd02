/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/block/scsi/command.h: one command of SCSI to a drive, on whatever carries it (block_driver.packet), with all that
 * a drive may say instead of doing it. Spec: T10, SCSI Primary Commands 3 (SPC); sections are given in [brackets].
 */
#ifndef HW_BLOCK_SCSI_COMMAND_H
#define HW_BLOCK_SCSI_COMMAND_H

#include <stdbool.h>
#include <stdint.h>

struct block;
struct dma_list;

#define SCSI_CDB	16	/* bytes of a command, unused ones 0; ATAPI has room for the first 12 */
#define SCSI_SENSE	18	/* bytes of sense data that are asked for */
#define SCSI_ANSWER	64	/* bytes that block.answer has, for sense data and what a drive says of itself */

/* What a drive says of a command [SAM-3, 5.3]. */
#define SCSI_GOOD	0x00
#define SCSI_CHECK	0x02	/* CHECK CONDITION: it has sense data */

/*
 * Send a command whose data goes to or from list. When the drive reports CHECK CONDITION it is asked why (unless its
 * driver has autosense), and the command sent again: after UNIT ATTENTION (reset, medium changed: then block->sectors is 0),
 * and while the drive becomes ready, 10 s at most. Returns 0, *done has the bytes transferred; -ENOMEDIUM; -EROFS;
 * -EBUSY, not ready, or removal is prevented; -ENOENT, there is no such logical unit; -EIO after one line in the log;
 * what packet() says else.
 */
int scsi_command(struct block *block, const uint8_t cdb[SCSI_CDB], const struct dma_list *list, uint32_t *done);

/* A command with its only parameter in byte 4, and no data. Returns as scsi_command(). */
int scsi_simple(struct block *block, uint8_t operation, uint8_t parameter);

/* The list that makes the drive's answer arrive in block->answer, all 0 before. bytes: SCSI_ANSWER at most; 0: no data. */
struct dma_list scsi_answer(struct block *block, uint32_t bytes);

#endif
