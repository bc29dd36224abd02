/* SPDX-License-Identifier: BSD-2-Clause
 * src/fw/smbios_table.h: a run of SMBIOS structures: checking one that came from outside, writing
 * one of our own. Spec: DMTF DSP0134 3.6, sections 6.1 and 7.
 */
#ifndef FW_SMBIOS_TABLE_H
#define FW_SMBIOS_TABLE_H

#include <stdbool.h>
#include <stdint.h>

/* A complete run, ended by type 127. Bytes and structures are counted with type 127. */
struct smbios_table {
	uint8_t *start;
	uint32_t length;	/* bytes */
	uint32_t count;		/* structures */
	uint32_t largest;	/* bytes of the largest structure, strings included */
	bool has_bios;		/* there is a type 0 */
	uint32_t low_handles;	/* bit n: handle n is in use, n below 32 */
};

/*
 * Check size bytes at start, structure by structure, as far as type 127, and describe them. What
 * follows type 127 no reader sees; it is left out of length. Returns 0; -EINVAL after a line in the
 * log: a header or its fixed part is cut off, its length is below 4, the strings have no end in
 * the area, or there is no type 127.
 */
int smbios_check(uint8_t *start, uint32_t size, struct smbios_table *table);

/* Is this one whole structure: fixed part and strings, ending at size? */
bool smbios_is_structure(const uint8_t *p, uint32_t size);

/* The lowest handle that no structure has. Returns 0; -ENOSPC, all 0xff00 are in use. */
int smbios_free_handle(const struct smbios_table *table, uint16_t *handle);

/* Writing. */
struct smbios_writer {
	uint8_t *at, *end;	/* room that is left */
	bool full;		/* something did not fit; nothing was written since */
};

/* The strings of one structure, in order. */
struct smbios_strings {
	const char *text[6];
	uint8_t count;
};

/*
 * Number of the string for its field, 0 for NULL or "" (a string cannot be empty) and for a
 * seventh. The text must live until smbios_put().
 */
uint8_t smbios_string(struct smbios_strings *strings, const char *text);

/*
 * Append a structure: size bytes of fixed part, which begins with a header whose type and handle
 * are set, and its strings.
 */
void smbios_put(struct smbios_writer *w, void *fixed, uint8_t size,
		const struct smbios_strings *strings);

/* What type 0 says; NULL strings are left out. */
struct smbios_bios_facts {
	const char *vendor, *version, *date;
	uint8_t major, minor;	/* 0xff, 0xff: none */
};

/* This firmware's. */
struct smbios_bios_facts smbios_bios_facts(void);

/* Bytes of the type 0 that smbios_put_bios() writes. */
uint32_t smbios_bios_size(const struct smbios_bios_facts *facts);
void smbios_put_bios(struct smbios_writer *w, uint16_t handle,
		     const struct smbios_bios_facts *facts);

#endif
