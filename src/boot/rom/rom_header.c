/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/rom/rom_header.c: see rom_header.h.
 */
#include "boot/rom/rom_header.h"
#include <stdbool.h>
#include <stddef.h>
#include "lib/bits.h"
#include "lib/string.h"
#include "std/option_rom.h"
#include "std/pnp.h"

#define GENERIC	offsetof(struct pnp_header, device)	/* bytes of what all kinds have */

static bool wrong(struct option_rom_fault *fault, const char *what, uint32_t expected, uint32_t found)
{
	*fault = (struct option_rom_fault){ what, expected, found };
	return false;
}

void rom_headers_begin(struct rom_headers *headers, const uint8_t *image, uint32_t len)
{
	headers->image = image;
	headers->len = len;
	headers->count = 0;
	memcpy(&headers->next, image + offsetof(struct option_rom, expansion), sizeof(headers->next));
}

static uint8_t sum_of(const struct rom_headers *h, uint32_t at, uint32_t bytes)
{
	uint8_t sum = 0;

	for (uint32_t i = 0; i < bytes; i++)
		sum = (uint8_t)(sum + h->image[at + i]);
	return sum;
}

/* The offset next is none that was there before, and the fields that all kinds have lie in the image there. */
static bool read_generic(struct rom_headers *h, struct pnp_header *p, struct option_rom_fault *fault)
{
	uint32_t at = h->next;

	if (at < sizeof(struct option_rom))
		return wrong(fault, "offset of an expansion header, at least", sizeof(struct option_rom), at);
	if (!range_inside32(at, GENERIC, h->len))
		return wrong(fault, "end of an expansion header, at most", h->len, at + (uint32_t)GENERIC);
	for (uint32_t i = 0; i < h->count; i++)
		if (h->seen[i] == at)
			return wrong(fault, "offset behind the last expansion header", 0, at);
	if (h->count == ROM_HEADERS_MAX)
		return wrong(fault, "expansion headers, at most", ROM_HEADERS_MAX, ROM_HEADERS_MAX + 1);
	memcpy(p, h->image + at, GENERIC);
	return true;
}

/* The whole of it. The sums of others must be right, for nothing else says that they are headers. */
static bool read_rest(struct rom_headers *h, struct pnp_header *p, uint8_t *sum, struct option_rom_fault *fault)
{
	uint32_t at = h->next, bytes = p->units * PNP_HEADER_UNIT;
	bool pnp = p->signature == PNP_SIGNATURE;
	uint32_t least = pnp ? sizeof(*p) : PNP_HEADER_UNIT;

	if (bytes < least)
		return wrong(fault, "bytes of an expansion header, at least", least, bytes);
	if (!range_inside32(at, bytes, h->len))
		return wrong(fault, "end of an expansion header, at most", h->len, at + bytes);
	*sum = sum_of(h, at, bytes);
	if (*sum && !pnp)
		return wrong(fault, "sum of an expansion header's bytes", 0, *sum);
	if (pnp)
		memcpy(p, h->image + at, sizeof(*p));
	h->seen[h->count++] = (uint16_t)at;
	h->next = p->next;
	return true;
}

/* The string at offset at, which ends within the image, as far as there is room for it. */
static void copy_name(const struct rom_headers *h, uint16_t at, char name[ROM_NAME_BYTES],
		      struct option_rom_fault *fault)
{
	uint32_t n = 0, end = at;

	name[0] = '\0';
	if (!at)
		return;
	while (end < h->len && h->image[end])
		end++;
	if (end >= h->len) {
		wrong(fault, "end of a name, below", h->len, end);
		return;
	}
	for (; n < ROM_NAME_BYTES - 1 && at + n < end; n++) {
		uint8_t c = h->image[at + n];

		name[n] = c >= ' ' && c <= '~' ? (char)c : '?';
	}
	name[n] = '\0';
}

static bool vectors_inside(const struct pnp_header *p, uint32_t len, struct option_rom_fault *fault)
{
	const uint16_t vector[] = { p->bcv, p->disconnect, p->bev, p->resources };

	for (uint32_t i = 0; i < ARRAY_SIZE(vector); i++)
		if (vector[i] >= len)
			return wrong(fault, "offset of code, below", len, vector[i]);
	return true;
}

static void fill(const struct rom_headers *h, const struct pnp_header *p, struct rom_header *header)
{
	header->offset = h->seen[h->count - 1];
	header->bcv = p->bcv;
	header->disconnect = p->disconnect;
	header->bev = p->bev;
	header->resources = p->resources;
	header->device = p->device;
	memcpy(header->type, p->type, sizeof(header->type));
	header->indicators = p->indicators;
	header->name_fault.what = NULL;
	copy_name(h, p->manufacturer, header->manufacturer, &header->name_fault);
	copy_name(h, p->product, header->product, &header->name_fault);
}

enum rom_headers_result rom_headers_next(struct rom_headers *h, struct rom_header *header,
					 struct option_rom_fault *fault)
{
	struct pnp_header p = { .signature = 0 };
	bool first;

	do {
		if (!h->next)
			return ROM_HEADERS_END;
		first = h->count == 0;
		if (!read_generic(h, &p, fault) || !read_rest(h, &p, &header->sum, fault)) {
			h->next = 0;
			return first && p.signature != PNP_SIGNATURE ? ROM_HEADERS_END : ROM_HEADERS_BAD;
		}
	} while (p.signature != PNP_SIGNATURE);
	if (!vectors_inside(&p, h->len, fault)) {
		h->next = 0;
		return ROM_HEADERS_BAD;
	}
	fill(h, &p, header);
	return ROM_HEADERS_ONE;
}
