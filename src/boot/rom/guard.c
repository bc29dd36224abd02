/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/rom/guard.c: see guard.h.
 */
#include "boot/rom/guard.h"
#include <stddef.h>
#include <stdint.h>
#include "arch/io.h"
#include "arch/layout.h"
#include "arch/words.h"
#include "hw/chipset/chipset.h"
#include "hw/pic.h"
#include "lib/bits.h"
#include "lib/string.h"
#include "machine/machine.h"
#include "mem/alloc.h"
#include "mem/e820.h"
#include "services/guest.h"
#include "trace/log.h"

#define VECTORS		256u
#define VECTOR_NEXT	0x18	/* nothing to boot here */
#define VECTOR_BOOT	0x19
#define BASE_KIB_MIN	576u	/* below it is what POST works with (ZONE_TEMP): a ROM that leaves less has lost its way */
#define CONVENTIONAL	0xa0000u
#define DISKS_MAX	0x60u	/* 80h-DFh */

static struct image {
	uint32_t vector[VECTORS];
	struct bda bda;
	uint8_t ebda_kib;
	uint32_t taken;		/* ROMs have taken conventional memory from here on */
	uint8_t masks[2];	/* of interrupt lines; all ones where there is no controller */
	bool masks_known;	/* nobody but ROMs changes them after POST */
} *before;

static uint8_t *ebda_kib(const struct bda *b)
{
	return phys_to_ptr((uint32_t)b->ebda_segment << 4);
}

bool rom_guard_reserve(void)
{
	if (before)
		return true;
	before = alloc_raw(ZONE_HIGH, sizeof(*before), 4, "copy of interrupt vectors");
	if (before) {
		before->taken = CONVENTIONAL;
		before->masks_known = false;
	}
	return before;
}

static const uint16_t mask_port[] = { PIC_MASTER_MASK, PIC_SLAVE_MASK };

void rom_guard_before(bool own)
{
	memcpy(before->vector, phys_to_ptr(0), sizeof(before->vector));
	memcpy(&before->bda, guest_bda(), sizeof(before->bda));
	before->ebda_kib = *ebda_kib(&before->bda);
	for (uint32_t i = 0; i < ARRAY_SIZE(mask_port) && !own && !before->masks_known; i++)
		before->masks[i] = inb(mask_port[i]);
	before->masks_known |= !own;
}

bool rom_guard_leads_to(uint32_t start, uint32_t end)
{
	for (uint32_t n = 0; n < VECTORS; n++)
		if (guest_linear_of(guest_vector((uint8_t)n)) - start < end - start)
			return true;
	return false;
}

/* Is there code, or a table, that stays? */
static bool leads_somewhere(uint32_t vector, uint32_t end)
{
	uint32_t at = guest_linear_of(vector);

	return (at >= before->taken && at < CONVENTIONAL) || (at >= SHADOW_ROMS && at < end) ||
	       (at >= ROM_RAM_BASE && at < ROM_RAM_END) || (at >= FSEG_BASE && at < FSEG_END);
}

static void check_vectors(const char *name, bool registers, uint32_t end)
{
	uint32_t lost = 0, first = 0;

	for (uint32_t n = 0;; n++) {
		uint32_t vector;

		n += (uint32_t)words_alike((uint32_t *)phys_to_ptr(0) + n, before->vector + n, VECTORS - n);
		if (n == VECTORS)
			break;
		vector = guest_vector((uint8_t)n);
		if (leads_somewhere(vector, end) && !(registers && (n == VECTOR_NEXT || n == VECTOR_BOOT)))
			continue;
		if (!lost++)
			first = n;
		guest_set_vector((uint8_t)n, before->vector[n]);
	}
	if (lost)
		log("rom: %s: its init has left %u interrupt vectors that lead nowhere, or to a boot that is not its own, the "
		    "first %02x; put back", name, lost, first);
}

/* What no ROM has a reason to change. */
static const struct {
	uint8_t at, bytes;
} kept[] = {
	{ offsetof(struct bda, com), sizeof(((struct bda *)0)->com) + sizeof(((struct bda *)0)->lpt) },
	{ offsetof(struct bda, kbd_start), 4 },
	{ offsetof(struct bda, lpt_timeout), 8 },
};

#define VIDEO_BYTES	(offsetof(struct bda, ticks) - offsetof(struct bda, video_mode))
#define VIDEO_MORE	(offsetof(struct bda, floppy_rate) - offsetof(struct bda, video_rows))

