/* SPDX-License-Identifier: BSD-2-Clause
 * tests/guests/forms/forms.h: what the checking kernels of other forms than Linux's share; the rest is check/guest.h's.
 */
#ifndef FORMS_H
#define FORMS_H

#include "check/guest.h"

/* What entry32.S's struct entry has no place for; entry.S writes both before anything changes them. */
struct found {
	uint32_t eax, unused;
	/* By CS, DS, ES, SS, FS, GS: the word word_at, which names itself, and the one 16 bytes below 4 GiB. */
	uint32_t word[6], last[6];
	uint16_t tr, ldt;
};
_Static_assert(offsetof(struct found, tr) == 56, "as entry.S stores it");
extern struct found found;
extern const uint32_t word_at;		/* entry.S; its own address */
extern uint8_t zeroed[65536];		/* of the segment's memory behind what the file has */

/* pvh.c or multiboot.c, of which a kernel has one. The map goes into boot_params, as Linux has it (forms.c). */
extern const char form_name[];
extern const uint32_t form_segments;	/* of CS, DS, ES, SS, FS, GS so many are promised */
const char *form_cmdline(void);		/* NULL: there is none, or nothing is as it must be */
void form_entry(void);			/* checks of registers, and facts */
void form_info(void);			/* of what the kernel is told, behind the map */
void form_end(void);			/* what spoils the machine's state */

/* For form_cmdline(): a row for the map. */
void map_add(uint64_t start, uint64_t size, uint32_t type);
/* For form_info(): where the kernel is told that the RSDP is. */
void rsdp_is_at(uint64_t address);
/* A module of tests/qemu/initrd.py's, where it is and what it holds. */
void check_module(uint64_t start, uint64_t size);
/* Is that in RAM, outside the kernel and all that was asked for before? */
void check_place(const char *what, uint64_t start, uint64_t size);

/* trip.S, copied to TRIP: INT 12h and INT 15h, AX=E820h, in real mode, and back; what they answer is behind it. */
#define TRIP		0x7000
#define TRIP_AX12	0x3fc		/* word; the next is whether INT 15h has answered */
#define TRIP_ROWS	0x400		/* of 20 bytes, up to TRIP_END */
#define TRIP_END	0x1000
void trip(void);

#endif
