/* SPDX-License-Identifier: BSD-2-Clause
 * src/rt16/keyboard.h: keys, from the keyboard's interrupt into the BIOS data area's buffer and out of it.
 * Spec: IBM PS/2 and PC BIOS Interface Technical Reference, INT 09h and INT 16h. What it leaves open as SeaBIOS answers.
 */
#ifndef RT16_KEYBOARD_H
#define RT16_KEYBOARD_H

#include <stdbool.h>
#include <stdint.h>
#include "arch/regs.h"

/*
 * INT 09h: one byte of the keyboard, offered to INT 15h AH=4Fh first. May call INT 05h (print screen), INT 1Bh (break),
 * INT 15h AH=85h (SysRq), hold until the next key (Pause) or restart the machine.
 */
void keyboard_interrupt(void);

/*
 * INT 16h: AH=00 and 10 the next key, waiting for it; 01 and 11 the same, left there, ZF: there is none; 02 and 12
 * shift states; 05 put CX into the buffer, AL 1: it is full; 09 what is there of these, 0A the keyboard's identity,
 * 92 there is 10-12. All else is left as it came.
 */
void keyboard_service(struct regs *r);

/* The buffer, for keys that come another way. What does not fit is lost. */
bool keyboard_full(void);
void keyboard_put(uint16_t word);

/*
 * Ctrl-Alt-Del: 1234h in 40:72, as programs and other BIOSes know it, and a hard reset. POST makes no difference of it:
 * no start tests or clears memory that is not the firmware's (docs/architecture.md).
 */
void __attribute__((noreturn)) keyboard_restart(void);

#endif
