/* SPDX-License-Identifier: BSD-2-Clause
 * src/std/floppy.h: the diskette parameter table, which interrupt vector 1Eh points to: boot sectors copy and patch it.
 * IBM, AT Technical Reference, "Diskette parameters".
 */
#ifndef STD_FLOPPY_H
#define STD_FLOPPY_H

#include <stdint.h>

#define FLOPPY_TABLE_VECTOR	0x1e
#define FLOPPY_TABLE_OFFSET	0xefc7	/* in the F segment: where the first PC had it */

struct floppy_table {
	uint8_t specify[2];	/* step rate and head unload; head load and DMA */
	uint8_t motor_ticks;	/* until the motor is switched off */
	uint8_t size;		/* of a sector: 2, 512 bytes */
	uint8_t sectors;	/* of a track */
	uint8_t gap;
	uint8_t data_length;	/* ff: by size */
	uint8_t format_gap;
	uint8_t fill;		/* what formatting leaves */
	uint8_t settle_ms;
	uint8_t start_eighths;	/* of a second, until the motor has its speed */
};
_Static_assert(sizeof(struct floppy_table) == 11, "diskette parameter table is 11 bytes");

#endif
