/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/rom/room.h: where option ROMs lie: C0000-E7FFF, one behind the other, the display's first. Each runs its
 * init where it lies, in as much room as it says it needs, and keeps what it says then.
 */
#ifndef BOOT_ROM_ROOM_H
#define BOOT_ROM_ROOM_H

#include <stdint.h>

/* Nothing is there yet. In POST, before the first is taken. */
void rom_room_init(void);

/*
 * Room for len bytes behind what is kept, writable; NULL, it does not fit (rom_room_left() says what would). The bytes are
 * whatever was there. To be followed by rom_room_keep() before the next.
 */
uint8_t *rom_room_take(uint32_t len);

/* Bytes that can be had. */
uint32_t rom_room_left(void);

/* Of the len bytes taken last size are kept, from 0, none. What is behind them is zero from now on. */
void rom_room_keep(uint32_t size, uint32_t len);

/* Physical address behind the last that is kept. */
uint32_t rom_room_end(void);

/* What is kept is read-only and the rest closed, once the F segment is locked (shadow_lock()) at the latest. */
void rom_room_close(void);

/* Open it anew, what is kept included, and the F segment: whether a ROM is taken or not, it is closed again by the above. */
void rom_room_open(void);

#endif
