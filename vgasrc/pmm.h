/* SPDX-License-Identifier: BSD-2-Clause
 * vgasrc/pmm.h: memory that stays, from the firmware, while it sets up option ROMs.
 * Spec: Phoenix and Intel, POST Memory Manager Specification 1.01; permanent blocks are what SeaBIOS has beyond it.
 */
#ifndef VGA_PMM_H
#define VGA_PMM_H

#include <stdint.h>

/* Segment of bytes below 1 MiB that stay the caller's; 0: there is no such memory, or nobody to ask. */
uint16_t pmm_allocate(uint32_t bytes);

/* Address of bytes, a power of two, above 1 MiB and aligned to as many; 0: as above. */
uint32_t pmm_allocate_high(uint32_t bytes);

#endif
