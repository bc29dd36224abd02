/* SPDX-License-Identifier: BSD-2-Clause
 * src/fw/smbios_table.h: a run of SMBIOS structures: checking one that came from outside, writing
 * one of our own. Spec: DMTF DSP0134 3.6, sections 6.1 and 7.
 */
#ifndef FW_SMBIOS_TABLE_H
#define FW_SMBIOS_TABLE_H

#include <stdbool.h>
#include <stdint.h>

/* A run of structures. Its numbers are of a complete one, ended by type 127, which counts too. */
struct smbios_table {
	uint8_t *start;
	uint32_t own;		/* bytes at start that are ours: for the log, which counts from behind them */
	uint32_t length;	/* bytes */
	uint32_t count;		/* structures */
	uint32_t largest;	/* bytes of the largest structure, strings included */
	uint32_t bios;		/* structures of type 0 */
	uint32_t handles_0;	/* structures with handle 0 */
};

/*
 * Look through size bytes at table->start, structure by structure, as far as type 127, and fill in
 * the numbers; start and own are the caller's. Whatever is whole is kept: where a structure is not
 * (its fixed part is shorter than 4 bytes or cut off, its strings have no end in the area) or type 127
 * is missing, the log has one line and a type 127 is put there. SMBIOS_END_BYTES of room must follow
 * the area. What follows a type 127 no reader sees; it is left out of length, with a line.
 */
void smbios_check(struct smbios_table *table, uint32_t size);

/*
 * Bytes of the structure at p, fixed part and strings; 0: it is not whole within size bytes. Two
 * bytes at p must be readable, whatever size is.
 */
uint32_t smbios_structure_size(const uint8_t *p, uint32_t size);

/* The lowest handle that no structure of the table has; -ENOSPC, all 0xff00 are in use. */
int32_t smbios_free_handle(const struct smbios_table *table);

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

#endif
