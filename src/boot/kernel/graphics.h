/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/kernel/graphics.h: a linear framebuffer for a kernel that is entered at 32 bits, as vga= or a file of fw_cfg asks.
 * Asked for first, and set when nothing can keep the kernel from being started any more. What cannot be shown costs a line.
 */
#ifndef BOOT_KERNEL_GRAPHICS_H
#define BOOT_KERNEL_GRAPHICS_H

#include <stdbool.h>
#include <stdint.h>

/* Not 0: graphics_set() is to be called. */
extern uint32_t graphics_asked;

/*
 * vga= (struct setup_header's vid_mode) is video_mode_is_vesa(). Nothing, where a file of fw_cfg has asked. Returns 0;
 * -EOPNOTSUPP, the display's own program has to set it, so the kernel's setup code has to call that.
 */
int graphics_ask_mode(uint16_t vid_mode);

/* opt/org.slipway/screen. */
void graphics_ask_size(void);

/* Set it: machine.screen says what a kernel is told of it. */
void graphics_set(void);

#endif
