/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/program.h: start what was read from a medium, and the first sector of disks and floppies.
 */
#ifndef BOOT_PROGRAM_H
#define BOOT_PROGRAM_H

#include <stdbool.h>
#include <stdint.h>
#include "services/disk.h"

#define BOOT_ADDRESS	0x7c00u
#define BOOT_SIGNATURE	0xaa55u		/* at byte 510 of a sector, and in AX at its start */

/* Has anything been started since POST, or loaded to be? Then memory that the map calls free is no longer ours. */
extern bool program_started;

/*
 * Something is started next: no watchdog of POST's runs any more, nothing that was typed to the firmware is left to be
 * read, and program_started is set.
 */
void program_begins(void);

/*
 * Start the program at segment:offset with a drive's number in DL: AX AA55h, the other registers and segments 0, a
 * stack below 7C00h, interrupts on, 64 KiB limits. Returns when it does; by INT 18h and INT 19h it goes elsewhere.
 */
void program_start(uint16_t segment, uint16_t offset, uint8_t drive);

/* Start a handler of INT 18h or INT 19h, segment << 16 | offset, as that interrupt does. Returns when it does. */
void program_start_hook(uint32_t handler);

/*
 * Read a drive's first sector by INT 13h, since a hook of it counts, and start it. unsigned_too: a sector without
 * the signature counts as a program. Returns why that did not happen: a string constant.
 */
const char *program_boot_sector(const struct drive *drive, bool unsigned_too);

/* The same for a number in INT 13h that is not one of our drives'. name: of what has it, for people. */
const char *program_boot_number(uint8_t number, const char *name);

#endif
