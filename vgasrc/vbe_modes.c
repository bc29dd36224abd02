/* SPDX-License-Identifier: BSD-2-Clause
 * vgasrc/vbe_modes.c: see vbe_modes.h.
 */
#include "vbe_modes.h"
#include "rom.h"

static const ROM uint8_t depths[] = { 4, 8, 15, 16, 24, 32 };
#define DEPTHS	sizeof(depths)
enum { B4 = 0x01, B8 = 0x02, B15 = 0x04, B16 = 0x08, B24 = 0x10, B32 = 0x20 };

/* Numbers that follow each other have one size, and the depths in ascending order. */
static const ROM struct run {
	uint8_t first;			/* from VBE_FIRST */
	uint8_t depths;
	uint16_t width, height;
} runs[] = {
	{ 0x00, B8, 640, 400 },
	{ 0x01, B8, 640, 480 },
	{ 0x02, B4 | B8, 800, 600 },
	{ 0x04, B4 | B8, 1024, 768 },
	{ 0x06, B4 | B8, 1280, 1024 },
	{ 0x0d, B15 | B16 | B24, 320, 200 },
	{ 0x10, B15 | B16 | B24, 640, 480 },
	{ 0x13, B15 | B16 | B24, 800, 600 },
	{ 0x16, B15 | B16 | B24, 1024, 768 },
	{ 0x19, B15 | B16 | B24, 1280, 1024 },
	{ 0x1c, B8 | B15 | B16 | B24, 1600, 1200 },
	{ 0x40, B32, 320, 200 },
	{ 0x41, B32, 640, 400 },
	{ 0x42, B32, 640, 480 },
	{ 0x43, B32, 800, 600 },
	{ 0x44, B32, 1024, 768 },
	{ 0x45, B32, 1280, 1024 },
	{ 0x46, B8, 320, 200 },
	{ 0x47, B32, 1600, 1200 },
	{ 0x48, B8 | B15 | B16 | B24 | B32, 1152, 864 },
	{ 0x75, B16 | B24 | B32, 1280, 768 },
	{ 0x78, B16 | B24 | B32, 1280, 800 },
	{ 0x7b, B16 | B24 | B32, 1280, 960 },
	{ 0x7e, B16 | B24 | B32, 1440, 900 },
	{ 0x81, B16 | B24 | B32, 1400, 1050 },
	{ 0x84, B16 | B24 | B32, 1680, 1050 },
	{ 0x87, B16 | B24 | B32, 1920, 1200 },
	{ 0x8a, B16 | B24 | B32, 2560, 1600 },
	{ 0x8d, B16 | B24 | B32, 1280, 720 },
	{ 0x90, B16 | B24 | B32, 1920, 1080 },
	{ 0x93, B16 | B24 | B32, 1600, 900 },
	{ 0x96, B16 | B24 | B32, 2560, 1440 },
	{ 0x99, B16 | B32, 3840, 2160 },
	{ 0x9b, B16 | B32, 4096, 2160 },
	{ 0x9d, B16 | B32, 5120, 2160 },
};
#define RUNS	(sizeof(runs) / sizeof(*runs))
#define PREFERRED_DEPTHS	(B8 | B16 | B24 | B32)

/* The nth depth of a set; 0: it has less. */
static uint8_t depth_of(uint32_t set, uint32_t n)
{
	for (uint32_t i = 0; i < DEPTHS; i++)
		if ((set >> i & 1) && !n--)
			return depths[i];
	return 0;
}

/* A preferred size that a run has needs no numbers of its own. */
bool vbe_mode_shape(uint16_t number, uint16_t width, uint16_t height, struct shape *shape)
{
	uint32_t at = number - VBE_FIRST;

	NEAR(shape);
	shape->bpp = at >= VBE_PREFERRED - VBE_FIRST && width ? depth_of(PREFERRED_DEPTHS, at & 0x0f) : 0;
	shape->width = width;
	shape->height = height;
	for (const ROM struct run *run = runs; run < runs + RUNS; run++) {
		if (at - run->first < DEPTHS && depth_of(run->depths, at - run->first)) {
			shape->bpp = depth_of(run->depths, at - run->first);
			shape->width = run->width;
			shape->height = run->height;
			return 1;
		}
		if (run->width == width && run->height == height)
			shape->bpp = 0;
	}
	return shape->bpp && at <= VBE_LAST - VBE_FIRST;
}

/* Pixel clock, then the lower eight bits of pixels and blank ones, the upper four of both; the same for lines. */
bool edid_preferred(const uint16_t timing[EDID_TIMING_WORDS], uint16_t *width, uint16_t *height)
{
	*width = (uint16_t)((timing[1] & 0xff) | (timing[2] & 0xf0) << 4);
	*height = (uint16_t)(timing[2] >> 8 | (timing[3] & 0xf000) >> 4);
	return timing[0] && *width && *height;
}
