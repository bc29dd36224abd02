/* SPDX-License-Identifier: BSD-2-Clause
 * vgasrc/vbe_state.c: INT 10h AX=4F04h: what is beyond the VGA's registers, saved and restored; see vbe.h.
 */
#include "vbe.h"
#include "bda.h"
#include "regs.h"
#include "vbe_modes.h"

/* In the caller's buffer, who may have changed it. */
struct vbe_registers {
	uint32_t pitch, start;
	uint16_t mode, bank;
	uint16_t dac_bits;
};
#define BLOCK_BYTES	64u

#define STATE_ALL	0x0f
#define STATE_VBE	0x08

static void save(struct far to)
{
	struct vbe_registers v = { .mode = BDA_VBE_MODE };
	struct shape shape;

	if (vbe_mode_now(&shape)) {
		v.pitch = card_get(CARD_PITCH);
		v.start = card_get(CARD_START);
		v.bank = (uint16_t)card_get(CARD_BANK);
		v.dac_bits = (uint16_t)card_get(CARD_DAC_BITS);
	}
	far_copy(to, far_of(&v), sizeof(v));
}

/* A mode of the VGA is its registers, which are not restored here, without what is beyond them. */
static void restore(struct far from)
{
	struct vbe_registers v;

	far_copy(far_of(&v), from, sizeof(v));
	if (!vbe_mode_set(v.mode | VBE_NO_CLEAR)) {
		CARD(leave)();
		return;
	}
	BDA_VBE_MODE = v.mode;
	card_put(CARD_PITCH, v.pitch);
	card_put(CARD_START, v.start);
	card_put(CARD_BANK, v.bank);
	card_put(CARD_DAC_BITS, v.dac_bits);
}

/* CX: which state; DL=0: how large is it, 1: save to ES:BX, 2: restore. */
enum vbe_answer vbe_state(struct regs *r)
{
	struct far at = { r->bx, r->es };

	if (r->dl > 2 || (r->cx & ~STATE_ALL))
		return VBE_FAILED;
	if (r->cx & ~STATE_VBE)
		return VBE_NOT_HERE;
	if (r->dl == 0)
		r->bx = r->cx ? 1 : 0;
	else if (r->cx && r->dl == 1)
		save(at);
	else if (r->cx)
		restore(at);
	return VBE_DONE;
}
