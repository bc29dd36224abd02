/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/rom/seal.h: option ROMs that stay are what they were when their room was closed: looked at each time that
 * something is booted after a program has run. Where there are shadow registers nobody can write there, unless he opens
 * them; elsewhere anybody can.
 */
#ifndef BOOT_ROM_SEAL_H
#define BOOT_ROM_SEAL_H

#include <stdint.h>

#define ROM_SEALS 24	/* more ROMs are not looked at */

/* None is there. Without memory (a line in the log) none is looked at. In POST. */
void rom_seal_init(void);

/* One stays, with size bytes at at. Not kvmvapic: QEMU makes its pages writable, for what it keeps there. */
void rom_seal_add(const char *name, const uint8_t *at, uint32_t size);

/* They are now as they stay, those that were added before as well. */
void rom_seal_close(void);

/* A line for each that has changed since, once. */
void rom_seal_check(void);

#endif
