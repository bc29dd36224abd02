/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/order.c: see order.h.
 */
#include "boot/order.h"
#include <stddef.h>
#include "boot/plan.h"
#include "lib/string.h"

#define NIBBLES		3
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

static uint32_t rank_of_kind(uint16_t kinds, uint8_t kind)
{
	static const uint8_t code[] = { [BLOCK_FLOPPY] = 1, [BLOCK_DISK] = 2, [BLOCK_CD] = 3 };
	static const uint8_t unnamed[] = { [BLOCK_FLOPPY] = 0, [BLOCK_CD] = 1, [BLOCK_DISK] = 2 };

	for (uint32_t i = 0; i < NIBBLES; i++)
		if ((kinds >> 4 * i & 0xf) == code[kind])
			return i;
	return NIBBLES + unnamed[kind];
}

static bool is_kernel(struct path line)
{
	return plan_is_kernel(line.at, (uint32_t)(line.end - line.at));
}

/* block NULL: the kernel. Returns ORDER_KIND when there is no line, ORDER_NEVER when there must be one. */
static uint32_t line_of(const struct order *order, const struct pci_tree *tree, const struct block *block)
{
	struct path text = order->text, line;

	for (uint32_t n = 0; next_line(&text, &line) && n < ORDER_KIND; n++) {
		if (is_halt(line))
			return ORDER_NEVER;
		if (block ? path_is_of(line, tree, block) : is_kernel(line))
			return n;
	}
	return ORDER_KIND;
}

uint32_t order_rank(const struct order *order, const struct pci_tree *tree, const struct block *block)
{
	uint32_t line = line_of(order, tree, block);

	return line == ORDER_KIND ? ORDER_KIND + 1 + rank_of_kind(order->kinds, block->kind) : line;
}

uint32_t order_rank_kernel(const struct order *order)
{
	uint32_t line = line_of(order, NULL, NULL);

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
