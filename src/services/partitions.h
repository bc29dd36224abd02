/* SPDX-License-Identifier: BSD-2-Clause
 * src/services/partitions.h: what a disk's partition table tells of the geometry that it was made with. It has each address
 * twice, as cylinder, head and sector, and as a number: programs that use the former need a BIOS that counts as whoever
 * wrote them did. Pure functions; a table is input like any other.
 */
#ifndef SERVICES_PARTITIONS_H
#define SERVICES_PARTITIONS_H

#include <stdbool.h>
#include <stdint.h>
#include "services/geometry.h"
#include "std/mbr.h"

/*
 * The one geometry with which all addresses in the table agree, for a disk of total sectors. False: there is none, or more
 * than one, or no table.
 */
bool partitions_geometry(const struct mbr *mbr, uint64_t total, struct geometry *geometry);

/*
 * The geometry and the size of a hard disk's image on a CD: where its first partition ends [El Torito 1.0, 5.3.3]. False:
 * there is no partition, or it has no geometry.
 */
bool partitions_image(const struct mbr *mbr, struct geometry *geometry, uint32_t *sectors);

#endif
