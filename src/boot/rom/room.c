/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/rom/room.c: see room.h.
 * Spec: PCI Firmware 3.0, 5.2.1.9 (an image begins at a multiple of 2 KiB).
 */
#include "boot/rom/room.h"
#include <stdbool.h>
#include <stddef.h>
#include "arch/phys.h"
#include "hw/chipset/chipset.h"
#include "lib/bits.h"
#include "lib/string.h"
#include "machine/machine.h"
#include "std/option_rom.h"

static struct {
	uint32_t end;		/* of what is kept */
	uint32_t open;		/* below it there is RAM to write to; SHADOW_ROMS: nowhere */
} room;

void rom_room_init(void)
{
	room.end = room.open = SHADOW_ROMS;
}

static uint32_t limit(void)
{
	return machine.chipset == CHIPSET_NONE ? SHADOW_ROMS_OPEN : SHADOW_ROMS_END;
}

uint32_t rom_room_left(void)
{
	return limit() - room.end;
}

uint8_t *rom_room_take(uint32_t len)
{
	if (len > rom_room_left())
		return NULL;
	if (room.end + len > room.open) {
		room.open = align_up(room.end + len, SHADOW_BLOCK);
		shadow_open_roms(machine.chipset, room.open);
	}
	return phys_to_ptr(room.end);
}

/* To the end of the last block: what is behind would be an earlier guest's, and shown. */
void rom_room_keep(uint32_t size, uint32_t len)
{
	uint32_t from = room.end + size;
	uint32_t end = max_u32(align_up(from, SHADOW_BLOCK), room.end + len);

	room.end += align_up(size, OPTION_ROM_ALIGN);
	memset(phys_to_ptr(from), 0, min_u32(end, limit()) - from);
}

uint32_t rom_room_end(void)
{
	return room.end;
}

void rom_room_open(void)
{
	room.open = max_u32(align_up(room.end, SHADOW_BLOCK), SHADOW_ROMS + SHADOW_BLOCK);
	shadow_open_roms(machine.chipset, room.open);
}

void rom_room_close(void)
{
	if (room.open != SHADOW_ROMS)
		shadow_keep_roms(machine.chipset, room.end);
	room.open = SHADOW_ROMS;
}
