/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/rom/display.h: the display's option ROM: found, checked, and run first of all, since loaders write to the
 * screen. Only where something is booted that calls the BIOS: a kernel never needs it.
 */
#ifndef BOOT_ROM_DISPLAY_H
#define BOOT_ROM_DISPLAY_H

/*
 * Run the ROM that takes INT 10h: one that fw_cfg has for it (vgaroms/), else the first VGA's, else another display
 * controller's. One that cannot be run costs a line and the next is tried. Between roms_begin() and
 * roms_end(). Without any display nothing is done, nor logged.
 */
void display_init(void);

/* What the firmware has put below 500h is remembered for a wake: when the last ROM has run in POST. Once. */
void display_ready(void);

/*
 * On a wake: run it once more, if the user wants that (policy.h), between rom_room_open() and rom_room_close();
 * a guest that was in text mode has it again, by its BIOS data. What the guest has below ROM_STACK is put back. Without
 * the memory that display_ready() asks for it is not run.
 */
void display_resume(void);

#endif
