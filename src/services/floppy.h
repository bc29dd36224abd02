/* SPDX-License-Identifier: BSD-2-Clause
 * src/services/floppy.h: INT 13h and INT 40h on floppy drives, and what the BIOS data area says of these.
 * Spec: IBM, AT Technical Reference, BIOS listing and "Diskette"; what it leaves open is as SeaBIOS answers,
 * docs/services.md lists where it is not.
 */
#ifndef SERVICES_FLOPPY_H
#define SERVICES_FLOPPY_H

#include "services/disk.h"

/*
 * The parameter table for vector 1Eh, which boot sectors copy whatever they are on; after disk_add() of all drives,
 * before the F segment is locked.
 */
void floppy_services_init(void);

/* Serve a call on a floppy drive. Returns what AH says; for AH=15h r->ah is the answer itself. */
enum disk_status floppy_call(struct drive *drive, struct regs *r);

/* The same, from AH=06h on, for an image in RAM, which has no drive: BUS_RAM. */
enum disk_status floppy_ram_call(struct drive *drive, struct regs *r);

#endif
