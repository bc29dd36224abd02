/* SPDX-License-Identifier: BSD-2-Clause
 * vgasrc/vbe_info.c: INT 10h AX=4F00h, 4F01h: what the display is and what its modes look like; see vbe.h.
 */
#include "vbe.h"
#include <stddef.h>
#include "modes.h"
#include "regs.h"
#include "vbe_modes.h"

extern const ROM char vendor[], product[], revision[];		/* header.S */
extern char window_entry[];					/* entry.S */

#define VBE_VERSION	0x0300
#define CAPABILITY_DAC	0x01	/* its width can be changed */

struct controller_info {
	char signature[4];
	uint16_t version;
	struct far oem;
	uint32_t capabilities;
	struct far modes;
	uint16_t memory_64k;
	uint16_t oem_revision;
	struct far vendor, product, revision;
} __attribute__((packed));
_Static_assert(sizeof(struct controller_info) == 34, "VBE 3.0, 4.3");

/* Of the caller's block that every version has, the list of modes follows what is above. */
#define CONTROLLER_BYTES	256u
#define LIST_MOST		((CONTROLLER_BYTES - sizeof(struct controller_info)) / 2)
#define LIST_END		0xffff

#define SUPPORTED	0x03	/* and described in full */
#define TELETYPE	0x04
#define COLOUR		0x08
#define GRAPHICS	0x10
#define NOT_VGA		0x20
#define NO_WINDOW	0x40
#define LINEAR		0x80

struct part { uint8_t bits, position; };

struct mode_info {
	uint16_t attributes;
	uint8_t window[2];		/* it is there, is read, is written */
	uint16_t granularity_kib, window_kib;
	uint16_t segment[2];
	struct far window_function;
	uint16_t pitch;
	uint16_t width, height;
	uint8_t character_width, character_height;
	uint8_t planes, bpp;
	uint8_t banks, model, bank_kib;	/* of the CGA's lines */
	uint8_t pages_less_1;
	uint8_t reserved;
	struct part parts[4];
	uint8_t part_flags;
	uint32_t framebuffer;
	uint32_t offscreen;
	uint16_t offscreen_kib;
	uint16_t linear_pitch;
	uint8_t banked_pages_less_1, linear_pages_less_1;
	struct part linear_parts[4];
	uint32_t pixel_clock;
} __attribute__((packed));
_Static_assert(sizeof(struct mode_info) == 66 && offsetof(struct mode_info, framebuffer) == 40, "VBE 3.0, 4.4");
#define MODE_INFO_BYTES	256u

#define WINDOW_ALL	0x07
#define WINDOW_KIB	64
#define REST_IS_FREE	0x02	/* part_flags */

/* By enum memory_model. */
static const ROM uint8_t models[] = { 0, 1, 3, 4, 6 };

static const ROM struct part parts_15[] = { { 5, 10 }, { 5, 5 }, { 5, 0 }, { 1, 15 } };
static const ROM struct part parts_16[] = { { 5, 11 }, { 6, 5 }, { 5, 0 }, { 0, 0 } };
static const ROM struct part parts_32[] = { { 8, 16 }, { 8, 8 }, { 8, 0 }, { 8, 24 } };

static void answer(const struct regs *r, const void *block, uint16_t bytes)
{
	far_copy(far_at(r->es, r->di), far_of(block), bytes);
}

static struct far text(const ROM char *string)
{
	return far_at(rom_segment(), rom_offset(string));
}

enum vbe_answer vbe_controller_info(struct regs *r)
{
	struct controller_info info = {
		.signature = { 'V', 'E', 'S', 'A' }, .version = VBE_VERSION, .oem = text(product),
		.capabilities = card_now()->flags & CARD_DAC ? CAPABILITY_DAC : 0,
		.modes = { (uint16_t)(r->di + sizeof(info)), r->es },
		.vendor = text(vendor), .product = text(product), .revision = text(revision),
	};
	uint32_t memory = card_memory_64k();
	uint16_t at = info.modes.offset, count = 0;
	struct shape shape;

	if (!memory)
		return VBE_UNKNOWN;
	info.memory_64k = (uint16_t)memory;
	answer(r, &info, sizeof(info));
	/* The VGA's come last. */
	for (uint32_t n = VBE_FIRST; n < VBE_LAST + 0x80 && count < LIST_MOST - 1; n++) {
		uint16_t number = (uint16_t)(n <= VBE_LAST ? n : n - VBE_LAST - 1);

		if (number < VBE_FIRST && number != VBE_VGA_800X600 ? mode_find((uint8_t)number) != NULL
								    : vbe_mode_find(number, memory, &shape)) {
			vbe_put_word(r->es, at, number);
			at += 2;
			count++;
		}
	}
	vbe_put_word(r->es, at, LIST_END);
	return VBE_DONE;
}

