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
#include "boot/kernel/uki.h"
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

/*
 * Which parts are there? The user's microcode, that of uki, QEMU's own of so many bytes, that of uki, the user's files by their
 * numbers; the user's if kernel_requests says that there are any; uki: NULL, none. No device access. Returns 0, *all has them, or
 * none; after a line -EINVAL: a file's name begins as a part's and goes on as none's does, and would be lost without a word;
 * -EIO: there is no such file any more.
 */
int initrd_join(struct initrd *all, uint32_t own, const struct uki *uki) __attribute__((cold));

/*
 * Read all parts to where all->size bytes of RAM are; above 4 GiB that needs DMA. One transfer for each part, and below 4 GiB
 * nothing else; above, another one behind a part that is not whole. Returns 0; -EIO, after a line.
 */
int initrd_read(const struct initrd *all, uint64_t at) __attribute__((cold));

#endif
