/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/i8042.h: the keyboard controller and the mouse behind it.
 * Spec: IBM PS/2 Hardware Interface Technical Reference, "Keyboard and Auxiliary Device Controller".
 */
#ifndef HW_I8042_H
#define HW_I8042_H

#include <stdbool.h>
#include <stdint.h>

#define I8042_DATA	0x60
#define I8042_STATUS	0x64	/* read */
#define I8042_COMMAND	0x64	/* written */

#define I8042_STATUS_OUTPUT	0x01	/* a byte can be read */
#define I8042_STATUS_INPUT	0x02	/* the last one written was not taken yet */
#define I8042_STATUS_MOUSE	0x20	/* the byte is the mouse's */
#define I8042_ABSENT		0xff	/* as status */

/*
 * At POST: keys interrupt and come as scan code set 1, the mouse is off, keys typed so far are dropped. False: there
 * is none. Three accesses, one more when there is none or two for each byte that waits.
 */
bool i8042_init(void);

/* What becomes of the mouse's interrupt. */
enum i8042_mouse { I8042_MOUSE_AS_IT_IS, I8042_MOUSE_ON, I8042_MOUSE_OFF };

/*
 * Send the mouse sent bytes, a command and its parameter, each acknowledged, and read taken bytes of the answer.
 * Keys that come meanwhile are kept back; one that nobody has
 * taken before is lost. Returns 0, -ENODEV, -ETIMEDOUT or -EIO (refused).
 */
int i8042_mouse(const uint8_t *send, uint32_t sent, uint8_t *take, uint32_t taken, enum i8042_mouse after);

/*
 * The data port can be read again and again, and shows the last key until something else comes: let that be the
 * controller's mode, which tells nobody what was typed. A key that nobody has taken yet stays where it is. Up to 20
 * accesses. Returns 0; -ENODEV; -EBUSY, a key is waiting, and is what the port shows; -ETIMEDOUT.
 */
int i8042_forget(void);

#endif
