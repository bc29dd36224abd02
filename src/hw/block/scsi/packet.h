/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/block/scsi/packet.h: CD drives, which take SCSI commands, on ATAPI or whatever carries them.
 * Spec: T10, SCSI Multi-Media Commands 5 (MMC); sections are given in [brackets].
 *
 * A driver for such drives sends one packet (block_driver.packet) and has the functions here as its others:
 *
 *	static const struct block_driver cd = { .packet = send, .transfer = packet_request, .media = packet_media,
 *						.lock = packet_lock, .eject = packet_eject };
 *
 * Nothing is asked of the drive when it is added: sectors is 0 until the first request or media() (block.c).
 */
#ifndef HW_BLOCK_SCSI_PACKET_H
#define HW_BLOCK_SCSI_PACKET_H

#include <stdbool.h>
#include <stdint.h>

struct block;
struct block_request;

#define PACKET_BYTES	12		/* of a command by ATAPI: the first of SCSI_CDB */
#define PACKET_SECTOR	2048

/*
 * As block_driver's functions, each by scsi_command() (command.h), with its errors, and -ERANGE: beyond 32 bits. Without a medium, and when it may be another, sectors is 0. (What QEMU's host cannot read, its
 * drive calls out of range as well: that is -EIO.)
 */
int packet_request(struct block *block, struct block_request *request);
int packet_media(struct block *block);
int packet_lock(struct block *block, bool lock);
int packet_eject(struct block *block);

#endif
