/* SPDX-License-Identifier: BSD-2-Clause
 * vgasrc/init.h: what the ROM does when it is called at offset 3: by the firmware, once more on a wake, and by emulators.
 */
#ifndef VGA_INIT_H
#define VGA_INIT_H

#include "regs.h"

/*
 * AX: the display's PCI address, bus and device:function. Vectors, BIOS data and text on the screen; where the ROM can be
 * written, what is known only now stands in it afterwards, with a right checksum.
 */
void init(struct regs *r);

#endif
