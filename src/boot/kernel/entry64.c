/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/kernel/entry64.c: see entry64.h. The map lies in RAM that the kernel is told of as RAM: it makes one of its own before it
 * uses any memory but its own place.
 */
#include "boot/kernel/entry64.h"
#include "arch/cpu.h"
#include "arch/launch.h"
#include "arch/phys.h"
#include "boot/kernel/place.h"
#include "lib/bits.h"
#include "lib/endian.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "machine/machine.h"
#include "mem/alloc.h"
#include "std/cpuid.h"
#include "trace/log.h"

#define TABLES		(2 * PLACE_PAGE)	/* of the fourth level, of the third */
#define GIB_SHIFT	30
#define GIBS		512u			/* of one table */
#define BELOW_4G	4u

/* Bits of an entry, Intel SDM volume 3, 4.5; "accessed" and "dirty" are set, so that the processor has nothing to write. */
#define PRESENT		0x001u
#define WRITABLE	0x002u
#define ACCESSED	0x020u
#define DIRTY		0x040u
#define GIB_PAGE	0x080u

static void map_all(uint8_t *tables)
{
	uint32_t gibs = (uint32_t)min_u64((machine.high_ram_end - 1) >> GIB_SHIFT, GIBS - 1) + 1;

	memset(tables, 0, TABLES);
	put_le64(tables, (uint32_t)ptr_to_phys(tables + PLACE_PAGE) | PRESENT | WRITABLE | ACCESSED);
	for (uint32_t i = 0; i < max_u32(gibs, BELOW_4G); i++)
		put_le64(tables + PLACE_PAGE + 8 * i, (uint64_t)i << GIB_SHIFT | PRESENT | WRITABLE | ACCESSED | DIRTY | GIB_PAGE);
}

int entry64_prepare(const struct bzimage *kernel, uint32_t *entry)
{
	const uint32_t needed = CPUID_80000001_EDX_LM | CPUID_80000001_EDX_PAGE1GB, features = machine.cpu_features ? cpu_extended_features() : 0;

	if (!kernel->is_64bit || ~features & needed) {
		log("boot: kernel: 64-bit entry: %s (bit 0 of xloadflags: %u; CPUID 0x80000001 EDX: 0x%08x, 0x%08x is needed); the 32-bit entry "
		    "is taken", kernel->is_64bit ? "the processor has no pages of 1 GiB" : "the kernel has none", kernel->is_64bit, features, needed);
		return 0;
	}
	launch_page_tables = place_piece(&kernel_want, TABLES, alloc_high_bottom() / PLACE_PAGE, "page tables");
	if (!launch_page_tables)
		return -ENOMEM;
	map_all(phys_to_ptr(launch_page_tables));
	*entry = (uint32_t)(uintptr_t)launch_linux64;
	log("boot: kernel: 64-bit entry, page tables at 0x%x", launch_page_tables);
	return 0;
}
