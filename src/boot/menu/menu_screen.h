/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/menu/menu_screen.h: the boot menu, from the prompt to the choice: fw_cfg says how, INT 10h shows it, INT 16h has
 * the keys; so it is the same at a display and over serial.
 */
#ifndef BOOT_MENU_MENU_SCREEN_H
#define BOOT_MENU_MENU_SCREEN_H

#include <stdbool.h>
#include <stdint.h>
#include "boot/menu/menu.h"

/* The text of an entry, below the count that was told, without its number, to buf, with a NUL; size is at least 1. */
typedef void menu_text(uint32_t entry, char *buf, uint32_t size);

#define MENU_SEVERAL 2u		/* entries, for who has not made his list yet */

/*
 * Is the user to be asked? on: QEMU's item of its own, -boot menu=on. The file etc/show-boot-menu comes before it: 0
 * no, 1 yes, 2 if there is more than one entry. The directory must have been read. Looks it up alone, which is no
 * access of the device, unless there is such a file.
 */
bool menu_wanted(bool on, uint32_t entries);

/*
 * Show the prompt (etc/boot-menu-message) and wait for F12 or the key of etc/boot-menu-key, for etc/boot-menu-wait
 * milliseconds; with 0 a key that was pressed before is still seen, and with a negative number of 4 or 8 bytes there is
 * nothing to wait for. Another key ends the wait. Then show the entries, and wait for a choice as long as it takes.
 * Returns the entry, or MENU_NONE: no choice was made, so the usual order; at once and with a line where nobody could
 * see the prompt, since there is neither display nor serial console.
 * Real mode is called, with interrupts on: after services_init(). Outside of services.
 */
uint32_t menu_ask(uint32_t entries, menu_text *text) __attribute__((cold));

#endif
