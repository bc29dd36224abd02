/* SPDX-License-Identifier: BSD-2-Clause
 * src/post/shutdown.c: see shutdown.h.
 */
#include "post/shutdown.h"
#include "arch/launch.h"
#include "arch/phys.h"
#include "arch/real_call.h"
#include "hw/pic.h"
#include "lib/endian.h"
#include "std/bda.h"
#include "trace/log.h"

#define RETURN		(BDA_SEGMENT << 4 | BDA_RETURN)

/* Where POST of the AT has its stack when it jumps; in the upper vectors. Who is jumped to makes his own. */
#define JUMP_STACK	FAR_POINTER(0x30, 0x100)

/* From the stack pointer of a block move: DS, ES, DI, SI, BP, SP, BX, DX, CX, AX, IP, CS, flags. */
#define MOVE_AH		19
#define MOVE_FLAGS	24

/* How a code goes on, REAL_* in arch/launch.h, plus one; 0: it is not served. */
static const uint8_t ways[] = {
	[SHUTDOWN_JUMP_EOI] = REAL_JUMP + 1,
	[SHUTDOWN_BLOCK_MOVE] = REAL_BLOCK_MOVE + 1,
	[SHUTDOWN_JUMP] = REAL_JUMP + 1,
	[SHUTDOWN_IRET] = REAL_IRET + 1,
	[SHUTDOWN_FAR_RETURN] = REAL_FAR_RETURN + 1,
};

static bool told;	/* a program may come back a thousand times a second */

bool shutdown_code_served(uint8_t code)
{
	return code < sizeof(ways) && ways[code];
}

/* A byte of a stack, which begins anew at its segment's end. */
static uint8_t *on_stack(uint32_t stack, uint32_t at)
{
	return phys_to_ptr((stack >> 16 << 4) + (uint16_t)(stack + at));
}

void shutdown_go_on(uint8_t code)
{
	uint32_t to = get_le32(phys_to_ptr(RETURN)), how = ways[code] - 1u;

	if (!told)
		log("resume: shutdown code 0x%02x: the guest goes on by 0x%x at 40:67; more of these are not told",
		    code, to);
	told = true;
	if (code == SHUTDOWN_JUMP_EOI)
		pic_end_of_interrupt();
	if (how == REAL_BLOCK_MOVE) {
		*on_stack(to, MOVE_AH) = 0;
		*on_stack(to, MOVE_FLAGS) &= (uint8_t)~FLAGS_CF;
	}
	launch_real_stack(how == REAL_JUMP ? JUMP_STACK : to, how);
}
