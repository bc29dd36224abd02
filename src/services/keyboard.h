/* SPDX-License-Identifier: BSD-2-Clause
 * src/services/keyboard.h: what was typed to the firmware, a password for an option ROM or a choice in the menu, is
 * nobody else's. The keyboard's services themselves are in src/rt16/keyboard.c.
 */
#ifndef SERVICES_KEYBOARD_H
#define SERVICES_KEYBOARD_H

/*
 * Before something is started that is not the firmware's: in the BIOS data area's buffer the keys stay that nobody has
 * read, all its other bytes are 0; where there were any, the keyboard controller forgets the last key as well. That
 * there was a Ctrl-Break (40:71) is forgotten in any case. A buffer that a program has put elsewhere is that
 * program's. Lets interrupts in. After legacy_init().
 */
void keyboard_forget(void);

#endif
