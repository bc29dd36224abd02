/* SPDX-License-Identifier: BSD-2-Clause
 * src/rt16/apm.c: see apm.h.
 */
#include "arch/layout.h"
#include "rt16/apm.h"
#include "rt16/service16.h"

#define SIGNATURE	0x504d		/* "PM" */
#define HAS_16		0x01		/* CX of the installation check */
#define HAS_32		0x02
#define FSEG		(FSEG_BASE >> 4)
#define CODE_BYTES	0xfff0u		/* lengths have 16 bits; nothing of ours is behind that */

extern char rt16_pm_apm_entry16[], rt16_pm_apm_entry32[];

struct apm_state apm_state;

/* Where a caller finds the interface; he has to know no version for it, 1.1 added the lengths. */
static void answer_16(struct regs *r)
{
	r->ax = FSEG;
	r->bx = (uint16_t)(uintptr_t)rt16_pm_apm_entry16;
	r->cx = FW_SEGMENT;
	r->si = CODE_BYTES;
	r->di = APM_DATA_BYTES;
}

static void answer_32(struct regs *r)
{
	r->ax = FSEG;
	r->ebx = (uint16_t)(uintptr_t)rt16_pm_apm_entry32;
	r->cx = FSEG;			/* 16-bit code, which the 32-bit interface has no need of */
	r->dx = FW_SEGMENT;
	r->esi = CODE_BYTES << 16 | CODE_BYTES;
	r->di = APM_DATA_BYTES;
}

/* 0, or what is wrong. */
static uint8_t check_or_connect(struct regs *r)
{
	static const uint8_t connected[] = { 0, APM_REAL_CONNECTED, APM_16_CONNECTED, APM_32_CONNECTED };

	if (r->bx != 0)			/* the APM BIOS itself */
		return APM_NO_DEVICE;
	if (r->al == APM_CHECK) {
		r->ax = APM_VERSION;
		r->bx = SIGNATURE;
		r->cx = HAS_16 | HAS_32 | apm_state.flags;
		return 0;
	}
	if (apm_state.connection != 0)
		return connected[apm_state.connection & 3];
	apm_state.connection = r->al;	/* AL=01h, 02h, 03h: the interfaces in the order of their numbers */
	apm_state.version = APM_VERSION_1_0;
	apm_state.flags &= ~APM_DISENGAGED;
	if (r->al == APM_16)
		answer_16(r);
	else if (r->al == APM_32)
		answer_32(r);
	return 0;
}

bool apm_service16(struct regs *r)
{
	uint16_t flags = r->flags;

	if (r->al <= APM_CONNECT_32) {
		uint8_t wrong = check_or_connect(r);

		r->flags &= ~FLAGS_CF;
		if (wrong) {
			r->ah = wrong;
			r->flags |= FLAGS_CF;
		}
		return true;
	}
	apm_call(r);
	if (r->al == APM_IDLE && !(r->flags & FLAGS_CF) && !(apm_state.flags & APM_DISABLED))
		wait_interrupt();
	if (r->al != APM_SET_STATE || r->cx != APM_STATE_OFF || r->ah != APM_NOT_ENTERED || apm_in_virtual_8086())
		return true;
	r->ah = 0x53;			/* for 32-bit code as it came */
	r->flags = flags;
	return false;
}
