/* SPDX-License-Identifier: BSD-2-Clause
 * vgasrc/vbe_edid.c: INT 10h AX=4F15h: the monitor's description; see vbe.h. It is what the host has made up: what is read
 * of it here is compared with what there can be.
 * Spec: VESA E-EDID 1.4, 3.
 */
#include "vbe.h"
#include "ati.h"
#include "big_real.h"
#include "regs.h"
#include "segment.h"
#include "stack.h"
#include "vbe_modes.h"

#define BLOCK_BYTES	128u
#define BLOCKS		8u		/* that there is room for at edid() */

#define LINE_UNIT	8u		/* displays' lines are a multiple of as many pixels */
#define WIRES_BLOCKS	2u		/* that their offsets reach */
#define EXTENSIONS	126u		/* byte in block 0 */

__attribute__((noinline)) void vbe_put_word(uint16_t segment, uint16_t offset, uint16_t value)
{
	far_write8(segment, offset, (uint8_t)value);
	far_write8(segment, (uint16_t)(offset + 1), (uint8_t)(value >> 8));
}

static uint16_t word_at(uint32_t at, uint16_t offset)
{
	return at == CARD_EDID_WIRES ? ati_edid16(offset) : big_read16(at + offset);
}

/* Is it one that has this block? */
static bool has_block(uint32_t at, uint16_t block)
{
	return word_at(at, 0) == 0xff00 && word_at(at, 2) == 0xffff && word_at(at, 4) == 0xffff && word_at(at, 6) == 0x00ff &&
	       block < (at == CARD_EDID_WIRES ? WIRES_BLOCKS : BLOCKS) && block <= (word_at(at, EXTENSIONS) & 0xff);
}

/* Words from an offset in a block; to this stack, or to the caller of INT 10h. False: there is no such block. */
static bool read(uint16_t block, uint16_t offset, uint16_t words, uint16_t *to, struct far caller)
{
	uint32_t at = CARD(edid)(), flags = at > CARD_EDID_WIRES ? big_real_begin() : at;
	bool found;

	if (!flags)
		return 0;
	found = has_block(at, block);
	offset = (uint16_t)(offset + block * BLOCK_BYTES);
	for (uint16_t i = 0; found && i < words; i++, caller.offset += 2) {
		uint16_t word = word_at(at, (uint16_t)(offset + 2 * i));

		if (to) {
			to[i] = word;
			continue;
		}
		vbe_put_word(caller.segment, caller.offset, word);
	}
	if (at > CARD_EDID_WIRES)
		big_real_end(flags);
	return found;
}

#define CAPABILITIES	0x0103		/* a block takes a second at most; DDC1 and DDC2 */

/* BL=0: what there is, 1: block DX to ES:DI. There is one monitor, whatever CX says. */
enum vbe_answer vbe_edid(struct regs *r)
{
	if (r->bl > 1 || !read(r->bl ? r->dx : 0, 0, r->bl ? BLOCK_BYTES / 2 : 0, NULL, far_at(r->es, r->di)))
		return VBE_FAILED;
	if (!r->bl)
		r->bx = CAPABILITIES;
	return VBE_DONE;
}

static void ask(uint16_t stack)
{
	uint16_t timing[EDID_TIMING_WORDS], width, height;

	if (big_real_possible())	/* else another caller may find a way */
		far_write16(stack, STACK_HEIGHT, 1);
	if (!read(0, EDID_TIMING, EDID_TIMING_WORDS, timing, far_at(0, 0)) || !edid_preferred(timing, &width, &height))
		return;
	far_write16(stack, STACK_WIDTH, width & ~(LINE_UNIT - 1));
	far_write16(stack, STACK_HEIGHT, height);
}

void vbe_preferred(uint16_t *width, uint16_t *height)
{
	uint16_t stack = rom_info.stack_segment;

	if (!stack)
		return;
	if (!far_read16(stack, STACK_HEIGHT))
		ask(stack);
	*width = far_read16(stack, STACK_WIDTH);
	*height = far_read16(stack, STACK_HEIGHT);
}
