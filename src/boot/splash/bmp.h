/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/splash/bmp.h: Windows bitmaps: what a file's header says, and a line of pixels. Pure functions: nothing of
 * the file is believed before it was compared with its size.
 * Spec: Microsoft, BITMAPFILEHEADER, BITMAPCOREHEADER, BITMAPINFOHEADER, BITMAPV4HEADER, BITMAPV5HEADER.
 */
#ifndef BOOT_SPLASH_BMP_H
#define BOOT_SPLASH_BMP_H

#include <stdbool.h>
#include <stdint.h>

#define BMP_HEAD	66u		/* bytes of a file that bmp_read() looks at */
#define BMP_SIDE_MAX	16384u		/* pixels: a line has 64 KiB at most, and a file 1 GiB */
#define BMP_LINE_MAX	(BMP_SIDE_MAX * 4)
#define BMP_COLOURS	256u

struct bmp {
	uint32_t width, height;		/* pixels, each 1 to BMP_SIDE_MAX */
	uint32_t line;			/* bytes from a line to the next in the file */
	uint32_t pixels;		/* where in the file they begin; all lines are in it */
	uint32_t palette;		/* where its colours begin, which are in the file; 0 with 24 and 32 bits */
	uint16_t colours;		/* how many, 1 to BMP_COLOURS */
	uint8_t colour_bytes;		/* 3 or 4: blue, green, red */
	uint8_t bits;			/* of a pixel: 8, 24 or 32 */
	bool top_down;			/* the first line in the file is the upper one; else the lowest */
};

/* Why a file is none that can be shown: what was found, and what would have been right. String constants. */
struct bmp_fault {
	const char *what;
	uint32_t found;
	const char *accepted;
};

/*
 * head: the first bytes of a file of size bytes, min(size, BMP_HEAD) of them. Returns true and fills *bmp, or false and
 * *fault.
 */
bool bmp_read(const uint8_t *head, uint32_t size, struct bmp *bmp, struct bmp_fault *fault);

/*
 * A line of bmp->width pixels: from, as the file has it (bmp->line bytes), to pixels of 3 or 4 bytes, blue first.
 * palette: with 8 bits its colours as the file has them; a pixel beyond them is black.
 */
void bmp_draw_line(const struct bmp *bmp, const uint8_t *from, const uint8_t *palette, uint8_t *to, uint32_t bytes);

#endif
