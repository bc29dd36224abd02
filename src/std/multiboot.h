/* SPDX-License-Identifier: BSD-2-Clause
 * src/std/multiboot.h: what a multiboot kernel is told.
 * Spec: Multiboot Specification 0.6.96, 3.2 and 3.3. Little-endian; addresses are physical.
 */
#ifndef STD_MULTIBOOT_H
#define STD_MULTIBOOT_H

#include <stddef.h>
#include <stdint.h>

#define MULTIBOOT_LOADER_MAGIC	0x2badb002u	/* in EAX at the entry */

/* Bits of flags: what is there. */
#define MULTIBOOT_INFO_MEMORY	(1u << 0)
#define MULTIBOOT_INFO_MMAP	(1u << 6)

/* As far as mmap_addr; what is behind it is QEMU's business. */
struct multiboot_info {
	uint32_t flags;
	uint32_t mem_lower, mem_upper;		/* KiB from 0 and from 1 MiB on */
	uint32_t boot_device, cmdline;
	uint32_t mods_count, mods_addr;
	uint32_t syms[4];
	uint32_t mmap_length, mmap_addr;	/* bytes; struct multiboot_mmap_entry */
};
_Static_assert(sizeof(struct multiboot_info) == 52, "the memory map's address is the last field");
_Static_assert(offsetof(struct multiboot_info, mmap_length) == 44, "the memory map's length is at 44");

struct multiboot_mmap_entry {
	uint32_t size;				/* bytes that follow */
	uint64_t base, length;
	uint32_t type;				/* as std/e820.h */
} __attribute__((packed));
_Static_assert(sizeof(struct multiboot_mmap_entry) == 24, "a row of the memory map has 24 bytes");

#endif
