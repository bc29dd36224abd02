/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/kernel/video_mode.h: what is asked for as a kernel's screen: numbers of vga=, and sizes in words.
 * Spec: Linux Documentation/admin-guide/svga.rst; VESA VBE Core Functions 3.0, 3.
 */
#ifndef BOOT_KERNEL_VIDEO_MODE_H
#define BOOT_KERNEL_VIDEO_MODE_H

#include <stdbool.h>
#include <stdint.h>
#include "hw/display/framebuffer.h"

/* Numbers of VBE modes with 200h added. All others are text, or a question: the kernel's setup code has these. */
#define VIDEO_MODE_VESA		0x200u
#define VIDEO_MODE_VESA_END	0x900u

static inline bool video_mode_is_vesa(uint16_t vid_mode)
{
	return vid_mode >= VIDEO_MODE_VESA && vid_mode < VIDEO_MODE_VESA_END;
}

/* What a number of vga= looks like, as the VGA BIOSes of QEMU's displays have it. False: no linear framebuffer has it. */
bool video_mode_pixels(uint16_t vid_mode, struct pixels *pixels);

/* "1024x768", of 32 bits, or with the bits of a pixel behind another x: 8, 15, 16, 24 or 32. False: it is neither. */
bool video_mode_parse(const char *text, struct pixels *pixels);

#endif
