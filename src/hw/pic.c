/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/pic.c: see pic.h.
 */
#include "arch/io.h"
#include "hw/pic.h"

#define PIC_MASTER_MASK 0x21	/* OCW1: a set bit masks its line */
#define PIC_SLAVE_MASK	0xa1

void pic_mask_all(void)
{
	outb(0xff, PIC_SLAVE_MASK);
	outb(0xff, PIC_MASTER_MASK);
}
