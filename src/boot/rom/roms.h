/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/rom/roms.h: the option ROMs of this machine, but for the display's: which there are, which of them are run when,
 * and what they can boot. What is drawn in by nobody is not run: a network card's ROM waits until its turn has come.
 */
#ifndef BOOT_ROM_ROMS_H
#define BOOT_ROM_ROMS_H

#include <stdbool.h>
#include <stdint.h>
#include "boot/rom/source.h"

enum rom_state {
	ROM_WAITING,		/* not run yet */
	ROM_READY,		/* its init has run */
	ROM_LEFT_OUT,		/* it could not, a line says why; or it has gone again */
};

#define ROM_ENTRIES	8	/* of one kind in one ROM; more cost a line */

struct rom {
	struct rom_source source;
	const char *product[ROM_ENTRIES];/* as it calls itself at each of bev once it has run; the first at all if it has none; NULL: nothing */
	uint8_t state;
	bool network;			/* by its function's class: boots when its turn has come */
	bool kernel;			/* one of those by which QEMU loads the kernel of -kernel */
	uint16_t segment;		/* where it is, once it has run */
	uint8_t bevs, bcvs;
	uint16_t bev[ROM_ENTRIES];	/* entries that boot */
	uint16_t bcv[ROM_ENTRIES];	/* entries that add disks to INT 13h */
	uint8_t first, disks;		/* those that its init has added, a late one's BCVs too: number of the first, and how many */
};

/*
 * Find them; none has run. native: kernels are started natively, and QEMU's ROMs for them are none. After
 * block_probe() is known what drives the firmware has: a controller of ours needs no ROM. Without memory there are none.
 */
void roms_find(bool native);

/* The n-th, from 0, in the order in which they would be run: functions, then files. NULL: there are not so many. */
struct rom *roms_nth(uint32_t n);

/* Before the first ROM of all, the display's, and behind the last: what is kept of them is read-only then. In POST. */
void roms_begin(void);
void roms_end(void);

/* Run its init unless that was done, between the two. Returns true when it is READY. */
bool roms_run(struct rom *rom);

/* Call one of its BCVs, and tell how many disks it has added; boot by one of its BEVs, and return why it came back. */
uint8_t roms_connect(struct rom *rom, uint8_t entry);
const char *roms_boot(struct rom *rom, uint8_t entry);

/* roms_run() once POST is over, and all of its BCVs. Tables are writable meanwhile. */
bool roms_run_late(struct rom *rom);

/* On a wake, whether there are ROMs or not: what is kept can be read again, and the display's has run once more. */
void roms_resume(void);

#endif
