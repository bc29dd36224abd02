/* SPDX-License-Identifier: BSD-2-Clause
 * vgasrc/ramfb.h: QEMU's ramfb, whose picture is in the guest's RAM.
 */
#ifndef VGA_RAMFB_H
#define VGA_RAMFB_H

/*
 * At init: memory for the picture, from the firmware, and where the display is told of it: in rom_info. Without either there
 * is no picture, and nothing to say it on.
 */
void ramfb_prepare(void);

#endif
