/* SPDX-License-Identifier: BSD-2-Clause
 * src/rt16/interrupt.h: what the handlers of interrupt lines share.
 */
#ifndef RT16_INTERRUPT_H
#define RT16_INTERRUPT_H

#include "arch/io.h"
#include "hw/pic.h"

/* End of an interrupt of IRQ 0-7. */
static inline void interrupt_end(void)
{
	outb(PIC_EOI, PIC_MASTER);
}

/* Of IRQ 8-15. */
static inline void interrupt_end_slave(void)
{
	outb(PIC_EOI, PIC_SLAVE);
	outb(PIC_EOI, PIC_MASTER);
}

#endif
