/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/kernel/uki.h: a Unified Kernel Image: a PE file whose sections are a kernel, its initrd and its command line. Here its
 * sections are found and checked; nothing of it is run but the kernel.
 * Spec: UAPI.5, "Unified Kernel Image", "PE Sections", "Multi-Profile UKIs".
 */
#ifndef BOOT_KERNEL_UKI_H
#define BOOT_KERNEL_UKI_H

#include <stdint.h>
#include "boot/kernel/bzimage.h"
#include "boot/kernel/kernel_file.h"

enum uki_part {
	UKI_LINUX,			/* .linux: a bzImage as in its file; more than BZIMAGE_SETUP bytes */
	UKI_CMDLINE,			/* .cmdline: text, which a NUL or the section ends; without blanks at its end */
	UKI_INITRD,			/* .initrd */
	UKI_UCODE,			/* .ucode: an initrd that goes before it */
	UKI_OSREL,			/* .osrel: as /etc/os-release */
	UKI_PARTS
};

struct uki {
	struct kernel_file file;
	struct uki_section { uint32_t offset, size; } part[UKI_PARTS];	/* of file; size 0: it has none */
};

/*
 * Is the file of -kernel one? first: the start of its setup part, read after FW_CFG_SETUP_ADDR was selected; kernel_size: fw_cfg
 * item KERNEL_SIZE. Of several profiles the first is taken, and where it has no section of that name, what stands before all
 * profiles. Returns 0, after a line that names what it starts: every section is inside the file and apart from the others
 * and from the headers; -ENOENT: no PE file, or a kernel's own (a bzImage), and nothing is logged; after a line -EINVAL: something of it is
 * wrong, or it has no kernel; -EIO.
 */
int uki_find(const uint8_t first[BZIMAGE_SETUP], uint32_t kernel_size, struct uki *uki) __attribute__((cold));

/*
 * Take the kernel apart: its setup part's start to setup, with what QEMU would have written there for a bzImage, and .linux is from
 * then on what lies behind the setup part, 1 byte at least. Returns 0; after a line -EINVAL, it is no bzImage; -EIO.
 */
int uki_take_setup(struct uki *uki, uint8_t setup[BZIMAGE_SETUP]) __attribute__((cold));

#endif
