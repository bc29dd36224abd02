/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/list/list.h: the boot list: everything that could be booted, in the order in which it is tried.
 */
#ifndef BOOT_LIST_LIST_H
#define BOOT_LIST_LIST_H

#include <stdbool.h>
#include <stdint.h>
#include "boot/plan.h"
#include "boot/rom/roms.h"
#include "services/disk.h"

enum boot_kind {
	BOOT_DRIVE,		/* a disk, floppy or CD of ours */
	BOOT_KERNEL,		/* the kernel of -kernel, natively */
	BOOT_ROM,		/* what an option ROM boots: its BEV, or all of them while it has not run */
	BOOT_ROM_DISKS,		/* what it has added to INT 13h: its BCV */
	BOOT_IMAGE,		/* one image of a CD that has several, for who chooses it */
};

#define BOOT_EVERY	0xff	/* entry: all of the ROM's */

struct boot_entry {
	uint8_t kind;
	uint8_t entry;			/* BOOT_ROM, BOOT_ROM_DISKS: which of the ROM's; BOOT_IMAGE: which of the CD's;
					   BOOT_EVERY for BOOT_ROM_DISKS: what its init has added */
	uint8_t first, count;		/* BOOT_ROM_DISKS: its drives' numbers in INT 13h, once it has been connected */
	uint32_t rank;			/* see order.h */
	struct block *block;		/* BOOT_DRIVE, BOOT_IMAGE */
	struct drive *drive;		/* NULL: it has no number */
	struct rom *rom;
	const char *form, *name;	/* BOOT_IMAGE: as eltorito.h has it */
	const char *outcome;		/* why it was not booted, NULL: not tried */
};

/*
 * Make the list: block devices that were found, the ROMs that were (roms_find()), and the kernel where it has not been tried
 * already. ROMs that come first, and those that somebody has to run, are run (roms_run()); with a menu, or where the user
 * says so, all of them are. In memory that stays, since programs run in between. In POST, between roms_begin() and
 * roms_end().
 */
void boot_list_make(const struct boot_plan *plan, bool menu);

/* Give drives their numbers, in the order of the list. What bios-geometry says of them counts. */
void boot_list_number(void);

/*
 * Add the images of CDs that have several, which nobody tries unless he chooses one. sector: gives the memory that
 * eltorito_entries() has, for each CD anew, since a drive that does not answer keeps its own.
 */
void boot_list_add_images(void *(*sector)(void));

/* The n-th, from 0; NULL behind the last. */
struct boot_entry *boot_list_nth(uint32_t n);

/*
 * How many there are; how many of them, the first ones, the order lets be booted (not ORDER_NEVER); and how many devices it
 * does not.
 */
uint32_t boot_list_count(void);
uint32_t boot_list_tried(void);
uint32_t boot_list_excluded(void);

/* Put the n-th in front, though it be one that the order excludes: the others stay as they are. */
void boot_list_choose(uint32_t n);

/*
 * POST is over, and the turn of the n-th has come, whose ROM may not have run (BOOT_EVERY): it runs now, and what it boots
 * takes that place. Returns false when it boots nothing, which is then the outcome.
 */
bool boot_list_run_rom(uint32_t n);

/* What the n-th is, in words: at most size bytes with the NUL. */
void boot_list_text(uint32_t n, char *text, uint32_t size);

/* The same for the log, which reads it later, and who wants no buffer: in memory that stays. */
const char *boot_list_words(uint32_t n);

#endif
