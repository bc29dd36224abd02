/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/kernel/kernel_file.h: the file given with -kernel as a whole, any part of it, for forms in which the kernel lies in the
 * middle of a larger file. What QEMU takes for a Linux kernel it hands over in two items: setup part, and the rest; QEMU 10 and
 * later also as one, etc/boot/kernel, in which nothing is ever changed.
 */
#ifndef BOOT_KERNEL_KERNEL_FILE_H
#define BOOT_KERNEL_KERNEL_FILE_H

#include <stdint.h>
#include "boot/kernel/bzimage.h"
#include "fw/fw_cfg.h"

struct kernel_file {
	struct fw_cfg_item part[2];	/* one behind the other; the second may have 0 bytes */
	uint32_t size;			/* bytes of both */
};

/*
 * Of what items does it consist? first: the start of its setup part, read after FW_CFG_SETUP_ADDR was selected; kernel_size:
 * fw_cfg item KERNEL_SIZE. A single item is taken where it begins like first and is as long as both parts; if it differs,
 * a line, and the parts are taken. Returns 0; -EINVAL, after a line: more than 32 bits can count.
 */
int kernel_file_open(struct kernel_file *file, const uint8_t first[BZIMAGE_SETUP], uint32_t kernel_size);

/*
 * Copy size bytes from offset on to an object of ours: one access, and one more to get there; by port as many as there are bytes
 * up to the end of it. Returns 0; -ERANGE, they are not all in the file, and nothing is read; -EIO, buf undefined.
 */
int kernel_file_read(const struct kernel_file *file, uint32_t offset, void *buf, uint32_t size);

/* The same to a physical address, which may be anywhere with DMA, below 4 GiB without. */
int kernel_file_load(const struct kernel_file *file, uint32_t offset, uint64_t phys, uint32_t size);

#endif
