/* SPDX-License-Identifier: BSD-2-Clause
 * src/rt16/mouse.c: see mouse.h.
 */
#include "arch/far.h"
#include "arch/io.h"
#include "hw/i8042.h"
#include "rt16/interrupt.h"
#include "rt16/mouse.h"
#include "rt16/service16.h"
#include "std/bda.h"

#define WORDS 4		/* status, X, Y, Z */

static volatile __far struct ebda *ebda(void)
{
	volatile __far struct bda *b = far_open(BDA_SEGMENT, 0);

	return far_open(b->ebda_segment, 0);
}

static void take_byte(uint8_t byte)
{
	volatile __far struct ebda *e = ebda();
	uint8_t state = e->mouse_state, n = state & EBDA_MOUSE_COUNT, size = EBDA_MOUSE_SIZE(e->mouse_packet);
	uint16_t words[WORDS] = { 0, 0, 0, 0 };

	e->mouse_data[n] = byte;
	if (n + 1 < size) {
		e->mouse_state = state + 1;
		return;
	}
	e->mouse_state = state & ~EBDA_MOUSE_COUNT;
	if (!(e->mouse_packet & EBDA_MOUSE_HANDLER))
		return;
	for (uint8_t i = 0; i < WORDS && i < size; i++)
		words[i] = e->mouse_data[i];
	call_mouse_handler((uint32_t)e->mouse_handler[1] << 16 | e->mouse_handler[0], words);
}

void mouse_interrupt(void)
{
	if (inb(I8042_STATUS) & I8042_STATUS_MOUSE)
		take_byte(inb(I8042_DATA));
	interrupt_end_slave();
}
