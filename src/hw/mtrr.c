/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/mtrr.c: see mtrr.h.
 */
#include "lib/bits.h"
#include "trace/log.h"
#include "lib/string.h"
#include "hw/mtrr.h"

#define CAP_VARIABLE_COUNT 0xff		/* bits 7..0 */
#define CAP_FIXED	(1u << 8)

#define MTRR_PHYSBASE(n) (0x200 + 2 * (n))
#define MTRR_PHYSMASK(n) (0x201 + 2 * (n))
#define MTRR_DEF_TYPE	0x2ff

#define UNCACHED	0
#define WRITE_PROTECTED	5
#define WRITE_BACK	6
#define MASK_VALID	(1u << 11)
#define DEF_TYPE_FIXED	(1u << 10)
#define DEF_TYPE_ENABLE	(1u << 11)

/*
 * Where the hole begins: PCI and MMCONFIG windows never start below the first; up to the second RAM may
 * end anywhere, and they start at one of its multiples of 256 MiB or above (hw/pci/space.c), which
 * three ranges cover; beyond that they start at the next 16 MiB, and what is fixed at the third.
 */
#define HOLE_LOWEST	0x80000000u
#define HOLE_COARSE	0xe0000000u
#define HOLE_HIGHEST	0xfe000000u
#define COARSE		0x10000000u
#define FINE		0x01000000u

/* One byte of type for each eighth of a fixed range; all eight the same here. */
#define EIGHTHS(type) ((type) * 0x01010101u)
#define FIXED(msr, type) { msr, EIGHTHS(type), EIGHTHS(type) }
#define VARIABLES 2		/* entries before the fixed ranges */

/* All there is to say where RAM ends below 2 GiB, but for the width of the mask. */
static const struct msr_value usual[] = {
	{ MTRR_PHYSBASE(0), HOLE_LOWEST | UNCACHED, 0 },
	{ MTRR_PHYSMASK(0), -HOLE_LOWEST | MASK_VALID, 0 },
	FIXED(0x250, WRITE_BACK),	/* 00000-7ffff */
	FIXED(0x258, WRITE_BACK),	/* 80000-9ffff */
	FIXED(0x259, UNCACHED),		/* a0000-bffff */
	FIXED(0x268, WRITE_PROTECTED),	/* c0000-fffff */
	FIXED(0x269, WRITE_PROTECTED),
	FIXED(0x26a, WRITE_PROTECTED),
	FIXED(0x26b, WRITE_PROTECTED),
	FIXED(0x26c, WRITE_PROTECTED),
	FIXED(0x26d, WRITE_PROTECTED),
	FIXED(0x26e, WRITE_PROTECTED),
	FIXED(0x26f, WRITE_PROTECTED),
	{ MTRR_DEF_TYPE, DEF_TYPE_ENABLE | DEF_TYPE_FIXED | WRITE_BACK, 0 },	/* switches all on */
};

static uint32_t hole_start(uint32_t low_ram_end)
{
	if (low_ram_end <= HOLE_LOWEST)
		return HOLE_LOWEST;
	return align_up(min_u32(low_ram_end, HOLE_HIGHEST), low_ram_end > HOLE_COARSE ? FINE : COARSE);
}

/*
 * Cover [start, 4 GiB) with uncached ranges, each a power of two and aligned to it, the largest first
 * and at the top: were there too few registers, what is left out is next to RAM.
 */
static struct msr_value *cover_hole(struct msr_value *at, uint32_t start, uint32_t registers, uint32_t mask_high)
{
	uint32_t size = HOLE_LOWEST, end = 0;	/* 4 GiB */

	for (uint32_t n = 0; end != start; n++, at += 2) {
		while (end - size < start)
			size >>= 1;
		if (n == registers) {
			log("mtrr: %u variable ranges: %08x-%08x stays cached", registers, start,
			    end - 1);
			break;
		}
		end -= size;
		at[0] = (struct msr_value){ MTRR_PHYSBASE(n), end | UNCACHED, 0 };
		at[1] = (struct msr_value){ MTRR_PHYSMASK(n), -size | MASK_VALID, mask_high };
	}
	return at;
}

uint32_t mtrr_list(struct msr_value *list, uint32_t capabilities, uint32_t low_ram_end,
		   uint32_t address_bits)
{
	uint32_t mask_high = (1u << (address_bits - 32)) - 1, fixed = ARRAY_SIZE(usual) - VARIABLES;
	struct msr_value *at;

	/* with fixed ranges and at least one variable one */
	if ((low_ram_end <= HOLE_LOWEST) & ((capabilities & (CAP_FIXED | CAP_VARIABLE_COUNT)) > CAP_FIXED)) {
		memcpy(list, usual, sizeof(usual));
		list[1].high = mask_high;
		return ARRAY_SIZE(usual);
	}
	at = cover_hole(list, hole_start(low_ram_end), capabilities & CAP_VARIABLE_COUNT, mask_high);
	if (capabilities & CAP_FIXED) {
		memcpy(at, usual + VARIABLES, fixed * sizeof(usual[0]));
		return (uint32_t)(at - list) + fixed;
	}
	*at = (struct msr_value){ MTRR_DEF_TYPE, DEF_TYPE_ENABLE | WRITE_BACK, 0 };
	return (uint32_t)(at - list) + 1;
}
