/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/pic.h: the two 8259A interrupt controllers.
 * Spec: Intel 8259A data sheet, "Operation Command Words".
 */
#ifndef HW_PIC_H
#define HW_PIC_H

#include <stdbool.h>
#include <stdint.h>

#define PIC_MASTER	0x20
#define PIC_SLAVE	0xa0
#define PIC_MASTER_MASK 0x21	/* OCW1: a set bit masks its line */
#define PIC_SLAVE_MASK	0xa1
#define PIC_EOI		0x20	/* OCW2: non-specific end of interrupt */

/* Where the lines of the two lead in real mode. */
#define PIC_MASTER_BASE	0x08
#define PIC_SLAVE_BASE	0x70

/* Mask all sixteen lines. Two port writes; works before the controllers are set up, too. */
void pic_mask_all(void);

/*
 * Set both up as a PC AT has them, edge-triggered, in cascade on line 2, every line whose bit is set in open let
 * through. The vectors have handlers: a line may pend. Ten port writes.
 */
void pic_init(uint16_t open);

/* The same with other vectors for lines 0 to 7, the first of which is a multiple of 8. */
void pic_init_at(uint8_t first, uint16_t open);

/* Set both up anew with these vectors for lines 0 and 8, all masked but the cascade. Ten port writes. */
void pic_move(uint8_t first, uint8_t second);

/* What either of them has in service, its highest, is done. Two port writes. */
void pic_end_of_interrupt(void);

/* Is there one? Two accesses; of the first one all lines but the cascade are masked afterwards. */
bool pic_present(void);

#endif
