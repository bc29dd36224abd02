/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/block/ata/ata.c: see ata.h.
 */
#include "hw/block/ata/ata.h"
#include "hw/block/block.h"
#include "hw/block/model.h"
#include "hw/block/scsi/packet.h"
#include "lib/bits.h"
#include "lib/endian.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "mem/alloc.h"

/* Words of IDENTIFY DEVICE [7.16.7]; those of packet devices have the same places. */
#define WORD_GENERAL		0
#define WORD_CYLINDERS		1
#define WORD_HEADS		3
#define WORD_SECTORS		6
#define WORD_MODEL		27
#define WORD_CAPABILITIES	49
#define WORD_LBA28		60	/* two */
#define WORD_COMMANDS		83
#define WORD_ENABLED		85
#define WORD_ENABLED_LAST	87
#define WORD_LBA48		100	/* four */
#define WORD_SECTOR		106
#define WORD_SECTOR_WORDS	117	/* two: size of a sector in words */
#define WORD_INTEGRITY		255

#define GENERAL_REMOVABLE	0x0080
#define GENERAL_CF		0x848a	/* CompactFlash: all 16 bits mean that */
#define CAPABILITY_DMA		0x0100
#define CAPABILITY_LBA		0x0200
#define COMMANDS_LBA48		0x4400	/* with bits 15..14: 01, the word is valid */
#define COMMANDS_LBA48_MASK	0xc400
#define COMMANDS_FLUSH		0x1000
#define COMMANDS_FLUSH_EXT	0x2000
#define ENABLED_CACHE		0x0020	/* of writes; the words are valid by bits 15..14 of their last */
#define WORD_VALID		0x4000
#define WORD_VALID_MASK		0xc000
#define SECTOR_LONG		0x1000	/* sectors are longer than 256 words */
#define INTEGRITY_SIGNATURE	0xa5
#define TYPE_CD			5

/* The byte sum of all is 0 when the last word says that it was made so. */
static bool whole(const uint16_t word[])
{
	const uint8_t *byte = (const uint8_t *)word;
	uint8_t sum = 0;

	if ((word[WORD_INTEGRITY] & 0xff) != INTEGRITY_SIGNATURE)
		return true;
	for (uint32_t i = 0; i < 2 * ATA_IDENTIFY_WORDS; i++)
		sum += byte[i];
	return sum == 0;
}

static uint32_t two(const uint16_t word[])
{
	return word[0] | (uint32_t)word[1] << 16;
}

static bool valid(uint16_t word)
{
	return (word & WORD_VALID_MASK) == WORD_VALID;
}

/* What takes a write has it on the medium, unless it has a cache and uses it. */
static uint8_t flush_command(bool lba48, const uint16_t word[])
{
	uint16_t commands = word[WORD_COMMANDS];

	if (!valid(commands) || !valid(word[WORD_ENABLED_LAST]) || !(word[WORD_ENABLED] & ENABLED_CACHE))
		return 0;
	if (lba48 && commands & COMMANDS_FLUSH_EXT)
		return ATA_FLUSH_EXT;
	return commands & COMMANDS_FLUSH ? ATA_FLUSH : 0;
}

static int disk(struct ata_identity *id, const uint16_t word[])
{
	uint16_t sector = word[WORD_SECTOR];
	uint64_t lba48 = two(word + WORD_LBA48) | (uint64_t)two(word + WORD_LBA48 + 2) << 32;

	id->sectors = two(word + WORD_LBA28) & (ATA_LBA28_END - 1);
	id->lba48 = (word[WORD_COMMANDS] & COMMANDS_LBA48_MASK) == COMMANDS_LBA48;
	if (id->lba48 && lba48 && lba48 >> 48 == 0)
		id->sectors = lba48;
	id->flush = flush_command(id->lba48, word);
	id->sector_size = 512;
	if (valid(sector) && sector & SECTOR_LONG)
		id->sector_size = min_u32(two(word + WORD_SECTOR_WORDS), 0xffff) * 2;
	if (word[WORD_CYLINDERS] && word[WORD_HEADS] - 1u < 16 && word[WORD_SECTORS] - 1u < 63) {
		id->chs_cylinders = word[WORD_CYLINDERS];
		id->chs_heads = word[WORD_HEADS];
		id->chs_sectors = word[WORD_SECTORS];
	}
	if (!(word[WORD_CAPABILITIES] & CAPABILITY_LBA) || !id->sectors ||
	    (id->sector_size != 512 && id->sector_size != 4096))
		return -EINVAL;
	return 0;
}

int ata_identify(struct ata_identity *id, const uint16_t word[ATA_IDENTIFY_WORDS], bool packet)
{
	uint16_t general = word[WORD_GENERAL];

	memset(id, 0, sizeof(*id));
	if (!whole(word))
		return -EINVAL;
	id->dma = word[WORD_CAPABILITIES] & CAPABILITY_DMA;
	id->removable = general & GENERAL_REMOVABLE && general != GENERAL_CF;
	/* the first of two characters is in the upper byte [3.4.9] */
	model_copy(id->model, (const uint8_t *)(word + WORD_MODEL), ATA_MODEL, 1);
	if (!packet)
		return disk(id, word);
	id->cd = (general >> 8 & 31) == TYPE_CD;
	return 0;
}

void ata_describe(struct block *block, const struct ata_identity *id)
{
	uint32_t size = (uint32_t)strlen(id->model) + 1;
	char *copy = size > 1 ? alloc_raw(ZONE_HIGH, size, 1, "drive's model") : NULL;

	block->kind = id->cd ? BLOCK_CD : BLOCK_DISK;
	block->read_only = id->cd;
	block->removable = id->cd || id->removable;
	block->sectors = id->sectors;
	block->sector_size = id->cd ? PACKET_SECTOR : id->sector_size;
	block->chs_cylinders = id->chs_cylinders;
	block->chs_heads = id->chs_heads;
	block->chs_sectors = id->chs_sectors;
	block->description = id->cd ? "CD drive" : "ATA disk";
	if (copy)
		block->description = memcpy(copy, id->model, size);
}
