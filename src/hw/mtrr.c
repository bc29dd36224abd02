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

/* PCI and MMCONFIG windows never start below. */
#define HOLE_LOWEST	0x80000000u
/* What the hole's start is rounded up to, so that three ranges always cover it. */
#define HOLE_GRANULE	0x10000000u

/* The fixed ranges: one byte of type for each eighth; all eight the same here. */
#define EIGHTHS(type) ((type) * 0x01010101u)
#define FIXED(msr, type) { msr, EIGHTHS(type), EIGHTHS(type) }
static const struct msr_value fixed[] = {
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
};

static struct msr_value *set(struct msr_value *at, uint32_t msr, uint32_t low, uint32_t high)
{
	at->msr = msr;
	at->low = low;
	at->high = high;
	return at + 1;
}

/*
 * Cover [start, 4 GiB) with uncached ranges, each a power of two and aligned to it, the largest
 * first and at the top: were there too few registers, what is left out is next to RAM.
 */
static struct msr_value *cover_hole(struct msr_value *at, uint32_t start, uint32_t registers,
				    uint32_t address_bits)
{
	uint32_t mask_high = address_bits > 32 ? (1u << (address_bits - 32)) - 1 : 0;
	uint32_t size = HOLE_LOWEST;
	uint32_t end = 0;	/* 4 GiB */

	for (uint32_t n = 0; end != start; n++) {
		while (end - size < start)
			size >>= 1;
		if (n == registers) {
			log("mtrr: %u variable ranges: %08x-%08x stays cached", registers, start,
			    end - 1);
			break;
		}
		end -= size;
		at = set(at, MTRR_PHYSBASE(n), end | UNCACHED, 0);
		at = set(at, MTRR_PHYSMASK(n), -size | MASK_VALID, mask_high);
	}
	return at;
}

uint32_t mtrr_list(struct msr_value *list, uint32_t capabilities, uint32_t low_ram_end,
		   uint32_t address_bits)
{
	struct msr_value *at = list;
	uint32_t def_type = DEF_TYPE_ENABLE | WRITE_BACK;
	uint32_t start = align_up(min_u32(low_ram_end, -HOLE_GRANULE), HOLE_GRANULE);

	if (capabilities & CAP_FIXED) {
		def_type |= DEF_TYPE_FIXED;
		memcpy(at, fixed, sizeof(fixed));
		at += ARRAY_SIZE(fixed);
	}
	at = cover_hole(at, max_u32(start, HOLE_LOWEST), capabilities & CAP_VARIABLE_COUNT,
			address_bits);
	return (uint32_t)(set(at, MTRR_DEF_TYPE, def_type, 0) - list);
}
