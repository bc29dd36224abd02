/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/rom/guard.h: what an option ROM's init may do to the interrupt table and the BIOS data area, and what not:
 * an audit behind each, which puts back what leads nowhere.
 *
 * A vector may lead to a ROM (C0000-E7FFF), to the firmware, or to conventional memory that this ROM or one before has
 * taken for itself (above what it has made of 40:13). INT 18h and 19h are the boot's: a ROM that registers what it boots (PnP header) must not
 * take them. In the data area the display's fields, the clock, flags and counts are a ROM's to change; the ports,
 * the keyboard buffer's bounds, where the EBDA is and how much memory there is have to make sense. What the POST Memory
 * Manager gives for good is a place to lead to as well. Interrupt lines that were open stay so.
 */
#ifndef BOOT_ROM_GUARD_H
#define BOOT_ROM_GUARD_H

#include <stdbool.h>
#include <stdint.h>

/* Have memory for it: once, in POST. Returns false without (a line in the log): then no ROM is to run. */
bool rom_guard_reserve(void);

/* Keep a copy. Before each ROM. own: it is this image's, which leaves the interrupt controllers alone. */
void rom_guard_before(bool own);

/*
 * Behind it: put back, with a line for each of the two areas, what name must not have done. registers: it has a PnP
 * header. end: physical address behind all ROMs. Conventional memory that it took stays its own.
 */
void rom_guard_after(const char *name, bool registers, uint32_t end);

/* Does any vector lead there, from start up to end? Physical addresses. */
bool rom_guard_leads_to(uint32_t start, uint32_t end);

#endif