#define EQUIPMENT_KEPT ((uint16_t)~0x0030)	/* but for the display's mode */

static bool in_buffer(const struct bda *b, uint16_t at)
{
	return at >= b->kbd_start && at < b->kbd_end && !(at & 1);
}

static bool all_zero(const uint8_t *bytes, uint32_t len)
{
	while (len && !*bytes++)
		len--;
	return len == 0;
}

/* Within what is taken of conventional memory. */
static bool ebda_fits(const struct bda *b)
{
	uint32_t at = (uint32_t)b->ebda_segment << 4, kib = *ebda_kib(b);

	return kib && at >= b->base_kib * 1024u && at < CONVENTIONAL && kib * 1024u <= CONVENTIONAL - at;
}

/* Conventional memory may become less, and the EBDA move down into what is taken. */
static uint32_t check_memory(struct bda *b)
{
	const struct bda *old = &before->bda;
	uint32_t wrong = 0;

	if (b->base_kib > old->base_kib || (b->base_kib < BASE_KIB_MIN && b->base_kib != old->base_kib)) {
		b->base_kib = old->base_kib;
		wrong++;
	}
	if ((b->ebda_segment != old->ebda_segment || *ebda_kib(b) != before->ebda_kib) && !ebda_fits(b)) {
		b->ebda_segment = old->ebda_segment;
		*ebda_kib(b) = before->ebda_kib;
		wrong++;
	}
	return wrong;
}

static uint32_t check_fields(struct bda *b)
{
	const struct bda *old = &before->bda;
	uint32_t wrong = 0;

	for (uint32_t i = 0; i < ARRAY_SIZE(kept); i++) {
		uint8_t *field = (uint8_t *)b + kept[i].at;
		const uint8_t *was = (const uint8_t *)old + kept[i].at;

		if (memcmp(field, was, kept[i].bytes) != 0) {
			memcpy(field, was, kept[i].bytes);
			wrong++;
		}
	}
	if ((b->equipment ^ old->equipment) & EQUIPMENT_KEPT) {
		b->equipment = old->equipment;
		wrong++;
	}
	if (!in_buffer(b, b->kbd_head) || !in_buffer(b, b->kbd_tail)) {
		b->kbd_head = b->kbd_tail = b->kbd_start;
		wrong++;
	}
	if (b->disks < old->disks || b->disks > DISKS_MAX) {
		b->disks = old->disks;
		wrong++;
	}
	if (b->ticks < old->ticks && !b->midnight) {
		b->ticks = old->ticks;
		wrong++;
	}
	if (all_zero(&b->video_mode, VIDEO_BYTES) && !all_zero(&old->video_mode, VIDEO_BYTES)) {
		memcpy(&b->video_mode, &old->video_mode, VIDEO_BYTES);
		memcpy(&b->video_rows, &old->video_rows, VIDEO_MORE);
		wrong++;
	}
	return wrong;
}

/* A line that was open and is not would take the tick, the keyboard, a disk from whoever comes next. */
static void check_masks(const char *name)
{
	for (uint32_t i = 0; i < ARRAY_SIZE(mask_port); i++) {
		uint8_t now = inb(mask_port[i]), closed = now & (uint8_t)~before->masks[i];

		before->masks[i] = now & (uint8_t)~closed;
		if (!closed)
			continue;
		log("rom: %s: its init has closed interrupt lines %02x of controller %u; opened again", name, closed, i);
		outb(before->masks[i], mask_port[i]);
	}
}

void rom_guard_after(const char *name, bool registers, uint32_t end)
{
	struct bda *b = guest_bda();
	uint32_t wrong;

	wrong = check_memory(b) + check_fields(b);
	if (wrong)
		log("rom: %s: its init has left %u fields of the BIOS data area that cannot be so; put back", name, wrong);
	if (b->base_kib < before->bda.base_kib) {
		log("rom: %s: it has taken %u KiB of conventional memory", name, before->bda.base_kib - b->base_kib);
		before->bda.base_kib = b->base_kib;
		before->taken = b->base_kib * 1024u;
		alloc_low_taken(before->taken);
		e820_cut_conventional(&machine.e820, before->taken);
	}
	check_vectors(name, registers, end);
	if (before->masks_known)
		check_masks(name);
}
