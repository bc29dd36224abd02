/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/splash/splash.c: see splash.h.
 */
#include "boot/splash/splash.h"
#include <stdint.h>
#include "arch/phys.h"
#include "arch/real_call.h"
#include "boot/program.h"
#include "boot/splash/bmp.h"
#include "fw/fw_cfg.h"
#include "lib/bits.h"
#include "lib/endian.h"
#include "lib/string.h"
#include "machine/machine.h"
#include "mem/alloc.h"
#include "services/console.h"
#include "services/guest.h"
#include "std/vbe.h"
#include "trace/log.h"

#define PICTURE		"bootsplash.bmp"
#define MODES_MAX	512u		/* entries of a list that may have no end */
#define BELOW_DEVICES	0xfec00000u	/* I/O APIC, local APIC, ROM: no framebuffer is there */

/* For the VGA BIOS to write to: memory below 1 MiB that is a boot sector's later, and nobody's yet. */
static struct vbe_blocks {
	struct vbe_controller controller;
	struct vbe_mode mode;
} *blocks(void)
{
	return phys_to_ptr(BOOT_ADDRESS);
}
_Static_assert(BOOT_ADDRESS + sizeof(struct vbe_blocks) < 0x10000, "segment 0 reaches all of it");

/* Where devices and the VGA BIOS write to; a piece of the file's lines at a time. */
struct work {
	uint8_t head[BMP_HEAD];
	uint8_t palette[BMP_COLOURS * 4];
	uint8_t lines[BMP_LINE_MAX];
};

struct mode {
	uint16_t number;
	uint16_t width, height;		/* pixels; 0: there is none */
	uint8_t bytes;			/* of a pixel */
	uint32_t pitch;			/* bytes */
	uint32_t framebuffer;		/* physical */
};

/* AX, and for a block that is written where it is. True: done. */
static bool vbe_call(uint16_t function, uint16_t bx, uint16_t cx, const void *block)
{
	struct regs r = { .ax = function, .bx = bx, .cx = cx, .di = (uint16_t)ptr_to_phys(block) };

	console_call(&r);
	return r.ax == VBE_DONE;
}

static bool is_8_bits(const struct vbe_part *part, uint8_t position)
{
	return part->bits == 8 && part->position == position;
}

/* All of its lines are memory that can be the display's: RAM, of a display without its own, or nothing that we know. */
static bool is_framebuffer(const struct mode *m)
{
	uint32_t bytes = m->pitch * m->height, ram = machine.low_ram_end;	/* both below 2^16 */

	return m->pitch >= (uint32_t)m->width * m->bytes && m->framebuffer >= 0x100000 &&
	       m->framebuffer < BELOW_DEVICES && bytes <= BELOW_DEVICES - m->framebuffer && (m->framebuffer >= ram || bytes <= ram - m->framebuffer);
}

/* Can a picture be shown in it? */
static bool read_mode(uint16_t number, struct mode *m)
{
	const struct vbe_mode *v = &blocks()->mode;
	const uint16_t needed = VBE_SUPPORTED | VBE_GRAPHICS | VBE_LINEAR;

	memset(&blocks()->mode, 0, sizeof(blocks()->mode));
	if (!vbe_call(VBE_MODE_INFO, 0, number, v) || (v->attributes & needed) != needed || v->model != VBE_DIRECT ||
	    (v->bpp != 24 && v->bpp != 32) || !is_8_bits(&v->red, 16) || !is_8_bits(&v->green, 8) ||
	    !is_8_bits(&v->blue, 0))
		return false;
	*m = (struct mode){ .number = number, .width = v->width, .height = v->height, .bytes = v->bpp / 8,
			    .pitch = blocks()->controller.version >= 0x300 && v->linear_pitch ? v->linear_pitch : v->pitch,
			    .framebuffer = v->framebuffer };
	return is_framebuffer(m);
}

static uint32_t pixels(const struct mode *m)
{
	return (uint32_t)m->width * m->height;
}

