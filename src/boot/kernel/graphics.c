/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/kernel/graphics.c: see graphics.h.
 * Spec: Linux include/uapi/linux/screen_info.h.
 */
#include "boot/kernel/graphics.h"
#include <stddef.h>
#include "arch/io.h"
#include "arch/layout.h"
#include "arch/phys.h"
#include "boot/kernel/video_mode.h"
#include "fw/fw_cfg.h"
#include "fw/memory.h"
#include "fw/ramfb.h"
#include "hw/display/framebuffer.h"
#include "lib/bits.h"
#include "lib/errno.h"
#include "machine/machine.h"
#include "mem/alloc.h"
#include "std/bootparam.h"
#include "std/vga.h"
#include "trace/log.h"

#define GRAPHICS	"boot: screen: "
#define FILE_NAME	"opt/org.slipway/screen"
#define TEXT_MAX	16u			/* "16000x12000x32" */

#define PIXELS_ONLY	32u			/* of displays without a VGA */
#define NO_PORT		0xff

/* Mode attributes as AX=4F01h has them: known, with colours, graphics, no registers of a VGA's, linear. */
#define VESA_ATTRIBUTES	0x00bb
#define CAPABILITY_64_BITS	0x02		/* ext_lfb_base counts */

uint32_t graphics_asked __attribute__((section(".scratch.graphics")));

static struct {
	struct framebuffer fb;
	struct pixels pixels;
	struct fw_cfg_item ramfb;		/* size 0: it is not that */
	uint32_t ram;				/* bytes at fb.base that the memory map has for it, kept for another try */
	uint64_t ram_base;
	struct screen_info info;
} graphics __attribute__((section(".scratch.graphics")));

/* Is there a VGA that is on no PCI bus? */
static bool isa_vga(void)
{
	return inb(VGA_MISC_READ) != NO_PORT;
}

static int find_ramfb(void)
{
	if (!ramfb_find(&graphics.ramfb))
		return isa_vga() ? -EOPNOTSUPP : -ENODEV;
	graphics.fb = (struct framebuffer){ .memory_64k = machine.low_ram_end >> 16 };
	return fw_cfg_has_dma() ? 0 : -ENXIO;
}

/*
 * RAM for the picture, which stays reserved: once. A map that a guest could have been told of already, in the F segment,
 * has no place for it. Returns 0 or -ENOMEM, after a line.
 */
static int take_ram(void)
{
	uint32_t bytes = align_up(framebuffer_pitch(&graphics.pixels) * graphics.pixels.height, 0x10000);
	void *ram;

	if (graphics.ram < bytes) {
		if (graphics.ram || ptr_to_phys(machine.e820.entry) >= EBDA_BASE) {
			log(GRAPHICS "ramfb: the memory map is final, 0x%x bytes more cannot be reserved; going on in text",
			    bytes);
			return -ENOMEM;
		}
		alloc_unseal();
		ram = alloc_raw(ZONE_HIGH, bytes, 4096, "ramfb's picture");
		memory_finish();
		if (!ram)
			return -ENOMEM;
		graphics.ram = bytes;
		graphics.ram_base = ptr_to_phys(ram);
	}
	graphics.fb.base = graphics.ram_base;
	graphics.fb.memory_64k = graphics.ram >> 16;
	return 0;
}

/* What is wished for is in graphics.pixels. Returns 0; -ENODEV, -EOPNOTSUPP, -ENXIO, as framebuffer_find(), -ENOMEM. */
static int choose(void)
{
	int rc = framebuffer_find(&graphics.fb);

	graphics.ramfb.size = 0;
	if (rc == -ENODEV)
		rc = find_ramfb();
	if (rc)
		return rc;
	if (!graphics.fb.vga && graphics.pixels.bits != PIXELS_ONLY) {
		log(GRAPHICS "%u bits for a pixel asked for, this display has %u, which are taken", graphics.pixels.bits,
		    PIXELS_ONLY);
		graphics.pixels.bits = PIXELS_ONLY;
	}
	if (!framebuffer_fits(&graphics.pixels, graphics.fb.memory_64k)) {
		log(GRAPHICS "%ux%u, %u bits: 64x64 to 16000x12000 in steps of 8 pixels and %u KiB of memory are possible; "
		    "going on in text", graphics.pixels.width, graphics.pixels.height, graphics.pixels.bits,
		    graphics.fb.memory_64k * 64);
		return -ENOMEM;
	}
	if (graphics.ramfb.size)
		rc = take_ram();
	graphics_asked = rc == 0;
	return rc;
}

