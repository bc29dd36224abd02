/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fuzz/bmp_fuzz.c: bitmaps of any content, read and drawn as a splash is.
 * LINK: src/boot/splash/bmp.c
 */
#include <stdlib.h>
#include <string.h>
#include "boot/splash/bmp.h"
#include "lib/bits.h"

/* A copy of that part of the file: not one byte more may be looked at. */
static uint8_t *part(const uint8_t *data, size_t size, uint32_t at, uint32_t len)
{
	uint8_t *copy = malloc(len + 1u);

	if (!copy || at > size || len > size - at)
		abort();
	memcpy(copy, data + at, len);
	return copy;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *head = part(data, size, 0, min_u32((uint32_t)size, BMP_HEAD)), *palette = NULL, *to;
	struct bmp_fault fault = { 0 };
	struct bmp bmp;

	if (!bmp_read(head, (uint32_t)size, &bmp, &fault)) {
		if (!fault.what || !fault.accepted)
			abort();
		free(head);
		return 0;
	}
	if (!bmp.width || !bmp.height || bmp.width > BMP_SIDE_MAX || bmp.height > BMP_SIDE_MAX || bmp.line > BMP_LINE_MAX)
		abort();
	if (bmp.palette)
		palette = part(data, size, bmp.palette, (uint32_t)bmp.colours * bmp.colour_bytes);
	to = malloc(bmp.width * 4);
	if (!to)
		abort();
	for (uint32_t y = 0; y < bmp.height; y++) {
		uint8_t *line = part(data, size, bmp.pixels + y * bmp.line, bmp.line);

		bmp_draw_line(&bmp, line, palette, to, 3 + (y & 1));
		free(line);
	}
	free(to);
	free(palette);
	free(head);
	return 0;
}
