/* SPDX-License-Identifier: BSD-2-Clause
 * src/post/world.c: see world.h.
 */
#include "arch/fill.h"
#include "arch/layout.h"
#include "arch/phys.h"
#include "fw/fw_cfg.h"
#include "lib/bits.h"
#include "lib/endian.h"
#include "lib/string.h"
#include "machine/machine.h"
#include "post/world.h"
#include "trace/log_ring.h"

#define VECTORS		256
#define BDA		0x400		/* what is behind the vectors, up to the end of page 0 */
#define PAGE_0_END	0x1000
#define EBDA_SIZE	1024
#define ROM_START	0xc0000
#define ROM_END		0xe0000
#define ROM_STEP	2048		/* at such an address an option ROM begins, with AA55h */
#define JUMP_SIZE	5		/* far, 16-bit */

/* Addresses in the 16-bit image, from its linker script. */
extern char rt16_low_start[], rt16_low_end[], rt16_entry_end[], rt16_reset_start[], rt16_reset_end[];
extern char rt16_top_start[], rt16_top_end[];
extern char rt16_entry_post[], rt16_reset_vector[], rt16_iret[];

static const struct {
	uint32_t start, end;
} pieces[] = {
	{ (uint32_t)rt16_low_start, (uint32_t)rt16_low_end },
	{ (uint32_t)rt16_entry_start, (uint32_t)rt16_entry_end },
	{ (uint32_t)rt16_reset_start, (uint32_t)rt16_reset_end },
	{ (uint32_t)rt16_top_start, (uint32_t)rt16_top_end },
};

/* Two ranges: [from, end). */
static void clear(uint32_t from, uint32_t end, uint32_t from_2, uint32_t end_2)
{
	if (fw_cfg_zero(from, end - from) & fw_cfg_zero(from_2, end_2 - from_2))
		return;
	zero_large(phys_to_ptr(from), end - from);
	zero_large(phys_to_ptr(from_2), end_2 - from_2);
}

/* On machines with shadow RAM: all of the two areas that is not in use; variables end with the log's. */
static void make_f_segment(void)
{
	clear((uint32_t)ptr_to_phys(log_end()), STACK_HEAD, FSEG_BASE, FSEG_END);
	for (uint32_t i = 0; i < ARRAY_SIZE(pieces); i++)
		memcpy(phys_to_ptr(pieces[i].start),
		       phys_to_ptr(pieces[i].start + ROM16_BASE - FSEG_BASE),
		       pieces[i].end - pieces[i].start);
}

/* On the others: the F segment is the image, restored at a reset, and C0000-DFFFF is RAM. */
static void hide_option_roms(void)
{
	for (uint32_t at = ROM_START; at < ROM_END; at += 2 * ROM_STEP) {
		put_le16(phys_to_ptr(at), 0);
		put_le16(phys_to_ptr(at + ROM_STEP), 0);
	}
}

void world_init(void)
{
	uint32_t iret = (FSEG_BASE >> 4) << 16 | ((uint32_t)rt16_iret & 0xffff);

	fill32(phys_to_ptr(0), iret, VECTORS);
	clear(BDA, PAGE_0_END, EBDA_BASE, EBDA_BASE + EBDA_SIZE);
	if (machine.chipset != CHIPSET_NONE)
		make_f_segment();
	else
		hide_option_roms();
	/* Whoever jumps to the vector wants a reboot; a real reset fetches the ROM at 4 GiB. */
	memcpy(rt16_reset_vector, rt16_entry_post, JUMP_SIZE);
}
