/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fuzz/uki_fuzz.c: whatever a file with "MZ" at its start says, what is taken for a UKI has a kernel, and all sections are in the file,
 * apart, under a row of the table with their name; what is refused costs one line; what is no PE file, none. Nothing outside of the
 * file is read.
 * Input: le16 bytes of the setup part, a byte (bit 0: as one item as well), and the file.
 * LINK: src/boot/kernel/uki.c src/boot/kernel/kernel_file.c tests/fake/log.c
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include "boot/kernel/uki.h"
#include "fake/log.h"
#include "fw/fw_cfg.h"
#include "lib/endian.h"
#include "lib/errno.h"
#include "std/pe.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define WHOLE	0x30u		/* the single item's key */

static const uint8_t *file;
static uint32_t file_size, setup_size;
static bool as_one;

static void must(bool true_thing)
{
	if (!true_thing)
		abort();
}

uint32_t fw_cfg_le32(uint16_t key)
{
	must(key == FW_CFG_SETUP_SIZE);
	return setup_size;
}

int fw_cfg_find(const char *name, struct fw_cfg_item *item)
{
	must(strcmp(name, "etc/boot/kernel") == 0);
	*item = (struct fw_cfg_item){ .size = file_size, .key = WHOLE };
	return as_one ? 0 : -ENOENT;
}

int fw_cfg_read(const struct fw_cfg_item *item, uint32_t offset, void *buf, uint32_t len)
{
	uint32_t first = item->key == FW_CFG_KERNEL_DATA ? setup_size : 0;

	must(len != 0 && item->size == (item->key == WHOLE ? file_size : item->key == FW_CFG_SETUP_DATA ? setup_size : file_size - setup_size));
	must(offset <= item->size && len <= item->size - offset);
	memcpy(buf, file + first + offset, len);
	return 0;
}

int fw_cfg_read_phys(const struct fw_cfg_item *item, uint32_t offset, uint64_t phys, uint32_t len)
{
	(void)item, (void)offset, (void)phys, (void)len;
	abort();
}

/* Is there a row of the table that says so? */
static bool has_row(const char *name, const struct uki_section *part)
{
	const struct pe_header *pe = (const void *)(file + get_le32(file + DOS_LFANEW));
	const struct pe_section *row = (const void *)((const uint8_t *)(pe + 1) + pe->optional_size);

	for (uint32_t i = 0; i < pe->sections; i++)
		if (strncmp(row[i].name, name, 8) == 0 && row[i].raw_at == part->offset && part->size <= row[i].raw_size &&
		    part->size <= row[i].virtual_size)
			return true;
	return false;
}

static void check(const struct uki *uki)
{
	static const char *const names[UKI_PARTS] = { ".linux", ".cmdline", ".initrd", ".ucode", ".osrel" };

	must(uki->part[UKI_LINUX].size > BZIMAGE_SETUP && uki->file.size == file_size);
	for (uint32_t i = 0; i < UKI_PARTS; i++) {
		const struct uki_section *a = &uki->part[i];

		if (!a->size)
			continue;
		must(a->offset >= DOS_HEADER && (uint64_t)a->offset + a->size <= file_size && has_row(names[i], a));
		for (uint32_t k = 0; k < i; k++) {
			const struct uki_section *b = &uki->part[k];

			must(!b->size || a->offset + a->size <= b->offset || b->offset + b->size <= a->offset);
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t first[BZIMAGE_SETUP];
	struct uki_section before;
	struct uki uki;
	int rc;

	if (size < 3 + BZIMAGE_SETUP)
		return 0;
	file = data + 3;
	file_size = (uint32_t)size - 3;
	setup_size = DOS_HEADER + get_le16(data) % (file_size - DOS_HEADER);
	as_one = data[2] & 1;
	memcpy(first, file, BZIMAGE_SETUP);
	fake_log_reset();
	rc = uki_find(first, file_size - setup_size, &uki);
	must(rc == 0 || rc == -EINVAL || rc == -ENOENT);
	must(fake_log_lines() == (rc != -ENOENT));
	if (rc != 0)
		return 0;
	check(&uki);
	before = uki.part[UKI_LINUX];
	rc = uki_take_setup(&uki, first);
	must(rc == 0 || (rc == -EINVAL && fake_log_lines() == 2));
	if (rc == 0) {
		must(uki.part[UKI_LINUX].size && uki.part[UKI_LINUX].offset > before.offset + BZIMAGE_SETUP);
		must(uki.part[UKI_LINUX].offset + uki.part[UKI_LINUX].size == before.offset + before.size);
	}
	return 0;
}
