/* SPDX-License-Identifier: BSD-2-Clause
 * src/fw/smbios_records.c: item 0x8001, the SMBIOS wishes of the command line; see smbios_legacy.h.
 */
#include <stddef.h>
#include "fw/smbios_legacy.h"
#include "lib/endian.h"
#include "lib/errno.h"
#include "trace/log.h"
#include "lib/string.h"
#include "std/smbios.h"

#define KIND_FIELD	0
#define KIND_STRUCTURE	1
#define FIELD_HEADER	6	/* length, kind, type, offset */
#define STRUCTURE_HEADER 3	/* length, kind */

int32_t smbios_records_check(const struct smbios_records *records)
{
	uint32_t count, at = 2;

	if (records->size < 2)
		return -ERANGE;
	count = get_le16(records->start);
	for (uint32_t n = 0; n < count; n++) {
		uint32_t length, kind, header;

		if (records->size - at < STRUCTURE_HEADER)
			return -ERANGE;
		length = get_le16(records->start + at);
		kind = records->start[at + 2];
		header = kind == KIND_FIELD ? FIELD_HEADER
					    : STRUCTURE_HEADER + sizeof(struct smbios_header);
		if (kind > KIND_STRUCTURE || length < header) {
			log("smbios: record %u of %u: kind %u, length %u; no SMBIOS", n, count, kind,
			    length);
			return -EINVAL;
		}
		if (length > records->size - at)
			return -ERANGE;
		if (kind == KIND_STRUCTURE &&
		    smbios_structure_size(records->start + at + STRUCTURE_HEADER,
					  length - STRUCTURE_HEADER) != length - STRUCTURE_HEADER) {
			log("smbios: record %u of %u: %u bytes are not one whole structure; no SMBIOS",
			    n, count, length - STRUCTURE_HEADER);
			return -EINVAL;
		}
		at += length;
	}
	return at;
}

/* Step to the next record of a kind and type; NULL at the end. Checked records only. */
static const uint8_t *next(const struct smbios_records *records, const uint8_t *at, uint32_t *left,
			   uint8_t kind, uint8_t type)
{
	for (at = at ? at + get_le16(at) : records->start + 2; *left; at += get_le16(at)) {
		--*left;
		if (at[2] == kind && at[STRUCTURE_HEADER] == type)
			return at;
	}
	return NULL;
}

const uint8_t *smbios_records_field(const struct smbios_records *records, uint8_t type,
				    uint16_t offset, uint32_t len)
{
	uint32_t left = get_le16(records->start);
	const uint8_t *at = NULL, *value = NULL;

	while ((at = next(records, at, &left, KIND_FIELD, type)))
		if (get_le16(at + 4) == offset && get_le16(at) - FIELD_HEADER >= (int32_t)len)
			value = at + FIELD_HEADER;
	return value;
}

const char *smbios_records_text(const struct smbios_records *records, uint8_t type,
				uint16_t offset, const char *otherwise)
{
	uint32_t left = get_le16(records->start);
	const uint8_t *at = NULL;

	while ((at = next(records, at, &left, KIND_FIELD, type))) {
		uint32_t length = get_le16(at) - FIELD_HEADER;
		const char *text = (const char *)at + FIELD_HEADER;

		if (get_le16(at + 4) == offset && strnlen(text, length) < length)
			otherwise = text;
	}
	return otherwise;
}

const uint8_t *smbios_records_structure(const struct smbios_records *records, uint8_t type,
					uint32_t n, uint32_t *len)
{
	uint32_t left = get_le16(records->start);
	const uint8_t *at = NULL;

	do {
		at = next(records, at, &left, KIND_STRUCTURE, type);
	} while (at && n--);
	if (!at)
		return NULL;
	*len = get_le16(at) - STRUCTURE_HEADER;
	return at + STRUCTURE_HEADER;
}
