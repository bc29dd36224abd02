/* SPDX-License-Identifier: BSD-2-Clause
 * src/services/mouse.c: see mouse.h.
 */
#include "services/mouse.h"
#include "arch/phys.h"
#include "hw/i8042.h"
#include "lib/bits.h"
#include "services/guest.h"
#include "services/services.h"
#include "std/bda.h"

/* Commands of a PS/2 mouse. */
#define MOUSE_SCALE_1	0xe6
#define MOUSE_SCALE_2	0xe7
#define MOUSE_RESOLUTION 0xe8
#define MOUSE_STATUS	0xe9
#define MOUSE_TYPE	0xf2
#define MOUSE_RATE	0xf3
#define MOUSE_ON	0xf4
#define MOUSE_OFF	0xf5
#define MOUSE_RESET	0xff

/* AH. */
#define DONE		0x00
#define BAD_FUNCTION	0x01
#define BAD_VALUE	0x02
#define FAILED		0x03
#define NO_HANDLER	0x05

#define PACKET_MAX	8

static struct ebda *ebda(void)
{
	const struct bda *bda = guest_bda();

	return phys_to_ptr((uint32_t)bda->ebda_segment << 4);
}

static uint8_t command(uint8_t first, const uint8_t *parameter, uint8_t *answer, uint32_t taken, enum i8042_mouse after)
{
	uint8_t send[2] = { first, parameter ? *parameter : 0 };

	return i8042_mouse(send, parameter ? 2 : 1, answer, taken, after) == 0 ? DONE : FAILED;
}

static uint8_t on_or_off(uint8_t on)
{
	struct ebda *e = ebda();

	if (on > 1)
		return BAD_FUNCTION;
	if (!on)
		return command(MOUSE_OFF, NULL, NULL, 0, I8042_MOUSE_OFF);
	if (!(e->mouse_packet & EBDA_MOUSE_HANDLER))
		return NO_HANDLER;
	e->mouse_state = 0;
	return command(MOUSE_ON, NULL, NULL, 0, I8042_MOUSE_ON);
}

static uint8_t reset(struct regs *r)
{
	uint8_t answer[2];
	uint8_t status = command(MOUSE_RESET, NULL, answer, 2, I8042_MOUSE_OFF);

	ebda()->mouse_state = 0;
	if (status == DONE) {
		r->bl = answer[0];	/* AAh: its test was passed */
		r->bh = answer[1];	/* its type */
	}
	return status;
}

static uint8_t packets(struct regs *r)
{
	struct ebda *e = ebda();

	if (!r->bh || r->bh > PACKET_MAX)
		return FAILED;
	e->mouse_packet = (e->mouse_packet & EBDA_MOUSE_HANDLER) | (r->bh & 7);
	return reset(r);
}

static uint8_t rate(uint8_t n)
{
	static const uint8_t rates[] = { 10, 20, 40, 60, 80, 100, 200 };

	if (n >= ARRAY_SIZE(rates))
		return BAD_VALUE;
	return command(MOUSE_RATE, &rates[n], NULL, 0, I8042_MOUSE_AS_IT_IS);
}

static uint8_t resolution(uint8_t n)
{
	if (n > 3)
		return BAD_VALUE;
	return command(MOUSE_RESOLUTION, &n, NULL, 0, I8042_MOUSE_AS_IT_IS);
}

static uint8_t status_or_scaling(struct regs *r)
{
	uint8_t answer[3], status;

	if (r->bh > 2)
		return BAD_FUNCTION;
	if (r->bh)
		return command(r->bh == 1 ? MOUSE_SCALE_1 : MOUSE_SCALE_2, NULL, NULL, 0, I8042_MOUSE_AS_IT_IS);
	status = command(MOUSE_STATUS, NULL, answer, 3, I8042_MOUSE_AS_IT_IS);
	if (status == DONE) {
		r->bl = answer[0];
		r->cl = answer[1];
		r->dl = answer[2];
	}
	return status;
}

static uint8_t set_handler(const struct regs *r)
{
	struct ebda *e = ebda();

	e->mouse_handler[0] = r->bx;
	e->mouse_handler[1] = r->es;
	e->mouse_packet &= ~EBDA_MOUSE_HANDLER;
	if (r->bx || r->es)
		e->mouse_packet |= EBDA_MOUSE_HANDLER;
	return DONE;
}

static uint8_t call(struct regs *r)
{
	services_window();	/* what the controller holds already is not part of an answer */
	switch (r->al) {
	case 0x00:
		return on_or_off(r->bh);
	case 0x01:
		return reset(r);
	case 0x02:
		return rate(r->bh);
	case 0x03:
		return resolution(r->bh);
	case 0x04:
		return command(MOUSE_TYPE, NULL, &r->bh, 1, I8042_MOUSE_AS_IT_IS);
	case 0x05:
		return packets(r);
	case 0x06:
		return status_or_scaling(r);
	case 0x07:
		return set_handler(r);
	default:
		return BAD_FUNCTION;
	}
}

void mouse_service(struct regs *r)
{
	r->ah = call(r);
	r->flags = r->ah == DONE ? r->flags & ~FLAGS_CF : r->flags | FLAGS_CF;
}
