/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/rom/run.h: run code of an option ROM: its init, guarded (guard.h) and timed (watch.h), and later what it
 * registers.
 * Spec: PCI Firmware 3.0, 5.2.1; Plug and Play BIOS 1.0A, 3.2; BIOS Boot Specification 1.01, 6.
 */
#ifndef BOOT_ROM_RUN_H
#define BOOT_ROM_RUN_H

#include <stdbool.h>
#include <stdint.h>
#include "boot/rom/source.h"

/*
 * Its stack, in segment 0, below the place of boot sectors: there are ROMs that take the offset of a variable on their
 * stack for its address.
 */
#define ROM_STACK	0x7000

/* One that is in its place. */
struct rom_image {
	const char *name;
	uint8_t *at;
	const uint8_t *master;	/* our own: bytes that it was copied from; NULL */
	uint32_t len;	/* room taken */
	uint32_t size;	/* of it, the image has now; 0: it needs none any more, and no vector leads there */
};

/*
 * Bring a ROM to its place, check it, and run its init. Returns false when it was not run: a line says why, and nothing is
 * kept. Else rom_run_keep() is to follow. After services_init(), outside of services; the F segment is writable.
 */
bool rom_run_init(const struct rom_source *source, struct rom_image *image);

/* It stays, or its room is free again, and vectors that lead there are what they were before it. */
void rom_run_keep(const struct rom_image *image, bool keep);

/*
 * Call an entry that it has registered, offset in the segment where it lies: BCV, which hooks INT 13h, like its init;
 * BEV, which boots, on a stack of its own, with nothing guarded or timed. Both may come back.
 */
void rom_run_bcv(const struct rom_source *source, uint16_t segment, uint16_t offset);
void rom_run_bev(const struct rom_source *source, uint16_t segment, uint16_t offset);

/*
 * Run the init of one that was kept at phys once more, on a wake. Writes below ROM_STACK and to what is the ROM's own; vectors and
 * BIOS data are the firmware's, the tick is served. Nothing is guarded.
 */
void rom_run_again(const struct rom_source *source, uint32_t phys);

#endif
