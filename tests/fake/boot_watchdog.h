/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fake/boot_watchdog.h: src/boot/watchdog.h for modules that only call it: what was said, in order.
 */
#ifndef FAKE_BOOT_WATCHDOG_H
#define FAKE_BOOT_WATCHDOG_H

#include "boot/watchdog.h"

/*
 * Each call by a word, with a blank behind it: "begin", a step's own, "rom:" and the ROM's name, "rom_end", "pause",
 * "resume", "end".
 */
extern char fake_boot_watchdog[1024];

#endif
