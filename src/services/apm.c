/* SPDX-License-Identifier: BSD-2-Clause
 * src/services/apm.c: see apm.h.
 */
#include "services/apm.h"
#include <stdbool.h>
#include "arch/io.h"
#include "hw/chipset/chipset.h"
#include "hw/timer.h"
#include "machine/machine.h"

#define SIGNATURE	0x504d		/* "PM" */
#define VERSION		0x0102
#define ALL_DEVICES	0x0001
#define STATE_OFF	3
#define MAINS		0x01ff		/* BH: on line; BL: of the battery nothing is known */
#define NO_BATTERY	0x80ff		/* CH; CL: nor how full it is */
#define UNKNOWN		0xffff

/* AH, with carry. */
#define NO_16_BIT	0x06
#define NO_32_BIT	0x08
#define NO_FUNCTION	0x0c
#define NOT_ENTERED	0x60
#define NO_EVENTS	0x80

/* PM1a control [ACPI 4.8.3.2.1]: SLP_EN, and SLP_TYP 0, which QEMU's DSDT has for S5 on both machines. */
#define PM1A_CONTROL	(PM_BASE + 4)
#define SLEEP		0x2000

#define GONE_WITHIN_US	1000000

/* Comes back where there is nothing that switches off. */
static void switch_off(void)
{
	if (machine.chipset == CHIPSET_NONE)
		return;
	outw(SLEEP, PM1A_CONTROL);
	delay_us(GONE_WITHIN_US);	/* QEMU ends when it comes to it */
}

/* 0, or what is wrong. */
static uint8_t call(struct regs *r)
{
	switch (r->al) {
	case 0x00:	/* installation check */
		r->ax = VERSION;
		r->bx = SIGNATURE;
		r->cx = 0;
		return 0;
	case 0x02:	/* connect protected mode */
		return NO_16_BIT;
	case 0x03:
		return NO_32_BIT;
	case 0x01:	/* connect real mode, disconnect */
	case 0x04:
	case 0x05:	/* idle, busy */
	case 0x06:
	case 0x08:	/* enable, engage */
	case 0x0f:
		return 0;
	case 0x10:	/* no batteries, no capabilities */
		r->bl = 0;
		r->cx = 0;
		return 0;
	case 0x07:
		if (r->bx != ALL_DEVICES || r->cx != STATE_OFF)
			return 0;	/* standby and suspend: nothing sleeps */
		switch_off();
		return NOT_ENTERED;
	case 0x0a:	/* power status */
		r->bx = MAINS;
		r->cx = NO_BATTERY;
		r->dx = UNKNOWN;
		r->si = 0;
		return 0;
	case 0x0b:	/* events */
		return NO_EVENTS;
	case 0x0e:	/* the driver's version: this one is answered for it */
		r->ax = VERSION;
		return 0;
	default:
		return NO_FUNCTION;
	}
}

void apm_service(struct regs *r)
{
	uint8_t wrong = call(r);

	r->flags &= ~FLAGS_CF;
	if (wrong) {
		r->ah = wrong;
		r->flags |= FLAGS_CF;
	}
}
