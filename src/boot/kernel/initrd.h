/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/kernel/initrd.h: an initrd joined from several items of fw_cfg: processor microcode, QEMU's -initrd, and files of the
 * user's, opt/org.slipway/initrd.ucode and initrd.0 to initrd.15. docs/runtime-config.md has them.
 *
 * A kernel takes archives one behind the other, microcode first, and loses without a word what begins at an address that is
 * not a multiple of 4: so zero bytes fill each part up to INITRD_ALIGN.
 * Spec: Linux Documentation/driver-api/early-userspace/buffer-format.rst, arch/x86/microcode.rst.
 */
#ifndef BOOT_KERNEL_INITRD_H
#define BOOT_KERNEL_INITRD_H

#include <stdbool.h>
#include <stdint.h>
#include "boot/kernel/kernel_file.h"

#define INITRD_ALIGN	16u		/* bytes */
#define INITRD_FILES	16u		/* numbered files of the user's */
#define INITRD_PARTS	(INITRD_FILES + 4)	/* and microcode twice, -initrd, and one that comes with the kernel */

/* Bytes of an item, or of the file of -kernel. */
struct initrd_part {
	const char *name;
	uint32_t offset, size;
	uint16_t key;
	bool whole;		/* to the end of the item: the device has zeros behind it */
	const struct kernel_file *file;	/* NULL: an item; else of this file, and key is not looked at */
};

struct initrd {
	uint32_t count;
	uint64_t size;		/* bytes, all parts and what is between them */
	struct initrd_part part[INITRD_PARTS];	/* none is empty */
};

/* Add a part at the end; one of 0 bytes is none. At most INITRD_PARTS of a struct initrd that was all 0. */
void initrd_add(struct initrd *all, const struct initrd_part *part);

/*
 * Add the user's files: the one with microcode, or, by their numbers, the others. No device access. Only where there was a
 * file whose name begins so. Returns 0; after a line -EINVAL: a name goes on as no part's does, which would be lost without a
 * word; -EIO: there is no such file any more.
 */
void initrd_add_microcode(struct initrd *all) __attribute__((cold));
int initrd_add_files(struct initrd *all) __attribute__((cold));

/*
 * Read all parts to where all->size bytes of RAM are; above 4 GiB that needs DMA. One transfer for each part, and below 4 GiB
 * nothing else; above, another one behind a part that is not whole. Returns 0; -EIO, after a line.
 */
int initrd_read(const struct initrd *all, uint64_t at) __attribute__((cold));

#endif
