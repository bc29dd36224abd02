/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fake/graphics.c: see graphics.h.
 */
#include "boot/kernel/graphics.h"
#include "fake/graphics.h"

struct fake_graphics fake_graphics;
uint32_t graphics_asked;

int graphics_ask_mode(uint16_t vid_mode)
{
	fake_graphics.modes++;
	fake_graphics.mode = vid_mode;
	graphics_asked = fake_graphics.answer == 0;
	return fake_graphics.answer;
}

void graphics_ask_size(void)
{
	fake_graphics.sizes++;
}

void graphics_set(void)
{
	fake_graphics.sets++;
}
