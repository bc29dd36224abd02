/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/ram_floppy.h: floppies whose content the host gives as files of fw_cfg, floppyimg/NAME. They are read into memory
 * that stays the firmware's, and what is written to them stays there, until the next reset.
 */
#ifndef BOOT_RAM_FLOPPY_H
#define BOOT_RAM_FLOPPY_H

/* More have no number in INT 13h, those in drives counted; the last one is a CD's image. */
#define RAM_FLOPPY_DRIVES 3

/*
 * Add a block device (BUS_RAM, its description the file's name) for each file that is as large as a floppy can be. A file
 * that is not, or for which there is no memory, costs itself and a line in the log. In POST, behind block_probe(), before
 * memory_finish(). No device access where there is no such file.
 */
void ram_floppy_init(void);

#endif
