/* SPDX-License-Identifier: BSD-2-Clause
 * src/post/world.c: see world.h.
 */
#include "arch/layout.h"
#include "arch/phys.h"
#include "lib/bits.h"
#include "lib/endian.h"
#include "lib/string.h"
#include "machine/machine.h"
#include "post/world.h"

/* Addresses in the 16-bit image, from its linker script. */
extern char rt16_low_start[], rt16_low_end[], rt16_entry_start[], rt16_entry_end[];
extern char rt16_top_start[], rt16_top_end[], rt16_reset_vector[], rt16_hard_reset[];

static void copy_piece(const char *start, const char *end)
{
	uint32_t at = (uint32_t)start;

	memcpy(phys_to_ptr(at), phys_to_ptr(at + ROM16_BASE - FSEG_BASE), (uint32_t)(end - start));
}

uint32_t world_init(void)
{
	uint8_t *vector = phys_to_ptr((uint32_t)rt16_reset_vector);

	if (machine.chipset != CHIPSET_NONE) {	/* elsewhere the F segment is the image */
		/* Tables of an earlier start must not be found beside the new ones. */
		if (machine.start != START_COLD)
			memset(rt16_low_end, 0, (uint32_t)(rt16_entry_start - rt16_low_end));
		copy_piece(rt16_low_start, rt16_low_end);
		copy_piece(rt16_entry_start, rt16_entry_end);
		copy_piece(rt16_top_start, rt16_top_end);
	}
	/*
	 * Whoever jumps to F000:FFF0 wants a reboot, and a real reset fetches the ROM at 4 GiB: so
	 * the copy's vector leads to a hard reset (jmp near: the displacement is from its end).
	 */
	put_le16(vector + 1, (uint16_t)(rt16_hard_reset - rt16_reset_vector - 3));
	return align_up((uint32_t)rt16_low_end, 16);
}

uint32_t world_fseg_end(void)
{
	return align_down((uint32_t)rt16_entry_start, 16);
}
