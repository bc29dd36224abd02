/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/rom/watch.h: an option ROM's init that does not come back. It is given a time, counted by the clock tick;
 * then the machine is reset, and the next start leaves that ROM out. One that crashes the machine is left out after
 * its third try. Keys that are pressed give it the time anew: somebody is working with it.
 *
 * What the next start must know lies in RAM that POST leaves alone, since a reset keeps it, and only while ROMs are run:
 * after a program's reset all of them are tried again. A ROM that masks the tick, or stops with interrupts off, is not
 * seen here; a watchdog sees it (boot/watchdog.h).
 */
#ifndef BOOT_ROM_WATCH_H
#define BOOT_ROM_WATCH_H

#include <stdbool.h>
#include <stdint.h>

#define ROM_WATCH_SECONDS 60u	/* unless the user says otherwise (policy.h) */
#define ROM_WATCH_SECONDS_MAX 3600u

/*
 * Look at what the last start has left. seconds: what a ROM is given from now on, 0: as long as it likes. Before the
 * first rom_watch_begin().
 */
void rom_watch_init(uint32_t seconds);

/*
 * A name as a number, never 0; and before rom_watch_init(): the one with this number has hung at the last start, as
 * somebody else has seen.
 */
uint32_t rom_watch_number(const char *name);
void rom_watch_hung(uint32_t number);

/* Is this one to be left out? Then a line says why. name: who it is, the same at each start. */
bool rom_watch_left_out(const char *name);

/* Its init begins, and has come back. */
void rom_watch_begin(const char *name);
void rom_watch_end(void);

/* No more ROMs until the next rom_watch_begin(): a reset that comes now is nobody's. */
void rom_watch_forget(void);

/* The time alone: one that has run before does again, where memory is a guest's. Ticks are served meanwhile. */
void rom_watch_again(bool begin);

#endif
