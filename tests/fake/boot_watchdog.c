/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fake/boot_watchdog.c: see boot_watchdog.h.
 */
#include "fake/boot_watchdog.h"
#include <stdio.h>
#include <string.h>

char fake_boot_watchdog[1024];

static void say(const char *kind, const char *what)
{
	size_t len = strlen(fake_boot_watchdog);

	snprintf(fake_boot_watchdog + len, sizeof(fake_boot_watchdog) - len, "%s%s ", kind, what);
}

void boot_watchdog_begin(void) { say("begin", ""); }
void boot_watchdog_step(const char *what) { say("", what); }
void boot_watchdog_rom(const char *name) { say("rom:", name); }
void boot_watchdog_rom_end(void) { say("rom_end", ""); }
void boot_watchdog_pause(void) { say("pause", ""); }
void boot_watchdog_resume(void) { say("resume", ""); }
void boot_watchdog_end(void) { say("end", ""); }
