/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/eltorito.h: CDs that can be booted: the boot record, the catalogue it leads to, and starting what that names.
 * Spec: Phoenix and IBM, "El Torito" Bootable CD-ROM Format Specification 1.0; sections are given in [brackets].
 */
#ifndef BOOT_ELTORITO_H
#define BOOT_ELTORITO_H

#include <stdint.h>
#include "services/emulation.h"

#define ELTORITO_RECORD_LBA	17	/* of the boot record volume descriptor */
#define ELTORITO_IMAGES		8	/* more of one catalogue are not looked at */

/* Where the catalogue is, from the boot record's sector. Returns false when that is none. Pure. */
bool eltorito_record(const uint8_t sector[CD_SECTOR], uint32_t *catalogue);

/*
 * The images that a PC can boot, in the order of the catalogue, whose first sector this is: the default entry and those
 * of sections for this platform. Returns how many, 0 with *wrong: why there is none. Pure.
 */
uint32_t eltorito_images(const uint8_t catalogue[CD_SECTOR], struct cd_image image[ELTORITO_IMAGES], const char **wrong);

/*
 * Boot a CD: the first of its images that can be loaded. sector: CD_SECTOR bytes of the firmware's own memory, or NULL
 * when there was none. Returns why that did not happen: a string constant.
 */
const char *eltorito_boot(struct drive *cd, uint8_t *sector);

#endif
