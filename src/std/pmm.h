/* SPDX-License-Identifier: BSD-2-Clause
 * src/std/pmm.h: the POST Memory Manager: memory for option ROMs while the machine comes up.
 * Spec: Phoenix and Intel, POST Memory Manager Specification 1.01.
 */
#ifndef STD_PMM_H
#define STD_PMM_H

#include <stddef.h>
#include <stdint.h>

#define PMM_SIGNATURE	0x4d4d5024u	/* "$PMM" */
#define PMM_REVISION	0x01

/* On a 16-byte boundary in E0000-FFFFF while the functions may be called; little-endian [3.1.1]. */
struct pmm_structure {
	uint32_t signature;
	uint8_t revision, bytes;
	uint8_t checksum;		/* all bytes sum to 0 */
	uint16_t entry_offset, entry_segment;
	uint8_t reserved[5];
} __attribute__((packed));
_Static_assert(sizeof(struct pmm_structure) == 16, "PMM structure is 16 bytes");
_Static_assert(offsetof(struct pmm_structure, entry_offset) == 7, "PMM entry is at 7");

/*
 * A far call in real mode with C's convention: arguments on the stack, the first one lowest, removed by the caller; the
 * answer is in DX:AX, all other registers are kept [3.2]. Addresses are physical.
 */
#define PMM_ALLOCATE	0	/* length, handle, flags: the block's address, 0: it cannot be had */
#define PMM_FIND	1	/* handle: the block's address, 0: there is none */
#define PMM_DEALLOCATE	2	/* the block's address: 0, else an error */
#define PMM_UNSUPPORTED	0xffffffffu	/* the answer of any other function */

#define PMM_UNIT	16u		/* bytes; lengths count in it. Length 0 asks for the largest block */
#define PMM_ANONYMOUS	0xffffffffu	/* handle of blocks that nobody finds, of which there may be many */

/* Flags of PMM_ALLOCATE: where the block may be; one of the first two, or either. */
#define PMM_CONVENTIONAL	0x0001u	/* below 1 MiB */
#define PMM_EXTENDED		0x0002u	/* above */
#define PMM_ALIGN		0x0004u	/* to the lowest bit that is set in the length */
#define PMM_PERMANENT		0x0008u	/* not given back when something is booted */

/* What is on the stack behind the return address. */
struct pmm_call {
	uint16_t function;
	union {
		struct {
			uint32_t length, handle;
			uint16_t flags;
		} __attribute__((packed)) allocate;
		uint32_t handle;	/* PMM_FIND */
		uint32_t address;	/* PMM_DEALLOCATE */
	} __attribute__((packed));
} __attribute__((packed));
_Static_assert(sizeof(struct pmm_call) == 12, "PMM arguments are 12 bytes at most");
_Static_assert(offsetof(struct pmm_call, allocate.handle) == 6, "the handle is at 6");

#endif
