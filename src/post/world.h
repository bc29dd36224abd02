/* SPDX-License-Identifier: BSD-2-Clause
 * src/post/world.h: the 16-bit world below 1 MiB as guests expect to find it.
 */
#ifndef POST_WORLD_H
#define POST_WORLD_H

#include <stdint.h>

/*
 * Put the 16-bit image where it is seen; after a reset, clear what an earlier start left in the F
 * segment. Interrupt vectors are left alone: they matter to boots that run 16-bit code, and there
 * is none of these yet. Shadow RAM must be open.
 * Returns the first free address of the F segment behind the image's services.
 */
uint32_t world_init(void);

/* The first address of the F segment that is taken again. */
uint32_t world_fseg_end(void);

#endif
