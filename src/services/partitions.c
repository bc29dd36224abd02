/* SPDX-License-Identifier: BSD-2-Clause
 * src/services/partitions.c: see partitions.h.
 */
#include "services/partitions.h"
#include "arch/div.h"
#include "lib/bits.h"

#define CYLINDER_MAX	1023u	/* also says: further back than an address can */

/* An address in both forms. */
struct address {
	uint32_t cylinder, head, sector, lba;
};

static uint32_t dword(const uint16_t w[2])
{
	return w[0] | (uint32_t)w[1] << 16;
}

static struct address address_of(const struct mbr_chs *chs, uint32_t lba)
{
	return (struct address){ chs->ch | (chs->cl & 0xc0u) << 2, chs->head, chs->cl & 0x3f, lba };
}

/* First and last sectors of all partitions. Returns how many; 0 also where the table is none of this kind. */
static uint32_t collect(const struct mbr *mbr, struct address at[2 * MBR_PARTITIONS])
{
	uint32_t n = 0;

	if (mbr->signature != MBR_SIGNATURE)
		return 0;
	for (const struct mbr_partition *p = mbr->partition; p != mbr->partition + MBR_PARTITIONS; p++) {
		uint32_t first = dword(p->first), count = dword(p->count);

		if (p->type == MBR_TYPE_NONE)
			continue;
		if (p->type == MBR_TYPE_GPT || !count || count - 1 > 0xffffffff - first)
			return 0;
		at[n++] = address_of(&p->start, first);
		at[n++] = address_of(&p->end, first + count - 1);
	}
	return n;
}

static bool agrees(const struct address *a, const struct geometry *g)
{
	uint32_t track = a->cylinder * g->heads;

	if (a->head >= g->heads || a->sector - 1 >= g->sectors)
		return false;
	if (a->cylinder == CYLINDER_MAX)
		return a->lba >= track * g->sectors;
	return (track + a->head) * g->sectors + a->sector - 1 == a->lba;
}

/* How many heads there are, if a track has so many sectors: what one address makes of it, 0: that is no number of heads. */
static uint32_t heads_of(const struct address *a, uint32_t sectors)
{
	uint32_t before = a->head * sectors + a->sector - 1, cylinder = a->cylinder * sectors, heads;

	if (a->cylinder == CYLINDER_MAX)
		return a->head + 1;	/* all that are there, as a rule */
	if (!a->cylinder || a->lba < before || (a->lba - before) % cylinder)
		return 0;
	heads = (a->lba - before) / cylinder;
	return heads <= GEOMETRY_HEADS ? heads : 0;
}

static bool all_agree(const struct address *at, uint32_t count, const struct geometry *g)
{
	for (uint32_t i = 0; i < count; i++)
		if (!agrees(&at[i], g))
			return false;
	return true;
}

bool partitions_geometry(const struct mbr *mbr, uint64_t total, struct geometry *geometry)
{
	struct address at[2 * MBR_PARTITIONS], *told = NULL;
	uint32_t count = collect(mbr, at), found = 0;

	/* What tells of heads: an address beyond the first cylinder, an exact one first. */
	for (uint32_t i = 0; i < count; i++)
		if (at[i].cylinder && (!told || (told->cylinder == CYLINDER_MAX && at[i].cylinder != CYLINDER_MAX)))
			told = &at[i];
	for (uint32_t sectors = 1; told && sectors <= GEOMETRY_SECTORS; sectors++) {
		struct geometry g = { GEOMETRY_CYLINDERS, (uint16_t)heads_of(told, sectors), (uint16_t)sectors };

		if (!geometry_fits(&g) || !all_agree(at, count, &g))
			continue;
		/* The last cylinder may be one in part: what lies behind the disk's end is refused as that. */
		g.cylinders = (uint32_t)min_u64(div64_32(total - 1, (uint32_t)g.heads * sectors) + 1, GEOMETRY_CYLINDERS);
		*geometry = g;
		found++;
	}
	return found == 1;
}

bool partitions_image(const struct mbr *mbr, struct geometry *geometry, uint32_t *sectors)
{
	const struct mbr_partition *p = &mbr->partition[0];
	uint32_t first = dword(p->first), count = dword(p->count);
	struct address end = address_of(&p->end, 0);

	*geometry = (struct geometry){ end.cylinder + 1, (uint16_t)(end.head + 1), (uint16_t)end.sector };
	*sectors = max_u32(geometry->cylinders * geometry->heads * geometry->sectors, first + count);
	return p->type != MBR_TYPE_NONE && geometry_fits(geometry) && first + count >= first;
}
