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
#define ELTORITO_NAME		28	/* characters */

/* An image that a PC can boot, as a menu shows it. */
struct eltorito_entry {
	struct cd_image image;
	const char *form;	/* what it is booted as, "1.44 MB floppy": a string constant */
	char name[ELTORITO_NAME + 1];	/* of its maker or section, printable ASCII; "": it has none */
};

/* Where the catalogue is, from the boot record's sector. Returns false when that is none. Pure. */
bool eltorito_record(const uint8_t sector[CD_SECTOR], uint32_t *catalogue);

/*
 * The images that a PC can boot, in the order of the catalogue, whose first sector this is: the default entry and those
 * of sections for this platform, no more than max. Returns how many, 0 with *wrong: why there is none. Pure.
 */
uint32_t eltorito_catalogue(const uint8_t catalogue[CD_SECTOR], struct eltorito_entry *entry, uint32_t max,
			    const char **wrong);

/*
 * For a menu: the first ELTORITO_IMAGES or max images, whichever is less, of the CD that is in the drive now. sector:
 * CD_SECTOR bytes of the firmware's own memory, or NULL when there was none. Returns how many; 0: there is no CD that
 * boots, the log says why.
 */
uint32_t eltorito_entries(struct drive *cd, uint8_t *sector, struct eltorito_entry *entry, uint32_t max);

/*
 * Boot a CD: the first of its images that can be loaded. sector as above. Returns why that did not happen: a string
 * constant.
 */
const char *eltorito_boot(struct drive *cd, uint8_t *sector);

/*
 * The same with image n alone, from 0, as eltorito_entries() counted them. The catalogue is read anew, since the CD may
 * be another by now.
 */
const char *eltorito_boot_entry(struct drive *cd, uint8_t *sector, uint32_t n);

#endif
