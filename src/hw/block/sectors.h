/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/block/sectors.h: a disk whose sectors have 4096 bytes, as one whose sectors have 512.
 *
 * Whatever boots a PC counts in 512 bytes: a boot sector is that long where INT 13h has loaded it, a partition table is at its
 * end, and loaders say how many sectors they want without asking how long one is. So block_add() puts this in front of
 * such a disk, and nobody above block.h knows of another size: INT 13h, geometry, tables and descriptions count alike. A
 * driver knows its device's sectors alone.
 *
 * A read is one request of the driver: what the disk's first and last sector have beside what is wanted goes to memory of the
 * firmware's own. Of a write, and of a read where the device takes no such list, that holds for what covers sectors of the disk
 * as a whole; of others, one in front and one behind at most, the part that is wanted is copied from or to memory of the
 * firmware's: a write reads the sector first. When that fails nothing of the sector is written.
 */
#ifndef HW_BLOCK_SECTORS_H
#define HW_BLOCK_SECTORS_H

struct block;

/*
 * The disk, in memory that stays and not in the list, in 512 bytes: a block device of its own with the same controller,
 * which takes the driver's place for requests. The driver's limits have no align_mask of 512 or more, nor a max_range of less than 4096. Returns NULL
 * without memory (one line in the log).
 */
struct block *sectors_of_512(struct block *disk);

#endif