/* Why not; what there was no memory for has a line. */
static void tell(int rc)
{
	const struct pixels *p = &graphics.pixels;

	if (rc == -ENODEV)
		log(GRAPHICS "%ux%u, %u bits: there is no display", p->width, p->height, p->bits);
	else if (rc == -EOPNOTSUPP)
		log(GRAPHICS "%ux%u, %u bits: only the display's own program can set a mode, by vga=; going on in text",
		    p->width, p->height, p->bits);
	else if (rc == -ENXIO)
		log(GRAPHICS "%ux%u, %u bits: the display's registers or its memory cannot be reached from here; going on "
		    "in text", p->width, p->height, p->bits);
}

int graphics_ask_mode(uint16_t vid_mode)
{
	int rc;

	if (graphics_asked)
		return 0;
	if (!video_mode_pixels(vid_mode, &graphics.pixels)) {
		log(GRAPHICS "vga=0x%x: no mode with a linear framebuffer has this number; going on in text", vid_mode);
		return 0;
	}
	rc = choose();
	if (rc == -EOPNOTSUPP) {
		log(GRAPHICS "vga=0x%x: only the display's own program can set it, for the kernel's 16-bit entry", vid_mode);
		return rc;
	}
	tell(rc);
	return 0;
}

void graphics_ask_size(void)
{
	struct fw_cfg_item item;
	char text[TEXT_MAX + 1] = "";
	uint32_t size;

	graphics_asked = 0;
	if (fw_cfg_find(FILE_NAME, &item) != 0)
		return;
	size = min_u32(item.size, TEXT_MAX);
	if (fw_cfg_read(&item, 0, text, size) != 0)
		text[0] = '\0';
	else if (size && text[size - 1] == '\n')
		text[size - 1] = '\0';
	if (item.size > TEXT_MAX || !video_mode_parse(text, &graphics.pixels))
		log(GRAPHICS FILE_NAME ": WIDTHxHEIGHT or WIDTHxHEIGHTxBITS expected (8, 15, 16, 24, 32), \"%s\" found; going "
		    "on in text", log_text(text));
	else
		tell(choose());
}

/* Where a pixel has its colours, as AX=4F01h has it. */
static void set_colours(struct screen_info *info, uint32_t bits)
{
	if (bits == 8) {
		info->red_size = info->green_size = info->blue_size = 6;	/* the DAC's */
		return;
	}
	info->red_size = info->green_size = info->blue_size = bits < 24 ? 5 : 8;
	info->green_size += bits == 16;
	info->green_pos = info->blue_size;
	info->red_pos = (uint8_t)(info->green_pos + info->green_size);
	info->rsvd_size = bits == 15 ? 1 : bits == 32 ? 8 : 0;
	info->rsvd_pos = info->rsvd_size ? (uint8_t)(info->red_pos + info->red_size) : 0;
}

static void fill_info(void)
{
	const struct framebuffer *fb = &graphics.fb;
	const struct pixels *p = &graphics.pixels;
	uint32_t pitch = framebuffer_pitch(p), pages = fb->memory_64k / ((pitch * p->height + 0xffff) >> 16);

	graphics.info = (struct screen_info){
		.is_vga = SCREEN_INFO_VESA, .lfb_width = (uint16_t)p->width, .lfb_height = (uint16_t)p->height,
		.lfb_depth = (uint16_t)p->bits, .lfb_base = (uint32_t)fb->base, .ext_lfb_base = (uint32_t)(fb->base >> 32),
		.capabilities = fb->base >> 32 ? CAPABILITY_64_BITS : 0, .lfb_size = fb->memory_64k,
		.lfb_linelength = (uint16_t)pitch, .vesa_attributes = VESA_ATTRIBUTES, .pages = (uint16_t)(pages - 1),
	};
	set_colours(&graphics.info, p->bits);
}

static int set_ramfb(void)
{
	const struct pixels *p = &graphics.pixels;

	framebuffer_clear(graphics.fb.base, p);
	return ramfb_show(&graphics.ramfb, graphics.fb.base, p->width, p->height);
}

void graphics_set(void)
{
	const struct pixels *p = &graphics.pixels;
	int rc = graphics.ramfb.size ? set_ramfb() : framebuffer_set(&graphics.fb, p);

	if (rc) {
		log(GRAPHICS "%ux%u, %u bits: the display did not take them (%d)", p->width, p->height, p->bits, rc);
		return;
	}
	fill_info();
	machine.screen = &graphics.info;
	log(GRAPHICS "%ux%u, %u bits at 0x%llx", p->width, p->height, p->bits, (unsigned long long)graphics.fb.base);
}
