/* SPDX-License-Identifier: BSD-2-Clause
 * src/trace/stack_mark.c: see stack_mark.h.
 */
#include "trace/stack_mark.h"
#include <stdint.h>
#include "arch/layout.h"
#include "arch/phys.h"
#include "arch/words.h"
#include "lib/string.h"
#include "trace/timeline.h"

#define IN_USE 256u	/* bytes below the frame of who clears that may be its own and its callees' */

uint32_t stack_used(uint32_t top, uint32_t size)
{
	return size - 4 * (uint32_t)words_zero(phys_to_ptr(top - size), size / 4);
}

void stack_mark_post(void)
{
	uint32_t here = STACK_TOP - (uint32_t)ptr_to_phys(__builtin_frame_address(0));
	uint32_t used = stack_used(STACK_TOP, STACK_SIZE);

	if (timeline.stack_post)
		return;
	timeline.stack_post = used;
	if (used > here + IN_USE)
		memset(phys_to_ptr(STACK_TOP - used), 0, used - here - IN_USE);
}
