/* SPDX-License-Identifier: BSD-2-Clause
 * src/std/mbr.h: the first sector of a PC's disk: a program, four partitions and a signature.
 */
#ifndef STD_MBR_H
#define STD_MBR_H

#include <stddef.h>
#include <stdint.h>

#define MBR_PARTITIONS		4
#define MBR_SIGNATURE		0xaa55

#define MBR_TYPE_NONE		0x00
#define MBR_TYPE_GPT		0xee	/* the other table, of GUIDs, is what counts */

/* As the registers of INT 13h have it: CH is the cylinder's lower byte, CL its upper two bits and the sector from 1 on. */
struct mbr_chs {
	uint8_t head, cl, ch;
};

/* Little-endian. Not packed: it lies at an even address, and is copied before it is read. */
struct mbr_partition {
	uint8_t active;
	struct mbr_chs start;
	uint8_t type;
	struct mbr_chs end;
	uint16_t first[2], count[2];	/* sectors; two words each, since they lie at odd words of the sector */
};

struct mbr {
	uint8_t code[0x1be];
	struct mbr_partition partition[MBR_PARTITIONS];
	uint16_t signature;
};

_Static_assert(sizeof(struct mbr) == 512 && offsetof(struct mbr, partition) == 0x1be, "a sector");

#endif
