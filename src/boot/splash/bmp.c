/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/splash/bmp.c: see bmp.h.
 */
#include "boot/splash/bmp.h"
#include "lib/bits.h"
#include "lib/endian.h"

/* The file's header, then the picture's, which begins with its size. */
#define AT_PIXELS	10u
#define AT_HEADER	14u
#define CORE_HEADER	12u
#define INFO_HEADER	40u
#define HEADER_END(bytes) (AT_HEADER + (bytes))

/* With BITMAPCOREHEADER words, */
#define CORE_WIDTH	18u
#define CORE_HEIGHT	20u
#define CORE_PLANES	22u
/* with all others double words, signed ones. */
#define INFO_WIDTH	18u
#define INFO_HEIGHT	22u
#define INFO_PLANES	26u
#define INFO_COMPRESSION 30u
#define INFO_COLOURS	46u
#define INFO_MASKS	54u		/* behind INFO_HEADER, or the larger headers' own */
#define MASK_BYTES	12u

#define BI_RGB		0u
#define BI_BITFIELDS	3u		/* masks of red, green and blue: the usual ones are as good as none */

#define ACCEPTED_BITS	"8, 24 or 32 without compression"

static bool wrong(struct bmp_fault *fault, const char *what, uint32_t found, const char *accepted)
{
	*fault = (struct bmp_fault){ what, found, accepted };
	return false;
}

static bool is_header(uint32_t bytes)
{
	return bytes == CORE_HEADER || bytes == INFO_HEADER || bytes == 52 || bytes == 56 || bytes == 108 || bytes == 124;
}

static bool are_usual_masks(const uint8_t *mask)
{
	return get_le32(mask) == 0xff0000 && get_le32(mask + 4) == 0xff00 && get_le32(mask + 8) == 0xff;
}

static bool is_plain(const uint8_t *head, uint32_t size, const struct bmp *bmp, uint32_t compression)
{
	if (compression == BI_RGB)
		return true;
	return compression == BI_BITFIELDS && bmp->bits == 32 && size >= INFO_MASKS + MASK_BYTES &&
	       are_usual_masks(head + INFO_MASKS);
}

/* Of an 8-bit picture: all of its colours come before its pixels, which are in the file. */
static bool read_palette(struct bmp *bmp, uint32_t at, uint32_t colours, struct bmp_fault *fault)
{
	if (bmp->bits != 8)
		return true;
	if (!colours)
		colours = BMP_COLOURS;
	if (colours > BMP_COLOURS)
		return wrong(fault, "number of colours", colours, "up to 256");
	if (at > bmp->pixels || colours > (bmp->pixels - at) / bmp->colour_bytes)
		return wrong(fault, "start of pixels", bmp->pixels, "one behind the colours");
	bmp->palette = at;
	bmp->colours = (uint16_t)colours;
	return true;
}

/* height: of BITMAPINFOHEADER, negative from the top down. */
static bool read_size(struct bmp *bmp, uint32_t width, uint32_t height, struct bmp_fault *fault)
{
	bmp->top_down = height >> 31;
	if (bmp->top_down)
		height = -height;
	if (width - 1 >= BMP_SIDE_MAX)
		return wrong(fault, "width", width, "1 to 16384");
	if (height - 1 >= BMP_SIDE_MAX)
		return wrong(fault, "height", height, "1 to 16384");
	bmp->width = width;
	bmp->height = height;
	return true;
}

bool bmp_read(const uint8_t *head, uint32_t size, struct bmp *bmp, struct bmp_fault *fault)
{
	uint32_t bytes, compression = BI_RGB, colours = BMP_COLOURS, planes;
	bool core;

	*bmp = (struct bmp){ 0 };
	if (size < HEADER_END(CORE_HEADER) || head[0] != 'B' || head[1] != 'M')
		return wrong(fault, "start of file", size < 2 ? 0 : get_le16(head), "\"BM\" and a header (0x4d42)");
	bytes = get_le32(head + AT_HEADER);
	core = bytes == CORE_HEADER;
	if (!is_header(bytes) || size < HEADER_END(bytes))
		return wrong(fault, "size of header", bytes, "12, 40, 52, 56, 108 or 124, all in the file");
	planes = get_le16(head + (core ? CORE_PLANES : INFO_PLANES));
	bmp->bits = head[(core ? CORE_PLANES : INFO_PLANES) + 2];
	if (planes != 1)
		return wrong(fault, "number of planes", planes, "1");
	if (head[(core ? CORE_PLANES : INFO_PLANES) + 3] || (bmp->bits != 8 && bmp->bits != 24 && bmp->bits != 32))
		return wrong(fault, "bits of a pixel", get_le16(head + (core ? CORE_PLANES : INFO_PLANES) + 2), ACCEPTED_BITS);
	if (!core) {
		compression = get_le32(head + INFO_COMPRESSION);
		colours = get_le32(head + INFO_COLOURS);
	}
	if (!is_plain(head, size, bmp, compression))
		return wrong(fault, "compression", compression, "0, or 3 with the usual masks");
	if (!read_size(bmp, core ? get_le16(head + CORE_WIDTH) : get_le32(head + INFO_WIDTH),
		       core ? get_le16(head + CORE_HEIGHT) : get_le32(head + INFO_HEIGHT), fault))
		return false;
	bmp->line = (bmp->width * bmp->bits + 31) / 32 * 4;
	bmp->pixels = get_le32(head + AT_PIXELS);
	if (bmp->pixels < HEADER_END(bytes) || bmp->pixels > size || bmp->line * bmp->height > size - bmp->pixels)
		return wrong(fault, "start of pixels", bmp->pixels, "one behind the header, with all lines in the file");
	bmp->colour_bytes = core ? 3 : 4;
	return read_palette(bmp, HEADER_END(bytes), colours, fault);
}

void bmp_draw_line(const struct bmp *bmp, const uint8_t *from, const uint8_t *palette, uint8_t *to, uint32_t bytes)
{
	static const uint8_t black[4];
	uint32_t step = bmp->bits / 8u;

	for (uint32_t n = bmp->width; n; n--, from += step, to += bytes) {
		const uint8_t *colour = from;

		if (bmp->bits == 8)
			colour = *from < bmp->colours ? palette + *from * bmp->colour_bytes : black;
		if (bytes == 4) {
			*(uint32_t *)to = colour[0] | colour[1] << 8 | (uint32_t)colour[2] << 16;
		} else {
			to[0] = colour[0];
			to[1] = colour[1];
			to[2] = colour[2];
		}
	}
}
