/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/list/describe.c: see describe.h.
 */
#include "boot/list/describe.h"
#include <stddef.h>
#include "hw/block/block.h"
#include "hw/pci/config.h"
#include "lib/bits.h"
#include "lib/format.h"

#define SECTORS_MAX	(1ull << 55)	/* no product below can wrap */
#define UNIT_MAX	10240u

struct text {
	char *at;
	uint32_t left;			/* bytes, the NUL among them: never 0 */
};

static void add(struct text *text, const char *s)
{
	for (; *s && text->left > 1; text->left--)
		*text->at++ = *s++;
	*text->at = '\0';
}

static void add_numbers(struct text *text, const char *format, const uint32_t *word, uint32_t words)
{
	size_t len = format_words(text->at, text->left, format, word, words, NULL);

	text->at += len;
	text->left -= (uint32_t)len;
}

static void add_size(struct text *text, const struct block *block)
{
	static const char *const unit[] = { ", %u KiB", ", %u MiB", ", %u GiB", ", %u TiB" };
	uint64_t size = min_u64(block->sectors, SECTORS_MAX) * (block->sector_size / 512) / 2;
	uint32_t n = 0, word;

	for (; n < ARRAY_SIZE(unit) - 1 && (size >= UNIT_MAX || (size >= 1024 && size % 1024 == 0)); n++)
		size >>= 10;
	word = (uint32_t)min_u64(size, UINT32_MAX);
	add_numbers(text, unit[n], &word, 1);
}

static void add_place(struct text *text, const struct block *block)
{
	const uint32_t pci[] = {
		block->bdf >> 8, PCI_DEV(block->bdf), PCI_FN(block->bdf), block->channel, block->unit,
	};
	const uint32_t unit[] = { block->target, block->lun };

	switch (block->bus) {
	case BUS_IDE:
		add_numbers(text, ", IDE channel %u drive %u", &pci[3], 2);
		break;
	case BUS_AHCI:
		add_numbers(text, ", PCI %02x:%02x.%x port %u", pci, 4);
		break;
	case BUS_SCSI:
		if (block->bdf == PCI_NONE_BDF)
			add_numbers(text, ", at 0x%x", &block->mmio, 1);
		else
			add_numbers(text, ", PCI %02x:%02x.%x", pci, 3);
		add_numbers(text, " target %u LUN %u", unit, 2);
		break;
	case BUS_NVME:
		add_numbers(text, ", PCI %02x:%02x.%x", pci, 3);
		add_numbers(text, " namespace %u", unit, 1);
		break;
	case BUS_SD:
	case BUS_VIRTIO_PCI:
		add_numbers(text, ", PCI %02x:%02x.%x", pci, 3);
		break;
	case BUS_VIRTIO_MMIO:
		add_numbers(text, ", at 0x%x", &block->mmio, 1);
		break;
	case BUS_RAM:
		add(text, ", in RAM");
		break;
	case BUS_FLOPPY:
		add(text, block->unit ? " B" : " A");
		break;
	default:
		break;
	}
}

void describe_block(const struct block *block, char *buf, uint32_t size)
{
	struct text text = { buf, size };

	add(&text, block->description);
	if (block->kind == BLOCK_DISK)
		add_size(&text, block);
	else if (block->kind == BLOCK_CD)
		add(&text, ", CD");
	add_place(&text, block);
}
