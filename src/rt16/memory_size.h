/* SPDX-License-Identifier: BSD-2-Clause
 * src/rt16/memory_size.h: INT 11h, INT 12h and the memory map of INT 15h.
 */
#ifndef RT16_MEMORY_SIZE_H
#define RT16_MEMORY_SIZE_H

#include <stdbool.h>
#include "arch/regs.h"

/* INT 11h: AX the equipment word. */
void memory_equipment(struct regs *r);

/* INT 12h: AX conventional memory in KiB. */
void memory_base_kib(struct regs *r);

/*
 * INT 15h AX=E820h, EDX "SMAP", EBX 0 or what the last call gave, ECX room at ES:DI: one row of the memory
 * map [ACPI 6.5, 15.1]. A caller with room for 24 bytes gets the extended attributes as well. False: not
 * such a call.
 */
bool memory_map(struct regs *r);

#endif
