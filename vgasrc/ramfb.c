/* SPDX-License-Identifier: BSD-2-Clause
 * vgasrc/ramfb.c: see ramfb.h. The display has no register but a file of fw_cfg that says where the picture is; the device
 * keeps what was written there, and shows what it can.
 * Spec: QEMU docs/specs/fw_cfg.rst, hw/display/ramfb.c (struct RAMFBCfg).
 */
#include "ramfb.h"
#include "arch/io.h"
#include "big_real.h"
#include "card.h"
#include "lib/endian.h"
#include "pmm.h"
#include "segment.h"

#define MEMORY		0x400000u
#define SIDE_MIN	64u		/* pixels each way */
#define SIDE_MAX	16000u
#define PIXEL		4u		/* bytes */
#define FORMAT_XRGB	0x34325258u	/* "XR24" */

/* The file. */
struct ramfb {
	be64_t address;
	be32_t format, flags, width, height;
	be32_t pitch;			/* bytes */
} __attribute__((packed));
_Static_assert(sizeof(struct ramfb) == 28, "etc/ramfb is 28 bytes");

#define PORT_DMA_LOW	0x518		/* bits 31..0 of the request's address, big-endian: starts it; the upper half is 0 */
#define DMA_READ	0x02u
#define DMA_SELECT	0x08u		/* bits 31..16: what is read or written */
#define DMA_WRITE	0x10u
#define DIRECTORY	0x19u
#define FILES_MAX	4096u		/* more than any machine has */

struct request {
	be32_t control, length;
	be64_t address;
};

struct file {
	be32_t size;
	be16_t key;
	uint16_t reserved;
	char name[56];
};

static uint32_t physical(const volatile void *on_stack)
{
	uint16_t stack;

	__asm__("movw %%ss, %0" : "=r"(stack));
	return ((uint32_t)stack << 4) + (uint32_t)(uintptr_t)on_stack;
}

/* Between big_real_begin() and its end, by which addresses are physical. The device is done at once, or is none. */
static int transfer(uint32_t control, void *buffer, uint32_t bytes)
{
	volatile struct request r;

	r.control.raw = cpu_to_be32(control).raw;
	r.length.raw = cpu_to_be32(bytes).raw;
	r.address.raw = cpu_to_be64(physical(buffer)).raw;
	outl(cpu_to_be32(physical(&r)).raw, PORT_DMA_LOW);
	return r.control.raw == 0;
}

static int is_ramfb(const struct file *f)
{
	static const ROM char name[] = "etc/ramfb";

	for (uint32_t i = 0; i < sizeof(name); i++)
		if (f->name[i] != name[i])
			return 0;
	return be32_to_cpu(f->size) == sizeof(struct ramfb);
}

/* 0: there is none. */
static uint16_t find_key(void)
{
	struct file f;
	be32_t count;

	if (!transfer(DIRECTORY << 16 | DMA_SELECT | DMA_READ, &count, sizeof(count)))
		return 0;
	for (uint32_t n = be32_to_cpu(count) < FILES_MAX ? be32_to_cpu(count) : FILES_MAX; n; n--)
		if (transfer(DMA_READ, &f, sizeof(f)) && is_ramfb(&f))
			return be16_to_cpu(f.key);
	return 0;
}

void ramfb_prepare(void)
{
	uint32_t flags;

	if (rom_info.framebuffer)
		return;
	flags = big_real_begin();
	if (!flags)
		return;
	rom_info.file = find_key();
	big_real_end(flags);
	if (rom_info.file)
		rom_info.framebuffer = pmm_allocate_high(MEMORY);
}

static uint32_t memory_64k(void)
{
	return rom_info.framebuffer ? MEMORY >> 16 : 0;
}

static uint32_t framebuffer(void)
{
	return rom_info.framebuffer;
}

static int fits(const struct shape *s)
{
	return s->bpp == 32 && s->width >= SIDE_MIN && s->width <= SIDE_MAX && s->height >= SIDE_MIN && s->height <= SIDE_MAX;
}

static int config(uint32_t direction, struct ramfb *c)
{
	return transfer((uint32_t)rom_info.file << 16 | DMA_SELECT | direction, c, sizeof(*c));
}

static int set(const struct shape *s, int clear)
{
	struct ramfb c = { cpu_to_be64(rom_info.framebuffer), cpu_to_be32(FORMAT_XRGB), cpu_to_be32(0), cpu_to_be32(s->width),
			   cpu_to_be32(s->height), cpu_to_be32(s->width * PIXEL) };
	uint32_t flags = rom_info.framebuffer ? big_real_begin() : 0;
	int done;

	if (!flags)
		return 0;
	if (clear)
		big_fill32(rom_info.framebuffer, 0, (uint32_t)s->width * s->height);
	done = config(DMA_WRITE, &c);
	big_real_end(flags);
	return done;
}

static int config_now(uint32_t direction, struct ramfb *c)
{
	uint32_t flags = rom_info.framebuffer ? big_real_begin() : 0;
	int done;

	if (!flags)
		return 0;
	done = config(direction, c);
	big_real_end(flags);
	return done;
}

static uint32_t start_of(const struct ramfb *c)
{
	return (uint32_t)be64_to_cpu(c->address) - rom_info.framebuffer;
}

static uint32_t get(enum card_register reg)
{
	struct ramfb c;

	if ((reg != CARD_PITCH && reg != CARD_START) || !config_now(DMA_READ, &c))
		return reg == CARD_DAC_BITS ? 6 : 0;
	return reg == CARD_PITCH ? be32_to_cpu(c.pitch) : start_of(&c);
}

static int put(enum card_register reg, uint32_t value)
{
	uint32_t start, pitch, frame;
	struct ramfb c;

	if ((reg != CARD_PITCH && reg != CARD_START) || value > MEMORY || !config_now(DMA_READ, &c))
		return 0;
	start = reg == CARD_START ? value : start_of(&c);
	pitch = be32_to_cpu(c.pitch);
	if (reg == CARD_PITCH)
		pitch = value < be32_to_cpu(c.width) * PIXEL ? be32_to_cpu(c.width) * PIXEL : (value + PIXEL - 1) & ~(PIXEL - 1);
	frame = pitch * be32_to_cpu(c.height);
	if (frame > MEMORY || start > MEMORY - frame)
		return 0;
	c.address = cpu_to_be64(rom_info.framebuffer + start);
	c.pitch = cpu_to_be32(pitch);
	return config_now(DMA_WRITE, &c);
}

const ROM struct card card_ramfb = {
	.flags = 0,
	.memory_64k = memory_64k,
	.framebuffer = framebuffer,
	.fits = fits,
	.set = set,
	.leave = card_no_leave,
	.get = get,
	.put = put,
	.edid = card_none,
	.window_open = card_no_window,
	.window_close = card_no_leave,
};
