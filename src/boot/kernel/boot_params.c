/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/kernel/boot_params.c: see boot_params.h.
 */
#include "boot/kernel/boot_params.h"
#include "lib/bits.h"
#include "lib/string.h"

#define ONE_MIB		0x100000u
#define EXT_MEM_K_MAX	0xfc00u		/* INT 15h AH=88h ends at 64 MiB, by custom */

void boot_params_fill(struct boot_params *bp, const uint8_t setup[BZIMAGE_SETUP],
		      const struct bzimage *kernel, const struct boot_facts *facts)
{
	uint32_t rows = min_u32(facts->map->count, BOOT_PARAMS_E820_MAX);
	uint32_t above_k = (facts->ram_end - ONE_MIB) >> 10;

	memset(bp, 0, sizeof(*bp));
	memcpy((uint8_t *)bp + SETUP_HEADER_AT, setup + SETUP_HEADER_AT,
	       kernel->header_end - SETUP_HEADER_AT);

	if (facts->screen)
		bp->screen = *facts->screen;
	bp->screen.ext_mem_k = (uint16_t)min_u32(above_k, EXT_MEM_K_MAX);
	bp->alt_mem_k = above_k;
	bp->acpi_rsdp_addr = facts->rsdp;
	bp->ext_ramdisk_image = (uint32_t)(facts->at->initrd >> 32);
	bp->ext_ramdisk_size = (uint32_t)(facts->initrd_size >> 32);
	bp->e820_entries = (uint8_t)rows;
	memcpy(bp->e820_table, facts->map->entry, rows * sizeof(bp->e820_table[0]));

	bp->hdr.vid_mode = VID_MODE_NORMAL;
	bp->hdr.code32_start = BZIMAGE_LOAD;
	bp->hdr.ramdisk_image = (uint32_t)facts->at->initrd;
	bp->hdr.ramdisk_size = (uint32_t)facts->initrd_size;
	bp->hdr.cmd_line_ptr = facts->at->cmdline;
	/* Before 2.07 and 2.09 there is no such field, and these are 0 as all behind the header. */
	bp->hdr.hardware_subarch = 0;	/* a PC */
	bp->hdr.setup_data = facts->at->node[0];
}
