/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/kernel/kernel_file.c: see kernel_file.h.
 */
#include "boot/kernel/kernel_file.h"
#include "lib/bits.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "std/pe.h"
#include "trace/log.h"

/* QEMU before 7.2.22 writes a magic number and an offset there, for the setup code of kernels before protocol 2.02. */
#define PATCHED_AT	0x20u
#define PATCHED_END	0x24u

static const char whole[] = "etc/boot/kernel";

/* A user can give a file of that name as well, and any other one. */
static void use_whole(struct kernel_file *file, const uint8_t *first, const struct fw_cfg_item *item)
{
	uint8_t head[DOS_HEADER];

	if (item->size != file->size) {
		log("boot: kernel: %s has %u bytes, the two parts of -kernel %u; the parts are used", whole, item->size, file->size);
	} else if (fw_cfg_read(item, 0, head, sizeof(head)) != 0 || memcmp(head, first, PATCHED_AT) != 0 ||
		   memcmp(head + PATCHED_END, first + PATCHED_END, sizeof(head) - PATCHED_END) != 0) {
		log("boot: kernel: %s does not begin as what -kernel gave; the two parts of that are used", whole);
	} else {
		file->part[0] = *item;
		file->part[1].size = 0;
	}
}

int kernel_file_open(struct kernel_file *file, const uint8_t first[BZIMAGE_SETUP], uint32_t kernel_size)
{
	uint32_t setup_size = fw_cfg_le32(FW_CFG_SETUP_SIZE);
	struct fw_cfg_item item;

	if (kernel_size > UINT32_MAX - setup_size) {
		log("boot: kernel: a setup part of 0x%x bytes and 0x%x behind it are more than 4 GiB; not started", setup_size,
		    kernel_size);
		return -EINVAL;
	}
	file->part[0] = (struct fw_cfg_item){ .size = setup_size, .key = FW_CFG_SETUP_DATA };
	file->part[1] = (struct fw_cfg_item){ .size = kernel_size, .key = FW_CFG_KERNEL_DATA };
	file->size = setup_size + kernel_size;
	if (fw_cfg_find(whole, &item) == 0)
		use_whole(file, first, &item);
	return 0;
}

/* buf: where it is not a physical address that is meant. */
static int copy(const struct kernel_file *file, uint32_t offset, void *buf, uint64_t phys, uint32_t size)
{
	if (!range_inside32(offset, size, file->size))
		return -ERANGE;
	for (const struct fw_cfg_item *part = file->part; size; offset -= part++->size) {
		uint32_t len;
		int rc;

		if (offset >= part->size)
			continue;
		len = min_u32(size, part->size - offset);
		rc = buf ? fw_cfg_read(part, offset, buf, len) : fw_cfg_read_phys(part, offset, phys, len);
		if (rc != 0)
			return rc;
		buf = buf ? (uint8_t *)buf + len : buf;
		phys += len;
		offset += len;
		size -= len;
	}
	return 0;
}

int kernel_file_read(const struct kernel_file *file, uint32_t offset, void *buf, uint32_t size)
{
	return copy(file, offset, buf, 0, size);
}

int kernel_file_load(const struct kernel_file *file, uint32_t offset, uint64_t phys, uint32_t size)
{
	return copy(file, offset, NULL, phys, size);
}
