/* SPDX-License-Identifier: BSD-2-Clause
 * tests/guests/programs/scenes.c: shows scenes on the display that a test has written (tests/qemu/vga_scenes.py): modes, calls
 * of INT 10h and writes to screen memory, one after another. It waits for a key at each picture, and says "shown", or why there
 * is none: what a scene does once its mode was refused is passed over.
 */
#include "programs/flat.h"
#include "programs/program.h"

#define PLANE_MASK	0x3c4		/* sequencer 2 */
#define WINDOW		0xa0000u
#define WINDOW_BYTES	0x10000u

enum { END, SCENE, MODE, VBE_MODE, CALL, ROWS, CHARACTERS, DOTS, PATTERN, PLANE, SHOW };

/* One step; its data follow. */
struct step {
	uint16_t what, a, b, c, d, bytes;
};

/* Of VBE's block of a mode; what the test leaves out is not looked at. */
struct mode_info {
	uint16_t attributes;
	uint8_t window_a, window_b;
	uint16_t granularity, window_size, segments[2];		/* KiB */
	uint32_t function;
	uint16_t pitch, width, height;
	uint8_t cell_width, cell_height, planes, bpp, banks, model, bank_size, pages, colours[10];
	uint32_t frame_buffer;
	uint8_t rest[212];
} __attribute__((packed));
_Static_assert(sizeof(struct mode_info) == 256, "a mode's block is 256 bytes");

extern volatile uint8_t script[];
volatile uint8_t script[20480] __attribute__((section(".data"))) = { 0 };	/* steps, each followed by its data */

static struct mode_info info;
static union {
	uint8_t bytes[512];
	struct { uint8_t signature[4]; uint16_t version; uint32_t oem, capabilities; uint16_t list, list_segment; } __attribute__((packed));
} vbe;
static bool linear, refused;

static uint16_t int10(uint16_t ax, uint16_t bx, uint16_t cx, uint16_t dx)
{
	struct registers r = { .ax = ax, .bx = bx, .cx = cx, .dx = dx };

	call_int(0x10, &r);
	return r.ax;
}

static uint16_t into(uint16_t ax, uint16_t cx, void *block)
{
	struct registers r = { .ax = ax, .cx = cx, .di = (uint16_t)(uint32_t)block };

	call_int(0x10, &r);
	return r.ax;
}

static void refuse(const char *why, uint16_t number, uint16_t answer)
{
	print(why);
	print_hex(number, 4);
	print(" ");
	print_hex(answer, 4);
	print("\n");
	refused = true;
}

/* ES:BP is the data, and ES:DX too where dx says so (FFFFh): all of them are in segment 0. */
static void call(const volatile struct step *s)
{
	uint32_t data = (uint32_t)(s + 1);
	struct registers r = { .ax = s->a, .bx = s->b, .cx = s->c, .dx = s->d == 0xffff ? (uint16_t)data : s->d };
	uint32_t answer;

	/* BP is not among struct registers. */
	__asm__ volatile("pushl %%ebp; movl %2, %%ebp; movl 4(%1), %%ebx; movl 8(%1), %%ecx; movl 12(%1), %%edx;"
			 "movl (%1), %%eax; int $0x10; popl %%ebp"
			 : "=a"(answer) : "S"(&r), "D"(data) : "ebx", "ecx", "edx", "memory", "cc");
	if (s->a >> 8 == 0x4f && (uint16_t)answer != 0x004f)
		refuse("refused: ", s->a, (uint16_t)answer);
}

static void set_mode(uint16_t number)
{
	uint16_t now;

	int10(number, 0, 0, 0);
	now = int10(0x0f00, 0, 0, 0);
	if ((now & 0x7f) != number)
		refuse("refused: mode ", number, now);
}

/* The first of the list that has this shape, by the window or linear. */
static void set_vbe_mode(uint16_t width, uint16_t height, uint16_t bpp)
{
	uint16_t answer, number;

	vbe.bytes[0] = 'V';
	vbe.bytes[1] = 'B';
	vbe.bytes[2] = 'E';
	vbe.bytes[3] = '2';
	answer = into(0x4f00, 0, &vbe);
	if (answer != 0x004f) {
		refuse("refused: vbe ", 0, answer);
		return;
	}
	for (uint32_t at = (uint32_t)vbe.list_segment * 16 + vbe.list; (number = peek(at) & 0xffff) != 0xffff; at += 2) {
		answer = into(0x4f01, number, &info);
		if (answer != 0x004f || info.width != width || info.height != height || info.bpp != bpp || number < 0x100 ||
		    !(info.attributes & (linear ? 0x80 : 0x01)) || (!linear && (info.attributes & 0x40)))
			continue;
		answer = int10(0x4f02, number | (linear ? 0x4000 : 0), 0, 0);
		if (answer != 0x004f)
			refuse("refused: set ", number, answer);
		return;
	}
	refuse("refused: not listed ", bpp, 0);
}

