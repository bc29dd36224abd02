/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/kernel/place.h: the one placer: where kernel, initrd, command line, boot parameters and
 * setup_data nodes go. Pure functions of the memory map and the sizes; no memory is touched.
 *
 * QEMU also says where it would put things, but it knows neither the firmware's tables at the
 * top of memory nor what the kernel needs to decompress itself, so its addresses are not asked.
 */
#ifndef BOOT_KERNEL_PLACE_H
#define BOOT_KERNEL_PLACE_H

#include <stdint.h>
#include "arch/phys.h"
#include "boot/kernel/bzimage.h"
#include "mem/e820.h"

#define PLACE_PAGE		0x1000u	/* bytes */

/*
 * Where all but the initrd goes if conventional memory has it free, as boot loaders always did:
 * setup_data follows the command line.
 */
#define PLACE_BOOT_PARAMS	0x10000u
#define PLACE_CMDLINE		0x20000u
#define PLACE_LOW_END		0x30000u	/* from here on POST may still use memory */

#define PLACE_NODES		9	/* of a setup_data list */

/* Pages [first, end). */
struct place_range {
	uint32_t first, end;
};

/* What is in use: the kernel, something until it starts, and then what has been placed. */
enum { PLACE_KERNEL, PLACE_KEEP, PLACE_GIVEN, PLACE_TAKEN = PLACE_GIVEN + 4 + PLACE_NODES };

struct place_request {
	const struct e820_map *map;	/* final, not empty: RAM in it is free, but for what is taken */
	uint32_t limit;			/* pages, at most 4 GiB: what all but the initrd ends below */
	uint32_t initrd_limit;		/* pages: what the initrd ends below */
	uint32_t initrd_size;		/* bytes, 0: there is none */
	uint32_t cmdline_size;		/* bytes with the NUL, at least 1 */
	uint32_t nodes;
	uint32_t node_size[PLACE_NODES];	/* bytes of each node with its header */
	/* PLACE_KERNEL's from place_kernel(), PLACE_KEEP's from the caller, { 0, 0 }: nothing; then place()'s */
	struct place_range taken[PLACE_TAKEN];
	/* set by both: of taken; by place(): where what is next goes if it can, a page of low memory; result */
	uint32_t count, low;
	int rc;
};

/* The one of the kernel that is started (linux.c): with only one there is, the compiler makes less code of place(). */
extern struct place_request kernel_want;

/* Physical addresses. */
struct placement {
	uint32_t boot_params;
	uint32_t cmdline;
	uint64_t initrd;		/* 0: there is none */
	uint32_t node[PLACE_NODES];	/* the first is 0 when there is none */
};

/* The final map, and its rows, which are needed to the end, as what is not to be overwritten. */
static inline void place_by_map(struct place_request *want, const struct e820_map *map)
{
	uint32_t rows = (uint32_t)ptr_to_phys(map->entry);

	want->map = map;
	want->taken[PLACE_KEEP].first = rows / PLACE_PAGE;
	want->taken[PLACE_KEEP].end = (rows + map->count * sizeof(struct e820_entry)) / PLACE_PAGE + 1;
}

/*
 * Check that a kernel of size bytes can be loaded at BZIMAGE_LOAD and has the RAM it decompresses
 * itself in; want->taken[PLACE_KERNEL] is then all that it overwrites before it knows the memory map.
 * Of *want only the map is used; count begins anew. Returns 0; -ENOMEM, with a line that says what it needs and what there is.
 */
int place_kernel(struct place_request *want, const struct bzimage *kernel, uint32_t size);

/*
 * Place the rest. Everything is in RAM, below its limit, and on pages that it shares with nothing else:
 * the kernel frees by pages. Returns 0; -ENOMEM, with a line that says what does not fit into what: its
 * place is 0 then.
 */
int place(struct place_request *want, struct placement *got);

/*
 * Place an initrd alone, of any size, not 0: high, below initrd_limit, else anywhere in RAM, unless there is a reason why not
 * (NULL: there is none). After place_kernel(), when it says whether there is room, which place()
 * forgets, and again after that, with no initrd of its own, for good. Returns its address; 0: it does not fit, which has cost a line with the reason.
 */
uint64_t place_initrd(struct place_request *want, uint64_t size, const char *not_above) __attribute__((cold));

/*
 * The same piece by piece, for a kernel of another form that lies at [base, base + size), not empty. After
 * place_by_map(). Each piece is in RAM, below limit (pages), on pages of its own: in low memory from want->low on, else
 * high. Returns its address; 0, and want->rc is -ENOMEM: there is no room, and the first has cost a line.
 */
void place_begin(struct place_request *want, uint32_t base, uint32_t size) __attribute__((cold));
uint32_t place_piece(struct place_request *want, uint32_t size, uint32_t limit, const char *what) __attribute__((cold));

#endif
