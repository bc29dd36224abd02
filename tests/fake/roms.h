/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fake/roms.h: boot/rom/roms.h over a list of option ROMs that the test makes: what is done with them is told in
 * words. Link tests/fake/roms.c instead of what is in src/boot/rom.
 */
#ifndef FAKE_ROMS_H
#define FAKE_ROMS_H

#include <stdbool.h>
#include <stdint.h>
#include "boot/rom/policy.h"
#include "boot/rom/roms.h"

#define FAKE_ROMS 8

extern struct fake_roms {
	struct fake_rom {
		struct rom rom;
		bool fails;			/* it cannot be run */
		uint8_t bevs, bcvs;		/* what it registers once it has run */
		const char *product;
		uint8_t disks;			/* that each of its BCVs adds to INT 13h */
	} of[FAKE_ROMS];
	uint32_t count;
	bool native;				/* as roms_find() was told */
	bool open;				/* between roms_begin() and roms_end() */
	void (*on_boot)(struct rom *rom);	/* within roms_boot(), if set */
} fake_roms;

/* What was done, word by word: "run:NAME", "connect:NAME/0", "boot:NAME/0", "late:NAME"; "" from the start or a look. */
const char *fake_roms_said(void);

void fake_roms_reset(void);

/* One of a function, at slot n of bus 0, and one that is a file. Both register nothing yet. */
struct fake_rom *fake_roms_card(uint8_t slot, bool network);
struct fake_rom *fake_roms_file(const char *name);

#endif
