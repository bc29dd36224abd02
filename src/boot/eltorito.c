/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/eltorito.c: see eltorito.h.
 */
#include "boot/eltorito.h"
#include <stddef.h>
#include "arch/phys.h"
#include "boot/program.h"
#include "lib/bits.h"
#include "lib/endian.h"
#include "lib/string.h"
#include "std/bda.h"
#include "trace/log.h"

/* Boot record volume descriptor [figure 7]. */
#define RECORD_ID	"\0CD001\1EL TORITO SPECIFICATION\0\0\0\0\0\0\0\0\0"
#define RECORD_ID_BYTES	39
#define RECORD_POINTER	0x47

/* Catalogue: entries of 32 bytes [2.0]. */
#define ENTRY		32
#define ENTRIES		(CD_SECTOR / ENTRY)
#define PLATFORM_PC	0

/* Validation entry [2.1]. */
#define VALIDATION_ID	1
#define VALIDATION_KEY	0xaa55
#define VALIDATION_KEY_AT 30

/* Who made it, in the validation entry and in a section's header [2.1, 2.3]: bytes. */
#define ID_STRING_AT	4
#define VALIDATION_NAME	24
#define SECTION_NAME	ELTORITO_NAME

/* First byte of the others [2.2 to 2.5]. */
#define ID_BOOTABLE	0x88
#define ID_SECTION	0x90
#define ID_LAST_SECTION	0x91
#define ID_EXTENSION	0x44
#define EXTENSION_MORE	0x20	/* second byte; in a section's entry: an extension follows */

#define SEGMENT_DEFAULT	0x7c0
#define SEGMENT_LOWEST	0x50	/* below are vectors and the BIOS data area */
#define SECTORS_IN_ONE	4	/* of 512 bytes, in one of a CD */
#define ADDRESSES	0x1000	/* segments below this are entered as segment 0 */

bool eltorito_record(const uint8_t sector[CD_SECTOR], uint32_t *catalogue)
{
	*catalogue = get_le32(sector + RECORD_POINTER);
	return memcmp(sector, RECORD_ID, RECORD_ID_BYTES) == 0;
}

static bool is_valid(const uint8_t *entry)
{
	uint16_t sum = 0;

	for (uint32_t i = 0; i < ENTRY; i += 2)
		sum = (uint16_t)(sum + get_le16(entry + i));
	return entry[0] == VALIDATION_ID && get_le16(entry + VALIDATION_KEY_AT) == VALIDATION_KEY && sum == 0;
}

/* Text of len bytes without NULs and blanks at its end; what cannot be printed becomes a dot. */
static void copy_name(char *to, const uint8_t *from, uint32_t len)
{
	while (len && (!from[len - 1] || from[len - 1] == ' '))
		len--;
	for (; len; len--, from++)
		*to++ = *from >= ' ' && *from <= '~' ? (char)*from : '.';
	*to = '\0';
}

/* Is this an entry that a PC boots? named: the validation entry or section header above it. */
static bool bootable(const uint8_t *entry, const uint8_t *named, uint32_t name_bytes, struct eltorito_entry *out)
{
	static const char *const forms[] = {
		[EMULATE_NONE] = "no emulation", [EMULATE_1_2] = "1.2 MB floppy", [EMULATE_1_44] = "1.44 MB floppy",
		[EMULATE_2_88] = "2.88 MB floppy", [EMULATE_DISK] = "hard disk",
	};
	uint32_t form = entry[1] & EMULATE_MASK;

	if (entry[0] != ID_BOOTABLE || form > EMULATE_DISK)
		return false;
	out->image = (struct cd_image){ .media = entry[1], .segment = get_le16(entry + 2),
					.sectors = get_le16(entry + 6), .lba = get_le32(entry + 8) };
	out->form = forms[form];
	copy_name(out->name, named + ID_STRING_AT, name_bytes);
	return true;
}

/* Entry n of a section and what extends it. Returns the number of the next. */
static uint32_t behind(const uint8_t *catalogue, uint32_t n)
{
	const uint8_t *entry = catalogue + n * ENTRY;
	bool more = entry[1] & EXTENSION_MORE;

	for (n++; more && n < ENTRIES && catalogue[n * ENTRY] == ID_EXTENSION; n++)
		more = catalogue[n * ENTRY + 1] & EXTENSION_MORE;
	return n;
}

uint32_t eltorito_catalogue(const uint8_t catalogue[CD_SECTOR], struct eltorito_entry *entry, uint32_t max,
			    const char **wrong)
{
	uint32_t found = 0, n = 2;
	bool more = true;

	*wrong = "the checksum or the key of its catalogue is wrong";
	if (!is_valid(catalogue))
		return 0;
	if (max && catalogue[1] == PLATFORM_PC)
		found += bootable(catalogue + ENTRY, catalogue, VALIDATION_NAME, &entry[0]);
	while (more && n < ENTRIES) {
		const uint8_t *header = catalogue + n++ * ENTRY;
		uint32_t count = get_le16(header + 2);

		if (header[0] != ID_SECTION && header[0] != ID_LAST_SECTION)
			break;
		more = header[0] == ID_SECTION;
		for (; count && n < ENTRIES && found < max; count--) {
			if (header[1] == PLATFORM_PC)
				found += bootable(catalogue + n * ENTRY, header, SECTION_NAME, &entry[found]);
			n = behind(catalogue, n);
		}
		more = more && found < max;
	}
	*wrong = "its catalogue has nothing that a PC boots";
	return found;
}