static uint8_t pages_less_1(uint32_t memory_64k, uint32_t bytes)
{
	uint32_t pages = memory_64k / ((bytes + 0xffff) >> 16);

	return (uint8_t)(pages > 256 ? 255 : pages - 1);
}

/* memory: enough for one. */
static void beyond_vga(struct mode_info *info, const struct shape *shape, uint32_t memory_64k)
{
	const ROM struct part *parts = shape->bpp == 15 ? parts_15 : shape->bpp == 16 ? parts_16 : parts_32;

	info->attributes = SUPPORTED | TELETYPE | COLOUR | GRAPHICS | NOT_VGA;
	info->pitch = (uint16_t)shape_pitch(shape);
	info->width = shape->width;
	info->height = shape->height;
	info->character_width = 8;
	info->character_height = 16;
	info->bpp = shape->bpp;
	info->model = models[shape->bpp == 4 ? MEMORY_PLANAR : shape->bpp == 8 ? MEMORY_PACKED : MEMORY_DIRECT];
	info->pages_less_1 = pages_less_1(shape->bpp == 4 ? memory_64k / 4 : memory_64k, shape_pitch(shape) * shape->height);
	for (uint32_t i = 0; shape->bpp > 8 && i < (shape->bpp == 24 ? 3 : 4); i++) {
		info->parts[i].bits = info->linear_parts[i].bits = parts[i].bits;
		info->parts[i].position = info->linear_parts[i].position = parts[i].position;
	}
	if (shape->bpp == 32)
		info->part_flags = REST_IS_FREE;
}

static void of_vga(struct mode_info *info, const ROM struct mode *m)
{
	const ROM struct video_parameters *p = &video_parameters[m->row];
	uint32_t is_text = m->memory == MEMORY_TEXT;

	info->attributes = (uint16_t)(SUPPORTED | TELETYPE | (m->palette == PALETTE_MONO ? 0 : COLOUR) | (is_text ? 0 : GRAPHICS));
	info->segment[0] = m->segment;
	info->width = is_text ? p->columns : m->width;
	info->height = is_text ? p->rows_less_1 + 1u : m->height;
	info->character_width = (uint8_t)(m->width / p->columns);
	info->character_height = p->character_height;
	info->bpp = is_text ? 4 : m->bpp;
	info->pitch = (uint16_t)(is_text ? p->columns * 2 : m->memory == MEMORY_PLANAR ? m->width / 8 : m->width / 8 * m->bpp);
	info->model = models[m->memory];
	info->pages_less_1 = (uint8_t)(m->pages - 1);
	if (m->memory == MEMORY_CGA) {
		info->banks = 2;
		info->bank_kib = 8;
	}
}

enum vbe_answer vbe_mode_info(struct regs *r)
{
	uint32_t memory = card_memory_64k();
	uint16_t number = r->cx & VBE_NUMBER;
	const ROM struct mode *m = number < 0x80 ? mode_find((uint8_t)number) : NULL;
	struct mode_info info = {
		.window = { WINDOW_ALL }, .granularity_kib = WINDOW_KIB, .window_kib = WINDOW_KIB, .segment = { 0xa000 },
		.window_function = { rom_offset(window_entry), rom_segment() }, .planes = 1, .banks = 1, .reserved = 1,
	};
	struct shape shape;

	if (!memory)
		return VBE_UNKNOWN;
	if (vbe_mode_find(number, memory, &shape))
		beyond_vga(&info, &shape, memory);
	else if (m)
		of_vga(&info, m);
	else
		return VBE_FAILED;
	if (!(card_now()->flags & CARD_VGA)) {
		info.attributes |= NO_WINDOW;
		info.window[0] = 0;
	}
	if (info.model == models[MEMORY_PLANAR])
		info.planes = 4;
	else if (info.model >= models[MEMORY_PACKED])
		info.framebuffer = card_framebuffer();
	if (info.framebuffer) {
		info.attributes |= LINEAR;
		info.linear_pitch = info.pitch;
		info.linear_pages_less_1 = info.pages_less_1;
	}
	for (uint16_t n = 0; n < MODE_INFO_BYTES; n++)
		far_write8(r->es, (uint16_t)(r->di + n), 0);
	answer(r, &info, sizeof(info));
	return VBE_DONE;
}
