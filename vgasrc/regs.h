/* SPDX-License-Identifier: BSD-2-Clause
 * vgasrc/regs.h: the caller's registers as the entry of INT 10h has pushed them; what a service changes here, the caller
 * sees. The flags are the caller's own: no function of INT 10h answers in them.
 */
#ifndef VGA_REGS_H
#define VGA_REGS_H

#include <stddef.h>
#include <stdint.h>

#define REGISTER(name)	union { uint32_t e##name##x; uint16_t name##x; struct { uint8_t name##l, name##h; }; }

struct regs {
	union { uint32_t edi; uint16_t di; };
	union { uint32_t esi; uint16_t si; };
	union { uint32_t ebp; uint16_t bp; };
	uint32_t unused_esp;
	REGISTER(b);
	REGISTER(d);
	REGISTER(c);
	REGISTER(a);
	uint16_t es, unused_ds, fs, gs;
};
_Static_assert(offsetof(struct regs, ax) == 28 && sizeof(struct regs) == 40, "entry.S");

#endif
