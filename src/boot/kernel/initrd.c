/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/kernel/initrd.c: see initrd.h.
 */
#include "boot/kernel/initrd.h"
#include <stddef.h>
#include "arch/phys.h"
#include "boot/request/request.h"
#include "fw/fw_cfg.h"
#include "lib/bits.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "trace/log.h"

static const char begin[] = "opt/org.slipway/initrd.";
static const char microcode[] = "opt/org.slipway/initrd.ucode";

/* One of 0 bytes is none. */
static void add(struct initrd *all, const struct initrd_part *part)
{
	if (!part->size)
		return;
	all->size = align_up64(all->size, INITRD_ALIGN) + part->size;
	all->part[all->count++] = *part;
}

static void add_item(struct initrd *all, const char *name, const struct fw_cfg_item *item)
{
	add(all, &(struct initrd_part){ .name = name, .size = item->size, .key = item->key, .whole = true });
}

static void add_section(struct initrd *all, const char *name, const struct uki *uki, enum uki_part part)
{
	if (uki)
		add(all, &(struct initrd_part){ .name = name, .offset = uki->part[part].offset, .size = uki->part[part].size,
						.file = &uki->file });
}

/* 0 to 15, without other digits; INITRD_FILES: another text. */
static uint32_t number_of(const char *text)
{
	uint32_t n = (uint32_t)(text[0] - '0');

	if (n > 9 || (n != 1 && text[1]) || (text[1] && text[2]))
		return INITRD_FILES;
	if (text[1])
		n = (uint32_t)(text[1] - '0') <= 5 ? 10 + (uint32_t)(text[1] - '0') : INITRD_FILES;
	return n;
}

static int add_files(struct initrd *all)
{
	struct { const char *name; struct fw_cfg_item item; } file[INITRD_FILES] = { { NULL, { 0, 0 } } };
	struct fw_cfg_item item;
	const char *name;
	uint32_t number, seen = 0;

	for (uint32_t n = 0; fw_cfg_nth(n, &name, &item) == 0; n++) {
		if (memcmp(name, begin, sizeof(begin) - 1) != 0)
			continue;
		seen++;
		if (memcmp(name, microcode, sizeof(microcode)) == 0)
			continue;
		number = number_of(name + sizeof(begin) - 1);
		if (number == INITRD_FILES) {
			log("boot: initrd: %s: parts are %s0 to %u, and %s; not started", log_text(name), begin,
			    INITRD_FILES - 1, microcode);
			return -EINVAL;
		}
		if (!file[number].name) {	/* the first of two, as everywhere */
			file[number].name = name;
			file[number].item = item;
		}
	}
	if (!seen) {	/* a long directory lies where programs run */
		log("boot: initrd: %s0 and all others of its parts are gone; not started", begin);
		return -EIO;
	}
	for (uint32_t i = 0; i < INITRD_FILES; i++)
		if (file[i].name)
			add_item(all, file[i].name, &file[i].item);
	return 0;
}

int initrd_join(struct initrd *all, uint32_t own, const struct uki *uki)
{
	const bool files = kernel_requests & REQUEST_INITRD_FILES;
	struct fw_cfg_item item;

	memset(all, 0, sizeof(*all));
	if (files && fw_cfg_find(microcode, &item) == 0)
		add_item(all, microcode, &item);
	add_section(all, ".ucode", uki, UKI_UCODE);
	item = (struct fw_cfg_item){ .size = own, .key = FW_CFG_INITRD_DATA };
	add_item(all, "-initrd", &item);
	add_section(all, ".initrd", uki, UKI_INITRD);
	return files ? add_files(all) : 0;
}

/* Zeros from the end of a part on. */
static int fill(uint64_t at, uint32_t size)
{
	const struct fw_cfg_item zeros = { .key = FW_CFG_NO_ITEM, .size = size };

	if ((at + size - 1) >> 32)
		return fw_cfg_read_phys(&zeros, 0, at, size);
	memset(phys_to_ptr((uint32_t)at), 0, size);
	return 0;
}

static int read_part(const struct initrd_part *part, uint64_t at, uint32_t gap)
{
	const bool far = (at + part->size + gap - 1) >> 32;
	/* Zeros of the device's, by the same transfer. */
	const uint32_t more = far && part->whole && part->size < UINT32_MAX - INITRD_ALIGN ? gap : 0;
	const struct fw_cfg_item item = { .key = part->key, .size = part->offset + part->size + more };
	int rc = part->file ? kernel_file_load(part->file, part->offset, at, part->size) :
			      fw_cfg_read_phys(&item, part->offset, at, part->size + more);

	if (rc == 0 && gap > more)
		rc = fill(at + part->size, gap);
	if (rc == 0)
		return 0;
	log("boot: initrd: %s: %u bytes could not be read to 0x%llx; not started", log_text(part->name), part->size,
	    (unsigned long long)at);
	return -EIO;
}

int initrd_read(const struct initrd *all, uint64_t at)
{
	int rc = 0;

	for (uint32_t i = 0; rc == 0 && i < all->count; i++) {
		const uint32_t size = all->part[i].size;
		/* Nothing is behind the last. */
		const uint32_t gap = i + 1 < all->count ? -size & (INITRD_ALIGN - 1) : 0;

		rc = read_part(&all->part[i], at, gap);
		at += (uint64_t)size + gap;
	}
	return rc;
}
