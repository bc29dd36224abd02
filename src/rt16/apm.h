/* SPDX-License-Identifier: BSD-2-Clause
 * src/rt16/apm.h: Advanced Power Management: what INT 15h AH=53h and the interfaces for protected mode share, in C and
 * assembly. A program connects one of three interfaces; the functions from AL=04h on are the same code for each of them
 * (src/pm/apm.inc), the connections are made in real mode alone (apm.c).
 * Spec: Advanced Power Management (APM) BIOS Interface Specification 1.2, section 4.
 */
#ifndef RT16_APM_H
#define RT16_APM_H

#define APM_VERSION	0x0102	/* BCD */
#define APM_VERSION_1_0	0x0100	/* what a connection is until the driver tells its version */

/* Interfaces, and which of them is connected; 0: none. */
#define APM_REAL	1
#define APM_16		2
#define APM_32		3

/* apm_state, by its offset in the firmware's segment, behind the mark at its start (rt16.lds). */
#define APM_CONNECTION	4
#define APM_CONNECTED_AS 6
#define APM_FLAGS	8
/* What a protected-mode caller needs of that segment, in bytes. */
#define APM_DATA_BYTES	16

/* Bits of APM_FLAGS, as CX of the installation check has them. */
#define APM_DISABLED	0x08
#define APM_DISENGAGED	0x10

/* AL: functions. */
#define APM_CHECK	0x00
#define APM_CONNECT_32	0x03
#define APM_IDLE	0x05
#define APM_SET_STATE	0x07
#define APM_STATE_OFF	3	/* CX */

/* AH, with carry [4.1, error codes]. */
#define APM_IS_DISABLED		0x01
#define APM_REAL_CONNECTED	0x02	/* already */
#define APM_NOT_CONNECTED	0x03
#define APM_REAL_NOT_CONNECTED	0x04	/* but another interface */
#define APM_16_CONNECTED	0x05
#define APM_32_CONNECTED	0x07
#define APM_NO_DEVICE		0x09
#define APM_BAD_VALUE		0x0a	/* in CX */
#define APM_NOT_ENGAGED		0x0b
#define APM_NO_FUNCTION		0x0c
#define APM_NOT_ENTERED		0x60
#define APM_NO_EVENTS		0x80

#ifndef __ASSEMBLER__
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "arch/regs.h"

struct apm_state {
	uint16_t connection;	/* APM_REAL, APM_16, APM_32 or 0 */
	uint16_t version;	/* of the connection, BCD */
	uint16_t flags;
};
_Static_assert(offsetof(struct apm_state, version) == APM_CONNECTED_AS - APM_CONNECTION, "struct apm_state");
_Static_assert(offsetof(struct apm_state, flags) == APM_FLAGS - APM_CONNECTION, "struct apm_state");
extern struct apm_state apm_state;	/* in 16-bit code */
extern struct apm_state rt16_apm_state;	/* the same in 32-bit code: src/arch/rt16.lds */

/*
 * INT 15h AH=53h. False, and r is as it came: the machine could not be switched off, which 32-bit code tells and
 * answers (src/services/apm.h). In virtual-8086 mode that is answered here as well.
 */
bool apm_service16(struct regs *r);

/* src/pm/apm16.S: the functions from 04h on, for a caller in real mode; whether that is virtual-8086 mode. */
void apm_call(struct regs *r);
bool apm_in_virtual_8086(void);
#endif

#endif
