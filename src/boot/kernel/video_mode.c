/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/kernel/video_mode.c: see video_mode.h.
 */
#include "boot/kernel/video_mode.h"
#include "lib/bits.h"

static const uint8_t depths[] = { 8, 15, 16, 24, 32 };
enum { B8 = 0x01, B15 = 0x02, B16 = 0x04, B24 = 0x08, B32 = 0x10 };

/* Numbers that follow each other have one size, and the depths in ascending order; modes of planes are left out. */
static const struct {
	uint8_t first;			/* VBE's number, less 100h */
	uint8_t depths;
	uint16_t width, height;
} runs[] = {
	{ 0x00, B8, 640, 400 }, { 0x01, B8, 640, 480 }, { 0x03, B8, 800, 600 }, { 0x05, B8, 1024, 768 }, { 0x07, B8, 1280, 1024 },
	{ 0x0d, B15 | B16 | B24, 320, 200 }, { 0x10, B15 | B16 | B24, 640, 480 }, { 0x13, B15 | B16 | B24, 800, 600 },
	{ 0x16, B15 | B16 | B24, 1024, 768 }, { 0x19, B15 | B16 | B24, 1280, 1024 }, { 0x1c, B8 | B15 | B16 | B24, 1600, 1200 },
	{ 0x40, B32, 320, 200 }, { 0x41, B32, 640, 400 }, { 0x42, B32, 640, 480 }, { 0x43, B32, 800, 600 },
	{ 0x44, B32, 1024, 768 }, { 0x45, B32, 1280, 1024 }, { 0x46, B8, 320, 200 }, { 0x47, B32, 1600, 1200 },
	{ 0x48, B8 | B15 | B16 | B24 | B32, 1152, 864 }, { 0x75, B16 | B24 | B32, 1280, 768 }, { 0x78, B16 | B24 | B32, 1280, 800 },
	{ 0x7b, B16 | B24 | B32, 1280, 960 }, { 0x7e, B16 | B24 | B32, 1440, 900 }, { 0x81, B16 | B24 | B32, 1400, 1050 },
	{ 0x84, B16 | B24 | B32, 1680, 1050 }, { 0x87, B16 | B24 | B32, 1920, 1200 }, { 0x8a, B16 | B24 | B32, 2560, 1600 },
	{ 0x8d, B16 | B24 | B32, 1280, 720 }, { 0x90, B16 | B24 | B32, 1920, 1080 }, { 0x93, B16 | B24 | B32, 1600, 900 },
	{ 0x96, B16 | B24 | B32, 2560, 1440 }, { 0x99, B16 | B32, 3840, 2160 }, { 0x9b, B16 | B32, 4096, 2160 },
	{ 0x9d, B16 | B32, 5120, 2160 },
};

bool video_mode_pixels(uint16_t vid_mode, struct pixels *pixels)
{
	uint32_t number = vid_mode - VIDEO_MODE_VESA - 0x100u;

	for (uint32_t i = 0; i < ARRAY_SIZE(runs); i++) {
		uint32_t n = number - runs[i].first;

		for (uint32_t d = 0; n < ARRAY_SIZE(depths) && d < ARRAY_SIZE(depths); d++) {
			if (!(runs[i].depths >> d & 1) || n--)
				continue;
			*pixels = (struct pixels){ runs[i].width, runs[i].height, depths[d] };
			return true;
		}
	}
	return false;
}

/* In decimal, five digits at most; *text goes on behind them. False: there is none, or it is too long. */
static bool number(const char **text, uint32_t *value)
{
	const char *begin = *text;

	for (*value = 0; **text >= '0' && **text <= '9' && *text < begin + 5; (*text)++)
		*value = *value * 10 + (uint32_t)(**text - '0');
	return *text > begin && *value <= UINT16_MAX;
}

bool video_mode_parse(const char *text, struct pixels *pixels)
{
	*pixels = (struct pixels){ .bits = 32 };
	if (!number(&text, &pixels->width) || *text++ != 'x' || !number(&text, &pixels->height))
		return false;
	if (*text == 'x') {
		text++;
		if (!number(&text, &pixels->bits))
			return false;
	}
	for (uint32_t i = 0; i < ARRAY_SIZE(depths) && !*text; i++)
		if (depths[i] == pixels->bits)
			return true;
	return false;
}
