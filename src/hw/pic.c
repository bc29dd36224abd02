/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/pic.c: see pic.h.
 */
#include "arch/io.h"
#include "hw/pic.h"

#define ICW1_INIT	0x11	/* edge-triggered, cascade, with ICW4 */
#define ICW4_8086	0x01
#define CASCADE		2	/* the line of the first that the second is on */
#define NONE_OPEN	0xff

void pic_mask_all(void)
{
	outb(NONE_OPEN, PIC_SLAVE_MASK);
	outb(NONE_OPEN, PIC_MASTER_MASK);
}

/* The four initialisation words and the mask. */
static void init(uint16_t port, uint8_t base, uint8_t cascade, uint8_t mask)
{
	outb(ICW1_INIT, port);
	outb(base, port + 1);
	outb(cascade, port + 1);
	outb(ICW4_8086, port + 1);
	outb(mask, port + 1);
}

void pic_init_at(uint8_t first, uint16_t open)
{
	init(PIC_MASTER, first, 1 << CASCADE, (uint8_t)~open);
	init(PIC_SLAVE, PIC_SLAVE_BASE, CASCADE, (uint8_t)(~open >> 8));
}

void pic_init(uint16_t open)
{
	pic_init_at(PIC_MASTER_BASE, open);
}

void pic_move(uint8_t first, uint8_t second)
{
	init(PIC_MASTER, first, 1 << CASCADE, (uint8_t)~(1 << CASCADE));
	init(PIC_SLAVE, second, CASCADE, NONE_OPEN);
}

void pic_end_of_interrupt(void)
{
	outb(PIC_EOI, PIC_SLAVE);
	outb(PIC_EOI, PIC_MASTER);
}

bool pic_present(void)
{
	/* Not all ones, which is what nobody answers. Line 2 stands for the second one. */
	outb((uint8_t)~(1 << CASCADE), PIC_MASTER_MASK);
	return inb(PIC_MASTER_MASK) == (uint8_t)~(1 << CASCADE);
}
