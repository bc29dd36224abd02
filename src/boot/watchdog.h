/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/watchdog.h: POST under a watchdog, where a user wants it (opt/org.slipway/watchdog) and the machine has
 * one: it is set back when a phase begins, and at each step that may take long, and stopped before anything is started
 * that is not the firmware's or an option ROM's init. What was in hand is kept in RAM over the reset, and told at the
 * next start.
 *
 * A start without that file has no part in this: what leads here is the plan, which asks for the file where it asks for
 * others, and the stamps of the timeline.
 */
#ifndef BOOT_WATCHDOG_H
#define BOOT_WATCHDOG_H

/*
 * The plan is being made: begin, if that is wanted; PCI need not be set up, and a device behind a bridge is found when
 * it is. Tells what the last start has left. The directory must have been read.
 */
void boot_watchdog_begin(void) __attribute__((cold));

/*
 * The next step within the phase, a constant such as "disks"; or the init of an option ROM, by the name that it has at
 * each start, and its end. Nothing while no watchdog runs.
 */
void boot_watchdog_step(const char *what);
void boot_watchdog_rom(const char *name);
void boot_watchdog_rom_end(void);

/* A user is asked, who may take as long as he likes; and has answered. */
void boot_watchdog_pause(void);
void boot_watchdog_resume(void);

/* Somebody else has the machine from now on, or it halts. For good: what comes later is not watched. */
void boot_watchdog_end(void);

#endif
