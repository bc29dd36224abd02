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

uint32_t smbios_structure_size(const uint8_t *p, uint32_t size)
{
	uint32_t length = p[1], next = length + 1;

	do
		next++;		/* behind the two NULs that end the strings */
	while (next <= size && get_le16(p + next - 2));
	return next <= size && length >= sizeof(struct smbios_header) ? next : 0;
}

void smbios_check(struct smbios_table *table, uint32_t size)
{
	/* As QEMU writes it, handle included. */
	static const uint8_t end[SMBIOS_END_BYTES] = { SMBIOS_END, 4, 0x00, 0x7f };
	uint32_t left = size, type;
	uint8_t *p = table->start;

	table->count = table->largest = table->bios = table->handles_0 = 0;
	do {
		uint32_t length = smbios_structure_size(p, left);

		if (!length) {
			uint32_t at = (uint32_t)(p - table->start) - table->own;

			if (left)
				log("smbios: structure %u at %u of %u, length %u, is not whole; the "
				    "table ends before it", p[0], at, size - table->own, p[1]);
			else
				log("smbios: no end of table in %u bytes; put there", at);
			memcpy(p, end, sizeof(end));
			left = length = sizeof(end);
		}
		if (length > table->largest)
			table->largest = length;
		type = p[0];
		table->count++;
		table->bios += type == SMBIOS_BIOS;
		table->handles_0 += get_le16(p + 2) == 0;
		p += length;
		left -= length;
	} while (type != SMBIOS_END);
	table->length = (uint32_t)(p - table->start);
	if (left)
		log("smbios: end of table at %u of %u; the rest is left out",
		    table->length - table->own, size - table->own);
}

/* Which of the 32 handles from first on are in use. */
static uint32_t handles(const struct smbios_table *table, uint32_t first)
{
	const uint8_t *p = table->start;
	uint32_t used = 0;

	for (uint32_t left = table->length, length; left; p += length, left -= length) {
		uint32_t handle = get_le16(p + 2);

		if (handle - first < 32)
			used |= 1u << (handle - first);
		length = smbios_structure_size(p, left);
	}
	return used;
}

int32_t smbios_free_handle(const struct smbios_table *table)
{
	for (uint32_t first = 0; first < SMBIOS_HANDLE_LIMIT; first += 32) {
		uint32_t used = handles(table, first);

		if (~used)
			return (int32_t)first + __builtin_ctz(~used);
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
