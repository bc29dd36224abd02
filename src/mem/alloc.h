/* SPDX-License-Identifier: BSD-2-Clause
 * src/mem/alloc.h: the one allocator. Memory is only handed out, and given back in a body (mark and
 * release): nothing lives between POST and boot that would need more.
 *
 * A failure is never replaced by memory of another zone: NULL is returned, one line is logged,
 * and the caller's feature goes without.
 */
#ifndef MEM_ALLOC_H
#define MEM_ALLOC_H

#include <stdbool.h>
#include <stdint.h>
#include "mem/e820.h"

enum zone {
	ZONE_LOW,	/* below 640 KiB, under the EBDA; reserved for the OS, shrinks BDA 0x413 */
	ZONE_FSEG,	/* 0xf0000-0xfffff behind the 16-bit image: what an OS scans for; read-only later */
	ZONE_NVS,	/* top of RAM below 4 GiB, e820 type 4: ACPI blobs, kept by the OS */
	ZONE_HIGH,	/* the same place, e820 type 2: large SMBIOS and MP tables */
	ZONE_TEMP,	/* ordinary RAM, the next owner's at launch: scripts, trees, raw items */
	ZONE_COUNT
};

/*
 * size bytes, zeroed, aligned to align (a power of two, at least 1), or NULL when size or align
 * is 0 or the zone is full. what names the memory in the log: a string constant.
 */
void *alloc(enum zone zone, uint32_t size, uint32_t align, const char *what);

/* As alloc(), but the bytes are left as they are: for what a device fills at once. */
void *alloc_raw(enum zone zone, uint32_t size, uint32_t align, const char *what);

/* Has anybody been refused memory? A line in the log names each. */
bool alloc_refused(void);

/*
 * What the zones hold now; alloc_release() frees everything allocated from one of them since. Releases
 * of one zone nest; those of different zones know nothing of each other. What a mark is made of is the
 * allocator's business.
 */
struct alloc_mark {
	struct alloc_space {
		uint32_t start, end;	/* ZONE_LOW: both its bottom; page zones: what the newest pages
					   have left */
		uint32_t more;		/* ZONE_TEMP: its next free byte above 1 MiB; page zones: the run
					   that the newest pages are in, 0: none */
	} space[ZONE_COUNT];
};
void alloc_mark(struct alloc_mark *mark);
void alloc_release(enum zone zone, const struct alloc_mark *mark);

/*
 * Before e820 is known there are only ZONE_LOW, ZONE_FSEG, and of ZONE_TEMP 0x30000-0x8ffff.
 * F segment: [fseg_start, fseg_end). Takes physical addresses.
 */
void alloc_init(uint32_t fseg_start, uint32_t fseg_end);

/*
 * Open the other zones: high tables grow down from top (end of the RAM block below 4 GiB that
 * starts at 1 MiB or below), ZONE_TEMP continues from 1 MiB up to them.
 */
void alloc_open_high(uint32_t top);

/*
 * Something lies in RAM that is to stay (a kernel that QEMU has put there): [base, base + size) is not given from now on. Of what is
 * free on its two sides the larger part is used. After alloc_open_high() and before anything of ZONE_NVS and ZONE_HIGH.
 * Returns the lowest address in it that was given before, 0: none was.
 */
uint32_t alloc_keep_off(uint32_t base, uint32_t size) __attribute__((cold));

/*
 * RAM that somebody else hands out (src/services/pmm.c) and that is the next owner's at launch, as ZONE_TEMP is: what
 * that has left below 0x90000, and the upper part of the free RAM above 1 MiB, up to the high tables. Those
 * grow down towards it; ZONE_TEMP goes on from below it, downwards. Where there is too little RAM above 1 MiB none
 * of that is lent, and half of what is below 0x90000. Once after alloc_open_high(); no mark from
 * before it is released for ZONE_TEMP afterwards.
 */
struct alloc_loan {
	uint32_t low, low_end;		/* below 0x90000 */
	uint32_t ram;			/* above 1 MiB, up to alloc_loan_end() */
};
void alloc_lend(struct alloc_loan *loan);

/* How far up what is lent above 1 MiB goes: each side stops at the other. */
uint32_t alloc_loan_end(void);

/* It is in use up to end, from loan.ram to alloc_loan_end(). */
void alloc_loan_used(uint32_t end);

/* Lowest address of the high tables: RAM from here to the top is the firmware's. */
uint32_t alloc_high_bottom(void);

/* Lowest address of ZONE_LOW: conventional memory ends here. */
uint32_t alloc_low_bottom(void);

/* Somebody else, an option ROM, has taken conventional memory from bottom on: ZONE_LOW goes on below it. */
void alloc_low_taken(uint32_t bottom);

/*
 * What the OS must not use, as layers for the memory map: the high tables by their types, page by
 * page, and ZONE_LOW. From then on those zones grow by no page: what they still give is in these
 * layers already. Returns how many there are.
 */
#define ALLOC_RUNS	32
#define ALLOC_LAYERS	(ALLOC_RUNS + 1)
uint32_t alloc_layers(struct e820_layer layer[ALLOC_LAYERS]);

/* The longest piece without alignment that a zone could still give, in bytes. */
uint32_t alloc_left(enum zone zone);

/* They may grow again: nobody has been told of those layers, and they are asked for once more. */
void alloc_unseal(void);

#endif
