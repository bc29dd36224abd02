/* SPDX-License-Identifier: BSD-2-Clause
 * src/rt16/clock.c: see clock.h.
 */
#include "arch/far.h"
#include "arch/io.h"
#include "rt16/clock.h"
#include "rt16/service16.h"
#include "std/bda.h"

#define TICKS_A_DAY	0x1800b0	/* 1193182 / 65536 Hz, 24 hours */
#define PIC_EOI		0x20
#define PIC_MASTER	0x20
#define VECTOR_TICK	0x1c

void clock_tick(void)
{
	volatile __far struct bda *bda = far_open(BDA_SEGMENT, 0);
	uint32_t ticks = bda->ticks + 1;

	if (ticks >= TICKS_A_DAY) {
		ticks = 0;
		bda->midnight++;
	}
	bda->ticks = ticks;
	call_vector(VECTOR_TICK);
	outb(PIC_EOI, PIC_MASTER);
}

bool clock_read(struct regs *r)
{
	volatile __far struct bda *bda = far_open(BDA_SEGMENT, 0);
	uint32_t ticks = bda->ticks;

	r->cx = (uint16_t)(ticks >> 16);
	r->dx = (uint16_t)ticks;
	r->ax = bda->midnight;		/* AH 0: done */
	bda->midnight = 0;
	r->flags &= ~FLAGS_CF;
	return true;
}
