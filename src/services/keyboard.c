/* SPDX-License-Identifier: BSD-2-Clause
 * src/services/keyboard.c: see keyboard.h.
 */
#include "services/keyboard.h"
#include <stdbool.h>
#include <stddef.h>
#include "arch/words.h"
#include "hw/i8042.h"
#include "lib/bits.h"
#include "services/guest.h"
#include "services/services.h"
#include "std/bda.h"

#define BUFFER	offsetof(struct bda, kbd_buffer)

/* Head and tail may be anything that a program has left: they are compared, not followed. */
static bool waits(const struct bda *b, uint32_t at)
{
	if (b->kbd_head <= b->kbd_tail)
		return at >= b->kbd_head && at < b->kbd_tail;
	return at >= b->kbd_head || at < b->kbd_tail;
}

void keyboard_forget(void)
{
	struct bda *b = guest_bda();
	uint16_t read = 0;

	b->ctrl_break = 0;
	if (words_zero(b->kbd_buffer, sizeof(b->kbd_buffer) / 4) == sizeof(b->kbd_buffer) / 4)
		return;		/* as on most starts */
	if (b->kbd_start != BUFFER || b->kbd_end != BUFFER + sizeof(b->kbd_buffer))
		return;
	for (uint32_t i = 0; i < ARRAY_SIZE(b->kbd_buffer); i++)
		if (!waits(b, BUFFER + 2 * i)) {
			read |= b->kbd_buffer[i];
			b->kbd_buffer[i] = 0;
		}
	if (!read)
		return;
	services_window();	/* a key that is in the controller goes to the buffer */
	i8042_forget();		/* what it cannot do costs nobody a boot */
}
