/* SPDX-License-Identifier: BSD-2-Clause
 * src/fw/smbios_table.c: see smbios_table.h.
 */
#include <stddef.h>
#include "fw/smbios_table.h"
#include "lib/endian.h"
#include "lib/errno.h"
#include "trace/log.h"
#include "lib/string.h"
#include "std/smbios.h"

/*
 * Just behind the two NULs that end the strings at p, NULL when they are not before end. Every
 * other byte is looked at: when the second of two is not NUL, neither begins the end.
 */
static const uint8_t *strings_end(const uint8_t *p, const uint8_t *end)
{
	while (end - p >= 2) {
		if (p[1])
			p += 2;
		else if (p[0])
			p++;
		else
			return p + 2;
	}
	return NULL;
}

bool smbios_is_structure(const uint8_t *p, uint32_t size)
{
	return size >= sizeof(struct smbios_header) && p[1] >= sizeof(struct smbios_header) &&
	       p[1] <= size && strings_end(p + p[1], p + size) == p + size;
}

int smbios_check(uint8_t *start, uint32_t size, struct smbios_table *table)
{
	const uint8_t *p = start, *const end = start + size, *next;

	*table = (struct smbios_table){ .start = start };
	while (end - p >= (int32_t)sizeof(struct smbios_header)) {
		uint32_t type = p[0], length = p[1], handle = get_le16(p + 2);

		if (length < sizeof(struct smbios_header) || (int32_t)length > end - p) {
			log("smbios: structure %u at %u of %u: its length is %u; no SMBIOS", type,
			    (uint32_t)(p - start), size, length);
			return -EINVAL;
		}
		next = strings_end(p + length, end);
		if (!next) {
			log("smbios: structure %u at %u of %u: its strings do not end; no SMBIOS",
			    type, (uint32_t)(p - start), size);
			return -EINVAL;
		}
		table->count++;
		if ((uint32_t)(next - p) > table->largest)
			table->largest = next - p;
		if (type == SMBIOS_BIOS)
			table->has_bios = true;
		if (handle < 32)
			table->low_handles |= 1u << handle;
		p = next;
		if (type == SMBIOS_END) {
			table->length = p - start;
			if (p != end)
				log("smbios: end of table at %u of %u; the rest is left out",
				    table->length, size);
			return 0;
		}
	}
	log("smbios: no end of table in %u bytes, %u structures; no SMBIOS", size, table->count);
	return -EINVAL;
}

/* Which of the 32 handles from first on are in use. */
static uint32_t handles(const struct smbios_table *table, uint32_t first)
{
	const uint8_t *p = table->start, *const end = p + table->length;
	uint32_t used = 0;

	while (p && p < end) {
		uint32_t handle = get_le16(p + 2);

		if (handle - first < 32)
			used |= 1u << (handle - first);
		p = strings_end(p + p[1], end);
	}
	return used;
}

int smbios_free_handle(const struct smbios_table *table, uint16_t *handle)
{
	uint32_t used = table->low_handles, first = 0;

	while (used == ~0u) {
		first += 32;
		if (first >= SMBIOS_HANDLE_LIMIT)
			return -ENOSPC;
		used = handles(table, first);
	}
	*handle = first + __builtin_ctz(~used);
	return 0;
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