/* Whole sectors of the CD that go to a segment, no more than there is conventional memory. 0: none can. */
static uint32_t room_at(uint32_t linear, uint32_t sectors)
{
	uint32_t end = min_u32(get_le16(phys_to_ptr(BDA_BASE_KIB)), 640) * 1024;
	uint32_t want = sectors ? (sectors + SECTORS_IN_ONE - 1) / SECTORS_IN_ONE : 1;

	if (linear < SEGMENT_LOWEST << 4 || linear >= end)
		return 0;
	return min_u32(want, (end - linear) / CD_SECTOR);
}

static const char *load(struct drive *cd, struct drive *boot, const struct cd_image *image, uint32_t linear)
{
	uint32_t count = room_at(linear, image->sectors), done;
	int rc;

	if (!count)
		return "its image's segment is outside of conventional memory";
	if (boot == cd) {
		if (count * SECTORS_IN_ONE < image->sectors)
			log("boot: drive %02x: image of %u sectors to 0x%x: %u fit into conventional memory", cd->number,
			    image->sectors, linear, count * SECTORS_IN_ONE);
		rc = block_transfer(cd->block, false, image->lba, count, linear, &done);
	} else {
		count = min_u32(count * SECTORS_IN_ONE, image->sectors ? image->sectors : 1);
		rc = block_transfer(boot->block, false, 0, count, linear, &done);
	}
	if (rc)
		log("boot: drive %02x: image of %u sectors at %u: error %d", boot->number, image->sectors, image->lba, rc);
	return rc ? "its image cannot be read" : NULL;
}

static const char *boot_image(struct drive *cd, const struct eltorito_entry *entry)
{
	const struct cd_image *image = &entry->image;
	uint16_t segment = image->segment ? image->segment : SEGMENT_DEFAULT;
	const char *wrong;
	struct drive *boot = emulation_start(cd, image, &wrong);

	if (!boot)
		return wrong;
	wrong = load(cd, boot, image, (uint32_t)segment << 4);
	if (!wrong && boot->block->kind == BLOCK_DISK &&
	    get_le16(phys_to_ptr(((uint32_t)segment << 4) + 510)) != BOOT_SIGNATURE)
		wrong = "its disk image has no boot sector";
	if (wrong) {
		emulation_end();
		return wrong;
	}
	log("boot: drive %02x: image on %s: %s", boot->number, cd->block->description, entry->form);
	/* Code at 7C00h expects segment 0, as that of disks. */
	if (segment < ADDRESSES)
		program_start(0, (uint16_t)(segment << 4), boot->number);
	else
		program_start(segment, 0, boot->number);
	return "its program came back";
}

static const char *read_catalogue(struct drive *cd, uint8_t *sector)
{
	uint32_t catalogue;

	if (!sector)
		return "no memory to read its catalogue";
	if (block_read_own(cd->block, ELTORITO_RECORD_LBA, 1, sector))
		return "no CD, or it cannot be read";
	if (!eltorito_record(sector, &catalogue))
		return "no CD that boots: it has no boot record";
	return block_read_own(cd->block, catalogue, 1, sector) ? "its catalogue cannot be read" : NULL;
}

/* All images of the CD. Returns how many, 0 with *wrong, which the log has said. */
static uint32_t read_entries(struct drive *cd, uint8_t *sector, struct eltorito_entry *entry, uint32_t max,
			     const char **wrong)
{
	uint32_t count = 0;

	*wrong = read_catalogue(cd, sector);
	if (!*wrong)
		count = eltorito_catalogue(sector, entry, max, wrong);
	if (!count)
		log("boot: drive %02x: %s: %s", cd->number, cd->block->description, *wrong);
	return count;
}

uint32_t eltorito_entries(struct drive *cd, uint8_t *sector, struct eltorito_entry *entry, uint32_t max)
{
	const char *wrong;

	return read_entries(cd, sector, entry, min_u32(max, ELTORITO_IMAGES), &wrong);
}

/* Images first to last, those that there are. */
static const char *boot_images(struct drive *cd, uint8_t *sector, uint32_t first, uint32_t last)
{
	struct eltorito_entry entry[ELTORITO_IMAGES];
	const char *wrong;
	uint32_t count = read_entries(cd, sector, entry, ELTORITO_IMAGES, &wrong);

	if (count && first >= count) {
		wrong = "it has not so many images any more";
		log("boot: drive %02x: %s: image %u of %u: %s", cd->number, cd->block->description, first + 1, count,
		    wrong);
	}
	for (uint32_t i = first; i <= last && i < count; i++) {
		wrong = boot_image(cd, &entry[i]);
		log("boot: drive %02x: %s: image %u of %u: %s", cd->number, cd->block->description, i + 1, count,
		    wrong);
	}
	return wrong;
}

const char *eltorito_boot(struct drive *cd, uint8_t *sector)
{
	return boot_images(cd, sector, 0, ELTORITO_IMAGES - 1);
}

const char *eltorito_boot_entry(struct drive *cd, uint8_t *sector, uint32_t n)
{
	return boot_images(cd, sector, n, n);
}
