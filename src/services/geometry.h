/* SPDX-License-Identifier: BSD-2-Clause
 * src/services/geometry.h: cylinders, heads and sectors as real-mode programs see them. Pure functions.
 * What a drive says of itself (physical, at most 16 heads) is translated so that 1,024 cylinders, 255 heads and
 * 63 sectors, all that fits the registers of INT 13h, reach as far as they can.
 */
#ifndef SERVICES_GEOMETRY_H
#define SERVICES_GEOMETRY_H

#include <stdbool.h>
#include <stdint.h>

#define GEOMETRY_CYLINDERS	1024
#define GEOMETRY_HEADS		255
#define GEOMETRY_SECTORS	63

/* What CMOS 39h says for each IDE drive. */
enum translation { TRANSLATE_NONE, TRANSLATE_LBA, TRANSLATE_LARGE, TRANSLATE_RECHS };

struct geometry {
	uint32_t cylinders;
	uint16_t heads, sectors;	/* sectors of a track */
};

/* What a disk of that many sectors that says nothing of itself is like: 16 heads, 63 sectors. */
struct geometry geometry_physical(uint64_t total);

/* The translation of a drive of which nobody tells one: none where it is not needed, else what covers it. */
enum translation geometry_translation(const struct geometry *physical);

/* Translate. Every field of the result is at least 1 and at most what the registers hold. */
struct geometry geometry_translate(const struct geometry *physical, uint64_t total, enum translation how);

/* Is it one that INT 13h can name? */
bool geometry_fits(const struct geometry *g);

#endif
