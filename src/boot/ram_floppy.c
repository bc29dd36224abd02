/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/ram_floppy.c: see ram_floppy.h.
 */
#include "boot/ram_floppy.h"
#include <stddef.h>
#include "arch/phys.h"
#include "fw/fw_cfg.h"
#include "fw/fw_cfg_dir.h"
#include "hw/block/block.h"
#include "hw/pci/config.h"
#include "lib/bits.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "mem/alloc.h"
#include "trace/log.h"

#define SECTOR		512u
#define FOLDER		"floppyimg/"
#define PACKED		".lzma"

/* All that PCs have had in sectors of 512 bytes. */
static const struct {
	uint8_t cylinders, heads, sectors;
} media[] = {
	{ 40, 1, 8 }, { 40, 1, 9 }, { 40, 2, 8 }, { 40, 2, 9 }, { 80, 2, 9 }, { 80, 2, 15 }, { 80, 2, 18 }, { 80, 2, 36 },
};

struct ram_floppy {
	struct block_controller controller;	/* first: block.controller leads here */
	uint8_t *image;
	char name[FW_CFG_NAME_BYTES];		/* the directory's own is not kept */
};

/* A request's ranges are the caller's memory or the bounce buffer: what is the firmware's is not written from here. */
static int transfer(struct block *block, struct block_request *r)
{
	uint8_t *at = ((struct ram_floppy *)block->controller)->image + (uint32_t)r->lba * SECTOR;

	for (uint32_t i = 0; i < r->list.count; i++) {
		const struct dma_range *range = &r->list.range[i];

		if (r->write)
			memcpy(at, phys_to_ptr(range->addr), range->len);
		else
			memcpy(phys_to_ptr(range->addr), at, range->len);
		at += range->len;
	}
	return 0;
}

static const struct block_driver driver = { .transfer = transfer };

/* A file in the folder, whatever it is called. */
static bool is_image(const char *name)
{
	size_t len = sizeof(FOLDER) - 1;

	return strncmp(name, FOLDER, len) == 0 && name[len];
}

/* As coreboot's files may be. */
static bool is_packed(const char *name)
{
	size_t len = strlen(name), end = sizeof(PACKED) - 1;

	return len > end && memcmp(name + len - end, PACKED, end) == 0;
}

/* Of a medium of so many bytes: fills what it is like. */
static bool find_medium(struct block *block, uint32_t bytes)
{
	for (uint32_t i = 0; i < ARRAY_SIZE(media); i++) {
		uint32_t sectors = (uint32_t)media[i].cylinders * media[i].heads * media[i].sectors;

		if (sectors * SECTOR != bytes)
			continue;
		block->sectors = sectors;
		block->chs_cylinders = media[i].cylinders;
		block->chs_heads = media[i].heads;
		block->chs_sectors = media[i].sectors;
		return true;
	}
	return false;
}

/* It and its image, or NULL: the log has why. */
static struct ram_floppy *load(const char *name, const struct fw_cfg_item *item)
{
	struct ram_floppy *floppy;
	struct alloc_mark mark;
	bool room;

	alloc_mark(&mark);
	floppy = alloc(ZONE_HIGH, sizeof(*floppy), 8, "RAM floppy");
	if (floppy)
		floppy->image = alloc_raw(ZONE_HIGH, item->size, SECTOR, "RAM floppy's image");
	room = floppy && floppy->image;
	if (room && fw_cfg_read(item, 0, floppy->image, item->size) == 0)
		return floppy;
	log("boot: %s: %u bytes %s; not used", log_text(name), item->size, room ? "cannot be read" : "have no room in memory");
	alloc_release(ZONE_HIGH, &mark);
	return NULL;
}

/* Returns whether it is there. */
static bool add(const char *name, const struct fw_cfg_item *item)
{
	struct block block = { .driver = &driver, .sector_size = SECTOR, .kind = BLOCK_FLOPPY, .bus = BUS_RAM, .bdf = PCI_NONE_BDF };
	struct ram_floppy *floppy;

	if (!find_medium(&block, item->size)) {
		log("boot: %s: %u bytes, no floppy has so many; not used", log_text(name), item->size);
		return false;
	}
	floppy = load(name, item);
	if (!floppy)
		return false;
	memcpy(floppy->name, name, strlen(name));
	block.controller = &floppy->controller;
	block.description = floppy->name;
	return block_add(&block);
}

void ram_floppy_init(void)
{
	uint32_t drives = 0;
	struct fw_cfg_item item;
	const char *name;

	for (const struct block *b = block_first; b; b = b->next)
		drives += b->kind == BLOCK_FLOPPY;
	for (uint32_t n = 0; fw_cfg_nth(n, &name, &item) == 0; n++) {
		if (!is_image(name))
			continue;
		if (is_packed(name))
			log("boot: %s: packed, and nothing is unpacked here; not used", log_text(name));
		else if (drives >= RAM_FLOPPY_DRIVES)
			log("boot: %s: there are %u floppies, which have all numbers; not used", log_text(name), drives);
		else
			drives += add(name, &item);
	}
}
