/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/splash/splash.h: the picture that is shown while the boot menu waits for its key: bootsplash.bmp in fw_cfg,
 * which QEMU's -boot splash= puts there.
 */
#ifndef BOOT_SPLASH_SPLASH_H
#define BOOT_SPLASH_SPLASH_H

#include <stdbool.h>

/*
 * Show it in the middle of the smallest mode that holds it, of those with a linear framebuffer and 24 or 32 bits that
 * the display's VGA BIOS has (INT 10h AH=4Fh). What is no such picture costs a line in the log, and text stays; without
 * one nothing is done. Returns whether it is shown: then splash_hide() is to follow. After console_open() and before
 * anything is booted: what is at BOOT_ADDRESS is lost.
 */
bool splash_show(void) __attribute__((cold));

/* Back to text, on a blank screen. */
void splash_hide(void) __attribute__((cold));

#endif
