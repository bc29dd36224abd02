/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fake/i8042.h: a keyboard controller with a keyboard that says what a test makes it say, and a mouse that
 * answers. It checks what it is told: bytes come only when it takes them.
 */
#ifndef FAKE_I8042_H
#define FAKE_I8042_H

#include <stdbool.h>
#include <stdint.h>

struct fake_i8042 {
	uint8_t mode;			/* the command byte, 03 after a reset */
	bool busy;			/* never takes a byte */
	bool silent;			/* the mouse never answers */
	bool moving;			/* a byte of the mouse stands before each answer of the controller */
	uint32_t refuse;		/* its answer to this byte (from 1) is mouse_refusal; 0: none */
	uint8_t refusal;
	uint8_t sent[64];		/* to the mouse */
	uint32_t sent_count;
	uint8_t pressed;		/* a key that is in the output buffer just when keys are switched off */
	uint8_t shown;			/* the last byte that was read: the port shows it from then on */
	uint8_t rate, resolution, type, status;	/* of the mouse */
};
extern struct fake_i8042 fake_i8042;

/* Registers it at ports 60h and 64h. */
void fake_i8042_add(void);

/* A byte that waits to be read. */
void fake_i8042_queue(uint8_t value, bool mouse);

/* Bytes that wait. */
uint32_t fake_i8042_waiting(void);

#endif
