/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/failure/fail_screen.h: what is said of a boot that failed, on the first display there is, where no VGA BIOS has
 * run: a kernel was to be launched, or the display's program is none. Text of 80x25, written to the framebuffer alone.
 */
#ifndef BOOT_FAILURE_FAIL_SCREEN_H
#define BOOT_FAILURE_FAIL_SCREEN_H

#include <stdbool.h>
#include <stdint.h>

/*
 * The screen is blank afterwards, or has what is on it still where it was text already (hw/display/screen.h). Of QEMU's
 * displays: the first VGA as a reset has left it; bochs-display and secondary-vga; ramfb, whose picture takes memory
 * that nobody has. False: there is none, or the user wants no program for it. Registers of PCI and of the display are
 * written, and whatever was to be started is not any more.
 */
bool fail_screen_open(void) __attribute__((cold));

/* A newline begins a row, as the end of a row does; the screen scrolls. Only on one that is open. */
void fail_screen_write(const char *text, uint32_t len) __attribute__((cold));

#endif
