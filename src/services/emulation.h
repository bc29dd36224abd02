/* SPDX-License-Identifier: BSD-2-Clause
 * src/services/emulation.h: a CD that was booted, and the floppy or hard disk that its boot image stands for: a block
 * device of its own whose sectors are read from the CD's.
 * Spec: Phoenix and IBM, "El Torito" Bootable CD-ROM Format Specification 1.0 (section 4: INT 13h AH=4Bh).
 */
#ifndef SERVICES_EMULATION_H
#define SERVICES_EMULATION_H

#include <stdint.h>
#include "arch/regs.h"
#include "services/disk.h"

#define CD_SECTOR	2048u

/* What the image is, as the catalogue and AH=4Bh number it; bits 7-4 tell of drivers in the image. */
#define EMULATE_NONE	0
#define EMULATE_1_2	1
#define EMULATE_1_44	2
#define EMULATE_2_88	3
#define EMULATE_DISK	4
#define EMULATE_MASK	0x0f

/* Where an image is on a CD, as its catalogue's entry has it. */
struct cd_image {
	uint8_t media;		/* EMULATE_* with the other bits */
	uint32_t lba;		/* first sector on the CD */
	uint16_t segment;	/* where it is loaded */
	uint16_t sectors;	/* of 512 bytes, how many are loaded */
};

/* Specification packet [figure 6]. */
struct cd_packet {
	uint8_t size;		/* 13h */
	uint8_t media;
	uint8_t drive;		/* what the image is booted as */
	uint8_t controller;	/* of the CD */
	uint32_t lba;
	uint16_t unit;		/* IDE: bit 0, the slave */
	uint16_t buffer_segment;
	uint16_t load_segment;	/* 0: 7C0h */
	uint16_t sectors;
	uint8_t ch, cl, dh;	/* geometry as AH=08h tells it */
} __attribute__((packed));
_Static_assert(sizeof(struct cd_packet) == 0x13, "specification packet");

/*
 * Memory to read with, in POST, where so many CD drives were found. Without it (one line in the log) there is no
 * emulation and nothing to read a catalogue with.
 */
void emulation_init(uint32_t drives);

/*
 * Before a CD is looked at: CD_SECTOR bytes or more of that memory, for the caller's use until emulation_start(); NULL,
 * there is none. A drive that does not answer keeps what was to be read to: there is one for each.
 */
void *emulation_buffer(void);

/*
 * The CD in cd is booted from image: from here on AH=4Bh tells of it. An image of a floppy or disk becomes the first
 * drive of its kind, read-only. Returns the drive to boot from, cd itself without emulation; NULL with *wrong: a disk
 * image without a partition that could tell its geometry, or no number left.
 */
struct drive *emulation_start(struct drive *cd, const struct cd_image *image, const char **wrong);

/* Take the image's drive away again; the others have the numbers they had. */
void emulation_end(void);

/* INT 13h AH=4Bh: AL 00 end the emulation, 01 tell of it. The packet goes to DS:SI. */
void emulation_service(struct regs *r);

#endif
