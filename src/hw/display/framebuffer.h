/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/display/framebuffer.h: a linear framebuffer of any size on QEMU's displays with DISPI registers, without their
 * BIOS: the standard VGA and secondary-vga, bochs-display, virtio-vga, qxl-vga, vmware-svga.
 */
#ifndef HW_DISPLAY_FRAMEBUFFER_H
#define HW_DISPLAY_FRAMEBUFFER_H

#include <stdbool.h>
#include <stdint.h>

struct pci_function;

struct pixels {
	uint32_t width, height;		/* 65535 at most */
	uint32_t bits;			/* of a pixel: 8, 15, 16, 24 or 32 */
};

struct framebuffer {
	uint64_t base;			/* physical address; above 4 GiB too */
	uint32_t memory_64k;		/* units of 64 KiB */
	uint32_t registers;		/* DISPI's, physical address; 0: they are at their ports */
	bool vga;			/* with the VGA's registers; without, pixels have 32 bits */
};

/* Bytes of a line of pixels: of 15 bits, two each. */
static inline uint32_t framebuffer_pitch(const struct pixels *p)
{
	return p->width * ((p->bits + 7) / 8);
}

/* Is it a picture that the device takes as it is, and that memory_64k units hold? Any numbers may be given. */
bool framebuffer_fits(const struct pixels *p, uint32_t memory_64k);

/*
 * The display that is the console: the first VGA, or else the first one of another class. Makes it decode, and shows nothing.
 * Returns 0; -ENODEV, there is no PCI display; -EOPNOTSUPP, its own program alone can set a mode; -ENXIO, registers or
 * framebuffer cannot be reached, or are not what they should be.
 */
int framebuffer_find(struct framebuffer *fb);

/* The same of a display that the caller names: not -ENODEV. */
int framebuffer_of(const struct pci_function *f, struct framebuffer *fb);

/* Show pixels that fit, all black. Returns 0; -EIO, the device shows something else: what was there is lost. */
int framebuffer_set(const struct framebuffer *fb, const struct pixels *p);

/* Black pixels, where they lie below 4 GiB. */
void framebuffer_clear(uint64_t base, const struct pixels *p);

#endif
