/* SPDX-License-Identifier: BSD-2-Clause
 * src/fw/smbios_table.c: see smbios_table.h.
 */
#include <stddef.h>
#include "fw/smbios_table.h"
#include "lib/endian.h"
#include "lib/errno.h"
#include "lib/log.h"
#include "lib/string.h"
#include "std/smbios.h"

/*
 * Offset just behind the two NULs that end the strings at offset at, 0 when they are not in size
 * bytes. Every other byte is looked at: when the second of two is not NUL, neither begins the end.
 */
static uint32_t strings_end(const uint8_t *p, uint32_t at, uint32_t size)
{
	while (size - at >= 2) {
		if (p[at + 1])
			at += 2;
		else if (p[at])
			at++;
		else
			return at + 2;
	}
	return 0;
}

bool smbios_is_structure(const uint8_t *p, uint32_t size)
{
	return size >= sizeof(struct smbios_header) && p[1] >= sizeof(struct smbios_header) &&
	       p[1] <= size && strings_end(p, p[1], size) == size;
}

int smbios_check(uint8_t *start, uint32_t size, struct smbios_table *table)
{
	uint32_t at = 0, end;

	*table = (struct smbios_table){ .start = start };
	while (size - at >= sizeof(struct smbios_header)) {
		uint8_t type = start[at], length = start[at + 1];

		if (length < sizeof(struct smbios_header) || length > size - at) {
			log("smbios: structure %u at %u of %u: its length is %u; no SMBIOS", type, at,
			    size, length);
			return -EINVAL;
		}
		end = strings_end(start, at + length, size);
		if (!end) {
			log("smbios: structure %u at %u of %u: its strings do not end; no SMBIOS",
			    type, at, size);
			return -EINVAL;
		}
		table->count++;
		if (end - at > table->largest)
			table->largest = end - at;
		if (type == SMBIOS_BIOS)
			table->has_bios = true;
		at = end;
		if (type == SMBIOS_END) {
			table->length = at;
			if (at != size)
				log("smbios: end of table at %u of %u; the rest is left out", at,
				    size);
			return 0;
		}
	}
	log("smbios: no end of table in %u bytes, %u structures; no SMBIOS", size, table->count);
	return -EINVAL;
}

int smbios_free_handle(const struct smbios_table *table, uint16_t *handle)
{
	for (uint32_t first = 0; first < SMBIOS_HANDLE_LIMIT; first += 32) {
		uint32_t used = 0, at = 0;

		while (at < table->length) {
			uint32_t h = get_le16(table->start + at + 2);

			if (h - first < 32)
				used |= 1u << (h - first);
			at = strings_end(table->start, at + table->start[at + 1], table->length);
		}
		if (used != ~0u) {
			*handle = first + __builtin_ctz(~used);
			return 0;
		}
	}
	return -ENOSPC;
}

uint8_t smbios_string(struct smbios_strings *strings, const char *text)
{
	if (!text || !*text || strings->count == sizeof(strings->text) / sizeof(strings->text[0]))
		return 0;
	strings->text[strings->count] = text;
	return ++strings->count;
}

void smbios_put(struct smbios_writer *w, void *fixed, uint8_t size,
		const struct smbios_strings *strings)
{
	uint32_t need = size + (strings->count ? 1 : 2);

	for (uint8_t i = 0; i < strings->count; i++)
		need += strlen(strings->text[i]) + 1;
	if (w->full || need > (uint32_t)(w->end - w->at)) {
		w->full = true;
		return;
	}
	((struct smbios_header *)fixed)->length = size;
	memcpy(w->at, fixed, size);
	w->at += size;
	for (uint8_t i = 0; i < strings->count; i++) {
		uint32_t length = strlen(strings->text[i]) + 1;

		memcpy(w->at, strings->text[i], length);
		w->at += length;
	}
	if (!strings->count)
		*w->at++ = 0;
	*w->at++ = 0;
}
