/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/list/order.c: see order.h.
 */
#include "boot/list/order.h"
#include <stddef.h>
#include "boot/plan.h"
#include "lib/string.h"

#define NIBBLES		3u
#define HEADS_MAX	255
#define SECTORS_MAX	63

/* Take the next line, without its end. Returns false behind the last. */
static bool next_line(struct path *text, struct path *line)
{
	if (text->at >= text->end || !*text->at)
		return false;
	line->at = text->at;
	while (text->at < text->end && *text->at && *text->at != '\n')
		text->at++;
	line->end = text->at;
	if (text->at < text->end && *text->at == '\n')
		text->at++;
	return true;
}

static bool is_halt(struct path line)
{
	return line.end - line.at == 4 && memcmp(line.at, "HALT", 4) == 0;
}

uint16_t order_kinds(uint8_t cmos_38, uint8_t cmos_3d)
{
	return (uint16_t)(cmos_3d | (cmos_38 & 0xf0) << 4);
}

/* Kinds of what is booted as CMOS numbers them, which is also the order of those that it does not name. */
enum kind { FLOPPY = 1, DISK, CD, NETWORK };

static uint32_t rank_of_kind(uint16_t kinds, enum kind kind)
{
	uint32_t i = 0;

	while (i < NIBBLES && (kinds >> 4 * i & 0xf) != kind)
		i++;
	return ORDER_KIND + 1 + (i < NIBBLES ? i : NIBBLES + (uint32_t)kind - FLOPPY);
}

/* Whose line is looked for. */
struct wanted {
	enum path_match (*match)(struct path line, const struct wanted *wanted);
	const struct pci_tree *tree;
	const struct block *block;
	uint16_t bdf;
	struct path name;
};

static enum path_match match_block(struct path line, const struct wanted *w)
{
	return path_match(line, w->tree, w->block);
}

static enum path_match match_function(struct path line, const struct wanted *w)
{
	return path_match_function(line, w->tree, w->bdf);
}

static enum path_match match_rom(struct path line, const struct wanted *w)
{
	struct path_device d;
	size_t len = (size_t)(w->name.end - w->name.at);

	if (!path_read(line, NULL, &d) || d.place != PATH_ROM || (size_t)(d.name.end - d.name.at) != len)
		return PATH_MATCH_NONE;
	return memcmp(d.name.at, w->name.at, len) == 0 ? PATH_MATCH_WHOLE : PATH_MATCH_NONE;
}

static enum path_match match_kernel(struct path line, const struct wanted *w)
{
	(void)w;
	return plan_is_kernel(line.at, (uint32_t)(line.end - line.at)) ? PATH_MATCH_WHOLE : PATH_MATCH_NONE;
}

/* The number of its line. Returns ORDER_KIND when there is none, ORDER_NEVER when there must be one. */
static uint32_t line_of(const struct order *order, const struct wanted *wanted)
{
	struct path text = order->text, line;
	uint32_t part = ORDER_KIND;

	for (uint32_t n = 0; next_line(&text, &line); n += n < ORDER_KIND - 1) {
		enum path_match match;

		if (is_halt(line))
			return part == ORDER_KIND ? ORDER_NEVER : part;
		match = wanted->match(line, wanted);
		if (match == PATH_MATCH_WHOLE)
			return n;
		if (match == PATH_MATCH_PART && part == ORDER_KIND)
			part = n;
	}
	return part;
}

static uint32_t rank_of(const struct order *order, const struct wanted *wanted, enum kind kind)
{
	uint32_t line = line_of(order, wanted);

	return line == ORDER_KIND ? rank_of_kind(order->kinds, kind) : line;
}

uint32_t order_rank(const struct order *order, const struct pci_tree *tree, const struct block *block)
{
	static const uint8_t kind[] = { [BLOCK_FLOPPY] = FLOPPY, [BLOCK_DISK] = DISK, [BLOCK_CD] = CD };
	struct wanted wanted = { .match = match_block, .tree = tree, .block = block };

	return rank_of(order, &wanted, kind[block->kind]);
}

uint32_t order_rank_function(const struct order *order, const struct pci_tree *tree, uint16_t bdf, bool disks)
{
	struct wanted wanted = { .match = match_function, .tree = tree, .bdf = bdf };

	return rank_of(order, &wanted, disks ? DISK : NETWORK);
}

uint32_t order_rank_rom(const struct order *order, const char *file, uint32_t len, bool disks)
{
	struct wanted wanted = { .match = match_rom, .name = { file, file + len } };

	return rank_of(order, &wanted, disks ? DISK : NETWORK);
}

uint32_t order_rank_kernel(const struct order *order)
{
	struct wanted wanted = { .match = match_kernel };
	uint32_t line = line_of(order, &wanted);

	return line == ORDER_NEVER ? ORDER_KIND : line;
}

/* A decimal number behind a space, from 1 to max. */
static bool number(struct path *p, uint32_t max, uint32_t *value)
{
	if (p->at == p->end || *p->at++ != ' ')
		return false;
	for (*value = 0; p->at < p->end && *p->at >= '0' && *p->at <= '9'; p->at++) {
		*value = *value * 10 + (uint32_t)(*p->at - '0');
		if (*value > max)
			return false;
	}
	return *value != 0;
}

static bool numbers(struct path p, struct order_geometry *geometry)
{
	uint32_t cylinders, heads, sectors;

	if (!number(&p, 0xffff, &cylinders) || !number(&p, HEADS_MAX, &heads) || !number(&p, SECTORS_MAX, &sectors) ||
	    p.at != p.end)
		return false;
	*geometry = (struct order_geometry){ cylinders, (uint16_t)heads, (uint16_t)sectors };
	return true;
}

bool order_geometry(struct path text, const struct pci_tree *tree, const struct block *block,
		    struct order_geometry *geometry)
{
	struct path line;

	while (next_line(&text, &line)) {
		struct path path = { line.at, line.at };

		while (path.end < line.end && *path.end != ' ')
			path.end++;
		line.at = path.end;
		if (path_is_of(path, tree, block))
			return numbers(line, geometry);
	}
	return false;
}
