/* SPDX-License-Identifier: BSD-2-Clause
 * src/fw/smbios_legacy.h: SMBIOS for PC machine types up to 2.0, which hand out no structures but
 * only the wishes of the command line, in item 0x8001, and leave the rest to the firmware.
 *
 * The structures are of version 2.4, with the handles and defaults that guests of these machine
 * types have always found ("Bochs"): licences and scripts may be bound to them. Type 0 alone is
 * this firmware's.
 */
#ifndef FW_SMBIOS_LEGACY_H
#define FW_SMBIOS_LEGACY_H

#include <stdint.h>
#include "fw/smbios_table.h"

/* As smbios_init(), which calls it. Reads the item by its number, more than once when it is long. */
void smbios_legacy_init(void);

/*
 * Item 0x8001, from QEMU's hw/smbios/smbios.c: le16 number of records, then each: le16 length in
 * all, u8 kind, and either u8 type, le16 offset, value (kind 0: one field; a text has its NUL) or a
 * whole structure with its strings (kind 1).
 */
struct smbios_records {
	const uint8_t *start;	/* the item, with its count */
	uint32_t size;		/* bytes of it that are there */
};

/*
 * Walk all records. Returns the item's size in bytes; -ERANGE, it goes on behind size; -EINVAL
 * after a line: a record is shorter than its header, of an unknown kind, or not a whole structure.
 */
int32_t smbios_records_check(const struct smbios_records *records);

/* Value of a field, or NULL. At least len bytes; the last record of several wins. */
const uint8_t *smbios_records_field(const struct smbios_records *records, uint8_t type,
				    uint16_t offset, uint32_t len);

/* A text of a field, or otherwise. A value without a NUL is no text. */
const char *smbios_records_text(const struct smbios_records *records, uint8_t type,
				uint16_t offset, const char *otherwise);

/* Structure n, counted from 0, of this type; NULL beyond the last. *len is its size in bytes. */
const uint8_t *smbios_records_structure(const struct smbios_records *records, uint8_t type,
					uint32_t n, uint32_t *len);

/* Bytes that smbios_legacy_build() needs at most. */
uint32_t smbios_legacy_bound(const struct smbios_records *records);

/* All structures from machine and the records, type 127 last. */
void smbios_legacy_build(const struct smbios_records *records, struct smbios_writer *w);

#endif
