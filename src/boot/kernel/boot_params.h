/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/kernel/boot_params.h: the page of facts a Linux kernel is started with.
 * Spec: Linux Documentation/arch/x86/zero-page.rst and boot.rst, "32-bit Boot Protocol".
 */
#ifndef BOOT_KERNEL_BOOT_PARAMS_H
#define BOOT_KERNEL_BOOT_PARAMS_H

#include <stdint.h>
#include "boot/kernel/bzimage.h"
#include "boot/kernel/place.h"
#include "mem/e820.h"
#include "std/bootparam.h"

struct boot_facts {
	const struct e820_map *map;	/* final; rows from the 129th on are left to setup_data */
	const struct placement *at;	/* command line, initrd, first node of setup_data */
	uint64_t initrd_size;		/* bytes */
	uint32_t ram_end;		/* end of the map's RAM at 1 MiB, below 4 GiB; 1 MiB: none there */
	uint32_t rsdp;			/* physical address, 0: no ACPI */
	const struct screen_info *screen; /* NULL: no screen was set up */
};

/*
 * Fill *bp, which may hold anything before: the setup header out of a kernel's setup part as it
 * is, then what the loader has to say; all else is 0, no EDD, no APM. kernel comes
 * from bzimage_parse() of the same setup.
 */
void boot_params_fill(struct boot_params *bp, const uint8_t setup[BZIMAGE_SETUP],
		      const struct bzimage *kernel, const struct boot_facts *facts);

#endif
