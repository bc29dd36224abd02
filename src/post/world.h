/* SPDX-License-Identifier: BSD-2-Clause
 * src/post/world.h: the 16-bit world below 1 MiB as guests expect to find it.
 */
#ifndef POST_WORLD_H
#define POST_WORLD_H

#include <stdint.h>
#include "lib/bits.h"

/*
 * Put the 16-bit image where it is seen, and clear what an earlier guest may have left where an OS looks
 * for tables or option ROMs: page 0, EBDA, C0000-FFFFF. On every start, since nothing tells a cold one
 * that a guest could not forge; C0000-E7FFF need it only where there are no shadow registers to close it.
 * All interrupt vectors lead to an IRET: an NMI may be pending when the machine leaves its next reset.
 * After fw_cfg_init(); shadow RAM must be open, and the stack not deeper than STACK_HEAD.
 */
void world_init(void);

/* From the 16-bit image's linker script: its services end, its entries begin. */
extern char rt16_services_end[], rt16_entry_start[];

/* The part of the F segment that is free for tables. */
static inline uint32_t world_fseg_start(void)
{
	return align_up((uint32_t)rt16_services_end, 16);
}

static inline uint32_t world_fseg_end(void)
{
	return align_down((uint32_t)rt16_entry_start, 16);
}

#endif
