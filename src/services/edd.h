/* SPDX-License-Identifier: BSD-2-Clause
 * src/services/edd.h: the extensions of INT 13h, AH=41h to 48h.
 */
#ifndef SERVICES_EDD_H
#define SERVICES_EDD_H

#include "services/disk.h"

enum edd_access { EDD_READ, EDD_WRITE, EDD_VERIFY };

/* AH=42h, 43h, 44h: the packet is at DS:SI, its count becomes what was done. */
enum disk_status edd_transfer(struct drive *drive, struct regs *r, enum edd_access access);

/* AH=47h: is the sector that the packet at DS:SI names on the drive, as far as it is known? */
bool edd_inside(const struct drive *drive, const struct regs *r);

/* AH=48h: parameters at DS:SI, as many as the caller has room for; his size becomes what was filled. */
enum disk_status edd_parameters(struct drive *drive, struct regs *r);

/*
 * Make the device parameter table extension of an IDE drive, in the F segment (not locked yet). Returns its
 * segment:offset, all ones for other drives or without room.
 */
uint32_t edd_make_dpte(const struct drive *drive);

#endif
