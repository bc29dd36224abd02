/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/kernel/bzimage.h: what the setup header of a Linux kernel says, checked.
 * Spec: Linux Documentation/arch/x86/boot.rst, "Details of Header Fields".
 */
#ifndef BOOT_KERNEL_BZIMAGE_H
#define BOOT_KERNEL_BZIMAGE_H

#include <stdbool.h>
#include <stdint.h>
#include "std/bootparam.h"

/* Where a bzImage's 32-bit part is loaded, and what addresses in it are counted from. */
#define BZIMAGE_LOAD	0x100000u

/* Bytes of the setup part that matter here. */
#define BZIMAGE_SETUP	SETUP_HEADER_MAX

#define BZIMAGE_VERSION_MIN 0x0206	/* the first that says how long a command line may be */

struct bzimage {
	uint32_t version;	/* boot protocol: major << 8 | minor */
	uint32_t header_end;	/* offset in the setup part, at most SETUP_HEADER_MAX */
	uint32_t setup_sects;	/* sectors of the setup part behind the first; 0: 4 */
	bool is_64bit;		/* needs a processor with long mode */
	uint32_t syssize;	/* of the 32-bit part as the header counts it, 16-byte units */
	uint32_t init_size;	/* bytes from runs_at the kernel needs to start; 0: not said */
	uint32_t runs_at;	/* where it decompresses itself to when loaded at BZIMAGE_LOAD */
	uint32_t initrd_addr_max; /* address of the last byte an initrd may have, below 4 GiB */
	uint32_t cmdline_max;	/* characters, without the NUL */
	uint64_t setup_data;	/* first node of the list, 0: none */
};

/* Bytes of the file in front of the 32-bit part. */
static inline uint32_t bzimage_setup_size(const struct bzimage *kernel)
{
	return ((kernel->setup_sects ? kernel->setup_sects : 4) + 1u) * 512;
}

/*
 * Read the header out of the first BZIMAGE_SETUP bytes of a kernel file. What the protocol
 * version lacks gets the value that kernels of that time are known for. Returns 0; BZIMAGE_GRAPHICS, vid_mode asks for
 * a graphics mode, and nothing else has been looked at; BZIMAGE_PROGRAM, no setup header, but a
 * program of DOS or EFI, which may have a kernel inside (uki.h): neither is logged; -EINVAL, not a kernel or a header that
 * contradicts itself; -EOPNOTSUPP, a kernel that must be entered in another way. One line is logged on failure.
 */
#define BZIMAGE_GRAPHICS 1
#define BZIMAGE_PROGRAM	2
int bzimage_parse(const uint8_t setup[BZIMAGE_SETUP], struct bzimage *kernel);

#endif
