/* SPDX-License-Identifier: BSD-2-Clause
 * src/rt16/service16.c: which calls are served in 16-bit code: what programs poll, and what an interrupt line
 * brings. Everything else crosses to 32-bit code.
 */
#include "rt16/clock.h"
#include "rt16/memory_size.h"
#include "rt16/service16.h"
#include "rt16/shared.h"

struct rt16_vars vars16;

bool service16(struct regs *r)
{
	switch (r->vector) {
	case 0x08:
		clock_tick();
		return true;
	case 0x11:
		memory_equipment(r);
		return true;
	case 0x12:
		memory_base_kib(r);
		return true;
	case 0x15:
		return r->ax == 0xe820 && memory_map(r);
	case 0x1a:
		return r->ah == 0 && clock_read(r);
	default:
		return false;
	}
}
