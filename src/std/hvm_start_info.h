/* SPDX-License-Identifier: BSD-2-Clause
 * src/std/hvm_start_info.h: what a kernel that is entered by PVH is told.
 * Spec: Xen, docs/misc/pvh.pandoc and xen/include/public/arch-x86/hvm/start_info.h. Little-endian.
 */
#ifndef STD_HVM_START_INFO_H
#define STD_HVM_START_INFO_H

#include <stddef.h>
#include <stdint.h>

#define HVM_START_MAGIC		0x336ec578u
#define HVM_START_VERSION	1u		/* the first with a memory map */

struct hvm_start_info {
	uint32_t magic, version, flags, nr_modules;
	uint64_t modlist_paddr;			/* struct hvm_modlist_entry */
	uint64_t cmdline_paddr;			/* text with its NUL */
	uint64_t rsdp_paddr;			/* 0: none */
	uint64_t memmap_paddr;			/* struct hvm_memmap_table_entry */
	uint32_t memmap_entries, reserved;
};
_Static_assert(sizeof(struct hvm_start_info) == 56, "the start info has 56 bytes");
_Static_assert(offsetof(struct hvm_start_info, memmap_paddr) == 40, "the memory map's address is at 40");

struct hvm_modlist_entry {
	uint64_t paddr, size;
	uint64_t cmdline_paddr;			/* 0: none */
	uint64_t reserved;
};
_Static_assert(sizeof(struct hvm_modlist_entry) == 32, "a module has 32 bytes");

struct hvm_memmap_table_entry {
	uint64_t addr, size;
	uint32_t type;				/* as std/e820.h */
	uint32_t reserved;
};
_Static_assert(sizeof(struct hvm_memmap_table_entry) == 24, "a row of the memory map has 24 bytes");

#endif
