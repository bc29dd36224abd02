/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fake/graphics.h: instead of a display: what is asked for, and when it is set.
 */
#ifndef FAKE_GRAPHICS_H
#define FAKE_GRAPHICS_H

#include <stdint.h>

struct fake_graphics {
	uint32_t modes, sizes, sets;	/* calls of graphics_ask_mode(), graphics_ask_size(), graphics_set() */
	uint16_t mode;			/* the last */
	int answer;			/* of graphics_ask_mode() */
};
extern struct fake_graphics fake_graphics;

#endif