/* The smallest that holds it. *largest: of all. Both are none before. */
static bool find_mode(const struct bmp *bmp, struct mode *best, struct mode *largest)
{
	struct vbe_controller *c = &blocks()->controller;
	struct mode m;
	uint32_t list;

	memset(c, 0, sizeof(*c));
	memcpy(c->signature, "VBE2", sizeof(c->signature));
	if (!vbe_call(VBE_CONTROLLER_INFO, 0, 0, c) || memcmp(c->signature, "VESA", sizeof(c->signature)) != 0)
		return false;
	list = guest_linear_of(c->modes);
	for (uint32_t n = 0; n < MODES_MAX; n++) {
		uint16_t number = get_le16(phys_to_ptr(list + 2 * n));

		if (number == VBE_MODES_END)
			break;
		if (!read_mode(number, &m))
			continue;
		if (pixels(&m) > pixels(largest))
			*largest = m;
		if (m.width >= bmp->width && m.height >= bmp->height && (!best->width || pixels(&m) < pixels(best)))
			*best = m;
	}
	return best->width != 0;
}

/* Lines as the file has them, as many at a time as there is room for. */
static bool draw(const struct fw_cfg_item *item, const struct bmp *bmp, const struct mode *m, struct work *work)
{
	uint32_t first = m->framebuffer + (m->height - bmp->height) / 2 * m->pitch +
			 (m->width - bmp->width) / 2 * m->bytes;
	uint32_t at_once = BMP_LINE_MAX / bmp->line;

	for (uint32_t y = 0; y < bmp->height; y++) {
		uint32_t in = y % at_once, line = bmp->top_down ? y : bmp->height - 1 - y;

		if (!in && fw_cfg_read(item, bmp->pixels + y * bmp->line, work->lines,
				       min_u32(at_once, bmp->height - y) * bmp->line) != 0) {
			log("splash: " PICTURE ": its line %u of %u could not be read; shown up to there", y, bmp->height);
			return false;
		}
		bmp_draw_line(bmp, work->lines + in * bmp->line, work->palette, phys_to_ptr(first + line * m->pitch),
			      m->bytes);
	}
	return true;
}

static bool read_picture(const struct fw_cfg_item *item, struct work *work, struct bmp *bmp)
{
	struct bmp_fault fault;

	if (fw_cfg_read(item, 0, work->head, min_u32(item->size, BMP_HEAD)) != 0) {
		log("splash: " PICTURE ": its header could not be read; no picture");
		return false;
	}
	if (!bmp_read(work->head, item->size, bmp, &fault)) {
		log("splash: " PICTURE ", %u bytes: %s: %s expected, 0x%x found; no picture", item->size, fault.what,
		    fault.accepted, fault.found);
		return false;
	}
	if (bmp->palette &&
	    fw_cfg_read(item, bmp->palette, work->palette, (uint32_t)bmp->colours * bmp->colour_bytes) != 0) {
		log("splash: " PICTURE ": its colours could not be read; no picture");
		return false;
	}
	return true;
}

static bool show(const struct fw_cfg_item *item, struct work *work)
{
	struct mode m = { 0 }, largest = { 0 };
	struct bmp bmp;

	if (!read_picture(item, work, &bmp))
		return false;
	if (!find_mode(&bmp, &m, &largest)) {
		log("splash: " PICTURE ", %ux%u: no mode of the display's holds it, by a linear framebuffer of 24 or 32 bits up "
		    "to %ux%u; no picture", bmp.width, bmp.height, largest.width, largest.height);
		return false;
	}
	if (!vbe_call(VBE_SET_MODE, m.number | VBE_MODE_LINEAR, 0, NULL)) {
		log("splash: " PICTURE ": the display does not take its mode 0x%x; no picture", m.number);
		return false;
	}
	if (draw(item, &bmp, &m, work))
		log("splash: " PICTURE ", %ux%u: shown in mode 0x%x, %ux%u", bmp.width, bmp.height, m.number, m.width,
		    m.height);
	return true;
}

bool splash_show(void)
{
	struct fw_cfg_item item;
	struct alloc_mark mark;
	struct work *work;
	bool shown;

	if (fw_cfg_find(PICTURE, &item) != 0) {
		if (fw_cfg_find("bootsplash.jpg", &item) == 0)
			log("splash: bootsplash.jpg, %u bytes: BMP of 8, 24 or 32 bits without compression expected, JPEG found; "
			    "no picture", item.size);
		return false;
	}
	alloc_mark(&mark);
	work = alloc_raw(ZONE_TEMP, sizeof(*work), 16, "the picture of the boot menu");
	shown = work && show(&item, work);
	alloc_release(ZONE_TEMP, &mark);
	return shown;
}

void splash_hide(void)
{
	console_text();
}
