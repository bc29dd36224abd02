/* SPDX-License-Identifier: BSD-2-Clause
 * vgasrc/vbe_state.c: INT 10h AX=4F04h: the VGA's state (state.h) and what is beyond it, saved and restored; see vbe.h.
 */
#include "vbe.h"
#include "bda.h"
#include "regs.h"
#include "state.h"
#include "vbe_modes.h"

/* In the caller's buffer, who may have changed it. */
struct vbe_registers {
	uint32_t pitch, start;
	uint16_t mode, bank;
	uint16_t dac_bits;
};
_Static_assert(sizeof(struct vbe_registers) <= STATE_BLOCK, "state of VBE");

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

/* A mode of the VGA is its registers, restored behind this, without what is beyond them. */
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

/* CX: which states; DL=0: how large are they, 1: save to ES:BX, 2: restore. That of VBE is behind the VGA's. */
enum vbe_answer vbe_state(struct regs *r)
{
	uint32_t vga = r->cx & STATE_VGA, blocks = state_blocks(vga);
	struct far at = { r->bx, r->es }, beyond = { (uint16_t)(r->bx + blocks * STATE_BLOCK), r->es };

	if (r->dl > 2 || (r->cx & ~STATE_ALL))
		return VBE_FAILED;
	if (vga && !(card_now()->flags & CARD_VGA))
		return VBE_NOT_HERE;
	if (r->dl == 0) {
		r->bx = (uint16_t)(blocks + (r->cx & STATE_VBE ? 1 : 0));
		return VBE_DONE;
	}
	if (r->cx & STATE_VBE) {
		if (r->dl == 1)
			save(beyond);
		else
			restore(beyond);
	}
	state_transfer(at, vga, r->dl == 2);
	return VBE_DONE;
}