/* Memory of the mode, from its beginning. */
static void store(uint32_t offset, uint32_t value)
{
	static uint32_t bank;

	if (linear) {
		poke(info.frame_buffer + offset, value);
		return;
	}
	if (!offset || offset / WINDOW_BYTES != bank) {
		bank = offset / WINDOW_BYTES;
		if (info.granularity)
			int10(0x4f05, 0, 0, (uint16_t)(bank * 64 / info.granularity));
	}
	poke(WINDOW + offset % WINDOW_BYTES, value);
}

/* A pixel: red, green and blue are what its place gives. */
static uint32_t pixel(uint32_t x, uint32_t y, uint32_t bpp)
{
	uint32_t red = x & 255, green = y & 255, blue = (x + y) / 2 & 255;

	switch (bpp) {
	case 8:		return (x ^ y) & 255;
	case 15:	return red >> 3 << 10 | green >> 3 << 5 | blue >> 3;
	case 16:	return red >> 3 << 11 | green >> 2 << 5 | blue >> 3;
	default:	return red << 16 | green << 8 | blue;
	}
}

static void pattern(uint32_t width, uint32_t height, uint32_t bpp, uint32_t pitch)
{
	uint32_t bytes = bpp == 15 ? 2 : bpp / 8;

	for (uint32_t y = 0; y < height; y++) {
		uint64_t pending = 0;
		uint32_t bits = 0, offset = y * pitch;

		for (uint32_t x = 0; x < width; x++) {
			pending |= (uint64_t)pixel(x, y, bpp) << bits;
			bits += 8 * bytes;
			while (bits >= 32) {
				store(offset, (uint32_t)pending);
				offset += 4;
				pending >>= 32;
				bits -= 32;
			}
		}
	}
}

/* All of them, and all attributes. */
static void characters(void)
{
	for (uint16_t n = 0; n < 256; n++) {
		uint16_t row = (uint16_t)(n >> 4 << 8);

		int10(0x0200, 0, 0, row | (n & 15));
		int10(0x0900 | n, 0x07, 1, 0);
		int10(0x0200, 0, 0, (uint16_t)(row | (18 + (n & 15) * 2)));
		int10((uint16_t)(0x0941 + n % 26), n, 2, 0);
	}
}

/* Dots on a line: by AH=0Ch, from (c, d), with steps and count as the data have them; the colour goes up by one each time. */
static void dots(const volatile struct step *s)
{
	const volatile int16_t *more = (const volatile int16_t *)(s + 1);	/* step of x, of y, count, of colour */
	uint16_t x = s->c, y = s->d, colour = s->a;

	for (int16_t i = 0; i < more[2]; i++) {
		int10(0x0c00 | (colour & 0xff), s->b, x, y);
		x = (uint16_t)(x + more[0]);
		y = (uint16_t)(y + more[1]);
		colour = (uint16_t)(colour + more[3]);
	}
}

/* Bytes of one plane, a of mask b, from A0000 on. */
static void plane(uint16_t count, uint8_t mask)
{
	outb(2, PLANE_MASK);
	outb(mask, PLANE_MASK + 1);
	for (uint32_t i = 0; i < count; i++)
		__asm__ volatile("movb %0, %%fs:(%1)" : : "q"((uint8_t)(i * 3 + (i >> 8) + mask)), "r"(WINDOW + i) : "memory");
	outb(2, PLANE_MASK);
	outb(0x0f, PLANE_MASK + 1);
}

static void show(void)
{
	if (!refused)
		print("shown\n");
	print("next\n");
	if (!refused)
		call_int(0x16, &(struct registers){ .ax = 0 });
}

static void __attribute__((used)) run(void)
{
	flat_fs();
	for (const volatile struct step *s = (const volatile struct step *)script; s->what != END;
	     s = (const volatile struct step *)((const volatile uint8_t *)(s + 1) + s->bytes)) {
		if (s->what == SCENE) {
			refused = false;
		} else if (s->what == SHOW) {
			show();
		} else if (refused) {
			continue;
		} else if (s->what == MODE) {
			linear = false;
			info.granularity = 0;
			set_mode(s->a);
		} else if (s->what == VBE_MODE) {
			linear = s->d;
			set_vbe_mode(s->a, s->b, s->c);
		} else if (s->what == CALL) {
			call(s);
		} else if (s->what == ROWS) {
			if (*mem8(0x484) + 1 != s->a)
				refuse("refused: rows ", s->a, *mem8(0x484));
		} else if (s->what == CHARACTERS) {
			characters();
		} else if (s->what == DOTS) {
			dots(s);
		} else if (s->what == PLANE) {
			plane(s->a, (uint8_t)s->b);
		} else if (s->what == PATTERN) {
			pattern(s->a, s->b, s->c, s->d ? s->d : info.pitch);
		}
	}
}

/* On a stack in a page without code, where TCG stores quickly. */
void main(void)
{
	__asm__ volatile("movl $0x7000, %esp; calll run");
}
