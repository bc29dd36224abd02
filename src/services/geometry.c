/* SPDX-License-Identifier: BSD-2-Clause
 * src/services/geometry.c: see geometry.h.
 */
#include "services/geometry.h"
#include "arch/div.h"
#include "lib/bits.h"

#define PHYSICAL_HEADS		16
#define LARGE_TRACKS		(1024 * 128)	/* what shifting cylinders into heads covers */
#define PHYSICAL_CYLINDERS	16383	/* ATA: larger disks say so, whatever their size */

static uint16_t at_least_1(uint32_t n, uint32_t most)
{
	return (uint16_t)max_u32(1, min_u32(n, most));
}

struct geometry geometry_physical(uint64_t total)
{
	uint64_t cylinders = div64_32(total, PHYSICAL_HEADS * GEOMETRY_SECTORS);

	return (struct geometry){ (uint32_t)max_u64(1, min_u64(cylinders, PHYSICAL_CYLINDERS)), PHYSICAL_HEADS,
				  GEOMETRY_SECTORS };
}

bool geometry_fits(const struct geometry *g)
{
	return g->cylinders - 1 < GEOMETRY_CYLINDERS && g->heads - 1u < GEOMETRY_HEADS &&
	       g->sectors - 1u < GEOMETRY_SECTORS;
}

enum translation geometry_translation(const struct geometry *physical)
{
	if (geometry_fits(physical) && physical->heads <= PHYSICAL_HEADS)
		return TRANSLATE_NONE;
	return physical->cylinders * physical->heads <= LARGE_TRACKS ? TRANSLATE_LARGE : TRANSLATE_LBA;
}

/* By size alone: heads in powers of two, 255 in the end. Rounded down, as programs find it elsewhere. */
static struct geometry by_size(uint64_t total)
{
	uint32_t tracks = (uint32_t)min_u64(div64_32(total, GEOMETRY_SECTORS), 0xffffffff);
	uint32_t need = tracks / GEOMETRY_CYLINDERS, heads = PHYSICAL_HEADS;

	while (heads < need && heads < GEOMETRY_HEADS)
		heads *= 2;
	heads = min_u32(heads, GEOMETRY_HEADS);
	return (struct geometry){ at_least_1(tracks / heads, GEOMETRY_CYLINDERS), (uint16_t)heads, GEOMETRY_SECTORS };
}

/* Half the cylinders, twice the heads, until the former fit or the latter do not. */
static struct geometry by_shifts(struct geometry g)
{
	while (g.cylinders > GEOMETRY_CYLINDERS && g.heads <= GEOMETRY_HEADS / 2) {
		g.cylinders >>= 1;
		g.heads <<= 1;
	}
	return g;
}

struct geometry geometry_translate(const struct geometry *physical, uint64_t total, enum translation how)
{
	struct geometry g = *physical;

	switch (how) {
	case TRANSLATE_LBA:
		return by_size(total);
	case TRANSLATE_RECHS:	/* 15 heads, since 16 would become 256; however few cylinders there are */
		if (g.heads == PHYSICAL_HEADS) {
			g.cylinders = min_u32(g.cylinders, 61439) * 16 / 15;
			g.heads = 15;
		}
		/* fall through */
	case TRANSLATE_LARGE:
		g = by_shifts(g);
		break;
	default:
		break;
	}
	g.cylinders = at_least_1(g.cylinders, GEOMETRY_CYLINDERS);
	g.heads = at_least_1(g.heads, GEOMETRY_HEADS);
	g.sectors = at_least_1(g.sectors, GEOMETRY_SECTORS);
	return g;
}
