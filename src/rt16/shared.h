/* SPDX-License-Identifier: BSD-2-Clause
 * src/rt16/shared.h: variables of the 16-bit code that 32-bit code writes: at POST, or in a service.
 */
#ifndef RT16_SHARED_H
#define RT16_SHARED_H

#include <stdint.h>

struct rt16_vars {
	uint16_t e820_offset;		/* in the F segment: rows as INT 15h/E820 gives them */
	uint16_t e820_count;
	uint16_t has_pci;		/* not 0: INT 1Ah AH=B1h is there */
	uint16_t rom_ticks;		/* the tick resets the machine when they are over; 0: nobody is timed */
	uint16_t rom_ticks_given;	/* a key that is pressed gives so many again */
	uint16_t rom_key;		/* bda.kbd_tail at the last tick */
};

/*
 * Where what a reset must not lose of an option ROM's run is: memory that nobody gives to it, below what an NMI has on the
 * way to POST. And what the tick writes there before it resets.
 */
#define ROM_WATCH_AT		0xff00
#define ROM_WATCH_EXPIRED_AT	(ROM_WATCH_AT + 0x38)
#define ROM_WATCH_EXPIRED	0x44524958u

#define PCI_ROUTING_OPTIONS 0x0e	/* AL of INT 1Ah AH=B1h: the one that 32-bit code has */

extern struct rt16_vars vars16;		/* in 16-bit code */
extern struct rt16_vars rt16_vars;	/* the same in 32-bit code: src/arch/rt16.lds */

#endif
